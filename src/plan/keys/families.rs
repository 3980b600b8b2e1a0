//! Keys of the device families; each may stand wherever a device is named.

use crate::plan::key::Fallback::{Depends, Is, Required};
use crate::plan::key::Form::{Block, Either, Text, Topic, Word};
use crate::plan::key::{Group, Key, key};

/// The families of sensors.
pub(super) static SENSOR: [Key; 1] = [key(
    "zigbee2mqtt",
    Either(&[Text("a friendly name"), Block(&ZIGBEE_SENSOR)]),
    Depends("another family, or `topic`"),
    "A device behind Zigbee2MQTT, by its friendly name.",
)];

/// The families of heaters and fans.
pub(super) static ACTUATOR: [Key; 1] = [key(
    "zigbee2mqtt",
    Either(&[Text("a friendly name"), Block(&ZIGBEE)]),
    Depends("another family, or `command`"),
    "A device behind Zigbee2MQTT, by its friendly name.",
)];

static ZIGBEE_SENSOR: Group = Group {
    name: "zigbee2mqtt_sensor",
    meaning: "A sensor behind Zigbee2MQTT.",
    shared: &[],
    keys: &[FRIENDLY_NAME, BASE],
};

static ZIGBEE: Group = Group {
    name: "zigbee2mqtt_device",
    meaning: "A plug, valve or fan behind Zigbee2MQTT.",
    shared: &[],
    keys: &[
        FRIENDLY_NAME,
        BASE,
        key(
            "model",
            Word(&["sonoff-trvzb"]),
            Depends("not one of these"),
            "A valve whose keys uncramp knows: its set-point, and how it takes the room's \
             temperature.",
        ),
        key(
            "setpoint",
            Text("a property"),
            Depends("the model's"),
            "The valve's set-point: `occupied_heating_setpoint` or `current_heating_setpoint`.",
        ),
        key(
            "feed",
            Block(&FEED),
            Depends("the model's"),
            "How the valve takes the room's temperature. Only for a valve that goes back to \
             its own thermometer when feeding ends.",
        ),
    ],
};

static FEED: Group = Group {
    name: "feed",
    meaning: "How a valve takes the room's temperature.",
    shared: &[],
    keys: &[
        key(
            "property",
            Text("a property"),
            Required,
            "The property that takes the temperature, such as `external_temperature_input`.",
        ),
        key(
            "select",
            Text("a property"),
            Depends("none: the valve falls back by itself"),
            "The property that chooses the thermometer, such as `temperature_sensor_select`.",
        ),
        key("external", Text("a word"), Is("external"), "Its word for the room's temperature."),
        key("internal", Text("a word"), Is("internal"), "Its word for the valve's own."),
    ],
};

const FRIENDLY_NAME: Key =
    key("device", Text("a friendly name"), Required, "The device's friendly name in Zigbee2MQTT.");

const BASE: Key = key(
    "base",
    Topic,
    Depends("the house's `zigbee2mqtt_base`"),
    "The base topic of its Zigbee2MQTT, where there are several.",
);

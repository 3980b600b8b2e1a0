//! Keys of the device families; each may stand wherever a device is named.

use crate::plan::key::Fallback::{Depends, Is, Required};
use crate::plan::key::Form::{Block, Either, Flag, Number, Text, Topic, Word};
use crate::plan::key::Measure::Count;
use crate::plan::key::{Group, Key, key};

/// The families of sensors.
pub(super) static SENSOR: [Key; 7] = [
    key(
        "zigbee2mqtt",
        Either(&[Text("a friendly name or an address"), Block(&ZIGBEE_SENSOR)]),
        Depends("another family, or `topic`"),
        "A device behind Zigbee2MQTT, by its IEEE address, which stays when it is renamed \
         there, or by its friendly name.",
    ),
    key(
        "tasmota",
        Either(&[Text("a device's topic"), Block(&TASMOTA_SENSOR)]),
        Depends("another family, or `topic`"),
        "A device with Tasmota, by its `Topic`.",
    ),
    key(
        "shelly",
        Either(&[Text("a device's id"), Block(&SHELLY_SENSOR)]),
        Depends("another family, or `topic`"),
        "A Shelly, by its id or the *MQTT prefix* that you gave it.",
    ),
    key(
        "esphome",
        Either(&[Topic, Block(&ESPHOME_SENSOR)]),
        Depends("another family, or `topic`"),
        "An entity of an ESPHome node that speaks MQTT, by its topic without the end: \
         `bedroom-node/sensor/temperature`.",
    ),
    key(
        "theengs",
        Either(&[Text("a Bluetooth address such as `A4:C1:38:01:23:45`"), Block(&THEENGS)]),
        Depends("another family, or `topic`"),
        "A Bluetooth device that Theengs Gateway or OpenMQTTGateway hears, by its address.",
    ),
    key(
        "statestream",
        Either(&[Text("an entity such as `sensor.bedroom_temperature`"), Block(&STATESTREAM)]),
        Depends("another family, or `topic`"),
        "An entity in Home Assistant's `mqtt_statestream`. `home_assistant` dates its values, \
         this does not.",
    ),
    key(
        "home_assistant",
        Text("an entity such as `sensor.bedroom_temperature`"),
        Depends("another family, or `topic`"),
        "An entity that only Home Assistant knows, by uncramp's blueprint for sensors.",
    ),
];

/// The families of heaters and fans.
pub(super) static ACTUATOR: [Key; 5] = [
    key(
        "zigbee2mqtt",
        Either(&[Text("a friendly name or an address"), Block(&ZIGBEE)]),
        Depends("another family, or `command`"),
        "A device behind Zigbee2MQTT, by its IEEE address, which stays when it is renamed \
         there, or by its friendly name.",
    ),
    key(
        "tasmota",
        Either(&[Text("a device's topic"), Block(&TASMOTA)]),
        Depends("another family, or `command`"),
        "A device with Tasmota, by its `Topic`.",
    ),
    key(
        "shelly",
        Either(&[Text("a device's id"), Block(&SHELLY)]),
        Depends("another family, or `command`"),
        "A Shelly, by its id or the *MQTT prefix* that you gave it.",
    ),
    key(
        "esphome",
        Topic,
        Depends("another family, or `command`"),
        "An entity of an ESPHome node that speaks MQTT, by its topic without the end: \
         `bedroom-node/switch/heater`; `climate` for a set-point, `fan` or `switch` for a fan.",
    ),
    key(
        "home_assistant",
        Text("an entity such as `switch.heater`"),
        Depends("another family, or `command`"),
        "An entity that only Home Assistant knows, by uncramp's blueprint for devices.",
    ),
];

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
            "endpoint",
            Text("a name such as `l1` or `left`"),
            Depends("the only one"),
            "Which relay, of a device that has several: what follows `state_` in its reports.",
        ),
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

static ESPHOME_SENSOR: Group = Group {
    name: "esphome_sensor",
    meaning: "A sensor of an ESPHome node that speaks MQTT.",
    shared: &[],
    keys: &[
        key(
            "entity",
            Topic,
            Required,
            "Its topic without the end: `bedroom-node/sensor/temperature`.",
        ),
        UNIT,
        key(
            "sleeps",
            Flag,
            Is("false"),
            "The node sleeps between its messages (`deep_sleep`), so that being offline says \
             nothing.",
        ),
    ],
};

static THEENGS: Group = Group {
    name: "theengs",
    meaning: "A Bluetooth device that Theengs Gateway or OpenMQTTGateway hears.",
    shared: &[],
    keys: &[
        key("device", Text("a Bluetooth address"), Required, "Its Bluetooth address."),
        key("base", Topic, Is("home"), "The topic above the gateways."),
    ],
};

static STATESTREAM: Group = Group {
    name: "statestream",
    meaning: "An entity in Home Assistant's `mqtt_statestream`.",
    shared: &[],
    keys: &[
        key("entity", Text("an entity"), Required, "The entity, such as `sensor.bedroom`."),
        key("base", Topic, Is("homeassistant"), "The `base_topic` of `mqtt_statestream`."),
        key(
            "unit",
            Word(&["celsius", "fahrenheit"]),
            Depends("`celsius`; with `units: imperial` `fahrenheit`"),
            "The unit in which Home Assistant displays temperatures.",
        ),
    ],
};

const UNIT: Key = key(
    "unit",
    Word(&["celsius", "fahrenheit"]),
    Is("celsius"),
    "The unit in which the device states temperatures.",
);

const FRIENDLY_NAME: Key = key(
    "device",
    Text("a friendly name or an address"),
    Required,
    "The device's friendly name in Zigbee2MQTT, or its IEEE address such as \
     `\"0x00158d0001a2b3c4\"`.",
);

const BASE: Key = key(
    "base",
    Topic,
    Depends("the house's `zigbee2mqtt_base`"),
    "The base topic of its Zigbee2MQTT, where there are several.",
);

static TASMOTA_SENSOR: Group = Group {
    name: "tasmota_sensor",
    meaning: "A sensor on a device with Tasmota. Temperatures are taken in the unit that the \
              device names.",
    shared: &[],
    keys: &[
        TASMOTA_TOPIC,
        FULL_TOPIC,
        key(
            "sensor",
            Text("a sensor's name such as `AHT1X-0x38`"),
            Depends("the only one that has such a value"),
            "The sensor's name in the device's `SENSOR` message.",
        ),
        key(
            "sleeps",
            Flag,
            Is("false"),
            "It runs on a battery with `DeepSleepTime`; that it is offline in between is \
             nothing.",
        ),
    ],
};

static TASMOTA: Group = Group {
    name: "tasmota_device",
    meaning: "A relay with Tasmota; with `levels: 3` the fan of an iFan.",
    shared: &[],
    keys: &[
        TASMOTA_TOPIC,
        FULL_TOPIC,
        key("relay", Number(Count, 1, 32), Is("1"), "Which relay of the device, from 1."),
        key(
            "pulse_time",
            Flag,
            Depends("`true`; for what is only ever switched off, and from relay 9 on, `false`"),
            "uncramp may use the relay's `PulseTime` as its own timer, and sets it to 0 after \
             every off. `false`: it is yours, and uncramp leaves it alone.",
        ),
    ],
};

const TASMOTA_TOPIC: Key = key(
    "device",
    Text("a device's topic"),
    Required,
    "The device's `Topic`, as its page *Configure MQTT* calls it.",
);

const FULL_TOPIC: Key = key(
    "full_topic",
    Text("a topic with `%prefix%` and `%topic%`"),
    Is("%prefix%/%topic%/"),
    "The device's `FullTopic`, if it was changed there.",
);

static SHELLY_SENSOR: Group = Group {
    name: "shelly_sensor",
    meaning: "A Shelly that measures, or a sensor at its add-on.",
    shared: &[],
    keys: &[
        SHELLY_ID,
        GENERATION,
        key(
            "unit",
            Word(&["celsius", "fahrenheit"]),
            Is("celsius"),
            "The unit that a device of the first generation is set to; later ones say both.",
        ),
        key(
            "sleeps",
            Flag,
            Depends("`true` for what a battery device measures itself, else `false`"),
            "It sleeps between measurements; that it is offline then is nothing.",
        ),
    ],
};

static SHELLY: Group = Group {
    name: "shelly_device",
    meaning: "A Shelly's relay.",
    shared: &[],
    keys: &[
        SHELLY_ID,
        GENERATION,
        key("output", Number(Count, 0, 15), Is("0"), "Which of its outputs, from 0."),
    ],
};

const SHELLY_ID: Key = key(
    "device",
    Text("a device's id"),
    Required,
    "The device's id such as `shellyplus1pm-7c87ce65bd9c`, or the *MQTT prefix* that you gave \
     it.",
);

const GENERATION: Key = key(
    "generation",
    Number(Count, 1, 9),
    Depends("known by the id; with a prefix of your own 2"),
    "The first generation speaks otherwise than all later ones.",
);

//! Devices behind Zigbee2MQTT 2.x.

use serde::{Deserialize, Serialize};

/// One property of one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Zigbee2MQTT's base topic, `zigbee2mqtt` unless it was changed.
    pub base: String,
    /// The device's friendly name; it may contain `/`.
    pub device: String,
    /// The property, such as `temperature`, `occupancy`, `presence` or `contact`.
    pub property: String,
    /// For occupancy and windows: true means nobody there, or closed. Zigbee2MQTT's
    /// `contact` is true when closed; the plan has turned that round already.
    pub inverted: bool,
}

/// A plug, valve or fan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Zigbee2MQTT's base topic, `zigbee2mqtt` unless it was changed.
    pub base: String,
    /// The device's friendly name; it may contain `/`.
    pub device: String,
    /// What kind of Zigbee device it is.
    pub form: Form,
}

/// What kind of Zigbee device an actuator is, with the properties it understands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A plug or relay: `state`, `on_time`, perhaps `power`.
    Plug,
    /// A radiator valve: `occupied_heating_setpoint` or `current_heating_setpoint`,
    /// `local_temperature`.
    Valve {
        /// The set-point's property.
        setpoint: String,
        /// The property that takes the room's temperature, and the value of
        /// `sensor_select` (or whichever property chooses the sensor) for the outside
        /// and the own thermometer; none where the valve takes none.
        feed: Option<Feed>,
    },
    /// A fan with named levels in `fan_mode`, lowest first, `off` not among them.
    FanMode {
        /// The levels' names, such as `low`, `medium`, `high`.
        levels: Vec<String>,
    },
    /// A fan with a number in `speed` and `state`.
    FanSpeed {
        /// The numbers of the levels, lowest first.
        levels: Vec<u16>,
    },
}

/// How a valve is fed with the room's temperature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// The property that takes the temperature, such as `external_temperature_input`.
    pub property: String,
    /// The property that chooses the thermometer, such as
    /// `temperature_sensor_select`; none where the valve falls back by itself.
    pub select: Option<String>,
    /// Its value for the temperature that is fed, such as `external`.
    pub external: String,
    /// Its value for the valve's own thermometer, such as `internal`.
    pub internal: String,
}

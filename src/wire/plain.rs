//! Any topic with a bare value or JSON, for devices without a family of their own.

use serde::{Deserialize, Serialize};

/// The unit in which a sensor states temperatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Degrees Celsius.
    #[default]
    Celsius,
    /// Degrees Fahrenheit.
    Fahrenheit,
}

/// One value at one topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The topic, without wildcards.
    pub topic: String,
    /// Where in a JSON payload, dotted (`AHT1X.Temperature`); none for a bare value.
    pub path: Option<String>,
    /// Where in the JSON payload the time of measurement is, dotted.
    pub time_path: Option<String>,
    /// For temperatures.
    pub unit: Unit,
    /// For occupancy and windows: `on` means nobody there, or closed.
    pub inverted: bool,
    /// The sensor's availability topic, with `online` and `offline`.
    pub availability: Option<String>,
}

/// An actuator with topics and payloads of the owner's choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Where commands go.
    pub command: String,
    /// Where the device reports its state; none if it never does.
    pub state: Option<String>,
    /// Where in a JSON state, dotted; none for a bare value.
    pub state_path: Option<String>,
    /// The payload for on; `{}` stands for the fan level or the set-point.
    pub on: String,
    /// The payload for off.
    pub off: String,
    /// For set-points.
    pub unit: Unit,
    /// The device's availability topic, with `online` and `offline`.
    pub availability: Option<String>,
}

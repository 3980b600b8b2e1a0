//! Device families: each one's settings, and its bytes ↔ [`Heard`](crate::model::Heard)
//! and [`Switch`](crate::model::Switch). No sockets.

pub mod plain;
pub mod zigbee2mqtt;

use serde::{Deserialize, Serialize};

/// How one sensor's values are found among the messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Any topic with a bare value or JSON.
    Plain(plain::Source),
    /// A device behind Zigbee2MQTT.
    Zigbee2mqtt(zigbee2mqtt::Source),
}

/// How one actuator is told, and how it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// Any topics with payloads of the owner's choice.
    Plain(plain::Device),
    /// A device behind Zigbee2MQTT.
    Zigbee2mqtt(zigbee2mqtt::Device),
}

/// One MQTT message, in or out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The topic.
    pub topic: String,
    /// The bytes.
    pub payload: Vec<u8>,
    /// Kept by the broker for later subscribers.
    pub retain: bool,
    /// Whether delivery is confirmed (quality of service 1).
    pub confirmed: bool,
}

//! Device families: each one's settings, and its bytes ↔ [`crate::model::Heard`] and
//! [`Switch`]. No sockets.

pub mod esphome;
pub mod home_assistant;
pub mod plain;
pub mod shelly;
pub mod statestream;
pub mod tasmota;
pub mod theengs;
pub mod zigbee2mqtt;

mod dialect;
mod gateways;
mod json;
mod sensor;
mod topics;
mod words;

pub use topics::{Decoded, LONGEST, Topics};

use std::mem::discriminant;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use self::dialect::{Acting, Sensing};
use self::zigbee2mqtt::Names;
use crate::model::{Kelvins, Switch, Temperature};

/// Where Home Assistant says that it starts; half a minute later Zigbee2MQTT repeats
/// what it last heard from every device.
pub const HOME_ASSISTANT: &str = "homeassistant/status";

/// How one sensor's values are found among the messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Any topic with a bare value or JSON.
    Plain(plain::Source),
    /// A Shelly of any generation.
    Shelly(shelly::Source),
    /// A device with Tasmota.
    Tasmota(tasmota::Source),
    /// A device behind Zigbee2MQTT.
    Zigbee2mqtt(zigbee2mqtt::Source),
    /// An entity of an ESPHome node.
    Esphome(esphome::Source),
    /// A Bluetooth device that a gateway hears.
    Theengs(theengs::Source),
    /// An entity in Home Assistant's statestream.
    Statestream(statestream::Source),
    /// An entity that only Home Assistant knows.
    HomeAssistant(home_assistant::Source),
}

/// How one actuator is told, and how it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// Any topics with payloads of the owner's choice.
    Plain(plain::Device),
    /// A Shelly of any generation.
    Shelly(shelly::Device),
    /// A device with Tasmota.
    Tasmota(tasmota::Device),
    /// A device behind Zigbee2MQTT.
    Zigbee2mqtt(zigbee2mqtt::Device),
    /// An entity of an ESPHome node.
    Esphome(esphome::Device),
    /// An entity that only Home Assistant knows.
    HomeAssistant(home_assistant::Device),
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

/// What a device is to be sent for a command; absolute, not kept by the broker, its
/// delivery confirmed by the device's own report. Empty where the device understands no
/// such command.
#[must_use]
pub fn encode(device: &Device, switch: &Switch) -> SmallVec<[Message; 2]> {
    device.family().commands(switch)
}

/// A question to a device for its state; none where it takes no questions.
/// Zigbee2MQTT reports nothing of its own after an "on" with a timer.
#[must_use]
pub fn query(device: &Device) -> Option<Message> {
    let question = device.family().query();
    debug_assert_eq!(question.is_some(), can_be_asked(device), "{device:?}");
    question
}

/// Whether a device takes questions for its state.
#[must_use]
pub fn can_be_asked(device: &Device) -> bool {
    device.family().can_be_asked()
}

/// The step of the set-points a device takes: half a degree, as nearly every valve.
#[must_use]
pub const fn setpoint_step(_device: &Device) -> Kelvins {
    SETPOINT_STEP
}

const SETPOINT_STEP: Kelvins = Kelvins(50);

impl Source {
    /// What its owner calls the device: its topic or its name there.
    #[must_use]
    pub fn label(&self) -> String {
        self.family().label()
    }

    /// Whether two values come from one device.
    #[must_use]
    pub fn shares_device(&self, other: &Self) -> bool {
        discriminant(self) == discriminant(other) && self.label() == other.label()
    }

    /// The Zigbee2MQTT network, and the name or address by which its device is known there;
    /// none of any other family.
    #[must_use]
    pub fn on_network(&self) -> Option<(&str, &str)> {
        self.zigbee2mqtt().map(|it| (it.base.as_str(), it.device.as_str()))
    }

    /// The same by the name that its device has now, as it is to be listened to.
    #[must_use]
    pub fn named(&self, names: &Names) -> Self {
        self.zigbee2mqtt().map_or_else(|| self.clone(), |it| Self::Zigbee2mqtt(it.named(names)))
    }

    const fn zigbee2mqtt(&self) -> Option<&zigbee2mqtt::Source> {
        match self {
            Self::Zigbee2mqtt(source) => Some(source),
            Self::Plain(_)
            | Self::Shelly(_)
            | Self::Tasmota(_)
            | Self::Esphome(_)
            | Self::Theengs(_)
            | Self::Statestream(_)
            | Self::HomeAssistant(_) => None,
        }
    }

    /// Whether the broker is told when this very device goes: by its last will, or on a topic of its
    /// own. What a bridge says of itself tells nothing of a device behind it.
    #[must_use]
    pub const fn tells_its_end(&self) -> bool {
        match self {
            Self::Tasmota(_) | Self::Esphome(_) => true,
            Self::Shelly(source) => !source.sleeps,
            Self::Plain(source) => source.availability.is_some(),
            Self::Zigbee2mqtt(_)
            | Self::Theengs(_)
            | Self::Statestream(_)
            | Self::HomeAssistant(_) => false,
        }
    }

    fn family(&self) -> &dyn Sensing {
        match self {
            Self::Plain(source) => source,
            Self::Shelly(source) => source,
            Self::Tasmota(source) => source,
            Self::Zigbee2mqtt(source) => source,
            Self::Esphome(source) => source,
            Self::Theengs(source) => source,
            Self::Statestream(source) => source,
            Self::HomeAssistant(source) => source,
        }
    }
}

impl Device {
    /// Whether it has a timer that could switch it off by itself.
    #[must_use]
    pub fn can_time(&self) -> bool {
        self.family().can_time()
    }

    /// Whether it reports its state, so that a command can be confirmed.
    #[must_use]
    pub fn can_echo(&self) -> bool {
        self.family().can_echo()
    }

    /// Whether it takes the room's temperature in place of its own.
    #[must_use]
    pub fn takes_feed(&self) -> bool {
        self.family().takes_feed()
    }

    /// Which very device it is: what was proven of it holds for this address only.
    #[must_use]
    pub fn address(&self) -> String {
        let family = match self {
            Self::Plain(_) => "plain",
            Self::Shelly(_) => "shelly",
            Self::Tasmota(_) => "tasmota",
            Self::Zigbee2mqtt(_) => "zigbee2mqtt",
            Self::Esphome(_) => "esphome",
            Self::HomeAssistant(_) => "home_assistant",
        };
        format!("{family}:{}", self.family().address())
    }

    /// Where its commands go; two actuators with one target are one device.
    #[must_use]
    pub fn target(&self) -> String {
        self.family().target()
    }

    /// The set-point that the device will hold, and report, when told to hold this one.
    #[must_use]
    pub fn settable(&self, setpoint: Temperature) -> Temperature {
        let step = setpoint_step(self).0;
        Temperature((setpoint.0 + step / 2).div_euclid(step) * step)
    }

    /// The Zigbee2MQTT network, and the name or address by which it is known there; none of
    /// any other family.
    #[must_use]
    pub fn on_network(&self) -> Option<(&str, &str)> {
        self.zigbee2mqtt().map(|it| (it.base.as_str(), it.device.as_str()))
    }

    /// The same by the name that it has now, as it is to be listened to. It is told by the
    /// plan's own words for it.
    #[must_use]
    pub fn named(&self, names: &Names) -> Self {
        self.zigbee2mqtt().map_or_else(|| self.clone(), |it| Self::Zigbee2mqtt(it.named(names)))
    }

    const fn zigbee2mqtt(&self) -> Option<&zigbee2mqtt::Device> {
        match self {
            Self::Zigbee2mqtt(device) => Some(device),
            Self::Plain(_)
            | Self::Shelly(_)
            | Self::Tasmota(_)
            | Self::Esphome(_)
            | Self::HomeAssistant(_) => None,
        }
    }

    fn family(&self) -> &dyn Acting {
        match self {
            Self::Plain(device) => device,
            Self::Shelly(device) => device,
            Self::Tasmota(device) => device,
            Self::Zigbee2mqtt(device) => device,
            Self::Esphome(device) => device,
            Self::HomeAssistant(device) => device,
        }
    }
}

impl Message {
    /// A command to a device: not kept, its delivery not confirmed by the broker.
    fn command(topic: String, payload: String) -> Self {
        Self { topic, payload: payload.into_bytes(), retain: false, confirmed: false }
    }
}

/// A number in hundredths as JSON and people write it: `21`, `21.5`, `-0.25`.
fn decimal(hundredths: i32) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, rest) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    match (rest % 10, rest) {
        (_, 0) => format!("{sign}{whole}"),
        (0, tenths) => format!("{sign}{whole}.{}", tenths / 10),
        (_, rest) => format!("{sign}{whole}.{rest:02}"),
    }
}

//! What a device family answers; one file each implements it.

use smallvec::SmallVec;

use super::Message;
use super::sensor::{Read, Wanted};
use crate::model::{Battery, Echo, Switch};

/// A topic that a device is heard on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The topic; `+` stands for one level.
    pub(super) topic: String,
    /// What comes by it.
    pub(super) part: Part,
}

/// What the messages of a topic are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Values; the number is the family's own name for the topic.
    Says(u8),
    /// Whether the device can be reached.
    Online,
    /// Whether one of the gateways that may hear the device can be reached.
    Gateway,
    /// The start of something that makes devices or gateways repeat themselves.
    Repeats,
    /// Whether Home Assistant is there, by which alone a sensor is heard.
    Courier,
}

/// A sensor of a family.
pub(super) trait Sensing {
    /// The topics it is heard on. Gateways come first, since what one keeps of itself is
    /// less than what it keeps of a device.
    fn lines(&self) -> Vec<Line>;

    /// The value in a payload that came by one of them; none if it does not speak of it.
    fn read(&self, line: u8, text: &str, retained: bool, wanted: Wanted) -> Option<Read>;

    /// Whether it can be reached, where a payload with values tells.
    fn reachable(&self, _line: u8, _text: &str) -> Option<bool> {
        None
    }

    /// The gateway by which it is heard on this topic; none where there is no choice of them.
    fn gateway<'t>(&self, _topic: &'t str) -> Option<&'t str> {
        None
    }

    /// Whether a topic may tell of its battery.
    fn tells_battery(&self, _line: u8) -> bool {
        false
    }

    /// How full its battery is, where a payload tells.
    fn battery(&self, _line: u8, _text: &str) -> Option<Battery> {
        None
    }

    /// What its owner calls it.
    fn label(&self) -> String;
}

/// An actuator of a family.
pub(super) trait Acting {
    /// The topics it is heard on, in the same order.
    fn lines(&self) -> Vec<Line>;

    /// What it says of itself in a payload that came by one of them.
    fn echoes(&self, line: u8, text: &str) -> SmallVec<[Echo; 2]>;

    /// Whether it can be reached, where a payload with values tells.
    fn reachable(&self, _line: u8, _text: &str) -> Option<bool> {
        None
    }

    /// Whether a topic may tell of its battery.
    fn tells_battery(&self, _line: u8) -> bool {
        false
    }

    /// How full its battery is, where a payload tells.
    fn battery(&self, _line: u8, _text: &str) -> Option<Battery> {
        None
    }

    /// The messages for a command, in order; none where it understands no such command.
    fn commands(&self, switch: &Switch) -> SmallVec<[Message; 2]>;

    /// Asks for its state.
    fn query(&self) -> Option<Message> {
        None
    }

    /// Whether there is such a question: told without making it.
    fn can_be_asked(&self) -> bool {
        false
    }

    /// Which very device it is, within its family.
    fn address(&self) -> String;

    /// Where its commands go; two actuators with one target are one device.
    fn target(&self) -> String;

    /// Whether it has a timer that could switch it off by itself.
    fn can_time(&self) -> bool {
        false
    }

    /// Whether it reports its state.
    fn can_echo(&self) -> bool {
        true
    }

    /// Whether it takes the room's temperature in place of its own.
    fn takes_feed(&self) -> bool {
        false
    }
}

impl Line {
    /// A topic with values.
    pub(super) fn says(number: u8, topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), part: Part::Says(number) }
    }

    /// A topic with `online` and `offline`.
    pub(super) fn online(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), part: Part::Online }
    }

    /// Topics with `online` and `offline` of gateways.
    pub(super) fn gateway(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), part: Part::Gateway }
    }

    /// A topic with `online` at the start of something that makes devices repeat
    /// themselves.
    pub(super) fn repeats(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), part: Part::Repeats }
    }

    /// A topic with `online` and `offline` of Home Assistant, by which alone it is heard.
    pub(super) fn courier(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), part: Part::Courier }
    }
}

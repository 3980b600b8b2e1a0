//! A make-believe device: it does what it is told, whatever it answers.

use crate::model::{Echo, Span, Switch, Temperature, Time};

/// A device as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// A relay's or a fan's level, 0 being off.
    pub level: u8,
    /// Where a valve stands.
    pub set_point: Temperature,
    /// Since when it is on.
    pub on_since: Option<Time>,
    /// When its own timer switches it off.
    pub ends: Option<Time>,
}

impl Default for Device {
    fn default() -> Self {
        Self { level: 0, set_point: Temperature(1700), on_since: None, ends: None }
    }
}

impl Device {
    /// Does as it is told.
    pub fn obey(&mut self, at: Time, switch: &Switch) {
        match switch {
            Switch::On { timer } => {
                self.set(at, 1);
                self.ends = timer.map(|timer: Span| at + timer);
            }
            Switch::Off => self.set(at, 0),
            Switch::Level(level) => self.set(at, *level),
            Switch::SetPoint(value) => self.set_point = *value,
            Switch::Feed(_) | Switch::OwnThermometer => {}
        }
    }

    /// What it answers to a command, rightly or wrongly, if to such a one at all.
    pub(super) fn echo(switch: &Switch, wrong: bool) -> Option<Echo> {
        Some(match switch {
            Switch::On { .. } => Echo::Relay(!wrong),
            Switch::Off => Echo::Relay(wrong),
            Switch::SetPoint(value) if wrong => Echo::SetPoint(Temperature(value.0 + 150)),
            Switch::SetPoint(value) => Echo::SetPoint(*value),
            Switch::Level(level) => Echo::Level(if wrong { 0 } else { *level }),
            Switch::Feed(_) | Switch::OwnThermometer => return None,
        })
    }

    /// It goes to that level, by whatever hand.
    pub(super) fn set(&mut self, at: Time, level: u8) {
        self.level = level;
        self.ends = None;
        self.on_since = if level == 0 { None } else { self.on_since.or(Some(at)) };
    }
}

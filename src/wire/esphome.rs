//! Entities of ESPHome nodes that speak MQTT (not the native API).
//!
//! Topics and payloads: <https://esphome.io/components/mqtt/>, and what each component
//! publishes in <https://github.com/esphome/esphome/tree/dev/esphome/components/mqtt>.
//! Everything lies below `<topic_prefix>/<component>/<object_id>/`, the node's
//! availability at `<topic_prefix>/status`.
//!
//! States are retained by default, so that an old one greets every new subscriber; and a
//! node that connects anew says its last values once more, however old they are.
//!
//! A climate is told its set-point and nothing else. Its mode belongs to the household:
//! one that was switched off stays off. It must stand at `heat` (or `auto`, `heat_cool`)
//! for a set-point to act.

use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

use super::dialect::{Acting, Line, Sensing};
use super::plain::Unit;
use super::sensor::{Read, Wanted, when_heard};
use super::words::{number, truth};
use super::{Message, SETPOINT_STEP, decimal};
use crate::model::{Echo, Place, Switch, Temperature, Value};

/// One entity that measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its node, component and name.
    pub entity: Entity,
    /// For temperatures.
    pub unit: Unit,
    /// For occupancy and windows: `ON` means nobody there, or closed.
    pub inverted: bool,
    /// The node sleeps between its messages: that it is offline says nothing, and what
    /// it says when it wakes it has just measured.
    pub sleeps: bool,
}

/// One entity that acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its node, component and name.
    pub entity: Entity,
    /// What it takes and says.
    pub form: Form,
}

/// Where an entity is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// The node's `topic_prefix`: its name unless it was changed.
    pub prefix: String,
    /// `sensor`, `binary_sensor`, `switch`, `fan` or `climate`.
    pub component: String,
    /// The entity's name as ESPHome makes a topic of it.
    pub object_id: String,
}

/// What an entity that acts takes and says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `ON` and `OFF`.
    Switch,
    /// `ON`, `OFF` and a speed level from 1; the number is the highest.
    Fan {
        /// The fan's `speed_count`.
        levels: u8,
    },
    /// A target temperature, always in °C.
    Climate,
}

/// The topics of an entity that acts, by number: its state or target, and its level or
/// own thermometer.
const STATE: u8 = 0;
const BESIDE: u8 = 1;

impl Sensing for Source {
    fn lines(&self) -> Vec<Line> {
        let values = Line::says(STATE, self.entity.topic("state"));
        if self.sleeps {
            return vec![values];
        }
        let status = self.entity.status();
        vec![Line::repeats(&status), Line::online(status), values]
    }

    fn read(&self, _line: u8, text: &str, retained: bool, wanted: Wanted) -> Option<Read> {
        let value = wanted.worded(text, self.unit, self.inverted);
        Some(value.map(|value| (value, when_heard(retained))))
    }

    fn label(&self) -> String {
        self.entity.path()
    }
}

impl Acting for Device {
    fn lines(&self) -> Vec<Line> {
        let status = Line::online(self.entity.status());
        let topic = |what| self.entity.topic(what);
        match self.form {
            Form::Switch => vec![status, Line::says(STATE, topic("state"))],
            Form::Fan { .. } => vec![
                status,
                Line::says(STATE, topic("state")),
                Line::says(BESIDE, topic("speed_level/state")),
            ],
            Form::Climate => vec![
                status,
                Line::says(STATE, topic("target_temperature/state")),
                Line::says(BESIDE, topic("current_temperature/state")),
            ],
        }
    }

    fn echoes(&self, line: u8, text: &str) -> SmallVec<[Echo; 2]> {
        let echo = match (self.form, line) {
            (Form::Switch | Form::Fan { .. }, STATE) => truth(text).map(Echo::Relay),
            // A fan that is off keeps the level it will have.
            (Form::Fan { .. }, _) => level(text).map(Echo::Speed),
            (Form::Climate, STATE) => degrees(text).map(Echo::SetPoint),
            (Form::Climate, _) => degrees(text).map(Echo::OwnTemperature),
            (Form::Switch, _) => None,
        };
        echo.into_iter().collect()
    }

    fn commands(&self, switch: &Switch) -> SmallVec<[Message; 2]> {
        let power = |on: bool| {
            let word = if on { "ON" } else { "OFF" };
            Message::command(self.entity.topic("command"), word.to_owned())
        };
        match (self.form, switch) {
            (Form::Switch | Form::Fan { .. }, Switch::Off | Switch::Level(0)) => {
                smallvec![power(false)]
            }
            (Form::Switch, Switch::On { .. } | Switch::Level(_)) => smallvec![power(true)],
            (Form::Fan { .. }, Switch::On { .. }) => self.at_level(1, power(true)),
            (Form::Fan { levels }, Switch::Level(level)) => {
                self.at_level((*level).min(levels), power(true))
            }
            (Form::Climate, Switch::SetPoint(to)) => {
                let steps = (to.0 + SETPOINT_STEP.0 / 2).div_euclid(SETPOINT_STEP.0);
                let payload = decimal(steps * SETPOINT_STEP.0);
                smallvec![Message::command(self.target(), payload)]
            }
            (Form::Switch | Form::Fan { .. }, Switch::SetPoint(_))
            | (Form::Climate, Switch::On { .. } | Switch::Off | Switch::Level(_))
            | (_, Switch::Feed(_) | Switch::OwnThermometer) => SmallVec::new(),
        }
    }

    fn address(&self) -> String {
        self.entity.path()
    }

    fn target(&self) -> String {
        match self.form {
            Form::Switch | Form::Fan { .. } => self.entity.topic("command"),
            Form::Climate => self.entity.topic("target_temperature/command"),
        }
    }
}

impl Device {
    /// The level goes first: a fan that is off takes it without starting, and one that
    /// runs never says its old level after the new command.
    fn at_level(&self, level: u8, on: Message) -> SmallVec<[Message; 2]> {
        let topic = self.entity.topic("speed_level/command");
        smallvec![Message::command(topic, level.to_string()), on]
    }
}

impl Entity {
    fn path(&self) -> String {
        format!("{}/{}/{}", self.prefix, self.component, self.object_id)
    }

    fn topic(&self, what: &str) -> String {
        format!("{}/{what}", self.path())
    }

    fn status(&self) -> String {
        format!("{}/status", self.prefix)
    }
}

fn degrees(text: &str) -> Option<Temperature> {
    let temperature = Temperature::celsius(number(text)?);
    Value::Temperature(temperature).plausible(Place::Room).then_some(temperature)
}

fn level(text: &str) -> Option<u8> {
    text.trim().parse().ok()
}

#[cfg(test)]
pub(super) mod tests;

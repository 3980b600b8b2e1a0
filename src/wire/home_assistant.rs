//! Devices that only Home Assistant knows, by two of uncramp's own blueprints.
//!
//! This page is the contract with them. `<base>` is uncramp's base topic, an entity is
//! named by its id (`sensor.bedroom_temperature`, `climate.bedroom`).
//!
//! # From Home Assistant: `<base>/home_assistant/<entity_id>/state`, retained
//!
//! ```json
//! {"v":"19.4","unit":"°C","reported":"2026-01-01T02:00:00.123456+00:00","started":"…"}
//! {"v":"on","unit":null,"reported":"…","started":"…"}
//! {"v":"heat","unit":"°C","reported":"…","started":"…","setpoint":20.5,"current":19.4}
//! {"v":"on","unit":null,"reported":"…","started":"…","percentage":33}
//! ```
//!
//! * `v`: the entity's state, as a number or text, `unavailable` and `unknown` included.
//! * `unit`: `°C` or `°F` for whatever is a temperature: the entity's
//!   `unit_of_measurement`, for a climate the unit of Home Assistant itself.
//! * `reported`: `states[entity_id].last_reported.isoformat()`, with its offset to UTC.
//!   It dates the value, so that a retained one is worth something; a reading without it
//!   is garbled. Its clock may differ from uncramp's by two minutes at most.
//! * `started`: when Home Assistant started, in the same form and by the same clock. What
//!   was `reported` within two minutes of it may be what Home Assistant restored.
//! * `setpoint` and `current`: a climate's attributes `temperature` and
//!   `current_temperature`. A room's temperature read from a climate is its `current`.
//! * `percentage`: a fan's attribute.
//!
//! Published with quality of service 1 when the entity changes, every five minutes, when
//! `<base>/status` becomes `online`, on `…/get`, and a second after each command was
//! carried out. Keys that do not apply are left out or `null`; others are ignored.
//!
//! # To Home Assistant: `<base>/home_assistant/<entity_id>/set`, never retained
//!
//! ```json
//! {"do":"on"}
//! {"do":"off"}
//! {"do":"set_temperature","temperature":20.5,"unit":"°C"}
//! {"do":"percentage","percentage":33}
//! ```
//!
//! Commands are absolute and may be repeated. A temperature is always in °C: where Home
//! Assistant displays °F the blueprint converts it. A percentage is at least 1 and
//! switches a fan on. `<base>/home_assistant/<entity_id>/get`, empty, asks for the state.
//!
//! A climate is told its set-point and nothing else; its mode belongs to the household.
//!
//! # Availability
//!
//! `homeassistant/status`, `online` and `offline`, for all of them; the state
//! `unavailable` for one.
//!
//! # What Home Assistant restored
//!
//! At its start Home Assistant says again what it had, as if reported now, and the
//! blueprint passes it on before `online` comes. So an equal value refreshes nothing from
//! `offline` until a minute after `online`, or where its `reported` is near to `started`;
//! and whatever was left out so is left out for good: only a later `reported` is a new
//! measurement.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

use super::dialect::{Acting, Line, Sensing};
use super::json::{Found, find};
use super::plain::Unit;
use super::sensor::{Read, Wanted, time_at};
use super::words::{instant, is_gone, numeric_at, truth};
use super::{HOME_ASSISTANT, Message, SETPOINT_STEP, decimal};
use crate::model::{Echo, Garble, Measured, Place, Quantity, Switch, Temperature, Value};

/// What was reported within so many milliseconds of Home Assistant's start may be restored.
const RESTORES_FOR_MS: i64 = 120_000;

/// One entity that measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Which entity.
    pub entity: Entity,
    /// For occupancy and windows: `on` means nobody there, or closed.
    pub inverted: bool,
}

/// One entity that acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Which entity.
    pub entity: Entity,
    /// What it takes and says.
    pub form: Form,
}

/// An entity of Home Assistant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// uncramp's own base topic.
    pub base: String,
    /// Its id, such as `switch.heater`.
    pub id: String,
}

/// What an entity that acts takes and says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// On and off.
    Switch,
    /// A fan with so many levels, evenly spread over its percentage.
    Fan {
        /// How many.
        levels: u8,
    },
    /// A climate's set-point.
    Climate,
}

impl Sensing for Source {
    fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Line::repeats(HOME_ASSISTANT), Line::courier(HOME_ASSISTANT)];
        lines.extend(self.entity.lines());
        lines
    }

    fn read(&self, _line: u8, text: &str, _retained: bool, wanted: Wanted) -> Option<Read> {
        let climate = self.entity.id.starts_with("climate.");
        let warm = wanted.quantity == Quantity::Temperature;
        let place = if climate && warm { "current" } else { "v" };
        let unit = unit(text);
        let value = wanted.at(text, &[place], unit.unwrap_or_default(), self.inverted)?;
        Some(value.and_then(|value| {
            if warm && unit.is_none() {
                return Err(Garble::Missing("a unit, °C or °F".to_owned()));
            }
            let at = time_at(text, "reported")?;
            // An older blueprint does not tell when Home Assistant started.
            let started = word(text, "started").and_then(|word| instant(&word));
            let restored = started.is_some_and(|started| at < started + RESTORES_FOR_MS);
            Ok((value, if restored { Measured::Restored(at) } else { Measured::At(at) }))
        }))
    }

    fn reachable(&self, _line: u8, text: &str) -> Option<bool> {
        reachable(text)
    }

    fn label(&self) -> String {
        self.entity.id.clone()
    }
}

impl Acting for Device {
    fn lines(&self) -> Vec<Line> {
        self.entity.lines()
    }

    fn echoes(&self, _line: u8, text: &str) -> SmallVec<[Echo; 2]> {
        let on = || word(text, "v").and_then(|word| truth(&word));
        match self.form {
            Form::Switch => on().map(Echo::Relay).into_iter().collect(),
            Form::Fan { levels } => match (on(), numeric_at(text, "percentage")) {
                (Some(true), Some(percent)) if percent > 0.0 => {
                    smallvec![Echo::Level(level(percent, levels))]
                }
                (Some(true), _) => smallvec![Echo::Relay(true)],
                (Some(false), _) => smallvec![Echo::Level(0)],
                (None, _) => SmallVec::new(),
            },
            Form::Climate => {
                let setpoint = degrees(text, "setpoint").map(Echo::SetPoint);
                let own = degrees(text, "current").map(Echo::OwnTemperature);
                setpoint.into_iter().chain(own).collect()
            }
        }
    }

    fn commands(&self, switch: &Switch) -> SmallVec<[Message; 2]> {
        let payload = match (self.form, switch) {
            (Form::Switch | Form::Fan { .. }, Switch::Off | Switch::Level(0)) => {
                r#"{"do":"off"}"#.to_owned()
            }
            (Form::Switch, Switch::On { .. } | Switch::Level(_)) => r#"{"do":"on"}"#.to_owned(),
            (Form::Fan { levels }, Switch::On { .. }) => at_level(1, levels),
            (Form::Fan { levels }, Switch::Level(level)) => at_level(*level, levels),
            (Form::Climate, Switch::SetPoint(to)) => {
                let steps = (to.0 + SETPOINT_STEP.0 / 2).div_euclid(SETPOINT_STEP.0);
                let to = decimal(steps * SETPOINT_STEP.0);
                format!(r#"{{"do":"set_temperature","temperature":{to},"unit":"°C"}}"#)
            }
            (Form::Switch | Form::Fan { .. }, Switch::SetPoint(_))
            | (Form::Climate, Switch::On { .. } | Switch::Off | Switch::Level(_))
            | (_, Switch::Feed(_) | Switch::OwnThermometer) => return SmallVec::new(),
        };
        smallvec![Message::command(self.target(), payload)]
    }

    fn query(&self) -> Option<Message> {
        Some(Message::command(self.entity.topic("get"), String::new()))
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    fn address(&self) -> String {
        self.entity.id.clone()
    }

    fn target(&self) -> String {
        self.entity.topic("set")
    }

    fn reachable(&self, _line: u8, text: &str) -> Option<bool> {
        reachable(text)
    }
}

impl Entity {
    fn topic(&self, what: &str) -> String {
        format!("{}/home_assistant/{}/{what}", self.base, self.id)
    }

    fn lines(&self) -> Vec<Line> {
        vec![Line::online(HOME_ASSISTANT), Line::says(0, self.topic("state"))]
    }
}

fn reachable(text: &str) -> Option<bool> {
    match find(text, &["v"]) {
        Found::Text(word) => Some(!is_gone(&word)),
        Found::Truth(_) | Found::Number(_) => Some(true),
        Found::Null | Found::Nested | Found::Nothing | Found::Elsewhere | Found::Broken => None,
    }
}

fn unit(text: &str) -> Option<Unit> {
    match word(text, "unit")?.as_ref() {
        "°C" => Some(Unit::Celsius),
        "°F" => Some(Unit::Fahrenheit),
        _ => None,
    }
}

/// Home Assistant takes the lowest speed that reaches a percentage, so that a part of a
/// percent too much would be the next one.
fn at_level(level: u8, levels: u8) -> String {
    let levels = u32::from(levels.max(1));
    let percent = u32::from(level).min(levels) * 100 / levels;
    format!(r#"{{"do":"percentage","percentage":{percent}}}"#)
}

/// The level nearest to a percentage of a fan that is on.
fn level(percent: f64, levels: u8) -> u8 {
    let apart = |level: u8| (f64::from(level) * 100.0 / f64::from(levels) - percent).abs();
    (1..=levels).min_by(|a, b| apart(*a).total_cmp(&apart(*b))).unwrap_or(1)
}

fn degrees(text: &str, place: &str) -> Option<Temperature> {
    let temperature = unit(text)?.temperature(numeric_at(text, place)?);
    Value::Temperature(temperature).plausible(Place::Room).then_some(temperature)
}

fn word<'a>(text: &'a str, place: &str) -> Option<Cow<'a, str>> {
    match find(text, &[place]) {
        Found::Text(word) => Some(word),
        Found::Truth(truth) => Some(if truth { "true" } else { "false" }.into()),
        Found::Null
        | Found::Number(_)
        | Found::Nested
        | Found::Nothing
        | Found::Elsewhere
        | Found::Broken => None,
    }
}

#[cfg(test)]
pub(super) mod tests;

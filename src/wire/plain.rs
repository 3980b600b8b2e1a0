//! Any topic with a bare value or JSON, for devices without a family of their own.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::dialect::{Acting, Line, Sensing};
use super::json::{Found, find};
use super::sensor::{Read, Wanted, time_at, when_heard};
use super::words::{number, truth, unquoted};
use super::{Message, SETPOINT_STEP, decimal};
use crate::model::{Echo, Measured, Place, Switch, Temperature, Value};

/// What stands for the level or the set-point in a payload.
const PLACEHOLDER: &str = "{}";

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

/// What the number in an actuator's payloads is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Number {
    /// The level of a fan, 1 being the lowest.
    #[default]
    Level,
    /// A set-point, in the device's unit.
    SetPoint,
}

/// One value at one topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The topic, without wildcards.
    pub topic: String,
    /// Where in a JSON payload, dotted (`AHT1X.Temperature`); a number counts the places
    /// of a list from 0; none for a bare value.
    pub path: Option<String>,
    /// Where in the JSON payload the time of measurement is, dotted: ISO 8601 with its
    /// offset to UTC, or Unix seconds or milliseconds. A payload that then tells no time
    /// is garbled, since nobody knows how old its value is.
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
    /// What `{}` stands for, and what a number in the state means.
    pub number: Number,
    /// For set-points.
    pub unit: Unit,
    /// The device's availability topic, with `online` and `offline`.
    pub availability: Option<String>,
}

impl Sensing for Source {
    fn lines(&self) -> Vec<Line> {
        let values = Line::says(0, &self.topic);
        [values].into_iter().chain(self.availability.as_ref().map(Line::online)).collect()
    }

    fn read(&self, _line: u8, text: &str, retained: bool, wanted: Wanted) -> Option<Read> {
        let value = match &self.path {
            None => wanted.worded(unquoted(text), self.unit, self.inverted),
            Some(path) => wanted.at(text, &[path], self.unit, self.inverted)?,
        };
        Some(value.and_then(|value| {
            let measured = match &self.time_path {
                Some(path) => Measured::At(time_at(text, path)?),
                None => when_heard(retained),
            };
            Ok((value, measured))
        }))
    }

    fn label(&self) -> String {
        self.topic.clone()
    }
}

impl Acting for Device {
    fn lines(&self) -> Vec<Line> {
        let state = self.state.as_ref().map(|topic| Line::says(0, topic));
        state.into_iter().chain(self.availability.as_ref().map(Line::online)).collect()
    }

    fn echoes(&self, _line: u8, text: &str) -> SmallVec<[Echo; 2]> {
        self.echo(text).into_iter().collect()
    }

    fn commands(&self, switch: &Switch) -> SmallVec<[Message; 2]> {
        self.command(switch).into_iter().collect()
    }

    fn address(&self) -> String {
        self.command.clone()
    }

    fn target(&self) -> String {
        self.command.clone()
    }

    fn can_echo(&self) -> bool {
        self.state.is_some()
    }
}

impl Device {
    fn command(&self, switch: &Switch) -> Option<Message> {
        let takes_number = self.on.contains(PLACEHOLDER);
        let payload = match (switch, self.number) {
            (Switch::Off | Switch::Level(0), _) => self.off.clone(),
            (Switch::On { .. }, _) | (Switch::Level(_), Number::Level) if !takes_number => {
                self.on.clone()
            }
            (Switch::On { .. }, Number::Level) => self.with("1"),
            (Switch::Level(level), Number::Level) => self.with(&level.to_string()),
            (Switch::SetPoint(setpoint), Number::SetPoint) if takes_number => {
                self.with(&self.unit.setpoint(*setpoint))
            }
            (
                Switch::On { .. }
                | Switch::Level(_)
                | Switch::SetPoint(_)
                | Switch::Feed(_)
                | Switch::OwnThermometer,
                _,
            ) => return None,
        };
        Some(Message::command(self.command.clone(), payload))
    }

    fn echo(&self, text: &str) -> Option<Echo> {
        match &self.state_path {
            None => self.said(unquoted(text)),
            Some(path) => match find(text, &[path]) {
                Found::Truth(on) => Some(Echo::Relay(on)),
                Found::Number(number) => self.stated(number),
                Found::Text(word) => self.said(&word),
                Found::Null | Found::Nested | Found::Nothing | Found::Elsewhere | Found::Broken => {
                    None
                }
            },
        }
    }

    fn with(&self, number: &str) -> String {
        self.on.replace(PLACEHOLDER, number)
    }

    fn said(&self, word: &str) -> Option<Echo> {
        let word = word.trim();
        if word == self.off.trim() {
            return Some(self.stopped());
        }
        if word == self.on.trim() {
            return Some(Echo::Relay(true));
        }
        if self.on.contains(PLACEHOLDER)
            && let Some(number) = number(word)
        {
            return self.stated(number);
        }
        truth(word).map(|on| if on { Echo::Relay(true) } else { self.stopped() })
    }

    fn stated(&self, number: f64) -> Option<Echo> {
        if !self.on.contains(PLACEHOLDER) {
            return match number {
                1.0 => Some(Echo::Relay(true)),
                0.0 => Some(Echo::Relay(false)),
                _ => None,
            };
        }
        match self.number {
            Number::Level => level(number).map(Echo::Level),
            Number::SetPoint => {
                let setpoint = self.unit.temperature(number);
                let plausible = Value::Temperature(setpoint).plausible(Place::Room);
                plausible.then_some(Echo::SetPoint(setpoint))
            }
        }
    }

    fn stopped(&self) -> Echo {
        match self.number {
            Number::Level if self.on.contains(PLACEHOLDER) => Echo::Level(0),
            Number::Level | Number::SetPoint => Echo::Relay(false),
        }
    }
}

impl Unit {
    /// A set-point in the device's unit, at half a degree Celsius, which is a whole
    /// number of tenths in both.
    fn setpoint(self, setpoint: Temperature) -> String {
        let steps = (setpoint.0 + SETPOINT_STEP.0 / 2).div_euclid(SETPOINT_STEP.0);
        match self {
            Self::Celsius => decimal(steps * SETPOINT_STEP.0),
            Self::Fahrenheit => decimal(steps * 90 + 3200),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
fn level(number: f64) -> Option<u8> {
    let whole = libm::round(number);
    (0.0..=255.0).contains(&whole).then_some(whole as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    fn device(on: &str, off: &str, number: Number) -> Device {
        Device {
            command: "room/thing/set".to_owned(),
            state: Some("room/thing".to_owned()),
            state_path: None,
            on: on.to_owned(),
            off: off.to_owned(),
            number,
            unit: Unit::Celsius,
            availability: None,
        }
    }

    fn sent(device: &Device, switch: &Switch) -> Option<String> {
        device.command(switch).map(|message| {
            assert_eq!(message.topic, "room/thing/set");
            assert!(!message.retain && !message.confirmed);
            String::from_utf8(message.payload).expect("text")
        })
    }

    #[test]
    fn a_relay_is_told_its_owners_words_and_no_timer() {
        let relay = device("heat!", "stop", Number::Level);
        let timed = Switch::On { timer: Some(Span::minutes(15)) };
        assert_eq!(sent(&relay, &timed).as_deref(), Some("heat!"));
        assert_eq!(sent(&relay, &Switch::Level(2)).as_deref(), Some("heat!"));
        assert_eq!(sent(&relay, &Switch::Off).as_deref(), Some("stop"));
        assert_eq!(sent(&relay, &Switch::SetPoint(Temperature(2100))), None);
        assert_eq!(sent(&relay, &Switch::OwnThermometer), None);
        for (text, echo) in [
            ("heat!", Some(Echo::Relay(true))),
            (" stop\n", Some(Echo::Relay(false))),
            ("ON", Some(Echo::Relay(true))),
            ("0", Some(Echo::Relay(false))),
            ("7", None),
            ("", None),
        ] {
            assert_eq!(relay.echo(text), echo, "{text}");
        }
    }

    #[test]
    fn a_fan_is_told_its_level() {
        let fan = device(r#"{"speed": {}}"#, r#"{"speed": 0}"#, Number::Level);
        assert_eq!(sent(&fan, &Switch::Level(2)).as_deref(), Some(r#"{"speed": 2}"#));
        assert_eq!(sent(&fan, &Switch::Level(0)).as_deref(), Some(r#"{"speed": 0}"#));
        assert_eq!(sent(&fan, &Switch::On { timer: None }).as_deref(), Some(r#"{"speed": 1}"#));
        assert_eq!(fan.echo("3"), Some(Echo::Level(3)));
        assert_eq!(fan.echo("OFF"), Some(Echo::Level(0)));
        assert_eq!(fan.echo("ON"), Some(Echo::Relay(true)));
        assert_eq!(fan.echo("-1"), None);
        assert_eq!(fan.echo("300"), None);
    }

    #[test]
    fn a_thermostat_is_told_its_set_point_in_its_unit() {
        let mut valve = device("{}", "off", Number::SetPoint);
        assert_eq!(sent(&valve, &Switch::SetPoint(Temperature(2130))).as_deref(), Some("21.5"));
        assert_eq!(valve.echo("21.5"), Some(Echo::SetPoint(Temperature(2150))));
        assert_eq!(sent(&valve, &Switch::On { timer: None }), None);
        assert_eq!(sent(&valve, &Switch::Level(1)), None);
        valve.unit = Unit::Fahrenheit;
        assert_eq!(sent(&valve, &Switch::SetPoint(Temperature(2150))).as_deref(), Some("70.7"));
        assert_eq!(valve.echo("70.7"), Some(Echo::SetPoint(Temperature(2150))));
        assert_eq!(valve.echo("700"), None);
    }

    #[test]
    fn a_state_within_json() {
        let mut relay = device("ON", "OFF", Number::Level);
        relay.state_path = Some("POWER".to_owned());
        assert_eq!(relay.echo(r#"{"POWER":"ON"}"#), Some(Echo::Relay(true)));
        assert_eq!(relay.echo(r#"{"POWER":false}"#), Some(Echo::Relay(false)));
        assert_eq!(relay.echo(r#"{"Wifi":{}}"#), None);
        assert_eq!(relay.echo("ON"), None);
    }
}

//! Shelly devices of all generations.
//!
//! The first generation: <https://shelly-api-docs.shelly.cloud/gen1/#mqtt-support>. From
//! the second on, calls and notifications:
//! <https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Mqtt> and
//! <https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Switch>.

use serde::{Deserialize, Serialize};
use serde_json::json;
use smallvec::{SmallVec, smallvec};

use super::Message;
use super::dialect::{Acting, Line, Sensing};
use super::json::{Found, find};
use super::plain::Unit;
use super::sensor::{Read, Wanted, when_heard};
use super::words::{number, number_at, percent, seconds_at, truth, unix, unquoted, watts};
use crate::model::{Battery, Echo, Garble, Measured, Quantity, Span, Switch, Value};

/// The longest that `toggle_after` is told; a lease is shorter anyhow.
const LONGEST_TIMER: Span = Span::hours(24);

/// A device that does not know the time counts from its own start; no clock that was ever
/// set says less than September 2020, when there was no second generation yet.
const CLOCK_SET: f64 = 1.6e9;

/// Which of the two languages a device speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Generation {
    /// Bare values below `shellies/`.
    First,
    /// Calls and notifications; the second generation and all after it.
    Later,
}

/// One value of one sensor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Before all of its topics: `shellies/<id>`, later the device's topic prefix.
    pub prefix: String,
    /// Which language it speaks.
    pub generation: Generation,
    /// The topic below the prefix, such as `sensor/temperature`; later the component,
    /// such as `temperature:0`, `humidity:0` or `input:0`.
    pub part: String,
    /// For temperatures of the first generation, which sends them as it shows them.
    pub unit: Unit,
    /// For occupancy and windows: on means nobody there, or closed.
    pub inverted: bool,
    /// It sleeps between measurements; being offline is nothing then.
    pub sleeps: bool,
}

/// A relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Before all of its topics: `shellies/<id>`, later the device's topic prefix.
    pub prefix: String,
    /// Which language it speaks.
    pub generation: Generation,
    /// Which of its outputs, from 0.
    pub output: u8,
}

/// The topics that are listened to.
mod line {
    /// A bare value of the first generation.
    pub(super) const BARE: u8 = 0;
    /// What a relay of the first generation draws.
    pub(super) const POWER: u8 = 1;
    /// Notifications of everything.
    pub(super) const EVENTS: u8 = 2;
    /// The status of one component.
    pub(super) const STATUS: u8 = 3;
    /// An answer to a question of ours.
    pub(super) const REPLY: u8 = 4;
    /// The battery of a device that has one.
    pub(super) const BATTERY: u8 = 5;
}

impl Sensing for Source {
    fn lines(&self) -> Vec<Line> {
        let (prefix, part) = (&self.prefix, &self.part);
        let values = match self.generation {
            Generation::First => vec![Line::says(line::BARE, format!("{prefix}/{part}"))],
            Generation::Later => vec![
                Line::says(line::EVENTS, format!("{prefix}/events/rpc")),
                Line::says(line::STATUS, format!("{prefix}/status/{part}")),
            ],
        };
        let online = Line::online(format!("{prefix}/online"));
        let battery = match self.generation {
            Generation::First => format!("{prefix}/sensor/battery"),
            Generation::Later => format!("{prefix}/status/devicepower:0"),
        };
        // What sleeps between measurements runs on a battery.
        let own = if self.sleeps { Line::says(line::BATTERY, battery) } else { online };
        values.into_iter().chain([own]).collect()
    }

    fn read(&self, line: u8, text: &str, retained: bool, wanted: Wanted) -> Option<Read> {
        if line == line::BATTERY {
            return None;
        }
        if line == line::BARE {
            let value = wanted.worded(unquoted(text), self.unit, self.inverted);
            return Some(value.map(|value| (value, when_heard(retained))));
        }
        let field = self.field(wanted.quantity);
        if line == line::STATUS {
            let value = self.value(text, &[field], wanted)?;
            return Some(value.map(|value| (value, when_heard(retained))));
        }
        let value = self.value(text, &["params", &self.part, field], wanted)?;
        // What comes live was measured just now, whatever either clock says (S10).
        let told = number_at(text, &["params.ts"]).filter(|ts| retained && *ts >= CLOCK_SET);
        let measured = told.and_then(unix).map_or_else(|| when_heard(retained), Measured::At);
        Some(value.map(|value| (value, measured)))
    }

    fn tells_battery(&self, line: u8) -> bool {
        self.sleeps && matches!(line, line::BATTERY | line::EVENTS)
    }

    fn battery(&self, line: u8, text: &str) -> Option<Battery> {
        match (self.generation, line) {
            (Generation::First, _) => number(text).and_then(percent),
            (Generation::Later, line::EVENTS) => charge(text, &["params", "devicepower:0"]),
            (Generation::Later, _) => charge(text, &[]),
        }
    }

    fn label(&self) -> String {
        self.prefix.clone()
    }
}

impl Source {
    /// What a component calls its value.
    fn field(&self, quantity: Quantity) -> &'static str {
        if self.part.starts_with("bthomesensor:") {
            return "value";
        }
        match quantity {
            Quantity::Temperature => "tC",
            Quantity::Humidity => "rh",
            Quantity::Co2 => "ppm",
            Quantity::Occupied | Quantity::Open => "state",
        }
    }

    fn value(&self, text: &str, path: &[&str], wanted: Wanted) -> Option<Result<Value, Garble>> {
        wanted.at(text, path, Unit::Celsius, self.inverted)
    }
}

impl Acting for Device {
    fn lines(&self) -> Vec<Line> {
        let (prefix, output) = (&self.prefix, self.output);
        let mut lines = match self.generation {
            Generation::First => vec![
                Line::says(line::BARE, format!("{prefix}/relay/{output}")),
                Line::says(line::POWER, format!("{prefix}/relay/{output}/power")),
            ],
            Generation::Later => vec![
                Line::says(line::EVENTS, format!("{prefix}/events/rpc")),
                Line::says(line::STATUS, format!("{prefix}/status/switch:{output}")),
                Line::says(line::REPLY, format!("{}/rpc", self.caller())),
            ],
        };
        lines.push(Line::online(format!("{prefix}/online")));
        lines
    }

    fn echoes(&self, line: u8, text: &str) -> SmallVec<[Echo; 2]> {
        match line {
            line::BARE => relay(text).map(Echo::Relay).into_iter().collect(),
            line::POWER => number(text).and_then(watts).map(Echo::Power).into_iter().collect(),
            line::EVENTS => status(text, &["params", &format!("switch:{}", self.output)]),
            line::REPLY if is_about(text, self.output) => self.answer(text),
            line::STATUS => status(text, &[]),
            _ => SmallVec::new(),
        }
    }

    fn commands(&self, switch: &Switch) -> SmallVec<[Message; 2]> {
        let (on, timer) = match switch {
            Switch::On { timer } => (true, *timer),
            Switch::Off | Switch::Level(0) => (false, None),
            Switch::Level(_) => (true, None),
            Switch::SetPoint(_) | Switch::Feed(_) | Switch::OwnThermometer => {
                return SmallVec::new();
            }
        };
        smallvec![match self.generation {
            Generation::First => self.tell(if on { "on" } else { "off" }.to_owned()),
            Generation::Later => self.call("Switch.Set", &self.set(on, timer)),
        }]
    }

    fn query(&self) -> Option<Message> {
        Some(match self.generation {
            Generation::First => {
                Message::command(format!("{}/command", self.prefix), "update".to_owned())
            }
            Generation::Later => self.call("Shelly.GetStatus", &json!({})),
        })
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    fn address(&self) -> String {
        format!("{}/switch:{}", self.prefix, self.output)
    }

    /// A relay's own: calls to all of them go to one topic.
    fn target(&self) -> String {
        match self.generation {
            Generation::First => format!("{}/relay/{}/command", self.prefix, self.output),
            Generation::Later => format!("{}/rpc switch:{}", self.prefix, self.output),
        }
    }

    fn can_time(&self) -> bool {
        self.generation == Generation::Later
    }
}

impl Device {
    fn tell(&self, word: String) -> Message {
        Message::command(self.target(), word)
    }

    /// Who calls: answers come below this topic.
    fn caller(&self) -> String {
        format!("{}/uncramp", self.prefix)
    }

    /// An on flips back after its timer. That an off ends a timer that runs is documented
    /// nowhere; `uncramp try` looks whether it does.
    fn set(&self, on: bool, timer: Option<Span>) -> serde_json::Value {
        let mut params = json!({ "id": self.output, "on": on });
        if let Some(timer) = timer {
            let timer = timer.clamp(Span::seconds(1), LONGEST_TIMER);
            params["toggle_after"] = timer.as_seconds().into();
        }
        params
    }

    /// How the relay is, or how everything is, and since when the device is running.
    fn answer(&self, text: &str) -> SmallVec<[Echo; 2]> {
        let running = seconds_at(text, &["result.sys.uptime"]).map(Echo::Running);
        let all = status(text, &["result", &format!("switch:{}", self.output)]);
        running.into_iter().chain(all).chain(status(text, &["result"])).collect()
    }

    /// A call to the device.
    fn call(&self, method: &str, params: &serde_json::Value) -> Message {
        // The number tells, in the answer, which relay it is about.
        let id = u32::from(self.output) + 1;
        let call = json!({ "id": id, "src": self.caller(), "method": method, "params": params });
        Message::command(format!("{}/rpc", self.prefix), call.to_string())
    }
}

/// What a device with a battery says of it, unless it is fed by a cable
/// (<https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/DevicePower>).
fn charge(text: &str, within: &[&str]) -> Option<Battery> {
    let at = |keys: [&'static str; 2]| {
        within.iter().copied().chain(keys).collect::<SmallVec<[&str; 4]>>()
    };
    let fed = find(text, &at(["external", "present"])) == Found::Truth(true);
    number_at(text, &at(["battery", "percent"])).filter(|_| !fed).and_then(percent)
}

/// A relay that shut off for its own protection is off.
fn relay(text: &str) -> Option<bool> {
    if unquoted(text) == "overpower" { Some(false) } else { truth(unquoted(text)) }
}

/// A switch's status, or as much of it as has changed.
fn status(text: &str, within: &[&str]) -> SmallVec<[Echo; 2]> {
    let at = |key| within.iter().copied().chain([key]).collect::<SmallVec<[&str; 3]>>();
    let relay = match find(text, &at("output")) {
        Found::Truth(on) => Some(Echo::Relay(on)),
        Found::Null
        | Found::Number(_)
        | Found::Text(_)
        | Found::Nested
        | Found::Nothing
        | Found::Elsewhere
        | Found::Broken => None,
    };
    let power = number_at(text, &at("apower")).and_then(watts).map(Echo::Power);
    relay.into_iter().chain(power).collect()
}

fn is_about(text: &str, output: u8) -> bool {
    number_at(text, &["id"]) == Some(f64::from(output) + 1.0)
}

#[cfg(test)]
pub(super) mod tests;

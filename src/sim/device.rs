//! Devices as they speak behind Zigbee2MQTT 2.x.
//!
//! Payloads follow its documentation: a set command that reached the device is answered
//! by the expected state at once, except a plug's `on_time`, which is answered by the
//! device's own report; Zigbee2MQTT keeps no state (retain is off by default).

mod plug;
mod thermometer;
mod valve;

use serde_json::{Value, json};

use super::Truth;
use crate::model::{Span, Time};
pub use plug::{OnTime, Plug};
pub use thermometer::{Rhythm, Thermometer, Trouble};
pub use valve::Valve;

/// The names of the levels of the make-believe fan, lowest first.
pub const FAN_LEVELS: [&str; 3] = ["low", "medium", "high"];

/// How often a device says its state though nothing changed.
const STILL_HERE: Span = Span::minutes(30);

/// One device.
#[derive(Debug, Clone)]
pub enum Device {
    /// Measures temperature and humidity.
    Thermometer(Thermometer),
    /// Feels whether somebody is in bed.
    Mat(Mat),
    /// A plug with a panel heater behind it.
    Plug(Plug),
    /// A radiator valve and its radiator.
    Valve(Valve),
    /// A fan.
    Fan(Fan),
}

/// A bed mat: says when somebody lies down or gets up, and nothing in between.
#[derive(Debug, Clone)]
pub struct Mat {
    name: String,
    said: Option<bool>,
}

/// A fan with three named levels.
#[derive(Debug, Clone)]
pub struct Fan {
    name: String,
    level: u8,
    next: Time,
}

impl Device {
    /// A bed mat of this friendly name.
    #[must_use]
    pub fn mat(name: &str) -> Self {
        Self::Mat(Mat { name: name.to_owned(), said: None })
    }

    /// A fan of this friendly name, off.
    #[must_use]
    pub fn fan(name: &str) -> Self {
        Self::Fan(Fan { name: name.to_owned(), level: 0, next: Time::ZERO })
    }

    /// Its friendly name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Thermometer(device) => device.name(),
            Self::Mat(device) => &device.name,
            Self::Plug(device) => device.name(),
            Self::Valve(device) => device.name(),
            Self::Fan(device) => &device.name,
        }
    }

    /// Takes a set command and returns the answer that follows at once, if any. What is
    /// no JSON object changes nothing.
    pub(super) fn set(&mut self, now: Time, payload: &[u8]) -> Option<Value> {
        let payload = serde_json::from_slice(payload).ok().filter(Value::is_object)?;
        match self {
            Self::Thermometer(_) | Self::Mat(_) => None,
            Self::Plug(device) => device.set(now, &payload),
            Self::Valve(device) => device.set(now, &payload),
            Self::Fan(device) => device.set(&payload),
        }
    }

    /// Lets time pass up to `now` and returns what it says of its own accord.
    pub(super) fn pass(&mut self, now: Time, truth: &Truth) -> Option<Value> {
        match self {
            Self::Thermometer(device) => device.pass(now, truth),
            Self::Mat(device) => device.pass(truth.in_bed),
            Self::Plug(device) => device.pass(now),
            Self::Valve(device) => device.pass(now, truth),
            Self::Fan(device) => device.pass(now),
        }
    }

    /// The answer to a `get`; devices on batteries that sleep have none.
    pub(super) fn get(&self) -> Option<Value> {
        match self {
            Self::Thermometer(_) | Self::Mat(_) => None,
            Self::Plug(device) => Some(device.state()),
            Self::Valve(device) => Some(device.state()),
            Self::Fan(device) => Some(device.state()),
        }
    }

    /// The heat it asks for, in watts.
    pub(super) fn power(&self) -> f64 {
        match self {
            Self::Thermometer(_) | Self::Mat(_) | Self::Fan(_) => 0.0,
            Self::Plug(device) => device.power(),
            Self::Valve(device) => device.power(),
        }
    }

    /// The level at which it moves air.
    pub(super) fn level(&self) -> u8 {
        match self {
            Self::Thermometer(_) | Self::Mat(_) | Self::Plug(_) | Self::Valve(_) => 0,
            Self::Fan(device) => device.level,
        }
    }
}

impl Mat {
    fn pass(&mut self, in_bed: bool) -> Option<Value> {
        let news = self.said != Some(in_bed);
        self.said = Some(in_bed);
        news.then(|| self.state())
    }

    fn state(&self) -> Value {
        json!({ "battery": 91, "linkquality": 110, "occupancy": self.said.unwrap_or(false) })
    }
}

impl Fan {
    fn set(&mut self, payload: &Value) -> Option<Value> {
        let mode = payload.get("fan_mode").and_then(Value::as_str);
        let state = payload.get("state").and_then(Value::as_str);
        self.level = match (mode, state) {
            (Some("off"), _) | (None, Some("OFF")) => 0,
            (None, Some("ON")) => self.level.max(1),
            (Some(mode), _) => {
                let place = FAN_LEVELS.iter().position(|level| *level == mode)?;
                u8::try_from(place + 1).ok()?
            }
            (None, _) => return None,
        };
        Some(self.state())
    }

    fn pass(&mut self, now: Time) -> Option<Value> {
        still_here(&mut self.next, now).then(|| self.state())
    }

    fn state(&self) -> Value {
        let mode = self.level.checked_sub(1).map_or("off", |n| FAN_LEVELS[usize::from(n)]);
        json!({
            "fan_mode": mode,
            "fan_state": if self.level == 0 { "OFF" } else { "ON" },
            "linkquality": 130,
        })
    }
}

/// Whether it is time to say the state once more though nothing changed.
fn still_here(next: &mut Time, now: Time) -> bool {
    let due = now >= *next;
    if due {
        *next = now + STILL_HERE;
    }
    due
}

/// A value as such a device prints it: in steps, without a float's tail.
fn quantised(value: f64, step: f64) -> f64 {
    libm::round(libm::round(value / step) * step * 100.0) / 100.0
}

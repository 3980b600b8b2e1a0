//! A smart plug with a panel heater behind it.

use serde_json::{Value, json};

use super::still_here;
use crate::model::{Span, Time};

/// How long the device's own report takes after a command with `on_time`.
const REPORT: Span = Span::seconds(10);

/// How a plug treats `on_time`, the key by which it is to switch itself off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnTime {
    /// As it should.
    Honoured,
    /// Not at all.
    Ignored,
    /// Only together with `off_wait_time`, the key by which it is to stay off for a while.
    NeedsWait,
    /// Ten times too late, and then it toggles: also on, if it was switched off before.
    Tenfold,
    /// In time, and then it toggles: also on, if it was switched off before.
    Toggling,
}

/// A smart plug.
#[derive(Debug, Clone)]
pub struct Plug {
    name: String,
    watts: f64,
    timer: OnTime,
    deaf: bool,
    on: bool,
    off_at: Option<Time>,
    report_at: Option<Time>,
    next: Time,
}

impl Plug {
    /// A plug of this friendly name, off, with so many watts behind it.
    #[must_use]
    pub fn new(name: &str, watts: f64, timer: OnTime) -> Self {
        Self {
            name: name.to_owned(),
            watts,
            timer,
            deaf: false,
            on: false,
            off_at: None,
            report_at: None,
            next: Time::ZERO,
        }
    }

    /// It stops hearing commands, or hears them again. Zigbee2MQTT says nothing when a
    /// command does not arrive.
    pub fn deaf(&mut self, deaf: bool) {
        self.deaf = deaf;
    }

    /// Somebody presses its button.
    pub fn press(&mut self, now: Time) {
        self.on = !self.on;
        self.off_at = None;
        self.report_at = Some(now);
    }

    /// Whether it is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn power(&self) -> f64 {
        if self.on { self.watts } else { 0.0 }
    }

    pub(super) fn set(&mut self, now: Time, payload: &Value) -> Option<Value> {
        if self.deaf {
            return None;
        }
        self.on = match payload.get("state").and_then(Value::as_str)? {
            "ON" => true,
            "OFF" => false,
            "TOGGLE" => !self.on,
            _ => return None,
        };
        self.off_at = self.off_at.filter(|_| self.toggles() && !self.on);
        let Some(seconds) = payload.get("on_time").and_then(Value::as_i64).filter(|_| self.on)
        else {
            return Some(self.state());
        };
        self.off_at = match self.timer {
            OnTime::Honoured | OnTime::Toggling => Some(now + Span::seconds(seconds)),
            OnTime::Ignored => None,
            OnTime::NeedsWait => payload.get("off_wait_time").map(|_| now + Span::seconds(seconds)),
            OnTime::Tenfold => Some(now + Span::seconds(seconds * 10)),
        };
        self.report_at = Some(now + REPORT);
        None
    }

    pub(super) fn pass(&mut self, now: Time) -> Option<Value> {
        let switches = self.off_at.is_some_and(|at| at <= now);
        if switches {
            self.on = self.toggles() && !self.on;
            self.off_at = None;
        }
        let reports = self.report_at.is_some_and(|at| at <= now);
        if reports {
            self.report_at = None;
        }
        (still_here(&mut self.next, now) || switches || reports).then(|| self.state())
    }

    fn toggles(&self) -> bool {
        matches!(self.timer, OnTime::Tenfold | OnTime::Toggling)
    }

    pub(super) fn state(&self) -> Value {
        json!({
            "linkquality": 140,
            "power": self.power(),
            "power_on_behavior": "off",
            "state": if self.on { "ON" } else { "OFF" },
        })
    }
}

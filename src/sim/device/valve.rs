//! A radiator valve that regulates by itself, and the radiator it sits on.
//!
//! Its keys are those of a SONOFF TRVZB; it falls back to its own thermometer when it
//! has not been fed for two hours, as that one does.

use serde_json::{Value, json};

use super::{Truth, quantised};
use crate::model::{Span, Time};

/// Fed no longer than this ago, it believes what it was fed.
const FED_FOR: Span = Span::hours(2);
/// How often it looks, and says what changed.
const LOOKS: Span = Span::minutes(5);
/// It is fully open so many kelvins below its set-point.
const FULLY_OPEN_BELOW: f64 = 1.0;
/// The set-points it takes, in °C.
const SETPOINTS: (f64, f64) = (4.0, 35.0);

/// A radiator valve.
#[derive(Debug, Clone)]
pub struct Valve {
    name: String,
    /// What the radiator gives at the most, in W.
    watts: f64,
    /// How much too warm it reads beside a hot radiator, in kelvins.
    warm: f64,
    deaf: bool,
    boiler: Option<(f64, f64)>,
    setpoint: f64,
    own: f64,
    fed: Option<(Time, f64)>,
    external: bool,
    open: f64,
    looks: Time,
}

impl Valve {
    /// A valve of this friendly name at 17 °C on a radiator of 900 W, reading up to
    /// 3 K warm.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            watts: 900.0,
            warm: 3.0,
            deaf: false,
            boiler: None,
            setpoint: 17.0,
            own: 20.0,
            fed: None,
            external: false,
            open: 0.0,
            looks: Time::ZERO,
        }
    }

    /// The same valve, reading up to so many kelvins warm.
    #[must_use]
    pub fn warm(self, kelvins: f64) -> Self {
        Self { warm: kelvins, ..self }
    }

    /// The same valve at this set-point, in °C.
    #[must_use]
    pub fn at(self, setpoint: f64) -> Self {
        Self { setpoint, ..self }
    }

    /// The same valve at a boiler that gives heat only from one hour of the day to
    /// another, counted from [`Time::ZERO`]; the hours may reach over midnight.
    #[must_use]
    pub fn boiler(self, from: f64, to: f64) -> Self {
        Self { boiler: Some((from, to)), ..self }
    }

    /// It stops hearing commands, or hears them again.
    pub fn deaf(&mut self, deaf: bool) {
        self.deaf = deaf;
    }

    /// Somebody turns its knob, to so many °C; it says so when it next looks.
    pub fn turn(&mut self, setpoint: f64) {
        self.setpoint = quantised(setpoint, 0.5).clamp(SETPOINTS.0, SETPOINTS.1);
        self.looks = Time::ZERO;
    }

    /// Its set-point, in °C.
    #[must_use]
    pub fn setpoint(&self) -> f64 {
        self.setpoint
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn power(&self) -> f64 {
        self.open * self.watts
    }

    pub(super) fn set(&mut self, now: Time, payload: &Value) -> Option<Value> {
        if self.deaf {
            return None;
        }
        let number = |key| payload.get(key).and_then(Value::as_f64);
        let setpoint = number("occupied_heating_setpoint");
        let fed = number("external_temperature_input");
        let select = payload.get("temperature_sensor_select").and_then(Value::as_str);
        if setpoint.is_none() && fed.is_none() && select.is_none() {
            return None;
        }
        if let Some(setpoint) = setpoint {
            self.turn(setpoint);
        }
        if let Some(fed) = fed {
            self.fed = Some((now, fed));
        }
        match select {
            Some("external") => self.external = true,
            Some("internal") => self.external = false,
            Some(_) | None => {}
        }
        self.regulate(now);
        Some(self.state())
    }

    pub(super) fn pass(&mut self, now: Time, truth: &Truth) -> Option<Value> {
        if now < self.looks {
            return None;
        }
        self.looks = now + LOOKS;
        let before = self.state();
        self.own = truth.temperature + self.warm * truth.heat / self.watts;
        self.regulate(now);
        let after = self.state();
        (after != before).then_some(after)
    }

    pub(super) fn state(&self) -> Value {
        json!({
            "battery": 86,
            "external_temperature_input": self.fed.map(|(_, fed)| quantised(fed, 0.1)),
            "linkquality": 100,
            "local_temperature": quantised(self.own, 0.1),
            "local_temperature_calibration": 0,
            "occupied_heating_setpoint": self.setpoint,
            "running_state": if self.open > 0.0 { "heat" } else { "idle" },
            "system_mode": "heat",
            "temperature_sensor_select": if self.external { "external" } else { "internal" },
        })
    }

    /// Opens in proportion to what is missing, by the thermometer it believes.
    fn regulate(&mut self, now: Time) {
        let fed = self.fed.filter(|(at, _)| self.external && now - *at < FED_FOR);
        let believed = fed.map_or(self.own, |(_, fed)| fed);
        let missing = (self.setpoint - believed) / FULLY_OPEN_BELOW;
        let open = libm::round(missing.clamp(0.0, 1.0) * 20.0) / 20.0;
        self.open = if self.boiler_gives(now) { open } else { 0.0 };
    }

    fn boiler_gives(&self, now: Time) -> bool {
        self.boiler.is_none_or(|(from, to)| {
            let hour = now.since(Time::ZERO).as_hours().rem_euclid(24.0);
            if from <= to { (from..to).contains(&hour) } else { hour >= from || hour < to }
        })
    }
}

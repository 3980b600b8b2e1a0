//! A thermometer and hygrometer, with a battery's rhythm if it has one.

use serde_json::{Value, json};

use super::{Truth, quantised};
use crate::model::{Place, Span, Time};

/// When a sensor speaks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rhythm {
    /// Again and again.
    Every(Span),
    /// On a change, else seldom.
    OnChange {
        /// Of the temperature, in kelvins.
        kelvins: f64,
        /// Of the humidity, in percent.
        percent: f64,
        /// At the latest after.
        at_latest: Span,
    },
}

/// What is wrong with a sensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trouble {
    /// It says nothing.
    Silent,
    /// It says the same again and again, at its rhythm.
    Frozen,
    /// It says 85 °C, as a DS18B20 does that has not measured.
    EightyFive,
    /// It says so many kelvins too much.
    Off(f64),
}

/// A thermometer and hygrometer.
#[derive(Debug, Clone)]
pub struct Thermometer {
    name: String,
    place: Place,
    rhythm: Rhythm,
    trouble: Option<Trouble>,
    said: Option<(Time, f64, f64)>,
}

impl Rhythm {
    /// A battery sensor's: ±0.5 °C, ±6 %, else hourly.
    #[must_use]
    pub fn battery() -> Self {
        Self::OnChange { kelvins: 0.5, percent: 6.0, at_latest: Span::hours(1) }
    }
}

impl Thermometer {
    /// A sensor of this friendly name at this place, in good health.
    #[must_use]
    pub fn new(name: &str, place: Place, rhythm: Rhythm) -> Self {
        Self { name: name.to_owned(), place, rhythm, trouble: None, said: None }
    }

    /// Something goes wrong with it, or, by `None`, is mended.
    pub fn trouble(&mut self, trouble: Option<Trouble>) {
        self.trouble = trouble;
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn pass(&mut self, now: Time, truth: &Truth) -> Option<Value> {
        let (temperature, humidity) = self.measured(truth)?;
        let speaks = self.said.is_none_or(|(at, last, moist)| match self.rhythm {
            Rhythm::Every(span) => now - at >= span,
            Rhythm::OnChange { kelvins, percent, at_latest } => {
                now - at >= at_latest
                    || (temperature - last).abs() >= kelvins
                    || (humidity - moist).abs() >= percent
            }
        });
        if !speaks {
            return None;
        }
        self.said = Some((now, temperature, humidity));
        Some(json!({
            "battery": 97, "humidity": humidity, "linkquality": 120, "temperature": temperature,
            "voltage": 2995,
        }))
    }

    /// What it reads, quantised as its chip does; `None` while it is silent.
    fn measured(&self, truth: &Truth) -> Option<(f64, f64)> {
        let (temperature, humidity) = match self.place {
            Place::Room => (truth.temperature, truth.humidity),
            Place::Bed => (truth.bed_temperature, truth.bed_humidity),
            Place::Outdoors => (truth.outdoor_temperature, truth.outdoor_humidity),
        };
        let temperature = match (self.trouble, self.said) {
            (Some(Trouble::Silent), _) => return None,
            (Some(Trouble::Frozen), Some((_, temperature, humidity))) => {
                return Some((temperature, humidity));
            }
            (None, _) | (Some(Trouble::Frozen), None) => temperature,
            (Some(Trouble::EightyFive), _) => 85.0,
            (Some(Trouble::Off(kelvins)), _) => temperature + kelvins,
        };
        Some((quantised(temperature, 0.02), quantised(humidity, 0.1)))
    }
}

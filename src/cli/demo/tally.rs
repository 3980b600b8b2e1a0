//! What a night was like, by what is true in the room.

use crate::air;
use crate::model::{Humidity, Span, Temperature};
use crate::sim::Truth;

/// Below this a night in bed is counted as cold, in °C: the reference of the rule for
/// cold exposure below 65 years.
pub(super) const REFERENCE: f64 = 18.0;

/// From this skin-referenced humidity on the bed is stuffy, in percent, as in the rule
/// for airflow.
const STUFFY: f64 = 65.0;

/// A radiator that gives less, in watts, is not heating.
pub(super) const WARM: f64 = 20.0;

/// A night in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Tally {
    /// The coldest the room was while somebody was in bed, in °C.
    pub(super) coldest: Option<f64>,
    /// Hours in bed below 18 °C.
    pub(super) cold_hours: f64,
    /// The night's cold dose in K·h.
    pub(super) dose: f64,
    /// Hours in a stuffy bed.
    pub(super) stuffy_hours: f64,
    /// Hours in which the radiator gave heat.
    pub(super) heat_hours: f64,
    /// Hours in which the fan ran.
    pub(super) fan_hours: f64,
}

impl Tally {
    /// Adds a span in which this was true.
    pub(super) fn add(&mut self, span: Span, truth: &Truth) {
        let hours = span.as_hours();
        if truth.in_bed {
            let room = truth.temperature;
            self.coldest = Some(self.coldest.map_or(room, |coldest| coldest.min(room)));
            self.dose += (REFERENCE - room).max(0.0) * hours;
            self.cold_hours += hours_if(room < REFERENCE, hours);
            self.stuffy_hours += hours_if(skin_referenced(truth) >= STUFFY, hours);
        }
        self.heat_hours += hours_if(truth.heat > WARM, hours);
        self.fan_hours += hours_if(truth.fan > 0, hours);
    }
}

/// The bed's humidity as skin feels it, in percent.
pub(super) fn skin_referenced(truth: &Truth) -> f64 {
    let bed = Temperature::celsius(truth.bed_temperature);
    let humidity = air::skin_referenced(bed, Humidity::percent(truth.bed_humidity));
    f64::from(humidity.0) / 100.0
}

fn hours_if(counts: bool, hours: f64) -> f64 {
    if counts { hours } else { 0.0 }
}

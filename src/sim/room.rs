//! The room's physics: two heat stores, its vapour, and the air in the bed.
//!
//! Air (with what follows it fast) and fabric (walls, floor, bed) exchange heat; both
//! lose heat to the outside. That is the usual lumped model with two capacities, which
//! describes a room over hours well enough to rehearse in.

use crate::model::Span;

/// Heat capacity of the air and what follows it at once, in J/K.
const AIR: f64 = 300e3;
/// Heat capacity of the fabric that takes part in a night, in J/K.
const FABRIC: f64 = 1.3e6;
/// Between air and fabric, in W/K.
const INNER: f64 = 300.0;
/// From the air to the outside (window and draught), in W/K.
const DRAUGHT: f64 = 14.0;
/// From the fabric to the outside (roof and walls), in W/K.
const WALLS: f64 = 28.0;
/// What a person in bed gives off, in W.
const PERSON: f64 = 75.0;
/// The share of a heater's power that its radiation brings to the fabric.
const RADIATED: f64 = 0.6;
/// How fast a heater follows its power, in hours.
const HEATER_LAG: f64 = 0.12;
/// Share of the room's vapour that draught exchanges in an hour, walls buffering.
const EXCHANGE: f64 = 0.2;
/// What a person's breath and skin add to the room's vapour, in Pa/h.
const BREATH: f64 = 60.0;
/// How fast the bed's air follows, in hours.
const BED_LAG: f64 = 0.33;
/// The bed's resistance to vapour, in Pa per g/h; moving air lowers it.
const BED_RESISTANCE: f64 = 46.0;
/// How much each level of the fan adds to the bed's own airing.
const FAN_AIRING: f64 = 1.5;

/// What surrounds the room at one instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surroundings {
    /// Outdoors, in °C.
    pub temperature: f64,
    /// Outdoor vapour pressure, in Pa.
    pub vapour: f64,
    /// Somebody is in bed.
    pub in_bed: bool,
    /// What the heaters are given, in W.
    pub power: f64,
    /// The level of the fan.
    pub fan: u8,
}

/// The room's state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    air: f64,
    fabric: f64,
    vapour: f64,
    bed: f64,
    bed_vapour: f64,
    heat: f64,
}

impl Room {
    /// A room long at this temperature, in °C, and relative humidity, in percent.
    #[must_use]
    pub fn at(temperature: f64, humidity: f64) -> Self {
        let vapour = saturation(temperature) * humidity / 100.0;
        let (air, fabric, bed) = (temperature, temperature, temperature);
        Self { air, fabric, vapour, bed, bed_vapour: vapour, heat: 0.0 }
    }

    /// Lets time pass; good for steps up to a minute.
    pub fn pass(&mut self, step: Span, around: &Surroundings) {
        let hours = step.as_hours();
        let seconds = hours * 3600.0;
        self.heat += (around.power - self.heat) * (hours / HEATER_LAG).min(1.0);
        let person = if around.in_bed { PERSON } else { 0.0 };
        let inner = INNER * (self.fabric - self.air);
        let draught = DRAUGHT * (around.temperature - self.air);
        let walls = WALLS * (around.temperature - self.fabric);
        self.air += (inner + draught + self.heat * (1.0 - RADIATED) + person) * seconds / AIR;
        self.fabric += (walls - inner + self.heat * RADIATED) * seconds / FABRIC;
        let breath = if around.in_bed { BREATH } else { 0.0 };
        self.vapour += ((around.vapour - self.vapour) * EXCHANGE + breath) * hours;
        self.vapour = self.vapour.min(0.97 * saturation(self.air));
        let (bed, bed_vapour) = self.bed_settles(around);
        let share = (hours / BED_LAG).min(1.0);
        self.bed += (bed - self.bed) * share;
        self.bed_vapour += (bed_vapour - self.bed_vapour) * share;
    }

    /// The air, in °C.
    #[must_use]
    pub fn temperature(&self) -> f64 {
        self.air
    }

    /// The air's relative humidity, in percent.
    #[must_use]
    pub fn humidity(&self) -> f64 {
        relative_humidity(self.vapour, self.air)
    }

    /// In the bed near the feet, in °C.
    #[must_use]
    pub fn bed_temperature(&self) -> f64 {
        self.bed
    }

    /// The bed's relative humidity, in percent.
    #[must_use]
    pub fn bed_humidity(&self) -> f64 {
        relative_humidity(self.bed_vapour, self.bed)
    }

    /// What the heaters give now, in W.
    #[must_use]
    pub fn heat(&self) -> f64 {
        self.heat
    }

    /// Where the bed's temperature and vapour would come to rest.
    fn bed_settles(&self, around: &Surroundings) -> (f64, f64) {
        if !around.in_bed {
            return (self.air, self.vapour);
        }
        let fan = f64::from(around.fan);
        let temperature = 30.5 + 0.35 * (self.air - 20.0) - 0.5 * fan;
        // Insensible perspiration, and sweat once the room is warm, in g/h.
        let sweat = 24.0 + 8.0 * (self.air - 22.0).max(0.0);
        let vapour = self.vapour + sweat * BED_RESISTANCE / (1.0 + FAN_AIRING * fan);
        (temperature, vapour.min(saturation(temperature)))
    }
}

/// Saturation vapour pressure over water in Pa, temperature in °C: Magnus with the
/// coefficients of the WMO Guide to Instruments (2008), annex 4.B; plenty for a
/// rehearsal.
pub(super) fn saturation(celsius: f64) -> f64 {
    611.2 * libm::exp(17.62 * celsius / (243.12 + celsius))
}

/// Relative humidity in percent of a vapour pressure in Pa at a temperature in °C.
pub(super) fn relative_humidity(vapour: f64, celsius: f64) -> f64 {
    (100.0 * vapour / saturation(celsius)).clamp(1.0, 100.0)
}

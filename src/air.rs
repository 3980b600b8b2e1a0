//! Moist air: vapour pressure, dew point, absolute humidity, and what a bed makes of it.
//!
//! `f64` inside, integers at the edge. Every transcendental function comes from `libm`,
//! so that the same air is the same number on every machine. Humidity is over liquid
//! water at all temperatures, as humidity sensors state it (WMO-No. 8); no enhancement
//! factor is applied, since a sensor's ± 2 % is fifty times larger.

use crate::model::{Humidity, Temperature};

/// 0 °C in kelvins.
const KELVIN: f64 = 273.15;

/// The gas constant of water vapour, J/(kg·K).
const VAPOUR: f64 = 461.523;

/// The temperature of covered skin, to which bed humidity is referred: 33 °C.
const SKIN: Temperature = Temperature(3300);

/// Buck's (1996) constants over water, −40…50 °C: pressure at 0 °C in pascals, and the
/// three of the exponent.
const BUCK: (f64, f64, f64, f64) = (611.21, 18.678, 234.5, 257.14);

/// The pressure of saturated vapour over water, in pascals, after Buck (1996): within
/// 0.05 % of the international formula (IAPWS) from 0 to 60 °C.
#[must_use]
pub fn saturation_pressure(temperature: Temperature) -> f64 {
    let (at_zero, a, b, c) = BUCK;
    let t = temperature.as_celsius();
    at_zero * libm::exp((a - t / b) * t / (c + t))
}

/// The pressure of the vapour in this air, in pascals.
#[must_use]
pub fn vapour_pressure(temperature: Temperature, humidity: Humidity) -> f64 {
    saturation_pressure(temperature) * humidity.as_percent() / 100.0
}

/// How much more vapour pressure this air would take, in pascals.
#[must_use]
pub fn vapour_pressure_deficit(temperature: Temperature, humidity: Humidity) -> f64 {
    saturation_pressure(temperature) - vapour_pressure(temperature, humidity)
}

/// The temperature at which this air's vapour would condense, over water also below
/// 0 °C; Buck (1996) solved for the temperature. Air without vapour is taken as air of
/// 0.01 %.
#[must_use]
pub fn dew_point(temperature: Temperature, humidity: Humidity) -> Temperature {
    let (at_zero, a, b, c) = BUCK;
    let l = libm::log(vapour_pressure(temperature, humidity.max(Humidity(1))) / at_zero);
    let half = (a - l) * b / 2.0;
    Temperature::celsius(half - libm::sqrt(half * half - b * c * l))
}

/// The mass of vapour in this air, in g/m³: e / (Rᵥ·T).
#[must_use]
pub fn vapour_density(temperature: Temperature, humidity: Humidity) -> f64 {
    let kelvins = temperature.as_celsius() + KELVIN;
    1000.0 * vapour_pressure(temperature, humidity) / (VAPOUR * kelvins)
}

/// Absolute humidity: the mass of vapour, in hundredths of g/m³.
#[must_use]
pub fn absolute_humidity(temperature: Temperature, humidity: Humidity) -> i32 {
    whole(vapour_density(temperature, humidity) * 100.0)
}

/// Skin-referenced bed humidity: what the bed's vapour would be in percent at 33 °C.
/// What skin feels is vapour pressure, and 80 % at 25 °C is the same vapour as 50 % at
/// 33 °C.
#[must_use]
pub fn skin_referenced(bed: Temperature, humidity: Humidity) -> Humidity {
    Humidity::percent(100.0 * vapour_pressure(bed, humidity) / saturation_pressure(SKIN))
}

/// By how many pascals the room's air is drier than the bed's; at or below zero, moving
/// air cannot dry the bed.
#[must_use]
pub fn drier_by(room: (Temperature, Humidity), bed: (Temperature, Humidity)) -> i32 {
    whole(vapour_pressure(bed.0, bed.1) - vapour_pressure(room.0, room.1))
}

/// The fastest air that may reach somebody who cannot control it, in hundredths of m/s,
/// rounded down: 0.2 m/s up to 23 °C, 0.8 m/s from 25.5 °C, a parabola between. ASHRAE
/// 55-2023, below 1.3 met and 0.7 clo; a sleeper has no control. Just above 23 °C the
/// parabola dips below 0.2 m/s, which is its fit and not meant.
#[must_use]
pub fn speed_limit(temperature: Temperature) -> u16 {
    let t = temperature.as_celsius();
    let limit = if t <= 23.0 {
        0.2
    } else if t < 25.5 {
        (50.49 - 4.4047 * t + 0.096_425 * t * t).clamp(0.2, 0.8)
    } else {
        0.8
    };
    u16::try_from(whole(libm::floor(limit * 100.0))).unwrap_or(0)
}

/// The share of people, in percent, who would complain of the draught: ISO 7730, made
/// for awake, seated people at 20…26 °C and below 0.5 m/s. Speed in hundredths of m/s,
/// turbulence in percent; 40 where nobody knows.
#[must_use]
#[expect(clippy::approx_constant, reason = "the 3.14 of the standard is no circle's")]
pub fn draught_rate(temperature: Temperature, speed: u16, turbulence: u8) -> f64 {
    let speed = (f64::from(speed) / 100.0).max(0.05);
    let turbulence = f64::from(turbulence);
    let rate = (34.0 - temperature.as_celsius())
        * libm::pow(speed - 0.05, 0.62)
        * (0.37 * speed * turbulence + 3.14);
    rate.clamp(0.0, 100.0)
}

#[expect(clippy::cast_possible_truncation, reason = "saturates; such air does not exist")]
fn whole(value: f64) -> i32 {
    libm::round(value) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: (Temperature, Humidity) = (Temperature(1800), Humidity(5000));
    const BED: (Temperature, Humidity) = (Temperature(3300), Humidity(6500));

    #[test]
    fn the_same_air_is_the_same_number_everywhere() {
        assert_eq!(saturation_pressure(SKIN).to_bits(), 4_662_256_218_114_972_500);
        assert_eq!(dew_point(ROOM.0, ROOM.1), Temperature(743));
        assert_eq!(absolute_humidity(ROOM.0, ROOM.1), 768);
    }

    #[test]
    fn a_bed_is_judged_at_skin_temperature() {
        assert_eq!(skin_referenced(BED.0, BED.1), Humidity(6500));
        assert_eq!(skin_referenced(Temperature(2500), Humidity(8000)), Humidity(5036));
        assert_eq!(drier_by(ROOM, BED), 2240);
        assert_eq!(drier_by(BED, ROOM), -2240);
    }

    #[test]
    fn dry_air_has_a_dew_point_too() {
        assert!(dew_point(Temperature(2000), Humidity(0)) < Temperature(-5000));
        assert_eq!(dew_point(Temperature(2000), Humidity(10_000)), Temperature(2000));
    }

    #[test]
    fn the_speed_limit_never_falls_as_it_gets_warmer() {
        for t in 1000..4000 {
            assert!(speed_limit(Temperature(t)) <= speed_limit(Temperature(t + 1)), "{t}");
        }
    }

    #[test]
    fn impossible_air_is_still_a_number() {
        for t in [i32::MIN, -25_714, -27_315, 0, i32::MAX] {
            for h in [i32::MIN, 0, i32::MAX] {
                let (t, h) = (Temperature(t), Humidity(h));
                let _ = (dew_point(t, h), absolute_humidity(t, h), skin_referenced(t, h));
                let _ = (drier_by((t, h), (t, h)), speed_limit(t), draught_rate(t, 0, 0));
            }
        }
    }
}

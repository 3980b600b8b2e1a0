//! Measured and counted values, all integers.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// A temperature in hundredths of a degree Celsius.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Temperature(pub i32);

/// A temperature difference in hundredths of a kelvin.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Kelvins(pub i32);

/// A relative humidity in hundredths of a percent, over liquid water.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Humidity(pub i32);

/// A carbon dioxide concentration in parts per million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Co2(pub i32);

/// Electrical power in tenths of a watt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Watts(pub i32);

/// A volume of drink in millilitres.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Millilitres(pub i32);

/// A cold dose in nano-kelvin-hours: fine enough that nothing is lost by rounding,
/// wide enough for a century of frost.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct KelvinHours(pub i64);

impl Temperature {
    /// From degrees Celsius, rounded to the hundredth.
    #[must_use]
    pub fn celsius(degrees: f64) -> Self {
        Self(hundredths(degrees))
    }

    /// From degrees Fahrenheit, rounded to the hundredth of a degree Celsius.
    #[must_use]
    pub fn fahrenheit(degrees: f64) -> Self {
        Self::celsius((degrees - 32.0) / 1.8)
    }

    /// In degrees Celsius.
    #[must_use]
    pub fn as_celsius(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// In degrees Fahrenheit.
    #[must_use]
    pub fn as_fahrenheit(self) -> f64 {
        self.as_celsius() * 1.8 + 32.0
    }
}

impl Kelvins {
    /// From kelvins, rounded to the hundredth.
    #[must_use]
    pub fn new(kelvins: f64) -> Self {
        Self(hundredths(kelvins))
    }

    /// In kelvins.
    #[must_use]
    pub fn as_kelvins(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl Humidity {
    /// From percent, rounded to the hundredth.
    #[must_use]
    pub fn percent(percent: f64) -> Self {
        Self(hundredths(percent))
    }

    /// In percent.
    #[must_use]
    pub fn as_percent(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl KelvinHours {
    /// From kelvin-hours, rounded to the nano-kelvin-hour.
    #[must_use]
    pub fn new(kelvin_hours: f64) -> Self {
        Self(rounded(kelvin_hours * 1e9))
    }

    /// In kelvin-hours.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "doses stay below 2⁵³ nano-kelvin-hours")]
    pub fn as_kelvin_hours(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

fn hundredths(value: f64) -> i32 {
    let most = if value < 0.0 { i32::MIN } else { i32::MAX };
    i32::try_from(rounded(value * 100.0)).unwrap_or(most)
}

/// The nearest whole number, halves away from zero, as `libm::round` has it but in a few
/// steps: what lies beyond whole numbers saturates, and what is no number is zero.
#[expect(clippy::cast_possible_truncation, reason = "saturates; plausibility is judged elsewhere")]
#[expect(clippy::cast_precision_loss, reason = "what is cut off above 2⁵² is zero all the same")]
fn rounded(value: f64) -> i64 {
    let cut = value as i64;
    let rest = value - cut as f64;
    cut.saturating_add(i64::from(rest >= 0.5)).saturating_sub(i64::from(rest <= -0.5))
}

impl Sub for Temperature {
    type Output = Kelvins;
    fn sub(self, other: Self) -> Kelvins {
        Kelvins(self.0 - other.0)
    }
}

impl Add<Kelvins> for Temperature {
    type Output = Self;
    fn add(self, difference: Kelvins) -> Self {
        Self(self.0 + difference.0)
    }
}

impl Sub<Kelvins> for Temperature {
    type Output = Self;
    fn sub(self, difference: Kelvins) -> Self {
        Self(self.0 - difference.0)
    }
}

impl Add for KelvinHours {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for KelvinHours {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Add for Millilitres {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Millilitres {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl fmt::Display for Temperature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} °C", self.as_celsius())
    }
}

impl fmt::Display for Kelvins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} K", self.as_kelvins())
    }
}

impl fmt::Display for Humidity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} %", self.as_percent())
    }
}

impl fmt::Display for KelvinHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} K·h", self.as_kelvin_hours())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::rounded;

    #[expect(clippy::cast_possible_truncation, reason = "saturates, as what it is compared with")]
    fn by_the_library(value: f64) -> i64 {
        libm::round(value) as i64
    }

    proptest! {
        #[test]
        fn any_number_rounds_as_the_library_rounds_it(value in any::<f64>()) {
            prop_assert_eq!(rounded(value), by_the_library(value));
        }

        #[test]
        fn a_number_near_a_half_does_too(half in -1_000_000_i32..1_000_000, ulps in -3_i64..=3) {
            let near = f64::from(half) / 2.0;
            let value = f64::from_bits(near.to_bits().wrapping_add_signed(ulps));
            prop_assert_eq!(rounded(value), by_the_library(value));
        }
    }
}

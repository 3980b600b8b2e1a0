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
    #[expect(clippy::cast_possible_truncation, reason = "a dose stays far below 9·10⁹ K·h")]
    pub fn new(kelvin_hours: f64) -> Self {
        Self(libm::round(kelvin_hours * 1e9) as i64)
    }

    /// In kelvin-hours.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "doses stay below 2⁵³ nano-kelvin-hours")]
    pub fn as_kelvin_hours(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

#[expect(clippy::cast_possible_truncation, reason = "saturates; plausibility is judged elsewhere")]
fn hundredths(value: f64) -> i32 {
    libm::round(value * 100.0) as i32
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

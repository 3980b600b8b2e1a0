//! Numbers with their units, in a house's units and a language's spelling, by integer
//! arithmetic.

use crate::model::{KelvinHours, Kelvins, Language, Millilitres, Temperature};
use crate::plan::{Plan, Units};

/// How a house is told numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbers {
    /// It has the decimal sign.
    pub language: Language,
    /// Of temperatures and volumes.
    pub units: Units,
}

impl Numbers {
    /// As a plan wants them.
    #[must_use]
    pub const fn of(plan: &Plan) -> Self {
        Self { language: plan.language, units: plan.units }
    }

    /// In English, as the command line speaks.
    #[must_use]
    pub const fn in_english(units: Units) -> Self {
        Self { language: Language::English, units }
    }

    /// A temperature to the tenth: `17.0 °C`.
    #[must_use]
    pub fn degrees(self, temperature: Temperature) -> String {
        self.tenths(self.temperature_tenths(temperature), self.degree())
    }

    /// A temperature to the whole degree: `34 °C`.
    pub(super) fn whole_degrees(self, temperature: Temperature) -> String {
        format!("{} {}", rounded(self.temperature_tenths(temperature), 10), self.degree())
    }

    /// A temperature beside a limit: to the hundredth if it would else read like the
    /// limit without being it.
    pub(super) fn degrees_beside(self, temperature: Temperature, limit: Temperature) -> String {
        let same = self.temperature_tenths(temperature) == self.temperature_tenths(limit);
        if temperature == limit || !same {
            return self.degrees(temperature);
        }
        let hundredths = match self.units {
            Units::Metric => i64::from(temperature.0),
            Units::Imperial => rounded(i64::from(temperature.0) * 18, 10) + 3200,
        };
        let (sign, size) = (sign(hundredths), hundredths.abs());
        format!("{sign}{}{}{:02} {}", size / 100, self.decimal(), size % 100, self.degree())
    }

    /// A difference of temperatures to the tenth: `0.5 K`, `0.9 °F`.
    #[must_use]
    pub fn difference(self, kelvins: Kelvins) -> String {
        match self.units {
            Units::Metric => self.tenths(rounded(kelvins.0.into(), 10), "K"),
            Units::Imperial => self.tenths(rounded(i64::from(kelvins.0) * 18, 100), "°F"),
        }
    }

    /// A dose without its unit, rounded down to the tenth: what has not reached a limit
    /// never reads as if it had. Below a tenth to the hundredth, and what is less than that
    /// is not written as nothing.
    #[must_use]
    pub fn bare_dose(self, dose: KelvinHours) -> String {
        let nano = self.nano(dose);
        let decimal = self.decimal();
        let (tenths, hundredths) = (nano.div_euclid(100_000_000), nano.div_euclid(10_000_000));
        match (nano, hundredths) {
            (1.., 0) => format!("<0{decimal}01"),
            (1.., 1..10) => format!("0{decimal}0{hundredths}"),
            _ => format!("{}{}{decimal}{}", sign(tenths), tenths.abs() / 10, tenths.abs() % 10),
        }
    }

    /// A dose beside a limit, to the hundredth where that is.
    #[must_use]
    pub fn dose_beside(self, dose: KelvinHours, limit: KelvinHours) -> String {
        if self.limit_hundredths(limit) % 10 == 0 {
            return self.bare_dose(dose);
        }
        self.hundredths(self.nano(dose).div_euclid(10_000_000))
    }

    /// A limit to a dose without its unit, as it was set: to the hundredth if need be.
    #[must_use]
    pub fn bare_limit(self, limit: KelvinHours) -> String {
        let hundredths = self.limit_hundredths(limit);
        match hundredths % 10 {
            0 => format!("{}{}{}", hundredths / 100, self.decimal(), hundredths / 10 % 10),
            _ => self.hundredths(hundredths),
        }
    }

    /// A limit to a dose with its unit.
    #[must_use]
    pub fn limit(self, limit: KelvinHours) -> String {
        format!("{} {}", self.bare_limit(limit), self.dose_unit())
    }

    fn limit_hundredths(self, limit: KelvinHours) -> i64 {
        rounded(self.nano(limit), 10_000_000)
    }

    fn hundredths(self, hundredths: i64) -> String {
        format!("{}{}{:02}", hundredths / 100, self.decimal(), hundredths % 100)
    }

    /// A dose in billionths of the house's unit.
    const fn nano(self, dose: KelvinHours) -> i64 {
        match self.units {
            Units::Metric => dose.0,
            Units::Imperial => dose.0 / 1000 * 1800,
        }
    }

    /// A dose with its unit.
    #[must_use]
    pub fn dose(self, dose: KelvinHours) -> String {
        format!("{} {}", self.bare_dose(dose), self.dose_unit())
    }

    /// The unit of doses.
    pub(super) fn dose_unit(self) -> &'static str {
        match self.units {
            Units::Metric => "K·h",
            Units::Imperial => "°F·h",
        }
    }

    /// A volume: `200 mL`, `7 fl oz`.
    #[must_use]
    pub fn volume(self, volume: Millilitres) -> String {
        match self.units {
            Units::Metric => format!("{} mL", volume.0),
            Units::Imperial => {
                let ounces = rounded(i64::from(volume.0) * 10_000, 295_735);
                format!("{ounces} fl oz")
            }
        }
    }

    /// A volume as it is said, with the words for its units: `0.8 litres`.
    pub(super) fn litres(self, volume: Millilitres, litres: &str, ounces: &str) -> String {
        match self.units {
            Units::Metric => self.tenths(rounded(volume.0.into(), 100), litres),
            Units::Imperial => {
                format!("{} {ounces}", rounded(i64::from(volume.0) * 10_000, 295_735))
            }
        }
    }

    /// The size of a difference of temperatures to the tenth, in the degrees of the house.
    pub(super) fn bare_difference(self, kelvins: Kelvins) -> String {
        let tenths = rounded(i64::from(kelvins.0.abs()) * self.degrees_of_a_kelvin(), 100);
        format!("{}{}{}", tenths / 10, self.decimal(), tenths % 10)
    }

    /// The size of a difference of temperatures in halves of the house's degrees, if it is so
    /// many of them; in °F within a fifth of a degree, since nobody there speaks of tenths.
    pub(super) fn half_degrees(self, kelvins: Kelvins) -> Option<i64> {
        let size = i64::from(kelvins.0.abs()) * self.degrees_of_a_kelvin();
        let halves = rounded(size, 500);
        let off = (size - halves * 500).abs();
        let near = match self.units {
            Units::Metric => off == 0,
            Units::Imperial => off <= 200,
        };
        near.then_some(halves)
    }

    /// In tenths.
    const fn degrees_of_a_kelvin(self) -> i64 {
        match self.units {
            Units::Metric => 10,
            Units::Imperial => 18,
        }
    }

    fn degree(self) -> &'static str {
        match self.units {
            Units::Metric => "°C",
            Units::Imperial => "°F",
        }
    }

    fn temperature_tenths(self, temperature: Temperature) -> i64 {
        match self.units {
            Units::Metric => rounded(temperature.0.into(), 10),
            Units::Imperial => rounded(i64::from(temperature.0) * 18, 100) + 320,
        }
    }

    fn tenths(self, tenths: i64, unit: &str) -> String {
        let size = tenths.abs();
        format!("{}{}{}{} {unit}", sign(tenths), size / 10, self.decimal(), size % 10)
    }

    const fn decimal(self) -> char {
        match self.language {
            Language::English => '.',
            Language::German => ',',
        }
    }
}

fn sign(number: i64) -> &'static str {
    if number < 0 { "−" } else { "" }
}

/// `number / by`, rounded to the nearest, halves away from zero.
fn rounded(number: i64, by: i64) -> i64 {
    (number.abs() + by / 2) / by * number.signum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        let cases = [(1745, 10, 175), (1744, 10, 174), (-25, 10, -3), (0, 10, 0)];
        for (number, by, expected) in cases {
            assert_eq!(rounded(number, by), expected, "{number} / {by}");
        }
    }
}

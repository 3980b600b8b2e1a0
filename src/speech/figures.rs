//! Numbers, units and times of day as text, by integer arithmetic.

use chrono::NaiveDateTime;

use super::Context;
use crate::model::{Humidity, KelvinHours, Kelvins, Millilitres, Span, Temperature, Time};
use crate::plan::Units;

/// Within this distance of the time of speaking a time needs no date.
const NEAR: Span = Span::hours(12);

/// Writes figures with a language's decimal sign, in the house's units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) decimal: char,
}

impl Figures<'_> {
    /// A temperature to the tenth: `17.0 °C`.
    pub(super) fn degrees(&self, temperature: Temperature) -> String {
        self.tenths(self.temperature_tenths(temperature), self.degree())
    }

    /// A temperature beside a limit: to the hundredth if it would else read like the
    /// limit without being it.
    pub(super) fn degrees_beside(&self, temperature: Temperature, limit: Temperature) -> String {
        let same = self.temperature_tenths(temperature) == self.temperature_tenths(limit);
        if temperature == limit || !same {
            return self.degrees(temperature);
        }
        let hundredths = match self.context.units {
            Units::Metric => i64::from(temperature.0),
            Units::Imperial => rounded(i64::from(temperature.0) * 18, 10) + 3200,
        };
        let (sign, size) = (sign(hundredths), hundredths.abs());
        format!("{sign}{}{}{:02} {}", size / 100, self.decimal, size % 100, self.degree())
    }

    /// A difference of temperatures to the tenth: `0.5 K`, `0.9 °F`.
    pub(super) fn difference(&self, kelvins: Kelvins) -> String {
        match self.context.units {
            Units::Metric => self.tenths(rounded(kelvins.0.into(), 10), "K"),
            Units::Imperial => self.tenths(rounded(i64::from(kelvins.0) * 18, 100), "°F"),
        }
    }

    /// A dose without its unit, rounded down to the tenth: what has not reached a limit
    /// never reads as if it had. Below a tenth to the hundredth, and what is less than that
    /// is not written as nothing.
    pub(super) fn bare_dose(&self, dose: KelvinHours) -> String {
        let nano = match self.context.units {
            Units::Metric => dose.0,
            Units::Imperial => dose.0 / 1000 * 1800,
        };
        let decimal = self.decimal;
        let (tenths, hundredths) = (nano.div_euclid(100_000_000), nano.div_euclid(10_000_000));
        match (nano, hundredths) {
            (1.., 0) => format!("<0{decimal}01"),
            (1.., 1..10) => format!("0{decimal}0{hundredths}"),
            _ => format!("{}{}{decimal}{}", sign(tenths), tenths.abs() / 10, tenths.abs() % 10),
        }
    }

    /// A dose with its unit.
    pub(super) fn dose(&self, dose: KelvinHours) -> String {
        format!("{} {}", self.bare_dose(dose), self.dose_unit())
    }

    /// The unit of doses.
    pub(super) fn dose_unit(&self) -> &'static str {
        match self.context.units {
            Units::Metric => "K·h",
            Units::Imperial => "°F·h",
        }
    }

    /// A volume: `200 mL`, `7 fl oz`.
    pub(super) fn volume(&self, volume: Millilitres) -> String {
        match self.context.units {
            Units::Metric => format!("{} mL", volume.0),
            Units::Imperial => {
                let ounces = rounded(i64::from(volume.0) * 10_000, 295_735);
                format!("{ounces} fl oz")
            }
        }
    }

    /// A volume as it is said, with the words for its units: `0.8 litres`.
    pub(super) fn litres(&self, volume: Millilitres, litres: &str, ounces: &str) -> String {
        match self.context.units {
            Units::Metric => self.tenths(rounded(volume.0.into(), 100), litres),
            Units::Imperial => {
                format!("{} {ounces}", rounded(i64::from(volume.0) * 10_000, 295_735))
            }
        }
    }

    /// Whether an amount is about a glass.
    pub(super) fn is_a_glass(volume: Millilitres) -> bool {
        (150..=300).contains(&volume.0)
    }

    /// The size of a difference of temperatures to the tenth, in the degrees of the house.
    pub(super) fn bare_difference(&self, kelvins: Kelvins) -> String {
        let tenths = rounded(i64::from(kelvins.0.abs()) * self.degrees_of_a_kelvin(), 100);
        format!("{}{}{}", tenths / 10, self.decimal, tenths % 10)
    }

    /// The size of a difference of temperatures in halves of the house's degrees, if it is so
    /// many of them.
    pub(super) fn half_degrees(&self, kelvins: Kelvins) -> Option<i64> {
        let size = i64::from(kelvins.0.abs()) * self.degrees_of_a_kelvin();
        (size % 500 == 0).then_some(size / 500)
    }

    /// In tenths.
    const fn degrees_of_a_kelvin(&self) -> i64 {
        match self.context.units {
            Units::Metric => 10,
            Units::Imperial => 18,
        }
    }

    /// A relative humidity in whole percent, rounded down like a dose.
    pub(super) fn percent(humidity: Humidity) -> String {
        format!("{} %", humidity.0.div_euclid(100))
    }

    /// A duration: in minutes below two hours, else in hours and minutes.
    pub(super) fn duration(span: Span) -> String {
        let minutes = span.as_minutes();
        match (minutes / 60, minutes % 60) {
            _ if minutes == 0 => format!("{} s", span.as_seconds()),
            (0..=1, _) if minutes != 60 => format!("{minutes} min"),
            (hours, 0) => format!("{hours} h"),
            (hours, rest) => format!("{hours} h {rest} min"),
        }
    }

    /// The civil time of an instant.
    pub(super) fn civil(&self, time: Time) -> NaiveDateTime {
        self.context.zone.civil(self.context.wall.unix_ms(time))
    }

    /// Whether a time of day alone says which instant is meant.
    pub(super) fn near(&self, time: Time) -> bool {
        let now = self.context.now;
        time.since(now) <= NEAR && now.since(time) <= NEAR
    }

    /// Whether it is less than a day until then.
    pub(super) fn within_a_day(&self, time: Time) -> bool {
        time >= self.context.now && time.since(self.context.now) < Span::hours(24)
    }

    fn degree(&self) -> &'static str {
        match self.context.units {
            Units::Metric => "°C",
            Units::Imperial => "°F",
        }
    }

    fn temperature_tenths(&self, temperature: Temperature) -> i64 {
        match self.context.units {
            Units::Metric => rounded(temperature.0.into(), 10),
            Units::Imperial => rounded(i64::from(temperature.0) * 18, 100) + 320,
        }
    }

    fn tenths(&self, tenths: i64, unit: &str) -> String {
        let size = tenths.abs();
        format!("{}{}{}{} {unit}", sign(tenths), size / 10, self.decimal, size % 10)
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

    #[test]
    fn durations_read_naturally() {
        let cases = [
            (Span::seconds(20), "20 s"),
            (Span::minutes(15), "15 min"),
            (Span::minutes(60), "1 h"),
            (Span::minutes(86), "86 min"),
            (Span::minutes(125), "2 h 5 min"),
            (Span::hours(4), "4 h"),
        ];
        for (span, expected) in cases {
            assert_eq!(Figures::duration(span), expected);
        }
    }
}

//! What a sentence says of its context: numbers with their units, and times of day.

use std::ops::Deref;

use chrono::NaiveDateTime;

use super::{Context, Numbers};
use crate::model::{Humidity, Millilitres, Span, Time};

/// Within this distance of the time of speaking a time needs no date.
const NEAR: Span = Span::hours(12);

/// Writes what a context's sentences say in figures.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures<'a> {
    context: &'a Context<'a>,
    numbers: Numbers,
}

impl Deref for Figures<'_> {
    type Target = Numbers;

    fn deref(&self) -> &Numbers {
        &self.numbers
    }
}

impl<'a> Figures<'a> {
    /// In the language and the units of a context.
    pub(super) const fn new(context: &'a Context<'a>) -> Self {
        Self { context, numbers: context.numbers() }
    }

    /// Whether an amount is about a glass.
    pub(super) fn is_a_glass(volume: Millilitres) -> bool {
        (150..=300).contains(&volume.0)
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
}

#[cfg(test)]
mod tests {
    use super::*;

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

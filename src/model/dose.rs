//! The acute cold dose: a leaky integral of the deficit, in closed form.

use libm::{exp, log};
use serde::{Deserialize, Serialize};

use super::{KelvinHours, Kelvins, Span, Time};

/// An acute cold dose since the deficit last changed:
///
/// ```text
/// S(t) = S₀·exp(−t/τ) + d·τ·(1 − exp(−t/τ))
/// ```
///
/// Evaluating it changes nothing, so looking often or seldom gives the same dose to
/// the nano-kelvin-hour. Definition and test values: `docs/evidence.md`, after the
/// degree-hours of EN 15251 Annex F with the memory of cooled muscle; τ is convention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dose {
    since: Time,
    start: KelvinHours,
    deficit: Kelvins,
}

impl Dose {
    /// No dose, from an instant on.
    #[must_use]
    pub const fn none(since: Time) -> Self {
        Self { since, start: KelvinHours(0), deficit: Kelvins(0) }
    }

    /// The dose at the whole second at or before an instant, with memory τ: a crossing
    /// comes at a whole second, for whoever looks at whatever instant.
    #[must_use]
    pub fn at(&self, now: Time, memory: Span) -> KelvinHours {
        self.exactly(Time(now.0.div_euclid(1000) * 1000), memory)
    }

    fn exactly(&self, now: Time, memory: Span) -> KelvinHours {
        if self.start.0 == 0 && self.deficit.0 == 0 {
            return KelvinHours(0);
        }
        let decay = exp(-now.since(self.since).as_hours() / memory.as_hours());
        KelvinHours::new(self.start.as_kelvin_hours() * decay + self.limit(memory) * (1.0 - decay))
    }

    /// Notes a new deficit from `now` on; the same deficit changes nothing.
    pub fn set_deficit(&mut self, now: Time, deficit: Kelvins, memory: Span) {
        if deficit != self.deficit {
            *self = Self { since: now, start: self.exactly(now, memory), deficit };
        }
    }

    /// The deficit in force.
    #[must_use]
    pub const fn deficit(&self) -> Kelvins {
        self.deficit
    }

    /// The first whole second after `now` at which the dose is at or above `level`
    /// (`rising`) or at or below it; `None` if that never comes, or holds already. `present`
    /// is the dose [`at`](Self::at) `now`, which whoever asks knows.
    #[must_use]
    pub fn reaches(
        &self,
        level: KelvinHours,
        rising: bool,
        (now, present): (Time, KelvinHours),
        memory: Span,
    ) -> Option<Time> {
        let (start, limit, aim) =
            (self.start.as_kelvin_hours(), self.limit(memory), level.as_kelvin_hours());
        // The dose only ever moves towards its limit: beyond it nothing is reached.
        if rising && limit <= aim || !rising && limit >= aim {
            return None;
        }
        let there = |dose: KelvinHours| if rising { dose >= level } else { dose <= level };
        if there(present) {
            return None;
        }
        let ratio = (start - limit) / (aim - limit);
        if !(ratio.is_finite() && ratio > 0.0) {
            return None;
        }
        let hours = memory.as_hours() * log(ratio);
        // Beyond a month nothing of today's dose is left to be reached.
        if !(0.0..720.0).contains(&hours) {
            return None;
        }
        let mut at = (self.since + hours_to_span(hours)).ceil_second();
        // Rounding to the nano-kelvin-hour may lack a hair at the solved second.
        while at <= now || !there(self.at(at, memory)) {
            at += Span::seconds(1);
        }
        Some(at)
    }

    /// How long a constant deficit takes from this dose at `now` to `level`; `None` if
    /// it never gets there. `present` is the dose [`at`](Self::at) `now`.
    #[must_use]
    pub fn time_to(
        &self,
        level: KelvinHours,
        deficit: Kelvins,
        (now, present): (Time, KelvinHours),
        memory: Span,
    ) -> Option<Span> {
        let mut supposed = *self;
        supposed.set_deficit(now, deficit, memory);
        let present = if deficit == self.deficit { present } else { supposed.start };
        supposed.reaches(level, true, (now, present), memory).map(|at| at - now)
    }

    fn limit(&self, memory: Span) -> f64 {
        self.deficit.as_kelvins() * memory.as_hours()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "less than a month, in milliseconds")]
fn hours_to_span(hours: f64) -> Span {
    Span(libm::ceil(hours * 3_600_000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMORY: Span = Span::minutes(90);

    fn constant(kelvins: f64) -> Dose {
        let mut dose = Dose::none(Time::ZERO);
        dose.set_deficit(Time::ZERO, Kelvins::new(kelvins), MEMORY);
        dose
    }

    #[test]
    fn a_constant_deficit_follows_the_closed_form() {
        let dose = constant(2.0);
        for (minutes, expected) in [(5, 0.162_122), (30, 0.850_406), (60, 1.459_749)] {
            let got = dose.at(Time::ZERO + Span::minutes(minutes), MEMORY).as_kelvin_hours();
            assert!((got - expected).abs() < 1e-6, "{minutes} min: {got}");
        }
    }

    #[test]
    fn looking_in_between_changes_nothing() {
        let mut looked = constant(1.3);
        for s in 1..500 {
            looked.set_deficit(Time::ZERO + Span::seconds(s * 7), Kelvins::new(1.3), MEMORY);
        }
        let late = Time::ZERO + Span::hours(3);
        assert_eq!(looked.at(late, MEMORY), constant(1.3).at(late, MEMORY));
    }

    #[test]
    fn nothing_is_reached_on_the_way_back() {
        let mut dose = constant(2.0);
        let warm = Time::ZERO + Span::hours(1);
        dose.set_deficit(warm, Kelvins(0), MEMORY);
        let (now, level) = (warm + Span::hours(1), KelvinHours::new(1.0));
        assert!(dose.at(now, MEMORY) < level);
        assert_eq!(dose.reaches(level, true, (now, dose.at(now, MEMORY)), MEMORY), None);
    }

    #[test]
    fn the_crossing_is_a_whole_second_and_not_too_early() {
        for (kelvins, minutes) in [(1.0, 98.9), (2.0, 36.5), (4.0, 16.4)] {
            let dose = constant(kelvins);
            let level = KelvinHours::new(1.0);
            let begun = (Time::ZERO, KelvinHours(0));
            let at = dose.reaches(level, true, begun, MEMORY).expect("reached");
            assert_eq!(at.0 % 1000, 0);
            assert!(dose.at(at, MEMORY) >= level);
            assert!(dose.at(at - Span::seconds(1), MEMORY) < level);
            let got = (at - Time::ZERO).as_hours() * 60.0;
            assert!((got - minutes).abs() < 0.1, "{kelvins} K: {got} min");
        }
        assert_eq!(
            constant(0.5).reaches(
                KelvinHours::new(1.0),
                true,
                (Time::ZERO, KelvinHours(0)),
                MEMORY
            ),
            None,
            "half a kelvin never gathers 1.0 K·h"
        );
    }
}

//! What a night of watching would have done, and the morning that tells of it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Action, Audience, Period, Urgency, Words};
use super::morning::told_lately;
use super::soonest::Soonest;
use crate::model::{Hours, Span, Time};
use crate::plan::Mode;
use crate::rules::{Facts, Why};

/// When heat would have been given in a night, and when air moved.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Watched {
    evening: Option<NaiveDate>,
    heat: Vec<Stretch>,
    air: Vec<Stretch>,
    told: bool,
    #[serde(default)]
    told_at: Option<Time>,
}

/// From when until when; without an end it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stretch {
    from: Time,
    until: Option<Time>,
}

/// A shorter pause is none that people would tell of.
const PAUSE: Span = Span::minutes(10);
/// What was shorter is not worth a word.
const WORTH_A_WORD: Span = Span::minutes(1);
/// So many stretches of a night are kept; later ones lengthen the last.
const MOST: usize = 24;

impl Watched {
    /// Takes note of what would be done from now on.
    pub(super) fn note(&mut self, facts: &Facts, heat: bool, air: bool) {
        if self.evening != Some(facts.hours.evening) {
            let told = told_lately(self.told_at, facts.now);
            let evening = Some(facts.hours.evening);
            *self = Self { evening, told, told_at: self.told_at, ..Self::default() };
        }
        note(&mut self.heat, facts.now, heat);
        note(&mut self.air, facts.now, air);
    }

    /// Nothing is watched from then on.
    pub(crate) fn end(&mut self, at: Time) {
        note(&mut self.heat, at, false);
        note(&mut self.air, at, false);
    }

    /// The night's periods of heat and of moving air, as far as they are worth a word.
    pub(super) fn periods(&self, now: Time) -> (Vec<Period>, Vec<Period>) {
        let periods = |stretches: &[Stretch]| {
            let all = stretches
                .iter()
                .map(|stretch| Period { from: stretch.from, until: stretch.until.unwrap_or(now) });
            all.filter(|period| period.length() >= WORTH_A_WORD).collect()
        };
        (periods(&self.heat), periods(&self.air))
    }
}

impl Bedroom {
    /// Tells the keeper in the morning what the night would have been like, where anything
    /// would have been done. Never in quiet hours, nor beside a sleeper: a phone is a sound.
    pub(super) fn tell_watched(
        &mut self,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let this_night = self.watched.evening == Some(facts.hours.evening);
        if self.mode_at(facts.now) != Mode::Watch
            || self.watched.told
            || !this_night
            || facts.now < told_from(&facts.hours)
            || facts.hours.quiet(facts.now)
            || facts.may_be_asleep()
        {
            return;
        }
        self.watched.told = true;
        let (heat, air) = self.watched.periods(facts.now);
        if heat.is_empty() && air.is_empty() {
            return;
        }
        self.watched.told_at = Some(facts.now);
        let words = Words::Watched { heat, air };
        out.push(self.announce(facts, words, Audience::Keeper, Urgency::Gentle, around));
    }

    /// When that may be.
    pub(super) fn offer_watched(&self, facts: &Facts, soonest: &mut Soonest) {
        if self.mode == Mode::Watch {
            soonest.offer(told_from(&facts.hours), Why::Reminder);
        }
    }
}

fn told_from(hours: &Hours) -> Time {
    hours.wake + Hours::QUIET_MARGIN
}

fn note(stretches: &mut Vec<Stretch>, now: Time, on: bool) {
    let full = stretches.len() >= MOST;
    match stretches.last_mut() {
        Some(last) if !on => last.until = last.until.or(Some(now)),
        Some(Stretch { until: None, .. }) => {}
        Some(last) if full || last.until.is_some_and(|until| now.since(until) < PAUSE) => {
            last.until = None;
        }
        Some(_) | None if on => stretches.push(Stretch { from: now, until: None }),
        Some(_) | None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Time {
        Time::ZERO + Span::minutes(minutes)
    }

    #[test]
    fn a_short_pause_is_none_and_a_restless_night_stays_small() {
        let mut stretches = Vec::new();
        for (minutes, on) in [(0, false), (5, true), (30, false), (35, true), (50, false)] {
            note(&mut stretches, at(minutes), on);
        }
        assert_eq!(stretches, [Stretch { from: at(5), until: Some(at(50)) }]);
        for round in 1..100 {
            note(&mut stretches, at(60 * round), true);
            note(&mut stretches, at(60 * round + 20), false);
        }
        assert_eq!(stretches.len(), MOST);
        assert_eq!(stretches[MOST - 1].until, Some(at(60 * 99 + 20)));
    }
}

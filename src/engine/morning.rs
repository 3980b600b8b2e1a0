//! Advice that a night gave: shown while it holds, and told once in the morning.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::model::{Hours, Span, Time};
use crate::rules::Facts;
use crate::rules::airflow::Advice;

/// For how long of a night each advice held.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Morning {
    evening: Option<NaiveDate>,
    advised: [Advised; Advice::ALL.len()],
    told: bool,
    #[serde(default)]
    told_at: Option<Time>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Advised {
    held: Span,
    since: Option<Time>,
}

/// What held for less of a night is not worth a word.
const WORTH_A_WORD: Span = Span::minutes(30);

/// No two mornings are nearer.
pub(super) const HALF_A_DAY: Span = Span::hours(12);

impl Morning {
    /// Takes note of what holds from now on; only a night counts.
    pub(crate) fn note(&mut self, facts: &Facts, holds: impl Fn(Advice) -> bool) {
        if self.evening != Some(facts.hours.evening) {
            let told = told_lately(self.told_at, facts.now);
            let evening = Some(facts.hours.evening);
            *self = Self { evening, told, told_at: self.told_at, ..Self::default() };
        }
        for (advised, advice) in self.advised.iter_mut().zip(Advice::ALL) {
            advised.end(facts.now);
            advised.since = Some(facts.now).filter(|_| facts.sleeping() && holds(advice));
        }
    }

    /// What held before a gap says nothing about it.
    pub(crate) fn gap(&mut self, from: Time) {
        for advised in &mut self.advised {
            advised.end(from);
        }
    }

    /// What is to be told now, if nobody is asleep any more (S7).
    pub(crate) fn due(&self, facts: &Facts) -> Vec<Advice> {
        let late = facts.hours.wake + Hours::DAY_MARGIN;
        let morning = facts.hours.wake <= facts.now && facts.now < late;
        if self.told
            || self.evening != Some(facts.hours.evening)
            || !morning
            || facts.away
            || facts.may_be_asleep()
        {
            return Vec::new();
        }
        let advised = self.advised.iter().zip(Advice::ALL);
        advised.filter(|(advised, _)| advised.held >= WORTH_A_WORD).map(|(_, a)| a).collect()
    }

    /// It was told, or is not to be told any more.
    pub(crate) fn tell(&mut self, now: Time) {
        (self.told, self.told_at) = (true, Some(now));
    }
}

/// S12: a morning that a clock brings back so soon was told of already.
pub(super) fn told_lately(told_at: Option<Time>, now: Time) -> bool {
    told_at.is_some_and(|at| now.since(at) < HALF_A_DAY)
}

impl Advised {
    fn end(&mut self, at: Time) {
        if let Some(since) = self.since.take() {
            self.held += at.since(since);
        }
    }
}

//! Before a valve is raised for the first time, it is asked where it stands.

use super::{Means, Valve};
use crate::model::{Span, Time};

/// What stands before a first boost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    /// It is to be asked where it stands.
    Now,
    /// It was, and may still answer.
    Waits,
    /// Nothing: it was heard, or does not answer.
    Done,
}

/// Before a first boost it is asked so often, so many times: two minutes in all. Valves sleep,
/// and some hear only every half minute.
const ASKED_EVERY: Span = Span::seconds(30);
const ASKED_TIMES: u8 = 4;
impl Valve {
    /// Whether it must be asked where it stands before it is raised: where nobody knows what
    /// the household had set, nobody can put it back.
    pub(crate) fn ask(&mut self, now: Time, means: &Means) -> Asking {
        let unheard = self.baseline.is_none() && self.set_point().is_none();
        if !unheard || !means.answers || self.boosted() {
            return Asking::Done;
        }
        if !means.link {
            return Asking::Waits;
        }
        if self.asked_again_at().is_some_and(|at| now < at) {
            return Asking::Waits;
        }
        let times = self.asked.map_or(0, |(_, times)| times);
        if times == ASKED_TIMES {
            return Asking::Done;
        }
        self.asked = Some((now, times + 1));
        Asking::Now
    }

    /// Where it stood and what the household wanted are only a guess by now: it is told nothing
    /// but to be on its own thermometer, and asked.
    pub(crate) fn lapse(&mut self) {
        let Self { baseline, kept, fed, changes, .. } = std::mem::take(self);
        *self = Self { kept: baseline.or(kept), fed, changes, ..Self::default() };
    }

    /// When it may be asked once more. Counted from the last time: whoever was held up in between
    /// goes on from there, and has a time to wake at.
    pub(super) fn asked_again_at(&self) -> Option<Time> {
        self.asked.map(|(last, _)| last + ASKED_EVERY)
    }
}

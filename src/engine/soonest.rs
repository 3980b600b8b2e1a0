//! The soonest of many times.

use crate::engine::contract::Wake;
use crate::model::Time;
use crate::rules::Why;

/// Gathers times at which something may change, and keeps the soonest still to come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Soonest {
    now: Time,
    wake: Option<Wake>,
}

impl Soonest {
    /// Only times after `now` count.
    pub(crate) const fn after(now: Time) -> Self {
        Self { now, wake: None }
    }

    /// The instant after which times count.
    pub(crate) const fn now(self) -> Time {
        self.now
    }

    /// Offers a time.
    pub(crate) fn offer(&mut self, at: Time, why: Why) {
        if at > self.now && self.wake.is_none_or(|wake| at < wake.at) {
            self.wake = Some(Wake { at, why });
        }
    }

    /// Offers a time, if there is one.
    pub(crate) fn offer_some(&mut self, at: Option<Time>, why: Why) {
        if let Some(at) = at {
            self.offer(at, why);
        }
    }

    /// The soonest.
    pub(crate) const fn wake(self) -> Option<Wake> {
        self.wake
    }
}

//! When a boost moves again, and that it is told again.

use super::{Boost, Means, TRIES, Told, Valve};
use crate::model::{Temperature, Time};

impl Valve {
    /// Nobody listened until now: what may have been confirmed meanwhile is waited for anew.
    pub(crate) fn await_anew(&mut self, now: Time) {
        if let Some(told) = self.told.as_mut().filter(|told| !told.confirmed) {
            told.at = now;
        }
    }

    /// When a boost that may not move yet will go up, where it would at once if it could, and
    /// can be heard.
    pub(crate) fn moves_up_at(
        &self,
        now: Time,
        goal: Temperature,
        room: Temperature,
        means: &Means,
    ) -> Option<Time> {
        let boost = self.boost.filter(|_| means.audible && means.gently)?;
        let mut free = self.clone();
        free.boost = Some(Boost { moved: now - means.every(), ..boost });
        let would_be = free.boost(now, goal, room, means)?;
        (Some(would_be) > self.set_point()).then(|| boost.moved + means.every())
    }

    /// A boost that was given up unheard is said again from the beginning.
    pub(crate) fn tell_again(&mut self) {
        let boosted = self.boosted();
        let given_up = |told: &&mut Told| boosted && !told.confirmed && told.tries >= TRIES;
        if let Some(told) = self.told.as_mut().filter(given_up) {
            (told.doubtful, told.tries) = (true, 0);
        }
    }
}

//! What people say for one night.

use serde::{Deserialize, Serialize};

use super::bedroom::{Bedroom, Surroundings};
use super::contract::Household;
use super::soonest::Soonest;
use crate::model::{Kelvins, Span, Temperature, Time};
use crate::plan::Mode;
use crate::rules::Why;

/// Wishes of one night shift the reference by at most this, either way.
const MOST_SHIFT: Kelvins = Kelvins(200);

/// The reference stays within this, whatever is wished: 14–22 °C.
const REFERENCE: (Temperature, Temperature) = (Temperature(1400), Temperature(2200));

/// What holds for one night, and ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Tonight {
    /// Nothing is done and nothing said until then.
    pub(crate) paused_until: Option<Time>,
    /// Somebody else sleeps there until then: nothing personal is said.
    pub(crate) guest_until: Option<Time>,
    /// A baby sleeps in the room until then (S13).
    pub(crate) baby_until: Option<Time>,
    /// Somebody is too warm or too cold, until then.
    pub(crate) shift: Option<(Kelvins, Time)>,
}

impl Tonight {
    pub(crate) fn paused(&self, now: Time) -> bool {
        self.paused_until.is_some_and(|until| now < until)
    }

    pub(crate) fn guest(&self, now: Time) -> bool {
        self.guest_until.is_some_and(|until| now < until)
    }

    pub(crate) fn baby(&self, now: Time) -> bool {
        self.baby_until.is_some_and(|until| now < until)
    }

    /// The reference, shifted by what somebody said tonight.
    pub(crate) fn shifted(&self, reference: Temperature, now: Time) -> Temperature {
        match self.shift {
            Some((by, until)) if now < until => {
                let (least, most) = REFERENCE;
                let shifted = Temperature(reference.0 + by.0);
                Temperature(shifted.0.clamp(least.0.min(reference.0), most.0.max(reference.0)))
            }
            Some(_) | None => reference,
        }
    }

    /// Too warm or too cold, once more or for the first time.
    pub(crate) fn shift(&mut self, by: Kelvins, now: Time, until: Time) {
        let before = self.shift.filter(|(_, until)| now < *until).map_or(0, |(by, _)| by.0);
        let by = (before + by.0).clamp(-MOST_SHIFT.0, MOST_SHIFT.0);
        self.shift = Some((Kelvins(by), until));
    }

    /// A pause and a shift are over. Who else sleeps there (S13) stays noted to the end.
    pub(crate) fn lapse(&mut self) {
        (self.paused_until, self.shift) = (None, None);
    }

    pub(crate) fn offer(&self, soonest: &mut Soonest) {
        let shift = self.shift.map(|(_, until)| until);
        for until in [self.paused_until, self.guest_until, self.baby_until, shift] {
            soonest.offer_some(until, Why::Override);
        }
    }
}

impl Bedroom {
    /// What uncramp may do now.
    pub(crate) fn mode_at(&self, now: Time) -> Mode {
        if self.tonight.paused(now) { Mode::Off } else { self.mode }
    }

    /// Sets what uncramp may do, and remembers what it was before it was switched off.
    pub(crate) fn set_mode(&mut self, mode: Mode) {
        if mode == Mode::Off && self.mode != Mode::Off {
            self.before_off = Some(self.mode);
        }
        self.mode = mode;
    }

    /// What it may do once it is switched on again. Where nobody knows what it did before, it
    /// does as the configuration says, and watches where that says off: the safe beginning.
    pub(crate) fn resumed(&self, around: &Surroundings<'_>) -> Mode {
        match (self.mode, around.plan.mode) {
            (Mode::Off, Mode::Off) => self.before_off.unwrap_or(Mode::Watch),
            (Mode::Off, planned) => self.before_off.unwrap_or(planned),
            (on, _) => on,
        }
    }

    /// Who is in the house, as one word.
    pub(crate) fn house(&self, now: Time) -> Household {
        if self.away_until.is_some_and(|until| now < until) {
            Household::Away
        } else if self.tonight.baby(now) {
            Household::Baby
        } else if self.tonight.guest(now) {
            Household::Guest
        } else {
            Household::Home
        }
    }

    /// Too warm or too cold: what a valve was told in vain is told it once more for who is cold.
    pub(crate) fn shift_tonight(&mut self, by: Kelvins, now: Time, until: Time) {
        self.tonight.shift(by, now, until);
        if by.0 > 0 {
            self.tell_again();
        }
    }

    /// The end of the night: the one that is, or said in the morning the one to come.
    pub(crate) fn end_of_night(&self, now: Time, around: &Surroundings<'_>) -> Time {
        let hours = self.hours_at(now, around);
        let later = if now >= hours.wake { Span::hours(24) } else { Span::ZERO };
        hours.until + later
    }
}

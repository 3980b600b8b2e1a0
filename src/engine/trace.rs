//! The room's last hour, for rates: how much it rose, and whether it falls as only an
//! open window makes it fall.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::soonest::Soonest;
use crate::model::{Kelvins, Span, Temperature, Time};
use crate::rules::Why;

/// Room temperatures of the last hour, thinned.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Trace {
    samples: SmallVec<[(Time, Temperature); Trace::KEPT]>,
    guess_until: Option<Time>,
}

const HOUR: Span = Span::hours(1);
/// Versatile Thermostat's reference value for a guessed window.
const WINDOW_FALL: i64 = -300;
const WINDOW_OVER: Span = Span::minutes(10);
/// What is no fall over the shortest time is none over a longer one.
const LEAST_FALL: i64 = WINDOW_FALL * WINDOW_OVER.0 / HOUR.0;
/// How long a guess lasts at most.
const WINDOW_FOR: Span = Span::minutes(30);
/// How long the guess is deaf after heating of ours: a radiator that cools looks alike.
const DEAF_AFTER_HEATING: Span = Span::minutes(20);

impl Trace {
    const KEPT: usize = 16;
    const APART: Span = Span::minutes(5);

    /// Takes in a reading; `heated` is when heating of ours last ended, or now, and `usual`
    /// how long the sensor may be silent.
    pub(crate) fn read(&mut self, now: Time, room: Temperature, heated: Option<Time>, usual: Span) {
        self.guess_window(now, room, heated, usual);
        if self.samples.last().is_none_or(|(at, _)| now.since(*at) >= Self::APART) {
            // One sample older than an hour stays, to measure the hour from.
            while self.samples.len() >= 2 && now.since(self.samples[1].0) >= HOUR
                || self.samples.len() == Self::KEPT
            {
                self.samples.remove(0);
            }
            self.samples.push((now, room));
        }
    }

    /// How much the room rose in the last hour.
    pub(crate) fn rise(&self, now: Time, room: Temperature) -> Kelvins {
        let hour_ago = now - HOUR;
        let then = self.samples.iter().rev().find(|(at, _)| *at <= hour_ago);
        match then.or(self.samples.first()) {
            Some((_, before)) => room - *before,
            None => Kelvins(0),
        }
    }

    /// A window is probably open.
    pub(crate) fn window_guessed(&self, now: Time) -> bool {
        self.guess_until.is_some_and(|until| now < until)
    }

    /// What came before a gap says nothing about after it.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// When a rise or a guess changes with nothing but time passing.
    pub(crate) fn offer(&self, now: Time, soonest: &mut Soonest) {
        soonest.offer_some(self.guess_until, Why::WindowGuess);
        let ages = self.samples.iter().map(|(at, _)| *at + HOUR).find(|at| *at > now);
        soonest.offer_some(ages, Why::Ramp);
    }

    fn guess_window(&mut self, now: Time, room: Temperature, heated: Option<Time>, usual: Span) {
        if self.guess_until.is_some() && self.samples.last().is_some_and(|(_, last)| room >= *last)
        {
            self.guess_until = None;
        }
        if heated.is_some_and(|at| now.since(at) < DEAF_AFTER_HEATING) {
            return;
        }
        // A sensor that speaks seldom is compared with what it said before, and its guess
        // lasts until it may be expected to speak again.
        let (last, usual) = match self.samples.last() {
            Some((last, _)) if now.since(*last) <= usual => (Some(*last), now.since(*last)),
            Some(_) | None => (None, Span::ZERO),
        };
        let falls = self.samples.iter().any(|(at, before)| {
            if i64::from((room - *before).0) > LEAST_FALL {
                return false;
            }
            let over = now.since(*at);
            let near = (WINDOW_OVER..=WINDOW_FOR).contains(&over);
            (near || Some(*at) == last && over > WINDOW_FOR)
                && i64::from((room - *before).0) * HOUR.0 <= WINDOW_FALL * over.0
        });
        if falls && self.guess_until.is_none_or(|until| until <= now) {
            self.guess_until = Some(now + WINDOW_FOR.max(usual));
        }
    }
}

//! Who is in bed: raw and at once, and after the delays.

use serde::{Deserialize, Serialize};

use super::bedroom::{Bedroom, Surroundings};
use super::soonest::Soonest;
use crate::model::{Hours, Quantity, Span, Time, Value};
use crate::plan::Occupancy;
use crate::rules::{InBed, UP_FOR, Why};

/// The memory of a bed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Bed {
    raw: Option<bool>,
    raw_since: Time,
    #[serde(default)]
    left: Option<Time>,
    settled: Option<bool>,
    settled_since: Time,
}

impl Bed {
    /// Takes in what the sensors say: somebody, nobody, or not known.
    pub(crate) fn observe(&mut self, now: Time, raw: Option<bool>, delays: &Occupancy) {
        if raw != self.raw {
            if self.raw == Some(true) {
                self.left = Some(now);
            }
            self.raw = raw;
            self.raw_since = now;
        }
        if raw.is_none() && self.settled.is_some() {
            (self.settled, self.settled_since) = (None, now);
        }
        if raw != self.settled && self.settles_at(delays).is_some_and(|at| at <= now) {
            self.settled = raw;
            self.settled_since = if raw == Some(true) { self.raw_since } else { now };
        }
    }

    /// Raw and at once.
    pub(crate) const fn now(&self) -> Option<bool> {
        self.raw
    }

    /// Since when somebody is in bed without a break, raw and at once.
    pub(crate) fn lying_since(&self) -> Option<Time> {
        self.raw.filter(|somebody| *somebody).map(|_| self.raw_since)
    }

    /// Since when nobody is in bed without a break, raw and at once.
    pub(crate) fn empty_since(&self) -> Option<Time> {
        self.raw.filter(|somebody| !somebody).map(|_| self.raw_since)
    }

    /// When somebody was last seen to be in bed no more, be it empty or not known since.
    pub(crate) const fn left(&self) -> Option<Time> {
        self.left
    }

    /// After the delays, with the sleep window standing in for what is not known, unless
    /// everybody is away.
    pub(crate) fn in_bed(&self, now: Time, hours: &Hours, away: bool) -> InBed {
        match self.settled {
            Some(true) => InBed::Occupied(self.settled_since),
            Some(false) => InBed::Empty(self.settled_since),
            None if hours.asleep(now) && !away => {
                InBed::Assumed(self.settled_since.max(hours.bedtime))
            }
            None => InBed::Unknown,
        }
    }

    /// When that changes with nothing but time passing.
    pub(crate) fn offer(&self, delays: &Occupancy, soonest: &mut Soonest) {
        for since in [self.empty_since(), self.left] {
            soonest.offer_some(since.map(|since| since + UP_FOR), Why::Occupancy);
        }
        if self.raw != self.settled {
            soonest.offer_some(self.settles_at(delays), Why::Occupancy);
        }
    }

    fn settles_at(&self, delays: &Occupancy) -> Option<Time> {
        let delay = if self.raw? { delays.in_after } else { delays.out_after };
        Some(self.raw_since + delay.unwrap_or(Span::ZERO))
    }
}

impl Bedroom {
    /// When the bed's sensors last spoke, the one that has been silent longest.
    pub(crate) fn bed_heard(&self, around: &Surroundings<'_>) -> Option<Time> {
        let sensors = self.sensors.iter().zip(&around.layout.sensors);
        let beds = sensors.filter(|(_, plan)| plan.quantity == Quantity::Occupied);
        beds.filter_map(|((_, sensing), _)| sensing.last()).map(|(_, at)| at).min()
    }

    /// What the sensors of these sides of the bed say: somebody if any does, nobody if all
    /// do; none is not known, or not measured. A sensor of nobody's own has no side.
    pub(crate) fn raw_bed(
        &self,
        around: &Surroundings<'_>,
        side: impl Fn(Option<usize>) -> bool,
    ) -> Option<bool> {
        let mut all = Some(false);
        let sensors = self.sensors.iter().zip(&around.layout.sensors);
        let mut any = false;
        let beds = sensors.filter(|(_, p)| p.quantity == Quantity::Occupied && side(p.sleeper));
        for ((_, sensing), _) in beds {
            any = true;
            match sensing.value() {
                Some(Value::Occupied(true)) => return Some(true),
                Some(_) => {}
                None => all = None,
            }
        }
        all.filter(|_| any)
    }
}

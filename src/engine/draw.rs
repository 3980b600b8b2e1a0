//! What the power that a switched device draws says of it: a relay that sticks, or
//! something behind it that stands still.

use serde::{Deserialize, Serialize};

use super::soonest::Soonest;
use crate::model::{Echo, Span, Time, Watts};
use crate::rules::Why;

/// The memory of what one device draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Draw {
    last: Option<Watts>,
    /// What the device last said of itself, on or off, and since when it says so.
    said: Option<(bool, Time)>,
    /// It was asked once more since then.
    asked: bool,
    /// Since when it draws power though it says that it is off: a first sign, which may have
    /// crossed a word on its way.
    flows_since: Option<Time>,
    sticks: bool,
    idle: bool,
    /// Not to be switched on by a rule before.
    rests_until: Option<Time>,
}

/// What is to be expected of what is behind a plug that is on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    /// At least so much, after so long.
    pub(crate) power: Watts,
    pub(crate) after: Span,
    /// Where it does not, it is not tried again before; none where trying does no harm.
    pub(crate) rests_until: Option<Time>,
}

/// What says that it is off draws less.
const OFF_BELOW: Watts = Watts(100);
/// A meter behind a gateway may be a minute late.
const LATE: Span = Span::seconds(60);
/// What a device draws and what it says of itself come by different messages.
const CROSSES: Span = Span::seconds(5);

impl Draw {
    /// The device says something of itself, which may be whether it is on.
    pub(crate) fn hear(&mut self, now: Time, echo: Echo) {
        match echo {
            Echo::Relay(on) => self.says(now, on),
            Echo::Level(level) => self.says(now, level > 0),
            Echo::Speed(_)
            | Echo::SetPoint(_)
            | Echo::OwnTemperature(_)
            | Echo::Power(_)
            | Echo::Running(_)
            | Echo::AfterPowerCut(_) => {}
        }
    }

    fn says(&mut self, now: Time, on: bool) {
        if self.said.is_some_and(|(said, _)| said == on) {
            return;
        }
        (self.said, self.asked, self.flows_since) = (Some((on, now)), false, None);
        self.sticks &= !on;
    }

    /// The device tells what it draws; `expected` is of what is behind it, as long as
    /// anything is.
    pub(crate) fn read(&mut self, now: Time, power: Watts, expected: Option<Expected>) {
        self.last = Some(power);
        match self.said {
            Some((false, since)) if now.since(since) >= LATE => {
                let flows = power >= OFF_BELOW;
                self.flows_since = self.flows_since.or(Some(now)).filter(|_| flows);
                let crossed = self.flows_since.is_none_or(|at| now.since(at) < CROSSES);
                self.sticks = flows && (self.sticks || !crossed);
            }
            Some((true, since)) => {
                let Some(expected) = expected else { return };
                if power >= expected.power {
                    (self.idle, self.rests_until) = (false, None);
                } else if now.since(since) >= expected.after {
                    self.idle = true;
                    self.rests_until = expected.rests_until;
                }
            }
            Some((false, _)) | None => {}
        }
    }

    /// What was told before a gap says nothing about after it.
    pub(crate) fn forget_gap(&mut self) {
        (self.last, self.said, self.asked, self.flows_since) = (None, None, false, None);
    }

    /// What it drew last.
    pub(crate) const fn last(&self) -> Option<Watts> {
        self.last
    }

    /// It says that it is off, and draws all the same.
    pub(crate) const fn sticks(&self) -> bool {
        self.sticks
    }

    /// It says that it is on, and draws nothing.
    pub(crate) const fn is_idle(&self) -> bool {
        self.idle
    }

    /// Until when no rule switches it on.
    pub(crate) fn rests(&self, now: Time) -> Option<Time> {
        self.rests_until.filter(|until| now < *until)
    }

    /// True once, when what it drew last and what it says do not fit together for so long
    /// that it is worth asking: many meters speak only of what changes.
    pub(crate) fn asks(&mut self, now: Time) -> bool {
        let due = self.asks_at().is_some_and(|at| at <= now);
        self.asked |= due;
        due
    }

    /// When something is to be done with nothing but time passing.
    pub(crate) fn offer(&self, soonest: &mut Soonest) {
        soonest.offer_some(self.asks_at(), Why::Confirmation);
        soonest.offer_some(self.rests_until, Why::Rest);
    }

    fn asks_at(&self) -> Option<Time> {
        let ((on, since), last) = (self.said?, self.last?);
        let odd = on == (last < OFF_BELOW);
        let settled = self.flows_since.map(|at| at + CROSSES);
        (odd && !self.asked).then(|| settled.unwrap_or(since + LATE + Span::seconds(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON_AT: Time = Time(1_000_000);

    fn fan() -> Expected {
        let rests_until = Some(ON_AT + Span::hours(10));
        Expected { power: Watts(50), after: LATE, rests_until }
    }

    fn said(on: bool) -> Draw {
        let mut draw = Draw::default();
        draw.says(ON_AT, on);
        draw
    }

    #[test]
    fn a_relay_sticks_if_power_flows_a_minute_after_it_said_off() {
        let mut draw = said(false);
        draw.read(ON_AT + Span::seconds(5), Watts(9000), None);
        assert!(!draw.sticks(), "the meter may be late");
        assert!(draw.asks(ON_AT + Span::seconds(61)), "many meters speak only of what changes");
        assert!(!draw.asks(ON_AT + Span::seconds(62)), "once is enough");
        draw.read(ON_AT + Span::seconds(62), Watts(9000), None);
        assert!(!draw.sticks(), "it may be going on at this very moment");
        draw.read(ON_AT + Span::seconds(67), Watts(9000), None);
        assert!(draw.sticks());
        draw.read(ON_AT + Span::seconds(70), Watts(20), None);
        assert!(!draw.sticks(), "what stands by draws a little");
    }

    #[test]
    fn a_fan_in_standby_rests_until_the_night_is_over() {
        let mut draw = said(true);
        draw.read(ON_AT + Span::seconds(30), Watts(12), Some(fan()));
        assert!(!draw.is_idle());
        draw.read(ON_AT + Span::minutes(2), Watts(12), Some(fan()));
        assert!(draw.is_idle());
        assert_eq!(draw.rests(ON_AT + Span::hours(9)), Some(ON_AT + Span::hours(10)));
        assert_eq!(draw.rests(ON_AT + Span::hours(10)), None);
        draw.says(ON_AT + Span::hours(1), false);
        assert!(draw.is_idle(), "off says nothing of whether it would run");
        draw.says(ON_AT + Span::hours(20), true);
        draw.read(ON_AT + Span::hours(20), Watts(300), Some(fan()));
        assert!(!draw.is_idle() && draw.rests(ON_AT).is_none());
    }

    #[test]
    fn who_never_tells_its_power_is_never_asked() {
        assert!(!said(true).asks(ON_AT + Span::hours(1)));
        assert!(!said(false).asks(ON_AT + Span::hours(1)));
    }
}

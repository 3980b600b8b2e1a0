//! What makes a heater that may give heat wait before it gives any more of it.

use super::actuator::{Actuator, State};
use super::bedroom::{Bedroom, Surroundings};
use super::decide::target;
use super::drive::valve_means;
use crate::model::Time;
use crate::plan::Kind;
use crate::rules::{Because, Facts};

/// Why a heater waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waits {
    /// It went off a moment ago.
    Settling(Time),
    /// S7: it can be heard, and was.
    Quiet(Time),
    /// S7: it was heard as often as it may be this night.
    HeardEnough,
}

impl Bedroom {
    /// What makes an actuator wait, if it is a heater that no person set and that does not give
    /// all it is to give already.
    pub(super) fn waits(
        &self,
        index: usize,
        facts: &Facts,
        around: &Surroundings<'_>,
    ) -> Option<Waits> {
        let (actuator, plan) = (&self.actuators[index], &around.plan.actuators[index]);
        if !matches!(plan.kind, Kind::Heater { .. }) || actuator.wish.is_some() {
            return None;
        }
        let quiet = self.quiet(index, facts, around);
        match &actuator.state {
            State::Switched(switched) => {
                let on = switched.level().is_some_and(|level| level > 0);
                let settled = switched.may_change_at(&plan.limits).filter(|at| *at > facts.now);
                quiet.max(settled.map(Waits::Settling)).filter(|_| !on)
            }
            State::Valve(valve) if valve.boosted() => {
                let means = valve_means(plan, facts, around);
                let goal = target(facts, around);
                let moves = valve.moves_up_at(facts.now, goal, facts.room?, &means)?;
                quiet.max(Some(Waits::Quiet(moves)).filter(|_| moves > facts.now))
            }
            State::Valve(_) => quiet,
        }
    }

    /// What valves were told in vain they are told once more.
    pub(super) fn tell_again(&mut self) {
        for Actuator { state, .. } in &mut self.actuators {
            if let State::Valve(valve) = state {
                valve.tell_again();
            }
        }
    }

    fn quiet(&self, index: usize, facts: &Facts, around: &Surroundings<'_>) -> Option<Waits> {
        let too_audible = self.too_audible(index, u8::MAX, facts, around)?;
        let Because::Audible { changes, from } = too_audible else { return None };
        let enough = around.plan.audible_changes.is_some_and(|most| changes >= most);
        Some(if enough { Waits::HeardEnough } else { Waits::Quiet(from) })
    }
}

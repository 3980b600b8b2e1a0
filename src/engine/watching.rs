//! What would be done: while uncramp only watches, the whole decision is made for copies
//! of the actuators that always do as they are told.

use serde::{Deserialize, Serialize};

use super::actuator::{Actuator, State};
use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Action, Command, Order};
use super::decide::Audible;
use super::drive::{VALID_FOR, switch_to};
use crate::model::{ActuatorId, Switch};
use crate::plan::{self, Mode};
use crate::rules::{Facts, Reason};

/// The copies, and what was said of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watching {
    pub(super) actuators: Vec<Actuator>,
    pub(super) audible: Audible,
    /// The level each was last said to have; a raised set-point is 1.
    said: Vec<u8>,
}

impl Bedroom {
    /// Decides for the copies, and says where something would have changed.
    pub(super) fn watch(
        &mut self,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let before = self.watching.take();
        if self.mode_at(facts.now) != Mode::Watch {
            self.watched.end(facts.now);
            return;
        }
        let mut watching = before.unwrap_or_else(|| Watching::begin(around.plan, self.audible));
        watching.follow(&self.actuators);
        self.swap(&mut watching);
        self.drive(0..around.plan.actuators.len(), Mode::Auto, facts, around, &mut Vec::new());
        self.swap(&mut watching);
        watching.tell(facts, around, out);
        self.watched.note(
            facts,
            watching.would(around.plan, plan::Actuator::is_heater),
            watching.would(around.plan, |actuator| !actuator.is_heater()),
        );
        self.watching = Some(watching);
    }

    /// What an actuator would be told to be, and why.
    pub(super) fn would_be(&self, index: usize, plan: &plan::Bedroom) -> Option<(Switch, Reason)> {
        let copy = self.watching.as_ref()?.actuators.get(index)?;
        Some((told(copy, plan.actuators.get(index)?), copy.standing.clone()?))
    }

    fn swap(&mut self, watching: &mut Watching) {
        std::mem::swap(&mut self.actuators, &mut watching.actuators);
        std::mem::swap(&mut self.audible, &mut watching.audible);
    }
}

impl Watching {
    /// Everything is off, or as the household has it.
    fn begin(plan: &plan::Bedroom, audible: Audible) -> Self {
        let actuators: Vec<Actuator> = plan.actuators.iter().map(Actuator::new).collect();
        let said = vec![0; actuators.len()];
        Self { actuators, audible, said }
    }

    /// The same copies for another plan.
    pub(super) fn fitted_to(self, plan: &plan::Bedroom) -> Self {
        let mut fitted = Self::begin(plan, self.audible);
        let mut known: Vec<(Actuator, u8)> = self.actuators.into_iter().zip(self.said).collect();
        for (copy, said) in fitted.actuators.iter_mut().zip(&mut fitted.said) {
            let same = |(known, _): &(Actuator, u8)| known.name == copy.name && known.is_like(copy);
            if let Some(index) = known.iter().position(same) {
                (*copy, *said) = known.swap_remove(index);
            }
        }
        fitted
    }

    /// What people want, and what is known of the devices, holds for the copies too.
    fn follow(&mut self, real: &[Actuator]) {
        for (copy, real) in self.actuators.iter_mut().zip(real) {
            (copy.wish, copy.timer_works) = (real.wish, real.timer_works);
            if let (State::Valve(copy), State::Valve(real)) = (&mut copy.state, &real.state) {
                copy.follow(real);
            }
        }
    }

    /// Whether any such actuator would be on, or raised.
    fn would(&self, plan: &plan::Bedroom, such: impl Fn(&plan::Actuator) -> bool) -> bool {
        let mut all = plan.actuators.iter().zip(&self.said);
        all.any(|(actuator, level)| *level > 0 && such(actuator))
    }

    fn tell(&mut self, facts: &Facts, around: &Surroundings<'_>, out: &mut Vec<Action>) {
        let all = self.actuators.iter_mut().zip(&mut self.said).zip(&around.plan.actuators);
        for (index, ((copy, said), plan)) in all.enumerate() {
            let level = match &mut copy.state {
                State::Switched(switched) => {
                    switched.obey();
                    switched.level().unwrap_or(0)
                }
                State::Valve(valve) => {
                    valve.obey();
                    u8::from(valve.boosted())
                }
            };
            if std::mem::replace(said, level) == level {
                continue;
            }
            let Some(reason) = copy.standing.clone() else { continue };
            out.push(Action::Watched(Command {
                bedroom: around.id,
                actuator: ActuatorId(u8::try_from(index).unwrap_or(u8::MAX)),
                switch: told(copy, plan),
                order: Order::SendFirst,
                valid_until: facts.now + VALID_FOR,
                again: false,
                releases: false,
                reason,
            }));
        }
    }
}

fn told(copy: &Actuator, plan: &plan::Actuator) -> Switch {
    match &copy.state {
        State::Switched(switched) => switch_to(switched.level().unwrap_or(0), plan, None),
        State::Valve(valve) if valve.boosted() => {
            Switch::SetPoint(valve.set_point().unwrap_or_else(|| valve.baseline()))
        }
        State::Valve(valve) => Switch::SetPoint(valve.baseline()),
    }
}

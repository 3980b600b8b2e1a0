//! What the air at the bed is like, and what a person could do about it.

use super::actuator::State;
use super::bedroom::{Bedroom, Surroundings};
use crate::plan::Kind;
use crate::rules::Facts;
use crate::rules::airflow::{self, Advice};

impl Bedroom {
    /// The bed, or the room around it, is stuffy; none is not known.
    pub(crate) fn stuffy(&self, facts: &Facts, around: &Surroundings<'_>) -> Option<bool> {
        let blowing = self.blowing(around);
        airflow::is_stuffy(facts, &around.plan.airflow, blowing, self.fresh_air)
    }

    /// What a person could do at this instant.
    pub(crate) fn advice(&self, facts: &Facts, around: &Surroundings<'_>) -> Vec<Advice> {
        let mut advice = Vec::new();
        if airflow::wants_cover_lifted(facts, &around.plan.airflow, self.blowing(around)) {
            advice.push(Advice::LiftTheCover);
        }
        if self.fresh_air {
            advice.push(Advice::FreshAir);
        }
        advice
    }

    /// A fan blows.
    fn blowing(&self, around: &Surroundings<'_>) -> bool {
        let mut fans = self.actuators.iter().zip(&around.plan.actuators);
        fans.any(|(fan, plan)| match (&plan.kind, &fan.state) {
            (Kind::Fan { .. }, State::Switched(fan)) => fan.level() > Some(0),
            (Kind::Fan { .. } | Kind::Heater { .. }, _) => false,
        })
    }
}

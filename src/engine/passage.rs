//! Starting, stopping, gaps and changed plans.

use super::actuator::{Actuator, Held, State};
use super::bed::Bed;
use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Action, Wake};
use super::drive::switched_means;
use super::faults::Fault;
use super::sensing::Sensing;
use crate::model::{ActuatorId, SensorId, Time};
use crate::plan::{self, Kind, Mode};
use crate::rules::Because;
use crate::rules::Why;
use crate::safety::Hazard;

impl Bedroom {
    /// S10: overdue offs first. A switched actuator whose lease still runs goes on; every
    /// other one not known to be off gets off, and a set-point that no call explains its
    /// baseline.
    pub(crate) fn start(
        &mut self,
        now: Time,
        because: &Because,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let ours = self.ours(now, around);
        self.hand_back_at_start(&ours, now, because, around, out);
    }

    /// What is uncramp's to switch off: everything, unless it may only watch or do nothing.
    /// Then it is what it commanded itself, and what is a danger beside a sleeper (S4).
    fn ours(&self, now: Time, around: &Surroundings<'_>) -> Vec<bool> {
        let acts = self.mode_at(now) == Mode::Auto;
        let all = self.actuators.iter().zip(&around.plan.actuators);
        let ours = all.map(|(actuator, plan)| match (&actuator.state, &plan.kind) {
            (_, Kind::Heater { hazard: Hazard::Portable | Hazard::Blanket { .. }, .. })
            | (State::Valve(_), _) => true,
            (State::Switched(switched), _) => acts || switched.told_on() || switched.going_off(),
        });
        ours.collect()
    }

    fn hand_back_at_start(
        &mut self,
        ours: &[bool],
        now: Time,
        because: &Because,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        // Danger is told again: nobody knows whether it was heard.
        self.alarms.clear();
        self.faults.retain(|fault| {
            !matches!(fault, Fault::Disobeys { off: true, .. } | Fault::BeddingHot { .. })
        });
        for index in (0..self.actuators.len()).filter(|index| ours[*index]) {
            let actuator = &self.actuators[index];
            let means = switched_means(actuator, &around.plan.actuators[index], around);
            let explained = match &actuator.state {
                State::Switched(switched) => switched.leased(now) || switched.is_known_off(&means),
                State::Valve(_) => self.warmth.call.is_some(),
            };
            if !explained {
                self.hand_back(index, because.clone(), now, around, out);
            }
        }
    }

    /// Nobody watched: leases have lapsed, nothing is known, offs first.
    pub(crate) fn gap(&mut self, now: Time, around: &Surroundings<'_>, out: &mut Vec<Action>) {
        let memory = around.plan.cold_exposure.memory;
        self.skip_reminders(now, around);
        for (index, (_, sensing)) in self.sensors.iter_mut().enumerate() {
            let sensor = SensorId(u8::try_from(index).unwrap_or(u8::MAX));
            if self.faults.contains(&Fault::Silent { sensor }) {
                sensing.forget(now);
            } else {
                sensing.forget_gap();
            }
        }
        self.since = now;
        self.bed = Bed::default();
        self.trace.forget();
        self.apart = None;
        self.morning.gap(self.handled);
        self.miss_nights(now);
        self.warmth.gap(self.handled, now, memory);
        self.warmth.call = None;
        self.watching = None;
        self.watched.end(self.handled);
        let ours = self.ours(now, around);
        for actuator in &mut self.actuators {
            if let State::Switched(switched) = &mut actuator.state {
                switched.lapse();
            }
            actuator.draw.forget_gap();
            // S10: a wish for heat that nobody watched over is said again, or not at all.
            actuator.wish = actuator.wish.filter(|wish| !matches!(wish.held, Held::On { .. }));
        }
        self.hand_back_at_start(&ours, now, &Because::Gap, around, out);
    }

    /// What is remembered comes from a backup. A gap follows; what it leaves, since somebody
    /// said it and it has an end, is older than what was said after it.
    pub(crate) fn lapse(&mut self) {
        self.tonight.lapse();
        for actuator in &mut self.actuators {
            actuator.wish = None;
            if let State::Valve(valve) = &mut actuator.state {
                valve.lapse();
            }
        }
    }

    /// S10: everything goes off or back to its baseline.
    pub(crate) fn stop(&mut self, now: Time, around: &Surroundings<'_>, out: &mut Vec<Action>) {
        self.warmth.call = None;
        let ours = self.ours(now, around);
        for index in (0..self.actuators.len()).filter(|index| ours[*index]) {
            self.hand_back(index, Because::Stopping, now, around, out);
        }
    }

    /// What is not in the new plan, or is another thing there, goes off.
    pub(crate) fn leave(
        &mut self,
        now: Time,
        new: Option<&plan::Bedroom>,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        // S9: nobody here will say it again when the link is back; the shell will.
        let around = &Surroundings { link: true, ..*around };
        let ours = self.ours(now, around);
        for (index, ours) in ours.into_iter().enumerate() {
            let old = &around.plan.actuators[index];
            let stays = new.is_some_and(|bedroom| {
                bedroom.actuators.iter().any(|actuator| {
                    actuator.name == old.name
                        && actuator.kind == old.kind
                        && actuator.device == old.device
                })
            });
            if !stays {
                if ours {
                    self.hand_back(index, Because::LeftPlan, now, around, out);
                }
                self.actuators[index] = Actuator::new(old);
            }
        }
    }

    /// What another plan says of another sensor, or of the mode, is not what was known.
    pub(crate) fn forget_changed(&mut self, before: &plan::Bedroom, after: &plan::Bedroom) {
        if before.mode != after.mode {
            self.set_mode(after.mode);
        }
        // Whoever wants to be asked again starts anew.
        if before.ask_in_the_morning != after.ask_in_the_morning {
            self.questions.clear();
        }
        for ((name, sensing), old) in self.sensors.iter_mut().zip(&before.sensors) {
            let same = |new: &plan::Sensor| {
                new.name == old.name
                    && (new.place, new.quantity, &new.source)
                        == (old.place, old.quantity, &old.source)
            };
            if !after.sensors.iter().any(same) {
                (*name, *sensing) = (String::new(), Sensing::default());
            }
        }
    }

    /// The same memory for another plan of this bedroom: everything that keeps its name
    /// keeps its memory.
    pub(crate) fn fitted_to(mut self, plan: &plan::Bedroom) -> Self {
        let sensors =
            self.sensors.iter().map(|(name, _)| name).ne(plan.sensors.iter().map(|s| &s.name));
        let actuators =
            self.actuators.iter().map(|it| &it.name).ne(plan.actuators.iter().map(|it| &it.name));
        // They tell of devices by their number, and the shell looks again.
        if sensors || actuators {
            self.noticed.retain(Fault::is_of_the_house);
        }
        let mut sensors = std::mem::take(&mut self.sensors);
        self.sensors = plan
            .sensors
            .iter()
            .map(|sensor| {
                let kept = take_named(&mut sensors, &sensor.name, |(name, _)| name);
                kept.unwrap_or_else(|| (sensor.name.clone(), Sensing::default()))
            })
            .collect();
        self.drinking = of_sleepers(self.drinking, plan);
        self.questions = of_sleepers(self.questions, plan);
        let mut actuators = std::mem::take(&mut self.actuators);
        self.actuators = plan
            .actuators
            .iter()
            .map(|actuator| {
                let fresh = Actuator::new(actuator);
                take_named(&mut actuators, &actuator.name, |known| &known.name)
                    .filter(|known| known.is_like(&fresh))
                    .unwrap_or(fresh)
            })
            .collect();
        self.watching = self.watching.map(|watching| watching.fitted_to(plan));
        self.hours = None;
        self
    }

    /// S2: a command that had to be recorded first was not sent.
    pub(crate) fn not_sent(&mut self, now: Time, actuator: ActuatorId) {
        if let Some(Actuator { state: State::Switched(switched), unrecorded, .. }) =
            self.actuators.get_mut(usize::from(actuator.0))
        {
            switched.not_sent(now);
            *unrecorded = true;
        }
    }

    /// Nobody listened until now: what devices may have confirmed is waited for anew, and is no
    /// fault before that.
    pub(crate) fn await_anew(&mut self, now: Time, around: &Surroundings<'_>) {
        for actuator in &mut self.actuators {
            match &mut actuator.state {
                State::Switched(switched) => switched.await_anew(now),
                State::Valve(valve) => valve.await_anew(now),
            }
        }
        self.rewake(around);
    }

    /// The link is gone: nobody hears what devices do.
    pub(crate) fn link_down(&mut self, now: Time) {
        for actuator in &mut self.actuators {
            actuator.unheard = actuator.unheard.or(Some(now));
        }
    }

    /// The link is back: what was not confirmed is said again, and so is what cannot be.
    pub(crate) fn link_up(&mut self, now: Time, around: &Surroundings<'_>) {
        self.sensors.iter_mut().for_each(|(_, sensing)| sensing.link_up(now));
        for (actuator, plan) in self.actuators.iter_mut().zip(&around.plan.actuators) {
            let means = switched_means(actuator, plan, around);
            match &mut actuator.state {
                State::Switched(switched) => switched.link_up(now, &means),
                State::Valve(valve) => valve.link_up(means.confirm.is_some()),
            }
        }
    }

    /// After loading, or under another plan: when to look again. A wake that cannot be
    /// told yet comes at once after the last handled instant.
    pub(crate) fn rewake(&mut self, around: &Surroundings<'_>) {
        let facts = self.facts(self.handled, around);
        self.wake =
            self.next_wake(&facts, around).or(Some(Wake { at: self.handled, why: Why::Hour }));
    }
}

fn take_named<T>(from: &mut Vec<T>, name: &str, name_of: impl Fn(&T) -> &String) -> Option<T> {
    let index = from.iter().position(|item| name_of(item) == name)?;
    Some(from.remove(index))
}

/// Each sleeper's own, by the name.
pub(super) fn of_sleepers<T: Default>(
    mut known: Vec<(String, T)>,
    plan: &plan::Bedroom,
) -> Vec<(String, T)> {
    let own = |name: &String| {
        let kept = take_named(&mut known, name, |(name, _)| name);
        kept.unwrap_or_else(|| (name.clone(), T::default()))
    };
    plan.sleepers.iter().map(|sleeper| &sleeper.name).map(own).collect()
}

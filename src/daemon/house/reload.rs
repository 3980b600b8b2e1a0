//! Another configuration in a running house.

use super::held::Held;
use super::leaving::is_in;
use super::{House, bedroom, bedrooms};
use crate::daemon::Render;
use crate::engine::{Command, Event};
use crate::model::ActuatorId;
use crate::plan::{Actuator, Bedroom, Plan};

/// Why what had to be recorded first is not sent.
const CHANGED: &str = "the configuration changed";

impl<R: Render> House<R> {
    /// Puts another plan in force, or says why not. Returns whether there is one.
    pub(in crate::daemon) fn reload(&mut self, plan: Result<Plan, String>) -> bool {
        match plan {
            Ok(plan) => {
                self.put_in_force(plan);
                self.introduce();
                tracing::info!("the new configuration is in force");
                self.systemd.status("the new configuration is in force");
                true
            }
            Err(why) => {
                tracing::error!("the new configuration is refused, the old one stays: {why}");
                self.systemd.status(&format!("the new configuration is refused: {why}"));
                false
            }
        }
    }

    /// Another plan holds from now on; what left with the one before is handed back.
    pub(in crate::daemon) fn put_in_force(&mut self, plan: Plan) {
        // What follows from one item may have to be recorded first itself.
        let mut answers = Vec::new();
        while self.held.len() > 0 {
            for item in self.held.take_all() {
                match item {
                    Held::Answer(answer, _) => answers.push(answer),
                    // Every bedroom is shown anew, by the numbers of the new plan.
                    Held::Show(..) => {}
                    Held::Switch(_) | Held::Raise(..) | Held::Announce(_) => {
                        self.not_recorded(item, CHANGED);
                    }
                }
            }
        }
        for answer in answers {
            self.answer(answer);
        }
        let mut topics = plan.topics_by(&self.followed.names);
        topics.learn_from(&self.topics);
        self.topics = topics;
        self.leaving.keep_out(&plan);
        // Bedrooms are numbered anew.
        self.record_waiting();
        self.former = Some(self.engine.plan().clone());
        self.tell(Event::Plan(Box::new(plan)));
        self.leave_outdated();
        self.look_for_missing();
        self.views.clear();
        self.record_plan();
        self.note_plan();
        self.record_leaving();
    }

    /// The plan in force is recorded, and the configuration that it is made of.
    pub(super) fn record_plan(&self) {
        self.store.plan(self.engine.plan());
        if let Some(good) = self.configuration.good() {
            self.store.good(&good);
        }
    }

    /// S2: what the plan before wanted recorded first and is not sent is told to the
    /// engine, in the new plan's numbers; what left the plan is off already.
    pub(super) fn leave_outdated(&mut self) {
        let Some(former) = self.former.take() else { return };
        for item in std::mem::take(&mut self.outdated) {
            let item = match item {
                Held::Switch(command) => renumbered(command, &former, self.engine.plan()),
                words @ Held::Announce(_) => Some(words),
                Held::Raise(..) | Held::Answer(..) | Held::Show(..) => None,
            };
            if let Some(item) = item {
                self.not_recorded(item, CHANGED);
            }
        }
    }

    /// S3, S9: what leaves with the plan before is said until it is known to be followed.
    pub(super) fn note_leaving(&mut self, command: &Command, actuator: &Actuator) {
        if command.releases && !is_in(self.engine.plan(), &actuator.device) {
            let room = bedroom(self.plan_in_use(), command.bedroom).map(Bedroom::shown);
            let name = format!("{} ({})", actuator.shown(), room.unwrap_or_default());
            let names = &self.followed.names;
            self.leaving.told(command, (actuator, name), names, (self.now, self.up));
        }
    }

    /// Says again what is due to devices that left.
    pub(super) fn remind_leaving(&mut self) {
        for (command, device) in self.leaving.due(self.now) {
            self.send(&command, &device);
        }
        self.record_leaving();
    }

    /// S9: what is not known to be off is not forgotten by a restart either.
    pub(super) fn record_leaving(&mut self) {
        if let Some(left) = self.leaving.take_changed() {
            self.store.left(&left);
        }
    }
}

/// The same command to the same actuator of another plan, if that has it.
fn renumbered(command: Command, before: &Plan, after: &Plan) -> Option<Held> {
    let room = bedroom(before, command.bedroom)?;
    let old = room.actuators.get(usize::from(command.actuator.0))?;
    let (id, room) = bedrooms(after).find(|(_, it)| it.name == room.name)?;
    let same =
        |new: &Actuator| (&new.name, &new.kind, &new.device) == (&old.name, &old.kind, &old.device);
    let (actuator, _) = (0..).map(ActuatorId).zip(&room.actuators).find(|(_, it)| same(it))?;
    Some(Held::Switch(Command { bedroom: id, actuator, ..command }))
}

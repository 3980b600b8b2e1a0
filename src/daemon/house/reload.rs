//! Another configuration in a running house.

use super::leaving::is_in;
use super::{House, topics};
use crate::daemon::Render;
use crate::engine::{Command, Event};
use crate::plan::{Actuator, Plan};

impl<R: Render> House<R> {
    /// Puts another plan in force, or says why not. Returns whether there is one.
    pub(in crate::daemon) fn reload(&mut self, plan: Result<Plan, String>) -> bool {
        self.systemd.reloading();
        let taken = match plan {
            Ok(plan) => {
                for item in self.held.take_all() {
                    self.not_recorded(item, "the configuration changed");
                }
                self.topics = topics(&plan);
                self.leaving.keep_out(&plan);
                self.former = Some(self.engine.plan().clone());
                self.tell(Event::Plan(Box::new(plan)));
                self.former = None;
                self.views.clear();
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
        };
        self.systemd.ready();
        taken
    }

    /// S3, S9: what leaves with the plan before is said until it is known to be followed.
    pub(super) fn note_leaving(&mut self, command: &Command, actuator: &Actuator) {
        if command.releases && !is_in(self.engine.plan(), &actuator.device) {
            self.leaving.told(command, actuator, self.now, self.up);
        }
    }

    /// Says again what is due to devices that left.
    pub(super) fn remind_leaving(&mut self) {
        for (command, device) in self.leaving.due(self.now) {
            self.send(&command, &device);
        }
    }
}

//! Events in, actions out.
//!
//! [`Engine::handle`] takes the time as an argument, first works off whatever fell due
//! before it, each at its due time, and returns what the shell must do.
//! [`Engine::wake`] says when to call again, and why. There is no clock, no randomness,
//! no task and no I/O in here: live control, the demo, replay and every test are this
//! engine with another source of events.

mod contract;

pub use contract::{
    Action, Announcement, Audience, Command, Event, Fault, Notice, Order, Outcome, Urgency, Wake,
    Want, Why, Wish, Words,
};

use crate::model::{BedroomId, Time, Wall};
use crate::plan::Plan;

/// All bedrooms of one plan.
#[derive(Debug)]
pub struct Engine {
    plan: Plan,
    wall: Wall,
}

impl Engine {
    /// An engine that knows nothing yet.
    #[must_use]
    pub fn new(plan: Plan, wall: Wall) -> Self {
        Self { plan, wall }
    }

    /// The plan in force.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The wall clock as last told.
    #[must_use]
    pub fn wall(&self) -> Wall {
        self.wall
    }

    /// Takes note of an event at `now` and returns what the shell must do, in order.
    pub fn handle(&mut self, _now: Time, event: Event) -> Vec<Action> {
        if let Event::Clock(wall) = event {
            self.wall = wall;
        }
        Vec::new()
    }

    /// When to call [`Engine::handle`] again if nothing happens before, and why.
    #[must_use]
    pub fn wake(&self) -> Option<Wake> {
        None
    }

    /// A bedroom's whole state, to be kept by the shell.
    #[must_use]
    pub fn save(&self, _bedroom: BedroomId) -> String {
        String::new()
    }

    /// Takes over a state that [`Engine::save`] gave, for the bedroom of that name.
    /// Returns whether it could be read.
    pub fn load(&mut self, _name: &str, _state: &str) -> bool {
        true
    }
}

//! The one driver of the engine: it hands over events at their times, looks in at every
//! wake in between, and lets obedient devices answer. Scripted nights, random nights,
//! benches and `uncramp replay` differ only in where their events come from.

use smallvec::smallvec;

use crate::engine::{Action, Engine, Event};
use crate::model::{Echo, Heard, Item, Switch, Temperature, Time};

/// Where a valve stands that nobody moved yet.
const ASKED: Temperature = Temperature(1800);

/// An engine with devices around it that are not there.
#[derive(Debug, Clone)]
pub struct Stage {
    engine: Engine,
    now: Time,
    answering: bool,
}

impl Stage {
    /// An engine on the stage at `now`, with devices that do as they are told at once.
    #[must_use]
    pub const fn new(engine: Engine, now: Time) -> Self {
        Self { engine, now, answering: true }
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The instant it has come to.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Whether devices answer.
    pub fn set_answering(&mut self, answering: bool) {
        self.answering = answering;
    }

    /// Lets time pass up to `to`, looking in at every wake on the way. `see` is shown
    /// every action and when it was decided.
    pub fn pass(&mut self, to: Time, see: &mut impl FnMut(Time, &Action)) {
        while let Some(wake) = self.engine.wake().filter(|wake| wake.at < to) {
            let at = wake.at.max(self.now);
            self.give(at, Event::Tick, see);
        }
        self.now = self.now.max(to);
    }

    /// Lets time pass up to `at`, then hands over an event.
    pub fn event(&mut self, at: Time, event: Event, see: &mut impl FnMut(Time, &Action)) {
        self.pass(at, see);
        self.give(at, event, see);
    }

    /// Nobody calls until `to`: what fell due before was missed.
    pub fn sleep(&mut self, to: Time, see: &mut impl FnMut(Time, &Action)) {
        self.give(to, Event::Gap, see);
    }

    fn give(&mut self, at: Time, event: Event, see: &mut impl FnMut(Time, &Action)) {
        self.now = at;
        let mut actions = self.engine.handle(at, event);
        while !actions.is_empty() {
            let mut answers = Vec::new();
            for action in &actions {
                see(at, action);
                answers.extend(self.answer(action));
            }
            actions = answers.into_iter().flat_map(|echo| self.engine.handle(at, echo)).collect();
        }
    }

    /// What an obedient device reports after a command.
    fn answer(&self, action: &Action) -> Option<Event> {
        let (bedroom, actuator, echo) = match action {
            Action::Switch(command) => {
                let echo = match command.switch {
                    Switch::On { .. } => Echo::Relay(true),
                    Switch::Off => Echo::Relay(false),
                    Switch::SetPoint(value) => Echo::SetPoint(value),
                    Switch::Level(level) => Echo::Level(level),
                    Switch::Feed(_) | Switch::OwnThermometer => return None,
                };
                (command.bedroom, command.actuator, echo)
            }
            Action::Query { bedroom, actuator } => (*bedroom, *actuator, Echo::SetPoint(ASKED)),
            Action::Watched(_) | Action::Announce(_) | Action::Unsaid(_) | Action::Notice(_) => {
                return None;
            }
        };
        let heard = Heard { items: smallvec![Item::Echo { actuator, echo }], retained: false };
        self.answering.then_some(Event::Heard { bedroom, heard })
    }
}

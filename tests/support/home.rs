//! A make-believe home: the simulated bedroom and the real engine, speaking to each
//! other in the bytes that real devices speak.

use uncramp::engine::{Action, Engine, Event};
use uncramp::model::{BedroomId, Span, Time, Wall};
use uncramp::plan::Plan;
use uncramp::sim;
use uncramp::wire::{self, Decoded, Topics};

/// A home, and everything that was done in it.
pub struct Home {
    pub room: sim::Bedroom,
    pub engine: Engine,
    topics: Topics,
    pub done: Vec<(Time, Action)>,
}

impl Home {
    /// Moves in: the wall clock of [`Time::ZERO`] shows midnight of 14 January 2026.
    pub fn new(plan: Plan, preset: sim::Preset, seed: u64) -> Self {
        let midnight = 1_768_345_200_000;
        let wall = Wall { offset: midnight, synchronised: true };
        let now = preset.begin;
        let topics = plan.topics();
        let mut home = Self {
            room: sim::Bedroom::new(preset, seed),
            engine: Engine::new(plan, wall, now),
            topics,
            done: Vec::new(),
        };
        home.give(now, Event::Start);
        home
    }

    /// Lets time pass; `each` looks in every ten seconds.
    pub fn pass(&mut self, to: Time, mut each: impl FnMut(&mut sim::Bedroom, &Engine, Time)) {
        while self.room.now() < to {
            let at = (self.room.now() + Span::seconds(10)).min(to);
            let said = self.room.advance(at);
            self.hear(at, said);
            self.give(at, Event::Tick);
            each(&mut self.room, &self.engine, at);
        }
    }

    fn hear(&mut self, at: Time, said: Vec<wire::Message>) {
        for message in said {
            let decoded = self.topics.decode(&message.topic, &message.payload, message.retain);
            let Decoded::Heard(heard) = decoded else { continue };
            for (bedroom, heard) in heard {
                self.give(at, Event::Heard { bedroom, heard });
            }
        }
    }

    fn give(&mut self, at: Time, event: Event) {
        let actions = self.engine.handle(at, event);
        for action in actions {
            if let Action::Switch(command) = &action {
                let bedroom = self.engine.plan().bedroom(command.bedroom).expect("a bedroom");
                let device = &bedroom.actuators[usize::from(command.actuator.0)].device;
                for message in wire::encode(device, &command.switch) {
                    self.room.command(&message.topic, &message.payload);
                }
            }
            self.done.push((at, action));
        }
        let answers = self.room.advance(at);
        if !answers.is_empty() {
            self.hear(at, answers);
        }
    }

    /// What can be seen.
    pub fn picture(&self) -> uncramp::engine::Picture {
        self.engine.picture(BedroomId(0), self.room.now()).expect("a bedroom")
    }
}

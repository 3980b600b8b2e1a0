//! What a decision leads to, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::held::Held;
use super::{House, bedroom, bedrooms};
use crate::daemon::Render;
use crate::daemon::store::{Receipt, Saved};
use crate::engine::{Action, Command, Event, Order};
use crate::model::BedroomId;

impl<R: Render> House<R> {
    /// Commands first, then their reasons, then the rest; what must be recorded first is
    /// held until it is.
    pub(super) fn act(&mut self, actions: Vec<Action>, wished: Option<BedroomId>) {
        let mut touched: BTreeSet<BedroomId> = wished.into_iter().collect();
        let mut first: BTreeMap<BedroomId, Vec<Held>> = BTreeMap::new();
        let (mut commands, mut watched, mut words) = (Vec::new(), Vec::new(), Vec::new());
        let mut unsaid = Vec::new();
        for action in actions {
            match action {
                Action::Switch(command) => {
                    touched.insert(command.bedroom);
                    // S2: what is not recorded yet does not leave by being repeated.
                    if self.held.is_repeated_by(&command) {
                        continue;
                    }
                    self.held.supersede(&command);
                    match command.order {
                        Order::SendFirst => commands.push(command),
                        Order::RecordFirst => {
                            first.entry(command.bedroom).or_default().push(Held::Switch(command));
                        }
                    }
                }
                Action::Query { bedroom, actuator } => self.query(bedroom, actuator),
                Action::Watched(command) => {
                    touched.insert(command.bedroom);
                    watched.push(command);
                }
                Action::Announce(words_said) => {
                    touched.insert(words_said.bedroom);
                    match words_said.order {
                        Order::SendFirst => words.push(words_said),
                        Order::RecordFirst => first
                            .entry(words_said.bedroom)
                            .or_default()
                            .push(Held::Announce(words_said)),
                    }
                }
                Action::Unsaid(words) => unsaid.push(words),
                Action::Notice(notice) => {
                    touched.insert(notice.bedroom);
                    self.log_notice(&notice);
                }
            }
        }
        if self.former.is_some() {
            // It would leave by another plan than it was meant for.
            self.outdated.extend(std::mem::take(&mut first).into_values().flatten());
        }
        for command in &commands {
            self.command(command);
        }
        for command in &commands {
            self.explain(command);
        }
        for command in &watched {
            self.explain_watched(command);
        }
        for words in &words {
            self.announce(words);
        }
        for words in &unsaid {
            self.refuse_words(words);
        }
        for bedroom in touched {
            self.show(bedroom);
            match first.remove(&bedroom) {
                Some(items) => self.hold(bedroom, items),
                None => {
                    if let Some(saved) = self.snapshot(bedroom) {
                        self.store.save(saved);
                    }
                }
            }
        }
    }

    pub(super) fn hold(&mut self, bedroom: BedroomId, items: Vec<Held>) {
        if let Some(saved) = self.snapshot(bedroom) {
            let receipt: Receipt = self.store.save_now(saved);
            self.held.put(receipt, items);
        }
    }

    pub(super) fn recorded(&mut self, recorded: &Result<(), String>) {
        self.look();
        for item in self.held.take_oldest() {
            match (recorded, item) {
                (Ok(()), Held::Switch(command)) => {
                    self.command(&command);
                    self.explain(&command);
                }
                (Ok(()), Held::Announce(words)) => self.announce(&words),
                (Err(why), item) => self.not_recorded(item, why),
            }
        }
    }

    /// S2: what had to be recorded first and was not is not sent.
    pub(super) fn not_recorded(&mut self, item: Held, why: &str) {
        match item {
            Held::Switch(Command { bedroom, actuator, .. }) => {
                tracing::error!("a heater stays off, since that it is on was not recorded: {why}");
                self.tell(Event::Unrecorded { bedroom, actuator });
            }
            Held::Announce(words) => {
                tracing::error!(
                    "reminder {} is not said, since it was not recorded: {why}",
                    words.id
                );
            }
        }
    }

    pub(super) fn snapshot(&self, id: BedroomId) -> Option<Saved> {
        let name = bedroom(self.engine.plan(), id)?.name.clone();
        let (state, stand) = (self.engine.save(id), self.clock.stand());
        Some(Saved { bedroom: name, state, stand })
    }

    pub(super) fn save_all(&mut self) {
        self.saved = self.now;
        for (id, _) in bedrooms(self.engine.plan()) {
            if let Some(saved) = self.snapshot(id) {
                self.store.save(saved);
            }
        }
        self.store.stand(self.clock.stand());
    }
}

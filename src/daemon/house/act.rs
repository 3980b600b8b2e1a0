//! What a decision leads to, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::House;
use super::held::Held;
use super::say::EVENT_FOR;
use crate::daemon::Render;
use crate::engine::{Action, Command, Event, Order};
use crate::model::{BedroomId, Span, Switch};
use crate::wire::Message;

/// So late a wish is shown or a change in force, and what may be sent unrecorded is sent, where
/// the disk is slow.
pub(super) const WITHIN: Span = Span::seconds(2);

/// S10: whether a life after this one must know of it. An "on" that nobody recorded would be
/// taken for a person's then, and a set-point for the household's.
fn raises(command: &Command) -> bool {
    let on = match command.switch {
        Switch::On { .. } | Switch::SetPoint(_) => true,
        Switch::Level(level) => level > 0,
        Switch::Off | Switch::OwnThermometer | Switch::Feed(_) => false,
    };
    on && !command.again && !command.releases
}

/// Whether it goes with one of these that waits: a valve is raised, then told of the room.
fn follows(command: &Command, waiting: &[Held]) -> bool {
    let same = |item: &Held| match item {
        Held::Raise(held, _) => held.actuator == command.actuator,
        Held::Switch(_) | Held::Announce(_) | Held::Answer(..) | Held::Show(..) => false,
    };
    !command.releases && waiting.iter().any(same)
}

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
                    let waiting = first.entry(command.bedroom).or_default();
                    match self.held_back(command, waiting) {
                        Ok(held) => waiting.push(held),
                        Err(command) => commands.push(command),
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
        self.show_and_record(touched, first, wished);
    }

    /// A command as it waits for the store, beside what does already; else the command.
    fn held_back(&self, command: Command, waiting: &[Held]) -> Result<Held, Command> {
        let raises = || raises(&command) || follows(&command, waiting);
        match command.order {
            Order::RecordFirst => Ok(Held::Switch(command)),
            Order::SendFirst if self.former.is_none() && raises() => {
                Ok(Held::Raise(command, self.now + WITHIN))
            }
            Order::SendFirst => Err(command),
        }
    }

    /// What was touched is shown and recorded; what waits for that is held.
    fn show_and_record(
        &mut self,
        touched: BTreeSet<BedroomId>,
        mut first: BTreeMap<BedroomId, Vec<Held>>,
        wished: Option<BedroomId>,
    ) {
        for bedroom in touched {
            let mut items = first.remove(&bedroom).unwrap_or_default();
            if wished == Some(bedroom) {
                items.push(Held::Show(bedroom, self.now + WITHIN));
            } else {
                self.show(bedroom);
            }
            if items.is_empty() {
                self.record(bedroom);
            } else {
                self.hold(bedroom, items);
            }
        }
    }

    pub(super) fn hold(&mut self, bedroom: BedroomId, items: Vec<Held>) {
        if let Some(receipt) = self.record_now(bedroom) {
            self.held.put(receipt, items);
        }
    }

    pub(super) fn recorded(&mut self, recorded: &Result<(), String>) {
        self.look();
        for item in self.held.take_oldest() {
            match (recorded, item) {
                (Ok(()), Held::Switch(command)) | (_, Held::Raise(command, _)) => {
                    self.command(&command);
                    self.explain(&command);
                }
                (Ok(()), Held::Announce(words)) => self.announce(&words),
                (Ok(()), Held::Answer(answer, until)) => self.outbox.word(answer, Some(until)),
                (Ok(()), Held::Show(bedroom, _)) => self.show(bedroom),
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
            Held::Raise(command, _) => {
                self.command(&command);
                self.explain(&command);
            }
            // It holds all the same; that it may not outlive a restart is said by the store.
            Held::Answer(answer, until) => self.outbox.word(answer, Some(until)),
            Held::Show(bedroom, _) => self.show(bedroom),
        }
    }

    /// Answers a person once everything given to the store so far is on the disk: what
    /// somebody was answered is not lost with a power cut.
    pub(super) fn answer(&mut self, answer: Message) {
        self.answer_within(answer, EVENT_FOR);
    }

    /// The same, if it can be said so soon.
    pub(super) fn answer_within(&mut self, answer: Message, within: Span) {
        let until = self.now + within;
        let receipt = self.record_all();
        self.held.put(receipt, vec![Held::Answer(answer, until)]);
    }

    /// What else waits to be recorded is not done; everybody is answered, since all of it is
    /// recorded before the end.
    pub(super) fn answer_at_the_end(&mut self) {
        for item in self.held.take_all() {
            if let Held::Answer(answer, until) = item {
                self.outbox.word(answer, Some(until));
            }
        }
    }
}

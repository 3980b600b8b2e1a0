//! What a decision leads to, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::House;
use super::held::Held;
use super::say::EVENT_FOR;
use crate::daemon::Render;
use crate::engine::{Action, Announcement, Command, Event, Order, Unsaid};
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

/// What a decision comes to besides the commands that leave at once.
#[derive(Default)]
pub(super) struct Rest {
    /// The bedrooms in which something was decided, or wished.
    touched: BTreeSet<BedroomId>,
    wished: Option<BedroomId>,
    /// The commands that have left, to be explained.
    commands: Vec<Command>,
    watched: Vec<Command>,
    words: Vec<Announcement>,
    unsaid: Vec<Unsaid>,
    /// What must be recorded first.
    first: BTreeMap<BedroomId, Vec<Held>>,
    /// The bedrooms at which the history looks.
    noted: BTreeSet<BedroomId>,
}

impl<R: Render> House<R> {
    /// Commands first; their reasons and the rest are said by [`House::say_the_rest`], and what
    /// must be recorded first is held until it is.
    pub(super) fn act(&mut self, actions: Vec<Action>, wished: Option<BedroomId>) {
        let noted = self.note_actions(&actions);
        let mut rest =
            Rest { touched: wished.into_iter().collect(), wished, noted, ..Rest::default() };
        for action in actions {
            self.sort(action, &mut rest);
        }
        if self.former.is_some() {
            // It would leave by another plan than it was meant for.
            let first = std::mem::take(&mut rest.first);
            self.outdated.extend(first.into_values().flatten());
        }
        for command in &rest.commands {
            self.command(command);
        }
        self.rest = Some(rest);
    }

    /// One action to its place.
    fn sort(&mut self, action: Action, rest: &mut Rest) {
        match action {
            Action::Switch(command) => {
                rest.touched.insert(command.bedroom);
                // S2: what is not recorded yet does not leave by being repeated.
                if self.held.is_repeated_by(&command) {
                    return;
                }
                self.held.supersede(&command);
                let waiting = rest.first.entry(command.bedroom).or_default();
                match self.held_back(command, waiting) {
                    Ok(held) => waiting.push(held),
                    Err(command) => rest.commands.push(command),
                }
            }
            Action::Query { bedroom, actuator } => self.query(bedroom, actuator),
            Action::Watched(command) => {
                rest.touched.insert(command.bedroom);
                rest.watched.push(command);
            }
            Action::Announce(words) => {
                rest.touched.insert(words.bedroom);
                match words.order {
                    Order::SendFirst => rest.words.push(words),
                    Order::RecordFirst => {
                        rest.first.entry(words.bedroom).or_default().push(Held::Announce(words));
                    }
                }
            }
            Action::Unsaid(words) => rest.unsaid.push(words),
            Action::Notice(notice) => {
                rest.touched.insert(notice.bedroom);
                self.log_notice(&notice);
            }
        }
    }

    /// What was decided last is explained, said, shown and recorded, if it is not yet; then a
    /// broker that was just found is greeted.
    pub(in crate::daemon) fn say_the_rest(&mut self) {
        if let Some(rest) = self.rest.take() {
            self.say(rest);
        }
        if std::mem::take(&mut self.greets) {
            self.echoes.begin();
            self.introduce();
            self.ask_for_namesakes();
        }
    }

    fn say(&mut self, rest: Rest) {
        for command in &rest.commands {
            self.explain(command);
        }
        for command in &rest.watched {
            self.explain_watched(command);
        }
        for words in &rest.words {
            self.announce(words);
        }
        for words in &rest.unsaid {
            self.refuse_words(words);
        }
        self.show_and_record(rest.touched, rest.first, rest.wished);
        self.look_at_all(rest.noted);
    }

    /// Whether commands are to leave before anything else is said of them, or to a broker.
    pub(in crate::daemon) fn commands_wait(&self) -> bool {
        self.greets || self.rest.as_ref().is_some_and(|rest| !rest.commands.is_empty())
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

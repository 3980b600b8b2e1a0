//! What is still to be said to the broker, and what it may not have got.
//!
//! Pure: time is an argument, and the order of entries is the order of calls. A message
//! is handed to the connection under a [`Token`]; it is forgotten only once the broker
//! is known to have it, and whatever was handed to a connection that broke is said again
//! on the next one: offs before other commands before words before states. Commands are
//! absolute, so that the latest one to each actuator is enough; one that is no off is
//! dropped, and counted, once its time is over (S9).

use std::collections::BTreeMap;

use crate::engine::Command;
use crate::model::{ActuatorId, BedroomId, Switch, Time};
use crate::wire::Message;

/// How many messages may be handed over and not yet written: less than the connection's
/// own queue, which must never be full.
pub const MOST_HANDED: usize = 256;

/// How many confirmed messages may be on their way: rumqttc numbers them and must not
/// reuse the number of one that is not acknowledged yet.
const MOST_UNACKNOWLEDGED: usize = 50;

/// How many words are kept while there is no broker; the oldest are dropped, and counted.
const MOST_WORDS: usize = 1000;

/// Where the states begin, which are many and have no end of their own.
const STATES: (Rank, u64) = (Rank::State, 0);

/// The number under which a message was handed over; they only grow.
pub type Token = u64;

/// Messages waiting for the broker, and messages it may not have got.
#[derive(Debug, Default)]
pub struct Outbox {
    up: bool,
    tokens: Token,
    numbers: u64,
    waiting: BTreeMap<(Rank, u64), Entry>,
    handed: BTreeMap<Token, Entry>,
    places: BTreeMap<Key, Where>,
    counts: Counts,
}

/// What became of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Handed to the connection, repetitions included.
    pub handed: u64,
    /// Commands whose time was over before they could be sent.
    pub expired: u64,
    /// Words dropped because there were too many, or their time was over.
    pub unsaid: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Off,
    Command,
    Word,
    State,
}

/// What replaces what: a valve's thermometer and its set-point are two things.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Drive(BedroomId, ActuatorId),
    Thermometer(BedroomId, ActuatorId),
    Word(u64),
    State(String),
}

#[derive(Debug, Clone, Copy)]
enum Where {
    Waiting(Rank, u64),
    Handed(Token),
}

#[derive(Debug)]
struct Entry {
    rank: Rank,
    number: u64,
    key: Key,
    messages: Vec<Message>,
    /// Not to be said after this; an off has none.
    valid_until: Option<Time>,
    written: bool,
}

impl Outbox {
    /// An empty outbox without a connection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A command to an actuator, in one or several messages, in place of an earlier one
    /// to the same actuator. What makes safe (off, a valve's own thermometer) never
    /// becomes invalid.
    pub fn command(&mut self, command: &Command, messages: Vec<Message>) {
        let place = (command.bedroom, command.actuator);
        let key = match command.switch {
            Switch::Off | Switch::On { .. } | Switch::SetPoint(_) | Switch::Level(_) => {
                Key::Drive(place.0, place.1)
            }
            Switch::OwnThermometer | Switch::Feed(_) => Key::Thermometer(place.0, place.1),
        };
        let rank = if command.releases { Rank::Off } else { Rank::Command };
        let valid_until = (rank != Rank::Off).then_some(command.valid_until);
        self.put(rank, key, messages, valid_until);
    }

    /// A confirmed message: an action with its reason, an announcement. `None` is valid
    /// for ever.
    pub fn word(&mut self, message: Message, valid_until: Option<Time>) {
        let key = Key::Word(self.numbers);
        self.put(Rank::Word, key, vec![message], valid_until);
        let mut words = self.waiting.range((Rank::Word, 0)..STATES);
        if words.clone().count() > MOST_WORDS
            && let Some((&place, _)) = words.next()
        {
            self.drop_waiting(place);
            self.counts.unsaid += 1;
        }
    }

    /// The present state of a topic. Dropped while there is no connection: states are
    /// made anew for a new one.
    pub fn state(&mut self, message: Message) {
        if self.up {
            let key = Key::State(message.topic.clone());
            self.put(Rank::State, key, vec![message], None);
        }
    }

    /// The connection stands.
    pub fn connected(&mut self) {
        self.up = true;
    }

    /// The connection broke: what it may not have delivered waits again.
    pub fn lost(&mut self) {
        self.up = false;
        for (_, mut entry) in std::mem::take(&mut self.handed) {
            if entry.rank == Rank::State {
                self.places.remove(&entry.key);
                continue;
            }
            entry.written = false;
            self.places.insert(entry.key.clone(), Where::Waiting(entry.rank, entry.number));
            self.waiting.insert((entry.rank, entry.number), entry);
        }
        let states = self.waiting.split_off(&STATES);
        for entry in states.values() {
            self.places.remove(&entry.key);
        }
    }

    /// What to hand to the connection now, in order, as much as it can take.
    pub fn due(&mut self, now: Time) -> Vec<(Token, Message)> {
        self.expire(now);
        let mut batch = Vec::new();
        if !self.up {
            return batch;
        }
        let unwritten = self.handed.values().filter(|e| !e.written).count();
        let mut room = MOST_HANDED.saturating_sub(unwritten);
        let confirmed = |e: &Entry| e.messages.iter().any(|m| m.confirmed);
        let unacknowledged = self.handed.values().filter(|e| confirmed(e)).count();
        let mut acknowledged_room = MOST_UNACKNOWLEDGED.saturating_sub(unacknowledged);
        let mut chosen = Vec::new();
        for (place, entry) in &self.waiting {
            let acknowledged = usize::from(confirmed(entry));
            if room < entry.messages.len() {
                break;
            }
            if acknowledged > acknowledged_room {
                continue;
            }
            room -= entry.messages.len();
            acknowledged_room -= acknowledged;
            chosen.push(*place);
        }
        for place in chosen {
            self.hand(place, &mut batch);
        }
        batch
    }

    /// A message went into the socket.
    pub fn written(&mut self, token: Token) {
        match self.handed.get_mut(&token) {
            Some(entry) if entry.rank == Rank::State => self.forget(token),
            Some(entry) => entry.written = true,
            None => {}
        }
    }

    /// The broker acknowledged a confirmed message, so that it also got what was written
    /// before it.
    pub fn acknowledged(&mut self, token: Token) {
        self.forget(token);
        self.arrived(token);
    }

    /// Everything written up to this message has arrived: the broker answered something
    /// said later on the same connection.
    pub fn arrived(&mut self, token: Token) {
        let arrived: Vec<Token> = self
            .handed
            .range(..=token)
            .filter(|(_, e)| e.written && e.messages.iter().all(|m| !m.confirmed))
            .map(|(token, _)| *token)
            .collect();
        for token in arrived {
            self.forget(token);
        }
    }

    /// How many messages have not been written yet.
    #[must_use]
    pub fn unwritten(&self) -> usize {
        self.waiting.len() + self.handed.values().filter(|e| !e.written).count()
    }

    /// When the next command or word becomes invalid.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Time> {
        self.waiting.range(..STATES).filter_map(|(_, entry)| entry.valid_until).min()
    }

    /// What became of messages so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn put(&mut self, rank: Rank, key: Key, messages: Vec<Message>, valid_until: Option<Time>) {
        if messages.is_empty() {
            return;
        }
        match self.places.get(&key) {
            Some(&Where::Waiting(rank, number)) => self.drop_waiting((rank, number)),
            Some(&Where::Handed(token)) => self.supersede(token),
            None => {}
        }
        let number = self.numbers;
        self.numbers += 1;
        self.places.insert(key.clone(), Where::Waiting(rank, number));
        let entry = Entry { rank, number, key, messages, valid_until, written: false };
        self.waiting.insert((rank, number), entry);
    }

    fn hand(&mut self, place: (Rank, u64), batch: &mut Vec<(Token, Message)>) {
        let Some(entry) = self.waiting.remove(&place) else { return };
        for message in &entry.messages {
            self.tokens += 1;
            batch.push((self.tokens, message.clone()));
            self.counts.handed += 1;
        }
        self.places.insert(entry.key.clone(), Where::Handed(self.tokens));
        self.handed.insert(self.tokens, entry);
    }

    fn expire(&mut self, now: Time) {
        let over: Vec<_> = self
            .waiting
            .range(..STATES)
            .filter(|(_, entry)| entry.valid_until.is_some_and(|until| until < now))
            .map(|(place, entry)| (*place, entry.rank))
            .collect();
        for (place, rank) in over {
            self.drop_waiting(place);
            match rank {
                Rank::Off | Rank::Command => self.counts.expired += 1,
                Rank::Word | Rank::State => self.counts.unsaid += 1,
            }
        }
    }

    fn drop_waiting(&mut self, place: (Rank, u64)) {
        if let Some(entry) = self.waiting.remove(&place) {
            self.places.remove(&entry.key);
        }
    }

    fn forget(&mut self, token: Token) {
        if let Some(entry) = self.handed.remove(&token) {
            self.places.remove(&entry.key);
        }
    }

    /// A handed entry that is not to be said again, but is still on its way: it goes on
    /// counting as unwritten, under a key of its own.
    fn supersede(&mut self, token: Token) {
        if let Some(entry) = self.handed.get_mut(&token) {
            entry.rank = Rank::State;
            entry.key = Key::Word(entry.number);
            if entry.written {
                self.handed.remove(&token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Order;
    use crate::model::{Span, Temperature};
    use crate::rules::{Because, Judge, Reason};

    const ON: Switch = Switch::On { timer: None };

    fn command(actuator: u8, switch: Switch, valid_until: i64) -> Command {
        Command {
            bedroom: BedroomId(0),
            actuator: ActuatorId(actuator),
            switch,
            order: Order::SendFirst,
            valid_until: Time(valid_until),
            again: false,
            releases: matches!(switch, Switch::Off | Switch::OwnThermometer),
            reason: reason(),
        }
    }

    fn reason() -> Reason {
        Reason { by: Judge::Nobody, because: Because::Starting, otherwise: None }
    }

    fn message(topic: &str, confirmed: bool) -> Message {
        Message { topic: topic.to_owned(), payload: Vec::new(), retain: false, confirmed }
    }

    fn tell(outbox: &mut Outbox, actuator: u8, switch: Switch, name: &str) {
        outbox.command(&command(actuator, switch, 1000), vec![message(name, false)]);
    }

    fn topics(batch: &[(Token, Message)]) -> Vec<&str> {
        batch.iter().map(|(_, m)| m.topic.as_str()).collect()
    }

    fn up() -> Outbox {
        let mut outbox = Outbox::new();
        outbox.connected();
        outbox
    }

    #[test]
    fn offs_go_before_other_commands_before_words_before_states() {
        let mut outbox = up();
        outbox.state(message("state", false));
        outbox.word(message("why", true), None);
        tell(&mut outbox, 0, ON, "on");
        tell(&mut outbox, 1, Switch::Off, "off");
        assert_eq!(topics(&outbox.due(Time(0))), ["off", "on", "why", "state"]);
        assert!(outbox.due(Time(0)).is_empty());
    }

    #[test]
    fn the_latest_command_to_an_actuator_wins() {
        let mut outbox = Outbox::new();
        tell(&mut outbox, 0, ON, "on");
        tell(&mut outbox, 0, Switch::Off, "off");
        tell(&mut outbox, 1, Switch::Off, "other off");
        tell(&mut outbox, 1, ON, "other on");
        outbox.connected();
        assert_eq!(topics(&outbox.due(Time(0))), ["off", "other on"]);
    }

    #[test]
    fn a_valves_thermometer_and_set_point_are_two_things_and_safe_first() {
        let mut outbox = up();
        tell(&mut outbox, 0, Switch::Feed(Temperature(1900)), "feed");
        tell(&mut outbox, 0, Switch::OwnThermometer, "own");
        tell(&mut outbox, 0, Switch::SetPoint(Temperature(1800)), "baseline");
        assert_eq!(topics(&outbox.due(Time(0))), ["own", "baseline"]);
    }

    #[test]
    fn a_command_too_late_is_dropped_and_counted_and_an_off_never() {
        let mut outbox = Outbox::new();
        tell(&mut outbox, 0, ON, "on");
        tell(&mut outbox, 1, Switch::Off, "off");
        outbox.word(message("why", true), Some(Time(1000)));
        assert_eq!(outbox.next_expiry(), Some(Time(1000)));
        outbox.connected();
        assert_eq!(topics(&outbox.due(Time(1000) + Span::hours(72))), ["off"]);
        assert_eq!((outbox.counts().expired, outbox.counts().unsaid), (1, 1));
    }

    #[test]
    fn what_a_broken_connection_may_not_have_delivered_is_said_again_in_order() {
        let mut outbox = up();
        tell(&mut outbox, 0, ON, "on");
        outbox.word(message("why", true), None);
        let batch = outbox.due(Time(0));
        outbox.written(batch[0].0);
        tell(&mut outbox, 1, Switch::Off, "off");
        outbox.lost();
        assert!(outbox.due(Time(0)).is_empty());
        outbox.connected();
        assert_eq!(topics(&outbox.due(Time(0))), ["off", "on", "why"]);
    }

    #[test]
    fn an_acknowledgement_proves_what_was_written_before_it() {
        let mut outbox = up();
        tell(&mut outbox, 0, ON, "on");
        outbox.word(message("why", true), None);
        let batch = outbox.due(Time(0));
        for (token, _) in &batch {
            outbox.written(*token);
        }
        assert_eq!(outbox.unwritten(), 0);
        outbox.acknowledged(batch[1].0);
        outbox.lost();
        outbox.connected();
        assert!(outbox.due(Time(0)).is_empty());
    }

    #[test]
    fn an_answer_proves_commands_but_does_not_acknowledge_words() {
        let mut outbox = up();
        outbox.word(message("why", true), None);
        tell(&mut outbox, 0, ON, "on");
        let batch = outbox.due(Time(0));
        for (token, _) in &batch {
            outbox.written(*token);
        }
        outbox.arrived(batch[1].0);
        outbox.lost();
        outbox.connected();
        assert_eq!(topics(&outbox.due(Time(0))), ["why"]);
    }

    #[test]
    fn a_command_superseded_on_its_way_is_not_said_again() {
        let mut outbox = up();
        tell(&mut outbox, 0, ON, "on");
        outbox.due(Time(0));
        tell(&mut outbox, 0, Switch::Off, "off");
        outbox.lost();
        outbox.connected();
        assert_eq!(topics(&outbox.due(Time(0))), ["off"]);
    }

    #[test]
    fn states_are_made_anew_for_a_new_connection_and_only_the_latest_counts() {
        let mut outbox = up();
        outbox.state(message("state", false));
        outbox.state(message("state", false));
        assert_eq!(outbox.due(Time(0)).len(), 1);
        outbox.state(message("state", false));
        outbox.lost();
        outbox.state(message("state", false));
        outbox.connected();
        assert!(outbox.due(Time(0)).is_empty());
        assert_eq!(outbox.unwritten(), 0);
    }

    #[test]
    fn no_more_is_handed_over_than_can_be_taken_and_offs_pass_by() {
        let mut outbox = up();
        for n in 0..2 * MOST_HANDED {
            outbox.state(message(&format!("state {n}"), false));
        }
        let batch = outbox.due(Time(0));
        assert_eq!(batch.len(), MOST_HANDED);
        tell(&mut outbox, 0, Switch::Off, "off");
        assert!(outbox.due(Time(0)).is_empty());
        outbox.written(batch[0].0);
        assert_eq!(topics(&outbox.due(Time(0))), ["off"]);
    }

    #[test]
    fn few_confirmed_messages_are_on_their_way_at_once_and_too_many_words_are_dropped() {
        let mut outbox = up();
        for _ in 0..=MOST_WORDS {
            outbox.word(message("why", true), None);
        }
        assert_eq!(outbox.counts().unsaid, 1);
        let batch = outbox.due(Time(0));
        assert_eq!(batch.len(), MOST_UNACKNOWLEDGED);
        outbox.written(batch[0].0);
        outbox.acknowledged(batch[0].0);
        assert_eq!(outbox.due(Time(0)).len(), 1);
    }
}

//! What is still to be said to the broker, and what it may not have got.
//!
//! Pure: time is an argument, and the order of entries is the order of calls. A message
//! is handed to the connection under a [`Token`]; it is forgotten only once the broker
//! is known to have it, and whatever was handed to a connection that broke is said again
//! on the next one: offs before other commands before words before states. Commands are
//! absolute, so that the latest one to each device is enough; one that is no off is
//! dropped, and counted, once its time is over (S9).

mod handed;

use std::collections::BTreeMap;

use crate::engine::Command;
use crate::model::{Switch, Time};
use crate::wire::Message;
use handed::Handed;

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
    /// How many of those are words.
    words: usize,
    handed: Handed,
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

/// What replaces what: the very device counts, since another configuration may give its
/// place to another one. A valve's thermometer and its set-point are two things.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Drive(String),
    Thermometer(String),
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
    /// It may be handed to one connection only.
    once: bool,
    /// It is what that command was for.
    about: Option<Key>,
}

impl Outbox {
    /// An empty outbox without a connection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A command to the device of that address, in one or several messages, in place of
    /// an earlier one to the same device. What makes safe (off, a valve's own
    /// thermometer) never becomes invalid.
    pub fn command(&mut self, command: &Command, address: String, messages: Vec<Message>) {
        let key = Key::of(command, address);
        if !command.again && matches!(self.places.get(&key), Some(Where::Waiting(..))) {
            self.drop_reasons(&key);
        }
        let rank = if command.releases { Rank::Off } else { Rank::Command };
        let valid_until = (rank != Rank::Off).then_some(command.valid_until);
        self.put(rank, key, messages, valid_until);
    }

    /// What a command was sent for: not said of one that another took the place of before
    /// it could be sent, unless that repeats it.
    pub fn reason(&mut self, command: &Command, address: String, message: Message) {
        let place = self.put_word(message, Some(command.valid_until), false);
        if let Some(entry) = place.and_then(|place| self.waiting.get_mut(&place)) {
            entry.about = Some(Key::of(command, address));
        }
    }

    /// A confirmed message, such as an alarm. `None` is valid for ever. It is said again
    /// until it is acknowledged.
    pub fn word(&mut self, message: Message, valid_until: Option<Time>) {
        self.put_word(message, valid_until, false);
    }

    /// A reminder (S9): handed to a connection once, and never again, since nobody knows
    /// whether it was spoken.
    pub fn reminder(&mut self, message: Message, valid_until: Time) {
        self.put_word(message, Some(valid_until), true);
    }

    fn put_word(
        &mut self,
        message: Message,
        valid_until: Option<Time>,
        once: bool,
    ) -> Option<(Rank, u64)> {
        let key = Key::Word(self.numbers);
        let place = self.put(Rank::Word, key, vec![message], valid_until);
        if let Some(entry) = place.and_then(|place| self.waiting.get_mut(&place)) {
            entry.once = once;
        }
        if self.words > MOST_WORDS
            && let Some((&place, _)) = self.waiting.range((Rank::Word, 0)..STATES).next()
        {
            self.drop_waiting(place);
            self.counts.unsaid += 1;
        }
        place
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
        for mut entry in self.handed.take_all() {
            if entry.rank == Rank::State || entry.once {
                self.places.remove(&entry.key);
                continue;
            }
            entry.written = false;
            self.wait(entry);
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
        if !self.up || self.waiting.is_empty() {
            return batch;
        }
        let mut room = MOST_HANDED.saturating_sub(self.handed.unwritten());
        if room == 0 {
            return batch;
        }
        let mut acknowledged_room =
            MOST_UNACKNOWLEDGED.saturating_sub(self.handed.unacknowledged());
        let mut chosen = Vec::new();
        for (place, entry) in &self.waiting {
            let acknowledged = usize::from(entry.is_confirmed());
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
        if self.handed.get(token).is_some_and(|entry| entry.rank == Rank::State) {
            self.forget(token);
        } else {
            self.handed.written(token);
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
        for token in self.handed.arrived(token) {
            self.forget(token);
        }
    }

    /// Whether nothing waits to be handed over.
    #[must_use]
    pub fn is_handed_over(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many messages have not been written yet.
    #[must_use]
    pub fn unwritten(&self) -> usize {
        self.waiting.len() + self.handed.unwritten()
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

    /// Returns where it waits, if there is anything to say.
    fn put(
        &mut self,
        rank: Rank,
        key: Key,
        messages: Vec<Message>,
        valid_until: Option<Time>,
    ) -> Option<(Rank, u64)> {
        if messages.is_empty() {
            return None;
        }
        match self.places.get(&key) {
            Some(&Where::Waiting(rank, number)) => self.drop_waiting((rank, number)),
            Some(&Where::Handed(token)) => self.supersede(token),
            None => {}
        }
        let number = self.numbers;
        self.numbers += 1;
        let (written, once, about) = (false, false, None);
        self.wait(Entry { rank, number, key, messages, valid_until, written, once, about });
        Some((rank, number))
    }

    fn wait(&mut self, entry: Entry) {
        let place = (entry.rank, entry.number);
        self.words += usize::from(entry.rank == Rank::Word);
        self.places.insert(entry.key.clone(), Where::Waiting(place.0, place.1));
        self.waiting.insert(place, entry);
    }

    fn take(&mut self, place: (Rank, u64)) -> Option<Entry> {
        let entry = self.waiting.remove(&place)?;
        self.words -= usize::from(entry.rank == Rank::Word);
        Some(entry)
    }

    fn hand(&mut self, place: (Rank, u64), batch: &mut Vec<(Token, Message)>) {
        let Some(entry) = self.take(place) else { return };
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

    fn drop_reasons(&mut self, of: &Key) {
        let words = self.waiting.range((Rank::Word, 0)..STATES);
        let outdated = words.filter(|(_, entry)| entry.about.as_ref() == Some(of));
        for place in outdated.map(|(place, _)| *place).collect::<Vec<_>>() {
            self.drop_waiting(place);
        }
    }

    fn drop_waiting(&mut self, place: (Rank, u64)) {
        if let Some(entry) = self.take(place) {
            self.places.remove(&entry.key);
        }
    }

    fn forget(&mut self, token: Token) {
        if let Some(entry) = self.handed.remove(token) {
            self.places.remove(&entry.key);
        }
    }

    /// A handed entry that is not to be said again, but is still on its way: it goes on
    /// counting as unwritten, under a key of its own.
    fn supersede(&mut self, token: Token) {
        self.handed.supersede(token, |entry| {
            entry.rank = Rank::State;
            entry.key = Key::Word(entry.number);
        });
    }
}

impl Entry {
    fn is_confirmed(&self) -> bool {
        self.messages.iter().any(|message| message.confirmed)
    }
}

impl Key {
    fn of(command: &Command, address: String) -> Self {
        match command.switch {
            Switch::Off | Switch::On { .. } | Switch::SetPoint(_) | Switch::Level(_) => {
                Self::Drive(address)
            }
            Switch::OwnThermometer | Switch::Feed(_) => Self::Thermometer(address),
        }
    }
}

#[cfg(test)]
mod tests;

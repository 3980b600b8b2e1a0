//! What must be recorded before it is sent, while the store is at it.

use std::collections::VecDeque;

use crate::daemon::store::Receipt;
use crate::engine::{Announcement, Command};
use crate::model::{BedroomId, Time};
use crate::wire::Message;

/// One thing that waits for the store.
#[derive(Debug)]
pub(super) enum Held {
    /// A command that is not sent unless it is recorded.
    Switch(Command),
    /// A command that is sent once it is recorded, or cannot be; at the latest then.
    Raise(Command, Time),
    /// A reminder.
    Announce(Announcement),
    /// An answer to a person: what it tells of outlives a restart. Not said after this.
    Answer(Message, Time),
    /// What a person wished is in force, and to be shown; at the latest then.
    Show(BedroomId, Time),
}

/// Everything that waits for the store, the oldest first, which is also answered first.
#[derive(Debug, Default)]
pub(super) struct Holding(VecDeque<(Receipt, Vec<Held>)>);

impl Holding {
    pub(super) fn put(&mut self, receipt: Receipt, items: Vec<Held>) {
        self.0.push_back((receipt, items));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The oldest receipt, and when the first of what waits for it is no longer valid.
    pub(super) fn oldest(&mut self) -> Option<(&mut Receipt, Time)> {
        let (receipt, items) = self.0.front_mut()?;
        let until = items.iter().map(Held::valid_until).min().unwrap_or(Time::NEVER);
        Some((receipt, until))
    }

    /// The store's answer for what waited longest, if it is there.
    pub(super) fn answered(&mut self) -> Option<Result<(), String>> {
        self.0.front_mut()?.0.answer()
    }

    pub(super) fn take_oldest(&mut self) -> Vec<Held> {
        self.0.pop_front().map(|(_, items)| items).unwrap_or_default()
    }

    pub(super) fn take_all(&mut self) -> Vec<Held> {
        self.0.drain(..).flat_map(|(_, items)| items).collect()
    }

    /// Whether a command that still waits is repeated by this one.
    pub(super) fn is_repeated_by(&self, command: &Command) -> bool {
        let same = |item: &Held| match item {
            Held::Switch(held) | Held::Raise(held, _) => {
                (held.bedroom, held.actuator) == (command.bedroom, command.actuator)
            }
            Held::Announce(_) | Held::Answer(..) | Held::Show(..) => false,
        };
        let repeats = command.again && !command.releases;
        repeats && self.0.iter().any(|(_, items)| items.iter().any(same))
    }

    /// Another command to the same actuator takes the place of one that still waits.
    pub(super) fn supersede(&mut self, command: &Command) {
        for (_, items) in &mut self.0 {
            items.retain(|item| match item {
                Held::Switch(held) | Held::Raise(held, _) => {
                    (held.bedroom, held.actuator) != (command.bedroom, command.actuator)
                }
                Held::Announce(_) | Held::Answer(..) | Held::Show(..) => true,
            });
        }
        self.leave_empty();
    }

    /// Whether a bedroom is to be shown once something is recorded.
    pub(super) fn shows(&self, bedroom: BedroomId) -> bool {
        let it = |item: &Held| matches!(item, Held::Show(id, _) if *id == bedroom);
        self.0.iter().any(|(_, items)| items.iter().any(it))
    }

    /// What waited for too long, taken out.
    pub(super) fn overdue(&mut self, now: Time) -> Vec<Held> {
        let mut overdue = Vec::new();
        for (_, items) in &mut self.0 {
            overdue.extend(items.extract_if(.., |item| item.valid_until() <= now));
        }
        self.leave_empty();
        overdue
    }

    /// Nothing waits any more for an answer that a disk may never give.
    fn leave_empty(&mut self) {
        self.0.retain(|(_, items)| !items.is_empty());
    }
}

impl Held {
    const fn valid_until(&self) -> Time {
        match self {
            Self::Switch(command) => command.valid_until,
            Self::Announce(words) => words.valid_until,
            Self::Raise(_, until) | Self::Answer(_, until) | Self::Show(_, until) => *until,
        }
    }
}

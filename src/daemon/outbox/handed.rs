//! Messages that were handed to the connection and may not have arrived.

use std::collections::BTreeMap;

use super::{Entry, Token};

/// Them, and how many of them hold others up: there may be thousands, and this is asked with
/// every message.
#[derive(Debug, Default)]
pub(super) struct Handed {
    entries: BTreeMap<Token, Entry>,
    unwritten: usize,
    unacknowledged: usize,
}

impl Handed {
    /// How many did not go into the socket yet.
    pub(super) const fn unwritten(&self) -> usize {
        self.unwritten
    }

    /// How many are to be acknowledged.
    pub(super) const fn unacknowledged(&self) -> usize {
        self.unacknowledged
    }

    pub(super) fn insert(&mut self, token: Token, entry: Entry) {
        self.unwritten += usize::from(!entry.written);
        self.unacknowledged += usize::from(entry.is_confirmed());
        self.entries.insert(token, entry);
    }

    pub(super) fn remove(&mut self, token: Token) -> Option<Entry> {
        let entry = self.entries.remove(&token)?;
        self.unwritten -= usize::from(!entry.written);
        self.unacknowledged -= usize::from(entry.is_confirmed());
        Some(entry)
    }

    /// All of them, in the order of handing over.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Entry> + use<> {
        std::mem::take(self).entries.into_values()
    }

    pub(super) fn get(&self, token: Token) -> Option<&Entry> {
        self.entries.get(&token)
    }

    /// One of them went into the socket.
    pub(super) fn written(&mut self, token: Token) {
        if let Some(entry) = self.entries.get_mut(&token) {
            self.unwritten -= usize::from(!std::mem::replace(&mut entry.written, true));
        }
    }

    /// Those written up to this one that nobody acknowledges.
    pub(super) fn arrived(&self, token: Token) -> Vec<Token> {
        let arrived = self.entries.range(..=token);
        let arrived = arrived.filter(|(_, entry)| entry.written && !entry.is_confirmed());
        arrived.map(|(token, _)| *token).collect()
    }

    /// What becomes of one that is not to be said again.
    pub(super) fn supersede(&mut self, token: Token, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entries.get_mut(&token) {
            change(entry);
            if entry.written {
                self.remove(token);
            }
        }
    }
}

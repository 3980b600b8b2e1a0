//! How far the house has come, for the loop that runs it and whoever moves its clock.

use super::House;
use crate::daemon::Render;
use crate::daemon::clock::Progress;
use crate::daemon::outbox::Token;
use crate::wire::Message;

impl<R: Render> House<R> {
    pub(in crate::daemon) const fn linked(&self) -> bool {
        self.up
    }

    pub(in crate::daemon) fn all_written(&self) -> bool {
        self.outbox.unwritten() == 0
    }

    /// What is to be handed to the connection now.
    pub(in crate::daemon) fn due(&mut self) -> Vec<(Token, Message)> {
        let mut due = self.outbox.due(self.now);
        while self.outbox.is_handed_over() && self.introduce_next() {
            due.append(&mut self.outbox.due(self.now));
        }
        due
    }

    /// Tells whoever moves the clock how far we have come.
    pub(in crate::daemon) fn report(&self) {
        self.clock.report(Progress {
            at: self.now,
            received: self.received,
            sent: self.outbox.counts().handed,
            unsent: self.outbox.unwritten()
                + self.held.len()
                + usize::from(self.changing.is_some())
                + usize::from(self.introducing.is_some()),
            linked: self.up && self.subscribed,
            wake: self.next_wake(),
        });
    }
}

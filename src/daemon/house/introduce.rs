//! How the house introduces itself to whoever listens.
//!
//! What introduces a bedroom is a hundred times as long as what it says otherwise. It is made when
//! everything else has been handed over, a bedroom after the other as the broker takes them: of
//! thousands of bedrooms nobody waits for it, and it never lies in memory all at once.

use super::{House, bedroom, echo};
use crate::daemon::{Render, broker};
use crate::model::BedroomId;
use crate::surface;
use crate::wire::Message;

/// Bedrooms are being introduced.
#[derive(Debug, Default)]
pub(super) struct Introducing {
    /// The next of them; behind the last one, what is there no more is taken back.
    next: u32,
    /// Something differs from what was recorded.
    news: bool,
}

impl Introducing {
    /// Whether this bedroom's turn is still to come.
    pub(super) const fn is_ahead(&self, bedroom: BedroomId) -> bool {
        bedroom.0 >= self.next
    }
}

impl<R: Render> House<R> {
    /// Introduces us to whoever listens: on a new connection, and when Home Assistant
    /// starts.
    pub(super) fn introduce(&mut self) {
        self.introduce_at = None;
        // Who cannot be heard has told nobody what left.
        if !self.up {
            return;
        }
        self.untold.listens(self.now);
        let own = self.who_we_are();
        self.say_of_ourselves(vec![own]);
        let news = self.introducing.take().is_some_and(|before| before.news);
        self.introducing = Some(Introducing { news, ..Introducing::default() });
    }

    /// Introduces the next bedroom. Returns whether there was anything left to be said.
    pub(super) fn introduce_next(&mut self) -> bool {
        let Some(introducing) = &mut self.introducing else { return false };
        let plan = self.engine.plan();
        let id = BedroomId(introducing.next);
        if bedroom(plan, id).is_some() {
            introducing.next += 1;
            let (messages, news) = surface::introduce(plan, id, &mut self.introduced);
            introducing.news |= news;
            let listened = echo::topics(plan);
            for message in messages.iter().filter(|it| listened.contains(&it.topic)) {
                if broker::sendable(message) {
                    self.echoes.said(message);
                }
            }
            self.say_of_ourselves(messages);
            self.show(id);
            return true;
        }
        let gone = surface::withdraw(plan, &mut self.introduced);
        introducing.news |= !gone.is_empty();
        self.say_of_ourselves(gone);
        self.end_introduction();
        true
    }

    /// Records what was introduced so far: it must be taken back when it is there no more.
    pub(super) fn end_introduction(&mut self) {
        if self.introducing.take().is_some_and(|it| it.news) {
            self.store.introduced(&self.introduced);
        }
    }

    fn say_of_ourselves(&mut self, messages: Vec<Message>) {
        let mut messages = messages.into_iter().filter(broker::sendable).peekable();
        while let Some(message) = messages.next() {
            // What empties components must not be replaced by what leaves them out.
            if messages.peek().is_some_and(|next| next.topic == message.topic) {
                self.outbox.word(message, None);
            } else {
                self.outbox.state(message);
            }
        }
    }
}

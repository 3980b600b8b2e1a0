//! A connection for those without a run loop of their own: kept by a task, read as notes.

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::broker::{self, Broker, Input, Outlet, Subscription};
use super::outbox::Token;
use crate::wire::Message;

/// A connection to the broker; dropping it breaks it.
#[derive(Debug)]
pub struct Line {
    outlet: Outlet,
    notes: mpsc::UnboundedReceiver<Note>,
    keeper: JoinHandle<()>,
    tokens: Token,
}

/// What came over the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// It stands, and its subscriptions are answered.
    Ready,
    /// A message; `retain` says whether the broker had kept it from earlier.
    Message(Message),
    /// A confirmed message of ours was acknowledged.
    Acknowledged(Token),
    /// It broke, or could not be made: why, and what can be done. It is tried again.
    Broken(String),
    /// The broker is there and refuses our user name and password. It is tried again.
    Refused(String),
    /// It was closed as asked, everything said before.
    Closed,
}

impl Line {
    /// Begins to connect, and to listen to these topics.
    ///
    /// # Errors
    /// A sentence that says which setting is wrong.
    pub async fn open(settings: broker::Settings, topics: Subscription) -> Result<Self, String> {
        let (mut broker, outlet) = broker::open(settings)?;
        broker.subscribe(vec![topics]).await;
        let (sender, notes) = mpsc::unbounded_channel();
        let keeper = tokio::spawn(keep(broker, sender));
        Ok(Self { outlet, notes, keeper, tokens: 0 })
    }

    /// Says something. Returns the number by which it is acknowledged, if it is to be.
    pub fn say(&mut self, message: Message) -> Token {
        self.tokens += 1;
        self.outlet.publish(vec![(self.tokens, message)]);
        self.tokens
    }

    /// Listens to these topics from now on, and to no others.
    pub fn listen(&self, topics: Vec<Subscription>) {
        self.outlet.subscribe(topics);
    }

    /// The next note; `None` once the line is closed.
    pub async fn next(&mut self) -> Option<Note> {
        self.notes.recv().await
    }

    /// Closes it after everything that was said before.
    pub async fn close(mut self) {
        self.outlet.close();
        while let Some(note) = self.notes.recv().await {
            if matches!(note, Note::Closed | Note::Broken(_) | Note::Refused(_)) {
                return;
            }
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

async fn keep(mut broker: Broker, notes: mpsc::UnboundedSender<Note>) {
    loop {
        let note = match broker.next().await {
            Input::Subscribed { .. } => Note::Ready,
            Input::Message(message) => Note::Message(Message {
                topic: message.topic().to_owned(),
                payload: message.payload().to_vec(),
                retain: message.retained(),
                confirmed: false,
            }),
            Input::Acknowledged(token) => Note::Acknowledged(token),
            Input::Lost(why) | Input::Unreachable(why) => Note::Broken(why),
            Input::Refused(why) => Note::Refused(why),
            Input::Closed => Note::Closed,
            Input::Connected | Input::Written(_) | Input::Arrived(_) => continue,
        };
        let closed = note == Note::Closed;
        if notes.send(note).is_err() || closed {
            return;
        }
    }
}

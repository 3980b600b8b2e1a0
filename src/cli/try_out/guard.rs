//! What the broker says in our place if we are killed: a connection's last will.

use crate::daemon::broker::{Settings, Subscription};
use crate::daemon::line::{Line, Note};
use crate::wire::Message;

use super::bench::client_id;

/// A connection that does nothing but stand. Dropping it, or dying, has its last will
/// said by the broker.
pub(super) struct Guard(Line);

impl Guard {
    /// Has the broker keep a message until this is lifted.
    ///
    /// # Errors
    /// If the broker cannot be reached: then nothing should be begun that needs it.
    pub(super) async fn set(settings: &Settings, will: Message) -> Result<Self, String> {
        let settings = Settings { will, client_id: client_id(), ..settings.clone() };
        let nothing = Subscription { name: "nothing".to_owned(), topics: Vec::new() };
        let mut line = Line::open(settings, nothing).await?;
        loop {
            match line.next().await {
                Some(Note::Ready) => return Ok(Self(line)),
                Some(Note::Message(_) | Note::Acknowledged(_)) => {}
                Some(Note::Broken(why) | Note::Refused(why)) => return Err(why),
                None | Some(Note::Closed) => return Err("the connection has ended".to_owned()),
            }
        }
    }

    /// It is not needed any more: closed in order, so that nothing is said.
    pub(super) async fn lift(self) {
        self.0.close().await;
    }
}

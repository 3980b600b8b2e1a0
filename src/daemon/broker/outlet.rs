//! The end of the connection that sends while the other one waits.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use rumqttc::AsyncClient;

use super::PublishMessage;
use super::keeping::Keeping;
use super::subscriptions::{NOWHERE, Subscription};
use crate::daemon::outbox::Token;
use crate::wire::Message;

/// The sending end while [`Broker::next`](super::Broker::next) is kept.
pub struct Outlet {
    pub(super) client: AsyncClient,
    pub(super) queue: mpsc::Sender<Token>,
    pub(super) wishes: mpsc::Sender<Vec<Subscription>>,
    pub(super) up: Arc<AtomicBool>,
    pub(super) keeping: Keeping,
}

impl Outlet {
    /// Sends messages through the queue that the kept [`Broker::next`](super::Broker::next) reads. What
    /// cannot be sent is answered by [`Input::Lost`](super::Input::Lost).
    pub fn publish(&self, batch: Vec<(Token, Message)>) {
        if !self.up.load(Ordering::Relaxed) {
            return;
        }
        for (token, message) in batch {
            let message = self.keeping.fit(message);
            // The order matters: whoever sees the message written must find its token.
            if self.queue.send(token).is_ok() && self.client.try_publish_message(message).is_err() {
                tracing::error!("the queue to the broker is full, which its size excludes");
            }
        }
    }

    /// Sets what is listened to, a bedroom at a time; at once if the connection stands.
    pub fn subscribe(&self, wanted: Vec<Subscription>) {
        // The packet only makes the kept poll return, which then sees the wish.
        let nudged = self.wishes.send(wanted).is_ok()
            && (!self.up.load(Ordering::Relaxed) || self.client.try_unsubscribe(NOWHERE).is_ok());
        if !nudged {
            tracing::error!("the broker will only be asked for other topics when it returns");
        }
    }

    /// Closes the connection after everything that was sent before.
    pub fn close(&self) {
        if self.client.try_disconnect().is_err() {
            tracing::warn!("the connection to the broker could not be closed in order");
        }
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").finish_non_exhaustive()
    }
}

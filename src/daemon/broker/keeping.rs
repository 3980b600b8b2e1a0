//! A broker that keeps no messages.
//!
//! mosquitto with `retain_available false` closes the connection on whoever asks for a message to
//! be kept, the last will among them, and does not say why. Who was shut out that way some times
//! asks for nothing to be kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rumqttc::MqttOptions;

use crate::wire::Message;

/// After so many connections that nobody answered something else is tried.
const UNANSWERED: u8 = 3;

/// Whether messages are asked to be kept; shared by both ends of the connection.
#[derive(Debug, Clone)]
pub(super) struct Keeping(Arc<AtomicBool>);

impl Keeping {
    fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The message as this broker takes it.
    pub(super) fn fit(&self, mut message: Message) -> Message {
        message.retain &= self.asked();
        message
    }
}

/// What was learned of the broker.
#[derive(Debug)]
pub(super) struct Learned {
    keeping: Keeping,
    unanswered: u8,
    /// It let us in only without.
    refuses: bool,
}

impl Learned {
    pub(super) fn new() -> (Self, Keeping) {
        let keeping = Keeping(Arc::new(AtomicBool::new(true)));
        (Self { keeping: keeping.clone(), unanswered: 0, refuses: false }, keeping)
    }

    /// The connection stands.
    pub(super) fn connected(&mut self) {
        let refuses = !self.keeping.asked();
        if refuses && !self.refuses {
            tracing::warn!(
                "the broker lets nobody in who wants messages to be kept (mosquitto: \
                 `retain_available false`), so none are: Home Assistant shows the bedrooms as \
                 unknown after its own restart, until they are told anew"
            );
        }
        (self.refuses, self.unanswered) = (refuses, 0);
    }

    /// A connection that stood has ended: the broker may be another one by now.
    pub(super) fn lost(&mut self, options: &mut MqttOptions) {
        self.ask(true, options);
    }

    /// A connection was closed before it was answered.
    pub(super) fn unanswered(&mut self, options: &mut MqttOptions) {
        self.unanswered += 1;
        if self.unanswered >= if self.refuses { 1 } else { UNANSWERED } {
            self.unanswered = 0;
            self.ask(!self.keeping.asked(), options);
        }
    }

    fn ask(&self, keep: bool, options: &mut MqttOptions) {
        self.keeping.0.store(keep, Ordering::Relaxed);
        if let Some(mut will) = options.last_will() {
            will.retain = keep;
            options.set_last_will(will);
        }
    }
}

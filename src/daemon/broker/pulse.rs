//! Whether the task that owns the connection still lives.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::Broker;
use crate::daemon::clock;

/// A task that has done nothing for so long hangs: a ping is due every ten seconds, and an
/// attempt to connect ends within five.
const WITHIN: Duration = Duration::from_secs(60);

/// Beats with everything that the connection does; shared with who watches over it.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<AtomicI64>);

impl Default for Pulse {
    /// One that nobody moves, and that never stops.
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(i64::MAX)))
    }
}

impl Pulse {
    /// The task lives, and will do something again after this wait at the latest.
    pub(super) fn beat(&self, wait: Duration) {
        let silence = i64::try_from((WITHIN + wait).as_millis()).unwrap_or(i64::MAX);
        self.0.store(clock::awake().saturating_add(silence), Ordering::Relaxed);
    }

    /// Whether it has done something not too long ago.
    #[must_use]
    pub fn beats(&self) -> bool {
        self.0.load(Ordering::Relaxed) > clock::awake()
    }
}

impl Broker {
    /// What tells whether the connection's task lives.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::broker::{Input, Settings, open};
    use crate::wire::Message;

    fn word(topic: &str) -> Message {
        Message { topic: topic.to_owned(), payload: Vec::new(), retain: false, confirmed: false }
    }

    #[tokio::test]
    async fn it_beats_with_every_attempt_and_stops_when_nothing_is_done() {
        assert!(Pulse::default().beats(), "where nobody is watched");
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let settings = Settings {
            host: "127.0.0.1".to_owned(),
            port: port.local_addr().expect("an address").port(),
            tls: None,
            username: None,
            password: None,
            client_id: "a".to_owned(),
            keep_alive: Duration::from_secs(10),
            birth: word("status"),
            will: word("status"),
        };
        drop(port);
        let (mut broker, _outlet) = open(settings).expect("settings");
        let pulse = broker.pulse();
        assert!(pulse.beats(), "it has just begun");
        // As when the task hung for longer than a minute.
        pulse.0.store(clock::awake() - 1, Ordering::Relaxed);
        assert!(!pulse.beats());
        assert!(matches!(broker.next().await, Input::Unreachable(_)));
        assert!(pulse.beats());
    }
}

//! What went wrong with a connection, in words, and how long to wait before the next.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::time::Duration;

use rumqttc::{ConnectReturnCode, ConnectionError, StateError};

use super::{Settings, too_large};
use crate::daemon::{clock, tls};

/// The first wait after a failure, in milliseconds.
const FIRST_WAIT: u64 = 1_000;

/// The wait after a connection that stood, in milliseconds: a broker that has ended lets nobody
/// in then, and one at which another client took our place does.
const SOON: u64 = 200;

/// The longest wait for a broker that is not there, in milliseconds: no more than Home
/// Assistant takes, and nothing to a machine of one's own house.
const LONGEST_WAIT: u64 = 10_000;

/// The wait where asking again soon would do harm, in milliseconds.
const HARMLESS_WAIT: u64 = 60_000;

/// The same failure is logged this often while nothing stands, in milliseconds.
const LOG_EVERY: i64 = 3_600_000;

/// So many different failures are logged within that time.
const MOST_LOGGED: usize = 10;

/// More broken connections than this within a minute are named.
const MOST_DROPS: usize = 3;

/// Decides how long to wait and what to log.
#[derive(Debug)]
pub(super) struct Retry {
    address: String,
    username: Option<String>,
    client_id: String,
    encrypted: bool,
    keep_alive: Duration,
    failures: u32,
    drops: VecDeque<i64>,
    /// What was logged since a connection last stood, and when.
    logged: Vec<(String, i64)>,
}

impl Retry {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            address: format!("{}:{}", settings.host, settings.port),
            username: settings.username.clone(),
            client_id: settings.client_id.clone(),
            encrypted: settings.tls.is_some(),
            keep_alive: settings.keep_alive,
            failures: 0,
            drops: VecDeque::new(),
            logged: Vec::new(),
        }
    }

    /// The connection stands.
    pub(super) fn connected(&mut self) {
        if self.failures > 0 {
            tracing::info!("connected to the broker {} again", self.address);
        } else {
            tracing::info!("connected to the broker {}", self.address);
        }
        self.failures = 0;
        self.logged.clear();
    }

    /// The connection or an attempt failed: why in words, and how long to wait.
    /// `suspect` is whose topics were being subscribed to when a packet was too large.
    pub(super) fn failed(
        &mut self,
        error: &ConnectionError,
        was_up: bool,
        suspect: Option<&str>,
    ) -> (String, Duration) {
        let now = clock::uptime();
        let mut text = self.explain(error, was_up, suspect);
        let mut wait = self.backed_off(fastrand::f64());
        if !was_up {
            // Who is thrown out is let in again at once: this is something else.
            self.drops.clear();
        } else if self.dropped(now) {
            text = format!(
                "{text}. That was more than {MOST_DROPS} times in a minute: probably another \
                 client uses the same client id, {}, and each throws the other out",
                self.client_id
            );
            wait = Duration::from_millis(HARMLESS_WAIT);
        } else {
            wait = Duration::from_millis(SOON);
        }
        if refused(error) {
            wait = Duration::from_millis(HARMLESS_WAIT);
        }
        self.failures += 1;
        if self.is_news(&text, now) {
            tracing::warn!("{text}; trying on (failure {})", self.failures);
        }
        (text, wait)
    }

    /// Whether a failure is to be logged: another one than before, or after a long time.
    fn is_news(&mut self, text: &str, now: i64) -> bool {
        self.logged.retain(|(_, at)| now - at < LOG_EVERY);
        let known = self.logged.iter().any(|(logged, _)| logged == text);
        let is_news = !known && self.logged.len() < MOST_LOGGED;
        if is_news {
            self.logged.push((text.to_owned(), now));
        }
        is_news
    }

    /// Half as long again each time, by a random part shorter.
    fn backed_off(&self, random: f64) -> Duration {
        let mut wait = FIRST_WAIT;
        for _ in 0..self.failures.min(20) {
            wait = (wait + wait / 2).min(LONGEST_WAIT);
        }
        Duration::from_millis(wait).mul_f64(0.5 + random / 2.0)
    }

    fn dropped(&mut self, now: i64) -> bool {
        self.drops.push_back(now);
        while self.drops.front().is_some_and(|at| now - at > 60_000) {
            self.drops.pop_front();
        }
        self.drops.len() > MOST_DROPS
    }

    fn explain(&self, error: &ConnectionError, was_up: bool, suspect: Option<&str>) -> String {
        let address = &self.address;
        if let Some(size) = too_large(error) {
            let whose = suspect.map_or_else(String::new, |s| format!(" for {s}"));
            return format!(
                "a message{whose} of {size} bytes came, too large to be read, and the connection \
                 had to be dropped; topics are subscribed to one bedroom at a time from now on. \
                 Look for a camera's picture on a sensor's topic"
            );
        }
        match error {
            ConnectionError::ConnectionRefused(code) => self.refusal(*code),
            ConnectionError::Tls(e) => self.encryption_failed(&e.to_string()),
            ConnectionError::Io(e) => self.network_failed(e, was_up),
            ConnectionError::MqttState(
                StateError::Io(e) | StateError::Deserialization(rumqttc::Error::Io(e)),
            ) if was_up => self.network_failed(e, was_up),
            ConnectionError::MqttState(StateError::AwaitPingResp) => format!(
                "the broker {address} has not answered for {} s: the connection is dead",
                2 * self.keep_alive.as_secs()
            ),
            error if !was_up && closed_unanswered(error) => {
                let without = if self.encrypted { "" } else { ", and without encryption" };
                format!(
                    "the broker {address} closed the connection before it answered; is this an \
                     MQTT port{without}?"
                )
            }
            ConnectionError::MqttState(StateError::ConnectionAborted) => {
                format!("the broker {address} closed the connection")
            }
            ConnectionError::MqttState(e) => format!("the connection to {address} failed: {e}"),
            ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => format!(
                "the broker {address} does not answer; check its name, the network and firewalls"
            ),
            ConnectionError::NotConnAck(_) => {
                format!("what answers at {address} is no MQTT broker")
            }
            ConnectionError::RequestsDone => "the connection was given up".to_owned(),
        }
    }

    fn network_failed(&self, error: &std::io::Error, was_up: bool) -> String {
        let address = &self.address;
        let kind = error.kind();
        if was_up {
            return format!("the connection to the broker {address} broke: {error}");
        }
        if self.encrypted
            && matches!(
                kind,
                ErrorKind::InvalidData | ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof
            )
        {
            return self.encryption_failed(&error.to_string());
        }
        if kind == ErrorKind::ConnectionRefused {
            return format!("no broker listens at {address}; is it running, and is that its port?");
        }
        format!("cannot reach the broker {address}: {error}")
    }

    fn refusal(&self, code: ConnectReturnCode) -> String {
        let Self { address, client_id, .. } = self;
        match code {
            ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => {
                let who = self.username.as_ref().map_or_else(
                    || "none are configured".to_owned(),
                    |name| format!("we are “{name}”"),
                );
                format!(
                    "the broker {address} refuses our user name and password ({who}); check \
                     `username` and `password` (Home Assistant: the user that you made for the \
                     Mosquitto add-on), and restart uncramp once they are changed here"
                )
            }
            ConnectReturnCode::BadClientId => {
                format!("the broker {address} refuses the client id {client_id}")
            }
            ConnectReturnCode::RefusedProtocolVersion => {
                format!("the broker {address} does not speak MQTT 3.1.1; allow that version there")
            }
            ConnectReturnCode::ServiceUnavailable => {
                format!("the broker {address} is there, but not ready")
            }
            ConnectReturnCode::Success => format!("the broker {address} answered strangely"),
        }
    }

    fn encryption_failed(&self, fault: &str) -> String {
        let advice = tls::advice(fault).unwrap_or(tls::CLOSED_DURING_HANDSHAKE);
        format!("no encrypted connection to {}: {fault}. What to do: {advice}", self.address)
    }
}

/// Whether an attempt to connect was ended by the broker without a word.
pub(super) const fn closed_unanswered(error: &ConnectionError) -> bool {
    matches!(
        error,
        ConnectionError::MqttState(
            StateError::ConnectionAborted
                | StateError::Io(_)
                | StateError::Deserialization(rumqttc::Error::Io(_))
        )
    )
}

/// Nobody of that name is let in with that password.
pub(super) const fn wrong_login(error: &ConnectionError) -> bool {
    matches!(
        error,
        ConnectionError::ConnectionRefused(
            ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized
        )
    )
}

/// Asking again soon would only annoy, or lock us out.
fn refused(error: &ConnectionError) -> bool {
    wrong_login(error)
        || matches!(
            error,
            ConnectionError::ConnectionRefused(
                ConnectReturnCode::BadClientId | ConnectReturnCode::RefusedProtocolVersion
            )
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Message;

    fn retry() -> Retry {
        let will = Message {
            topic: "uncramp/status".to_owned(),
            payload: Vec::new(),
            retain: true,
            confirmed: true,
        };
        Retry::new(&Settings {
            host: "broker.lan".to_owned(),
            port: 1883,
            tls: None,
            username: None,
            password: None,
            client_id: "uncramp-pi-1".to_owned(),
            keep_alive: Duration::from_secs(10),
            birth: will.clone(),
            will,
        })
    }

    #[test]
    fn trap_5_waits_grow_from_a_second_to_ten_with_jitter() {
        let mut retry = retry();
        let mut last = Duration::ZERO;
        for _ in 0..30 {
            let longest = retry.backed_off(1.0);
            assert!(longest >= last && retry.backed_off(0.0) * 2 == longest);
            last = longest;
            retry.failures += 1;
        }
        assert_eq!(last, Duration::from_secs(10));
        retry.failures = 0;
        assert_eq!(retry.backed_off(1.0), Duration::from_secs(1));
    }

    #[test]
    fn trap_16_two_clients_with_one_id_are_named_and_waited_for() {
        let mut retry = retry();
        let error = ConnectionError::MqttState(StateError::ConnectionAborted);
        for _ in 0..MOST_DROPS {
            retry.connected();
            let (text, wait) = retry.failed(&error, true, None);
            assert!(!text.contains("client id") && wait == Duration::from_millis(SOON), "{text}");
        }
        retry.connected();
        let (text, wait) = retry.failed(&error, true, None);
        assert!(text.contains("same client id, uncramp-pi-1"), "{text}");
        assert_eq!(wait, Duration::from_secs(60));
    }

    #[test]
    fn a_broker_that_starts_again_and_again_is_no_second_client() {
        let mut retry = retry();
        let (dropped, closed) = (StateError::ConnectionAborted, ErrorKind::ConnectionRefused);
        let dropped = ConnectionError::MqttState(dropped);
        for _ in 0..3 * MOST_DROPS {
            retry.connected();
            let (text, soon) = retry.failed(&dropped, true, None);
            assert!(!text.contains("client id") && soon == Duration::from_millis(SOON), "{text}");
            // That soon it is not back.
            let (text, wait) = retry.failed(&ConnectionError::Io(closed.into()), false, None);
            assert!(text.contains("no broker listens") && wait <= Duration::from_secs(2), "{text}");
        }
    }

    #[test]
    fn a_broker_that_is_gone_is_one_line_an_hour_and_another_cause_one_more() {
        let mut retry = retry();
        let mut lines = 0;
        // Two days without it, looked for every ten seconds.
        for second in (0..2 * 86_400).step_by(10) {
            lines += u32::from(retry.is_news("no broker listens", second * 1_000));
        }
        assert_eq!(lines, 48);
        let last = 2 * 86_400_000 - 10_000;
        assert!(retry.is_news("the broker refuses us", last));
        assert!(!retry.is_news("no broker listens", last), "it comes and goes");
        let wordy = (0..1_000).filter(|n| retry.is_news(&n.to_string(), last));
        assert_eq!(wordy.count(), MOST_LOGGED - 2);
    }

    #[test]
    fn a_refused_password_is_explained_and_asked_for_slowly() {
        let error = ConnectionError::ConnectionRefused(ConnectReturnCode::NotAuthorized);
        let (text, wait) = retry().failed(&error, false, None);
        assert!(text.contains("user name and password"), "{text}");
        assert_eq!(wait, Duration::from_secs(60));
    }
}

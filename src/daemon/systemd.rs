//! What systemd is told. Nothing of it does anything elsewhere.

use std::time::Duration;

use sd_notify::NotifyState;

use super::clock;
use crate::model::Span;

/// How often it is told that we live where nobody asks for more, and at least.
const BEAT: Span = Span::seconds(10);

/// How long a start may take: an old store that is large, on a slow card.
const START_WITHIN: Duration = Duration::from_secs(600);

/// How many lines of a text fit where one is shown.
const STATUS_LINES: usize = 2;

/// The service manager, if there is one.
#[derive(Debug, Clone, Copy)]
pub struct Systemd {
    /// After which silence it kills us.
    watchdog: Option<Duration>,
}

impl Systemd {
    /// Looks whether the service manager wants to be told that we live.
    #[must_use]
    pub fn new() -> Self {
        Self { watchdog: sd_notify::watchdog_enabled() }
    }

    /// How often to say that we live: three times before it would be missed.
    #[must_use]
    pub fn beat(self) -> Span {
        let third = self.watchdog.map(|silence| silence.as_millis() / 3);
        third.and_then(|ms| i64::try_from(ms).ok()).map_or(BEAT, |ms| BEAT.min(Span(ms)))
    }

    /// The store is being opened, which may have to be carried over from an earlier version.
    pub fn starting(self) {
        let within = u32::try_from(START_WITHIN.as_micros()).unwrap_or(u32::MAX);
        tell(&[NotifyState::ExtendTimeoutUsec(within)]);
    }

    /// Started: bedrooms are being controlled, with or without a broker.
    pub fn ready(self) {
        tell(&[NotifyState::Ready]);
    }

    /// The configuration is being read anew; [`Systemd::ready`] must follow, also if it
    /// was refused.
    pub fn reloading(self) {
        // sd-notify's own look at the clock overflows on 32 bits after 35 minutes.
        let now = NotifyState::MonotonicUsec(i128::from(clock::awake_us()));
        tell(&[NotifyState::Reloading, now]);
    }

    /// One line for `systemctl status`: of a longer text how it begins.
    pub fn status(self, text: &str) {
        let lines: Vec<&str> = text.lines().map(str::trim).take(STATUS_LINES).collect();
        tell(&[NotifyState::Status(&lines.join(" "))]);
    }

    /// The engine has answered just now.
    pub fn alive(self) {
        if self.watchdog.is_some() {
            tell(&[NotifyState::Watchdog]);
        }
    }

    /// Going.
    pub fn stopping(self) {
        tell(&[NotifyState::Stopping]);
    }
}

impl Default for Systemd {
    fn default() -> Self {
        Self::new()
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(e) = sd_notify::notify(state) {
        tracing::debug!("the service manager was not told: {e}");
    }
}

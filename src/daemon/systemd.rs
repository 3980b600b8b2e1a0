//! What systemd is told. Nothing of it does anything elsewhere.

use std::time::Duration;

use sd_notify::NotifyState;

/// The service manager, if there is one.
#[derive(Debug, Clone, Copy)]
pub struct Systemd {
    watchdog: bool,
}

impl Systemd {
    /// Looks whether the service manager wants to be told that we live.
    #[must_use]
    pub fn new() -> Self {
        Self { watchdog: watchdog().is_some() }
    }

    /// Started: bedrooms are being controlled, with or without a broker.
    pub fn ready(self) {
        tell(&[NotifyState::Ready]);
    }

    /// The configuration is being read anew; [`Systemd::ready`] must follow, also if it
    /// was refused.
    pub fn reloading(self) {
        match NotifyState::monotonic_usec_now() {
            Ok(now) => tell(&[NotifyState::Reloading, now]),
            Err(e) => tracing::debug!("no monotonic clock for the service manager: {e}"),
        }
    }

    /// One line for `systemctl status`.
    pub fn status(self, text: &str) {
        tell(&[NotifyState::Status(text)]);
    }

    /// The engine has answered just now.
    pub fn alive(self) {
        if self.watchdog {
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

/// After which silence the service manager kills us.
fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(e) = sd_notify::notify(state) {
        tracing::debug!("the service manager was not told: {e}");
    }
}

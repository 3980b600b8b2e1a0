//! A broker inside the process, for demos, tests and `mqtt: embedded`. It keeps nothing
//! over restarts and is no household broker.

mod door;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mqtt5::broker::config::{AuthMethod, StorageBackend, StorageConfig};
use mqtt5::broker::{BrokerConfig, MqttBroker};
use secrecy::{ExposeSecret, SecretString};
use tokio::task::JoinHandle;

use crate::plan::users::{Password, User};
use door::Door;

/// As whom uncramp signs in to its own broker where a password is asked for.
const ITSELF: &str = "uncramp-itself";

/// The file in the state directory with its password.
const OWN: &str = "own-password";

/// The largest packet it takes, in bytes: what a client of ours would still read.
const MOST_PACKET: usize = 16 * 1024 * 1024;

/// How many clients it takes.
const MOST_CLIENTS: usize = 100;

/// How many retained messages it keeps, and how large they may be in bytes.
const MOST_RETAINED: (usize, usize) = (20_000, 256 * 1024);

/// Where it listens, and to whom.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address; port 0 takes a free one.
    pub address: SocketAddr,
    /// Whom it admits; without them everybody.
    pub users: Option<Vec<User>>,
    /// Where uncramp's own password is kept while the broker runs, for others of the same
    /// user such as `uncramp try`: see [`own_user_in`].
    pub own: Option<PathBuf>,
}

impl Default for Settings {
    /// This machine only, on a free port, for everybody.
    fn default() -> Self {
        Self { address: SocketAddr::from(([127, 0, 0, 1], 0)), users: None, own: None }
    }
}

/// A running broker; dropping it ends it.
#[derive(Debug)]
pub struct Embedded {
    address: SocketAddr,
    /// uncramp's own password, made anew with every start.
    own: Option<SecretString>,
    /// Where it is kept.
    kept: Option<PathBuf>,
    task: JoinHandle<()>,
    shutdown: Shutdown,
}

/// Ends a broker from elsewhere.
#[derive(Clone)]
struct Shutdown(mqtt5::broker::BrokerShutdownHandle);

impl std::fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shutdown")
    }
}

impl Embedded {
    /// Starts a broker and waits until it takes connections.
    ///
    /// # Errors
    /// A sentence: the port is taken, or may not be used.
    pub async fn start(settings: Settings) -> Result<Self, String> {
        let failed = |e: mqtt5::MqttError| {
            format!("the embedded broker cannot start at {}: {e}", settings.address)
        };
        free(settings.address)?;
        let mut broker = MqttBroker::with_config(config(&settings)).await.map_err(failed)?;
        let (mut own, mut kept) = (None, None);
        if let Some(users) = &settings.users {
            let password = made_up().map_err(|e| format!("no password can be made up: {e}"))?;
            let itself =
                User { name: ITSELF.to_owned(), password: Password::Plain(password.clone()) };
            let door = Door::new(users.iter().chain([&itself])).map_err(failed)?;
            broker = broker.with_auth_provider(Arc::new(door));
            kept = settings.own.as_ref().filter(|directory| keep(directory, &password)).cloned();
            own = Some(password);
        }
        let address = broker.local_addr().unwrap_or(settings.address);
        let shutdown = Shutdown(broker.shutdown_handle());
        let mut ready = broker.ready_receiver();
        let mut task = tokio::spawn(async move {
            if let Err(e) = broker.run().await {
                tracing::error!("the embedded broker ended: {e}");
            }
        });
        tokio::select! {
            ready = ready.wait_for(|ready| *ready) => {
                ready.map_err(|_| "the embedded broker ended at once".to_owned())?;
            }
            _ = &mut task => return Err("the embedded broker ended at once".to_owned()),
        }
        Ok(Self { address, own, kept, task, shutdown })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// As whom uncramp signs in, and with what; none where everybody is let in.
    #[must_use]
    pub fn own_user(&self) -> (Option<String>, Option<SecretString>) {
        (self.own.as_ref().map(|_| ITSELF.to_owned()), self.own.clone())
    }

    /// Waits until it ends unasked, which it should never: why, as a sentence. Nothing is left
    /// to be stopped then.
    pub async fn ended(&mut self) -> String {
        let how = (&mut self.task).await;
        let why = how.map_or_else(|e| format!(" ({e})"), |()| String::new());
        format!("the broker inside ended unasked{why}: begin anew")
    }

    /// Ends it and waits until it has ended.
    pub async fn stop(mut self) {
        self.shutdown.0.shutdown();
        if let Err(e) = (&mut self.task).await {
            tracing::error!("the embedded broker ended badly: {e}");
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.shutdown.0.shutdown();
        if let Some(directory) = &self.kept
            && let Err(e) = std::fs::remove_file(directory.join(OWN))
        {
            tracing::warn!("uncramp's password in {} stays there: {e}", directory.display());
        }
    }
}

/// As whom others of the same user sign in to a broker that runs and asks for a password,
/// from its state directory.
///
/// # Errors
/// A sentence: no such broker runs, or it is another user's.
pub fn own_user_in(directory: &Path) -> Result<(Option<String>, Option<SecretString>), String> {
    let file = directory.join(OWN);
    let password = std::fs::read_to_string(&file).map_err(|e| {
        format!(
            "uncramp's password for the broker inside cannot be read from {}: {e}. Start uncramp \
             first, and do this as the user it runs as, or as root",
            file.display()
        )
    })?;
    Ok((Some(ITSELF.to_owned()), Some(SecretString::from(password))))
}

/// Whether the port can be had; what the library says of it is for programmers.
fn free(address: SocketAddr) -> Result<(), String> {
    let Err(error) = TcpListener::bind(address) else { return Ok(()) };
    let port = address.port();
    let why = if error.kind() == ErrorKind::AddrInUse {
        format!(
            "port {port} is in use: another broker, or another uncramp, runs there. Name that \
             broker with `host:` below `mqtt:`, or write another port with `embedded: {{ listen: \
             … }}`"
        )
    } else if error.kind() == ErrorKind::AddrNotAvailable {
        format!("this machine has no address {}", address.ip())
    } else {
        error.to_string()
    };
    Err(format!("the broker inside cannot listen at {address}: {why}"))
}

/// Keeps the password where only this user finds it. Returns whether it is there.
fn keep(directory: &Path, password: &SecretString) -> bool {
    let file = directory.join(OWN);
    let written = std::fs::create_dir_all(directory).and_then(|()| {
        // What an earlier run left may have other permissions.
        if file.exists() {
            std::fs::remove_file(&file)?;
        }
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(&file)?;
        file.write_all(password.expose_secret().as_bytes())
    });
    if let Err(e) = &written {
        tracing::warn!("`uncramp try` cannot sign in: {} cannot be written: {e}", file.display());
    }
    written.is_ok()
}

/// A password that nobody can guess.
fn made_up() -> std::io::Result<SecretString> {
    let mut bytes = [0; 24];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let text = bytes.iter().fold(String::new(), |mut text, byte| {
        let written = write!(text, "{byte:02x}");
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
        text
    });
    Ok(SecretString::from(text))
}

fn config(settings: &Settings) -> BrokerConfig {
    let mut config = BrokerConfig::new()
        .with_bind_addresses(vec![settings.address])
        .with_max_clients(MOST_CLIENTS)
        .with_max_packet_size(MOST_PACKET)
        .with_max_retained_messages(MOST_RETAINED.0)
        .with_max_retained_message_size(MOST_RETAINED.1)
        .with_sys_topics_enabled(false)
        .with_storage(
            StorageConfig::new().with_backend(StorageBackend::Memory).with_persistence(false),
        );
    config.auth_config.allow_anonymous = settings.users.is_none();
    if settings.users.is_some() {
        // Nobody, until the door with our users stands in its place.
        config.auth_config.auth_method = AuthMethod::Password;
        config.auth_config.password_file = Some(PathBuf::from("/dev/null"));
    }
    // Everybody comes from the same address here, and would be locked out together.
    config.auth_config.rate_limit.enabled = false;
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_that_ends_unasked_is_noticed() {
        let mut broker = Embedded::start(Settings::default()).await.expect("a broker");
        let still = tokio::time::timeout(std::time::Duration::from_millis(50), broker.ended());
        assert!(still.await.is_err(), "it runs");
        broker.shutdown.0.shutdown();
        assert!(broker.ended().await.contains("unasked"));
    }
}

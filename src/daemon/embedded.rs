//! A broker inside the process, for demos, tests and `mqtt: embedded`. It keeps nothing
//! over restarts and is no household broker.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use mqtt5::broker::config::{AuthMethod, StorageBackend, StorageConfig};
use mqtt5::broker::{BrokerConfig, MqttBroker, PasswordAuthProvider};
use secrecy::{ExposeSecret, SecretString};
use tokio::task::JoinHandle;

/// As whom uncramp signs in to its own broker where a password is asked for.
const ITSELF: &str = "uncramp-itself";

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
    /// A file of users and Argon2 hashes; without it everybody is let in.
    pub passwords: Option<PathBuf>,
}

impl Default for Settings {
    /// This machine only, on a free port, for everybody.
    fn default() -> Self {
        Self { address: SocketAddr::from(([127, 0, 0, 1], 0)), passwords: None }
    }
}

/// A running broker; dropping it ends it.
#[derive(Debug)]
pub struct Embedded {
    address: SocketAddr,
    /// uncramp's own password, made anew with every start.
    own: Option<SecretString>,
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
    /// A sentence: the port is taken, or the file of passwords cannot be read.
    pub async fn start(settings: Settings) -> Result<Self, String> {
        let failed = |e: mqtt5::MqttError| {
            format!("the embedded broker cannot start at {}: {e}", settings.address)
        };
        let mut broker = MqttBroker::with_config(config(&settings)).await.map_err(failed)?;
        let mut own = None;
        if let Some(file) = &settings.passwords {
            let users = PasswordAuthProvider::from_file(file).await.map_err(failed)?;
            let password = made_up().map_err(|e| format!("no password can be made up: {e}"))?;
            users.add_user(ITSELF, password.expose_secret()).map_err(failed)?;
            broker = broker.with_auth_provider(Arc::new(users));
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
        Ok(Self { address, own, task, shutdown })
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
    }
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
    config.auth_config.allow_anonymous = settings.passwords.is_none();
    if let Some(file) = &settings.passwords {
        config.auth_config.auth_method = AuthMethod::Password;
        config.auth_config.password_file = Some(file.clone());
    }
    // Everybody comes from the same address here, and would be locked out together.
    config.auth_config.rate_limit.enabled = false;
    config
}

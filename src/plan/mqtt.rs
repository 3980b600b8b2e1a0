//! How the broker is reached.

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use super::users::User;

/// How the broker is reached, or how the embedded one listens.
#[derive(Debug, Clone)]
pub enum MqttSettings {
    /// The broker inside uncramp.
    Embedded {
        /// Where it listens; beyond this machine only with users.
        listen: SocketAddr,
        /// Whom it admits; none admits anybody on this machine.
        users: Option<Vec<User>>,
    },
    /// The one that Home Assistant's Supervisor names, asked for anew at each start.
    Supervisor,
    /// Another program.
    External(Server),
}

/// A broker that is another program.
#[derive(Debug, Clone)]
pub struct Server {
    /// A host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Encryption; none means plain text.
    pub tls: Option<Tls>,
    /// Who signs in.
    pub username: Option<String>,
    /// With what; never shown, not even by `Debug`.
    pub password: Option<SecretString>,
    /// The MQTT client id; none means one made from the host's name.
    pub client_id: Option<String>,
}

/// How the broker proves who it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// The certificate of whoever signed the broker's, as PEM; none means the system's.
    pub ca_file: Option<PathBuf>,
    /// Believes any certificate.
    pub insecure_skip_verify: bool,
}

impl MqttSettings {
    /// The keys below `mqtt:` that say something else than before; `mqtt` itself if it is
    /// another kind of broker. Who the broker inside admits is told by names.
    #[must_use]
    pub fn changed(&self, before: &Self) -> Vec<&'static str> {
        match (self, before) {
            (Self::Supervisor, Self::Supervisor) => Vec::new(),
            (Self::External(now), Self::External(before)) => now.changed(before),
            (
                Self::Embedded { listen, users },
                Self::Embedded { listen: listened, users: admitted },
            ) => {
                let names = |users: &Option<Vec<User>>| -> Option<Vec<String>> {
                    Some(users.as_ref()?.iter().map(|user| user.name.clone()).collect())
                };
                let other = [
                    ("listen", listen != listened),
                    ("password_file", names(users) != names(admitted)),
                ];
                named(&other)
            }
            (Self::Embedded { .. } | Self::Supervisor | Self::External(_), _) => vec!["mqtt"],
        }
    }
}

impl Server {
    fn changed(&self, before: &Self) -> Vec<&'static str> {
        let secret = |server: &Self| -> Option<String> {
            server.password.as_ref().map(|password| password.expose_secret().to_owned())
        };
        named(&[
            ("host", self.host != before.host),
            ("port", self.port != before.port),
            ("tls", self.tls != before.tls),
            ("username", self.username != before.username),
            ("password", secret(self) != secret(before)),
            ("client_id", self.client_id != before.client_id),
        ])
    }
}

fn named(keys: &[(&'static str, bool)]) -> Vec<&'static str> {
    keys.iter().filter(|(_, other)| *other).map(|(key, _)| *key).collect()
}

impl Default for MqttSettings {
    /// A broker on this machine, without a password.
    fn default() -> Self {
        Self::External(Server {
            host: "localhost".to_owned(),
            port: 1883,
            tls: None,
            username: None,
            password: None,
            client_id: None,
        })
    }
}

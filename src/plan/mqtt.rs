//! How the broker is reached.

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;

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

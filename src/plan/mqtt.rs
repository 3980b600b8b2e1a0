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
    /// Another program.
    External {
        /// A host name or address.
        host: String,
        /// Its port.
        port: u16,
        /// Encryption; none means plain text.
        tls: Option<Tls>,
        /// Who signs in.
        username: Option<String>,
        /// With what; never shown, not even by `Debug`.
        password: Option<SecretString>,
        /// The MQTT client id; none means one made from the host's name.
        client_id: Option<String>,
    },
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
        Self::External {
            host: "localhost".to_owned(),
            port: 1883,
            tls: None,
            username: None,
            password: None,
            client_id: None,
        }
    }
}

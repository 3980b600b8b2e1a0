//! Who is let in to the broker inside.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::pin::Pin;

use mqtt5::MqttError;
use mqtt5::broker::PasswordAuthProvider;
use mqtt5::broker::auth::{AuthProvider, AuthResult};
use mqtt5::packet::connect::ConnectPacket;
use mqtt5::protocol::v5::reason_codes::ReasonCode;
use ring::pbkdf2;
use secrecy::ExposeSecret as _;

use crate::plan::users::{Password, User};

/// What Mosquitto hashes with.
static MOSQUITTO: pbkdf2::Algorithm = pbkdf2::PBKDF2_HMAC_SHA512;

/// Lets in whoever knows a password.
pub(super) struct Door {
    /// Users with Mosquitto's hashes.
    mosquitto: BTreeMap<String, Hashed>,
    /// All others; plain passwords are hashed at the start, and not kept.
    argon2: PasswordAuthProvider,
}

struct Hashed {
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Door {
    /// Knows these; of two of one name the last.
    ///
    /// # Errors
    /// If a password cannot be hashed, for want of randomness.
    pub(super) fn new<'a>(users: impl Iterator<Item = &'a User>) -> Result<Self, MqttError> {
        let mut door = Self { mosquitto: BTreeMap::new(), argon2: PasswordAuthProvider::new() };
        for User { name, password } in users {
            door.mosquitto.remove(name);
            match password {
                Password::Plain(password) => {
                    door.argon2.add_user(name, password.expose_secret())?;
                }
                Password::Argon2(hash) => {
                    door.argon2.add_user_with_hash(name, hash.expose_secret());
                }
                Password::Pbkdf2 { iterations, salt, hash } => {
                    let (iterations, salt, hash) = (*iterations, salt.clone(), hash.clone());
                    door.mosquitto.insert(name.clone(), Hashed { iterations, salt, hash });
                }
            }
        }
        Ok(door)
    }

    fn knows(&self, connect: &ConnectPacket) -> bool {
        let (Some(name), Some(password)) = (&connect.username, &connect.password) else {
            return false;
        };
        match self.mosquitto.get(name) {
            Some(Hashed { iterations, salt, hash }) => {
                pbkdf2::verify(MOSQUITTO, *iterations, salt, password, hash).is_ok()
            }
            None => std::str::from_utf8(password)
                .is_ok_and(|password| self.argon2.verify_user_password(name, password)),
        }
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl AuthProvider for Door {
    fn authenticate<'a>(
        &'a self,
        connect: &'a ConnectPacket,
        from: SocketAddr,
    ) -> Answer<'a, mqtt5::Result<AuthResult>> {
        Box::pin(async move {
            if self.knows(connect) {
                let name = connect.username.clone().unwrap_or_default();
                return Ok(AuthResult::success_with_user(name));
            }
            let name = connect.username.as_deref().unwrap_or_default();
            tracing::warn!(
                "the broker inside did not let in {name:?} from {from}: wrong name or password"
            );
            Ok(AuthResult::fail(ReasonCode::BadUsernameOrPassword))
        })
    }

    fn authorize_publish<'a>(
        &'a self,
        _client: &str,
        _user: Option<&'a str>,
        _topic: &'a str,
    ) -> Answer<'a, bool> {
        Box::pin(async { true })
    }

    fn authorize_subscribe<'a>(
        &'a self,
        _client: &str,
        _user: Option<&'a str>,
        _filter: &'a str,
    ) -> Answer<'a, bool> {
        Box::pin(async { true })
    }
}

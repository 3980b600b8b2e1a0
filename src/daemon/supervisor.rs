//! What Home Assistant's Supervisor tells its apps: where the broker is, and as whom to
//! sign in; and whether the clock is set, which a container cannot see.
//!
//! <https://developers.home-assistant.io/docs/api/supervisor/endpoints/#services>

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::clock::Assurance;
use crate::plan::mqtt::{Server, Tls};

/// Where apps find it.
const ADDRESS: &str = "http://supervisor";

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long until it is asked again whether the clock is set.
const CLOCK_AGAIN: Duration = Duration::from_secs(60);

/// Longer answers are none, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The Supervisor that runs this as an app.
#[derive(Debug)]
pub struct Supervisor {
    /// Its name and port.
    address: String,
    token: SecretString,
}

impl Supervisor {
    /// The one of the environment: `SUPERVISOR_TOKEN`, and `SUPERVISOR_API` where it is not
    /// `http://supervisor`. None outside its apps.
    pub fn of(env: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let token = env("SUPERVISOR_TOKEN").filter(|token| !token.is_empty())?;
        let api = env("SUPERVISOR_API").unwrap_or_else(|| ADDRESS.to_owned());
        let place = api.trim_start_matches("http://").trim_end_matches('/');
        let port = if place.contains(':') { "" } else { ":80" };
        Some(Self { address: format!("{place}{port}"), token: token.into() })
    }

    /// Asks for the broker.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    pub async fn broker(&self) -> Result<Service, String> {
        self.ask("/services/mqtt").await.map_err(|why| {
            format!(
                "Home Assistant's Supervisor names no broker: {why}. Is the app “Mosquitto \
                 broker” installed and running?"
            )
        })
    }

    /// Asks until the clock of the machine is set, and says so.
    pub async fn watch_clock(self, assurance: Assurance) {
        loop {
            match self.ask("/host/info").await {
                Ok(Host { dt_synchronized: Some(true) }) => return assurance.give(),
                Ok(Host { .. }) => {}
                Err(why) => tracing::debug!("the Supervisor does not tell of the clock: {why}"),
            }
            tokio::time::sleep(CLOCK_AGAIN).await;
        }
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, String> {
        let told = tokio::time::timeout(PATIENCE, ask(&self.address, &self.token, path)).await;
        told.map_err(|_| "it does not answer".to_owned()).flatten()
    }
}

/// The broker as it is told.
#[derive(Debug, Deserialize)]
pub struct Service {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether it wants an encrypted connection.
    #[serde(default)]
    pub ssl: bool,
    /// As whom to sign in.
    pub username: Option<String>,
    /// With what.
    pub password: Option<SecretString>,
}

impl Service {
    /// As if the configuration named it.
    #[must_use]
    pub fn server(self) -> Server {
        Server {
            host: self.host,
            port: self.port,
            tls: self.ssl.then(Tls::default),
            username: self.username,
            password: self.password,
            client_id: None,
        }
    }
}

/// The machine it runs on.
#[derive(Deserialize)]
struct Host {
    dt_synchronized: Option<bool>,
}

#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

async fn ask<T: DeserializeOwned>(
    address: &str,
    token: &SecretString,
    path: &str,
) -> Result<T, String> {
    let mut stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let request = format!(
        "GET {path} HTTP/1.0\r\nHost: supervisor\r\nAuthorization: Bearer {}\r\n\
         Connection: close\r\n\r\n",
        token.expose_secret()
    );
    stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&answer);
    let (head, body) = text.split_once("\r\n\r\n").ok_or("its answer is none of HTTP")?;
    let status = head.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        return Err(format!("it answers “{status}”"));
    }
    let answer: Answer<T> =
        serde_json::from_str(body).map_err(|error| format!("its answer is odd: {error}"))?;
    Ok(answer.data)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    use super::*;

    async fn answered(answer: &'static str) -> (Result<Service, String>, String) {
        let (supervisor, request) = one(answer).await;
        let service = supervisor.broker().await;
        (service, request.await.expect("a supervisor"))
    }

    /// One that gives this answer, once, and what it was asked.
    async fn one(answer: &'static str) -> (Supervisor, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let request = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a guest");
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.expect("a request"));
            }
            stream.write_all(answer.as_bytes()).await.expect("answered");
            String::from_utf8(request).expect("text")
        });
        let env = |name: &str| match name {
            "SUPERVISOR_TOKEN" => Some("abc".to_owned()),
            "SUPERVISOR_API" => Some(format!("http://{address}/")),
            _ => None,
        };
        (Supervisor::of(env).expect("one"), request)
    }

    #[tokio::test]
    async fn the_supervisor_tells_that_the_clock_is_set() {
        let (supervisor, request) =
            one("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n\
             {\"result\":\"ok\",\"data\":{\"kernel\":\"6.12\",\"dt_synchronized\":true,\
             \"use_ntp\":true}}")
            .await;
        let assurance = Assurance::default();
        supervisor.watch_clock(assurance.clone()).await;
        assert!(assurance.given());
        let request = request.await.expect("a supervisor");
        assert!(request.starts_with("GET /host/info HTTP/1.0\r\n"), "{request}");
    }

    #[tokio::test]
    async fn the_supervisor_names_the_broker() {
        let (service, request) = answered(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n\
             {\"result\":\"ok\",\"data\":{\"host\":\"core-mosquitto\",\"port\":1883,\"ssl\":false,\
             \"username\":\"addons\",\"password\":\"secret\",\"protocol\":\"3.1.1\"}}",
        )
        .await;
        let service = service.expect("a broker");
        assert_eq!((service.host.as_str(), service.port), ("core-mosquitto", 1883));
        assert_eq!(service.password.expect("one").expose_secret(), "secret");
        assert!(request.starts_with("GET /services/mqtt HTTP/1.0\r\n"), "{request}");
        assert!(request.contains("\r\nAuthorization: Bearer abc\r\n"), "{request}");
    }

    #[test]
    fn it_is_where_apps_find_it() {
        let with = |token: &'static str| {
            Supervisor::of(move |name| (name == "SUPERVISOR_TOKEN").then(|| token.to_owned()))
        };
        assert_eq!(with("abc").expect("one").address, "supervisor:80");
        assert!(with("").is_none());
        assert!(!format!("{:?}", with("abc")).contains("abc"));
    }

    #[tokio::test]
    async fn where_there_is_none_it_says_why() {
        let (service, _) = answered("HTTP/1.1 400 Bad Request\r\n\r\n{}").await;
        let why = service.expect_err("none");
        assert!(why.contains("400 Bad Request") && why.contains("Mosquitto broker"), "{why}");
    }
}

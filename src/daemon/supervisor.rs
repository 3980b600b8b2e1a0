//! What Home Assistant's Supervisor tells its apps: where the broker is, and as whom to
//! sign in.
//!
//! <https://developers.home-assistant.io/docs/api/supervisor/endpoints/#services>

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Where apps find it.
pub const ADDRESS: &str = "supervisor:80";

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longer answers are none, in bytes.
const LONGEST: u64 = 64 * 1024;

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

#[derive(Deserialize)]
struct Answer {
    data: Service,
}

/// Asks for the broker, with the token of the environment's `SUPERVISOR_TOKEN`.
///
/// # Errors
/// A sentence that says why there is none.
pub async fn broker(address: &str, token: &SecretString) -> Result<Service, String> {
    let told = tokio::time::timeout(PATIENCE, ask(address, token)).await;
    let told = told.map_err(|_| "it does not answer".to_owned()).flatten();
    told.map_err(|why| {
        format!(
            "Home Assistant's Supervisor names no broker: {why}. Is the app “Mosquitto broker” \
             installed, and does this app say `services: [mqtt:need]`?"
        )
    })
}

async fn ask(address: &str, token: &SecretString) -> Result<Service, String> {
    let mut stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let request = format!(
        "GET /services/mqtt HTTP/1.0\r\nHost: supervisor\r\nAuthorization: Bearer {}\r\n\
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
    let answer: Answer =
        serde_json::from_str(body).map_err(|error| format!("its answer is odd: {error}"))?;
    Ok(answer.data)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn answered(answer: &'static str) -> (Result<Service, String>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let supervisor = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a guest");
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.expect("a request"));
            }
            stream.write_all(answer.as_bytes()).await.expect("answered");
            String::from_utf8(request).expect("text")
        });
        let service = broker(&address, &SecretString::from("abc")).await;
        (service, supervisor.await.expect("a supervisor"))
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

    #[tokio::test]
    async fn where_there_is_none_it_says_why() {
        let (service, _) = answered("HTTP/1.1 400 Bad Request\r\n\r\n{}").await;
        let why = service.expect_err("none");
        assert!(why.contains("400 Bad Request") && why.contains("Mosquitto broker"), "{why}");
    }
}

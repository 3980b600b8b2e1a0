//! A client of the broker that writes bare packets: as fast as the socket takes them, and
//! under any name.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A connection.
pub(crate) struct Raw(TcpStream);

impl Raw {
    /// Connects under a client id; the broker has let it in.
    pub(crate) async fn connect(port: u16, id: &str) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a broker");
        let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, 60];
        text(&mut body, id.as_bytes());
        stream.write_all(&packet(0x10, &body)).await.expect("sent");
        let mut answer = [0; 4];
        stream.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(answer, [0x20, 2, 0, 0], "let in");
        Self(stream)
    }

    /// Writes messages of quality 0, and waits until the broker has read them all.
    pub(crate) async fn publish(
        &mut self,
        messages: impl Iterator<Item = (String, String)>,
        retain: bool,
    ) {
        let mut bytes = Vec::new();
        for (topic, payload) in messages {
            let mut body = Vec::new();
            text(&mut body, topic.as_bytes());
            body.extend(payload.as_bytes());
            bytes.extend(packet(0x30 | u8::from(retain), &body));
            if bytes.len() > 64 * 1024 {
                self.0.write_all(&bytes).await.expect("sent");
                bytes.clear();
            }
        }
        bytes.extend([0xC0, 0]);
        self.0.write_all(&bytes).await.expect("sent");
        let mut answer = [0; 2];
        self.0.read_exact(&mut answer).await.expect("an answer");
    }

    /// A message of quality 1 with this number, perhaps marked as said before.
    pub(crate) async fn confirmed(&mut self, topic: &str, payload: &str, number: u8, again: bool) {
        let mut body = Vec::new();
        text(&mut body, topic.as_bytes());
        body.extend([0, number]);
        body.extend(payload.as_bytes());
        let kind = 0x32 | if again { 8 } else { 0 };
        self.0.write_all(&packet(kind, &body)).await.expect("sent");
        let mut answer = [0; 4];
        self.0.read_exact(&mut answer).await.expect("an answer");
    }

    /// Waits until the broker has thrown it out.
    pub(crate) async fn thrown_out(&mut self, patience: Duration) -> bool {
        let mut rest = Vec::new();
        timeout(patience, self.0.read_to_end(&mut rest)).await.is_ok()
    }
}

fn text(body: &mut Vec<u8>, text: &[u8]) {
    body.extend(u16::try_from(text.len()).expect("short").to_be_bytes());
    body.extend(text);
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    let mut left = body.len();
    loop {
        let seven = u8::try_from(left % 128).expect("small");
        left /= 128;
        bytes.push(if left > 0 { seven | 128 } else { seven });
        if left == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

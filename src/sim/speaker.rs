//! A speaker by the bed, and a person who answers what it says.

use serde_json::{Value, json};

use crate::model::{Span, Time};
use crate::wire::Message;

/// How long the person takes to fetch a glass and drink it.
const DRINKS_AFTER: Span = Span::minutes(4);
/// A glass, in millilitres.
const GLASS: i32 = 200;

/// Speaks uncramp's announcements, acknowledges them, and has a person who logs a glass
/// of water a few minutes after being asked to drink one.
#[derive(Debug, Clone)]
pub struct Speaker {
    topic: String,
    sleeper: String,
    spoken: Vec<String>,
    drinks_at: Option<Time>,
}

impl Speaker {
    /// The speaker of the bedroom at this topic (`uncramp/bedroom`), and the name of the
    /// person who logs.
    #[must_use]
    pub fn new(topic: &str, sleeper: &str) -> Self {
        let (topic, sleeper) = (topic.to_owned(), sleeper.to_owned());
        Self { topic, sleeper, spoken: Vec::new(), drinks_at: None }
    }

    /// What it has spoken so far, in order.
    #[must_use]
    pub fn spoken(&self) -> &[String] {
        &self.spoken
    }

    /// Takes an announcement for a sleeper and returns its acknowledgement.
    pub(super) fn hear(&mut self, now: Time, topic: &str, payload: &[u8]) -> Option<Message> {
        if topic.strip_prefix(&self.topic) != Some("/announce") {
            return None;
        }
        let said: Value = serde_json::from_slice(payload).ok()?;
        let text = said.get("text").and_then(Value::as_str)?;
        let id = said.get("id")?;
        if said.get("audience").and_then(Value::as_str) == Some("keeper") {
            return None;
        }
        self.spoken.push(text.to_owned());
        if text.contains("glass of water") {
            self.drinks_at = Some(now + DRINKS_AFTER);
        }
        Some(self.says("announce/ack", &json!({ "id": id, "outcome": "spoken" })))
    }

    /// Lets time pass up to `now` and returns what the person logs meanwhile.
    pub(super) fn pass(&mut self, now: Time) -> Option<Message> {
        self.drinks_at.take_if(|at| *at <= now)?;
        Some(self.says("drink/set", &json!({ "ml": GLASS, "sleeper": self.sleeper })))
    }

    fn says(&self, below: &str, payload: &Value) -> Message {
        Message {
            topic: format!("{}/{below}", self.topic),
            payload: payload.to_string().into_bytes(),
            retain: false,
            confirmed: true,
        }
    }
}

//! A make-believe bedroom on a real broker, and the hand that moves the clock of whoever
//! is rehearsed with it: the daemon in `uncramp demo`, `uncramp try` in its test.
//!
//! The devices have a connection of their own. Time goes on in small steps, each only
//! once everything said in the one before has arrived, been answered and been carried
//! out: what happens is the same on any machine at any speed.

use std::time::Duration;

use super::broker::{self, Subscription};
use super::clock::Hand;
use super::line::{Line, Note};
use crate::model::{Span, Time};
use crate::sim;
use crate::wire::Message;

/// How finely time passes: as in the make-believe bedroom itself.
const STEP: Span = Span::seconds(10);

/// How long an answer through the broker may take before the rehearsal is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everything an uncramp says below these topics is waited for; its status is not, since
/// the connection says it by itself.
const HEARD: [&str; 5] = ["+/state", "+/action", "+/event", "+/announce", "instance"];

/// Why a rehearsal cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// Whoever was rehearsed has ended.
    #[error("it has ended")]
    Ended,
    /// The connection of the make-believe devices.
    #[error("the make-believe devices lost the broker: {0}")]
    Broker(String),
    /// An answer that never came.
    #[error("no answer came through the broker within {} s", PATIENCE.as_secs())]
    Silence,
}

/// Where the rehearsal takes place.
#[derive(Debug)]
pub struct Scene {
    /// The broker's port on this machine.
    pub port: u16,
    /// The base topic of the uncramp that is rehearsed.
    pub base_topic: String,
    /// The topics it listens to; `None` is every topic the devices speak on.
    pub listens: Option<Vec<String>>,
}

/// A bedroom among its devices' connection and a clock's hand.
#[derive(Debug)]
pub struct Rehearsal {
    room: sim::Bedroom,
    hand: Hand,
    line: Line,
    scene: Scene,
    /// Messages that the other side will receive, of those said so far.
    said: u64,
    /// Messages of the other side that have arrived.
    arrived: u64,
}

impl Rehearsal {
    /// Connects the devices. The other side may be started once this has returned.
    ///
    /// # Errors
    /// If the broker cannot be reached.
    pub async fn join(scene: Scene, room: sim::Bedroom, hand: Hand) -> Result<Self, Broken> {
        let line = Line::open(settings(&scene), subscription(&scene)).await;
        let line = line.map_err(Broken::Broker)?;
        let mut it = Self { room, hand, line, scene, said: 0, arrived: 0 };
        match it.note().await? {
            Note::Ready | Note::Acknowledged(_) => Ok(it),
            Note::Message(_) => Err(Broken::Broker("somebody already speaks there".to_owned())),
            Note::Broken(why) | Note::Refused(why) => Err(Broken::Broker(why)),
            Note::Closed => Err(gone()),
        }
    }

    /// The bedroom.
    #[must_use]
    pub fn room(&self) -> &sim::Bedroom {
        &self.room
    }

    /// The bedroom, to trouble one of its devices.
    pub fn room_mut(&mut self) -> &mut sim::Bedroom {
        &mut self.room
    }

    /// Waits until the other side listens, then lets the devices answer what it says
    /// first. Returns what went over the wire, in order.
    ///
    /// # Errors
    /// If it never does.
    pub async fn begin(&mut self) -> Result<Vec<Message>, Broken> {
        let linked = self.hand.until(|progress| progress.linked);
        let linked = tokio::time::timeout(PATIENCE, linked).await;
        linked.map_err(|_| Broken::Silence)?.ok_or(Broken::Ended)?;
        self.settle().await
    }

    /// Lets one step of time pass, but no more than up to `to`, nor past what the other
    /// side wants to do before. Returns what went over the wire, in order.
    ///
    /// # Errors
    /// If the other side, the broker or an answer is missing.
    pub async fn step(&mut self, to: Time) -> Result<Vec<Message>, Broken> {
        let now = self.room.now();
        let mut next = (now + STEP).min(to);
        if let Some(wake) = self.hand.progress().wake.filter(|wake| *wake > now) {
            next = next.min(wake);
        }
        self.hand.set(next);
        self.settle().await
    }

    /// Once the other side has been asked to stop: carries out what it says last, until
    /// its status says that it is gone. Returns what went over the wire, in order.
    ///
    /// # Errors
    /// If it goes without a word.
    pub async fn farewell(&mut self) -> Result<Vec<Message>, Broken> {
        let status = format!("{}/status", self.scene.base_topic);
        let mut wire = Vec::new();
        loop {
            match self.note().await? {
                Note::Message(message) if message.topic == status => {
                    if message.payload == b"offline" {
                        wire.extend(self.room.advance(self.room.now()));
                        return Ok(wire);
                    }
                }
                Note::Message(message) => {
                    self.room.command(&message.topic, &message.payload);
                    wire.push(message);
                }
                Note::Broken(why) | Note::Refused(why) => return Err(Broken::Broker(why)),
                Note::Closed => return Err(gone()),
                Note::Ready | Note::Acknowledged(_) => {}
            }
        }
    }

    /// Brings devices and the other side to rest at the clock's time.
    async fn settle(&mut self) -> Result<Vec<Message>, Broken> {
        let mut wire = Vec::new();
        loop {
            let said = self.room.advance(self.hand.now());
            let quiet = said.is_empty();
            self.say(&said);
            wire.extend(said);
            let rest = tokio::time::timeout(PATIENCE, self.hand.quiet(self.said)).await;
            let progress = rest.map_err(|_| Broken::Silence)?.ok_or(Broken::Ended)?;
            let told = self.arrived;
            while self.arrived < progress.sent {
                if let Some(message) = self.heard().await? {
                    self.room.command(&message.topic, &message.payload);
                    wire.push(message);
                }
            }
            if quiet && told == self.arrived {
                return Ok(wire);
            }
        }
    }

    fn say(&mut self, said: &[Message]) {
        let listened = |message: &&Message| {
            self.scene.listens.as_ref().is_none_or(|topics| topics.contains(&message.topic))
        };
        self.said += said.iter().filter(listened).count() as u64;
        for message in said {
            self.line.say(message.clone());
        }
    }

    /// The next message of the other side; `None` for one that does not count.
    async fn heard(&mut self) -> Result<Option<Message>, Broken> {
        match self.note().await? {
            Note::Ready | Note::Acknowledged(_) => Ok(None),
            Note::Closed => Err(gone()),
            Note::Message(message) => {
                if message.topic == format!("{}/status", self.scene.base_topic) {
                    return Ok(None);
                }
                self.arrived += 1;
                Ok(Some(message))
            }
            Note::Broken(why) | Note::Refused(why) => Err(Broken::Broker(why)),
        }
    }

    async fn note(&mut self) -> Result<Note, Broken> {
        let note = tokio::time::timeout(PATIENCE, self.line.next()).await;
        note.map_err(|_| Broken::Silence)?.ok_or_else(gone)
    }
}

fn gone() -> Broken {
    Broken::Broker("the connection has ended".to_owned())
}

fn subscription(scene: &Scene) -> Subscription {
    let own = HEARD.iter().chain(&["status"]).map(|topic| format!("{}/{topic}", scene.base_topic));
    let devices = ["+/set", "+/get"].map(|verb| format!("{}/{verb}", sim::BASE));
    let others = ["hermes/tts/say".to_owned(), "homeassistant/#".to_owned()];
    let topics = own.chain(devices).chain(others).map(|topic| (topic, false)).collect();
    Subscription { name: "the make-believe devices".to_owned(), topics }
}

fn settings(scene: &Scene) -> broker::Settings {
    let status = |word: &str| Message {
        topic: "make-believe/status".to_owned(),
        payload: word.as_bytes().to_vec(),
        retain: true,
        confirmed: true,
    };
    broker::Settings {
        host: "127.0.0.1".to_owned(),
        port: scene.port,
        tls: None,
        username: None,
        password: None,
        client_id: "make-believe-bedroom".to_owned(),
        keep_alive: Duration::from_secs(60),
        birth: status("online"),
        will: status("offline"),
    }
}

//! The connection to the broker. The one file that owns rumqttc; its types leak nowhere.
//!
//! [`Broker::next`] is polled by the run loop and kept across everything else that
//! happens: a connection attempt that is dropped starts anew. While it is kept,
//! messages go through the [`Outlet`]; once it has returned, [`Broker::publish`] puts
//! what it is given into one write: of a decision the commands, then what is said of them.
//!
//! rumqttc's own memory is not used: after a broken connection its queues are emptied,
//! and what has to be said again is known by the [`Outbox`](super::outbox::Outbox).

mod fault;
mod keeping;
mod options;
mod outlet;
mod pulse;
mod subscriptions;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, MqttState, NetworkOptions, Outgoing, Packet,
    Publish, QoS, Request, StateError,
};
use secrecy::SecretString;

use super::outbox::{MOST_HANDED, Token};
use super::tls::Tls;
use crate::wire::{self, Message};
use fault::Retry;
use keeping::{Keeping, Learned};
pub use outlet::Outlet;
pub use pulse::Pulse;
pub use subscriptions::Subscription;
use subscriptions::{Step, Subscriptions};

/// Packets above this make rumqttc drop the connection, in bytes.
const MOST_PACKET: usize = 16 * 1024 * 1024;

/// How long a socket may take to be opened or to take a write, in seconds.
const NETWORK_TIMEOUT: u64 = 5;

/// The highest packet number; more than are ever on their way, see the outbox.
const INFLIGHT: u16 = 200;

/// How many topics with too long payloads are named in the log.
const MOST_NAMED: usize = 100;

/// How to reach the broker, and as whom.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Encryption, if any.
    pub tls: Option<Tls>,
    /// The user's name.
    pub username: Option<String>,
    /// The user's password.
    pub password: Option<SecretString>,
    /// The name of this connection, unique on the broker.
    pub client_id: String,
    /// How often the connection is tried; a dead one is known after twice that.
    pub keep_alive: Duration,
    /// Published when the connection stands.
    pub birth: Message,
    /// Published by the broker when the connection breaks, and by us when we stop.
    pub will: Message,
}

/// What the broker said, or what became of the connection.
#[derive(Debug)]
pub enum Input {
    /// The connection stands and the birth message is out.
    Connected,
    /// All subscriptions were answered.
    Subscribed {
        /// The topics that the broker refused.
        refused: Vec<String>,
    },
    /// A message.
    Message(Arrived),
    /// A message of ours went into the socket.
    Written(Token),
    /// A confirmed message of ours was acknowledged.
    Acknowledged(Token),
    /// The broker has everything written up to this message.
    Arrived(Token),
    /// The connection broke; why, and what can be done.
    Lost(String),
    /// An attempt to connect failed; why, and what can be done.
    Unreachable(String),
    /// The broker is there and refuses our user name and password; what can be done.
    Refused(String),
    /// The connection was closed as asked.
    Closed,
}

/// A message as it came.
pub struct Arrived(Publish);

impl Arrived {
    /// The topic.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.0.topic
    }

    /// The bytes.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.0.payload
    }

    /// Whether the broker kept it from earlier.
    #[must_use]
    pub fn retained(&self) -> bool {
        self.0.retain
    }
}

impl fmt::Debug for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Arrived({}, {} bytes)", self.topic(), self.payload().len())
    }
}

/// The receiving end of the connection.
pub struct Broker {
    event_loop: EventLoop,
    /// Kept, since rumqttc stops when the last client is dropped.
    client: AsyncClient,
    queued: mpsc::Receiver<Token>,
    wishes: mpsc::Receiver<Vec<Subscription>>,
    up: Arc<AtomicBool>,
    /// Messages in the order of writing; `None` is one of our own.
    writing: VecDeque<Option<Token>>,
    /// How many of `writing` went through the client's queue.
    through_queue: usize,
    unacknowledged: Vec<(u16, Token)>,
    last_written: Option<Token>,
    pinged: Option<Token>,
    subscriptions: Subscriptions,
    ready: VecDeque<Input>,
    retry: Retry,
    keeping: Keeping,
    learned: Learned,
    wait: Option<Duration>,
    birth: Message,
    too_long: Vec<String>,
    pulse: Pulse,
}

/// Makes the two ends of a connection; it is opened by the first [`Broker::next`].
///
/// # Errors
/// A sentence that says which setting is wrong.
pub fn open(settings: Settings) -> Result<(Broker, Outlet), String> {
    let retry = Retry::new(&settings);
    let birth = settings.birth.clone();
    let options = options::options(settings)?;
    let (client, mut event_loop) = AsyncClient::new(options, 2 * MOST_HANDED);
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    network.set_connection_timeout(NETWORK_TIMEOUT);
    event_loop.set_network_options(network);
    let (queue, queued) = mpsc::channel();
    let (wish, wishes) = mpsc::channel();
    let up = Arc::new(AtomicBool::new(false));
    let (learned, keeping) = Learned::new();
    let pulse = Pulse::default();
    pulse.beat(Duration::ZERO);
    let outlet = Outlet {
        client: client.clone(),
        queue,
        wishes: wish,
        up: Arc::clone(&up),
        keeping: keeping.clone(),
    };
    let broker = Broker {
        event_loop,
        client,
        queued,
        wishes,
        up,
        writing: VecDeque::new(),
        through_queue: 0,
        unacknowledged: Vec::new(),
        last_written: None,
        pinged: None,
        subscriptions: Subscriptions::default(),
        ready: VecDeque::new(),
        retry,
        keeping,
        learned,
        wait: None,
        birth,
        too_long: Vec::new(),
        pulse,
    };
    Ok((broker, outlet))
}

/// Whether a message of ours can be sent at all.
#[must_use]
pub fn sendable(message: &Message) -> bool {
    !message.topic.is_empty()
        && rumqttc::valid_topic(&message.topic)
        && message.topic.len() + message.payload.len() <= MOST_PACKET / 2
}

impl Broker {
    /// Sets what is listened to, a bedroom at a time; at once if the connection stands.
    pub async fn subscribe(&mut self, wanted: Vec<Subscription>) {
        let steps = self.subscriptions.replace(wanted, self.up.load(Ordering::Relaxed));
        self.take_steps(steps).await;
    }

    /// The next thing the run loop must know of. The future is to be kept until it is
    /// done: a connection attempt that is dropped starts anew.
    pub async fn next(&mut self) -> Input {
        loop {
            if let Some(input) = self.ready.pop_front() {
                return input;
            }
            if let Some(wait) = self.wait {
                self.pulse.beat(wait);
                tokio::time::sleep(wait).await;
                self.wait = None;
            }
            let polled = self.event_loop.poll().await;
            self.pulse.beat(Duration::ZERO);
            match polled {
                Ok(Event::Incoming(packet)) => self.incoming(packet).await,
                Ok(Event::Outgoing(Outgoing::Unsubscribe(_))) => self.follow_wishes().await,
                Ok(Event::Outgoing(outgoing)) => self.outgoing(&outgoing),
                Err(error) => self.failed(&error),
            }
        }
    }

    /// Sends messages in one write, in order; to be called while no [`Broker::next`] is
    /// kept. What cannot be sent is answered by [`Input::Lost`].
    pub async fn publish(&mut self, batch: Vec<(Token, Message)>) {
        if batch.is_empty() || !self.up.load(Ordering::Relaxed) {
            return;
        }
        self.count_queue();
        if self.through_queue > 0 || self.event_loop.state.collision.is_some() {
            for (token, message) in batch {
                self.writing.push_back(Some(token));
                self.through_queue += 1;
                if self.client.try_publish_message(self.keeping.fit(message)).is_err() {
                    self.writing.pop_back();
                    self.through_queue -= 1;
                }
            }
            return;
        }
        let mut requests = Vec::with_capacity(batch.len());
        for (token, message) in batch {
            self.writing.push_back(Some(token));
            requests.push(Request::Publish(publish(self.keeping.fit(message))));
        }
        self.write(requests).await;
    }

    /// Takes note of what the outlet put into the client's queue.
    fn count_queue(&mut self) {
        while let Ok(token) = self.queued.try_recv() {
            self.writing.push_back(Some(token));
            self.through_queue += 1;
        }
    }

    /// Listens to what the outlet asked for last.
    async fn follow_wishes(&mut self) {
        if let Some(wanted) = self.wishes.try_iter().last() {
            self.subscribe(wanted).await;
        }
    }

    async fn write(&mut self, requests: Vec<Request>) {
        if let Err(error) = self.try_write(requests).await {
            self.failed(&error);
        }
    }

    async fn try_write(&mut self, requests: Vec<Request>) -> Result<(), ConnectionError> {
        let EventLoop { state, network, .. } = &mut self.event_loop;
        let Some(network) = network.as_mut() else { return Ok(()) };
        let writing = async {
            for request in requests {
                if let Some(packet) = state.handle_outgoing_packet(request)? {
                    if let Packet::Subscribe(subscribe) = &packet {
                        self.subscriptions.numbered(subscribe.pkid);
                    }
                    network.write(packet).await?;
                }
            }
            network.flush().await
        };
        match tokio::time::timeout(Duration::from_secs(NETWORK_TIMEOUT), writing).await {
            Ok(written) => Ok(written?),
            Err(_) => Err(ConnectionError::FlushTimeout),
        }
    }

    async fn incoming(&mut self, packet: Packet) {
        match packet {
            Packet::ConnAck(_) => self.connected().await,
            Packet::Publish(publish) => self.message(publish),
            Packet::PubAck(ack) => {
                let place = self.unacknowledged.iter().position(|(pkid, _)| *pkid == ack.pkid);
                if let Some(place) = place {
                    let (_, token) = self.unacknowledged.remove(place);
                    self.ready.push_back(Input::Acknowledged(token));
                }
            }
            Packet::PingResp => {
                if let Some(token) = self.pinged.take() {
                    self.ready.push_back(Input::Arrived(token));
                }
            }
            Packet::SubAck(ack) => {
                let steps = self.subscriptions.answered(ack.pkid, &ack.return_codes);
                self.take_steps(steps).await;
            }
            Packet::UnsubAck(_) => {
                let steps = self.subscriptions.passed();
                self.take_steps(steps).await;
            }
            Packet::Connect(_)
            | Packet::PubRec(_)
            | Packet::PubRel(_)
            | Packet::PubComp(_)
            | Packet::Subscribe(_)
            | Packet::Unsubscribe(_)
            | Packet::PingReq
            | Packet::Disconnect => {}
        }
    }

    async fn connected(&mut self) {
        self.up.store(true, Ordering::Relaxed);
        self.retry.connected();
        self.learned.connected();
        self.ready.push_back(Input::Connected);
        self.writing.push_back(None);
        let birth = self.keeping.fit(self.birth.clone());
        self.write(vec![Request::Publish(publish(birth))]).await;
        if let Some(wanted) = self.wishes.try_iter().last() {
            self.subscriptions.replace(wanted, false);
        }
        let steps = self.subscriptions.connected();
        self.take_steps(steps).await;
    }

    async fn take_steps(&mut self, steps: Vec<Step>) {
        let mut requests = Vec::new();
        for step in steps {
            match step {
                Step::Subscribe(subscribe) => requests.push(Request::Subscribe(subscribe)),
                Step::Unsubscribe(unsubscribe) => requests.push(Request::Unsubscribe(unsubscribe)),
                Step::Done(refused) => self.ready.push_back(Input::Subscribed { refused }),
            }
        }
        if !requests.is_empty() {
            self.write(requests).await;
        }
    }

    /// Too long payloads are named here once a topic; decoding drops and counts them.
    fn message(&mut self, publish: Publish) {
        let (topic, size) = (&publish.topic, publish.payload.len());
        if size > wire::LONGEST
            && !wire::zigbee2mqtt::is_list(topic)
            && self.too_long.len() < MOST_NAMED
            && !self.too_long.contains(topic)
        {
            tracing::warn!(
                "{topic} carries {size} bytes, more than the {} that are read: dropped, and from \
                 now on without a word",
                wire::LONGEST
            );
            self.too_long.push(topic.clone());
        }
        self.ready.push_back(Input::Message(Arrived(publish)));
    }

    fn outgoing(&mut self, outgoing: &Outgoing) {
        match outgoing {
            Outgoing::Publish(pkid) => {
                self.count_queue();
                let written = self.writing.pop_front().flatten();
                self.through_queue = self.through_queue.min(self.writing.len());
                let Some(token) = written else { return };
                self.last_written = Some(token);
                if *pkid != 0 {
                    self.unacknowledged.push((*pkid, token));
                }
                self.ready.push_back(Input::Written(token));
            }
            Outgoing::PingReq => self.pinged = self.last_written,
            Outgoing::Disconnect => {
                self.up.store(false, Ordering::Relaxed);
                self.ready.push_back(Input::Closed);
            }
            Outgoing::Subscribe(_)
            | Outgoing::Unsubscribe(_)
            | Outgoing::PubAck(_)
            | Outgoing::PubRec(_)
            | Outgoing::PubRel(_)
            | Outgoing::PubComp(_)
            | Outgoing::PingResp
            | Outgoing::AwaitAck(_) => {}
        }
    }

    /// The connection or the attempt failed: rumqttc's queues are emptied, messages that
    /// had already come are kept, and the next attempt waits.
    fn failed(&mut self, error: &ConnectionError) {
        self.event_loop.clean();
        self.event_loop.pending.clear();
        let events = std::mem::take(&mut self.event_loop.state.events);
        self.event_loop.state = MqttState::new(INFLIGHT, false);
        for event in events {
            if let Event::Incoming(Packet::Publish(publish)) = event {
                self.message(publish);
            }
        }
        self.count_queue();
        self.writing.clear();
        self.through_queue = 0;
        self.unacknowledged.clear();
        self.last_written = None;
        self.pinged = None;
        let was_up = self.up.swap(false, Ordering::Relaxed);
        let options = &mut self.event_loop.mqtt_options;
        if was_up {
            self.learned.lost(options);
        } else if fault::closed_unanswered(error) {
            self.learned.unanswered(options);
        }
        let suspect = self.subscriptions.lost(too_large(error).is_some());
        let (text, wait) = self.retry.failed(error, was_up, suspect.as_deref());
        self.wait = Some(wait);
        self.ready.push_back(match was_up {
            true => Input::Lost(text),
            false if fault::wrong_login(error) => Input::Refused(text),
            false => Input::Unreachable(text),
        });
    }
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broker").finish_non_exhaustive()
    }
}

trait PublishMessage {
    fn try_publish_message(&self, message: Message) -> Result<(), rumqttc::ClientError>;
}

impl PublishMessage for AsyncClient {
    fn try_publish_message(&self, message: Message) -> Result<(), rumqttc::ClientError> {
        self.try_publish(message.topic, qos(message.confirmed), message.retain, message.payload)
    }
}

fn publish(message: Message) -> Publish {
    let mut publish = Publish::new(message.topic, qos(message.confirmed), message.payload);
    publish.retain = message.retain;
    publish
}

const fn qos(confirmed: bool) -> QoS {
    if confirmed { QoS::AtLeastOnce } else { QoS::AtMostOnce }
}

/// The size of a packet that rumqttc refused to read.
fn too_large(error: &ConnectionError) -> Option<usize> {
    if let ConnectionError::MqttState(StateError::Deserialization(
        rumqttc::Error::PayloadSizeLimitExceeded(size),
    )) = error
    {
        return Some(*size);
    }
    None
}

//! The bench on which one actuator is tried: its connection, its clock, its answers.

use std::collections::VecDeque;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};

use crate::daemon::broker::{self, Subscription};
use crate::daemon::clock::{Clock, Progress};
use crate::daemon::line::{Line, Note};
use crate::daemon::tls::Tls;
use crate::model::{BedroomId, Echo, Heard, Item, Span, Switch, Time};
use crate::plan::{Mode, Plan};
use crate::surface;
use crate::wire::zigbee2mqtt::{Names, list_of};
use crate::wire::{self, Decoded, Device, Message, Topics};

use super::Target;
use super::guard::Guard;

/// Where we say that we are there, which nobody needs to know.
const OWN_TOPIC: &str = "uncramp-try/status";

/// How long a running uncramp may take to hold still.
const STILL_AFTER: Span = Span::seconds(3);

/// How long the broker may take to confirm what is said to a running uncramp.
const CONFIRMED_WITHIN: Span = Span::seconds(10);

/// Where Rhasspy and its heirs say that they have spoken.
const HERMES_FINISHED: &str = "hermes/tts/sayFinished";

/// What happened on the bench.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Seen {
    /// The actuator reports.
    Echo(Echo),
    /// An announcement was spoken, or could not be.
    Spoken {
        /// Which.
        id: u64,
        /// It was.
        well: bool,
    },
    /// A running uncramp switched it meanwhile.
    Meddled,
}

/// A bench, set up.
pub(super) struct Bench<'a> {
    plan: &'a Plan,
    target: Target,
    line: Line,
    clock: Clock,
    topics: Topics,
    names: Names,
    /// Messages of the actuator or the speaker so far, and messages to them.
    received: u64,
    sent: u64,
    linked: bool,
    /// A running uncramp says that it is there.
    pub(super) running: bool,
    /// What it may do in the bedroom, as it shows it.
    mode: Option<Mode>,
    /// What it might do before it was asked to hold still.
    before: Option<Mode>,
    acknowledged: u64,
    unconfirmed: bool,
    seen: VecDeque<Seen>,
    /// What makes the actuator as it was, while it is not.
    undo: Option<Switch>,
    settings: broker::Settings,
    /// If we are killed, the broker gives the bedroom back, and the actuator.
    guards: Guards,
}

#[derive(Default)]
struct Guards {
    mode: Option<Guard>,
    actuator: Option<Guard>,
}

impl<'a> Bench<'a> {
    /// Connects, and finds out whether an uncramp is running.
    ///
    /// # Errors
    /// If the broker cannot be reached.
    pub(super) async fn new(
        plan: &'a Plan,
        target: Target,
        settings: broker::Settings,
        clock: Clock,
    ) -> Result<Self, String> {
        let line =
            Line::open(settings.clone(), subscription(plan, target, &Names::default())).await?;
        let mut bench = Self {
            plan,
            target,
            line,
            clock,
            topics: plan.topics(),
            names: Names::default(),
            received: 0,
            sent: 0,
            linked: false,
            running: false,
            mode: None,
            before: None,
            acknowledged: 0,
            unconfirmed: false,
            seen: VecDeque::new(),
            undo: None,
            settings,
            guards: Guards::default(),
        };
        while !bench.linked {
            let note = bench.line.next().await;
            bench.read(note)?;
        }
        // Behind this comes what the broker keeps: whether an uncramp runs, and its mode.
        bench.through(OWN_TOPIC.to_owned(), b"listening".to_vec()).await?;
        Ok(bench)
    }

    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    pub(super) fn device(&self) -> Option<&'a Device> {
        let actuator = self.target.actuator?;
        let bedroom = self.plan.bedrooms.get(usize::try_from(self.target.bedroom.0).ok()?)?;
        Some(&bedroom.actuators.get(usize::from(actuator.0))?.device)
    }

    /// Tells the actuator something.
    pub(super) fn tell(&mut self, switch: Switch) {
        let Some(device) = self.device() else { return };
        for message in wire::encode(device, &switch) {
            self.sent += 1;
            self.line.say(message);
        }
    }

    /// Asks it for its state, where it takes questions.
    pub(super) fn ask(&mut self) {
        if let Some(question) = self.device().and_then(wire::query) {
            self.sent += 1;
            self.line.say(question);
        }
    }

    /// Says something that is not for the actuator.
    pub(super) fn say(&mut self, message: Message) {
        self.sent += 1;
        self.line.say(message);
    }

    /// The next thing that happens until then; `None` once it is then.
    ///
    /// # Errors
    /// If the connection breaks: what was seen so far proves nothing any more.
    pub(super) async fn next(&mut self, until: Time) -> Result<Option<Seen>, String> {
        loop {
            if let Some(seen) = self.seen.pop_front() {
                return Ok(Some(seen));
            }
            if self.clock.now() >= until {
                return Ok(None);
            }
            self.wait(until).await?;
        }
    }

    /// Waits for an echo of this kind; `None` if there is none until then.
    ///
    /// # Errors
    /// If the connection breaks.
    pub(super) async fn echo(
        &mut self,
        until: Time,
        wanted: impl Fn(Echo) -> bool,
    ) -> Result<Option<Echo>, String> {
        while let Some(seen) = self.next(until).await? {
            if let Seen::Echo(echo) = seen
                && wanted(echo)
            {
                return Ok(Some(echo));
            }
        }
        Ok(None)
    }

    /// Asks a running uncramp to leave the bedroom alone, so that what happens is the
    /// device's doing.
    ///
    /// # Errors
    /// If the connection breaks.
    pub(super) async fn hold_still(&mut self) -> Result<(), String> {
        if self.running {
            self.before = self.mode;
            let topic = surface::topic(self.plan, self.target.bedroom, "mode/set");
            let payload = mode_word(self.mode_before()).as_bytes().to_vec();
            let given_back = Message { topic, payload, retain: false, confirmed: true };
            self.guards.mode = Some(Guard::set(&self.settings, given_back).await?);
            self.confirmed("mode/set", mode_word(Mode::Off)).await?;
            let until = self.now() + STILL_AFTER;
            while self.next(until).await?.is_some() {}
        }
        Ok(())
    }

    /// Gives the bedroom back to a running uncramp.
    ///
    /// # Errors
    /// If the connection breaks.
    pub(super) async fn let_go(&mut self) -> Result<(), String> {
        if self.running {
            if self.target.actuator.is_some() {
                // It took what it saw for a person's doing.
                let wish = json!({ "actuator": self.target.name(self.plan), "want": "auto" });
                self.confirmed("override/set", &wish.to_string()).await?;
            }
            self.confirmed("mode/set", mode_word(self.mode_before())).await?;
            if let Some(guard) = self.guards.mode.take() {
                guard.lift().await;
            }
        }
        Ok(())
    }

    /// What a running uncramp might do in the bedroom, as it shows it, or as it is planned.
    fn mode_before(&self) -> Mode {
        let place = usize::try_from(self.target.bedroom.0).unwrap_or(usize::MAX);
        let planned = self.plan.bedrooms.get(place).map(|bedroom| bedroom.mode);
        self.before.or(planned).unwrap_or_default()
    }

    /// Before the actuator is changed: what makes it as it was, also if we are killed.
    ///
    /// # Errors
    /// If the broker cannot be reached.
    pub(super) async fn will_undo(&mut self, undo: Switch) -> Result<(), String> {
        let will = self.device().and_then(|device| wire::encode(device, &undo).into_iter().next());
        if let Some(will) = will {
            self.guards.actuator = Some(Guard::set(&self.settings, will).await?);
        }
        self.undo = Some(undo);
        Ok(())
    }

    /// What makes the actuator as it was, while it is not.
    pub(super) const fn undo(&self) -> Option<Switch> {
        self.undo
    }

    /// The actuator is as it was.
    pub(super) async fn undone(&mut self) {
        self.undo = None;
        if let Some(guard) = self.guards.actuator.take() {
            guard.lift().await;
        }
    }

    /// Says something to a running uncramp, and waits until the broker has it.
    ///
    /// # Errors
    /// If the connection breaks, or the broker does not answer.
    pub(super) async fn confirmed(&mut self, what: &str, payload: &str) -> Result<(), String> {
        let topic = surface::topic(self.plan, self.target.bedroom, what);
        self.through(topic, payload.as_bytes().to_vec()).await
    }

    /// Says something, and waits until the broker has it: it then has worked off all
    /// that was asked before, too.
    async fn through(&mut self, topic: String, payload: Vec<u8>) -> Result<(), String> {
        let token = self.line.say(Message { topic, payload, retain: false, confirmed: true });
        self.unconfirmed = true;
        let until = self.now() + CONFIRMED_WITHIN;
        while self.acknowledged < token {
            if self.clock.now() >= until {
                return Err("the broker does not confirm what is said".to_owned());
            }
            self.wait(until).await?;
        }
        self.unconfirmed = false;
        Ok(())
    }

    /// Closes the connection after everything that was said, and gives the clock back.
    /// What could not be given back or undone is left to the broker.
    pub(super) async fn close(self) -> Clock {
        self.line.close().await;
        self.clock
    }

    /// Waits for the next note, or until the clock has moved.
    async fn wait(&mut self, until: Time) -> Result<(), String> {
        self.report(until);
        let note = tokio::select! {
            biased;
            note = self.line.next() => note,
            () = self.clock.sleep_until(Some(until)) => return Ok(()),
        };
        self.read(note)
    }

    fn read(&mut self, note: Option<Note>) -> Result<(), String> {
        match note {
            Some(Note::Ready) => self.linked = true,
            Some(Note::Acknowledged(token)) => self.acknowledged = self.acknowledged.max(token),
            Some(Note::Message(message)) => {
                let seen = self.message(&message);
                self.seen.extend(seen);
            }
            Some(Note::Broken(why) | Note::Refused(why)) => return Err(why),
            None | Some(Note::Closed) => return Err("the connection has ended".to_owned()),
        }
        Ok(())
    }

    fn message(&mut self, message: &Message) -> Vec<Seen> {
        if let Some(list) = self.names.hear(&message.topic, &message.payload) {
            if list == Ok(true) {
                self.topics = self.plan.topics_by(&self.names);
                self.line.listen(vec![subscription(self.plan, self.target, &self.names)]);
            }
            return Vec::new();
        }
        let decoded = self.topics.decode(&message.topic, &message.payload, message.retain);
        match decoded {
            Decoded::Heard(heard) => {
                self.received += 1;
                let ours = heard.into_iter().find(|(bedroom, _)| *bedroom == self.target.bedroom);
                ours.map(|(_, heard)| self.echoes(&heard)).unwrap_or_default()
            }
            Decoded::NotOurs => self.words(message).into_iter().collect(),
        }
    }

    /// What a running uncramp and speakers say.
    fn words(&mut self, message: &Message) -> Option<Seen> {
        let own = |what| surface::topic(self.plan, self.target.bedroom, what);
        if message.topic == format!("{}/status", self.plan.base_topic) {
            self.running = message.payload == b"online";
            return None;
        }
        let said: Value = serde_json::from_slice(&message.payload).ok()?;
        if message.topic == own("state") {
            self.mode = serde_json::from_value(said.get("mode")?.clone()).ok();
            return None;
        }
        if message.topic == own("action") {
            let name = self.target.name(self.plan);
            let meddled = said.get("actuator").and_then(Value::as_str) == Some(name);
            return meddled.then_some(Seen::Meddled);
        }
        let id = said.get("id")?;
        let id = id.as_u64().or_else(|| id.as_str()?.rsplit('/').next()?.parse().ok())?;
        let outcome = said.get("outcome").and_then(Value::as_str);
        let well = message.topic == HERMES_FINISHED || outcome.is_some_and(|it| it != "failed");
        self.received += 1;
        Some(Seen::Spoken { id, well })
    }

    /// The actuator's echoes in a message; a retained one tells of earlier times.
    fn echoes(&self, heard: &Heard) -> Vec<Seen> {
        let echo = |item: &Item| match item {
            Item::Echo { actuator, echo } if Some(*actuator) == self.target.actuator => {
                Some(Seen::Echo(*echo))
            }
            Item::Echo { .. }
            | Item::Reading { .. }
            | Item::Garbled { .. }
            | Item::SensorOnline { .. }
            | Item::ActuatorOnline { .. }
            | Item::SensorBattery { .. }
            | Item::ActuatorBattery { .. }
            | Item::Courier { .. }
            | Item::Repeats => None,
        };
        if heard.retained { Vec::new() } else { heard.items.iter().filter_map(echo).collect() }
    }

    /// For whoever steps the clock.
    fn report(&self, wake: Time) {
        self.clock.report(Progress {
            at: self.clock.now(),
            received: self.received,
            sent: self.sent,
            unsent: usize::from(self.unconfirmed),
            linked: self.linked,
            wake: Some(wake),
        });
    }
}

fn subscription(plan: &Plan, target: Target, names: &Names) -> Subscription {
    let own = |what| surface::topic(plan, target.bedroom, what);
    let mut topics: Vec<(String, bool)> = vec![
        (format!("{}/status", plan.base_topic), true),
        (own("state"), false),
        (own("action"), true),
        (own("announce/ack"), true),
        (HERMES_FINISHED.to_owned(), true),
    ];
    if target.actuator.is_some() {
        topics.extend(device_topics(plan, target, names).into_iter().map(|topic| (topic, false)));
    }
    Subscription { name: target.name(plan).to_owned(), topics }
}

/// The topics on which the actuator speaks, and the list that says what it is called.
fn device_topics(plan: &Plan, target: Target, names: &Names) -> Vec<String> {
    let (Some(id), Some(device)) = (target.actuator, target.device(plan)) else {
        return Vec::new();
    };
    let mut topics = Topics::default();
    topics.actuator(BedroomId(0), id, &device.named(names));
    let list = device.on_network().map(|(network, _)| list_of(network));
    list.into_iter().chain(topics.filters()).collect()
}

const fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Auto => "auto",
        Mode::Watch => "watch",
        Mode::Off => "off",
    }
}

/// A connection of our own; the status of a running uncramp must not be touched, so that
/// birth and will go elsewhere.
pub(super) fn settings(
    host: String,
    port: u16,
    tls: Option<Tls>,
    username: Option<String>,
    password: Option<SecretString>,
) -> broker::Settings {
    let status = |word: &str| Message {
        topic: OWN_TOPIC.to_owned(),
        payload: word.as_bytes().to_vec(),
        retain: false,
        confirmed: false,
    };
    broker::Settings {
        host,
        port,
        tls,
        username,
        password,
        client_id: client_id(),
        keep_alive: Duration::from_secs(10),
        birth: status("online"),
        will: status("offline"),
    }
}

/// The name of a connection of ours: a running uncramp has its own.
pub(super) fn client_id() -> String {
    format!("uncramp-try-{:08x}", fastrand::u32(..))
}

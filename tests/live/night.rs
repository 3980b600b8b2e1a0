//! The daemon in its world, on a clock that goes from wake to wake and from reading to
//! reading, and steps only when everybody is quiet; and the same night without a daemon.

use std::path::Path;

use rumqttc::Publish;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uncramp::daemon::clock::{Clock, Hand};
use uncramp::daemon::{Ask, Ended, Fixed, Render, RunError, Settings, run};
use uncramp::engine::{Action, Engine, Event};
use uncramp::model::{BedroomId, Time, Wall};
use uncramp::plan::Plan;
use uncramp::replay::Stage;
use uncramp::view::View;
use uncramp::wire::zigbee2mqtt::Names;
use uncramp::wire::{self, Decoded, Message, Topics};
use uncramp::{speech, surface};

use crate::mosquitto::PATIENCE;
use crate::world::World;

pub(crate) const ACTION: &str = "uncramp/bedroom/action";
pub(crate) const STATE: &str = "uncramp/bedroom/state";
/// Said outside of the daemon's own counting, by the connection.
const STATUS: &str = "uncramp/status";
/// Before every topic of our own.
const OURS: &str = "uncramp/";
/// What Home Assistant says there.
const BLUEPRINTS: &str = "uncramp/home_assistant/";
/// Where Home Assistant is told of the bedrooms.
const DISCOVERY: &str = "homeassistant/device/";

/// One message of a sensor or a person, and when it comes.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) at: Time,
    pub(crate) topic: String,
    pub(crate) payload: String,
}

/// What stands in the bedroom, does as it is told and says so, and remembers it.
pub(crate) trait Devices {
    /// Takes a command; what is answered to it, topics and payloads. None if the topic is
    /// none by which anything here is told.
    fn command(&mut self, now: Time, topic: &str, payload: &[u8]) -> Option<Vec<(String, String)>>;

    /// What it answers when it is asked where it stands, by this topic.
    fn asked(&self, topic: &str) -> Vec<(String, String)>;

    /// When the first timer of a device's own ends.
    fn until(&self) -> Option<Time>;

    /// Lets timers run out; what is said then.
    fn pass(&mut self, now: Time) -> Vec<(String, String)>;
}

/// One decision, as published.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decided {
    pub(crate) at: Time,
    pub(crate) actuator: String,
    /// `on`, `off`, `setpoint`, `feed`, `own_thermometer`, and its number.
    pub(crate) switch: String,
    pub(crate) number: Option<f64>,
    /// It renews or repeats.
    pub(crate) again: bool,
    pub(crate) text: String,
}

impl Decided {
    fn read(at: Time, payload: &[u8]) -> Self {
        let object: Value = serde_json::from_slice(payload).expect("an action is JSON");
        let word = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
        let numbers = ["celsius", "level", "timer_s"];
        let number = numbers.iter().find_map(|key| object[*key].as_f64());
        let again = object["again"].as_bool().expect("whether it is new");
        let (actuator, switch) = (word("actuator"), word("switch"));
        Self { at, actuator, switch, number, again, text: word("text") }
    }
}

/// Shows the view, and nothing to Home Assistant.
struct Shown;

impl Render for Shown {
    fn view(&mut self, engine: &Engine, bedroom: BedroomId, now: Time) -> Option<String> {
        serde_json::to_string(&View::of(engine, bedroom, now)?).ok()
    }
}

/// Settings for a broker that lets everybody in.
pub(crate) fn anonymous(port: u16, directory: Option<&Path>) -> Settings {
    Settings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: None,
        username: None,
        password: None,
        client_id: None,
        directory: directory.map(Path::to_owned),
    }
}

/// A running daemon and what is around it.
pub(crate) struct Night<D> {
    pub(crate) hand: Hand,
    pub(crate) now: Time,
    pub(crate) world: World,
    pub(crate) device: D,
    pub(crate) decided: Vec<Decided>,
    /// The last picture.
    pub(crate) state: Value,
    /// Actions that came twice, byte for byte: what a broken connection may not have
    /// delivered is said again.
    pub(crate) repeated: usize,
    asks: mpsc::Sender<Ask>,
    task: JoinHandle<Result<Ended, RunError>>,
    actions: Vec<Vec<u8>>,
    /// What the daemon listens to, and by which names.
    plan: Plan,
    names: Names,
    topics: Topics,
    /// What it asks devices.
    questions: Vec<Message>,
    /// Messages for the daemon, and messages heard from it.
    told: u64,
    heard: u64,
}

impl<D: Devices> Night<D> {
    /// Begins a run.
    pub(crate) fn begin(
        plan: Plan,
        settings: Settings,
        wall: Wall,
        world: World,
        device: D,
    ) -> Self {
        let (clock, hand) = Clock::stepped(Time::ZERO, wall);
        let (asks, receiver) = mpsc::channel(1);
        let reload = Box::new(Fixed("no other configuration"));
        let topics = plan.topics();
        let devices = plan.bedrooms.iter().flat_map(|bedroom| &bedroom.actuators);
        let questions = devices.filter_map(|actuator| wire::query(&actuator.device)).collect();
        let task = tokio::spawn(run(plan.clone(), settings, clock, Shown, receiver, reload));
        Self {
            hand,
            now: Time::ZERO,
            world,
            device,
            decided: Vec::new(),
            state: Value::Null,
            repeated: 0,
            asks,
            task,
            actions: Vec::new(),
            plan,
            names: Names::default(),
            topics,
            questions,
            told: 0,
            heard: 0,
        }
    }

    pub(crate) async fn linked(&mut self, linked: bool) {
        let come = self.hand.until(|p| p.linked == linked);
        timeout(PATIENCE, come).await.expect("in time").expect("it runs");
    }

    /// Waits until the daemon has done all it has to, and everybody has heard it.
    pub(crate) async fn settle(&mut self) {
        loop {
            let told = self.told;
            let quiet = timeout(PATIENCE, self.hand.quiet(told)).await;
            let late = |_| panic!("told {told}, and it has come to {:?}", self.hand.progress());
            let progress = quiet.unwrap_or_else(late).expect("it runs");
            while self.heard < progress.sent {
                let publish = self.world.hear().await;
                self.listen(&publish).await;
            }
            if self.told == told && self.hand.progress().sent == progress.sent {
                return;
            }
        }
    }

    /// Says something to the daemon.
    pub(crate) async fn say(&mut self, topic: &str, payload: impl Into<Vec<u8>>) {
        self.spread(topic, payload).await;
        self.settle().await;
    }

    /// Lets time pass.
    pub(crate) async fn to(&mut self, at: Time) {
        self.settle().await;
        while self.now < at {
            self.step(at);
            for (topic, report) in self.device.pass(self.now) {
                self.spread(&topic, report).await;
            }
            self.settle().await;
        }
    }

    /// Lets time pass while there is no broker.
    pub(crate) async fn pass_without_broker(&mut self, at: Time) {
        while self.now < at {
            self.step(at);
            self.device.pass(self.now);
            self.come().await;
        }
    }

    /// The daemon has come to the clock's time, whatever of it could be sent.
    pub(crate) async fn come(&mut self) {
        let now = self.now;
        let come = self.hand.until(|p| p.at >= now && p.wake.is_none_or(|wake| wake > now));
        timeout(PATIENCE, come).await.expect("in time").expect("it runs");
    }

    /// Another broker, to which the daemon has not come yet.
    pub(crate) fn join(&mut self, world: World) {
        self.world = world;
        let progress = self.hand.progress();
        (self.told, self.heard) = (progress.received, progress.sent);
    }

    /// Says these lines at their times, and lets time pass to the end.
    pub(crate) async fn play(&mut self, lines: &[Line], end: Time) {
        for line in lines {
            self.to(line.at).await;
            self.say(&line.topic, line.payload.as_str()).await;
        }
        self.to(end).await;
    }

    /// Ends the run, and hears it out.
    pub(crate) async fn stop(&mut self) {
        self.asks.send(Ask::Stop).await.expect("it listens");
        let ended = timeout(PATIENCE, &mut self.task).await.expect("in time");
        assert_eq!(ended.expect("no panic").expect("a run"), Ended::HandedBack);
        loop {
            let publish = self.world.hear().await;
            if publish.topic == STATUS && publish.payload[..] == b"offline"[..] {
                return;
            }
            self.listen(&publish).await;
        }
    }

    /// To the next thing that happens, at most to `end`.
    fn step(&mut self, end: Time) {
        let wake = self.hand.progress().wake.unwrap_or(end);
        let next = wake.min(self.device.until().unwrap_or(end)).min(end);
        self.now = self.now.max(next);
        self.hand.set(self.now);
    }

    /// Says something to all; the daemon listens to its own topics only.
    async fn spread(&mut self, topic: &str, payload: impl Into<Vec<u8>>) {
        let payload = payload.into();
        let list = self.names.hear(topic, &payload).is_some();
        if list {
            self.topics = self.plan.topics_by(&self.names);
        }
        self.world.say(topic, payload, false).await;
        let read = list || self.topics.decode(topic, b"", false) != Decoded::NotOurs;
        self.told += u64::from(read || topic.starts_with(OURS));
    }

    async fn listen(&mut self, publish: &Publish) {
        let topic = publish.topic.as_str();
        if self.questions.iter().any(|it| it.topic == topic && it.payload[..] == publish.payload) {
            self.heard += 1;
            for (topic, report) in self.device.asked(topic) {
                self.spread(&topic, report).await;
            }
            return;
        }
        if let Some(reports) = self.device.command(self.now, topic, &publish.payload) {
            self.heard += 1;
            for (topic, report) in reports {
                self.spread(&topic, report).await;
            }
            return;
        }
        let from_outside = topic.ends_with("/set") || topic.starts_with(BLUEPRINTS);
        let said = topic == "hermes/tts/say"
            || topic.starts_with(DISCOVERY)
            || topic.starts_with(OURS) && !from_outside && topic != STATUS;
        if !said {
            return;
        }
        self.heard += 1;
        if topic == ACTION {
            if self.actions.iter().any(|said| *said == publish.payload) {
                self.repeated += 1;
                return;
            }
            self.actions.push(publish.payload.to_vec());
            self.decided.push(Decided::read(self.now, &publish.payload));
        } else if topic == STATE {
            self.state = serde_json::from_slice(&publish.payload).expect("a state is JSON");
        }
    }
}

/// The same night, decided by the engine alone.
pub(crate) fn on_stage(plan: &Plan, wall: Wall, lines: &[Line], end: Time) -> Vec<Decided> {
    let topics = plan.topics();
    let mut stage = Stage::new(Engine::new(plan.clone(), wall, Time::ZERO), Time::ZERO);
    let mut decided = Vec::new();
    let mut see = |at: Time, action: &Action| {
        let Action::Switch(command) = action else { return };
        let context = speech::Context::new(plan, command.bedroom, wall, at).expect("a bedroom");
        let text = speech::reason(&command.reason, &context);
        let message = surface::action(plan, command, &text, wall);
        decided.push(Decided::read(at, &message.payload));
    };
    // Before the connection stands no device can answer.
    stage.set_answering(false);
    stage.event(Time::ZERO, Event::Gap, &mut see);
    stage.event(Time::ZERO, Event::Link { up: false }, &mut see);
    stage.set_answering(true);
    stage.event(Time::ZERO, Event::Link { up: true }, &mut see);
    for line in lines {
        let bytes = line.payload.as_bytes();
        match topics.decode(&line.topic, bytes, false) {
            Decoded::Heard(list) => {
                for (bedroom, heard) in list {
                    stage.event(line.at, Event::Heard { bedroom, heard }, &mut see);
                }
            }
            Decoded::NotOurs => {
                let wish = surface::decode(plan, line.at, wall, &line.topic, bytes, false);
                let surface::Request::Tell(wish) = wish.expect("ours").expect("a wish") else {
                    panic!("{} changes the configuration", line.topic)
                };
                stage.event(line.at, wish, &mut see);
            }
        }
    }
    stage.pass(end, &mut see);
    decided
}

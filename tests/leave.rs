//! `uncramp leave` after a real `uncramp run`, on a real mosquitto, with make-believe devices
//! that do and say what they are told.

#![allow(clippy::disallowed_methods, reason = "how long it took is real time")]

#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mosquitto::{Mosquitto, PATIENCE, free_port};
use tempfile::TempDir;
use tokio::time::timeout;
use uncramp::daemon::broker::{self, Subscription};
use uncramp::daemon::line::{Line, Note};
use uncramp::wire::Message;

/// A package's removal waits for no longer.
const AT_MOST: Duration = Duration::from_secs(5);

const ROOMS: [&str; 2] = ["bedroom", "nursery"];

const BEDROOM: &str = "
bedrooms:
  bedroom:
    sleep: 22:30-06:45
    sensors: { room: { topic: room, path: t } }
    heater: { kind: radiator, command: valve/set, state: valve }
  nursery:
    sleep: 20:30-06:45
    sensors: { room: { topic: room, path: t } }
    heater: { kind: radiator, hot_water: true, control: switch, command: plug/set, state: plug, min_off: off }
";

/// A household: a broker, its devices, and where uncramp keeps its state.
struct Home {
    mosquitto: Mosquitto,
    line: Line,
    /// Devices, and how they are.
    devices: BTreeMap<String, String>,
    /// Those that do not answer.
    deaf: BTreeSet<&'static str>,
    /// Everything that devices were told, in order.
    told: Vec<(String, String)>,
    /// Everything that was said last on any topic.
    said: BTreeMap<String, String>,
    dir: TempDir,
}

impl Home {
    async fn new() -> Self {
        let mosquitto = Mosquitto::anonymous();
        let line = line(&mosquitto, "home").await;
        let (dir, deaf) = (tempfile::tempdir().expect("a directory"), BTreeSet::new());
        let devices = [("valve", "17"), ("plug", "OFF")].map(|(d, s)| (d.to_owned(), s.to_owned()));
        let (devices, told, said) = (BTreeMap::from(devices), Vec::new(), BTreeMap::new());
        let home = Self { mosquitto, line, devices, deaf, told, said, dir };
        home.configure(home.mosquitto.port, BEDROOM);
        home
    }

    fn config(&self) -> PathBuf {
        self.dir.path().join("uncramp.yaml")
    }

    fn configure(&self, port: u16, bedrooms: &str) {
        let store = self.dir.path().join("state");
        let text = format!(
            "timezone: UTC\nstore: {}\nmqtt: {{ host: 127.0.0.1, port: {port} }}{bedrooms}",
            store.display()
        );
        fs::write(self.config(), text).expect("written");
    }

    /// Lives on until something is so.
    async fn until(&mut self, what: &str, so: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !so(self) {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let step = timeout(left, self.step()).await;
            assert!(step.is_ok(), "{what}: {:?}\n{}", self.told, self.log());
        }
    }

    /// One message: a device that is told something does it, and says so.
    async fn step(&mut self) {
        let Some(Note::Message(message)) = self.line.next().await else { return };
        let payload = String::from_utf8_lossy(&message.payload).into_owned();
        let device = message.topic.strip_suffix("/set").filter(|device| !device.contains('/'));
        if let Some(device) = device {
            self.told.push((device.to_owned(), payload.clone()));
            if !self.deaf.contains(device) {
                self.line.say(live(device, &payload));
                self.devices.insert(device.to_owned(), payload.clone());
            }
        }
        self.said.insert(message.topic, payload);
    }

    fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    fn was_told(&self, device: &str, what: &str) -> bool {
        self.told.iter().any(|(to, payload)| (to.as_str(), payload.as_str()) == (device, what))
    }

    /// The household's set-point was not touched again.
    fn was_at_most_told_off(&self) -> bool {
        self.told.iter().all(|(to, payload)| to == "plug" && payload == "OFF")
    }

    fn says(&self, topic: &str, text: &str) -> bool {
        self.said.get(topic).is_some_and(|said| said.contains(text))
    }

    /// A daemon, with the nursery's plug on and the bedroom's valve raised by a person, and
    /// with all of that recorded.
    async fn warm(&mut self) -> Daemon {
        let daemon = self.daemon().await;
        for (device, state) in &self.devices {
            self.line.say(live(device, state));
        }
        self.line.say(live("room", "{\"t\": 18}"));
        for room in ROOMS {
            let on = "{\"actuator\": \"heater\", \"want\": \"on\"}";
            self.line.say(live(&format!("uncramp/{room}/override/set"), on));
        }
        let raised = |(to, payload): &(String, String)| to == "valve" && payload != "17";
        self.until("the valve is raised", |home| home.told.iter().any(raised)).await;
        self.until("the plug is on", |home| home.was_told("plug", "ON")).await;
        // What is changed is shown once it is recorded, and what came before it with it.
        let ceiling = "{\"setting\": \"ceiling\", \"value\": 23}";
        self.line.say(live("uncramp/nursery/setting/set", ceiling));
        self.until("it is recorded", |home| home.says("uncramp/nursery/state", "\"ceiling\":23"))
            .await;
        daemon
    }

    async fn daemon(&mut self) -> Daemon {
        self.said.clear();
        let child = uncramp(&self.config(), "run")
            .stderr(fs::File::create(self.dir.path().join("log")).expect("a log"))
            .spawn()
            .expect("it starts");
        self.until("it is there", |home| home.says("uncramp/status", "online")).await;
        for room in ROOMS {
            self.until_heard(room).await;
        }
        Daemon(child)
    }

    /// Speaks until the daemon listens, which it shows by refusing nonsense.
    async fn until_heard(&mut self, room: &str) {
        let begun = Instant::now();
        let refused = |home: &Self| home.says(&format!("uncramp/{room}/event"), "refused");
        while !refused(self) {
            assert!(begun.elapsed() < PATIENCE, "it does not listen\n{}", self.log());
            self.line.say(live(&format!("uncramp/{room}/override/set"), "{}"));
            let _ = timeout(Duration::from_millis(100), self.until("heard", refused)).await;
        }
    }

    /// `uncramp leave`, and how it went, while the devices live.
    async fn leave(&mut self) -> Output {
        let begun = Instant::now();
        let mut command = uncramp(&self.config(), "leave");
        let mut leaving = tokio::task::spawn_blocking(move || command.output().expect("it runs"));
        let left = loop {
            tokio::select! {
                left = &mut leaving => break left.expect("no panic"),
                () = self.step() => {}
            }
        };
        let took = begun.elapsed();
        assert!(took < AT_MOST, "it took {took:?}");
        self.catch_up().await;
        left
    }

    /// Hears everything that was said so far.
    async fn catch_up(&mut self) {
        static TIMES: AtomicUsize = AtomicUsize::new(0);
        let mark = format!("test/mark/{}", TIMES.fetch_add(1, Ordering::Relaxed));
        self.line.say(live(&mark, ""));
        self.until("the mark", |home| home.said.contains_key(&mark)).await;
    }

    /// What the broker keeps, by topic.
    async fn kept(&self) -> BTreeMap<String, String> {
        let mut line = line(&self.mosquitto, "archivist").await;
        let last = line.say(Message { confirmed: true, ..live("test/last", "") });
        let mut kept = BTreeMap::new();
        loop {
            match timeout(PATIENCE, line.next()).await.expect("in time") {
                Some(Note::Message(message)) if message.retain => {
                    let payload = String::from_utf8_lossy(&message.payload).into_owned();
                    kept.insert(message.topic, payload);
                }
                Some(Note::Acknowledged(token)) if token == last => return kept,
                Some(_) => {}
                None => panic!("the line is closed"),
            }
        }
    }
}

/// A running `uncramp run`, killed when dropped.
struct Daemon(Child);

impl Daemon {
    /// Ends it as nobody should.
    fn kill(mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("gone");
    }

    /// Ends it as systemd does.
    async fn stop(mut self, home: &mut Home) {
        let done = Command::new("kill").arg(self.0.id().to_string()).status();
        assert!(done.expect("kill").success());
        while self.0.try_wait().expect("its state").is_none() {
            let _ = timeout(Duration::from_millis(20), home.step()).await;
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn line(mosquitto: &Mosquitto, name: &str) -> Line {
    let settings = broker::Settings {
        host: "127.0.0.1".to_owned(),
        port: mosquitto.port,
        tls: None,
        username: None,
        password: None,
        client_id: name.to_owned(),
        keep_alive: Duration::from_secs(10),
        birth: live("test/birth", ""),
        will: live("test/will", ""),
    };
    let all = Subscription { name: "all".to_owned(), topics: vec![("#".to_owned(), true)] };
    let mut line = Line::open(settings, all).await.expect("good settings");
    while timeout(PATIENCE, line.next()).await.expect("in time") != Some(Note::Ready) {}
    line
}

fn live(topic: &str, payload: &str) -> Message {
    Message { topic: topic.to_owned(), payload: payload.into(), retain: false, confirmed: false }
}

fn uncramp(config: &Path, what: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uncramp"));
    command.arg("--config").arg(config).arg(what).stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    write!(text, "{}", String::from_utf8_lossy(&output.stderr)).expect("text");
    text
}

/// S10: what a daemon that was killed left on is handed back; nobody else's words are touched.
#[tokio::test]
async fn what_was_left_on_is_handed_back_and_only_our_topics_are_cleared() {
    let mut home = Home::new().await;
    let others = [
        ("homeassistant/device/plug/config", "{}"),
        ("uncramp/attic/note", "mine"),
        ("uncramp2/status", "online"),
        ("plug", "ON"),
    ];
    for (topic, payload) in others {
        home.mosquitto.say(topic, payload, true);
    }
    home.warm().await.kill();
    let ours = home.kept().await.len() - others.len();
    assert_eq!(ours, 6, "status, instance, two states, two devices: {:?}", home.kept().await);
    home.told.clear();
    let left = home.leave().await;
    assert_eq!(left.status.code(), Some(0), "{}", said(&left));
    assert!(
        said(&left)
            .contains("Told to be off, or as it was before: heater (nursery), heater (bedroom).")
    );
    assert!(home.was_told("plug", "OFF") && home.was_told("valve", "17"), "{:?}", home.told);
    let expected = others.map(|(topic, payload)| (topic.to_owned(), payload.to_owned()));
    assert_eq!(home.kept().await, BTreeMap::from(expected));

    home.told.clear();
    let again = home.leave().await;
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    assert!(home.was_at_most_told_off(), "{:?}", home.told);

    let _daemon = home.daemon().await;
    home.until("installed again, it introduces itself again", |home| {
        let device = |room| format!("homeassistant/device/uncramp_{room}/config");
        ROOMS.iter().all(|room| home.says(&device(room), "cmps"))
    })
    .await;
}

#[tokio::test]
async fn what_was_stopped_in_order_is_at_most_told_off_once_more() {
    let mut home = Home::new().await;
    let daemon = home.warm().await;
    daemon.stop(&mut home).await;
    home.until("it is handed back", |home| {
        home.was_told("plug", "OFF") && home.was_told("valve", "17")
    })
    .await;
    home.told.clear();
    let left = home.leave().await;
    assert_eq!(left.status.code(), Some(0), "{}", said(&left));
    assert!(home.was_at_most_told_off(), "{:?}", home.told);
    assert!(home.kept().await.is_empty(), "{:?}", home.kept().await);
}

#[tokio::test]
async fn a_running_uncramp_is_to_be_stopped_first() {
    let mut home = Home::new().await;
    let mut daemon = home.warm().await;
    home.told.clear();
    let left = home.leave().await;
    assert_eq!(left.status.code(), Some(1), "{}", said(&left));
    assert!(said(&left).contains("uncramp is running: stop it first"), "{}", said(&left));
    assert!(home.told.is_empty(), "{:?}", home.told);
    assert!(daemon.0.try_wait().expect("its state").is_none(), "it runs on");
    assert_eq!(home.kept().await.get("uncramp/status").map(String::as_str), Some("online"));
}

/// Whoever cannot be told is named, and everything is done by the next attempt.
#[tokio::test]
async fn without_a_broker_it_says_what_to_look_after() {
    let mut home = Home::new().await;
    home.warm().await.kill();
    home.configure(free_port(), BEDROOM);
    home.told.clear();
    let left = home.leave().await;
    assert_eq!(left.status.code(), Some(1), "{}", said(&left));
    let text = said(&left);
    assert!(text.contains("Nobody was told; look after these yourself"), "{text}");
    assert!(text.contains("heater (nursery), heater (bedroom)"), "{text}");
    assert!(home.told.is_empty(), "{:?}", home.told);
    assert_eq!(home.kept().await.len(), 6);

    home.configure(home.mosquitto.port, BEDROOM);
    let left = home.leave().await;
    assert_eq!(left.status.code(), Some(0), "{}", said(&left));
    assert!(home.was_told("plug", "OFF") && home.was_told("valve", "17"), "{:?}", home.told);
}

#[tokio::test]
async fn who_does_not_answer_is_named() {
    let mut home = Home::new().await;
    home.warm().await.kill();
    home.deaf.insert("plug");
    let left = home.leave().await;
    assert_eq!(left.status.code(), Some(1), "{}", said(&left));
    let text = said(&left);
    assert!(text.contains("no answer yet from heater (nursery): go and look"), "{text}");
    assert!(home.was_told("plug", "OFF"));
    assert!(home.kept().await.is_empty(), "{:?}", home.kept().await);
}

/// Somebody moved to another machine and removes the old one afterwards.
#[tokio::test]
async fn another_uncramps_topics_are_left_to_it() {
    let mut home = Home::new().await;
    home.warm().await.kill();
    let other = "{\"id\": \"other\", \"host\": \"new-pi\"}";
    home.mosquitto.say("uncramp/instance", other, true);
    home.mosquitto.say("uncramp/status", "online", true);
    let left = home.leave().await;
    assert_eq!(left.status.code(), Some(0), "{}", said(&left));
    assert!(said(&left).contains("Another uncramp, on “new-pi”"), "{}", said(&left));
    assert!(home.was_told("plug", "OFF"), "{:?}", home.told);
    let kept = home.kept().await;
    assert_eq!(kept.get("uncramp/status").map(String::as_str), Some("online"));
    assert_eq!(kept.len(), 6, "{kept:?}");
}

/// What left the configuration was switched by the one before.
#[tokio::test]
async fn the_plan_that_was_in_force_counts() {
    let mut home = Home::new().await;
    home.warm().await.kill();
    let sensor = "
bedrooms:
  attic: { sleep: 22:30-06:45, sensors: { room: { topic: room, path: t } } }
";
    home.configure(home.mosquitto.port, sensor);
    let left = home.leave().await;
    assert_eq!(left.status.code(), Some(0), "{}", said(&left));
    assert!(home.was_told("plug", "OFF") && home.was_told("valve", "17"), "{:?}", home.told);
    assert!(home.kept().await.is_empty(), "{:?}", home.kept().await);
}

/// A slip of the pen keeps nobody from leaving.
#[tokio::test]
async fn a_file_that_became_wrong_is_left_by_what_it_said_before() {
    let mut home = Home::new().await;
    home.warm().await.kill();
    let broken = fs::read_to_string(home.config()).expect("text") + "bedroms: {}\n";
    fs::write(home.config(), broken).expect("written");
    let left = home.leave().await;
    assert_eq!(left.status.code(), Some(0), "{}", said(&left));
    assert!(home.was_told("plug", "OFF") && home.was_told("valve", "17"), "{:?}", home.told);
    assert!(home.kept().await.is_empty(), "{:?}", home.kept().await);
}

#[tokio::test]
async fn without_a_configuration_nothing_is_done() {
    let mut home = Home::new().await;
    fs::remove_file(home.config()).expect("it was there");
    let left = home.leave().await;
    assert_eq!(left.status.code(), Some(2), "{}", said(&left));
    assert!(said(&left).contains("uncramp.yaml cannot be read"), "{}", said(&left));
}

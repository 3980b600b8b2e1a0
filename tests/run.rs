//! A night with the whole daemon: a real broker, the real engine, the store on disk, and
//! a clock that is moved by hand.

#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;
mod support;
#[path = "run/written.rs"]
mod written;

use std::path::Path;

use mosquitto::{Mosquitto, PATIENCE};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uncramp::daemon::clock::{Clock, Hand};
use uncramp::daemon::{Ask, Configuration, Ended, RunError, Settings, Unseen, run};
use uncramp::model::{Span, Time, Wall};
use uncramp::plan::{Adjusted, Adjustment, Change, MqttSettings, Parsed, Plan};

const BEDROOM: &str = "\
sleep: 22:30-06:45
sensors:
  room: { topic: room, path: t }
  in_bed: { topic: mat }
heater: { kind: radiator, command: heater/set, state: heater }
cold_exposure: { prewarm: off }";

const ANNOUNCE: &str = "uncramp/bedroom/announce";
const ACK: &str = "uncramp/bedroom/announce/ack";

/// 2026-01-10T22:00 in Brussels.
const EVENING: i64 = 1_768_078_800_000;

/// A file that has another plug by now.
struct OtherPlug;

impl Configuration for OtherPlug {
    fn read(&mut self, _changes: &[Adjustment]) -> Result<Adjusted, String> {
        let listen = ([127, 0, 0, 1], 1883).into();
        let parsed = Parsed {
            plan: plug("new"),
            mqtt: MqttSettings::Embedded { listen, users: None },
            store: None,
            warnings: Vec::new(),
            today: None,
        };
        Ok(Adjusted { parsed, standing: Vec::new(), yielded: Vec::new() })
    }

    fn change(
        &mut self,
        _standing: &[Adjustment],
        _change: Change<'_>,
    ) -> Result<Adjusted, String> {
        Err("nobody asks".to_owned())
    }
}

struct Night {
    hand: Hand,
    asks: mpsc::Sender<Ask>,
    task: JoinHandle<Result<Ended, RunError>>,
    now: Time,
    heard: u64,
}

impl Night {
    async fn begin(port: u16, directory: &Path, now: Time) -> Self {
        let mut night = Self::first(support::plan_of(BEDROOM), port, directory, now);
        night.linked(true).await;
        night
    }

    /// Begins with a plan; a reload finds the one with the other plug.
    fn first(plan: Plan, port: u16, directory: &Path, now: Time) -> Self {
        let wall = Wall { offset: EVENING, synchronised: true };
        let (clock, hand) = Clock::stepped(now, wall);
        let (asks, receiver) = mpsc::channel(1);
        let settings = Settings {
            host: "127.0.0.1".to_owned(),
            port,
            tls: None,
            username: None,
            password: None,
            client_id: None,
            directory: Some(directory.to_owned()),
        };
        let file = Box::new(OtherPlug);
        let task = tokio::spawn(run(plan, settings, clock, Unseen, receiver, file));
        Self { hand, asks, task, now, heard: 0 }
    }

    async fn linked(&mut self, linked: bool) {
        let come = self.hand.until(|p| p.linked == linked && (p.unsent == 0 || !linked));
        timeout(PATIENCE, come).await.expect("in time").expect("it runs");
    }

    /// Moves the clock on, from wake to wake as time does.
    async fn pass(&mut self, span: Span, unsent: bool) {
        let end = self.now + span;
        while self.now < end {
            let wake = self.hand.progress().wake.unwrap_or(end);
            self.now = wake.clamp(self.now + Span(1), end);
            self.hand.set(self.now);
            let now = self.now;
            let come = self.hand.until(|p| p.at >= now && (unsent || p.unsent == 0));
            timeout(PATIENCE, come).await.expect("in time").expect("it runs");
        }
    }

    async fn hears(&mut self, mosquitto: &Mosquitto, topic: &str, payload: &str) {
        mosquitto.say(topic, payload, false);
        self.heard += 1;
        let quiet = timeout(PATIENCE, self.hand.quiet(self.heard)).await;
        quiet.expect("in time").expect("it runs");
    }

    /// Anna lies in a cold room until she is warmed.
    async fn cold(&mut self, mosquitto: &Mosquitto) {
        self.hears(mosquitto, "heater", "18").await;
        self.hears(mosquitto, "mat", "ON").await;
        for _ in 0..14 {
            self.hears(mosquitto, "room", "{\"t\":16.8}").await;
            self.pass(Span::minutes(10), false).await;
        }
    }

    async fn stop(self) -> Ended {
        self.asks.send(Ask::Stop).await.expect("it listens");
        let ended = timeout(PATIENCE, self.task).await.expect("in time");
        ended.expect("no panic").expect("a run")
    }
}

/// The bedroom with a switched radiator on this plug.
fn plug(name: &str) -> Plan {
    let plug = format!("control: switch, command: {name}/set, state: {name}");
    support::plan_of(&BEDROOM.replace("command: heater/set, state: heater", &plug))
}

#[tokio::test]
async fn s9_a_plug_that_leaves_while_the_broker_is_away_gets_its_off_until_it_says_so() {
    let mut mosquitto = Mosquitto::anonymous();
    let dir = tempfile::tempdir().expect("a directory");
    let mut night = Night::first(plug("old"), mosquitto.port, dir.path(), Time::ZERO);
    night.linked(true).await;
    mosquitto.kill();
    night.linked(false).await;
    night.asks.send(Ask::Reload).await.expect("it listens");
    night.pass(Span::minutes(30), true).await;
    mosquitto.run();
    let (old, new) = (mosquitto.ear("old/set", 2), mosquitto.ear("new/set", 1));
    night.linked(true).await;
    night.pass(Span::seconds(5), false).await;
    assert_eq!((old.hear().as_str(), new.hear().as_str()), ("OFF\nOFF", "OFF"));
    night.hears(&mosquitto, "old", "OFF").await;
    let old = mosquitto.ear("old/set", 1);
    night.pass(Span::minutes(10), false).await;
    mosquitto.say("old/set", "nothing more", false);
    assert_eq!(old.hear(), "nothing more");
    night.stop().await;
}

#[tokio::test]
async fn s9_a_plug_that_leaves_while_nobody_runs_gets_its_off() {
    let mosquitto = Mosquitto::anonymous();
    let dir = tempfile::tempdir().expect("a directory");
    let mut night = Night::first(plug("old"), mosquitto.port, dir.path(), Time::ZERO);
    night.linked(true).await;
    night.hears(&mosquitto, "old", "ON").await;
    let now = night.now;
    night.task.abort();
    assert!(night.task.await.is_err_and(|e| e.is_cancelled()), "killed");
    let old = mosquitto.ear("old/set", 1);
    let mut again = Night::first(plug("new"), mosquitto.port, dir.path(), now + Span::seconds(5));
    again.linked(true).await;
    assert_eq!(old.hear(), "OFF");
    again.stop().await;
}

/// The engine says a fault once; that nobody acknowledged it is known to the next life, which
/// says it under the same number until somebody does.
#[tokio::test]
async fn what_nobody_heard_is_spoken_again_after_a_restart() {
    let mosquitto = Mosquitto::anonymous();
    let dir = tempfile::tempdir().expect("a directory");
    let mut night = Night::begin(mosquitto.port, dir.path(), Time::ZERO).await;
    let told = mosquitto.ear(ANNOUNCE, 1);
    for _ in 0..3 {
        night.hears(&mosquitto, "room", "{\"t\":\"nan\"}").await;
    }
    let told = told.hear();
    night.pass(Span::minutes(1), false).await;
    let now = night.now;
    night.task.abort();
    assert!(night.task.await.is_err_and(|e| e.is_cancelled()), "killed");

    let again = mosquitto.ear(ANNOUNCE, 1);
    let mut night = Night::begin(mosquitto.port, dir.path(), now + Span::seconds(5)).await;
    night.pass(Span::seconds(15), false).await;
    let again = again.hear();
    let [told, again] = [told, again]
        .map(|text| -> serde_json::Value { serde_json::from_str(&text).expect("JSON") });
    for key in ["id", "tag", "text", "audience"] {
        assert_eq!(told[key], again[key]);
    }
    let id = &told["id"];
    night.hears(&mosquitto, ACK, &format!(r#"{{"id":{id},"outcome":"spoken"}}"#)).await;
    let silent = mosquitto.ear(ANNOUNCE, 1);
    night.pass(Span::minutes(10), false).await;
    mosquitto.say(ANNOUNCE, "nothing more", false);
    assert_eq!(silent.hear(), "nothing more");
    night.stop().await;
}

#[tokio::test]
async fn a_cold_night_is_warmed_explained_and_handed_back_at_the_end() {
    let mosquitto = Mosquitto::anonymous();
    let dir = tempfile::tempdir().expect("a directory");
    let mut night = Night::begin(mosquitto.port, dir.path(), Time::ZERO).await;
    let heater = mosquitto.ear("heater/set", 1);
    let action = mosquitto.ear("uncramp/bedroom/action", 1);
    night.cold(&mosquitto).await;
    assert_eq!(heater.hear(), "19");
    let action = action.hear();
    assert!(action.contains("1.0 of 1.0 K·h") && action.contains("\"valid_until\""), "{action}");
    let heater = mosquitto.ear("heater/set", 1);
    assert_eq!(night.stop().await, Ended::HandedBack);
    assert_eq!(heater.hear(), "18");
    assert_eq!(mosquitto.hear("uncramp/status"), "offline");
}

#[tokio::test]
async fn s1_what_makes_safe_is_decided_without_a_broker_and_said_first_when_it_returns() {
    let mut mosquitto = Mosquitto::anonymous();
    let dir = tempfile::tempdir().expect("a directory");
    let mut night = Night::begin(mosquitto.port, dir.path(), Time::ZERO).await;
    let heater = mosquitto.ear("heater/set", 1);
    night.cold(&mosquitto).await;
    heater.hear();
    mosquitto.kill();
    night.linked(false).await;
    night.pass(Span::hours(3), true).await;
    mosquitto.run();
    let heater = mosquitto.ear("heater/set", 1);
    night.linked(true).await;
    assert_eq!(heater.hear(), "18");
    night.stop().await;
}

#[tokio::test]
async fn s10_a_restart_takes_over_what_was_recorded() {
    let mosquitto = Mosquitto::anonymous();
    let dir = tempfile::tempdir().expect("a directory");
    let mut night = Night::begin(mosquitto.port, dir.path(), Time::ZERO).await;
    let heater = mosquitto.ear("heater/set", 1);
    night.cold(&mosquitto).await;
    assert_eq!(heater.hear(), "19");
    let now = night.now;
    night.task.abort();
    assert!(night.task.await.is_err_and(|e| e.is_cancelled()), "killed");
    let mut again = Night::begin(mosquitto.port, dir.path(), now + Span::seconds(5)).await;
    again.hears(&mosquitto, "room", "{\"t\":16.8}").await;
    again.pass(Span::minutes(10), false).await;
    let heater = mosquitto.ear("heater/set", 1);
    assert_eq!(again.stop().await, Ended::HandedBack);
    assert_eq!(heater.hear(), "18", "the baseline is known to the second life");
}

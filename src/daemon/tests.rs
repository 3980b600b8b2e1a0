//! A whole run, on a real broker and a clock that is moved by hand.

#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "../../tests/broker/mosquitto.rs"]
mod mosquitto;

use std::path::Path;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::clock::{Hand, Progress};
use super::*;
use crate::model::Wall;
use crate::surface::tests::plan;
use mosquitto::{Mosquitto, PATIENCE};

struct Clocked;

impl Render for Clocked {
    fn view(&mut self, _engine: &Engine, _bedroom: BedroomId, now: Time) -> Option<String> {
        Some(format!("{{\"now\":{}}}", now.0))
    }
}

struct Running {
    hand: Hand,
    asks: mpsc::Sender<Ask>,
    task: JoinHandle<Result<Ended, RunError>>,
}

impl Running {
    fn start(port: u16, directory: Option<&Path>) -> Self {
        let (clock, hand) = Clock::stepped(Time(0), Wall::default());
        let (asks, receiver) = mpsc::channel(4);
        let settings = settings(port, directory);
        let reload = Box::new(Fixed("line 3: no"));
        let task = tokio::spawn(run(plan(), settings, clock, Clocked, receiver, reload));
        Self { hand, asks, task }
    }

    async fn until(&mut self, come: impl FnMut(&Progress) -> bool) -> Progress {
        let progress = timeout(PATIENCE, self.hand.until(come)).await.expect("in time");
        progress.expect("it runs")
    }

    async fn stop(self) -> Result<Ended, RunError> {
        self.asks.send(Ask::Stop).await.expect("it listens");
        timeout(PATIENCE, self.task).await.expect("in time").expect("no panic")
    }
}

fn settings(port: u16, directory: Option<&Path>) -> Settings {
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

#[tokio::test]
async fn a_run_is_online_follows_the_clock_and_ends_offline() {
    let mosquitto = Mosquitto::anonymous();
    let mut running = Running::start(mosquitto.port, None);
    running.until(|p| p.linked && p.unsent == 0).await;
    assert_eq!(mosquitto.hear("home/uncramp/status"), "online");
    assert!(mosquitto.hear("home/uncramp/instance").contains("\"id\":"));
    assert_eq!(mosquitto.hear("home/uncramp/attic/state"), "{\"now\":0}");
    assert!(mosquitto.log().contains("as uncramp-"), "{}", mosquitto.log());
    running.hand.set(Time(3_600_000));
    let quiet = timeout(PATIENCE, running.hand.quiet(0)).await.expect("in time");
    assert_eq!(quiet.expect("it runs").at, Time(3_600_000));
    assert_eq!(running.stop().await.expect("a clean end"), Ended::HandedBack);
    assert_eq!(mosquitto.hear("home/uncramp/status"), "offline");
}

#[tokio::test]
async fn wishes_are_heard_and_kept_ones_are_cleared() {
    let mosquitto = Mosquitto::anonymous();
    let wish = "home/uncramp/bedroom/drink/set";
    let drink = "{\"sleeper\":\"anna\",\"ml\":200}";
    mosquitto.say(wish, drink, true);
    let dir = tempfile::tempdir().expect("a directory");
    let mut running = Running::start(mosquitto.port, Some(dir.path()));
    running.until(|p| p.linked && p.received >= 1 && p.unsent == 0).await;
    mosquitto.say(wish, drink, false);
    // The kept wish, its clearing, which comes back to us, and the live wish.
    running.until(|p| p.received >= 3).await;
    assert_eq!(running.stop().await.expect("a clean end"), Ended::HandedBack);
    let file = rusqlite::Connection::open(dir.path().join(store::FILE)).expect("the file");
    let total: (i64, i64) = file
        .query_row("SELECT count(*), sum(ml) FROM drink WHERE sleeper = 'anna'", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("a row");
    assert_eq!(total, (1, 200), "the kept wish is not followed");
    mosquitto.say(wish, "end", false);
    assert_eq!(mosquitto.ear(wish, 0).hear(), "", "nothing is kept any more");
}

#[tokio::test]
async fn a_broker_that_restarts_is_told_everything_anew() {
    let mut mosquitto = Mosquitto::anonymous();
    let mut running = Running::start(mosquitto.port, None);
    running.until(|p| p.linked && p.unsent == 0).await;
    mosquitto.kill();
    running.until(|p| !p.linked).await;
    running.hand.set(Time(60_000));
    mosquitto.run();
    running.until(|p| p.linked && p.unsent == 0).await;
    assert_eq!(mosquitto.hear("home/uncramp/bedroom/state"), "{\"now\":60000}");
    running.stop().await.expect("a clean end");
}

#[tokio::test]
async fn without_a_broker_a_run_still_ends() {
    let running = Running::start(mosquitto::free_port(), None);
    assert_eq!(running.stop().await.expect("an end"), Ended::WithoutBroker);
}

#[tokio::test]
async fn a_bad_configuration_does_not_disturb_a_run() {
    let mosquitto = Mosquitto::anonymous();
    let mut running = Running::start(mosquitto.port, None);
    running.until(|p| p.linked).await;
    running.asks.send(Ask::Reload).await.expect("it listens");
    running.hand.set(Time(1));
    running.until(|p| p.at == Time(1) && p.linked).await;
    assert_eq!(running.stop().await.expect("a clean end"), Ended::HandedBack);
}

#[tokio::test]
async fn two_runs_on_one_directory_are_one_too_many() {
    let dir = tempfile::tempdir().expect("a directory");
    let mosquitto = Mosquitto::anonymous();
    let mut first = Running::start(mosquitto.port, Some(dir.path()));
    first.until(|p| p.linked).await;
    let second = Running::start(mosquitto.port, Some(dir.path()));
    let ended = timeout(PATIENCE, second.task).await.expect("in time").expect("no panic");
    let error = ended.expect_err("taken");
    assert!(error.to_string().contains("another uncramp already runs"), "{error}");
    first.stop().await.expect("a clean end");
}

#[tokio::test]
async fn settings_that_are_wrong_are_said_before_anything_begins() {
    let (clock, _hand) = Clock::stepped(Time(0), Wall::default());
    let (_asks, receiver) = mpsc::channel(1);
    let password = Some("secret".to_owned().into());
    let settings = Settings { password, ..settings(1, None) };
    let reload = Box::new(Fixed(""));
    let ended = run(plan(), settings, clock, Unseen, receiver, reload).await;
    assert!(matches!(ended, Err(RunError::Settings(text)) if text.contains("user name")));
}

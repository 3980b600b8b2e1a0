//! A house with a real daemon and a real broker, and people who read beside it.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::mosquitto::{Mosquitto, PATIENCE};

/// A house of one bedroom, its configuration and its state.
pub(crate) struct House {
    pub(crate) mosquitto: Mosquitto,
    pub(crate) folder: TempDir,
}

impl House {
    pub(crate) fn new() -> Self {
        let house = Self { mosquitto: Mosquitto::anonymous(), folder: directory() };
        house.configure(BEDROOM);
        house
    }

    pub(crate) fn configure(&self, bedroom: &str) {
        let text = format!(
            "timezone: Europe/Brussels\nstore: {}\nmqtt: {{ host: 127.0.0.1, port: {} }}\n{bedroom}",
            self.state().display(),
            self.mosquitto.port
        );
        fs::write(self.file(), text).expect("written");
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("uncramp.yaml")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Starts the daemon, and waits until it can be told something.
    pub(crate) fn run(&self) -> Daemon {
        self.mosquitto.say("uncramp/bedroom/state", "", true);
        let ear = self.mosquitto.ear("uncramp/bedroom/state", 1);
        let mut command = command(&["run"]);
        let log = fs::File::create(self.folder.path().join("log")).expect("a log");
        let child = command.arg(self.file()).stderr(log).spawn().expect("it starts");
        let daemon = Daemon(child);
        assert!(ear.hear().contains("bedroom"), "it shows the bedroom");
        daemon
    }

    /// Tells it something, and waits for its word that this is so.
    pub(crate) fn log(&self, topic: &str, payload: &str) -> String {
        let ear = self.mosquitto.ear("uncramp/bedroom/event", 1);
        self.mosquitto.say(&format!("uncramp/bedroom/{topic}"), payload, false);
        ear.hear()
    }

    pub(crate) fn reads(&self, arguments: &[&str]) -> Output {
        let mut command = command(arguments);
        command.arg("--config").arg(self.file()).output().expect("it runs")
    }

    pub(crate) fn says(&self, arguments: &[&str]) -> String {
        let output = self.reads(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Asks until it says so.
    pub(crate) fn comes_to_say(&self, arguments: &[&str], what: &str) -> String {
        let (pause, mut text) = (Duration::from_millis(200), String::new());
        for _ in 0..PATIENCE.as_millis() / pause.as_millis() {
            text = String::from_utf8(self.reads(arguments).stdout).expect("text");
            if text.contains(what) {
                return text;
            }
            std::thread::sleep(pause);
        }
        panic!("no {what} in {text}");
    }
}

/// A running daemon; killed if it is not stopped.
pub(crate) struct Daemon(pub(crate) Child);

impl Daemon {
    pub(crate) fn stop(mut self) {
        let sent = Command::new("kill").arg(self.0.id().to_string()).status().expect("kill");
        assert!(sent.success());
        assert_eq!(self.0.wait().expect("it ends").code(), Some(0));
    }

    pub(crate) fn kill(mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("it ends");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

pub(crate) const BEDROOM: &str = "bedrooms:
  bedroom:
    sleep: 22:30-06:45
    sleepers: { anna: {}, bob: {} }
    sensors:
      room: { topic: room, path: t }
      in_bed: { topic: mat }
    heater: { kind: radiator, command: heater/set, state: heater }
    cold_exposure: { prewarm: off }
";

pub(crate) fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uncramp"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    // What this machine's own uncramp remembers is none of a test's business.
    command.env("XDG_STATE_HOME", "/nonexistent").env_remove("STATE_DIRECTORY");
    command.env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

pub(crate) fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

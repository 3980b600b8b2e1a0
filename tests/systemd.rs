//! What the service manager hears from a real `uncramp run`: by its socket, as systemd does.

#![allow(clippy::disallowed_methods, reason = "what a service manager waits for is real time")]

#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;

use std::fs;
use std::io::ErrorKind;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mosquitto::{Mosquitto, PATIENCE};
use tempfile::TempDir;

/// After which silence this service manager would kill.
const WATCHDOG: Duration = Duration::from_millis(1500);

const BEDROOM: &str = "bedrooms:
  bedroom: { sleep: 22:30-06:45, sensors: { room: { topic: room, path: t } } }
";

/// A service manager that has started uncramp.
struct Manager {
    socket: UnixDatagram,
    child: Child,
    _mosquitto: Mosquitto,
    dir: TempDir,
}

impl Manager {
    fn start() -> Self {
        let mosquitto = Mosquitto::anonymous();
        let dir = tempfile::tempdir().expect("a directory");
        let socket = UnixDatagram::bind(dir.path().join("notify")).expect("a socket");
        let config = dir.path().join("uncramp.yaml");
        let store = dir.path().join("state");
        let text = format!(
            "timezone: UTC\nstore: {}\nmqtt: {{ host: 127.0.0.1, port: {} }}\n{BEDROOM}",
            store.display(),
            mosquitto.port
        );
        fs::write(&config, text).expect("written");
        let child = Command::new(env!("CARGO_BIN_EXE_uncramp"))
            .arg("run")
            .arg(&config)
            .env("NOTIFY_SOCKET", dir.path().join("notify"))
            .env("WATCHDOG_USEC", WATCHDOG.as_micros().to_string())
            .stdin(Stdio::null())
            .stderr(fs::File::create(dir.path().join("log")).expect("a log"))
            .spawn()
            .expect("it starts");
        Self { socket, child, _mosquitto: mosquitto, dir }
    }

    fn config(&self) -> PathBuf {
        self.dir.path().join("uncramp.yaml")
    }

    /// The next word, if it comes in time.
    fn hears(&self, within: Duration) -> Option<String> {
        self.socket.set_read_timeout(Some(within)).expect("a timeout");
        let mut word = [0; 4096];
        match self.socket.recv(&mut word) {
            Ok(length) => Some(String::from_utf8_lossy(&word[..length]).trim_end().to_owned()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Every word up to the first that begins so.
    fn until(&self, wanted: &str) -> Vec<String> {
        let begun = Instant::now();
        let mut words = Vec::new();
        loop {
            let word = self.hears(PATIENCE.saturating_sub(begun.elapsed()));
            let log = || fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
            words.push(word.unwrap_or_else(|| panic!("no {wanted} after {words:?}\n{}", log())));
            if words.last().is_some_and(|word| word.starts_with(wanted)) {
                return words;
            }
        }
    }

    /// It is fed as often as it wants to be.
    fn is_fed(&self) {
        for _ in 0..4 {
            self.until("WATCHDOG=1");
        }
    }

    /// Nothing feeds it for longer than it waits.
    fn starves(&self) {
        let mut hungry = Instant::now();
        // What was said before it stuck is still in the socket.
        while hungry.elapsed() < WATCHDOG {
            if self.hears(WATCHDOG / 4).is_some() {
                hungry = Instant::now();
            }
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let done = Command::new("kill").args(["-s", name, &pid]).status().expect("kill");
        assert!(done.success());
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_is_told_of_the_start_of_the_broker_and_of_the_end() {
    let mut manager = Manager::start();
    let begun = manager.until("READY=1");
    assert!(begun[0].starts_with("EXTEND_TIMEOUT_USEC="), "before anything slow: {begun:?}");
    manager.until("STATUS=connected to the broker");
    manager.signal("TERM");
    manager.until("STOPPING=1");
    assert_eq!(manager.child.wait().expect("its end").code(), Some(0));
}

#[test]
fn a_reload_is_told_from_its_begin_to_its_end() {
    let manager = Manager::start();
    manager.until("STATUS=connected");
    manager.signal("HUP");
    let words = manager.until("RELOADING=1");
    let begin = words.last().expect("a word");
    let since = begin.split_once("MONOTONIC_USEC=").expect("since when").1;
    assert!(since.lines().next().is_some_and(|us| us.parse::<u64>().is_ok()), "{begin}");
    let words = manager.until("READY=1").join("\n");
    assert!(words.contains("STATUS=the new configuration is in force"), "{words}");
}

#[test]
fn a_reload_of_a_bad_file_says_why_and_ends_well() {
    let manager = Manager::start();
    manager.until("STATUS=connected");
    fs::write(manager.config(), "bedroms: {}\n").expect("written");
    manager.signal("HUP");
    manager.until("RELOADING=1");
    let words = manager.until("READY=1");
    let status = words.iter().find(|word| word.starts_with("STATUS=")).expect("why");
    assert!(status.starts_with("STATUS=the new configuration is refused: "), "{status}");
    assert!(status.contains("`bedroms`") && status.contains("uncramp.yaml:1:1"), "{status}");
    assert_eq!(status.lines().count(), 1, "the rest would be taken for words of its own");
    manager.is_fed();
}

/// Also where the process lives, its other threads run and only the engine's loop is stuck:
/// in a file that is never read to its end.
#[test]
fn the_watchdog_is_fed_by_the_loop_that_asks_the_engine() {
    let manager = Manager::start();
    manager.until("STATUS=connected");
    manager.is_fed();
    let good = fs::read_to_string(manager.config()).expect("a configuration");
    fs::remove_file(manager.config()).expect("removed");
    let made = Command::new("mkfifo").arg(manager.config()).status().expect("mkfifo");
    assert!(made.success());
    manager.signal("HUP");
    manager.until("RELOADING=1");
    manager.starves();
    fs::write(manager.config(), good).expect("read by whom it kept");
    manager.until("READY=1");
    manager.is_fed();
}

#[test]
fn a_process_that_stands_still_starves_the_watchdog() {
    let manager = Manager::start();
    manager.until("STATUS=connected");
    manager.is_fed();
    manager.signal("STOP");
    manager.starves();
    manager.signal("CONT");
    manager.is_fed();
}

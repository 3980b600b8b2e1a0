//! A real mosquitto on a free port of this machine, killed when dropped.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;

/// Generous: a slow machine fails nothing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Debian keeps brokers out of a user's path.
const PATH: &str = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/sbin";

/// A running broker.
pub(crate) struct Mosquitto {
    pub(crate) port: u16,
    pub(crate) dir: TempDir,
    child: Option<Child>,
}

impl Mosquitto {
    /// One that lets everybody in.
    pub(crate) fn anonymous() -> Self {
        Self::start(|_| "allow_anonymous true".to_owned())
    }

    /// One whose configuration is written with its directory known.
    pub(crate) fn start(config: impl FnOnce(&Path) -> String) -> Self {
        let mut broker = Self::stopped(config);
        broker.run();
        broker
    }

    /// One that is still to be started.
    pub(crate) fn stopped(config: impl FnOnce(&Path) -> String) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let port = free_port();
        let text = format!(
            "user root\nlistener {port} 127.0.0.1\npersistence false\n{}\n",
            config(dir.path())
        );
        std::fs::write(dir.path().join("mosquitto.conf"), text).expect("its configuration");
        Self { port, dir, child: None }
    }

    pub(crate) fn run(&mut self) {
        let log = std::fs::File::create(self.dir.path().join("log")).expect("a log");
        let child = Command::new("mosquitto")
            .env("PATH", PATH)
            .arg("-v")
            .arg("-c")
            .arg(self.dir.path().join("mosquitto.conf"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("mosquitto is installed");
        self.child = Some(child);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.child.as_mut().expect("it").try_wait().expect("its state");
            assert!(ended.is_none(), "mosquitto ended: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("gone");
        }
    }

    /// Sends it a signal by name, such as STOP.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.as_ref().expect("it runs").id().to_string();
        let done = Command::new("kill").args([&format!("-{name}"), &pid]).status();
        assert!(done.expect("kill").success());
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// Publishes and waits until the broker has it.
    pub(crate) fn say(&self, topic: &str, payload: impl AsRef<[u8]>, retain: bool) {
        let file = self.dir.path().join("payload");
        std::fs::write(&file, payload).expect("a payload");
        let mut command = Command::new("mosquitto_pub");
        command.args(["-p", &self.port.to_string(), "-q", "1", "-t", topic, "-f"]).arg(&file);
        if retain {
            command.arg("-r");
        }
        let output = command.output().expect("mosquitto_pub is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The first message on a topic, retained or to come.
    pub(crate) fn hear(&self, topic: &str) -> String {
        self.ear(topic, 1).hear()
    }

    /// Listens from now on for so many messages.
    pub(crate) fn ear(&self, topic: &str, count: usize) -> Ear {
        static EARS: AtomicUsize = AtomicUsize::new(0);
        let ready = format!("test/ready/{}", EARS.fetch_add(1, Ordering::Relaxed));
        let mut child = Command::new("mosquitto_sub")
            .args(["-p", &self.port.to_string(), "-q", "1", "-t", topic, "-t", &ready])
            .args(["-C", &(count + 1).to_string(), "-W", &PATIENCE.as_secs().to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("mosquitto_sub is installed");
        // It listens once it has heard this, which nobody else says.
        while !self.log().contains(&format!("{ready} (QoS 1)")) {
            assert!(child.try_wait().expect("its state").is_none(), "mosquitto_sub ended");
            std::thread::sleep(Duration::from_millis(10));
        }
        self.say(&ready, "ready", false);
        Ear(child)
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Somebody who listens.
pub(crate) struct Ear(Child);

impl Ear {
    /// What was heard, a line a message.
    pub(crate) fn hear(self) -> String {
        let output = self.0.wait_with_output().expect("its output");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "heard only: {text:?}");
        let lines: Vec<&str> = text.lines().filter(|line| *line != "ready").collect();
        lines.join("\n")
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("its address").port()
}

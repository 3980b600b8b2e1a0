//! A house whose state lies on a disk of its own, which can be filled and made read-only.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::mosquitto::{Mosquitto, PATIENCE};

/// A house of one bedroom.
pub(crate) struct House {
    pub(crate) mosquitto: Mosquitto,
    folder: TempDir,
}

/// A daemon in a name space of its own, and a shell beside it.
pub(crate) struct Daemon {
    shell: Child,
    words: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
}

/// How often something is looked for.
const PAUSE: Duration = Duration::from_millis(200);

impl House {
    pub(crate) fn new(bedroom: &str) -> Self {
        let house = Self {
            mosquitto: Mosquitto::anonymous(),
            folder: tempfile::tempdir().expect("a directory"),
        };
        fs::create_dir(house.folder.path().join("disk")).expect("a directory");
        let keys = format!("    {}\n", bedroom.replace('\n', "\n    "));
        let text = format!(
            "timezone: Europe/Brussels\nstore: {}\nmqtt: {{ host: 127.0.0.1, port: {} }}\n\
             bedrooms:\n  bedroom:\n    sleepers: {{ anna: {{}} }}\n{keys}",
            house.folder.path().join("disk").display(),
            house.mosquitto.port
        );
        fs::write(house.folder.path().join("uncramp.yaml"), text).expect("written");
        house
    }

    /// Runs on a disk of one megabyte, prepared before the start. None where the machine
    /// allows none.
    pub(crate) fn run_on_tmpfs(&self, prepare: &str) -> Option<Daemon> {
        let script = format!(
            "mount -t tmpfs -o size=1m,mode=700 none disk || exit 9
             cd disk; {prepare}; cd ..
             \"$0\" run uncramp.yaml 2>log & pid=$!
             echo runs
             while read -r line; do eval \"$line\"; echo; echo done; done
             kill $pid; wait $pid"
        );
        let ear = self.mosquitto.ear("uncramp/bedroom/state", 1);
        let mut shell = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
            .arg(env!("CARGO_BIN_EXE_uncramp"))
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let mut said = BufReader::new(shell.stdout.take().expect("its output")).lines();
        let words = shell.stdin.take().expect("its input");
        if said.next().is_none() {
            drop(shell.wait());
            return None;
        }
        ear.hear();
        Some(Daemon { shell, words, said })
    }

    pub(crate) fn wish(&self, topic: &str, payload: &str) {
        self.mosquitto.say(&format!("uncramp/bedroom/{topic}"), payload, false);
    }

    /// Waits until the bedroom is shown so.
    pub(crate) fn comes_to_show(&self, so: impl Fn(&serde_json::Value) -> bool) {
        let mut shown = serde_json::Value::Null;
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            let text = self.mosquitto.hear("uncramp/bedroom/state");
            let last = text.lines().last().expect("one at least");
            shown = serde_json::from_str(last).expect("a view");
            if so(&shown) {
                return;
            }
            std::thread::sleep(PAUSE);
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("shown is {shown}\n{log}");
    }

    /// Ends the daemon by a signal, does something on its disk, and starts another one.
    pub(crate) fn begins_anew(&self, daemon: &mut Daemon, signal: &str, prepare: &str) {
        daemon.sh(&format!("kill -{signal} $pid; wait $pid"));
        daemon.sh(&format!("cd disk; {prepare}; cd .."));
        // What the broker kept is of the life before.
        self.mosquitto.say("uncramp/bedroom/state", "", true);
        daemon.sh("\"$0\" run uncramp.yaml 2>>log & pid=$!");
    }

    /// Waits until the diary has it.
    pub(crate) fn comes_to_say(&self, daemon: &mut Daemon, what: &str) {
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            if daemon.sh(DIARY).contains(what) {
                return;
            }
            std::thread::sleep(PAUSE);
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("no {what} in {}\n{log}", daemon.sh(DIARY));
    }
}

/// What can be read of the disk beside the daemon.
const DIARY: &str = "$0 diary --csv --config uncramp.yaml 2>&1";

impl Daemon {
    /// Does a line of shell beside the daemon, and returns what it says.
    pub(crate) fn sh(&mut self, line: &str) -> String {
        writeln!(self.words, "{line}").expect("it listens");
        let mut said = String::new();
        for line in self.said.by_ref() {
            match line.expect("text").as_str() {
                "done" => break,
                line => said += &(line.to_owned() + "\n"),
            }
        }
        said
    }

    pub(crate) fn stop(self) {
        let Self { mut shell, words, said } = self;
        drop(words);
        drop(said);
        assert_eq!(shell.wait().expect("it ends").code(), Some(0));
    }
}

//! What Home Assistant changes, through the built binary.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::mosquitto::Mosquitto;
use crate::{BEDROOM_KEYS, command, out, path, uncramp};

/// A daemon of which the last picture can be asked for.
struct Daemon<'m> {
    mosquitto: &'m Mosquitto,
    child: Child,
}

impl<'m> Daemon<'m> {
    /// Starts, with nothing left of what an earlier one showed.
    fn start(mosquitto: &'m Mosquitto, file: &Path, log: Stdio) -> Self {
        mosquitto.say("uncramp/bedroom/state", "", true);
        let child = command(&["run", path(file)]).stderr(log).spawn().expect("it starts");
        Self { mosquitto, child }
    }

    /// Waits until a value is shown.
    fn shows(&self, setting: &str, value: f64) {
        let mut shown = serde_json::Value::Null;
        for _ in 0..300 {
            let state = self.mosquitto.hear("uncramp/bedroom/state");
            let last = state.lines().last().expect("one at least");
            let view: serde_json::Value = serde_json::from_str(last).expect("a view");
            shown = view["settings"][setting].clone();
            if shown == value {
                return;
            }
        }
        panic!("{setting} is {shown}");
    }

    fn ends(mut self, signal: &str) -> String {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().expect("kill");
        assert!(sent.success());
        let mut log = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut log).expect("its log");
        }
        self.child.wait().expect("it ends");
        log
    }
}

#[test]
fn what_home_assistant_changed_outlives_a_kill_is_checked_and_yields_to_the_file() {
    let mosquitto = Mosquitto::anonymous();
    let folder = tempfile::tempdir().expect("a directory");
    let (file, store) = (folder.path().join("uncramp.yaml"), folder.path().join("state"));
    let text = format!(
        "timezone: Europe/Brussels\nstore: {}\nmqtt: {{ host: 127.0.0.1, port: {} }}\n{BEDROOM_KEYS}",
        store.display(),
        mosquitto.port
    );
    fs::write(&file, &text).expect("written");
    let check = || out(&uncramp(&["check", path(&file)]));
    assert!(!check().contains("Home Assistant"), "nothing was ever recorded");

    let daemon = Daemon::start(&mosquitto, &file, Stdio::null());
    daemon.shows("too_cold", 18.0);
    let change = r#"{"setting":"too_cold","value":18.5}"#;
    mosquitto.say("uncramp/bedroom/setting/set", change, false);
    daemon.shows("too_cold", 18.5);
    daemon.ends("-KILL");
    let said = check();
    let line = "- bedroom: too_cold 18.5 °C, set in Home Assistant";
    assert!(said.contains("In force, above the file:") && said.contains(line), "{said}");
    assert!(said.contains("the file said `cold_exposure.reference: 18 °C`"), "{said}");

    let prove =
        || out(&uncramp(&["check", path(&file), "--prove", "--nights", "24", "--seed", "3"]));
    let adjusted = prove();
    let nights = |said: &str| said.split_once("no promise was broken").map(|(_, it)| it.to_owned());
    let plain = text.replace(&store.display().to_string(), "/nowhere");
    fs::write(&file, plain).expect("written");
    assert_ne!(nights(&adjusted), nights(&prove()), "it is the plan in force that is tried");
    fs::write(&file, text.replace("reference: 18 °C", "reference: 18.5 °C")).expect("written");
    assert_eq!(nights(&adjusted), nights(&prove()), "as if the file said so");
    fs::write(&file, &text).expect("written");

    fs::write(&file, format!("units: imperial\n{text}")).expect("written");
    assert!(check().contains("- bedroom: too_cold 65.3 °F, set in"), "{}", check());
    fs::write(&file, &text).expect("written");

    let daemon = Daemon::start(&mosquitto, &file, Stdio::null());
    daemon.shows("too_cold", 18.5);
    assert_eq!(check(), said, "beside a running daemon");
    daemon.shows("too_cold", 18.5);
    daemon.ends("-TERM");
    let files = || {
        let all = fs::read_dir(&store).expect("the store").map(|entry| entry.expect("a file"));
        let mut names: Vec<_> = all.map(|entry| entry.file_name()).collect();
        names.sort();
        names
    };
    let before = files();
    assert_eq!(check(), said, "with nobody there");
    assert_eq!(files(), before, "check leaves nothing behind");

    fs::write(&file, text.replace("reference: 18 °C", "reference: 17 °C")).expect("written");
    assert!(check().contains("No longer in force"), "{}", check());
    let daemon = Daemon::start(&mosquitto, &file, Stdio::piped());
    daemon.shows("too_cold", 17.0);
    let log = daemon.ends("-TERM");
    let line = "was set to 18.5 °C from Home Assistant; the file has been edited since, and holds";
    assert!(log.contains(line), "{log}");
}

//! The set-up's last step: the devices are tried by typing `t`, and what obeys is run.
//!
//! A heater's own timer is watched for two and a half minutes by the real clock (S2), and
//! so long lasts the test of it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::mosquitto::Mosquitto;
use super::pure::announcements;
use super::terminal::Terminal;
use super::whole::Running;

const PLUG: &str = "zigbee2mqtt/Bedroom plug";

/// A plug with a timer of its own behind Zigbee2MQTT, and a voice; ended when dropped.
struct Home {
    ear: Child,
    told: Arc<Mutex<Vec<String>>>,
}

impl Home {
    fn begin(broker: &Mosquitto, on: bool) -> Self {
        for (topic, payload) in announcements("zigbee2mqtt") {
            broker.say(&topic, payload, true);
        }
        let port = broker.port.to_string();
        let mut ear = Command::new("mosquitto_sub")
            .args(["-p", &port, "-q", "1", "-F", "%t\t%p", "-t", "uncramp/bedroom/announce"])
            // It takes commands by name and by address, and says its state by name.
            .args(["-t", "zigbee2mqtt/+/set", "-t", "zigbee2mqtt/+/get"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("mosquitto_sub is installed");
        let heard = BufReader::new(ear.stdout.take().expect("its output"));
        let told = Arc::new(Mutex::new(Vec::new()));
        let (list, relay) = (Arc::clone(&told), Arc::new(Mutex::new(on)));
        std::thread::spawn(move || {
            for line in heard.lines().map_while(Result::ok) {
                let Some((topic, payload)) = line.split_once('\t') else { continue };
                list.lock().expect("the list").push(payload.to_owned());
                let said: Value = serde_json::from_str(payload).unwrap_or_default();
                if topic.ends_with("/announce") {
                    let ack = format!(r#"{{"id":{},"outcome":"spoken"}}"#, said["id"]);
                    say(&port, "uncramp/bedroom/announce/ack", &ack);
                    continue;
                }
                if let Some(word) = said["state"].as_str().filter(|word| !word.is_empty()) {
                    *relay.lock().expect("the relay") = word == "ON";
                }
                report(&port, &relay);
                if let Some(seconds) = said["on_time"].as_u64() {
                    let (port, relay) = (port.clone(), Arc::clone(&relay));
                    std::thread::spawn(move || {
                        std::thread::sleep(Duration::from_secs(seconds));
                        *relay.lock().expect("the relay") = false;
                        report(&port, &relay);
                    });
                }
            }
        });
        Self { ear, told }
    }

    fn told(&self) -> Vec<String> {
        self.told.lock().expect("the list").clone()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.ear.kill().ok();
        self.ear.wait().ok();
    }
}

fn report(port: &str, relay: &Mutex<bool>) {
    let state = if *relay.lock().expect("the relay") { "ON" } else { "OFF" };
    say(port, PLUG, &format!(r#"{{"state":"{state}"}}"#));
}

fn say(port: &str, topic: &str, payload: &str) {
    let said = Command::new("mosquitto_pub")
        .args(["-p", port, "-q", "1", "-t", topic, "-m", payload])
        // The broker may be gone by now.
        .stderr(Stdio::null())
        .status();
    said.expect("mosquitto_pub is installed");
}

/// Everything is said by flags but the last answer, which is typed.
fn asked(folder: &Path, broker: &Mosquitto) -> Terminal {
    let port = broker.port.to_string();
    let mut terminal = Terminal::open(
        folder,
        &[
            "--config",
            "uncramp.yaml",
            "setup",
            "--host",
            "127.0.0.1",
            "--port",
            &port,
            "--listen",
            "1",
            "--use",
            "Bedroom climate=room",
            "--use",
            "Bedroom plug=panel",
            "--sleep",
            "22:30-06:45",
            "--sleepers",
            "Anna 1955",
            "--conditions",
            "Anna=none",
            "--room-is",
            "cold",
        ],
    );
    terminal.sees("t writes it and tries the devices");
    terminal.types("t");
    terminal
}

#[test]
fn a_heater_whose_timer_was_seen_is_run_from_the_start() {
    let broker = Mosquitto::anonymous();
    let home = Home::begin(&broker, false);
    let folder = tempfile::tempdir().expect("a directory");
    let mut terminal = asked(folder.path(), &broker);
    terminal.sees("Bedroom plug: its own timer works");
    terminal.sees("uncramp knows it now.");
    terminal.sees("voice: it was spoken.");
    terminal.sees("The devices obey: uncramp acts from the start.");
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("only watches: it switches nothing on"), "{screen}");
    let file = folder.path().join("uncramp.yaml");
    let text = fs::read_to_string(&file).expect("written");
    assert!(!text.contains("mode: watch"), "{text}");
    assert!(home.told().iter().any(|told| told.contains("on_time")), "{:?}", home.told());

    let _running = Running::start(folder.path(), &file);
    let state = broker.hear("uncramp/bedroom/state");
    assert!(
        state.contains(r#""mode":"auto""#) && state.contains(r#""timer_works":true"#),
        "{state}"
    );
}

#[test]
fn another_mode_in_the_file_holds_from_the_next_start() {
    let broker = Mosquitto::anonymous();
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("uncramp.yaml");
    let starts = |mode: &str, shown: &str| {
        let bedroom = format!("bedrooms: {{ bedroom: {{ {mode}sleep: 22:30-06:45 }} }}\n");
        let mqtt = format!("timezone: UTC\nmqtt: {{ host: 127.0.0.1, port: {} }}\n", broker.port);
        fs::write(&file, mqtt + &bedroom).expect("written");
        broker.say("uncramp/bedroom/state", "", true);
        let running = Running::start(folder.path(), &file);
        let state = broker.hear("uncramp/bedroom/state");
        assert!(state.contains(&format!(r#""mode":"{shown}""#)), "{state}");
        running
    };
    starts("mode: watch, ", "watch").stops();
    let running = starts("", "auto");
    broker.say("uncramp/bedroom/mode/set", "off", false);
    let mut state = String::new();
    while !state.contains(r#""mode":"off""#) {
        state = broker.hear("uncramp/bedroom/state");
    }
    running.stops();
    // What was told by hand holds for as long as the file says what it said.
    starts("", "off").stops();
}

#[test]
fn what_does_not_obey_is_only_watched() {
    let broker = Mosquitto::anonymous();
    let _home = Home::begin(&broker, true);
    let folder = tempfile::tempdir().expect("a directory");
    let mut terminal = asked(folder.path(), &broker);
    terminal.sees("Bedroom plug: it is on already. Switch it off, and try again.");
    terminal.sees("uncramp only watches: it switches nothing on");
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    let text = fs::read_to_string(folder.path().join("uncramp.yaml")).expect("written");
    assert!(text.contains("    mode: watch\n"), "{text}");
}

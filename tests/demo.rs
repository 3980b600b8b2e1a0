//! `uncramp demo`, as somebody sees it who has just installed it.
#![cfg(feature = "embedded-broker")]

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};

fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uncramp"));
    command.arg("demo").args(arguments);
    command
}

fn shown(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = demo(arguments).output().expect("it runs");
    let text = String::from_utf8(stdout).expect("text");
    assert!(status.success(), "{status}\n{text}\n{}", String::from_utf8_lossy(&stderr));
    text
}

/// The first message on a topic of a broker on this port that may still be starting.
fn hear(port: u16, topic: &str) -> String {
    loop {
        let heard = Command::new("mosquitto_sub")
            .args(["-p", &port.to_string(), "-t", topic, "-C", "1", "-W", "20"])
            .output()
            .expect("mosquitto_sub is installed");
        if heard.status.success() {
            return String::from_utf8_lossy(&heard.stdout).trim().to_owned();
        }
        // 27 is a time-out; anything else that there is no broker yet.
        assert_ne!(heard.status.code(), Some(27), "nothing on {topic}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("its address").port()
}

fn begun(arguments: &[&str]) -> (Child, u16) {
    let port = free_port();
    let child = demo(arguments)
        .args(["--port", &port.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    (child, port)
}

/// Presses Ctrl-C and returns everything that was shown.
fn interrupted(mut child: Child) -> String {
    let sent = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill").success());
    let mut text = String::new();
    child.stdout.take().expect("its output").read_to_string(&mut text).expect("text");
    assert!(child.wait().expect("its end").success(), "{text}");
    text
}

#[test]
fn water_air_and_heat_act_and_the_night_is_better_for_it() {
    let text = shown(&["--fast", "--seed", "1"]);
    for part in [
        "a glass of water would be good about now",
        "drinks 200 mL",
        "lies down",
        "fan → low",
        "the bed is stuffy",
        "heater → 19 °C",
        "heater → 15 °C",
        "gets up.",
        "the night's cold dose",
        "uncramp check",
    ] {
        assert!(text.contains(part), "no “{part}” in\n{text}");
    }
    let (up, asked) = (text.find("gets up."), text.find("any cramp last night?"));
    assert!(up.is_some() && up < asked, "asked before she was up:\n{text}");
    for (what, how_often) in [("reminded to drink", "once"), ("asked about the night", "once")] {
        let row = text.lines().find(|line| line.contains(what)).expect(what);
        assert!(row.contains(how_often), "{row}\n{text}");
    }
    let widest = text.lines().map(|line| line.chars().count()).max().expect("lines");
    assert!(widest <= 100, "a line of {widest} characters in\n{text}");
    assert!(text.lines().count() <= 80, "{} lines in\n{text}", text.lines().count());
    assert!(!text.contains('\u{1b}'), "no colour into a pipe");
    assert!(!text.contains("who looks after the house"), "nothing is at fault in\n{text}");
}

#[test]
fn other_nights_are_well_too_and_the_same_night_is_the_same() {
    for seed in ["2", "3", "4"] {
        let text = shown(&["--fast", "--seed", seed]);
        for part in ["glass of water", "fan → low", "heater → 19 °C"] {
            assert!(text.contains(part), "no “{part}” with seed {seed} in\n{text}");
        }
    }
    let without_port = |text: String| -> Vec<String> {
        text.lines().filter(|line| !line.contains("mosquitto_sub")).map(str::to_owned).collect()
    };
    let once = without_port(shown(&["--fast", "--seed", "7"]));
    assert_eq!(once, without_port(shown(&["--fast", "--seed", "7"])));
}

#[test]
fn a_thermometer_and_a_valve_are_enough() {
    let text = shown(&["--fast", "--simple"]);
    assert!(text.contains("heater → 19 °C") && !text.contains("fan"), "{text}");
}

#[test]
fn it_can_be_listened_to_and_stopped_in_order() {
    let (child, port) = begun(&[]);
    assert_eq!(hear(port, "uncramp/status"), "online");
    assert!(hear(port, "uncramp/bedroom/state").contains(r#""mode":"auto""#));
    let text = interrupted(child);
    assert!(text.contains("handed the bedroom back"), "{text}");
}

#[test]
fn what_is_retained_can_be_looked_at_afterwards() {
    let (child, port) = begun(&["--fast", "--hold"]);
    while hear(port, "uncramp/status") != "offline" {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(hear(port, "uncramp/bedroom/state").contains(r#""bedroom":"bedroom""#));
    let text = interrupted(child);
    assert!(text.contains("The broker stays"), "{text}");
}

#[test]
fn its_configuration_can_be_kept() {
    for simple in [&["--print-config"][..], &["--print-config", "--simple"]] {
        let text = shown(simple);
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("uncramp.yaml");
        std::fs::write(&file, text).expect("a file");
        let checked = Command::new(env!("CARGO_BIN_EXE_uncramp"))
            .arg("--config")
            .arg(&file)
            .arg("check")
            .output()
            .expect("it runs");
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    }
}

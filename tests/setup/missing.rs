//! What the set-up does where something is missing: a thermometer, or every device.

use std::fs;
use std::process::Command;

use super::mosquitto::{Mosquitto, free_port};
use super::pure::announcements;
use super::terminal::Terminal;
use super::whole::{announced, code, err, has_all, number, uncramp};

/// `uncramp setup` in a terminal, of devices on this broker.
fn asked(folder: &tempfile::TempDir, broker: &Mosquitto, more: &[&str]) -> Terminal {
    let port = broker.port.to_string();
    let place = ["--config", "uncramp.yaml", "setup", "--port", &port, "--host", "127.0.0.1"];
    Terminal::open(folder.path(), &[&place[..], &["--listen", "1"], more].concat())
}

/// Nothing is heated or cooled in a room whose temperature nobody knows: what would be is left
/// out before anything is asked of it, and the rest is written.
#[test]
fn without_a_thermometer_the_rest_is_written() {
    let (broker, folder) = (announced(), tempfile::tempdir().expect("a directory"));
    let mut terminal = asked(&folder, &broker, &[]);
    terminal.sees("Numbers of those in the bedroom");
    let screen = terminal.screen();
    terminal.types(&["Bedroom plug", "Bed mat"].map(|name| number(&screen, name)).join(" "));
    terminal.sees("Does “Bed mat” say that somebody is in bed?");
    terminal.types("y");
    terminal.sees("Without a thermometer in the room nothing is heated or cooled.");
    terminal.sees("Left out: “Bedroom plug”.");
    for (question, answer) in [
        ("Usual hours", ""),
        ("Who sleeps there", "none"),
        ("too cold (1)", ""),
        ("Enter writes it, a number changes that line, n leaves", ""),
    ] {
        terminal.sees(question);
        terminal.types(answer);
    }
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    let text = fs::read_to_string(folder.path().join("uncramp.yaml")).expect("written");
    assert!(text.contains("in_bed:") && !text.contains("fan:"), "{text}");
}

/// Where nothing would be left, the list is shown again; and who has chosen a thermometer keeps
/// it for as long as something needs it.
#[test]
fn with_nothing_left_the_devices_are_asked_for_again_and_the_thermometer_stays() {
    let (broker, folder) = (announced(), tempfile::tempdir().expect("a directory"));
    let mut terminal = asked(&folder, &broker, &["--language", "de"]);
    terminal.sees("Zahlen derer, die im Schlafzimmer sind");
    let screen = terminal.screen();
    let [plug, climate] = ["Bedroom plug", "Bedroom climate"].map(|name| number(&screen, name));
    terminal.types(&plug);
    terminal.sees("weder geheizt noch gekühlt. Es bleibt weg: „Bedroom plug“.");
    terminal.sees("Bitte auch ein Thermometer wählen.");
    for (question, answer) in [
        ("Enter zeigt die Geräte noch einmal, `ohne` macht ohne sie weiter, n bricht ab", "ja"),
        ("Enter, ohne oder n", ""),
        ("Zahlen derer, die im Schlafzimmer sind", format!("{plug} {climate}").as_str()),
        ("„Bedroom plug“ schaltet:", "5"),
        ("Wann meist im Bett", ""),
        ("Wer schläft dort", "niemand"),
        ("zu kalt (1)", ""),
        ("   7  Raum        Bedroom climate", "7"),
        ("nicht anrühren", "4"),
        ("ohne ein Thermometer im Raum kann „Bedroom plug“ nicht laufen", ""),
    ] {
        terminal.sees(question);
        terminal.types(answer);
    }
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    has_all(&screen, &["Schlafzimmers den Modus „automatisch“ wählen"]);
    let text = fs::read_to_string(folder.path().join("uncramp.yaml")).expect("written");
    assert!(text.contains("room:") && text.contains("fan:"), "{text}");
}

/// A plug and nothing else, as Zigbee2MQTT lists it.
const PLUG: &str = r#"[{"ieee_address": "0x60a423fffe112233", "friendly_name": "Bedroom plug",
    "supported": true, "definition": {"vendor": "Tuya", "model": "TS011F", "exposes": [
    {"type": "switch", "features": [{"type": "binary", "name": "state", "property": "state",
    "access": 7, "value_on": "ON", "value_off": "OFF"}]}]}}]"#;

fn answers(terminal: &mut Terminal, answers: &[(&str, &str)]) {
    for (question, answer) in answers {
        terminal.sees(question);
        terminal.types(answer);
    }
}

/// Where no thermometer is anywhere, asking for one again and again leads nowhere: what needs none
/// is written, or nothing.
#[test]
fn a_plug_without_any_thermometer_comes_to_an_end() {
    let (broker, folder) = (Mosquitto::anonymous(), tempfile::tempdir().expect("a directory"));
    broker.say("zigbee2mqtt/bridge/devices", PLUG, true);
    let mut terminal = asked(&folder, &broker, &[]);
    answers(
        &mut terminal,
        &[
            ("Numbers of those in the bedroom", "all"),
            ("No thermometer is on this broker: one in the room is what is missing.", ""),
            ("Numbers of those in the bedroom", "1"),
            ("Enter shows the devices again, `without` goes on without, n leaves", "n"),
        ],
    );
    let (code, screen) = terminal.ends();
    assert_eq!(code, 2, "{screen}");
    assert!(screen.contains("nothing was written"), "{screen}");

    let mut terminal = asked(&folder, &broker, &[]);
    answers(
        &mut terminal,
        &[
            ("Numbers of those in the bedroom", "1"),
            ("Enter shows the devices again", "without"),
            ("Usual hours", ""),
            ("Who sleeps there", "Anna 1955"),
            ("What holds for Anna?", "none"),
            ("too cold (1)", ""),
            ("Enter writes it, a number changes that line, n leaves", ""),
        ],
    );
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    has_all(
        &screen,
        &[
            "Anna is reminded to drink by day.",
            "A thermometer in the room, the first thing to add",
            "- There is nothing to switch yet: uncramp answers, reminds and keeps the diary.",
            "uncramp setup --replace",
        ],
    );
    let text = fs::read_to_string(folder.path().join("uncramp.yaml")).expect("written");
    assert!(!text.contains("sensors:") && !text.contains("mode: watch"), "{text}");
}

/// Who has no broker is offered the one inside, which runs for as long as devices are looked for.
#[cfg(feature = "embedded-broker")]
#[test]
fn without_a_broker_the_one_inside_is_offered() {
    let folder = tempfile::tempdir().expect("a directory");
    let [nobody, port] = [(); 2].map(|()| free_port().to_string());
    let place = ["--config", "uncramp.yaml", "setup", "--port", &nobody, "--host", "127.0.0.1"];
    let mut terminal = Terminal::open(folder.path(), &[&place[..], &["--listen", "1"]].concat());
    terminal.sees("No broker for us at 127.0.0.1");
    terminal.sees("`embedded` is one inside uncramp, for programs on this machine.");
    answers(&mut terminal, &[("Where is the broker?", &format!("embedded:{port}"))]);
    terminal.sees(&format!("connect to localhost:{port} now."));
    terminal.sees("Another broker? y/n, or wait for a device");
    let list = ["-t", "zigbee2mqtt/bridge/devices", "-r", "-m", PLUG];
    let said = Command::new("mosquitto_pub").args(["-p", &port]).args(list).status();
    assert!(said.expect("mosquitto_pub is installed").success());
    answers(
        &mut terminal,
        &[
            ("Numbers of those in the bedroom", "1"),
            ("Enter shows the devices again", "without"),
            ("Usual hours", ""),
            ("Who sleeps there", "none"),
            ("too cold (1)", ""),
            ("Enter writes it, a number changes that line, n leaves", ""),
        ],
    );
    let (ended, screen) = terminal.ends();
    assert_eq!(ended, 0, "{screen}");
    let text = fs::read_to_string(folder.path().join("uncramp.yaml")).expect("written");
    has_all(&text, &[&format!("mqtt:\n  embedded:\n    listen: \"127.0.0.1:{port}\"\n")]);
    assert_eq!(code(&uncramp(folder.path(), &["check", "uncramp.yaml"])), 0);
}

/// By flags likewise.
#[test]
fn what_flags_name_and_cannot_be_run_is_left_out() {
    let (broker, folder) = (announced(), tempfile::tempdir().expect("a directory"));
    let port = broker.port.to_string();
    let by_flags = |more: &[&str]| {
        let always = ["--config", "uncramp.yaml", "setup", "--yes", "--host", "127.0.0.1"];
        let listening = ["--port", &port, "--listen", "1"];
        uncramp(folder.path(), &[&always[..], &listening, more].concat())
    };
    let file = folder.path().join("uncramp.yaml");
    for role in ["fan", "portable", "radiator"] {
        let plug = format!("Bedroom plug={role}");
        let nothing = by_flags(&["--use", &plug]);
        let said = String::from_utf8_lossy(&nothing.stdout).into_owned();
        assert_eq!(code(&nothing), 1, "{role}: {said}{}", err(&nothing));
        has_all(&said, &["Left out: “Bedroom plug”."]);
        has_all(&err(&nothing), &["no device is left; name them with --use DEVICE=ROLE"]);
        assert!(!file.exists(), "{role}");
    }
    let rest = by_flags(&["--use", "Bedroom plug=fan", "--use", "Bed mat=in_bed"]);
    assert_eq!(code(&rest), 0, "{}", err(&rest));
    let text = fs::read_to_string(&file).expect("written");
    assert!(text.contains("in_bed:") && !text.contains("fan:"), "{text}");
    assert!(text.contains("mode: watch"), "nobody was asked: {text}");
}

/// On a broker without devices somebody is told why, and the first that announces itself is
/// listed.
#[test]
fn a_broker_without_devices_is_listened_to_until_one_announces_itself() {
    let broker = Mosquitto::anonymous();
    let folder = tempfile::tempdir().expect("a directory");
    let mut terminal = asked(&folder, &broker, &[]);
    terminal.sees("No device announced itself on this broker.");
    terminal.sees("config/uncramp.yaml in uncramp's source is an example");
    terminal.sees("Another broker? y/n, or wait for a device");
    terminal.types("");
    terminal.sees("Another broker? y/n, or wait for a device");
    for (topic, payload) in announcements("tasmota").into_iter().take(2) {
        broker.say(&topic, &payload, true);
    }
    terminal.sees("What is in the bedroom?");
    terminal.sees("Numbers of those in the bedroom");
    assert_eq!(terminal.screen().matches("Numbers of those").count(), 1);
}

/// Or another broker is tried, or nothing is written.
#[test]
fn a_broker_without_devices_may_be_the_wrong_one() {
    let (wrong, right) = (Mosquitto::anonymous(), announced());
    let folder = tempfile::tempdir().expect("a directory");
    let mut terminal = asked(&folder, &wrong, &["--language", "de"]);
    terminal.sees("Auf diesem Broker hat sich kein Gerät gemeldet.");
    for (question, answer) in [
        ("Ein anderer Broker? j/n, oder auf ein Gerät warten", "vielleicht"),
        ("j oder n", "j"),
        ("Wo ist der Broker?", format!("127.0.0.1:{}", right.port).as_str()),
        ("Als wer anmelden?", ""),
    ] {
        terminal.sees(question);
        terminal.types(answer);
    }
    terminal.sees("Zahlen derer, die im Schlafzimmer sind");

    let mut terminal = asked(&folder, &wrong, &[]);
    terminal.sees("Another broker? y/n, or wait for a device");
    terminal.types("n");
    let (code, screen) = terminal.ends();
    assert_eq!(code, 2, "{screen}");
    assert!(screen.contains("nothing was written"), "{screen}");
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 0);
}

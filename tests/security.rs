//! What a hostile network, or a careless reader of logs, gets out of uncramp: nothing.

#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;
mod support;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use mosquitto::{Mosquitto, PATIENCE};
use support::Made;
use tempfile::TempDir;

/// Whatever shows this has shown a password.
const CANARY: &str = "canary-7f3a9c";

const EXAMPLE: &str = "config/uncramp.yaml";
const RULES: &str = "config/mosquitto/uncramp.acl";

/// A broker that lets in whom its rules name: uncramp, by the shipped rules, and the devices.
fn guarded(rules: &str) -> Mosquitto {
    let rules = format!("{rules}\nuser devices\ntopic readwrite #\n");
    Mosquitto::start(|directory| {
        let (users, file) = (directory.join("users"), directory.join("acl"));
        fs::write(&file, rules).expect("its rules");
        fs::write(&users, "").expect("its users");
        for user in ["uncramp", "devices"] {
            let made = Command::new("mosquitto_passwd")
                .args(["-b", &users.to_string_lossy(), user, CANARY])
                .env("PATH", "/usr/bin:/usr/local/bin:/opt/homebrew/bin")
                .status();
            assert!(made.expect("mosquitto_passwd is installed").success());
        }
        format!(
            "allow_anonymous false\npassword_file {}\nacl_file {}\nlog_type all",
            users.display(),
            file.display()
        )
    })
}

/// uncramp on the example's configuration, with a password that must never be seen.
struct Running {
    child: Child,
    folder: TempDir,
}

impl Running {
    fn start(broker: &Mosquitto) -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let example = fs::read_to_string(EXAMPLE).expect("the example");
        let own = format!(
            "store: {}\nmqtt:\n  host: 127.0.0.1\n  port: {}\n  username: uncramp\n  \
             password: ${{UNCRAMP_MQTT_PASSWORD}}\n",
            folder.path().join("state").display(),
            broker.port
        );
        let text = example.replacen("mqtt:\n  host: localhost\n", &own, 1);
        assert_ne!(text, example, "the example names its broker elsewhere now");
        fs::write(folder.path().join("uncramp.yaml"), text).expect("a configuration");
        let log = fs::File::create(folder.path().join("log")).expect("a log");
        let child = uncramp(folder.path())
            .arg("run")
            .env("UNCRAMP_LOG", "trace")
            .stdout(log.try_clone().expect("the log once more"))
            .stderr(log)
            .spawn()
            .expect("it starts");
        Self { child, folder }
    }

    fn says(&self, arguments: &[&str]) -> Output {
        uncramp(self.folder.path()).args(arguments).output().expect("it runs")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).expect("its log")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn uncramp(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uncramp"));
    command.arg("--config").arg(folder.join("uncramp.yaml"));
    command.env("UNCRAMP_MQTT_PASSWORD", CANARY).env_remove("STATE_DIRECTORY");
    command.stdin(Stdio::null());
    command
}

fn devices(program: &str, broker: &Mosquitto) -> Command {
    let mut client = Command::new(program);
    client.args(["-p", &broker.port.to_string(), "-u", "devices", "-P", CANARY]);
    client
}

fn say(broker: &Mosquitto, topic: &str, payload: &str) {
    let mut client = devices("mosquitto_pub", broker);
    let said = client.args(["-q", "1", "-t", topic, "-m", payload]).status();
    assert!(said.expect("mosquitto_pub is installed").success());
}

/// Everything kept or said below these topics, until so many of them were heard.
fn hear(broker: &Mosquitto, topics: &[&str]) -> String {
    let mut client = devices("mosquitto_sub", broker);
    client.args(["-q", "1", "-v", "-C", &topics.len().to_string()]);
    client.args(["-W", &PATIENCE.as_secs().to_string()]);
    for topic in topics {
        client.args(["-t", topic]);
    }
    let output = client.output().expect("mosquitto_sub is installed");
    let heard = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "heard only {heard}");
    heard
}

fn comes_to_hold(what: &str, holds: impl Fn() -> bool) {
    let pause = Duration::from_millis(50);
    for _ in 0..PATIENCE.as_millis() / pause.as_millis() {
        if holds() {
            return;
        }
        std::thread::sleep(pause);
    }
    panic!("never: {what}");
}

#[test]
fn the_shipped_access_rules_are_enough_and_a_password_is_seen_nowhere() {
    let rules = fs::read_to_string(RULES).expect("the shipped rules");
    let broker = guarded(&rules);
    let running = Running::start(&broker);
    let kept = ["uncramp/status", "uncramp/instance", "uncramp/bedroom/state"];
    let device = "homeassistant/device/uncramp_bedroom/config";
    let shown = hear(&broker, &[kept[0], kept[1], kept[2], device]);
    say(&broker, "uncramp/bedroom/override/set", r#"{"actuator": "fan", "want": "on"}"#);
    comes_to_hold("a command to the fan", || {
        broker.log().contains("Received PUBLISH from uncramp") && {
            broker.log().contains("'zigbee2mqtt/Fan plug/set'")
        }
    });
    say(&broker, "uncramp/bedroom/announce/ack", r#"{"id": 1, "outcome": "spoken"}"#);
    let log = broker.log();
    let denied: Vec<&str> = log.lines().filter(|line| line.contains("Denied")).collect();
    assert!(denied.is_empty(), "{denied:#?}");

    let checked = running.says(&["check"]);
    let told = String::from_utf8_lossy(&checked.stdout).into_owned()
        + &String::from_utf8_lossy(&checked.stderr);
    for (where_, text) in [("the log", running.log()), ("a topic", shown), ("`check`", told)] {
        assert!(!text.is_empty() && !text.contains(CANARY), "a password in {where_}: {text}");
    }
}

/// A broker tells nobody that it refuses something; what is missing shows by what does not come
/// back.
#[test]
fn what_the_broker_does_not_hand_on_is_named() {
    let rules = fs::read_to_string(RULES).expect("the shipped rules");
    let own = ("topic readwrite uncramp/#\n", "uncramp/instance");
    let device = "homeassistant/device/uncramp_bedroom/config";
    let lines = [own, (&format!("topic readwrite {device}\n"), device)];
    let houses = lines.map(|(line, topic)| {
        let broker = guarded(&rules.replacen(line, "", 1));
        (Running::start(&broker), broker, topic)
    });
    for (running, _, topic) in &houses {
        let told = || {
            let log = running.log();
            let told = |line: &&str| line.contains("does not hand on what uncramp says on");
            log.lines().find(told).map(str::to_owned)
        };
        comes_to_hold("a word of it", || told().is_some());
        let line = told().expect("it");
        let shown = line.split("says on ").nth(1).expect("a list");
        assert!(shown.contains(topic), "{line}");
        let other = if *topic == device { own.1 } else { device };
        assert!(!shown.contains(other), "{line}");
    }
}

/// A subscription that is refused looks granted, and nothing comes.
#[test]
fn the_shipped_access_rules_let_uncramp_hear_every_device_of_the_example() {
    let rules = fs::read_to_string(RULES).expect("the shipped rules");
    let readable: Vec<&str> = rules
        .lines()
        .filter_map(|line| {
            line.strip_prefix("topic read ").or(line.strip_prefix("topic readwrite "))
        })
        .collect();
    let example = fs::read_to_string(EXAMPLE).expect("the example");
    let plan = uncramp::plan::parse(&example, &Made).expect("a plan").plan;
    let topics = plan.topics().filters();
    assert!(topics.len() > 5, "{topics:?}");
    for topic in topics {
        assert!(readable.contains(&topic.as_str()), "no rule for {topic}");
    }
}

#[test]
fn the_shipped_access_rules_let_uncramp_do_nothing_else() {
    let rules = fs::read_to_string(RULES).expect("the shipped rules");
    let broker = guarded(&rules);
    let mut stranger = Command::new("mosquitto_pub");
    stranger.args(["-p", &broker.port.to_string(), "-u", "uncramp", "-P", CANARY, "-q", "1"]);
    let sent = stranger.args(["-t", "zigbee2mqtt/Front door/set", "-m", "UNLOCK"]).status();
    assert!(sent.expect("mosquitto_pub is installed").success(), "MQTT 3.1.1 says no to nobody");
    comes_to_hold("the refusal", || {
        broker.log().lines().any(|line| line.contains("Denied PUBLISH"))
    });
}

/// A house of somebody with much to hide, on a broker that takes any password.
fn secretive(broker: &Mosquitto, folder: &Path, mqtt: &str) {
    let text = format!(
        "# Zebedee's password is {CANARY}\ntimezone: Europe/Brussels\nstore: {}\nmqtt:\n  \
         host: 127.0.0.1\n  port: {}\n  username: user-{CANARY}\n  {mqtt}\nbedrooms:\n  \
         zebedees_room:\n    name: Zebedee’s and Käthe’s\n    sleep: 22:30-06:45\n    sleepers:\n      \
         zebedee: {{ born: 1931, conditions: [heart_failure, diabetes], conditions_confirmed: \
         2026-11 }}\n      kaethe:\n        born: 1932 # she is ill\n        conditions:\n        \
         - neuropathy\n    sensors:\n      room: {{ topic: Käthe/Zebedees thermometer, path: t }}\n    \
         heater: {{ kind: blanket, tasmota: plugOfZebedee }}\n",
        folder.join("state").display(),
        broker.port,
    );
    fs::write(folder.join("uncramp.yaml"), text).expect("a configuration");
}

/// Lets it be lived there: something is drunk, a cramp is told of, and somebody switches.
fn live(broker: &Mosquitto, folder: &Path) {
    secretive(broker, folder, &format!("password: {CANARY}"));
    let log = fs::File::create(folder.join("log")).expect("a log");
    let mut child = uncramp(folder).arg("run").stderr(log).spawn().expect("runs");
    broker.hear("uncramp/zebedees_room/state");
    broker.say("Käthe/Zebedees thermometer", "{\"t\":17.5}", false);
    for (topic, said) in [
        ("drink/set", "{\"sleeper\":\"zebedee\",\"ml\":237}"),
        ("drink/set", "{\"sleeper\":\"zebedee\",\"ml\":237"),
        ("cramp/set", "{\"sleeper\":\"kaethe\"}"),
        ("cramp/set", "{\"sleeper\":\"kaethe\""),
        ("cramp/set", "{\"sleeper\":\"kaete\"}"),
        ("tell/set", "{\"tell\":\"drink\",\"sleeper\":\"zebedee\",\"ml\":237"),
        ("override/set", "{\"actuator\":\"heater\",\"want\":\"on\"}"),
    ] {
        let ear = broker.ear("uncramp/zebedees_room/event", 1);
        broker.say(&format!("uncramp/zebedees_room/{topic}"), said, false);
        ear.hear();
    }
    let stopped = Command::new("kill").arg(child.id().to_string()).status().expect("kill");
    assert!(stopped.success() && child.wait().expect("it ends").success());
    let log = fs::read_to_string(folder.join("log")).expect("a log");
    assert!(
        log.contains("uncramp/zebedees_room/drink/set: "),
        "what is not followed is said: {log}"
    );
    for told in ["\"ml\"", "kaete", "that cramp"] {
        assert!(
            !log.contains(told),
            "the log tells who drank what or had a cramp: {told} in {log}"
        );
    }
}

/// What may be pasted, once it is seen to have nothing of what it must not.
fn pasted(folder: &Path, what: &str) -> String {
    let said = uncramp(folder).arg("support").output().expect("it runs");
    assert_eq!(said.status.code(), Some(0), "{what}");
    let text = String::from_utf8(said.stdout).expect("text");
    let (head, body) = text.split_once("\n== uncramp\n").expect("a head");
    assert!(head.contains("READ IT BEFORE YOU PASTE IT"), "{head}");
    let errors = String::from_utf8_lossy(&said.stderr).to_lowercase();
    let shown = body.to_lowercase() + &errors;
    let ours = [
        CANARY,
        "zebedee",
        "käthe",
        "kaethe",
        "heart",
        "diabet",
        "neuropathy",
        "ill\n",
        "condition of",
        "cramp,",
        " drink",
        "127.0.0.1",
    ];
    for secret in ours {
        assert!(!shown.contains(secret), "{what}: {secret} in {text}");
    }
    // A port or a size may have their digits.
    let mut numbers = shown.split(|c: char| !c.is_alphanumeric());
    assert!(!numbers.any(|it| ["1931", "1932", "237"].contains(&it)), "{what}: {text}");
    text
}

#[test]
fn what_is_pasted_into_an_issue_tells_no_secret_and_nothing_of_anybody() {
    let broker = Mosquitto::anonymous();
    let folder = tempfile::tempdir().expect("a directory");
    live(&broker, folder.path());
    let text = pasted(folder.path(), "a good file");
    for part in [
        "uncramp 0.1.0, a",
        "no uncramp runs",
        "  sleeper-1_room:\n    name: sleeper-1’s and sleeper-2’s\n    sleep: 22:30-06:45\n",
        "      sleeper-2:\n        born: ***\n        conditions: ***\n",
        "  password: ***\n",
        "topic: sleeper-2/sleeper-1 thermometer",
        "tasmota: plugOfsleeper-1",
        "heater: off since",
        "mode Auto, 0 reminders skipped, as of ",
        "room temperature: 0 garbled, 0 repeated",
        "dropped since the last start: 0 readings, 0 records, 0 entries",
        "in bed 0 min",
        "schema 4 of 4",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    // A slip of the pen must not tell it either.
    for (wrong, shown) in [
        (format!("pasword: {CANARY}"), "fault: unknown key `pasword`"),
        (format!("port: {CANARY}"), "`port` is written twice"),
        (format!("passwd: 1\n  pw: {CANARY}"), "  pw: ***\n"),
        (format!("tls: mqtt://zebedee:{CANARY}@pi"), "  tls: ***\n"),
        (
            format!("password_file: /etc/{CANARY}"),
            "`***` could not be read: No such file or directory (os error 2) (mqtt.password_file)",
        ),
        (
            format!("embedded: {{ listen: {CANARY} }}"),
            "`listen` is `***`, not an address and a port (mqtt.embedded.listen)",
        ),
        (format!("me:{CANARY}@pi: 1"), "unknown key `***` (mqtt.***)"),
        (format!("password: \"{CANARY}\n"), "it is no YAML, from line"),
    ] {
        secretive(&broker, folder.path(), &wrong);
        let text = pasted(folder.path(), &wrong);
        assert!(text.contains(shown), "no {shown} in {text}");
        assert!(text.contains("(not what is in force"), "{text}");
    }
    fs::remove_file(folder.path().join("uncramp.yaml")).expect("removed");
    let bare = uncramp(folder.path()).arg("support").output().expect("it runs");
    assert_eq!(bare.status.code(), Some(0), "there is always something to tell");
}

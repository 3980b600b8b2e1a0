//! What a real daemon keeps of a night, and how people read it beside the daemon.

#[path = "history/house.rs"]
mod house;
#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;

use std::fs;
use std::path::Path;

use house::{BEDROOM, House, command, text};

#[test]
fn a_night_is_read_beside_the_daemon_and_after_a_kill() {
    let house = House::new();
    let daemon = house.run();
    house.mosquitto.say("heater", "18", false);
    house.mosquitto.say("room", "{\"t\":17.5}", false);
    assert!(house.log("drink/set", "{\"sleeper\":\"anna\",\"ml\":250}").contains("\"drink\""));
    assert!(house.log("cramp/set", "{\"sleeper\":\"bob\",\"ago\":\"1h\"}").contains("\"cramp\""));
    assert!(house.log("cramp/set", "{\"cramp\":false,\"sleeper\":\"anna\"}").contains("no_cramp"));
    // What was acknowledged is there, whatever comes.
    daemon.kill();
    let table = house.says(&["diary", "--csv"]);
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let columns = ["time", "night", "bedroom", "entry", "sleeper", "ml"];
    assert_eq!(rows.headers().expect("columns"), columns.as_slice());
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    let entries: Vec<_> = rows.iter().map(|row| [&row[2], &row[3], &row[4], &row[5]]).collect();
    assert_eq!(
        entries,
        [
            ["bedroom", "cramp", "bob", ""],
            ["bedroom", "drink", "anna", "250"],
            ["bedroom", "no_cramp", "anna", ""],
        ]
    );
    for row in &rows {
        chrono::DateTime::parse_from_rfc3339(&row[0]).expect("a time with its offset");
    }
    let diary = house.says(&["diary"]);
    assert!(diary.contains("cramp, bob") && diary.contains("1 drink, 250 mL"), "{diary}");

    let again = house.run();
    house.log("override/set", "{\"actuator\":\"heater\",\"want\":\"off\",\"until\":\"1h\"}");
    let history = house.comes_to_say(&["history"], "asked: heater");
    assert!(history.contains("uncramp goes on where it was"), "{history}");
    assert!(!history.contains("the broker is gone"), "it was not: {history}");
    let why = house.comes_to_say(&["why"], "heater: ");
    assert!(why.starts_with("bedroom, as of "), "{why}");
    let as_of = why.lines().next().and_then(|line| line.rsplit(' ').next());
    assert_eq!(as_of.map(|time| time.matches(':').count()), Some(2), "to the second: {why}");
    assert!(why.contains("against cold"), "{why}");
    again.stop();
    let why = house.says(&["why"]);
    assert!(why.starts_with("No uncramp is running: "), "{why}");
    let history = house.says(&["history"]);
    assert!(history.contains("uncramp stops") && history.contains("1 drink, 250 mL"), "{history}");
    assert!(house.says(&["history", "--nights"]).contains("1 cramp"));
    let none = house.reads(&["history", "--night", "2001-01-01"]);
    assert_eq!(none.status.code(), Some(1), "{}", text(&none));
    let none = house.reads(&["why", "attic"]);
    assert_eq!(none.status.code(), Some(2), "{}", text(&none));
}

#[test]
fn why_lists_the_faults_that_stand_and_no_other() {
    let house = House::new();
    let daemon = house.run();
    let room = |degrees: &str| house.mosquitto.say("room", format!("{{\"t\":{degrees}}}"), false);
    room("17.5");
    for _ in 0..3 {
        room("\"nan\"");
    }
    let why = house.comes_to_say(&["why"], "sends something, but no readings");
    assert!(why.contains("please look at what arrives at “room”"), "what to do: {why}");
    room("17.6");
    // What is told now is kept after what came before it.
    house.log("drink/set", "{\"sleeper\":\"anna\",\"ml\":250}");
    let healed = house.comes_to_say(&["why"], "against cold");
    assert!(!healed.contains("no readings"), "{healed}");
    daemon.stop();
}

#[test]
fn a_device_is_called_by_its_name_and_why_says_that_its_timer_is_to_be_tried() {
    let house = House::new();
    house.configure(&BEDROOM.replace(
        "heater: { kind: radiator, command: heater/set, state: heater }",
        "heater: { kind: panel, fixed: true, name: Paneel am Fenster, tasmota: plug }",
    ));
    let daemon = house.run();
    house.mosquitto.say("room", "{\"t\":17.5}", false);
    let wish = "{\"actuator\":\"paneel am fenster\",\"want\":\"off\",\"until\":\"1h\"}";
    let told = house.log("override/set", wish);
    assert!(told.contains("Paneel am Fenster off"), "{told}");
    let why = house.comes_to_say(&["why"], "Paneel am Fenster: off");
    let todo = "to do: Paneel am Fenster: its own timer was not seen to switch it off";
    assert!(why.contains(todo) && why.contains("run: uncramp try heater\n"), "{why}");
    assert!(!why.contains("heater:"), "{why}");
    let history = house.says(&["history"]);
    assert!(history.contains("Paneel am Fenster") && !history.contains("heater"), "{history}");
    // Once it was seen, there is nothing to do.
    house.mosquitto.say(
        "uncramp/bedroom/timer/set",
        "{\"actuator\":\"heater\",\"works\":true}",
        false,
    );
    house.log("drink/set", "{\"sleeper\":\"anna\"}");
    let why = house.says(&["why"]);
    assert!(!why.contains("to do:"), "{why}");
    daemon.stop();
}

#[test]
fn a_house_in_fahrenheit_reads_its_own_units() {
    let house = House::new();
    house.configure(&format!("units: imperial\n{BEDROOM}"));
    let daemon = house.run();
    assert!(house.log("drink/set", "{\"sleeper\":\"anna\",\"ml\":250}").contains("\"drink\""));
    daemon.stop();
    let diary = house.says(&["diary"]);
    assert!(diary.contains("1 drink, 8 fl oz"), "{diary}");
    let history = house.says(&["history"]);
    for part in ["anna drank 8 fl oz", "1 drink, 8 fl oz", "cold 0.0 °F·h"] {
        assert!(history.contains(part), "no {part} in {history}");
    }
    let nights = house.says(&["history", "--nights"]);
    let all = [diary, history, nights].concat();
    assert!(![" mL", "°C", " K"].iter().any(|unit| all.contains(unit)), "{all}");
}

#[test]
fn before_anything_was_kept_the_readers_say_so() {
    let house = House::new();
    for arguments in [["diary"], ["history"], ["why"]] {
        let said = house.reads(&arguments);
        assert_eq!(said.status.code(), Some(2));
        assert!(text(&said).contains("uncramp has kept nothing yet"), "{}", text(&said));
    }
    let state: &Path = &house.state();
    assert!(!state.exists(), "reading makes nothing");
}

#[test]
fn a_configuration_that_became_wrong_keeps_no_bedroom_without_its_night() {
    let house = House::new();
    house.run().stop();
    for wrong in ["nonsense: 1\nbedrooms: {}\n", "bedrooms: [\n"] {
        house.configure(wrong);
        assert_eq!(house.reads(&["check"]).status.code(), Some(1), "check says so all the same");
        let daemon = house.run();
        let log = fs::read_to_string(house.folder.path().join("log")).expect("its log");
        assert!(log.contains("what it said when it was last good is in force"), "{log}");
        assert!(log.contains("fault: "), "every complaint is there: {log}");
        daemon.stop();
    }
    // Gone is not wrong, and somebody else's is not ours.
    let other = house.folder.path().join("other.yaml");
    fs::copy(house.file(), &other).expect("copied");
    for file in [other.as_path(), Path::new("/no/such.yaml")] {
        let said = command(&["run"]).arg(file).output().expect("it runs");
        assert_eq!(said.status.code(), Some(78), "{}", text(&said));
    }
    house.configure(BEDROOM);
    house.run().stop();
    let log = fs::read_to_string(house.folder.path().join("log")).expect("its log");
    assert!(!log.contains("last good"), "{log}");
}

#[test]
fn a_configuration_that_was_never_right_is_refused() {
    let house = House::new();
    house.configure("bedrooms: [\n");
    let said = command(&["run"]).arg(house.file()).output().expect("it runs");
    assert_eq!(said.status.code(), Some(78), "{}", text(&said));
}

//! The configuration: the example, every complaint as people see it, and what never
//! happens to any text.
//!
//! `UPDATE=1 cargo test --test config` writes what is generated anew: the complaints below
//! `tests/config`, the schema and the manual.

#[path = "config/example.rs"]
mod example;
#[path = "config/page.rs"]
mod page;
#[path = "config/random.rs"]
mod random;
#[path = "config/secrets.rs"]
mod secrets;

use std::fs;
use std::path::{Path, PathBuf};

use uncramp::model::{KelvinHours, Kelvins, Place, Quantity, Span, Temperature, Zone};
use uncramp::plan::{
    Complaint, Control, Hazard, Kind, Outside, Parsed, complaint, manual, parse, schema,
};
use uncramp::wire::plain::Unit;
use uncramp::wire::{Device, Source, zigbee2mqtt};

const EXAMPLE: &str = include_str!("../config/uncramp.yaml");

/// Knows two zones, one file, one variable, one credential; it is November 2026.
struct Made;

impl Outside for Made {
    fn zone(&self, name: &str) -> Option<Zone> {
        ["Europe/Brussels", "UTC"].contains(&name).then(|| Zone {
            name: name.to_owned(),
            first: 3600,
            changes: Vec::new(),
        })
    }
    fn system_zone(&self) -> Option<Zone> {
        Some(Zone::utc())
    }
    fn secret_file(&self, path: &str) -> Result<String, String> {
        match path {
            "/etc/uncramp/mqtt-password" => Ok("hunter2\n".to_owned()),
            "/etc/uncramp/mqtt-users" => Ok("anna:hunter2\nhunter2\nbob:$6$hunter2\n".to_owned()),
            "/etc/uncramp/nobody" => Ok("# nobody yet\n".to_owned()),
            _ => Err("no such file".to_owned()),
        }
    }
    fn env(&self, name: &str) -> Option<String> {
        (name == "UNCRAMP_MQTT_PASSWORD").then(|| "hunter2".to_owned())
    }
    fn credential(&self, name: &str) -> Option<String> {
        (name == "mqtt-password").then(|| "hunter2\n".to_owned())
    }
    fn month(&self) -> Option<(i32, u32)> {
        Some((2026, 11))
    }
}

/// The same, on a machine that does not say that its clock is right.
struct Unset;

impl Outside for Unset {
    fn zone(&self, name: &str) -> Option<Zone> {
        Made.zone(name)
    }
    fn system_zone(&self) -> Option<Zone> {
        Made.system_zone()
    }
    fn secret_file(&self, path: &str) -> Result<String, String> {
        Made.secret_file(path)
    }
    fn env(&self, name: &str) -> Option<String> {
        Made.env(name)
    }
    fn credential(&self, name: &str) -> Option<String> {
        Made.credential(name)
    }
    fn month(&self) -> Option<(i32, u32)> {
        Made.month()
    }
    fn clock_is_right(&self) -> bool {
        false
    }
}

fn read(text: &str) -> Parsed {
    parse(text, &Made).unwrap_or_else(|complaints| {
        panic!("{}", complaint::render(&complaints, "uncramp.yaml", text, false))
    })
}

/// Everything that is said about a text, warnings of a good one among it.
fn said(text: &str) -> Vec<Complaint> {
    parse(text, &Made).map_or_else(|complaints| complaints, |parsed| parsed.warnings)
}

/// A bedroom with these lines in it, indented by four.
fn bedroom(lines: &str) -> String {
    let lines = lines.lines().fold(String::new(), |text, line| text + "    " + line + "\n");
    format!(
        "bedrooms:\n  bedroom:\n    sleep: 22:30-06:45\n    sensors: {{ room: {{ zigbee2mqtt: C }} }}\n{lines}"
    )
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// Compares with a file, or writes it with `UPDATE=1`.
fn fresh(path: &Path, now: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, now).expect("the file can be written");
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    if kept == now {
        return Ok(());
    }
    Err(format!("{} is stale; UPDATE=1 writes it anew. Now:\n{now}", path.display()))
}

#[test]
fn the_example_is_read_without_a_word() {
    let parsed = read(EXAMPLE);
    assert_eq!(parsed.warnings, []);
    let bedroom = &parsed.plan.bedrooms[0];
    assert!(bedroom.measures_bed());
    assert_eq!(bedroom.actuators.len(), 2);
}

/// Every key stands in the example, set or behind a `#`.
#[test]
fn every_key_stands_in_the_example() {
    let page = manual();
    let (_, tables) = page.split_once("\n## ").expect("tables");
    let keys = tables.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    for (key, _) in keys {
        let written = EXAMPLE.contains(&format!("{key}:"));
        assert!(written, "`{key}` is not in the example");
    }
}

/// Every key can be written, with any of its units.
#[test]
fn everything_is_read_without_a_word() {
    let text = include_str!("config/good/everything.yaml");
    let parsed = read(text);
    let warnings: Vec<_> = parsed.warnings.iter().map(|w| w.what.as_str()).collect();
    assert_eq!(warnings, ["heated bedding is locked for bob (diabetes)"]);
    let page = manual();
    let (_, tables) = page.split_once("\n## ").expect("tables");
    let keys = tables.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let other = ["password", "embedded", "listen"];
    for (key, _) in keys.filter(|(key, _)| !other.contains(key)) {
        assert!(text.contains(&format!("{key}:")), "`{key}` is not written");
    }
    let main = &parsed.plan.bedrooms[0];
    assert_eq!(main.cold_exposure.ramp, Some(Kelvins(200)));
    assert_eq!(main.cold_exposure.deep, Kelvins(222));
    assert_eq!(main.hydration.goal.expect("a goal").0, 1774);
    assert_eq!(parsed.plan, read(&text.replace('\n', "\r\n")).plan);
}

/// What stands behind a `#` as a default is read without a word, too, and changes nothing.
#[test]
fn the_defaults_shown_in_the_example_are_the_defaults() {
    let blocks = ["cold_exposure", "airflow", "hydration", "occupancy", "readings"];
    let mut text = String::new();
    let mut inside = false;
    for line in EXAMPLE.lines() {
        let bare = line.strip_prefix("    # ");
        if let Some(name) = bare.and_then(|bare| bare.strip_suffix(':')) {
            inside = blocks.contains(&name);
        } else if bare.is_none() {
            inside = false;
        }
        let depends = ["thermostat", "available", "goal", "cut_off", "room_hot"];
        let skip = depends.iter().any(|key| line.trim_start_matches(['#', ' ']).starts_with(key));
        match bare {
            Some(bare) if inside && !skip => text = text + "    " + bare + "\n",
            _ => text = text + line + "\n",
        }
    }
    assert!(text.contains("\n      act: 1.0 K·h"), "{text}");
    assert_eq!(read(&text).plan, read(EXAMPLE).plan);
}

#[test]
fn complaints_read_as_agreed() {
    let mut names: Vec<_> = fs::read_dir(root().join("tests/config"))
        .expect("the directory is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "yaml"))
        .collect();
    names.sort();
    assert!(names.len() >= 25, "{}", names.len());
    let stale: Vec<String> = names
        .iter()
        .filter_map(|path| {
            let text = fs::read_to_string(path).expect("a text");
            let name = path.file_name().expect("a name").to_string_lossy();
            let shown = complaint::render(&said(&text), &name, &text, false);
            assert!(!shown.is_empty(), "{name}: nothing to complain about");
            fresh(&path.with_extension("txt"), &shown).err()
        })
        .collect();
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

#[test]
fn the_schema_is_fresh() {
    fresh(&root().join("config/uncramp.schema.json"), &schema()).expect("fresh");
}

#[test]
fn the_manual_is_fresh() {
    fresh(&root().join("docs/configuration.md"), &manual()).expect("fresh");
}

#[test]
fn twenty_faults_are_twenty_complaints() {
    let text = include_str!("config/twenty_faults.yaml");
    let faults: Vec<_> = said(text).into_iter().filter(|c| !c.warning).collect();
    assert!(faults.len() >= 20, "{}: {faults:#?}", faults.len());
    assert!(faults.iter().all(|fault| fault.line > 0 && fault.column > 0 && fault.length > 0));
    assert!(faults.is_sorted_by_key(|fault| (fault.line, fault.column)));
}

#[test]
fn warnings_do_not_stop() {
    let parsed = read(&bedroom("heater: { kind: panel, zigbee2mqtt: Plug }"));
    assert_eq!(parsed.warnings.len(), 1);
    let kind = &parsed.plan.bedrooms[0].actuators[0].kind;
    let portable = Kind::Heater { hazard: Hazard::Portable, control: Control::Switch };
    assert_eq!(*kind, portable);
}

/// A Pi starts with the clock of its last day; what it says then must not stop uncramp.
#[test]
fn a_clock_that_may_be_wrong_makes_doubts_and_no_faults() {
    let late = bedroom("sleepers: { anna: { born: 2027 } }");
    assert!(parse(&late, &Made).is_err());
    let parsed = parse(&late, &Unset).expect("a doubt");
    let said: Vec<_> = parsed.warnings.iter().map(|warning| warning.what.as_str()).collect();
    assert_eq!(said, ["anna would be -1 years old, if this machine's clock is right"]);
}

#[test]
fn temperatures_follow_their_unit_and_the_house() {
    for (units, written, expected) in [
        ("metric", "18", 1800),
        ("metric", "18.5 °C", 1850),
        ("metric", "18.5C", 1850),
        ("metric", "65 °F", 1833),
        ("imperial", "65", 1833),
        ("imperial", "18 °C", 1800),
    ] {
        let rest = bedroom(&format!("cold_exposure: {{ reference: {written} }}"));
        let parsed = read(&format!("units: {units}\n{rest}"));
        let reference = uncramp::rules::cold_exposure::Reference::Fixed(Temperature(expected));
        assert_eq!(parsed.plan.bedrooms[0].cold_exposure.reference, reference, "{written}");
    }
    let parsed = read(&bedroom("cold_exposure: { deep: 4 °F, ramp: 3 K/h }"));
    assert_eq!(parsed.plan.bedrooms[0].cold_exposure.deep, Kelvins(222));
    assert_eq!(parsed.plan.bedrooms[0].cold_exposure.ramp, Some(Kelvins(300)));
}

#[test]
fn off_is_off() {
    for off in ["off", "Off", "OFF", "false", "\"off\""] {
        let parsed = read(&bedroom(&format!(
            "heater: {{ kind: heat_pump, control: switch, zigbee2mqtt: P, lease: {off}, min_on: {off}, \
             min_off: {off}, confirm: {off} }}\n\
             cold_exposure: {{ ramp: {off}, prewarm: {off}, window_guess: {off} }}\n\
             occupancy: {{ in_after: {off}, out_after: {off} }}\n\
             readings: {{ jump: {off} }}\naudible_changes: {off}\n"
        )));
        let bedroom = &parsed.plan.bedrooms[0];
        let heater = &bedroom.actuators[0];
        assert_eq!(
            (heater.limits.lease, heater.limits.min_on, heater.limits.min_off),
            (None, None, None)
        );
        assert_eq!(heater.confirm, None);
        let cold = &bedroom.cold_exposure;
        assert_eq!((cold.ramp, cold.prewarm, cold.window_guess), (None, false, false));
        assert_eq!((bedroom.occupancy.in_after, bedroom.occupancy.out_after), (None, None));
        assert_eq!((bedroom.readings.jump, bedroom.audible_changes), (None, None));
    }
}

#[test]
fn a_window_contact_is_turned_round_and_a_bed_contact_is_not() {
    let text = "bedrooms:\n  b:\n    sensors:\n      in_bed: { zigbee2mqtt: Mat, read: contact }\n      \
                window:\n        - { zigbee2mqtt: W }\n        - { zigbee2mqtt: V, inverted: true }\n";
    let parsed = read(text);
    let inverted: Vec<_> = parsed.plan.bedrooms[0]
        .sensors
        .iter()
        .map(|sensor| {
            let Source::Zigbee2mqtt(source) = &sensor.source else { panic!("behind Zigbee2MQTT") };
            (sensor.name.as_str(), source.inverted)
        })
        .collect();
    assert_eq!(inverted, [("in bed", false), ("window 1", true), ("window 2", false)]);
}

/// What Home Assistant displays follows its own units, which are the house's.
#[test]
fn home_assistant_speaks_in_the_units_of_the_house_below_its_base_topic() {
    let text = "units: imperial\nbase_topic: home/uncramp\nbedrooms:\n  b:\n    sleep: 22:30-06:45\n    \
                sensors:\n      room: { statestream: climate.room }\n      \
                bed: { statestream: { entity: sensor.bed, unit: celsius } }\n      \
                outdoors: { theengs: a4:c1:38:01:23:45, measures: temperature }\n      \
                window: { home_assistant: binary_sensor.window }\n";
    let plan = read(text).plan;
    let units: Vec<_> = plan.bedrooms[0]
        .sensors
        .iter()
        .filter_map(|sensor| {
            let Source::Statestream(source) = &sensor.source else { return None };
            Some((source.attribute.as_deref(), source.unit))
        })
        .collect();
    let expected = [(Some("current_temperature"), Unit::Fahrenheit), (None, Unit::Celsius)];
    assert_eq!(units, expected);
    let filters = plan.topics().filters();
    for topic in [
        "homeassistant/climate/room/current_temperature",
        "homeassistant/sensor/bed/state",
        "home/+/BTtoMQTT/A4C138012345",
        "home/uncramp/home_assistant/binary_sensor.window/state",
    ] {
        assert!(filters.iter().any(|filter| filter == topic), "{topic}: {filters:?}");
    }
}

#[test]
fn json_topics_share_what_is_said_once() {
    let text = "bedrooms:\n  b:\n    sleep: 22:30–06:45\n    sensors:\n      room:\n        topic: t\n        \
                time_path: Time\n        temperature: { path: A.T }\n        humidity: { path: A.H }\n";
    let plan = read(text).plan;
    let bedroom = &plan.bedrooms[0];
    for (quantity, path) in [(Quantity::Temperature, "A.T"), (Quantity::Humidity, "A.H")] {
        let (_, sensor) = bedroom.sensor(Place::Room, quantity).expect("a sensor");
        let Source::Plain(source) = &sensor.source else { panic!("plain") };
        assert_eq!((source.topic.as_str(), source.path.as_deref()), ("t", Some(path)));
        assert_eq!(source.time_path.as_deref(), Some("Time"));
    }
}

#[test]
fn fans_have_the_levels_they_are_told() {
    let lines = "fans:\n  a: { zigbee2mqtt: A }\n  b: { zigbee2mqtt: B, levels: [low, high], speeds: [0.2, 0.5] }\n  \
                 c: { zigbee2mqtt: C, levels: [85, 170, 254] }\n  d: { command: d/set, levels: 3 }\n";
    let parsed = read(&bedroom(lines));
    let forms: Vec<_> = parsed.plan.bedrooms[0]
        .actuators
        .iter()
        .map(|actuator| {
            let Kind::Fan { speeds, .. } = &actuator.kind else { panic!("a fan") };
            let zigbee = if let Device::Zigbee2mqtt(d) = &actuator.device { Some(d) } else { None };
            (speeds.len(), zigbee.map(|device| device.form.clone()))
        })
        .collect();
    let names = vec!["low".to_owned(), "high".to_owned()];
    let expected = [
        (1, Some(zigbee2mqtt::Form::Plug)),
        (2, Some(zigbee2mqtt::Form::FanMode { levels: names })),
        (3, Some(zigbee2mqtt::Form::FanSpeed { levels: vec![85, 170, 254] })),
        (3, None),
    ];
    assert_eq!(forms, expected);
}

#[test]
fn a_blanket_preheats_and_a_panel_runs_for_hours() {
    let lines = "heaters:\n  blanket: { kind: blanket, zigbee2mqtt: B }\n  \
                 panel: { kind: panel, fixed: true, zigbee2mqtt: P }\n  \
                 portable: { kind: portable, zigbee2mqtt: O }\n";
    let parsed = read(&bedroom(lines));
    let stretches: Vec<_> =
        parsed.plan.bedrooms[0].actuators.iter().map(|a| a.limits.stretch).collect();
    assert_eq!(stretches, [Span::minutes(45), Span::hours(4), Span::hours(1)]);
}

#[test]
fn anchors_share_settings() {
    let text = "x-room: &room\n  sleep: 22:30-06:45\n  cold_exposure: &cold { act: 2 }\n\
                bedrooms:\n  a:\n    <<: *room\n  b:\n    <<: *room\n    cold_exposure: { <<: *cold, release: 1 }\n";
    let plan = read(text).plan;
    let doses = |n: usize| {
        let cold = &plan.bedrooms[n].cold_exposure;
        (cold.act, cold.release)
    };
    assert_eq!(doses(0), (KelvinHours::new(2.0), KelvinHours::new(0.3)));
    assert_eq!(doses(1), (KelvinHours::new(2.0), KelvinHours::new(1.0)));
}

#[test]
fn ten_thousand_bedrooms_are_read() {
    let mut text = String::from("bedrooms:\n");
    let body = EXAMPLE.split_once("  bedroom:").expect("a bedroom").1;
    let bare = body
        .lines()
        .skip(1)
        .filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty())
        .fold(String::new(), |text, line| text + line + "\n");
    for n in 0..10_000 {
        let own = ["Fan plug", "Bedroom valve"]
            .iter()
            .fold(bare.clone(), |text, device| text.replace(device, &format!("{device} {n}")));
        text = text + "  room_" + &n.to_string() + ":\n" + &own;
    }
    let plan = read(&text).plan;
    assert_eq!(plan.bedrooms.len(), 10_000);
    assert!(plan.bedroom_named("room_9999").is_some());
}

#[test]
fn nonsense_ends_in_a_complaint() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let ten = vec![format!("*a{}", n - 1); 10].join(", ");
        bomb = [bomb, format!("a{n}: &a{n} [{ten}]\n")].concat();
    }
    let deep = "[".repeat(100_000);
    for text in [bomb.as_str(), &deep, "\u{feff}", "\0", "? [a]: b", "bedrooms: &a\n  b: *a\n"] {
        assert!(parse(text, &Made).is_err(), "{text:.40}");
    }
}

//! Every subcommand through the built binary: what it says, and how it ends.

#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;

#[path = "cli/changes.rs"]
mod changes;

#[path = "cli/prove.rs"]
mod prove;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use mosquitto::Mosquitto;
use uncramp::engine::Event;
use uncramp::history::{write_header, write_line};
use uncramp::model::{
    ActuatorId, BedroomId, Echo, Heard, Item, Measured, SensorId, Span, Temperature, Time, Value,
    Wall,
};
use uncramp::plan::{Outside as _, Plan};

const MONS: &str = "tests/data/bedroom-mons-2016.csv";

#[test]
fn check_says_what_a_good_configuration_makes_possible() {
    let said = uncramp(&["check", "config/uncramp.yaml"]);
    assert_eq!(code(&said), 0, "{}", err(&said));
    let text = out(&said);
    assert!(text.ends_with("ok: config/uncramp.yaml configures one bedroom\n"), "{text}");
    assert!(text.contains("What is here makes possible:\n  - “heater” is raised"), "{text}");
    assert!(text.contains("One more would add:\n  - A contact at the window"), "{text}");
    assert_eq!(out(&uncramp(&["check"])), text, "found by itself");
    assert_eq!(out(&uncramp(&["--config", "config/uncramp.yaml", "check"])), text);
}

#[test]
fn check_shows_every_complaint_with_its_line_and_ends_with_no() {
    let said = uncramp(&["check", "tests/config/twenty_faults.yaml"]);
    assert_eq!(code(&said), 1);
    let text = out(&said);
    assert!(text.matches("fault: ").count() >= 20, "{text}");
    assert!(text.contains("2 | base_topic: un cramp\n  | ^^^^^^^^^^\n"), "{text}");
    assert!(!text.contains('\x1b'), "plain where nobody looks");
    let coloured = uncramp(&["check", "--color", "always", "tests/config/twenty_faults.yaml"]);
    assert!(out(&coloured).contains("\x1b[1;31mfault\x1b[0m"));
}

/// Also where nothing says that the clock is right, as in a container.
#[test]
fn check_looks_at_ages_and_dates_by_the_clock_there_is() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("aged.yaml");
    let aged = "timezone: UTC\nbedrooms:\n  bedroom:\n    sleep: 22:30-06:45\n    sleepers:\n      \
                anna: { born: 1955, conditions: [], conditions_confirmed: 2020-01 }\n      \
                bob: { conditions: [] }\n    sensors: { room: { zigbee2mqtt: Room } }\n";
    fs::write(&file, aged).expect("written");
    let text = out(&uncramp(&["check", path(&file)]));
    for line in [
        "warning: anna's conditions were confirmed a year ago or longer",
        "warning: nobody said when bob's conditions were last true",
        "`conditions_confirmed:` answered for anna would allow",
    ] {
        assert!(text.contains(line), "{line}\n in \n{text}");
    }
    assert!(!text.contains("anna is reminded"), "{text}");
    let known = !text.contains("does not say that its clock is right: ages and dates are taken");
    assert_eq!(known, uncramp::daemon::outside::Machine.clock_is_right(), "{text}");
}

#[test]
fn check_lets_warnings_pass_and_counts_them() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("one.yaml");
    fs::write(
        &file,
        "timezone: UTC\nmqtt: { host: pi, tls: { insecure_skip_verify: true } }\nbedrooms:\n  \
         bedroom: { sleep: 22:30-06:45, sensors: { room: { zigbee2mqtt: Room } } }\n",
    )
    .expect("written");
    let said = uncramp(&["check", path(&file)]);
    assert_eq!(code(&said), 0, "{}", out(&said));
    assert!(out(&said).contains("warning: "), "{}", out(&said));
    assert!(out(&said).contains(", with one warning above\n"), "{}", out(&said));
}

#[test]
fn what_cannot_be_read_is_wrong_input() {
    for arguments in [
        &["check", "no/such.yaml"][..],
        &["replay", "no/such.csv"],
        &["replay", "config/uncramp.yaml"],
        &["replay", MONS, "--config", "no/such.yaml"],
        &["replay", MONS, "--sleep", "late"],
        &["replay", MONS, "--sleep", "12:30-13:30"],
        &["replay", MONS, "--night", "2016-02-17"],
        &["replay", MONS, "--config", "config/uncramp.yaml", "--bedroom", "attic"],
        &["replay", MONS, "--night", "1999-01-01", "--svg", "/dev/null"],
        &["demo", "--config", "no/such.yaml", "--fast"],
        &["dance"],
        &[],
    ] {
        let said = uncramp(arguments);
        assert_eq!(code(&said), 2, "{arguments:?}: {}", err(&said));
        assert!(!err(&said).is_empty(), "{arguments:?} says why");
    }
}

#[test]
fn help_and_version() {
    let said = uncramp(&["--help"]);
    assert_eq!(code(&said), 0);
    for word in ["run", "check", "replay", "--config", "--color", "no medical device"] {
        assert!(out(&said).contains(word), "{word} in {}", out(&said));
    }
    assert_eq!(out(&uncramp(&["--version"])), "uncramp 0.1.0\n");
}

#[test]
fn what_reads_beside_the_daemon_says_how_it_finds_it() {
    for command in ["why", "history", "diary", "backup"] {
        let help = out(&uncramp(&[command, "--help"]));
        let example = format!("uncramp {command} --config FILE");
        assert!(help.contains("`store:`") && help.contains(&example), "{help}");
    }
}

#[test]
fn replay_tells_nights_decisions_and_that_the_room_does_not_feel_them() {
    let said = uncramp(&["replay", MONS]);
    assert_eq!(code(&said), 0, "{}", err(&said));
    let text = out(&said);
    for line in [
        "78940 values measured at 19735 times, 2016-01-11 to 2016-05-27, 0 gaps",
        "does not feel this heat",
        "\nNight of 2016-01-11\n",
        "  21:06  heater set to 19.0 °C – heat: 16.9 °C, to be 18.0 °C by bedtime (22:30)",
        "  06:45  fan off – nobody is in bed or expected there",
        "\n137 nights, 2016-01-11 to 2016-05-26\n",
        "heat                 on 37 nights, ",
        "fan                  on 9 nights, ",
        "temperature unknown  on no night",
    ] {
        assert!(text.contains(line), "{line}\n in \n{text}");
    }
}

#[test]
fn replay_gives_one_object_for_each_night() {
    let text = out(&uncramp(&["replay", MONS, "--json"]));
    let nights: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(nights.len(), 137);
    let keys: Vec<&str> = [
        "evening",
        "occupied_h",
        "unknown_h",
        "s_max",
        "d",
        "first_heat",
        "heat_min",
        "fan_min",
        "reminders",
    ]
    .to_vec();
    for night in &nights {
        let object = night.as_object().expect("an object");
        assert!(keys.iter().all(|key| object.contains_key(*key)), "{night}");
        assert_eq!(object.len(), keys.len());
    }
    assert_eq!(nights[0]["evening"], "2016-01-11");
    assert_eq!(nights[0]["occupied_h"], 8.25);
    assert_eq!(nights[0]["first_heat"], "2016-01-11T21:06:45+01:00");
}

#[test]
fn replay_plays_the_configured_bedroom_and_other_hours() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("warmer.yaml");
    let plan = "timezone: Europe/Brussels\nbedrooms:\n  attic:\n    sleep: 22:00-07:00\n    \
                sensors: { room: { zigbee2mqtt: Room }, in_bed: { zigbee2mqtt: Mat } }\n    \
                heater: { kind: panel, fixed: true, zigbee2mqtt: Plug }\n    \
                cold_exposure: { reference: 20 °C }\n";
    fs::write(&file, plan).expect("written");
    let heated = |arguments: &[&str]| {
        let all = [&["replay", MONS, "--json"], arguments].concat();
        let text = out(&uncramp(&all));
        text.lines().filter(|line| !line.contains("\"first_heat\":null")).count()
    };
    let (usual, warmer) = (heated(&[]), heated(&["--config", path(&file)]));
    assert!(warmer > usual, "{warmer} nights at 20 °C, {usual} at 18 °C");
    let by_day = heated(&["--sleep", "09:00-17:00"]);
    assert!(by_day > 0 && by_day != usual, "{by_day} nights");
}

/// Also where its words are German: the command line speaks English.
#[test]
fn every_command_tells_the_units_of_the_house() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("house.yaml");
    let plan = "timezone: Europe/Brussels\nunits: imperial\nlanguage: de\nbedrooms:\n  attic:\n    \
                sleep: 22:00-07:00\n    sensors: { room: { zigbee2mqtt: Room }, \
                bed: { zigbee2mqtt: Bed } }\n    heater: { kind: radiator, zigbee2mqtt: { device: \
                Valve, setpoint: occupied_heating_setpoint } }\n";
    fs::write(&file, plan).expect("written");
    let picture = folder.path().join("night.svg");
    let night = ["--night", "2016-01-17", "--svg", path(&picture)];
    let replayed =
        out(&uncramp(&[&["replay", MONS, "--config", path(&file)][..], &night].concat()));
    for part in ["turns down to 60.8 °F", "heater set to 66.2 °F – heat: ", "°F·h in the night"]
    {
        assert!(replayed.contains(part), "no {part} in {replayed}");
    }
    let drawn = fs::read_to_string(&picture).expect("a picture");
    assert!(drawn.contains("The cold dose rises to ") && drawn.contains(" °F·h."), "{drawn}");
    let tried = out(&uncramp(&["--config", path(&file), "try"]));
    assert!(tried.contains("is set 1.8 °F higher"), "{tried}");
    for text in [replayed, tried] {
        assert!(![" mL", "°C", " K"].iter().any(|unit| text.contains(unit)), "{text}");
    }
}

#[test]
fn replay_reads_what_home_assistant_downloads() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("history.csv");
    let mut text = "entity_id,state,last_changed\n".to_owned();
    for minutes in (0..720).step_by(10) {
        let time = format!("2026-01-14T{:02}:{:02}:00.000Z", 12 + minutes / 60, minutes % 60);
        writeln!(
            text,
            "sensor.bedroom_temperature,{:.1},{time}",
            64.4 - f64::from(minutes) / 200.0
        )
        .expect("text");
        writeln!(text, "sensor.kitchen_temperature,70,{time}").expect("text");
    }
    fs::write(&file, text).expect("written");
    let said = uncramp(&["replay", path(&file), "--fahrenheit", "--sleep", "20:00-23:30"]);
    assert_eq!(code(&said), 0, "{}", err(&said));
    assert!(out(&said).contains("One night, 2026-01-14"), "{}", out(&said));
    let other = ["replay", path(&file), "--temperature", "sensor.attic", "--fahrenheit"];
    assert!(err(&uncramp(&other)).contains("sensor.attic is not in the file"));
}

#[test]
fn replay_draws_a_night() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("night.svg");
    let said = uncramp(&["replay", MONS, "--night", "2016-01-28", "--svg", path(&file)]);
    assert_eq!(code(&said), 0, "{}", err(&said));
    let svg = fs::read_to_string(&file).expect("the picture");
    assert!(svg.contains("<title>The night of 28 January 2016"), "{svg}");
    let told = out(&said);
    let nights: Vec<&str> = told.lines().filter(|line| line.starts_with("Night of")).collect();
    assert_eq!(nights, ["Night of 2016-01-28"], "{told}");
    assert!(told.contains("\nOne night, 2016-01-28\n"), "{told}");
    assert!(told.ends_with(&format!("\nIts picture is in {}\n", path(&file))), "{told}");
}

#[test]
fn replay_repeats_a_recording_and_compares_it_with_another_configuration() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("night.jsonl");
    fs::write(&file, recording()).expect("written");
    let said = uncramp(&["replay", path(&file)]);
    assert_eq!(code(&said), 0, "{}", err(&said));
    assert!(out(&said).contains("heater on"), "{}", out(&said));
    let other = folder.path().join("colder.yaml");
    fs::write(&other, BEDROOM.replace("18 °C", "16 °C")).expect("written");
    let said = uncramp(&["replay", path(&file), "--config", path(&other)]);
    assert_eq!(code(&said), 0, "{}", err(&said));
    let text = out(&said);
    assert!(text.contains("With the other configuration"), "{text}");
    assert!(
        text.lines().any(|line| line.starts_with("  - ") && line.contains("heater on")),
        "{text}"
    );
    let refused = uncramp(&["replay", path(&file), "--json"]);
    assert_eq!(code(&refused), 2);
}

#[test]
fn a_file_in_another_encoding_is_said_to_be_one() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("latin-1.yaml");
    fs::write(&file, b"# 18 \xb0C\n").expect("written");
    let said = err(&uncramp(&["run", path(&file)]));
    assert!(said.starts_with("uncramp: ") && said.contains("save it as UTF-8"), "{said}");
}

/// systemd tries again what ends with 1: a disk with the password may be mounted late.
#[test]
fn run_ends_with_1_where_only_the_world_around_the_configuration_is_wrong() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("uncramp.yaml");
    let right = "timezone: Europe/Brussels\nmqtt: { host: localhost, username: u, \
                 password_file: /no/such/file }\n";
    let room = "bedrooms: { bedroom: { sleep: 22:30-06:45, sensors: { room: { topic: t } } } }\n";
    let wrong = room.replace("topic:", "topick:");
    let unset = right.replace("password_file: /no/such/file", "password: \"${UNCRAMP_NOT_SET}\"");
    for (text, ends) in [
        (right.to_owned() + room, 1),
        (unset + room, 1),
        (right.to_owned() + &wrong, 78),
        (right.replace("Brussels", "Atlantis") + room, 78),
    ] {
        fs::write(&file, &text).expect("written");
        let said = uncramp(&["run", path(&file)]);
        assert_eq!(code(&said), ends, "{text}\n{}", err(&said));
        assert!(err(&said).contains("could not be read") || err(&said).contains("not set"));
    }
}

#[test]
fn run_ends_with_78_on_a_wrong_configuration() {
    for file in ["tests/config/twenty_faults.yaml", "no/such.yaml"] {
        let said = uncramp(&["run", file]);
        assert_eq!(code(&said), 78, "{}", err(&said));
        assert!(!err(&said).is_empty() && out(&said).is_empty());
    }
}

#[test]
fn run_shows_the_bedroom_and_hands_everything_back() {
    let mosquitto = Mosquitto::anonymous();
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("uncramp.yaml");
    let store = folder.path().join("state");
    let text = format!(
        "timezone: Europe/Brussels\nstore: {}\nmqtt: {{ host: 127.0.0.1, port: {} }}\n{BEDROOM_KEYS}",
        store.display(),
        mosquitto.port
    );
    fs::write(&file, text).expect("written");
    let ear = mosquitto.ear("uncramp/bedroom/state", 1);
    let mut child = command(&["run", path(&file)]).spawn().expect("it starts");
    let view: serde_json::Value = serde_json::from_str(&ear.hear()).expect("a view");
    assert_eq!(view["bedroom"], "bedroom");
    assert_eq!(view["actuators"][0]["name"], "heater");
    let kill = Command::new("kill").arg(child.id().to_string()).status().expect("kill");
    assert!(kill.success());
    let ended = child.wait().expect("it ends");
    assert_eq!(ended.code(), Some(0));
    assert_eq!(mosquitto.hear("uncramp/status"), "offline");
}

/// Runs with a broker inside that asks for passwords, and does this with its port.
fn with_users(users: &str, visit: impl FnOnce(&str)) {
    let folder = tempfile::tempdir().expect("a directory");
    let (file, passwords) = (folder.path().join("uncramp.yaml"), folder.path().join("users"));
    fs::write(&passwords, users).expect("written");
    let text = format!(
        "timezone: UTC\nstore: {}\nmqtt: {{ embedded: {{ listen: '127.0.0.1:0', password_file: {} \
         }} }}\n{BEDROOM_KEYS}",
        folder.path().join("state").display(),
        passwords.display()
    );
    fs::write(&file, text).expect("written");
    let mut child =
        command(&["run", path(&file)]).stderr(Stdio::piped()).spawn().expect("it starts");
    let log = BufReader::new(child.stderr.take().expect("its log"));
    let mut lines = log.lines().map(|line| line.expect("text"));
    let listens = lines.find(|line| line.contains("listens at")).expect("it listens");
    assert!(lines.any(|line| line.contains("connected to the broker")), "it never connected");
    visit(listens.rsplit(':').next().expect("a port"));
    let kill = Command::new("kill").arg(child.id().to_string()).status().expect("kill");
    assert!(kill.success());
    // What it still has to say must have somewhere to go.
    assert!(lines.all(|line| !line.contains("ERROR")));
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn run_lets_in_whom_a_file_of_passwords_names() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("users");
    let made = Command::new("mosquitto_passwd")
        .args(["-b", "-c", path(&file), "anna", "hunter2"])
        .status();
    assert!(made.expect("mosquitto_passwd is installed").success());
    let users = fs::read_to_string(&file).expect("its file") + "# plain\nbob:tuesday 7:30\n";
    with_users(&users, |port| {
        let admitted = |name: &str, password: &str| {
            let to = ["-h", "127.0.0.1", "-p", port, "-u", name, "-P", password];
            let said = Command::new("mosquitto_pub").args(to).args(["-t", "x", "-m", "1"]).output();
            said.expect("mosquitto-clients is installed").status.success()
        };
        assert!(admitted("anna", "hunter2") && admitted("bob", "tuesday 7:30"));
        assert!(!admitted("anna", "tuesday 7:30") && !admitted("bob", "") && !admitted("eve", "x"));
    });
}

const BEDROOM_KEYS: &str = "bedrooms:
  bedroom:
    sleep: 22:30-06:45
    sensors: { room: { zigbee2mqtt: Room } }
    heater: { kind: panel, fixed: true, command: heater/set, state: heater }
    cold_exposure: { reference: 18 °C, prewarm: off }
";

const BEDROOM: &str = "timezone: Europe/Brussels
bedrooms:
  bedroom:
    sleep: 22:30-06:45
    sensors: { room: { zigbee2mqtt: Room } }
    heater: { kind: panel, fixed: true, zigbee2mqtt: Plug }
    cold_exposure: { reference: 18 °C, prewarm: off }
";

/// A night at 16.5 °C from eight in the evening on, with a panel whose timer works.
fn recording() -> String {
    let plan: Plan =
        uncramp::plan::parse(BEDROOM, &uncramp::daemon::outside::Machine).expect("a plan").plan;
    let bedroom = BedroomId(0);
    let wall = Wall { offset: 1_768_417_200_000, synchronised: true };
    let hear = |item| Event::Heard {
        bedroom,
        heard: Heard { items: [item].into_iter().collect(), retained: false },
    };
    let works = uncramp::engine::Wish::Timer { actuator: ActuatorId(0), works: true };
    let mut events = vec![
        (Time::ZERO, Event::Start),
        (Time::ZERO, Event::Wish { bedroom, wish: works }),
        (Time::ZERO, hear(Item::Echo { actuator: ActuatorId(0), echo: Echo::Relay(false) })),
    ];
    for minutes in (0..480).step_by(5) {
        let value = Value::Temperature(Temperature(1650));
        let reading = Item::Reading { sensor: SensorId(0), value, measured: Measured::WhenHeard };
        events.push((Time::ZERO + Span::minutes(minutes), hear(reading)));
    }
    let mut text = write_header(&plan, wall).expect("JSON") + "\n";
    for (at, event) in &events {
        text.push_str(&(write_line(*at, event).expect("JSON") + "\n"));
    }
    text
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uncramp"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    // What this machine's own uncramp remembers is none of a test's business.
    command.env("XDG_STATE_HOME", "/nonexistent").env_remove("STATE_DIRECTORY");
    command.env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

fn uncramp(arguments: &[&str]) -> Output {
    command(arguments).output().expect("it runs")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

fn path(path: &Path) -> &str {
    path.to_str().expect("text")
}

#[test]
fn a_full_disk_is_said_and_a_closed_pipe_is_not() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let mut commands = vec![
        vec!["--help"],
        vec!["--version"],
        vec!["check", "config/uncramp.yaml"],
        vec!["replay", MONS],
        vec!["demo", "--print-config"],
    ];
    if cfg!(feature = "embedded-broker") {
        commands.push(vec!["demo", "--fast"]);
    }
    for arguments in commands {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("it");
        let mut command = Command::new(env!("CARGO_BIN_EXE_uncramp"));
        let said = command.args(&arguments).stdout(full).output().expect("it runs");
        assert_eq!(code(&said), 2, "{arguments:?}: {}", err(&said));
        assert!(err(&said).contains("the output cannot be written: "), "{arguments:?}");

        let mut command = Command::new(env!("CARGO_BIN_EXE_uncramp"));
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let said = command.args(&arguments).stdout(writer).output().expect("it runs");
        assert_eq!((code(&said), err(&said).as_str()), (0, ""), "{arguments:?}");
    }
}

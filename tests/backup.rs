//! A backup is sound whenever it is taken, brings back what it holds, and switches nothing on.

#[expect(dead_code, reason = "shared with the tests of the history, which use more of it")]
#[path = "history/house.rs"]
mod house;
#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use house::{BEDROOM, House, command, text};
use rusqlite::Connection;
use uncramp::daemon::backup::{self, Restored};
use uncramp::daemon::clock::Stand;
use uncramp::daemon::history::{self, History};
use uncramp::daemon::store::{self, Cramp, Diary, Logged, Saved, Store};
use uncramp::engine::{Action, Engine, Event, Want, Wish};
use uncramp::history::{Record, What};
use uncramp::model::{
    ActuatorId, BedroomId, Echo, Heard, Item, Kelvins, Measured, SensorId, Span, Switch,
    Temperature, Time, Value, Wall,
};
use uncramp::plan::Mode;

/// So many backups are taken while everything is written, unless `BACKUPS` says how many.
const BACKUPS: usize = 20;

/// How far apart what is written is acknowledged.
const PACE: Duration = Duration::from_millis(5);

const EVENING: i64 = 1_795_384_800_000;
const WALL: Wall = Wall { offset: EVENING, synchronised: true };

/// Writes as fast as it can until it is told to end: cramps and records of which each has the
/// next number, and a state that says how many there were.
fn write_on(directory: &Path, end: &AtomicBool) {
    let plan = support::plan_of("sleep: 22:30-06:45\nsensors: { room: { topic: room } }");
    let (store, _) = Store::open(directory).expect("not taken");
    let history = History::open(directory);
    store.plan(&plan);
    history.plan(&plan);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut number = 0;
    while !end.load(Ordering::Relaxed) {
        let cramp = |at| Cramp { bedroom: "bedroom".to_owned(), sleeper: None, at };
        for at in number..number + 10 {
            store.log(Logged::Cramp(cramp(at)));
            let what = What::Came(Event::Gap);
            history.record(Record { time: Time(at), wall: WALL, bedroom: None, what }, &plan);
        }
        number += 10;
        let (time, boot) = (Time(number), "b".to_owned());
        let (uptime, wall) = (number, number);
        let stand = Stand { time, uptime, wall, boot, synchronised: true, restored: false };
        let state = "{\"state\": \"long enough for some pages\"}".repeat(100);
        store.save([Saved { bedroom: "bedroom".to_owned(), state, stand }]);
        runtime.block_on(store.flush().wait()).expect("written");
        history.write();
        // Files that grow without end take ever longer to be copied, and show nothing more.
        std::thread::sleep(PACE);
    }
}

/// A backup, brought back elsewhere: how many cramps and records it has, none left out.
fn sound(file: &Path) -> (usize, i64) {
    let to = house::directory();
    backup::restore(file, to.path()).expect("restored");
    for name in [store::FILE, history::FILE] {
        let file = Connection::open(to.path().join(name)).expect("a file");
        let check = file.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
        assert_eq!(check.expect("checked"), "ok");
    }
    let diary = Diary::read(to.path()).expect("readable").expect("there");
    let at: Vec<i64> = diary.entries.iter().map(Logged::at).collect();
    assert!((0..).zip(&at).all(|(number, at)| number == *at), "{at:?}");
    let saved = Saved::read(to.path()).expect("readable");
    let stood = saved.first().map_or(0, |saved| saved.stand.time.0);
    assert!(stood <= i64::try_from(at.len()).expect("few"), "one instant");
    let past = Connection::open(to.path().join(history::FILE)).expect("a file");
    let counted = "SELECT count(*), coalesce(max(time), -1) FROM record";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
    let (count, last) = past.query_row(counted, [], read).expect("counted");
    assert_eq!(count, last + 1, "no record is left out");
    (at.len(), count)
}

/// However the test ends, the writer does.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how many are tried")]
fn backups_taken_while_everything_is_written_are_all_sound() {
    let (dir, to) = (house::directory(), house::directory());
    let many = std::env::var("BACKUPS").ok().and_then(|it| it.parse().ok()).unwrap_or(BACKUPS);
    let end = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| write_on(dir.path(), &end));
        let _ends = Ends(&end);
        while !Diary::read(dir.path()).is_ok_and(|it| it.is_some_and(|it| !it.entries.is_empty())) {
            assert!(!writer.is_finished(), "it writes");
            std::thread::yield_now();
        }
        let (mut good, mut last) = (0, (0, 0));
        for number in 0..many {
            let file = to.path().join(format!("{number}.tar"));
            match backup::take(dir.path(), &file) {
                Ok(_) => {
                    let holds = sound(&file);
                    assert!(holds.0 >= last.0, "what was acknowledged is in it");
                    (good, last) = (good + 1, holds);
                }
                Err(why) => println!("backup {number}: {why}"),
            }
        }
        println!("{good} of {many} backups are sound; the last: {last:?} cramps and records");
        assert_eq!(good, many);
        assert!(last.0 > many, "it wrote all the while: {last:?}");
    });
}

impl House {
    fn backup(&self, name: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        let taken = self.reads(&["backup", path(&file)]);
        assert_eq!(taken.status.code(), Some(0), "{}", text(&taken));
        file
    }

    fn listed(&self) -> Vec<String> {
        let names = fs::read_dir(self.state()).expect("a directory").flatten();
        let mut names: Vec<String> =
            names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The plug says that it is off until it is recorded that nothing is waited for any more.
    fn answers_for_the_plug(&self) {
        let state = Connection::open(self.state().join(store::FILE)).expect("a file");
        let left = "SELECT value FROM meta WHERE key = 'left'";
        let left = || state.query_row(left, [], |row| row.get::<_, String>(0)).expect("recorded");
        while left() != "[]" {
            self.mosquitto.say("plug", "OFF", false);
        }
    }

    /// What was said, without what is another one each time.
    fn golden(&self, said: &Output) -> String {
        let folder = self.folder.path().to_string_lossy().into_owned();
        let mut told = text(said).replace(&folder, "<folder>");
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        told = told.replace(&format!("“{host}”"), "“<host>”");
        let dated = |word: &str| match word.split_once("20") {
            Some((before, after)) if after.starts_with(|c: char| c.is_ascii_digit()) => {
                let end = if word.ends_with(',') { "," } else { "" };
                format!("{before}<date>{end}")
            }
            _ => word.to_owned(),
        };
        let lines = told.lines().map(|line| line.split(' ').map(dated).collect::<Vec<_>>());
        lines.map(|words| words.join(" ") + "\n").collect()
    }
}

fn restores(file: &Path) -> Output {
    command(&["restore", path(file)]).output().expect("it runs")
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}

/// A radiator's relay, on for somebody's wish.
fn switched() -> String {
    BEDROOM.replace("kind: radiator,", "kind: radiator, control: switch, min_off: off,")
}

/// The bedroom with a panel on a plug beside its radiator.
fn with_a_plug() -> String {
    BEDROOM.replace(
        "    heater: { kind: radiator, command: heater/set, state: heater }",
        "    heaters:
      heater: { kind: radiator, command: heater/set, state: heater }
      plug: { kind: radiator, control: switch, min_off: off, command: plug/set, state: plug }",
    )
}

#[test]
fn a_backup_brings_back_diary_settings_and_nights_and_switches_nothing_on() {
    let house = House::new();
    house.configure(&switched());
    let first = house.run();
    house.mosquitto.say("room", "{\"t\":17.5}", false);
    house.log("cramp/set", "{\"sleeper\":\"anna\"}");
    first.stop();
    let daemon = house.run();
    house.mosquitto.say("room", "{\"t\":17.5}", false);
    house.mosquitto.say("heater", "OFF", false);
    let setting = "{\"setting\": \"too_cold\", \"value\": 18.5}";
    house.mosquitto.say("uncramp/bedroom/setting/set", setting, false);
    house.log("drink/set", "{\"sleeper\":\"anna\",\"ml\":250}");
    house.log("cramp/set", "{\"sleeper\":\"bob\"}");
    let heater = house.mosquitto.ear("heater/set", 1);
    house.log("override/set", "{\"actuator\":\"heater\",\"want\":\"on\",\"until\":\"2h\"}");
    assert_eq!(heater.hear(), "ON");
    house.mosquitto.say("heater", "ON", false);
    let (diary, nights) = (house.says(&["diary", "--csv"]), house.says(&["history", "--nights"]));
    let file = house.backup("one.tar");
    assert_eq!(mode(&file), 0o600);
    let again = house.reads(&["backup", path(&file)]);
    assert_eq!(again.status.code(), Some(2), "nothing is written over: {}", text(&again));

    // Beside a running daemon it is refused, and nothing is touched.
    let before = (house.listed(), fs::read(house.file()).expect("a file"));
    let refused = restores(&file);
    assert_eq!(refused.status.code(), Some(1));
    insta::assert_snapshot!("beside_a_running_daemon", house.golden(&refused));
    assert_eq!((house.listed(), fs::read(house.file()).expect("a file")), before);

    // What came later is set aside, with the configuration of then.
    house.log("drink/set", "{\"sleeper\":\"bob\",\"ml\":400}");
    daemon.kill();
    house.configure(&switched().replace("06:45", "07:00"));
    let restored = restores(&file);
    assert_eq!(restored.status.code(), Some(0), "{}", text(&restored));
    insta::assert_snapshot!("restored", house.golden(&restored));
    assert_eq!(house.says(&["diary", "--csv"]), diary);
    assert_eq!(house.says(&["history", "--nights"]), nights);
    assert!(fs::read_to_string(house.file()).expect("a file").contains("06:45"));
    let kept = house.folder.path().join("uncramp.yaml.1");
    assert!(fs::read_to_string(kept).expect("kept").contains("07:00"));
    let checked = house.says(&["check"]);
    assert!(checked.contains("too_cold 18.5 °C"), "{checked}");
    let aside = |name: &str| {
        let begin = format!("{name}.before-restore-2");
        let found = house.listed().into_iter().find(|it| it.starts_with(&begin));
        house.state().join(found.expect("set aside"))
    };
    assert!(aside(history::FILE).exists());
    let drinks = Connection::open(aside(store::FILE)).expect("a file");
    let drinks = drinks.query_row("SELECT count(*) FROM drink", [], |row| row.get::<_, i64>(0));
    assert_eq!(drinks.expect("counted"), 2);

    // The lease still runs, the wish too, and the boot is the same: none of them goes on (S10).
    let heater = house.mosquitto.ear("heater/set", 1);
    let daemon = house.run();
    assert_eq!(heater.hear(), "OFF");
    let shown = house.mosquitto.hear("uncramp/bedroom/state");
    let view: serde_json::Value = serde_json::from_str(&shown).expect("a view");
    assert_eq!(view["actuators"][0]["wish"], serde_json::Value::Null, "{shown}");
    assert_eq!(view["settings"]["too_cold"], 18.5, "{shown}");
    daemon.stop();
    let history = house.says(&["history"]);
    let begun = history.matches("uncramp takes over: what it knew is old").count();
    assert_eq!(begun, 2, "at the very first start, and now: {history}");
    let next = house.backup("two.tar");
    assert!(next.exists(), "what was restored is backed up");
}

/// A plug that a backup of before knows nothing of is on, and nobody told it to be off.
#[test]
fn s9_what_was_added_after_the_backup_and_is_on_is_told_to_be_off() {
    let house = House::new();
    house.run().stop();
    let file = house.backup("before.tar");
    house.configure(&with_a_plug());
    let daemon = house.run();
    house.mosquitto.say("room", "{\"t\":17.5}", false);
    house.mosquitto.say("plug", "OFF", false);
    let plug = house.mosquitto.ear("plug/set", 1);
    house.log("override/set", "{\"actuator\":\"plug\",\"want\":\"on\",\"until\":\"2h\"}");
    assert_eq!(plug.hear(), "ON");
    daemon.kill();
    let restored = restores(&file);
    assert_eq!(restored.status.code(), Some(0), "{}", text(&restored));
    insta::assert_snapshot!("restored_without_a_plug", house.golden(&restored));
    let plug = house.mosquitto.ear("plug/set", 1);
    let daemon = house.run();
    assert_eq!(plug.hear(), "OFF");
    daemon.kill();

    // It has not answered: that is not forgotten by another restore either, until it did.
    let again = restores(&file);
    assert!(text(&again).contains("plug (bedroom)"), "{}", text(&again));
    let plug = house.mosquitto.ear("plug/set", 1);
    let daemon = house.run();
    assert_eq!(plug.hear(), "OFF");
    house.answers_for_the_plug();
    daemon.stop();
    let over = restores(&file);
    assert!(!text(&over).contains("plug (bedroom)"), "{}", text(&over));
}

#[test]
fn what_is_known_to_be_off_or_known_to_the_backup_is_not_told_of() {
    let house = House::new();
    house.run().stop();
    let before = house.backup("before.tar");
    house.configure(&with_a_plug());
    let daemon = house.run();
    // Whoever answers that hears the plug, too.
    house.log("drink/set", "{\"sleeper\":\"anna\",\"ml\":250}");
    house.mosquitto.say("plug", "OFF", false);
    house.log("drink/set", "{\"sleeper\":\"anna\",\"ml\":250}");
    daemon.stop();
    let knows = house.backup("knows.tar");
    for file in [&before, &knows] {
        let restored = restores(file);
        assert_eq!(restored.status.code(), Some(0), "{}", text(&restored));
        assert!(!text(&restored).contains("plug"), "{}", text(&restored));
    }
}

#[test]
fn a_state_that_cannot_be_read_keeps_nobody_from_restoring_and_is_named() {
    let house = House::new();
    house.run().stop();
    let file = house.backup("good.tar");
    let diary = house.says(&["diary", "--csv"]);
    fs::write(house.state().join(store::FILE), vec![b'x'; 40_960]).expect("damage");
    let restored = restores(&file);
    assert_eq!(restored.status.code(), Some(0), "{}", text(&restored));
    insta::assert_snapshot!("restored_over_what_is_damaged", house.golden(&restored));
    assert_eq!(house.says(&["diary", "--csv"]), diary);
}

#[test]
fn what_is_no_whole_backup_is_refused_and_loses_nothing() {
    let house = House::new();
    let daemon = house.run();
    house.log("drink/set", "{\"sleeper\":\"anna\",\"ml\":250}");
    daemon.stop();
    let file = house.backup("good.tar");
    let before = (house.listed(), house.says(&["diary", "--csv"]));
    let good = fs::read(&file).expect("a backup");
    let other = house.folder.path().join("other.tar");
    let mut told = String::new();
    let mut refused = |what: &str, bytes: &[u8]| {
        fs::write(&other, bytes).expect("written");
        let said = restores(&other);
        assert_eq!(said.status.code(), Some(2), "{what}: {}", text(&said));
        assert_eq!((house.listed(), house.says(&["diary", "--csv"])), before, "{what}");
        told.extend([what, ": ", &house.golden(&said)]);
    };
    refused("torn", &good[..good.len() / 2]);
    refused("without its list", &good[..good.len() - 2048]);
    let mut flipped = good.clone();
    flipped[good.len() / 3] ^= 0x10;
    refused("with a bit flipped", &flipped);
    refused("foreign", b"PRAGMA");
    refused("foreign and long", &fs::read(env!("CARGO_BIN_EXE_uncramp")).expect("a program"));
    refused("empty", b"");
    // A newer uncramp's, made as it would make it.
    for name in [store::FILE, history::FILE] {
        let newer = house::directory();
        for file in [store::FILE, history::FILE] {
            fs::copy(house.state().join(file), newer.path().join(file)).expect("copied");
        }
        let stamped = Connection::open(newer.path().join(name)).expect("a file");
        stamped.pragma_update(None, "user_version", 99).expect("set");
        drop(stamped);
        let taken = newer.path().join("newer.tar");
        backup::take(newer.path(), &taken).expect("taken");
        refused("newer", &fs::read(taken).expect("a backup"));
    }
    let missing = restores(&house.folder.path().join("no.tar"));
    assert_eq!(missing.status.code(), Some(2));
    told.extend(["missing: ", &house.golden(&missing)]);
    insta::assert_snapshot!("refused", told);
}

#[test]
fn where_nothing_was_kept_there_is_nothing_to_back_up() {
    let house = House::new();
    let file = house.folder.path().join("none.tar");
    let said = house.reads(&["backup", path(&file)]);
    assert_eq!(said.status.code(), Some(2));
    assert!(text(&said).contains("uncramp has kept nothing yet"), "{}", text(&said));
    assert!(!file.exists() && !house.state().exists());
}

/// What lies elsewhere by that name may be another house's.
#[test]
fn with_a_configuration_named_the_state_goes_where_that_keeps_it() {
    let house = House::new();
    let daemon = house.run();
    house.log("drink/set", "{\"sleeper\":\"anna\",\"ml\":250}");
    daemon.stop();
    let (file, before) = (house.backup("one.tar"), house.listed());
    let folder = house::directory();
    let (mine, state) = (folder.path().join("mine.yaml"), folder.path().join("kept"));
    let whole = fs::read_to_string(house.file()).expect("a file");
    let own = whole.replace(path(&house.state()), path(&state));
    fs::write(&mine, own.replace("06:45", "07:00")).expect("written");
    let said =
        command(&["restore", "--config", path(&mine), path(&file)]).output().expect("it runs");
    assert!(said.status.success(), "{}", text(&said));
    assert!(text(&said).contains("its `store:` is not the backup's"), "{}", text(&said));
    assert_eq!(house.listed(), before, "nothing is set aside where it was");
    let diary = Diary::read(&state).expect("readable").expect("restored");
    assert_eq!(diary.entries.len(), 1);
    // It is the backup's, and still keeps its state there.
    assert_eq!(fs::read_to_string(&mine).expect("a file"), own);
}

#[test]
fn a_backup_into_a_directory_that_is_not_there_says_so() {
    let house = House::new();
    house.run().stop();
    for to in ["not/there/", "not/there/one.tar"] {
        let said = house.reads(&["backup", path(&house.folder.path().join(to))]);
        assert_eq!(said.status.code(), Some(2));
        let there = house.folder.path().join("not/there");
        let why = format!("there is no directory {0}: make it first (mkdir -p {0})", path(&there));
        assert!(text(&said).contains(&why), "{}", text(&said));
    }
}

/// On a new machine there is no directory yet, and the old one may still run: they have two names.
#[test]
fn on_another_machine_it_begins_with_everything_and_a_name_of_its_own() {
    let (dir, elsewhere) = (house::directory(), house::directory());
    let (store, loaded) = Store::open(dir.path()).expect("not taken");
    let cramp = Cramp { bedroom: "bedroom".to_owned(), sleeper: None, at: 7 };
    store.log(Logged::Cramp(cramp));
    drop(store);
    let file = dir.path().join("here.tar");
    backup::take(dir.path(), &file).expect("taken");
    let here = elsewhere.path().join("here");
    assert_eq!(backup::restore(&file, &here).expect("restored"), Restored::default());
    assert_eq!(Store::open(&here).expect("not taken").1.instance, loaded.instance);
    // The name of the machine as another one would have it, with its check sums as they are.
    let own = gethostname::gethostname().to_string_lossy().into_owned();
    let mut bytes = fs::read(&file).expect("a backup");
    let named = format!("\"host\": \"{own}\"");
    let at = bytes.windows(named.len()).position(|it| it == named.as_bytes()).expect("its host");
    bytes[at + "\"host\": \"".len()] ^= 1;
    let moved = dir.path().join("moved.tar");
    fs::write(&moved, bytes).expect("written");
    let there = elsewhere.path().join("there");
    backup::restore(&moved, &there).expect("restored");
    let (_store, restored) = Store::open(&there).expect("not taken");
    assert_ne!(restored.instance, loaded.instance);
    let diary = Diary::read(&there).expect("readable").expect("there");
    assert_eq!(diary.entries.len(), 1);
}

const ROOM: &str = "\
sleep: 22:30-06:45
sensors: { room: { topic: room } }
heaters:
  valve: { kind: radiator, command: valve/set, state: valve }
  panel: { kind: radiator, control: switch, command: panel/set, state: panel }
fan: { command: fan/set, state: fan }";

fn hear(engine: &mut Engine, at: Time, item: Item) -> Vec<Action> {
    let heard = Heard { items: [item].into_iter().collect(), ..Heard::default() };
    engine.handle(at, Event::Heard { bedroom: BedroomId(0), heard })
}

#[test]
fn s10_what_was_wished_and_where_valves_stood_in_a_backup_is_over() {
    let plan = support::plan_of(ROOM);
    let mut engine = Engine::new(plan.clone(), WALL, Time::ZERO);
    let at = |minutes| Time::ZERO + Span::minutes(minutes);
    engine.handle(at(0), Event::Start);
    let set_point =
        |value| Item::Echo { actuator: ActuatorId(0), echo: Echo::SetPoint(Temperature(value)) };
    hear(&mut engine, at(0), set_point(1700));
    let measured = Measured::WhenHeard;
    let value = Value::Temperature(Temperature(1500));
    let cold = Item::Reading { sensor: SensorId(0), value, measured };
    let wish = |wish| Event::Wish { bedroom: BedroomId(0), wish };
    let asked = |actuator, want| {
        let actuator = ActuatorId(actuator);
        wish(Wish::Override { actuator, want, until: Some(at(600)) })
    };
    hear(&mut engine, at(1), cold.clone());
    for event in [
        asked(0, Want::On),
        asked(1, Want::On),
        asked(2, Want::Off),
        wish(Wish::Shift(Kelvins(100))),
        wish(Wish::Mode(Mode::Watch)),
        wish(Wish::Pause(true)),
    ] {
        engine.handle(at(2), event);
    }
    let saved = engine.save(BedroomId(0));
    let lapsed = Engine::lapsed(&saved).expect("readable");
    let mut engine = Engine::new(plan, WALL, at(60));
    engine.load("bedroom", &lapsed).expect("taken over");
    let mut actions = engine.handle(at(60), Event::Gap);
    actions.extend(engine.handle(at(60), Event::Link { up: true }));
    let told = actions.iter().filter_map(|action| {
        if let Action::Switch(command) = action { Some(&command.switch) } else { None }
    });
    let told: Vec<&Switch> = told.collect();
    assert!(told.iter().all(|switch| matches!(switch, Switch::Off)), "{told:?}");
    let seen = engine.picture(BedroomId(0), at(60)).expect("a bedroom");
    assert_eq!((seen.paused_until, seen.shift), (None, Kelvins(0)));
    assert!(seen.actuators.iter().all(|it| it.wish.is_none()), "{:?}", seen.actuators);
    assert_eq!(seen.mode, Mode::Watch, "what holds until it is changed is back");
    assert_eq!(seen.actuators[0].baseline, Some(Temperature(1700)), "the best guess");
    // The household set it otherwise since: that is what it goes back to.
    hear(&mut engine, at(61), set_point(1500));
    let seen = engine.picture(BedroomId(0), at(61)).expect("a bedroom");
    assert_eq!(seen.actuators[0].baseline, Some(Temperature(1500)));
    assert!(Engine::lapsed("{}").is_err());
}

//! Disks that fail: files damaged anywhere, full, read-only. The bedroom stays controlled,
//! what people said is kept, and nothing is ever deleted.

mod support;

#[path = "store/house.rs"]
mod house;
#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;

use std::fs;
use std::path::Path;
use std::time::Duration;

use house::House;
use uncramp::daemon::clock::Stand;
use uncramp::daemon::history::{self, History, Reader};
use uncramp::daemon::store::{self, Cramp, Diary, Logged, Saved, Store};
use uncramp::engine::Event;
use uncramp::history::{Record, What};
use uncramp::model::{Time, Wall};

const ROUNDS: u32 = 24;

/// Fills both files, and copies them while they are open, as a power cut leaves them.
fn left_by_a_power_cut(directory: &Path, to: &Path) {
    let plan = support::plan_of(BEDROOM);
    let (store, _) = Store::open(directory).expect("not taken");
    let history = History::open(directory);
    let wall = Wall { offset: 1_795_384_800_000, synchronised: true };
    store.plan(&plan);
    history.plan(&plan);
    for minute in 0..200 {
        let at = wall.offset + minute * 60_000;
        let stand = Stand {
            time: Time(minute),
            uptime: minute,
            wall: at,
            boot: "b".to_owned(),
            synchronised: true,
            restored: false,
        };
        let state = "{\"state\": \"long enough for a page or two\"}".repeat(100);
        store.save([Saved { bedroom: "bedroom".to_owned(), state, stand }]);
        let (bedroom, sleeper) = ("bedroom".to_owned(), Some("anna".to_owned()));
        store.log(Logged::Cramp(Cramp { bedroom, sleeper, at }));
        let what = What::Came(Event::Gap);
        history.record(Record { time: Time(minute * 60_000), wall, bedroom: None, what }, &plan);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(store.flush().wait()).expect("written");
    history.write();
    while history.waiting() != history::Waiting::Nothing {
        std::thread::sleep(Duration::from_millis(1));
    }
    for name in files(directory) {
        fs::copy(directory.join(&name), to.join(&name)).expect("copied");
    }
}

fn files(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).expect("a directory").flatten();
    let mut names: Vec<String> =
        names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Does one harm to one file. Returns what, for the one who reads a failure.
fn damage(directory: &Path, random: &mut fastrand::Rng) -> String {
    let files: Vec<String> = files(directory).into_iter().filter(|it| it != "lock").collect();
    let name = &files[random.usize(..files.len())];
    let path = directory.join(name);
    let mut bytes = fs::read(&path).expect("a file");
    let at = random.usize(..bytes.len().max(1));
    let how = match random.u8(..3) {
        0 => {
            bytes.truncate(at);
            format!("cut at {at}")
        }
        1 => {
            let to = (at + random.usize(1..=8192)).min(bytes.len());
            bytes[at..to].fill(0);
            format!("zeroed from {at} to {to}")
        }
        _ => {
            for _ in 0..random.usize(1..=64) {
                let at = random.usize(..bytes.len());
                bytes[at] ^= random.u8(1..);
            }
            "with bytes flipped".to_owned()
        }
    };
    fs::write(&path, bytes).expect("written");
    format!("{name} {how}")
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a seed to be tried again")]
fn damage_anywhere_costs_neither_the_start_nor_the_file() {
    let seed = std::env::var("SEED").ok().and_then(|it| it.parse().ok());
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let whole = tempfile::tempdir().expect("a directory");
    let before = tempfile::tempdir().expect("a directory");
    left_by_a_power_cut(before.path(), whole.path());
    let mut aside = 0;
    for round in 0..ROUNDS {
        let dir = tempfile::tempdir().expect("a directory");
        for name in files(whole.path()) {
            fs::copy(whole.path().join(&name), dir.path().join(&name)).expect("copied");
        }
        let harm = damage(dir.path(), &mut random);
        let (store, loaded) = Store::open(dir.path()).expect("not taken");
        let history = History::open(dir.path());
        let at = 1_795_471_200_000;
        store.log(Logged::Cramp(Cramp { bedroom: "bedroom".to_owned(), sleeper: None, at }));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let flushed = runtime.expect("a runtime").block_on(store.flush().wait());
        flushed.unwrap_or_else(|why| panic!("SEED={seed}, round {round}, {harm}: {why}"));
        drop(history);
        drop(store);
        let diary = Diary::read(dir.path()).expect("readable").expect("there");
        let said = format!("SEED={seed}, round {round}, {harm}: {:?}", loaded.notes);
        assert!(diary.entries.iter().any(|entry| entry.at() == at), "{said}");
        assert!(Reader::open(dir.path()).expect("readable").is_some(), "{said}");
        let set_aside = |file: &str| {
            let of = |it: &&String| it.starts_with(&format!("{file}.damaged-2"));
            files(dir.path()).iter().filter(of).count()
        };
        let of_state = set_aside(store::FILE);
        assert_eq!(of_state > 0, !loaded.notes.is_empty(), "{said}");
        aside += of_state + set_aside(history::FILE);
    }
    println!("{ROUNDS} harms, {aside} files set aside");
}

const BEDROOM: &str = "\
sleep: 22:30-06:45
sensors: { room: { topic: room, path: t } }
heater: { kind: radiator, control: switch, command: heater/set, state: heater }";

/// The daemon on a disk that takes nothing, and takes it again later.
fn on_a_failing_disk(prepare: &str, fail: &str, heal: &str) {
    let house = House::new(BEDROOM);
    let Some(mut daemon) = house.run_on_tmpfs(prepare) else {
        eprintln!("skipped: this machine lets nobody mount a file system of their own");
        return;
    };
    daemon.sh(&format!("cd disk; {fail}; cd .."));
    // Somebody switches, and it is done at once.
    let heater = house.mosquitto.ear("heater/set", 1);
    house.mosquitto.say("heater", "ON", false);
    house.wish("override/set", "{\"actuator\":\"heater\",\"want\":\"off\",\"until\":\"1h\"}");
    assert_eq!(heater.hear(), "OFF");
    house.mosquitto.say("heater", "OFF", false);
    house.wish("drink/set", "{\"sleeper\":\"anna\",\"ml\":250}");
    house.comes_to_show(|view| view["faults"].to_string().contains("\"disk\""));
    let diary = daemon.sh("$0 diary --csv --config uncramp.yaml 2>&1");
    assert!(!diary.contains("250"), "the disk took it: {diary}");
    daemon.sh(&format!("cd disk; {heal}; cd .."));
    house.comes_to_say(&mut daemon, "drink,anna,250");
    daemon.stop();
}

#[test]
fn a_full_disk_keeps_no_bedroom_uncontrolled_and_loses_no_drink() {
    // Until no page fits any more.
    on_a_failing_disk("true", "dd if=/dev/zero of=fill bs=512 2>&1", "rm fill");
}

#[test]
fn a_disk_that_is_read_only_at_the_start_is_used_once_it_is_not() {
    on_a_failing_disk("mount -o remount,ro .", "true", "mount -o remount,rw .");
}

const PANEL: &str = "\
sleep: 22:30-06:45
sensors: { room: { topic: room, path: t } }
heater: { kind: panel, fixed: true, zigbee2mqtt: plug }";

/// What only people and `uncramp try` can say is known.
fn remembers(view: &serde_json::Value) -> bool {
    view["actuators"][0]["timer_works"] == true && view["settings"]["too_cold"] == 17.5
}

/// A daemon that ends, and begins anew on a disk that takes nothing; and once more when the disk
/// is well.
fn a_life_on_a_failing_disk(signal: &str, fail: &str, heal: &str) {
    let house = House::new(PANEL);
    let Some(mut daemon) = house.run_on_tmpfs("true") else {
        eprintln!("skipped: this machine lets nobody mount a file system of their own");
        return;
    };
    house.wish("timer/set", "{\"actuator\":\"heater\",\"works\":true}");
    house.wish("setting/set", "{\"setting\":\"too_cold\",\"value\":17.5}");
    house.comes_to_show(remembers);
    house.begins_anew(&mut daemon, signal, fail);
    house.comes_to_show(remembers);
    house.wish("drink/set", "{\"sleeper\":\"anna\",\"ml\":250}");
    house.comes_to_show(|view| view["faults"].to_string().contains("\"disk\""));
    daemon.sh(&format!("cd disk; {heal}; cd .."));
    house.comes_to_say(&mut daemon, "drink,anna,250");
    house.begins_anew(&mut daemon, signal, "true");
    house.comes_to_show(remembers);
    daemon.stop();
}

#[test]
fn a_start_on_a_full_disk_forgets_nothing() {
    a_life_on_a_failing_disk("TERM", "dd if=/dev/zero of=fill bs=512 2>&1", "rm fill");
}

#[test]
fn a_start_on_a_disk_that_is_read_only_forgets_nothing() {
    a_life_on_a_failing_disk("KILL", "mount -o remount,ro .", "mount -o remount,rw .");
}

use std::fs;

use rusqlite::Connection;
use tempfile::TempDir;

use super::file::SCHEMA;
use super::*;
use crate::engine::Event;
use crate::history::What;
use crate::model::{
    BedroomId, KelvinHours, Millilitres, Place, Quantity, Span, Temperature, Time, Value, Wall,
};
use crate::surface::tests::plan;

/// 2026-11-22T22:00 in UTC.
const EVENING: i64 = 1_795_384_800_000;

fn wall() -> Wall {
    Wall { offset: EVENING, synchronised: true }
}

fn record(minute: i64) -> Record {
    Record {
        time: Time::ZERO + Span::minutes(minute),
        wall: wall(),
        bedroom: Some(BedroomId(0)),
        what: What::Came(Event::Gap),
    }
}

fn reading(minute: i64, hundredths: i32) -> Measurement {
    Measurement {
        bedroom: "bedroom".to_owned(),
        sensor: "room temperature".to_owned(),
        place: Place::Room,
        quantity: Quantity::Temperature,
        at: EVENING + minute * 60_000,
        value: Value::Temperature(Temperature(hundredths)),
    }
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

fn reader(dir: &TempDir) -> Reader {
    Reader::open(dir.path()).expect("readable").expect("there")
}

fn count(dir: &TempDir, table: &str) -> i64 {
    let file = Connection::open(dir.path().join(FILE)).expect("the file");
    let count = format!("SELECT count(*) FROM {table}");
    file.query_row(&count, [], |row| row.get(0)).expect("a number")
}

fn aside(dir: &TempDir, mark: &str) -> usize {
    let begin = format!("{FILE}.{mark}-20");
    let names = fs::read_dir(dir.path()).expect("it").flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| {
            name.starts_with(&begin) && !name.ends_with("-wal") && !name.ends_with("-shm")
        })
        .count()
}

/// Keeps one of everything, and ends.
fn kept(dir: &TempDir) -> History {
    let history = History::open(dir.path());
    history.plan(&plan());
    history.record(record(1), &plan());
    history.measured(reading(2, 1812));
    let dose = KelvinHours::new(0.5);
    let first = Summary { dose, heat: Span::minutes(10), drinks: 1, ..Summary::default() };
    let evening = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date");
    history.night("bedroom", evening, &first);
    history
}

#[test]
fn what_is_kept_is_read_beside_and_after() {
    let dir = directory();
    assert!(Reader::open(dir.path()).expect("no fault").is_none(), "nothing yet");
    drop(kept(&dir));
    let history = kept(&dir);
    let read = reader(&dir);
    let lines = read.lines(EVENING, EVENING + 3_600_000).expect("lines");
    assert_eq!(lines.len(), 1, "the second is not written yet");
    assert_eq!(lines[0].record, Some(Record { bedroom: None, ..record(1) }));
    assert_eq!((lines[0].kind.as_str(), lines[0].bedroom.as_deref()), ("gap", Some("bedroom")));
    assert_eq!(read.plans().expect("plans").get(&lines[0].plan.expect("one")), Some(&plan()));
    drop(history);
    let read = reader(&dir);
    assert_eq!(read.lines(i64::MIN, i64::MAX).expect("lines").len(), 2);
    assert_eq!(read.plans().expect("plans").len(), 1, "the same plan is kept once");
    let nights = read.nights().expect("nights");
    let (_, bedroom, summary) = &nights[0];
    assert_eq!((nights.len(), bedroom.as_str()), (1, "bedroom"));
    assert_eq!(summary.heat, Span::minutes(20), "what was told twice adds up");
    assert_eq!((summary.drinks, summary.dose), (2, KelvinHours::new(0.5)));
    assert_eq!((count(&dir, "reading"), count(&dir, "sensor")), (1, 1));
}

/// Each schema that was ever released is brought up to this one with what it holds.
#[test]
fn every_earlier_schema_is_brought_up_with_what_it_holds() {
    for version in 1..=SCHEMA.migrations.len() {
        let dir = directory();
        let old = Connection::open(dir.path().join(FILE)).expect("a file");
        for migration in &SCHEMA.migrations[..version] {
            old.execute_batch(migration).expect("a schema");
        }
        old.execute_batch(&format!(
            "INSERT INTO record (at, time, sure, kind, data) VALUES ({EVENING}, 7, 1, 'gap', ''); \
             INSERT INTO sensor VALUES (1, 'bedroom', 'room', 'room', 'temperature'); \
             INSERT INTO reading VALUES ({EVENING}, 1, 1800); \
             INSERT INTO night VALUES ('2026-11-21', 'bedroom', 1, 1, 1, 1, 1, 1, 1, 1, 1);"
        ))
        .expect("rows of the first schema");
        old.pragma_update(None, "user_version", i64::try_from(version).expect("few")).expect("set");
        drop(old);
        drop(kept(&dir));
        let counts = ["record", "reading", "night"].map(|table| count(&dir, table));
        assert_eq!(counts, [2, 2, 2], "from version {version}");
        assert_eq!((aside(&dir, "damaged"), aside(&dir, "newer")), (0, 0));
    }
}

#[test]
fn a_file_of_a_newer_version_and_one_that_is_no_file_are_set_aside() {
    let dir = directory();
    drop(kept(&dir));
    let newer = Connection::open(dir.path().join(FILE)).expect("the file");
    newer.pragma_update(None, "user_version", 99).expect("set");
    drop(newer);
    drop(kept(&dir));
    assert_eq!((aside(&dir, "newer"), count(&dir, "record")), (1, 1));
    fs::write(dir.path().join(FILE), vec![b'x'; 8192]).expect("damage");
    drop(kept(&dir));
    assert_eq!((aside(&dir, "damaged"), count(&dir, "record")), (1, 1));
}

#[test]
fn what_could_not_be_written_is_written_when_there_is_room() {
    let dir = directory();
    let below = dir.path().join("below");
    let shared = Shared::default();
    let history = kept(&dir);
    let mut queue = history.shared.lock();
    let batch = std::mem::take(&mut queue.batch);
    drop(queue);
    assert!(open(&below.join(FILE), &shared).is_none(), "no such directory");
    assert!(shared.lock().health.failing);
    shared.put_back(batch);
    fs::create_dir(&below).expect("a directory");
    shared.lock().stop = true;
    work(&below.join(FILE), &shared);
    assert_eq!(shared.lock().health, Health::default());
    let read = Reader::open(&below).expect("readable").expect("there");
    assert_eq!(read.lines(i64::MIN, i64::MAX).expect("lines").len(), 1);
}

#[test]
fn what_waits_for_the_disk_is_bounded_readings_and_records_apart() {
    let mut queue = Queue::default();
    for n in 0..MOST_READINGS + 7 {
        queue.batch.readings.push_back(reading(i64::try_from(n).expect("few"), 1800));
        queue.bound();
    }
    queue.batch.items.push_back(Item::Plan(String::new()));
    queue.bound();
    assert_eq!((queue.batch.readings.len(), queue.batch.items.len()), (MOST_READINGS, 1));
    assert_eq!(queue.batch.readings[0].at, reading(7, 0).at, "the oldest were dropped");
    assert_eq!((queue.health.dropped_readings, queue.health.dropped_records), (7, 0));
}

#[test]
fn old_readings_are_thrown_away_first_and_nights_never() {
    let dir = directory();
    drop(kept(&dir));
    for (later, counts) in [(READINGS_FOR, [2, 1, 1]), (RECORDS_FOR, [2, 1, 1])] {
        let history = History::open(dir.path());
        let wall = Wall { offset: EVENING + later.0 + 600_000, synchronised: true };
        history.record(Record { wall, ..record(0) }, &plan());
        history.measured(Measurement { at: wall.offset, ..reading(0, 1800) });
        drop(history);
        assert_eq!(["record", "reading", "night"].map(|table| count(&dir, table)), counts);
    }
    // A clock that is not known to be right may have jumped, and throws nothing away.
    let history = History::open(dir.path());
    let wall = Wall { offset: 3 * EVENING, synchronised: false };
    history.record(Record { wall, ..record(0) }, &plan());
    drop(history);
    assert_eq!(count(&dir, "reading"), 1);
}

#[test]
fn drinks_of_one_night_add_up() {
    let mut night = Summary { drinks: 1, drunk: Millilitres(200), ..Summary::default() };
    night.add(&Summary { drinks: 1, drunk: Millilitres(150), cramps: 1, ..Summary::default() });
    assert_eq!((night.drinks, night.drunk, night.cramps), (2, Millilitres(350), 1));
}

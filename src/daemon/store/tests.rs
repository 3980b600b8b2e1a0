use std::path::Path;

use rusqlite::Connection;

use super::work::{MOST_LOGGED, MOST_WAITING, Queue, put_back};
use super::*;
use crate::model::{Millilitres, Time};
use crate::plan::Setting;

fn stand(time: i64) -> Stand {
    let boot = "b".to_owned();
    Stand { time: Time(time), uptime: time, wall: time, boot, synchronised: true, restored: false }
}

fn saved(bedroom: &str, state: &str, time: i64) -> Saved {
    Saved { bedroom: bedroom.to_owned(), state: state.to_owned(), stand: stand(time) }
}

fn open(directory: &Path) -> (Store, Loaded) {
    Store::open(directory).expect("not taken")
}

fn aside(directory: &Path, mark: &str) -> usize {
    let names = std::fs::read_dir(directory).expect("a directory");
    names
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.contains(mark) && !name.ends_with("-wal") && !name.ends_with("-shm"))
        .count()
}

#[tokio::test]
async fn states_come_back_the_latest_of_each_bedroom() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, loaded) = open(dir.path());
    assert_eq!((loaded.states.len(), loaded.stand), (0, None));
    store.save([saved("guest", "{}", 1)]);
    store.save([saved("main", "1", 2)]);
    store.save([saved("main", "2", 3)]);
    store.save_now(saved("main", "3", 4)).wait().await.expect("written");
    store.stand(stand(5));
    drop(store);
    let (_store, again) = open(dir.path());
    assert_eq!(again.states, [saved("guest", "{}", 1), saved("main", "3", 4)]);
    assert_eq!(again.stand, Some(stand(5)));
    assert_eq!(again.instance, loaded.instance);
    assert!(again.notes.is_empty());
}

#[tokio::test]
async fn a_plan_that_no_version_can_read_any_more_is_no_damage() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = open(dir.path());
    store.keep(file::PLAN, "{\"of\": \"another version\"}".to_owned());
    store.save([saved("main", "1", 2)]);
    drop(store);
    let (_store, again) = open(dir.path());
    assert_eq!((again.plan, again.states.len(), again.notes.len()), (None, 1, 0));
}

#[tokio::test]
async fn drinks_are_kept_in_order() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = open(dir.path());
    for ml in [150, 250] {
        store.log(Logged::Drink(Drink {
            bedroom: "main".to_owned(),
            sleeper: "anna".to_owned(),
            amount: Millilitres(ml),
            at: 7,
        }));
    }
    store.flush().wait().await.expect("written");
    let reader = Connection::open(dir.path().join(FILE)).expect("the file");
    let total: (i64, i64) = reader
        .query_row("SELECT sum(ml), max(number) FROM drink WHERE sleeper = 'anna'", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("a row");
    assert_eq!(total, (400, 2));
}

#[test]
fn a_second_uncramp_is_sent_away_with_a_sentence() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = open(dir.path());
    let error = Store::open(dir.path()).expect_err("taken");
    assert!(error.to_string().contains("another uncramp already runs"), "{error}");
    drop(first);
    open(dir.path());
}

#[test]
fn a_damaged_file_is_set_aside_and_never_deleted() {
    let dir = tempfile::tempdir().expect("a directory");
    for n in 1..=2 {
        let (store, _) = open(dir.path());
        store.save([saved("main", "1", 2)]);
        drop(store);
        std::fs::write(dir.path().join(FILE), vec![b'x'; 8192]).expect("damage");
        let (_, loaded) = open(dir.path());
        assert!(loaded.notes[0].contains("damaged"), "{:?}", loaded.notes);
        assert!(loaded.states.is_empty());
        assert_eq!(aside(dir.path(), "damaged-20"), n);
    }
}

#[test]
fn a_file_cut_short_is_set_aside() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = open(dir.path());
    store.save([saved("main", &"long ".repeat(10_000), 2)]);
    drop(store);
    let path = dir.path().join(FILE);
    let bytes = std::fs::read(&path).expect("the file");
    assert!(bytes.len() > 40_000, "the log was written back");
    std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("damage");
    let (_, loaded) = open(dir.path());
    assert!(loaded.notes[0].contains("damaged"), "{:?}", loaded.notes);
}

#[test]
fn a_file_of_a_newer_version_is_set_aside() {
    let dir = tempfile::tempdir().expect("a directory");
    drop(open(dir.path()));
    let newer = Connection::open(dir.path().join(FILE)).expect("the file");
    newer.pragma_update(None, "user_version", 99).expect("set");
    drop(newer);
    let (_, loaded) = open(dir.path());
    assert!(loaded.notes[0].contains("newer uncramp (version 99"), "{:?}", loaded.notes);
    assert_eq!(aside(dir.path(), "newer-20"), 1);
}

#[tokio::test]
async fn without_a_disk_the_store_says_so_and_records_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let (store, loaded) = open(&file.join("below"));
    assert!(loaded.notes[0].contains("nothing can be recorded"), "{:?}", loaded.notes);
    assert!(!loaded.instance.is_empty());
    store.save_now(saved("main", "1", 2)).wait().await.expect_err("no disk");
    store.flush().wait().await.expect_err("no disk");
    assert_eq!(store.health().failures, 2);
    assert!(store.health().failing);
}

#[tokio::test]
async fn what_could_not_be_written_is_reported_and_written_later() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = open(dir.path());
    let other = Connection::open(dir.path().join(FILE)).expect("the file");
    other.execute_batch("ALTER TABLE bedroom RENAME TO hidden").expect("renamed");
    store.save_now(saved("main", "1", 2)).wait().await.expect_err("no such table");
    other.execute_batch("ALTER TABLE hidden RENAME TO bedroom").expect("renamed");
    store.flush().wait().await.expect("written");
    drop(store);
    let (_store, loaded) = open(dir.path());
    assert_eq!(loaded.states, [saved("main", "1", 2)]);
}

#[test]
fn drinks_that_wait_for_a_disk_are_bounded_and_the_oldest_dropped() {
    let drink = |at| {
        let (bedroom, sleeper) = ("main".to_owned(), "anna".to_owned());
        Logged::Drink(Drink { bedroom, sleeper, amount: Millilitres(200), at })
    };
    let mut batch = Queue::default();
    batch.logged.extend((0..10_000).map(drink));
    let shared = Shared::default();
    // Somebody drank while the disk was tried, and the store is to end.
    shared.lock().logged.extend((10_000..10_007).map(drink));
    shared.lock().stop = true;
    put_back(&shared, batch, true);
    let queue = shared.lock();
    assert_eq!((queue.logged.len(), queue.dropped), (MOST_LOGGED, 7));
    assert_eq!(queue.health().dropped, 7, "and stays counted once it is told of");
    let at = |it: &Logged| it.at();
    let ends = [queue.logged.front(), queue.logged.back()].map(|it| it.map(at));
    assert_eq!(ends, [Some(7), Some(10_006)]);
}

#[tokio::test]
async fn cramps_and_changes_from_home_assistant_are_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = open(dir.path());
    let (bedroom, sleeper) = ("main".to_owned(), None);
    store.log(Logged::Cramp(Cramp { bedroom: bedroom.clone(), sleeper, at: 7 }));
    let (setting, value) = (Setting::TooCold, "18.5 °C".to_owned());
    let change = Adjustment { bedroom, setting, value, written: None, at: None };
    store.adjustments(std::slice::from_ref(&change));
    let device = [("reason".to_owned(), "sensor".to_owned())].into();
    let introduced: Introduced = [("uncramp_main".to_owned(), device)].into();
    store.introduced(&introduced);
    store.flush().wait().await.expect("written");
    drop(store);
    let (_store, loaded) = open(dir.path());
    assert_eq!((loaded.adjustments, loaded.introduced), (vec![change], introduced));
    let reader = Connection::open(dir.path().join(FILE)).expect("the file");
    let at: i64 = reader.query_row("SELECT at FROM cramp", [], |row| row.get(0)).expect("one");
    assert_eq!(at, 7);
}

/// Every lost week of a diary counts: each schema that was ever released is brought up to this
/// one with what it holds.
#[test]
fn every_earlier_schema_is_brought_up_with_its_diary() {
    let entries = [
        "INSERT INTO drink (bedroom, sleeper, ml, at) VALUES ('main', 'anna', 250, 7)",
        "INSERT INTO cramp (bedroom, sleeper, at) VALUES ('main', NULL, 8)",
        "INSERT INTO no_cramp (bedroom, sleeper, night, at) VALUES ('main', 'bob', '2026-11-22', 9)",
        "",
    ];
    for version in 1..=SCHEMA.migrations.len() {
        let dir = tempfile::tempdir().expect("a directory");
        let old = Connection::open(dir.path().join(FILE)).expect("a file");
        for (migration, entry) in SCHEMA.migrations.iter().zip(entries).take(version) {
            old.execute_batch(migration).expect("a schema");
            old.execute_batch(entry).expect("a row of its time");
        }
        let state = "INSERT INTO bedroom (name, state, stand) VALUES ('main', '1', ?)";
        old.execute(state, [serde_json::to_string(&stand(5)).expect("text")]).expect("a state");
        let name = "INSERT INTO meta (key, value) VALUES ('instance', 'abc')";
        old.execute(name, []).expect("a value");
        let stamp = i64::try_from(version).expect("few");
        old.pragma_update(None, "user_version", stamp).expect("set");
        drop(old);
        let unread = Diary::read(dir.path()).expect("readable").expect("there");
        assert_eq!(unread.entries.len(), version.min(3), "read before it is brought up");
        let (store, loaded) = open(dir.path());
        assert_eq!(loaded.notes, [""; 0], "from version {version}");
        assert_eq!(loaded.states, [saved("main", "1", 5)], "from version {version}");
        assert_eq!(loaded.instance, "abc");
        let (bedroom, sleeper) = ("main".to_owned(), None);
        store.log(Logged::Cramp(Cramp { bedroom, sleeper, at: 99 }));
        drop(store);
        let diary = Diary::read(dir.path()).expect("readable").expect("there");
        let at: Vec<i64> = diary.entries.iter().map(Logged::at).collect();
        assert_eq!(
            at,
            [7, 8, 9, 99].into_iter().filter(|at| *at == 99 || *at < 7 + stamp).collect::<Vec<_>>()
        );
    }
}

/// The names and values of single records, of a kind.
fn records(directory: &Path, like: &str) -> Vec<(String, String)> {
    let reader = Connection::open(directory.join(FILE)).expect("the file");
    let mut select = reader
        .prepare("SELECT key, value FROM meta WHERE key LIKE ? ORDER BY key")
        .expect("a table");
    let rows = select.query_map([like], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("text")
}

#[tokio::test]
async fn what_another_version_wrote_is_kept_beside_a_diary_that_stays() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = open(dir.path());
    let names = [file::ADJUSTMENTS, file::INTRODUCED, file::LEFT];
    for name in names {
        store.keep(name, format!("{{\"of\": \"another version of {name}\"}}"));
    }
    store.save([saved("main", "1", 2)]);
    store.log(Logged::Cramp(Cramp { bedroom: "main".to_owned(), sleeper: None, at: 7 }));
    drop(store);
    let (store, again) = open(dir.path());
    assert_eq!((again.states.len(), again.notes.len()), (1, 3), "{:?}", again.notes);
    store.flush().wait().await.expect("written");
    assert_eq!(store.health().set_aside, 1, "somebody is told");
    drop(store);
    assert_eq!(aside(dir.path(), "damaged"), 0);
    let kept = records(dir.path(), "unreadable:%");
    for (name, (key, value)) in names.iter().zip(&kept) {
        assert!(key.starts_with(&format!("unreadable:{name}:20")), "{key}");
        assert!(value.contains(&format!("another version of {name}")), "{value}");
    }
    assert_eq!(Diary::read(dir.path()).expect("readable").expect("there").entries.len(), 1);
    assert_eq!(open(dir.path()).1.notes, [""; 0], "said once");
}

#[tokio::test]
async fn what_could_not_be_read_at_the_start_is_not_written_over() {
    let dir = tempfile::tempdir().expect("a directory");
    let (away, place) = (dir.path().join("away"), dir.path().join("place"));
    let (store, _) = open(&away.join("state"));
    store.save([saved("main", "of before", 2)]);
    store.keep(file::LEFT, "[]".to_owned());
    drop(store);
    // As where a disk comes late.
    std::fs::write(&place, "").expect("a file");
    let (store, _) = open(&place.join("state"));
    std::fs::remove_file(&place).expect("gone");
    std::fs::rename(&away, &place).expect("there");
    store.save_now(saved("main", "of now", 3)).wait().await.expect("written");
    assert_eq!(store.health().set_aside, 1, "somebody is told");
    drop(store);
    let kept = records(&place.join("state"), "unread:%");
    let [(room, state), (left, _)] = &kept[..] else { panic!("{kept:?}") };
    assert!(room.starts_with("unread:bedroom/main:20") && state == "of before", "{kept:?}");
    assert!(left.starts_with("unread:left:20"), "{kept:?}");
    assert_eq!(open(&place.join("state")).1.states, [saved("main", "of now", 3)]);
}

#[test]
fn who_waits_for_a_disk_that_hangs_is_bounded() {
    let mut queue = Queue::default();
    let mut first: Vec<_> = (0..MOST_WAITING)
        .map(|_| {
            let (sender, receiver) = oneshot::channel();
            queue.wait(sender);
            receiver
        })
        .collect();
    let (sender, _last) = oneshot::channel();
    queue.wait(sender);
    assert_eq!((queue.waiting.len(), queue.health().crowded), (MOST_WAITING, 1));
    assert!(first[0].try_recv().is_ok_and(|answer| answer.is_err()), "the oldest is answered");
    drop(first);
    let (sender, _last) = oneshot::channel();
    queue.wait(sender);
    assert_eq!((queue.waiting.len(), queue.health().crowded), (2, 1), "nobody waits in vain");
}

#[test]
fn a_disk_that_hangs_does_not_hold_up_the_end() {
    let shared = Arc::new(Shared::default());
    let (end, hangs) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        let _ = hangs.recv();
    });
    let begun = crate::daemon::clock::uptime();
    drop(Store { shared, thread: Some(thread) });
    let took = crate::daemon::clock::uptime() - begun;
    drop(end);
    assert!((4_000..15_000).contains(&took), "{took} ms");
}

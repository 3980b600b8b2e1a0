use rusqlite::Connection;

use crate::daemon::clock::{Clock, Hand};
use crate::daemon::history::{self, History};
use crate::daemon::house::{House, Idle, Input, bedrooms};
use crate::daemon::store::{self, Diary, Good, Saved, Store};
use crate::daemon::supply::Supply;
use crate::daemon::systemd::Systemd;
use crate::daemon::{Configuration, Render, Unseen};
use crate::engine::{Engine, Event, Fault};
use crate::history::Measurement;
use crate::model::{BedroomId, DeviceName, Place, Quantity, Span, Temperature, Time, Value, Wall};
use crate::plan::{Adjusted, Adjustment, Change, Plan};
use crate::surface::tests::plan;
use crate::view::Dropped;

/// A file that is wrong, or not.
struct Edited(bool);

impl Configuration for Edited {
    fn read(&mut self, _changes: &[Adjustment]) -> Result<Adjusted, String> {
        Err("wrong".to_owned())
    }

    fn good(&self) -> Option<Good> {
        Some(Good { path: "uncramp.yaml".into(), text: "password: hunter2".to_owned() })
    }

    fn is_outdated(&self) -> bool {
        self.0
    }

    fn change(&mut self, _: &[Adjustment], _: Change<'_>) -> Result<Adjusted, String> {
        Err("nobody asks".to_owned())
    }
}

fn house(directory: &std::path::Path, outdated: bool) -> (House<Unseen>, Hand) {
    house_of(directory, outdated, Unseen)
}

fn house_of<R: Render>(directory: &std::path::Path, outdated: bool, render: R) -> (House<R>, Hand) {
    house_with(directory, plan(), outdated, render)
}

fn house_with<R: Render>(
    directory: &std::path::Path,
    plan: Plan,
    outdated: bool,
    render: R,
) -> (House<R>, Hand) {
    let (store, loaded) = Store::open(directory).expect("not taken");
    let (clock, hand) = Clock::stepped(Time(0), Wall::default());
    let configuration = Box::new(Edited(outdated));
    let mut house = House::new(plan, clock, store, render, Systemd::new(), &loaded, configuration);
    house.keep(History::open(directory));
    house.start(&loaded.states, false);
    house.delivery(Input::Connected);
    (house, hand)
}

fn faults(house: &House<Unseen>) -> Vec<Fault> {
    let seen = house.engine.picture(BedroomId(0), house.now).expect("a bedroom");
    seen.faults.into_iter().filter(Fault::is_of_the_house).collect()
}

async fn later<R: Render>(house: &mut House<R>, hand: &Hand, span: Span) {
    hand.set(hand.now() + span);
    house.woken(Idle::Woken);
    tokio::task::yield_now().await;
}

/// Shows what it is told was dropped.
#[derive(Default)]
struct Told(Dropped);

impl Render for Told {
    fn view(&mut self, _: &Engine, _: BedroomId, _: Time) -> Option<String> {
        serde_json::to_string(&self.0).ok()
    }

    fn dropped(&mut self, dropped: Dropped) {
        self.0 = dropped;
    }
}

#[tokio::test]
async fn what_the_history_drops_is_shown_and_recorded() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut house, hand) = house_of(dir.path(), false, Told::default());
    let history = History::open(&dir.path().join("no/such"));
    let measured = Measurement {
        bedroom: "bedroom".to_owned(),
        sensor: "room".to_owned(),
        place: Place::Room,
        quantity: Quantity::Temperature,
        at: 0,
        value: Value::Temperature(Temperature(1800)),
    };
    for _ in 0..20_007 {
        history.measured(measured.clone());
    }
    house.keep(history);
    while house.introduce_next() {}
    later(&mut house, &hand, Span::seconds(31)).await;
    let seven = Dropped { readings: 7, ..Dropped::default() };
    assert_eq!(house.render.0, seven);
    let shown = "{\"readings\":7,\"records\":0,\"diary\":0}";
    assert!(house.views.shows(BedroomId(0), shown));
    house.store.flush().wait().await.expect("written");
    let dropped = || Diary::read(dir.path()).expect("readable").expect("there").dropped;
    assert_eq!(dropped(), seven);
    // Another start counts anew.
    house.keep(History::none());
    later(&mut house, &hand, Span::seconds(31)).await;
    house.store.flush().wait().await.expect("written");
    assert_eq!(dropped(), Dropped::default());
}

/// The faults of the house, by the bedroom that shows them.
fn shown(house: &House<Unseen>) -> Vec<(String, Fault)> {
    let mut shown = Vec::new();
    for (id, room) in bedrooms(house.engine.plan()) {
        let seen = house.engine.picture(id, house.now).expect("a bedroom");
        let of_the_house = seen.faults.into_iter().filter(Fault::is_of_the_house);
        shown.extend(of_the_house.map(|fault| (room.name.clone(), fault)));
    }
    shown
}

/// How many announcements leave now.
fn announced(house: &mut House<Unseen>) -> usize {
    let due = house.due().into_iter();
    let topics = due.map(|(token, message)| {
        house.delivery(Input::Written(token));
        house.delivery(Input::Acknowledged(token));
        message.topic
    });
    topics.filter(|topic| topic.ends_with("/announce")).count()
}

/// The same house, with the other bedroom first.
fn turned() -> Plan {
    let mut turned = plan();
    turned.bedrooms.reverse();
    turned
}

#[tokio::test]
async fn a_fault_of_the_house_ends_also_where_another_bedroom_is_first_by_then() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut house, hand) = house(dir.path(), true);
    later(&mut house, &hand, Span::seconds(1)).await;
    let left = Fault::Left { device: DeviceName::of("a plug") };
    house.tell(Event::Noticed { bedroom: BedroomId(0), fault: left, stands: true });
    assert_eq!(faults(&house), [Fault::OldConfiguration, left]);
    announced(&mut house);
    house.configuration = Box::new(Edited(false));
    house.put_in_force(turned());
    later(&mut house, &hand, Span::seconds(1)).await;
    assert_eq!(shown(&house), []);
    assert_eq!(announced(&mut house), 2, "the keeper learns of both that they are over");
}

#[tokio::test]
async fn a_fault_of_the_house_that_stands_is_not_told_again_where_another_bedroom_is_first() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut before, hand) = house(dir.path(), true);
    later(&mut before, &hand, Span::seconds(1)).await;
    let stands = [("bedroom".to_owned(), Fault::OldConfiguration)];
    assert_eq!(shown(&before), stands);
    announced(&mut before);
    before.put_in_force(turned());
    later(&mut before, &hand, Span::seconds(1)).await;
    assert_eq!((shown(&before), announced(&mut before)), (stands.to_vec(), 0));
    before.save_all();
    before.store.flush().wait().await.expect("written");
    drop(before);
    // Nor is it after a restart.
    let (mut after, hand) = house_with(dir.path(), turned(), true, Unseen);
    later(&mut after, &hand, Span::seconds(1)).await;
    assert_eq!(shown(&after), stands);
    after.configuration = Box::new(Edited(false));
    later(&mut after, &hand, Span::seconds(1)).await;
    assert_eq!(shown(&after), []);
}

#[tokio::test]
async fn what_two_bedrooms_show_of_the_house_is_over_in_both() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut house, hand) = house(dir.path(), false);
    for bedroom in [BedroomId(0), BedroomId(1)] {
        house.tell(Event::Noticed { bedroom, fault: Fault::Disk, stands: true });
    }
    later(&mut house, &hand, Span::seconds(1)).await;
    assert_eq!(shown(&house), []);
}

#[tokio::test]
async fn a_disk_that_takes_nothing_is_told_once_and_withdrawn_when_it_is_well() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut house, hand) = house(dir.path(), false);
    house.store.flush().wait().await.expect("written");
    later(&mut house, &hand, Span::seconds(1)).await;
    assert_eq!(faults(&house), []);
    let other = Connection::open(dir.path().join(store::FILE)).expect("the file");
    other.execute_batch("ALTER TABLE bedroom RENAME TO hidden").expect("renamed");
    house.save_all();
    house.store.flush().wait().await.expect_err("no such table");
    later(&mut house, &hand, Span::seconds(1)).await;
    assert_eq!(faults(&house), [Fault::Disk]);
    other.execute_batch("ALTER TABLE hidden RENAME TO bedroom").expect("renamed");
    house.store.flush().wait().await.expect("written");
    later(&mut house, &hand, Span::seconds(30)).await;
    assert_eq!(faults(&house), [Fault::Disk], "one good moment is none");
    later(&mut house, &hand, Span::seconds(60)).await;
    assert_eq!(faults(&house), []);
}

#[tokio::test]
async fn a_file_that_breaks_while_it_is_used_is_begun_anew_with_all_that_is_known() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut house, hand) = house(dir.path(), true);
    house.store.flush().wait().await.expect("written");
    let path = dir.path().join(store::FILE);
    // As a card does: the file is there, and what is in it is not.
    let other = Connection::open(&path).expect("the file");
    let _: i64 = other
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .expect("written back");
    std::fs::write(&path, vec![b'x'; 40_960]).expect("damage");
    for _ in 0..3 {
        house.save_all();
        drop(house.store.flush().wait().await);
    }
    later(&mut house, &hand, Span::seconds(1)).await;
    assert_eq!(faults(&house), [Fault::OldConfiguration, Fault::SetAside]);
    house.store.flush().wait().await.expect("written");
    drop((house, other));
    let good = Good::read(dir.path()).expect("readable").expect("there");
    assert_eq!(good.text, "password: hunter2");
    assert!(!format!("{good:?}").contains("hunter2"), "no secret is shown");
    let (_store, loaded) = Store::open(dir.path()).expect("not taken");
    assert!(!loaded.states.is_empty() && loaded.plan.is_some(), "{:?}", loaded.notes);
    assert!(dir.path().join(history::FILE).exists());
}

/// What a Raspberry Pi's kernel tells of the machine, in a directory: the alarm is a file of it.
fn measured(directory: &std::path::Path) -> std::path::PathBuf {
    for (chip, name) in [("hwmon0", "cpu_thermal\n"), ("hwmon1", "rpi_volt\n")] {
        std::fs::create_dir_all(directory.join(chip)).expect("a directory");
        std::fs::write(directory.join(chip).join("name"), name).expect("a name");
    }
    directory.join("hwmon1/in0_lcrit_alarm")
}

fn is_told(house: &House<Unseen>) -> bool {
    faults(house).contains(&Fault::WeakSupply)
}

#[tokio::test]
async fn a_weak_power_supply_is_told_once_a_day_at_most_and_withdrawn_after_a_day_without() {
    let dir = tempfile::tempdir().expect("a directory");
    let alarm = measured(dir.path());
    let weak = |weak: bool| std::fs::write(&alarm, if weak { "1\n" } else { "0\n" });
    let (mut running, hand) = house(dir.path(), false);
    weak(false).expect("written");
    running.watch(Supply::below(dir.path()));
    later(&mut running, &hand, Span::seconds(10)).await;
    assert!(!is_told(&running));
    weak(true).expect("written");
    later(&mut running, &hand, Span::seconds(10)).await;
    assert!(is_told(&running));
    weak(false).expect("written");
    later(&mut running, &hand, Span::hours(23)).await;
    assert!(is_told(&running), "it stands, and is not told again");
    weak(true).expect("written");
    later(&mut running, &hand, Span::seconds(10)).await;
    weak(false).expect("written");
    later(&mut running, &hand, Span::hours(23)).await;
    assert!(is_told(&running));
    later(&mut running, &hand, Span::hours(2)).await;
    assert!(!is_told(&running));
    later(&mut running, &hand, Span::seconds(10)).await;
    assert!(!is_told(&running), "what was withdrawn stays withdrawn");
}

#[tokio::test]
async fn a_weak_power_supply_is_not_told_of_again_for_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let alarm = measured(dir.path());
    std::fs::write(&alarm, "1\n").expect("written");
    let (mut before, hand) = house(dir.path(), false);
    before.watch(Supply::below(dir.path()));
    later(&mut before, &hand, Span::seconds(10)).await;
    assert!(is_told(&before));
    before.save_all();
    before.store.flush().wait().await.expect("written");
    drop(before);
    std::fs::write(&alarm, "0\n").expect("written");
    let (mut after, hand) = house(dir.path(), false);
    after.watch(Supply::below(dir.path()));
    later(&mut after, &hand, Span::seconds(10)).await;
    assert!(is_told(&after));
    later(&mut after, &hand, Span::hours(25)).await;
    assert!(!is_told(&after));
}

#[test]
fn a_machine_that_measures_no_voltage_has_no_weak_supply() {
    let dir = tempfile::tempdir().expect("a directory");
    assert!(!Supply::below(dir.path()).is_weak());
    assert!(!Supply::below(&dir.path().join("missing")).is_weak());
    // One whose driver says no alarm.
    measured(dir.path());
    assert!(!Supply::below(dir.path()).is_weak());
}

#[tokio::test]
async fn a_bedroom_that_another_version_wrote_is_kept_and_told_of() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let stand = Clock::stepped(Time(0), Wall::default()).0.stand();
    let (bedroom, state) = ("bedroom".to_owned(), "{\"of\":\"another version\"}".to_owned());
    store.save([Saved { bedroom, state: state.clone(), stand }]);
    drop(store);
    let (mut house, hand) = house(dir.path(), false);
    later(&mut house, &hand, Span::seconds(1)).await;
    assert_eq!(faults(&house), [Fault::SetAside]);
    house.store.flush().wait().await.expect("written");
    let reader = Connection::open(dir.path().join(store::FILE)).expect("the file");
    let select = "SELECT value FROM meta WHERE key LIKE 'unreadable:bedroom/bedroom:20%'";
    let kept: String = reader.query_row(select, [], |row| row.get(0)).expect("one");
    assert_eq!(kept, state);
}

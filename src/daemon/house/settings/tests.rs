use serde_json::Value;

use super::*;
use crate::daemon::broker::Input;
use crate::daemon::clock::{Clock, Hand};
use crate::daemon::house::Idle;
use crate::daemon::outside::Machine;
use crate::daemon::store::{FILE, Loaded, Store};
use crate::daemon::systemd::Systemd;
use crate::engine::Engine;
use crate::model::{Temperature, Time, Wall};
use crate::plan;
use crate::rules::cold_exposure::Reference;

const TEXT: &str = "\
timezone: UTC
home_assistant: { birth: ha/status }
bedrooms:
  bedroom:
    sleep: 22:30-06:45
    sensors: { room: { topic: room } }
    heater: { kind: panel, fixed: true, command: heater/set, state: heater }
    cold_exposure: { reference: 18 °C }
";

const SETTING: &str = "uncramp/bedroom/setting/set";

/// A file that does not change.
struct File;

impl Configuration for File {
    fn read(&mut self, changes: &[Adjustment]) -> Result<Adjusted, String> {
        Ok(plan::parse_adjusted(TEXT, &Machine, changes).expect("a configuration"))
    }

    fn change(&mut self, standing: &[Adjustment], change: Change<'_>) -> Result<Adjusted, String> {
        let wrong = |complaints: Vec<plan::Complaint>| complaints[0].what.clone();
        plan::adjust(TEXT, &Machine, standing, change).map_err(wrong)
    }
}

struct Nothing;

impl Render for Nothing {
    fn view(&mut self, _engine: &Engine, _bedroom: BedroomId, _now: Time) -> Option<String> {
        Some("{}".to_owned())
    }
}

fn house(store: Store) -> House<Nothing> {
    house_and_hand(store).0
}

fn house_and_hand(store: Store) -> (House<Nothing>, Hand) {
    // 2026-11-22T22:30 in Greenwich.
    let wall = Wall { offset: 1_795_386_600_000, synchronised: true };
    let (clock, hand) = Clock::stepped(Time(0), wall);
    let plan = plan::parse(TEXT, &Machine).expect("a configuration").plan;
    let loaded = Loaded::default();
    let mut house =
        House::new(plan, clock, store, Nothing, Systemd::new(), &loaded, Box::new(File));
    house.start(&[], false);
    house.delivery(Input::Connected);
    said(&mut house);
    (house, hand)
}

/// What leaves, by its topic; the broker has everything.
fn said(house: &mut House<Nothing>) -> Vec<(String, Value)> {
    let mut said = Vec::new();
    loop {
        let due = house.due();
        if due.is_empty() {
            return said;
        }
        for (token, message) in due {
            house.delivery(Input::Written(token));
            house.delivery(Input::Acknowledged(token));
            said.push((
                message.topic,
                serde_json::from_slice(&message.payload).unwrap_or_default(),
            ));
        }
    }
}

/// The last event that left, if the picture left too, once the store has answered.
async fn event(house: &mut House<Nothing>) -> Value {
    while house.held.len() > 0 {
        let idle = house.idle().await;
        house.woken(idle);
    }
    let said = said(house);
    assert!(said.iter().any(|(topic, _)| topic == "uncramp/bedroom/state"), "{said:?}");
    let mut events = said.into_iter().filter(|(topic, _)| topic == "uncramp/bedroom/event");
    events.next_back().map(|(_, event)| event).unwrap_or_default()
}

fn reference(house: &House<Nothing>) -> Reference {
    house.engine.plan().bedrooms[0].cold_exposure.reference
}

#[tokio::test]
async fn a_change_is_in_force_and_shown_once_the_disk_has_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let mut house = house(store);
    house.flush().await;
    let busy = rusqlite::Connection::open(dir.path().join(FILE)).expect("the file");
    busy.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    house.message(SETTING, br#"{"setting":"too_cold","value":18.5}"#, false);
    house.keep_up();
    assert_eq!(reference(&house), Reference::Fixed(Temperature(1800)));
    assert_eq!(said(&mut house), [], "nothing is shown that may be forgotten");
    busy.execute_batch("ROLLBACK").expect("released");
    let idle = house.idle().await;
    assert!(matches!(idle, Idle::Changed(Ok(()))));
    house.woken(idle);
    assert_eq!(reference(&house), Reference::Fixed(Temperature(1850)));
    let kept = Store::peek(dir.path()).expect("readable").expect("kept");
    assert_eq!((kept.len(), kept[0].value.as_str()), (1, "18.5 °C"));
    assert_eq!(kept[0].at, Some(1_795_386_600_000));
    event(&mut house).await;
}

#[tokio::test]
async fn a_change_waits_for_a_slow_disk_two_seconds() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let (mut house, hand) = house_and_hand(store);
    house.flush().await;
    let busy = rusqlite::Connection::open(dir.path().join(FILE)).expect("the file");
    busy.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    house.message(SETTING, br#"{"setting":"too_cold","value":18.5}"#, false);
    hand.set(Time(1_999));
    house.woken(Idle::Woken);
    assert_eq!(reference(&house), Reference::Fixed(Temperature(1800)));
    hand.set(Time(2_000));
    let idle = house.idle().await;
    assert!(matches!(idle, Idle::Woken), "the disk does not answer");
    house.woken(idle);
    assert_eq!(reference(&house), Reference::Fixed(Temperature(1850)));
    assert_eq!(house.held.len(), 0, "what nobody waits for is not kept");
}

#[tokio::test]
async fn of_two_changes_at_once_both_hold() {
    let mut house = house(Store::none().0);
    house.message(SETTING, br#"{"setting":"too_cold","value":18.5}"#, false);
    house.message(SETTING, br#"{"setting":"ceiling","value":23}"#, false);
    let idle = house.idle().await;
    house.woken(idle);
    assert!(house.changing.is_none());
    assert_eq!(reference(&house), Reference::Fixed(Temperature(1850)));
    assert_eq!(house.engine.plan().bedrooms[0].cold_exposure.ceiling, Temperature(2300));
    assert_eq!(house.standing.len(), 2);
}

#[tokio::test]
async fn a_value_out_of_range_is_refused_with_a_reason_and_the_old_one_shown() {
    let mut house = house(Store::none().0);
    for value in ["99", "\"warm\""] {
        let payload = format!(r#"{{"setting":"too_cold","value":{value}}}"#);
        house.message(SETTING, payload.as_bytes(), false);
        let event = event(&mut house).await;
        assert_eq!(event["event_type"], "refused");
        assert!(event["text"].as_str().expect("a reason").contains("24"), "{event}");
    }
    assert_eq!(reference(&house), Reference::Fixed(Temperature(1800)));
}

#[tokio::test]
async fn s13_a_baby_in_the_room_is_not_chosen_away() {
    let mut house = house(Store::none().0);
    house.message("uncramp/bedroom/house/set", b"baby", false);
    assert_eq!(event(&mut house).await, Value::Null);
    house.message("uncramp/bedroom/house/set", b"home", false);
    let event = event(&mut house).await;
    assert_eq!(event["event_type"], "refused");
    assert!(event["text"].as_str().expect("a reason").contains("until noon"), "{event}");
}

#[tokio::test]
async fn an_override_is_an_event_whether_it_was_said_or_done_by_hand() {
    let mut house = house(Store::none().0);
    house.message("heater", b"OFF", false);
    house.message("heater", b"ON", false);
    let by_hand = event(&mut house).await;
    assert_eq!((&by_hand["event_type"], &by_hand["by"]), (&"override".into(), &"device".into()));
    assert_eq!((&by_hand["actuator"], &by_hand["want"]), (&"heater".into(), &"on".into()));
    assert_eq!(by_hand["until"], "2026-11-23T06:45:00+00:00");
    // Nobody knows whether the bed is empty: it is switched off again, and that is said.
    let barred = "heater: noted, until 06:45, but not as long as this holds: somebody is in bed, \
                  or may be";
    assert_eq!(by_hand["text"], barred);
    assert_eq!(by_hand["barred"]["kind"], "bed_not_empty");
    let wish = br#"{"actuator":"heater","want":"off","until":"1h"}"#;
    house.message("uncramp/bedroom/override/set", wish, false);
    let by_word = event(&mut house).await;
    assert_eq!((&by_word["by"], &by_word["want"]), (&"message".into(), &"off".into()));
    assert_eq!(by_word["text"], "heater off: by hand, until 23:30");
    house.message("uncramp/bedroom/override/set", br#"{"actuator":"heater","want":"auto"}"#, false);
    let back = event(&mut house).await;
    assert_eq!((&back["want"], back.get("until")), (&"auto".into(), None));
}

#[tokio::test]
async fn home_assistant_starts_where_the_configuration_says() {
    let mut house = house(Store::none().0);
    let topics: Vec<_> = house.subscriptions().into_iter().flat_map(|s| s.topics).collect();
    assert!(topics.iter().any(|(topic, _)| topic == "ha/status"));
    assert!(!topics.iter().any(|(topic, _)| topic == "homeassistant/status"));
    house.message("homeassistant/status", b"online", false);
    assert_eq!(house.introduce_at, None);
    house.message("ha/status", b"online", false);
    assert!(house.introduce_at.is_some());
}

#[test]
fn what_waits_for_the_next_start_is_named() {
    let later = |keys: &[&str]| later(keys).unwrap_or_default();
    assert_eq!(later(&[]), "");
    let rest = "the broker's settings take effect at the next start: systemctl restart uncramp";
    for (keys, what) in [
        (&["mqtt"][..], "`mqtt` has changed"),
        (&["host"], "`host` below `mqtt` has changed"),
        (&["host", "password"], "`host`, `password` below `mqtt` have changed"),
    ] {
        assert_eq!(later(keys), format!("{what}, and {rest}"));
    }
}

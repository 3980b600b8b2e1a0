//! S10: which of the commands that raise wait for their record.

use super::*;
use crate::model::Watts;
use crate::plan::Kind;

/// Beside the radiator there is a fan.
fn house_with_fan(store: Store) -> (House<Counting>, clock::Hand) {
    let mut plan = plan();
    plan.bedrooms[0].actuators[1].kind =
        Kind::Fan { direct: false, speeds: Vec::new(), idle_below: Watts(50) };
    house_of(plan, Wall::default(), store)
}

#[tokio::test]
async fn s10_what_raises_leaves_once_it_is_recorded_or_cannot_be() {
    let dir = tempfile::tempdir().expect("a directory");
    let disk = Store::open(dir.path()).expect("not taken").0;
    for store in [disk, Store::none().0] {
        let (mut house, _hand) = house_with_fan(store);
        let raised = switch(1, ON, Order::SendFirst);
        act(&mut house, vec![raised, switch(0, Switch::Off, Order::SendFirst)]);
        let (action, state) = ("home/uncramp/bedroom/action", "home/uncramp/bedroom/state");
        assert_eq!(topics(&mut house), ["radiator/set", action, state], "an off waits for nothing");
        answered(&mut house).await;
        assert_eq!(topics(&mut house), ["fan/set", action]);
    }
}

#[tokio::test]
async fn s10_a_heater_waits_for_no_disk_since_a_start_knows_better_than_its_record() {
    let (mut house, _hand) = house_with_fan(Store::none().0);
    act(&mut house, vec![switch(0, ON, Order::SendFirst)]);
    assert_eq!(told_to(&mut house, "radiator/set"), [b"ON"]);
}

#[tokio::test]
async fn s10_what_raises_waits_for_a_slow_disk_two_seconds() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let (mut house, hand) = house_with_fan(store);
    house.flush().await;
    let busy = rusqlite::Connection::open(dir.path().join(super::super::super::store::FILE));
    let busy = busy.expect("the file");
    busy.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    act(&mut house, vec![switch(1, ON, Order::SendFirst)]);
    topics(&mut house);
    hand.set(Time(2_000));
    house.keep_up();
    let idle = house.idle().await;
    assert!(matches!(idle, Idle::Woken));
    house.woken(idle);
    assert_eq!(told_to(&mut house, "fan/set").len(), 1);
}

#[tokio::test]
async fn s10_an_on_that_no_record_tells_of_is_no_hand_after_a_crash() {
    let mut plan = plan();
    let radiator = &mut plan.bedrooms[0].actuators[0];
    radiator.confirm = Some(Span::seconds(10));
    let Device::Plain(device) = &mut radiator.device else { panic!("a plain device") };
    device.state = Some("radiator".to_owned());
    let loaded = Loaded { instance: "abc".to_owned(), ..Loaded::default() };
    let house = |now, states: &[Saved]| {
        let (clock, hand) = Clock::stepped(now, Wall::default());
        let store = Store::none().0;
        let (render, systemd) = (Counting(0), Systemd::new());
        let configuration = Box::new(Fixed(""));
        let plan = plan.clone();
        let mut house = House::new(plan, clock, store, render, systemd, &loaded, configuration);
        house.start(states, true);
        house.delivery(Input::Connected);
        (house, hand)
    };
    let (mut before, _hand) = house(Time(0), &[]);
    delivered(&mut before);
    before.message("radiator", b"OFF", false);
    let saved = before.snapshot(BedroomId(0)).expect("a bedroom");
    // An "on" leaves, the disk takes nothing any more, and uncramp crashes.
    let (mut house, hand) = house(Time(60_000), &[saved]);
    assert_eq!(told_to(&mut house, "radiator/set"), [b"OFF"]);
    house.message("radiator", b"ON", false);
    let radiator = &house.engine.picture(BedroomId(0), house.now).expect("a bedroom").actuators[0];
    assert_eq!((radiator.wish, radiator.level), (None, Some(0)), "nobody switched it on");
    hand.set(Time(66_000));
    house.keep_up();
    assert_eq!(told_to(&mut house, "radiator/set"), [b"OFF"], "and it is told again");
}

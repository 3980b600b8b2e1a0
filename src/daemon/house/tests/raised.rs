//! S10: which of the commands that raise wait for their record.

use super::*;

#[tokio::test]
async fn s10_what_raises_leaves_once_it_is_recorded_or_cannot_be() {
    let dir = tempfile::tempdir().expect("a directory");
    let disk = Store::open(dir.path()).expect("not taken").0;
    for store in [disk, Store::none().0] {
        let (mut house, _hand) = house(store);
        let raised = switch(0, ON, Order::SendFirst);
        act(&mut house, vec![raised, switch(1, Switch::Off, Order::SendFirst)]);
        let (action, state) = ("home/uncramp/bedroom/action", "home/uncramp/bedroom/state");
        assert_eq!(topics(&mut house), ["fan/set", action, state], "an off waits for nothing");
        answered(&mut house).await;
        assert_eq!(topics(&mut house), ["radiator/set", action]);
    }
}

#[tokio::test]
async fn s10_what_raises_waits_for_a_slow_disk_two_seconds() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let (mut house, hand) = house(store);
    house.flush().await;
    let busy = rusqlite::Connection::open(dir.path().join(super::super::super::store::FILE));
    let busy = busy.expect("the file");
    busy.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    act(&mut house, vec![switch(0, ON, Order::SendFirst)]);
    topics(&mut house);
    hand.set(Time(2_000));
    house.keep_up();
    let idle = house.idle().await;
    assert!(matches!(idle, Idle::Woken));
    house.woken(idle);
    assert_eq!(told_to(&mut house, "radiator/set").len(), 1);
}

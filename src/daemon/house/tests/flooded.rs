//! S3: a flood of messages keeps nothing from happening that is due.

use super::*;

#[tokio::test]
async fn s3_messages_for_one_bedroom_keep_no_off_of_another_waiting() {
    let (mut house, hand) = house(Store::none().0);
    let on = br#"{"actuator":"radiator","want":"on","until":"10m"}"#;
    house.message("home/uncramp/bedroom/override/set", on, false);
    answered(&mut house).await;
    assert_eq!(told_to(&mut house, "radiator/set"), [b"ON"]);
    let due = house.wake.expect("it is to go off");
    // A message every millisecond.
    for passed in -50..50 {
        hand.set(due + Span(passed));
        house.message("home/uncramp/attic/mode/set", b"auto", false);
        house.keep_up();
    }
    let next = house.engine.wake().expect("it wakes for more");
    assert!(next.at > due, "what was due was worked off");
}

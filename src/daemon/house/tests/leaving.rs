//! What left the configuration, and is told until it says that it is off.

use super::*;

/// The plan with another plug in the radiator's place, and one that echoes.
fn another_plug() -> Plan {
    let mut plan = plan();
    let Device::Plain(plug) = &mut plan.bedrooms[0].actuators[0].device else { panic!("plain") };
    plug.command = "other/set".to_owned();
    plan
}

fn echoing() -> Plan {
    let mut plan = plan();
    let radiator = &mut plan.bedrooms[0].actuators[0];
    radiator.confirm = Some(Span::seconds(10));
    let Device::Plain(plug) = &mut radiator.device else { panic!("plain") };
    plug.state = Some("radiator".to_owned());
    plan
}

#[tokio::test]
async fn s9_the_off_of_a_plug_that_leaves_while_the_broker_is_away_is_not_lost() {
    let (mut house, hand) = house(Store::none().0);
    house.delivery(Input::Lost("gone".to_owned()));
    assert!(house.reload(Ok(another_plug())));
    pass(&mut house, &hand, Time(3_600_000)).await;
    house.delivery(Input::Connected);
    let said = house.due().into_iter().map(|(_, message)| message);
    let said: Vec<_> = said.filter(|m| m.topic.ends_with("/set")).collect();
    assert!(said.iter().any(|m| m.topic == "radiator/set" && m.payload == b"OFF"), "{said:?}");
    assert!(said.iter().any(|m| m.topic == "other/set" && m.payload == b"OFF"), "{said:?}");
}

#[tokio::test]
async fn s9_a_plug_that_left_is_told_until_it_says_that_it_is_off() {
    let (mut house, hand) = house(Store::none().0);
    assert!(house.reload(Ok(echoing())));
    assert!(house.reload(Ok(another_plug())));
    assert!(house.subscriptions().iter().any(|s| s.topics.iter().any(|t| t.0 == "radiator")));
    assert_eq!(told_to(&mut house, "radiator/set"), [b"OFF"]);
    for (at, told) in [(4_999, 0), (5_000, 1), (15_000, 1), (20_000, 0)] {
        pass(&mut house, &hand, Time(at)).await;
        assert_eq!(told_to(&mut house, "radiator/set").len(), told, "at {at}");
    }
    house.leaving.heard("radiator", b"OFF", true);
    pass(&mut house, &hand, Time(35_000)).await;
    assert_eq!(told_to(&mut house, "radiator/set").len(), 1, "what was kept may be old");
    house.leaving.heard("radiator", b"ON", false);
    assert!(house.leaving.next().is_some());
    house.leaving.heard("radiator", b"OFF", false);
    assert_eq!(house.leaving.next(), None);
}

/// The next life, with another plan, beside the same disk.
fn again(plan: Plan, dir: &std::path::Path) -> House<Counting> {
    let (store, loaded) = Store::open(dir).expect("not taken");
    let (clock, _hand) = Clock::stepped(Time(0), Wall::default());
    let configuration = Box::new(Fixed(""));
    let mut house =
        House::new(plan, clock, store, Counting(0), Systemd::new(), &loaded, configuration);
    house.start(&loaded.states, true);
    house
}

#[tokio::test]
async fn s9_the_off_of_a_plug_that_left_without_a_broker_survives_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut house, _hand) = house(Store::open(dir.path()).expect("not taken").0);
    assert!(house.reload(Ok(echoing())));
    house.delivery(Input::Lost("gone".to_owned()));
    assert!(house.reload(Ok(another_plug())));
    house.flush().await;
    drop(house);
    let mut house = again(another_plug(), dir.path());
    assert!(house.subscriptions().iter().any(|s| s.topics.iter().any(|t| t.0 == "radiator")));
    house.delivery(Input::Connected);
    assert_eq!(told_to(&mut house, "radiator/set"), [b"OFF"]);
    house.leaving.heard("radiator", b"OFF", false);
    house.record_leaving();
    house.flush().await;
    drop(house);
    let mut house = again(another_plug(), dir.path());
    house.delivery(Input::Connected);
    assert!(told_to(&mut house, "radiator/set").is_empty(), "it said that it is off");
}

/// Lets time pass until then. Returns how often the plug was told.
async fn told_until(house: &mut House<Counting>, hand: &clock::Hand, until: Time) -> usize {
    let mut told = 0;
    while let Some(next) = house.leaving.next().filter(|next| *next <= until) {
        pass(house, hand, next).await;
        told += told_to(house, "radiator/set").len();
    }
    pass(house, hand, until).await;
    told
}

#[tokio::test]
async fn s9_a_plug_that_left_and_never_answers_is_told_on_for_a_week_and_somebody_is_told() {
    let (mut house, hand) = house(Store::none().0);
    assert!(house.reload(Ok(echoing())));
    assert!(house.reload(Ok(another_plug())));
    let left = Fault::Left { device: crate::model::DeviceName::of("radiator (bedroom)") };
    let mut told = told_to(&mut house, "radiator/set").len();
    told += told_until(&mut house, &hand, Time(150_000)).await;
    assert_eq!((told, faults(&house, 0).contains(&left)), (5, false));
    let hour = Time(0) + Span::hours(1);
    told += told_until(&mut house, &hand, hour).await;
    assert!(faults(&house, 0).contains(&left), "{:?}", faults(&house, 0));
    assert_eq!(told, 17, "every five minutes");
    // A connection that breaks makes nothing of it over.
    house.delivery(Input::Lost("gone".to_owned()));
    house.delivery(Input::Connected);
    pass(&mut house, &hand, hour + Span::seconds(1)).await;
    assert!(faults(&house, 0).contains(&left), "told once");
    told_until(&mut house, &hand, Time(0) + Span::hours(7 * 24 - 1)).await;
    assert!(house.leaving.next().is_some() && faults(&house, 0).contains(&left));
    told_until(&mut house, &hand, Time(0) + Span::hours(7 * 24 + 1)).await;
    assert_eq!((house.leaving.next(), faults(&house, 0).contains(&left)), (None, false));
}

#[tokio::test]
async fn s9_what_a_plug_that_left_is_told_of_ends_when_it_answers() {
    let (mut house, hand) = house(Store::none().0);
    assert!(house.reload(Ok(echoing())));
    assert!(house.reload(Ok(another_plug())));
    told_until(&mut house, &hand, Time(200_000)).await;
    let is_left = |fault: &Fault| matches!(fault, Fault::Left { .. });
    assert!(faults(&house, 0).iter().any(is_left));
    house.leaving.heard("radiator", b"OFF", false);
    pass(&mut house, &hand, Time(211_000)).await;
    assert_eq!((house.leaving.next(), faults(&house, 0).iter().any(is_left)), (None, false));
}

#[tokio::test]
async fn a_plug_that_comes_back_is_looked_after_by_the_engine_again() {
    let (mut house, _hand) = house(Store::none().0);
    assert!(house.reload(Ok(another_plug())));
    assert!(house.leaving.next().is_some());
    assert!(house.reload(Ok(plan())));
    assert!(!house.leaving.filters().any(|topic| topic == "radiator"));
    house.leaving.keep_out(&another_plug());
    assert_eq!(house.leaving.next(), None);
}

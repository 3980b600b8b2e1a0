//! What must reach somebody is said again until somebody says that it did.

use super::*;

const ANNOUNCE: &str = "home/uncramp/bedroom/announce";
const ACK: &str = "home/uncramp/bedroom/announce/ack";

/// Danger, told the sleeper under 7 and the keeper under 8; none of it was heard yet.
fn danger(house: &mut House<Counting>) {
    let fault = Fault::Sticks { actuator: ActuatorId(0) };
    for (id, audience) in [(7, Audience::Sleeper), (8, Audience::Keeper)] {
        house.act(vec![said(id, Words::Fault(fault), audience, Urgency::Alarm)], None);
    }
    assert_eq!(announced(house), [7, 8]);
}

fn said(id: u64, words: Words, audience: Audience, urgency: Urgency) -> Action {
    let Action::Announce(reminder) = reminder(Order::SendFirst) else { panic!("words") };
    let valid_until = Time::ZERO + Span::hours(24);
    Action::Announce(Announcement { id, words, audience, urgency, valid_until, ..reminder })
}

/// The numbers of what is announced now.
fn announced(house: &mut House<Counting>) -> Vec<u64> {
    let all = told_to(house, ANNOUNCE);
    let number = |payload: Vec<u8>| {
        let object: serde_json::Value = serde_json::from_slice(&payload).expect("JSON");
        object["id"].as_u64().expect("a number")
    };
    all.into_iter().map(number).collect()
}

/// The instants, in seconds, at which something is announced until then.
async fn instants(house: &mut House<Counting>, hand: &clock::Hand, until: i64) -> Vec<i64> {
    let mut instants = Vec::new();
    for second in hand.now().0 / 1000 + 1..=until {
        pass(house, hand, Time(second * 1000)).await;
        if !announced(house).is_empty() {
            instants.push(second);
        }
    }
    instants
}

fn ack(house: &mut House<Counting>, id: u64, outcome: &str) {
    house.message(ACK, format!(r#"{{"id":{id},"outcome":"{outcome}"}}"#).as_bytes(), false);
}

#[tokio::test]
async fn s9_danger_is_said_again_until_somebody_says_that_it_was_heard() {
    let (mut house, hand) = house(Store::none().0);
    danger(&mut house);
    assert_eq!(instants(&mut house, &hand, 700).await, [30, 90, 210, 450]);
    ack(&mut house, 7, "spoken");
    pass(&mut house, &hand, Time(930_000)).await;
    assert_eq!(announced(&mut house), [8], "one of them was heard");
    ack(&mut house, 8, "answered");
    assert_eq!(instants(&mut house, &hand, 4000).await, [0; 0]);
}

#[tokio::test]
async fn s9_who_has_just_started_is_told_at_once() {
    let (mut house, hand) = house(Store::none().0);
    danger(&mut house);
    instants(&mut house, &hand, 1000).await;
    house.message("homeassistant/status", b"online", false);
    let soon = instants(&mut house, &hand, 1020).await;
    assert!(soon.len() == 1 && soon[0] >= 1010, "{soon:?}");
    house.delivery(Input::Lost("gone".to_owned()));
    assert_eq!(instants(&mut house, &hand, 5000).await, [0; 0], "nobody can hear it");
    house.delivery(Input::Connected);
    delivered(&mut house);
    assert_eq!(instants(&mut house, &hand, 5020).await, [5010]);
}

#[tokio::test]
async fn the_keeper_is_told_again_more_and_more_rarely_and_no_more_once_it_healed() {
    let (mut house, hand) = house(Store::none().0);
    let silent = Fault::Silent { sensor: SensorId(0) };
    let keeper = |id, words| said(id, words, Audience::Keeper, Urgency::Normal);
    house.act(vec![keeper(7, Words::Fault(silent))], None);
    assert_eq!(announced(&mut house), [7]);
    assert_eq!(instants(&mut house, &hand, 3000).await, [120, 600, 2520]);
    house.act(vec![keeper(8, Words::Healed(silent))], None);
    assert_eq!(announced(&mut house), [8]);
    hand.set(Time(3_120_000));
    house.woken(Idle::Woken);
    assert_eq!(announced(&mut house), [8], "what healed is told, and not what was");
    hand.set(Time::ZERO + Span::hours(25));
    house.woken(Idle::Woken);
    assert_eq!(house.untold.next(), None, "after a day nobody needs to know");
}

#[tokio::test]
async fn that_nobody_could_be_told_is_seen_until_somebody_was() {
    let (mut house, hand) = house(Store::none().0);
    danger(&mut house);
    ack(&mut house, 8, "failed");
    pass(&mut house, &hand, Time(30_000)).await;
    assert_eq!(faults(&house, 0), [Fault::Untold]);
    ack(&mut house, 8, "spoken");
    house.heartbeat();
    assert_eq!(faults(&house, 0), []);
    // A reminder that failed is nobody's business an hour later.
    let drink = Words::Drink { sleeper: 0, amount: Millilitres(200), reason: reason() };
    house.act(vec![said(9, drink, Audience::Sleeper, Urgency::Gentle)], None);
    ack(&mut house, 9, "failed");
    house.heartbeat();
    assert_eq!(faults(&house, 0), []);
}

#[tokio::test]
async fn s9_what_nobody_heard_is_said_again_after_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut first, _hand) = house(Store::open(dir.path()).expect("not taken").0);
    danger(&mut first);
    ack(&mut first, 8, "spoken");
    first.flush().await;
    drop(first);
    let (store, loaded) = Store::open(dir.path()).expect("not taken");
    let (clock, hand) = Clock::stepped(Time(0), Wall::default());
    let configuration = Box::new(Fixed(""));
    let mut next =
        House::new(plan(), clock, store, Counting(0), Systemd::new(), &loaded, configuration);
    next.start(&loaded.states, true);
    next.delivery(Input::Connected);
    delivered(&mut next);
    pass(&mut next, &hand, Time(10_000)).await;
    assert_eq!(announced(&mut next), [7]);
}

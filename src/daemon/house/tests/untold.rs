//! What must reach somebody is said again until somebody says that it did.

use super::*;

const ANNOUNCE: &str = "home/uncramp/bedroom/announce";
const ACK: &str = "home/uncramp/bedroom/announce/ack";

/// Noon, by a clock that is right: a wrong one is a fault of its own.
const SET: Wall = Wall { offset: 1_795_345_200_000, synchronised: true };

const STICKS: Fault = Fault::Sticks { actuator: ActuatorId(0) };

/// Danger, told the sleeper and the keeper under these numbers; none of it was heard yet.
fn danger(house: &mut House<Counting>) -> [u64; 2] {
    notice(house, STICKS, true);
    announced(house).try_into().expect("two are told")
}

fn notice(house: &mut House<Counting>, fault: Fault, stands: bool) {
    house.tell(Event::Noticed { bedroom: BedroomId(0), fault, stands });
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
    let (mut house, hand) = house_at(SET, Store::none().0);
    let [sleeper, keeper] = danger(&mut house);
    assert_eq!(instants(&mut house, &hand, 700).await, [30, 90, 210, 450]);
    ack(&mut house, sleeper, "spoken");
    pass(&mut house, &hand, Time(930_000)).await;
    assert_eq!(announced(&mut house), [keeper], "one of them was heard");
    ack(&mut house, keeper, "answered");
    assert_eq!(instants(&mut house, &hand, 4000).await, [0; 0]);
}

/// What holds for a day is renewed with every word, and at last leaves a broker that was away.
#[tokio::test]
async fn s9_danger_that_stands_for_days_is_no_yesterdays_news() {
    let wall = Wall { offset: 1_768_078_800_000, synchronised: true };
    let (mut house, hand) = house_at(wall, Store::none().0);
    let [_, keeper] = danger(&mut house);
    ack(&mut house, keeper, "failed");
    let mut said = Vec::new();
    for quarter in 1..=4 * 50 {
        pass(&mut house, &hand, Time::ZERO + Span::minutes(15) * quarter).await;
        for (token, message) in house.due() {
            house.delivery(Input::Written(token));
            house.delivery(Input::Acknowledged(token));
            let object: serde_json::Value =
                serde_json::from_slice(&message.payload).unwrap_or_default();
            if message.topic == ANNOUNCE && object["tag"] == "sticks-radiator" {
                let until = object["valid_until"].as_str().expect("the clock is set");
                let until = chrono::DateTime::parse_from_rfc3339(until).expect("an instant");
                said.push(wall.time(until.timestamp_millis()).since(house.now));
            }
        }
    }
    assert!(said.len() > 100, "{said:?}");
    assert!(said.iter().all(|holds| *holds == Span::hours(24)), "{said:?}");
    assert_eq!(faults(&house, 0), [STICKS, Fault::Untold], "the keeper was never reached");
}

/// That all is well reaches no more than what was wrong did, until somebody says so.
#[tokio::test]
async fn who_could_not_be_told_of_a_fault_was_not_told_that_it_is_over() {
    let (mut house, hand) = house(Store::none().0);
    notice(&mut house, Fault::NoRise, true);
    let [fault] = announced(&mut house).try_into().expect("the keeper is told");
    ack(&mut house, fault, "failed");
    notice(&mut house, Fault::NoRise, false);
    let [over] = announced(&mut house).try_into().expect("the keeper is told");
    house.heartbeat();
    assert_eq!(faults(&house, 0), [Fault::Untold]);
    ack(&mut house, over, "spoken");
    pass(&mut house, &hand, Time(1000)).await;
    assert_eq!(faults(&house, 0), []);
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
    assert_eq!(instants(&mut house, &hand, 5020).await.len(), 1);
}

#[tokio::test]
async fn the_keeper_is_told_again_more_and_more_rarely_and_no_more_once_it_healed() {
    let (mut house, hand) = house_at(SET, Store::none().0);
    notice(&mut house, Fault::NoRise, true);
    assert_eq!(announced(&mut house).len(), 1);
    assert_eq!(instants(&mut house, &hand, 3000).await, [120, 600, 2520]);
    notice(&mut house, Fault::NoRise, false);
    let healed = announced(&mut house);
    pass(&mut house, &hand, Time(3_120_000)).await;
    assert_eq!(announced(&mut house), healed, "what healed is told, and not what was");
    hand.set(Time::ZERO + Span::hours(25));
    house.woken(Idle::Woken);
    assert_eq!(house.untold.next(), None, "after a day nobody needs to know");
}

#[tokio::test]
async fn that_nobody_could_be_told_is_seen_until_somebody_was() {
    let (mut house, _hand) = house(Store::none().0);
    let [_, keeper] = danger(&mut house);
    ack(&mut house, keeper, "failed");
    house.heartbeat();
    assert_eq!(faults(&house, 0), [STICKS, Fault::Untold]);
    ack(&mut house, keeper, "spoken");
    house.heartbeat();
    assert_eq!(faults(&house, 0), [STICKS]);
    // A reminder that failed is nobody's business an hour later.
    act(&mut house, vec![reminder(Order::SendFirst)]);
    ack(&mut house, 7, "failed");
    house.heartbeat();
    assert_eq!(faults(&house, 0), [STICKS]);
}

#[tokio::test]
async fn s9_what_nobody_heard_outlives_a_restart_and_no_danger_that_is_over_is_told_of() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut first, _hand) = house(Store::open(dir.path()).expect("not taken").0);
    let [sleeper, keeper] = danger(&mut first);
    ack(&mut first, keeper, "spoken");
    first.flush().await;
    drop(first);
    let (store, loaded) = Store::open(dir.path()).expect("not taken");
    assert_eq!(loaded.untold.iter().map(|it| it.id).collect::<Vec<_>>(), [sleeper]);
    let (clock, hand) = Clock::stepped(Time(0), Wall::default());
    let configuration = Box::new(Fixed(""));
    let mut next =
        House::new(plan(), clock, store, Counting(0), Systemd::new(), &loaded, configuration);
    // Who is given no state knows of no fault.
    next.start(&[], true);
    next.delivery(Input::Connected);
    delivered(&mut next);
    assert_eq!(next.untold.next(), Some(Time(10_000)));
    pass(&mut next, &hand, Time(10_000)).await;
    assert_eq!(announced(&mut next), [0; 0]);
    assert_eq!(next.untold.next(), None);
}

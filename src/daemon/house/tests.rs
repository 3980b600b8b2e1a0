use super::*;
use crate::daemon::{Fixed, clock};
use crate::engine::{
    Action, Announcement, Audience, Command, Fault, Order, SpokenAt, Urgency, Wish, Words,
};
use crate::model::{ActuatorId, Millilitres, Switch, Wall};
use crate::rules::{Because, Judge, Reason};
use crate::surface::tests::plan;
use crate::wire::{self, Device, Message};

mod asked;
mod flooded;
mod introduced;
mod leaving;
mod namesake;
mod raised;
mod untold;

const ON: Switch = Switch::On { timer: None };

struct Counting(u32);

impl Render for Counting {
    fn view(&mut self, _engine: &Engine, _bedroom: BedroomId, _now: Time) -> Option<String> {
        self.0 += 1;
        Some(format!("{{\"n\":{}}}", self.0))
    }
}

fn house(store: Store) -> (House<Counting>, clock::Hand) {
    house_at(Wall::default(), store)
}

fn house_at(wall: Wall, store: Store) -> (House<Counting>, clock::Hand) {
    house_of(plan(), wall, store)
}

fn house_of(plan: Plan, wall: Wall, store: Store) -> (House<Counting>, clock::Hand) {
    let (clock, hand) = Clock::stepped(Time(0), wall);
    let loaded = Loaded { instance: "abc".to_owned(), ..Loaded::default() };
    let mut house =
        House::new(plan, clock, store, Counting(0), Systemd::new(), &loaded, Box::new(Fixed("")));
    house.start(&[], false);
    house.delivery(Input::Connected);
    delivered(&mut house);
    (house, hand)
}

/// What a bedroom is said to be ill of.
fn faults(house: &House<Counting>, bedroom: u32) -> Vec<Fault> {
    house.engine.picture(BedroomId(bedroom), house.now).expect("a bedroom").faults
}

/// The broker has everything.
fn delivered(house: &mut House<Counting>) {
    loop {
        let due = house.due();
        if due.is_empty() {
            return;
        }
        for (token, _) in due {
            house.delivery(Input::Written(token));
            house.delivery(Input::Acknowledged(token));
        }
    }
}

fn reason() -> Reason {
    Reason { by: Judge::Engine, because: Because::Starting, otherwise: None }
}

fn switch(actuator: u8, switch: Switch, order: Order) -> Action {
    Action::Switch(Command {
        bedroom: BedroomId(0),
        actuator: ActuatorId(actuator),
        switch,
        order,
        valid_until: Time(60_000),
        again: false,
        releases: matches!(switch, Switch::Off | Switch::OwnThermometer),
        reason: reason(),
    })
}

fn reminder(order: Order) -> Action {
    Action::Announce(Announcement {
        bedroom: BedroomId(0),
        id: 7,
        words: Words::Drink { sleeper: 0, amount: Millilitres(200), reason: reason() },
        introduces: false,
        audience: Audience::Sleeper,
        place: SpokenAt::Home,
        urgency: Urgency::Gentle,
        quiet: false,
        valid_until: Time(60_000),
        order,
    })
}

fn act(house: &mut House<Counting>, actions: Vec<Action>) {
    house.act(actions, None);
    house.say_the_rest();
}

fn topics(house: &mut House<Counting>) -> Vec<String> {
    house.due().into_iter().map(|(_, message)| message.topic).collect()
}

async fn pass(house: &mut House<Counting>, hand: &clock::Hand, to: Time) {
    hand.set(to);
    let idle = house.idle().await;
    house.woken(idle);
}

async fn answered(house: &mut House<Counting>) {
    let idle = house.idle().await;
    assert!(matches!(idle, Idle::Recorded(_)));
    house.woken(idle);
}

#[tokio::test]
async fn a_decision_is_said_offs_first_then_the_reasons_then_the_picture() {
    let (mut house, _hand) = house(Store::none().0);
    let renewed = renewal(switch(0, ON, Order::SendFirst));
    let off = switch(1, Switch::Off, Order::SendFirst);
    act(&mut house, vec![renewed, off, reminder(Order::SendFirst)]);
    assert_eq!(
        topics(&mut house),
        [
            "fan/set",
            "radiator/set",
            "home/uncramp/bedroom/action",
            "home/uncramp/bedroom/action",
            "home/uncramp/bedroom/announce",
            "hermes/tts/say",
            "home/uncramp/bedroom/event",
            "home/uncramp/bedroom/state",
        ]
    );
}

/// The same command, repeating an earlier one.
fn renewal(action: Action) -> Action {
    let Action::Switch(command) = action else { return action };
    Action::Switch(Command { again: true, ..command })
}

#[tokio::test]
async fn s2_what_must_be_recorded_first_leaves_once_it_is() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let (mut house, _hand) = house(store);
    act(&mut house, vec![switch(0, ON, Order::RecordFirst), reminder(Order::RecordFirst)]);
    assert_eq!(topics(&mut house), ["home/uncramp/bedroom/state"]);
    answered(&mut house).await;
    assert_eq!(
        topics(&mut house),
        [
            "radiator/set",
            "home/uncramp/bedroom/action",
            "home/uncramp/bedroom/announce",
            "hermes/tts/say",
            "home/uncramp/bedroom/event",
        ]
    );
}

#[tokio::test]
async fn s9_what_a_person_asked_is_answered_and_shown_once_it_is_recorded() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let (mut house, _hand) = house(store);
    let cramp = Wish::Cramp { sleeper: None, ago: Span::ZERO };
    house.tell(Event::Wish { bedroom: BedroomId(0), wish: cramp });
    house.show(BedroomId(0));
    assert!(topics(&mut house).is_empty(), "nothing that a power cut could take back");
    answered(&mut house).await;
    answered(&mut house).await;
    let (event, state) = ("home/uncramp/bedroom/event", "home/uncramp/bedroom/state");
    assert_eq!(topics(&mut house), [event, state]);
}

/// What leaves for one topic.
fn told_to<R: Render>(house: &mut House<R>, topic: &str) -> Vec<Vec<u8>> {
    let due = house.due().into_iter().map(|(_, message)| message);
    due.filter(|message| message.topic == topic).map(|message| message.payload).collect()
}

#[tokio::test]
async fn s2_what_could_not_be_recorded_is_not_sent() {
    let (mut house, _hand) = house(Store::none().0);
    act(&mut house, vec![switch(0, ON, Order::RecordFirst)]);
    topics(&mut house);
    answered(&mut house).await;
    // The keeper is told, the heater is not.
    assert!(told_to(&mut house, "radiator/set").iter().all(|said| said == b"OFF"));
}

#[tokio::test]
async fn s2_a_disk_that_takes_too_long_has_not_recorded() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let busy = rusqlite::Connection::open(dir.path().join(super::super::store::FILE));
    let busy = busy.expect("the file");
    let (mut house, hand) = house(store);
    house.flush().await;
    busy.execute_batch("BEGIN IMMEDIATE").expect("a lock");
    act(&mut house, vec![switch(0, ON, Order::RecordFirst)]);
    topics(&mut house);
    hand.set(Time(60_001));
    let idle = house.idle().await;
    assert!(matches!(idle, Idle::Woken));
    house.woken(idle);
    busy.execute_batch("ROLLBACK").expect("released");
    house.flush().await;
    house.keep_up();
    // The keeper is told, the heater is not.
    assert!(told_to(&mut house, "radiator/set").iter().all(|said| said == b"OFF"));
}

#[tokio::test]
async fn s2_a_repetition_does_not_overtake_what_still_waits_for_the_disk() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let (mut house, _hand) = house(store);
    act(&mut house, vec![switch(0, ON, Order::RecordFirst)]);
    let Action::Switch(on) = switch(0, ON, Order::SendFirst) else { panic!("a command") };
    act(&mut house, vec![Action::Switch(Command { again: true, ..on })]);
    assert!(told_to(&mut house, "radiator/set").is_empty(), "nothing leaves unrecorded");
    answered(&mut house).await;
    assert_eq!(told_to(&mut house, "radiator/set"), [b"ON"]);
}

#[tokio::test]
async fn s3_an_off_takes_the_place_of_what_still_waits_for_the_disk() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let (mut house, _hand) = house(store);
    act(&mut house, vec![switch(0, ON, Order::RecordFirst)]);
    act(&mut house, vec![switch(0, Switch::Off, Order::SendFirst)]);
    let off = house.due().swap_remove(0).1;
    assert_eq!((off.topic.as_str(), &off.payload[..]), ("radiator/set", &b"OFF"[..]));
    house.flush().await;
    house.keep_up();
    assert!(topics(&mut house).iter().all(|topic| topic != "radiator/set"));
}

#[tokio::test]
async fn without_a_broker_an_off_waits_and_an_on_only_as_long_as_it_is_valid() {
    let (mut house, hand) = house(Store::none().0);
    house.delivery(Input::Lost("gone".to_owned()));
    let on = switch(0, ON, Order::SendFirst);
    act(&mut house, vec![on, switch(1, Switch::Off, Order::SendFirst)]);
    assert!(topics(&mut house).is_empty());
    hand.set(Time(3_600_000));
    let idle = house.idle().await;
    house.woken(idle);
    house.input(Input::Connected);
    let mut said: Vec<_> = house.due().into_iter().map(|(_, message)| message).collect();
    assert!(said.iter().all(|m| !m.topic.ends_with("/config")), "greetings wait: {said:?}");
    house.say_the_rest();
    said.extend(house.due().into_iter().map(|(_, message)| message));
    let payloads = |topic| -> Vec<&[u8]> {
        said.iter().filter(|m| m.topic == topic).map(|m| &m.payload[..]).collect()
    };
    assert_eq!(payloads("fan/set"), [b"OFF"]);
    assert!(payloads("radiator/set").iter().all(|p| *p == b"OFF"), "an old on is not said");
    let said: Vec<_> = said.iter().map(|m| m.topic.clone()).collect();
    assert!(said.contains(&"home/uncramp/attic/state".to_owned()), "all states anew: {said:?}");
}

#[tokio::test]
async fn s8_devices_are_asked_where_they_stand_whenever_they_can_be_heard() {
    let (mut house, _hand) = house(Store::none().0);
    let mut other = plan();
    other.bedrooms[0].actuators[0].device = Device::Shelly(wire::shelly::Device {
        prefix: "shelly".to_owned(),
        generation: wire::shelly::Generation::First,
        output: 0,
    });
    assert!(house.reload(Ok(other)));
    for _ in 0..2 {
        delivered(&mut house);
        house.delivery(Input::Subscribed { refused: Vec::new() });
        assert_eq!(told_to(&mut house, "shelly/command"), [b"update"]);
        house.delivery(Input::Lost("gone".to_owned()));
        house.delivery(Input::Connected);
    }
}

#[tokio::test]
async fn a_command_that_was_replaced_before_it_was_sent_is_not_explained() {
    let (mut house, _hand) = house(Store::none().0);
    house.delivery(Input::Lost("gone".to_owned()));
    act(&mut house, vec![switch(1, ON, Order::SendFirst)]);
    act(&mut house, vec![switch(1, Switch::Off, Order::SendFirst)]);
    house.delivery(Input::Connected);
    let said = house.due().into_iter().map(|(_, message)| message);
    let actions = said.filter(|message| message.topic == "home/uncramp/bedroom/action");
    let about = |message: Message| -> serde_json::Value {
        serde_json::from_slice(&message.payload).expect("JSON")
    };
    let fan: Vec<_> = actions.map(about).filter(|it| it["actuator"] == "fan").collect();
    assert!(!fan.is_empty() && fan.iter().all(|it| it["switch"] == "off"), "{fan:?}");
}

#[tokio::test]
async fn a_reading_that_decides_nothing_is_shown_half_a_minute_later() {
    let (mut house, hand) = house(Store::none().0);
    let heard = Event::Heard { bedroom: BedroomId(0), heard: crate::model::Heard::default() };
    house.tell(heard);
    assert!(topics(&mut house).is_empty());
    assert_eq!(house.next_view(), Some(Time(30_000)));
    hand.set(Time(30_000));
    let idle = house.idle().await;
    house.woken(idle);
    let said = topics(&mut house);
    assert!(said.contains(&"home/uncramp/bedroom/state".to_owned()), "{said:?}");
    assert_eq!(house.next_view(), None);
}

#[tokio::test]
async fn s12_a_step_of_the_wall_clock_is_told_once_it_is_noticeable() {
    let (mut house, hand) = house(Store::none().0);
    for (offset, told) in [(500, 0), (501, 501), (900, 501), (-3_600_000, -3_600_000)] {
        hand.set_wall(Wall { offset, synchronised: false });
        let idle = house.idle().await;
        house.woken(idle);
        assert_eq!(house.engine.wall().offset, told);
    }
    hand.set_wall(Wall { offset: -3_600_000, synchronised: true });
    let idle = house.idle().await;
    house.woken(idle);
    assert!(house.engine.wall().synchronised);
}

#[tokio::test]
async fn a_bad_plan_is_refused_and_a_good_one_introduced() {
    let (mut house, _hand) = house(Store::none().0);
    assert!(!house.reload(Err("line 3".to_owned())));
    assert!(topics(&mut house).is_empty());
    assert!(house.reload(Ok(plan())));
    assert!(topics(&mut house).contains(&"home/uncramp/instance".to_owned()));
}

#[tokio::test]
async fn the_broker_forgets_the_state_of_a_bedroom_that_left() {
    let (mut house, _hand) = house(Store::none().0);
    house.delivery(Input::Connected);
    let mut after = plan();
    let gone = after.bedrooms.remove(0).name;
    let state = format!("home/uncramp/{gone}/state");
    assert!(told_to(&mut house, &state).iter().all(|said| !said.is_empty()));
    assert!(house.reload(Ok(after)));
    assert_eq!(told_to(&mut house, &state), [b""]);
}

#[tokio::test]
async fn s2_what_a_changed_plan_kept_from_being_recorded_is_told_to_the_engine() {
    let (mut house, _hand) = house(Store::none().0);
    let mut after = plan();
    after.bedrooms.swap(0, 1);
    after.bedrooms[1].actuators.swap(0, 1);
    house.former = Some(plan());
    act(&mut house, vec![switch(0, ON, Order::RecordFirst), reminder(Order::RecordFirst)]);
    assert_eq!(house.held.len(), 0, "nothing waits to be sent by another plan");
    house.engine = Engine::new(after, Wall::default(), house.now);
    house.leave_outdated();
    assert_eq!(faults(&house, 0), []);
    assert_eq!(faults(&house, 1), [Fault::Unrecorded { actuator: ActuatorId(1) }]);
}

#[tokio::test]
async fn s9_a_reminder_on_a_connection_that_breaks_is_not_said_again() {
    let (mut house, _hand) = house(Store::none().0);
    act(&mut house, vec![reminder(Order::SendFirst)]);
    assert_eq!(told_to(&mut house, "hermes/tts/say").len(), 1);
    house.delivery(Input::Lost("gone".to_owned()));
    house.delivery(Input::Connected);
    let said = topics(&mut house);
    let spoken = ["hermes/tts/say", "home/uncramp/bedroom/announce"];
    assert!(!said.iter().any(|topic| spoken.contains(&topic.as_str())), "{said:?}");
}

#[tokio::test]
async fn announcements_after_a_lost_state_have_numbers_of_their_own() {
    let mut ids = Vec::new();
    for offset in [1_795_383_000_000, 1_795_383_060_000] {
        let (mut house, _hand) = house_at(Wall { offset, synchronised: true }, Store::none().0);
        for actuator in [0, 1] {
            let (bedroom, actuator) = (BedroomId(0), ActuatorId(actuator));
            house.tell(Event::Unrecorded { bedroom, actuator });
        }
        for said in told_to(&mut house, "home/uncramp/bedroom/announce") {
            let said: serde_json::Value = serde_json::from_slice(&said).expect("JSON");
            ids.push(said["id"].as_u64().expect("a number"));
        }
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((all, ids.len()), (4, 4), "{ids:?}");
    // Whoever reads JSON as floating point still tells them apart.
    assert!(ids.iter().all(|id| *id < 1 << 51), "{ids:?}");
}

#[tokio::test]
async fn a_flood_of_messages_keeps_nothing_from_being_done() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let (mut house, hand) = house(store);
    act(&mut house, vec![switch(0, ON, Order::RecordFirst)]);
    house.flush().await;
    // No sleep comes to anything while the next message is there already.
    house.keep_up();
    assert_eq!(told_to(&mut house, "radiator/set"), [b"ON"], "recorded, and so sent");
    house.wake = Some(Time(5_000));
    hand.set(Time(4_999));
    house.keep_up();
    assert_eq!(house.wake, Some(Time(5_000)));
    hand.set(Time(5_000));
    house.keep_up();
    assert_ne!(house.wake, Some(Time(5_000)), "what was due is done");
}

#[tokio::test]
async fn no_cramp_last_night_is_told_and_kept_for_the_night_that_was() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    // 2026-11-22T08:00:00+01:00.
    let wall = Wall { offset: 1_795_330_800_000, synchronised: true };
    let (mut house, _hand) = house_at(wall, store);
    let wish = Wish::NoCramp { sleeper: Some(0), night: None };
    house.tell(Event::Wish { bedroom: BedroomId(0), wish });
    answered(&mut house).await;
    let said = told_to(&mut house, "home/uncramp/bedroom/event");
    let event: serde_json::Value = serde_json::from_slice(&said[0]).expect("JSON");
    let about = serde_json::json!({
        "event_type": "no_cramp", "sleeper": "anna", "night": "2026-11-21",
    });
    assert_eq!(event, about);
    let reader = rusqlite::Connection::open(dir.path().join(super::super::store::FILE));
    let night: (String, String) = reader
        .expect("the file")
        .query_row("SELECT sleeper, night FROM no_cramp", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("one");
    assert_eq!(night, ("anna".to_owned(), "2026-11-21".to_owned()));
}

#[tokio::test]
async fn s7_words_of_others_are_refused_where_nobody_may_speak() {
    let (mut house, _hand) = house(Store::none().0);
    let wish = Wish::Say("The bath is ready.".to_owned());
    house.tell(Event::Wish { bedroom: BedroomId(0), wish });
    let said: Vec<Message> = house.due().into_iter().map(|(_, message)| message).collect();
    let on = |topic: &str| said.iter().filter(|m| m.topic == topic).count();
    assert_eq!((on("home/uncramp/bedroom/announce"), on("hermes/tts/say")), (0, 0));
    let event = said.iter().find(|m| m.topic == "home/uncramp/bedroom/event").expect("an event");
    let event: serde_json::Value = serde_json::from_slice(&event.payload).expect("JSON");
    assert_eq!(event["event_type"], "refused");
    let text = event["text"].as_str().expect("text");
    assert!(text.contains("say/set: not said: the clock is not set"), "{text}");
}

#[tokio::test]
async fn a_wish_for_longer_than_a_day_is_told_to_be_cut() {
    for (until, cut) in [("48h", true), ("24h", false)] {
        let (mut house, _hand) = house(Store::none().0);
        let wish = format!("{{\"actuator\":\"radiator\",\"want\":\"off\",\"until\":\"{until}\"}}");
        house.message("home/uncramp/bedroom/override/set", wish.as_bytes(), false);
        house.flush().await;
        house.keep_up();
        let said = told_to(&mut house, "home/uncramp/bedroom/event");
        let event: serde_json::Value = serde_json::from_slice(&said[0]).expect("JSON");
        let text = event["text"].as_str().expect("text");
        assert_eq!(text.ends_with("; no wish is held for longer than 24 hours"), cut, "{text}");
    }
}

#[tokio::test]
async fn many_decisions_in_a_row_are_one_record() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut house, hand) = house(Store::open(dir.path()).expect("not taken").0);
    house.flush().await;
    hand.set(Time(10_000));
    for (at, next) in
        [(10_000, None), (10_001, Some(10_500)), (10_499, Some(10_500)), (10_500, None)]
    {
        hand.set(Time(at));
        house.look();
        house.record(BedroomId(0));
        assert_eq!(house.unrecorded.next(), next.map(Time), "at {at}");
    }
    house.record(BedroomId(0));
    assert!(house.unrecorded.next().is_some());
    // Whoever is told that something holds is told so once all of it is on the disk.
    house.record_all().wait().await.expect("recorded");
    assert_eq!(house.unrecorded.next(), None);
}

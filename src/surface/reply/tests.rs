use super::*;
use chrono::NaiveTime;

use crate::engine::{Action, Engine, Event, Want};
use crate::model::{
    Heard, Item, Measured, Millilitres, Place, Quantity, SensorId, Temperature, Value, Window,
};
use crate::plan::{Control, Sensor};
use crate::rules::cold_exposure::Style;
use crate::surface::tests::{BEDROOM, DARK, NOW, WALL, plan};
use crate::wire::{Source, plain};

/// What comes of the last of these wishes in one bedroom.
fn last_of(
    plan: &Plan,
    bedroom: BedroomId,
    wall: Wall,
    wishes: &[Wish],
) -> Result<Answer, Refusal> {
    last_heard(plan, bedroom, wall, &[], wishes)
}

/// The same, once these sensors have said something.
fn last_heard(
    plan: &Plan,
    bedroom: BedroomId,
    wall: Wall,
    said: &[Item],
    wishes: &[Wish],
) -> Result<Answer, Refusal> {
    let mut engine = Engine::new(plan.clone(), wall, NOW);
    engine.handle(NOW, Event::Start);
    let heard = Heard { items: said.iter().cloned().collect(), retained: false };
    engine.handle(NOW, Event::Heard { bedroom, heard });
    let room = plan.bedroom(bedroom).expect("a bedroom");
    let wished = Wished { plan, bedroom: room, now: NOW, wall };
    let mut last = None;
    for wish in wishes {
        let before = engine.picture(bedroom, NOW).expect("a bedroom");
        engine.handle(NOW, Event::Wish { bedroom, wish: wish.clone() });
        let after = engine.picture(bedroom, NOW).expect("a bedroom");
        last = Some(answer(wish, &wished, &before, &after));
    }
    last.expect("a wish")
}

fn last(bedroom: BedroomId, wall: Wall, wishes: &[Wish]) -> Result<Answer, Refusal> {
    last_of(&plan(), bedroom, wall, wishes)
}

fn at_home(wishes: &[Wish]) -> Result<Answer, Refusal> {
    last(BEDROOM, WALL, wishes)
}

const WARMER: Wish = Wish::Shift(Kelvins(50));
const COOLER: Wish = Wish::Shift(Kelvins(-150));
const ATTIC: BedroomId = BedroomId(1);

/// The noon after half past ten in the evening.
const NOON: Time = Time(NOW.0 + Span::minutes(13 * 60 + 30).0);

#[test]
fn a_drink_is_told_with_the_days_sum() {
    let drink = |sleeper| Wish::Drink { sleeper, amount: Millilitres(200) };
    let drunk = |today| {
        let (sleeper, amount) = (1, Millilitres(200));
        Ok(Answer::Drunk { sleeper, amount, today: Millilitres(today) })
    };
    assert_eq!(at_home(&[drink(1)]), drunk(200));
    assert_eq!(at_home(&[drink(1), drink(0), drink(1)]), drunk(400));
}

#[test]
fn warmer_is_told_as_far_as_it_goes() {
    let shifted = |by, unless| Ok(Answer::Shifted { by: Kelvins(by), unless });
    let in_the_cold = |wishes: &[Wish]| in_a_room_of(16.0, &measured(), wishes);
    assert_eq!(in_the_cold(&[WARMER]), shifted(50, None));
    assert_eq!(in_the_cold(&[WARMER, WARMER, WARMER, WARMER]), shifted(50, None));
    let five = [WARMER; 5];
    let limit = |warmer, baby, unless| Ok(Answer::AtTheLimit { warmer, baby, unless });
    assert_eq!(in_the_cold(&five), limit(true, false, None));
    assert_eq!(in_a_room_of(24.0, &measured(), &five), limit(true, false, None));
    // What keeps the room cold all the same is not hidden behind the limit.
    assert_eq!(at_home(&five), limit(true, false, Some(Idle::NoTemperature)));
    let then = |wish| in_the_cold(&[&five[..], &[wish, WARMER]].concat());
    assert_eq!(then(Wish::Mode(Mode::Watch)), limit(true, false, Some(Idle::Watching)));
    let paused = Some(Idle::Paused(Some(NOON)));
    assert_eq!(then(Wish::Pause(true)), limit(true, false, paused));
    let baby = Wish::House(Household::Baby);
    assert_eq!(in_the_cold(&[&[baby][..], &five].concat()), limit(true, true, None));
    // Two kelvins are the most: the second time there is but half a one left.
    assert_eq!(at_home(&[COOLER, COOLER]), shifted(-50, None));
    let three = [COOLER; 3];
    assert_eq!(at_home(&three), limit(false, false, None));
    // Where no heat goes higher, a higher reference makes nothing warmer.
    let mut low = plan();
    low.bedrooms[0].cold_exposure.ceiling = Temperature(1900);
    let capped = last_of(&low, BEDROOM, WALL, &[WARMER]);
    assert_eq!(capped, limit(true, false, Some(Idle::NoTemperature)));
}

#[test]
fn warmth_that_cannot_come_is_not_promised() {
    let told = |wishes: &[Wish]| match at_home(wishes) {
        Ok(Answer::Shifted { unless, .. }) => unless,
        other => panic!("{other:?}"),
    };
    assert_eq!(told(&[Wish::Mode(Mode::Off), WARMER]), Some(Idle::Off));
    assert_eq!(told(&[Wish::Mode(Mode::Watch), WARMER]), Some(Idle::Watching));
    assert_eq!(told(&[Wish::Pause(true), WARMER]), Some(Idle::Paused(Some(NOON))));
    assert_eq!(told(&[Wish::House(Household::Away), WARMER]), Some(Idle::Away));
    let nowhere = Answer::Shifted { by: Kelvins(50), unless: Some(Idle::NoHeater) };
    assert_eq!(last(ATTIC, WALL, &[WARMER]), Ok(nowhere));
}

/// The bedroom with a thermometer, a mat and a window's contact.
fn measured() -> Plan {
    let sensor = |name: &str, place, quantity| Sensor {
        name: name.to_owned(),
        place,
        quantity,
        sleeper: None,
        device: 0,
        source: Source::Plain(plain::Source {
            topic: name.to_owned(),
            path: None,
            time_path: None,
            unit: plain::Unit::Celsius,
            inverted: false,
            availability: None,
        }),
    };
    let mut plan = plan();
    plan.bedrooms[0].sensors = vec![
        sensor("room", Place::Room, Quantity::Temperature),
        sensor("mat", Place::Bed, Quantity::Occupied),
        sensor("window", Place::Room, Quantity::Open),
    ];
    plan
}

fn said(sensor: u8, value: Value) -> Item {
    Item::Reading { sensor: SensorId(sensor), value, measured: Measured::WhenHeard }
}

fn in_a_room_of(celsius: f64, plan: &Plan, wishes: &[Wish]) -> Result<Answer, Refusal> {
    let room = said(0, Value::Temperature(Temperature::celsius(celsius)));
    last_heard(plan, BEDROOM, WALL, &[room], wishes)
}

/// What comes of a wish for warmth beside a sleeper in a cold room, if not warmth.
fn instead(plan: &Plan, more: &[Item], before: &[Wish]) -> Option<Idle> {
    let cold = said(0, Value::Temperature(Temperature(1600)));
    let said = [&[cold, said(1, Value::Occupied(true))], more].concat();
    match last_heard(plan, BEDROOM, WALL, &said, &[before, &[WARMER]].concat()) {
        Ok(Answer::Shifted { unless, .. }) => unless,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_room_that_is_warm_enough_is_told_so() {
    let told = |room, wish: Wish| in_a_room_of(room, &measured(), &[wish]);
    let enough = |room, below| {
        let (room, below) = (Temperature::celsius(room), Temperature::celsius(below));
        Ok(Answer::WarmEnough { room, below })
    };
    assert_eq!(told(20.5, WARMER), enough(20.5, 18.5));
    assert_eq!(told(18.5, WARMER), enough(18.5, 18.5));
    assert_eq!(told(18.4, WARMER), Ok(Answer::Shifted { by: Kelvins(50), unless: None }));
    // Where nothing heats, there is no less of it.
    assert_eq!(told(26.0, COOLER), enough(26.0, 16.5));
    let cooler = Answer::Shifted { by: Kelvins(-150), unless: None };
    assert_eq!(told(16.0, COOLER), Ok(cooler));
}

#[test]
fn a_plain_thermostat_is_moved_too() {
    let mut plan = measured();
    let (start_below, stop_above) = (Temperature(1750), Temperature(1850));
    plan.bedrooms[0].cold_exposure.style = Style::Thermostat { start_below, stop_above };
    let shifted = Answer::Shifted { by: Kelvins(50), unless: None };
    assert_eq!(in_a_room_of(17.7, &plan, &[WARMER]), Ok(shifted));
    let (room, below) = (Temperature(1820), Temperature(1800));
    assert_eq!(in_a_room_of(18.2, &plan, &[WARMER]), Ok(Answer::WarmEnough { room, below }));
}

#[test]
fn what_the_heater_may_not_do_is_told() {
    let heater = |hazard| {
        let mut plan = measured();
        plan.bedrooms[0].actuators.truncate(1);
        plan.bedrooms[0].actuators[0].kind = Kind::Heater { hazard, control: Control::Switch };
        plan
    };
    let radiator = heater(Hazard::Radiator);
    assert_eq!(instead(&radiator, &[], &[]), None);
    assert_eq!(instead(&heater(Hazard::Panel), &[], &[]), Some(Idle::BesideSleeper));
    let timer = Wish::Timer { actuator: ActuatorId(0), works: true };
    assert_eq!(instead(&heater(Hazard::Panel), &[], &[timer]), Some(Idle::BesideSleeper));
    let blanket = heater(Hazard::Blanket { all_night: true });
    assert_eq!(instead(&blanket, &[], &[]), Some(Idle::NoHeater));
    let open = said(2, Value::Open(true));
    assert_eq!(instead(&radiator, &[open], &[]), Some(Idle::Window { guessed: false }));
    let gone = Item::ActuatorOnline { actuator: ActuatorId(0), online: false };
    assert_eq!(instead(&radiator, &[gone], &[]), Some(Idle::Fault));
    let off = Wish::Override { actuator: ActuatorId(0), want: Want::Off, until: None };
    assert_eq!(instead(&radiator, &[], &[off]), Some(Idle::ByHand));
    let unknown = last_of(&radiator, BEDROOM, WALL, &[WARMER]);
    let unless = Some(Idle::NoTemperature);
    assert_eq!(unknown, Ok(Answer::Shifted { by: Kelvins(50), unless }));
    let mut resting = radiator;
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a time of day");
    resting.bedrooms[0].cold_exposure.available = Some(Window { from: hour(5), to: hour(21) });
    let from = Time(NOW.0 + Span::minutes(6 * 60 + 30).0);
    assert_eq!(instead(&resting, &[], &[]), Some(Idle::NoHeat(Some(from))));
}

/// A wish for warmth in a cold room with one heater, so many minutes after somebody lay down;
/// from the twentieth on the room is as warm as that.
fn warmer_after(minutes: i64, heater: Control, then: i32, most: u8) -> Option<Idle> {
    let mut plan = measured();
    let bedroom = &mut plan.bedrooms[0];
    bedroom.audible_changes = Some(most);
    bedroom.cold_exposure.ramp = Some(Kelvins(200));
    bedroom.actuators.truncate(1);
    let radiator = &mut bedroom.actuators[0];
    radiator.kind = Kind::Heater { hazard: Hazard::Radiator, control: heater };
    (radiator.audible, radiator.confirm) = (true, None);
    let mut engine = Engine::new(plan.clone(), WALL, NOW);
    engine.handle(NOW, Event::Start);
    let lies = [said(1, Value::Occupied(true))];
    let heard = |items: &[Item]| Event::Heard {
        bedroom: BEDROOM,
        heard: Heard { items: items.iter().cloned().collect(), retained: false },
    };
    engine.handle(NOW, heard(&lies));
    let mut now = NOW;
    for minute in 0..=minutes {
        now = NOW + Span::minutes(minute);
        let room = Temperature(if minute < 20 { 1590 } else { then });
        engine.handle(now, heard(&[said(0, Value::Temperature(room))]));
    }
    let room = plan.bedroom(BEDROOM).expect("a bedroom");
    let wished = Wished { plan: &plan, bedroom: room, now, wall: WALL };
    let before = engine.picture(BEDROOM, now).expect("a bedroom");
    engine.handle(now, Event::Wish { bedroom: BEDROOM, wish: WARMER });
    let after = engine.picture(BEDROOM, now).expect("a bedroom");
    match answer(&WARMER, &wished, &before, &after) {
        Ok(Answer::Shifted { unless, .. }) => unless,
        other => panic!("{other:?}"),
    }
}

#[test]
fn warmth_that_has_to_wait_is_told_with_its_time() {
    let valve = Control::SetPoint { fed: false };
    assert_eq!(warmer_after(5, valve, 1590, 4), None);
    // Moved once, it gives all that it may in this hour: two kelvins more than the room.
    assert_eq!(warmer_after(30, valve, 1590, 4), None);
    assert_eq!(warmer_after(30, Control::Switch, 1740, 4), None);
    let from = Some(NOW + Span::minutes(10 + 60));
    assert_eq!(warmer_after(30, valve, 1740, 4), Some(Idle::NotBefore { from, heard: true }));
    assert_eq!(warmer_after(30, valve, 1740, 1), Some(Idle::HeardEnough));
}

#[test]
fn a_pause_ends_at_noon_and_by_starting_again() {
    let paused = |until| Ok(Answer::Paused { until });
    assert_eq!(at_home(&[Wish::Pause(true)]), paused(Some(NOON)));
    assert_eq!(last(BEDROOM, DARK, &[Wish::Pause(true)]), paused(None));
    let again = Ok(Answer::Acts { unless: None });
    assert_eq!(at_home(&[Wish::Pause(true), Wish::Mode(Mode::Auto)]), again);
    assert_eq!(at_home(&[Wish::Pause(true), Wish::Pause(false)]), again);
    let off = Ok(Answer::Acts { unless: Some(Idle::Off) });
    assert_eq!(at_home(&[Wish::Mode(Mode::Off), Wish::Pause(false)]), off);
    assert_eq!(at_home(&[Wish::Mode(Mode::Off)]), Ok(Answer::Stopped));
    assert_eq!(at_home(&[Wish::Mode(Mode::Watch)]), Ok(Answer::Watches));
}

#[test]
fn starting_again_is_told_by_what_it_was_before() {
    let [auto, watch, off] = [Mode::Auto, Mode::Watch, Mode::Off].map(Wish::Mode);
    let resumed = |before: &[&Wish]| {
        let before: Vec<Wish> = before.iter().copied().cloned().collect();
        at_home(&[before, vec![Wish::Resume]].concat())
    };
    let acts = Ok(Answer::Acts { unless: None });
    assert_eq!(resumed(&[&off]), acts);
    assert_eq!(resumed(&[&Wish::Pause(true)]), acts);
    assert_eq!(resumed(&[&watch, &off, &off]), Ok(Answer::WatchesAgain));
    assert_eq!(resumed(&[&watch, &Wish::Pause(true)]), Ok(Answer::WatchesAgain));
    assert_eq!(resumed(&[&watch, &off, &auto, &off]), acts);
    // A file that says off, and nobody ever switched it on: it watches.
    let mut unused = plan();
    unused.bedrooms[0].mode = Mode::Off;
    assert_eq!(last_of(&unused, BEDROOM, WALL, &[Wish::Resume]), Ok(Answer::WatchesAgain));
}

#[test]
fn s13_who_wishes_a_baby_away_is_told_that_it_stays() {
    let [home, guest, baby, away] =
        [Household::Home, Household::Guest, Household::Baby, Household::Away];
    let house = |house| Ok(Answer::House { house, until: None });
    let then = |first, second| at_home(&[Wish::House(first), Wish::House(second)]);
    assert_eq!(then(baby, guest), Err(Refusal::BabyStays));
    assert_eq!(then(baby, home), Err(Refusal::BabyStays));
    assert_eq!(then(guest, home), house(home));
    // Nobody is there, and the baby stays noted for whoever comes back.
    assert_eq!(then(baby, away), house(away));
    let back = |by| at_home(&[Wish::House(baby), Wish::House(away), by]);
    assert_eq!(back(Wish::House(home)), house(baby));
    assert_eq!(back(Wish::Away(None)), house(baby));
    assert_eq!(back(Wish::House(guest)), Err(Refusal::BabyStays));
    let until = NOW + Span::hours(48);
    let gone = Answer::House { house: away, until: Some(until) };
    assert_eq!(at_home(&[Wish::Away(Some(until))]), Ok(gone));
    assert_eq!(at_home(&[Wish::Away(Some(Time::NEVER))]), house(away));
}

#[test]
fn where_nothing_waits_nothing_is_said_to_be_done_or_to_come_later() {
    for wish in [Wish::Done, Wish::Snooze, Wish::Postpone(7)] {
        assert_eq!(at_home(&[wish]), Err(Refusal::NothingWaits));
    }
}

/// What comes of a word said so long after half past ten in the evening, and so long after what
/// was said then; and again.
fn said_twice(
    plan: &Plan,
    after: Span,
    wish: impl Fn(u64) -> Wish,
) -> [Result<Answer, Refusal>; 2] {
    let mut engine = Engine::new(plan.clone(), WALL, NOW);
    engine.handle(NOW, Event::Start);
    let now = NOW + after;
    let said =
        engine.handle(now, Event::Tick).into_iter().rev().find_map(|action| {
            if let Action::Announce(said) = action { Some(said.id) } else { None }
        });
    let wish = wish(said.expect("words"));
    let wished =
        Wished { plan, bedroom: plan.bedroom(BEDROOM).expect("a bedroom"), now, wall: WALL };
    [(); 2].map(|()| {
        let before = engine.picture(BEDROOM, now).expect("a bedroom");
        engine.handle(now, Event::Wish { bedroom: BEDROOM, wish: wish.clone() });
        let after = engine.picture(BEDROOM, now).expect("a bedroom");
        answer(&wish, &wished, &before, &after)
    })
}

#[test]
fn what_was_said_last_is_done_or_comes_later_as_long_as_it_waits() {
    let mut plan = plan();
    plan.bedrooms.truncate(1);
    plan.bedrooms[0].sleepers.truncate(1);
    let nothing = Err(Refusal::NothingWaits);
    // The morning's question at a quarter to eight may be put off, and is no reminder.
    let morning = Span::minutes(9 * 60 + 15);
    assert_eq!(said_twice(&plan, morning, Wish::Postpone), [Ok(Answer::Later), Ok(Answer::Later)]);
    assert_eq!(said_twice(&plan, morning, |_| Wish::Snooze)[0], Ok(Answer::Later));
    assert_eq!(said_twice(&plan, morning, |_| Wish::Done), [nothing.clone(), nothing.clone()]);
    // A glass before noon, and no question.
    plan.bedrooms[0].ask_in_the_morning = false;
    plan.bedrooms[0].sleepers[0].conditions = Some(Vec::new());
    plan.bedrooms[0].sleepers[0].conditions_confirmed = Some((2026, 11));
    let noon = Span::hours(11);
    for (wish, answer) in [(Wish::Done, Answer::Done), (Wish::Snooze, Answer::Later)] {
        assert_eq!(said_twice(&plan, noon, |_| wish.clone()), [Ok(answer), nothing.clone()]);
    }
    let postponed = said_twice(&plan, noon, Wish::Postpone);
    assert_eq!(postponed, [Ok(Answer::Later), nothing]);
}

#[test]
fn a_cramp_is_told_by_when_it_was() {
    let cramp = |hours, wall| {
        let ago = Span::hours(hours);
        match last(BEDROOM, wall, &[Wish::Cramp { sleeper: None, ago }]) {
            Ok(Answer::Cramp { when, .. }) => when,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(cramp(0, WALL), When::Now);
    assert_eq!(cramp(3, WALL), When::Earlier);
    assert_eq!(cramp(19, WALL), When::LastNight);
    assert_eq!(cramp(19, DARK), When::Earlier);
}

#[test]
fn a_reply_bears_the_id_and_is_not_kept() {
    let asker = Asker { bedroom: ATTIC, id: "a\"7".to_owned(), language: None };
    let reply = reply(&plan(), &asker, true, "Notiert.", Language::German);
    assert_eq!(reply.topic, "home/uncramp/attic/reply");
    assert!(reply.confirmed && !reply.retain);
    let said: serde_json::Value = serde_json::from_slice(&reply.payload).expect("JSON");
    let meant = json!({ "id": "a\"7", "done": true, "text": "Notiert.", "language": "de" });
    assert_eq!(said, meant);
}

//! The view of a bedroom, whole, as the topic `uncramp/<bedroom>/state` carries it.
//!
//! `INSTA_UPDATE=always cargo test --test view` writes it anew.

mod support;

use smallvec::smallvec;
use uncramp::engine::{Action, Engine, Event, Household, Want, Wish};
use uncramp::model::{
    ActuatorId, BedroomId, Co2, Echo, Garble, Heard, Humidity, Item, Kelvins, Measured,
    Millilitres, Place, Quantity, SensorId, Span, Temperature, Time, Value, Wall,
};
use uncramp::plan::{Mode, Plan};
use uncramp::rules::Otherwise;
use uncramp::view::View;

const BEDROOM: BedroomId = BedroomId(0);

/// 2026-01-14T20:00 in Brussels.
const EVENING: i64 = 1_768_417_200_000;

const ROOM: &str = "\
sleep: 22:30-06:45
sleepers:
  anna: { born: 1961, conditions: [], conditions_confirmed: 2026-01 }
  ben: { conditions: [kidney_disease], conditions_confirmed: 2026-01 }
sensors:
  room: { zigbee2mqtt: Climate }
  bed: { zigbee2mqtt: Feet }
  in_bed: { zigbee2mqtt: Mat }
  co2: { topic: co2 }
heaters:
  valve: { kind: radiator, zigbee2mqtt: { device: Valve, setpoint: setpoint } }
  panel: { kind: panel, fixed: true, command: panel/set, state: panel }
fan: { zigbee2mqtt: Fan, levels: [low, medium, high] }";

#[test]
fn a_cold_stuffy_night() {
    insta::assert_snapshot!(shown(&at_night(true)));
}

#[test]
fn without_a_known_clock_there_are_no_times() {
    let text = shown(&at_night(false));
    for time in ["2026-01-1", "+01:00", "\"at\"", "\"since\": \"", "\"until\": \""] {
        // The evening names the night, whatever the clock.
        let lines: Vec<&str> = text.lines().filter(|l| !l.contains("\"evening\"")).collect();
        assert!(!lines.iter().any(|line| line.contains(time)), "{time} in {text}");
    }
}

#[test]
fn s13_a_baby_is_shown_while_everybody_is_away() {
    let mut engine = at_night(true);
    let baby = |engine: &Engine| {
        let view = View::of(engine, BEDROOM, Time::ZERO + Span::hours(5)).expect("a view");
        (view.house, view.baby)
    };
    assert_eq!(baby(&engine), (Household::Home, false));
    for house in [Household::Baby, Household::Away] {
        let wish = Wish::House(house);
        engine.handle(Time::ZERO + Span::hours(5), Event::Wish { bedroom: BEDROOM, wish });
        assert_eq!(baby(&engine), (house, true));
    }
}

#[test]
fn no_such_bedroom_no_view() {
    assert_eq!(View::of(&at_night(true), BedroomId(7), Time::ZERO), None);
}

/// Ten minutes past midnight: Anna lies in a room of 16.5 °C and a stuffy bed, the panel
/// was switched off by hand, and the carbon dioxide sensor says `nan`.
fn at_night(synchronised: bool) -> Engine {
    let plan = support::plan_of(ROOM);
    let wall = Wall { offset: EVENING, synchronised };
    let mut engine = Engine::new(plan.clone(), wall, Time::ZERO);
    let at = |minutes| Time::ZERO + Span::minutes(minutes);
    engine.handle(at(0), Event::Start);
    let echo = |actuator, echo| Item::Echo { actuator: ActuatorId(actuator), echo };
    hear(&mut engine, at(0), echo(0, Echo::SetPoint(Temperature(1700))));
    hear(&mut engine, at(0), echo(1, Echo::Relay(false)));
    hear(&mut engine, at(0), echo(2, Echo::Relay(false)));
    let say = |engine: &mut Engine, minutes, place, value: Value| {
        let sensor = sensor(&plan, place, value.quantity());
        hear(engine, at(minutes), Item::Reading { sensor, value, measured: Measured::WhenHeard });
    };
    let drink = Wish::Drink { sleeper: 0, amount: Millilitres(250) };
    engine.handle(at(1), Event::Wish { bedroom: BEDROOM, wish: drink });
    say(&mut engine, 2, Place::Room, Value::Co2(Co2(1300)));
    for minutes in (5..=250).step_by(5) {
        say(&mut engine, minutes, Place::Room, Value::Temperature(Temperature(1650)));
        say(&mut engine, minutes, Place::Room, Value::Humidity(Humidity(5200)));
        say(&mut engine, minutes, Place::Bed, Value::Temperature(Temperature(3100)));
        say(&mut engine, minutes, Place::Bed, Value::Humidity(Humidity(8000)));
        if minutes == 150 {
            say(&mut engine, minutes, Place::Room, Value::Co2(Co2(1300)));
            let in_bed =
                plan.bedrooms[0].sensors.iter().position(uncramp::plan::Sensor::sees_sleepers);
            let sensor = SensorId(u8::try_from(in_bed.expect("a mat")).expect("a few"));
            let value = Value::Occupied(true);
            hear(
                &mut engine,
                at(minutes),
                Item::Reading { sensor, value, measured: Measured::WhenHeard },
            );
            let wish = Wish::Override { actuator: ActuatorId(1), want: Want::Off, until: None };
            engine.handle(at(minutes), Event::Wish { bedroom: BEDROOM, wish });
        }
    }
    let co2 = sensor(&plan, Place::Room, Quantity::Co2);
    let garble = Garble::Absent("nan".to_owned());
    hear(&mut engine, at(250), Item::Garbled { sensor: co2, garble });
    engine
}

#[test]
fn while_uncramp_only_watches_it_says_what_would_be() {
    let mut engine = at_night(true);
    let now = Time::ZERO + Span::minutes(250);
    engine.handle(now, Event::Wish { bedroom: BEDROOM, wish: Wish::Mode(Mode::Watch) });
    let view = View::of(&engine, BEDROOM, now).expect("a bedroom");
    let actuators = serde_json::to_value(&view.actuators).expect("JSON");
    assert_eq!(actuators[0]["state"], "baseline", "what was raised is handed back");
    assert_eq!(actuators[0]["watching"]["switch"], "setpoint");
    assert_eq!(actuators[0]["watching"]["reason"]["kind"], "deep");
    let text = actuators[0]["text"].as_str().expect("text");
    assert!(text.starts_with("watching: would be set to "), "{text}");
    let text = actuators[2]["text"].as_str().expect("text");
    assert_eq!(text, "watching: would be off: moving air would chill, heat is wanted");
    let later = now + Span::minutes(20);
    engine.handle(later, Event::Tick);
    let view = View::of(&engine, BEDROOM, later).expect("a bedroom");
    let watched = serde_json::to_value(view.watched.expect("it watches")).expect("JSON");
    assert_eq!(
        watched,
        serde_json::json!({
            "heat": [{
                "from": "2026-01-15T00:10:00+01:00",
                "until": "2026-01-15T00:30:00+01:00",
                "min": 20,
            }],
            "air": [],
        })
    );
}

#[test]
fn a_knob_turned_back_during_a_boost_is_not_shown_as_raised() {
    let mut engine = at_night(true);
    let now = Time::ZERO + Span::minutes(250);
    let valve = |engine: &Engine| {
        let view = View::of(engine, BEDROOM, now).expect("a bedroom");
        (view.actuators[0].state, view.actuators[0].set_point)
    };
    assert_eq!(valve(&engine), ("baseline", Some(17.0)), "it never said that it obeys");
    let echo = |echo| Item::Echo { actuator: ActuatorId(0), echo };
    hear(&mut engine, now, echo(Echo::SetPoint(Temperature(2100))));
    assert_eq!(valve(&engine), ("raised", Some(21.0)));
    hear(&mut engine, now, echo(Echo::SetPoint(Temperature(1700))));
    assert_eq!(valve(&engine), ("raised", Some(18.5)), "the boost is written again");
    hear(&mut engine, now, echo(Echo::SetPoint(Temperature(1850))));
    hear(&mut engine, now, echo(Echo::SetPoint(Temperature(1700))));
    assert_eq!(valve(&engine), ("baseline", Some(17.0)), "it may not be written so soon");
}

/// Two sides of one bed, and what is known of who lies there.
#[test]
fn each_side_of_the_bed_and_the_next_reminder_are_told() {
    let sides = "in_bed: [{ topic: mat/anna, sleeper: anna }, { topic: mat/ben, sleeper: ben }]";
    let plan = support::plan_of(&ROOM.replace("in_bed: { zigbee2mqtt: Mat }", sides));
    // 2026-01-14T10:00 in Brussels.
    let wall = Wall { offset: EVENING - Span::hours(10).0, synchronised: true };
    let mut engine = Engine::new(plan.clone(), wall, Time::ZERO);
    engine.handle(Time::ZERO, Event::Start);
    let told = |engine: &Engine| {
        let view = View::of(engine, BEDROOM, Time::ZERO).expect("a bedroom");
        (view.sleepers.iter().map(|one| one.in_bed).collect::<Vec<_>>(), view.next_reminder)
    };
    assert_eq!(told(&engine).0, [None, None]);
    let bed = plan.bedrooms[0].sensors.iter().position(|sensor| sensor.sleeper == Some(1));
    let sensor = SensorId(u8::try_from(bed.expect("his side")).expect("a few"));
    for (occupied, sides) in [(true, [None, Some(true)]), (false, [None, Some(false)])] {
        let value = Value::Occupied(occupied);
        let reading = Item::Reading { sensor, value, measured: Measured::WhenHeard };
        hear(&mut engine, Time::ZERO, reading);
        assert_eq!(told(&engine).0, sides);
    }
    assert_eq!(told(&engine).1.as_deref(), Some("2026-01-14T11:15:00+01:00"), "75 min later");
    // Of 1.6 L between 07:15 and 18:30, 750 mL are due after 316 min.
    let drink = Wish::Drink { sleeper: 0, amount: Millilitres(600) };
    engine.handle(Time::ZERO, Event::Wish { bedroom: BEDROOM, wish: drink });
    assert_eq!(told(&engine).1.as_deref(), Some("2026-01-14T12:31:25+01:00"));
    engine.handle(Time::ZERO, Event::Wish { bedroom: BEDROOM, wish: Wish::Mode(Mode::Watch) });
    assert_eq!(told(&engine).1, None, "who only watches reminds nobody");
}

#[test]
fn who_is_away_for_two_days_is_so_to_the_minute() {
    let mut engine = at_night(true);
    let now = Time::ZERO + Span::minutes(250);
    let mut days = |until, later| {
        engine.handle(now, Event::Wish { bedroom: BEDROOM, wish: Wish::Away(until) });
        View::of(&engine, BEDROOM, now + Span::minutes(later)).expect("a bedroom").away_days
    };
    let until = now + Span::hours(48);
    assert_eq!([days(Some(until), 0), days(Some(until), 1)], [Some(2.0); 2]);
    assert_eq!(days(Some(until), 48 * 60), Some(0.0), "it is over");
    assert_eq!(days(Some(Time::NEVER), 0), None, "until further notice");
    assert_eq!(days(None, 0), Some(0.0));
}

fn shown(engine: &Engine) -> String {
    let view = View::of(engine, BEDROOM, Time::ZERO + Span::minutes(250)).expect("a bedroom");
    serde_json::to_string_pretty(&view).expect("JSON")
}

fn hear(engine: &mut Engine, at: Time, item: Item) {
    let heard = Heard { items: smallvec![item], retained: false };
    engine.handle(at, Event::Heard { bedroom: BEDROOM, heard });
}

fn sensor(plan: &Plan, place: Place, quantity: Quantity) -> SensorId {
    plan.bedrooms[0].sensor(place, quantity).expect("a sensor").0
}

#[test]
fn a_shift_for_the_night_is_no_edit_of_the_setting() {
    let mut engine = at_night(true);
    let now = Time::ZERO + Span::minutes(250);
    for _ in 0..2 {
        let wish = Wish::Shift(Kelvins(50));
        engine.handle(now, Event::Wish { bedroom: BEDROOM, wish });
    }
    let view = View::of(&engine, BEDROOM, now).expect("a bedroom");
    assert_eq!(view.settings["too_cold"], 20.0);
    let warmth = serde_json::to_value(&view.warmth).expect("JSON");
    assert_eq!((&warmth["shift"], &warmth["reference"]), (&1.0.into(), &21.0.into()));
}

#[test]
fn a_cramp_logged_by_an_unknown_clock_has_its_time_once_that_is_known() {
    let mut engine = at_night(false);
    let now = Time::ZERO + Span::minutes(250);
    let wish = Wish::Cramp { sleeper: None, ago: Span::ZERO };
    engine.handle(now, Event::Wish { bedroom: BEDROOM, wish });
    let shown = |engine: &Engine| View::of(engine, BEDROOM, now).expect("a bedroom").last_cramp;
    assert_eq!(shown(&engine), None);
    engine.handle(now, Event::Clock(Wall { offset: EVENING, synchronised: true }));
    assert_eq!(shown(&engine).as_deref(), Some("2026-01-15T00:10:00+01:00"));
}

/// What a bedroom's state holds stands in the page of topics, and its parts too; settings are
/// told of by themselves, and what a fault concerns depends on its kind.
#[test]
fn every_field_of_the_state_stands_in_the_page_of_topics() {
    let page = include_str!("../docs/topics.md");
    let (_, table) = page.split_once("\n## The state\n").expect("the part about the state");
    let table = table.split("\n## ").next().unwrap_or_default();
    let mut engine = at_night(true);
    let now = Time::ZERO + Span::minutes(250);
    let wish = Wish::Cramp { sleeper: None, ago: Span::ZERO };
    engine.handle(now, Event::Wish { bedroom: BEDROOM, wish });
    let view = View::of(&engine, BEDROOM, now).expect("a bedroom");
    let view = serde_json::to_value(view).expect("JSON");
    let fields = view.as_object().expect("an object");
    for (name, value) in fields {
        let row = table.lines().find(|row| row.starts_with(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("`{name}` is not told of"));
        let part = value.as_array().and_then(|all| all.first()).unwrap_or(value);
        let inner = part.as_object().into_iter().flatten();
        for (inner, _) in inner.filter(|_| !["settings", "faults"].contains(&name.as_str())) {
            assert!(row.contains(&format!("`{inner}`")), "`{name}.{inner}` is not told of");
        }
    }
}

#[test]
fn heat_that_is_called_for_and_kept_back_says_first_what_keeps_it() {
    let plan = support::plan_of(
        "sleep: 22:30-06:45\nsensors: { room: { topic: room, path: t }, in_bed: { topic: mat } }\n\
         heater: { kind: radiator, hot_water: true, control: switch, command: heater/set, \
         state: heater, min_off: 2h }",
    );
    let wall = Wall { offset: EVENING, synchronised: true };
    let mut engine = Engine::new(plan.clone(), wall, Time::ZERO);
    engine.handle(Time::ZERO, Event::Start);
    let off = Item::Echo { actuator: ActuatorId(0), echo: Echo::Relay(false) };
    hear(&mut engine, Time::ZERO, off);
    let sensor = sensor(&plan, Place::Room, Quantity::Temperature);
    for minutes in (5..=60).step_by(5) {
        let value = Value::Temperature(Temperature(1550));
        let reading = Item::Reading { sensor, value, measured: Measured::WhenHeard };
        hear(&mut engine, Time::ZERO + Span::minutes(minutes), reading);
    }
    let state: serde_json::Value = serde_json::from_str(&shown(&engine)).expect("JSON");
    assert_eq!(state["warmth"]["calling"], true, "{state}");
    assert_eq!(
        state["warmth"]["text"],
        "waits until 22:00: it was switched a short while ago; called for: heat: 15.5 °C, to be \
         18.0 °C by bedtime (22:30), which takes 3 h 7 min; would stop at 0.3 K·h and 18.5 °C"
    );
}

/// S2: it would not start by any dose, as long as somebody is in bed.
#[test]
fn a_heater_whose_timer_nobody_has_seen_says_so_and_not_when_it_would_start() {
    let plan = support::plan_of(
        "sleep: 22:30-06:45
sensors: { room: { topic: room }, in_bed: { topic: mat } }
heater: { kind: panel, fixed: true, tasmota: plug }",
    );
    let wall = Wall { offset: EVENING, synchronised: true };
    let mut engine = Engine::new(plan.clone(), wall, Time::ZERO);
    engine.handle(Time::ZERO, Event::Start);
    let room = sensor(&plan, Place::Room, Quantity::Temperature);
    let bed = sensor(&plan, Place::Bed, Quantity::Occupied);
    let reading = |sensor, value| Item::Reading { sensor, value, measured: Measured::WhenHeard };
    for minutes in (0..=180).step_by(10) {
        let at = Time::ZERO + Span::minutes(minutes);
        let value = Value::Temperature(Temperature(if minutes % 20 == 0 { 1900 } else { 1910 }));
        hear(&mut engine, at, reading(room, value));
        hear(&mut engine, at, reading(bed, Value::Occupied(true)));
    }
    let seen = engine.picture(BEDROOM, Time::ZERO + Span::minutes(180)).expect("a bedroom");
    let reason = seen.actuators[0].reason.clone().expect("a reason");
    assert_eq!(reason.otherwise, Some(Otherwise::Untried { can_be: true }), "{reason:?}");
}

/// uncramp ends a few seconds after an "on", before it wrote down that the heater confirmed it, and
/// starts again after minutes.
#[test]
fn a_confirmation_that_was_not_written_down_is_waited_for_anew() {
    const PLUG: &str = "\
sleep: 22:30-06:45
sensors: { room: { topic: room } }
heater:
  { kind: radiator, hot_water: true, control: switch, command: heater/set, state: heater, min_off: off }
cold_exposure: { prewarm: off }";
    let plan = support::plan_of(PLUG);
    let wall = Wall { offset: EVENING, synchronised: true };
    let mut engine = Engine::new(plan.clone(), wall, Time::ZERO);
    let at = |seconds| Time::ZERO + Span::seconds(seconds);
    engine.handle(at(0), Event::Start);
    let relay = |on| Item::Echo { actuator: ActuatorId(0), echo: Echo::Relay(on) };
    hear(&mut engine, at(1), relay(false));
    let value = Value::Temperature(Temperature(1600));
    let sensor = sensor(&plan, Place::Room, Quantity::Temperature);
    hear(&mut engine, at(302), Item::Reading { sensor, value, measured: Measured::WhenHeard });
    let wish = Wish::Override { actuator: ActuatorId(0), want: Want::On, until: None };
    let asked = engine.handle(at(303), Event::Wish { bedroom: BEDROOM, wish });
    assert!(asked.iter().any(|action| matches!(action, Action::Switch(_))), "{asked:?}");
    let written = engine.save(BEDROOM);
    hear(&mut engine, at(304), relay(true));

    let mut next = Engine::new(plan, wall, at(393));
    next.load("bedroom", &written).expect("a state");
    let told = |actions: &[Action]| {
        actions.iter().any(|action| matches!(action, Action::Notice(_) | Action::Announce(_)))
    };
    next.await_anew(at(393));
    let started = next.handle(at(393), Event::Start);
    assert!(!told(&started), "{started:?}");
    let linked = next.handle(at(394), Event::Link { up: true });
    assert!(!told(&linked), "{linked:?}");
    hear(&mut next, at(395), relay(true));
    let later = next.handle(at(900), Event::Tick);
    assert!(!told(&later), "{later:?}");
}

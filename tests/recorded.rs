//! The recorded bedroom (`tests/data/bedroom-mons-2016.csv`), replayed whole: what was
//! decided on how many of its 137 nights, and the same with the sensors that ordinary
//! homes have.
//!
//! Nobody measured the bed: the nights assume 22:30–06:45. `UPDATE=1 cargo test --test
//! recorded` writes `tests/recorded/*.txt` and `docs/night.svg` anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use chrono::{NaiveDate, NaiveTime};
use smallvec::smallvec;
use uncramp::engine::{Action, Engine, Event, Fault, Wish};
use uncramp::history::{self, Options, Readings, Recording, Sample};
use uncramp::model::{
    ActuatorId, BedroomId, Echo, Heard, Item, KelvinHours, Measured, Place, Span, Temperature,
    Time, Value, Wall, Window,
};
use uncramp::plan::{Outside, Plan, parse};
use uncramp::replay::Stage;
use uncramp::report::{self, Nights, fitted, play, usual};
use uncramp::rules::Because;

const MONS: &str = include_str!("data/bedroom-mons-2016.csv");
const BEDROOM: BedroomId = BedroomId(0);

/// The night in `docs/night.svg`.
const SHOWN: &str = "2016-01-28";

/// The one night on which a battery sensor does not tell what the recorder tells: the
/// room was a few hundredths below 18 °C around bedtime (0.011 K·h at most), and a sensor
/// that speaks on half a degree had last said a little more than 18 °C.
const MARGINAL: &str = "2016-03-05";

#[test]
fn the_recorded_bedroom_whole() {
    let readings = recorded();
    let plan = plan(&readings);
    let mut said = String::new();
    let nights = play(&plan, &readings.samples, None, &mut |decision| {
        if let Action::Switch(command) = &decision.action
            && !command.again
        {
            let because = serde_json::to_value(&command.reason.because).expect("JSON");
            let kind = because["kind"].as_str().unwrap_or_default().to_owned();
            let name = &plan.bedrooms[0].actuators[usize::from(command.actuator.0)].name;
            writeln!(said, "{name} {:?}: {kind}", told(&command.switch)).expect("text");
        }
    });
    let mut kinds: Vec<&str> = said.lines().collect();
    kinds.sort_unstable();
    let mut text = summary(&nights);
    for group in kinds.chunk_by(|a, b| a == b) {
        writeln!(text, "{:>5} × {}", group.len(), group[0]).expect("text");
    }
    text += "\nevening     in bed   unknown   s max    d         heat    fan\n";
    for night in &nights.nights {
        writeln!(
            text,
            "{}  {:>5.2} h  {:>5.2} h  {:>6.3}  {:>7.3}  {:>4} min {:>3} min",
            night.evening,
            night.occupied.as_hours(),
            night.unknown.as_hours(),
            night.acute_max.as_kelvin_hours(),
            night.dose.as_kelvin_hours(),
            night.heat.as_minutes(),
            night.fan.as_minutes()
        )
        .expect("text");
    }
    fresh("tests/recorded/summary.txt", &text);
}

/// Rooms without an in-bed sensor: absolute humidity rises by 1.0 g/m³ after somebody lay
/// down, and the room is never so warm or so damp that this alone would say it. In bed
/// from 22:00 to 07:00 it is 32 of the 137 nights, on 10 of them in a room that is warm
/// enough for a fan; in the shorter night assumed here it is fewer.
#[test]
fn of_the_signs_without_a_bed_sensor_only_breathed_air_shows() {
    let readings = recorded();
    let mut text = String::new();
    for sleep in [window((22, 0), (7, 0)), window((22, 30), (6, 45))] {
        let mut plan = plan(&readings);
        plan.bedrooms[0].sleep = sleep;
        let warm_enough = signs(&plan, &readings);
        let bedroom = &mut plan.bedrooms[0];
        bedroom.airflow.room_indirect = Temperature(-2000);
        bedroom.airflow.dose_start = KelvinHours::new(100.0);
        bedroom.airflow.dose_stop = KelvinHours::new(100.0);
        bedroom.cold_exposure.enabled = false;
        let all = signs(&plan, &readings);
        writeln!(text, "{sleep}: {all:?}, warm enough for a fan: {warm_enough:?}").expect("text");
    }
    fresh("tests/recorded/signs.txt", &text);
}

/// On how many nights which sign was why a fan ran.
fn signs(plan: &Plan, readings: &Readings) -> BTreeMap<String, usize> {
    let mut signs = BTreeMap::<String, BTreeSet<NaiveDate>>::new();
    let _ = play(plan, &readings.samples, None, &mut |decision| {
        let Action::Switch(command) = &decision.action else { return };
        if let Because::WarmRoom { sign, .. } = command.reason.because {
            signs.entry(format!("{sign:?}")).or_default().insert(decision.evening);
        }
    });
    signs.into_iter().map(|(sign, nights)| (sign, nights.len())).collect()
}

#[test]
fn a_battery_sensor_and_a_valve_lose_nothing() {
    let readings = recorded();
    let plan = plan(&readings);
    let thinned = thinned(&readings.samples);
    assert!(thinned.len() * 4 < readings.samples.len(), "{} messages", thinned.len());
    let whole = play(&plan, &readings.samples, None, &mut |_| {});
    let thin = play(&plan, &thinned, None, &mut |_| {});
    let unknown: Vec<_> = thin.nights.iter().filter(|night| night.unknown > Span::ZERO).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert_eq!(missed(&whole, &thin), [MARGINAL]);
}

#[test]
fn a_battery_sensor_and_a_switched_heater_are_unknown_only_after_45_minutes_of_heat() {
    let readings = recorded();
    let plan = switched(&readings);
    let thinned = thinned(&readings.samples);
    let whole = play(&plan, &readings.samples, None, &mut |_| {});
    let thin = play(&plan, &thinned, None, &mut |_| {});
    assert_eq!(missed(&whole, &thin), [MARGINAL]);
    minutes_unknown(&plan, &thinned);
}

/// The recorded room felt nothing of the heat that was called for, so it stood still for
/// longer than any heated room would.
#[test]
fn s1_no_sensor_of_the_recorded_room_is_taken_for_frozen() {
    let readings = recorded();
    for samples in [readings.samples.clone(), thinned(&readings.samples)] {
        for plan in [plan(&readings), switched(&readings)] {
            let mut frozen = Vec::new();
            let nights = play(&plan, &samples, None, &mut |decision| {
                if let Action::Notice(notice) = &decision.action
                    && matches!(notice.fault, Fault::Frozen { .. })
                {
                    frozen.push((decision.evening, decision.at));
                }
            });
            assert_eq!(nights.nights.len(), 137);
            assert_eq!(frozen, [], "taken for frozen on these evenings");
        }
    }
}

#[test]
fn the_picture_in_the_readme_is_this_night() {
    let readings = recorded();
    let evening: NaiveDate = SHOWN.parse().expect("a date");
    let nights = play(&plan(&readings), &readings.samples, Some(evening), &mut |_| {});
    fresh("docs/night.svg", &report::draw(&nights.picture.expect("the night is there")));
}

fn recorded() -> Readings {
    match history::read(MONS, &Options::default()).expect("it can be read") {
        Recording::Readings(readings) => readings,
        Recording::Events(_) => panic!("these are readings"),
    }
}

fn plan(readings: &Readings) -> Plan {
    let sleep = window((22, 30), (6, 45));
    let zone = readings.zone().expect("the rows tell it");
    let plan = usual(sleep, &zone).expect("a plan");
    fitted(&plan, &plan.bedrooms[0], &readings.samples).expect("there is a thermometer")
}

fn window(from: (u32, u32), to: (u32, u32)) -> Window {
    let time = |(h, m)| NaiveTime::from_hms_opt(h, m, 0).expect("a time");
    Window { from: time(from), to: time(to) }
}

/// The same bedroom with an electric panel behind a plug.
fn switched(readings: &Readings) -> Plan {
    let text = "
bedrooms:
  bedroom:
    sleep: 22:30-06:45
    sensors: { room: { zigbee2mqtt: Room }, outdoors: { zigbee2mqtt: Outdoors } }
    heater: { kind: panel, fixed: true, zigbee2mqtt: Plug }
";
    let parsed = parse(text, &Zoned(readings)).expect("a plan");
    fitted(&parsed.plan, &parsed.plan.bedrooms[0], &readings.samples).expect("a thermometer")
}

struct Zoned<'a>(&'a Readings);

impl Outside for Zoned<'_> {
    fn zone(&self, _name: &str) -> Option<uncramp::model::Zone> {
        None
    }
    fn system_zone(&self) -> Option<uncramp::model::Zone> {
        self.0.zone()
    }
    fn secret_file(&self, _path: &str) -> Result<String, String> {
        Err("no files here".to_owned())
    }
    fn env(&self, _name: &str) -> Option<String> {
        None
    }
    fn credential(&self, _name: &str) -> Option<String> {
        None
    }
}

/// The messages of a battery sensor: at ±0.5 °C or ±6 %, else hourly; one message holds
/// both values. Each sensor counts from its own last message.
fn thinned(samples: &[Sample]) -> Vec<Sample> {
    let mut kept = Vec::new();
    for place in [Place::Room, Place::Outdoors] {
        let mut last: Option<(i64, Vec<Value>)> = None;
        let own: Vec<&Sample> = samples.iter().filter(|sample| sample.place == place).collect();
        for message in own.chunk_by(|a, b| a.unix_ms == b.unix_ms) {
            let at = message[0].unix_ms;
            let values: Vec<Value> = message.iter().map(|sample| sample.value).collect();
            let due = last.as_ref().is_none_or(|(before, said)| {
                at - before >= Span::hours(1).0
                    || values.iter().zip(said).any(|(now, then)| changed(*now, *then))
            });
            if due {
                kept.extend(message.iter().map(|sample| **sample));
                last = Some((at, values));
            }
        }
    }
    kept.sort_by_key(|sample| sample.unix_ms);
    kept
}

fn changed(now: Value, then: Value) -> bool {
    match (now, then) {
        (Value::Temperature(now), Value::Temperature(then)) => (now - then).0.abs() >= 50,
        (Value::Humidity(now), Value::Humidity(then)) => (now.0 - then.0).abs() >= 600,
        _ => true,
    }
}

/// Looks at every minute of every night: where the temperature is unknown, the heater
/// was on for 45 min before that, and nothing was heard for 45 min.
fn minutes_unknown(plan: &Plan, samples: &[Sample]) {
    let wall = Wall { offset: samples[0].unix_ms, synchronised: true };
    let engine = Engine::new(plan.clone(), wall, Time::ZERO).without_learning();
    let mut stage = Stage::new(engine, Time::ZERO);
    let heater = ActuatorId(0);
    let timer = Wish::Timer { actuator: heater, works: true };
    stage.event(Time::ZERO, Event::Start, &mut |_, _| {});
    stage.event(Time::ZERO, Event::Wish { bedroom: BEDROOM, wish: timer }, &mut |_, _| {});
    let off = Item::Echo { actuator: heater, echo: Echo::Relay(false) };
    hear(&mut stage, Time::ZERO, off);
    let (mut heard, mut on_since, mut was_known, mut unknown) = (Time::ZERO, None, false, 0);
    for together in samples.chunk_by(|a, b| a.unix_ms == b.unix_ms) {
        let at = wall.time(together[0].unix_ms);
        let mut minute = Time(stage.now().0.div_euclid(60_000) * 60_000 + 60_000);
        while minute < at {
            stage.pass(minute, &mut |_, _| {});
            let seen = stage.engine().picture(BEDROOM, minute).expect("a bedroom");
            let lost = seen.room.is_none();
            if lost && was_known {
                unknown += 1;
                assert!(minute - heard >= Span::minutes(45), "heard only {} ago", minute - heard);
                let on = on_since.map(|since| minute.since(since));
                assert!(
                    on >= Some(Span::minutes(45)),
                    "on for {on:?}, lost after {}",
                    minute - heard
                );
            }
            if let Some(since) = seen.actuators[0].on_since {
                on_since = Some(since);
            }
            was_known = !lost;
            minute += Span::minutes(1);
        }
        for sample in together.iter().filter(|sample| sample.place == Place::Room) {
            heard = at;
            let (sensor, _) =
                plan.bedrooms[0].sensor(sample.place, sample.value.quantity()).expect("a sensor");
            let (value, measured) = (sample.value, Measured::WhenHeard);
            hear(&mut stage, at, Item::Reading { sensor, value, measured });
        }
    }
    assert!(unknown > 0, "the rule of 45 minutes was never tried");
}

fn hear(stage: &mut Stage, at: Time, item: Item) {
    let heard = Heard { items: smallvec![item], retained: false };
    stage.event(at, Event::Heard { bedroom: BEDROOM, heard }, &mut |_, _| {});
}

/// The nights that were heated by one replay and not by the other.
fn missed(one: &Nights, other: &Nights) -> Vec<String> {
    let (one, other) = (heated(one), heated(other));
    let apart = one.iter().filter(|night| !other.contains(night));
    apart
        .chain(other.iter().filter(|night| !one.contains(night)))
        .map(ToString::to_string)
        .collect()
}

fn heated(nights: &Nights) -> Vec<NaiveDate> {
    let heated = nights.nights.iter().filter(|night| night.heat > Span::ZERO);
    heated.map(|night| night.evening).collect()
}

fn summary(nights: &Nights) -> String {
    let all = &nights.nights;
    let hours = |of: fn(&report::Night) -> Span| all.iter().map(|n| of(n).as_hours()).sum::<f64>();
    let count = |of: fn(&report::Night) -> Span| all.iter().filter(|n| of(n) > Span::ZERO).count();
    let (heat, fan) = (|n: &report::Night| n.heat, |n: &report::Night| n.fan);
    let unknown = |n: &report::Night| n.unknown;
    format!(
        "{} nights\nheat on {} nights, {:.1} h\nfan on {} nights, {:.1} h\nunknown on {} nights, \
         {:.1} h\nreminders: {}\n",
        all.len(),
        count(heat),
        hours(heat),
        count(fan),
        hours(fan),
        count(unknown),
        hours(unknown),
        all.iter().map(|night| night.reminders).sum::<u32>()
    )
}

fn told(switch: &uncramp::model::Switch) -> &'static str {
    use uncramp::model::Switch;
    match switch {
        Switch::On { .. } => "on",
        Switch::Off => "off",
        Switch::SetPoint(value) if *value > report::HOUSEHOLD => "raised",
        Switch::SetPoint(_) => "handed back",
        Switch::Level(_) => "level",
        Switch::Feed(_) => "fed",
        Switch::OwnThermometer => "own thermometer",
    }
}

/// Compares with a file of the repository, or writes it with `UPDATE=1`.
fn fresh(path: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, now).expect("it can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "{} is stale; it is now:\n{now}", path.display());
}

//! Random bedrooms, as their owners would write them.

use std::fmt;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use uncramp::plan::{Plan, parse};

use crate::support;

/// A bedroom as text, printed as such where a property fails.
#[derive(Clone, PartialEq, Eq)]
pub struct Room(pub String);

impl Room {
    /// What the engine is told of it.
    pub fn plan(&self) -> Plan {
        support::plan_of(&self.0)
    }
}

impl fmt::Debug for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.0)
    }
}

const RADIATOR: &str = "kind: radiator";
const SWITCHED: &str = "kind: radiator, control: switch, hot_water: true";
const PUMP: &str = "kind: heat_pump";
const PANEL: &str = "kind: panel, fixed: true";
const BLANKET: &str = "kind: blanket";
const ALL_NIGHT: &str = "kind: blanket, all_night: true";
pub const PORTABLE: &str = "kind: portable";

/// Every kind of heater with every control, with and without a timer, a feed and an echo.
const HEATERS: [(&str, &str); 17] = [
    (RADIATOR, "command: {n}/set, state: {n}"),
    (RADIATOR, "command: {n}/set"),
    (RADIATOR, "command: {n}/set, state: {n}, audible: false"),
    (RADIATOR, "zigbee2mqtt: { device: {n}, model: sonoff-trvzb }"),
    (RADIATOR, FED),
    (SWITCHED, "zigbee2mqtt: {n}"),
    (SWITCHED, "command: {n}/set, state: {n}, lease: off, audible: true"),
    (PUMP, "command: {n}/set, state: {n}, audible: true"),
    (PUMP, "control: switch, command: {n}/set, state: {n}, lease: off, min_off: off"),
    (PANEL, "zigbee2mqtt: {n}"),
    (PANEL, "zigbee2mqtt: {n}, min_on: off, min_off: off, stretch: 1h, rest: 20m"),
    (PANEL, "command: {n}/set, state: {n}, confirm: off"),
    (PANEL, "command: {n}/set"),
    (BLANKET, "zigbee2mqtt: {n}"),
    (BLANKET, "command: {n}/set, stretch: 30m, min_on: off"),
    (ALL_NIGHT, "zigbee2mqtt: {n}"),
    (PORTABLE, "zigbee2mqtt: {n}"),
];

const FED: &str = "zigbee2mqtt: { device: {n}, setpoint: occupied_heating_setpoint, \
    feed: { property: external_temperature_input, select: temperature_sensor_select, \
    external: external, internal: internal } }";

const FANS: [&str; 6] = [
    "zigbee2mqtt: {n}",
    "zigbee2mqtt: {n}, direct: true",
    "zigbee2mqtt: {n}, levels: [low, medium, high], direct: true, speeds: [0.2, 0.4, 0.6]",
    "zigbee2mqtt: {n}, levels: [low, medium], min_on: off, min_off: off, audible: false",
    "command: {n}/set, direct: true, min_off: off",
    "command: {n}/set, state: {n}, confirm: off",
];

/// Heat and air are both to be had at 20 °C.
const WARM: &str = "fan: { command: fan/set, state: fan, direct: true, min_on: off, min_off: off }
airflow: { room_direct: 19 °C, room_indirect: 18 °C, room_warm: 20 °C, room_damp: 18 °C }";

const OPTIONS: [&str; 12] = [
    "mode: watch",
    "audible_changes: off",
    "audible_changes: 1",
    "cold_exposure: { ramp: off, prewarm: off }",
    "cold_exposure: { available: 05:30-22:00 }",
    "cold_exposure: { reference: usual, window_guess: off }",
    "cold_exposure: { reference: 19.5 °C, act: 0.6 K·h, empty_after: 30m }",
    "cold_exposure: { thermostat: { start_below: 17.5 °C, stop_above: 18.5 °C } }",
    "airflow: { room_direct: 22 °C, room_indirect: 20 °C, room_warm: 22 °C, room_damp: 21 °C }",
    "occupancy: { in_after: off, out_after: off }",
    "readings: { jump: off, most_silence: 60m, heated_silence: 30m }",
    "hydration: { goal: 3 L, apart: 1h15m, unlogged_a_day: 3 }",
];

const SENSORS: [&str; 6] = [
    "bed: { zigbee2mqtt: Feet }",
    "in_bed: { topic: mat }",
    "in_bed: [{ topic: left }, { topic: right }]",
    "window: { topic: window }",
    "outdoors: { topic: garden }",
    "co2: { topic: co2 }",
];

const PEOPLE: [&str; 8] = [
    "{ conditions: [], conditions_confirmed: 2026-01 }",
    "{ conditions: [], conditions_confirmed: 2025-11, sex: male }",
    "{ born: 1950, conditions: [], conditions_confirmed: 2026-01 }",
    "{ born: 1980 }",
    "{ conditions: [heart_failure], conditions_confirmed: 2026-01 }",
    "{ conditions: [dont_know], conditions_confirmed: 2026-01 }",
    "{ conditions: [diabetes], conditions_confirmed: 2026-01 }",
    "{ born: 2024, conditions: [], conditions_confirmed: 2026-01 }",
];

/// People for whom heated bedding may lie in the bed all night.
const UNLOCKED: usize = 3;

/// Any bedroom that `uncramp check` has no complaint about.
pub fn any_room() -> impl Strategy<Value = Room> {
    rooms(subsequence(HEATERS.to_vec(), 0..=3))
}

/// A bedroom with one such heater among others.
pub fn room_with(kind: &'static str) -> impl Strategy<Value = Room> {
    let of_kind: Vec<_> = HEATERS.iter().filter(|(k, _)| *k == kind).copied().collect();
    let heaters = (select(of_kind), subsequence(HEATERS.to_vec(), 0..=1));
    rooms(heaters.prop_map(|(first, more)| [vec![first], more].concat()))
}

/// A bedroom with a blanket that may stay on all night.
pub fn room_with_all_night() -> impl Strategy<Value = Room> {
    room_with(BLANKET)
        .prop_map(|Room(text)| {
            let bed = "  bed: { zigbee2mqtt: Feet }";
            let other = |line: &&str| {
                *line != bed && !line.starts_with("sleepers:") && !line.starts_with("baby:")
            };
            let mut lines: Vec<&str> = text.lines().filter(other).collect();
            lines.insert(3, bed);
            let text = lines.join("\n").replace("kind: blanket,", &format!("{ALL_NIGHT},"));
            Room(format!("{text}\nsleepers: {{ a: {} }}", PEOPLE[0]))
        })
        .prop_filter("a bedroom with a fault", is_sound)
}

/// A bedroom with a heater and a fan that blows at the bed, warm enough for both.
pub fn room_with_direct_fan() -> impl Strategy<Value = Room> {
    room_with_any_heater()
        .prop_map(|Room(text)| {
            let own = ["fans:", "  f", "airflow:", "cold_exposure:"];
            let other = |line: &&str| !own.iter().any(|own| line.starts_with(own));
            let kept: Vec<&str> = text.lines().filter(other).collect();
            Room(format!("{}\n{WARM}", kept.join("\n")))
        })
        .prop_filter("a bedroom with a fault", is_sound)
}

/// A bedroom where somebody sleeps of whom this is said.
pub fn room_of(person: &'static str) -> impl Strategy<Value = Room> {
    any_room()
        .prop_map(move |Room(text)| {
            let kept: Vec<_> = text.lines().filter(|line| !line.contains("sleepers:")).collect();
            let kept: Vec<_> =
                kept.into_iter().filter(|line| !line.contains("all_night")).collect();
            Room(format!("{}\nsleepers: {{ a: {person} }}", kept.join("\n")))
        })
        .prop_filter("a bedroom with a fault", is_sound)
}

/// A bedroom with something that heats.
pub fn room_with_any_heater() -> impl Strategy<Value = Room> {
    rooms(subsequence(HEATERS.to_vec(), 1..=2))
}

/// Whether `uncramp check` has nothing against it.
fn is_sound(Room(text): &Room) -> bool {
    let bedroom: String = text.lines().map(|line| format!("    {line}\n")).collect();
    let text = format!("mqtt: embedded\nbedrooms:\n  bedroom:\n{bedroom}");
    parse(&text, &support::Made).is_ok()
}

fn rooms(
    heaters: impl Strategy<Value = Vec<(&'static str, &'static str)>>,
) -> impl Strategy<Value = Room> {
    let sleeps = select(vec!["22:30-06:45", "20:00-09:30", "23:30-05:00", "09:00-16:30"]);
    let fans = subsequence(FANS.to_vec(), 0..=2);
    let options = subsequence(OPTIONS.to_vec(), 0..=2);
    let sensors = subsequence(SENSORS.to_vec(), 0..=5);
    let people = subsequence(PEOPLE.to_vec(), 0..=2);
    (sleeps, heaters, fans, options, sensors, people, prop::bool::weighted(0.1))
        .prop_map(|(sleep, heaters, fans, options, sensors, people, baby)| {
            Room(written(sleep, &heaters, &fans, &options, &sensors, &people, baby))
        })
        .prop_filter("a bedroom with a fault", is_sound)
}

fn written(
    sleep: &str,
    heaters: &[(&str, &str)],
    fans: &[&str],
    options: &[&str],
    sensors: &[&str],
    people: &[&str],
    baby: bool,
) -> String {
    let mut lines = vec![format!("sleep: {sleep}"), "sensors:".to_owned()];
    lines.push("  room: { zigbee2mqtt: Climate }".to_owned());
    lines.extend(one_for_each_key(sensors).map(|sensor| format!("  {sensor}")));
    let bed = sensors.iter().any(|sensor| sensor.starts_with("bed:"));
    let unlocked = !people.is_empty() && people.iter().all(|p| PEOPLE[..UNLOCKED].contains(p));
    let mut named = Vec::new();
    for (n, (kind, device)) in heaters.iter().enumerate() {
        let kind = if *kind == ALL_NIGHT && (baby || !(bed && unlocked)) { BLANKET } else { kind };
        named.push(format!("  h{n}: {{ {kind}, {} }}", device.replace("{n}", &format!("h{n}"))));
    }
    if !named.is_empty() {
        lines.push("heaters:".to_owned());
        lines.append(&mut named);
    }
    if !fans.is_empty() {
        lines.push("fans:".to_owned());
        let fan = |(n, fan): (usize, &&str)| {
            format!("  f{n}: {{ {} }}", fan.replace("{n}", &format!("f{n}")))
        };
        lines.extend(fans.iter().enumerate().map(fan));
    }
    lines.extend(one_for_each_key(options).map(str::to_owned));
    if !people.is_empty() {
        let person = |(n, person): (usize, &&str)| format!("p{n}: {person}");
        let people: Vec<_> = people.iter().enumerate().map(person).collect();
        lines.push(format!("sleepers: {{ {} }}", people.join(", ")));
    }
    if baby {
        lines.push("baby: true".to_owned());
    }
    lines.join("\n")
}

/// The same key cannot be written twice: the first stands.
fn one_for_each_key<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let key = |line: &'a str| line.split(':').next();
    lines
        .iter()
        .enumerate()
        .filter(move |(n, line)| !lines[..*n].iter().any(|other| key(other) == key(line)))
        .map(|(_, line)| *line)
}

//! What the fuzzers feed: every part of uncramp that reads what others wrote.
//!
//! The first byte of an input chooses a topic, the rest is its payload. Nothing may panic, hang
//! or take memory without bound; `engine` also holds some promises of DESIGN §6 by themselves.

use std::sync::OnceLock;

use uncramp::engine::{Action, Engine, Event};
use uncramp::history;
use uncramp::model::{BedroomId, Language, Span, Switch, Time, Wall, Zone};
use uncramp::plan::{Hazard, Kind, Outside, Plan, parse};
use uncramp::surface::{self, Request};
use uncramp::survey::Survey;
use uncramp::wire::zigbee2mqtt::{Names, list_of};
use uncramp::wire::{Decoded, Topics};

/// A device family, by a bedroom that has one of each of its devices.
pub struct Family {
    bedroom: &'static str,
    heard: OnceLock<(Topics, Vec<String>)>,
}

impl Family {
    const fn of(bedroom: &'static str) -> Self {
        Self { bedroom, heard: OnceLock::new() }
    }

    /// Decodes one message of it.
    pub fn decode(&self, data: &[u8]) {
        let (topics, names) = self.heard.get_or_init(|| {
            let topics = plan_of(self.bedroom).topics();
            let names = topics.filters().iter().map(|it| it.replace('+', "any")).collect();
            (topics, names)
        });
        let Some((choice, payload)) = data.split_first() else { return };
        let topic = &names[usize::from(choice >> 1) % names.len()];
        let decoded = topics.decode(topic, payload, choice & 1 == 1);
        assert_ne!(decoded, Decoded::NotOurs, "{topic} is listened to");
    }
}

/// `wire::plain`.
pub static PLAIN: Family = Family::of(
    "sensors:
      room: { topic: r, time_path: at, availability: a, temperature: { path: b.t }, humidity: { path: h } }
      bed: { topic: bed, unit: fahrenheit }
      in_bed: [{ topic: mat, path: p, inverted: true }, { topic: mat2 }]
      window: { topic: w, path: o }
      co2: { topic: co2, path: c }
    heaters:
      panel: { kind: panel, fixed: true, command: p/set, state: p, state_path: relay }
      valve: { kind: radiator, hot_water: true, control: setpoint, command: v/set, state: v }
    fan: { command: f/set, state: f, levels: 3, payload_on: '{}' }",
);

/// `wire::zigbee2mqtt`.
pub static ZIGBEE2MQTT: Family = Family::of(
    "sensors:
      room: { zigbee2mqtt: Room }
      bed: { zigbee2mqtt: Bed }
      in_bed: { zigbee2mqtt: Mat }
      window: { zigbee2mqtt: Window }
    heaters:
      panel: { kind: panel, fixed: true, zigbee2mqtt: Panel }
      double: { kind: radiator, control: switch, hot_water: true, zigbee2mqtt: { device: Double, endpoint: l2 } }
      valve: { kind: radiator, hot_water: true, zigbee2mqtt: { device: Valve, model: sonoff-trvzb } }
    fans:
      modes: { zigbee2mqtt: Fan, levels: [low, medium, high] }
      speeds: { zigbee2mqtt: Fan2, levels: [33, 66, 100] }",
);

/// `wire::tasmota`.
pub static TASMOTA: Family = Family::of(
    "sensors:
      room: { tasmota: tasmota_1A2B3C }
      bed: { tasmota: { device: bed, sensor: DS18B20-1 } }
    heater: { kind: panel, fixed: true, tasmota: panel }
    fan: { tasmota: ifan, levels: 3 }",
);

/// `wire::shelly`.
pub static SHELLY: Family = Family::of(
    "sensors:
      room: { shelly: shellyplusht-b8d61a8b17cc }
      bed: { shelly: { device: shellyht-1A2B3C, generation: 1 } }
    heaters:
      first: { kind: panel, fixed: true, shelly: { device: shellyplug-s-DB2A7C, generation: 1 } }
      later: { kind: panel, fixed: true, shelly: shellyplus1pm-7c87ce65bd9c }",
);

/// `wire::esphome`.
pub static ESPHOME: Family = Family::of(
    "sensors:
      room: { esphome: node/sensor/temperature }
      in_bed: { esphome: node/binary_sensor/mat }
    heaters:
      panel: { kind: panel, fixed: true, esphome: node/switch/panel }
      climate: { kind: heat_pump, esphome: node/climate/heat_pump }
    fan: { esphome: node/fan/fan, levels: 3 }",
);

/// `wire::theengs`.
pub static THEENGS: Family = Family::of(
    "sensors:
      room: { theengs: 'A4:C1:38:01:23:45' }
      in_bed: { theengs: 'A4:C1:38:01:23:46' }",
);

/// `wire::statestream`.
pub static STATESTREAM: Family = Family::of(
    "sensors:
      room: { statestream: sensor.bedroom_temperature }
      in_bed: { statestream: binary_sensor.mat }",
);

/// `wire::home_assistant`.
pub static HOME_ASSISTANT: Family = Family::of(
    "sensors:
      room: { home_assistant: sensor.bedroom_temperature }
      in_bed: { home_assistant: binary_sensor.mat }
    heaters:
      climate: { kind: heat_pump, home_assistant: climate.bedroom }
      panel: { kind: panel, fixed: true, home_assistant: switch.panel }
    fan: { home_assistant: fan.bedroom, levels: 3 }",
);

/// Zigbee2MQTT's list of its devices.
pub fn names(data: &[u8]) {
    let mut names = Names::default();
    let heard = names.hear(&list_of("zigbee2mqtt"), data);
    assert!(heard.is_some(), "it is the topic of a list");
}

/// What uncramp may be told on its own topics.
pub fn surface(data: &[u8]) {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    let plan = PLAN.get_or_init(|| plan_of(MIXED));
    let Some((choice, payload)) = data.split_first() else { return };
    let topic = told(usize::from(choice >> 1));
    let asked = surface::decode(plan, Time(0), Wall::default(), &topic, payload, choice & 1 == 1);
    if let Some(Err(refused)) = asked {
        for language in Language::ALL {
            assert!(!refused.sentence(language).is_empty(), "a refusal says why");
        }
        let id = refused.asker.map(|asker| asker.id);
        assert!(id.is_none_or(|id| (1..=64).contains(&id.chars().count())), "an id has bounds");
    }
}

/// What devices announce of themselves.
pub fn survey(data: &[u8]) {
    const TOPICS: [&str; 12] = [
        "zigbee2mqtt/bridge/devices",
        "zigbee2mqtt/bridge/groups",
        "zigbee2mqtt/Room",
        "tasmota/discovery/1A2B3C/config",
        "tasmota/discovery/1A2B3C/sensors",
        "shellyplusht-b8d61a8b17cc/events/rpc",
        "shellies/announce",
        "homeassistant/sensor/node/temperature/config",
        "homeassistant/device/node/config",
        "home/gateway/BTtoMQTT/A4C138012345",
        "esphome/discover/node",
        "node/sensor/temperature/state",
    ];
    let mut survey = Survey::default();
    for row in data.split(|byte| *byte == b'\n') {
        let Some((choice, payload)) = row.split_first() else { continue };
        survey.hear(TOPICS[usize::from(*choice) % TOPICS.len()], payload);
    }
    assert!(survey.candidates().len() <= data.len(), "one for each announcement at most");
}

/// The configuration.
pub fn plan(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(complaints) = parse(text, &Outdoors) {
        assert!(!complaints.is_empty(), "whoever is refused is told why");
    }
}

/// Recordings, tables of readings and Home Assistant's downloads.
pub fn history(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(problems) = history::read(text, &history::Options::default()) {
        assert!(!problems.is_empty(), "whoever is refused is told why");
    }
}

/// Any sequence of events, as messages and wishes: a byte that chooses what happens, one how
/// long after the last, one how long its payload is, and the payload.
pub fn engine(data: &[u8]) {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    let plan = PLAN.get_or_init(|| plan_of(MIXED));
    let topics = plan.topics();
    let heard = topics.filters();
    let wall = Wall { offset: 1_790_000_000_000, synchronised: true };
    let mut now = Time(1_000_000);
    let mut engine = Engine::new(plan.clone(), wall, now);
    let mut rest = data;
    while let [what, after, length, more @ ..] = rest {
        let (payload, later) = more.split_at(usize::from(*length).min(more.len()));
        rest = later;
        now = now + Span(i64::from(*after) * i64::from(*after) * 100);
        let mut actions = Vec::new();
        for event in events(*what, payload, plan, &topics, &heard, now, engine.wall()) {
            actions.extend(engine.handle(now, event));
        }
        actions.extend(engine.handle(now, Event::Tick));
        hold(&actions, plan, &engine, now);
    }
    let saved = engine.save(BedroomId(0));
    let mut again = Engine::new(plan.clone(), engine.wall(), now);
    again.load(&plan.bedrooms[0].name, &saved).expect("its own state is read again");
    assert_eq!(again.save(BedroomId(0)), saved, "it is the same state");
}

const MIXED: &str = "sleepers: { anna: { born: 1955, conditions: [], conditions_confirmed: 2026-08 } }
    sensors:
      room: { topic: r, temperature: { path: t }, humidity: { path: h } }
      bed: { topic: b, temperature: { path: t }, humidity: { path: h } }
      in_bed: { topic: mat }
      window: { topic: w }
    heaters:
      panel: { kind: panel, fixed: true, zigbee2mqtt: Panel }
      blanket: { kind: blanket, zigbee2mqtt: Blanket }
      portable: { kind: portable, zigbee2mqtt: Portable }
      valve: { kind: radiator, hot_water: true, zigbee2mqtt: { device: Valve, model: sonoff-trvzb } }
    fan: { zigbee2mqtt: Fan, levels: [low, high] }";

fn events(
    what: u8,
    payload: &[u8],
    plan: &Plan,
    topics: &Topics,
    heard: &[String],
    now: Time,
    wall: Wall,
) -> Vec<Event> {
    let choice = usize::from(what);
    match what {
        0..=159 => match topics.decode(&heard[choice % heard.len()], payload, false) {
            Decoded::NotOurs => Vec::new(),
            Decoded::Heard(list) => {
                let event = |(bedroom, heard)| Event::Heard { bedroom, heard };
                list.into_iter().map(event).collect()
            }
        },
        160..=219 => {
            let asked = surface::decode(plan, now, wall, &told(choice), payload, false);
            match asked {
                Some(Ok(Request::Tell(event))) => vec![event],
                Some(Ok(Request::Answer { asker, wish })) => {
                    vec![Event::Wish { bedroom: asker.bedroom, wish }]
                }
                Some(Ok(Request::Change { .. }) | Err(_)) | None => Vec::new(),
            }
        }
        220..=227 => vec![Event::Link { up: what % 2 == 0 }],
        228..=231 => vec![Event::Gap],
        232..=235 => vec![Event::Start],
        236..=239 => vec![Event::Plan(Box::new(plan.clone()))],
        240..=247 => {
            let by = payload.first().map_or(0, |byte| (i64::from(*byte) - 128) * 600_000);
            vec![Event::Clock(Wall { offset: wall.offset + by, synchronised: what % 2 == 0 })]
        }
        248..=255 => vec![Event::Tick],
    }
}

/// Promises that a single answer of the engine can break.
fn hold(actions: &[Action], plan: &Plan, engine: &Engine, now: Time) {
    assert!(actions.len() < 10_000, "{} answers at once", actions.len());
    assert!(engine.wake().is_none_or(|wake| wake.at > now), "a wake that is past");
    for command in actions.iter().filter_map(|action| match action {
        Action::Switch(command) => Some(command),
        _ => None,
    }) {
        let actuator = &plan.bedrooms[0].actuators[usize::from(command.actuator.0)];
        let on = matches!(command.switch, Switch::On { .. });
        let portable = matches!(actuator.kind, Kind::Heater { hazard: Hazard::Portable, .. });
        assert!(!(portable && on), "S4: a portable heater is never switched on: {command:?}");
        assert!(command.valid_until > Time(0), "S9: every command has an end: {command:?}");
    }
}

fn told(choice: usize) -> String {
    const CONTROLS: [&str; 20] = [
        "drink/set",
        "mode/set",
        "override/set",
        "away/set",
        "house/set",
        "baby/set",
        "pause/set",
        "shift/set",
        "cramp/set",
        "done/set",
        "snooze/set",
        "say/set",
        "reference/set",
        "timer/set",
        "announce/ack",
        "warmth/set",
        "fan/set",
        "heater/set",
        "nothing/set",
        "ceiling/set",
    ];
    match choice % (CONTROLS.len() + 2) {
        n if n < CONTROLS.len() => format!("uncramp/bedroom/{}", CONTROLS[n]),
        n if n == CONTROLS.len() => "hermes/tts/sayFinished".to_owned(),
        _ => "uncramp/bedroom/tell/set".to_owned(),
    }
}

fn plan_of(bedroom: &str) -> Plan {
    let text = format!(
        "timezone: Europe/Brussels\nmqtt: {{ host: h }}\nbedrooms:\n  bedroom:\n    \
         sleep: 22:30-06:45\n    {bedroom}\n"
    );
    match parse(&text, &Outdoors) {
        Ok(parsed) => parsed.plan,
        Err(complaints) => panic!("{complaints:#?}"),
    }
}

/// One zone, and the year 2026.
struct Outdoors;

impl Outside for Outdoors {
    fn zone(&self, name: &str) -> Option<Zone> {
        let changes = vec![(1_774_746_000, 7200), (1_792_890_000, 3600)];
        (name == "Europe/Brussels").then(|| Zone { name: name.to_owned(), first: 3600, changes })
    }
    fn system_zone(&self) -> Option<Zone> {
        self.zone("Europe/Brussels")
    }
    fn secret_file(&self, _path: &str) -> Result<String, String> {
        Err("there are no files here".to_owned())
    }
    fn env(&self, _name: &str) -> Option<String> {
        None
    }
    fn credential(&self, _name: &str) -> Option<String> {
        None
    }
    fn month(&self) -> Option<(i32, u32)> {
        Some((2026, 9))
    }
}

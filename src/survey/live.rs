//! What the devices that were found say now, read as the daemon will read it.

use std::fmt::Write as _;

use super::{Candidate, Offer, What};
use crate::model::{ActuatorId, BedroomId, Echo, Item, Language, SensorId, Value, Zone};
use crate::plan::{Bedroom, Outside, parse};
use crate::speech::Numbers;
use crate::wire::zigbee2mqtt::Names;
use crate::wire::{Decoded, Topics};

/// Values of devices as they come in.
#[derive(Debug, Default)]
pub struct Live {
    topics: Topics,
    numbers: Numbers,
    /// By candidate and offer.
    values: Vec<Vec<Option<String>>>,
}

impl Live {
    /// Listens to everything that these devices offer, by the names that they have now, and
    /// shows it so.
    #[must_use]
    pub fn new(candidates: &[Candidate], names: &Names, numbers: Numbers) -> Self {
        let mut topics = Topics::default();
        for (id, candidate) in (0..).map(BedroomId).zip(candidates) {
            for (number, offer) in (0..=u8::MAX).zip(&candidate.offers) {
                let Some(bedroom) = bedroom_with(offer) else { continue };
                if let Some(actuator) = bedroom.actuators.first() {
                    topics.actuator(id, ActuatorId(number), &actuator.device.named(names));
                } else if let Some(sensor) = bedroom.sensors.first() {
                    let (place, quantity) = (sensor.place, sensor.quantity);
                    let source = sensor.source.named(names);
                    topics.sensor(id, SensorId(number), place, quantity, &source);
                }
            }
        }
        let values = candidates.iter().map(|it| vec![None; it.offers.len()]).collect();
        Self { topics, numbers, values }
    }

    /// The topics on which they speak.
    #[must_use]
    pub fn filters(&self) -> Vec<String> {
        self.topics.filters()
    }

    /// Takes in a message. Returns the devices whose values are others now, by their place
    /// among the candidates.
    pub fn hear(&mut self, topic: &str, payload: &[u8], retained: bool) -> Vec<usize> {
        let Decoded::Heard(heard) = self.topics.decode(topic, payload, retained) else {
            return Vec::new();
        };
        let mut changed = Vec::new();
        for (id, heard) in heard {
            let Ok(place) = usize::try_from(id.0) else { continue };
            for item in &heard.items {
                let Some((offer, text)) = said(item, self.numbers) else { continue };
                let known = self.values.get_mut(place).and_then(|list| list.get_mut(offer));
                let Some(known) = known.filter(|known| known.as_ref() != Some(&text)) else {
                    continue;
                };
                *known = Some(text);
                if !changed.contains(&place) {
                    changed.push(place);
                }
            }
        }
        changed
    }

    /// What a device says, in a few words; empty while nothing was heard of it.
    #[must_use]
    pub fn text(&self, place: usize) -> String {
        let Some(values) = self.values.get(place) else { return String::new() };
        let mut text = String::new();
        for value in values.iter().flatten() {
            let gap = if text.is_empty() { "" } else { ", " };
            let written = write!(text, "{gap}{value}");
            debug_assert!(written.is_ok(), "a string takes everything");
        }
        text
    }
}

/// Whether uncramp can be told to listen to it, or to switch it.
pub(super) fn is_understood(offer: &Offer) -> bool {
    bedroom_with(offer).is_some()
}

/// What is wrong with one line of a bedroom, and what to do; none if it is right.
#[must_use]
pub fn fault_in(line: &str) -> Option<String> {
    let complaints = parse(&house_with(line), &Nowhere).err()?;
    let complaint = complaints.into_iter().find(|complaint| !complaint.warning)?;
    Some(match complaint.hint {
        Some(hint) => format!("{}: {hint}", complaint.what),
        None => complaint.what,
    })
}

/// A bedroom that has nothing but this.
fn bedroom_with(offer: &Offer) -> Option<Bedroom> {
    let keys = &offer.keys;
    let line = match offer.what {
        What::Temperature => format!("sensors: {{ outdoors: {{ temperature: {keys} }} }}"),
        What::Humidity => format!("sensors: {{ outdoors: {{ humidity: {keys} }} }}"),
        What::Co2 => format!("sensors: {{ co2: {keys} }}"),
        What::Presence => format!("sensors: {{ in_bed: {keys} }}"),
        What::Contact => format!("sensors: {{ window: {keys} }}"),
        What::Relay | What::Fan => format!("sensors: {{ room: {{ topic: x }} }}\n    fan: {keys}"),
        What::SetPoint => {
            let inner = keys.clone().and("kind", "radiator");
            format!("sensors: {{ room: {{ topic: x }} }}\n    heater: {inner}")
        }
    };
    let parsed = parse(&house_with(&line), &Nowhere).ok()?;
    parsed.plan.bedrooms.into_iter().next()
}

/// Whether uncramp speaks that language, by its word in the configuration.
#[must_use]
pub fn speaks(language: &str) -> bool {
    let house = house_with("sensors: { room: { topic: x } }");
    let said = format!("language: {}\n{house}", super::keys::quoted(language));
    parse(&said, &Nowhere).is_ok()
}

fn house_with(line: &str) -> String {
    let sleep = if line.starts_with("sleep:") { "" } else { "    sleep: 22:30-06:45\n" };
    format!("bedrooms:\n  bedroom:\n{sleep}    {line}\n")
}

/// What an item says, and of which offer.
fn said(item: &Item, numbers: Numbers) -> Option<(usize, String)> {
    let word = |english, german| in_words(numbers.language, english, german);
    match item {
        Item::Reading { sensor, value, .. } => {
            Some((usize::from(sensor.0), reading(*value, numbers)))
        }
        Item::Echo { actuator, echo } => {
            let text = match echo {
                Echo::Relay(true) => word("on", "an"),
                Echo::Relay(false) | Echo::Level(0) => word("off", "aus"),
                Echo::Level(level) => format!("{} {level}", word("level", "Stufe")),
                Echo::SetPoint(to) => {
                    format!("{} {}", word("set to", "Soll"), numbers.degrees(*to))
                }
                Echo::Speed(_)
                | Echo::OwnTemperature(_)
                | Echo::Power(_)
                | Echo::Running(_)
                | Echo::AfterPowerCut(_) => return None,
            };
            Some((usize::from(actuator.0), text))
        }
        Item::Garbled { .. }
        | Item::SensorOnline { .. }
        | Item::ActuatorOnline { .. }
        | Item::SensorBattery { .. }
        | Item::ActuatorBattery { .. }
        | Item::Courier { .. }
        | Item::Repeats => None,
    }
}

fn reading(value: Value, numbers: Numbers) -> String {
    let word = |english, german| in_words(numbers.language, english, german);
    match value {
        Value::Temperature(temperature) => numbers.degrees(temperature),
        Value::Humidity(humidity) => format!("{:.0} %", humidity.as_percent()),
        Value::Co2(co2) => format!("{} ppm", co2.0),
        Value::Occupied(true) => word("somebody there", "jemand da"),
        Value::Occupied(false) => word("nobody there", "niemand da"),
        Value::Open(true) => word("open", "offen"),
        Value::Open(false) => word("closed", "zu"),
    }
}

fn in_words(language: Language, english: &str, german: &str) -> String {
    match language {
        Language::English => english,
        Language::German => german,
    }
    .to_owned()
}

/// Neither files nor a clock: nothing that is asked here depends on them.
struct Nowhere;

impl Outside for Nowhere {
    fn zone(&self, _name: &str) -> Option<Zone> {
        Some(Zone::utc())
    }

    fn system_zone(&self) -> Option<Zone> {
        Some(Zone::utc())
    }

    fn secret_file(&self, _path: &str) -> Result<String, String> {
        Ok(String::new())
    }

    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn credential(&self, _name: &str) -> Option<String> {
        None
    }
}

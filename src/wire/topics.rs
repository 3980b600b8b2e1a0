//! Which topic concerns which sensors and actuators of which bedrooms.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use super::dialect::Part;
use super::gateways::Gateways;
use super::sensor::{Sensor, Wanted};
use super::words::online;
use super::{Device, HOME_ASSISTANT, Source};
use crate::model::{ActuatorId, BedroomId, Garble, Heard, Item, Place, Quantity, SensorId};

/// Payloads above this are dropped and counted: 256 KiB.
pub const LONGEST: usize = 256 * 1024;

/// Everything that is listened to, by topic. Built once, bedroom by bedroom, in the
/// plan's order.
#[derive(Debug, Clone, Default)]
pub struct Topics {
    routes: HashMap<String, Routes>,
    filters: Vec<(BedroomId, Vec<String>)>,
    /// Which levels of a topic are `+` in the filters that have any.
    shapes: Vec<Vec<usize>>,
    /// Where Home Assistant says that it starts and stops, if not at its usual place.
    birth: Option<String>,
    /// Which gateways hear which sensors.
    gateways: Gateways,
}

/// What a message meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// Nobody listens to this topic.
    NotOurs,
    /// What it meant for each bedroom it means something for, in the plan's order;
    /// empty if it says nothing that anybody asked for.
    Heard(SmallVec<[(BedroomId, Heard); 1]>),
}

/// Who listens to a topic: nearly always one.
type Routes = SmallVec<[Route; 1]>;

#[derive(Debug, Clone)]
struct Route {
    bedroom: BedroomId,
    meaning: Meaning,
}

#[derive(Debug, Clone)]
enum Meaning {
    /// A sensor's values, by the topic of that number in its family.
    Sensor(SensorId, u8, Arc<Sensor>),
    /// An actuator's state, likewise.
    Actuator(ActuatorId, u8, Arc<Device>),
    /// A sensor's availability.
    SensorOnline(SensorId),
    /// The availability of a gateway that may hear a sensor.
    Gateway(SensorId, Arc<Sensor>),
    /// An actuator's availability.
    ActuatorOnline(ActuatorId),
    /// The battery of the device that has this sensor, by the topic of that number.
    SensorBattery(SensorId, u8, Arc<Sensor>),
    /// The battery of an actuator, likewise.
    ActuatorBattery(ActuatorId, u8, Arc<Device>),
    /// The start of something that makes devices or gateways repeat themselves.
    Repeats,
    /// The availability of Home Assistant, by which alone a sensor is heard.
    Courier(SensorId),
}

impl Topics {
    /// Nothing is listened to yet; Home Assistant says on `birth` that it starts and stops.
    #[must_use]
    pub fn with_birth(birth: &str) -> Self {
        Self { birth: Some(birth.to_owned()), ..Self::default() }
    }

    /// Listens to a sensor.
    pub fn sensor(
        &mut self,
        bedroom: BedroomId,
        id: SensorId,
        place: Place,
        quantity: Quantity,
        source: &Source,
    ) {
        let wanted = Wanted { place, quantity };
        let sensor = Arc::new(Sensor { source: source.clone(), wanted });
        for line in source.family().lines() {
            let meaning = match line.part {
                Part::Says(number) => Meaning::Sensor(id, number, Arc::clone(&sensor)),
                Part::Online => Meaning::SensorOnline(id),
                Part::Gateway => Meaning::Gateway(id, Arc::clone(&sensor)),
                Part::Repeats => Meaning::Repeats,
                Part::Courier => Meaning::Courier(id),
            };
            self.add(bedroom, &line.topic, meaning);
            if let Part::Says(number) = line.part
                && source.family().tells_battery(number)
            {
                let meaning = Meaning::SensorBattery(id, number, Arc::clone(&sensor));
                self.add(bedroom, &line.topic, meaning);
            }
        }
    }

    /// Listens to what an actuator says of itself.
    pub fn actuator(&mut self, bedroom: BedroomId, id: ActuatorId, device: &Device) {
        let device = Arc::new(device.clone());
        for line in device.family().lines() {
            let meaning = match line.part {
                Part::Says(number) => Meaning::Actuator(id, number, Arc::clone(&device)),
                Part::Online | Part::Gateway | Part::Courier => Meaning::ActuatorOnline(id),
                Part::Repeats => Meaning::Repeats,
            };
            self.add(bedroom, &line.topic, meaning);
            if let Part::Says(number) = line.part
                && device.family().tells_battery(number)
            {
                let meaning = Meaning::ActuatorBattery(id, number, Arc::clone(&device));
                self.add(bedroom, &line.topic, meaning);
            }
        }
    }

    /// Every topic to subscribe to, once, the first bedroom's first; `+` stands for one
    /// level in some.
    #[must_use]
    pub fn filters(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        let all = self.filters.iter().flat_map(|(_, topics)| topics);
        all.filter(|topic| seen.insert(topic.as_str())).cloned().collect()
    }

    /// The topics one bedroom needs, also those that others need too. Gateways come
    /// first, since what one keeps of itself is less than what it keeps of a device.
    #[must_use]
    pub fn filters_of(&self, bedroom: BedroomId) -> &[String] {
        let place = self.filters.iter().find(|(of, _)| *of == bedroom);
        place.map_or(&[], |(_, topics)| topics.as_slice())
    }

    /// Takes note of who speaks, before it is decoded what that means: a device that several
    /// gateways hear is gone once all of them are.
    pub fn note(&mut self, topic: &str, payload: &[u8], retained: bool) {
        let Some(routes) = routes_of(&self.routes, &self.shapes, topic) else { return };
        for Route { bedroom, meaning } in routes {
            match meaning {
                Meaning::Sensor(id, _, sensor) => {
                    if let Some(gateway) = sensor.source.family().gateway(topic) {
                        self.gateways.spoke((*bedroom, *id), gateway, retained);
                    }
                }
                Meaning::Gateway(id, sensor) => {
                    let said = text(payload).ok().and_then(online);
                    let gateway = sensor.source.family().gateway(topic);
                    if let (Some(gateway), Some(online)) = (gateway, said) {
                        self.gateways.said((*bedroom, *id), gateway, online);
                    }
                }
                Meaning::Actuator(..)
                | Meaning::SensorOnline(_)
                | Meaning::ActuatorOnline(_)
                | Meaning::SensorBattery(..)
                | Meaning::ActuatorBattery(..)
                | Meaning::Courier(_)
                | Meaning::Repeats => {}
            }
        }
    }

    /// Goes on with what was learned by other topics of who hears which sensor, for every sensor
    /// that is listened to still.
    pub fn learn_from(&mut self, others: &Self) {
        for (bedroom, topic) in
            self.filters.iter().flat_map(|(of, all)| all.iter().map(|t| (*of, t)))
        {
            let Some(before) = sensors_of(&others.routes, topic).next() else { continue };
            for sensor in sensors_of(&self.routes, topic).filter(|(of, _)| *of == bedroom) {
                self.gateways.learn(sensor, &others.gateways, before);
            }
        }
    }

    /// What a message means, as one [`Heard`] for each bedroom concerned.
    #[must_use]
    pub fn decode(&self, topic: &str, payload: &[u8], retained: bool) -> Decoded {
        let Some(routes) = routes_of(&self.routes, &self.shapes, topic) else {
            return Decoded::NotOurs;
        };
        let text = text(payload);
        let mut heard: SmallVec<[(BedroomId, Heard); 1]> = SmallVec::new();
        for route in routes {
            let items = match &text {
                Ok(text) => route.read(text, retained, &self.gateways),
                Err(garble) => route.meaning.garbled(garble),
            };
            if items.is_empty() {
                continue;
            }
            match heard.last_mut() {
                Some((bedroom, heard)) if *bedroom == route.bedroom => heard.items.extend(items),
                Some(_) | None => heard.push((route.bedroom, Heard { items, retained })),
            }
        }
        Decoded::Heard(heard)
    }

    /// What makes devices repeat themselves is noted once for each bedroom, and so is a
    /// device's battery.
    fn add(&mut self, bedroom: BedroomId, topic: &str, meaning: Meaning) {
        let birth = self.birth.clone().filter(|_| topic == HOME_ASSISTANT);
        let topic = birth.as_deref().unwrap_or(topic);
        self.filter(bedroom, topic);
        let routes = self.routes.entry(topic.to_owned()).or_default();
        let of_bedroom = routes.iter().rev().take_while(|route| route.bedroom == bedroom);
        if of_bedroom.map(|route| &route.meaning).any(|known| known.says_all_of(&meaning)) {
            return;
        }
        routes.push(Route { bedroom, meaning });
        let shape = levels_left_open(topic);
        if !shape.is_empty() && !self.shapes.contains(&shape) {
            self.shapes.push(shape);
        }
    }

    fn filter(&mut self, bedroom: BedroomId, topic: &str) {
        if self.filters.last().is_none_or(|(last, _)| *last != bedroom) {
            self.filters.push((bedroom, Vec::new()));
        }
        let Some((_, topics)) = self.filters.last_mut() else { return };
        if !topics.iter().any(|known| known == topic) {
            topics.push(topic.to_owned());
        }
    }
}

/// The sensors whose values come by a topic that is listened to.
fn sensors_of(
    routes: &HashMap<String, Routes>,
    topic: &str,
) -> impl Iterator<Item = (BedroomId, SensorId)> {
    let of = |route: &Route| {
        let Meaning::Sensor(id, ..) = route.meaning else { return None };
        Some((route.bedroom, id))
    };
    routes.get(topic).into_iter().flatten().filter_map(of)
}

/// Who listens to a topic, by its own name or by a filter with `+`.
fn routes_of<'r>(
    routes: &'r HashMap<String, Routes>,
    shapes: &[Vec<usize>],
    topic: &str,
) -> Option<&'r [Route]> {
    let found = routes.get(topic).or_else(|| {
        shapes.iter().find_map(|shape| {
            let opened = opened(topic, shape)?;
            routes.get(std::str::from_utf8(&opened).ok()?)
        })
    });
    found.map(SmallVec::as_slice)
}

impl Route {
    fn read(&self, text: &str, retained: bool, gateways: &Gateways) -> SmallVec<[Item; 4]> {
        match &self.meaning {
            Meaning::Sensor(id, line, described) => {
                let sensor = *id;
                let there = described.reachable(*line, text);
                let there = there.map(|online| Item::SensorOnline { sensor, online });
                let read = described.read(*line, text, retained).map(|read| match read {
                    Ok((value, measured)) => Item::Reading { sensor, value, measured },
                    Err(garble) => Item::Garbled { sensor, garble },
                });
                there.into_iter().chain(read).collect()
            }
            Meaning::Actuator(id, line, device) => {
                let actuator = *id;
                let there = device.family().reachable(*line, text);
                let there = there.map(|online| Item::ActuatorOnline { actuator, online });
                let echoes = device.family().echoes(*line, text).into_iter();
                let echoes = echoes.map(|echo| Item::Echo { actuator, echo });
                there.into_iter().chain(echoes).collect()
            }
            Meaning::SensorOnline(id) => {
                let item = |online| Item::SensorOnline { sensor: *id, online };
                online(text).map(item).into_iter().collect()
            }
            Meaning::Gateway(id, _) => {
                let there = gateways.reach((self.bedroom, *id));
                let item = |said| Item::SensorOnline { sensor: *id, online: there.unwrap_or(said) };
                online(text).map(item).into_iter().collect()
            }
            Meaning::ActuatorOnline(id) => {
                let item = |online| Item::ActuatorOnline { actuator: *id, online };
                online(text).map(item).into_iter().collect()
            }
            Meaning::SensorBattery(id, line, described) => {
                let item = |battery| Item::SensorBattery { sensor: *id, battery };
                described.source.family().battery(*line, text).map(item).into_iter().collect()
            }
            Meaning::ActuatorBattery(id, line, device) => {
                let item = |battery| Item::ActuatorBattery { actuator: *id, battery };
                device.family().battery(*line, text).map(item).into_iter().collect()
            }
            Meaning::Courier(id) => {
                let item = |online| Item::Courier { sensor: *id, online };
                online(text).map(item).into_iter().collect()
            }
            // What the broker kept tells of no start.
            Meaning::Repeats if !retained && online(text) == Some(true) => smallvec![Item::Repeats],
            Meaning::Repeats => SmallVec::new(),
        }
    }
}

impl Meaning {
    /// Whether what one of the same topic says is said once and for all.
    const fn says_all_of(&self, other: &Self) -> bool {
        match other {
            Self::Repeats => matches!(self, Self::Repeats),
            Self::SensorBattery(..) | Self::ActuatorBattery(..) => {
                matches!(self, Self::SensorBattery(..) | Self::ActuatorBattery(..))
            }
            Self::Sensor(..)
            | Self::Actuator(..)
            | Self::SensorOnline(_)
            | Self::Gateway(..)
            | Self::Courier(_)
            | Self::ActuatorOnline(_) => false,
        }
    }

    /// Only sensors are judged by what they send.
    fn garbled(&self, garble: &Garble) -> SmallVec<[Item; 4]> {
        match self {
            Self::Sensor(sensor, ..) => {
                smallvec![Item::Garbled { sensor: *sensor, garble: garble.clone() }]
            }
            Self::Actuator(..)
            | Self::SensorOnline(_)
            | Self::Gateway(..)
            | Self::ActuatorOnline(_)
            | Self::SensorBattery(..)
            | Self::ActuatorBattery(..)
            | Self::Courier(_)
            | Self::Repeats => SmallVec::new(),
        }
    }
}

fn levels_left_open(filter: &str) -> Vec<usize> {
    filter.split('/').enumerate().filter(|(_, level)| *level == "+").map(|(n, _)| n).collect()
}

/// A topic with `+` in place of these levels, which go up; none if it is too short for
/// them.
fn opened(topic: &str, shape: &[usize]) -> Option<SmallVec<[u8; 128]>> {
    let mut opened = SmallVec::new();
    let mut open = shape.iter().peekable();
    for (place, level) in topic.split('/').enumerate() {
        if place > 0 {
            opened.push(b'/');
        }
        let is_open = open.next_if(|next| **next == place).is_some();
        opened.extend_from_slice(if is_open { b"+" } else { level.as_bytes() });
    }
    open.next().is_none().then_some(opened)
}

fn text(payload: &[u8]) -> Result<&str, Garble> {
    if payload.len() > LONGEST {
        return Err(Garble::TooLong(payload.len()));
    }
    std::str::from_utf8(payload).map_err(|_| Garble::NotText)
}

#[cfg(test)]
mod tests;

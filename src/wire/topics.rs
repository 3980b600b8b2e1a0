//! Which topic concerns which sensors and actuators of which bedrooms.

use std::collections::{HashMap, HashSet};

use smallvec::{SmallVec, smallvec};

use super::sensor::Sensor;
use super::words::online;
use super::{Device, Source};
use crate::model::{ActuatorId, BedroomId, Garble, Heard, Item, Place, Quantity, SensorId};

/// Payloads above this are dropped and counted: 256 KiB.
pub const LONGEST: usize = 256 * 1024;

/// Where Home Assistant says that it starts; half a minute later Zigbee2MQTT repeats
/// what it last heard from every device.
const HOME_ASSISTANT: &str = "homeassistant/status";

/// Everything that is listened to, by topic. Built once, bedroom by bedroom, in the
/// plan's order.
#[derive(Debug, Clone, Default)]
pub struct Topics {
    routes: HashMap<String, Vec<Route>>,
    filters: Vec<(BedroomId, Vec<String>)>,
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

#[derive(Debug, Clone)]
struct Route {
    bedroom: BedroomId,
    meaning: Meaning,
}

#[derive(Debug, Clone)]
enum Meaning {
    /// A sensor's values.
    Sensor(SensorId, Sensor),
    /// An actuator's state.
    Actuator(ActuatorId, Device),
    /// A sensor's availability.
    SensorOnline(SensorId),
    /// An actuator's availability.
    ActuatorOnline(ActuatorId),
    /// The start of something that makes devices or gateways repeat themselves.
    Repeats,
}

impl Topics {
    /// Listens to a sensor.
    pub fn sensor(
        &mut self,
        bedroom: BedroomId,
        id: SensorId,
        place: Place,
        quantity: Quantity,
        source: &Source,
    ) {
        let sensor = Sensor { place, quantity, source: source.clone() };
        let (topic, availability) = match source {
            Source::Plain(source) => (source.topic.clone(), source.availability.clone()),
            Source::Zigbee2mqtt(source) => {
                self.gateway(bedroom, &source.base, Meaning::SensorOnline(id));
                (source.state_topic(), Some(source.availability_topic()))
            }
        };
        self.add(bedroom, topic, Meaning::Sensor(id, sensor));
        if let Some(topic) = availability {
            self.add(bedroom, topic, Meaning::SensorOnline(id));
        }
    }

    /// Listens to what an actuator says of itself.
    pub fn actuator(&mut self, bedroom: BedroomId, id: ActuatorId, device: &Device) {
        let (topic, availability) = match device {
            Device::Plain(device) => (device.state.clone(), device.availability.clone()),
            Device::Zigbee2mqtt(device) => {
                self.gateway(bedroom, &device.base, Meaning::ActuatorOnline(id));
                (Some(device.state_topic()), Some(device.availability_topic()))
            }
        };
        if let Some(topic) = topic {
            self.add(bedroom, topic, Meaning::Actuator(id, device.clone()));
        }
        if let Some(topic) = availability {
            self.add(bedroom, topic, Meaning::ActuatorOnline(id));
        }
    }

    /// Every topic to subscribe to, once, the first bedroom's first; none has wildcards.
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

    /// What a message means, as one [`Heard`] for each bedroom concerned.
    #[must_use]
    pub fn decode(&self, topic: &str, payload: &[u8], retained: bool) -> Decoded {
        let Some(routes) = self.routes.get(topic) else { return Decoded::NotOurs };
        let text = text(payload);
        let mut heard: SmallVec<[(BedroomId, Heard); 1]> = SmallVec::new();
        for route in routes {
            let items = match &text {
                Ok(text) => route.meaning.read(text, retained),
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

    fn add(&mut self, bedroom: BedroomId, topic: String, meaning: Meaning) {
        self.filter(bedroom, &topic);
        self.routes.entry(topic).or_default().push(Route { bedroom, meaning });
    }

    /// A device lies behind Zigbee2MQTT: what the bridge says of itself holds for it.
    fn gateway(&mut self, bedroom: BedroomId, base: &str, meaning: Meaning) {
        let bridge = format!("{base}/bridge/state");
        for topic in [&bridge, HOME_ASSISTANT] {
            if self.filter(bedroom, topic) {
                self.add(bedroom, topic.to_owned(), Meaning::Repeats);
            }
        }
        self.add(bedroom, bridge, meaning);
    }

    /// Notes a topic of a bedroom; whether it is new there.
    fn filter(&mut self, bedroom: BedroomId, topic: &str) -> bool {
        if self.filters.last().is_none_or(|(last, _)| *last != bedroom) {
            self.filters.push((bedroom, Vec::new()));
        }
        let Some((_, topics)) = self.filters.last_mut() else { return false };
        let new = !topics.iter().any(|known| known == topic);
        if new {
            topics.push(topic.to_owned());
        }
        new
    }
}

impl Meaning {
    fn read(&self, text: &str, retained: bool) -> SmallVec<[Item; 4]> {
        match self {
            Self::Sensor(id, described) => {
                let sensor = *id;
                let read = described.read(text, retained).map(|read| match read {
                    Ok((value, measured)) => Item::Reading { sensor, value, measured },
                    Err(garble) => Item::Garbled { sensor, garble },
                });
                read.into_iter().collect()
            }
            Self::Actuator(id, device) => {
                let echo = |echo| Item::Echo { actuator: *id, echo };
                device.echoes(text).into_iter().map(echo).collect()
            }
            Self::SensorOnline(id) => {
                let item = |online| Item::SensorOnline { sensor: *id, online };
                online(text).map(item).into_iter().collect()
            }
            Self::ActuatorOnline(id) => {
                let item = |online| Item::ActuatorOnline { actuator: *id, online };
                online(text).map(item).into_iter().collect()
            }
            Self::Repeats if online(text) == Some(true) => smallvec![Item::Repeats],
            Self::Repeats => SmallVec::new(),
        }
    }

    /// Only sensors are judged by what they send.
    fn garbled(&self, garble: &Garble) -> SmallVec<[Item; 4]> {
        match self {
            Self::Sensor(sensor, _) => {
                smallvec![Item::Garbled { sensor: *sensor, garble: garble.clone() }]
            }
            Self::Actuator(..)
            | Self::SensorOnline(_)
            | Self::ActuatorOnline(_)
            | Self::Repeats => SmallVec::new(),
        }
    }
}

fn text(payload: &[u8]) -> Result<&str, Garble> {
    if payload.len() > LONGEST {
        return Err(Garble::TooLong(payload.len()));
    }
    std::str::from_utf8(payload).map_err(|_| Garble::NotText)
}

#[cfg(test)]
mod tests;

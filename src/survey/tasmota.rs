//! Devices with Tasmota.
//!
//! They announce themselves unless `SetOption19` is on: what they are in `config`, what
//! they measure in `sensors`, both kept by the broker
//! (<https://tasmota.github.io/docs/MQTT/#device-discovery>, and the fields in
//! `xdrv_12_discovery.ino` of <https://github.com/arendst/Tasmota>).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Candidate, Family, Keys, Offer, What, clean, model};
use crate::wire::tasmota::FULL_TOPIC;

/// What measures the device itself.
const INSIDE: [&str; 2] = ["ESP32", "ENERGY"];

/// What was said, by the device's MAC.
#[derive(Debug, Default)]
pub(super) struct Tasmota {
    devices: BTreeMap<String, Said>,
}

#[derive(Debug, Default)]
struct Said {
    config: Option<Config>,
    sensors: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Config {
    #[serde(rename = "dn")]
    name: Option<String>,
    #[serde(rename = "md")]
    module: Option<String>,
    #[serde(rename = "t")]
    topic: String,
    #[serde(rename = "ft")]
    full_topic: String,
    #[serde(rename = "tp", default)]
    prefixes: Vec<String>,
    /// What each output is: 0 nothing, 1 a relay, 2 a light, 3 a shutter.
    #[serde(rename = "rl", default)]
    relays: Vec<u8>,
    /// 1 for an iFan.
    #[serde(rename = "if", default)]
    fan: u8,
}

#[derive(Deserialize)]
struct Sensors {
    #[serde(rename = "sn")]
    sensors: Map<String, Value>,
}

impl Tasmota {
    /// An announcement on `tasmota/discovery/<place>`; an empty one takes it back.
    pub(super) fn hear(&mut self, place: &str, text: &str) {
        let Some((mac, what)) = place.split_once('/') else { return };
        let said = self.devices.entry(mac.to_owned()).or_default();
        if what == "config" {
            said.config = serde_json::from_str(text).ok();
        } else if let Ok(Sensors { sensors }) = serde_json::from_str(text) {
            said.sensors = sensors;
        }
    }

    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let usual = ["cmnd", "stat", "tele"];
        let spoken = self.devices.iter().filter_map(|(mac, said)| {
            let config = said.config.as_ref()?;
            (config.prefixes == usual).then(|| Candidate {
                family: Family::Tasmota,
                address: mac.clone(),
                name: clean(config.name.as_deref().unwrap_or(&config.topic)),
                model: model(None, config.module.as_deref()),
                offers: offers(config, &said.sensors),
            })
        });
        spoken.collect()
    }
}

fn offers(config: &Config, sensors: &Map<String, Value>) -> Vec<Offer> {
    let full_topic = (config.full_topic != FULL_TOPIC).then_some(config.full_topic.as_str());
    let at = |more: Keys| {
        let more = Keys::default().and_perhaps("full_topic", full_topic).followed_by(&more);
        Keys::of_family("tasmota", &config.topic, &more)
    };
    let mut offers = measured(sensors, &at);
    if config.fan == 1 {
        offers.push(Offer::new(What::Fan, at(Keys::default()).and("levels", 3_i64)));
        return offers;
    }
    let relays = (1_i64..).zip(&config.relays).filter(|(_, kind)| **kind == 1);
    offers.extend(relays.map(|(number, _)| {
        let relay = (number > 1).then_some(number);
        Offer::new(What::Relay, at(Keys::default().and_perhaps("relay", relay)))
    }));
    offers
}

/// Values within the objects of a `SENSOR` message, and switches beside them. A sensor is
/// named only where several have such a value.
fn measured(sensors: &Map<String, Value>, at: &impl Fn(Keys) -> Keys) -> Vec<Offer> {
    let mut offers = Vec::new();
    for (key, what) in [
        ("Temperature", What::Temperature),
        ("Humidity", What::Humidity),
        ("CarbonDioxide", What::Co2),
    ] {
        let with: Vec<&String> = sensors
            .iter()
            .filter(|(name, value)| value.get(key).is_some() && !INSIDE.contains(&name.as_str()))
            .map(|(name, _)| name)
            .collect();
        for name in &with {
            let named = (with.len() > 1).then_some(name.as_str());
            offers.push(Offer::new(what, at(Keys::default().and_perhaps("sensor", named))));
        }
    }
    for switch in sensors.keys().filter(|name| name.starts_with("Switch")) {
        let read = (switch != "Switch1").then_some(switch.as_str());
        offers.push(Offer::new(What::Presence, at(Keys::default()).and_perhaps("read", read)));
    }
    offers
}

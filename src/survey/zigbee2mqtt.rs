//! Zigbee2MQTT's lists of devices and of groups.
//!
//! <https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html#zigbee2mqtt-bridge-devices>
//! and <https://www.zigbee2mqtt.io/guide/usage/exposes.html>. The list is kept by the
//! broker and comes whole, whenever anything about a device changes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Candidate, Family, Keys, Offer, What, clean, model};
use crate::wire::zigbee2mqtt::Address;

/// The base topic unless it was changed.
const BASE: &str = "zigbee2mqtt";

/// The lists of all networks, by base topic.
#[derive(Debug, Default)]
pub(super) struct Zigbee2mqtt {
    networks: BTreeMap<String, Vec<Candidate>>,
    groups: BTreeMap<String, Vec<Group>>,
}

/// Devices that are switched as one.
#[derive(Debug, Clone, Deserialize)]
struct Group {
    id: u32,
    friendly_name: String,
    members: Vec<Member>,
}

#[derive(Debug, Clone, Deserialize)]
struct Member {
    ieee_address: String,
}

#[derive(Deserialize)]
struct Device {
    ieee_address: String,
    friendly_name: String,
    #[serde(default)]
    disabled: bool,
    definition: Option<Definition>,
}

#[derive(Deserialize)]
struct Definition {
    model: Option<String>,
    vendor: Option<String>,
    #[serde(default)]
    exposes: Vec<Value>,
}

#[derive(Deserialize)]
struct Expose {
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Which of several relays it is.
    endpoint: Option<String>,
    property: Option<String>,
    #[serde(default)]
    features: Vec<Value>,
    #[serde(default)]
    values: Vec<Value>,
}

impl Zigbee2mqtt {
    /// A list. One entry that makes no sense does not hide the others.
    pub(super) fn devices(&mut self, base: &str, text: &str) {
        let Ok(list) = serde_json::from_str::<Vec<Value>>(text) else { return };
        let devices = list.into_iter().filter_map(|entry| serde_json::from_value(entry).ok());
        let candidates = devices.filter_map(|device| candidate(base, device)).collect();
        self.networks.insert(base.to_owned(), candidates);
    }

    /// The groups of a network.
    pub(super) fn groups(&mut self, base: &str, text: &str) {
        let Ok(list) = serde_json::from_str::<Vec<Value>>(text) else { return };
        let groups = list.into_iter().filter_map(|entry| serde_json::from_value(entry).ok());
        self.groups.insert(base.to_owned(), groups.collect());
    }

    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let devices = self.networks.values().flatten().cloned();
        let groups = self.groups.iter().flat_map(|(base, groups)| {
            groups.iter().filter_map(move |group| self.group(base, group))
        });
        devices.chain(groups).collect()
    }

    /// A group of plugs; of anything else nobody could say what it does.
    fn group(&self, base: &str, group: &Group) -> Option<Candidate> {
        let devices = self.networks.get(base)?;
        let is_plug = |member: &Member| {
            let device = devices.iter().find(|it| it.address == member.ieee_address);
            device.is_some_and(|it| it.offers.iter().all(|offer| offer.what == What::Relay))
        };
        if group.members.is_empty() || !group.members.iter().all(is_plug) {
            return None;
        }
        let at = At { base, device: &group.friendly_name };
        Some(Candidate {
            family: Family::Zigbee2mqtt,
            address: format!("group {}", group.id),
            name: clean(&group.friendly_name),
            model: Some(format!("group of {}", group.members.len())),
            offers: vec![Offer::new(What::Relay, at.keys(&Keys::default()))],
        })
    }
}

fn candidate(base: &str, device: Device) -> Option<Candidate> {
    let definition = device.definition.filter(|_| !device.disabled)?;
    // Its address, which stays when it is renamed.
    let address = Address::read(&device.ieee_address).map(|address| address.to_string());
    let at = At { base, device: address.as_deref().unwrap_or(&device.friendly_name) };
    let sonoff = definition.model.as_deref() == Some("TRVZB");
    let exposes: Vec<Expose> = definition.exposes.into_iter().filter_map(read).collect();
    let valve = exposes.iter().any(|expose| expose.kind.as_deref() == Some("climate"));
    let mut offers = Vec::new();
    for expose in &exposes {
        match expose.kind.as_deref() {
            Some("climate") => offers.extend(at.valve(expose, sonoff)),
            Some("fan") => offers.extend(at.fan(expose)),
            // A valve's own switches, such as its lock, are no relay.
            Some("switch") if !valve => offers.extend(at.relay(expose)),
            Some(_) | None => offers.extend(at.sensor(expose)),
        }
    }
    Some(Candidate {
        family: Family::Zigbee2mqtt,
        address: device.ieee_address,
        name: clean(&device.friendly_name),
        model: model(definition.vendor.as_deref(), definition.model.as_deref()),
        offers,
    })
}

fn read(expose: Value) -> Option<Expose> {
    serde_json::from_value(expose).ok()
}

/// Where a device is.
struct At<'a> {
    base: &'a str,
    device: &'a str,
}

impl At<'_> {
    fn keys(&self, more: &Keys) -> Keys {
        let base = (self.base != BASE).then_some(self.base);
        let more = Keys::default().and_perhaps("base", base).followed_by(more);
        Keys::of_family("zigbee2mqtt", self.device, &more)
    }

    fn sensor(&self, expose: &Expose) -> Option<Offer> {
        let keys = self.keys(&Keys::default());
        Some(match expose.property.as_deref()? {
            "temperature" => Offer::new(What::Temperature, keys),
            "humidity" => Offer::new(What::Humidity, keys),
            "co2" => Offer::new(What::Co2, keys),
            "occupancy" => Offer::new(What::Presence, keys),
            "presence" => Offer::new(What::Presence, keys.and("read", "presence")),
            "contact" => Offer::new(What::Contact, keys.and("read", "contact")),
            _ => return None,
        })
    }

    fn relay(&self, expose: &Expose) -> Option<Offer> {
        let endpoint = expose.endpoint.as_deref();
        let state = endpoint.map_or_else(|| "state".to_owned(), |it| format!("state_{it}"));
        let known = properties(expose).any(|(property, _)| property == state);
        let keys = Keys::default().and_perhaps("endpoint", endpoint);
        known.then(|| Offer::new(What::Relay, self.keys(&keys)))
    }

    fn valve(&self, expose: &Expose, sonoff: bool) -> Option<Offer> {
        let (setpoint, _) = properties(expose).find(|(property, _)| {
            matches!(property.as_str(), "occupied_heating_setpoint" | "current_heating_setpoint")
        })?;
        let own = if sonoff {
            Keys::default().and("model", "sonoff-trvzb")
        } else {
            Keys::default().and("setpoint", setpoint)
        };
        Some(Offer::new(What::SetPoint, self.keys(&own)))
    }

    /// A fan with named modes; `auto`, `smart` and `on` are no levels.
    fn fan(&self, expose: &Expose) -> Option<Offer> {
        let (_, modes) = properties(expose).find(|(property, _)| property == "fan_mode")?;
        let known = |mode: &String| {
            matches!(mode.as_str(), "low" | "medium" | "high")
                || mode.parse().is_ok_and(|number: u8| (1..=9).contains(&number))
        };
        let levels: Vec<String> = modes.into_iter().filter(known).collect();
        if levels.is_empty() {
            return None;
        }
        // Numbers alone would be taken for a speed.
        let named = levels.iter().any(|mode| mode.parse::<u8>().is_err());
        named.then(|| Offer::new(What::Fan, self.keys(&Keys::default()).and("levels", levels)))
    }
}

/// The properties of an exposed thing's features, and the words each may be.
fn properties(expose: &Expose) -> impl Iterator<Item = (String, Vec<String>)> + '_ {
    expose.features.iter().filter_map(|feature| {
        let feature = read(feature.clone())?;
        let words = feature.values.iter().filter_map(|value| value.as_str().map(str::to_owned));
        let words = words.collect();
        Some((feature.property?, words))
    })
}

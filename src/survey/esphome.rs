//! Nodes of ESPHome that speak MQTT.
//!
//! What a node has it says by Home Assistant's discovery
//! (<https://esphome.io/components/mqtt>), who it is also on `esphome/discover/<node>`.
//! Most nodes speak ESPHome's own protocol with Home Assistant instead, and are not here.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::home_assistant::Component;
use super::{Candidate, Family, Keys, Offer, What, clean, model};

/// Nodes and their components.
#[derive(Debug, Default)]
pub(super) struct Esphome {
    /// What owners call the nodes, by MAC.
    names: BTreeMap<String, String>,
    /// Components by their place below the discovery prefix.
    places: BTreeMap<String, Vec<Component>>,
}

#[derive(Deserialize)]
struct Node {
    mac: String,
    friendly_name: Option<String>,
}

impl Esphome {
    /// A node says who it is.
    pub(super) fn discovered(&mut self, node: &str, text: &str) {
        let Ok(Node { mac, friendly_name }) = serde_json::from_str(text) else { return };
        self.names.insert(plain(&mac), clean(friendly_name.as_deref().unwrap_or(node)));
    }

    pub(super) fn announced(&mut self, place: &str, components: &[Component]) {
        let ours = components.iter().filter(|component| component.is_of_esphome());
        self.places.insert(place.to_owned(), ours.cloned().collect());
    }

    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let mut nodes: BTreeMap<String, Candidate> = BTreeMap::new();
        for component in self.places.values().flatten() {
            let Some(offer) = offer(component) else { continue };
            let address = component.address();
            let called = self.names.get(&plain(&address)).cloned();
            let node = nodes.entry(address.clone()).or_insert_with(|| Candidate {
                family: Family::Esphome,
                name: called.or_else(|| component.device_name()).unwrap_or_else(|| clean(&address)),
                address,
                model: model(component.of_device("manufacturer"), component.of_device("model")),
                offers: Vec::new(),
            });
            if !node.offers.contains(&offer) {
                node.offers.push(offer);
            }
        }
        nodes.into_values().collect()
    }
}

fn offer(component: &Component) -> Option<Offer> {
    let class = component.text("device_class").unwrap_or_default();
    let what = match (component.platform.as_str(), class) {
        ("sensor", "temperature") => What::Temperature,
        ("sensor", "humidity") => What::Humidity,
        ("sensor", "carbon_dioxide") => What::Co2,
        ("binary_sensor", "occupancy" | "presence") => What::Presence,
        ("binary_sensor", "window" | "opening" | "door") => What::Contact,
        ("switch", _) => What::Relay,
        ("fan", _) => What::Fan,
        ("climate", _) => What::SetPoint,
        _ => return None,
    };
    let (topic, end) = match what {
        What::SetPoint => (component.text("temperature_state_topic")?, "/target_temperature/state"),
        What::Temperature
        | What::Humidity
        | What::Co2
        | What::Presence
        | What::Contact
        | What::Relay
        | What::Fan => (component.text("state_topic")?, "/state"),
    };
    let entity = topic.strip_suffix(end)?;
    let fahrenheit = component.text("unit_of_measurement") == Some("°F");
    let keys = if fahrenheit && what == What::Temperature {
        let block = Keys::default().and("entity", entity).and("unit", "fahrenheit");
        Keys::default().and("esphome", block)
    } else {
        Keys::default().and("esphome", entity)
    };
    let levels = component.settings.get("speed_range_max").and_then(serde_json::Value::as_i64);
    let levels = levels.filter(|levels| what == What::Fan && (2..=10).contains(levels));
    Some(Offer::new(what, keys.and_perhaps("levels", levels)))
}

/// A MAC without its colons, in lower case.
fn plain(mac: &str) -> String {
    mac.chars().filter(char::is_ascii_hexdigit).map(|c| c.to_ascii_lowercase()).collect()
}

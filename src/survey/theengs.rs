//! Bluetooth devices that a gateway hears.
//!
//! <https://gateway.theengs.io/use/use.html>, <https://docs.openmqttgateway.com/use/ble.html>.
//! They announce nothing: what they measure says what they are. Gateways may be many, the
//! device is its address.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Candidate, Family, Keys, Offer, What, clean, model};

/// The level above the gateways unless it was changed.
const BASE: &str = "home";

/// What was heard, by address.
#[derive(Debug, Default)]
pub(super) struct Theengs {
    devices: BTreeMap<String, Candidate>,
}

impl Theengs {
    /// A message on `<base>/<gateway>/BTtoMQTT/<address>`.
    pub(super) fn hear(&mut self, topic: &str, text: &str) {
        let levels: Vec<&str> = topic.split('/').collect();
        let [base, _, "BTtoMQTT", address] = levels[..] else { return };
        if address.len() != 12 || !address.bytes().all(|b| b.is_ascii_hexdigit()) {
            return;
        }
        let Ok(Value::Object(said)) = serde_json::from_str::<Value>(text) else { return };
        let word = |key: &str| said.get(key).and_then(Value::as_str);
        let address = address.to_ascii_uppercase();
        let candidate = self.devices.entry(address.clone()).or_insert_with(|| Candidate {
            family: Family::Theengs,
            address: address.clone(),
            name: address.clone(),
            model: None,
            offers: Vec::new(),
        });
        if let Some(name) = word("name") {
            candidate.name = clean(name);
        }
        candidate.model = model(word("brand"), word("model")).or(candidate.model.take());
        let base = (base != BASE).then_some(base);
        let keys = Keys::of_family("theengs", &address, &Keys::default().and_perhaps("base", base));
        for (key, what) in [
            ("tempc", What::Temperature),
            ("tempf", What::Temperature),
            ("hum", What::Humidity),
            ("co2", What::Co2),
            ("open", What::Contact),
            ("motion", What::Presence),
        ] {
            let read = (what == What::Contact).then_some("open");
            let offer = Offer::new(what, keys.clone().and_perhaps("read", read));
            if said.contains_key(key) && !candidate.offers.contains(&offer) {
                candidate.offers.push(offer);
            }
        }
    }

    pub(super) fn candidates(&self) -> Vec<Candidate> {
        self.devices.values().cloned().collect()
    }
}

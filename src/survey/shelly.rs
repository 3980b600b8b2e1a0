//! Shellies of all generations.
//!
//! The first says what it is when `shellies/command` calls the roll
//! (<https://shelly-api-docs.shelly.cloud/gen1/#mqtt-support>). Later ones say that they
//! are `online`, and what they have only when asked
//! (<https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Shelly#shellygetstatus>)
//! or, on a battery, when they wake.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Candidate, Family, Keys, Offer, What, clean};
use crate::wire::Message;

/// Before the number of the device that was asked: where its answer comes to.
const WE: &str = "uncramp-setup-";

/// What was said, by what stands before the device's topics.
#[derive(Debug, Default)]
pub(super) struct Shelly {
    first: BTreeMap<String, First>,
    later: BTreeMap<String, Later>,
    /// In the order of asking.
    asked: Vec<String>,
}

/// A device of the first generation.
#[derive(Debug, Deserialize)]
struct First {
    id: String,
    model: String,
    mac: Option<String>,
}

/// A device of a later one.
#[derive(Debug, Default)]
struct Later {
    /// Its components, such as `switch:0`.
    components: Vec<String>,
    name: Option<String>,
    mac: Option<String>,
    model: Option<String>,
}

/// Makes those of the first generation say what they are.
pub(super) fn roll_call() -> Message {
    question("shellies/command".to_owned(), "announce".to_owned())
}

impl Shelly {
    /// A message; what to ask in turn.
    pub(super) fn hear(&mut self, topic: &str, text: &str) -> Vec<Message> {
        if topic == "shellies/announce" {
            if let Ok(first) = serde_json::from_str::<First>(text) {
                self.first.insert(first.id.clone(), first);
            }
        } else if let Some(prefix) = topic.strip_suffix("/events/rpc") {
            self.notified(prefix, text);
        } else if let Some(prefix) = topic.strip_suffix("/online") {
            if text == "true" && prefix != "shellies" {
                return self.ask(prefix);
            }
        } else if let Some(number) =
            topic.strip_prefix(WE).and_then(|rest| rest.strip_suffix("/rpc"))
        {
            self.answered(number, text);
        }
        Vec::new()
    }

    /// Asks each device once what it is and what it has.
    fn ask(&mut self, prefix: &str) -> Vec<Message> {
        if self.asked.iter().any(|asked| asked == prefix) {
            return Vec::new();
        }
        let we = format!("{WE}{}", self.asked.len());
        self.asked.push(prefix.to_owned());
        let call = |(id, method)| {
            let call = json!({ "id": id, "src": we, "method": method });
            question(format!("{prefix}/rpc"), call.to_string())
        };
        [(1, "Shelly.GetDeviceInfo"), (2, "Shelly.GetStatus")].map(call).to_vec()
    }

    fn answered(&mut self, number: &str, text: &str) {
        let Some(prefix) = number.parse().ok().and_then(|n: usize| self.asked.get(n)) else {
            return;
        };
        let Ok(answer) = serde_json::from_str::<Value>(text) else { return };
        let Some(result) = answer.get("result").and_then(Value::as_object) else { return };
        let device = self.later.entry(prefix.clone()).or_default();
        let word = |key: &str| result.get(key).and_then(Value::as_str).map(clean);
        device.name = word("name").or(device.name.take());
        device.mac = word("mac").or(device.mac.take());
        device.model = word("app").or(word("model")).or(device.model.take());
        device.has(result);
    }

    /// What one says by itself.
    fn notified(&mut self, prefix: &str, text: &str) {
        let Ok(said) = serde_json::from_str::<Value>(text) else { return };
        let Some(params) = said.get("params").and_then(Value::as_object) else { return };
        self.later.entry(prefix.to_owned()).or_default().has(params);
    }

    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let first = self.first.values().map(First::candidate);
        first.chain(self.later.iter().map(|(prefix, later)| later.candidate(prefix))).collect()
    }
}

impl First {
    /// What it has, by its model.
    fn candidate(&self) -> Candidate {
        let at = |more: Keys| Keys::of_family("shelly", &self.id, &more);
        let relay = |n: i64| {
            let output = (n > 0).then_some(n);
            Offer::new(What::Relay, at(Keys::default().and_perhaps("output", output)))
        };
        let plain = |what| Offer::new(what, at(Keys::default()));
        let offers = match self.model.as_str() {
            "SHSW-1" | "SHSW-PM" | "SHSW-L" | "SHPLG-1" | "SHPLG-S" | "SHPLG-U1" => vec![relay(0)],
            "SHSW-21" | "SHSW-25" => vec![relay(0), relay(1)],
            "SHHT-1" => vec![plain(What::Temperature), plain(What::Humidity)],
            "SHDW-1" | "SHDW-2" => {
                let keys = at(Keys::default()).and("read", "sensor/state");
                vec![Offer::new(What::Contact, keys)]
            }
            _ => Vec::new(),
        };
        Candidate {
            family: Family::Shelly,
            address: self.mac.clone().unwrap_or_else(|| self.id.clone()),
            name: clean(&self.id),
            model: Some(clean(&self.model)),
            offers,
        }
    }
}

impl Later {
    fn has(&mut self, components: &Map<String, Value>) {
        for component in components.keys().filter(|key| key.contains(':')) {
            if !self.components.contains(component) {
                self.components.push(component.clone());
            }
        }
        self.components.sort();
    }

    fn candidate(&self, prefix: &str) -> Candidate {
        let at = |more: Keys| Keys::of_family("shelly", prefix, &more);
        // The input of a relay is its switch on the wall, and no window.
        let switched = self.components.iter().any(|component| component.starts_with("switch:"));
        let offer = |component: &String| {
            let (kind, number) = component.split_once(':')?;
            let number: i64 = number.parse().ok()?;
            let read = (number > 0).then(|| component.clone());
            let output = (number > 0).then_some(number);
            Some(match kind {
                "temperature" => {
                    Offer::new(What::Temperature, at(Keys::default()).and_perhaps("read", read))
                }
                "humidity" => {
                    Offer::new(What::Humidity, at(Keys::default()).and_perhaps("read", read))
                }
                "input" if !switched => {
                    Offer::new(What::Contact, at(Keys::default()).and_perhaps("read", read))
                }
                "switch" => {
                    Offer::new(What::Relay, at(Keys::default().and_perhaps("output", output)))
                }
                _ => return None,
            })
        };
        Candidate {
            family: Family::Shelly,
            address: self.mac.clone().unwrap_or_else(|| prefix.to_owned()),
            name: self.name.clone().unwrap_or_else(|| clean(prefix)),
            model: self.model.clone(),
            offers: self.components.iter().filter_map(offer).collect(),
        }
    }
}

fn question(topic: String, payload: String) -> Message {
    Message { topic, payload: payload.into_bytes(), retain: false, confirmed: false }
}

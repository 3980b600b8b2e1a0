//! What devices announce of themselves, and the configuration that is made of it and of a
//! few answers.
//!
//! A [`Survey`] is given every message below [`FILTERS`]; it says which devices there are,
//! what they measure or switch, and by which keys of the configuration they are reached.
//! How they are listened to is not said twice: [`live`] reads the very keys that
//! [`configuration`] writes, by the parser that reads the file.

pub mod answers;
pub mod guess;
pub mod live;
pub mod units;

mod esphome;
mod home_assistant;
mod keys;
mod shelly;
mod tasmota;
mod template;
mod theengs;
mod write;
mod zigbee2mqtt;

use crate::wire::Message;
use crate::wire::zigbee2mqtt::Names;

pub use answers::Answers;
pub use keys::{Keys, Put};
pub use write::configuration;

use esphome::Esphome;
use home_assistant::HomeAssistant;
use shelly::Shelly;
use tasmota::Tasmota;
use theengs::Theengs;
use zigbee2mqtt::Zigbee2mqtt;

/// Where devices announce themselves.
pub const FILTERS: [&str; 14] = [
    "+/bridge/devices",
    "+/+/bridge/devices",
    "+/bridge/groups",
    "+/+/bridge/groups",
    "homeassistant/+/+/config",
    "homeassistant/+/+/+/config",
    "tasmota/discovery/+/config",
    "tasmota/discovery/+/sensors",
    "shellies/announce",
    "+/online",
    "+/events/rpc",
    "+/rpc",
    "esphome/discover/+",
    "+/+/BTtoMQTT/+",
];

/// Who a device speaks by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Zigbee2MQTT.
    Zigbee2mqtt,
    /// Tasmota.
    Tasmota,
    /// Shelly.
    Shelly,
    /// An ESPHome node that speaks MQTT.
    Esphome,
    /// Theengs Gateway or OpenMQTTGateway.
    Theengs,
    /// Something else that announces itself to Home Assistant by MQTT.
    HomeAssistant,
}

/// A device that announced itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Who it speaks by.
    pub family: Family,
    /// What stays when its owner renames it: its IEEE, MAC or Bluetooth address where it
    /// said one.
    pub address: String,
    /// What its owner calls it.
    pub name: String,
    /// Its maker and model, if it said.
    pub model: Option<String>,
    /// What it measures and switches, at least one thing.
    pub offers: Vec<Offer>,
}

/// One thing that a device measures or switches, and the keys by which it is reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// What it is.
    pub what: What,
    /// The keys below a sensor, a heater or a fan.
    pub keys: Keys,
}

/// What a device measures or switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A temperature of air.
    Temperature,
    /// A relative humidity.
    Humidity,
    /// Carbon dioxide.
    Co2,
    /// Somebody is there: a mat, a strip, a radar, but also a motion sensor.
    Presence,
    /// A contact, at a window or below a mattress.
    Contact,
    /// A relay or plug.
    Relay,
    /// A set-point that the device holds by itself.
    SetPoint,
    /// A fan.
    Fan,
}

/// Everything that was announced so far.
#[derive(Debug, Default)]
pub struct Survey {
    zigbee2mqtt: Zigbee2mqtt,
    names: Names,
    tasmota: Tasmota,
    shelly: Shelly,
    esphome: Esphome,
    theengs: Theengs,
    home_assistant: HomeAssistant,
}

impl Survey {
    /// Takes in a message. What is no announcement, or not one that makes sense, changes
    /// nothing. Returns what to ask the device in turn: Shellies tell what they have only
    /// when asked.
    pub fn hear(&mut self, topic: &str, payload: &[u8]) -> Vec<Message> {
        let Ok(text) = std::str::from_utf8(payload) else { return Vec::new() };
        if let Some(base) = topic.strip_suffix("/bridge/devices") {
            self.zigbee2mqtt.devices(base, text);
            // One that makes no sense leaves the names as they are.
            self.names.hear(topic, payload);
        } else if let Some(base) = topic.strip_suffix("/bridge/groups") {
            self.zigbee2mqtt.groups(base, text);
        } else if let Some(rest) = topic.strip_prefix("tasmota/discovery/") {
            self.tasmota.hear(rest, text);
        } else if let Some(node) = topic.strip_prefix("esphome/discover/") {
            self.esphome.discovered(node, text);
        } else if topic.contains("/BTtoMQTT/") {
            self.theengs.hear(topic, text);
        } else if let Some(place) = topic.strip_prefix("homeassistant/") {
            self.announced_to_home_assistant(place, text);
        } else {
            return self.shelly.hear(topic, text);
        }
        Vec::new()
    }

    /// The questions that make devices say again that they are there.
    #[must_use]
    pub fn questions() -> Vec<Message> {
        vec![shelly::roll_call()]
    }

    /// What Zigbee2MQTT calls its devices.
    #[must_use]
    pub const fn names(&self) -> &Names {
        &self.names
    }

    /// Every device that measures or switches something of use, by family and name. A
    /// device that announces itself in two ways is listed once; one that has several
    /// relays is listed once for each, since different things may hang on them.
    #[must_use]
    pub fn candidates(&self) -> Vec<Candidate> {
        let mut list = self.zigbee2mqtt.candidates();
        list.extend(self.tasmota.candidates());
        list.extend(self.shelly.candidates());
        list.extend(self.esphome.candidates());
        list.extend(self.theengs.candidates());
        list.extend(self.home_assistant.candidates());
        for candidate in &mut list {
            candidate.offers.retain(live::is_understood);
        }
        let mut list: Vec<Candidate> = list.into_iter().flat_map(Candidate::by_relay).collect();
        list.retain(|candidate| !candidate.offers.is_empty());
        list.sort_by(|a, b| (a.family, &a.name, &a.address).cmp(&(b.family, &b.name, &b.address)));
        list
    }

    /// Devices of ESPHome say by Home Assistant's discovery what they have.
    fn announced_to_home_assistant(&mut self, place: &str, text: &str) {
        let components = home_assistant::components(place, text);
        self.esphome.announced(place, &components);
        self.home_assistant.announced(place, components);
    }
}

impl Family {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zigbee2mqtt => "Zigbee2MQTT",
            Self::Tasmota => "Tasmota",
            Self::Shelly => "Shelly",
            Self::Esphome => "ESPHome",
            Self::Theengs => "Bluetooth gateway",
            Self::HomeAssistant => "Home Assistant discovery",
        }
    }
}

impl Candidate {
    /// Whether it offers that.
    #[must_use]
    pub fn has(&self, what: What) -> bool {
        self.offer(what).is_some()
    }

    /// Its relays apart from each other and from the rest, if it has several.
    fn by_relay(mut self) -> Vec<Self> {
        let is_relay = |offer: &Offer| offer.what == What::Relay;
        if self.offers.iter().filter(|offer| is_relay(offer)).count() < 2 {
            return vec![self];
        }
        let (relays, rest) = self.offers.drain(..).partition::<Vec<_>, _>(is_relay);
        let one = |(number, relay): (u32, Offer)| Self {
            name: format!("{}, relay {number}", self.name),
            offers: vec![relay],
            ..self.clone()
        };
        let mut apart: Vec<_> = (1..).zip(relays).map(one).collect();
        apart.push(Self { offers: rest, ..self });
        apart
    }

    /// The first such thing that it offers.
    #[must_use]
    pub fn offer(&self, what: What) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.what == what)
    }
}

impl Offer {
    fn new(what: What, keys: Keys) -> Self {
        Self { what, keys }
    }
}

/// A name fit for a terminal and for a comment: one line, no control characters.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// Maker and model as one, of what was said.
fn model(maker: Option<&str>, model: Option<&str>) -> Option<String> {
    let words: Vec<String> = [maker, model].into_iter().flatten().map(clean).collect();
    let text = words.join(" ").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

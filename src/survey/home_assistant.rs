//! What announces itself to Home Assistant by MQTT.
//!
//! <https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery>, in both forms: one
//! topic for each component, and one for a whole device. Names may be abbreviated. What
//! has a family of its own is left to that family; what remains is reached by its topics.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::template;
use super::{Candidate, Family, Keys, Offer, What, clean, model};

/// Abbreviations of the settings that matter here.
const SHORT: [(&str, &str); 34] = [
    ("avty", "availability"),
    ("avty_t", "availability_topic"),
    ("cmd_t", "command_topic"),
    ("cmd_tpl", "command_template"),
    ("cmps", "components"),
    ("dev", "device"),
    ("dev_cla", "device_class"),
    ("ids", "identifiers"),
    ("mdl", "model"),
    ("mf", "manufacturer"),
    ("mode_cmd_t", "mode_command_topic"),
    ("o", "origin"),
    ("p", "platform"),
    ("pct_cmd_t", "percentage_command_topic"),
    ("pl_avail", "payload_available"),
    ("pl_not_avail", "payload_not_available"),
    ("pl_off", "payload_off"),
    ("pl_on", "payload_on"),
    ("spd_rng_max", "speed_range_max"),
    ("stat_off", "state_off"),
    ("stat_on", "state_on"),
    ("stat_t", "state_topic"),
    ("stat_val_tpl", "state_value_template"),
    ("sw", "sw_version"),
    ("t", "topic"),
    ("temp_cmd_t", "temperature_command_topic"),
    ("temp_cmd_tpl", "temperature_command_template"),
    ("temp_stat_t", "temperature_state_topic"),
    ("temp_stat_tpl", "temperature_state_template"),
    ("temp_unit", "temperature_unit"),
    ("uniq_id", "unique_id"),
    ("unit_of_meas", "unit_of_measurement"),
    ("val_tpl", "value_template"),
    ("cns", "connections"),
];

/// What a component takes from the device around it.
const INHERITED: [&str; 6] = [
    "availability",
    "availability_topic",
    "command_topic",
    "payload_available",
    "payload_not_available",
    "state_topic",
];

/// One component: its platform, its settings by their long names, and its device's.
#[derive(Debug, Clone)]
pub(super) struct Component {
    pub(super) platform: String,
    pub(super) settings: Map<String, Value>,
    pub(super) device: Map<String, Value>,
    origin: String,
}

/// What was announced, by its place below the prefix.
#[derive(Debug, Default)]
pub(super) struct HomeAssistant {
    places: BTreeMap<String, Vec<Component>>,
}

/// The components of an announcement; none for one that takes them back.
pub(super) fn components(place: &str, text: &str) -> Vec<Component> {
    let Ok(Value::Object(said)) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let said = long(said);
    let part = |key: &str| match said.get(key) {
        Some(Value::Object(part)) => long(part.clone()),
        Some(_) | None => Map::new(),
    };
    let device = part("device");
    let origin = part("origin").get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let one = |platform: &str, settings: Map<String, Value>| Component {
        platform: platform.to_owned(),
        settings: based(settings),
        device: device.clone(),
        origin: origin.clone(),
    };
    match place.split_once('/') {
        Some(("device", _)) => {
            let Some(Value::Object(list)) = said.get("components") else { return Vec::new() };
            let each = list.values().filter_map(|component| {
                let Value::Object(settings) = component else { return None };
                let mut settings = long(settings.clone());
                for key in INHERITED.iter().filter(|key| said.contains_key(**key)) {
                    settings.entry(*key).or_insert_with(|| said[*key].clone());
                }
                let platform = settings.get("platform")?.as_str()?.to_owned();
                Some(one(&platform, settings))
            });
            each.collect()
        }
        Some((platform, _)) => vec![one(platform, said.clone())],
        None => Vec::new(),
    }
}

impl HomeAssistant {
    pub(super) fn announced(&mut self, place: &str, components: Vec<Component>) {
        let others = components.into_iter().filter(|component| !component.is_of_a_family());
        self.places.insert(place.to_owned(), others.collect());
    }

    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let mut devices: BTreeMap<String, Candidate> = BTreeMap::new();
        for component in self.places.values().flatten() {
            let Some(offer) = component.offer() else { continue };
            let address = component.address();
            let device = devices.entry(address.clone()).or_insert_with(|| Candidate {
                family: Family::HomeAssistant,
                name: component.device_name().unwrap_or_else(|| clean(&address)),
                address,
                model: model(component.of_device("manufacturer"), component.of_device("model")),
                offers: Vec::new(),
            });
            if !device.offers.contains(&offer) {
                device.offers.push(offer);
            }
        }
        devices.into_values().collect()
    }
}

impl Component {
    /// A setting that is a text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.settings.get(key)?.as_str()
    }

    /// Something said of the device.
    pub(super) fn of_device(&self, key: &str) -> Option<&str> {
        self.device.get(key)?.as_str()
    }

    /// What its owner calls the device; without one, the component.
    pub(super) fn device_name(&self) -> Option<String> {
        let lone = || self.text("name").filter(|_| self.device.is_empty());
        self.of_device("name").or_else(lone).map(clean)
    }

    /// The device's first identifier, else its own.
    pub(super) fn address(&self) -> String {
        let ids = self.device.get("identifiers");
        let first = ids.and_then(|ids| ids.as_str().or_else(|| ids.get(0)?.as_str()));
        first.or_else(|| self.text("unique_id")).unwrap_or_default().to_owned()
    }

    pub(super) fn is_of_esphome(&self) -> bool {
        self.of_device("sw_version").is_some_and(|sw| sw.to_ascii_lowercase().contains("esphome"))
    }

    /// Whether a family of its own speaks for it, or it is uncramp itself.
    fn is_of_a_family(&self) -> bool {
        let address = self.address();
        let topic = self.text("state_topic").or_else(|| self.text("command_topic"));
        let topic = topic.unwrap_or_default();
        self.is_of_esphome()
            || matches!(self.origin.as_str(), "Zigbee2MQTT" | "uncramp")
            || address.starts_with("zigbee2mqtt_")
            || topic.contains("/BTtoMQTT/")
            || topic.starts_with("shellies/")
            || ["tele/", "stat/", "cmnd/"].iter().any(|prefix| topic.starts_with(prefix))
    }

    /// What it is to uncramp.
    fn offer(&self) -> Option<Offer> {
        let class = self.text("device_class").unwrap_or_default();
        match (self.platform.as_str(), class) {
            ("sensor", "temperature") => self.measured(What::Temperature),
            ("sensor", "humidity") => self.measured(What::Humidity),
            ("sensor", "carbon_dioxide") => self.measured(What::Co2),
            ("binary_sensor", "occupancy" | "presence") => self.measured(What::Presence),
            ("binary_sensor", "window" | "opening" | "door") => self.measured(What::Contact),
            ("switch", _) => self.switched(What::Relay),
            ("fan", _) => self.switched(What::Fan),
            ("climate", _) => self.held(),
            _ => None,
        }
    }

    fn measured(&self, what: What) -> Option<Offer> {
        let path = self.path("value_template")?;
        let fahrenheit = self.text("unit_of_measurement") == Some("°F");
        let inverted = match what {
            What::Presence | What::Contact => self.is_inverted("payload_on", "payload_off")?,
            What::Temperature
            | What::Humidity
            | What::Co2
            | What::Relay
            | What::SetPoint
            | What::Fan => false,
        };
        let keys = Keys::default()
            .and("topic", self.text("state_topic")?)
            .and_perhaps("path", Some(path).filter(|path| !path.is_empty()))
            .and_perhaps("unit", (fahrenheit && what == What::Temperature).then_some("fahrenheit"))
            .and_perhaps("availability", self.availability())
            .and_perhaps("inverted", inverted.then_some(true));
        Some(Offer::new(what, keys))
    }

    fn switched(&self, what: What) -> Option<Offer> {
        if self.settings.contains_key("command_template") {
            return None;
        }
        let template = if what == What::Fan { "state_value_template" } else { "value_template" };
        let on = word(self.settings.get("payload_on")).unwrap_or_else(|| "ON".to_owned());
        let off = word(self.settings.get("payload_off")).unwrap_or_else(|| "OFF".to_owned());
        // What the state says for on must be one of the words that are understood.
        let state = self.text("state_topic").zip(self.path(template));
        let told = self.is_inverted("state_on", "state_off") == Some(false)
            && (self.settings.contains_key("state_on")
                || self.is_inverted("payload_on", "payload_off") == Some(false));
        let state = state.filter(|_| told);
        let keys = Keys::default()
            .and("command", self.text("command_topic")?)
            .and_perhaps("state", state.as_ref().map(|(topic, _)| *topic))
            .and_perhaps("state_path", below(state.as_ref()))
            .and_perhaps("payload_on", (on != "ON").then_some(on))
            .and_perhaps("payload_off", (off != "OFF").then_some(off))
            .and_perhaps("availability", self.availability());
        Some(Offer::new(what, keys))
    }

    fn held(&self) -> Option<Offer> {
        let payload = match self.text("temperature_command_template") {
            Some(written) => Some(template::payload(written)?).filter(|payload| payload != "{}"),
            None => None,
        };
        let state = self.text("temperature_state_topic");
        let state = state.zip(self.path("temperature_state_template"));
        let fahrenheit = self.text("temperature_unit") == Some("F");
        let keys = Keys::default()
            .and("command", self.text("temperature_command_topic")?)
            .and_perhaps("state", state.as_ref().map(|(topic, _)| *topic))
            .and_perhaps("state_path", below(state.as_ref()))
            .and_perhaps("payload_on", payload)
            .and_perhaps("unit", fahrenheit.then_some("fahrenheit"))
            .and_perhaps("availability", self.availability());
        Some(Offer::new(What::SetPoint, keys))
    }

    /// Where in the message a value is, empty for the message itself.
    fn path(&self, template: &str) -> Option<String> {
        self.text(template).map_or_else(|| Some(String::new()), template::path)
    }

    /// Where it is said whether the device can be reached, in the usual words.
    fn availability(&self) -> Option<String> {
        let (block, topic) = match self.settings.get("availability") {
            Some(Value::Array(list)) => {
                let Some(Value::Object(first)) = list.first() else { return None };
                (long(first.clone()), "topic")
            }
            Some(_) | None => (self.settings.clone(), "availability_topic"),
        };
        let usual = |key: &str, usual: &str| {
            let said = block.get(key).and_then(Value::as_str);
            said.is_none_or(|said| said.eq_ignore_ascii_case(usual))
        };
        let plain = usual("payload_available", "online")
            && usual("payload_not_available", "offline")
            && !block.contains_key("value_template")
            && !block.contains_key("availability_template");
        block.get(topic)?.as_str().filter(|_| plain).map(str::to_owned)
    }

    /// Whether the words for on and off mean the opposite; none if they mean nothing to us.
    fn is_inverted(&self, on: &str, off: &str) -> Option<bool> {
        const YES: [&str; 7] = ["on", "true", "1", "yes", "open", "occupied", "detected"];
        const NO: [&str; 7] = ["off", "false", "0", "no", "closed", "clear", "close"];
        let said = |key: &str, usual: &str| {
            word(self.settings.get(key)).unwrap_or_else(|| usual.to_owned()).to_ascii_lowercase()
        };
        let (on, off) = (said(on, "on"), said(off, "off"));
        let are = |yes: &str, no: &str| YES.contains(&yes) && NO.contains(&no);
        if are(&on, &off) { Some(false) } else { are(&off, &on).then_some(true) }
    }
}

/// Where in its message a state is, if it is not the message.
fn below(state: Option<&(&str, String)>) -> Option<String> {
    state.map(|(_, path)| path.clone()).filter(|path| !path.is_empty())
}

/// Short names by their long ones.
fn long(settings: Map<String, Value>) -> Map<String, Value> {
    let name = |key: String| {
        SHORT.iter().find(|(short, _)| *short == key).map_or(key, |(_, long)| (*long).to_owned())
    };
    settings.into_iter().map(|(key, value)| (name(key), value)).collect()
}

/// Topics with `~` written out.
fn based(mut settings: Map<String, Value>) -> Map<String, Value> {
    let Some(base) = settings.get("~").and_then(Value::as_str).map(str::to_owned) else {
        return settings;
    };
    for (_, value) in settings.iter_mut().filter(|(key, _)| key.ends_with("topic")) {
        let Some(topic) = value.as_str() else { continue };
        if let Some(rest) = topic.strip_prefix('~') {
            *value = Value::from(format!("{base}{rest}"));
        } else if let Some(rest) = topic.strip_suffix('~') {
            *value = Value::from(format!("{rest}{base}"));
        }
    }
    settings
}

/// A payload that is written as a text, a number or a truth.
fn word(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

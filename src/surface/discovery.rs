//! How a bedroom introduces itself to Home Assistant: one device, with everything its
//! owner would want to see or touch, by MQTT discovery.
//!
//! Device payloads need Home Assistant 2024.11; `default_entity_id` and the class of a
//! temperature difference need 2025.11, which is the version uncramp asks for
//! (<https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery>).

mod dashboard;
mod entities;
mod shown;

pub use dashboard::dashboard;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::model::BedroomId;
use crate::plan::{Bedroom, Plan};
use crate::speech::{Label, label};
use crate::wire::Message;

/// More than these would clutter a dashboard on the first day; the rest can be enabled.
const MOST_ENABLED: usize = 12;

/// What the broker was once given to keep of each bedroom: by the topic of its device, the
/// components with their platforms, and the topic of its state, with nothing. Kept over
/// restarts, so that what leaves the plan leaves the broker and Home Assistant too, also from
/// below another prefix.
pub type Introduced = BTreeMap<String, BTreeMap<String, String>>;

/// One entity.
struct Entity {
    /// Its name within the device, for ever.
    key: String,
    /// Home Assistant's platform.
    platform: &'static str,
    /// Everything else of it.
    about: Map<String, Value>,
    /// It is of no use to most, and has to be enabled.
    hidden: bool,
    /// Whose it is, as an index into the bedroom's sleepers, and what they all have of it:
    /// names that differ in nothing but accents do not tell by the key.
    whose: Option<(&'static str, usize)>,
}

/// The messages that introduce every bedroom, and those that take back what was
/// introduced before and is there no more. `before` becomes what holds now.
#[must_use]
pub fn discovery(plan: &Plan, before: &mut Introduced) -> Vec<Message> {
    *before = by_topic(std::mem::take(before));
    let mut messages: Vec<_> = plan.ids().flat_map(|id| introduce(plan, id, before).0).collect();
    messages.extend(withdraw(plan, before));
    messages
}

/// An earlier version kept devices by their names, and knew one prefix.
#[must_use]
pub fn by_topic(before: Introduced) -> Introduced {
    let topic = |name: String| {
        if name.contains('/') { name } else { config_topic("homeassistant", &name) }
    };
    before.into_iter().map(|(name, about)| (topic(name), about)).collect()
}

/// The messages that introduce a bedroom, and whether `before` did not know of all of it; it does
/// now.
#[must_use]
pub fn introduce(plan: &Plan, id: BedroomId, before: &mut Introduced) -> (Vec<Message>, bool) {
    let Some(bedroom) = plan.bedroom(id) else { return (Vec::new(), false) };
    let mut news = before.insert(super::topic(plan, id, "state"), BTreeMap::new()).is_none();
    let mut messages = Vec::new();
    if let Some(prefix) = &plan.discovery {
        let entities = entities::of(plan, id, bedroom);
        let known: BTreeMap<_, _> = entities
            .iter()
            .map(|entity| (entity.key.clone(), entity.platform.to_owned()))
            .collect();
        let topic = topic_of(plan, bedroom, prefix);
        let old = before.get(&topic);
        news |= old != Some(&known);
        let gone = old.map(|old| leaving(old, &known)).unwrap_or_default();
        if !gone.is_empty() {
            // Leaving a component out removes nothing; it must first be emptied.
            messages.push(introduction(plan, id, bedroom, &topic, &entities, &gone));
        }
        messages.push(introduction(plan, id, bedroom, &topic, &entities, &[]));
        before.insert(topic, known);
    }
    (messages, news)
}

/// The messages that take back what was introduced before and is there no more, of which `before`
/// knows nothing then.
#[must_use]
pub fn withdraw(plan: &Plan, before: &mut Introduced) -> Vec<Message> {
    let states = plan.ids().map(|id| super::topic(plan, id, "state"));
    let prefix = plan.discovery.iter();
    let devices = prefix.flat_map(|prefix| {
        plan.bedrooms.iter().map(move |bedroom| topic_of(plan, bedroom, prefix))
    });
    let now: BTreeSet<String> = states.chain(devices).collect();
    let gone: Vec<String> = before.keys().filter(|it| !now.contains(*it)).cloned().collect();
    before.retain(|topic, _| now.contains(topic));
    gone.into_iter().map(super::forgotten).collect()
}

/// Components that are no more, or of another platform than before.
fn leaving(
    old: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) -> Vec<(String, String)> {
    old.iter()
        .filter(|(key, platform)| now.get(*key) != Some(platform))
        .map(|(key, platform)| (key.clone(), platform.clone()))
        .collect()
}

fn introduction(
    plan: &Plan,
    id: BedroomId,
    bedroom: &Bedroom,
    topic: &str,
    entities: &[Entity],
    gone: &[(String, String)],
) -> Message {
    let device = device_id(plan, bedroom);
    let mut components = Map::new();
    for entity in entities {
        let mut about = entity.about.clone();
        about.insert("p".to_owned(), json!(entity.platform));
        about.insert("uniq_id".to_owned(), json!(format!("{device}_{}", entity.key)));
        let own_id = format!("{}.{device}_{}", entity.platform, entity.key);
        about.insert("def_ent_id".to_owned(), json!(own_id));
        if entity.hidden {
            about.insert("en".to_owned(), json!(false));
        }
        components.insert(entity.key.clone(), Value::Object(about));
    }
    for (key, platform) in gone {
        components.insert(key.clone(), json!({ "p": platform }));
    }
    let payload = json!({
        "dev": {
            "ids": [&device],
            "name": label(Label::Device(&bedroom.shown()), plan.language),
            "mf": "uncramp",
            "mdl": "Bedroom",
            "sw": env!("CARGO_PKG_VERSION"),
        },
        "o": { "name": "uncramp", "sw": env!("CARGO_PKG_VERSION") },
        "avty": [{ "t": format!("{}/status", plan.base_topic) }],
        "stat_t": super::topic(plan, id, "state"),
        "qos": 1,
        "cmps": components,
    });
    let (topic, payload) = (topic.to_owned(), payload.to_string().into_bytes());
    Message { topic, payload, retain: true, confirmed: true }
}

/// Where a bedroom introduces itself below a prefix.
pub(super) fn topic_of(plan: &Plan, bedroom: &Bedroom, prefix: &str) -> String {
    config_topic(prefix, &device_id(plan, bedroom))
}

fn config_topic(prefix: &str, device: &str) -> String {
    format!("{prefix}/device/{device}/config")
}

/// The device's name for ever: base topic and bedroom.
fn device_id(plan: &Plan, bedroom: &Bedroom) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let text = format!("{}_{}", plan.base_topic, bedroom.name);
    text.chars().map(fits).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests;

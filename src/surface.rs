//! uncramp's own topics: what it says of itself, and what people may tell it.
//!
//! No sockets and no words of its own: sentences for people come as arguments.

mod announce;
mod ask;
mod discovery;
mod page;
mod reply;
mod wishes;

#[cfg(test)]
pub(crate) mod tests;

pub use announce::{
    Still, announce, announce_again, hermes, hermes_again, matter, unsaid, watched_night,
};
pub use discovery::{Introduced, by_topic, dashboard, discovery, introduce, withdraw};
pub(crate) use page::Page;
pub use reply::{Wished, answer, reply, reply_topic, waits};
pub use wishes::{Asker, Refused, Request, decode, filters, filters_of};

use std::collections::BTreeSet;

use chrono::DateTime;
use chrono::FixedOffset;
use serde_json::{Map, Value, json};

use crate::engine::Command;
use crate::model::{BedroomId, Time, Wall};
use crate::plan::Plan;
use crate::view;
use crate::wire::Message;

/// Whether uncramp is there: kept by the broker, and as "offline" also the last will.
#[must_use]
pub fn status(plan: &Plan, online: bool) -> Message {
    let word = if online { "online" } else { "offline" };
    Message {
        topic: format!("{}/status", plan.base_topic),
        payload: word.as_bytes().to_vec(),
        retain: true,
        confirmed: true,
    }
}

/// Who speaks below this base topic: kept by the broker, so that a second uncramp with
/// the same base topic can be noticed. `since` in Unix milliseconds; left out while the
/// clock is not synchronised.
#[must_use]
pub fn instance(plan: &Plan, id: &str, host: &str, since: Option<i64>) -> Message {
    let mut object = Map::new();
    object.insert("id".to_owned(), json!(id));
    object.insert("host".to_owned(), json!(host));
    if let Some(since) = since.and_then(|since| civil(plan, since)) {
        object.insert("since".to_owned(), json!(since));
    }
    Message { topic: instance_topic(plan), payload: text(object), retain: true, confirmed: true }
}

/// The topic of [`instance`].
#[must_use]
pub fn instance_topic(plan: &Plan) -> String {
    format!("{}/instance", plan.base_topic)
}

/// Every topic on which the broker keeps something of ours: of these bedrooms, of the
/// plan's, and what was introduced to Home Assistant.
#[must_use]
pub fn kept<'n>(
    plan: &'n Plan,
    bedrooms: impl Iterator<Item = &'n str>,
    introduced: &Introduced,
) -> BTreeSet<String> {
    let names = plan.bedrooms.iter().map(|bedroom| bedroom.name.as_str()).chain(bedrooms);
    let states = names.map(|name| format!("{}/{name}/state", plan.base_topic));
    let devices = discovery(plan, &mut introduced.clone()).into_iter().map(|it| it.topic);
    devices.chain(states).chain([instance_topic(plan), status(plan, false).topic]).collect()
}

/// What makes the broker forget what it keeps on a topic.
#[must_use]
pub const fn forgotten(topic: String) -> Message {
    Message { topic, payload: Vec::new(), retain: true, confirmed: true }
}

/// Where the plan's first bedrooms, so many at most, introduce themselves to Home Assistant.
#[must_use]
pub fn device_topics(plan: &Plan, most: usize) -> Vec<String> {
    let device = |prefix: &String| {
        let all = plan.bedrooms.iter().take(most);
        all.map(|bedroom| discovery::topic_of(plan, bedroom, prefix)).collect()
    };
    plan.discovery.as_ref().map(device).unwrap_or_default()
}

/// Whether a bedroom introduces itself there, or did.
#[must_use]
pub fn is_device(plan: &Plan, topic: &str) -> bool {
    let below = |prefix: &String| topic.strip_prefix(prefix.as_str())?.strip_prefix("/device/");
    plan.discovery.as_ref().and_then(below).is_some()
}

/// Whether a topic is that of [`instance`].
#[must_use]
pub fn is_instance(plan: &Plan, topic: &str) -> bool {
    topic.strip_prefix(plan.base_topic.as_str()) == Some("/instance")
}

/// The id and the host of an [`instance`]; none of anything else.
#[must_use]
pub fn who(payload: &[u8]) -> Option<(String, String)> {
    let said: Value = serde_json::from_slice(payload).ok()?;
    let short = |key: &str| {
        let text = said.get(key)?.as_str()?;
        Some(text.chars().filter(|c| !c.is_control()).take(64).collect::<String>())
    };
    Some((short("id")?, short("host")?))
}

/// The picture of a bedroom, already JSON: kept by the broker.
#[must_use]
pub fn state(plan: &Plan, bedroom: BedroomId, view: String) -> Message {
    Message {
        topic: topic(plan, bedroom, "state"),
        payload: view.into_bytes(),
        retain: true,
        confirmed: false,
    }
}

/// A command with its reason, for any automation. `text` is the reason in words.
#[must_use]
pub fn action(plan: &Plan, command: &Command, text_of_reason: &str, wall: Wall) -> Message {
    let object = decision(plan, command, text_of_reason, wall);
    Message {
        topic: topic(plan, command.bedroom, "action"),
        payload: text(object),
        retain: false,
        confirmed: true,
    }
}

/// What an actuator would have been told while uncramp only watches: like [`action`], with
/// `watch: true`.
#[must_use]
pub fn watched(plan: &Plan, command: &Command, text_of_reason: &str, wall: Wall) -> Message {
    let mut object = decision(plan, command, text_of_reason, wall);
    object.insert("watch".to_owned(), json!(true));
    Message {
        topic: topic(plan, command.bedroom, "action"),
        payload: text(object),
        retain: false,
        confirmed: true,
    }
}

/// Something happened: `cramp`, `no_cramp`, `drink`, `later`, `announcement`, `override`, `watched`, `refused`; with
/// whatever tells more of it.
#[must_use]
pub fn event(plan: &Plan, bedroom: BedroomId, kind: &str, about: Value) -> Message {
    let mut object = Map::new();
    object.insert("event_type".to_owned(), json!(kind));
    if let Value::Object(about) = about {
        object.extend(about);
    }
    Message {
        topic: topic(plan, bedroom, "event"),
        payload: text(object),
        retain: false,
        confirmed: true,
    }
}

/// A command and its reason, for people's automations.
fn decision(
    plan: &Plan,
    command: &Command,
    text_of_reason: &str,
    wall: Wall,
) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("actuator".to_owned(), json!(actuator(plan, command)));
    if let Value::Object(told) = view::switch(&command.switch) {
        object.extend(told);
    }
    object.insert("again".to_owned(), json!(command.again));
    object.insert("reason".to_owned(), view::data(&command.reason, plan, wall));
    object.insert("text".to_owned(), json!(text_of_reason));
    until(plan, command.valid_until, wall, &mut object);
    object
}

/// A topic of one bedroom, such as `uncramp/bedroom/state`.
#[must_use]
pub fn topic(plan: &Plan, bedroom: BedroomId, what: &str) -> String {
    format!("{}/{}/{what}", plan.base_topic, name(plan, bedroom))
}

fn name(plan: &Plan, bedroom: BedroomId) -> &str {
    let place = usize::try_from(bedroom.0).ok();
    place.and_then(|place| plan.bedrooms.get(place)).map_or("", |bedroom| &bedroom.name)
}

fn actuator<'p>(plan: &'p Plan, command: &Command) -> &'p str {
    let bedroom = usize::try_from(command.bedroom.0).ok();
    bedroom
        .and_then(|place| plan.bedrooms.get(place))
        .and_then(|bedroom| bedroom.actuators.get(usize::from(command.actuator.0)))
        .map_or("", |actuator| &actuator.name)
}

/// Adds until when it is valid, unless nobody knows what time it is, or it always is.
fn until(plan: &Plan, valid_until: Time, wall: Wall, object: &mut Map<String, Value>) {
    if let Some(civil) = instant(plan, valid_until, wall) {
        object.insert("valid_until".to_owned(), json!(civil));
    }
}

/// An instant as RFC 3339, in the house's own time; none while nobody knows what time it
/// is, and for one that never comes.
#[must_use]
pub fn instant(plan: &Plan, at: Time, wall: Wall) -> Option<String> {
    if !wall.synchronised || at >= Time::NEVER {
        return None;
    }
    civil(plan, wall.unix_ms(at))
}

/// A wall-clock instant as RFC 3339, in the house's own time.
fn civil(plan: &Plan, unix_ms: i64) -> Option<String> {
    let east = FixedOffset::east_opt(plan.zone.offset(unix_ms.div_euclid(1000)))?;
    Some(DateTime::from_timestamp_millis(unix_ms)?.with_timezone(&east).to_rfc3339())
}

fn text(object: Map<String, Value>) -> Vec<u8> {
    Value::Object(object).to_string().into_bytes()
}

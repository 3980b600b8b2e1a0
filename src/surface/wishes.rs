//! What people and Home Assistant may tell uncramp.

use std::fmt;

use chrono::DateTime;
use serde_json::{Map, Value};

use crate::engine::{Event, Outcome, Want, Wish};
use crate::model::{ActuatorId, BedroomId, Millilitres, Span, Time, Wall};
use crate::plan::{Bedroom, Mode, Plan};
use crate::wire::LONGEST;

/// Where Rhasspy and its heirs say that they have spoken.
const HERMES_FINISHED: &str = "hermes/tts/sayFinished";

/// The most that one drink can be: 2 L.
const LARGEST_DRINK: i64 = 2000;

/// A message to one of uncramp's own topics that was not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which topic.
    pub topic: String,
    /// The broker had kept it from earlier: a wish has its moment, and nobody knows
    /// which one this had.
    pub retained: bool,
    /// What was wrong and what would be right, as a sentence that names the topic.
    pub sentence: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Refused {}

/// What may be told, one topic each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Control {
    Drink,
    Mode,
    Override,
    Away,
    Baby,
    Timer,
    Ack,
}

/// Every topic on which uncramp may be told something; subscribe with quality of
/// service 1.
#[must_use]
pub fn filters(plan: &Plan) -> Vec<String> {
    let bedrooms = (0..).map(BedroomId).zip(&plan.bedrooms);
    let own = bedrooms.flat_map(|(id, _)| filters_of(plan, id));
    own.chain([HERMES_FINISHED.to_owned()]).collect()
}

/// The topics on which one bedroom may be told something. One of them has a wildcard,
/// so that a misspelt control is answered too.
#[must_use]
pub fn filters_of(plan: &Plan, bedroom: BedroomId) -> Vec<String> {
    ["+/set", Control::Ack.topic()].map(|what| super::topic(plan, bedroom, what)).to_vec()
}

/// What a message to one of uncramp's own topics means; none if the topic is no such, or
/// if the message is empty, which is how a kept one is cleared. `now` and `wall` are for
/// wishes with an end.
///
/// # Errors
///
/// If the message cannot be followed, or the broker had kept it.
#[must_use]
pub fn decode(
    plan: &Plan,
    now: Time,
    wall: Wall,
    topic: &str,
    payload: &[u8],
    retained: bool,
) -> Option<Result<Event, Refused>> {
    if topic == HERMES_FINISHED {
        return spoken(plan, payload, retained);
    }
    let rest = topic.strip_prefix(plan.base_topic.as_str())?.strip_prefix('/')?;
    let (name, what) = rest.split_once('/')?;
    if payload.is_empty() || !(what.ends_with("/set") || what == Control::Ack.topic()) {
        return None;
    }
    let refused = |retained, sentence: String| {
        Some(Err(Refused {
            topic: topic.to_owned(),
            retained,
            sentence: format!("{topic}: {sentence}"),
        }))
    };
    let mut bedrooms = (0..).map(BedroomId).zip(&plan.bedrooms);
    let Some((id, bedroom)) = bedrooms.find(|(_, bedroom)| bedroom.name == name) else {
        let names = list(plan.bedrooms.iter().map(|bedroom| bedroom.name.as_str()));
        return refused(retained, format!("there is no bedroom “{name}”; there is {names}."));
    };
    let Some(control) = Control::ALL.into_iter().find(|control| control.topic() == what) else {
        let known = list(Control::ALL.iter().map(|control| control.topic()));
        return refused(retained, format!("“{what}” is nothing to be told; there is {known}."));
    };
    if retained {
        let sentence = "the broker kept this message from earlier, and a wish has its moment; \
                        send it without the retain flag, and clear the kept one by an empty \
                        message with it.";
        return refused(true, sentence.to_owned());
    }
    let told = Told { bedroom, now, wall };
    let event = read(payload).and_then(|text| control.event(id, &told, text));
    match event {
        Ok(event) => Some(Ok(event)),
        Err(wrong) => refused(false, format!("{wrong}; send {}.", control.example(bedroom))),
    }
}

/// Rhasspy has no topic a bedroom; its site is the bedroom's name.
fn spoken(plan: &Plan, payload: &[u8], retained: bool) -> Option<Result<Event, Refused>> {
    if retained {
        return None;
    }
    let Ok(Value::Object(object)) = serde_json::from_slice(payload) else { return None };
    let site = object.get("siteId")?.as_str()?;
    let place = plan.bedrooms.iter().position(|bedroom| bedroom.name == site)?;
    let id = whole(object.get("id")?).and_then(|id| u64::try_from(id).ok())?;
    let bedroom = BedroomId(u32::try_from(place).ok()?);
    Some(Ok(Event::Announced { bedroom, id, outcome: Outcome::Spoken }))
}

impl Control {
    const ALL: [Self; 7] =
        [Self::Drink, Self::Mode, Self::Override, Self::Away, Self::Baby, Self::Timer, Self::Ack];

    const fn topic(self) -> &'static str {
        match self {
            Self::Drink => "drink/set",
            Self::Mode => "mode/set",
            Self::Override => "override/set",
            Self::Away => "away/set",
            Self::Baby => "baby/set",
            Self::Timer => "timer/set",
            Self::Ack => "announce/ack",
        }
    }

    /// What would be right, with this bedroom's names.
    fn example(self, bedroom: &Bedroom) -> String {
        let actuator = bedroom.actuators.first().map_or("heater", |actuator| &actuator.name);
        let sleeper = bedroom.sleepers.first().map_or("anna", |sleeper| &sleeper.name);
        match self {
            Self::Drink => format!(r#"{{"sleeper": "{sleeper}", "ml": 250}}"#),
            Self::Mode => "auto, watch or off".to_owned(),
            Self::Override => {
                format!(r#"{{"actuator": "{actuator}", "want": "on", "until": "2h"}}"#)
            }
            Self::Away => r#"{"until": "48h"}, on or off"#.to_owned(),
            Self::Baby => "on".to_owned(),
            Self::Timer => format!(r#"{{"actuator": "{actuator}", "works": true}}"#),
            Self::Ack => r#"{"id": 7, "outcome": "spoken"}"#.to_owned(),
        }
    }

    fn event(self, bedroom: BedroomId, told: &Told, text: &str) -> Result<Event, String> {
        let wish = match self {
            Self::Drink => told.drink(text)?,
            Self::Mode => Wish::Mode(mode(text)?),
            Self::Override => told.wanted(text)?,
            Self::Away => Wish::Away(told.away(text)?),
            Self::Baby => baby(text)?,
            Self::Timer => told.timer(text)?,
            Self::Ack => {
                let (id, outcome) = ack(text)?;
                return Ok(Event::Announced { bedroom, id, outcome });
            }
        };
        Ok(Event::Wish { bedroom, wish })
    }
}

/// Where and when something is told.
struct Told<'p> {
    bedroom: &'p Bedroom,
    now: Time,
    wall: Wall,
}

impl Told<'_> {
    fn drink(&self, text: &str) -> Result<Wish, String> {
        let object = object(text, &["sleeper", "ml"])?;
        let sleepers = &self.bedroom.sleepers;
        let sleeper = match object.get("sleeper") {
            None if sleepers.len() == 1 => 0,
            None => return Err("`sleeper` is missing, and more than one sleeps here".to_owned()),
            Some(name) => {
                let names: Vec<&str> = sleepers.iter().map(|one| one.name.as_str()).collect();
                place(name, "sleeper", &names)?
            }
        };
        let ml = object.get("ml").and_then(whole).filter(|ml| (1..=LARGEST_DRINK).contains(ml));
        let ml = ml.and_then(|ml| i32::try_from(ml).ok());
        let ml = ml.ok_or_else(|| format!("`ml` is not a number from 1 to {LARGEST_DRINK}"))?;
        Ok(Wish::Drink { sleeper, amount: Millilitres(ml) })
    }

    fn wanted(&self, text: &str) -> Result<Wish, String> {
        let object = object(text, &["actuator", "want", "until"])?;
        let actuator = self.actuator(&object)?;
        let want = match object.get("want").and_then(Value::as_str).map(lower).as_deref() {
            Some("on") => Want::On,
            Some("off") => Want::Off,
            Some("auto") => Want::Auto,
            Some(_) | None => return Err("`want` is not one of on, off, auto".to_owned()),
        };
        Ok(Wish::Override { actuator, want, until: self.until(&object)? })
    }

    /// `on` is until further notice.
    fn away(&self, text: &str) -> Result<Option<Time>, String> {
        match lower(text).as_str() {
            "on" => Ok(Some(Time::NEVER)),
            "off" => Ok(None),
            _ => match self.until(&object(text, &["until"])?)? {
                Some(until) => Ok(Some(until)),
                None => Err("`until` is missing".to_owned()),
            },
        }
    }

    fn timer(&self, text: &str) -> Result<Wish, String> {
        let object = object(text, &["actuator", "works"])?;
        let actuator = self.actuator(&object)?;
        match object.get("works").and_then(Value::as_bool) {
            Some(works) => Ok(Wish::Timer { actuator, works }),
            None => Err("`works` is neither true nor false".to_owned()),
        }
    }

    fn actuator(&self, object: &Map<String, Value>) -> Result<ActuatorId, String> {
        let names: Vec<&str> = self.bedroom.actuators.iter().map(|one| one.name.as_str()).collect();
        let name = object.get("actuator").ok_or("`actuator` is missing")?;
        let id = place(name, "actuator", &names)?;
        u8::try_from(id).map(ActuatorId).map_err(|_| "there are too many actuators".to_owned())
    }

    /// An end in the future: a duration from now, or an instant.
    fn until(&self, object: &Map<String, Value>) -> Result<Option<Time>, String> {
        let until = match object.get("until") {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(until)) => until.trim(),
            Some(other) => return Err(format!("`until` is {other}, no duration and no time")),
        };
        if let Some(span) = duration(until) {
            return Ok(Some(self.now + span));
        }
        let Ok(instant) = DateTime::parse_from_rfc3339(until) else {
            return Err(format!(
                "`until` is “{}”, neither a duration such as 2h nor a time such as \
                 2026-11-22T07:00:00+01:00",
                short(until)
            ));
        };
        if !self.wall.synchronised {
            return Err("`until` is a time, and the clock here is not set yet; a duration \
                        such as 2h is understood"
                .to_owned());
        }
        let until = self.wall.time(instant.timestamp_millis());
        if until > self.now { Ok(Some(until)) } else { Err("`until` is over already".to_owned()) }
    }
}

fn mode(text: &str) -> Result<Mode, String> {
    match lower(text).as_str() {
        "auto" => Ok(Mode::Auto),
        "watch" => Ok(Mode::Watch),
        "off" => Ok(Mode::Off),
        other => Err(format!("“{}” is no mode", short(other))),
    }
}

/// S13: anyone may add a lock, and only the configuration lifts one.
fn baby(text: &str) -> Result<Wish, String> {
    match lower(text).as_str() {
        "on" => Ok(Wish::BabyTonight),
        "off" => Err("a baby in the room stays noted until noon and cannot be taken back, since \
                      it only makes things safer"
            .to_owned()),
        other => Err(format!("“{}” is not on", short(other))),
    }
}

fn ack(text: &str) -> Result<(u64, Outcome), String> {
    let object = object(text, &["id", "outcome"])?;
    let id = object.get("id").and_then(whole).and_then(|id| u64::try_from(id).ok());
    let id = id.ok_or("`id` is not the number of an announcement")?;
    let outcome = match object.get("outcome").and_then(Value::as_str).map(lower).as_deref() {
        Some("spoken") => Outcome::Spoken,
        Some("failed") => Outcome::Failed,
        Some("answered") => Outcome::Answered,
        Some(_) | None => {
            return Err("`outcome` is not one of spoken, failed, answered".to_owned());
        }
    };
    Ok((id, outcome))
}

fn read(payload: &[u8]) -> Result<&str, String> {
    if payload.len() > LONGEST {
        return Err(format!("the message has {} bytes, far too many", payload.len()));
    }
    match std::str::from_utf8(payload) {
        Ok(text) => Ok(text),
        Err(_) => Err("the message is no text".to_owned()),
    }
}

/// A JSON object with no other keys than these: a misspelt `until` must not become an
/// override without end.
fn object(text: &str, keys: &[&str]) -> Result<Map<String, Value>, String> {
    let Ok(Value::Object(object)) = serde_json::from_str(text) else {
        return Err(format!("“{}” is no JSON object", short(text)));
    };
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(object),
        Some(odd) => Err(format!("`{}` is none of {}", short(odd), list(keys.iter().copied()))),
    }
}

fn place(name: &Value, what: &str, names: &[&str]) -> Result<usize, String> {
    let name = name.as_str().ok_or_else(|| format!("`{what}` is no name"))?;
    let exact = names.iter().position(|known| *known == name);
    let alike = || names.iter().position(|known| known.eq_ignore_ascii_case(name.trim()));
    exact.or_else(alike).ok_or_else(|| {
        format!("there is no {what} “{}” here, only {}", short(name), list(names.iter().copied()))
    })
}

/// A whole number, also where a template made `250.0` or `"250"` of it.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
fn whole(value: &Value) -> Option<i64> {
    let float = || match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse::<f64>().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let text = || value.as_str().and_then(|text| text.trim().parse::<i64>().ok());
    value.as_i64().or_else(text).or_else(|| {
        float().filter(|f| f.abs() < 1e9 && libm::trunc(*f).total_cmp(f).is_eq()).map(|f| f as i64)
    })
}

/// A duration as the configuration writes it, above zero and within a year: `1h30m`.
fn duration(text: &str) -> Option<Span> {
    let mut seconds = 0_i64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number = rest[..digits].parse::<i64>().ok()?;
        let unit = match rest.as_bytes()[digits] {
            b'd' => 86_400,
            b'h' => 3600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        rest = &rest[digits + 1..];
    }
    (1..=366 * 86_400).contains(&seconds).then(|| Span::seconds(seconds))
}

fn lower(text: &str) -> String {
    text.trim().trim_matches('"').to_ascii_lowercase()
}

fn short(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(40).collect()
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests;

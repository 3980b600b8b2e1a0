//! What people and Home Assistant may tell uncramp.

mod words;

use std::fmt;

use chrono::DateTime;
use serde_json::{Map, Value};

use self::words::{
    ack, baby, duration, house, list, lower, mode, object, pause, place, read, say, setting, shift,
    short, truth, whole,
};
use crate::engine::{Event, Outcome, Want, Wish};
use crate::model::{ActuatorId, BedroomId, Hours, Millilitres, Span, Time, Wall, Zone};
use crate::plan::{Bedroom, Kind, Plan, Setting};

/// Where Rhasspy and its heirs say that they have spoken.
const HERMES_FINISHED: &str = "hermes/tts/sayFinished";

/// The most that one drink can be: 2 L.
const LARGEST_DRINK: i64 = 2000;

/// A cramp longer ago belongs to another night.
const CRAMP_AGO: Span = Span::hours(24);

/// Half a minute of speech.
const LONGEST_SAID: usize = 400;

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

/// What a message to one of uncramp's own topics asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Something that the engine takes note of.
    Tell(Event),
    /// A value of the configuration to be changed.
    Change {
        /// In which bedroom.
        bedroom: BedroomId,
        /// What.
        setting: Setting,
        /// To what, as the file would say it.
        value: String,
    },
}

/// What may be told, one topic each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Control {
    Drink,
    Mode,
    Override,
    Away,
    House,
    Baby,
    Pause,
    Shift,
    Cramp,
    Done,
    Snooze,
    Say,
    Setting,
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
) -> Option<Result<Request, Refused>> {
    if topic == HERMES_FINISHED {
        return spoken(plan, payload, retained).map(|event| Ok(Request::Tell(event)));
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
    let told = Told { bedroom, now, wall, zone: &plan.zone };
    let request = read(payload).and_then(|text| control.request(id, &told, text));
    match request {
        Ok(request) => Some(Ok(request)),
        Err(wrong) => {
            refused(false, format!("{wrong}; send {}.", control.example(bedroom, payload)))
        }
    }
}

/// Rhasspy has no topic a bedroom: the id that it gives back names it.
fn spoken(plan: &Plan, payload: &[u8], retained: bool) -> Option<Event> {
    if retained {
        return None;
    }
    let Ok(Value::Object(object)) = serde_json::from_slice(payload) else { return None };
    let (name, id) = object.get("id")?.as_str()?.split_once('/')?;
    let (bedroom, _) = plan.bedroom_named(name)?;
    let id = id.parse().ok()?;
    Some(Event::Announced { bedroom, id, outcome: Outcome::Spoken })
}

impl Control {
    const ALL: [Self; 15] = [
        Self::Drink,
        Self::Mode,
        Self::Override,
        Self::Away,
        Self::House,
        Self::Baby,
        Self::Pause,
        Self::Shift,
        Self::Cramp,
        Self::Done,
        Self::Snooze,
        Self::Say,
        Self::Setting,
        Self::Timer,
        Self::Ack,
    ];

    const fn topic(self) -> &'static str {
        match self {
            Self::Drink => "drink/set",
            Self::Mode => "mode/set",
            Self::Override => "override/set",
            Self::Away => "away/set",
            Self::House => "house/set",
            Self::Baby => "baby/set",
            Self::Pause => "pause/set",
            Self::Shift => "shift/set",
            Self::Cramp => "cramp/set",
            Self::Done => "done/set",
            Self::Snooze => "snooze/set",
            Self::Say => "say/set",
            Self::Setting => "setting/set",
            Self::Timer => "timer/set",
            Self::Ack => "announce/ack",
        }
    }

    /// What would be right, with this bedroom's names: those that are meant, if they can be
    /// read.
    fn example(self, bedroom: &Bedroom, payload: &[u8]) -> String {
        let meant: Value = serde_json::from_slice(payload).unwrap_or_default();
        let actuators: Vec<_> = bedroom.actuators.iter().map(|it| it.name.as_str()).collect();
        let sleepers: Vec<_> = bedroom.sleepers.iter().map(|it| it.name.as_str()).collect();
        let actuator = meant_or_first(&meant["actuator"], &actuators).unwrap_or("heater");
        let sleeper = meant_or_first(&meant["sleeper"], &sleepers).unwrap_or("anna");
        match self {
            Self::Drink => format!(r#"{{"sleeper": "{sleeper}", "ml": 250}}"#),
            Self::Mode => "auto, watch or off".to_owned(),
            Self::Override => {
                format!(r#"{{"actuator": "{actuator}", "want": "on", "until": "2h"}}"#)
            }
            Self::Away => r#"{"until": "48h"}, on or off"#.to_owned(),
            Self::House => "home, away, guest or baby".to_owned(),
            Self::Baby => "on".to_owned(),
            Self::Pause => "tonight or off".to_owned(),
            Self::Shift => "a number of kelvins such as 0.5 or -0.5".to_owned(),
            Self::Cramp => format!(
                r#"{{}} or {{"sleeper": "{sleeper}", "when": "last night"}} or {{"ago": "3h"}}, or {{"cramp": false}} for none"#
            ),
            Self::Say => format!("a sentence of at most {LONGEST_SAID} characters"),
            Self::Done | Self::Snooze => "{}".to_owned(),
            Self::Setting => r#"{"setting": "too_cold", "value": 18.5}"#.to_owned(),
            Self::Timer => format!(r#"{{"actuator": "{actuator}", "works": true}}"#),
            Self::Ack => r#"{"id": 7, "outcome": "spoken"}"#.to_owned(),
        }
    }

    fn request(self, bedroom: BedroomId, told: &Told, text: &str) -> Result<Request, String> {
        let wish = match self {
            Self::Drink => told.drink(text)?,
            Self::Mode => Wish::Mode(mode(text)?),
            Self::Override => told.wanted(text)?,
            Self::Away => Wish::Away(told.away(text)?),
            Self::House => Wish::House(house(text)?),
            Self::Baby => baby(text)?,
            Self::Pause => Wish::Pause(pause(text)?),
            Self::Shift => Wish::Shift(shift(text)?),
            Self::Cramp => told.cramp(text)?,
            Self::Done => Wish::Done,
            Self::Snooze => Wish::Snooze,
            Self::Say => Wish::Say(say(text, LONGEST_SAID)?),
            Self::Timer => told.timer(text)?,
            Self::Setting => return setting(bedroom, text),
            Self::Ack => {
                let (id, outcome) = ack(text)?;
                return Ok(Request::Tell(Event::Announced { bedroom, id, outcome }));
            }
        };
        Ok(Request::Tell(Event::Wish { bedroom, wish }))
    }
}

/// The one of these names that is meant, else the first.
fn meant_or_first<'n>(meant: &Value, names: &[&'n str]) -> Option<&'n str> {
    let meant = names.iter().find(|name| meant.as_str() == Some(name));
    meant.or(names.first()).copied()
}

/// Where and when something is told.
struct Told<'p> {
    bedroom: &'p Bedroom,
    now: Time,
    wall: Wall,
    zone: &'p Zone,
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
        let level = object.get("want").and_then(whole).and_then(|level| u8::try_from(level).ok());
        let want = match (object.get("want").and_then(Value::as_str).map(lower).as_deref(), level) {
            (Some("on"), _) => Want::On,
            (Some("off"), _) => Want::Off,
            (Some("auto"), _) => Want::Auto,
            (_, Some(level)) => Want::Level(self.level(actuator, level)?),
            (Some(_) | None, None) => {
                let level = match self.levels(actuator) {
                    Some(most) => format!(", or a level from 0 to {most}"),
                    None => String::new(),
                };
                return Err(format!("`want` is not one of on, off, auto{level}"));
            }
        };
        Ok(Wish::Override { actuator, want, until: self.until(&object)? })
    }

    /// How many levels a fan has; none for a heater.
    fn levels(&self, actuator: ActuatorId) -> Option<usize> {
        match &self.bedroom.actuators.get(usize::from(actuator.0))?.kind {
            Kind::Fan { speeds, .. } => Some(speeds.len()),
            Kind::Heater { .. } => None,
        }
    }

    /// A level that a fan has.
    fn level(&self, actuator: ActuatorId, level: u8) -> Result<u8, String> {
        let Some(most) = self.levels(actuator) else {
            return Err("a heater has no levels; `want` is on, off or auto".to_owned());
        };
        if usize::from(level) <= most {
            return Ok(level);
        }
        Err(format!("`want` is {level}, and the fan's levels go from 0 to {most}"))
    }

    fn cramp(&self, text: &str) -> Result<Wish, String> {
        let object = object(text, &["sleeper", "ago", "when", "cramp"])?;
        let names: Vec<&str> = self.bedroom.sleepers.iter().map(|one| one.name.as_str()).collect();
        let sleeper =
            object.get("sleeper").map(|name| place(name, "sleeper", &names)).transpose()?;
        let ago = object.get("ago").filter(|ago| !ago.is_null());
        match (object.get("cramp").map(truth), ago) {
            (None | Some(Some(true)), _) => {}
            (Some(Some(false)), None) => return Ok(Wish::NoCramp { sleeper }),
            (Some(Some(false)), Some(_)) => {
                return Err("`ago` tells when there was a cramp, and there was none".to_owned());
            }
            (Some(None), _) => return Err("`cramp` is neither true nor false".to_owned()),
        }
        let ago = match (ago, object.get("when")) {
            (Some(_), Some(_)) => return Err("`ago` and `when` say the same".to_owned()),
            (None, Some(when)) => self.when(when)?,
            (None, None) => Span::ZERO,
            (Some(ago), None) => ago
                .as_str()
                .and_then(|ago| duration(ago.trim()))
                .ok_or_else(|| format!("`ago` is {ago}, no duration such as 3h"))?,
        };
        if ago > CRAMP_AGO {
            return Err("`ago` is more than a day".to_owned());
        }
        Ok(Wish::Cramp { sleeper, ago })
    }

    /// How long ago the middle of last night was.
    fn when(&self, when: &Value) -> Result<Span, String> {
        if when.as_str().map(lower).as_deref() != Some("last night") {
            return Err(format!("`when` is {when}, not last night"));
        }
        if !self.wall.synchronised {
            return Err(
                "the clock here is not set yet, so that nobody knows when last night was; \
                        `ago` such as 3h is understood"
                    .to_owned(),
            );
        }
        let hours = Hours::around(self.now, self.bedroom.sleep, self.zone, self.wall);
        Ok(self.now.since(hours.last_middle(self.now)).min(CRAMP_AGO))
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

#[cfg(test)]
mod tests;

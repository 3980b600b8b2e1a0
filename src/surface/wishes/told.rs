//! What is wished for, read with the names, the clock and the hours of a bedroom.

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};

use super::words::{duration, lower, number, object, place, short, truth, whole};
use crate::engine::{Want, Wish};
use crate::model::{ActuatorId, Hours, Millilitres, Span, Time, Wall, Zone};
use crate::plan::{Actuator, Bedroom, Kind};
use crate::speech::{Fits, Refusal};

/// The most that one drink can be: 2 L.
const LARGEST_DRINK: i32 = 2000;

/// A drink of which nobody said how much: a glass, in mL.
const GLASS: i64 = 200;

/// A cramp longer ago belongs to another night.
const CRAMP_AGO: Span = Span::hours(24);

/// Of a night longer ago nobody tells any more.
const NIGHTS_AGO: i64 = 7;

/// What an actuator may be told to do.
const WANTS: &[&str] = &["on", "off", "auto"];

/// Where and when something is told.
pub(super) struct Told<'p> {
    pub(super) bedroom: &'p Bedroom,
    pub(super) now: Time,
    pub(super) wall: Wall,
    pub(super) zone: &'p Zone,
}

impl Told<'_> {
    pub(super) fn drink(&self, text: &str) -> Result<Wish, Refusal> {
        let object = object(text, &["sleeper", "ml"])?;
        let sleeper = match object.get("sleeper") {
            _ if self.bedroom.sleepers.is_empty() => return Err(Refusal::NobodyNamed),
            None if self.bedroom.sleepers.len() == 1 => 0,
            None => return Err(Refusal::WhoOfSeveral { known: self.names() }),
            Some(name) => self.sleeper(name)?,
        };
        let glass = Value::from(GLASS);
        let ml = object.get("ml").filter(|ml| !ml.is_null()).unwrap_or(&glass);
        let more = number(ml).is_some_and(|ml| ml > f64::from(LARGEST_DRINK));
        let ml = whole(ml).and_then(|ml| i32::try_from(ml).ok());
        let ml = ml.filter(|ml| (1..=LARGEST_DRINK).contains(ml));
        let ml = ml.ok_or(Refusal::Drink { most: LARGEST_DRINK, more })?;
        Ok(Wish::Drink { sleeper, amount: Millilitres(ml) })
    }

    pub(super) fn wanted(&self, text: &str) -> Result<Wish, Refusal> {
        let object = object(text, &["actuator", "want", "until"])?;
        let actuator = self.actuator(&object)?;
        let level = object.get("want").and_then(whole).and_then(|level| u8::try_from(level).ok());
        let want = match (object.get("want").and_then(Value::as_str).map(lower).as_deref(), level) {
            (Some("on"), _) => Want::On,
            (Some("off"), _) => Want::Off,
            (Some("auto"), _) => Want::Auto,
            (_, Some(level)) => Want::Level(self.level(actuator, level)?),
            (Some(_) | None, None) => {
                let fits = match self.levels(actuator) {
                    Some(most) => Fits::WordOrLevel(WANTS, most),
                    None => Fits::Word(WANTS),
                };
                return Err(Refusal::Unfit { key: "want", fits });
            }
        };
        // S4: what is refused here would be taken down, and never happen.
        if want == Want::On
            && let Some(portable) = self.bedroom.actuators.get(usize::from(actuator.0))
            && !portable.may_be_switched_on()
        {
            return Err(Refusal::NeverOn { name: portable.name.clone() });
        }
        Ok(Wish::Override { actuator, want, until: self.until(&object)? })
    }

    pub(super) fn cramp(&self, text: &str) -> Result<Wish, Refusal> {
        let object = object(text, &["sleeper", "ago", "when", "night", "cramp"])?;
        let sleeper = object.get("sleeper").map(|name| self.sleeper(name)).transpose()?;
        let night = self.night(&object)?;
        let ago = object.get("ago").filter(|ago| !ago.is_null());
        match (object.get("cramp").map(truth), ago) {
            (None | Some(Some(true)), _) => {}
            (Some(Some(false)), None) => {
                return Ok(Wish::NoCramp { sleeper, night: night.map(|hours| hours.evening) });
            }
            (Some(Some(false)), Some(_)) => return Err(Refusal::AgoOfNone),
            (Some(None), _) => {
                return Err(Refusal::Unfit { key: "cramp", fits: Fits::Truth });
            }
        }
        let ago = match (ago, object.get("when"), night) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => return Err(Refusal::AgoTwice),
            (None, _, Some(night)) => return Ok(Wish::Cramp { sleeper, ago: self.since(&night) }),
            (None, Some(when), None) => self.when(when)?,
            (None, None, None) => Span::ZERO,
            (Some(ago), None, None) => ago
                .as_str()
                .and_then(|ago| duration(ago.trim()))
                .ok_or(Refusal::Unfit { key: "ago", fits: Fits::Duration })?,
        };
        if ago > CRAMP_AGO {
            return Err(Refusal::AgoTooLong);
        }
        Ok(Wish::Cramp { sleeper, ago })
    }

    /// `on` is until further notice.
    pub(super) fn away(&self, text: &str) -> Result<Option<Time>, Refusal> {
        match lower(text).as_str() {
            "on" => Ok(Some(Time::NEVER)),
            "off" => Ok(None),
            _ => match self.until(&object(text, &["until"])?)? {
                Some(until) => Ok(Some(until)),
                None => Err(Refusal::Missing { key: "until" }),
            },
        }
    }

    pub(super) fn timer(&self, text: &str) -> Result<Wish, Refusal> {
        let object = object(text, &["actuator", "works"])?;
        let actuator = self.actuator(&object)?;
        match object.get("works").and_then(Value::as_bool) {
            Some(works) => Ok(Wish::Timer { actuator, works }),
            None => Err(Refusal::Unfit { key: "works", fits: Fits::Truth }),
        }
    }

    /// How many levels a fan has; none for a heater.
    fn levels(&self, actuator: ActuatorId) -> Option<usize> {
        match &self.bedroom.actuators.get(usize::from(actuator.0))?.kind {
            Kind::Fan { speeds, .. } => Some(speeds.len()),
            Kind::Heater { .. } => None,
        }
    }

    /// A level that a fan has.
    fn level(&self, actuator: ActuatorId, level: u8) -> Result<u8, Refusal> {
        let most = self.levels(actuator).ok_or(Refusal::HeaterLevel)?;
        if usize::from(level) <= most { Ok(level) } else { Err(Refusal::Level { level, most }) }
    }

    /// How long ago the middle of last night was.
    fn when(&self, when: &Value) -> Result<Span, Refusal> {
        if when.as_str().map(lower).as_deref() != Some("last night") {
            return Err(Refusal::Unfit { key: "when", fits: Fits::LastNight });
        }
        if !self.wall.synchronised {
            return Err(Refusal::NoClock { key: "when" });
        }
        let hours = Hours::around(self.now, self.bedroom.sleep, self.zone, self.wall);
        Ok(self.now.since(hours.last_middle(self.now)).min(CRAMP_AGO))
    }

    /// The hours of a night of the last week, named by its evening.
    fn night(&self, object: &Map<String, Value>) -> Result<Option<Hours>, Refusal> {
        let named = match object.get("night") {
            None | Some(Value::Null) => return Ok(None),
            Some(night) => night.as_str().and_then(|night| night.trim().parse::<NaiveDate>().ok()),
        };
        if !self.wall.synchronised {
            return Err(Refusal::NoClock { key: "night" });
        }
        let sleep = self.bedroom.sleep;
        let last = Hours::around(self.now, sleep, self.zone, self.wall).last_night(self.now);
        match named {
            Some(night) if (0..=NIGHTS_AGO).contains(&(last - night).num_days()) => {
                Ok(Some(Hours::of(night, sleep, self.zone, self.wall)))
            }
            Some(_) | None => Err(Refusal::Unfit { key: "night", fits: Fits::Night }),
        }
    }

    /// A cramp of which nobody knows when in the night it was is noted in its middle.
    fn since(&self, night: &Hours) -> Span {
        let middle = night.middle();
        self.now.since(middle.min(self.now))
    }

    fn sleeper(&self, name: &Value) -> Result<usize, Refusal> {
        let known: Vec<&str> = self.bedroom.sleepers.iter().map(|one| one.name.as_str()).collect();
        let name = name.as_str().ok_or(Refusal::Unfit { key: "sleeper", fits: Fits::Name })?;
        place(name, &known).ok_or_else(|| {
            if known.is_empty() {
                return Refusal::NobodyNamed;
            }
            Refusal::NoSleeper { name: short(name), known: self.names() }
        })
    }

    fn names(&self) -> Vec<String> {
        self.bedroom.sleepers.iter().map(|one| one.name.clone()).collect()
    }

    fn actuator(&self, object: &Map<String, Value>) -> Result<ActuatorId, Refusal> {
        let known: Vec<&str> = self.bedroom.actuators.iter().map(|one| one.name.as_str()).collect();
        let name = object.get("actuator").ok_or(Refusal::Missing { key: "actuator" })?;
        let name = name.as_str().ok_or(Refusal::Unfit { key: "actuator", fits: Fits::Name })?;
        let owned = |name: &&str| (*name).to_owned();
        let called: Vec<&str> = self.bedroom.actuators.iter().map(Actuator::shown).collect();
        let place = place(name, &known).or_else(|| place(name, &called));
        let place = place.and_then(|place| u8::try_from(place).ok());
        place.map(ActuatorId).ok_or_else(|| Refusal::NoActuator {
            name: short(name),
            known: known.iter().map(owned).collect(),
        })
    }

    /// An end in the future: a duration from now, or an instant.
    fn until(&self, object: &Map<String, Value>) -> Result<Option<Time>, Refusal> {
        let until = match object.get("until") {
            None | Some(Value::Null) => return Ok(None),
            Some(until) => until.as_str().unwrap_or_default().trim(),
        };
        if let Some(span) = duration(until) {
            return Ok(Some(self.now + span));
        }
        let Ok(instant) = DateTime::parse_from_rfc3339(until) else {
            return Err(Refusal::Unfit { key: "until", fits: Fits::Time });
        };
        if !self.wall.synchronised {
            return Err(Refusal::NoClock { key: "until" });
        }
        let until = self.wall.time(instant.timestamp_millis());
        if until > self.now { Ok(Some(until)) } else { Err(Refusal::Over) }
    }
}

//! What people and Home Assistant may tell uncramp.

mod tell;
mod told;
mod words;

use serde_json::Value;

pub use self::tell::Asker;
use self::tell::{Tell, tell};
use self::told::Told;
use self::words::{ack, baby, house, mode, pause, read, say, setting, shift, short, snooze};
use crate::engine::{Event, Outcome, Wish};
use crate::model::{BedroomId, Language, Time, Wall};
use crate::plan::{Plan, Setting};
use crate::speech::{Example, Refusal, refusal};

/// Where Rhasspy and its heirs say that they have spoken.
const HERMES_FINISHED: &str = "hermes/tts/sayFinished";

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
    /// What was wrong.
    pub refusal: Refusal,
    /// What would be right.
    pub example: Option<Example>,
    /// Who waits for an answer, if anybody does.
    pub asker: Option<Asker>,
}

impl Refused {
    /// What was wrong and what would be right, as a sentence that names the topic.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        format!("{}: {}", self.topic, refusal(&self.refusal, self.example.as_ref(), language))
    }

    /// The same for the log, which does not quote what may tell who drank what or had a cramp.
    #[must_use]
    pub fn logged(&self, language: Language) -> String {
        let quotes = !matches!(self.refusal, Refusal::Kept | Refusal::NoBedroom { .. });
        let told = [Control::Drink, Control::Cramp, Control::Tell].map(Control::topic);
        if quotes && told.iter().any(|what| self.topic.ends_with(&format!("/{what}"))) {
            return format!(
                "{}: what was told there cannot be followed; the event `refused` says why",
                self.topic
            );
        }
        self.sentence(language)
    }
}

/// What a message to one of uncramp's own topics asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Something that the engine takes note of.
    Tell(Event),
    /// A wish that was said aloud, and is to be answered.
    Answer {
        /// To whom.
        asker: Asker,
        /// What was wished for.
        wish: Wish,
    },
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
    Tell,
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
) -> Option<Result<Request, Box<Refused>>> {
    if topic == HERMES_FINISHED {
        return spoken(plan, payload, retained).map(|event| Ok(Request::Tell(event)));
    }
    let rest = topic.strip_prefix(plan.base_topic.as_str())?.strip_prefix('/')?;
    let (name, what) = rest.split_once('/')?;
    if payload.is_empty() || !(what.ends_with("/set") || what == Control::Ack.topic()) {
        return None;
    }
    let refused = |refusal, example| {
        let topic = topic.to_owned();
        Some(Err(Box::new(Refused { topic, retained, refusal, example, asker: None })))
    };
    let mut bedrooms = (0..).map(BedroomId).zip(&plan.bedrooms);
    let Some((id, bedroom)) = bedrooms.find(|(_, bedroom)| bedroom.name == name) else {
        let known = plan.bedrooms.iter().map(|bedroom| bedroom.name.clone()).collect();
        return refused(Refusal::NoBedroom { name: name.to_owned(), known }, None);
    };
    let Some(control) = Control::ALL.into_iter().find(|control| control.topic() == what) else {
        let known = Control::ALL.map(Control::topic).to_vec();
        return refused(Refusal::NoControl { name: what.to_owned(), known }, None);
    };
    if retained {
        return refused(Refusal::Kept, None);
    }
    let told = Told { bedroom, now, wall, zone: &plan.zone };
    let text = match read(payload) {
        Ok(text) => text,
        Err(wrong) => return refused(wrong, Some(control.example(&told, ""))),
    };
    if control == Control::Tell {
        return Some(said_aloud(id, &told, topic, text));
    }
    match control.request(id, &told, text) {
        Ok(request) => Some(Ok(request)),
        Err(wrong) => refused(wrong, Some(control.example(&told, text))),
    }
}

/// What is told is what its control would be told, by somebody who waits for an answer.
fn said_aloud(
    id: BedroomId,
    told: &Told<'_>,
    topic: &str,
    text: &str,
) -> Result<Request, Box<Refused>> {
    let refused = |refusal, example, asker| {
        let (topic, example) = (topic.to_owned(), Some(example));
        Box::new(Refused { topic, retained: false, refusal, example, asker })
    };
    let said = tell(id, text).map_err(|wrong| refused(wrong, Example::Tell, None))?;
    let Tell { asker, control, payload } = said;
    let control = match control {
        Ok(control) => control,
        Err(wrong) => return Err(refused(wrong, Example::Tell, Some(asker))),
    };
    match control.request(id, told, &payload) {
        Ok(Request::Tell(Event::Wish { wish, .. })) => Ok(Request::Answer { asker, wish }),
        Ok(request) => Ok(request),
        Err(wrong) => {
            let example = Box::new(control.example(told, &payload));
            Err(refused(wrong, Example::Payload(example), Some(asker)))
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
    const ALL: [Self; 16] = [
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
        Self::Tell,
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
            Self::Tell => "tell/set",
            Self::Ack => "announce/ack",
        }
    }

    /// Its name for who tells it aloud.
    fn name(self) -> &'static str {
        self.topic().trim_end_matches("/set")
    }

    /// What would be right, with this bedroom's names: those that are meant, if they can be
    /// read.
    fn example(self, told: &Told<'_>, text: &str) -> Example {
        let bedroom = told.bedroom;
        let meant: Value = serde_json::from_str(text).unwrap_or_default();
        let actuators: Vec<_> = bedroom.actuators.iter().map(|it| it.name.as_str()).collect();
        let sleepers: Vec<_> = bedroom.sleepers.iter().map(|it| it.name.as_str()).collect();
        let actuator =
            || meant_or_first(&meant["actuator"], &actuators).unwrap_or("heater").to_owned();
        let sleeper = || meant_or_first(&meant["sleeper"], &sleepers).unwrap_or("anna").to_owned();
        match self {
            Self::Drink => Example::Drink { sleeper: sleeper() },
            Self::Mode => Example::Mode,
            Self::Override => {
                let actuator = actuator();
                let meant = bedroom.actuator_named(&actuator);
                let on = meant.is_none_or(|(_, meant)| meant.may_be_switched_on());
                Example::Override { actuator, on }
            }
            Self::Away => Example::Away,
            Self::House => Example::House,
            Self::Baby => Example::Baby,
            Self::Pause => Example::Pause,
            Self::Shift => Example::Shift,
            Self::Cramp => Example::Cramp { sleeper: sleeper(), dated: told.wall.synchronised },
            Self::Say => Example::Say { most: LONGEST_SAID },
            Self::Done | Self::Snooze => Example::Nothing,
            Self::Setting => {
                let setting = meant["setting"].as_str().and_then(Setting::named);
                Example::Setting(setting.unwrap_or(Setting::TooCold))
            }
            Self::Timer => Example::Timer { actuator: actuator() },
            Self::Tell => Example::Tell,
            Self::Ack => Example::Ack,
        }
    }

    fn request(self, bedroom: BedroomId, told: &Told, text: &str) -> Result<Request, Refusal> {
        let wish = match self {
            Self::Drink => told.drink(text)?,
            Self::Mode => mode(text)?,
            Self::Override => told.wanted(text)?,
            Self::Away => Wish::Away(told.away(text)?),
            Self::House => Wish::House(house(text)?),
            Self::Baby => baby(text)?,
            Self::Pause => Wish::Pause(pause(text)?),
            Self::Shift => Wish::Shift(shift(text)?),
            Self::Cramp => told.cramp(text)?,
            Self::Done => Wish::Done,
            Self::Snooze => snooze(text)?,
            Self::Say => Wish::Say(say(text, LONGEST_SAID)?),
            Self::Timer => told.timer(text)?,
            Self::Setting => return setting(bedroom, text),
            // Whoever tells something tells it in one breath.
            Self::Tell => return Err(Refusal::NoWord { word: short(text) }),
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

#[cfg(test)]
mod tests;

//! What is to be said, and where: for any automation, and for Rhasspy and its heirs.

use serde_json::{Map, Value, json};

use super::ask::ask;
use super::{civil, event, name, text, topic, until};
use crate::engine::{Announcement, Audience, Fault, Period, SpokenAt, Unsaid, Urgency, Words};
use crate::model::{ActuatorId, BedroomId, SensorId, Time, Wall};
use crate::plan::{Bedroom, Plan};
use crate::speech::{Label, Said, label};
use crate::wire::Message;

/// Where Rhasspy and its heirs take what is to be spoken.
const HERMES: &str = "hermes/tts/say";

/// How loud Rhasspy speaks while it is to be quiet, of 1.
const HUSHED: f64 = 0.3;

/// Something to be said, for whatever can speak: in the language of whom it is for, and
/// beside it in every other, since a voice has its own.
#[must_use]
pub fn announce(plan: &Plan, announcement: &Announcement, said: &Said, wall: Wall) -> Message {
    let Announcement { bedroom, id, words, audience, place, urgency, quiet, .. } = announcement;
    let mut object = Map::new();
    let mut tell = |key: &str, value| object.insert(key.to_owned(), value);
    tell("id", json!(id));
    tell("text", json!(said.text()));
    tell("language", json!(said.language.tag()));
    let texts = said.texts.iter().map(|(language, text)| (language.tag().to_owned(), json!(text)));
    tell("texts", Value::Object(texts.collect()));
    tell("urgency", json!(urgency_word(*urgency)));
    tell("ask", ask(plan, announcement, said.language, wall));
    tell("audience", json!(audience_word(*audience)));
    tell("place", json!(place_word(*place)));
    tell("quiet", json!(quiet));
    tell("healed", json!(matches!(words, Words::Healed(_))));
    if let Some(room) = plan.bedroom(*bedroom) {
        tell("tag", json!(matter(words, room)));
        if let Words::Drink { sleeper, .. } | Words::LastNight { sleeper, .. } = words
            && let Some(sleeper) = room.sleepers.get(*sleeper)
        {
            tell("sleeper", json!(sleeper.name));
        }
        if let Words::Drink { amount, .. } = words {
            tell("ml", json!(amount.0));
        }
    }
    if matches!(words, Words::Watched { .. }) {
        let begin = json!({
            "label": label(Label::Begin, said.language),
            "topic": topic(plan, *bedroom, "mode/set"),
            "payload": "auto",
        });
        object.insert("offer".to_owned(), begin);
    }
    until(plan, announcement.valid_until, wall, &mut object);
    Message {
        topic: topic(plan, *bedroom, "announce"),
        payload: text(object),
        retain: false,
        confirmed: true,
    }
}

/// The same words for Rhasspy and its heirs; none for the keeper, who is told of faults
/// and never at the bedside, and none that ask: it says words, and takes no answer. The site is
/// the bedroom's name, or the house's where nobody is in the bedroom; the id begins with the
/// bedroom's name.
#[must_use]
pub fn hermes(plan: &Plan, announcement: &Announcement, said: &Said) -> Option<Message> {
    let bedroom = name(plan, announcement.bedroom);
    let site = match (announcement.audience, announcement.place, &plan.hermes_home) {
        (Audience::Keeper, _, _) => return None,
        (Audience::Sleeper, SpokenAt::Home, Some(home)) => home,
        (Audience::Sleeper, SpokenAt::Home, None) | (Audience::Sleeper, SpokenAt::Bed, _) => {
            bedroom
        }
    };
    if matches!(announcement.words, Words::LastNight { .. }) {
        return None;
    }
    let mut object = json!({
        "text": said.text(),
        "siteId": site,
        "lang": said.language.tag(),
        "id": format!("{bedroom}/{}", announcement.id),
    });
    if announcement.quiet {
        object["volume"] = json!(HUSHED);
    }
    Some(Message {
        topic: HERMES.to_owned(),
        payload: object.to_string().into_bytes(),
        retain: false,
        confirmed: true,
    })
}

/// What holds by now of an announcement that is published again.
#[derive(Debug, Clone, Copy)]
pub struct Still {
    /// No chime.
    pub quiet: bool,
    /// Not to be said after this.
    pub valid_until: Time,
    /// What time it is.
    pub wall: Wall,
}

/// An announcement that was published before, with what holds by now; none if that was no
/// announcement.
#[must_use]
pub fn announce_again(
    plan: &Plan,
    bedroom: BedroomId,
    before: &str,
    still: Still,
) -> Option<Message> {
    let Ok(Value::Object(mut object)) = serde_json::from_str(before) else { return None };
    object.insert("quiet".to_owned(), json!(still.quiet));
    object.remove("valid_until");
    until(plan, still.valid_until, still.wall, &mut object);
    let topic = topic(plan, bedroom, "announce");
    Some(Message { topic, payload: text(object), retain: false, confirmed: true })
}

/// The same for Rhasspy.
#[must_use]
pub fn hermes_again(before: &str) -> Message {
    let payload = before.as_bytes().to_vec();
    Message { topic: HERMES.to_owned(), payload, retain: false, confirmed: true }
}

/// What a night of watching would have done, for any automation: `watched`. None of other
/// words.
#[must_use]
pub fn watched_night(plan: &Plan, announcement: &Announcement, wall: Wall) -> Option<Message> {
    let Words::Watched { heat, air } = &announcement.words else { return None };
    let shown = |periods: &[Period]| -> Vec<Value> {
        let at = |time| civil(plan, wall.unix_ms(time));
        let one = |p: &Period| json!({ "from": at(p.from), "until": at(p.until) });
        periods.iter().map(one).collect()
    };
    let about = json!({ "heat": shown(heat), "air": shown(air) });
    Some(event(plan, announcement.bedroom, "watched", about))
}

/// Words that were not said, and until when none are: `refused`.
#[must_use]
pub fn unsaid(plan: &Plan, unsaid: &Unsaid, why: &str, wall: Wall) -> Message {
    let asked = topic(plan, unsaid.bedroom, "say/set");
    let mut about = Map::new();
    about.insert("text".to_owned(), json!(format!("{asked}: {why}.")));
    if let Some(until) = unsaid.until.filter(|_| wall.synchronised) {
        about.insert("until".to_owned(), json!(civil(plan, wall.unix_ms(until))));
    }
    event(plan, unsaid.bedroom, "refused", Value::Object(about))
}

/// One word for the matter, the same as long as it is the same one: what is told of it
/// later takes the place of what was told before. One bedroom has it once.
#[must_use]
pub fn matter(words: &Words, bedroom: &Bedroom) -> String {
    let sleeper = |index: usize| bedroom.sleepers.get(index).map(|one| one.name.as_str());
    match words {
        Words::Drink { sleeper: index, .. } => about("drink", sleeper(*index)),
        Words::LastNight { sleeper: index, .. } => about("cramp", sleeper(*index)),
        Words::Air(_) => "air".to_owned(),
        Words::Welcome => "welcome".to_owned(),
        Words::Watched { .. } => "watched".to_owned(),
        Words::Said(_) => "said".to_owned(),
        Words::AskedNoMore { sleeper: index } => about("asked-no-more", sleeper(*index)),
        Words::ConfirmConditions { sleeper: index } => about("conditions", sleeper(*index)),
        Words::Fault(fault) | Words::Healed(fault) => matter_of_fault(*fault, bedroom),
    }
}

fn matter_of_fault(fault: Fault, bedroom: &Bedroom) -> String {
    let sensor = |id: SensorId| bedroom.sensors.get(usize::from(id.0)).map(|s| s.name.as_str());
    let actuator = |id: ActuatorId| {
        bedroom.actuators.get(usize::from(id.0)).map(|actuator| actuator.name.as_str())
    };
    match fault {
        Fault::Silent { sensor: id } => about("silent", sensor(id)),
        Fault::Frozen { sensor: id } => about("frozen", sensor(id)),
        Fault::Garbled { sensor: id } => about("garbled", sensor(id)),
        Fault::BeddingHot { sensor: id } => about("hot", sensor(id)),
        Fault::Disobeys { actuator: id, off: _ } => about("disobeys", actuator(id)),
        Fault::Unexplained { actuator: id } => about("unexplained", actuator(id)),
        Fault::Unrecorded { actuator: id } => about("unrecorded", actuator(id)),
        Fault::Sticks { actuator: id } => about("sticks", actuator(id)),
        Fault::Idle { actuator: id } => about("idle", actuator(id)),
        Fault::ReturnsOn { actuator: id } => about("returns-on", actuator(id)),
        Fault::Disagree { sensor: id, with: _ } => about("disagrees", sensor(id)),
        Fault::Fahrenheit { sensor: id } => about("fahrenheit", sensor(id)),
        Fault::SensorBattery { sensor: id } => about("battery", sensor(id)),
        Fault::ActuatorBattery { actuator: id } => about("battery", actuator(id)),
        Fault::UnknownSensor { sensor: id } => about("unknown", sensor(id)),
        Fault::UnknownActuator { actuator: id } => about("unknown", actuator(id)),
        Fault::Namesake => "namesake".to_owned(),
        Fault::Disk => "disk".to_owned(),
        Fault::SetAside => "set-aside".to_owned(),
        Fault::WeakSupply => "supply".to_owned(),
        Fault::ClockNotSet => "clock".to_owned(),
        Fault::OldConfiguration => "configuration".to_owned(),
        Fault::Untold => "untold".to_owned(),
        Fault::Left { device } => about("left", Some(device.as_str())),
        Fault::NoHeat { .. } => "no-heat".to_owned(),
        Fault::NoRise => "no-rise".to_owned(),
    }
}

/// `silent-room-temperature`: letters and digits of any script, hyphens between them.
fn about(what: &str, name: Option<&str>) -> String {
    let name = name.unwrap_or_default().to_lowercase();
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    std::iter::once(what).chain(parts).collect::<Vec<_>>().join("-")
}

const fn audience_word(audience: Audience) -> &'static str {
    match audience {
        Audience::Sleeper => "sleeper",
        Audience::Keeper => "keeper",
    }
}

const fn place_word(place: SpokenAt) -> &'static str {
    match place {
        SpokenAt::Bed => "bed",
        SpokenAt::Home => "home",
    }
}

const fn urgency_word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Gentle => "gentle",
        Urgency::Normal => "normal",
        Urgency::Alarm => "alarm",
    }
}

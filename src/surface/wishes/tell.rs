//! What is said aloud: a control and its payload, from somebody who waits for an answer.

use serde_json::Value;

use super::Control;
use super::words::{object, short};
use crate::model::{BedroomId, Language};
use crate::speech::{Fits, Refusal};

/// The longest id of an answer, in characters: a UUID has 36.
const LONGEST_ID: usize = 64;

/// What may be said aloud. Devices have voices of their own in Home Assistant, values and timers
/// are no matter of a sentence, and whoever wants something spoken wants no other words back.
pub(super) const SAID: [Control; 10] = [
    Control::Drink,
    Control::Cramp,
    Control::Mode,
    Control::Pause,
    Control::Shift,
    Control::House,
    Control::Away,
    Control::Baby,
    Control::Done,
    Control::Snooze,
];

/// Somebody who waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// In which bedroom.
    pub bedroom: BedroomId,
    /// What the answer is to bear.
    pub id: String,
    /// The language that was spoken, if it is one of uncramp's.
    pub language: Option<Language>,
}

/// What is told: by whom, to which control, and what.
pub(super) struct Tell {
    pub(super) asker: Asker,
    /// To which control; why not, if it is none that may be said aloud.
    pub(super) control: Result<Control, Refusal>,
    pub(super) payload: String,
}

/// What a message tells. Refused is what has no id that an answer could bear.
pub(super) fn tell(bedroom: BedroomId, text: &str) -> Result<Tell, Refusal> {
    let object = object(text, &["id", "control", "payload", "language"])?;
    let id = object.get("id").and_then(Value::as_str);
    let id = id.filter(|id| (1..=LONGEST_ID).contains(&id.chars().count()));
    let id = id.ok_or(Refusal::Unfit { key: "id", fits: Fits::Text(LONGEST_ID) })?.to_owned();
    let language = object.get("language").and_then(Value::as_str).and_then(Language::of_locale);
    let asker = Asker { bedroom, id, language };
    let control = match object.get("control") {
        None => Err(Refusal::Missing { key: "control" }),
        Some(name) => SAID
            .into_iter()
            .find(|control| name.as_str() == Some(control.name()))
            .ok_or_else(|| Refusal::NoControl {
                name: short(name.as_str().unwrap_or_default()),
                known: SAID.map(Control::name).to_vec(),
            }),
    };
    let payload = match object.get("payload") {
        None => "{}".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    Ok(Tell { asker, control, payload })
}

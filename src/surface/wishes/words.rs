//! The words and numbers in what people tell.

use serde_json::{Map, Value};

use super::Request;
use crate::engine::{Household, Outcome, Wish};
use crate::model::{BedroomId, Kelvins, Span};
use crate::plan::{Mode, Setting};
use crate::speech::{Fits, Refusal};
use crate::wire::LONGEST;

/// What can become of an announcement.
const OUTCOMES: &[&str] = &["spoken", "failed", "answered"];

/// A number in °C, percent or K·h, or a truth value.
pub(super) fn setting(bedroom: BedroomId, text: &str) -> Result<Request, Refusal> {
    let object = object(text, &["setting", "value"])?;
    let name = object.get("setting").and_then(Value::as_str).unwrap_or_default();
    let setting = Setting::named(name).ok_or_else(|| Refusal::NoSetting { name: short(name) })?;
    let value = object.get("value").unwrap_or(&Value::Null);
    let (value, fits) = match setting.range() {
        None => (truth(value).map(|yes| yes.to_string()), Fits::Truth),
        Some((least, most)) => match number(value) {
            Some(number) if !(least..=most).contains(&number) => {
                return Err(Refusal::OutOfRange { setting, value: number.to_string() });
            }
            number => (number.map(|number| setting.written(number)), Fits::Number(setting)),
        },
    };
    let value = value.ok_or(Refusal::Unfit { key: "value", fits })?;
    Ok(Request::Change { bedroom, setting, value })
}

pub(super) fn truth(value: &Value) -> Option<bool> {
    let word = || match value.as_str().map(lower)?.as_str() {
        "on" | "true" => Some(true),
        "off" | "false" => Some(false),
        _ => None,
    };
    value.as_bool().or_else(word)
}

pub(super) fn number(value: &Value) -> Option<f64> {
    let text = || value.as_str().and_then(|text| text.trim().parse::<f64>().ok());
    value.as_f64().or_else(text).filter(|number| number.is_finite())
}

pub(super) fn house(text: &str) -> Result<Household, Refusal> {
    match lower(text).as_str() {
        "home" => Ok(Household::Home),
        "away" => Ok(Household::Away),
        "guest" => Ok(Household::Guest),
        "baby" => Ok(Household::Baby),
        other => Err(no_word(other)),
    }
}

pub(super) fn pause(text: &str) -> Result<bool, Refusal> {
    match lower(text).as_str() {
        "tonight" | "on" | "press" => Ok(true),
        "off" => Ok(false),
        other => Err(no_word(other)),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be small")]
pub(super) fn shift(text: &str) -> Result<Kelvins, Refusal> {
    let by = lower(text).parse::<f64>().ok().filter(|by| by.abs() <= 2.0 && by.abs() >= 0.05);
    let by = by.ok_or_else(|| no_word(text))?;
    Ok(Kelvins(libm::round(by * 100.0) as i32))
}

pub(super) fn mode(text: &str) -> Result<Wish, Refusal> {
    match lower(text).as_str() {
        "auto" => Ok(Wish::Mode(Mode::Auto)),
        "watch" => Ok(Wish::Mode(Mode::Watch)),
        "off" => Ok(Wish::Mode(Mode::Off)),
        "resume" => Ok(Wish::Resume),
        other => Err(no_word(other)),
    }
}

/// S13: anyone may add a lock, and only the configuration lifts one.
pub(super) fn baby(text: &str) -> Result<Wish, Refusal> {
    match lower(text).as_str() {
        "on" => Ok(Wish::House(Household::Baby)),
        "off" => Err(Refusal::BabyStays),
        other => Err(no_word(other)),
    }
}

/// Words as they are, without the space around them.
pub(super) fn say(text: &str, most: usize) -> Result<String, Refusal> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Refusal::NothingToSay),
        characters if characters > most => Err(Refusal::TooMuchToSay { characters }),
        _ => Ok(text.to_owned()),
    }
}

pub(super) fn ack(text: &str) -> Result<(u64, Outcome), Refusal> {
    let object = object(text, &["id", "outcome"])?;
    let id = object.get("id").and_then(whole).and_then(|id| u64::try_from(id).ok());
    let id = id.ok_or(Refusal::Unfit { key: "id", fits: Fits::Announcement })?;
    let outcome = match object.get("outcome").and_then(Value::as_str).map(lower).as_deref() {
        Some("spoken") => Outcome::Spoken,
        Some("failed") => Outcome::Failed,
        Some("answered") => Outcome::Answered,
        Some(_) | None => {
            return Err(Refusal::Unfit { key: "outcome", fits: Fits::Word(OUTCOMES) });
        }
    };
    Ok((id, outcome))
}

/// Whatever else it says, it means the last reminder.
pub(super) fn snooze(text: &str) -> Result<Wish, Refusal> {
    if !text.trim_start().starts_with('{') {
        return Ok(Wish::Snooze);
    }
    match object(text, &["id"])?.get("id") {
        None => Ok(Wish::Snooze),
        Some(id) => {
            let id = whole(id).and_then(|id| u64::try_from(id).ok());
            let unfit = Refusal::Unfit { key: "id", fits: Fits::Announcement };
            id.map(Wish::Postpone).ok_or(unfit)
        }
    }
}

pub(super) fn read(payload: &[u8]) -> Result<&str, Refusal> {
    if payload.len() > LONGEST {
        return Err(Refusal::TooLong { bytes: payload.len() });
    }
    std::str::from_utf8(payload).map_err(|_| Refusal::NoText)
}

/// A JSON object with no other keys than these: a misspelt `until` must not become an
/// override without end.
pub(super) fn object(
    text: &str,
    keys: &'static [&'static str],
) -> Result<Map<String, Value>, Refusal> {
    let Ok(Value::Object(object)) = serde_json::from_str(text) else {
        return Err(Refusal::NoObject { text: short(text) });
    };
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(object),
        Some(odd) => Err(Refusal::OddKey { key: short(odd), known: keys }),
    }
}

/// The place of a name among names, also if it is written in other letters.
pub(super) fn place(name: &str, names: &[&str]) -> Option<usize> {
    let exact = names.iter().position(|known| *known == name);
    let said = name.trim().to_lowercase();
    let alike = || names.iter().position(|known| known.to_lowercase() == said);
    exact.or_else(alike)
}

/// A whole number, also where a template made `250.0` or `"250"` of it.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
pub(super) fn whole(value: &Value) -> Option<i64> {
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
pub(super) fn duration(text: &str) -> Option<Span> {
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

pub(super) fn lower(text: &str) -> String {
    text.trim().trim_matches('"').to_ascii_lowercase()
}

pub(super) fn short(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(40).collect()
}

fn no_word(word: &str) -> Refusal {
    Refusal::NoWord { word: short(word) }
}

//! What people and devices write for a number, for yes and no, for "nothing known", and
//! for an instant.

use chrono::DateTime;

use super::json::{Found, find};
use crate::model::{Battery, Span, Watts};

/// How many characters of a garbled payload are kept.
const SAMPLE: usize = 40;

/// A word that says that no value is known.
pub(super) fn is_absent(text: &str) -> bool {
    const WORDS: [&str; 9] =
        ["", "nan", "unavailable", "unknown", "null", "none", "undefined", "n/a", "-"];
    let text = text.trim();
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Home Assistant's word for an entity that cannot be reached.
pub(super) fn is_gone(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("unavailable")
}

/// A plain decimal number: no comma, no unit, no infinity.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E');
    if !text.bytes().all(plain) {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Yes or no, in the words that devices use.
pub(super) fn truth(text: &str) -> Option<bool> {
    const YES: [&str; 9] =
        ["true", "on", "1", "yes", "occupied", "open", "detected", "present", "home"];
    const NO: [&str; 10] =
        ["false", "off", "0", "no", "clear", "closed", "close", "absent", "away", "not_home"];
    let text = text.trim();
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&YES) {
        Some(true)
    } else if is(&NO) {
        Some(false)
    } else {
        None
    }
}

/// Whether a device says that it can be reached: bare, or `{"state":"online"}`.
pub(super) fn online(text: &str) -> Option<bool> {
    let is = |word: &str| match word.trim() {
        w if w.eq_ignore_ascii_case("online") || w.eq_ignore_ascii_case("true") => Some(true),
        w if w.eq_ignore_ascii_case("offline") || w.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    };
    if !text.trim_start().starts_with('{') {
        return is(unquoted(text));
    }
    if let Found::Text(word) = find(text, &["state"]) { is(&word) } else { None }
}

/// A bare JSON string without its quotes; anything else as it is.
pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

/// An instant in Unix milliseconds: ISO 8601 with its offset to UTC, Unix seconds, or
/// Unix milliseconds. A time without offset is none: whose time it is, nobody knows.
pub(super) fn instant(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(number) = number(text) {
        return unix(number);
    }
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .ok()
        .map(|instant| instant.timestamp_millis())
}

/// Unix seconds or milliseconds as milliseconds. What is above 10¹¹ is milliseconds: as
/// seconds that is the year 5138.
#[expect(clippy::cast_possible_truncation, reason = "checked against 10¹⁴ before")]
pub(super) fn unix(number: f64) -> Option<i64> {
    let ms = if number > 1e11 { number } else { number * 1000.0 };
    (ms > 0.0 && ms < 1e14).then(|| libm::round(ms) as i64)
}

/// What a device draws. Above 100 kW it measures something else.
#[expect(clippy::cast_possible_truncation, reason = "checked before")]
pub(super) fn watts(number: f64) -> Option<Watts> {
    (-1e5..=1e5).contains(&number).then(|| Watts(libm::round(number * 10.0) as i32))
}

/// How full a battery is, in percent.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
pub(super) fn percent(number: f64) -> Option<Battery> {
    (0.0..=100.0).contains(&number).then(|| Battery::Percent(libm::round(number) as u8))
}

/// The seconds at a place of a JSON text.
#[expect(clippy::cast_possible_truncation, reason = "checked before")]
pub(super) fn seconds_at(text: &str, path: &[&str]) -> Option<Span> {
    let seconds = number_at(text, path)?;
    (0.0..=1e10).contains(&seconds).then(|| Span::seconds(libm::round(seconds) as i64))
}

/// The number at a place of a JSON text.
pub(super) fn number_at(text: &str, path: &[&str]) -> Option<f64> {
    match find(text, path) {
        Found::Number(number) => Some(number),
        Found::Text(_)
        | Found::Null
        | Found::Truth(_)
        | Found::Nested
        | Found::Nothing
        | Found::Elsewhere
        | Found::Broken => None,
    }
}

/// The number at a place of a JSON text, also where it stands as text.
pub(super) fn numeric_at(text: &str, path: &str) -> Option<f64> {
    match find(text, &[path]) {
        Found::Number(number) => Some(number),
        Found::Text(word) => number(&word),
        Found::Null
        | Found::Truth(_)
        | Found::Nested
        | Found::Nothing
        | Found::Elsewhere
        | Found::Broken => None,
    }
}

/// Yes or no at a place of a JSON text, as a truth value or in words.
pub(super) fn truth_at(text: &str, path: &str) -> Option<bool> {
    match find(text, &[path]) {
        Found::Text(word) => truth(&word),
        Found::Truth(yes) => Some(yes),
        Found::Null
        | Found::Number(_)
        | Found::Nested
        | Found::Nothing
        | Found::Elsewhere
        | Found::Broken => None,
    }
}

/// The beginning of a payload, fit for a log: no control characters, forty at most.
pub(super) fn sample(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(SAMPLE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain_decimals() {
        for (text, value) in [("21.4", 21.4), (" -3 ", -3.0), ("+.5", 0.5), ("2e1", 20.0)] {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["", "21,4", "inf", "-inf", "infinity", "nan", "0x10", "21.4 °C", "1e999", "e"]
        {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn yes_and_no_have_many_words() {
        for text in ["true", "ON", "on", "1", "yes", "Occupied", "open"] {
            assert_eq!(truth(text), Some(true), "{text}");
        }
        for text in ["false", "OFF", "off", "0", "no", "clear", "CLOSED"] {
            assert_eq!(truth(text), Some(false), "{text}");
        }
        assert_eq!(truth("maybe"), None);
    }

    #[test]
    fn instants_have_three_forms() {
        for text in [
            "2026-01-01T00:00:00Z",
            "2026-01-01T01:00:00+01:00",
            "2026-01-01T01:00:00.000+0100",
            "1767225600",
            "1767225600000",
        ] {
            assert_eq!(instant(text), Some(1_767_225_600_000), "{text}");
        }
        for text in ["2026-01-01T00:00:00", "yesterday", "", "-5", "0", "1e300"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn samples_are_short_and_harmless() {
        assert_eq!(sample("\u{1b}[31mred\r\n\0x"), "[31mredx");
        assert_eq!(sample(&"ä".repeat(100)).chars().count(), 40);
    }
}

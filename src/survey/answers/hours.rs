//! The usual hours, as people write them.

use crate::model::words;
use crate::plan::Language;
use crate::survey::{keys, live};

/// Between the hours, as words.
const UNTIL: [&str; 4] = ["bis", "to", "until", "till"];

/// Before them, and of no meaning.
const FROM: [&str; 4] = ["von", "from", "ab", "between"];

/// The usual hours as the configuration takes them: `23-7`, `11pm to 7am` and `23 Uhr bis 7 Uhr`
/// are `23:00-07:00`.
///
/// # Errors
/// What is wrong with them.
pub fn hours(text: &str, language: Language) -> Result<String, String> {
    let text = text.trim();
    let hours = read(text).unwrap_or_else(|| text.to_owned());
    let line = format!("sleep: {}", keys::quoted(&hours));
    match live::fault_in(&line) {
        None => Ok(hours),
        Some(_) => Err(words!(
            language,
            "“{text}” is not 3 to 14 hours like 22:30-06:45 or 11pm-7am",
            "„{text}“ sind keine 3 bis 14 Stunden wie 22:30-06:45"
        )),
    }
}

/// Two times of day and what stands between them.
fn read(text: &str) -> Option<String> {
    let text = text.to_lowercase().replace(['–', '—', '−'], "-");
    let words = text.split_whitespace().filter(|word| !FROM.contains(word));
    let words: Vec<&str> = words.map(|it| if UNTIL.contains(&it) { "-" } else { it }).collect();
    let joined = words.concat();
    let (from, to) = joined.split_once('-')?;
    Some(format!("{}-{}", time(from)?, time(to)?))
}

/// A time of day: `23`, `23:00`, `2300`, `22h30`, `22.30`, `6uhr45`, `10:30pm`.
fn time(text: &str) -> Option<String> {
    let text = text.replace("a.m.", "am").replace("p.m.", "pm").replace("uhr", ":");
    let (text, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(rest), _) => (rest, Some(0)),
        (_, Some(rest)) => (rest, Some(12)),
        (None, None) => (text.as_str(), None),
    };
    let text = text.trim_end_matches([':', 'h']);
    let (hour, minute) = match text.split_once([':', '.', 'h']) {
        Some(both) => both,
        None if text.len() == 4 && text.is_ascii() => text.split_at(2),
        None => (text, "00"),
    };
    let (hour, minute) = (number(hour)?, number(minute).filter(|_| minute.len() == 2)?);
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None if (hour, minute) == (24, 0) => 0,
        None => hour,
    };
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

/// One or two digits.
fn number(text: &str) -> Option<u32> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

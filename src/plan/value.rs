//! One written value, read as its form asks.

use chrono::NaiveTime;

use super::key::{Form, MANY_WORDS, Measure};
use super::section::Section;
use super::tree::Spot;
use crate::model::{Span, Temperature, Window};

/// A value that was read.
#[derive(Debug)]
pub(super) enum Value {
    Off,
    /// In the finest unit of its form.
    Number(i64),
    Flag(bool),
    Word(&'static str),
    Text(String),
    Hours(Window),
    Month(i32, u32),
    List(Vec<(Spot, Value)>),
    Block(Section),
    Named(Vec<(String, Section)>),
    /// It was there and wrong, which has been said.
    Wrong,
}

impl Value {
    pub(super) fn as_block(&self) -> Option<&Section> {
        if let Self::Block(section) = self { Some(section) } else { None }
    }

    pub(super) fn as_word(&self) -> Option<&'static str> {
        if let Self::Word(word) = self { Some(word) } else { None }
    }

    pub(super) fn as_number(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// Why a text is no value of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It does not look like one.
    Shape(Option<String>),
    /// It is one, but must not be.
    Range { what: String, hint: Option<String> },
}

/// Reads a single value. `imperial` says what a temperature without a unit is in.
pub(super) fn scalar(form: &Form, text: &str, imperial: bool) -> Result<Value, Fault> {
    let whole = text;
    let text = text.trim();
    match form {
        Form::Either(forms) => {
            let mut last = Fault::Shape(None);
            for form in *forms {
                match scalar(form, text, imperial) {
                    Ok(value) => return Ok(value),
                    Err(Fault::Shape(None)) => {}
                    Err(fault) => last = fault,
                }
            }
            Err(last)
        }
        Form::Many(_) if text.eq_ignore_ascii_case("none") => {
            Err(Fault::Shape(Some("write `[]` for none".to_owned())))
        }
        Form::Many(form) => scalar(form, text, imperial),
        Form::Block(_) | Form::Named(_) => Err(Fault::Shape(None)),
        Form::Word(words) => word(words, text),
        Form::Flag => flag(text).map(Value::Flag).ok_or(Fault::Shape(None)),
        Form::Text(_) => plain(text),
        Form::Secret => plain(whole),
        Form::Topic => topic(text),
        Form::Hours => hours(text).map(Value::Hours),
        Form::Month => month(text),
        Form::Number(Measure::Lasting, least, most) => {
            let span = duration(text)?;
            within(Measure::Lasting, span.0, (*least, *most), imperial)
                .map(|()| Value::Number(span.0))
        }
        Form::Number(measure, least, most) => {
            let (number, unit) = quantity(text)?;
            let value = in_finest(*measure, number, unit, imperial)?;
            within(*measure, value, (*least, *most), imperial)
                .map_err(|fault| suggest(fault, *measure, number, unit, (*least, *most)))?;
            Ok(Value::Number(value))
        }
    }
}

/// A number as people write it.
pub(super) fn show(measure: Measure, number: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "ranges are far below 2⁵³")]
    let n = number as f64 / 100.0;
    match measure {
        Measure::Temperature => format!("{n} °C"),
        Measure::Difference => format!("{n} K"),
        Measure::Rate => format!("{n} K/h"),
        Measure::Percent => format!("{n} %"),
        #[expect(clippy::cast_precision_loss, reason = "ranges are far below 2⁵³")]
        Measure::Power => format!("{} W", number as f64 / 10.0),
        Measure::Ppm => format!("{number} ppm"),
        Measure::Pascals => format!("{number} Pa"),
        Measure::Vapour => format!("{n} g/m³"),
        Measure::Dose => format!("{n} K·h"),
        Measure::Speed => format!("{n} m/s"),
        Measure::Drink => format!("{number} mL"),
        Measure::Lasting => Span(number).to_string(),
        Measure::Count => number.to_string(),
    }
}

/// Whether somebody wrote `off`.
pub(super) fn is_off(text: &str) -> bool {
    ["off", "false", "no"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

fn flag(text: &str) -> Option<bool> {
    let is = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(["true", "yes", "on"]) {
        Some(true)
    } else if is(["false", "no", "off"]) {
        Some(false)
    } else {
        None
    }
}

fn word(words: &'static [&'static str], text: &str) -> Result<Value, Fault> {
    if let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
        return Ok(Value::Word(word));
    }
    if let Some(close) = nearest(text, words.iter().copied()) {
        return Err(Fault::Shape(Some(format!("did you mean `{close}`?"))));
    }
    // What stands on the device: TRVZB, for sonoff-trvzb.
    let lower = text.to_lowercase();
    if lower.len() > 2
        && let Some(longer) = words.iter().find(|word| word.contains(&lower))
    {
        return Err(Fault::Shape(Some(format!("did you mean `{longer}`?"))));
    }
    let many = words.len() > MANY_WORDS;
    Err(Fault::Shape(many.then(|| format!("known are {}", words.join(", ")))))
}

fn plain(text: &str) -> Result<Value, Fault> {
    if text.is_empty() {
        return Err(range("must not be empty", None));
    }
    if text.chars().any(char::is_control) {
        return Err(range("must be one line of ordinary characters", None));
    }
    Ok(Value::Text(text.to_owned()))
}

fn topic(text: &str) -> Result<Value, Fault> {
    plain(text)?;
    if text.contains(['+', '#']) {
        let hint = "name one topic; for a device there is one for its state";
        return Err(range("must not contain the wildcards `+` and `#`", Some(hint)));
    }
    if text.len() > 65_535 {
        return Err(range("is longer than a topic can be", None));
    }
    Ok(Value::Text(text.to_owned()))
}

fn range(what: &str, hint: Option<&str>) -> Fault {
    Fault::Range { what: what.to_owned(), hint: hint.map(str::to_owned) }
}

/// The hours between two times of day.
fn hours(text: &str) -> Result<Window, Fault> {
    let mut ends = text.split(['-', '–', '—']).map(str::trim);
    let (Some(from), Some(to), None) = (ends.next(), ends.next(), ends.next()) else {
        return Err(Fault::Shape(None));
    };
    let (from, to) = (time(from)?, time(to)?);
    if from == to {
        return Err(range("begins when it ends", None));
    }
    Ok(Window { from, to })
}

fn time(text: &str) -> Result<NaiveTime, Fault> {
    let lower = text.to_ascii_lowercase();
    if lower.ends_with("am") || lower.ends_with("pm") {
        return Err(Fault::Shape(Some("write times by the 24-hour clock: `22:30`".to_owned())));
    }
    let Some((hour, minute)) = text.split_once(':') else { return Err(Fault::Shape(None)) };
    let digits = |t: &str| !t.is_empty() && t.len() <= 2 && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour) || minute.len() != 2 || !digits(minute) {
        return Err(Fault::Shape(None));
    }
    let number = |t: &str| t.parse::<u32>().unwrap_or(u32::MAX);
    NaiveTime::from_hms_opt(number(hour), number(minute), 0).ok_or_else(|| {
        let hint = (text == "24:00").then_some("midnight is `00:00`");
        range(&format!("holds `{text}`, which no clock shows"), hint)
    })
}

fn month(text: &str) -> Result<Value, Fault> {
    let mut parts = text.split('-');
    let (Some(year), Some(month), None) = (parts.next(), parts.next(), parts.next()) else {
        let hint = (text.matches('-').count() == 2).then(|| "leave the day out".to_owned());
        return Err(Fault::Shape(hint));
    };
    match (year.parse(), month.parse()) {
        (Ok(year @ 2000..=2200), Ok(month @ 1..=12)) => Ok(Value::Month(year, month)),
        (Ok(_), Ok(_)) => Err(range(&format!("is `{text}`, which is no month"), None)),
        (Ok(_) | Err(_), Err(_)) | (Err(_), Ok(_)) => Err(Fault::Shape(None)),
    }
}

/// `1h30m`, `10m`, `45s`, `90 min`.
fn duration(text: &str) -> Result<Span, Fault> {
    if text.parse::<f64>().is_ok() {
        let hint = format!("a number alone has no unit: write `{text}m` for minutes");
        return Err(Fault::Shape(Some(hint)));
    }
    let mut rest = text;
    let mut total = 0_i64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let unit = match unit.to_ascii_lowercase().as_str() {
            "s" | "sec" | "second" | "seconds" => 1000,
            "m" | "min" | "minute" | "minutes" => 60_000,
            "h" | "hour" | "hours" => 3_600_000,
            "d" | "day" | "days" => 86_400_000,
            _ => {
                let strange = !number.is_empty() && !unit.is_empty();
                let write =
                    || format!("`{unit}` is no unit of time: write `10m`, `45s` or `1h30m`");
                return Err(Fault::Shape(clock_like(text).or_else(|| strange.then(write))));
            }
        };
        let number = number.parse::<i64>().map_err(|_| Fault::Shape(None))?;
        total = number
            .checked_mul(unit)
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total < i64::MAX / 8)
            .ok_or_else(|| range("is longer than a life", None))?;
        rest = after.trim_start();
    }
    Ok(Span(total))
}

fn clock_like(text: &str) -> Option<String> {
    let (h, m) = text.split_once(':')?;
    let (h, m) = (h.parse::<u8>().ok()?, m.parse::<u8>().ok()?);
    Some(format!("did you mean `{h}h{m}m`?"))
}

/// A number and its unit as written.
fn quantity(text: &str) -> Result<(f64, &str), Fault> {
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim_start_matches(['.', '-', '+']);
    if bare.starts_with("nan") || bare.starts_with("inf") {
        return Err(range(&format!("is `{text}`, which is not a number"), None));
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '-' | '+'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    if let Ok(number) = number.parse::<f64>()
        && number.is_finite()
    {
        return Ok((number, unit.trim()));
    }
    let pointed = number.replace(',', ".");
    if number.contains(',') && pointed.parse::<f64>().is_ok() {
        let hint = format!("write the decimals after a point: `{pointed}{unit}`");
        return Err(Fault::Shape(Some(hint)));
    }
    Err(Fault::Shape(None))
}

/// A number in the finest unit of its form.
fn in_finest(measure: Measure, number: f64, unit: &str, imperial: bool) -> Result<i64, Fault> {
    let unit = unit.to_lowercase();
    let unit = unit.as_str();
    let fahrenheit = matches!(unit, "°f" | "f" | "fahrenheit") || (unit.is_empty() && imperial);
    let celsius = matches!(unit, "" | "°c" | "c" | "celsius");
    let any = |units: &[&str]| unit.is_empty() || units.contains(&unit);
    let finest = match measure {
        Measure::Temperature if fahrenheit => Some((number - 32.0) / 1.8 * 100.0),
        Measure::Temperature if celsius => Some(number * 100.0),
        Measure::Difference if fahrenheit => Some(number / 1.8 * 100.0),
        Measure::Difference if celsius || unit == "k" => Some(number * 100.0),
        Measure::Rate => {
            let unit = unit.strip_suffix("/h").unwrap_or(unit).trim();
            return in_finest(Measure::Difference, number, unit, imperial);
        }
        Measure::Percent if any(&["%"]) => Some(number * 100.0),
        Measure::Power if any(&["w"]) => Some(number * 10.0),
        Measure::Ppm if any(&["ppm"]) => Some(number),
        Measure::Pascals if any(&["pa"]) => Some(number),
        Measure::Vapour if any(&["g/m³", "g/m3"]) => Some(number * 100.0),
        Measure::Dose if any(&["k·h", "kh", "k*h", "k h"]) => Some(number * 100.0),
        Measure::Speed if any(&["m/s"]) => Some(number * 100.0),
        Measure::Drink if unit == "ml" => Some(number),
        Measure::Drink if unit == "l" => Some(number * 1000.0),
        Measure::Drink if unit == "fl oz" => Some(number * 29.573_529_562_5),
        Measure::Drink if unit.is_empty() => {
            let unit = if number < 10.0 { "L" } else { "mL" };
            let hint = format!("an amount needs its unit: `{number} {unit}`");
            return Err(Fault::Shape(Some(hint)));
        }
        Measure::Count if unit.is_empty() && number.fract() == 0.0 => Some(number),
        Measure::Temperature
        | Measure::Difference
        | Measure::Percent
        | Measure::Power
        | Measure::Ppm
        | Measure::Pascals
        | Measure::Vapour
        | Measure::Dose
        | Measure::Speed
        | Measure::Drink
        | Measure::Lasting
        | Measure::Count => None,
    };
    let Some(finest) = finest else {
        let hint = match (measure, unit) {
            (Measure::Dose, "k" | "h" | "°c" | "c") => Some(format!(
                "a dose is so many degrees too cold for so many hours: write `{number} K·h`"
            )),
            (_, "") => None,
            (_, unit) => Some(format!("`{unit}` is no unit of this")),
        };
        return Err(Fault::Shape(hint));
    };
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and the range refuses it")]
    Ok(libm::round(finest) as i64)
}

fn within(
    measure: Measure,
    value: i64,
    (least, most): (i64, i64),
    imperial: bool,
) -> Result<(), Fault> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let show = |number: i64| match i32::try_from(number) {
        Ok(n) if imperial && measure == Measure::Temperature => {
            format!("{:.1} °F", Temperature(n).as_fahrenheit())
        }
        Ok(_) | Err(_) => show(measure, number),
    };
    let (is, least, most) = (show(value), show(least), show(most));
    Err(range(&format!("is {is}; it must lie between {least} and {most}"), None))
}

/// What somebody may have meant by a number out of range.
fn suggest(fault: Fault, measure: Measure, number: f64, unit: &str, limits: (i64, i64)) -> Fault {
    let Fault::Range { what, hint } = fault else { return fault };
    let fits = |number: f64, unit: &str| {
        in_finest(measure, number, unit, false)
            .is_ok_and(|value| (limits.0..=limits.1).contains(&value))
    };
    let temperature = measure == Measure::Temperature;
    let meant = if temperature && unit.is_empty() && fits(number, "°F") {
        Some(format!("{number} °F"))
    } else if temperature && fits(number, "°C") {
        Some(format!("{number} °C"))
    } else if fits(number / 10.0, unit) && number.fract() == 0.0 {
        let space = if unit.is_empty() { "" } else { " " };
        Some(format!("{}{space}{unit}", number / 10.0))
    } else {
        None
    };
    Fault::Range { what, hint: meant.map(|m| format!("did you mean `{m}`?")).or(hint) }
}

/// The word most like the one written, if any is like it.
pub(super) fn nearest<'a>(written: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase().replace('-', "_");
    let allowed = (written.chars().count() / 3).max(1);
    words
        .map(|word| (strsim::damerau_levenshtein(&written, &word.replace('-', "_")), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

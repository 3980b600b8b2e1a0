//! What a night is, what is kept of it, and how recorded ones are read.
//!
//! Three kinds of text are read, told apart by their first line: uncramp's own
//! recording, a table of readings, and the file that Home Assistant's History page
//! downloads.

mod home_assistant;
mod record;
mod recording;
mod table;
mod worth;

use std::fmt;

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveTime};

use crate::engine::Event;
use crate::model::{Humidity, Place, Temperature, Time, Value, Wall, Zone};
use crate::plan::Plan;
use crate::wire::plain::Unit;

pub use record::{
    Measurement, Record, Standing, Summary, What, action_bedroom, event_bedroom, is_event_kept,
    is_kept, is_same_reason,
};
pub use recording::{write_header, write_line};
pub use worth::Worth;

/// No more problems than these are told of one text.
const MOST_PROBLEMS: usize = 20;

/// What a text held.
#[derive(Debug, Clone, PartialEq)]
pub enum Recording {
    /// Everything an engine was told: a replay repeats its decisions.
    Events(Box<Events>),
    /// Readings of one bedroom: a replay assumes the rest.
    Readings(Readings),
}

/// Everything an engine was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Events {
    /// The plan it had.
    pub plan: Plan,
    /// The wall clock it had.
    pub wall: Wall,
    /// What happened, in order.
    pub events: Vec<(Time, Event)>,
}

/// Readings of one bedroom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readings {
    /// In order of time.
    pub samples: Vec<Sample>,
    /// How the clock on the wall stood, where the rows say so: from this Unix second on,
    /// seconds east of UTC.
    pub offsets: Vec<(i64, i32)>,
    /// How many values were absent or such as no sensor can have measured.
    pub gaps: usize,
}

impl Readings {
    /// The time zone that the rows themselves tell; none where all are in UTC, which
    /// is how machines write times, and says nothing about the clock on the wall.
    #[must_use]
    pub fn zone(&self) -> Option<Zone> {
        let (_, first) = *self.offsets.first()?;
        if self.offsets.iter().all(|(_, east)| *east == 0) {
            return None;
        }
        let changes = self.offsets.iter().skip(1).copied().collect();
        Some(Zone { name: "as recorded".to_owned(), first, changes })
    }
}

/// One reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// When, in Unix milliseconds.
    pub unix_ms: i64,
    /// Where.
    pub place: Place,
    /// What.
    pub value: Value,
}

/// What a text does not say by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options<'a> {
    /// Home Assistant: the entity that is the bedroom's temperature; else by its name.
    pub temperature: Option<&'a str>,
    /// Home Assistant: the entity that is the bedroom's humidity; else by its name.
    pub humidity: Option<&'a str>,
    /// The unit of temperatures whose column does not name one.
    pub unit: Unit,
}

/// One thing wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong, as a sentence.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {} {}", self.line, self.what, self.hint)
    }
}

/// Reads a recording, a table of readings or Home Assistant's download.
///
/// # Errors
///
/// Every problem found, the first twenty of them; each names its line and what to do.
pub fn read(text: &str, options: &Options) -> Result<Recording, Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default().trim();
    let recording = if first.is_empty() {
        Err(vec![problem(1, "The file is empty, or begins with an empty line.", EXPECTED)])
    } else if first.starts_with('{') {
        recording::read(text).map(|events| Recording::Events(Box::new(events)))
    } else if home_assistant::recognises(first) {
        home_assistant::read(text, options).map(Recording::Readings)
    } else {
        table::read(text, options.unit).map(Recording::Readings)
    };
    recording.map_err(|mut problems| {
        problems.truncate(MOST_PROBLEMS);
        problems
    })
}

const EXPECTED: &str = "Expected is a recording of uncramp, a table whose first line names the \
                        columns (time,temperature_c,humidity_pct), or the file that Home \
                        Assistant's History page downloads.";

/// A complaint about rows whose time lies more than a year from all the others: a clock
/// that was never set, or a year mistyped. `rows` are instants in Unix milliseconds and lines.
fn wild(mut rows: Vec<(i64, u64)>) -> Vec<Problem> {
    rows.sort_unstable();
    let together = |a: &(i64, u64), b: &(i64, u64)| b.0 - a.0 <= YEAR_MS;
    let most = rows.chunk_by(together).map(<[_]>::len).max().unwrap_or(0);
    let mut most = Some(most);
    let few = rows.chunk_by(together).filter(|rows| most.take_if(|n| *n == rows.len()).is_none());
    let complaint = |rows: &[(i64, u64)]| {
        let line = rows.iter().map(|(_, line)| *line).min().unwrap_or(0);
        let more = match rows.len() {
            1 => String::new(),
            2 => ", like another one".to_owned(),
            many => format!(", like {} others", many - 1),
        };
        let what = format!("The time of this row lies more than a year from the rest{more}.");
        problem(line, what, "Correct the date, or take what belongs to another year out.")
    };
    few.map(complaint).collect()
}

const YEAR_MS: i64 = 366 * 86_400_000;

/// One night: noon to noon, named by its evening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Night {
    /// The date of its evening.
    pub evening: NaiveDate,
    /// Its first noon, in Unix milliseconds.
    pub from: i64,
    /// Its second noon, in Unix milliseconds, no longer part of it.
    pub to: i64,
}

impl Night {
    /// The night that an instant, in Unix milliseconds, belongs to.
    #[must_use]
    pub fn of(unix_ms: i64, zone: &Zone) -> Self {
        Self::named(Zone::evening(zone.civil(unix_ms)), zone)
    }

    /// The night of an evening.
    #[must_use]
    pub fn named(evening: NaiveDate, zone: &Zone) -> Self {
        let noon = |date| zone.at(date, NaiveTime::MIN + Duration::hours(12));
        Self { evening, from: noon(evening), to: noon(evening + Duration::days(1)) }
    }

    /// Whether an instant, in Unix milliseconds, belongs to it.
    #[must_use]
    pub fn contains(&self, unix_ms: i64) -> bool {
        (self.from..self.to).contains(&unix_ms)
    }
}

/// Samples in order of time, night by night; nights without any are left out.
#[must_use]
pub fn nights<'a>(samples: &'a [Sample], zone: &Zone) -> Vec<(Night, &'a [Sample])> {
    let mut nights = Vec::new();
    let mut rest = samples;
    while let Some(first) = rest.first() {
        let night = Night::of(first.unix_ms, zone);
        let (inside, after) = rest.split_at(rest.partition_point(|s| s.unix_ms < night.to).max(1));
        nights.push((night, inside));
        rest = after;
    }
    nights
}

fn problem(line: u64, what: impl Into<String>, hint: impl Into<String>) -> Problem {
    Problem { line, what: what.into(), hint: hint.into() }
}

/// A time with its offset: Unix milliseconds, and seconds east of UTC.
fn instant(line: u64, text: &str) -> Result<(i64, i32), Problem> {
    let both =
        |time: DateTime<FixedOffset>| (time.timestamp_millis(), time.offset().local_minus_utc());
    DateTime::parse_from_rfc3339(text.trim()).map(both).map_err(|_| {
        problem(
            line,
            format!("“{}” is no time with an offset.", shortened(text)),
            "Write times as 2026-11-22T22:30:00+01:00.",
        )
    })
}

/// A state as a value; `None` is a gap: a word of absence, or what no sensor can have
/// measured.
fn value(
    line: u64,
    text: &str,
    place: Place,
    convert: impl Fn(f64) -> Value,
) -> Result<Option<Value>, Problem> {
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => {
            Ok(Some(convert(number)).filter(|value| value.plausible(place)))
        }
        _ if ABSENT.iter().any(|word| text.eq_ignore_ascii_case(word)) => Ok(None),
        Ok(_) | Err(_) => Err(problem(
            line,
            format!("“{}” is no number.", shortened(text)),
            "Write a number with a decimal point, or leave it empty where nothing was measured.",
        )),
    }
}

/// Words by which files say that nothing was measured.
const ABSENT: [&str; 8] = ["", "unavailable", "unknown", "none", "null", "nan", "n/a", "-"];

fn temperature(unit: Unit) -> impl Fn(f64) -> Value {
    move |degrees| {
        Value::Temperature(match unit {
            Unit::Celsius => Temperature::celsius(degrees),
            Unit::Fahrenheit => Temperature::fahrenheit(degrees),
        })
    }
}

fn humidity(percent: f64) -> Value {
    Value::Humidity(Humidity::percent(percent))
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;

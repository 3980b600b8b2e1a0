//! A table of readings: one row a time, one column a sensor.

use csv::{ReaderBuilder, StringRecord};

use super::{Problem, Readings, Sample, humidity, instant, problem, temperature, value, wild};
use crate::model::{Place, Value};
use crate::wire::plain::Unit;

pub(super) fn read(text: &str, unit: Unit) -> Result<Readings, Vec<Problem>> {
    let header = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().find(|d| header.contains(char::from(*d)));
    let delimiter = delimiter.unwrap_or(b',');
    let mut rows =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let names = rows.headers().cloned().unwrap_or_default();
    let columns = Columns::find(&names, unit).map_err(|problem| vec![problem])?;
    let (mut readings, mut problems) = (Readings::default(), Vec::new());
    let mut times = Vec::new();
    let mut row = StringRecord::new();
    loop {
        match rows.read_record(&mut row) {
            Ok(true) => {
                times.extend(columns.take(&row, delimiter, &mut readings, &mut problems));
            }
            Ok(false) => break,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                problems.push(problem(line, "This row cannot be read.", error.to_string()));
            }
        }
    }
    problems.extend(wild(times));
    readings.samples.sort_by_key(|sample| sample.unix_ms);
    readings.offsets.sort_unstable();
    readings.offsets.dedup_by_key(|(_, east)| *east);
    if problems.is_empty() { Ok(readings) } else { Err(problems) }
}

/// Which column is what.
struct Columns {
    time: usize,
    values: Vec<(usize, Place, Measure)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Measure {
    Temperature(Unit),
    Humidity,
}

impl Columns {
    fn find(names: &StringRecord, unit: Unit) -> Result<Self, Problem> {
        let names: Vec<String> = names.iter().map(plain).collect();
        let time = names.iter().position(|name| TIMES.contains(&name.as_str()));
        let mut values: Vec<(usize, Place, Measure)> = Vec::new();
        for (n, name) in names.iter().enumerate() {
            let Some((place, measure)) = meaning(name, unit) else { continue };
            let same = |other: &(usize, Place, Measure)| {
                let kind = |m| matches!(m, Measure::Humidity);
                other.1 == place && kind(other.2) == kind(measure)
            };
            if !values.iter().any(same) {
                values.push((n, place, measure));
            }
        }
        let room = values.iter().any(|(_, place, measure)| {
            *place == Place::Room && matches!(measure, Measure::Temperature(_))
        });
        match time {
            Some(time) if room => Ok(Self { time, values }),
            Some(_) => Err(problem(
                1,
                format!("No column is the room's temperature among: {}.", names.join(", ")),
                "Name it temperature_c (or temperature_f).",
            )),
            None => Err(problem(
                1,
                format!("No column is the time among: {}.", names.join(", ")),
                super::EXPECTED,
            )),
        }
    }

    /// Takes a row in; returns its time and its line.
    fn take(
        &self,
        row: &StringRecord,
        delimiter: u8,
        readings: &mut Readings,
        problems: &mut Vec<Problem>,
    ) -> Option<(i64, u64)> {
        let line = row.position().map_or(0, csv::Position::line);
        let (unix_ms, east) = match instant(line, row.get(self.time).unwrap_or_default()) {
            Ok(instant) => instant,
            Err(problem) => {
                problems.push(problem);
                return None;
            }
        };
        let unix = unix_ms.div_euclid(1000);
        match readings.offsets.last_mut() {
            Some((from, last)) if *last == east => *from = unix.min(*from),
            Some(_) | None => readings.offsets.push((unix, east)),
        }
        for (column, place, measure) in &self.values {
            let text = row.get(*column).unwrap_or_default();
            let pointed = (delimiter != b',').then(|| text.replace(',', "."));
            match value(line, pointed.as_deref().unwrap_or(text), *place, |number| {
                measure.value(number)
            }) {
                Ok(Some(value)) => {
                    readings.samples.push(Sample { unix_ms, place: *place, value });
                }
                Ok(None) => readings.gaps += 1,
                Err(problem) => problems.push(problem),
            }
        }
        Some((unix_ms, line))
    }
}

impl Measure {
    fn value(self, number: f64) -> Value {
        match self {
            Self::Temperature(unit) => temperature(unit)(number),
            Self::Humidity => humidity(number),
        }
    }
}

const TIMES: [&str; 5] = ["time", "timestamp", "date", "datetime", "date_time"];

/// A column's name without capitals, spaces and signs: `Temperature (°C)` is
/// `temperature_c`.
fn plain(name: &str) -> String {
    let words: Vec<String> = name
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.join("_")
}

/// Where and what a column measures, by the words of its name.
fn meaning(name: &str, unit: Unit) -> Option<(Place, Measure)> {
    let words: Vec<&str> = name.split('_').collect();
    let any = |some: &[&str]| words.iter().any(|word| some.contains(word));
    let place = if any(&["outdoor", "outdoors", "outside", "out"]) {
        Place::Outdoors
    } else if any(&["bed", "mattress"]) {
        Place::Bed
    } else {
        Place::Room
    };
    let unit = match () {
        () if any(&["f", "fahrenheit"]) => Unit::Fahrenheit,
        () if any(&["c", "celsius"]) => Unit::Celsius,
        () => unit,
    };
    if any(&["temperature", "temp"]) {
        Some((place, Measure::Temperature(unit)))
    } else if any(&["humidity", "rh"]) {
        Some((place, Measure::Humidity))
    } else {
        None
    }
}

//! The file that Home Assistant's History page downloads: `entity_id,state,last_changed`.

use std::collections::BTreeMap;

use csv::Reader;

use super::{
    Options, Problem, Readings, Sample, humidity, instant, problem, temperature, value, wild,
};
use crate::model::{Place, Value};
use crate::wire::plain::Unit;

/// Words in the names of entities that are outdoors.
const OUTDOORS: [&str; 6] = ["outdoor", "outside", "weather", "garden", "balcony", "forecast"];
/// Words in the names of entities that measure something, but not the room.
const OTHERS: [&str; 9] = [
    "target",
    "setpoint",
    "device",
    "chip",
    "cpu",
    "processor",
    "dew_point",
    "battery",
    "external",
];

/// Whether a first line is that of such a file.
pub(super) fn recognises(first: &str) -> bool {
    let names: Vec<String> =
        first.split(',').map(|name| name.trim().trim_matches('"').to_lowercase()).collect();
    ["entity_id", "state", "last_changed"].iter().all(|name| names.iter().any(|n| n == name))
}

pub(super) fn read(text: &str, options: &Options) -> Result<Readings, Vec<Problem>> {
    let rows = rows(text)?;
    let mut entities = BTreeMap::<&str, u64>::new();
    for row in &rows {
        entities.entry(&row.entity).or_insert(row.line);
    }
    let names: Vec<&str> = entities.keys().copied().collect();
    let chosen = Chosen::among(&names, options).map_err(|problem| vec![problem])?;
    let (mut readings, mut problems) = (Readings::default(), Vec::new());
    let mut times = Vec::new();
    for row in &rows {
        let Some((place, measure)) = chosen.meaning(&row.entity) else { continue };
        let read = instant(row.line, &row.changed).and_then(|(unix_ms, _)| {
            times.push((unix_ms, row.line));
            let convert = |number| measure.value(number, options.unit);
            Ok((unix_ms, value(row.line, &row.state, place, convert)?))
        });
        match read {
            Ok((unix_ms, Some(value))) => readings.samples.push(Sample { unix_ms, place, value }),
            Ok((_, None)) => readings.gaps += 1,
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(wild(times));
    readings.samples.sort_by_key(|sample| sample.unix_ms);
    if problems.is_empty() { Ok(readings) } else { Err(problems) }
}

struct Row {
    line: u64,
    entity: String,
    state: String,
    changed: String,
}

fn rows(text: &str) -> Result<Vec<Row>, Vec<Problem>> {
    let mut reader = Reader::from_reader(text.as_bytes());
    let names = reader.headers().cloned().unwrap_or_default();
    let column = |wanted: &str| {
        names.iter().position(|name| name.trim().eq_ignore_ascii_case(wanted)).unwrap_or(usize::MAX)
    };
    let (entity, state, changed) = (column("entity_id"), column("state"), column("last_changed"));
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for record in reader.records() {
        match record {
            Ok(record) => {
                let cell = |n| record.get(n).unwrap_or_default().trim().to_owned();
                rows.push(Row {
                    line: record.position().map_or(0, csv::Position::line),
                    entity: cell(entity),
                    state: cell(state),
                    changed: cell(changed),
                });
            }
            Err(error) => problems.push(problem(
                error.position().map_or(0, csv::Position::line),
                "This row cannot be read.",
                format!("Download the file anew from the History page ({error})."),
            )),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

#[derive(Clone, Copy)]
enum Measure {
    Temperature,
    Humidity,
}

impl Measure {
    fn value(self, number: f64, unit: Unit) -> Value {
        match self {
            Self::Temperature => temperature(unit)(number),
            Self::Humidity => humidity(number),
        }
    }
}

/// Which entities are read.
struct Chosen<'a> {
    temperature: &'a str,
    humidity: Option<&'a str>,
    outdoors: Option<&'a str>,
}

impl<'a> Chosen<'a> {
    fn among(names: &[&'a str], options: &Options) -> Result<Self, Problem> {
        let temperature = match options.temperature {
            Some(wanted) => stated(names, wanted, "--temperature")?,
            None => guessed(names, "temperature")?.ok_or_else(|| {
                problem(
                    1,
                    format!("No entity looks like a temperature among: {}.", listed(names)),
                    "Say which one it is with --temperature ENTITY.",
                )
            })?,
        };
        let humidity = match options.humidity {
            Some(wanted) => Some(stated(names, wanted, "--humidity")?),
            None => guessed(names, "humidity")?,
        };
        let mut outdoors = names.iter().copied().filter(|name| {
            has(name, &OUTDOORS) && name.contains("temperature") && *name != temperature
        });
        let outdoors = outdoors.next().filter(|_| outdoors.next().is_none());
        Ok(Self { temperature, humidity, outdoors })
    }

    fn meaning(&self, entity: &str) -> Option<(Place, Measure)> {
        if entity == self.temperature {
            Some((Place::Room, Measure::Temperature))
        } else if Some(entity) == self.humidity {
            Some((Place::Room, Measure::Humidity))
        } else if Some(entity) == self.outdoors {
            Some((Place::Outdoors, Measure::Temperature))
        } else {
            None
        }
    }
}

fn stated<'a>(names: &[&'a str], wanted: &str, option: &str) -> Result<&'a str, Problem> {
    names.iter().copied().find(|name| *name == wanted).ok_or_else(|| {
        problem(
            1,
            format!("The entity {wanted} is not in the file, which has: {}.", listed(names)),
            format!("Choose one of them with {option}, or download the file with that entity."),
        )
    })
}

/// The only entity of a quantity, or the only one that says it is in a bedroom.
fn guessed<'a>(names: &[&'a str], quantity: &str) -> Result<Option<&'a str>, Problem> {
    let all: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| name.starts_with("sensor.") && name.contains(quantity))
        .filter(|name| !has(name, &OUTDOORS) && !has(name, &OTHERS))
        .collect();
    let bedrooms: Vec<&str> = all.iter().copied().filter(|name| name.contains("bedroom")).collect();
    match (all.as_slice(), bedrooms.as_slice()) {
        ([], _) => Ok(None),
        ([only], _) | (_, [only]) => Ok(Some(only)),
        _ => Err(problem(
            1,
            format!("Several entities may be the bedroom's {quantity}: {}.", listed(&all)),
            format!("Say which one it is with --{quantity} ENTITY."),
        )),
    }
}

fn has(name: &str, words: &[&str]) -> bool {
    words.iter().any(|word| name.contains(word))
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "no entity at all".to_owned() } else { names.join(", ") }
}

//! The SQLite file of the history.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Transaction, params, params_from_iter};
use serde::Serialize;

use super::{Batch, Entry, Item};
use crate::daemon::sqlite::{self, Schema, Unusable};
use crate::history::{Measurement, Summary};
use crate::model::{Span, Value};

/// A power cut may cost the last minutes; the file stays sound.
pub(in crate::daemon) const SCHEMA: Schema =
    Schema { migrations: &MIGRATIONS, synchronous: "NORMAL" };

/// Times are Unix milliseconds. A reading is in hundredths of °C or of a percent, in ppm, or
/// 0 and 1; a night's doses are in K·h, its durations in minutes.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE plan (
        number INTEGER PRIMARY KEY,
        plan   TEXT NOT NULL
    ) STRICT;
    CREATE TABLE record (
        number   INTEGER PRIMARY KEY,
        at       INTEGER NOT NULL,
        time     INTEGER NOT NULL,
        sure     INTEGER NOT NULL,
        plan     INTEGER,
        bedroom  TEXT,
        actuator TEXT,
        kind     TEXT NOT NULL,
        data     TEXT NOT NULL
    ) STRICT;
    CREATE INDEX record_at ON record (at);
    CREATE TABLE sensor (
        number   INTEGER PRIMARY KEY,
        bedroom  TEXT NOT NULL,
        name     TEXT NOT NULL,
        place    TEXT NOT NULL,
        quantity TEXT NOT NULL,
        UNIQUE (bedroom, name, place, quantity)
    ) STRICT;
    CREATE TABLE reading (
        at     INTEGER NOT NULL,
        sensor INTEGER NOT NULL,
        value  INTEGER NOT NULL,
        PRIMARY KEY (at, sensor)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE night (
        evening     TEXT NOT NULL,
        bedroom     TEXT NOT NULL,
        dose        REAL NOT NULL,
        dose_max    REAL NOT NULL,
        in_bed_min  REAL NOT NULL,
        unknown_min REAL NOT NULL,
        heat_min    REAL NOT NULL,
        fan_min     REAL NOT NULL,
        drinks      INTEGER NOT NULL,
        drunk_ml    INTEGER NOT NULL,
        cramps      INTEGER NOT NULL,
        PRIMARY KEY (evening, bedroom)
    ) STRICT, WITHOUT ROWID;
"];

/// Readings are thrown away after two years, before anything else: they are most of the file.
pub const READINGS_FOR: Span = Span::hours(24 * 731);

/// Records are thrown away after ten years. What each night came to is kept for good.
pub const RECORDS_FOR: Span = Span::hours(24 * 3653);

/// So many rows are thrown away with one batch at most.
const AT_ONCE: i64 = 5_000;

const DAY_MS: i64 = 86_400_000;

/// Why nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The disk keeps us from it.
    Disk,
    /// The file is broken.
    Damage,
}

/// The open file.
pub(super) struct File {
    connection: Connection,
    /// What the file itself knows, and need not be asked again.
    plan: Option<i64>,
    sensors: BTreeMap<[String; 4], i64>,
    /// The day on which old rows were last looked for.
    pruned: Option<i64>,
    /// A failure was logged, and nothing was written since.
    told: bool,
}

impl File {
    /// Opens the file, or a new one in place of one that is of no use, with a note if so.
    ///
    /// # Errors
    /// Why no file at all can be had.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<String>), String> {
        sqlite::open_or_renew(path, |path| {
            let connection = sqlite::open(path, SCHEMA)?;
            Ok::<_, Unusable>(Self {
                connection,
                plan: None,
                sensors: BTreeMap::new(),
                pruned: None,
                told: false,
            })
        })
    }

    /// Writes everything in one transaction.
    pub(super) fn write(&mut self, batch: &Batch) -> Result<(), Failure> {
        let written = self.try_write(batch);
        match written {
            Ok(()) => {
                self.told = false;
                Ok(())
            }
            Err(error) => {
                // What was cached may have been rolled back.
                self.plan = None;
                self.sensors.clear();
                if !std::mem::replace(&mut self.told, true) {
                    tracing::error!(
                        "the history could not be written: {error}; the bedrooms are controlled \
                         all the same"
                    );
                }
                Err(if sqlite::is_damage(&error) { Failure::Damage } else { Failure::Disk })
            }
        }
    }

    fn try_write(&mut self, batch: &Batch) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        for item in &batch.items {
            match item {
                Item::Plan(plan) => self.plan = Some(put_plan(&transaction, plan)?),
                Item::Record(entry) => {
                    let plan = match self.plan {
                        Some(plan) => Some(plan),
                        None => last_plan(&transaction)?.map(|(number, _)| number),
                    };
                    self.plan = plan;
                    put_record(&transaction, entry, plan)?;
                }
            }
        }
        for reading in &batch.readings {
            let sensor = sensor(&transaction, &mut self.sensors, reading)?;
            transaction
                .prepare_cached("INSERT OR REPLACE INTO reading VALUES (?, ?, ?)")?
                .execute(params![reading.at, sensor, whole(reading.value)])?;
        }
        for ((bedroom, evening), summary) in &batch.nights {
            put_night(&transaction, bedroom, *evening, summary)?;
        }
        if let Some(now) = newest(batch).filter(|now| self.pruned != Some(now / DAY_MS)) {
            let many = prune(&transaction, now)?;
            // More than fits into one batch is looked for again with the next one.
            self.pruned = (many < AT_ONCE).then_some(now / DAY_MS);
        }
        transaction.commit()
    }
}

fn last_plan(transaction: &Transaction<'_>) -> rusqlite::Result<Option<(i64, String)>> {
    let last = "SELECT number, plan FROM plan ORDER BY number DESC LIMIT 1";
    transaction.query_row(last, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// The number of a plan; one that is the same as the last has its number.
fn put_plan(transaction: &Transaction<'_>, plan: &str) -> rusqlite::Result<i64> {
    if let Some((number, _)) = last_plan(transaction)?.filter(|(_, last)| last == plan) {
        return Ok(number);
    }
    transaction.execute("INSERT INTO plan (plan) VALUES (?)", [plan])?;
    Ok(transaction.last_insert_rowid())
}

fn put_record(
    transaction: &Transaction<'_>,
    entry: &Entry,
    plan: Option<i64>,
) -> rusqlite::Result<()> {
    let record = &entry.record;
    let data = serde_json::to_string(&record.what).unwrap_or_default();
    transaction
        .prepare_cached(
            "INSERT INTO record (at, time, sure, plan, bedroom, actuator, kind, data) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            record.wall.unix_ms(record.time),
            record.time.0,
            record.wall.synchronised,
            plan,
            entry.bedroom,
            entry.actuator,
            record.kind(),
            data
        ])?;
    Ok(())
}

fn sensor(
    transaction: &Transaction<'_>,
    known: &mut BTreeMap<[String; 4], i64>,
    reading: &Measurement,
) -> rusqlite::Result<i64> {
    let names = [
        reading.bedroom.clone(),
        reading.sensor.clone(),
        word(&reading.place),
        word(&reading.quantity),
    ];
    if let Some(number) = known.get(&names) {
        return Ok(*number);
    }
    let find = "SELECT number FROM sensor WHERE bedroom = ? AND name = ? AND place = ? \
                AND quantity = ?";
    let found =
        transaction.query_row(find, params_from_iter(&names), |row| row.get(0)).optional()?;
    let number = if let Some(number) = found {
        number
    } else {
        let insert = "INSERT INTO sensor (bedroom, name, place, quantity) VALUES (?, ?, ?, ?)";
        transaction.execute(insert, params_from_iter(&names))?;
        transaction.last_insert_rowid()
    };
    known.insert(names, number);
    Ok(number)
}

fn put_night(
    transaction: &Transaction<'_>,
    bedroom: &str,
    evening: NaiveDate,
    more: &Summary,
) -> rusqlite::Result<()> {
    let minutes = |span: Span| span.as_hours() * 60.0;
    transaction
        .prepare_cached(
            "INSERT INTO night VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT DO UPDATE SET \
             dose = max(dose, excluded.dose), \
             dose_max = max(dose_max, excluded.dose_max), \
             in_bed_min = max(in_bed_min, excluded.in_bed_min), \
             unknown_min = max(unknown_min, excluded.unknown_min), \
             heat_min = heat_min + excluded.heat_min, \
             fan_min = fan_min + excluded.fan_min, \
             drinks = drinks + excluded.drinks, \
             drunk_ml = drunk_ml + excluded.drunk_ml, \
             cramps = cramps + excluded.cramps",
        )?
        .execute(params![
            evening.to_string(),
            bedroom,
            more.dose.as_kelvin_hours(),
            more.dose_max.as_kelvin_hours(),
            minutes(more.in_bed),
            minutes(more.unknown),
            minutes(more.heat),
            minutes(more.fan),
            more.drinks,
            more.drunk.0,
            more.cramps
        ])?;
    Ok(())
}

/// The newest time by a clock that is known to be right: one that jumped ahead must not make
/// a whole history look old.
fn newest(batch: &Batch) -> Option<i64> {
    let times = batch.items.iter().filter_map(|item| match item {
        Item::Record(entry) if entry.record.wall.synchronised => {
            Some(entry.record.wall.unix_ms(entry.record.time))
        }
        Item::Record(_) | Item::Plan(_) => None,
    });
    times.max()
}

/// Throws away what is too old. Returns how many rows that were.
fn prune(transaction: &Transaction<'_>, now: i64) -> rusqlite::Result<i64> {
    let readings = transaction.execute(
        "DELETE FROM reading WHERE (at, sensor) IN \
         (SELECT at, sensor FROM reading WHERE at < ? ORDER BY at LIMIT ?)",
        params![now - READINGS_FOR.0, AT_ONCE],
    )?;
    let records = transaction.execute(
        "DELETE FROM record WHERE number IN \
         (SELECT number FROM record WHERE at < ? ORDER BY at LIMIT ?)",
        params![now - RECORDS_FOR.0, AT_ONCE],
    )?;
    Ok(i64::try_from(readings.max(records)).unwrap_or(AT_ONCE))
}

/// The name that a word of the vocabulary has everywhere.
fn word(of: &impl Serialize) -> String {
    let value = serde_json::to_value(of).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn whole(value: Value) -> i64 {
    match value {
        Value::Temperature(temperature) => temperature.0.into(),
        Value::Humidity(humidity) => humidity.0.into(),
        Value::Co2(co2) => co2.0.into(),
        Value::Occupied(yes) | Value::Open(yes) => yes.into(),
    }
}

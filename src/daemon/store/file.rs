//! The SQLite file itself.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use super::work::Queue;
use super::{Loaded, Logged, Saved};
use crate::daemon::clock::Stand;
use crate::daemon::sqlite::{self, Schema, Unusable};
use crate::engine::Engine;
use crate::plan::Adjustment;
use crate::surface::Introduced;

/// What a person told us and what makes a restart safe is acknowledged once it is safe.
pub(in crate::daemon) const SCHEMA: Schema =
    Schema { migrations: &MIGRATIONS, synchronous: "FULL" };

const MIGRATIONS: [&str; 3] = [
    "
    CREATE TABLE bedroom (
        name  TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        stand TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE meta (
        key   TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE drink (
        number  INTEGER PRIMARY KEY,
        bedroom TEXT NOT NULL,
        sleeper TEXT NOT NULL,
        ml      INTEGER NOT NULL,
        at      INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX drink_at ON drink (bedroom, at);
",
    "
    CREATE TABLE cramp (
        number  INTEGER PRIMARY KEY,
        bedroom TEXT NOT NULL,
        sleeper TEXT,
        at      INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX cramp_at ON cramp (bedroom, at);
",
    // A night by its evening. A cramp of that night says more.
    "
    CREATE TABLE no_cramp (
        number  INTEGER PRIMARY KEY,
        bedroom TEXT NOT NULL,
        sleeper TEXT,
        night   TEXT NOT NULL,
        at      INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX no_cramp_night ON no_cramp (bedroom, night);
",
];

/// Under which names single values are kept.
pub(super) const ADJUSTMENTS: &str = "adjustments";
pub(super) const INTRODUCED: &str = "introduced";
pub(super) const PLAN: &str = "plan";
pub(super) const LEFT: &str = "left";
pub(super) const UNTOLD: &str = "untold";
pub(super) const DROPPED: &str = "dropped";
pub(super) const GOOD: &str = "configuration";

/// Opens the file, or a new one in place of one that cannot be used.
///
/// # Errors
/// A sentence, if no file at all can be had.
pub(super) fn open(path: &Path) -> Result<(Connection, Loaded), String> {
    let opened = sqlite::open_or_renew(path, try_open);
    let ((connection, mut loaded), note) = opened.map_err(|why| no_disk(path, &why))?;
    loaded.notes.extend(note);
    Ok((connection, loaded))
}

/// Writes everything in one transaction.
pub(super) fn write(connection: &mut Connection, batch: &Queue) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for saved in batch.states.values() {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO bedroom (name, state, stand) VALUES (?, ?, ?)")?
            .execute(params![saved.bedroom, saved.state, json(&saved.stand)])?;
    }
    for logged in &batch.logged {
        log(&transaction, logged)?;
    }
    for (name, value) in &batch.kept {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")?
            .execute(params![name, value])?;
    }
    let (states, stand) = (&batch.states, batch.stand.as_ref());
    let latest = states.values().map(|saved| &saved.stand).chain(stand).max_by_key(|s| s.time);
    if let Some(latest) = latest {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES ('stand', ?)")?
            .execute(params![json(latest)])?;
    }
    transaction.commit()
}

fn log(connection: &Connection, logged: &Logged) -> rusqlite::Result<usize> {
    match logged {
        Logged::Drink(drink) => connection
            .prepare_cached("INSERT INTO drink (bedroom, sleeper, ml, at) VALUES (?, ?, ?, ?)")?
            .execute(params![drink.bedroom, drink.sleeper, drink.amount.0, drink.at]),
        Logged::Cramp(cramp) => connection
            .prepare_cached("INSERT INTO cramp (bedroom, sleeper, at) VALUES (?, ?, ?)")?
            .execute(params![cramp.bedroom, cramp.sleeper, cramp.at]),
        Logged::NoCramp(none) => connection
            .prepare_cached(
                "INSERT INTO no_cramp (bedroom, sleeper, night, at) VALUES (?, ?, ?, ?)",
            )?
            .execute(params![none.bedroom, none.sleeper, none.night.to_string(), none.at]),
    }
}

/// Reads the changes and touches nothing.
///
/// # Errors
/// A sentence, if the file cannot be read.
pub(super) fn peek(path: &Path) -> Result<Option<Vec<Adjustment>>, String> {
    let Some(connection) = sqlite::open_beside(path)? else { return Ok(None) };
    match meta(&connection, ADJUSTMENTS).map_err(|e| sqlite::unreadable(path, &e))? {
        Some(text) => {
            serde_json::from_str(&text).map(Some).map_err(|e| sqlite::unreadable(path, &e))
        }
        None => Ok(None),
    }
}

/// Brings a copy up to this version and marks it as restored: nobody watched since, what
/// somebody wished for a while is over, and words that reached nobody are not said any more.
/// One that goes to another machine gets another name there, by which the two would notice
/// each other.
pub(in crate::daemon) fn revive(path: &Path, moves: bool) -> Result<(), Unusable> {
    let (mut connection, loaded) = try_open(path)?;
    let transaction = connection.transaction()?;
    for Saved { bedroom, state, .. } in loaded.states {
        // What cannot be read is begun anew at the start, with everything switched off.
        if let Ok(state) = Engine::lapsed(&state) {
            let set = "UPDATE bedroom SET state = ? WHERE name = ?";
            transaction.execute(set, params![state, bedroom])?;
        }
    }
    if let Some(stand) = loaded.stand {
        let stand = Stand { restored: true, ..stand };
        let set = "UPDATE meta SET value = ? WHERE key = 'stand'";
        transaction.execute(set, [json(&stand)])?;
    }
    transaction.execute("DELETE FROM meta WHERE key = ?", [UNTOLD])?;
    if moves {
        transaction.execute("DELETE FROM meta WHERE key = 'instance'", [])?;
    }
    transaction.commit()?;
    Ok(())
}

/// A new random name for this installation.
pub(super) fn instance() -> String {
    std::iter::repeat_with(fastrand::lowercase).take(8).collect()
}

fn try_open(path: &Path) -> Result<(Connection, Loaded), Unusable> {
    let connection = sqlite::open(path, SCHEMA)?;
    let loaded = load(&connection)?;
    Ok((connection, loaded))
}

fn load(connection: &Connection) -> Result<Loaded, Unusable> {
    let unreadable = Unusable::unreadable::<serde_json::Error>;
    let mut states = Vec::new();
    let mut statement =
        connection.prepare("SELECT name, state, stand FROM bedroom ORDER BY name")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let stand: String = row.get(2)?;
        states.push(Saved {
            bedroom: row.get(0)?,
            state: row.get(1)?,
            stand: serde_json::from_str(&stand).map_err(unreadable)?,
        });
    }
    let stand = match meta(connection, "stand")? {
        Some(text) => Some(serde_json::from_str(&text).map_err(unreadable)?),
        None => None,
    };
    let instance = if let Some(instance) = meta(connection, "instance")? {
        instance
    } else {
        let instance = instance();
        connection.execute("INSERT INTO meta (key, value) VALUES ('instance', ?)", [&instance])?;
        instance
    };
    let adjustments = match meta(connection, ADJUSTMENTS)? {
        Some(text) => serde_json::from_str(&text).map_err(unreadable)?,
        None => Vec::new(),
    };
    let introduced = match meta(connection, INTRODUCED)? {
        Some(text) => serde_json::from_str(&text).map_err(unreadable)?,
        None => Introduced::new(),
    };
    // What was dropped is counted since the start.
    connection.execute("DELETE FROM meta WHERE key = ?", [DROPPED])?;
    // Another version may have known other settings: that is no damage.
    let plan = meta(connection, PLAN)?.and_then(|text| serde_json::from_str(&text).ok());
    let left = match meta(connection, LEFT)? {
        Some(text) => serde_json::from_str(&text).map_err(unreadable)?,
        None => Vec::new(),
    };
    let untold = meta(connection, UNTOLD)?.and_then(|text| serde_json::from_str(&text).ok());
    let (untold, notes) = (untold.unwrap_or_default(), Vec::new());
    Ok(Loaded { states, stand, instance, adjustments, introduced, plan, left, untold, notes })
}

pub(super) fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    connection.query_row("SELECT value FROM meta WHERE key = ?", [key], |row| row.get(0)).optional()
}

pub(super) fn no_disk(path: &Path, why: &str) -> String {
    format!(
        "nothing can be recorded in {}: {why}. The bedrooms are controlled, but a restart \
         forgets, and heaters without a timer of their own stay off",
        path.display()
    )
}

pub(super) fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

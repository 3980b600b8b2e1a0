//! The SQLite file itself.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::work::Queue;
use super::{Left, Loaded, Logged, Saved};
use crate::daemon::clock::Stand;
use crate::daemon::sqlite::{self, Schema, Unusable};
use crate::engine::Engine;
use crate::plan::Adjustment;

/// What a person told us and what makes a restart safe is acknowledged once it is safe.
pub(in crate::daemon) const SCHEMA: Schema =
    Schema { migrations: &MIGRATIONS, synchronous: "FULL" };

const MIGRATIONS: [&str; 4] = [
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
    // Without row numbers SQLite read through whole states and plans to find one by its name.
    "
    ALTER TABLE bedroom RENAME TO bedroom_before;
    CREATE TABLE bedroom (
        name  TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        stand TEXT NOT NULL
    ) STRICT;
    INSERT INTO bedroom (name, state, stand) SELECT name, state, stand FROM bedroom_before;
    DROP TABLE bedroom_before;
    ALTER TABLE meta RENAME TO meta_before;
    CREATE TABLE meta (
        key   TEXT NOT NULL UNIQUE,
        value TEXT NOT NULL
    ) STRICT;
    INSERT INTO meta (key, value) SELECT key, value FROM meta_before;
    DROP TABLE meta_before;
",
];

/// Keeps a value in place of the one before.
const KEEP: &str = "INSERT INTO meta (key, value) VALUES (?, ?)
                    ON CONFLICT (key) DO UPDATE SET value = excluded.value";

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

/// Reads a file that cannot be written, and touches nothing; none where there is no file.
///
/// # Errors
/// A sentence, if it cannot be read either.
pub(in crate::daemon) fn read(path: &Path) -> Result<Option<Loaded>, String> {
    let Some(connection) = sqlite::open_beside(path)? else { return Ok(None) };
    let known = sqlite::known_version(&connection, SCHEMA);
    let (mut loaded, _) = known.and_then(|_| load(&connection)).map_err(|why| match why {
        Unusable::Disk(error) => sqlite::unreadable(path, &error),
        Unusable::Content(why, _) => format!("{} {why}", path.display()),
    })?;
    if loaded.instance.is_empty() {
        loaded.instance = instance();
    }
    Ok(Some(loaded))
}

/// Keeps what nobody could read at the start, since what is known now is written over it.
/// Returns whether there was anything.
pub(super) fn keep_unread(connection: &mut Connection) -> rusqlite::Result<bool> {
    let transaction = connection.transaction()?;
    let date = sqlite::today();
    let rooms = "INSERT OR REPLACE INTO meta (key, value)
                 SELECT 'unread:bedroom/' || name || ':' || ?, state FROM bedroom";
    let values = "INSERT OR REPLACE INTO meta (key, value)
                  SELECT 'unread:' || key || ':' || ?, value FROM meta
                  WHERE key IN ('adjustments', 'introduced', 'left', 'untold')";
    let kept = transaction.execute(rooms, [&date])? + transaction.execute(values, [&date])?;
    transaction.commit()?;
    if kept > 0 {
        tracing::error!(
            "{kept} records of before could not be read at the start; they are kept in the table \
             `meta` as `unread:…`, and what is known now takes their place"
        );
    }
    Ok(kept > 0)
}

/// Under which name a record that no version can read is kept.
pub(super) fn unreadable_key(name: &str) -> String {
    format!("unreadable:{name}:{}", sqlite::today())
}

/// Writes everything in one transaction.
pub(super) fn write(connection: &mut Connection, batch: &Queue) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for saved in batch.states.values() {
        transaction
            .prepare_cached(
                "INSERT INTO bedroom (name, state, stand) VALUES (?, ?, ?)
                 ON CONFLICT (name) DO UPDATE SET state = excluded.state, stand = excluded.stand",
            )?
            .execute(params![saved.bedroom, saved.state, json(&saved.stand)])?;
    }
    for logged in &batch.logged {
        log(&transaction, logged)?;
    }
    for (name, value) in &batch.kept {
        transaction.prepare_cached(KEEP)?.execute(params![name, value])?;
    }
    let (states, stand) = (&batch.states, batch.stand.as_ref());
    let latest = states.values().map(|saved| &saved.stand).chain(stand).max_by_key(|s| s.time);
    if let Some(latest) = latest {
        transaction.prepare_cached(KEEP)?.execute(params!["stand", json(latest)])?;
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
/// each other. Returns what was in it.
pub(in crate::daemon) fn revive(path: &Path, moves: bool) -> Result<Loaded, Unusable> {
    let (mut connection, loaded) = try_open(path)?;
    let transaction = connection.transaction()?;
    for Saved { bedroom, state, .. } in &loaded.states {
        // What cannot be read is begun anew at the start, with everything switched off.
        if let Ok(state) = Engine::lapsed(state) {
            let set = "UPDATE bedroom SET state = ? WHERE name = ?";
            transaction.execute(set, params![state, bedroom])?;
        }
    }
    if let Some(stand) = &loaded.stand {
        let stand = Stand { restored: true, ..stand.clone() };
        let set = "UPDATE meta SET value = ? WHERE key = 'stand'";
        transaction.execute(set, [json(&stand)])?;
    }
    transaction.execute("DELETE FROM meta WHERE key = ?", [UNTOLD])?;
    if moves {
        transaction.execute("DELETE FROM meta WHERE key = 'instance'", [])?;
    }
    transaction.commit()?;
    Ok(loaded)
}

/// Records in a copy what is not known to be off.
pub(in crate::daemon) fn leave_over(path: &Path, left: &[Left]) -> Result<(), Unusable> {
    let connection = sqlite::open(path, SCHEMA)?;
    connection.execute(KEEP, params![LEFT, json(left)])?;
    Ok(())
}

/// A new random name for this installation.
pub(super) fn instance() -> String {
    std::iter::repeat_with(fastrand::lowercase).take(8).collect()
}

fn try_open(path: &Path) -> Result<(Connection, Loaded), Unusable> {
    let connection = sqlite::open(path, SCHEMA)?;
    let (mut loaded, unreadable) = load(&connection)?;
    if loaded.instance.is_empty() {
        loaded.instance = instance();
        let insert = "INSERT INTO meta (key, value) VALUES ('instance', ?)";
        connection.execute(insert, [&loaded.instance])?;
    }
    // What was dropped is counted since the start.
    connection.execute("DELETE FROM meta WHERE key = ?", [DROPPED])?;
    for name in unreadable {
        let rename = "UPDATE meta SET key = ? WHERE key = ?";
        connection.execute(rename, [unreadable_key(name).as_str(), name])?;
    }
    Ok((connection, loaded))
}

/// What is in a file, and the names of the values that this version cannot read.
fn load(connection: &Connection) -> Result<(Loaded, Vec<&'static str>), Unusable> {
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
    let instance = meta(connection, "instance")?.unwrap_or_default();
    // Another version may have known other settings: that is no damage.
    let plan = meta(connection, PLAN)?.and_then(|text| serde_json::from_str(&text).ok());
    let untold = meta(connection, UNTOLD)?.and_then(|text| serde_json::from_str(&text).ok());
    let mut strange = Vec::new();
    let loaded = Loaded {
        states,
        stand,
        instance,
        adjustments: value(connection, ADJUSTMENTS, &mut strange)?,
        introduced: value(connection, INTRODUCED, &mut strange)?,
        plan,
        left: value(connection, LEFT, &mut strange)?,
        untold: untold.unwrap_or_default(),
        notes: strange.iter().map(|name| of_another_version(name)).collect(),
    };
    Ok((loaded, strange))
}

/// A single value, or its default and its name among the strange ones.
fn value<T: DeserializeOwned + Default>(
    connection: &Connection,
    name: &'static str,
    strange: &mut Vec<&'static str>,
) -> rusqlite::Result<T> {
    let Some(text) = meta(connection, name)? else { return Ok(T::default()) };
    Ok(serde_json::from_str(&text).unwrap_or_else(|why| {
        tracing::error!("{}: {why}", of_another_version(name));
        strange.push(name);
        T::default()
    }))
}

fn of_another_version(name: &str) -> String {
    format!(
        "what was recorded as “{name}” is of no use to this version; it is kept, and begun anew"
    )
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

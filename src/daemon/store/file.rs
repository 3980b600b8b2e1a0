//! The SQLite file itself.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::DateTime;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde::Serialize;

use super::{Loaded, Logged, Queue, Saved};
use crate::daemon::clock;
use crate::plan::Adjustment;
use crate::surface::Introduced;

/// The migrations, in order; `user_version` counts those that were applied.
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

/// How many there are.
#[expect(clippy::cast_possible_truncation, reason = "a handful")]
const VERSION: u32 = MIGRATIONS.len() as u32;

/// Opens the file, or a new one in place of one that cannot be used.
///
/// # Errors
/// A sentence, if no file at all can be had.
pub(super) fn open(path: &Path) -> Result<(Connection, Loaded), String> {
    let mut notes = Vec::new();
    let (connection, mut loaded) = match try_open(path) {
        Ok(opened) => opened,
        Err(Unusable::Disk(e)) => return Err(no_disk(path, &e.to_string())),
        Err(Unusable::Content(why, mark)) => {
            let aside = set_aside(path, mark).map_err(|e| no_disk(path, &e.to_string()))?;
            let note = format!(
                "{} {why}; it was set aside as {}, and a new one begun",
                path.display(),
                aside.display()
            );
            tracing::error!("{note}");
            notes.push(note);
            try_open(path).map_err(|e| match e {
                Unusable::Disk(e) => no_disk(path, &e.to_string()),
                Unusable::Content(why, _) => no_disk(path, &why),
            })?
        }
    };
    loaded.notes = notes;
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
    let unreadable = |why: &dyn Display| format!("{} cannot be read: {why}", path.display());
    if !path.try_exists().map_err(|e| unreadable(&e))? {
        return Ok(None);
    }
    // Without a log beside it nobody has it open, and nothing but the file itself is looked
    // at; with one, its latest entries are read under SQLite's own locks.
    let alone = !suffixed(path, "-wal").exists();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri(path, alone), flags);
    let connection = connection.map_err(|e| unreadable(&e))?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(|e| unreadable(&e))?;
    match meta(&connection, ADJUSTMENTS).map_err(|e| unreadable(&e))? {
        Some(text) => serde_json::from_str(&text).map(Some).map_err(|e| unreadable(&e)),
        None => Ok(None),
    }
}

/// A file's name as SQLite's URIs want it (<https://www.sqlite.org/uri.html>).
fn uri(path: &Path, immutable: bool) -> String {
    let escape = |c: char| match c {
        '%' => "%25".to_owned(),
        '?' => "%3f".to_owned(),
        '#' => "%23".to_owned(),
        c => c.to_string(),
    };
    let name: String = path.to_string_lossy().chars().map(escape).collect();
    format!("file:{name}?{}", if immutable { "immutable=1" } else { "mode=ro" })
}

/// A new random name for this installation.
pub(super) fn instance() -> String {
    std::iter::repeat_with(fastrand::lowercase).take(8).collect()
}

enum Unusable {
    Disk(rusqlite::Error),
    /// Why, and how it is marked when set aside.
    Content(String, &'static str),
}

impl From<rusqlite::Error> for Unusable {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, SchemaChanged};
        let damaged = matches!(
            error.sqlite_error_code(),
            Some(DatabaseCorrupt | NotADatabase | SchemaChanged)
        ) || matches!(&error, rusqlite::Error::InvalidColumnType(..));
        if damaged {
            Self::Content(format!("is damaged ({error})"), "damaged")
        } else {
            Self::Disk(error)
        }
    }
}

fn try_open(path: &Path) -> Result<(Connection, Loaded), Unusable> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > VERSION {
        return Err(Unusable::Content(
            format!("was written by a newer uncramp (version {version} of the file)"),
            "newer",
        ));
    }
    let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if check != "ok" {
        return Err(Unusable::Content(format!("is damaged ({check})"), "damaged"));
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    migrate(&mut connection, version)?;
    let loaded = load(&connection)?;
    Ok((connection, loaded))
}

fn migrate(connection: &mut Connection, version: u32) -> rusqlite::Result<()> {
    for (n, migration) in (1u32..).zip(MIGRATIONS).filter(|(n, _)| *n > version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", n)?;
        transaction.commit()?;
    }
    Ok(())
}

fn load(connection: &Connection) -> Result<Loaded, Unusable> {
    let unreadable =
        |e: serde_json::Error| Unusable::Content(format!("is damaged ({e})"), "damaged");
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
    // Another version may have known other settings: that is no damage.
    let plan = meta(connection, PLAN)?.and_then(|text| serde_json::from_str(&text).ok());
    let left = match meta(connection, LEFT)? {
        Some(text) => serde_json::from_str(&text).map_err(unreadable)?,
        None => Vec::new(),
    };
    let notes = Vec::new();
    Ok(Loaded { states, stand, instance, adjustments, introduced, plan, left, notes })
}

fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    connection.query_row("SELECT value FROM meta WHERE key = ?", [key], |row| row.get(0)).optional()
}

/// Renames the file and its companions; a name that is taken gets a number.
fn set_aside(path: &Path, mark: &str) -> std::io::Result<PathBuf> {
    let date = DateTime::from_timestamp_millis(clock::wall_ms())
        .unwrap_or_default()
        .format("%Y-%m-%dT%H%M%S");
    let named = |n: u32| {
        let number = if n == 0 { String::new() } else { format!("-{n}") };
        suffixed(path, &format!(".{mark}-{date}{number}"))
    };
    let aside = (0..1000).map(named).find(|name| !name.exists()).unwrap_or_else(|| named(0));
    std::fs::rename(path, &aside)?;
    for companion in ["-wal", "-shm"] {
        let from = suffixed(path, companion);
        if from.exists() {
            std::fs::rename(from, suffixed(&aside, companion))?;
        }
    }
    Ok(aside)
}

fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn no_disk(path: &Path, why: &str) -> String {
    format!(
        "nothing can be recorded in {}: {why}. The bedrooms are controlled, but a restart \
         forgets, and heaters without a timer of their own stay off",
        path.display()
    )
}

pub(super) fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

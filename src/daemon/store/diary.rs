//! Reading beside the daemon what people told it, and what is in force.

use std::path::Path;

use rusqlite::Connection;

use super::file::{DROPPED, GOOD, PLAN, meta};
use super::{Cramp, Drink, FILE, Good, Logged, NoCramp, Saved};
use crate::daemon::sqlite;
use crate::model::Millilitres;
use crate::plan::Plan;
use crate::view::Dropped;

/// What people told uncramp, in the order of time, with the plan in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diary {
    /// Drinks, cramps and nights without.
    pub entries: Vec<Logged>,
    /// What was dropped since the last start.
    pub dropped: Dropped,
    /// The plan; none if this version cannot read it, or nothing was ever in force.
    pub plan: Option<Box<Plan>>,
}

impl Diary {
    /// Reads the diary of a state directory, touching nothing; none where there is none.
    ///
    /// # Errors
    /// A sentence, if it cannot be read.
    pub fn read(directory: &Path) -> Result<Option<Self>, String> {
        let path = directory.join(FILE);
        let Some(connection) = sqlite::open_beside(&path)? else { return Ok(None) };
        let read = || -> rusqlite::Result<Self> {
            let mut entries = drinks(&connection)?;
            // A file that no later version has opened yet has the tables of its own time.
            if has(&connection, "cramp")? {
                entries.extend(cramps(&connection)?);
            }
            if has(&connection, "no_cramp")? {
                entries.extend(no_cramps(&connection)?);
            }
            entries.sort_by_key(Logged::at);
            let plan = meta(&connection, PLAN)?.and_then(|text| serde_json::from_str(&text).ok());
            let dropped =
                meta(&connection, DROPPED)?.and_then(|text| serde_json::from_str(&text).ok());
            Ok(Self { entries, dropped: dropped.unwrap_or_default(), plan })
        };
        read().map(Some).map_err(|error| sqlite::unreadable(&path, &error))
    }
}

impl Saved {
    /// Reads the bedrooms' states of a state directory, touching nothing.
    ///
    /// # Errors
    /// A sentence, if they cannot be read.
    pub fn read(directory: &Path) -> Result<Vec<Self>, String> {
        let path = directory.join(FILE);
        let Some(connection) = sqlite::open_beside(&path)? else { return Ok(Vec::new()) };
        let read = || -> rusqlite::Result<Vec<Self>> {
            let select = "SELECT name, state, stand FROM bedroom ORDER BY name";
            let mut statement = connection.prepare(select)?;
            let saved = |row: &rusqlite::Row<'_>| {
                let stand = serde_json::from_str(&row.get::<_, String>(2)?).ok();
                let (bedroom, state) = (row.get(0)?, row.get(1)?);
                Ok(stand.map(|stand| Self { bedroom, state, stand }))
            };
            let rows: Vec<Option<Self>> =
                statement.query_map([], saved)?.collect::<Result<_, _>>()?;
            Ok(rows.into_iter().flatten().collect())
        };
        read().map_err(|error| sqlite::unreadable(&path, &error))
    }
}

impl Good {
    /// Reads the last good configuration of a state directory, touching nothing; none where
    /// there is none.
    ///
    /// # Errors
    /// A sentence, if it cannot be read.
    pub fn read(directory: &Path) -> Result<Option<Self>, String> {
        let path = directory.join(FILE);
        let Some(connection) = sqlite::open_beside(&path)? else { return Ok(None) };
        let text = meta(&connection, GOOD).map_err(|error| sqlite::unreadable(&path, &error))?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }
}

impl Logged {
    /// When, in Unix milliseconds: of an answer, when it was given.
    #[must_use]
    pub const fn at(&self) -> i64 {
        match self {
            Self::Drink(Drink { at, .. })
            | Self::Cramp(Cramp { at, .. })
            | Self::NoCramp(NoCramp { at, .. }) => *at,
        }
    }

    /// The bedroom's name.
    #[must_use]
    pub fn bedroom(&self) -> &str {
        match self {
            Self::Drink(Drink { bedroom, .. })
            | Self::Cramp(Cramp { bedroom, .. })
            | Self::NoCramp(NoCramp { bedroom, .. }) => bedroom,
        }
    }

    /// Whose it is, if that was said.
    #[must_use]
    pub fn sleeper(&self) -> Option<&str> {
        match self {
            Self::Drink(drink) => Some(&drink.sleeper),
            Self::Cramp(cramp) => cramp.sleeper.as_deref(),
            Self::NoCramp(none) => none.sleeper.as_deref(),
        }
    }
}

fn has(connection: &Connection, table: &str) -> rusqlite::Result<bool> {
    let exists = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?)";
    connection.query_row(exists, [table], |row| row.get(0))
}

fn drinks(connection: &Connection) -> rusqlite::Result<Vec<Logged>> {
    let mut rows = connection.prepare("SELECT bedroom, sleeper, ml, at FROM drink")?;
    let drink = |row: &rusqlite::Row<'_>| {
        let amount = Millilitres(row.get(2)?);
        let drink = Drink { bedroom: row.get(0)?, sleeper: row.get(1)?, amount, at: row.get(3)? };
        Ok(Logged::Drink(drink))
    };
    rows.query_map([], drink)?.collect()
}

fn cramps(connection: &Connection) -> rusqlite::Result<Vec<Logged>> {
    let mut rows = connection.prepare("SELECT bedroom, sleeper, at FROM cramp")?;
    let cramp = |row: &rusqlite::Row<'_>| {
        let cramp = Cramp { bedroom: row.get(0)?, sleeper: row.get(1)?, at: row.get(2)? };
        Ok(Logged::Cramp(cramp))
    };
    rows.query_map([], cramp)?.collect()
}

fn no_cramps(connection: &Connection) -> rusqlite::Result<Vec<Logged>> {
    let mut rows = connection.prepare("SELECT bedroom, sleeper, night, at FROM no_cramp")?;
    let none = |row: &rusqlite::Row<'_>| {
        let night: String = row.get(2)?;
        let night = night.parse().map_err(|_| {
            rusqlite::Error::InvalidColumnType(2, night.clone(), rusqlite::types::Type::Text)
        })?;
        let none = NoCramp { bedroom: row.get(0)?, sleeper: row.get(1)?, night, at: row.get(3)? };
        Ok(Logged::NoCramp(none))
    };
    rows.query_map([], none)?.collect()
}

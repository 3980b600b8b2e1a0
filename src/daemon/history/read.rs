//! Reading the history beside the daemon that writes it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rusqlite::{Connection, Params, Row};

use super::FILE;
use crate::daemon::sqlite;
use crate::history::{Record, Summary, What};
use crate::model::{KelvinHours, Millilitres, Span, Time, Wall};
use crate::plan::Plan;

/// One line of history, as it lies in the file.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its place among all: what came later has a higher one, whatever the clock said.
    pub number: i64,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// The plan that was in force, by its number.
    pub plan: Option<i64>,
    /// The bedroom's name; none for the whole house.
    pub bedroom: Option<String>,
    /// The actuator's name, if it is about one.
    pub actuator: Option<String>,
    /// What kind it is, as one word.
    pub kind: String,
    /// The record; none if another version wrote what this one cannot read. Its bedroom is
    /// left out: the plan has it by its name.
    pub record: Option<Record>,
}

/// A history that is read.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    path: PathBuf,
}

impl Reader {
    /// Opens the history of a state directory, touching nothing; none where there is none.
    ///
    /// # Errors
    /// A sentence, if it cannot be read.
    pub fn open(directory: &Path) -> Result<Option<Self>, String> {
        let path = directory.join(FILE);
        Ok(sqlite::open_beside(&path)?.map(|connection| Self { connection, path }))
    }

    /// The plans that were in force, by their numbers, without those that this version
    /// cannot read.
    ///
    /// # Errors
    /// A sentence, if they cannot be read.
    pub fn plans(&self) -> Result<BTreeMap<i64, Plan>, String> {
        let rows = self.all("SELECT number, plan FROM plan", [], |row| {
            let text: String = row.get(1)?;
            Ok((row.get(0)?, serde_json::from_str(&text).ok()))
        })?;
        Ok(rows.into_iter().filter_map(|(number, plan)| Some((number, plan?))).collect())
    }

    /// What happened from an instant until before another, in Unix milliseconds, in the order
    /// in which it did.
    ///
    /// # Errors
    /// A sentence, if it cannot be read.
    pub fn lines(&self, from: i64, to: i64) -> Result<Vec<Line>, String> {
        let select = format!("{LINE} WHERE at >= ? AND at < ? ORDER BY number");
        self.all(&select, [from, to], line)
    }

    /// The last thing said of how each actuator stands, and of how the rule against cold
    /// judges in each bedroom.
    ///
    /// # Errors
    /// A sentence, if it cannot be read.
    pub fn standing(&self) -> Result<Vec<Line>, String> {
        let select = format!(
            "{LINE} WHERE number IN (SELECT max(number) FROM record \
             WHERE kind IN ('stands', 'judged') GROUP BY bedroom, actuator, kind) ORDER BY number"
        );
        self.all(&select, [], line)
    }

    /// When anything was written last, in Unix milliseconds.
    ///
    /// # Errors
    /// A sentence, if it cannot be read.
    pub fn last(&self) -> Result<Option<i64>, String> {
        let last = "SELECT at FROM record ORDER BY number DESC LIMIT 1";
        Ok(self.all(last, [], |row| row.get(0))?.pop())
    }

    /// What each night came to, the latest first: its evening, the bedroom's name, and what.
    ///
    /// # Errors
    /// A sentence, if it cannot be read.
    pub fn nights(&self) -> Result<Vec<(NaiveDate, String, Summary)>, String> {
        let select = "SELECT evening, bedroom, dose, dose_max, in_bed_min, unknown_min, heat_min, \
                      fan_min, drinks, drunk_ml, cramps FROM night \
                      ORDER BY evening DESC, bedroom";
        let rows = self.all(select, [], |row| {
            let evening: String = row.get(0)?;
            Ok((evening.parse().ok(), row.get(1)?, summary(row)?))
        })?;
        let named = |(evening, bedroom, summary)| Some((evening?, bedroom, summary));
        Ok(rows.into_iter().filter_map(named).collect())
    }

    fn all<T>(
        &self,
        select: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, String> {
        let rows = || -> rusqlite::Result<Vec<T>> {
            let mut statement = self.connection.prepare(select)?;
            statement.query_map(params, read)?.collect()
        };
        rows().map_err(|error| sqlite::unreadable(&self.path, &error))
    }
}

const LINE: &str = "SELECT number, at, time, sure, plan, bedroom, actuator, kind, data FROM record";

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    let (at, time, data): (i64, i64, String) = (row.get(1)?, row.get(2)?, row.get(8)?);
    let wall = Wall { offset: at - time, synchronised: row.get(3)? };
    let what = serde_json::from_str::<What>(&data).ok();
    Ok(Line {
        number: row.get(0)?,
        at,
        plan: row.get(4)?,
        bedroom: row.get(5)?,
        actuator: row.get(6)?,
        kind: row.get(7)?,
        record: what.map(|what| Record { time: Time(time), wall, bedroom: None, what }),
    })
}

fn summary(row: &Row<'_>) -> rusqlite::Result<Summary> {
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a night")]
    let minutes = |n| row.get::<_, f64>(n).map(|minutes| Span((minutes * 60_000.0) as i64));
    Ok(Summary {
        dose: KelvinHours::new(row.get(2)?),
        dose_max: KelvinHours::new(row.get(3)?),
        in_bed: minutes(4)?,
        unknown: minutes(5)?,
        heat: minutes(6)?,
        fan: minutes(7)?,
        drinks: row.get(8)?,
        drunk: Millilitres(row.get(9)?),
        cramps: row.get(10)?,
    })
}

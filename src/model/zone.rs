//! A time zone as plain data: when its offset to UTC changes, and to what.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use super::Time;

/// The rules of one time zone. The shell reads them from the system's database; they
/// are part of the plan and of every recording, so that a replay needs no database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// The IANA name, such as `Europe/Brussels`.
    pub name: String,
    /// Seconds east of UTC before the first change.
    pub first: i32,
    /// Changes in order: from this Unix second on, that many seconds east of UTC.
    pub changes: Vec<(i64, i32)>,
}

impl Zone {
    /// Coordinated Universal Time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), first: 0, changes: Vec::new() }
    }

    /// Seconds east of UTC at a Unix second.
    #[must_use]
    pub fn offset(&self, unix: i64) -> i32 {
        match self.changes.partition_point(|(from, _)| *from <= unix) {
            0 => self.first,
            n => self.changes[n - 1].1,
        }
    }

    /// The civil time at a wall-clock instant in Unix milliseconds.
    #[must_use]
    pub fn civil(&self, unix_ms: i64) -> NaiveDateTime {
        let local = unix_ms + i64::from(self.offset(unix_ms.div_euclid(1000))) * 1000;
        DateTime::from_timestamp_millis(local).unwrap_or_default().naive_utc()
    }

    /// The instant, in Unix milliseconds, at which a clock on the wall shows `civil`.
    ///
    /// An hour that is shown twice means its first time; an hour that is skipped means
    /// the instant of the skip.
    #[must_use]
    pub fn instant(&self, civil: NaiveDateTime) -> i64 {
        let shown = civil.and_utc().timestamp_millis();
        let seconds = shown.div_euclid(1000);
        let before = self.offset(seconds - 86_400);
        let candidate = shown - i64::from(before) * 1000;
        if self.offset(candidate.div_euclid(1000)) == before {
            return candidate;
        }
        let after = self.offset(candidate.div_euclid(1000));
        let later = shown - i64::from(after) * 1000;
        if self.offset(later.div_euclid(1000)) == after {
            return later;
        }
        let n = self.changes.partition_point(|(from, _)| *from * 1000 <= candidate);
        self.changes[n - 1].0 * 1000
    }

    /// The instant of a time of day on a date, in Unix milliseconds.
    #[must_use]
    pub fn at(&self, date: NaiveDate, time: NaiveTime) -> i64 {
        self.instant(date.and_time(time))
    }

    /// The evening that names the night a civil time belongs to: nights go from noon
    /// to noon.
    #[must_use]
    pub fn evening(civil: NaiveDateTime) -> NaiveDate {
        (civil - Duration::hours(12)).date()
    }
}

/// Converts between [`Time`] and the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wall {
    /// Unix milliseconds at [`Time::ZERO`].
    pub offset: i64,
    /// Whether the wall clock has been set by something that knows.
    pub synchronised: bool,
}

impl Wall {
    /// Unix milliseconds at an instant.
    #[must_use]
    pub const fn unix_ms(self, time: Time) -> i64 {
        time.0 + self.offset
    }

    /// The instant of a Unix millisecond.
    #[must_use]
    pub const fn time(self, unix_ms: i64) -> Time {
        Time(unix_ms - self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brussels() -> Zone {
        Zone {
            name: "Europe/Brussels".to_owned(),
            first: 3600,
            changes: vec![(1_711_846_800, 7200), (1_729_990_800, 3600)],
        }
    }

    fn shown(text: &str) -> NaiveDateTime {
        text.parse().expect("a civil time")
    }

    #[test]
    fn civil_time_and_back() {
        let zone = brussels();
        for (civil, unix) in [
            ("2024-01-10T22:30:00", 1_704_922_200),
            ("2024-07-10T22:30:00", 1_720_643_400),
            ("2024-03-31T01:59:59", 1_711_846_799),
            ("2024-03-31T03:00:00", 1_711_846_800),
            ("2024-10-27T03:00:00", 1_729_994_400),
        ] {
            assert_eq!(zone.instant(shown(civil)), unix * 1000, "{civil}");
            assert_eq!(zone.civil(unix * 1000), shown(civil), "{civil}");
        }
    }

    #[test]
    fn a_skipped_hour_is_the_instant_of_the_skip_and_a_doubled_one_its_first_time() {
        let zone = brussels();
        assert_eq!(zone.instant(shown("2024-03-31T02:30:00")), 1_711_846_800_000);
        assert_eq!(zone.instant(shown("2024-10-27T02:30:00")), 1_729_989_000_000);
    }
}

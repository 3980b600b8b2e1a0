//! The hours of one night and the days on both sides of it.

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};

use super::{Span, Time, Wall, Window, Zone};

/// The usual hours around an instant, as instants. They hold from `from` until `until`
/// and while neither the wall clock nor the zone changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// From when on they hold: noon, or twelve hours from the middle of a sleep that
    /// covers noon.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// The evening that names the night.
    pub evening: NaiveDate,
    /// The usual wake before this night.
    pub last_wake: Time,
    /// The usual bedtime of this night.
    pub bedtime: Time,
    /// The usual wake after it.
    pub wake: Time,
    /// The usual bedtime of the next night.
    pub next_bedtime: Time,
    /// The year at `from`, for ages.
    pub year: i32,
    /// The month at `from`, for confirmations that age.
    pub month: u32,
}

impl Hours {
    /// S7: quiet hours reach so far beyond the sleep window.
    pub const QUIET_MARGIN: Span = Span::hours(1);
    /// Somebody in bed so far outside the sleep window is there by day.
    pub const DAY_MARGIN: Span = Span::hours(3);

    /// The hours around an instant.
    #[must_use]
    pub fn around(now: Time, sleep: Window, zone: &Zone, wall: Wall) -> Self {
        let civil = zone.civil(wall.unix_ms(now));
        Self::beginning(latest(civil, cut(sleep)), sleep, zone, wall)
    }

    /// The hours of the night that this evening names.
    #[must_use]
    pub fn of(evening: NaiveDate, sleep: Window, zone: &Zone, wall: Wall) -> Self {
        Self::beginning(evening.and_time(cut(sleep)), sleep, zone, wall)
    }

    fn beginning(start: NaiveDateTime, sleep: Window, zone: &Zone, wall: Wall) -> Self {
        let instant = |civil| wall.time(zone.instant(civil));
        let bedtime = next(start, sleep.from);
        let wake = next(bedtime, sleep.to);
        let until = next(start, cut(sleep));
        Self {
            from: instant(start),
            until: instant(until),
            evening: start.date(),
            last_wake: instant(wake - Duration::days(1)),
            bedtime: instant(bedtime),
            wake: instant(wake),
            next_bedtime: instant(bedtime + Duration::days(1)),
            year: chrono::Datelike::year(&start),
            month: chrono::Datelike::month(&start),
        }
    }

    /// Whether an instant lies in the sleep window.
    #[must_use]
    pub fn asleep(&self, now: Time) -> bool {
        self.bedtime <= now && now < self.wake
    }

    /// S7: whether an instant lies in the quiet hours.
    #[must_use]
    pub fn quiet(&self, now: Time) -> bool {
        self.quiet_until(now).is_some()
    }

    /// S7: the end of the quiet hours in which an instant lies, if it does.
    #[must_use]
    pub fn quiet_until(&self, now: Time) -> Option<Time> {
        let (before, after) = (self.last_wake + Self::QUIET_MARGIN, self.wake + Self::QUIET_MARGIN);
        let begins = self.bedtime - Self::QUIET_MARGIN;
        let first = (Time::ZERO <= now && now < before).then_some(before);
        first.or_else(|| (begins <= now && now < after).then_some(after))
    }

    /// Whether an instant lies between the usual wake and noon, when a bed that nobody
    /// measures may still be in use.
    #[must_use]
    pub fn quiet_morning(&self, now: Time) -> bool {
        self.wake <= now && now < self.until || now < self.last_wake + Self::DAY_MARGIN
    }

    /// Whether somebody in bed at that instant is there for the night.
    #[must_use]
    pub fn night(&self, now: Time) -> bool {
        self.bedtime - Self::DAY_MARGIN <= now && now < self.wake + Self::DAY_MARGIN
    }

    /// The waking day around an instant, or the one that the night leads to: its wake
    /// and its bedtime.
    #[must_use]
    pub fn day(&self, now: Time) -> (Time, Time) {
        if now < self.bedtime {
            (self.last_wake, self.bedtime)
        } else {
            (self.wake, self.next_bedtime)
        }
    }

    /// The evening that names the night around an instant, or by day the one before.
    #[must_use]
    pub fn last_night(&self, now: Time) -> NaiveDate {
        self.evening - Duration::days(i64::from(now < self.bedtime))
    }

    /// The middle of the usual sleep that was last: this night's, once it is past.
    #[must_use]
    pub fn last_middle(&self, now: Time) -> Time {
        let middle = self.middle();
        if middle <= now { middle } else { self.last_wake - (self.wake - middle) }
    }

    /// The middle of the usual sleep.
    #[must_use]
    pub fn middle(&self) -> Time {
        self.bedtime + Span(self.wake.since(self.bedtime).0 / 2)
    }

    /// The date of the waking day around an instant, or of the one the night leads to.
    #[must_use]
    pub fn date(&self, now: Time) -> NaiveDate {
        self.evening + Duration::days(i64::from(now >= self.bedtime))
    }

    /// The first of these hours after `now`.
    #[must_use]
    pub fn next(&self, now: Time) -> Time {
        [
            self.last_wake + Self::QUIET_MARGIN,
            self.bedtime - Self::DAY_MARGIN,
            self.bedtime - Self::QUIET_MARGIN,
            self.bedtime,
            self.wake,
            self.wake + Self::QUIET_MARGIN,
            self.wake + Self::DAY_MARGIN,
        ]
        .into_iter()
        .filter(|at| *at > now)
        .fold(self.until, Time::min)
    }
}

/// When a boiler gives heat, around an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supply {
    /// When it next begins to.
    pub next_on: Time,
    /// When it next ends.
    pub next_off: Time,
    /// When it ends before this night's bedtime, if it rests at bedtime.
    pub ends_before_bedtime: Option<Time>,
}

impl Supply {
    /// The supply around an instant.
    #[must_use]
    pub fn around(now: Time, available: Window, hours: &Hours, zone: &Zone, wall: Wall) -> Self {
        let after = |at: Time, time| {
            let civil = next(zone.civil(wall.unix_ms(at)), time);
            (wall.time(zone.instant(civil)), civil)
        };
        let (on_at_bedtime, _) = after(hours.bedtime, available.from);
        let (off_at_bedtime, civil) = after(hours.bedtime, available.to);
        let rests = on_at_bedtime < off_at_bedtime;
        Self {
            next_on: after(now, available.from).0,
            next_off: after(now, available.to).0,
            ends_before_bedtime: rests.then(|| wall.time(zone.instant(civil - Duration::days(1)))),
        }
    }

    /// Whether heat is to be had.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.next_off <= self.next_on
    }
}

/// The time of day at which one night ends and the next begins.
fn cut(sleep: Window) -> NaiveTime {
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    let margin = Duration::milliseconds(Hours::DAY_MARGIN.0);
    let widened = Window { from: sleep.from - margin, to: sleep.to + margin };
    if sleep.length() + Hours::DAY_MARGIN * 2 < Span::hours(24) && !widened.contains(noon) {
        noon
    } else {
        sleep.from + Duration::milliseconds(sleep.length().0 / 2) + Duration::hours(12)
    }
}

/// The latest such time of day at or before an instant.
fn latest(at: NaiveDateTime, time: NaiveTime) -> NaiveDateTime {
    let today = at.date().and_time(time);
    if today <= at { today } else { today - Duration::days(1) }
}

/// The first such time of day at or after an instant.
fn next(at: NaiveDateTime, time: NaiveTime) -> NaiveDateTime {
    let today = at.date().and_time(time);
    if today > at { today } else { today + Duration::days(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(sleep: (u32, u32, u32, u32), now: &str) -> Hours {
        let time = |h, m| NaiveTime::from_hms_opt(h, m, 0).expect("a time");
        let now: NaiveDateTime = now.parse().expect("a civil time");
        Hours::around(
            Time(now.and_utc().timestamp_millis()),
            Window { from: time(sleep.0, sleep.1), to: time(sleep.2, sleep.3) },
            &Zone::utc(),
            Wall::default(),
        )
    }

    fn shown(time: Time) -> String {
        Zone::utc().civil(time.0).format("%d %H:%M").to_string()
    }

    #[test]
    fn an_ordinary_night() {
        for now in ["2024-01-10T12:00:00", "2024-01-10T23:00:00", "2024-01-11T11:59:59"] {
            let h = hours((22, 30, 6, 45), now);
            let all = [h.from, h.last_wake, h.bedtime, h.wake, h.until, h.next_bedtime];
            assert_eq!(
                all.map(shown).join(", "),
                "10 12:00, 10 06:45, 10 22:30, 11 06:45, 11 12:00, 11 22:30",
                "{now}"
            );
        }
    }

    #[test]
    fn quiet_hours_end_an_hour_after_the_wake_and_a_morning_is_of_the_night_before() {
        let ends = |at: &str| {
            let h = hours((22, 30, 6, 45), at);
            let now =
                Time(at.parse::<NaiveDateTime>().expect("a time").and_utc().timestamp_millis());
            (h.quiet_until(now).map(shown), h.last_night(now).to_string())
        };
        let until = Some("11 07:45".to_owned());
        for (at, quiet, night) in [
            ("2024-01-10T21:29:59", &None, "2024-01-09"),
            ("2024-01-10T21:30:00", &until, "2024-01-09"),
            ("2024-01-10T23:00:00", &until, "2024-01-10"),
            ("2024-01-11T07:44:59", &until, "2024-01-10"),
            ("2024-01-11T07:45:00", &None, "2024-01-10"),
            ("2024-01-11T15:00:00", &None, "2024-01-10"),
        ] {
            assert_eq!(ends(at), (quiet.clone(), night.to_owned()), "{at}");
        }
    }

    #[test]
    fn last_night_is_the_one_whose_middle_is_past() {
        for (at, middle) in [
            ("2024-01-10T18:00:00", "10 02:37"),
            ("2024-01-10T23:00:00", "10 02:37"),
            ("2024-01-11T02:37:00", "10 02:37"),
            ("2024-01-11T02:37:30", "11 02:37"),
            ("2024-01-11T08:00:00", "11 02:37"),
            ("2024-01-11T14:00:00", "11 02:37"),
        ] {
            let now =
                Time(at.parse::<NaiveDateTime>().expect("a time").and_utc().timestamp_millis());
            assert_eq!(shown(hours((22, 30, 6, 45), at).last_middle(now)), middle, "{at}");
        }
    }

    #[test]
    fn a_bedtime_after_midnight_and_one_by_day() {
        let late = hours((0, 30, 8, 0), "2024-01-10T23:00:00");
        assert_eq!(shown(late.bedtime), "11 00:30");
        assert_eq!(shown(late.wake), "11 08:00");
        let by_day = hours((8, 0, 15, 0), "2024-01-10T12:30:00");
        assert!(by_day.asleep(Time(1_704_889_800_000)));
        assert_eq!(shown(by_day.wake), "10 15:00");
    }
}

//! The picture of now, as pages, automations and Home Assistant may read it.
//!
//! The only serialisable picture for the outside: temperatures in °C with two decimals,
//! humidities in percent, doses in K·h with three decimals, durations in minutes or
//! seconds as their names say, times as RFC 3339 in the house's own time. Times are left
//! out while the wall clock is not synchronised.

mod parts;
mod reasons;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, SecondsFormat};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use parts::{
    Actuator, Air, Bed, Fault, Night, Period, Sensor, Sleeper, Warmth, Watched, Watching, Wish,
    switch,
};
pub use reasons::data;

use crate::engine::{Engine, Household, Picture};
use crate::model::{BedroomId, KelvinHours, Span, Temperature, Time, Wall};
use crate::plan::{Bedroom, Language, Mode, Plan, Setting};
use crate::rules::{Why, airflow};
use crate::speech::{self, Context, Devices, Numbers};

/// One bedroom at an instant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct View {
    /// The bedroom's name in topics.
    pub bedroom: String,
    /// What people call it.
    pub name: String,
    /// When it was so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What uncramp may do there.
    pub mode: Mode,
    /// Nothing is done and nothing said until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<String>,
    /// Who is in the house.
    pub house: Household,
    /// A baby or small child sleeps there, so that heat and air have their limits: also while
    /// `house` is `away`.
    pub baby: bool,
    /// When a cramp was last reported; null if never.
    pub last_cramp: Option<String>,
    /// When somebody is reminded next, if only time passes until then; null if that is not
    /// known, or nothing more comes today.
    pub next_reminder: Option<String>,
    /// What can be changed from Home Assistant, by its name: °C, percent, K·h or a truth
    /// value.
    pub settings: BTreeMap<&'static str, Json>,
    /// What is known of the air.
    pub air: Air,
    /// Who is in bed, and how the bed is.
    pub bed: Bed,
    /// Against cold: limits, doses and why heat is called for, or not.
    pub warmth: Warmth,
    /// The night's tally.
    pub night: Night,
    /// For how many days everybody is away still: 0 while somebody is there, null until
    /// further notice.
    pub away_days: Option<f64>,
    /// While uncramp only watches: what it would have done this night.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watched: Option<Watched>,
    /// Everybody is away until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub away_until: Option<String>,
    /// What a person could do, in words; shown, and spoken only when asked.
    pub advice: Vec<Advice>,
    /// What is switched.
    pub actuators: Vec<Actuator>,
    /// What is measured.
    pub sensors: Vec<Sensor>,
    /// Who sleeps there.
    pub sleepers: Vec<Sleeper>,
    /// What is not as it should be.
    pub faults: Vec<Fault>,
    /// Reminders that fell into a gap, and were skipped.
    pub skipped_reminders: u32,
    /// What was to be kept and was not; none while all was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Dropped>,
    /// What the devices make possible, and what one more would add.
    pub devices: Devices,
    /// When uncramp looks again, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake: Option<Wake>,
}

/// What was dropped since the start, because more waited for the disk than may: it is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dropped {
    /// Readings of sensors.
    pub readings: u64,
    /// Decisions, commands and wishes of the history.
    pub records: u64,
    /// Drinks, cramps and answers.
    pub diary: u64,
}

/// What a person could do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// Which advice.
    pub kind: airflow::Advice,
    /// In words.
    pub text: String,
}

impl Advice {
    fn new(kind: airflow::Advice, language: Language) -> Self {
        Self { kind, text: speech::advice(kind, language).to_owned() }
    }
}

/// When uncramp looks again by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wake {
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// In so many seconds.
    pub in_s: i64,
    /// Why.
    pub why: Why,
}

impl View {
    /// What can be seen of a bedroom at `now`; none if there is no such bedroom.
    #[must_use]
    pub fn of(engine: &Engine, bedroom: BedroomId, now: Time) -> Option<Self> {
        let plan = engine.plan();
        let room = plan.bedroom(bedroom)?;
        let seen = engine.picture(bedroom, now)?;
        let clock = Clock { plan, wall: engine.wall() };
        let context = Context::new(plan, bedroom, engine.wall(), now)?;
        let look = parts::Look { room, seen: &seen, clock, context: &context, now };
        Some(Self {
            bedroom: room.name.clone(),
            name: room.shown(),
            at: clock.show(now),
            mode: seen.mode,
            paused_until: seen.paused_until.and_then(|until| clock.show(until)),
            house: seen.house,
            baby: seen.baby,
            last_cramp: seen.last_cramp.and_then(|at| clock.show(at)),
            next_reminder: seen
                .sleepers
                .iter()
                .filter_map(|sleeper| sleeper.next_prompt)
                .min()
                .and_then(|at| clock.show(at)),
            settings: settings(room, &seen),
            air: look.air(),
            bed: look.bed(),
            warmth: look.warmth(),
            night: look.night(),
            away_days: away_days(&seen, now),
            watched: look.watched(),
            away_until: seen.away_until.and_then(|until| clock.show(until)),
            advice: seen.advice.iter().map(|kind| Advice::new(*kind, plan.language)).collect(),
            actuators: look.actuators(),
            sensors: look.sensors(),
            sleepers: look.sleepers(),
            faults: look.faults(),
            skipped_reminders: seen.skipped_reminders,
            dropped: None,
            devices: speech::devices(room, Some(month_of(seen.evening)), Numbers::of(plan)),
            wake: seen.wake.map(|wake| Wake {
                at: clock.show(wake.at),
                in_s: wake.at.since(now).as_seconds(),
                why: wake.why,
            }),
        })
    }
}

fn month_of(evening: NaiveDate) -> (i32, u32) {
    (evening.year(), evening.month())
}

/// In days, to a tenth and rounded up: 0 is nobody's absence.
fn away_days(seen: &Picture, now: Time) -> Option<f64> {
    match seen.away_until {
        None => Some(0.0),
        Some(Time::NEVER) => None,
        Some(until) => {
            let tenth = Span::minutes(144).0;
            let tenths = (until.since(now).0 + tenth - 1).div_euclid(tenth);
            Some(f64::from(i32::try_from(tenths).ok()?) / 10.0)
        }
    }
}

/// What can be changed, as it holds now.
fn settings(room: &Bedroom, seen: &Picture) -> BTreeMap<&'static str, Json> {
    let fitting = Setting::ALL.into_iter().filter(|setting| setting.fits(room));
    let now = |setting: Setting| match setting {
        Setting::Heating => room.cold_exposure.enabled.into(),
        Setting::Airflow => room.airflow.enabled.into(),
        Setting::Reminders => room.hydration.enabled.into(),
        // A night's shift is no edit of the setting.
        Setting::TooCold => Temperature(seen.reference.0 - seen.shift.0).as_celsius().into(),
        Setting::Ceiling => seen.ceiling.as_celsius().into(),
        Setting::Dose => kelvin_hours(room.cold_exposure.act).into(),
        Setting::Stuffy => room.airflow.stuffy.as_percent().into(),
        Setting::TooWarm => room.airflow.room_warm.as_celsius().into(),
    };
    fitting.map(|setting| (setting.name(), now(setting))).collect()
}

/// Writes times as the house tells them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock<'a> {
    plan: &'a Plan,
    wall: Wall,
}

impl Clock<'_> {
    /// RFC 3339 with the zone's offset; none while the wall clock is not synchronised,
    /// and for a time that never comes.
    fn show(self, time: Time) -> Option<String> {
        if !self.wall.synchronised || time >= Time::NEVER {
            return None;
        }
        let unix_ms = self.wall.unix_ms(time);
        let east = FixedOffset::east_opt(self.plan.zone.offset(unix_ms.div_euclid(1000)))?;
        let instant = DateTime::from_timestamp_millis(unix_ms)?.with_timezone(&east);
        Some(instant.to_rfc3339_opts(SecondsFormat::Secs, false))
    }
}

/// A dose in K·h, to three decimals.
fn kelvin_hours(dose: KelvinHours) -> f64 {
    libm::round(dose.as_kelvin_hours() * 1000.0) / 1000.0
}

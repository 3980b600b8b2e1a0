//! The picture of now, as pages, automations and Home Assistant may read it.
//!
//! The only serialisable picture for the outside: temperatures in °C with two decimals,
//! humidities in percent, doses in K·h with three decimals, durations in minutes or
//! seconds as their names say, times as RFC 3339 in the house's own time. Times are left
//! out while the wall clock is not synchronised.

mod parts;
mod reasons;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, SecondsFormat};
use serde::Serialize;

pub use parts::{Actuator, Air, Bed, Fault, Night, Sensor, Sleeper, Warmth, Wish};
pub use reasons::data;

use crate::engine::{Engine, Picture};
use crate::model::{BedroomId, KelvinHours, Time, Wall};
use crate::plan::{Bedroom, Kind, Mode, Plan};
use crate::rules::Why;
use crate::speech::{self, Context, Devices};

/// One bedroom at an instant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct View {
    /// The bedroom's name.
    pub bedroom: String,
    /// When it was so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What uncramp may do there.
    pub mode: Mode,
    /// What is known of the air.
    pub air: Air,
    /// Who is in bed, and how the bed is.
    pub bed: Bed,
    /// Against cold: limits, doses and why heat is called for, or not.
    pub warmth: Warmth,
    /// The night's tally.
    pub night: Night,
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
    /// What the devices make possible, and what one more would add.
    pub devices: Devices,
    /// When uncramp looks again, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake: Option<Wake>,
}

/// What a person could do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// Which advice.
    pub kind: speech::Advice,
    /// In words.
    pub text: String,
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
            at: clock.show(now),
            mode: seen.mode,
            air: look.air(),
            bed: look.bed(),
            warmth: look.warmth(),
            night: look.night(),
            away_until: seen.away_until.and_then(|until| clock.show(until)),
            advice: advice(&seen, room, plan),
            actuators: look.actuators(),
            sensors: look.sensors(),
            sleepers: look.sleepers(),
            faults: look.faults(),
            skipped_reminders: seen.skipped_reminders,
            devices: speech::devices(room, Some(month_of(seen.evening)), plan.language),
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

/// What a person could do: lift the cover of a stuffy bed where no fan may run, let
/// fresh air in.
fn advice(seen: &Picture, room: &Bedroom, plan: &Plan) -> Vec<Advice> {
    let settings = &room.airflow;
    let stuffy = settings.enabled
        && seen.in_bed.occupied().is_some()
        && seen.bed_humidity.is_some_and(|humidity| humidity >= settings.stuffy);
    let blowing = room.actuators.iter().zip(&seen.actuators).any(|(actuator, now)| {
        matches!(actuator.kind, Kind::Fan { .. }) && now.level.is_some_and(|level| level > 0)
    });
    let mut kinds = Vec::new();
    if stuffy && !blowing {
        kinds.push(speech::Advice::LiftTheCover);
    }
    if seen.fresh_air {
        kinds.push(speech::Advice::FreshAir);
    }
    kinds
        .into_iter()
        .map(|kind| Advice { kind, text: speech::advice(kind, plan.language).to_owned() })
        .collect()
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

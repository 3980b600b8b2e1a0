//! What a replay prints.

use std::io::{self, Write};

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat};
use serde::Serialize;

use super::super::colour::Paint;
use super::super::said::{clock, said};
use crate::engine::Action;
use crate::history::{Events, Night as Evening, Readings};
use crate::model::{Span, Time, Wall};
use crate::plan::Plan;
use crate::report::{Decision, Difference, HOUSEHOLD, Night, Nights};
use crate::speech::Numbers;

/// Prints the replay of readings.
pub(super) struct Show<'a> {
    plan: &'a Plan,
    readings: &'a Readings,
    wall: Wall,
    paint: Paint,
    evening: Option<NaiveDate>,
}

impl<'a> Show<'a> {
    pub(super) fn new(plan: &'a Plan, readings: &'a Readings, paint: Paint) -> Self {
        let first = readings.samples.first().map_or(0, |sample| sample.unix_ms);
        let wall = Wall { offset: first, synchronised: true };
        Self { plan, readings, wall, paint, evening: None }
    }

    /// What is played, and what is assumed.
    pub(super) fn head(&self, out: &mut impl Write, configured: bool) -> io::Result<()> {
        let samples = &self.readings.samples;
        let date = |unix_ms| self.plan.zone.civil(unix_ms).date();
        let dates = samples.first().zip(samples.last()).map_or_else(String::new, |(from, to)| {
            format!(", {} to {}", date(from.unix_ms), date(to.unix_ms))
        });
        let gaps = match self.readings.gaps {
            1 => "one gap".to_owned(),
            many => format!("{many} gaps"),
        };
        let times = samples.chunk_by(|a, b| a.unix_ms == b.unix_ms).count();
        writeln!(out, "{} values measured at {times} times{dates}, {gaps}", samples.len())?;
        let sleep = self.plan.bedrooms.first().map(|room| room.sleep.to_string());
        let sleep = sleep.unwrap_or_default().replace('-', "–");
        let house = if configured {
            "the configured devices, which obey, timers included"
        } else {
            "a radiator valve and a fan, which obey"
        };
        writeln!(
            out,
            "Assumed: somebody in bed {sleep} (time zone: {}); {house}; valves that the household turns down \
             to {}. Nothing is learned.",
            self.plan.zone.name,
            self.numbers().degrees(HOUSEHOLD)
        )?;
        writeln!(out, "{OPEN_LOOP}")
    }

    /// One decision, under the evening of its night.
    pub(super) fn decision(&mut self, out: &mut impl Write, decision: &Decision) -> io::Result<()> {
        let Some(said) = said(self.plan, self.wall, decision.at, &decision.action) else {
            return Ok(());
        };
        if self.evening != Some(decision.evening) {
            self.evening = Some(decision.evening);
            let heading = format!("Night of {}", decision.evening.format("%Y-%m-%d"));
            writeln!(out, "\n{}", self.paint.bold(&heading))?;
        }
        let time = clock(self.plan, self.wall, decision.at);
        writeln!(
            out,
            "  {}  {}",
            self.paint.dim(&time),
            tinted(&decision.action, &said, self.paint)
        )
    }

    /// What all nights came to.
    pub(super) fn summary(&self, out: &mut impl Write, nights: &Nights) -> io::Result<()> {
        let all = &nights.nights;
        let heading = match all.as_slice() {
            [] => "No night: nothing was measured in the hours in bed".to_owned(),
            [only] => format!("One night, {}", only.evening),
            [first, .., last] => {
                format!("{} nights, {} to {}", all.len(), first.evening, last.evening)
            }
        };
        writeln!(out, "\n{}", self.paint.bold(&heading))?;
        for (what, of) in TOLD {
            let on: Vec<Span> = all.iter().map(of).filter(|span| *span > Span::ZERO).collect();
            let hours: f64 = on.iter().map(|span| span.as_hours()).sum();
            let count = match on.len() {
                0 => "on no night".to_owned(),
                1 => format!("on 1 night, {hours:.1} h"),
                many => format!("on {many} nights, {hours:.1} h in all"),
            };
            writeln!(out, "  {what:<20} {count}")?;
        }
        let reminders: u32 = all.iter().map(|night| night.reminders).sum();
        if reminders > 0 {
            writeln!(out, "  {:<20} {reminders}", "reminders to drink")?;
        }
        if let Some(coldest) = all.iter().max_by_key(|night| night.dose) {
            writeln!(
                out,
                "  {:<20} {}, {} in the night, {} at the worst moment",
                "coldest",
                coldest.evening,
                self.numbers().dose(coldest.dose),
                self.numbers().dose(coldest.acute_max)
            )?;
        }
        Ok(())
    }

    /// One object for each night.
    pub(super) fn json(&self, out: &mut impl Write, nights: &Nights) -> io::Result<()> {
        for night in &nights.nights {
            let line = Line::of(night, self.plan, nights.wall);
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        }
        Ok(())
    }

    const fn numbers(&self) -> Numbers {
        Numbers::in_english(self.plan.units)
    }
}

const OPEN_LOOP: &str = "The recorded room does not feel this heat or air: at home it would be \
                         warmer, and the heat would end sooner.";

type Told = (&'static str, fn(&Night) -> Span);

const TOLD: [Told; 3] = [
    ("heat", |night| night.heat),
    ("fan", |night| night.fan),
    ("temperature unknown", |night| night.unknown),
];

/// One night, as `--json` has it.
#[derive(Debug, Serialize)]
struct Line {
    evening: NaiveDate,
    occupied_h: f64,
    unknown_h: f64,
    s_max: f64,
    d: f64,
    first_heat: Option<String>,
    heat_min: i64,
    fan_min: i64,
    reminders: u32,
}

impl Line {
    fn of(night: &Night, plan: &Plan, wall: Wall) -> Self {
        let thousandths = |value: f64| libm::round(value * 1000.0) / 1000.0;
        let local = |time: Time| {
            let unix_ms = wall.unix_ms(time);
            let east = FixedOffset::east_opt(plan.zone.offset(unix_ms.div_euclid(1000)))?;
            let instant = DateTime::from_timestamp_millis(unix_ms)?.with_timezone(&east);
            Some(instant.to_rfc3339_opts(SecondsFormat::Secs, false))
        };
        Self {
            evening: night.evening,
            occupied_h: thousandths(night.occupied.as_hours()),
            unknown_h: thousandths(night.unknown.as_hours()),
            s_max: thousandths(night.acute_max.as_kelvin_hours()),
            d: thousandths(night.dose.as_kelvin_hours()),
            first_heat: night.first_heat.and_then(local),
            heat_min: night.heat.as_minutes(),
            fan_min: night.fan.as_minutes(),
            reminders: night.reminders,
        }
    }
}

/// Prints what a recording's own plan decided.
pub(super) fn events(
    out: &mut impl Write,
    events: &Events,
    decided: &[(Time, Action)],
    paint: Paint,
) -> io::Result<()> {
    let plan = &events.plan;
    let bedrooms = match plan.bedrooms.len() {
        1 => "one bedroom".to_owned(),
        many => format!("{many} bedrooms"),
    };
    writeln!(out, "{} events of {bedrooms}", events.events.len())?;
    let mut evening = None;
    for (at, action) in decided {
        let Some(said) = said(plan, events.wall, *at, action) else { continue };
        heading(out, &mut evening, plan, events.wall, *at, paint)?;
        let time = clock(plan, events.wall, *at);
        writeln!(out, "  {}  {}", paint.dim(&time), tinted(action, &said, paint))?;
    }
    Ok(())
}

/// Prints what another plan decided differently.
pub(super) fn differences(
    out: &mut impl Write,
    events: &Events,
    other: &Plan,
    all: &[Difference],
    paint: Paint,
) -> io::Result<()> {
    writeln!(out, "\n{}", paint.bold("With the other configuration"))?;
    writeln!(out, "{OPEN_LOOP}")?;
    let (mut evening, mut shown) = (None, 0);
    for difference in all {
        let plan = if difference.other { other } else { &events.plan };
        let Some(said) = said(plan, events.wall, difference.at, &difference.action) else {
            continue;
        };
        shown += 1;
        heading(out, &mut evening, &events.plan, events.wall, difference.at, paint)?;
        let sign = if difference.other { '+' } else { '-' };
        writeln!(out, "  {sign} {}  {said}", clock(&events.plan, events.wall, difference.at))?;
    }
    match shown {
        0 => writeln!(out, "Nothing would have been decided differently."),
        1 => writeln!(out, "\n1 difference: - as recorded, + with the other configuration"),
        n => writeln!(out, "\n{n} differences: - as recorded, + with the other configuration"),
    }
}

fn heading(
    out: &mut impl Write,
    last: &mut Option<NaiveDate>,
    plan: &Plan,
    wall: Wall,
    at: Time,
    paint: Paint,
) -> io::Result<()> {
    let evening = Evening::of(wall.unix_ms(at), &plan.zone).evening;
    if *last == Some(evening) {
        return Ok(());
    }
    *last = Some(evening);
    writeln!(out, "\n{}", paint.bold(&format!("Night of {evening}")))
}

fn tinted(action: &Action, said: &str, paint: Paint) -> String {
    match action {
        Action::Switch(command) if !command.releases => paint.warm(said),
        Action::Switch(_)
        | Action::Query { .. }
        | Action::Watched(_)
        | Action::Announce(_)
        | Action::Unsaid(_)
        | Action::Notice(_) => said.to_owned(),
    }
}

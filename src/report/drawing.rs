//! One night of a replay, looked at every few minutes, for its picture.

use chrono::{NaiveDate, Timelike};

use super::svg::{Labels, Picture};
use crate::engine;
use crate::model::{Hours, KelvinHours, Span, Temperature, Time, Wall};
use crate::plan::{Bedroom, Plan, Units};
use crate::rules::cold_exposure::Settings;
use crate::speech::Numbers;

/// How often the night is looked at.
const EVERY: Span = Span::minutes(5);
/// How much is drawn before bedtime.
const BEFORE: Span = Span::hours(2);
/// How much is drawn after wake.
const AFTER: Span = Span::hours(1);

/// A night that is being looked at.
#[derive(Debug, Clone)]
pub(super) struct Drawing {
    evening: NaiveDate,
    next: Time,
    to: Time,
    picture: Picture,
    occupied: Bar,
    heat: Bar,
    fan: Bar,
    unknown: Bar,
}

impl Drawing {
    /// A drawing of the night that these hours are about, if it is the one asked for.
    pub(super) fn begun(
        drawn: Option<NaiveDate>,
        hours: &Hours,
        bedroom: &Bedroom,
    ) -> Option<Self> {
        let evening = drawn.filter(|evening| *evening == hours.evening)?;
        let from = (hours.bedtime - BEFORE).max(hours.from);
        let to = (hours.wake + AFTER).min(hours.until);
        Some(Self {
            evening,
            next: from,
            to,
            picture: blank(from, to, &bedroom.cold_exposure),
            occupied: Bar::default(),
            heat: Bar::default(),
            fan: Bar::default(),
            unknown: Bar::default(),
        })
    }

    /// The next time to look, if it comes before that time.
    pub(super) fn next(&self, before: Time) -> Option<Time> {
        Some(self.next).filter(|next| *next <= self.to && *next < before)
    }

    /// Looks at the bedroom.
    pub(super) fn look(&mut self, now: Time, seen: &engine::Picture, heat: bool, fan: bool) {
        let picture = &mut self.picture;
        if let Some(room) = seen.room {
            picture.temperature.push((now, room));
        }
        picture.dose.push((now, seen.dose));
        picture.reference = seen.reference;
        picture.target = Some(seen.target);
        self.occupied.look(now, seen.in_bed.occupied().is_some());
        self.heat.look(now, heat);
        self.fan.look(now, fan);
        self.unknown.look(now, seen.room.is_none());
        self.next = now + EVERY;
    }

    /// The picture; none if nothing was seen.
    pub(super) fn finished(self, plan: &Plan, wall: Wall) -> Option<Picture> {
        let end = self.picture.dose.last()?.0;
        let hours = hours(self.picture.from, self.picture.to, plan, wall);
        let picture = Picture {
            title: self.evening.format("The night of %-d %B %Y, as recorded").to_string(),
            units: plan.units,
            occupied: self.occupied.closed(end),
            heat: self.heat.closed(end),
            fan: self.fan.closed(end),
            unknown: self.unknown.closed(end),
            hours,
            ..self.picture
        };
        Some(Picture { description: described(&picture, plan, wall), ..picture })
    }
}

fn blank(from: Time, to: Time, settings: &Settings) -> Picture {
    Picture {
        title: String::new(),
        description: String::new(),
        from,
        to,
        units: Units::Metric,
        temperature: Vec::new(),
        without: Vec::new(),
        reference: Temperature(0),
        target: None,
        dose: Vec::new(),
        limit: settings.act,
        occupied: Vec::new(),
        heat: Vec::new(),
        fan: Vec::new(),
        unknown: Vec::new(),
        hours: Vec::new(),
        labels: Labels { heat: "wants heat".to_owned(), ..Labels::default() },
    }
}

/// When something held, by looking.
#[derive(Debug, Clone, Default)]
struct Bar {
    since: Option<Time>,
    done: Vec<(Time, Time)>,
}

impl Bar {
    fn look(&mut self, now: Time, holds: bool) {
        match (self.since, holds) {
            (None, true) => self.since = Some(now),
            (Some(since), false) => {
                self.done.push((since, now));
                self.since = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    fn closed(mut self, end: Time) -> Vec<(Time, Time)> {
        self.look(end, false);
        self.done
    }
}

/// The full hours between two times, as the clock on the wall shows them.
fn hours(from: Time, to: Time, plan: &Plan, wall: Wall) -> Vec<(Time, String)> {
    let civil = |time| plan.zone.civil(wall.unix_ms(time));
    let past = Span::minutes(i64::from(civil(from).minute()))
        + Span::seconds(i64::from(civil(from).second()));
    let first = if past == Span::ZERO { from } else { from - past + Span::hours(1) };
    let count = (to - first).as_minutes().div_euclid(60);
    (0..=count)
        .map(|n| first + Span::hours(n))
        .map(|time| (time, civil(time).format("%H:%M").to_string()))
        .collect()
}

/// The night in words, for who cannot see it.
fn described(picture: &Picture, plan: &Plan, wall: Wall) -> String {
    let clock = |time| plan.zone.civil(wall.unix_ms(time)).format("%H:%M").to_string();
    let numbers = Numbers::in_english(plan.units);
    let mut sentences = Vec::new();
    if let Some((at, coldest)) = picture.temperature.iter().min_by_key(|(_, room)| *room) {
        let coldest = numbers.degrees(*coldest);
        sentences.push(format!("The room is coldest at {}, {coldest}.", clock(*at)));
    }
    let dose = picture.dose.iter().map(|(_, dose)| *dose).max().unwrap_or(KelvinHours(0));
    sentences.push(format!("The cold dose rises to {}.", numbers.dose(dose)));
    for (bars, what) in [(&picture.heat, "Heat is called for"), (&picture.fan, "A fan would run")] {
        let times: Vec<String> = bars
            .iter()
            .map(|(from, to)| format!("from {} to {}", clock(*from), clock(*to)))
            .collect();
        if !times.is_empty() {
            sentences.push(format!("{what} {}.", times.join(", ")));
        }
    }
    sentences.push("The recorded room did not feel it.".to_owned());
    sentences.join(" ")
}

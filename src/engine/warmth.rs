//! What a bedroom remembers of cold and of heating: the doses, the standing call, how
//! fast the room warms, and which nights and hours gave nothing.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::model::{Dose, KelvinHours, Kelvins, Span, Temperature, Time};
use crate::rules::cold_exposure::Settings;
use crate::rules::{Call, Facts};

/// The memory of warmth.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Warmth {
    pub(crate) dose: Dose,
    pub(crate) night: Night,
    pub(crate) deep_since: Option<Time>,
    pub(crate) call: Option<Call>,
    heat_up: Option<HeatUp>,
    /// Rates of the last heat-ups in hundredths of a kelvin per hour.
    rates: SmallVec<[i32; Warmth::HEAT_UPS]>,
    /// Room temperatures at the last bedtimes that nothing of ours had warmed.
    bedtimes: SmallVec<[Temperature; Warmth::BEDTIMES]>,
    bedtime_noted: Option<NaiveDate>,
    /// Nights in a row in which nobody came to bed, and the last one counted.
    pub(crate) empty_nights: u8,
    empty_counted: Option<NaiveDate>,
    pub(crate) came_to_bed: bool,
    /// Calls that brought no heat: the night and the hour of day.
    vain: SmallVec<[(i32, u8); Warmth::VAIN]>,
    /// The hour that will tell whether heat came: when it began, at which hour of the
    /// day, and the room then.
    judged_from: Option<(Time, u8, Temperature)>,
    /// The hour before it brought no heat either.
    vain_before: bool,
    pub(crate) no_heat: Option<(u8, u8)>,
    /// Two hours of heat in a row warmed nothing, and none did since.
    #[serde(default)]
    pub(crate) no_rise: bool,
}

/// The tally of one night, noon to noon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Night {
    /// The evening that names it.
    pub evening: Option<NaiveDate>,
    /// The dose so far, in hundredths of a kelvin times milliseconds.
    dose: i64,
    /// How long somebody was in bed, or was assumed to be.
    pub occupied: Span,
    /// For how much of that the temperature was not known.
    pub unknown: Span,
    /// The highest acute dose.
    pub acute_max: KelvinHours,
    since: Time,
    deficit: i32,
    occupied_now: bool,
    unknown_now: bool,
}

/// A heat-up under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct HeatUp {
    since: Time,
    from: Temperature,
    capped: bool,
}

/// The hours that gave no heat are told after so many nights.
const VAIN_NIGHTS: usize = 3;
/// After so long a room that is heated has risen.
const RISES_WITHIN: Span = Span::minutes(60);
/// By at least so much.
const RISES_BY: Kelvins = Kelvins(30);
/// A heat-up shorter than this says nothing about the room.
const HEAT_UP_LEAST: Span = Span::minutes(20);
/// A heat-up that needed less than this says nothing either.
const HEAT_UP_NEEDED: Kelvins = Kelvins(50);
/// The rate before anything is learned, per hour.
const FIRST_RATE: i32 = 100;

impl Warmth {
    const HEAT_UPS: usize = 7;
    const BEDTIMES: usize = 7;
    const VAIN: usize = 4;

    /// Brings doses and counters up to the facts, and tells the acute dose of this instant.
    pub(crate) fn observe(&mut self, facts: &Facts, settings: &Settings) -> KelvinHours {
        let (now, evening) = (facts.now, facts.hours.evening);
        let sleeping = facts.sleeping();
        let room_deficit = facts.room.map(|room| (facts.reference - room).0.max(0));
        let deficit = match (sleeping, facts.dose_in_bed) {
            (false, _) => 0,
            (true, false) => room_deficit.unwrap_or(0),
            (true, true) => in_bed_deficit(facts, settings),
        };
        self.night.advance(now);
        // The dose is highest where sleep ends, which may be between two looks.
        if self.night.occupied_now {
            self.night.acute_max = self.night.acute_max.max(facts.acute);
        }
        if self.night.evening != Some(evening) {
            self.night = Night { evening: Some(evening), since: now, ..Night::default() };
        }
        let before = self.dose;
        self.dose.set_deficit(now, Kelvins(deficit), settings.memory);
        let unchanged = self.dose == before;
        let acute = if unchanged { facts.acute } else { self.dose.at(now, settings.memory) };
        if sleeping {
            self.night.acute_max = self.night.acute_max.max(acute);
        }
        self.night.occupied_now = sleeping;
        self.night.unknown_now = sleeping && facts.room.is_none();
        self.night.deficit = if sleeping { room_deficit.unwrap_or(0) } else { 0 };
        let deep = sleeping && room_deficit.is_some_and(|deficit| deficit >= settings.deep.0);
        self.deep_since = if deep { self.deep_since.or(Some(now)) } else { None };
        self.count_empty_nights(facts, settings);
        self.note_bedtime(facts);
        acute
    }

    /// The median rate of the last heat-ups, per hour.
    pub(crate) fn rate(&self) -> Kelvins {
        let mut sorted = self.rates.clone();
        sorted.sort_unstable();
        Kelvins(sorted.get(sorted.len() / 2).copied().unwrap_or(FIRST_RATE).clamp(10, 1200))
    }

    /// The usual temperature at bedtime, once three evenings are known.
    pub(crate) fn usual_bedtime(&self) -> Option<Temperature> {
        let mut sorted = self.bedtimes.clone();
        sorted.sort_unstable();
        (sorted.len() >= 3).then(|| sorted[sorted.len() / 2])
    }

    /// Takes note of whether heat is being delivered, with the hour of day if it is, and tells
    /// whether that taught how fast the room warms.
    pub(crate) fn heating(
        &mut self,
        facts: &Facts,
        settings: &Settings,
        hour: Option<u8>,
        learn: bool,
    ) -> bool {
        let Some(room) = facts.room else {
            (self.heat_up, self.judged_from) = (None, None);
            return false;
        };
        let Some(hour) = hour else {
            (self.judged_from, self.vain_before) = (None, false);
            return self.end_heat_up(facts, room, learn);
        };
        let capped = facts.window.is_some() || facts.sleeping() && settings.ramp.is_some();
        // What came before is a sample of its own: a slow room is never warm in time.
        let other = self.heat_up.is_some_and(|heat_up| heat_up.capped != capped);
        let learned = other && self.end_heat_up(facts, room, learn);
        self.heat_up.get_or_insert(HeatUp { since: facts.now, from: room, capped });
        self.judge_heat(facts, room, hour, learn);
        learned
    }

    /// When it can be said whether heat came.
    pub(crate) fn judged_at(&self) -> Option<Time> {
        self.judged_from.map(|(since, _, _)| since + RISES_WITHIN)
    }

    /// What nobody watched is unknown: the dose decays, the time counts as unknown.
    pub(crate) fn gap(&mut self, from: Time, now: Time, memory: Span) {
        self.night.advance(from);
        self.dose.set_deficit(from, Kelvins(0), memory);
        self.night.deficit = 0;
        self.night.unknown_now = self.night.occupied_now;
        self.night.advance(now);
        self.deep_since = None;
        self.heat_up = None;
        self.judged_from = None;
    }

    /// Whether it was worth a sample.
    fn end_heat_up(&mut self, facts: &Facts, room: Temperature, learn: bool) -> bool {
        let Some(heat_up) = self.heat_up.take() else { return false };
        let took = facts.now.since(heat_up.since);
        let rose = (room - heat_up.from).0;
        let needed = (facts.reference - heat_up.from).0 >= HEAT_UP_NEEDED.0;
        if !learn || heat_up.capped || took < HEAT_UP_LEAST || !needed || rose <= 0 {
            return false;
        }
        let rate = i64::from(rose) * Span::hours(1).0 / took.0;
        if self.rates.len() == Self::HEAT_UPS {
            self.rates.remove(0);
        }
        self.rates.push(i32::try_from(rate).unwrap_or(i32::MAX));
        true
    }

    /// Three nights without heat at some hours are worth a word to the keeper; heat at
    /// those hours takes it back.
    fn judge_heat(&mut self, facts: &Facts, room: Temperature, hour: u8, learn: bool) {
        let (since, began, from) = *self.judged_from.get_or_insert((facts.now, hour, room));
        if !learn || facts.now < since + RISES_WITHIN {
            return;
        }
        self.judged_from = Some((facts.now, hour, room));
        let hour = began;
        let rose = (room - from).0 >= RISES_BY.0;
        // An hour in which the boiler stopped half-way says nothing of its hours.
        let whole = std::mem::replace(&mut self.vain_before, !rose);
        if rose {
            self.no_rise = false;
            self.vain.retain(|(_, vain)| *vain != hour);
            if self.no_heat.is_some_and(|(from, to)| in_hours(hour, from, to)) {
                (self.no_heat, self.vain) = (None, SmallVec::new());
            }
        } else if whole && facts.room < Some(facts.reference) && facts.window.is_none() {
            self.no_rise = true;
            let night = facts.hours.evening.num_days_from_ce();
            if self.vain.last().is_none_or(|(last, _)| *last != night) {
                if self.vain.len() == Self::VAIN {
                    self.vain.remove(0);
                }
                self.vain.push((night, hour));
            }
            let same: SmallVec<[(i32, u8); Self::VAIN]> =
                self.vain.iter().copied().filter(|(_, vain)| near(*vain, hour)).collect();
            if same.len() >= VAIN_NIGHTS && self.no_heat.is_none() {
                self.no_heat = hours_of(&same);
            }
        }
    }

    fn count_empty_nights(&mut self, facts: &Facts, settings: &Settings) {
        if facts.in_bed_now == Some(true) && facts.in_bed.occupied().is_some() && facts.sleeping() {
            self.came_to_bed = true;
            self.empty_nights = 0;
        }
        let evening = facts.hours.evening;
        let late = facts.now >= facts.hours.bedtime + settings.empty_after;
        if late && self.empty_counted != Some(evening) && facts.bed_measured {
            self.empty_counted = Some(evening);
            if !self.came_to_bed && facts.in_bed_now == Some(false) {
                self.empty_nights = self.empty_nights.saturating_add(1);
            }
        }
    }

    /// A new night begins: nobody came to bed yet.
    pub(crate) fn new_hours(&mut self) {
        self.came_to_bed = false;
    }

    /// Evenings that heating of ours has touched say nothing about what is usual.
    fn note_bedtime(&mut self, facts: &Facts) {
        let evening = facts.hours.evening;
        if facts.now < facts.hours.bedtime || self.bedtime_noted == Some(evening) {
            return;
        }
        self.bedtime_noted = Some(evening);
        let Some(room) = facts.room else { return };
        if self.call.is_none() && facts.now < facts.hours.bedtime + Span::minutes(30) {
            if self.bedtimes.len() == Self::BEDTIMES {
                self.bedtimes.remove(0);
            }
            self.bedtimes.push(room);
        }
    }
}

impl Night {
    /// The night's dose at `now`.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a night's dose is far below 9·10⁹ K·h")]
    pub fn dose(&self, now: Time) -> KelvinHours {
        let raw =
            i128::from(self.dose) + i128::from(self.deficit) * i128::from(now.since(self.since).0);
        // Hundredths of a kelvin × milliseconds → nano-kelvin-hours: 10⁹ / (100 · 3.6·10⁶).
        KelvinHours((raw * 25 / 9) as i64)
    }

    /// The tally carried on to `now`.
    #[must_use]
    pub fn until(mut self, now: Time) -> Self {
        self.advance(now);
        self
    }

    fn advance(&mut self, now: Time) {
        let elapsed = now.since(self.since);
        self.dose += i64::from(self.deficit) * elapsed.0;
        if self.occupied_now {
            self.occupied += elapsed;
        }
        if self.unknown_now {
            self.unknown += elapsed;
        }
        self.since = now;
    }
}

/// The in-bed sensor is cold when somebody lies down, and says nothing at first.
fn in_bed_deficit(facts: &Facts, settings: &Settings) -> i32 {
    let settled =
        facts.in_bed.occupied().is_some_and(|since| since + settings.bed_settling <= facts.now);
    match facts.bed {
        Some(bed) if settled => (settings.bed_reference - bed).0.max(0),
        Some(_) | None => 0,
    }
}

/// From the first hour of day in which heat was called for in vain to the end of the last; hours
/// after noon come before those after midnight.
fn hours_of(vain: &[(i32, u8)]) -> Option<(u8, u8)> {
    let from_noon = |hour: u8| (hour + 12) % 24;
    let from = vain.iter().map(|(_, hour)| from_noon(*hour)).min()?;
    let to = vain.iter().map(|(_, hour)| from_noon(*hour)).max()?;
    Some((from_noon(from), from_noon(to + 1)))
}

/// The same hour of day, or the one beside it.
fn near(a: u8, b: u8) -> bool {
    let apart = (i16::from(a) - i16::from(b)).rem_euclid(24);
    apart <= 1 || apart == 23
}

fn in_hours(hour: u8, from: u8, to: u8) -> bool {
    if from <= to { (from..to).contains(&hour) } else { hour >= from || hour < to }
}

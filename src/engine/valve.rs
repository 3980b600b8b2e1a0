//! A set-point that a device holds by itself: the household's baseline, and uncramp's
//! boost above it.

mod again;
mod ask;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

pub(crate) use ask::Asking;

use super::soonest::Soonest;
use crate::model::{Kelvins, Span, Switch, Temperature, Time};
use crate::rules::Why;

/// The memory of a valve or climate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Valve {
    /// What the household wants when uncramp wants nothing.
    baseline: Option<Temperature>,
    /// What the broker kept of it: better than a guess while nothing else is known.
    #[serde(default)]
    kept: Option<Temperature>,
    /// When it was last asked where it stands, and how many times it was.
    #[serde(default)]
    asked: Option<(Time, u8)>,
    told: Option<Told>,
    reported: Option<Temperature>,
    /// What the valve's own thermometer reads.
    own: Option<(Temperature, Time)>,
    boost: Option<Boost>,
    /// What it was last told of the room, and when.
    fed: Option<(Temperature, Time)>,
    /// It stands where a person set it, above or below the baseline.
    #[serde(default)]
    yielded: bool,
    /// It did not take a boost (`false`) or its baseline (`true`), and has not been seen to move
    /// to what it was told since.
    #[serde(default)]
    deaf: Option<bool>,
    /// Changes by hand or schedule: the day, the minute of the day, the value.
    changes: SmallVec<[(i32, u16, Temperature); Valve::CHANGES]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    value: Temperature,
    at: Time,
    tries: u8,
    confirmed: bool,
    /// The link was lost since, and nobody can say whether it arrived.
    doubtful: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Boost {
    since: Time,
    from: Temperature,
    moved: Time,
    /// The room when it was last moved.
    then: Temperature,
}

/// How a set-point is moved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Means {
    /// The smallest step of the device's set-point.
    pub(crate) step: Kelvins,
    /// It takes the room's temperature.
    pub(crate) fed: bool,
    /// It can be heard while it moves.
    pub(crate) audible: bool,
    /// The room may warm only by 2 K/h: somebody sleeps.
    pub(crate) gently: bool,
    /// It answers questions.
    pub(crate) answers: bool,
    pub(crate) confirm: Option<Span>,
    pub(crate) link: bool,
}

/// What a report means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Our own echo, nothing new, or a new baseline.
    Nothing,
    /// S8: a person moved it during a boost.
    Person,
}

/// A valve that was never heard is put back to this, on its own thermometer.
const NO_BASELINE: Temperature = Temperature(1800);
/// A valve beside its radiator reads warm; its set-point is shifted by at most this.
const MOST_OFFSET: i32 = 500;
/// Within this of its goal the room is left alone, in hundredths of a kelvin.
const BAND: i32 = 30;
/// A valve is fully open about so far below its set-point.
const FULLY_OPEN_BELOW: Kelvins = Kelvins(100);
/// Silent set-points move so far in so long while somebody sleeps.
const GENTLE_STEP: i32 = 50;
const GENTLE_EVERY: Span = Span::minutes(15);
/// Audible ones are written at most so often, and at most so far above the room.
const AUDIBLE_EVERY: Span = Span::hours(1);
const AUDIBLE_ABOVE: Kelvins = Kelvins(200);
/// A valve that is fed is told again at the latest after so long: some fall back to
/// their own thermometer after two hours.
const FEED_EVERY: Span = Span::minutes(55);
const FEED_APART: Span = Span::minutes(5);
/// While nobody sleeps a set-point is corrected so often.
const CORRECTED_EVERY: Span = Span::minutes(15);
const TRIES: u8 = 3;
/// A set-point reported so near to the one it was told is that one, in hundredths.
const ROUNDING: i32 = 50;
/// What the valve's own thermometer said counts so long.
const OWN_FOR: Span = Span::minutes(130);
/// After those tries a baseline that is not confirmed is said again so often.
const BASELINE_AGAIN: Span = Span::minutes(30);
/// What is said so soon after a command answers it.
const ANSWERS_WITHIN: Span = Span::seconds(30);
/// A change at the same time of day on one of the last days is a schedule.
const SCHEDULE_WITHIN_MINUTES: i32 = 10;
const SCHEDULE_DAYS: i32 = 8;

impl Valve {
    const CHANGES: usize = 16;

    /// It is held above the household's baseline.
    pub(crate) const fn boosted(&self) -> bool {
        self.boost.is_some()
    }

    /// When the boost began.
    pub(crate) fn boosted_since(&self) -> Option<Time> {
        self.boost.map(|boost| boost.since)
    }

    /// The household's set-point.
    pub(crate) fn baseline(&self) -> Temperature {
        self.baseline.or(self.kept).unwrap_or(NO_BASELINE)
    }

    /// Takes note of a set-point that the broker kept; `ceiling` as for a first report.
    pub(crate) fn keep(&mut self, value: Temperature, ceiling: Temperature) {
        self.kept = Some(value).filter(|value| *value <= ceiling);
    }

    /// The set-point it was told, or else reports.
    pub(crate) fn set_point(&self) -> Option<Temperature> {
        self.told.map(|told| told.value).or(self.reported)
    }

    /// What it shows: what it was told, unless it does not do that, or what it reports.
    pub(crate) fn shown(&self) -> Option<Temperature> {
        let told = self.told.filter(|told| told.confirmed || told.tries < TRIES);
        told.map(|told| told.value).or(self.reported).or_else(|| self.set_point())
    }

    /// It stands above the household's set-point for uncramp's sake. A boost that a hand on
    /// the knob undid, or that has not come so far yet, is none.
    pub(crate) fn raised(&self) -> bool {
        self.boosted() && self.shown().is_some_and(|value| value > self.baseline())
    }

    /// A return to the baseline is not confirmed yet.
    pub(crate) fn returning(&self) -> bool {
        self.boost.is_none() && self.told.is_some_and(|told| !told.confirmed)
    }

    /// S10: it stands above the ceiling, and nobody knows who put it there.
    pub(crate) fn unexplained(&self, ceiling: Temperature) -> bool {
        self.baseline.is_none()
            && self.boost.is_none()
            && self.set_point().is_some_and(|value| value > ceiling)
    }

    /// It does not take its set-point: a boost (`false`) or its baseline (`true`).
    pub(crate) const fn disobeys(&self) -> Option<bool> {
        self.deaf
    }

    /// Where the set-point should be for the room to reach `goal`, on the valve's own
    /// scale; `None` if it is there already, or may not move yet.
    pub(crate) fn boost(
        &mut self,
        now: Time,
        goal: Temperature,
        room: Temperature,
        means: &Means,
    ) -> Option<Temperature> {
        let first = self.boost.is_none();
        let boost =
            *self.boost.get_or_insert(Boost { since: now, from: room, moved: now, then: room });
        let in_room = match (means.gently, means.audible) {
            (false, _) => goal,
            (true, true) => goal.min(room + AUDIBLE_ABOVE),
            (true, false) => goal.min(boost.gently(now)),
        };
        let own = self.own(now);
        let offset = match own {
            Some(own) if !means.fed => (own - room).0.clamp(-MOST_OFFSET, MOST_OFFSET),
            Some(_) | None => 0,
        };
        let plain = round(in_room + Kelvins(offset), means.step);
        let before = self.set_point().filter(|_| !first);
        let believed = if means.fed { Some(room) } else { own };
        let value =
            boost.corrected(plain, before, in_room, room, believed, means).max(self.baseline());
        let may_move = first || now.since(boost.moved) >= means.every();
        if self.set_point() == Some(value) || !may_move {
            return None;
        }
        self.boost = Some(Boost { moved: now, then: room, ..boost });
        Some(value)
    }

    /// What puts it back to the household's set-point, on its own thermometer first if
    /// it was fed.
    pub(crate) fn release(&mut self) -> SmallVec<[Switch; 2]> {
        let mut back = SmallVec::new();
        let boosted = self.boost.take().is_some();
        if self.fed.take().is_some() {
            back.push(Switch::OwnThermometer);
        }
        let above = self.set_point().is_some_and(|value| value > self.baseline());
        let elsewhere = self.set_point() != Some(self.baseline());
        if boosted && elsewhere || self.baseline.is_some() && above && self.told.is_some() {
            back.push(Switch::SetPoint(self.baseline()));
        }
        back
    }

    /// A person set it: uncramp leaves it as it is.
    pub(crate) fn yield_to_person(&mut self) {
        self.boost = None;
        self.told = None;
        self.yielded = true;
    }

    /// After a person's wish has ended the household's set-point holds again.
    pub(crate) fn take_back(&mut self) -> Option<Temperature> {
        let baseline = self.baseline.filter(|_| std::mem::take(&mut self.yielded))?;
        (self.set_point() != Some(baseline)).then_some(baseline)
    }

    /// Notes a command that leaves now.
    pub(crate) fn tell(&mut self, now: Time, value: Temperature, means: &Means) {
        let confirmed = means.confirm.is_none();
        self.yielded = false;
        self.told = Some(Told { value, at: now, tries: 1, confirmed, doubtful: false });
    }

    /// What the valve is to be told of the room, while it is boosted.
    pub(crate) fn feed(&mut self, now: Time, room: Temperature, means: &Means) -> Option<Switch> {
        let due = match self.fed {
            None => true,
            Some((value, at)) => {
                let age = now.since(at);
                age >= FEED_EVERY || value != room && age >= FEED_APART
            }
        };
        (means.fed && self.boost.is_some() && due).then(|| {
            self.fed = Some((room, now));
            Switch::Feed(room)
        })
    }

    /// A command that is not confirmed is repeated.
    pub(crate) fn repeat(&mut self, now: Time, means: &Means) -> Option<Temperature> {
        let due = self.repeat_at(means).is_some_and(|at| at <= now);
        let boosted = self.boosted();
        let told = self.told.as_mut()?;
        (means.link && (told.doubtful || due)).then(|| {
            (told.at, told.tries) = (now, told.tries.saturating_add(1));
            told.doubtful = false;
            // What was last seen to stand there need not move.
            if !told.confirmed && told.tries >= TRIES && self.reported != Some(told.value) {
                self.deaf = Some(!boosted);
            }
            told.value
        })
    }

    /// Takes in a reported set-point; `day` and `minute` are the local day and minute.
    /// While a person's wish holds, `yielded`, further turns of the knob are the same wish.
    /// A first word above `ceiling` is no baseline: it may be a boost that nobody remembers.
    pub(crate) fn report(
        &mut self,
        now: Time,
        value: Temperature,
        (day, minute): (i32, u16),
        yielded: bool,
        ceiling: Temperature,
    ) -> Meaning {
        let before = self.reported.replace(value);
        if let Some(told) = &mut self.told {
            // A device that rounds to its own step confirms all the same.
            let close = (told.value - value).0.abs() < ROUNDING;
            if told.value == value || close && !told.confirmed {
                told.confirmed = true;
                // What stands where it stood before has heard nothing, unless it says so as
                // soon as it is told.
                if before != Some(value) || now.since(told.at) <= ANSWERS_WITHIN {
                    self.deaf = None;
                }
                return Meaning::Nothing;
            }
            if !told.confirmed {
                return Meaning::Nothing;
            }
        }
        if before == Some(value) {
            return Meaning::Nothing;
        }
        let scheduled = self.is_scheduled(value, day, minute);
        if before.is_some() {
            self.note_change(value, day, minute);
        }
        if yielded && !scheduled {
            self.told = None;
            return Meaning::Person;
        }
        let first = before.is_none() && self.baseline.is_none();
        if self.boost.is_none() && first && value > ceiling {
            return Meaning::Nothing;
        }
        if self.boost.is_none() {
            self.baseline = Some(value);
            // A hand on the knob shows a live battery, and not that it hears: it is asked that
            // as before, half an hour after the hand has left it.
            let told = Told { value, at: now, tries: TRIES, confirmed: true, doubtful: false };
            self.told = self.deaf.map(|_| told);
            return Meaning::Nothing;
        }
        if scheduled || self.baseline == Some(value) {
            self.baseline = Some(value);
            // The boost stands: it is written again.
            self.told = None;
            return Meaning::Nothing;
        }
        Meaning::Person
    }

    /// A device that is not there does as it is told.
    pub(crate) fn obey(&mut self) {
        if let Some(told) = &mut self.told {
            told.confirmed = true;
            self.reported = Some(told.value);
            self.deaf = None;
        }
    }

    /// Takes over what is known of the household's set-point and the own thermometer.
    pub(crate) fn follow(&mut self, real: &Self) {
        (self.baseline, self.kept, self.own) = (real.baseline, real.kept, real.own);
    }

    /// What the valve's own thermometer reads, as long as that counts.
    pub(crate) fn own(&self, now: Time) -> Option<Temperature> {
        self.own.filter(|(_, at)| now.since(*at) < OWN_FOR).map(|(own, _)| own)
    }

    /// What the valve's own thermometer reads.
    pub(crate) fn own_temperature(&mut self, now: Time, value: Temperature) {
        self.own = Some((value, now));
    }

    /// It was fed and is to be no longer.
    pub(crate) fn stop_feeding(&mut self) -> bool {
        self.fed.take().is_some()
    }

    /// The link is back: what was not confirmed is said again, and so is what cannot be.
    pub(crate) fn link_up(&mut self, confirms: bool) {
        if let Some(told) = &mut self.told
            && (!told.confirmed || !confirms || self.deaf.is_some())
        {
            (told.doubtful, told.tries) = (true, 0);
        }
        self.fed = self.fed.map(|(value, at)| (value, at - FEED_EVERY));
        self.asked = None;
    }

    /// When something is to be done with nothing but time passing.
    pub(crate) fn offer(&self, means: &Means, soonest: &mut Soonest) {
        if means.link {
            soonest.offer_some(self.repeat_at(means), Why::Confirmation);
        }
        soonest.offer_some(self.asked_again_at(), Why::Confirmation);
        soonest.offer_some(self.own.map(|(_, at)| at + OWN_FOR), Why::Silence);
        let Some(boost) = self.boost else { return };
        soonest.offer(boost.moved + means.every(), Why::Ramp);
        if means.gently && !means.audible {
            soonest.offer(boost.next_step(soonest.now()), Why::Ramp);
        }
        if let (true, Some((_, at))) = (means.fed, self.fed) {
            soonest.offer(at + FEED_APART, Why::Ramp);
            soonest.offer(at + FEED_EVERY, Why::Ramp);
        }
    }

    fn repeat_at(&self, means: &Means) -> Option<Time> {
        let told = self.told.filter(|told| !told.confirmed || self.deaf.is_some())?;
        match told.tries {
            // One that did not hear is asked whether it does by what it is told already.
            _ if told.confirmed => (!self.boosted()).then_some(told.at + BASELINE_AGAIN),
            ..TRIES => Some(told.at + means.confirm?),
            // S3: a boost is given up, the way back to the baseline never.
            TRIES.. => (!self.boosted()).then_some(told.at + BASELINE_AGAIN),
        }
    }

    fn is_scheduled(&self, value: Temperature, day: i32, minute: u16) -> bool {
        self.changes.iter().any(|(on, at, to)| {
            let apart = (i32::from(*at) - i32::from(minute)).rem_euclid(1440);
            *to == value
                && (1..=SCHEDULE_DAYS).contains(&(day - on))
                && apart.min(1440 - apart) <= SCHEDULE_WITHIN_MINUTES
        })
    }

    fn note_change(&mut self, value: Temperature, day: i32, minute: u16) {
        self.changes.retain(|(on, _, _)| day - *on <= SCHEDULE_DAYS);
        if self.changes.len() == Self::CHANGES {
            self.changes.remove(0);
        }
        self.changes.push((day, minute, value));
    }
}

impl Means {
    /// For a command that moves at once.
    pub(crate) const fn plain(confirm: Option<Span>, link: bool) -> Self {
        let (fed, audible, gently, answers) = (false, false, false, false);
        Self { step: Kelvins(50), fed, audible, gently, answers, confirm, link }
    }

    const fn every(&self) -> Span {
        match (self.gently, self.audible) {
            (true, true) => AUDIBLE_EVERY,
            (true, false) => GENTLE_EVERY,
            (false, _) => CORRECTED_EVERY,
        }
    }
}

impl Boost {
    /// Half a kelvin every quarter of an hour, from the room as it was.
    fn gently(&self, now: Time) -> Temperature {
        let steps = i32::try_from(self.steps(now)).unwrap_or(i32::MAX / 100);
        self.from + Kelvins(steps * GENTLE_STEP)
    }

    /// When it may move on by a step, whether or not it moved at the last one.
    fn next_step(&self, now: Time) -> Time {
        self.since + GENTLE_EVERY * self.steps(now)
    }

    fn steps(&self, now: Time) -> i64 {
        1 + now.since(self.since).0 / GENTLE_EVERY.0
    }

    /// A valve opens only while it lacks something by the thermometer it believes, and
    /// reads less warm the less it heats: its offset alone would let the room sink. So a
    /// room that lacks warmth never lowers the set-point, and one that does not rise
    /// raises it while the valve believes that it is near it (a radiator that stays cold
    /// would only wind it up); too warm, the other way round.
    fn corrected(
        &self,
        plain: Temperature,
        before: Option<Temperature>,
        goal: Temperature,
        room: Temperature,
        believed: Option<Temperature>,
        means: &Means,
    ) -> Temperature {
        let Some(before) = before else { return plain };
        let near = believed.is_some_and(|believed| believed + FULLY_OPEN_BELOW >= before);
        let lacking = (goal - room).0;
        let rose = (room - self.then).0;
        if lacking > BAND {
            let nudged = if near && rose < BAND { before + means.step } else { before };
            plain.max(nudged).min(round(goal + Kelvins(MOST_OFFSET), means.step))
        } else if lacking < -BAND {
            let nudged = if rose > -BAND { before - means.step } else { before };
            plain.min(nudged)
        } else {
            before
        }
    }
}

/// To the device's step, halves up.
fn round(value: Temperature, step: Kelvins) -> Temperature {
    let step = step.0.max(1);
    Temperature((value.0 + step / 2).div_euclid(step) * step)
}

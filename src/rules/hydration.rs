//! Hydration: the day's need, what was logged, and who must not be told to drink.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Because, Facts, Judge, Reason, Why, conditions};
use crate::model::{Condition, Hours, Millilitres, Sex, Sleeper, Span, Temperature, Time};

/// What the rule is told in the configuration; one for the bedroom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether the rule is in force.
    pub enabled: bool,
    /// Drinks a day; `None` is by profile: 1.6 L, men 2.0 L, pregnant + 0.3 L.
    pub goal: Option<Millilitres>,
    /// How long after the usual wake the day's need begins to count; 30 min.
    pub after_wake: Span,
    /// How long before bedtime it ends; `None` is by profile: 2 h, 4 h from 65 years
    /// or with nocturia.
    pub cut_off: Option<Span>,
    /// The smallest prompt, and how far behind it takes; 150 mL.
    pub least: Millilitres,
    /// The largest prompt; 250 mL.
    pub most: Millilitres,
    /// The least time between two prompts; 75 min.
    pub apart: Span,
    /// Never more than this asked within an hour; 500 mL.
    pub hourly: Millilitres,
    /// Prompts a day while nothing is ever logged; 3.
    pub unlogged_a_day: u8,
    /// After so many unanswered prompts, none before tomorrow; 2.
    pub unanswered: u8,
    /// Room temperature from which a day counts as hot (+250 mL); 26 °C.
    pub hot_room: Temperature,
    /// Outdoor temperature from which a day counts as hot (+250 mL); 28 °C.
    pub hot_outdoors: Temperature,
    /// Outdoor temperature from which a day counts as very hot (+500 mL); 32 °C.
    pub very_hot_outdoors: Temperature,
}

/// What is known of one person's drinking today.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Drinking {
    /// Which day; another one begins at bedtime.
    pub day: Option<NaiveDate>,
    /// Logged today.
    pub drunk: Millilitres,
    /// When something was last logged, on any day.
    pub last_drink: Option<Time>,
    /// When a prompt was last spoken, on any day.
    pub last_prompt: Option<Time>,
    /// What was asked for within the last hour, and when.
    #[serde(default)]
    pub lately: Vec<(Time, Millilitres)>,
    /// The month in which the keeper was last asked to confirm the conditions.
    #[serde(default)]
    pub asked: Option<(i32, u32)>,
    /// Prompts today.
    pub prompts: u8,
    /// Numbers of today's prompts that were not answered, and nothing was logged after.
    #[serde(default)]
    pub open: Vec<u64>,
    /// The hottest the day was, outdoors and in the room.
    pub hottest: Hottest,
}

/// The hottest a day was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hottest {
    /// In the room.
    pub room: Option<Temperature>,
    /// Outdoors.
    pub outdoors: Option<Temperature>,
}

/// A prompt to drink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// How much is suggested.
    pub amount: Millilitres,
    /// Why.
    pub reason: Reason,
}

impl Drinking {
    /// Takes note of a prompt.
    pub fn note_asked(&mut self, now: Time, amount: Millilitres) {
        self.lately.retain(|(at, _)| now.since(*at) < HOUR);
        self.lately.push((now, amount));
    }

    /// What was asked for within the hour before an instant.
    fn asked(&self, now: Time) -> Millilitres {
        let lately = self.lately.iter().filter(|(at, _)| now.since(*at) < HOUR);
        lately.fold(Millilitres::default(), |sum, (_, amount)| sum + *amount)
    }

    /// From when on so much more is not too much for one hour.
    fn room_for(&self, amount: Millilitres, hourly: Millilitres) -> Time {
        let mut asked = self.lately.iter().fold(amount, |sum, (_, amount)| sum + *amount);
        let mut from = Time::ZERO;
        for (at, amount) in &self.lately {
            if asked <= hourly {
                break;
            }
            asked = asked - *amount;
            from = *at + HOUR;
        }
        from
    }
}

/// An hour may hold no more than [`Settings::hourly`].
const HOUR: Span = Span::hours(1);
/// Somebody who logs nothing for so long is taken as never logging.
const LOGS_WITHIN: Span = Span::hours(24 * 7);

/// Whether a person is to be reminded to drink at this instant.
#[must_use]
pub fn judge(
    facts: &Facts,
    settings: &Settings,
    sleeper: &Sleeper,
    drinking: &Drinking,
) -> Option<Prompt> {
    let may = settings.enabled
        && !facts.away
        && conditions::water(sleeper, facts.hours.year, facts.hours.month).is_none()
        && !facts.hours.quiet(facts.now)
        && !facts.may_be_asleep()
        && due_at(facts, settings, sleeper, drinking)? <= facts.now;
    let (from, to) = counted(facts, settings, sleeper);
    if !may || facts.now < from || facts.now >= to {
        return None;
    }
    let due = due(facts, settings, sleeper, drinking);
    let behind = due - drinking.drunk;
    if behind < settings.least {
        return None;
    }
    let left = settings.hourly - drinking.asked(facts.now);
    let most = behind.min(settings.most).min(left);
    let amount = Millilitres(most.0 / 50 * 50).max(settings.least);
    Some(Prompt {
        amount,
        reason: Reason {
            by: Judge::Hydration,
            because: Because::Behind { due, drunk: drinking.drunk, amount },
            otherwise: None,
        },
    })
}

/// When a person may next be reminded with nothing but time passing.
#[must_use]
pub fn next(
    facts: &Facts,
    settings: &Settings,
    sleeper: &Sleeper,
    drinking: &Drinking,
) -> Option<(Time, Why)> {
    if !settings.enabled {
        return None;
    }
    let (_, to) = counted(facts, settings, sleeper);
    let at = due_at(facts, settings, sleeper, drinking)?;
    (at > facts.now && at < to).then_some((at, Why::Reminder))
}

/// When a person will be reminded next if only time passes, outside the quiet hours; `None`
/// if nothing more comes today, or somebody must leave the bed first.
#[must_use]
pub fn upcoming(
    facts: &Facts,
    settings: &Settings,
    sleeper: &Sleeper,
    drinking: &Drinking,
) -> Option<Time> {
    let locked = conditions::water(sleeper, facts.hours.year, facts.hours.month).is_some();
    if !settings.enabled || facts.away || locked {
        return None;
    }
    let (wake, bedtime) = facts.hours.day(facts.now);
    let (_, to) = counted(facts, settings, sleeper);
    let at = due_at(facts, settings, sleeper, drinking)?.max(wake + Hours::QUIET_MARGIN);
    (at > facts.now && at < to.min(bedtime - Hours::QUIET_MARGIN)).then_some(at)
}

/// When somebody will be behind enough, and long enough after the last word: a solved
/// time, rounded up to the second.
fn due_at(
    facts: &Facts,
    settings: &Settings,
    sleeper: &Sleeper,
    drinking: &Drinking,
) -> Option<Time> {
    let (from, to) = counted(facts, settings, sleeper);
    let needed = i64::from((drinking.drunk + settings.least).0);
    let goal = i64::from(goal(facts, settings, sleeper, drinking).0.max(1));
    let behind_at = from + Span((needed * (to - from).0 + goal - 1) / goal);
    Some(behind_at.max(earliest(facts, settings, drinking)?).max(from).ceil_second())
}

/// The day's need: EFSA 2010 drinks, + 0.3 L in pregnancy, more on hot days.
#[must_use]
pub fn goal(
    facts: &Facts,
    settings: &Settings,
    sleeper: &Sleeper,
    drinking: &Drinking,
) -> Millilitres {
    let by_profile = || {
        let base = if sleeper.sex == Some(Sex::Male) { 2000 } else { 1600 };
        Millilitres(base + if sleeper.has(Condition::Pregnancy) { 300 } else { 0 })
    };
    let hottest = if drinking.day == Some(facts.hours.date(facts.now)) {
        drinking.hottest
    } else {
        Hottest::default()
    };
    let at_least = |t: Option<Temperature>, limit| t.is_some_and(|t| t >= limit);
    let more = if at_least(hottest.outdoors, settings.very_hot_outdoors) {
        500
    } else if at_least(hottest.outdoors, settings.hot_outdoors)
        || at_least(hottest.room, settings.hot_room)
    {
        250
    } else {
        0
    };
    settings.goal.unwrap_or_else(by_profile) + Millilitres(more)
}

/// How much of the day's need is due by now.
#[must_use]
pub fn due(
    facts: &Facts,
    settings: &Settings,
    sleeper: &Sleeper,
    drinking: &Drinking,
) -> Millilitres {
    let (from, to) = counted(facts, settings, sleeper);
    let (elapsed, whole) = (facts.now.since(from).0, (to - from).0.max(1));
    let goal = i64::from(goal(facts, settings, sleeper, drinking).0);
    Millilitres(i32::try_from(goal * elapsed.min(whole) / whole).unwrap_or(i32::MAX))
}

/// From when to when the day's need counts.
#[must_use]
pub fn counted(facts: &Facts, settings: &Settings, sleeper: &Sleeper) -> (Time, Time) {
    let (wake, bedtime) = facts.hours.day(facts.now);
    let early = sleeper.is_older(facts.hours.year) || sleeper.has(Condition::Nocturia);
    let cut_off = settings.cut_off.unwrap_or(Span::hours(if early { 4 } else { 2 }));
    (wake + settings.after_wake, bedtime - cut_off)
}

/// When the next prompt may come at the earliest; `None` before tomorrow.
fn earliest(facts: &Facts, settings: &Settings, drinking: &Drinking) -> Option<Time> {
    let logs = drinking.last_drink.is_some_and(|at| facts.now.since(at) < LOGS_WITHIN);
    let today = drinking.day == Some(facts.hours.date(facts.now));
    if today
        && (drinking.open.len() >= usize::from(settings.unanswered)
            || !logs && drinking.prompts >= settings.unlogged_a_day)
    {
        return None;
    }
    let after = |at: Option<Time>| at.map_or(Time::ZERO, |at| at + settings.apart);
    let hourly = drinking.room_for(settings.least, settings.hourly);
    Some(after(drinking.last_prompt).max(after(drinking.last_drink)).max(hourly))
}

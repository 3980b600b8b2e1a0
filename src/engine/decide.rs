//! The one place that decides what each actuator is to do.
//!
//! Precedence: interlock > override > first rule with an opinion > keep.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::actuator::{Actuator, Held, Override, State};
use super::bedroom::{Bedroom, Surroundings};
use super::switched;
use crate::model::{Kelvins, Span, Temperature, Time};
use crate::plan::{self, Control, Kind, Mode};
use crate::rules::{
    Because, Call, Facts, Judge, Otherwise, Reason, Verdict, airflow, cold_exposure, conditions,
};
use crate::safety::{self, Hazard};

/// What an actuator is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Off, or a level; `hard` waits for no least time (S3).
    Level { level: u8, hard: bool, reason: Reason },
    /// Heat the room to this.
    Boost { goal: Temperature, reason: Reason },
    /// The household's set-point.
    Baseline { reason: Reason },
    /// As it is.
    Leave { reason: Reason },
}

/// S4: how long before bedtime a blanket begins.
pub(super) const BLANKET_BEFORE: Span = Span::minutes(45);
/// S4: so long after its beginning no blanket warms an empty bed.
pub(super) const BLANKET_FOR: Span = Span::minutes(60);
/// S7: audible changes lie so far apart.
pub(super) const AUDIBLE_APART: Span = Span::hours(1);

/// S7: audible changes of one night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Audible {
    pub(crate) night: Option<NaiveDate>,
    pub(crate) count: u8,
    pub(crate) last: Option<Time>,
}

impl Bedroom {
    /// What an actuator is to do.
    pub(super) fn wanted(
        &self,
        index: usize,
        mode: Mode,
        facts: &Facts,
        around: &Surroundings<'_>,
    ) -> Wanted {
        let (actuator, plan) = (&self.actuators[index], &around.plan.actuators[index]);
        match mode {
            Mode::Auto => {}
            Mode::Off if self.mode == Mode::Off => {
                return Self::idle(actuator, self.why_off(facts.now));
            }
            // Who only pauses for a night is as little to be harmed as who only watches (S4).
            Mode::Off => {
                let off = off_all_the_same(actuator, plan, facts, around);
                return off.unwrap_or_else(|| Self::idle(actuator, self.why_off(facts.now)));
            }
            Mode::Watch => {
                let off = off_all_the_same(actuator, plan, facts, around);
                return off.unwrap_or_else(|| Self::idle(actuator, Because::Watching));
            }
        }
        match &plan.kind {
            Kind::Heater { control: Control::Switch, .. } => {
                self.wanted_of_heater(actuator, plan, facts, around)
            }
            Kind::Heater { control: Control::SetPoint { .. }, .. } => {
                self.wanted_of_valve(actuator, plan, facts, around)
            }
            Kind::Fan { direct, speeds, idle_below: _ } => {
                let level = match &actuator.state {
                    State::Switched(switched) => switched.level().unwrap_or(0),
                    State::Valve(_) => 0,
                };
                let beside_heat = self.heat_is_about(facts, around);
                let fan = airflow::Fan { direct: *direct, speeds, level, beside_heat };
                wanted_of_fan(actuator, fan, facts, around)
            }
        }
    }

    /// S5: a heater gives heat, or a person asked it to. Heaters are decided before fans, so
    /// this is what they do from now on.
    fn heat_is_about(&self, facts: &Facts, around: &Surroundings<'_>) -> bool {
        let mut heaters = self.actuators.iter().zip(&around.plan.actuators);
        heaters.any(|(actuator, plan)| actuator.heats(plan) || asked_to_heat(actuator, plan, facts))
    }

    /// Why nothing is done: for this night, or until further notice.
    fn why_off(&self, now: Time) -> Because {
        let paused = self.tonight.paused_until.filter(|_| self.tonight.paused(now));
        paused.map_or(Because::TurnedOff, |until| Because::Paused { until })
    }

    /// Told to watch or to do nothing: what uncramp switched on goes off.
    fn idle(actuator: &Actuator, because: Because) -> Wanted {
        let reason = engine(because);
        if let (Some(Override { held: Held::Off, until, .. }), State::Switched(_)) =
            (actuator.wish, &actuator.state)
        {
            return Wanted::Level { level: 0, hard: true, reason: person(until) };
        }
        match &actuator.state {
            // What was told to go off and did not say so yet is told again (S9), for the reason
            // that it was told at first; what would switch it on then does so no more.
            State::Switched(switched) if switched.going_off() => {
                let first = actuator.standing.clone();
                let first = first.map(|first| Reason { otherwise: None, ..first });
                let reason = first.unwrap_or(reason);
                Wanted::Level { level: 0, hard: true, reason }
            }
            State::Switched(switched) if switched.told_on() => {
                Wanted::Level { level: 0, hard: true, reason }
            }
            State::Valve(valve) if valve.boosted() || valve.returning() => {
                Wanted::Baseline { reason }
            }
            State::Switched(_) | State::Valve(_) => Wanted::Leave { reason },
        }
    }

    fn wanted_of_heater(
        &self,
        actuator: &Actuator,
        plan: &plan::Actuator,
        facts: &Facts,
        around: &Surroundings<'_>,
    ) -> Wanted {
        let off = |hard, reason| Wanted::Level { level: 0, hard, reason };
        let (State::Switched(switched), Some(heater)) =
            (&actuator.state, heater(actuator, plan, facts, around))
        else {
            return Wanted::Leave { reason: engine(Because::Nothing) };
        };
        if let Some(Override { held: Held::Off, until, .. }) = actuator.wish {
            return off(true, person(until));
        }
        if heater.hazard == Hazard::Portable {
            let on = switched.level().is_some_and(|level| level > 0);
            let stop = safety::portable(facts, switched.on_since()).filter(|_| on);
            return match stop {
                Some(because) => off(true, interlock(because)),
                None if switched.going_off() => off(true, interlock(Because::Portable)),
                None => Wanted::Leave { reason: interlock(Because::Portable) },
            };
        }
        let goal = match (actuator.wish, &self.warmth.call) {
            (Some(Override { held: Held::AsIs | Held::Off, until, .. }), _) => {
                let forbidden = safety::heater(facts, &heater).filter(|_| switched.may_be_on());
                return match forbidden {
                    Some(because) => off(true, interlock(because)),
                    None => Wanted::Leave { reason: person(until) },
                };
            }
            (Some(Override { held: Held::On { warm_to, .. }, until, .. }), _) => {
                let because = match heater.blind_until {
                    Some(until) if facts.room.is_none() => Because::PersonBlind { until },
                    Some(_) | None => Because::Person { until },
                };
                let reason = Reason { by: Judge::Override, because, otherwise: None };
                (warm_to.unwrap_or_else(|| target(facts, around)), reason)
            }
            (None, Some(call)) if wants_heat(&heater, call, facts) => {
                (target(facts, around), call.reason.clone())
            }
            (None, _) => {
                let forbidden = safety::heater(facts, &heater).filter(|_| switched.may_be_on());
                return match forbidden {
                    // S3: what forbids it waits for no least time, wanted or not.
                    Some(_) if facts.room.is_none() => off(true, self.standing_reason()),
                    Some(because) => off(true, honest(interlock(because), plan, facts, &heater)),
                    None => off(false, honest(self.standing_reason(), plan, facts, &heater)),
                };
            }
        };
        match safety::heater(facts, &heater) {
            Some(because) => off(true, honest(interlock(because), plan, facts, &heater)),
            None => self.thermostat(switched, goal, facts, around),
        }
    }

    /// Holds a temperature while a call or a wish lasts; rests once the room rose as
    /// much as it may in an hour while somebody sleeps.
    fn thermostat(
        &self,
        switched: &switched::Switched,
        (goal, reason): (Temperature, Reason),
        facts: &Facts,
        around: &Surroundings<'_>,
    ) -> Wanted {
        let settings = &around.plan.cold_exposure;
        let on = |reason| Wanted::Level { level: 1, hard: false, reason };
        let off = |because| Wanted::Level { level: 0, hard: false, reason: cold(because) };
        let Some(room) = facts.room else { return on(reason) };
        let rose = self.trace.rise(facts.now, room);
        if let Some(limit) = settings.ramp
            && facts.sleeping()
            && rose >= limit
        {
            return off(Because::Ramp { rose, limit });
        }
        let is_on = switched.level().is_some_and(|level| level > 0);
        let wants = if is_on { room < goal + settings.band } else { room <= goal - settings.band };
        if wants { on(reason) } else { off(Because::AtTarget { temperature: room, target: goal }) }
    }

    /// Why heat is not called for.
    fn standing_reason(&self) -> Reason {
        self.call_reason.clone().unwrap_or_else(|| engine(Because::Nothing))
    }

    fn wanted_of_valve(
        &self,
        actuator: &Actuator,
        plan: &plan::Actuator,
        facts: &Facts,
        around: &Surroundings<'_>,
    ) -> Wanted {
        let heater = heater(actuator, plan, facts, around);
        let forbidden = heater.and_then(|heater| safety::heater(facts, &heater));
        let (goal, reason) = match (actuator.wish, &self.warmth.call) {
            (Some(Override { held: Held::AsIs, until, .. }), _) => {
                return Wanted::Leave { reason: person(until) };
            }
            (Some(Override { held: Held::Off, until, .. }), _) => {
                return Wanted::Baseline { reason: person(until) };
            }
            (Some(Override { held: Held::On { warm_to, .. }, until, .. }), _) => {
                (warm_to.unwrap_or_else(|| target(facts, around)), person(until))
            }
            (None, Some(call)) => (target(facts, around), call.reason.clone()),
            (None, None) => {
                return Wanted::Baseline { reason: self.standing_reason() };
            }
        };
        match forbidden {
            Some(because) => Wanted::Baseline { reason: interlock(because) },
            None => Wanted::Boost { goal, reason },
        }
    }

    /// S7: whether one more audible change is too much for a sleeper.
    pub(super) fn too_audible(
        &self,
        index: usize,
        level: u8,
        facts: &Facts,
        around: &Surroundings<'_>,
    ) -> Option<Because> {
        let most = around.plan.audible_changes?;
        let actuator = &self.actuators[index];
        let louder = match &actuator.state {
            State::Switched(switched) => level > switched.level().unwrap_or(0),
            State::Valve(_) => true,
        };
        let in_bed = facts.may_be_asleep() || facts.in_bed.occupied().is_some();
        if !around.plan.actuators[index].audible || !louder || !in_bed {
            return None;
        }
        let tonight = self.audible.night == Some(facts.hours.evening);
        let changes = if tonight { self.audible.count } else { 0 };
        let next = self.audible.last.map_or(Time::ZERO, |last| last + AUDIBLE_APART);
        let from = if changes >= most { facts.hours.until } else { next };
        (from > facts.now).then_some(Because::Audible { changes, from })
    }
}

/// What an interlock must know of a heater.
pub(super) fn heater(
    actuator: &Actuator,
    plan: &plan::Actuator,
    facts: &Facts,
    around: &Surroundings<'_>,
) -> Option<safety::Heater> {
    let Kind::Heater { hazard, control } = plan.kind else { return None };
    let all_night = hazard == Hazard::Blanket { all_night: true };
    let sleepers = &around.plan.sleepers;
    let bedding_lock = matches!(hazard, Hazard::Blanket { .. })
        .then(|| {
            sleepers
                .iter()
                .find_map(|sleeper| conditions::bedding(sleeper, facts.hours.year, all_night))
        })
        .flatten();
    let (on_since, rest_until) = match &actuator.state {
        State::Switched(switched) => (switched.on_since(), switched.rest_until),
        State::Valve(_) => (None, None),
    };
    // S1: the exception is for what runs on a lease; a set-point has none.
    let blind = actuator.wish.filter(|_| control == Control::Switch);
    let blind = blind.and_then(|wish| wish.blind_since);
    Some(safety::Heater {
        hazard,
        switched: control == Control::Switch,
        timer_works: actuator.timer_works && plan.device.can_time(),
        on_since,
        rest_until,
        unrecorded: actuator.unrecorded,
        limits: plan.limits,
        bedding_lock,
        blind_until: blind.map(|since| since + safety::BLIND.min(plan.limits.stretch)),
    })
}

/// S4: a portable heater, or heated bedding, that somebody switched on goes off where it
/// must not be on, also while uncramp only watches.
fn off_all_the_same(
    actuator: &Actuator,
    plan: &plan::Actuator,
    facts: &Facts,
    around: &Surroundings<'_>,
) -> Option<Wanted> {
    let State::Switched(switched) = &actuator.state else { return None };
    let heater = heater(actuator, plan, facts, around)?;
    let because = match heater.hazard {
        Hazard::Portable => safety::portable(facts, switched.on_since()),
        Hazard::Blanket { .. } => safety::heater(facts, &heater),
        Hazard::Radiator | Hazard::HeatPump | Hazard::Panel => None,
    };
    let on = switched.level().is_some_and(|level| level > 0);
    let because = because.filter(|_| on)?;
    Some(Wanted::Level { level: 0, hard: true, reason: interlock(because) })
}

fn wanted_of_fan(
    actuator: &Actuator,
    fan: airflow::Fan<'_>,
    facts: &Facts,
    around: &Surroundings<'_>,
) -> Wanted {
    let settings = &around.plan.airflow;
    let off = |hard, reason| Wanted::Level { level: 0, hard, reason };
    match actuator.wish {
        Some(Override { held: Held::Off, until, .. }) => off(true, person(until)),
        Some(Override { held: Held::AsIs, until, .. }) => Wanted::Leave { reason: person(until) },
        Some(Override { held: Held::On { level, .. }, until, .. }) => {
            match safety::fan(facts, settings, fan) {
                Some(because) => off(true, interlock(because)),
                None => Wanted::Level { level, hard: true, reason: person(until) },
            }
        }
        None => match airflow::judge(facts, settings, fan) {
            Verdict::Level(..) | Verdict::On(_) if actuator.draw.rests(facts.now).is_some() => {
                let until = actuator.draw.rests(facts.now).unwrap_or(facts.now);
                off(true, interlock(Because::Standby { until }))
            }
            Verdict::Level(level, reason) => Wanted::Level { level, hard: false, reason },
            Verdict::On(reason) => Wanted::Level { level: 1, hard: false, reason },
            Verdict::Off(reason) if safety::stops_fan_at_once(&reason.because) => off(true, reason),
            Verdict::Off(reason) => harmful_fan(fan, facts, settings).unwrap_or(off(false, reason)),
            Verdict::Keep => harmful_fan(fan, facts, settings)
                .unwrap_or(Wanted::Leave { reason: engine(Because::Nothing) }),
        },
    }
}

/// S5: a fan that runs and would do harm goes off at once, also where the rule has another
/// reason to end it.
fn harmful_fan(
    fan: airflow::Fan<'_>,
    facts: &Facts,
    settings: &airflow::Settings,
) -> Option<Wanted> {
    let because = safety::fan(facts, settings, fan).filter(|_| fan.level > 0)?;
    Some(Wanted::Level { level: 0, hard: true, reason: interlock(because) })
}

/// A person wants warmth of a heater, which it may not give at this moment: a switch rests
/// at its target, and a set-point by hand is held by the valve alone.
fn asked_to_heat(actuator: &Actuator, plan: &plan::Actuator, facts: &Facts) -> bool {
    let (Kind::Heater { .. }, Some(wish), Some(room)) = (&plan.kind, actuator.wish, facts.room)
    else {
        return false;
    };
    match (wish.held, &actuator.state) {
        (Held::On { .. }, _) => room < facts.ceiling,
        (Held::AsIs, State::Valve(valve)) => valve.set_point().is_some_and(|value| value > room),
        (Held::AsIs, State::Switched(_)) | (Held::Off, _) => false,
    }
}

/// Whether a call is for this heater: a blanket only warms the bed before bedtime,
/// unless it may lie under a sleeper.
fn wants_heat(heater: &safety::Heater, call: &Call, facts: &Facts) -> bool {
    match heater.hazard {
        Hazard::Blanket { all_night: false } => {
            let begins = facts.hours.bedtime - BLANKET_BEFORE;
            call.for_bedtime && (begins..begins + BLANKET_FOR).contains(&facts.now)
        }
        Hazard::Blanket { all_night: true }
        | Hazard::Radiator
        | Hazard::HeatPump
        | Hazard::Panel
        | Hazard::Portable => true,
    }
}

pub(super) fn target(facts: &Facts, around: &Surroundings<'_>) -> Temperature {
    cold_exposure::target(facts, &around.plan.cold_exposure)
}

/// What "on" means where it is already warm: a kelvin more, up to the ceiling.
pub(crate) fn warm_to(facts: &Facts, around: &Surroundings<'_>) -> Option<Temperature> {
    let one_more = Kelvins(100);
    let room = facts.room?;
    Some((room + one_more).max(target(facts, around)).min(facts.ceiling))
}

pub(super) const fn engine(because: Because) -> Reason {
    Reason { by: Judge::Engine, because, otherwise: None }
}

/// S2: what would not start beside the bed for want of a timer that was seen says so, and not
/// when it would start.
fn honest(reason: Reason, plan: &plan::Actuator, facts: &Facts, heater: &safety::Heater) -> Reason {
    let hides = matches!(
        (&reason.because, &reason.otherwise),
        (Because::BedNotEmpty, None) | (_, Some(Otherwise::WouldStart { .. }))
    );
    if !hides || !safety::untried(facts, heater) {
        return reason;
    }
    Reason { otherwise: Some(Otherwise::Untried { can_be: plan.device.can_time() }), ..reason }
}

pub(super) const fn interlock(because: Because) -> Reason {
    Reason { by: Judge::Interlock, because, otherwise: None }
}

const fn cold(because: Because) -> Reason {
    Reason { by: Judge::ColdExposure, because, otherwise: None }
}

const fn person(until: Time) -> Reason {
    Reason { by: Judge::Override, because: Because::Person { until }, otherwise: None }
}

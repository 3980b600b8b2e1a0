//! The one place that decides what each actuator is to do, and the one that acts.
//!
//! Precedence: interlock > override > first rule with an opinion > keep.

use super::actuator::{Actuator, Held, Override, State};
use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Action, Command, Order};
use super::soonest::Soonest;
use super::{switched, valve};
use crate::model::{ActuatorId, Kelvins, Span, Switch, Temperature, Time};
use crate::plan::{self, Control, Kind, Mode};
use crate::rules::{Because, Deadline, Facts, Judge, Reason, Verdict, Why, airflow, cold_exposure};
use crate::safety::{self, Hazard};

/// What an actuator is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    /// Off, or a level; `hard` waits for no least time (S3).
    Level { level: u8, hard: bool, reason: Reason },
    /// Heat the room to this.
    Boost { goal: Temperature, reason: Reason },
    /// The household's set-point.
    Baseline { reason: Reason },
    /// As it is.
    Leave { reason: Reason },
}

/// A command that could not be sent in time is dropped and decided anew.
const VALID_FOR: Span = Span::minutes(2);
/// S4: how long before bedtime a blanket begins.
const BLANKET_BEFORE: Span = Span::minutes(45);
/// S7: audible changes lie so far apart.
const AUDIBLE_APART: Span = Span::hours(1);

impl Bedroom {
    /// Decides for every actuator, and acts.
    pub(crate) fn drive(&mut self, facts: &Facts, around: &Surroundings<'_>, out: &mut Vec<Action>) {
        for index in 0..around.plan.actuators.len() {
            self.end_override(index, facts, around, out);
            let wanted = self.wanted(index, facts, around);
            match wanted {
                Wanted::Level { level, hard, reason } => {
                    self.switch(index, level, hard, reason, facts, around, out);
                }
                Wanted::Boost { goal, reason } => self.boost(index, goal, reason, facts, around, out),
                Wanted::Baseline { reason } => self.release(index, reason, facts.now, around, out),
                Wanted::Leave { reason } => self.actuators[index].standing = Some(reason),
            }
        }
    }

    /// Puts an actuator back: off, or to the household's set-point. Waits for nothing.
    pub(crate) fn hand_back(
        &mut self,
        index: usize,
        because: Because,
        now: Time,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let reason = Reason { by: Judge::Engine, because, otherwise: None };
        let means = switched_means(&self.actuators[index], &around.plan.actuators[index], around);
        match &mut self.actuators[index].state {
            State::Switched(switched) => {
                if switched.is_known_off() {
                    return;
                }
                if let Ok(Some(send)) = switched.settle(now, 0, true, &means) {
                    self.actuators[index].standing = Some(reason.clone());
                    out.push(command(around, index, Switch::Off, now, send.again, reason));
                }
            }
            State::Valve(_) => self.release(index, reason, now, around, out),
        }
    }

    /// When an actuator wants to be looked at again.
    pub(crate) fn offer_actuators(
        &self,
        facts: &Facts,
        around: &Surroundings<'_>,
        soonest: &mut Soonest,
    ) {
        for (actuator, plan) in self.actuators.iter().zip(&around.plan.actuators) {
            soonest.offer_some(actuator.wish.map(|wish| wish.until), Why::Override);
            if let Some(heater) = heater(actuator, plan, facts, around) {
                for at in safety::changes(&heater) {
                    soonest.offer(at, Why::Rest);
                }
                if matches!(heater.hazard, Hazard::Blanket { .. }) {
                    soonest.offer(facts.hours.bedtime - BLANKET_BEFORE, Why::Hour);
                }
            }
            match &actuator.state {
                State::Switched(switched) => {
                    let means = switched_means(actuator, plan, around);
                    switched.offer(&means, soonest);
                    soonest.offer_some(self.may_change_at(actuator, &means), Why::Rest);
                }
                State::Valve(valve) => {
                    valve.offer(&valve_means(plan, facts, around), soonest);
                }
            }
        }
        soonest.offer_some(self.audible.last.map(|last| last + AUDIBLE_APART), Why::Rest);
    }

    fn may_change_at(&self, actuator: &Actuator, means: &switched::Means) -> Option<Time> {
        match &actuator.state {
            State::Switched(switched) => switched.may_change_at(&means.limits),
            State::Valve(_) => None,
        }
    }

    fn wanted(&self, index: usize, facts: &Facts, around: &Surroundings<'_>) -> Wanted {
        let (actuator, plan) = (&self.actuators[index], &around.plan.actuators[index]);
        if self.mode != Mode::Auto {
            return self.idle(actuator);
        }
        match &plan.kind {
            Kind::Heater { control: Control::Switch, .. } => {
                self.wanted_of_heater(actuator, plan, facts, around)
            }
            Kind::Heater { control: Control::SetPoint { .. }, .. } => {
                self.wanted_of_valve(actuator, plan, facts, around)
            }
            Kind::Fan { direct, speeds } => {
                let level = match &actuator.state {
                    State::Switched(switched) => switched.level().unwrap_or(0),
                    State::Valve(_) => 0,
                };
                let fan = airflow::Fan { direct: *direct, speeds, level };
                wanted_of_fan(actuator, fan, facts, around)
            }
        }
    }

    /// Told to watch or to do nothing: what uncramp switched on goes off.
    fn idle(&self, actuator: &Actuator) -> Wanted {
        let reason = engine(Because::Mode);
        match &actuator.state {
            State::Switched(switched) if switched.told_on() => {
                Wanted::Level { level: 0, hard: true, reason }
            }
            State::Valve(valve) if valve.boosted() => Wanted::Baseline { reason },
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
        if heater.hazard == Hazard::Portable {
            let on = switched.level().is_some_and(|level| level > 0);
            let stop = safety::portable(facts, switched.on_since()).filter(|_| on);
            return match stop {
                Some(because) => off(true, interlock(because)),
                None => Wanted::Leave { reason: interlock(Because::Portable) },
            };
        }
        let goal = match (actuator.wish, &self.warmth.call) {
            (Some(Override { held: Held::Off, until, .. }), _) => {
                return off(true, person(until));
            }
            (Some(Override { held: Held::AsIs, until, .. }), _) => {
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
            (None, Some(call)) if wants_heat(&heater, &call.reason, facts) => {
                (target(facts, around), call.reason.clone())
            }
            (None, _) => {
                let reason = self.call_reason.clone().unwrap_or_else(|| engine(Because::Nothing));
                return off(facts.room.is_none(), reason);
            }
        };
        match safety::heater(facts, &heater) {
            Some(because) => off(true, interlock(because)),
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
                let reason = self.call_reason.clone().unwrap_or_else(|| engine(Because::Nothing));
                return Wanted::Baseline { reason };
            }
        };
        match forbidden {
            Some(because) => Wanted::Baseline { reason: interlock(because) },
            None => Wanted::Boost { goal, reason },
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one decision, and everything it is about")]
    fn switch(
        &mut self,
        index: usize,
        level: u8,
        hard: bool,
        reason: Reason,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let now = facts.now;
        let plan = &around.plan.actuators[index];
        let means = switched_means(&self.actuators[index], plan, around);
        let by_person = self.actuators[index].wish.is_some();
        if !by_person && let Some(because) = self.too_audible(index, level, facts, around) {
            self.actuators[index].standing = Some(interlock(because));
            return;
        }
        let State::Switched(switched) = &mut self.actuators[index].state else { return };
        let before = switched.level();
        let stretch_over = matches!(reason.because, Because::Stretch { .. });
        match switched.settle(now, level, hard || by_person, &means) {
            Err(until) => {
                let because = Because::Settling { until };
                self.actuators[index].standing = Some(Reason { because, ..reason });
            }
            Ok(None) => self.actuators[index].standing = Some(reason),
            Ok(Some(send)) => {
                if stretch_over && send.level == 0 && !send.again {
                    switched.rest_until = Some(now + means.limits.rest);
                }
                let switch = switch_to(send.level, plan, &means);
                self.actuators[index].standing = Some(reason.clone());
                if plan.audible && level > before.unwrap_or(0) && !send.again {
                    self.note_audible(facts);
                }
                out.push(command(around, index, switch, now, send.again, reason));
            }
        }
    }

    fn boost(
        &mut self,
        index: usize,
        goal: Temperature,
        reason: Reason,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let Some(room) = facts.room else { return };
        let now = facts.now;
        let plan = &around.plan.actuators[index];
        let means = valve_means(plan, facts, around);
        let by_person = self.actuators[index].wish.is_some();
        let quiet = !by_person && self.too_audible(index, u8::MAX, facts, around).is_some();
        let State::Valve(valve) = &mut self.actuators[index].state else { return };
        let value = if quiet { None } else { valve.boost(now, goal, room, &means) };
        if let Some(value) = value {
            valve.tell(now, value, &means);
            out.push(command(around, index, Switch::SetPoint(value), now, false, reason.clone()));
        } else if let Some(value) = valve.repeat(now, &means) {
            out.push(command(around, index, Switch::SetPoint(value), now, true, reason.clone()));
        }
        if let Some(feed) = valve.feed(now, room, &means) {
            let reason = Reason { because: Because::Feeding, ..reason.clone() };
            out.push(command(around, index, feed, now, true, reason));
        }
        self.actuators[index].standing = Some(reason);
        if plan.audible && value.is_some() {
            self.note_audible(facts);
        }
    }

    fn release(
        &mut self,
        index: usize,
        reason: Reason,
        now: Time,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let plan = &around.plan.actuators[index];
        let means = valve::Means::plain(plan.confirm, around.link);
        let State::Valve(valve) = &mut self.actuators[index].state else { return };
        for switch in valve.release() {
            if let Switch::SetPoint(value) = switch {
                valve.tell(now, value, &means);
            }
            out.push(command(around, index, switch, now, false, reason.clone()));
        }
        if let Some(value) = valve.repeat(now, &means) {
            let switch = Switch::SetPoint(value);
            out.push(command(around, index, switch, now, true, reason.clone()));
        }
        self.actuators[index].standing = Some(reason);
    }

    /// A wish that has ended hands back to the rules.
    fn end_override(
        &mut self,
        index: usize,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let actuator = &mut self.actuators[index];
        let Some(wish) = &mut actuator.wish else { return };
        if matches!(wish.held, Held::On { .. }) && facts.room.is_none() {
            wish.blind_since = wish.blind_since.or(Some(facts.now));
        }
        if wish.until > facts.now {
            return;
        }
        let held = wish.held;
        actuator.wish = None;
        let plan = &around.plan.actuators[index];
        let means = valve::Means::plain(plan.confirm, around.link);
        if let State::Valve(valve) = &mut actuator.state
            && held == Held::AsIs
            && let Some(value) = valve.take_back()
        {
            valve.tell(facts.now, value, &means);
            let reason = Reason { by: Judge::Override, ..engine(Because::Nothing) };
            let switch = Switch::SetPoint(value);
            out.push(command(around, index, switch, facts.now, false, reason));
        }
    }

    /// S7: whether one more audible change is too much for a sleeper.
    fn too_audible(
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

    fn note_audible(&mut self, facts: &Facts) {
        if !(facts.may_be_asleep() || facts.in_bed.occupied().is_some()) {
            return;
        }
        let tonight = Some(facts.hours.evening);
        let count = if self.audible.night == tonight { self.audible.count } else { 0 };
        self.audible = super::bedroom::Audible {
            night: tonight,
            count: count.saturating_add(1),
            last: Some(facts.now),
        };
    }
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
            match safety::fan_for_person(facts, settings, fan) {
                Some(because) => off(true, interlock(because)),
                None => Wanted::Level { level, hard: true, reason: person(until) },
            }
        }
        None => match airflow::judge(facts, settings, around.plan.cold_exposure.memory, fan) {
            Verdict::Level(level, reason) => Wanted::Level { level, hard: false, reason },
            Verdict::On(reason) => Wanted::Level { level: 1, hard: false, reason },
            Verdict::Off(reason) => off(safety::stops_fan_at_once(&reason.because), reason),
            Verdict::Keep => Wanted::Leave { reason: engine(Because::Nothing) },
        },
    }
}

/// Whether a call is for this heater: a blanket only warms the bed before bedtime,
/// unless it may lie under a sleeper.
fn wants_heat(heater: &safety::Heater, call: &Reason, facts: &Facts) -> bool {
    match heater.hazard {
        Hazard::Blanket { all_night: false } => {
            let for_bedtime =
                matches!(call.because, Because::Deadline { deadline: Deadline::Bedtime, .. });
            for_bedtime && facts.now >= facts.hours.bedtime - BLANKET_BEFORE
        }
        Hazard::Blanket { all_night: true }
        | Hazard::Radiator
        | Hazard::HeatPump
        | Hazard::Panel
        | Hazard::Portable => true,
    }
}

fn heater(
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
            sleepers.iter().find_map(|sleeper| {
                crate::rules::conditions::bedding(sleeper, facts.hours.year, all_night)
            })
        })
        .flatten();
    let (on_since, rest_until) = match &actuator.state {
        State::Switched(switched) => (switched.on_since(), switched.rest_until),
        State::Valve(_) => (None, None),
    };
    let blind = actuator.wish.and_then(|wish| wish.blind_since);
    Some(safety::Heater {
        hazard,
        switched: control == Control::Switch,
        timer_works: actuator.timer_works,
        on_since,
        rest_until,
        limits: plan.limits,
        bedding_lock,
        blind_until: blind.map(|since| since + safety::BLIND.min(plan.limits.stretch)),
    })
}

fn switched_means(
    actuator: &Actuator,
    plan: &plan::Actuator,
    around: &Surroundings<'_>,
) -> switched::Means {
    let is_heater = matches!(plan.kind, Kind::Heater { .. });
    let mut limits = plan.limits;
    limits.lease = limits.lease.filter(|_| is_heater);
    switched::Means {
        limits,
        confirm: plan.confirm.filter(|_| plan.device.can_echo()),
        timer: actuator.timer_works && is_heater && plan.device.can_time(),
        link: around.link,
    }
}

fn valve_means(plan: &plan::Actuator, facts: &Facts, around: &Surroundings<'_>) -> valve::Means {
    let fed = matches!(plan.kind, Kind::Heater { control: Control::SetPoint { fed: true }, .. });
    let gently = facts.sleeping() && around.plan.cold_exposure.ramp.is_some();
    valve::Means {
        step: plan.device.setpoint_step(),
        fed,
        audible: plan.audible,
        gently,
        ..valve::Means::plain(plan.confirm.filter(|_| plan.device.can_echo()), around.link)
    }
}

fn switch_to(level: u8, plan: &plan::Actuator, means: &switched::Means) -> Switch {
    match (level, &plan.kind) {
        (0, _) => Switch::Off,
        (level, Kind::Fan { .. }) => Switch::Level(level),
        (_, Kind::Heater { .. }) => {
            Switch::On { timer: means.limits.lease.filter(|_| means.timer) }
        }
    }
}

/// S2: an electric "on" without a device timer is recorded before it is sent.
fn order(plan: &plan::Actuator, switch: Switch) -> Order {
    match (&plan.kind, switch) {
        (
            Kind::Heater { hazard: Hazard::Panel | Hazard::Blanket { .. }, .. },
            Switch::On { timer: None },
        ) => Order::RecordFirst,
        _ => Order::SendFirst,
    }
}

fn command(
    around: &Surroundings<'_>,
    index: usize,
    switch: Switch,
    now: Time,
    again: bool,
    reason: Reason,
) -> Action {
    Action::Switch(Command {
        bedroom: around.id,
        actuator: ActuatorId(u8::try_from(index).unwrap_or(u8::MAX)),
        switch,
        order: order(&around.plan.actuators[index], switch),
        valid_until: now + VALID_FOR,
        again,
        reason,
    })
}

fn target(facts: &Facts, around: &Surroundings<'_>) -> Temperature {
    cold_exposure::target(facts, &around.plan.cold_exposure)
}

/// What "on" means where it is already warm: a kelvin more, up to the ceiling.
pub(crate) fn warm_to(facts: &Facts, around: &Surroundings<'_>) -> Option<Temperature> {
    let one_more = Kelvins(100);
    let room = facts.room?;
    Some((room + one_more).max(target(facts, around)).min(facts.ceiling))
}

const fn engine(because: Because) -> Reason {
    Reason { by: Judge::Engine, because, otherwise: None }
}

const fn interlock(because: Because) -> Reason {
    Reason { by: Judge::Interlock, because, otherwise: None }
}

const fn cold(because: Because) -> Reason {
    Reason { by: Judge::ColdExposure, because, otherwise: None }
}

const fn person(until: Time) -> Reason {
    Reason { by: Judge::Override, because: Because::Person { until }, otherwise: None }
}

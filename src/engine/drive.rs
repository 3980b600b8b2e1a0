//! The one place that acts on what `decide` says.

use std::ops::Range;

use super::actuator::{Actuator, Held, Override, State};
use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Action, Command, Order};
use super::decide::{AUDIBLE_APART, BLANKET_BEFORE, BLANKET_FOR, Wanted, heater, interlock};
use super::soonest::Soonest;
use super::valve::Asking;
use super::{switched, valve};
use crate::model::{ActuatorId, Span, Switch, Temperature, Time};
use crate::plan::{self, Control, Kind, Mode};
use crate::rules::{Because, Facts, Judge, Reason, Why};
use crate::safety::{self, Hazard};
use crate::wire;

/// A command that could not be sent in time is dropped and decided anew.
pub(super) const VALID_FOR: Span = Span::minutes(2);

impl Bedroom {
    /// Decides for every actuator, and acts.
    pub(crate) fn act(
        &mut self,
        facts: &mut Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let mode = self.mode_at(facts.now);
        let all = around.plan.actuators.len();
        let fans = around.plan.actuators.partition_point(plan::Actuator::is_heater);
        self.drive(0..fans, mode, facts, around, out);
        // Heat that ended taught how fast the room warms, which may call for heat again at once.
        // It does so before fans are decided, which go by what heaters do from now on (S5).
        if self.learn(facts, around) {
            *facts = self.judged(facts.now, around);
            self.drive(0..fans, mode, facts, around, out);
            self.learn(facts, around);
        }
        self.drive(fans..all, mode, facts, around, out);
    }

    /// Decides for some actuators, in a mode, and acts.
    pub(super) fn drive(
        &mut self,
        which: Range<usize>,
        mode: Mode,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        for index in which {
            self.end_override(index, facts.now);
            if self.actuators[index].draw.asks(facts.now) {
                out.push(Action::Query { bedroom: around.id, actuator: id(index) });
            }
            let wanted = self.wanted(index, mode, facts, around);
            match wanted {
                Wanted::Level { level, hard, reason } => {
                    self.switch(index, level, hard, reason, facts, around, out);
                }
                Wanted::Boost { goal, reason } => {
                    self.boost(index, goal, reason, facts, around, out);
                }
                Wanted::Baseline { reason } => {
                    self.take_back(index, facts.now, around, out);
                    self.release(index, reason, facts.now, around, out);
                }
                Wanted::Leave { reason } => self.leave_as_is(index, reason, facts, around, out),
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
                if switched.is_known_off(&means) {
                    return;
                }
                switched.insist_on_off();
                // S9: an off that cannot be sent waits to be, and is never dropped.
                let means = switched::Means { link: true, ..means };
                if let Ok(Some(send)) = switched.settle(now, 0, true, &means) {
                    // A person's off stays a person's; what has ended is only said again.
                    let actuator = &mut self.actuators[index];
                    let by_hand = matches!(actuator.wish, Some(Override { held: Held::Off, .. }));
                    let first = actuator.standing.take().filter(|_| send.again || by_hand);
                    let (reason, again) = match first {
                        Some(first @ Reason { because: Because::Person { until }, .. }) => {
                            (first, send.again || until <= now)
                        }
                        Some(_) | None => (reason, send.again),
                    };
                    self.actuators[index].standing = Some(reason.clone());
                    out.push(Action::Switch(command(
                        around,
                        index,
                        Switch::Off,
                        now,
                        again,
                        reason,
                    )));
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
        let copies = self
            .watching
            .iter()
            .flat_map(|watching| watching.actuators.iter().zip(&around.plan.actuators));
        for (actuator, plan) in self.actuators.iter().zip(&around.plan.actuators).chain(copies) {
            soonest.offer_some(actuator.wish.map(|wish| wish.until), Why::Override);
            if let Some(heater) = heater(actuator, plan, facts, around) {
                for at in safety::changes(&heater) {
                    soonest.offer(at, Why::Rest);
                }
                if heater.hazard == Hazard::Portable {
                    let beside = facts.lying_since.map(|since| since + safety::PORTABLE_BESIDE);
                    soonest.offer_some(beside, Why::Occupancy);
                }
                if matches!(heater.hazard, Hazard::Blanket { .. }) {
                    let begins = facts.hours.bedtime - BLANKET_BEFORE;
                    soonest.offer(begins, Why::Hour);
                    soonest.offer(begins + BLANKET_FOR, Why::Hour);
                }
            }
            match &actuator.state {
                State::Switched(switched) => {
                    let means = switched_means(actuator, plan, around);
                    switched.offer(&means, soonest);
                    actuator.draw.offer(soonest);
                    soonest.offer_some(switched.may_change_at(&means.limits), Why::Rest);
                }
                State::Valve(valve) => {
                    valve.offer(&valve_means(plan, facts, around), soonest);
                }
            }
        }
        let audible = self.watching.as_ref().map_or(self.audible, |watching| watching.audible);
        soonest.offer_some(audible.last.map(|last| last + AUDIBLE_APART), Why::Rest);
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
        let mut means = switched_means(&self.actuators[index], plan, around);
        let by_person = self.actuators[index].wish.is_some();
        let too_audible =
            if by_person { None } else { self.too_audible(index, level, facts, around) };
        let State::Switched(switched) = &mut self.actuators[index].state else { return };
        let before = switched.level();
        if let Because::PersonBlind { until } = reason.because {
            // S2: no lease reaches beyond what a wish may have without a temperature.
            let since = switched.on_since().unwrap_or(now);
            means.limits.stretch = means.limits.stretch.min(until.since(since));
        }
        let stretch_over = matches!(reason.because, Because::Stretch { .. });
        let settled = match too_audible {
            Some(because) => Err(interlock(because)),
            None => switched
                .settle(now, level, hard || by_person, &means)
                .map_err(|until| Reason { because: Because::Settling { until }, ..reason.clone() }),
        };
        let (send, reason) = match settled {
            Ok(send) => (send, reason),
            // S3: what it was told before holds meanwhile, and is said until it is obeyed.
            Err(waits) => (switched.stay(now, &means), waits),
        };
        self.actuators[index].standing = Some(reason.clone());
        let Some(send) = send else { return };
        let State::Switched(switched) = &mut self.actuators[index].state else { return };
        if stretch_over && send.level == 0 && !send.again {
            switched.rest_until = Some(now + means.limits.rest);
        }
        let timer = switched.lease_for(now).filter(|_| means.timer);
        let switch = switch_to(send.level, plan, timer);
        if plan.audible && level > before.unwrap_or(0) && !send.again && !by_person {
            self.note_audible(facts);
        }
        out.push(Action::Switch(command(around, index, switch, now, send.again, reason)));
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
        let quiet = if by_person { None } else { self.too_audible(index, u8::MAX, facts, around) };
        let State::Valve(valve) = &mut self.actuators[index].state else { return };
        let asking = valve.ask(now, &means);
        if asking != Asking::Done {
            if asking == Asking::Now {
                out.push(Action::Query { bedroom: around.id, actuator: id(index) });
            }
            self.actuators[index].standing = Some(reason);
            return;
        }
        let value = if quiet.is_some() { None } else { valve.boost(now, goal, room, &means) };
        if let Some(value) = value {
            valve.tell(now, value, &means);
            out.push(Action::Switch(command(
                around,
                index,
                Switch::SetPoint(value),
                now,
                false,
                reason.clone(),
            )));
        } else if let Some(value) = valve.repeat(now, &means) {
            out.push(Action::Switch(command(
                around,
                index,
                Switch::SetPoint(value),
                now,
                true,
                reason.clone(),
            )));
        }
        if let Some(feed) = valve.feed(now, room, &means) {
            let reason = Reason { because: Because::Feeding, ..reason.clone() };
            out.push(Action::Switch(command(around, index, feed, now, true, reason)));
        }
        // What is raised already only waits for its next step.
        let waits = quiet.filter(|_| !valve.boosted());
        self.actuators[index].standing = Some(waits.map_or(reason, interlock));
        if plan.audible && value.is_some() && !by_person {
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
            out.push(Action::Switch(baseline(around, index, switch, now, false, reason.clone())));
        }
        if let Some(value) = valve.repeat(now, &means) {
            let switch = Switch::SetPoint(value);
            out.push(Action::Switch(baseline(around, index, switch, now, true, reason.clone())));
        }
        self.actuators[index].standing = Some(reason);
    }

    /// A person's set-point is left alone, on the valve's own thermometer: a room value
    /// that nobody feeds any more would mislead it.
    fn leave_as_is(
        &mut self,
        index: usize,
        reason: Reason,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let actuator = &mut self.actuators[index];
        if let State::Valve(valve) = &mut actuator.state
            && valve.stop_feeding()
        {
            let own = Switch::OwnThermometer;
            out.push(Action::Switch(command(around, index, own, facts.now, false, reason.clone())));
        }
        self.actuators[index].standing = Some(reason);
    }

    /// A wish that has ended hands back to the rules.
    fn end_override(&mut self, index: usize, now: Time) {
        let wish = &mut self.actuators[index].wish;
        *wish = wish.filter(|wish| wish.until > now);
    }

    /// Where a person had set it and wants it so no longer, the household's set-point
    /// holds again.
    fn take_back(
        &mut self,
        index: usize,
        now: Time,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let actuator = &mut self.actuators[index];
        let State::Valve(valve) = &mut actuator.state else { return };
        let Some(value) = valve.take_back() else { return };
        let means = valve::Means::plain(around.plan.actuators[index].confirm, around.link);
        valve.tell(now, value, &means);
        let because = match actuator.wish {
            Some(wish) => Because::Person { until: wish.until },
            None => Because::WishEnded,
        };
        let reason = Reason { by: Judge::Override, because, otherwise: None };
        let switch = Switch::SetPoint(value);
        out.push(Action::Switch(baseline(around, index, switch, now, false, reason)));
    }

    fn note_audible(&mut self, facts: &Facts) {
        if !(facts.may_be_asleep() || facts.in_bed.occupied().is_some()) {
            return;
        }
        let tonight = Some(facts.hours.evening);
        let count = if self.audible.night == tonight { self.audible.count } else { 0 };
        self.audible = super::decide::Audible {
            night: tonight,
            count: count.saturating_add(1),
            last: Some(facts.now),
        };
    }
}

/// How a switched actuator is switched.
pub(super) fn switched_means(
    actuator: &Actuator,
    plan: &plan::Actuator,
    around: &Surroundings<'_>,
) -> switched::Means {
    let is_heater = matches!(plan.kind, Kind::Heater { .. });
    switched::Means {
        limits: plan.limits,
        confirm: plan.confirm.filter(|_| plan.device.can_echo()),
        timer: actuator.timer_works && is_heater && plan.device.can_time(),
        link: around.link,
    }
}

pub(super) fn valve_means(
    plan: &plan::Actuator,
    facts: &Facts,
    around: &Surroundings<'_>,
) -> valve::Means {
    let fed = matches!(plan.kind, Kind::Heater { control: Control::SetPoint { fed: true }, .. });
    let gently = facts.sleeping() && around.plan.cold_exposure.ramp.is_some();
    valve::Means {
        step: wire::setpoint_step(&plan.device),
        fed,
        audible: plan.audible,
        gently,
        answers: wire::can_be_asked(&plan.device),
        ..valve::Means::plain(plan.confirm.filter(|_| plan.device.can_echo()), around.link)
    }
}

pub(super) fn switch_to(level: u8, plan: &plan::Actuator, timer: Option<Span>) -> Switch {
    match (level, &plan.kind) {
        (0, _) => Switch::Off,
        (level, Kind::Fan { .. }) => Switch::Level(level),
        (_, Kind::Heater { .. }) => Switch::On { timer },
    }
}

/// S2: an electric "on" without a device timer is recorded before it is sent.
/// What it repeats is recorded already.
fn order(plan: &plan::Actuator, switch: Switch, again: bool) -> Order {
    match (&plan.kind, switch) {
        _ if again => Order::SendFirst,
        (
            Kind::Heater {
                hazard: Hazard::Panel | Hazard::HeatPump | Hazard::Blanket { .. }, ..
            },
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
) -> Command {
    Command {
        bedroom: around.id,
        actuator: id(index),
        switch,
        order: order(&around.plan.actuators[index], switch, again),
        valid_until: now + VALID_FOR,
        again,
        releases: matches!(switch, Switch::Off | Switch::OwnThermometer),
        reason,
    }
}

fn id(index: usize) -> ActuatorId {
    ActuatorId(u8::try_from(index).unwrap_or(u8::MAX))
}

/// A command that returns a set-point to the household's.
fn baseline(
    around: &Surroundings<'_>,
    index: usize,
    switch: Switch,
    now: Time,
    again: bool,
    reason: Reason,
) -> Command {
    Command { releases: true, ..command(around, index, switch, now, again, reason) }
}

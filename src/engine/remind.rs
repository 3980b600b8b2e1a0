//! Reminders that fall due, and faults that appear or heal: what is said, and to whom.

use super::actuator::State;
use super::bedroom::{Bedroom, Surroundings};
use super::contract::{
    Action, Announcement, Audience, Fault, Notice, Order, Outcome, SpokenAt, Urgency, Words,
};
use super::sensing::Sensing;
use super::soonest::Soonest;
use crate::model::{ActuatorId, Place, Quantity, SensorId, Span, Time};
use crate::plan::{Control, Kind, Mode};
use crate::rules::conditions::{self, Lock};
use crate::rules::{Facts, Why, hydration};
use crate::safety::{self, Hazard};

/// A word to the keeper is worth delivering this long.
const KEEPER_FOR: Span = Span::hours(24);

impl Bedroom {
    /// Speaks what falls due.
    pub(crate) fn remind(
        &mut self,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        // S12: a clock that nothing has set may tell noon in the middle of the night.
        if !around.wall.synchronised {
            return;
        }
        self.tell_watched(facts, around, out);
        if self.mode_at(facts.now) != Mode::Auto || self.tonight.guest(facts.now) {
            return;
        }
        let settings = &around.plan.hydration;
        for (index, sleeper) in around.plan.sleepers.iter().enumerate() {
            let Some((_, drinking)) = self.drinking.get_mut(index) else { continue };
            let Some(prompt) = hydration::judge(facts, settings, sleeper, drinking) else {
                continue;
            };
            drinking.last_prompt = Some(facts.now);
            drinking.note_asked(facts.now, prompt.amount);
            drinking.prompts = drinking.prompts.saturating_add(1);
            drinking.open.push(self.next_id);
            let words =
                Words::Drink { sleeper: index, amount: prompt.amount, reason: prompt.reason };
            out.push(self.announce(facts, words, Audience::Sleeper, Urgency::Gentle, around));
        }
        let advice = self.morning.due(facts);
        if !advice.is_empty() {
            self.morning.tell();
            let words = Words::Air(advice);
            out.push(self.announce(facts, words, Audience::Sleeper, Urgency::Gentle, around));
        }
        self.introduce(facts, around, out);
        self.ask_to_confirm(facts, around, out);
    }

    /// When a reminder may fall due.
    pub(crate) fn offer_reminders(
        &self,
        facts: &Facts,
        around: &Surroundings<'_>,
        soonest: &mut Soonest,
    ) {
        for (sleeper, (_, drinking)) in around.plan.sleepers.iter().zip(&self.drinking) {
            let next = hydration::next(facts, &around.plan.hydration, sleeper, drinking);
            if let Some((at, why)) = next {
                soonest.offer(at, why);
            }
            soonest.offer(facts.hours.day(facts.now).0, Why::Hour);
        }
        self.offer_introduction(facts, soonest);
        self.offer_watched(facts, soonest);
    }

    /// Somebody says that they did what they were reminded of.
    pub(crate) fn answered_by_hand(&mut self) {
        for (_, drinking) in &mut self.drinking {
            drinking.open.clear();
        }
    }

    /// Takes note of what became of an announcement.
    pub(crate) fn announced(&mut self, id: u64, outcome: Outcome) {
        match outcome {
            Outcome::Spoken => {}
            Outcome::Failed => self.introduction.failed(id),
            Outcome::Answered => {
                for (_, drinking) in &mut self.drinking {
                    drinking.open.retain(|open| *open != id);
                }
            }
        }
    }

    /// A reminder that fell into a gap, or into a jump of the clock, is skipped.
    pub(crate) fn skip_reminders(&mut self, now: Time, around: &Surroundings<'_>) {
        let facts = self.facts(now, around);
        let settings = &around.plan.hydration;
        if !self.morning.due(&facts).is_empty() {
            self.morning.tell();
            self.skipped = self.skipped.saturating_add(1);
        }
        for (sleeper, (_, drinking)) in around.plan.sleepers.iter().zip(&mut self.drinking) {
            if hydration::judge(&facts, settings, sleeper, drinking).is_some() {
                drinking.last_prompt = Some(now);
                self.skipped = self.skipped.saturating_add(1);
            }
        }
    }

    /// Tells the keeper once of what is wrong, and again when it is right.
    pub(crate) fn note_faults(
        &mut self,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        if self.faults.is_empty() && self.no_fault(facts, around) {
            return;
        }
        let faults = self.current_faults(facts, around);
        let dangers: Vec<Fault> =
            faults.iter().filter(|fault| self.is_danger(**fault, around)).copied().collect();
        // A fault that becomes a danger is told again.
        let is_new =
            |f: &Fault| !self.faults.contains(f) || dangers.contains(f) && !self.alarms.contains(f);
        let appeared: Vec<Fault> = faults.iter().filter(|f| is_new(f)).copied().collect();
        let healed: Vec<Fault> =
            self.faults.iter().filter(|f| !faults.contains(f)).copied().collect();
        self.alarms.retain(|fault| faults.contains(fault));
        // What healed is withdrawn before what is new is told: both may be one matter.
        for (fault, healed) in
            healed.into_iter().map(|f| (f, true)).chain(appeared.into_iter().map(|f| (f, false)))
        {
            let danger = dangers.contains(&fault);
            self.alarms.extend(danger.then_some(fault));
            let urgency = if danger && !healed { Urgency::Alarm } else { Urgency::Normal };
            out.push(Action::Notice(Notice { bedroom: around.id, fault, healed }));
            let words =
                if healed { Words::Healed(self.as_healed(fault)) } else { Words::Fault(fault) };
            if urgency == Urgency::Alarm {
                let words = words.clone();
                out.push(self.announce(facts, words, Audience::Sleeper, urgency, around));
            }
            out.push(self.announce(facts, words, Audience::Keeper, urgency, around));
        }
        self.faults = faults;
    }

    /// S7: a switched heater that was last on and does not obey off, and hot bedding. A
    /// fan, or a valve that lags behind a few kelvins of hot water, is none; neither is a
    /// heater that was off when uncramp last heard of it and does not answer now.
    fn is_danger(&self, fault: Fault, around: &Surroundings<'_>) -> bool {
        match fault {
            Fault::Disobeys { actuator, off } => {
                let known = self.actuators.get(usize::from(actuator.0)).map(|a| &a.state);
                let defies = matches!(known, Some(State::Switched(s)) if s.defies_off());
                off && defies && is_switched_heater(actuator, around)
            }
            Fault::BeddingHot { .. } => true,
            Fault::Silent { .. }
            | Fault::Frozen { .. }
            | Fault::Garbled { .. }
            | Fault::Unexplained { .. }
            | Fault::NoHeat { .. }
            | Fault::Unrecorded { .. } => false,
        }
    }

    /// A device that went on at the next command, and never off, is not said to be off.
    fn as_healed(&self, fault: Fault) -> Fault {
        match fault {
            Fault::Disobeys { actuator, off } => {
                let known = self.actuators.get(usize::from(actuator.0)).map(|a| &a.state);
                let is_on = matches!(known, Some(State::Switched(s)) if s.level() != Some(0));
                Fault::Disobeys { actuator, off: off && !is_on }
            }
            Fault::Silent { .. }
            | Fault::Frozen { .. }
            | Fault::Garbled { .. }
            | Fault::Unexplained { .. }
            | Fault::NoHeat { .. }
            | Fault::BeddingHot { .. }
            | Fault::Unrecorded { .. } => fault,
        }
    }

    /// When a sensor that should have spoken counts as silent.
    pub(crate) fn silent_at(&self, sensing: &Sensing, around: &Surroundings<'_>) -> Option<Time> {
        sensing.silent_from(self.since, &around.plan.readings)
    }

    fn no_fault(&self, facts: &Facts, around: &Surroundings<'_>) -> bool {
        self.warmth.no_heat.is_none()
            && !Self::bedding_hot(facts, around)
            && self.actuators.iter().all(|actuator| {
                !actuator.unrecorded
                    && match &actuator.state {
                        State::Switched(switched) => switched.disobeys().is_none(),
                        State::Valve(valve) => {
                            valve.disobeys().is_none()
                                && !valve.unexplained(around.plan.cold_exposure.ceiling)
                        }
                    }
            })
            && self.sensors.iter().zip(&around.plan.sensors).all(|((_, sensing), plan)| {
                !is_expected(plan.quantity)
                    || self.silent_at(sensing, around).is_none_or(|at| at > facts.now)
            })
    }

    fn current_faults(&self, facts: &Facts, around: &Surroundings<'_>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut silent_places = Vec::new();
        for (index, ((_, sensing), plan)) in
            self.sensors.iter().zip(&around.plan.sensors).enumerate()
        {
            let silent = self.silent_at(sensing, around).is_some_and(|at| at <= facts.now);
            // A device that measures two things falls silent once.
            if silent && is_expected(plan.quantity) && !silent_places.contains(&plan.place) {
                silent_places.push(plan.place);
                let sensor = SensorId(u8::try_from(index).unwrap_or(u8::MAX));
                faults.push(if sensing.is_garbled() {
                    Fault::Garbled { sensor }
                } else if sensing.frozen().is_some() {
                    Fault::Frozen { sensor }
                } else {
                    Fault::Silent { sensor }
                });
            }
            let in_bed = plan.place == Place::Bed && plan.quantity == Quantity::Temperature;
            if in_bed && Self::bedding_hot(facts, around) {
                let sensor = SensorId(u8::try_from(index).unwrap_or(u8::MAX));
                faults.push(Fault::BeddingHot { sensor });
            }
        }
        for (index, actuator) in self.actuators.iter().enumerate() {
            let off = match &actuator.state {
                State::Switched(switched) => switched.disobeys(),
                State::Valve(valve) => valve.disobeys(),
            };
            if let State::Valve(valve) = &actuator.state
                && valve.unexplained(around.plan.cold_exposure.ceiling)
            {
                let actuator = ActuatorId(u8::try_from(index).unwrap_or(u8::MAX));
                faults.push(Fault::Unexplained { actuator });
            }
            if actuator.unrecorded {
                let actuator = ActuatorId(u8::try_from(index).unwrap_or(u8::MAX));
                faults.push(Fault::Unrecorded { actuator });
            }
            if let Some(off) = off {
                let actuator = ActuatorId(u8::try_from(index).unwrap_or(u8::MAX));
                faults.push(Fault::Disobeys { actuator, off });
            }
        }
        if let Some((from_hour, to_hour)) = self.warmth.no_heat {
            faults.push(Fault::NoHeat { from_hour, to_hour });
        }
        faults
    }

    /// The first words of uncramp's own to a sleeper begin with who speaks; danger comes first,
    /// and says no more than what is to be done.
    fn introduces(&mut self, words: &Words, id: u64) -> bool {
        let own = match words {
            Words::Drink { .. } | Words::Air(_) | Words::Welcome => true,
            Words::Watched { .. }
            | Words::Said(_)
            | Words::Fault(_)
            | Words::Healed(_)
            | Words::ConfirmConditions { .. } => false,
        };
        let first = own && self.introduction.said.is_none();
        if first {
            self.introduction.said = Some(id);
        }
        first && *words != Words::Welcome
    }

    fn bedding_hot(facts: &Facts, around: &Surroundings<'_>) -> bool {
        let heated_bedding = around.plan.actuators.iter().any(|actuator| {
            matches!(actuator.kind, Kind::Heater { hazard: Hazard::Blanket { .. }, .. })
        });
        heated_bedding && facts.bed.is_some_and(|bed| bed >= safety::BED_DANGER)
    }

    /// Answers about conditions age; the keeper is asked once a month for each sleeper.
    fn ask_to_confirm(&mut self, facts: &Facts, around: &Surroundings<'_>, out: &mut Vec<Action>) {
        let month = (facts.hours.year, facts.hours.month);
        if !around.plan.hydration.enabled {
            return;
        }
        for (index, sleeper) in around.plan.sleepers.iter().enumerate() {
            let Some((_, drinking)) = self.drinking.get_mut(index) else { continue };
            let lock = conditions::water(sleeper, month.0, month.1);
            if lock != Some(Lock::Unconfirmed) || drinking.asked.replace(month) == Some(month) {
                continue;
            }
            let words = Words::ConfirmConditions { sleeper: index };
            out.push(self.announce(facts, words, Audience::Keeper, Urgency::Normal, around));
        }
    }

    pub(super) fn announce(
        &mut self,
        facts: &Facts,
        words: Words,
        audience: Audience,
        urgency: Urgency,
        around: &Surroundings<'_>,
    ) -> Action {
        let id = self.next_id;
        self.next_id += 1;
        let place = match audience {
            // Whoever gives words to a bedroom has said where.
            Audience::Sleeper if matches!(words, Words::Said(_)) => SpokenAt::Bed,
            Audience::Sleeper if is_at_the_bed(facts) => SpokenAt::Bed,
            Audience::Sleeper | Audience::Keeper => SpokenAt::Home,
        };
        let hushed = facts.hours.quiet(facts.now) || facts.may_be_asleep();
        let valid_for = match (audience, urgency) {
            (Audience::Sleeper, Urgency::Gentle) => Announcement::GENTLE_FOR,
            (Audience::Sleeper | Audience::Keeper, _) => KEEPER_FOR,
        };
        let order = match urgency {
            Urgency::Gentle => Order::RecordFirst,
            Urgency::Normal | Urgency::Alarm => Order::SendFirst,
        };
        let introduces = self.introduces(&words, id);
        Action::Announce(Announcement {
            bedroom: around.id,
            id,
            words,
            introduces,
            audience,
            place,
            urgency,
            quiet: hushed && urgency != Urgency::Alarm,
            valid_until: facts.now + valid_for,
            order,
        })
    }
}

/// Whether the sleepers are in the bedroom, as far as anybody knows: somebody is in bed, or
/// was a moment ago, or it is the hour before the usual bedtime or after the usual wake.
fn is_at_the_bed(facts: &Facts) -> bool {
    facts.in_bed_now == Some(true)
        || facts.in_bed.occupied().is_some()
        || facts.hours.quiet(facts.now)
}

fn is_switched_heater(actuator: ActuatorId, around: &Surroundings<'_>) -> bool {
    let plan = around.plan.actuators.get(usize::from(actuator.0));
    plan.is_some_and(|plan| matches!(plan.kind, Kind::Heater { control: Control::Switch, .. }))
}

/// Sensors that speak when nothing happens; the others only when something does.
const fn is_expected(quantity: Quantity) -> bool {
    match quantity {
        Quantity::Temperature | Quantity::Humidity | Quantity::Co2 => true,
        Quantity::Occupied | Quantity::Open => false,
    }
}

//! What a message, or a person, means for a bedroom's memory.

use chrono::{Datelike, Timelike};

use super::actuator::{Actuator, Held, Override, State};
use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Action, Household, Notice, Want, Wish};
use super::decide::warm_to;
use super::draw::Expected;
use super::faults::Fault;
use super::sensing::Accepted;
use super::{switched, valve};
use crate::model::{
    ActuatorId, Echo, Heard, Item, Measured, Place, Quantity, SensorId, Span, Temperature, Time,
    Value, Watts,
};
use crate::plan::{self, Mode};
use crate::rules::Facts;

/// Cached values follow within this after a gateway's or Home Assistant's start.
const REPEATS_FOR: Span = Span::seconds(60);
/// An override by day ends by itself after this.
const BY_DAY: Span = Span::hours(2);
/// After so long a fan that is on draws what it needs.
const FAN_STARTS: Span = Span::seconds(60);
/// After so long a heater's own thermostat has closed in a cold room.
const HEATER_STARTS: Span = Span::minutes(10);
/// A heater that draws less gives no warmth.
const HEATER_IDLE_BELOW: Watts = Watts(50);
/// No override lasts longer.
const AT_MOST: Span = Span::hours(24);

/// What a switch turned by hand asks for: the same as the word.
#[derive(Debug, Clone, Copy)]
struct ByHand {
    until: Time,
    warm_to: Option<Temperature>,
    /// Since when nothing is known of the temperature.
    blind: Option<Time>,
}

impl ByHand {
    fn of(now: Time, until: Time, facts: &Facts, around: &Surroundings<'_>) -> Self {
        Self { until, warm_to: warm_to(facts, around), blind: facts.room.is_none().then_some(now) }
    }
}

impl Bedroom {
    /// Takes in what one message meant.
    pub(crate) fn hear(
        &mut self,
        now: Time,
        heard: &Heard,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        for item in &heard.items {
            match item {
                Item::Reading { sensor, value, measured } => {
                    self.read(now, *sensor, *value, *measured, around);
                }
                Item::Garbled { sensor, garble } => {
                    let Some((_, sensing)) = self.sensors.get_mut(usize::from(sensor.0)) else {
                        continue;
                    };
                    if sensing.garble(now, garble.clone()) {
                        let fault = Fault::Garbled { sensor: *sensor };
                        out.push(Action::Notice(Notice {
                            bedroom: around.id,
                            fault,
                            healed: false,
                        }));
                    }
                }
                Item::Echo { actuator, echo } => {
                    if heard.retained {
                        self.echo_kept(*actuator, *echo, around);
                    } else {
                        self.echo(now, *actuator, *echo, around);
                    }
                }
                Item::SensorOnline { sensor, online } => {
                    if let Some((_, sensing)) = self.sensors.get_mut(usize::from(sensor.0)) {
                        sensing.online(now, *online);
                    }
                }
                Item::ActuatorOnline { actuator, online } => {
                    if let Some(actuator) = self.actuators.get_mut(usize::from(actuator.0)) {
                        if *online && actuator.online == Some(false) {
                            actuator.started = Some(now);
                        }
                        actuator.online = Some(*online);
                    }
                }
                Item::SensorBattery { sensor, battery } => {
                    if let Some((_, sensing)) = self.sensors.get_mut(usize::from(sensor.0)) {
                        sensing.battery(*battery);
                    }
                    if !heard.retained && now >= self.repeats_until {
                        self.alive(now, *sensor, around);
                    }
                }
                Item::ActuatorBattery { actuator, battery } => {
                    if let Some(actuator) = self.actuators.get_mut(usize::from(actuator.0)) {
                        actuator.battery_low = battery.is_low(actuator.battery_low);
                    }
                }
                Item::Courier { sensor, online } => {
                    if let Some((_, sensing)) = self.sensors.get_mut(usize::from(sensor.0)) {
                        sensing.courier(*online);
                    }
                }
                Item::Repeats => self.repeats_until = now + REPEATS_FOR,
            }
        }
    }

    /// Does what a person asks for, as far as it is for memory.
    pub(crate) fn wish(&mut self, now: Time, wish: &Wish, around: &Surroundings<'_>) {
        match wish {
            Wish::Override { actuator, want, until } => {
                let until = until.unwrap_or(self.default_end(now, around)).min(now + AT_MOST);
                let facts = self.facts(now, around);
                let held = match want {
                    Want::On => Some(Held::On { warm_to: warm_to(&facts, around), level: 1 }),
                    Want::Off | Want::Level(0) => Some(Held::Off),
                    Want::Level(level) => {
                        Some(Held::On { warm_to: warm_to(&facts, around), level: *level })
                    }
                    Want::Auto => None,
                };
                self.hold(*actuator, held, until, facts.room.is_none().then_some(now));
                if let Some(actuator) = self.actuators.get_mut(usize::from(actuator.0)) {
                    actuator.asked(held);
                }
            }
            Wish::Mode(mode) => {
                self.set_mode(*mode);
                // Who wants it to act does not want to be left alone any more.
                if *mode == Mode::Auto {
                    self.tonight.paused_until = None;
                }
            }
            Wish::Resume => {
                self.set_mode(self.resumed(around));
                self.tonight.paused_until = None;
            }
            Wish::Drink { sleeper, amount } => {
                if let Some((_, drinking)) = self.drinking.get_mut(*sleeper) {
                    drinking.drunk = drinking.drunk + *amount;
                    drinking.last_drink = Some(now);
                    drinking.open.clear();
                }
            }
            Wish::Away(until) => self.leave_house(*until, now),
            Wish::House(house) => {
                let until = self.end_of_night(now, around);
                self.leave_house((*house == Household::Away).then_some(Time::NEVER), now);
                self.tonight.guest_until = (*house == Household::Guest).then_some(until);
                if *house == Household::Baby {
                    self.tonight.baby_until = Some(until);
                }
            }
            Wish::Pause(pause) => {
                self.tonight.paused_until = pause.then(|| self.end_of_night(now, around));
            }
            Wish::Shift(by) => {
                let until = self.end_of_night(now, around);
                self.shift_tonight(*by, now, until);
            }
            Wish::Cramp { sleeper, ago } => {
                let at = Time(now.0 - ago.0);
                self.last_cramp = self.last_cramp.max(Some(at));
                self.told_of_cramp(now, *sleeper, at, around);
            }
            Wish::NoCramp { sleeper, night } => self.told_of_none(now, *sleeper, *night, around),
            // For whoever listens.
            Wish::Say(_) => {}
            Wish::Done => self.answered_by_hand(),
            Wish::Snooze => self.put_off(now, None),
            Wish::Postpone(id) => self.put_off(now, Some(*id)),
            Wish::Timer { actuator, works } => {
                if let Some(actuator) = self.actuators.get_mut(usize::from(actuator.0)) {
                    actuator.timer_works = *works;
                }
            }
        }
    }

    /// Everybody leaves until then, or returns: when that was stays known, as where an absence
    /// ends by itself.
    fn leave_house(&mut self, until: Option<Time>, now: Time) {
        let returned = self.away_until.map(|until| until.min(now));
        self.away_until = until.or(returned);
    }

    fn read(
        &mut self,
        now: Time,
        sensor: SensorId,
        value: Value,
        measured: Measured,
        around: &Surroundings<'_>,
    ) {
        let index = usize::from(sensor.0);
        let repeats = now < self.repeats_until;
        let (Some((_, sensing)), Some(spot)) =
            (self.sensors.get_mut(index), around.layout.sensors.get(index))
        else {
            return;
        };
        let usual = sensing.limit(&around.plan.readings);
        let accepted =
            sensing.read(now, value, measured, repeats, &around.plan.readings, around.wall);
        if accepted == Accepted::Repeated {
            self.repeated.push(sensor);
        }
        if let Accepted::Fresh(at) = accepted {
            self.alive(at, sensor, around);
        }
        let is_room = spot.place == Place::Room && spot.quantity == Quantity::Temperature;
        if let (Accepted::Fresh(at), true, Value::Temperature(room)) = (accepted, is_room, value) {
            let heated = if self.heating { Some(now) } else { self.heated };
            self.trace.read(at, room, heated, usual);
        }
    }

    /// What one sensor of a device says shows that all of them live.
    fn alive(&mut self, at: Time, sensor: SensorId, around: &Surroundings<'_>) {
        let spots = &around.layout.sensors;
        let device = spots.get(usize::from(sensor.0)).map(|spot| spot.device);
        for ((_, sensing), spot) in self.sensors.iter_mut().zip(spots) {
            if Some(spot.device) == device {
                sensing.alive(at);
            }
        }
    }

    fn echo(&mut self, now: Time, id: ActuatorId, echo: Echo, around: &Surroundings<'_>) {
        let index = usize::from(id.0);
        let until = self.default_end(now, around);
        let facts = self.facts(now, around);
        let acts = self.mode_at(now) == Mode::Auto;
        let repeats_until = self.repeats_until;
        let by_hand = ByHand::of(now, until, &facts, around);
        let (Some(actuator), Some(plan)) =
            (self.actuators.get_mut(index), around.plan.actuators.get(index))
        else {
            return;
        };
        // Who does not act switches nothing off that switched itself on.
        let starting = actuator.note_start(now, echo) && acts;
        if actuator.explains_itself(echo) && acts {
            return self.went_on_by_itself(now, id, until);
        }
        // It was told to go on and does: the store takes records again.
        actuator.unrecorded &= echo != Echo::Relay(true);
        let is_fan = matches!(plan.kind, plan::Kind::Fan { .. });
        actuator.draw.hear(now, echo);
        match (&mut actuator.state, echo) {
            (State::Switched(switched), Echo::Relay(on)) => {
                let level = match (on, switched.level()) {
                    (false, _) => 0,
                    (true, Some(level)) if level > 0 => level,
                    (true, _) => 1,
                };
                let ran = switched.on_since();
                let meaning = switched.report(now, level, is_fan, starting);
                switched.rest_after(now, ran, &plan.limits);
                self.person(id, meaning, by_hand);
            }
            (State::Switched(switched), Echo::Level(level)) => {
                let meaning = switched.report(now, level, is_fan, starting);
                self.person(id, meaning, by_hand);
            }
            // A fan that is off keeps its level for later.
            (State::Switched(switched), Echo::Speed(level)) if switched.reported_on() => {
                let meaning = switched.report(now, level.max(1), is_fan, starting);
                self.person(id, meaning, by_hand);
            }
            (State::Valve(valve), Echo::SetPoint(value)) => {
                let civil = around.zone.civil(around.wall.unix_ms(now));
                let day = civil.date().num_days_from_ce();
                let minute = u16::try_from(civil.hour() * 60 + civil.minute()).unwrap_or(0);
                let yielded = actuator.wish.is_some_and(|wish| wish.held == Held::AsIs);
                let ceiling = around.plan.cold_exposure.ceiling;
                if valve.report(now, value, (day, minute), yielded, ceiling)
                    == valve::Meaning::Person
                {
                    valve.yield_to_person();
                    self.hold(id, Some(Held::AsIs), until, None);
                }
            }
            (State::Valve(valve), Echo::OwnTemperature(value)) => valve.own_temperature(now, value),
            // What a gateway repeats at its own start was measured before.
            (State::Switched(_), Echo::Power(_)) if now < repeats_until => {}
            (State::Switched(_), Echo::Power(power)) => {
                let expected = expected_of(&plan.kind, &facts);
                actuator.draw.read(now, power, expected);
                if actuator.draw.sticks()
                    && let State::Switched(switched) = &mut actuator.state
                {
                    switched.free(now);
                }
            }
            (_, Echo::Running(_) | Echo::AfterPowerCut(_))
            | (State::Switched(_), Echo::Speed(_) | Echo::SetPoint(_) | Echo::OwnTemperature(_))
            | (
                State::Valve(_),
                Echo::Relay(_) | Echo::Level(_) | Echo::Speed(_) | Echo::Power(_),
            ) => {}
        }
    }

    /// S8: what was taken for a hand was the device's own start: it is told to be off.
    fn went_on_by_itself(&mut self, now: Time, id: ActuatorId, until: Time) {
        if let Some(Actuator { state: State::Switched(switched), .. }) =
            self.actuators.get_mut(usize::from(id.0))
            && let Some(level) = switched.level().filter(|level| *level > 0)
        {
            let _ = switched.report(now, level, true, true);
            self.hold(id, None, until, None);
        }
    }

    /// What the broker kept has no known age: nothing is taken from it but the household's
    /// set-point, until a better one is heard.
    fn echo_kept(&mut self, id: ActuatorId, echo: Echo, around: &Surroundings<'_>) {
        let actuator = self.actuators.get_mut(usize::from(id.0));
        if let (Some(Actuator { state: State::Valve(valve), .. }), Echo::SetPoint(value)) =
            (actuator, echo)
        {
            valve.keep(value, around.plan.cold_exposure.ceiling);
        }
    }

    fn person(&mut self, id: ActuatorId, meaning: switched::Meaning, by_hand: ByHand) {
        let ByHand { until, warm_to, blind } = by_hand;
        match meaning {
            switched::Meaning::Nothing => {}
            switched::Meaning::Person(0) => self.hold(id, Some(Held::Off), until, None),
            switched::Meaning::Person(level) => {
                self.hold(id, Some(Held::On { warm_to, level }), until, blind);
            }
        }
    }

    /// Takes a wish down. `blind` is since when it holds without a known temperature,
    /// if it was said so; what an earlier wish has used up counts.
    fn hold(&mut self, id: ActuatorId, held: Option<Held>, until: Time, blind: Option<Time>) {
        if !self.overridden.contains(&id) {
            self.overridden.push(id);
        }
        if let Some(actuator) = self.actuators.get_mut(usize::from(id.0)) {
            let blind_since = actuator.wish.and_then(|wish| wish.blind_since).or(blind);
            actuator.wish = held.map(|held| Override { held, until, blind_since });
        }
    }

    /// Said at night an override ends at the usual wake, by day after two hours.
    fn default_end(&self, now: Time, around: &Surroundings<'_>) -> Time {
        let hours = self.hours_at(now, around);
        let end = if hours.asleep(now) { hours.wake } else { now + BY_DAY };
        end.min(now + AT_MOST)
    }
}

/// What is behind a plug draws something once it is on: a fan at once, a heater as soon as
/// its own thermostat lets it, which it does in a room that is too cold.
fn expected_of(kind: &plan::Kind, facts: &Facts) -> Option<Expected> {
    match kind {
        plan::Kind::Fan { idle_below, .. } => Some(Expected {
            power: *idle_below,
            after: FAN_STARTS,
            rests_until: Some(facts.hours.until),
        }),
        plan::Kind::Heater { .. } => {
            let cold = facts.room.is_some_and(|room| room < facts.reference);
            cold.then_some(Expected {
                power: HEATER_IDLE_BELOW,
                after: HEATER_STARTS,
                rests_until: None,
            })
        }
    }
}

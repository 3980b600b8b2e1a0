//! Faults that appear or heal: who is told, and how loudly.

use serde::{Deserialize, Serialize};

use super::actuator::{Actuator, State};
use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Action, Audience, Notice, Urgency, Words};
use super::sensing::{Lives, Sensing};
use crate::model::{
    ActuatorId, BedroomId, DeviceName, Place, Quantity, SensorId, Span, Temperature, Time,
};
use crate::plan::{Control, Kind};
use crate::rules::Facts;
use crate::safety::{self, Hazard};

/// Something that is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// A sensor has been silent for longer than it ever is.
    Silent {
        /// Which sensor.
        sensor: SensorId,
    },
    /// S1: a sensor has repeated one value for too long to be measuring.
    Frozen {
        /// Which sensor.
        sensor: SensorId,
    },
    /// A sensor sends what is no reading.
    Garbled {
        /// Which sensor.
        sensor: SensorId,
    },
    /// An actuator does not do what it is told.
    Disobeys {
        /// Which actuator.
        actuator: ActuatorId,
        /// It was told to go off.
        off: bool,
    },
    /// S10: a set-point above the ceiling, and nobody knows who put it there.
    Unexplained {
        /// Which actuator.
        actuator: ActuatorId,
    },
    /// Heat was called for three times at the same hours, and none came.
    NoHeat {
        /// From this hour of the day.
        from_hour: u8,
        /// To this one.
        to_hour: u8,
    },
    /// Heated bedding is far too hot.
    BeddingHot {
        /// In which bed sensor.
        sensor: SensorId,
    },
    /// A command that had to be recorded first could not be.
    Unrecorded {
        /// Which actuator.
        actuator: ActuatorId,
    },
    /// A switched device says that it is off, and draws power all the same.
    Sticks {
        /// Which actuator.
        actuator: ActuatorId,
    },
    /// A switched device says that it is on, and draws no power.
    Idle {
        /// Which actuator.
        actuator: ActuatorId,
    },
    /// An electric heater's relay, or one of heated bedding, is set to come back on, or to how
    /// it was, when power returns.
    ReturnsOn {
        /// Which actuator.
        actuator: ActuatorId,
    },
    /// An electric heater has been on for two hours, and the room got no warmer.
    NoRise,
    /// The room's thermometer and another one cannot both be right.
    Disagree {
        /// The room's thermometer.
        sensor: SensorId,
        /// The other one.
        with: Witness,
    },
    /// What the room's thermometer sends is a temperature of a room in °F, and is read as °C.
    Fahrenheit {
        /// Which sensor.
        sensor: SensorId,
    },
    /// A sensor's battery is nearly empty.
    SensorBattery {
        /// Which sensor.
        sensor: SensorId,
    },
    /// An actuator's battery is nearly empty.
    ActuatorBattery {
        /// Which actuator.
        actuator: ActuatorId,
    },
    /// Its bridge has no device of the name or address that the configuration gives it.
    UnknownSensor {
        /// Which sensor.
        sensor: SensorId,
    },
    /// The same of an actuator.
    UnknownActuator {
        /// Which actuator.
        actuator: ActuatorId,
    },
    /// Another uncramp speaks below the same base topic.
    Namesake,
    /// The disk takes nothing: what happens waits in memory.
    Disk,
    /// A file was damaged, or a newer version's: it was set aside, and a new one begun.
    SetAside,
    /// The machine's power supply is too weak.
    WeakSupply,
    /// Nothing has set the clock: nobody knows whether it is night.
    ClockNotSet,
    /// The configuration's file is wrong: what it said before is in force.
    OldConfiguration,
    /// What must reach somebody could not be passed on.
    Untold,
    /// S9: a device left the configuration, was told to be off, or as it was before, and does not
    /// confirm it.
    Left {
        /// What people called it.
        device: DeviceName,
    },
}

/// What the room's thermometer is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Witness {
    /// The thermometer in a bed in which nobody has been for hours.
    EmptyBed(SensorId),
    /// A valve's own thermometer.
    Valve(ActuatorId),
}

/// A clock may take so long to be set after a start.
const UNSET_FOR: Span = Span::minutes(15);

impl Fault {
    /// It is of the whole house, and of no device.
    #[must_use]
    pub const fn is_of_the_house(&self) -> bool {
        matches!(
            self,
            Self::Namesake
                | Self::Disk
                | Self::SetAside
                | Self::WeakSupply
                | Self::ClockNotSet
                | Self::OldConfiguration
                | Self::Untold
                | Self::Left { .. }
        )
    }

    /// It is the other one, or takes its place: what obeys neither on nor off is not healed of
    /// one by the other.
    fn same_matter(self, other: Self) -> bool {
        match (self, other) {
            (Self::Disobeys { actuator, .. }, Self::Disobeys { actuator: of, .. }) => {
                actuator == of
            }
            _ => self == other,
        }
    }
}

impl Bedroom {
    /// Tells the keeper once of what is wrong, and again when it is right.
    pub(crate) fn note_faults(
        &mut self,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let faults = self.current_faults(facts, around);
        if self.faults.is_empty() && faults.is_empty() {
            return;
        }
        let dangers: Vec<Fault> =
            faults.iter().filter(|fault| self.is_danger(**fault, around)).copied().collect();
        // A fault that becomes a danger is told again.
        let is_new =
            |f: &Fault| !self.faults.contains(f) || dangers.contains(f) && !self.alarms.contains(f);
        let appeared: Vec<Fault> = faults.iter().filter(|f| is_new(f)).copied().collect();
        let still = |f: &Fault| faults.iter().any(|other| other.same_matter(*f));
        let healed: Vec<Fault> = self.faults.iter().filter(|f| !still(f)).copied().collect();
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

    /// S7: a switched heater that was last on and does not obey off, or draws power though it
    /// says that it is off, and hot bedding. A
    /// fan, or a valve that lags behind a few kelvins of hot water, is none; neither is a
    /// heater that was off when uncramp last heard of it and does not answer now.
    fn is_danger(&self, fault: Fault, around: &Surroundings<'_>) -> bool {
        match fault {
            Fault::Disobeys { actuator, off } => {
                let known = self.actuators.get(usize::from(actuator.0)).map(|a| &a.state);
                let defies = matches!(known, Some(State::Switched(s)) if s.defies_off());
                off && defies && is_switched_heater(actuator, around)
            }
            Fault::Sticks { actuator } => is_switched_heater(actuator, around),
            Fault::BeddingHot { .. } => true,
            Fault::Silent { .. }
            | Fault::Frozen { .. }
            | Fault::Garbled { .. }
            | Fault::Unexplained { .. }
            | Fault::NoHeat { .. }
            | Fault::Unrecorded { .. }
            | Fault::Idle { .. }
            | Fault::ReturnsOn { .. }
            | Fault::NoRise
            | Fault::Disagree { .. }
            | Fault::Fahrenheit { .. }
            | Fault::SensorBattery { .. }
            | Fault::ActuatorBattery { .. }
            | Fault::UnknownSensor { .. }
            | Fault::UnknownActuator { .. }
            | Fault::Namesake
            | Fault::Disk
            | Fault::SetAside
            | Fault::WeakSupply
            | Fault::ClockNotSet
            | Fault::OldConfiguration
            | Fault::Untold
            | Fault::Left { .. } => false,
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
            | Fault::Unrecorded { .. }
            | Fault::Sticks { .. }
            | Fault::Idle { .. }
            | Fault::ReturnsOn { .. }
            | Fault::NoRise
            | Fault::Disagree { .. }
            | Fault::Fahrenheit { .. }
            | Fault::SensorBattery { .. }
            | Fault::ActuatorBattery { .. }
            | Fault::UnknownSensor { .. }
            | Fault::UnknownActuator { .. }
            | Fault::Namesake
            | Fault::Disk
            | Fault::SetAside
            | Fault::WeakSupply
            | Fault::ClockNotSet
            | Fault::OldConfiguration
            | Fault::Untold
            | Fault::Left { .. } => fault,
        }
    }

    /// Takes note of what only the shell can see.
    pub(crate) fn noticed(&mut self, fault: Fault, stands: bool) {
        self.noticed.retain(|known| *known != fault);
        self.noticed.extend(stands.then_some(fault));
    }

    /// What was said too long ago, or too often, counts no longer.
    pub(super) fn expire(&mut self, now: Time, around: &Surroundings<'_>) {
        let lives = self.lives(around);
        let room = around.layout.first(Place::Room, Quantity::Temperature);
        let room = room.map(|id| usize::from(id.0));
        let sensors = self.sensors.iter_mut().zip(&around.layout.sensors).enumerate();
        for (_, ((_, sensing), spot)) in sensors.filter(|(index, _)| room != Some(*index)) {
            let until = sensing.counts_until(&lives, spot.tells_its_end);
            if until.is_some_and(|until| until <= now) {
                sensing.forget(now);
            }
        }
        // Whether the room's thermometer lives is told by what it measures besides, as long as
        // that counts: it comes last.
        let freezes_at = self.freezes_at(around).filter(|at| *at <= now);
        let Some((_, sensing)) = room.and_then(|room| self.sensors.get_mut(room)) else { return };
        let until = sensing.counts_until(&lives, false);
        // Silence comes first: what says nothing any more repeats nothing.
        if freezes_at.is_some_and(|at| Some(at) < until) {
            sensing.freeze(now);
        } else if until.is_some_and(|until| until <= now) {
            sensing.forget(now);
        }
    }

    /// By what the sensors' values count no longer.
    pub(super) fn lives<'a>(&self, around: &Surroundings<'a>) -> Lives<'a> {
        Lives {
            readings: &around.plan.readings,
            occupancy: &around.plan.occupancy,
            heated_since: self.heated_since(around),
            away_until: self.away_until,
        }
    }

    /// S1: when the room's thermometer counts as frozen, if its value stays as it is.
    pub(super) fn freezes_at(&self, around: &Surroundings<'_>) -> Option<Time> {
        let of = |quantity| {
            let index = usize::from(around.layout.first(Place::Room, quantity)?.0);
            Some((self.sensors.get(index)?, around.layout.sensors.get(index)?.device))
        };
        let ((_, sensing), device) = of(Quantity::Temperature)?;
        let beside = of(Quantity::Humidity).filter(|(_, beside)| *beside == device);
        let beside = beside.map(|((_, sensing), _)| sensing);
        sensing.freezes_at(beside, &around.plan.readings, self.warmed_since(around))
    }

    /// Takes note of whether anything has set the clock.
    pub(super) fn note_clock(&mut self, now: Time, around: &Surroundings<'_>) {
        self.unset = if around.wall.synchronised { None } else { self.unset.or(Some(now)) };
    }

    /// When a clock that nothing sets is a fault: a network that comes up sets it before.
    pub(super) fn unset_too_long_at(&self) -> Option<Time> {
        self.unset.map(|since| since + UNSET_FOR)
    }

    /// When a sensor that should have spoken counts as silent.
    pub(crate) fn silent_at(
        &self,
        sensing: &Sensing,
        quantity: Quantity,
        around: &Surroundings<'_>,
    ) -> Option<Time> {
        sensing.silent_from(quantity, self.since, &around.plan.readings)
    }

    fn current_faults(&self, facts: &Facts, around: &Surroundings<'_>) -> Vec<Fault> {
        let mut faults = self.noticed.clone();
        self.faults_of_sensors(facts, around, &mut faults);
        for (index, actuator) in self.actuators.iter().enumerate() {
            let id = ActuatorId(u8::try_from(index).unwrap_or(u8::MAX));
            faults_of(id, actuator, around.plan.cold_exposure.ceiling, &mut faults);
            if actuator.returns_on && around.plan.actuators[index].is_hot_by_its_relay() {
                faults.push(Fault::ReturnsOn { actuator: id });
            }
        }
        if let Some((from_hour, to_hour)) = self.warmth.no_heat {
            faults.push(Fault::NoHeat { from_hour, to_hour });
        }
        if self.warmth.no_rise && only_electric_heat(around) {
            faults.push(Fault::NoRise);
        }
        faults.extend(self.disagreement(facts, around));
        // Of the whole house: the keeper learns of it once, whatever number of bedrooms there is.
        let unset = self.unset_too_long_at().is_some_and(|at| at <= facts.now);
        if unset && around.id == BedroomId(0) {
            faults.push(Fault::ClockNotSet);
        }
        faults
    }

    fn faults_of_sensors(&self, facts: &Facts, around: &Surroundings<'_>, faults: &mut Vec<Fault>) {
        // What nobody can hear needs no new battery.
        let mut silent_places: Vec<Place> = faults
            .iter()
            .filter_map(|fault| {
                let Fault::UnknownSensor { sensor } = fault else { return None };
                Some(around.layout.sensors.get(usize::from(sensor.0))?.place)
            })
            .collect();
        for (index, ((_, sensing), spot)) in
            self.sensors.iter().zip(&around.layout.sensors).enumerate()
        {
            let sensor = SensorId(u8::try_from(index).unwrap_or(u8::MAX));
            let silent =
                self.silent_at(sensing, spot.quantity, around).is_some_and(|at| at <= facts.now);
            // A device that measures two things falls silent once.
            let alone = !speaks_by_itself(spot.quantity);
            let told = if alone {
                faults.contains(&Fault::UnknownSensor { sensor })
            } else {
                silent_places.contains(&spot.place)
            };
            if silent && !told {
                silent_places.extend(Some(spot.place).filter(|_| !alone));
                let of_temperature = spot.quantity == Quantity::Temperature;
                faults.push(if of_temperature && sensing.looks_like_fahrenheit() {
                    Fault::Fahrenheit { sensor }
                } else if sensing.is_garbled() {
                    Fault::Garbled { sensor }
                } else if sensing.frozen().is_some() {
                    Fault::Frozen { sensor }
                } else {
                    Fault::Silent { sensor }
                });
            }
            let in_bed = spot.place == Place::Bed && spot.quantity == Quantity::Temperature;
            if in_bed && Self::bedding_hot(facts, around) {
                faults.push(Fault::BeddingHot { sensor });
            }
            if sensing.is_battery_low() {
                faults.push(Fault::SensorBattery { sensor });
            }
        }
    }

    fn bedding_hot(facts: &Facts, around: &Surroundings<'_>) -> bool {
        around.layout.heated_bedding && facts.bed.is_some_and(|bed| bed >= safety::BED_DANGER)
    }
}

fn faults_of(id: ActuatorId, actuator: &Actuator, ceiling: Temperature, faults: &mut Vec<Fault>) {
    let off = match &actuator.state {
        State::Switched(switched) => switched.disobeys(),
        State::Valve(valve) => valve.disobeys(),
    };
    if let State::Valve(valve) = &actuator.state
        && valve.unexplained(ceiling)
    {
        faults.push(Fault::Unexplained { actuator: id });
    }
    if actuator.unrecorded {
        faults.push(Fault::Unrecorded { actuator: id });
    }
    if let Some(off) = off {
        faults.push(Fault::Disobeys { actuator: id, off });
    }
    if actuator.draw.sticks() {
        faults.push(Fault::Sticks { actuator: id });
    }
    if actuator.draw.is_idle() {
        faults.push(Fault::Idle { actuator: id });
    }
    if actuator.battery_low {
        faults.push(Fault::ActuatorBattery { actuator: id });
    }
}

/// Heat here depends on no boiler, which rests at some hours, so that one night tells.
fn only_electric_heat(around: &Surroundings<'_>) -> bool {
    around.plan.actuators.iter().all(|actuator| match actuator.kind {
        Kind::Heater { hazard, .. } => hazard != Hazard::Radiator,
        Kind::Fan { .. } => true,
    })
}

fn is_switched_heater(actuator: ActuatorId, around: &Surroundings<'_>) -> bool {
    let plan = around.plan.actuators.get(usize::from(actuator.0));
    plan.is_some_and(|plan| matches!(plan.kind, Kind::Heater { control: Control::Switch, .. }))
}

/// Whether such a sensor speaks when nothing happens; the others only when something does.
const fn speaks_by_itself(quantity: Quantity) -> bool {
    match quantity {
        Quantity::Temperature | Quantity::Humidity | Quantity::Co2 => true,
        Quantity::Occupied | Quantity::Open => false,
    }
}

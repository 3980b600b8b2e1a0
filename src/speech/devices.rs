//! What the devices of a bedroom make possible, and what one more would add.

use serde::Serialize;

use super::{Numbers, english, german};
use crate::model::{Condition, Place, Quantity, Window};
use crate::plan::{Actuator, Bedroom, Control, Hazard, Kind, Language, Sleeper};
use crate::rules::airflow::Advice;
use crate::rules::conditions::{self, Lock};

/// What the devices at hand make possible, and what one more would add: whole sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Devices {
    /// What uncramp does here.
    pub possible: Vec<String>,
    /// What one more device, or one more answer, would add.
    pub more: Vec<String>,
}

/// Something that the devices at hand make possible; actuators and sleepers by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Possible<'a> {
    /// A heater that holds a set-point is raised in the cold.
    Raised(&'a str),
    /// A heater is switched on in the cold.
    Switched(&'a str),
    /// A panel is, beside a sleeper only once its own timer was tried.
    SwitchedOnceTried(&'a str),
    /// A portable heater is only ever switched off.
    OnlyOff(&'a str),
    /// Heated bedding stays off, for the sake of somebody who sleeps here.
    BeddingLocked(&'a str),
    /// Heated bedding warms the empty bed.
    BeddingBefore(&'a str),
    /// Heated bedding may warm the bed all night.
    BeddingAllNight(&'a str),
    /// A contact at the window stops heat.
    WindowMeasured,
    /// A steep fall does.
    WindowGuessed,
    /// A fan runs by the air of the bed.
    FanByBed(&'a str),
    /// A fan runs by the air of the room.
    FanByRoom(&'a str),
    /// A fan runs by the temperature of the room.
    FanByWarmth(&'a str),
    /// Fresh air is advised by the carbon dioxide.
    FreshAir,
    /// Somebody in bed is measured.
    BedMeasured,
    /// Somebody in bed is assumed in these hours.
    BedAssumed(Window),
    /// Somebody is reminded to drink.
    Reminded(&'a str),
    /// Somebody is not, because of a condition.
    NotReminded(&'a str, Condition),
}

/// A device or an answer that would add something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing<'a> {
    /// A thermometer in the room.
    Thermometer,
    /// A heater that may be switched on.
    Heater,
    /// A contact at the window.
    Contact,
    /// A fan.
    Fan,
    /// The humidity of the room.
    Humidity,
    /// A sensor of the bed's air.
    BedClimate,
    /// A carbon dioxide sensor.
    CarbonDioxide,
    /// A bed sensor.
    BedSensor,
    /// Somebody's conditions, by the name.
    Answers(&'a str),
    /// Who sleeps here.
    Sleepers,
}

/// An advice in words.
#[must_use]
pub const fn advice(advice: Advice, language: Language) -> &'static str {
    match language {
        Language::English => english::advice(advice),
        Language::German => german::advice(advice),
    }
}

/// What is possible, in words.
#[must_use]
pub fn possible(possible: Possible<'_>, numbers: Numbers) -> String {
    match numbers.language {
        Language::English => english::possible(possible, numbers),
        Language::German => german::possible(possible, numbers),
    }
}

/// What something would add, in words.
#[must_use]
pub fn missing(missing: Missing<'_>, language: Language) -> String {
    match language {
        Language::English => english::missing(missing),
        Language::German => german::missing(missing),
    }
}

/// A condition by its word in the configuration, as people say it.
#[must_use]
pub fn condition(word: &str, language: Language) -> String {
    match (language, serde_json::from_value(word.into())) {
        (Language::German, Ok(known)) => german::condition(known).to_owned(),
        (Language::English | Language::German, _) => word.replace('_', " "),
    }
}

/// What a bedroom's devices make possible in a month of a year; where nobody knows which it
/// is, answers and ages are taken as they were when they were confirmed.
#[must_use]
pub fn devices(bedroom: &Bedroom, today: Option<(i32, u32)>, numbers: Numbers) -> Devices {
    let mut look = Look { bedroom, today, possible: Vec::new(), missing: Vec::new() };
    look.warmth();
    look.air();
    look.bed();
    look.water();
    Devices {
        possible: look.possible.into_iter().map(|one| possible(one, numbers)).collect(),
        more: look.missing.into_iter().map(|one| missing(one, numbers.language)).collect(),
    }
}

struct Look<'a> {
    bedroom: &'a Bedroom,
    today: Option<(i32, u32)>,
    possible: Vec<Possible<'a>>,
    missing: Vec<Missing<'a>>,
}

impl<'a> Look<'a> {
    fn has(&self, place: Place, quantity: Quantity) -> bool {
        self.bedroom.sensor(place, quantity).is_some()
    }

    fn warmth(&mut self) {
        if !self.has(Place::Room, Quantity::Temperature) {
            self.missing.push(Missing::Thermometer);
        }
        let heaters: Vec<_> =
            self.bedroom.actuators.iter().filter_map(|actuator| self.heater(actuator)).collect();
        self.possible.extend(heaters);
        if !self.bedroom.actuators.iter().any(|a| matches!(a.kind, Kind::Heater { .. })) {
            self.missing.push(Missing::Heater);
        }
        if self.has(Place::Room, Quantity::Open) {
            self.possible.push(Possible::WindowMeasured);
        } else if self.bedroom.cold_exposure.window_guess {
            if self.has(Place::Room, Quantity::Temperature) {
                self.possible.push(Possible::WindowGuessed);
            }
            self.missing.push(Missing::Contact);
        }
    }

    fn heater(&self, actuator: &'a Actuator) -> Option<Possible<'a>> {
        let Kind::Heater { hazard, control } = actuator.kind else { return None };
        let name = actuator.shown();
        Some(match (hazard, control) {
            (Hazard::Portable, _) => Possible::OnlyOff(name),
            (Hazard::Blanket { all_night }, _) if self.bedding_is_locked(all_night) => {
                Possible::BeddingLocked(name)
            }
            (Hazard::Blanket { all_night: false }, _) => Possible::BeddingBefore(name),
            (Hazard::Blanket { all_night: true }, _) => Possible::BeddingAllNight(name),
            (Hazard::Radiator | Hazard::HeatPump | Hazard::Panel, Control::SetPoint { .. }) => {
                Possible::Raised(name)
            }
            (Hazard::Panel, Control::Switch) => Possible::SwitchedOnceTried(name),
            (Hazard::Radiator | Hazard::HeatPump, Control::Switch) => Possible::Switched(name),
        })
    }

    fn air(&mut self) {
        let fan = self.bedroom.actuators.iter().find(|a| matches!(a.kind, Kind::Fan { .. }));
        let humid = self.has(Place::Room, Quantity::Humidity);
        let bed =
            self.has(Place::Bed, Quantity::Temperature) && self.has(Place::Bed, Quantity::Humidity);
        match fan {
            None => self.missing.push(Missing::Fan),
            Some(fan) => self.possible.push(match (bed, humid) {
                (true, true) => Possible::FanByBed(fan.shown()),
                (false, true) => Possible::FanByRoom(fan.shown()),
                (_, false) => Possible::FanByWarmth(fan.shown()),
            }),
        }
        if !humid {
            self.missing.push(Missing::Humidity);
        }
        if !bed {
            self.missing.push(Missing::BedClimate);
        }
        if self.has(Place::Room, Quantity::Co2) {
            self.possible.push(Possible::FreshAir);
        } else {
            self.missing.push(Missing::CarbonDioxide);
        }
    }

    fn bed(&mut self) {
        if self.bedroom.measures_bed() {
            self.possible.push(Possible::BedMeasured);
        } else {
            self.possible.push(Possible::BedAssumed(self.bedroom.sleep));
            self.missing.push(Missing::BedSensor);
        }
    }

    fn water(&mut self) {
        if !self.bedroom.hydration.enabled {
            return;
        }
        for sleeper in &self.bedroom.sleepers {
            let name = sleeper.name.as_str();
            let (year, month) = self.month(sleeper);
            match conditions::water(sleeper, year, month) {
                None => self.possible.push(Possible::Reminded(name)),
                Some(Lock::Child) => {}
                Some(Lock::Condition(condition)) => {
                    self.possible.push(Possible::NotReminded(name, condition));
                }
                Some(Lock::Unanswered | Lock::Unconfirmed) => {
                    self.missing.push(Missing::Answers(name));
                }
            }
        }
        if self.bedroom.sleepers.is_empty() {
            self.missing.push(Missing::Sleepers);
        }
    }

    /// The month to judge by.
    fn month(&self, sleeper: &Sleeper) -> (i32, u32) {
        self.today.or(sleeper.conditions_confirmed).unwrap_or_default()
    }

    fn bedding_is_locked(&self, all_night: bool) -> bool {
        let locked = |sleeper: &Sleeper| {
            let (year, _) = self.month(sleeper);
            conditions::bedding(sleeper, year, all_night).is_some()
                || conditions::is_baby(sleeper, year)
        };
        self.bedroom.baby || self.bedroom.sleepers.iter().any(locked)
    }
}

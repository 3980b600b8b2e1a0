//! What the devices of a bedroom make possible, and what one more would add.

use serde::Serialize;

use crate::model::{Place, Quantity};
use crate::plan::{Actuator, Bedroom, Control, Hazard, Kind, Language, Sleeper};
use crate::rules::conditions::{self, Lock};

/// What the devices at hand make possible, and what one more would add: whole sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Devices {
    /// What uncramp does here.
    pub possible: Vec<String>,
    /// What one more device, or one more answer, would add.
    pub more: Vec<String>,
}

/// What a person could do: shown, told in the morning, spoken only when asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// The bed is stuffy, and a fan would chill or there is none.
    LiftTheCover,
    /// The room's air is used up.
    FreshAir,
}

/// An advice in words.
#[must_use]
pub const fn advice(advice: Advice, language: Language) -> &'static str {
    match (language, advice) {
        (Language::English, Advice::LiftTheCover) => {
            "The bed is stuffy. Lifting the cover for a minute lets it breathe."
        }
        (Language::English, Advice::FreshAir) => {
            "The air is used up. Opening a window for a while, or leaving the door ajar, helps."
        }
    }
}

/// What a bedroom's devices make possible in a month of a year; where nobody knows which it
/// is, answers and ages are taken as they were when they were confirmed.
#[must_use]
pub fn devices(bedroom: &Bedroom, today: Option<(i32, u32)>, language: Language) -> Devices {
    match language {
        Language::English => English { bedroom, today }.devices(),
    }
}

struct English<'a> {
    bedroom: &'a Bedroom,
    today: Option<(i32, u32)>,
}

impl English<'_> {
    fn devices(&self) -> Devices {
        let mut devices = Devices { possible: Vec::new(), more: Vec::new() };
        self.warmth(&mut devices);
        self.air(&mut devices);
        self.bed(&mut devices);
        self.water(&mut devices);
        devices
    }

    fn has(&self, place: Place, quantity: Quantity) -> bool {
        self.bedroom.sensor(place, quantity).is_some()
    }

    fn warmth(&self, devices: &mut Devices) {
        if !self.has(Place::Room, Quantity::Temperature) {
            devices.more.push(
                "A thermometer in the room, the first thing to add: without it nothing is heated."
                    .to_owned(),
            );
        }
        let heaters = self.bedroom.actuators.iter().filter_map(|actuator| self.heater(actuator));
        devices.possible.extend(heaters);
        if !self.bedroom.actuators.iter().any(|a| matches!(a.kind, Kind::Heater { .. })) {
            devices.more.push(
                "A radiator valve, or a heater fixed to the wall behind a plug, would keep the \
                 room from getting cold: now uncramp only counts the cold."
                    .to_owned(),
            );
        }
        let settings = &self.bedroom.cold_exposure;
        if self.has(Place::Room, Quantity::Open) {
            devices.possible.push("An open window stops heat at once.".to_owned());
        } else if settings.window_guess {
            devices.possible.push("A steep fall is taken for an open window.".to_owned());
            devices
                .more
                .push("A contact at the window would know it, instead of a guess.".to_owned());
        }
    }

    fn air(&self, devices: &mut Devices) {
        let fan = self.bedroom.actuators.iter().find(|a| matches!(a.kind, Kind::Fan { .. }));
        let humid = self.has(Place::Room, Quantity::Humidity);
        let bed =
            self.has(Place::Bed, Quantity::Temperature) && self.has(Place::Bed, Quantity::Humidity);
        match fan {
            None => devices
                .more
                .push("A fan behind a plug would move the air on warm, damp nights.".to_owned()),
            Some(Actuator { name, .. }) => devices.possible.push(match (bed, humid) {
                (true, true) => {
                    format!("“{name}” runs when the bed is stuffy or wet, and the room drier.")
                }
                (false, true) => format!(
                    "“{name}” runs when the room is warm, or damp, or being breathed in for long."
                ),
                (_, false) => format!("“{name}” runs when the room is warm."),
            }),
        }
        if !humid {
            devices
                .more
                .push("The humidity of the room would show when its air is damp.".to_owned());
        }
        if !bed {
            devices.more.push(
                "A sensor of temperature and humidity in the bed, near the feet, would show a \
                 stuffy bed, and cold feet in a warm room."
                    .to_owned(),
            );
        }
        if self.has(Place::Room, Quantity::Co2) {
            devices.possible.push("Fresh air is advised by the carbon dioxide.".to_owned());
        } else {
            devices.more.push("A carbon dioxide sensor would tell when to air.".to_owned());
        }
    }

    fn bed(&self, devices: &mut Devices) {
        if self.bedroom.measures_bed() {
            devices
                .possible
                .push("Somebody in bed is measured: heat and air are for who is there.".to_owned());
            return;
        }
        devices.possible.push(format!(
            "Somebody in bed is assumed, {}, and shown as assumed.",
            self.bedroom.sleep.to_string().replace('-', "–")
        ));
        devices.more.push(
            "A bed sensor would know late, early and empty nights, and count in statistics."
                .to_owned(),
        );
    }

    fn water(&self, devices: &mut Devices) {
        if !self.bedroom.hydration.enabled {
            return;
        }
        for sleeper in &self.bedroom.sleepers {
            let name = &sleeper.name;
            let (year, month) = self.month(sleeper);
            match conditions::water(sleeper, year, month) {
                None => devices.possible.push(format!("{name} is reminded to drink by day.")),
                Some(Lock::Child) => {}
                Some(Lock::Condition(condition)) => devices.possible.push(format!(
                    "{name} is not reminded to drink, because of what is stated: {condition}."
                )),
                Some(Lock::Unanswered | Lock::Unconfirmed) => devices.more.push(format!(
                    "`conditions:` and `conditions_confirmed:` answered for {name} would allow \
                     reminders to drink: until then uncramp is silent about water."
                )),
            }
        }
        if self.bedroom.sleepers.is_empty() {
            devices.more.push(
                "`sleepers:` with `conditions:` would allow reminders to drink, and a room as \
                 warm as their age wants it."
                    .to_owned(),
            );
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

    fn heater(&self, actuator: &Actuator) -> Option<String> {
        let Kind::Heater { hazard, control } = actuator.kind else { return None };
        let name = &actuator.name;
        Some(match (hazard, control) {
            (Hazard::Portable, _) => format!(
                "“{name}” can be moved, so uncramp never switches it on, and switches it off beside a \
                 sleeper."
            ),
            (Hazard::Blanket { all_night }, _) if self.bedding_is_locked(all_night) => format!(
                "“{name}” stays off: somebody who sleeps here must not have heated bedding."
            ),
            (Hazard::Blanket { all_night: false }, _) => {
                format!(
                    "“{name}” warms the bed before bedtime, and goes off when somebody lies down."
                )
            }
            (Hazard::Blanket { all_night: true }, _) => {
                format!("“{name}” warms the bed, also at night, while the bed is below 34 °C.")
            }
            (Hazard::Radiator | Hazard::HeatPump | Hazard::Panel, Control::SetPoint { .. }) => {
                format!(
                    "“{name}” is raised when the cold has lasted too long, and handed back to the \
                 household's set-point."
                )
            }
            (Hazard::Panel, Control::Switch) => format!(
                "“{name}” is switched on when the cold has lasted too long; beside a sleeper only once \
                 its own timer was tried."
            ),
            (Hazard::Radiator | Hazard::HeatPump, Control::Switch) => {
                format!("“{name}” is switched on when the cold has lasted too long.")
            }
        })
    }
}

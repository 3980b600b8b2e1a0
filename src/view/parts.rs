//! The parts of a view.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{Clock, data, kelvin_hours};
use crate::engine::{self, ActuatorPicture, Picture, SensorPicture, WishPicture, Words};
use crate::model::{Garble, Kelvins, Place, Quantity, Switch, Temperature, Time, Value};
use crate::plan::{self, Bedroom, Control, Hazard, Kind};
use crate::rules::conditions::Lock;
use crate::rules::{InBed, Reason, WindowOpen};
use crate::speech::{self, Context};

/// The room's air.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Air {
    /// In °C; null is not known.
    pub temperature: Option<f64>,
    /// In percent.
    pub humidity: Option<f64>,
    /// In °C.
    pub dew_point: Option<f64>,
    /// The bed is stuffy for who is in it, or without an in-bed sensor the room, or the
    /// room's air is used up; null is not known.
    pub stuffy: Option<bool>,
    /// A window is open: `measured`, or `guessed` from a steep fall.
    pub window: Option<WindowOpen>,
}

/// The bed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bed {
    /// `occupied`, `empty`, `assumed` by the sleep window, or `unknown`.
    pub state: &'static str,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Somebody measures who is in bed.
    pub measured: bool,
    /// Near the feet, in °C.
    pub temperature: Option<f64>,
    /// Skin-referenced humidity in percent: the bed's vapour at 33 °C.
    pub skin_humidity: Option<f64>,
}

/// Against cold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Warmth {
    /// Below it an occupied bed gathers dose; °C.
    pub reference: f64,
    /// By how much somebody shifted it for this night, in kelvins.
    pub shift: f64,
    /// How far the room is below it, in kelvins; null is not known.
    pub deficit: Option<f64>,
    /// It has been too cold for who is in bed, by dose or depth; null is not known.
    pub cold: Option<bool>,
    /// What a call heats to; °C.
    pub target: f64,
    /// No heat of ours above; °C.
    pub ceiling: f64,
    /// The acute dose, K·h.
    pub dose: f64,
    /// The acute dose that calls for heat, K·h.
    pub dose_limit: f64,
    /// How fast the room warms, in kelvins per hour.
    pub rate: f64,
    /// Heat is called for.
    pub calling: bool,
    /// Why it is, or is not, as data.
    pub reason: Option<Json>,
    /// The same in words.
    pub text: Option<String>,
}

/// The night's tally.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Night {
    /// The evening that names it.
    pub evening: NaiveDate,
    /// How long somebody was in bed, or was assumed to be, in minutes.
    pub occupied_min: i64,
    /// For how much of that the temperature was not known.
    pub unknown_min: i64,
    /// The highest acute dose, K·h.
    pub dose_max: f64,
    /// The night's dose, K·h.
    pub dose: f64,
}

/// What a night would have been like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Watched {
    /// When it would have been warmed.
    pub heat: Vec<Period>,
    /// When its air would have been moved.
    pub air: Vec<Period>,
}

/// From an instant until another, or until now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    /// From when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How long, in minutes.
    pub min: i64,
}

/// What is switched.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Actuator {
    /// Its name.
    pub name: String,
    /// `radiator`, `heat_pump`, `panel`, `blanket`, `portable` or `fan`.
    pub kind: &'static str,
    /// `on`, `off`, `raised`, `baseline` or `unknown`.
    pub state: &'static str,
    /// A fan's level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// The set-point, °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_point: Option<f64>,
    /// The household's set-point, °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    /// Since when it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_since: Option<String>,
    /// What a person wants held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wish: Option<Wish>,
    /// Switched: this very device was seen to switch itself off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timer_works: Option<bool>,
    /// What it draws, W.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub power_w: Option<f64>,
    /// While uncramp only watches: what it would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watching: Option<Watching>,
    /// Why it is as it is, as data.
    pub reason: Option<Json>,
    /// The same in words; while uncramp only watches, what it would be and why.
    pub text: Option<String>,
}

/// What an actuator would be told to be, if uncramp did not only watch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Watching {
    /// `on`, `off`, `level` or `setpoint`, with its number, as on the action topic.
    #[serde(flatten)]
    pub would_be: Json,
    /// Why, as data.
    pub reason: Json,
}

/// What a person wants held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wish {
    /// What.
    pub want: WishPicture,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// What is measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sensor {
    /// Its name.
    pub name: String,
    /// Where it sits.
    pub place: Place,
    /// What it measures.
    pub quantity: Quantity,
    /// What counts now: °C, percent, ppm or a truth value; null is not known.
    pub value: Json,
    /// How old that is, in seconds.
    pub age_s: Option<i64>,
    /// When it was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What the broker kept from a time that nobody knows: shown, never used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Json>,
    /// Values that were left out, since a gateway that has just started repeats what it
    /// kept.
    #[serde(skip_serializing_if = "is_zero")]
    pub repeated: u32,
    /// Messages that were no reading.
    pub garbled: u32,
    /// What was wrong with the last of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub garble: Option<Garble>,
}

/// Who sleeps there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sleeper {
    /// The name.
    pub name: String,
    /// In bed, raw and at once; null where nobody measures that, or it is not known.
    pub in_bed: Option<bool>,
    /// Drinks logged today, mL.
    pub drunk_ml: i32,
    /// The day's need of drinks, mL.
    pub goal_ml: i32,
    /// Prompts to drink today.
    pub prompts: u8,
    /// When the next one comes, if only time passes until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_prompt: Option<String>,
    /// Why there are none, if something forbids them: `unanswered`, `unconfirmed`, `child` or
    /// `condition`. Which condition it is stays in the configuration: whoever reads the broker
    /// need not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub water_lock: Option<&'static str>,
    /// The morning's question is asked no more: nobody answered it for three mornings. A cramp
    /// or "no cramp", told by anybody, brings it back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub asked_no_more: bool,
}

/// What is not as it should be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fault {
    /// Which.
    #[serde(flatten)]
    pub fault: engine::Fault,
    /// In words.
    pub text: String,
}

/// What a view is made from.
pub(super) struct Look<'a> {
    pub(super) room: &'a Bedroom,
    pub(super) seen: &'a Picture,
    pub(super) clock: Clock<'a>,
    pub(super) context: &'a Context<'a>,
    pub(super) now: Time,
}

impl Look<'_> {
    pub(super) fn air(&self) -> Air {
        Air {
            temperature: self.seen.room.map(Temperature::as_celsius),
            humidity: self.seen.humidity.map(crate::model::Humidity::as_percent),
            dew_point: self.seen.dew_point.map(Temperature::as_celsius),
            stuffy: self.seen.stuffy,
            window: self.seen.window,
        }
    }

    pub(super) fn bed(&self) -> Bed {
        let (state, since) = match self.seen.in_bed {
            InBed::Occupied(since) => ("occupied", Some(since)),
            InBed::Empty(since) => ("empty", Some(since)),
            InBed::Assumed(since) => ("assumed", Some(since)),
            InBed::Unknown => ("unknown", None),
        };
        Bed {
            state,
            since: since.and_then(|since| self.clock.show(since)),
            measured: self.seen.bed_measured,
            temperature: self.seen.bed.map(Temperature::as_celsius),
            skin_humidity: self.seen.bed_humidity.map(crate::model::Humidity::as_percent),
        }
    }

    pub(super) fn warmth(&self) -> Warmth {
        let (reason, heat) = self.why(self.seen.cold_exposure.as_ref());
        let held = self.held_back().map(|why| Reason { otherwise: None, ..why.clone() });
        let held = held.map(|why| speech::reason(&why, self.context));
        let text = match (heat, held) {
            (Some(heat), Some(held)) => Some(speech::held_back(&heat, &held, self.context)),
            (heat, _) => heat,
        };
        Warmth {
            reference: self.seen.reference.as_celsius(),
            shift: self.seen.shift.as_kelvins(),
            deficit: self.seen.deficit.map(Kelvins::as_kelvins),
            cold: self.seen.cold,
            target: self.seen.target.as_celsius(),
            ceiling: self.seen.ceiling.as_celsius(),
            dose: kelvin_hours(self.seen.dose),
            dose_limit: kelvin_hours(self.seen.dose_limit),
            rate: self.seen.heating_rate.as_kelvins(),
            calling: self.seen.calling,
            reason,
            text,
        }
    }

    /// What keeps every heater from giving the heat that is called for, if something does.
    fn held_back(&self) -> Option<&Reason> {
        let all = self.room.actuators.iter().zip(&self.seen.actuators);
        let heaters = all.filter(|(plan, _)| plan.is_heater() && plan.may_be_switched_on());
        let mut heaters = heaters.map(|(_, now)| now);
        let first = heaters.clone().next().filter(|_| self.seen.calling)?;
        let free = |now: &ActuatorPicture| {
            now.boosted || now.level.is_some_and(|level| level > 0) || now.would_be.is_some()
        };
        if heaters.any(free) {
            return None;
        }
        first.reason.as_ref().filter(|why| Some(*why) != self.seen.cold_exposure.as_ref())
    }

    pub(super) fn night(&self) -> Night {
        Night {
            evening: self.seen.evening,
            occupied_min: self.seen.night.occupied.as_minutes(),
            unknown_min: self.seen.night.unknown.as_minutes(),
            dose_max: kelvin_hours(self.seen.night.acute_max),
            dose: kelvin_hours(self.seen.night_dose),
        }
    }

    pub(super) fn watched(&self) -> Option<Watched> {
        let one = |period: &engine::Period| Period {
            from: self.clock.show(period.from),
            until: self.clock.show(period.until),
            min: period.length().as_minutes(),
        };
        let all = |periods: &[engine::Period]| periods.iter().map(one).collect();
        let (heat, air) = self.seen.watched.as_ref()?;
        Some(Watched { heat: all(heat), air: all(air) })
    }

    pub(super) fn actuators(&self) -> Vec<Actuator> {
        let all = self.room.actuators.iter().zip(&self.seen.actuators);
        all.map(|(plan, now)| self.actuator(plan, now)).collect()
    }

    fn actuator(&self, plan: &plan::Actuator, now: &ActuatorPicture) -> Actuator {
        let fan = matches!(plan.kind, Kind::Fan { .. });
        let set_point = matches!(plan.kind, Kind::Heater { control: Control::SetPoint { .. }, .. });
        let (reason, text) = self.why(now.reason.as_ref());
        let would_be = now.would_be.as_ref();
        let watching = would_be.map(|(told, why)| speech::watching(told, why, self.context));
        Actuator {
            name: now.name.clone(),
            kind: kind(&plan.kind),
            state: match (set_point, now.level, now.set_point) {
                (true, _, _) if now.raised => "raised",
                (true, _, Some(_)) => "baseline",
                (false, Some(0), _) => "off",
                (false, Some(_), _) => "on",
                (true, _, None) | (false, None, _) => "unknown",
            },
            level: now.level.filter(|_| fan),
            set_point: now.set_point.map(Temperature::as_celsius),
            baseline: now.baseline.map(Temperature::as_celsius),
            on_since: now.on_since.and_then(|since| self.clock.show(since)),
            wish: now.wish.map(|(want, until)| Wish { want, until: self.clock.show(until) }),
            timer_works: (!set_point && !fan).then_some(now.timer_works),
            power_w: now.power.map(|power| f64::from(power.0) / 10.0),
            watching: would_be.map(|(told, why)| Watching {
                would_be: switch(told),
                reason: data(why, self.clock.plan, self.clock.wall),
            }),
            reason,
            text: watching.or(text),
        }
    }

    pub(super) fn sensors(&self) -> Vec<Sensor> {
        let all = self.room.sensors.iter().zip(&self.seen.sensors);
        all.map(|(plan, now)| self.sensor(plan, now)).collect()
    }

    fn sensor(&self, plan: &plan::Sensor, now: &SensorPicture) -> Sensor {
        Sensor {
            name: now.name.clone(),
            place: plan.place,
            quantity: plan.quantity,
            value: now.value.map_or(Json::Null, value),
            age_s: now.at.map(|at| self.now.since(at).as_seconds()),
            at: now.at.and_then(|at| self.clock.show(at)),
            kept: now.shown.map(value),
            repeated: now.repeated,
            garbled: now.garbled,
            garble: now.garble.clone(),
        }
    }

    pub(super) fn sleepers(&self) -> Vec<Sleeper> {
        let all = self.seen.sleepers.iter();
        all.map(|sleeper| Sleeper {
            name: sleeper.name.clone(),
            in_bed: sleeper.in_bed,
            drunk_ml: sleeper.drunk.0,
            goal_ml: sleeper.goal.0,
            prompts: sleeper.prompts,
            next_prompt: sleeper.next_prompt.and_then(|at| self.clock.show(at)),
            water_lock: sleeper.water_lock.map(kind_of_lock),
            asked_no_more: sleeper.asked_no_more,
        })
        .collect()
    }

    pub(super) fn faults(&self) -> Vec<Fault> {
        let text = |fault| speech::spoken(&Words::Fault(fault), self.context);
        self.seen.faults.iter().map(|fault| Fault { fault: *fault, text: text(*fault) }).collect()
    }

    fn why(&self, reason: Option<&Reason>) -> (Option<Json>, Option<String>) {
        let text = |reason| speech::reason(reason, self.context);
        (reason.map(|reason| data(reason, self.clock.plan, self.clock.wall)), reason.map(text))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

const fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Fan { .. } => "fan",
        Kind::Heater { hazard, .. } => match hazard {
            Hazard::Radiator => "radiator",
            Hazard::HeatPump => "heat_pump",
            Hazard::Panel => "panel",
            Hazard::Blanket { .. } => "blanket",
            Hazard::Portable => "portable",
        },
    }
}

/// What an actuator is told, as one word and its number.
#[must_use]
pub fn switch(switch: &Switch) -> Json {
    match switch {
        Switch::On { timer: None } => json!({"switch": "on"}),
        Switch::On { timer: Some(timer) } => json!({"switch": "on", "timer_s": timer.as_seconds()}),
        Switch::Off => json!({"switch": "off"}),
        Switch::SetPoint(to) => json!({"switch": "setpoint", "celsius": to.as_celsius()}),
        Switch::Level(level) => json!({"switch": "level", "level": level}),
        Switch::Feed(room) => json!({"switch": "feed", "celsius": room.as_celsius()}),
        Switch::OwnThermometer => json!({"switch": "own_thermometer"}),
    }
}

const fn kind_of_lock(lock: Lock) -> &'static str {
    match lock {
        Lock::Unanswered => "unanswered",
        Lock::Unconfirmed => "unconfirmed",
        Lock::Child => "child",
        Lock::Condition(_) => "condition",
    }
}

fn value(value: Value) -> Json {
    match value {
        Value::Temperature(temperature) => temperature.as_celsius().into(),
        Value::Humidity(humidity) => humidity.as_percent().into(),
        Value::Co2(co2) => co2.0.into(),
        Value::Occupied(yes) | Value::Open(yes) => yes.into(),
    }
}

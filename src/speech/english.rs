//! Every sentence in English.

use super::Context;
use super::figures::Figures;
use crate::engine::{Fault, Words};
use crate::model::{
    ActuatorId, KelvinHours, Millilitres, Place, Quantity, SensorId, Span, Switch, Temperature,
    Time,
};
use crate::plan::{Control, Hazard, Kind, Sleeper};
use crate::rules::{Because, Deadline, Otherwise, Reason, RoomSign, cold_exposure};

/// From this amount on, a glass is no small one.
const GLASS: Millilitres = Millilitres(200);

pub(super) fn reason(reason: &Reason, context: &Context) -> String {
    let english = English::new(context);
    let because = english.because(&reason.because);
    match &reason.otherwise {
        None => because,
        Some(otherwise) => {
            let named = matches!(reason.because, Because::Warm { .. });
            format!("{because}; {}", english.otherwise(otherwise, named))
        }
    }
}

pub(super) fn spoken(words: &Words, context: &Context) -> String {
    let english = English::new(context);
    match words {
        Words::Drink { sleeper, amount, reason: _ } => english.drink(*sleeper, *amount),
        Words::Fault(fault) => english.fault(*fault),
        Words::Healed(fault) => english.healed(*fault),
        Words::ConfirmConditions { sleeper } => english.confirm(*sleeper),
    }
}

pub(super) fn switch(switch: &Switch, context: &Context) -> String {
    let figures = English::new(context).figures;
    match switch {
        Switch::On { timer: None } => "on".to_owned(),
        Switch::On { timer: Some(timer) } => format!("on for {}", Figures::duration(*timer)),
        Switch::Off => "off".to_owned(),
        Switch::SetPoint(temperature) => format!("set to {}", figures.degrees(*temperature)),
        Switch::Level(level) => format!("level {level}"),
        Switch::Feed(room) => format!("told that the room is at {}", figures.degrees(*room)),
        Switch::OwnThermometer => "back on its own thermometer".to_owned(),
    }
}

struct English<'a> {
    context: &'a Context<'a>,
    figures: Figures<'a>,
}

impl<'a> English<'a> {
    fn new(context: &'a Context<'a>) -> Self {
        Self { context, figures: Figures { context, decimal: '.' } }
    }
}

/// Reasons.
impl English<'_> {
    #[expect(clippy::too_many_lines, reason = "a catalogue: one arm, one sentence")]
    fn because(&self, because: &Because) -> String {
        let figures = &self.figures;
        match because {
            Because::Dose { dose, limit, temperature, reference, in_bed } => {
                self.dose(*dose, *limit, *temperature, *reference, *in_bed)
            }
            Because::Deep { temperature, limit } => format!(
                "heat: {} for 10 min, at or below {}",
                figures.degrees(*temperature),
                figures.degrees(*limit)
            ),
            Because::Deadline { deadline, at, temperature, reference, lead } => {
                self.deadline(*deadline, *at, *temperature, *reference, *lead)
            }
            Because::Below { temperature, limit } => format!(
                "heat: {}, below {}",
                figures.degrees_beside(*temperature, *limit),
                figures.degrees(*limit)
            ),
            Because::AtTarget { temperature, target } => format!(
                "holding: {}, the target is {}",
                figures.degrees(*temperature),
                figures.degrees(*target)
            ),
            Because::Warm { temperature, dose, limit } => format!(
                "off: {}, dose {} of {}",
                figures.degrees(*temperature),
                figures.bare_dose(*dose),
                figures.dose(*limit)
            ),
            Because::NobodyInBed => "off: nobody is in bed or expected there".to_owned(),
            Because::NobodyCame { after } => format!(
                "off: {} after the usual bedtime nobody is in bed",
                Figures::duration(*after)
            ),
            Because::ByDay => "off: these are no hours of sleep".to_owned(),
            Because::Away => "off: everybody is away".to_owned(),
            Because::HeatUnavailable { from } => {
                format!("off: the boiler gives no heat before {}", self.clock(*from))
            }
            Because::TemperatureUnknown { since: None } => {
                "off: the temperature is not known yet".to_owned()
            }
            Because::TemperatureUnknown { since: Some(since) } => {
                format!("off: the temperature has been unknown since {}", self.clock(*since))
            }
            Because::Ceiling { temperature, ceiling } => format!(
                "off: {}, at the ceiling of {}",
                figures.degrees(*temperature),
                figures.degrees(*ceiling)
            ),
            Because::WindowOpen { guessed: false } => "off: the window is open".to_owned(),
            Because::WindowOpen { guessed: true } => {
                "off: the temperature falls as if a window were open".to_owned()
            }
            Because::BedNotEmpty => "off: somebody is in bed, or may be".to_owned(),
            Because::Portable => "off: a portable heater is never switched on".to_owned(),
            Because::Stretch { limit, until } => format!(
                "off: it was on for {} at a stretch, and rests until {}",
                Figures::duration(*limit),
                self.clock(*until)
            ),
            Because::Ramp { rose, limit } => format!(
                "resting: the room rose {} in the last hour, of at most {}",
                figures.difference(*rose),
                figures.difference(*limit)
            ),
            Because::BeddingLocked => {
                "off: a condition of somebody who sleeps here forbids heated bedding".to_owned()
            }
            Because::BedHot { temperature, limit } => format!(
                "off: {} in the bed, heated bedding stops at {}",
                figures.degrees(*temperature),
                figures.degrees(*limit)
            ),
            Because::Stuffy { humidity, limit, wet } => format!(
                "air: the bed is {}, {} at the skin, from {} on",
                if *wet { "wet" } else { "stuffy" },
                Figures::percent(*humidity),
                Figures::percent(*limit)
            ),
            Because::WarmRoom { temperature, sign } => self.warm_room(*temperature, *sign),
            Because::Airy => "off: the bed breathes".to_owned(),
            Because::NotDrier { drier_pa, limit_pa } => Self::not_drier(*drier_pa, *limit_pa),
            Because::ColdGuard { temperature, limit, dose, heater_wanted } => {
                self.cold_guard(*temperature, *limit, *dose, *heater_wanted)
            }
            Because::TooHot { temperature, limit } => format!(
                "off: {}, above {} moving air no longer cools",
                figures.degrees_beside(*temperature, *limit),
                figures.degrees(*limit)
            ),
            Because::Draught { temperature, limit } => format!(
                "off: at {} even the lowest level would be a draught; {}.{:02} m/s is the limit",
                figures.degrees(*temperature),
                limit / 100,
                limit % 100
            ),
            Because::BabyInRoom => "off: a baby must not lie in moving air".to_owned(),
            Because::Behind { due, drunk, amount } => format!(
                "water: {} due by now, {} logged; {} would catch up",
                figures.volume(*due),
                figures.volume(*drunk),
                figures.volume(*amount)
            ),
            Because::Person { until } => format!("by hand, until {}", self.clock(*until)),
            Because::PersonBlind { until } => format!(
                "by hand, without a known temperature, until {} at the latest",
                self.clock(*until)
            ),
            Because::Audible { changes, from } => self.audible(*changes, *from),
            Because::Settling { until } => {
                format!("unchanged: settling until {}", self.clock(*until))
            }
            Because::NotRecorded { until } => format!(
                "off: an “on” could not be recorded and was not sent; not tried again before {}",
                self.clock(*until)
            ),
            Because::Mode => "not acting: this bedroom is set to watch or off".to_owned(),
            Because::Starting => "starting: nothing known asks for it to be on".to_owned(),
            Because::Stopping => "stopping: uncramp hands everything back".to_owned(),
            Because::Gap => "off: after a gap nothing is known".to_owned(),
            Because::LeftPlan => "off: it is no longer in the configuration".to_owned(),
            Because::Unexplained => {
                "off: it switched on without uncramp, and must not be on now".to_owned()
            }
            Because::Feeding => "the valve is told what the room's thermometer reads".to_owned(),
            Because::Nothing => "unchanged: nothing asks for a change".to_owned(),
        }
    }

    fn dose(
        &self,
        dose: KelvinHours,
        limit: KelvinHours,
        temperature: Temperature,
        reference: Temperature,
        in_bed: bool,
    ) -> String {
        format!(
            "heat: dose {} of {}, {} in the {}, gathered below {}",
            self.figures.bare_dose(dose),
            self.figures.dose(limit),
            self.figures.degrees_beside(temperature, reference),
            if in_bed { "bed" } else { "room" },
            self.figures.degrees(reference)
        )
    }

    fn deadline(
        &self,
        deadline: Deadline,
        at: Time,
        temperature: Temperature,
        reference: Temperature,
        lead: Span,
    ) -> String {
        let what = match deadline {
            Deadline::Bedtime => "bedtime",
            Deadline::Predawn => "the cold hours before dawn",
        };
        format!(
            "heat: {}, to be {} by {what} ({}), which takes {}{}",
            self.figures.degrees_beside(temperature, reference),
            self.figures.degrees(reference),
            self.clock(at),
            Figures::duration(lead),
            if lead < cold_exposure::LEAD_CAP { "" } else { " or more" }
        )
    }

    fn warm_room(&self, temperature: Temperature, sign: RoomSign) -> String {
        let room = self.figures.degrees(temperature);
        match sign {
            RoomSign::Warm => format!("air: the room is warm, {room}"),
            RoomSign::Damp => format!("air: the room is damp at {room}"),
            RoomSign::Breathed => {
                format!("air: the room grew damp since somebody lay down, {room}")
            }
        }
    }

    fn not_drier(drier_pa: i32, limit_pa: i32) -> String {
        if drier_pa <= 0 {
            return "off: the room is no drier than the bed, its air would not help".to_owned();
        }
        format!("off: the room is only {drier_pa} Pa drier than the bed, of at least {limit_pa}")
    }

    fn cold_guard(
        &self,
        temperature: Option<Temperature>,
        limit: Temperature,
        dose: KelvinHours,
        heater_wanted: bool,
    ) -> String {
        if heater_wanted {
            return "off: moving air would chill, heat is wanted".to_owned();
        }
        let limit_text = self.figures.degrees(limit);
        match temperature {
            None => {
                format!("off: moving air might chill, the room is not known to be at {limit_text}")
            }
            Some(room) if room < limit => format!(
                "off: moving air would chill at {}, below {limit_text}",
                self.figures.degrees_beside(room, limit)
            ),
            Some(_) => format!("off: moving air would chill, dose {}", self.figures.dose(dose)),
        }
    }

    fn audible(&self, changes: u8, from: Time) -> String {
        let times = match changes {
            0 => "no audible change yet".to_owned(),
            1 => "one audible change".to_owned(),
            n => format!("{n} audible changes"),
        };
        format!("unchanged: {times} tonight, the next not before {}", self.clock(from))
    }

    fn otherwise(&self, otherwise: &Otherwise, unit_named: bool) -> String {
        let figures = &self.figures;
        match otherwise {
            Otherwise::WouldStart { dose, example, after, deep } => {
                let dose = if unit_named { figures.bare_dose(*dose) } else { figures.dose(*dose) };
                let example = figures.degrees(*example);
                let when = match after {
                    Some(after) => format!("after {} at {example}", Figures::duration(*after)),
                    None => format!("which {example} never reaches"),
                };
                let deep = figures.degrees(*deep);
                format!("would start at {dose}, {when}, or at {deep} or below for 10 min")
            }
            Otherwise::WouldStop { dose, temperature } => {
                format!(
                    "would stop at {} and {}",
                    figures.dose(*dose),
                    figures.degrees(*temperature)
                )
            }
            Otherwise::NeedsReading => "would begin with the next good reading".to_owned(),
            Otherwise::At(time) => format!("changes at {}", self.clock(*time)),
        }
    }

    /// A time of day, with its date where the time alone could mean another day.
    fn clock(&self, time: Time) -> String {
        if time >= Time::NEVER {
            return "further notice".to_owned();
        }
        let civil = self.figures.civil(time);
        let format = if self.figures.near(time) { "%H:%M" } else { "%H:%M on %-d %B" };
        civil.format(format).to_string()
    }
}

/// What is said aloud or sent to the keeper.
impl English<'_> {
    fn drink(&self, sleeper: usize, amount: Millilitres) -> String {
        let glass = if amount < GLASS { "small glass" } else { "glass" };
        match self.context.sleeper(sleeper) {
            Some(Sleeper { name, .. }) => {
                format!("{name}, a {glass} of water would be good about now.")
            }
            None => format!("A {glass} of water would be good about now."),
        }
    }

    fn confirm(&self, sleeper: usize) -> String {
        let month = self.figures.civil(self.context.now).format("%Y-%m");
        let (name, answered) = match self.context.sleeper(sleeper) {
            Some(sleeper) => (sleeper.name.as_str(), sleeper.conditions.is_some()),
            None => ("one of the sleepers", false),
        };
        if answered {
            return format!(
                "The conditions stated for {name} have not been confirmed for a year, so uncramp \
                 says nothing about water. Please read them through with {name} and then write \
                 “conditions_confirmed: {month}” below them in the configuration."
            );
        }
        format!(
            "Nobody has stated the conditions of {name}, so uncramp says nothing about water. \
             Please write what applies under “conditions:” in the configuration, or \
             “conditions: []” if nothing does."
        )
    }

    fn fault(&self, fault: Fault) -> String {
        let room = &self.context.bedroom.name;
        match fault {
            Fault::Silent { sensor } => format!(
                "In “{room}”, the sensor {} has fallen silent. Often its battery is empty or it has \
                 lost its connection: please change the battery, or move it closer. {}",
                self.sensor(sensor),
                self.without(sensor)
            ),
            Fault::Garbled { sensor } => format!(
                "In “{room}”, the sensor {} sends something, but no readings. Often its bridge is \
                 just starting, or the sensor is broken: please look at what arrives at {}. {}",
                self.sensor(sensor),
                self.topic(sensor),
                self.without(sensor)
            ),
            Fault::Disobeys { actuator, off: true } => self.stays_on(actuator),
            Fault::Disobeys { actuator, off: false } => format!(
                "In “{room}”, {} does not do what it is told. Often it has no power or has lost its \
                 connection: please look whether it is plugged in and answers by its own app.",
                self.actuator(actuator)
            ),
            Fault::NoHeat { from_hour, to_hour } => format!(
                "In “{room}”, heat was called for on three nights between {from_hour:02}:00 and \
                 {to_hour:02}:00, and none came. If the boiler rests at those hours, please write \
                 “available: {to_hour:02}:00-{from_hour:02}:00” into the configuration, and \
                 uncramp will warm the room before; else please look whether the radiator gets \
                 hot."
            ),
            Fault::BeddingHot { sensor } => format!(
                "The bed is far too hot, says the sensor {}. Please throw the cover back, switch \
                 the heated bedding off and pull its plug.",
                self.sensor(sensor)
            ),
            Fault::Unrecorded { actuator } => format!(
                "In “{room}”, uncramp could not write to its disk, and so did not switch {} on. \
                 Often the disk is full or the memory card worn out: please look at the free \
                 space and at uncramp's log.",
                self.actuator(actuator)
            ),
        }
    }

    fn stays_on(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.bedroom.name, self.actuator(actuator));
        match self.context.actuator(actuator).map(|a| &a.kind) {
            Some(Kind::Fan { .. }) => format!(
                "In “{room}”, {name} was told to stop and does not. Please switch it off by hand, \
                 and look whether it has lost its connection."
            ),
            Some(Kind::Heater { hazard: Hazard::Radiator, control: Control::SetPoint { .. } }) => {
                format!(
                    "In “{room}”, {name} was told to turn down and does not. Please turn the \
                     radiator down by hand, and look at the valve's battery and connection."
                )
            }
            Some(Kind::Heater { control: Control::SetPoint { .. }, .. }) => format!(
                "In “{room}”, {name} was told to turn down and does not. Please turn it down by \
                 hand, and look at its connection."
            ),
            Some(Kind::Heater { control: Control::Switch, .. }) | None => {
                format!(
                    "In “{room}”, {name} was told to switch off and does not. Please switch it off by \
                 hand or pull its plug. It may have lost its connection, or its relay may stick: \
                 please do not use it before that is clear."
                )
            }
        }
    }

    fn healed(&self, fault: Fault) -> String {
        let room = &self.context.bedroom.name;
        match fault {
            Fault::Silent { sensor } => {
                format!("In “{room}”, the sensor {} speaks again.", self.sensor(sensor))
            }
            Fault::Garbled { sensor } => {
                format!("In “{room}”, the sensor {} sends readings again.", self.sensor(sensor))
            }
            Fault::Disobeys { actuator, off: true } => {
                format!("In “{room}”, {} is off now.", self.actuator(actuator))
            }
            Fault::Disobeys { actuator, off: false } => {
                format!("In “{room}”, {} does what it is told again.", self.actuator(actuator))
            }
            Fault::NoHeat { .. } => format!("In “{room}”, heat comes again when it is called for."),
            Fault::BeddingHot { sensor } => {
                format!("The bed is no longer too hot, says the sensor {}.", self.sensor(sensor))
            }
            Fault::Unrecorded { .. } => "uncramp can write to its disk again.".to_owned(),
        }
    }

    /// What uncramp does while a sensor is unknown.
    fn without(&self, sensor: SensorId) -> &'static str {
        let Some(sensor) = self.context.sensor(sensor) else {
            return "Until then uncramp does without it.";
        };
        match (sensor.place, sensor.quantity) {
            (Place::Room, Quantity::Temperature) => {
                "Until then uncramp does not heat here: switched heaters stay off, and valves \
                 hold the household's own setting."
            }
            (Place::Room | Place::Bed, Quantity::Humidity)
            | (Place::Bed, Quantity::Temperature) => {
                "Until then uncramp judges the air by what else is measured."
            }
            (_, Quantity::Occupied) => "Until then the usual hours of sleep count as in bed.",
            (_, Quantity::Open) => "Until then uncramp cannot see an open window.",
            (_, Quantity::Co2) | (Place::Outdoors, Quantity::Temperature | Quantity::Humidity) => {
                "Until then uncramp does without it."
            }
        }
    }

    fn sensor(&self, id: SensorId) -> String {
        match self.context.sensor(id) {
            Some(sensor) => format!("“{}”", sensor.name),
            None => format!("number {}", u16::from(id.0) + 1),
        }
    }

    fn actuator(&self, id: ActuatorId) -> String {
        match self.context.actuator(id) {
            Some(actuator) => format!("“{}”", actuator.name),
            None => format!("actuator number {}", u16::from(id.0) + 1),
        }
    }

    fn topic(&self, id: SensorId) -> String {
        match self.context.sensor(id) {
            Some(sensor) => format!("“{}”", sensor.source.label()),
            None => "its topic".to_owned(),
        }
    }
}

impl English<'_> {}

//! What is said aloud or sent to the keeper.

use super::English;
use crate::engine::{Fault, Period, Words};
use crate::model::{ActuatorId, Millilitres, Place, Quantity, SensorId, Span};
use crate::plan::{Control, Hazard, Kind, Sleeper};
use crate::rules::airflow::Advice;
use crate::speech::figures::Figures;
use crate::speech::{GLASS, MOST_PERIODS};

impl English<'_> {
    pub(super) fn words(&self, words: &Words) -> String {
        match words {
            Words::Drink { sleeper, amount, reason: _ } => self.drink(*sleeper, *amount),
            Words::Air(advice) => Self::morning(advice),
            Words::Welcome => self.welcome(),
            Words::Watched { heat, air } => self.watched(heat, air),
            Words::Said(text) => text.clone(),
            Words::Fault(fault) => self.fault(*fault),
            Words::Healed(fault) => self.healed(*fault),
            Words::ConfirmConditions { sleeper } => self.confirm(*sleeper),
        }
    }

    fn drink(&self, sleeper: usize, amount: Millilitres) -> String {
        let glass = if amount < GLASS { "small glass" } else { "glass" };
        match self.context.sleeper(sleeper) {
            Some(Sleeper { name, .. }) => {
                format!("{name}, a {glass} of water would be good about now.")
            }
            None => format!("A {glass} of water would be good about now."),
        }
    }

    fn morning(advice: &[Advice]) -> String {
        let mut said = "Good morning.".to_owned();
        for advice in advice {
            said += match advice {
                Advice::LiftTheCover => {
                    " The bed was stuffy for a while last night. Next time you are awake, lifting \
                     the cover for a minute lets it breathe."
                }
                Advice::FreshAir => {
                    " The air was used up last night. Leaving the door ajar tonight would help."
                }
            };
        }
        said
    }

    fn welcome(&self) -> String {
        let stop = if self.context.home_assistant {
            "To stop it for a night, press “Pause tonight” in Home Assistant, or say “not tonight” \
             where a voice assistant listens."
        } else {
            "Whoever set it up can stop it for a night, or for good."
        };
        format!("This is uncramp, which looks after the air and the warmth of this bedroom. {stop}")
    }

    fn watched(&self, heat: &[Period], air: &[Period]) -> String {
        let warmed = (!heat.is_empty()).then(|| format!("warmed {}", self.periods(heat)));
        let moved = (!air.is_empty()).then(|| format!("moved the air {}", self.periods(air)));
        let done: Vec<String> = [warmed, moved].into_iter().flatten().collect();
        format!(
            "Last night uncramp only watched “{}”. It would have {}. Set its mode to “auto”, and it \
             will.",
            self.context.bedroom.name,
            done.join(", and ")
        )
    }

    /// `from 02:10 to 03:30 and from 05:00 to 05:20`; many are summed up.
    fn periods(&self, periods: &[Period]) -> String {
        let each = |period: &Period| {
            format!("from {} to {}", self.clock(period.from), self.clock(period.until))
        };
        match periods {
            [first, .., last] if periods.len() > MOST_PERIODS => {
                let sum = periods.iter().fold(Span::ZERO, |sum, period| sum + period.length());
                format!(
                    "{} times between {} and {}, {} in all",
                    periods.len(),
                    self.clock(first.from),
                    self.clock(last.until),
                    Figures::duration(sum)
                )
            }
            [rest @ .., last] if !rest.is_empty() => {
                let rest: Vec<String> = rest.iter().map(each).collect();
                format!("{} and {}", rest.join(", "), each(last))
            }
            _ => periods.iter().map(each).collect(),
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
            Fault::Frozen { sensor } => format!(
                "In “{room}”, the sensor {} seems frozen: it says the same again and again, and no \
                 room is so still. Often a bridge repeats an old value: please warm the sensor in \
                 your hand, and if its value does not follow, start both anew. If it does, please \
                 look whether the heater gets warm. {}",
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
            Fault::Unexplained { actuator } => format!(
                "In “{room}”, {} is set higher than uncramp's ceiling, and nobody knows by whom: it \
                 may be uncramp's own doing, before it lost its memory. Please set it to what the \
                 household wants.",
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
            Fault::Frozen { sensor } => {
                format!("In “{room}”, the value of the sensor {} moves again.", self.sensor(sensor))
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
            Fault::Unexplained { actuator } => format!(
                "In “{room}”, {} is no longer set higher than anybody can explain.",
                self.actuator(actuator)
            ),
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

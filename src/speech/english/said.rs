//! What is said aloud or sent to the keeper.

use super::English;
use crate::engine::{Period, Words};
use crate::model::{ActuatorId, Millilitres, SensorId, Span};
use crate::plan::Sleeper;
use crate::rules::airflow::Advice;
use crate::speech::figures::Figures;
use crate::speech::{GLASS, MOST_PERIODS, Reply};

pub(in crate::speech) const fn reply(reply: Reply) -> &'static str {
    match reply {
        Reply::DidYouDrink => "Did you drink it?",
        Reply::Noted => "Noted.",
        Reply::NotDrunk => "All right.",
        Reply::NoCramp => "Good.",
        Reply::Later => "All right, later.",
        Reply::AgainSoon => "I will ask again in half an hour.",
        Reply::UnclearDrink => "I did not understand. When you have drunk, say: I drank a glass.",
        Reply::UnclearCramp => {
            "I did not understand. If you had one, say: I had a cramp last night."
        }
        Reply::Lost => "I could not pass that on.",
    }
}

impl English<'_> {
    pub(super) fn words(&self, words: &Words) -> String {
        match words {
            Words::Drink { sleeper, amount, reason: _ } => self.drink(*sleeper, *amount),
            Words::LastNight { sleeper, .. } => self.last_night(*sleeper),
            Words::Air(advice) => Self::morning(advice),
            Words::Welcome => self.welcome(),
            Words::Watched { heat, air } => self.watched(heat, air),
            Words::Said(text) => text.clone(),
            Words::Fault(fault) => self.fault(*fault),
            Words::Healed(fault) => self.healed(*fault),
            Words::AskedNoMore { sleeper } => self.asked_no_more(*sleeper),
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

    fn last_night(&self, sleeper: usize) -> String {
        match self.context.sleeper(sleeper) {
            Some(Sleeper { name, .. }) => format!("{name}, any cramp last night?"),
            None => "Any cramp last night?".to_owned(),
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
            self.context.room(),
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

    fn asked_no_more(&self, sleeper: usize) -> String {
        let whom = self.context.sleeper(sleeper).map_or("one of the sleepers", |who| &who.name);
        format!(
            "In “{}”, {whom} has not answered the morning's question for three mornings, so it is \
             not asked any more. It comes back as soon as uncramp is told how a night was, aloud or \
             by a button; “ask_in_the_morning: off” in the configuration ends it for good.",
            self.context.room()
        )
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

    pub(super) fn sensor(&self, id: SensorId) -> String {
        match self.context.sensor(id) {
            Some(sensor) => format!("“{}”", sensor.name),
            None => format!("number {}", u16::from(id.0) + 1),
        }
    }

    pub(super) fn actuator(&self, id: ActuatorId) -> String {
        match self.context.actuator(id) {
            Some(actuator) => format!("“{}”", actuator.shown()),
            None => format!("actuator number {}", u16::from(id.0) + 1),
        }
    }

    pub(super) fn topic(&self, id: SensorId) -> String {
        match self.context.sensor(id) {
            Some(sensor) => format!("“{}”", sensor.source.label()),
            None => "its topic".to_owned(),
        }
    }
}

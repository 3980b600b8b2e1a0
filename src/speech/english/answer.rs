//! What somebody is answered who said something aloud.

use super::English;
use crate::engine::Household;
use crate::model::{Kelvins, Millilitres, Time};
use crate::speech::figures::Figures;
use crate::speech::{Answer, Context, Idle, When};

pub(in crate::speech) fn answer(answer: &Answer, context: &Context) -> String {
    English::new(context).answer(answer)
}

impl English<'_> {
    fn answer(&self, answer: &Answer) -> String {
        match *answer {
            Answer::Drunk { sleeper, amount, today } => self.drunk(sleeper, amount, today),
            Answer::Cramp { sleeper, when } => {
                let what = match when {
                    When::Now => "the cramp",
                    When::LastNight => "a cramp last night",
                    When::Earlier => "a cramp earlier today",
                };
                format!("I have noted {what}{}.", self.of_whom(sleeper))
            }
            Answer::NoCramp { sleeper } => {
                format!("I have noted a night without a cramp{}.", self.of_whom(sleeper))
            }
            Answer::Acts { unless: None } => "I am here again.".to_owned(),
            Answer::Acts { unless: Some(idle) } => format!("Noted. {}", self.but(idle)),
            Answer::Watches => "From now on I only watch, and do nothing.".to_owned(),
            Answer::WatchesAgain => "I only watch again.".to_owned(),
            Answer::Stopped => "I have stopped. To begin again, say: start again.".to_owned(),
            Answer::Paused { until: None } => "I leave you alone tonight.".to_owned(),
            Answer::Paused { until: Some(until) } => {
                format!("I leave you alone until {}.", self.until(until))
            }
            Answer::Shifted { by, unless } => {
                let degree = self.degree_more(by);
                match (unless, by.0 > 0) {
                    (None, true) => format!("{} warmer tonight.", sentence(&degree)),
                    (None, false) => format!("I heat {degree} less tonight."),
                    (Some(idle), true) => {
                        format!("Noted: {degree} more tonight. {}", self.but(idle))
                    }
                    (Some(idle), false) => {
                        format!("Noted: {degree} less tonight. {}", self.but(idle))
                    }
                }
            }
            Answer::WarmEnough { room, below } => format!(
                "The room has {}; tonight I heat below {}.",
                self.figures.degrees_beside(room, below),
                self.figures.degrees(below)
            ),
            Answer::AtTheLimit { warmer: true, baby, unless } => {
                let whom = if baby { "beside a baby" } else { "tonight" };
                match unless {
                    None => format!("It is already as warm as I may make it {whom}."),
                    Some(idle) => format!(
                        "As much warmth as there may be {whom} is noted already. {}",
                        self.but(idle)
                    ),
                }
            }
            Answer::AtTheLimit { warmer: false, .. } => {
                "I already let it get as cool as I may tonight.".to_owned()
            }
            Answer::House { house, until } => {
                let who = match house {
                    Household::Home => "you are at home",
                    Household::Away => "everybody is away",
                    Household::Guest => "a guest sleeps here tonight",
                    Household::Baby => "a baby sleeps here tonight",
                };
                let until = until.map(|until| format!(", until {}", self.until(until)));
                format!("Noted: {who}{}.", until.unwrap_or_default())
            }
            Answer::Done => "Noted.".to_owned(),
            Answer::Later => "All right, later.".to_owned(),
        }
    }

    fn drunk(&self, sleeper: usize, amount: Millilitres, today: Millilitres) -> String {
        let amount = if Figures::is_a_glass(amount) {
            "one glass".to_owned()
        } else {
            self.figures.volume(amount)
        };
        format!(
            "Noted, {amount}{}. That makes {} today.",
            self.of_whom(Some(sleeper)),
            self.figures.litres(today, "litres", "fluid ounces")
        )
    }

    /// Whose it is, where more than one sleeps.
    fn of_whom(&self, sleeper: Option<usize>) -> String {
        let several = self.context.bedroom.sleepers.len() > 1;
        let name = sleeper.filter(|_| several).and_then(|index| self.context.sleeper(index));
        name.map_or_else(String::new, |sleeper| format!(" for {}", sleeper.name))
    }

    fn degree_more(&self, by: Kelvins) -> String {
        match self.figures.half_degrees(by) {
            Some(1) => "half a degree".to_owned(),
            Some(2) => "one degree".to_owned(),
            Some(4) => "two degrees".to_owned(),
            Some(_) | None => format!("{} degrees", self.figures.bare_difference(by)),
        }
    }

    /// An end as it is said: within a day the time alone says which one is meant.
    fn until(&self, until: Time) -> String {
        if self.figures.within_a_day(until) {
            self.figures.civil(until).format("%H:%M").to_string()
        } else {
            self.clock(until)
        }
    }

    fn but(&self, idle: Idle) -> String {
        match idle {
            Idle::Off => "But I am switched off here.".to_owned(),
            Idle::Watching => "But I only watch here.".to_owned(),
            Idle::Paused(None) => "But I do nothing more tonight.".to_owned(),
            Idle::Paused(Some(until)) => format!("But I do nothing until {}.", self.until(until)),
            Idle::Away => "But I heat nothing while everybody is away.".to_owned(),
            Idle::NotHeating => "But warming the room is switched off here.".to_owned(),
            Idle::NoHeater => {
                "But there is no heater here that warms the room and that I may switch on."
                    .to_owned()
            }
            Idle::NoTemperature => {
                "But I do not know how warm it is here, so I do not heat.".to_owned()
            }
            Idle::Window { guessed: false } => "But a window is open, so I do not heat.".to_owned(),
            Idle::Window { guessed: true } => {
                "But it gets cold as if a window were open, so I do not heat.".to_owned()
            }
            Idle::NoHeat(None) => "But there is no heat at this hour.".to_owned(),
            Idle::NoHeat(Some(from)) => {
                format!("But there is no heat before {}.", self.until(from))
            }
            Idle::BesideSleeper => "But the heater may not be on beside a sleeper.".to_owned(),
            Idle::Fault => "But something is wrong with the heater.".to_owned(),
            Idle::ByHand => "But somebody set the heater by hand.".to_owned(),
            Idle::Rests(None) => "But the heater has to rest for now.".to_owned(),
            Idle::Rests(Some(until)) => {
                format!("But the heater has to rest until {}.", self.until(until))
            }
            Idle::NotBefore { from: None, .. } => "But not yet.".to_owned(),
            Idle::NotBefore { from: Some(from), heard: false } => {
                format!("But not before {}.", self.until(from))
            }
            Idle::NotBefore { from: Some(from), heard: true } => {
                format!("But not before {}: the heater can be heard.", self.until(from))
            }
            Idle::HeardEnough => {
                "But the heater can be heard, and may not move again tonight.".to_owned()
            }
        }
    }
}

/// As a sentence begins.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

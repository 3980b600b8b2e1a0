//! What somebody is answered who said something aloud.

use super::German;
use crate::engine::Household;
use crate::model::{Kelvins, Millilitres, Time};
use crate::speech::figures::Figures;
use crate::speech::{Answer, Context, Idle, When};

pub(in crate::speech) fn answer(answer: &Answer, context: &Context) -> String {
    German::new(context).answer(answer)
}

impl German<'_> {
    fn answer(&self, answer: &Answer) -> String {
        match *answer {
            Answer::Drunk { sleeper, amount, today } => self.drunk(sleeper, amount, today),
            Answer::Cramp { sleeper, when } => {
                let what = match when {
                    When::Now => "der Krampf",
                    When::LastNight => "ein Krampf letzte Nacht",
                    When::Earlier => "ein Krampf heute",
                };
                format!("Notiert: {what}{}.", self.of_whom(sleeper))
            }
            Answer::NoCramp { sleeper } => {
                format!("Notiert: eine Nacht ohne Krampf{}.", self.of_whom(sleeper))
            }
            Answer::Acts { unless: None } => "Ich bin wieder da.".to_owned(),
            Answer::Acts { unless: Some(idle) } => format!("Notiert. {}", self.but(idle)),
            Answer::Watches => "Ab jetzt beobachte ich nur und tue nichts.".to_owned(),
            Answer::WatchesAgain => "Ich beobachte wieder nur.".to_owned(),
            Answer::Stopped => "Ich habe aufgehört. Weiter geht es mit: mach weiter.".to_owned(),
            Answer::Paused { until: None } => "Heute Nacht lasse ich alles in Ruhe.".to_owned(),
            Answer::Paused { until: Some(until) } => {
                format!("Bis {} lasse ich alles in Ruhe.", self.until(until))
            }
            Answer::Shifted { by, unless } => {
                let degree = self.degree_more(by);
                match (unless, by.0 > 0) {
                    (None, true) => format!("Heute Nacht {degree} wärmer."),
                    (None, false) => format!("Heute Nacht heize ich {degree} weniger."),
                    (Some(idle), true) => {
                        format!("Notiert: heute Nacht {degree} mehr. {}", self.but(idle))
                    }
                    (Some(idle), false) => {
                        format!("Notiert: heute Nacht {degree} weniger. {}", self.but(idle))
                    }
                }
            }
            Answer::WarmEnough { room, below } => format!(
                "Das Zimmer hat {}; heute Nacht heize ich unter {}.",
                self.figures.degrees_beside(room, below),
                self.figures.degrees(below)
            ),
            Answer::AtTheLimit { warmer: true, baby, unless } => {
                let whom = if baby { "neben einem Baby" } else { "heute Nacht" };
                match unless {
                    None => format!("Wärmer darf ich es {whom} nicht machen."),
                    Some(idle) => format!(
                        "Notiert ist schon so viel Wärme, wie {whom} sein darf. {}",
                        self.but(idle)
                    ),
                }
            }
            Answer::AtTheLimit { warmer: false, .. } => {
                "Kühler darf ich es heute Nacht nicht werden lassen.".to_owned()
            }
            Answer::House { house, until } => {
                let who = match house {
                    Household::Home => "zu Hause",
                    Household::Away => "alle sind weg",
                    Household::Guest => "heute Nacht schläft ein Gast hier",
                    Household::Baby => "heute Nacht schläft ein Baby hier",
                };
                let until = until.map(|until| format!(", bis {}", self.until(until)));
                format!("Notiert: {who}{}.", until.unwrap_or_default())
            }
            Answer::Done => "Notiert.".to_owned(),
            Answer::Later => "Gut, später.".to_owned(),
        }
    }

    fn drunk(&self, sleeper: usize, amount: Millilitres, today: Millilitres) -> String {
        let amount = if Figures::is_a_glass(amount) {
            "ein Glas".to_owned()
        } else {
            self.figures.volume(amount)
        };
        format!(
            "Notiert, {amount}{}. Das macht heute {}.",
            self.of_whom(Some(sleeper)),
            self.figures.litres(today, "Liter", "Unzen")
        )
    }

    /// Whose it is, where more than one sleeps.
    fn of_whom(&self, sleeper: Option<usize>) -> String {
        let several = self.context.bedroom.sleepers.len() > 1;
        let name = sleeper.filter(|_| several).and_then(|index| self.context.sleeper(index));
        name.map_or_else(String::new, |sleeper| format!(" für {}", sleeper.name))
    }

    fn degree_more(&self, by: Kelvins) -> String {
        match self.figures.half_degrees(by) {
            Some(1) => "ein halbes Grad".to_owned(),
            Some(2) => "ein Grad".to_owned(),
            Some(4) => "zwei Grad".to_owned(),
            Some(_) | None => format!("{} Grad", self.figures.bare_difference(by)),
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
            Idle::Off => "Aber ich bin hier ausgeschaltet.".to_owned(),
            Idle::Watching => "Aber ich beobachte hier nur.".to_owned(),
            Idle::Paused(None) => "Aber heute Nacht tue ich nichts mehr.".to_owned(),
            Idle::Paused(Some(until)) => format!("Aber bis {} tue ich nichts.", self.until(until)),
            Idle::Away => "Aber solange niemand da ist, heize ich nicht.".to_owned(),
            Idle::NotHeating => "Aber das Wärmen ist hier ausgeschaltet.".to_owned(),
            Idle::NoHeater => {
                "Aber hier gibt es keine Heizung, die das Zimmer wärmt und die ich einschalten darf."
                    .to_owned()
            }
            Idle::NoTemperature => {
                "Aber ich weiß nicht, wie warm es hier ist, darum heize ich nicht.".to_owned()
            }
            Idle::Window { guessed: false } => {
                "Aber ein Fenster ist offen, darum heize ich nicht.".to_owned()
            }
            Idle::Window { guessed: true } => {
                "Aber es wird kalt wie bei offenem Fenster, darum heize ich nicht.".to_owned()
            }
            Idle::NoHeat(None) => "Aber um diese Zeit gibt es keine Wärme.".to_owned(),
            Idle::NoHeat(Some(from)) => {
                format!("Aber vor {} gibt es keine Wärme.", self.until(from))
            }
            Idle::BesideSleeper => {
                "Aber neben Schlafenden darf die Heizung nicht laufen.".to_owned()
            }
            Idle::Fault => "Aber mit der Heizung stimmt etwas nicht.".to_owned(),
            Idle::ByHand => "Aber jemand hat die Heizung von Hand gestellt.".to_owned(),
            Idle::Rests(None) => "Aber die Heizung muss gerade ruhen.".to_owned(),
            Idle::Rests(Some(until)) => {
                format!("Aber die Heizung muss bis {} ruhen.", self.until(until))
            }
            Idle::NotBefore { from: None, .. } => "Aber noch nicht gleich.".to_owned(),
            Idle::NotBefore { from: Some(from), heard: false } => {
                format!("Aber nicht vor {}.", self.until(from))
            }
            Idle::NotBefore { from: Some(from), heard: true } => {
                format!("Aber nicht vor {}, denn man hört die Heizung.", self.until(from))
            }
            Idle::HeardEnough => {
                "Aber man hört die Heizung, und heute Nacht darf sie sich nicht mehr rühren."
                    .to_owned()
            }
        }
    }
}

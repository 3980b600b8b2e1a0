//! What is said aloud or sent to the keeper.

use super::names::named;
use super::{German, choice};
use crate::engine::{Period, Words};
use crate::model::{ActuatorId, Millilitres, SensorId, Span};
use crate::plan::{Mode, Sleeper};
use crate::rules::airflow::Advice;
use crate::speech::figures::Figures;
use crate::speech::{Choice, GLASS, MOST_PERIODS, Reply};

pub(in crate::speech) const fn reply(reply: Reply) -> &'static str {
    match reply {
        Reply::DidYouDrink => "Schon getrunken?",
        Reply::Noted => "Notiert.",
        Reply::NotDrunk => "In Ordnung.",
        Reply::NoCramp => "Gut.",
        Reply::Later => "Gut, später.",
        Reply::AgainSoon => "In einer halben Stunde kommt die Frage wieder.",
        Reply::UnclearDrink => {
            "Das war nicht zu verstehen. Wer getrunken hat, sagt: Ich habe ein Glas getrunken."
        }
        Reply::UnclearCramp => {
            "Das war nicht zu verstehen. Wer einen hatte, sagt: Ich hatte einen Krampf."
        }
        Reply::Lost => "Das konnte nicht weitergegeben werden.",
    }
}

impl German<'_> {
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
        let glass = if amount < GLASS { "kleines Glas" } else { "Glas" };
        match self.context.sleeper(sleeper) {
            Some(Sleeper { name, .. }) => format!("{name}, ein {glass} Wasser wäre jetzt gut."),
            None => format!("Ein {glass} Wasser wäre jetzt gut."),
        }
    }

    fn last_night(&self, sleeper: usize) -> String {
        match self.context.sleeper(sleeper) {
            Some(Sleeper { name, .. }) => format!("{name}, gab es letzte Nacht einen Krampf?"),
            None => "Gab es letzte Nacht einen Krampf?".to_owned(),
        }
    }

    fn morning(advice: &[Advice]) -> String {
        let mut said = "Guten Morgen.".to_owned();
        for advice in advice {
            said += match advice {
                Advice::LiftTheCover => {
                    " Das Bett war letzte Nacht eine Weile stickig. Beim nächsten Wachwerden die \
                     Decke eine Minute lang anheben, dann kann es atmen."
                }
                Advice::FreshAir => {
                    " Die Luft war letzte Nacht verbraucht. Heute Nacht würde eine angelehnte Tür \
                     helfen."
                }
            };
        }
        said
    }

    fn welcome(&self) -> String {
        let stop = if self.context.home_assistant {
            "Für eine Nacht Ruhe genügt „Ruhe für heute Nacht“ in Home Assistant, oder „heute Nacht \
             nicht“, wo ein Sprachassistent zuhört."
        } else {
            "Wer es eingerichtet hat, kann es für eine Nacht oder ganz ausschalten."
        };
        format!(
            "Hier spricht uncramp, das sich um Luft und Wärme in diesem Schlafzimmer kümmert. {stop}"
        )
    }

    fn watched(&self, heat: &[Period], air: &[Period]) -> String {
        let done: Vec<String> = [("Gewärmt", heat), ("Die Luft bewegt", air)]
            .into_iter()
            .filter(|(_, periods)| !periods.is_empty())
            .map(|(what, periods)| format!(" {what} hätte es {}.", self.periods(periods)))
            .collect();
        // As Home Assistant shows it, else as the topic takes it.
        let shown = self.context.home_assistant;
        let auto = if shown { choice(Choice::Mode(Mode::Auto)) } else { "auto" };
        format!(
            "Letzte Nacht hat uncramp „{}“ nur beobachtet.{} Im Modus „{auto}“ tut es das.",
            self.context.room(),
            done.concat()
        )
    }

    /// `von 02:10 bis 03:30 und von 05:00 bis 05:20`; viele werden zusammengefasst.
    fn periods(&self, periods: &[Period]) -> String {
        let each = |period: &Period| {
            format!("von {} bis {}", self.clock(period.from), self.clock(period.until))
        };
        match periods {
            [first, .., last] if periods.len() > MOST_PERIODS => {
                let sum = periods.iter().fold(Span::ZERO, |sum, period| sum + period.length());
                format!(
                    "{}-mal zwischen {} und {}, zusammen {}",
                    periods.len(),
                    self.clock(first.from),
                    self.clock(last.until),
                    Figures::duration(sum)
                )
            }
            [rest @ .., last] if !rest.is_empty() => {
                let rest: Vec<String> = rest.iter().map(each).collect();
                format!("{} und {}", rest.join(", "), each(last))
            }
            _ => periods.iter().map(each).collect(),
        }
    }

    fn asked_no_more(&self, sleeper: usize) -> String {
        let who = self.context.sleeper(sleeper);
        let whom = who.map_or("einer der Personen, die hier schlafen", |who| &who.name);
        format!(
            "In „{}“ blieb die Frage am Morgen drei Tage lang ohne Antwort von {whom}, darum wird \
             nicht mehr gefragt. Sobald uncramp erfährt, wie eine Nacht war, gesprochen oder mit \
             einer Taste, kommt die Frage wieder; „ask_in_the_morning: off“ in der Konfiguration \
             beendet sie ganz.",
            self.context.room()
        )
    }

    fn confirm(&self, sleeper: usize) -> String {
        let month = self.figures.civil(self.context.now).format("%Y-%m");
        let (name, answered) = match self.context.sleeper(sleeper) {
            Some(sleeper) => (sleeper.name.as_str(), sleeper.conditions.is_some()),
            None => ("eine der Personen, die hier schlafen,", false),
        };
        if answered {
            return format!(
                "Die Angaben zur Gesundheit von {name} hat seit einem Jahr niemand bestätigt, \
                 darum sagt uncramp nichts zum Trinken. Bitte mit {name} zusammen durchlesen und \
                 dann in der Konfiguration darunter „conditions_confirmed: {month}“ eintragen."
            );
        }
        format!(
            "Für {name} fehlen die Angaben zur Gesundheit, darum sagt uncramp nichts zum Trinken. \
             Bitte in der Konfiguration unter „conditions:“ eintragen, was zutrifft, oder \
             „conditions: []“, wenn nichts zutrifft."
        )
    }

    pub(super) fn sensor(&self, id: SensorId) -> String {
        match self.context.sensor(id) {
            Some(sensor) => named(&sensor.name),
            None => format!("Nummer {}", u16::from(id.0) + 1),
        }
    }

    pub(super) fn actuator(&self, id: ActuatorId) -> String {
        match self.context.actuator(id) {
            Some(actuator) => named(actuator.shown()),
            None => format!("Gerät Nummer {}", u16::from(id.0) + 1),
        }
    }

    pub(super) fn topic(&self, id: SensorId) -> String {
        match self.context.sensor(id) {
            Some(sensor) => format!("„{}“", sensor.source.label()),
            None => "seinem Topic".to_owned(),
        }
    }
}

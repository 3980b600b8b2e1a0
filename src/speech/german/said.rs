//! What is said aloud or sent to the keeper.

use super::German;
use super::names::named;
use crate::engine::{Fault, Period, Words};
use crate::model::{ActuatorId, Millilitres, Place, Quantity, SensorId, Span};
use crate::plan::{Control, Hazard, Kind, Sleeper};
use crate::rules::airflow::Advice;
use crate::speech::figures::Figures;
use crate::speech::{GLASS, MOST_PERIODS};

impl German<'_> {
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
        let glass = if amount < GLASS { "kleines Glas" } else { "Glas" };
        match self.context.sleeper(sleeper) {
            Some(Sleeper { name, .. }) => format!("{name}, ein {glass} Wasser wäre jetzt gut."),
            None => format!("Ein {glass} Wasser wäre jetzt gut."),
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
        format!(
            "Letzte Nacht hat uncramp „{}“ nur beobachtet.{} Im Modus „auto“ tut es das.",
            self.context.bedroom.name,
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

    fn fault(&self, fault: Fault) -> String {
        let room = &self.context.bedroom.name;
        match fault {
            Fault::Silent { sensor } => format!(
                "In „{room}“ ist der Sensor {} verstummt. Oft ist die Batterie leer oder die \
                 Verbindung weg: Bitte die Batterie wechseln oder den Sensor näher heranrücken. {}",
                self.sensor(sensor),
                self.without(sensor)
            ),
            Fault::Frozen { sensor } => format!(
                "In „{room}“ scheint der Sensor {} eingefroren: Er meldet immer wieder dasselbe, \
                 und so ruhig ist kein Raum. Oft wiederholt eine Bridge einen alten Wert: Bitte \
                 den Sensor in der Hand wärmen und, wenn sein Wert nicht folgt, beide neu starten. \
                 Folgt er, dann bitte nachsehen, ob die Heizung warm wird. {}",
                self.sensor(sensor),
                self.without(sensor)
            ),
            Fault::Garbled { sensor } => format!(
                "In „{room}“ sendet der Sensor {} etwas, aber keine Messwerte. Oft startet gerade \
                 seine Bridge, oder der Sensor ist defekt: Bitte nachsehen, was unter {} ankommt. \
                 {}",
                self.sensor(sensor),
                self.topic(sensor),
                self.without(sensor)
            ),
            Fault::Disobeys { actuator, off: true } => self.stays_on(actuator),
            Fault::Disobeys { actuator, off: false } => format!(
                "In „{room}“ reagiert {} nicht. Oft fehlt der Strom oder die Verbindung: Bitte \
                 nachsehen, ob der Stecker steckt und die eigene App des Geräts es erreicht.",
                self.actuator(actuator)
            ),
            Fault::Unexplained { actuator } => format!(
                "In „{room}“ steht {} höher als uncramps Obergrenze, und niemand weiß, durch wen: \
                 Vielleicht war es uncramp selbst, bevor es sein Gedächtnis verlor. Bitte so \
                 einstellen, wie der Haushalt es möchte.",
                self.actuator(actuator)
            ),
            Fault::NoHeat { from_hour, to_hour } => format!(
                "In „{room}“ sollte in drei Nächten zwischen {from_hour:02}:00 und {to_hour:02}:00 \
                 geheizt werden, und es kam keine Wärme. Ruht der Kessel in diesen Stunden, dann \
                 bitte „available: {to_hour:02}:00-{from_hour:02}:00“ in die Konfiguration \
                 schreiben, und uncramp wärmt den Raum vorher; sonst bitte nachsehen, ob der \
                 Heizkörper heiß wird."
            ),
            Fault::BeddingHot { sensor } => format!(
                "Das Bett ist viel zu heiß, sagt der Sensor {}. Bitte die Decke zurückschlagen, \
                 die Bettheizung ausschalten und ihren Stecker ziehen.",
                self.sensor(sensor)
            ),
            Fault::Unrecorded { actuator } => format!(
                "In „{room}“ konnte uncramp nichts speichern und hat {} darum nicht eingeschaltet. \
                 Oft ist der Speicher voll oder die Speicherkarte abgenutzt: Bitte den freien \
                 Platz und das Protokoll von uncramp ansehen.",
                self.actuator(actuator)
            ),
        }
    }

    fn stays_on(&self, actuator: ActuatorId) -> String {
        let (room, name) = (&self.context.bedroom.name, self.actuator(actuator));
        match self.context.actuator(actuator).map(|a| &a.kind) {
            Some(Kind::Fan { .. }) => format!(
                "In „{room}“ sollte {name} ausgehen und läuft weiter. Bitte von Hand ausschalten \
                 und nachsehen, ob die Verbindung noch da ist."
            ),
            Some(Kind::Heater { hazard: Hazard::Radiator, control: Control::SetPoint { .. } }) => {
                format!(
                    "In „{room}“ sollte {name} zurückdrehen und tut es nicht. Bitte den Heizkörper \
                     von Hand zurückdrehen und Batterie und Verbindung des Ventils prüfen."
                )
            }
            Some(Kind::Heater { control: Control::SetPoint { .. }, .. }) => format!(
                "In „{room}“ sollte {name} zurückdrehen und tut es nicht. Bitte von Hand \
                 zurückdrehen und die Verbindung prüfen."
            ),
            Some(Kind::Heater { control: Control::Switch, .. }) | None => format!(
                "In „{room}“ sollte {name} ausgehen und bleibt an. Bitte von Hand ausschalten oder \
                 den Stecker ziehen. Vielleicht ist die Verbindung weg, oder das Relais klebt: \
                 Bitte nicht mehr benutzen, bis das geklärt ist."
            ),
        }
    }

    fn healed(&self, fault: Fault) -> String {
        let room = &self.context.bedroom.name;
        match fault {
            Fault::Silent { sensor } => {
                format!("In „{room}“ meldet sich der Sensor {} wieder.", self.sensor(sensor))
            }
            Fault::Frozen { sensor } => format!(
                "In „{room}“ bewegt sich der Wert des Sensors {} wieder.",
                self.sensor(sensor)
            ),
            Fault::Garbled { sensor } => {
                format!("In „{room}“ sendet der Sensor {} wieder Messwerte.", self.sensor(sensor))
            }
            Fault::Disobeys { actuator, off: true } => {
                format!("In „{room}“ ist {} jetzt aus.", self.actuator(actuator))
            }
            Fault::Disobeys { actuator, off: false } => {
                format!("In „{room}“ reagiert {} wieder.", self.actuator(actuator))
            }
            Fault::Unexplained { actuator } => format!(
                "In „{room}“ steht {} nicht mehr höher, als sich erklären lässt.",
                self.actuator(actuator)
            ),
            Fault::NoHeat { .. } => {
                format!("In „{room}“ kommt wieder Wärme, wenn geheizt werden soll.")
            }
            Fault::BeddingHot { sensor } => {
                format!("Das Bett ist nicht mehr zu heiß, sagt der Sensor {}.", self.sensor(sensor))
            }
            Fault::Unrecorded { .. } => "uncramp kann wieder speichern.".to_owned(),
        }
    }

    /// What uncramp does while a sensor is unknown.
    fn without(&self, sensor: SensorId) -> &'static str {
        let Some(sensor) = self.context.sensor(sensor) else {
            return "Bis dahin kommt uncramp ohne ihn aus.";
        };
        match (sensor.place, sensor.quantity) {
            (Place::Room, Quantity::Temperature) => {
                "Bis dahin heizt uncramp hier nicht: Geschaltete Heizungen bleiben aus, und \
                 Ventile halten die Einstellung des Haushalts."
            }
            (Place::Room | Place::Bed, Quantity::Humidity)
            | (Place::Bed, Quantity::Temperature) => {
                "Bis dahin beurteilt uncramp die Luft nach dem, was sonst gemessen wird."
            }
            (_, Quantity::Occupied) => {
                "Bis dahin gilt in den üblichen Schlafstunden, dass jemand im Bett liegt."
            }
            (_, Quantity::Open) => "Bis dahin sieht uncramp ein offenes Fenster nicht.",
            (_, Quantity::Co2) | (Place::Outdoors, Quantity::Temperature | Quantity::Humidity) => {
                "Bis dahin kommt uncramp ohne ihn aus."
            }
        }
    }

    fn sensor(&self, id: SensorId) -> String {
        match self.context.sensor(id) {
            Some(sensor) => named(&sensor.name),
            None => format!("Nummer {}", u16::from(id.0) + 1),
        }
    }

    fn actuator(&self, id: ActuatorId) -> String {
        match self.context.actuator(id) {
            Some(actuator) => named(&actuator.name),
            None => format!("Gerät Nummer {}", u16::from(id.0) + 1),
        }
    }

    fn topic(&self, id: SensorId) -> String {
        match self.context.sensor(id) {
            Some(sensor) => format!("„{}“", sensor.source.label()),
            None => "seinem Topic".to_owned(),
        }
    }
}

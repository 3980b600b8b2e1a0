//! Every sentence in German: reasons here, what is said in [`said`]. Nobody is addressed:
//! neither „du“ nor „Sie“ stands in any of them.

mod answer;
mod devices;
mod faults;
mod labels;
mod names;
mod refusal;
mod said;

pub(super) use answer::answer;
pub(super) use devices::{advice, condition, missing, possible};
pub(super) use labels::{choice, label, on_page, wish};
pub(super) use refusal::{refusal, refusal_aloud};
pub(super) use said::reply;

use chrono::Datelike as _;

use super::Context;
use super::figures::Figures;
use crate::engine::{Hush, Unsaid, Words};
use crate::model::{KelvinHours, Span, Switch, Temperature, Time};
use crate::rules::{Because, Deadline, Otherwise, Reason, RoomSign, cold_exposure};

const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

pub(super) fn reason(reason: &Reason, context: &Context) -> String {
    let german = German::new(context);
    let because = german.because(&reason.because);
    match &reason.otherwise {
        None => because,
        Some(otherwise) => {
            let named = matches!(reason.because, Because::Warm { .. });
            format!("{because}; {}", german.otherwise(otherwise, named))
        }
    }
}

pub(super) fn watching(told: &Switch, why: &Reason, context: &Context) -> String {
    let (told, why) = (switch(told, context), reason(why, context));
    // „aus“, because „aus: das Fenster ist offen“.
    let why = why.strip_prefix(&format!("{told}: ")).unwrap_or(&why);
    format!("nur beobachtet: wäre {told}: {why}")
}

pub(super) fn held(who: &str, until: Time, barred: Option<&str>, context: &Context) -> String {
    let until = German::new(context).clock(until);
    match barred {
        None => format!("{who}: von Hand, bis {until}"),
        Some(why) => {
            format!("{who}: notiert, bis {until}, aber nicht, solange dies gilt: {why}")
        }
    }
}

pub(super) fn spoken(words: &Words, context: &Context) -> String {
    German::new(context).words(words)
}

pub(super) const fn trying() -> &'static str {
    "Hier ist uncramp und probiert seine Stimme aus. Gute Nacht, für später."
}

pub(super) fn unsaid(unsaid: &Unsaid, context: &Context) -> String {
    let why = match unsaid.hush {
        Hush::QuietHours => "Ruhezeit",
        Hush::Asleep => "dort schläft jemand, oder es könnte sein",
        Hush::Away => "alle sind weg",
        Hush::Paused => "heute Nacht soll Ruhe sein",
        Hush::Off => "uncramp ist dort ausgeschaltet",
        Hush::ClockNotSet => "die Uhr ist nicht gestellt, und es könnte Nacht sein",
    };
    match unsaid.until {
        None => format!("nicht gesagt: {why}"),
        Some(until) => {
            format!("nicht gesagt: {why}, bis {}", German::new(context).clock(until))
        }
    }
}

pub(super) fn switch(switch: &Switch, context: &Context) -> String {
    let figures = German::new(context).figures;
    match switch {
        Switch::On { timer: None } => "an".to_owned(),
        Switch::On { timer: Some(timer) } => format!("für {} an", Figures::duration(*timer)),
        Switch::Off => "aus".to_owned(),
        Switch::SetPoint(temperature) => format!("auf {} gestellt", figures.degrees(*temperature)),
        Switch::Level(level) => format!("auf Stufe {level}"),
        Switch::Feed(room) => format!("mit {} als Raumtemperatur versorgt", figures.degrees(*room)),
        Switch::OwnThermometer => "wieder am eigenen Thermometer".to_owned(),
    }
}

struct German<'a> {
    context: &'a Context<'a>,
    figures: Figures<'a>,
}

impl<'a> German<'a> {
    fn new(context: &'a Context<'a>) -> Self {
        Self { context, figures: Figures::new(context) }
    }
}

/// Reasons.
impl German<'_> {
    #[expect(clippy::too_many_lines, reason = "a catalogue: one arm, one sentence")]
    fn because(&self, because: &Because) -> String {
        let figures = &self.figures;
        match because {
            Because::Dose { dose, limit, temperature, reference, in_bed } => {
                self.dose(*dose, *limit, *temperature, *reference, *in_bed)
            }
            Because::Deep { temperature, limit } => format!(
                "Wärme: seit 10 min {}, die Grenze ist {}",
                figures.degrees(*temperature),
                figures.degrees(*limit)
            ),
            Because::Deadline { deadline, at, temperature, reference, lead } => {
                self.deadline(*deadline, *at, *temperature, *reference, *lead)
            }
            Because::Below { temperature, limit } => format!(
                "Wärme: {}, unter {}",
                figures.degrees_beside(*temperature, *limit),
                figures.degrees(*limit)
            ),
            Because::NotYetWarm { temperature, until } => format!(
                "Wärme: {}, noch nicht {}",
                figures.degrees_beside(*temperature, *until),
                figures.degrees(*until)
            ),
            Because::AtTarget { temperature, target } => format!(
                "gehalten: {}, das Ziel ist {}",
                figures.degrees(*temperature),
                figures.degrees(*target)
            ),
            Because::Warm { temperature, dose, limit } => format!(
                "aus: {}, Dosis {} von {}",
                figures.degrees(*temperature),
                figures.dose_beside(*dose, *limit),
                figures.limit(*limit)
            ),
            Because::NobodyInBed => "aus: niemand liegt im Bett oder wird dort erwartet".to_owned(),
            Because::NobodyCame { after } => format!(
                "aus: {} nach der üblichen Schlafenszeit liegt niemand im Bett",
                Figures::duration(*after)
            ),
            Because::ByDay => "aus: es ist keine Schlafenszeit".to_owned(),
            Because::Away => "aus: alle sind weg".to_owned(),
            Because::HeatUnavailable { from } => {
                format!("aus: der Kessel gibt vor {} keine Wärme", self.clock(*from))
            }
            Because::TemperatureUnknown { since: None, .. } => {
                "aus: die Temperatur ist noch nicht bekannt".to_owned()
            }
            Because::TemperatureUnknown { since: Some(since), last } => {
                let since = self.clock(*since);
                let last = last.map_or_else(String::new, |last| {
                    format!(", der letzte Messwert ist von {}", self.clock(last))
                });
                format!("aus: die Temperatur ist unbekannt seit {since}{last}")
            }
            Because::TemperatureFrozen { since } => format!(
                "aus: das Thermometer scheint zu hängen, es meldet denselben Wert seit {}",
                self.clock(*since)
            ),
            Because::Ceiling { temperature, ceiling } => format!(
                "aus: {}, die Obergrenze ist {}",
                figures.degrees(*temperature),
                figures.degrees(*ceiling)
            ),
            Because::WindowOpen { guessed: false } => "aus: das Fenster ist offen".to_owned(),
            Because::WindowOpen { guessed: true } => {
                "aus: die Temperatur fällt wie bei offenem Fenster".to_owned()
            }
            Because::BedNotEmpty => "aus: jemand liegt im Bett oder könnte dort liegen".to_owned(),
            Because::Portable => "aus: ein tragbares Heizgerät wird nie eingeschaltet".to_owned(),
            Because::Stretch { limit, until } if *until <= self.context.now => {
                format!("aus: war {} am Stück an", Figures::duration(*limit))
            }
            Because::Stretch { limit, until } => format!(
                "aus: war {} am Stück an und ruht bis {}",
                Figures::duration(*limit),
                self.clock(*until)
            ),
            Because::Ramp { rose, limit } => format!(
                "Pause: der Raum wurde in der letzten Stunde um {} wärmer, höchstens {} sollen es sein",
                figures.difference(*rose),
                figures.difference(*limit)
            ),
            Because::BeddingLocked => {
                "aus: wer hier schläft, darf keine Wärme im Bett haben".to_owned()
            }
            Because::BedHot { temperature, limit } => format!(
                "aus: {} im Bett, Bettheizung nur unter {}",
                figures.degrees(*temperature),
                figures.degrees(*limit)
            ),
            Because::Standby { until } => format!(
                "aus: es war an und brauchte keinen Strom, neuer Versuch frühestens um {}",
                self.clock(*until)
            ),
            Because::Stuffy { humidity, limit, wet } => format!(
                "Luft: das Bett ist {}, {} an der Haut, ab {}",
                if *wet { "feucht" } else { "stickig" },
                Figures::percent(*humidity),
                Figures::percent(*limit)
            ),
            Because::WarmRoom { temperature, sign } => self.warm_room(*temperature, *sign),
            Because::Airy => "aus: das Bett ist nicht stickig".to_owned(),
            Because::Fresh => "aus: der Raum ist weder warm noch feucht".to_owned(),
            Because::NotDrier { drier_pa, limit_pa } => Self::not_drier(*drier_pa, *limit_pa),
            Because::ColdGuard { temperature, limit, dose, heater_wanted } => {
                self.cold_guard(*temperature, *limit, *dose, *heater_wanted)
            }
            Because::TooHot { temperature, limit } => format!(
                "aus: {}, über {} kühlt bewegte Luft nicht mehr",
                figures.degrees_beside(*temperature, *limit),
                figures.degrees(*limit)
            ),
            Because::Draught { temperature, limit } => format!(
                "aus: bei {} wäre schon die kleinste Stufe Zugluft; {},{:02} m/s ist die Grenze",
                figures.degrees(*temperature),
                limit / 100,
                limit % 100
            ),
            Because::BabyInRoom => "aus: ein Baby darf nicht in bewegter Luft liegen".to_owned(),
            Because::Behind { due, drunk, amount } => format!(
                "Wasser: bis jetzt wären {} dran gewesen, {} sind notiert; jetzt wären {} gut",
                figures.volume(*due),
                figures.volume(*drunk),
                figures.volume(*amount)
            ),
            Because::Person { until } => format!("von Hand, bis {}", self.clock(*until)),
            Because::WishEnded => "was von Hand eingestellt war, gilt nicht mehr".to_owned(),
            Because::PersonBlind { until } => {
                format!("von Hand, ohne bekannte Temperatur, längstens bis {}", self.clock(*until))
            }
            Because::Audible { changes, from } => self.audible(*changes, *from),
            Because::Settling { until } => {
                format!("wartet bis {}: wurde erst vor kurzem geschaltet", self.clock(*until))
            }
            Because::NotRecorded { until } => format!(
                "aus: ein „an“ ließ sich nicht speichern und wurde nicht gesendet; nächster \
                 Versuch frühestens um {}",
                self.clock(*until)
            ),
            Because::Watching => "greift nicht ein: uncramp beobachtet hier nur".to_owned(),
            Because::TurnedOff => "greift nicht ein: uncramp ist hier ausgeschaltet".to_owned(),
            Because::Paused { until } => {
                format!("greift nicht ein: Ruhe bis {}", self.clock(*until))
            }
            Because::Starting => {
                "beim Start: nach allem, was bekannt ist, muss es nicht an sein".to_owned()
            }
            Because::Stopping => "beim Beenden: uncramp gibt alles zurück".to_owned(),
            Because::Gap => "aus: von der Zeit davor ist nichts bekannt".to_owned(),
            Because::LeftPlan => "aus: steht nicht mehr in der Konfiguration".to_owned(),
            Because::Feeding => "das Ventil erfährt, was das Raumthermometer zeigt".to_owned(),
            Because::Nothing => "unverändert: nichts verlangt eine Änderung".to_owned(),
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
            "Wärme: Dosis {} von {}, {} im {}, gesammelt unter {}",
            self.figures.dose_beside(dose, limit),
            self.figures.limit(limit),
            self.figures.degrees_beside(temperature, reference),
            if in_bed { "Bett" } else { "Raum" },
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
            Deadline::Bedtime => "zur Schlafenszeit",
            Deadline::Predawn => "zu den kalten Stunden vor Tagesanbruch",
        };
        format!(
            "Wärme: {}, bis {what} ({}) sollen es {} sein, das dauert {}{}",
            self.figures.degrees_beside(temperature, reference),
            self.clock(at),
            self.figures.degrees(reference),
            Figures::duration(lead),
            if lead < cold_exposure::LEAD_CAP { "" } else { " oder länger" }
        )
    }

    fn warm_room(&self, temperature: Temperature, sign: RoomSign) -> String {
        let room = self.figures.degrees(temperature);
        match sign {
            RoomSign::Warm => format!("Luft: der Raum ist warm, {room}"),
            RoomSign::Damp => format!("Luft: der Raum ist feucht bei {room}"),
            RoomSign::Breathed => {
                format!("Luft: der Raum wurde feucht, seit jemand im Bett liegt, {room}")
            }
        }
    }

    fn not_drier(drier_pa: i32, limit_pa: i32) -> String {
        if drier_pa <= 0 {
            return "aus: der Raum ist nicht trockener als das Bett, seine Luft würde nicht helfen"
                .to_owned();
        }
        format!(
            "aus: der Raum ist nur {drier_pa} Pa trockener als das Bett, nötig sind {limit_pa} Pa"
        )
    }

    fn cold_guard(
        &self,
        temperature: Option<Temperature>,
        limit: Temperature,
        dose: KelvinHours,
        heater_wanted: bool,
    ) -> String {
        if heater_wanted {
            return "aus: bewegte Luft wäre zu kühl, es soll geheizt werden".to_owned();
        }
        let limit_text = self.figures.degrees(limit);
        match temperature {
            None => format!(
                "aus: bewegte Luft wäre vielleicht zu kühl, ob der Raum {limit_text} hat, ist nicht bekannt"
            ),
            Some(room) if room < limit => format!(
                "aus: bewegte Luft wäre bei {} zu kühl, unter {limit_text}",
                self.figures.degrees_beside(room, limit)
            ),
            Some(_) => {
                format!("aus: bewegte Luft wäre zu kühl, Dosis {}", self.figures.dose(dose))
            }
        }
    }

    fn audible(&self, changes: u8, from: Time) -> String {
        let times = match changes {
            0 => "noch keine hörbare Änderung".to_owned(),
            1 => "eine hörbare Änderung".to_owned(),
            n => format!("{n} hörbare Änderungen"),
        };
        format!("unverändert: heute Nacht {times}, die nächste nicht vor {}", self.clock(from))
    }

    fn otherwise(&self, otherwise: &Otherwise, unit_named: bool) -> String {
        let figures = &self.figures;
        match otherwise {
            Otherwise::WouldStart { dose, example, after, deep } => {
                let dose =
                    if unit_named { figures.bare_limit(*dose) } else { figures.limit(*dose) };
                let example = figures.degrees(*example);
                let when = match after {
                    Some(after) => format!("nach {} bei {example}", Figures::duration(*after)),
                    None => format!("was bei {example} nie erreicht wird"),
                };
                let deep = figures.degrees(*deep);
                format!("würde beginnen bei {dose}, {when}, oder nach 10 min bei höchstens {deep}")
            }
            Otherwise::WouldStop { dose, temperature } => format!(
                "würde enden bei {} und {}",
                figures.limit(*dose),
                figures.degrees(*temperature)
            ),
            Otherwise::NeedsReading => "würde mit dem nächsten guten Messwert beginnen".to_owned(),
            Otherwise::Untried { can_be: true } => "beginnt nicht, solange das Bett belegt sein \
                                                    kann und uncramp try nicht gesehen hat, dass \
                                                    sein Timer wirkt"
                .to_owned(),
            Otherwise::Untried { can_be: false } => "beginnt nicht, solange das Bett belegt sein \
                                                     kann, da es keinen eigenen Timer hat"
                .to_owned(),
        }
    }

    /// A time of day, with its date where the time alone could mean another day.
    fn clock(&self, time: Time) -> String {
        if time >= Time::NEVER {
            return "auf Weiteres".to_owned();
        }
        let civil = self.figures.civil(time);
        let time_of_day = civil.format("%H:%M");
        if self.figures.near(time) {
            return time_of_day.to_string();
        }
        let month = usize::try_from(civil.month0()).ok().and_then(|month| MONTHS.get(month));
        format!("{time_of_day} Uhr am {}. {}", civil.day(), month.unwrap_or(&""))
    }
}

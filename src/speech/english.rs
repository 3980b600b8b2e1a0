//! Every sentence in English: reasons here, what is said in [`said`].

mod answer;
mod devices;
mod faults;
mod labels;
mod refusal;
mod said;

pub(super) use answer::answer;
pub(super) use devices::{advice, missing, possible};
pub(super) use labels::{choice, label, on_page, wish};
pub(super) use refusal::{refusal, refusal_aloud};
pub(super) use said::reply;

use super::Context;
use super::figures::Figures;
use crate::engine::{Hush, Unsaid, Words};
use crate::model::{KelvinHours, Span, Switch, Temperature, Time};
use crate::rules::{Because, Deadline, Otherwise, Reason, RoomSign, cold_exposure};

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

pub(super) fn watching(told: &Switch, why: &Reason, context: &Context) -> String {
    let (told, why) = (switch(told, context), reason(why, context));
    // “off”, because “off: the window is open”.
    let why = why.strip_prefix(&format!("{told}: ")).unwrap_or(&why);
    format!("watching: would be {told}: {why}")
}

pub(super) fn held(who: &str, until: Time, barred: Option<&str>, context: &Context) -> String {
    let until = English::new(context).clock(until);
    match barred {
        None => format!("{who}: by hand, until {until}"),
        Some(why) => {
            format!("{who}: noted, until {until}, but not as long as this holds: {why}")
        }
    }
}

pub(super) fn spoken(words: &Words, context: &Context) -> String {
    English::new(context).words(words)
}

pub(super) const fn trying() -> &'static str {
    "This is uncramp, trying its voice. Good night, later on."
}

pub(super) fn unsaid(unsaid: &Unsaid, context: &Context) -> String {
    let why = match unsaid.hush {
        Hush::QuietHours => "quiet hours",
        Hush::Asleep => "somebody is asleep there, or may be",
        Hush::Away => "everybody is away",
        Hush::Paused => "it is to be quiet tonight",
        Hush::Off => "uncramp is switched off there",
        Hush::ClockNotSet => "the clock is not set, and it may be night",
    };
    match unsaid.until {
        None => format!("not said: {why}"),
        Some(until) => {
            format!("not said: {why}, until {}", English::new(context).clock(until))
        }
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
        Self { context, figures: Figures::new(context) }
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
            Because::NotYetWarm { temperature, until } => format!(
                "heat: {}, not yet {}",
                figures.degrees_beside(*temperature, *until),
                figures.degrees(*until)
            ),
            Because::AtTarget { temperature, target } => format!(
                "holding: {}, the target is {}",
                figures.degrees(*temperature),
                figures.degrees(*target)
            ),
            Because::Warm { temperature, dose, limit } => format!(
                "off: {}, dose {} of {}",
                figures.degrees(*temperature),
                figures.dose_beside(*dose, *limit),
                figures.limit(*limit)
            ),
            Because::NobodyInBed => "off: nobody is in bed or expected there".to_owned(),
            Because::NobodyCame { after } => format!(
                "off: {} after the usual bedtime nobody is in bed",
                Figures::duration(*after)
            ),
            Because::ByDay => "off: outside the hours of sleep".to_owned(),
            Because::Away => "off: everybody is away".to_owned(),
            Because::HeatUnavailable { from } => {
                format!("off: the boiler gives no heat before {}", self.clock(*from))
            }
            Because::TemperatureUnknown { since: None, .. } => {
                "off: the temperature is not known yet".to_owned()
            }
            Because::TemperatureUnknown { since: Some(since), last } => {
                let since = self.clock(*since);
                let last = last.map_or_else(String::new, |last| {
                    format!(", the last reading is of {}", self.clock(last))
                });
                format!("off: the temperature has been unknown since {since}{last}")
            }
            Because::TemperatureFrozen { since } => format!(
                "off: the thermometer seems frozen, it has said the same since {}",
                self.clock(*since)
            ),
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
            Because::Stretch { limit, until } if *until <= self.context.now => {
                format!("off: it was on for {} at a stretch", Figures::duration(*limit))
            }
            Because::Stretch { limit, until } => format!(
                "off: it was on for {} at a stretch, and rests until {}",
                Figures::duration(*limit),
                self.clock(*until)
            ),
            Because::Ramp { rose, limit } => format!(
                "resting: the room warmed by {} in the last hour, and {} is the most",
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
            Because::Standby { until } => format!(
                "off: it was on and drew no power, so it is not tried again before {}",
                self.clock(*until)
            ),
            Because::Stuffy { humidity, limit, wet } => format!(
                "air: the bed is {}, {} at the skin, from {} on",
                if *wet { "wet" } else { "stuffy" },
                Figures::percent(*humidity),
                Figures::percent(*limit)
            ),
            Because::WarmRoom { temperature, sign } => self.warm_room(*temperature, *sign),
            Because::Airy => "off: the bed is not stuffy".to_owned(),
            Because::Fresh => "off: the room is neither warm nor damp".to_owned(),
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
            Because::WishEnded => "what was set by hand has ended".to_owned(),
            Because::PersonBlind { until } => format!(
                "by hand, without a known temperature, until {} at the latest",
                self.clock(*until)
            ),
            Because::Audible { changes, from } => self.audible(*changes, *from),
            Because::Settling { until } => {
                format!("waits until {}: it was switched a short while ago", self.clock(*until))
            }
            Because::NotRecorded { until } => format!(
                "off: an “on” could not be recorded and was not sent; not tried again before {}",
                self.clock(*until)
            ),
            Because::Watching => "not acting: uncramp only watches here".to_owned(),
            Because::TurnedOff => "not acting: uncramp is turned off here".to_owned(),
            Because::Paused { until } => format!("not acting: paused until {}", self.clock(*until)),
            Because::Starting => "starting: nothing known asks for it to be on".to_owned(),
            Because::Stopping => "stopping: uncramp hands everything back".to_owned(),
            Because::Gap => "off: nothing is known of the time before".to_owned(),
            Because::LeftPlan => "off: it is no longer in the configuration".to_owned(),
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
            self.figures.dose_beside(dose, limit),
            self.figures.limit(limit),
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
                format!("air: the room has grown damp since somebody lay down, {room}")
            }
        }
    }

    fn not_drier(drier_pa: i32, limit_pa: i32) -> String {
        if drier_pa <= 0 {
            return "off: the room is no drier than the bed, its air would not help".to_owned();
        }
        format!(
            "off: the room is only {drier_pa} Pa drier than the bed, and {limit_pa} Pa are needed"
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
                let dose =
                    if unit_named { figures.bare_limit(*dose) } else { figures.limit(*dose) };
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
                    figures.limit(*dose),
                    figures.degrees(*temperature)
                )
            }
            Otherwise::NeedsReading => "would begin with the next good reading".to_owned(),
            Otherwise::Untried { can_be: true } => "does not start while the bed may be in use, \
                                                    until uncramp try has seen its timer work"
                .to_owned(),
            Otherwise::Untried { can_be: false } => "does not start while the bed may be in use, \
                                                     since it has no timer of its own"
                .to_owned(),
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

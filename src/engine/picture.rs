//! What can be seen of a bedroom from outside.

use chrono::NaiveDate;
use serde::Serialize;

use super::actuator::{Held, State};
use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Household, Period, Wake};
use super::decide::heater;
use super::faults::Fault;
use super::valve::Valve;
use super::waits::Waits;
use super::warmth::Night;
use crate::air;
use crate::model::{
    Humidity, KelvinHours, Kelvins, Millilitres, Switch, Temperature, Time, Value, Watts,
};
use crate::plan::Mode;
use crate::rules::airflow::Advice;
use crate::rules::cold_exposure::Style;
use crate::rules::conditions::{self, Lock};
use crate::rules::{Because, Facts, InBed, Judge, Reason, WindowOpen, cold_exposure, hydration};
use crate::safety;

/// A bedroom at an instant, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// What uncramp may do there.
    pub mode: Mode,
    /// Nothing is done and nothing said until then.
    pub paused_until: Option<Time>,
    /// Who is in the house.
    pub house: Household,
    /// S13: a baby sleeps there, also while everybody is away.
    #[serde(skip)]
    pub baby: bool,
    /// When a cramp was last reported.
    pub last_cramp: Option<Time>,
    /// The evening that names the night.
    pub evening: NaiveDate,
    /// Room air, if known.
    pub room: Option<Temperature>,
    /// Room humidity, if known.
    pub humidity: Option<Humidity>,
    /// In the bed, if known.
    pub bed: Option<Temperature>,
    /// Dew point of the room's air.
    pub dew_point: Option<Temperature>,
    /// Skin-referenced humidity of the bed.
    pub bed_humidity: Option<Humidity>,
    /// Below which room temperature an occupied bed gathers dose.
    pub reference: Temperature,
    /// By how much somebody shifted it for this night.
    pub shift: Kelvins,
    /// How far the room is below it, if known.
    pub deficit: Option<Kelvins>,
    /// It has been too cold for who is in bed, as the rule sees it; none is not known.
    pub cold: Option<bool>,
    /// Below which room temperature heat is called for, sooner or later.
    #[serde(skip)]
    pub heats_below: Temperature,
    /// From when the boiler gives heat, if it gives none now.
    #[serde(skip)]
    pub heat_from: Option<Time>,
    /// What a call heats to.
    pub target: Temperature,
    /// No heat of ours above.
    pub ceiling: Temperature,
    /// Who is in bed.
    pub in_bed: InBed,
    /// The bed is measured; otherwise the sleep window stands in.
    pub bed_measured: bool,
    /// An open window.
    pub window: Option<WindowOpen>,
    /// The acute cold dose.
    pub dose: KelvinHours,
    /// The acute cold dose that calls for heat.
    pub dose_limit: KelvinHours,
    /// The night's cold dose.
    pub night_dose: KelvinHours,
    /// The night's tally.
    #[serde(skip)]
    pub night: Night,
    /// Heat is called for.
    pub calling: bool,
    /// Why it is, or is not.
    pub cold_exposure: Option<Reason>,
    /// The bed, or the room around it, is stuffy, as the rule sees it; none is not known.
    pub stuffy: Option<bool>,
    /// What a person could do.
    pub advice: Vec<Advice>,
    /// How fast the room warms, per hour.
    pub heating_rate: Kelvins,
    /// Everybody is away until then.
    pub away_until: Option<Time>,
    /// What is switched.
    pub actuators: Vec<ActuatorPicture>,
    /// While uncramp only watches: when it would have warmed this night, and when it would
    /// have moved the air.
    pub watched: Option<(Vec<Period>, Vec<Period>)>,
    /// What is measured.
    pub sensors: Vec<SensorPicture>,
    /// Who sleeps there.
    pub sleepers: Vec<SleeperPicture>,
    /// What was said to the sleepers and waits for a word of theirs.
    #[serde(skip)]
    pub waiting: Waiting,
    /// What is not as it should be.
    pub faults: Vec<Fault>,
    /// Reminders that fell into a gap.
    pub skipped_reminders: u32,
    /// When uncramp looks again, and why.
    pub wake: Option<Wake>,
}

/// Announcements, by their numbers, that somebody may still answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Today's reminders.
    pub reminders: Vec<u64>,
    /// The morning's questions that may be put off.
    pub questions: Vec<u64>,
    /// One of these was asked a moment ago: "later" is said of it.
    pub asked_lately: bool,
}

/// An actuator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActuatorPicture {
    /// Its name.
    pub name: String,
    /// A relay's or a fan's level, 0 being off, as far as known.
    pub level: Option<u8>,
    /// A set-point, as far as known.
    pub set_point: Option<Temperature>,
    /// The household's set-point.
    pub baseline: Option<Temperature>,
    /// It is to be held above the household's set-point.
    pub boosted: bool,
    /// It stands above the household's set-point for uncramp's sake.
    pub raised: bool,
    /// Since when it is on.
    pub on_since: Option<Time>,
    /// A person's wish, and until when.
    pub wish: Option<(WishPicture, Time)>,
    /// S2: its own timer was seen to work.
    pub timer_works: bool,
    /// What it draws.
    pub power: Option<Watts>,
    /// Why it is as it is.
    pub reason: Option<Reason>,
    /// Why it must not be on now, if it is a heater.
    #[serde(skip)]
    pub forbidden: Option<Because>,
    /// Why it may not be given any more heat yet, if something makes it wait.
    #[serde(skip)]
    pub waits: Option<Waits>,
    /// Its own word or its bridge's is that it is there.
    #[serde(skip)]
    pub online: Option<bool>,
    /// While uncramp only watches: what it would be told, and why.
    pub would_be: Option<(Switch, Reason)>,
}

/// What a person wants held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WishPicture {
    /// On.
    On,
    /// Off.
    Off,
    /// As the person set it.
    AsIs,
}

/// A sensor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SensorPicture {
    /// Its name.
    pub name: String,
    /// What counts now.
    pub value: Option<Value>,
    /// When that was measured.
    pub at: Option<Time>,
    /// What a retained message without a time of its own said: shown, never used.
    pub shown: Option<Value>,
    /// Values that were left out as what a gateway repeats.
    pub repeated: u32,
    /// Messages that were no reading.
    pub garbled: u32,
    /// What was wrong with the last of them.
    pub garble: Option<crate::model::Garble>,
}

/// A sleeper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SleeperPicture {
    /// The name.
    pub name: String,
    /// In bed, raw and at once; none where nobody measures it, or it is not known.
    pub in_bed: Option<bool>,
    /// Logged today.
    pub drunk: Millilitres,
    /// The day's need.
    pub goal: Millilitres,
    /// Why there are no reminders to drink, if there are none.
    pub water_lock: Option<Lock>,
    /// Prompts today.
    pub prompts: u8,
    /// When the next one comes, if only time passes until then.
    pub next_prompt: Option<Time>,
    /// The morning's question is asked no more, since nobody answered it for so long.
    pub asked_no_more: bool,
}

impl ActuatorPicture {
    /// What keeps a person's "on" from being done, if something does.
    #[must_use]
    pub fn barred(&self) -> Option<&Reason> {
        let wanted = matches!(self.wish, Some((WishPicture::On, _)));
        let runs = self.level.is_some_and(|level| level > 0) || self.boosted;
        let by_rule = |reason: &&Reason| {
            matches!(reason.by, Judge::Interlock | Judge::Engine)
                || matches!(reason.because, Because::Ramp { .. })
        };
        self.reason.as_ref().filter(|_| wanted && !runs).filter(by_rule)
    }
}

impl Bedroom {
    /// What can be seen at `now`.
    pub(crate) fn picture(&self, now: Time, around: &Surroundings<'_>) -> Picture {
        let facts = self.facts(now, around);
        let settings = &around.plan.cold_exposure;
        let set = self.reference(around, facts.baby, facts.hours.year);
        let of_air =
            |f: fn(Temperature, Humidity) -> Temperature| Some(f(facts.room?, facts.humidity?));
        Picture {
            mode: self.mode,
            paused_until: self.tonight.paused_until.filter(|until| now < *until),
            house: self.house(now),
            baby: facts.baby,
            last_cramp: self.last_cramp,
            evening: facts.hours.evening,
            room: facts.room,
            humidity: facts.humidity,
            bed: facts.bed,
            dew_point: of_air(air::dew_point),
            bed_humidity: facts
                .bed
                .zip(facts.bed_humidity)
                .map(|(bed, humidity)| air::skin_referenced(bed, humidity)),
            reference: facts.reference,
            shift: match settings.style {
                Style::Dose => facts.reference - set,
                Style::Thermostat { .. } => facts.shift,
            },
            deficit: facts.room.map(|room| Kelvins((facts.reference - room).0.max(0))),
            cold: cold_exposure::is_cold(&facts, settings),
            heats_below: cold_exposure::heats_below(&facts, settings),
            heat_from: facts.supply.filter(|supply| !supply.is_on()).map(|supply| supply.next_on),
            target: cold_exposure::target(&facts, settings),
            ceiling: facts.ceiling,
            in_bed: facts.in_bed,
            bed_measured: facts.bed_measured,
            window: facts.window,
            dose: facts.acute,
            dose_limit: cold_exposure::act_level(&facts, settings),
            night_dose: self.warmth.night.dose(now),
            night: self.warmth.night.until(now),
            calling: facts.calling.is_some(),
            cold_exposure: self.call_reason.clone(),
            stuffy: self.stuffy(&facts, around),
            advice: self.advice(&facts, around),
            heating_rate: facts.heating_rate,
            away_until: self.away_until.filter(|until| now < *until),
            actuators: self.actuator_pictures(&facts, around),
            watched: (self.mode == Mode::Watch).then(|| self.watched.periods(now)),
            sensors: self.sensors.iter().map(sensor).collect(),
            sleepers: self.sleepers(&facts, around),
            waiting: self.waiting(&facts),
            faults: self.faults.clone(),
            skipped_reminders: self.skipped,
            wake: self.wake,
        }
    }

    fn waiting(&self, facts: &Facts) -> Waiting {
        let today = Some(facts.hours.date(facts.now));
        let of_today = self.drinking.iter().filter(|(_, drinking)| drinking.day == today);
        let questions = self.questions.iter().filter_map(|(_, question)| question.waits(facts));
        let (questions, lately): (Vec<u64>, Vec<bool>) = questions.unzip();
        Waiting {
            reminders: of_today.flat_map(|(_, drinking)| drinking.open.clone()).collect(),
            questions,
            asked_lately: lately.contains(&true),
        }
    }

    fn actuator_pictures(&self, facts: &Facts, around: &Surroundings<'_>) -> Vec<ActuatorPicture> {
        let all = self.actuators.iter().zip(&around.plan.actuators).enumerate();
        all.map(|(index, (known, plan))| ActuatorPicture {
            forbidden: heater(known, plan, facts, around)
                .and_then(|heater| safety::heater(facts, &heater)),
            waits: self.waits(index, facts, around),
            would_be: self.would_be(index, around.plan),
            ..actuator(known)
        })
        .collect()
    }

    fn sleepers(&self, facts: &Facts, around: &Surroundings<'_>) -> Vec<SleeperPicture> {
        let hydration = &around.plan.hydration;
        let speaks = around.wall.synchronised
            && self.mode_at(facts.now) == Mode::Auto
            && !self.tonight.guest(facts.now);
        let all = around.plan.sleepers.iter().zip(&self.drinking).enumerate();
        all.map(|(index, (sleeper, (name, drinking)))| SleeperPicture {
            name: name.clone(),
            in_bed: self.raw_bed(around, |side| side == Some(index)),
            drunk: drinking.drunk,
            goal: hydration::goal(facts, hydration, sleeper, drinking),
            water_lock: conditions::water(sleeper, facts.hours.year, facts.hours.month),
            prompts: drinking.prompts,
            next_prompt: hydration::upcoming(facts, hydration, sleeper, drinking)
                .filter(|_| speaks),
            asked_no_more: around.plan.ask_in_the_morning
                && self.questions.get(index).is_some_and(|(_, question)| question.rests()),
        })
        .collect()
    }
}

fn actuator(actuator: &super::actuator::Actuator) -> ActuatorPicture {
    let valve = match &actuator.state {
        State::Switched(_) => None,
        State::Valve(valve) => Some(valve),
    };
    let (level, on_since) = match &actuator.state {
        State::Switched(switched) => (switched.level(), switched.on_since()),
        State::Valve(valve) => (None, valve.boosted_since().filter(|_| valve.raised())),
    };
    let wish = actuator.wish.map(|wish| {
        let held = match wish.held {
            Held::On { .. } => WishPicture::On,
            Held::Off => WishPicture::Off,
            Held::AsIs => WishPicture::AsIs,
        };
        (held, wish.until)
    });
    ActuatorPicture {
        name: actuator.name.clone(),
        level,
        set_point: valve.and_then(Valve::shown),
        baseline: valve.map(Valve::baseline),
        boosted: valve.is_some_and(Valve::boosted),
        raised: valve.is_some_and(Valve::raised),
        on_since,
        wish,
        timer_works: actuator.timer_works,
        power: actuator.draw.last(),
        reason: actuator.standing.clone(),
        forbidden: None,
        waits: None,
        online: actuator.online,
        would_be: None,
    }
}

fn sensor((name, sensing): &(String, super::sensing::Sensing)) -> SensorPicture {
    let (garbled, garble) = sensing.garbled();
    SensorPicture {
        name: name.clone(),
        value: sensing.value(),
        at: sensing.last().map(|(_, at)| at),
        shown: sensing.shown(),
        repeated: sensing.repeated(),
        garbled,
        garble: garble.cloned(),
    }
}

//! What must never be: interlocks and limits. An interlock can only stop things.

use serde::{Deserialize, Serialize};

use crate::model::{KelvinHours, Span, Temperature, Time};
use crate::rules::conditions::Lock;
use crate::rules::{Because, Facts, WindowOpen, airflow};

/// Limits of one switched actuator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The least time on before a rule's own release; `None` is off.
    pub min_on: Option<Span>,
    /// The least time off; `None` is off.
    pub min_off: Option<Span>,
    /// S2: how long an "on" holds without renewal; `None` is off, which only a
    /// `radiator` and a `heat_pump` may have.
    pub lease: Option<Span>,
    /// The longest stretch without a rest; 4 h, a blanket 60 min.
    pub stretch: Span,
    /// The rest after such a stretch; 30 min.
    pub rest: Span,
}

/// S4: what a heater can do harm by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hazard {
    /// Hot water.
    Radiator,
    /// A heat pump or air conditioner.
    HeatPump,
    /// An electric panel fixed to the wall, on no extension lead.
    Panel,
    /// An electric blanket or heated pad.
    Blanket {
        /// The owner states that the label allows it all night.
        all_night: bool,
    },
    /// A heater that can be moved: never switched on.
    Portable,
}

/// What an interlock must know of one heater.
#[derive(Debug, Clone, Copy)]
pub struct Heater {
    /// What it can do harm by.
    pub hazard: Hazard,
    /// It is switched on and off; a set-point is held by the device.
    pub switched: bool,
    /// S2: this very device was seen to switch itself off, and can be told when.
    pub timer_works: bool,
    /// Since when it is on without a break.
    pub on_since: Option<Time>,
    /// Until when it rests after a full stretch.
    pub rest_until: Option<Time>,
    /// An "on" could not be recorded lately.
    pub unrecorded: bool,
    /// Its limits.
    pub limits: Limits,
    /// Why a sleeper must not have it, if it is heated bedding.
    pub bedding_lock: Option<Lock>,
    /// Until when a person's "on" may stand without a known temperature.
    pub blind_until: Option<Time>,
}

/// S6: a bed counts as known to be empty so long after its sensor last spoke.
pub const EMPTY_FOR: Span = Span::hours(24);
/// S4: heated bedding under a sleeper goes off from here.
pub const BED_HOT: Temperature = Temperature(3400);
/// S7: heated bedding from here is danger.
pub const BED_DANGER: Temperature = Temperature(3600);
/// S1, S2: a person's "on" at an unknown temperature lasts no longer, in all.
pub const BLIND: Span = Span::minutes(60);
/// S4: a portable heater goes off so long after somebody lay down, whatever delay the rules
/// are given.
pub const PORTABLE_BESIDE: Span = Span::minutes(3);
/// S4: a portable heater goes off so long after it was switched on.
pub const PORTABLE_FOR: Span = Span::minutes(60);

/// Why a heater must not be on, if so (S1, S2, S4, S6, ceiling, open window). For a
/// set-point it means the household's baseline.
#[must_use]
pub fn heater(facts: &Facts, heater: &Heater) -> Option<Because> {
    if heater.hazard == Hazard::Portable {
        return Some(Because::Portable);
    }
    air(facts, heater)
        .or_else(|| bedding(facts, heater))
        .or_else(|| unattended(facts, heater))
        .or_else(|| stretch(facts, heater))
}

/// S4: why a portable heater that a person switched on must go off now, if so.
#[must_use]
pub fn portable(facts: &Facts, on_since: Option<Time>) -> Option<Because> {
    let Some(room) = facts.room else {
        return Some(facts.unknown_room());
    };
    if room >= facts.ceiling {
        return Some(Because::Ceiling { temperature: room, ceiling: facts.ceiling });
    }
    let lies = facts.lying_since.is_some_and(|since| since + PORTABLE_BESIDE <= facts.now);
    if lies || facts.in_bed.occupied().is_some() {
        return Some(Because::BedNotEmpty);
    }
    let until = on_since? + PORTABLE_FOR;
    (until <= facts.now).then_some(Because::Stretch { limit: PORTABLE_FOR, until })
}

/// Why a fan must be off, whoever switched it on: S5 where heat is wanted, a baby in the
/// stream, a room too hot.
#[must_use]
pub fn fan(facts: &Facts, settings: &airflow::Settings, fan: airflow::Fan<'_>) -> Option<Because> {
    if facts.baby && fan.direct {
        return Some(Because::BabyInRoom);
    }
    let limit = airflow::hot_limit(facts, settings);
    if let Some(temperature) = facts.room.filter(|room| *room > limit) {
        return Some(Because::TooHot { temperature, limit });
    }
    let fights = fan.direct && (facts.calling.is_some() || fan.beside_heat);
    fights.then_some(Because::ColdGuard {
        temperature: facts.room,
        limit: settings.room_direct,
        dose: KelvinHours(0),
        heater_wanted: true,
    })
}

/// S3, S5: whether a fan's off waits for no least time.
#[must_use]
pub const fn stops_fan_at_once(because: &Because) -> bool {
    matches!(
        because,
        Because::ColdGuard { .. }
            | Because::TooHot { .. }
            | Because::BabyInRoom
            | Because::TemperatureUnknown { .. }
            | Because::TemperatureFrozen { .. }
    )
}

/// When an interlock may change with nothing but time passing.
pub fn changes(heater: &Heater) -> impl Iterator<Item = Time> {
    let ends = heater.on_since.map(|since| {
        since + if heater.hazard == Hazard::Portable { PORTABLE_FOR } else { heater.limits.stretch }
    });
    [ends.filter(|_| heater.switched), heater.rest_until, heater.blind_until].into_iter().flatten()
}

/// S1, the ceiling and the window.
fn air(facts: &Facts, heater: &Heater) -> Option<Because> {
    let open =
        facts.window.map(|window| Because::WindowOpen { guessed: window == WindowOpen::Guessed });
    let Some(room) = facts.room else {
        // A set-point has no lease that could end it.
        let blind = heater.switched && heater.blind_until.is_some_and(|until| facts.now < until);
        return if blind { open } else { Some(facts.unknown_room()) };
    };
    if room >= facts.ceiling {
        return Some(Because::Ceiling { temperature: room, ceiling: facts.ceiling });
    }
    open
}

/// S4: heated bedding.
fn bedding(facts: &Facts, heater: &Heater) -> Option<Because> {
    let Hazard::Blanket { all_night } = heater.hazard else { return None };
    if heater.bedding_lock.is_some() || facts.baby {
        return Some(Because::BeddingLocked);
    }
    let hot = facts.bed.filter(|bed| *bed >= BED_HOT);
    if let Some(temperature) = hot {
        return Some(Because::BedHot { temperature, limit: BED_HOT });
    }
    let known_cool = facts.bed.is_some();
    let unmeasured_and_early = !facts.bed_measured
        && !facts.hours.asleep(facts.now)
        && !facts.hours.quiet_morning(facts.now);
    let empty = known_empty(facts) || unmeasured_and_early;
    (!(empty || all_night && known_cool)).then_some(Because::BedNotEmpty)
}

/// Whether it would be kept off beside the bed only for want of a timer that was seen to work.
#[must_use]
pub fn untried(facts: &Facts, heater: &Heater) -> bool {
    unattended(facts, heater).is_some() && bedding(facts, heater).is_none()
}

/// S2, S6: an electric heater whose own timer was not seen to work needs a bed that is
/// known to be empty.
fn unattended(facts: &Facts, heater: &Heater) -> Option<Because> {
    let electric = match heater.hazard {
        Hazard::Panel => true,
        // Pre-heating beside an unmeasured bed is judged with the bedding; what may stay on
        // under a sleeper is not.
        Hazard::Blanket { all_night } => all_night || facts.bed_measured,
        Hazard::Radiator | Hazard::HeatPump | Hazard::Portable => false,
    };
    (electric && heater.switched && !heater.timer_works && !known_empty(facts))
        .then_some(Because::BedNotEmpty)
}

/// S6: nobody is in bed, and somebody said so within a day: a mat whose battery died on
/// "out" knows nothing.
fn known_empty(facts: &Facts) -> bool {
    let heard = facts.bed_heard.is_some_and(|at| facts.now.since(at) < EMPTY_FOR);
    facts.in_bed_now == Some(false) && heard
}

/// S2: the longest stretch, and the rest after it.
fn stretch(facts: &Facts, heater: &Heater) -> Option<Because> {
    if !heater.switched {
        return None;
    }
    let limit = heater.limits.stretch;
    if let Some(until) = heater.rest_until.filter(|until| *until > facts.now) {
        return Some(if heater.unrecorded {
            Because::NotRecorded { until }
        } else {
            Because::Stretch { limit, until }
        });
    }
    let until = facts.now + heater.limits.rest;
    heater
        .on_since
        .is_some_and(|since| since + limit <= facts.now)
        .then_some(Because::Stretch { limit, until })
}

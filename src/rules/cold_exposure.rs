//! Cold exposure: prolonged exposure to low temperature is a dose, not a threshold.

use serde::{Deserialize, Serialize};

use super::{Because, Deadline, Facts, Judge, Otherwise, Reason, Verdict, Why};
use crate::model::{KelvinHours, Kelvins, Span, Temperature, Time, Window};

/// What the rule is told in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether the rule is in force.
    pub enabled: bool,
    /// Below which temperature an occupied bed gathers dose.
    pub reference: Reference,
    /// How the rule calls for heat.
    pub style: Style,
    /// The memory of the acute dose; 1.5 h by convention.
    pub memory: Span,
    /// The acute dose that calls for heat; 1.0 K·h by convention.
    pub act: KelvinHours,
    /// The acute dose at or below which a call may end; 0.3 K·h by convention.
    pub release: KelvinHours,
    /// So far below the reference, for ten minutes, calls for heat at once; 2 K.
    pub deep: Kelvins,
    /// How far above the reference a call may end; 0.5 K.
    pub release_above: Kelvins,
    /// How far above the reference a call heats; 1 K.
    pub target_above: Kelvins,
    /// The switching band around the target; ± 0.3 K.
    pub band: Kelvins,
    /// No heat of ours above; 24 °C, 20 °C with a baby in the room.
    pub ceiling: Temperature,
    /// The in-bed sensor's reference; 28 °C.
    pub bed_reference: Temperature,
    /// The in-bed dose that calls for heat; 1.5 K·h.
    pub bed_act: KelvinHours,
    /// How long an in-bed sensor is ignored after somebody lay down; 45 min.
    pub bed_settling: Span,
    /// Whether the room is warmed before bedtime and before the pre-dawn low.
    pub prewarm: bool,
    /// How long before the usual wake the room is to be at the reference; 2 h.
    pub predawn: Span,
    /// After how long without anybody in bed pre-warming stops; 90 min.
    pub empty_after: Span,
    /// When the boiler gives heat; none means always.
    pub available: Option<Window>,
    /// How fast the room may warm while somebody sleeps, per hour; `None` is off.
    pub ramp: Option<Kelvins>,
    /// Whether a steep fall is taken for an open window.
    pub window_guess: bool,
}

/// Below which room temperature an occupied bed gathers dose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// By who sleeps there: 18 °C; 20 °C from 65 years or when ill; 17 °C with a baby.
    ByProfile,
    /// The usual temperature at bedtime, less 1 K, within 16…20 °C: for whoever says
    /// that at night the room is right.
    Usual,
    /// As stated.
    Fixed(Temperature),
}

/// How the rule calls for heat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// By dose, by depth and by the hour.
    Dose,
    /// A plain thermostat in the sleep window.
    Thermostat {
        /// Start below.
        start_below: Temperature,
        /// Stop above.
        stop_above: Temperature,
    },
}

/// How long a depth must last before it calls for heat.
pub const DEEP_FOR: Span = Span::minutes(10);
/// The longest lead: beyond four hours a heat-up is too slow to be planned.
pub const LEAD_CAP: Span = Span::hours(4);

/// Whether heat is to be called for.
#[must_use]
pub fn judge(facts: &Facts, settings: &Settings) -> Verdict {
    if !settings.enabled {
        return off(Because::Nothing, None);
    }
    if facts.away {
        return off(Because::Away, None);
    }
    let Some(room) = facts.room else {
        return off(facts.unknown_room(), Some(Otherwise::NeedsReading));
    };
    match settings.style {
        Style::Dose => by_dose(facts, settings, room),
        Style::Thermostat { start_below, stop_above } => {
            thermostat(facts, room, start_below + facts.shift, stop_above + facts.shift)
        }
    }
}

/// Whether it has been too cold for who is in bed: the dose or the depth that calls for
/// heat is reached, and stays so until the call that it began ends. None where the room's
/// temperature is not known.
#[must_use]
pub fn is_cold(facts: &Facts, settings: &Settings) -> Option<bool> {
    let room = facts.room?;
    let goes_on = facts.calling.as_ref().is_some_and(|call| {
        matches!(
            call.reason.because,
            Because::Dose { .. }
                | Because::Deep { .. }
                | Because::Below { .. }
                | Because::NotYetWarm { .. }
        )
    });
    let begins = match settings.style {
        Style::Dose => {
            facts.acute >= act_level(facts, settings)
                || facts.deep_since.is_some_and(|since| since + DEEP_FOR <= facts.now)
        }
        Style::Thermostat { start_below, .. } => room < start_below + facts.shift,
    };
    Some(goes_on || facts.sleeping() && begins)
}

/// The acute dose that calls for heat.
#[must_use]
pub fn act_level(facts: &Facts, settings: &Settings) -> KelvinHours {
    if facts.dose_in_bed { settings.bed_act } else { settings.act }
}

/// Offers when the verdict may change with nothing but time passing.
pub fn changes(facts: &Facts, settings: &Settings, mut offer: impl FnMut(Time, Why)) {
    if matches!(settings.style, Style::Dose) {
        let present = (facts.now, facts.acute);
        let act = act_level(facts, settings);
        // Where no call can begin, one that would is over when the dose falls again.
        for (level, rising) in [(act, true), (just_below(act), false), (settings.release, false)] {
            if let Some(at) = facts.dose.reaches(level, rising, present, settings.memory) {
                offer(at, Why::Dose);
            }
        }
    }
    if let Some(since) = facts.deep_since {
        offer(since + DEEP_FOR, Why::Dose);
    }
    let bedtime = deadline(facts, settings, Deadline::Bedtime);
    if let Some(room) = facts.room {
        let predawn = deadline(facts, settings, Deadline::Predawn);
        offer((bedtime - lead(facts, settings, room, false)).ceil_second(), Why::Hour);
        offer((predawn - lead(facts, settings, room, true)).ceil_second(), Why::Hour);
    }
    offer(facts.hours.next(facts.now), Why::Hour);
    offer(facts.hours.bedtime + settings.empty_after, Why::Hour);
    offer(bedtime - LEAD_CAP, Why::Hour);
    if let Some(supply) = facts.supply {
        offer(supply.next_on.min(supply.next_off), Why::Hour);
    }
    if let Some(at) = facts.calling.as_ref().and_then(|call| deadline_of(&call.reason.because)) {
        offer(at, Why::Hour);
    }
}

/// The temperature a call heats to.
#[must_use]
pub fn target(facts: &Facts, settings: &Settings) -> Temperature {
    match settings.style {
        Style::Dose => (facts.reference + settings.target_above).min(facts.ceiling),
        Style::Thermostat { stop_above, .. } => (stop_above + facts.shift).min(facts.ceiling),
    }
}

/// Below which room temperature heat is called for, sooner or later: while a call lasts, its
/// target.
#[must_use]
pub fn heats_below(facts: &Facts, settings: &Settings) -> Temperature {
    match settings.style {
        _ if facts.calling.is_some() => target(facts, settings),
        Style::Dose => facts.reference.min(facts.ceiling),
        Style::Thermostat { start_below, .. } => (start_below + facts.shift).min(facts.ceiling),
    }
}

/// How long it takes to warm the room from `room` to the reference: 1.25 · ΔT by the
/// median rate, by at most the ramp while somebody sleeps.
#[must_use]
pub fn lead(facts: &Facts, settings: &Settings, room: Temperature, sleeping: bool) -> Span {
    let lacking = (facts.reference - room).0.max(0);
    let rate = match settings.ramp {
        Some(ramp) if sleeping => facts.heating_rate.min(ramp),
        Some(_) | None => facts.heating_rate,
    };
    let ms = i64::from(lacking) * 3_600_000 * 5 / 4 / i64::from(rate.0.max(10));
    Span(ms).min(LEAD_CAP)
}

fn by_dose(facts: &Facts, settings: &Settings, room: Temperature) -> Verdict {
    let warm = facts.acute <= settings.release && room >= facts.reference + settings.release_above;
    if let Some(call) = &facts.calling {
        return match stop(facts, settings) {
            Some(because) => off(because, None),
            None if warm => {
                off(warm_enough(facts, settings, room), counterfactual(facts, settings))
            }
            None => match unavailable(facts) {
                Some(rests) => off(rests, None),
                None => Verdict::On(Reason {
                    because: present_cause(facts, settings, room, &call.reason.because),
                    ..call.reason.clone()
                }),
            },
        };
    }
    let Some(because) = start(facts, settings, room) else {
        let because = stop(facts, settings).unwrap_or_else(|| warm_enough(facts, settings, room));
        return off(because, counterfactual(facts, settings));
    };
    match unavailable(facts) {
        Some(rests) => off(rests, None),
        None => Verdict::On(Reason {
            by: Judge::ColdExposure,
            because,
            otherwise: Some(Otherwise::WouldStop {
                dose: settings.release,
                temperature: facts.reference + settings.release_above,
            }),
        }),
    }
}

/// Why a call goes on: what began it, until the time is past by which the room was to be
/// warm; from then on what would begin it now, or that the room is not yet warm.
fn present_cause(
    facts: &Facts,
    settings: &Settings,
    room: Temperature,
    began: &Because,
) -> Because {
    let goes_on = matches!(began, Because::NotYetWarm { .. });
    if !goes_on && deadline_of(began).is_none_or(|at| at > facts.now) {
        return began.clone();
    }
    let not_yet_warm =
        Because::NotYetWarm { temperature: room, until: facts.reference + settings.release_above };
    let cause = start(facts, settings, room);
    cause.filter(|cause| deadline_of(cause).is_none_or(|at| at > facts.now)).unwrap_or(not_yet_warm)
}

/// By when the room is to be warm, if that is why.
const fn deadline_of(because: &Because) -> Option<Time> {
    if let Because::Deadline { at, .. } = because { Some(*at) } else { None }
}

/// What begins a call.
fn start(facts: &Facts, settings: &Settings, room: Temperature) -> Option<Because> {
    let reference = facts.reference;
    let deadline_call = |which, sleeping| {
        let (at, lead) = (deadline(facts, settings, which), lead(facts, settings, room, sleeping));
        (settings.prewarm && room < reference && at - lead <= facts.now).then_some(
            Because::Deadline { deadline: which, at, temperature: room, reference, lead },
        )
    };
    if !facts.sleeping() {
        return if awaited(facts, settings) {
            deadline_call(Deadline::Bedtime, false)
        } else {
            None
        };
    }
    let (dose, limit) = (facts.acute, act_level(facts, settings));
    if dose >= limit {
        let (temperature, reference) = if facts.dose_in_bed {
            (facts.bed.unwrap_or(room), settings.bed_reference)
        } else {
            (room, reference)
        };
        return Some(Because::Dose {
            dose,
            limit,
            temperature,
            reference,
            in_bed: facts.dose_in_bed,
        });
    }
    if facts.deep_since.is_some_and(|since| since + DEEP_FOR <= facts.now) {
        return Some(Because::Deep { temperature: room, limit: reference - settings.deep });
    }
    if facts.hours.asleep(facts.now) {
        return deadline_call(Deadline::Predawn, true);
    }
    None
}

/// What ends a call, whatever the temperature.
fn stop(facts: &Facts, settings: &Settings) -> Option<Because> {
    if facts.sleeping() || awaited(facts, settings) {
        return None;
    }
    Some(if facts.in_bed.occupied().is_some() {
        Because::ByDay
    } else if awaited_until(facts, settings) <= facts.now
        && facts.hours.asleep(facts.now)
        && !facts.came_to_bed
    {
        Because::NobodyCame { after: settings.empty_after }
    } else {
        Because::NobodyInBed
    })
}

/// Whether the room is made ready for somebody who is expected: around the usual
/// bedtime, while nobody has come to bed yet and the last two nights were not empty.
fn awaited(facts: &Facts, settings: &Settings) -> bool {
    settings.prewarm
        && facts.empty_nights < 2
        && !facts.came_to_bed
        && facts.in_bed.occupied().is_none()
        && facts.now >= deadline(facts, settings, Deadline::Bedtime) - LEAD_CAP
        && facts.now < awaited_until(facts, settings)
}

fn awaited_until(facts: &Facts, settings: &Settings) -> Time {
    facts.hours.bedtime + settings.empty_after
}

/// By when the room is to be warm; before the boiler rests, if it rests at bedtime.
fn deadline(facts: &Facts, settings: &Settings, which: Deadline) -> Time {
    match which {
        Deadline::Bedtime => facts
            .supply
            .and_then(|supply| supply.ends_before_bedtime)
            .unwrap_or(facts.hours.bedtime),
        Deadline::Predawn => facts.hours.wake - settings.predawn,
    }
}

/// Why no heat is to be had at this hour, if so.
fn unavailable(facts: &Facts) -> Option<Because> {
    facts
        .supply
        .filter(|supply| !supply.is_on())
        .map(|supply| Because::HeatUnavailable { from: supply.next_on })
}

const fn just_below(level: KelvinHours) -> KelvinHours {
    KelvinHours(level.0 - 1)
}

fn warm_enough(facts: &Facts, settings: &Settings, room: Temperature) -> Because {
    Because::Warm { temperature: room, dose: facts.acute, limit: act_level(facts, settings) }
}

/// What would start a call: an example one kelvin below the reference, or where the room
/// is colder, the room as it is.
fn counterfactual(facts: &Facts, settings: &Settings) -> Option<Otherwise> {
    if facts.dose_in_bed {
        return None;
    }
    let example = facts.reference - Kelvins(100);
    let example = facts.room.map_or(example, |room| room.min(example));
    let below = facts.reference - example;
    Some(Otherwise::WouldStart {
        dose: settings.act,
        example,
        after: facts.dose.time_to(settings.act, below, (facts.now, facts.acute), settings.memory),
        deep: facts.reference - settings.deep,
    })
}

fn thermostat(
    facts: &Facts,
    room: Temperature,
    start_below: Temperature,
    stop_above: Temperature,
) -> Verdict {
    if !facts.sleeping() {
        let by_day = facts.in_bed.occupied().is_some();
        return off(if by_day { Because::ByDay } else { Because::NobodyInBed }, None);
    }
    if let Some(rests) = unavailable(facts) {
        return off(rests, None);
    }
    if room < start_below {
        let because = Because::Below { temperature: room, limit: start_below };
        return Verdict::On(Reason { by: Judge::ColdExposure, because, otherwise: None });
    }
    if room > stop_above {
        return off(Because::AtTarget { temperature: room, target: stop_above }, None);
    }
    match &facts.calling {
        Some(call) => Verdict::On(call.reason.clone()),
        None => off(Because::AtTarget { temperature: room, target: stop_above }, None),
    }
}

fn off(because: Because, otherwise: Option<Otherwise>) -> Verdict {
    Verdict::Off(Reason { by: Judge::ColdExposure, because, otherwise })
}

//! Airflow: a bed that does not breathe.

use serde::{Deserialize, Serialize};

use super::{Because, Facts, Judge, Reason, RoomSign, Verdict, Why};
use crate::air;
use crate::model::{Co2, Humidity, KelvinHours, Kelvins, Span, Temperature, Time};

/// What the rule is told in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether the rule is in force.
    pub enabled: bool,
    /// Skin-referenced bed humidity from which the bed is stuffy; 65 %.
    pub stuffy: Humidity,
    /// At or below which it no longer is; 55 %.
    pub stuffy_until: Humidity,
    /// From which it is wet; 80 %.
    pub wet: Humidity,
    /// By how much the room must be drier than the bed, in pascals; 300.
    pub drier_pa: i32,
    /// Without an in-bed sensor: the room temperature from which a fan helps; 26 °C.
    pub room_warm: Temperature,
    /// Without an in-bed sensor: the temperature from which a damp room counts; 24 °C.
    pub room_damp: Temperature,
    /// Without an in-bed sensor: the dew point that makes it damp; 18 °C.
    pub dew_point: Temperature,
    /// Without an in-bed sensor: the rise of absolute humidity since somebody lay down,
    /// in hundredths of g/m³; 1.0 g/m³.
    pub humidity_rise: i32,
    /// Room temperature from which indirect air may run; 22 °C, off 0.5 K below.
    pub room_indirect: Temperature,
    /// Room temperature from which direct air may run; 24 °C, off 0.5 K below.
    pub room_direct: Temperature,
    /// How far below its start a fan stops; 0.5 K.
    pub room_band: Kelvins,
    /// Above it a fan no longer cools; 35 °C, 33 °C from 65 years.
    pub room_hot: Temperature,
    /// The acute cold dose above which a running fan stops; 0.5 K·h.
    pub dose_stop: KelvinHours,
    /// The acute cold dose at or below which a fan may start; 0.3 K·h.
    pub dose_start: KelvinHours,
    /// Advise fresh air from; 1150 ppm.
    pub co2_advise: Co2,
    /// Until; 900 ppm.
    pub co2_clear: Co2,
}

impl Settings {
    /// Stuffy from a skin-referenced humidity on; a fan that runs goes on below it.
    fn is_stuffy(&self, humidity: Humidity, running: bool) -> bool {
        if running { humidity > self.stuffy_until } else { humidity >= self.stuffy }
    }
}

/// What a rule must know of one fan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fan<'a> {
    /// It blows at the bed.
    pub direct: bool,
    /// Air speed at the pillow at each level, in hundredths of m/s, lowest first.
    pub speeds: &'a [Option<u16>],
    /// The level it runs at; 0 is off.
    pub level: u8,
    /// S5: something gives heat beside it, or a person asked for that.
    pub beside_heat: bool,
}

/// What a person could do: shown, told in the morning, spoken only when asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// The bed is stuffy, and a fan would chill or there is none.
    LiftTheCover,
    /// The room's air is used up.
    FreshAir,
}

impl Advice {
    /// Every advice.
    pub const ALL: [Self; 2] = [Self::LiftTheCover, Self::FreshAir];
}

/// A speed that is not known is taken as so much for each level, in hundredths of m/s.
const UNKNOWN_SPEED: u16 = 30;
/// A wet bed is no longer wet at or below this skin-referenced humidity.
const WET_UNTIL: Humidity = Humidity(7000);
/// A sign of the room's air is gone so far below where it began.
const ROOM_SIGN_BAND: Kelvins = Kelvins(100);
/// Indirect or direct, no fan cools a person of 65 years or more above this.
const HOT_FOR_OLDER: Temperature = Temperature(3300);

/// Whether a fan is to run, and at which level.
#[must_use]
pub fn judge(facts: &Facts, settings: &Settings, fan: Fan<'_>) -> Verdict {
    if !settings.enabled {
        return off(Because::Nothing);
    }
    if facts.in_bed.occupied().is_none() {
        return off(Because::NobodyInBed);
    }
    let Some(room) = facts.room else {
        return off(facts.unknown_room());
    };
    let running = fan.level > 0;
    let (level, because) = match sign(facts, settings, room, running, fan.level) {
        Ok(found) => found,
        Err(because) => return off(because),
    };
    if let Some(because) = guard(facts, settings, fan, room) {
        return off(because);
    }
    match allowed_level(fan, room, level) {
        Some(level) => Verdict::Level(level, reason(because)),
        None => off(Because::Draught { temperature: room, limit: air::speed_limit(room) }),
    }
}

/// Offers when the verdict may change with nothing but time passing: the dose falls to where
/// a fan may start, or rises to where it stops.
pub fn changes(facts: &Facts, settings: &Settings, memory: Span, mut offer: impl FnMut(Time, Why)) {
    let just_above = KelvinHours(settings.dose_stop.0 + 1);
    let levels = [(settings.dose_start, false), (just_above, true), (settings.dose_stop, false)];
    for (level, rising) in levels {
        if let Some(at) = facts.dose.reaches(level, rising, (facts.now, facts.acute), memory) {
            offer(at, Why::Dose);
        }
    }
}

/// S5, the cold guard, and the heat guard: why a fan would do harm, if so.
#[must_use]
pub fn guard(
    facts: &Facts,
    settings: &Settings,
    fan: Fan<'_>,
    room: Temperature,
) -> Option<Because> {
    let hot = hot_limit(facts, settings);
    if room > hot {
        return Some(Because::TooHot { temperature: room, limit: hot });
    }
    if facts.baby && fan.direct {
        return Some(Because::BabyInRoom);
    }
    let start = if fan.direct { settings.room_direct } else { settings.room_indirect };
    let (limit, dose_limit) = if fan.level > 0 {
        (start - settings.room_band, settings.dose_stop)
    } else {
        (start, settings.dose_start)
    };
    let dose = facts.acute;
    let heater_wanted = facts.calling.is_some() || fan.beside_heat;
    (room < limit || dose > dose_limit || heater_wanted).then_some(Because::ColdGuard {
        temperature: Some(room),
        limit,
        dose,
        heater_wanted,
    })
}

/// Above which room temperature moving air no longer cools who sleeps there.
#[must_use]
pub fn hot_limit(facts: &Facts, settings: &Settings) -> Temperature {
    if facts.older { settings.room_hot.min(HOT_FOR_OLDER) } else { settings.room_hot }
}

/// Whether it is stuffy, as far as anything known tells: the bed for who is in it, or
/// without an in-bed sensor the room by its signs, or used-up air (`fresh_air`).
#[must_use]
pub fn is_stuffy(
    facts: &Facts,
    settings: &Settings,
    blowing: bool,
    fresh_air: bool,
) -> Option<bool> {
    if fresh_air || facts.in_bed.occupied().is_none() {
        return Some(fresh_air);
    }
    match (bed_index(facts), facts.room) {
        (Some(index), _) => Some(settings.is_stuffy(index, blowing)),
        (None, Some(room)) => Some(room_sign(facts, settings, room, blowing).is_some()),
        (None, None) => facts.co2.map(|_| false),
    }
}

/// Skin-referenced humidity of the bed, if it is measured and known.
fn bed_index(facts: &Facts) -> Option<Humidity> {
    facts.bed.zip(facts.bed_humidity).map(|(bed, humidity)| air::skin_referenced(bed, humidity))
}

/// Fresh air is advised: shown, not done.
#[must_use]
pub fn wants_fresh_air(facts: &Facts, settings: &Settings, advised: bool) -> bool {
    facts
        .co2
        .is_some_and(|co2| co2 >= if advised { settings.co2_clear } else { settings.co2_advise })
}

/// Lifting the cover is advised: the bed is stuffy, and no fan blows.
#[must_use]
pub fn wants_cover_lifted(facts: &Facts, settings: &Settings, blowing: bool) -> bool {
    settings.enabled
        && !blowing
        && facts.in_bed.occupied().is_some()
        && bed_index(facts).is_some_and(|humidity| humidity >= settings.stuffy)
}

/// What the bed, or without an in-bed sensor the room, says: a level and why, or why
/// no fan is needed.
fn sign(
    facts: &Facts,
    settings: &Settings,
    room: Temperature,
    running: bool,
    level: u8,
) -> Result<(u8, Because), Because> {
    let (Some(bed), Some(bed_humidity)) = (facts.bed, facts.bed_humidity) else {
        return room_sign(facts, settings, room, running)
            .map(|sign| (1, Because::WarmRoom { temperature: room, sign }))
            .ok_or(Because::Fresh);
    };
    let humidity = air::skin_referenced(bed, bed_humidity);
    if !settings.is_stuffy(humidity, running) {
        return Err(Because::Airy);
    }
    let wet = humidity >= settings.wet || level > 1 && humidity > WET_UNTIL;
    let limit = if wet { settings.wet } else { settings.stuffy };
    let Some(room_humidity) = facts.humidity else {
        return Err(Because::NotDrier { drier_pa: 0, limit_pa: settings.drier_pa });
    };
    let drier_pa = air::drier_by((room, room_humidity), (bed, bed_humidity));
    if drier_pa < settings.drier_pa {
        return Err(Because::NotDrier { drier_pa, limit_pa: settings.drier_pa });
    }
    Ok((if wet { 2 } else { 1 }, Because::Stuffy { humidity, limit, wet }))
}

fn room_sign(
    facts: &Facts,
    settings: &Settings,
    room: Temperature,
    running: bool,
) -> Option<RoomSign> {
    let band = if running { ROOM_SIGN_BAND } else { Kelvins(0) };
    if room >= settings.room_warm - band {
        return Some(RoomSign::Warm);
    }
    let humidity = facts.humidity?;
    let dew_point = air::dew_point(room, humidity);
    if room >= settings.room_damp - band && dew_point >= settings.dew_point - band {
        return Some(RoomSign::Damp);
    }
    let rise = air::absolute_humidity(room, humidity) - facts.vapour_at_bedtime?;
    let enough = if running { settings.humidity_rise / 2 } else { settings.humidity_rise };
    (rise >= enough).then_some(RoomSign::Breathed)
}

/// The highest level up to `level` that stays within ASHRAE 55's air speed for people
/// without control of it, which a sleeper is; only direct air reaches the pillow.
fn allowed_level(fan: Fan<'_>, room: Temperature, level: u8) -> Option<u8> {
    let top = u8::try_from(fan.speeds.len()).unwrap_or(u8::MAX).max(1);
    let limit = air::speed_limit(room);
    (1..=level.min(top)).rev().find(|level| {
        let known = fan.speeds.get(usize::from(*level) - 1).copied().flatten();
        !fan.direct || known.unwrap_or(UNKNOWN_SPEED * u16::from(*level)) <= limit
    })
}

const fn reason(because: Because) -> Reason {
    Reason { by: Judge::Airflow, because, otherwise: None }
}

const fn off(because: Because) -> Verdict {
    Verdict::Off(reason(because))
}

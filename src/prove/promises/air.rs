//! S5, and what can be heard at night (S7).

use chrono::NaiveDate;

use super::Promise;
use super::heat::{acts, hours};
use crate::engine::{ActuatorPicture, Event, WishPicture};
use crate::model::{Span, Switch, Temperature, Time};
use crate::plan::{Actuator, Kind};
use crate::rules::{InBed, Judge};

/// S5, whoever asked for it.
pub const NOT_BESIDE_HEAT: Promise = Promise {
    says: "S5: no fan blows at the bed beside heat, whoever asked for it",
    despite_lies: false,
    despite_loss: false,
    watch: |_| {
        Box::new(|moment| {
            let picture = moment.picture();
            let bedroom = &moment.plan.bedrooms[0];
            let mut heaters = bedroom.actuators.iter().zip(&picture.actuators);
            let heated = picture.calling
                || moment.ours.of(moment.plan).next().is_some()
                || heaters.any(|(plan, actuator)| heats(plan, actuator, picture.room));
            if !heated || !acts(moment) {
                return Ok(());
            }
            for command in moment.commands() {
                let runs = matches!(command.switch, Switch::Level(_));
                let fan = moment.actuator(command.actuator);
                ensure!(!(is_direct(fan) && runs), "{} is told to blow", fan.name);
            }
            let fans = bedroom.actuators.iter().zip(&picture.actuators);
            for (fan, actuator) in fans.filter(|(plan, _)| is_direct(plan)) {
                let stopped = actuator.level.unwrap_or(0) == 0;
                ensure!(stopped, "{} blows beside the heat", fan.name);
            }
            Ok(())
        })
    },
};

/// S5, by the rule.
pub const NOT_CHILLING: Promise = Promise {
    says: "S5: a fan starts by itself only where it would not chill",
    despite_lies: true,
    despite_loss: false,
    watch: |plan| {
        let mut running = vec![false; plan.bedrooms[0].actuators.len()];
        Box::new(move |moment| {
            let picture = moment.picture();
            let settings = &moment.plan.bedrooms[0].airflow;
            for command in moment.commands() {
                let fan = moment.actuator(command.actuator);
                let Kind::Fan { direct, .. } = fan.kind else { continue };
                let runs = matches!(command.switch, Switch::Level(_));
                if !runs || command.reason.by != Judge::Airflow {
                    continue;
                }
                let start = if direct { settings.room_direct } else { settings.room_indirect };
                let was = running[usize::from(command.actuator.0)];
                let least = if was { start - settings.room_band } else { start };
                let dose = if was { settings.dose_stop } else { settings.dose_start };
                let mild =
                    picture.room.is_some_and(|room| room >= least && room <= settings.room_hot);
                ensure!(mild, "{} blows at {:?}", fan.name, picture.room);
                ensure!(picture.dose <= dose, "{} blows at a dose of {:?}", fan.name, picture.dose);
                ensure!(!picture.calling, "{} blows while heat is called for", fan.name);
                let somebody = picture.in_bed.occupied().is_some();
                ensure!(somebody, "{} blows, and nobody is in bed", fan.name);
            }
            for (runs, actuator) in running.iter_mut().zip(&picture.actuators) {
                *runs = actuator.level.is_some_and(|level| level > 0);
            }
            Ok(())
        })
    },
};

/// S7: over restarts, too.
pub const AUDIBLE: Promise = Promise {
    says: "S7: no more audible changes a night than set, and those an hour apart",
    despite_lies: true,
    despite_loss: false,
    watch: |plan| {
        let mut changes: Vec<(NaiveDate, Time)> = Vec::new();
        let mut levels = vec![0_u8; plan.bedrooms[0].actuators.len()];
        Box::new(move |moment| {
            let bedroom = &moment.plan.bedrooms[0];
            let picture = moment.picture();
            if matches!(moment.event, Event::Clock(_)) {
                changes.clear();
            }
            let evening = hours(moment).evening;
            for command in moment.commands() {
                let index = usize::from(command.actuator.0);
                let actuator = &picture.actuators[index];
                let louder = match command.switch {
                    Switch::On { .. } => levels[index] == 0,
                    Switch::Level(level) => level > levels[index],
                    Switch::SetPoint(value) => Some(value) > actuator.baseline,
                    Switch::Off | Switch::Feed(_) | Switch::OwnThermometer => false,
                };
                let by_rule = actuator.wish.is_none() && !command.again;
                let in_bed = matches!(picture.in_bed, InBed::Occupied(_) | InBed::Assumed(_));
                let Some(most) = bedroom.audible_changes else { continue };
                if !(bedroom.actuators[index].audible && louder && by_rule && in_bed) {
                    continue;
                }
                if let Some((_, last)) = changes.last() {
                    let since = moment.at.since(*last);
                    ensure!(since >= Span::hours(1), "{} after {since}", actuator.name);
                }
                changes.push((evening, moment.at));
                let tonight = changes.iter().filter(|(of, _)| *of == evening).count();
                ensure!(tonight <= usize::from(most), "{} is number {tonight}", actuator.name);
            }
            for (level, actuator) in levels.iter_mut().zip(&picture.actuators) {
                *level = actuator.level.unwrap_or(0);
            }
            Ok(())
        })
    },
};

/// A heater that is on, or whose set-point somebody or something raised.
fn heats(plan: &Actuator, actuator: &ActuatorPicture, room: Option<Temperature>) -> bool {
    let by_hand = matches!(actuator.wish, Some((WishPicture::AsIs, _)));
    plan.is_heater()
        && (actuator.level.is_some_and(|level| level > 0)
            || actuator.boosted
            || by_hand && room.is_some() && actuator.set_point > room)
}

const fn is_direct(plan: &Actuator) -> bool {
    matches!(plan.kind, Kind::Fan { direct: true, .. })
}

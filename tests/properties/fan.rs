//! S5, and what can be heard at night (S7).

use uncramp::engine::{ActuatorPicture, Event, WishPicture};
use uncramp::model::{Hours, KelvinHours, Span, Switch, Temperature, Time};
use uncramp::plan::{Actuator, Kind, Mode};
use uncramp::rules::{InBed, Judge};

use crate::heat::Ours;
use crate::play::play;
use crate::{any, hold, night, room};

#[test]
fn s5_a_direct_fan_never_runs_beside_heat_whoever_asked_for_it() {
    hold(250, (room::room_with_direct_fan(), night::any_night(20..150)), |(room, night)| {
        let mut ours = Ours::default();
        play(&room.plan(), &night.without_lies(), |moment| {
            ours.see(moment);
            let picture = moment.picture();
            let mut heaters = moment.plan.bedrooms[0].actuators.iter().zip(&picture.actuators);
            let heated = picture.calling
                || ours.of(moment).next().is_some()
                || heaters.any(|(plan, actuator)| heats(plan, actuator, picture.room));
            if !heated || picture.mode != Mode::Auto {
                return;
            }
            for command in moment.commands() {
                let runs = matches!(command.switch, Switch::Level(_));
                let direct = is_direct(moment.actuator(command.actuator));
                assert!(!(direct && runs), "{command:?} beside heat");
            }
            let fans = moment.plan.bedrooms[0].actuators.iter().zip(&picture.actuators);
            for (plan, actuator) in fans.filter(|(plan, _)| is_direct(plan)) {
                let stopped = actuator.level.unwrap_or(0) == 0;
                assert!(stopped, "{} blows beside the heat", plan.name);
            }
        });
    });
}

/// A heater that is on, or whose set-point somebody or something raised.
fn heats(plan: &Actuator, actuator: &ActuatorPicture, room: Option<Temperature>) -> bool {
    let by_hand = matches!(actuator.wish, Some((WishPicture::AsIs, _)));
    matches!(plan.kind, Kind::Heater { .. })
        && (actuator.level.is_some_and(|level| level > 0)
            || actuator.boosted
            || by_hand && room.is_some() && actuator.set_point > room)
}

fn is_direct(plan: &Actuator) -> bool {
    matches!(plan.kind, Kind::Fan { direct: true, .. })
}

#[test]
fn s5_a_fan_starts_by_rule_only_where_it_would_not_chill() {
    hold(150, any(), |(room, night)| {
        let mut running = [false; 8];
        play(&room.plan(), &night, |moment| {
            let picture = moment.picture();
            let settings = &moment.plan.bedrooms[0].airflow;
            for command in moment.commands() {
                let Kind::Fan { direct, .. } = moment.actuator(command.actuator).kind else {
                    continue;
                };
                if !matches!(command.switch, Switch::Level(_))
                    || command.reason.by != Judge::Airflow
                {
                    continue;
                }
                let start = if direct { settings.room_direct } else { settings.room_indirect };
                let was = running[usize::from(command.actuator.0)];
                let least = if was { start - settings.room_band } else { start };
                let dose = if was { settings.dose_stop } else { settings.dose_start };
                let room: Temperature = picture.room.expect("a known room");
                assert!(room >= least && room <= settings.room_hot, "{room:?} for {command:?}");
                assert!(picture.dose <= KelvinHours(dose.0), "{:?} for {command:?}", picture.dose);
                assert!(!picture.calling, "heat is called for");
                assert!(picture.in_bed.occupied().is_some(), "nobody in bed: {command:?}");
            }
            for (runs, actuator) in running.iter_mut().zip(&picture.actuators) {
                *runs = actuator.level.is_some_and(|level| level > 0);
            }
        });
    });
}

#[test]
fn s7_at_most_so_many_audible_changes_a_night_and_an_hour_apart() {
    hold(200, any(), |(room, night)| {
        let mut changes: Vec<(chrono::NaiveDate, Time)> = Vec::new();
        let mut levels = [0_u8; 8];
        play(&room.plan(), &night, |moment| {
            let bedroom = &moment.plan.bedrooms[0];
            let picture = moment.picture();
            if matches!(moment.event, Event::Clock(_)) {
                changes.clear();
            }
            let hours =
                Hours::around(moment.at, bedroom.sleep, &moment.plan.zone, moment.engine.wall());
            for command in moment.commands() {
                let index = usize::from(command.actuator.0);
                let actuator = &picture.actuators[index];
                let louder = match command.switch {
                    Switch::On { .. } => levels[index] == 0,
                    Switch::Level(level) => level > levels[index],
                    Switch::SetPoint(value) => Some(value) > actuator.baseline,
                    Switch::Off | Switch::Feed(_) | Switch::OwnThermometer => false,
                };
                let by_rule = actuator.wish.is_none();
                let in_bed = matches!(picture.in_bed, InBed::Occupied(_) | InBed::Assumed(_));
                let Some(most) = bedroom.audible_changes else { continue };
                if !(bedroom.actuators[index].audible
                    && louder
                    && by_rule
                    && in_bed
                    && !command.again)
                {
                    continue;
                }
                if let Some((_, last)) = changes.last() {
                    assert!(moment.at.since(*last) >= Span::hours(1), "{command:?} after {last:?}");
                }
                changes.push((hours.evening, moment.at));
                let tonight = changes.iter().filter(|(evening, _)| *evening == hours.evening);
                assert!(tonight.count() <= usize::from(most), "{changes:?}");
            }
            for (level, actuator) in levels.iter_mut().zip(&picture.actuators) {
                *level = actuator.level.unwrap_or(0);
            }
        });
    });
}

//! S1, S2, S4, S6, S10 and S13: what heats, when it may, and for how long.

use super::super::play::Moment;
use super::Promise;
use crate::engine::{Command, Event, Household, Order};
use crate::model::{Hours, Item, Measured, Quantity, Span, Switch, Time};
use crate::plan::{Actuator, Control, Hazard, Kind, Mode};
use crate::rules::{Because, InBed, conditions};
use crate::safety;

/// S1, where a command leaves.
pub const KNOWN: Promise = Promise {
    says: "S1: no heat of ours leaves on an unknown temperature",
    despite_lies: false,
    despite_loss: true,
    watch: |_| {
        Box::new(|moment| {
            let known = moment.picture().room.is_some();
            let heated_since = moment.ours.of(moment.plan).map(|(.., since)| since).min();
            ensure!(
                !known || moment.said.room_may_be_known(moment.at, heated_since),
                "the temperature is known for too long"
            );
            for command in moment.commands().filter(|command| heats(moment, command)) {
                let asked = matches!(command.reason.because, Because::PersonBlind { .. });
                ensure!(known || asked, "{} while nobody knows it", name(moment, command));
            }
            Ok(())
        })
    },
};

/// S1, where a thermometer stands still.
pub const FROZEN: Promise = Promise {
    says: "S1: a thermometer that stands still under a heater is not believed",
    despite_lies: false,
    despite_loss: true,
    watch: |_| {
        Box::new(|moment| {
            let warm = moment.ours.of(moment.plan);
            let mut warm = warm.filter(|(.., hazard, _)| !matches!(hazard, Hazard::Blanket { .. }));
            let known = moment.picture().room.is_some();
            let still = |since| moment.said.room_stands_still(moment.at, since);
            let still = warm.find(|(.., since)| known && still(*since));
            let Some((_, plan, ..)) = still else { return Ok(()) };
            Err(format!("{} warms the room, and its thermometer stands still", plan.name))
        })
    },
};

/// No heat of ours above it, whoever asked for it.
pub const CEILING: Promise = Promise {
    says: "No heat of ours leaves, or stays on, in a room at its ceiling",
    despite_lies: false,
    despite_loss: true,
    watch: |_| {
        Box::new(|moment| {
            let picture = moment.picture();
            let hot = picture.room.is_some_and(|room| room >= picture.ceiling);
            if hot { no_heat(moment, "at the ceiling") } else { Ok(()) }
        })
    },
};

/// No heat for the street, whoever asked for it.
pub const WINDOW: Promise = Promise {
    says: "No heat of ours leaves, or stays on, while a window is known to be open",
    despite_lies: false,
    despite_loss: true,
    watch: |_| {
        Box::new(|moment| {
            let open = moment.said.window_open(moment.at);
            if open { no_heat(moment, "beside an open window") } else { Ok(()) }
        })
    },
};

/// S1, at every other moment.
pub const ENDS_BLIND: Promise = Promise {
    says: "S1: what heats ends at the instant the temperature is lost",
    despite_lies: false,
    despite_loss: true,
    watch: |_| {
        let mut lost: Option<Time> = None;
        Box::new(move |moment| {
            let picture = moment.picture();
            if picture.room.is_some() || !acts(moment) {
                lost = None;
                return Ok(());
            }
            let lost = *lost.get_or_insert(moment.at);
            for actuator in &picture.actuators {
                ensure!(!actuator.boosted, "{} is still raised", actuator.name);
            }
            for (index, plan, _, since) in moment.ours.of(moment.plan) {
                let wish = picture.actuators[index].wish;
                ensure!(wish.is_some(), "{} is on, and nobody asked for it", plan.name);
                let blind = moment.at.since(lost.max(since));
                ensure!(blind < safety::BLIND, "{} is on blindly for {blind}", plan.name);
            }
            Ok(())
        })
    },
};

/// S2: over restarts and whatever the wall clock does.
pub const STRETCH: Promise = Promise {
    says: "S2: nothing of ours is on beyond its stretch",
    despite_lies: false,
    despite_loss: true,
    watch: |_| {
        Box::new(|moment| {
            if !acts(moment) {
                return Ok(());
            }
            for (_, plan, _, since) in moment.ours.of(moment.plan) {
                let on = moment.at.since(since);
                ensure!(on < plan.limits.stretch, "{} is on for {on}", plan.name);
            }
            Ok(())
        })
    },
};

/// S2: over restarts and whatever the wall clock does.
pub const REST: Promise = Promise {
    says: "S2: what was on for its whole stretch rests after it",
    despite_lies: false,
    despite_loss: false,
    watch: |plan| {
        let mut rests: Vec<Option<Time>> = vec![None; plan.bedrooms[0].actuators.len()];
        Box::new(move |moment| {
            for command in moment.commands() {
                let actuator = moment.actuator(command.actuator);
                let rests = &mut rests[usize::from(command.actuator.0)];
                let full = matches!(command.reason.because, Because::Stretch { .. });
                if command.switch == Switch::Off && full && !command.again {
                    *rests = Some(moment.at + actuator.limits.rest);
                }
                if let Switch::On { .. } = command.switch {
                    let rested = rests.is_none_or(|until| until <= moment.at);
                    ensure!(rested, "{} goes on before it has rested", actuator.name);
                }
            }
            Ok(())
        })
    },
};

/// S2: a timer that was seen to work, and only that.
pub const TIMER: Promise = Promise {
    says: "S2: an on carries the proven timer and no other",
    despite_lies: false,
    despite_loss: true,
    watch: |_| {
        Box::new(|moment| {
            let picture = moment.picture();
            for command in moment.commands() {
                let Switch::On { timer } = command.switch else { continue };
                let plan = moment.actuator(command.actuator);
                let proven = picture.actuators[usize::from(command.actuator.0)].timer_works;
                let most = plan.limits.lease.filter(|_| proven && plan.device.can_time());
                ensure!(timer.is_some() == most.is_some(), "{} with {timer:?}", plan.name);
                // What is left of a lease, cut to what its kind may run.
                ensure!(timer <= most && timer != Some(Span::ZERO), "{} with {timer:?}", plan.name);
                let Kind::Heater { hazard, .. } = plan.kind else { continue };
                let electric =
                    matches!(hazard, Hazard::Panel | Hazard::HeatPump | Hazard::Blanket { .. });
                let recorded = electric && timer.is_none() && !command.again;
                let order = if recorded { Order::RecordFirst } else { Order::SendFirst };
                ensure!(command.order == order, "{} is not {order:?}", plan.name);
            }
            Ok(())
        })
    },
};

/// S2 and S6: nobody else would end it.
pub const BESIDE_EMPTY_BED: Promise = Promise {
    says: "S2, S6: electric heat without a proven timer is on only beside a bed known to be empty",
    despite_lies: false,
    despite_loss: true,
    watch: |_| {
        Box::new(|moment| {
            let picture = moment.picture();
            if !acts(moment) {
                return Ok(());
            }
            for (index, plan, hazard, _) in moment.ours.of(moment.plan) {
                let timed = picture.actuators[index].timer_works && plan.device.can_time();
                let electric = matches!(hazard, Hazard::Panel | Hazard::Blanket { .. });
                // S6: only a blanket that pre-heats, where nobody measures the bed, and
                // before the sleep window.
                let preheats = hazard == Hazard::Blanket { all_night: false };
                let early = preheats && moment.said.nobody_measures() && !asleep(moment);
                let empty = moment.said.bed_may_be_known_empty() || early;
                ensure!(!electric || timed || empty, "{} is on beside the bed", plan.name);
            }
            Ok(())
        })
    },
};

/// S4: heated bedding warms an empty bed.
pub const BLANKET: Promise = Promise {
    says: "S4: heated bedding is off as soon as somebody gets in, and after 60 min",
    despite_lies: false,
    despite_loss: true,
    watch: |_| {
        Box::new(|moment| {
            if !acts(moment) {
                return Ok(());
            }
            for (_, plan, hazard, since) in moment.ours.of(moment.plan) {
                let Hazard::Blanket { all_night: false } = hazard else { continue };
                let in_bed = moment.said.somebody_in_bed(moment.at);
                ensure!(!in_bed, "{} is on under a sleeper", plan.name);
                let on = moment.at.since(since);
                ensure!(on < Span::minutes(60), "{} is on for {on}", plan.name);
            }
            Ok(())
        })
    },
};

/// S4: heated bedding that may stay on under a sleeper.
pub const BED_COOL: Promise = Promise {
    says: "S4: heated bedding under a sleeper needs a bed known to be cool",
    despite_lies: false,
    despite_loss: true,
    watch: |_| {
        Box::new(|moment| {
            let picture = moment.picture();
            if !acts(moment) || !moment.said.somebody_in_bed(moment.at) {
                return Ok(());
            }
            for (_, plan, hazard, _) in moment.ours.of(moment.plan) {
                if matches!(hazard, Hazard::Blanket { .. }) {
                    let cool = picture.bed.is_some_and(|bed| bed < safety::BED_HOT);
                    ensure!(cool, "{} is on, and the bed at {:?}", plan.name, picture.bed);
                }
            }
            Ok(())
        })
    },
};

/// S4: what can be moved.
pub const PORTABLE: Promise = Promise {
    says: "S4: a portable heater is never switched on",
    despite_lies: true,
    despite_loss: true,
    watch: |_| {
        Box::new(|moment| {
            for command in moment.commands() {
                let portable = matches!(
                    moment.actuator(command.actuator).kind,
                    Kind::Heater { hazard: Hazard::Portable, .. }
                );
                let off = command.switch == Switch::Off;
                ensure!(!portable || off, "{} is switched on", name(moment, command));
            }
            Ok(())
        })
    },
};

/// S13: nothing but the configuration lifts it, and anybody may add a baby.
pub const BEDDING_LOCKED: Promise = Promise {
    says: "S13: heated bedding stays off beside a baby or an illness, whatever happens",
    despite_lies: true,
    despite_loss: true,
    watch: |_| {
        Box::new(|moment| {
            let bedroom = &moment.plan.bedrooms[0];
            let year = hours(moment).year;
            let baby = bedroom.baby
                || moment.picture().house == Household::Baby
                || bedroom.sleepers.iter().any(|it| conditions::is_baby(it, year));
            for command in moment.commands() {
                let plan = moment.actuator(command.actuator);
                let Kind::Heater { hazard: Hazard::Blanket { all_night }, .. } = plan.kind else {
                    continue;
                };
                let mut sleepers = bedroom.sleepers.iter();
                let locked =
                    baby || sleepers.any(|it| conditions::bedding(it, year, all_night).is_some());
                let off = command.switch == Switch::Off;
                ensure!(!locked || off, "{} is switched on", plan.name);
            }
            Ok(())
        })
    },
};

/// S6: a bed of which nobody knows is not an occupied one.
pub const SOMEBODY_TO_WARM: Promise = Promise {
    says: "S6: heat for a sleeper begins only where one is known, or assumed in the sleep window",
    despite_lies: true,
    despite_loss: true,
    watch: |_| {
        let mut called = false;
        Box::new(move |moment| {
            let picture = moment.picture();
            let begins = picture.calling && !called;
            called = picture.calling;
            let because = picture.cold_exposure.as_ref().map(|reason| &reason.because);
            let for_sleeper = matches!(
                because,
                Some(Because::Dose { .. } | Because::Deep { .. } | Because::Below { .. })
            );
            if begins && for_sleeper {
                let somebody = matches!(picture.in_bed, InBed::Occupied(_) | InBed::Assumed(_));
                ensure!(somebody, "heat is called for by {because:?}: {:?}", picture.in_bed);
            }
            Ok(())
        })
    },
};

/// S10: nobody watched.
pub const AFTER_GAP: Promise = Promise {
    says: "S10: after a gap everything is off, and nothing heats before a reading",
    despite_lies: false,
    despite_loss: true,
    watch: |_| {
        let mut waits = false;
        Box::new(move |moment| {
            waits |= *moment.event == Event::Gap;
            if let Event::Heard { heard, .. } = moment.event {
                waits &= !heard.items.iter().any(|item| is_measured(moment, item));
            }
            for command in moment.commands().filter(|command| heats(moment, command)) {
                let asked = matches!(command.reason.because, Because::PersonBlind { .. });
                ensure!(!waits || asked, "{} before any reading", name(moment, command));
            }
            let picture = moment.picture();
            if *moment.event != Event::Gap || !acts(moment) {
                return Ok(());
            }
            let all = moment.plan.bedrooms[0].actuators.iter().zip(moment.devices);
            for ((plan, device), known) in all.zip(&picture.actuators) {
                // Where nobody waits for what it answers, nobody knows that it is on.
                let silent = plan.confirm.is_none();
                let portable = matches!(plan.kind, Kind::Heater { hazard: Hazard::Portable, .. });
                let excused = known.wish.is_some() || portable || silent;
                ensure!(device.level == 0 || excused, "{} is on after a gap", plan.name);
            }
            Ok(())
        })
    },
};

/// uncramp may act: it does not only watch, and nobody wants peace.
pub(super) fn acts(moment: &Moment<'_>) -> bool {
    let picture = moment.picture();
    picture.mode == Mode::Auto && picture.paused_until.is_none()
}

/// The room's thermometer says something, and when it was measured is known: what the
/// broker kept counts where it tells.
fn is_measured(moment: &Moment<'_>, item: &Item) -> bool {
    let sensors = &moment.plan.bedrooms[0].sensors;
    matches!(item, Item::Reading { sensor, measured, .. }
        if sensors[usize::from(sensor.0)].quantity == Quantity::Temperature
            && *measured != Measured::Unknown)
}

/// The command makes the room or the bed warmer.
fn heats(moment: &Moment<'_>, command: &Command) -> bool {
    let known = &moment.picture().actuators[usize::from(command.actuator.0)];
    match command.switch {
        Switch::On { .. } => moment.actuator(command.actuator).is_heater(),
        Switch::SetPoint(value) => Some(value) > known.baseline,
        Switch::Off | Switch::Level(_) | Switch::Feed(_) | Switch::OwnThermometer => false,
    }
}

fn name<'a>(moment: &'a Moment<'_>, command: &Command) -> &'a str {
    &moment.actuator(command.actuator).name
}

/// Nothing of ours heats, and nothing is told to.
fn no_heat(moment: &Moment<'_>, there: &str) -> Result<(), String> {
    if let Some(command) = moment.commands().find(|command| heats(moment, command)) {
        return Err(format!("{} is told to heat {there}", name(moment, command)));
    }
    if !acts(moment) {
        return Ok(());
    }
    if let Some((_, plan, ..)) = moment.ours.of(moment.plan).next() {
        return Err(format!("{} is on {there}", plan.name));
    }
    let raised = moment.picture().actuators.iter().find(|actuator| actuator.boosted);
    raised.map_or(Ok(()), |valve| Err(format!("{} is raised {there}", valve.name)))
}

/// Whether it is an hour of sleep.
fn asleep(moment: &Moment<'_>) -> bool {
    let clock = moment.plan.zone.civil(moment.engine.wall().unix_ms(moment.at));
    moment.plan.bedrooms[0].sleep.contains(clock.time())
}

/// The hours around the moment.
pub(super) fn hours(moment: &Moment<'_>) -> Hours {
    let sleep = moment.plan.bedrooms[0].sleep;
    Hours::around(moment.at, sleep, &moment.plan.zone, moment.engine.wall())
}

/// A heater that is switched on and off.
pub(super) fn is_switched(actuator: &Actuator) -> bool {
    !matches!(actuator.kind, Kind::Heater { control: Control::SetPoint { .. }, .. })
}

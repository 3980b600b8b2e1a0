//! S3, S8, S9 and S11: wishes, commands as such, and what is garbled.

use super::Promise;
use super::heat::{acts, is_switched};
use super::words::spoken;
use crate::engine::{Action, Event, Fault, Want, Wish, WishPicture, Words};
use crate::model::{ActuatorId, Span, Switch, Time};
use crate::plan::Mode;
use crate::prove::device::Device;
use crate::prove::play::{BEDROOM, Moment};
use crate::rules::{Because, Judge};

/// S3: the order of what leaves in one call.
pub const OFFS_FIRST: Promise = Promise {
    says: "S3: offs leave before everything else",
    despite_lies: false,
    despite_loss: false,
    watch: |_| {
        Box::new(|moment| {
            let offs = moment.actions.iter().take_while(|action| action.is_off()).count();
            let late = moment.actions[offs..].iter().find(|action| action.is_off());
            ensure!(late.is_none(), "{late:?} comes after something else");
            Ok(())
        })
    },
};

/// S3: a person who says so.
pub const OFF_BY_PERSON: Promise = Promise {
    says: "S3: a person's off is sent in the same call, whatever least times say",
    despite_lies: false,
    despite_loss: false,
    watch: |_| {
        let mut before: Vec<bool> = Vec::new();
        Box::new(move |moment| {
            let picture = moment.picture();
            if let Event::Wish { wish: Wish::Override { actuator, want: Want::Off, until }, .. } =
                moment.event
                && until.is_none_or(|until| until > moment.at)
                && acts(moment)
                // Where nobody waits for an answer, nobody knows that it is on.
                && moment.actuator(*actuator).confirm.is_some()
            {
                let index = usize::from(actuator.0);
                let known = &picture.actuators[index];
                if before[index] {
                    ensure!(moment.devices[index].level == 0, "{} is still on", known.name);
                    off_comes_first(moment.actions, *actuator, &known.name)?;
                }
                ensure!(!known.boosted, "{} is still raised", known.name);
            }
            before = picture.actuators.iter().map(|it| it.level > Some(0)).collect();
            Ok(())
        })
    },
};

/// S3: a person who might say so, at every moment of the night.
pub const OFF_FROM_ANYWHERE: Promise = Promise {
    says: "S3: whatever is on, a person's off at that moment would leave at once and first",
    despite_lies: false,
    despite_loss: false,
    watch: |_| {
        Box::new(|moment| {
            let picture = moment.picture();
            if !acts(moment) {
                return Ok(());
            }
            let all = (0..=u8::MAX).map(ActuatorId).zip(&moment.plan.bedrooms[0].actuators);
            for ((actuator, plan), known) in all.zip(&picture.actuators) {
                if known.level <= Some(0) || !is_switched(plan) || plan.confirm.is_none() {
                    continue;
                }
                let wish = Wish::Override { actuator, want: Want::Off, until: None };
                let event = Event::Wish { bedroom: BEDROOM, wish };
                let actions = moment.engine.clone().handle(moment.at, event);
                off_comes_first(&actions, actuator, &plan.name)?;
            }
            Ok(())
        })
    },
};

/// An off to that actuator is among them, behind nothing but other offs.
fn off_comes_first(actions: &[Action], actuator: ActuatorId, name: &str) -> Result<(), String> {
    let at = actions.iter().position(|action| {
        matches!(action, Action::Switch(it) if it.actuator == actuator && it.switch == Switch::Off)
    });
    let Some(at) = at else { return Err(format!("{name} is told no off")) };
    ensure!(actions[..at].iter().all(Action::is_off), "{name}'s off comes after something else");
    Ok(())
}

/// S8: nobody is obeyed for ever.
pub const WITHIN_A_DAY: Promise = Promise {
    says: "S8: a wish ends within a day",
    despite_lies: false,
    despite_loss: false,
    watch: |plan| {
        let mut since = vec![None::<(Time, Time)>; plan.bedrooms[0].actuators.len()];
        Box::new(move |moment| {
            for (actuator, since) in moment.picture().actuators.iter().zip(&mut since) {
                *since = actuator.wish.map(|(_, until)| match *since {
                    Some((begun, same)) if same == until => (begun, until),
                    Some(_) | None => (moment.at, until),
                });
                let Some((begun, until)) = *since else { continue };
                let lasts = until - begun;
                ensure!(lasts <= Span::hours(24), "{} for {lasts}", actuator.name);
                ensure!(until > moment.at, "{}: the wish has ended", actuator.name);
            }
            Ok(())
        })
    },
};

/// S8: until the end that is shown, only what must never be stands above it.
pub const YIELDS: Promise = Promise {
    says: "S8: no rule acts against a person's wish before its end",
    despite_lies: false,
    despite_loss: false,
    watch: |_| {
        Box::new(|moment| {
            if !acts(moment) {
                return Ok(());
            }
            let picture = moment.picture();
            for command in moment.commands() {
                let known = &picture.actuators[usize::from(command.actuator.0)];
                let Some((wish, _)) = known.wish else { continue };
                // Who wants heat wants it held, no more of it than that, and no faster.
                let because = &command.reason.because;
                let holds = matches!(because, Because::AtTarget { .. } | Because::Ramp { .. });
                let by = command.reason.by;
                let rule =
                    !holds && matches!(by, Judge::ColdExposure | Judge::Airflow | Judge::Nobody);
                let warmer = match command.switch {
                    Switch::On { .. } | Switch::Level(_) => true,
                    Switch::SetPoint(value) => Some(value) > known.baseline,
                    Switch::Off | Switch::Feed(_) | Switch::OwnThermometer => false,
                };
                let against = match wish {
                    WishPicture::Off => warmer,
                    WishPicture::On => command.switch == Switch::Off && rule,
                    WishPicture::AsIs => matches!(command.switch, Switch::SetPoint(_)) && rule,
                };
                ensure!(!against, "{} is told {:?}: {wish:?}", known.name, command.switch);
            }
            Ok(())
        })
    },
};

/// S9: whatever is delivered twice.
pub const SAID_TWICE: Promise = Promise {
    says: "S9: a command said twice is the command said once",
    despite_lies: false,
    despite_loss: false,
    watch: |_| {
        Box::new(|moment| {
            let mut twice: Vec<Device> = moment.devices.to_vec();
            for command in moment.commands() {
                let device = &mut twice[usize::from(command.actuator.0)];
                let once = *device;
                let last = moment.commands().filter(|it| it.actuator == command.actuator).last();
                if last == Some(command) || matches!(command.switch, Switch::Feed(_)) {
                    device.obey(moment.at, &command.switch);
                    ensure!(*device == once, "{:?} twice is another thing", command.switch);
                }
            }
            Ok(())
        })
    },
};

/// S8: who tries uncramp out.
pub const WATCHING: Promise = Promise {
    says: "S8: who only watches switches nothing on, and who acts says nothing of watching",
    despite_lies: true,
    despite_loss: false,
    watch: |_| {
        Box::new(|moment| {
            let mode = moment.picture().mode;
            let watched = moment.actions.iter().any(|a| matches!(a, Action::Watched(_)));
            ensure!(!watched || mode == Mode::Watch, "it acts, and says what it would do");
            for command in moment.commands().filter(|_| !acts(moment)) {
                let name = &moment.actuator(command.actuator).name;
                ensure!(command.releases, "{name} is told {:?}", command.switch);
            }
            Ok(())
        })
    },
};

/// S9 and DESIGN's first idea: no command without its end and its reason.
pub const END_AND_REASON: Promise = Promise {
    says: "S9: every command has an end and a reason",
    despite_lies: false,
    despite_loss: false,
    watch: |_| {
        Box::new(|moment| {
            for command in moment.commands() {
                let name = &moment.actuator(command.actuator).name;
                // An off is always valid.
                let valid = command.valid_until > moment.at || command.releases;
                ensure!(valid, "{name}: its time is over");
                let on = matches!(command.switch, Switch::On { .. } | Switch::Level(_));
                let nothing = command.reason.because == Because::Nothing;
                ensure!(!(on && nothing), "{name} goes on for no reason");
            }
            Ok(())
        })
    },
};

/// Every reason: whoever reads its figures comes to the same decision.
pub const BORNE_OUT: Promise = Promise {
    says: "every reason is borne out by its own figures",
    despite_lies: true,
    despite_loss: false,
    watch: |_| {
        Box::new(|moment| {
            for command in moment.commands() {
                let because = &command.reason.because;
                let past = command.again;
                ensure!(
                    borne_out(because, moment, past),
                    "{} is told {:?}: {because:?}",
                    moment.actuator(command.actuator).name,
                    command.switch
                );
            }
            for known in &moment.picture().actuators {
                let Some(reason) = &known.reason else { continue };
                let because = &reason.because;
                ensure!(borne_out(because, moment, true), "{}: {because:?}", known.name);
            }
            Ok(())
        })
    },
};

/// The figures say so; those of a time only where the reason was just found.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others have no limit of theirs")]
fn borne_out(because: &Because, moment: &Moment<'_>, past: bool) -> bool {
    match because {
        Because::Dose { dose, limit, .. } => dose >= limit,
        Because::Deep { temperature, limit } => temperature <= limit,
        Because::Below { temperature, limit } => temperature < limit,
        Because::Ceiling { temperature, ceiling } => temperature >= ceiling,
        Because::BedHot { temperature, limit } => temperature >= limit,
        Because::TooHot { temperature, limit } => temperature > limit,
        Because::Ramp { rose, limit } => rose >= limit,
        Because::NotDrier { drier_pa, limit_pa } => drier_pa < limit_pa,
        Because::NotRecorded { until }
        | Because::Settling { until }
        | Because::Person { until }
        | Because::PersonBlind { until } => past || *until > moment.at,
        Because::HeatUnavailable { from } | Because::Audible { from, .. } => {
            past || *from > moment.at
        }
        _ => true,
    }
}

/// S11: a sensor that is broken for a year is one line of the log; that it does not work is
/// another matter, of which the keeper is told.
pub const NONSENSE_ONCE: Promise = Promise {
    says: "S11: that a sensor talks nonsense is logged once",
    despite_lies: true,
    despite_loss: false,
    watch: |_| {
        let mut logged: Vec<Fault> = Vec::new();
        Box::new(move |moment| {
            for action in moment.actions {
                let Action::Notice(notice) = action else { continue };
                let fault = notice.fault;
                let told = spoken(moment).any(|it| it.words == Words::Fault(fault));
                if !matches!(fault, Fault::Garbled { .. }) || notice.healed || told {
                    continue;
                }
                ensure!(!logged.contains(&fault), "{fault:?} is logged again");
                logged.push(fault);
            }
            Ok(())
        })
    },
};

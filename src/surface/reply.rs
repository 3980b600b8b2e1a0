//! What is answered to something said aloud: what became of it, as far as it could be seen.

use serde_json::json;

use super::Asker;
use super::topic;
use crate::engine::{
    ActuatorPicture, Fault, Household, Picture, Waiting, Waits, Wish, WishPicture,
};
use crate::model::{ActuatorId, BedroomId, Hours, Kelvins, Language, Span, Time, Wall};
use crate::plan::{Actuator, Bedroom, Hazard, Kind, Mode, Plan};
use crate::rules::{Because, WindowOpen};
use crate::speech::{Answer, Idle, Refusal, When};
use crate::wire::Message;

/// Where and when a wish was wished.
#[derive(Debug, Clone, Copy)]
pub struct Wished<'a> {
    /// The plan in force.
    pub plan: &'a Plan,
    /// The bedroom.
    pub bedroom: &'a Bedroom,
    /// When.
    pub now: Time,
    /// The wall clock.
    pub wall: Wall,
}

/// What became of a wish, by what could be seen of the bedroom before it and after.
///
/// # Errors
///
/// If it was heard and not followed.
pub fn answer(
    wish: &Wish,
    wished: &Wished<'_>,
    before: &Picture,
    after: &Picture,
) -> Result<Answer, Refusal> {
    Ok(match *wish {
        Wish::Drink { sleeper, amount } => {
            let today = after.sleepers.get(sleeper).map_or(amount, |sleeper| sleeper.drunk);
            Answer::Drunk { sleeper, amount, today }
        }
        Wish::Cramp { sleeper, ago } => Answer::Cramp { sleeper, when: wished.when(ago) },
        Wish::NoCramp { sleeper, night: _ } => Answer::NoCramp { sleeper },
        Wish::Resume if after.mode == Mode::Watch => Answer::WatchesAgain,
        Wish::Mode(Mode::Auto) | Wish::Pause(false) | Wish::Resume => {
            Answer::Acts { unless: wished.idle(after) }
        }
        Wish::Mode(Mode::Watch) => Answer::Watches,
        Wish::Mode(Mode::Off) => Answer::Stopped,
        Wish::Pause(true) => Answer::Paused { until: wished.known(after.paused_until) },
        Wish::Shift(by) => {
            let warmer = by.0 > 0;
            let moved = Kelvins(after.shift.0 - before.shift.0);
            // What heats to no more than before makes nothing warmer.
            if moved.0 == 0 || warmer && after.target <= before.target {
                wished.at_the_limit(warmer, after)
            } else {
                wished.shifted(moved, before.calling, after)
            }
        }
        // S13: whoever comes home is told what holds there, and whoever chooses another household
        // while a baby is noted, that it stays.
        Wish::House(Household::Home) if before.house == Household::Away => {
            Answer::House { house: after.house, until: None }
        }
        Wish::House(house) if after.house != house && after.house == Household::Baby => {
            return Err(Refusal::BabyStays);
        }
        Wish::House(house) => Answer::House { house, until: None },
        Wish::Away(None) => Answer::House { house: after.house, until: None },
        Wish::Away(Some(_)) => {
            let until = after.away_until.filter(|until| *until < Time::NEVER);
            Answer::House { house: Household::Away, until: wished.known(until) }
        }
        Wish::Done | Wish::Snooze | Wish::Postpone(_) if !waits(wish, before) => {
            return Err(Refusal::NothingWaits);
        }
        Wish::Snooze | Wish::Postpone(_) => Answer::Later,
        Wish::Done | Wish::Override { .. } | Wish::Say(_) | Wish::Timer { .. } => Answer::Done,
    })
}

/// Whether there is anything to be done, or to come later.
#[must_use]
pub fn waits(wish: &Wish, seen: &Picture) -> bool {
    let Waiting { reminders, questions, asked_lately } = &seen.waiting;
    if let Wish::Postpone(id) = wish {
        reminders.contains(id) || questions.contains(id)
    } else {
        !reminders.is_empty() || *wish == Wish::Snooze && *asked_lately
    }
}

/// The answer, for whoever waits for it under that id.
#[must_use]
pub fn reply(plan: &Plan, asker: &Asker, done: bool, text: &str, language: Language) -> Message {
    let object = json!({
        "id": asker.id,
        "done": done,
        "text": text,
        "language": language.tag(),
    });
    Message {
        topic: reply_topic(plan, asker.bedroom),
        payload: object.to_string().into_bytes(),
        retain: false,
        confirmed: true,
    }
}

/// The topic of [`reply`].
#[must_use]
pub fn reply_topic(plan: &Plan, bedroom: BedroomId) -> String {
    topic(plan, bedroom, "reply")
}

impl Wished<'_> {
    /// An instant, while it is known what time it is.
    fn known(&self, at: Option<Time>) -> Option<Time> {
        at.filter(|_| self.wall.synchronised)
    }

    fn when(&self, ago: Span) -> When {
        let at = Time(self.now.0 - ago.0);
        let asleep =
            || Hours::around(at, self.bedroom.sleep, &self.plan.zone, self.wall).asleep(at);
        match ago {
            Span::ZERO => When::Now,
            _ if self.wall.synchronised && asleep() => When::LastNight,
            _ => When::Earlier,
        }
    }

    /// What keeps uncramp from acting.
    fn idle(&self, seen: &Picture) -> Option<Idle> {
        match seen.mode {
            Mode::Off => Some(Idle::Off),
            Mode::Watch => Some(Idle::Watching),
            Mode::Auto if seen.paused_until.is_some() => {
                Some(Idle::Paused(self.known(seen.paused_until)))
            }
            Mode::Auto => (seen.house == Household::Away).then_some(Idle::Away),
        }
    }

    /// What comes of a wish for more warmth, or for less.
    fn shifted(&self, by: Kelvins, called: bool, seen: &Picture) -> Answer {
        let warmer = by.0 > 0;
        if let Some(unless) = self.idle_warmth(seen) {
            return Answer::Shifted { by, unless: Some(unless) };
        }
        match seen.room {
            Some(room) if room >= seen.heats_below && (warmer || !called) => {
                Answer::WarmEnough { room, below: seen.heats_below }
            }
            Some(_) | None => {
                let unless = if warmer { self.no_warmth(seen) } else { None };
                Answer::Shifted { by, unless }
            }
        }
    }

    /// No warmer than this, and no cooler: which is not to say that it gets so warm.
    fn at_the_limit(&self, warmer: bool, seen: &Picture) -> Answer {
        let ceiling = self.bedroom.cold_exposure.ceiling;
        let baby = warmer && seen.baby && seen.target == seen.ceiling && seen.ceiling < ceiling;
        let warm = seen.room.is_some_and(|room| room >= seen.heats_below);
        let barred = || if warm { None } else { self.no_warmth(seen) };
        let unless = self.idle_warmth(seen).or_else(barred).filter(|_| warmer);
        Answer::AtTheLimit { warmer, baby, unless }
    }

    /// What keeps uncramp from warming the room in any night.
    fn idle_warmth(&self, seen: &Picture) -> Option<Idle> {
        if !self.bedroom.actuators.iter().any(warms_room) {
            Some(Idle::NoHeater)
        } else if self.bedroom.cold_exposure.enabled {
            self.idle(seen)
        } else {
            Some(Idle::NotHeating)
        }
    }

    /// What keeps a room that is too cold from being warmed now: nothing, if one heater may.
    fn no_warmth(&self, seen: &Picture) -> Option<Idle> {
        if seen.room.is_none() {
            return Some(Idle::NoTemperature);
        }
        if let Some(window) = seen.window {
            return Some(Idle::Window { guessed: window == WindowOpen::Guessed });
        }
        if seen.heat_from.is_some() {
            return Some(Idle::NoHeat(self.known(seen.heat_from)));
        }
        let all = self.bedroom.actuators.iter().zip(&seen.actuators).zip(0..=u8::MAX);
        let of_rooms = all.filter(|((plan, _), _)| warms_room(plan));
        let each = of_rooms
            .map(|((_, one), id)| hindrance(one, ActuatorId(id), seen).or_else(|| wait(one)));
        let all: Vec<Idle> = each.collect::<Option<_>>()?;
        // Of those that only wait the first to go on is the one that counts.
        let waiting = all.iter().filter(|idle| until(**idle).is_some());
        let first = *waiting.min_by_key(|idle| until(**idle)).or(all.first())?;
        Some(if let Idle::Rests(until) = first {
            Idle::Rests(self.known(until))
        } else if let Idle::NotBefore { from, heard } = first {
            Idle::NotBefore { from: self.known(from), heard }
        } else {
            first
        })
    }
}

/// When what only has to wait goes on.
const fn until(idle: Idle) -> Option<Time> {
    if let Idle::Rests(until) | Idle::NotBefore { from: until, .. } = idle { until } else { None }
}

/// What makes a heater wait that may give heat.
fn wait(heater: &ActuatorPicture) -> Option<Idle> {
    Some(match heater.waits? {
        Waits::Settling(until) => Idle::NotBefore { from: Some(until), heard: false },
        Waits::Quiet(until) => Idle::NotBefore { from: Some(until), heard: true },
        Waits::HeardEnough => Idle::HeardEnough,
    })
}

/// A blanket warms a bed, and a portable heater is never switched on.
fn warms_room(actuator: &Actuator) -> bool {
    match actuator.kind {
        Kind::Heater { hazard, .. } => match hazard {
            Hazard::Radiator | Hazard::HeatPump | Hazard::Panel => true,
            Hazard::Blanket { .. } | Hazard::Portable => false,
        },
        Kind::Fan { .. } => false,
    }
}

/// What keeps this heater from giving warmth.
fn hindrance(heater: &ActuatorPicture, id: ActuatorId, seen: &Picture) -> Option<Idle> {
    let faulty = |fault: &Fault| {
        matches!(
            fault,
            Fault::Disobeys { actuator, .. }
            | Fault::Unrecorded { actuator }
            | Fault::Idle { actuator }
            | Fault::UnknownActuator { actuator } if *actuator == id
        )
    };
    if heater.online == Some(false) || seen.faults.iter().any(faulty) {
        return Some(Idle::Fault);
    }
    if matches!(heater.wish, Some((WishPicture::Off | WishPicture::AsIs, _))) {
        return Some(Idle::ByHand);
    }
    let forbidden = heater.forbidden.as_ref()?;
    Some(if let Because::Stretch { until, .. } = forbidden {
        Idle::Rests(Some(*until))
    } else if matches!(forbidden, Because::BedNotEmpty) {
        Idle::BesideSleeper
    } else {
        Idle::Fault
    })
}

#[cfg(test)]
mod tests;

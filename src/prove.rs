//! Random nights against a plan, and what must hold in all of them.
//!
//! [`night()`] makes up a night from a seed: sensors that are lost, frozen, jumping or
//! garbled, devices that do not answer, come back on or are switched by hand, wishes and
//! modes, clocks that jump or change to summer time, restarts with their memory and without it,
//! gaps, a broker that goes.
//! [`check`] plays it in a bedroom and watches every [`Promise`]; [`shrink`] makes a night
//! that breaks one as short as it can, and [`script::written`] tells it in the language of
//! `tests/nights`, where it can be kept. `uncramp check --prove` plays such nights in the
//! household's own bedrooms, the property tests play them in random ones.
//!
//! Random nights prove nothing: they only show that none of them broke a promise.

pub mod chance;
pub mod device;
pub mod known;
pub mod night;
pub mod play;
pub mod promises;
pub mod script;

mod adversary;
mod happen;
mod shrink;

use chrono::NaiveDate;

pub use adversary::warmest;
pub use night::Night;
pub use promises::Promise;
pub use shrink::shrink;

use crate::model::Time;
use crate::plan::{Kind, Plan};
use play::{Moment, Player};

/// So much happens in a night.
pub const HAPPENINGS: std::ops::Range<usize> = 20..150;

/// A promise that did not hold.
#[derive(Debug, Clone)]
pub struct Broken {
    /// Which.
    pub promise: &'static Promise,
    /// When.
    pub at: Time,
    /// What was, in words.
    pub what: String,
}

/// What nights tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tried {
    /// How many there were.
    pub nights: u64,
    /// In how many of them a heater was switched on or raised, or a fan switched on.
    pub busy: u64,
    /// How many commands were given.
    pub commands: u64,
    /// How many moments were looked at.
    pub moments: u64,
}

/// The plan of one of its bedrooms alone: bedrooms share no state.
#[must_use]
pub fn one_bedroom(plan: &Plan, index: usize) -> Plan {
    let bedrooms = plan.bedrooms.iter().skip(index).take(1).cloned().collect();
    Plan { bedrooms, ..plan.clone() }
}

/// The night of a seed, in the year that begins on that day. Every eighth is one in which
/// everything happens that makes the bedroom warmer, in every other eighth a start loses what was written
/// down; in every fourth, devices lie.
#[must_use]
pub fn night(plan: &Plan, seed: u64, first: NaiveDate) -> Night {
    if seed.is_multiple_of(8) {
        return warmest(plan, seed, first, HAPPENINGS).without_lies();
    }
    let night = chance::night(seed, first, HAPPENINGS);
    match seed % 8 {
        1 | 5 => night,
        3 => night.without_lies().without_memory(),
        _ => night.without_lies(),
    }
}

/// Plays a night in the only bedroom of a plan, and watches these promises; those that
/// take a device at its word only where none lies.
///
/// # Errors
///
/// The first that is broken.
pub fn check(plan: &Plan, night: &Night, promises: &[&'static Promise]) -> Result<Tried, Broken> {
    let mut watched = Watched::new(plan, night, promises);
    let mut player = Player::new(plan, night);
    player.begin(night, &mut |moment| watched.see(moment));
    for (passing, what) in &night.happens {
        player.step(*passing, what, &mut |moment| watched.see(moment));
        if watched.broken.is_some() {
            break;
        }
    }
    player.end(&mut |moment| watched.see(moment));
    if player.restless {
        let what = format!("it wants to be called again: {:?}", player.engine.wake());
        return Err(Broken { promise: &promises::RESTS, at: player.now, what });
    }
    let tried = Tried { nights: 1, busy: u64::from(watched.busy), ..watched.tried };
    watched.broken.map_or(Ok(tried), Err)
}

struct Watched {
    watches: Vec<(&'static Promise, promises::Watch)>,
    broken: Option<Broken>,
    busy: bool,
    tried: Tried,
}

impl Watched {
    fn new(plan: &Plan, night: &Night, promises: &[&'static Promise]) -> Self {
        let (lies, forgets) = (night.lies(), night.forgets());
        let held = promises.iter().filter(|promise| {
            (promise.despite_lies || !lies) && (promise.despite_loss || !forgets)
        });
        let watches = held.map(|promise| (*promise, (promise.watch)(plan))).collect();
        Self { watches, broken: None, busy: false, tried: Tried::default() }
    }

    fn see(&mut self, moment: &Moment<'_>) {
        self.tried.moments += 1;
        for command in moment.commands() {
            self.tried.commands += 1;
            self.busy |= !command.releases;
        }
        for (promise, watch) in &mut self.watches {
            if self.broken.is_some() {
                return;
            }
            if let Err(what) = watch(moment) {
                self.broken = Some(Broken { promise, at: moment.at, what });
            }
        }
    }
}

impl Tried {
    /// Adds what another night tried.
    pub fn add(&mut self, other: Self) {
        self.nights += other.nights;
        self.busy += other.busy;
        self.commands += other.commands;
        self.moments += other.moments;
    }
}

/// How many devices of a bedroom give heat.
fn heaters(plan: &Plan) -> impl Iterator<Item = (usize, &Kind)> {
    let actuators = plan.bedrooms.iter().flat_map(|bedroom| &bedroom.actuators);
    actuators
        .map(|actuator| &actuator.kind)
        .enumerate()
        .filter(|(_, kind)| matches!(kind, Kind::Heater { .. }))
}

#[cfg(test)]
mod tests;

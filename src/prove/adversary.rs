//! An adversary: of what may happen next, it takes what makes the bedroom warmest.

use std::ops::Range;

use chrono::NaiveDate;
use fastrand::Rng;

use super::night::{Night, What};
use super::play::{BEDROOM, Player};
use super::{chance, heaters};
use crate::model::Span;
use crate::plan::{Control, Kind, Plan};

/// Of so many things that may happen next, one is taken.
const CHOICES: u32 = 5;

/// A night in which of some things that may happen, always that happens after which most
/// heat is on.
#[must_use]
pub fn warmest(plan: &Plan, seed: u64, first: NaiveDate, happenings: Range<usize>) -> Night {
    let mut rng = Rng::with_seed(seed);
    let many = chance::number(&mut rng, happenings);
    let mut night = Night { happens: Vec::new(), ..chance::night(seed, first, 1..2) };
    let mut player = Player::new(plan, &night);
    player.begin(&night, &mut |_| {});
    for _ in 0..many {
        let (happens, next) = warmer(&player, &mut rng);
        night.happens.push(happens);
        player = next;
        player.forget_recording();
    }
    night
}

fn warmer(player: &Player, rng: &mut Rng) -> ((Span, What), Player) {
    let mut best = tried(player, rng);
    for _ in 1..CHOICES {
        let other = tried(player, rng);
        if heat(&other.1) > heat(&best.1) {
            best = other;
        }
    }
    best
}

fn tried(player: &Player, rng: &mut Rng) -> ((Span, What), Player) {
    let (passing, what) = (chance::passing(rng), chance::anything(rng));
    let mut next = player.clone();
    next.step(passing, &what, &mut |_| {});
    ((passing, what), next)
}

/// How much heat is on: what is on, by how much valves are raised, and whether heat is
/// called for.
fn heat(player: &Player) -> i32 {
    let mut heat = 0;
    for (index, kind) in heaters(&player.plan) {
        let device = &player.devices[index];
        let held = matches!(kind, Kind::Heater { control: Control::SetPoint { .. }, .. });
        heat += if held { device.set_point.0 / 50 } else { i32::from(device.level) * 40 };
    }
    let picture = player.engine.picture(BEDROOM, player.now);
    heat + if picture.is_some_and(|picture| picture.calling) { 20 } else { 0 }
}

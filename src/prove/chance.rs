//! Nights by chance: the same seed is the same night.

use std::ops::Range;

use chrono::{Days, NaiveDate};
use fastrand::Rng;

use super::night::{Answering, Day, Night, What};
use crate::engine::{Outcome, Want};
use crate::model::Span;
use crate::plan::Mode;

/// Something that may happen: how often beside the others, and what.
type Chance = (u32, fn(&mut Rng) -> What);

/// Everything that may happen.
const CHANCES: [Chance; 41] = [
    (1200, |rng| What::Room(rng.i32(-60..45))),
    (240, |rng| What::Room(rng.i32(-25..60))),
    (180, |rng| What::Humidity(rng.i32(2000..9000))),
    (300, |rng| What::Bed(rng.i32(-150..290), rng.i32(3000..9900))),
    (60, |rng| What::Co2(rng.i32(400..2500))),
    (60, |rng| What::Outdoors(rng.i32(-1500..3500))),
    (180, |rng| What::InBed(rng.u8(..), in_ten(rng, 6))),
    (60, |rng| What::Window(in_ten(rng, 3))),
    (40, |rng| What::Stuck(one_of(rng, &MINUTES_STUCK))),
    (65, |rng| What::Extreme(one_of(rng, &EXTREMES))),
    (65, |rng| What::Garbled(rng.u8(..), rng.u8(1..5))),
    (65, |rng| What::SensorOnline(rng.u8(..), rng.bool())),
    (65, |rng| What::ActuatorOnline(rng.u8(..), rng.bool())),
    (65, |_| What::Repeats),
    (65, |rng| What::Kept(rng.i32(1000..2800), rng.bool().then(|| rng.i64(-5..300)))),
    (195, |rng| What::Knob(rng.u8(..), rng.u8(..))),
    (40, |rng| What::ComesBackOn(rng.u8(..))),
    (65, |rng| What::Draws(rng.u8(..), one_of(rng, &TENTHS_OF_WATT))),
    (65, |rng| What::Own(rng.u8(..), rng.i32(1500..3500))),
    (130, |rng| What::Answering(answering(rng))),
    (195, |rng| What::Wants(rng.u8(..), want(rng), rng.bool().then(|| rng.i64(-10..2000)))),
    (65, |rng| What::Mode(one_of(rng, &[Mode::Auto, Mode::Auto, Mode::Watch, Mode::Off]))),
    (65, |rng| What::Away(in_ten(rng, 2))),
    (40, |_| What::Baby),
    (20, |_| What::Pause),
    (40, |rng| What::TooCold(in_ten(rng, 7))),
    (100, |_| What::Say),
    (65, |rng| What::Timer(rng.u8(..), in_ten(rng, 8))),
    (65, |rng| What::Drinks(rng.u8(..), rng.i32(50..600))),
    (30, |rng| What::Cramp(rng.bool().then(|| rng.u8(..)), one_of(rng, &MINUTES_AGO))),
    (30, |rng| What::NoCramp(rng.bool().then(|| rng.u8(..)))),
    (65, |rng| What::Later(in_ten(rng, 7))),
    (20, |_| What::Done),
    (40, |_| What::Resume),
    (65, |rng| What::Clock(jump(rng))),
    (30, |rng| What::ClockKnown(in_ten(rng, 7))),
    (65, |rng| What::Link(in_ten(rng, 7))),
    (40, |_| What::Restart),
    (35, |_| What::Gap),
    (65, |rng| What::Unrecorded(rng.u8(..))),
    (130, |rng| What::Announced(one_of(rng, &OUTCOMES))),
];

const EXTREMES: [i32; 10] = [-1000, 0, 800, 1700, 1800, 1950, 2400, 2600, 3000, 5000];
const MINUTES_STUCK: [i64; 5] = [60, 130, 150, 300, 1500];
const TENTHS_OF_WATT: [i32; 6] = [0, 0, 30, 400, 8500, 20_000];
const MINUTES_AGO: [i64; 5] = [0, 0, 20, 240, 1200];
const OUTCOMES: [Outcome; 3] = [Outcome::Spoken, Outcome::Failed, Outcome::Answered];

/// A night of so many happenings, within a year from the first day on.
#[must_use]
pub fn night(seed: u64, first: NaiveDate, happenings: Range<usize>) -> Night {
    let mut rng = Rng::with_seed(seed);
    let day = if in_ten(&mut rng, 2) {
        Day::BeforeChange(first, number(&mut rng, 0..2))
    } else {
        let days = Days::new(rng.u64(0..365));
        Day::On(first.checked_add_days(days).unwrap_or(first))
    };
    let begins = Span::minutes(rng.i64(0..900));
    let (room, timers) = (rng.i32(1200..2800), rng.bool());
    let many = number(&mut rng, happenings);
    let happens = (0..many).map(|_| (passing(&mut rng), anything(&mut rng))).collect();
    Night { day, begins, room, timers, happens }
}

/// Anything that may happen.
pub(super) fn anything(rng: &mut Rng) -> What {
    let all: u32 = CHANCES.iter().map(|(weight, _)| weight).sum();
    let mut at = rng.u32(0..all);
    for (weight, what) in CHANCES {
        if at < weight {
            return what(rng);
        }
        at -= weight;
    }
    What::Nothing
}

/// How long nothing happens: mostly minutes, sometimes seconds or hours, never no time.
pub(super) fn passing(rng: &mut Rng) -> Span {
    match rng.u8(0..15) {
        0..8 => Span::seconds(rng.i64(30..900)),
        8..11 => Span::seconds(rng.i64(1..60)),
        11..13 => Span::minutes(rng.i64(1..60)),
        13 => Span::seconds(rng.i64(60..3600)),
        _ => Span::minutes(rng.i64(30..200)),
    }
}

fn answering(rng: &mut Rng) -> Answering {
    match rng.u8(0..6) {
        0..3 => Answering::Promptly,
        3 => Answering::Late(rng.i64(1..600)),
        4 => Answering::Never,
        _ => Answering::Wrongly,
    }
}

fn want(rng: &mut Rng) -> Want {
    one_of(rng, &[Want::On, Want::On, Want::Off, Want::Auto])
}

/// A clock that is set right, set by hand, or was never set before.
fn jump(rng: &mut Rng) -> i64 {
    match rng.u8(0..3) {
        0 => rng.i64(-2..3),
        1 => rng.i64(-180..180),
        _ => rng.i64(-20_000..20_000),
    }
}

fn one_of<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[number(rng, 0..of.len())]
}

/// The same on every machine: of a `usize` fewer bits are drawn on one of 32.
pub(super) fn number(rng: &mut Rng, range: Range<usize>) -> usize {
    let wide = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    usize::try_from(rng.u64(wide(range.start)..wide(range.end))).unwrap_or(range.start)
}

fn in_ten(rng: &mut Rng, times: u8) -> bool {
    rng.u8(0..10) < times
}

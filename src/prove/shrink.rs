//! The shortest night that still does it.

use super::night::{Day, Night};
use crate::model::Span;

/// Playing a night takes some milliseconds.
const MOST_TRIES: u32 = 1500;

/// Leaves out of a night whatever it can while it `still` does what it did.
#[must_use]
pub fn shrink(night: &Night, mut still: impl FnMut(&Night) -> bool) -> Night {
    let mut best = night.clone();
    let mut tries = 0;
    let mut try_one = |best: &mut Night, other: Night| {
        tries += 1;
        let does = tries <= MOST_TRIES && other != *best && still(&other);
        if does {
            *best = other;
        }
        does
    };
    let mut many = best.happens.len().div_ceil(2);
    while many > 0 {
        let before = best.happens.len();
        let mut at = before;
        // From the end on: what comes after a broken promise goes in a few tries.
        while at > 0 {
            let from = at.saturating_sub(many);
            let less = [false, true].map(|in_time| without(&best, from..at, in_time));
            let [sooner, in_time] = less;
            let _ = try_one(&mut best, in_time) || try_one(&mut best, sooner);
            at = from.min(best.happens.len());
        }
        if best.happens.len() == before || many > 1 {
            many /= 2;
        }
    }
    let plain = Night { timers: false, ..best.clone() };
    try_one(&mut best, plain);
    if let Day::BeforeChange(first, _) = best.day {
        let ordinary = Night { day: Day::On(first), ..best.clone() };
        try_one(&mut best, ordinary);
    }
    for index in 0..best.happens.len() {
        for round in [Span::minutes(10), Span::minutes(1), Span::seconds(10)] {
            let mut rounder = best.clone();
            let passing = &mut rounder.happens[index].0;
            *passing = Span((passing.0 / round.0).max(1) * round.0);
            if try_one(&mut best, rounder) {
                break;
            }
        }
    }
    best
}

/// The night without some of what happens in it; what follows comes sooner, or in its time.
fn without(night: &Night, range: std::ops::Range<usize>, in_time: bool) -> Night {
    let mut less = night.clone();
    let gone = less.happens.drain(range.clone()).fold(Span::ZERO, |sum, (span, _)| sum + span);
    if let Some((passing, _)) = less.happens.get_mut(range.start).filter(|_| in_time) {
        *passing += gone;
    }
    less
}

//! Reminders to drink, and everything that is spoken (S7, S12, S13).

use std::collections::BTreeMap;

use proptest::prelude::*;
use uncramp::model::{Hours, Span};
use uncramp::prove::Night;
use uncramp::prove::night::{Day, What};
use uncramp::prove::play::{Moment, play};
use uncramp::prove::promises::words::{self, prompts};

use crate::night::{any_night, first_day};
use crate::room::{self, Room};
use crate::{any, hold, keep};

fn hours(moment: &Moment<'_>) -> Hours {
    let sleep = moment.plan.bedrooms[0].sleep;
    Hours::around(moment.at, sleep, &moment.plan.zone, moment.engine.wall())
}

#[test]
fn s7_nobody_asleep_is_spoken_to_except_of_danger() {
    keep(150, any(), &words::NOT_ASLEEP);
}

#[test]
fn s9_an_announcement_has_a_number_of_its_own_and_an_end() {
    keep(60, any(), &words::OWN_NUMBER);
}

#[test]
fn s7_s12_what_is_said_once_a_day_is_said_once() {
    keep(200, any(), &words::ONCE_A_DAY);
}

#[test]
fn s13_nobody_who_is_locked_is_told_to_drink_whatever_happens() {
    for locked in [
        "{ conditions: [heart_failure], conditions_confirmed: 2026-01 }",
        "{ conditions: [dont_know], conditions_confirmed: 2026-01 }",
        "{ conditions: [], conditions_confirmed: 2024-06 }",
        "{ born: 2015, conditions: [], conditions_confirmed: 2026-01 }",
        "{ born: 1980 }",
    ] {
        let nights = (room::room_of(locked), any_night(20..120));
        hold(30, nights, |(room, night)| {
            play(&room.plan(), &night, |moment| {
                assert_eq!(prompts(moment).next(), None, "{locked}");
            });
        });
    }
}

/// A month of ordinary days, in which nobody logs a drink but somebody may answer.
fn month() -> impl Strategy<Value = Night> {
    let what = prop_oneof![
        6 => (-60..60_i32).prop_map(What::Room),
        1 => (-500..3500_i32).prop_map(What::Outdoors),
        2 => Just(What::Announced(uncramp::engine::Outcome::Answered)),
        1 => prop::bool::ANY.prop_map(|somebody| What::InBed(0, somebody)),
        1 => Just(What::Restart),
    ];
    let passing = (1..480_i64).prop_map(Span::minutes);
    let day = Day::On(first_day());
    prop::collection::vec((passing, what), 180).prop_map(move |happens| Night {
        day,
        begins: Span::ZERO,
        room: 2000,
        timers: false,
        happens,
    })
}

#[test]
fn s13_where_the_question_is_not_answered_nothing_is_said_for_a_month() {
    let unanswered = "sleep: 22:30-06:45\nsensors:\n  room: { topic: room }\n  in_bed: { topic: mat }\n\
        hydration: { goal: 3 L }\nsleepers: { a: { born: 1980 }, b: { sex: male } }";
    hold(20, (Just(Room(unanswered.to_owned())), month()), |(room, month)| {
        play(&room.plan(), &month, |moment| assert_eq!(prompts(moment).next(), None));
    });
}

#[test]
fn where_nothing_is_ever_logged_at_most_three_prompts_a_day() {
    let silent = "sleep: 22:30-06:45\nsensors:\n  room: { topic: room }\nhydration: { goal: 3 L }\n\
        sleepers: { a: { conditions: [], conditions_confirmed: 2026-01 } }";
    hold(20, (Just(Room(silent.to_owned())), month()), |(room, month)| {
        let mut days: BTreeMap<chrono::NaiveDate, u32> = BTreeMap::new();
        play(&room.plan(), &month, |moment| {
            for _ in prompts(moment) {
                let day = days.entry(hours(moment).date(moment.at)).or_default();
                *day += 1;
                assert!(*day <= 3, "{day} prompts on one day");
            }
        });
        assert!(!days.is_empty(), "a month without any prompt tries nothing");
    });
}

#[test]
fn s12_prompts_lie_apart_and_ask_no_more_than_half_a_litre_an_hour() {
    keep(200, any(), &words::APART);
}

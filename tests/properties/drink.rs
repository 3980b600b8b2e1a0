//! Reminders to drink, and everything that is spoken (S7, S13).

use std::collections::BTreeMap;

use proptest::prelude::*;
use uncramp::engine::{Action, Announcement, Audience, Event, Urgency, Wish, Words};
use uncramp::model::{Hours, Millilitres, Span, Time};

use crate::night::{self, What};
use crate::play::{Moment, play};
use crate::{Said, any, hold, room};

fn spoken<'a>(moment: &'a Moment<'_>) -> impl Iterator<Item = &'a Announcement> {
    moment.actions.iter().filter_map(|action| match action {
        Action::Announce(announcement) => Some(announcement),
        Action::Switch(_)
        | Action::Query { .. }
        | Action::Watched(_)
        | Action::Unsaid(_)
        | Action::Notice(_) => None,
    })
}

fn prompts<'a>(moment: &'a Moment<'_>) -> impl Iterator<Item = (usize, Millilitres)> + 'a {
    spoken(moment).filter_map(|announcement| match &announcement.words {
        Words::Drink { sleeper, amount, .. } => Some((*sleeper, *amount)),
        Words::Air(_)
        | Words::Welcome
        | Words::Watched { .. }
        | Words::Said(_)
        | Words::Fault(_)
        | Words::Healed(_)
        | Words::ConfirmConditions { .. } => None,
    })
}

fn hours(moment: &Moment<'_>) -> Hours {
    let sleep = moment.plan.bedrooms[0].sleep;
    Hours::around(moment.at, sleep, &moment.plan.zone, moment.engine.wall())
}

#[test]
fn s7_nobody_asleep_is_spoken_to_except_of_danger() {
    hold(150, any(), |(room, night)| {
        let plan = room.plan();
        let mut said = Said::new(&plan);
        play(&plan, &night, |moment| {
            said.hear(moment);
            for announcement in spoken(moment) {
                if announcement.audience == Audience::Keeper
                    || announcement.urgency == Urgency::Alarm
                {
                    continue;
                }
                let hours = hours(moment);
                let quiet = match announcement.words {
                    // The morning's words, in the extra hour of the quiet hours.
                    Words::Air(_) => hours.asleep(moment.at),
                    _ => hours.quiet(moment.at),
                };
                assert!(!quiet, "in quiet hours: {announcement:?}");
                assert!(!said.somebody_in_bed(moment.at), "beside a sleeper: {announcement:?}");
            }
        });
    });
}

#[test]
fn s9_an_announcement_has_a_number_of_its_own_and_an_end() {
    hold(60, any(), |(room, night)| {
        let mut last = 0;
        play(&room.plan(), &night, |moment| {
            for announcement in spoken(moment) {
                assert!(announcement.id > last, "{announcement:?} after number {last}");
                assert!(announcement.valid_until > moment.at);
                last = announcement.id;
            }
        });
    });
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
        let nights = (room::room_of(locked), night::any_night(20..120));
        hold(30, nights, |(room, night)| {
            play(&room.plan(), &night, |moment| {
                assert_eq!(prompts(moment).next(), None, "{locked}");
            });
        });
    }
}

/// A month of ordinary days, in which nobody logs a drink but somebody may answer.
fn month() -> impl Strategy<Value = night::Night> {
    let what = prop_oneof![
        6 => (-60..60_i32).prop_map(What::Room),
        1 => (-500..3500_i32).prop_map(What::Outdoors),
        2 => Just(What::Announced(uncramp::engine::Outcome::Answered)),
        1 => prop::bool::ANY.prop_map(|somebody| What::InBed(0, somebody)),
        1 => Just(What::Start),
    ];
    let passing = (1..480_i64).prop_map(Span::minutes);
    prop::collection::vec((passing, what), 180).prop_map(|happens| night::Night {
        begins: 0,
        room: 2000,
        clocks_change: None,
        timers: false,
        happens,
    })
}

#[test]
fn s13_where_the_question_is_not_answered_nothing_is_said_for_a_month() {
    let unanswered = "sleep: 22:30-06:45\nsensors:\n  room: { topic: room }\n  in_bed: { topic: mat }\n\
        hydration: { goal: 3 L }\nsleepers: { a: { born: 1980 }, b: { sex: male } }";
    let plan = room::Room(unanswered.to_owned()).plan();
    hold(20, month(), |month| {
        play(&plan, &month, |moment| assert_eq!(prompts(moment).next(), None));
    });
}

#[test]
fn where_nothing_is_ever_logged_at_most_three_prompts_a_day() {
    let silent = "sleep: 22:30-06:45\nsensors:\n  room: { topic: room }\nhydration: { goal: 3 L }\n\
        sleepers: { a: { conditions: [], conditions_confirmed: 2026-01 } }";
    let plan = room::Room(silent.to_owned()).plan();
    hold(20, month(), |month| {
        let mut days: BTreeMap<chrono::NaiveDate, u32> = BTreeMap::new();
        play(&plan, &month, |moment| {
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
fn prompts_lie_apart_and_ask_no_more_than_half_a_litre_an_hour() {
    hold(200, any(), |(room, night)| {
        let mut before: BTreeMap<usize, Vec<(Time, Millilitres)>> = BTreeMap::new();
        let mut drank: BTreeMap<usize, Time> = BTreeMap::new();
        play(&room.plan(), &night, |moment| {
            let settings = &moment.plan.bedrooms[0].hydration;
            for (sleeper, amount) in prompts(moment) {
                let before = before.entry(sleeper).or_default();
                let last = before.last().map(|(at, _)| *at).max(drank.get(&sleeper).copied());
                if let Some(last) = last {
                    assert!(
                        moment.at.since(last) >= settings.apart,
                        "prompted or drank at {last:?}"
                    );
                }
                before.push((moment.at, amount));
                let lately = before.iter().filter(|(at, _)| moment.at.since(*at) < Span::hours(1));
                let asked: i32 = lately.map(|(_, amount)| amount.0).sum();
                assert!(asked <= settings.hourly.0 && settings.hourly.0 <= 500, "{asked} mL");
                assert!((150..=250).contains(&amount.0), "{amount:?}");
            }
            if let Event::Wish { wish: Wish::Drink { sleeper, .. }, .. } = moment.event {
                drank.insert(*sleeper, moment.at);
            }
        });
    });
}

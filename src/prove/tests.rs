use chrono::NaiveDate;

use super::night::{Day, Night, What};
use super::{chance, shrink};
use crate::model::{Span, Zone};

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day")
}

fn night(seed: u64) -> Night {
    chance::night(seed, first(), 40..80)
}

#[test]
fn the_same_seed_is_the_same_night() {
    assert_eq!(night(7), night(7));
    assert_ne!(night(7), night(8));
}

#[test]
fn a_day_before_the_clocks_change_is_one() {
    let zone = Zone {
        name: "Europe/Brussels".to_owned(),
        first: 3600,
        changes: vec![(1_774_746_000, 7200), (1_792_890_000, 3600)],
    };
    let shown = |nth| Day::BeforeChange(first(), nth).date(&zone).to_string();
    assert_eq!([shown(0), shown(1), shown(2)], ["2026-03-28", "2026-10-24", "2026-01-01"]);
    assert_eq!(Day::BeforeChange(first(), 0).date(&Zone::utc()), first());
}

#[test]
fn a_night_is_shrunk_to_what_it_takes() {
    let baby = |night: &Night| night.happens.iter().any(|(_, what)| *what == What::Baby);
    let found = (0..1000).map(night).find(|night| baby(night)).expect("a baby");
    assert!(found.happens.len() >= 40);
    let short = shrink(&found, baby);
    assert_eq!(short.happens.len(), 1, "{short:?}");
    assert_eq!(short.happens[0].1, What::Baby);
    assert!(!short.timers);
}

#[test]
fn what_follows_keeps_its_time_where_that_matters() {
    let end = |night: &Night| night.happens.iter().fold(Span::ZERO, |sum, (span, _)| sum + *span);
    let night = night(3);
    let before = end(&night);
    let short = shrink(&night, |night| end(night) == before);
    assert_eq!((short.happens.len(), end(&short)), (1, before));
}

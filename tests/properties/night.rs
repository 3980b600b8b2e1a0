//! Random nights.

use chrono::NaiveDate;
use proptest::prelude::*;
use uncramp::prove::{Night, chance};

/// The first of January 2026: conditions confirmed in that month hold for the year.
pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day")
}

/// Any night of so many happenings. It is not proptest that makes it shorter: a night that
/// breaks something is shrunk as those of `uncramp check --prove` are.
pub fn any_night(happenings: std::ops::Range<usize>) -> impl Strategy<Value = Night> {
    any::<u64>()
        .prop_map(move |seed| chance::night(seed, first_day(), happenings.clone()))
        .no_shrink()
}

//! S5, and what can be heard at night (S7).

use uncramp::prove::promises::air;

use crate::night::any_night;
use crate::{any, keep, room};

#[test]
fn s5_a_direct_fan_never_runs_beside_heat_whoever_asked_for_it() {
    keep(250, (room::room_with_direct_fan(), any_night(20..150)), &air::NOT_BESIDE_HEAT);
}

#[test]
fn s5_a_fan_starts_by_rule_only_where_it_would_not_chill() {
    keep(150, any(), &air::NOT_CHILLING);
}

#[test]
fn s7_at_most_so_many_audible_changes_a_night_and_an_hour_apart() {
    keep(200, any(), &air::AUDIBLE);
}

//! S1, S2, S4, S6, S10 and S13: what heats, when it may, and for how long.

use proptest::prelude::*;
use uncramp::model::Span;
use uncramp::prove::Night;
use uncramp::prove::night::What;
use uncramp::prove::promises::heat;

use crate::night::any_night;
use crate::{any, keep, room};

#[test]
fn s1_no_heat_of_ours_leaves_on_an_unknown_temperature() {
    keep(250, any(), &heat::KNOWN);
}

#[test]
fn s1_what_heats_ends_at_the_instant_the_temperature_is_lost() {
    keep(250, any(), &heat::ENDS_BLIND);
}

#[test]
fn s1_a_thermometer_that_stands_still_under_a_heater_is_not_believed() {
    let rooms = prop_oneof![
        room::room_with("kind: heat_pump"),
        room::room_with("kind: radiator, control: switch, hot_water: true"),
    ];
    // A cold room that somebody lies in, and that no heat warms.
    let still = |night: Night| {
        let begins = [What::Extreme(800), What::InBed(0, true), What::InBed(1, true)];
        let mut happens: Vec<_> = begins.map(|what| (Span::minutes(1), what)).into();
        for (passing, what) in night.happens {
            happens.push((passing, what));
            happens.push((passing, What::Stuck(150)));
        }
        Night { happens, room: 800, ..night }
    };
    keep(60, (rooms, any_night(5..20).prop_map(still)), &heat::FROZEN);
}

#[test]
fn no_heat_of_ours_leaves_or_stays_on_at_the_ceiling() {
    keep(150, (room::room_with_any_heater(), any_night(20..150)), &heat::CEILING);
}

#[test]
fn no_heat_of_ours_leaves_or_stays_on_beside_an_open_window() {
    keep(150, (room::room_with_any_heater(), any_night(20..150)), &heat::WINDOW);
}

#[test]
fn s2_nothing_of_ours_is_on_beyond_its_stretch() {
    keep(150, any(), &heat::STRETCH);
}

#[test]
fn s2_nothing_of_ours_is_on_beyond_its_stretch_over_restarts_and_jumps_of_the_clock() {
    let troubled = |night: Night| {
        let troubles = [What::Restart, What::Clock(-75), What::Restart, What::Clock(4000)];
        let happens = night.happens.into_iter().zip(troubles.into_iter().cycle());
        let both = happens.flat_map(|(one, trouble)| [one, (Span::seconds(7), trouble)]);
        Night { happens: both.collect(), ..night }
    };
    let rooms = room::room_with("kind: panel, fixed: true");
    keep(150, (rooms, any_night(20..80).prop_map(troubled)), &heat::STRETCH);
}

#[test]
fn s2_what_was_on_for_its_stretch_rests() {
    keep(300, (room::room_with("kind: panel, fixed: true"), any_night(20..150)), &heat::REST);
}

#[test]
fn s2_an_on_carries_the_proven_timer_and_no_other() {
    keep(150, any(), &heat::TIMER);
}

#[test]
fn s2_s6_electric_heat_without_a_timer_is_on_only_beside_a_known_empty_bed() {
    let rooms = prop_oneof![
        room::room_with("kind: panel, fixed: true"),
        room::room_with("kind: blanket"),
        room::room_with_all_night(),
    ];
    keep(300, (rooms, any_night(20..150)), &heat::BESIDE_EMPTY_BED);
}

#[test]
fn s4_a_blanket_is_off_as_soon_as_somebody_gets_in() {
    keep(300, (room::room_with("kind: blanket"), any_night(20..150)), &heat::BLANKET);
}

#[test]
fn s4_all_night_needs_a_bed_known_to_be_cool() {
    keep(200, (room::room_with_all_night(), any_night(20..150)), &heat::BED_COOL);
}

#[test]
fn s4_a_portable_heater_is_never_switched_on() {
    keep(2000, (room::room_with(room::PORTABLE), any_night(10..60)), &heat::PORTABLE);
}

#[test]
fn s6_heat_for_a_sleeper_begins_only_where_one_is_known_or_assumed() {
    keep(150, any(), &heat::SOMEBODY_TO_WARM);
}

#[test]
fn s13_heated_bedding_stays_off_beside_a_baby_or_an_illness() {
    keep(300, (room::room_with("kind: blanket"), any_night(20..150)), &heat::BEDDING_LOCKED);
}

#[test]
fn s10_after_a_start_or_a_gap_offs_come_first_and_nothing_heats_before_a_reading() {
    let nights =
        (any_night(20..100), proptest::prelude::any::<[u8; 4]>()).prop_map(|(mut night, gaps)| {
            for gap in gaps {
                let index = usize::from(gap) % night.happens.len();
                night.happens[index].1 = if gap % 2 == 0 { What::Gap } else { What::Restart };
            }
            night
        });
    keep(200, (room::any_room(), nights), &heat::AFTER_GAP);
}

//! What a reading that decides nothing allocates: nothing.

#[path = "../benches/bedrooms/mod.rs"]
mod bedrooms;

use allocation_counter::measure;
use bedrooms::{FAMILIES, House};

const READINGS: usize = 1000;

#[test]
fn the_engine_allocates_nothing() {
    let mut house = House::of(&FAMILIES[0], 3);
    house.settle();
    let counted = measure(|| {
        for _ in 0..READINGS {
            assert_eq!(house.hear(), 0);
        }
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[test]
fn a_valve_costs_no_allocation_either() {
    let mut house = House::with_valves(&FAMILIES[0], 3);
    house.settle();
    let counted = measure(|| {
        for _ in 0..READINGS {
            assert_eq!(house.hear(), 0);
        }
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[test]
fn no_family_allocates_anything() {
    for family in &FAMILIES {
        let mut house = House::of(family, 3);
        house.settle();
        let counted = measure(|| {
            for _ in 0..READINGS {
                assert_eq!(house.stay(), 0, "{}", family.name);
            }
        });
        assert_eq!(counted.count_total, 0, "{}: {counted:?}", family.name);
    }
}

//! What a reading costs: where it decides nothing, with few and many bedrooms, and where it
//! leads to a command, in the bytes of every device family.
//!
//! `cargo bench --bench engine`

mod bedrooms;

use std::time::{Duration, Instant};

use bedrooms::{FAMILIES, Family, House};
use criterion::{Bencher, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// A decoded reading, by turns in every bedroom.
fn nothing_decided(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a reading that decides nothing");
    group.throughput(Throughput::Elements(1));
    for count in [1, 100, 10_000] {
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            by_night(bencher, &FAMILIES[0], count, |house| assert_eq!(house.hear(), 0));
        });
    }
}

/// Bytes that decide nothing.
fn decoded(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode and handle");
    for family in &FAMILIES {
        group.bench_function(family.name, |bencher| {
            by_night(bencher, family, 1, |house| assert_eq!(house.stay(), 0));
        });
    }
}

/// Bytes that lead to a command, to its reason in words and to a new picture.
fn decided(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode, handle and encode a decision");
    for family in &FAMILIES {
        group.bench_function(family.name, |bencher| {
            by_night(bencher, family, 1, |house| assert_eq!(house.change(), 1));
        });
    }
}

/// Times one reading after the other; a night that is over is begun anew, untimed.
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn by_night(bencher: &mut Bencher<'_>, family: &Family, count: usize, reading: fn(&mut House)) {
    let settled = || {
        let mut house = House::of(family, count);
        house.settle();
        house
    };
    let mut house = settled();
    bencher.iter_custom(|times| {
        let (mut took, mut wanted) = (Duration::ZERO, times);
        while wanted > 0 {
            if house.left() == 0 {
                house = settled();
            }
            let some = wanted.min(u64::try_from(house.left()).unwrap_or(u64::MAX));
            let begun = Instant::now();
            for _ in 0..some {
                reading(&mut house);
            }
            took += begun.elapsed();
            wanted -= some;
        }
        took
    });
}

criterion_group!(benches, nothing_decided, decoded, decided);
criterion_main!(benches);

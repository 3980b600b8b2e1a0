//! What a reading costs: where it decides nothing, with few and many bedrooms, and where it
//! leads to a command, in the bytes of every device family.
//!
//! `cargo bench --bench engine`

mod bedrooms;

use bedrooms::{FAMILIES, House};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// A decoded reading, by turns in every bedroom.
fn nothing_decided(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a reading that decides nothing");
    group.throughput(Throughput::Elements(1));
    for count in [1, 100, 10_000] {
        let mut house = House::of(&FAMILIES[0], count);
        house.settle();
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| assert_eq!(house.hear(), 0));
        });
    }
}

/// Bytes that decide nothing.
fn decoded(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode and handle");
    for family in &FAMILIES {
        let mut house = House::of(family, 1);
        house.settle();
        group.bench_function(family.name, |bencher| {
            bencher.iter(|| assert_eq!(house.stay(), 0));
        });
    }
}

/// Bytes that lead to a command, to its reason in words and to a new picture.
fn decided(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode, handle and encode a decision");
    for family in &FAMILIES {
        let mut house = House::of(family, 1);
        house.settle();
        group.bench_function(family.name, |bencher| {
            bencher.iter(|| assert_eq!(house.change(), 1));
        });
    }
}

criterion_group!(benches, nothing_decided, decoded, decided);
criterion_main!(benches);

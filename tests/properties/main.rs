//! What holds in every night in every bedroom: random ones, a fresh lot each run.
//!
//! Most of what must hold is a promise of `uncramp::prove`, which `uncramp check --prove`
//! watches in a household's own bedrooms. Here each has random bedrooms chosen for it; what
//! takes a second engine stands here alone.
//!
//! A night that breaks a property is shrunk, printed as a scripted night, and kept by its
//! seed in `tests/properties/seeds.txt`, from where it is played again first of all in every
//! later run. `UNCRAMP_NIGHTS=20 cargo test --test properties` plays twenty times as many.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    clippy::format_collect,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::too_many_lines,
    clippy::while_let_on_iterator,
    clippy::wildcard_enum_match_arm,
    reason = "a test's parts speak to each other alone"
)]

mod clocks;
mod drink;
mod fan;
mod faults;
mod heat;
mod night;
mod room;
mod sameness;
mod scripted;
mod wishes;

#[path = "../support/mod.rs"]
mod support;

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestError, TestRunner};
use uncramp::prove::{self, Night, Promise, script};

use room::Room;

/// Something that is tried with a night, which can be made shorter.
pub trait Tried: Clone + std::fmt::Debug {
    fn room(&self) -> &Room;
    fn night(&mut self) -> &mut Night;
}

impl Tried for (Room, Night) {
    fn room(&self) -> &Room {
        &self.0
    }
    fn night(&mut self) -> &mut Night {
        &mut self.1
    }
}

impl<T: Clone + std::fmt::Debug> Tried for ((Room, Night), T) {
    fn room(&self) -> &Room {
        &self.0.0
    }
    fn night(&mut self) -> &mut Night {
        &mut self.0.1
    }
}

/// Plays so many of them, and shrinks the first that breaks what it should hold.
pub fn hold<T: Tried>(nights: u32, strategy: impl Strategy<Value = T>, property: impl Fn(T)) {
    let times: u32 = std::env::var("UNCRAMP_NIGHTS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let kept = FileFailurePersistence::Direct("tests/properties/seeds.txt");
    let config = Config {
        cases: nights * times,
        failure_persistence: Some(Box::new(kept)),
        max_shrink_iters: 300,
        max_shrink_time: 30_000,
        source_file: Some(file!()),
        ..Config::default()
    };
    quieten();
    let breaks = |value: T| {
        panic::catch_unwind(AssertUnwindSafe(|| property(value))).map_err(|_| BROKEN.take())
    };
    let held =
        TestRunner::new(config).run(&strategy, |value| breaks(value).map_err(TestCaseError::fail));
    let mut value = match held {
        Ok(()) => return,
        Err(TestError::Fail(_, value)) => value,
        Err(TestError::Abort(why)) => {
            QUIET.set(false);
            panic!("{why}");
        }
    };
    let long = value.night().clone();
    let short = prove::shrink(&long, |night| {
        let mut shorter = value.clone();
        *shorter.night() = night.clone();
        breaks(shorter).is_err()
    });
    *value.night() = short.clone();
    let why = breaks(value.clone()).expect_err("it breaks it");
    QUIET.set(false);
    let Room(keys) = value.room();
    let script = script::written(keys, &value.room().plan(), &short, None);
    panic!("{why}\n\n{value:#?}\n\n{script}");
}

/// Holds a promise in so many nights.
pub fn keep<T: Tried>(nights: u32, strategy: impl Strategy<Value = T>, promise: &'static Promise) {
    hold(nights, strategy, |mut value| {
        let plan = value.room().plan();
        let night = value.night();
        let night = if promise.despite_lies { night.clone() } else { night.clone().without_lies() };
        if let Err(broken) = prove::check(&plan, &night, &[promise]) {
            panic!("{} is broken: {}", broken.promise.says, broken.what);
        }
    });
}

thread_local! {
    /// Nights are being tried on this thread: what breaks is told once, when it is shrunk.
    static QUIET: Cell<bool> = const { Cell::new(false) };
    /// What broke last on this thread, and where.
    static BROKEN: RefCell<String> = const { RefCell::new(String::new()) };
}

fn quieten() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |broken| {
            if QUIET.get() {
                BROKEN.set(broken.to_string());
            } else {
                loud(broken);
            }
        }));
    });
    QUIET.set(true);
}

/// Any bedroom, and any night of up to 150 happenings in it.
pub fn any() -> impl Strategy<Value = (Room, Night)> {
    (room::any_room(), night::any_night(20..150))
}

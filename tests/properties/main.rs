//! What holds in every night in every bedroom: random ones, a fresh lot each run.
//!
//! A night that breaks a property is shrunk, printed and kept by its seed in
//! `tests/properties/seeds.txt`, from where it is played again first of all in every later
//! run. `UNCRAMP_NIGHTS=20 cargo test --test properties` plays twenty times as many.

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

mod drink;
mod fan;
mod heat;
mod night;
mod play;
mod room;
mod sameness;
mod wishes;

#[path = "../support/mod.rs"]
mod support;

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestRunner};
use uncramp::engine::Event;
use uncramp::model::{Item, Quantity, SensorId, Span, Time, Value};
use uncramp::plan::Plan;

use night::Night;
use play::Moment;
use room::Room;

/// Plays so many of them, and shrinks the first that breaks what it should hold.
pub fn hold<T: std::fmt::Debug>(
    nights: u32,
    strategy: impl Strategy<Value = T>,
    property: impl Fn(T),
) {
    let times: u32 = std::env::var("UNCRAMP_NIGHTS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let kept = FileFailurePersistence::Direct("tests/properties/seeds.txt");
    let config = Config {
        cases: nights * times,
        failure_persistence: Some(Box::new(kept)),
        max_shrink_iters: 3000,
        max_shrink_time: 90_000,
        source_file: Some(file!()),
        ..Config::default()
    };
    quieten();
    let held = TestRunner::new(config).run(&strategy, |value| {
        let broken = panic::catch_unwind(AssertUnwindSafe(|| property(value)));
        broken.map_err(|_| TestCaseError::fail(BROKEN.take()))
    });
    if let Err(broken) = held {
        QUIET.set(false);
        panic!("{broken}");
    }
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

/// What the messages so far said of the room and the bed, worked out apart from the
/// engine and more roughly: what it says is not known, is not known.
#[derive(Debug, Clone, Default)]
pub struct Said {
    room_at: Option<Time>,
    room_garbled: u8,
    /// What each bed sensor said last, and when.
    mats: Vec<(SensorId, Option<(bool, Time)>)>,
    /// What a gateway that restarted says until then may be from memory.
    repeats_until: Time,
}

impl Said {
    pub fn new(plan: &Plan) -> Self {
        let sensors = plan.bedrooms[0].sensors.iter().enumerate();
        let mats = sensors.filter(|(_, s)| s.quantity == Quantity::Occupied);
        Self { mats: mats.map(|(n, _)| (SensorId(n as u8), None)).collect(), ..Self::default() }
    }

    pub fn hear(&mut self, moment: &Moment<'_>) {
        let Event::Heard { heard, .. } = moment.event else {
            if *moment.event == Event::Gap {
                *self = Self::new(moment.plan);
            }
            return;
        };
        for item in &heard.items {
            match item {
                Item::Reading { sensor, value: Value::Occupied(somebody), .. } => {
                    let from_memory = *somebody && moment.at < self.repeats_until;
                    self.mat(*sensor, Some((*somebody, moment.at)).filter(|_| !from_memory));
                }
                // The room's own thermometer is the first of the sensors.
                Item::Reading { sensor: SensorId(0), .. } => {
                    (self.room_at, self.room_garbled) = (Some(moment.at), 0);
                }
                Item::Garbled { sensor: SensorId(0), .. } => {
                    self.room_garbled = self.room_garbled.saturating_add(1);
                }
                Item::Garbled { sensor, .. } | Item::SensorOnline { sensor, .. } => {
                    self.doubt(*sensor);
                }
                Item::Repeats => self.repeats_until = moment.at + Span::minutes(1),
                _ => {}
            }
        }
    }

    /// The room's temperature can be known.
    pub fn room_may_be_known(&self, now: Time) -> bool {
        self.room_garbled < 3 && self.room_at.is_some_and(|at| now.since(at) < Span::minutes(130))
    }

    /// Every bed sensor said "nobody" last.
    pub fn bed_may_be_known_empty(&self) -> bool {
        !self.mats.is_empty()
            && self.mats.iter().all(|(_, said)| said.is_some_and(|(somebody, _)| !somebody))
    }

    /// There is no bed sensor.
    pub fn nobody_measures(&self) -> bool {
        self.mats.is_empty()
    }

    /// A bed sensor said "somebody", and nothing speaks against it.
    pub fn somebody_in_bed(&self, now: Time) -> bool {
        let mut said = self.mats.iter().filter_map(|(_, said)| *said);
        said.any(|(somebody, at)| somebody && now.since(at) < Span::hours(16))
    }

    /// Somebody may still be in bed, or no longer.
    fn doubt(&mut self, sensor: SensorId) {
        for (id, last) in &mut self.mats {
            if *id == sensor && last.is_some_and(|(somebody, _)| somebody) {
                *last = None;
            }
        }
    }

    fn mat(&mut self, sensor: SensorId, said: Option<(bool, Time)>) {
        for (id, last) in &mut self.mats {
            if *id == sensor {
                *last = said;
            }
        }
    }
}

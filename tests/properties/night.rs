//! Random nights: what happens in a bedroom, told without knowing which bedroom it is.

use std::fmt;

use proptest::prelude::*;
use proptest::sample::select;
use uncramp::engine::{Outcome, Want};
use uncramp::model::Span;
use uncramp::plan::Mode;

/// A night: when it begins, how warm the room is, and what happens in it.
#[derive(Clone)]
pub struct Night {
    /// Minutes after noon.
    pub begins: i64,
    /// Hundredths of a degree.
    pub room: i32,
    /// After how many minutes the clocks change by an hour, if they do.
    pub clocks_change: Option<(i64, i32)>,
    /// Every device timer was seen to work before.
    pub timers: bool,
    /// How long after the one before it, and what.
    pub happens: Vec<(Span, What)>,
}

impl Night {
    /// The same with devices that may be silent, but do not lie: what a device is, and not
    /// what it says, can only be held then.
    pub fn without_lies(mut self) -> Self {
        for (_, what) in &mut self.happens {
            if *what == What::Answering(Answering::Wrongly) {
                *what = What::Answering(Answering::Never);
            }
        }
        self
    }

    /// The same without gaps: what a lost hour changes is not to be the same.
    pub fn without_gaps(mut self) -> Self {
        self.happens.retain(|(_, what)| *what != What::Gap);
        self
    }
}

/// A line for each thing that happens, with its minutes since the beginning.
impl fmt::Debug for Night {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { begins, room, clocks_change, timers, happens } = self;
        write!(f, "\n{begins} min after noon, {room}, timers {timers}")?;
        writeln!(f, ", the clocks change: {clocks_change:?}")?;
        let mut at = Span::ZERO;
        for (passing, what) in happens {
            at += *passing;
            let (minutes, ms) = (at.0 / 60_000, at.0 % 60_000);
            writeln!(f, "  {minutes:4} min {ms:5} ms  {what:?}")?;
        }
        Ok(())
    }
}

/// One thing that happens. Numbers name one of several: the bedroom has what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The room's sensor speaks; so much warmer than before.
    Room(i32),
    /// A reading at the edge of what there is.
    Extreme(i32),
    Humidity(i32),
    /// The in-bed sensor speaks: temperature and humidity.
    Bed(i32, i32),
    Co2(i32),
    Outdoors(i32),
    InBed(u8, bool),
    Window(bool),
    /// One sensor says something that is no reading, so often.
    Garbled(u8, u8),
    SensorOnline(u8, bool),
    ActuatorOnline(u8, bool),
    /// A gateway restarts, and repeats what it knew.
    Repeats,
    /// A reading that the broker kept; measured so many minutes ago, if it tells.
    Kept(i32, Option<i64>),
    /// Somebody turns a knob or presses a button on the device.
    Knob(u8, u8),
    /// What a valve's own thermometer reads.
    Own(u8, i32),
    Answering(Answering),
    /// Somebody wants an actuator on or off, for so many minutes if that is said.
    Wants(u8, Want, Option<i64>),
    Mode(Mode),
    Away(bool),
    Baby,
    Say,
    Timer(u8, bool),
    Drinks(u8, i32),
    /// The wall clock jumps by so many minutes.
    Clock(i64),
    Link(bool),
    Start,
    Gap,
    Unrecorded(u8),
    Announced(Outcome),
    Nothing,
}

/// How devices answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    Promptly,
    /// After so many seconds.
    Late(i64),
    Never,
    /// With something else than what they were told.
    Wrongly,
}

/// Any night of so many happenings.
pub fn any_night(happenings: std::ops::Range<usize>) -> impl Strategy<Value = Night> {
    night_of(happenings, anything().boxed())
}

fn night_of(
    happenings: std::ops::Range<usize>,
    what: BoxedStrategy<What>,
) -> impl Strategy<Value = Night> {
    let happens = prop::collection::vec((passing(), what), happenings);
    let change = prop::option::weighted(0.2, (60..900_i64, select(vec![-3600, 3600])));
    (0..900_i64, 1200..2800, change, any::<bool>(), happens).prop_map(
        |(begins, room, clocks_change, timers, happens)| Night {
            begins,
            room,
            clocks_change,
            timers,
            happens,
        },
    )
}

/// How long nothing happens. Never zero: two messages never come at one instant.
fn passing() -> impl Strategy<Value = Span> {
    prop_oneof![
        8 => (30_000..900_000_i64).prop_map(Span),
        3 => (1..60_000_i64).prop_map(Span),
        2 => (1..60_i64).prop_map(Span::minutes),
        1 => (60_000..3_600_000_i64).prop_map(Span),
        1 => (30..200_i64).prop_map(Span::minutes),
    ]
}

fn measured() -> impl Strategy<Value = What> {
    prop_oneof![
        20 => (-60..45_i32).prop_map(What::Room),
        4 => (-25..60_i32).prop_map(What::Room),
        3 => (2000..9000_i32).prop_map(What::Humidity),
        3 => (2000..3700_i32, 3000..9900_i32).prop_map(|(t, h)| What::Bed(t, h)),
        1 => (400..2500_i32).prop_map(What::Co2),
        1 => (-1500..3500_i32).prop_map(What::Outdoors),
        3 => (any::<u8>(), prop::bool::weighted(0.6)).prop_map(|(n, on)| What::InBed(n, on)),
        1 => prop::bool::weighted(0.3).prop_map(What::Window),
    ]
}

fn anything() -> impl Strategy<Value = What> {
    let sensor = || any::<u8>();
    let actuator = || any::<u8>();
    prop_oneof![
        30 => measured(),
        1 => select(vec![-1000, 0, 800, 1700, 1800, 1950, 2400, 2600, 3000, 5000])
            .prop_map(What::Extreme),
        1 => (sensor(), 1..5_u8).prop_map(|(n, times)| What::Garbled(n, times)),
        1 => (sensor(), any::<bool>()).prop_map(|(n, online)| What::SensorOnline(n, online)),
        1 => (actuator(), any::<bool>()).prop_map(|(n, online)| What::ActuatorOnline(n, online)),
        1 => Just(What::Repeats),
        1 => (1000..2800_i32, prop::option::of(-5..300_i64)).prop_map(|(t, ago)| What::Kept(t, ago)),
        3 => (actuator(), any::<u8>()).prop_map(|(n, to)| What::Knob(n, to)),
        1 => (actuator(), 1500..3500_i32).prop_map(|(n, t)| What::Own(n, t)),
        2 => answering().prop_map(What::Answering),
        3 => (actuator(), want(), prop::option::of(-10..2000_i64))
            .prop_map(|(n, want, until)| What::Wants(n, want, until)),
        1 => select(vec![Mode::Auto, Mode::Auto, Mode::Watch, Mode::Off]).prop_map(What::Mode),
        1 => prop::bool::weighted(0.2).prop_map(What::Away),
        1 => Just(What::Baby),
        2 => Just(What::Say),
        1 => (actuator(), prop::bool::weighted(0.8)).prop_map(|(n, works)| What::Timer(n, works)),
        1 => (any::<u8>(), 50..600_i32).prop_map(|(n, ml)| What::Drinks(n, ml)),
        1 => prop_oneof![-2..3_i64, -180..180_i64, -20_000..20_000_i64].prop_map(What::Clock),
        1 => prop::bool::weighted(0.7).prop_map(What::Link),
        1 => prop_oneof![Just(What::Start), Just(What::Gap)],
        1 => actuator().prop_map(What::Unrecorded),
        1 => select(vec![Outcome::Spoken, Outcome::Failed, Outcome::Answered])
            .prop_map(What::Announced),
        1 => Just(What::Nothing),
    ]
}

fn answering() -> impl Strategy<Value = Answering> {
    prop_oneof![
        3 => Just(Answering::Promptly),
        1 => (1..600_i64).prop_map(Answering::Late),
        1 => Just(Answering::Never),
        1 => Just(Answering::Wrongly),
    ]
}

fn want() -> impl Strategy<Value = Want> {
    select(vec![Want::On, Want::On, Want::Off, Want::Auto])
}

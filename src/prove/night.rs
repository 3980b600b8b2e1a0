//! A night, told without knowing in which bedroom it is.

use std::fmt;

use chrono::{Days, NaiveDate};

use crate::engine::{Outcome, Want};
use crate::model::{Span, Zone};
use crate::plan::Mode;

/// When a night begins, how warm the room is, and what happens in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Night {
    /// On which day.
    pub day: Day,
    /// How long after noon.
    pub begins: Span,
    /// The room's temperature, in hundredths of a degree.
    pub room: i32,
    /// Every device timer was seen to work before.
    pub timers: bool,
    /// How long after the one before it, and what. Gaps are slept through: what is due in
    /// that time is missed.
    pub happens: Vec<(Span, What)>,
}

/// A day of which night it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// An ordinary one.
    On(NaiveDate),
    /// The day before this change of the clocks, counted from that day on; where the clocks
    /// never change, the day itself.
    BeforeChange(NaiveDate, usize),
}

impl Day {
    /// The date in this zone.
    #[must_use]
    pub fn date(self, zone: &Zone) -> NaiveDate {
        let (from, nth) = match self {
            Self::On(date) => return date,
            Self::BeforeChange(from, nth) => (from, nth),
        };
        let since = zone.instant(from.into()) / 1000;
        let mut changes = zone.changes.iter().filter(|(at, _)| *at > since);
        let change = changes.nth(nth).map(|(at, _)| zone.civil(at * 1000 - 1).date());
        change.and_then(|date| date.checked_sub_days(Days::new(1))).unwrap_or(from)
    }
}

/// One thing that happens. Numbers name one of several: the bedroom has what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The room's sensor speaks; so much warmer than before, in hundredths of a kelvin.
    Room(i32),
    /// The room's sensor says one and the same every ten minutes, for so many minutes.
    Stuck(i64),
    /// A reading at the edge of what there is.
    Extreme(i32),
    /// The room's humidity, in hundredths of a percent.
    Humidity(i32),
    /// The in-bed sensor speaks: so much warmer than before, and its humidity.
    Bed(i32, i32),
    /// Carbon dioxide, in ppm.
    Co2(i32),
    /// The temperature outdoors.
    Outdoors(i32),
    /// A bed sensor sees somebody, or nobody.
    InBed(u8, bool),
    /// A window opens or closes.
    Window(bool),
    /// One sensor says something that is no reading, so often.
    Garbled(u8, u8),
    /// A sensor is reported reachable, or not.
    SensorOnline(u8, bool),
    /// An actuator is reported reachable, or not.
    ActuatorOnline(u8, bool),
    /// A gateway restarts, and repeats what it knew.
    Repeats,
    /// A reading that the broker kept; measured so many minutes ago, if it tells.
    Kept(i32, Option<i64>),
    /// Somebody turns a knob or presses a button on the device.
    Knob(u8, u8),
    /// A device says how it stands without being asked, as many do now and then.
    Tells(u8),
    /// A plug loses its power for a moment, and comes back on.
    ComesBackOn(u8),
    /// A device tells what it draws, in tenths of a watt.
    Draws(u8, i32),
    /// What a valve's own thermometer reads.
    Own(u8, i32),
    /// From here on devices answer like this.
    Answering(Answering),
    /// Somebody wants an actuator on or off, for so many minutes if that is said.
    Wants(u8, Want, Option<i64>),
    /// What uncramp may do.
    Mode(Mode),
    /// Everybody leaves for nine hours, or returns.
    Away(bool),
    /// A baby sleeps in the room tonight.
    Baby,
    /// Somebody wants peace for the night.
    Pause,
    /// Somebody is too cold, or too warm.
    TooCold(bool),
    /// Home Assistant has something to say.
    Say,
    /// A device's own timer was seen to work, or not to.
    Timer(u8, bool),
    /// Somebody drank so many millilitres.
    Drinks(u8, i32),
    /// Somebody had a cramp so many minutes ago; whose it was is not always said.
    Cramp(Option<u8>, i64),
    /// Somebody had none in the last night, likewise.
    NoCramp(Option<u8>),
    /// What was said last is to come later; by its number, or without one.
    Later(bool),
    /// Somebody did what they were reminded of.
    Done,
    /// Whoever switched it off wants it back as it was.
    Resume,
    /// The wall clock jumps by so many minutes.
    Clock(i64),
    /// Nobody knows any more whether the wall clock is right, or somebody does.
    ClockKnown(bool),
    /// The connection to the broker goes or comes.
    Link(bool),
    /// uncramp is started anew, from what it had written down.
    Restart,
    /// uncramp is started anew, and what it had written down is lost.
    Forgets,
    /// Nobody calls the engine since what happened before: a suspend, a power cut.
    Gap,
    /// An "on" that had to be recorded first could not be.
    Unrecorded(u8),
    /// What became of what was last said.
    Announced(Outcome),
    /// The engine looks once more than it need.
    Nothing,
}

/// How devices answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// At once.
    Promptly,
    /// After so many seconds.
    Late(i64),
    /// Not at all.
    Never,
    /// With something else than what they were told.
    Wrongly,
}

impl Night {
    /// The same with devices that may be silent, but do not lie: what a device is, and not
    /// what it says, can only be held then.
    #[must_use]
    pub fn without_lies(mut self) -> Self {
        for (_, what) in &mut self.happens {
            if *what == What::Answering(Answering::Wrongly) {
                *what = What::Answering(Answering::Never);
            }
        }
        self
    }

    /// The same without gaps: what a lost hour changes is not to be the same.
    #[must_use]
    pub fn without_gaps(mut self) -> Self {
        self.happens.retain(|(_, what)| *what != What::Gap);
        self
    }

    /// The same with a memory that is lost where uncramp is started anew.
    #[must_use]
    pub fn without_memory(mut self) -> Self {
        for (_, what) in &mut self.happens {
            if *what == What::Restart {
                *what = What::Forgets;
            }
        }
        self
    }

    /// Whether uncramp loses its memory.
    #[must_use]
    pub fn forgets(&self) -> bool {
        self.happens.iter().any(|(_, what)| *what == What::Forgets)
    }

    /// Whether devices answer something else than what they are.
    #[must_use]
    pub fn lies(&self) -> bool {
        self.happens.iter().any(|(_, what)| *what == What::Answering(Answering::Wrongly))
    }
}

/// A line for each thing that happens, with its minutes since the beginning.
impl fmt::Debug for Night {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { day, begins, room, timers, happens } = self;
        writeln!(f, "\n{day:?}, {begins} after noon, {room}, timers {timers}")?;
        let mut at = Span::ZERO;
        for (passing, what) in happens {
            at += *passing;
            writeln!(f, "  {at:>12}  {what:?}", at = at.to_string())?;
        }
        Ok(())
    }
}

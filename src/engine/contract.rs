//! What goes into the engine and what comes out.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::faults::Fault;
use crate::model::{ActuatorId, BedroomId, Heard, Kelvins, Millilitres, Span, Switch, Time, Wall};
use crate::plan::{Mode, Plan};
use crate::rules::airflow::Advice;
use crate::rules::{Reason, Why};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A message meant something for a bedroom.
    Heard {
        /// Which bedroom.
        bedroom: BedroomId,
        /// What it meant.
        heard: Heard,
    },
    /// A person or Home Assistant asked for something.
    Wish {
        /// In which bedroom.
        bedroom: BedroomId,
        /// For what.
        wish: Wish,
    },
    /// The wall clock was set, or is known to be right.
    Clock(Wall),
    /// Nobody called for longer than a lease: a suspend, a restart, another boot.
    Gap,
    /// uncramp starts within the boot in which its state was saved.
    Start,
    /// The connection to the broker came or went.
    Link {
        /// It is there.
        up: bool,
    },
    /// S2: a command that had to be recorded first could not be, and was not sent.
    Unrecorded {
        /// In which bedroom.
        bedroom: BedroomId,
        /// To which actuator.
        actuator: ActuatorId,
    },
    /// What only the shell can see is not as it should be, or is again.
    Noticed {
        /// In which bedroom.
        bedroom: BedroomId,
        /// What.
        fault: Fault,
        /// It is so; else it is over.
        stands: bool,
    },
    /// What became of an announcement.
    Announced {
        /// In which bedroom.
        bedroom: BedroomId,
        /// Which one.
        id: u64,
        /// What became of it.
        outcome: Outcome,
    },
    /// The configuration changed.
    Plan(Box<Plan>),
    /// The time has come.
    Tick,
    /// uncramp stops.
    Stop,
}

/// What a person or Home Assistant asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// An actuator on, off, or back to the rules.
    Override {
        /// Which one.
        actuator: ActuatorId,
        /// What.
        want: Want,
        /// Until when; `None` is until wake if said at night, else two hours.
        until: Option<Time>,
    },
    /// Decide and act, only watch, or neither.
    Mode(Mode),
    /// Whoever switched it off, or wished for peace, wants it back as it was: it acts where it
    /// acted before, and only watches where it only watched.
    Resume,
    /// Somebody drank.
    Drink {
        /// Who, as an index into the bedroom's sleepers.
        sleeper: usize,
        /// How much.
        amount: Millilitres,
    },
    /// Everybody is away until then; `None` is home again.
    Away(Option<Time>),
    /// Who is in the house. `Away` is until further notice; a guest or a baby until the
    /// next noon (S13: a baby stays noted till then, whatever is said after).
    House(Household),
    /// Nothing is done and nothing said until the next noon; `false` goes on.
    Pause(bool),
    /// Somebody is too cold tonight, or too warm: the reference moves by so much.
    Shift(Kelvins),
    /// Somebody had a cramp, just now or that long ago.
    Cramp {
        /// Who, as an index into the bedroom's sleepers, if that is known.
        sleeper: Option<usize>,
        /// How long ago.
        ago: Span,
    },
    /// Asked about the last night, somebody says that there was no cramp.
    NoCramp {
        /// Who, as an index into the bedroom's sleepers, if that is known.
        sleeper: Option<usize>,
        /// The evening that names the night, if it is not the last one.
        #[serde(default)]
        night: Option<NaiveDate>,
    },
    /// Words of somebody else, to be spoken here as they are, within S7.
    Say(String),
    /// The last reminder was followed.
    Done,
    /// The last reminder is to come later.
    Snooze,
    /// What was announced under this number is to come later.
    Postpone(u64),
    /// `uncramp try` saw this very device switch itself off, or saw that it does not.
    Timer {
        /// Which actuator.
        actuator: ActuatorId,
        /// It does.
        works: bool,
    },
}

/// Who is in the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Household {
    /// Those who live there.
    Home,
    /// Nobody.
    Away,
    /// Somebody else sleeps there tonight: nothing personal is said.
    Guest,
    /// S13: a baby sleeps in the room tonight.
    Baby,
}

/// What a person wants of an actuator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Want {
    /// On; a fan at its lowest level.
    On,
    /// A fan at this level, 1 being the lowest.
    Level(u8),
    /// Off.
    Off,
    /// What the rules say.
    Auto,
}

/// What became of an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was spoken.
    Spoken,
    /// It could not be spoken.
    Failed,
    /// The person answered it.
    Answered,
}

/// What the shell must do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Tell an actuator.
    Switch(Command),
    /// Ask an actuator where it stands, of which nothing was heard yet.
    Query {
        /// In which bedroom.
        bedroom: BedroomId,
        /// Which actuator.
        actuator: ActuatorId,
    },
    /// What an actuator would have been told: uncramp only watches. Nothing is sent to it.
    Watched(Command),
    /// Say something.
    Announce(Announcement),
    /// What was to be said may not be, and is not said later.
    Unsaid(Unsaid),
    /// A fault appeared or healed; for the log and the page.
    Notice(Notice),
}

/// One command to one actuator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// In which bedroom.
    pub bedroom: BedroomId,
    /// To which actuator.
    pub actuator: ActuatorId,
    /// What it is told.
    pub switch: Switch,
    /// Whether the state must be on disk before it leaves.
    pub order: Order,
    /// S9: not to be sent after this; an off is always valid.
    pub valid_until: Time,
    /// It repeats or renews an earlier one; no change.
    pub again: bool,
    /// S3, S9: it hands the actuator back, by an off or a return to the household's
    /// set-point: it leaves first and is never dropped.
    pub releases: bool,
    /// Why.
    pub reason: Reason,
}

/// Which comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Send, then record.
    SendFirst,
    /// Record, then send; not sent if that fails.
    RecordFirst,
}

/// Something to be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// In which bedroom.
    pub bedroom: BedroomId,
    /// Its number; the same number is the same announcement.
    pub id: u64,
    /// What is said.
    pub words: Words,
    /// It is the first time that the sleepers hear uncramp, and begins with who speaks.
    pub introduces: bool,
    /// To whom.
    pub audience: Audience,
    /// Where they are, as far as anybody knows.
    pub place: SpokenAt,
    /// How loud it may be.
    pub urgency: Urgency,
    /// S7: it is quiet hours, or somebody may be asleep: no chime, unless there is danger.
    pub quiet: bool,
    /// Not to be said after this.
    pub valid_until: Time,
    /// Reminders are recorded first, alarms sent first.
    pub order: Order,
}

/// What is said, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "about", rename_all = "snake_case")]
pub enum Words {
    /// A glass of water would be good.
    Drink {
        /// Who, as an index into the bedroom's sleepers.
        sleeper: usize,
        /// How much.
        amount: Millilitres,
        /// Why.
        reason: Reason,
    },
    /// Any cramp last night? Asked in the morning.
    LastNight {
        /// Whom, as an index into the bedroom's sleepers.
        sleeper: usize,
        /// The evening that names the night.
        night: NaiveDate,
        /// It may be put off once more.
        later: bool,
    },
    /// What a person could do for the air of the next night, told in the morning.
    Air(Vec<Advice>),
    /// Who speaks here, and how to stop it.
    Welcome,
    /// What would have been done last night, to the keeper: uncramp only watches.
    Watched {
        /// When it would have warmed.
        heat: Vec<Period>,
        /// When it would have moved the air.
        air: Vec<Period>,
    },
    /// Words of somebody else, as they are.
    Said(String),
    /// A fault, to the keeper.
    Fault(Fault),
    /// A fault healed.
    Healed(Fault),
    /// Nobody answered the morning's question for so long that it is asked no more.
    AskedNoMore {
        /// Whom, as an index into the bedroom's sleepers.
        sleeper: usize,
    },
    /// Personal facts are older than a year, or were never confirmed.
    ConfirmConditions {
        /// Whose.
        sleeper: usize,
    },
}

/// From an instant until another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
}

impl Period {
    /// How long it lasts.
    #[must_use]
    pub fn length(self) -> Span {
        self.until.since(self.from)
    }
}

/// To whom something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Who sleeps there.
    Sleeper,
    /// Who looks after the house.
    Keeper,
}

/// Where something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpokenAt {
    /// At the bed.
    Bed,
    /// Where people are by day.
    Home,
}

/// How urgent something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// A reminder.
    Gentle,
    /// A fault.
    Normal,
    /// Danger.
    Alarm,
}

/// Words that were not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsaid {
    /// In which bedroom.
    pub bedroom: BedroomId,
    /// Why.
    pub hush: Hush,
    /// Until when, where that is known.
    pub until: Option<Time>,
}

/// Why nothing may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hush {
    /// S7: these are quiet hours.
    QuietHours,
    /// S7: somebody is asleep there, or may be.
    Asleep,
    /// Nobody is at home to hear it.
    Away,
    /// Somebody wanted peace for this night.
    Paused,
    /// uncramp is switched off there.
    Off,
    /// S12: nobody knows what time it is.
    ClockNotSet,
}

/// A fault appeared or healed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// In which bedroom.
    pub bedroom: BedroomId,
    /// Which fault.
    pub fault: Fault,
    /// It healed.
    pub healed: bool,
}

/// When to call the engine again, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wake {
    /// When.
    pub at: Time,
    /// Why.
    pub why: Why,
}

impl Action {
    /// It switches something off or hands it back: that leaves first (S3).
    #[must_use]
    pub const fn is_off(&self) -> bool {
        match self {
            Self::Switch(command) => command.releases,
            Self::Query { .. }
            | Self::Watched(_)
            | Self::Announce(_)
            | Self::Unsaid(_)
            | Self::Notice(_) => false,
        }
    }
}

impl Announcement {
    /// How long a reminder may wait to be spoken.
    pub const GENTLE_FOR: Span = Span::minutes(5);
    /// How long danger, and what the keeper is told, may wait to be said.
    pub const TOLD_FOR: Span = Span::hours(24);
    /// How long after a drink was offered it may be asked whether it was drunk: longer than
    /// it takes, and not so long that nobody knows which glass is meant.
    pub const ASKED_FOR: Span = Span::minutes(30);
}

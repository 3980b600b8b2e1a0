//! What is kept of a house, as data: one line for each thing that happened.

use serde::{Deserialize, Serialize};

use crate::engine::{Action, Event, Picture, Wish};
use crate::model::{
    ActuatorId, BedroomId, KelvinHours, Millilitres, Place, Quantity, Span, Switch, Temperature,
    Time, Value, Wall,
};
use crate::plan::Plan;
use crate::rules::Reason;

/// One line of history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When.
    pub time: Time,
    /// By which clock.
    pub wall: Wall,
    /// In which bedroom; none for the whole house.
    pub bedroom: Option<BedroomId>,
    /// What.
    pub what: What,
}

/// What happened. Whatever names a sensor or an actuator does so by its place in the plan
/// that was in force, which is kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Something was done, or would have been.
    Did(Action),
    /// Something came from outside.
    Came(Event),
    /// An actuator stands otherwise than before, or for another reason; also one that is
    /// left as it is.
    Stands(Standing),
    /// The rule against cold judges otherwise than before.
    Judged(Reason),
}

/// How an actuator stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Which one.
    pub actuator: ActuatorId,
    /// A relay's or a fan's level, 0 being off, as far as known.
    pub level: Option<u8>,
    /// A set-point, as far as known.
    pub set_point: Option<Temperature>,
    /// It stands above the household's set-point for uncramp's sake.
    pub raised: bool,
    /// Why.
    pub reason: Option<Reason>,
}

impl Standing {
    /// Whether the same is said of the same, whatever the numbers of the reason are.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let state = |it: &Self| (it.actuator, it.level, it.set_point, it.raised);
        state(self) == state(other) && is_same_reason(self.reason.as_ref(), other.reason.as_ref())
    }
}

/// Whether two reasons are one and the same, whatever their numbers.
#[must_use]
pub fn is_same_reason(one: Option<&Reason>, other: Option<&Reason>) -> bool {
    let kind = |reason: &Reason| (reason.by, std::mem::discriminant(&reason.because));
    one.map(kind) == other.map(kind)
}

impl Record {
    /// What kind of record it is, as one word; how the file can be searched.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match &self.what {
            What::Did(action) => match action {
                Action::Switch(_) => "switch",
                Action::Query { .. } => "query",
                Action::Watched(_) => "watched",
                Action::Announce(_) => "announce",
                Action::Unsaid(_) => "unsaid",
                Action::Notice(_) => "fault",
            },
            What::Came(event) => match event {
                Event::Heard { .. } => "heard",
                Event::Wish { .. } => "wish",
                Event::Clock(_) => "clock",
                Event::Gap => "gap",
                Event::Start => "start",
                Event::Link { .. } => "link",
                Event::Unrecorded { .. } => "unrecorded",
                Event::Noticed { .. } => "noticed",
                Event::Announced { .. } => "announced",
                Event::Plan(_) => "plan",
                Event::Tick => "tick",
                Event::Stop => "stop",
            },
            What::Stands(_) => "stands",
            What::Judged(_) => "judged",
        }
    }

    /// Which actuator it is about, if it is about one.
    #[must_use]
    pub const fn actuator(&self) -> Option<ActuatorId> {
        match &self.what {
            What::Did(Action::Switch(command) | Action::Watched(command)) => Some(command.actuator),
            What::Stands(standing) => Some(standing.actuator),
            What::Came(
                Event::Unrecorded { actuator, .. }
                | Event::Wish { wish: Wish::Override { actuator, .. }, .. },
            ) => Some(*actuator),
            What::Did(_) | What::Came(_) | What::Judged(_) => None,
        }
    }

    /// The names of the bedroom and of the actuator in the plan that was in force.
    #[must_use]
    pub fn names<'a>(&self, plan: &'a Plan) -> (Option<&'a str>, Option<&'a str>) {
        let bedroom = self.bedroom.and_then(|id| plan.bedroom(id));
        let actuator = bedroom.zip(self.actuator()).and_then(|(bedroom, id)| {
            bedroom.actuators.get(usize::from(id.0)).map(|actuator| actuator.name.as_str())
        });
        (bedroom.map(|bedroom| bedroom.name.as_str()), actuator)
    }
}

/// Whether what is done is worth keeping: what repeats or renews an earlier command, tells a
/// valve the room's temperature, or asks a device, is not.
#[must_use]
pub const fn is_kept(action: &Action) -> bool {
    match action {
        Action::Switch(command) => !command.again && !matches!(command.switch, Switch::Feed(_)),
        Action::Watched(_) | Action::Announce(_) | Action::Unsaid(_) | Action::Notice(_) => true,
        Action::Query { .. } => false,
    }
}

/// Whether what came is worth keeping by itself: readings are kept apart, a plan is kept
/// whole, time passes anyway, and a fault is kept as such.
#[must_use]
pub const fn is_event_kept(event: &Event) -> bool {
    !matches!(event, Event::Heard { .. } | Event::Noticed { .. } | Event::Plan(_) | Event::Tick)
}

/// In which bedroom something was done.
#[must_use]
pub const fn action_bedroom(action: &Action) -> BedroomId {
    match action {
        Action::Switch(command) | Action::Watched(command) => command.bedroom,
        Action::Query { bedroom, .. } => *bedroom,
        Action::Announce(words) => words.bedroom,
        Action::Unsaid(unsaid) => unsaid.bedroom,
        Action::Notice(notice) => notice.bedroom,
    }
}

/// From which bedroom something came; none for the whole house.
#[must_use]
pub const fn event_bedroom(event: &Event) -> Option<BedroomId> {
    match event {
        Event::Heard { bedroom, .. }
        | Event::Wish { bedroom, .. }
        | Event::Unrecorded { bedroom, .. }
        | Event::Noticed { bedroom, .. }
        | Event::Announced { bedroom, .. } => Some(*bedroom),
        Event::Clock(_)
        | Event::Gap
        | Event::Start
        | Event::Link { .. }
        | Event::Plan(_)
        | Event::Tick
        | Event::Stop => None,
    }
}

/// One reading that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    /// The bedroom's name.
    pub bedroom: String,
    /// The sensor's name.
    pub sensor: String,
    /// Where it sits.
    pub place: Place,
    /// What it measures.
    pub quantity: Quantity,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// What it measured.
    pub value: Value,
}

/// What a night came to, as far as it is told: two tellings of one night add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// The night's dose.
    pub dose: KelvinHours,
    /// The highest acute dose.
    pub dose_max: KelvinHours,
    /// How long somebody was in bed, or was assumed to be.
    pub in_bed: Span,
    /// For how much of that the temperature was not known.
    pub unknown: Span,
    /// For how long a heater was on since this was last told, or a set-point raised.
    pub heat: Span,
    /// For how long a fan was on since this was last told.
    pub fan: Span,
    /// How many drinks were logged since this was last told.
    pub drinks: u32,
    /// How much that was.
    pub drunk: Millilitres,
    /// How many cramps were logged since this was last told.
    pub cramps: u32,
}

impl Summary {
    /// What the engine itself knows of the night.
    #[must_use]
    pub fn of(seen: &Picture) -> Self {
        let night = &seen.night;
        Self {
            dose: seen.night_dose,
            dose_max: night.acute_max,
            in_bed: night.occupied,
            unknown: night.unknown,
            ..Self::default()
        }
    }

    /// Takes in what was told of the same night later.
    pub fn add(&mut self, later: &Self) {
        self.dose = self.dose.max(later.dose);
        self.dose_max = self.dose_max.max(later.dose_max);
        self.in_bed = self.in_bed.max(later.in_bed);
        self.unknown = self.unknown.max(later.unknown);
        self.heat += later.heat;
        self.fan += later.fan;
        self.drinks += later.drinks;
        self.drunk.0 += later.drunk.0;
        self.cramps += later.cramps;
    }
}

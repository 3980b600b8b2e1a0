//! Reasons and reminders → sentences, per language and units.
//!
//! Everything before this module is data; here it becomes what people read in the log,
//! on the page and in the action topic ([`reason`], [`switch`]), and what they hear
//! ([`spoken`], [`announced`]). Each module holds one kind of sentence: what was decided and
//! why, what the devices make possible, and the names and wishes that Home Assistant and the
//! log show.

mod answer;
mod devices;
mod english;
mod figures;
mod german;
mod labels;
mod numbers;
mod refusal;
mod reply;
mod said;

pub use answer::{Answer, Idle, When, answer};
pub use devices::{Devices, Missing, Possible, advice, condition, devices, missing, possible};
pub use labels::{Choice, Label, OnPage, choice, label, on_page};
pub use numbers::Numbers;
pub use refusal::{Example, Fits, Refusal, refusal, refusal_aloud};
pub use reply::{Reply, reply};
pub use said::{Said, announced, language_of, said, trying};

use crate::engine::{Unsaid, Wish, Words};
use crate::model::{ActuatorId, BedroomId, Millilitres, SensorId, Switch, Time, Wall, Zone};
use crate::plan::{Actuator, Bedroom, Control, Kind, Language, Plan, Sensor, Sleeper, Units};
use crate::rules::Reason;

/// From this amount on, a glass is no small one.
const GLASS: Millilitres = Millilitres(200);

/// More periods of a night than these are summed up.
const MOST_PERIODS: usize = 3;

/// What a sentence needs to know besides what it says.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The language.
    pub language: Language,
    /// The units of temperatures and volumes.
    pub units: Units,
    /// Home Assistant is told of the bedrooms.
    pub home_assistant: bool,
    /// The bedroom whose sensors, actuators and sleepers are named.
    pub bedroom: &'a Bedroom,
    /// How the house tells the time.
    pub zone: &'a Zone,
    /// The wall clock.
    pub wall: Wall,
    /// The time of speaking: a time within half a day of it is said without its date.
    pub now: Time,
}

impl<'a> Context<'a> {
    /// The context of one bedroom of a plan; `None` if the plan has no such bedroom.
    #[must_use]
    pub fn new(plan: &'a Plan, bedroom: BedroomId, wall: Wall, now: Time) -> Option<Self> {
        let bedroom = plan.bedrooms.get(usize::try_from(bedroom.0).ok()?)?;
        let (language, units) = (plan.language, plan.units);
        let home_assistant = plan.discovery.is_some();
        Some(Self { language, units, home_assistant, bedroom, zone: &plan.zone, wall, now })
    }

    /// What people call the bedroom.
    #[must_use]
    pub fn room(&self) -> String {
        self.bedroom.shown()
    }

    /// How it is told numbers.
    #[must_use]
    pub const fn numbers(&self) -> Numbers {
        Numbers { language: self.language, units: self.units }
    }

    fn sensor(&self, id: SensorId) -> Option<&'a Sensor> {
        self.bedroom.sensors.get(usize::from(id.0))
    }

    fn actuator(&self, id: ActuatorId) -> Option<&'a Actuator> {
        self.bedroom.actuators.get(usize::from(id.0))
    }

    /// It holds a set-point, and is never off.
    fn holds_a_set_point(&self, id: ActuatorId) -> bool {
        let kind = self.actuator(id).map(|actuator| &actuator.kind);
        matches!(kind, Some(Kind::Heater { control: Control::SetPoint { .. }, .. }))
    }

    fn sleeper(&self, index: usize) -> Option<&'a Sleeper> {
        self.bedroom.sleepers.get(index)
    }
}

/// What became of a person's wish for an actuator: until when it is held, and what keeps it from
/// being done now. `who` is the actuator, or what was asked of it.
#[must_use]
pub fn held(who: &str, until: Time, barred: Option<&Reason>, context: &Context) -> String {
    let why = barred.map(|reason| Reason { otherwise: None, ..reason.clone() });
    let why = why.map(|reason| self::reason(&reason, context));
    let why = why.as_deref().map(without_its_verdict);
    match context.language {
        Language::English => english::held(who, until, why, context),
        Language::German => german::held(who, until, why, context),
    }
}

/// The same, of a wish that was to be held for longer than any is.
#[must_use]
pub fn cut_short(told: &str, language: Language) -> String {
    match language {
        Language::English => format!("{told}; no wish is held for longer than 24 hours"),
        Language::German => format!("{told}; kein Wunsch gilt länger als 24 Stunden"),
    }
}

/// Why no heat comes that is called for: what keeps it back, and what calls for it.
#[must_use]
pub fn held_back(heat: &str, why: &str, context: &Context) -> String {
    match context.language {
        Language::English => format!("{why}; called for: {heat}"),
        Language::German => format!("{why}; verlangt ist: {heat}"),
    }
}

/// “the window is open”, of “off: the window is open”.
fn without_its_verdict(reason: &str) -> &str {
    let verdict = |text: &str| text.chars().all(|it| it.is_alphabetic() || it == ' ');
    reason.split_once(": ").filter(|(first, _)| verdict(first)).map_or(reason, |(_, rest)| rest)
}

/// What somebody asked for, for the log and for events.
#[must_use]
pub fn wish(wish: &Wish, bedroom: &Bedroom, numbers: Numbers) -> String {
    match numbers.language {
        Language::English => english::wish(wish, bedroom, numbers),
        Language::German => german::wish(wish, bedroom, numbers),
    }
}

/// Why something was decided, for the log, the page and the action topic: one line,
/// short and exact, with what would change the decision.
#[must_use]
pub fn reason(reason: &Reason, context: &Context) -> String {
    match context.language {
        Language::English => english::reason(reason, context),
        Language::German => german::reason(reason, context),
    }
}

/// What an actuator would have been told while uncramp only watches, and why.
#[must_use]
pub fn watching(switch: &Switch, reason: &Reason, context: &Context) -> String {
    match context.language {
        Language::English => english::watching(switch, reason, context),
        Language::German => german::watching(switch, reason, context),
    }
}

/// What is said aloud or sent to the keeper: whole sentences.
#[must_use]
pub fn spoken(words: &Words, context: &Context) -> String {
    match context.language {
        Language::English => english::spoken(words, context),
        Language::German => german::spoken(words, context),
    }
}

/// Why words were not said, for whoever asked for them.
#[must_use]
pub fn unsaid(unsaid: &Unsaid, context: &Context) -> String {
    match context.language {
        Language::English => english::unsaid(unsaid, context),
        Language::German => german::unsaid(unsaid, context),
    }
}

/// What an actuator is told, as the end of "the heater: …".
#[must_use]
pub fn switch(switch: &Switch, context: &Context) -> String {
    match context.language {
        Language::English => english::switch(switch, context),
        Language::German => german::switch(switch, context),
    }
}

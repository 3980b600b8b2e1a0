//! The names of what Home Assistant shows of a bedroom.

use super::{english, german};
use crate::engine::{Household, Want};
use crate::plan::{Language, Mode, Setting};

/// Something with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label<'a> {
    /// The device itself, by what people call the bedroom.
    Device(&'a str),
    /// Against cold, as a thermostat.
    Warmth,
    /// Against stuffiness, as a fan.
    Airflow,
    /// Why it is as it is.
    Reason,
    /// The acute cold dose.
    Dose,
    /// How far the room is below its reference.
    Deficit,
    /// The room's dew point.
    DewPoint,
    /// Bed humidity, referred to skin.
    BedHumidity,
    /// How long somebody was in bed this night.
    InBedTime,
    /// Whether somebody is in bed.
    InBed,
    /// Whether one of several is in bed.
    Side(&'a str),
    /// When somebody is reminded next.
    NextReminder,
    /// What somebody drank today.
    Drunk(&'a str),
    /// The same of the only one.
    DrunkToday,
    /// When the last cramp was reported.
    LastCramp,
    /// The room is too cold.
    Cold,
    /// The bed is stuffy.
    Stuffy,
    /// Something is not as it should be.
    Problem,
    /// A heater is on.
    Heating,
    /// What uncramp may do.
    Mode,
    /// Whether uncramp decides and acts.
    Automatic,
    /// Who is in the house.
    House,
    /// How many days everybody is away.
    AwayFor,
    /// A cramp is reported.
    Cramp,
    /// A glass was drunk, perhaps by one of several.
    Drank(Option<&'a str>),
    /// A reminder was followed.
    Done,
    /// A reminder is to come later.
    Snooze,
    /// What was offered to drink was drunk.
    DrankIt,
    /// There was a cramp in the night.
    HadCramp,
    /// There was none.
    HadNone,
    /// Nothing more tonight.
    Pause,
    /// Words to be spoken.
    Say,
    /// Begins what was only watched.
    Begin,
    /// What happened.
    Log,
    /// What one actuator is to do.
    Hold(&'a str),
    /// A value that can be changed.
    Setting(Setting),
}

/// What stands on Home Assistant's page besides names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnPage {
    /// Above what is done now.
    Tonight,
    /// Above the buttons.
    SayIt,
    /// Above the graphs.
    Nights,
    /// Above what is not as it should be.
    Wrong,
    /// Before what the devices do.
    Devices,
    /// Before what people could do.
    Advice,
    /// There is nothing to decide.
    Undecided,
    /// Nobody says anything.
    NotRunning,
    /// Above what was drunk each day.
    DrunkADay,
}

impl OnPage {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Tonight,
        Self::SayIt,
        Self::Nights,
        Self::Wrong,
        Self::Devices,
        Self::Advice,
        Self::Undecided,
        Self::NotRunning,
        Self::DrunkADay,
    ];
}

/// Words of the page.
#[must_use]
pub const fn on_page(part: OnPage, language: Language) -> &'static str {
    match language {
        Language::English => english::on_page(part),
        Language::German => german::on_page(part),
    }
}

/// One of a few words among which somebody chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// What uncramp may do.
    Mode(Mode),
    /// Who is in the house.
    House(Household),
    /// What an actuator is to do: on, off, or what the rules say.
    Hold(Want),
}

/// A choice as it is shown. In English it is the word of uncramp's own topics.
#[must_use]
pub fn choice(choice: Choice, language: Language) -> &'static str {
    match language {
        Language::English => english::choice(choice),
        Language::German => german::choice(choice),
    }
}

/// A name, as it stands beside the device's.
#[must_use]
pub fn label(label: Label<'_>, language: Language) -> String {
    match language {
        Language::English => english::label(label),
        Language::German => german::label(label),
    }
}

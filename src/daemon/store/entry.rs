//! What is kept, and what is read when the store is opened.

use std::fmt;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::daemon::clock::Stand;
use crate::engine::{Audience, Command};
use crate::model::{Millilitres, Time};
use crate::plan::{Adjustment, Plan};
use crate::surface::Introduced;
use crate::wire::Device;

/// One bedroom's state as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The bedroom's name.
    pub bedroom: String,
    /// What `Engine::save` gave.
    pub state: String,
    /// When.
    pub stand: Stand,
}

/// A drink that somebody logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drink {
    /// The bedroom's name.
    pub bedroom: String,
    /// Who drank.
    pub sleeper: String,
    /// How much.
    pub amount: Millilitres,
    /// When, in Unix milliseconds.
    pub at: i64,
}

/// A cramp that somebody reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cramp {
    /// The bedroom's name.
    pub bedroom: String,
    /// Who had it, if that was said.
    pub sleeper: Option<String>,
    /// When, in Unix milliseconds.
    pub at: i64,
}

/// Somebody who was asked had no cramp in a night: not the same as not having been asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoCramp {
    /// The bedroom's name.
    pub bedroom: String,
    /// Who was asked, if that was said.
    pub sleeper: Option<String>,
    /// The evening that names the night.
    pub night: NaiveDate,
    /// When it was said, in Unix milliseconds.
    pub at: i64,
}

/// Something that was logged, in the order in which it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logged {
    /// A drink.
    Drink(Drink),
    /// A cramp.
    Cramp(Cramp),
    /// A night without one.
    NoCramp(NoCramp),
}

/// A device that left the configuration and is not known to be off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// What people called it.
    pub name: String,
    /// How it is told.
    pub device: Device,
    /// It can say what it does.
    pub echoes: bool,
    /// What hands it back: an off, or its own thermometer and a set-point.
    pub commands: Vec<Command>,
    /// When it was first told so.
    #[serde(default)]
    pub since: Option<Time>,
}

/// Words that must reach somebody, and of which nobody said that they did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untold {
    /// The bedroom's name.
    pub bedroom: String,
    /// The announcement's number.
    pub id: u64,
    /// The matter within the bedroom.
    pub tag: String,
    /// For whom.
    pub audience: Audience,
    /// It is danger.
    pub alarm: bool,
    /// It says that a fault is over.
    pub over: bool,
    /// The announcement, as it was published.
    pub words: String,
    /// The same for Rhasspy, if it was told.
    pub hermes: Option<String>,
    /// Somebody tried to pass it on, and could not.
    pub failed: bool,
    /// That a fault is over is not said after this; one that stands is told of while it does.
    pub valid_until: Time,
}

/// A configuration that was good, to go on with should its file be wrong at the next start.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Good {
    /// Its file.
    pub path: PathBuf,
    /// What stood in it, passwords too.
    pub text: String,
}

impl fmt::Debug for Good {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Good").field("path", &self.path).finish_non_exhaustive()
    }
}

/// What the store knew when it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loaded {
    /// The bedrooms' states.
    pub states: Vec<Saved>,
    /// Where time stood when anything was recorded last.
    pub stand: Option<Stand>,
    /// The random part of the client id, the same for ever.
    pub instance: String,
    /// What was changed from Home Assistant.
    pub adjustments: Vec<Adjustment>,
    /// What was introduced to Home Assistant.
    pub introduced: Introduced,
    /// The plan that was in force; none if this version cannot read it.
    pub plan: Option<Box<Plan>>,
    /// What left the configuration and is not known to be off.
    pub left: Vec<Left>,
    /// What must reach somebody and has not.
    pub untold: Vec<Untold>,
    /// What went wrong, in sentences.
    pub notes: Vec<String>,
}

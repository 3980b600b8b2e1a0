//! The validated configuration. Only a [`Plan`] reaches the engine; a text that is not
//! one becomes every [`Complaint`] that can be made about it.

pub mod complaint;
pub mod mqtt;
pub mod users;

mod adjust;
mod build;
mod key;
mod keys;
mod look;
mod manual;
mod read;
mod redact;
mod schema;
mod section;
mod tree;
mod value;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use adjust::{Adjusted, Adjustment, Change, Setting, adjust, parse_adjusted};
pub use complaint::Complaint;
pub use keys::CONDITIONS;
pub use manual::manual;
pub use mqtt::MqttSettings;
pub use redact::{redacted, sleepers, told};
pub use schema::schema;

pub use crate::model::{Condition, Language, Sex, Sleeper};
use crate::model::{Place, Quantity, Span, Watts, Window, Zone};
use crate::rules::{airflow, cold_exposure, hydration};
pub use crate::safety::Hazard;
use crate::safety::Limits;
use crate::wire;

/// Reads a configuration.
///
/// # Errors
///
/// Everything that is wrong with it, in the order of the text, warnings among it. A fault
/// of syntax comes alone, since nothing can be read behind it.
pub fn parse(text: &str, outside: &dyn Outside) -> Result<Parsed, Vec<Complaint>> {
    build::build(text, outside, &[])
}

/// What reading a configuration asks of the outside. The shell answers; tests make it up.
pub trait Outside {
    /// The rules of a time zone by its IANA name, if the system knows it.
    fn zone(&self, name: &str) -> Option<Zone>;
    /// The time zone that the system is set to.
    fn system_zone(&self) -> Option<Zone>;
    /// What stands in a file of secrets.
    ///
    /// # Errors
    ///
    /// Why it could not be read, in words that hold nothing of it.
    fn secret_file(&self, path: &str) -> Result<String, String>;
    /// A variable of the environment.
    fn env(&self, name: &str) -> Option<String>;
    /// A systemd credential.
    fn credential(&self, name: &str) -> Option<String>;
    /// Year and month by the clock; none if it was never set.
    fn month(&self) -> Option<(i32, u32)> {
        None
    }
    /// Whether the clock is known to be right. Where it is not, what only it makes wrong is
    /// a doubt: a Pi whose clock is not set yet must not refuse to start.
    fn clock_is_right(&self) -> bool {
        true
    }
}

/// What a configuration says.
#[derive(Debug)]
pub struct Parsed {
    /// What the engine is told.
    pub plan: Plan,
    /// How the broker is reached.
    pub mqtt: MqttSettings,
    /// Where the store lies; none means the usual place.
    pub store: Option<PathBuf>,
    /// Dangers and doubts that do not stop the start.
    pub warnings: Vec<Complaint>,
    /// Year and month by which it was read; none while the clock is not known to be right.
    pub today: Option<(i32, u32)>,
}

/// Everything uncramp is told, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// How the house tells the time.
    pub zone: Zone,
    /// The language of words spoken and shown.
    pub language: Language,
    /// The units of words spoken and shown.
    pub units: Units,
    /// The topic below which uncramp's own topics lie; `uncramp`.
    pub base_topic: String,
    /// The prefix below which Home Assistant is told of the bedrooms; none tells it
    /// nothing.
    pub discovery: Option<String>,
    /// On which Home Assistant says `online` when it starts and `offline` when it stops.
    #[serde(default = "usual_birth")]
    pub birth: String,
    /// The Hermes site that speaks where nobody is in the bedroom; none is the bedroom's own.
    #[serde(default)]
    pub hermes_home: Option<String>,
    /// Its bedrooms.
    pub bedrooms: Vec<Bedroom>,
}

/// What a recording without a birth topic was made with.
fn usual_birth() -> String {
    wire::HOME_ASSISTANT.to_owned()
}

/// The units in which people are told temperatures and volumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Units {
    /// °C and mL.
    #[default]
    Metric,
    /// °F and fluid ounces.
    Imperial,
}

/// The unit of control: its sensors, its actuators, its sleepers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bedroom {
    /// Its name in topics: lower-case letters, digits, `_` and `-`.
    pub name: String,
    /// What people call it; none is the name in topics, with spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
    /// Who sleeps there.
    pub sleepers: Vec<Sleeper>,
    /// A baby or small child sleeps there too.
    pub baby: bool,
    /// The usual bedtime and the usual wake.
    pub sleep: Window,
    /// What is measured there.
    pub sensors: Vec<Sensor>,
    /// What can be switched there.
    pub actuators: Vec<Actuator>,
    /// How the bed's sensors are read.
    pub occupancy: Occupancy,
    /// How readings are judged.
    pub readings: Readings,
    /// S7: how many audible changes a night while somebody is in bed; `None` is off.
    pub audible_changes: Option<u8>,
    /// Each sleeper is asked in the morning whether there was a cramp.
    #[serde(default)]
    pub ask_in_the_morning: bool,
    /// What uncramp may do there from the start.
    pub mode: Mode,
    /// Against cold.
    pub cold_exposure: cold_exposure::Settings,
    /// Against stuffiness.
    pub airflow: airflow::Settings,
    /// Against thirst.
    pub hydration: hydration::Settings,
}

/// What uncramp may do in a bedroom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Decide and act.
    #[default]
    Auto,
    /// Decide and say what it would have done.
    Watch,
    /// Neither.
    Off,
}

/// One measured value of one sensor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sensor {
    /// What people call it: `room temperature`, `in bed (anna)`.
    pub name: String,
    /// Where it sits.
    pub place: Place,
    /// What it measures.
    pub quantity: Quantity,
    /// For occupancy: whose side, as an index into the bedroom's sleepers.
    pub sleeper: Option<usize>,
    /// Which of the bedroom's devices it belongs to: those with one number are one device.
    #[serde(default)]
    pub device: usize,
    /// How its values are found.
    pub source: wire::Source,
}

/// A thing switched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actuator {
    /// Its name in topics.
    pub name: String,
    /// What people call it; none is the name in topics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
    /// What it is, which is what it can do harm by.
    pub kind: Kind,
    /// S7: it can be heard.
    pub audible: bool,
    /// Limits of its switching.
    pub limits: Limits,
    /// How long the device may take to confirm a command; `None` is off.
    pub confirm: Option<Span>,
    /// How it is told.
    pub device: wire::Device,
}

/// What an actuator is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A heater.
    Heater {
        /// What it can do harm by.
        hazard: Hazard,
        /// How it is controlled.
        control: Control,
    },
    /// A fan.
    Fan {
        /// It blows at the bed.
        direct: bool,
        /// Air speed at the pillow at each level, in hundredths of m/s, lowest first;
        /// unknown speeds are taken as 0.3 m/s a level.
        speeds: Vec<Option<u16>>,
        /// On, and drawing less than this, it stands still.
        #[serde(default = "idle_below")]
        idle_below: Watts,
    },
}

/// The most that a fan on standby draws (convention: meters, remote controls and lamps take
/// one to three watts, and few fans run on so little).
const fn idle_below() -> Watts {
    Watts(50)
}

/// How a heater is controlled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// On and off.
    Switch,
    /// A set-point that the device holds by itself.
    SetPoint {
        /// It takes the room's temperature and falls back to its own thermometer.
        fed: bool,
    },
}

/// How the bed's sensors are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupancy {
    /// How long somebody must be in bed; 3 min.
    pub in_after: Option<Span>,
    /// How long the bed must be empty; 10 min.
    pub out_after: Option<Span>,
    /// How long one "in" lives without another word; 16 h.
    pub lives: Span,
}

/// How readings are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readings {
    /// The shortest silence that makes a sensor unknown; 15 min.
    pub least_silence: Span,
    /// The longest, and the first; 130 min.
    pub most_silence: Span,
    /// The longest silence while a switched heater is on; 45 min.
    pub heated_silence: Span,
    /// A larger jump needs the next sample to agree, in hundredths of a kelvin;
    /// `None` is off.
    pub jump: Option<i32>,
}

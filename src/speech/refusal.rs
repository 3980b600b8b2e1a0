//! Why something told was not followed: in full for whoever wrote it, in short for whoever said
//! it aloud.

use super::{english, german};
use crate::plan::{Language, Setting};

/// Why something told was not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such bedroom.
    NoBedroom {
        /// The one that was meant.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// Nothing is told there.
    NoControl {
        /// Where it was told.
        name: String,
        /// Where something is.
        known: Vec<&'static str>,
    },
    /// The broker had kept it from earlier.
    Kept,
    /// It is too long to be looked at.
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// It is no UTF-8.
    NoText,
    /// It is no JSON object.
    NoObject {
        /// What it is, shortened.
        text: String,
    },
    /// It has a key that means nothing.
    OddKey {
        /// The key, shortened.
        key: String,
        /// Those that mean something.
        known: &'static [&'static str],
    },
    /// A key is missing.
    Missing {
        /// Which one.
        key: &'static str,
    },
    /// A key has a value of another kind.
    Unfit {
        /// Which one.
        key: &'static str,
        /// What fits.
        fits: Fits,
    },
    /// It is no word that is known here.
    NoWord {
        /// The word, shortened.
        word: String,
    },
    /// Several sleep there, and it was not said who is meant.
    WhoOfSeveral {
        /// Who sleeps there.
        known: Vec<String>,
    },
    /// The configuration names nobody who sleeps there.
    NobodyNamed,
    /// Nobody by that name sleeps there.
    NoSleeper {
        /// The name, shortened.
        name: String,
        /// Who does.
        known: Vec<String>,
    },
    /// There is no such actuator.
    NoActuator {
        /// The name, shortened.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// It is no drink, or none that anybody drinks at once.
    Drink {
        /// The most that counts, mL.
        most: i32,
        /// It is a number, and beyond that.
        more: bool,
    },
    /// A fan has not so many levels.
    Level {
        /// The one that was meant.
        level: u8,
        /// The highest.
        most: usize,
    },
    /// A heater has no levels.
    HeaterLevel,
    /// S4: a portable heater is never switched on.
    NeverOn {
        /// Which one.
        name: String,
    },
    /// When a cramp was that there was not.
    AgoOfNone,
    /// When a cramp was, twice.
    AgoTwice,
    /// A cramp of more than a day ago.
    AgoTooLong,
    /// An end that is past.
    Over,
    /// The clock is not set, so that nobody knows when that is.
    NoClock {
        /// The key that tells of a time.
        key: &'static str,
    },
    /// S13: a baby in the room stays noted.
    BabyStays,
    /// Nothing was said that waits for an answer.
    NothingWaits,
    /// There are no words to be spoken.
    NothingToSay,
    /// More words than anybody would listen to.
    TooMuchToSay {
        /// How many characters they have.
        characters: usize,
    },
    /// There is no such setting.
    NoSetting {
        /// The name, shortened.
        name: String,
    },
    /// A value beyond what a setting may be.
    OutOfRange {
        /// Which setting.
        setting: Setting,
        /// The value.
        value: String,
    },
    /// The rest of the configuration does not allow it.
    Forbidden {
        /// Which setting.
        setting: Setting,
        /// The value.
        value: String,
        /// The configuration's own complaint, in its words.
        why: String,
    },
}

/// What would fit as the value of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fits {
    /// A name.
    Name,
    /// True or false.
    Truth,
    /// A number that a setting may be.
    Number(Setting),
    /// A duration.
    Duration,
    /// A duration, or an instant.
    Time,
    /// The evening of a night of the last week.
    Night,
    /// The words `last night`.
    LastNight,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of a few words, or a fan's level up to this one.
    WordOrLevel(&'static [&'static str], usize),
    /// The number of an announcement.
    Announcement,
    /// A text of at most so many characters, and not empty.
    Text(usize),
}

/// What would be right to send, with the names of the bedroom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Example {
    /// Who drank, and how much.
    Drink {
        /// One who sleeps there.
        sleeper: String,
    },
    /// What uncramp may do.
    Mode,
    /// What an actuator is to do.
    Override {
        /// One that there is.
        actuator: String,
        /// It may be switched on; else only off.
        on: bool,
    },
    /// Until when everybody is away.
    Away,
    /// Who is in the house.
    House,
    /// That a baby is.
    Baby,
    /// Peace for a night.
    Pause,
    /// Warmer or cooler.
    Shift,
    /// Who had a cramp, and when.
    Cramp {
        /// One who sleeps there.
        sleeper: String,
        /// The clock is set, so that it is known which night was the last.
        dated: bool,
    },
    /// Words to be spoken.
    Say {
        /// Of at most so many characters.
        most: usize,
    },
    /// Nothing more than that it was told.
    Nothing,
    /// A value to be changed, of this setting.
    Setting(Setting),
    /// Whether a device's own timer works.
    Timer {
        /// One that there is.
        actuator: String,
    },
    /// What became of an announcement.
    Ack,
    /// Something said aloud, to be answered.
    Tell,
    /// Something said aloud, of which this is the payload.
    Payload(Box<Self>),
}

/// Why it was not followed, and what would be right: a sentence for whoever sent it.
#[must_use]
pub fn refusal(refusal: &Refusal, example: Option<&Example>, language: Language) -> String {
    let (why, send) = match language {
        Language::English => (english::refusal(refusal), "send"),
        Language::German => (german::refusal(refusal), "richtig wäre"),
    };
    match example {
        None => format!("{why}."),
        Some(example) => format!("{why}; {send} {}.", example.in_language(language)),
    }
}

/// The same for whoever said it aloud, at night and half asleep.
#[must_use]
pub fn refusal_aloud(refusal: &Refusal, language: Language) -> String {
    match language {
        Language::English => english::refusal_aloud(refusal),
        Language::German => german::refusal_aloud(refusal),
    }
}

impl Example {
    fn in_language(&self, language: Language) -> String {
        let or = match language {
            Language::English => "or",
            Language::German => "oder",
        };
        match self {
            Self::Drink { sleeper } => format!(r#"{{"sleeper": "{sleeper}", "ml": 250}}"#),
            Self::Mode => format!("auto, watch, off {or} resume"),
            Self::Override { actuator, on } => {
                let want = if *on { "on" } else { "off" };
                format!(r#"{{"actuator": "{actuator}", "want": "{want}", "until": "2h"}}"#)
            }
            Self::Away => format!(r#"{{"until": "48h"}}, on {or} off"#),
            Self::House => format!("home, away, guest {or} baby"),
            Self::Baby => "on".to_owned(),
            Self::Pause => format!("tonight {or} off"),
            Self::Shift => match language {
                Language::English => {
                    "a number of kelvins from -2 to 2, such as 0.5 or -0.5".to_owned()
                }
                Language::German => "eine Zahl von -2 bis 2 (Kelvin), etwa 0.5".to_owned(),
            },
            Self::Cramp { sleeper, dated: true } => format!(
                r#"{{}} {or} {{"sleeper": "{sleeper}", "when": "last night"}} {or} {{"ago": "3h"}} {or} {{"cramp": false}}"#
            ),
            Self::Cramp { sleeper, dated: false } => format!(
                r#"{{}} {or} {{"sleeper": "{sleeper}", "ago": "3h"}} {or} {{"cramp": false}}"#
            ),
            Self::Say { most } => match language {
                Language::English => format!("a sentence of at most {most} characters"),
                Language::German => format!("ein Satz von höchstens {most} Zeichen"),
            },
            Self::Nothing => "{}".to_owned(),
            Self::Setting(setting) => {
                let value = match setting {
                    Setting::Heating | Setting::Airflow | Setting::Reminders => "true",
                    Setting::TooCold => "18.5",
                    Setting::Ceiling => "24",
                    Setting::Dose => "1",
                    Setting::Stuffy => "65",
                    Setting::TooWarm => "26",
                };
                format!(r#"{{"setting": "{}", "value": {value}}}"#, setting.name())
            }
            Self::Timer { actuator } => format!(r#"{{"actuator": "{actuator}", "works": true}}"#),
            Self::Ack => r#"{"id": 7, "outcome": "spoken"}"#.to_owned(),
            Self::Tell => {
                r#"{"id": "7f3a", "control": "drink", "payload": {"ml": 200}}"#.to_owned()
            }
            Self::Payload(inner) => match language {
                Language::English => format!("as `payload` {}", inner.in_language(language)),
                Language::German => format!("als `payload` {}", inner.in_language(language)),
            },
        }
    }
}

//! One person, as far as uncramp must know.

use serde::{Deserialize, Serialize};

use super::Language;

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sleeper {
    /// The name, as spoken and in topics.
    pub name: String,
    /// The year of birth.
    pub born: Option<i32>,
    /// For the day's need of water.
    pub sex: Option<Sex>,
    /// What the person answered; `None` is unanswered, empty is "none of these".
    pub conditions: Option<Vec<Condition>>,
    /// Year and month in which that was last confirmed.
    pub conditions_confirmed: Option<(i32, u32)>,
    /// What this person is spoken to in; `None` is the house's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// For the day's need of water (EFSA 2010 states two).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 1.6 L of drinks a day.
    Female,
    /// 2.0 L of drinks a day.
    Male,
}

/// A condition that switches advice off, and says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Kidney disease.
    KidneyDisease,
    /// Dialysis.
    Dialysis,
    /// Heart failure.
    HeartFailure,
    /// A doctor has limited how much to drink.
    FluidLimit,
    /// Low sodium.
    LowSodium,
    /// Water tablets.
    Diuretics,
    /// Pregnant.
    Pregnancy,
    /// Diabetes.
    Diabetes,
    /// Numb feet or legs.
    Neuropathy,
    /// Poor circulation.
    PoorCirculation,
    /// Paralysis, or cannot get out of bed or switch things off alone.
    Paralysis,
    /// Sedatives, or alcohol before bed.
    Sedatives,
    /// Pressure ulcers, open wounds or infected skin.
    Wounds,
    /// Gets up at night to pass water.
    Nocturia,
    /// May fall.
    FallRisk,
    /// A suspected clot, or leg surgery lately.
    SuspectedClot,
    /// A chronic illness that wants a warm room.
    ChronicIllness,
    /// Does not know.
    DontKnow,
}

impl Sleeper {
    /// From this age on a room is to be 20 °C, water stops earlier and a fan stops
    /// sooner in the heat (WHO 1987; `docs/evidence.md`).
    pub const OLDER: i32 = 65;

    /// The age in a year, counted generously: a birthday late in the year counts from
    /// January.
    #[must_use]
    pub fn age(&self, year: i32) -> Option<i32> {
        self.born.map(|born| year - born)
    }

    /// 65 years or older.
    #[must_use]
    pub fn is_older(&self, year: i32) -> bool {
        self.age(year).is_some_and(|age| age >= Self::OLDER)
    }

    /// Whether the person answered that a condition holds.
    #[must_use]
    pub fn has(&self, condition: Condition) -> bool {
        self.conditions.as_ref().is_some_and(|all| all.contains(&condition))
    }
}

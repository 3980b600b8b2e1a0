//! Conditions switch advice off, and say so: the water, heated-bedding, baby and age
//! columns of the table in `docs/evidence.md`, row by row.

use serde::{Deserialize, Serialize};

use crate::model::{Condition, Sleeper, Temperature};

/// Why a person gets no prompt, or no heated bedding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    /// The question about conditions is not answered.
    Unanswered,
    /// The answers are older than twelve months, or were never dated.
    Unconfirmed,
    /// Younger than fourteen: the day's need of a child is not ours to say.
    Child,
    /// A condition.
    Condition(Condition),
}

/// How long an answer about conditions counts, in months.
const CONFIRMED_FOR: i32 = 12;
/// Below this age no prompts to drink.
const CHILD: i32 = 14;
/// Up to this age a child in the room counts as a baby: heat is capped and no air is
/// aimed at the bed.
const SMALL_CHILD: i32 = 3;

/// Why a person must not be told to drink; `None` if nothing speaks against it.
#[must_use]
pub fn water(sleeper: &Sleeper, year: i32, month: u32) -> Option<Lock> {
    let locked = sleeper.conditions.as_ref().map_or(Some(Lock::Unanswered), |conditions| {
        conditions.iter().copied().find(|c| locks_water(*c)).map(Lock::Condition)
    });
    let child = || sleeper.age(year).is_some_and(|age| age < CHILD).then_some(Lock::Child);
    locked
        .or_else(child)
        .or_else(|| (!is_confirmed(sleeper, year, month)).then_some(Lock::Unconfirmed))
}

/// Why a person must have no heated bedding; `all_night` asks for more than warming
/// the bed before somebody lies down.
#[must_use]
pub fn bedding(sleeper: &Sleeper, year: i32, all_night: bool) -> Option<Lock> {
    if sleeper.age(year).is_some_and(|age| age < CHILD) {
        return Some(Lock::Child);
    }
    if sleeper.conditions.is_none() {
        return all_night.then_some(Lock::Unanswered);
    }
    bedding_condition(sleeper, all_night).map(Lock::Condition)
}

/// The condition for which a person must have no heated bedding, if there is one.
#[must_use]
pub fn bedding_condition(sleeper: &Sleeper, all_night: bool) -> Option<Condition> {
    let locks = |c: &Condition| locks_bedding(*c) || all_night && locks_bedding_all_night(*c);
    sleeper.conditions.iter().flatten().copied().find(locks)
}

/// Whether a person is a baby or small child by age.
#[must_use]
pub fn is_baby(sleeper: &Sleeper, year: i32) -> bool {
    sleeper.age(year).is_some_and(|age| age <= SMALL_CHILD)
}

/// The reference temperature by who sleeps in the room: 18 °C; 20 °C from 65 years or
/// when ill; 17 °C with a baby; 18 °C where both are (a question for the household,
/// which `check` asks). WHO 2018 and the Lullaby Trust; `docs/evidence.md`.
#[must_use]
pub fn reference(sleepers: &[Sleeper], baby: bool, year: i32) -> Temperature {
    let frail = sleepers.iter().any(|s| s.is_older(year) || s.has(Condition::ChronicIllness));
    match (frail, baby) {
        (true, false) => Temperature(2000),
        (false, true) => Temperature(1700),
        (true, true) | (false, false) => Temperature(1800),
    }
}

/// Whether an answer about conditions is younger than twelve months.
#[must_use]
pub fn is_confirmed(sleeper: &Sleeper, year: i32, month: u32) -> bool {
    let months = |year: i32, month: u32| year * 12 + i32::try_from(month).unwrap_or(1);
    sleeper
        .conditions_confirmed
        .is_some_and(|(y, m)| months(year, month) - months(y, m) < CONFIRMED_FOR)
}

const fn locks_water(condition: Condition) -> bool {
    use Condition as C;
    match condition {
        C::KidneyDisease
        | C::Dialysis
        | C::HeartFailure
        | C::FluidLimit
        | C::LowSodium
        | C::Diuretics
        | C::DontKnow => true,
        C::Pregnancy
        | C::Diabetes
        | C::Neuropathy
        | C::PoorCirculation
        | C::Paralysis
        | C::Sedatives
        | C::Wounds
        | C::Nocturia
        | C::FallRisk
        | C::SuspectedClot
        | C::ChronicIllness => false,
    }
}

const fn locks_bedding(condition: Condition) -> bool {
    use Condition as C;
    match condition {
        C::Diabetes | C::Neuropathy | C::PoorCirculation | C::Paralysis | C::Sedatives => true,
        C::KidneyDisease
        | C::Dialysis
        | C::HeartFailure
        | C::FluidLimit
        | C::LowSodium
        | C::Diuretics
        | C::Pregnancy
        | C::Wounds
        | C::Nocturia
        | C::FallRisk
        | C::SuspectedClot
        | C::ChronicIllness
        | C::DontKnow => false,
    }
}

/// A warmed bed is allowed, heat under a sleeper is not.
const fn locks_bedding_all_night(condition: Condition) -> bool {
    matches!(condition, Condition::Pregnancy | Condition::DontKnow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Condition as C;

    fn sleeper(conditions: &[Condition]) -> Sleeper {
        Sleeper {
            name: "anna".to_owned(),
            born: Some(1980),
            sex: None,
            conditions: Some(conditions.to_vec()),
            conditions_confirmed: Some((2026, 11)),
            language: None,
        }
    }

    /// Condition, water locked, bedding locked, bedding locked all night.
    const TABLE: [(Condition, bool, bool, bool); 18] = [
        (C::KidneyDisease, true, false, false),
        (C::Dialysis, true, false, false),
        (C::HeartFailure, true, false, false),
        (C::FluidLimit, true, false, false),
        (C::LowSodium, true, false, false),
        (C::Diuretics, true, false, false),
        (C::Pregnancy, false, false, true),
        (C::Diabetes, false, true, true),
        (C::Neuropathy, false, true, true),
        (C::PoorCirculation, false, true, true),
        (C::Paralysis, false, true, true),
        (C::Sedatives, false, true, true),
        (C::Wounds, false, false, false),
        (C::Nocturia, false, false, false),
        (C::FallRisk, false, false, false),
        (C::SuspectedClot, false, false, false),
        (C::ChronicIllness, false, false, false),
        (C::DontKnow, true, false, true),
    ];

    #[test]
    fn every_row_of_the_table() {
        for (condition, in_water, in_bedding, all_night) in TABLE {
            let person = sleeper(&[condition]);
            let lock = |locked: bool| locked.then_some(Lock::Condition(condition));
            assert_eq!(water(&person, 2026, 12), lock(in_water), "{condition:?}");
            assert_eq!(bedding(&person, 2026, false), lock(in_bedding), "{condition:?}");
            assert_eq!(bedding(&person, 2026, true), lock(all_night), "{condition:?}");
        }
    }

    #[test]
    fn unanswered_is_silent_and_answers_age() {
        let mut person = sleeper(&[]);
        assert_eq!(water(&person, 2026, 12), None);
        assert_eq!(water(&person, 2027, 10), None);
        assert_eq!(water(&person, 2027, 11), Some(Lock::Unconfirmed));
        person.conditions_confirmed = None;
        assert_eq!(water(&person, 2026, 12), Some(Lock::Unconfirmed));
        person.conditions = None;
        assert_eq!(water(&person, 2026, 12), Some(Lock::Unanswered));
        assert_eq!(bedding(&person, 2026, true), Some(Lock::Unanswered));
        assert_eq!(bedding(&person, 2026, false), None);
    }

    #[test]
    fn children_get_neither() {
        let mut child = sleeper(&[]);
        child.born = Some(2020);
        assert_eq!(water(&child, 2026, 12), Some(Lock::Child));
        assert_eq!(bedding(&child, 2026, false), Some(Lock::Child));
        child.born = Some(2024);
        assert!(is_baby(&child, 2026));
    }

    #[test]
    fn the_reference_follows_who_sleeps_there() {
        let young = sleeper(&[]);
        let mut old = sleeper(&[]);
        old.born = Some(1961);
        let ill = sleeper(&[C::ChronicIllness]);
        for (sleepers, baby, expected) in [
            (vec![young.clone()], false, 1800),
            (vec![old.clone()], false, 2000),
            (vec![young.clone(), ill], false, 2000),
            (vec![young], true, 1700),
            (vec![old], true, 1800),
        ] {
            assert_eq!(reference(&sleepers, baby, 2026), Temperature(expected));
        }
    }
}

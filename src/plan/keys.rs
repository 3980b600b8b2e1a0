//! The tables: every key of the configuration, said once.

mod bedroom;
mod devices;
mod families;
mod house;
mod rules;

pub use bedroom::CONDITIONS;
pub(super) use house::HOUSE;

use super::key::Group;

/// Every group, the whole file first, each before the groups that stand in it.
pub(super) fn groups() -> Vec<&'static Group> {
    let mut list: Vec<&'static Group> = vec![&HOUSE];
    let mut next = 0;
    while let Some(group) = list.get(next).copied() {
        for inner in group.all().flat_map(|key| key.form.groups()) {
            if !list.iter().any(|known| known.name == inner.name) {
                list.push(inner);
            }
        }
        next += 1;
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::key::{Fallback, Form};
    use crate::plan::value::scalar;

    #[test]
    fn every_default_is_a_value_of_its_key() {
        for group in groups() {
            for key in group.all() {
                if let Fallback::Is(text) = key.fallback {
                    let read = scalar(&key.form, text, false);
                    assert!(read.is_ok(), "{}.{}: {read:?}", group.name, key.name);
                }
            }
        }
    }

    #[test]
    fn every_name_is_unique_in_its_group_and_every_meaning_a_sentence() {
        for group in groups() {
            for (n, key) in group.all().enumerate() {
                assert!(group.all().take(n).all(|other| other.name != key.name), "{}", key.name);
                assert!(key.meaning.ends_with('.'), "{}.{}", group.name, key.name);
            }
        }
    }

    /// Exactly these may be `off`; a truth value is `off` by nature.
    #[test]
    fn off_is_allowed_where_the_design_says_and_nowhere_else() {
        let mut found: Vec<_> = groups()
            .iter()
            .flat_map(|group| group.all().map(move |key| (group.name, key)))
            .filter(|(_, key)| key.off)
            .map(|(group, key)| format!("{group}.{}", key.name))
            .collect();
        found.sort();
        let expected = [
            "bedroom.audible_changes",
            "cold_exposure.prewarm",
            "cold_exposure.ramp",
            "cold_exposure.window_guess",
            "fan.confirm",
            "fan.min_off",
            "fan.min_on",
            "heater.confirm",
            "heater.lease",
            "heater.min_off",
            "heater.min_on",
            "occupancy.in_after",
            "occupancy.out_after",
            "readings.jump",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn every_range_is_a_range() {
        fn check(form: &Form) {
            if let Form::Number(_, least, most) = form {
                assert!(least < most);
            }
            if let Form::Either(forms) = form {
                forms.iter().for_each(check);
            }
        }
        groups().iter().flat_map(|group| group.all()).for_each(|key| check(&key.form));
    }
}

//! What things are called that their owner gave no name: sensors, a lone heater, a lone fan.

use std::borrow::Cow;

/// The names that the configuration gives by itself, and what they are in German.
const GIVEN: [(&str, &str); 11] = [
    ("room temperature", "Raumtemperatur"),
    ("room humidity", "Raumfeuchte"),
    ("bed temperature", "Betttemperatur"),
    ("bed humidity", "Bettfeuchte"),
    ("outdoors temperature", "Außentemperatur"),
    ("outdoors humidity", "Außenfeuchte"),
    ("carbon dioxide", "Kohlendioxid"),
    ("in bed", "Im Bett"),
    ("window", "Fenster"),
    ("heater", "Heizung"),
    ("fan", "Ventilator"),
];

/// The name as it is said, in quotation marks.
pub(super) fn named(name: &str) -> String {
    format!("„{}“", plain(name))
}

/// The name as it is said: a given one in German, with what follows it (`window 2`,
/// `in bed (anna)`); its owner's own as it is.
pub(super) fn plain(name: &str) -> Cow<'_, str> {
    let known = |(given, german): &(&str, &str)| {
        let rest = name.strip_prefix(given)?;
        (rest.is_empty() || rest.starts_with(" (") || numbered(rest))
            .then(|| Cow::Owned(format!("{german}{rest}")))
    };
    GIVEN.iter().find_map(known).unwrap_or(Cow::Borrowed(name))
}

fn numbered(rest: &str) -> bool {
    rest.strip_prefix(' ')
        .is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_no_name_of_its_own_gets_one() {
        assert_eq!(plain("room temperature"), "Raumtemperatur");
        assert_eq!(plain("in bed (anna)"), "Im Bett (anna)");
        assert_eq!(plain("window 2"), "Fenster 2");
        assert_eq!(plain("fan-left"), "fan-left");
        assert_eq!(plain("window seat"), "window seat");
        assert_eq!(named("radiator"), "„radiator“");
    }
}

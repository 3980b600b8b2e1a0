//! Random texts: whatever is written ends in a plan or in words.

use proptest::prelude::*;
use uncramp::plan::complaint;

use super::{EXAMPLE, said};

/// Texts made of what configurations are made of.
fn yaml_like() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "bedrooms",
        "bedroom",
        "sleep",
        "22:30-06:45",
        "sensors",
        "room",
        "zigbee2mqtt",
        "topic",
        "heater",
        "kind",
        "radiator",
        "panel",
        "cold_exposure",
        "act",
        "ceiling",
        "off",
        "18 °C",
        "17,5",
        ".nan",
        "mqtt",
        "password",
        "hunter2",
        "sleepers",
        "conditions",
        "[",
        "]",
        "{",
        "}",
        ": ",
        ":",
        ",",
        "\n",
        "\n  ",
        "\n    ",
        "\n      ",
        "- ",
        "&a",
        "*a",
        "<<",
        "!secret",
        "'",
        "\"",
        "#",
        "|",
        ">",
        "\t",
        "é",
        "\u{feff}",
        "9999999999999999999999",
        "-1e999",
        "fans",
        "levels",
        "in_bed",
        "sleeper",
        "10m",
        "timezone",
        "units",
        "imperial",
        "~",
    ]);
    prop::collection::vec(words, 0..60).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in yaml_like()) {
        let complaints = said(&text);
        let shown = complaint::render(&complaints, "f", &text, true);
        prop_assert!(complaints.iter().all(|c| c.line > 0 && c.column > 0));
        prop_assert_eq!(shown.is_empty(), complaints.is_empty());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes);
        let complaints = said(&text);
        prop_assert_eq!(complaint::render(&complaints, "f", &text, false).is_empty(), complaints.is_empty());
    }

    /// One line of the example broken anywhere still ends in words.
    #[test]
    fn a_broken_example_ends_in_words(at in 0..EXAMPLE.len(), with in "\\PC{0,6}") {
        let mut text: String = EXAMPLE.to_owned();
        if text.is_char_boundary(at) {
            text.insert_str(at, &with);
        }
        let complaints = said(&text);
        prop_assert_eq!(complaint::render(&complaints, "f", &text, false).is_empty(), complaints.is_empty());
    }
}

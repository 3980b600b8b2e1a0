//! Whether people of a house think in °F.

use super::{Candidate, Family, Put, What};
use crate::plan::Units;

/// Time zones of places where weather and rooms are told in °F: the United States with Puerto
/// Rico and the Pacific islands, Bahamas, Belize, Cayman Islands, Palau (CLDR,
/// `unitPreferenceData`, temperature).
const ZONES: [&str; 30] = [
    "America/Adak",
    "America/Anchorage",
    "America/Belize",
    "America/Boise",
    "America/Cayman",
    "America/Chicago",
    "America/Denver",
    "America/Detroit",
    "America/Fort_Wayne",
    "America/Indianapolis",
    "America/Juneau",
    "America/Knox_IN",
    "America/Los_Angeles",
    "America/Louisville",
    "America/Menominee",
    "America/Metlakatla",
    "America/Nassau",
    "America/New_York",
    "America/Nome",
    "America/Phoenix",
    "America/Puerto_Rico",
    "America/Shiprock",
    "America/Sitka",
    "America/St_Thomas",
    "America/Yakutat",
    "Pacific/Guam",
    "Pacific/Honolulu",
    "Pacific/Pago_Pago",
    "Pacific/Palau",
    "Pacific/Saipan",
];

/// The same, each with several zones below it.
const REGIONS: [&str; 4] =
    ["America/Indiana/", "America/Kentucky/", "America/North_Dakota/", "US/"];

/// What they most probably are: by where the house is; where that is not known, by the
/// devices that were set to a unit by somebody, and then by the terminal's locale.
#[must_use]
pub fn guess(zone: Option<&str>, candidates: &[Candidate], locale: Option<&str>) -> Units {
    let imperial = match zone.filter(|zone| is_a_place(zone)) {
        Some(zone) => {
            ZONES.contains(&zone) || REGIONS.iter().any(|region| zone.starts_with(region))
        }
        None => match of_devices(candidates) {
            (0, 0) => locale.is_some_and(|locale| locale.contains("_US")),
            (fahrenheit, celsius) => fahrenheit > celsius,
        },
    };
    if imperial { Units::Imperial } else { Units::Metric }
}

/// A zone of a place on earth; a machine that nobody set up has none.
fn is_a_place(zone: &str) -> bool {
    zone.contains('/') && !zone.starts_with("Etc/")
}

/// How many devices say °F and °C, of those that can say either.
fn of_devices(candidates: &[Candidate]) -> (usize, usize) {
    let chosen = |it: &&Candidate| {
        let either = matches!(it.family, Family::HomeAssistant | Family::Esphome);
        either && (it.has(What::Temperature) || it.has(What::SetPoint))
    };
    let all = candidates.iter().filter(chosen).count();
    let fahrenheit = candidates.iter().filter(chosen).filter(|it| speaks_fahrenheit(it)).count();
    (fahrenheit, all - fahrenheit)
}

fn speaks_fahrenheit(candidate: &Candidate) -> bool {
    fn within(put: &Put) -> bool {
        match put {
            Put::Text(text) => text == "fahrenheit",
            Put::Block(keys) => keys.0.iter().any(|(_, put)| within(put)),
            Put::Number(_) | Put::Flag(_) | Put::List(_) => false,
        }
    }
    candidate.offers.iter().flat_map(|offer| &offer.keys.0).any(|(_, put)| within(put))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::{Keys, Offer};

    fn thermometer(unit: Option<&str>) -> Candidate {
        let keys = Keys::default().and("topic", "a/b").and_perhaps("unit", unit);
        Candidate {
            family: Family::HomeAssistant,
            address: "1".to_owned(),
            name: "one".to_owned(),
            model: None,
            offers: vec![Offer { what: What::Temperature, keys }],
        }
    }

    #[test]
    fn the_place_says_it_before_devices_and_those_before_the_locale() {
        let (warm, cold) = (thermometer(Some("fahrenheit")), thermometer(None));
        let (us, gb) = (Some("en_US.UTF-8"), Some("en_GB.UTF-8"));
        for (zone, devices, locale, found) in [
            (Some("America/New_York"), vec![], None, Units::Imperial),
            (Some("America/Indiana/Vincennes"), vec![cold.clone()], gb, Units::Imperial),
            (Some("America/Toronto"), vec![warm.clone()], us, Units::Metric),
            (Some("Europe/Berlin"), vec![], us, Units::Metric),
            (Some("UTC"), vec![warm.clone(), warm.clone(), cold.clone()], gb, Units::Imperial),
            (Some("Etc/UTC"), vec![warm.clone(), cold.clone()], us, Units::Metric),
            (None, vec![], us, Units::Imperial),
            (None, vec![], gb, Units::Metric),
            (None, vec![], Some("C"), Units::Metric),
            (None, vec![], None, Units::Metric),
        ] {
            assert_eq!(guess(zone, &devices, locale), found, "{zone:?} {locale:?}");
        }
    }
}

//! Settings that can be read, and lie beyond what comfort or safety is known for
//! (`docs/evidence.md`): each is a warning, since the owner may know better.

use super::Site;
use crate::model::{Condition, Span};
use crate::plan::section::Section;
use crate::plan::{Bedroom, Kind};

/// Where the known ground ends.
enum Limit {
    /// Less is doubtful.
    Least(i64),
    /// More is doubtful.
    Most(i64),
}

use Limit::{Least, Most};

const MINUTE: i64 = Span::minutes(1).0;

/// S1: how long a thermometer that has died goes on to count.
const READINGS: [(&str, Limit, &str); 2] = [
    ("most_silence", Most(130 * MINUTE), "a thermometer that has died counts for so long"),
    (
        "heated_silence",
        Most(45 * MINUTE),
        "a thermometer that has died keeps a heater on for so long",
    ),
];

/// S5: where moving air chills a sleeper, or heats one.
const AIRFLOW: [(&str, Limit, &str); 4] = [
    ("room_indirect", Least(2200), "air that moves in a cooler room chills a sleeper"),
    ("room_direct", Least(2400), "air that blows at the bed in a cooler room chills a sleeper"),
    ("dose_start", Most(30), "a fan would start beside somebody who has been cold"),
    ("dose_stop", Most(50), "a fan would go on beside somebody who has been cold"),
];

const HYDRATION: [(&str, Limit, &str); 6] = [
    ("goal", Most(3000), "so much is more than a healthy person needs to be told to drink"),
    ("most", Most(250), "so much at once is more than a glass"),
    ("apart", Least(75 * MINUTE), "so often is a nuisance, and may be too much"),
    ("cut_off", Least(120 * MINUTE), "what is drunk later wakes people at night"),
    ("unlogged_a_day", Most(3), "so often is a nuisance where nothing is ever logged"),
    ("unanswered", Most(2), "so often is a nuisance where nobody answers"),
];

/// WHO 2018: 18 °C is a safe minimum, and the old and the ill want more.
const WARM_ENOUGH: i64 = 1800;
/// DESIGN's lowest bedtime temperature less 1 K.
const LEAST_REFERENCE: i64 = 1600;
/// Above it moving air heats a body (`room_hot`), and from 65 years on 2 K sooner.
const HOT: i64 = 3500;
const HOT_FOR_OLDER: i64 = 3300;

impl Site<'_> {
    pub(super) fn beyond_bounds(&mut self, section: &Section, bedroom: &Bedroom, older: bool) {
        self.beyond(section, "readings", &READINGS);
        self.beyond(section, "hydration", &HYDRATION);
        if bedroom.actuators.iter().any(|actuator| matches!(actuator.kind, Kind::Fan { .. })) {
            self.beyond(section, "airflow", &AIRFLOW);
            let most = Most(if older { HOT_FOR_OLDER } else { HOT });
            let why = "above that moving air heats a body instead of cooling it";
            self.beyond(section, "airflow", &[("room_hot", most, why)]);
        }
        let ill = bedroom.sleepers.iter().any(|s| s.has(Condition::ChronicIllness));
        let (least, why) = if older || ill {
            (WARM_ENOUGH, "that is too cold for somebody of 65 years or more, or ill")
        } else {
            (LEAST_REFERENCE, "that is cold for anybody who lies still for a night")
        };
        self.beyond(section, "cold_exposure", &[("reference", Least(least), why)]);
    }

    fn beyond(&mut self, section: &Section, block: &str, bounds: &[(&str, Limit, &str)]) {
        let Some(block) = section.block(block) else { return };
        for (key, limit, why) in bounds {
            let Some(number) = block.number(key).filter(|_| block.has(key)) else { continue };
            let (beyond, side, limit) = match limit {
                Least(least) => (number < *least, "at least", *least),
                Most(most) => (number > *most, "at most", *most),
            };
            if beyond {
                let what = format!("`{key}` is {}: {why}", block.show(key, number));
                let hint = format!("{} {side} is known to do well", block.show(key, limit));
                self.ledger.warn(block.at(key), &block.path_of(key), what, &hint);
            }
        }
    }
}

//! Sensors of Home Assistant as its `mqtt_statestream` publishes them.
//!
//! Topics and payloads: <https://www.home-assistant.io/integrations/mqtt_statestream/>.
//! The state is raw text at `<base>/<domain>/<object_id>/state`, each attribute is JSON
//! beside it; all of them are retained, and numbers are in the unit that Home Assistant
//! displays.
//!
//! Only what changes is published: a room that keeps its temperature looks like a sensor
//! that died, and what Home Assistant restored at its start like a measurement. So values
//! said again in the minute after its start refresh nothing, and while it is away every
//! value is a ghost. [`super::home_assistant`] knows better, by a blueprint.

use serde::{Deserialize, Serialize};

use super::HOME_ASSISTANT;
use super::dialect::{Line, Sensing};
use super::plain::Unit;
use super::sensor::{Read, Wanted, when_heard};
use super::words::{is_gone, unquoted};

/// One state, or one attribute, of one entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The `base_topic` of `mqtt_statestream`.
    pub base: String,
    /// The entity, such as `sensor.bedroom_temperature`.
    pub entity: String,
    /// The attribute, such as `current_temperature`; none for the state.
    pub attribute: Option<String>,
    /// For temperatures: the unit that Home Assistant displays.
    pub unit: Unit,
    /// For occupancy and windows: `on` means nobody there, or closed.
    pub inverted: bool,
}

impl Sensing for Source {
    fn lines(&self) -> Vec<Line> {
        let what = self.attribute.as_deref().unwrap_or("state");
        vec![
            Line::repeats(HOME_ASSISTANT),
            Line::courier(HOME_ASSISTANT),
            Line::online(HOME_ASSISTANT),
            Line::says(0, format!("{}/{}/{what}", self.base, self.entity.replacen('.', "/", 1))),
        ]
    }

    fn read(&self, _line: u8, text: &str, retained: bool, wanted: Wanted) -> Option<Read> {
        let value = wanted.worded(unquoted(text), self.unit, self.inverted);
        Some(value.map(|value| (value, when_heard(retained))))
    }

    fn reachable(&self, _line: u8, text: &str) -> Option<bool> {
        Some(!is_gone(unquoted(text)))
    }

    fn label(&self) -> String {
        self.entity.clone()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{Garble, Measured, Place, Quantity, Temperature, Value};

    fn source(entity: &str, attribute: Option<&str>, unit: Unit) -> Source {
        Source {
            base: "homeassistant".to_owned(),
            entity: entity.to_owned(),
            attribute: attribute.map(str::to_owned),
            unit,
            inverted: false,
        }
    }

    /// One of each kind.
    pub(in crate::wire) fn samples() -> (Vec<crate::wire::Source>, Vec<crate::wire::Device>) {
        let attribute = source("climate.x", Some("current_temperature"), Unit::Fahrenheit);
        let sources = [source("sensor.x", None, Unit::Celsius), attribute];
        (sources.map(crate::wire::Source::Statestream).to_vec(), Vec::new())
    }

    fn topic(source: &Source) -> String {
        source.lines().pop().expect("a topic").topic
    }

    /// Topics and the encoding of attributes: `mqtt_statestream/__init__.py` in
    /// <https://github.com/home-assistant/core>.
    #[test]
    fn states_are_raw_and_attributes_are_json() {
        let wanted = Wanted { place: Place::Room, quantity: Quantity::Temperature };
        let live = |hundredths| {
            Some(Ok((Value::Temperature(Temperature(hundredths)), Measured::WhenHeard)))
        };
        let absent = |word: &str| Some(Err(Garble::Absent(word.to_owned())));
        let state = source("sensor.bedroom", None, Unit::Celsius);
        assert_eq!(topic(&state), "homeassistant/sensor/bedroom/state");
        for (text, read) in [
            ("19.4", live(1940)),
            ("unavailable", absent("unavailable")),
            ("unknown", absent("unknown")),
            ("none", absent("none")),
            ("", absent("")),
            ("19,4", Some(Err(Garble::Unreadable("19,4".to_owned())))),
        ] {
            assert_eq!(state.read(0, text, false, wanted), read, "{text}");
        }
        let attribute = source("climate.bedroom", Some("current_temperature"), Unit::Fahrenheit);
        assert_eq!(topic(&attribute), "homeassistant/climate/bedroom/current_temperature");
        for (text, read) in [("68", live(2000)), ("\"68.0\"", live(2000)), ("null", absent("null"))]
        {
            assert_eq!(attribute.read(0, text, false, wanted), read, "{text}");
        }
        let kept = state.read(0, "19.4", true, wanted);
        let value = Value::Temperature(Temperature(1940));
        assert_eq!(kept, Some(Ok((value, Measured::Unknown))));
    }

    #[test]
    fn an_entity_that_is_unavailable_is_out_of_reach() {
        let state = source("sensor.bedroom", None, Unit::Celsius);
        for (text, there) in [("19.4", true), ("unknown", true), ("unavailable", false)] {
            assert_eq!(state.reachable(0, text), Some(there), "{text}");
        }
    }
}

//! Sensors in Home Assistant's statestream.

use super::Site;
use super::family::Asked;
use super::plain::unit_of;
use crate::model::Quantity;
use crate::plan::section::Section;
use crate::wire::plain::Unit;
use crate::wire::statestream::Source;

impl Site<'_> {
    /// A climate's state is its mode: what it measures are attributes.
    pub(super) fn stream_source(&mut self, section: &Section, asked: Asked<'_>) -> Option<Source> {
        let block = section.block("statestream");
        let entity = match block {
            Some(block) => self.entity_id(block, "entity")?,
            None => self.entity_id(section, "statestream")?,
        };
        let base = match block {
            Some(block) => block.text("base")?,
            None => "homeassistant".to_owned(),
        };
        let of_climate = match asked.quantity {
            Quantity::Temperature => Some("current_temperature"),
            Quantity::Humidity => Some("current_humidity"),
            Quantity::Co2 | Quantity::Occupied | Quantity::Open => None,
        };
        let natural = of_climate.filter(|_| entity.starts_with("climate."));
        let unit = match block.and_then(|block| block.word("unit")) {
            None if self.imperial => Unit::Fahrenheit,
            word => unit_of(word),
        };
        let attribute = asked.read.or(natural).map(str::to_owned);
        Some(Source { base, entity, attribute, unit, inverted: asked.inverted })
    }
}

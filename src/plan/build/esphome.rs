//! Entities of ESPHome nodes.

use super::Site;
use super::family::{Asked, Levels, Task};
use super::plain::unit_of;
use crate::model::Quantity;
use crate::plan::section::Section;
use crate::wire::esphome::{Device, Entity, Form, Source};

impl Site<'_> {
    pub(super) fn esphome_source(&mut self, section: &Section, asked: Asked<'_>) -> Option<Source> {
        let component = match asked.quantity {
            Quantity::Temperature | Quantity::Humidity | Quantity::Co2 => "sensor",
            Quantity::Occupied | Quantity::Open => "binary_sensor",
        };
        let entity = self.esphome(section, &[component])?;
        let block = section.block("esphome");
        Some(Source {
            entity,
            unit: unit_of(block.and_then(|block| block.word("unit"))),
            inverted: asked.inverted,
            sleeps: block.and_then(|block| block.flag("sleeps")).unwrap_or(false),
        })
    }

    pub(super) fn esphome_device(
        &mut self,
        section: &Section,
        task: &Task,
    ) -> Option<(Device, usize)> {
        let (components, levels): (&[&str], _) = match task {
            Task::Switch => (&["switch"], None),
            Task::SetPoint => (&["climate"], None),
            Task::Levels(Levels::Unsaid) => (&["fan", "switch"], None),
            Task::Levels(Levels::Count(count)) => (&["fan"], u8::try_from(*count).ok()),
            Task::Levels(Levels::Named(_)) => {
                let hint = "write how many there are, the node's `speed_count`: `levels: 3`";
                let (spot, path) = (section.at("levels"), section.path_of("levels"));
                self.ledger.fault(spot, &path, "ESPHome's levels have no names", hint);
                return None;
            }
        };
        let entity = self.esphome(section, components)?;
        let form = match (task, levels) {
            (Task::SetPoint, _) => Form::Climate,
            (_, Some(levels)) => Form::Fan { levels },
            (_, None) => Form::Switch,
        };
        Some((Device { entity, form }, levels.map_or(1, usize::from)))
    }

    /// The entity, if it is one of these components.
    fn esphome(&mut self, section: &Section, components: &[&str]) -> Option<Entity> {
        let (place, key) = match section.block("esphome") {
            Some(block) => (block, "entity"),
            None => (section, "esphome"),
        };
        let written = place.text(key)?;
        let mut levels = written.rsplitn(3, '/');
        let (object_id, component, prefix) = (levels.next(), levels.next(), levels.next());
        let example = components.first().unwrap_or(&"sensor");
        if let (Some(object_id), Some(component), Some(prefix)) = (object_id, component, prefix)
            && components.contains(&component)
            && !object_id.is_empty()
            && !prefix.is_empty()
        {
            let [prefix, component, object_id] = [prefix, component, object_id].map(str::to_owned);
            return Some(Entity { prefix, component, object_id });
        }
        let what =
            format!("`{written}` names no `{}` of an ESPHome node", components.join("` or `"));
        let end = if *example == "climate" { "target_temperature/state" } else { "state" };
        let hint = format!(
            "write its topic without the end: `bedroom-node/{example}/…` for \
             `bedroom-node/{example}/…/{end}`"
        );
        self.ledger.fault(place.at(key), &place.path_of(key), what, &hint);
        None
    }
}

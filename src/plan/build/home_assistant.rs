//! Entities that only Home Assistant knows.

use super::Site;
use super::family::{Asked, Levels, Task};
use crate::plan::section::Section;
use crate::wire::home_assistant::{Device, Entity, Form, Source};

impl Site<'_> {
    pub(super) fn home_assistant_source(
        &mut self,
        section: &Section,
        asked: Asked<'_>,
    ) -> Option<Source> {
        let entity = self.home_assistant(section)?;
        Some(Source { entity, inverted: asked.inverted })
    }

    pub(super) fn home_assistant_device(
        &mut self,
        section: &Section,
        task: &Task,
    ) -> Option<(Device, usize)> {
        let (domains, levels): (&[&str], _) = match task {
            Task::Switch => (&["switch", "input_boolean", "light"], None),
            Task::SetPoint => (&["climate"], None),
            Task::Levels(Levels::Unsaid) => (&["fan", "switch", "input_boolean"], None),
            Task::Levels(Levels::Count(count)) => (&["fan"], u8::try_from(*count).ok()),
            Task::Levels(Levels::Named(_)) => {
                let hint = "write how many speeds it has: `levels: 3`";
                let (spot, path) = (section.at("levels"), section.path_of("levels"));
                self.ledger.fault(spot, &path, "Home Assistant's levels have no names", hint);
                return None;
            }
        };
        let entity = self.home_assistant(section)?;
        let domain = entity.id.split('.').next().unwrap_or_default();
        if !domains.contains(&domain) {
            let what = format!("`{}` is no `{}`", entity.id, domains.join("`, no `"));
            let hint = match task {
                Task::Switch => "a `climate` needs `control: setpoint`",
                Task::SetPoint => "what is only switched needs `control: switch`",
                Task::Levels(_) => "only a `fan` has levels",
            };
            let path = section.path_of("home_assistant");
            self.ledger.fault(section.at("home_assistant"), &path, what, hint);
            return None;
        }
        let form = match (task, levels) {
            (Task::SetPoint, _) => Form::Climate,
            (_, Some(levels)) => Form::Fan { levels },
            (_, None) => Form::Switch,
        };
        Some((Device { entity, form }, levels.map_or(1, usize::from)))
    }

    /// The id of an entity of Home Assistant.
    pub(super) fn entity_id(&mut self, place: &Section, key: &str) -> Option<String> {
        let id = place.text(key)?;
        let proper = |part: &str| {
            let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            !part.is_empty() && part.bytes().all(fits)
        };
        if id.split_once('.').is_some_and(|(domain, object)| proper(domain) && proper(object)) {
            return Some(id);
        }
        let what = format!("`{id}` is no entity of Home Assistant");
        let hint = "write its id as Home Assistant shows it in the entity's settings: \
                    `sensor.bedroom_temperature`";
        self.ledger.fault(place.at(key), &place.path_of(key), what, hint);
        None
    }

    fn home_assistant(&mut self, section: &Section) -> Option<Entity> {
        let id = self.entity_id(section, "home_assistant")?;
        Some(Entity { base: self.base_topic.clone(), id })
    }
}

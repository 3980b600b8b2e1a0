//! Topics of the owner's choice.

use super::Site;
use super::family::{Asked, Family, Levels, Task};
use crate::plan::section::Section;
use crate::wire::plain::{Device, Number, Source, Unit};

impl Site<'_> {
    /// `read` names a value within a family whose devices say several.
    pub(super) fn no_read(&mut self, section: &Section, family: Family) {
        if section.has("read") && !family.takes_read() {
            let what = "`read` belongs to a device family such as `zigbee2mqtt:`";
            let hint = if family == Family::Plain {
                "in a JSON payload the place is named by `path:`"
            } else {
                "remove it: this device says one thing only"
            };
            self.ledger.fault(section.at("read"), &section.path_of("read"), what, hint);
        }
    }

    pub(super) fn plain_device(
        &mut self,
        section: &Section,
        task: &Task,
    ) -> Option<(Device, usize)> {
        let (number, levels) = match task {
            Task::Switch | Task::Levels(Levels::Unsaid) => (None, 1),
            Task::SetPoint => (Some(Number::SetPoint), 1),
            Task::Levels(Levels::Count(count)) => (Some(Number::Level), *count),
            Task::Levels(Levels::Named(_)) => {
                let (spot, path) = (section.at("levels"), section.path_of("levels"));
                let hint = "write how many there are: `levels: 3`; `{}` becomes 1, 2, 3";
                self.ledger.fault(spot, &path, "with `command:` levels have no names", hint);
                (None, 1)
            }
        };
        if !section.has("command") {
            let what = format!("`{}` names no device", section.path);
            let hint = "add a family such as `zigbee2mqtt:` with the device's name, or `command:` \
                        with a topic";
            self.ledger.fault(section.spot, &section.path, what, hint);
        }
        if let Some(command) = section.text("command").filter(|it| self.is_own(it)) {
            let what =
                format!("`command` {command} is where uncramp itself takes what people want");
            let hint = "give the device a topic that does not begin with uncramp's `base_topic`";
            let path = section.path_of("command");
            self.ledger.fault(section.at("command"), &path, &what, hint);
        }
        if section.has("state_path") && !section.has("state") {
            let what = "`state_path` without `state`";
            let path = section.path_of("state_path");
            self.ledger.fault(section.at("state_path"), &path, what, "add `state:` with a topic");
        }
        let on = self.payload_on(section, number.is_some());
        let device = Device {
            command: section.text("command")?,
            state: section.text("state"),
            state_path: section.text("state_path"),
            on,
            off: section.text("payload_off").unwrap_or_else(|| "OFF".to_owned()),
            number: number.unwrap_or_default(),
            unit: unit_of(section.word("unit")),
            availability: section.text("availability"),
        };
        Some((device, levels))
    }

    /// Whether a topic is among those that uncramp listens to for people: `<base>/…/set`.
    fn is_own(&self, topic: &str) -> bool {
        let below = topic.strip_prefix(&*self.base_topic).and_then(|rest| rest.strip_prefix('/'));
        below.is_some_and(|below| below.ends_with("/set"))
    }

    fn payload_on(&mut self, section: &Section, placeholder: bool) -> String {
        let natural = if placeholder { "{}" } else { "ON" };
        let on = section.text("payload_on").unwrap_or_else(|| natural.to_owned());
        if on.contains("{}") != placeholder {
            let what = if placeholder {
                "`payload_on` holds no `{}`, so the device is not told how much"
            } else {
                "`payload_on` holds a `{}`, and there is nothing to put there"
            };
            let path = section.path_of("payload_on");
            let hint = "`{}` stands for the set-point or the level";
            self.ledger.fault(section.at("payload_on"), &path, what, hint);
        }
        on
    }
}

/// Where a value is found.
pub(super) fn plain_source(section: &Section, asked: Asked<'_>) -> Option<Source> {
    Some(Source {
        topic: section.text("topic")?,
        path: section.text("path"),
        time_path: section.text("time_path"),
        unit: unit_of(section.word("unit")),
        inverted: asked.inverted,
        availability: section.text("availability"),
    })
}

/// The unit of a word.
pub(super) fn unit_of(word: Option<&str>) -> Unit {
    if word == Some("fahrenheit") { Unit::Fahrenheit } else { Unit::Celsius }
}

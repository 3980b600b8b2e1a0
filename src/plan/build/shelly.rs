//! Shelly devices.

use super::Site;
use super::family::{Asked, Levels, Task};
use super::plain::unit_of;
use crate::model::Quantity;
use crate::plan::section::Section;
use crate::wire::plain::Unit;
use crate::wire::shelly::{Device, Generation, Source};

/// Before all topics of the first generation.
const FIRST: &str = "shellies/";

/// What names of the first generation begin with; six or twelve digits of the address
/// follow.
const FIRST_MODELS: [&str; 16] = [
    "shelly1",
    "shelly1l",
    "shelly1pm",
    "shelly2",
    "shelly4pro",
    "shellyair",
    "shellydw",
    "shellydw2",
    "shellyem",
    "shellyht",
    "shellyplug",
    "shellyplug-s",
    "shellyplug-u1",
    "shellyswitch",
    "shellyswitch25",
    "shellyuni",
];

impl Site<'_> {
    pub(super) fn shelly_source(&mut self, section: &Section, asked: Asked<'_>) -> Option<Source> {
        let (prefix, generation) = self.shelly(section)?;
        let block = section.block("shelly");
        let part = match (asked.read, natural(generation, asked.quantity)) {
            (Some(read), _) => read,
            (None, Some(natural)) => natural,
            (None, None) => {
                let what = "nothing says which value of this Shelly it is";
                let hint =
                    "add `read:` with the component, such as `input:0` or `bthomesensor:200`";
                let path = section.path_of("shelly");
                self.ledger.fault(section.at("shelly"), &path, what, hint);
                return None;
            }
        };
        if part.contains(['+', '#']) || part.starts_with('/') || part.ends_with('/') {
            let what = format!("`{part}` names nothing that a Shelly says");
            let hint = "the first generation has topics such as `sensor/temperature`, later ones \
                        components such as `temperature:0`";
            let path = section.path_of("read");
            self.ledger.fault(section.at("read"), &path, what, hint);
        }
        // A thermometer that stands alone runs on a battery, as a rule.
        let alone = part.starts_with("sensor/") || part == "temperature:0" || part == "humidity:0";
        let sleeps = block.and_then(|block| block.flag("sleeps")).unwrap_or(alone);
        Some(Source {
            prefix,
            generation,
            part: part.to_owned(),
            unit: block.map_or(Unit::Celsius, |block| unit_of(block.word("unit"))),
            inverted: asked.inverted,
            sleeps,
        })
    }

    pub(super) fn shelly_device(
        &mut self,
        section: &Section,
        task: &Task,
    ) -> Option<(Device, usize)> {
        let (prefix, generation) = self.shelly(section)?;
        match task {
            Task::Switch | Task::Levels(Levels::Unsaid) => {
                let output = section.block("shelly").and_then(|block| block.number("output"));
                let output = output.and_then(|output| u8::try_from(output).ok()).unwrap_or(0);
                Some((Device { prefix, generation, output }, 1))
            }
            Task::Levels(Levels::Count(_) | Levels::Named(_)) => {
                let what = "a Shelly relay has no levels";
                let path = section.path_of("levels");
                self.ledger.fault(section.at("levels"), &path, what, "remove the line");
                None
            }
            Task::SetPoint => {
                let what = "`shelly` switches; it holds no set-point";
                let hint = "add `control: switch`, or name the topics with `command:`";
                let path = section.path_of("shelly");
                self.ledger.fault(section.at("shelly"), &path, what, hint);
                None
            }
        }
    }

    /// What stands before the device's topics, and which language it speaks.
    fn shelly(&mut self, section: &Section) -> Option<(String, Generation)> {
        let block = section.block("shelly");
        let device = match block {
            Some(block) => block.text("device")?,
            None => section.text("shelly")?,
        };
        if device.is_empty()
            || device.contains(['+', '#'])
            || device.starts_with('/')
            || device.ends_with('/')
        {
            let what = format!("`{device}` is nothing that a Shelly is called");
            let hint = "it is the device's id, such as `shellyplus1pm-7c87ce65bd9c`, or the \
                        *MQTT prefix* that you gave it";
            let path = section.path_of("shelly");
            self.ledger.fault(section.at("shelly"), &path, what, hint);
        }
        let written = block.and_then(|block| block.number("generation"));
        let first = written.map_or_else(|| is_first(&device), |written| written == 1);
        let generation = if first { Generation::First } else { Generation::Later };
        let prefix = match generation {
            Generation::First if !device.starts_with(FIRST) => format!("{FIRST}{device}"),
            Generation::First | Generation::Later => device,
        };
        Some((prefix, generation))
    }
}

/// Where a value is, as a rule.
const fn natural(generation: Generation, quantity: Quantity) -> Option<&'static str> {
    match (generation, quantity) {
        (Generation::First, Quantity::Temperature) => Some("sensor/temperature"),
        (Generation::First, Quantity::Humidity) => Some("sensor/humidity"),
        (Generation::First, Quantity::Occupied) => Some("input/0"),
        (Generation::First, Quantity::Open) => Some("sensor/state"),
        (Generation::Later, Quantity::Temperature) => Some("temperature:0"),
        (Generation::Later, Quantity::Humidity) => Some("humidity:0"),
        (Generation::Later, Quantity::Occupied | Quantity::Open) => Some("input:0"),
        (Generation::First | Generation::Later, Quantity::Co2) => None,
    }
}

/// Whether a device's name or prefix is one of the first generation.
fn is_first(device: &str) -> bool {
    let name = device.strip_prefix(FIRST).unwrap_or(device);
    let Some((model, address)) = name.rsplit_once('-') else { return false };
    let hex = address.bytes().all(|b| b.is_ascii_hexdigit());
    FIRST_MODELS.contains(&model) && hex && matches!(address.len(), 6 | 12)
}

#[cfg(test)]
mod tests {
    use super::is_first;

    #[test]
    fn the_first_generation_is_known_by_its_names() {
        for first in ["shellyht-1A2B3C", "shellyplug-s-DB2A7C", "shellies/shelly1-483FDA91BCEF"] {
            assert!(is_first(first), "{first}");
        }
        for later in [
            "shellyplus1pm-7c87ce65bd9c",
            "shellyhtg3-543204539b34",
            "shelly1g4-7c87ce65bd9c",
            "shellyht-livingroom",
            "bedroom/plug",
            "shellyht",
            "shellies/plug",
        ] {
            assert!(!is_first(later), "{later}");
        }
    }
}

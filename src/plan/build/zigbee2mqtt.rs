//! Devices behind Zigbee2MQTT.

use std::collections::BTreeSet;

use super::Site;
use super::family::{Asked, Levels, Task};
use crate::model::Quantity;
use crate::plan::section::Section;
use crate::wire::zigbee2mqtt::{Address, Device, Feed, Form, Source};

impl Site<'_> {
    pub(super) fn zigbee_source(&mut self, section: &Section, asked: Asked<'_>) -> Option<Source> {
        let (base, device) = self.zigbee(section)?;
        let property = asked.read.unwrap_or(match asked.quantity {
            Quantity::Temperature => "temperature",
            Quantity::Humidity => "humidity",
            Quantity::Co2 => "co2",
            Quantity::Occupied => "occupancy",
            Quantity::Open => "contact",
        });
        // Zigbee2MQTT's contact is true when closed; of a window we ask whether it is open.
        let turned = asked.quantity == Quantity::Open && property == "contact";
        let inverted = asked.inverted != turned;
        Some(Source { base, device, property: property.to_owned(), inverted })
    }

    pub(super) fn zigbee_device(
        &mut self,
        section: &Section,
        task: &Task,
    ) -> Option<(Device, usize)> {
        let (base, device) = self.zigbee(section)?;
        let block = section.block("zigbee2mqtt");
        let (form, levels) = match task {
            Task::Switch => (self.plug(block), 1),
            Task::SetPoint => (self.valve(section, block)?, 1),
            Task::Levels(levels) => {
                self.plug(block);
                self.fan_form(section, levels)
            }
        };
        let endpoint = block.and_then(|block| block.text("endpoint"));
        if endpoint.is_some() && form != Form::Plug {
            let what = "`endpoint` names one of several relays, and this is none";
            let (at, path) = (section.at("zigbee2mqtt"), section.path_of("zigbee2mqtt"));
            self.ledger.fault(at, &path, what, "remove it");
        }
        Some((Device { base, device, endpoint, form }, levels))
    }

    /// The network, and the friendly name or the address.
    fn zigbee(&mut self, section: &Section) -> Option<(String, String)> {
        let mut base = self.zigbee2mqtt_base.clone();
        let device = match section.block("zigbee2mqtt") {
            Some(block) => {
                base = block.text("base").unwrap_or(base);
                block.text("device")?
            }
            None => section.text("zigbee2mqtt")?,
        };
        let address = Address::read(&device);
        if address.is_none() && is_nearly_an_address(&device) {
            let what = format!("`{device}` looks like an address, and an address has 16 digits");
            let hint = "copy it from the device's page in Zigbee2MQTT: \"0x00158d0001a2b3c4\"";
            let path = section.path_of("zigbee2mqtt");
            self.ledger.warn(section.at("zigbee2mqtt"), &path, what, hint);
        }
        if device.contains(['+', '#']) || device.starts_with('/') || device.ends_with('/') {
            let what = format!("`{device}` is no friendly name that Zigbee2MQTT allows");
            let hint = "it holds no `+` and no `#`, and no `/` at its ends";
            let path = section.path_of("zigbee2mqtt");
            self.ledger.fault(section.at("zigbee2mqtt"), &path, what, hint);
        } else if let Some(name) = device.strip_prefix(&format!("{base}/")) {
            let what = format!("`{device}` looks like a topic, and the friendly name is asked for");
            let hint = format!("write `{name}`: `{base}/` is put before it");
            let path = section.path_of("zigbee2mqtt");
            self.ledger.warn(section.at("zigbee2mqtt"), &path, what, &hint);
        }
        Some((base, address.map_or(device, |address| address.to_string())))
    }

    fn plug(&mut self, block: Option<&Section>) -> Form {
        if let Some(block) = block {
            for key in ["model", "setpoint", "feed"] {
                if block.has(key) {
                    let what = format!("`{key}` belongs to a valve, and this is switched");
                    let hint = "add `control: setpoint`, or remove the line";
                    self.ledger.fault(block.at(key), &block.path_of(key), what, hint);
                }
            }
        }
        Form::Plug
    }

    fn valve(&mut self, heater: &Section, block: Option<&Section>) -> Option<Form> {
        let trvzb = block.and_then(|block| block.word("model")) == Some("sonoff-trvzb");
        let written = block.and_then(|block| block.text("setpoint"));
        let model = trvzb.then(|| "occupied_heating_setpoint".to_owned());
        let Some(setpoint) = written.or(model) else {
            if !block.is_some_and(|block| block.has("setpoint") || block.has("model")) {
                let what = "nothing says which property is the valve's set-point";
                let hint = "write `zigbee2mqtt: { device: …, model: sonoff-trvzb }`, or `setpoint: \
                            occupied_heating_setpoint` as the device's page in Zigbee2MQTT calls it";
                let path = heater.path_of("zigbee2mqtt");
                self.ledger.fault(heater.at("zigbee2mqtt"), &path, what, hint);
            }
            return None;
        };
        let feed = match block.and_then(|block| block.block("feed")) {
            Some(feed) => Some(Feed {
                property: feed.text("property").unwrap_or_default(),
                select: feed.text("select"),
                external: feed.text("external").unwrap_or_default(),
                internal: feed.text("internal").unwrap_or_default(),
            }),
            None => trvzb.then(sonoff_feed),
        };
        Some(Form::Valve { setpoint, feed })
    }

    /// How a fan is told, and how many levels it has.
    fn fan_form(&mut self, fan: &Section, levels: &Levels) -> (Form, usize) {
        let (spot, path) = (fan.at("levels"), fan.path_of("levels"));
        let list = match levels {
            Levels::Unsaid => return (Form::Plug, 1),
            Levels::Count(_) => {
                let hint =
                    "write them as a list: `[low, medium, high]`, or the numbers of its speed";
                self.ledger.fault(spot, &path, "Zigbee2MQTT's levels have names or numbers", hint);
                return (Form::Plug, 1);
            }
            Levels::Named(list) => list,
        };
        let mut seen = BTreeSet::new();
        if let Some(twice) = list.iter().find(|level| !seen.insert(*level)) {
            self.ledger.fault(spot, &path, format!("level `{twice}` stands twice"), "");
        }
        if list.iter().any(|level| level.eq_ignore_ascii_case("off")) {
            let hint = "leave it out: off is always there";
            self.ledger.fault(spot, &path, "`off` is no level", hint);
        }
        let numbers: Option<Vec<u16>> = list.iter().map(|level| level.parse().ok()).collect();
        let Some(levels) = numbers else {
            return (Form::FanMode { levels: list.clone() }, list.len());
        };
        if !levels.is_sorted() || levels.iter().any(|level| !(1..=254).contains(level)) {
            let what = "the numbers of a fan's levels rise, between 1 and 254";
            self.ledger.fault(spot, &path, what, "");
        }
        (Form::FanSpeed { levels }, list.len())
    }
}

/// Whether somebody meant an address and missed a digit.
fn is_nearly_an_address(device: &str) -> bool {
    let digits = device.strip_prefix("0x").unwrap_or_default();
    digits.len() >= 8 && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// How the SONOFF TRVZB takes the room's temperature; after two hours without any it goes
/// back to its own thermometer.
fn sonoff_feed() -> Feed {
    Feed {
        property: "external_temperature_input".to_owned(),
        select: Some("temperature_sensor_select".to_owned()),
        external: "external".to_owned(),
        internal: "internal".to_owned(),
    }
}

//! Sensors: where each value is found.

use super::Site;
use crate::model::{Place, Quantity};
use crate::plan::section::Section;
use crate::plan::value::nearest;
use crate::plan::{Sensor, Sleeper};
use crate::wire::plain::{self, Unit};
use crate::wire::{Source, zigbee2mqtt};

/// More than this in one bedroom is a mistake.
const MOST: usize = 64;

impl Site<'_> {
    pub(super) fn sensors(&mut self, bedroom: &Section, sleepers: &[Sleeper]) -> Vec<Sensor> {
        let Some(sensors) = bedroom.block("sensors") else { return Vec::new() };
        let mut list = Vec::new();
        for (key, place) in
            [("room", Place::Room), ("bed", Place::Bed), ("outdoors", Place::Outdoors)]
        {
            if let Some(climate) = sensors.block(key) {
                self.climate(climate, key, place, &mut list);
            }
        }
        self.in_bed(sensors, sleepers, &mut list);
        let windows = sensors.blocks("window");
        for (n, window) in windows.iter().enumerate() {
            let name = numbered("window", n, windows.len());
            let property = window.text("read").unwrap_or_default();
            // Zigbee2MQTT's contact is true when closed; we ask whether it is open.
            let turned = property == "contact" && window.has("zigbee2mqtt");
            let source = self.single(window, &property, turned);
            list.extend(source.map(|s| sensor(name, Place::Room, Quantity::Open, s)));
        }
        if let Some(co2) = sensors.block("co2") {
            let property = co2.text("read").unwrap_or_default();
            let source = self.single(co2, &property, false);
            let name = "carbon dioxide".to_owned();
            list.extend(source.map(|s| sensor(name, Place::Room, Quantity::Co2, s)));
        }
        if list.len() > MOST {
            let what = format!("{} sensors in one bedroom; {MOST} is the most", list.len());
            self.ledger.fault(sensors.spot, &sensors.path, what, "is this one bedroom?");
        }
        list
    }

    /// The friendly name and network of a device behind Zigbee2MQTT.
    pub(super) fn zigbee(&mut self, section: &Section) -> Option<(String, String)> {
        let mut base = self.zigbee2mqtt_base.clone();
        let device = match section.block("zigbee2mqtt") {
            Some(block) => {
                base = block.text("base").unwrap_or(base);
                block.text("device")?
            }
            None => section.text("zigbee2mqtt")?,
        };
        if device.contains(['+', '#']) || device.starts_with('/') || device.ends_with('/') {
            let what = format!("`{device}` is no friendly name that Zigbee2MQTT allows");
            let hint = "it holds no `+` and no `#`, and no `/` at its ends";
            let path = section.path_of("zigbee2mqtt");
            self.ledger.fault(section.at("zigbee2mqtt"), &path, what, hint);
        }
        Some((base, device))
    }

    /// Says so where keys of two families, or of the wrong one, stand together.
    pub(super) fn one_family(&mut self, section: &Section, topic: &str, plain_only: &[&str]) {
        let zigbee = section.has("zigbee2mqtt");
        if zigbee && section.has(topic) {
            let what = format!("`zigbee2mqtt` and `{topic}` exclude each other");
            let hint = "keep the one by which the device is reached";
            self.ledger.fault(section.at(topic), &section.path_of(topic), what, hint);
        } else if zigbee {
            for key in plain_only.iter().filter(|key| section.has(key)) {
                let what = format!("`{key}` belongs to `{topic}:`, not to `zigbee2mqtt:`");
                let hint = "remove it: Zigbee2MQTT's format is known";
                self.ledger.fault(section.at(key), &section.path_of(key), what, hint);
            }
        }
    }

    fn climate(&mut self, climate: &Section, key: &str, place: Place, list: &mut Vec<Sensor>) {
        self.one_family(climate, "topic", &["path", "time_path", "unit", "availability"]);
        let measures: Option<Vec<&str>> =
            climate.has("measures").then(|| climate.words("measures"));
        let mut found = false;
        for (name, quantity) in
            [("temperature", Quantity::Temperature), ("humidity", Quantity::Humidity)]
        {
            let plain = climate.has("topic") && quantity == Quantity::Temperature;
            let wanted = climate.has(name)
                || measures
                    .as_ref()
                    .map_or(plain || climate.has("zigbee2mqtt"), |list| list.contains(&name));
            if !wanted {
                continue;
            }
            found = true;
            let source = self.value(climate, name);
            list.extend(source.map(|s| sensor(format!("{key} {name}"), place, quantity, s)));
        }
        if !found {
            let what = format!("`{key}` names no device");
            let hint = "add `zigbee2mqtt:` with a friendly name, or `topic:`";
            self.ledger.fault(climate.spot, &climate.path, what, hint);
        }
    }

    /// One value of a climate sensor: what its own block says, else what the block around
    /// it says.
    fn value(&mut self, climate: &Section, name: &str) -> Option<Source> {
        let vacant = climate.vacant(name);
        let own = climate.block(name).unwrap_or(&vacant);
        self.one_family(own, "topic", &["path", "time_path", "unit", "availability"]);
        let place = if own.has("zigbee2mqtt") || own.has("topic") { own } else { climate };
        if place.has("zigbee2mqtt") {
            let property = own.text("read").unwrap_or_else(|| name.to_owned());
            let (base, device) = self.zigbee(place)?;
            let source = zigbee2mqtt::Source { base, device, property, inverted: false };
            return Some(Source::Zigbee2mqtt(source));
        }
        if own.has("read") {
            let what = "`read` belongs to `zigbee2mqtt:`";
            let hint = "in a JSON payload the place is named by `path:`";
            self.ledger.fault(own.at("read"), &own.path_of("read"), what, hint);
        }
        // The path of the block around it is the temperature's, if it is read there too.
        let taken = name == "humidity" && climate.words("measures").contains(&"temperature");
        let inherits = !climate.has(name) && !taken;
        let path = if inherits { climate.text("path") } else { own.text("path") };
        let shared = place.has("topic") && std::ptr::eq(place, climate);
        if shared && name == "humidity" && path.is_none() {
            let what = "nothing says where in the message the humidity is";
            let hint = "add `humidity: { path: … }`, and `temperature: { path: … }`";
            self.ledger.fault(climate.at("measures"), &climate.path_of(name), what, hint);
        }
        let Some(topic) = place.text("topic") else {
            if !place.has("topic") {
                let what = format!("nothing says where the {name} is");
                let hint = "add `zigbee2mqtt:` or `topic:`";
                self.ledger.fault(climate.at(name), &climate.path_of(name), what, hint);
            }
            return None;
        };
        let either = |key: &str| own.text(key).or_else(|| climate.text(key));
        let unit = if own.has("unit") { own.word("unit") } else { climate.word("unit") };
        Some(Source::Plain(plain::Source {
            topic,
            path,
            time_path: either("time_path"),
            unit: unit_of(unit),
            inverted: false,
            availability: either("availability"),
        }))
    }

    fn in_bed(&mut self, sensors: &Section, sleepers: &[Sleeper], list: &mut Vec<Sensor>) {
        let beds = sensors.blocks("in_bed");
        for (n, bed) in beds.iter().enumerate() {
            let sleeper = self.side(bed, sleepers);
            let name = sleeper.map_or_else(
                || numbered("in bed", n, beds.len()),
                |index| format!("in bed ({})", sleepers[index].name),
            );
            let property = bed.text("read").unwrap_or_default();
            let Some(source) = self.single(bed, &property, false) else { continue };
            let again = list.iter().any(|other: &Sensor| other.name == name);
            let name = if again { format!("{name} {}", n + 1) } else { name };
            let bed = sensor(name, Place::Bed, Quantity::Occupied, source);
            list.push(Sensor { sleeper, ..bed });
        }
    }

    /// Whose side of the bed.
    fn side(&mut self, bed: &Section, sleepers: &[Sleeper]) -> Option<usize> {
        let name = bed.text("sleeper")?;
        let found = sleepers.iter().position(|sleeper| sleeper.name == name);
        if found.is_none() {
            let names = sleepers.iter().map(|sleeper| sleeper.name.as_str());
            let hint = nearest(&name, names).map_or_else(
                || "add the name below `sleepers:`".to_owned(),
                |close| format!("did you mean `{close}`?"),
            );
            let what = format!("no sleeper here is called `{name}`");
            self.ledger.fault(bed.at("sleeper"), &bed.path_of("sleeper"), what, &hint);
        }
        found
    }

    /// A sensor of one value.
    fn single(&mut self, section: &Section, property: &str, turned: bool) -> Option<Source> {
        self.one_family(section, "topic", &["path", "time_path", "availability"]);
        let inverted = section.flag("inverted").unwrap_or(false) != turned;
        if section.has("zigbee2mqtt") {
            let (base, device) = self.zigbee(section)?;
            let property = property.to_owned();
            let source = zigbee2mqtt::Source { base, device, property, inverted };
            return Some(Source::Zigbee2mqtt(source));
        }
        if section.has("read") {
            let what = "`read` belongs to `zigbee2mqtt:`";
            let hint = "in a JSON payload the place is named by `path:`";
            self.ledger.fault(section.at("read"), &section.path_of("read"), what, hint);
        }
        if !section.has("topic") {
            let what = format!("`{}` names no device", section.path);
            let hint = "add `zigbee2mqtt:` with a friendly name, or `topic:`";
            self.ledger.fault(section.spot, &section.path, what, hint);
        }
        Some(Source::Plain(plain::Source {
            topic: section.text("topic")?,
            path: section.text("path"),
            time_path: section.text("time_path"),
            unit: Unit::Celsius,
            inverted,
            availability: section.text("availability"),
        }))
    }
}

/// The unit of a word.
pub(super) fn unit_of(word: Option<&str>) -> Unit {
    if word == Some("fahrenheit") { Unit::Fahrenheit } else { Unit::Celsius }
}

fn sensor(name: String, place: Place, quantity: Quantity, source: Source) -> Sensor {
    Sensor { name, place, quantity, sleeper: None, source }
}

fn numbered(name: &str, n: usize, of: usize) -> String {
    if of == 1 { name.to_owned() } else { format!("{name} {}", n + 1) }
}

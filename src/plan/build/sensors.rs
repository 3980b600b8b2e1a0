//! Sensors: where each value is found.

use super::Site;
use super::family::{Asked, Family};
use super::plain::unit_of;
use crate::model::{Place, Quantity};
use crate::plan::section::Section;
use crate::plan::value::nearest;
use crate::plan::{Sensor, Sleeper};
use crate::wire::{Source, plain};

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
            let source = self.single(window, Quantity::Open);
            list.extend(source.map(|s| sensor(name, Place::Room, Quantity::Open, s)));
        }
        if let Some(co2) = sensors.block("co2") {
            let source = self.single(co2, Quantity::Co2);
            let name = "carbon dioxide".to_owned();
            list.extend(source.map(|s| sensor(name, Place::Room, Quantity::Co2, s)));
        }
        if list.len() > MOST {
            let what = format!("{} sensors in one bedroom; {MOST} is the most", list.len());
            self.ledger.fault(sensors.spot, &sensors.path, what, "is this one bedroom?");
        }
        for index in 0..list.len() {
            let (before, rest) = list.split_at(index);
            let known = before.iter().find(|other| other.source.shares_device(&rest[0].source));
            list[index].device = known.map_or(index, |other| other.device);
        }
        list.shrink_to_fit();
        list
    }

    fn climate(&mut self, climate: &Section, key: &str, place: Place, list: &mut Vec<Sensor>) {
        let family = self.sensor_family(climate);
        let measures: Option<Vec<&str>> =
            climate.has("measures").then(|| climate.words("measures"));
        let mut found = false;
        for (name, quantity) in
            [("temperature", Quantity::Temperature), ("humidity", Quantity::Humidity)]
        {
            let natural = family
                .is_some_and(|family| family.gives_both() || quantity == Quantity::Temperature);
            let wanted =
                climate.has(name) || measures.as_ref().map_or(natural, |list| list.contains(&name));
            if !wanted {
                continue;
            }
            found = true;
            let source = self.value(climate, name, quantity);
            list.extend(source.map(|s| sensor(format!("{key} {name}"), place, quantity, s)));
        }
        if !found {
            let what = format!("`{key}` names no device");
            let hint = "add a family such as `zigbee2mqtt:` with the device's name, or `topic:`";
            self.ledger.fault(climate.spot, &climate.path, what, hint);
        }
    }

    /// One value of a climate sensor: what its own block says, else what the block around
    /// it says.
    fn value(&mut self, climate: &Section, name: &str, quantity: Quantity) -> Option<Source> {
        let vacant = climate.vacant(name);
        let own = climate.block(name).unwrap_or(&vacant);
        let its_own = self.sensor_family(own);
        let place = if its_own.is_some() { own } else { climate };
        let family = its_own.or_else(|| Family::of_sensor(climate));
        if let Some(family) = family.filter(|family| *family != Family::Plain) {
            self.no_read(own, family);
            self.one_value_each(climate, name, family, its_own);
            let read = own.text("read");
            let asked = Asked { quantity, read: read.as_deref(), inverted: false };
            return self.source(family, place, asked);
        }
        self.no_read(own, Family::Plain);
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
                let hint = "add a family such as `zigbee2mqtt:`, or `topic:`";
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

    /// A humidity that is said to come from where the temperature comes from.
    fn one_value_each(
        &mut self,
        climate: &Section,
        name: &str,
        family: Family,
        its_own: Option<Family>,
    ) {
        let elsewhere = its_own.is_some() || family.gives_both();
        let of_temperature = climate.block("temperature").and_then(Family::of_sensor);
        let measures = climate.words("measures");
        let warm = climate.has("temperature") || !climate.has("measures");
        let both = warm || measures.contains(&"temperature");
        if elsewhere || name != "humidity" || !both || of_temperature.is_some() {
            return;
        }
        let what = "temperature and humidity are two things here, and only one is named";
        let hint = "name the other with `humidity: { … }`";
        let at = if climate.has(name) { name } else { "measures" };
        self.ledger.fault(climate.at(at), &climate.path_of(at), what, hint);
    }

    fn in_bed(&mut self, sensors: &Section, sleepers: &[Sleeper], list: &mut Vec<Sensor>) {
        let beds = sensors.blocks("in_bed");
        for (n, bed) in beds.iter().enumerate() {
            let sleeper = self.side(bed, sleepers);
            let name = sleeper.map_or_else(
                || numbered("in bed", n, beds.len()),
                |index| format!("in bed ({})", sleepers[index].name),
            );
            let Some(source) = self.single(bed, Quantity::Occupied) else { continue };
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
    fn single(&mut self, section: &Section, quantity: Quantity) -> Option<Source> {
        let Some(family) = self.sensor_family(section) else {
            let what = format!("`{}` names no device", section.path);
            let hint = "add a family such as `zigbee2mqtt:` with the device's name, or `topic:`";
            self.ledger.fault(section.spot, &section.path, what, hint);
            return None;
        };
        self.no_read(section, family);
        let read = section.text("read");
        let inverted = section.flag("inverted").unwrap_or(false);
        self.source(family, section, Asked { quantity, read: read.as_deref(), inverted })
    }
}

fn sensor(name: String, place: Place, quantity: Quantity, source: Source) -> Sensor {
    Sensor { name, place, quantity, sleeper: None, device: 0, source }
}

fn numbered(name: &str, n: usize, of: usize) -> String {
    if of == 1 { name.to_owned() } else { format!("{name} {}", n + 1) }
}

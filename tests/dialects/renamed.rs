//! Devices behind Zigbee2MQTT that are known by their address, and renamed at night.

use std::cell::Cell;

use serde_json::json;

use crate::bluetooth::Gateways;
use crate::family::{Family, Order, Said, State, Thing, Unix};
use crate::zigbee2mqtt::Network;

/// Each device's address, and what it is called at first, later, and last. At last room and
/// bed have changed their names.
const DEVICES: [(&str, [&str; 3]); 6] = [
    ("0x00158d0000000001", ["room", "Schlafzimmer/Klima", "bed"]),
    ("0x00158d0000000002", ["bed", "Fußende", "room"]),
    ("0x00158d0000000003", ["mat", "mat", "under the mattress"]),
    ("0x00158d0000000004", ["plug", "Steckdose", "plug"]),
    ("0x00158d0000000005", ["valve", "valve 2", "valve 3"]),
    ("0x00158d0000000006", ["fan", "0x00158d0000000006", "fan"]),
];

/// When devices are renamed, in minutes: while the heater is on, and while the sensor of the
/// room has just gone offline.
const RENAMED: [i64; 2] = [65, 312];

/// Bluetooth thermometers beside them, which nobody renames.
#[derive(Default)]
pub(crate) struct Beside {
    renamed: Renamed,
    /// Their gateways are gone.
    gone: Cell<bool>,
}

#[derive(Default)]
pub(crate) struct Renamed {
    listed: Cell<bool>,
    /// How often they were renamed.
    times: Cell<usize>,
}

impl Renamed {
    /// What [`Network`] says, by the names of now.
    fn by_name(&self, said: Vec<Said>) -> Vec<Said> {
        let renamed = |(topic, payload): Said| {
            let (_, names) = DEVICES
                .iter()
                .find(|(_, names)| is_of(&topic, names[0]))
                .unwrap_or_else(|| panic!("{topic}"));
            let rest = topic["zigbee2mqtt/".len() + names[0].len()..].to_owned();
            (format!("zigbee2mqtt/{}{rest}", names[self.times.get()]), payload)
        };
        said.into_iter().map(renamed).collect()
    }

    /// Zigbee2MQTT's list.
    fn list(&self) -> Said {
        let device = |(address, names): &(&str, [&str; 3])| {
            json!({ "ieee_address": address, "friendly_name": names[self.times.get()],
                "definition": { "exposes": [{ "type": "numeric" }] }, "supported": true })
        };
        let coordinator = json!({ "ieee_address": "0x00124b0000000000", "type": "Coordinator" });
        let all = std::iter::once(coordinator).chain(DEVICES.iter().map(device));
        let list: serde_json::Value = all.collect();
        ("zigbee2mqtt/bridge/devices".to_owned(), list.to_string())
    }
}

fn is_of(topic: &str, name: &str) -> bool {
    let rest = topic.strip_prefix("zigbee2mqtt/").and_then(|rest| rest.strip_prefix(name));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// With addresses in place of names.
fn addressed(text: &str) -> String {
    let quoted = |text: String, (address, names): &(&str, [&str; 3])| {
        let name = names[0];
        text.replace(&format!("zigbee2mqtt: {name}"), &format!("zigbee2mqtt: \"{address}\""))
            .replace(&format!("device: {name},"), &format!("device: \"{address}\","))
    };
    DEVICES.iter().fold(text.to_owned(), quoted)
}

impl Family for Renamed {
    fn sensors(&self) -> String {
        addressed(&Network.sensors())
    }

    fn device(&self, thing: Thing) -> String {
        addressed(&Network.device(thing))
    }

    fn has(&self, thing: Thing) -> bool {
        Network.has(thing)
    }

    fn can_time(&self) -> bool {
        Network.can_time()
    }

    fn climate(&self, name: &str, at: Unix, celsius: f64, percent: f64) -> Vec<Said> {
        self.by_name(Network.climate(name, at, celsius, percent))
    }

    fn in_bed(&self, at: Unix, somebody: bool) -> Vec<Said> {
        self.by_name(Network.in_bed(at, somebody))
    }

    fn availability(&self, online: bool) -> Vec<Said> {
        self.by_name(Network.availability(online))
    }

    /// Zigbee2MQTT takes commands by address as well as by name.
    fn read(&self, topic: &str, payload: &str) -> Option<(Thing, Order)> {
        let told = topic.strip_prefix("zigbee2mqtt/")?.strip_suffix("/set")?;
        let (_, names) = DEVICES.iter().find(|(address, _)| *address == told)?;
        Network.read(&format!("zigbee2mqtt/{}/set", names[0]), payload)
    }

    fn report(&self, thing: Thing, at: Unix, state: State) -> Vec<Said> {
        self.by_name(Network.report(thing, at, state))
    }

    /// What was kept under the old name is taken back, and the list comes anew.
    fn meanwhile(&self, minute: i64) -> Vec<Said> {
        if !self.listed.replace(true) {
            return vec![self.list()];
        }
        if RENAMED.get(self.times.get()).is_none_or(|at| minute < *at) {
            return Vec::new();
        }
        let old = self.by_name(Network.climate("room", 0, 0.0, 0.0)).remove(0).0;
        self.times.set(self.times.get() + 1);
        vec![(old, String::new()), self.list()]
    }
}

impl Family for Beside {
    fn sensors(&self) -> String {
        let bed = addressed(&Network.sensors());
        let bed = bed.lines().find(|line| line.starts_with("in_bed:")).expect("a mat");
        let climate = Gateways.sensors();
        let climate = climate.lines().filter(|line| !line.starts_with("in_bed:"));
        climate.chain([bed]).fold(String::new(), |all, line| all + line + "\n")
    }

    fn device(&self, thing: Thing) -> String {
        self.renamed.device(thing)
    }

    fn has(&self, thing: Thing) -> bool {
        self.renamed.has(thing)
    }

    fn can_time(&self) -> bool {
        self.renamed.can_time()
    }

    fn climate(&self, name: &str, at: Unix, celsius: f64, percent: f64) -> Vec<Said> {
        Gateways.climate(name, at, celsius, percent)
    }

    fn in_bed(&self, at: Unix, somebody: bool) -> Vec<Said> {
        self.renamed.in_bed(at, somebody)
    }

    fn availability(&self, online: bool) -> Vec<Said> {
        self.gone.set(!online);
        Gateways.availability(online)
    }

    fn read(&self, topic: &str, payload: &str) -> Option<(Thing, Order)> {
        self.renamed.read(topic, payload)
    }

    fn report(&self, thing: Thing, at: Unix, state: State) -> Vec<Said> {
        self.renamed.report(thing, at, state)
    }

    /// Who listens anew is told what the broker has kept of the gateways.
    fn meanwhile(&self, minute: i64) -> Vec<Said> {
        let mut said = self.renamed.meanwhile(minute);
        if !said.is_empty() {
            said.extend(Gateways.availability(!self.gone.get()));
        }
        said
    }
}

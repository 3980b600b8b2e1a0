//! What Zigbee2MQTT calls the devices that the plan knows by their address.
//!
//! `<base>/bridge/devices` lists every device of a network with its address and its
//! friendly name. The broker keeps the list, and it comes whole whenever anything about a
//! device changes, a rename among them
//! (<https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html#zigbee2mqtt-bridge-devices>).
//! Only listening needs it: Zigbee2MQTT takes commands by address, and prefers an address
//! to a name that reads the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::model::Garble;
use crate::wire::LONGEST;
use crate::wire::words::sample;

/// What stands behind a base topic for the list of its devices.
const LIST: &str = "/bridge/devices";

/// What stands behind a base topic for the list of its groups, which have no address.
const GROUPS: &str = "/bridge/groups";

/// How many devices a list may name: a Zigbee network numbers them with 16 bits.
const MOST_DEVICES: usize = 0xFFFF;

/// How long a friendly name may be, in bytes. With its base it must fit into a topic.
const LONGEST_NAME: usize = 1024;

/// An IEEE address: the number that a Zigbee device keeps all its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address(u64);

/// The friendly names that devices and groups have now, by network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    devices: BTreeMap<String, BTreeMap<Address, String>>,
    groups: BTreeMap<String, BTreeSet<String>>,
}

/// So alike must two names be that one may stand for the other, from 0 to 1.
const ALIKE: f64 = 0.5;

/// What a network's list says of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed<'n> {
    /// No list has come yet.
    Unheard,
    /// The list does not have it.
    Missing,
    /// The device is called this.
    As(&'n str),
}

impl Address {
    /// `0x` and sixteen hexadecimal digits; anything else is no address.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
        let hexadecimal = digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        hexadecimal.then(|| u64::from_str_radix(digits, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#018x}", self.0)
    }
}

/// Where a network lists its devices.
#[must_use]
pub fn list_of(base: &str) -> String {
    format!("{base}{LIST}")
}

/// Where a network lists its groups.
#[must_use]
pub fn groups_of(base: &str) -> String {
    format!("{base}{GROUPS}")
}

/// Whether a topic is that of a list of devices. These are read however long they are.
#[must_use]
pub fn is_list(topic: &str) -> bool {
    topic.ends_with(LIST)
}

impl Names {
    /// Takes in a message; none if its topic is that of no list. Returns whether anything
    /// is called otherwise than before. Every network has a coordinator, so that a list
    /// without any device is none.
    ///
    /// # Errors
    /// Why it is no list; then nothing has changed.
    pub fn hear(&mut self, topic: &str, payload: &[u8]) -> Option<Result<bool, Garble>> {
        if let Some(base) = topic.strip_suffix(GROUPS) {
            return Some(groups(payload).map(|groups| put(&mut self.groups, base, groups)));
        }
        let base = topic.strip_suffix(LIST)?;
        Some(devices(payload).map(|devices| put(&mut self.devices, base, devices)))
    }

    /// Whether a network has a device or a group of that name or address; none as long as
    /// its lists do not tell.
    #[must_use]
    pub fn knows(&self, base: &str, device: &str) -> Option<bool> {
        if let Some(address) = Address::read(device) {
            return match self.of(base, address) {
                Listed::Unheard => None,
                Listed::Missing => Some(false),
                Listed::As(_) => Some(true),
            };
        }
        if self.devices.get(base)?.values().any(|name| name == device) {
            return Some(true);
        }
        Some(self.groups.get(base)?.contains(device))
    }

    /// The name of a device or group there that is nearest to this one, if any is near.
    #[must_use]
    pub fn nearest(&self, base: &str, device: &str) -> Option<&str> {
        let wanted = device.to_lowercase();
        let alike =
            |name: &str| strsim::normalized_damerau_levenshtein(&wanted, &name.to_lowercase());
        let devices = self.devices.get(base).into_iter().flat_map(BTreeMap::values);
        let groups = self.groups.get(base).into_iter().flatten();
        let names = devices.chain(groups).map(|name| (alike(name), name.as_str()));
        let (alike, name) = names.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        (alike >= ALIKE).then_some(name)
    }

    /// What the device of that address is called.
    #[must_use]
    pub fn of(&self, base: &str, address: Address) -> Listed<'_> {
        let Some(devices) = self.devices.get(base) else { return Listed::Unheard };
        devices.get(&address).map_or(Listed::Missing, |name| Listed::As(name))
    }

    /// What stands behind the base in the topics of a device: its present name where it is
    /// known by its address. One that nobody renamed is called by its address.
    pub(super) fn present(&self, base: &str, device: &str) -> String {
        let listed = Address::read(device).map(|address| self.of(base, address));
        match listed {
            Some(Listed::As(name)) => name.to_owned(),
            Some(Listed::Unheard | Listed::Missing) | None => device.to_owned(),
        }
    }
}

/// Takes a network's list in the place of the one before. Returns whether it is another.
fn put<T: PartialEq>(lists: &mut BTreeMap<String, T>, base: &str, list: T) -> bool {
    let changed = lists.get(base) != Some(&list);
    lists.insert(base.to_owned(), list);
    changed
}

/// The names of groups. There may be none.
fn groups(payload: &[u8]) -> Result<BTreeSet<String>, Garble> {
    if payload.len() > LONGEST {
        return Err(Garble::TooLong(payload.len()));
    }
    let text = std::str::from_utf8(payload).map_err(|_| Garble::NotText)?;
    let list: Vec<serde_json::Value> =
        serde_json::from_str(text).map_err(|_| Garble::Unreadable(sample(text)))?;
    let names = list.iter().filter_map(|group| group.get("friendly_name")?.as_str());
    Ok(names.filter(|name| is_name(name)).map(str::to_owned).collect())
}

fn devices(payload: &[u8]) -> Result<BTreeMap<Address, String>, Garble> {
    let text = std::str::from_utf8(payload).map_err(|_| Garble::NotText)?;
    match serde_json::from_str(text) {
        Ok(Devices(devices)) if devices.is_empty() => {
            Err(Garble::Missing(format!("a device in {}", sample(text))))
        }
        Ok(Devices(devices)) => Ok(devices),
        Err(_) => Err(Garble::Unreadable(sample(text))),
    }
}

/// The devices of a list by their address. An entry without an address or a name that a
/// topic can have, such as a group, is none.
struct Devices(BTreeMap<Address, String>);

/// One entry of a list.
struct Entry(Option<(Address, String)>);

/// What an entry says of a device, as far as it is of use here.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    IeeeAddress,
    FriendlyName,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Other(IgnoredAny),
}

impl Word {
    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Other(_) => None,
        }
    }
}

/// Zigbee2MQTT allows no others (`validateFriendlyName` in its `lib/util/utils.ts`).
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.starts_with('/')
        && !name.ends_with('/')
        && !name.contains(['+', '#'])
        && !name.contains(char::is_control)
}

impl<'de> Deserialize<'de> for Devices {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_seq(List)
    }
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Devices;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of devices")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Devices, A::Error> {
        let mut devices = BTreeMap::new();
        while let Some(Entry(entry)) = list.next_element()? {
            devices.extend(entry);
            if devices.len() > MOST_DEVICES {
                return Err(de::Error::custom("more devices than a network can have"));
            }
        }
        Ok(Devices(devices))
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(One)
    }
}

struct One;

impl<'de> Visitor<'de> for One {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a device")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entry, A::Error> {
        let (mut address, mut name) = (None, None);
        while let Some(key) = map.next_key()? {
            match key {
                Key::IeeeAddress => address = map.next_value::<Word>()?.text(),
                Key::FriendlyName => name = map.next_value::<Word>()?.text(),
                Key::Other => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        let address = address.as_deref().and_then(Address::read);
        Ok(Entry(address.zip(name.filter(|name| is_name(name)))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entry, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Entry(None))
    }

    fn visit_unit<E>(self) -> Result<Entry, E> {
        Ok(Entry(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Entry, E> {
        Ok(Entry(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Entry, E> {
        Ok(Entry(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Entry, E> {
        Ok(Entry(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Entry, E> {
        Ok(Entry(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Entry, E> {
        Ok(Entry(None))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOPIC: &str = "zigbee2mqtt/bridge/devices";
    const CLIMATE: &str = "0x00158d0004a1b2c3";

    fn address(text: &str) -> Address {
        Address::read(text).expect("an address")
    }

    fn named(name: &str) -> Names {
        let mut names = Names::default();
        let list = json!([
            { "ieee_address": "0x00124b0000000000", "type": "Coordinator" },
            { "ieee_address": CLIMATE, "friendly_name": name, "definition": { "exposes": [[]] } },
            { "ieee_address": "0x54ef4410001a2b3c", "friendly_name": "bed/mat" },
        ]);
        assert_eq!(names.hear(TOPIC, list.to_string().as_bytes()), Some(Ok(true)));
        names
    }

    #[test]
    fn an_address_is_sixteen_digits() {
        for text in ["0x00158d0004a1b2c3", "0X00158D0004A1B2C3"] {
            assert_eq!(address(text).to_string(), CLIMATE);
        }
        assert_eq!(address("0x0000000000000001").to_string(), "0x0000000000000001");
        for text in [
            "",
            "0x",
            "0x1",
            "00158d0004a1b2c3",
            "0x+0158d0004a1b2c3",
            "Bedroom",
            CLIMATE.get(1..).expect("x"),
        ] {
            assert_eq!(Address::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_list_says_what_devices_are_called() {
        let names = named("Bedroom climate");
        assert_eq!(names.of("zigbee2mqtt", address(CLIMATE)), Listed::As("Bedroom climate"));
        assert_eq!(names.present("zigbee2mqtt", "0x54ef4410001a2b3c"), "bed/mat");
        let other = "0x54ef4410001a2b3d";
        assert_eq!(names.of("zigbee2mqtt", address(other)), Listed::Missing);
        assert_eq!(names.of("attic", address(CLIMATE)), Listed::Unheard);
        assert_eq!(names.present("zigbee2mqtt", other), other);
        assert_eq!(names.present("zigbee2mqtt", "Bedroom"), "Bedroom");
        assert_eq!(names.of("zigbee2mqtt", address("0x00124b0000000000")), Listed::Missing);
    }

    #[test]
    fn the_next_list_says_what_has_changed() {
        let mut names = named("Bedroom climate");
        let renamed = named("Schlafzimmer/Klima");
        let list = json!([
            { "friendly_name": "Schlafzimmer/Klima", "ieee_address": CLIMATE, "disabled": true },
            { "ieee_address": "0x54ef4410001a2b3c", "friendly_name": "bed/mat" },
        ]);
        let list = list.to_string();
        assert_eq!(names.hear(TOPIC, list.as_bytes()), Some(Ok(true)));
        assert_eq!(names, renamed);
        assert_eq!(names.hear(TOPIC, list.as_bytes()), Some(Ok(false)), "the same list again");
        assert_eq!(names.hear("zigbee2mqtt/bridge/info", list.as_bytes()), None);
        let other = json!([{ "ieee_address": "0x54ef4410001a2b3c", "friendly_name": "bed/mat" }]);
        assert_eq!(names.hear(TOPIC, other.to_string().as_bytes()), Some(Ok(true)));
        assert_eq!(names.of("zigbee2mqtt", address(CLIMATE)), Listed::Missing);
    }

    #[test]
    fn a_name_that_nothing_has_is_told_once_both_lists_are_there() {
        let mut names = named("Bedroom climate");
        let knows = |names: &Names, name: &str| names.knows("zigbee2mqtt", name);
        assert_eq!(knows(&names, "Bedroom climate"), Some(true));
        assert_eq!(knows(&names, CLIMATE), Some(true));
        assert_eq!(knows(&names, "0x54ef4410001a2b3d"), Some(false));
        assert_eq!(knows(&names, "Heaters"), None, "it may be a group");
        assert_eq!(names.knows("attic", "Bedroom climate"), None);
        let topic = "zigbee2mqtt/bridge/groups";
        assert_eq!(names.hear(topic, b"[]"), Some(Ok(true)));
        assert_eq!(knows(&names, "Heaters"), Some(false));
        let groups = json!([7, {}, { "id": 1, "friendly_name": "Heaters", "members": [] }]);
        assert_eq!(names.hear(topic, groups.to_string().as_bytes()), Some(Ok(true)));
        assert_eq!(names.hear(topic, groups.to_string().as_bytes()), Some(Ok(false)));
        for garbled in [&b"{}"[..], b"", b"\xff[]"] {
            assert!(matches!(names.hear(topic, garbled), Some(Err(_))), "S11");
        }
        assert_eq!(knows(&names, "Heaters"), Some(true));
        assert_eq!(knows(&names, "Bedrom climate"), Some(false));
        let nearest = |name: &str| names.nearest("zigbee2mqtt", name);
        assert_eq!(nearest("Bedrom climate"), Some("Bedroom climate"));
        assert_eq!(nearest("bedroom climate"), Some("Bedroom climate"));
        assert_eq!(nearest("heater"), Some("Heaters"));
        assert_eq!(nearest("Attic window"), None);
    }

    /// S11.
    #[test]
    fn a_garbled_list_changes_nothing() {
        let before = named("Bedroom climate");
        let mut names = before.clone();
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let whole = json!([{ "ieee_address": CLIMATE, "friendly_name": "other" }]).to_string();
        let cut = &whole[..whole.len() - 3];
        let twice = format!("{whole}{whole}");
        for text in ["", "[]", "[{}]", "{}", "null", "7", "[", "[}", "offline", &deep, cut, &twice]
        {
            assert!(matches!(names.hear(TOPIC, text.as_bytes()), Some(Err(_))), "{text}");
            assert_eq!(names, before, "{text}");
        }
        assert_eq!(names.hear(TOPIC, b"\xff[]"), Some(Err(Garble::NotText)));
        let crowd = (0..70_000)
            .map(|n| json!({ "ieee_address": format!("{n:#018x}"), "friendly_name": "x" }));
        let crowd = crowd.collect::<serde_json::Value>().to_string();
        assert!(matches!(names.hear(TOPIC, crowd.as_bytes()), Some(Err(_))));
        assert_eq!(names, before);
    }

    #[test]
    fn an_entry_that_makes_no_sense_hides_no_other() {
        let mut names = Names::default();
        let entry = |name: &str| json!({ "ieee_address": CLIMATE, "friendly_name": name });
        let list = json!([
            7, null, true, -1, 0.5, "x", [entry("nested")], {},
            { "ieee_address": 7, "friendly_name": "a number" },
            { "ieee_address": "0x1", "friendly_name": "short" },
            { "ieee_address": "0x00158d0004a1b2c4", "friendly_name": { "a": ["name"] } },
            { "ieee_address": "0x00158d0004a1b2c5" },
            entry("Bedroom climate"),
        ]);
        assert_eq!(names.hear(TOPIC, list.to_string().as_bytes()), Some(Ok(true)));
        assert_eq!(names, {
            let only = BTreeMap::from([(address(CLIMATE), "Bedroom climate".to_owned())]);
            let devices = BTreeMap::from([("zigbee2mqtt".to_owned(), only)]);
            Names { devices, ..Names::default() }
        });
        let other = json!({ "ieee_address": "0x54ef4410001a2b3c", "friendly_name": "mat" });
        for name in ["", "/", "a/", "/a", "a+b", "#", "a\nb", "a\0", &"n".repeat(2000)] {
            let list = json!([entry(name), other]).to_string();
            assert!(matches!(names.hear(TOPIC, list.as_bytes()), Some(Ok(_))));
            assert_eq!(names.of("zigbee2mqtt", address(CLIMATE)), Listed::Missing, "{name}");
        }
    }

    /// A list of a big home is megabytes long; nothing but names is kept of it.
    #[test]
    fn a_list_may_be_long() {
        let exposes = vec![json!({ "type": "numeric", "property": "temperature" }); 200];
        let device = |n: u64| {
            json!({ "ieee_address": Address(n).to_string(), "friendly_name": format!("device {n}"),
                "definition": { "exposes": exposes, "description": "ü" } })
        };
        let list = (0..200).map(device).collect::<serde_json::Value>().to_string();
        assert!(list.len() > LONGEST * 4, "{}", list.len());
        let mut names = Names::default();
        assert_eq!(names.hear(TOPIC, list.as_bytes()), Some(Ok(true)));
        assert_eq!(names.of("zigbee2mqtt", Address(199)), Listed::As("device 199"));
    }
}

//! Devices that the plan knows by their address, followed through every rename.

use std::collections::BTreeSet;

use super::leaving::Leaving;
use super::{House, bedrooms};
use crate::daemon::Render;
use crate::daemon::broker::Subscription;
use crate::engine::Event;
use crate::model::{BedroomId, Heard, Item};
use crate::plan::{Bedroom, Plan};
use crate::wire::zigbee2mqtt::{Address, Listed, Names, is_list, list_of};

/// The names that devices have now, and what of it is still to be followed.
#[derive(Debug, Default)]
pub(super) struct Followed {
    pub(super) names: Names,
    /// Addresses that their network's list lacks, each told once.
    missing: BTreeSet<(String, Address)>,
    /// Networks whose list made no sense, each told once.
    garbled: BTreeSet<String>,
    /// Something is to be listened to by another name.
    moved: bool,
}

impl<R: Render> House<R> {
    /// Takes in a network's list of its devices. Returns whether the message was one.
    pub(super) fn listed(&mut self, topic: &str, payload: &[u8]) -> bool {
        if !is_list(topic) {
            return false;
        }
        self.look();
        let before = self.followed.names.clone();
        match self.followed.names.hear(topic, payload) {
            None => return false,
            Some(Ok(true)) => self.follow(&before),
            Some(Ok(false)) => {}
            Some(Err(garble)) => {
                if self.followed.garbled.insert(topic.to_owned()) {
                    tracing::warn!(
                        "what came on {topic} is no list of devices ({garble:?}); the names known \
                         before stay"
                    );
                }
                return true;
            }
        }
        self.followed.garbled.remove(topic);
        self.look_for_missing();
        true
    }

    /// What is to be listened to from now on, if a device is called otherwise.
    pub(in crate::daemon) fn moved(&mut self) -> Option<Vec<Subscription>> {
        let moved = std::mem::take(&mut self.followed.moved);
        if moved {
            self.subscribed = false;
        }
        moved.then(|| self.subscriptions())
    }

    /// Listens to every device by its present name.
    fn follow(&mut self, before: &Names) {
        let plan = self.engine.plan();
        let names = &self.followed.names;
        let renamed: Vec<BedroomId> = bedrooms(plan)
            .filter(|(_, it)| is_renamed(it.listed(), before, names))
            .map(|(id, _)| id)
            .collect();
        self.topics = plan.topics_by(names);
        self.leaving.follow(names);
        self.followed.moved = true;
        // Zigbee2MQTT says again what it last heard, under the new name.
        for bedroom in renamed {
            let heard = Heard { items: [Item::Repeats].into_iter().collect(), retained: false };
            self.tell(Event::Heard { bedroom, heard });
        }
    }

    fn look_for_missing(&mut self) {
        let missing = missing(self.engine.plan(), &self.followed.names);
        for (network, address) in missing.difference(&self.followed.missing) {
            tracing::error!(
                "{network}: Zigbee2MQTT knows no device {address}, so nothing is heard of it; is the \
                 address right, and is the device paired?"
            );
        }
        for (network, address) in self.followed.missing.difference(&missing) {
            tracing::info!("{network}: Zigbee2MQTT knows the device {address} now");
        }
        self.followed.missing = missing;
    }
}

/// The lists that must be heard, for what is in the plan and for what has left it.
pub(super) fn lists(plan: &Plan, leaving: &Leaving) -> Vec<Subscription> {
    let networks: BTreeSet<&str> = plan.networks().into_iter().chain(leaving.networks()).collect();
    if networks.is_empty() {
        return Vec::new();
    }
    let topics = networks.into_iter().map(|network| (list_of(network), false)).collect();
    vec![Subscription { name: "Zigbee2MQTT's list of devices".to_owned(), topics }]
}

/// Whether one of these had a name and has another one now. What a device is called when
/// its list first comes is no rename.
fn is_renamed<'p>(
    mut listed: impl Iterator<Item = (&'p str, Address)>,
    before: &Names,
    now: &Names,
) -> bool {
    listed.any(|(network, address)| match before.of(network, address) {
        Listed::As(name) => now.of(network, address) != Listed::As(name),
        Listed::Unheard | Listed::Missing => false,
    })
}

fn missing(plan: &Plan, names: &Names) -> BTreeSet<(String, Address)> {
    let listed = plan.bedrooms.iter().flat_map(Bedroom::listed);
    listed
        .filter(|(network, address)| names.of(network, *address) == Listed::Missing)
        .map(|(network, address)| (network.to_owned(), address))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Clock, Loaded, Store, Systemd};
    use super::*;
    use crate::daemon::broker::Input;
    use crate::daemon::{Fixed, Unseen};
    use crate::model::{Place, Quantity, Time, Wall};
    use crate::plan::Sensor;
    use crate::surface::tests::plan;
    use crate::wire::zigbee2mqtt::{self, Form};
    use crate::wire::{Decoded, Device, Source};

    const PLUG: &str = "0x60a423fffe112233";
    const CLIMATE: &str = "0x00158d0004a1b2c3";
    const LIST: &str = "zigbee2mqtt/bridge/devices";

    /// A bedroom whose first heater and thermometer are known by their addresses.
    fn house() -> House<Unseen> {
        let mut plan = plan();
        let (base, device) = ("zigbee2mqtt".to_owned(), PLUG.to_owned());
        let plug = zigbee2mqtt::Device { base, device, endpoint: None, form: Form::Plug };
        plan.bedrooms[0].actuators[0].device = Device::Zigbee2mqtt(plug);
        let source = zigbee2mqtt::Source {
            base: "zigbee2mqtt".to_owned(),
            device: CLIMATE.to_owned(),
            property: "temperature".to_owned(),
            inverted: false,
        };
        plan.bedrooms[0].sensors.push(Sensor {
            name: "room".to_owned(),
            place: Place::Room,
            quantity: Quantity::Temperature,
            source: Source::Zigbee2mqtt(source),
            sleeper: None,
            device: 0,
        });
        let (clock, _hand) = Clock::stepped(Time(0), Wall::default());
        let loaded = Loaded { instance: "abc".to_owned(), ..Loaded::default() };
        let store = Store::none().0;
        let reload = Box::new(Fixed(""));
        let mut house = House::new(plan, clock, store, Unseen, Systemd::new(), &loaded, reload);
        house.start(&[], false);
        house.delivery(Input::Connected);
        house
    }

    fn list(devices: &[(&str, &str)]) -> String {
        let device = |(address, name): &(&str, &str)| json!({ "ieee_address": address, "friendly_name": name });
        devices.iter().map(device).collect::<serde_json::Value>().to_string()
    }

    fn topics(wanted: &[Subscription]) -> Vec<&str> {
        wanted.iter().flat_map(|it| &it.topics).map(|(topic, _)| topic.as_str()).collect()
    }

    #[tokio::test]
    async fn a_device_is_heard_by_its_present_name() {
        let mut house = house();
        let first = house.subscriptions();
        assert_eq!(topics(&first)[0], LIST, "names come before anything else");
        assert!(topics(&first).contains(&"zigbee2mqtt/0x60a423fffe112233"));

        assert!(house.listed(LIST, list(&[(PLUG, "Plug"), (CLIMATE, "Room")]).as_bytes()));
        let named = house.moved().expect("other topics");
        assert!(topics(&named).contains(&"zigbee2mqtt/Plug"), "{named:?}");
        assert!(topics(&named).contains(&"zigbee2mqtt/Room/availability"), "{named:?}");

        let renamed = list(&[(PLUG, "Panel"), (CLIMATE, "Room")]);
        assert!(house.listed(LIST, renamed.as_bytes()));
        let wanted = house.moved().expect("other topics");
        assert!(topics(&wanted).contains(&"zigbee2mqtt/Panel"), "{wanted:?}");
        let on = b"{\"state\":\"ON\"}";
        assert_eq!(house.topics.decode("zigbee2mqtt/Plug", on, true), Decoded::NotOurs);
        let heard = house.topics.decode("zigbee2mqtt/Panel", on, false);
        assert!(matches!(heard, Decoded::Heard(list) if !list.is_empty()));

        assert!(house.listed(LIST, renamed.as_bytes()), "the list again");
        assert!(house.listed(LIST, b"[{"), "S11");
        assert!(house.moved().is_none());
        assert!(!house.listed("zigbee2mqtt/Panel", on));
    }

    /// S9: an off that waited while its device was renamed reaches it.
    #[tokio::test]
    async fn a_device_is_told_by_its_address() {
        let mut house = house();
        assert!(house.listed(LIST, list(&[(PLUG, "Plug")]).as_bytes()));
        house.tell(Event::Stop);
        assert!(house.listed(LIST, list(&[(PLUG, "Panel")]).as_bytes()));
        let told: Vec<_> = house.due().into_iter().map(|(_, message)| message.topic).collect();
        let place = format!("zigbee2mqtt/{PLUG}/set");
        assert!(told.contains(&place), "{told:?}");
        assert!(!told.iter().any(|topic| topic.contains("/P")), "{told:?}");
    }

    #[test]
    fn a_first_name_is_no_rename() {
        let (nothing, mut first, mut later) = <(Names, Names, Names)>::default();
        first.hear(LIST, list(&[(PLUG, "a")]).as_bytes());
        later.hear(LIST, list(&[(PLUG, "b"), (CLIMATE, "c")]).as_bytes());
        let address = |text| Address::read(text).expect("an address");
        let plug = || [("zigbee2mqtt", address(PLUG))].into_iter();
        let climate = || [("zigbee2mqtt", address(CLIMATE))].into_iter();
        assert!(!is_renamed(plug(), &nothing, &first));
        assert!(is_renamed(plug(), &first, &later));
        assert!(!is_renamed(climate(), &first, &later));
        assert!(is_renamed(climate(), &later, &first), "it left the network");
    }

    #[test]
    fn what_no_list_has_is_missing() {
        let house = house();
        let mut names = Names::default();
        assert!(missing(house.engine.plan(), &names).is_empty(), "no list has come yet");
        names.hear(LIST, list(&[(PLUG, "Plug")]).as_bytes());
        let missing = missing(house.engine.plan(), &names);
        let missing: Vec<_> = missing.iter().map(|(_, address)| address.to_string()).collect();
        assert_eq!(missing, [CLIMATE]);
    }
}

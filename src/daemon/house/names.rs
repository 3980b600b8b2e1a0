//! Devices that the plan knows by their address, followed through every rename.

use std::collections::BTreeSet;

use super::leaving::Leaving;
use super::{House, bedroom, bedrooms};
use crate::daemon::Render;
use crate::daemon::broker::Subscription;
use crate::engine::{Event, Fault};
use crate::model::{ActuatorId, BedroomId, Heard, Item, SensorId};
use crate::plan::{Bedroom, Plan};
use crate::wire::zigbee2mqtt::{Address, Listed, Names, groups_of, list_of};

/// The names that devices have now, and what of it is still to be followed.
#[derive(Debug, Default)]
pub(super) struct Followed {
    pub(super) names: Names,
    /// Names and addresses that their network's lists lack, each told once.
    missing: BTreeSet<(String, String)>,
    /// Networks whose list made no sense, each told once.
    garbled: BTreeSet<String>,
    /// Something is to be listened to by another name.
    moved: bool,
}

impl<R: Render> House<R> {
    /// Takes in a network's list of its devices. Returns whether the message was one.
    pub(super) fn listed(&mut self, topic: &str, payload: &[u8]) -> bool {
        self.look();
        let before = self.followed.names.clone();
        match self.followed.names.hear(topic, payload) {
            None => return false,
            Some(Ok(true)) => self.follow(&before),
            Some(Ok(false)) => {}
            Some(Err(garble)) => {
                if self.followed.garbled.insert(topic.to_owned()) {
                    tracing::warn!(
                        "what came on {topic} is no list of Zigbee2MQTT's ({garble:?}); the names \
                         known before stay"
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
        let mut topics = plan.topics_by(names);
        topics.learn_from(&self.topics);
        let filters = self.leaving.filters().collect::<Vec<_>>();
        self.leaving.follow(names);
        self.followed.moved |= topics.filters() != self.topics.filters()
            || filters != self.leaving.filters().collect::<Vec<_>>();
        self.topics = topics;
        // Zigbee2MQTT says again what it last heard, under the new name.
        for bedroom in renamed {
            let heard = Heard { items: [Item::Repeats].into_iter().collect(), retained: false };
            self.tell(Event::Heard { bedroom, heard });
        }
    }

    /// Names what the plan has and Zigbee2MQTT has not: in the log, to whoever looks at the
    /// service, and to the keeper.
    pub(super) fn look_for_missing(&mut self) {
        let (plan, names) = (self.engine.plan(), &self.followed.names);
        let missing = missing(plan, names);
        for (network, device) in missing.difference(&self.followed.missing) {
            let why = unknown(names, network, device);
            tracing::error!("{why}");
            self.systemd.status(&why);
        }
        for (network, device) in self.followed.missing.difference(&missing) {
            tracing::info!("{network}: Zigbee2MQTT knows the device {device} now");
        }
        self.followed.missing = missing;
        let ids: Vec<BedroomId> = bedrooms(self.engine.plan()).map(|(id, _)| id).collect();
        for bedroom in ids {
            for (fault, stands) in self.unknown_in(bedroom) {
                self.tell(Event::Noticed { bedroom, fault, stands });
            }
        }
    }

    /// What is to be told to the engine of a bedroom's devices that Zigbee2MQTT does not
    /// have, or has now.
    fn unknown_in(&self, id: BedroomId) -> Vec<(Fault, bool)> {
        let (names, now) = (&self.followed.names, self.now);
        let told = self.engine.picture(id, now).map(|seen| seen.faults).unwrap_or_default();
        let Some(room) = bedroom(self.engine.plan(), id) else { return Vec::new() };
        let mut devices = BTreeSet::new();
        // A device that measures two things is missing once.
        let sensors = (0..).map(SensorId).zip(&room.sensors);
        let sensors = sensors
            .filter(|(_, it)| devices.insert(it.device))
            .map(|(sensor, it)| (Fault::UnknownSensor { sensor }, it.source.on_network()));
        let actuators = (0..)
            .map(ActuatorId)
            .zip(&room.actuators)
            .map(|(actuator, it)| (Fault::UnknownActuator { actuator }, it.device.on_network()));
        let judged = sensors.chain(actuators).filter_map(|(fault, place)| {
            let (network, device) = place?;
            Some((fault, !names.knows(network, device)?))
        });
        judged.filter(|(fault, stands)| told.contains(fault) != *stands).collect()
    }
}

/// What is said of a device that its network does not have.
fn unknown(names: &Names, network: &str, device: &str) -> String {
    if Address::read(device).is_some() {
        return format!(
            "{network}: Zigbee2MQTT knows no device {device}, so nothing is heard of it; is the \
             address right, and is the device paired?"
        );
    }
    let hint = names.nearest(network, device).map_or_else(
        || "is it paired, and called so there?".to_owned(),
        |near| format!("did you mean “{near}”?"),
    );
    format!(
        "{network}: Zigbee2MQTT knows no device and no group called “{device}”, so nothing is heard \
         of it; {hint}"
    )
}

/// The lists that must be heard, for what is in the plan and for what has left it.
pub(super) fn lists(plan: &Plan, leaving: &Leaving) -> Vec<Subscription> {
    let networks: BTreeSet<&str> = plan.networks().into_iter().chain(leaving.networks()).collect();
    if networks.is_empty() {
        return Vec::new();
    }
    let both = networks.into_iter().flat_map(|network| [list_of(network), groups_of(network)]);
    let topics = both.map(|topic| (topic, false)).collect();
    vec![Subscription { name: "Zigbee2MQTT's lists of devices and groups".to_owned(), topics }]
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

fn missing(plan: &Plan, names: &Names) -> BTreeSet<(String, String)> {
    let zigbee = plan.bedrooms.iter().flat_map(Bedroom::on_networks);
    zigbee
        .filter(|(network, device)| names.knows(network, device) == Some(false))
        .map(|(network, device)| (network.to_owned(), device.to_owned()))
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
        house_with(PLUG)
    }

    /// The same with another name for the heater.
    fn house_with(heater: &str) -> House<Unseen> {
        let mut plan = plan();
        let (base, device) = ("zigbee2mqtt".to_owned(), heater.to_owned());
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
        let missing: Vec<_> = missing.iter().map(|(_, device)| device.as_str()).collect();
        assert_eq!(missing, [CLIMATE]);
    }

    /// What the bedroom is said to be ill of.
    fn faults(house: &House<Unseen>) -> Vec<Fault> {
        house.engine.picture(BedroomId(0), house.now).map(|seen| seen.faults).unwrap_or_default()
    }

    #[tokio::test]
    async fn a_misspelt_name_is_a_fault_until_the_lists_have_it() {
        let mut house = house_with("Plugg");
        let other = [("0x00124b0000000001", "Plug"), (CLIMATE, "Room")];
        assert!(house.listed(LIST, list(&other).as_bytes()));
        assert_eq!(faults(&house), [], "it may be a group");
        assert!(house.listed("zigbee2mqtt/bridge/groups", b"[]"));
        let fault = Fault::UnknownActuator { actuator: ActuatorId(0) };
        assert_eq!(faults(&house), [fault]);
        let why = unknown(&house.followed.names, "zigbee2mqtt", "Plugg");
        assert!(why.ends_with("did you mean “Plug”?"), "{why}");
        let why = unknown(&house.followed.names, "zigbee2mqtt", "Heat mat");
        assert!(why.ends_with("is it paired, and called so there?"), "{why}");
        let told = |house: &mut House<Unseen>| {
            let due = house.due().into_iter().map(|(_, message)| message.topic);
            due.filter(|topic| topic.ends_with("/announce")).count()
        };
        assert_eq!(told(&mut house), 1, "the keeper learns of it");
        assert!(house.listed(LIST, list(&other).as_bytes()), "the list again");
        assert_eq!((told(&mut house), faults(&house)), (0, vec![fault]));
        let renamed = list(&[("0x00124b0000000001", "Plugg"), (CLIMATE, "Room")]);
        assert!(house.listed(LIST, renamed.as_bytes()));
        assert_eq!((told(&mut house), faults(&house)), (1, Vec::new()), "and that it is over");
    }
}

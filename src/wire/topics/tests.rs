mod nonsense;

use proptest::prelude::*;

use super::*;
use crate::model::{Battery, Echo, Humidity, Measured, Temperature, Value, Watts};
use crate::wire::{plain, theengs, zigbee2mqtt};

const BEDROOM: BedroomId = BedroomId(0);
const NURSERY: BedroomId = BedroomId(1);

fn zigbee(device: &str, property: &str) -> Source {
    Source::Zigbee2mqtt(zigbee2mqtt::Source {
        base: "zigbee2mqtt".to_owned(),
        device: device.to_owned(),
        property: property.to_owned(),
        inverted: property == "contact",
    })
}

fn zigbee_device(device: &str, form: zigbee2mqtt::Form) -> Device {
    Device::Zigbee2mqtt(zigbee2mqtt::Device {
        base: "zigbee2mqtt".to_owned(),
        device: device.to_owned(),
        endpoint: None,
        form,
    })
}

fn plain(topic: &str, path: Option<&str>) -> Source {
    Source::Plain(plain::Source {
        topic: topic.to_owned(),
        path: path.map(str::to_owned),
        time_path: None,
        unit: plain::Unit::Celsius,
        inverted: false,
        availability: Some("tele/room/LWT".to_owned()),
    })
}

/// A bedroom with a sensor of two values, a bed mat, a window and two devices.
fn house() -> Topics {
    let mut topics = Topics::default();
    let room = |quantity, property| (Place::Room, quantity, zigbee("bedroom/climate", property));
    for (id, (place, quantity, source)) in (0..).zip([
        room(Quantity::Temperature, "temperature"),
        room(Quantity::Humidity, "humidity"),
        (Place::Bed, Quantity::Occupied, zigbee("bedroom/mat", "occupancy")),
        (Place::Room, Quantity::Open, zigbee("bedroom/window", "contact")),
        (Place::Bed, Quantity::Temperature, plain("tele/room/SENSOR", Some("AHT1X.Temperature"))),
    ]) {
        topics.sensor(BEDROOM, SensorId(id), place, quantity, &source);
    }
    topics.actuator(BEDROOM, ActuatorId(0), &zigbee_device("plug", zigbee2mqtt::Form::Plug));
    let valve =
        zigbee2mqtt::Form::Valve { setpoint: "occupied_heating_setpoint".to_owned(), feed: None };
    topics.actuator(BEDROOM, ActuatorId(1), &zigbee_device("valve", valve));
    topics
}

fn items(topics: &Topics, topic: &str, payload: &str) -> Vec<Item> {
    match topics.decode(topic, payload.as_bytes(), false) {
        Decoded::NotOurs => panic!("{topic} is not listened to"),
        Decoded::Heard(heard) => heard.into_iter().flat_map(|(_, heard)| heard.items).collect(),
    }
}

fn reading(sensor: u8, value: Value) -> Item {
    Item::Reading { sensor: SensorId(sensor), value, measured: Measured::WhenHeard }
}

fn charged(sensor: u8, battery: Battery) -> Item {
    Item::SensorBattery { sensor: SensorId(sensor), battery }
}

fn echo(actuator: u8, echo: Echo) -> Item {
    Item::Echo { actuator: ActuatorId(actuator), echo }
}

fn celsius(hundredths: i32) -> Value {
    Value::Temperature(Temperature(hundredths))
}

/// Payloads as Zigbee2MQTT's own pages show them: the temperature, motion and bulb
/// examples of `guide/usage/mqtt_topics_and_messages`, the others by the properties that
/// `devices/WSDCGQ11LM`, `devices/SNZB-04`, `devices/SP_120` and `devices/TRVZB` list.
#[test]
fn messages_of_zigbee2mqtt() {
    let house = house();
    for (topic, payload, meant) in [
        (
            "zigbee2mqtt/bedroom/climate",
            r#"{"temperature": 27.34, "humidity": 44.72}"#,
            vec![reading(0, celsius(2734)), reading(1, Value::Humidity(Humidity(4472)))],
        ),
        (
            "zigbee2mqtt/bedroom/climate",
            r#"{"battery":97,"humidity":48.2,"linkquality":120,"pressure":1004.2,"temperature":19.4,"voltage":2995}"#,
            vec![
                reading(0, celsius(1940)),
                charged(0, Battery::Percent(97)),
                reading(1, Value::Humidity(Humidity(4820))),
            ],
        ),
        (
            "zigbee2mqtt/bedroom/mat",
            r#"{"occupancy": true}"#,
            vec![reading(2, Value::Occupied(true))],
        ),
        (
            "zigbee2mqtt/bedroom/window",
            r#"{"contact":false,"battery_low":false,"tamper":false}"#,
            vec![reading(3, Value::Open(true)), charged(3, Battery::Low(false))],
        ),
        (
            "zigbee2mqtt/plug",
            r#"{"energy":1.21,"linkquality":80,"power":1480.5,"state":"ON","update":{"state":"idle"}}"#,
            vec![echo(0, Echo::Relay(true)), echo(0, Echo::Power(Watts(14805)))],
        ),
        (
            "zigbee2mqtt/plug",
            r#"{"state": "OFF", "brightness": 215, "color_temp": 325}"#,
            vec![echo(0, Echo::Relay(false))],
        ),
        (
            "zigbee2mqtt/valve",
            r#"{"local_temperature":22.6,"occupied_heating_setpoint":21,"running_state":"heat","system_mode":"heat"}"#,
            vec![
                echo(1, Echo::SetPoint(Temperature(2100))),
                echo(1, Echo::OwnTemperature(Temperature(2260))),
            ],
        ),
        (
            "zigbee2mqtt/valve",
            r#"{"local_temperature":null,"occupied_heating_setpoint":-127}"#,
            vec![],
        ),
        (
            "zigbee2mqtt/bedroom/climate/availability",
            r#"{"state":"online"}"#,
            vec![
                Item::SensorOnline { sensor: SensorId(0), online: true },
                Item::SensorOnline { sensor: SensorId(1), online: true },
            ],
        ),
        (
            "zigbee2mqtt/plug/availability",
            "offline",
            vec![Item::ActuatorOnline { actuator: ActuatorId(0), online: false }],
        ),
        ("zigbee2mqtt/plug/availability", "perhaps", vec![]),
        ("homeassistant/status", "online", vec![Item::Repeats]),
        ("homeassistant/status", "offline", vec![]),
    ] {
        assert_eq!(items(&house, topic, payload), meant, "{topic} {payload}");
    }
}

#[test]
fn a_battery_is_told_of_once_for_all_that_a_device_measures() {
    let only =
        items(&house(), "zigbee2mqtt/bedroom/climate", r#"{"battery":97,"linkquality":120}"#);
    assert_eq!(only, [charged(0, Battery::Percent(97))]);
}

#[test]
fn a_bridge_speaks_for_everything_behind_it() {
    let house = house();
    let sensors =
        |online| (0..4).map(move |id| Item::SensorOnline { sensor: SensorId(id), online });
    let actuators =
        |online| (0..2).map(move |id| Item::ActuatorOnline { actuator: ActuatorId(id), online });
    let gone: Vec<_> = sensors(false).chain(actuators(false)).collect();
    assert_eq!(items(&house, "zigbee2mqtt/bridge/state", r#"{"state":"offline"}"#), gone);
    let back: Vec<_> =
        [Item::Repeats].into_iter().chain(sensors(true)).chain(actuators(true)).collect();
    assert_eq!(items(&house, "zigbee2mqtt/bridge/state", r#"{"state":"online"}"#), back);
    assert_eq!(items(&house, "zigbee2mqtt/bridge/state", "online"), back);
    // What the broker kept tells that it is there, and of no start.
    let Decoded::Heard(kept) = house.decode("zigbee2mqtt/bridge/state", b"online", true) else {
        panic!("the bridge is listened to");
    };
    assert!(!kept[0].1.items.contains(&Item::Repeats));
}

#[test]
fn what_is_no_object_garbles_every_value_of_the_device_and_nothing_else() {
    let house = house();
    let garbled = |sensor, garble: &Garble| Item::Garbled {
        sensor: SensorId(sensor),
        garble: garble.clone(),
    };
    for (payload, garble) in [
        ("19.4", Garble::Missing("19.4".to_owned())),
        ("[19.4]", Garble::Missing("[19.4]".to_owned())),
        (" ", Garble::Absent(String::new())),
        ("unavailable", Garble::Absent("unavailable".to_owned())),
        ("nan", Garble::Absent("nan".to_owned())),
        ("null", Garble::Absent("null".to_owned())),
        (r#"{"temperature":"#, Garble::Unreadable(r#"{"temperature":"#.to_owned())),
    ] {
        let meant = items(&house, "zigbee2mqtt/bedroom/climate", payload);
        assert_eq!(meant, [garbled(0, &garble), garbled(1, &garble)], "{payload}");
        assert_eq!(items(&house, "zigbee2mqtt/plug", payload), [], "{payload}");
    }
    // What was kept is taken back when a device is renamed.
    assert_eq!(items(&house, "zigbee2mqtt/bedroom/climate", ""), []);
    let long = " ".repeat(LONGEST + 1);
    let too_long = Garble::TooLong(LONGEST + 1);
    assert_eq!(
        items(&house, "zigbee2mqtt/bedroom/climate", &long),
        [garbled(0, &too_long), garbled(1, &too_long)]
    );
    let Decoded::Heard(heard) = house.decode("zigbee2mqtt/bedroom/mat", b"\xff\xfe", false) else {
        panic!("listened to")
    };
    assert_eq!(heard[0].1.items[..], [garbled(2, &Garble::NotText)]);
}

#[test]
fn one_value_may_be_garbled_beside_a_good_one() {
    let payload = r#"{"temperature":19.4,"humidity":104.7}"#;
    let implausible = Garble::Implausible("104.7".to_owned());
    assert_eq!(
        items(&house(), "zigbee2mqtt/bedroom/climate", payload),
        [reading(0, celsius(1940)), Item::Garbled { sensor: SensorId(1), garble: implausible }]
    );
}

#[test]
fn a_retained_message_says_so_and_has_no_known_age() {
    let house = house();
    let payload = br#"{"temperature":19.4,"last_seen":"2026-01-01T03:00:00+01:00"}"#;
    let Decoded::Heard(heard) = house.decode("zigbee2mqtt/bedroom/climate", payload, true) else {
        panic!("listened to")
    };
    assert!(heard[0].1.retained);
    assert_eq!(
        heard[0].1.items[..],
        [Item::Reading { sensor: SensorId(0), value: celsius(1940), measured: Measured::Unknown }]
    );
}

#[test]
fn a_plain_device_says_when_it_comes_and_goes() {
    let house = house();
    for (payload, online) in [("Online", true), ("offline", false), ("true", true)] {
        let meant = Item::SensorOnline { sensor: SensorId(4), online };
        assert_eq!(items(&house, "tele/room/LWT", payload), [meant], "{payload}");
    }
}

/// A room's and a bed's Bluetooth thermometer.
fn bluetooth(addresses: [&str; 2]) -> Topics {
    let mut topics = Topics::default();
    for ((id, place), address) in [(0, Place::Room), (1, Place::Bed)].into_iter().zip(addresses) {
        let source = Source::Theengs(theengs::Source {
            base: "home".to_owned(),
            address: address.to_owned(),
            property: None,
            inverted: false,
        });
        topics.sensor(BEDROOM, SensorId(id), place, Quantity::Temperature, &source);
    }
    topics
}

#[test]
fn what_gateways_hear_is_gone_once_all_that_heard_it_are() {
    let [room, bed] = ["A4C138000001", "A4C138000002"];
    let mut topics = bluetooth([room, bed]);
    let mut hear = |topic: &str, payload: &str, retained: bool| {
        topics.note(topic, payload.as_bytes(), retained);
        let is = |item: &Item| {
            if let Item::SensorOnline { online, .. } = item { Some(*online) } else { None }
        };
        items(&topics, topic, payload).iter().filter_map(is).collect::<Vec<_>>()
    };
    let nothing: [bool; 0] = [];
    let reading = r#"{"id":"A4:C1:38:00:00:01","tempc":21.4,"hum":48.1,"batt":90,"rssi":-70}"#;
    // Who heard nothing yet speaks for all, if nobody else is there.
    assert_eq!(hear("home/OMG_landing/LWT", "offline", true), [false, false]);
    assert_eq!(hear("home/TheengsGateway/LWT", "online", true), [true, true]);
    assert_eq!(hear("home/OMG_landing/LWT", "online", false), [true, true]);
    assert_eq!(hear(&format!("home/OMG_landing/BTtoMQTT/{room}"), reading, false), nothing);
    assert_eq!(hear(&format!("home/OMG_landing/BTtoMQTT/{bed}"), reading, false), nothing);
    assert_eq!(hear(&format!("home/TheengsGateway/BTtoMQTT/{bed}"), reading, false), nothing);
    // The room's was heard by that one alone; the bed's by the other one too.
    assert_eq!(hear("home/OMG_landing/LWT", "Offline", false), [false, true]);
    assert_eq!(hear("home/OMG_garage/LWT", "online", false), [false, true]);
    assert_eq!(hear("home/TheengsGateway/LWT", "offline", false), [false, false]);
    // What the broker kept of it was said before.
    assert_eq!(hear(&format!("home/OMG_landing/BTtoMQTT/{bed}"), reading, true), nothing);
    assert_eq!(hear("home/OMG_garage/LWT", "perhaps", false), nothing);
    assert_eq!(hear("home/OMG_garage/LWT", "online", false), [false, false]);
    assert_eq!(hear(&format!("home/OMG_landing/BTtoMQTT/{room}"), reading, false), nothing);
    assert_eq!(hear("home/OMG_garage/LWT", "offline", false), [true, false]);
    assert_eq!(hear("home/OMG_landing/LWT", "online", false), [true, true]);
}

#[test]
fn who_hears_a_sensor_is_known_under_another_number() {
    let online = |topics: &Topics| [0, 1].map(|id| topics.gateways.reach((BEDROOM, SensorId(id))));
    let mut before = bluetooth(["A4C138000001", "A4C138000002"]);
    before.note("home/OMG_landing/BTtoMQTT/A4C138000001", b"{}", false);
    before.note("home/TheengsGateway/BTtoMQTT/A4C138000002", b"{}", false);
    before.note("home/TheengsGateway/LWT", b"offline", false);
    assert_eq!(online(&before), [Some(true), Some(false)]);
    let mut turned = bluetooth(["A4C138000002", "A4C138000001"]);
    turned.learn_from(&before);
    assert_eq!(online(&turned), [Some(false), Some(true)]);
    turned.note("home/OMG_landing/LWT", b"online", true);
    assert_eq!(online(&turned), [Some(false), Some(true)]);
    let mut other = bluetooth(["A4C138000003", "A4C138000004"]);
    other.learn_from(&before);
    assert_eq!(online(&other), [None, None]);
}

#[test]
fn a_sensor_shared_by_two_bedrooms_is_heard_in_both() {
    let mut topics = house();
    let outdoors = plain("weather", None);
    topics.sensor(BEDROOM, SensorId(9), Place::Outdoors, Quantity::Temperature, &outdoors);
    topics.sensor(NURSERY, SensorId(0), Place::Outdoors, Quantity::Temperature, &outdoors);
    let Decoded::Heard(heard) = topics.decode("weather", b"-12.5", false) else {
        panic!("listened to")
    };
    let meant: Vec<_> = heard.iter().map(|(bedroom, heard)| (*bedroom, &heard.items[..])).collect();
    assert_eq!(
        meant,
        [
            (BEDROOM, &[reading(9, celsius(-1250))][..]),
            (NURSERY, &[reading(0, celsius(-1250))][..])
        ]
    );
    assert_eq!(topics.filters_of(NURSERY), ["weather", "tele/room/LWT"]);
    assert_eq!(topics.filters().iter().filter(|topic| *topic == "weather").count(), 1);
}

#[test]
fn every_topic_is_asked_for_once_and_the_bridge_first() {
    let house = house();
    assert_eq!(
        house.filters(),
        [
            "zigbee2mqtt/bridge/state",
            "homeassistant/status",
            "zigbee2mqtt/bedroom/climate",
            "zigbee2mqtt/bedroom/climate/availability",
            "zigbee2mqtt/bedroom/mat",
            "zigbee2mqtt/bedroom/mat/availability",
            "zigbee2mqtt/bedroom/window",
            "zigbee2mqtt/bedroom/window/availability",
            "tele/room/SENSOR",
            "tele/room/LWT",
            "zigbee2mqtt/plug",
            "zigbee2mqtt/plug/availability",
            "zigbee2mqtt/valve",
            "zigbee2mqtt/valve/availability",
        ]
    );
    assert_eq!(house.filters_of(BEDROOM), house.filters());
    assert!(house.filters_of(NURSERY).is_empty());
    for topic in house.filters() {
        assert_ne!(house.decode(&topic, b"", false), Decoded::NotOurs, "{topic}");
    }
    assert_eq!(house.decode("zigbee2mqtt/plug/set", b"", false), Decoded::NotOurs);
}

proptest! {
    #[test]
    fn every_number_is_a_plausible_reading_or_garbled(value: f64, within in -200.0..200.0f64) {
        for number in [value, within] {
            let payload = format!(r#"{{"temperature":{number}}}"#);
            for item in items(&house(), "zigbee2mqtt/bedroom/climate", &payload) {
                if let Item::Reading { value, .. } = item {
                    prop_assert!(value.plausible(Place::Room));
                } else {
                    prop_assert!(matches!(item, Item::Garbled { .. }), "{item:?}");
                }
            }
        }
    }
}

#[test]
fn a_level_may_be_left_open() {
    let mut topics = Topics::default();
    topics.sensor(
        BEDROOM,
        SensorId(0),
        Place::Room,
        Quantity::Temperature,
        &plain("home/+/BTtoMQTT/A4C138000000", Some("tempc")),
    );
    let read = [Item::Reading {
        sensor: SensorId(0),
        value: Value::Temperature(Temperature(1940)),
        measured: Measured::WhenHeard,
    }];
    for gateway in ["landing", "bedroom"] {
        let topic = format!("home/{gateway}/BTtoMQTT/A4C138000000");
        assert_eq!(items(&topics, &topic, r#"{"tempc":19.4}"#), read);
    }
    for topic in ["home/landing/BTtoMQTT/B4C138000000", "home/BTtoMQTT/A4C138000000", "home"] {
        assert_eq!(topics.decode(topic, b"{}", false), Decoded::NotOurs, "{topic}");
    }
}

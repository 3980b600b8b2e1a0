//! What no family must fall over.

use proptest::prelude::*;

use super::house;
use crate::model::{ActuatorId, BedroomId, Item, Place, Quantity, SensorId};
use crate::wire::{
    Decoded, Device, LONGEST, Source, Topics, esphome, home_assistant, shelly, statestream,
    tasmota, theengs,
};

/// Sensors and actuators of a family, one of each kind.
type Samples = (Vec<Source>, Vec<Device>);

/// The families beside those of [`house`].
fn families() -> Vec<Samples> {
    vec![
        shelly::tests::samples(),
        tasmota::tests::samples(),
        esphome::tests::samples(),
        theengs::tests::samples(),
        statestream::tests::samples(),
        home_assistant::tests::samples(),
    ]
}

/// A house with everything, each sensor asked for each quantity.
fn everything() -> Topics {
    let mut topics = house();
    let (mut sensor, mut actuator) = (0..=u8::MAX, 0..=u8::MAX);
    for (n, (sources, devices)) in (7..).zip(families()) {
        let bedroom = BedroomId(n);
        for source in &sources {
            for quantity in [
                Quantity::Temperature,
                Quantity::Humidity,
                Quantity::Co2,
                Quantity::Occupied,
                Quantity::Open,
            ] {
                let id = SensorId(sensor.next().expect("few"));
                topics.sensor(bedroom, id, Place::Room, quantity, source);
            }
        }
        for device in &devices {
            let id = ActuatorId(actuator.next().expect("few"));
            topics.actuator(bedroom, id, device);
        }
    }
    topics
}

fn hear(topics: &Topics, payload: &[u8], retained: bool) {
    for topic in topics.filters() {
        let _ = topics.decode(&topic, payload, retained);
    }
}

proptest! {
    #[test]
    fn any_bytes_decode_without_panic(payload: Vec<u8>, retained: bool) {
        hear(&everything(), &payload, retained);
    }

    #[test]
    fn anything_like_json_decodes_without_panic(
        payload in concat!(
            r#"([{}\[\]":,.eE+\-0-9a ]|temperature|null|true|nan|state|"#,
            "tempc|hum|\"v\"|unit|°F|reported|setpoint|percentage|",
            "AHT1X|Temperature|StatusSNS|TempUnit|POWER|ENERGY|Power|FanSpeed|Switch1",
            "){0,40}",
        ),
    ) {
        hear(&everything(), payload.as_bytes(), false);
    }

    /// What is read is something that can have been measured, whatever a key holds.
    #[test]
    fn every_reading_is_plausible(
        key in "v|unit|reported|percentage|setpoint|current|tempc|tempf|hum|co2|open|motion",
        value in r#"-?[0-9]{1,30}(\.[0-9]{1,9})?(e[0-9]{1,3})?|"(°[CF]|on|off|unavailable|nan)"|null|\{\}"#,
        unit in r#""(°C|°F|K|%|)"|null|7"#,
        bare: bool,
    ) {
        let rest = r#""v":"on","reported":"2026-01-01T00:00:00Z""#;
        let object = format!(r#"{{"unit":{unit},{rest},"{key}":{value}}}"#);
        let payload = if bare { value } else { object };
        let topics = everything();
        for topic in topics.filters() {
            let Decoded::Heard(heard) = topics.decode(&topic, payload.as_bytes(), false) else {
                panic!("{topic} is listened to")
            };
            for item in heard.iter().flat_map(|(_, heard)| &heard.items) {
                if let Item::Reading { value, .. } = item {
                    prop_assert!(value.plausible(Place::Room), "{topic} {payload}");
                }
            }
        }
    }

    /// Well-formed objects, as deep as any family looks.
    #[test]
    fn any_object_decodes_without_panic(
        outer in "[A-Za-z0-9:]{1,12}|StatusSNS|ENERGY|params|result",
        inner in "[A-Za-z0-9:]{1,12}|Power|AHT1X|switch:0|temperature:0",
        leaf in "Temperature|Humidity|Action|output|tC|rh|apower",
        number: f64,
    ) {
        let topics = everything();
        for value in [number.to_string(), "null".into(), "[]".into(), "{}".into(), "\"x\"".into()] {
            let one = format!(r#"{{"{inner}":{{"{leaf}":{value}}}}}"#);
            hear(&topics, one.as_bytes(), false);
            hear(&topics, format!(r#"{{"{outer}":{one}}}"#).as_bytes(), false);
            hear(&topics, format!(r#"{{"{outer}":[{one},{value}]}}"#).as_bytes(), false);
        }
    }
}

#[test]
fn what_is_too_long_or_too_deep_decodes_without_panic() {
    let topics = everything();
    hear(&topics, " ".repeat(LONGEST + 1).as_bytes(), false);
    for open in ["[", "{\"A\":", "{\"params\":"] {
        hear(&topics, open.repeat(20_000).as_bytes(), false);
    }
}

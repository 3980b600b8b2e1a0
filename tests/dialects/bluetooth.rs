//! Bluetooth thermometers that two gateways hear; everything else has plain topics.

use serde_json::json;

use crate::family::{Family, Order, Said, State, Thing, Unix};
use crate::plain::{IN_BED, Plain, in_bed};

pub(crate) struct Gateways;

impl Family for Gateways {
    fn sensors(&self) -> String {
        let climate = "room: { theengs: A4:C1:38:00:00:01 }\nbed: { theengs: a4c138000002 }\n";
        climate.to_owned() + IN_BED
    }

    fn device(&self, thing: Thing) -> String {
        Plain.device(thing)
    }

    fn has(&self, _thing: Thing) -> bool {
        true
    }

    fn can_time(&self) -> bool {
        false
    }

    fn climate(&self, name: &str, _at: Unix, celsius: f64, percent: f64) -> Vec<Said> {
        let number = if name == "room" { "01" } else { "02" };
        let said = |gateway: &str, rssi: i32| {
            let said = json!({
                "id": format!("A4:C1:38:00:00:{number}"), "rssi": rssi, "batt": 90,
                "tempc": celsius, "tempf": celsius * 1.8 + 32.0, "hum": percent,
            });
            (format!("home/{gateway}/BTtoMQTT/A4C1380000{number}"), said.to_string())
        };
        vec![said("OMG_landing", -70), said("TheengsGateway", -85)]
    }

    fn in_bed(&self, _at: Unix, somebody: bool) -> Vec<Said> {
        in_bed(somebody)
    }

    /// The third hears neither thermometer.
    fn availability(&self, online: bool) -> Vec<Said> {
        let word = if online { "online" } else { "offline" };
        [("OMG_garage", "online"), ("OMG_landing", word), ("TheengsGateway", word)]
            .map(|(gateway, word)| (format!("home/{gateway}/LWT"), word.to_owned()))
            .to_vec()
    }

    fn read(&self, topic: &str, payload: &str) -> Option<(Thing, Order)> {
        Plain.read(topic, payload)
    }

    fn report(&self, thing: Thing, at: Unix, state: State) -> Vec<Said> {
        Plain.report(thing, at, state)
    }
}

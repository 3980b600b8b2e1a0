//! Home Assistant's statestream, in a home with °F; actuators have plain topics.

use crate::family::{Family, Order, Said, State, Thing, Unix};
use crate::plain::Plain;

pub(crate) struct Stream;

fn topic(rest: &str) -> String {
    format!("homeassistant/{rest}")
}

impl Family for Stream {
    fn sensors(&self) -> String {
        let climate = |name: &str| {
            format!(
                "{name}: {{ statestream: {{ entity: climate.{name}, unit: fahrenheit }}, humidity: \
                 {{ statestream: sensor.{name}_humidity }} }}\n"
            )
        };
        let in_bed = "in_bed: { statestream: binary_sensor.mat }\n";
        [&climate("room"), &climate("bed"), in_bed].concat()
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
        let fahrenheit = format!("{:.1}", celsius * 1.8 + 32.0);
        vec![
            (topic(&format!("climate/{name}/current_temperature")), fahrenheit),
            (topic(&format!("sensor/{name}_humidity/state")), percent.to_string()),
        ]
    }

    fn in_bed(&self, _at: Unix, somebody: bool) -> Vec<Said> {
        let said = if somebody { "on" } else { "off" };
        vec![(topic("binary_sensor/mat/state"), said.to_owned())]
    }

    fn availability(&self, online: bool) -> Vec<Said> {
        vec![(topic("status"), if online { "online" } else { "offline" }.to_owned())]
    }

    fn read(&self, told: &str, payload: &str) -> Option<(Thing, Order)> {
        Plain.read(told, payload)
    }

    fn report(&self, thing: Thing, at: Unix, state: State) -> Vec<Said> {
        Plain.report(thing, at, state)
    }
}

//! Entities of Home Assistant behind uncramp's own blueprints.

use chrono::DateTime;
use serde_json::{Value, json};

use crate::family::{Family, Order, Said, State, Thing, Unix};

pub(crate) struct Blueprints;

fn id(thing: Thing) -> &'static str {
    match thing {
        Thing::Plug => "switch.plug",
        Thing::Valve => "climate.valve",
        Thing::Fan => "fan.fan",
    }
}

fn state(id: &str, at: Unix, mut said: Value) -> Said {
    let reported = DateTime::from_timestamp_millis(at).expect("a time").to_rfc3339();
    said["reported"] = reported.into();
    (format!("uncramp/home_assistant/{id}/state"), said.to_string())
}

impl Family for Blueprints {
    fn sensors(&self) -> String {
        let climate = |name: &str| {
            format!(
                "{name}: {{ home_assistant: sensor.{name}, humidity: {{ home_assistant: \
                 sensor.{name}_humidity }} }}\n"
            )
        };
        let in_bed = "in_bed: { home_assistant: binary_sensor.mat }\n";
        [&climate("room"), &climate("bed"), in_bed].concat()
    }

    fn device(&self, thing: Thing) -> String {
        let levels = if thing == Thing::Fan { "levels: 3\n" } else { "" };
        format!("home_assistant: {}\n{levels}", id(thing))
    }

    fn has(&self, _thing: Thing) -> bool {
        true
    }

    fn can_time(&self) -> bool {
        false
    }

    fn climate(&self, name: &str, at: Unix, celsius: f64, percent: f64) -> Vec<Said> {
        let celsius = json!({ "v": celsius.to_string(), "unit": "°C" });
        let percent = json!({ "v": percent.to_string(), "unit": "%" });
        vec![
            state(&format!("sensor.{name}"), at, celsius),
            state(&format!("sensor.{name}_humidity"), at, percent),
        ]
    }

    fn in_bed(&self, at: Unix, somebody: bool) -> Vec<Said> {
        vec![state("binary_sensor.mat", at, json!({ "v": if somebody { "on" } else { "off" } }))]
    }

    fn availability(&self, online: bool) -> Vec<Said> {
        vec![state(
            "sensor.room",
            0,
            json!({ "v": if online { "unknown" } else { "unavailable" } }),
        )]
    }

    fn read(&self, told: &str, payload: &str) -> Option<(Thing, Order)> {
        let things = [Thing::Plug, Thing::Valve, Thing::Fan];
        let told = told.strip_prefix("uncramp/home_assistant/")?.strip_suffix("/set")?;
        let thing = things.into_iter().find(|thing| told == id(*thing))?;
        let command: Value = serde_json::from_str(payload).expect("a command is JSON");
        let order = match command["do"].as_str().expect("what to do") {
            "on" => Order::On(None),
            "off" => Order::Off,
            "set_temperature" => {
                assert_eq!(command["unit"], "°C");
                Order::SetPoint(command["temperature"].as_f64().expect("a number"))
            }
            "percentage" => match command["percentage"].as_u64() {
                Some(33) => Order::Level(1),
                Some(66) => Order::Level(2),
                other => panic!("{other:?} %"),
            },
            other => panic!("{other}"),
        };
        Some((thing, order))
    }

    fn report(&self, thing: Thing, at: Unix, of: State) -> Vec<Said> {
        let said = match of {
            State::Relay(on) => json!({ "v": if on { "on" } else { "off" } }),
            State::SetPoint(celsius) => {
                json!({ "v": "heat", "unit": "°C", "setpoint": celsius, "current": null })
            }
            State::Level(0) => json!({ "v": "off", "percentage": 0 }),
            State::Level(level) => {
                json!({ "v": "on", "percentage": u32::from(level) * 100 / 3 })
            }
        };
        vec![state(id(thing), at, said)]
    }
}

//! Devices behind Zigbee2MQTT.

use serde_json::{Value, json};
use uncramp::model::Span;

use crate::family::{Family, Order, Said, State, Thing, Unix};

pub(crate) struct Network;

fn topic(thing: Thing) -> &'static str {
    match thing {
        Thing::Plug => "zigbee2mqtt/plug",
        Thing::Valve => "zigbee2mqtt/valve",
        Thing::Fan => "zigbee2mqtt/fan",
    }
}

const LEVELS: [&str; 4] = ["off", "low", "medium", "high"];

impl Family for Network {
    fn sensors(&self) -> String {
        "room: { zigbee2mqtt: room }\nbed: { zigbee2mqtt: bed }\nin_bed: { zigbee2mqtt: mat }\n"
            .to_owned()
    }

    fn device(&self, thing: Thing) -> String {
        match thing {
            Thing::Plug => "zigbee2mqtt: plug\n",
            Thing::Valve => "zigbee2mqtt: { device: valve, setpoint: occupied_heating_setpoint }\n",
            Thing::Fan => "zigbee2mqtt: fan\nlevels: [low, medium, high]\n",
        }
        .to_owned()
    }

    fn has(&self, _thing: Thing) -> bool {
        true
    }

    fn can_time(&self) -> bool {
        true
    }

    fn climate(&self, name: &str, _at: Unix, celsius: f64, percent: f64) -> Vec<Said> {
        let said =
            json!({"battery": 97, "humidity": percent, "linkquality": 120, "temperature": celsius});
        vec![(format!("zigbee2mqtt/{name}"), said.to_string())]
    }

    fn in_bed(&self, _at: Unix, somebody: bool) -> Vec<Said> {
        vec![("zigbee2mqtt/mat".to_owned(), json!({ "occupancy": somebody }).to_string())]
    }

    fn availability(&self, online: bool) -> Vec<Said> {
        let said = json!({ "state": if online { "online" } else { "offline" } });
        vec![("zigbee2mqtt/room/availability".to_owned(), said.to_string())]
    }

    fn read(&self, told: &str, payload: &str) -> Option<(Thing, Order)> {
        let things = [Thing::Plug, Thing::Valve, Thing::Fan];
        let thing = things.into_iter().find(|t| told.strip_suffix("/set") == Some(topic(*t)))?;
        let command: Value = serde_json::from_str(payload).expect("a command is JSON");
        let order = match thing {
            Thing::Plug if command["state"] == "ON" => {
                Order::On(command["on_time"].as_i64().map(Span::seconds))
            }
            Thing::Plug => Order::Off,
            Thing::Valve => {
                command["occupied_heating_setpoint"].as_f64().map_or(Order::Other, Order::SetPoint)
            }
            Thing::Fan => {
                let level = LEVELS.iter().position(|level| command["fan_mode"] == *level);
                Order::Level(u8::try_from(level.expect("a mode")).expect("one of four"))
            }
        };
        Some((thing, order))
    }

    fn report(&self, thing: Thing, _at: Unix, state: State) -> Vec<Said> {
        let said = match state {
            State::Relay(on) => {
                json!({ "linkquality": 80, "state": if on { "ON" } else { "OFF" } })
            }
            State::Level(level) => json!({ "fan_mode": LEVELS[usize::from(level)] }),
            State::SetPoint(celsius) => json!({ "occupied_heating_setpoint": celsius }),
        };
        vec![(topic(thing).to_owned(), said.to_string())]
    }
}

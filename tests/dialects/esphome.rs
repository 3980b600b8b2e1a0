//! Entities of an ESPHome node.

use std::cell::Cell;

use crate::family::{Family, Order, Said, State, Thing, Unix};

/// A fan keeps its level while it is off, and says so.
#[derive(Default)]
pub(crate) struct Node {
    level: Cell<u8>,
    runs: Cell<bool>,
}

fn topic(rest: &str) -> String {
    format!("bedroom-node/{rest}")
}

impl Node {
    fn fan(&self) -> Vec<Said> {
        let runs = if self.runs.get() { "ON" } else { "OFF" };
        vec![
            (topic("fan/fan/state"), runs.to_owned()),
            (topic("fan/fan/speed_level/state"), self.level.get().to_string()),
        ]
    }
}

impl Family for Node {
    fn sensors(&self) -> String {
        let climate = |name: &str| {
            format!(
                "{name}: {{ esphome: bedroom-node/sensor/{name}_t, humidity: {{ esphome: \
                 bedroom-node/sensor/{name}_h }} }}\n"
            )
        };
        let in_bed = "in_bed: { esphome: bedroom-node/binary_sensor/mat }\n";
        [&climate("room"), &climate("bed"), in_bed].concat()
    }

    fn device(&self, thing: Thing) -> String {
        match thing {
            Thing::Plug => "esphome: bedroom-node/switch/plug\n",
            Thing::Valve => "esphome: bedroom-node/climate/valve\n",
            Thing::Fan => "esphome: bedroom-node/fan/fan\nlevels: 3\n",
        }
        .to_owned()
    }

    fn has(&self, _thing: Thing) -> bool {
        true
    }

    fn can_time(&self) -> bool {
        false
    }

    fn climate(&self, name: &str, _at: Unix, celsius: f64, percent: f64) -> Vec<Said> {
        vec![
            (topic(&format!("sensor/{name}_t/state")), format!("{celsius:.1}")),
            (topic(&format!("sensor/{name}_h/state")), format!("{percent:.1}")),
        ]
    }

    fn in_bed(&self, _at: Unix, somebody: bool) -> Vec<Said> {
        let said = if somebody { "ON" } else { "OFF" };
        vec![(topic("binary_sensor/mat/state"), said.to_owned())]
    }

    fn availability(&self, online: bool) -> Vec<Said> {
        let word = if online { "online" } else { "offline" };
        vec![(topic("status"), word.to_owned())]
    }

    fn read(&self, told: &str, payload: &str) -> Option<(Thing, Order)> {
        let (thing, order) = match told.strip_prefix("bedroom-node/")? {
            "switch/plug/command" if payload == "ON" => (Thing::Plug, Order::On(None)),
            "switch/plug/command" => (Thing::Plug, Order::Off),
            "climate/valve/target_temperature/command" => {
                (Thing::Valve, Order::SetPoint(payload.parse().expect("a number")))
            }
            "fan/fan/speed_level/command" => {
                self.level.set(payload.parse().expect("a level"));
                (Thing::Fan, Order::Other)
            }
            "fan/fan/command" if payload == "ON" => {
                (Thing::Fan, Order::Level(self.level.get().max(1)))
            }
            "fan/fan/command" => (Thing::Fan, Order::Off),
            _ => return None,
        };
        Some((thing, order))
    }

    fn report(&self, thing: Thing, _at: Unix, state: State) -> Vec<Said> {
        match state {
            State::Relay(on) => {
                assert_eq!(thing, Thing::Plug);
                vec![(topic("switch/plug/state"), if on { "ON" } else { "OFF" }.to_owned())]
            }
            State::SetPoint(celsius) => vec![
                (topic("climate/valve/mode/state"), "heat".to_owned()),
                (topic("climate/valve/target_temperature/state"), format!("{celsius:.1}")),
            ],
            State::Level(level) => {
                self.runs.set(level > 0);
                self.level.set(if level > 0 { level } else { self.level.get().max(2) });
                self.fan()
            }
        }
    }

    /// What a fan says of a level that it is told for later.
    fn noticed(&self, thing: Thing) -> Vec<Said> {
        if thing == Thing::Fan { self.fan() } else { Vec::new() }
    }
}

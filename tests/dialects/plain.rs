//! Topics of the owner's choice: what all families are held against.

use crate::family::{Family, Order, Said, State, Thing, Unix};

pub(crate) struct Plain;

/// Lines for a bed sensor with a plain topic, for families that have none.
pub(crate) const IN_BED: &str = "in_bed: { topic: mat }\n";

/// What that sensor says.
pub(crate) fn in_bed(somebody: bool) -> Vec<Said> {
    vec![("mat".to_owned(), if somebody { "ON" } else { "OFF" }.to_owned())]
}

fn name(thing: Thing) -> &'static str {
    match thing {
        Thing::Plug => "plug",
        Thing::Valve => "valve",
        Thing::Fan => "fan",
    }
}

impl Family for Plain {
    fn sensors(&self) -> String {
        let climate = |name: &str| {
            format!(
                "{name}: {{ topic: {name}, availability: {name}/status, temperature: {{ path: t }}, \
                 humidity: {{ path: h }} }}\n"
            )
        };
        [&climate("room"), &climate("bed"), IN_BED].concat()
    }

    fn device(&self, thing: Thing) -> String {
        let name = name(thing);
        format!("command: {name}/set\nstate: {name}\navailability: {name}/status\n")
            + if thing == Thing::Fan { "levels: 3\n" } else { "" }
    }

    fn has(&self, _thing: Thing) -> bool {
        true
    }

    fn can_time(&self) -> bool {
        false
    }

    fn climate(&self, name: &str, _at: Unix, celsius: f64, percent: f64) -> Vec<Said> {
        vec![(name.to_owned(), format!(r#"{{"t":{celsius},"h":{percent}}}"#))]
    }

    fn in_bed(&self, _at: Unix, somebody: bool) -> Vec<Said> {
        in_bed(somebody)
    }

    fn availability(&self, online: bool) -> Vec<Said> {
        let word = if online { "online" } else { "offline" };
        vec![("room/status".to_owned(), word.to_owned())]
    }

    fn read(&self, topic: &str, payload: &str) -> Option<(Thing, Order)> {
        let things = [Thing::Plug, Thing::Valve, Thing::Fan];
        let thing = things.into_iter().find(|t| topic.strip_suffix("/set") == Some(name(*t)))?;
        let order = match (thing, payload) {
            (_, "OFF") => Order::Off,
            (Thing::Plug, "ON") => Order::On(None),
            (Thing::Fan, level) => Order::Level(level.parse().expect("a level")),
            (_, setpoint) => Order::SetPoint(setpoint.parse().expect("a set-point")),
        };
        Some((thing, order))
    }

    fn report(&self, thing: Thing, _at: Unix, state: State) -> Vec<Said> {
        let said = match state {
            State::Relay(on) => if on { "ON" } else { "OFF" }.to_owned(),
            State::Level(level) => level.to_string(),
            State::SetPoint(celsius) => celsius.to_string(),
        };
        vec![(name(thing).to_owned(), said)]
    }
}

//! Shelly devices of the first generation: an H&T on its cable, an input, and a plug
//! without a timer.

use crate::family::{Family, Order, Said, State, Thing, Unix};

pub(crate) struct First;

const ROOM: &str = "shellies/shellyht-1A2B3C";
const PLUG: &str = "shellies/shellyplug-s-DB2A7C";

impl Family for First {
    fn sensors(&self) -> String {
        "room: { shelly: { device: shellyht-1A2B3C, unit: fahrenheit, sleeps: false } }\n\
         in_bed: { shelly: { device: mat, generation: 1 } }\n"
            .to_owned()
    }

    fn device(&self, thing: Thing) -> String {
        assert_eq!(thing, Thing::Plug);
        "shelly: shellyplug-s-DB2A7C\n".to_owned()
    }

    fn has(&self, thing: Thing) -> bool {
        thing == Thing::Plug
    }

    fn can_time(&self) -> bool {
        false
    }

    fn climate(&self, name: &str, _at: Unix, celsius: f64, percent: f64) -> Vec<Said> {
        assert_eq!(name, "room");
        let fahrenheit = celsius * 1.8 + 32.0;
        vec![
            (format!("{ROOM}/sensor/temperature"), format!("{fahrenheit:.2}")),
            (format!("{ROOM}/sensor/humidity"), format!("{percent:.1}")),
            (format!("{ROOM}/sensor/battery"), "97".to_owned()),
        ]
    }

    fn in_bed(&self, _at: Unix, somebody: bool) -> Vec<Said> {
        vec![("shellies/mat/input/0".to_owned(), u8::from(somebody).to_string())]
    }

    fn availability(&self, online: bool) -> Vec<Said> {
        vec![(format!("{ROOM}/online"), online.to_string())]
    }

    fn read(&self, topic: &str, payload: &str) -> Option<(Thing, Order)> {
        if topic.strip_suffix("/relay/0/command") != Some(PLUG) {
            return None;
        }
        let order = match payload {
            "on" => Order::On(None),
            "off" => Order::Off,
            other => panic!("a plug was told {other}"),
        };
        Some((Thing::Plug, order))
    }

    /// Its state, and at once what it draws.
    fn report(&self, _thing: Thing, _at: Unix, state: State) -> Vec<Said> {
        let State::Relay(on) = state else { panic!("a relay") };
        let (word, watts) = if on { ("on", "1480.52") } else { ("off", "0.00") };
        vec![
            (format!("{PLUG}/relay/0"), word.to_owned()),
            (format!("{PLUG}/relay/0/power"), watts.to_owned()),
        ]
    }
}

//! Devices with Tasmota: a thermometer in °F, a bed sensor in °C whose topics are turned
//! round, a plug and an iFan.

use serde_json::json;
use uncramp::model::Span;

use crate::family::{Family, Order, Said, State, Thing, Unix};

pub(crate) struct Tasmota;

/// Local, and without saying whose: no use to anybody.
const TIME: &str = "2026-01-10T22:45:00";

fn on_off(on: bool) -> &'static str {
    if on { "ON" } else { "OFF" }
}

fn said(topic: &str, payload: &impl ToString) -> Said {
    (topic.to_owned(), payload.to_string())
}

impl Family for Tasmota {
    fn sensors(&self) -> String {
        "room: { tasmota: room }\n\
         bed: { tasmota: { device: bed, full_topic: \"home/%topic%/%prefix%\", sensor: DS1 } }\n\
         in_bed: { tasmota: mat }\n"
            .to_owned()
    }

    fn device(&self, thing: Thing) -> String {
        match thing {
            Thing::Plug => "tasmota: { device: plug, relay: 2 }\n",
            Thing::Fan => "tasmota: ifan\nlevels: 3\n",
            Thing::Valve => panic!("Tasmota has no valves"),
        }
        .to_owned()
    }

    fn has(&self, thing: Thing) -> bool {
        thing != Thing::Valve
    }

    fn can_time(&self) -> bool {
        true
    }

    fn climate(&self, name: &str, _at: Unix, celsius: f64, percent: f64) -> Vec<Said> {
        if name == "room" {
            // Tasmota rounds to tenths.
            let fahrenheit = (celsius * 18.0 + 320.0).round() / 10.0;
            let am2301 = json!({ "Temperature": fahrenheit, "Humidity": percent });
            let sensor = json!({ "Time": TIME, "AM2301": am2301, "TempUnit": "F" });
            return vec![said("tele/room/SENSOR", &sensor)];
        }
        let one = json!({ "Temperature": celsius, "Humidity": percent });
        let other = json!({ "Temperature": 5.5 });
        let sensor = json!({ "Time": TIME, "DS1": one, "DS2": other, "TempUnit": "C" });
        vec![said("home/bed/tele/SENSOR", &sensor)]
    }

    fn in_bed(&self, _at: Unix, somebody: bool) -> Vec<Said> {
        let moved = json!({ "Switch1": { "Action": on_off(somebody) } });
        vec![said("stat/mat/RESULT", &moved)]
    }

    fn availability(&self, online: bool) -> Vec<Said> {
        vec![said("tele/room/LWT", &if online { "Online" } else { "Offline" })]
    }

    fn read(&self, topic: &str, payload: &str) -> Option<(Thing, Order)> {
        match (topic, payload) {
            ("cmnd/plug/Backlog0", "State;Power2;PowerOnState") => None,
            ("cmnd/plug/Backlog0", both) => {
                let (pulse, power) = both.split_once(';').expect("two commands");
                assert_eq!(power, "Power2 ON");
                let pulse = pulse.strip_prefix("PulseTime2 ").expect("its timer first");
                let seconds = pulse.parse::<i64>().expect("a number") - 100;
                Some((Thing::Plug, Order::On(Some(Span::seconds(seconds)))))
            }
            ("cmnd/plug/Power2", "OFF") => Some((Thing::Plug, Order::Off)),
            ("cmnd/plug/PulseTime2", "0") => Some((Thing::Plug, Order::Other)),
            ("cmnd/ifan/FanSpeed", speed) => {
                Some((Thing::Fan, Order::Level(speed.parse().expect("a speed"))))
            }
            (topic, _) if topic.starts_with("cmnd/") => panic!("{topic} {payload}"),
            _ => None,
        }
    }

    /// The result, the state on its own topic, and now and then everything.
    fn report(&self, thing: Thing, _at: Unix, state: State) -> Vec<Said> {
        match state {
            State::Relay(on) => vec![
                said("stat/plug/RESULT", &json!({ "POWER2": on_off(on) })),
                said("stat/plug/POWER2", &on_off(on)),
                said(
                    "tele/plug/STATE",
                    &json!({ "Time": TIME, "POWER1": "ON", "POWER2": on_off(on) }),
                ),
            ],
            State::Level(speed) => {
                vec![said("stat/ifan/RESULT", &json!({ "FanSpeed": speed }))]
            }
            State::SetPoint(_) => panic!("a {thing:?} holds no set-point"),
        }
    }
}

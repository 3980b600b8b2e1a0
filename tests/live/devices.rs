//! Devices behind Zigbee2MQTT that do as they are told, and remember what that was.

use serde_json::{Value, json};
use uncramp::model::{Span, Time};

use crate::night::Devices;

/// What stands in the bedroom.
pub(crate) enum Device {
    Plug(Plug),
    Valve(Valve),
}

/// A plug whose own timer works.
#[derive(Default)]
pub(crate) struct Plug {
    /// Every time its relay moved, and to where.
    pub(crate) switchings: Vec<(Time, bool)>,
    /// Every time it was told, repetitions and renewals included.
    pub(crate) commands: Vec<Time>,
    until: Option<Time>,
}

/// A valve that takes its set-point and the room's temperature.
pub(crate) struct Valve {
    pub(crate) setpoint: f64,
}

impl Device {
    pub(crate) const fn topic(&self) -> &'static str {
        match self {
            Self::Plug(_) => "zigbee2mqtt/bedroom_plug",
            Self::Valve(_) => "zigbee2mqtt/bedroom_valve",
        }
    }

    /// What it says of itself.
    pub(crate) fn report(&self) -> String {
        match self {
            Self::Plug(plug) => json!({ "state": if plug.on() { "ON" } else { "OFF" } }),
            Self::Valve(valve) => json!({ "occupied_heating_setpoint": valve.setpoint }),
        }
        .to_string()
    }

    pub(crate) fn plug(&self) -> &Plug {
        match self {
            Self::Plug(plug) => plug,
            Self::Valve(_) => panic!("a valve is no plug"),
        }
    }
}

impl Devices for Device {
    fn command(&mut self, now: Time, topic: &str, payload: &[u8]) -> Option<Vec<(String, String)>> {
        if topic.strip_suffix("/set") != Some(self.topic()) {
            return None;
        }
        let command: Value = serde_json::from_slice(payload).expect("a command is JSON");
        match self {
            Self::Plug(plug) => {
                plug.commands.push(now);
                let on = command["state"] == "ON";
                plug.until = command["on_time"].as_i64().map(|s| now + Span::seconds(s));
                plug.switch(now, on);
            }
            Self::Valve(valve) => match command["occupied_heating_setpoint"].as_f64() {
                Some(setpoint) => valve.setpoint = setpoint,
                None => return Some(Vec::new()),
            },
        }
        Some(vec![(self.topic().to_owned(), self.report())])
    }

    fn asked(&self, _topic: &str) -> Vec<(String, String)> {
        vec![(self.topic().to_owned(), self.report())]
    }

    fn until(&self) -> Option<Time> {
        match self {
            Self::Plug(plug) => plug.until,
            Self::Valve(_) => None,
        }
    }

    fn pass(&mut self, now: Time) -> Vec<(String, String)> {
        let Self::Plug(plug) = self else { return Vec::new() };
        if plug.until.is_none_or(|until| until > now) {
            return Vec::new();
        }
        plug.until = None;
        plug.switch(now, false);
        vec![(self.topic().to_owned(), self.report())]
    }
}

impl Plug {
    pub(crate) fn on(&self) -> bool {
        self.switchings.last().is_some_and(|(_, on)| *on)
    }

    fn switch(&mut self, now: Time, on: bool) {
        if on != self.on() {
            self.switchings.push((now, on));
        }
    }
}

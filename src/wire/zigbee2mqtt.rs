//! Devices behind Zigbee2MQTT 2.x.
//!
//! Topics and payloads: <https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html>
//! and the pages of the devices below <https://www.zigbee2mqtt.io/devices/>.

mod names;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

pub use names::{Address, Listed, Names, groups_of, is_list, list_of};

use super::dialect::{Acting, Line, Sensing};
use super::json::{Found, find};
use super::plain::Unit;
use super::sensor::{Read, Wanted, when_heard};
use super::words::{numeric_at, percent, truth_at, watts};
use super::{HOME_ASSISTANT, Message, SETPOINT_STEP, decimal};
use crate::model::{Battery, Echo, Place, Span, Switch, Temperature, Value};

/// The longest that `on_time` can say: Zigbee's timer counts 65 535 tenths of a second,
/// of which the last is "for ever".
const LONGEST_TIMER: Span = Span::seconds(6553);

/// One property of one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Zigbee2MQTT's base topic, `zigbee2mqtt` unless it was changed.
    pub base: String,
    /// The device's friendly name, which may contain `/`, or its [`Address`].
    pub device: String,
    /// The property, such as `temperature`, `occupancy`, `presence` or `contact`.
    pub property: String,
    /// For occupancy and windows: true means nobody there, or closed. Zigbee2MQTT's
    /// `contact` is true when closed; the plan has turned that round already.
    pub inverted: bool,
}

/// A plug, valve or fan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Zigbee2MQTT's base topic, `zigbee2mqtt` unless it was changed.
    pub base: String,
    /// The device's friendly name, which may contain `/`, or its [`Address`].
    pub device: String,
    /// Which of several relays or sockets, such as `l1` or `left`; none where there is one.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// What kind of Zigbee device it is.
    pub form: Form,
}

/// What kind of Zigbee device an actuator is, with the properties it understands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A plug or relay: `state`, `on_time`, perhaps `power`.
    Plug,
    /// A radiator valve: `occupied_heating_setpoint` or `current_heating_setpoint`,
    /// `local_temperature`.
    Valve {
        /// The set-point's property.
        setpoint: String,
        /// The property that takes the room's temperature, and the value of
        /// `sensor_select` (or whichever property chooses the sensor) for the outside
        /// and the own thermometer; none where the valve takes none.
        feed: Option<Feed>,
    },
    /// A fan with named levels in `fan_mode`, lowest first, `off` not among them.
    FanMode {
        /// The levels' names, such as `low`, `medium`, `high`.
        levels: Vec<String>,
    },
    /// A fan with a number in `speed` and `state`.
    FanSpeed {
        /// The numbers of the levels, lowest first.
        levels: Vec<u16>,
    },
}

/// How a valve is fed with the room's temperature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// The property that takes the temperature, such as `external_temperature_input`.
    pub property: String,
    /// The property that chooses the thermometer, such as
    /// `temperature_sensor_select`; none where the valve falls back by itself.
    pub select: Option<String>,
    /// Its value for the temperature that is fed, such as `external`.
    pub external: String,
    /// Its value for the valve's own thermometer, such as `internal`.
    pub internal: String,
}

impl Sensing for Source {
    fn lines(&self) -> Vec<Line> {
        lines(&self.base, &self.device)
    }

    /// `last_seen` is no time of measurement: it is the time of any frame, also of one
    /// that carries an old temperature along.
    fn read(&self, _line: u8, text: &str, retained: bool, wanted: Wanted) -> Option<Read> {
        // What was kept under a name is taken back when the device is renamed.
        if text.is_empty() {
            return None;
        }
        let value = wanted.at(text, &[&self.property], Unit::Celsius, self.inverted)?;
        Some(value.map(|value| (value, when_heard(retained))))
    }

    fn tells_battery(&self, _line: u8) -> bool {
        true
    }

    fn battery(&self, _line: u8, text: &str) -> Option<Battery> {
        battery(text)
    }

    fn label(&self) -> String {
        format!("{}/{}", self.base, self.device)
    }
}

impl Acting for Device {
    fn lines(&self) -> Vec<Line> {
        lines(&self.base, &self.device)
    }

    fn echoes(&self, _line: u8, text: &str) -> SmallVec<[Echo; 2]> {
        match &self.form {
            Form::Plug => {
                let relay = truth_at(text, &self.property("state")).map(Echo::Relay);
                let power = numeric_at(text, &self.property("power")).and_then(watts);
                let then = self.after_power_cut(text).map(Echo::AfterPowerCut);
                relay.into_iter().chain(power.map(Echo::Power)).chain(then).collect()
            }
            Form::Valve { setpoint, .. } => {
                let setpoint = degrees(text, setpoint).map(Echo::SetPoint);
                let own = degrees(text, "local_temperature").map(Echo::OwnTemperature);
                setpoint.into_iter().chain(own).collect()
            }
            Form::FanMode { levels } => mode_echo(levels, text).into_iter().collect(),
            Form::FanSpeed { levels } => match (truth_at(text, "state"), numeric_at(text, "speed"))
            {
                (Some(false), _) => smallvec![Echo::Level(0)],
                (_, Some(speed)) => smallvec![Echo::Level(nearest(levels, speed))],
                (Some(true), None) => smallvec![Echo::Relay(true)],
                (None, None) => SmallVec::new(),
            },
        }
    }

    fn tells_battery(&self, _line: u8) -> bool {
        matches!(self.form, Form::Valve { .. })
    }

    fn battery(&self, _line: u8, text: &str) -> Option<Battery> {
        battery(text)
    }

    fn commands(&self, switch: &Switch) -> SmallVec<[Message; 2]> {
        let payload = match &self.form {
            Form::Plug => plug(switch),
            Form::Valve { setpoint, feed } => valve(setpoint, feed.as_ref(), switch),
            Form::FanMode { levels } => fan_mode(levels, switch),
            Form::FanSpeed { levels } => fan_speed(levels, switch),
        };
        payload.map(|payload| Message::command(self.target(), payload)).into_iter().collect()
    }

    fn query(&self) -> Option<Message> {
        let property = match &self.form {
            Form::Plug | Form::FanSpeed { .. } => "state",
            Form::Valve { setpoint, .. } => setpoint,
            Form::FanMode { .. } => "fan_mode",
        };
        let payload = object(&[(property, quoted(""))]);
        Some(Message::command(format!("{}/get", self.place()), payload))
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    fn address(&self) -> String {
        self.place()
    }

    fn target(&self) -> String {
        format!("{}/set", self.place())
    }

    fn can_time(&self) -> bool {
        self.form == Form::Plug
    }

    fn takes_feed(&self) -> bool {
        matches!(self.form, Form::Valve { feed: Some(_), .. })
    }
}

impl Source {
    /// The same by the name that its device has now.
    #[must_use]
    pub fn named(&self, names: &Names) -> Self {
        Self { device: names.present(&self.base, &self.device), ..self.clone() }
    }
}

impl Device {
    /// The same by the name that it has now, which is needed to hear it and not to tell it:
    /// Zigbee2MQTT takes commands by address, also while a device is being renamed
    /// (`settings.getDevice` in its `lib/util/settings.ts` looks for the address first).
    #[must_use]
    pub fn named(&self, names: &Names) -> Self {
        Self { device: names.present(&self.base, &self.device), ..self.clone() }
    }

    /// Where it takes commands, without the last level.
    fn place(&self) -> String {
        let Self { base, device, endpoint, .. } = self;
        match endpoint {
            Some(endpoint) => format!("{base}/{device}/{endpoint}"),
            None => format!("{base}/{device}"),
        }
    }

    /// Whether it comes back on, or may, when power returns: its own setting, or that of all
    /// its relays.
    fn after_power_cut(&self, text: &str) -> Option<bool> {
        const NAMES: [&str; 2] = ["power_on_behavior", "power_outage_memory"];
        let own = NAMES.map(|name| self.property(name));
        let all = NAMES.map(Cow::Borrowed);
        own.iter().chain(&all).find_map(|name| returns_on(text, name))
    }

    /// What a property is called in its reports.
    fn property<'n>(&self, name: &'n str) -> Cow<'n, str> {
        match &self.endpoint {
            Some(endpoint) => Cow::Owned(format!("{name}_{endpoint}")),
            None => Cow::Borrowed(name),
        }
    }
}

/// Devices tell percent, or only that it is low
/// (<https://www.zigbee2mqtt.io/guide/usage/exposes.html>).
fn battery(text: &str) -> Option<Battery> {
    let full = numeric_at(text, "battery").and_then(percent);
    full.or_else(|| truth_at(text, "battery_low").map(Battery::Low))
}

/// What a plug does when power returns. `previous` and `restore` bring back an on, and so may
/// `toggle`; where it is only yes or no, yes brings back what was.
fn returns_on(text: &str, property: &str) -> Option<bool> {
    match find(text, &[property]) {
        Found::Truth(kept) => Some(kept),
        Found::Text(word) => match word.as_ref() {
            "off" => Some(false),
            "on" | "previous" | "restore" | "toggle" => Some(true),
            _ => None,
        },
        Found::Null
        | Found::Number(_)
        | Found::Nested
        | Found::Nothing
        | Found::Elsewhere
        | Found::Broken => None,
    }
}

/// What the bridge says of itself holds for every device behind it.
fn lines(base: &str, device: &str) -> Vec<Line> {
    let bridge = format!("{base}/bridge/state");
    vec![
        Line::repeats(&bridge),
        Line::repeats(HOME_ASSISTANT),
        Line::online(bridge),
        Line::says(0, format!("{base}/{device}")),
        Line::online(format!("{base}/{device}/availability")),
    ]
}

fn plug(switch: &Switch) -> Option<String> {
    match switch {
        Switch::On { timer: Some(timer) } => {
            let seconds = timer.as_seconds().clamp(1, LONGEST_TIMER.as_seconds());
            Some(object(&[("state", quoted("ON")), ("on_time", seconds.to_string())]))
        }
        Switch::Off | Switch::Level(0) => Some(object(&[("state", quoted("OFF"))])),
        Switch::On { timer: None } | Switch::Level(_) => Some(object(&[("state", quoted("ON"))])),
        Switch::SetPoint(_) | Switch::Feed(_) | Switch::OwnThermometer => None,
    }
}

fn valve(setpoint: &str, feed: Option<&Feed>, switch: &Switch) -> Option<String> {
    match switch {
        Switch::SetPoint(to) => Some(object(&[(setpoint, decimal(rounded(*to, SETPOINT_STEP.0)))])),
        Switch::Feed(room) => feed.map(|feed| {
            let room = (feed.property.as_str(), decimal(rounded(*room, FEED_STEP)));
            match &feed.select {
                Some(select) => object(&[(select, quoted(&feed.external)), room]),
                None => object(&[room]),
            }
        }),
        Switch::OwnThermometer => {
            let feed = feed?;
            feed.select.as_ref().map(|select| object(&[(select, quoted(&feed.internal))]))
        }
        Switch::On { .. } | Switch::Off | Switch::Level(_) => None,
    }
}

fn fan_mode(levels: &[String], switch: &Switch) -> Option<String> {
    match switch {
        Switch::Off | Switch::Level(0) => Some(object(&[("fan_mode", quoted("off"))])),
        Switch::On { .. } => levels.first().map(|mode| object(&[("fan_mode", quoted(mode))])),
        Switch::Level(level) => {
            at(levels, *level).map(|mode| object(&[("fan_mode", quoted(mode))]))
        }
        Switch::SetPoint(_) | Switch::Feed(_) | Switch::OwnThermometer => None,
    }
}

fn fan_speed(levels: &[u16], switch: &Switch) -> Option<String> {
    let on = |speed: &u16| object(&[("state", quoted("ON")), ("speed", speed.to_string())]);
    match switch {
        Switch::Off | Switch::Level(0) => Some(object(&[("state", quoted("OFF"))])),
        Switch::On { .. } => levels.first().map(on),
        Switch::Level(level) => at(levels, *level).map(on),
        Switch::SetPoint(_) | Switch::Feed(_) | Switch::OwnThermometer => None,
    }
}

/// The level of that number, counted from 1; above the highest it is the highest.
fn at<T>(levels: &[T], level: u8) -> Option<&T> {
    levels.get(usize::from(level).saturating_sub(1)).or_else(|| levels.last())
}

/// What a fan with named modes says. A mode that is none of the levels, such as `auto`,
/// is a fan that runs.
fn mode_echo(levels: &[String], text: &str) -> Option<Echo> {
    let mode = match find(text, &["fan_mode"]) {
        Found::Text(mode) => mode,
        Found::Null
        | Found::Truth(_)
        | Found::Number(_)
        | Found::Nested
        | Found::Nothing
        | Found::Elsewhere
        | Found::Broken => {
            return truth_at(text, "fan_state")
                .map(|on| if on { Echo::Relay(true) } else { Echo::Level(0) });
        }
    };
    if mode.eq_ignore_ascii_case("off") {
        return Some(Echo::Level(0));
    }
    let level = levels.iter().position(|level| level.eq_ignore_ascii_case(&mode));
    Some(match level.and_then(|place| u8::try_from(place + 1).ok()) {
        Some(level) => Echo::Level(level),
        None => Echo::Relay(true),
    })
}

/// The level whose number is nearest; fans report the number they rounded to.
fn nearest(levels: &[u16], speed: f64) -> u8 {
    if speed <= 0.0 {
        return 0;
    }
    let mut best = (f64::INFINITY, 1);
    for (level, number) in (1..=u8::MAX).zip(levels) {
        let distance = (f64::from(*number) - speed).abs();
        if distance < best.0 {
            best = (distance, level);
        }
    }
    best.1
}

fn degrees(text: &str, property: &str) -> Option<Temperature> {
    let temperature = Temperature::celsius(numeric_at(text, property)?);
    Value::Temperature(temperature).plausible(Place::Room).then_some(temperature)
}

/// Valves take the room's temperature in tenths of a degree.
const FEED_STEP: i32 = 10;

fn rounded(temperature: Temperature, step: i32) -> i32 {
    (temperature.0 + step / 2).div_euclid(step) * step
}

/// A JSON object, its keys in this order: Zigbee2MQTT works them off in order.
fn object(entries: &[(&str, String)]) -> String {
    let entries: Vec<_> =
        entries.iter().map(|(key, value)| format!("{}:{value}", quoted(key))).collect();
    format!("{{{}}}", entries.join(","))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests;

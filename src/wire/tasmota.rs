//! Devices with Tasmota, from version 9 on.
//!
//! Topics and commands: <https://tasmota.github.io/docs/MQTT/> and
//! <https://tasmota.github.io/docs/Commands/>. A `cmnd` that the broker keeps would switch
//! the device at each of its connections, so ours never are kept.

use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

use super::Message;
use super::dialect::{Acting, Line, Sensing};
use super::json::{Found, find, find_below};
use super::plain::Unit;
use super::sensor::{Read, Wanted, when_heard};
use super::words::{number_at, seconds_at, truth, truth_at, watts};
use crate::model::{Echo, Quantity, Span, Switch, Watts};

/// What `FullTopic` is unless it was changed.
pub const FULL_TOPIC: &str = "%prefix%/%topic%/";

/// The last relay with a `PulseTime` of its own: the ninth shares the first one's.
pub const LAST_TIMED: u8 = 8;

/// The longest that `PulseTime` can say: 64 900, which is 100 and the seconds.
const LONGEST_TIMER: Span = Span::seconds(64_800);

/// Up to here `PulseTime` counts tenths of a second.
const TENTHS: Span = Span::seconds(11);

/// The highest speed of an iFan.
const FASTEST: u8 = 3;

/// What measures the device itself: the chip, and its meter.
const INSIDE: [&str; 2] = ["ESP32", "ENERGY"];

/// Where a device speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Its `Topic`.
    pub device: String,
    /// Its `FullTopic`, with `%prefix%` and `%topic%`, ending in `/`.
    pub full_topic: String,
}

/// One value of one sensor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Where the device speaks.
    pub at: Address,
    /// The sensor's name in its messages, such as `AHT1X-0x38`; none for the only sensor
    /// that has such a value.
    pub sensor: Option<String>,
    /// The value's name, such as `Temperature`, `Humidity` or `Switch1`.
    pub property: String,
    /// For occupancy and windows: on means nobody there, or closed.
    pub inverted: bool,
    /// It sleeps between measurements; being offline is nothing then.
    pub sleeps: bool,
}

/// A relay or fan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Where it speaks.
    pub at: Address,
    /// What it is.
    pub form: Form,
}

/// What a device is, with the commands it understands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A relay.
    Relay {
        /// Which one, from 1.
        number: u8,
        /// Whether its `PulseTime` is ours: set with each timed on, and 0 after each off.
        pulse_time: bool,
    },
    /// The fan of an iFan, with the speeds 1 to 3.
    Fan,
}

/// The topics that are listened to.
mod line {
    pub(super) const SENSOR: u8 = 0;
    pub(super) const STATUS: u8 = 1;
    pub(super) const RESULT: u8 = 2;
    pub(super) const STATE: u8 = 3;
    pub(super) const POWER: u8 = 4;
}

impl Address {
    fn topic(&self, prefix: &str, leaf: &str) -> String {
        self.full_topic.replace("%prefix%", prefix).replace("%topic%", &self.device) + leaf
    }

    fn line(&self, number: u8, prefix: &str, leaf: &str) -> Line {
        Line::says(number, self.topic(prefix, leaf))
    }

    fn online(&self) -> Line {
        Line::online(self.topic("tele", "LWT"))
    }

    fn command(&self, command: &str, payload: &str) -> Message {
        Message::command(self.topic("cmnd", command), payload.to_owned())
    }
}

impl Sensing for Source {
    fn lines(&self) -> Vec<Line> {
        let values = [
            self.at.line(line::SENSOR, "tele", "SENSOR"),
            self.at.line(line::STATUS, "stat", "STATUS10"),
            self.at.line(line::RESULT, "stat", "RESULT"),
        ];
        let online = (!self.sleeps).then(|| self.at.online());
        values.into_iter().chain(online).collect()
    }

    /// `Time` is no time of measurement: it is local, and says not whose.
    fn read(&self, line: u8, text: &str, retained: bool, wanted: Wanted) -> Option<Read> {
        let within = (line == line::STATUS).then_some("StatusSNS");
        let found = if line == line::RESULT {
            self.result(text, wanted.quantity)?
        } else {
            self.found(text, within, wanted.quantity)
        };
        let value = wanted.found(found, text, unit(text, within), self.inverted)?;
        Some(value.map(|value| (value, when_heard(retained))))
    }

    fn label(&self) -> String {
        self.at.device.clone()
    }
}

impl Source {
    fn found<'a>(&self, text: &'a str, within: Option<&str>, quantity: Quantity) -> Found<'a> {
        let property = &self.property;
        let outside = match quantity {
            Quantity::Temperature | Quantity::Humidity | Quantity::Co2 => false,
            Quantity::Occupied | Quantity::Open => true,
        };
        match &self.sensor {
            Some(sensor) => find(text, &path(within, &[sensor, property])),
            None if outside || property.contains('.') => find(text, &path(within, &[property])),
            None => find_below(text, within, property, &INSIDE),
        }
    }

    /// What a switch says when it moves; results of commands are about something else.
    fn result<'a>(&self, text: &'a str, quantity: Quantity) -> Option<Found<'a>> {
        match quantity {
            Quantity::Temperature | Quantity::Humidity | Quantity::Co2 => None,
            Quantity::Occupied | Quantity::Open => match find(text, &[&self.property, "Action"]) {
                Found::Text(word) => Some(Found::Text(word)),
                Found::Null
                | Found::Truth(_)
                | Found::Number(_)
                | Found::Nested
                | Found::Nothing
                | Found::Elsewhere
                | Found::Broken => None,
            },
        }
    }
}

impl Acting for Device {
    fn lines(&self) -> Vec<Line> {
        let mut lines = vec![
            self.at.line(line::RESULT, "stat", "RESULT"),
            self.at.line(line::STATE, "tele", "STATE"),
        ];
        if let Form::Relay { number, .. } = self.form {
            let keys = keys(number).into_iter();
            lines.extend(keys.map(|key| self.at.line(line::POWER, "stat", &key)));
            lines.push(self.at.line(line::SENSOR, "tele", "SENSOR"));
        }
        lines.push(self.at.online());
        lines
    }

    fn echoes(&self, line: u8, text: &str) -> SmallVec<[Echo; 2]> {
        let echo = match self.form {
            Form::Fan => speed(text).map(Echo::Level),
            Form::Relay { number, .. } => match line {
                line::POWER => truth(text).map(Echo::Relay),
                line::SENSOR => power(text, number).map(Echo::Power),
                _ => keys(number).iter().find_map(|key| truth_at(text, key)).map(Echo::Relay),
            },
        };
        let running = matches!(line, line::RESULT | line::STATE).then(|| running(text)).flatten();
        let then = (line == line::RESULT).then(|| self.after_power_cut(text)).flatten();
        running.into_iter().chain(echo).chain(then).collect()
    }

    fn commands(&self, switch: &Switch) -> SmallVec<[Message; 2]> {
        match self.form {
            Form::Fan => speed_for(switch)
                .map(|speed| self.at.command("FanSpeed", &speed.to_string()))
                .into_iter()
                .collect(),
            Form::Relay { number, pulse_time } => {
                self.relay(number, pulse_time && number <= LAST_TIMED, switch)
            }
        }
    }

    /// A command without a payload asks. `State` tells since when a device is running; where
    /// its answer has a topic of its own (`SetOption4`), the relay's is heard all the same, and
    /// what it does when power returns is not.
    fn query(&self) -> Option<Message> {
        let own = self.own_command();
        Some(match self.form {
            Form::Relay { .. } => self.at.command("Backlog0", &format!("State;{own};PowerOnState")),
            Form::Fan => self.at.command(&own, ""),
        })
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    fn address(&self) -> String {
        self.target()
    }

    fn target(&self) -> String {
        self.at.topic("cmnd", &self.own_command())
    }

    fn can_time(&self) -> bool {
        matches!(self.form, Form::Relay { number: ..=LAST_TIMED, pulse_time: true })
    }
}

impl Device {
    fn own_command(&self) -> String {
        match self.form {
            Form::Relay { number, .. } => format!("Power{number}"),
            Form::Fan => "FanSpeed".to_owned(),
        }
    }

    /// Whether it comes back on, or may, when power returns: anything but 0
    /// (<https://tasmota.github.io/docs/PowerOnState/>).
    fn after_power_cut(&self, text: &str) -> Option<Echo> {
        let state = number_at(text, &["PowerOnState"])?;
        let is_relay = matches!(self.form, Form::Relay { .. });
        let known = is_relay && (0.0..=5.0).contains(&state);
        known.then_some(Echo::AfterPowerCut(state > 0.0))
    }

    /// `PulseTime` is a setting that stays: it is armed by every on, also by a person's.
    /// So an on carries it, both in one message, or neither; each renewal arms it anew. An
    /// off goes first and by itself, disarms it, and then sets it to nothing, so that who
    /// presses the button later has the plug as it was.
    fn relay(&self, number: u8, timed: bool, switch: &Switch) -> SmallVec<[Message; 2]> {
        let power = |word| self.at.command(&format!("Power{number}"), word);
        match switch {
            Switch::On { timer: Some(timer) } if timed => {
                let pulse = pulse_time(*timer);
                let both = format!("PulseTime{number} {pulse};Power{number} ON");
                smallvec![self.at.command("Backlog0", &both)]
            }
            Switch::Off | Switch::Level(0) if timed => {
                smallvec![power("OFF"), self.at.command(&format!("PulseTime{number}"), "0")]
            }
            Switch::Off | Switch::Level(0) => smallvec![power("OFF")],
            Switch::On { .. } | Switch::Level(_) => smallvec![power("ON")],
            Switch::SetPoint(_) | Switch::Feed(_) | Switch::OwnThermometer => SmallVec::new(),
        }
    }
}

/// For how long the device has been running, where it tells of everything.
fn running(text: &str) -> Option<Echo> {
    seconds_at(text, &["UptimeSec"]).map(Echo::Running)
}

/// `PulseTime`'s number for a duration: tenths of a second, or seconds and 100.
fn pulse_time(timer: Span) -> i64 {
    let timer = timer.clamp(Span::seconds(1), LONGEST_TIMER);
    if timer <= TENTHS { timer.as_seconds() * 10 } else { timer.as_seconds() + 100 }
}

fn speed_for(switch: &Switch) -> Option<u8> {
    match switch {
        Switch::Off => Some(0),
        Switch::On { .. } => Some(1),
        Switch::Level(level) => Some((*level).min(FASTEST)),
        Switch::SetPoint(_) | Switch::Feed(_) | Switch::OwnThermometer => None,
    }
}

/// The names of a relay; that of the first may lack its number.
fn keys(number: u8) -> SmallVec<[String; 2]> {
    let own = format!("POWER{number}");
    if number == 1 { smallvec!["POWER".to_owned(), own] } else { smallvec![own] }
}

fn path<'p>(within: Option<&'p str>, place: &[&'p str]) -> SmallVec<[&'p str; 3]> {
    within.into_iter().chain(place.iter().copied()).collect()
}

/// The unit that the device states temperatures in (`SetOption8`).
fn unit(text: &str, within: Option<&str>) -> Unit {
    match find(text, &path(within, &["TempUnit"])) {
        Found::Text(unit) if unit.eq_ignore_ascii_case("F") => Unit::Fahrenheit,
        Found::Text(_)
        | Found::Null
        | Found::Truth(_)
        | Found::Number(_)
        | Found::Nested
        | Found::Nothing
        | Found::Elsewhere
        | Found::Broken => Unit::Celsius,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
fn speed(text: &str) -> Option<u8> {
    let speed = number_at(text, &["FanSpeed"])?;
    (0.0..=f64::from(FASTEST)).contains(&speed).then(|| libm::round(speed) as u8)
}

/// What the relay draws; a list where the device measures each of several.
fn power(text: &str, relay: u8) -> Option<Watts> {
    let one = || number_at(text, &["ENERGY.Power"]).filter(|_| relay == 1);
    let own = || number_at(text, &["ENERGY.Power", &relay.saturating_sub(1).to_string()]);
    watts(one().or_else(own)?)
}

#[cfg(test)]
pub(super) mod tests;

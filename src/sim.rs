//! A make-believe bedroom: weather, walls, a heater, a fan, a sleeper, and the devices
//! that measure and switch, speaking as they do behind Zigbee2MQTT.
//!
//! It is pure and repeats itself exactly: time is an argument, chance comes from the
//! seed. [`Bedroom::command`] takes what the devices are told, [`Bedroom::advance`] lets
//! time pass and returns what they say. It is for the demo and for tests; its numbers
//! are those of a small attic bedroom, not of anybody's house.

pub mod device;
pub mod room;
mod sleeper;
mod speaker;
mod weather;

use crate::model::{Place, Span, Time};
use crate::wire::Message;
use device::{Device, OnTime, Plug, Rhythm, Thermometer, Valve};
use room::{Room, Surroundings};
pub use sleeper::Sleeper;
pub use speaker::Speaker;
pub use weather::{Front, Weather};

/// The base topic of the make-believe Zigbee2MQTT.
pub const BASE: &str = "zigbee2mqtt";

/// How finely time passes inside.
const STEP: Span = Span::seconds(10);

/// A bedroom to begin with.
#[derive(Debug, Clone)]
pub struct Preset {
    /// Some local midnight: the hours of weather and sleeper count from it.
    pub midnight: Time,
    /// When the story begins.
    pub begin: Time,
    /// The weather outside.
    pub weather: Weather,
    /// Who sleeps there, if anybody.
    pub sleeper: Option<Sleeper>,
    /// The room at the beginning.
    pub room: Room,
    /// Its devices.
    pub devices: Vec<Device>,
    /// A speaker, if there is one.
    pub speaker: Option<Speaker>,
}

impl Preset {
    /// The night of the demo: a warm, damp evening and a cold front around midnight, in
    /// a bedroom with a room sensor, an in-bed sensor, a bed mat, a radiator valve, a
    /// fan, an outdoor sensor and a speaker. The household has
    /// turned the valve down to 15 °C. It begins at 18:00 of the day that `midnight` begins.
    #[must_use]
    pub fn demo(midnight: Time) -> Self {
        let every = |minutes| Rhythm::Every(Span::minutes(minutes));
        let devices = vec![
            Device::Thermometer(Thermometer::new("bedroom_climate", Place::Room, every(5))),
            Device::Thermometer(Thermometer::new("bedroom_bed", Place::Bed, every(5))),
            Device::Thermometer(Thermometer::new("outdoors", Place::Outdoors, every(15))),
            Device::mat("bedroom_mat"),
            Device::Valve(Valve::new("bedroom_valve").at(15.0)),
            Device::fan("bedroom_fan"),
        ];
        Self {
            midnight,
            begin: midnight + Span::hours(18),
            weather: Weather::demo(),
            sleeper: Some(Sleeper::default()),
            room: Room::at(24.0, 66.0),
            devices,
            speaker: Some(Speaker::new("uncramp/bedroom", "Anna")),
        }
    }

    /// The same night with a battery room sensor and a radiator valve, and nothing else.
    #[must_use]
    pub fn simple(midnight: Time) -> Self {
        let sensor = Thermometer::new("bedroom_climate", Place::Room, Rhythm::battery());
        let valve = Valve::new("bedroom_valve").at(15.0);
        let devices = vec![Device::Thermometer(sensor), Device::Valve(valve)];
        Self { devices, speaker: None, ..Self::demo(midnight) }
    }

    /// A steady winter with a panel heater on a plug: 19 °C at the beginning, frost
    /// outside.
    #[must_use]
    pub fn winter(midnight: Time, timer: OnTime) -> Self {
        let sensor = Thermometer::new("bedroom_climate", Place::Room, Rhythm::battery());
        let plug = Plug::new("bedroom_panel", 900.0, timer);
        let devices =
            vec![Device::Thermometer(sensor), Device::mat("bedroom_mat"), Device::Plug(plug)];
        let (weather, room) = (Weather::winter(), Room::at(19.0, 45.0));
        Self { weather, room, devices, speaker: None, ..Self::demo(midnight) }
    }
}

/// What is true in the room, whatever the sensors say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truth {
    /// The room's air, in °C.
    pub temperature: f64,
    /// Its relative humidity, in percent.
    pub humidity: f64,
    /// In the bed near the feet, in °C.
    pub bed_temperature: f64,
    /// Its relative humidity, in percent.
    pub bed_humidity: f64,
    /// Outdoors, in °C.
    pub outdoor_temperature: f64,
    /// Its relative humidity, in percent.
    pub outdoor_humidity: f64,
    /// Somebody is in bed.
    pub in_bed: bool,
    /// What the heaters give, in watts.
    pub heat: f64,
    /// The level of the fan.
    pub fan: u8,
}

/// A bedroom that lives.
#[derive(Debug, Clone)]
pub struct Bedroom {
    midnight: Time,
    now: Time,
    weather: Weather,
    sleeper: Option<Sleeper>,
    room: Room,
    devices: Vec<Device>,
    speaker: Option<Speaker>,
    seed: u64,
    said: Vec<Message>,
}

impl Bedroom {
    /// A bedroom at its beginning; the same preset and seed live the same life.
    #[must_use]
    pub fn new(preset: Preset, seed: u64) -> Self {
        let Preset { midnight, begin, weather, sleeper, room, devices, speaker } = preset;
        Self {
            midnight,
            now: begin,
            weather,
            sleeper,
            room,
            devices,
            speaker,
            seed,
            said: Vec::new(),
        }
    }

    /// How far its time has come.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// A message arrives at the devices; what is not for one of them is ignored.
    /// Answers are returned by the next [`advance`](Self::advance), which may go
    /// nowhere.
    pub fn command(&mut self, topic: &str, payload: &[u8]) {
        let acknowledged = self.speaker.as_mut().and_then(|it| it.hear(self.now, topic, payload));
        self.said.extend(acknowledged);
        let Some(rest) = topic.strip_prefix(BASE).and_then(|rest| rest.strip_prefix('/')) else {
            return;
        };
        for device in &mut self.devices {
            let verb = rest.strip_prefix(device.name()).and_then(|verb| verb.strip_prefix('/'));
            let answer = match verb {
                Some("set") => device.set(self.now, payload),
                Some("get") => device.get(),
                _ => None,
            };
            self.said.extend(answer.map(|payload| message(device.name(), &payload)));
        }
    }

    /// Lets time pass and returns what the devices said meanwhile, in order. A time
    /// that is past already changes nothing.
    pub fn advance(&mut self, to: Time) -> Vec<Message> {
        while self.now < to {
            let step = STEP.min(to - self.now);
            self.now += step;
            self.room.pass(step, &self.surroundings());
            let truth = self.truth();
            for device in &mut self.devices {
                let said = device.pass(self.now, &truth);
                self.said.extend(said.map(|payload| message(device.name(), &payload)));
            }
            self.said.extend(self.speaker.as_mut().and_then(|speaker| speaker.pass(self.now)));
        }
        std::mem::take(&mut self.said)
    }

    /// What is true now.
    #[must_use]
    pub fn truth(&self) -> Truth {
        let around = self.surroundings();
        Truth {
            temperature: self.room.temperature(),
            humidity: self.room.humidity(),
            bed_temperature: self.room.bed_temperature(),
            bed_humidity: self.room.bed_humidity(),
            outdoor_temperature: around.temperature,
            outdoor_humidity: room::relative_humidity(around.vapour, around.temperature),
            in_bed: around.in_bed,
            heat: self.room.heat(),
            fan: around.fan,
        }
    }

    /// The devices, to trouble one of them.
    pub fn devices_mut(&mut self) -> &mut [Device] {
        &mut self.devices
    }

    /// What its speaker has spoken so far, in order.
    #[must_use]
    pub fn spoken(&self) -> &[String] {
        self.speaker.as_ref().map_or(&[], Speaker::spoken)
    }

    fn surroundings(&self) -> Surroundings {
        let hour = (self.now - self.midnight).as_hours();
        let (temperature, vapour) = self.weather.at(hour, self.seed);
        Surroundings {
            temperature,
            vapour,
            in_bed: self.sleeper.as_ref().is_some_and(|sleeper| sleeper.in_bed(hour, self.seed)),
            power: self.devices.iter().map(Device::power).sum(),
            fan: self.devices.iter().map(Device::level).max().unwrap_or(0),
        }
    }
}

fn message(name: &str, payload: &serde_json::Value) -> Message {
    let (topic, payload) = (format!("{BASE}/{name}"), payload.to_string().into_bytes());
    Message { topic, payload, retain: false, confirmed: false }
}

#[cfg(test)]
mod tests;

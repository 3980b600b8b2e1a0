//! What messages mean: readings, echoes, availability; and what actuators are told.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{Co2, Humidity, Span, Temperature, Watts};

/// A bedroom by its place in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BedroomId(pub u32);

/// A sensor by its place in its bedroom's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SensorId(pub u8);

/// An actuator by its place in its bedroom's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActuatorId(pub u8);

/// Where a sensor sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the room's air, at about bed height.
    Room,
    /// In the bed, near the feet.
    Bed,
    /// Outside the house.
    Outdoors,
}

/// What a sensor measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Air temperature.
    Temperature,
    /// Relative humidity.
    Humidity,
    /// Carbon dioxide.
    Co2,
    /// Whether somebody is in bed.
    Occupied,
    /// Whether a window is open.
    Open,
}

/// One measured value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Air temperature.
    Temperature(Temperature),
    /// Relative humidity.
    Humidity(Humidity),
    /// Carbon dioxide.
    Co2(Co2),
    /// Somebody is in bed.
    Occupied(bool),
    /// The window is open.
    Open(bool),
}

impl Value {
    /// What kind of value it is.
    #[must_use]
    pub const fn quantity(self) -> Quantity {
        match self {
            Self::Temperature(_) => Quantity::Temperature,
            Self::Humidity(_) => Quantity::Humidity,
            Self::Co2(_) => Quantity::Co2,
            Self::Occupied(_) => Quantity::Occupied,
            Self::Open(_) => Quantity::Open,
        }
    }

    /// The temperature, if it is one.
    #[must_use]
    pub const fn temperature(self) -> Option<Temperature> {
        if let Self::Temperature(temperature) = self { Some(temperature) } else { None }
    }

    /// The humidity, if it is one.
    #[must_use]
    pub const fn humidity(self) -> Option<Humidity> {
        if let Self::Humidity(humidity) = self { Some(humidity) } else { None }
    }

    /// The carbon dioxide, if it is that.
    #[must_use]
    pub const fn co2(self) -> Option<Co2> {
        if let Self::Co2(co2) = self { Some(co2) } else { None }
    }

    /// Whether a sensor at this place can have measured it. Room air −10…50 °C, bed
    /// 5…50 °C, outdoors −50…60 °C, humidity 1…100 %, carbon dioxide 350…10 000 ppm;
    /// exactly 85 °C is what a DS18B20 says before its first measurement.
    #[must_use]
    pub fn plausible(self, place: Place) -> bool {
        match self {
            Self::Temperature(t) => match place {
                Place::Room => (-1000..=5000).contains(&t.0),
                Place::Bed => (500..=5000).contains(&t.0),
                Place::Outdoors => (-5000..=6000).contains(&t.0),
            },
            Self::Humidity(h) => (100..=10_000).contains(&h.0),
            Self::Co2(c) => (350..=10_000).contains(&c.0),
            Self::Occupied(_) | Self::Open(_) => true,
        }
    }
}

/// When a value was measured, as far as the message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// A live message: when it was heard.
    WhenHeard,
    /// The payload tells: Unix milliseconds.
    At(i64),
    /// Likewise; but what passes it on had just started then, and may have kept it.
    Restored(i64),
    /// A retained message without a time of its own: shown, never fresh.
    Unknown,
}

impl Measured {
    /// When, where the payload tells: Unix milliseconds.
    #[must_use]
    pub const fn dated(self) -> Option<i64> {
        match self {
            Self::At(unix_ms) | Self::Restored(unix_ms) => Some(unix_ms),
            Self::WhenHeard | Self::Unknown => None,
        }
    }
}

/// Why a payload is no reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Garble {
    /// A word of absence such as `nan`, `unavailable` or an empty payload.
    Absent(String),
    /// Not a number, or not one of the words expected; what was there, shortened.
    Unreadable(String),
    /// A number that such a sensor cannot have measured.
    Implausible(String),
    /// No such place in the payload, or something else at it.
    Missing(String),
    /// Not UTF-8.
    NotText,
    /// Longer than the 256 KiB that are read.
    TooLong(usize),
}

/// How full a battery is, as its device tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Battery {
    /// In percent.
    Percent(u8),
    /// Nearly empty, or not.
    Low(bool),
}

impl Battery {
    /// Nearly empty from here.
    const LOW: u8 = 10;
    /// Exchanged or charged from here: a weak one recovers a little as it warms.
    const FULL_ENOUGH: u8 = 20;

    /// Whether it is nearly empty, `before` being what was thought of it.
    #[must_use]
    pub const fn is_low(self, before: bool) -> bool {
        match self {
            Self::Low(low) => low,
            Self::Percent(percent) if before => percent < Self::FULL_ENOUGH,
            Self::Percent(percent) => percent <= Self::LOW,
        }
    }
}

/// What a device reports of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Echo {
    /// A relay or a fan is on or off.
    Relay(bool),
    /// The set-point of a valve or climate.
    SetPoint(Temperature),
    /// The speed level of a fan; 0 is off.
    Level(u8),
    /// The speed level of a fan while it is on; whether it is on, it tells elsewhere.
    Speed(u8),
    /// What the device's own thermometer reads.
    OwnTemperature(Temperature),
    /// What it draws.
    Power(Watts),
    /// For how long it has been running since its own start.
    Running(Span),
    /// Whether it comes back on, or may, when power returns after a cut.
    AfterPowerCut(bool),
}

/// One thing that a message meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// A sensor measured something.
    Reading {
        /// Which sensor.
        sensor: SensorId,
        /// What it measured.
        value: Value,
        /// When.
        measured: Measured,
    },
    /// A sensor sent something that is no reading.
    Garbled {
        /// Which sensor.
        sensor: SensorId,
        /// What is wrong with it.
        garble: Garble,
    },
    /// An actuator reports its state.
    Echo {
        /// Which actuator.
        actuator: ActuatorId,
        /// What it reports.
        echo: Echo,
    },
    /// A sensor's availability.
    SensorOnline {
        /// Which sensor.
        sensor: SensorId,
        /// Whether it can be reached.
        online: bool,
    },
    /// An actuator's availability.
    ActuatorOnline {
        /// Which actuator.
        actuator: ActuatorId,
        /// Whether it can be reached.
        online: bool,
    },
    /// What a sensor says of its battery.
    SensorBattery {
        /// Which sensor; of several in one device the first.
        sensor: SensorId,
        /// How full it is.
        battery: Battery,
    },
    /// What an actuator says of its battery.
    ActuatorBattery {
        /// Which actuator.
        actuator: ActuatorId,
        /// How full it is.
        battery: Battery,
    },
    /// Home Assistant, which passes on what a sensor says, comes or goes: from then on it
    /// may be what it restored at its start.
    Courier {
        /// Which sensor.
        sensor: SensorId,
        /// Whether it is there.
        online: bool,
    },
    /// A gateway or Home Assistant started; what follows within a minute may be cached
    /// values, said again.
    Repeats,
}

/// What one message meant for one bedroom.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Heard {
    /// Everything it meant, in the plan's order.
    pub items: SmallVec<[Item; 4]>,
    /// Whether the broker kept it from earlier.
    pub retained: bool,
}

/// What an actuator is told. Commands are absolute and may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// On; with the device's own timer, if that is known to work, after which it
    /// switches itself off.
    On {
        /// After how long the device is to switch itself off.
        timer: Option<Span>,
    },
    /// Off.
    Off,
    /// Hold this temperature.
    SetPoint(Temperature),
    /// Run a fan at this level, 1 being the lowest.
    Level(u8),
    /// Tell a valve what the room's thermometer reads.
    Feed(Temperature),
    /// Put a valve back on its own thermometer.
    OwnThermometer,
}

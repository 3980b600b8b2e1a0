//! Facts → verdict; one file per rule. A rule remembers nothing: what it must know of
//! the past is among the facts.

pub mod airflow;
pub mod cold_exposure;
pub mod conditions;
pub mod hydration;

mod reason;

pub use reason::{Because, Deadline, Judge, Otherwise, Reason, RoomSign, Why};

use serde::{Deserialize, Serialize};

use crate::model::{
    Co2, Dose, Hours, Humidity, KelvinHours, Kelvins, Span, Supply, Temperature, Time,
};

/// S7: a bed whose sensor says so is empty, for whoever speaks, after so long without a break.
pub const UP_FOR: Span = Span::minutes(2);

/// What is known of one bedroom at one instant. A stale value is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The instant.
    pub now: Time,
    /// The hours around it.
    pub hours: Hours,
    /// When the boiler gives heat, if it does not always.
    pub supply: Option<Supply>,
    /// Room air.
    pub room: Option<Temperature>,
    /// When room air was last known, if it is not.
    pub room_lost: Option<Time>,
    /// Of when the last one is that was known before.
    pub room_last: Option<Time>,
    /// S1: since when the room's thermometer has said one and the same, if that is why
    /// room air is not known.
    pub room_frozen: Option<Time>,
    /// Room humidity.
    pub humidity: Option<Humidity>,
    /// In the bed, near the feet.
    pub bed: Option<Temperature>,
    /// In the bed, near the feet.
    pub bed_humidity: Option<Humidity>,
    /// Carbon dioxide.
    pub co2: Option<Co2>,
    /// Somebody measures the bed.
    pub bed_measured: bool,
    /// Who is in bed, for rules.
    pub in_bed: InBed,
    /// Who is in bed, raw and at once, as far as it is measured.
    pub in_bed_now: Option<bool>,
    /// Since when somebody is in bed without a break, raw and at once.
    pub lying_since: Option<Time>,
    /// Since when nobody has been in bed without a break, raw and at once.
    pub empty_since: Option<Time>,
    /// When somebody was last seen to be in bed no more, be it empty or not known since.
    pub left_bed: Option<Time>,
    /// When the bed's sensors last spoke, the one that has been silent longest.
    pub bed_heard: Option<Time>,
    /// A window is open.
    pub window: Option<WindowOpen>,
    /// Below which room temperature an occupied bed gathers dose.
    pub reference: Temperature,
    /// By how much a plain thermostat is moved for this night.
    pub shift: Kelvins,
    /// No heat of ours above.
    pub ceiling: Temperature,
    /// The acute dose.
    pub dose: Dose,
    /// What it is at this instant.
    pub acute: KelvinHours,
    /// The dose comes from the in-bed sensor.
    pub dose_in_bed: bool,
    /// Since when the room is far below the reference.
    pub deep_since: Option<Time>,
    /// Heat is being called for.
    pub calling: Option<Call>,
    /// How fast the room warmed, the median of the last heat-ups, per hour.
    pub heating_rate: Kelvins,
    /// Nights in a row in which nobody came to bed.
    pub empty_nights: u8,
    /// Somebody lay down since this evening began.
    pub came_to_bed: bool,
    /// Everybody is away.
    pub away: bool,
    /// A baby sleeps in the room.
    pub baby: bool,
    /// Somebody is 65 or older.
    pub older: bool,
    /// Absolute humidity when somebody lay down, in hundredths of g/m³.
    pub vapour_at_bedtime: Option<i32>,
}

/// Who is in bed, for rules: after the delays, with the sleep window standing in where
/// nothing is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InBed {
    /// Somebody, since then.
    Occupied(Time),
    /// Nobody, since then.
    Empty(Time),
    /// Not known; inside the sleep window it counts as occupied for warmth and air.
    Assumed(Time),
    /// Not known, and outside the sleep window, or everybody is away.
    Unknown,
}

impl InBed {
    /// Somebody is in bed, or is assumed to be, since then.
    #[must_use]
    pub const fn occupied(self) -> Option<Time> {
        match self {
            Self::Occupied(since) | Self::Assumed(since) => Some(since),
            Self::Empty(_) | Self::Unknown => None,
        }
    }
}

/// An open window, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowOpen {
    /// Its contact says so.
    Measured,
    /// The room cools too fast for anything else.
    Guessed,
}

/// A standing call for heat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Since when.
    pub since: Time,
    /// Why it began, or goes on.
    pub reason: Reason,
    /// It began to have the room warm by bedtime.
    #[serde(default)]
    pub for_bedtime: bool,
}

/// A rule's opinion on one actuator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// On, for this reason.
    On(Reason),
    /// A fan on, at this level, 1 being the lowest.
    Level(u8, Reason),
    /// Off, for this reason.
    Off(Reason),
    /// As it is.
    Keep,
}

impl Facts {
    /// S1: why nothing may be done by the room's temperature, where it is not known.
    #[must_use]
    pub fn unknown_room(&self) -> Because {
        match self.room_frozen {
            Some(since) => Because::TemperatureFrozen { since },
            None => Because::TemperatureUnknown { since: self.room_lost, last: self.room_last },
        }
    }

    /// Somebody is in bed for the night, or is assumed to be.
    #[must_use]
    pub fn sleeping(&self) -> bool {
        self.in_bed.occupied().is_some() && self.hours.night(self.now)
    }

    /// S7: it is quiet hours, or somebody may be asleep.
    #[must_use]
    pub fn hushed(&self) -> bool {
        self.hours.quiet(self.now) || self.may_be_asleep()
    }

    /// S7: somebody is asleep in the room, or may be. Raw and at once who lies down; a bed is
    /// empty once it has been so for a while, since a mat loses who turns over.
    #[must_use]
    pub fn may_be_asleep(&self) -> bool {
        let for_long = |since| since + UP_FOR <= self.now;
        match self.in_bed_now {
            Some(true) => true,
            Some(false) => !self.empty_since.is_some_and(for_long),
            None => !self.left_bed.is_none_or(for_long) || self.hours.asleep(self.now),
        }
    }
}

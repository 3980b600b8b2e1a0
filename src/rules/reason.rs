//! Why something was decided, as data; words are made of it in `speech`.

use serde::{Deserialize, Serialize};

use crate::model::{Humidity, KelvinHours, Kelvins, Millilitres, Span, Temperature, Time};

/// Why something was decided, and what would change the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Who decided.
    pub by: Judge,
    /// Why.
    pub because: Because,
    /// What would change it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub otherwise: Option<Otherwise>,
}

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judge {
    /// The rule against cold.
    ColdExposure,
    /// The rule against stuffiness.
    Airflow,
    /// The rule against thirst.
    Hydration,
    /// What must never be.
    Interlock,
    /// A person.
    Override,
    /// Nobody: nothing asks for a change.
    Nobody,
    /// The engine itself: starting, stopping, a changed plan.
    Engine,
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Because {
    /// The acute dose reached what calls for heat.
    Dose {
        /// The dose.
        dose: KelvinHours,
        /// What calls for heat.
        limit: KelvinHours,
        /// The temperature it came from.
        temperature: Temperature,
        /// Below which temperature it gathers.
        reference: Temperature,
        /// It came from the in-bed sensor.
        in_bed: bool,
    },
    /// Far below the reference for ten minutes.
    Deep {
        /// The room.
        temperature: Temperature,
        /// At or below which.
        limit: Temperature,
    },
    /// The room must be warm by a time, and will not be by itself.
    Deadline {
        /// Which time.
        deadline: Deadline,
        /// When.
        at: Time,
        /// The room.
        temperature: Temperature,
        /// What it is to be.
        reference: Temperature,
        /// How long warming takes.
        lead: Span,
    },
    /// A plain thermostat's start.
    Below {
        /// The room.
        temperature: Temperature,
        /// The limit.
        limit: Temperature,
    },
    /// The call goes on: what began it is past, and the room is not yet warm.
    NotYetWarm {
        /// The room.
        temperature: Temperature,
        /// At or above which it may end.
        until: Temperature,
    },
    /// The call goes on and the room is at its target, or not yet below its band.
    AtTarget {
        /// The room.
        temperature: Temperature,
        /// The target.
        target: Temperature,
    },
    /// Warm enough: no dose, at or above the release.
    Warm {
        /// The room.
        temperature: Temperature,
        /// The dose.
        dose: KelvinHours,
        /// The dose that calls for heat.
        limit: KelvinHours,
    },
    /// Nobody is in bed and none is expected.
    NobodyInBed,
    /// Nobody came to bed after the room was made ready.
    NobodyCame {
        /// How long after the usual bedtime.
        after: Span,
    },
    /// Not in the hours of sleep: somebody or something is on the bed by day.
    ByDay,
    /// Everybody is away.
    Away,
    /// The boiler gives no heat at this hour.
    HeatUnavailable {
        /// From when it does.
        from: Time,
    },
    /// S1: the temperature is not known.
    TemperatureUnknown {
        /// Since when.
        since: Option<Time>,
        /// Of when the last reading is.
        #[serde(default)]
        last: Option<Time>,
    },
    /// S1: the thermometer has said one and the same for too long to be measuring.
    TemperatureFrozen {
        /// Since when.
        since: Time,
    },
    /// The room is at the ceiling.
    Ceiling {
        /// The room.
        temperature: Temperature,
        /// The ceiling.
        ceiling: Temperature,
    },
    /// A window is open.
    WindowOpen {
        /// It was guessed from a steep fall.
        guessed: bool,
    },
    /// S4, S6: somebody is in bed, or may be.
    BedNotEmpty,
    /// S4: such a heater is never switched on.
    Portable,
    /// S2: on for as long as its kind may be.
    Stretch {
        /// How long that is.
        limit: Span,
        /// Until when it rests.
        until: Time,
    },
    /// The room rose as much as it may within an hour.
    Ramp {
        /// How much it rose in the last hour.
        rose: Kelvins,
        /// How much it may.
        limit: Kelvins,
    },
    /// A condition forbids heated bedding.
    BeddingLocked,
    /// The bed is too warm for heated bedding.
    BedHot {
        /// In the bed.
        temperature: Temperature,
        /// The limit.
        limit: Temperature,
    },
    /// Its plug was on and it drew no power: its own switch is off, and it is not tried again
    /// this night.
    Standby {
        /// Until when.
        until: Time,
    },
    /// The bed is stuffy or wet.
    Stuffy {
        /// Skin-referenced bed humidity.
        humidity: Humidity,
        /// From which.
        limit: Humidity,
        /// It is wet.
        wet: bool,
    },
    /// The room is warm or damp, judged without an in-bed sensor.
    WarmRoom {
        /// The room.
        temperature: Temperature,
        /// Which sign.
        sign: RoomSign,
    },
    /// The bed breathes.
    Airy,
    /// Nothing measures the bed, and the room is neither warm nor damp.
    Fresh,
    /// The room is no drier than the bed: moving air would not dry it.
    NotDrier {
        /// By how much it is drier, in pascals.
        drier_pa: i32,
        /// By how much it must be.
        limit_pa: i32,
    },
    /// S5: a fan would chill.
    ColdGuard {
        /// The room, if known.
        temperature: Option<Temperature>,
        /// From which temperature it would not.
        limit: Temperature,
        /// The acute dose.
        dose: KelvinHours,
        /// Heat is wanted.
        heater_wanted: bool,
    },
    /// The room is too hot for a fan to cool anybody.
    TooHot {
        /// The room.
        temperature: Temperature,
        /// The limit.
        limit: Temperature,
    },
    /// Even the lowest level would be a draught.
    Draught {
        /// The room.
        temperature: Temperature,
        /// The air speed allowed at that temperature, in hundredths of m/s.
        limit: u16,
    },
    /// A baby must not lie in the stream.
    BabyInRoom,
    /// Somebody is behind with drinking.
    Behind {
        /// Due by now.
        due: Millilitres,
        /// Logged.
        drunk: Millilitres,
        /// What is suggested.
        amount: Millilitres,
    },
    /// A person said so.
    Person {
        /// Until when.
        until: Time,
    },
    /// What a person wanted has ended: the household's set-point holds again.
    WishEnded,
    /// S1, S2: a person's "on" without a known temperature.
    PersonBlind {
        /// Until when at the latest.
        until: Time,
    },
    /// S7: as many audible changes as a night may have.
    Audible {
        /// How many.
        changes: u8,
        /// From when the next may be.
        from: Time,
    },
    /// S2: an "on" could not be recorded, and was not sent.
    NotRecorded {
        /// Until when it is not tried again.
        until: Time,
    },
    /// Waits for the least time on or off.
    Settling {
        /// Until when.
        until: Time,
    },
    /// uncramp was told only to watch.
    Watching,
    /// uncramp was told to do nothing there.
    #[serde(alias = "mode")]
    TurnedOff,
    /// Somebody wants nothing done for the rest of the night.
    Paused {
        /// Until when.
        until: Time,
    },
    /// uncramp starts, and knows no reason for this to be on.
    Starting,
    /// uncramp stops.
    Stopping,
    /// After a gap nothing is known.
    Gap,
    /// The actuator left the plan.
    LeftPlan,
    /// The valve is told what the room's thermometer reads.
    Feeding,
    /// Nothing asks for a change.
    Nothing,
}

/// By which time a room is to be warm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// The usual bedtime.
    Bedtime,
    /// The pre-dawn low.
    Predawn,
}

/// A sign of a stuffy bed in a room without an in-bed sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomSign {
    /// It is warm.
    Warm,
    /// It is fairly warm and damp.
    Damp,
    /// Its air has taken up vapour since somebody lay down.
    Breathed,
}

/// What would change a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Otherwise {
    /// Heat would start at this dose, or at this temperature for ten minutes.
    WouldStart {
        /// The dose.
        dose: KelvinHours,
        /// The temperature in the example.
        example: Temperature,
        /// After how long at that temperature; `None` is never.
        after: Option<Span>,
        /// Or at or below this for ten minutes.
        deep: Temperature,
    },
    /// Heat would stop at this dose and this temperature.
    WouldStop {
        /// The dose, at or below.
        dose: KelvinHours,
        /// The temperature, at or above.
        temperature: Temperature,
    },
    /// It would begin when a reading arrives.
    NeedsReading,
    /// S2: it does not start beside a bed that may be in use before its own timer was seen.
    Untried {
        /// It has one that can be tried.
        can_be: bool,
    },
}

/// Why the engine wants to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A sensor's silence becomes too long.
    Silence,
    /// Somebody has been in or out of bed for long enough.
    Occupancy,
    /// The dose reaches a limit.
    Dose,
    /// An hour of the night or day.
    Hour,
    /// A lease is renewed or ends.
    Lease,
    /// A least time on or off ends, or a rest.
    Rest,
    /// A device should have answered.
    Confirmation,
    /// A set-point may move on.
    Ramp,
    /// An override ends.
    Override,
    /// A reminder may be due.
    Reminder,
    /// A guess about a window ends.
    WindowGuess,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_an_earlier_version_recorded_is_still_read() {
        let recorded: Because = serde_json::from_str(r#"{"kind":"mode"}"#).expect("a reason");
        assert_eq!(recorded, Because::TurnedOff);
    }
}

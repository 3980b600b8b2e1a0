//! Keys of the rules.

use crate::model::Span;
use crate::plan::key::Fallback::{Depends, Is, Required};
use crate::plan::key::Form::{Block, Either, Flag, Hours, Number, Word};
use crate::plan::key::Measure::{
    Count, Difference, Dose, Drink, Lasting, Pascals, Percent, Ppm, Rate, Temperature, Vapour,
};
use crate::plan::key::{Group, key};

/// Against cold.
pub(super) static COLD_EXPOSURE: Group = Group {
    name: "cold_exposure",
    meaning: "Against prolonged cold: what counts is a dose, how far and how long the room is \
              too cold. The numbers marked convention are chosen, not measured.",
    shared: &[],
    keys: &[
        key("enabled", Flag, Is("true"), "Whether the rule is in force."),
        key(
            "reference",
            Either(&[Word(&["profile", "usual"]), Number(Temperature, 1200, 2400)]),
            Is("profile"),
            "Below which temperature an occupied bed gathers dose. `profile`: 18 °C, 20 °C \
             from 65 years or when ill, 17 °C with a baby. `usual`: the usual temperature at \
             bedtime, less 1 K, for whoever says that at night the room is right.",
        ),
        key(
            "thermostat",
            Block(&THERMOSTAT),
            Depends("none: heat is called for by dose"),
            "A plain thermostat in the hours of sleep instead.",
        ),
        key(
            "memory",
            Number(Lasting, Span::minutes(15).0, Span::hours(12).0),
            Is("1h30m"),
            "The memory of the acute dose (convention).",
        ),
        key(
            "act",
            Number(Dose, 10, 2000),
            Is("1.0 K·h"),
            "The dose that calls for heat (convention).",
        ),
        key(
            "release",
            Number(Dose, 0, 2000),
            Is("0.3 K·h"),
            "The dose at or below which a call may end (convention).",
        ),
        key(
            "deep",
            Number(Difference, 50, 1000),
            Is("2 K"),
            "So far below the reference, for ten minutes, calls for heat at once.",
        ),
        key(
            "release_above",
            Number(Difference, 0, 500),
            Is("0.5 K"),
            "How far above the reference a call may end.",
        ),
        key(
            "target_above",
            Number(Difference, 0, 500),
            Is("1 K"),
            "How far above the reference a call heats.",
        ),
        key(
            "band",
            Number(Difference, 10, 200),
            Is("0.3 K"),
            "The switching band around the target, ±.",
        ),
        key(
            "ceiling",
            Number(Temperature, 1400, 2800),
            Depends("24 °C; 20 °C with a baby"),
            "No heat of ours above.",
        ),
        key(
            "bed_reference",
            Number(Temperature, 2000, 3400),
            Is("28 °C"),
            "The in-bed sensor's reference (convention).",
        ),
        key(
            "bed_act",
            Number(Dose, 10, 2000),
            Is("1.5 K·h"),
            "The in-bed dose that calls for heat (convention).",
        ),
        key(
            "bed_settling",
            Number(Lasting, Span::ZERO.0, Span::hours(3).0),
            Is("45m"),
            "How long an in-bed sensor is ignored after somebody lay down.",
        ),
        key(
            "prewarm",
            Flag,
            Is("on"),
            "Whether the room is warmed before bedtime and before the cold before dawn.",
        )
        .or_off(),
        key(
            "predawn",
            Number(Lasting, Span::ZERO.0, Span::hours(6).0),
            Is("2h"),
            "How long before the usual wake the room is to be at the reference.",
        ),
        key(
            "empty_after",
            Number(Lasting, Span::minutes(10).0, Span::hours(12).0),
            Is("1h30m"),
            "After how long without anybody in bed pre-warming stops.",
        ),
        key("available", Hours, Depends("always"), "When the boiler gives heat."),
        key(
            "ramp",
            Number(Rate, 50, 1000),
            Is("2 K/h"),
            "How fast the room may warm while somebody sleeps.",
        )
        .or_off(),
        key("window_guess", Flag, Is("on"), "Whether a steep fall is taken for an open window.")
            .or_off(),
    ],
};

static THERMOSTAT: Group = Group {
    name: "thermostat",
    meaning: "A plain thermostat.",
    shared: &[],
    keys: &[
        key("start_below", Number(Temperature, 1000, 2600), Required, "Heat starts below."),
        key("stop_above", Number(Temperature, 1000, 2800), Required, "Heat stops above."),
    ],
};

/// Against stuffiness.
pub(super) static AIRFLOW: Group = Group {
    name: "airflow",
    meaning: "Against a bed that does not breathe. A fan runs only where it would not chill.",
    shared: &[],
    keys: &[
        key("enabled", Flag, Is("true"), "Whether the rule is in force."),
        key(
            "stuffy",
            Number(Percent, 4000, 9500),
            Is("65 %"),
            "Bed humidity, referred to skin at 33 °C, from which the bed is stuffy (convention).",
        ),
        key(
            "stuffy_until",
            Number(Percent, 3000, 9400),
            Is("55 %"),
            "At or below which it no longer is.",
        ),
        key(
            "wet",
            Number(Percent, 5000, 10_000),
            Is("80 %"),
            "From which it is wet: the next level.",
        ),
        key(
            "drier_pa",
            Number(Pascals, 0, 2000),
            Is("300 Pa"),
            "By how much the room must be drier than the bed, in vapour pressure.",
        ),
        key(
            "room_warm",
            Number(Temperature, 2000, 3500),
            Is("26 °C"),
            "Without an in-bed sensor: the room temperature from which a fan helps.",
        ),
        key(
            "room_damp",
            Number(Temperature, 1800, 3500),
            Is("24 °C"),
            "Without an in-bed sensor: the temperature from which a damp room counts.",
        ),
        key(
            "dew_point",
            Number(Temperature, 1000, 2800),
            Is("18 °C"),
            "Without an in-bed sensor: the dew point that makes it damp.",
        ),
        key(
            "humidity_rise",
            Number(Vapour, 20, 1000),
            Is("1.0 g/m³"),
            "Without an in-bed sensor: the rise of absolute humidity since somebody lay down.",
        ),
        key(
            "room_indirect",
            Number(Temperature, 1800, 3000),
            Is("22 °C"),
            "Room temperature from which a fan that does not blow at the bed may run.",
        ),
        key(
            "room_direct",
            Number(Temperature, 1800, 3200),
            Is("24 °C"),
            "Room temperature from which a fan that blows at the bed may run.",
        ),
        key("room_band", Number(Difference, 10, 300), Is("0.5 K"), "How far below that it stops."),
        key(
            "room_hot",
            Number(Temperature, 2800, 4000),
            Depends("35 °C; 33 °C from 65 years"),
            "Above it a fan no longer cools anybody.",
        ),
        key(
            "dose_stop",
            Number(Dose, 0, 500),
            Is("0.5 K·h"),
            "The acute cold dose above which a running fan stops.",
        ),
        key(
            "dose_start",
            Number(Dose, 0, 500),
            Is("0.3 K·h"),
            "The acute cold dose at or below which a fan may start.",
        ),
        key("co2_advise", Number(Ppm, 600, 5000), Is("1150 ppm"), "Fresh air is advised from."),
        key("co2_clear", Number(Ppm, 450, 4000), Is("900 ppm"), "Until."),
    ],
};

/// Against thirst.
pub(super) static HYDRATION: Group = Group {
    name: "hydration",
    meaning: "Against thirst. Silent until every sleeper's `conditions` are answered.",
    shared: &[],
    keys: &[
        key("enabled", Flag, Is("true"), "Whether the rule is in force."),
        key(
            "goal",
            Number(Drink, 500, 4000),
            Depends("by profile: 1.6 L, men 2.0 L, pregnant 0.3 L more (EFSA 2010)"),
            "Drinks a day.",
        ),
        key(
            "after_wake",
            Number(Lasting, Span::ZERO.0, Span::hours(6).0),
            Is("30m"),
            "How long after the usual wake the day's need begins to count.",
        ),
        key(
            "cut_off",
            Number(Lasting, Span::ZERO.0, Span::hours(8).0),
            Depends("by profile: 2h; 4h from 65 years or with nocturia"),
            "How long before bedtime it ends.",
        ),
        key(
            "least",
            Number(Drink, 50, 500),
            Is("150 mL"),
            "The smallest prompt, and how far behind it takes.",
        ),
        key("most", Number(Drink, 50, 500), Is("250 mL"), "The largest prompt."),
        key(
            "apart",
            Number(Lasting, Span::minutes(15).0, Span::hours(8).0),
            Is("1h15m"),
            "The least time between two prompts.",
        ),
        key(
            "hourly",
            Number(Drink, 150, 500),
            Is("500 mL"),
            "Never more than this asked in an hour.",
        ),
        key(
            "unlogged_a_day",
            Number(Count, 0, 10),
            Is("3"),
            "Prompts a day while nothing is ever logged.",
        ),
        key(
            "unanswered",
            Number(Count, 1, 10),
            Is("2"),
            "After so many unanswered prompts, none before tomorrow.",
        ),
        key(
            "hot_room",
            Number(Temperature, 2000, 3500),
            Is("26 °C"),
            "Room temperature from which a day counts as hot: 250 mL more.",
        ),
        key(
            "hot_outdoors",
            Number(Temperature, 2000, 4000),
            Is("28 °C"),
            "Outdoor temperature from which a day counts as hot: 250 mL more.",
        ),
        key(
            "very_hot_outdoors",
            Number(Temperature, 2500, 5000),
            Is("32 °C"),
            "Outdoor temperature from which a day counts as very hot: 500 mL more.",
        ),
    ],
};

/// How the bed's sensors are read.
pub(super) static OCCUPANCY: Group = Group {
    name: "occupancy",
    meaning: "How bed sensors are read.",
    shared: &[],
    keys: &[
        key(
            "in_after",
            Number(Lasting, Span::ZERO.0, Span::minutes(30).0),
            Is("3m"),
            "How long somebody must be in bed before rules believe it.",
        )
        .or_off(),
        key(
            "out_after",
            Number(Lasting, Span::ZERO.0, Span::hours(2).0),
            Is("10m"),
            "How long the bed must be empty before rules believe it.",
        )
        .or_off(),
        key(
            "lives",
            Number(Lasting, Span::hours(1).0, Span::hours(24).0),
            Is("16h"),
            "How long one \"in\" holds without another word.",
        ),
    ],
};

/// How readings are judged.
pub(super) static READINGS: Group = Group {
    name: "readings",
    meaning: "When an old reading is no reading. Each sensor's own rhythm is learned between \
              these limits.",
    shared: &[],
    keys: &[
        key(
            "least_silence",
            Number(Lasting, Span::minutes(2).0, Span::hours(2).0),
            Is("15m"),
            "The shortest silence that makes a sensor unknown.",
        ),
        key(
            "most_silence",
            Number(Lasting, Span::minutes(15).0, Span::hours(6).0),
            Is("2h10m"),
            "The longest, which also holds at first.",
        ),
        key(
            "heated_silence",
            Number(Lasting, Span::minutes(5).0, Span::hours(2).0),
            Is("45m"),
            "The longest silence while a switched heater is on.",
        ),
        key(
            "jump",
            Number(Difference, 50, 2000),
            Is("3 K"),
            "A larger jump needs the next reading to agree.",
        )
        .or_off(),
    ],
};

//! Keys of a bedroom, its people and its sensors.

use super::devices::{FAN, HEATER};
use super::families;
use super::rules::{AIRFLOW, COLD_EXPOSURE, HYDRATION, OCCUPANCY, READINGS};
use crate::plan::key::Fallback::{Depends, Is};
use crate::plan::key::Form::{Block, Flag, Hours, Many, Month, Named, Number, Text, Topic, Word};
use crate::plan::key::Measure::Count;
use crate::plan::key::{Group, key};

/// One bedroom.
pub(super) static BEDROOM: Group = Group {
    name: "bedroom",
    meaning: "One bedroom; the name above this block is part of topics, and stays what it is for \
              good: lower-case letters, digits, `_` and `-`.",
    shared: &[],
    keys: &[
        key(
            "name",
            Text("a name such as `Schlafzimmer`"),
            Depends("the one above this block, with spaces for `_` and `-`"),
            "What people call it, in any script: the device's name in Home Assistant, and the \
             room's in whatever is said, shown and logged. It may be changed at any time.",
        ),
        key(
            "sleep",
            Hours,
            Depends("22:30-06:45; must be written where nothing measures the bed"),
            "The usual hours of sleep. Where nothing measures the bed, somebody is taken to \
             lie in it between them; quiet hours are these and one more at each end.",
        ),
        key("sleepers", Named(&SLEEPER), Depends("nobody known"), "Who sleeps there, by name."),
        key("baby", Flag, Is("false"), "A baby or small child sleeps there too."),
        key("sensors", Block(&SENSORS), Depends("nothing is measured"), "What is measured there."),
        key("heater", Block(&HEATER), Depends("none"), "The heater."),
        key("heaters", Named(&HEATER), Depends("none"), "Several heaters, by name."),
        key("fan", Block(&FAN), Depends("none"), "The fan."),
        key("fans", Named(&FAN), Depends("none"), "Several fans, by name."),
        key("cold_exposure", Block(&COLD_EXPOSURE), Depends("as below"), "Against cold."),
        key("airflow", Block(&AIRFLOW), Depends("as below"), "Against stuffiness."),
        key("hydration", Block(&HYDRATION), Depends("as below"), "Against thirst."),
        key("occupancy", Block(&OCCUPANCY), Depends("as below"), "How bed sensors are read."),
        key("readings", Block(&READINGS), Depends("as below"), "How readings are judged."),
        key(
            "audible_changes",
            Number(Count, 0, 50),
            Is("4"),
            "How many changes that can be heard a night may have while somebody is in bed, an \
             hour apart. A safe return to off is never counted.",
        )
        .or_off(),
        key(
            "ask_in_the_morning",
            Flag,
            Is("true"),
            "Whether each sleeper is asked “any cramp last night?” for the diary, once the night is \
             over and nobody lies in bed; also with `mode: watch`. Without an answer on three \
             mornings in a row nobody is asked, until somebody tells of a cramp or of none.",
        ),
        key(
            "mode",
            Word(&["auto", "watch", "off"]),
            Is("auto"),
            "What uncramp may do there from the start: `auto` decides and acts, `watch` decides \
             and says what it would have done, `off` does neither.",
        ),
    ],
};

/// What switches advice off, by the words of `conditions:`; the last one says that nobody
/// knows.
pub const CONDITIONS: [&str; 18] = [
    "kidney_disease",
    "dialysis",
    "heart_failure",
    "fluid_limit",
    "low_sodium",
    "diuretics",
    "pregnancy",
    "diabetes",
    "neuropathy",
    "poor_circulation",
    "paralysis",
    "sedatives",
    "wounds",
    "nocturia",
    "fall_risk",
    "suspected_clot",
    "chronic_illness",
    "dont_know",
];

/// The languages uncramp speaks, by their tags.
pub(super) const LANGUAGES: [&str; 2] = ["en", "de"];

static SLEEPER: Group = Group {
    name: "sleeper",
    meaning: "One person. Nothing of it leaves the machine. What is not said keeps advice that \
              depends on it silent.",
    shared: &[],
    keys: &[
        key(
            "born",
            Number(Count, 1900, 2100),
            Depends("not said: an adult below 65"),
            "The year of birth. From 65 years rooms are kept warmer and evenings drier.",
        ),
        key(
            "sex",
            Word(&["female", "male"]),
            Depends("not said: 1.6 L of drinks a day"),
            "For the day's need of water: 1.6 L of drinks for women, 2.0 L for men (EFSA 2010).",
        ),
        key(
            "conditions",
            Many(&Word(&CONDITIONS)),
            Depends("not answered: no word about water"),
            "Conditions that switch advice off; `[]` says that there are none.",
        ),
        key(
            "conditions_confirmed",
            Month,
            Depends("not confirmed"),
            "When that was last true. After twelve months prompts fall silent and somebody is \
             asked.",
        ),
        key(
            "language",
            Word(&LANGUAGES),
            Depends("the house's"),
            "What this person is spoken to in.",
        ),
    ],
};

static SENSORS: Group = Group {
    name: "sensors",
    meaning: "What is measured. One sensor in the room is enough to begin with.",
    shared: &[],
    keys: &[
        key(
            "room",
            Block(&CLIMATE),
            Depends("none: no heater and no fan can be run"),
            "The room's air, at about bed height and away from the heater.",
        ),
        key(
            "bed",
            Block(&CLIMATE),
            Depends("none: the room's air is judged instead"),
            "In the bed, near the feet.",
        ),
        key("outdoors", Block(&CLIMATE), Depends("none"), "Outside the house."),
        key(
            "in_bed",
            Many(&Block(&IN_BED)),
            Depends("none: `sleep` is taken instead"),
            "Whether somebody lies in the bed; one sensor, or one for each side.",
        ),
        key(
            "window",
            Many(&Block(&WINDOW)),
            Depends("none: a steep fall is taken for an open window"),
            "Whether a window is open.",
        ),
        key("co2", Block(&CO2), Depends("none"), "Carbon dioxide in the room."),
    ],
};

static CLIMATE: Group = Group {
    name: "climate",
    meaning: "A thermometer, perhaps with a hygrometer: one of the device families, or `topic:`, \
              which gives a temperature.",
    shared: &families::SENSOR,
    keys: &[
        key(
            "topic",
            Topic,
            Depends("one of the families above"),
            "Any topic with a number or JSON.",
        ),
        PATH,
        TIME_PATH,
        UNIT,
        AVAILABILITY,
        key(
            "measures",
            Many(&Word(&["temperature", "humidity"])),
            Depends(
                "with `zigbee2mqtt`, `tasmota`, `shelly` and `theengs` both, else the temperature",
            ),
            "What is read from the device.",
        ),
        key(
            "temperature",
            Block(&VALUE),
            Depends("as above"),
            "Where the temperature is, if elsewhere.",
        ),
        key(
            "humidity",
            Block(&VALUE),
            Depends("as above"),
            "Where the relative humidity is, if elsewhere.",
        ),
    ],
};

static VALUE: Group = Group {
    name: "value",
    meaning: "One value. What is not said here is taken from the block around it.",
    shared: &families::SENSOR,
    keys: &[
        key(
            "read",
            Text("a property"),
            Depends("the family's usual one: with `zigbee2mqtt` `temperature` or `humidity`"),
            "The family's name for the value.",
        ),
        key("topic", Topic, Depends("the block around it"), "Any topic with a number or JSON."),
        PATH,
        TIME_PATH,
        UNIT,
        AVAILABILITY,
    ],
};

static IN_BED: Group = Group {
    name: "in_bed",
    meaning: "A mat, a strip or a radar: is somebody in bed?",
    shared: &families::SENSOR,
    keys: &[
        key(
            "read",
            Text("a property"),
            Depends(
                "with `zigbee2mqtt` `occupancy`, with `tasmota` `Switch1`, with `shelly` `input:0`",
            ),
            "The family's name for the value; with `zigbee2mqtt` `occupancy`, `presence` or \
             `contact`. A `contact` that is closed means in bed, as a mat closes its switch \
             under weight.",
        ),
        key(
            "topic",
            Topic,
            Depends("one of the families above"),
            "Any topic with on and off, or JSON.",
        ),
        PATH,
        TIME_PATH,
        AVAILABILITY,
        key("inverted", Flag, Is("false"), "It says the opposite."),
        key(
            "sleeper",
            Text("a sleeper's name"),
            Depends("anybody"),
            "Whose side of the bed; a name below `sleepers`.",
        ),
    ],
};

static WINDOW: Group = Group {
    name: "window",
    meaning: "A window's contact: is it open?",
    shared: &families::SENSOR,
    keys: &[
        key(
            "read",
            Text("a property"),
            Depends("with `zigbee2mqtt` `contact`, with `tasmota` `Switch1`"),
            "The family's name for the value. A `contact` that is closed means that the window is.",
        ),
        key(
            "topic",
            Topic,
            Depends("one of the families above"),
            "Any topic with on (open) and off.",
        ),
        PATH,
        TIME_PATH,
        AVAILABILITY,
        key("inverted", Flag, Is("false"), "It says the opposite."),
    ],
};

static CO2: Group = Group {
    name: "co2",
    meaning: "A carbon dioxide sensor.",
    shared: &families::SENSOR,
    keys: &[
        key(
            "read",
            Text("a property"),
            Depends("with `zigbee2mqtt` `co2`, with `tasmota` `CarbonDioxide`"),
            "The family's name for the value.",
        ),
        key(
            "topic",
            Topic,
            Depends("one of the families above"),
            "Any topic with a number or JSON.",
        ),
        PATH,
        TIME_PATH,
        AVAILABILITY,
    ],
};

const PATH: crate::plan::key::Key = key(
    "path",
    Text("a dotted path such as `AHT1X.Temperature`"),
    Depends("the payload is the bare value"),
    "Where in a JSON payload the value is.",
);

const TIME_PATH: crate::plan::key::Key = key(
    "time_path",
    Text("a dotted path such as `Time`"),
    Depends("the payload tells no time"),
    "Where in a JSON payload the time of measurement is. Only with it a message that the \
     broker kept counts as fresh.",
);

const UNIT: crate::plan::key::Key = key(
    "unit",
    Word(&["celsius", "fahrenheit"]),
    Is("celsius"),
    "The unit in which the device states temperatures.",
);

const AVAILABILITY: crate::plan::key::Key = key(
    "availability",
    Topic,
    Depends("none"),
    "The topic on which the device is said to be `online` or `offline`.",
);

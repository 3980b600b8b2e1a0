//! Keys of heaters and fans.

use super::families;
use crate::model::Span;
use crate::plan::key::Fallback::{Depends, Is, Required};
use crate::plan::key::Form::{Either, Flag, Many, Number, Text, Topic, Word};
use crate::plan::key::Measure::{Count, Lasting, Power, Speed};
use crate::plan::key::{Form, Group, Key, key};

/// One heater.
pub(super) static HEATER: Group = Group {
    name: "heater",
    meaning: "A heater: what it can do harm by, and how it is told. Either one of the device \
              families, or `command:`.",
    shared: &families::ACTUATOR,
    keys: &[
        key(
            "kind",
            Word(&["radiator", "heat_pump", "panel", "blanket", "portable"]),
            Required,
            "What it can do harm by. `radiator` is filled with hot water by a boiler; an \
             electric one is a `panel` if it is fixed to the wall, else `portable`. A \
             `portable` heater is only ever switched off.",
        ),
        NAME,
        key(
            "control",
            Word(&["switch", "setpoint"]),
            Depends("`setpoint` for `radiator` and `heat_pump`, else `switch`"),
            "Whether the device is switched, or holds a temperature by itself.",
        ),
        key(
            "fixed",
            Flag,
            Is("false"),
            "For a `panel`: it is fixed to the wall and plugged into no extension lead.",
        ),
        key(
            "hot_water",
            Flag,
            Depends("not said"),
            "For a switched `radiator`: a boiler fills it with hot water, and it has no \
             heating rod of its own.",
        ),
        key(
            "all_night",
            Flag,
            Is("false"),
            "For a `blanket`: its label allows it to stay on all night.",
        ),
        AUDIBLE_HEATER,
        COMMAND,
        STATE,
        STATE_PATH,
        PAYLOAD_ON,
        PAYLOAD_OFF,
        key(
            "unit",
            Word(&["celsius", "fahrenheit"]),
            Is("celsius"),
            "The unit in which set-points are told.",
        ),
        AVAILABILITY,
        MIN_ON,
        MIN_OFF,
        key(
            "lease",
            Number(Lasting, Span::minutes(2).0, Span::minutes(105).0),
            Is("15m"),
            "How long an on holds without being renewed. `off` is allowed for `radiator` and \
             `heat_pump` only.",
        )
        .or_off(),
        key(
            "stretch",
            Number(Lasting, Span::minutes(10).0, Span::hours(12).0),
            Depends("4h; a `blanket` 45m, with `all_night` 4h; a `portable` heater 1h"),
            "The longest stretch without a rest; for a `blanket` at most 1h, with `all_night` \
             4h, and for a `portable` heater at most 1h.",
        ),
        REST,
        CONFIRM,
    ],
};

/// One fan.
pub(super) static FAN: Group = Group {
    name: "fan",
    meaning: "A fan. Either one of the device families, or `command:`.",
    shared: &families::ACTUATOR,
    keys: &[
        NAME,
        COMMAND,
        STATE,
        STATE_PATH,
        PAYLOAD_ON,
        PAYLOAD_OFF,
        AVAILABILITY,
        key(
            "levels",
            Either(&[Number(Count, 1, 10), Many(&Text("a level's name or number"))]),
            Depends("one: on and off"),
            "The levels, lowest first, without off: the words of a Zigbee2MQTT `fan_mode` \
             (`[low, medium, high]`) or the numbers of its `speed`; with `command:` how many \
             there are; with `tasmota:` 3, for an iFan.",
        ),
        key(
            "speeds",
            Many(&Number(Speed, 0, 500)),
            Depends("unknown: 0.3 m/s a level"),
            "The air speed at the pillow at each level.",
        ),
        key("direct", Flag, Is("false"), "It blows at the bed."),
        key(
            "idle_below",
            Number(Power, 0, 1000),
            Is("5 W"),
            "On, and drawing less than this, it stands still: its plug is on and its own switch \
             is not. It is not tried again that night. `0 W` for a fan that runs on less.",
        ),
        key("audible", Flag, Is("true"), "It can be heard from the bed."),
        MIN_ON,
        MIN_OFF,
        CONFIRM,
    ],
};

const NAME: Key = key(
    "name",
    Text("a name such as `Heizkörper am Fenster`"),
    Depends("the one above this block: `heater`, `fan`, or its own"),
    "What people call it, in any script: in Home Assistant, and in whatever is told or shown to \
     people. Topics and commands go on using the one above this block. It may be changed at any \
     time.",
);

const COMMAND: Key =
    key("command", Topic, Depends("one of the families above"), "The topic to which commands go.");

const STATE: Key = key(
    "state",
    Topic,
    Depends("it never says"),
    "The topic on which the device says what it does.",
);

const STATE_PATH: Key = key(
    "state_path",
    Text("a dotted path such as `relay.state`"),
    Depends("the payload is the bare value"),
    "Where in a JSON state the value is.",
);

const PAYLOAD_ON: Key = key(
    "payload_on",
    Text("a payload"),
    Depends("`ON`; `{}` for a set-point and for a fan with levels"),
    "What is sent for on; `{}` stands for the set-point or the level.",
);

const PAYLOAD_OFF: Key = key("payload_off", Text("a payload"), Is("OFF"), "What is sent for off.");

const AVAILABILITY: Key = key(
    "availability",
    Topic,
    Depends("none"),
    "The topic on which the device is said to be `online` or `offline`.",
);

const AUDIBLE_HEATER: Key = key(
    "audible",
    Flag,
    Depends("`true` for a radiator valve, else `false`"),
    "It can be heard from the bed.",
);

const UP_TO_TWO_HOURS: Form = Number(Lasting, Span::ZERO.0, Span::hours(2).0);

const MIN_ON: Key = key(
    "min_on",
    UP_TO_TWO_HOURS,
    Is("10m"),
    "The least time on before a rule's own release; an off for safety never waits.",
)
.or_off();

const MIN_OFF: Key = key("min_off", UP_TO_TWO_HOURS, Is("10m"), "The least time off.").or_off();

const REST: Key = key(
    "rest",
    Number(Lasting, Span::minutes(5).0, Span::hours(6).0),
    Is("30m"),
    "The rest after such a stretch.",
);

const CONFIRM: Key = key(
    "confirm",
    Number(Lasting, Span::seconds(2).0, Span::minutes(10).0),
    Is("30s"),
    "How long the device may take to confirm a command.",
)
.or_off();

//! Keys of the house and of its broker.

use super::bedroom::{BEDROOM, LANGUAGES};
use crate::plan::key::Fallback::{Depends, Is, Required};
use crate::plan::key::Form::{Block, Either, Flag, Named, Number, Secret, Text, Topic, Word};
use crate::plan::key::Measure::Count;
use crate::plan::key::{Group, key};

/// The whole file.
pub(in crate::plan) static HOUSE: Group = Group {
    name: "house",
    meaning: "The top of the file. Keys that begin with `x-` are left alone, as a place for \
              YAML anchors.",
    shared: &[],
    keys: &[
        key(
            "timezone",
            Text("a time zone such as `Europe/Brussels`"),
            Depends("the system's"),
            "The IANA name of the time zone in which the hours below are meant.",
        ),
        key(
            "language",
            Word(&LANGUAGES),
            Is("en"),
            "The language of words spoken and shown: English or German. On the command line reasons, \
             `setup` and `check` are in it; complaints about this file and the network, `try`, \
             `--prove`, the log and what the other commands say around reasons are English.",
        ),
        key(
            "units",
            Word(&["metric", "imperial"]),
            Is("metric"),
            "The units of words spoken and shown, and of temperatures that are written \
             below without a unit.",
        ),
        key(
            "base_topic",
            Topic,
            Is("uncramp"),
            "The topic below which uncramp's own topics lie; one for each uncramp on a broker.",
        ),
        key(
            "zigbee2mqtt_base",
            Topic,
            Is("zigbee2mqtt"),
            "Zigbee2MQTT's own base topic, if it was changed there.",
        ),
        key(
            "store",
            Text("a directory"),
            Depends("systemd's state directory, else the user's"),
            "Where uncramp keeps what it must remember.",
        ),
        key(
            "mqtt",
            Either(&[Word(&["embedded", "supervisor"]), Block(&MQTT)]),
            Depends("a broker on this machine, without a password"),
            "The broker; `embedded` is one inside uncramp, for this machine only, `supervisor` \
             the one that Home Assistant's Supervisor names to its apps.",
        ),
        key(
            "home_assistant",
            Block(&HOME_ASSISTANT),
            Depends("as below"),
            "How the bedrooms show up in Home Assistant.",
        ),
        key(
            "hermes_home",
            Text("a site such as `kitchen`"),
            Depends("the bedroom's own, which has its name"),
            "The site (`siteId`) of Rhasspy, or of another voice that speaks Hermes, where people \
             are by day: for words while nobody is in the bedroom.",
        ),
        key("bedrooms", Named(&BEDROOM), Required, "The bedrooms, by name."),
    ],
};

static HOME_ASSISTANT: Group = Group {
    name: "home_assistant",
    meaning: "Each bedroom is a device of Home Assistant's MQTT integration.",
    shared: &[],
    keys: &[
        key("discovery", Flag, Is("true"), "Whether Home Assistant is told of the bedrooms."),
        key(
            "prefix",
            Topic,
            Is("homeassistant"),
            "The discovery prefix, if it was changed in its MQTT integration.",
        ),
        key(
            "birth",
            Topic,
            Is("homeassistant/status"),
            "The topic of its birth message, if it was changed there: when `online` comes on it, \
             every bedroom is told anew. The prefix has no part in it.",
        ),
    ],
};

static MQTT: Group = Group {
    name: "mqtt",
    meaning: "How the broker is reached, or how the embedded one listens.",
    shared: &[],
    keys: &[
        key("host", Text("a host name or address"), Is("localhost"), "Where the broker runs."),
        key(
            "port",
            Number(Count, 1, 65_535),
            Depends("1883, with `tls` 8883"),
            "The broker's port.",
        ),
        key(
            "username",
            Text("a user name"),
            Depends("none: nobody signs in"),
            "The broker's user for uncramp.",
        ),
        key(
            "password_file",
            Text("a file"),
            Depends("the systemd credential `mqtt-password`, if there is one"),
            "The file in which the password stands alone.",
        ),
        key(
            "password",
            Secret,
            Depends("see `password_file`"),
            "The password, best as `${UNCRAMP_MQTT_PASSWORD}`, which is read from the \
             environment.",
        ),
        key(
            "client_id",
            Text("a client id"),
            Depends("made from the host's name, and kept"),
            "The MQTT client id; no two clients of one broker may share one.",
        ),
        key(
            "tls",
            Either(&[Flag, Block(&TLS)]),
            Is("false"),
            "Whether the connection is encrypted.",
        ),
        key(
            "embedded",
            Block(&EMBEDDED),
            Depends("none: the broker is another program"),
            "The broker inside uncramp, with more than `mqtt: embedded` says; then none of the \
             keys above.",
        ),
    ],
};

static TLS: Group = Group {
    name: "tls",
    meaning: "How the broker proves who it is.",
    shared: &[],
    keys: &[
        key(
            "ca_file",
            Text("a file"),
            Depends("the system's certificates"),
            "The certificate, as PEM, of whoever signed the broker's.",
        ),
        key(
            "insecure_skip_verify",
            Flag,
            Is("false"),
            "Believes any certificate. Whoever is on the network can then read the password \
             and switch the heater.",
        ),
    ],
};

static EMBEDDED: Group = Group {
    name: "embedded",
    meaning: "The broker inside uncramp.",
    shared: &[],
    keys: &[
        key(
            "listen",
            Text("an address and port such as `127.0.0.1:1883`"),
            Is("127.0.0.1:1883"),
            "Where it listens. Beyond this machine it asks for a password file.",
        ),
        key(
            "password_file",
            Text("a file"),
            Depends("none: anybody on this machine"),
            "The file of users it admits: a name, `:` and a password in each line, plain or as \
             `mosquitto_passwd` writes it (`mosquitto_passwd -c FILE NAME` begins one; -c not for \
             the next name). uncramp must be able to read it.",
        ),
    ],
};

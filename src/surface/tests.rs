use chrono::NaiveTime;
use serde_json::Value as Json;

use super::*;
use crate::engine::{
    Announcement, Audience, Fault, Hush, Order, Period, SpokenAt, Unsaid, Urgency, Words,
};
use crate::model::{
    ActuatorId, Co2, Humidity, KelvinHours, Kelvins, Millilitres, Place, Quantity, SensorId, Span,
    Switch, Temperature, Window, Zone,
};
use crate::plan::{
    Actuator, Bedroom, Control, Hazard, Kind, Language, Mode, Occupancy, Readings, Sensor, Sleeper,
    Units,
};
use crate::rules::{Because, Judge, Reason, airflow, cold_exposure, hydration};
use crate::safety::Limits;
use crate::speech::Said;
use crate::wire::{self, plain};

pub(super) const BEDROOM: BedroomId = BedroomId(0);
/// 2026-11-22T22:30:00+01:00, as the monotone clock of the tests has it.
pub(super) const NOW: Time = Time(1_000_000);
pub(super) const WALL: Wall = Wall { offset: 1_795_383_000_000 - NOW.0, synchronised: true };
pub(super) const DARK: Wall = Wall { offset: 0, synchronised: false };

pub(crate) fn plan() -> Plan {
    Plan {
        discovery: Some("homeassistant".to_owned()),
        birth: "homeassistant/status".to_owned(),
        hermes_home: None,
        zone: Zone { name: "Europe/Brussels".to_owned(), first: 3600, changes: Vec::new() },
        language: Language::English,
        units: Units::Metric,
        base_topic: "home/uncramp".to_owned(),
        bedrooms: vec![
            bedroom("bedroom", &["anna", "ben"], &["radiator", "fan"]),
            bedroom("attic", &["cleo"], &[]),
        ],
    }
}

fn bedroom(name: &str, sleepers: &[&str], actuators: &[&str]) -> Bedroom {
    let hour = |h, m| NaiveTime::from_hms_opt(h, m, 0).expect("a time of day");
    let sleeper = |name: &&str| Sleeper {
        name: (*name).to_owned(),
        born: None,
        sex: None,
        conditions: None,
        conditions_confirmed: None,
        language: None,
    };
    Bedroom {
        name: name.to_owned(),
        called: None,
        sleepers: sleepers.iter().map(sleeper).collect(),
        baby: false,
        sleep: Window { from: hour(22, 30), to: hour(6, 45) },
        sensors: Vec::new(),
        actuators: actuators.iter().map(|name| actuator(name)).collect(),
        occupancy: Occupancy { in_after: None, out_after: None, lives: Span::hours(16) },
        readings: Readings {
            least_silence: Span::minutes(15),
            most_silence: Span::minutes(130),
            heated_silence: Span::minutes(45),
            jump: None,
        },
        audible_changes: None,
        ask_in_the_morning: true,
        mode: Mode::Auto,
        cold_exposure: cold(),
        airflow: air(),
        hydration: water(),
    }
}

fn actuator(name: &str) -> Actuator {
    Actuator {
        name: name.to_owned(),
        called: None,
        kind: Kind::Heater { hazard: Hazard::Radiator, control: Control::Switch },
        audible: false,
        limits: Limits {
            min_on: None,
            min_off: None,
            lease: None,
            stretch: Span::hours(4),
            rest: Span::minutes(30),
        },
        confirm: None,
        device: wire::Device::Plain(plain::Device {
            command: format!("{name}/set"),
            state: None,
            state_path: None,
            on: "ON".to_owned(),
            off: "OFF".to_owned(),
            number: plain::Number::Level,
            unit: plain::Unit::Celsius,
            availability: None,
        }),
    }
}

fn cold() -> cold_exposure::Settings {
    cold_exposure::Settings {
        enabled: true,
        reference: cold_exposure::Reference::ByProfile,
        style: cold_exposure::Style::Dose,
        memory: Span::minutes(90),
        act: KelvinHours::new(1.0),
        release: KelvinHours::new(0.3),
        deep: Kelvins(200),
        release_above: Kelvins(50),
        target_above: Kelvins(100),
        band: Kelvins(30),
        ceiling: Temperature(2400),
        bed_reference: Temperature(2800),
        bed_act: KelvinHours::new(1.5),
        bed_settling: Span::minutes(45),
        prewarm: true,
        predawn: Span::hours(2),
        empty_after: Span::minutes(90),
        available: None,
        ramp: None,
        window_guess: false,
    }
}

fn air() -> airflow::Settings {
    airflow::Settings {
        enabled: true,
        stuffy: Humidity(6500),
        stuffy_until: Humidity(5500),
        wet: Humidity(8000),
        drier_pa: 300,
        room_warm: Temperature(2600),
        room_damp: Temperature(2400),
        dew_point: Temperature(1800),
        humidity_rise: 100,
        room_indirect: Temperature(2200),
        room_direct: Temperature(2400),
        room_band: Kelvins(50),
        room_hot: Temperature(3500),
        dose_stop: KelvinHours::new(0.5),
        dose_start: KelvinHours::new(0.3),
        co2_advise: Co2(1150),
        co2_clear: Co2(900),
    }
}

fn water() -> hydration::Settings {
    hydration::Settings {
        enabled: true,
        goal: None,
        after_wake: Span::minutes(30),
        cut_off: None,
        least: Millilitres(150),
        most: Millilitres(250),
        apart: Span::minutes(75),
        hourly: Millilitres(500),
        unlogged_a_day: 3,
        unanswered: 2,
        hot_room: Temperature(2600),
        hot_outdoors: Temperature(2800),
        very_hot_outdoors: Temperature(3200),
    }
}

/// The same, with a thermometer.
fn measured() -> Plan {
    let mut plan = plan();
    plan.bedrooms[0].sensors.push(Sensor {
        name: "room temperature".to_owned(),
        place: Place::Room,
        quantity: Quantity::Temperature,
        sleeper: None,
        device: 0,
        source: wire::Source::Plain(plain::Source {
            topic: "room".to_owned(),
            path: None,
            time_path: None,
            unit: plain::Unit::Celsius,
            inverted: false,
            availability: None,
        }),
    });
    plan
}

fn command(switch: Switch, valid_until: Time) -> Command {
    Command {
        bedroom: BEDROOM,
        actuator: ActuatorId(1),
        switch,
        order: Order::SendFirst,
        valid_until,
        again: false,
        releases: false,
        reason: Reason { by: Judge::Nobody, because: Because::Nothing, otherwise: None },
    }
}

fn json_of(message: &Message) -> Json {
    serde_json::from_slice(&message.payload).expect("JSON")
}

#[test]
fn an_action_tells_its_reason_and_how_long_it_holds() {
    let on = command(Switch::On { timer: Some(Span::minutes(15)) }, NOW + Span::minutes(5));
    let message = action(&plan(), &on, "Nothing asks for a change.", WALL);
    assert_eq!(message.topic, "home/uncramp/bedroom/action");
    assert!(message.confirmed && !message.retain);
    assert_eq!(
        json_of(&message),
        json!({
            "actuator": "fan",
            "switch": "on",
            "timer_s": 900,
            "again": false,
            "reason": {"by": "nobody", "kind": "nothing"},
            "text": "Nothing asks for a change.",
            "valid_until": "2026-11-22T22:35:00+01:00",
        })
    );
    let would = json_of(&watched(&plan(), &on, "Watching.", WALL));
    assert_eq!((&would["watch"], &would["switch"]), (&json!(true), &json!("on")));
    assert_eq!(would["text"], "Watching.");
    for (switch, word, key, number) in [
        (Switch::SetPoint(Temperature(2150)), "setpoint", "celsius", json!(21.5)),
        (Switch::Level(2), "level", "level", json!(2)),
        (Switch::Feed(Temperature(1946)), "feed", "celsius", json!(19.46)),
    ] {
        let object = json_of(&action(&plan(), &command(switch, NOW), "", WALL));
        assert_eq!((&object["switch"], &object[key]), (&json!(word), &number));
    }
}

#[test]
fn no_time_is_told_while_nobody_knows_it_or_none_is_meant() {
    let off = command(Switch::Off, Time::NEVER);
    assert_eq!(json_of(&action(&plan(), &off, "", WALL)).get("valid_until"), None);
    let on = command(Switch::On { timer: None }, NOW);
    assert_eq!(json_of(&action(&plan(), &on, "", DARK)).get("valid_until"), None);
}

pub(super) fn announcement(words: Words, audience: Audience, urgency: Urgency) -> Announcement {
    Announcement {
        bedroom: BEDROOM,
        id: 42,
        words,
        introduces: false,
        audience,
        place: SpokenAt::Bed,
        urgency,
        quiet: false,
        valid_until: NOW + Announcement::GENTLE_FOR,
        order: Order::RecordFirst,
    }
}

fn said(english: &str, german: &str) -> Said {
    let texts = [(Language::English, english), (Language::German, german)];
    let texts = texts.map(|(language, text)| (language, text.to_owned())).into();
    Said { language: Language::English, texts }
}

#[test]
fn a_reminder_is_announced_and_spoken_at_the_bedside() {
    let reason = Reason { by: Judge::Hydration, because: Because::Nothing, otherwise: None };
    let words = Words::Drink { sleeper: 0, amount: Millilitres(200), reason };
    let drink = announcement(words, Audience::Sleeper, Urgency::Gentle);
    let message = announce(&plan(), &drink, &said("A glass of water?", "Ein Glas Wasser?"), WALL);
    assert_eq!(message.topic, "home/uncramp/bedroom/announce");
    assert!(message.confirmed && !message.retain);
    assert_eq!(
        json_of(&message),
        json!({
            "id": 42,
            "text": "A glass of water?",
            "language": "en",
            "texts": {"en": "A glass of water?", "de": "Ein Glas Wasser?"},
            "urgency": "gentle",
            "ask": {
                "about": "drink",
                "question": {"en": "Did you drink it?", "de": "Schon getrunken?"},
                "answers": {
                    "yes": {
                        "reply": {"en": "Noted.", "de": "Notiert."},
                        "label": "I drank it",
                        "topic": "home/uncramp/bedroom/drink/set",
                        "payload": {"sleeper": "anna", "ml": 200},
                        "event": {"event_type": "drink", "sleeper": "anna"},
                    },
                    "no": {"reply": {"en": "All right.", "de": "In Ordnung."}},
                    "later": {
                        "reply": {"en": "All right, later.", "de": "Gut, später."},
                        "label": "Later",
                        "topic": "home/uncramp/bedroom/snooze/set",
                        "payload": {"id": 42},
                        "event": {"event_type": "later", "id": 42},
                    },
                },
                "unclear": {
                    "en": "I did not understand. When you have drunk, say: I drank a glass.",
                    "de": "Das war nicht zu verstehen. Wer getrunken hat, sagt: Ich habe ein Glas \
                           getrunken.",
                },
                "lost": {
                    "en": "I could not pass that on.",
                    "de": "Das konnte nicht weitergegeben werden.",
                },
                "until": "2026-11-22T23:00:00+01:00",
            },
            "valid_until": "2026-11-22T22:35:00+01:00",
            "audience": "sleeper",
            "place": "bed",
            "quiet": false,
            "healed": false,
            "tag": "drink-anna",
            "sleeper": "anna",
            "ml": 200,
        })
    );
    let spoken = hermes(&plan(), &drink, &said("A glass of water?", "Ein Glas Wasser?"))
        .expect("for a sleeper");
    assert_eq!(spoken.topic, "hermes/tts/say");
    assert_eq!(
        json_of(&spoken),
        json!({"text": "A glass of water?", "siteId": "bedroom", "lang": "en", "id": "bedroom/42"})
    );
}

#[test]
fn who_is_up_is_spoken_to_where_people_are_by_day() {
    let words = Words::Air(vec![airflow::Advice::FreshAir]);
    let at_home = Announcement {
        place: SpokenAt::Home,
        quiet: true,
        ..announcement(words, Audience::Sleeper, Urgency::Gentle)
    };
    let object =
        json_of(&announce(&plan(), &at_home, &said("Good morning.", "Guten Morgen."), WALL));
    assert_eq!((&object["place"], &object["quiet"]), (&json!("home"), &json!(true)));
    assert_eq!((object.get("sleeper"), object.get("ml")), (None, None));
    let site = |plan: &Plan| {
        json_of(
            &hermes(plan, &at_home, &said("Good morning.", "Guten Morgen."))
                .expect("for a sleeper"),
        )["siteId"]
            .clone()
    };
    assert_eq!(site(&plan()), "bedroom", "nobody named another site");
    let named = Plan { hermes_home: Some("kitchen".to_owned()), ..plan() };
    assert_eq!(site(&named), "kitchen");
}

#[test]
fn a_fault_is_for_the_keeper_and_never_at_the_bedside() {
    let words = Words::Fault(Fault::Silent { sensor: SensorId(0) });
    let fault = announcement(words, Audience::Keeper, Urgency::Normal);
    let fault = Announcement { place: SpokenAt::Home, ..fault };
    let object = json_of(&announce(&measured(), &fault, &said("Silent.", "Stumm."), DARK));
    assert_eq!(
        object,
        json!({
            "id": 42,
            "text": "Silent.",
            "language": "en",
            "texts": {"en": "Silent.", "de": "Stumm."},
            "urgency": "normal",
            "ask": false,
            "audience": "keeper",
            "place": "home",
            "quiet": false,
            "healed": false,
            "tag": "silent-room-temperature",
        })
    );
    assert_eq!(hermes(&plan(), &fault, &said("Silent.", "Stumm.")), None);
}

#[test]
fn a_night_of_watching_offers_to_begin_and_is_an_event() {
    let from = NOW - Span::hours(2);
    let heat = vec![Period { from, until: NOW }];
    let words = Words::Watched { heat, air: Vec::new() };
    let told = announcement(words, Audience::Keeper, Urgency::Gentle);
    let object = json_of(&announce(&plan(), &told, &said("Last night …", "Letzte Nacht …"), WALL));
    assert_eq!(
        object["offer"],
        json!({"label": "Start it", "topic": "home/uncramp/bedroom/mode/set", "payload": "auto"})
    );
    assert_eq!(object["tag"], "watched");
    let event = watched_night(&plan(), &told, WALL).expect("a night");
    assert_eq!(event.topic, "home/uncramp/bedroom/event");
    let heat = json!([{
        "from": "2026-11-22T20:30:00+01:00",
        "until": "2026-11-22T22:30:00+01:00",
    }]);
    assert_eq!(json_of(&event), json!({"event_type": "watched", "heat": heat, "air": []}));
    let fault = announcement(Words::Welcome, Audience::Sleeper, Urgency::Gentle);
    assert_eq!(watched_night(&plan(), &fault, WALL), None);
    assert_eq!(json_of(&announce(&plan(), &fault, &said("", ""), WALL)).get("offer"), None);
}

#[test]
fn words_that_were_not_said_tell_until_when() {
    let words = Unsaid { bedroom: BEDROOM, hush: Hush::QuietHours, until: Some(NOW) };
    assert_eq!(
        json_of(&unsaid(&plan(), &words, "not said: these are quiet hours", WALL)),
        json!({
            "event_type": "refused",
            "text": "home/uncramp/bedroom/say/set: not said: these are quiet hours.",
            "until": "2026-11-22T22:30:00+01:00",
        })
    );
    assert_eq!(json_of(&unsaid(&plan(), &words, "", DARK)).get("until"), None);
}

#[test]
fn what_heals_bears_the_tag_of_its_fault() {
    let of = |fault: Fault| {
        [Words::Fault(fault), Words::Healed(fault)].map(|words| {
            let told = announcement(words, Audience::Keeper, Urgency::Normal);
            let object = json_of(&announce(&measured(), &told, &said("", ""), WALL));
            (object["tag"].clone(), object["healed"].clone())
        })
    };
    let (sensor, actuator) = (SensorId(0), ActuatorId(1));
    for (fault, tag) in [
        (Fault::Silent { sensor }, "silent-room-temperature"),
        (Fault::Frozen { sensor }, "frozen-room-temperature"),
        (Fault::Garbled { sensor }, "garbled-room-temperature"),
        (Fault::BeddingHot { sensor }, "hot-room-temperature"),
        (Fault::Disobeys { actuator, off: true }, "disobeys-fan"),
        (Fault::Disobeys { actuator, off: false }, "disobeys-fan"),
        (Fault::Unexplained { actuator }, "unexplained-fan"),
        (Fault::Unrecorded { actuator }, "unrecorded-fan"),
        (Fault::ReturnsOn { actuator }, "returns-on-fan"),
        (Fault::NoHeat { from_hour: 23, to_hour: 5 }, "no-heat"),
        (Fault::UnknownSensor { sensor }, "unknown-room-temperature"),
        (Fault::UnknownActuator { actuator }, "unknown-fan"),
        (Fault::Namesake, "namesake"),
        (Fault::Disk, "disk"),
        (Fault::SetAside, "set-aside"),
        (Fault::WeakSupply, "supply"),
        (Fault::ClockNotSet, "clock"),
        (Fault::OldConfiguration, "configuration"),
        (Fault::Untold, "untold"),
        (
            Fault::Left { device: crate::model::DeviceName::of("heater (Anna's room)") },
            "left-heater-anna-s-room",
        ),
    ] {
        assert_eq!(of(fault), [(json!(tag), json!(false)), (json!(tag), json!(true))]);
    }
}

#[test]
fn what_is_kept_by_the_broker() {
    let plan = plan();
    let online = status(&plan, true);
    assert_eq!(
        (online.topic.as_str(), online.payload.as_slice()),
        ("home/uncramp/status", b"online".as_slice())
    );
    assert_eq!(status(&plan, false).payload, b"offline");
    let who = instance(&plan, "a1", "pi", Some(WALL.unix_ms(NOW)));
    assert_eq!(who.topic, "home/uncramp/instance");
    assert_eq!(
        json_of(&who),
        json!({"id": "a1", "host": "pi", "since": "2026-11-22T22:30:00+01:00"})
    );
    assert_eq!(json_of(&instance(&plan, "a1", "pi", None)), json!({"id": "a1", "host": "pi"}));
    let view = state(&plan, BedroomId(1), "{}".to_owned());
    assert_eq!(view.topic, "home/uncramp/attic/state");
    assert!(online.retain && who.retain && view.retain && !view.confirmed);
}

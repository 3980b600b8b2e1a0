use super::*;
use crate::model::{Humidity, Span};

const AT: &str = r#""reported":"2026-01-01T00:00:00.000000+00:00""#;
const MS: i64 = 1_767_225_600_000;

fn entity(id: &str) -> Entity {
    Entity { base: "uncramp".to_owned(), id: id.to_owned() }
}

/// One of each kind, with as few and as many levels as can be written.
pub(in crate::wire) fn samples() -> (Vec<crate::wire::Source>, Vec<crate::wire::Device>) {
    let sources = ["sensor.x", "climate.x"];
    let sources = sources.map(|id| Source { entity: entity(id), inverted: false });
    let (few, many) = (Form::Fan { levels: 1 }, Form::Fan { levels: u8::MAX });
    let devices = [Form::Switch, few, many, Form::Climate];
    let devices = devices.map(|form| Device { entity: entity("fan.x"), form });
    (
        sources.map(crate::wire::Source::HomeAssistant).to_vec(),
        devices.map(crate::wire::Device::HomeAssistant).to_vec(),
    )
}

fn read(id: &str, quantity: Quantity, text: &str) -> Option<Read> {
    let wanted = Wanted { place: Place::Room, quantity };
    let source = Source { entity: entity(id), inverted: false };
    let live = source.read(0, text, false, wanted);
    assert_eq!(source.read(0, text, true, wanted), live, "it is dated either way");
    live
}

#[expect(clippy::unnecessary_wraps, reason = "tables read as what a sensor answers")]
fn at(value: Value) -> Option<Read> {
    Some(Ok((value, Measured::At(MS))))
}

fn celsius(hundredths: i32) -> Option<Read> {
    at(Value::Temperature(Temperature(hundredths)))
}

#[test]
fn a_temperature_has_a_unit_and_a_time() {
    let id = "sensor.bedroom_temperature";
    let missing = |what: &str| Some(Err(Garble::Missing(what.to_owned())));
    for (text, meant) in [
        (format!(r#"{{"v":"19.4","unit":"°C",{AT}}}"#), celsius(1940)),
        (format!(r#"{{"v":19.4,"unit":"\u00b0C",{AT}}}"#), celsius(1940)),
        (format!(r#"{{"v":68.0,"unit":"°F",{AT}}}"#), celsius(2000)),
        (format!(r#"{{"v":19.4,{AT}}}"#), missing("a unit, °C or °F")),
        (
            format!(r#"{{"v":292.5,"unit":"K",{AT}}}"#),
            Some(Err(Garble::Implausible("292.5".to_owned()))),
        ),
        (r#"{"v":19.4,"unit":"°C"}"#.to_owned(), missing("a time at reported")),
        (
            r#"{"v":19.4,"unit":"°C","reported":"2026-01-01T00:00:00"}"#.to_owned(),
            Some(Err(Garble::Unreadable("2026-01-01T00:00:00".to_owned()))),
        ),
        (
            format!(r#"{{"v":"unavailable","unit":null,{AT}}}"#),
            Some(Err(Garble::Absent("unavailable".to_owned()))),
        ),
    ] {
        assert_eq!(read(id, Quantity::Temperature, &text), meant, "{text}");
    }
}

#[test]
fn other_values_need_no_unit() {
    let humidity = format!(r#"{{"v":"48.2","unit":"%",{AT}}}"#);
    assert_eq!(
        read("sensor.h", Quantity::Humidity, &humidity),
        at(Value::Humidity(Humidity(4820)))
    );
    let mat = format!(r#"{{"v":"on",{AT}}}"#);
    assert_eq!(read("binary_sensor.mat", Quantity::Occupied, &mat), at(Value::Occupied(true)));
    let climate = format!(r#"{{"v":"heat","unit":"°C",{AT},"setpoint":20.5,"current":19.4}}"#);
    assert_eq!(read("climate.bedroom", Quantity::Temperature, &climate), celsius(1940));
}

#[test]
fn s1_what_is_reported_at_the_start_of_home_assistant_may_be_restored() {
    let read = |started: &str| {
        let text = format!(r#"{{"v":19.4,"unit":"°C",{AT},"started":{started}}}"#);
        read("sensor.t", Quantity::Temperature, &text)
    };
    let value = Value::Temperature(Temperature(1940));
    let restored = Some(Ok((value, Measured::Restored(MS))));
    for (started, meant) in [
        (r#""2026-01-01T00:00:00+00:00""#, restored.clone()),
        (r#""2025-12-31T23:58:01+00:00""#, restored.clone()),
        (r#""2025-12-31T23:58:00+00:00""#, at(value)),
        // A clock that was set in between.
        (r#""2026-01-01T00:10:00+00:00""#, restored),
        ("null", at(value)),
        (r#""some time""#, at(value)),
    ] {
        assert_eq!(read(started), meant, "{started}");
    }
}

#[test]
fn an_entity_may_be_out_of_reach() {
    let source = Source { entity: entity("sensor.t"), inverted: false };
    for (text, there) in [
        (r#"{"v":"unavailable"}"#, Some(false)),
        (r#"{"v":"unknown"}"#, Some(true)),
        (r#"{"v":19.4}"#, Some(true)),
        ("unavailable", None),
        ("{}", None),
    ] {
        assert_eq!(source.reachable(0, text), there, "{text}");
    }
    let topics: Vec<_> = source.lines().into_iter().map(|line| line.topic).collect();
    let state = "uncramp/home_assistant/sensor.t/state";
    assert_eq!(
        topics,
        ["homeassistant/status", "homeassistant/status", "homeassistant/status", state]
    );
}

fn sent(device: &Device, switch: &Switch) -> Option<String> {
    device.commands(switch).pop().map(|message| {
        assert_eq!(message.topic, format!("uncramp/home_assistant/{}/set", device.entity.id));
        assert!(!message.retain && !message.confirmed, "not retained, QoS 0");
        String::from_utf8(message.payload).expect("text")
    })
}

#[test]
fn a_switch_is_on_or_off() {
    let switch = Device { entity: entity("switch.heater"), form: Form::Switch };
    let on = Switch::On { timer: Some(Span::minutes(15)) };
    assert_eq!(sent(&switch, &on).as_deref(), Some(r#"{"do":"on"}"#));
    assert_eq!(sent(&switch, &Switch::Off).as_deref(), Some(r#"{"do":"off"}"#));
    assert_eq!(sent(&switch, &Switch::SetPoint(Temperature(2000))), None);
    assert_eq!(switch.echoes(0, r#"{"v":"on"}"#)[..], [Echo::Relay(true)]);
    assert_eq!(switch.echoes(0, r#"{"v":"off"}"#)[..], [Echo::Relay(false)]);
    for text in [r#"{"v":"unavailable"}"#, r#"{"v":"unknown"}"#, "on", "{}", ""] {
        assert_eq!(switch.echoes(0, text)[..], [], "{text}");
    }
    let question = switch.query().expect("it takes questions");
    assert_eq!(question.topic, "uncramp/home_assistant/switch.heater/get");
    assert!(question.payload.is_empty() && !question.retain);
}

/// `homeassistant.util.percentage`: three speeds are reported as 33, 66 and 100, and a
/// percentage means the lowest speed that reaches it.
#[test]
fn a_fan_has_levels_in_percent() {
    let fan = Device { entity: entity("fan.ceiling"), form: Form::Fan { levels: 3 } };
    for (level, percent) in [(1, 33), (2, 66), (3, 100), (9, 100)] {
        let told = format!(r#"{{"do":"percentage","percentage":{percent}}}"#);
        assert_eq!(sent(&fan, &Switch::Level(level)), Some(told));
        let said = format!(r#"{{"v":"on","percentage":{percent}}}"#);
        assert_eq!(fan.echoes(0, &said)[..], [Echo::Level(level.min(3))]);
    }
    assert_eq!(sent(&fan, &Switch::Level(0)).as_deref(), Some(r#"{"do":"off"}"#));
    assert_eq!(fan.echoes(0, r#"{"v":"on","percentage":5}"#)[..], [Echo::Level(1)]);
    assert_eq!(fan.echoes(0, r#"{"v":"on","percentage":null}"#)[..], [Echo::Relay(true)]);
    assert_eq!(fan.echoes(0, r#"{"v":"off","percentage":0}"#)[..], [Echo::Level(0)]);
}

#[test]
fn a_climate_is_told_its_set_point_in_celsius_and_never_its_mode() {
    let climate = Device { entity: entity("climate.bedroom"), form: Form::Climate };
    assert_eq!(
        sent(&climate, &Switch::SetPoint(Temperature(2030))).as_deref(),
        Some(r#"{"do":"set_temperature","temperature":20.5,"unit":"°C"}"#)
    );
    assert_eq!(sent(&climate, &Switch::Off), None);
    let said = r#"{"v":"heat","unit":"°F","setpoint":69,"current":"66.2"}"#;
    let (setpoint, own) = (Temperature(2056), Temperature(1900));
    assert_eq!(climate.echoes(0, said)[..], [Echo::SetPoint(setpoint), Echo::OwnTemperature(own)]);
    assert_eq!(climate.echoes(0, r#"{"v":"off","unit":"°C","setpoint":null}"#)[..], []);
    assert_eq!(climate.echoes(0, r#"{"v":"heat","setpoint":20}"#)[..], [], "in which unit?");
}

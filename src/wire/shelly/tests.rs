use super::*;
use crate::model::{Humidity, Place, Temperature, Watts};

const FIRST: &str = "shellies/shellyplug-s-DB2A7C";
const LATER: &str = "shellyplus1pm-7c87ce65bd9c";

fn first(part: &str) -> Source {
    Source {
        prefix: "shellies/shellyht-1A2B3C".to_owned(),
        generation: Generation::First,
        part: part.to_owned(),
        unit: Unit::Celsius,
        inverted: false,
        sleeps: true,
    }
}

fn later(part: &str) -> Source {
    Source {
        prefix: "shellyplusht-b8d61a8b17cc".to_owned(),
        generation: Generation::Later,
        ..first(part)
    }
}

fn plug(generation: Generation, output: u8) -> Device {
    let prefix = match generation {
        Generation::First => FIRST,
        Generation::Later => LATER,
    };
    Device { prefix: prefix.to_owned(), generation, output }
}

/// One of each kind.
pub(in crate::wire) fn samples() -> (Vec<crate::wire::Source>, Vec<crate::wire::Device>) {
    let sources = [
        first("sensor/temperature"),
        first("input/0"),
        later("temperature:0"),
        later("humidity:0"),
        later("bthomesensor:200"),
    ];
    let devices = [plug(Generation::First, 0), plug(Generation::Later, 1)];
    (
        sources.map(crate::wire::Source::Shelly).to_vec(),
        devices.map(crate::wire::Device::Shelly).to_vec(),
    )
}

fn wanted(quantity: Quantity) -> Wanted {
    Wanted { place: Place::Room, quantity }
}

fn value(source: &Source, line: u8, text: &str, quantity: Quantity) -> Option<Read> {
    source.read(line, text, false, wanted(quantity))
}

#[expect(clippy::unnecessary_wraps, reason = "tables read as what a sensor answers")]
fn measured(value: Value, measured: Measured) -> Option<Read> {
    Some(Ok((value, measured)))
}

fn celsius(hundredths: i32) -> Value {
    Value::Temperature(Temperature(hundredths))
}

fn sent(device: &Device, switch: &Switch) -> Vec<(String, String)> {
    let commands = device.commands(switch).into_iter().map(|message| {
        assert!(!message.retain && !message.confirmed);
        (message.topic, String::from_utf8(message.payload).expect("text"))
    });
    commands.collect()
}

/// An H&T that woke up, shortened:
/// <https://gist.github.com/NelsonMinar/494a0f53785c20290b395639548349fa>
const AWAKE: &str = r#"{"src":"shellyplusht-b8d61a8b17cc","dst":"shellyplusht-b8d61a8b17cc/events","method":"NotifyFullStatus","params":{"ts":1680962879.62,"ble":{},"devicepower:0":{"id":0,"battery":{"V":0.43,"percent":0},"external":{"present":true}},"ht_ui":{},"humidity:0":{"id":0,"rh":42.2},"mqtt":{"connected":true},"sys":{"time":null,"unixtime":null,"uptime":3,"wakeup_reason":{"boot":"deepsleep_wake","cause":"status_update"},"wakeup_period":600},"temperature:0":{"id":0,"tC":19.8,"tF":67.6}}}"#;

#[test]
fn a_thermometer_that_woke_up_says_when_it_measured() {
    let at = Measured::At(1_680_962_879_620);
    let (warm, damp) = (later("temperature:0"), later("humidity:0"));
    let read = |retained| {
        warm.read(line::EVENTS, AWAKE, retained, wanted(Quantity::Temperature)).expect("there")
    };
    let now = Measured::WhenHeard;
    assert_eq!([read(false), read(true)], [Ok((celsius(1980), now)), Ok((celsius(1980), at))]);
    let humid = measured(Value::Humidity(Humidity(4220)), now);
    assert_eq!(value(&damp, line::EVENTS, AWAKE, Quantity::Humidity), humid);
    // Without the time it counts from its own start.
    let lost = AWAKE.replace("1680962879.62", "3.02");
    let kept = warm.read(line::EVENTS, &lost, true, wanted(Quantity::Temperature));
    assert_eq!(kept, measured(celsius(1980), Measured::Unknown));
    // What says nothing of it means nothing.
    let event = r#"{"method":"NotifyEvent","params":{"ts":1680962879.62,"events":[{"component":"sys","event":"sleep"}]}}"#;
    assert_eq!(value(&warm, line::EVENTS, event, Quantity::Temperature), None);
}

/// <https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Temperature>: null out
/// of the measurement range.
#[test]
fn the_status_of_one_component() {
    let warm = later("temperature:0");
    let status = r#"{"id": 0,"tC":20.1, "tF":68.3}"#;
    let now = measured(celsius(2010), Measured::WhenHeard);
    assert_eq!(value(&warm, line::STATUS, status, Quantity::Temperature), now);
    let kept = warm.read(line::STATUS, status, true, wanted(Quantity::Temperature));
    assert_eq!(kept, measured(celsius(2010), Measured::Unknown));
    let broken = r#"{"id":0,"tC":null,"tF":null,"errors":["read"]}"#;
    let absent = Some(Err(Garble::Absent("null".to_owned())));
    assert_eq!(value(&warm, line::STATUS, broken, Quantity::Temperature), absent);
    let input = later("input:0");
    let down = measured(Value::Occupied(true), Measured::WhenHeard);
    assert_eq!(value(&input, line::STATUS, r#"{"id":0,"state":true}"#, Quantity::Occupied), down);
    let probe = later("bthomesensor:200");
    let outer = r#"{"id":200,"value":19.5,"last_updated_ts":1719485000}"#;
    let read = measured(celsius(1950), Measured::WhenHeard);
    assert_eq!(value(&probe, line::STATUS, outer, Quantity::Temperature), read);
}

/// <https://shelly-api-docs.shelly.cloud/gen1/#shelly-h-amp-t-mqtt>,
/// <https://shelly-api-docs.shelly.cloud/gen1/#shelly-door-window-2-mqtt>
#[test]
fn the_first_generation_says_bare_values() {
    let mut warm = first("sensor/temperature");
    let now = |value| measured(value, Measured::WhenHeard);
    assert_eq!(value(&warm, line::BARE, "21.38", Quantity::Temperature), now(celsius(2138)));
    warm.unit = Unit::Fahrenheit;
    assert_eq!(value(&warm, line::BARE, "68.00", Quantity::Temperature), now(celsius(2000)));
    let damp = first("sensor/humidity");
    let humid = now(Value::Humidity(Humidity(4950)));
    assert_eq!(value(&damp, line::BARE, "49.5", Quantity::Humidity), humid);
    let kept = damp.read(line::BARE, "49.5", true, wanted(Quantity::Humidity));
    assert_eq!(kept, measured(Value::Humidity(Humidity(4950)), Measured::Unknown));
    let window = first("sensor/state");
    for (word, open) in [("open", true), ("close", false)] {
        assert_eq!(value(&window, line::BARE, word, Quantity::Open), now(Value::Open(open)));
    }
    // 999 is what it says when its thermometer is broken.
    let broken = value(&first("sensor/temperature"), line::BARE, "999", Quantity::Temperature);
    assert!(matches!(broken, Some(Err(Garble::Implausible(_)))));
}

#[test]
fn who_sleeps_is_not_asked_whether_it_is_there() {
    let mut warm = later("temperature:0");
    let topics =
        |source: &Source| -> Vec<_> { source.lines().into_iter().map(|line| line.topic).collect() };
    assert_eq!(
        topics(&warm),
        [
            "shellyplusht-b8d61a8b17cc/events/rpc",
            "shellyplusht-b8d61a8b17cc/status/temperature:0",
            "shellyplusht-b8d61a8b17cc/status/devicepower:0",
        ]
    );
    warm.sleeps = false;
    assert_eq!(topics(&warm)[2], "shellyplusht-b8d61a8b17cc/online");
    assert_eq!(
        topics(&first("sensor/humidity")),
        ["shellies/shellyht-1A2B3C/sensor/humidity", "shellies/shellyht-1A2B3C/sensor/battery"]
    );
}

/// <https://shelly-api-docs.shelly.cloud/gen1/#shelly-plug-plug-s-mqtt>
#[test]
fn a_plug_of_the_first_generation() {
    let plug = plug(Generation::First, 0);
    let command = format!("{FIRST}/relay/0/command");
    let timed = Switch::On { timer: Some(Span::minutes(15)) };
    assert!(!plug.can_time(), "its timer is a setting of the device");
    assert_eq!(sent(&plug, &timed), [(command.clone(), "on".to_owned())]);
    assert_eq!(sent(&plug, &Switch::Off), [(command.clone(), "off".to_owned())]);
    assert_eq!(plug.target(), command);
    for (text, on) in [("on", true), ("off", false), ("overpower", false)] {
        assert_eq!(plug.echoes(line::BARE, text)[..], [Echo::Relay(on)], "{text}");
    }
    assert_eq!(plug.echoes(line::POWER, "1480.52")[..], [Echo::Power(Watts(14805))]);
    let question = plug.query().expect("it takes questions");
    assert_eq!((question.topic, question.payload), (format!("{FIRST}/command"), b"update".into()));
}

/// <https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Switch>: `Switch.Set`.
#[test]
fn a_call_sets_the_relay_and_its_timer() {
    let plug = plug(Generation::Later, 1);
    assert!(plug.can_time());
    let params = |switch| {
        let calls = sent(&plug, &switch);
        let [(topic, payload)] = &calls[..] else { panic!("one call") };
        assert_eq!(*topic, format!("{LATER}/rpc"));
        let call: serde_json::Value = serde_json::from_str(payload).expect("JSON");
        assert_eq!((&call["method"], &call["id"]), (&json!("Switch.Set"), &json!(2)));
        assert_eq!(call["src"], json!(format!("{LATER}/uncramp")));
        call["params"].clone()
    };
    for (seconds, after) in [(0, 1), (10, 10), (900, 900), (1_000_000, 86_400)] {
        let on = Switch::On { timer: Some(Span::seconds(seconds)) };
        assert_eq!(params(on), json!({ "id": 1, "on": true, "toggle_after": after }));
    }
    let off = json!({ "id": 1, "on": false });
    assert_eq!(params(Switch::Off), off, "an off that flips back would be an on");
    assert_eq!(params(Switch::Level(0)), off);
    assert_eq!(params(Switch::On { timer: None }), json!({ "id": 1, "on": true }));
    for switch in [Switch::SetPoint(Temperature(2000)), Switch::OwnThermometer] {
        assert!(sent(&plug, &switch).is_empty());
    }
}

/// Notifications and status as <https://shelly-api-docs.shelly.cloud/gen2/General/Notifications>
/// and the page of the component show them.
#[test]
fn a_relay_is_heard_on_three_topics() {
    let one = plug(Generation::Later, 0);
    let on = [Echo::Relay(true)];
    let changed = r#"{"src":"shellyplus1pm-7c87ce65bd9c","dst":"shellyplus1pm-7c87ce65bd9c/events","method":"NotifyStatus","params":{"ts":1631266595.44,"switch:0":{"id":0,"output":true,"source":"MQTT","timer_duration":900,"timer_started_at":1631266595.43}}}"#;
    assert_eq!(one.echoes(line::EVENTS, changed)[..], on);
    let power = r#"{"method":"NotifyStatus","params":{"ts":1631266600.1,"switch:0":{"id":0,"apower":8.9}}}"#;
    assert_eq!(one.echoes(line::EVENTS, power)[..], [Echo::Power(Watts(89))]);
    let status = r#"{"id":0,"source":"timer","output":false,"apower":0,"voltage":237.571,"aenergy":{"total":14.093,"by_minute":[0,0,0],"minute_ts":1626942399},"temperature":{"tC":34.5,"tF":94.1}}"#;
    let off = [Echo::Relay(false), Echo::Power(Watts(0))];
    assert_eq!(one.echoes(line::STATUS, status)[..], off);
    let answer = |id: u8| format!(r#"{{"id":{id},"src":"x","dst":"y","result":{status}}}"#);
    assert_eq!(one.echoes(line::REPLY, &answer(1))[..], off);
    assert_eq!(one.echoes(line::REPLY, &answer(2))[..], [], "about another output");
    for nothing in [
        r#"{"id":1,"src":"x","dst":"y","result":{"was_on":false}}"#,
        r#"{"id":1,"src":"x","dst":"y","error":{"code":-105,"message":"id not found"}}"#,
        "",
        "{",
        "true",
    ] {
        for line in [line::EVENTS, line::STATUS, line::REPLY] {
            assert_eq!(one.echoes(line, nothing)[..], [], "{nothing}");
        }
    }
    assert_eq!(plug(Generation::Later, 1).echoes(line::EVENTS, changed)[..], []);
    let question = one.query().expect("it takes questions");
    let call: serde_json::Value = serde_json::from_slice(&question.payload).expect("JSON");
    assert_eq!(call["method"], "Shelly.GetStatus");
    let heard: Vec<_> = one.lines().into_iter().map(|line| line.topic).collect();
    assert_eq!(
        heard,
        ["events/rpc", "status/switch:0", "uncramp/rpc", "online"]
            .map(|leaf| format!("{LATER}/{leaf}"))
    );
}

#[test]
fn s8_a_relay_tells_for_how_long_its_device_has_been_running() {
    let all = r#"{"id":2,"src":"x","dst":"y","result":{"sys":{"uptime":70,"ram_free":1},
        "switch:0":{"id":0,"output":false},"switch:1":{"id":1,"output":true,"apower":8.9}}}"#;
    let relay = plug(Generation::Later, 1);
    let running = Echo::Running(Span::seconds(70));
    let known = [running, Echo::Relay(true), Echo::Power(Watts(89))];
    assert_eq!(relay.echoes(line::REPLY, all)[..], known, "first, so that it is known why");
}

#[test]
fn a_battery_tells_how_full_it_is_unless_a_cable_feeds_the_device() {
    let ht = later("temperature:0");
    assert!(ht.tells_battery(line::EVENTS) && ht.tells_battery(line::BATTERY));
    assert_eq!(ht.battery(line::EVENTS, AWAKE), None, "fed by a cable");
    let alone = AWAKE.replace(r#""present":true"#, r#""present":false"#);
    assert_eq!(ht.battery(line::EVENTS, &alone), Some(Battery::Percent(0)));
    let status = r#"{"id":0,"battery":{"V":5.22,"percent":63},"external":{"present":false}}"#;
    assert_eq!(ht.battery(line::BATTERY, status), Some(Battery::Percent(63)));
    let first = first("sensor/temperature");
    assert_eq!(first.battery(line::BATTERY, "87"), Some(Battery::Percent(87)));
    assert_eq!(first.battery(line::BATTERY, "unknown"), None);
    let topics: Vec<String> = first.lines().into_iter().map(|line| line.topic).collect();
    assert!(topics.contains(&"shellies/shellyht-1A2B3C/sensor/battery".to_owned()), "{topics:?}");
    let wired = Source { sleeps: false, ..later("temperature:0") };
    assert!(!wired.tells_battery(line::EVENTS));
}

use super::*;
use crate::model::{Co2, Garble, Humidity, Measured, Place, Temperature, Value};

fn at(full_topic: &str) -> Address {
    Address { device: "bedroom".to_owned(), full_topic: full_topic.to_owned() }
}

fn source(sensor: Option<&str>, property: &str) -> Source {
    Source {
        at: at(FULL_TOPIC),
        sensor: sensor.map(str::to_owned),
        property: property.to_owned(),
        inverted: false,
        sleeps: false,
    }
}

fn relay(number: u8, pulse_time: bool) -> Device {
    Device { at: at(FULL_TOPIC), form: Form::Relay { number, pulse_time } }
}

fn fan() -> Device {
    Device { at: at(FULL_TOPIC), form: Form::Fan }
}

/// One of each kind.
pub(in crate::wire) fn samples() -> (Vec<crate::wire::Source>, Vec<crate::wire::Device>) {
    let sources =
        [source(None, "Temperature"), source(Some("AHT1X"), "Humidity"), source(None, "Switch1")];
    let devices = [relay(1, true), relay(2, false), fan()];
    (
        sources.map(crate::wire::Source::Tasmota).to_vec(),
        devices.map(crate::wire::Device::Tasmota).to_vec(),
    )
}

fn sent(device: &Device, switch: &Switch) -> Vec<String> {
    let commands = device.commands(switch).into_iter().map(|message| {
        assert!(!message.retain && !message.confirmed, "never kept: the `cmnd` trap");
        format!("{} {}", message.topic, String::from_utf8(message.payload).expect("text"))
    });
    commands.collect()
}

fn wanted(quantity: Quantity) -> Wanted {
    Wanted { place: Place::Room, quantity }
}

fn value(source: &Source, line: u8, text: &str, quantity: Quantity) -> Option<Read> {
    source.read(line, text, false, wanted(quantity))
}

#[expect(clippy::unnecessary_wraps, reason = "tables read as what a sensor answers")]
fn live(value: Value) -> Option<Read> {
    Some(Ok((value, Measured::WhenHeard)))
}

fn celsius(hundredths: i32) -> Option<Read> {
    live(Value::Temperature(Temperature(hundredths)))
}

/// <https://tasmota.github.io/docs/AHT1x/>
const AHT1X: &str = r#"{"Time":"2020-01-01T00:00:00","AHT1X-0x38":{"Temperature":24.7,"Humidity":61.9,"DewPoint":16.8},"TempUnit":"C"}"#;

/// <https://tasmota.github.io/docs/DS18x20/>: two on one wire.
const TWO: &str = r#"{"Time":"2021-01-02T09:09:44","DS18B20-1":{"Id":"00000566E8DB","Temperature":21.1},"DS18B20-2":{"Id":"00000566E8DC","Temperature":19.4},"TempUnit":"C"}"#;

#[test]
fn sensors_by_their_documentation() {
    let any = source(None, "Temperature");
    assert_eq!(value(&any, line::SENSOR, AHT1X, Quantity::Temperature), celsius(2470));
    let humidity = source(None, "Humidity");
    let humid = live(Value::Humidity(Humidity(6190)));
    assert_eq!(value(&humidity, line::SENSOR, AHT1X, Quantity::Humidity), humid);
    // An answer to `Status 10`; the other topics say nothing of it.
    let status = format!(r#"{{"StatusSNS":{AHT1X}}}"#);
    assert_eq!(value(&any, line::STATUS, &status, Quantity::Temperature), celsius(2470));
    assert_eq!(value(&any, line::RESULT, AHT1X, Quantity::Temperature), None);
    // <https://tasmota.github.io/docs/MH-Z19B/>
    let co2 = r#"{"Time":"2020-01-01T00:00:00","MHZ19B":{"Model":"B","CarbonDioxide":812,"Temperature":25.0},"TempUnit":"C"}"#;
    let ppm = live(Value::Co2(Co2(812)));
    assert_eq!(value(&source(None, "CarbonDioxide"), line::SENSOR, co2, Quantity::Co2), ppm);
}

#[test]
fn of_two_thermometers_one_is_named() {
    let named = source(Some("DS18B20-2"), "Temperature");
    assert_eq!(value(&named, line::SENSOR, TWO, Quantity::Temperature), celsius(1940));
    let any = source(None, "Temperature");
    let unclear = value(&any, line::SENSOR, TWO, Quantity::Temperature);
    assert!(matches!(unclear, Some(Err(Garble::Missing(_)))), "{unclear:?}");
    // The chip of an ESP32 is no room.
    let chip = r#"{"Time":"2020-01-01T00:00:00","ESP32":{"Temperature":56.7},"AHT2X":{"Temperature":18.5},"TempUnit":"C"}"#;
    assert_eq!(value(&any, line::SENSOR, chip, Quantity::Temperature), celsius(1850));
    let alone = r#"{"ESP32":{"Temperature":56.7},"TempUnit":"C"}"#;
    assert_eq!(value(&any, line::SENSOR, alone, Quantity::Temperature), None);
    let dotted = source(None, "DS18B20-1.Temperature");
    assert_eq!(value(&dotted, line::SENSOR, TWO, Quantity::Temperature), celsius(2110));
}

#[test]
fn the_device_says_its_unit() {
    let any = source(None, "Temperature");
    let text = r#"{"Time":"2020-01-01T00:00:00","AM2301":{"Temperature":68.0,"Humidity":50.5},"TempUnit":"F"}"#;
    assert_eq!(value(&any, line::SENSOR, text, Quantity::Temperature), celsius(2000));
    let status = format!(r#"{{"StatusSNS":{text}}}"#);
    assert_eq!(value(&any, line::STATUS, &status, Quantity::Temperature), celsius(2000));
}

#[test]
fn what_was_kept_has_no_age_and_what_is_missing_is_no_reading() {
    let any = source(None, "Temperature");
    let kept = any.read(line::SENSOR, AHT1X, true, wanted(Quantity::Temperature));
    let shown = (Value::Temperature(Temperature(2470)), Measured::Unknown);
    assert_eq!(kept, Some(Ok(shown)), "`Time` says not whose time it is");
    let gone = r#"{"Time":"2020-01-01T00:00:00","AM2301":{"Temperature":null,"Humidity":null},"TempUnit":"C"}"#;
    let absent = Some(Err(Garble::Absent("null".to_owned())));
    assert_eq!(value(&any, line::SENSOR, gone, Quantity::Temperature), absent);
    for text in ["", "{", "[1]", "ON", r#"{"AM2301":21}"#, r#"{"StatusSNS":7}"#] {
        for line in [line::SENSOR, line::STATUS, line::RESULT] {
            let read = value(&any, line, text, Quantity::Temperature);
            assert!(!matches!(read, Some(Ok(_))), "{text}: {read:?}");
        }
    }
}

/// <https://tasmota.github.io/docs/Buttons-and-Switches/>: `SetOption114`.
#[test]
fn a_switch_is_heard_when_it_moves_and_every_few_minutes() {
    let mat = source(None, "Switch1");
    let in_bed = live(Value::Occupied(true));
    let moved = r#"{"Switch1":{"Action":"ON"}}"#;
    assert_eq!(value(&mat, line::RESULT, moved, Quantity::Occupied), in_bed);
    let state = r#"{"Time":"2020-01-01T00:00:00","Switch1":"ON"}"#;
    assert_eq!(value(&mat, line::SENSOR, state, Quantity::Occupied), in_bed);
    for other in [r#"{"POWER":"ON"}"#, r#"{"Switch2":{"Action":"ON"}}"#, "{"] {
        assert_eq!(value(&mat, line::RESULT, other, Quantity::Occupied), None, "{other}");
    }
}

#[test]
fn a_relay_is_heard_on_four_topics() {
    let first = relay(1, true);
    let on = [Echo::Relay(true)];
    assert_eq!(first.echoes(line::RESULT, r#"{"POWER":"ON"}"#)[..], on);
    assert_eq!(first.echoes(line::RESULT, r#"{"POWER1":"ON"}"#)[..], on);
    assert_eq!(first.echoes(line::POWER, "ON")[..], on);
    // <https://tasmota.github.io/docs/MQTT/#examples>
    let state = r#"{"Time":"2019-05-25T12:11:31","Uptime":"0T00:20:18","Vcc":3.165,"SleepMode":"Dynamic","Sleep":50,"LoadAvg":19,"POWER":"OFF","Wifi":{"AP":1,"SSId":"home","RSSI":100}}"#;
    assert_eq!(first.echoes(line::STATE, state)[..], [Echo::Relay(false)]);
    // <https://tasmota.github.io/docs/Power-Monitoring-Calibration/>
    let sensor = r#"{"Time":"2022-08-05T12:00:00","ENERGY":{"TotalStartTime":"2022-08-01T00:00:00","Total":1.234,"Yesterday":0.1,"Today":0.02,"Period":1,"Power":1480.5,"ApparentPower":1490,"ReactivePower":10,"Factor":0.99,"Voltage":230,"Current":6.4}}"#;
    assert_eq!(first.echoes(line::SENSOR, sensor)[..], [Echo::Power(Watts(14805))]);
    let second = relay(2, true);
    let listed = r#"{"ENERGY":{"Power":[12,40.2]}}"#;
    assert_eq!(second.echoes(line::SENSOR, listed)[..], [Echo::Power(Watts(402))]);
    assert_eq!(second.echoes(line::RESULT, r#"{"POWER2":"ON"}"#)[..], on);
    for other in [r#"{"POWER1":"ON"}"#, r#"{"PulseTime2":{"Set":0,"Remaining":0}}"#, "", "ON"] {
        assert_eq!(second.echoes(line::RESULT, other)[..], [], "{other}");
    }
}

#[test]
fn an_on_carries_its_timer_and_an_off_leaves_nothing_armed() {
    let plug = relay(1, true);
    for (timer, pulse) in [(0, 10), (10, 100), (11, 110), (12, 112), (900, 1000), (90_000, 64_900)]
    {
        let on = Switch::On { timer: Some(Span::seconds(timer)) };
        let both = format!("cmnd/bedroom/Backlog0 PulseTime1 {pulse};Power1 ON");
        assert_eq!(sent(&plug, &on), [both]);
    }
    let off = ["cmnd/bedroom/Power1 OFF", "cmnd/bedroom/PulseTime1 0"];
    assert_eq!(sent(&plug, &Switch::Off), off, "the off first: nothing may stop it");
    assert_eq!(sent(&plug, &Switch::Level(0)), off);
    let untimed = Switch::On { timer: None };
    assert_eq!(sent(&plug, &untimed), ["cmnd/bedroom/Power1 ON"]);
    let setpoint = Switch::SetPoint(Temperature(2000));
    for device in [&plug, &fan()] {
        for switch in [&setpoint, &Switch::OwnThermometer] {
            assert!(sent(device, switch).is_empty());
        }
    }
}

#[test]
fn what_is_not_ours_is_left_alone() {
    for plug in [relay(1, false), relay(9, true)] {
        let Form::Relay { number, .. } = plug.form else { panic!("a relay") };
        assert!(!plug.can_time());
        let on = Switch::On { timer: Some(Span::minutes(15)) };
        assert_eq!(sent(&plug, &on), [format!("cmnd/bedroom/Power{number} ON")]);
        assert_eq!(sent(&plug, &Switch::Off), [format!("cmnd/bedroom/Power{number} OFF")]);
    }
}

/// <https://tasmota.github.io/docs/Commands/#control>: `FanSpeed`.
#[test]
fn an_ifan_has_three_speeds() {
    let fan = fan();
    for (switch, speed) in [
        (Switch::Off, "0"),
        (Switch::Level(0), "0"),
        (Switch::On { timer: None }, "1"),
        (Switch::Level(2), "2"),
        (Switch::Level(9), "3"),
    ] {
        assert_eq!(sent(&fan, &switch), [format!("cmnd/bedroom/FanSpeed {speed}")]);
    }
    assert_eq!(fan.echoes(line::RESULT, r#"{"FanSpeed":2}"#)[..], [Echo::Level(2)]);
    let state = r#"{"Time":"2020-01-01T00:00:00","POWER1":"ON","FanSpeed":0}"#;
    assert_eq!(fan.echoes(line::STATE, state)[..], [Echo::Level(0)], "POWER1 is its lamp");
    for text in [r#"{"FanSpeed":7}"#, r#"{"FanSpeed":"x"}"#, r#"{"POWER1":"ON"}"#, ""] {
        assert_eq!(fan.echoes(line::RESULT, text)[..], [], "{text}");
    }
}

#[test]
fn s8_a_relay_tells_for_how_long_it_has_been_running() {
    let state =
        r#"{"Time":"2026-01-10T22:45:00","Uptime":"0T00:01:10","UptimeSec":70,"POWER":"ON"}"#;
    let [running, on] = [Echo::Running(Span::seconds(70)), Echo::Relay(true)];
    let relay = relay(1, true);
    for line in [line::RESULT, line::STATE] {
        assert_eq!(relay.echoes(line, state)[..], [running, on], "first, so that it is known why");
    }
    assert_eq!(relay.echoes(line::POWER, "ON")[..], [on]);
    for wrong in ["-1", "\"long\"", "1e99"] {
        let text = state.replace("70,", &format!("{wrong},"));
        assert_eq!(relay.echoes(line::RESULT, &text)[..], [on], "{wrong}");
    }
}

/// <https://tasmota.github.io/docs/PowerOnState/>
#[test]
fn a_relay_tells_what_it_does_when_power_returns() {
    let relay = relay(1, true);
    for (state, on) in [(0, false), (1, true), (2, true), (3, true), (4, true), (5, true)] {
        let said = format!(r#"{{"PowerOnState":{state}}}"#);
        assert_eq!(relay.echoes(line::RESULT, &said)[..], [Echo::AfterPowerCut(on)], "{state}");
    }
    for said in [r#"{"PowerOnState":6}"#, r#"{"PowerOnState":-1}"#, r#"{"PowerOnState":"x"}"#] {
        assert_eq!(relay.echoes(line::RESULT, said)[..], [], "{said}");
    }
    assert_eq!(fan().echoes(line::RESULT, r#"{"PowerOnState":3}"#)[..], []);
}

#[test]
fn the_full_topic_puts_every_topic_in_its_place() {
    let turned = Device { at: at("%topic%/%prefix%/"), ..relay(2, true) };
    assert_eq!(turned.target(), "bedroom/cmnd/Power2");
    let question = turned.query().expect("it takes questions");
    assert_eq!(question.topic, "bedroom/cmnd/Backlog0");
    assert_eq!(question.payload, b"State;Power2;PowerOnState");
    let topics: Vec<_> = turned.lines().into_iter().map(|line| line.topic).collect();
    assert_eq!(
        topics,
        [
            "bedroom/stat/RESULT",
            "bedroom/tele/STATE",
            "bedroom/stat/POWER2",
            "bedroom/tele/SENSOR",
            "bedroom/tele/LWT"
        ]
    );
    let sleeper = Source { sleeps: true, ..source(None, "Temperature") };
    let topics: Vec<_> = sleeper.lines().into_iter().map(|line| line.topic).collect();
    assert_eq!(topics, ["tele/bedroom/SENSOR", "stat/bedroom/STATUS10", "stat/bedroom/RESULT"]);
}

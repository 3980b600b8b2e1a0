//! The make-believe bedroom behaves like a bedroom.

use serde_json::Value;

use super::device::Trouble;
use super::*;

const SEED: u64 = 2026;

fn hours(hours: i64) -> Time {
    Time::ZERO + Span::hours(hours)
}

fn demo() -> Bedroom {
    Bedroom::new(Preset::demo(Time::ZERO), SEED)
}

fn winter(timer: OnTime) -> Bedroom {
    Bedroom::new(Preset::winter(Time::ZERO, timer), SEED)
}

fn json(message: &Message) -> Value {
    serde_json::from_slice(&message.payload).expect("devices speak JSON")
}

/// Everything one device said.
fn of(messages: &[Message], name: &str) -> Vec<Value> {
    let topic = format!("{BASE}/{name}");
    messages.iter().filter(|message| message.topic == topic).map(json).collect()
}

fn panel(bedroom: &mut Bedroom) -> &mut Plug {
    bedroom
        .devices_mut()
        .iter_mut()
        .find_map(|device| if let Device::Plug(plug) = device { Some(plug) } else { None })
        .expect("the preset has a plug")
}

fn thermometer(bedroom: &mut Bedroom) -> &mut Thermometer {
    bedroom
        .devices_mut()
        .iter_mut()
        .find_map(|device| if let Device::Thermometer(it) = device { Some(it) } else { None })
        .expect("the preset has a thermometer")
}

#[test]
fn the_demo_begins_warm_and_damp_and_ends_cold() {
    for seed in 0..20 {
        let mut bedroom = Bedroom::new(Preset::demo(Time::ZERO), seed);
        let begin = bedroom.truth();
        assert!((23.5..24.5).contains(&begin.temperature), "{begin:?}");
        assert!(begin.humidity > 60.0, "{begin:?}");
        bedroom.advance(hours(30) + Span::minutes(45));
        assert!(bedroom.truth().temperature < 17.0, "seed {seed}: {:?}", bedroom.truth());
    }
}

#[test]
fn the_demo_never_falls_as_if_a_window_were_open() {
    let mut bedroom = demo();
    while bedroom.now() < hours(31) {
        let before = bedroom.truth().temperature;
        let to = bedroom.now() + Span::minutes(10);
        bedroom.advance(to);
        let rate = (bedroom.truth().temperature - before) * 6.0;
        assert!(rate > -2.9, "{rate} K/h at {:?}", bedroom.now());
    }
}

#[test]
fn a_closed_bed_becomes_stuffy_and_a_fan_airs_it() {
    let humid = |bedroom: &Bedroom| {
        let truth = bedroom.truth();
        let vapour = room::saturation(truth.bed_temperature) * truth.bed_humidity / 100.0;
        100.0 * vapour / room::saturation(33.0)
    };
    let mut bedroom = demo();
    bedroom.advance(hours(23) + Span::minutes(40));
    assert!(bedroom.truth().temperature > 22.3, "{:?}", bedroom.truth());
    assert!(humid(&bedroom) > 65.0, "{}", humid(&bedroom));
    bedroom.command("zigbee2mqtt/bedroom_fan/set", br#"{"fan_mode":"low"}"#);
    bedroom.advance(hours(24) + Span::minutes(40));
    assert!(humid(&bedroom) < 55.0, "{} {:?}", humid(&bedroom), bedroom.truth());
}

#[test]
fn the_same_seed_lives_the_same_life_however_it_is_stepped() {
    let at_once = demo().advance(hours(30));
    let mut bedroom = demo();
    let mut in_steps = Vec::new();
    while bedroom.now() < hours(30) {
        let to = bedroom.now() + Span::minutes(1);
        in_steps.extend(bedroom.advance(to));
    }
    assert_eq!(at_once, in_steps);
}

#[test]
fn a_heater_warms_and_its_absence_cools() {
    let mut heated = winter(OnTime::Ignored);
    let mut cold = heated.clone();
    heated.command("zigbee2mqtt/bedroom_panel/set", br#"{"state":"ON"}"#);
    heated.advance(hours(20));
    cold.advance(hours(20));
    assert!(heated.truth().temperature > 19.3, "{:?}", heated.truth());
    assert!(cold.truth().temperature < 18.0, "{:?}", cold.truth());
}

#[test]
fn a_valve_brings_the_room_to_what_its_thermometer_takes_for_the_set_point() {
    let settle = |valve: Valve, feed: bool| {
        let mut preset = Preset::winter(Time::ZERO, OnTime::Honoured);
        preset.devices = vec![Device::Valve(valve.at(20.0))];
        let mut bedroom = Bedroom::new(preset, SEED);
        while bedroom.now() < hours(42) {
            if feed {
                let fed = format!(
                    r#"{{"external_temperature_input":{:.1},"temperature_sensor_select":"external"}}"#,
                    bedroom.truth().temperature
                );
                bedroom.command("zigbee2mqtt/bedroom_valve/set", fed.as_bytes());
            }
            let to = bedroom.now() + Span::minutes(10);
            bedroom.advance(to);
        }
        bedroom.truth().temperature
    };
    let honest = settle(Valve::new("bedroom_valve").warm(0.0), false);
    let warm = settle(Valve::new("bedroom_valve").warm(4.0), false);
    let fed = settle(Valve::new("bedroom_valve").warm(4.0), true);
    assert!((19.0..20.3).contains(&honest), "{honest}");
    assert!(warm < honest - 1.0, "{warm}, {honest}");
    assert!((fed - honest).abs() < 0.5, "{fed}, {honest}");
}

#[test]
fn a_radiator_heats_a_room_by_one_to_three_kelvins_an_hour() {
    let mut bedroom = demo();
    bedroom.advance(hours(28));
    let before = bedroom.truth().temperature;
    bedroom.command("zigbee2mqtt/bedroom_valve/set", br#"{"occupied_heating_setpoint":26}"#);
    bedroom.advance(hours(29));
    let rate = bedroom.truth().temperature - before;
    assert!((1.0..3.0).contains(&rate), "{rate} K/h");
}

#[test]
fn a_plug_switches_itself_off_as_it_understands_on_time() {
    for (timer, minutes, on) in [
        (OnTime::Honoured, 14, true),
        (OnTime::Honoured, 16, false),
        (OnTime::Ignored, 300, true),
        (OnTime::NeedsWait, 300, true),
        (OnTime::Tenfold, 149, true),
        (OnTime::Tenfold, 151, false),
    ] {
        let mut bedroom = winter(timer);
        bedroom.command("zigbee2mqtt/bedroom_panel/set", br#"{"state":"ON","on_time":900}"#);
        assert!(of(&bedroom.advance(bedroom.now()), "bedroom_panel").is_empty(), "no echo");
        let said = bedroom.advance(hours(18) + Span::minutes(minutes));
        assert_eq!(panel(&mut bedroom).is_on(), on, "{timer:?} after {minutes} min");
        let states: Vec<Value> =
            of(&said, "bedroom_panel").iter().map(|state| state["state"].clone()).collect();
        assert!(states.contains(&Value::from("ON")), "{states:?}");
        assert_eq!(states.contains(&Value::from("OFF")), !on, "{states:?}");
    }
}

#[test]
fn a_plain_command_is_answered_at_once_and_a_deaf_device_answers_nothing() {
    let mut bedroom = winter(OnTime::Honoured);
    bedroom.command("zigbee2mqtt/bedroom_panel/set", br#"{"state":"ON"}"#);
    let answer = of(&bedroom.advance(bedroom.now()), "bedroom_panel");
    assert_eq!(answer[0]["state"], "ON");
    assert_eq!(answer[0]["power"], 900.0);
    panel(&mut bedroom).deaf(true);
    bedroom.command("zigbee2mqtt/bedroom_panel/set", br#"{"state":"OFF"}"#);
    assert!(bedroom.advance(bedroom.now()).is_empty());
    assert!(panel(&mut bedroom).is_on());
}

#[test]
fn what_is_no_command_changes_nothing() {
    let mut bedroom = demo();
    bedroom.advance(hours(19));
    for (topic, payload) in [
        ("zigbee2mqtt/bedroom_fan/set", &b"medium"[..]),
        ("zigbee2mqtt/bedroom_fan/set", br#"{"fan_mode":"gale"}"#),
        ("zigbee2mqtt/bedroom_fan_2/set", br#"{"fan_mode":"low"}"#),
        ("zigbee2mqtt/bedroom_valve/set", b"\xff\xfe"),
        ("other/bedroom_fan/set", br#"{"fan_mode":"low"}"#),
    ] {
        bedroom.command(topic, payload);
    }
    assert!(bedroom.advance(bedroom.now()).is_empty());
    assert_eq!(bedroom.truth().fan, 0);
}

#[test]
fn a_mat_speaks_when_somebody_lies_down_or_gets_up() {
    let mut bedroom = demo();
    let said = of(&bedroom.advance(hours(31)), "bedroom_mat");
    let occupied: Vec<bool> =
        said.iter().map(|state| state["occupancy"].as_bool().expect("a boolean")).collect();
    assert_eq!(occupied, [false, true, false, true, false], "in, out once, in, up");
}

#[test]
fn a_battery_sensor_speaks_on_a_change_or_hourly() {
    let mut bedroom = winter(OnTime::Honoured);
    let said = of(&bedroom.advance(hours(42)), "bedroom_climate");
    assert!((24..80).contains(&said.len()), "{} messages in a day", said.len());
}

#[test]
fn a_troubled_sensor_misleads() {
    let evening = hours(20);
    let last = |trouble| {
        let mut bedroom = demo();
        bedroom.advance(evening);
        thermometer(&mut bedroom).trouble(Some(trouble));
        let said = of(&bedroom.advance(evening + Span::hours(8)), "bedroom_climate");
        said.last().map(|state| state["temperature"].as_f64().expect("a number"))
    };
    let mut bedroom = demo();
    bedroom.advance(evening);
    let at_first = bedroom.truth().temperature;
    bedroom.advance(evening + Span::hours(8));
    let at_last = bedroom.truth().temperature;
    assert_eq!(last(Trouble::Silent), None);
    assert_eq!(last(Trouble::EightyFive), Some(85.0));
    assert!((last(Trouble::Frozen).expect("it speaks") - at_first).abs() < 0.2);
    assert!((last(Trouble::Off(4.0)).expect("it speaks") - at_last - 4.0).abs() < 0.5);
}

#[test]
fn a_person_who_is_asked_to_drink_logs_a_glass() {
    let mut bedroom = demo();
    let announcement = br#"{"id":7,"text":"Anna, a glass of water would be good about now."}"#;
    bedroom.command("uncramp/bedroom/announce", announcement);
    let keeper = br#"{"id":8,"text":"Please change the battery.","audience":"keeper"}"#;
    bedroom.command("uncramp/bedroom/announce", keeper);
    let mut said = bedroom.advance(bedroom.now());
    said.extend(bedroom.advance(hours(19)));
    said.retain(|message| message.topic.starts_with("uncramp/"));
    let said: Vec<(&str, Value)> = said.iter().map(|m| (m.topic.as_str(), json(m))).collect();
    let expected = [
        ("uncramp/bedroom/announce/ack", serde_json::json!({"id": 7, "outcome": "spoken"})),
        ("uncramp/bedroom/drink/set", serde_json::json!({"sleeper": "Anna", "ml": 200})),
    ];
    assert_eq!(said, expected);
    assert_eq!(bedroom.spoken().len(), 1);
}

#[test]
fn mains_devices_answer_a_get_and_sleeping_ones_do_not() {
    let mut bedroom = demo();
    bedroom.advance(hours(19));
    for (name, answers) in [("bedroom_fan", 1), ("bedroom_valve", 1), ("bedroom_climate", 0)] {
        bedroom.command(&format!("zigbee2mqtt/{name}/get"), br#"{"state":""}"#);
        assert_eq!(bedroom.advance(bedroom.now()).len(), answers, "{name}");
    }
}

use super::*;
use crate::model::Watts;
use crate::wire;

fn device(form: Form) -> Device {
    Device {
        base: "zigbee2mqtt".to_owned(),
        device: "bedroom/thing".to_owned(),
        endpoint: None,
        form,
    }
}

fn valve(select: Option<&str>) -> Device {
    device(Form::Valve {
        setpoint: "occupied_heating_setpoint".to_owned(),
        feed: Some(Feed {
            property: "external_temperature_input".to_owned(),
            select: select.map(str::to_owned),
            external: "external".to_owned(),
            internal: "internal".to_owned(),
        }),
    })
}

fn fan_modes() -> Device {
    device(Form::FanMode { levels: ["low", "medium", "high"].map(str::to_owned).to_vec() })
}

fn fan_speeds() -> Device {
    device(Form::FanSpeed { levels: vec![85, 170, 254] })
}

fn sent(device: &Device, switch: &Switch) -> Option<String> {
    device.commands(switch).pop().map(|message| {
        assert_eq!(message.topic, "zigbee2mqtt/bedroom/thing/set");
        assert!(!message.retain && !message.confirmed, "absolute, not retained, QoS 0");
        String::from_utf8(message.payload).expect("text")
    })
}

/// Zigbee2MQTT's pages of plugs: "On with timed off", `on_time` in seconds.
#[test]
fn a_plug_carries_its_timer_only_when_one_is_given() {
    let plug = device(Form::Plug);
    for (switch, payload) in [
        (Switch::On { timer: Some(Span::minutes(15)) }, r#"{"state":"ON","on_time":900}"#),
        (Switch::On { timer: Some(Span::hours(4)) }, r#"{"state":"ON","on_time":6553}"#),
        (Switch::On { timer: Some(Span::ZERO) }, r#"{"state":"ON","on_time":1}"#),
        (Switch::On { timer: None }, r#"{"state":"ON"}"#),
        (Switch::Level(1), r#"{"state":"ON"}"#),
        (Switch::Level(0), r#"{"state":"OFF"}"#),
        (Switch::Off, r#"{"state":"OFF"}"#),
    ] {
        assert_eq!(sent(&plug, &switch).as_deref(), Some(payload));
    }
    for switch in [
        Switch::SetPoint(Temperature(2000)),
        Switch::Feed(Temperature(2000)),
        Switch::OwnThermometer,
    ] {
        assert_eq!(sent(&plug, &switch), None);
    }
}

/// Zigbee2MQTT's pages of the SONOFF TRVZB and the Aqara SRTS-A01.
#[test]
fn a_valve_takes_half_degrees_and_the_rooms_tenths() {
    let fed = valve(Some("temperature_sensor_select"));
    for (switch, payload) in [
        (Switch::SetPoint(Temperature(2100)), r#"{"occupied_heating_setpoint":21}"#),
        (Switch::SetPoint(Temperature(2124)), r#"{"occupied_heating_setpoint":21}"#),
        (Switch::SetPoint(Temperature(2125)), r#"{"occupied_heating_setpoint":21.5}"#),
        (
            Switch::Feed(Temperature(1946)),
            r#"{"temperature_sensor_select":"external","external_temperature_input":19.5}"#,
        ),
        (Switch::OwnThermometer, r#"{"temperature_sensor_select":"internal"}"#),
    ] {
        assert_eq!(sent(&fed, &switch).as_deref(), Some(payload));
    }
    for switch in [Switch::On { timer: None }, Switch::Off, Switch::Level(1)] {
        assert_eq!(sent(&fed, &switch), None);
    }
    let falls_back = valve(None);
    assert_eq!(
        sent(&falls_back, &Switch::Feed(Temperature(2000))).as_deref(),
        Some(r#"{"external_temperature_input":20}"#)
    );
    assert_eq!(sent(&falls_back, &Switch::OwnThermometer), None);
}

#[test]
fn what_a_valve_is_told_is_what_it_reports() {
    let valve = wire::Device::Zigbee2mqtt(valve(None));
    for hundredths in 500..3000 {
        let setpoint = Temperature(hundredths);
        let message = wire::encode(&valve, &Switch::SetPoint(setpoint)).remove(0);
        let text = String::from_utf8(message.payload).expect("text");
        assert_eq!(valve.family().echoes(0, &text)[..], [Echo::SetPoint(valve.settable(setpoint))]);
    }
}

/// Zigbee2MQTT's pages of fans: `fan_mode` by name, or `state` with a number.
#[test]
fn fans_take_levels_by_name_or_by_number() {
    let modes = fan_modes();
    for (switch, payload) in [
        (Switch::Level(1), r#"{"fan_mode":"low"}"#),
        (Switch::Level(3), r#"{"fan_mode":"high"}"#),
        (Switch::Level(9), r#"{"fan_mode":"high"}"#),
        (Switch::On { timer: None }, r#"{"fan_mode":"low"}"#),
        (Switch::Off, r#"{"fan_mode":"off"}"#),
    ] {
        assert_eq!(sent(&modes, &switch).as_deref(), Some(payload));
    }
    let speeds = fan_speeds();
    for (switch, payload) in [
        (Switch::Level(1), r#"{"state":"ON","speed":85}"#),
        (Switch::Level(2), r#"{"state":"ON","speed":170}"#),
        (Switch::On { timer: None }, r#"{"state":"ON","speed":85}"#),
        (Switch::Off, r#"{"state":"OFF"}"#),
    ] {
        assert_eq!(sent(&speeds, &switch).as_deref(), Some(payload));
    }
}

#[test]
fn fans_say_their_level() {
    for (payload, echo) in [
        (r#"{"fan_mode":"medium","fan_state":"ON"}"#, Some(Echo::Level(2))),
        (r#"{"fan_mode":"off"}"#, Some(Echo::Level(0))),
        (r#"{"fan_mode":"auto"}"#, Some(Echo::Relay(true))),
        (r#"{"fan_state":"OFF"}"#, Some(Echo::Level(0))),
        (r#"{"linkquality":80}"#, None),
    ] {
        assert_eq!(fan_modes().echoes(0, payload).first().copied(), echo, "{payload}");
    }
    for (payload, echo) in [
        (r#"{"state":"ON","speed":170}"#, Some(Echo::Level(2))),
        (r#"{"state":"ON","speed":168}"#, Some(Echo::Level(2))),
        (r#"{"state":"OFF","speed":170}"#, Some(Echo::Level(0))),
        (r#"{"state":"ON"}"#, Some(Echo::Relay(true))),
        (r#"{"speed":0}"#, Some(Echo::Level(0))),
        (r#"{"speed":null}"#, None),
    ] {
        assert_eq!(fan_speeds().echoes(0, payload).first().copied(), echo, "{payload}");
    }
}

#[test]
fn a_device_can_be_asked() {
    for (device, payload) in [
        (device(Form::Plug), r#"{"state":""}"#),
        (valve(None), r#"{"occupied_heating_setpoint":""}"#),
        (fan_modes(), r#"{"fan_mode":""}"#),
        (fan_speeds(), r#"{"state":""}"#),
    ] {
        let message = device.query().expect("a question");
        assert_eq!(message.topic, "zigbee2mqtt/bedroom/thing/get");
        assert_eq!(String::from_utf8(message.payload).as_deref(), Ok(payload));
    }
}

#[test]
fn what_devices_can_do() {
    let plug = wire::Device::Zigbee2mqtt(device(Form::Plug));
    let fed = wire::Device::Zigbee2mqtt(valve(None));
    assert!(plug.can_time() && plug.can_echo() && !plug.takes_feed());
    assert!(!fed.can_time() && fed.can_echo() && fed.takes_feed());
    assert_eq!(plug.address(), "zigbee2mqtt:zigbee2mqtt/bedroom/thing");
}

#[test]
fn names_may_contain_anything() {
    let odd = device(Form::FanMode { levels: vec!["\"quoted\"\n".to_owned()] });
    assert_eq!(sent(&odd, &Switch::Level(1)).as_deref(), Some(r#"{"fan_mode":"\"quoted\"\n"}"#));
}

/// Zigbee2MQTT's `lib/extension/publish.ts`: an endpoint stands before `/set` and `/get`, and
/// behind the properties that are reported.
#[test]
fn one_of_several_relays_is_told_and_heard_apart() {
    let relay = Device { endpoint: Some("l2".to_owned()), ..device(Form::Plug) };
    let told = relay.commands(&Switch::On { timer: Some(Span::minutes(15)) }).remove(0);
    assert_eq!(told.topic, "zigbee2mqtt/bedroom/thing/l2/set");
    assert_eq!(told.payload, br#"{"state":"ON","on_time":900}"#);
    assert_eq!(relay.query().expect("it can").topic, "zigbee2mqtt/bedroom/thing/l2/get");
    let said = r#"{"state_l1":"OFF","power_l1":1,"state_l2":"ON","power_l2":700}"#;
    assert_eq!(relay.echoes(0, said)[..], [Echo::Relay(true), Echo::Power(Watts(7000))]);
    assert_eq!(relay.echoes(0, r#"{"state":"OFF","power":3}"#)[..], []);
    assert_ne!(relay.target(), device(Form::Plug).target());
}

/// The pages of <https://www.zigbee2mqtt.io/devices/SP_220.html> (`power_on_behavior`),
/// <https://www.zigbee2mqtt.io/devices/TS011F_plug_2.html> (`power_outage_memory` in words) and
/// <https://www.zigbee2mqtt.io/devices/ZNCZ02LM.html> (`power_outage_memory`, yes or no).
#[test]
fn a_plug_tells_what_it_does_when_power_returns() {
    let plug = device(Form::Plug);
    for (setting, on) in [
        (r#""power_on_behavior":"off""#, Some(false)),
        (r#""power_on_behavior":"on""#, Some(true)),
        (r#""power_on_behavior":"previous""#, Some(true)),
        (r#""power_on_behavior":"toggle""#, Some(true)),
        (r#""power_on_behavior":null"#, None),
        (r#""power_on_behavior":"""#, None),
        (r#""power_on_behavior":"sometimes""#, None),
        (r#""power_on_behavior":1"#, None),
        (r#""power_outage_memory":"off""#, Some(false)),
        (r#""power_outage_memory":"restore""#, Some(true)),
        (r#""power_outage_memory":"on""#, Some(true)),
        (r#""power_outage_memory":false"#, Some(false)),
        (r#""power_outage_memory":true"#, Some(true)),
        (r#""power_on_behavior_l2":"on""#, None),
    ] {
        let said = format!(r#"{{"linkquality":140,"power":0,{setting},"state":"OFF"}}"#);
        let known = [Echo::Relay(false), Echo::Power(Watts(0))];
        let known = known.into_iter().chain(on.map(Echo::AfterPowerCut));
        assert_eq!(plug.echoes(0, &said)[..], known.collect::<Vec<_>>(), "{setting}");
    }
    let second = Device { endpoint: Some("l2".to_owned()), ..device(Form::Plug) };
    for (setting, on) in [
        (r#"{"power_on_behavior_l1":"on","power_on_behavior_l2":"off"}"#, false),
        (r#"{"power_on_behavior_l2":"previous"}"#, true),
        (r#"{"power_on_behavior":"on"}"#, true),
    ] {
        assert_eq!(second.echoes(0, setting)[..], [Echo::AfterPowerCut(on)], "{setting}");
    }
    assert_eq!(fan_speeds().echoes(0, r#"{"power_on_behavior":"on"}"#)[..], []);
}

/// Zigbee2MQTT takes commands by address, whatever the device is called now.
#[test]
fn a_device_is_told_by_its_address_and_heard_by_its_name() {
    let address = "0x60a423fffe112233".to_owned();
    let plug = Device { device: address, ..device(Form::Plug) };
    let mut names = Names::default();
    let list = br#"[{"ieee_address":"0x60a423fffe112233","friendly_name":"Bett/Heizung"}]"#;
    assert_eq!(names.hear("zigbee2mqtt/bridge/devices", list), Some(Ok(true)));
    let told = plug.commands(&Switch::Off).remove(0);
    assert_eq!(told.topic, "zigbee2mqtt/0x60a423fffe112233/set");
    let heard = plug.named(&names).lines();
    assert!(heard.contains(&Line::says(0, "zigbee2mqtt/Bett/Heizung")), "{heard:?}");
    assert_eq!(device(Form::Plug).named(&names), device(Form::Plug), "known by its name");
}

/// The payloads of <https://www.zigbee2mqtt.io/devices/WSDCGQ11LM.html> and, for devices that
/// tell no percentage, <https://www.zigbee2mqtt.io/devices/TS0201.html>.
#[test]
fn a_battery_tells_percent_or_only_that_it_is_low() {
    let full = r#"{"battery":97,"humidity":48.2,"linkquality":120,"temperature":19.4}"#;
    assert_eq!(battery(full), Some(Battery::Percent(97)));
    assert_eq!(battery(r#"{"battery_low":true,"temperature":19.4}"#), Some(Battery::Low(true)));
    assert_eq!(battery(r#"{"battery":null,"temperature":19.4}"#), None);
    assert_eq!(battery(r#"{"battery":255}"#), None);
    let tells = |form| device(form).tells_battery(0);
    assert!(!tells(Form::Plug) && valve(None).tells_battery(0));
}

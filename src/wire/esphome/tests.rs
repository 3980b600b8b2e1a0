use super::*;
use crate::model::{Garble, Humidity, Measured, Quantity, Span};

fn entity(component: &str, object_id: &str) -> Entity {
    let [prefix, component, object_id] = ["node", component, object_id].map(str::to_owned);
    Entity { prefix, component, object_id }
}

fn source(component: &str) -> Source {
    let entity = entity(component, "thing");
    Source { entity, unit: Unit::Celsius, inverted: false, sleeps: false }
}

fn device(form: Form) -> Device {
    let component = match form {
        Form::Switch => "switch",
        Form::Fan { .. } => "fan",
        Form::Climate => "climate",
    };
    Device { entity: entity(component, "thing"), form }
}

/// One of each kind.
pub(in crate::wire) fn samples() -> (Vec<crate::wire::Source>, Vec<crate::wire::Device>) {
    let sources = [source("sensor"), source("binary_sensor")];
    let devices = [Form::Switch, Form::Fan { levels: 3 }, Form::Climate].map(device);
    (
        sources.map(crate::wire::Source::Esphome).to_vec(),
        devices.map(crate::wire::Device::Esphome).to_vec(),
    )
}

fn sent(device: &Device, switch: &Switch) -> Vec<(String, String)> {
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let commands = device.commands(switch).into_iter();
    commands
        .map(|message| {
            assert!(!message.retain && !message.confirmed, "not retained, QoS 0");
            (message.topic, text(message.payload))
        })
        .collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(topic, payload)| ((*topic).to_owned(), (*payload).to_owned())).collect()
}

/// Payloads: `mqtt_sensor.cpp` (`nan`, with `publish_nan_as_none` `None`) and
/// `mqtt_binary_sensor.cpp` in <https://github.com/esphome/esphome/tree/dev/esphome/components/mqtt>.
#[test]
fn what_sensors_say() {
    let temperature = Wanted { place: Place::Room, quantity: Quantity::Temperature };
    let live = |value| Some(Ok((value, Measured::WhenHeard)));
    let absent = |word: &str| Some(Err(Garble::Absent(word.to_owned())));
    let sensor = source("sensor");
    for (text, read) in [
        ("21.4", live(Value::Temperature(Temperature(2140)))),
        ("-0.50", live(Value::Temperature(Temperature(-50)))),
        ("nan", absent("nan")),
        ("None", absent("None")),
        ("ON", Some(Err(Garble::Unreadable("ON".to_owned())))),
    ] {
        assert_eq!(sensor.read(STATE, text, false, temperature), read, "{text}");
    }
    let kept = sensor.read(STATE, "21.4", true, temperature);
    assert_eq!(kept, Some(Ok((Value::Temperature(Temperature(2140)), Measured::Unknown))));
    let american = Source { unit: Unit::Fahrenheit, ..source("sensor") };
    let read = american.read(STATE, "68.0", false, temperature);
    assert_eq!(read, live(Value::Temperature(Temperature(2000))));

    let humidity = Wanted { place: Place::Bed, quantity: Quantity::Humidity };
    let read = sensor.read(STATE, "48.2", false, humidity);
    assert_eq!(read, live(Value::Humidity(Humidity(4820))));

    let occupied = Wanted { place: Place::Bed, quantity: Quantity::Occupied };
    for (text, inverted, in_bed) in
        [("ON", false, true), ("OFF", false, false), ("ON", true, false)]
    {
        let mat = Source { inverted, ..source("binary_sensor") };
        let read = mat.read(STATE, text, false, occupied);
        assert_eq!(read, live(Value::Occupied(in_bed)), "{text}");
    }
}

#[test]
fn a_node_that_sleeps_is_not_asked_whether_it_is_there() {
    let topics = |sleeps| {
        let sensor = Source { sleeps, ..source("sensor") };
        sensor.lines().into_iter().map(|line| line.topic).collect::<Vec<_>>()
    };
    let values = "node/sensor/thing/state";
    assert_eq!(topics(false), ["node/status", "node/status", values]);
    assert_eq!(topics(true), [values]);
}

/// `mqtt_switch.cpp`, in the same place.
#[test]
fn a_switch_is_on_or_off() {
    let switch = device(Form::Switch);
    let on = pairs(&[("node/switch/thing/command", "ON")]);
    let off = pairs(&[("node/switch/thing/command", "OFF")]);
    assert_eq!(sent(&switch, &Switch::On { timer: Some(Span::minutes(15)) }), on);
    assert_eq!(sent(&switch, &Switch::Level(1)), on);
    assert_eq!(sent(&switch, &Switch::Off), off);
    assert_eq!(sent(&switch, &Switch::SetPoint(Temperature(2000))), []);
    assert_eq!(switch.echoes(STATE, "ON")[..], [Echo::Relay(true)]);
    assert_eq!(switch.echoes(STATE, "OFF")[..], [Echo::Relay(false)]);
    assert_eq!(switch.echoes(STATE, "")[..], []);
    assert!(!switch.can_time() && switch.can_echo());
}

/// `mqtt_fan.cpp`: a level outside `0…speed_count` is refused, 0 becomes 1, and the level
/// of a fan that is off is said too.
#[test]
fn a_fan_is_told_its_level_before_it_is_told_to_run() {
    let fan = device(Form::Fan { levels: 3 });
    let at = |level| {
        pairs(&[("node/fan/thing/speed_level/command", level), ("node/fan/thing/command", "ON")])
    };
    assert_eq!(sent(&fan, &Switch::Level(2)), at("2"));
    assert_eq!(sent(&fan, &Switch::Level(9)), at("3"));
    assert_eq!(sent(&fan, &Switch::On { timer: None }), at("1"));
    let off = pairs(&[("node/fan/thing/command", "OFF")]);
    assert_eq!(sent(&fan, &Switch::Off), off);
    assert_eq!(sent(&fan, &Switch::Level(0)), off);
    assert_eq!(fan.echoes(STATE, "OFF")[..], [Echo::Relay(false)]);
    assert_eq!(fan.echoes(BESIDE, "2")[..], [Echo::Speed(2)]);
    for text in ["", "-1", "2.5", "300", "low"] {
        assert_eq!(fan.echoes(BESIDE, text)[..], [], "{text}");
    }
}

/// `mqtt_climate.cpp`.
#[test]
fn a_climate_is_told_its_target_and_never_its_mode() {
    let climate = device(Form::Climate);
    let topic = "node/climate/thing/target_temperature/command";
    let told = sent(&climate, &Switch::SetPoint(Temperature(2030)));
    assert_eq!(told, pairs(&[(topic, "20.5")]));
    for switch in [Switch::On { timer: None }, Switch::Off, Switch::Level(1)] {
        assert_eq!(sent(&climate, &switch), []);
    }
    assert_eq!(climate.target(), topic);
    assert_eq!(climate.echoes(STATE, "20.5")[..], [Echo::SetPoint(Temperature(2050))]);
    assert_eq!(climate.echoes(BESIDE, "19.1")[..], [Echo::OwnTemperature(Temperature(1910))]);
    for text in ["nan", "", "-127", "heat"] {
        assert_eq!(climate.echoes(STATE, text)[..], [], "{text}");
    }
}

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::engine::Engine;
use crate::model::{Place, Quantity, Time, Wall};
use crate::plan::{Control, Hazard, Kind, Language, Sensor};
use crate::surface::tests::plan;
use crate::view::View;
use crate::wire::{Source, plain};

fn payload(message: &Message) -> Value {
    serde_json::from_slice(&message.payload).expect("JSON")
}

fn introduced() -> (Plan, Introduced, Vec<Message>) {
    let plan = plan();
    let mut before = Introduced::new();
    let messages = discovery(&plan, &mut before);
    (plan, before, messages)
}

#[test]
fn every_bedroom_is_one_device_and_kept() {
    let (plan, before, messages) = introduced();
    assert_eq!(messages.len(), plan.bedrooms.len());
    assert_eq!(before.len(), 2 * plan.bedrooms.len(), "each one's device and state");
    for (message, bedroom) in messages.iter().zip(&plan.bedrooms) {
        let device = format!("home_uncramp_{}", bedroom.name);
        assert_eq!(message.topic, format!("homeassistant/device/{device}/config"));
        assert!(before.contains_key(&message.topic));
        assert!(message.retain && message.confirmed);
        assert_eq!(payload(message)["dev"]["ids"][0], device.as_str());
        assert!(message.payload.len() < 64 * 1024, "{} bytes", message.payload.len());
    }
}

#[test]
fn twelve_entities_at_most_are_enabled_and_every_one_has_a_name_of_its_own() {
    for message in introduced().2 {
        let payload = payload(&message);
        let components = payload["cmps"].as_object().expect("components");
        let mut ids = BTreeSet::new();
        let mut names = BTreeSet::new();
        for (key, about) in components {
            assert!(key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
            assert!(ids.insert(about["uniq_id"].as_str().expect("an id").to_owned()), "{key}");
            assert!(names.insert(about["name"].as_str().expect("a name").to_owned()), "{key}");
        }
        let enabled = components.values().filter(|about| about.get("en").is_none()).count();
        assert!((5..=12).contains(&enabled), "{enabled} are enabled");
    }
}

#[test]
fn home_assistant_may_say_something_here() {
    let first = payload(&introduced().2[0]);
    let say = &first["cmps"]["say"];
    assert_eq!(
        (&say["p"], &say["cmd_t"]),
        (&"notify".into(), &"home/uncramp/bedroom/say/set".into())
    );
}

#[test]
fn a_choice_is_shown_in_the_houses_language_and_told_in_the_topics_words() {
    let mut plan = plan();
    let shown = |plan: &Plan, key: &str, what: &str| {
        payload(&discovery(plan, &mut Introduced::new())[0])["cmps"][key][what].clone()
    };
    assert_eq!(shown(&plan, "mode", "ops"), serde_json::json!(["auto", "watch", "off"]));
    plan.language = Language::German;
    let german = serde_json::json!(["automatisch", "nur beobachten", "aus"]);
    assert_eq!(shown(&plan, "mode", "ops"), german);
    assert_eq!(
        shown(&plan, "mode", "val_tpl"),
        "{{ {'auto': 'automatisch', 'watch': 'nur beobachten', 'off': 'aus'}.get(value_json.mode, \
         'None') }}"
    );
    assert_eq!(
        shown(&plan, "mode", "cmd_tpl"),
        "{{ {'automatisch': 'auto', 'nur beobachten': 'watch', 'aus': 'off'}.get(value, value) }}"
    );
    let hold = shown(&plan, "hold_fan", "cmd_tpl");
    assert!(hold.as_str().expect("a template").contains("'an': 'on'"), "{hold}");
}

#[test]
fn what_is_never_switched_on_cannot_be_chosen_to_be() {
    let mut plan = plan();
    let heaters = plan.bedrooms[0].actuators.iter_mut().filter(|actuator| actuator.is_heater());
    for heater in heaters {
        heater.name = "heater".to_owned();
        heater.kind = Kind::Heater { hazard: Hazard::Portable, control: Control::Switch };
    }
    let hold = &payload(&discovery(&plan, &mut Introduced::new())[0])["cmps"]["hold_heater"];
    assert_eq!(hold["ops"], serde_json::json!(["auto", "off"]));
}

#[test]
fn a_device_is_shown_by_its_name_and_told_by_its_key() {
    let mut plan = plan();
    plan.bedrooms[0].actuators[1].called = Some("Luft am Bett".to_owned());
    for (language, shown) in
        [(Language::English, "Hold Luft am Bett"), (Language::German, "Von Hand: Luft am Bett")]
    {
        plan.language = language;
        let hold = &payload(&discovery(&plan, &mut Introduced::new())[0])["cmps"]["hold_fan"];
        assert_eq!(hold["name"], shown);
        let told = hold["cmd_tpl"].as_str().expect("a template");
        assert!(told.starts_with("{{ {'actuator': 'fan', "), "{told}");
    }
}

#[test]
fn what_leaves_the_plan_is_emptied_first_and_left_out_then() {
    let (mut plan, mut before, _) = introduced();
    plan.bedrooms[0].actuators.retain(|actuator| actuator.name != "fan");
    let messages = discovery(&plan, &mut before);
    let (first, second) = (payload(&messages[0]), payload(&messages[1]));
    assert_eq!(messages[0].topic, messages[1].topic);
    assert_eq!(first["cmps"]["hold_fan"], serde_json::json!({ "p": "select" }));
    assert!(second["cmps"].get("hold_fan").is_none());
    assert!(second["cmps"].get("reason").is_some());
}

#[test]
fn a_bedroom_that_left_is_taken_back_with_its_state() {
    let (mut plan, mut before, _) = introduced();
    let gone = plan.bedrooms.remove(0).name;
    let emptied = |messages: Vec<Message>| -> Vec<String> {
        let empty = messages.into_iter().filter(|message| message.payload.is_empty());
        empty.inspect(|message| assert!(message.retain)).map(|message| message.topic).collect()
    };
    let topics = |name: &str| {
        let device = format!("homeassistant/device/home_uncramp_{name}/config");
        [format!("home/uncramp/{name}/state"), device]
    };
    let left = emptied(discovery(&plan, &mut before));
    assert_eq!(left, topics(&gone));
    assert!(topics(&gone).iter().all(|topic| !before.contains_key(topic)));
    // Who wants no discovery wants the states all the same.
    plan.discovery = None;
    let devices: Vec<_> = plan.bedrooms.iter().map(|it| topics(&it.name)[1].clone()).collect();
    assert_eq!(emptied(discovery(&plan, &mut before)), devices);
    let states: Vec<_> = plan.bedrooms.iter().map(|it| topics(&it.name)[0].clone()).collect();
    assert!(before.keys().eq(&states), "{before:?}");
    plan.base_topic = "elsewhere".to_owned();
    assert_eq!(emptied(discovery(&plan, &mut before)), states);
}

#[test]
fn sleepers_who_differ_by_an_accent_have_buttons_of_their_own() {
    let mut plan = plan();
    for (sleeper, name) in plan.bedrooms[0].sleepers.iter_mut().zip(["zoë", "zoé"]) {
        name.clone_into(&mut sleeper.name);
    }
    let first = payload(&discovery(&plan, &mut Introduced::new())[0]);
    for (key, name) in [("drank_zo_", "zoë"), ("drank_zo__2", "zoé")] {
        let press = first["cmps"][key]["pl_prs"].as_str().expect("a button");
        assert!(press.contains(name), "{press}");
    }
}

#[test]
fn each_sleepers_glass_on_the_page_is_that_sleepers_own() {
    let mut plan = plan();
    for (sleeper, name) in plan.bedrooms[0].sleepers.iter_mut().zip(["zoë", "zoé"]) {
        name.clone_into(&mut sleeper.name);
    }
    let page = dashboard(&plan);
    for (key, name) in [("drank_zo\n", "zoë"), ("drank_zo_2\n", "zoé"), ("drunk_zo_2\n", "zoé")]
    {
        let mut cards = page.split("- type:").filter(|card| card.contains(key));
        let card = cards.next().unwrap_or_else(|| panic!("no {key} in {page}"));
        assert!(card.contains(name), "{card}");
    }
}

/// Every path below `value_json` that a template names.
fn paths(text: &str) -> Vec<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']');
    let mut found = Vec::new();
    for rest in text.split("value_json.").skip(1) {
        let path: &str = &rest[..rest.find(|c| !fits(c)).unwrap_or(rest.len())];
        // What is asked for by `get` may be missing.
        if path != "get" {
            found.push(format!("/{}", path.replace(['.', '['], "/").replace(']', "")));
        }
    }
    found
}

/// Home Assistant logs a warning at every state that lacks a key which a template names.
#[test]
fn every_key_that_a_template_names_is_there_when_nothing_is_known() {
    let plan = two_sides();
    let wall = Wall { offset: 0, synchronised: false };
    let engine = Engine::new(plan.clone(), wall, Time::ZERO);
    let before = discovery(&plan, &mut Introduced::new());
    for (id, message) in plan.ids().zip(&before) {
        let view = View::of(&engine, id, Time::ZERO).expect("a bedroom");
        let view = serde_json::to_value(&view).expect("JSON");
        let payload = payload(message);
        let mut named = 0;
        for (key, about) in payload["cmps"].as_object().expect("components") {
            for text in about.as_object().expect("one").values().filter_map(Value::as_str) {
                for path in paths(text) {
                    assert!(view.pointer(&path).is_some(), "{key} names {path}, not in {view}");
                    named += 1;
                }
            }
        }
        assert!(named > 10, "{named} paths");
    }
}

/// An unknown key there would have Home Assistant refuse the whole device.
#[test]
fn nothing_stands_at_the_root_that_the_oldest_home_assistant_does_not_know() {
    let keys = |value: &Value| -> BTreeSet<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    let set =
        |names: &[&str]| -> BTreeSet<String> { names.iter().map(|n| (*n).to_owned()).collect() };
    for message in introduced().2 {
        let payload = payload(&message);
        assert_eq!(keys(&payload), set(&["dev", "o", "avty", "stat_t", "qos", "cmps"]));
        assert_eq!(keys(&payload["dev"]), set(&["ids", "name", "mf", "mdl", "sw"]));
        assert_eq!(keys(&payload["o"]), set(&["name", "sw"]));
        let known = ["climate", "fan", "sensor", "binary_sensor", "switch", "number", "select"];
        for about in payload["cmps"].as_object().expect("components").values() {
            let platform = about["p"].as_str().expect("a platform");
            assert!(known.contains(&platform) || ["button", "event", "notify"].contains(&platform));
            let commands = about.as_object().expect("one").keys().any(|key| key.ends_with("cmd_t"));
            assert_eq!(commands, about.get("msg_exp_int").is_some(), "{about}");
            assert_eq!(about.get("ret"), None, "commands are not retained");
        }
    }
}

fn two_sides() -> Plan {
    let mut plan = plan();
    let side = |(sleeper, name): (usize, &str)| Sensor {
        name: format!("in bed ({name})"),
        place: Place::Bed,
        quantity: Quantity::Occupied,
        sleeper: Some(sleeper),
        device: 0,
        source: Source::Plain(plain::Source {
            topic: format!("mat/{name}"),
            path: None,
            time_path: None,
            unit: plain::Unit::Celsius,
            inverted: false,
            availability: None,
        }),
    };
    plan.bedrooms[0].sensors = ["anna", "ben"].into_iter().enumerate().map(side).collect();
    plan
}

#[test]
fn each_side_of_a_bed_that_is_measured_is_one_entity() {
    let payload = payload(&discovery(&two_sides(), &mut Introduced::new())[0]);
    assert_eq!(payload["cmps"]["in_bed_ben"]["name"], "In bed (ben)");
    let template = payload["cmps"]["in_bed_ben"]["val_tpl"].as_str().expect("a template");
    assert!(template.contains("value_json.sleepers[1].in_bed"), "{template}");
    let messages = introduced().2;
    for message in messages {
        let components = message.payload;
        assert!(!String::from_utf8_lossy(&components).contains("in_bed_anna"), "not measured");
    }
}

#[test]
fn what_belongs_together_is_enabled_together() {
    let payload = payload(&introduced().2[0]);
    let hidden = |key: &str| payload["cmps"][key].get("en").is_some();
    assert_eq!(hidden("drank_anna"), hidden("drank_ben"));
    assert_eq!(hidden("drunk_anna"), hidden("drunk_ben"));
    for key in ["automatic", "away_for", "log", "snooze", "stuffy", "too_cold"] {
        assert!(hidden(key), "{key}");
    }
}

#[test]
fn another_prefix_clears_what_stood_below_the_first() {
    let (mut plan, mut before, messages) = introduced();
    plan.discovery = Some("ha".to_owned());
    let later = discovery(&plan, &mut before);
    assert_eq!(later[0].topic, "ha/device/home_uncramp_bedroom/config");
    for old in &messages {
        let cleared = later.iter().find(|message| message.topic == old.topic).expect("cleared");
        assert!(cleared.payload.is_empty() && cleared.retain);
    }
}

#[test]
fn what_an_earlier_version_introduced_is_still_known() {
    let device = BTreeMap::from([("old".to_owned(), "sensor".to_owned())]);
    let mut before = Introduced::from([
        ("home_uncramp_attic".to_owned(), device.clone()),
        ("home_uncramp_cellar".to_owned(), device),
    ]);
    let messages = discovery(&plan(), &mut before);
    let cleared: Vec<_> = messages.iter().filter(|message| message.payload.is_empty()).collect();
    assert_eq!(cleared.len(), 1);
    assert_eq!(cleared[0].topic, "homeassistant/device/home_uncramp_cellar/config");
    let emptied = payload(&messages[1]);
    assert_eq!(emptied["cmps"]["old"], serde_json::json!({ "p": "sensor" }));
}

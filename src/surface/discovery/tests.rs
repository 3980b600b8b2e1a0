use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::surface::tests::plan;

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
    assert_eq!(before.len(), plan.bedrooms.len());
    for (message, bedroom) in messages.iter().zip(&plan.bedrooms) {
        let device = format!("home_uncramp_{}", bedroom.name);
        assert_eq!(message.topic, format!("homeassistant/device/{device}/config"));
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
fn a_bedroom_that_left_is_taken_back() {
    let (mut plan, mut before, messages) = introduced();
    let gone = plan.bedrooms.remove(0);
    let later = discovery(&plan, &mut before);
    let last = later.last().expect("a message");
    assert_eq!((&last.topic, last.payload.len()), (&messages[0].topic, 0));
    assert!(!before.contains_key(&format!("home_uncramp_{}", gone.name)));
    plan.discovery = None;
    let none = discovery(&plan, &mut before);
    assert!(none.iter().all(|message| message.payload.is_empty()));
    assert!(before.is_empty());
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

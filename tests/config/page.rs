//! The page for Home Assistant.

use serde_json::Value;
use uncramp::plan::Plan;
use uncramp::surface::{Introduced, dashboard, discovery};

use super::{EXAMPLE, fresh, read, root};

#[test]
fn the_page_for_home_assistant_is_that_of_the_example() {
    let page = dashboard(&read(EXAMPLE).plan);
    let path = root().join("config/home-assistant/dashboard.yaml");
    fresh(&path, &page).unwrap_or_else(|why| panic!("{why}"));
}

/// Every entity on it is one that is introduced, in whatever household; what stands on it
/// is YAML.
#[test]
fn a_page_has_the_entities_that_are_introduced() {
    for (text, least) in
        [(EXAMPLE, 12), (include_str!("good/everything.yaml"), 12), (TWO_BEDROOMS, 8)]
    {
        let plan = read(text).plan;
        let page = dashboard(&plan);
        let page: Value = serde_yaml::from_str(&page).expect("YAML");
        let views = page["views"].as_array().expect("views");
        assert_eq!(views.len(), plan.bedrooms.len());
        let introduced = introduced(&plan);
        let mut shown = Vec::new();
        entities(&page, &mut shown);
        assert!(shown.len() >= least, "{shown:?}");
        for one in shown {
            assert!(introduced.contains(&one), "{one} is not among {introduced:?}");
        }
    }
}

const TWO_BEDROOMS: &str = "language: de
base_topic: home/un-cramp
bedrooms:
  bedroom:
    name: 'Schlafzimmer: Süd'
    sleep: 22:30-06:45
    sleepers: { anna: {}, Jürgen: {} }
    sensors: { room: { zigbee2mqtt: A } }
    heater: { kind: radiator, hot_water: true, control: switch, zigbee2mqtt: P }
  guest-room:
    sleep: 22:30-06:45
    sensors: { room: { zigbee2mqtt: B } }
";

/// What Home Assistant is asked to call each entity.
fn introduced(plan: &Plan) -> Vec<String> {
    let slug = |c: char| if c == '-' { '_' } else { c };
    let messages = discovery(plan, &mut Introduced::new());
    let payloads = messages
        .iter()
        .map(|message| serde_json::from_slice::<Value>(&message.payload).expect("JSON"));
    let components = payloads.flat_map(|it| it["cmps"].as_object().expect("a map").clone());
    let ids = components.map(|(_, about)| about["def_ent_id"].as_str().expect("an id").to_owned());
    ids.map(|id| id.chars().map(slug).collect()).collect()
}

/// Every entity that is named anywhere.
fn entities(tree: &Value, found: &mut Vec<String>) {
    match tree {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str() {
                    Some(id) if key == "entity" || key == "entity_id" => found.push(id.to_owned()),
                    Some(_) | None => entities(value, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|one| entities(one, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

//! Announcements → devices; answers → a configuration that the parser takes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use uncramp::model::{Temperature, Zone};
use uncramp::plan::{
    Control, Hazard, Kind, Language, Mode, Outside, Parsed, Units, complaint, parse,
};
use uncramp::rules::cold_exposure::Reference;
use uncramp::speech::Numbers;
use uncramp::survey::answers::{
    Answers, Broker, Heater, People, Person, Role, RoomIs, Use, conditions, people,
};
use uncramp::survey::live::Live;
use uncramp::survey::{Candidate, Survey, configuration, guess};
use uncramp::wire::zigbee2mqtt::Names;

/// Every file of announcements, by family.
pub(crate) const FAMILIES: [&str; 6] =
    ["zigbee2mqtt", "tasmota", "shelly", "esphome", "theengs", "home_assistant"];

/// The messages of a file: topic and payload.
pub(crate) fn announcements(family: &str) -> Vec<(String, String)> {
    let place = PathBuf::from("tests/data/announcements").join(family).with_extension("txt");
    let text = fs::read_to_string(&place).expect("announcements");
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let (topic, payload) = row.split_once('\t').expect("a topic, a tab, a payload");
        (topic.to_owned(), payload.to_owned())
    })
    .collect()
}

fn surveyed(families: &[&str]) -> Survey {
    let mut survey = Survey::default();
    for (topic, payload) in families.iter().flat_map(|family| announcements(family)) {
        survey.hear(&topic, payload.as_bytes());
    }
    survey
}

fn named(list: &[Candidate], name: &str) -> Candidate {
    let found = list.iter().find(|candidate| candidate.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {list:#?}")).clone()
}

#[test]
fn every_family_is_understood() {
    let mut text = String::new();
    for candidate in surveyed(&FAMILIES).candidates() {
        let Candidate { family, address, name, model, offers } = candidate;
        let model = model.unwrap_or_default();
        writeln!(text, "{} · {name} · {model} · {address}", family.name()).expect("written");
        for offer in offers {
            writeln!(text, "    {:?}: {}", offer.what, offer.keys).expect("written");
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn shellies_are_asked_once_what_they_have() {
    let mut survey = Survey::default();
    let asked = survey.hear("shellyplus1pm-7c87ce65bd9c/online", b"true");
    let asked: Vec<_> = asked
        .iter()
        .map(|message| (message.topic.as_str(), String::from_utf8_lossy(&message.payload)))
        .collect();
    let info = r#"{"id":1,"method":"Shelly.GetDeviceInfo","src":"uncramp-setup-0"}"#;
    let status = r#"{"id":2,"method":"Shelly.GetStatus","src":"uncramp-setup-0"}"#;
    let topic = "shellyplus1pm-7c87ce65bd9c/rpc";
    assert_eq!(asked, [(topic, info.into()), (topic, status.into())]);
    assert!(survey.hear("shellyplus1pm-7c87ce65bd9c/online", b"true").is_empty());
    assert!(survey.hear("other/online", b"false").is_empty());
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    let mut survey = surveyed(&["zigbee2mqtt"]);
    let before = survey.candidates();
    for (topic, payload) in [
        ("zigbee2mqtt/bridge/devices", &b"[{"[..]),
        ("zigbee2mqtt/bridge/devices", b"{}"),
        ("zigbee2mqtt/bridge/devices", b"\xff"),
        ("tasmota/discovery/x", b"{}"),
        ("tasmota/discovery/AA/config", b"{\"t\":1}"),
        ("homeassistant/device/x/config", b"[]"),
        ("homeassistant/sensor/x/config", b"{\"dev_cla\":\"temperature\"}"),
        ("homeassistant/sensor/x/config", b"{\"dev_cla\":\"temperature\",\"stat_t\":\"a/#\"}"),
        ("a/BTtoMQTT/x/y", b"{}"),
        ("home/g/BTtoMQTT/zz", b"{\"tempc\":20}"),
        ("uncramp-setup-99/rpc", b"{\"result\":{}}"),
        ("shellies/announce", b"{}"),
        ("x/events/rpc", b"7"),
    ] {
        assert!(survey.hear(topic, payload).is_empty(), "{topic}");
        assert_eq!(survey.candidates(), before, "{topic}");
    }
    let one_wrong = r#"[7,{"ieee_address":"0x1"},{"ieee_address":"0x2","friendly_name":"a","definition":{"exposes":["?",{"property":"temperature"}]}}]"#;
    survey.hear("z/bridge/devices", one_wrong.as_bytes());
    assert_eq!(survey.candidates().len(), before.len() + 1, "the others still count");
}

#[test]
fn a_component_that_is_taken_back_is_gone() {
    let mut survey = surveyed(&["home_assistant"]);
    let listed = |survey: &Survey| survey.candidates().iter().any(|it| it.address == "strip1");
    assert!(listed(&survey));
    survey.hear("homeassistant/binary_sensor/strip/config", b"");
    assert!(!listed(&survey));
}

#[test]
fn values_are_shown_as_they_come() {
    let survey = surveyed(&FAMILIES);
    let list = survey.candidates();
    let mut live = Live::new(&list, survey.names(), Numbers::in_english(Units::Metric));
    let place = |name: &str| list.iter().position(|it| it.name == name).expect("listed");
    for (topic, payload, name, shown) in [
        (
            "zigbee2mqtt/Bedroom climate",
            r#"{"temperature":18.94,"humidity":46.2}"#,
            "Bedroom climate",
            "18.9 °C, 46 %",
        ),
        ("zigbee2mqtt/Bed mat", r#"{"contact":true}"#, "Bed mat", "closed"),
        (
            "zigbee2mqtt/Bedroom valve",
            r#"{"occupied_heating_setpoint":19,"local_temperature":22}"#,
            "Bedroom valve",
            "set to 19.0 °C",
        ),
        ("stat/panel_plug/RESULT", r#"{"POWER":"ON"}"#, "Panel plug", "on"),
        ("bedroom-node/binary_sensor/bed_presence/state", "ON", "Bedroom node", "somebody there"),
        ("strip/1", "occupied", "Bed strip", "nobody there"),
        (
            "home/any/BTtoMQTT/A4C138012345",
            r#"{"tempc":18.6,"hum":49.3}"#,
            "Bedside LYWSD03MMC",
            "18.6 °C, 49 %",
        ),
    ] {
        assert_eq!(live.hear(topic, payload.as_bytes(), false), [place(name)], "{topic}");
        assert_eq!(live.text(place(name)), shown);
        assert!(live.hear(topic, payload.as_bytes(), false).is_empty(), "nothing new");
    }
    assert!(live.filters().contains(&"zigbee2mqtt/Bedroom climate".to_owned()));
}

#[test]
fn guesses_go_by_names() {
    let list = surveyed(&["zigbee2mqtt"]).candidates();
    let names = |places: Vec<usize>| -> Vec<String> {
        places.into_iter().map(|place| list[place].name.clone()).collect()
    };
    assert_eq!(
        names(guess::bedroom(&list, false)),
        [
            "Bed mat",
            "Bedroom climate",
            "Bedroom motion",
            "Bedroom plug",
            "Bedroom valve",
            "Bedroom window",
            "Foot of the bed"
        ]
    );
    let of = |name: &str| named(&list, name);
    let (climate, foot) = (of("Bedroom climate"), of("Foot of the bed"));
    assert_eq!(guess::in_the_bed(&[&climate, &foot]), Some(1));
    assert_eq!(guess::in_the_bed(&[&foot]), None, "the only one is the room's");
    assert!(guess::is_mat(&of("Bed mat")));
    assert!(!guess::is_mat(&of("Bedroom motion")) && !guess::is_mat(&of("Bedroom window")));
    assert_eq!(guess::acting(&of("Bedroom plug")), None, "nobody knows what hangs on a plug");
    let climate = surveyed(&["esphome"]).candidates().remove(0);
    assert_eq!(guess::acting(&climate), None, "it may be electric");
    assert_eq!(guess::acting(&of("Bedroom valve")), Some(Role::Heater(Heater::Radiator)));
}

/// A valve is often called by what it is, and not by its room: where there is but one, or one
/// thermometer, it is proposed, unless it is called by another room.
#[test]
fn what_there_is_only_one_of_is_in_the_bedroom() {
    let list = surveyed(&["zigbee2mqtt"]).candidates();
    let called =
        |device: &str, name: &str| Candidate { name: name.to_owned(), ..named(&list, device) };
    let proposed = |list: &[Candidate]| {
        guess::bedroom(list, true)
            .into_iter()
            .map(|place| list[place].name.clone())
            .collect::<Vec<_>>()
    };
    let climate = called("Bedroom climate", "Schlafzimmer Klima");
    let [valve, other, kitchen, living] =
        ["Heizkörper", "Heizkörper 2", "Heizkörper Küche", "Living room valve"]
            .map(|name| called("Bedroom valve", name));
    assert_eq!(proposed(&[valve.clone(), climate.clone()]), ["Heizkörper", "Schlafzimmer Klima"]);
    assert_eq!(proposed(&[valve.clone(), other, climate.clone()]), ["Schlafzimmer Klima"]);
    assert_eq!(
        proposed(&[valve.clone(), kitchen.clone(), climate.clone()]),
        ["Heizkörper", "Schlafzimmer Klima"]
    );
    assert_eq!(proposed(&[kitchen, living, climate.clone()]), ["Schlafzimmer Klima"]);
    let bare = called("Bedroom climate", "0x00158d0004a1b2c3");
    assert_eq!(proposed(std::slice::from_ref(&bare)), ["0x00158d0004a1b2c3"]);
    assert_eq!(proposed(&[bare.clone(), valve.clone()]), ["0x00158d0004a1b2c3", "Heizkörper"]);
    // A lone one that is called by anything else may be anywhere, and where nobody is asked
    // only what is called by the bedroom is taken.
    let [fridge, lounge] = [("Bedroom climate", "Fridge"), ("Bedroom valve", "Valve lounge")]
        .map(|(device, name)| called(device, name));
    assert_eq!(proposed(&[fridge, lounge]), Vec::<String>::new());
    assert_eq!(guess::bedroom(&[bare, valve.clone()], false), Vec::<usize>::new());
    assert_eq!(guess::bedroom(&[valve, climate], false), [1]);
    let valve = Candidate { model: None, ..called("Bedroom valve", "Ventil Schlafzimmer") };
    assert_eq!(guess::acting(&valve), Some(Role::Heater(Heater::Radiator)));
    let plug = called("Bedroom plug", "Ventilator");
    assert_eq!(guess::acting(&plug), Some(Role::Fan));
    assert_eq!(guess::acting(&called("Bedroom plug", "Ventil")), None);
}

/// Letters of other languages are spelt in keys, and the name that people say stays beside.
#[test]
fn a_key_is_spelt_and_the_name_stays() {
    let list = surveyed(&["zigbee2mqtt"]).candidates();
    let room = Use { candidate: named(&list, "Bedroom climate"), role: Role::Room };
    let heater = |name: &str| {
        let candidate = Candidate { name: name.to_owned(), ..named(&list, "Bedroom valve") };
        Use { candidate, role: Role::Heater(Heater::Radiator) }
    };
    let used = ["Heizkörper", "Heizkörper!", "Große Straße (Süd)", "Café", "暖房"].map(heater);
    let text = configuration(&answers([vec![room], used.to_vec()].concat()));
    for key in ["heizkoerper", "heizkoerper_2", "grosse_strasse_sued", "cafe", "heater"] {
        assert!(text.contains(&format!("\n      {key}:\n")), "{key} in {text}");
    }
    assert!(text.contains("        name: Heizkörper\n"), "{text}");
}

fn answers(used: Vec<Use>) -> Answers {
    Answers {
        timezone: Some("Europe/Brussels".to_owned()),
        language: None,
        units: Units::Metric,
        sides: BTreeMap::new(),
        broker: Broker { host: "localhost".to_owned(), port: 1883, ..Broker::default() },
        bedroom: "bedroom".to_owned(),
        called: None,
        used,
        sleep: "22:30-06:45".to_owned(),
        people: People::default(),
        asked: Some((2026, 1)),
        room_is: RoomIs::Unsaid,
        watch: true,
    }
}

fn parsed(text: &str) -> Parsed {
    match parse(text, &Made) {
        Ok(parsed) => parsed,
        Err(complaints) => {
            panic!("{}\n{text}", complaint::render(&complaints, "written", text, false))
        }
    }
}

#[test]
fn a_bedroom_is_written_with_comments() {
    let list = surveyed(&["zigbee2mqtt", "tasmota"]).candidates();
    let used = [
        ("Bedroom climate", Role::Room),
        ("Foot of the bed", Role::Bed),
        ("Bed mat", Role::InBed),
        ("Bedroom window", Role::Window),
        ("Bedroom valve", Role::Heater(Heater::Radiator)),
        ("Panel plug", Role::Heater(Heater::Panel)),
        ("Ceiling fan", Role::Fan),
    ];
    let used = used.map(|(name, role)| Use { candidate: named(&list, name), role });
    let mut people = people("Anna 1955 female, Ben", Language::English).expect("people");
    people.sleepers[0].conditions = conditions("none", Language::English).expect("answered");
    let answers = Answers {
        broker: Broker {
            supervised: false,
            embedded: false,
            host: "pi.lan".to_owned(),
            port: 8883,
            tls: true,
            ca_file: Some("/etc/ssl/home.pem".to_owned()),
            username: Some("uncramp".to_owned()),
            password_file: Some("/etc/uncramp/mqtt-password".to_owned()),
        },
        people,
        room_is: RoomIs::Right,
        ..answers(used.to_vec())
    };
    let text = configuration(&answers);
    insta::assert_snapshot!(text);
    let parsed = parsed(&text);
    assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
    let bedroom = &parsed.plan.bedrooms[0];
    assert_eq!(bedroom.mode, Mode::Watch);
    assert_eq!(bedroom.sensors.len(), 6);
    let kinds: Vec<_> = bedroom.actuators.iter().map(|it| (it.name.as_str(), &it.kind)).collect();
    let valve = Kind::Heater { hazard: Hazard::Radiator, control: Control::SetPoint { fed: true } };
    let panel = Kind::Heater { hazard: Hazard::Panel, control: Control::Switch };
    assert!(kinds.contains(&("bedroom_valve", &valve)), "{kinds:?}");
    assert!(kinds.contains(&("panel_plug", &panel)), "{kinds:?}");
    assert_eq!(kinds.len(), 3);
}

#[test]
fn a_home_in_fahrenheit_is_written_and_read_in_it() {
    let survey = surveyed(&["zigbee2mqtt"]);
    let room = named(&survey.candidates(), "Bedroom climate");
    let mut live = Live::new(
        std::slice::from_ref(&room),
        survey.names(),
        Numbers::in_english(Units::Imperial),
    );
    live.hear("zigbee2mqtt/Bedroom climate", br#"{"temperature":20,"humidity":46}"#, false);
    assert_eq!(live.text(0), "68.0 °F, 46 %");
    let used = vec![Use { candidate: room, role: Role::Room }];
    for (who, line) in [
        (
            "Anna 1955",
            "# the WHO holds to be safe.\n    cold_exposure:\n      reference: 64.4 °F\n",
        ),
        ("baby", "never above 68 °F."),
    ] {
        let answers = Answers {
            units: Units::Imperial,
            people: people(who, Language::English).expect("people"),
            room_is: RoomIs::TooWarm,
            ..answers(used.clone())
        };
        let text = configuration(&answers);
        assert!(text.contains("\nunits: imperial ") && text.contains(line), "{text}");
        assert!(!text.contains("°C"), "{text}");
        let plan = parsed(&text).plan;
        assert_eq!(plan.units, Units::Imperial);
        let reference = plan.bedrooms[0].cold_exposure.reference;
        let safe = Reference::Fixed(Temperature(1800));
        assert_eq!(reference == safe, who == "Anna 1955", "{reference:?}");
    }
}

/// Whatever a device may be used for: the file that says so is taken without a fault, and
/// its sensors are those that were shown.
#[test]
fn whatever_is_used_is_taken_by_the_parser() {
    let list = surveyed(&FAMILIES).candidates();
    let room = Use { candidate: named(&list, "Bedroom climate"), role: Role::Room };
    let mut tried = 0;
    for candidate in &list {
        for role in Role::ALL.into_iter().filter(|role| role.fits(candidate)) {
            let one = Use { candidate: candidate.clone(), role };
            let used = if role == Role::Room { vec![one] } else { vec![room.clone(), one] };
            let text = configuration(&answers(used));
            let bedroom = parsed(&text).plan.bedrooms.remove(0);
            let sensed = parsed(&text).plan.topics().filters();
            let one = std::slice::from_ref(candidate);
            let shown =
                Live::new(one, &Names::default(), Numbers::in_english(Units::Metric)).filters();
            assert!(sensed.iter().any(|topic| shown.contains(topic)), "{text}");
            let acts = matches!(role, Role::Heater(_) | Role::Fan);
            assert_eq!(bedroom.actuators.len(), usize::from(acts), "{text}");
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn many_of_a_kind_have_names_of_their_own() {
    let list = surveyed(&["tasmota", "zigbee2mqtt"]).candidates();
    let plug = named(&list, "Panel plug");
    let other = Candidate { name: "Panel-Plug".to_owned(), ..named(&list, "Bedroom plug") };
    let room = named(&list, "Bedroom climate");
    let mats = [named(&list, "Bed mat"), named(&list, "Bedroom window")];
    let panel = Role::Heater(Heater::Panel);
    let mut used = vec![
        Use { candidate: room, role: Role::Room },
        Use { candidate: plug, role: panel },
        Use { candidate: other, role: panel },
    ];
    used.extend(mats.map(|candidate| Use { candidate, role: Role::InBed }));
    let bedroom = parsed(&configuration(&answers(used))).plan.bedrooms.remove(0);
    let names: Vec<_> = bedroom.actuators.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["panel_plug", "panel_plug_2"]);
    let beds: Vec<_> = bedroom.sensors.iter().filter(|it| it.name.contains("in bed")).collect();
    assert_eq!(beds.len(), 2);
}

#[test]
fn relays_of_one_device_are_apart() {
    let mut survey = Survey::default();
    let state = |endpoint: &str| {
        serde_json::json!({ "type": "switch", "endpoint": endpoint,
            "features": [{ "property": format!("state_{endpoint}") }] })
    };
    let list = serde_json::json!([{ "ieee_address": "0x00158d0000000001",
        "friendly_name": "Wall switch", "definition": { "exposes": [
            { "property": "temperature" }, state("left"), state("right")] } }]);
    survey.hear("zigbee2mqtt/bridge/devices", list.to_string().as_bytes());
    let list = survey.candidates();
    let names: Vec<_> = list.iter().map(|it| (it.name.as_str(), it.offers.len())).collect();
    let apart = [("Wall switch", 1), ("Wall switch, relay 1", 1), ("Wall switch, relay 2", 1)];
    assert_eq!(names, apart);
    let keys = list[2].offers[0].keys.to_string();
    assert_eq!(keys, "{ zigbee2mqtt: { device: \"0x00158d0000000001\", endpoint: right } }");
    let mut live = Live::new(&list, survey.names(), Numbers::in_english(Units::Metric));
    assert!(live.filters().contains(&"zigbee2mqtt/Wall switch".to_owned()));
    let said = br#"{"state_left":"OFF","state_right":"ON"}"#;
    assert_eq!(live.hear("zigbee2mqtt/Wall switch", said, false), [1, 2]);
    assert_eq!((live.text(1), live.text(2)), ("off".to_owned(), "on".to_owned()));
    let heater = Use { candidate: list[2].clone(), role: Role::Heater(Heater::Panel) };
    let room = Use { candidate: list[0].clone(), role: Role::Room };
    let bedroom = parsed(&configuration(&answers(vec![room, heater]))).plan.bedrooms.remove(0);
    let target = bedroom.actuators[0].device.target();
    assert_eq!(target, "zigbee2mqtt/0x00158d0000000001/right/set");
}

#[test]
fn a_group_of_plugs_is_one_device() {
    let mut survey = surveyed(&["zigbee2mqtt"]);
    let before = survey.candidates().len();
    let group = |id: u32, name: &str, members: &[&str]| {
        let members = members.iter().map(|it| serde_json::json!({ "ieee_address": it }));
        serde_json::json!({ "id": id, "friendly_name": name,
            "members": members.collect::<Vec<_>>() })
    };
    let groups = serde_json::json!([
        group(1, "Bedroom heaters", &["0x60a423fffe112233"]),
        group(2, "Everything", &["0x60a423fffe112233", "0x00158d0004a1b2c3"]),
        group(3, "Empty", &[]),
        group(4, "Unknown", &["0x0000000000000000"]),
        { "id": "five" },
    ]);
    survey.hear("zigbee2mqtt/bridge/groups", groups.to_string().as_bytes());
    let list = survey.candidates();
    assert_eq!(list.len(), before + 1);
    let heaters = named(&list, "Bedroom heaters");
    assert_eq!(heaters.offers[0].keys.to_string(), "{ zigbee2mqtt: Bedroom heaters }");
    assert_eq!(heaters.address, "group 1");
    survey.hear("zigbee2mqtt/bridge/groups", b"[");
    assert_eq!(survey.candidates(), list);
}

#[test]
fn each_side_of_the_bed_has_its_sleeper() {
    let list = surveyed(&["zigbee2mqtt", "home_assistant"]).candidates();
    let mats = ["Bed mat", "Bed strip"].map(|name| named(&list, name));
    let mut used = vec![Use { candidate: named(&list, "Bedroom climate"), role: Role::Room }];
    used.extend(mats.map(|candidate| Use { candidate, role: Role::InBed }));
    let side = ("Bed strip".to_owned(), "Ben".to_owned());
    let people = people("Anna, Ben", Language::English).expect("people");
    let answers = Answers { people, sides: [side].into(), ..answers(used) };
    let plan = parsed(&configuration(&answers)).plan;
    let beds = plan.bedrooms[0].sensors.iter().filter(|it| it.name.contains("in bed"));
    assert_eq!(beds.map(|it| it.sleeper).collect::<Vec<_>>(), [None, Some(1)]);
}

/// People read of a heater or a fan by the name that it has, where that is one.
#[test]
fn what_is_run_is_called_as_its_device_is_where_that_reads_like_words() {
    let list = surveyed(&["zigbee2mqtt"]).candidates();
    let room = Use { candidate: named(&list, "Bedroom climate"), role: Role::Room };
    for (name, called) in [
        ("Bedroom plug", Some("Bedroom plug")),
        ("Stehlüfter", Some("Stehlüfter")),
        ("Lampe 2 links", Some("Lampe 2 links")),
        ("plug_3", None),
        ("bedroom_plug", None),
        ("DEADBEEF", None),
        ("0x60a423fffe112233", None),
        ("shellyplus1pm-7c87ce65bd9c", None),
    ] {
        for role in [Role::Fan, Role::Heater(Heater::Panel)] {
            let mut candidate = named(&list, "Bedroom plug");
            name.clone_into(&mut candidate.name);
            let used = vec![room.clone(), Use { candidate, role }];
            let plan = parsed(&configuration(&answers(used))).plan;
            let known = &plan.bedrooms[0].actuators[0].called;
            assert_eq!(known.as_deref(), called, "{name}");
        }
    }
}

#[test]
fn odd_names_are_harmless() {
    let mut survey = Survey::default();
    let name = "Bett: \"links\", 1: {x}";
    let list = serde_json::json!([{ "ieee_address": "0x1\nmode: off", "friendly_name": name,
        "definition": { "exposes": [{ "property": "temperature" }] } },
        { "ieee_address": "0x2", "friendly_name": "\u{1b}[31mred",
        "definition": { "exposes": [{ "property": "temperature" }] } }]);
    survey.hear("house/z2m/bridge/devices", list.to_string().as_bytes());
    let candidates = survey.candidates();
    // The other's name cannot stand in a configuration, nor be shown.
    let [one] = candidates.as_slice() else { panic!("{candidates:?}") };
    let person = Person { name: "yes".to_owned(), born: None, sex: None, conditions: None };
    let answers = Answers {
        people: People { sleepers: vec![person], baby: true },
        ..answers(vec![Use { candidate: one.clone(), role: Role::Room }])
    };
    let plan = parsed(&configuration(&answers)).plan;
    assert_eq!(plan.bedrooms[0].mode, Mode::Watch);
    assert_eq!(plan.bedrooms[0].sleepers[0].name, "yes");
    let filters = plan.topics().filters();
    assert!(filters.contains(&format!("house/z2m/{name}")), "{filters:?}");
}

/// Knows one zone; the clock says January 2026.
struct Made;

impl Outside for Made {
    fn zone(&self, name: &str) -> Option<Zone> {
        Some(Zone { name: name.to_owned(), first: 3600, changes: Vec::new() })
    }
    fn system_zone(&self) -> Option<Zone> {
        self.zone("Europe/Brussels")
    }
    fn secret_file(&self, _path: &str) -> Result<String, String> {
        Ok("secret".to_owned())
    }
    fn env(&self, _name: &str) -> Option<String> {
        None
    }
    fn credential(&self, _name: &str) -> Option<String> {
        None
    }
    fn month(&self) -> Option<(i32, u32)> {
        Some((2026, 1))
    }
}

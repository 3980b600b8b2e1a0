use serde_json::json;

use super::tell::SAID;
use super::*;
use crate::engine::{Household, Want};
use crate::model::{ActuatorId, Kelvins, Millilitres, Span, Watts};
use crate::plan::{self, Hazard, Kind, Mode};
use crate::speech::refusal_aloud;
use crate::surface::tests::{BEDROOM, DARK, NOW, WALL, plan};

fn told(what: &str, payload: &str) -> Result<Event, String> {
    let topic = format!("home/uncramp/bedroom/{what}");
    decode(&plan(), NOW, WALL, &topic, payload.as_bytes(), false)
        .expect("one of uncramp's topics")
        .map(|request| match request {
            Request::Tell(event) => event,
            Request::Change { .. } => panic!("{payload} changes a value"),
            Request::Answer { .. } => panic!("{payload} waits for an answer"),
        })
        .map_err(|refused| {
            assert!(!refused.retained);
            assert_eq!(refused.topic, topic);
            refused.sentence(Language::English)
        })
}

const fn wish(wish: Wish) -> Event {
    Event::Wish { bedroom: BEDROOM, wish }
}

fn wanted(actuator: u8, want: Want, until: Option<Time>) -> Event {
    wish(Wish::Override { actuator: ActuatorId(actuator), want, until })
}

#[test]
fn wishes_are_understood() {
    let drink = |sleeper, ml| wish(Wish::Drink { sleeper, amount: Millilitres(ml) });
    let later = |span| Some(NOW + span);
    for (what, payload, event) in [
        ("drink/set", r#"{"sleeper":"ben","ml":250}"#, drink(1, 250)),
        ("drink/set", r#"{"sleeper":"Anna","ml":"200.0"}"#, drink(0, 200)),
        ("mode/set", "watch", wish(Wish::Mode(Mode::Watch))),
        ("mode/set", "resume", wish(Wish::Resume)),
        ("mode/set", "\"Auto\"\n", wish(Wish::Mode(Mode::Auto))),
        ("override/set", r#"{"actuator":"fan","want":"off"}"#, wanted(1, Want::Off, None)),
        (
            "override/set",
            r#"{"actuator":"radiator","want":"ON","until":"1h30m"}"#,
            wanted(0, Want::On, later(Span::minutes(90))),
        ),
        (
            "override/set",
            r#"{"actuator":"radiator","want":"on","until":"2026-11-23T07:00:00+01:00"}"#,
            wanted(0, Want::On, later(Span::minutes(510))),
        ),
        (
            "override/set",
            r#"{"actuator":"radiator","want":"auto","until":null}"#,
            wanted(0, Want::Auto, None),
        ),
        ("away/set", "on", wish(Wish::Away(Some(Time::NEVER)))),
        ("away/set", "OFF", wish(Wish::Away(None))),
        ("away/set", r#"{"until":"2d"}"#, wish(Wish::Away(later(Span::hours(48))))),
        ("baby/set", "on", wish(Wish::House(Household::Baby))),
        ("house/set", "guest", wish(Wish::House(Household::Guest))),
        ("pause/set", "tonight", wish(Wish::Pause(true))),
        ("pause/set", "off", wish(Wish::Pause(false))),
        ("shift/set", "-0.5", wish(Wish::Shift(Kelvins(-50)))),
        ("cramp/set", "{}", wish(Wish::Cramp { sleeper: None, ago: Span::ZERO })),
        (
            "cramp/set",
            r#"{"sleeper":"ben","ago":"3h"}"#,
            wish(Wish::Cramp { sleeper: Some(1), ago: Span::hours(3) }),
        ),
        ("done/set", "{}", wish(Wish::Done)),
        ("cramp/set", r#"{"cramp": true}"#, wish(Wish::Cramp { sleeper: None, ago: Span::ZERO })),
        ("cramp/set", r#"{"cramp": false}"#, wish(Wish::NoCramp { sleeper: None, night: None })),
        (
            "cramp/set",
            r#"{"cramp": "off", "sleeper": "ben"}"#,
            wish(Wish::NoCramp { sleeper: Some(1), night: None }),
        ),
        ("say/set", " {Tea} is ready. ", wish(Wish::Say("{Tea} is ready.".to_owned()))),
        ("snooze/set", "{}", wish(Wish::Snooze)),
        ("snooze/set", "later", wish(Wish::Snooze)),
        ("snooze/set", r#"{"id": "42"}"#, wish(Wish::Postpone(42))),
        (
            "timer/set",
            r#"{"actuator":"radiator","works":true}"#,
            wish(Wish::Timer { actuator: ActuatorId(0), works: true }),
        ),
        (
            "announce/ack",
            r#"{"id":7,"outcome":"answered"}"#,
            Event::Announced { bedroom: BEDROOM, id: 7, outcome: Outcome::Answered },
        ),
    ] {
        assert_eq!(told(what, payload), Ok(event), "{what} {payload}");
    }
}

#[test]
fn a_portable_heater_is_never_asked_to_go_on() {
    let mut plan = plan();
    plan.bedrooms[0].actuators[0].kind =
        Kind::Heater { hazard: Hazard::Portable, control: plan::Control::Switch };
    let told = |want: &str| {
        let payload = json!({ "actuator": "radiator", "want": want }).to_string();
        let topic = "home/uncramp/bedroom/override/set";
        decode(&plan, NOW, WALL, topic, payload.as_bytes(), false).expect("ours")
    };
    assert!(told("off").is_ok() && told("auto").is_ok());
    let refused = told("on").expect_err("never").sentence(Language::English);
    assert_eq!(
        refused,
        "home/uncramp/bedroom/override/set: uncramp only ever switches the portable heater \
         `radiator` off; whoever wants it on switches it on by hand, and stays with it; send \
         {\"actuator\": \"radiator\", \"want\": \"off\", \"until\": \"2h\"}."
    );
}

#[test]
fn last_night_is_its_middle() {
    // It is half past ten in the evening, and that was at 02:37:30.
    let ago = Span::seconds(19 * 3600 + 52 * 60 + 30);
    for (payload, meant) in [
        (r#"{"when": "last night"}"#, Wish::Cramp { sleeper: None, ago }),
        (
            r#"{"cramp": true, "when": "Last night", "sleeper": "ben"}"#,
            Wish::Cramp { sleeper: Some(1), ago },
        ),
        (r#"{"cramp": false, "when": "last night"}"#, Wish::NoCramp { sleeper: None, night: None }),
    ] {
        assert_eq!(told("cramp/set", payload), Ok(wish(meant)), "{payload}");
    }
}

#[test]
fn the_only_sleeper_needs_no_name() {
    let event = decode(&plan(), NOW, WALL, "home/uncramp/attic/drink/set", br#"{"ml":150}"#, false);
    let wish = Wish::Drink { sleeper: 0, amount: Millilitres(150) };
    assert_eq!(event, Some(Ok(Request::Tell(Event::Wish { bedroom: BedroomId(1), wish }))));
}

/// Control, payload, and what is answered.
const REFUSALS: [(&str, &str, &str); 20] = [
    (
        "override/set",
        r#"{"actuator":"radiator","want":"high"}"#,
        r#"`want` is not one of on, off, auto; send {"actuator": "radiator", "want": "on", "until": "2h"}."#,
    ),
    (
        "setting/set",
        r#"{"setting":"too_cold","value":40}"#,
        r#"`too_cold` is 40 °C, and goes from 12 °C to 24 °C; send {"setting": "too_cold", "value": 18.5}."#,
    ),
    (
        "setting/set",
        r#"{"setting":"dose_limit","value":40}"#,
        r#"`dose_limit` is 40 K·h, and goes from 0.1 K·h to 20 K·h; send {"setting": "dose_limit", "value": 1}."#,
    ),
    (
        "setting/set",
        r#"{"setting":"reminders","value":"maybe"}"#,
        r#"`value` is neither true nor false; send {"setting": "reminders", "value": true}."#,
    ),
    (
        "drink/set",
        r#"{"sleeper":"dora","ml":250}"#,
        r#"there is no sleeper “dora” here, only `anna`, `ben`; send {"sleeper": "anna", "ml": 250}."#,
    ),
    (
        "drink/set",
        r#"{"ml":250}"#,
        r#"`sleeper` is missing, and more than one sleeps here; send {"sleeper": "anna", "ml": 250}."#,
    ),
    (
        "drink/set",
        r#"{"sleeper":"ben","ml":-5}"#,
        r#"`ml` is not a number from 1 to 2000; send {"sleeper": "ben", "ml": 250}."#,
    ),
    (
        "drink/set",
        r#"{"sleeper":"ben","ml":3000}"#,
        r#"`ml` is not a number from 1 to 2000; send {"sleeper": "ben", "ml": 250}."#,
    ),
    ("mode/set", "on\u{7}", "“on” is not understood here; send auto, watch, off or resume."),
    (
        "override/set",
        r#"{"actuator":"heater","want":"on"}"#,
        r#"there is no actuator “heater” here, only `radiator`, `fan`; send {"actuator": "radiator", "want": "on", "until": "2h"}."#,
    ),
    (
        "override/set",
        r#"{"actuator":"fan","want":"on","unitl":"2h"}"#,
        r#"`unitl` is none of `actuator`, `want`, `until`; send {"actuator": "fan", "want": "on", "until": "2h"}."#,
    ),
    (
        "override/set",
        r#"{"actuator":"fan","want":"on","until":"2026-11-22T07:00:00Z"}"#,
        r#"`until` is past already; send {"actuator": "fan", "want": "on", "until": "2h"}."#,
    ),
    (
        "override/set",
        r#"{"actuator":"fan","want":"on","until":"tomorrow"}"#,
        r#"`until` is neither a duration such as 2h nor a time such as 2026-11-22T07:00:00+01:00; send {"actuator": "fan", "want": "on", "until": "2h"}."#,
    ),
    (
        "override/set",
        r#"{"actuator":"fan","want":"on","until":2}"#,
        r#"`until` is neither a duration such as 2h nor a time such as 2026-11-22T07:00:00+01:00; send {"actuator": "fan", "want": "on", "until": "2h"}."#,
    ),
    (
        "override/set",
        "on",
        r#"“on” is no JSON object; send {"actuator": "radiator", "want": "on", "until": "2h"}."#,
    ),
    ("away/set", "{}", r#"`until` is missing; send {"until": "48h"}, on or off."#),
    (
        "baby/set",
        "off",
        "a baby in the room stays noted until noon and cannot be taken back, since it only makes things safer; send on.",
    ),
    (
        "timer/set",
        r#"{"actuator":"fan"}"#,
        r#"`works` is neither true nor false; send {"actuator": "fan", "works": true}."#,
    ),
    (
        "announce/ack",
        r#"{"id":7,"outcome":"maybe"}"#,
        r#"`outcome` is not one of spoken, failed, answered; send {"id": 7, "outcome": "spoken"}."#,
    ),
    (
        "lights/set",
        "on",
        "nothing can be told at “lights/set”; there is `drink/set`, `mode/set`, `override/set`, `away/set`, `house/set`, `baby/set`, `pause/set`, `shift/set`, `cramp/set`, \
             `done/set`, `snooze/set`, `say/set`, `setting/set`, `timer/set`, `tell/set`, `announce/ack`.",
    ),
];

#[test]
fn refusals_say_where_what_and_what_would_be_right() {
    for (what, payload, sentence) in REFUSALS {
        let refused = told(what, payload).expect_err(payload);
        assert_eq!(refused, format!("home/uncramp/bedroom/{what}: {sentence}"));
    }
    let nowhere = decode(&plan(), NOW, WALL, "home/uncramp/cellar/mode/set", b"off", false);
    assert_eq!(
        nowhere.expect("ours").expect_err("no such bedroom").sentence(Language::English),
        "home/uncramp/cellar/mode/set: there is no bedroom “cellar”; there is `bedroom`, `attic`."
    );
}

#[test]
fn a_refused_level_is_told_which_levels_there_are() {
    let mut plan = plan();
    let speeds = vec![None; 3];
    plan.bedrooms[0].actuators[1].kind = Kind::Fan { direct: false, speeds, idle_below: Watts(50) };
    for (want, why) in [
        (r#""high""#, "`want` is not one of on, off, auto, or a level from 0 to 3"),
        ("7", "`want` is 7, and the fan's levels go from 0 to 3"),
    ] {
        let payload = format!(r#"{{"actuator": "fan", "want": {want}}}"#);
        let topic = "home/uncramp/bedroom/override/set";
        let told = decode(&plan, NOW, WALL, topic, payload.as_bytes(), false);
        let sentence = told.expect("ours").expect_err("refused").sentence(Language::English);
        assert!(sentence.contains(&format!(": {why};")), "{sentence}");
    }
}

#[test]
fn a_time_of_day_needs_a_clock_and_a_duration_does_not() {
    let topic = "home/uncramp/bedroom/away/set";
    let by_clock = decode(&plan(), NOW, DARK, topic, br#"{"until":"2026-11-23T07:00:00Z"}"#, false);
    let refused = by_clock.expect("ours").expect_err("no clock");
    assert_eq!(refused.refusal, Refusal::NoClock { key: "until" });
    let sentence = refused.sentence(Language::English);
    assert!(sentence.contains("the clock here is not set yet"), "{sentence}");
    let cramp = "home/uncramp/bedroom/cramp/set";
    let last_night = decode(&plan(), NOW, DARK, cramp, br#"{"when":"last night"}"#, false);
    let refused = last_night.expect("ours").expect_err("no clock");
    assert_eq!(refused.refusal, Refusal::NoClock { key: "when" });
    let sentence = refused.sentence(Language::English);
    assert!(sentence.contains("how long ago is understood"), "{sentence}");
    assert!(!sentence.contains("last night"), "it cannot help: {sentence}");
    assert!(sentence.contains(r#""ago": "3h""#), "{sentence}");
    let by_span = decode(&plan(), NOW, DARK, topic, br#"{"until":"2h"}"#, false);
    let wish = Wish::Away(Some(NOW + Span::hours(2)));
    assert_eq!(by_span, Some(Ok(Request::Tell(Event::Wish { bedroom: BEDROOM, wish }))));
}

#[test]
fn a_kept_wish_is_not_followed_and_its_clearing_is_nothing() {
    for what in ["mode/set", "override/set", "announce/ack"] {
        let topic = format!("home/uncramp/bedroom/{what}");
        let kept = decode(&plan(), NOW, WALL, &topic, b"off", true);
        assert!(kept.expect("ours").expect_err("retained").retained, "{what}");
        assert_eq!(decode(&plan(), NOW, WALL, &topic, b"", false), None, "{what}");
    }
}

#[test]
fn other_topics_are_not_ours() {
    for topic in [
        "home/uncramp/status",
        "home/uncramp/bedroom/state",
        "home/uncramp/bedroom/announce",
        "home/uncrampy/bedroom/mode/set",
        "zigbee2mqtt/plug/set",
        "",
    ] {
        assert_eq!(decode(&plan(), NOW, WALL, topic, b"off", false), None, "{topic}");
    }
}

#[test]
fn rhasspy_says_when_it_has_spoken() {
    let finished = |payload: &str| {
        decode(&plan(), NOW, WALL, "hermes/tts/sayFinished", payload.as_bytes(), false)
    };
    let spoken = Event::Announced { bedroom: BedroomId(1), id: 42, outcome: Outcome::Spoken };
    assert_eq!(
        finished(r#"{"id":"attic/42","siteId":"kitchen","sessionId":null}"#),
        Some(Ok(Request::Tell(spoken)))
    );
    assert_eq!(finished(r#"{"id":"somebody-else","siteId":"attic"}"#), None);
    assert_eq!(finished(r#"{"id":"cellar/42","siteId":"attic"}"#), None);
    assert_eq!(finished(r#"{"id":"42","siteId":"attic"}"#), None);
    assert_eq!(finished("\"42\""), None);
}

#[test]
fn words_that_nobody_would_listen_to_are_refused() {
    let long = "a".repeat(401);
    for (topic, payload, why) in [
        ("say/set", "  ", "there is nothing to say"),
        ("say/set", long.as_str(), "the text has 401 characters"),
        ("cramp/set", r#"{"cramp": "perhaps"}"#, "`cramp` is neither true nor false"),
        ("cramp/set", r#"{"cramp": false, "ago": "3h"}"#, "there was none"),
        ("cramp/set", r#"{"when": "tonight"}"#, "`when` is not “last night”"),
        ("cramp/set", r#"{"when": "last night", "ago": "3h"}"#, "say the same"),
    ] {
        let topic = format!("home/uncramp/bedroom/{topic}");
        let told = decode(&plan(), NOW, WALL, &topic, payload.as_bytes(), false);
        let sentence = told.expect("ours").expect_err("refused").sentence(Language::English);
        assert!(sentence.contains(why), "{sentence}");
    }
}

fn said(payload: &str) -> Result<Request, Box<Refused>> {
    let topic = "home/uncramp/bedroom/tell/set";
    decode(&plan(), NOW, WALL, topic, payload.as_bytes(), false).expect("ours")
}

#[test]
fn what_is_said_aloud_is_what_its_control_is_told_by_somebody_who_waits() {
    let asker = |language| Asker { bedroom: BEDROOM, id: "a-7".to_owned(), language };
    let drink = Wish::Drink { sleeper: 1, amount: Millilitres(200) };
    for (payload, language, wish) in [
        (
            r#"{"id":"a-7","control":"drink","payload":{"sleeper":"BEN","ml":200},"language":"de-AT"}"#,
            Some(Language::German),
            drink.clone(),
        ),
        // A text that is JSON is what the control would have been sent.
        (
            r#"{"id":"a-7","control":"drink","payload":"{\"sleeper\":\"ben\",\"ml\":200}","language":"fr"}"#,
            None,
            drink,
        ),
        (
            r#"{"id":"a-7","control":"shift","payload":-0.5,"language":"en"}"#,
            Some(Language::English),
            Wish::Shift(Kelvins(-50)),
        ),
        (r#"{"id":"a-7","control":"mode","payload":"off"}"#, None, Wish::Mode(Mode::Off)),
        (r#"{"id":"a-7","control":"done","language":7}"#, None, Wish::Done),
    ] {
        let asked = Request::Answer { asker: asker(language), wish };
        assert_eq!(said(payload), Ok(asked), "{payload}");
    }
}

#[test]
fn what_is_not_understood_aloud_is_answered_if_there_is_an_id() {
    let long = format!(r#"{{"id":"{}","control":"done"}}"#, "ä".repeat(64));
    assert!(said(&long).is_ok(), "64 characters are an id");
    let longer = format!(r#"{{"id":"{}","control":"done"}}"#, "ä".repeat(65));
    for payload in
        [r#"{"control":"done"}"#, r#"{"id":"","control":"done"}"#, r#"{"id":7}"#, "[]", &longer]
    {
        let refused = said(payload).expect_err(payload);
        assert_eq!(refused.asker, None, "{payload}");
    }
    for (payload, sentence) in [
        (
            r#"{"id":"x","control":"drink","payload":{"ml":200}}"#,
            r#"`sleeper` is missing, and more than one sleeps here; send as `payload` {"sleeper": "anna", "ml": 250}."#,
        ),
        (
            r#"{"id":"x"}"#,
            r#"`control` is missing; send {"id": "7f3a", "control": "drink", "payload": {"ml": 200}}."#,
        ),
        (
            r#"{"id":"x","control":"drink","payload":{"ml":200},"pay":1}"#,
            r#"`pay` is none of `id`, `control`, `payload`, `language`; send {"id": "7f3a", "control": "drink", "payload": {"ml": 200}}."#,
        ),
    ] {
        let refused = said(payload).expect_err(payload);
        let told = refused.sentence(Language::English);
        assert_eq!(told, format!("home/uncramp/bedroom/tell/set: {sentence}"));
        assert_eq!(refused.asker.is_some(), !payload.contains("pay\""), "{payload}");
    }
}

#[test]
fn what_has_a_voice_elsewhere_is_nothing_to_be_said_aloud() {
    for control in ["override", "setting", "timer", "say", "tell", "announce/ack", "drink/set"] {
        let payload = json!({ "id": "x", "control": control, "payload": "on" }).to_string();
        let refused = said(&payload).expect_err(control);
        assert!(matches!(refused.refusal, Refusal::NoControl { .. }), "{refused:?}");
        assert!(refused.asker.is_some(), "{control}");
    }
}

#[test]
fn any_bytes_are_understood_or_refused() {
    use proptest::prelude::*;
    let plan = plan();
    proptest!(|(payload: Vec<u8>, text in r#"(\{|\}|"|:|,|until|ml|id|want|[0-9dhms.e-]|\PC){0,30}"#)| {
        for control in ["drink", "mode", "override", "away", "baby", "timer", "tell", "odd"] {
            let topic = format!("home/uncramp/bedroom/{control}/set");
            for payload in [payload.as_slice(), text.as_bytes()] {
                let _ = decode(&plan, NOW, WALL, &topic, payload, false);
            }
            let wrapped = format!(r#"{{"actuator":"fan","want":"on","until":{}}}"#, json!(text));
            let _ = decode(&plan, NOW, WALL, &topic, wrapped.as_bytes(), false);
        }
        let tell = "home/uncramp/bedroom/tell/set";
        for control in SAID {
            let said = json!({ "id": "7", "control": control.name(), "payload": text });
            let said = decode(&plan, NOW, WALL, tell, said.to_string().as_bytes(), false);
            match said.expect("ours") {
                Ok(Request::Answer { asker, .. }) => assert_eq!(asker.id, "7"),
                Ok(other) => panic!("nobody is answered: {other:?}"),
                Err(refused) => assert!(refused.asker.is_some_and(|asker| asker.id == "7")),
            }
        }
    });
}

#[test]
fn wishes_are_listened_to_bedroom_by_bedroom() {
    assert_eq!(
        filters(&plan()),
        [
            "home/uncramp/bedroom/+/set",
            "home/uncramp/bedroom/announce/ack",
            "home/uncramp/attic/+/set",
            "home/uncramp/attic/announce/ack",
            "hermes/tts/sayFinished",
        ]
    );
    assert_eq!(filters_of(&plan(), BedroomId(1))[0], "home/uncramp/attic/+/set");
}

#[test]
fn a_device_is_meant_by_its_name_as_well() {
    let mut plan = plan();
    plan.bedrooms[0].actuators[0].called = Some("Heizkörper am Fenster".to_owned());
    for name in ["radiator", "heizkörper am fenster", "Heizkörper am Fenster"] {
        let payload = json!({ "actuator": name, "want": "off" }).to_string();
        let topic = "home/uncramp/bedroom/override/set";
        let told = decode(&plan, NOW, WALL, topic, payload.as_bytes(), false);
        assert_eq!(told, Some(Ok(Request::Tell(wanted(0, Want::Off, None)))), "{name}");
    }
}

#[test]
fn a_drink_that_is_none_is_refused_aloud_by_what_is_wrong_with_it() {
    let refused = |plan: &Plan, payload: &str| {
        let topic = "home/uncramp/attic/drink/set";
        let told = decode(plan, NOW, WALL, topic, payload.as_bytes(), false).expect("ours");
        refusal_aloud(&told.expect_err(payload).refusal, Language::English)
    };
    for none in ["0", "-200", "\"much\"", "0.5", "true"] {
        assert_eq!(
            refused(&plan(), &format!(r#"{{"ml":{none}}}"#)),
            "I note a drink of 1 to 2000 mL, and have not noted this one.",
        );
    }
    for much in ["2001", "5000000000", "\"1e12\""] {
        let said = refused(&plan(), &format!(r#"{{"ml":{much}}}"#));
        assert_eq!(said, "Nobody drinks that much at once, so I have not noted it.", "{much}");
    }
    let mut nobody = plan();
    nobody.bedrooms[1].sleepers.clear();
    for who in ["{}", r#"{"sleeper":"cleo"}"#] {
        let said = refused(&nobody, who);
        assert!(
            said.starts_with("I do not know who sleeps here, so I have not noted it."),
            "{said}"
        );
    }
}

#[test]
fn values_are_changed_as_the_file_would_say_them() {
    let change = |payload: &str| {
        let topic = "home/uncramp/bedroom/setting/set";
        match decode(&plan(), NOW, WALL, topic, payload.as_bytes(), false) {
            Some(Ok(Request::Change { bedroom, setting, value })) => {
                assert_eq!(bedroom, BEDROOM);
                Ok((setting, value))
            }
            Some(Err(refused)) => Err(refused.sentence(Language::English)),
            other => panic!("{payload}: {other:?}"),
        }
    };
    for (payload, setting, value) in [
        (r#"{"setting":"too_cold","value":18.5}"#, Setting::TooCold, "18.5 °C"),
        (r#"{"setting":"too_cold","value":18.333333333333332}"#, Setting::TooCold, "18.33 °C"),
        (r#"{"setting":"dose_limit","value":"1.2"}"#, Setting::Dose, "1.2 K·h"),
        (r#"{"setting":"stuffy_from","value":70}"#, Setting::Stuffy, "70 %"),
        (r#"{"setting":"warm_the_room","value":false}"#, Setting::Heating, "false"),
        (r#"{"setting":"reminders","value":"ON"}"#, Setting::Reminders, "true"),
    ] {
        assert_eq!(change(payload), Ok((setting, value.to_owned())), "{payload}");
    }
    for (payload, sentence) in [
        (r#"{"setting":"too_cold","value":"warm"}"#, "`value` is not a number from 12 to 24"),
        (r#"{"setting":"lease","value":1}"#, "“lease” is no setting"),
        (r#"{"setting":"reminders","value":2}"#, "`value` is neither true nor false"),
    ] {
        let why = change(payload).expect_err(payload);
        assert!(why.contains(sentence), "{why}");
    }
}

#[test]
fn every_topic_and_setting_stands_in_the_page_of_topics() {
    let page = include_str!("../../../docs/topics.md");
    for control in Control::ALL {
        assert!(page.contains(&format!("| `uncramp/<bedroom>/{}` |", control.topic())));
    }
    for setting in Setting::ALL {
        assert!(page.contains(&format!("`{}`", setting.name())), "{}", setting.name());
    }
}

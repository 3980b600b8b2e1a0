//! What is said aloud, and its answers.

use super::*;

const TELL: &str = "home/uncramp/bedroom/tell/set";
const REPLY: &str = "home/uncramp/bedroom/reply";

/// What is replied once the store has answered for all that waits.
async fn replies(house: &mut House<Counting>) -> Vec<serde_json::Value> {
    while house.held.len() > 0 {
        answered(house).await;
    }
    let said = told_to(house, REPLY).into_iter();
    said.map(|payload| serde_json::from_slice(&payload).expect("JSON")).collect()
}

#[tokio::test]
async fn s9_what_was_said_aloud_is_answered_once_it_is_recorded() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, _) = Store::open(dir.path()).expect("not taken");
    let (mut house, _hand) = house(store);
    let drink = br#"{"id":"a","control":"drink","payload":{"sleeper":"ben","ml":200}}"#;
    house.message(TELL, drink, false);
    assert!(topics(&mut house).is_empty(), "nothing that a power cut could take back");
    let said = replies(&mut house).await;
    assert_eq!(said.len(), 1);
    assert_eq!((&said[0]["id"], &said[0]["done"]), (&"a".into(), &true.into()));
    assert_eq!(said[0]["text"], "Noted, one glass for ben. That makes 0.2 litres today.");
    drop(house);
    let (_, loaded) = Store::open(dir.path()).expect("not taken");
    let room = loaded.states.iter().find(|saved| saved.bedroom == "bedroom").expect("recorded");
    assert!(room.state.contains(r#""drunk":200"#), "{}", room.state);
}

#[tokio::test]
async fn s9_what_is_said_twice_under_one_id_is_done_once_and_answered_twice() {
    let (mut house, hand) = house(Store::none().0);
    let warmer =
        |id: &str| format!(r#"{{"id":"{id}","control":"shift","payload":0.5,"language":"de"}}"#);
    let shift = |house: &House<Counting>| {
        house.engine.picture(BedroomId(0), house.now).expect("a bedroom").shift.0
    };
    for _ in 0..2 {
        house.message(TELL, warmer("a").as_bytes(), false);
    }
    let said = replies(&mut house).await;
    assert_eq!(said.len(), 2);
    assert_eq!(said[0], said[1]);
    let aloud = "Notiert: heute Nacht ein halbes Grad mehr. Aber ich weiß nicht, wie warm es hier ist, \
                 darum heize ich nicht.";
    assert_eq!(said[0]["text"], aloud);
    assert_eq!(shift(&house), 50);
    // The attic's people have ids of their own, and so has the next sentence.
    house.message("home/uncramp/attic/tell/set", warmer("a").as_bytes(), false);
    house.message(TELL, warmer("b").as_bytes(), false);
    assert_eq!(replies(&mut house).await.len(), 1);
    assert_eq!(shift(&house), 100);
    // Long after, nobody remembers, and no broker repeats.
    hand.set(Time(600_001));
    house.message(TELL, warmer("a").as_bytes(), false);
    assert_eq!(shift(&house), 150);
}

#[tokio::test]
async fn what_is_refused_aloud_is_answered_in_short_and_told_in_full() {
    let (mut house, _hand) = house(Store::none().0);
    let mut german = plan();
    german.language = crate::plan::Language::German;
    assert!(house.reload(Ok(german)));
    replies(&mut house).await;
    house.message(TELL, br#"{"id":"a","control":"drink","payload":{"ml":200}}"#, false);
    let events = told_to(&mut house, "home/uncramp/bedroom/event");
    let event: serde_json::Value = serde_json::from_slice(&events[0]).expect("JSON");
    let text = event["text"].as_str().expect("a text");
    assert!(text.contains("hier schläft mehr als eine Person") && text.contains("\"ml\": 250"));
    let said = replies(&mut house).await;
    assert_eq!((&said[0]["id"], &said[0]["done"]), (&"a".into(), &false.into()));
    let aloud = "Hier schläft mehr als eine Person. Bitte mit Namen sagen, etwa: anna hat ein Glas \
                 getrunken.";
    assert_eq!((&said[0]["text"], &said[0]["language"]), (&aloud.into(), &"de".into()));
}

#[tokio::test]
async fn a_later_that_puts_nothing_off_is_only_refused() {
    let (mut house, _hand) = house(Store::none().0);
    house.message("home/uncramp/bedroom/snooze/set", br#"{"id": "7"}"#, false);
    while house.held.len() > 0 {
        answered(&mut house).await;
    }
    let events: Vec<serde_json::Value> = told_to(&mut house, "home/uncramp/bedroom/event")
        .iter()
        .map(|event| serde_json::from_slice(event).expect("JSON"))
        .collect();
    let kinds: Vec<_> = events.iter().map(|event| event["event_type"].clone()).collect();
    assert_eq!(kinds, ["refused"], "{events:?}");
}

#[tokio::test]
async fn a_flood_of_sentences_is_remembered_within_bounds() {
    let (mut house, _hand) = house(Store::none().0);
    for n in 0..1000 {
        let said = format!(r#"{{"id":"{n}","control":"done"}}"#);
        house.message(TELL, said.as_bytes(), false);
    }
    assert_eq!(house.answered.len(), 100);
}

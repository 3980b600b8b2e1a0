//! The connection to a real broker, with every trap of the client library that is known.

#![expect(clippy::wildcard_enum_match_arm, reason = "a test waits for one thing among many")]

#[cfg(feature = "embedded-broker")]
#[path = "broker/embedded.rs"]
mod embedded;
#[path = "broker/keeping.rs"]
mod keeping;
#[path = "broker/mosquitto.rs"]
mod mosquitto;
#[path = "broker/tls.rs"]
mod tls;

use std::time::Duration;

use mosquitto::{Mosquitto, PATIENCE, free_port};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use uncramp::daemon::broker::{self, Arrived, Broker, Input, Outlet, Settings, Subscription};
use uncramp::daemon::outbox::{Outbox, Token};
use uncramp::model::Time;
use uncramp::wire::Message;

fn message(topic: &str, payload: &str, retain: bool, confirmed: bool) -> Message {
    Message { topic: topic.to_owned(), payload: payload.into(), retain, confirmed }
}

fn settings(port: u16) -> Settings {
    Settings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: None,
        username: None,
        password: None,
        client_id: format!("uncramp-test-{}", fastrand::u32(..)),
        keep_alive: Duration::from_secs(10),
        birth: message("uncramp/status", "online", true, true),
        will: message("uncramp/status", "offline", true, true),
    }
}

fn open(settings: Settings) -> (Broker, Outlet) {
    broker::open(settings).expect("valid settings")
}

/// Waits for the first input that means something to the caller.
async fn until<T>(broker: &mut Broker, mut wanted: impl FnMut(Input) -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(found) = wanted(broker.next().await) {
                return found;
            }
        }
    };
    timeout(PATIENCE, waiting).await.expect("in time")
}

async fn subscribed(broker: &mut Broker) -> Vec<String> {
    until(broker, |input| match input {
        Input::Subscribed { refused } => Some(refused),
        _ => None,
    })
    .await
}

async fn lost(broker: &mut Broker) -> String {
    until(broker, |input| if let Input::Lost(text) = input { Some(text) } else { None }).await
}

async fn unreachable(broker: &mut Broker) -> String {
    until(broker, |input| {
        if let Input::Unreachable(text) | Input::Refused(text) = input { Some(text) } else { None }
    })
    .await
}

async fn heard(broker: &mut Broker) -> Arrived {
    until(broker, |input| if let Input::Message(it) = input { Some(it) } else { None }).await
}

async fn acknowledged(broker: &mut Broker) -> Token {
    until(broker, |input| if let Input::Acknowledged(it) = input { Some(it) } else { None }).await
}

fn bedroom(name: &str) -> Subscription {
    Subscription { name: name.to_owned(), topics: vec![(format!("home/{name}/#"), false)] }
}

/// A connection that will listen to the bedrooms `a` and `b`. What is retained may come
/// before the subscription is answered.
async fn listening(port: u16) -> (Broker, Outlet) {
    let (mut broker, outlet) = open(settings(port));
    broker.subscribe(vec![bedroom("a"), bedroom("b")]).await;
    (broker, outlet)
}

/// A connection that listens to the bedrooms `a` and `b`.
async fn linked(port: u16) -> (Broker, Outlet) {
    let (mut broker, outlet) = listening(port).await;
    assert!(subscribed(&mut broker).await.is_empty());
    (broker, outlet)
}

#[tokio::test]
async fn messages_go_both_ways_and_the_birth_is_retained() {
    let mosquitto = Mosquitto::anonymous();
    mosquitto.say("home/a/kept", "21.5", true);
    let (mut broker, _outlet) = listening(mosquitto.port).await;
    let kept = heard(&mut broker).await;
    assert_eq!(
        (kept.topic(), kept.payload(), kept.retained()),
        ("home/a/kept", &b"21.5"[..], true)
    );
    mosquitto.say("home/b/live", "60", false);
    let live = heard(&mut broker).await;
    assert_eq!((live.topic(), live.payload(), live.retained()), ("home/b/live", &b"60"[..], false));
    let ear = mosquitto.ear("home/a/set", 1);
    broker.publish(vec![(1, message("home/a/set", "ON", false, false))]).await;
    until(&mut broker, |input| matches!(input, Input::Written(1)).then_some(())).await;
    assert_eq!(ear.hear(), "ON");
    assert_eq!(mosquitto.hear("uncramp/status"), "online");
}

#[tokio::test]
async fn the_last_will_follows_a_connection_that_breaks() {
    let mosquitto = Mosquitto::anonymous();
    let (broker, _outlet) = linked(mosquitto.port).await;
    let ear = mosquitto.ear("uncramp/status", 2);
    drop(broker);
    assert_eq!(ear.hear(), "online\noffline");
    assert_eq!(mosquitto.hear("uncramp/status"), "offline");
}

#[tokio::test]
async fn trap_8_a_clean_stop_says_everything_and_fires_no_will() {
    let mosquitto = Mosquitto::anonymous();
    let mut settings = settings(mosquitto.port);
    settings.will.topic = "uncramp/will".to_owned();
    let (mut broker, outlet) = open(settings);
    subscribed(&mut broker).await;
    let ear = mosquitto.ear("uncramp/#", 3);
    outlet.publish(vec![
        (1, message("uncramp/off", "heater off", false, false)),
        (2, message("uncramp/status", "offline", true, true)),
    ]);
    outlet.close();
    until(&mut broker, |input| matches!(input, Input::Closed).then_some(())).await;
    drop((broker, outlet));
    while !mosquitto.log().contains("disconnected") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    mosquitto.say("uncramp/end", "end", false);
    let heard = ear.hear();
    assert_eq!(heard, "online\nheater off\noffline", "no will among them");
    assert_eq!(mosquitto.hear("uncramp/status"), "offline");
}

#[tokio::test]
async fn a_password_lets_in_and_a_wrong_one_is_explained() {
    let mosquitto = Mosquitto::start(|dir| {
        let file = dir.join("passwords");
        let made = std::process::Command::new("mosquitto_passwd")
            .args(["-b", "-c"])
            .arg(&file)
            .args(["anna", "correct horse"])
            .status();
        assert!(made.expect("mosquitto_passwd is installed").success());
        format!("allow_anonymous false\npassword_file {}", file.display())
    });
    let with = |password: &str| Settings {
        username: Some("anna".to_owned()),
        password: Some(password.to_owned().into()),
        ..settings(mosquitto.port)
    };
    subscribed(&mut open(with("correct horse")).0).await;
    let text = unreachable(&mut open(with("canary-4711")).0).await;
    assert!(text.contains("refuses our user name and password"), "{text}");
    assert!(!text.contains("canary-4711"));
    let text = unreachable(&mut open(settings(mosquitto.port)).0).await;
    assert!(text.contains("refuses our user name and password"), "{text}");
}

#[test]
fn trap_13_no_debug_output_shows_the_password() {
    let with = Settings {
        username: Some("anna".to_owned()),
        password: Some("canary-4711".to_owned().into()),
        ..settings(1)
    };
    assert!(!format!("{with:?}").contains("canary-4711"));
    assert!(!format!("{:?}", open(with)).contains("canary-4711"));
}

#[test]
fn trap_11_settings_that_would_panic_are_refused_with_a_sentence() {
    let refused = |settings| broker::open(settings).expect_err("refused");
    let keep_alive = Duration::from_millis(900);
    assert!(refused(Settings { keep_alive, ..settings(1) }).contains("keep-alive"));
    for client_id in ["", " uncramp"] {
        let client_id = client_id.to_owned();
        assert!(refused(Settings { client_id, ..settings(1) }).contains("client id"));
    }
    let password = Some("secret".to_owned().into());
    assert!(refused(Settings { password, ..settings(1) }).contains("user name"));
}

#[tokio::test]
async fn a_broker_that_is_not_there_yet_is_waited_for() {
    let mut mosquitto = Mosquitto::stopped(|_| "allow_anonymous true".to_owned());
    let (mut broker, _outlet) = open(settings(mosquitto.port));
    let text = unreachable(&mut broker).await;
    assert!(text.contains("no broker listens at 127.0.0.1:"), "{text}");
    mosquitto.run();
    subscribed(&mut broker).await;
}

#[tokio::test]
async fn a_name_that_nobody_has_is_named() {
    let host = "broker.invalid".to_owned();
    let text = unreachable(&mut open(Settings { host, ..settings(1883) }).0).await;
    assert!(text.contains("broker.invalid:1883"), "{text}");
}

#[tokio::test]
async fn trap_2_subscriptions_and_birth_return_after_each_of_ten_restarts() {
    let mut mosquitto = Mosquitto::anonymous();
    let (mut broker, _outlet) = linked(mosquitto.port).await;
    for n in 0..10 {
        mosquitto.kill();
        lost(&mut broker).await;
        unreachable(&mut broker).await;
        mosquitto.run();
        subscribed(&mut broker).await;
        mosquitto.say("home/b/reading", n.to_string(), false);
        assert_eq!(heard(&mut broker).await.payload(), n.to_string().as_bytes());
        assert_eq!(mosquitto.hear("uncramp/status"), "online");
    }
}

#[tokio::test]
async fn trap_1_payloads_of_20_kilobytes_and_a_megabyte_pass() {
    let mosquitto = Mosquitto::anonymous();
    for (topic, size) in [("home/a/picture", 20_000), ("home/b/film", 1_000_000)] {
        mosquitto.say(topic, "x".repeat(size), true);
    }
    let (mut broker, _outlet) = listening(mosquitto.port).await;
    let mut sizes = Vec::new();
    for _ in 0..2 {
        sizes.push(heard(&mut broker).await.payload().len());
    }
    sizes.sort_unstable();
    assert_eq!(sizes, [20_000, 1_000_000]);
    let ear = mosquitto.ear("home/discovery", 1);
    let long = "x".repeat(20_000);
    broker.publish(vec![(1, message("home/discovery", &long, false, true))]).await;
    assert_eq!(acknowledged(&mut broker).await, 1);
    assert_eq!(ear.hear().len(), 20_000);
    assert!(!broker::sendable(&message("t", &"x".repeat(9 << 20), false, false)));
    assert!(!broker::sendable(&message("a/#", "", false, false)));
}

#[tokio::test]
async fn trap_1_a_packet_too_large_is_named_and_costs_only_its_own_bedroom() {
    let mosquitto = Mosquitto::anonymous();
    mosquitto.say("home/a/film", vec![0; 17 << 20], true);
    mosquitto.say("home/b/reading", "21", true);
    let (mut broker, _outlet) = open(settings(mosquitto.port));
    broker.subscribe(vec![bedroom("a"), bedroom("b")]).await;
    let text = lost(&mut broker).await;
    assert!(text.contains(&format!("{}", (17 << 20) + 13)), "{text}");
    let text = lost(&mut broker).await;
    assert!(text.contains("a message for a of "), "{text}");
    subscribed(&mut broker).await;
    mosquitto.say("home/b/reading", "22", false);
    let mut payloads = Vec::new();
    while payloads.last().is_none_or(|last| last != b"22") {
        payloads.push(heard(&mut broker).await.payload().to_vec());
    }
    assert!(payloads.iter().all(|p| p.len() == 2), "only bedroom b");
}

#[tokio::test]
async fn trap_3_what_a_dead_broker_did_not_get_is_said_again() {
    let mut mosquitto = Mosquitto::anonymous();
    let mut settings = settings(mosquitto.port);
    settings.keep_alive = Duration::from_secs(1);
    let (mut broker, outlet) = open(settings);
    subscribed(&mut broker).await;
    let mut outbox = Outbox::new();
    outbox.connected();
    mosquitto.signal("STOP");
    for n in 0..3 {
        outbox.word(message("uncramp/a/action", &format!("action {n}"), false, true), None);
    }
    broker.publish(outbox.due(Time::ZERO)).await;
    let text = lost(&mut broker).await;
    assert!(text.contains("has not answered"), "{text}");
    outbox.lost();
    outbox.word(message("uncramp/a/action", "action 3", false, true), None);
    outlet.publish(outbox.due(Time::ZERO));
    mosquitto.kill();
    unreachable(&mut broker).await;
    mosquitto.run();
    let ear = mosquitto.ear("uncramp/a/action", 4);
    subscribed(&mut broker).await;
    outbox.connected();
    broker.publish(outbox.due(Time::ZERO)).await;
    for _ in 0..4 {
        let token = acknowledged(&mut broker).await;
        outbox.acknowledged(token);
    }
    assert_eq!(ear.hear(), "action 0\naction 1\naction 2\naction 3");
    assert_eq!(outbox.unwritten(), 0);
    outbox.lost();
    outbox.connected();
    assert!(outbox.due(Time::ZERO).is_empty());
}

#[tokio::test]
async fn a_half_open_connection_is_known_within_two_keep_alives() {
    let mosquitto = Mosquitto::anonymous();
    let mut settings = settings(mosquitto.port);
    settings.keep_alive = Duration::from_secs(1);
    let (mut broker, _outlet) = open(settings);
    subscribed(&mut broker).await;
    mosquitto.signal("STOP");
    let text = timeout(Duration::from_secs(10), lost(&mut broker)).await.expect("soon");
    assert!(text.contains("has not answered for 2 s"), "{text}");
}

#[tokio::test]
async fn trap_4_publishing_more_than_any_queue_holds_from_the_polling_task_does_not_hang() {
    let mosquitto = Mosquitto::anonymous();
    let (mut broker, outlet) = linked(mosquitto.port).await;
    let ear = mosquitto.ear("uncramp/flood", 3000);
    let mut outbox = Outbox::new();
    outbox.connected();
    let mut said = 0;
    let all = async {
        while said < 3000 || outbox.unwritten() > 0 {
            while said < 3000 && outbox.unwritten() < 500 {
                said += 1;
                outbox.word(message("uncramp/flood", &said.to_string(), false, true), None);
            }
            let batch = outbox.due(Time::ZERO);
            if said % 2 == 0 {
                broker.publish(batch).await;
            } else {
                outlet.publish(batch);
            }
            match broker.next().await {
                Input::Written(token) => outbox.written(token),
                Input::Acknowledged(token) => outbox.acknowledged(token),
                Input::Arrived(_) => {}
                other => panic!("{other:?}"),
            }
        }
    };
    timeout(PATIENCE, all).await.expect("in time");
    let expected: Vec<String> = (1..=3000).map(|n| n.to_string()).collect();
    assert_eq!(ear.hear(), expected.join("\n"));
}

#[tokio::test]
async fn trap_6_a_kept_poll_takes_messages_from_the_outlet() {
    let mosquitto = Mosquitto::anonymous();
    let (mut broker, outlet) = linked(mosquitto.port).await;
    let ear = mosquitto.ear("uncramp/wake", 20);
    let mut written = Vec::new();
    let mut said = 0;
    while written.len() < 20 {
        let mut next = std::pin::pin!(broker.next());
        let input = loop {
            tokio::select! {
                biased;
                input = &mut next => break input,
                () = tokio::time::sleep(Duration::from_millis(1)), if said < 20 => {
                    said += 1;
                    let text = said.to_string();
                    outlet.publish(vec![(said, message("uncramp/wake", &text, false, false))]);
                }
            }
        };
        if let Input::Written(token) = input {
            written.push(token);
        }
    }
    assert_eq!(written, (1..=20).collect::<Vec<_>>());
    assert_eq!(ear.hear().lines().count(), 20);
}

#[tokio::test]
async fn trap_7_each_acknowledgement_names_its_message_and_proves_what_came_before() {
    let mosquitto = Mosquitto::anonymous();
    let mut settings = settings(mosquitto.port);
    settings.keep_alive = Duration::from_secs(1);
    let (mut broker, outlet) = open(settings);
    subscribed(&mut broker).await;
    let confirmed = |n: u64| (n, message("uncramp/a/action", "why", false, n.is_multiple_of(2)));
    broker.publish((10..14).map(confirmed).collect()).await;
    outlet.publish((14..18).map(confirmed).collect());
    let mut tokens = Vec::new();
    while tokens.len() < 4 {
        tokens.push(acknowledged(&mut broker).await);
    }
    assert_eq!(tokens, [10, 12, 14, 16]);
    let arrived = until(&mut broker, |i| if let Input::Arrived(t) = i { Some(t) } else { None });
    assert_eq!(arrived.await, 17);
}

/// Plays a broker that says hello and answers the next packet with these bytes.
async fn peer(answer: &'static [u8]) -> (u16, tokio::task::JoinHandle<Vec<u8>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let task = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a client");
        let mut buffer = vec![0; 65_536];
        let connect = socket.read(&mut buffer).await.expect("CONNECT");
        assert_eq!((connect > 10, buffer[0]), (true, 0x10));
        socket.write_all(&[0x20, 2, 0, 0]).await.expect("CONNACK");
        // The birth message, then the subscription.
        let mut said = socket.read(&mut buffer).await.expect("the birth");
        while !buffer[..said].contains(&0x82) {
            said += socket.read(&mut buffer[said..]).await.expect("SUBSCRIBE");
        }
        socket.write_all(answer).await.expect("SUBACK");
        let read = socket.read(&mut buffer).await.expect("more");
        buffer.truncate(read);
        buffer
    });
    (port, task)
}

#[tokio::test]
async fn trap_9_a_refused_topic_is_named() {
    // The birth message takes packet number 1, the subscription number 2.
    let (port, _peer) = peer(&[0x90, 4, 0, 2, 0x80, 0]).await;
    let (mut broker, _outlet) = open(settings(port));
    let topics = vec![("secret/#".to_owned(), false), ("home/#".to_owned(), true)];
    broker.subscribe(vec![Subscription { name: "a".to_owned(), topics }]).await;
    assert_eq!(subscribed(&mut broker).await, ["secret/#"]);
}

#[tokio::test]
async fn a_decision_is_one_write() {
    let (port, peer) = peer(&[0x90, 3, 0, 2, 0]).await;
    let (mut broker, _outlet) = open(settings(port));
    broker.subscribe(vec![bedroom("a")]).await;
    subscribed(&mut broker).await;
    let decision = ["command", "action", "state"];
    let batch = decision.iter().zip(1..);
    broker.publish(batch.map(|(t, n)| (n, message(t, "x", false, n == 2))).collect()).await;
    let bytes = timeout(PATIENCE, peer).await.expect("in time").expect("no panic");
    let text = String::from_utf8_lossy(&bytes);
    let places: Vec<_> = decision.iter().map(|topic| text.find(topic)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text:?}");
}

#[tokio::test]
async fn trap_16_a_second_client_with_the_same_id_is_named() {
    let mosquitto = Mosquitto::anonymous();
    let (mut broker, _outlet) = linked(mosquitto.port).await;
    let same = || Settings { client_id: "uncramp-twice".to_owned(), ..settings(mosquitto.port) };
    let (mut first, _) = open(same());
    subscribed(&mut first).await;
    for n in 1.. {
        let (mut second, _) = open(same());
        subscribed(&mut second).await;
        let text = lost(&mut first).await;
        if n > 3 {
            assert!(text.contains("client id, uncramp-twice"), "{text}");
            break;
        }
        subscribed(&mut first).await;
    }
    mosquitto.say("home/a/reading", "21", false);
    assert_eq!(heard(&mut broker).await.payload(), b"21", "others are left alone");
}

#[tokio::test]
async fn what_is_no_broker_is_said_to_be_none() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let text = unreachable(&mut open(settings(port)).0).await;
    assert!(text.contains(&port.to_string()), "{text}");
    let text = unreachable(&mut open(settings(free_port())).0).await;
    assert!(text.contains("no broker listens"), "{text}");
}

//! The embedded broker does what the daemon needs of a broker.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use tokio::time::timeout;
use uncramp::daemon::broker::{Input, Settings};
use uncramp::daemon::embedded::{self, Embedded};

use super::mosquitto::PATIENCE;
use super::{
    acknowledged, heard, linked, listening, lost, message, open, settings, subscribed, unreachable,
    until,
};

async fn started() -> (Embedded, u16) {
    let embedded = Embedded::start(embedded::Settings::default()).await.expect("it starts");
    let address = embedded.address();
    assert!(address.ip().is_loopback() && address.port() != 0);
    (embedded, address.port())
}

#[tokio::test]
async fn messages_births_and_retained_ones_pass() {
    let (embedded, port) = started().await;
    let (mut a, _) = linked(port).await;
    let long = "x".repeat(20_000);
    a.publish(vec![
        (1, message("home/a/kept", "21.5", true, true)),
        (2, message("home/b/long", &long, false, true)),
    ])
    .await;
    let (mut tokens, mut payloads) = (Vec::new(), Vec::new());
    while tokens.len() < 2 || payloads.len() < 2 {
        match timeout(PATIENCE, a.next()).await.expect("in time") {
            Input::Acknowledged(token) => tokens.push(token),
            Input::Message(message) => payloads.push(message.payload().len()),
            Input::Written(_) | Input::Arrived(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((tokens, payloads), (vec![1, 2], vec![4, 20_000]));
    let (mut b, _) = listening(port).await;
    let kept = heard(&mut b).await;
    assert_eq!((kept.topic(), kept.retained()), ("home/a/kept", true));
    embedded.stop().await;
    lost(&mut a).await;
    unreachable(&mut a).await;
}

#[tokio::test]
async fn the_last_will_follows_a_connection_that_breaks() {
    let (embedded, port) = started().await;
    let (mut watcher, _) = open(settings(port));
    let topics = vec![("uncramp/status".to_owned(), true)];
    let name = "status".to_owned();
    watcher.subscribe(vec![super::Subscription { name, topics }]).await;
    subscribed(&mut watcher).await;
    let (broken, _) = linked(port).await;
    drop(broken);
    until(&mut watcher, |input| match input {
        Input::Message(message) => (message.payload() == b"offline").then_some(()),
        _ => None,
    })
    .await;
    embedded.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mosquitto_s_own_clients_are_served_what_is_kept_and_last_wills() {
    let (embedded, port) = started().await;
    let client = |name: &str, args: &[&str]| {
        let mut command = Command::new(name);
        let patience = PATIENCE.as_secs().to_string();
        command.args(["-h", "127.0.0.1", "-p", &port.to_string()]).args(args);
        if name == "mosquitto_sub" {
            command.args(["-W", &patience]);
        }
        command.stdout(Stdio::piped()).spawn().expect("mosquitto-clients is installed")
    };
    let heard = |topic: &str| {
        let output = client("mosquitto_sub", &["-t", topic, "-C", "1"]).wait_with_output();
        String::from_utf8(output.expect("its output").stdout).expect("text")
    };
    let mut said = client("mosquitto_pub", &["-t", "home/kept", "-m", "21.5", "-q", "1", "-r"]);
    assert!(said.wait().expect("its end").success());
    assert_eq!(heard("home/kept"), "21.5\n");
    let will = ["--will-topic", "home/status", "--will-payload", "gone", "--will-retain"];
    let mut dying = client("mosquitto_sub", &[&["-t", "home/kept"], &will[..]].concat());
    let mut line = String::new();
    let mut lines = BufReader::new(dying.stdout.take().expect("its output"));
    lines.read_line(&mut line).expect("a line");
    assert_eq!(line, "21.5\n", "it is connected");
    dying.kill().expect("killed");
    dying.wait().expect("gone");
    assert_eq!(heard("home/status"), "gone\n");
    embedded.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_explained() {
    let with = embedded::Settings { users: Some(Vec::new()), ..embedded::Settings::default() };
    let embedded = Embedded::start(with).await.expect("it starts");
    let refused = Settings {
        username: Some("anna".to_owned()),
        password: Some("wrong".to_owned().into()),
        ..settings(embedded.address().port())
    };
    let text = unreachable(&mut open(refused).0).await;
    assert!(text.contains("user name and password"), "{text}");
}

#[tokio::test]
async fn others_of_the_same_user_sign_in_while_it_runs() {
    let dir = tempfile::tempdir().expect("a directory");
    let state = dir.path().join("state");
    let (users, own) = (Some(Vec::new()), Some(state.clone()));
    let with = embedded::Settings { users, own, ..embedded::Settings::default() };
    let embedded = Embedded::start(with).await.expect("it starts");
    let mode = std::fs::metadata(state.join("own-password")).expect("it is kept").permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let (username, password) = embedded::own_user_in(&state).expect("it can be read");
    let settings = Settings { username, password, ..settings(embedded.address().port()) };
    let (mut client, _) = open(settings);
    until(&mut client, |input| matches!(input, Input::Connected).then_some(())).await;
    embedded.stop().await;
    let why = embedded::own_user_in(&state).expect_err("it is gone with the broker");
    assert!(why.contains("Start uncramp first"), "{why}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_said() {
    let (embedded, _) = started().await;
    let same = embedded::Settings { address: embedded.address(), ..embedded::Settings::default() };
    let text = Embedded::start(same).await.expect_err("taken");
    assert!(text.contains("is in use: another broker"), "{text}");
    let (mut client, _) = linked(embedded.address().port()).await;
    client.publish(vec![(7, message("home/x", "1", false, true))]).await;
    assert_eq!(acknowledged(&mut client).await, 7);
}

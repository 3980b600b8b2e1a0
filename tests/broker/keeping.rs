//! A broker that keeps nothing, and throws out whoever asks for it.

use uncramp::daemon::broker::Input;

use crate::mosquitto::Mosquitto;
use crate::{message, open, settings, subscribed, until};

#[tokio::test]
async fn a_broker_that_keeps_nothing_is_served_without() {
    let config = "allow_anonymous true\nretain_available false";
    let mosquitto = Mosquitto::start(|_| config.to_owned());
    let (mut broker, _outlet) = open(settings(mosquitto.port));
    assert!(subscribed(&mut broker).await.is_empty());
    let ear = mosquitto.ear("uncramp/a/state", 1);
    broker.publish(vec![(1, message("uncramp/a/state", "{}", true, true))]).await;
    until(&mut broker, |input| matches!(input, Input::Acknowledged(1)).then_some(())).await;
    assert_eq!(ear.hear(), "{}");
}

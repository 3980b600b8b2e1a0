//! What is refused: a password, and a wish.

use std::time::Duration;

use tokio::time::timeout;
use uncramp::daemon::Settings;
use uncramp::model::{Span, Time, Wall};

use crate::devices::{Device, Plug};
use crate::log::Log;
use crate::mosquitto::Mosquitto;
use crate::night::{Night, anonymous};
use crate::nights;
use crate::recorded::with_user;
use crate::world::World;

/// A refused login is tried again after a minute.
const SLOWLY: Duration = Duration::from_secs(120);

/// uncramp's own settings are read once; what is put right at the broker is found.
#[tokio::test]
async fn a_wrong_password_names_user_and_broker_and_is_tried_again_a_minute_later() {
    let (log, _guard) = Log::kept();
    let mosquitto = Mosquitto::start(|dir| with_user(dir, "another"));
    let settings = Settings {
        username: Some("anna".to_owned()),
        password: Some("canary-4711".to_owned().into()),
        ..anonymous(mosquitto.port, None)
    };
    let world = World::nowhere(mosquitto.port);
    let device = Device::Plug(Plug::default());
    let wall = Wall { offset: 1_768_081_500_000, synchronised: true };
    let mut night = Night::begin(nights::switched(), settings, wall, world, device);
    let refused = async {
        while !log.text().contains("refuses our user name and password") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(SLOWLY, refused).await.expect("in time");
    let said = log.text();
    assert!(said.contains("“anna”") && said.contains(&format!("127.0.0.1:{}", mosquitto.port)));
    assert!(said.contains("restart uncramp"), "{said}");
    assert!(!said.contains("canary-4711"));
    with_user(mosquitto.dir.path(), "canary-4711");
    mosquitto.signal("HUP");
    let come = night.hand.until(|p| p.linked);
    timeout(SLOWLY, come).await.expect("in time").expect("it runs");
    assert_eq!(log.text().matches("refuses our").count(), 1, "no flood: {}", log.text());
    night.join(World::join(mosquitto.port, Some(("anna", "canary-4711"))).await);
    night.stop().await;
}

/// S13: the log says of no wish that it was asked for and followed, and then that it was not.
#[tokio::test]
async fn s13_a_wish_that_is_refused_is_not_logged_as_one_that_is_followed() {
    let (log, _guard) = Log::kept();
    let mosquitto = Mosquitto::anonymous();
    let world = World::join(mosquitto.port, None).await;
    let wall = Wall { offset: 1_768_081_500_000, synchronised: true };
    let device = Device::Plug(Plug::default());
    let settings = anonymous(mosquitto.port, None);
    let mut night = Night::begin(nights::switched(), settings, wall, world, device);
    night.linked(true).await;
    let asked = |words: &str| log.text().matches(&format!("asked: {words}")).count();
    for (minute, house) in [(1, "guest"), (2, "baby"), (3, "home"), (4, "home")] {
        night.to(Time::ZERO + Span::minutes(minute)).await;
        night.say("uncramp/bedroom/house/set", house).await;
    }
    night.to(Time::ZERO + Span::minutes(5)).await;
    let said = log.text();
    assert_eq!((asked("a baby sleeps"), asked("at home")), (1, 0), "{said}");
    assert_eq!(said.matches("uncramp/bedroom/house/set: ").count(), 1, "refused once: {said}");
    night.stop().await;
}

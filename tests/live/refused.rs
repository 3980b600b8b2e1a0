//! A wrong password.

use std::time::Duration;

use tokio::time::timeout;
use uncramp::daemon::Settings;
use uncramp::model::Wall;

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

//! Every device family plays the same nights through a real mosquitto and the whole
//! daemon, in its own bytes, and is decided upon as devices with plain topics are.

#[path = "dialects/bluetooth.rs"]
mod bluetooth;
#[path = "dialects/esphome.rs"]
mod esphome;
#[path = "dialects/family.rs"]
mod family;
#[path = "dialects/home_assistant.rs"]
mod home_assistant;
#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;
#[expect(dead_code, reason = "shared with the tests of the whole daemon, which use more of it")]
#[path = "live/night.rs"]
mod night;
#[path = "dialects/nights.rs"]
mod nights;
#[path = "dialects/plain.rs"]
mod plain;
#[path = "dialects/renamed.rs"]
mod renamed;
#[path = "dialects/shelly.rs"]
mod shelly;
#[path = "dialects/shelly_first.rs"]
mod shelly_first;
#[path = "dialects/statestream.rs"]
mod statestream;
mod support;
#[path = "dialects/tasmota.rs"]
mod tasmota;
#[expect(dead_code, reason = "shared with the tests of the whole daemon, which use more of it")]
#[path = "live/world.rs"]
mod world;
#[path = "dialects/zigbee2mqtt.rs"]
mod zigbee2mqtt;

use nights::{as_plain, left_alone};

#[tokio::test]
async fn zigbee2mqtt_is_decided_as_plain() {
    as_plain(|| Box::new(zigbee2mqtt::Network)).await;
}

#[tokio::test]
async fn zigbee2mqtt_renamed_in_mid_night_is_decided_as_plain() {
    as_plain(|| Box::new(renamed::Renamed::default())).await;
}

#[tokio::test]
async fn bluetooth_beside_what_is_renamed_in_mid_night_is_decided_as_plain() {
    as_plain(|| Box::new(renamed::Beside::default())).await;
}

#[tokio::test]
async fn a_zigbee2mqtt_plug_left_alone_goes_off() {
    left_alone(Box::new(zigbee2mqtt::Network)).await;
}

#[tokio::test]
async fn tasmota_is_decided_as_plain() {
    as_plain(|| Box::new(tasmota::Tasmota)).await;
}

#[tokio::test]
async fn a_tasmota_relay_left_alone_goes_off() {
    left_alone(Box::new(tasmota::Tasmota)).await;
}

#[tokio::test]
async fn shelly_is_decided_as_plain() {
    as_plain(|| Box::new(shelly::Shelly { battery: false })).await;
}

#[tokio::test]
async fn a_shelly_that_sleeps_between_its_readings_is_decided_as_plain() {
    as_plain(|| Box::new(shelly::Shelly { battery: true })).await;
}

#[tokio::test]
async fn a_shelly_relay_left_alone_goes_off() {
    left_alone(Box::new(shelly::Shelly { battery: false })).await;
}

#[tokio::test]
async fn shelly_of_the_first_generation_is_decided_as_plain() {
    as_plain(|| Box::new(shelly_first::First)).await;
}

#[tokio::test]
async fn esphome_is_decided_as_plain() {
    as_plain(|| Box::new(esphome::Node::default())).await;
}

#[tokio::test]
async fn bluetooth_is_decided_as_plain() {
    as_plain(|| Box::new(bluetooth::Gateways)).await;
}

#[tokio::test]
async fn statestream_is_decided_as_plain() {
    as_plain(|| Box::new(statestream::Stream)).await;
}

#[tokio::test]
async fn home_assistant_is_decided_as_plain() {
    as_plain(|| Box::new(home_assistant::Blueprints)).await;
}

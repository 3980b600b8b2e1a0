//! S1, S11: what is no reading, over real MQTT.

use uncramp::model::{Span, Time, Wall};

use crate::devices::{Device, Plug};
use crate::log::Log;
use crate::mosquitto::Mosquitto;
use crate::night::{Night, anonymous};
use crate::support::plan_of;
use crate::world::World;

const WALL: Wall = Wall { offset: 1_768_081_500_000, synchronised: true };

/// A bare thermometer and a bare hygrometer.
const BEDROOM: &str = "\
sleep: 22:30-06:45
sensors:
  room:
    temperature: { topic: room/t }
    humidity: { topic: room/h }
heater: { kind: radiator, control: switch, zigbee2mqtt: bedroom_plug }";

#[tokio::test]
async fn s11_what_is_no_reading_refreshes_nothing_is_counted_and_logged_once_a_sensor() {
    let (log, _guard) = Log::kept();
    let mosquitto = Mosquitto::anonymous();
    let world = World::join(mosquitto.port, None).await;
    let settings = anonymous(mosquitto.port, None);
    let device = Device::Plug(Plug::default());
    let mut night = Night::begin(plan_of(BEDROOM), settings, WALL, world, device);
    night.linked(true).await;
    let mut garbled = 0;
    let all: [(&str, Vec<u8>); 8] = [
        ("room/t", b"nan".to_vec()),
        ("room/t", b"unavailable".to_vec()),
        ("room/t", b"null".to_vec()),
        ("room/t", Vec::new()),
        ("room/t", vec![b'1'; 1_000_000]),
        ("room/t", vec![0xff, 0xfe, 0x31]),
        ("room/t", b"85.0".to_vec()),
        ("room/h", b"104.7".to_vec()),
    ];
    for (n, (topic, payload)) in (0..).zip(all) {
        let good = Time::ZERO + Span::minutes(20 * n + 1);
        night.to(good).await;
        night.say("room/t", "17.5").await;
        night.say("room/h", "45").await;
        let index = usize::from(topic == "room/h");
        for row in 1..=3_u8 {
            night.to(good + Span::minutes(i64::from(row))).await;
            night.say(topic, payload.clone()).await;
            night.to(night.now + Span::seconds(31)).await;
            if index == 0 {
                garbled += 1;
            }
            let sensor = &night.state["sensors"][index];
            let shown = String::from_utf8_lossy(&payload[..payload.len().min(12)]).into_owned();
            assert_eq!(sensor["garbled"], if index == 0 { garbled } else { row.into() }, "{shown}");
            if row < 3 {
                let at = sensor["at"].as_str().map(chrono::DateTime::parse_from_rfc3339);
                let at = at.expect("a time").expect("RFC 3339").timestamp_millis();
                assert_eq!(at, WALL.unix_ms(good), "{shown} refreshes nothing");
                assert!(!sensor["value"].is_null(), "{shown} overwrites nothing");
            } else {
                assert!(sensor["value"].is_null(), "{shown}: the third in a row makes unknown");
            }
            if n == 0 {
                let fault = log.text().contains("sends something, but no readings");
                assert_eq!(fault, row == 3, "a fault after {row}");
            }
            if row == 1 {
                println!("{topic} {shown:?}: {}", sensor["garble"]);
            }
        }
    }
    let said = log.text();
    assert_eq!(said.matches("is no reading").count(), 2, "once a sensor: {said}");
    assert_eq!(said.matches("carries 1000000 bytes").count(), 1, "{said}");
    night.stop().await;
    assert!(night.device.plug().switchings.is_empty(), "no heat on what is no reading");
}

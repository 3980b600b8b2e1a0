//! S1: a sensor that falls silent while the heater is on.

use uncramp::model::{Span, Time, Wall};
use uncramp::plan::Plan;

use crate::devices::{Device, Plug, Valve};
use crate::mosquitto::Mosquitto;
use crate::night::{Line, Night, anonymous, on_stage};
use crate::nights::{self, SENSOR};
use crate::world::World;

/// 2026-01-10T22:45 in Brussels.
const WALL: Wall = Wall { offset: 1_768_081_500_000, synchronised: true };
const END: Time = Time(8 * 3_600_000);

fn minutes(minutes: i64) -> Time {
    Time::ZERO + Span::minutes(minutes)
}

/// The device speaks, and the sensor until the heater has been on for a while: 16.2 °C,
/// every ten minutes, for the last time 50 minutes after the first.
fn lines(device: &Device, timer: bool) -> Vec<Line> {
    let line = |at, topic: &str, payload: &str| Line {
        at,
        topic: topic.to_owned(),
        payload: payload.to_owned(),
    };
    let mut lines = vec![line(Time(1000), device.topic(), &device.report())];
    if timer {
        let works = "{\"actuator\":\"heater\",\"works\":true}";
        lines.push(line(Time(2000), "uncramp/bedroom/timer/set", works));
    }
    let readings = (0..6).map(|n| line(minutes(15 + 10 * n), SENSOR, "{\"temperature\":15.9}"));
    lines.extend(readings);
    lines
}

const LAST: i64 = 65;

async fn spend(plan: Plan, device: Device, lines: &[Line]) -> Night<Device> {
    let mosquitto = Mosquitto::anonymous();
    let world = World::join(mosquitto.port, None).await;
    let staged = on_stage(&plan, WALL, lines, END);
    let mut night = Night::begin(plan, anonymous(mosquitto.port, None), WALL, world, device);
    night.linked(true).await;
    night.play(lines, minutes(LAST + 1)).await;
    assert!(night.state["air"]["temperature"].is_number(), "{}", night.state);
    night.to(END).await;
    assert_eq!(night.decided, staged);
    assert!(night.state["air"]["temperature"].is_null(), "{}", night.state);
    assert!(night.state["faults"].to_string().contains("silent"), "{}", night.state["faults"]);
    night.stop().await;
    night
}

#[tokio::test]
async fn s1_a_switched_heater_goes_off_45_minutes_after_the_last_reading() {
    let device = Device::Plug(Plug::default());
    let lines = lines(&device, true);
    let night = spend(nights::switched(), device, &lines).await;
    let off = night.decided.last().expect("decisions");
    println!("off at {:?}: {}", off.at, off.text);
    assert_eq!((off.switch.as_str(), off.at), ("off", minutes(LAST + 45)));
    let relay = &night.device.plug().switchings;
    let moved: Vec<_> = relay.iter().map(|(at, on)| (*at, *on)).collect();
    assert_eq!(moved, [(minutes(25), true), (minutes(LAST + 45), false)]);
}

#[tokio::test]
async fn s1_a_valve_returns_to_its_baseline_130_minutes_after_the_last_reading() {
    let device = Device::Valve(Valve { setpoint: 16.5 });
    let lines = lines(&device, false);
    let night = spend(nights::valve(), device, &lines).await;
    let back = minutes(LAST + 130);
    let last: Vec<_> = night.decided.iter().filter(|d| d.at == back && !d.again).collect();
    let told: Vec<_> = last.iter().map(|d| (d.switch.as_str(), d.number)).collect();
    assert_eq!(told, [("own_thermometer", None), ("setpoint", Some(16.5))]);
    assert_eq!(night.decided.last().expect("decisions").at, back, "and nothing after");
}

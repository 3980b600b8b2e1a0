//! `uncramp try` tells devices apart that behave, and leaves every one as it was: a real
//! mosquitto, make-believe devices, and a clock that is stepped.

#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;
mod support;

use std::time::Duration;

use mosquitto::Mosquitto;
use support::plan_of;
use tokio::sync::Notify;
use uncramp::cli::try_out::{Attempt, Target, TimerFault, Verdict, attempt, record};
use uncramp::daemon::broker;
use uncramp::daemon::clock::Clock;
use uncramp::daemon::rehearsal::{Broken, Rehearsal, Scene};
use uncramp::daemon::store::Store;
use uncramp::engine::Engine;
use uncramp::model::{ActuatorId, BedroomId, Span, Time, Wall, Watts};
use uncramp::plan::Plan;
use uncramp::sim::device::{Device, OnTime};
use uncramp::sim::{Bedroom, Preset};
use uncramp::wire::Message;

const PANEL: &str = "
sleep: 22:30-06:45
sensors:
  room: { zigbee2mqtt: bedroom_climate }
heater: { kind: panel, fixed: true, zigbee2mqtt: bedroom_panel }
";

const DEMO: &str = "
sleep: 22:30-06:45
sensors:
  room: { zigbee2mqtt: bedroom_climate }
heater: { kind: radiator, zigbee2mqtt: { device: bedroom_valve, model: sonoff-trvzb } }
fan: { zigbee2mqtt: bedroom_fan, levels: [low, medium, high] }
";

/// What came of it, the bedroom afterwards, and what was told meanwhile.
struct Tried {
    attempt: Result<Attempt, String>,
    room: Bedroom,
    told: Vec<String>,
    took: Span,
}

/// Tries something of a plan in a bedroom, on this broker.
async fn tried(mosquitto: &Mosquitto, plan: &Plan, preset: Preset, what: &str) -> Tried {
    tried_until(mosquitto, plan, preset, what, None).await
}

/// The same, stopped as soon as this is told.
async fn tried_until(
    mosquitto: &Mosquitto,
    plan: &Plan,
    preset: Preset,
    what: &str,
    enough: Option<&str>,
) -> Tried {
    let begin = preset.begin;
    let (clock, hand) = Clock::stepped(begin, Wall::default());
    let target = Target::find(plan, None, Some(what)).expect("it is there");
    let scene = Scene {
        port: mosquitto.port,
        base_topic: "uncramp".to_owned(),
        listens: Some(device_topics(plan, target)),
    };
    let mut rehearsal =
        Rehearsal::join(scene, Bedroom::new(preset, 1), hand).await.expect("it connects");
    let mut told = Vec::new();
    let stopped = Notify::new();
    let mut tell = |text: &str| {
        if enough == Some(text) {
            stopped.notify_one();
        }
        told.push(text.to_owned());
    };
    let trial =
        attempt(plan, target, settings(mosquitto.port), clock, stopped.notified(), &mut tell);
    let life = async {
        let mut lived = rehearsal.begin().await;
        while lived.is_ok() {
            lived = rehearsal.step(Time::NEVER).await;
        }
        assert!(matches!(lived, Err(Broken::Ended)), "{lived:?}");
    };
    let (attempt, ()) = tokio::join!(trial, life);
    let room = rehearsal.room().clone();
    let took = room.now() - begin;
    Tried { attempt, room, told, took }
}

/// Tries something, and is gone without a word as soon as this is told.
async fn killed(mosquitto: &Mosquitto, plan: &Plan, preset: Preset, what: &str, at: &str) {
    let (clock, hand) = Clock::stepped(preset.begin, Wall::default());
    let target = Target::find(plan, None, Some(what)).expect("it is there");
    let (port, base_topic) = (mosquitto.port, "uncramp".to_owned());
    let scene = Scene { port, base_topic, listens: Some(device_topics(plan, target)) };
    let mut rehearsal =
        Rehearsal::join(scene, Bedroom::new(preset, 1), hand).await.expect("it connects");
    let dead = Notify::new();
    let mut tell = |text: &str| {
        if text == at {
            dead.notify_one();
        }
    };
    let never = std::future::pending();
    let trial = attempt(plan, target, settings(port), clock, never, &mut tell);
    let life = async {
        let mut lived = rehearsal.begin().await;
        while lived.is_ok() {
            lived = rehearsal.step(Time::NEVER).await;
        }
        lived
    };
    tokio::select! {
        biased;
        () = dead.notified() => {}
        tried = trial => panic!("it was not killed: {tried:?}"),
        lived = life => panic!("{lived:?}"),
    }
}

/// What the tried device says, and speakers.
fn device_topics(plan: &Plan, target: Target) -> Vec<String> {
    let actuator = target.actuator.map(|id| &plan.bedrooms[0].actuators[usize::from(id.0)]);
    let device = actuator.map(|it| it.device.address().replace("zigbee2mqtt:", ""));
    device.into_iter().chain(["uncramp/bedroom/announce/ack".to_owned()]).collect()
}

fn settings(port: u16) -> broker::Settings {
    let status = |word: &str| Message {
        topic: "test/status".to_owned(),
        payload: word.into(),
        retain: false,
        confirmed: false,
    };
    broker::Settings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: None,
        username: None,
        password: None,
        client_id: format!("uncramp-test-{}", fastrand::u32(..)),
        keep_alive: Duration::from_secs(10),
        birth: status("online"),
        will: status("offline"),
    }
}

fn verdict(tried: &Tried) -> &Verdict {
    &tried.attempt.as_ref().expect("tried").found.verdict
}

async fn panel(timer: OnTime) -> (Tried, bool) {
    let mosquitto = Mosquitto::anonymous();
    let tried =
        tried(&mosquitto, &plan_of(PANEL), Preset::winter(Time::ZERO, timer), "heater").await;
    let on = is_on(&tried);
    (tried, on)
}

fn is_on(tried: &Tried) -> bool {
    tried.room.clone().devices_mut().iter().any(|device| match device {
        Device::Plug(plug) => plug.is_on(),
        Device::Thermometer(_) | Device::Mat(_) | Device::Valve(_) | Device::Fan(_) => false,
    })
}

#[tokio::test]
async fn s2_a_timer_that_works_is_proven_in_two_and_a_half_minutes() {
    let (tried, on) = panel(OnTime::Honoured).await;
    let found = tried.attempt.as_ref().map(|it| &it.found).expect("tried");
    assert_eq!(found.verdict, Verdict::TimerWorks, "{:?}", tried.told);
    assert!(found.ended && !on);
    assert_eq!(found.power, Some(Watts(9000)));
    assert!(tried.took >= Span::seconds(150), "{:?}", tried.took);
}

#[tokio::test]
async fn s2_a_timer_that_is_ignored_is_found_and_the_heater_ends_off() {
    let (tried, on) = panel(OnTime::Ignored).await;
    let found = tried.attempt.as_ref().map(|it| &it.found).expect("tried");
    assert_eq!(found.verdict, Verdict::TimerFails(TimerFault::StaysOn), "{:?}", tried.told);
    assert!(found.ended && !on);
}

#[tokio::test]
async fn s2_a_timer_that_needs_another_key_is_found_and_the_heater_ends_off() {
    let (tried, on) = panel(OnTime::NeedsWait).await;
    let found = tried.attempt.as_ref().map(|it| &it.found).expect("tried");
    assert_eq!(found.verdict, Verdict::TimerFails(TimerFault::StaysOn), "{:?}", tried.told);
    assert!(found.ended && !on);
}

#[tokio::test]
async fn s2_a_timer_that_toggles_ten_times_too_late_is_found_and_the_heater_ends_off() {
    let (tried, on) = panel(OnTime::Tenfold).await;
    let found = tried.attempt.as_ref().map(|it| &it.found).expect("tried");
    assert_eq!(found.verdict, Verdict::TimerFails(TimerFault::ComesOn), "{:?}", tried.told);
    assert!(found.ended && !on);
}

#[tokio::test]
async fn s2_a_timer_that_an_off_does_not_end_is_found_and_the_heater_ends_off() {
    let (tried, on) = panel(OnTime::Toggling).await;
    let found = tried.attempt.as_ref().map(|it| &it.found).expect("tried");
    assert_eq!(found.verdict, Verdict::TimerFails(TimerFault::ComesOn), "{:?}", tried.told);
    assert!(found.ended && !on);
}

#[tokio::test]
async fn whoever_stops_a_trial_leaves_the_heater_off() {
    let mosquitto = Mosquitto::anonymous();
    let winter = Preset::winter(Time::ZERO, OnTime::Ignored);
    let plan = plan_of(PANEL);
    let tried = tried_until(&mosquitto, &plan, winter, "heater", Some("it is on")).await;
    assert_eq!(tried.attempt.as_ref().expect_err("stopped"), "stopped before anything was proven");
    assert!(!is_on(&tried), "{:?}", tried.told);
}

#[tokio::test]
async fn what_never_answers_is_said_and_left_within_a_minute_and_a_half() {
    let mosquitto = Mosquitto::anonymous();
    let plan = plan_of(&PANEL.replace("bedroom_panel", "nobody"));
    let winter = Preset::winter(Time::ZERO, OnTime::Honoured);
    let tried = tried(&mosquitto, &plan, winter, "heater").await;
    assert_eq!(verdict(&tried), &Verdict::Disobeys, "{:?}", tried.told);
    assert!(tried.took <= Span::seconds(90), "{:?}", tried.took);
    assert!(tried.told.iter().any(|it| it.starts_with("it does not answer")), "{:?}", tried.told);
}

#[tokio::test]
async fn a_valve_is_raised_and_put_back() {
    let mosquitto = Mosquitto::anonymous();
    let mut tried = tried(&mosquitto, &plan_of(DEMO), Preset::simple(Time::ZERO), "heater").await;
    assert_eq!(verdict(&tried), &Verdict::Obeys, "{:?}", tried.told);
    for device in tried.room.devices_mut() {
        if let Device::Valve(valve) = device {
            assert!((valve.setpoint() - 15.0).abs() < 0.01, "{}", valve.setpoint());
        }
    }
}

#[tokio::test]
async fn a_fan_runs_for_ten_seconds() {
    let mosquitto = Mosquitto::anonymous();
    let tried = tried(&mosquitto, &plan_of(DEMO), Preset::demo(Time::ZERO), "fan").await;
    assert_eq!(verdict(&tried), &Verdict::Obeys, "{:?}", tried.told);
    assert_eq!(tried.room.truth().fan, 0);
}

#[tokio::test]
async fn the_voice_is_heard() {
    let mosquitto = Mosquitto::anonymous();
    let tried = tried(&mosquitto, &plan_of(DEMO), Preset::demo(Time::ZERO), "voice").await;
    assert_eq!(verdict(&tried), &Verdict::Spoken, "{:?}", tried.told);
    assert_eq!(tried.room.spoken().len(), 1);
}

#[tokio::test]
async fn a_running_uncramp_is_asked_to_hold_still_and_told_of_the_proof() {
    let mosquitto = Mosquitto::anonymous();
    mosquitto.say("uncramp/status", "online", true);
    mosquitto.say("uncramp/bedroom/state", r#"{"mode":"watch"}"#, true);
    let ear = mosquitto.ear("uncramp/bedroom/+/set", 4);
    let plan = plan_of(PANEL);
    let tried =
        tried(&mosquitto, &plan, Preset::winter(Time::ZERO, OnTime::Honoured), "heater").await;
    assert!(tried.attempt.expect("tried").told);
    assert_eq!(
        ear.hear().lines().collect::<Vec<_>>(),
        [
            "off",
            r#"{"actuator":"heater","want":"auto"}"#,
            "watch",
            r#"{"actuator":"heater","works":true}"#
        ]
    );
}

#[tokio::test]
async fn a_trial_that_is_killed_leaves_the_bedroom_as_it_was() {
    let mosquitto = Mosquitto::anonymous();
    mosquitto.say("uncramp/status", "online", true);
    mosquitto.say("uncramp/bedroom/state", r#"{"mode":"watch"}"#, true);
    let mode = mosquitto.ear("uncramp/bedroom/mode/set", 2);
    let panel = mosquitto.ear("zigbee2mqtt/bedroom_panel/set", 2);
    let winter = Preset::winter(Time::ZERO, OnTime::Ignored);
    killed(&mosquitto, &plan_of(PANEL), winter, "heater", "it is on").await;
    assert_eq!(mode.hear(), "off\nwatch");
    let panel = panel.hear();
    assert!(panel.lines().nth(1).is_some_and(|off| off == r#"{"state":"OFF"}"#), "{panel}");
}

#[test]
fn a_proof_outlives_the_trial_when_no_uncramp_runs() {
    let plan = plan_of(PANEL);
    let directory = tempfile::tempdir().expect("a directory");
    let works = |works| {
        record(&plan, BedroomId(0), ActuatorId(0), works, directory.path()).expect("recorded");
        let (_store, loaded) = Store::open(directory.path()).expect("nobody has it");
        let now = loaded.states[0].stand.time;
        let mut engine = Engine::new(plan.clone(), Wall::default(), now);
        engine.load("bedroom", &loaded.states[0].state).expect("its state");
        engine.picture(BedroomId(0), now).expect("a bedroom").actuators[0].timer_works
    };
    assert!(works(true));
    assert!(!works(false));
}

#[test]
fn what_cannot_be_meant_is_answered_by_what_there_is() {
    let plan = plan_of(DEMO);
    let wrong = |what| Target::find(&plan, None, what).expect_err("refused");
    assert_eq!(
        wrong(None),
        "say what to try in “bedroom”: heater, fan, voice; for example `uncramp try heater`"
    );
    assert_eq!(wrong(Some("lamp")), "there is no “lamp” in “bedroom”; there is heater, fan, voice");
    let elsewhere = Target::find(&plan, Some("attic"), None).expect_err("refused");
    assert_eq!(elsewhere, "there is no bedroom “attic”; there is bedroom");
}

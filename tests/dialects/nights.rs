//! The nights that every family plays.

use uncramp::model::{Span, Time, Wall};
use uncramp::plan::Plan;

use crate::family::{Family, Household, Said, Thing};
use crate::mosquitto::Mosquitto;
use crate::night::{Decided, Night, anonymous};
use crate::plain::Plain;
use crate::support::plan_of;
use crate::world::World;

/// 2026-01-10T22:45 in Brussels.
const WALL: Wall = Wall { offset: 1_768_081_500_000, synchronised: true };

/// How long a whole night lasts, in minutes.
const END: i64 = 12 * 60;

/// What happens, and to what.
#[derive(Debug, Clone, Copy)]
enum Scene {
    /// The climate sensor of that name measures.
    Feels(&'static str, f64, f64),
    /// Somebody lies down, or gets up.
    Lies(bool),
    /// The sensor `room` comes or goes.
    Online(bool),
    /// Somebody presses the plug's button.
    Presses,
}

/// A night: its devices, and what happens at which minute.
struct Script {
    things: &'static [Thing],
    scenes: Vec<(i64, Scene)>,
}

/// Holds a family against `plain`, in every night for which it has the devices.
pub(crate) async fn as_plain(family: impl Fn() -> Box<dyn Family>) {
    let announces = !family().availability(true).is_empty();
    for script in [cold(announces), raised(announces), stuffy()] {
        if !script.things.iter().all(|thing| family().has(*thing)) {
            continue;
        }
        let (plain, _) = play(Box::new(Plain), &script).await;
        let (decided, household) = play(family(), &script).await;
        println!("\n{:?}: {} decisions", script.things, plain.len());
        for one in &plain {
            let minutes = one.at.since(Time::ZERO).as_seconds() / 60;
            println!(
                "  {minutes:4} {} {} {:?}: {}",
                one.actuator, one.switch, one.number, one.text
            );
        }
        assert!(plain.len() >= 4, "a night in which something happens");
        assert_eq!(decided, plain);
        if household.family.can_time() {
            let timed = household.timers.iter().all(|timer| *timer == Some(Span::minutes(15)));
            assert!(timed, "{:?}", household.timers);
        }
    }
}

/// S2: a plug that is on when the broker dies goes off by its own timer.
pub(crate) async fn left_alone(family: Box<dyn Family>) {
    assert!(family.can_time());
    let mut mosquitto = Mosquitto::anonymous();
    let mut night = begin(family, &[Thing::Plug], mosquitto.port).await;
    stage(&mut night, Scene::Lies(true)).await;
    stage(&mut night, Scene::Feels("room", 15.5, 50.0)).await;
    // Called for after ten minutes, and renewed.
    let mut renewed = Time::ZERO;
    for minute in [10, 20, 28] {
        night.to(minutes(minute)).await;
        assert!(night.device.is_on(), "at minute {minute}");
        let last = night.decided.last().expect("a decision");
        renewed = last.at;
    }
    assert!(night.decided.last().is_some_and(|one| one.again && one.number == Some(900.0)));
    mosquitto.kill();
    night.linked(false).await;
    let end = renewed + Span::minutes(15);
    night.pass_without_broker(end - Span::seconds(1)).await;
    assert!(night.device.is_on());
    night.pass_without_broker(end).await;
    assert!(!night.device.is_on(), "the device's own timer");
}

async fn play(family: Box<dyn Family>, script: &Script) -> (Vec<Decided>, Household) {
    let mosquitto = Mosquitto::anonymous();
    let mut night = begin(family, script.things, mosquitto.port).await;
    for (minute, scene) in &script.scenes {
        night.to(minutes(*minute)).await;
        meanwhile(&mut night, *minute).await;
        stage(&mut night, *scene).await;
    }
    night.to(minutes(END)).await;
    // A renewal changes nothing, and a device without a timer needs none.
    let mut decided: Vec<_> = night.decided.iter().filter(|one| !one.again).cloned().collect();
    for one in decided.iter_mut().filter(|one| one.switch == "on") {
        one.number = None;
    }
    assert_eq!(night.repeated, 0, "nothing is said twice");
    (decided, night.device)
}

async fn begin(family: Box<dyn Family>, things: &[Thing], port: u16) -> Night<Household> {
    let household = Household::new(family, WALL.offset);
    let plan = plan(&*household.family, things);
    let world = World::join(port, None).await;
    let timed = household.family.can_time() && things.contains(&Thing::Plug);
    let introduced = household.introduce(things);
    let mut night = Night::begin(plan, anonymous(port, None), WALL, world, household);
    night.linked(true).await;
    meanwhile(&mut night, 0).await;
    say(&mut night, introduced).await;
    if timed {
        let works = "{\"actuator\":\"heater\",\"works\":true}";
        night.say("uncramp/bedroom/timer/set", works).await;
    }
    night
}

fn plan(family: &dyn Family, things: &[Thing]) -> Plan {
    let inside = |text: &str| text.lines().fold(String::new(), |all, l| all + "  " + l + "\n");
    let mut text = vec![
        "sleep: 22:30-06:45\ncold_exposure: { prewarm: off, ramp: off, window_guess: off }\n\
         readings: { jump: off }\nsensors:\n"
            .to_owned(),
        inside(&family.sensors()),
    ];
    for thing in things {
        let head = match thing {
            Thing::Plug => "heater:\n  kind: radiator\n  hot_water: true\n  control: switch\n",
            Thing::Valve => "heater:\n  kind: radiator\n",
            Thing::Fan => "fan:\n",
        };
        text.extend([head.to_owned(), inside(&family.device(*thing))]);
    }
    plan_of(&text.concat())
}

async fn stage(night: &mut Night<Household>, scene: Scene) {
    let (now, at) = (night.now, night.device.from + night.now.0);
    let family = &night.device.family;
    let said = match scene {
        Scene::Feels(name, celsius, percent) => family.climate(name, at, celsius, percent),
        Scene::Lies(somebody) => family.in_bed(at, somebody),
        Scene::Online(online) => family.availability(online),
        Scene::Presses => night.device.press(now),
    };
    say(night, said).await;
}

/// What is said besides may make the daemon listen to other topics, on which nobody answers
/// before it does.
async fn meanwhile(night: &mut Night<Household>, minute: i64) {
    night.settle().await;
    let said = night.device.family.meanwhile(minute);
    say(night, said).await;
    night.linked(true).await;
}

async fn say(night: &mut Night<Household>, said: Vec<Said>) {
    for (topic, payload) in said {
        night.say(&topic, payload).await;
    }
}

fn minutes(minutes: i64) -> Time {
    Time::ZERO + Span::minutes(minutes)
}

/// Readings every ten minutes from that minute on.
fn every_ten(from: i64, celsius: &[f64]) -> Vec<(i64, Scene)> {
    let felt = celsius.iter().map(|celsius| Scene::Feels("room", *celsius, 50.0));
    (0..).map(|n| from + 10 * n).zip(felt).collect()
}

/// A room that gets cold, is warmed, gets cold again; then its sensor is gone for a while,
/// and at last somebody presses the button of the heater's plug.
fn cold(announces: bool) -> Script {
    Script { things: &[Thing::Plug], scenes: cold_scenes(announces, Scene::Presses) }
}

/// Likewise with a valve, which nobody touches.
fn raised(announces: bool) -> Script {
    Script { things: &[Thing::Valve], scenes: cold_scenes(announces, Scene::Lies(true)) }
}

fn cold_scenes(announces: bool, last: Scene) -> Vec<(i64, Scene)> {
    let mut scenes = vec![(2, Scene::Lies(true))];
    scenes.extend(every_ten(5, &[18.5, 17.5, 17.0, 16.5, 15.5, 15.5, 16.0, 17.0, 18.0, 19.0]));
    scenes.extend(every_ten(105, &[19.5; 15]));
    scenes.extend(every_ten(255, &[18.0, 16.0, 15.0, 15.0, 15.5, 15.5]));
    if announces {
        scenes.push((310, Scene::Online(false)));
        scenes.push((312, Scene::Lies(true)));
        scenes.push((340, Scene::Online(true)));
    }
    scenes.extend(every_ten(341, &[15.5, 15.5, 16.0]));
    scenes.push((365, last));
    scenes.extend(every_ten(370, &[15.5, 15.5, 16.0]));
    scenes.push((440, Scene::Lies(false)));
    scenes
}

/// A bed that does not breathe, and gets wet, and dry; at last it is too cold for air.
fn stuffy() -> Script {
    let mut scenes = vec![(2, Scene::Lies(true))];
    let stages = [
        (5, 25.0, 30.0, 82.0),
        (65, 25.0, 31.0, 90.0),
        (125, 25.0, 30.0, 82.0),
        (205, 25.0, 30.0, 50.0),
        (265, 19.0, 30.0, 90.0),
    ];
    for (from, room, bed, percent) in stages {
        for n in 0..6 {
            let at = from + 10 * n;
            scenes.push((at, Scene::Feels("room", room, 40.0)));
            scenes.push((at, Scene::Feels("bed", bed, percent)));
        }
    }
    Script { things: &[Thing::Fan], scenes }
}

//! Plugs that do not answer, come back switched on, or stick; and people at the switch.

use std::path::Path;
use std::time::Duration;

use super::Row;
use crate::bench::{Bench, COLD, Outcome, Setup};
use crate::devices::Dialect;
use crate::matrix::{Moment, bench, bring, drinks, drinks_kept, warm};
use crate::raw::Raw;
use crate::scene::Inner;

const AVAILABLE: &str = "zigbee2mqtt/plug/availability";

pub(super) async fn cell(dir: &Path, seed: u64, moment: Moment, row: Row) -> Outcome {
    if moment == Moment::Commit {
        return commit(dir, seed, row).await;
    }
    match row {
        Row::Mute => mute(dir, seed, moment).await,
        Row::Rebooted => rebooted(dir, seed, moment).await,
        Row::NoTimer => no_timer(dir, seed, moment).await,
        _ => person(dir, seed, moment).await,
    }
}

fn disobeys(it: &Inner) -> bool {
    it.faults("bedroom").iter().any(|kind| kind == "disobeys")
}

/// A troubled device costs no entry.
async fn commit(dir: &Path, seed: u64, row: Row) -> Outcome {
    let mut bench = bench(dir, seed).await?;
    if row == Row::Person {
        return stored(&mut bench).await;
    }
    bench.scene.look().plug.mute = true;
    bench.scene.feel("home/room", COLD);
    drinks(&mut bench).await;
    bench.live("study").await?;
    Ok(format!("{} drinks answered, 0 lost", drinks_kept(&bench)?))
}

async fn mute(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    let mut bench = bench(dir, seed).await?;
    let deaf = |bench: &Bench, deaf: bool| {
        let mut it = bench.scene.look();
        (it.plug.mute, it.plug.deaf) = (deaf, deaf);
    };
    if moment == Moment::Idle {
        deaf(&bench, true);
        bench.scene.feel("home/room", COLD);
    } else {
        bring(&mut bench, if moment == Moment::Beginning { moment } else { Moment::Idle }).await?;
        if moment != Moment::Beginning {
            bench.heat().await?;
            bench.wait(300).await;
        }
        deaf(&bench, true);
        warm(&bench);
    }
    let mut figures = String::new();
    if matches!(moment, Moment::Idle | Moment::Heating) {
        let took = bench.within(Duration::from_secs(170), "shown", disobeys).await?;
        figures = format!("shown after {took} ms, ");
    }
    if moment == Moment::Reconnecting {
        bench.proxy.shut(true);
        bench.wait(3_000).await;
    }
    bench.wait(2_000).await;
    deaf(&bench, false);
    bench.proxy.heal();
    let healed = bench.scene.now();
    if moment == Moment::Idle {
        warm(&bench);
        bench.live("bedroom").await?;
    }
    // An off is said again after 5, 10, 20, 40 … s, and on every new connection.
    let patience = if moment == Moment::Heating { 130_000 } else { 20_000 };
    bench.off(patience).await?;
    let took = bench.scene.now() - healed;
    bench.scene.report();
    bench.until("it is no fault any more", |it| !disobeys(it)).await?;
    let longest = bench.within_limits()?;
    Ok(format!(
        "{figures}off {took} ms after it listens again; on without a renewal for at most {longest} ms"
    ))
}

/// It loses power while nobody can hear it, and comes back switched on.
async fn rebooted_unheard(dir: &Path, seed: u64, dialect: Dialect) -> Outcome {
    let dir = dir.join(format!("{dialect:?}"));
    std::fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
    let mut bench = Bench::idle(&dir, seed, Setup { dialect, ..Setup::default() }).await?;
    bench.proxy.shut(true);
    bench.wait(1_000).await;
    bench.scene.restart();
    bench.wait(1_000).await;
    let healed = bench.scene.now();
    bench.proxy.heal();
    let linked = bench.linked(healed).await?;
    if dialect == Dialect::Zigbee2mqtt {
        // It does not tell since when it is running, so it may have been a person.
        bench.until("a person's, with an end", |it| wish(it) == "on").await?;
        bench.within_limits()?;
        return Ok(format!("{dialect:?} taken for a person's, with an end"));
    }
    bench.off(5_000).await?;
    let took = bench.scene.now() - healed;
    bench.live("bedroom").await?;
    let wish = bench.scene.look().view("bedroom", "/actuators/0/wish");
    if !wish.is_null() {
        return Err(format!("{dialect:?} taken for a person: {wish}"));
    }
    Ok(format!("{dialect:?} off {took} ms after it healed, linked after {linked} ms"))
}

/// It loses power, and comes back switched on.
async fn rebooted(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    if moment == Moment::Reconnecting {
        let one = |dialect| rebooted_unheard(dir, seed, dialect);
        let (a, b, c) =
            tokio::join!(one(Dialect::Tasmota), one(Dialect::Shelly), one(Dialect::Zigbee2mqtt));
        return Ok([a?, b?, c?].join("; "));
    }
    let mut bench = bench(dir, seed).await?;
    if moment == Moment::Beginning {
        bench.kill();
        bench.start();
        let from = bench.scene.now();
        bench.linked(from).await?;
    }
    if matches!(moment, Moment::Heating | Moment::Off) {
        bench.heat().await?;
        bench.wait(300).await;
        warm(&bench);
        if moment == Moment::Heating {
            bench.off(5_000).await?;
        }
    }
    bench.scene.say(AVAILABLE, "{\"state\":\"offline\"}");
    bench.wait(100).await;
    bench.scene.say(AVAILABLE, "{\"state\":\"online\"}");
    bench.scene.restart();
    let begun = bench.scene.now();
    bench.off(5_000).await?;
    let took = bench.scene.now() - begun;
    bench.live("bedroom").await?;
    let wish = bench.scene.look().view("bedroom", "/actuators/0/wish");
    if !wish.is_null() {
        return Err(format!("taken for a person: {wish}"));
    }
    Ok(format!("off {took} ms after it came back switched on, and taken for no person"))
}

/// Its contacts stick: on a clock that is moved by hand.
pub(super) async fn welded(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    let setup = Setup { stepped: true, ..Setup::default() };
    let mut bench = Bench::idle(dir, seed, setup).await?;
    if moment == Moment::Commit {
        drinks(&mut bench).await;
        bench.live("study").await?;
        return Ok(format!("{} drinks answered, 0 lost", drinks_kept(&bench)?));
    }
    bench.heat().await?;
    bench.pass(20, false).await?;
    bench.scene.look().plug.welded = true;
    if moment == Moment::Beginning {
        bench.kill();
        bench.start();
        bench.live("bedroom").await?;
    }
    let told = bench.at;
    warm(&bench);
    if moment == Moment::Reconnecting {
        bench.proxy.shut(true);
        bench.pass(30, true).await?;
        bench.proxy.heal();
        bench.live("bedroom").await?;
    }
    let alarm = |it: &Inner| {
        it.since(0, "uncramp/bedroom/announce").any(|heard| heard.json()["urgency"] == "alarm")
    };
    while !alarm(&bench.scene.look()) {
        if bench.at > told + 300 {
            return Err("no alarm within five minutes".to_owned());
        }
        bench.pass(5, false).await?;
    }
    let after = bench.at - told;
    let offs = bench.scene.look().plug.told.iter().filter(|(_, on, _)| !on).count();
    bench.scene.look().plug.welded = false;
    bench.pass(310, false).await?;
    if bench.scene.look().plug.on {
        return Err("it is not told again once it could".to_owned());
    }
    bench.live("bedroom").await?;
    if disobeys(&bench.scene.look()) {
        return Err("it is still a fault once it has healed".to_owned());
    }
    Ok(format!("alarm {after} s after the first of {offs} offs, off within 310 s once it could"))
}

/// An electric heater whose timer nobody has seen does not run beside a sleeper.
async fn no_timer(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    let setup = Setup { dialect: Dialect::Plain, proven: false, ..Setup::default() };
    let mut bench = Bench::idle(dir, seed, setup).await?;
    bench.scene.feel("home/room", COLD);
    match moment {
        Moment::Beginning => {
            bench.kill();
            bench.start();
        }
        Moment::Reconnecting => bench.proxy.cut(true),
        _ => {}
    }
    let wish = "{\"actuator\":\"heater\",\"want\":\"on\"}";
    bench.scene.ask("uncramp/bedroom/override/set", wish);
    bench.wait(3_000).await;
    bench.live("bedroom").await?;
    // A person may switch it at the plug; what must not be goes off all the same.
    bench.scene.press(true);
    bench.off(5_000).await?;
    let it = bench.scene.look();
    if it.plug.told.iter().any(|(_, on, _)| *on) {
        return Err("it was told to be on beside a sleeper".to_owned());
    }
    if it.view("bedroom", "/actuators/0/timer_works") != false {
        return Err("nobody says that its timer is unproven".to_owned());
    }
    Ok("never told to be on beside a sleeper, off when somebody pressed it, shown".to_owned())
}

fn wish(it: &Inner) -> String {
    it.view("bedroom", "/actuators/0/wish/want").as_str().unwrap_or("none").to_owned()
}

async fn person(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    let mut bench = bench(dir, seed).await?;
    let from = bench.scene.now();
    let by_hand = move |it: &Inner, want: &str| {
        it.since(from, "uncramp/bedroom/event").any(|heard| {
            let event = heard.json();
            event["by"] == "device" && event["want"] == want && event["until"].is_string()
        }) || wish(it) == want
    };
    match moment {
        Moment::Idle => {
            bench.scene.press(true);
            let took = bench.until("it yields", |it| by_hand(it, "on")).await?;
            bench.wait(2_000).await;
            if !bench.scene.look().plug.on {
                return Err("it was switched off again".to_owned());
            }
            Ok(format!("yields to an on within {took} ms"))
        }
        Moment::Heating => {
            bring(&mut bench, moment).await?;
            bench.scene.press(false);
            let took = bench.until("it yields", |it| by_hand(it, "off")).await?;
            bench.wait(10_000).await;
            if bench.scene.look().plug.times_on() > 1 {
                return Err("it was switched on again".to_owned());
            }
            Ok(format!("yields to an off within {took} ms, and past the renewal"))
        }
        Moment::Off => {
            bring(&mut bench, moment).await?;
            bench.scene.press(true);
            // Before the off was confirmed it is said again; after that it is a person's wish.
            let took = bench.until("it is settled", |it| !it.plug.on || by_hand(it, "on")).await?;
            let on = bench.scene.look().plug.on;
            let what = if on { "taken for a person's, with an end" } else { "off again" };
            Ok(format!("{what}, {took} ms later"))
        }
        Moment::Reconnecting => {
            bench.proxy.shut(true);
            bench.wait(500).await;
            bench.scene.press(true);
            let healed = bench.scene.now();
            bench.proxy.heal();
            let linked = bench.linked(healed).await?;
            let took = bench.until("it is recognised", |it| by_hand(it, "on")).await?;
            Ok(format!("recognised {took} ms after the link, which took {linked} ms"))
        }
        _ => not_from_retained(&mut bench).await,
    }
}

async fn not_from_retained(bench: &mut Bench) -> Outcome {
    bench.kill();
    bench.scene.look().plug.mute = true;
    let mut raw = Raw::connect(bench.mosquitto.port, "kept").await;
    let kept = [
        ("zigbee2mqtt/plug".to_owned(), "{\"state\":\"ON\"}".to_owned()),
        (
            "uncramp/bedroom/override/set".to_owned(),
            "{\"actuator\":\"heater\",\"want\":\"on\"}".to_owned(),
        ),
    ];
    raw.publish(kept.into_iter(), true).await;
    bench.start();
    bench.live("bedroom").await?;
    bench.wait(1_000).await;
    bench.live("bedroom").await?;
    let it = bench.scene.look();
    if wish(&it) != "none" || it.plug.times_on() > 0 {
        return Err(format!("taken for a wish: {}", wish(&it)));
    }
    Ok("what the broker kept is nobody's wish".to_owned())
}

/// What a person did by hand outlives a kill, once it was told of.
async fn stored(bench: &mut Bench) -> Outcome {
    bench.scene.press(true);
    bench
        .until("it yields", |it| {
            it.since(0, "uncramp/bedroom/event").any(|heard| heard.json()["by"] == "device")
        })
        .await?;
    bench.kill();
    let begun = bench.scene.now();
    bench.start();
    bench.linked(begun).await?;
    bench.live("bedroom").await?;
    match wish(&bench.scene.look()).as_str() {
        "on" => Ok("told of, killed, and still there".to_owned()),
        other => Err(format!("{other} is what it knows after the kill")),
    }
}

//! Sensors that fall silent, freeze, or lie.

use std::path::Path;

use super::Row;
use crate::bench::{BASELINE, Bench, COLD, MILD, Outcome, Setup};
use crate::devices::Ms;
use crate::matrix::{Moment, bench, drinks_kept, warm};
use crate::raw::Raw;
use crate::scene::Inner;

/// Silence is unknown after `most_silence`, while a switched heater is on after
/// `heated_silence`, in seconds.
const SILENT: i64 = 900;
const HEATED: i64 = 300;

pub(super) fn unknown(it: &Inner, room: &str) -> bool {
    it.view(room, "/air/temperature").is_null()
}

pub(super) fn says(it: &Inner, room: &str, fault: &str) -> bool {
    it.faults(room).iter().any(|kind| kind == fault)
}

/// Silent; on a clock that is moved by hand. A room with a valve loses its sensor as well, and
/// must stay at the household's set-point or above.
pub(super) async fn silent(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    let setup = Setup { stepped: true, ..Setup::default() };
    let mut bench = Bench::idle(dir, seed, setup).await?;
    if moment == Moment::Beginning {
        return no_on_from_retained(&mut bench).await;
    }
    // Its usual gap is learned.
    bench.pass(600, false).await?;
    if matches!(moment, Moment::Heating | Moment::Off | Moment::Reconnecting) {
        bench.heat().await?;
        bench.pass(60, false).await?;
    }
    if moment == Moment::Off {
        warm(&bench);
        bench.off(5_000).await?;
    }
    bench.scene.silence("home/room");
    bench.scene.silence("home/attic");
    let begun = bench.at;
    if moment == Moment::Reconnecting {
        bench.proxy.shut(true);
        bench.pass(HEATED, true).await?;
        bench.proxy.heal();
        bench.live("bedroom").await?;
    }
    let plug = lasts(&mut bench, begun, HEATED + 60, |it| it.plug.on).await?;
    let valve = lasts(&mut bench, begun, SILENT + 60, |it| it.valve.set_point > BASELINE).await?;
    let rest = SILENT - (bench.at - begun);
    bench.pass(rest.max(0) + 60, false).await?;
    bench.live("bedroom").await?;
    bench.live("attic").await?;
    let it = bench.scene.look();
    if !unknown(&it, "bedroom") || !says(&it, "bedroom", "silent") {
        return Err(format!("it is not shown: {:?}", it.faults("bedroom")));
    }
    drop(it);
    let longest = bench.within_limits()?;
    // Healed, it is no fault any more.
    bench.scene.feel("home/room", MILD);
    bench.scene.feel("home/attic", "17.9");
    bench.pass(60, false).await?;
    bench.live("bedroom").await?;
    if says(&bench.scene.look(), "bedroom", "silent") {
        return Err("it is still a fault once it has healed".to_owned());
    }
    Ok(format!(
        "the plug off {plug} s later, the valve back {valve} s later and never below {BASELINE} °C, \
         shown; on without a renewal for at most {longest} ms"
    ))
}

/// How many seconds it lasts.
async fn lasts(
    bench: &mut Bench,
    begun: i64,
    limit: i64,
    still: impl Fn(&Inner) -> bool,
) -> Result<i64, String> {
    while still(&bench.scene.look()) {
        if bench.at > begun + limit {
            return Err(format!("still heated {limit} s later"));
        }
        bench.pass(5, false).await?;
    }
    Ok(bench.at - begun)
}

/// A cold reading that the broker kept, and nothing else: no "on".
async fn no_on_from_retained(bench: &mut Bench) -> Outcome {
    for topic in ["home/room", "home/attic"] {
        bench.scene.silence(topic);
    }
    bench.kill();
    std::fs::remove_dir_all(bench.store()).map_err(|e| e.to_string())?;
    let mut raw = Raw::connect(bench.mosquitto.port, "kept").await;
    let kept = ["home/room", "home/attic"].map(|topic| (topic.to_owned(), COLD.to_owned()));
    raw.publish(kept.into_iter(), true).await;
    bench.start();
    bench.live("bedroom").await?;
    bench.pass(1800, false).await?;
    let it = bench.scene.look();
    if it.plug.times_on() > 0 || it.valve.set_point > BASELINE {
        return Err("heat from what was kept".to_owned());
    }
    drop(it);
    bench.within_limits()?;
    Ok("no heat in half an hour with a cold value that the broker kept".to_owned())
}

/// What it says that is no temperature of a bedroom.
const fn lie(row: Row) -> (&'static str, usize) {
    match row {
        Row::EightyFive => ("85.0", 3),
        Row::Fahrenheit => ("64.8", 3),
        _ => ("31.5", 1),
    }
}

/// It lies: once, by a jump, or again and again.
pub(super) async fn wrong(dir: &Path, seed: u64, moment: Moment, row: Row) -> Outcome {
    let mut bench = bench(dir, seed).await?;
    if matches!(moment, Moment::Heating | Moment::Off | Moment::Reconnecting | Moment::Beginning) {
        bench.heat().await?;
        bench.wait(500).await;
    }
    match moment {
        Moment::Off => {
            warm(&bench);
            bench.off(5_000).await?;
        }
        Moment::Reconnecting => bench.proxy.cut(true),
        Moment::Beginning => {
            // Off for good, then started with a liar.
            warm(&bench);
            bench.off(5_000).await?;
            recorded(&bench).await?;
            bench.kill();
            bench.start();
        }
        Moment::Commit => crate::matrix::drinks(&mut bench).await,
        Moment::Idle | Moment::Heating => {}
    }
    let begun = bench.scene.now();
    if matches!(moment, Moment::Reconnecting | Moment::Beginning) {
        bench.linked(begun).await?;
        bench.live("bedroom").await?;
    }
    let (said, times) = lie(row);
    // Cold that is none must switch nothing on, and warmth that is none nothing off.
    let said = if row == Row::Jump && moment != Moment::Heating { "9.0" } else { said };
    for topic in ["home/room", "home/attic"] {
        bench.scene.silence(topic);
    }
    let from = bench.scene.now();
    for _ in 0..times {
        bench.scene.say("home/room", said);
        bench.scene.say("home/attic", said);
        bench.wait(150).await;
    }
    bench.live("bedroom").await?;
    let figures = match (row, moment) {
        (Row::Jump, Moment::Heating) => {
            bench.wait(2_000).await;
            if !bench.scene.look().plug.on {
                return Err("one far value switched it off".to_owned());
            }
            "it stays on".to_owned()
        }
        (Row::Jump, Moment::Reconnecting) => "ignored".to_owned(),
        (Row::Jump, _) => {
            bench.wait(2_000).await;
            if bench.scene.look().plug.on {
                return Err("one far value switched it on".to_owned());
            }
            "it stays off".to_owned()
        }
        _ => implausible(&mut bench, from).await?,
    };
    if moment == Moment::Commit {
        drinks_kept(&bench)?;
    }
    let longest = bench.within_limits()?;
    Ok(format!("{figures}; on without a renewal for at most {longest} ms"))
}

/// What came before is recorded as well once somebody is answered.
async fn recorded(bench: &Bench) -> Result<(), String> {
    let from = bench.scene.now();
    bench.scene.ask("uncramp/bedroom/cramp/set", "{}");
    let answered = |it: &Inner| {
        it.since(from, "uncramp/bedroom/event").any(|heard| heard.json()["event_type"] == "cramp")
    };
    bench.until("it is recorded", answered).await?;
    Ok(())
}

async fn implausible(bench: &mut Bench, from: Ms) -> Outcome {
    bench.off(5_000).await?;
    let after = bench.scene.now() - from;
    bench
        .until("the valve is at the household's set-point", |it| it.valve.set_point <= BASELINE)
        .await?;
    bench.live("bedroom").await?;
    let it = bench.scene.look();
    if !unknown(&it, "bedroom") {
        return Err("it is believed".to_owned());
    }
    let garbled = it.view("bedroom", "/sensors/0/garbled").as_i64().unwrap_or(0);
    if garbled < 3 {
        return Err(format!("{garbled} times counted"));
    }
    let told = it.faults("bedroom");
    Ok(format!("no heat {after} ms after the first of three, unknown, shown as {told:?}"))
}

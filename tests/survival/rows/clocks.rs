//! Wall clocks that step, boots that change, configurations that are wrong.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use super::goes_on;
use crate::bench::{Bench, LEASE, Outcome, Setup};
use crate::devices::Ms;
use crate::matrix::{Moment, bench, bring, drinks, drinks_kept, recover, warm};
use crate::scene::Inner;

/// libfaketime, if it is here.
pub(super) fn library() -> Option<PathBuf> {
    let roots = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];
    let mut places: Vec<PathBuf> =
        roots.iter().map(|root| PathBuf::from(root).join("faketime")).collect();
    for root in roots {
        let below = std::fs::read_dir(root).into_iter().flatten().flatten();
        places.extend(below.map(|entry| entry.path().join("faketime")));
    }
    places.into_iter().map(|place| place.join("libfaketime.so.1")).find(|file| file.exists())
}

/// Puts a clock beside the daemon that can be set.
pub(super) fn settable(bench: &mut Bench) {
    let file = bench.dir.join("time");
    let library = library().unwrap_or_default();
    bench.begin.with = [
        ("LD_PRELOAD", library.display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", file.display().to_string()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into();
}

pub(super) fn set(bench: &Bench, to: &str) {
    let (file, new) = (bench.dir.join("time"), bench.dir.join("time.new"));
    let written = std::fs::write(&new, to).and_then(|()| std::fs::rename(&new, &file));
    assert!(written.is_ok(), "a clock");
}

/// An hour back, and years ahead, and back again.
async fn steps(bench: &Bench) {
    for to in ["-3600", "+315360000", "-3600", "+0"] {
        set(bench, to);
        // The heartbeat sees it.
        bench.wait(bench_beat()).await;
    }
}

/// A heartbeat comes at least every ten seconds; a wish brings one sooner.
const fn bench_beat() -> Ms {
    10_500
}

pub(super) async fn stepped(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    let mut bench = Bench::new(dir, seed, Setup::default()).await;
    bench.until("the scene listens", |it| it.listening).await?;
    settable(&mut bench);
    let begins = if moment == Moment::Beginning { "-1700000000" } else { "+0" };
    set(&bench, begins);
    bench.start();
    bench.settle().await?;
    match moment {
        Moment::Beginning => unset(&mut bench).await,
        Moment::Idle => reminders(&mut bench).await,
        Moment::Heating => run_time(&mut bench).await,
        Moment::Commit => {
            drinks(&mut bench).await;
            set(&bench, "-3600");
            bench.wait(bench_beat()).await;
            drinks(&mut bench).await;
            bench.live("study").await?;
            let kept = drinks_kept(&bench)?;
            let times = bench.recorded("drink", "at")?;
            let back = times.windows(2).any(|pair| pair[1] < pair[0]);
            if !back || times.len() != 24 {
                return Err(format!(
                    "{} drinks, and none seems earlier than the one before",
                    times.len()
                ));
            }
            Ok(format!("{kept} drinks answered, kept in their order over an hour back"))
        }
        Moment::Off | Moment::Reconnecting => {
            bring(&mut bench, moment).await?;
            set(&bench, "-3600");
            let held = goes_on(&mut bench, moment, String::new()).await?;
            set(&bench, "+315360000");
            bench.wait(500).await;
            bench.live("bedroom").await?;
            Ok(held)
        }
    }
}

/// How long after somebody was in bed it may be that they are still there (S7), and a little.
const EMPTY_WITHIN: Ms = 135_000;

/// Waits until the study may be spoken in: it was begun without knowing who was there.
pub(super) async fn nobody_asleep(bench: &Bench) -> Result<(), String> {
    let begun = bench.scene.now();
    while bench.scene.now() < begun + EMPTY_WITHIN {
        let from = bench.scene.now();
        bench.scene.ask("uncramp/study/say/set", "Is anybody up?");
        let said = |it: &Inner| it.since(from, "uncramp/study/announce").count() > 0;
        if bench.within(Duration::from_secs(2), "words are said", said).await.is_ok() {
            return Ok(());
        }
        bench.wait(3_000).await;
    }
    Err("nobody may be spoken to where nobody sleeps".to_owned())
}

/// A clock that was never set: nobody is spoken to, and heat goes by dose and lease.
async fn unset(bench: &mut Bench) -> Outcome {
    let from = bench.scene.now();
    bench.scene.ask("uncramp/study/say/set", "The bath is ready.");
    bench
        .until("words are refused, since it may be night", |it| {
            it.since(from, "uncramp/study/event").any(|heard| {
                heard.json()["event_type"] == "refused"
                    && heard.payload.contains("clock is not set")
            })
        })
        .await?;
    let said = bench.scene.look().since(from, "uncramp/study/announce").count();
    if said > 0 {
        return Err("it spoke, and cannot know whether it is night".to_owned());
    }
    let warned = bench.scene.look().view("bedroom", "/at");
    if !warned.is_null() {
        return Err(format!("it shows a time: {warned}"));
    }
    set(bench, "+0");
    bench.wait(bench_beat()).await;
    bench.live("study").await?;
    let begun = bench.scene.now();
    nobody_asleep(bench).await?;
    let took = (bench.scene.now() - begun) / 1000;
    Ok(format!(
        "silent while the clock was never set, speaks {took} s after it was, once the bed is known to be \
         empty"
    ))
}

async fn reminders(bench: &mut Bench) -> Outcome {
    // Moved by more than a minute, it counts as set.
    set(bench, "+120");
    bench.wait(bench_beat()).await;
    nobody_asleep(bench).await?;
    let from = bench.scene.now();
    bench.scene.ask("uncramp/study/say/set", "Once and no more.");
    bench
        .until("words are said", |it| it.since(from, "uncramp/study/announce").count() > 0)
        .await?;
    steps(bench).await;
    bench.live("study").await?;
    let times = bench
        .scene
        .look()
        .since(from, "uncramp/study/announce")
        .filter(|h| h.payload.contains("Once and no more"))
        .count();
    if times != 1 {
        return Err(format!("said {times} times"));
    }
    Ok("said once over four steps of the clock".to_owned())
}

async fn run_time(bench: &mut Bench) -> Outcome {
    bench.heat().await?;
    steps(bench).await;
    bench.wait(LEASE / 2 - 40_000).await;
    let renewed = |it: &Inner| {
        let first = it.plug.moved.first().map_or(0, |(at, _)| *at);
        it.plug.told.iter().any(|(at, on, _)| *on && (*at - first - LEASE / 2).abs() < 2_000)
    };
    bench.until("renewed on time", renewed).await?;
    let held = recover(bench, Moment::Heating).await?;
    Ok(format!("renewed at half of the lease over four steps; {held}"))
}

/// Power was cut: another boot, in which nothing of before is known to hold.
pub(super) async fn power_cut(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    let mut bench = bench(dir, seed).await?;
    bring(&mut bench, moment).await?;
    bench.kill();
    bench.restand(|stand| stand["boot"] = json!("another"))?;
    let from = bench.scene.now();
    bench.start();
    bench.linked(from).await?;
    let off = bench.off(5_000).await?;
    let first = bench.scene.look().plug.told.iter().find(|(at, _, _)| *at > from).copied();
    if first.is_some_and(|(_, on, _)| on) {
        return Err("the first thing after a power cut was an on".to_owned());
    }
    warm(&bench);
    bench.live("bedroom").await?;
    let longest = bench.within_limits()?;
    Ok(format!("off first, {off} ms after the link; on without a renewal for at most {longest} ms"))
}

/// A slip of the pen.
fn wrong(good: &str) -> String {
    good.replace("kind: panel", "kind: pannel")
}

/// A configuration that is wrong, then one without the heater.
pub(super) async fn configuration(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    let mut bench = bench(dir, seed).await?;
    match moment {
        Moment::Beginning => return wrong_at_start(&mut bench).await,
        Moment::Commit => return newer(&mut bench).await,
        Moment::Off => {
            bench.heat().await?;
            bench.wait(300).await;
            warm(&bench);
        }
        _ => bring(&mut bench, moment).await?,
    }
    let before = bench.log().len();
    let good = bench.configuration();
    bench.configure(&wrong(&good));
    bench.signal(Signal::HUP);
    let took = bench.logged(before, "the new configuration is refused").await?;
    if moment == Moment::Off {
        let off = bench.off(5_000).await?;
        return Ok(format!("refused within {took} ms, off {off} ms later"));
    }
    bench.proxy.heal();
    bench.live("bedroom").await?;
    if moment == Moment::Heating {
        let (on, times) = {
            let it = bench.scene.look();
            (it.plug.on, it.plug.times_on())
        };
        if !on || times != 1 {
            return Err("a refused configuration changed the heat".to_owned());
        }
        // One that no longer has the heater switches it off.
        let begun = bench.log().len();
        bench.configure(&good.replace("zigbee2mqtt: plug", "zigbee2mqtt: another"));
        bench.signal(Signal::HUP);
        bench.logged(begun, "the new configuration is in force").await?;
        let off = bench.off(5_000).await?;
        return Ok(format!("refused within {took} ms, heat went on; off {off} ms after it left"));
    }
    Ok(format!("refused within {took} ms, the old plan goes on"))
}

async fn wrong_at_start(bench: &mut Bench) -> Outcome {
    bench.kill();
    bench.configure(&wrong(&bench.configuration()));
    let from = bench.scene.now();
    bench.start();
    for _ in 0..200 {
        if let Some(code) = bench.process().ended() {
            return Err(format!("ends with {code}, and nobody looks after the room"));
        }
        if bench.scene.look().views.get("bedroom").is_some_and(|(at, _)| *at >= from) {
            bench.live("bedroom").await?;
            return Ok("goes on with the last good plan".to_owned());
        }
        bench.wait(50).await;
    }
    Err("neither ends nor begins".to_owned())
}

/// The state of a newer version is set aside, and the room looked after.
async fn newer(bench: &mut Bench) -> Outcome {
    drinks(bench).await;
    bench.live("study").await?;
    bench.kill();
    let said = |e: rusqlite::Error| e.to_string();
    let path = bench.store().join("state.sqlite");
    let file = rusqlite::Connection::open(&path).map_err(said)?;
    file.pragma_update(None, "user_version", 99).map_err(said)?;
    drop(file);
    bench.start();
    bench.settle().await?;
    let names = std::fs::read_dir(bench.store()).map_err(|e| e.to_string())?;
    let aside = names.flatten().any(|entry| entry.file_name().to_string_lossy().contains("newer"));
    if aside {
        Ok("set aside under a dated name, and governed".to_owned())
    } else {
        Err("not set aside".to_owned())
    }
}

//! Faults that come and go, and leave everything as it was.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::bench::{Bench, CLIENT, MILD, Outcome, PATIENCE, Setup};
use crate::devices::Ms;
use crate::links::KNOWN_WITHIN;
use crate::matrix::{Moment, bring, recover};
use crate::process::Watchdog;
use crate::proxy::Flow;
use crate::raw::Raw;
use crate::trials::Scale;

/// A fault that passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Kill,
    Stop,
    Broker,
    HalfOpen,
    Deaf,
    SameId,
    Flood,
}

/// The unit's `RestartSec`, in milliseconds.
const RESTART: Ms = 2_000;

/// The most resident memory, in kB.
pub(crate) const MOST_MEMORY: u64 = 64 * 1024;

impl Fault {
    pub(crate) const fn takes(self) -> u32 {
        match self {
            Self::Kill | Self::Broker => 5,
            Self::Flood => 20,
            Self::Stop | Self::HalfOpen | Self::Deaf => 45,
            Self::SameId => 90,
        }
    }
}

/// One cell.
pub(crate) async fn cell(
    dir: &Path,
    seed: u64,
    moment: Moment,
    fault: Fault,
    scale: Scale,
) -> Outcome {
    if fault == Fault::Flood && moment == Moment::Off {
        return flood_and_off(dir, seed, scale).await;
    }
    let mut bench = Bench::new(dir, seed, Setup::default()).await;
    bench.until("the scene listens", |it| it.listening).await?;
    let watchdog = (fault == Fault::Stop).then(|| Watchdog::at(dir));
    if let Some(watchdog) = &watchdog {
        bench.begin.with = watchdog.environment();
    }
    bench.start();
    bench.settle().await?;
    bring(&mut bench, moment).await?;
    let figures = match fault {
        Fault::Kill => killed(&mut bench).await,
        Fault::Stop => stopped(&mut bench, watchdog.as_ref()).await,
        Fault::Broker => broker(&mut bench, moment).await,
        Fault::HalfOpen => half_open(&mut bench, moment, scale).await,
        Fault::Deaf => deaf(&mut bench, moment, scale).await,
        Fault::SameId => same_id(&mut bench).await,
        Fault::Flood => flood(&mut bench, moment, scale).await,
    }?;
    let held = recover(&mut bench, moment).await?;
    Ok(format!("{figures}; {held}"))
}

async fn killed(bench: &mut Bench) -> Outcome {
    bench.kill();
    bench.proxy.heal();
    bench.wait(RESTART).await;
    bench.start();
    Ok("started after 2 s".to_owned())
}

async fn stopped(bench: &mut Bench, watchdog: Option<&Watchdog>) -> Outcome {
    let Some(watchdog) = watchdog else { return Err("no watchdog".to_owned()) };
    let begun = bench.scene.now();
    bench.signal(Signal::STOP);
    bench.proxy.heal();
    if !watchdog.starves(Duration::from_secs(60)).await {
        return Err("the watchdog is still fed".to_owned());
    }
    let noticed = bench.scene.now() - begun;
    if noticed > 31_000 {
        return Err(format!("noticed only after {noticed} ms"));
    }
    bench.signal(Signal::ABORT);
    bench.signal(Signal::CONT);
    bench.kill();
    bench.wait(RESTART).await;
    bench.start();
    Ok(format!("the watchdog bit after {noticed} ms, and it was started 2 s later"))
}

async fn broker(bench: &mut Bench, moment: Moment) -> Outcome {
    bench.mosquitto.kill();
    let away = if moment == Moment::Heating { 6_000 } else { 1_500 };
    bench.wait(away).await;
    bench.mosquitto.run();
    let back = bench.scene.now();
    bench.proxy.heal();
    let took = bench.linked(back).await?;
    let renewed = if moment == Moment::Heating {
        let took =
            bench.until("renewed", |it| it.plug.told.iter().any(|(at, on, _)| *on && *at > back));
        format!(", renewed {} ms later", took.await?)
    } else {
        String::new()
    };
    let it = bench.scene.look();
    let kept = ["bedroom", "attic", "study"].iter().all(|room| {
        let topic = format!("homeassistant/device/uncramp_{room}/config");
        it.views.contains_key(*room) && !topic.is_empty()
    });
    if !kept {
        return Err("not everything was published again".to_owned());
    }
    Ok(format!("linked {took} ms after the broker's return{renewed}"))
}

async fn half_open(bench: &mut Bench, moment: Moment, scale: Scale) -> Outcome {
    // What is wrong before there is a connection is logged once a minute.
    let before = if moment == Moment::Reconnecting { 0 } else { bench.log().len() };
    bench.proxy.flow(Flow::Swallow, Flow::Swallow);
    if moment == Moment::Reconnecting {
        // It comes in, and is answered nothing.
        bench.proxy.heal();
        bench.proxy.flow(Flow::Swallow, Flow::Swallow);
    }
    let begun = bench.scene.now();
    let known = known(bench, moment, before).await?;
    let rest = scale.half_open - (bench.scene.now() - begun);
    bench.wait(rest).await;
    bench.proxy.heal();
    Ok(format!("known after {known} ms, healed after {} ms", scale.half_open))
}

/// How long until a dead connection is known, or said in the log where there is none yet.
async fn known(bench: &Bench, moment: Moment, before: usize) -> Result<Ms, String> {
    if matches!(moment, Moment::Reconnecting | Moment::Beginning) {
        return bench.logged(before, "WARN").await;
    }
    let known = bench.logged(before, "the connection is dead").await?;
    if known > KNOWN_WITHIN { Err(format!("known only after {known} ms")) } else { Ok(known) }
}

async fn deaf(bench: &mut Bench, moment: Moment, scale: Scale) -> Outcome {
    let begun = bench.scene.now();
    let before = if moment == Moment::Reconnecting { 0 } else { bench.log().len() };
    bench.proxy.heal();
    bench.proxy.flow(Flow::Pass, Flow::Swallow);
    let known = known(bench, moment, before).await?;
    let at = bench.scene.now();
    let rest = scale.half_open - (at - begun);
    bench.wait(rest).await;
    let renewals = {
        let it = bench.scene.look();
        it.plug.told.iter().filter(|(told, on, _)| *on && *told > at).count()
    };
    if renewals > 0 {
        return Err(format!("{renewals} renewals by who was known to hear nothing"));
    }
    bench.proxy.heal();
    Ok(format!("known after {known} ms, no renewal from then on"))
}

async fn same_id(bench: &mut Bench) -> Outcome {
    let (before, begun) = (bench.log().len(), Instant::now());
    bench.proxy.heal();
    let mut wins = 0;
    while !bench.log()[before..].contains("same client id") {
        if begun.elapsed() > PATIENCE {
            return Err("nobody names the second client".to_owned());
        }
        let mut second = Raw::connect(bench.mosquitto.port, CLIENT).await;
        wins += 1;
        second.thrown_out(Duration::from_secs(20)).await;
        bench.wait(200).await;
    }
    let named = begun.elapsed().as_millis();
    if named > 60_000 {
        return Err(format!("named only after {named} ms"));
    }
    Ok(format!("named after {named} ms and {wins} wins of the other"))
}

/// Publishes so many messages of one topic in one burst.
fn burst(bench: &Bench, count: usize) -> tokio::task::JoinHandle<()> {
    let port = bench.mosquitto.port;
    tokio::spawn(async move {
        let mut raw = Raw::connect(port, "flood").await;
        let one = |_| ("home/study".to_owned(), "20.4".to_owned());
        raw.publish((0..count).map(one), false).await;
    })
}

async fn flood(bench: &mut Bench, moment: Moment, scale: Scale) -> Outcome {
    let mut raw = Raw::connect(bench.mosquitto.port, "keeper").await;
    let one = |n| (format!("uncramp/study/kept{n}/set"), "nonsense".to_owned());
    raw.publish((0..scale.retained).map(one), true).await;
    if moment == Moment::Beginning {
        bench.kill();
        bench.start();
    } else {
        bench.proxy.cut(false);
    }
    let begun = bench.scene.now();
    bench.proxy.heal();
    let steady = bench.linked(begun).await?;
    let flood = burst(bench, scale.flood);
    let mut memory = 0;
    while !flood.is_finished() {
        memory = memory.max(bench.process().size().0);
        bench.wait(20).await;
    }
    bench.live("study").await?;
    memory = memory.max(bench.process().size().0);
    if memory > MOST_MEMORY {
        return Err(format!("{memory} kB of memory"));
    }
    let renewed = if moment == Moment::Heating {
        let first = bench.scene.look().plug.moved.first().map_or(0, |(at, _)| *at);
        let half = crate::bench::LEASE / 2;
        let on_time = |it: &crate::scene::Inner| {
            it.plug.told.iter().any(|(at, on, _)| *on && (*at - first - half).abs() < 2_000)
        };
        bench.until("renewed on time", on_time).await?;
        ", renewed on time"
    } else {
        ""
    };
    Ok(format!(
        "linked {steady} ms after {} kept messages began to come, {} in a burst, {memory} kB at \
         most{renewed}",
        scale.retained, scale.flood
    ))
}

/// An off that falls due in the middle of a flood.
async fn flood_and_off(dir: &Path, seed: u64, scale: Scale) -> Outcome {
    let mut bench = crate::matrix::bench(dir, seed).await?;
    bench.scene.feel("home/room", MILD);
    bench.live("bedroom").await?;
    let wish = "{\"actuator\":\"heater\",\"want\":\"on\",\"until\":\"4s\"}";
    bench.scene.ask("uncramp/bedroom/override/set", wish);
    bench.until("the heater is on", |it| it.plug.on).await?;
    let due = bench.scene.now() + 4_000;
    bench.wait(3_500).await;
    let flood = burst(&bench, scale.flood);
    bench.off(10_000).await?;
    let (late, during) = (bench.scene.now() - due, !flood.is_finished());
    if late > 1_000 {
        return Err(format!("off {late} ms late in the flood"));
    }
    flood.abort();
    bench.live("study").await?;
    let memory = bench.process().size().0;
    Ok(format!(
        "off {late} ms after it was due, the flood {}, {memory} kB",
        if during { "still pouring" } else { "at the broker" }
    ))
}

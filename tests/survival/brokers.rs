//! Brokers that do not do as they should.

use std::path::Path;
use std::time::Duration;

use crate::bench::{Bench, MILD, Outcome, Setup};
use crate::matrix::{Moment, bring, drinks_kept, recover};
use crate::proxy::Flow;
use crate::raw::Raw;
use crate::trials::Trial;

/// What may be odd about a broker, or the way to it.
#[derive(Debug, Clone, Copy)]
enum Odd {
    /// It throws out whoever wants something kept.
    KeepsNothing,
    /// It says nothing, and takes no word of presence.
    NoWill,
    /// It says nothing, and hands on no command.
    Denies,
    /// Every byte is late, and few come at a time.
    Slow,
    /// What is confirmed comes twice, and in another order.
    Twice,
    /// It is started anew more often than a second client would throw us out.
    Restless,
}

const ALL: [(Odd, &str); 6] = [
    (Odd::KeepsNothing, "broker with retain_available false"),
    (Odd::NoWill, "broker that takes no will"),
    (Odd::Denies, "broker that denies a command silently"),
    (Odd::Slow, "slow broker"),
    (Odd::Twice, "duplicates and another order at QoS 1"),
    (Odd::Restless, "broker started anew six times in a minute"),
];

/// A trial for each.
pub(crate) fn trials() -> Vec<Trial> {
    ALL.map(|(odd, name)| {
        let trial = Trial::new(name, move |dir, seed| {
            Box::pin(async move {
                match odd {
                    Odd::KeepsNothing => keeps_nothing(&dir, seed).await,
                    Odd::NoWill => no_will(&dir, seed).await,
                    Odd::Denies => denies(&dir, seed).await,
                    Odd::Slow => slow(&dir, seed).await,
                    Odd::Twice => twice(&dir, seed).await,
                    Odd::Restless => restless(&dir, seed).await,
                }
            })
        });
        Trial { takes: 30, ..trial }
    })
    .into()
}

async fn keeps_nothing(dir: &Path, seed: u64) -> Outcome {
    let setup = Setup { broker: "retain_available false", ..Setup::default() };
    let mut bench = Bench::idle(dir, seed, setup).await?;
    bring(&mut bench, Moment::Off).await?;
    recover(&mut bench, Moment::Off).await
}

/// Whoever may write everything but the daemon's presence.
fn listed(dir: &Path, denied: &str) -> String {
    let topics = ["uncramp/#", "zigbee2mqtt/#", "home/#", "homeassistant/#", "hermes/#"];
    let mut list = String::new();
    for topic in topics {
        list += &format!("topic readwrite {topic}\n");
    }
    list += &format!("topic deny {denied}\n");
    let path = dir.join("acl");
    std::fs::write(&path, list).expect("a list");
    format!("acl_file {}", path.display())
}

async fn odd_list(dir: &Path, seed: u64, denied: &str) -> Result<Bench, String> {
    let lines: &'static str = Box::leak(listed(dir, denied).into_boxed_str());
    let setup = Setup { broker: lines, ..Setup::default() };
    let mut bench = Bench::new(dir, seed, setup).await;
    bench.until("the scene listens", |it| it.listening).await?;
    bench.start();
    Ok(bench)
}

async fn no_will(dir: &Path, seed: u64) -> Outcome {
    let mut bench = odd_list(dir, seed, "uncramp/status").await?;
    bench.live("bedroom").await?;
    for (topic, value) in [("home/mat", "ON"), ("home/room", MILD), ("home/attic", MILD)] {
        bench.scene.feel(topic, value);
    }
    let wish = "{\"actuator\":\"heater\",\"works\":true}";
    bench.scene.ask("uncramp/bedroom/timer/set", wish);
    bench.scene.report();
    bench.live("bedroom").await?;
    bring(&mut bench, Moment::Off).await?;
    recover(&mut bench, Moment::Off).await
}

async fn denies(dir: &Path, seed: u64) -> Outcome {
    let mut bench = odd_list(dir, seed, "zigbee2mqtt/plug/set").await?;
    bench.settle().await?;
    bench.scene.feel("home/room", crate::bench::COLD);
    let patience = Duration::from_secs(30);
    let disobeys = |it: &crate::scene::Inner| it.faults("bedroom").contains(&"disobeys".to_owned());
    let took = bench.within(patience, "the keeper is told", disobeys).await?;
    Ok(format!("a plug that nobody reaches is a fault after {took} ms"))
}

async fn slow(dir: &Path, seed: u64) -> Outcome {
    let mut bench = crate::matrix::bench(dir, seed).await?;
    bench.proxy.flow(Flow::Trickle, Flow::Trickle);
    bench.proxy.delay(Duration::from_millis(200));
    bring(&mut bench, Moment::Off).await?;
    let off = bench.off(5_000).await?;
    let held = recover(&mut bench, Moment::Off).await?;
    Ok(format!("off {off} ms after the reading at 200 ms a way; {held}"))
}

async fn twice(dir: &Path, seed: u64) -> Outcome {
    let mut bench = crate::matrix::bench(dir, seed).await?;
    let mut raw = Raw::connect(bench.mosquitto.port, "twice").await;
    let off = "{\"actuator\":\"heater\",\"want\":\"off\"}";
    bench.heat().await?;
    for (number, again) in [(1, false), (1, true), (1, true)] {
        raw.confirmed("uncramp/bedroom/override/set", off, number, again).await;
    }
    bench.off(5_000).await?;
    for reading in ["15.4", "15.2", "15.4", "15.3"] {
        raw.confirmed("home/room", reading, 2, true).await;
    }
    bench.live("bedroom").await?;
    let it = bench.scene.look();
    let (times, moved) = (it.plug.times_on(), it.plug.moved.len());
    drop(it);
    if (times, moved) != (1, 2) {
        return Err(format!("on {times} times, {moved} movements"));
    }
    drinks_kept(&bench)?;
    Ok("said three times, done once".to_owned())
}

async fn restless(dir: &Path, seed: u64) -> Outcome {
    let mut bench = crate::matrix::bench(dir, seed).await?;
    let begun = bench.scene.now();
    let mut slowest = 0;
    for _ in 0..6 {
        bench.mosquitto.kill();
        bench.wait(400).await;
        bench.mosquitto.run();
        let back = bench.scene.now();
        slowest = slowest.max(bench.linked(back).await?);
    }
    let took = bench.scene.now() - begun;
    if bench.log().contains("same client id") {
        return Err("taken for a second client".to_owned());
    }
    bring(&mut bench, Moment::Off).await?;
    let held = recover(&mut bench, Moment::Off).await?;
    Ok(format!(
        "6 restarts in {took} ms, linked {slowest} ms after each at the latest, no second client \
         suspected; {held}"
    ))
}

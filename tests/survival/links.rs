//! A broker that restarts again and again, and connections of which only one end is left.

use std::path::Path;

use crate::bench::{Bench, COLD, MILD, Outcome, Setup, WARM};
use crate::devices::Ms;
use crate::proxy::Flow;

/// An off is out so soon after the link is back, in milliseconds.
pub(crate) const OFF_AFTER_LINK: Ms = 5_000;

/// A dead connection is known so soon: two keep-alives, and what it takes to look.
pub(crate) const KNOWN_WITHIN: Ms = 21_000;

/// What falls due while the broker is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// An off that was on its way.
    Underway,
    /// An off that time brings, while nobody can be reached.
    Meanwhile,
    /// Nothing: it stays on.
    Nothing,
}

/// A person's "on" ends after so long, in milliseconds.
const WISH: Ms = 2_000;

impl Due {
    async fn before(self, bench: &mut Bench) -> Result<(), String> {
        bench
            .scene
            .ask("uncramp/bedroom/override/set", "{\"actuator\":\"heater\",\"want\":\"auto\"}");
        if self == Self::Meanwhile {
            // Warm enough for the rule to rest, and not too warm for a person's wish.
            bench.scene.feel("home/room", WARM);
            bench.until("it rests", |it| !it.plug.on).await?;
            bench.scene.feel("home/room", MILD);
            bench.live("bedroom").await?;
            let wish = "{\"actuator\":\"heater\",\"want\":\"on\",\"until\":\"2s\"}";
            bench.scene.ask("uncramp/bedroom/override/set", wish);
        } else {
            bench.scene.feel("home/room", COLD);
        }
        bench.until("the heater is on", |it| it.plug.on).await?;
        if self == Self::Underway {
            bench.scene.feel("home/room", WARM);
            let moment = bench.rng.i64(0..12);
            bench.wait(moment).await;
        }
        Ok(())
    }

    /// How long after the link the heater was off; none if it was before, or is to stay on.
    async fn after(self, bench: &mut Bench, linked: Ms) -> Result<Option<Ms>, String> {
        if self == Self::Nothing {
            bench.live("bedroom").await?;
            return if bench.scene.look().plug.on {
                Ok(None)
            } else {
                Err("it went off".to_owned())
            };
        }
        if self == Self::Underway {
            // A reading that was lost on its way is said again.
            bench.scene.feel("home/room", WARM);
        }
        let was_on = bench.scene.look().plug.on;
        bench.off(OFF_AFTER_LINK).await?;
        Ok(was_on.then(|| bench.scene.now() - linked))
    }
}

fn some_due(bench: &mut Bench) -> Due {
    [Due::Underway, Due::Meanwhile, Due::Nothing][bench.rng.usize(0..3)]
}

/// The broker is killed and started so many times.
pub(crate) async fn restarts(dir: &Path, seed: u64, rounds: usize) -> Outcome {
    let mut bench = Bench::idle(dir, seed, Setup::default()).await?;
    let (mut slowest_link, mut slowest_off, mut offs) = (0, 0, 0);
    for round in 0..rounds {
        let due = some_due(&mut bench);
        let told = |e: String| format!("restart {round}, {due:?}: {e}");
        due.before(&mut bench).await.map_err(told)?;
        bench.mosquitto.kill();
        let away = if due == Due::Meanwhile { WISH } else { 0 } + bench.rng.i64(0..1500);
        bench.wait(away).await;
        bench.mosquitto.run();
        let back = bench.scene.now();
        let took = bench.linked(back).await.map_err(told)?;
        let linked = bench.scene.now();
        slowest_link = slowest_link.max(took);
        if let Some(late) = due.after(&mut bench, linked).await.map_err(told)? {
            offs += 1;
            slowest_off = slowest_off.max(late);
        }
    }
    let longest = bench.within_limits()?;
    Ok(format!(
        "{rounds} restarts of the broker: 0 missed offs; linked at the latest {slowest_link} ms after \
         it was back; {offs} offs left after the link, the slowest {slowest_off} ms after it; on \
         without a renewal for at most {longest} ms"
    ))
}

/// Both halves of a connection die, and nobody is told, so many times.
pub(crate) async fn half_open(dir: &Path, seed: u64, rounds: usize) -> Outcome {
    let mut bench = Bench::idle(dir, seed, Setup::default()).await?;
    let (mut slowest_known, mut slowest_off, mut offs) = (0, 0, 0);
    for round in 0..rounds {
        let due = some_due(&mut bench);
        let told = |e: String| format!("half-open connection {round}, {due:?}: {e}");
        due.before(&mut bench).await.map_err(told)?;
        let before = bench.log().len();
        bench.proxy.flow(Flow::Swallow, Flow::Swallow);
        let known = bench.logged(before, "the connection is dead").await.map_err(told)?;
        if known > KNOWN_WITHIN {
            return Err(told(format!("known only after {known} ms")));
        }
        slowest_known = slowest_known.max(known);
        let more = bench.rng.i64(0..8000);
        bench.wait(more).await;
        let healed = bench.scene.now();
        bench.proxy.heal();
        bench.linked(healed).await.map_err(told)?;
        let linked = bench.scene.now();
        if let Some(late) = due.after(&mut bench, linked).await.map_err(told)? {
            offs += 1;
            slowest_off = slowest_off.max(late);
        }
    }
    let longest = bench.within_limits()?;
    Ok(format!(
        "{rounds} half-open connections: known at the latest after {slowest_known} ms; 0 missed offs; \
         {offs} offs left after the link, the slowest {slowest_off} ms after it; on without a renewal \
         for at most {longest} ms"
    ))
}

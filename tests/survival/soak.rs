//! A day of bedroom time with whatever can go wrong in it.

use std::path::Path;
use std::time::Instant;

use crate::bench::{Bench, COLD, MILD, Outcome, Setup, WARM};
use crate::devices::Ms;

/// Memory that is compared begins after this share of the time.
const WARM_UP: i64 = 4;

/// The connection breaks so seldom, in real milliseconds.
const APART: Ms = 21_000;

/// Every sensor speaks so often, in seconds.
const STRIDE: i64 = 10;

/// Plays so many hours.
pub(crate) async fn soak(dir: &Path, seed: u64, hours: i64) -> Outcome {
    let setup = Setup { stepped: true, ..Setup::default() };
    let mut bench = Bench::idle(dir, seed, setup).await?;
    bench.stride = STRIDE;
    let begun = Instant::now();
    let (mut faults, mut first, mut most) = (0, None, (0, 0, 0));
    let quarters = hours * 12;
    for quarter in 0..quarters {
        faults += usize::from(trouble(&mut bench).await?);
        bench.pass(300, false).await.map_err(|e| format!("quarter {quarter}: {e}"))?;
        bench.scene.look().heard.clear();
        let size = bench.process().size();
        if quarter >= quarters / WARM_UP {
            first.get_or_insert(size);
            most = (most.0.max(size.0), most.1.max(size.1), most.2.max(size.2));
        }
    }
    let took = begun.elapsed().as_secs().max(1);
    let speed = hours * 3600 / i64::try_from(took).unwrap_or(1);
    let Some(first) = first else { return Err("too short".to_owned()) };
    if most.0 * 100 > first.0 * 105 {
        return Err(format!("memory grew from {} to {} kB", first.0, most.0));
    }
    if (most.1, most.2) != (first.1, first.2) {
        return Err(format!("threads and files grew from {first:?} to {most:?}"));
    }
    let longest = bench.within_limits()?;
    Ok(format!(
        "{hours} h in {took} s (×{speed}), {faults} faults: memory {} to {} kB, {} threads, {} files; \
         on without a renewal for at most {longest} ms",
        first.0, most.0, most.1, most.2
    ))
}

/// Something happens; whether it is a fault.
async fn trouble(bench: &mut Bench) -> Result<bool, String> {
    let room = [COLD, MILD, WARM, "17.4", "18.9"][bench.rng.usize(0..5)];
    bench.scene.feel("home/room", room);
    match bench.rng.u8(0..9) {
        0 => bench.scene.silence("home/room"),
        1 => bench.scene.say("home/room", "nan"),
        // More than three in a minute of the daemon's own would be taken for a second client.
        2 | 3 if bench.scene.real() < bench.apart => return Ok(false),
        2 => {
            bench.apart = bench.scene.real() + APART;
            bench.proxy.cut(true);
            // Time stands still until it is linked again.
            bench.live("bedroom").await?;
        }
        3 => {
            bench.apart = bench.scene.real() + APART;
            bench.mosquitto.kill();
            bench.pass(120, true).await?;
            bench.mosquitto.run();
            bench.until("the scene listens", |it| it.listening).await?;
            bench.live("bedroom").await?;
        }
        4 => {
            let on = bench.rng.bool();
            // What a hand switches on at a plug that tells nothing, nobody can know.
            if on && bench.scene.look().plug.mute {
                return Ok(false);
            }
            bench.scene.press(on);
        }
        5 => {
            let ml = bench.rng.i64(100..300);
            let wish = format!("{{\"sleeper\":\"ben\",\"ml\":{ml}}}");
            bench.scene.ask("uncramp/study/drink/set", &wish);
            return Ok(false);
        }
        6 => {
            let step = format!("wall {}", bench_step(bench.at));
            bench.process().tell(&step);
        }
        7 => bench.scene.look().plug.mute ^= true,
        _ => return Ok(false),
    }
    Ok(true)
}

/// The wall clock goes back and forth.
const fn bench_step(at: i64) -> i64 {
    if at % 2 == 0 { 3600 } else { -3600 }
}

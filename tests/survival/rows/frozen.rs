//! Thermometers that go on sending one and the same value: on a clock that is moved by hand,
//! since it takes a day to know.

use std::path::Path;

use super::sensors::{says, unknown};
use crate::bench::{BASELINE, Bench, Outcome, Setup};
use crate::matrix::{Moment, drinks, drinks_kept, warm};

/// A device whose temperature and humidity both stand still is frozen after so many seconds.
const A_DAY: i64 = 24 * 3600;

/// With a switched heater on it takes three times `heated_silence`, in seconds.
const HEATED: i64 = 3 * 300;

/// Where nothing is to be seen on the way, time passes in steps of so many seconds.
const STRIDE: i64 = 120;

/// Nothing goes on for so many seconds once it is known, whatever the frozen value says.
const AFTER: i64 = 1800;

pub(super) async fn cell(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    // A device that measures the temperature alone is known to be frozen only where it is heated.
    let a_day_long = matches!(moment, Moment::Idle | Moment::Off | Moment::Beginning);
    let setup = Setup { stepped: true, humid: a_day_long, ..Setup::default() };
    let mut bench = Bench::idle(dir, seed, setup).await?;
    let figures = match moment {
        Moment::Idle => {
            a_day(&mut bench).await?;
            on(&bench, 0)?;
            "nothing was on".to_owned()
        }
        Moment::Off => {
            bench.heat().await?;
            bench.pass(60, false).await?;
            warm(&bench);
            let off = bench.off(5_000).await?;
            a_day(&mut bench).await?;
            on(&bench, 1)?;
            format!("off {off} ms after it was warm, and for good")
        }
        Moment::Beginning => {
            bench.heat().await?;
            bench.pass(HEATED + 60, false).await?;
            a_day(&mut bench).await?;
            let times = bench.scene.look().plug.times_on();
            bench.kill();
            bench.start();
            bench.live("bedroom").await?;
            bench.pass(AFTER, false).await?;
            on(&bench, times)?;
            "still known after a kill: no on in half an hour of a cold value".to_owned()
        }
        _ => heated(&mut bench, moment).await?,
    };
    shown(&mut bench, a_day_long).await?;
    let longest = bench.within_limits()?;
    healed(&mut bench).await?;
    Ok(format!("{figures}; shown, and healed; on without a renewal for at most {longest} ms"))
}

/// A day of one value.
async fn a_day(bench: &mut Bench) -> Result<(), String> {
    bench.stride = STRIDE;
    bench.pass(A_DAY + 120, false).await?;
    bench.stride = 5;
    Ok(())
}

/// Heated; the link breaks, or drinks are logged, in the minute in which it becomes known.
async fn heated(bench: &mut Bench, moment: Moment) -> Outcome {
    bench.heat().await?;
    let begun = bench.at;
    bench.pass(HEATED - 60, false).await?;
    match moment {
        Moment::Reconnecting => {
            bench.proxy.shut(true);
            bench.pass(30, true).await?;
            bench.proxy.heal();
            bench.live("bedroom").await?;
        }
        Moment::Commit => drinks(bench).await,
        _ => {}
    }
    while bench.scene.look().plug.on {
        if bench.at > begun + HEATED + 60 {
            return Err(format!("still heated {} s later", bench.at - begun));
        }
        bench.pass(5, false).await?;
    }
    let after = bench.at - begun;
    bench.live("study").await?;
    let what = match moment {
        Moment::Reconnecting => " over a link that broke".to_owned(),
        Moment::Commit => format!(", {} drinks answered, 0 lost", drinks_kept(bench)?),
        _ => String::new(),
    };
    bench.pass(AFTER, false).await?;
    on(bench, 1)?;
    Ok(format!("the plug off after {after} s of one value{what}"))
}

/// The heater went on so often, and is off.
fn on(bench: &Bench, times: usize) -> Result<(), String> {
    let it = bench.scene.look();
    if it.plug.on || it.plug.times_on() != times {
        return Err(format!("on {} times, and on now: {}", it.plug.times_on(), it.plug.on));
    }
    Ok(())
}

/// `valve`: the room with the valve has lost its thermometer too, and keeps what the household
/// set.
async fn shown(bench: &mut Bench, valve: bool) -> Result<(), String> {
    bench.live("bedroom").await?;
    bench.live("attic").await?;
    let it = bench.scene.look();
    for room in ["bedroom", "attic"].into_iter().take(if valve { 2 } else { 1 }) {
        if !unknown(&it, room) || !says(&it, room, "frozen") {
            return Err(format!("{room}: it is not shown: {:?}", it.faults(room)));
        }
    }
    let set_point = it.valve.set_point;
    if valve && (set_point - BASELINE).abs() > 0.01 {
        return Err(format!("the valve stands at {set_point} °C"));
    }
    Ok(())
}

async fn healed(bench: &mut Bench) -> Result<(), String> {
    bench.scene.feel("home/room", "17.8");
    bench.scene.feel("home/attic", "17.9");
    bench.pass(60, false).await?;
    bench.live("bedroom").await?;
    bench.live("attic").await?;
    let it = bench.scene.look();
    let still = ["bedroom", "attic"].into_iter().find(|room| says(&it, room, "frozen"));
    still.map_or(Ok(()), |room| Err(format!("{room}: still a fault once it has healed")))
}

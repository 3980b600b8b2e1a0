//! Fifteen faults at six moments.

use std::path::Path;

use crate::bench::{BASELINE, Bench, COLD, Outcome, WARM};
use crate::devices::Ms;
use crate::trials::{Scale, Trial};
use crate::{faults, rows};

/// When a fault comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// An idle evening.
    Idle,
    /// It heats, and half of the lease is nearly used.
    Heating,
    /// An off was decided this instant.
    Off,
    /// The connection is being made anew.
    Reconnecting,
    /// Something is being recorded.
    Commit,
    /// The first seconds after a start.
    Beginning,
}

use Moment::{Beginning, Commit, Heating, Idle, Off, Reconnecting};

/// In the order of the matrix.
const MOMENTS: [(Moment, char); 6] =
    [(Idle, 'i'), (Heating, 'h'), (Off, 's'), (Reconnecting, 'r'), (Commit, 'w'), (Beginning, 'b')];

/// How a fault is played.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Play {
    /// It comes, goes, and leaves everything as it was.
    Passing(faults::Fault),
    /// In a way of its own.
    Own(rows::Row),
}

/// A fault, and what is expected in each moment: O is off within the limit, N nothing but the
/// log, X must be shown, `–` nothing of interest.
struct Line {
    number: u8,
    fault: &'static str,
    expected: [&'static str; 6],
    play: Play,
}

const fn line(number: u8, fault: &'static str, expected: [&'static str; 6], play: Play) -> Line {
    Line { number, fault, expected, play }
}

#[rustfmt::skip]
fn lines() -> Vec<Line> {
    use faults::Fault;
    use Play::{Own, Passing};
    use rows::Row;
    vec![
        line(1, "kill -9, started again", ["N", "O, resumes <= 10 s", "off repeated <= 10 s", "N", "acked => present", "no double"], Passing(Fault::Kill)),
        line(2, "killed for good", ["–", "O by device timer", "O by device timer", "O", "acked => present", "–"], Own(Row::Dead)),
        line(3, "SIGSTOP, watchdog", ["restart", "restart, O", "off <= 40 s", "restart", "sound", "restart"], Passing(Fault::Stop)),
        line(4, "broker kill -9, nothing kept", ["republish", "renewed <= 5 s after return", "off first", "N", "N", "waits"], Passing(Fault::Broker)),
        line(5, "half-open, both directions", ["known <= 20 s", "O if longer than lease", "off <= 5 s after return", "N", "N", "X broker"], Passing(Fault::HalfOpen)),
        line(6, "half-open, inbound only", ["unknown in time", "no renewal, O", "off repeated", "X", "N", "X"], Passing(Fault::Deaf)),
        line(7, "second client, same id", ["X <= 60 s", "O or held, no chatter", "off after a win", "back-off", "N", "X"], Passing(Fault::SameId)),
        line(8, "flood, and many retained", ["RSS < 64 MB", "renewal on time", "off <= 1 s", "steady <= 5 s", "dropped, counted", "<= 5 s"], Passing(Fault::Flood)),
        line(9, "sensor silent", ["X, unknown", "off in time", "off stays", "unknown", "N", "no on"], Own(Row::Silent)),
        line(9, "sensor frozen", ["X, unknown", "off in time", "off stays", "unknown", "N", "no on"], Own(Row::Frozen)),
        line(9, "sensor jumps", ["nothing", "on stays", "off stays", "unknown", "N", "no on"], Own(Row::Jump)),
        line(9, "sensor says 85", ["X, unknown", "off at the third", "off stays", "unknown", "N", "no on"], Own(Row::EightyFive)),
        line(9, "sensor in degrees F", ["X, unknown", "off at the third", "off stays", "unknown", "N", "no on"], Own(Row::Fahrenheit)),
        line(10, "device without echo", ["X", "off, X", "off repeated", "off on return", "N", "off <= 5 s"], Own(Row::Mute)),
        line(10, "device rebooted on", ["off <= 5 s", "off, X", "off repeated", "off on return", "N", "off <= 5 s"], Own(Row::Rebooted)),
        line(10, "device welded", ["X", "off, X", "off repeated, alarm", "off on return", "N", "off <= 5 s"], Own(Row::Welded)),
        line(10, "device without timer", ["X", "not beside a sleeper", "off repeated", "off on return", "N", "off <= 5 s"], Own(Row::NoTimer)),
        line(11, "a person at the switch", ["yields, X until", "yields", "off stays", "recognised on return", "stored", "not from retained"], Own(Row::Person)),
        line(12, "disk full", ["X", "heat unaffected", "off at once", "N", "diary kept", "starts, X"], Own(Row::Full)),
        line(12, "disk read-only", ["X", "heat unaffected", "off at once", "N", "diary kept", "starts, X"], Own(Row::ReadOnly)),
        line(12, "fdatasync takes 10 s", ["N", "heat unaffected", "off at once", "N", "answered late", "starts"], Own(Row::Slow)),
        line(12, "EIO at the n-th call", ["X", "heat unaffected", "off at once", "N", "diary kept", "starts, X"], Own(Row::Eio)),
        line(13, "power cut, another boot", ["sound", "O by timer, then off", "O by timer", "–", "0 acked lost", "starts"], Own(Row::PowerCut)),
        line(14, "the wall clock steps", ["reminders once", "run time true", "off on time", "N", "ordered by sequence", "quiet hours assumed"], Own(Row::Clock)),
        line(14, "summer time begins", ["reminders once", "run time true", "off on time", "N", "in order", "as before"], Own(Row::Spring)),
        line(14, "summer time ends", ["reminders once", "run time true", "off on time", "N", "in order", "as before"], Own(Row::Autumn)),
        line(14, "the zone is edited", ["reminders once", "run time true", "off on time", "N", "in order", "as before"], Own(Row::Zone)),
        line(15, "bad configuration", ["old plan, X", "heat continues or off", "off out", "N", "set aside", "last good plan, X"], Own(Row::Configuration)),
        line(15, "upgrade and downgrade", ["nothing lost", "off, then heat", "off out", "N", "set aside, whole", "governed, X"], Own(Row::Version)),
    ]
}

/// Every cell.
pub(crate) fn trials(scale: Scale) -> Vec<Trial> {
    let mut trials = Vec::new();
    for line in lines() {
        for ((moment, letter), expected) in MOMENTS.into_iter().zip(line.expected) {
            if expected == "–" {
                continue;
            }
            let name = format!("{}{letter} {}: {expected}", line.number, line.fault);
            let play = line.play;
            let trial = Trial::new(&name, move |dir, seed| {
                Box::pin(async move {
                    match play {
                        Play::Passing(fault) => {
                            faults::cell(&dir, seed, moment, fault, scale).await
                        }
                        Play::Own(row) => rows::cell(&dir, seed, moment, row, scale).await,
                    }
                })
            });
            let why_not = match play {
                Play::Passing(_) => None,
                Play::Own(row) => row.why_not(moment),
            };
            trials.push(Trial { why_not, takes: takes(play, moment), ..trial });
        }
    }
    trials
}

/// Roughly, in seconds: what takes long begins first.
fn takes(play: Play, moment: Moment) -> u32 {
    let own = match play {
        Play::Passing(fault) => fault.takes(),
        Play::Own(row) => row.takes(moment),
    };
    own + if moment == Heating { 60 } else { 3 }
}

/// What was answered before the fault must be there after it.
pub(crate) async fn drinks(bench: &mut Bench) {
    for _ in 0..12 {
        let ml = bench.rng.i64(100..900);
        let wish = format!("{{\"sleeper\":\"ben\",\"ml\":{ml}}}");
        bench.scene.ask("uncramp/study/drink/set", &wish);
        let pause = bench.rng.i64(0..10);
        bench.wait(pause).await;
    }
    let pause = bench.rng.i64(0..30);
    bench.wait(pause).await;
}

/// How many drinks were answered, all of which are recorded.
pub(crate) fn drinks_kept(bench: &Bench) -> Result<usize, String> {
    let recorded = bench.recorded("drink", "ml")?;
    let it = bench.scene.look();
    let answered: Vec<i64> = it
        .since(0, "uncramp/study/event")
        .filter_map(|heard| heard.json()["ml"].as_i64())
        .collect();
    // An answer may come twice, if nobody knows whether it came.
    match answered.iter().find(|ml| !recorded.contains(ml)) {
        Some(ml) => Err(format!("a drink of {ml} mL was answered, and is not recorded")),
        None => Ok(answered.len()),
    }
}

/// Half of the lease, less than it takes to begin, in milliseconds.
const NEARLY_HALF: Ms = 56_000;

/// Brings a bench into a moment.
pub(crate) async fn bring(bench: &mut Bench, moment: Moment) -> Result<(), String> {
    match moment {
        Idle => {}
        Heating => {
            bench.heat().await?;
            bench.wait(NEARLY_HALF).await;
        }
        Off => {
            bench.heat().await?;
            bench.wait(500).await;
            warm(bench);
            let moment = bench.rng.i64(0..12);
            bench.wait(moment).await;
        }
        Reconnecting => {
            bench.heat().await?;
            let knocks = bench.proxy.knocks();
            bench.proxy.shut(true);
            while bench.proxy.knocks() == knocks {
                bench.wait(5).await;
            }
        }
        Commit => drinks(bench).await,
        Beginning => {
            bench.heat().await?;
            bench.kill();
            bench.start();
            let moment = bench.rng.i64(0..2500);
            bench.wait(moment).await;
        }
    }
    Ok(())
}

pub(crate) fn warm(bench: &Bench) {
    for topic in ["home/room", "home/attic"] {
        bench.scene.feel(topic, WARM);
    }
}

/// Everything is as it was, or as it is to be by now.
pub(crate) async fn recover(bench: &mut Bench, moment: Moment) -> Outcome {
    bench.proxy.heal();
    let back = bench.live("bedroom").await?;
    let mut figures = format!("it answers after {back} ms");
    match moment {
        Idle => {
            let times = bench.scene.look().plug.times_on();
            if times > 0 {
                return Err(format!("the heater went on {times} times"));
            }
        }
        Heating | Reconnecting | Beginning => {
            bench.scene.feel("home/room", COLD);
            let took = bench.until("it heats again", |it| it.plug.on).await?;
            let (times, own) = {
                let it = bench.scene.look();
                (it.plug.times_on(), it.plug.ended_by_itself())
            };
            if times > 1 + own {
                return Err(format!("it went on {times} times, of which its timer explains {own}"));
            }
            warm(bench);
            let off = bench.off(5_000).await?;
            figures += &format!(", heats {took} ms later, and goes off within {off} ms");
        }
        Off => {
            // A reading that was lost on its way is said again.
            warm(bench);
            let off = bench.off(5_000).await?;
            figures += &format!(", off {off} ms later");
        }
        Commit => {
            figures += &format!(", {} drinks answered, 0 lost", drinks_kept(bench)?);
        }
    }
    if moment != Idle && moment != Commit {
        bench
            .until("the valve is back at the household's set-point", |it| {
                (it.valve.set_point - BASELINE).abs() < 0.01
            })
            .await?;
    }
    let longest = bench.within_limits()?;
    Ok(format!("{figures}; on without a renewal for at most {longest} ms"))
}

/// One bench for a cell.
pub(crate) async fn bench(dir: &Path, seed: u64) -> Result<Bench, String> {
    Bench::idle(dir, seed, crate::bench::Setup::default()).await
}

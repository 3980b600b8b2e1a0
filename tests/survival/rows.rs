//! Faults that leave their own traces: sensors, devices, people, disks, clocks, files.

mod civil;
mod clocks;
mod devices;
mod disks;
mod frozen;
mod sensors;
mod versions;

use std::path::Path;

use crate::bench::{Bench, LEASE, Outcome, SLACK, Setup};
use crate::card::Card;
use crate::devices::Dialect;
use crate::matrix::{Moment, bench, bring, drinks_kept, recover};
use crate::power;
use crate::trials::Scale;

/// A fault with a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    Dead,
    Silent,
    Frozen,
    Jump,
    EightyFive,
    Fahrenheit,
    Mute,
    Rebooted,
    Welded,
    NoTimer,
    Person,
    Full,
    ReadOnly,
    Slow,
    Eio,
    PowerCut,
    Clock,
    Spring,
    Autumn,
    Zone,
    Configuration,
    Version,
}

impl Row {
    /// Why it cannot be tried here, if so.
    pub(crate) fn why_not(self, moment: Moment) -> Option<String> {
        let missing = match self {
            Self::Full | Self::ReadOnly if !disks::mounts() => "mounting needs root",
            Self::Slow | Self::Eio if !disks::strace() => "strace is not installed",
            Self::Clock | Self::Spring | Self::Autumn | Self::Zone
                if clocks::library().is_none() =>
            {
                "libfaketime is not installed"
            }
            Self::PowerCut if at_the_card(moment) => return Card::why_not(),
            _ => return None,
        };
        Some(missing.to_owned())
    }

    pub(crate) const fn takes(self, moment: Moment) -> u32 {
        match (self, moment) {
            (Self::Dead | Self::PowerCut, _)
            | (Self::Clock, Moment::Idle | Moment::Beginning)
            | (Self::Spring | Self::Autumn | Self::Zone, Moment::Idle) => 150,
            (Self::Silent | Self::Frozen | Self::Welded, _) => 60,
            _ => 15,
        }
    }
}

/// One cell.
pub(crate) async fn cell(dir: &Path, seed: u64, moment: Moment, row: Row, scale: Scale) -> Outcome {
    match row {
        Row::Dead => dead(dir, seed, moment).await,
        Row::Silent => sensors::silent(dir, seed, moment).await,
        Row::Frozen => frozen::cell(dir, seed, moment).await,
        Row::Jump | Row::EightyFive | Row::Fahrenheit => {
            sensors::wrong(dir, seed, moment, row).await
        }
        Row::Mute | Row::Rebooted | Row::NoTimer | Row::Person => {
            devices::cell(dir, seed, moment, row).await
        }
        Row::Welded => devices::welded(dir, seed, moment).await,
        Row::Full | Row::ReadOnly | Row::Slow | Row::Eio => {
            disks::cell(dir, seed, moment, row).await
        }
        Row::PowerCut if at_the_card(moment) => power::cuts(dir, seed, moment, scale.cuts).await,
        Row::PowerCut => clocks::power_cut(dir, seed, moment).await,
        Row::Clock => clocks::stepped(dir, seed, moment).await,
        Row::Spring | Row::Autumn | Row::Zone => civil::cell(dir, seed, moment, row).await,
        Row::Configuration => clocks::configuration(dir, seed, moment).await,
        Row::Version => versions::cell(dir, seed, moment).await,
    }
}

/// What the card is left with is looked at; at the other moments, what the devices do.
const fn at_the_card(moment: Moment) -> bool {
    matches!(moment, Moment::Idle | Moment::Commit)
}

/// Killed for good: the devices' own timers are all that is left, in each dialect that has one.
async fn dead(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    if moment == Moment::Commit {
        let mut bench = bench(dir, seed).await?;
        bring(&mut bench, moment).await?;
        bench.kill();
        return Ok(format!("{} drinks answered, 0 lost", drinks_kept(&bench)?));
    }
    let all = [Dialect::Zigbee2mqtt, Dialect::Tasmota, Dialect::Shelly];
    let one = |dialect: Dialect| async move {
        let dir = dir.join(format!("{dialect:?}"));
        std::fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
        let mut bench = Bench::idle(&dir, seed, Setup { dialect, ..Setup::default() }).await?;
        bring(&mut bench, moment).await?;
        bench.kill();
        let killed = bench.scene.now();
        let off = bench.off(LEASE + SLACK).await?;
        let longest = bench.within_limits()?;
        let by_timer = bench.scene.look().plug.ended_by_itself();
        let how = if by_timer > 0 { "by its timer" } else { "told in time" };
        debug_assert!(killed + off >= 0);
        Ok::<_, String>(format!(
            "{dialect:?} off {off} ms after the kill, {how}, {longest} ms at most"
        ))
    };
    let (a, b, c) = tokio::join!(one(all[0]), one(all[1]), one(all[2]));
    Ok([a?, b?, c?].join("; "))
}

/// It goes on as if nothing had been.
async fn goes_on(bench: &mut Bench, moment: Moment, figures: String) -> Outcome {
    let held = recover(bench, moment).await?;
    Ok(if figures.is_empty() { held } else { format!("{figures}; {held}") })
}

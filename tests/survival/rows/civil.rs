//! Summer time begins or ends, or somebody edits the zone: hours of the day jump, and nothing
//! else may.

use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;

use super::Row;
use super::clocks::{nobody_asleep, set, settable};
use crate::bench::{Bench, LEASE, MILD, Outcome, Setup, unix_now};
use crate::devices::Ms;
use crate::matrix::{Moment, bring, drinks, drinks_kept, recover};
use crate::scene::Inner;

/// 2026-03-29T01:00Z: in Berlin at 02:00 it is 03:00.
const SPRING: i64 = 1_774_746_000;

/// 2026-10-25T01:00Z: in Berlin at 03:00 it is 02:00 again.
const AUTUMN: i64 = 1_792_890_000;

/// So long before the change a bench is begun, in seconds.
const BEFORE: i64 = 1_800;

/// And so long before it what is tried begins, in milliseconds.
const NEAR: Ms = 3_000;

/// An off that is due in the middle of the change may be late by this on a busy machine.
const LATE: Ms = 2_000;

/// Two prompts to drink are so far apart, in seconds.
const PROMPTS_APART: i64 = 75 * 60;

pub(super) async fn cell(dir: &Path, seed: u64, moment: Moment, row: Row) -> Outcome {
    let mut change = Change::begin(dir, seed, row).await?;
    match moment {
        Moment::Idle => change.said_once(dir, seed, row).await,
        Moment::Heating => {
            change.near();
            change.bench.heat().await?;
            change.comes().await?;
            let half = |it: &Inner| {
                let first = it.plug.moved.first().map_or(0, |(at, _)| *at);
                it.plug.told.iter().any(|(at, on, _)| *on && (*at - first - LEASE / 2).abs() < LATE)
            };
            change.bench.until("renewed on time", half).await?;
            let held = recover(&mut change.bench, moment).await?;
            Ok(format!("renewed at half of the lease; {held}"))
        }
        Moment::Off => change.off_on_time().await,
        Moment::Reconnecting => {
            change.near();
            bring(&mut change.bench, moment).await?;
            change.comes().await?;
            recover(&mut change.bench, moment).await
        }
        Moment::Commit => {
            change.near();
            drinks(&mut change.bench).await;
            change.comes().await?;
            drinks(&mut change.bench).await;
            change.bench.live("study").await?;
            let kept = drinks_kept(&change.bench)?;
            let times = change.bench.recorded("drink", "at")?;
            if times.len() != 24 || times.windows(2).any(|pair| pair[1] < pair[0]) {
                return Err(format!("{} drinks, not in their order", times.len()));
            }
            Ok(format!("{kept} drinks answered, 0 lost, in their order"))
        }
        Moment::Beginning => {
            change.bench.heat().await?;
            change.bench.kill();
            change.near();
            change.meanwhile();
            change.bench.start();
            change.comes().await?;
            recover(&mut change.bench, moment).await
        }
    }
}

/// A bench on which the hours of the day are about to jump.
struct Change {
    bench: Bench,
    /// When they do by law, in Unix seconds; else somebody edits the zone.
    at: Option<i64>,
    /// When that is on this bench, in the scene's milliseconds.
    due: Ms,
    /// Somebody edited it already.
    edited: bool,
}

impl Change {
    async fn begin(dir: &Path, seed: u64, row: Row) -> Result<Self, String> {
        let (setup, at) = setup(row);
        let mut bench = Bench::new(dir, seed, setup).await;
        bench.until("the scene listens", |it| it.listening).await?;
        settable(&mut bench);
        let begins = setup.wall.map_or(0, |wall| wall - unix_now());
        set(&bench, &format!("{begins:+}"));
        bench.start();
        bench.settle().await?;
        // Moved by more than a minute, it counts as set.
        set(&bench, &format!("{:+}", begins + 120));
        bench.live("study").await?;
        let due = bench.scene.now();
        Ok(Self { bench, at, due, edited: false })
    }

    /// Moves the clock to a few seconds before the change.
    fn near(&mut self) {
        let Some(at) = self.at else { return };
        set(&self.bench, &format!("{:+}", at - NEAR / 1000 - unix_now()));
        self.due = self.bench.scene.now() + NEAR;
    }

    /// Edits the zone while nobody runs.
    fn meanwhile(&mut self) {
        if self.at.is_none() {
            self.edit();
        }
    }

    fn edit(&mut self) {
        let text = self.bench.configuration();
        self.bench.configure(&text.replace("timezone: UTC", "timezone: Europe/Berlin"));
        self.edited = true;
    }

    /// It comes, and is over.
    async fn comes(&mut self) -> Result<(), String> {
        if self.at.is_some() {
            let left = self.due + 1_000 - self.bench.scene.now();
            self.bench.wait(left.max(0)).await;
        } else if !self.edited {
            let before = self.bench.log().len();
            self.edit();
            self.bench.signal(Signal::HUP);
            self.bench.logged(before, "the new configuration is in force").await?;
        }
        Ok(())
    }

    /// What is due by time falls into the middle of it.
    async fn off_on_time(&mut self) -> Outcome {
        self.bench.scene.feel("home/room", MILD);
        self.bench.live("bedroom").await?;
        self.near();
        self.bench.live("bedroom").await?;
        let wish = "{\"actuator\":\"heater\",\"want\":\"on\",\"until\":\"5s\"}";
        self.bench.scene.ask("uncramp/bedroom/override/set", wish);
        self.bench.until("the heater is on", |it| it.plug.on).await?;
        let due = self.bench.scene.now() + 5_000;
        self.comes().await?;
        self.bench.off(10_000).await?;
        let late = self.bench.scene.now() - due;
        if late.abs() > LATE {
            return Err(format!("off {late} ms late"));
        }
        let longest = self.bench.within_limits()?;
        Ok(format!("off {late} ms after it was due; on without a renewal for at most {longest} ms"))
    }

    /// Words are said once; and of a whole night, on a clock that is moved by hand, nothing
    /// twice.
    async fn said_once(&mut self, dir: &Path, seed: u64, row: Row) -> Outcome {
        nobody_asleep(&self.bench).await?;
        self.near();
        let from = self.bench.scene.now();
        self.bench.scene.ask("uncramp/study/say/set", "Once and no more.");
        let said = |it: &Inner| {
            let all = it.since(from, "uncramp/study/announce");
            all.filter(|heard| heard.payload.contains("Once and no more")).count()
        };
        self.bench.until("words are said", |it| said(it) > 0).await?;
        self.comes().await?;
        self.bench.live("study").await?;
        let times = said(&self.bench.scene.look());
        if times != 1 {
            return Err(format!("said {times} times"));
        }
        let dir = dir.join("night");
        std::fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
        let night = night(&dir, seed, row).await?;
        Ok(format!("said once; {night}"))
    }
}

/// Where it is tried, and when the hours jump.
fn setup(row: Row) -> (Setup, Option<i64>) {
    let (ahead, at) = match row {
        Row::Spring => (1, SPRING),
        Row::Autumn => (2, AUTUMN),
        _ => return (Setup::default(), None),
    };
    let zone = ("Europe/Berlin", ahead);
    (Setup { zone, wall: Some(at - BEFORE), ..Setup::default() }, Some(at))
}

/// Twelve hours, the jump in their middle: the usual wake lies in the hour that is not, or is
/// twice, and somebody who drinks what they are offered is awake all the while.
async fn night(dir: &Path, seed: u64, row: Row) -> Outcome {
    let (setup, at) = setup(row);
    let begins = at.unwrap_or(SPRING) - 6 * 3600;
    let setup = Setup { stepped: true, wall: Some(begins), ..setup };
    let mut bench = Bench::new(dir, seed, setup).await;
    let wake = if at.is_some() { "02:30" } else { "00:35" };
    let text = edited(&bench.configuration(), "sleep: ", &format!("sleep: 17:30-{wake}"))
        .replace("ben: {}", "ben: { conditions: [], conditions_confirmed: 2026-03 }");
    bench.configure(&text);
    bench.until("the scene listens", |it| it.listening).await?;
    bench.start();
    bench.settle().await?;
    bench.stride = 60;
    let (mut asked, mut prompts) = (0, Vec::new());
    for five_minutes in 0..12 * 12 {
        if five_minutes == 5 * 12 + 6 {
            bench.scene.feel("home/mat", "OFF");
        }
        if five_minutes == 6 * 12 && at.is_none() {
            // The same wake comes once more.
            bench.kill();
            bench.configure(&text.replace("timezone: UTC", "timezone: America/New_York"));
            bench.start();
            bench.live("bedroom").await?;
        }
        bench.pass(300, false).await?;
        let said: Vec<Value> = {
            let mut it = bench.scene.look();
            let said = it.heard.iter().filter(|heard| heard.topic.ends_with("/announce"));
            let said =
                said.filter(|heard| !heard.retained).map(crate::scene::Heard::json).collect();
            it.heard.clear();
            said
        };
        for words in said {
            let text = words["text"].as_str().unwrap_or_default();
            asked += usize::from(text.contains("cramp last night"));
            if text.contains("glass of water") {
                prompts.push(bench.at);
                bench.scene.ask("uncramp/study/drink/set", "{\"sleeper\":\"ben\",\"ml\":250}");
            }
        }
    }
    if asked != 1 {
        return Err(format!("asked {asked} times about one night"));
    }
    let near = prompts.windows(2).any(|pair| pair[1] - pair[0] < PROMPTS_APART - 300);
    if near || prompts.len() < 3 {
        return Err(format!("prompts to drink at {prompts:?} s"));
    }
    bench.within_limits()?;
    Ok(format!(
        "of one night asked once, {} prompts to drink, none nearer than 75 min",
        prompts.len()
    ))
}

/// The first line that begins with `key`, as `line`.
fn edited(text: &str, key: &str, line: &str) -> String {
    let begins = text.find(key).unwrap_or(0);
    let ends = text[begins..].find('\n').map_or(text.len(), |end| begins + end);
    format!("{}{line}{}", &text[..begins], &text[ends..])
}

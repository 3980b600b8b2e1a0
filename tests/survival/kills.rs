//! `kill -9` at random moments of a running night.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use crate::bench::{Bench, COLD, Outcome, PATIENCE, Setup, WARM};
use crate::devices::Ms;
use crate::scene::{Inner, Scene};

/// How soon a heater that is to be off is off after a start, in milliseconds.
const OFF_WITHIN: Ms = 10_000;

/// A change is on the disk by then, in milliseconds.
const RECORDED_WITHIN: Ms = 150;

/// What people asked and were answered, and what therefore must hold.
#[derive(Default)]
struct Ledger {
    /// The amounts of the drinks asked for, and of those answered.
    drinks: (Vec<i64>, Vec<i64>),
    /// How many cramps were asked to be noted, and how many were answered.
    cramps: (usize, usize),
    /// What was asked of the heater, in order; and up to which that was answered.
    overrides: (Vec<String>, usize),
    /// What "too cold" was set to, likewise.
    settings: (Vec<f64>, usize),
    /// Which mode the attic was given, likewise.
    modes: (Vec<&'static str>, usize),
    words: Vec<String>,
    /// The bed is too hot since then.
    danger: Option<Ms>,
    /// When the present life began: what is still a danger is told of once in each.
    born: Ms,
    dangers: usize,
    /// The heater is to be on, and how often that came to be.
    cold: bool,
    wanted: bool,
    times_wanted: usize,
    /// When that last changed.
    changed: Ms,
    /// How often it ended before that could be recorded: offs are sent first (S3), and a life
    /// that ends before it is written goes on with an "on".
    unrecorded: usize,
    /// Such an off may look like a hand's to whoever finds the plug off and knows it on: what was
    /// asked before is to be asked again.
    cut_short: bool,
    /// Until when answers were read.
    read: usize,
    slowest_off: Ms,
    offs: usize,
}

impl Ledger {
    /// What the heater is to do now.
    fn want(&mut self) -> bool {
        let wish = self.overrides.0.last().map_or("auto", String::as_str);
        let want = wish == "auto" && self.cold;
        self.times_wanted += usize::from(want && !self.wanted);
        self.wanted = want;
        want
    }

    /// Asks something of the heater.
    fn ask(&mut self, want: &str, scene: &Scene) {
        self.overrides.0.push(want.to_owned());
        let wish = format!("{{\"actuator\":\"heater\",\"want\":\"{want}\"}}");
        scene.ask("uncramp/bedroom/override/set", &wish);
    }

    /// Whether the heater is held off as by a hand, though an off of ours may have been it.
    fn taken_for_a_hand(&self, it: &Inner) -> bool {
        let by_hand = it.view("bedroom", "/actuators/0/wish/want") == "off"
            && self.overrides.0.last().is_none_or(|wish| wish == "auto");
        self.cut_short && by_hand
    }

    /// Takes in what was answered.
    fn read(&mut self, it: &Inner) {
        for heard in &it.heard[self.read..] {
            if heard.topic.ends_with("/event") && !heard.retained {
                let event = heard.json();
                match event["event_type"].as_str() {
                    Some("drink") => self.drinks.1.push(event["ml"].as_i64().unwrap_or(0)),
                    Some("cramp") => self.cramps.1 += 1,
                    Some("override") if event["by"] == "message" => {
                        let want = event["want"].as_str().unwrap_or_default();
                        let asked = &self.overrides.0[self.overrides.1..];
                        if let Some(place) = asked.iter().position(|it| it == want) {
                            self.overrides.1 += place + 1;
                        }
                    }
                    _ => {}
                }
            }
        }
        self.read = it.heard.len();
        let shown = it.view("study", "/settings/too_cold").as_f64();
        settle(&mut self.settings, |value| shown.is_some_and(|it| (it - value).abs() < 0.01));
        let mode = it.view("attic", "/mode");
        settle(&mut self.modes, |value| mode == *value);
    }
}

/// What is shown was answered, the latest of what it can be.
fn settle<T>((asked, answered): &mut (Vec<T>, usize), shown: impl Fn(&T) -> bool) {
    if let Some(place) = asked[*answered..].iter().rposition(shown) {
        *answered += place + 1;
    }
}

/// Plays so many lives.
pub(crate) async fn night(dir: &Path, seed: u64, rounds: usize) -> Outcome {
    let mut bench = Bench::idle(dir, seed, Setup::default()).await?;
    // It was right earlier in this boot, or nobody may be spoken to.
    bench.kill();
    bench.restand(|stand| stand["synchronised"] = json!(true))?;
    bench.start();
    bench.settle().await?;
    spoken_to(&mut bench).await?;
    let mut ledger = Ledger::default();
    let mut unlinked = 0;
    for round in 0..rounds {
        life(&mut bench, &mut ledger, round).await.map_err(|e| format!("round {round}: {e}"))?;
        bench.kill();
        let since = bench.scene.now() - ledger.changed;
        if bench.rng.f64() < 0.2 {
            // What changes while nobody runs.
            change(&mut bench, &mut ledger);
        }
        let dead = bench.rng.i64(0..200);
        bench.wait(dead).await;
        let cut_short = known_on(bench.store())? && !bench.scene.look().plug.on;
        ledger.cut_short |= cut_short;
        ledger.unrecorded += usize::from(cut_short || since < RECORDED_WITHIN);
        let begun = bench.scene.now();
        bench.start();
        ledger.born = begun;
        if bench.rng.f64() < 0.25 && round + 1 < rounds {
            unlinked += 1;
            let short = bench.rng.i64(0..400);
            bench.wait(short).await;
            continue;
        }
        again(&mut bench, &mut ledger, begun).await.map_err(|e| format!("round {round}: {e}"))?;
    }
    check(&mut bench, &mut ledger).await?;
    let it = bench.scene.look();
    let spoken = ledger.words.iter().filter(|words| times_said(&it, words) == 1).count();
    Ok(format!(
        "{rounds} × kill -9 ({unlinked} before the broker was reached): {} of {} drinks, {} of {} \
         cramps, {} of {} overrides, {} of {} settings, {} of {} modes answered, 0 of them lost; \
         {spoken} of {} reminders spoken, 0 twice; {} dangers, 0 alarms lost; the heater went on {} \
         times of {} wanted ({} times again after an off that the kill kept from the disk), {} offs after a start, the slowest after {} ms; on without a renewal \
         for at most {} ms",
        ledger.drinks.1.len(),
        ledger.drinks.0.len(),
        ledger.cramps.1,
        ledger.cramps.0,
        ledger.overrides.1,
        ledger.overrides.0.len(),
        ledger.settings.1,
        ledger.settings.0.len(),
        ledger.modes.1,
        ledger.modes.0.len(),
        ledger.words.len(),
        ledger.dangers,
        it.plug.times_on(),
        ledger.times_wanted,
        it.plug.times_on().saturating_sub(ledger.times_wanted),
        ledger.offs,
        ledger.slowest_off,
        it.plug.longest_unrenewed(it.now()),
    ))
}

/// Waits until the study's bed has been empty for so long that nobody sleeps there.
async fn spoken_to(bench: &mut Bench) -> Result<(), String> {
    let begun = std::time::Instant::now();
    loop {
        bench.scene.ask("uncramp/study/say/set", "anybody up?");
        let said = |it: &Inner| times_said(it, "anybody up?") > 0;
        if bench.within(Duration::from_secs(3), "it is said", said).await.is_ok() {
            return Ok(());
        }
        if begun.elapsed() > 4 * PATIENCE {
            return Err("nothing is said in a room where nobody sleeps".to_owned());
        }
    }
}

/// A few things happen, and in the middle of them it ends.
async fn life(bench: &mut Bench, ledger: &mut Ledger, round: usize) -> Result<(), String> {
    for _ in 0..bench.rng.usize(0..6) {
        let pause = bench.rng.i64(0..250);
        bench.wait(pause).await;
        happen(bench, ledger, round);
    }
    let pause = bench.rng.i64(0..60);
    bench.wait(pause).await;
    if let Some(since) = ledger.danger
        && bench.rng.f64() < 0.3
    {
        // Only once it was heard may it be over.
        let since = since.min(ledger.born);
        bench.until("an alarm", |it| alarms(it, since) > 0).await?;
        ledger.danger = None;
        bench.scene.feel("home/study_bed", "24.0");
        bench.until("the bed is cool", |it| it.faults("study").is_empty()).await?;
    }
    Ok(())
}

fn happen(bench: &mut Bench, ledger: &mut Ledger, round: usize) {
    match bench.rng.u8(0..10) {
        0 | 1 => {
            let ml = bench.rng.i64(100..900);
            ledger.drinks.0.push(ml);
            let wish = format!("{{\"sleeper\":\"ben\",\"ml\":{ml}}}");
            bench.scene.ask("uncramp/study/drink/set", &wish);
        }
        2 => {
            ledger.cramps.0 += 1;
            bench.scene.ask("uncramp/bedroom/cramp/set", "{}");
        }
        3 => {
            let value = f64::from(bench.rng.i32(160..200)) / 10.0;
            ledger.settings.0.push(value);
            let wish = format!("{{\"setting\":\"too_cold\",\"value\":{value:.1}}}");
            bench.scene.ask("uncramp/study/setting/set", &wish);
        }
        4 => {
            let mode = if bench.rng.bool() { "watch" } else { "auto" };
            ledger.modes.0.push(mode);
            bench.scene.ask("uncramp/attic/mode/set", mode);
        }
        5 => {
            let words = format!("round {round} number {}", ledger.words.len());
            bench.scene.ask("uncramp/study/say/set", &words);
            ledger.words.push(words);
        }
        6 if ledger.danger.is_none() => {
            ledger.danger = Some(bench.scene.now());
            ledger.dangers += 1;
            bench.scene.feel("home/study_bed", "37.2");
        }
        _ => change(bench, ledger),
    }
}

/// Something else is wanted of the heater.
fn change(bench: &mut Bench, ledger: &mut Ledger) {
    if bench.rng.bool() {
        // "on" would hold at an unknown temperature, too (S1), and go on where it is warm.
        let wish = ["off", "auto"][bench.rng.usize(0..2)];
        ledger.ask(wish, &bench.scene);
    } else {
        ledger.cold = !ledger.cold;
        let room = if ledger.cold { COLD } else { WARM };
        bench.scene.feel("home/room", room);
    }
    ledger.want();
    ledger.changed = bench.scene.now();
}

/// It has started again.
async fn again(bench: &mut Bench, ledger: &mut Ledger, begun: Ms) -> Result<(), String> {
    bench.linked(begun).await?;
    check(bench, ledger).await?;
    let was_on = bench.scene.look().plug.on;
    let room = if ledger.cold { COLD } else { WARM };
    let asked = std::time::Instant::now();
    let took = loop {
        // Wishes that came while nobody ran, or nobody could be reached, were lost, and nobody
        // was told otherwise: what was asked and not answered is asked again.
        ledger.read(&bench.scene.look());
        if ledger.taken_for_a_hand(&bench.scene.look()) {
            ledger.ask("auto", &bench.scene);
        } else if ledger.overrides.1 < ledger.overrides.0.len() {
            let wish = ledger.overrides.0.last().cloned().unwrap_or_default();
            ledger.ask(&wish, &bench.scene);
        }
        bench.scene.feel("home/room", room);
        let want = ledger.want();
        let patience = Duration::from_secs(8);
        let come = bench.within(patience, "the heater is as it is wanted", |it| it.plug.on == want);
        match come.await {
            Ok(took) => {
                ledger.cut_short &= !want;
                break took;
            }
            Err(why) if asked.elapsed() > PATIENCE => return Err(why),
            Err(_) => {}
        }
    };
    let want = ledger.wanted;
    if was_on && !want {
        let passed = bench.scene.now() - begun;
        if passed > OFF_WITHIN + took {
            return Err(format!("the heater went off {passed} ms after the start"));
        }
        ledger.offs += 1;
        ledger.slowest_off = ledger.slowest_off.max(passed);
    }
    Ok(())
}

/// Nothing that was answered is lost, nothing was said or switched twice.
async fn check(bench: &mut Bench, ledger: &mut Ledger) -> Result<(), String> {
    ledger.read(&bench.scene.look());
    bench.live("bedroom").await?;
    let drinks = counted(&bench.recorded("drink", "ml")?);
    for (ml, times) in counted(&ledger.drinks.1) {
        if drinks.get(&ml).copied().unwrap_or(0) < times {
            return Err(format!("a drink of {ml} mL was answered, and is not recorded"));
        }
    }
    let cramps = bench.recorded("cramp", "number")?.len();
    if cramps < ledger.cramps.1 || cramps > ledger.cramps.0 {
        return Err(format!("{cramps} cramps recorded, {:?} asked and answered", ledger.cramps));
    }
    let it = bench.scene.look();
    let wish = it.view("bedroom", "/actuators/0/wish/want");
    let wish = wish.as_str().unwrap_or("auto");
    if !ledger.cut_short || wish != "off" {
        holds("override", &ledger.overrides, |want| (wish == *want, wish.to_owned()))?;
    }
    holds("setting", &ledger.settings, |value| {
        let shown = it.view("study", "/settings/too_cold");
        (shown.as_f64().is_some_and(|it| (it - value).abs() < 0.01), shown.to_string())
    })?;
    holds("mode", &ledger.modes, |mode| {
        let shown = it.view("attic", "/mode");
        (shown == *mode, shown.to_string())
    })?;
    for words in &ledger.words {
        if times_said(&it, words) > 1 {
            return Err(format!("“{words}” was spoken twice"));
        }
    }
    let (times, wanted) = (it.plug.times_on(), ledger.times_wanted);
    if times > wanted + ledger.unrecorded {
        return Err(format!(
            "the heater went on {times} times, was wanted {wanted} times, and {} offs may not have \
             been recorded",
            ledger.unrecorded
        ));
    }
    drop(it);
    bench.within_limits()?;
    Ok(())
}

/// The last that was answered holds, or what was asked after it.
fn holds<T: std::fmt::Debug>(
    what: &str,
    (asked, answered): &(Vec<T>, usize),
    shown: impl Fn(&T) -> (bool, String),
) -> Result<(), String> {
    let Some(last) = answered.checked_sub(1) else { return Ok(()) };
    if asked[last..].iter().any(|it| shown(it).0) {
        return Ok(());
    }
    let (last, shown) = (&asked[last], shown(&asked[last]).1);
    Err(format!("the {what} {last:?} was answered, and {shown} holds"))
}

/// Whether the heater is on by what was written down.
fn known_on(store: PathBuf) -> Result<bool, String> {
    let said = |e: rusqlite::Error| e.to_string();
    let file = rusqlite::Connection::open(store.join("state.sqlite")).map_err(said)?;
    let query = "SELECT state FROM bedroom WHERE name = 'bedroom'";
    let text: String = file.query_row(query, [], |row| row.get(0)).map_err(said)?;
    let state: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let on_since = state.pointer("/actuators/0/state/switched/on_since");
    on_since.map(|it| !it.is_null()).ok_or_else(|| format!("no heater in {text}"))
}

/// How often each comes.
pub(crate) fn counted(all: &[i64]) -> BTreeMap<i64, usize> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(*one).or_default() += 1;
    }
    counts
}

fn times_said(it: &Inner, words: &str) -> usize {
    let said = |text: &str| text.strip_suffix(words).is_some();
    let announced = it.heard.iter().filter(|h| h.topic == "uncramp/study/announce" && !h.retained);
    announced.filter(|h| h.json()["text"].as_str().is_some_and(said)).count()
}

fn alarms(it: &Inner, since: Ms) -> usize {
    it.since(since, "uncramp/study/announce").filter(|h| h.json()["urgency"] == "alarm").count()
}

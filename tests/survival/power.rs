//! Power cuts at the card that the records are on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rustix::process::{Pid, Signal, kill_process};

use crate::bench::{BASELINE, Bench, Outcome};
use crate::card::Card;
use crate::devices::Ms;
use crate::kills::counted;
use crate::matrix::{Moment, bench, drinks, warm};
use crate::scene::{Heard, Inner};

/// The share of its flushes that a lying card does not do.
const LIES: f64 = 0.3;

/// So many power cuts at one moment.
pub(crate) async fn cuts(dir: &Path, seed: u64, moment: Moment, cuts: usize) -> Outcome {
    let card = Card::insert(dir, seed, 0.0)?;
    let mut bench = bench(dir, seed).await?;
    let mut heated = 0;
    for number in 0..cuts {
        let heats = moment == Moment::Commit && bench.rng.bool();
        heated += usize::from(heats);
        let one = cut(&mut bench, &card, moment, heats).await;
        one.map_err(|e| format!("cut {number}: {e}"))?;
    }
    let back = |it: &Inner| (it.valve.set_point - BASELINE).abs() < 0.01;
    bench.until("the valve is back at the household's set-point", back).await?;
    let times = bench.scene.look().plug.times_on();
    if times != heated {
        return Err(format!("the heater went on {times} times, and was wanted {heated} times"));
    }
    let longest = bench.within_limits()?;
    let (answered, figures) = (answered(&bench).len(), card.figures());
    Ok(format!(
        "{} power cuts, {heated} of them while it heated, {} flushes done, {} pieces not flushed \
         kept and {} lost: all records sound, {answered} drinks answered, 0 of them lost, nothing \
         switched on by what was stored, off first; on without a renewal for at most {longest} ms",
        figures.cuts, figures.flushes, figures.kept, figures.lost
    ))
}

/// One power cut, and what comes after it.
async fn cut(bench: &mut Bench, card: &Card, moment: Moment, heats: bool) -> Result<(), String> {
    if heats {
        bench.heat().await?;
    }
    lose_power(bench, card, moment).await?;
    card.mount()?;
    sound(bench)?;
    if moment == Moment::Idle && bench.rng.bool() {
        // It comes, and goes again.
        bench.start();
        lose_power(bench, card, moment).await?;
        card.mount()?;
        sound(bench)?;
    }
    let from = starts(bench).await?;
    bench.live("study").await?;
    let on = bench.scene.look().plug.told.iter().any(|(at, on, _)| *on && *at > from);
    if on {
        return Err("what was stored switched the heater on".to_owned());
    }
    if let Some(aside) = set_aside(bench).first() {
        return Err(format!("{} was set aside", aside.display()));
    }
    match lost(bench)? {
        0 => Ok(()),
        lost => Err(format!("{lost} drinks were answered, and are not recorded")),
    }
}

/// It starts in a warm room, in another boot as the kernel tells it, and the heater goes off; when
/// it began.
async fn starts(bench: &mut Bench) -> Result<Ms, String> {
    let id = bench.dir.join("boot_id");
    std::fs::write(&id, format!("{}\n", bench.rng.u64(..))).map_err(|e| e.to_string())?;
    let over = "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"";
    let by = ["unshare", "--mount", "sh", "-c", over, &id.display().to_string()];
    bench.begin.by = by.map(str::to_owned).into();
    warm(bench);
    let from = bench.scene.now();
    bench.start();
    bench.linked(from).await?;
    bench.off(5_000).await?;
    Ok(from)
}

/// The power goes in the middle of what is written, or where nothing is, and comes back.
async fn lose_power(bench: &mut Bench, card: &Card, moment: Moment) -> Result<(), String> {
    let pid = i32::try_from(bench.process().pid()).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or("no daemon")?;
    card.arm(bench.rng.usize(0..60), move || {
        let _ = kill_process(pid, Signal::KILL);
    });
    let end = if moment == Moment::Commit { 150 } else { 1_500 };
    let end = Duration::from_millis(bench.rng.u64(0..end));
    if moment == Moment::Commit {
        let _ = tokio::time::timeout(end, drinks(bench)).await;
    } else {
        tokio::time::sleep(end).await;
    }
    card.cut();
    bench.kill();
    card.power()
}

/// Whether both files can be read to the end, looked at in copies.
fn sound(bench: &Bench) -> Result<(), String> {
    let said = |e: rusqlite::Error| e.to_string();
    let copies = bench.dir.join("copies");
    let _ = std::fs::remove_dir_all(&copies);
    std::fs::create_dir_all(&copies).map_err(|e| e.to_string())?;
    for name in ["state.sqlite", "history.sqlite"] {
        let copy = copies.join(name);
        std::fs::copy(bench.store().join(name), &copy).map_err(|e| format!("{name}: {e}"))?;
        let log = format!("{name}-wal");
        let _ = std::fs::copy(bench.store().join(&log), copies.join(&log));
        let file = Connection::open(&copy).map_err(said)?;
        let check = file.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
        if check.as_deref() != Ok("ok") {
            return Err(format!("{name} is unsound: {check:?}"));
        }
    }
    Ok(())
}

/// The files that were set aside.
fn set_aside(bench: &Bench) -> Vec<PathBuf> {
    let names = std::fs::read_dir(bench.store()).into_iter().flatten().flatten();
    let aside = |path: &PathBuf| {
        let name = path.to_string_lossy();
        name.contains("damaged") && !name.ends_with("-wal") && !name.ends_with("-shm")
    };
    names.map(|entry| entry.path()).filter(aside).collect()
}

/// The amounts of all drinks that were answered.
fn answered(bench: &Bench) -> Vec<i64> {
    let it = bench.scene.look();
    let events = it.since(0, "uncramp/study/event").map(Heard::json);
    events.filter(|event| event["event_type"] == "drink").filter_map(|e| e["ml"].as_i64()).collect()
}

/// How many drinks were answered and are not recorded.
fn lost(bench: &Bench) -> Result<usize, String> {
    let recorded: BTreeMap<i64, usize> = counted(&bench.recorded("drink", "ml")?);
    let missing = |(ml, times): (i64, usize)| {
        times.saturating_sub(recorded.get(&ml).copied().unwrap_or_default())
    };
    Ok(counted(&answered(bench)).into_iter().map(missing).sum())
}

/// A card that says to have flushed and has not, and in the end has forgotten a file. What it
/// loses is lost; the room is looked after all the same, and what is out of order is shown.
pub(crate) async fn lying(dir: &Path, seed: u64, cuts: usize) -> Outcome {
    let card = Card::insert(dir, seed, LIES)?;
    let mut bench = bench(dir, seed).await?;
    let (mut aside, mut formatted) = (0, 0);
    for number in 0..cuts {
        lose_power(&mut bench, &card, Moment::Commit).await?;
        if card.repair().and_then(|()| card.mount()).is_err() {
            card.format().and_then(|()| card.mount())?;
            formatted += 1;
        }
        aside += controlled(&mut bench).await.map_err(|e| format!("cut {number}: {e}"))?;
    }
    let (answered, lost, figures) = (answered(&bench).len(), lost(&bench)?, card.figures());
    bench.kill();
    forget(&bench)?;
    if controlled(&mut bench).await? != 1 {
        return Err("a file that holds nothing any more was not set aside".to_owned());
    }
    let kept = set_aside(&bench).iter().any(|path| std::fs::read(path).is_ok_and(|it| it == JUNK));
    if !kept {
        return Err("the damaged file is gone".to_owned());
    }
    Ok(format!(
        "{cuts} power cuts of a card that did {} of {} flushes not: started each time, heat came \
         and went each time; {aside} files set aside and shown, {formatted} file systems made \
         anew; {lost} of {answered} answered drinks lost; a forgotten file set aside and shown",
        figures.lies, figures.flushes
    ))
}

/// What is in a file that a card has forgotten.
static JUNK: [u8; 40_960] = [b'x'; 40_960];

/// The file is there, and what was in it is not.
fn forget(bench: &Bench) -> Result<(), String> {
    let _ = std::fs::remove_file(bench.store().join("state.sqlite-wal"));
    std::fs::write(bench.store().join("state.sqlite"), JUNK).map_err(|e| e.to_string())
}

/// It starts, heats, and ends to heat; how many files were set aside, which is shown.
async fn controlled(bench: &mut Bench) -> Result<usize, String> {
    let before = set_aside(bench).len();
    starts(bench).await?;
    bench.furnish().await?;
    bench.heat().await?;
    warm(bench);
    bench.off(5_000).await?;
    let back = |it: &Inner| (it.valve.set_point - BASELINE).abs() < 0.01;
    bench.until("the valve is back at the household's set-point", back).await?;
    bench.within_limits()?;
    let aside = set_aside(bench).len() - before;
    if aside > 0 {
        let rooms = ["bedroom", "attic", "study"];
        let shown =
            |it: &Inner| rooms.iter().any(|room| it.faults(room).contains(&"set_aside".to_owned()));
        bench.until("it is shown that a file was set aside", shown).await?;
    }
    Ok(aside)
}

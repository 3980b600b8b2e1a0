//! Files of another version: an upgrade takes over what is in them, a downgrade sets them
//! aside whole, and looks after the room.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rustix::process::Signal;

use crate::bench::{BASELINE, Bench, MILD, Outcome};
use crate::matrix::{Moment, bench, drinks, drinks_kept, warm};
use crate::scene::Inner;

const STATE: &str = "state.sqlite";
const HISTORY: &str = "history.sqlite";

pub(super) async fn cell(dir: &Path, seed: u64, moment: Moment) -> Outcome {
    let mut bench = bench(dir, seed).await?;
    match moment {
        Moment::Idle => return upgrade(&mut bench).await,
        Moment::Commit => return there_and_back(&mut bench).await,
        _ => {}
    }
    bench.heat().await?;
    bench.wait(300).await;
    if moment == Moment::Reconnecting {
        bench.proxy.shut(true);
    }
    if moment == Moment::Off {
        warm(&bench);
    }
    let begun = bench.scene.now();
    stop(&mut bench).await?;
    newer(&bench)?;
    let from = bench.scene.now();
    bench.start();
    if moment == Moment::Reconnecting {
        bench.wait(500).await;
        bench.proxy.heal();
    }
    let linked = bench.linked(from).await?;
    bench.off(5_000).await?;
    let off = bench.scene.now() - begun;
    if moment != Moment::Reconnecting {
        // Nobody could hand it back, and a new file knows of no other set-point.
        bench.until("the valve is back", |it| it.valve.set_point <= BASELINE).await?;
    }
    shown(&bench).await?;
    bench.scene.feel("home/room", MILD);
    bench.scene.feel("home/attic", MILD);
    bench.scene.look().valve.set_point = BASELINE;
    bench.furnish().await?;
    let heats = bench.heat().await?;
    warm(&bench);
    bench.off(5_000).await?;
    let longest = bench.within_limits()?;
    Ok(format!(
        "off by {off} ms after the stop, linked {linked} ms after the start; shown; once the timer \
         was tried anew it heats after {heats} ms; on without a renewal for at most {longest} ms"
    ))
}

/// Stops it as a package does that is exchanged.
async fn stop(bench: &mut Bench) -> Result<(), String> {
    bench.signal(Signal::TERM);
    for _ in 0..600 {
        if bench.process().ended().is_some() {
            bench.kill();
            return Ok(());
        }
        bench.wait(50).await;
    }
    Err("it does not stop".to_owned())
}

/// What a version before this one wrote is taken over.
async fn upgrade(bench: &mut Bench) -> Outcome {
    drinks(bench).await;
    answered(bench, 12).await?;
    bench.scene.ask("uncramp/attic/mode/set", "watch");
    bench.until("it watches", |it| it.view("attic", "/mode") == "watch").await?;
    bench.live("attic").await?;
    bench.kill();
    let file = open(&bench.store().join(STATE))?;
    let older = "DROP TABLE no_cramp; PRAGMA user_version = 2";
    file.execute_batch(older).map_err(|e| e.to_string())?;
    drop(file);
    let from = bench.scene.now();
    bench.start();
    bench.linked(from).await?;
    bench.live("attic").await?;
    let kept = drinks_kept(bench)?;
    let it = bench.scene.look();
    let (mode, works) = (it.view("attic", "/mode"), it.view("bedroom", "/actuators/0/timer_works"));
    drop(it);
    if mode != "watch" || works != true || !aside(bench, STATE).is_empty() {
        return Err(format!("the mode is {mode}, the timer known to work: {works}"));
    }
    bench.recorded("no_cramp", "number")?;
    Ok(format!("{kept} drinks answered, 0 lost; the mode and what was tried taken over"))
}

/// N, N + 1, N, N + 1, N: each time what the newer one wrote is set aside, and stays.
async fn there_and_back(bench: &mut Bench) -> Outcome {
    let mut written = Vec::new();
    for round in 1..=2 {
        drinks(bench).await;
        answered(bench, round * 12).await?;
        bench.kill();
        newer(bench)?;
        written.push(std::fs::read(bench.store().join(STATE)).map_err(|e| e.to_string())?);
        bench.start();
        bench.settle().await?;
    }
    drinks(bench).await;
    answered(bench, 36).await?;
    let files = aside(bench, STATE);
    let mut kept = Vec::new();
    for file in &files {
        kept.push(std::fs::read(file).map_err(|e| e.to_string())?);
    }
    if kept != written {
        return Err(format!("{} files set aside, not as they were written", files.len()));
    }
    let histories = aside(bench, HISTORY).len();
    if histories != 2 {
        return Err(format!("{histories} histories set aside"));
    }
    let mut entries = i64::try_from(bench.recorded("drink", "ml")?.len()).unwrap_or(0);
    for file in &files {
        let count = "SELECT count(*) FROM drink";
        let count = open(file)?.query_row(count, [], |row| row.get::<_, i64>(0));
        entries += count.map_err(|e| e.to_string())?;
    }
    if entries != 36 {
        return Err(format!("{entries} of 36 drinks are in some file"));
    }
    Ok("36 drinks in three files, two of them set aside byte for byte, with their histories"
        .to_owned())
}

/// So many drinks were answered, all of which are recorded then.
async fn answered(bench: &Bench, many: usize) -> Result<(), String> {
    let answers = |it: &Inner| {
        let events = it.since(0, "uncramp/study/event");
        events.filter(|heard| heard.json()["event_type"] == "drink").count()
    };
    bench.until("they are answered", |it| answers(it) >= many).await?;
    Ok(())
}

/// As if a newer version had run until now.
fn newer(bench: &Bench) -> Result<(), String> {
    for name in [STATE, HISTORY] {
        let file = open(&bench.store().join(name))?;
        let newer = "CREATE TABLE of_tomorrow (number INTEGER); PRAGMA user_version = 99";
        file.execute_batch(newer).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn open(path: &Path) -> Result<Connection, String> {
    Connection::open(path).map_err(|e| e.to_string())
}

/// The files of that name that were set aside, the oldest first.
fn aside(bench: &Bench, name: &str) -> Vec<PathBuf> {
    let marked = format!("{name}.newer-");
    let files = std::fs::read_dir(bench.store()).into_iter().flatten().flatten();
    let named = files.filter(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        name.starts_with(&marked) && !name.ends_with("-wal") && !name.ends_with("-shm")
    });
    let mut named: Vec<PathBuf> = named.map(|file| file.path()).collect();
    named.sort_by_key(|path| (path.to_string_lossy().len(), path.clone()));
    named
}

async fn shown(bench: &Bench) -> Result<(), String> {
    let told = |it: &Inner| {
        let mut rooms = ["bedroom", "attic", "study"].into_iter();
        rooms.any(|room| it.faults(room).iter().any(|kind| kind == "set_aside"))
    };
    bench.until("the keeper is told", told).await?;
    Ok(())
}

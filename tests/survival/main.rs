//! What uncramp survives: the real process, a real mosquitto, a wire between them that can
//! be troubled, and devices that implement their timers.
//!
//! `cargo test --test survival` plays a few rounds of each; `-- --full` the numbers that the
//! promises in `docs/safety.md` were measured by. `--seed N` repeats a run, `--only WORD`
//! plays what has the word in its name, `--jobs N` so much at a time.

#![expect(clippy::disallowed_methods, reason = "it measures how long things really take")]

mod bench;
mod brokers;
mod card;
mod devices;
mod faults;
mod kills;
mod links;
mod matrix;
#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "../broker/mosquitto.rs"]
mod mosquitto;
mod power;
mod process;
mod proxy;
mod raw;
mod rows;
mod scene;
mod soak;
#[expect(dead_code, reason = "it is a program of its own, too")]
#[path = "../home-assistant/stepped.rs"]
mod stepped;
mod trials;

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use bench::Outcome;
use trials::{Scale, Trial};

/// What is asked for.
struct Arguments {
    full: bool,
    seed: u64,
    only: Option<String>,
    jobs: usize,
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).peekable();
    if words.next_if(|word| word == "--stepped").is_some() {
        return stepped::run(words);
    }
    let arguments = match read(words) {
        Ok(arguments) => arguments,
        Err(why) => {
            eprintln!("survival: {why}");
            return ExitCode::from(2);
        }
    };
    if play(&arguments) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments { full: false, seed: fastrand::u64(..), only: None, jobs: 16 };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|e| format!("{text}: {e}"));
        match word.as_str() {
            "--full" => arguments.full = true,
            "--seed" => arguments.seed = number(value()?)?,
            "--jobs" => {
                arguments.jobs = usize::try_from(number(value()?)?).map_err(|e| e.to_string())?;
            }
            "--only" => arguments.only = Some(value()?),
            _ => return Err(format!("{word} is unknown: --full, --seed N, --only WORD, --jobs N")),
        }
    }
    Ok(arguments)
}

/// Plays everything that is asked for, and returns how much failed.
fn play(arguments: &Arguments) -> usize {
    let seed = arguments.seed;
    println!("survival: seed {seed}{}", if arguments.full { ", full" } else { "" });
    let begun = Instant::now();
    let kept = std::env::temp_dir().join(format!("uncramp-survival-{}", std::process::id()));
    let scale = if arguments.full { Scale::FULL } else { Scale::FEW };
    let wanted = |trial: &Trial| {
        arguments.only.as_ref().is_none_or(|only| trial.name.contains(only.as_str()))
    };
    let (playable, told): (Vec<_>, Vec<_>) =
        trials::all(scale).into_iter().filter(wanted).partition(|trial| trial.why_not.is_none());
    for trial in &told {
        println!("not run  {}: {}", trial.name, trial.why_not.as_deref().unwrap_or_default());
    }
    let queue = Mutex::new(VecDeque::from(playable));
    let results = Mutex::new((0, 0));
    std::thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(|| {
                loop {
                    let Some(trial) = queue.lock().expect("whole").pop_front() else { return };
                    let directory = kept.join(trial.name.replace(['/', ' '], "-"));
                    let held = attempt(&trial, directory, seed);
                    let mut results = results.lock().expect("whole");
                    if held { results.0 += 1 } else { results.1 += 1 }
                }
            });
        }
    });
    let (passed, failed) = results.into_inner().expect("whole");
    let not_run = if told.is_empty() { String::new() } else { format!(", {} not run", told.len()) };
    println!("seed {seed}, {} s", begun.elapsed().as_secs());
    println!("{passed} passed, {failed} failed{not_run}");
    if failed == 0 {
        let _ = std::fs::remove_dir(&kept);
    }
    failed
}

/// Plays one trial and says what came of it. Logs are kept if it failed.
fn attempt(trial: &Trial, directory: PathBuf, seed: u64) -> bool {
    std::fs::create_dir_all(&directory).expect("a directory");
    let begun = Instant::now();
    let played = || -> Outcome {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        // The same seed is another night in every trial.
        let own = trial.name.bytes().fold(seed, |n, byte| n.wrapping_mul(31) ^ u64::from(byte));
        runtime.block_on((trial.play)(directory.clone(), own))
    };
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(played))
        .unwrap_or_else(|_| Err("it panicked".to_owned()));
    let seconds = begun.elapsed().as_secs_f32();
    match outcome {
        Ok(figures) => {
            println!("ok       {} ({seconds:.1} s): {figures}", trial.name);
            let _ = std::fs::remove_dir_all(directory);
            true
        }
        Err(why) => {
            println!("FAILED   {} ({seconds:.1} s): {why}", trial.name);
            println!("         logs: {}", directory.display());
            false
        }
    }
}

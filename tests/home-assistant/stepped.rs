//! uncramp's daemon on a clock that is moved from outside, for what takes weeks:
//! `stepped CONFIG START [SECONDS]`, where START is the wall clock at first, in Unix seconds,
//! and SECONDS have passed since then.
//!
//! Each line on standard input is a number of seconds since the start. Time passes from wake
//! to wake; once everything due by then is done and written, `at SECONDS` is answered. A number
//! with `!` waits for no broker, and `wall SECONDS` moves the wall clock by so many. The end of
//! the input stops it.

use std::error::Error;
use std::io::BufRead;
use std::process::ExitCode;
use std::time::Duration;

use tokio::sync::mpsc;
use uncramp::daemon::clock::{Clock, Hand, Progress};
use uncramp::daemon::outside::Machine;
use uncramp::daemon::{self, Ask, Configuration, Render, Settings};
use uncramp::engine::Engine;
use uncramp::model::{BedroomId, Span, Time, Wall};
use uncramp::plan::mqtt::Server;
use uncramp::plan::{
    Adjusted, Adjustment, Change, Complaint, MqttSettings, Parsed, adjust, parse, parse_adjusted,
};
use uncramp::view::View;

/// How long a device takes to do as it is told and say so, in the time of who waits for it.
const ANSWERED_WITHIN: Duration = Duration::from_millis(40);

fn main() -> ExitCode {
    run(std::env::args().skip(1))
}

pub(crate) fn run(arguments: impl Iterator<Item = String>) -> ExitCode {
    match stepped(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("stepped: {why}");
            ExitCode::from(2)
        }
    }
}

fn stepped(mut arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
    let (Some(path), Some(start)) = (arguments.next(), arguments.next()) else {
        return Err("usage: stepped CONFIG START [SECONDS]".into());
    };
    let passed = arguments.next().map_or(Ok(0), |seconds| seconds.parse::<i64>())?;
    let wall = Wall { offset: start.parse::<i64>()? * 1000, synchronised: true };
    let text = std::fs::read_to_string(path)?;
    let parsed = parse(&text, &Machine).map_err(|complaints| format!("{complaints:?}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(pass(parsed, File(text), wall, Time::ZERO + Span::seconds(passed)))
}

async fn pass(parsed: Parsed, file: File, mut wall: Wall, now: Time) -> Result<(), Box<dyn Error>> {
    let MqttSettings::External(Server { host, port, client_id, .. }) = parsed.mqtt else {
        return Err("a broker is needed that others reach too".into());
    };
    let settings = Settings {
        host,
        port,
        tls: None,
        username: None,
        password: None,
        client_id,
        directory: parsed.store,
    };
    let (clock, mut hand) = Clock::stepped(now, wall);
    let (asks, receiver) = mpsc::channel(1);
    let running = daemon::run(parsed.plan, settings, clock, Shown, receiver, Box::new(file));
    let moving = async move {
        let mut lines = lines();
        while let Some(line) = lines.recv().await {
            let line = line.trim();
            if let Some(moved) = line.strip_prefix("wall ") {
                let Ok(moved) = moved.parse::<i64>() else { break };
                wall.offset += moved * 1000;
                hand.set_wall(wall);
                continue;
            }
            let (number, away) = line.strip_suffix('!').map_or((line, false), |it| (it, true));
            let Ok(seconds) = number.parse::<i64>() else { break };
            let end = Time::ZERO + Span::seconds(seconds);
            let gone = if away { go_alone(&mut hand, end).await } else { go(&mut hand, end).await };
            if gone.is_none() {
                break;
            }
            println!("at {seconds}");
        }
        // It may have ended by itself; then there is nobody to ask.
        let _ = asks.send(Ask::Stop).await;
        asks
    };
    let (ended, _asks) = tokio::join!(running, moving);
    ended?;
    Ok(())
}

/// Moves the clock from wake to wake; none if the daemon has ended.
async fn go(hand: &mut Hand, end: Time) -> Option<()> {
    let mut sent = hand.until(|progress| progress.linked).await?.sent;
    loop {
        let progress = hand.quiet(0).await?;
        if progress.sent > sent {
            sent = progress.sent;
            tokio::time::sleep(ANSWERED_WITHIN).await;
            continue;
        }
        let now = hand.now();
        if now >= end {
            return Some(());
        }
        hand.set(progress.wake.unwrap_or(end).clamp(now, end));
    }
}

/// The same while nothing can be sent.
async fn go_alone(hand: &mut Hand, end: Time) -> Option<()> {
    loop {
        let now = hand.now();
        let come = |p: &Progress| p.at >= now && p.wake.is_none_or(|wake| wake > now);
        let progress = hand.until(come).await?;
        if now >= end {
            return Some(());
        }
        hand.set(progress.wake.unwrap_or(end).clamp(now, end));
    }
}

/// Standard input, read by a thread of its own.
fn lines() -> mpsc::Receiver<String> {
    let (said, heard) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if said.blocking_send(line).is_err() {
                return;
            }
        }
    });
    heard
}

/// What the file said at the start; what Home Assistant changes stands above it.
struct File(String);

impl Configuration for File {
    fn read(&mut self, changes: &[Adjustment]) -> Result<Adjusted, String> {
        parse_adjusted(&self.0, &Machine, changes).map_err(|wrong| first_of(&wrong))
    }

    fn change(&mut self, standing: &[Adjustment], change: Change<'_>) -> Result<Adjusted, String> {
        adjust(&self.0, &Machine, standing, change).map_err(|wrong| first_of(&wrong))
    }
}

fn first_of(complaints: &[Complaint]) -> String {
    complaints.first().map_or_else(String::new, |complaint| complaint.what.clone())
}

/// As `uncramp run` shows it.
struct Shown;

impl Render for Shown {
    fn view(&mut self, engine: &Engine, bedroom: BedroomId, now: Time) -> Option<String> {
        serde_json::to_string(&View::of(engine, bedroom, now)?).ok()
    }
}

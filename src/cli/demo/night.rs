//! The night of the demo: starts everybody, lets time pass, and stops in order.

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use tokio::sync::mpsc;

use super::Arguments;
use super::tally::Tally;
use super::teller::Teller;
use crate::cli::output;
use crate::cli::run::Shown;
use crate::daemon::clock::{self, Clock, Hand};
use crate::daemon::embedded::{self, Embedded};
use crate::daemon::rehearsal::{Broken, Rehearsal, Scene};
use crate::daemon::{self, Ask, Ended, RunError, signals};
use crate::model::{Span, Time, Wall, Zone};
use crate::plan::{self, Outside, Plan, complaint};
use crate::sim::{Bedroom, Preset};

/// The midnight from which the hours of the story count.
const MIDNIGHT: Time = Time::ZERO;

/// When the night is over.
const END: Time = Time(31 * 3_600_000 + 1_800_000);

/// How long the night takes to be shown, in milliseconds.
const SHOWN_FOR: i64 = 55_000;

/// How often a line with the room's temperature is shown.
const LINE_EVERY: Span = Span::minutes(30);

/// Shows the whole night.
pub(super) async fn show(demo: &Arguments) -> Result<(), String> {
    let plan = plan_of(demo)?;
    let address = ([127, 0, 0, 1], demo.port).into();
    let embedded =
        Embedded::start(embedded::Settings { address, ..embedded::Settings::default() }).await?;
    let port = embedded.address().port();
    let directory = Directory::new()?;
    let shown = nights(demo, plan, port, &directory).await;
    if demo.hold && shown.is_ok() {
        output::say(format_args!("\n  The broker stays at 127.0.0.1:{port} until Ctrl-C."));
        let (asks, mut asked) = mpsc::channel(1);
        signals::listen(asks).map_err(|e| format!("signals cannot be listened to: {e}"))?;
        while !matches!(asked.recv().await, None | Some(Ask::Stop)) {}
    }
    embedded.stop().await;
    shown
}

/// The night with uncramp over the wire, and the same night without it.
async fn nights(
    demo: &Arguments,
    plan: Plan,
    port: u16,
    directory: &Directory,
) -> Result<(), String> {
    let preset = preset(demo);
    let begin = preset.begin;
    let zone = plan.zone.clone();
    let wall = Wall {
        offset: zone.instant(evening().and_time(chrono::NaiveTime::MIN)),
        synchronised: true,
    };
    let (clock, hand) = Clock::stepped(begin, wall);
    let room = Bedroom::new(preset.clone(), demo.seed);
    let alone = Bedroom::new(preset, demo.seed);
    let night = Night {
        rehearsal: join(port, &plan, room, hand).await.map_err(|e| e.to_string())?,
        alone,
        teller: Teller::new(&plan, wall, begin, demo.simple),
        begin,
        pace: (!demo.fast).then(clock::uptime),
        ours: Tally::default(),
        theirs: Tally::default(),
    };
    night.teller.opening(port);
    let (asks, receiver) = mpsc::channel(4);
    signals::listen(asks.clone()).map_err(|e| format!("it cannot listen to Ctrl-C: {e}"))?;
    let settings = daemon::Settings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: None,
        username: None,
        password: None,
        client_id: None,
        directory: Some(directory.0.clone()),
    };
    let reload = Box::new(daemon::Fixed("the demo has a configuration of its own"));
    let running = daemon::run(plan, settings, clock, Shown::default(), receiver, reload);
    let (ended, told) = tokio::join!(running, night.pass(asks));
    closing(&ended, told)
}

/// What is to be said if it did not end well.
fn closing(ended: &Result<Ended, RunError>, told: Result<(), Broken>) -> Result<(), String> {
    match (ended, told) {
        (Err(why), _) => Err(why.to_string()),
        (Ok(_), Err(why)) => Err(format!("the night broke off: {why}")),
        (Ok(Ended::WithoutBroker), Ok(())) => Err("uncramp could not hand back".to_owned()),
        (Ok(Ended::HandedBack), Ok(())) => Ok(()),
    }
}

/// Everybody in the story.
struct Night {
    rehearsal: Rehearsal,
    /// The same bedroom, which nobody looks after.
    alone: Bedroom,
    teller: Teller,
    begin: Time,
    /// When the showing began, in milliseconds since boot; none is as fast as can be.
    pace: Option<i64>,
    ours: Tally,
    theirs: Tally,
}

impl Night {
    /// The whole night, until uncramp has handed everything back.
    async fn pass(mut self, asks: mpsc::Sender<Ask>) -> Result<(), Broken> {
        let early = match self.until_morning().await {
            Ok(()) => false,
            Err(Broken::Ended) => true,
            Err(why @ (Broken::Broker(_) | Broken::Silence)) => {
                // The daemon would wait for ever.
                let _ = asks.send(Ask::Stop).await;
                return Err(why);
            }
        };
        // It fails only if the daemon has been stopped already.
        let _ = asks.send(Ask::Stop).await;
        let now = self.rehearsal.room().now();
        for message in self.rehearsal.farewell().await? {
            self.teller.heard(now, &message);
        }
        if early {
            self.teller.stopped(now);
        } else {
            self.teller.summary(&self.ours, &self.theirs);
        }
        Ok(())
    }

    async fn until_morning(&mut self) -> Result<(), Broken> {
        let said = self.rehearsal.begin().await?;
        self.tell(&said);
        let mut line = self.begin;
        while self.rehearsal.room().now() < END {
            if self.rehearsal.room().now() >= line {
                let (ours, theirs) = (self.rehearsal.room().truth(), self.alone.truth());
                self.teller.line(line, &ours, &theirs, &self.ours);
                line += LINE_EVERY;
            }
            let before = self.rehearsal.room().now();
            let said = self.rehearsal.step(line.min(END)).await?;
            self.tell(&said);
            let now = self.rehearsal.room().now();
            self.alone.advance(now);
            self.ours.add(now - before, &self.rehearsal.room().truth());
            self.theirs.add(now - before, &self.alone.truth());
            self.keep_pace(now).await;
        }
        let (ours, theirs) = (self.rehearsal.room().truth(), self.alone.truth());
        self.teller.line(END, &ours, &theirs, &self.ours);
        Ok(())
    }

    fn tell(&mut self, wire: &[crate::wire::Message]) {
        let now = self.rehearsal.room().now();
        for message in wire {
            self.teller.heard(now, message);
        }
        self.teller.seen(now, &self.rehearsal.room().truth());
    }

    /// Waits where the story is ahead of the minute it may take.
    async fn keep_pace(&self, now: Time) {
        let Some(began) = self.pace else { return };
        let due = began + (now - self.begin).0 * SHOWN_FOR / (END - self.begin).0;
        if let Ok(early) = u64::try_from(due - clock::uptime()) {
            tokio::time::sleep(Duration::from_millis(early)).await;
        }
    }
}

async fn join(port: u16, plan: &Plan, room: Bedroom, hand: Hand) -> Result<Rehearsal, Broken> {
    let scene = Scene { port, base_topic: plan.base_topic.clone(), listens: None };
    Rehearsal::join(scene, room, hand).await
}

fn preset(demo: &Arguments) -> Preset {
    if demo.simple { Preset::simple(MIDNIGHT) } else { Preset::demo(MIDNIGHT) }
}

fn plan_of(demo: &Arguments) -> Result<Plan, String> {
    plan::parse(demo.config(), &MakeBelieve).map(|parsed| parsed.plan).map_err(|complaints| {
        complaint::render(&complaints, "the demo's configuration", demo.config(), false)
    })
}

/// The day on whose evening the story begins.
fn evening() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 12).unwrap_or_default()
}

/// What the story's configuration asks of the outside: the demo needs no time zones of
/// the machine, and no clock.
struct MakeBelieve;

impl Outside for MakeBelieve {
    fn zone(&self, name: &str) -> Option<Zone> {
        Some(Zone { name: name.to_owned(), first: 7200, changes: Vec::new() })
    }
    fn system_zone(&self) -> Option<Zone> {
        None
    }
    fn secret_file(&self, _path: &str) -> Result<String, String> {
        Err("the demo reads no files".to_owned())
    }
    fn env(&self, _name: &str) -> Option<String> {
        None
    }
    fn credential(&self, _name: &str) -> Option<String> {
        None
    }
    fn month(&self) -> Option<(i32, u32)> {
        Some((2026, 9))
    }
}

/// A state directory for one night, removed when dropped. Reminders are recorded before
/// they are spoken, so that a demo without one would be silent.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Result<Self, String> {
        let name = format!("uncramp-demo-{}-{:08x}", std::process::id(), fastrand::u32(..));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).map_err(|e| {
            format!("it needs a directory for the night at {}: {e}", path.display())
        })?;
        Ok(Self(path))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if let Err(e) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!("{} stays behind: {e}", self.0.display());
        }
    }
}

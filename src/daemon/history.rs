//! What was: readings, decisions and actions with their reasons, and what each night came to.
//!
//! A SQLite file of its own beside the state (WAL, `synchronous = NORMAL`), written by a
//! thread of its own, in batches that spare a memory card: a power cut may cost the last
//! minutes, and nothing else. Nothing waits for it, no action and no off. What it cannot
//! take is dropped and counted, readings first. A file that is damaged or was written by a
//! newer version is set aside under a dated name and never deleted.

mod file;
mod read;
#[cfg(test)]
mod tests;

pub use file::{READINGS_FOR, RECORDS_FOR};
pub use read::{Line, Reader};

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::NaiveDate;

use crate::history::{Measurement, Record, Summary};
use crate::plan::Plan;
use file::File;
pub(super) use file::SCHEMA;

/// The file's name in the state directory.
pub const FILE: &str = "history.sqlite";

/// How many readings may wait for the disk; the oldest are dropped.
const MOST_READINGS: usize = 20_000;

/// How many records may wait for the disk; the oldest are dropped.
const MOST_RECORDS: usize = 5_000;

/// How long to wait before trying again what could not be written.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// How long stopping waits for the disk.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// How the history fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Health {
    /// What was given last could not be written, and waits.
    pub failing: bool,
    /// How often a file was set aside since the start.
    pub set_aside: u32,
    /// Readings that were dropped since the start.
    pub dropped_readings: u64,
    /// Records that were dropped since the start.
    pub dropped_records: u64,
}

/// What waits to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Nothing.
    Nothing,
    /// Readings, and what the night came to.
    Readings,
    /// Records, with or without readings.
    Records,
}

/// The history; dropping it writes what waits.
#[derive(Debug)]
pub struct History {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What is kept in the order in which it came.
#[derive(Debug, Clone)]
enum Item {
    /// From here on, this plan is in force.
    Plan(String),
    /// It happened.
    Record(Box<Entry>),
}

/// A record with the names that it had.
#[derive(Debug, Clone)]
struct Entry {
    record: Record,
    bedroom: Option<String>,
    actuator: Option<String>,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    batch: Batch,
    /// What waits is to be written now.
    due: bool,
    health: Health,
    stop: bool,
    /// The thread has ended.
    ended: bool,
}

/// What is written in one transaction.
#[derive(Debug, Default)]
struct Batch {
    items: VecDeque<Item>,
    readings: VecDeque<Measurement>,
    nights: BTreeMap<(String, NaiveDate), Summary>,
}

impl History {
    /// A history in a directory, which is there. The file is opened by the history's own
    /// thread: checking years of it delays no start.
    #[must_use]
    pub fn open(directory: &Path) -> Self {
        let shared = Arc::new(Shared::default());
        let (theirs, path) = (Arc::clone(&shared), directory.join(FILE));
        let thread = std::thread::Builder::new()
            .name("history".to_owned())
            .spawn(move || work(&path, &theirs))
            .map_err(|e| tracing::error!("no thread for the history: {e}"))
            .ok();
        Self { shared, thread }
    }

    /// Keeps nothing; for demos.
    #[must_use]
    pub fn none() -> Self {
        Self { shared: Arc::default(), thread: None }
    }

    /// From here on, this plan is in force, and records are read by it.
    pub fn plan(&self, plan: &Plan) {
        if let Ok(plan) = serde_json::to_string(plan) {
            self.put(|batch| batch.items.push_back(Item::Plan(plan)));
        }
    }

    /// Keeps a record, made while this plan was in force.
    pub fn record(&self, record: Record, plan: &Plan) {
        let (bedroom, actuator) = record.names(plan);
        let (bedroom, actuator) = (bedroom.map(str::to_owned), actuator.map(str::to_owned));
        let item = Item::Record(Box::new(Entry { record, bedroom, actuator }));
        self.put(|batch| batch.items.push_back(item));
    }

    /// Keeps a reading.
    pub fn measured(&self, measurement: Measurement) {
        self.put(|batch| batch.readings.push_back(measurement));
    }

    /// Keeps more of what a night came to.
    pub fn night(&self, bedroom: &str, evening: NaiveDate, more: &Summary) {
        self.put(|batch| {
            batch.nights.entry((bedroom.to_owned(), evening)).or_default().add(more);
        });
    }

    /// How it fares.
    #[must_use]
    pub fn health(&self) -> Health {
        self.shared.lock().health
    }

    /// What waits to be written.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        let queue = self.shared.lock();
        if !queue.batch.items.is_empty() {
            Waiting::Records
        } else if queue.batch.is_empty() {
            Waiting::Nothing
        } else {
            Waiting::Readings
        }
    }

    /// Writes what waits. Nobody waits for that.
    pub fn write(&self) {
        self.shared.lock().due = true;
        self.shared.news.notify_all();
    }

    fn put(&self, put: impl FnOnce(&mut Batch)) {
        if self.thread.is_some() {
            let mut queue = self.shared.lock();
            put(&mut queue.batch);
            queue.bound();
        }
    }
}

impl Drop for History {
    /// Waits for the disk, but not for one that does not answer.
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        let mut queue = self.shared.lock();
        queue.stop = true;
        self.shared.news.notify_all();
        let waits = |queue: &mut Queue| !queue.ended;
        let waited = self.shared.news.wait_timeout_while(queue, STOP_WITHIN, waits);
        let (queue, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(queue);
        if timeout.timed_out() {
            tracing::warn!("stopped before the disk had taken the last of the history");
        } else if thread.join().is_err() {
            tracing::error!("the history's thread panicked");
        }
    }
}

impl Shared {
    /// A panic of the other side leaves the queue as usable as before.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something is due, and takes all that waits; with whether to end.
    fn take(&self) -> (Batch, bool) {
        let idle = |queue: &mut Queue| !queue.due && !queue.stop;
        let mut queue = self.lock();
        // What failed is tried again by itself.
        queue = if queue.health.failing {
            let waited = self.news.wait_timeout_while(queue, AGAIN_AFTER, idle);
            waited.unwrap_or_else(PoisonError::into_inner).0
        } else {
            self.news.wait_while(queue, idle).unwrap_or_else(PoisonError::into_inner)
        };
        queue.due = false;
        (std::mem::take(&mut queue.batch), queue.stop)
    }

    /// What could not be written waits on, before what came since.
    fn put_back(&self, mut batch: Batch) {
        let mut queue = self.lock();
        batch.items.append(&mut queue.batch.items);
        batch.readings.append(&mut queue.batch.readings);
        for (night, more) in std::mem::take(&mut queue.batch.nights) {
            batch.nights.entry(night).or_default().add(&more);
        }
        queue.batch = batch;
        queue.bound();
        queue.health.failing = true;
    }
}

impl Queue {
    /// Drops the oldest above what may wait, and counts it.
    fn bound(&mut self) {
        let many = self.batch.readings.len().saturating_sub(MOST_READINGS);
        self.batch.readings.drain(..many);
        self.health.dropped_readings += many as u64;
        let many = self.batch.items.len().saturating_sub(MOST_RECORDS);
        self.batch.items.drain(..many);
        self.health.dropped_records += many as u64;
    }
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.items.is_empty() && self.readings.is_empty() && self.nights.is_empty()
    }
}

/// The thread: everything that is due goes into one transaction.
fn work(path: &Path, shared: &Shared) {
    let mut file = open(path, shared);
    loop {
        let (batch, stop) = shared.take();
        if file.is_none() {
            file = open(path, shared);
        }
        let written = match &mut file {
            Some(_) if batch.is_empty() => Ok(()),
            Some(open) => open.write(&batch),
            None => Err(file::Failure::Disk),
        };
        match written {
            Ok(()) => recovered(shared),
            Err(failure) => {
                if let file::Failure::Damage = failure {
                    file = None;
                }
                shared.put_back(batch);
            }
        }
        if stop {
            let mut queue = shared.lock();
            queue.ended = true;
            shared.news.notify_all();
            return;
        }
    }
}

fn open(path: &Path, shared: &Shared) -> Option<File> {
    match File::open(path) {
        Ok((file, note)) => {
            let mut queue = shared.lock();
            queue.health.set_aside += u32::from(note.is_some());
            queue.health.failing = false;
            Some(file)
        }
        Err(why) => {
            let mut queue = shared.lock();
            if !std::mem::replace(&mut queue.health.failing, true) {
                tracing::error!(
                    "no history can be kept in {}: {why}. The bedrooms are controlled all the same",
                    path.display()
                );
            }
            None
        }
    }
}

fn recovered(shared: &Shared) {
    let mut queue = shared.lock();
    if std::mem::take(&mut queue.health.failing) {
        let Health { dropped_readings, dropped_records, .. } = queue.health;
        tracing::info!(
            "the history is kept again; dropped since the start: {dropped_readings} readings, \
             {dropped_records} records"
        );
    }
}

//! What must survive a restart: the bedrooms' states, where time stood, drinks logged.
//!
//! One small SQLite file (WAL, `synchronous = FULL`: what is acknowledged survives a
//! power cut), written by a thread of its own. What waits to be written is bounded by
//! itself: of each bedroom only the latest state counts. A file that is damaged or was
//! written by a newer version is set aside under a dated name and never deleted; without
//! a disk the bedrooms are controlled all the same, and nothing can be recorded.

mod file;

use std::collections::{BTreeMap, VecDeque};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::NaiveDate;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::clock::{self, Stand};
use crate::engine::Command;
use crate::model::Millilitres;
use crate::plan::{Adjustment, Plan};
use crate::surface::Introduced;
use crate::wire::Device;

/// The file's name in the state directory.
pub const FILE: &str = "state.sqlite";

/// The name of the file that keeps a second uncramp away.
const LOCK: &str = "lock";

/// How many drinks and answers about cramps wait for a disk that takes none; the oldest are dropped.
const MOST_LOGGED: usize = 10_000;

/// A failure to write is logged this often, in milliseconds.
const LOG_EVERY: i64 = 3_600_000;

/// How long to wait before writing again what could not be written, in seconds.
const AGAIN_AFTER: u64 = 10;

/// One bedroom's state as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The bedroom's name.
    pub bedroom: String,
    /// What `Engine::save` gave.
    pub state: String,
    /// When.
    pub stand: Stand,
}

/// A drink that somebody logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drink {
    /// The bedroom's name.
    pub bedroom: String,
    /// Who drank.
    pub sleeper: String,
    /// How much.
    pub amount: Millilitres,
    /// When, in Unix milliseconds.
    pub at: i64,
}

/// A cramp that somebody reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cramp {
    /// The bedroom's name.
    pub bedroom: String,
    /// Who had it, if that was said.
    pub sleeper: Option<String>,
    /// When, in Unix milliseconds.
    pub at: i64,
}

/// Somebody who was asked had no cramp in a night: not the same as not having been asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoCramp {
    /// The bedroom's name.
    pub bedroom: String,
    /// Who was asked, if that was said.
    pub sleeper: Option<String>,
    /// The evening that names the night.
    pub night: NaiveDate,
    /// When it was said, in Unix milliseconds.
    pub at: i64,
}

/// Something that was logged, in the order in which it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logged {
    /// A drink.
    Drink(Drink),
    /// A cramp.
    Cramp(Cramp),
    /// A night without one.
    NoCramp(NoCramp),
}

/// A device that left the configuration and is not known to be off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// What people called it.
    pub name: String,
    /// How it is told.
    pub device: Device,
    /// It can say what it does.
    pub echoes: bool,
    /// What hands it back: an off, or its own thermometer and a set-point.
    pub commands: Vec<Command>,
}

/// What the store knew when it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loaded {
    /// The bedrooms' states.
    pub states: Vec<Saved>,
    /// Where time stood when anything was recorded last.
    pub stand: Option<Stand>,
    /// The random part of the client id, the same for ever.
    pub instance: String,
    /// What was changed from Home Assistant.
    pub adjustments: Vec<Adjustment>,
    /// What was introduced to Home Assistant.
    pub introduced: Introduced,
    /// The plan that was in force; none if this version cannot read it.
    pub plan: Option<Box<Plan>>,
    /// What left the configuration and is not known to be off.
    pub left: Vec<Left>,
    /// What went wrong, in sentences.
    pub notes: Vec<String>,
}

/// Why nothing can be stored, and nothing may be done either.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Two opinions about one bedroom are worse than one.
    #[error(
        "another uncramp already runs on {0}: stop it first (systemctl stop uncramp), or give \
         this one a state directory of its own"
    )]
    Taken(PathBuf),
}

/// The store; dropping it writes what waits.
#[derive(Debug)]
pub struct Store {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    /// Held as long as the store lives.
    lock: Option<File>,
}

/// An answer from the store's thread.
#[derive(Debug)]
pub struct Receipt(oneshot::Receiver<Result<(), String>>);

impl Receipt {
    /// Waits until the disk has it.
    ///
    /// # Errors
    /// What kept the disk from it.
    pub async fn wait(&mut self) -> Result<(), String> {
        (&mut self.0).await.unwrap_or_else(|_| stopped())
    }

    /// The disk's answer, if it is there already; afterwards there is none any more.
    pub fn answer(&mut self) -> Option<Result<(), String>> {
        match self.0.try_recv() {
            Ok(answer) => Some(answer),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => Some(stopped()),
        }
    }
}

fn stopped() -> Result<(), String> {
    Err("the store has stopped".to_owned())
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    states: BTreeMap<String, Saved>,
    stand: Option<Stand>,
    logged: VecDeque<Logged>,
    /// What is kept as one value each, by its name.
    kept: BTreeMap<&'static str, String>,
    waiting: Vec<oneshot::Sender<Result<(), String>>>,
    failures: u64,
    /// Drinks and cramps that were dropped, and not told of in the log yet.
    dropped: usize,
    stop: bool,
}

impl Queue {
    fn has_work(&self) -> bool {
        let nothing = self.states.is_empty()
            && self.logged.is_empty()
            && self.kept.is_empty()
            && self.stand.is_none();
        !nothing || !self.waiting.is_empty()
    }

    /// Drops the oldest above what may wait.
    fn bound(&mut self) {
        let many = self.logged.len().saturating_sub(MOST_LOGGED);
        self.logged.drain(..many);
        self.dropped += many;
    }
}

impl Shared {
    /// A panic of the other side leaves the queue as usable as before.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Opens the store in a directory, which is made if need be. What is wrong with the
    /// disk is among the notes, and the store then records nothing.
    ///
    /// # Errors
    /// If another uncramp has it open.
    pub fn open(directory: &Path) -> Result<(Self, Loaded), StoreError> {
        let lock = match lock(directory) {
            Ok(lock) => lock,
            Err(TryLockError::WouldBlock) => return Err(StoreError::Taken(directory.to_owned())),
            Err(TryLockError::Error(e)) => {
                return Ok(Self::without_disk(format!(
                    "nothing can be recorded in {}: {e}. The bedrooms are controlled, but a \
                     restart forgets, and heaters without a timer of their own stay off",
                    directory.display()
                )));
            }
        };
        match file::open(&directory.join(FILE)) {
            Ok((connection, loaded)) => Ok((Self::start(Some(connection), Some(lock)), loaded)),
            Err(note) => {
                let (mut store, loaded) = Self::without_disk(note);
                store.lock = Some(lock);
                Ok((store, loaded))
            }
        }
    }

    /// A store that records nothing; for demos.
    #[must_use]
    pub fn none() -> (Self, Loaded) {
        let loaded = Loaded { instance: file::instance(), ..Loaded::default() };
        (Self::start(None, None), loaded)
    }

    /// What was changed from Home Assistant, read beside whoever has the store open, and
    /// without changing anything; none where nothing was ever recorded.
    ///
    /// # Errors
    /// A sentence, if it cannot be read.
    pub fn peek(directory: &Path) -> Result<Option<Vec<Adjustment>>, String> {
        file::peek(&directory.join(FILE))
    }

    fn without_disk(note: String) -> (Self, Loaded) {
        let (store, mut loaded) = Self::none();
        tracing::error!("{note}");
        loaded.notes.push(note);
        (store, loaded)
    }

    fn start(connection: Option<Connection>, lock: Option<File>) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || work(connection, &theirs))
            .map_err(|e| tracing::error!("no thread for the store: {e}"))
            .ok();
        Self { shared, thread, lock }
    }

    /// Records a bedroom's state before long, in place of an earlier one still waiting.
    pub fn save(&self, saved: Saved) {
        let mut queue = self.shared.lock();
        queue.states.insert(saved.bedroom.clone(), saved);
        self.shared.news.notify_one();
    }

    /// Records a bedroom's state now; the receipt comes with the disk's answer.
    #[must_use]
    pub fn save_now(&self, saved: Saved) -> Receipt {
        let (sender, receiver) = oneshot::channel();
        let mut queue = self.shared.lock();
        queue.states.insert(saved.bedroom.clone(), saved);
        queue.waiting.push(sender);
        self.shared.news.notify_one();
        Receipt(receiver)
    }

    /// Records where time stands.
    pub fn stand(&self, stand: Stand) {
        self.shared.lock().stand = Some(stand);
        self.shared.news.notify_one();
    }

    /// Records what was changed from Home Assistant, in place of what was before.
    pub fn adjustments(&self, standing: &[Adjustment]) {
        self.keep(file::ADJUSTMENTS, file::json(standing));
    }

    /// Records what was introduced to Home Assistant, likewise.
    pub fn introduced(&self, introduced: &Introduced) {
        self.keep(file::INTRODUCED, file::json(introduced));
    }

    /// Records the plan in force: what is missing in the next one must be told to be off.
    pub fn plan(&self, plan: &Plan) {
        self.keep(file::PLAN, file::json(plan));
    }

    /// Records what left the configuration and is not known to be off.
    pub fn left(&self, left: &[&Left]) {
        self.keep(file::LEFT, file::json(left));
    }

    fn keep(&self, name: &'static str, value: String) {
        self.shared.lock().kept.insert(name, value);
        self.shared.news.notify_one();
    }

    /// Records a drink or a cramp.
    pub fn log(&self, logged: Logged) {
        let mut queue = self.shared.lock();
        queue.logged.push_back(logged);
        queue.bound();
        self.shared.news.notify_one();
    }

    /// Waits until everything given so far is on the disk.
    #[must_use]
    pub fn flush(&self) -> Receipt {
        let (sender, receiver) = oneshot::channel();
        self.shared.lock().waiting.push(sender);
        self.shared.news.notify_one();
        Receipt(receiver)
    }

    /// How often writing failed.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.shared.lock().failures
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.news.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's thread panicked");
        }
    }
}

/// How often, and how far apart, a directory that is taken is tried again.
const LOCK_TRIES: u32 = 20;
const LOCK_APART: Duration = Duration::from_millis(50);

fn lock(directory: &Path) -> Result<File, TryLockError> {
    std::fs::create_dir_all(directory).map_err(TryLockError::Error)?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(directory.join(LOCK))
        .map_err(TryLockError::Error)?;
    // The one before may still be ending.
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_APART),
            other => {
                other?;
                return Ok(file);
            }
        }
    }
    file.try_lock()?;
    Ok(file)
}

/// The thread: everything that waits goes into one transaction.
fn work(mut connection: Option<Connection>, shared: &Shared) {
    let mut logged = None;
    loop {
        let mut batch = take(shared);
        let stop = batch.stop;
        let result = match &mut connection {
            Some(connection) => file::write(connection, &batch)
                .map_err(|e| format!("the state could not be recorded: {e}")),
            None => Err("there is no disk to record the state on".to_owned()),
        };
        if result.is_err() {
            shared.lock().failures += 1;
        }
        for waiting in batch.waiting.drain(..) {
            // Nobody waits any more if this fails.
            let _ = waiting.send(result.clone());
        }
        if let Err(e) = &result {
            let now = clock::uptime();
            if connection.is_some() && logged.is_none_or(|at| now - at >= LOG_EVERY) {
                logged = Some(now);
                tracing::error!("{e}; the bedrooms are controlled all the same");
                tell_dropped(&mut batch);
            }
            put_back(shared, batch, connection.is_some() && !stop);
        } else {
            tell_dropped(&mut batch);
        }
        if stop {
            return;
        }
    }
}

fn tell_dropped(batch: &mut Queue) {
    let dropped = std::mem::take(&mut batch.dropped);
    if dropped > 0 {
        tracing::error!(
            "{dropped} drinks and cramps are not recorded: no more than {MOST_LOGGED} wait for the disk, and \
             the oldest were dropped"
        );
    }
}

fn take(shared: &Shared) -> Queue {
    let mut queue = shared.lock();
    while !queue.has_work() && !queue.stop {
        queue = shared.news.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
    let failures = queue.failures;
    let stop = queue.stop;
    let batch = std::mem::take(&mut *queue);
    queue.failures = failures;
    queue.stop = stop;
    batch
}

/// What could not be written waits on, unless something newer does already.
fn put_back(shared: &Shared, batch: Queue, try_again: bool) {
    if !try_again {
        return;
    }
    let mut queue = shared.lock();
    for (bedroom, saved) in batch.states {
        queue.states.entry(bedroom).or_insert(saved);
    }
    for logged in batch.logged.into_iter().rev() {
        queue.logged.push_front(logged);
    }
    for (name, value) in batch.kept {
        queue.kept.entry(name).or_insert(value);
    }
    queue.dropped += batch.dropped;
    queue.bound();
    let newer = queue.stand.take();
    queue.stand = newer.or(batch.stand);
    let pause = Duration::from_secs(AGAIN_AFTER);
    let patient = |queue: &mut Queue| queue.waiting.is_empty() && !queue.stop;
    drop(shared.news.wait_timeout_while(queue, pause, patient));
}

#[cfg(test)]
mod tests;

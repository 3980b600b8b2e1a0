//! What waits to be written, and the thread that writes it.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::disk::Disk;
use super::{Logged, Saved};
use crate::daemon::clock::{self, Stand};

/// How many drinks and answers about cramps wait for a disk that takes none; the oldest are dropped.
pub(super) const MOST_LOGGED: usize = 10_000;

/// How many wait for the disk's answer; the oldest are answered that it is too slow.
pub(super) const MOST_WAITING: usize = 1_000;

/// A failure to write is logged this often, in milliseconds.
const LOG_EVERY: i64 = 3_600_000;

/// How long to wait before writing again what could not be written, in seconds.
const AGAIN_AFTER: u64 = 10;

/// A disk that has not answered for so long fails, in milliseconds.
const SLOW: i64 = 5_000;

/// How the store fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Health {
    /// What was given last is not on the disk: it refused, or does not answer.
    pub failing: bool,
    /// How often a file was set aside, also when the store was opened.
    pub set_aside: u32,
    /// How often writing failed.
    pub failures: u64,
    /// Drinks, cramps and answers that were dropped since the start.
    pub dropped: u64,
    /// How often somebody was not waited with for the disk, since too many were.
    pub crowded: u64,
}

/// Somebody who waits for the disk's answer.
pub(super) type Waiting = oneshot::Sender<Result<(), String>>;

#[derive(Debug, Default)]
pub(super) struct Shared {
    queue: Mutex<Queue>,
    pub(super) news: Condvar,
}

#[derive(Default)]
pub(super) struct Queue {
    pub(super) states: BTreeMap<String, Saved>,
    pub(super) stand: Option<Stand>,
    pub(super) logged: VecDeque<Logged>,
    /// What is kept as one value each, by its name.
    pub(super) kept: BTreeMap<String, String>,
    pub(super) waiting: Vec<Waiting>,
    /// Drinks and cramps that were dropped, and not told of in the log yet.
    pub(super) dropped: usize,
    health: Health,
    /// Since when the disk is being written to, in milliseconds since boot.
    busy: Option<i64>,
    pub(super) stop: bool,
    /// The thread has written for the last time.
    pub(super) ended: bool,
}

/// Without what waits: a configuration may hold a password, and a drink is somebody's own.
impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("health", &self.health).finish_non_exhaustive()
    }
}

impl Queue {
    /// Who waits is answered once everything given so far is on the disk, or cannot be.
    pub(super) fn wait(&mut self, sender: Waiting) {
        if self.waiting.len() >= MOST_WAITING {
            // Most of them have given up.
            self.waiting.retain(|waiting| !waiting.is_closed());
        }
        if self.waiting.len() >= MOST_WAITING {
            self.health.crowded += 1;
            // Nobody waits any more if this fails.
            let _ = self.waiting.remove(0).send(Err("the disk is too slow".to_owned()));
        }
        self.waiting.push(sender);
    }

    fn has_work(&self) -> bool {
        let nothing = self.states.is_empty()
            && self.logged.is_empty()
            && self.kept.is_empty()
            && self.stand.is_none();
        !nothing || !self.waiting.is_empty()
    }

    /// Drops the oldest above what may wait.
    pub(super) fn bound(&mut self) {
        let many = self.logged.len().saturating_sub(MOST_LOGGED);
        self.logged.drain(..many);
        self.dropped += many;
        self.health.dropped += many as u64;
    }

    pub(super) fn health(&self) -> Health {
        let slow = self.busy.is_some_and(|since| clock::uptime() - since >= SLOW);
        Health { failing: self.health.failing || slow, ..self.health }
    }
}

impl Shared {
    /// A panic of the other side leaves the queue as usable as before.
    pub(super) fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread: everything that waits goes into one transaction.
pub(super) fn work(mut disk: Disk, shared: &Shared) {
    let mut logged = None;
    shared.lock().health.set_aside = disk.set_aside;
    loop {
        let mut batch = take(shared);
        let stop = batch.stop;
        let result = disk.write(&batch);
        note(shared, &disk, &result);
        for waiting in batch.waiting.drain(..) {
            // Nobody waits any more if this fails.
            let _ = waiting.send(result.clone());
        }
        if let Err(e) = &result {
            let now = clock::uptime();
            if disk.records() && logged.is_none_or(|at| now - at >= LOG_EVERY) {
                logged = Some(now);
                tracing::error!("{e}; the bedrooms are controlled all the same");
                tell_dropped(&mut batch);
            }
            put_back(shared, batch, disk.records() && !stop);
        } else {
            logged = None;
            tell_dropped(&mut batch);
        }
        if stop {
            shared.lock().ended = true;
            shared.news.notify_all();
            return;
        }
    }
}

fn note(shared: &Shared, disk: &Disk, result: &Result<(), String>) {
    let mut queue = shared.lock();
    queue.busy = None;
    queue.health.failing = result.is_err() && disk.records();
    queue.health.failures += u64::from(result.is_err());
    queue.health.set_aside = disk.set_aside;
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

/// Waits for something to write.
fn take(shared: &Shared) -> Queue {
    let mut queue = shared.lock();
    while !queue.has_work() && !queue.stop {
        queue = shared.news.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
    let (health, stop) = (queue.health, queue.stop);
    let batch = std::mem::take(&mut *queue);
    queue.busy = Some(clock::uptime());
    queue.health = health;
    queue.stop = stop;
    batch
}

/// What could not be written waits on, unless something newer does already.
pub(super) fn put_back(shared: &Shared, batch: Queue, try_again: bool) {
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

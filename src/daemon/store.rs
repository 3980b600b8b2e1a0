//! What must survive a restart: the bedrooms' states, where time stood, drinks logged.
//!
//! One small SQLite file (WAL, `synchronous = FULL`: what is acknowledged survives a
//! power cut), written by a thread of its own. What waits to be written is bounded by
//! itself: of each bedroom only the latest state counts. A file that is damaged or was
//! written by a newer version is set aside under a dated name and never deleted; without
//! a disk the bedrooms are controlled all the same, and nothing can be recorded.

mod diary;
mod disk;
mod entry;
mod file;
mod work;

pub use diary::Diary;
pub use entry::{Cramp, Drink, Good, Left, Loaded, Logged, NoCramp, Saved, Untold};
pub use work::Health;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use super::clock::Stand;
use crate::plan::{Adjustment, Plan};
use crate::surface::Introduced;
use crate::view::Dropped;
use disk::Disk;
pub use disk::is_taken;
pub(super) use disk::{LOCK, lock};
pub(super) use file::{SCHEMA, leave_over, read, revive};
use work::{Queue, Shared, work};

/// The file's name in the state directory.
pub const FILE: &str = "state.sqlite";

/// How long the disk is waited for at the end.
const STOP_WITHIN: Duration = Duration::from_secs(5);

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

impl Store {
    /// Opens the store in a directory, which is made if need be. What is wrong with the
    /// disk is among the notes, and the store then records nothing.
    ///
    /// # Errors
    /// If another uncramp has it open.
    pub fn open(directory: &Path) -> Result<(Self, Loaded), StoreError> {
        let (disk, loaded) = Disk::open(directory)?;
        Ok((Self::start(disk), loaded))
    }

    /// A store that records nothing; for demos.
    #[must_use]
    pub fn none() -> (Self, Loaded) {
        let loaded = Loaded { instance: file::instance(), ..Loaded::default() };
        (Self::start(Disk::none()), loaded)
    }

    /// What was changed from Home Assistant, read beside whoever has the store open, and
    /// without changing anything; none where nothing was ever recorded.
    ///
    /// # Errors
    /// A sentence, if it cannot be read.
    pub fn peek(directory: &Path) -> Result<Option<Vec<Adjustment>>, String> {
        file::peek(&directory.join(FILE))
    }

    fn start(disk: Disk) -> Self {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || work(disk, &theirs))
            .map_err(|e| tracing::error!("no thread for the store: {e}"))
            .ok();
        Self { shared, thread }
    }

    /// Records bedrooms' states, as one, each in place of an earlier one still waiting.
    pub fn save(&self, all: impl IntoIterator<Item = Saved>) {
        let mut queue = self.shared.lock();
        queue.states.extend(all.into_iter().map(|saved| (saved.bedroom.clone(), saved)));
        self.shared.news.notify_one();
    }

    /// Records a bedroom's state now; the receipt comes with the disk's answer.
    #[must_use]
    pub fn save_now(&self, saved: Saved) -> Receipt {
        let (sender, receiver) = oneshot::channel();
        let mut queue = self.shared.lock();
        queue.states.insert(saved.bedroom.clone(), saved);
        queue.wait(sender);
        self.shared.news.notify_one();
        Receipt(receiver)
    }

    /// Records where time stands.
    pub fn stand(&self, stand: Stand) {
        let mut queue = self.shared.lock();
        queue.stand = Some(stand);
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

    /// Records the configuration that is in force.
    pub fn good(&self, good: &Good) {
        self.keep(file::GOOD, file::json(good));
    }

    /// Records what was dropped since the start.
    pub fn dropped(&self, dropped: Dropped) {
        self.keep(file::DROPPED, file::json(&dropped));
    }

    /// Records what left the configuration and is not known to be off.
    pub fn left(&self, left: &[&Left]) {
        self.keep(file::LEFT, file::json(left));
    }

    /// Records what must reach somebody and has not.
    pub fn untold(&self, untold: &[&Untold]) {
        self.keep(file::UNTOLD, file::json(untold));
    }

    /// Keeps a bedroom's state that this version cannot read: another one may.
    pub fn unreadable(&self, saved: &Saved) {
        let name = file::unreadable_key(&format!("bedroom/{}", saved.bedroom));
        self.keep(&name, saved.state.clone());
    }

    fn keep(&self, name: &str, value: String) {
        let mut queue = self.shared.lock();
        queue.kept.insert(name.to_owned(), value);
        self.shared.news.notify_one();
    }

    /// Records a drink or a cramp; it waits in memory for as long as the disk takes nothing.
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
        let mut queue = self.shared.lock();
        queue.wait(sender);
        self.shared.news.notify_one();
        Receipt(receiver)
    }

    /// How it fares.
    #[must_use]
    pub fn health(&self) -> Health {
        self.shared.lock().health()
    }
}

impl Drop for Store {
    /// Waits for the disk, but not for one that does not answer.
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        let mut queue = self.shared.lock();
        queue.stop = true;
        self.shared.news.notify_all();
        let waits = |queue: &mut Queue| !queue.ended && !thread.is_finished();
        let waited = self.shared.news.wait_timeout_while(queue, STOP_WITHIN, waits);
        let (queue, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(queue);
        if timeout.timed_out() {
            tracing::error!("stopped before the disk had taken the last of the state");
        } else if thread.join().is_err() {
            tracing::error!("the store's thread panicked");
        }
    }
}

#[cfg(test)]
mod tests;

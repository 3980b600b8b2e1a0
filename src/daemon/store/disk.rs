//! The directory on the disk: its lock, its file, and getting both back.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::work::Queue;
use super::{FILE, Loaded, StoreError, file};
use crate::daemon::sqlite;

/// The name of the file that keeps a second uncramp away.
pub(in crate::daemon) const LOCK: &str = "lock";

/// How often, and how far apart, a directory that is taken is tried again.
const LOCK_TRIES: u32 = 20;
const LOCK_APART: Duration = Duration::from_millis(50);

/// Where the store writes; what is missing is tried again.
#[derive(Debug)]
pub(super) struct Disk {
    /// None for a store that records nothing.
    directory: Option<PathBuf>,
    /// Held as long as the store lives.
    lock: Option<File>,
    connection: Option<Connection>,
    /// What is in the file is not known: nobody could read it yet.
    unread: bool,
    /// How often a file, or what no version can read of one, was set aside.
    pub(super) set_aside: u32,
}

impl Disk {
    /// One that records nothing.
    pub(super) const fn none() -> Self {
        Self { directory: None, lock: None, connection: None, unread: false, set_aside: 0 }
    }

    /// Opens a directory, which is made if need be, and reads what is there.
    pub(super) fn open(directory: &Path) -> Result<(Self, Loaded), StoreError> {
        let mut disk = Self { directory: Some(directory.to_owned()), ..Self::none() };
        let path = directory.join(FILE);
        let opened = match lock(directory) {
            Err(TryLockError::WouldBlock) => return Err(StoreError::Taken(directory.to_owned())),
            Err(TryLockError::Error(error)) => Err(file::no_disk(directory, &error.to_string())),
            Ok(lock) => {
                disk.lock = Some(lock);
                file::open(&path)
            }
        };
        let loaded = match opened {
            Ok((connection, loaded)) => {
                disk.connection = Some(connection);
                disk.set_aside = u32::from(!loaded.notes.is_empty());
                loaded
            }
            Err(note) => disk.only_read(&path, note),
        };
        Ok((disk, loaded))
    }

    /// What is in a file that cannot be written: a card that is full, or read-only, forgets
    /// nothing.
    fn only_read(&mut self, path: &Path, note: String) -> Loaded {
        tracing::error!("{note}");
        let read = file::read(path).unwrap_or_else(|why| {
            tracing::error!("{why}; nothing is known of what was before");
            None
        });
        self.unread = read.is_none();
        let mut loaded =
            read.unwrap_or_else(|| Loaded { instance: file::instance(), ..Loaded::default() });
        loaded.notes.push(note);
        loaded
    }

    /// Whether there is a disk at all.
    pub(super) const fn records(&self) -> bool {
        self.directory.is_some()
    }

    /// Writes everything in one transaction.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn write(&mut self, batch: &Queue) -> Result<(), String> {
        let connection = self.connection()?;
        let written = file::write(connection, batch);
        if let Err(error) = &written
            && sqlite::is_damage(error)
        {
            // Trying again will not mend it; a new file will be begun.
            self.connection = None;
        }
        written.map_err(|error| format!("the state could not be recorded: {error}"))
    }

    /// The open file, opened now if it was not.
    fn connection(&mut self) -> Result<&mut Connection, String> {
        let Some(directory) = &self.directory else {
            return Err("there is no disk to record the state on".to_owned());
        };
        if self.connection.is_none() {
            if self.lock.is_none() {
                let lock = lock(directory);
                self.lock = Some(lock.map_err(|e| file::no_disk(directory, &e.to_string()))?);
            }
            let (mut connection, loaded) = file::open(&directory.join(FILE))?;
            let mut aside = !loaded.notes.is_empty();
            if self.unread {
                aside |= file::keep_unread(&mut connection).map_err(|error| error.to_string())?;
                self.unread = false;
            }
            self.set_aside += u32::from(aside);
            self.connection = Some(connection);
        }
        self.connection.as_mut().ok_or_else(|| "there is no disk".to_owned())
    }
}

/// Whether an uncramp runs on a directory; none where that cannot be seen.
#[must_use]
pub fn is_taken(directory: &Path) -> Option<bool> {
    let file = File::open(directory.join(LOCK)).ok()?;
    match file.try_lock_shared() {
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(_)) => None,
    }
}

/// Keeps every other uncramp from a directory, which is made if need be, while the file is held.
pub(in crate::daemon) fn lock(directory: &Path) -> Result<File, TryLockError> {
    std::fs::create_dir_all(directory).map_err(TryLockError::Error)?;
    let path = directory.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    // A disk that is read-only is locked by what is there.
    let file = file.or_else(|error| File::open(&path).map_err(|_| error));
    let file = file.map_err(TryLockError::Error)?;
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

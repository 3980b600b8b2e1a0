//! A copy of everything that is kept, in one file, and bringing it back.
//!
//! It is a tar with both SQLite files, each copied by SQLite itself as of one instant while
//! the daemon goes on writing, with the configuration that is in force, and at its end with a
//! list of all that and its check sums, by which one that is torn is known.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, chown};
use std::path::{Path, PathBuf};

use crc32fast::Hasher;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use tar::{Archive, Builder, Entry, Header};

use super::clock::Clock;
use super::house::leaving::replaced;
use super::store::{self, Good, Left, StoreError};
use super::{clock, history, sqlite};
use crate::plan::Plan;

/// The configuration's name in a backup.
pub const CONFIGURATION: &str = "uncramp.yaml";

/// What a backup says of itself, at its end.
const LIST: &str = "backup.json";

/// Whoever can read it reads health data and passwords.
const MODE: u32 = 0o600;

/// How what was there before is named.
const ASIDE: &str = "before-restore";

/// A configuration or a list that is longer is none, in bytes.
const MOST_TEXT: u64 = 128 * 1024 * 1024;

/// What a backup holds, as it says itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// The version of uncramp that took it.
    pub uncramp: String,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// The machine's name.
    pub host: String,
    /// Where the configuration lay.
    pub configuration: Option<PathBuf>,
    /// The files in it, with their check sums.
    pub files: BTreeMap<String, u32>,
}

/// A backup that was read and is whole.
#[derive(Debug, Clone)]
pub struct Whole {
    /// What it holds.
    pub list: List,
    /// The configuration, if there was one, with its file's mode.
    pub configuration: Option<(String, u32)>,
}

/// What was brought back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restored {
    /// Under which names what was there was set aside.
    pub aside: Vec<PathBuf>,
    /// What the backup does not know and what was there did not know to be off, by name: it is
    /// told at the next start.
    pub unfinished: Vec<String>,
    /// Why that is not known of everything.
    pub unknown: Option<String>,
}

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// An uncramp runs on that directory.
    #[error(transparent)]
    Runs(#[from] StoreError),
    /// The backup, or the disk.
    #[error("{0}")]
    Because(String),
}

/// Copies what is kept in a state directory into one new file. Returns what is in it.
///
/// # Errors
/// A sentence; then there is no such file.
pub fn take(directory: &Path, to: &Path) -> Result<List, String> {
    let taken = || format!("{} is there already, and nothing is written over it", to.display());
    if to.symlink_metadata().is_ok() {
        return Err(taken());
    }
    let cannot = |error: io::Error| format!("{} cannot be written: {error}", to.display());
    let name = to.file_name().ok_or("this is no name of a file")?.to_string_lossy();
    let beside = to.with_file_name(format!(".{name}.{}", std::process::id()));
    let staging = Staging::new(beside).map_err(cannot)?;
    let state = staging.0.join(store::FILE);
    if !sqlite::copy_beside(&directory.join(store::FILE), &state)? {
        return Err(format!("there is no {} in {}", store::FILE, directory.display()));
    }
    let past = staging.0.join(history::FILE);
    sqlite::copy_beside(&directory.join(history::FILE), &past)?;
    let good = Good::read(&staging.0)?;
    let new = staging.0.join(LIST);
    let list = write(&new, [&state, &past], good.as_ref()).map_err(cannot)?;
    match renameat_with(CWD, &new, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems cannot promise it.
        Err(Errno::INVAL | Errno::NOSYS) if to.symlink_metadata().is_err() => {
            fs::rename(&new, to).map_err(cannot)?;
        }
        Err(Errno::EXIST | Errno::INVAL | Errno::NOSYS) => return Err(taken()),
        Err(error) => return Err(cannot(error.into())),
        Ok(()) => {}
    }
    sync_directory(to).map_err(cannot)?;
    Ok(list)
}

/// Reads a whole backup.
///
/// # Errors
/// A sentence, if it is none, or is damaged.
pub fn read(file: &Path) -> Result<Whole, String> {
    let mut configuration = None;
    let list = each(file, |name, member| {
        if name == CONFIGURATION {
            let (text, sum) = text(member)?;
            configuration = Some((text, member.header().mode()? & 0o777));
            return Ok(sum);
        }
        copy(member, io::sink())
    })?;
    Ok(Whole { list, configuration })
}

/// Puts both files of a backup into a state directory, and sets aside what is there. What that
/// had still to switch off is carried over (S9).
///
/// # Errors
/// Why not; then what was there is there still.
pub fn restore(file: &Path, directory: &Path) -> Result<Restored, Refused> {
    let because = Refused::Because;
    let begun = directory.exists();
    let cannot = |error: io::Error| {
        Refused::Because(format!("{} cannot be written to: {error}", directory.display()))
    };
    let _lock = store::lock(directory).map_err(|error| match error {
        TryLockError::WouldBlock => StoreError::Taken(directory.to_owned()).into(),
        TryLockError::Error(error) => cannot(error),
    })?;
    let within = directory.join(format!(".{ASIDE}.{}", std::process::id()));
    let staging = Staging::new(within).map_err(cannot)?;
    let list = each(file, |name, member| {
        if ![store::FILE, history::FILE].contains(&name) {
            return copy(member, io::sink());
        }
        let path = staging.0.join(name);
        copy(member, File::options().write(true).create_new(true).mode(MODE).open(path)?)
    });
    let list = list.map_err(because)?;
    let (state, past) = (staging.0.join(store::FILE), staging.0.join(history::FILE));
    let moves = list.host != host();
    let unusable = |name: &str, why: sqlite::Unusable| {
        Refused::Because(format!("{} cannot be restored: {name} in it {why}", file.display()))
    };
    let revived = store::revive(&state, moves).map_err(|why| unusable(store::FILE, why))?;
    let (left, unknown) = unfinished(&directory.join(store::FILE), revived.plan.as_deref());
    let unfinished = left.iter().map(|left| left.name.clone()).collect();
    if !left.is_empty() {
        let left = beside(revived.left, left);
        store::leave_over(&state, &left).map_err(|why| unusable(store::FILE, why))?;
    }
    let copies = if past.exists() {
        drop(sqlite::open(&past, history::SCHEMA).map_err(|why| unusable(history::FILE, why))?);
        vec![state, past]
    } else {
        vec![state]
    };
    if begun {
        let lock = directory.join(store::LOCK);
        let mut ours = copies.iter().chain([&lock]);
        ours.try_for_each(|file| give_to_owner(file, directory)).map_err(cannot)?;
    }
    let mut aside = Vec::new();
    for name in [history::FILE, store::FILE] {
        let path = directory.join(name);
        if path.exists() {
            aside.push(sqlite::set_aside(&path, ASIDE).map_err(cannot)?);
        }
    }
    for copy in &copies {
        let name = copy.file_name().unwrap_or_default();
        fs::rename(copy, directory.join(name)).map_err(cannot)?;
    }
    sync_directory(&directory.join(store::FILE)).map_err(cannot)?;
    Ok(Restored { aside, unfinished, unknown })
}

/// What the state that is there had still to switch off, of what the plan of a backup does not
/// know; and why that is not known of everything.
fn unfinished(state: &Path, restored: Option<&Plan>) -> (Vec<Left>, Option<String>) {
    match store::read(state) {
        Ok(None) => (Vec::new(), None),
        Ok(Some(before)) => {
            let no_plan = before.plan.is_none() && !before.states.is_empty();
            let no_plan = no_plan.then(|| "its configuration cannot be read".to_owned());
            let unknown = no_plan.or_else(|| before.notes.first().cloned());
            (replaced::unfinished(&before, restored, Clock::real()), unknown)
        }
        Err(why) => (Vec::new(), Some(why)),
    }
}

/// What a backup had to switch off itself, with what is known better since.
fn beside(mut of_then: Vec<Left>, since: Vec<Left>) -> Vec<Left> {
    let address = |left: &Left| left.device.address();
    of_then.retain(|then| since.iter().all(|it| address(it) != address(then)));
    of_then.extend(since);
    of_then
}

/// Writes the copies, the configuration and the list of it all.
fn write(to: &Path, copies: [&Path; 2], good: Option<&Good>) -> io::Result<List> {
    let at = clock::wall_ms();
    let file = File::options().write(true).create_new(true).mode(MODE).open(to)?;
    let mut tar = Builder::new(BufWriter::new(file));
    let mut files = BTreeMap::new();
    for copy in copies.into_iter().filter(|copy| copy.exists()) {
        let name = copy.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let content = File::open(copy)?;
        let size = content.metadata()?.len();
        let sum = add(&mut tar, at, (&name, MODE), size, content)?;
        files.insert(name, sum);
    }
    if let Some(good) = good {
        // Where its file is gone, it is kept as `setup` writes one.
        let mode = fs::metadata(&good.path).map_or(0o644, |data| data.mode() & 0o777);
        let text = good.text.as_bytes();
        let sum = add(&mut tar, at, (CONFIGURATION, mode), text.len() as u64, text)?;
        files.insert(CONFIGURATION.to_owned(), sum);
    }
    let list = List {
        uncramp: env!("CARGO_PKG_VERSION").to_owned(),
        at,
        host: host(),
        configuration: good.map(|good| good.path.clone()),
        files,
    };
    let text = serde_json::to_string_pretty(&list)?;
    add(&mut tar, at, (LIST, MODE), text.len() as u64, text.as_bytes())?;
    let file = tar.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(list)
}

/// Adds a file of that name and mode; returns the check sum of what is in it.
fn add(
    tar: &mut Builder<impl Write>,
    at: i64,
    (name, mode): (&str, u32),
    size: u64,
    content: impl Read,
) -> io::Result<u32> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(u64::try_from(at / 1000).unwrap_or_default());
    header.set_cksum();
    let mut summed = Summed { of: content.take(size), read: 0, sum: Hasher::new() };
    tar.append(&header, &mut summed)?;
    summed.whole(size)
}

/// Takes out what is in a file; returns its check sum.
fn copy(member: &mut Member, mut to: impl Write) -> io::Result<u32> {
    let size = member.size();
    let mut summed = Summed { of: member, read: 0, sum: Hasher::new() };
    io::copy(&mut summed, &mut to)?;
    summed.whole(size)
}

/// What is read, with its check sum (CRC-32).
struct Summed<R> {
    of: R,
    read: u64,
    sum: Hasher,
}

impl<R> Summed<R> {
    /// The check sum of all of it.
    fn whole(self, size: u64) -> io::Result<u32> {
        (self.read == size).then(|| self.sum.finalize()).ok_or(io::ErrorKind::UnexpectedEof.into())
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let many = self.of.read(buffer)?;
        self.sum.update(&buffer[..many]);
        self.read += many as u64;
        Ok(many)
    }
}

/// A file in a backup.
type Member<'a> = Entry<'a, BufReader<File>>;

/// Looks at each file of a backup, and takes its check sum.
fn each(
    file: &Path,
    mut look: impl FnMut(&str, &mut Member) -> io::Result<u32>,
) -> Result<List, String> {
    let shown = file.display();
    let opened = File::open(file).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    let mut tar = Archive::new(BufReader::new(opened));
    let mut sums = BTreeMap::new();
    let (mut list, mut begun) = (None, false);
    let mut go_through = || -> io::Result<()> {
        for member in tar.entries()? {
            let mut member = member?;
            let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
            if !begun && name != store::FILE {
                return Err(io::ErrorKind::InvalidData.into());
            }
            begun = true;
            if name == LIST {
                list = Some(text(&mut member)?.0);
            } else {
                let sum = look(&name, &mut member)?;
                sums.insert(name, sum);
            }
        }
        Ok(())
    };
    let gone = go_through();
    let torn = || format!("{shown} is damaged, or not whole: nothing was restored from it");
    match gone {
        Ok(()) | Err(_) if !begun => return Err(format!("{shown} is no backup of uncramp's")),
        Err(error) if is_of_the_tar(&error) => return Err(torn()),
        Err(error) => return Err(format!("{shown} cannot be unpacked: {error}")),
        Ok(()) => {}
    }
    let list: Option<List> = list.and_then(|text| serde_json::from_str(&text).ok());
    list.filter(|list| list.files == sums).ok_or_else(torn)
}

fn is_of_the_tar(error: &io::Error) -> bool {
    // A header that is none is `Other`.
    use io::ErrorKind::{InvalidData, Other, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | InvalidData | Other)
}

/// A short member as a text, with its check sum.
fn text(member: &mut Member) -> io::Result<(String, u32)> {
    if member.size() > MOST_TEXT {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    let sum = copy(member, &mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok((text, sum))
}

/// What root restores belongs to whom the directory belongs to.
fn give_to_owner(file: &Path, directory: &Path) -> io::Result<()> {
    let (own, wanted) = (fs::metadata(file)?, fs::metadata(directory)?);
    if (own.uid(), own.gid()) == (wanted.uid(), wanted.gid()) {
        return Ok(());
    }
    chown(file, Some(wanted.uid()), Some(wanted.gid()))
}

fn host() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// After that, a power cut does not undo the new name.
fn sync_directory(file: &Path) -> io::Result<()> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// A directory for what is being made; gone with it.
struct Staging(PathBuf);

impl Staging {
    fn new(path: PathBuf) -> io::Result<Self> {
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!("{} is left over: {error}", self.0.display());
        }
    }
}

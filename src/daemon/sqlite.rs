//! What both SQLite files have in common: they are checked when opened, brought up to this
//! version's schema, set aside if they are of no use, and read and copied beside whoever
//! writes them.

use std::fmt::{self, Display};
use std::fs::File;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::DateTime;
use rusqlite::{Connection, OpenFlags};

use super::clock;

/// How long one connection waits for another.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a copy is begun anew where somebody began to write meanwhile.
const COPY_TRIES: u32 = 5;

/// What a file is like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schema {
    /// The migrations, in order; `user_version` counts those that were applied.
    pub(super) migrations: &'static [&'static str],
    /// `FULL`: what is acknowledged survives a power cut. `NORMAL`: the last entries may be
    /// lost by one, and the file stays sound.
    pub(super) synchronous: &'static str,
}

/// Why a file cannot be used.
#[derive(Debug)]
pub(super) enum Unusable {
    /// The disk, or somebody else, keeps us from it.
    Disk(rusqlite::Error),
    /// Why what is in it is of no use, and how it is marked when set aside.
    Content(String, &'static str),
}

impl Unusable {
    /// What a value that cannot be read says of its file.
    pub(super) fn unreadable<W: Display>(why: W) -> Self {
        Self::Content(format!("is damaged ({why})"), "damaged")
    }
}

impl Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => write!(f, "cannot be used: {error}"),
            Self::Content(why, _) => f.write_str(why),
        }
    }
}

impl From<rusqlite::Error> for Unusable {
    fn from(error: rusqlite::Error) -> Self {
        if is_damage(&error) { Self::unreadable(error) } else { Self::Disk(error) }
    }
}

/// The file itself is broken, and trying again will not mend it.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, SchemaChanged};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase | SchemaChanged))
        || matches!(error, rusqlite::Error::InvalidColumnType(..))
}

/// Opens and checks a file and brings it up to this version's schema.
///
/// # Errors
/// Why it cannot be used.
pub(super) fn open(path: &Path, schema: Schema) -> Result<Connection, Unusable> {
    // What people say of their nights is theirs alone; the companions take after the file. If
    // this fails, so does what follows, and says why.
    drop(File::options().write(true).create_new(true).mode(0o600).open(path));
    // Left to itself, SQLite would read what it cannot write, and never write again.
    let mut connection = Connection::open(path)?;
    if connection.is_readonly(rusqlite::MAIN_DB)? {
        let readonly = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY);
        return Err(Unusable::Disk(rusqlite::Error::SqliteFailure(readonly, None)));
    }
    connection.busy_timeout(PATIENCE)?;
    let version = known_version(&connection, schema)?;
    let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if check != "ok" {
        return Err(Unusable::unreadable(check));
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", schema.synchronous)?;
    migrate(&mut connection, version, schema.migrations)?;
    Ok(connection)
}

/// The version of a file's schema.
///
/// # Errors
/// If a newer uncramp made it, or it cannot be read.
pub(super) fn known_version(connection: &Connection, schema: Schema) -> Result<u32, Unusable> {
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if usize::try_from(version).is_ok_and(|version| version > schema.migrations.len()) {
        return Err(Unusable::Content(
            format!("was written by a newer uncramp (version {version} of the file)"),
            "newer",
        ));
    }
    Ok(version)
}

/// Opens a file by `open`, or a new one in place of one whose content is of no use; with a
/// note if so.
///
/// # Errors
/// Why no file at all can be had.
pub(super) fn open_or_renew<T>(
    path: &Path,
    open: impl Fn(&Path) -> Result<T, Unusable>,
) -> Result<(T, Option<String>), String> {
    let (why, mark) = match open(path) {
        Ok(opened) => return Ok((opened, None)),
        Err(Unusable::Disk(error)) => return Err(error.to_string()),
        Err(Unusable::Content(why, mark)) => (why, mark),
    };
    let aside = set_aside(path, mark).map_err(|error| error.to_string())?;
    let note = format!(
        "{} {why}; it was set aside as {}, and a new one begun",
        path.display(),
        aside.display()
    );
    tracing::error!("{note}");
    let opened = open(path).map_err(|error| match error {
        Unusable::Disk(error) => error.to_string(),
        Unusable::Content(why, _) => why,
    })?;
    Ok((opened, Some(note)))
}

/// Opens a file to be read beside whoever writes it, touching nothing; none where there is
/// no file.
///
/// # Errors
/// A sentence, if it cannot be read.
pub(super) fn open_beside(path: &Path) -> Result<Option<Connection>, String> {
    open_as(path, is_alone(path))
}

/// Of a file that nobody has open nothing but itself is looked at; else its latest entries are
/// read under SQLite's own locks.
fn open_as(path: &Path, alone: bool) -> Result<Option<Connection>, String> {
    if !path.try_exists().map_err(|error| unreadable(path, &error))? {
        return Ok(None);
    }
    // A disk that is full or read-only has no room for locks that are shared.
    let way = |way| readable(&uri(path, way));
    let opened = if alone {
        way("immutable=1")
    } else {
        way("mode=ro").or_else(|error| way("mode=ro&readonly_shm=1").map_err(|_| error))
    };
    opened.map(Some).map_err(|error| unreadable(path, &error))
}

/// Opens a file to be read, and reads its first page: SQLite looks at nothing before.
fn readable(uri: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    Ok(connection)
}

/// Which schema a file has.
///
/// # Errors
/// A sentence, if it cannot be read.
pub(super) fn version_beside(path: &Path) -> Result<u32, String> {
    let connection = open_beside(path)?.ok_or_else(|| unreadable(path, &"it is not there"))?;
    let version = connection.query_row("PRAGMA user_version", [], |row| row.get(0));
    version.map_err(|error| unreadable(path, &error))
}

/// Copies a file beside whoever writes it, as of one instant, and touches nothing of it; false
/// where there is no file.
///
/// # Errors
/// A sentence, if it cannot be read, or the copy cannot be written.
pub(super) fn copy_beside(path: &Path, to: &Path) -> Result<bool, String> {
    for _ in 0..COPY_TRIES {
        let before = stamp(path);
        let Some(connection) = open_as(path, before.is_some())? else { return Ok(false) };
        let copied = vacuum_into(&connection, to);
        // Whoever began to write to a file that was read as nobody's may have torn the copy.
        if before.is_none() || before == stamp(path) {
            copied.map_err(|error| {
                format!("{} cannot be copied to {}: {error}", path.display(), to.display())
            })?;
            return Ok(true);
        }
        drop(std::fs::remove_file(to));
    }
    Err(unreadable(path, &"others begin and end writing to it all the time"))
}

/// SQLite's own copy, which waits for nobody and reads every row; nobody else may read it.
fn vacuum_into(connection: &Connection, to: &Path) -> Result<(), String> {
    let made = File::options().write(true).create_new(true).mode(0o600).open(to);
    made.map_err(|error| error.to_string())?;
    let name = to.to_str().ok_or("its name is no UTF-8")?;
    connection.execute("VACUUM INTO ?", [name]).map_err(|error| error.to_string())?;
    let check = is_sound(to);
    check.map_err(|why| format!("the copy is not sound ({why})"))
}

fn is_sound(path: &Path) -> Result<(), String> {
    let copy = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let copy = copy.map_err(|error| error.to_string())?;
    let check = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match check.map_err(|error| error.to_string())?.as_str() {
        "ok" => Ok(()),
        why => Err(why.to_owned()),
    }
}

/// By what a file that nobody has open would change; none for one that somebody has.
fn stamp(path: &Path) -> Option<(u64, i64, i64, u64)> {
    let data = std::fs::metadata(path).ok().filter(|_| is_alone(path))?;
    Some((data.ino(), data.mtime(), data.mtime_nsec(), data.len()))
}

/// Without a log beside it nobody has it open.
fn is_alone(path: &Path) -> bool {
    !suffixed(path, "-wal").exists()
}

/// The sentence about a file that cannot be read.
pub(super) fn unreadable(path: &Path, why: &dyn Display) -> String {
    format!("{} cannot be read: {why}", path.display())
}

fn migrate(
    connection: &mut Connection,
    version: u32,
    migrations: &'static [&'static str],
) -> rusqlite::Result<()> {
    for (n, migration) in (1u32..).zip(migrations).filter(|(n, _)| *n > version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", n)?;
        transaction.commit()?;
    }
    Ok(())
}

/// A file's name as SQLite's URIs want it (<https://www.sqlite.org/uri.html>).
fn uri(path: &Path, way: &str) -> String {
    let escape = |c: char| match c {
        '%' => "%25".to_owned(),
        '?' => "%3f".to_owned(),
        '#' => "%23".to_owned(),
        c => c.to_string(),
    };
    let name: String = path.to_string_lossy().chars().map(escape).collect();
    format!("file:{name}?{way}")
}

/// The day and the second, as they stand in the names of what is set aside.
pub(super) fn today() -> String {
    let now = DateTime::from_timestamp_millis(clock::wall_ms()).unwrap_or_default();
    now.format("%Y-%m-%dT%H%M%S").to_string()
}

/// Renames the file and its companions; a name that is taken gets a number.
pub(super) fn set_aside(path: &Path, mark: &str) -> std::io::Result<PathBuf> {
    let date = today();
    let named = |n: u32| {
        let number = if n == 0 { String::new() } else { format!("-{n}") };
        suffixed(path, &format!(".{mark}-{date}{number}"))
    };
    let aside = (0..1000).map(named).find(|name| !name.exists()).unwrap_or_else(|| named(0));
    std::fs::rename(path, &aside)?;
    for companion in ["-wal", "-shm"] {
        let from = suffixed(path, companion);
        if from.exists() {
            std::fs::rename(from, suffixed(&aside, companion))?;
        }
    }
    Ok(aside)
}

fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

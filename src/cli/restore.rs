//! `uncramp restore`.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::kept::{instant, sudo};
use super::run::{directories_of, store_said};

use super::{Common, End, save};
use crate::daemon::backup::{self, Refused, Restored, Whole};
use crate::daemon::history::Reader;
use crate::daemon::outside::Machine;
use crate::daemon::store::{self, Diary};
use crate::model::Zone;
use crate::plan::{self, Outside as _};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "uncramp must not run: stop it first (sudo systemctl stop uncramp). What is there is \
set aside beside the new, under a dated name, and nothing is deleted. The configuration goes where it \
was, or where --config says, and goes on keeping its state where a file that is there says: uncramp \
restore --config FILE BACKUP\n\nNothing switches on for it. \
Leases, and what somebody wished for a while, are over; when uncramp starts it says off first, and asks \
valves where they stand."
)]
pub(super) struct Arguments {
    /// What `uncramp backup` wrote.
    #[arg(value_name = "BACKUP")]
    file: PathBuf,
}

/// Where things go.
struct Places {
    directory: PathBuf,
    /// None if there is no configuration in the backup.
    configuration: Option<PathBuf>,
}

/// Brings a backup back: 0 it is there, 1 an uncramp runs, 2 it is none, or cannot be written.
pub(super) fn restore(common: &Common, arguments: &Arguments) -> io::Result<End> {
    let file = arguments.file.as_path();
    let said = common.config.as_deref();
    let whole = backup::read(file).and_then(|whole| match said {
        Some(path) => keeping_its_store(whole, path),
        None => Ok((whole, false)),
    });
    let (whole, moved) = match whole {
        Ok(whole) => whole,
        Err(why) => return Ok(refused(&why)),
    };
    let places = places(said, &whole);
    let mut restored = match backup::restore(file, &places.directory) {
        Ok(restored) => restored,
        Err(Refused::Runs(_)) => {
            eprintln!(
                "uncramp: an uncramp runs on {}, and would write over what is restored. Stop it \
                 first: sudo systemctl stop uncramp",
                places.directory.display()
            );
            return Ok(End::No);
        }
        Err(Refused::Because(why)) => return Ok(refused(&why)),
    };
    let written = configure(&whole, places.configuration.as_deref());
    let note = match written {
        Ok(kept) => {
            restored.aside.extend(kept);
            None
        }
        Err(error) => Some(error),
    };
    told(&mut io::stdout().lock(), &whole, &places, &restored, note.is_none())?;
    if moved && note.is_none() {
        println!("its `store:` is not the backup's: it names the directory above");
    }
    if let (Some(error), Some(path)) = (note, &places.configuration) {
        let path = path.display();
        eprintln!(
            "uncramp: {path} could not be written ({error}), all else is restored. To do it by hand: \
             tar xOf {} {} > {path}",
            file.display(),
            backup::CONFIGURATION
        );
        return Ok(End::No);
    }
    Ok(End::Well)
}

fn refused(why: &str) -> End {
    eprintln!("uncramp: {}", sudo(why));
    End::Input
}

/// The configuration goes where it was or is said, and all else where that keeps its state.
fn places(said: Option<&Path>, whole: &Whole) -> Places {
    let own = said.map(Path::to_owned).or_else(|| whole.list.configuration.clone());
    let path = own.clone().unwrap_or_else(|| PathBuf::from("/etc/uncramp/uncramp.yaml"));
    let store = whole.configuration.as_ref().and_then(|(text, _)| store_of(text));
    let directory = store.unwrap_or_else(|| {
        let all = directories_of(&path);
        let used = all.iter().find(|it| it.join(store::FILE).exists());
        used.or_else(|| all.first()).cloned().unwrap_or_default()
    });
    Places { directory, configuration: own.filter(|_| whole.configuration.is_some()) }
}

/// The same, with a configuration that keeps its state where the one does whose place it takes:
/// what lies where it did before may be another house's. And whether that is elsewhere.
///
/// # Errors
/// A sentence.
fn keeping_its_store(mut whole: Whole, path: &Path) -> Result<(Whole, bool), String> {
    let (Ok(before), Some((text, _))) = (fs::read_to_string(path), &mut whole.configuration) else {
        return Ok((whole, false));
    };
    let store = store_of(&before);
    if store_of(text) == store {
        return Ok((whole, false));
    }
    let whole_text = plan::parse(text, &Machine).is_ok();
    *text = with_store(text, store.as_deref());
    if store_of(text) == store && (!whole_text || plan::parse(text, &Machine).is_ok()) {
        return Ok((whole, true));
    }
    let path = path.display();
    Err(format!(
        "{path} and the configuration in the backup do not agree on `store:`, where the state is \
         kept. Set {path} aside to go by the backup's"
    ))
}

/// A configuration with this `store:` in place of its own; at its beginning, where it has none.
fn with_store(text: &str, store: Option<&Path>) -> String {
    let line = store.map_or_else(String::new, |it| format!("store: {}\n", it.display()));
    let is_its = |line: &str| line.starts_with("store:");
    if text.lines().any(is_its) {
        let lines = text.split_inclusive('\n');
        return lines.map(|old| if is_its(old) { line.as_str() } else { old }).collect();
    }
    // A document may be begun by a line of its own.
    let begun = text.find("---\n").filter(|at| *at == 0 || text[..*at].ends_with('\n'));
    let (head, rest) = text.split_at(begun.map_or(0, |at| at + "---\n".len()));
    format!("{head}{line}{rest}")
}

/// Where a configuration says that its state is kept.
fn store_of(text: &str) -> Option<PathBuf> {
    match plan::parse(text, &Machine) {
        Ok(parsed) => parsed.store,
        // On another machine its files of passwords may be missing.
        Err(_) => store_said(text),
    }
}

/// Writes the configuration, unless it stands there as it is. Returns where another one was kept.
fn configure(whole: &Whole, path: Option<&Path>) -> io::Result<Option<PathBuf>> {
    let Some(((text, mode), path)) = whole.configuration.as_ref().zip(path) else {
        return Ok(None);
    };
    let mode = fs::metadata(path).map_or(*mode, |data| data.mode() & 0o777);
    save::write(path, text, mode)
}

fn told(
    out: &mut impl Write,
    whole: &Whole,
    places: &Places,
    restored: &Restored,
    configured: bool,
) -> io::Result<()> {
    let Places { directory, configuration } = places;
    let diary = Diary::read(directory).ok().flatten().unwrap_or_default();
    let nights = Reader::open(directory).ok().flatten().and_then(|reader| reader.nights().ok());
    let zone = diary.plan.as_ref().map(|plan| plan.zone.clone());
    let zone = zone.or_else(|| Machine.system_zone()).unwrap_or_else(Zone::utc);
    let taken = instant(&zone, whole.list.at);
    writeln!(out, "Restored as of {taken}, on “{}”:", whole.list.host)?;
    let nights = nights.map_or_else(String::new, |nights| {
        let evenings: std::collections::BTreeSet<_> =
            nights.iter().map(|(evening, _, _)| *evening).collect();
        format!(", and a history of {}", counted(evenings.len(), "night", "nights"))
    });
    let entries = counted(diary.entries.len(), "entry", "entries");
    writeln!(out, "  {}: a diary of {entries}, the settings{nights}", directory.display())?;
    if let Some(path) = configuration.as_ref().filter(|_| configured) {
        writeln!(out, "  {}: the configuration", path.display())?;
    }
    let Restored { aside, unfinished, unknown } = restored;
    if !aside.is_empty() {
        writeln!(out, "Set aside, and yours to delete:")?;
        aside.iter().try_for_each(|path| writeln!(out, "  {}", path.display()))?;
    }
    if !unfinished.is_empty() {
        writeln!(
            out,
            "Not in the backup, and not known to be off; told to be, or as before, at the next start:"
        )?;
        unfinished.iter().try_for_each(|name| writeln!(out, "  {name}"))?;
    }
    if let Some(why) = unknown {
        writeln!(
            out,
            "What was there may have left something on, and cannot be asked: {why}. Look after what \
             was added since the backup."
        )?;
    }
    writeln!(
        out,
        "Nothing switches on for it: leases and what somebody wished for a while are over. Files that \
         the configuration names, as a password's, were not in the backup. Look at the configuration \
         (uncramp check), then start uncramp: sudo systemctl start uncramp"
    )
}

fn counted(many: usize, one: &str, more: &str) -> String {
    format!("{many} {}", if many == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_named_where_a_document_takes_it() {
        for (text, named) in [
            ("timezone: UTC\n", "store: /s\ntimezone: UTC\n"),
            ("store: /t\ntimezone: UTC\n", "store: /s\ntimezone: UTC\n"),
            ("# ours\n---\ntimezone: UTC\n", "# ours\n---\nstore: /s\ntimezone: UTC\n"),
            ("---\ntimezone: UTC\n", "---\nstore: /s\ntimezone: UTC\n"),
        ] {
            assert_eq!(with_store(text, Some(Path::new("/s"))), named);
        }
        assert_eq!(with_store("timezone: UTC\nstore: /t\n", None), "timezone: UTC\n");
    }
}

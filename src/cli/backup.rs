//! `uncramp backup`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::kept::{directory, sudo};
use super::{Common, End};
use crate::daemon::backup::{self, CONFIGURATION, List};
use crate::daemon::outside::Machine;
use crate::daemon::store::Diary;
use crate::daemon::{clock, history, store};
use crate::model::Zone;
use crate::plan::Outside as _;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The file is a tar with both SQLite files and the configuration that is in force. \
It holds health data and whatever passwords stand in the configuration, so only you can read it (mode \
0600): keep it like that. What stands in files of their own, as /etc/credstore/mqtt-password, is not \
in it. `uncramp restore FILE` brings it back.\n\nIt copies what a running uncramp keeps: where \
`store:` of the configuration says, else at the usual places. A configuration of your own is named \
by --config: uncramp backup --config FILE"
)]
pub(super) struct Arguments {
    /// The file to be written, or a directory for it [default: uncramp-DATE.tar, here].
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Copies everything that is kept into one file.
pub(super) fn backup(common: &Common, arguments: &Arguments) -> io::Result<End> {
    let taken = directory(common).and_then(|directory| {
        let to = name(arguments.file.as_deref(), &zone(&directory))?;
        let list = backup::take(&directory, &to).map_err(|why| sudo(&why))?;
        Ok((to, list))
    });
    match taken {
        Ok((to, list)) => {
            told(&mut io::stdout().lock(), &to, &list)?;
            Ok(End::Well)
        }
        Err(why) => {
            eprintln!("uncramp: {why}");
            Ok(End::Input)
        }
    }
}

/// How the house tells the time; as this machine does, if the house never said.
fn zone(directory: &Path) -> Zone {
    let diary = Diary::read(directory).ok().flatten();
    let plan = diary.and_then(|diary| diary.plan).map(|plan| plan.zone);
    plan.or_else(|| Machine.system_zone()).unwrap_or_else(Zone::utc)
}

/// What was said, or a name with the date, which no other one has.
///
/// # Errors
/// A sentence, if there is no directory for it.
fn name(said: Option<&Path>, zone: &Zone) -> Result<PathBuf, String> {
    let dated = zone.civil(clock::wall_ms()).format("uncramp-%Y-%m-%dT%H%M%S.tar").to_string();
    let Some(said) = said else { return Ok(PathBuf::from(dated)) };
    if said.is_dir() {
        return Ok(said.join(dated));
    }
    let for_a_directory = said.as_os_str().as_encoded_bytes().ends_with(b"/");
    let directory = if for_a_directory { Some(said) } else { said.parent() };
    match directory.filter(|it| !it.as_os_str().is_empty() && !it.exists()) {
        None => Ok(said.to_owned()),
        Some(missing) => {
            let missing = missing.display().to_string();
            let missing = missing.trim_end_matches('/');
            Err(format!("there is no directory {missing}: make it first (mkdir -p {missing})"))
        }
    }
}

fn told(out: &mut impl Write, to: &Path, list: &List) -> io::Result<()> {
    let holds = |name: &str| list.files.contains_key(name);
    let mut parts = vec![format!("the diary, settings and what was learned ({})", store::FILE)];
    if holds(history::FILE) {
        parts.push(format!("the history ({})", history::FILE));
    }
    if holds(CONFIGURATION) {
        parts.push(format!("the configuration ({CONFIGURATION})"));
    }
    writeln!(out, "{} holds {}.", to.display(), parts.join(", "))?;
    writeln!(
        out,
        "Health data is in it, and whatever passwords stand in the configuration: only you can read \
         it, keep it like that. Files that the configuration names are not in it. To bring it back: \
         uncramp restore {}",
        to.display()
    )
}

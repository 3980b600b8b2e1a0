//! `uncramp backup`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::kept::{directory, sudo};
use super::{Common, End};
use crate::daemon::backup::{self, CONFIGURATION, List};
use crate::daemon::outside::Machine;
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
    let to = name(arguments.file.as_deref());
    let taken = directory(common).and_then(|it| backup::take(&it, &to).map_err(|why| sudo(&why)));
    match taken {
        Ok(list) => {
            told(&mut io::stdout().lock(), &to, &list)?;
            Ok(End::Well)
        }
        Err(why) => {
            eprintln!("uncramp: {why}");
            Ok(End::Input)
        }
    }
}

/// What was said, or a name with the date, which no other one has.
fn name(said: Option<&Path>) -> PathBuf {
    let zone = Machine.system_zone().unwrap_or_else(Zone::utc);
    let dated = zone.civil(clock::wall_ms()).format("uncramp-%Y-%m-%dT%H%M%S.tar").to_string();
    match said {
        Some(place) if place.is_dir() => place.join(dated),
        Some(file) => file.to_owned(),
        None => PathBuf::from(dated),
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

//! `uncramp dashboard`.

use std::io::{self, Write as _};
use std::path::PathBuf;

use super::colour::Paint;
use super::config::{self, Failed};
use super::{Common, End};
use crate::surface;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "In Home Assistant: Settings, Dashboards, Add dashboard, New dashboard from scratch; open it, \
Edit, Raw configuration editor; paste what is printed."
)]
pub(super) struct Arguments {
    /// The configuration, as with --config.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Prints a page of this household's bedrooms.
pub(super) fn dashboard(common: &Common, arguments: &Arguments) -> io::Result<End> {
    let paint = Paint::on(common.color, &io::stderr());
    let said = arguments.file.as_deref().or(common.config.as_deref());
    match config::find(said).and_then(|path| config::load(&path, paint)) {
        Ok(loaded) => {
            io::stdout().lock().write_all(surface::dashboard(&loaded.parsed.plan).as_bytes())?;
            Ok(End::Well)
        }
        Err(Failed::Wrong(complaints)) => {
            eprint!("{complaints}");
            Ok(End::No)
        }
        Err(Failed::Missing(why) | Failed::Unreadable(why)) => {
            eprintln!("uncramp: {why}");
            Ok(End::Input)
        }
    }
}

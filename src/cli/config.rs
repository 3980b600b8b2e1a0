//! Finding and reading the configuration.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::colour::Paint;
use crate::daemon::outside::{Complete, Machine};
use crate::plan::{Adjusted, Adjustment, Parsed, complaint, parse, parse_adjusted};

/// Where the configuration is looked for.
const PLACES: [&str; 2] = ["/etc/uncramp/uncramp.yaml", "config/uncramp.yaml"];

/// A configuration that was read. Its text may hold a password: it is never shown.
pub(super) struct Loaded {
    /// Its file, as it was named.
    pub(super) path: PathBuf,
    /// What stands in it.
    pub(super) text: String,
    /// What it says.
    pub(super) parsed: Parsed,
    /// The file is wrong by now: this is what it said when it was last good.
    pub(super) outdated: bool,
}

/// Why there is no configuration.
#[derive(Debug)]
pub(super) enum Failed {
    /// There is no such file: a sentence.
    Missing(String),
    /// The file cannot be read: a sentence.
    Unreadable(String),
    /// It is wrong: every complaint, as people see it.
    Wrong(String),
}

impl Failed {
    /// The sentence, or the complaints.
    pub(super) fn why(&self) -> &str {
        match self {
            Self::Missing(why) | Self::Unreadable(why) | Self::Wrong(why) => why,
        }
    }
}

/// Where the configuration lies: where it was said to, else at the usual places.
pub(super) fn find(said: Option<&Path>) -> Result<PathBuf, Failed> {
    if let Some(path) = said {
        return Ok(path.to_owned());
    }
    PLACES.iter().map(PathBuf::from).find(|path| path.exists()).ok_or_else(|| {
        Failed::Missing(format!(
            "there is no configuration at {}. `uncramp setup` writes one; or name yours with --config FILE",
            PLACES.join(" or ")
        ))
    })
}

/// Reads a configuration.
pub(super) fn load(path: &Path, paint: Paint) -> Result<Loaded, Failed> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| {
        let why = unreadable(&shown, &error);
        if error.kind() == io::ErrorKind::NotFound {
            Failed::Missing(why)
        } else {
            Failed::Unreadable(why)
        }
    })?;
    match parse(&text, &Machine) {
        Ok(parsed) => Ok(Loaded { path: path.to_owned(), text, parsed, outdated: false }),
        Err(complaints) => {
            Err(Failed::Wrong(complaint::render(&complaints, &shown, &text, paint.on)))
        }
    }
}

/// Whether a configuration that cannot be used is right as it is written, and only what it asks
/// of this machine is not there: a moment may bring it, as a disk that is mounted late.
pub(super) fn may_heal(path: &Path) -> bool {
    match fs::read_to_string(path) {
        Ok(text) => parse(&text, &Complete).is_ok(),
        Err(error) => !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData),
    }
}

/// Reads a configuration with changes from Home Assistant above it; its text too.
pub(super) fn adjusted(path: &Path, changes: &[Adjustment]) -> Result<(String, Adjusted), String> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| unreadable(&shown, &error))?;
    match parse_adjusted(&text, &Machine, changes) {
        Ok(adjusted) => Ok((text, adjusted)),
        Err(complaints) => Err(complaint::render(&complaints, &shown, &text, false)),
    }
}

fn unreadable(shown: &str, error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::InvalidData {
        return format!(
            "{shown} is not UTF-8, which a `°` or an `é` of another encoding makes it: save it as \
             UTF-8 in your editor"
        );
    }
    format!("{shown} cannot be read: {error}")
}

impl Loaded {
    /// Its warnings as people see them; empty if there are none.
    pub(super) fn warnings(&self, paint: Paint) -> String {
        let shown = self.path.display().to_string();
        complaint::render(&self.parsed.warnings, &shown, &self.text, paint.on)
    }
}

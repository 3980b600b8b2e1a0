//! What a running uncramp keeps, to be read beside it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, SecondsFormat};

use super::colour::Paint;
use super::{Common, config, run};
use crate::daemon::history::Reader;
use crate::daemon::outside::Machine;
use crate::daemon::store::{self, Diary, Saved};
use crate::model::Zone;
use crate::plan::{Language, Outside as _, Plan, Units};
use crate::speech::Numbers;

/// What is kept in one state directory.
pub(super) struct Kept {
    pub(super) diary: Diary,
    /// None before there was one.
    pub(super) history: Option<Reader>,
    /// The bedrooms' states as they were recorded last.
    pub(super) states: Vec<Saved>,
    /// An uncramp writes there, or nobody can tell.
    pub(super) runs: bool,
}

impl Kept {
    /// Finds and opens it.
    ///
    /// # Errors
    /// A sentence, with what to do.
    pub(super) fn find(common: &Common) -> Result<Self, String> {
        let directory = directory(common)?;
        let diary = Diary::read(&directory).map_err(|why| sudo(&why))?.unwrap_or_default();
        let history = Reader::open(&directory).map_err(|why| sudo(&why))?;
        let states = Saved::read(&directory).map_err(|why| sudo(&why))?;
        let runs = store::is_taken(&directory) != Some(false);
        Ok(Self { diary, history, states, runs })
    }

    /// How the house tells the time; as this machine does, if the house never said.
    pub(super) fn zone(&self) -> Zone {
        let plan = self.diary.plan.as_ref().map(|plan| plan.zone.clone());
        plan.or_else(|| Machine.system_zone()).unwrap_or_else(Zone::utc)
    }

    /// In the house's units, and in English as everything around them.
    pub(super) fn numbers(&self) -> Numbers {
        let units = self.diary.plan.as_ref().map_or(Units::Metric, |plan| plan.units);
        Numbers::in_english(units)
    }
}

/// A plan whose sentences are English, as those of the command line are.
pub(super) fn in_english(plan: Plan) -> Plan {
    Plan { language: Language::English, ..plan }
}

/// An instant, in Unix milliseconds, as the house tells it: RFC 3339.
pub(super) fn instant(zone: &Zone, unix_ms: i64) -> String {
    let east = FixedOffset::east_opt(zone.offset(unix_ms.div_euclid(1000)));
    let instant = DateTime::from_timestamp_millis(unix_ms).zip(east);
    instant.map_or_else(String::new, |(instant, east)| {
        instant.with_timezone(&east).to_rfc3339_opts(SecondsFormat::Secs, false)
    })
}

/// Where the state lies: where the configuration says, else at the usual places.
///
/// # Errors
/// A sentence, with what to do.
pub(super) fn directory(common: &Common) -> Result<PathBuf, String> {
    let found = config::find(common.config.as_deref());
    let text = found.as_ref().ok().and_then(|path| std::fs::read_to_string(path).ok());
    let loaded = found.and_then(|path| config::load(&path, Paint { on: false }));
    // A wrong configuration keeps nobody from their diary.
    let said = || text.as_deref().and_then(run::store_said).into_iter();
    let places = loaded.map_or_else(
        |_| said().chain(run::usual_directories()).collect(),
        |it| run::state_directories(&it),
    );
    for place in &places {
        match place.join(store::FILE).try_exists() {
            Ok(true) => return Ok(place.clone()),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(sudo(&format!("{} cannot be read: {error}", place.display())));
            }
            Ok(false) | Err(_) => {}
        }
    }
    let places: Vec<String> = places.iter().map(|place| shown(place)).collect();
    Err(format!(
        "uncramp has kept nothing yet: there is no {} in {}. It begins with `uncramp run`",
        store::FILE,
        places.join(" or ")
    ))
}

fn shown(place: &Path) -> String {
    place.display().to_string()
}

/// The sentence, and what to do where only root may.
pub(super) fn sudo(why: &str) -> String {
    if why.contains("denied") || why.contains("unable to open") {
        format!("{why}. What people tell uncramp is theirs alone: try `sudo uncramp …`")
    } else {
        why.to_owned()
    }
}

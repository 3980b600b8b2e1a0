//! `uncramp support`.

mod names;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::colour::Paint;
use super::history::duration;
use super::kept::{self, in_english, instant};
use super::{Common, End, config, why};
use crate::daemon::history::{self, Reader};
use crate::daemon::outside::Machine;
use crate::daemon::store::{self, Diary, Good, Logged, Saved};
use crate::daemon::{about, schema_of};
use crate::history::Summary;
use crate::model::Zone;
use crate::plan::{self, Complaint, Outside as _, Units};
use crate::rules::{Because, Reason};
use crate::speech::Numbers;
use crate::view::Dropped;
use names::Names;

/// What it is, and what may be in it all the same.
const HEAD: &str = "\
What uncramp can tell of itself, to be pasted into an issue. READ IT BEFORE YOU PASTE IT.
Left out: passwords, users, the broker's host, comments of the configuration, all that it says of
sleepers, and the diary (cramps, drinks, answers). Sleepers are numbered, also in the names of
bedrooms, devices and topics, as far as they are spelt alike.
What may still tell of you: those names, other people's in them, addresses of devices, the time zone,
how warm it was, how long somebody was in bed, and whether a baby sleeps there.
";

/// So many nights are told of.
const NIGHTS: usize = 7;

/// Below these stand directories that are called after people.
const HOMES: [&str; 2] = ["/home/", "/Users/"];

/// What is not shown.
const ABOUT_A_SLEEPER: &str = "(about a sleeper: not shown)";

/// What there is to tell of.
struct House {
    /// The file, or why there is none.
    file: Result<(PathBuf, String), String>,
    /// Where the state lies, or why that is not known.
    directory: Result<PathBuf, String>,
    good: Option<Good>,
    diary: Diary,
    states: Vec<Saved>,
    history: Option<Reader>,
}

/// Tells everything that helps to find a fault, and nothing of the people.
pub(super) fn support(common: &Common) -> io::Result<End> {
    let house = House::find(common);
    let names = house.names();
    let mut text = String::new();
    for (title, told) in [
        ("uncramp", build()),
        ("Machine", machine()),
        ("How it runs", house.runs()),
        ("Configuration", house.configuration()),
        ("Complaints", house.complaints(&names)),
        ("Why it is as it is", house.why()),
        ("Counted", house.counted()),
        ("Nights", house.nights()),
        ("Files", house.files()),
    ] {
        let told = if told.trim().is_empty() { "nothing\n" } else { &told };
        append(&mut text, &format!("\n== {title}\n\n{told}"));
    }
    let mut out = io::stdout().lock();
    write!(out, "{HEAD}{}", without_homes(&names.taken_out(&text)))?;
    Ok(End::Well)
}

fn build() -> String {
    let with = if cfg!(feature = "embedded-broker") { "with" } else { "without" };
    let kind = if cfg!(debug_assertions) { "a debug build" } else { "a release build" };
    format!("uncramp {}, {kind}, {with} the broker inside\n", env!("CARGO_PKG_VERSION"))
}

fn machine() -> String {
    let mut told = String::new();
    for (name, value) in about::machine() {
        append(&mut told, &format!("{name}: {value}\n"));
    }
    told
}

impl House {
    fn find(common: &Common) -> Self {
        let found = config::find(common.config.as_deref());
        let file = found.map_err(|failed| failed.why().to_owned()).and_then(|path| {
            let text = fs::read_to_string(&path);
            let text = text.map_err(|error| format!("{} cannot be read: {error}", path.display()));
            Ok((path, text?))
        });
        let directory = kept::directory(common);
        let place = directory.as_deref().unwrap_or(Path::new(""));
        Self {
            good: Good::read(place).ok().flatten(),
            diary: Diary::read(place).ok().flatten().unwrap_or_default(),
            states: Saved::read(place).unwrap_or_default(),
            history: Reader::open(place).ok().flatten(),
            file,
            directory,
        }
    }

    /// Everybody who is or was named as a sleeper, those of the file first.
    fn names(&self) -> Names {
        let texts = self.file.iter().map(|(_, text)| text.as_str());
        let texts = texts.chain(self.good.iter().map(|good| good.text.as_str()));
        let written: Vec<String> = texts.flat_map(plan::sleepers).collect();
        let former = self.history.as_ref().and_then(|reader| reader.plans().ok());
        let plans = self.diary.plan.as_deref().into_iter().cloned();
        let plans = plans.chain(former.unwrap_or_default().into_values());
        let rooms = plans.flat_map(|plan| plan.bedrooms);
        let planned = rooms.flat_map(|room| room.sleepers).map(|sleeper| sleeper.name);
        let logged = self.diary.entries.iter().filter_map(Logged::sleeper).map(str::to_owned);
        Names::of(written.into_iter().chain(planned).chain(logged))
    }

    fn runs(&self) -> String {
        let running = match self.directory.as_deref().map(store::is_taken) {
            Ok(Some(true)) => "an uncramp runs",
            Ok(Some(false)) => "no uncramp runs",
            Ok(None) | Err(_) => "whether an uncramp runs is not known",
        };
        let clock = if Machine.clock_is_right() { "known" } else { "not known" };
        let service = about::service().unwrap_or_else(|| "there is none".to_owned());
        format!("{running}\nsystemd: {service}\nthe clock is {clock} to be right\n")
    }

    fn configuration(&self) -> String {
        let mut told = String::new();
        let (path, text) = match (&self.file, &self.good) {
            (Ok((path, text)), good) => {
                if good.as_ref().is_some_and(|good| good.text != *text) {
                    told += "(not what is in force: it was changed since, or is wrong)\n";
                }
                (path, text)
            }
            (Err(why), Some(good)) => {
                append(&mut told, &format!("({why}. What is in force:)\n"));
                (&good.path, &good.text)
            }
            (Err(why), None) => return format!("{why}\n"),
        };
        append(&mut told, &format!("{}\n", path.display()));
        match plan::redacted(text) {
            Ok(shown) => told + &shown,
            Err(Complaint { line, column, .. }) => {
                format!("{told}it is no YAML, from line {line}, column {column} on\n")
            }
        }
    }

    /// What `check` complains of, without the lines of the file.
    fn complaints(&self, names: &Names) -> String {
        let Ok((_, text)) = &self.file else { return String::new() };
        let complaints = match plan::parse(text, &Machine) {
            Ok(parsed) => parsed.warnings,
            Err(complaints) => complaints,
        };
        complaints.iter().map(|it| complaint(it, names)).collect()
    }

    fn why(&self) -> String {
        match (&self.history, &self.diary.plan) {
            (Some(reader), Some(plan)) => {
                let (kept, plan) = ((reader, self.states.as_slice()), in_english((**plan).clone()));
                let manner = why::Manner { paint: Paint { on: false }, hides: is_about_somebody };
                let told = why::standing(kept, &plan, &self.zone(), None, manner);
                told.unwrap_or_else(|why| format!("{why}\n"))
            }
            (_, _) => String::new(),
        }
    }

    /// What is counted rather than told each time.
    fn counted(&self) -> String {
        let Some(plan) = &self.diary.plan else { return String::new() };
        let Dropped { readings, records, diary } = self.diary.dropped;
        let mut told = format!(
            "dropped since the last start: {readings} readings, {records} records, {diary} entries\n"
        );
        for room in &plan.bedrooms {
            let Some((seen, stand)) = why::seen(&self.states, plan, room) else { continue };
            let (name, mode, skipped) = (&room.name, seen.mode, seen.skipped_reminders);
            // It is recorded with the bedroom's decisions, and every hour.
            let at = instant(&self.zone(), stand.wall);
            append(
                &mut told,
                &format!("{name}: mode {mode:?}, {skipped} reminders skipped, as of {at}\n"),
            );
            for sensor in seen.sensors {
                append(
                    &mut told,
                    &format!(
                        "  {}: {} garbled, {} repeated\n",
                        sensor.name, sensor.garbled, sensor.repeated
                    ),
                );
            }
        }
        told
    }

    /// What the last nights came to, of the room alone.
    fn nights(&self) -> String {
        let Some(Ok(nights)) = self.history.as_ref().map(Reader::nights) else {
            return String::new();
        };
        let line = |(evening, bedroom, summary): (NaiveDate, String, Summary)| {
            let Summary { dose, dose_max, in_bed, unknown, heat, fan, .. } = summary;
            let numbers = Numbers::in_english(Units::Metric);
            let [in_bed, unknown, heat, fan] = [in_bed, unknown, heat, fan].map(duration);
            format!(
                "{evening} {bedroom}: cold {}, at most {}; in bed {in_bed}; no temperature {unknown}; \
                 heat {heat}; fan {fan}\n",
                numbers.dose(dose),
                numbers.bare_dose(dose_max)
            )
        };
        nights.into_iter().take(NIGHTS).map(line).collect()
    }

    fn files(&self) -> String {
        let directory = match &self.directory {
            Ok(directory) => directory,
            Err(why) => return format!("{why}\n"),
        };
        let mut told = format!("{}\n", directory.display());
        let mut names: Vec<_> = fs::read_dir(directory).into_iter().flatten().flatten().collect();
        names.sort_by_key(fs::DirEntry::file_name);
        for entry in names {
            let name = entry.file_name().to_string_lossy().into_owned();
            let size = entry.metadata().map_or(0, |data| data.len());
            let schema = match name.as_str() {
                store::FILE | history::FILE => schema(&entry.path()),
                _ => String::new(),
            };
            append(&mut told, &format!("  {name}: {size} bytes{schema}\n"));
        }
        told
    }

    fn zone(&self) -> Zone {
        let plan = self.diary.plan.as_ref().map(|plan| plan.zone.clone());
        plan.or_else(|| Machine.system_zone()).unwrap_or_else(Zone::utc)
    }
}

fn is_about_somebody(reason: &Reason) -> bool {
    matches!(reason.because, Because::BeddingLocked)
}

fn complaint(complaint: &Complaint, names: &Names) -> String {
    let Complaint { line, column, path, what, warning, .. } = complaint;
    let kind = if *warning { "warning" } else { "fault" };
    // What names somebody may say of them what a condition forbids.
    if path.split('.').any(|part| part == "sleepers") || names.are_in(what) {
        return format!("{line}:{column} {kind}: {ABOUT_A_SLEEPER}\n");
    }
    format!("{line}:{column} {kind}: {}\n", plan::told(complaint))
}

fn schema(path: &Path) -> String {
    match schema_of(path) {
        Ok((version, known)) => format!(", schema {version} of {known}"),
        Err(why) => format!(", {why}"),
    }
}

/// Whose directory it is names somebody.
fn without_homes(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, home)) =
        HOMES.iter().filter_map(|home| Some((rest.find(home)?, home))).min()
    {
        let after = &rest[at + home.len()..];
        let end = after.find(|c: char| c == '/' || c.is_whitespace()).unwrap_or(after.len());
        append(&mut out, &format!("{}{home}***", &rest[..at]));
        rest = &after[end..];
    }
    out + rest
}

/// Writing to a string cannot fail.
fn append(out: &mut String, text: &str) {
    let written = out.write_str(text);
    debug_assert!(written.is_ok());
}

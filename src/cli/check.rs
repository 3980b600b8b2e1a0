//! `uncramp check`.

mod prove;

use std::io::{self, Write};
use std::path::PathBuf;

use super::colour::Paint;
use super::config::{self, Failed, Loaded};
use super::{Common, End, run};
use crate::daemon::outside::Machine;
use crate::daemon::store::Store;
use crate::plan::{self, Adjustment, Outside as _, Plan, Sleeper};
use crate::speech;

#[derive(Debug, Default, clap::Args)]
pub(super) struct Arguments {
    /// The configuration, as with --config.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    prove: prove::Arguments,
}

/// Says everything that is wrong or dangerous in the configuration, or what its devices
/// make possible.
pub(super) fn check(common: &Common, arguments: &Arguments) -> io::Result<End> {
    let mut out = io::stdout().lock();
    let paint = Paint::on(common.color, &out);
    let said = arguments.file.as_deref().or(common.config.as_deref());
    match config::find(said).and_then(|path| config::load(&path, paint)) {
        Ok(loaded) => {
            good(&mut out, &loaded, paint)?;
            prove::prove(&mut out, &loaded, &arguments.prove, paint)
        }
        Err(Failed::Wrong(complaints)) => {
            write!(out, "{complaints}")?;
            Ok(End::No)
        }
        Err(Failed::Missing(why) | Failed::Unreadable(why)) => {
            eprintln!("uncramp: {why}");
            Ok(End::Input)
        }
    }
}

fn good(out: &mut impl Write, loaded: &Loaded, paint: Paint) -> io::Result<()> {
    write!(out, "{}", loaded.warnings(paint))?;
    let plan = &loaded.parsed.plan;
    for bedroom in &plan.bedrooms {
        let devices = speech::devices(bedroom, loaded.parsed.today, plan.language);
        writeln!(out, "{}", paint.bold(&bedroom.shown()))?;
        list(out, "What is here makes possible:", &devices.possible)?;
        list(out, "One more would add:", &devices.more)?;
        writeln!(out)?;
    }
    changes(out, loaded, paint)?;
    doubt(out, plan, loaded.parsed.today)?;
    let bedrooms = match plan.bedrooms.len() {
        1 => "one bedroom".to_owned(),
        many => format!("{many} bedrooms"),
    };
    let verdict = match loaded.parsed.warnings.len() {
        0 => String::new(),
        1 => ", with one warning above".to_owned(),
        many => format!(", with {many} warnings above"),
    };
    let ok = paint.good("ok");
    writeln!(out, "{ok}: {} configures {bedrooms}{verdict}", loaded.path.display())
}

/// What Home Assistant changed above the file, as `run` would take it up.
fn changes(out: &mut impl Write, loaded: &Loaded, paint: Paint) -> io::Result<()> {
    let directories = run::state_directories(loaded);
    let kept = directories.iter().find_map(|directory| Store::peek(directory).transpose());
    let kept = match kept {
        None => return Ok(()),
        Some(Ok(kept)) => kept,
        Some(Err(why)) => {
            let hint = "run this as root to see what was changed in Home Assistant";
            return writeln!(out, "{}: {why}; {hint}\n", paint.warm("note"));
        }
    };
    let plan = &loaded.parsed.plan;
    let here = |change: &Adjustment| plan.bedrooms.iter().any(|it| it.name == change.bedroom);
    let kept: Vec<_> = kept.into_iter().filter(here).collect();
    let Ok(adjusted) = plan::parse_adjusted(&loaded.text, &Machine, &kept) else { return Ok(()) };
    let told = |change: &Adjustment| change_line(change, plan);
    let standing: Vec<_> = adjusted.standing.iter().map(told).collect();
    let yielded: Vec<_> = adjusted.yielded.iter().map(told).collect();
    if standing.is_empty() && yielded.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint.bold("Changed in Home Assistant"))?;
    list(out, "In force, above the file:", &standing)?;
    list(out, "No longer in force, since the file was edited or they do not fit it:", &yielded)?;
    writeln!(out)
}

/// Such as “bedroom: `too_cold` 18.5 °C, set in Home Assistant on 2026-11-22 at 22:30; the file
/// says `cold_exposure.reference: 18 °C`”.
fn change_line(change: &Adjustment, plan: &Plan) -> String {
    let Adjustment { bedroom, setting, value, written, at } = change;
    let civil = at.map(|at| plan.zone.civil(at).format(" on %Y-%m-%d at %H:%M").to_string());
    let when = civil.unwrap_or_default();
    let path = setting.path();
    let file = written.as_ref().map_or_else(
        || format!("the file said nothing at `{path}`"),
        |written| format!("the file said `{path}: {written}`"),
    );
    format!("{bedroom}: {} {value}, set in Home Assistant{when}; {file}", setting.name())
}

/// Says by which date ages were judged, where the clock may be wrong.
fn doubt(out: &mut impl Write, plan: &Plan, today: Option<(i32, u32)>) -> io::Result<()> {
    let dated = |sleeper: &Sleeper| sleeper.born.is_some() || sleeper.conditions.is_some();
    let asked = plan.bedrooms.iter().flat_map(|bedroom| &bedroom.sleepers).any(dated);
    if Machine.clock_is_right() || !asked {
        return Ok(());
    }
    let taken = today.map_or_else(
        || "ages and dates are not looked at".to_owned(),
        |(year, month)| format!("ages and dates are taken as of {year}-{month:02}"),
    );
    writeln!(out, "This machine does not say that its clock is right: {taken}.")
}

fn list(out: &mut impl Write, heading: &str, sentences: &[String]) -> io::Result<()> {
    if sentences.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {heading}")?;
    sentences.iter().try_for_each(|sentence| writeln!(out, "  - {sentence}"))
}

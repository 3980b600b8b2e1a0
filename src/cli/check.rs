//! `uncramp check`.

mod prove;

use std::io::{self, Write};
use std::path::PathBuf;

use super::colour::Paint;
use super::config::{self, Failed, Loaded};
use super::lines::Lines;
use super::{Common, End, run};
use crate::daemon::outside::Machine;
use crate::daemon::store::Store;
use crate::model::{KelvinHours, Temperature, words};
use crate::plan::{self, Adjustment, Outside as _, Plan, Setting, Sleeper};
use crate::speech::{self, Numbers};

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
    let (paint, lines) = (Paint::on(common.color, &out), Lines::of(&out));
    let said = arguments.file.as_deref().or(common.config.as_deref());
    match config::find(said).and_then(|path| config::load(&path, paint)) {
        Ok(loaded) => {
            let adjusted = good(&mut out, &loaded, (paint, lines))?;
            let plan = adjusted.as_ref().unwrap_or(&loaded.parsed.plan);
            prove::prove(&mut out, &loaded, plan, &arguments.prove, paint)
        }
        Err(Failed::Wrong(complaints)) => {
            write!(out, "{}", lines.fit_complaints(&complaints))?;
            Ok(End::No)
        }
        Err(Failed::Missing(why) | Failed::Unreadable(why)) => {
            eprintln!("uncramp: {why}");
            Ok(End::Input)
        }
    }
}

/// The plan in force, where it is not the file's.
fn good(
    out: &mut impl Write,
    loaded: &Loaded,
    (paint, lines): (Paint, Lines),
) -> io::Result<Option<Plan>> {
    write!(out, "{}", lines.fit_complaints(&loaded.warnings(paint)))?;
    let plan = &loaded.parsed.plan;
    for bedroom in &plan.bedrooms {
        let devices = speech::devices(bedroom, loaded.parsed.today, Numbers::of(plan));
        writeln!(out, "{}", paint.bold(&bedroom.shown()))?;
        let heading =
            words!(plan.language, "What is here makes possible:", "Was da ist, macht möglich:");
        list((out, lines), &heading, &devices.possible)?;
        let heading = words!(plan.language, "One more would add:", "Was mehr brächte:");
        list((out, lines), &heading, &devices.more)?;
        writeln!(out)?;
    }
    let adjusted = changes((out, lines), loaded, paint)?;
    doubt((out, lines), plan, loaded.parsed.today)?;
    let (language, ok) = (plan.language, paint.good("ok"));
    let (shown, bedrooms) = (loaded.path.display(), bedrooms(plan));
    let verdict = match loaded.parsed.warnings.len() {
        0 => String::new(),
        1 => words!(language, ", with one warning above", ", mit einer Warnung darüber"),
        many => words!(language, ", with {many} warnings above", ", mit {many} Warnungen darüber"),
    };
    let said = words!(
        language,
        "{ok}: {shown} configures {bedrooms}{verdict}",
        "{ok}: {shown} richtet {bedrooms} ein{verdict}"
    );
    writeln!(out, "{said}")?;
    Ok(adjusted)
}

fn bedrooms(plan: &Plan) -> String {
    match plan.bedrooms.len() {
        1 => words!(plan.language, "one bedroom", "ein Schlafzimmer"),
        many => words!(plan.language, "{many} bedrooms", "{many} Schlafzimmer"),
    }
}

/// What Home Assistant changed above the file, as `run` would take it up; the plan with it.
fn changes(
    (out, lines): (&mut impl Write, Lines),
    loaded: &Loaded,
    paint: Paint,
) -> io::Result<Option<Plan>> {
    let plan = &loaded.parsed.plan;
    let language = plan.language;
    let directories = run::state_directories(loaded);
    let kept = directories.iter().find_map(|directory| Store::peek(directory).transpose());
    let kept = match kept {
        None => return Ok(None),
        Some(Ok(kept)) => kept,
        Some(Err(why)) => {
            let hint = words!(
                language,
                "run this as root to see what was changed in Home Assistant",
                "als root aufgerufen zeigt es, was in Home Assistant geändert wurde"
            );
            let note = paint.warm(&words!(language, "note", "Hinweis"));
            write!(out, "{}", lines.fit(&format!("{note}: {why}; {hint}\n\n")))?;
            return Ok(None);
        }
    };
    let here = |change: &Adjustment| plan.bedrooms.iter().any(|it| it.name == change.bedroom);
    let kept: Vec<_> = kept.into_iter().filter(here).collect();
    let Ok(adjusted) = plan::parse_adjusted(&loaded.text, &Machine, &kept) else { return Ok(None) };
    let told = |change: &Adjustment| change_line(change, plan);
    let standing: Vec<_> = adjusted.standing.iter().map(told).collect();
    let yielded: Vec<_> = adjusted.yielded.iter().map(told).collect();
    if standing.is_empty() && yielded.is_empty() {
        return Ok(None);
    }
    let heading = words!(language, "Changed in Home Assistant", "In Home Assistant geändert");
    writeln!(out, "{}", paint.bold(&heading))?;
    let heading =
        words!(language, "In force, above the file:", "Gilt, auch wenn die Datei anderes sagt:");
    list((out, lines), &heading, &standing)?;
    let heading = words!(
        language,
        "No longer in force, since the file was edited or they do not fit it:",
        "Gilt nicht mehr, weil die Datei seither geändert wurde oder es nicht zu ihr passt:"
    );
    list((out, lines), &heading, &yielded)?;
    writeln!(out)?;
    Ok(Some(adjusted.parsed.plan))
}

/// Such as “bedroom: `too_cold` 18.5 °C, set in Home Assistant on 2026-11-22 at 22:30; the file
/// says `cold_exposure.reference: 18 °C`”.
fn change_line(change: &Adjustment, plan: &Plan) -> String {
    let Adjustment { bedroom, setting, value, written, at } = change;
    let language = plan.language;
    let civil = at.map(|at| {
        let civil = plan.zone.civil(at);
        let (date, time) = (civil.format("%Y-%m-%d"), civil.format("%H:%M"));
        words!(language, " on {date} at {time}", " am {date} um {time} Uhr")
    });
    let when = civil.unwrap_or_default();
    let path = setting.path();
    let file = written.as_ref().map_or_else(
        || {
            words!(
                language,
                "the file said nothing at `{path}`",
                "in der Datei stand nichts bei `{path}`"
            )
        },
        |written| {
            words!(
                language,
                "the file said `{path}: {written}`",
                "in der Datei stand `{path}: {written}`"
            )
        },
    );
    let (name, value) = (setting.name(), in_house_units(*setting, value, Numbers::of(plan)));
    words!(
        language,
        "{bedroom}: {name} {value}, set in Home Assistant{when}; {file}",
        "{bedroom}: {name} {value}, in Home Assistant gestellt{when}; {file}"
    )
}

/// A value as the file would say it, in the units that the house is told.
fn in_house_units(setting: Setting, value: &str, numbers: Numbers) -> String {
    let number = value.strip_suffix(setting.unit()).and_then(|it| it.parse::<f64>().ok());
    match (setting, number) {
        (Setting::TooCold | Setting::Ceiling | Setting::TooWarm, Some(number)) => {
            numbers.degrees(Temperature::celsius(number))
        }
        (Setting::Dose, Some(number)) => numbers.dose(KelvinHours::new(number)),
        (_, _) => value.to_owned(),
    }
}

/// Says by which date ages were judged, where the clock may be wrong.
fn doubt(
    (out, lines): (&mut impl Write, Lines),
    plan: &Plan,
    today: Option<(i32, u32)>,
) -> io::Result<()> {
    let dated = |sleeper: &Sleeper| sleeper.born.is_some() || sleeper.conditions.is_some();
    let asked = plan.bedrooms.iter().flat_map(|bedroom| &bedroom.sleepers).any(dated);
    if Machine.clock_is_right() || !asked {
        return Ok(());
    }
    let language = plan.language;
    let taken = today.map_or_else(
        || {
            words!(
                language,
                "ages and dates are not looked at",
                "Alter und Daten werden nicht geprüft"
            )
        },
        |(year, month)| {
            words!(
                language,
                "ages and dates are taken as of {year}-{month:02}",
                "Alter und Daten gelten wie im Monat {year}-{month:02}"
            )
        },
    );
    let said = words!(
        language,
        "This machine does not say that its clock is right: {taken}. A network that sets it (NTP) \
         helps, or a clock with a battery (RTC).",
        "Dieser Rechner sagt nicht, dass seine Uhr stimmt: {taken}. Ein Netz, das sie stellt (NTP), \
         hilft, oder eine Uhr mit Batterie (RTC)."
    );
    writeln!(out, "{}", lines.fit(&said))
}

fn list(
    (out, lines): (&mut impl Write, Lines),
    heading: &str,
    sentences: &[String],
) -> io::Result<()> {
    if sentences.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {heading}")?;
    let told = |sentence: &String| lines.fit(&format!("  - {sentence}\n"));
    sentences.iter().try_for_each(|sentence| write!(out, "{}", told(sentence)))
}

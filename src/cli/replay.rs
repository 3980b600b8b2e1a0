//! `uncramp replay`.

mod show;

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use chrono::{NaiveDate, NaiveTime};

use super::colour::Paint;
use super::config::{self, Failed};
use super::kept::in_english;
use super::{Common, End};
use crate::daemon::outside::Machine;
use crate::history::{self, Events, Options, Readings, Recording};
use crate::model::{Span, Window, Zone};
use crate::plan::{Bedroom, Language, Outside, Plan};
use crate::report::{self, fitted, play, usual};
use crate::wire::plain::Unit;
use show::Show;

#[derive(Debug, clap::Args)]
#[command(after_help = "FILE is a recording of uncramp, a table of readings whose first line \
names its columns (time,temperature_c,humidity_pct), or the file that Home Assistant's History \
page downloads. With --config the bedroom of that configuration is played; without it a radiator \
valve and a fan.")]
pub(super) struct Arguments {
    /// What was recorded.
    file: PathBuf,
    /// One JSON object for each night, a line each.
    #[arg(long)]
    json: bool,
    /// The hours that count as in bed [default: the configuration's, else 22:30-06:45].
    #[arg(long, value_name = "FROM-TO", value_parser = window)]
    sleep: Option<Window>,
    /// Which bedroom of the configuration [default: its first].
    #[arg(long, value_name = "NAME")]
    bedroom: Option<String>,
    /// Home Assistant: the entity that is the bedroom's temperature.
    #[arg(long, value_name = "ENTITY")]
    temperature: Option<String>,
    /// Home Assistant: the entity that is the bedroom's humidity.
    #[arg(long, value_name = "ENTITY")]
    humidity: Option<String>,
    /// Temperatures are in °F where the file does not say.
    #[arg(long)]
    fahrenheit: bool,
    /// Shows only the night of this evening, and draws it into the file named by --svg.
    #[arg(long, value_name = "DATE", requires = "svg")]
    night: Option<NaiveDate>,
    /// The picture to be written.
    #[arg(long, value_name = "FILE", requires = "night")]
    svg: Option<PathBuf>,
}

/// Plays recorded nights.
pub(super) fn replay(common: &Common, arguments: &Arguments) -> io::Result<End> {
    let paint = Paint::on(common.color, &io::stdout());
    let other = match common.config.as_deref().map(|path| config::load(path, paint)).transpose() {
        Ok(loaded) => loaded.map(|loaded| in_english(loaded.parsed.plan)),
        Err(Failed::Wrong(why) | Failed::Missing(why) | Failed::Unreadable(why)) => {
            return Ok(input(&why));
        }
    };
    let name = arguments.file.display();
    let text = match fs::read(&arguments.file) {
        Ok(bytes) => String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        Err(error) => return Ok(input(&format!("{name} cannot be read: {error}"))),
    };
    let options = Options {
        temperature: arguments.temperature.as_deref(),
        humidity: arguments.humidity.as_deref(),
        unit: if arguments.fahrenheit { Unit::Fahrenheit } else { Unit::Celsius },
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let ended = match history::read(&text, &options) {
        Ok(Recording::Readings(readings)) => {
            of_readings(&mut out, &readings, other.as_ref(), arguments, paint)
        }
        Ok(Recording::Events(mut events)) => {
            events.plan.language = Language::English;
            of_events(&mut out, &events, other, arguments, paint)
        }
        Err(problems) => {
            for problem in problems {
                eprintln!("{name}: {problem}");
            }
            Ok(End::Input)
        }
    };
    out.flush()?;
    ended
}

fn of_readings(
    out: &mut impl Write,
    readings: &Readings,
    other: Option<&Plan>,
    arguments: &Arguments,
    paint: Paint,
) -> io::Result<End> {
    if readings.samples.is_empty() {
        return Ok(input("the file holds no readings"));
    }
    let plan = match assumed(readings, other, arguments) {
        Ok(plan) => plan,
        Err(why) => return Ok(input(&why)),
    };
    let mut show = Show::new(&plan, readings, paint);
    if !arguments.json {
        show.head(out, other.is_some())?;
    }
    let mut written = Ok(());
    let mut nights = play(&plan, &readings.samples, arguments.night, &mut |decision| {
        let shown = arguments.night.is_none_or(|night| night == decision.evening);
        if shown && !arguments.json && written.is_ok() {
            written = show.decision(out, &decision);
        }
    });
    written?;
    if let Some(evening) = arguments.night {
        nights.nights.retain(|night| night.evening == evening);
    }
    if arguments.json {
        show.json(out, &nights)?;
    } else {
        show.summary(out, &nights)?;
    }
    let (Some(evening), Some(path)) = (arguments.night, &arguments.svg) else {
        return Ok(End::Well);
    };
    match &nights.picture {
        Some(picture) => {
            if let Err(error) = fs::write(path, report::draw(picture)) {
                return Ok(input(&format!("{} cannot be written: {error}", path.display())));
            }
            if !arguments.json {
                writeln!(out, "\nIts picture is in {}", path.display())?;
            }
            Ok(End::Well)
        }
        None => Ok(input(&format!("the file holds no night of {evening}"))),
    }
}

fn of_events(
    out: &mut impl Write,
    events: &Events,
    other: Option<Plan>,
    arguments: &Arguments,
    paint: Paint,
) -> io::Result<End> {
    if arguments.json || arguments.night.is_some() || arguments.sleep.is_some() {
        return Ok(input(
            "--json, --night and --sleep are for readings: a recording of uncramp holds its own \
             hours, and its decisions are shown one by one",
        ));
    }
    let recorded = report::repeat(events, None);
    show::events(out, events, &recorded, paint)?;
    if let Some(other) = other {
        let changed = report::repeat(events, Some(&other));
        let differences = report::differences((&events.plan, &recorded), (&other, &changed));
        show::differences(out, events, &other, &differences, paint)?;
    }
    Ok(End::Well)
}

/// The plan of one bedroom that is played.
fn assumed(
    readings: &Readings,
    other: Option<&Plan>,
    arguments: &Arguments,
) -> Result<Plan, String> {
    let plan = match other {
        Some(plan) => plan.clone(),
        None => without_configuration(readings, arguments.sleep.unwrap_or_else(usual_sleep))?,
    };
    let chosen: Option<&Bedroom> = match &arguments.bedroom {
        Some(name) => plan.bedroom_named(name).map(|(_, bedroom)| bedroom),
        None => plan.bedrooms.first(),
    };
    let Some(chosen) = chosen else {
        let names: Vec<&str> = plan.bedrooms.iter().map(|room| room.name.as_str()).collect();
        return Err(format!("the configuration has no such bedroom, only {}", names.join(", ")));
    };
    let mut plan = fitted(&plan, chosen, &readings.samples)
        .map_err(|error| format!("{error}: name the column temperature_c, or use --temperature"))?;
    if let (Some(sleep), Some(room)) = (arguments.sleep, plan.bedrooms.first_mut()) {
        room.sleep = sleep;
    }
    Ok(plan)
}

/// The clock on the wall is the one that the rows tell, else this machine's.
fn without_configuration(readings: &Readings, sleep: Window) -> Result<Plan, String> {
    let zone = readings.zone().or_else(|| Machine.system_zone()).unwrap_or_else(Zone::utc);
    usual(sleep, &zone).map_err(|complaints| {
        let all: Vec<String> = complaints.into_iter().map(|complaint| complaint.what).collect();
        all.join("; ")
    })
}

fn usual_sleep() -> Window {
    let time = |hours, minutes| NaiveTime::from_hms_opt(hours, minutes, 0).unwrap_or_default();
    Window { from: time(22, 30), to: time(6, 45) }
}

/// As in the configuration: a night has 3 to 14 hours.
fn window(text: &str) -> Result<Window, String> {
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let window = text
        .split_once(['-', '–'])
        .and_then(|(from, to)| Some(Window { from: time(from)?, to: time(to)? }))
        .ok_or_else(|| "write two times of day, such as 22:30-06:45".to_owned())?;
    if (Span::hours(3)..=Span::hours(14)).contains(&window.length()) {
        Ok(window)
    } else {
        Err(format!("it lasts {}; a night has 3 to 14 hours", window.length()))
    }
}

fn input(why: &str) -> End {
    eprintln!("uncramp: {}", why.trim_end());
    End::Input
}

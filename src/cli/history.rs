//! `uncramp history`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::NaiveDate;

use super::colour::Paint;
use super::kept::{Kept, in_english};
use super::lines::Lines;
use super::said::{came, room, said, stands};
use super::{Common, End};
use crate::daemon::history::{Line, Reader};
use crate::daemon::store::Logged;
use crate::engine::Action;
use crate::history::{Night, Summary, What, is_same_reason};
use crate::model::{BedroomId, Span, Zone};
use crate::plan::Plan;
use crate::rules::Reason;
use crate::speech::Numbers;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A night goes from noon to noon and is named by its evening. What is decided \
now is there within half a minute.\n\nIt shows what a running uncramp keeps: where `store:` of the \
configuration says, else at the usual places. A configuration of your own is named by --config: \
uncramp history --config FILE"
)]
pub(super) struct Arguments {
    /// The night of this evening [default: the last one].
    #[arg(long, value_name = "DATE", conflicts_with = "nights")]
    night: Option<NaiveDate>,
    /// One line for each night.
    #[arg(long)]
    nights: bool,
}

/// Says what was decided and done, and why.
pub(super) fn history(common: &Common, arguments: &Arguments) -> io::Result<End> {
    let mut out = io::stdout().lock();
    let paint = Paint::on(common.color, &out);
    let told = Kept::find(common).and_then(|kept| {
        let (zone, numbers) = (kept.zone(), kept.numbers());
        let reader = kept.history.ok_or("there is no history yet: it begins with `uncramp run`")?;
        let nights = nights(&reader, &kept.diary.entries, &zone)?;
        if arguments.nights {
            Ok(all_nights(&nights, numbers))
        } else {
            one_night(&reader, &nights, &zone, arguments.night, Manner { numbers, paint })
        }
    });
    match told {
        Ok(Some(text)) => write!(out, "{}", Lines::of(&out).fit(&text)).map(|()| End::Well),
        Ok(None) => {
            let night =
                arguments.night.map_or_else(String::new, |it| format!(" of the night of {it}"));
            writeln!(out, "Nothing is kept{night}.").map(|()| End::No)
        }
        Err(why) => {
            eprintln!("uncramp: {why}");
            Ok(End::Input)
        }
    }
}

/// What each night came to, the earliest first.
type Nights = Vec<(NaiveDate, String, Summary)>;

/// What was logged is counted anew: it is safe in the other file, whatever became of this one.
fn nights(reader: &Reader, logged: &[Logged], zone: &Zone) -> Result<Nights, String> {
    let mut nights = reader.nights()?;
    nights.reverse();
    for entry in logged {
        let evening = Zone::evening(zone.civil(entry.at()));
        let is_its = |(of, bedroom, _): &(NaiveDate, String, Summary)| {
            *of == evening && bedroom == entry.bedroom()
        };
        if !nights.iter().any(is_its) {
            nights.push((evening, entry.bedroom().to_owned(), Summary::default()));
        }
    }
    nights.sort_by_key(|(evening, _, _)| *evening);
    for (evening, bedroom, summary) in &mut nights {
        let night = Night::named(*evening, zone);
        let mine = |it: &&Logged| it.bedroom() == bedroom && night.contains(it.at());
        let mut counted = Summary::default();
        for entry in logged.iter().filter(mine) {
            match entry {
                Logged::Drink(drink) => {
                    counted.drinks += 1;
                    counted.drunk.0 += drink.amount.0;
                }
                Logged::Cramp(_) => counted.cramps += 1,
                Logged::NoCramp(_) => {}
            }
        }
        summary.drinks = summary.drinks.max(counted.drinks);
        summary.drunk = summary.drunk.max(counted.drunk);
        summary.cramps = summary.cramps.max(counted.cramps);
    }
    Ok(nights)
}

/// A line for each night and bedroom.
fn all_nights(nights: &Nights, numbers: Numbers) -> Option<String> {
    let several = nights.iter().any(|(_, bedroom, _)| *bedroom != nights[0].1);
    let lines = nights.iter().map(|(evening, bedroom, summary)| {
        let room = if several { format!("{bedroom}: ") } else { String::new() };
        format!("{evening}  {room}{}\n", came_to(summary, numbers))
    });
    Some(lines.collect()).filter(|text: &String| !text.is_empty())
}

/// How it is told.
#[derive(Clone, Copy)]
struct Manner {
    numbers: Numbers,
    paint: Paint,
}

fn one_night(
    reader: &Reader,
    nights: &Nights,
    zone: &Zone,
    wanted: Option<NaiveDate>,
    manner: Manner,
) -> Result<Option<String>, String> {
    let Some(evening) = wanted.map_or_else(|| last_night(reader, zone), |it| Ok(Some(it)))? else {
        return Ok(None);
    };
    let night = Night::named(evening, zone);
    let plans: BTreeMap<i64, Plan> =
        reader.plans()?.into_iter().map(|(n, plan)| (n, in_english(plan))).collect();
    let lines = reader.lines(night.from, night.to)?;
    let summaries: Vec<_> = nights.iter().filter(|(of, _, _)| *of == evening).collect();
    if lines.is_empty() && summaries.is_empty() {
        return Ok(None);
    }
    let Manner { numbers, paint } = manner;
    let mut told = vec![paint.bold(&format!("Night of {evening}"))];
    for (_, bedroom, summary) in &summaries {
        let room = if summaries.len() > 1 { format!("{bedroom}: ") } else { String::new() };
        told.push(format!("  {room}{}", came_to(summary, numbers)));
    }
    let mut teller = Teller { plans: &plans, zone, paint, told: BTreeMap::new() };
    told.extend(lines.iter().filter_map(|line| teller.line(line)));
    Ok(Some(told.join("\n") + "\n"))
}

fn last_night(reader: &Reader, zone: &Zone) -> Result<Option<NaiveDate>, String> {
    Ok(reader.last()?.map(|at| Zone::evening(zone.civil(at))))
}

/// What a night came to, in a line.
fn came_to(summary: &Summary, numbers: Numbers) -> String {
    let Summary { dose, dose_max, in_bed, unknown, heat, fan, drinks, drunk, cramps } = summary;
    let mut parts = vec![format!("in bed {}", duration(*in_bed))];
    if *unknown >= Span::minutes(1) {
        parts.push(format!("{} of it without a temperature", duration(*unknown)));
    }
    parts.push(format!(
        "cold {}, {} at the worst moment",
        numbers.dose(*dose),
        numbers.bare_dose(*dose_max)
    ));
    for (what, span) in [("heat", heat), ("fan", fan)] {
        if *span >= Span::minutes(1) {
            parts.push(format!("{what} {}", duration(*span)));
        }
    }
    if *drinks > 0 {
        let word = if *drinks == 1 { "drink" } else { "drinks" };
        parts.push(format!("{drinks} {word}, {}", numbers.volume(*drunk)));
    }
    if *cramps > 0 {
        parts.push(if *cramps == 1 { "1 cramp".to_owned() } else { format!("{cramps} cramps") });
    }
    parts.join("; ")
}

/// Such as `7 h 40 min`.
pub(super) fn duration(span: Span) -> String {
    let minutes = span.as_minutes();
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// Tells line after line; what only follows from the line before is left out.
struct Teller<'a> {
    plans: &'a BTreeMap<i64, Plan>,
    zone: &'a Zone,
    paint: Paint,
    /// The reason last told for each actuator.
    told: BTreeMap<(Option<String>, Option<String>), Reason>,
}

impl Teller<'_> {
    fn line(&mut self, line: &Line) -> Option<String> {
        let plan = line.plan.and_then(|number| self.plans.get(&number));
        let time = self.zone.civil(line.at).format("%H:%M").to_string();
        let text = match (&line.record, plan) {
            (Some(_), Some(plan)) => self.words(line, plan)?,
            _ => format!("{} (another version of uncramp wrote this)", line.kind),
        };
        let heats = line.record.as_ref().is_some_and(|record| {
            matches!(&record.what, What::Did(Action::Switch(command)) if !command.releases)
        });
        let text = if heats { self.paint.warm(&text) } else { text };
        Some(format!("  {}  {text}", self.paint.dim(&time)))
    }

    fn words(&mut self, line: &Line, plan: &Plan) -> Option<String> {
        let record = line.record.as_ref()?;
        let about = (line.bedroom.clone(), line.actuator.clone());
        match &record.what {
            What::Did(action) => {
                if let Action::Switch(command) | Action::Watched(command) = action {
                    self.told.insert(about, command.reason.clone());
                }
                said(plan, record.wall, record.time, action)
            }
            What::Came(event) => came(plan, record.wall, record.time, event),
            What::Stands(standing) => {
                let before = self.told.get(&about);
                if is_same_reason(before, standing.reason.as_ref()) {
                    return None;
                }
                self.told.insert(about, standing.reason.clone()?);
                let bedroom = bedroom_of(line, plan)?;
                let (told, reason) = stands(plan, bedroom, record.wall, record.time, standing)?;
                let actuators = &plan.bedroom(bedroom)?.actuators;
                let name = actuators.get(usize::from(standing.actuator.0))?.shown();
                Some(format!("{}{name} stays {told} – {}", room(plan, bedroom), reason?))
            }
            What::Judged(_) => None,
        }
    }
}

/// The bedroom of a line in the plan that was in force.
pub(super) fn bedroom_of(line: &Line, plan: &Plan) -> Option<BedroomId> {
    line.bedroom.as_deref().and_then(|name| plan.bedroom_named(name)).map(|(id, _)| id)
}

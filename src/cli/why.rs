//! `uncramp why`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::colour::Paint;
use super::history::bedroom_of;
use super::kept::{Kept, in_english};
use super::lines::Lines;
use super::said::stands;
use super::{Common, End};
use crate::daemon::clock::Stand;
use crate::daemon::history::{Line, Reader};
use crate::daemon::store::Saved;
use crate::engine::{Engine, Fault, Picture, Words};
use crate::history::What;
use crate::model::{Wall, Zone};
use crate::plan::{Actuator, Bedroom, Control, Hazard, Kind, Plan};
use crate::rules::Reason;
use crate::speech::{self, Context};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "It tells how things stood at the time it names: what is decided now is there within \
half a minute. Reasons have the numbers of the moment in which they began to hold.\n\nIt shows what a running uncramp keeps: where `store:` \
of the configuration says, else at the usual places. A configuration of your own is named by --config: \
uncramp why --config FILE"
)]
pub(super) struct Arguments {
    /// Only this bedroom.
    bedroom: Option<String>,
}

/// What is said where nobody looks after the bedrooms.
const NOT_RUNNING: &str = "No uncramp is running: this is how the last one left things.\n";

/// Says why everything is as it is.
pub(super) fn why(common: &Common, arguments: &Arguments) -> io::Result<End> {
    let mut out = io::stdout().lock();
    let paint = Paint::on(common.color, &out);
    let told = Kept::find(common).and_then(|kept| {
        let zone = kept.zone();
        let reader = kept.history.ok_or("there is no history yet: it begins with `uncramp run`")?;
        // What left the configuration stands no more.
        let plan = kept.diary.plan.map(|plan| in_english(*plan));
        let plan = plan.ok_or("which devices there are is not known: uncramp has not run yet")?;
        let (runs, kept) = (kept.runs, (&reader, kept.states.as_slice()));
        let manner = Manner { paint, hides: |_| false };
        let text = standing(kept, &plan, &zone, arguments.bedroom.as_deref(), manner)?;
        Ok((text, runs))
    });
    match told {
        Ok((text, _)) if text.is_empty() => {
            writeln!(out, "Nothing was decided yet.").map(|()| End::No)
        }
        Ok((text, runs)) => {
            let note = if runs { "" } else { NOT_RUNNING };
            write!(out, "{}", Lines::of(&out).fit(&format!("{note}{text}"))).map(|()| End::Well)
        }
        Err(why) => {
            eprintln!("uncramp: {why}");
            Ok(End::Input)
        }
    }
}

/// How it is told.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    pub(super) paint: Paint,
    /// Of which reasons nothing is told.
    pub(super) hides: fn(&Reason) -> bool,
}

/// How everything stands in each bedroom, and what is not as it should be.
///
/// # Errors
/// A sentence.
pub(super) fn standing(
    (reader, states): (&Reader, &[Saved]),
    now: &Plan,
    zone: &Zone,
    only: Option<&str>,
    manner: Manner,
) -> Result<String, String> {
    let paint = manner.paint;
    let plans: BTreeMap<i64, Plan> =
        reader.plans()?.into_iter().map(|(n, plan)| (n, in_english(plan))).collect();
    let lines = reader.standing()?;
    let last = reader.last()?.map_or_else(String::new, |at| ago(zone, at));
    if let Some(name) = only.filter(|name| now.bedroom_named(name).is_none()) {
        let names: Vec<&str> = now.bedrooms.iter().map(|room| room.name.as_str()).collect();
        return Err(format!("there is no bedroom `{name}`, only {}", names.join(", ")));
    }
    let mut told = Vec::new();
    for room in now.bedrooms.iter().filter(|room| only.is_none_or(|name| name == room.name)) {
        let of_room = |line: &&Line| line.bedroom.as_deref() == Some(&room.name);
        let lines: Vec<&Line> = lines.iter().filter(of_room).collect();
        let seen = seen(states, now, room);
        let faults = seen.as_ref().map_or_else(Vec::new, |seen| faults(seen, now, room, paint));
        if lines.is_empty() && faults.is_empty() {
            continue;
        }
        told.push(format!("{}, {last}\n", paint.bold(&room.shown())));
        for actuator in room.actuators.iter().map(Some).chain([None]) {
            let name = actuator.map(|actuator| actuator.name.as_str());
            let about = |line: &&&Line| line.actuator.as_deref() == name;
            let last = lines.iter().rfind(about);
            let called = actuator.map_or("", Actuator::shown);
            told.extend(last.and_then(|line| words(line, called, &plans, zone, manner)));
        }
        told.extend(faults);
        told.extend(seen.iter().flat_map(|(seen, _)| untried(seen, now, room, paint)));
    }
    Ok(told.concat())
}

/// What could be seen of a bedroom when its state was recorded last, and where time stood.
type Seen = (Picture, Stand);

/// What could be seen of a bedroom; none if its state cannot be read.
pub(super) fn seen(states: &[Saved], plan: &Plan, room: &Bedroom) -> Option<Seen> {
    let Saved { state, stand, .. } = states.iter().find(|it| it.bedroom == room.name)?;
    let (id, _) = plan.bedroom_named(&room.name)?;
    let mut engine = Engine::new(plan.clone(), wall(stand), stand.time);
    engine.load(&room.name, state).ok()?;
    Some((engine.picture(id, stand.time)?, stand.clone()))
}

const fn wall(stand: &Stand) -> Wall {
    Wall { offset: stand.wall - stand.time.0, synchronised: stand.synchronised }
}

/// What is not as it should be, and what to do.
fn faults((seen, stand): &Seen, plan: &Plan, room: &Bedroom, paint: Paint) -> Vec<String> {
    let Some((id, _)) = plan.bedroom_named(&room.name) else { return Vec::new() };
    let Some(context) = Context::new(plan, id, wall(stand), stand.time) else { return Vec::new() };
    let line = |fault: &Fault| {
        let text = speech::spoken(&Words::Fault(*fault), &context);
        format!("  {} {text}\n", paint.bold("fault:"))
    };
    seen.faults.iter().map(line).collect()
}

/// The heaters whose own timer nobody has seen to switch them off (S2), and how to see it.
fn untried(seen: &Picture, plan: &Plan, room: &Bedroom, paint: Paint) -> Vec<String> {
    let switched = |it: &Actuator| {
        matches!(it.kind, Kind::Heater { hazard, control: Control::Switch }
            if hazard != Hazard::Portable)
    };
    let all = room.actuators.iter().zip(&seen.actuators);
    let untried = all
        .filter(|(plan, seen)| switched(plan) && plan.device.can_time() && !seen.timer_works)
        .map(|(plan, _)| plan);
    let bedroom = match plan.bedrooms.len() {
        1 => String::new(),
        _ => format!(" --bedroom {}", room.name),
    };
    let line = |it: &Actuator| {
        let meanwhile = match it.kind {
            Kind::Heater { hazard: Hazard::Panel | Hazard::Blanket { .. }, .. } => {
                "so it does not heat unless the bed is known to be empty"
            }
            Kind::Heater { .. } | Kind::Fan { .. } => {
                "so nothing would switch it off if uncramp died"
            }
        };
        let (todo, shown, name) = (paint.bold("to do:"), it.shown(), &it.name);
        format!(
            "  {todo} {shown}: its own timer was not seen to switch it off, {meanwhile}. Stay with \
             it and run: uncramp try {name}{bedroom}\n"
        )
    };
    untried.map(line).collect()
}

fn words(
    line: &Line,
    called: &str,
    plans: &BTreeMap<i64, Plan>,
    zone: &Zone,
    manner: Manner,
) -> Option<String> {
    let (record, plan) = (line.record.as_ref()?, plans.get(&line.plan?)?);
    let bedroom = bedroom_of(line, plan)?;
    let since = manner.paint.dim(&format!("since {}", when(zone, line.at)));
    match &record.what {
        What::Stands(standing) => {
            let (told, reason) = stands(plan, bedroom, record.wall, record.time, standing)?;
            let hidden = standing.reason.as_ref().is_some_and(manner.hides);
            let reason = reason.filter(|_| !hidden);
            let reason = reason.map_or_else(String::new, |reason| format!(" – {reason}"));
            Some(format!("  {called}: {told} {since}{reason}\n"))
        }
        What::Judged(reason) => {
            let context = Context::new(plan, bedroom, record.wall, record.time)?;
            Some(format!("  against cold, {since}: {}\n", speech::reason(reason, &context)))
        }
        What::Did(_) | What::Came(_) => None,
    }
}

/// A time of day, with its date: the last change may be days old.
fn when(zone: &Zone, unix_ms: i64) -> String {
    zone.civil(unix_ms).format("%-d %b %H:%M").to_string()
}

/// To the second: what was decided a moment ago may not be there yet.
fn ago(zone: &Zone, unix_ms: i64) -> String {
    format!("as of {}", zone.civil(unix_ms).format("%-d %b %H:%M:%S"))
}

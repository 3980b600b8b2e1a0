//! uncramp's own recording: JSON, one line each.
//!
//! The first line is `{"uncramp":1,"plan":…,"wall":…}`, every other one
//! `{"at":…,"event":…}` in the order of time.

use serde::{Deserialize, Serialize};

use super::{Events, Problem, problem, shortened};
use crate::engine::Event;
use crate::model::{Time, Wall};
use crate::plan::Plan;

/// The version of the form that is written and read.
const VERSION: u32 = 1;

/// The first line of a recording, without its line end.
///
/// # Errors
///
/// None in practice: a plan can always be written as JSON.
pub fn write_header(plan: &Plan, wall: Wall) -> serde_json::Result<String> {
    serde_json::to_string(&Header { uncramp: VERSION, plan, wall })
}

/// A further line of a recording, without its line end.
///
/// # Errors
///
/// None in practice: an event can always be written as JSON.
pub fn write_line(at: Time, event: &Event) -> serde_json::Result<String> {
    serde_json::to_string(&Line { at, event })
}

pub(super) fn read(text: &str) -> Result<Events, Vec<Problem>> {
    let mut lines = (1..).zip(text.split_inclusive('\n'));
    let (number, first) = lines.next().unwrap_or((1, ""));
    let Header { plan, wall, .. } = header(number, first).map_err(|problem| vec![problem])?;
    let (mut events, mut problems) = (Vec::<(Time, Event)>::new(), Vec::new());
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Line<Event>>(line) {
            Ok(Line { at, .. }) if events.last().is_some_and(|(last, _)| at < *last) => {
                problems.push(problem(
                    number,
                    "This event is earlier than the one before it.",
                    "Recordings are in order of time: keep the lines as they were written.",
                ));
            }
            Ok(Line { at, event }) => events.push((at, event)),
            // What was being written when the power failed is no loss.
            Err(_) if !line.ends_with('\n') => {}
            Err(error) => problems.push(problem(
                number,
                format!("This is no event of a recording ({error}): {}", shortened(line.trim())),
                "Take the line out, or take the recording anew.",
            )),
        }
    }
    if problems.is_empty() { Ok(Events { plan, wall, events }) } else { Err(problems) }
}

fn header(number: u64, line: &str) -> Result<Header<Plan>, Problem> {
    let version: Version = serde_json::from_str(line).map_err(|error| {
        problem(
            number,
            format!("This is not the first line of a recording ({error})."),
            "A recording begins with {\"uncramp\":1,\"plan\":…,\"wall\":…}: keep its first line.",
        )
    })?;
    if version.uncramp != VERSION {
        return Err(problem(
            number,
            format!("This recording has form {}, known is {VERSION}.", version.uncramp),
            "Replay it with the uncramp that made it, or a newer one.",
        ));
    }
    serde_json::from_str(line).map_err(|error| {
        problem(
            number,
            format!("The recording's plan cannot be read ({error})."),
            "Replay it with the uncramp that made it.",
        )
    })
}

#[derive(Serialize, Deserialize)]
struct Header<P> {
    uncramp: u32,
    plan: P,
    wall: Wall,
}

#[derive(Deserialize)]
struct Version {
    uncramp: u32,
}

#[derive(Serialize, Deserialize)]
struct Line<E> {
    at: Time,
    event: E,
}

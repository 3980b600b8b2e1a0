//! What was done, and what came, in words: a line each.

use crate::engine::{Action, Audience, Event, Outcome};
use crate::history::Standing;
use crate::model::{BedroomId, Switch, Time, Wall};
use crate::plan::{Bedroom, Control, Kind, Plan};
use crate::speech::{self, Context};

/// An action in words; none for what repeats an earlier one, or is only for the log.
pub(super) fn said(plan: &Plan, wall: Wall, at: Time, action: &Action) -> Option<String> {
    let room = |id: BedroomId| room(plan, id);
    match action {
        Action::Switch(command) => {
            if command.again || matches!(command.switch, Switch::Feed(_)) {
                return None;
            }
            let context = Context::new(plan, command.bedroom, wall, at)?;
            let actuators = &plan.bedroom(command.bedroom)?.actuators;
            let name = actuators.get(usize::from(command.actuator.0))?.shown();
            let told = speech::switch(&command.switch, &context);
            let reason = speech::reason(&command.reason, &context);
            // “off”, because “off: everybody is away”.
            let reason = reason.strip_prefix(&format!("{told}: ")).unwrap_or(&reason);
            Some(format!("{}{name} {told} – {reason}", room(command.bedroom)))
        }
        Action::Watched(command) => {
            let context = Context::new(plan, command.bedroom, wall, at)?;
            let name = context.bedroom.actuators.get(usize::from(command.actuator.0))?.shown();
            let would = speech::watching(&command.switch, &command.reason, &context);
            Some(format!("{}{name}, {would}", room(command.bedroom)))
        }
        Action::Announce(announcement) => {
            let context = Context::new(plan, announcement.bedroom, wall, at)?;
            let said = speech::announced(announcement, &context);
            let to = match announcement.audience {
                Audience::Sleeper => "says",
                Audience::Keeper => "tells the keeper",
            };
            Some(format!("{}{to}: {}", room(announcement.bedroom), said.text()))
        }
        Action::Unsaid(unsaid) => {
            let context = Context::new(plan, unsaid.bedroom, wall, at)?;
            Some(format!("{}{}", room(unsaid.bedroom), speech::unsaid(unsaid, &context)))
        }
        Action::Query { .. } | Action::Notice(_) => None,
    }
}

/// What came from outside, in words; none for what is only for the log.
pub(super) fn came(plan: &Plan, wall: Wall, at: Time, event: &Event) -> Option<String> {
    match event {
        Event::Wish { bedroom, wish } => {
            let context = Context::new(plan, *bedroom, wall, at)?;
            let wish = speech::wish(wish, context.bedroom, context.numbers());
            Some(format!("{}asked: {wish}", room(plan, *bedroom)))
        }
        Event::Unrecorded { bedroom, actuator } => {
            let actuators = &plan.bedroom(*bedroom)?.actuators;
            let name = actuators.get(usize::from(actuator.0))?.shown();
            let room = room(plan, *bedroom);
            Some(format!("{room}{name} stays off – that it is on could not be recorded first"))
        }
        Event::Announced { bedroom, outcome, .. } => {
            let outcome = match outcome {
                Outcome::Spoken => "that was spoken",
                Outcome::Failed => "that could not be spoken",
                Outcome::Answered => "that was answered",
            };
            Some(format!("{}{outcome}", room(plan, *bedroom)))
        }
        Event::Gap => Some("uncramp takes over: what it knew is old, offs first".to_owned()),
        Event::Start => Some("uncramp goes on where it was".to_owned()),
        Event::Stop => Some("uncramp stops".to_owned()),
        Event::Link { up: true } => Some("the broker is there".to_owned()),
        Event::Link { up: false } => Some("the broker is gone".to_owned()),
        Event::Clock(_) => Some("the clock was set".to_owned()),
        Event::Heard { .. } | Event::Noticed { .. } | Event::Plan(_) | Event::Tick => None,
    }
}

/// How an actuator stands, in words: what it does, and why.
pub(super) fn stands(
    plan: &Plan,
    bedroom: BedroomId,
    wall: Wall,
    at: Time,
    standing: &Standing,
) -> Option<(String, Option<String>)> {
    let context = Context::new(plan, bedroom, wall, at)?;
    let actuator = context.bedroom.actuators.get(usize::from(standing.actuator.0))?;
    let is_fan = matches!(actuator.kind, Kind::Fan { .. });
    let is_valve = matches!(actuator.kind, Kind::Heater { control: Control::SetPoint { .. }, .. });
    let told = match (standing.set_point, standing.level) {
        (Some(to), _) if is_valve => Some(Switch::SetPoint(to)),
        (_, Some(0)) if !is_valve => Some(Switch::Off),
        (_, Some(level)) if is_fan => Some(Switch::Level(level)),
        (_, Some(_)) if !is_valve => Some(Switch::On { timer: None }),
        (_, _) => None,
    };
    let told = told.map(|told| speech::switch(&told, &context));
    let told = told.unwrap_or_else(|| "not known".to_owned());
    let reason = standing.reason.as_ref().map(|reason| speech::reason(reason, &context));
    // “off”, because “off: everybody is away”.
    let reason = reason.map(|it| it.strip_prefix(&format!("{told}: ")).unwrap_or(&it).to_owned());
    Some((told, reason))
}

/// A bedroom's name before what is said of it, where there are several.
pub(super) fn room(plan: &Plan, id: BedroomId) -> String {
    let name = plan.bedroom(id).map_or_else(String::new, Bedroom::shown);
    if plan.bedrooms.len() > 1 { format!("{name}: ") } else { String::new() }
}

/// The time of day at an instant.
pub(super) fn clock(plan: &Plan, wall: Wall, at: Time) -> String {
    plan.zone.civil(wall.unix_ms(at)).format("%H:%M").to_string()
}

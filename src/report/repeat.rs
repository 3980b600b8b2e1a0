//! Recordings of events: the decisions once more, and those of another plan.

use crate::engine::{Action, Command, Engine, Event};
use crate::history::Events;
use crate::model::{ActuatorId, BedroomId, Echo, Heard, Item, SensorId, Time};
use crate::plan::{Bedroom, Plan};
use crate::replay::Stage;

/// What one of two plans decided and the other did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// When.
    pub at: Time,
    /// What.
    pub action: Action,
    /// The other plan decided it, not the recorded one.
    pub other: bool,
}

/// Repeats what was decided, in order. With another plan, sensors and actuators are
/// found by their names, its devices obey, and what the recorded ones reported of
/// commands that this plan never gave is left out.
#[must_use]
pub fn repeat(events: &Events, other: Option<&Plan>) -> Vec<(Time, Action)> {
    let start = events.events.first().map_or(Time::ZERO, |(at, _)| *at);
    let plan = other.unwrap_or(&events.plan);
    let mut stage = Stage::new(Engine::new(plan.clone(), events.wall, start), start);
    stage.set_answering(other.is_some());
    let mut done = Vec::new();
    for (at, event) in &events.events {
        let event = match other {
            None => Some(event.clone()),
            Some(other) => translated(event, &events.plan, other),
        };
        if let Some(event) = event {
            stage.event(*at, event, &mut |at, action| done.push((at, action.clone())));
        }
    }
    done
}

/// What two runs decided differently, in order of time. A command counts as the same if
/// it tells a device of the same name the same thing at the same time.
#[must_use]
pub fn differences(
    recorded: (&Plan, &[(Time, Action)]),
    other: (&Plan, &[(Time, Action)]),
) -> Vec<Difference> {
    let missing = |(plan, all): (&Plan, &[(Time, Action)]),
                   (beside, among): (&Plan, &[(Time, Action)]),
                   is_other: bool| {
        all.iter()
            .filter(|(at, action)| {
                let from = among.partition_point(|(when, _)| when < at);
                !among[from..]
                    .iter()
                    .take_while(|(when, _)| when == at)
                    .any(|(_, found)| same(plan, action, beside, found))
            })
            .map(|(at, action)| Difference { at: *at, action: action.clone(), other: is_other })
            .collect::<Vec<_>>()
    };
    let mut all = missing(recorded, other, false);
    all.extend(missing(other, recorded, true));
    all.sort_by_key(|difference| (difference.at, difference.other));
    all
}

fn same(plan: &Plan, action: &Action, beside: &Plan, found: &Action) -> bool {
    match (action, found) {
        (Action::Switch(one), Action::Switch(two))
        | (Action::Watched(one), Action::Watched(two)) => {
            named(plan, one) == named(beside, two) && one.switch == two.switch
        }
        (Action::Announce(one), Action::Announce(two)) => one.words == two.words,
        (Action::Unsaid(one), Action::Unsaid(two)) => one == two,
        (Action::Notice(one), Action::Notice(two)) => one == two,
        // What is asked is no decision.
        (Action::Query { .. }, Action::Query { .. }) => true,
        (
            Action::Switch(_)
            | Action::Query { .. }
            | Action::Watched(_)
            | Action::Announce(_)
            | Action::Unsaid(_)
            | Action::Notice(_),
            _,
        ) => false,
    }
}

fn named<'a>(plan: &'a Plan, command: &Command) -> Option<(&'a str, &'a str)> {
    let bedroom = plan.bedroom(command.bedroom)?;
    let actuator = bedroom.actuators.get(usize::from(command.actuator.0))?;
    Some((&bedroom.name, &actuator.name))
}

/// An event as another plan's engine would have got it; none if it is about nothing
/// that this plan has.
fn translated(event: &Event, from: &Plan, to: &Plan) -> Option<Event> {
    let room = |id: BedroomId| {
        let old = from.bedroom(id)?;
        to.bedroom_named(&old.name).map(|(id, new)| (id, old, new))
    };
    match event {
        Event::Heard { bedroom, heard } => {
            let (bedroom, old, new) = room(*bedroom)?;
            let items = heard.items.iter().filter_map(|item| found_again(item, old, new));
            let heard = Heard { items: items.collect(), retained: heard.retained };
            (!heard.items.is_empty()).then_some(Event::Heard { bedroom, heard })
        }
        Event::Wish { bedroom, wish } => {
            let (bedroom, old, new) = room(*bedroom)?;
            let wish = wish.clone();
            (old.actuators.len() == new.actuators.len()).then_some(Event::Wish { bedroom, wish })
        }
        Event::Announced { bedroom, id, outcome } => {
            let (bedroom, _, _) = room(*bedroom)?;
            Some(Event::Announced { bedroom, id: *id, outcome: *outcome })
        }
        // What another plan's devices did, or another plan took over, is not this one's.
        Event::Unrecorded { .. } | Event::Noticed { .. } | Event::Plan(_) => None,
        Event::Clock(_)
        | Event::Gap
        | Event::Start
        | Event::Link { .. }
        | Event::Tick
        | Event::Stop => Some(event.clone()),
    }
}

fn found_again(item: &Item, old: &Bedroom, new: &Bedroom) -> Option<Item> {
    let sensor = |id: SensorId| {
        let name = &old.sensors.get(usize::from(id.0))?.name;
        let found = new.sensors.iter().position(|sensor| sensor.name == *name)?;
        u8::try_from(found).ok().map(SensorId)
    };
    let actuator = |id: ActuatorId| {
        let name = &old.actuators.get(usize::from(id.0))?.name;
        new.actuator_named(name).map(|(id, _)| id)
    };
    Some(match item {
        Item::Reading { sensor: id, value, measured } => {
            Item::Reading { sensor: sensor(*id)?, value: *value, measured: *measured }
        }
        Item::Garbled { sensor: id, garble } => {
            Item::Garbled { sensor: sensor(*id)?, garble: garble.clone() }
        }
        Item::SensorOnline { sensor: id, online } => {
            Item::SensorOnline { sensor: sensor(*id)?, online: *online }
        }
        Item::ActuatorOnline { actuator: id, online } => {
            Item::ActuatorOnline { actuator: actuator(*id)?, online: *online }
        }
        Item::SensorBattery { sensor: id, battery } => {
            Item::SensorBattery { sensor: sensor(*id)?, battery: *battery }
        }
        Item::ActuatorBattery { actuator: id, battery } => {
            Item::ActuatorBattery { actuator: actuator(*id)?, battery: *battery }
        }
        Item::Echo {
            echo: Echo::Relay(_) | Echo::SetPoint(_) | Echo::Level(_) | Echo::Speed(_),
            ..
        } => {
            return None;
        }
        Item::Echo { actuator: id, echo } => Item::Echo { actuator: actuator(*id)?, echo: *echo },
        Item::Courier { sensor: id, online } => {
            Item::Courier { sensor: sensor(*id)?, online: *online }
        }
        Item::Repeats => Item::Repeats,
    })
}

//! A state that a backup takes the place of: what it still had to hand back is not forgotten.

use crate::daemon::clock::Clock;
use crate::daemon::house::GAP;
use crate::daemon::store::{Left, Loaded};
use crate::engine::Event;
use crate::plan::Plan;

use super::{Leaving, farewell, is_in};

/// S9: what is not known to be off, or as it was before, by the state of `before`, and is unknown
/// to the plan that takes its place: it is handed back like a device that left the configuration.
/// Another state counts time otherwise, so its week begins anew.
pub(in crate::daemon) fn unfinished(
    before: &Loaded,
    restored: Option<&Plan>,
    mut clock: Clock,
) -> Vec<Left> {
    let watched = before.stand.as_ref().is_some_and(|stand| {
        let same_boot = clock.go_on(stand);
        same_boot && clock.now().since(stand.time) < GAP
    });
    // What was off a moment ago is; later it may have been switched by anybody.
    let begins = if watched { Event::Start } else { Event::Gap };
    let leaving = match &before.plan {
        Some(plan) => farewell::handing_back(plan, before, &clock, begins).1,
        None => Leaving::of(&before.left, clock.now()),
    };
    let all = leaving.all.into_iter().map(|gone| Left { since: None, ..gone.left });
    all.filter(|left| restored.is_none_or(|plan| !is_in(plan, &left.device))).collect()
}

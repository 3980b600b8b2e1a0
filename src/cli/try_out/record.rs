//! Recording what was seen while no uncramp runs.

use std::path::Path;

use crate::daemon::clock::{Clock, Stand};
use crate::daemon::store::{Saved, Store};
use crate::engine::{Engine, Event, Wish};
use crate::model::{ActuatorId, BedroomId, Time, Wall};
use crate::plan::Plan;

/// Records in the state directory whether an actuator's own timer works, for the next
/// uncramp that starts there.
///
/// # Errors
/// A sentence: there is no such bedroom, another uncramp has the directory, or the disk
/// does not take it.
pub fn record(
    plan: &Plan,
    bedroom: BedroomId,
    actuator: ActuatorId,
    works: bool,
    directory: &Path,
) -> Result<(), String> {
    let place = usize::try_from(bedroom.0).ok();
    let room = place.and_then(|place| plan.bedrooms.get(place));
    let name = room.ok_or("there is no such bedroom")?.name.clone();
    let (store, loaded) = Store::open(directory).map_err(|error| error.to_string())?;
    let saved = loaded.states.iter().find(|saved| saved.bedroom == name);
    let stand = saved.map_or_else(|| Clock::real().stand(), |saved| saved.stand.clone());
    // At the instant of the record no time has passed: nothing falls due, and the state
    // gains what was seen and nothing else.
    let mut engine = Engine::new(plan.clone(), wall(&stand), stand.time);
    if let Some(saved) = saved {
        engine.load(&name, &saved.state)?;
    }
    engine.handle(stand.time, Event::Wish { bedroom, wish: Wish::Timer { actuator, works } });
    let state = engine.save(bedroom);
    if loaded.plan.is_none() {
        // By it the next start sees what is edited until then, such as the mode.
        store.plan(plan);
    }
    let mut receipt = store.save_now(Saved { bedroom: name, state, stand });
    let waiting = tokio::runtime::Builder::new_current_thread().enable_all().build();
    waiting.map_err(|error| error.to_string())?.block_on(receipt.wait())
}

fn wall(stand: &Stand) -> Wall {
    Wall { offset: stand.wall - Time::since(stand.time, Time::ZERO).0, synchronised: false }
}

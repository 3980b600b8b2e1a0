//! The only place with sockets, files, clocks, threads and signals.
//!
//! [`run`] is one task that owns the engine and the broker's connection. What happens
//! becomes an event; what the engine answers is sent at once, offs first, and everything
//! else (reasons, pictures, the store) comes after.

pub mod about;
pub mod backup;
pub mod broker;
pub mod clock;
#[cfg(feature = "embedded-broker")]
pub mod embedded;
pub mod history;
mod house;
pub mod line;
pub mod outbox;
pub mod outside;
pub mod rehearsal;
pub mod signals;
mod sqlite;
pub mod store;
pub mod supervisor;
mod supply;
pub mod systemd;
#[cfg(test)]
mod tests;
pub mod tls;
pub mod zones;

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::engine::{Engine, Event};
use crate::model::{BedroomId, Time};
use crate::plan::Plan;
use crate::surface;
use crate::view::Dropped;
use broker::{Broker, Input, Outlet};
use clock::Clock;
use history::History;
use house::House;
pub use house::leaving::farewell::{Farewell, Parting, leave};
use house::leaving::lacks;
pub use house::settings::{Configuration, Fixed};
use store::{Store, StoreError};
use supply::Supply;
use systemd::Systemd;

/// How long stopping may take once the engine has answered.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// How often a broken connection is looked at while it is kept: the keep-alive.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// What [`run`] needs to know besides the plan.
#[derive(Debug)]
pub struct Settings {
    /// The broker's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Encryption, if any.
    pub tls: Option<tls::Tls>,
    /// The user's name at the broker.
    pub username: Option<String>,
    /// The user's password.
    pub password: Option<secrecy::SecretString>,
    /// The connection's name; none for `uncramp-<host>-<random part kept in the store>`.
    pub client_id: Option<String>,
    /// Where the state is kept; none records nothing, for demos.
    pub directory: Option<PathBuf>,
}

/// What the page and Home Assistant are shown.
pub trait Render {
    /// The picture of a bedroom now, as JSON.
    fn view(&mut self, engine: &Engine, bedroom: BedroomId, now: Time) -> Option<String>;

    /// From here on, so much was dropped.
    fn dropped(&mut self, _dropped: Dropped) {}
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unseen;

impl Render for Unseen {
    fn view(&mut self, _engine: &Engine, _bedroom: BedroomId, _now: Time) -> Option<String> {
        None
    }
}

/// What is asked of a running daemon from within the process.
#[derive(Debug)]
pub enum Ask {
    /// Hand everything back and end.
    Stop,
    /// Read the configuration anew.
    Reload,
    /// Take note of this, as the page wants it.
    Tell(Box<Event>),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything was handed back, and the broker has it.
    HandedBack,
    /// The broker was not there to take it.
    WithoutBroker,
}

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The settings for the broker are wrong.
    #[error("{0}")]
    Settings(String),
    /// The state directory is another's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Controls the bedrooms of a plan until asked to stop.
///
/// # Errors
/// If it cannot begin; once begun, every fault is lived with.
pub async fn run(
    plan: Plan,
    settings: Settings,
    mut clock: Clock,
    render: impl Render,
    mut asks: mpsc::Receiver<Ask>,
    configuration: Box<dyn Configuration>,
) -> Result<Ended, RunError> {
    let systemd = Systemd::new();
    systemd.starting();
    let (store, loaded) = match &settings.directory {
        Some(directory) => Store::open(directory)?,
        None => Store::none(),
    };
    let instance = loaded.instance.clone();
    let directory = settings.directory.clone();
    let (mut broker, outlet) =
        broker::open(link(settings, &plan, &instance)).map_err(RunError::Settings)?;
    let same_boot = loaded.stand.as_ref().is_some_and(|stand| clock.go_on(stand));
    // S9: what left the configuration while nobody ran is told to be off, as by a reload; and
    // another mode in it is meant.
    let differs = |before: &&Plan| lacks(&plan, before) || another_mode(&plan, before);
    let before = loaded.plan.as_deref().filter(differs).cloned();
    let (begins, after) = match before {
        Some(before) => (before, Some(plan)),
        None => (plan, None),
    };
    let mut house = House::new(begins, clock, store, render, systemd, &loaded, configuration);
    house.watch_link(broker.pulse());
    house.keep(directory.as_deref().map_or_else(History::none, History::open));
    if directory.is_some() {
        house.watch(Supply::below(Path::new(supply::MEASURED)));
    }
    house.start(&loaded.states, same_boot);
    if let Some(plan) = after {
        house.put_in_force(plan);
    }
    house.go_on_with(&loaded.adjustments);
    broker.subscribe(house.subscriptions()).await;
    systemd.ready();
    while live(&mut house, &mut broker, &outlet, &mut asks).await {}
    systemd.stopping();
    let ended = stop(&mut house, &mut broker, &outlet).await;
    Ok(ended)
}

/// One answer of the broker and whatever happens until it comes. Returns whether to go
/// on.
async fn live<R: Render>(
    house: &mut House<R>,
    broker: &mut Broker,
    outlet: &Outlet,
    asks: &mut mpsc::Receiver<Ask>,
) -> bool {
    let input = {
        let mut next = pin!(broker.next());
        loop {
            tokio::select! {
                biased;
                ask = asks.recv() => match ask {
                    None | Some(Ask::Stop) => return false,
                    Some(Ask::Reload) => {
                        if house.read_again() {
                            outlet.subscribe(house.subscriptions());
                        }
                    }
                    Some(Ask::Tell(event)) => house.tell(*event),
                },
                input = &mut next => break input,
                idle = house.idle() => house.woken(idle),
            }
            outlet.publish(house.due());
            house.report();
        }
    };
    house.input(input);
    if house.commands_wait() {
        broker.publish(house.due()).await;
    }
    house.say_the_rest();
    house.keep_up();
    if let Some(wanted) = house.moved() {
        broker.subscribe(wanted).await;
    }
    broker.publish(house.due()).await;
    house.report();
    true
}

/// Which schema one of the two files has, and which one this version writes; read beside whoever
/// writes it.
///
/// # Errors
/// A sentence, if it cannot be read.
pub fn schema_of(file: &Path) -> Result<(u32, usize), String> {
    let own = file.file_name().is_some_and(|name| name == store::FILE);
    let known = if own { store::SCHEMA } else { history::SCHEMA };
    Ok((sqlite::version_beside(file)?, known.migrations.len()))
}

/// Hands everything back, says that we are gone, and closes the connection in order.
async fn stop<R: Render>(house: &mut House<R>, broker: &mut Broker, outlet: &Outlet) -> Ended {
    house.stop();
    let closing = async {
        let mut closed = false;
        while house.linked() {
            outlet.publish(house.due());
            if !closed && house.all_written() {
                outlet.close();
                closed = true;
            }
            match broker.next().await {
                Input::Closed => return Ended::HandedBack,
                input @ (Input::Connected
                | Input::Subscribed { .. }
                | Input::Written(_)
                | Input::Acknowledged(_)
                | Input::Arrived(_)
                | Input::Lost(_)
                | Input::Unreachable(_)
                | Input::Refused(_)) => house.delivery(input),
                Input::Message(_) => {}
            }
        }
        Ended::WithoutBroker
    };
    let ended = tokio::time::timeout(STOP_WITHIN, closing).await.unwrap_or(Ended::WithoutBroker);
    if ended == Ended::WithoutBroker {
        tracing::warn!(
            "stopped without a broker: heaters that carry no timer of their own may still be on"
        );
    }
    house.flush().await;
    ended
}

/// Whether a bedroom's mode was edited.
fn another_mode(plan: &Plan, before: &Plan) -> bool {
    before.bedrooms.iter().any(|old| {
        plan.bedroom_named(&old.name).is_some_and(|(_, bedroom)| bedroom.mode != old.mode)
    })
}

fn link(settings: Settings, plan: &Plan, instance: &str) -> broker::Settings {
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    broker::Settings {
        host: settings.host,
        port: settings.port,
        tls: settings.tls,
        username: settings.username,
        password: settings.password,
        client_id: settings.client_id.unwrap_or_else(|| format!("uncramp-{host}-{instance}")),
        keep_alive: KEEP_ALIVE,
        birth: surface::status(plan, true),
        will: surface::status(plan, false),
    }
}

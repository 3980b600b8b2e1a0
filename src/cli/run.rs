//! `uncramp run`.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::pin::pin;

use tokio::sync::mpsc;
use tracing_subscriber::EnvFilter;

use super::colour::Paint;
use super::config::{self, Failed, Loaded};
use super::{Common, End, broker};
use crate::daemon::clock::Clock;
use crate::daemon::outside::Machine;
use crate::daemon::store::Good;
use crate::daemon::supervisor::Supervisor;
use crate::daemon::{
    Ask, Configuration, Ended, Render, RunError, Settings, run as control, signals,
};
use crate::engine::Engine;
use crate::model::{BedroomId, Time};
use crate::plan::{self, Adjusted, Adjustment, Change, Complaint, MqttSettings, Outside as _};
use crate::view::{Dropped, View};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The configuration, as with --config.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// What is logged unless `UNCRAMP_LOG` says otherwise: the broker inside tells of every
/// client.
const USUAL: &str = "info,mqtt5=warn";

/// Where systemd keeps the state (`StateDirectory=uncramp`).
const SYSTEM_STATE: &str = "/var/lib/uncramp";

/// How many requests may wait.
const WAITING: usize = 16;

/// Controls the bedrooms until it is told to stop.
pub(super) fn run(common: &Common, arguments: &Arguments) -> io::Result<End> {
    let paint = Paint::on(common.color, &io::stderr());
    log(paint);
    let said = arguments.file.as_deref().or(common.config.as_deref());
    let path = match config::find(said) {
        Ok(path) => path,
        Err(failed) => return Ok(refused(&failed, End::Configuration)),
    };
    let loaded = match config::load(&path, paint).or_else(|it| last_good(&path, it)) {
        Ok(loaded) => loaded,
        // What a moment may heal is tried again by systemd; what somebody must edit is not.
        Err(failed) if config::may_heal(&path) => return Ok(refused(&failed, End::No)),
        Err(failed) => return Ok(refused(&failed, End::Configuration)),
    };
    for warning in &loaded.parsed.warnings {
        tracing::warn!("{}:{}: {}", loaded.path.display(), warning.line, warning.what);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(until_stopped(loaded)) {
        Ok(Ended::HandedBack | Ended::WithoutBroker) => Ok(End::Well),
        Err(why) => {
            tracing::error!("{why}");
            Ok(End::No)
        }
    }
}

fn refused(failed: &Failed, end: End) -> End {
    match failed {
        Failed::Wrong(why) => eprintln!("{}", why.trim_end()),
        Failed::Missing(why) | Failed::Unreadable(why) => eprintln!("uncramp: {why}"),
    }
    end
}

/// What the file said when it was last good: a slip of the pen must not leave a bedroom
/// without its night after the next power cut. Where it was never good, or is gone, it is not
/// made up for.
pub(super) fn last_good(path: &Path, failed: Failed) -> Result<Loaded, Failed> {
    let why = match &failed {
        Failed::Missing(_) => return Err(failed),
        Failed::Wrong(why) => why.trim_end(),
        Failed::Unreadable(why) => why,
    };
    let wrong = fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let said = wrong.ok().and_then(|text| store_said(&text));
    let places = said.into_iter().chain(directories_of(path));
    let good = places.filter_map(|place| Good::read(&place).ok().flatten());
    let own = whole(path);
    for Good { text, .. } in good.filter(|good| good.path == own) {
        if let Ok(parsed) = plan::parse(&text, &Machine) {
            eprintln!("{why}\n");
            tracing::error!(
                "{} is wrong, so what it said when it was last good is in force. Correct it \
                 (`uncramp check` says what is to be done), then reload: systemctl reload uncramp",
                path.display()
            );
            return Ok(Loaded { path: path.to_owned(), text, parsed, outdated: true });
        }
    }
    Err(failed)
}

/// Where a configuration that cannot be read as one keeps its state.
pub(super) fn store_said(text: &str) -> Option<PathBuf> {
    let said = text.lines().find_map(|line| line.strip_prefix("store:"))?;
    let said = said.split(" #").next()?.trim().trim_matches(['"', '\'']);
    Some(PathBuf::from(said)).filter(|path| path.is_absolute())
}

/// The file's name from the root.
fn whole(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// To standard error; systemd's journal knows the time itself.
fn log(paint: Paint) {
    let filter = EnvFilter::try_from_env("UNCRAMP_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_target(false)
        .with_ansi(paint.on && io::stderr().is_terminal());
    let begun = if std::env::var_os("JOURNAL_STREAM").is_some() {
        log.without_time().try_init()
    } else {
        log.try_init()
    };
    debug_assert!(begun.is_ok(), "the log is begun once");
}

async fn until_stopped(loaded: Loaded) -> Result<Ended, String> {
    let Loaded { path, parsed, text, outdated } = loaded;
    let directory = parsed.store.clone().unwrap_or_else(state_directory);
    let begun = parsed.mqtt.clone();
    let (settings, mut broker) = reach(parsed.mqtt, directory).await?;
    let (asks, receiver) = mpsc::channel(WAITING);
    signals::listen(asks.clone())
        .map_err(|error| format!("signals cannot be listened to: {error}"))?;
    let file = Box::new(File { path, text, begun, waiting: Vec::new(), outdated });
    let clock = Clock::real();
    if let (Some(supervisor), Some(assurance)) =
        (Supervisor::of(|name| Machine.env(name)), clock.assurance())
    {
        tokio::spawn(supervisor.watch_clock(assurance));
    }
    let control = control(parsed.plan, settings, clock, Shown::default(), receiver, file);
    let ended = beside(control, broker.ended(), asks).await?;
    broker.stop().await;
    ended.map_err(|error| match error {
        RunError::Settings(why) => why,
        RunError::Store(error) => error.to_string(),
    })
}

/// Controls the bedrooms beside the broker inside. Without that nothing can be controlled, and
/// only a new start brings it back: so all ends with it, and systemd begins anew.
async fn beside<T>(
    control: impl Future<Output = T>,
    broker: impl Future<Output = String>,
    asks: mpsc::Sender<Ask>,
) -> Result<T, String> {
    let mut control = pin!(control);
    tokio::select! {
        ended = &mut control => Ok(ended),
        why = broker => {
            tokio::join!(asks.send(Ask::Stop), control).0.ok();
            Err(why)
        }
    }
}

/// The configuration's file, and what it said when it was last good.
struct File {
    path: PathBuf,
    text: String,
    /// How the broker is reached since the start.
    begun: MqttSettings,
    waiting: Vec<&'static str>,
    /// The file is wrong by now.
    outdated: bool,
}

impl Configuration for File {
    fn read(&mut self, changes: &[Adjustment]) -> Result<Adjusted, String> {
        let read = config::adjusted(&self.path, changes);
        self.outdated = read.is_err();
        let (text, adjusted) = read?;
        self.text = text;
        self.waiting = adjusted.parsed.mqtt.changed(&self.begun);
        Ok(adjusted)
    }

    fn waiting(&self) -> &[&'static str] {
        &self.waiting
    }

    fn go_on(&mut self, changes: &[Adjustment]) -> Result<Adjusted, String> {
        plan::parse_adjusted(&self.text, &Machine, changes).map_err(|wrong| first_of(&wrong))
    }

    fn good(&self) -> Option<Good> {
        Some(Good { path: whole(&self.path), text: self.text.clone() })
    }

    fn is_outdated(&self) -> bool {
        self.outdated
    }

    fn change(&mut self, standing: &[Adjustment], change: Change<'_>) -> Result<Adjusted, String> {
        plan::adjust(&self.text, &Machine, standing, change).map_err(|wrong| first_of(&wrong))
    }
}

fn first_of(complaints: &[Complaint]) -> String {
    let first = complaints.iter().find(|complaint| !complaint.warning);
    first.map_or_else(String::new, |complaint| complaint.what.clone())
}

/// Where the state of a configuration may lie, the likeliest first: what belongs to the
/// system is kept by systemd, whoever looks at it.
pub(super) fn state_directories(loaded: &Loaded) -> Vec<PathBuf> {
    if let Some(said) = &loaded.parsed.store {
        return vec![said.clone()];
    }
    directories_of(&loaded.path)
}

/// Where the state of a configuration without `store:` may lie, the likeliest first.
pub(super) fn directories_of(path: &Path) -> Vec<PathBuf> {
    let system = whole(path).starts_with("/etc").then(|| PathBuf::from(SYSTEM_STATE));
    system.into_iter().chain([state_directory()]).collect()
}

/// Where a state may lie whose configuration cannot be read, the likeliest first.
pub(super) fn usual_directories() -> Vec<PathBuf> {
    vec![PathBuf::from(SYSTEM_STATE), state_directory()]
}

/// Where the state is kept unless it is said: systemd's directory, else the user's.
pub(super) fn state_directory() -> PathBuf {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    from("STATE_DIRECTORY")
        .or_else(|| from("XDG_STATE_HOME").map(|home| home.join("uncramp")))
        .or_else(|| from("HOME").map(|home| home.join(".local/state/uncramp")))
        .unwrap_or_else(|| PathBuf::from(SYSTEM_STATE))
}

/// How the broker is reached; the one inside is started first.
async fn reach(mqtt: MqttSettings, directory: PathBuf) -> Result<(Settings, Inside), String> {
    let directory = Some(directory);
    let server = match mqtt {
        MqttSettings::Embedded { listen, users } => {
            return Inside::start(listen, users, directory).await;
        }
        MqttSettings::External(server) => server,
        MqttSettings::Supervisor => broker::awaited().await?,
    };
    Ok((broker::settings(server, directory), Inside::none()))
}

#[cfg(feature = "embedded-broker")]
mod inside {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
    use std::path::PathBuf;

    use super::Settings;
    use crate::daemon::embedded::{self, Embedded};
    use crate::plan::users::User;

    /// The broker inside, if there is one.
    pub(super) struct Inside(Option<Embedded>);

    impl Inside {
        pub(super) const fn none() -> Self {
            Self(None)
        }

        pub(super) async fn start(
            listen: SocketAddr,
            users: Option<Vec<User>>,
            directory: Option<PathBuf>,
        ) -> Result<(Settings, Self), String> {
            let own = directory.clone();
            let settings = embedded::Settings { address: listen, users, own };
            let broker = Embedded::start(settings).await?;
            let address = broker.address();
            tracing::info!("the broker inside listens at {address}");
            let host = match (address.ip().is_unspecified(), address.is_ipv6()) {
                (true, true) => IpAddr::V6(Ipv6Addr::LOCALHOST),
                (true, false) => IpAddr::V4(Ipv4Addr::LOCALHOST),
                (false, _) => address.ip(),
            };
            let (username, password) = broker.own_user();
            let settings = Settings {
                host: host.to_string(),
                port: address.port(),
                tls: None,
                username,
                password,
                client_id: None,
                directory,
            };
            Ok((settings, Self(Some(broker))))
        }

        /// It ended unasked: why.
        pub(super) async fn ended(&mut self) -> String {
            match &mut self.0 {
                Some(broker) => broker.ended().await,
                None => std::future::pending().await,
            }
        }

        pub(super) async fn stop(self) {
            if let Some(broker) = self.0 {
                broker.stop().await;
            }
        }
    }
}

#[cfg(not(feature = "embedded-broker"))]
mod inside {
    use std::net::SocketAddr;
    use std::path::PathBuf;

    use super::Settings;
    use crate::plan::users::User;

    /// This uncramp was built without a broker inside.
    pub(super) struct Inside;

    impl Inside {
        pub(super) const fn none() -> Self {
            Self
        }

        #[expect(clippy::unused_async, reason = "as with a broker inside")]
        pub(super) async fn start(
            _listen: SocketAddr,
            _users: Option<Vec<User>>,
            _directory: Option<PathBuf>,
        ) -> Result<(Settings, Self), String> {
            Err("this uncramp was built without a broker inside: name one under `mqtt:`, or build \
                 it with the feature `embedded-broker`"
                .to_owned())
        }

        pub(super) async fn ended(&mut self) -> String {
            std::future::pending().await
        }

        #[expect(clippy::unused_async, reason = "as with a broker inside")]
        pub(super) async fn stop(self) {}
    }
}

use inside::Inside;

/// What is published of a bedroom.
#[derive(Default)]
pub(super) struct Shown {
    /// What the engine knows nothing of.
    dropped: Dropped,
}

impl Render for Shown {
    fn view(&mut self, engine: &Engine, bedroom: BedroomId, now: Time) -> Option<String> {
        let view = View::of(engine, bedroom, now)?;
        let dropped = Some(self.dropped).filter(|dropped| *dropped != Dropped::default());
        serde_json::to_string(&View { dropped, ..view }).ok()
    }

    fn dropped(&mut self, dropped: Dropped) {
        self.dropped = dropped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_the_broker_inside_all_ends() {
        let (asks, mut receiver) = mpsc::channel(1);
        let control = async {
            assert!(matches!(receiver.recv().await, Some(Ask::Stop)));
            Ended::WithoutBroker
        };
        let ended = beside(control, std::future::ready("gone".to_owned()), asks).await;
        assert_eq!(ended, Err("gone".to_owned()));
        let (asks, _receiver) = mpsc::channel(1);
        let control = std::future::ready(Ended::HandedBack);
        let ended = beside(control, std::future::pending(), asks).await;
        assert_eq!(ended, Ok(Ended::HandedBack));
    }
}

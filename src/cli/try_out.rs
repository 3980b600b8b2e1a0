//! `uncramp try`: one actuator, once, watched, and switched off again.
//!
//! A device's own timer counts only once it was seen on this very device (S2). What was
//! seen is told to the running daemon, or recorded in its place.

mod bench;
mod guard;
mod record;
mod trial;

use std::io::{self, IsTerminal, Write as _};
use std::path::Path;

use secrecy::SecretString;
use serde_json::json;
use tokio::sync::mpsc;

use super::colour::Paint;
use super::config::{self, Failed};
use super::run::state_directory;
use super::{Common, End, broker, output};
use crate::daemon::broker::Settings;
use crate::daemon::clock::Clock;
#[cfg(feature = "embedded-broker")]
use crate::daemon::embedded;
use crate::daemon::signals;
use crate::model::{ActuatorId, BedroomId};
use crate::plan::{Actuator, Control, Hazard, Kind, MqttSettings, Plan};
use crate::speech::Numbers;
use crate::surface;
use crate::wire::Device;

use bench::Bench;
pub use record::record;
pub use trial::{Found, TimerFault, Verdict};

/// Where systemd's unit has its state directory.
#[cfg(feature = "embedded-broker")]
const SYSTEMD_STATE: &str = "/var/lib/uncramp";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// In which bedroom; needed if there are several.
    #[arg(long, value_name = "NAME")]
    bedroom: Option<String>,
    /// What to try: heater, fan, voice, or an actuator's name.
    #[arg(value_name = "WHAT")]
    what: Option<String>,
    /// Do not ask first.
    #[arg(long)]
    yes: bool,
}

impl Arguments {
    /// To try this one, without asking first.
    pub(super) fn of(what: &str) -> Self {
        Self { bedroom: None, what: Some(what.to_owned()), yes: true }
    }
}

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// In which bedroom.
    pub bedroom: BedroomId,
    /// Which actuator; none is the voice.
    pub actuator: Option<ActuatorId>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What was found.
    pub found: Found,
    /// A running uncramp was told of it.
    pub told: bool,
}

/// Tries an actuator, watched, and leaves it as it was, also if `stop` comes first; `tell`
/// hears what happens. The time is the clock's, so that a test need not wait.
///
/// # Errors
/// If there is no such actuator, it was stopped, or the broker was not there all the time.
pub async fn attempt(
    plan: &Plan,
    target: Target,
    settings: Settings,
    clock: Clock,
    stop: impl Future<Output = ()>,
    tell: &mut (dyn FnMut(&str) + Send),
) -> Result<Attempt, String> {
    let mut bench = Bench::new(plan, target, settings, clock).await?;
    bench.running &= target.actuator.is_some();
    if bench.running {
        tell("uncramp is running: it is asked to leave the bedroom alone meanwhile");
    }
    bench.hold_still().await?;
    let found = tokio::select! {
        found = tried(&mut bench, plan, target, tell) => found,
        () = stop => Err("stopped before anything was proven".to_owned()),
    };
    if found.is_err() && bench.undo().is_some() {
        tell("making it as it was: until it says so, for a minute at most, or five for a valve");
    }
    // What did not answer a minute of offs is left to the broker, and to its owner.
    let mended = match &found {
        Ok(found) if !found.ended => false,
        Ok(_) | Err(_) => trial::undo(&mut bench).await,
    };
    let told = finish(&mut bench, target.name(plan), found.as_ref().ok()).await;
    bench.close().await;
    match found {
        Ok(found) => Ok(Attempt { found, told: told? }),
        Err(why) if mended => Err(why),
        Err(why) => Err(format!(
            "{why}. It did not confirm that it is off, or as it was: go and look at it"
        )),
    }
}

/// Gives the bedroom back to a running uncramp, and tells it what was found. Returns
/// whether there is one that knows now.
async fn finish(bench: &mut Bench<'_>, name: &str, found: Option<&Found>) -> Result<bool, String> {
    if !bench.running {
        return Ok(false);
    }
    bench.let_go().await?;
    if let Some(works) = found.and_then(|found| found.verdict.timer()) {
        let proof = json!({ "actuator": name, "works": works });
        bench.confirmed("timer/set", &proof.to_string()).await?;
    }
    Ok(true)
}

async fn tried(
    bench: &mut Bench<'_>,
    plan: &Plan,
    target: Target,
    tell: &mut (dyn FnMut(&str) + Send),
) -> Result<Found, String> {
    if target.actuator.is_none() {
        return trial::voice(bench, plan, target.bedroom).await;
    }
    let actuator = target.of(plan).ok_or("there is no such actuator")?;
    match &actuator.kind {
        Kind::Heater { hazard: Hazard::Portable, .. } => Ok(trial::portable(bench).await),
        Kind::Heater { control: Control::SetPoint { .. }, .. } => trial::valve(bench, tell).await,
        Kind::Heater { control: Control::Switch, .. } => {
            trial::relay(bench, None, actuator.device.can_time(), tell).await
        }
        Kind::Fan { .. } => trial::relay(bench, Some(1), false, tell).await,
    }
}

impl Target {
    /// Finds what people mean by `heater`, `fan`, `voice` or a name.
    ///
    /// # Errors
    /// A sentence that lists what there is.
    pub fn find(plan: &Plan, bedroom: Option<&str>, what: Option<&str>) -> Result<Self, String> {
        let (id, room) = match bedroom {
            Some(name) => plan.bedroom_named(name).ok_or_else(|| {
                let names: Vec<_> = plan.bedrooms.iter().map(|it| it.name.as_str()).collect();
                format!("there is no bedroom “{name}”; there is {}", names.join(", "))
            })?,
            None => match plan.bedrooms.as_slice() {
                [one] => (BedroomId(0), one),
                several => {
                    let names: Vec<_> = several.iter().map(|it| it.name.as_str()).collect();
                    return Err(format!("say which bedroom: --bedroom {}", names.join("|")));
                }
            },
        };
        if what == Some("voice") {
            return Ok(Self { bedroom: id, actuator: None });
        }
        let meant = |it: &Actuator| match what {
            None => true,
            Some(what) if is_called(it, what) => true,
            Some("heater") => matches!(it.kind, Kind::Heater { .. }),
            Some("fan") => matches!(it.kind, Kind::Fan { .. }),
            Some(_) => false,
        };
        let named = |it: &&(u8, &Actuator)| what.is_some_and(|what| is_called(it.1, what));
        let all: Vec<(u8, &Actuator)> =
            (0..).zip(&room.actuators).filter(|(_, it)| meant(it)).collect();
        let chosen = all.iter().find(named).or(if all.len() == 1 { all.first() } else { None });
        let Some((actuator, _)) = chosen else {
            let names = room.actuators.iter().map(|it| it.name.as_str()).chain(["voice"]);
            let names: Vec<_> = names.collect();
            let there = names.join(", ");
            return Err(match what {
                Some(what) if all.is_empty() => {
                    format!("there is no “{what}” in “{}”; there is {there}", room.shown())
                }
                Some(_) | None => format!(
                    "say what to try in “{}”: {there}; for example `uncramp try {}`",
                    room.shown(),
                    names[0]
                ),
            });
        };
        Ok(Self { bedroom: id, actuator: Some(ActuatorId(*actuator)) })
    }

    fn of(self, plan: &Plan) -> Option<&Actuator> {
        let room = plan.bedrooms.get(usize::try_from(self.bedroom.0).ok()?)?;
        room.actuators.get(usize::from(self.actuator?.0))
    }

    fn device(self, plan: &Plan) -> Option<&Device> {
        Some(&self.of(plan)?.device)
    }

    /// Its key, by which uncramp's topics name it.
    fn name(self, plan: &Plan) -> &str {
        self.of(plan).map_or("voice", |actuator| &actuator.name)
    }

    /// What people call it.
    fn shown(self, plan: &Plan) -> &str {
        self.of(plan).map_or("voice", Actuator::shown)
    }

    /// What will be done, before it is.
    fn intent(self, plan: &Plan) -> String {
        let name = self.shown(plan);
        let Some(actuator) = self.of(plan) else {
            let topic = surface::topic(plan, self.bedroom, "announce");
            return format!("One sentence is spoken, by {topic} and by hermes/tts/say.");
        };
        match &actuator.kind {
            Kind::Heater { hazard: Hazard::Portable, .. } => {
                format!("{name} is a portable heater: it is only told to go off.")
            }
            Kind::Heater { control: Control::SetPoint { .. }, .. } => {
                let numbers = Numbers::in_english(plan.units);
                let by = numbers.difference(trial::RAISED);
                format!("{name} is set {by} higher, and back as soon as it has confirmed that.")
            }
            Kind::Heater { control: Control::Switch, .. } if actuator.device.can_time() => format!(
                "{name} is switched on and off, then on for 10 s by its own timer, and watched \
                 for three minutes. Stay with it, and see that nothing lies on it."
            ),
            Kind::Heater { control: Control::Switch, .. } => format!(
                "{name} is switched on for 10 s, and off again. Stay with it, and see that nothing \
                 lies on it."
            ),
            Kind::Fan { .. } => {
                format!("{name} runs at its lowest level for 10 s, and is switched off again.")
            }
        }
    }
}

/// By its key, or by its name however that is written.
fn is_called(actuator: &Actuator, what: &str) -> bool {
    actuator.name == what || actuator.shown().to_lowercase() == what.to_lowercase()
}

/// Tries one actuator: 0 it is as it should be, 1 it is not, 2 wrong usage.
pub(super) fn try_out(common: &Common, arguments: &Arguments) -> io::Result<End> {
    let paint = Paint::on(common.color, &io::stderr());
    let loaded = config::find(common.config.as_deref()).and_then(|path| config::load(&path, paint));
    let parsed = match loaded {
        Ok(loaded) => loaded.parsed,
        Err(Failed::Wrong(why) | Failed::Missing(why) | Failed::Unreadable(why)) => {
            return Ok(usage(&why));
        }
    };
    let plan = &parsed.plan;
    let target = Target::find(plan, arguments.bedroom.as_deref(), arguments.what.as_deref());
    let target = match target {
        Ok(target) => target,
        Err(why) => return Ok(usage(&why)),
    };
    output::say(target.intent(plan));
    if !arguments.yes && !agreed()? {
        return Ok(usage("nothing was tried; answer y, or give --yes"));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let directory = parsed.store.clone().unwrap_or_else(state_directory);
    let settings = match runtime.block_on(reach(parsed.mqtt, &directory)) {
        Ok(settings) => settings,
        Err(why) => {
            eprintln!("uncramp try: {why}");
            return Ok(End::No);
        }
    };
    let tried = runtime.block_on(async {
        let (asks, mut stopped) = mpsc::channel(1);
        signals::listen(asks).map_err(|e| format!("signals cannot be listened to: {e}"))?;
        let stop = async { stopped.recv().await.map_or((), |_| ()) };
        let mut tell = |text: &str| output::say(format_args!("  {text}"));
        attempt(plan, target, settings, Clock::real(), stop, &mut tell).await
    });
    match tried {
        Ok(tried) => report(plan, target, &tried, &directory),
        Err(why) => {
            eprintln!("uncramp try: {why}");
            Ok(End::No)
        }
    }
}

fn report(plan: &Plan, target: Target, tried: &Attempt, directory: &Path) -> io::Result<End> {
    let mut out = io::stdout();
    let Found { verdict, power, ended } = &tried.found;
    let name = target.shown(plan);
    writeln!(out, "{name}: {verdict}")?;
    if let Some(power) = power {
        writeln!(out, "  It drew {:.0} W.", f64::from(power.0) / 10.0)?;
    }
    let switched = |it: &Actuator| matches!(it.kind, Kind::Heater { control: Control::Switch, .. });
    if *verdict == Verdict::Obeys && target.of(plan).is_some_and(switched) {
        writeln!(
            out,
            "  It has no timer of its own that uncramp knows: an electric heater will not run \
             while anybody is in bed."
        )?;
    }
    if !ended {
        writeln!(out, "  It did not confirm that it is off, or as it was: go and look at it.")?;
    }
    let mut kept = true;
    if let (Some(works), Some(actuator)) = (verdict.timer(), target.actuator) {
        let done = if tried.told {
            Ok(())
        } else {
            record(plan, target.bedroom, actuator, works, directory)
        };
        match done {
            Ok(()) => writeln!(out, "  uncramp knows it now.")?,
            Err(why) => {
                kept = false;
                writeln!(out, "  It could not be recorded: {why}")?;
            }
        }
    }
    Ok(if verdict.is_good() && *ended && kept { End::Well } else { End::No })
}

fn usage(why: &str) -> End {
    eprintln!("{}", why.trim_end());
    End::Input
}

fn agreed() -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    write!(io::stdout(), "Go on? [y/N] ")?;
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// The broker of the configuration, by a name of our own: it may know uncramp already.
async fn reach(settings: MqttSettings, directory: &Path) -> Result<Settings, String> {
    let server = match settings {
        MqttSettings::External(server) => server,
        MqttSettings::Supervisor => broker::named().await?,
        MqttSettings::Embedded { listen, users } => {
            let (username, password) = match users {
                Some(_) => own_user(directory)?,
                None => (None, None),
            };
            let host = listen.ip().to_string();
            return Ok(bench::settings(host, listen.port(), None, username, password));
        }
    };
    let tls = server.tls.map(broker::encryption);
    Ok(bench::settings(server.host, server.port, tls, server.username, server.password))
}

/// As whom to sign in to the broker inside a running uncramp: its state directory, or
/// where systemd keeps it.
#[cfg(feature = "embedded-broker")]
fn own_user(directory: &Path) -> Result<(Option<String>, Option<SecretString>), String> {
    let own = embedded::own_user_in(directory);
    own.or_else(|why| embedded::own_user_in(Path::new(SYSTEMD_STATE)).map_err(|_| why))
}

#[cfg(not(feature = "embedded-broker"))]
fn own_user(_directory: &Path) -> Result<(Option<String>, Option<SecretString>), String> {
    Err("this uncramp was built without a broker inside: name one under `mqtt:`".to_owned())
}

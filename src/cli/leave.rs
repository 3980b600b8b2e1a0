//! `uncramp leave`.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::colour::Paint;
use super::config::{self, Failed, Loaded};
use super::run::{last_good, state_directories};
use super::{Common, End, broker, output};
use crate::daemon::clock::Clock;
use crate::daemon::store::FILE;
use crate::daemon::{Farewell, Parting, RunError, Settings, leave as say_farewell};
use crate::plan::MqttSettings;

/// How long a name that is still being looked up holds up the end.
const LINGER: Duration = Duration::from_millis(100);

/// Hands everything back and clears uncramp's topics: 0 it is done, 1 something is left to
/// be done by hand, 2 wrong input.
pub(super) fn leave(common: &Common) -> io::Result<End> {
    let paint = Paint::on(common.color, &io::stderr());
    let found = config::find(common.config.as_deref());
    let loaded = match found
        .and_then(|path| config::load(&path, paint).or_else(|it| last_good(&path, it)))
    {
        Ok(loaded) => loaded,
        Err(Failed::Wrong(why) | Failed::Missing(why) | Failed::Unreadable(why)) => {
            eprintln!("{}", why.trim_end());
            return Ok(End::Input);
        }
    };
    let directory = match recorded(&state_directories(&loaded)) {
        Ok(directory) => directory,
        Err(why) => return Ok(no(&why)),
    };
    let Loaded { parsed, .. } = loaded;
    let inside = matches!(parsed.mqtt, MqttSettings::Embedded { .. });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let left = runtime.block_on(async {
        let broker = reach(parsed.mqtt).await;
        say_farewell(parsed.plan, directory.as_deref(), broker, Clock::real()).await
    });
    runtime.shutdown_timeout(LINGER);
    Ok(match left {
        Ok(farewell) => told(&farewell, inside),
        Err(RunError::Store(_)) => no(
            "uncramp is running: stop it first, and it hands everything back by itself (systemctl \
             stop uncramp)",
        ),
        Err(RunError::Settings(why)) => no(&why),
    })
}

/// The directory in which an uncramp recorded something, if there is one.
fn recorded(directories: &[PathBuf]) -> Result<Option<PathBuf>, String> {
    for directory in directories {
        match directory.join(FILE).try_exists() {
            Ok(true) => return Ok(Some(directory.clone())),
            Ok(false) => {}
            Err(error) => return Err(unreadable(directory, &error)),
        }
    }
    Ok(None)
}

fn unreadable(directory: &Path, error: &io::Error) -> String {
    let shown = directory.display();
    if error.kind() == io::ErrorKind::PermissionDenied {
        return format!("what uncramp recorded in {shown} is for root only: sudo uncramp leave");
    }
    format!("{shown} cannot be read: {error}")
}

async fn reach(mqtt: MqttSettings) -> Result<Settings, String> {
    match mqtt {
        MqttSettings::External(server) => Ok(broker::settings(server, None)),
        MqttSettings::Supervisor => Ok(broker::settings(broker::named().await?, None)),
        MqttSettings::Embedded { .. } => {
            Err("the broker was inside uncramp, and went with it".to_owned())
        }
    }
}

fn told(farewell: &Farewell, inside: bool) -> End {
    let Farewell { told, unconfirmed, parting } = farewell;
    match parting {
        Parting::Unheard(why) if inside && told.is_empty() => {
            output::say(format_args!("Nothing was on, and {why}."));
            return End::Well;
        }
        Parting::Unheard(why) if told.is_empty() => {
            return no(&format!(
                "{why}. Nothing was on, but what uncramp said last stays on the broker: run this \
                 again when it is there"
            ));
        }
        Parting::Unheard(why) => {
            return no(&format!(
                "{why}. Nobody was told; look after these yourself, or run this again when it is \
                 there: {}",
                told.join(", ")
            ));
        }
        Parting::Cleared | Parting::Another(_) => {}
    }
    output::say(match told.as_slice() {
        [] => "Nothing was on: there was nothing to hand back.".to_owned(),
        told => format!("Told to be off, or as it was before: {}.", told.join(", ")),
    });
    output::say(match parting {
        Parting::Another(host) => format!(
            "Another uncramp, on “{host}”, speaks on the same topics now: they are left to it."
        ),
        Parting::Cleared | Parting::Unheard(_) => {
            "What uncramp said is cleared from the broker; Home Assistant forgets its devices."
                .to_owned()
        }
    });
    if unconfirmed.is_empty() {
        return End::Well;
    }
    no(&format!("no answer yet from {}: go and look", unconfirmed.join(", ")))
}

fn no(why: &str) -> End {
    eprintln!("uncramp leave: {why}");
    End::No
}

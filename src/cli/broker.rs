//! How the broker is reached: the one in the configuration, or the one that Home
//! Assistant's Supervisor names.

use std::path::PathBuf;
use std::time::Duration;

use crate::daemon::outside::Machine;
use crate::daemon::supervisor::Supervisor;
use crate::daemon::{Settings, tls};
use crate::plan::Outside as _;
use crate::plan::mqtt::{Server, Tls};

/// How long to wait before the Supervisor is asked again.
const AGAIN: Duration = Duration::from_secs(10);

/// What the daemon is to know of a broker that is another program.
pub(super) fn settings(server: Server, directory: Option<PathBuf>) -> Settings {
    let Server { host, port, tls, username, password, client_id } = server;
    Settings { host, port, tls: tls.map(encryption), username, password, client_id, directory }
}

/// How the broker proves who it is.
pub(super) fn encryption(tls: Tls) -> tls::Tls {
    let Tls { ca_file, insecure_skip_verify } = tls;
    tls::Tls { ca: ca_file, insecure_skip_verify }
}

/// The broker that the Supervisor names.
///
/// # Errors
/// A sentence that says why there is none.
pub(super) async fn named() -> Result<Server, String> {
    Ok(supervisor()?.broker().await?.server())
}

/// The same, but waits for one that is not there yet: apps may start in any order.
///
/// # Errors
/// If there is no Supervisor to ask.
pub(super) async fn awaited() -> Result<Server, String> {
    let supervisor = supervisor()?;
    let mut told = false;
    loop {
        match supervisor.broker().await {
            Ok(service) => return Ok(service.server()),
            Err(why) if !told => tracing::warn!("{why} uncramp asks again every 10 s"),
            Err(_) => {}
        }
        told = true;
        tokio::time::sleep(AGAIN).await;
    }
}

fn supervisor() -> Result<Supervisor, String> {
    let found = Supervisor::of(|name| Machine.env(name));
    found.ok_or_else(|| "no Supervisor is here to name the broker".to_owned())
}

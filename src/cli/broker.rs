//! The broker that Home Assistant's Supervisor names, for those commands that need one.

use std::time::Duration;

use crate::daemon::outside::Machine;
use crate::daemon::supervisor::Supervisor;
use crate::plan::Outside as _;
use crate::plan::mqtt::Server;

/// How long to wait before the Supervisor is asked again.
const AGAIN: Duration = Duration::from_secs(10);

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

//! The app of Home Assistant. No container is built here; everything else is tried: what the
//! Supervisor reads, what is fetched, and the start on a plain directory, with a Supervisor of
//! our own and a real mosquitto that wants a password.

#[path = "app/files.rs"]
mod files;
#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;
#[path = "app/release.rs"]
mod release;
#[path = "app/start.rs"]
mod start;

use std::path::PathBuf;

/// A file of the app.
fn app(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/home-assistant/app").join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(app(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

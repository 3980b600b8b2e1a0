//! The whole daemon on a real mosquitto, held against the engine alone. The clock is
//! moved by hand, and only when the daemon and all devices are quiet.

#![allow(clippy::disallowed_methods, reason = "how long a reconnection took is real time")]

#[path = "live/devices.rs"]
mod devices;
#[path = "live/garbled.rs"]
mod garbled;
#[path = "live/log.rs"]
mod log;
#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;
#[path = "live/night.rs"]
mod night;
#[path = "live/nights.rs"]
mod nights;
#[path = "live/recorded.rs"]
mod recorded;
#[path = "live/refused.rs"]
mod refused;
#[path = "live/restarts.rs"]
mod restarts;
#[path = "live/silence.rs"]
mod silence;
mod support;
#[path = "live/world.rs"]
mod world;

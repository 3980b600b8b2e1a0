//! The only place with sockets, files, clocks, threads and signals.

pub mod broker;
pub mod clock;
#[cfg(feature = "embedded-broker")]
pub mod embedded;
pub mod outbox;
pub mod store;
pub mod systemd;
pub mod tls;
pub mod zones;

//! The only place with sockets, files, clocks, threads and signals.

pub mod broker;
pub mod clock;
pub mod outbox;
pub mod store;
pub mod tls;
pub mod zones;

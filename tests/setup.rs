//! `uncramp setup`: what announcements mean, the configuration that answers make, and the
//! whole of it in a terminal, against a real broker.

#[path = "setup/encrypted.rs"]
mod encrypted;
#[path = "setup/missing.rs"]
mod missing;
#[expect(dead_code, reason = "shared with the tests of the connection, which use more of it")]
#[path = "broker/mosquitto.rs"]
mod mosquitto;
#[path = "setup/pure.rs"]
mod pure;
#[path = "setup/terminal.rs"]
mod terminal;
#[path = "setup/tried.rs"]
mod tried;
#[path = "setup/whole.rs"]
mod whole;

//! uncramp: a bedroom daemon for people who wake at night with leg cramps.
//!
//! ```text
//! bytes → Event → facts → rules → verdicts → interlocks → Action → bytes
//!                 └── one pure engine: time is an argument ──┘
//! ```
//!
//! The modules below are in their order: each may name only those above it, and a test
//! (`tests/architecture.rs`) holds them to it. Everything above `daemon` is pure: same
//! input, same output, on any machine, at any speed. `docs/architecture.md` is the map.

pub mod model;

pub mod air;

pub mod wire;

pub mod rules;

pub mod safety;

pub mod plan;

pub mod engine;

pub mod history;

pub mod speech;

pub mod view;

pub mod surface;

pub mod sim;

pub mod replay;

pub mod prove;

pub mod report;

pub mod survey;

pub mod daemon;

pub mod cli;

//! uncramp: a bedroom daemon for people who wake at night with leg cramps.

pub mod air;
pub mod daemon;
pub mod engine;
pub mod history;
pub mod model;
pub mod plan;
pub mod rules;
pub mod safety;
pub mod sim;
pub mod speech;
pub mod surface;
pub mod wire;

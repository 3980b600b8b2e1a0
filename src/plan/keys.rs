//! The tables: every key of the configuration, said once.

mod bedroom;
mod devices;
mod house;
mod rules;

pub(super) use house::HOUSE;

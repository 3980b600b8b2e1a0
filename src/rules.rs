//! Facts → verdict; one file per rule.

pub mod airflow;
pub mod cold_exposure;
pub mod hydration;

mod reason;

pub use reason::{Because, Deadline, Judge, Otherwise, Reason, RoomSign};

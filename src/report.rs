//! Recorded nights: what uncramp would have decided in them, and the picture of one.

mod assume;
mod drawing;
mod nights;
mod repeat;
mod svg;

pub use assume::{NoThermometer, fitted, usual};
pub use nights::{Decision, HOUSEHOLD, Night, Nights, play};
pub use repeat::{Difference, differences, repeat};
pub use svg::{Labels, Picture, draw};

//! The picture of a night.

mod svg;

pub use svg::{Labels, Picture, draw};

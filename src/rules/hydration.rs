//! Hydration: the day's need, what was logged, and who must not be told to drink.

use serde::{Deserialize, Serialize};

use crate::model::{Millilitres, Span, Temperature};

/// What the rule is told in the configuration; one for the bedroom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether the rule is in force.
    pub enabled: bool,
    /// Drinks a day; `None` is by profile: 1.6 L, men 2.0 L, pregnant + 0.3 L.
    pub goal: Option<Millilitres>,
    /// How long after the usual wake the day's need begins to count; 30 min.
    pub after_wake: Span,
    /// How long before bedtime it ends; `None` is by profile: 2 h, 4 h from 65 years
    /// or with nocturia.
    pub cut_off: Option<Span>,
    /// The smallest prompt, and how far behind it takes; 150 mL.
    pub least: Millilitres,
    /// The largest prompt; 250 mL.
    pub most: Millilitres,
    /// The least time between two prompts; 75 min.
    pub apart: Span,
    /// Never more than this asked within an hour; 500 mL.
    pub hourly: Millilitres,
    /// Prompts a day while nothing is ever logged; 3.
    pub unlogged_a_day: u8,
    /// After so many unanswered prompts, none before tomorrow; 2.
    pub unanswered: u8,
    /// Room temperature from which a day counts as hot (+250 mL); 26 °C.
    pub hot_room: Temperature,
    /// Outdoor temperature from which a day counts as hot (+250 mL); 28 °C.
    pub hot_outdoors: Temperature,
    /// Outdoor temperature from which a day counts as very hot (+500 mL); 32 °C.
    pub very_hot_outdoors: Temperature,
}

//! Cold exposure: prolonged exposure to low temperature is a dose, not a threshold.

use serde::{Deserialize, Serialize};

use crate::model::{KelvinHours, Kelvins, Span, Temperature, Window};

/// What the rule is told in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether the rule is in force.
    pub enabled: bool,
    /// Below which temperature an occupied bed gathers dose.
    pub reference: Reference,
    /// How the rule calls for heat.
    pub style: Style,
    /// The memory of the acute dose; 1.5 h by convention.
    pub memory: Span,
    /// The acute dose that calls for heat; 1.0 K·h by convention.
    pub act: KelvinHours,
    /// The acute dose at or below which a call may end; 0.3 K·h by convention.
    pub release: KelvinHours,
    /// So far below the reference, for ten minutes, calls for heat at once; 2 K.
    pub deep: Kelvins,
    /// How far above the reference a call may end; 0.5 K.
    pub release_above: Kelvins,
    /// How far above the reference a call heats; 1 K.
    pub target_above: Kelvins,
    /// The switching band around the target; ± 0.3 K.
    pub band: Kelvins,
    /// No heat of ours above; 24 °C, 20 °C with a baby in the room.
    pub ceiling: Temperature,
    /// The in-bed sensor's reference; 28 °C.
    pub bed_reference: Temperature,
    /// The in-bed dose that calls for heat; 1.5 K·h.
    pub bed_act: KelvinHours,
    /// How long an in-bed sensor is ignored after somebody lay down; 45 min.
    pub bed_settling: Span,
    /// Whether the room is warmed before bedtime and before the pre-dawn low.
    pub prewarm: bool,
    /// How long before the usual wake the room is to be at the reference; 2 h.
    pub predawn: Span,
    /// After how long without anybody in bed pre-warming stops; 90 min.
    pub empty_after: Span,
    /// When the boiler gives heat; none means always.
    pub available: Option<Window>,
    /// How fast the room may warm while somebody sleeps, per hour; `None` is off.
    pub ramp: Option<Kelvins>,
    /// Whether a steep fall is taken for an open window.
    pub window_guess: bool,
}

/// Below which room temperature an occupied bed gathers dose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// By who sleeps there: 18 °C; 20 °C from 65 years or when ill; 17 °C with a baby.
    ByProfile,
    /// The usual temperature at bedtime, less 1 K, within 16…20 °C: for whoever says
    /// that at night the room is right.
    Usual,
    /// As stated.
    Fixed(Temperature),
}

/// How the rule calls for heat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// By dose, by depth and by the hour.
    Dose,
    /// A plain thermostat in the sleep window.
    Thermostat {
        /// Start below.
        start_below: Temperature,
        /// Stop above.
        stop_above: Temperature,
    },
}

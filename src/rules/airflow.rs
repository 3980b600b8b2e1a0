//! Airflow: a bed that does not breathe.

use serde::{Deserialize, Serialize};

use crate::model::{Co2, Humidity, KelvinHours, Kelvins, Temperature};

/// What the rule is told in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether the rule is in force.
    pub enabled: bool,
    /// Skin-referenced bed humidity from which the bed is stuffy; 65 %.
    pub stuffy: Humidity,
    /// At or below which it no longer is; 55 %.
    pub stuffy_until: Humidity,
    /// From which it is wet; 80 %.
    pub wet: Humidity,
    /// By how much the room must be drier than the bed, in pascals; 300.
    pub drier_pa: i32,
    /// Without an in-bed sensor: the room temperature from which a fan helps; 26 °C.
    pub room_warm: Temperature,
    /// Without an in-bed sensor: the temperature from which a damp room counts; 24 °C.
    pub room_damp: Temperature,
    /// Without an in-bed sensor: the dew point that makes it damp; 18 °C.
    pub dew_point: Temperature,
    /// Without an in-bed sensor: the rise of absolute humidity since somebody lay down,
    /// in hundredths of g/m³; 1.0 g/m³.
    pub humidity_rise: i32,
    /// Room temperature from which indirect air may run; 22 °C, off 0.5 K below.
    pub room_indirect: Temperature,
    /// Room temperature from which direct air may run; 24 °C, off 0.5 K below.
    pub room_direct: Temperature,
    /// How far below its start a fan stops; 0.5 K.
    pub room_band: Kelvins,
    /// Above it a fan no longer cools; 35 °C, 33 °C from 65 years.
    pub room_hot: Temperature,
    /// The acute cold dose above which a running fan stops; 0.5 K·h.
    pub dose_stop: KelvinHours,
    /// The acute cold dose at or below which a fan may start; 0.3 K·h.
    pub dose_start: KelvinHours,
    /// Advise fresh air from; 1150 ppm.
    pub co2_advise: Co2,
    /// Until; 900 ppm.
    pub co2_clear: Co2,
}

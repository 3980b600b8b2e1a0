//! The weather as a function of time.

use std::f64::consts::TAU;

use super::room::saturation;

/// Outdoor weather: a daily swing, slow unrest by chance, perhaps a cold front.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weather {
    /// The mean temperature, in °C.
    pub mean: f64,
    /// Half the daily swing, in kelvins; warmest at 15:00.
    pub swing: f64,
    /// The size of the slow unrest, in kelvins.
    pub unrest: f64,
    /// The dew point, in °C; never above the temperature.
    pub dew_point: f64,
    /// Colder and drier air arrives.
    pub front: Option<Front>,
}

/// Colder and drier air.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Front {
    /// When it begins, in hours after the first midnight.
    pub from: f64,
    /// How long it takes, in hours.
    pub lasts: f64,
    /// How much colder it gets, in kelvins.
    pub colder: f64,
    /// By how much the dew point falls, in kelvins.
    pub drier: f64,
}

impl Weather {
    /// The demo's: a warm damp evening, a cold front around midnight.
    #[must_use]
    pub fn demo() -> Self {
        let front = Front { from: 23.25, lasts: 2.75, colder: 14.6, drier: 11.5 };
        Self { mean: 21.0, swing: 3.0, unrest: 0.4, dew_point: 17.0, front: Some(front) }
    }

    /// Frost at night, a little above by day.
    #[must_use]
    pub fn winter() -> Self {
        Self { mean: 0.0, swing: 3.0, unrest: 1.0, dew_point: -4.0, front: None }
    }

    /// Temperature in °C and vapour pressure in pascals, so many hours after the first
    /// midnight.
    pub(super) fn at(&self, hour: f64, seed: u64) -> (f64, f64) {
        let mut chance = fastrand::Rng::with_seed(seed);
        let mut wave = |period: f64| libm::sin(TAU * (hour / period + chance.f64()));
        let unrest = self.unrest * (wave(31.0) + 0.5 * wave(7.3) + 0.2 * wave(1.9));
        let daily = self.swing * libm::cos(TAU * (hour - 15.0) / 24.0);
        let (colder, drier) = self.front.map_or((0.0, 0.0), |front| {
            let share = ((hour - front.from) / front.lasts).clamp(0.0, 1.0);
            let smooth = share * share * (3.0 - 2.0 * share);
            (front.colder * smooth, front.drier * smooth)
        });
        let temperature = self.mean + daily + unrest - colder;
        let dew_point = (self.dew_point - drier).min(temperature - 0.3);
        (temperature, saturation(dew_point))
    }
}

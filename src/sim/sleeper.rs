//! Who sleeps there, as a function of time.

/// A person with habits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sleeper {
    /// The usual bedtime, in hours after midnight; after 12.
    pub bedtime: f64,
    /// The usual wake, in hours after midnight; before 12.
    pub wake: f64,
    /// How much bedtime and wake vary from night to night, in hours to either side.
    pub varies: f64,
    /// How often the person gets up at night for a few minutes.
    pub outings: u8,
}

impl Default for Sleeper {
    /// To bed at 22:30, up at 06:45, give or take ten minutes, and out once a night.
    fn default() -> Self {
        Self { bedtime: 22.5, wake: 6.75, varies: 1.0 / 6.0, outings: 1 }
    }
}

impl Sleeper {
    /// Whether the person is in bed so many hours after the first midnight.
    pub(super) fn in_bed(&self, hour: f64, seed: u64) -> bool {
        let evening = libm::floor((hour - 12.0) / 24.0);
        let into = hour - evening * 24.0;
        #[expect(clippy::cast_possible_truncation, reason = "a count of days")]
        let night = evening as i64;
        let mut chance = fastrand::Rng::with_seed(seed ^ night.cast_unsigned().rotate_left(32));
        let mut vary = || (chance.f64() * 2.0 - 1.0) * self.varies;
        let (down, up) = (self.bedtime + vary(), 24.0 + self.wake + vary());
        if into < down || into >= up {
            return false;
        }
        // An outing lies within the middle of the night, six to twelve minutes long.
        let middle = (down + 1.5, up - 1.5);
        !(0..self.outings).any(|_| {
            let from = middle.0 + chance.f64() * (middle.1 - middle.0).max(0.0);
            let lasts = 0.1 + 0.1 * chance.f64();
            (from..from + lasts).contains(&into)
        })
    }
}

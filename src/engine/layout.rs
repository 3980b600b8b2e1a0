//! What every reading asks of a plan's sensors, in a few bytes beside each other: which one
//! measures what, and where. The plan itself holds names and topics that no reading needs.

use crate::model::{Place, Quantity, SensorId};
use crate::plan::{self, Kind};
use crate::safety::Hazard;

/// The sensors of one bedroom, as its plan has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) sensors: Box<[Spot]>,
    /// The first sensor of each place and quantity.
    first: [[Option<SensorId>; QUANTITIES]; PLACES],
    /// Something heats the bed.
    pub(crate) heated_bedding: bool,
}

/// One sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) place: Place,
    pub(crate) quantity: Quantity,
    /// The broker is told when the very device goes.
    pub(crate) tells_its_end: bool,
    /// Whose side of the bed it is on.
    pub(crate) sleeper: Option<usize>,
    /// Those with one number are one device.
    pub(crate) device: usize,
}

const PLACES: usize = Place::Outdoors as usize + 1;
const QUANTITIES: usize = Quantity::Open as usize + 1;

impl Layout {
    /// As the plan has them.
    pub(crate) fn of(plan: &plan::Bedroom) -> Self {
        let mut first = [[None; QUANTITIES]; PLACES];
        for (id, sensor) in (0..=u8::MAX).map(SensorId).zip(&plan.sensors) {
            first[sensor.place as usize][sensor.quantity as usize].get_or_insert(id);
        }
        let spot = |sensor: &plan::Sensor| Spot {
            place: sensor.place,
            quantity: sensor.quantity,
            tells_its_end: sensor.source.tells_its_end(),
            sleeper: sensor.sleeper,
            device: sensor.device,
        };
        let heated_bedding = plan.actuators.iter().any(|actuator| {
            matches!(actuator.kind, Kind::Heater { hazard: Hazard::Blanket { .. }, .. })
        });
        Self { sensors: plan.sensors.iter().map(spot).collect(), first, heated_bedding }
    }

    /// The first sensor of that place and quantity.
    pub(crate) const fn first(&self, place: Place, quantity: Quantity) -> Option<SensorId> {
        self.first[place as usize][quantity as usize]
    }

    /// Whether any sensor measures that, wherever it is.
    pub(crate) fn measures(&self, quantity: Quantity) -> bool {
        self.first.iter().any(|of_place| of_place[quantity as usize].is_some())
    }
}

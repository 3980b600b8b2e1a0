//! What a replay of bare readings assumes of the bedroom around them.

use crate::history::Sample;
use crate::model::{Quantity, Window, Zone};
use crate::plan::{Bedroom, Complaint, Mode, Outside, Plan, parse};

/// A bedroom of which only readings are known: a radiator valve, a fan, and nobody who
/// measures the bed.
const USUAL: &str = "
mqtt: embedded
bedrooms:
  bedroom:
    sleep: SLEEP
    sensors:
      room: { zigbee2mqtt: Room }
      bed: { zigbee2mqtt: Bed }
      outdoors: { zigbee2mqtt: Outdoors }
    heater:
      kind: radiator
      zigbee2mqtt: { device: Radiator valve, setpoint: occupied_heating_setpoint }
    fan: { zigbee2mqtt: Fan }
";

/// The recording has no temperature of the bedroom's air.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the readings hold no temperature of the bedroom")]
pub struct NoThermometer;

/// The plan of a bedroom of which only readings are known.
///
/// # Errors
///
/// What is wrong with the sleep window.
pub fn usual(sleep: Window, zone: &Zone) -> Result<Plan, Vec<Complaint>> {
    let text = USUAL.replace("SLEEP", &sleep.to_string());
    parse(&text, &Recorded { zone }).map(|parsed| parsed.plan)
}

/// A plan cut down to one bedroom and to the sensors of which there are readings: the
/// others would only be missed. It decides and acts, whatever it was set to.
///
/// # Errors
///
/// If no reading is the temperature of the room.
pub fn fitted(plan: &Plan, bedroom: &Bedroom, samples: &[Sample]) -> Result<Plan, NoThermometer> {
    let mut bedroom = bedroom.clone();
    bedroom.mode = Mode::Auto;
    let mut kinds = Vec::new();
    for sample in samples {
        let kind = (sample.place, sample.value.quantity());
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    bedroom.sensors.retain(|sensor| kinds.contains(&(sensor.place, sensor.quantity)));
    let room = crate::model::Place::Room;
    if bedroom.sensor(room, Quantity::Temperature).is_none() {
        return Err(NoThermometer);
    }
    Ok(Plan { bedrooms: vec![bedroom], ..plan.clone() })
}

/// All that a recording can tell of its outside is its time zone.
struct Recorded<'a> {
    zone: &'a Zone,
}

impl Outside for Recorded<'_> {
    fn zone(&self, _name: &str) -> Option<Zone> {
        None
    }
    fn system_zone(&self) -> Option<Zone> {
        Some(self.zone.clone())
    }
    fn secret_file(&self, _path: &str) -> Result<String, String> {
        Err("a replay reads no secrets".to_owned())
    }
    fn env(&self, _name: &str) -> Option<String> {
        None
    }
    fn credential(&self, _name: &str) -> Option<String> {
        None
    }
}

//! Gateways of which several may hear one device: it is gone once all that heard it are.

use std::collections::BTreeMap;

use crate::model::{BedroomId, SensorId};

/// So many gateways are told apart.
const MOST: usize = 100;

/// Who hears a sensor, and whether that one is there.
#[derive(Debug, Clone, Default)]
pub(super) struct Gateways(BTreeMap<(BedroomId, SensorId), BTreeMap<String, Known>>);

/// What is known of a gateway.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// The sensor came by it.
    heard: bool,
    /// It was said to be gone.
    gone: bool,
}

impl Gateways {
    /// A sensor came by this gateway; now, unless the broker had kept it.
    pub(super) fn spoke(&mut self, sensor: (BedroomId, SensorId), gateway: &str, retained: bool) {
        if let Some(known) = self.known(sensor, gateway) {
            known.heard = true;
            known.gone &= retained;
        }
    }

    /// A gateway comes or goes.
    pub(super) fn said(&mut self, sensor: (BedroomId, SensorId), gateway: &str, online: bool) {
        if let Some(known) = self.known(sensor, gateway) {
            known.gone = !online;
        }
    }

    /// Whether one of those that heard the sensor is there; where none did, one of all.
    pub(super) fn reach(&self, sensor: (BedroomId, SensorId)) -> Option<bool> {
        let all = self.0.get(&sensor)?;
        let anybody = all.values().any(|known| known.heard);
        Some(all.values().any(|known| (known.heard || !anybody) && !known.gone))
    }

    /// What others know of a sensor holds for this one.
    pub(super) fn learn(
        &mut self,
        sensor: (BedroomId, SensorId),
        others: &Self,
        same: (BedroomId, SensorId),
    ) {
        if let Some(known) = others.0.get(&same) {
            self.0.insert(sensor, known.clone());
        }
    }

    fn known(&mut self, sensor: (BedroomId, SensorId), gateway: &str) -> Option<&mut Known> {
        let all = self.0.entry(sensor).or_default();
        if !all.contains_key(gateway) && all.len() >= MOST {
            return None;
        }
        Some(all.entry(gateway.to_owned()).or_default())
    }
}

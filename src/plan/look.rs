//! Questions that others ask of a plan.

use std::collections::BTreeSet;
use std::fmt;

use super::{Actuator, Bedroom, Condition, Control, Hazard, Kind, Plan, Sensor, Sleeper};
use crate::model::{ActuatorId, BedroomId, Place, Quantity, SensorId};
use crate::wire;
use crate::wire::zigbee2mqtt::{Address, Names};

impl Bedroom {
    /// What people call it.
    #[must_use]
    pub fn shown(&self) -> String {
        self.called.clone().unwrap_or_else(|| self.name.replace(['_', '-'], " "))
    }
}

impl Plan {
    /// Every topic that the plan's sensors and actuators are heard on, while no list of
    /// devices has come.
    #[must_use]
    pub fn topics(&self) -> wire::Topics {
        self.topics_by(&Names::default())
    }

    /// Every topic that they are heard on, by the names that devices have now.
    #[must_use]
    pub fn topics_by(&self, names: &Names) -> wire::Topics {
        let mut topics = wire::Topics::with_birth(&self.birth);
        for (id, bedroom) in self.ids().zip(&self.bedrooms) {
            for (index, sensor) in (0..).zip(&bedroom.sensors) {
                let source = sensor.source.named(names);
                topics.sensor(id, SensorId(index), sensor.place, sensor.quantity, &source);
            }
            for (index, actuator) in (0..).zip(&bedroom.actuators) {
                topics.actuator(id, ActuatorId(index), &actuator.device.named(names));
            }
        }
        topics
    }

    /// The networks whose lists must be known: what a device is called, and whether it is
    /// there at all, stands in them.
    #[must_use]
    pub fn networks(&self) -> BTreeSet<&str> {
        let zigbee = self.bedrooms.iter().flat_map(Bedroom::on_networks);
        zigbee.map(|(network, _)| network).collect()
    }

    /// A bedroom by its name.
    #[must_use]
    pub fn bedroom_named(&self, name: &str) -> Option<(BedroomId, &Bedroom)> {
        self.ids().zip(&self.bedrooms).find(|(_, bedroom)| bedroom.name == name)
    }

    /// A bedroom by its place.
    #[must_use]
    pub fn bedroom(&self, id: BedroomId) -> Option<&Bedroom> {
        self.bedrooms.get(usize::try_from(id.0).ok()?)
    }

    /// Every bedroom's id, in order.
    pub fn ids(&self) -> impl Iterator<Item = BedroomId> + use<> {
        let count = u32::try_from(self.bedrooms.len()).unwrap_or(u32::MAX);
        (0..count).map(BedroomId)
    }
}

impl Actuator {
    /// What people call it.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.called.as_ref().unwrap_or(&self.name)
    }

    /// It gives heat; everything else moves air.
    #[must_use]
    pub const fn is_heater(&self) -> bool {
        matches!(self.kind, Kind::Heater { .. })
    }

    /// S4: uncramp may switch it on; a portable heater it only ever switches off.
    #[must_use]
    pub const fn may_be_switched_on(&self) -> bool {
        !matches!(self.kind, Kind::Heater { hazard: Hazard::Portable, .. })
    }

    /// Its relay is all that keeps it from being hot; a radiator's only lets hot water in.
    #[must_use]
    pub const fn is_hot_by_its_relay(&self) -> bool {
        match self.kind {
            Kind::Heater { hazard, control: Control::Switch } => match hazard {
                Hazard::Panel | Hazard::Blanket { .. } | Hazard::Portable => true,
                Hazard::Radiator | Hazard::HeatPump => false,
            },
            Kind::Heater { control: Control::SetPoint { .. }, .. } | Kind::Fan { .. } => false,
        }
    }
}

impl Bedroom {
    /// The devices behind Zigbee2MQTT by the name or address that the plan has for them, each
    /// with its network.
    pub fn on_networks(&self) -> impl Iterator<Item = (&str, &str)> {
        let sensors = self.sensors.iter().filter_map(|sensor| sensor.source.on_network());
        sensors.chain(self.actuators.iter().filter_map(|actuator| actuator.device.on_network()))
    }

    /// Those of them that are known by their address.
    pub fn listed(&self) -> impl Iterator<Item = (&str, Address)> {
        self.on_networks().filter_map(|(network, device)| Some((network, Address::read(device)?)))
    }

    /// Whether any sensor says if somebody is in bed.
    #[must_use]
    pub fn measures_bed(&self) -> bool {
        self.sensors.iter().any(Sensor::sees_sleepers)
    }

    /// The first sensor of a quantity at a place.
    #[must_use]
    pub fn sensor(&self, place: Place, quantity: Quantity) -> Option<(SensorId, &Sensor)> {
        (0..=u8::MAX)
            .map(SensorId)
            .zip(&self.sensors)
            .find(|(_, sensor)| sensor.place == place && sensor.quantity == quantity)
    }

    /// An actuator by its name.
    #[must_use]
    pub fn actuator_named(&self, name: &str) -> Option<(ActuatorId, &Actuator)> {
        (0..=u8::MAX)
            .map(ActuatorId)
            .zip(&self.actuators)
            .find(|(_, actuator)| actuator.name == name)
    }

    /// A sleeper by name, with the index that events use.
    #[must_use]
    pub fn sleeper_named(&self, name: &str) -> Option<(usize, &Sleeper)> {
        self.sleepers.iter().enumerate().find(|(_, sleeper)| sleeper.name == name)
    }
}

impl Sensor {
    /// Whether it says if somebody is in bed.
    #[must_use]
    pub fn sees_sleepers(&self) -> bool {
        self.quantity == Quantity::Occupied
    }
}

impl fmt::Display for Condition {
    /// In words, as a sentence takes them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KidneyDisease => "kidney disease",
            Self::Dialysis => "dialysis",
            Self::HeartFailure => "heart failure",
            Self::FluidLimit => "a fluid limit",
            Self::LowSodium => "low sodium",
            Self::Diuretics => "water tablets",
            Self::Pregnancy => "pregnancy",
            Self::Diabetes => "diabetes",
            Self::Neuropathy => "neuropathy",
            Self::PoorCirculation => "poor circulation",
            Self::Paralysis => "paralysis",
            Self::Sedatives => "sedatives",
            Self::Wounds => "wounds",
            Self::Nocturia => "nocturia",
            Self::FallRisk => "a risk of falls",
            Self::SuspectedClot => "a suspected clot",
            Self::ChronicIllness => "a chronic illness",
            Self::DontKnow => "not known",
        })
    }
}

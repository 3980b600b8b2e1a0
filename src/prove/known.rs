//! What anybody who reads along knows, worked out apart from the engine and more roughly.

use crate::engine::{Action, Event};
use crate::model::{Echo, Item, Place, Quantity, SensorId, Span, Switch, Time, Value};
use crate::plan::{Actuator, Control, Hazard, Kind, Plan};

use super::device::Device;

/// What the messages so far said of the room and the bed. What it says is not known, is not
/// known.
#[derive(Debug, Clone, Default)]
pub struct Said {
    room: Option<SensorId>,
    room_at: Option<Time>,
    room_garbled: u8,
    most_silence: Span,
    /// What each bed sensor said last, and when.
    mats: Vec<(SensorId, Option<(bool, Time)>)>,
    /// What a gateway that restarted says until then may be from memory.
    repeats_until: Time,
}

impl Said {
    pub(super) fn new(plan: &Plan) -> Self {
        let bedroom = &plan.bedrooms[0];
        let sensors = (0..=u8::MAX).map(SensorId).zip(&bedroom.sensors);
        let mats = sensors.filter(|(_, sensor)| sensor.quantity == Quantity::Occupied);
        Self {
            room: bedroom.sensor(Place::Room, Quantity::Temperature).map(|(id, _)| id),
            most_silence: bedroom.readings.most_silence,
            mats: mats.map(|(id, _)| (id, None)).collect(),
            ..Self::default()
        }
    }

    pub(super) fn hear(&mut self, at: Time, event: &Event, plan: &Plan) {
        let Event::Heard { heard, .. } = event else {
            if *event == Event::Gap {
                *self = Self::new(plan);
            }
            return;
        };
        for item in &heard.items {
            match item {
                Item::Reading { sensor, value: Value::Occupied(somebody), .. } => {
                    let from_memory = *somebody && at < self.repeats_until;
                    self.mat(*sensor, Some((*somebody, at)).filter(|_| !from_memory));
                }
                Item::Reading { sensor, .. } if Some(*sensor) == self.room => {
                    (self.room_at, self.room_garbled) = (Some(at), 0);
                }
                Item::Garbled { sensor, .. } if Some(*sensor) == self.room => {
                    self.room_garbled = self.room_garbled.saturating_add(1);
                }
                Item::Garbled { sensor, .. } | Item::SensorOnline { sensor, .. } => {
                    self.doubt(*sensor);
                }
                Item::Repeats => self.repeats_until = at + Span::minutes(1),
                Item::Reading { .. }
                | Item::Echo { .. }
                | Item::Courier { .. }
                | Item::ActuatorOnline { .. }
                | Item::SensorBattery { .. }
                | Item::ActuatorBattery { .. } => {}
            }
        }
    }

    /// The room's temperature can be known.
    #[must_use]
    pub fn room_may_be_known(&self, now: Time) -> bool {
        self.room_garbled < 3 && self.room_at.is_some_and(|at| now.since(at) < self.most_silence)
    }

    /// Every bed sensor said "nobody" last.
    #[must_use]
    pub fn bed_may_be_known_empty(&self) -> bool {
        !self.mats.is_empty()
            && self.mats.iter().all(|(_, said)| said.is_some_and(|(somebody, _)| !somebody))
    }

    /// There is no bed sensor.
    #[must_use]
    pub fn nobody_measures(&self) -> bool {
        self.mats.is_empty()
    }

    /// A bed sensor said "somebody", and nothing speaks against it.
    #[must_use]
    pub fn somebody_in_bed(&self, now: Time) -> bool {
        let mut said = self.mats.iter().filter_map(|(_, said)| *said);
        said.any(|(somebody, at)| somebody && now.since(at) < Span::hours(16))
    }

    /// Every bed sensor said "nobody" last.
    #[must_use]
    pub fn nobody_in_bed(&self) -> bool {
        let empty = |said: &Option<(bool, Time)>| said.is_some_and(|(somebody, _)| !somebody);
        !self.mats.is_empty() && self.mats.iter().all(|(_, said)| empty(said))
    }

    /// Somebody may still be in bed, or no longer.
    fn doubt(&mut self, sensor: SensorId) {
        for (id, last) in &mut self.mats {
            if *id == sensor && last.is_some_and(|(somebody, _)| somebody) {
                *last = None;
            }
        }
    }

    fn mat(&mut self, sensor: SensorId, said: Option<(bool, Time)>) {
        for (id, last) in &mut self.mats {
            if *id == sensor {
                *last = said;
            }
        }
    }
}

/// Which switched heaters are on because uncramp switched them on, and since when.
#[derive(Debug, Clone, Default)]
pub struct Ours(Vec<Option<Time>>);

impl Ours {
    pub(super) fn new(plan: &Plan) -> Self {
        Self(vec![None; plan.bedrooms[0].actuators.len()])
    }

    pub(super) fn see(&mut self, at: Time, event: &Event, actions: &[Action], devices: &[Device]) {
        if let Event::Unrecorded { actuator, .. } = event {
            self.0[usize::from(actuator.0)] = None;
        }
        if let Event::Heard { heard, .. } = event {
            // Its own timer has switched it off: what follows is another stretch.
            for item in &heard.items {
                if let Item::Echo { actuator, echo: Echo::Relay(false) } = item {
                    self.0[usize::from(actuator.0)] = None;
                }
            }
        }
        for action in actions {
            let Action::Switch(command) = action else { continue };
            let since = &mut self.0[usize::from(command.actuator.0)];
            match command.switch {
                // Its own timer has switched it off while nobody could hear it.
                Switch::On { timer: Some(_) }
                    if !command.again && *event == (Event::Link { up: true }) =>
                {
                    *since = Some(at);
                }
                Switch::On { .. } => *since = since.or(Some(at)),
                Switch::Off => *since = None,
                Switch::SetPoint(_)
                | Switch::Level(_)
                | Switch::Feed(_)
                | Switch::OwnThermometer => {}
            }
        }
        for (since, device) in self.0.iter_mut().zip(devices) {
            if device.level == 0 {
                *since = None;
            }
        }
    }

    /// Those of them, with since when.
    pub fn of<'a>(
        &'a self,
        plan: &'a Plan,
    ) -> impl Iterator<Item = (usize, &'a Actuator, Hazard, Time)> {
        let actuators = plan.bedrooms[0].actuators.iter().enumerate();
        actuators.filter_map(|(index, actuator)| match actuator.kind {
            Kind::Heater { hazard, control: Control::Switch } => {
                Some((index, actuator, hazard, self.0[index]?))
            }
            Kind::Heater { .. } | Kind::Fan { .. } => None,
        })
    }
}

//! What anybody who reads along knows, worked out apart from the engine and more roughly.

use crate::engine::{Action, Event};
use crate::model::{
    Echo, Humidity, Item, Measured, Place, Quantity, SensorId, Span, Switch, Temperature, Time,
    Value,
};
use crate::plan::{Actuator, Control, Hazard, Kind, Plan};

use super::device::Device;

/// What the messages so far said of the room and the bed. What it says is not known, is not
/// known.
#[derive(Debug, Clone, Default)]
pub struct Said {
    room: Option<SensorId>,
    room_at: Option<Time>,
    room_garbled: u8,
    /// Since when its thermometer is reported not to be reachable, and has said nothing since.
    room_offline: Option<Time>,
    /// What it says again and again, and since when: it begins anew where a humidity moved.
    room_still: Option<(Temperature, Time)>,
    humidity: Option<Humidity>,
    most_silence: Span,
    heated_silence: Span,
    /// What each contact of a window said last, and when.
    windows: Vec<(SensorId, Option<(bool, Time)>)>,
    /// What each bed sensor said last, and when.
    mats: Vec<(SensorId, Option<(bool, Time)>)>,
    /// What a gateway that restarted says until then may be from memory.
    repeats_until: Time,
}

impl Said {
    pub(super) fn new(plan: &Plan) -> Self {
        let bedroom = &plan.bedrooms[0];
        let sensors = (0..=u8::MAX).map(SensorId).zip(&bedroom.sensors);
        let windows = sensors.clone().filter(|(_, sensor)| sensor.quantity == Quantity::Open);
        let mats = sensors.filter(|(_, sensor)| sensor.quantity == Quantity::Occupied);
        Self {
            room: bedroom.sensor(Place::Room, Quantity::Temperature).map(|(id, _)| id),
            most_silence: bedroom.readings.most_silence,
            heated_silence: bedroom.readings.heated_silence,
            windows: windows.map(|(id, _)| (id, None)).collect(),
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
                    let said = Some((*somebody, at)).filter(|_| !from_memory);
                    set(&mut self.mats, *sensor, said);
                }
                Item::Reading { sensor, value: Value::Open(open), .. } => {
                    let from_memory = at < self.repeats_until;
                    let said = Some((*open, at)).filter(|_| !from_memory);
                    set(&mut self.windows, *sensor, said);
                }
                Item::Reading { value: Value::Humidity(humidity), .. } => {
                    if self.humidity.replace(*humidity) != Some(*humidity) {
                        self.room_still = None;
                    }
                }
                Item::Reading { sensor, value: Value::Temperature(room), measured }
                    if Some(*sensor) == self.room =>
                {
                    (self.room_at, self.room_garbled) = (Some(at), 0);
                    self.room_offline = None;
                    let live = *measured == Measured::WhenHeard && at >= self.repeats_until;
                    let same = self.room_still.filter(|(said, _)| live && said == room);
                    self.room_still = same.or(live.then_some((*room, at)));
                }
                Item::Garbled { sensor, .. } if Some(*sensor) == self.room => {
                    self.room_garbled = self.room_garbled.saturating_add(1);
                }
                Item::SensorOnline { sensor, online } if Some(*sensor) == self.room => {
                    let since = self.room_offline.or(Some(at));
                    self.room_offline = since.filter(|_| !online);
                }
                Item::Garbled { sensor, .. } | Item::SensorOnline { sensor, .. } => {
                    self.doubt(*sensor);
                    set(&mut self.windows, *sensor, None);
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

    /// The room's temperature can be known; `heated_since` is since when a switched heater is on.
    #[must_use]
    pub fn room_may_be_known(&self, now: Time, heated_since: Option<Time>) -> bool {
        let gone = self.room_offline.is_some_and(|since| now.since(since) >= Span::minutes(5));
        let fresh = self.room_at.is_some_and(|at| {
            let silent =
                heated_since.is_some_and(|on| now.since(at.max(on)) >= self.heated_silence);
            now.since(at) < self.most_silence && !silent
        });
        self.room_garbled < 3 && !gone && fresh
    }

    /// The room's thermometer stands still under what has warmed it since then, for three times the
    /// silence that it is given.
    #[must_use]
    pub fn room_stands_still(&self, now: Time, warmed_since: Time) -> bool {
        let still = self.room_still.map(|(_, since)| since.max(warmed_since));
        still.is_some_and(|since| now.since(since) >= self.heated_silence * 3)
    }

    /// A window is known to be open: its contact said so within a day, and nothing speaks against it.
    #[must_use]
    pub fn window_open(&self, now: Time) -> bool {
        let mut said = self.windows.iter().filter_map(|(_, said)| *said);
        said.any(|(open, at)| open && now.since(at) < Span::hours(24))
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
}

/// Takes note of what one of them said.
fn set(all: &mut [(SensorId, Option<(bool, Time)>)], sensor: SensorId, said: Option<(bool, Time)>) {
    for (id, last) in all {
        if *id == sensor {
            *last = said;
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

//! What may happen, as events of one bedroom.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "each function takes its part of what may happen"
)]

use smallvec::{SmallVec, smallvec};

use super::night::What;
use super::play::{BEDROOM, Player, nothing};
use crate::engine::{Event, Household, Wish};
use crate::model::{
    ActuatorId, Co2, Echo, Garble, Heard, Humidity, Item, Kelvins, Measured, Millilitres, Place,
    Quantity, SensorId, Span, Temperature, Value, Wall, Watts,
};
use crate::plan::{Control, Kind};

impl Player {
    /// The event that it is in this bedroom, if it can be one.
    pub(super) fn event(&mut self, what: &What) -> Option<Event> {
        Some(match what {
            What::Answering(answering) => {
                self.answering = *answering;
                return None;
            }
            What::Clock(_) | What::ClockKnown(_) => self.clock(what),
            What::Link(up) => {
                self.link = *up;
                Event::Link { up: *up }
            }
            What::Gap => Event::Gap,
            What::Unrecorded(n) => {
                let actuator = self.any_actuator(*n)?;
                self.devices[usize::from(actuator.0)].set(self.now, 0);
                Event::Unrecorded { bedroom: BEDROOM, actuator }
            }
            What::Announced(outcome) => {
                Event::Announced { bedroom: BEDROOM, id: self.last_said, outcome: *outcome }
            }
            What::Nothing | What::Restart | What::Forgets | What::Stuck(_) => nothing(),
            What::Wants(..)
            | What::Mode(_)
            | What::Away(_)
            | What::Baby
            | What::Pause
            | What::TooCold(_)
            | What::Say
            | What::Timer(..)
            | What::Cramp(..)
            | What::NoCramp(_)
            | What::Later(_)
            | What::Done
            | What::Resume
            | What::Drinks(..) => Event::Wish { bedroom: BEDROOM, wish: self.wished(what)? },
            _ => return self.message(what),
        })
    }

    /// What a device or a sensor says.
    fn message(&mut self, what: &What) -> Option<Event> {
        Some(match what {
            What::InBed(n, somebody) => {
                let sensor = self.sensor(Place::Bed, Quantity::Occupied, *n)?;
                heard(reading(sensor, Value::Occupied(*somebody)))
            }
            What::Garbled(n, times) => {
                let garble = Garble::Absent("nan".to_owned());
                let item = Item::Garbled { sensor: self.any_sensor(*n)?, garble };
                said(vec![item; usize::from(*times)].into(), false)
            }
            What::SensorOnline(n, online) => {
                heard(Item::SensorOnline { sensor: self.any_sensor(*n)?, online: *online })
            }
            What::ActuatorOnline(n, online) => {
                heard(Item::ActuatorOnline { actuator: self.any_actuator(*n)?, online: *online })
            }
            What::Repeats => heard(Item::Repeats),
            What::Kept(degrees, ago) => self.kept(*degrees, *ago)?,
            What::Knob(n, to) => heard(self.knob(*n, *to)?),
            What::Tells(n) => {
                let index = self.echoing(*n)?;
                heard(echo_of(index, self.standing(index)))
            }
            What::ComesBackOn(n) => heard(self.comes_back_on(*n)?),
            What::Draws(n, tenths) => {
                let echo = Echo::Power(Watts(*tenths));
                heard(Item::Echo { actuator: self.any_actuator(*n)?, echo })
            }
            What::Own(n, degrees) => {
                let echo = Echo::OwnTemperature(Temperature(*degrees));
                heard(Item::Echo { actuator: self.any_actuator(*n)?, echo })
            }
            _ => return self.measured(what),
        })
    }

    /// What was measured, all of it told in one message.
    fn measured(&mut self, what: &What) -> Option<Event> {
        let (place, values) = match what {
            What::Room(by) => {
                self.room = (self.room + by).clamp(400, 3600);
                (Place::Room, vec![temperature(self.room)])
            }
            What::Extreme(degrees) => (Place::Room, vec![temperature(*degrees)]),
            What::Humidity(humidity) => (Place::Room, vec![Value::Humidity(Humidity(*humidity))]),
            What::Bed(by, humidity) => {
                self.bed = (self.bed + by).clamp(1500, 4000);
                let humidity = Value::Humidity(Humidity(*humidity));
                (Place::Bed, vec![temperature(self.bed), humidity])
            }
            What::Co2(ppm) => (Place::Room, vec![Value::Co2(Co2(*ppm))]),
            What::Outdoors(degrees) => (Place::Outdoors, vec![temperature(*degrees)]),
            What::Window(open) => (Place::Room, vec![Value::Open(*open)]),
            _ => return None,
        };
        let item = |value: Value| Some(reading(self.sensor(place, value.quantity(), 0)?, value));
        Some(said(values.into_iter().map(item).collect::<Option<_>>()?, false))
    }

    fn wished(&self, what: &What) -> Option<Wish> {
        Some(match what {
            What::Wants(n, want, until) => Wish::Override {
                actuator: self.any_actuator(*n)?,
                want: *want,
                until: until.map(|minutes| self.now + Span::minutes(minutes)),
            },
            What::Mode(mode) => Wish::Mode(*mode),
            What::Away(away) => Wish::Away(away.then_some(self.now + Span::hours(9))),
            What::Baby => Wish::House(Household::Baby),
            What::Pause => Wish::Pause(true),
            What::TooCold(cold) => Wish::Shift(Kelvins(if *cold { 50 } else { -50 })),
            What::Timer(n, works) => {
                Wish::Timer { actuator: self.any_actuator(*n)?, works: *works }
            }
            What::Drinks(n, ml) => {
                Wish::Drink { sleeper: self.any_sleeper(*n)?, amount: Millilitres(*ml) }
            }
            What::Cramp(n, ago) => {
                let sleeper = n.and_then(|n| self.any_sleeper(n));
                Wish::Cramp { sleeper, ago: Span::minutes(*ago) }
            }
            What::NoCramp(n) => {
                let sleeper = n.and_then(|n| self.any_sleeper(n));
                Wish::NoCramp { sleeper, night: None }
            }
            What::Later(true) => Wish::Postpone(self.last_said),
            What::Later(false) => Wish::Snooze,
            What::Done => Wish::Done,
            What::Resume => Wish::Resume,
            _ => Wish::Say("The bath is ready.".to_owned()),
        })
    }

    fn clock(&self, what: &What) -> Event {
        let wall = self.engine.wall();
        Event::Clock(match what {
            What::Clock(minutes) => {
                Wall { offset: wall.offset + Span::minutes(*minutes).0, ..wall }
            }
            What::ClockKnown(known) => Wall { synchronised: *known, ..wall },
            _ => wall,
        })
    }

    fn kept(&self, degrees: i32, ago: Option<i64>) -> Option<Event> {
        let sensor = self.sensor(Place::Room, Quantity::Temperature, 0)?;
        let now = self.engine.wall().unix_ms(self.now);
        let at = |ago| Measured::At(now - Span::minutes(ago).0);
        let measured = ago.map_or(Measured::Unknown, at);
        let item = Item::Reading { sensor, value: temperature(degrees), measured };
        Some(said(smallvec![item], true))
    }

    /// A hand on the device: it changes, and says so.
    fn knob(&mut self, n: u8, to: u8) -> Option<Item> {
        let index = self.echoing(n)?;
        let kind = self.actuators()[index].kind.clone();
        let device = &mut self.devices[index];
        match kind {
            Kind::Heater { control: Control::SetPoint { .. }, .. } => {
                device.set_point = Temperature(1600 + i32::from(to % 14) * 50);
            }
            Kind::Heater { .. } => device.set(self.now, to % 2),
            Kind::Fan { .. } => device.set(self.now, to % 3),
        }
        self.answers.retain(|_, (of, _)| *of != index);
        Some(echo_of(index, self.standing(index)))
    }

    /// What a device truthfully says of itself.
    fn standing(&self, index: usize) -> Echo {
        let device = &self.devices[index];
        match self.actuators()[index].kind {
            Kind::Heater { control: Control::SetPoint { .. }, .. } => {
                Echo::SetPoint(device.set_point)
            }
            Kind::Heater { .. } => Echo::Relay(device.level > 0),
            Kind::Fan { .. } => Echo::Level(device.level),
        }
    }

    /// It is there again, and a moment later it says that it is on.
    fn comes_back_on(&mut self, n: u8) -> Option<Item> {
        let index = self.echoing(n)?;
        let echo = match self.actuators()[index].kind {
            Kind::Heater { control: Control::SetPoint { .. }, .. } => return None,
            Kind::Heater { .. } => Echo::Relay(true),
            Kind::Fan { .. } => Echo::Level(1),
        };
        self.devices[index].set(self.now, 1);
        self.answers.retain(|_, (of, _)| *of != index);
        self.report_after(Span::seconds(1), index, echo);
        let actuator = self.any_actuator(n)?;
        Some(Item::ActuatorOnline { actuator, online: true })
    }

    fn echoing(&self, n: u8) -> Option<usize> {
        let index = usize::from(self.any_actuator(n)?.0);
        self.actuators()[index].device.can_echo().then_some(index)
    }

    fn sensor(&self, place: Place, quantity: Quantity, n: u8) -> Option<SensorId> {
        let sensors = (0..=u8::MAX).zip(&self.plan.bedrooms[0].sensors);
        let fits: Vec<u8> = sensors
            .filter(|(_, s)| {
                s.quantity == quantity && (s.place == place || quantity == Quantity::Occupied)
            })
            .map(|(index, _)| index)
            .collect();
        fits.get(usize::from(n).checked_rem(fits.len())?).copied().map(SensorId)
    }

    fn any_sensor(&self, n: u8) -> Option<SensorId> {
        let many = u8::try_from(self.plan.bedrooms[0].sensors.len()).unwrap_or(u8::MAX);
        n.checked_rem(many).map(SensorId)
    }

    fn any_sleeper(&self, n: u8) -> Option<usize> {
        usize::from(n).checked_rem(self.plan.bedrooms[0].sleepers.len())
    }

    fn any_actuator(&self, n: u8) -> Option<ActuatorId> {
        n.checked_rem(u8::try_from(self.devices.len()).unwrap_or(u8::MAX)).map(ActuatorId)
    }
}

fn heard(item: Item) -> Event {
    said(smallvec![item], false)
}

pub(super) fn said(items: SmallVec<[Item; 4]>, retained: bool) -> Event {
    Event::Heard { bedroom: BEDROOM, heard: Heard { items, retained } }
}

fn reading(sensor: SensorId, value: Value) -> Item {
    Item::Reading { sensor, value, measured: Measured::WhenHeard }
}

const fn temperature(degrees: i32) -> Value {
    Value::Temperature(Temperature(degrees))
}

pub(super) fn echo_of(index: usize, echo: Echo) -> Item {
    let actuator = ActuatorId(u8::try_from(index).unwrap_or(u8::MAX));
    Item::Echo { actuator, echo }
}

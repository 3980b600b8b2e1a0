//! Plays a random night in a random bedroom, with devices that answer well or badly.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use smallvec::smallvec;
use uncramp::engine::{Action, Command, Engine, Event, Household, Picture, Wish};
use uncramp::model::{
    ActuatorId, BedroomId, Co2, Echo, Garble, Heard, Humidity, Item, Measured, Millilitres, Place,
    Quantity, SensorId, Span, Switch, Temperature, Time, Value, Wall,
};
use uncramp::plan::{Control, Kind, Plan};

use crate::night::{Answering, Night, What};

pub const BEDROOM: BedroomId = BedroomId(0);

/// One call of the engine.
pub struct Moment<'a> {
    pub at: Time,
    pub event: &'a Event,
    pub actions: &'a [Action],
    /// As it is after the call.
    pub engine: &'a Engine,
    pub plan: &'a Plan,
    /// The devices as they are after they were told.
    pub devices: &'a [Device],
}

impl Moment<'_> {
    /// What is known at the moment.
    pub fn picture(&self) -> Picture {
        self.engine.picture(BEDROOM, self.at).expect("a bedroom")
    }

    /// Commands that leave now.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.actions.iter().filter_map(|action| match action {
            Action::Switch(command) => Some(command),
            Action::Query { .. }
            | Action::Watched(_)
            | Action::Announce(_)
            | Action::Unsaid(_)
            | Action::Notice(_) => None,
        })
    }

    /// What an actuator is.
    pub fn actuator(&self, id: ActuatorId) -> &uncramp::plan::Actuator {
        &self.plan.bedrooms[0].actuators[usize::from(id.0)]
    }
}

/// A make-believe device: it does what it is told, whatever it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    pub level: u8,
    pub set_point: Temperature,
    pub on_since: Option<Time>,
    /// When its own timer switches it off.
    pub ends: Option<Time>,
}

impl Device {
    fn new() -> Self {
        Self { level: 0, set_point: Temperature(1700), on_since: None, ends: None }
    }

    /// Does as it is told.
    pub fn obey(&mut self, at: Time, switch: &Switch) {
        match switch {
            Switch::On { timer } => {
                self.set(at, 1);
                self.ends = timer.map(|timer| at + timer);
            }
            Switch::Off => self.set(at, 0),
            Switch::Level(level) => self.set(at, *level),
            Switch::SetPoint(value) => self.set_point = *value,
            Switch::Feed(_) | Switch::OwnThermometer => {}
        }
    }

    fn set(&mut self, at: Time, level: u8) {
        self.level = level;
        self.ends = None;
        self.on_since = if level == 0 { None } else { self.on_since.or(Some(at)) };
    }
}

/// What happened in a night, to be played again.
#[derive(Debug, Clone)]
pub struct Recording {
    pub engine: Engine,
    pub begins: Time,
    pub events: Vec<(Time, Event)>,
    pub actions: Vec<(Time, Action)>,
    pub end: Engine,
}

/// Plays a night with a look at every wake, and shows every call.
pub fn play(plan: &Plan, night: &Night, mut see: impl FnMut(&Moment<'_>)) -> Recording {
    let mut player = Player::new(plan, night);
    let (engine, begins) = (player.engine.clone(), player.now);
    player.happen(Event::Start, &mut see);
    if night.timers {
        for n in 0..plan.bedrooms[0].actuators.len() {
            let wish = Wish::Timer { actuator: ActuatorId(n as u8), works: true };
            player.now += Span(1);
            player.happen(Event::Wish { bedroom: BEDROOM, wish }, &mut see);
        }
    }
    for (passing, what) in &night.happens {
        let at = player.now + *passing;
        player.pass(at, &mut see);
        player.now = at;
        if let Some(event) = player.event(what) {
            player.happen(event, &mut see);
        }
    }
    player.now += Span(1);
    player.happen(nothing(), &mut see);
    let Player { events, actions, engine: end, .. } = player;
    Recording { engine, begins, events, actions, end }
}

struct Player {
    engine: Engine,
    plan: Plan,
    now: Time,
    room: i32,
    answering: Answering,
    devices: Vec<Device>,
    answers: BTreeMap<Time, (usize, Echo)>,
    events: Vec<(Time, Event)>,
    actions: Vec<(Time, Action)>,
}

impl Player {
    fn new(plan: &Plan, night: &Night) -> Self {
        let mut plan = plan.clone();
        let noon = NaiveDate::from_ymd_opt(2026, 1, 14).and_then(|d| d.and_hms_opt(12, 0, 0));
        let offset = plan.zone.instant(noon.expect("noon"));
        let now = Time::ZERO + Span::minutes(night.begins);
        if let Some((minutes, by)) = night.clocks_change {
            let at = (offset + now.0) / 1000 + minutes * 60;
            plan.zone.changes = vec![(at, plan.zone.first + by)];
        }
        let engine = Engine::new(plan.clone(), Wall { offset, synchronised: true }, now);
        Self {
            engine,
            now,
            room: night.room,
            answering: Answering::Promptly,
            devices: vec![Device::new(); plan.bedrooms[0].actuators.len()],
            answers: BTreeMap::new(),
            events: Vec::new(),
            actions: Vec::new(),
            plan,
        }
    }

    /// Lets time pass: answers arrive, timers end, the engine looks when it asked to.
    fn pass(&mut self, to: Time, see: &mut impl FnMut(&Moment<'_>)) {
        for looks in 0.. {
            assert!(looks < 5000, "it never comes to rest: {:?}", self.engine.wake());
            let wake = self.engine.wake().map(|wake| wake.at.max(self.now));
            let answer = self.answers.keys().next().copied();
            let timer = self.devices.iter().filter_map(|device| device.ends).min();
            let next = [answer, timer].into_iter().flatten().min();
            let until = next.map_or(to, |next| next.min(to));
            if let Some(at) = wake.filter(|at| *at < until) {
                self.now = at;
                self.happen(Event::Tick, see);
            } else if answer.is_some_and(|at| at < to && Some(at) == next) {
                let (at, (index, echo)) = self.answers.pop_first().expect("an answer");
                self.now = at;
                self.happen(heard(echo_of(index, echo)), see);
            } else if let Some(at) = timer.filter(|at| *at < to) {
                self.now = at;
                let index = self.devices.iter().position(|d| d.ends == timer).expect("a timer");
                self.devices[index].set(at, 0);
                self.report(index, Echo::Relay(false));
            } else {
                return;
            }
        }
    }

    fn happen(&mut self, event: Event, see: &mut impl FnMut(&Moment<'_>)) {
        let actions = self.engine.handle(self.now, event.clone());
        for action in &actions {
            if let Action::Switch(command) = action {
                let index = usize::from(command.actuator.0);
                self.devices[index].obey(self.now, &command.switch);
                self.answer(index, &command.switch);
            }
            if let Action::Query { actuator, .. } = action {
                let index = usize::from(actuator.0);
                self.report(index, Echo::SetPoint(self.devices[index].set_point));
            }
        }
        see(&Moment {
            at: self.now,
            event: &event,
            actions: &actions,
            engine: &self.engine,
            plan: &self.plan,
            devices: &self.devices,
        });
        if event != Event::Tick {
            self.events.push((self.now, event));
        }
        self.actions.extend(actions.into_iter().map(|action| (self.now, action)));
    }

    /// What the device says to a command, and when.
    fn answer(&mut self, index: usize, switch: &Switch) {
        let wrong = self.answering == Answering::Wrongly;
        let echo = match switch {
            Switch::On { .. } => Echo::Relay(!wrong),
            Switch::Off => Echo::Relay(wrong),
            Switch::SetPoint(value) if wrong => Echo::SetPoint(Temperature(value.0 + 150)),
            Switch::SetPoint(value) => Echo::SetPoint(*value),
            Switch::Level(level) => Echo::Level(if wrong { 0 } else { *level }),
            Switch::Feed(_) | Switch::OwnThermometer => return,
        };
        if self.plan.bedrooms[0].actuators[index].device.can_echo() {
            self.report(index, echo);
        }
    }

    fn report(&mut self, index: usize, echo: Echo) {
        let after = match self.answering {
            Answering::Never => return,
            Answering::Promptly | Answering::Wrongly => Span(37),
            Answering::Late(seconds) => Span::seconds(seconds),
        };
        let mut at = self.now + after;
        while self.answers.contains_key(&at) {
            at += Span(1);
        }
        self.answers.insert(at, (index, echo));
    }

    /// The event that it is in this bedroom, if it can be one.
    fn event(&mut self, what: &What) -> Option<Event> {
        let reading =
            |sensor, value| Item::Reading { sensor, value, measured: Measured::WhenHeard };
        let temperature = |degrees: i32| Value::Temperature(Temperature(degrees));
        let item = match what {
            What::Room(by) => {
                self.room = (self.room + by).clamp(400, 3600);
                reading(self.sensor(Place::Room, Quantity::Temperature, 0)?, temperature(self.room))
            }
            What::Extreme(degrees) => {
                reading(self.sensor(Place::Room, Quantity::Temperature, 0)?, temperature(*degrees))
            }
            What::Humidity(humidity) => reading(
                self.sensor(Place::Room, Quantity::Humidity, 0)?,
                Value::Humidity(Humidity(*humidity)),
            ),
            What::Bed(degrees, humidity) => {
                let warm = self.sensor(Place::Bed, Quantity::Temperature, 0)?;
                let damp = self.sensor(Place::Bed, Quantity::Humidity, 0)?;
                let items = smallvec![
                    reading(warm, temperature(*degrees)),
                    reading(damp, Value::Humidity(Humidity(*humidity))),
                ];
                return Some(said(items, false));
            }
            What::Co2(ppm) => {
                reading(self.sensor(Place::Room, Quantity::Co2, 0)?, Value::Co2(Co2(*ppm)))
            }
            What::Outdoors(degrees) => reading(
                self.sensor(Place::Outdoors, Quantity::Temperature, 0)?,
                temperature(*degrees),
            ),
            What::InBed(n, somebody) => reading(
                self.sensor(Place::Bed, Quantity::Occupied, *n)?,
                Value::Occupied(*somebody),
            ),
            What::Window(open) => {
                reading(self.sensor(Place::Room, Quantity::Open, 0)?, Value::Open(*open))
            }
            What::Garbled(n, times) => {
                let garble = Garble::Absent("nan".to_owned());
                let item = Item::Garbled { sensor: self.any_sensor(*n), garble };
                return Some(said(vec![item; usize::from(*times)].into(), false));
            }
            What::SensorOnline(n, online) => {
                Item::SensorOnline { sensor: self.any_sensor(*n), online: *online }
            }
            What::ActuatorOnline(n, online) => {
                Item::ActuatorOnline { actuator: self.any_actuator(*n)?, online: *online }
            }
            What::Repeats => Item::Repeats,
            What::Kept(degrees, ago) => {
                let sensor = self.sensor(Place::Room, Quantity::Temperature, 0)?;
                let now = self.engine.wall().unix_ms(self.now);
                let at = |ago: &i64| Measured::At(now - Span::minutes(*ago).0);
                let measured = ago.as_ref().map_or(Measured::Unknown, at);
                let item = Item::Reading { sensor, value: temperature(*degrees), measured };
                return Some(said(smallvec![item], true));
            }
            What::Knob(n, to) => self.knob(*n, *to)?,
            What::Own(n, degrees) => {
                let echo = Echo::OwnTemperature(Temperature(*degrees));
                Item::Echo { actuator: self.any_actuator(*n)?, echo }
            }
            What::Answering(answering) => {
                self.answering = *answering;
                return None;
            }
            What::Wants(..)
            | What::Mode(_)
            | What::Away(_)
            | What::Baby
            | What::Say
            | What::Timer(..)
            | What::Drinks(..) => {
                return Some(Event::Wish { bedroom: BEDROOM, wish: self.wish(what)? });
            }
            What::Clock(minutes) => {
                let wall = self.engine.wall();
                let offset = wall.offset + Span::minutes(*minutes).0;
                return Some(Event::Clock(Wall { offset, ..wall }));
            }
            What::Link(up) => return Some(Event::Link { up: *up }),
            What::Start => return Some(Event::Start),
            What::Gap => return Some(Event::Gap),
            What::Unrecorded(n) => {
                let actuator = self.any_actuator(*n)?;
                self.devices[usize::from(actuator.0)].set(self.now, 0);
                return Some(Event::Unrecorded { bedroom: BEDROOM, actuator });
            }
            What::Announced(outcome) => {
                return Some(Event::Announced { bedroom: BEDROOM, id: 1, outcome: *outcome });
            }
            What::Nothing => return Some(nothing()),
        };
        Some(heard(item))
    }

    fn wish(&self, what: &What) -> Option<Wish> {
        Some(match what {
            What::Wants(n, want, until) => Wish::Override {
                actuator: self.any_actuator(*n)?,
                want: *want,
                until: until.map(|minutes| self.now + Span::minutes(minutes)),
            },
            What::Mode(mode) => Wish::Mode(*mode),
            What::Away(away) => Wish::Away(away.then_some(self.now + Span::hours(9))),
            What::Baby => Wish::House(Household::Baby),
            What::Say => Wish::Say("The bath is ready.".to_owned()),
            What::Timer(n, works) => {
                Wish::Timer { actuator: self.any_actuator(*n)?, works: *works }
            }
            What::Drinks(n, ml) => {
                let sleepers = self.plan.bedrooms[0].sleepers.len();
                let sleeper = usize::from(*n).checked_rem(sleepers)?;
                Wish::Drink { sleeper, amount: Millilitres(*ml) }
            }
            _ => return None,
        })
    }

    /// A hand on the device: it changes, and says so.
    fn knob(&mut self, n: u8, to: u8) -> Option<Item> {
        let actuator = self.any_actuator(n)?;
        let index = usize::from(actuator.0);
        if !self.plan.bedrooms[0].actuators[index].device.can_echo() {
            return None;
        }
        let device = &mut self.devices[index];
        let echo = match &self.plan.bedrooms[0].actuators[index].kind {
            Kind::Heater { control: Control::SetPoint { .. }, .. } => {
                device.set_point = Temperature(1600 + i32::from(to % 14) * 50);
                Echo::SetPoint(device.set_point)
            }
            Kind::Heater { .. } => {
                device.set(self.now, to % 2);
                Echo::Relay(device.level > 0)
            }
            Kind::Fan { .. } => {
                device.set(self.now, to % 3);
                Echo::Level(device.level)
            }
        };
        self.answers.retain(|_, (of, _)| *of != index);
        Some(echo_of(index, echo))
    }

    fn sensor(&self, place: Place, quantity: Quantity, n: u8) -> Option<SensorId> {
        let sensors = self.plan.bedrooms[0].sensors.iter().enumerate();
        let fits: Vec<usize> = sensors
            .filter(|(_, s)| {
                s.quantity == quantity && (s.place == place || quantity == Quantity::Occupied)
            })
            .map(|(index, _)| index)
            .collect();
        let index = usize::from(n).checked_rem(fits.len())?;
        Some(SensorId(fits[index] as u8))
    }

    fn any_sensor(&self, n: u8) -> SensorId {
        SensorId(n % self.plan.bedrooms[0].sensors.len() as u8)
    }

    fn any_actuator(&self, n: u8) -> Option<ActuatorId> {
        n.checked_rem(self.devices.len() as u8).map(ActuatorId)
    }
}

/// A message that means nothing: the engine looks again, and that is all.
pub fn nothing() -> Event {
    Event::Heard { bedroom: BEDROOM, heard: Heard::default() }
}

fn heard(item: Item) -> Event {
    said(smallvec![item], false)
}

fn said(items: smallvec::SmallVec<[Item; 4]>, retained: bool) -> Event {
    Event::Heard { bedroom: BEDROOM, heard: Heard { items, retained } }
}

fn echo_of(index: usize, echo: Echo) -> Item {
    Item::Echo { actuator: ActuatorId(index as u8), echo }
}

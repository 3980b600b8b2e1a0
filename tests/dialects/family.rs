//! How the devices of a family speak, and devices that do as they are told in its bytes.

use uncramp::model::{Span, Time};

use crate::night::Devices;

/// A topic and a payload.
pub(crate) type Said = (String, String);

/// Milliseconds since 1970.
pub(crate) type Unix = i64;

/// What stands in the bedroom to be told. There is one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing {
    /// A switched heater.
    Plug,
    /// A heater that holds a set-point.
    Valve,
    /// A fan with three levels.
    Fan,
}

/// What a device is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Order {
    /// On, and off by itself after that long.
    On(Option<Span>),
    Off,
    Level(u8),
    SetPoint(f64),
    /// Something that changes nothing here, such as the room's temperature.
    Other,
}

/// What a device is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum State {
    Relay(bool),
    Level(u8),
    SetPoint(f64),
}

/// How the devices of a family are named in `uncramp.yaml`, and what they say.
pub(crate) trait Family {
    /// Below `sensors`: the lines for `room`, `bed` and `in_bed`.
    fn sensors(&self) -> String;

    /// In a heater's or fan's block: the lines that name the device.
    fn device(&self, thing: Thing) -> String;

    /// Whether it has such a thing.
    fn has(&self, thing: Thing) -> bool;

    /// Whether its plugs can be told to go off by themselves.
    fn can_time(&self) -> bool;

    /// What the climate sensor `room` or `bed` says at that time, in whole or half
    /// degrees and whole percents.
    fn climate(&self, name: &str, at: Unix, celsius: f64, percent: f64) -> Vec<Said>;

    /// What the bed sensor says.
    fn in_bed(&self, at: Unix, somebody: bool) -> Vec<Said>;

    /// What says that the sensor `room` comes or goes; nothing where nobody says so.
    fn availability(&self, online: bool) -> Vec<Said>;

    /// Whom a message tells to do what; none if it is no command to anybody here.
    fn read(&self, topic: &str, payload: &str) -> Option<(Thing, Order)>;

    /// What a device says of itself.
    fn report(&self, thing: Thing, at: Unix, state: State) -> Vec<Said>;

    /// What else is said by that minute of the night, once each.
    fn meanwhile(&self, _minute: i64) -> Vec<Said> {
        Vec::new()
    }

    /// What it says of something that changes nothing here.
    fn noticed(&self, _thing: Thing) -> Vec<Said> {
        Vec::new()
    }

    /// What it answers to a command; its state if nothing else.
    fn answer(&self, thing: Thing, at: Unix, state: State) -> Vec<Said> {
        self.report(thing, at, state)
    }
}

/// The devices of a bedroom.
pub(crate) struct Household {
    pub(crate) family: Box<dyn Family>,
    /// The clock on the wall at [`Time::ZERO`].
    pub(crate) from: Unix,
    relay: bool,
    level: u8,
    setpoint: f64,
    until: Option<Time>,
    /// How long the plug was told to stay on, each time it was told.
    pub(crate) timers: Vec<Option<Span>>,
}

impl Household {
    pub(crate) fn new(family: Box<dyn Family>, from: Unix) -> Self {
        Self { family, from, relay: false, level: 0, setpoint: 16.0, until: None, timers: vec![] }
    }

    pub(crate) const fn is_on(&self) -> bool {
        self.relay
    }

    /// What all of these say of themselves.
    pub(crate) fn introduce(&self, things: &[Thing]) -> Vec<Said> {
        let report = |thing: &Thing| self.family.report(*thing, self.from, self.state(*thing));
        things.iter().flat_map(report).collect()
    }

    /// Somebody presses the plug's button; what it says then.
    pub(crate) fn press(&mut self, now: Time) -> Vec<Said> {
        self.relay = !self.relay;
        self.until = None;
        self.family.report(Thing::Plug, self.unix(now), State::Relay(self.relay))
    }

    const fn state(&self, thing: Thing) -> State {
        match thing {
            Thing::Plug => State::Relay(self.relay),
            Thing::Valve => State::SetPoint(self.setpoint),
            Thing::Fan => State::Level(self.level),
        }
    }

    const fn unix(&self, now: Time) -> Unix {
        self.from + now.0
    }
}

impl Devices for Household {
    /// What it would answer it has said before.
    fn asked(&self, _topic: &str) -> Vec<(String, String)> {
        Vec::new()
    }

    fn command(&mut self, now: Time, topic: &str, payload: &[u8]) -> Option<Vec<Said>> {
        let text = std::str::from_utf8(payload).ok()?;
        let (thing, order) = self.family.read(topic, text)?;
        match (thing, order) {
            (Thing::Plug, Order::On(timer)) => {
                self.relay = true;
                self.timers.push(timer);
                self.until = timer.map(|timer| now + timer);
            }
            (Thing::Plug, Order::Off) => (self.relay, self.until) = (false, None),
            (Thing::Fan, Order::Off) => self.level = 0,
            (Thing::Fan, Order::On(_)) => self.level = self.level.max(1),
            (Thing::Fan, Order::Level(level)) => self.level = level,
            (Thing::Valve, Order::SetPoint(setpoint)) => self.setpoint = setpoint,
            (thing, Order::Other) => return Some(self.family.noticed(thing)),
            (thing, order) => panic!("a {thing:?} was told {order:?} by {topic} {text}"),
        }
        Some(self.family.answer(thing, self.unix(now), self.state(thing)))
    }

    fn until(&self) -> Option<Time> {
        self.until
    }

    fn pass(&mut self, now: Time) -> Vec<Said> {
        if self.until.is_none_or(|until| until > now) {
            return Vec::new();
        }
        (self.relay, self.until) = (false, None);
        self.family.report(Thing::Plug, self.unix(now), State::Relay(false))
    }
}

//! Devices that left the configuration, until they are known to be off.
//!
//! The engine forgets what is no longer in its plan, and so cannot repeat what it said
//! last. An off, or a return to the household's set-point, is said again here: on every
//! new connection, and until the device reports it (S9), also after a restart. One that was
//! thrown away never will, and is given up after a week.

pub(in crate::daemon) mod farewell;
pub(in crate::daemon) mod replaced;

use crate::daemon::store::Left;
use crate::engine::Command;
use crate::model::{ActuatorId, BedroomId, DeviceName, Echo, Item, Span, Switch, Time};
use crate::plan::{Actuator, Plan};
use crate::wire::zigbee2mqtt::Names;
use crate::wire::{Decoded, Device, Topics};

/// How soon it is said again; twice as long after every time.
const FIRST: Span = Span::seconds(5);

/// How soon what nothing confirms is said for the last time.
const LAST: Span = Span::minutes(1);

/// How many times a device is told that cannot confirm it.
const TRIES: u8 = 3;

/// After so many times in vain somebody should go and look at one that could.
const IN_VAIN: u8 = 5;

/// How long apart that one is told at most: what runs on a battery has to wake up for it.
const APART: Span = Span::minutes(5);
const APART_OF_VALVES: Span = Span::minutes(30);

/// For how long.
const GIVEN_UP_AFTER: Span = Span::hours(7 * 24);

/// How far a reported set-point may be from the one it was told, in hundredths: valves
/// round to steps of their own.
const ROUNDING: i32 = 50;

/// Everything that left and is not known to be off.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    all: Vec<Gone>,
    /// It is not recorded yet.
    changed: bool,
}

/// One device that left.
#[derive(Debug)]
struct Gone {
    left: Left,
    topics: Topics,
    tries: u8,
    /// When it is told again, while there is a connection.
    next: Option<Time>,
}

impl Leaving {
    /// What an earlier run did not see obeyed.
    pub(super) fn of(left: &[Left], now: Time) -> Self {
        let known = |left: &Left| Left { since: left.since.or(Some(now)), ..left.clone() };
        let all = left.iter().map(|left| Gone::new(known(left), &Names::default())).collect();
        Self { all, changed: false }
    }

    /// What was recorded is lost: it is recorded anew.
    pub(super) fn forget_recorded(&mut self) {
        self.changed = !self.all.is_empty();
    }

    /// What is to be recorded, if that changed.
    pub(super) fn take_changed(&mut self) -> Option<Vec<&Left>> {
        std::mem::take(&mut self.changed).then(|| self.all.iter().map(|it| &it.left).collect())
    }

    /// Takes note of what a device that leaves was told at `now`; `up` if it could be sent.
    pub(super) fn told(
        &mut self,
        command: &Command,
        (actuator, name): (&Actuator, String),
        names: &Names,
        (now, up): (Time, bool),
    ) {
        let (tries, next) = if up { (1, Some(now + FIRST)) } else { (0, None) };
        let command = Command { again: true, ..command.clone() };
        let address = actuator.device.address();
        self.changed = true;
        if let Some(gone) = self.all.iter_mut().find(|it| it.left.device.address() == address) {
            gone.left.commands.push(command);
            (gone.tries, gone.next) = (tries, next);
            return;
        }
        let left = Left {
            name,
            device: actuator.device.clone(),
            echoes: actuator.confirm.is_some() && actuator.device.can_echo(),
            commands: vec![command],
            since: Some(now),
        };
        let gone = Gone::new(left, names);
        self.all.push(Gone { tries, next, ..gone });
    }

    /// What a plan knows has not left: the engine looks after it.
    pub(super) fn keep_out(&mut self, plan: &Plan) {
        self.retain(|gone| !is_in(plan, &gone.left.device));
    }

    /// Devices are listened to by the names that they have now.
    pub(super) fn follow(&mut self, names: &Names) {
        for gone in &mut self.all {
            gone.topics = topics(&gone.left.device, names);
        }
    }

    /// The networks whose lists of devices must be known for it.
    pub(super) fn networks(&self) -> impl Iterator<Item = &str> {
        self.all.iter().filter_map(|gone| gone.left.device.on_network()).map(|(network, _)| network)
    }

    /// What must be listened to.
    pub(super) fn filters(&self) -> impl Iterator<Item = String> {
        self.all.iter().flat_map(|gone| gone.topics.filters())
    }

    /// The connection stands: everything is said again.
    pub(super) fn connected(&mut self, now: Time) {
        for gone in &mut self.all {
            (gone.tries, gone.next) = (0, Some(now));
        }
    }

    /// The connection broke: what is said now would count for nothing.
    pub(super) fn lost(&mut self) {
        for gone in &mut self.all {
            gone.next = None;
        }
    }

    /// A message came; it may say that a device is off. What the broker kept may be old.
    pub(super) fn heard(&mut self, topic: &str, payload: &[u8], retained: bool) {
        if !retained {
            self.retain(|gone| !gone.confirms(topic, payload));
        }
    }

    /// What can say that it obeyed, and has not.
    pub(super) fn unconfirmed(&self) -> Vec<&Left> {
        self.all.iter().map(|gone| &gone.left).filter(|left| left.echoes).collect()
    }

    /// What somebody should go and look at: it was told in vain.
    pub(super) fn in_vain(&self) -> impl Iterator<Item = DeviceName> {
        let in_vain = self.all.iter().filter(|gone| gone.left.echoes && gone.tries > IN_VAIN);
        in_vain.map(|gone| DeviceName::of(&gone.left.name))
    }

    /// Whether a device of that name is waited for.
    pub(super) fn waits_for(&self, device: DeviceName) -> bool {
        self.all.iter().any(|gone| DeviceName::of(&gone.left.name) == device)
    }

    /// When something is to be said again.
    pub(super) fn next(&self) -> Option<Time> {
        self.all.iter().filter_map(|gone| gone.next).min()
    }

    /// What is to be said again at `now`. A device that cannot answer is told a few times; one
    /// that could and did not for a week is given up, with a word in the log.
    pub(super) fn due(&mut self, now: Time) -> Vec<(Command, Device)> {
        let is_due = |gone: &Gone| gone.next.is_some_and(|next| next <= now);
        for gone in self.all.extract_if(.., |gone| is_due(gone) && gone.is_over(now)) {
            self.changed = true;
            if gone.left.echoes {
                tracing::error!(
                    "{}, which is no longer in the configuration, gave no answer for a week, and \
                     is not told any more to be off, or as it was before",
                    gone.left.name
                );
            }
        }
        let mut due = Vec::new();
        for gone in self.all.iter_mut().filter(|gone| is_due(gone)) {
            gone.tries = gone.tries.saturating_add(1);
            gone.next = Some(now + gone.wait());
            let Left { commands, device, .. } = &gone.left;
            due.extend(commands.iter().map(|it| (it.clone(), device.clone())));
        }
        due
    }

    fn retain(&mut self, stays: impl Fn(&Gone) -> bool) {
        let before = self.all.len();
        self.all.retain(stays);
        self.changed |= self.all.len() != before;
    }
}

/// Whether a plan lacks a device that another one had.
pub(in crate::daemon) fn lacks(plan: &Plan, before: &Plan) -> bool {
    let mut all = before.bedrooms.iter().flat_map(|bedroom| &bedroom.actuators);
    all.any(|actuator| !is_in(plan, &actuator.device))
}

/// Whether a plan has this very device.
pub(super) fn is_in(plan: &Plan, device: &Device) -> bool {
    let address = device.address();
    let all = plan.bedrooms.iter().flat_map(|bedroom| &bedroom.actuators);
    all.into_iter().any(|actuator| actuator.device.address() == address)
}

impl Gone {
    fn new(left: Left, names: &Names) -> Self {
        Self { topics: topics(&left.device, names), left, tries: 0, next: None }
    }

    fn confirms(&self, topic: &str, payload: &[u8]) -> bool {
        let Decoded::Heard(list) = self.topics.decode(topic, payload, false) else { return false };
        let mut items = list.iter().flat_map(|(_, heard)| &heard.items);
        items.any(|item| match item {
            Item::Echo { echo, .. } => {
                self.left.commands.iter().any(|it| is_echo(*echo, &it.switch))
            }
            Item::Reading { .. }
            | Item::Garbled { .. }
            | Item::SensorOnline { .. }
            | Item::ActuatorOnline { .. }
            | Item::SensorBattery { .. }
            | Item::ActuatorBattery { .. }
            | Item::Courier { .. }
            | Item::Repeats => false,
        })
    }

    fn is_over(&self, now: Time) -> bool {
        let since = self.left.since.unwrap_or(now);
        if self.left.echoes {
            self.tries >= IN_VAIN && now.since(since) >= GIVEN_UP_AFTER
        } else {
            self.tries >= TRIES
        }
    }

    fn wait(&self) -> Span {
        let is_valve = |it: &Command| matches!(it.switch, Switch::SetPoint(_));
        let longest = if self.left.commands.iter().any(is_valve) { APART_OF_VALVES } else { APART };
        match (self.left.echoes, self.tries) {
            (false, TRIES..) => Span::ZERO,
            (false, 2) => LAST,
            (_, tries) => longest.min(FIRST * (1 << tries.saturating_sub(1).min(9))),
        }
    }
}

fn topics(device: &Device, names: &Names) -> Topics {
    let mut topics = Topics::default();
    topics.actuator(BedroomId(0), ActuatorId(0), &device.named(names));
    topics
}

fn is_echo(echo: Echo, told: &Switch) -> bool {
    match (echo, told) {
        (Echo::Relay(on), Switch::Off) => !on,
        (Echo::Level(level), Switch::Off) => level == 0,
        (Echo::SetPoint(is), Switch::SetPoint(told)) => (is - *told).0.abs() < ROUNDING,
        (
            Echo::Relay(_)
            | Echo::Level(_)
            | Echo::Speed(_)
            | Echo::SetPoint(_)
            | Echo::OwnTemperature(_)
            | Echo::Power(_)
            | Echo::Running(_)
            | Echo::AfterPowerCut(_),
            Switch::Off
            | Switch::On { .. }
            | Switch::SetPoint(_)
            | Switch::Level(_)
            | Switch::Feed(_)
            | Switch::OwnThermometer,
        ) => false,
    }
}

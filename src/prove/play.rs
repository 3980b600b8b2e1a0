//! Plays a night in a bedroom, with devices that answer well or badly.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveTime;
use smallvec::{SmallVec, smallvec};

use super::device::Device;
use super::happen::{echo_of, said};
use super::known::{Ours, Said};
use super::night::{Answering, Night, What};
use crate::engine::{Action, Command, Engine, Event, Picture, Wish};
use crate::model::{ActuatorId, BedroomId, Echo, Heard, Item, Span, Time, Wall};
use crate::plan::{Actuator, Plan};

/// The one bedroom of a night.
pub const BEDROOM: BedroomId = BedroomId(0);

/// How warm a bed is at first, in hundredths of a degree.
const BED: i32 = 2800;

/// More looks than this between two events, and the engine never comes to rest.
const MOST_LOOKS: u32 = 5000;

/// One call of the engine.
#[derive(Debug)]
pub struct Moment<'a> {
    /// When.
    pub at: Time,
    /// What happened.
    pub event: &'a Event,
    /// What the engine returned.
    pub actions: &'a [Action],
    /// As it is after the call.
    pub engine: &'a Engine,
    /// What it was told of the bedroom.
    pub plan: &'a Plan,
    /// The devices as they are after they were told.
    pub devices: &'a [Device],
    /// What the messages so far said of the room and the bed.
    pub said: &'a Said,
    /// What heats because uncramp switched it on.
    pub ours: &'a Ours,
    picture: OnceCell<Picture>,
}

impl Moment<'_> {
    /// What is known at the moment.
    ///
    /// # Panics
    ///
    /// Without a bedroom.
    #[must_use]
    pub fn picture(&self) -> &Picture {
        self.picture.get_or_init(|| self.engine.picture(BEDROOM, self.at).expect("a bedroom"))
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
    #[must_use]
    pub fn actuator(&self, id: ActuatorId) -> &Actuator {
        &self.plan.bedrooms[0].actuators[usize::from(id.0)]
    }
}

/// What happened in a night, to be played again.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The engine before anything happened.
    pub engine: Engine,
    /// When the night begins.
    pub begins: Time,
    /// Everything that happened.
    pub events: Vec<(Time, Event)>,
    /// How many actions there were after each event, those of the looks before it included.
    pub told: Vec<usize>,
    /// Everything that the engine returned.
    pub actions: Vec<(Time, Action)>,
    /// Since when nobody looked, by the end of each gap.
    pub slept: BTreeMap<Time, Time>,
    /// When uncramp was started without what it had written down.
    pub forgot: BTreeSet<Time>,
    /// The engine after it.
    pub end: Engine,
}

/// Plays a night with a look at every wake, and shows every call.
///
/// # Panics
///
/// If the engine never comes to rest.
pub fn play(plan: &Plan, night: &Night, mut see: impl FnMut(&Moment<'_>)) -> Recording {
    let mut player = Player::new(plan, night);
    let (engine, begins) = (player.engine.clone(), player.now);
    player.begin(night, &mut see);
    for (passing, what) in &night.happens {
        player.step(*passing, what, &mut see);
    }
    player.end(&mut see);
    assert!(!player.restless, "it never comes to rest: {:?}", player.engine.wake());
    let Player { events, told, actions, slept, forgot, engine: end, .. } = player;
    Recording { engine, begins, events, told, actions, slept, forgot, end }
}

/// A night that is being played.
#[derive(Debug, Clone)]
pub(super) struct Player {
    pub(super) engine: Engine,
    pub(super) plan: Plan,
    pub(super) now: Time,
    pub(super) devices: Vec<Device>,
    /// The engine wants to be called again and again.
    pub(super) restless: bool,
    pub(super) events: Vec<(Time, Event)>,
    pub(super) told: Vec<usize>,
    pub(super) actions: Vec<(Time, Action)>,
    slept: BTreeMap<Time, Time>,
    forgot: BTreeSet<Time>,
    said: Said,
    ours: Ours,
    pub(super) room: i32,
    pub(super) bed: i32,
    pub(super) link: bool,
    pub(super) answering: Answering,
    pub(super) answers: BTreeMap<Time, (usize, Echo)>,
    /// The number of what was last said.
    pub(super) last_said: u64,
}

impl Player {
    pub(super) fn new(plan: &Plan, night: &Night) -> Self {
        let noon =
            night.day.date(&plan.zone).and_time(NaiveTime::MIN) + chrono::Duration::hours(12);
        let offset = plan.zone.instant(noon) + night.begins.0;
        let now = Time::ZERO;
        let devices = plan.bedrooms.iter().flat_map(|bedroom| &bedroom.actuators);
        Self {
            engine: Engine::new(plan.clone(), Wall { offset, synchronised: true }, now),
            now,
            devices: devices.map(|_| Device::default()).collect(),
            restless: false,
            events: Vec::new(),
            told: Vec::new(),
            actions: Vec::new(),
            slept: BTreeMap::new(),
            forgot: BTreeSet::new(),
            said: Said::new(plan),
            ours: Ours::new(plan),
            room: night.room,
            bed: BED,
            link: true,
            answering: Answering::Promptly,
            answers: BTreeMap::new(),
            last_said: 0,
            plan: plan.clone(),
        }
    }

    pub(super) fn begin(&mut self, night: &Night, see: &mut impl FnMut(&Moment<'_>)) {
        self.happen(Event::Start, see);
        for n in (0..=u8::MAX).take(self.devices.len()).filter(|_| night.timers) {
            self.pass(self.now + Span::seconds(1), see);
            self.wish(Wish::Timer { actuator: ActuatorId(n), works: true }, see);
        }
    }

    /// Something happens, so long after what happened before.
    pub(super) fn step(&mut self, passing: Span, what: &What, see: &mut impl FnMut(&Moment<'_>)) {
        let at = self.now + passing;
        if *what == What::Gap {
            self.sleep(at);
        } else {
            self.pass(at, see);
        }
        self.now = at;
        if let What::Restart | What::Forgets = what {
            self.restart(*what == What::Forgets, see);
        } else if let What::Stuck(minutes) = what {
            self.stuck(*minutes, see);
        } else if let Some(event) = self.event(what) {
            self.happen(event, see);
        }
    }

    /// What happened so far is not to be told again.
    pub(super) fn forget_recording(&mut self) {
        self.events.clear();
        self.told.clear();
        self.actions.clear();
    }

    pub(super) fn end(&mut self, see: &mut impl FnMut(&Moment<'_>)) {
        self.pass(self.now + Span::seconds(1), see);
        self.happen(nothing(), see);
    }

    /// Lets time pass: answers arrive, timers end, the engine looks when it asked to.
    pub(super) fn pass(&mut self, to: Time, see: &mut impl FnMut(&Moment<'_>)) {
        for _ in 0..MOST_LOOKS {
            let wake = self.engine.wake().map(|wake| wake.at.max(self.now));
            let answer = self.answers.keys().next().copied();
            let timer = self.devices.iter().filter_map(|device| device.ends).min();
            let next = [answer, timer].into_iter().flatten().min().filter(|at| *at <= to);
            if let Some(at) = wake.filter(|at| *at < next.unwrap_or(to)) {
                self.now = at;
                self.happen(Event::Tick, see);
            } else if let (true, Some((at, (index, echo)))) =
                (next.is_some() && next == answer, self.answers.first_key_value())
            {
                let (at, index, echo) = (*at, *index, *echo);
                self.answers.remove(&at);
                self.now = at;
                self.hear(smallvec![echo_of(index, echo)], see);
            } else if let Some(at) = next {
                self.now = at;
                self.end_timer(at, true);
            } else {
                self.now = to;
                return;
            }
        }
        self.restless = true;
    }

    /// Nobody calls and nobody listens: only the devices' own timers go on.
    fn sleep(&mut self, to: Time) {
        self.slept.insert(to, self.now);
        self.answers.clear();
        while let Some(at) =
            self.devices.iter().filter_map(|it| it.ends).min().filter(|at| *at <= to)
        {
            self.end_timer(at, false);
        }
    }

    fn end_timer(&mut self, at: Time, heard: bool) {
        let ended = self.devices.iter().position(|device| device.ends == Some(at));
        let Some(index) = ended else { return };
        self.devices[index].set(at, 0);
        if heard {
            self.report(index, Echo::Relay(false));
        }
    }

    /// The room's sensor says what it said before, again and again.
    fn stuck(&mut self, minutes: i64, see: &mut impl FnMut(&Moment<'_>)) {
        for _ in 0..=minutes / 10 {
            if let Some(event) = self.event(&What::Room(0)) {
                self.happen(event, see);
            }
            self.pass(self.now + Span::minutes(10), see);
        }
    }

    /// A program that starts anew takes the broker to be there.
    fn restart(&mut self, forgets: bool, see: &mut impl FnMut(&Moment<'_>)) {
        if !self.link {
            self.link = true;
            self.happen(Event::Link { up: true }, see);
        }
        if forgets {
            self.engine = Engine::new(self.plan.clone(), self.engine.wall(), self.now);
            self.said = Said::new(&self.plan);
            self.forgot.insert(self.now);
        } else {
            self.engine = restarted(&self.engine, self.now);
        }
        self.happen(Event::Start, see);
    }

    fn wish(&mut self, wish: Wish, see: &mut impl FnMut(&Moment<'_>)) {
        self.happen(Event::Wish { bedroom: BEDROOM, wish }, see);
    }

    fn hear(&mut self, items: SmallVec<[Item; 4]>, see: &mut impl FnMut(&Moment<'_>)) {
        self.happen(said(items, false), see);
    }

    fn happen(&mut self, event: Event, see: &mut impl FnMut(&Moment<'_>)) {
        let actions = self.engine.handle(self.now, event.clone());
        for action in &actions {
            self.obey(action);
        }
        self.said.hear(self.now, &event, &self.plan);
        self.ours.see(self.now, &event, &actions, &self.devices);
        see(&Moment {
            at: self.now,
            event: &event,
            actions: &actions,
            engine: &self.engine,
            plan: &self.plan,
            devices: &self.devices,
            said: &self.said,
            ours: &self.ours,
            picture: OnceCell::new(),
        });
        self.actions.extend(actions.into_iter().map(|action| (self.now, action)));
        if event != Event::Tick {
            self.events.push((self.now, event));
            self.told.push(self.actions.len());
        }
    }

    fn obey(&mut self, action: &Action) {
        match action {
            Action::Switch(command) => {
                let index = usize::from(command.actuator.0);
                self.devices[index].obey(self.now, &command.switch);
                self.answer(index, command);
            }
            Action::Query { actuator, .. } => {
                let index = usize::from(actuator.0);
                self.report(index, Echo::SetPoint(self.devices[index].set_point));
            }
            Action::Announce(announcement) => self.last_said = announcement.id,
            Action::Watched(_) | Action::Unsaid(_) | Action::Notice(_) => {}
        }
    }

    /// What the device says to a command, and when.
    fn answer(&mut self, index: usize, command: &Command) {
        let wrong = self.answering == Answering::Wrongly;
        let echo = Device::echo(&command.switch, wrong);
        if let Some(echo) = echo.filter(|_| self.actuators()[index].device.can_echo()) {
            self.report(index, echo);
        }
    }

    fn report(&mut self, index: usize, echo: Echo) {
        match self.answering {
            Answering::Never => {}
            Answering::Promptly | Answering::Wrongly => {
                self.report_after(Span::seconds(1), index, echo);
            }
            Answering::Late(seconds) => self.report_after(Span::seconds(seconds), index, echo),
        }
    }

    pub(super) fn report_after(&mut self, after: Span, index: usize, echo: Echo) {
        let mut at = self.now + after;
        while self.answers.contains_key(&at) {
            at += Span::seconds(1);
        }
        self.answers.insert(at, (index, echo));
    }

    pub(super) fn actuators(&self) -> &[Actuator] {
        &self.plan.bedrooms[0].actuators
    }
}

/// The engine of a new program that takes up what this one had written down.
///
/// # Panics
///
/// If it cannot read that.
#[must_use]
pub fn restarted(engine: &Engine, now: Time) -> Engine {
    let mut new = Engine::new(engine.plan().clone(), engine.wall(), now);
    let name = &engine.plan().bedrooms[0].name;
    new.load(name, &engine.save(BEDROOM)).expect("its own state");
    new
}

/// A message that means nothing: the engine looks again, and that is all.
#[must_use]
pub fn nothing() -> Event {
    Event::Heard { bedroom: BEDROOM, heard: Heard::default() }
}

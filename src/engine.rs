//! Events in, actions out.
//!
//! [`Engine::handle`] takes the time as an argument, first works off whatever fell due
//! before it, each at its due time, and returns what the shell must do.
//! [`Engine::wake`] says when to call again, and why. There is no clock, no randomness,
//! no task and no I/O in here: live control, the demo, replay and every test are this
//! engine with another source of events.

mod actuator;
mod airing;
mod bed;
mod bedroom;
mod compare;
mod contract;
mod decide;
mod draw;
mod drive;
mod faults;
mod introduce;
mod layout;
mod morning;
mod observe;
mod passage;
mod picture;
mod question;
mod remind;
mod sensing;
mod soonest;
mod switched;
mod tonight;
mod trace;
mod utter;
mod valve;
mod waits;
mod warmth;
mod watched;
mod watching;

pub use contract::{
    Action, Announcement, Audience, Command, Event, Household, Hush, Notice, Order, Outcome,
    Period, SpokenAt, Unsaid, Urgency, Wake, Want, Wish, Words,
};
pub use faults::{Fault, Witness};
pub use picture::{ActuatorPicture, Picture, SensorPicture, SleeperPicture, Waiting, WishPicture};
pub use waits::Waits;
pub use warmth::Night;

use std::collections::BTreeSet;

use bedroom::{Bedroom, Surroundings};
use layout::Layout;

use crate::model::{ActuatorId, BedroomId, SensorId, Span, Time, Wall};
use crate::plan::Plan;
use crate::rules::{Because, Why};

/// All bedrooms of one plan. Bedrooms share no state.
#[derive(Debug, Clone)]
pub struct Engine {
    plan: Plan,
    wall: Wall,
    link: bool,
    learn: bool,
    bedrooms: Vec<Bedroom>,
    /// Of every bedroom, where its sensors are.
    layouts: Vec<Layout>,
    /// The wake of every bedroom that has one, soonest first.
    wakes: BTreeSet<(Time, u32)>,
}

/// A jump of the wall clock beyond this skips the reminders that fell into it.
const JUMP: Span = Span::minutes(15);

impl Engine {
    /// An engine that knows nothing yet.
    #[must_use]
    pub fn new(plan: Plan, wall: Wall, now: Time) -> Self {
        let new = |bedroom| Bedroom::new(bedroom, wall, now);
        let bedrooms = plan.bedrooms.iter().map(new).collect();
        let layouts = plan.bedrooms.iter().map(Layout::of).collect();
        Self { plan, wall, link: true, learn: true, bedrooms, layouts, wakes: BTreeSet::new() }
    }

    /// Learns nothing from what it sees: for replays of rooms it did not heat.
    #[must_use]
    pub fn without_learning(mut self) -> Self {
        self.learn = false;
        self
    }

    /// The plan in force.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The wall clock as last told.
    #[must_use]
    pub fn wall(&self) -> Wall {
        self.wall
    }

    /// Takes note of an event at `now` and returns what the shell must do, in order.
    ///
    /// What [`Event::Plan`] returns is meant for the plan before it.
    pub fn handle(&mut self, now: Time, event: Event) -> Vec<Action> {
        let mut out = Vec::new();
        match event {
            Event::Heard { bedroom, heard } => {
                self.one(now, bedroom, &mut out, |room, around, out| {
                    room.hear(now, &heard, around, out);
                });
            }
            Event::Wish { bedroom, wish: Wish::Say(text) } => {
                self.one(now, bedroom, &mut out, |room, around, out| {
                    room.utter(now, text, around, out);
                });
            }
            Event::Wish { bedroom, wish } => {
                self.one(now, bedroom, &mut out, |room, around, out| {
                    // What is still to be obeyed is told again for the reason of this instant,
                    // and not of when somebody happened to look last.
                    if matches!(wish, Wish::Mode(_) | Wish::Pause(_)) {
                        room.step(now, around, out);
                    }
                    room.wish(now, &wish, around);
                });
            }
            Event::Unrecorded { bedroom, actuator } => {
                self.one(now, bedroom, &mut out, |room, _, _| room.not_sent(now, actuator));
            }
            Event::Noticed { bedroom, fault, stands } => {
                self.one(now, bedroom, &mut out, |room, _, _| room.noticed(fault, stands));
            }
            Event::Announced { bedroom, id, outcome } => {
                self.one(now, bedroom, &mut out, |room, _, _| room.announced(id, outcome));
            }
            Event::Clock(wall) => self.set_clock(now, wall, &mut out),
            Event::Link { up } => {
                self.catch_up(now, &mut out);
                self.link = up;
                self.all(now, &mut out, |room, around, _| {
                    if up {
                        room.link_up(now, around);
                    } else {
                        room.link_down(now);
                    }
                });
            }
            Event::Gap => self.gap(now, &mut out),
            Event::Start => self.all(now, &mut out, |room, around, out| {
                room.start(now, &Because::Starting, around, out);
            }),
            Event::Plan(plan) => self.change_plan(now, *plan, &mut out),
            Event::Tick => self.work_off(now, &mut out),
            Event::Stop => self.stop(now, &mut out),
        }
        out
    }

    /// What was loaded was written down by who has ended since, and nobody listened until now.
    /// What devices confirmed meanwhile, or had confirmed already, is waited for anew: to be
    /// called before the [`Event::Start`].
    pub fn await_anew(&mut self, now: Time) {
        for index in 0..self.bedrooms.len() {
            let around =
                surroundings(&self.plan, &self.layouts, self.wall, self.link, self.learn, index);
            let room = &mut self.bedrooms[index];
            let before = room.wake;
            room.await_anew(now, &around);
            let after = room.wake;
            self.rewake(index, before, after);
        }
    }

    /// When to call [`Engine::handle`] again if nothing happens before, and why.
    #[must_use]
    pub fn wake(&self) -> Option<Wake> {
        let (_, index) = self.wakes.first()?;
        self.bedrooms.get(*index as usize)?.wake
    }

    /// The actuators for which a person's wish was taken down since this was last asked, by
    /// a word or by a hand on the device. No action tells of it, and it is worth recording
    /// at once.
    pub fn take_overridden(&mut self, bedroom: BedroomId) -> Vec<ActuatorId> {
        let room = self.bedrooms.get_mut(bedroom.0 as usize);
        room.map(|room| std::mem::take(&mut room.overridden)).unwrap_or_default()
    }

    /// The sensors whose values were left out since this was last asked, since a gateway that
    /// started repeats what it kept.
    pub fn take_repeated(&mut self, bedroom: BedroomId) -> Vec<SensorId> {
        let room = self.bedrooms.get_mut(bedroom.0 as usize);
        room.map(|room| std::mem::take(&mut room.repeated)).unwrap_or_default()
    }

    /// A bedroom's whole state, to be kept by the shell.
    #[must_use]
    pub fn save(&self, bedroom: BedroomId) -> String {
        let room = self.bedrooms.get(bedroom.0 as usize);
        room.and_then(|room| serde_json::to_string(room).ok()).unwrap_or_default()
    }

    /// Takes over a state that [`Engine::save`] gave, for the bedroom of that name.
    ///
    /// # Errors
    ///
    /// A sentence that says why the state is of no use.
    pub fn load(&mut self, name: &str, state: &str) -> Result<(), String> {
        let Some(index) = self.plan.bedrooms.iter().position(|room| room.name == name) else {
            return Err(format!("there is no bedroom `{name}` in the configuration"));
        };
        let saved: Bedroom = serde_json::from_str(state)
            .map_err(|error| format!("the saved state of `{name}` cannot be read: {error}"))?;
        let room = saved.fitted_to(&self.plan.bedrooms[index]);
        let around = self.around(index);
        let mut room = room;
        room.rewake(&around);
        self.put(index, room);
        Ok(())
    }

    /// A state that [`Engine::save`] gave, as it may be taken over from a backup, after nobody
    /// knows what: what somebody wished for a while is over, and no set-point of then is the
    /// household's before it was heard or asked for.
    ///
    /// # Errors
    ///
    /// A sentence that says why the state is of no use.
    pub fn lapsed(state: &str) -> Result<String, String> {
        let mut saved: Bedroom = serde_json::from_str(state).map_err(|error| error.to_string())?;
        saved.lapse();
        serde_json::to_string(&saved).map_err(|error| error.to_string())
    }

    /// What a page or Home Assistant may show of a bedroom at `now`.
    #[must_use]
    pub fn picture(&self, bedroom: BedroomId, now: Time) -> Option<Picture> {
        let index = bedroom.0 as usize;
        Some(self.bedrooms.get(index)?.picture(now, &self.around(index)))
    }

    /// S7: whether it is quiet hours in a bedroom at `now`, or somebody there may be asleep.
    #[must_use]
    pub fn is_hushed(&self, bedroom: BedroomId, now: Time) -> bool {
        let index = bedroom.0 as usize;
        let room = self.bedrooms.get(index);
        room.is_some_and(|room| room.facts(now, &self.around(index)).hushed())
    }

    /// The faults of the whole house, with the bedroom whose keeper was told.
    #[must_use]
    pub fn faults_of_the_house(&self) -> Vec<(BedroomId, Fault)> {
        let rooms = (0..).map(BedroomId).zip(&self.bedrooms);
        let all = rooms.flat_map(|(id, room)| room.faults.iter().map(move |fault| (id, *fault)));
        all.filter(|(_, fault)| fault.is_of_the_house()).collect()
    }

    /// One bedroom: its due work, the event, and what follows.
    fn one(
        &mut self,
        now: Time,
        bedroom: BedroomId,
        out: &mut Vec<Action>,
        event: impl FnOnce(&mut Bedroom, &Surroundings<'_>, &mut Vec<Action>),
    ) {
        let index = bedroom.0 as usize;
        if index >= self.bedrooms.len() {
            return;
        }
        let around =
            surroundings(&self.plan, &self.layouts, self.wall, self.link, self.learn, index);
        let room = &mut self.bedrooms[index];
        let before = room.wake;
        room.catch_up(now, &around, out);
        let first = out.len();
        event(room, &around, out);
        room.step(now, &around, out);
        // S3: off always wins, so it leaves before what is said of the event itself.
        out[first..].sort_by_key(|action| !action.is_off());
        let after = room.wake;
        self.rewake(index, before, after);
    }

    fn all(
        &mut self,
        now: Time,
        out: &mut Vec<Action>,
        mut event: impl FnMut(&mut Bedroom, &Surroundings<'_>, &mut Vec<Action>),
    ) {
        for index in 0..self.bedrooms.len() {
            let id = BedroomId(u32::try_from(index).unwrap_or(u32::MAX));
            self.one(now, id, out, &mut event);
        }
    }

    /// Works off what fell due before `now`, while everything around is as it was then.
    fn catch_up(&mut self, now: Time, out: &mut Vec<Action>) {
        for index in 0..self.bedrooms.len() {
            let around =
                surroundings(&self.plan, &self.layouts, self.wall, self.link, self.learn, index);
            let room = &mut self.bedrooms[index];
            let before = room.wake;
            room.catch_up(now, &around, out);
            let after = room.wake;
            self.rewake(index, before, after);
        }
    }

    /// Works off what is due, in the order in which it is due.
    fn work_off(&mut self, now: Time, out: &mut Vec<Action>) {
        while let Some((at, index)) = self.wakes.first().copied().filter(|(at, _)| *at <= now) {
            self.one(at, BedroomId(index), out, |_, _, _| {});
        }
    }

    fn set_clock(&mut self, now: Time, wall: Wall, out: &mut Vec<Action>) {
        self.catch_up(now, out);
        let jumped = (wall.offset - self.wall.offset).abs() > JUMP.0;
        self.wall = wall;
        self.all(now, out, |room, around, _| {
            room.hours = None;
            if jumped {
                room.skip_reminders(now, around);
            }
        });
    }

    fn gap(&mut self, now: Time, out: &mut Vec<Action>) {
        for index in 0..self.bedrooms.len() {
            let around =
                surroundings(&self.plan, &self.layouts, self.wall, self.link, self.learn, index);
            let room = &mut self.bedrooms[index];
            let before = room.wake;
            room.gap(now, &around, out);
            room.step(now, &around, out);
            let after = room.wake;
            self.rewake(index, before, after);
        }
    }

    /// A bedroom that keeps its name keeps its state; what left the plan goes off.
    fn change_plan(&mut self, now: Time, plan: Plan, out: &mut Vec<Action>) {
        self.catch_up(now, out);
        for (index, room) in self.bedrooms.iter_mut().enumerate() {
            let around =
                surroundings(&self.plan, &self.layouts, self.wall, self.link, self.learn, index);
            let kept = plan.bedrooms.iter().find(|bedroom| bedroom.name == room.name);
            room.leave(now, kept, &around, out);
        }
        let mut old = std::mem::take(&mut self.bedrooms);
        for room in &mut old {
            let named = |plan: &Plan| plan.bedrooms.iter().find(|b| b.name == room.name).cloned();
            if let (Some(before), Some(after)) = (named(&self.plan), named(&plan)) {
                room.forget_changed(&before, &after);
            }
        }
        self.bedrooms = plan
            .bedrooms
            .iter()
            .map(|bedroom| match old.iter().position(|room| room.name == bedroom.name) {
                Some(index) => old.swap_remove(index).fitted_to(bedroom),
                None => Bedroom::new(bedroom, self.wall, now),
            })
            .collect();
        self.layouts = plan.bedrooms.iter().map(Layout::of).collect();
        self.plan = plan;
        self.wakes.clear();
        for index in 0..self.bedrooms.len() {
            let around =
                surroundings(&self.plan, &self.layouts, self.wall, self.link, self.learn, index);
            self.bedrooms[index].rewake(&around);
            // S3: what the new plan forbids is judged at once.
            let wake = Some(Wake { at: now, why: Why::Hour });
            self.bedrooms[index].wake = wake;
            self.rewake(index, None, wake);
        }
    }

    fn stop(&mut self, now: Time, out: &mut Vec<Action>) {
        for (index, room) in self.bedrooms.iter_mut().enumerate() {
            let around =
                surroundings(&self.plan, &self.layouts, self.wall, self.link, self.learn, index);
            room.catch_up(now, &around, out);
            room.stop(now, &around, out);
        }
    }

    fn put(&mut self, index: usize, room: Bedroom) {
        let before = self.bedrooms[index].wake;
        let after = room.wake;
        self.bedrooms[index] = room;
        self.rewake(index, before, after);
    }

    fn rewake(&mut self, index: usize, before: Option<Wake>, after: Option<Wake>) {
        if before.map(|wake| wake.at) == after.map(|wake| wake.at) && before.is_some() {
            return;
        }
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        if let Some(wake) = before {
            self.wakes.remove(&(wake.at, index));
        }
        if let Some(wake) = after {
            self.wakes.insert((wake.at, index));
        }
    }

    fn around(&self, index: usize) -> Surroundings<'_> {
        surroundings(&self.plan, &self.layouts, self.wall, self.link, self.learn, index)
    }
}

fn surroundings<'a>(
    plan: &'a Plan,
    layouts: &'a [Layout],
    wall: Wall,
    link: bool,
    learn: bool,
    index: usize,
) -> Surroundings<'a> {
    Surroundings {
        id: BedroomId(u32::try_from(index).unwrap_or(u32::MAX)),
        plan: &plan.bedrooms[index],
        layout: &layouts[index],
        zone: &plan.zone,
        wall,
        link,
        learn,
    }
}

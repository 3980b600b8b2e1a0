//! The engine among its clock, its store and its outbox: what an event leads to.

mod act;
mod asked;
mod echo;
mod hear;
mod held;
mod introduce;
pub(super) mod leaving;
mod names;
mod namesake;
mod note;
mod progress;
mod record;
mod reload;
mod say;
pub(super) mod settings;
mod shown;
#[cfg(test)]
mod tests;
mod trouble;
mod untold;

use std::collections::BTreeSet;

use super::Render;
use super::broker::{Input, Pulse, Subscription};
use super::clock::{Clock, NOTICEABLE};
use super::outbox::Outbox;
use super::store::{Loaded, Saved, Store};
use super::systemd::Systemd;
use crate::engine::{Engine, Event};
use crate::model::{BedroomId, SensorId, Span, Time};
use crate::plan::{Adjustment, Bedroom, Plan};
use crate::surface::{self, Introduced};
use crate::wire::Topics;
use act::Rest;
use asked::Answered;
use echo::Echoes;
use held::{Held, Holding};
use introduce::Introducing;
use leaving::Leaving;
use names::Followed;
use namesake::Namesakes;
use note::Noting;
use record::Unrecorded;
use settings::{Changing, Configuration, answer_to};
use shown::Views;
use trouble::Troubles;
use untold::AllUntold;

/// A promised wake that is missed by more than this is a gap: one lease.
const GAP: Span = Span::minutes(15);

/// How soon the engine is called again at the earliest.
const SHORTEST_NAP: Span = Span(10);

/// Every state is recorded at least this often.
const SAVE_EVERY: Span = Span::hours(1);

/// What is said of a disk that was waited for.
const SLOW: &str = "the disk is too slow";

/// How many topics with wishes that were not followed are named in the log.
const MOST_NAMED: usize = 100;

/// What the run loop sleeps for.
pub(super) enum Idle {
    /// Time has passed, or the clock was moved.
    Woken,
    /// The store has answered for what waited longest, or refused it.
    Recorded(Result<(), String>),
    /// The store has answered for what Home Assistant changed.
    Changed(Result<(), String>),
}

pub(super) struct House<R> {
    engine: Engine,
    topics: Topics,
    followed: Followed,
    clock: Clock,
    store: Store,
    noting: Noting,
    outbox: Outbox,
    render: R,
    systemd: Systemd,
    instance: String,
    configuration: Box<dyn Configuration>,
    /// What was changed from Home Assistant and holds.
    standing: Vec<Adjustment>,
    /// The last of it, while it is being recorded.
    changing: Option<Changing>,
    /// What Home Assistant was told of.
    introduced: Introduced,
    /// The bedrooms that it is still to be told of.
    introducing: Option<Introducing>,
    /// Home Assistant has started, and is given a moment.
    introduce_at: Option<Time>,
    /// The engine is never told an earlier time than before.
    now: Time,
    wake: Option<Time>,
    /// When the engine last worked off everything due.
    worked_off: Time,
    held: Holding,
    leaving: Leaving,
    untold: AllUntold,
    namesakes: Namesakes,
    echoes: Echoes,
    troubles: Troubles,
    up: bool,
    subscribed: bool,
    received: u64,
    views: Views,
    /// What is still to be said of the last decision.
    rest: Option<Rest>,
    /// It is to introduce itself to a broker that it just found.
    greets: bool,
    saved: Time,
    unrecorded: Unrecorded,
    garbled: BTreeSet<(BedroomId, SensorId)>,
    /// Sensors of which a value was left out as what a gateway repeats.
    repeated: BTreeSet<(BedroomId, SensorId)>,
    refused: BTreeSet<String>,
    answered: Answered,
    /// While the plan changes: the one before, for which its last decisions are meant.
    former: Option<Plan>,
    /// What the plan before wanted recorded first, too late to be sent by it.
    outdated: Vec<Held>,
    beat: Time,
    /// The task of the broker's connection.
    link: Pulse,
}

impl<R: Render> House<R> {
    pub(super) fn new(
        plan: Plan,
        clock: Clock,
        store: Store,
        render: R,
        systemd: Systemd,
        loaded: &Loaded,
        configuration: Box<dyn Configuration>,
    ) -> Self {
        let (now, wall) = (clock.now(), clock.wall());
        let topics = plan.topics();
        Self {
            engine: Engine::new(plan, wall, now),
            topics,
            followed: Followed::default(),
            clock,
            store,
            noting: Noting::default(),
            outbox: Outbox::new(),
            render,
            systemd,
            instance: loaded.instance.clone(),
            configuration,
            standing: Vec::new(),
            changing: None,
            introduced: surface::by_topic(loaded.introduced.clone()),
            introducing: None,
            introduce_at: None,
            now,
            wake: None,
            worked_off: Time::ZERO,
            held: Holding::default(),
            leaving: Leaving::of(&loaded.left, now),
            untold: AllUntold::of(&loaded.untold),
            namesakes: Namesakes::default(),
            echoes: Echoes::default(),
            troubles: Troubles::default(),
            up: false,
            subscribed: false,
            received: 0,
            views: Views::default(),
            rest: None,
            greets: false,
            saved: now,
            unrecorded: Unrecorded::default(),
            garbled: BTreeSet::new(),
            repeated: BTreeSet::new(),
            refused: BTreeSet::new(),
            answered: Answered::default(),
            former: None,
            outdated: Vec::new(),
            beat: now,
            link: Pulse::default(),
        }
    }

    /// Watches over the task of the broker's connection from here on.
    pub(super) fn watch_link(&mut self, link: Pulse) {
        self.link = link;
    }

    /// Takes over the states that were recorded. Only within the boot that recorded them
    /// do leases go on.
    pub(super) fn start(&mut self, states: &[Saved], same_boot: bool) {
        for saved in states {
            if !bedrooms(self.engine.plan()).any(|(_, bedroom)| bedroom.name == saved.bedroom) {
                tracing::info!(
                    "“{}” is no longer in the configuration; what was recorded of it is kept for \
                     when it returns",
                    saved.bedroom
                );
                continue;
            }
            if let Err(why) = self.engine.load(&saved.bedroom, &saved.state) {
                tracing::error!(
                    "the recorded state of {} cannot be taken over ({why}); it is kept for a \
                     version that can, and begins anew, with everything switched off",
                    saved.bedroom
                );
                self.store.unreadable(saved);
                self.troubles.unreadable();
            }
        }
        let missed = self.engine.wake().is_some_and(|wake| wake.at + GAP < self.now);
        self.engine.await_anew(self.now);
        let event =
            if same_boot && !states.is_empty() && !missed { Event::Start } else { Event::Gap };
        self.note_plan();
        self.tell(event);
        self.tell(Event::Link { up: false });
        self.leaving.keep_out(self.engine.plan());
        self.record_plan();
        self.save_all();
        self.systemd.status("waiting for the broker");
    }

    /// What is to be listened to, a bedroom at a time.
    pub(super) fn subscriptions(&self) -> Vec<Subscription> {
        let plan = self.engine.plan();
        let mut all = BTreeSet::new();
        let mut list = names::lists(plan, &self.leaving);
        list.extend(bedrooms(plan).map(|(id, bedroom)| {
            let devices = self.topics.filters_of(id).iter().map(|t| (t.clone(), false));
            let own = surface::filters_of(plan, id).into_iter().map(|t| (t, true));
            let topics: Vec<_> = devices.chain(own).collect();
            all.extend(topics.iter().map(|(topic, _)| topic.clone()));
            Subscription { name: bedroom.name.clone(), topics }
        }));
        let others = namesake::topics(plan).into_iter().chain([plan.birth.clone()]);
        let rest = surface::filters(plan).into_iter().chain(others).map(|t| (t, true));
        let rest = rest.chain(self.leaving.filters().map(|t| (t, false)));
        let rest = rest.filter(|(t, _)| !all.contains(t));
        list.push(Subscription { name: "the house".to_owned(), topics: rest.collect() });
        list
    }

    /// Sleeps until something is due, at most a heartbeat, or until the store answers.
    pub(super) async fn idle(&mut self) -> Idle {
        let expiry = self.outbox.next_expiry().map(|at| at + Span(1));
        let beat = Some(self.beat + self.systemd.beat());
        let record = self.unrecorded.next();
        let changed = self.changing.as_ref().map(|changing| changing.until);
        let all =
            [self.next_wake(), expiry, self.next_view(), self.introduce_at, record, changed, beat];
        let mut until = all.into_iter().flatten().min();
        let Self { clock, held, changing, .. } = self;
        let mut waiting = None;
        if let Some((receipt, valid_until)) = held.oldest() {
            until = Some(until.map_or(valid_until, |until| until.min(valid_until)));
            waiting = Some(receipt);
        }
        tokio::select! {
            recorded = answer_to(waiting) => Idle::Recorded(recorded),
            recorded = answer_to(changing.as_mut().map(|it| &mut it.receipt)) => {
                Idle::Changed(recorded)
            }
            () = clock.sleep_until(until) => Idle::Woken,
        }
    }

    /// What [`House::idle`] slept for is done.
    pub(super) fn woken(&mut self, idle: Idle) {
        match idle {
            Idle::Recorded(recorded) => self.recorded(&recorded),
            Idle::Changed(recorded) => self.changed(&recorded),
            Idle::Woken => self.heartbeat(),
        }
    }

    /// What the broker said leads to.
    pub(super) fn input(&mut self, input: Input) {
        match input {
            Input::Message(message) => {
                let (topic, payload) = (message.topic(), message.payload());
                // Ours comes back, and moves nobody's night on.
                if !self.of_ourselves(topic, payload, message.retained()) {
                    self.received += 1;
                    if !self.listed(topic, payload) {
                        self.message(topic, payload, message.retained());
                    }
                }
            }
            input @ (Input::Connected
            | Input::Subscribed { .. }
            | Input::Written(_)
            | Input::Acknowledged(_)
            | Input::Arrived(_)
            | Input::Lost(_)
            | Input::Unreachable(_)
            | Input::Refused(_)
            | Input::Closed) => self.delivered(input),
        }
    }

    /// What became of the connection and of our messages.
    pub(super) fn delivery(&mut self, input: Input) {
        self.delivered(input);
        self.say_the_rest();
    }

    /// The same, but what is said besides commands is left to [`House::say_the_rest`].
    fn delivered(&mut self, input: Input) {
        match input {
            Input::Connected => {
                self.up = true;
                self.outbox.connected();
                self.systemd.status("connected to the broker");
                self.look();
                self.leaving.connected(self.now);
                self.remind_leaving();
                self.take_in(Event::Link { up: true });
                self.greets = true;
            }
            Input::Subscribed { refused } => {
                self.subscribed = true;
                self.query_all();
                self.expect_echoes();
                if !refused.is_empty() {
                    let list = refused.join(", ");
                    self.systemd.status(&format!("the broker refuses us these topics: {list}"));
                }
            }
            Input::Written(token) => self.outbox.written(token),
            Input::Acknowledged(token) => self.outbox.acknowledged(token),
            Input::Arrived(token) => self.outbox.arrived(token),
            Input::Lost(why) => {
                self.broken();
                self.systemd.status(&why);
                self.tell(Event::Link { up: false });
            }
            Input::Unreachable(why) | Input::Refused(why) => self.systemd.status(&why),
            Input::Closed => self.broken(),
            Input::Message(_) => {}
        }
    }

    /// Tells the engine, and does what it answers.
    pub(super) fn tell(&mut self, event: Event) {
        self.take_in(event);
        self.say_the_rest();
    }

    /// The same, but what is said besides commands is left to [`House::say_the_rest`].
    fn take_in(&mut self, event: Event) {
        self.look();
        if !matches!(event, Event::Gap | Event::Start)
            && self.wake.is_some_and(|wake| wake + GAP < self.now)
        {
            tracing::warn!("nobody looked after the bedrooms for a while: everything off first");
            self.handle(Event::Gap);
        }
        self.handle(event);
    }

    /// Hands everything back and says that we are gone.
    pub(super) fn stop(&mut self) {
        self.answer_at_the_end();
        self.namesakes.leave();
        self.end_introduction();
        self.tell(Event::Stop);
        self.save_all();
        let gone = surface::status(self.engine.plan(), false);
        self.outbox.state(gone);
    }

    /// Waits until everything is recorded, or cannot be.
    pub(super) async fn flush(&mut self) {
        let mut receipt = self.record_all();
        if let Ok(Err(e)) = tokio::time::timeout(super::STOP_WITHIN, receipt.wait()).await {
            tracing::error!("stopped without having recorded everything: {e}");
        }
    }

    /// After every message: a flood of them must not keep what a sleep would bring from
    /// happening.
    pub(super) fn keep_up(&mut self) {
        self.look();
        self.record_due();
        let due = self.next_wake().is_some_and(|wake| wake <= self.now);
        if due || self.now.since(self.beat) >= self.systemd.beat() {
            self.heartbeat();
        }
        while let Some(recorded) = self.held.answered() {
            self.recorded(&recorded);
        }
        let changed = self.changing.as_mut().and_then(|changing| changing.receipt.answer());
        if let Some(recorded) = changed {
            self.changed(&recorded);
        }
    }

    fn look(&mut self) {
        self.now = self.now.max(self.clock.now());
    }

    /// Time has passed: due work, the wall clock, pictures, the store, the watchdog.
    fn heartbeat(&mut self) {
        self.look();
        self.beat = self.now;
        let told = self.clock.wall();
        let known = self.engine.wall();
        if (told.offset - known.offset).abs() > NOTICEABLE.0
            || told.synchronised != known.synchronised
        {
            self.tell(Event::Clock(told));
            self.store.stand(self.clock.stand());
        }
        if self.wake.is_some_and(|wake| wake <= self.now) {
            self.worked_off = self.now;
            self.tell(Event::Tick);
        }
        for item in self.held.overdue(self.now) {
            self.not_recorded(item, SLOW);
        }
        if self.changing.as_ref().is_some_and(|changing| changing.until <= self.now) {
            self.changed(&Err(SLOW.to_owned()));
        }
        self.remind_leaving();
        self.say_again();
        self.look_for_namesakes();
        self.look_for_echoes();
        if self.introduce_at.is_some_and(|at| at <= self.now) {
            self.introduce();
        }
        self.show_stale();
        self.look_for_trouble();
        self.look_around();
        if self.now.since(self.saved) >= SAVE_EVERY {
            self.save_all();
        }
        self.record_due();
        self.promise();
        if self.link.beats() {
            self.systemd.alive();
        }
    }

    /// Notes when the engine wants to be called. A wake that is not ahead although everything
    /// due was just worked off is a fault, which must not make the loop spin; any other is
    /// due, however many messages come for other bedrooms meanwhile.
    fn promise(&mut self) {
        let soonest = self.worked_off + SHORTEST_NAP;
        self.wake = self.engine.wake().map(|wake| wake.at.max(soonest));
    }

    /// When something is due, whoever is to do it.
    fn next_wake(&self) -> Option<Time> {
        let untold = self.untold.next().filter(|_| self.up);
        let echoes = self.echoes.next().filter(|_| self.subscribed);
        [self.wake, self.leaving.next(), untold, echoes].into_iter().flatten().min()
    }

    fn broken(&mut self) {
        self.up = false;
        self.subscribed = false;
        self.end_introduction();
        self.outbox.lost();
        self.leaving.lost();
    }
}

fn bedrooms(plan: &Plan) -> impl Iterator<Item = (BedroomId, &Bedroom)> {
    (0..).map(BedroomId).zip(&plan.bedrooms)
}

fn bedroom(plan: &Plan, id: BedroomId) -> Option<&Bedroom> {
    plan.bedrooms.get(usize::try_from(id.0).ok()?)
}

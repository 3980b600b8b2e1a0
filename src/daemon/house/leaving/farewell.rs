//! Leaving for good: whatever is not known to be off is told so, or back to its baseline,
//! and what the broker keeps of ours is cleared. Somebody waits for it, so it is quick.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem::discriminant;
use std::path::Path;
use std::time::Duration;

use crate::daemon::broker::{self, Subscription};
use crate::daemon::clock::Clock;
use crate::daemon::line::{Line, Note};
use crate::daemon::outbox::Token;
use crate::daemon::store::{Left, Loaded, Saved, Store};
use crate::daemon::{RunError, STOP_WITHIN, Settings, link};
use crate::engine::{Action, Command, Engine, Event};
use crate::plan::{Actuator, Bedroom, Plan};
use crate::surface::{self, Introduced};
use crate::wire::zigbee2mqtt::{Names, list_of};
use crate::wire::{self, Message};

use super::{Gone, Leaving};
use crate::daemon::house::{bedroom, bedrooms};

/// How long the broker and the devices are waited for.
const WITHIN: Duration = Duration::from_secs(3);

/// How many confirmed messages may be on their way.
const MOST_AT_ONCE: usize = 50;

/// What came of leaving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Farewell {
    /// What was not known to be off, by name: it was told, if the broker was there.
    pub told: Vec<String>,
    /// What of it could say that it obeys, and did not in time.
    pub unconfirmed: Vec<String>,
    /// How it ended.
    pub parting: Parting,
}

/// How leaving ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parting {
    /// The broker has everything, and keeps nothing of ours.
    Cleared,
    /// The same, but the topics are another uncramp's on this host, and were left alone.
    Another(String),
    /// The broker was not there for all of it: why.
    Unheard(String),
}

/// Hands everything back that is not known to be, and clears our topics. `broker` may be a
/// sentence that says why there is none; without a directory nothing is known of what was
/// switched. What was done is recorded, so that another uncramp may begin there.
///
/// # Errors
/// If an uncramp runs on that directory.
pub async fn leave(
    plan: Plan,
    directory: Option<&Path>,
    broker: Result<Settings, String>,
    mut clock: Clock,
) -> Result<Farewell, RunError> {
    let (store, loaded) = match directory {
        Some(directory) => Store::open(directory)?,
        None => Store::none(),
    };
    if let Some(stand) = &loaded.stand {
        clock.go_on(stand);
    }
    let in_force = loaded.plan.as_deref().unwrap_or(&plan);
    let (engine, leaving) = handing_back(in_force, &loaded, &clock, Event::Gap);
    let named = |gone: &Gone| (gone.left.device.address(), gone.left.name.clone());
    let named: BTreeMap<String, String> = leaving.all.iter().map(named).collect();
    let own = directory.is_some().then_some(loaded.instance.as_str());
    let topics = kept(&[&plan, in_force], &loaded);
    let mut talk = Talk::new(in_force, own, &clock, leaving, topics);
    let parting = match broker {
        Ok(settings) => talk.over(link(settings, in_force, &loaded.instance)).await,
        Err(why) => Parting::Unheard(why),
    };
    let leaving = talk.leaving;
    let name_of = |left: &&Left| named.get(&left.device.address()).cloned();
    let unconfirmed = leaving.unconfirmed().iter().filter_map(name_of).collect();
    if !matches!(parting, Parting::Unheard(_)) {
        record(&store, &engine, &leaving, &clock).await;
    }
    Ok(Farewell { told: named.into_values().collect(), unconfirmed, parting })
}

/// What is not known to be off, or back at its baseline, by what was recorded, and how it is told.
pub(super) fn handing_back(
    plan: &Plan,
    loaded: &Loaded,
    clock: &Clock,
    begins: Event,
) -> (Engine, Leaving) {
    let (engine, commands) = handed_back(plan, loaded, clock, begins);
    let mut leaving = Leaving::of(&loaded.left, clock.now());
    leaving.keep_out(plan);
    for command in &commands {
        if let Some((room, actuator)) = meant(plan, command) {
            let told = (actuator, format!("{} ({})", actuator.shown(), room.shown()));
            leaving.told(command, told, &Names::default(), (clock.now(), false));
        }
    }
    (engine, leaving)
}

/// Notes what was handed back, for an uncramp that may begin here again.
async fn record(store: &Store, engine: &Engine, leaving: &Leaving, clock: &Clock) {
    for (id, room) in bedrooms(engine.plan()) {
        let (bedroom, state, stand) = (room.name.clone(), engine.save(id), clock.stand());
        store.save([Saved { bedroom, state, stand }]);
    }
    store.left(&leaving.unconfirmed());
    store.introduced(&Introduced::new());
    // Where it cannot be recorded, the next start hands back once more.
    let _ = tokio::time::timeout(STOP_WITHIN / 2, store.flush().wait()).await;
}

/// S10: as at a start, after a gap nobody watched over or not, and then a stop. Of each thing
/// told, the last.
fn handed_back(
    plan: &Plan,
    loaded: &Loaded,
    clock: &Clock,
    begins: Event,
) -> (Engine, Vec<Command>) {
    let now = clock.now();
    let mut engine = Engine::new(plan.clone(), clock.wall(), now);
    for saved in &loaded.states {
        // What cannot be read is unknown, and unknown is told to be off.
        let _ = engine.load(&saved.bedroom, &saved.state);
    }
    let mut actions = engine.handle(now, begins);
    actions.extend(engine.handle(now, Event::Stop));
    let mut commands: Vec<Command> = Vec::new();
    for action in actions {
        let Action::Switch(command) = action else { continue };
        let of = |it: &Command| (it.bedroom, it.actuator, discriminant(&it.switch));
        commands.retain(|earlier| of(earlier) != of(&command));
        commands.push(command);
    }
    commands.retain(|command| command.releases);
    (engine, commands)
}

/// What the broker may keep of ours.
fn kept(plans: &[&Plan], loaded: &Loaded) -> VecDeque<String> {
    let names = || loaded.states.iter().map(|saved| saved.bedroom.as_str());
    let all = plans.iter().flat_map(|plan| surface::kept(plan, names(), &loaded.introduced));
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The actuator that a command is for, and its bedroom.
fn meant<'p>(plan: &'p Plan, command: &Command) -> Option<(&'p Bedroom, &'p Actuator)> {
    let room = bedroom(plan, command.bedroom)?;
    Some((room, room.actuators.get(usize::from(command.actuator.0))?))
}

/// What is to be said to the broker, and what its answer depends on.
struct Talk<'a> {
    plan: &'a Plan,
    /// How we call ourselves below our base topic; none if nobody knows any more.
    own: Option<&'a str>,
    clock: &'a Clock,
    leaving: Leaving,
    names: Names,
    /// What the broker may keep of ours.
    topics: VecDeque<String>,
    /// The host of another uncramp that speaks below our base topic.
    stranger: Option<String>,
    stage: Stage,
}

/// How far the talk has come.
enum Stage {
    /// There is no connection yet, or no more.
    Apart,
    /// The devices are told; whoever speaks below our base topic is heard before this is
    /// acknowledged.
    Told(Token),
    /// The topics are being cleared: these wait to be acknowledged.
    Clearing(Vec<(Token, String)>),
    /// The topics are another's, on this host.
    Another(String),
}

impl<'a> Talk<'a> {
    fn new(
        plan: &'a Plan,
        own: Option<&'a str>,
        clock: &'a Clock,
        leaving: Leaving,
        topics: VecDeque<String>,
    ) -> Self {
        let (names, stranger, stage) = (Names::default(), None, Stage::Apart);
        Self { plan, own, clock, leaving, names, topics, stranger, stage }
    }

    /// Says all of it, within [`WITHIN`].
    async fn over(&mut self, settings: broker::Settings) -> Parting {
        let mut why = "the broker did not answer in time".to_owned();
        let talk = self.until_done(settings, &mut why);
        if let Ok(Err(wrong)) = tokio::time::timeout(WITHIN, talk).await {
            why = wrong;
        }
        match &self.stage {
            Stage::Another(host) => Parting::Another(host.clone()),
            Stage::Clearing(waiting) if waiting.is_empty() && self.topics.is_empty() => {
                Parting::Cleared
            }
            Stage::Apart | Stage::Told(_) | Stage::Clearing(_) => Parting::Unheard(why),
        }
    }

    /// Talks until there is nothing more to say or to hear; `why` becomes what was wrong
    /// with the connection last.
    async fn until_done(
        &mut self,
        settings: broker::Settings,
        why: &mut String,
    ) -> Result<(), String> {
        let here = self.here(false);
        let settings = broker::Settings { birth: here.clone(), will: here, ..settings };
        let mut line = Line::open(settings, self.subscription()).await?;
        while !self.is_done() {
            match line.next().await {
                Some(Note::Ready) if matches!(self.stage, Stage::Apart) => {
                    self.tell_devices(&mut line);
                    self.stage = Stage::Told(line.say(self.here(true)));
                }
                Some(Note::Message(message)) => self.message(&message, &line),
                Some(Note::Acknowledged(token)) => self.acknowledged(token, &mut line),
                Some(Note::Broken(reason) | Note::Refused(reason)) => {
                    self.broken();
                    *why = reason;
                }
                Some(Note::Ready | Note::Closed) => {}
                None => return Ok(()),
            }
        }
        line.close().await;
        Ok(())
    }

    fn is_done(&self) -> bool {
        let said = match &self.stage {
            Stage::Apart | Stage::Told(_) => false,
            Stage::Clearing(waiting) => waiting.is_empty() && self.topics.is_empty(),
            Stage::Another(_) => true,
        };
        said && self.leaving.unconfirmed().is_empty()
    }

    fn tell_devices(&mut self, line: &mut Line) {
        let now = self.clock.now();
        self.leaving.connected(now);
        for (command, device) in self.leaving.due(now) {
            let messages = wire::encode(&device, &command.switch);
            for message in messages.into_iter().filter(broker::sendable) {
                line.say(message);
            }
        }
    }

    fn message(&mut self, message: &Message, line: &Line) {
        let Message { topic, payload, retain, .. } = message;
        if surface::is_instance(self.plan, topic) {
            self.meet(payload);
        }
        self.leaving.heard(topic, payload, *retain);
        if let Some(Ok(true)) = self.names.hear(topic, payload) {
            self.leaving.follow(&self.names);
            line.listen(vec![self.subscription()]);
        }
    }

    /// Takes note of who speaks below our base topic.
    fn meet(&mut self, payload: &[u8]) {
        let Some((id, host)) = surface::who(payload) else { return };
        let ours = match self.own {
            Some(own) => own == id,
            None => gethostname::gethostname().to_string_lossy() == host.as_str(),
        };
        if !ours {
            self.stranger = Some(host);
        }
    }

    fn acknowledged(&mut self, token: Token, line: &mut Line) {
        match &mut self.stage {
            Stage::Told(told) if *told == token => {
                self.stage = match self.stranger.take() {
                    Some(host) => Stage::Another(host),
                    None => Stage::Clearing(Vec::new()),
                };
            }
            Stage::Clearing(waiting) => waiting.retain(|(it, _)| *it != token),
            Stage::Apart | Stage::Told(_) | Stage::Another(_) => {}
        }
        if let Stage::Clearing(waiting) = &mut self.stage {
            while waiting.len() < MOST_AT_ONCE
                && let Some(topic) = self.topics.pop_front()
            {
                waiting.push((line.say(surface::forgotten(topic.clone())), topic));
            }
        }
    }

    /// The connection broke: what was said on it may be lost.
    fn broken(&mut self) {
        let stage = std::mem::replace(&mut self.stage, Stage::Apart);
        if let Stage::Clearing(waiting) = stage {
            self.topics.extend(waiting.into_iter().map(|(_, topic)| topic));
        }
    }

    fn subscription(&self) -> Subscription {
        let lists = self.leaving.networks().map(list_of);
        let filters = lists.chain(self.leaving.filters()).map(|topic| (topic, false));
        let topics = filters.chain([(surface::instance_topic(self.plan), true)]).collect();
        Subscription { name: "what is handed back".to_owned(), topics }
    }

    /// That we are there, which nobody needs to know.
    fn here(&self, confirmed: bool) -> Message {
        let topic = format!("{}/leave", self.plan.base_topic);
        Message { topic, payload: b"leaving".to_vec(), retain: false, confirmed }
    }
}

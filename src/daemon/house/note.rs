//! What of all that happens goes into the history.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::House;
use crate::daemon::Render;
use crate::daemon::history::{Health, History, Waiting};
use crate::engine::{Action, ActuatorPicture, Event, Picture, Wish};
use crate::history::{
    Measurement, Record, Standing, Summary, What, Worth, action_bedroom, event_bedroom,
    is_event_kept, is_kept, is_same_reason,
};
use crate::model::{ActuatorId, BedroomId, Heard, Item, Measured, SensorId, Span, Time, Zone};
use crate::plan::{Bedroom, Kind};
use crate::rules::Reason;

/// A bedroom of which something was heard is looked at this often.
const LOOK_EVERY: Span = Span::seconds(30);

/// Readings are written this often, many at once: each page written wears a memory card out.
const READINGS_APART: Span = Span::minutes(10);

/// Records are written at once, and this often at most.
const RECORDS_APART: Span = Span::seconds(30);

/// What a night comes to is told this often.
const TELL_EVERY: Span = Span::minutes(10);

/// The history, and what was told it last.
pub(super) struct Noting {
    history: History,
    rooms: BTreeMap<BedroomId, Room>,
    /// The broker was there.
    linked: bool,
    /// When the history was last told to write.
    wrote: Option<Time>,
}

impl Default for Noting {
    fn default() -> Self {
        Self { history: History::none(), rooms: BTreeMap::new(), linked: false, wrote: None }
    }
}

/// What was told of one bedroom.
#[derive(Default)]
struct Room {
    worth: BTreeMap<SensorId, Worth>,
    standings: Vec<Standing>,
    judged: Option<Reason>,
    night: Night,
    looked: Option<Time>,
    /// Something was heard since.
    stale: bool,
}

/// The night as it was seen last.
#[derive(Default)]
struct Night {
    evening: Option<NaiveDate>,
    seen_at: Time,
    heat_on: bool,
    fan_on: bool,
    /// What is still to be told.
    untold: Summary,
    /// What the engine knew of it when it was told last, and when that was.
    told: Summary,
    told_at: Time,
}

impl<R: Render> House<R> {
    /// How the history fares.
    pub(super) fn history_health(&self) -> Health {
        self.noting.history.health()
    }

    /// Keeps a history from here on.
    pub(in crate::daemon) fn keep(&mut self, history: History) {
        self.noting = Noting { history, ..Noting::default() };
    }

    /// From here on, this plan is in force.
    pub(super) fn note_plan(&mut self) {
        self.noting.rooms.clear();
        self.noting.history.plan(self.engine.plan());
    }

    /// Something is about to be handled.
    pub(super) fn note(&mut self, event: &Event) {
        if let Some(bedroom) = event_bedroom(event) {
            self.noting.rooms.entry(bedroom).or_default().stale = true;
        }
        if let Event::Heard { bedroom, heard } = event {
            self.note_heard(*bedroom, heard);
        }
        if let Event::Wish { bedroom, wish } = event {
            self.note_wish(*bedroom, wish);
        }
        let is_news = if let Event::Link { up } = event {
            std::mem::replace(&mut self.noting.linked, *up) != *up
        } else {
            is_event_kept(event)
        };
        if is_news {
            self.note_record(event_bedroom(event), What::Came(event.clone()));
        }
    }

    /// Something was decided. Returns the bedrooms in which it was.
    pub(super) fn note_actions(&self, actions: &[Action]) -> BTreeSet<BedroomId> {
        for action in actions.iter().filter(|action| is_kept(action)) {
            self.note_record(Some(action_bedroom(action)), What::Did(action.clone()));
        }
        actions.iter().map(action_bedroom).collect()
    }

    /// Looks at these bedrooms.
    pub(super) fn look_at_all(&mut self, bedrooms: BTreeSet<BedroomId>) {
        for bedroom in bedrooms {
            self.look_at(bedroom);
        }
    }

    /// Looks at the bedrooms of which something was heard, and has written what waited for
    /// long enough.
    pub(super) fn look_around(&mut self) {
        let now = self.now;
        let due = |room: &Room| {
            let rested = room.looked.is_none_or(|at| now.since(at) >= LOOK_EVERY);
            let tells = now.since(room.night.told_at) >= TELL_EVERY;
            rested && (room.stale || tells)
        };
        let rooms = self.noting.rooms.iter().filter(|(_, room)| due(room)).map(|(id, _)| *id);
        self.look_at_all(rooms.collect());
        let rested = |apart| self.noting.wrote.is_none_or(|at| now.since(at) >= apart);
        let due = match self.noting.history.waiting() {
            Waiting::Nothing => false,
            Waiting::Readings => rested(READINGS_APART),
            Waiting::Records => rested(RECORDS_APART),
        };
        if due {
            self.noting.wrote = Some(now);
            self.noting.history.write();
        }
    }

    /// Keeps what stands otherwise in a bedroom than when it was last looked at.
    pub(super) fn look_at(&mut self, bedroom: BedroomId) {
        // While the plan changes, there are the decisions of one and the bedrooms of another.
        if self.former.is_some() {
            return;
        }
        let plan = self.engine.plan();
        let seen = self.engine.picture(bedroom, self.now);
        let Some((seen, room)) = seen.zip(plan.bedroom(bedroom)) else { return };
        let known = self.noting.rooms.entry(bedroom).or_default();
        known.stale = false;
        known.looked = Some(self.now);
        let mut news = Vec::new();
        let standings: Vec<Standing> =
            (0..).map(ActuatorId).zip(&seen.actuators).map(stands).collect();
        for (index, standing) in standings.iter().enumerate() {
            if known.standings.get(index).is_none_or(|before| !before.is_same(standing)) {
                news.push(What::Stands(standing.clone()));
            }
        }
        known.standings = standings;
        if !is_same_reason(known.judged.as_ref(), seen.cold_exposure.as_ref()) {
            known.judged.clone_from(&seen.cold_exposure);
            news.extend(seen.cold_exposure.clone().map(What::Judged));
        }
        if let Some((evening, more)) = known.night.at(self.now, &seen, room, news.is_empty()) {
            self.noting.history.night(&room.name, evening, &more);
        }
        for what in news {
            self.note_record(Some(bedroom), what);
        }
    }

    fn note_record(&self, bedroom: Option<BedroomId>, what: What) {
        let record = Record { time: self.now, wall: self.engine.wall(), bedroom, what };
        let plan = self.former.as_ref().unwrap_or(self.engine.plan());
        self.noting.history.record(record, plan);
    }

    fn note_heard(&mut self, bedroom: BedroomId, heard: &Heard) {
        let (now, wall) = (self.now, self.engine.wall());
        let Some(room) = self.engine.plan().bedroom(bedroom) else { return };
        let known = self.noting.rooms.entry(bedroom).or_default();
        for item in &heard.items {
            let Item::Reading { sensor: id, value, measured } = item else { continue };
            let at = match measured {
                Measured::WhenHeard => wall.unix_ms(now),
                Measured::At(unix_ms) | Measured::Restored(unix_ms) => *unix_ms,
                Measured::Unknown => continue,
            };
            let Some(sensor) = room.sensors.get(usize::from(id.0)) else { continue };
            if known.worth.entry(*id).or_default().keeps(now, *value) {
                self.noting.history.measured(Measurement {
                    bedroom: room.name.clone(),
                    sensor: sensor.name.clone(),
                    place: sensor.place,
                    quantity: sensor.quantity,
                    at,
                    value: *value,
                });
            }
        }
    }

    /// A night's drinks and cramps are counted in its summary; they themselves are kept with
    /// the state.
    fn note_wish(&self, bedroom: BedroomId, wish: &Wish) {
        let (ago, more) = if let Wish::Drink { amount, .. } = wish {
            (Span::ZERO, Summary { drinks: 1, drunk: *amount, ..Summary::default() })
        } else if let Wish::Cramp { ago, .. } = wish {
            (*ago, Summary { cramps: 1, ..Summary::default() })
        } else {
            return;
        };
        let plan = self.engine.plan();
        let Some(room) = plan.bedroom(bedroom) else { return };
        let at = self.engine.wall().unix_ms(self.now) - ago.0;
        let evening = Zone::evening(plan.zone.civil(at));
        self.noting.history.night(&room.name, evening, &more);
    }
}

impl Night {
    /// Takes in what is seen now: until now, all was as it was seen last. Returns what is to
    /// be told of which night, which may wait for more to be told.
    fn at(
        &mut self,
        now: Time,
        seen: &Picture,
        room: &Bedroom,
        may_wait: bool,
    ) -> Option<(NaiveDate, Summary)> {
        let passed = now.since(self.seen_at);
        self.untold.heat += if self.heat_on { passed } else { Span::ZERO };
        self.untold.fan += if self.fan_on { passed } else { Span::ZERO };
        self.seen_at = now;
        let all = || room.actuators.iter().zip(&seen.actuators);
        let is_on = |now: &ActuatorPicture| now.raised || now.level.is_some_and(|level| level > 0);
        let is_fan = |kind: &Kind| matches!(kind, Kind::Fan { .. });
        self.heat_on = all().any(|(plan, now)| !is_fan(&plan.kind) && is_on(now));
        self.fan_on = all().any(|(plan, now)| is_fan(&plan.kind) && is_on(now));
        let before = self.evening.replace(seen.evening);
        if let Some(before) = before.filter(|before| *before != seen.evening) {
            let last = std::mem::take(&mut self.untold);
            self.told = Summary::default();
            return Some((before, last));
        }
        let known = Summary::of(seen);
        let nothing = known == self.told && self.untold == Summary::default();
        if nothing || may_wait && now.since(self.told_at) < TELL_EVERY {
            return None;
        }
        self.told_at = now;
        self.told = known;
        let mut more = std::mem::take(&mut self.untold);
        more.add(&known);
        Some((seen.evening, more))
    }
}

fn stands((actuator, now): (ActuatorId, &ActuatorPicture)) -> Standing {
    Standing {
        actuator,
        level: now.level,
        set_point: now.set_point,
        raised: now.raised,
        reason: now.reason.clone(),
    }
}

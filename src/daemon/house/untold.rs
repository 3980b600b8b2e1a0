//! What must reach somebody: danger, and a fault of which the keeper is told. It is said again
//! under its number until whoever speaks for uncramp says what became of it (S9): Home Assistant
//! may just be starting, a phone may be out of reach.

use std::collections::BTreeSet;

use super::{House, bedroom, bedrooms};
use crate::daemon::Render;
use crate::daemon::store::Untold;
use crate::engine::{Announcement, Fault, Outcome, Urgency, Words};
use crate::model::{BedroomId, Span, Time};
use crate::surface;
use crate::wire::Message;

/// How soon an alarm is said again, twice as long after every time, and how long at most.
const ALARM: (Span, Span) = (Span::seconds(30), Span::minutes(15));

/// How soon the keeper is told again, four times as long after every time, and how long at most:
/// for so long the words hold.
const KEEPER: (Span, Span) = (Span::minutes(2), Announcement::TOLD_FOR);

/// Who has just started hears what is said so long after saying so.
const LISTENS_AFTER: Span = Span::seconds(10);

/// Everything that nobody was seen to hear.
#[derive(Debug, Default)]
pub(super) struct AllUntold {
    all: Vec<Waiting>,
    /// It is not recorded yet.
    changed: bool,
}

#[derive(Debug)]
struct Waiting {
    untold: Untold,
    /// When it is said again.
    next: Time,
    /// How long after the time before.
    after: Span,
}

impl AllUntold {
    /// What an earlier run did not see delivered; said again once somebody listens.
    pub(super) fn of(all: &[Untold]) -> Self {
        let waiting = |untold: &Untold| Waiting::new(untold.clone(), Time::NEVER);
        Self { all: all.iter().map(waiting).collect(), changed: false }
    }

    /// Takes note of what was said. What comes later takes the place of what was said before of
    /// the same matter to the same people; of what is over, nobody is told any more. Who could not
    /// be told of the one was not told of the other yet.
    fn said(&mut self, mut untold: Untold, now: Time) {
        self.all.retain(|it| {
            let before = &it.untold;
            let people = before.audience == untold.audience;
            let same = (&before.bedroom, &before.tag) == (&untold.bedroom, &untold.tag);
            untold.failed |= same && people && before.failed;
            !(same && (people || untold.over))
        });
        self.changed = true;
        self.all.push(Waiting::new(untold, now));
    }

    /// Somebody says what became of it.
    pub(super) fn became(&mut self, bedroom: &str, id: u64, outcome: Outcome) {
        let its = |it: &Untold| it.bedroom == bedroom && it.id == id;
        match outcome {
            Outcome::Spoken | Outcome::Answered => {
                let before = self.all.len();
                self.all.retain(|it| !its(&it.untold));
                self.changed |= self.all.len() != before;
            }
            Outcome::Failed => {
                for it in self.all.iter_mut().filter(|it| its(&it.untold)) {
                    self.changed |= !std::mem::replace(&mut it.untold.failed, true);
                }
            }
        }
    }

    /// Whoever speaks has just started, or there is a connection again.
    pub(super) fn listens(&mut self, now: Time) {
        for it in &mut self.all {
            (it.next, it.after) = (it.next.min(now + LISTENS_AFTER), it.first());
        }
    }

    /// When something is to be said again, or need not be any more.
    pub(super) fn next(&self) -> Option<Time> {
        self.all.iter().map(|it| it.next.min(it.ends())).min()
    }

    /// What is to be said again at `now`.
    fn due(&mut self, now: Time) -> Vec<Untold> {
        let before = self.all.len();
        self.all.retain(|it| now < it.ends());
        self.changed |= self.all.len() != before;
        let due = self.all.iter_mut().filter(|it| it.next <= now);
        due.map(|it| {
            it.wait(now);
            it.untold.clone()
        })
        .collect()
    }

    fn keep(&mut self, stays: impl Fn(&Untold) -> bool) {
        let before = self.all.len();
        self.all.retain(|it| stays(&it.untold));
        self.changed |= self.all.len() != before;
    }

    /// Somebody tried to pass something on, and could not.
    pub(super) fn failed(&self) -> bool {
        self.all.iter().any(|it| it.untold.failed)
    }

    /// What was recorded is lost: it is recorded anew.
    pub(super) fn forget_recorded(&mut self) {
        self.changed = !self.all.is_empty();
    }

    /// What is to be recorded, if that changed.
    fn take_changed(&mut self) -> Option<Vec<&Untold>> {
        std::mem::take(&mut self.changed).then(|| self.all.iter().map(|it| &it.untold).collect())
    }
}

impl Waiting {
    fn new(untold: Untold, now: Time) -> Self {
        let mut new = Self { untold, next: now, after: Span::ZERO };
        new.after = new.first();
        if now < Time::NEVER {
            new.wait(now);
        }
        new
    }

    const fn first(&self) -> Span {
        if self.untold.alarm { ALARM.0 } else { KEEPER.0 }
    }

    /// When it need not be said any more: that all is well is no news the day after, and what
    /// stands is for as long as it does.
    const fn ends(&self) -> Time {
        if self.untold.over { self.untold.valid_until } else { Time::NEVER }
    }

    fn wait(&mut self, now: Time) {
        self.next = now + self.after;
        self.after = if self.untold.alarm {
            (self.after * 2).min(ALARM.1)
        } else {
            (self.after * 4).min(KEEPER.1)
        };
    }
}

impl<R: Render> House<R> {
    /// Sees to it that what must reach somebody does.
    pub(super) fn follow_up(
        &mut self,
        words: &Announcement,
        message: &Message,
        hermes: Option<&Message>,
    ) {
        // Whoever cannot be told of something cannot be told of that either; what is no fault is no
        // news an hour later.
        let over = match words.words {
            Words::Fault(fault) if fault != Fault::Untold => false,
            Words::Healed(fault) if fault != Fault::Untold => true,
            Words::Fault(_)
            | Words::Healed(_)
            | Words::Drink { .. }
            | Words::LastNight { .. }
            | Words::Air(_)
            | Words::Welcome
            | Words::Watched { .. }
            | Words::Said(_)
            | Words::AskedNoMore { .. }
            | Words::ConfirmConditions { .. } => return,
        };
        let Some(room) = bedroom(self.plan_in_use(), words.bedroom) else { return };
        let text = |message: &Message| String::from_utf8_lossy(&message.payload).into_owned();
        let untold = Untold {
            bedroom: room.name.clone(),
            id: words.id,
            tag: surface::matter(&words.words, room),
            audience: words.audience,
            alarm: words.urgency == Urgency::Alarm,
            over,
            words: text(message),
            hermes: hermes.map(text),
            failed: false,
            valid_until: words.valid_until,
        };
        self.untold.said(untold, self.now);
        self.record_untold();
    }

    /// Says again what nobody was seen to hear.
    pub(super) fn say_again(&mut self) {
        if !self.up || self.untold.next().is_none_or(|at| self.now < at) {
            return;
        }
        self.forget_what_is_over();
        for untold in self.untold.due(self.now) {
            let plan = self.engine.plan();
            let Some((id, _)) = bedrooms(plan).find(|(_, room)| room.name == untold.bedroom) else {
                continue;
            };
            let over = if untold.over { "that it is over, " } else { "" };
            tracing::info!(
                "{}: {over}said again, since nobody said that it was heard: {}",
                untold.bedroom,
                untold.tag
            );
            let quiet = !untold.alarm && self.engine.is_hushed(id, self.now);
            // What is said today is not yesterday's news.
            let valid_until =
                if untold.over { untold.valid_until } else { self.now + Announcement::TOLD_FOR };
            let still = surface::Still { quiet, valid_until, wall: self.engine.wall() };
            let again = surface::announce_again(plan, id, &untold.words, still);
            let hermes = untold.hermes.as_deref().map(surface::hermes_again);
            for message in [again, hermes].into_iter().flatten() {
                self.outbox.word(message, Some(valid_until));
            }
        }
        self.record_untold();
    }

    /// A fault that stands no more, or whose bedroom left, is nobody's business: a restart, a gap
    /// and another plan end it without a word.
    fn forget_what_is_over(&mut self) {
        let mut stand = BTreeSet::new();
        for (id, room) in bedrooms(self.engine.plan()) {
            let seen = self.engine.picture(id, self.now);
            for fault in seen.into_iter().flat_map(|seen| seen.faults) {
                stand.insert((room.name.clone(), surface::matter(&Words::Fault(fault), room)));
            }
        }
        let rooms = &self.engine.plan().bedrooms;
        self.untold.keep(|it| {
            rooms.iter().any(|room| room.name == it.bedroom)
                && (it.over || stand.contains(&(it.bedroom.clone(), it.tag.clone())))
        });
    }

    /// Takes note of what became of an announcement.
    pub(super) fn became(&mut self, id: BedroomId, number: u64, outcome: Outcome) {
        let Some(room) = bedroom(self.engine.plan(), id) else { return };
        self.untold.became(&room.name, number, outcome);
        self.record_untold();
    }

    pub(super) fn record_untold(&mut self) {
        if let Some(untold) = self.untold.take_changed() {
            self.store.untold(&untold);
        }
    }
}

//! When what was decided is recorded.

use std::collections::BTreeSet;

use super::{House, bedroom, bedrooms};
use crate::daemon::Render;
use crate::daemon::store::{Receipt, Saved};
use crate::model::{BedroomId, Span, Time};

/// What nobody waits for is recorded at once, and then this often at most: many decisions in a
/// row are one record.
const APART: Span = Span(500);

/// What is decided and not recorded yet.
#[derive(Debug, Default)]
pub(super) struct Unrecorded {
    bedrooms: BTreeSet<BedroomId>,
    /// When something was last recorded.
    last: Option<Time>,
}

impl Unrecorded {
    /// When it is to be recorded.
    pub(super) fn next(&self) -> Option<Time> {
        let at = self.last.map_or(Time::ZERO, |last| last + APART);
        (!self.bedrooms.is_empty()).then_some(at)
    }
}

impl<R: Render> House<R> {
    /// Records a bedroom before long.
    pub(super) fn record(&mut self, id: BedroomId) {
        self.unrecorded.bedrooms.insert(id);
        self.record_due();
    }

    /// Records what waits, if it is time.
    pub(super) fn record_due(&mut self) {
        if self.unrecorded.next().is_some_and(|at| at <= self.now) {
            self.record_waiting();
        }
    }

    /// Gives the store whatever waits.
    pub(super) fn record_waiting(&mut self) {
        let waiting = std::mem::take(&mut self.unrecorded.bedrooms);
        let all: Vec<_> = waiting.into_iter().filter_map(|id| self.snapshot(id)).collect();
        self.store.save(all);
        self.unrecorded.last = Some(self.now);
    }

    /// Records a bedroom now; the receipt comes with the disk's answer.
    pub(super) fn record_now(&mut self, id: BedroomId) -> Option<Receipt> {
        let saved = self.snapshot(id)?;
        self.unrecorded.bedrooms.remove(&id);
        Some(self.store.save_now(saved))
    }

    /// Everything decided so far; the receipt comes once it is on the disk.
    pub(super) fn record_all(&mut self) -> Receipt {
        self.record_waiting();
        self.store.flush()
    }

    pub(super) fn save_all(&mut self) {
        self.saved = self.now;
        self.unrecorded.bedrooms = bedrooms(self.engine.plan()).map(|(id, _)| id).collect();
        self.record_waiting();
        self.store.stand(self.clock.stand());
    }

    fn snapshot(&self, id: BedroomId) -> Option<Saved> {
        let name = bedroom(self.engine.plan(), id)?.name.clone();
        let (mut state, stand) = (self.engine.save(id), self.clock.stand());
        // At a start thousands wait for the disk at once.
        state.shrink_to_fit();
        Some(Saved { bedroom: name, state, stand })
    }
}

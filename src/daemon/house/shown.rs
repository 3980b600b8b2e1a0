//! What was last shown of each bedroom, and what is to be shown next.

use std::collections::{BTreeMap, BTreeSet};

use super::House;
use super::echo::print_of;
use crate::daemon::Render;
use crate::model::{BedroomId, Span, Time};
use crate::surface;

/// A picture that only follows readings is shown at most this often.
const VIEW_EVERY: Span = Span::seconds(30);

/// Every bedroom's picture.
#[derive(Default)]
pub(super) struct Views {
    all: BTreeMap<BedroomId, View>,
    /// The bedrooms of which something was heard since, by when they are to be shown: a message
    /// must not cost more where there are many of them.
    stale: BTreeSet<(Time, BedroomId)>,
}

/// What was last shown of a bedroom.
#[derive(Default)]
struct View {
    /// Of the text.
    print: u64,
    at: Time,
}

impl Views {
    /// Something was heard of a bedroom, or of all.
    pub(super) fn heard(&mut self, bedroom: BedroomId) {
        let view = self.all.entry(bedroom).or_default();
        self.stale.insert((view.at + VIEW_EVERY, bedroom));
    }

    /// Something changed for all of them.
    pub(super) fn all_heard(&mut self) {
        self.stale = self.all.iter().map(|(id, view)| (view.at + VIEW_EVERY, *id)).collect();
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// A bedroom is about to be shown.
    fn begin(&mut self, bedroom: BedroomId, now: Time) -> &mut View {
        let view = self.all.entry(bedroom).or_default();
        self.stale.remove(&(view.at + VIEW_EVERY, bedroom));
        view.at = now;
        view
    }

    #[cfg(test)]
    pub(super) fn shows(&self, bedroom: BedroomId, text: &str) -> bool {
        self.all[&bedroom].print == print_of(text.as_bytes())
    }
}

impl<R: Render> House<R> {
    /// Shows a bedroom as it is now; not while a wish for it is being recorded, which is
    /// shown once it is.
    pub(super) fn show(&mut self, bedroom: BedroomId) {
        if self.held.shows(bedroom) {
            return;
        }
        let view = self.views.begin(bedroom, self.now);
        // Whoever is about to be introduced is shown then.
        let introduced_soon =
            self.greets || self.introducing.as_ref().is_some_and(|it| it.is_ahead(bedroom));
        if !self.up || introduced_soon {
            return;
        }
        if let Some(mut text) = self.render.view(&self.engine, bedroom, self.now) {
            // After a gap the pictures of all bedrooms wait at once.
            text.shrink_to_fit();
            view.print = print_of(text.as_bytes());
            self.outbox.state(surface::state(self.engine.plan(), bedroom, text));
        }
    }

    /// Shows the bedrooms that were heard of, if that changed anything.
    pub(super) fn show_stale(&mut self) {
        if !self.up {
            return;
        }
        let due = self.views.stale.range(..=(self.now, BedroomId(u32::MAX)));
        let due = due.map(|(_, bedroom)| *bedroom).filter(|id| !self.held.shows(*id));
        for bedroom in due.collect::<Vec<_>>() {
            let view = self.views.begin(bedroom, self.now);
            let text = self.render.view(&self.engine, bedroom, self.now);
            let text = text.map(|text| (print_of(text.as_bytes()), text));
            if let Some((print, text)) = text.filter(|(print, _)| *print != view.print) {
                view.print = print;
                self.outbox.state(surface::state(self.engine.plan(), bedroom, text));
            }
        }
    }

    pub(super) fn next_view(&self) -> Option<Time> {
        let mut stale = self.views.stale.iter().filter(|_| self.up);
        stale.find(|(_, bedroom)| !self.held.shows(*bedroom)).map(|(at, _)| *at)
    }
}

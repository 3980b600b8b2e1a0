//! What a message means, and what the engine makes of an event.

use super::House;
use crate::daemon::Render;
use crate::engine::Event;
use crate::model::Span;
use crate::surface::{self, Request};
use crate::wire::Decoded;

/// Home Assistant, just started, is told of us after so long: not everybody at once.
const INTRODUCE_AFTER: (Span, Span) = (Span(500), Span::seconds(4));

impl<R: Render> House<R> {
    pub(super) fn message(&mut self, topic: &str, payload: &[u8], retained: bool) {
        self.look();
        self.leaving.heard(topic, payload, retained);
        self.record_leaving();
        self.topics.note(topic, payload, retained);
        match self.topics.decode(topic, payload, retained) {
            Decoded::Heard(list) => {
                for (bedroom, heard) in list {
                    self.log_garbled(bedroom, &heard, topic);
                    // Commands leave before the rest is said.
                    self.take_in(Event::Heard { bedroom, heard });
                }
            }
            Decoded::NotOurs => {
                let (plan, wall) = (self.engine.plan(), self.engine.wall());
                match surface::decode(plan, self.now, wall, topic, payload, retained) {
                    Some(Ok(Request::Tell(Event::Wish { bedroom, wish }))) => {
                        self.wish(bedroom, &wish, None, topic);
                    }
                    Some(Ok(Request::Tell(event))) => self.tell(event),
                    Some(Ok(Request::Answer { asker, wish })) => self.asked(asker, &wish, topic),
                    Some(Ok(Request::Change { bedroom, setting, value })) => {
                        self.change(bedroom, setting, &value, topic);
                    }
                    Some(Err(refused)) => {
                        let asker = refused.asker.as_ref();
                        if !asker.is_some_and(|asker| self.answered_before(asker)) {
                            self.refuse(&refused);
                        }
                    }
                    None => {}
                }
            }
        }
        if topic == self.engine.plan().birth && payload == b"online" && !retained {
            let moment = fastrand::i64(INTRODUCE_AFTER.0.0..=INTRODUCE_AFTER.1.0);
            self.introduce_at = Some(self.now + Span(moment));
        }
    }

    /// Tells the engine. What it answers is begun: see [`House::act`].
    pub(super) fn handle(&mut self, event: Event) {
        self.say_the_rest();
        let wished = match &event {
            Event::Wish { bedroom, wish } => {
                self.note_for_good(*bedroom, wish);
                Some(*bedroom)
            }
            Event::Heard { bedroom, .. } => {
                self.views.heard(*bedroom);
                None
            }
            Event::Clock(_)
            | Event::Gap
            | Event::Start
            | Event::Link { .. }
            | Event::Unrecorded { .. }
            | Event::Noticed { .. }
            | Event::Announced { .. }
            | Event::Plan(_)
            | Event::Tick
            | Event::Stop => None,
        };
        if let Event::Announced { bedroom, id, outcome } = &event {
            self.became(*bedroom, *id, *outcome);
        }
        let heard = if let Event::Heard { bedroom, .. } = &event { Some(*bedroom) } else { None };
        let asked = if let Event::Wish { wish, .. } = &event { Some(wish.clone()) } else { None };
        self.note(&event);
        let before = wished.and_then(|bedroom| self.engine.picture(bedroom, self.now));
        let actions = self.engine.handle(self.now, event);
        if let (Some(bedroom), Some(wish), Some(before)) = (wished, &asked, &before) {
            self.log_wish(bedroom, wish, before);
        }
        if let Some(bedroom) = heard {
            self.log_repeated(bedroom);
        }
        let about = wished.or(heard);
        let overridden = about.map_or_else(Vec::new, |it| self.engine.take_overridden(it));
        let wished = wished.or(heard.filter(|_| !overridden.is_empty()));
        self.promise();
        if !actions.is_empty() || wished.is_some() {
            self.act(actions, wished);
        }
        if !overridden.is_empty() {
            self.say_the_rest();
        }
        for actuator in overridden {
            self.tell_override(about, actuator, asked.as_ref());
        }
    }
}

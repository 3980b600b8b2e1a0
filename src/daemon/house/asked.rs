//! What was said aloud: done once, and answered once it is on the disk.

use std::collections::VecDeque;

use super::{House, bedroom};
use crate::daemon::Render;
use crate::engine::{Event, Picture, Wish};
use crate::model::{BedroomId, Span, Time};
use crate::speech::{self, Answer, Context, Numbers, Refusal};
use crate::surface::{self, Asker, Refused, Wished};
use crate::wire::Message;

/// So long an answer may wait for the broker: who spoke waits some seconds.
const ANSWER_FOR: Span = Span::seconds(10);

/// So long it is remembered what was answered: the broker may say twice what was said once.
const REMEMBERED_FOR: Span = Span::minutes(10);

/// So many answers are remembered.
const MOST_REMEMBERED: usize = 100;

/// What was answered of late, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Answered(VecDeque<(Time, String, Message)>);

impl Answered {
    fn remember(&mut self, now: Time, id: &str, reply: &Message) {
        self.0.retain(|(at, _, _)| now.since(*at) < REMEMBERED_FOR);
        if self.0.len() == MOST_REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((now, id.to_owned(), reply.clone()));
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn find(&self, now: Time, topic: &str, id: &str) -> Option<&Message> {
        let mut lately = self.0.iter().filter(|(at, _, _)| now.since(*at) < REMEMBERED_FOR);
        let found = lately.find(|(_, known, reply)| known == id && reply.topic == topic);
        found.map(|(_, _, reply)| reply)
    }
}

impl<R: Render> House<R> {
    /// S9: what was said under this id is not done again; whoever asks again is answered as
    /// before. Returns whether there was an answer.
    pub(super) fn answered_before(&mut self, asker: &Asker) -> bool {
        let topic = surface::reply_topic(self.engine.plan(), asker.bedroom);
        let reply = self.answered.find(self.now, &topic, &asker.id).cloned();
        let known = reply.is_some();
        if let Some(reply) = reply {
            self.answer_within(reply, ANSWER_FOR);
        }
        known
    }

    /// Does what a person said aloud, unless that was done already.
    pub(super) fn asked(&mut self, asker: Asker, wish: &Wish, topic: &str) {
        if !self.answered_before(&asker) {
            self.wish(asker.bedroom, wish, Some(asker), topic);
        }
    }

    /// Does what a person wishes; whoever waits for an answer is told what became of it.
    pub(super) fn wish(&mut self, id: BedroomId, wish: &Wish, asker: Option<Asker>, topic: &str) {
        self.look();
        let before = self.engine.picture(id, self.now);
        self.tell(Event::Wish { bedroom: id, wish: wish.clone() });
        let Some(judged) = before.and_then(|before| self.judged(id, wish, &before)) else { return };
        match judged {
            Ok(answer) => {
                if let Some(asker) = asker {
                    self.reply(&asker, true, |context| speech::answer(&answer, context));
                }
            }
            Err(refusal) => {
                let topic = topic.to_owned();
                self.refuse(&Refused { topic, retained: false, refusal, example: None, asker });
            }
        }
    }

    /// Says in the log what was wished and is followed; what is refused is said with its reason.
    /// What somebody tells of a body is nobody's business who may read logs.
    pub(super) fn log_wish(&self, id: BedroomId, wish: &Wish, before: &Picture) {
        let plan = self.engine.plan();
        if let (Some(Ok(_)), Some(room)) = (self.judged(id, wish, before), bedroom(plan, id)) {
            let asked = speech::wish(wish, room, Numbers::of(plan));
            if matches!(wish, Wish::Drink { .. } | Wish::Cramp { .. } | Wish::NoCramp { .. }) {
                tracing::info!("{}: something was noted in the diary", room.name);
                tracing::debug!("{}: noted: {asked}", room.name);
            } else {
                tracing::info!("{}: asked: {asked}", room.name);
            }
        }
    }

    /// What became of a wish that the engine has just heard.
    fn judged(
        &self,
        id: BedroomId,
        wish: &Wish,
        before: &Picture,
    ) -> Option<Result<Answer, Refusal>> {
        let (plan, now, wall) = (self.engine.plan(), self.now, self.engine.wall());
        let after = self.engine.picture(id, now)?;
        let wished = Wished { plan, bedroom: bedroom(plan, id)?, now, wall };
        Some(surface::answer(wish, &wished, before, &after))
    }

    /// Answers somebody in the language that was spoken, else in the bedroom's.
    pub(super) fn reply(
        &mut self,
        asker: &Asker,
        done: bool,
        say: impl FnOnce(&Context<'_>) -> String,
    ) {
        let (plan, wall) = (self.engine.plan(), self.engine.wall());
        let Some(context) = Context::new(plan, asker.bedroom, wall, self.now) else { return };
        let own = || speech::language_of(context.bedroom, plan.language);
        let language = asker.language.unwrap_or_else(own);
        let text = say(&Context { language, ..context });
        tracing::debug!("{}: answered: {text}", context.bedroom.name);
        let reply = surface::reply(plan, asker, done, &text, language);
        self.answered.remember(self.now, &asker.id, &reply);
        self.answer_within(reply, ANSWER_FOR);
    }
}

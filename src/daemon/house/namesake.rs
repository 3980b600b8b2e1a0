//! Another uncramp below the same base topic: both would command the same devices.
//!
//! A new connection says who it is on `instance`. Whoever hears a stranger say so *now*
//! tells its household, and answers, so that the stranger hears of it too. What the broker
//! merely kept may be ours from before the state was lost, and proves nothing. One that
//! goes says `offline` on the status that both share; who is still there says `online`
//! again, and asks who else is.

use std::collections::BTreeMap;

use super::{House, echo};
use crate::daemon::Render;
use crate::engine::Fault;
use crate::model::{Span, Time};
use crate::plan::Plan;
use crate::surface;

/// So many strangers are remembered; more would be nonsense.
const MOST: usize = 16;

/// A stranger is answered this often at most: two that answer each other come to an end.
const ANSWER_EVERY: Span = Span::seconds(30);

/// Who has not spoken so long after being asked is gone.
const GONE_AFTER: Span = Span::seconds(60);

/// The strangers that were heard since everybody was last asked.
#[derive(Debug, Default)]
pub(super) struct Namesakes {
    /// When each was last answered.
    known: BTreeMap<String, Time>,
    /// Until when a stranger has time to say that it is there.
    asked: Option<Time>,
    /// We leave, and say so ourselves.
    left: bool,
}

impl Namesakes {
    /// What is said from now on is our own farewell.
    pub(super) fn leave(&mut self) {
        self.left = true;
    }

    /// A stranger speaks: whether it is a new one, and whether it is to be answered.
    fn meet(&mut self, id: &str, now: Time) -> (bool, bool) {
        self.asked = None;
        let before = self.known.get(id).copied();
        let answered = before.is_none_or(|at| now.since(at) >= ANSWER_EVERY);
        if answered && (before.is_some() || self.known.len() < MOST) {
            self.known.insert(id.to_owned(), now);
        }
        (before.is_none(), answered)
    }
}

/// Where uncramps speak of themselves.
pub(super) fn topics(plan: &Plan) -> Vec<String> {
    let own = [surface::instance_topic(plan), surface::status(plan, true).topic];
    own.into_iter().chain(echo::topics(plan)).collect()
}

impl<R: Render> House<R> {
    /// Takes in what somebody said of themselves below our base topic. Returns whether the
    /// message was that.
    pub(super) fn of_ourselves(&mut self, topic: &str, payload: &[u8], retained: bool) -> bool {
        self.look();
        if surface::is_instance(self.engine.plan(), topic) {
            self.met(payload, retained);
            return true;
        }
        if surface::is_device(self.engine.plan(), topic) {
            self.echoes.heard_device(topic, payload);
            return true;
        }
        let farewell = surface::status(self.engine.plan(), false);
        if topic != farewell.topic {
            return false;
        }
        if payload == farewell.payload && !retained && !self.namesakes.left {
            let here = surface::status(self.engine.plan(), true);
            self.outbox.state(here);
            let own = self.who_we_are();
            self.outbox.state(own);
            self.ask_for_namesakes();
        }
        true
    }

    /// We have said who we are: whoever else is there answers.
    pub(super) fn ask_for_namesakes(&mut self) {
        self.namesakes.known.clear();
        self.namesakes.asked = Some(self.now + GONE_AFTER);
    }

    /// Nobody else answered: a fault that was told is over.
    pub(super) fn look_for_namesakes(&mut self) {
        if self.up && self.namesakes.asked.is_some_and(|until| until <= self.now) {
            self.namesakes.asked = None;
            self.tell_of_house(Fault::Namesake, false);
        }
    }

    fn met(&mut self, payload: &[u8], retained: bool) {
        let Some((id, host)) = surface::who(payload).filter(|_| !retained) else { return };
        if id == self.instance {
            self.echoes.heard_instance();
            return;
        }
        let (is_new, answered) = self.namesakes.meet(&id, self.now);
        if is_new {
            let base = &self.engine.plan().base_topic;
            tracing::error!(
                "another uncramp, on “{host}”, speaks below “{base}” on this broker. Both command \
                 what they share, one against the other: stop one of them, or give it a \
                 `base_topic` and devices of its own"
            );
            let what = format!("another uncramp, on {host}, speaks below the same topic");
            self.systemd.status(&what);
            self.tell_of_house(Fault::Namesake, true);
        }
        if answered {
            let own = self.who_we_are();
            self.outbox.state(own);
        }
    }
}

//! What is listened to, and what the broker said about it.
//!
//! Everything is subscribed to anew on each connection. Once a packet was too large to
//! be read, bedrooms are subscribed to one at a time, each followed by an unsubscription
//! from a topic that nobody has: its answer comes after every retained message of that
//! bedroom. The bedroom during which the connection breaks again is left out for an hour.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rumqttc::{QoS, Subscribe, SubscribeFilter, SubscribeReasonCode, Unsubscribe};

use crate::daemon::clock;

/// How many topics one packet asks for.
const MOST_TOPICS: usize = 100;

/// How long a bedroom whose topics broke the connection is left out, in milliseconds.
const LEFT_OUT_FOR: i64 = 3_600_000;

/// A topic that nobody has.
pub(super) const NOWHERE: &str = "uncramp-asks-nothing";

/// The topics of one bedroom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Whose they are, for the log.
    pub name: String,
    /// Topics or filters, and whether delivery is confirmed (quality of service 1).
    pub topics: Vec<(String, bool)>,
}

/// What to do next.
#[derive(Debug)]
pub(super) enum Step {
    Subscribe(Subscribe),
    Unsubscribe(Unsubscribe),
    /// All were answered; these were refused.
    Done(Vec<String>),
}

#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    wanted: Vec<Subscription>,
    careful: bool,
    /// Until when a bedroom is left out, in milliseconds since boot.
    left_out: BTreeMap<usize, i64>,
    /// In careful mode: which one is being tried, and which ones come after it.
    trying: Option<usize>,
    next: VecDeque<usize>,
    /// Asked and not yet answered, in the order of asking; unnumbered until written.
    asked: VecDeque<(Option<u16>, Vec<String>)>,
    refused: Vec<String>,
}

impl Subscriptions {
    /// Other topics from now on: what is no longer wanted is unsubscribed from.
    pub(super) fn replace(&mut self, wanted: Vec<Subscription>, up: bool) -> Vec<Step> {
        let old = std::mem::replace(&mut self.wanted, wanted);
        self.left_out.clear();
        if !up {
            return Vec::new();
        }
        let new: BTreeSet<&str> = topics(&self.wanted).collect();
        let gone = topics(&old).filter(|topic| !new.contains(topic));
        let gone: Vec<String> = gone.map(str::to_owned).collect();
        let mut steps: Vec<Step> = gone
            .chunks(MOST_TOPICS)
            .map(|some| {
                let mut packet = Unsubscribe::new(some[0].clone());
                packet.topics = some.to_vec();
                Step::Unsubscribe(packet)
            })
            .collect();
        steps.extend(self.connected());
        steps
    }

    /// The connection stands.
    pub(super) fn connected(&mut self) -> Vec<Step> {
        self.refused.clear();
        self.asked.clear();
        self.trying = None;
        if !self.careful {
            let all: Vec<usize> = (0..self.wanted.len()).collect();
            let steps = all.into_iter().flat_map(|n| self.ask(n)).collect::<Vec<_>>();
            return if steps.is_empty() { vec![Step::Done(Vec::new())] } else { steps };
        }
        let now = clock::uptime();
        self.left_out.retain(|_, until| *until > now);
        let left_out = &self.left_out;
        self.next = (0..self.wanted.len()).filter(|n| !left_out.contains_key(n)).collect();
        self.try_next()
    }

    /// The packet that asks was given this number.
    pub(super) fn numbered(&mut self, pkid: u16) {
        if let Some((number, _)) = self.asked.iter_mut().find(|(number, _)| number.is_none()) {
            *number = Some(pkid);
        }
    }

    /// The broker answered.
    pub(super) fn answered(&mut self, pkid: u16, codes: &[SubscribeReasonCode]) -> Vec<Step> {
        let place = self.asked.iter().position(|(number, _)| *number == Some(pkid));
        let Some((_, topics)) = place.and_then(|place| self.asked.remove(place)) else {
            return Vec::new();
        };
        for (topic, code) in topics.into_iter().zip(codes) {
            if *code == SubscribeReasonCode::Failure {
                tracing::error!(
                    "the broker refuses to let us listen to {topic}; check what its access list \
                     allows our user"
                );
                self.refused.push(topic);
            }
        }
        if !self.asked.is_empty() {
            return Vec::new();
        }
        if self.trying.is_some() {
            return vec![Step::Unsubscribe(Unsubscribe::new(NOWHERE))];
        }
        vec![Step::Done(self.refused.clone())]
    }

    /// An unsubscription was answered: in careful mode, the bedroom being tried did no
    /// harm.
    pub(super) fn passed(&mut self) -> Vec<Step> {
        if self.trying.is_some() && self.asked.is_empty() { self.try_next() } else { Vec::new() }
    }

    /// The connection broke, perhaps because a packet was too large. Returns whose it
    /// probably was.
    pub(super) fn lost(&mut self, too_large: bool) -> Option<String> {
        self.asked.clear();
        let tried = self.trying.take();
        if !too_large {
            self.careful = !self.left_out.is_empty();
            return None;
        }
        self.careful = true;
        let tried = tried?;
        self.left_out.insert(tried, clock::uptime() + LEFT_OUT_FOR);
        self.wanted.get(tried).map(|s| s.name.clone())
    }

    fn try_next(&mut self) -> Vec<Step> {
        self.trying = self.next.pop_front();
        match self.trying {
            Some(n) => {
                let steps = self.ask(n);
                if steps.is_empty() { self.try_next() } else { steps }
            }
            None => vec![Step::Done(self.refused.clone())],
        }
    }

    fn ask(&mut self, n: usize) -> Vec<Step> {
        let Some(subscription) = self.wanted.get(n) else { return Vec::new() };
        let mut steps = Vec::new();
        for some in subscription.topics.chunks(MOST_TOPICS) {
            let filters = some.iter().map(|(topic, confirmed)| {
                let qos = if *confirmed { QoS::AtLeastOnce } else { QoS::AtMostOnce };
                SubscribeFilter::new(topic.clone(), qos)
            });
            steps.push(Step::Subscribe(Subscribe::new_many(filters)));
            self.asked.push_back((None, some.iter().map(|(topic, _)| topic.clone()).collect()));
        }
        steps
    }
}

fn topics(list: &[Subscription]) -> impl Iterator<Item = &str> {
    list.iter().flat_map(|it| &it.topics).map(|(topic, _)| topic.as_str())
}

//! Whether what we say of ourselves comes back. A broker whose access rules forbid a topic says so
//! to nobody: what is published there looks as if it had arrived (MQTT 3.1.1 knows no other
//! answer), what is listened to as if it were granted.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::House;
use crate::daemon::Render;
use crate::model::{Span, Time};
use crate::plan::Plan;
use crate::surface;
use crate::wire::Message;

/// What has not come back by then does not come.
const WITHIN: Span = Span::seconds(10);

/// So many devices are listened for. What comes back is as long as what was said, and a house of
/// many bedrooms has one rule for all of them.
const MOST: usize = 16;

/// Where devices are introduced that are to come back.
pub(super) fn topics(plan: &Plan) -> Vec<String> {
    surface::device_topics(plan, MOST)
}

/// What was said and has not come back.
#[derive(Debug, Default)]
pub(super) struct Echoes {
    /// The devices introduced to Home Assistant, by their topics.
    devices: BTreeMap<String, u64>,
    /// Who we are.
    instance: bool,
    /// When all of it is to be there; none before the broker answered what we listen to.
    due: Option<Time>,
}

impl Echoes {
    /// A new connection: everything is said again.
    pub(super) fn begin(&mut self) {
        *self = Self { instance: true, ..Self::default() };
    }

    /// A device was introduced.
    pub(super) fn said(&mut self, message: &Message) {
        self.devices.insert(message.topic.clone(), print_of(&message.payload));
    }

    /// Somebody's word on our instance's topic was our own, said on this connection.
    pub(super) fn heard_instance(&mut self) {
        self.instance = false;
    }

    /// What the broker keeps as we said it may have been kept from before: that is as good.
    pub(super) fn heard_device(&mut self, topic: &str, payload: &[u8]) {
        if self.devices.get(topic).is_some_and(|said| *said == print_of(payload)) {
            self.devices.remove(topic);
        }
    }

    /// When it is looked at.
    pub(super) const fn next(&self) -> Option<Time> {
        self.due
    }
}

/// What tells one payload from another where the payload itself would be too much to keep.
pub(super) fn print_of(payload: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    payload.hash(&mut hasher);
    hasher.finish()
}

impl<R: Render> House<R> {
    /// The broker answered what we listen to: from now on our own words come back.
    pub(super) fn expect_echoes(&mut self) {
        if self.echoes.instance {
            let own = self.who_we_are();
            self.outbox.state(own);
        }
        self.echoes.due = Some(self.now + WITHIN);
    }

    /// Says what the broker keeps from us, once a connection.
    pub(super) fn look_for_echoes(&mut self) {
        if !self.subscribed || self.echoes.due.is_none_or(|due| due > self.now) {
            return;
        }
        self.echoes.due = None;
        let instance = self.echoes.instance.then(|| surface::instance_topic(self.engine.plan()));
        let devices = self.echoes.devices.keys().cloned();
        let missing: Vec<String> = instance.into_iter().chain(devices).collect();
        if missing.is_empty() {
            return;
        }
        tracing::error!(
            "the broker does not hand on what uncramp says on {}: its access rules (ACL) are likely \
             to forbid it. A broker tells nobody that it refuses something; the rules that uncramp \
             needs are in config/mosquitto/uncramp.acl",
            shortened(&missing)
        );
        self.systemd.status("the broker does not hand on what uncramp says: see the log");
    }
}

/// Some of them, and how many more.
fn shortened(topics: &[String]) -> String {
    const MOST: usize = 5;
    let some = topics[..topics.len().min(MOST)].join(", ");
    match topics.len().saturating_sub(MOST) {
        0 => some,
        more => format!("{some} and {more} more"),
    }
}

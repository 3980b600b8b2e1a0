//! Another uncramp below the same base topic: both would command the same devices.
//!
//! A new connection says who it is on `instance`. Whoever hears a stranger say so *now*
//! tells its household, and answers once, so that the stranger hears of it too. What the
//! broker merely kept may be ours from before the state was lost, and proves nothing.

use std::collections::BTreeSet;

use super::House;
use crate::daemon::Render;
use crate::surface;

/// So many strangers are remembered; more would be nonsense.
const MOST: usize = 16;

/// The strangers that were heard since the start.
#[derive(Debug, Default)]
pub(super) struct Namesakes(BTreeSet<String>);

impl Namesakes {
    /// Whether this one is heard for the first time.
    fn meet(&mut self, id: &str) -> bool {
        self.0.len() < MOST && self.0.insert(id.to_owned())
    }
}

impl<R: Render> House<R> {
    /// Takes in what somebody said of themselves below our base topic.
    pub(super) fn met(&mut self, payload: &[u8], retained: bool) {
        let Some((id, host)) = surface::who(payload).filter(|_| !retained) else { return };
        if id == self.instance || !self.namesakes.meet(&id) {
            return;
        }
        let base = &self.engine.plan().base_topic;
        tracing::error!(
            "another uncramp, on “{host}”, speaks below “{base}” on this broker. Both command what \
             they share, one against the other: stop one of them, or give it a `base_topic` and \
             devices of its own"
        );
        self.systemd.status(&format!("another uncramp, on {host}, speaks below the same topic"));
        let own = self.who_we_are();
        self.outbox.state(own);
    }
}

//! What goes wrong with the house itself: its disk, and its configuration's file.

use super::{House, bedrooms};
use crate::daemon::Render;
use crate::daemon::supply::Supply;
use crate::engine::{Event, Fault};
use crate::model::{BedroomId, Span, Time};
use crate::view::Dropped;

/// A disk that failed is well again after so long: one that only answers now and then is not.
const WELL_AFTER: Span = Span::seconds(60);

/// A supply that was too weak is well again after so long: what draws much power now and then is
/// told of once a day at most.
const STRONG_AFTER: Span = Span::hours(24);

const OUTDATED: &str = "the configuration is wrong, and what it said before is in force: see \
                        uncramp check";

/// What went wrong.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    /// When the disk last failed, until it is well again.
    failed: Option<Time>,
    /// How often the state's file was set aside.
    set_aside: u32,
    supply: Supply,
    /// When it was last too weak, until it is well again.
    weak: Option<Time>,
    /// What was recorded last of what was dropped.
    dropped: Dropped,
    /// A bedroom's state could not be read at the start.
    unreadable: bool,
}

impl Troubles {
    /// A bedroom's state could not be read.
    pub(super) const fn unreadable(&mut self) {
        self.unreadable = true;
    }
}

impl<R: Render> House<R> {
    /// Looks after the machine's power supply from here on.
    pub(in crate::daemon) fn watch(&mut self, supply: Supply) {
        self.troubles.supply = supply;
    }

    /// Tells the keeper of what has begun and of what is over.
    pub(super) fn look_for_trouble(&mut self) {
        let (store, history) = (self.store.health(), self.history_health());
        if store.set_aside > self.troubles.set_aside {
            self.troubles.set_aside = store.set_aside;
            self.record_anew();
        }
        if store.failing || history.failing {
            self.troubles.failed = Some(self.now);
        } else {
            let now = self.now;
            self.troubles.failed = self.troubles.failed.filter(|at| now.since(*at) < WELL_AFTER);
        }
        self.count_dropped(Dropped {
            readings: history.dropped_readings,
            records: history.dropped_records,
            diary: store.dropped,
        });
        let renewed = store.set_aside + history.set_aside > 0 || self.troubles.unreadable;
        let known = self.engine.faults_of_the_house();
        let is_told = |fault: Fault| known.iter().any(|(_, told)| *told == fault);
        let weak = self.is_supply_weak(is_told(Fault::WeakSupply));
        for (fault, stands, what) in [
            (Fault::OldConfiguration, self.configuration.is_outdated(), OUTDATED),
            (Fault::SetAside, renewed, "what could not be read was set aside: see the log"),
            (Fault::Untold, self.untold.failed(), "what was to be said reached nobody"),
            (Fault::WeakSupply, weak, "the machine's power supply is too weak"),
            (Fault::Disk, self.troubles.failed.is_some(), "the disk takes nothing: see the log"),
        ] {
            if is_told(fault) != stands {
                let what = if stands { what.to_owned() } else { format!("over: {what}") };
                self.systemd.status(&what);
                self.tell_of_house(fault, stands);
            }
        }
        self.look_for_left(&known);
    }

    /// The keeper learns of it once, whatever number of bedrooms there is, and from the bedroom
    /// that is first. That it is over is told where it was told of: another one may be first by
    /// then.
    pub(super) fn tell_of_house(&mut self, fault: Fault, stands: bool) {
        let known = self.engine.faults_of_the_house();
        let mut told: Vec<BedroomId> =
            known.into_iter().filter(|(_, it)| *it == fault).map(|(bedroom, _)| bedroom).collect();
        if stands {
            let first = bedrooms(self.engine.plan()).map(|(bedroom, _)| bedroom).next();
            told = first.filter(|_| told.is_empty()).into_iter().collect();
        }
        for bedroom in told {
            self.tell(Event::Noticed { bedroom, fault, stands });
        }
    }

    /// S9: what left the configuration and does not confirm that it is off. What was told of
    /// stands until nobody waits for it, also over a restart.
    fn look_for_left(&mut self, known: &[(BedroomId, Fault)]) {
        let over = known.iter().map(|(_, fault)| *fault).filter(
            |fault| matches!(fault, Fault::Left { device } if !self.leaving.waits_for(*device)),
        );
        let mut news: Vec<(Fault, bool)> = over.map(|fault| (fault, false)).collect();
        let in_vain = self.leaving.in_vain().map(|device| Fault::Left { device });
        news.extend(in_vain.map(|fault| (fault, true)));
        for (fault, stands) in news {
            self.tell_of_house(fault, stands);
        }
    }

    /// Whether the supply is too weak, or was within a day. What was `told` before a restart is
    /// told of no more often for that.
    fn is_supply_weak(&mut self, told: bool) -> bool {
        let (now, last) = (self.now, self.troubles.weak);
        let again = self.troubles.supply.is_weak() || told && last.is_none();
        self.troubles.weak =
            if again { Some(now) } else { last.filter(|at| now.since(*at) < STRONG_AFTER) };
        self.troubles.weak.is_some()
    }

    /// Shows and records how much was dropped, when that has changed.
    fn count_dropped(&mut self, dropped: Dropped) {
        if std::mem::replace(&mut self.troubles.dropped, dropped) != dropped {
            self.store.dropped(dropped);
            self.render.dropped(dropped);
            self.views.all_heard();
        }
    }

    /// A file that was begun anew has nothing of what the one before had.
    fn record_anew(&mut self) {
        self.store.dropped(self.troubles.dropped);
        self.record_plan();
        self.store.adjustments(&self.standing);
        self.store.introduced(&self.introduced);
        self.leaving.forget_recorded();
        self.record_leaving();
        self.untold.forget_recorded();
        self.record_untold();
        self.save_all();
    }
}

#[cfg(test)]
mod tests;

//! Who speaks there: said once to those who sleep there, and never again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Action, Audience, Urgency, Words};
use super::soonest::Soonest;
use crate::model::{Hours, Span, Time};
use crate::rules::{Facts, Why};

/// Whether the sleepers know who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Introduction {
    /// By which announcement they were told.
    pub(crate) said: Option<u64>,
    /// The last evening on which they were told.
    evening: Option<NaiveDate>,
}

impl Introduction {
    /// Nobody could hear it: it begins the next words, or the next evening.
    pub(crate) fn failed(&mut self, id: u64) {
        self.said.take_if(|said| *said == id);
    }
}

/// How long before the quiet hours people are told in the evening: awake, and at home.
const BEFORE_QUIET: Span = Span::hours(1);

impl Bedroom {
    /// In the first evening people learn who will switch things beside their bed at night,
    /// unless the first words have told them already. S7: before the quiet hours.
    pub(super) fn introduce(
        &mut self,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let evening = Some(facts.hours.evening);
        let due = introduced_at(&facts.hours) <= facts.now && facts.now < facts.hours.bedtime;
        let heard = !facts.away && !facts.hours.quiet(facts.now) && !facts.may_be_asleep();
        if self.introduction.said.is_none() && self.introduction.evening != evening && due && heard
        {
            self.introduction.evening = evening;
            let words = Words::Welcome;
            out.push(self.announce(facts, words, Audience::Sleeper, Urgency::Gentle, around));
        }
    }

    /// When that may be.
    pub(super) fn offer_introduction(&self, facts: &Facts, soonest: &mut Soonest) {
        if self.introduction.said.is_none() {
            soonest.offer(introduced_at(&facts.hours), Why::Reminder);
        }
    }
}

fn introduced_at(hours: &Hours) -> Time {
    hours.bedtime - Hours::QUIET_MARGIN - BEFORE_QUIET
}

//! Somebody else's words, spoken here: never in quiet hours nor beside a sleeper (S7).

use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Action, Audience, Hush, Unsaid, Urgency, Words};
use crate::model::Time;
use crate::plan::Mode;
use crate::rules::Facts;

impl Bedroom {
    /// Says what it was given, or says why not.
    pub(crate) fn utter(
        &mut self,
        now: Time,
        text: String,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let facts = self.facts(now, around);
        out.push(match self.hush(&facts, around) {
            None => {
                let words = Words::Said(text);
                self.announce(&facts, words, Audience::Sleeper, Urgency::Gentle, around)
            }
            Some((hush, until)) => Action::Unsaid(Unsaid { bedroom: around.id, hush, until }),
        });
    }

    /// Why nothing may be said at this instant, and until when, where that is known.
    fn hush(&self, facts: &Facts, around: &Surroundings<'_>) -> Option<(Hush, Option<Time>)> {
        let known = |until: Option<Time>| until.filter(|until| *until < Time::NEVER);
        if self.tonight.paused(facts.now) {
            Some((Hush::Paused, self.tonight.paused_until))
        } else if self.mode == Mode::Off {
            Some((Hush::Off, None))
        } else if !around.wall.synchronised {
            // S12: nobody knows whether it is night.
            Some((Hush::ClockNotSet, None))
        } else if facts.away {
            Some((Hush::Away, known(self.away_until)))
        } else if let Some(until) = facts.hours.quiet_until(facts.now) {
            Some((Hush::QuietHours, Some(until)))
        } else {
            facts.may_be_asleep().then_some((Hush::Asleep, None))
        }
    }
}

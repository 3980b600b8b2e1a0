//! Reminders that fall due: what is said, and to whom.

use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Action, Announcement, Audience, Order, Outcome, SpokenAt, Urgency, Words};
use super::soonest::Soonest;
use crate::model::{Span, Time};
use crate::plan::Mode;
use crate::rules::conditions::{self, Lock};
use crate::rules::{Facts, InBed, Why, hydration};

/// One after the other: somebody may be answering the one before, and a speaker that is given
/// more words leaves those that it is at.
pub(super) const APART: Span = Span::minutes(2);

impl Bedroom {
    /// Speaks what falls due.
    pub(crate) fn remind(
        &mut self,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        // S12: a clock that nothing has set may tell noon in the middle of the night.
        if !around.wall.synchronised {
            return;
        }
        self.tell_watched(facts, around, out);
        if !self.spoke_lately(facts.now) {
            self.ask_about_the_night(facts, around, out);
        }
        self.tell_who_is_asked_no_more(facts, around, out);
        if self.mode_at(facts.now) != Mode::Auto || self.tonight.guest(facts.now) {
            return;
        }
        let settings = &around.plan.hydration;
        for (index, sleeper) in around.plan.sleepers.iter().enumerate() {
            if self.spoke_lately(facts.now) {
                break;
            }
            let number = self.next_number(facts.now);
            let Some((_, drinking)) = self.drinking.get_mut(index) else { continue };
            let Some(prompt) = hydration::judge(facts, settings, sleeper, drinking) else {
                continue;
            };
            drinking.last_prompt = Some(facts.now);
            drinking.note_asked(facts.now, prompt.amount);
            drinking.prompts = drinking.prompts.saturating_add(1);
            drinking.open.push(number);
            let words =
                Words::Drink { sleeper: index, amount: prompt.amount, reason: prompt.reason };
            out.push(self.announce(facts, words, Audience::Sleeper, Urgency::Gentle, around));
        }
        let advice = self.morning.due(facts);
        if !advice.is_empty() && !self.spoke_lately(facts.now) {
            self.morning.tell(facts.now);
            let words = Words::Air(advice);
            out.push(self.announce(facts, words, Audience::Sleeper, Urgency::Gentle, around));
        }
        if !self.spoke_lately(facts.now) {
            self.introduce(facts, around, out);
        }
        self.ask_to_confirm(facts, around, out);
    }

    /// Whether what is no danger waits a moment.
    fn spoke_lately(&self, now: Time) -> bool {
        self.spoke.is_some_and(|at| now.since(at) < APART)
    }

    /// When a reminder may fall due.
    pub(crate) fn offer_reminders(
        &self,
        facts: &Facts,
        around: &Surroundings<'_>,
        soonest: &mut Soonest,
    ) {
        for (sleeper, (_, drinking)) in around.plan.sleepers.iter().zip(&self.drinking) {
            let next = hydration::next(facts, &around.plan.hydration, sleeper, drinking);
            if let Some((at, why)) = next {
                soonest.offer(at, why);
            }
            soonest.offer(facts.hours.day(facts.now).0, Why::Hour);
        }
        soonest.offer_some(self.spoke.map(|at| at + APART), Why::Reminder);
        self.offer_questions(soonest);
        self.offer_introduction(facts, soonest);
        self.offer_watched(facts, soonest);
    }

    /// Somebody says that they did what they were reminded of.
    pub(crate) fn answered_by_hand(&mut self) {
        for (_, drinking) in &mut self.drinking {
            drinking.open.clear();
        }
    }

    /// What was announced under that number comes later; without one, what was said last.
    pub(crate) fn put_off(&mut self, now: Time, id: Option<u64>) {
        self.ask_later(now, id);
        for (_, drinking) in &mut self.drinking {
            let meant = id.or_else(|| drinking.open.last().copied());
            if meant.is_some_and(|meant| drinking.open.contains(&meant)) {
                drinking.last_prompt = Some(now);
                // Who says "later" has not left it unanswered.
                drinking.open.retain(|open| Some(*open) != meant);
            }
        }
    }

    /// Takes note of what became of an announcement.
    pub(crate) fn announced(&mut self, id: u64, outcome: Outcome) {
        match outcome {
            Outcome::Spoken => {}
            Outcome::Failed => {
                self.introduction.failed(id);
                self.question_met(id, false);
            }
            Outcome::Answered => {
                self.question_met(id, true);
                for (_, drinking) in &mut self.drinking {
                    drinking.open.retain(|open| *open != id);
                }
            }
        }
    }

    /// A reminder that fell into a gap, or into a jump of the clock, is skipped.
    pub(crate) fn skip_reminders(&mut self, now: Time, around: &Surroundings<'_>) {
        let facts = self.facts(now, around);
        let settings = &around.plan.hydration;
        if !self.morning.due(&facts).is_empty() {
            self.morning.tell(now);
            self.skipped = self.skipped.saturating_add(1);
        }
        self.skip_questions(&facts, around);
        for (sleeper, (_, drinking)) in around.plan.sleepers.iter().zip(&mut self.drinking) {
            if hydration::judge(&facts, settings, sleeper, drinking).is_some() {
                drinking.last_prompt = Some(now);
                self.skipped = self.skipped.saturating_add(1);
            }
        }
    }

    /// The first words of uncramp's own to a sleeper begin with who speaks; danger comes first,
    /// and says no more than what is to be done.
    fn introduces(&mut self, words: &Words, id: u64) -> bool {
        let own = match words {
            Words::Drink { .. } | Words::LastNight { .. } | Words::Air(_) | Words::Welcome => true,
            Words::Watched { .. }
            | Words::Said(_)
            | Words::Fault(_)
            | Words::Healed(_)
            | Words::AskedNoMore { .. }
            | Words::ConfirmConditions { .. } => false,
        };
        let first = own && self.introduction.said.is_none();
        if first {
            self.introduction.said = Some(id);
        }
        first && *words != Words::Welcome
    }

    /// Answers about conditions age; the keeper is asked once a month for each sleeper.
    fn ask_to_confirm(&mut self, facts: &Facts, around: &Surroundings<'_>, out: &mut Vec<Action>) {
        let month = (facts.hours.year, facts.hours.month);
        if !around.plan.hydration.enabled {
            return;
        }
        for (index, sleeper) in around.plan.sleepers.iter().enumerate() {
            let Some((_, drinking)) = self.drinking.get_mut(index) else { continue };
            let lock = conditions::water(sleeper, month.0, month.1);
            if lock != Some(Lock::Unconfirmed) || drinking.asked.replace(month) == Some(month) {
                continue;
            }
            let words = Words::ConfirmConditions { sleeper: index };
            out.push(self.announce(facts, words, Audience::Keeper, Urgency::Normal, around));
        }
    }

    /// The next announcement's number, which goes up with time. Whoever lost what was announced
    /// after the state was last saved gives later words none of those numbers, and the same words
    /// their own again (S9).
    fn next_number(&self, now: Time) -> u64 {
        self.next_id + u64::try_from(now.since(self.numbered).0).unwrap_or_default()
    }

    pub(super) fn announce(
        &mut self,
        facts: &Facts,
        words: Words,
        audience: Audience,
        urgency: Urgency,
        around: &Surroundings<'_>,
    ) -> Action {
        let id = self.next_number(facts.now);
        (self.next_id, self.numbered) = (id + 1, facts.now);
        if audience == Audience::Sleeper {
            self.spoke = Some(facts.now);
        }
        let place = match audience {
            // Whoever gives words to a bedroom has said where.
            Audience::Sleeper if matches!(words, Words::Said(_)) => SpokenAt::Bed,
            // Who has been up for a while is asked where people are.
            Audience::Sleeper
                if matches!(words, Words::LastNight { .. })
                    && matches!(facts.in_bed, InBed::Empty(_)) =>
            {
                SpokenAt::Home
            }
            Audience::Sleeper if is_at_the_bed(facts) => SpokenAt::Bed,
            Audience::Sleeper | Audience::Keeper => SpokenAt::Home,
        };
        let valid_for = match (audience, urgency) {
            (Audience::Sleeper, Urgency::Gentle) => Announcement::GENTLE_FOR,
            (Audience::Sleeper | Audience::Keeper, _) => Announcement::TOLD_FOR,
        };
        let order = match urgency {
            Urgency::Gentle => Order::RecordFirst,
            Urgency::Normal | Urgency::Alarm => Order::SendFirst,
        };
        let introduces = self.introduces(&words, id);
        Action::Announce(Announcement {
            bedroom: around.id,
            id,
            words,
            introduces,
            audience,
            place,
            urgency,
            quiet: facts.hushed() && urgency != Urgency::Alarm,
            valid_until: facts.now + valid_for,
            order,
        })
    }
}

/// Whether the sleepers are in the bedroom, as far as anybody knows: somebody is in bed, or
/// was a moment ago, or it is the hour before the usual bedtime or after the usual wake.
fn is_at_the_bed(facts: &Facts) -> bool {
    facts.in_bed_now == Some(true)
        || facts.in_bed.occupied().is_some()
        || facts.hours.quiet(facts.now)
}

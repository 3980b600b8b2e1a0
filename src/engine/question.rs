//! The morning's question: any cramp last night? A night that was asked about is not one
//! that nobody spoke of.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::bedroom::{Bedroom, Surroundings};
use super::contract::{Action, Audience, Urgency, Words};
use super::morning::{HALF_A_DAY, told_lately};
use super::remind::APART;
use super::soonest::Soonest;
use crate::model::{Quantity, Span, Time};
use crate::plan::Mode;
use crate::rules::{Facts, Why, conditions};

/// What one sleeper was asked, and told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Question {
    /// The last night that was watched, by its evening.
    night: Option<NaiveDate>,
    /// Somebody was seen in bed in it.
    lain: bool,
    /// For a part of it nobody knew.
    unseen: bool,
    /// The night that was last asked about.
    asked: Option<NaiveDate>,
    /// When it was first asked about.
    first: Option<Time>,
    /// When anything was last asked, and under which number.
    last: Option<(Time, u64)>,
    /// How often that night was asked about.
    times: u8,
    /// "Later": from then on again.
    again: Option<Time>,
    /// The nights of which the sleeper told last, whether there was a cramp or none: before
    /// bedtime it may be the one that begins or the one that was.
    told: [Option<NaiveDate>; 2],
    /// So many mornings in a row without an answer.
    unanswered: u8,
    /// The keeper was told that nobody asks any more.
    #[serde(default)]
    rest_told: bool,
}

/// A morning is so long; later, people have forgotten, and are elsewhere.
const MORNING: Span = Span::hours(4);
/// "Later" is so much later.
const LATER: Span = Span::minutes(30);
/// So often a night is asked about: "later" can be said twice.
const MOST_TIMES: u8 = 3;
/// Who gave no answer on so many mornings in a row is left alone.
const MOST_UNANSWERED: u8 = 3;
/// A clock that was wrong by more says nothing about which nights were asked about.
const A_WEEK: Days = Days::new(7);

impl Question {
    /// Takes note of whether this sleeper's side of the bed is used in the night.
    fn note(&mut self, facts: &Facts, in_bed: Option<bool>) {
        if !facts.hours.asleep(facts.now) {
            return;
        }
        if self.night != Some(facts.hours.evening) {
            self.night = Some(facts.hours.evening);
            // Whoever is away sleeps elsewhere.
            (self.lain, self.unseen) = (false, facts.now > facts.hours.bedtime && !facts.away);
        }
        self.lain |= in_bed == Some(true);
        self.unseen |= in_bed.is_none() && !facts.away;
    }

    /// It is time to ask about the night that was, as far as the clock and what was said
    /// before go.
    fn due(&self, facts: &Facts) -> bool {
        !self.rests() && self.fits(facts)
    }

    /// It would be time to, if anybody answered.
    fn is_missed(&self, facts: &Facts) -> bool {
        self.rests() && self.fits(facts)
    }

    /// Nobody answered for so long that nobody is asked any more.
    pub(super) const fn rests(&self) -> bool {
        self.unanswered >= MOST_UNANSWERED
    }

    fn fits(&self, facts: &Facts) -> bool {
        let night = facts.hours.last_night(facts.now);
        let slept = self.night == Some(night) && (self.lain || self.unseen);
        if self.told.contains(&Some(night)) || !slept {
            return false;
        }
        if self.asked == Some(night) {
            return self.again.is_some_and(|at| at <= facts.now && facts.now < at + MORNING);
        }
        // S12: a clock that jumps back brings no second morning, and no night again.
        let over = self.asked.is_some_and(|asked| (night..=night + A_WEEK).contains(&asked));
        let wake = last_wake(facts);
        let morning = wake <= facts.now && facts.now < wake + MORNING;
        morning && !over && !told_lately(self.first, facts.now)
    }

    /// It is asked now, or it is skipped.
    fn ask(&mut self, now: Time, night: NaiveDate) {
        if self.asked != Some(night) {
            (self.asked, self.first, self.times) = (Some(night), Some(now), 0);
        }
        self.times = self.times.saturating_add(1);
        (self.again, self.last) = (None, None);
    }

    /// It was asked under that number.
    fn said(&mut self, now: Time, id: u64) {
        self.last = Some((now, id));
        self.unanswered = self.unanswered.saturating_add(u8::from(self.times == 1));
    }

    fn answered(&mut self) {
        (self.unanswered, self.rest_told) = (0, false);
    }

    fn tell(&mut self, night: Option<NaiveDate>) {
        self.answered();
        if night.is_none() {
            return;
        }
        if !self.told.contains(&night) {
            self.told = [night, self.told[0]];
        }
        // What was answered is not put off any more.
        if night == self.asked {
            (self.times, self.again) = (MOST_TIMES, None);
        }
    }

    /// "Later", twice at most, and not once it was answered.
    fn postpone(&mut self, now: Time) {
        self.answered();
        if self.times < MOST_TIMES {
            self.again = Some(now + LATER);
        }
    }

    /// Under which number the last night was asked about, and whether that was a moment ago; none
    /// if it cannot be put off.
    pub(super) fn waits(&self, facts: &Facts) -> Option<(u64, bool)> {
        let last_night = self.asked == Some(facts.hours.last_night(facts.now));
        let (_, id) = self.last.filter(|_| last_night && self.times < MOST_TIMES)?;
        Some((id, self.asked_since(facts.now - LATER)))
    }

    fn asked_since(&self, since: Time) -> bool {
        self.last.is_some_and(|(at, _)| at >= since)
    }

    fn is(&self, id: u64) -> bool {
        self.last.is_some_and(|(_, last)| last == id)
    }
}

impl Bedroom {
    /// Takes note of who lies in bed in the night.
    pub(super) fn note_nights(&mut self, facts: &Facts, around: &Surroundings<'_>) {
        for index in 0..self.questions.len() {
            let in_bed = self.side(index, around);
            self.questions[index].1.note(facts, in_bed);
        }
    }

    /// Nobody saw the bed for a while; of one that everybody is away from there is nothing to
    /// see.
    pub(super) fn miss_nights(&mut self, now: Time) {
        if self.away_until.is_some_and(|until| now < until) {
            return;
        }
        for (_, question) in &mut self.questions {
            question.unseen = true;
        }
    }

    /// Asks what is due, one sleeper after the other. Asking is no switching: it is asked also
    /// while uncramp only watches, since a diary is what people compare nights by.
    pub(super) fn ask_about_the_night(
        &mut self,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        let Some(index) = self.asks_now(facts, around) else { return };
        let night = facts.hours.last_night(facts.now);
        let question = &mut self.questions[index].1;
        question.ask(facts.now, night);
        let later = question.times < MOST_TIMES;
        let words = Words::LastNight { sleeper: index, night, later };
        let said = self.announce(facts, words, Audience::Sleeper, Urgency::Gentle, around);
        if let Action::Announce(said) = &said {
            self.questions[index].1.said(facts.now, said.id);
        }
        out.push(said);
    }

    /// The keeper learns who is asked no more, once, on the first morning without a question:
    /// silence says nothing of itself. A phone is a sound: not in quiet hours.
    pub(super) fn tell_who_is_asked_no_more(
        &mut self,
        facts: &Facts,
        around: &Surroundings<'_>,
        out: &mut Vec<Action>,
    ) {
        if facts.hours.quiet(facts.now) || !self.may_ask(facts, around) {
            return;
        }
        for (index, sleeper) in around.plan.sleepers.iter().enumerate() {
            let Some((_, question)) = self.questions.get_mut(index) else { continue };
            let baby = conditions::is_baby(sleeper, facts.hours.year);
            if question.rest_told || baby || !question.is_missed(facts) {
                continue;
            }
            question.rest_told = true;
            let words = Words::AskedNoMore { sleeper: index };
            out.push(self.announce(facts, words, Audience::Keeper, Urgency::Gentle, around));
        }
    }

    /// When it may be time to.
    pub(super) fn offer_questions(&self, soonest: &mut Soonest) {
        for (_, question) in &self.questions {
            let again = [question.again, question.last.map(|(at, _)| at + APART)];
            let another = question.first.map(|at| at + HALF_A_DAY);
            for at in again.into_iter().chain([another]) {
                soonest.offer_some(at, Why::Reminder);
            }
        }
    }

    /// A question that fell into a gap, or into a jump of the clock, is not asked any more.
    pub(super) fn skip_questions(&mut self, facts: &Facts, around: &Surroundings<'_>) {
        while let Some(index) = self.asks_now(facts, around) {
            let night = facts.hours.last_night(facts.now);
            self.questions[index].1.ask(facts.now, night);
            self.skipped = self.skipped.saturating_add(1);
        }
    }

    /// Somebody tells of a cramp at that time, which is an answer unless it was by day.
    pub(super) fn told_of_cramp(
        &mut self,
        now: Time,
        sleeper: Option<usize>,
        at: Time,
        around: &Surroundings<'_>,
    ) {
        let hours = self.hours_at(at, around);
        let night = hours.night(at).then_some(hours.evening);
        self.told_of_night(now, sleeper, night, around);
    }

    /// Somebody tells that there was none in that night, or in the last one.
    pub(super) fn told_of_none(
        &mut self,
        now: Time,
        sleeper: Option<usize>,
        night: Option<NaiveDate>,
        around: &Surroundings<'_>,
    ) {
        let last = self.hours_at(now, around).last_night(now);
        self.told_of_night(now, sleeper, Some(night.unwrap_or(last)), around);
    }

    /// Whose it is need not be said where one sleeps alone; where it was not said, somebody
    /// takes part again all the same. What is told of a night before the last one is no answer
    /// to a question to come.
    fn told_of_night(
        &mut self,
        now: Time,
        sleeper: Option<usize>,
        night: Option<NaiveDate>,
        around: &Surroundings<'_>,
    ) {
        let last = self.hours_at(now, around).last_night(now);
        let alone = (self.questions.len() == 1).then_some(0);
        let whose = sleeper.or(alone).and_then(|index| self.questions.get_mut(index));
        if let Some((_, question)) = whose {
            question.tell(night.filter(|night| *night >= last));
        } else {
            self.questions.iter_mut().for_each(|(_, question)| question.answered());
        }
    }

    /// What was asked under that number is to be asked later; without one, what was asked last.
    pub(super) fn ask_later(&mut self, now: Time, id: Option<u64>) {
        for (_, question) in &mut self.questions {
            let meant = id.map_or(question.asked_since(now - LATER), |id| question.is(id));
            if meant {
                question.postpone(now);
            }
        }
    }

    /// Somebody answered what was asked under that number, or could not hear it: then it was
    /// not left unanswered.
    pub(super) fn question_met(&mut self, id: u64, answered: bool) {
        let asked = self.questions.iter_mut().map(|(_, question)| question);
        for question in asked.filter(|question| question.is(id)) {
            if answered {
                question.answered();
            } else {
                question.unanswered = question.unanswered.saturating_sub(1);
                question.last = None;
            }
        }
    }

    /// Whether it may be spoken now. S7: in the hour after the usual wake only beside a bed
    /// that is known to be empty, and never while somebody may be asleep.
    fn may_ask(&self, facts: &Facts, around: &Surroundings<'_>) -> bool {
        around.plan.ask_in_the_morning
            && around.wall.synchronised
            && around.link
            && self.mode_at(facts.now) != Mode::Off
            && !self.tonight.guest(facts.now)
            && !facts.away
            && !facts.may_be_asleep()
            && !facts.hours.asleep(facts.now)
            && (facts.in_bed_now == Some(false) || !facts.hours.quiet(facts.now))
    }

    /// The first sleeper whose question is due, where it may be spoken now.
    fn asks_now(&self, facts: &Facts, around: &Surroundings<'_>) -> Option<usize> {
        let heard = self.may_ask(facts, around);
        let rested = |(at, _): (Time, u64)| facts.now.since(at) >= APART;
        if !heard || !self.questions.iter().all(|(_, one)| one.last.is_none_or(rested)) {
            return None;
        }
        let sleepers = self.questions.iter().zip(&around.plan.sleepers);
        let baby = |sleeper| conditions::is_baby(sleeper, facts.hours.year);
        let mut due = sleepers.map(|((_, one), sleeper)| one.due(facts) && !baby(sleeper));
        due.position(|due| due)
    }

    /// Whether somebody lies on that sleeper's side, or in the bed where no sensor is one side's.
    fn side(&self, index: usize, around: &Surroundings<'_>) -> Option<bool> {
        let mut beds = around.layout.sensors.iter().filter(|it| it.quantity == Quantity::Occupied);
        let own = beds.any(|sensor| sensor.sleeper == Some(index));
        self.raw_bed(around, |side| !own || side == Some(index))
    }
}

/// The usual wake that was last.
fn last_wake(facts: &Facts) -> Time {
    let hours = &facts.hours;
    if facts.now < hours.wake { hours.last_wake } else { hours.wake }
}

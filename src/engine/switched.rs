//! A relay or a fan: what it was told, what it reports, and when it may change.
//!
//! Levels stand for both: 0 is off, 1 is on or a fan's lowest speed.

use serde::{Deserialize, Serialize};

use super::drive::VALID_FOR;
use super::soonest::Soonest;
use crate::model::{Span, Time};
use crate::rules::Why;
use crate::safety::Limits;

/// The memory of a switched actuator.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Switched {
    told: Option<Told>,
    reported: Option<u8>,
    on_since: Option<Time>,
    off_since: Option<Time>,
    /// S2: until when an "on" holds without renewal.
    lease: Option<Time>,
    /// The one before its last renewal, which the device may not have heard.
    lease_before: Option<Time>,
    pub(crate) rest_until: Option<Time>,
    /// It did not obey an off and has confirmed nothing since.
    #[serde(default)]
    defied: bool,
    /// It did not obey an "on", and has neither been seen on nor answered since.
    #[serde(default)]
    deaf: bool,
    /// It answered "off" to that "on", so that no other "off" of its shows that it hears.
    #[serde(default)]
    contrary: bool,
    /// The last thing it said since it was last told to be on is that it is off.
    #[serde(default)]
    off_said: bool,
    /// It was last told, or said, to be on.
    #[serde(default)]
    last_on: bool,
}

/// The last command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    level: u8,
    at: Time,
    tries: u8,
    confirmed: bool,
    /// The link was lost since, and nobody can say whether it arrived.
    doubtful: bool,
    /// There was no link when it was said.
    #[serde(default)]
    unsent: bool,
    /// How many of the tries of an "on" it answered with "off".
    #[serde(default)]
    denied: u8,
}

/// How an actuator is switched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Means {
    pub(crate) limits: Limits,
    /// How long the device may take to confirm; `None` where it is not asked to.
    pub(crate) confirm: Option<Span>,
    /// S2: the device's own timer was seen to work.
    pub(crate) timer: bool,
    /// The broker can be reached.
    pub(crate) link: bool,
}

/// What is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Send {
    pub(crate) level: u8,
    /// It repeats or renews an earlier command.
    pub(crate) again: bool,
}

/// What the device's report means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Our own echo, or nothing new.
    Nothing,
    /// S8: what uncramp did not command is a person.
    Person(u8),
}

/// Tries of an "on" before giving up.
const ON_TRIES: u8 = 3;
/// Tries of an "off" after which it counts as not obeyed; it goes on for ever.
const OFF_TRIES: u8 = 5;
const OFF_FIRST: Span = Span::seconds(5);
const OFF_LAST: Span = Span::minutes(5);
/// An "on" that could not be recorded rests so long, and an off that nothing confirms is
/// said for the last time after it.
const A_MINUTE: Span = Span::minutes(1);
/// What is said so soon after a command answers it.
const ANSWERS_WITHIN: Span = Span::seconds(10);
/// So many wrong answers are no message that crossed a command on its way.
const WRONG_ANSWERS: u8 = 2;
/// S8: an off this close to a lease's end is the lease.
const LEASE_MARGIN: Span = Span::seconds(60);

impl Switched {
    /// The level it is believed to be at; `None` if nothing is known.
    pub(crate) fn level(&self) -> Option<u8> {
        self.told.map(|told| told.level).or(self.reported)
    }

    /// It is on, or may be: not known to be off.
    pub(crate) fn may_be_on(&self) -> bool {
        self.level() != Some(0) || self.told.is_some_and(|told| !told.confirmed)
    }

    /// It is off, and said so: of a device that never says anything nobody knows.
    pub(crate) fn is_known_off(&self, means: &Means) -> bool {
        let said = |told: Told| told.confirmed && means.confirm.is_some();
        self.level() == Some(0) && self.told.is_none_or(said)
    }

    /// It last said that it is on.
    pub(crate) fn reported_on(&self) -> bool {
        self.reported.is_some_and(|level| level > 0)
    }

    /// uncramp told it to be on.
    pub(crate) fn told_on(&self) -> bool {
        self.told.is_some_and(|told| told.level > 0)
    }

    /// S7: it was last told, or said, to be on, also before a gap, and does not obey off.
    pub(crate) fn defies_off(&self) -> bool {
        self.last_on && self.resists_off()
    }

    /// It was told to go off and has not said that it did.
    pub(crate) fn going_off(&self) -> bool {
        self.told.is_some_and(|told| told.level == 0 && !told.confirmed)
    }

    /// When the least time on or off ends.
    pub(crate) fn may_change_at(&self, limits: &Limits) -> Option<Time> {
        match (self.on_since, self.off_since) {
            (Some(since), _) => limits.min_on.map(|least| since + least),
            (None, Some(since)) => limits.min_off.map(|least| since + least),
            (None, None) => None,
        }
    }

    /// Since when it is on without a break.
    pub(crate) const fn on_since(&self) -> Option<Time> {
        self.on_since
    }

    /// S2: whether the lease still runs.
    pub(crate) fn leased(&self, now: Time) -> bool {
        self.lease.is_some_and(|until| now < until)
    }

    /// S2: how long the lease still runs.
    pub(crate) fn lease_for(&self, now: Time) -> Option<Span> {
        self.lease.map(|until| until.since(now))
    }

    /// It does not do what it is told: to go on (`false`) or off (`true`).
    pub(crate) fn disobeys(&self) -> Option<bool> {
        if self.defied {
            return Some(true);
        }
        // S3: what said that it is off when it had not obeyed an "on" need not say so again.
        let warned = self.resists_off() && !self.off_said;
        if warned { Some(true) } else { self.deaf.then_some(false) }
    }

    /// Works towards a level. `hard` is an off that waits for nothing (S3). The time
    /// returned instead of a command is when the change may be made.
    pub(crate) fn settle(
        &mut self,
        now: Time,
        want: u8,
        hard: bool,
        means: &Means,
    ) -> Result<Option<Send>, Time> {
        if self.level() == Some(want) {
            if want > 0 && self.told.is_none() && means.timer {
                // S2: what a person switched on runs on a lease too.
                self.tell(now, want, means);
                return Ok(Some(Send { level: want, again: true }));
            }
            return Ok(self.keep(now, want, means));
        }
        if let Some(until) = self.settling(now, want, hard, means) {
            return Err(until);
        }
        self.tell(now, want, means);
        Ok(Some(Send { level: want, again: false }))
    }

    /// Stays at the level it was told while it may not change: what nobody confirmed is
    /// said again.
    pub(crate) fn stay(&mut self, now: Time, means: &Means) -> Option<Send> {
        self.keep(now, self.level()?, means)
    }

    /// Takes in what the device reports; `starting` if it came back a moment ago.
    pub(crate) fn report(&mut self, now: Time, level: u8, fan: bool, starting: bool) -> Meaning {
        let before = self.reported.replace(level);
        let was_on = std::mem::replace(&mut self.last_on, level > 0);
        self.note_off_said(now, level);
        self.contrary &= level == 0;
        if starting && level > 0 && !self.told_on() {
            // S8: a device that switches on at its own start is told to be off.
            self.told = Some(Told {
                level: 0,
                at: now,
                tries: 0,
                confirmed: false,
                doubtful: true,
                unsent: false,
                denied: 0,
            });
            return Meaning::Nothing;
        }
        let same = |a: u8, b: u8| a == b || !fan && (a > 0) == (b > 0);
        let Some(told) = &mut self.told else {
            self.defied &= level > 0;
            self.deaf &= level == 0;
            self.note_level(now, level);
            return match before {
                Some(before) if !same(before, level) => Meaning::Person(level),
                Some(_) | None => Meaning::Nothing,
            };
        };
        if same(told.level, level) {
            self.confirm(now);
            return Meaning::Nothing;
        }
        if told.level > 0 && level == 0 && now.since(told.at) <= ANSWERS_WITHIN {
            told.denied = told.tries.min(told.denied + 1);
        }
        if !told.confirmed && told.level == 0 {
            // S3: it is on and was told off: it is told again at once, and from the
            // beginning if it was not known to be on.
            if !was_on {
                self.defied |= told.tries >= OFF_TRIES;
                told.tries = 0;
            }
            told.doubtful |= now.since(told.at) >= OFF_FIRST;
        }
        if !told.confirmed || before == Some(level) {
            return Meaning::Nothing;
        }
        // A renewal may have been lost on its way: then the lease before it ends.
        let ends = |end: Option<Time>| end.is_some_and(|e| (now - e).0.abs() <= LEASE_MARGIN.0);
        let by_lease = ends(self.lease) || ends(self.lease_before);
        let by_itself = level == 0 && (by_lease || starting);
        self.told = None;
        self.deaf &= level == 0;
        self.note_level(now, level);
        if by_itself { Meaning::Nothing } else { Meaning::Person(level) }
    }

    /// It went off by itself, having been on since `ran`: where its own timer was a little
    /// ahead of us at the end of a full stretch, it rests all the same.
    pub(crate) fn rest_after(&mut self, now: Time, ran: Option<Time>, limits: &Limits) {
        let full = ran.is_some_and(|since| since + limits.stretch <= now + LEASE_MARGIN);
        if full && self.on_since.is_none() {
            self.rest_until = self.rest_until.max(Some(now + limits.rest));
        }
    }

    /// A device that is not there does as it is told.
    pub(crate) fn obey(&mut self) {
        if let Some(told) = &mut self.told {
            told.confirmed = true;
            self.reported = Some(told.level);
            (self.deaf, self.contrary) = (false, false);
        }
    }

    /// S10, after another boot or a gap: every lease has lapsed, and what was told is
    /// no longer known to hold; an off that nobody confirmed is still to be.
    pub(crate) fn lapse(&mut self) {
        (self.lease, self.reported) = (None, None);
        self.told = self.told.filter(|_| self.going_off());
        (self.defied, self.off_said) = (false, false);
    }

    /// Nobody listened until now: what may have been confirmed meanwhile is waited for anew.
    pub(crate) fn await_anew(&mut self, now: Time) {
        if let Some(told) = self.told.as_mut().filter(|told| !told.confirmed) {
            told.at = now;
        }
    }

    /// The link is back: what was not confirmed is said again, and so is what cannot be.
    pub(crate) fn link_up(&mut self, now: Time, means: &Means) {
        self.off_said = false;
        if means.timer
            && let Some(end) = self.lease.take_if(|end| *end <= now)
        {
            // Nobody could renew the lease, so the device has switched itself off; what never
            // reached it says nothing of it.
            let unsent = self.told.is_some_and(|told| told.unsent);
            (self.told, self.last_on) = (None, false);
            self.reported = (!unsent).then_some(0);
            self.note_level(end, 0);
        }
        if let Some(told) = &mut self.told
            && (!told.confirmed || means.confirm.is_none() || self.deaf)
        {
            (told.doubtful, told.tries) = (true, 0);
        }
    }

    /// A person says off: it is sent now, whatever is believed of the device.
    pub(crate) fn insist_on_off(&mut self) {
        if let Some(told) = self.told.as_mut().filter(|told| told.level == 0) {
            (told.doubtful, told.tries) = (true, 0);
        }
    }

    /// S3: it said that it is off and draws power all the same: a relay that sticks may come
    /// free, so it is told again now and then.
    pub(crate) fn free(&mut self, now: Time) {
        if let Some(told) = self.told.as_mut().filter(|told| told.level == 0) {
            told.doubtful |= now.since(told.at) >= OFF_LAST;
        }
    }

    /// A command that had to be recorded first was not sent. Whatever came before it may
    /// have been: the device is told to be off, and rests a minute.
    pub(crate) fn not_sent(&mut self, now: Time) {
        self.lease = None;
        self.last_on = self.reported.is_some_and(|level| level > 0);
        self.told = Some(Told {
            level: 0,
            at: now,
            tries: 0,
            confirmed: false,
            doubtful: true,
            unsent: false,
            denied: 0,
        });
        self.note_level(now, 0);
        self.rest_until = self.rest_until.max(Some(now + A_MINUTE));
    }

    /// When something is to be done with nothing but time passing.
    pub(crate) fn offer(&self, means: &Means, soonest: &mut Soonest) {
        soonest.offer_some(self.rest_until, Why::Rest);
        soonest.offer_some(self.renew_at(means), Why::Lease);
        soonest.offer_some(self.unheard_from(means), Why::Confirmation);
        if means.link {
            soonest.offer_some(self.resend_at(means), Why::Confirmation);
        }
    }

    fn resists_off(&self) -> bool {
        let tried = |told: Told| told.level == 0 && !told.confirmed && told.tries >= OFF_TRIES;
        self.told.is_some_and(tried)
    }

    fn keep(&mut self, now: Time, want: u8, means: &Means) -> Option<Send> {
        // S9: an "on" that was dropped before there was a link is said for the first time.
        let dropped = |told: Told| told.unsent && told.at + VALID_FOR < now;
        let unsent = want > 0 && self.told.is_some_and(dropped);
        let again = Some(Send { level: want, again: !unsent });
        // What cannot be sent renews nothing: the device's own timer will have its way.
        if want > 0 && means.link && self.renew_at(means).is_some_and(|at| at <= now) {
            let lease = self.lease_end(now, &means.limits);
            let longer = lease > self.lease;
            (self.lease_before, self.lease) = (self.lease, lease);
            if longer && (means.timer || self.told.is_some_and(|told| !told.confirmed)) {
                self.resend(now);
                return again;
            }
        }
        let doubtful = self.told.is_some_and(|told| told.doubtful);
        if means.link && (doubtful || self.resend_at(means).is_some_and(|at| at <= now)) {
            self.resend(now);
            return again;
        }
        None
    }

    fn tell(&mut self, now: Time, level: u8, means: &Means) {
        self.defied = self.disobeys() == Some(true);
        self.last_on |= level > 0;
        let confirmed = means.confirm.is_none();
        let unsent = !means.link;
        let (tries, doubtful, denied) = (1, false, 0);
        self.told = Some(Told { level, at: now, tries, confirmed, doubtful, unsent, denied });
        self.off_said &= level == 0;
        self.note_level(now, level);
        self.lease = self.lease_end(now, &means.limits).filter(|_| level > 0);
        self.lease_before = None;
    }

    /// S2: until when an "on" of this instant holds: a lease, and no longer than its kind
    /// may run at a stretch.
    fn lease_end(&self, now: Time, limits: &Limits) -> Option<Time> {
        let stretch = self.on_since.unwrap_or(now) + limits.stretch;
        limits.lease.map(|lease| (now + lease).min(stretch))
    }

    fn resend(&mut self, now: Time) {
        if let Some(told) = &mut self.told {
            (told.at, told.tries) = (now, told.tries.saturating_add(1));
            (told.doubtful, told.unsent) = (false, false);
            if told.level > 0 && !told.confirmed && told.tries >= ON_TRIES {
                self.deaf = true;
                self.contrary |= told.denied >= WRONG_ANSWERS;
            }
            self.off_said &= told.level == 0;
        }
    }

    /// It says that it is as it was told. What did not hear an "on" is off all the same, and
    /// may say so by itself: it is told once more, and hears if it answers that.
    fn confirm(&mut self, now: Time) {
        let Some(told) = &mut self.told else { return };
        let first = !std::mem::replace(&mut told.confirmed, true);
        self.defied = false;
        let after = now.since(told.at);
        if told.level > 0 || !first && !self.contrary && after <= ANSWERS_WITHIN {
            self.deaf = false;
        } else if self.deaf && !self.contrary {
            told.doubtful |= first || after >= OFF_LAST;
        }
    }

    /// S3: an "off" so soon after an "on" may have been said before that was heard.
    fn note_off_said(&mut self, now: Time, level: u8) {
        let unanswered = |told: Told| told.level == 0 || now.since(told.at) >= A_MINUTE;
        self.off_said |= self.told.is_none_or(unanswered);
        self.off_said &= level == 0;
    }

    fn note_level(&mut self, now: Time, level: u8) {
        if level > 0 {
            self.on_since = self.on_since.or(Some(now));
            self.off_since = None;
        } else {
            self.off_since = self.off_since.or(Some(now));
            self.on_since = None;
        }
    }

    fn settling(&self, now: Time, want: u8, hard: bool, means: &Means) -> Option<Time> {
        let waits =
            want == 0 && !hard && self.on_since.is_some() || want > 0 && self.on_since.is_none();
        let until = self.may_change_at(&means.limits)?;
        let until =
            if want == 0 { until.min(self.unheard_from(means).unwrap_or(until)) } else { until };
        (waits && until > now).then_some(until)
    }

    /// From when an "on" would have to be said again: wanted no longer, it is taken back
    /// instead, and waits for no least time.
    fn unheard_from(&self, means: &Means) -> Option<Time> {
        let told = self.told.filter(|told| told.level > 0)?;
        match means.confirm {
            _ if told.doubtful => Some(told.at),
            Some(confirm) if !told.confirmed => Some(told.at + confirm),
            Some(_) | None => None,
        }
    }

    /// S2: a lease is renewed at half time.
    fn renew_at(&self, means: &Means) -> Option<Time> {
        let (until, lease) = (self.lease?, means.limits.lease?);
        self.told.filter(|told| told.level > 0).map(|_| until - Span(lease.0 / 2))
    }

    fn resend_at(&self, means: &Means) -> Option<Time> {
        let Some(confirm) = means.confirm else {
            // S9: nothing confirms this off, so it is said three times.
            let told = self.told.filter(|told| told.level == 0)?;
            return match told.tries {
                ..=1 => Some(told.at + OFF_FIRST),
                2 => Some(told.at + A_MINUTE),
                3.. => None,
            };
        };
        let told = self.told.filter(|told| !told.confirmed)?;
        if told.level == 0 {
            let wait = OFF_FIRST * (1 << told.tries.saturating_sub(1).min(6));
            return Some(told.at + wait.min(OFF_LAST));
        }
        (told.tries < ON_TRIES).then_some(told.at + confirm)
    }
}

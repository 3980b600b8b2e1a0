//! Reminders to drink, and everything that is spoken (S7, S9, S12, S13).

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Promise;
use super::heat::hours;
use crate::engine::{Action, Announcement, Audience, Event, Urgency, Wish, Words};
use crate::model::{Item, Millilitres, Span, Time};
use crate::prove::play::Moment;
use crate::rules::conditions;

/// S7, where somebody sleeps.
pub const NOT_ASLEEP: Promise = Promise {
    says: "S7: nobody asleep is spoken to, except of danger",
    despite_lies: true,
    despite_loss: false,
    watch: |_| {
        let (mut lain, mut up) = (false, None);
        Box::new(move |moment| {
            let beside = moment.said.somebody_in_bed(moment.at);
            if lain && moment.said.nobody_in_bed() {
                up = Some(moment.at);
            } else if beside || puts_in_doubt(moment.event) {
                up = None;
            }
            lain = beside;
            for announcement in spoken(moment) {
                if announcement.audience == Audience::Keeper
                    || announcement.urgency == Urgency::Alarm
                {
                    continue;
                }
                let hours = hours(moment);
                // The morning's words, in the extra hour of the quiet hours.
                let morning = matches!(announcement.words, Words::Air(_) | Words::LastNight { .. });
                let quiet = if morning { hours.asleep(moment.at) } else { hours.quiet(moment.at) };
                ensure!(!quiet, "in quiet hours: {:?}", announcement.words);
                ensure!(!beside, "beside a sleeper: {:?}", announcement.words);
                let up_for = up.map(|up| moment.at.since(up));
                let is_up = up_for.is_none_or(|it| it >= Span::minutes(2));
                ensure!(is_up, "beside a bed empty for a moment: {:?}", announcement.words);
            }
            Ok(())
        })
    },
};

/// S9: over restarts, too.
pub const OWN_NUMBER: Promise = Promise {
    says: "S9: an announcement has a number of its own, and an end",
    despite_lies: true,
    despite_loss: false,
    watch: |_| {
        let mut last = 0;
        Box::new(move |moment| {
            for announcement in spoken(moment) {
                let id = announcement.id;
                ensure!(id > last, "number {id} after number {last}");
                ensure!(announcement.valid_until > moment.at, "its time is over");
                last = id;
            }
            Ok(())
        })
    },
};

/// S13: no event lifts it.
pub const LOCKED: Promise = Promise {
    says: "S13: nobody who must not be told to drink is told to, whatever happens",
    despite_lies: true,
    despite_loss: false,
    watch: |_| {
        Box::new(|moment| {
            for (sleeper, _) in prompts(moment) {
                let hours = hours(moment);
                let who = &moment.plan.bedrooms[0].sleepers[sleeper];
                let lock = conditions::water(who, hours.year, hours.month);
                ensure!(lock.is_none(), "{} is told to drink: {lock:?}", who.name);
            }
            Ok(())
        })
    },
};

/// S12: no reminder is doubled by a clock that jumps; and nobody drowns.
pub const APART: Promise = Promise {
    says: "S12: prompts to drink lie apart, and ask no more than half a litre an hour",
    despite_lies: true,
    despite_loss: false,
    watch: |_| {
        let mut before: BTreeMap<usize, Vec<(Time, Millilitres)>> = BTreeMap::new();
        let mut drank: BTreeMap<usize, Time> = BTreeMap::new();
        Box::new(move |moment| {
            let settings = &moment.plan.bedrooms[0].hydration;
            for (sleeper, amount) in prompts(moment) {
                let before = before.entry(sleeper).or_default();
                let last = before.last().map(|(at, _)| *at).max(drank.get(&sleeper).copied());
                if let Some(since) = last.map(|last| moment.at.since(last)) {
                    ensure!(since >= settings.apart, "{since} after a prompt or a drink");
                }
                before.push((moment.at, amount));
                let lately = before.iter().filter(|(at, _)| moment.at.since(*at) < Span::hours(1));
                let asked: i32 = lately.map(|(_, amount)| amount.0).sum();
                let most = settings.hourly.0.min(500);
                ensure!(asked <= most, "{asked} mL within an hour");
                let range = settings.least.0..=settings.most.0;
                ensure!(range.contains(&amount.0), "{} mL at once", amount.0);
            }
            if let Event::Wish { wish: Wish::Drink { sleeper, .. }, .. } = moment.event {
                drank.insert(*sleeper, moment.at);
            }
            Ok(())
        })
    },
};

/// S7 and S12: over restarts, too.
pub const ONCE_A_DAY: Promise = Promise {
    says: "S7, S12: what is said once a day is said once, and no more prompts than a day may have",
    despite_lies: true,
    despite_loss: false,
    watch: |_| {
        let mut said: BTreeMap<(&'static str, usize), Time> = BTreeMap::new();
        let mut questions = Questions::default();
        let mut prompted: BTreeMap<(usize, NaiveDate), u8> = BTreeMap::new();
        let mut logged: Vec<usize> = Vec::new();
        Box::new(move |moment| {
            if let Event::Wish { wish: Wish::Drink { sleeper, .. }, .. } = moment.event {
                logged.push(*sleeper);
            }
            if matches!(moment.event, Event::Clock(_)) {
                prompted.clear();
            }
            questions.put_off(moment);
            for announcement in spoken(moment) {
                let (what, whom) = if let Words::Air(_) = announcement.words {
                    ("the morning's advice", 0)
                } else if let Words::LastNight { sleeper, .. } = announcement.words {
                    if questions.are_asked_again(sleeper, announcement.id, moment.at) {
                        continue;
                    }
                    ("the morning's question", sleeper)
                } else if let Words::Watched { .. } = announcement.words {
                    ("what a night of watching was", 0)
                } else {
                    continue;
                };
                let last = said.insert((what, whom), moment.at);
                let again = last.map(|last| moment.at.since(last));
                ensure!(again.is_none_or(|it| it >= Span::hours(6)), "{what}, twice");
            }
            let most = moment.plan.bedrooms[0].hydration.unlogged_a_day;
            for (sleeper, _) in prompts(moment).filter(|(sleeper, _)| !logged.contains(sleeper)) {
                let today = hours(moment).date(moment.at);
                let prompts = prompted.entry((sleeper, today)).or_default();
                *prompts += 1;
                ensure!(*prompts <= most, "{prompts} prompts on {today}");
            }
            Ok(())
        })
    },
};

/// By sleeper: when the morning's question was last asked and under which number, and since when
/// it is put off.
#[derive(Default)]
struct Questions(BTreeMap<usize, (Time, u64, Option<Time>)>);

impl Questions {
    /// "Later" is said of one question by its number, or of what was asked of late.
    fn put_off(&mut self, moment: &Moment<'_>) {
        let Event::Wish { wish, .. } = moment.event else { return };
        for (asked, number, later) in self.0.values_mut() {
            let meant = if let Wish::Postpone(id) = wish {
                id == number
            } else {
                *wish == Wish::Snooze && moment.at.since(*asked) <= LATER
            };
            *later = if meant { Some(moment.at) } else { *later };
        }
    }

    /// Whether it was put off, and is asked again when it was to be.
    fn are_asked_again(&mut self, sleeper: usize, number: u64, now: Time) -> bool {
        let before = self.0.insert(sleeper, (now, number, None));
        let later = before.and_then(|(_, _, later)| later);
        later.is_some_and(|later| now.since(later) >= LATER)
    }
}

/// "Later" is so much later.
const LATER: Span = Span::minutes(30);

/// Whether the bed's sensors are to be believed is open.
fn puts_in_doubt(event: &Event) -> bool {
    if let Event::Heard { heard, .. } = event {
        let doubtful = |item| matches!(item, &Item::Garbled { .. } | &Item::SensorOnline { .. });
        return heard.items.iter().any(doubtful);
    }
    matches!(event, Event::Gap | Event::Start | Event::Plan(_))
}

/// What is said at the moment.
pub fn spoken<'a>(moment: &'a Moment<'_>) -> impl Iterator<Item = &'a Announcement> {
    moment.actions.iter().filter_map(|action| match action {
        Action::Announce(announcement) => Some(announcement),
        Action::Switch(_)
        | Action::Query { .. }
        | Action::Watched(_)
        | Action::Unsaid(_)
        | Action::Notice(_) => None,
    })
}

/// Who is told to drink at the moment, and how much.
pub fn prompts<'a>(moment: &'a Moment<'_>) -> impl Iterator<Item = (usize, Millilitres)> + 'a {
    spoken(moment).filter_map(|announcement| match &announcement.words {
        Words::Drink { sleeper, amount, .. } => Some((*sleeper, *amount)),
        Words::LastNight { .. }
        | Words::Air(_)
        | Words::Welcome
        | Words::Watched { .. }
        | Words::Said(_)
        | Words::Fault(_)
        | Words::Healed(_)
        | Words::AskedNoMore { .. }
        | Words::ConfirmConditions { .. } => None,
    })
}

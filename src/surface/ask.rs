//! What an automation does with each answer to what was announced, so that none has to know.

use serde_json::{Map, Value, json};

use super::{instant, topic};
use crate::engine::{Announcement, Words};
use crate::model::{Hours, Time, Wall};
use crate::plan::{Bedroom, Language, Plan};
use crate::speech::{Label, Reply, label, reply};

/// The question, its answers, what each of them publishes, what uncramp says once it has it,
/// and what is said then; `false` of words that await no answer.
pub(super) fn ask(
    plan: &Plan,
    announcement: &Announcement,
    language: Language,
    wall: Wall,
) -> Value {
    let Announcement { bedroom: id, id: number, words, .. } = announcement;
    let Some(room) = plan.bedroom(*id) else { return json!(false) };
    let told = |what: &str, payload: Value| (topic(plan, *id, what), payload);
    let later = || {
        let event = json!({ "event_type": "later", "id": number });
        (Label::Snooze, told("snooze/set", json!({ "id": number })), event)
    };
    match words {
        Words::Drink { sleeper, amount, .. } => {
            let Some(who) = name(room, *sleeper) else { return json!(false) };
            let drunk = told("drink/set", json!({ "sleeper": who, "ml": amount.0 }));
            let event = json!({ "event_type": "drink", "sleeper": who });
            let mut asked = json!({
                "about": "drink",
                "question": spoken(Reply::DidYouDrink),
                "answers": {
                    "yes": answer(Reply::Noted, Some((Label::DrankIt, drunk, event)), language),
                    "no": answer(Reply::NotDrunk, None, language),
                    "later": answer(Reply::Later, Some(later()), language),
                },
                "unclear": spoken(Reply::UnclearDrink),
                "lost": spoken(Reply::Lost),
            });
            if let Some(until) = instant(plan, asked_until(plan, room, announcement, wall), wall) {
                asked["until"] = json!(until);
            }
            asked
        }
        Words::LastNight { sleeper, night, later: again } => {
            let Some(who) = name(room, *sleeper) else { return json!(false) };
            let had = told("cramp/set", json!({ "sleeper": who, "night": night }));
            let none = json!({ "sleeper": who, "night": night, "cramp": false });
            let none = told("cramp/set", none);
            let event = |kind: &str| json!({ "event_type": kind, "sleeper": who });
            let (yes, no) = (event("cramp"), event("no_cramp"));
            let put_off = if *again { Reply::AgainSoon } else { Reply::NotDrunk };
            json!({
                "about": "cramp",
                "answers": {
                    "yes": answer(Reply::Noted, Some((Label::HadCramp, had, yes)), language),
                    "no": answer(Reply::NoCramp, Some((Label::HadNone, none, no)), language),
                    "later": answer(put_off, again.then(later), language),
                },
                "unclear": spoken(Reply::UnclearCramp),
                "lost": spoken(Reply::Lost),
            })
        }
        Words::Air(_)
        | Words::Welcome
        | Words::Watched { .. }
        | Words::Said(_)
        | Words::Fault(_)
        | Words::Healed(_)
        | Words::AskedNoMore { .. }
        | Words::ConfirmConditions { .. } => json!(false),
    }
}

/// Nobody is asked in quiet hours that begin meanwhile.
fn asked_until(plan: &Plan, room: &Bedroom, announcement: &Announcement, wall: Wall) -> Time {
    let offered = announcement.valid_until - Announcement::GENTLE_FOR;
    let until = offered + Announcement::ASKED_FOR;
    let hours = Hours::around(offered, room.sleep, &plan.zone, wall);
    let quiet = hours.bedtime - Hours::QUIET_MARGIN;
    if offered < quiet { until.min(quiet) } else { until }
}

/// A button's label, a topic and what is published there, and the event by which uncramp says
/// that it has it; all of it left out where an answer changes nothing.
type Told<'a> = (Label<'a>, (String, Value), Value);

fn answer(said: Reply, told: Option<Told<'_>>, language: Language) -> Value {
    let mut answer = json!({ "reply": spoken(said) });
    if let Some((button, (topic, payload), event)) = told {
        answer["label"] = json!(label(button, language));
        answer["topic"] = json!(topic);
        answer["payload"] = payload;
        answer["event"] = event;
    }
    answer
}

fn spoken(said: Reply) -> Value {
    let texts = reply(said).into_iter();
    let by_tag: Map<String, Value> =
        texts.map(|(language, text)| (language.tag().to_owned(), json!(text))).collect();
    Value::Object(by_tag)
}

fn name(room: &Bedroom, sleeper: usize) -> Option<&str> {
    room.sleepers.get(sleeper).map(|one| one.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Audience, Event, Urgency, Wish};
    use crate::model::{Millilitres, Span};
    use crate::rules::{Because, Judge, Reason};
    use crate::surface::tests::{DARK, NOW, WALL, announcement, plan};
    use crate::surface::{Request, decode};

    fn asked(later: bool) -> Value {
        let night = "2026-11-21".parse().expect("a date");
        let words = Words::LastNight { sleeper: 1, night, later };
        let announced = announcement(words, Audience::Sleeper, Urgency::Gentle);
        ask(&plan(), &announced, Language::German, WALL)
    }

    /// A drink offered so long before 22:30, the bedtime.
    fn offered(before: Span, wall: Wall) -> Value {
        let reason = Reason { by: Judge::Hydration, because: Because::Nothing, otherwise: None };
        let words = Words::Drink { sleeper: 0, amount: Millilitres(200), reason };
        let mut announced = announcement(words, Audience::Sleeper, Urgency::Gentle);
        announced.valid_until = NOW + Announcement::GENTLE_FOR - before;
        ask(&plan(), &announced, Language::English, wall)
    }

    #[test]
    fn whether_it_was_drunk_is_asked_for_half_an_hour_and_not_in_quiet_hours() {
        let asked = |before| offered(before, WALL)["until"].clone();
        assert_eq!(asked(Span::hours(5)), "2026-11-22T18:00:00+01:00");
        assert_eq!(asked(Span::minutes(80)), "2026-11-22T21:30:00+01:00");
        assert_eq!(offered(Span::hours(5), DARK).get("until"), None);
    }

    #[test]
    fn each_answer_says_what_it_publishes_and_how_uncramp_confirms_it() {
        let asked = asked(true);
        assert_eq!(asked.get("question"), None, "the words are the question");
        assert_eq!(
            asked["answers"]["no"],
            json!({
                "reply": {"en": "Good.", "de": "Gut."},
                "label": "Kein Krampf",
                "topic": "home/uncramp/bedroom/cramp/set",
                "payload": {"sleeper": "ben", "night": "2026-11-21", "cramp": false},
                "event": {"event_type": "no_cramp", "sleeper": "ben"},
            })
        );
        assert_eq!(asked["answers"]["yes"]["event"]["event_type"], "cramp");
    }

    #[test]
    fn what_is_put_off_twice_is_not_put_off_again() {
        let asked = asked(false);
        let later = json!({ "reply": {"en": "All right.", "de": "In Ordnung."} });
        assert_eq!(asked["answers"]["later"], later);
    }

    #[test]
    fn a_night_to_come_or_long_ago_or_while_the_clock_is_wrong_is_refused() {
        let told = |night: &str, synchronised| {
            let payload = json!({ "night": night }).to_string();
            let wall = Wall { synchronised, ..WALL };
            let topic = "home/uncramp/bedroom/cramp/set";
            decode(&plan(), NOW, wall, topic, payload.as_bytes(), false).expect("ours")
        };
        for (night, synchronised) in
            [("2026-11-23", true), ("2026-11-14", true), ("yesterday", true), ("2026-11-21", false)]
        {
            let refused = told(night, synchronised).expect_err(night);
            let said = refused.sentence(Language::English);
            assert!(said.contains("`night` is "), "{said}");
        }
        assert!(told("2026-11-22", true).is_ok() && told("2026-11-15", true).is_ok());
    }

    #[test]
    fn every_answer_is_understood_whenever_it_is_given() {
        let asked = asked(true);
        let night = "2026-11-21".parse().expect("a date");
        // The middle of a night from 22:30 to 06:45, from 22:30 on the next evening.
        let ago = Span(Span::hours(24).0 - Span::seconds((8 * 60 + 15) * 30).0);
        for (answer, wish) in [
            ("yes", Wish::Cramp { sleeper: Some(1), ago }),
            ("no", Wish::NoCramp { sleeper: Some(1), night: Some(night) }),
            ("later", Wish::Postpone(42)),
        ] {
            let answer = &asked["answers"][answer];
            let (topic, payload) = (answer["topic"].as_str(), answer["payload"].to_string());
            let told =
                decode(&plan(), NOW, WALL, topic.expect("a topic"), payload.as_bytes(), false);
            let bedroom = crate::model::BedroomId(0);
            assert_eq!(told, Some(Ok(Request::Tell(Event::Wish { bedroom, wish }))), "{payload}");
        }
    }
}

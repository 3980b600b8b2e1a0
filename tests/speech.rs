//! Every sentence in every language, in lists that people read and agree to.
//!
//! The lists lie in `tests/snapshots`; after a change of wording look at the difference
//! and accept it with `INSTA_UPDATE=always cargo test --test speech`.

mod speech {
    pub(crate) mod catalogue;
    pub(crate) mod variants;
}

use std::collections::BTreeSet;

use speech::{catalogue, variants};
use uncramp::engine::{Announcement, Audience, Fault, Order, SpokenAt, Urgency, Wish, Words};
use uncramp::model::{BedroomId, KelvinHours, Kelvins, Millilitres, Temperature, Time};
use uncramp::plan::{Control, Hazard, Kind, Language, Plan, Units};
use uncramp::rules::airflow::Advice;
use uncramp::rules::{Because, Judge, Reason};
use uncramp::speech::{self as spoken, Answer, Context, Numbers, Possible, Refusal};

/// What is the same word in both languages.
const SAME: [&str; 2] = ["Uncramp guest room", "Anna!"];

/// Above the answers.
const ANSWERED: &str = "\
# What uncramp answers

Who says something to uncramp hears one of these sentences, for a bedroom of anna and ben; names,
amounts and times are as they are. A voice says them where it was asked, at any hour: who spoke is
awake. [topics.md](topics.md) says how they are told. Where uncramp does not answer, the voice says
so itself.
";

#[test]
fn every_reason() {
    for language in Language::ALL {
        agreed("every_reason", language, &reasons(Units::Metric, language));
    }
}

#[test]
fn every_reason_in_imperial_units() {
    for language in Language::ALL {
        agreed("every_reason_in_imperial_units", language, &reasons(Units::Imperial, language));
    }
}

#[test]
fn every_sentence_a_sleeper_can_hear_by_default() {
    for language in Language::ALL {
        let said = said(&catalogue::heard(), language);
        agreed("every_sentence_a_sleeper_can_hear_by_default", language, &said);
    }
}

#[test]
fn every_sentence_to_the_keeper() {
    for language in Language::ALL {
        agreed("every_sentence_to_the_keeper", language, &said(&catalogue::told(), language));
    }
}

#[test]
fn what_is_not_in_the_plan_is_said_without_its_name() {
    for language in Language::ALL {
        let said = said(&catalogue::nameless(), language);
        agreed("what_is_not_in_the_plan_is_said_without_its_name", language, &said);
    }
}

#[test]
fn why_words_were_not_said() {
    for language in Language::ALL {
        agreed("why_words_were_not_said", language, &unsaid(language).join("\n"));
    }
}

#[test]
fn who_speaks_is_said_first_and_no_button_is_named_where_there_is_none() {
    let mut plan = plan(Units::Metric);
    plan.discovery = None;
    let context = context(&plan, Language::English);
    let welcome = spoken::spoken(&Words::Welcome, &context);
    assert!(!welcome.contains("Home Assistant"), "{welcome}");
    let first = Announcement {
        bedroom: BedroomId(0),
        id: 1,
        words: catalogue::drink(0, 200),
        introduces: true,
        audience: Audience::Sleeper,
        place: SpokenAt::Home,
        urgency: Urgency::Gentle,
        quiet: false,
        valid_until: Time::NEVER,
        order: Order::RecordFirst,
    };
    let alone = spoken::said(&first.words, first.audience, &context);
    let said = spoken::announced(&first, &context);
    assert_eq!(said.text(), format!("{welcome} {}", alone.text()));
    let german = said.texts.get(&Language::German).expect("German");
    assert!(german.starts_with("Hier spricht uncramp"), "{german}");
    let later = Announcement { introduces: false, ..first };
    assert_eq!(spoken::announced(&later, &context), alone);
}

#[test]
fn why_something_told_is_not_followed() {
    for language in Language::ALL {
        agreed("why_something_told_is_not_followed", language, &refused(language));
    }
}

/// What somebody hears who said something aloud; the page of it is made of the same.
#[test]
fn every_answer_to_something_said_aloud() {
    let page = |language| {
        let lines: Vec<String> = answers(language).iter().map(|it| format!("- {it}")).collect();
        lines.join("\n")
    };
    let page = format!(
        "{ANSWERED}\n## In English\n\n{}\n\n## In German\n\n{}\n",
        page(Language::English),
        page(Language::German)
    );
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write("docs/answers.md", &page).expect("the page is written");
    }
    let written = std::fs::read_to_string("docs/answers.md").expect("the page");
    assert_eq!(written, page, "UPDATE=1 writes docs/answers.md anew");
}

#[test]
fn a_wish_that_is_barred_is_confirmed_with_what_bars_it() {
    let plan = plan(Units::Metric);
    let until = catalogue::at(6, 45);
    let barred = |because| Some(Reason { by: Judge::Interlock, because, otherwise: None });
    let window = barred(Because::WindowOpen { guessed: false });
    for (language, barred, told) in [
        (Language::English, None, "heater on: by hand, until 06:45"),
        (
            Language::English,
            window.clone(),
            "heater on: noted, until 06:45, but not as long as this holds: the window is open",
        ),
        (
            Language::English,
            barred(Because::Watching),
            "heater on: noted, until 06:45, but not as long as this holds: uncramp only watches here",
        ),
        (
            Language::German,
            window,
            "heater on: notiert, bis 06:45, aber nicht, solange dies gilt: das Fenster ist offen",
        ),
    ] {
        let context = context(&plan, language);
        assert_eq!(spoken::held("heater on", until, barred.as_ref(), &context), told);
    }
}

#[test]
fn a_degree_is_one_of_the_house() {
    let warmer = |units, by| {
        let plan = plan(units);
        let answer = Answer::Shifted { by: Kelvins(by), unless: None };
        spoken::answer(&answer, &context(&plan, Language::English))
    };
    assert_eq!(warmer(Units::Metric, 50), "Half a degree warmer tonight.");
    assert_eq!(warmer(Units::Metric, 40), "0.4 degrees warmer tonight.");
    assert_eq!(warmer(Units::Imperial, 50), "One degree warmer tonight.");
    assert_eq!(warmer(Units::Imperial, -100), "I heat two degrees less tonight.");
    assert_eq!(warmer(Units::Imperial, -200), "I heat 3.6 degrees less tonight.");
}

#[test]
fn a_house_in_fahrenheit_hears_of_no_celsius_and_no_millilitres() {
    let plan = plan(Units::Imperial);
    let numbers = Numbers::of(&plan);
    let glass = Wish::Drink { sleeper: 0, amount: Millilitres(250) };
    assert_eq!(spoken::wish(&glass, &plan.bedrooms[0], numbers), "Anna drank 8 fl oz");
    let blanket = spoken::possible(Possible::BeddingAllNight("blanket"), numbers);
    assert!(blanket.ends_with("while the bed is below 93 °F."), "{blanket}");
}

#[test]
fn nobody_is_named_who_sleeps_alone() {
    let mut plan = plan(Units::Imperial);
    plan.bedrooms[0].sleepers.truncate(1);
    let amount = Millilitres(200);
    let drunk = Answer::Drunk { sleeper: 0, amount, today: Millilitres(800) };
    let said = spoken::answer(&drunk, &context(&plan, Language::English));
    assert_eq!(said, "Noted, one glass. That makes 27 fluid ounces today.");
}

#[test]
fn every_reply() {
    for language in Language::ALL {
        let said = spoken::Reply::ALL.map(|reply| spoken::reply(reply)[&language]);
        agreed("every_reply", language, &said.join("\n"));
    }
}

#[test]
fn every_name_and_wish() {
    for language in Language::ALL {
        agreed("every_name_and_wish", language, &names(language));
    }
}

#[test]
fn everything_devices_make_possible() {
    for language in Language::ALL {
        agreed("everything_devices_make_possible", language, &devices(language));
    }
}

/// The history, the state and recordings keep them as data.
#[test]
fn whatever_is_said_or_wished_is_read_back_as_it_was_kept() {
    let words = catalogue::heard().into_iter().chain(catalogue::told());
    words.for_each(|words| kept(&words));
    catalogue::wishes().iter().for_each(kept);
    catalogue::reasons().iter().for_each(kept);
    catalogue::switches().iter().for_each(kept);
    catalogue::unsaid().iter().for_each(kept);
}

fn kept<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(one: &T) {
    let text = serde_json::to_string(one).unwrap_or_else(|why| panic!("{one:?}: {why}"));
    let read: T = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{text}: {why}"));
    assert_eq!(read, *one, "{text}");
}

/// The lists leave nothing out that can be said.
#[test]
fn the_lists_are_complete() {
    let (heard, told) = (catalogue::heard(), catalogue::told());
    let words = || heard.iter().chain(&told);
    let faults = words().filter_map(|words| match words {
        Words::Fault(fault) => Some(fault),
        Words::Drink { .. }
        | Words::LastNight { .. }
        | Words::Air(_)
        | Words::Welcome
        | Words::Watched { .. }
        | Words::Said(_)
        | Words::Healed(_)
        | Words::AskedNoMore { .. }
        | Words::ConfirmConditions { .. } => None,
    });
    let reasons = catalogue::reasons();
    let otherwise = reasons.iter().filter_map(|reason| reason.otherwise.as_ref());
    variants::because(reasons.iter().map(|reason| &reason.because));
    variants::otherwise(otherwise);
    variants::words(words());
    variants::fault(faults);
    variants::hush(catalogue::unsaid().iter().map(|unsaid| &unsaid.hush));
    variants::switch(&catalogue::switches());
    variants::label(&catalogue::labels());
    variants::wish(&catalogue::wishes());
    variants::answer(&catalogue::answers());
    variants::idle(&catalogue::idle());
    variants::refusal(&catalogue::refusals());
    variants::fits(&catalogue::FITS);
    variants::possible(&catalogue::possible(plan(Units::Metric).bedrooms[0].sleep));
    variants::missing(&catalogue::MISSING);
}

#[test]
fn no_sentence_was_left_in_english() {
    let (english, german) = (everything(Language::English), everything(Language::German));
    assert_eq!(english.len(), german.len());
    for (english, german) in english.iter().zip(&german) {
        assert!(
            english != german || SAME.contains(&english.as_str()),
            "the same in both languages: {english}"
        );
        let mark = ["“", "uncramp's", " the ", " is ", " of "];
        let left = mark.iter().find(|mark| german.contains(**mark));
        // „…“ closes with what opens in English.
        let left = left.filter(|mark| **mark != "“" || !german.contains('„'));
        assert_eq!(left, None, "English in: {german}");
    }
}

#[test]
fn german_figures_have_a_comma_and_english_ones_a_point() {
    for (language, wrong) in [(Language::English, ','), (Language::German, '.')] {
        for sentence in everything(language) {
            let letters: Vec<char> = sentence.chars().collect();
            let figure = letters.windows(3).any(|three| {
                three[0].is_ascii_digit() && three[1] == wrong && three[2].is_ascii_digit()
            });
            assert!(!figure, "{sentence}");
        }
    }
}

/// A limit is as it was set, and a dose below it never reads as if it had reached it.
#[test]
fn a_limit_of_hundredths_is_said_in_hundredths() {
    let because = |dose| Because::Warm {
        temperature: Temperature(1900),
        dose: KelvinHours::new(dose),
        limit: KelvinHours::new(0.15),
    };
    for (units, dose, expected) in [
        (Units::Metric, 0.14, "dose 0.14 of 0.15 K·h"),
        (Units::Metric, 0.0, "dose 0.00 of 0.15 K·h"),
        (Units::Metric, 1.0, "dose 1.00 of 0.15 K·h"),
        (Units::Imperial, 0.1, "dose 0.18 of 0.27 °F·h"),
    ] {
        let plan = plan(units);
        let reason = Reason { by: Judge::ColdExposure, because: because(dose), otherwise: None };
        let said = spoken::reason(&reason, &context(&plan, Language::English));
        assert!(said.ends_with(expected), "{said}");
    }
}

/// `bis 12:00 am 24. November` reads like midnight to whoever knows English clocks.
#[test]
fn a_german_hour_with_its_date_says_that_it_is_an_hour() {
    let sentences = everything(Language::German);
    let dated: Vec<&String> = sentences.iter().filter(|it| it.contains(". November")).collect();
    assert!(!dated.is_empty() && dated.iter().all(|it| it.contains(" Uhr am ")), "{dated:#?}");
}

/// uncramp is comfort automation; it never says that it does anything against cramps.
#[test]
fn no_sentence_makes_a_claim() {
    let claims = ["prevent", "treat", "cure", "avoid", "heal", "less often", "relie"];
    let german = ["verhinder", "vorbeug", "behandel", "heilt", "vermeid", "gegen", "lindert"];
    for language in Language::ALL {
        for sentence in everything(language) {
            let lower = sentence.to_lowercase();
            let claim = claims.iter().chain(&german).find(|claim| lower.contains(**claim));
            assert_eq!(claim, None, "{sentence}");
        }
        // A question claims nothing.
        for sentence in spoken_in(language).iter().filter(|said| !said.ends_with('?')) {
            assert!(!sentence.to_lowercase().contains("krämpf"), "{sentence}");
            assert!(
                !sentence.to_lowercase().replace("uncramp", "").contains("cramp"),
                "{sentence}"
            );
            assert!(!sentence.to_lowercase().contains("krampf"), "{sentence}");
        }
    }
}

/// A state of Home Assistant has 255 characters; the reason is one.
#[test]
fn every_reason_fits_a_state_of_home_assistant() {
    for language in Language::ALL {
        for units in [Units::Metric, Units::Imperial] {
            for reason in reasons(units, language).lines() {
                assert!(reason.chars().count() <= 255, "{reason}");
            }
        }
    }
}

/// Nobody is addressed: neither as a friend nor as a stranger.
#[test]
fn german_says_neither_du_nor_sie() {
    for sentence in everything(Language::German) {
        let words = sentence.split(|c: char| !c.is_alphabetic());
        let addressed: Vec<&str> = words
            .filter(|word| {
                ["du", "dir", "dich", "Sie", "Ihnen", "Ihr", "Ihre", "dein", "deine"].contains(word)
            })
            .collect();
        assert!(addressed.is_empty(), "{addressed:?} in: {sentence}");
    }
}

#[test]
fn nothing_heard_by_a_sleeper_has_a_figure() {
    let plan = plan(Units::Metric);
    for language in Language::ALL {
        for amount in [150, 199, 200, 250] {
            let words = catalogue::drink(0, amount);
            let sentence = spoken::spoken(&words, &context(&plan, language));
            assert!(!sentence.contains(|c: char| c.is_ascii_digit()), "{sentence}");
        }
    }
}

/// The alarms in the list are all there are: a switched heater that does not obey is told of
/// in the same words, whatever it can do harm by.
#[test]
fn every_switched_heater_alarms_in_the_same_words() {
    let hazards = [
        Hazard::Radiator,
        Hazard::HeatPump,
        Hazard::Panel,
        Hazard::Blanket { all_night: false },
        Hazard::Blanket { all_night: true },
        Hazard::Portable,
    ];
    let words = Words::Fault(Fault::Disobeys { actuator: catalogue::PANEL, off: true });
    for language in Language::ALL {
        let alarms: BTreeSet<String> = hazards
            .into_iter()
            .map(|hazard| {
                let mut plan = plan(Units::Metric);
                plan.bedrooms[0].actuators[usize::from(catalogue::PANEL.0)].kind =
                    Kind::Heater { hazard, control: Control::Switch };
                spoken::spoken(&words, &context(&plan, language))
            })
            .collect();
        assert_eq!(alarms.len(), 1, "{alarms:#?}");
        let listed = said(&catalogue::heard(), language);
        assert!(alarms.iter().all(|alarm| listed.contains(alarm)), "{alarms:#?}");
    }
}

#[test]
fn a_sleeper_is_told_in_the_own_language() {
    let mut plan = plan(Units::Metric);
    let language = |plan: &Plan, words: &Words, audience| {
        spoken::said(words, audience, &context(plan, plan.language)).language
    };
    let (drink, air) = (catalogue::drink(0, 200), Words::Air(vec![Advice::FreshAir]));
    let fault = Words::Fault(Fault::BeddingHot { sensor: catalogue::IN_BED });
    plan.bedrooms[0].sleepers[0].language = Some(Language::German);
    assert_eq!(language(&plan, &drink, Audience::Sleeper), Language::German);
    assert_eq!(language(&plan, &catalogue::drink(1, 200), Audience::Sleeper), Language::English);
    // The other one would not understand.
    assert_eq!(language(&plan, &air, Audience::Sleeper), Language::English);
    plan.bedrooms[0].sleepers[1].language = Some(Language::German);
    assert_eq!(language(&plan, &air, Audience::Sleeper), Language::German);
    assert_eq!(language(&plan, &fault, Audience::Sleeper), Language::German);
    assert_eq!(language(&plan, &fault, Audience::Keeper), Language::English);
    plan.language = Language::German;
    assert_eq!(language(&plan, &fault, Audience::Keeper), Language::German);
}

#[test]
fn words_are_there_in_every_language() {
    let plan = plan(Units::Metric);
    let context = context(&plan, Language::English);
    let said = spoken::said(&catalogue::drink(0, 200), Audience::Sleeper, &context);
    assert_eq!(said.text(), "Anna, a glass of water would be good about now.");
    let german = said.texts.get(&Language::German).map(String::as_str);
    assert_eq!(german, Some("Anna, ein Glas Wasser wäre jetzt gut."));
    assert_eq!(said.texts.len(), Language::ALL.len());
}

/// Everything that can be said in a language, in the same order for each.
fn everything(language: Language) -> Vec<String> {
    let reasons = [Units::Metric, Units::Imperial].map(|units| reasons(units, language));
    let lists = reasons.into_iter().chain([names(language), devices(language)]);
    let lines = lists.flat_map(|list| list.lines().map(str::to_owned).collect::<Vec<_>>());
    let headings = ["names", "page", "choices", "wishes", "told", "possible", "more", "advice"];
    let mut all: Vec<String> =
        lines.filter(|line| !headings.contains(&line.trim_matches(['[', ']']))).collect();
    all.retain(|line| !line.is_empty());
    all.extend(unsaid(language));
    all.extend(spoken::Reply::ALL.map(|reply| spoken::reply(reply)[&language].to_owned()));
    all.extend(spoken_in(language));
    all.extend(answers(language));
    all.extend(catalogue::refusals().iter().map(|it| spoken::refusal(it, None, language)));
    all
}

/// What is spoken, by whatever voice or telephone.
fn spoken_in(language: Language) -> Vec<String> {
    let words = [catalogue::heard(), catalogue::told(), catalogue::nameless()].concat();
    let plan = plan(Units::Metric);
    let mut all: Vec<String> =
        words.iter().map(|words| spoken::spoken(words, &context(&plan, language))).collect();
    let trying = spoken::trying(&plan.bedrooms[0], language);
    all.push(trying.text().to_owned());
    all
}

/// What somebody is answered, with what is refused, each once.
fn answers(language: Language) -> Vec<String> {
    let plan = plan(Units::Metric);
    let context = context(&plan, language);
    let answers = catalogue::answers();
    let mut all: Vec<String> = answers.iter().map(|it| spoken::answer(it, &context)).collect();
    for refusal in catalogue::refusals() {
        let aloud = spoken::refusal_aloud(&refusal, language);
        if !all.contains(&aloud) {
            all.push(aloud);
        }
    }
    all
}

/// In full, first why, then each example.
fn refused(language: Language) -> String {
    let refusals = catalogue::refusals();
    let why = refusals.iter().map(|refusal| spoken::refusal(refusal, None, language));
    let example = |example| spoken::refusal(&Refusal::NoText, Some(&example), language);
    let all: Vec<String> = why.chain(catalogue::examples().into_iter().map(example)).collect();
    all.join("\n")
}

fn unsaid(language: Language) -> Vec<String> {
    let plan = plan(Units::Metric);
    let context = context(&plan, language);
    catalogue::unsaid().iter().map(|unsaid| spoken::unsaid(unsaid, &context)).collect()
}

fn agreed(list: &str, language: Language, text: &str) {
    let name = match language {
        Language::English => list.to_owned(),
        Language::German => format!("{list}.{}", language.tag()),
    };
    insta::assert_snapshot!(name, text);
}

fn reasons(units: Units, language: Language) -> String {
    let plan = plan(units);
    let said = catalogue::reasons();
    let said: Vec<String> =
        said.iter().map(|r| spoken::reason(r, &context(&plan, language))).collect();
    said.join("\n")
}

fn said(words: &[Words], language: Language) -> String {
    let plan = plan(Units::Metric);
    let said: Vec<String> =
        words.iter().map(|words| spoken::spoken(words, &context(&plan, language))).collect();
    said.join("\n")
}

fn names(language: Language) -> String {
    let plan = plan(Units::Metric);
    let room = &plan.bedrooms[0];
    let context = context(&plan, language);
    let labels: Vec<String> =
        catalogue::labels().into_iter().map(|label| spoken::label(label, language)).collect();
    let wishes: Vec<String> = catalogue::wishes()
        .iter()
        .map(|wish| spoken::wish(wish, room, context.numbers()))
        .collect();
    let told: Vec<String> =
        catalogue::switches().iter().map(|told| spoken::switch(told, &context)).collect();
    let page: Vec<String> = spoken::OnPage::ALL
        .into_iter()
        .map(|part| spoken::on_page(part, language).to_owned())
        .collect();
    let choices: Vec<String> = catalogue::choices()
        .into_iter()
        .map(|choice| spoken::choice(choice, language).to_owned())
        .collect();
    listed(&[
        ("names", &labels),
        ("page", &page),
        ("choices", &choices),
        ("wishes", &wishes),
        ("told", &told),
    ])
}

fn devices(language: Language) -> String {
    let sleep = plan(Units::Metric).bedrooms[0].sleep;
    let numbers = Numbers { language, units: Units::Metric };
    let possible: Vec<String> = catalogue::possible(sleep)
        .into_iter()
        .map(|possible| spoken::possible(possible, numbers))
        .collect();
    let more: Vec<String> =
        catalogue::MISSING.into_iter().map(|missing| spoken::missing(missing, language)).collect();
    let advice = [Advice::LiftTheCover, Advice::FreshAir]
        .map(|advice| spoken::advice(advice, language).to_owned());
    listed(&[("possible", &possible), ("more", &more), ("advice", &advice)])
}

fn listed(lists: &[(&str, &[String])]) -> String {
    let lists: Vec<String> =
        lists.iter().map(|(heading, list)| format!("[{heading}]\n{}", list.join("\n"))).collect();
    lists.join("\n\n")
}

fn context(plan: &Plan, language: Language) -> Context<'_> {
    let now = catalogue::at(2, 14);
    let context = Context::new(plan, BedroomId(0), catalogue::WALL, now);
    Context { language, ..context.expect("the plan has one bedroom") }
}

fn plan(units: Units) -> Plan {
    let mut plan: Plan =
        serde_json::from_str(include_str!("data/speech-plan.json")).expect("a plan");
    plan.units = units;
    plan.discovery = Some("homeassistant".to_owned());
    plan
}

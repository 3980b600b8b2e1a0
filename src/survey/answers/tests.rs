use super::*;

const EN: Language = Language::English;

#[test]
fn people_are_listed_as_one_would() {
    for name in ["Anna-Lena", "Anna Maria K.", "Siân O’Neill", "Jürgen", "Μαρία", "美咲"]
    {
        assert_eq!(people(name, EN).expect(name).sleepers[0].name, name);
    }
    let found = people("Anna 1955, Ben Jr male 1950; baby", EN).expect("people");
    let shown: Vec<_> =
        found.sleepers.iter().map(|it| (it.name.as_str(), it.born, it.sex)).collect();
    assert_eq!(shown, [("Anna", Some(1955), None), ("Ben Jr", Some(1950), Some("male"))]);
    assert!(found.baby);
    assert_eq!(people(" ", EN), Ok(People::default()));
    for wrong in [
        "1955",
        "Anna 55",
        "a/b 1955",
        "Anna, Anna",
        "Anna and Ben",
        "I sleep alone here",
        "who knows?",
        "4u",
    ] {
        assert!(people(wrong, EN).is_err(), "{wrong}");
    }
}

#[test]
fn a_bedroom_is_called_anything_and_has_a_name_in_topics() {
    for (called, name) in [
        ("Schlafzimmer", "schlafzimmer"),
        ("Our Room", "our_room"),
        ("Gästezimmer, 1. Stock", "gaestezimmer_1_stock"),
        ("Łódź", "lodz"),
        ("寝室", "bedroom"),
        ("guest_room", "guest_room"),
        ("  (!)  ", "bedroom"),
    ] {
        let other = Some(called.trim().to_owned()).filter(|called| called != name);
        assert_eq!(bedroom(called, EN), Ok((name.to_owned(), other)));
    }
    assert!(bedroom("", EN).is_err() && bedroom("two\nlines", EN).is_err());
    assert!(bedroom(&"x".repeat(65), EN).is_err());
}

#[test]
fn conditions_are_numbers_or_words() {
    assert_eq!(conditions("none", EN), Ok(Some(Vec::new())));
    assert_eq!(conditions("", EN), Ok(None));
    assert_eq!(conditions("1, diabetes 1", EN), Ok(Some(vec!["kidney_disease", "diabetes"])));
    assert!(conditions("gout", EN).is_err());
    for word in CONDITIONS {
        let line = format!("sleepers: {{ anna: {{ conditions: [{word}] }} }}");
        assert_eq!(live::fault_in(&line), None, "{word}");
    }
}

#[test]
fn hours_and_numbers_are_checked_at_once() {
    for said in [
        "23-7",
        "23:00-7:00",
        "23 bis 7",
        "von 23 bis 7 Uhr",
        "23 Uhr bis 7 Uhr",
        "11pm-7am",
        "11 p.m. to 7 a.m.",
        "from 11:00 PM until 7 AM",
        "23.00 – 7.00",
        "23h-7h",
        "2300-0700",
    ] {
        assert_eq!(hours(said, EN).as_deref(), Ok("23:00-07:00"), "{said}");
    }
    for (said, is) in [
        ("22:30 – 6:45", "22:30-06:45"),
        ("22h30 - 6h45", "22:30-06:45"),
        ("22 Uhr 30 bis 6 Uhr 45", "22:30-06:45"),
        ("24 bis 8", "00:00-08:00"),
        ("12am-8am", "00:00-08:00"),
        ("10.30pm-6.45am", "22:30-06:45"),
    ] {
        assert_eq!(hours(said, EN).as_deref(), Ok(is), "{said}");
    }
    for wrong in
        ["late", "22:30", "12:00-12:10", "11-7", "23-7-8", "13pm-7am", "22:60-7", "25-8", "-", "to"]
    {
        assert!(hours(wrong, EN).is_err(), "{wrong}");
    }
    assert_eq!(places("3 1,3", 3, EN), Ok(vec![2, 0]));
    assert!(places("4", 3, EN).is_err());
    for word in ["all", "Alle", "both", "beide", "*"] {
        assert!(is_all(word), "{word}");
    }
    assert!(conditions("all", EN).is_err() && !is_all("1"));
}

#[test]
fn none_is_said_in_either_language() {
    for word in ["none", "None", "0", "keine", "keiner", "Nichts", "nein"] {
        assert_eq!(conditions(word, EN), Ok(Some(Vec::new())), "{word}");
        assert_eq!(people(word, Language::German), Ok(People::default()), "{word}");
    }
    assert!(!is_none("Nina") && !is_none(""));
}

#[test]
fn what_was_not_understood_is_said_in_the_own_language() {
    let wrong = [
        places("x", 3, Language::German).expect_err("no number"),
        hours("late", Language::German).expect_err("no hours"),
        people("Anna 55", Language::German).expect_err("no year"),
        people("Anna und Ben", Language::German).expect_err("no comma"),
        people("Anna, Anna", Language::German).expect_err("twice"),
        conditions("gout", Language::German).expect_err("unknown"),
        bedroom("", Language::German).expect_err("no name"),
        people(&"x".repeat(400), Language::German).expect_err("too long"),
    ];
    for why in wrong {
        assert!(why.contains('„') && !why.contains(" is "), "{why}");
    }
    let found = people("Anna weiblich 1955", Language::German).expect("people");
    assert_eq!(found.sleepers[0].sex, Some("female"));
}

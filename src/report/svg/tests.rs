//! The picture is whole, honest about gaps, and readable without eyes.

use super::*;

/// A night drawn from formulas: 22:00 to 08:00, falling from 20.5 °C, heated from 03:40.
fn night() -> Picture {
    let at = |minutes: i64| Time::ZERO + Span::minutes(minutes);
    let mut picture = Picture {
        title: "A made-up night".to_owned(),
        description: "The room falls to 16.6 °C and is heated for 70 minutes.".to_owned(),
        from: at(0),
        to: at(600),
        units: Units::Metric,
        temperature: Vec::new(),
        without: Vec::new(),
        reference: Temperature::celsius(18.0),
        target: Some(Temperature::celsius(19.0)),
        dose: Vec::new(),
        limit: KelvinHours::new(1.0),
        occupied: vec![(at(40), at(250)), (at(257), at(530))],
        heat: vec![(at(340), at(395)), (at(470), at(485))],
        fan: vec![(at(50), at(75))],
        unknown: vec![(at(120), at(165))],
        hours: (0..=10).map(|n| (at(n * 60), format!("{:02}:00", (22 + n) % 24))).collect(),
        labels: Labels::default(),
    };
    let mut dose = 0.0;
    for minutes in (0..=600).step_by(5) {
        let time = f64::from(i32::try_from(minutes).expect("it is small"));
        let fall = 20.5 - 3.9 * (1.0 - libm::exp(-time / 150.0));
        let warmth =
            if time > 345.0 { 2.2 * (1.0 - libm::exp((345.0 - time) / 40.0)) } else { 0.0 };
        let celsius = fall + warmth + 0.05 * libm::sin(time / 9.0);
        dose = dose * libm::exp(-5.0 / 90.0) + (18.0 - celsius).max(0.0) * 5.0 / 60.0;
        picture.dose.push((at(minutes), KelvinHours::new(dose)));
        picture.without.push((at(minutes), Temperature::celsius(fall)));
        if !(120..165).contains(&minutes) {
            picture.temperature.push((at(minutes), Temperature::celsius(celsius)));
        }
    }
    picture
}

/// Every tag opened and not closed, in order.
fn open_tags(svg: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    for tag in svg.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closing tag");
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap_or_default().to_owned());
        }
    }
    open
}

#[test]
fn a_night_is_drawn_the_same_every_time() {
    insta::assert_snapshot!(draw(&night()));
}

#[test]
fn it_is_whole_without_script_and_described() {
    let svg = draw(&night());
    assert_eq!(open_tags(&svg), [""; 0]);
    assert!(!svg.contains("script"));
    assert!(svg.contains("<title>A made-up night</title>"));
    assert!(svg.contains("<desc>The room falls to 16.6 °C"));
    assert!(svg.contains("prefers-color-scheme:dark"));
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "a figure is missing");
}

#[test]
fn names_cannot_break_out() {
    let title = "Anna & <Ben> \"tonight\"".to_owned();
    let svg = draw(&Picture { title, ..night() });
    assert_eq!(open_tags(&svg), [""; 0]);
    assert!(svg.contains("Anna &amp; &lt;Ben&gt; &quot;tonight&quot;"));
}

#[test]
fn the_line_is_broken_where_the_temperature_is_unknown() {
    let lines = |picture: &Picture| draw(picture).matches("class=\"line room\" d").count();
    assert_eq!(lines(&night()), 2);
    assert_eq!(lines(&Picture { unknown: Vec::new(), ..night() }), 1);
}

#[test]
fn a_night_without_anything_is_still_a_picture() {
    let empty = Picture {
        temperature: Vec::new(),
        without: Vec::new(),
        dose: Vec::new(),
        limit: KelvinHours(0),
        to: Time::ZERO,
        ..night()
    };
    let svg = draw(&empty);
    assert_eq!(open_tags(&svg), [""; 0]);
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "a figure is missing");
}

#[test]
fn fahrenheit_has_its_own_scale() {
    let svg = draw(&Picture { units: Units::Imperial, ..night() });
    assert!(svg.contains("cold below 64.4 °F") && svg.contains("1.8 °F·h"), "{svg}");
}

#[test]
fn what_lies_outside_the_picture_is_neither_drawn_nor_counted() {
    let at = |minutes: i64| Time(-Span::hours(2).0) + Span::minutes(minutes);
    let fan = vec![(at(0), at(60)), (at(90), at(150))];
    let temperature = vec![(at(0), Temperature::celsius(35.0))];
    let svg = draw(&Picture { temperature, fan, ..night() });
    assert!(svg.contains(">30 min<"), "half an hour lies inside: {svg}");
    assert!(!svg.contains(">34 °C<") && !svg.contains(">30 °C<"), "{svg}");
    assert_eq!(svg.matches("class=\"fan\"").count(), 1);
}

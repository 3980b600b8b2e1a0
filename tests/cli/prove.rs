//! `uncramp check --prove`.

use std::fs;

use super::{code, err, out, path, uncramp};

#[test]
fn prove_plays_nights_and_says_how_many_and_what_it_watched() {
    let said =
        uncramp(&["check", "config/uncramp.yaml", "--prove", "--nights", "9", "--seed", "7"]);
    assert_eq!(code(&said), 0, "{}{}", out(&said), err(&said));
    let text = out(&said);
    for line in [
        "\nPlaying random nights, from seed 7 on.\n",
        "no promise was broken in 9 random nights, of the seeds 7 to 15: on ",
        "  - S1: no heat of ours leaves on an unknown temperature\n",
        "  - S13: nobody who must not be told to drink is told to, whatever happens\n",
        "That is no proof: ",
    ] {
        assert!(text.contains(line), "{line}\n in \n{text}");
    }
    let again =
        uncramp(&["check", "config/uncramp.yaml", "--prove", "--nights", "9", "--seed", "7"]);
    assert_eq!(out(&again), text, "the same seed is the same nights");
}

#[test]
fn prove_ends_with_the_time_it_is_given() {
    let said = uncramp(&["check", "config/uncramp.yaml", "--prove", "--for", "1s"]);
    assert_eq!(code(&said), 0, "{}{}", out(&said), err(&said));
    assert!(out(&said).contains(" random nights, of the seeds "), "{}", out(&said));
}

#[test]
fn prove_plays_every_bedroom_of_the_house() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("two.yaml");
    let two = "timezone: America/Asuncion\nbedrooms:\n  attic:\n    sleep: 22:30-06:45\n    \
               sensors: { room: { topic: attic }, in_bed: [{ topic: left }, { topic: right }] }\n    \
               heater: { kind: panel, fixed: true, zigbee2mqtt: Panel }\n  bedroom:\n    \
               sleep: 09:00-16:30\n    mode: watch\n    sensors: { room: { zigbee2mqtt: Room } }\n    \
               fan: { zigbee2mqtt: Fan }\n";
    fs::write(&file, two).expect("written");
    let said = uncramp(&["check", path(&file), "--prove", "--nights", "8", "--seed", "0"]);
    assert_eq!(code(&said), 0, "{}{}", out(&said), err(&said));
    assert!(out(&said).contains("no promise was broken in 8 random nights"), "{}", out(&said));
}

#[test]
fn what_only_proves_is_not_for_an_ordinary_check() {
    assert_eq!(code(&uncramp(&["check", "config/uncramp.yaml", "--nights", "9"])), 2);
    assert_eq!(code(&uncramp(&["check", "config/uncramp.yaml", "--prove", "--for", "soon"])), 2);
}

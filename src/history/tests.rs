//! What is read, and what is said of what cannot be.

use super::*;
use crate::model::{BedroomId, Heard};

const PLAN: &str = include_str!("../../tests/data/speech-plan.json");
const MONS: &str = include_str!("../../tests/data/bedroom-mons-2016.csv");

fn readings(text: &str) -> Readings {
    match read(text, &Options::default()).expect("it can be read") {
        Recording::Readings(readings) => readings,
        Recording::Events(_) => panic!("these are readings"),
    }
}

fn complaints(text: &str, options: &Options) -> String {
    let problems = read(text, options).expect_err("something is wrong with it");
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn room(celsius: f64) -> Value {
    Value::Temperature(Temperature::celsius(celsius))
}

#[test]
fn the_recorded_bedroom_is_read_whole() {
    let readings = readings(MONS);
    assert_eq!(readings.samples.len(), 19_735 * 4);
    assert_eq!(readings.gaps, 0);
    let zone = readings.zone().expect("the rows tell it");
    assert_eq!((zone.first, zone.changes.len()), (3600, 0), "+01:00 all the year");
    let nights = nights(&readings.samples, &zone);
    assert_eq!(nights.len(), 138, "137 nights, and the afternoon after the last");
    assert_eq!(nights[0].0.evening.to_string(), "2016-01-11");
    assert!(
        nights.iter().all(|(night, samples)| {
            samples.iter().all(|sample| night.contains(sample.unix_ms))
        })
    );
}

#[test]
fn columns_are_found_by_their_words() {
    let text =
        "Date;Temperature (°F);Outside temp;RH %;note\n2026-11-22T22:30:00Z;64,4;3,5;45;ok\n";
    let samples: Vec<(Place, Value)> =
        readings(text).samples.iter().map(|s| (s.place, s.value)).collect();
    let expected = [
        (Place::Room, room(18.0)),
        (Place::Outdoors, room(3.5)),
        (Place::Room, Value::Humidity(Humidity::percent(45.0))),
    ];
    assert_eq!(samples, expected);
}

#[test]
fn the_rows_tell_how_the_clock_on_the_wall_stood() {
    let zone = |rows: &[&str]| readings(&format!("time,temp_c\n{}\n", rows.join("\n"))).zone();
    let utc = ["2026-10-24T22:00:00Z,18", "2026-10-25T22:00:00+00:00,18"];
    assert_eq!(zone(&utc), None);
    let mut autumn = ["2026-10-24T22:00:00+02:00,18", "2026-10-25T06:00:00+01:00,18"];
    let told = zone(&autumn).expect("a zone");
    assert_eq!((told.first, told.changes.as_slice()), (7200, &[(1_792_904_400, 3600)][..]));
    autumn.reverse();
    assert_eq!(zone(&autumn), Some(told), "the latest row first");
}

#[test]
fn gaps_are_no_readings_and_rows_are_put_in_order() {
    let text = "time,temperature_c\n2026-11-22T01:00:00Z,18.5\n2026-11-22T00:00:00Z,18\n\
                2026-11-22T02:00:00Z,\n2026-11-22T03:00:00Z,nan\n2026-11-22T04:00:00Z,85.0\n";
    let readings = readings(text);
    let values: Vec<Value> = readings.samples.iter().map(|sample| sample.value).collect();
    assert_eq!(values, [room(18.0), room(18.5)]);
    assert_eq!(readings.gaps, 3);
}

#[test]
fn problems_name_their_line_and_what_to_do() {
    let table = "time,temperature_c\n2026-11-22 22:30,18\n2026-11-22T22:40:00Z,warm\n";
    insta::assert_snapshot!(complaints(table, &Options::default()), @r"
    line 2: “2026-11-22 22:30” is no time with an offset. Write times as 2026-11-22T22:30:00+01:00.
    line 3: “warm” is no number. Write a number with a decimal point, or leave it empty where nothing was measured.
    ");
    insta::assert_snapshot!(complaints("time,humidity\n", &Options::default()), @"line 1: No column is the room's temperature among: time, humidity. Name it temperature_c (or temperature_f).");
    insta::assert_snapshot!(complaints("a,b\n", &Options::default()), @"line 1: No column is the time among: a, b. Expected is a recording of uncramp, a table whose first line names the columns (time,temperature_c,humidity_pct), or the file that Home Assistant's History page downloads.");
    insta::assert_snapshot!(complaints("", &Options::default()), @"line 1: The file is empty, or begins with an empty line. Expected is a recording of uncramp, a table whose first line names the columns (time,temperature_c,humidity_pct), or the file that Home Assistant's History page downloads.");
}

const DOWNLOAD: &str = "entity_id,state,last_changed
sensor.bedroom_temperature,18.4,2026-11-21T22:00:00.000Z
sensor.bedroom_temperature,unavailable,2026-11-21T22:10:00.000Z
sensor.bedroom_temperature,18.1,2026-11-21T22:20:00.123Z
sensor.bedroom_humidity,51,2026-11-21T22:05:00.000Z
sensor.kitchen_temperature,21.0,2026-11-21T22:00:00.000Z
sensor.outdoor_temperature,4.5,2026-11-21T22:00:00.000Z
light.bedroom,on,2026-11-21T22:00:00.000Z
";

#[test]
fn home_assistants_bedroom_is_found_by_name() {
    let readings = readings(DOWNLOAD);
    let places: Vec<Place> = readings.samples.iter().map(|sample| sample.place).collect();
    assert_eq!(places, [Place::Room, Place::Outdoors, Place::Room, Place::Room]);
    assert_eq!(readings.samples[3].value, room(18.1));
    assert_eq!(readings.gaps, 1);
}

#[test]
fn home_assistants_entities_can_be_stated() {
    let options = Options { temperature: Some("sensor.kitchen_temperature"), ..Options::default() };
    let Ok(Recording::Readings(readings)) = read(DOWNLOAD, &options) else {
        panic!("it can be read")
    };
    assert!(readings.samples.iter().any(|sample| sample.value == room(21.0)));
    let options = Options { temperature: Some("sensor.attic"), ..Options::default() };
    insta::assert_snapshot!(complaints(DOWNLOAD, &options), @"line 1: The entity sensor.attic is not in the file, which has: light.bedroom, sensor.bedroom_humidity, sensor.bedroom_temperature, sensor.kitchen_temperature, sensor.outdoor_temperature. Choose one of them with --temperature, or download the file with that entity.");
    let two = DOWNLOAD.replace("bedroom_", "room_");
    insta::assert_snapshot!(complaints(&two, &Options::default()), @"line 1: Several entities may be the bedroom's temperature: sensor.kitchen_temperature, sensor.room_temperature. Say which one it is with --temperature ENTITY.");
}

fn recording() -> String {
    let plan: Plan = serde_json::from_str(PLAN).expect("a plan");
    let heard = Event::Heard { bedroom: BedroomId(0), heard: Heard::default() };
    let lines = [
        write_header(&plan, Wall { offset: 5, synchronised: true }),
        write_line(Time(1000), &Event::Start),
        write_line(Time(2000), &heard),
        write_line(Time(2000), &Event::Tick),
    ];
    lines.map(|line| line.expect("it can be written") + "\n").concat()
}

#[test]
fn a_recording_comes_back_as_it_was() {
    let Ok(Recording::Events(events)) = read(&recording(), &Options::default()) else {
        panic!("it can be read")
    };
    assert_eq!(events.wall.offset, 5);
    assert_eq!(events.plan.bedrooms.len(), 1);
    assert_eq!(events.events.len(), 3);
    assert_eq!(events.events[0], (Time(1000), Event::Start));
}

#[test]
fn a_recording_cut_short_by_a_power_failure_is_read_to_its_last_whole_line() {
    let text = recording();
    let cut = &text[..text.len() - 5];
    let Ok(Recording::Events(events)) = read(cut, &Options::default()) else {
        panic!("it can be read")
    };
    assert_eq!(events.events.len(), 2);
}

#[test]
fn a_damaged_recording_is_complained_about() {
    let damaged = recording().replace("\"tick\"", "\"tock\"").replace("1000", "9000");
    insta::assert_snapshot!(complaints(&damaged, &Options::default()), @r#"
    line 3: This event is earlier than the one before it. Recordings are in order of time: keep the lines as they were written.
    line 4: This is no event of a recording (unknown variant `tock`, expected one of `heard`, `wish`, `clock`, `gap`, `start`, `link`, `unrecorded`, `noticed`, `announced`, `plan`, `tick`, `stop` at line 1 column 25): {"at":2000,"event":"tock"} Take the line out, or take the recording anew.
    "#);
    insta::assert_snapshot!(complaints("{\"uncramp\":7}\n", &Options::default()), @"line 1: This recording has form 7, known is 1. Replay it with the uncramp that made it, or a newer one.");
}

#[test]
fn nights_go_from_noon_to_noon_by_the_clock_on_the_wall() {
    let changes = vec![(1_711_846_800, 7200), (1_729_990_800, 3600)];
    let zone = Zone { name: "Europe/Brussels".to_owned(), first: 3600, changes };
    let spring = Night::of(1_711_846_800_000, &zone);
    assert_eq!(spring.evening.to_string(), "2024-03-30");
    assert_eq!(spring.to - spring.from, 23 * 3_600_000, "an hour is missing");
    let autumn = Night::of(1_729_990_800_000, &zone);
    assert_eq!(autumn.to - autumn.from, 25 * 3_600_000, "an hour is doubled");
    assert!(!spring.contains(spring.to));
}

#[test]
fn a_wild_date_is_named_and_not_walked_to() {
    let text = "time,temp_c\n2026-01-14T22:00:00Z,18\n9026-01-14T22:10:00Z,18\n\
                2026-01-14T22:20:00Z,18\n2026-01-14T22:30:00Z,18\n\
                1970-01-01T00:00:05Z,18\n1970-01-01T00:10:05Z,18\n";
    assert_eq!(
        complaints(text, &Options::default()),
        "line 6: The time of this row lies more than a year from the rest, like another one. Correct \
         the date, or take what belongs to another year out.\n\
         line 3: The time of this row lies more than a year from the rest. Correct the date, or \
         take what belongs to another year out."
    );
}

//! What a day costs a memory card: a winter's day of a well-equipped bedroom, with sensors
//! that speak every minute, in a few seconds.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::timeout;
use uncramp::model::{Span, Time};

use super::mosquitto::{Mosquitto, PATIENCE};
use super::{Night, support};

/// The goal, in bytes: less than two gigabytes a year.
const MOST: u64 = 5_000_000;

const WELL_EQUIPPED: &str = "\
sleep: 22:30-06:45
sensors:
  room: { zigbee2mqtt: Climate }
  bed: { zigbee2mqtt: Foot }
  in_bed: { topic: mat }
  co2: { topic: air, path: co2 }
heater: { kind: radiator, command: heater/set, state: heater }";

/// Whoever publishes on one topic, a line a message; gone when dropped.
struct Mouth(Child);

impl Mouth {
    fn new(mosquitto: &Mosquitto, topic: &str) -> Self {
        let port = mosquitto.port.to_string();
        let to = ["-p", &port, "-t", topic, "-q", "1", "-l"];
        let child = Command::new("mosquitto_pub").args(to).stdin(Stdio::piped()).spawn();
        Self(child.expect("mosquitto_pub is installed"))
    }

    fn say(&mut self, line: impl Display) {
        let stdin = self.0.stdin.as_mut().expect("its input");
        writeln!(stdin, "{line}").expect("it listens");
    }
}

impl Drop for Mouth {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// What this process has caused to be written, as far as the file system is on a disk.
fn written() -> u64 {
    let io = fs::read_to_string("/proc/self/io").expect("Linux tells");
    let line = io.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    line.expect("it").trim().parse().expect("a number")
}

/// A cold day from ten in the evening on, a minute at a time: °C and percent, as recorded,
/// with the noise of a sensor.
fn winter() -> Vec<(f64, f64)> {
    let rows = csv::Reader::from_path("tests/data/bedroom-mons-2016.csv").expect("the file");
    let rows = rows.into_records().map(|row| row.expect("a row"));
    let rows: Vec<(f64, f64)> = rows
        .skip_while(|row| !row[0].starts_with("2016-01-20T22:00"))
        .map(|row| (row[1].parse().expect("°C"), row[2].parse().expect("percent")))
        .take(145)
        .collect();
    let mut random = fastrand::Rng::with_seed(7);
    let minute = |minute: usize| {
        let (before, after) = (rows[minute / 10], rows[minute / 10 + 1]);
        let share = f64::from(u8::try_from(minute % 10).expect("a digit")) / 10.0;
        let between = |from: f64, to: f64| from + (to - from) * share;
        let (noise, damp) = (random.f64() - 0.5, random.f64() - 0.5);
        (between(before.0, after.0) + noise * 0.1, between(before.1, after.1) + damp)
    };
    (0..1440).map(minute).collect()
}

/// A log that is written back now, as it would have been within half a minute.
fn write_back(directory: &Path) {
    if let Ok(log) = File::open(directory.join("history.sqlite-wal")) {
        log.sync_all().expect("written");
    }
}

#[tokio::test]
async fn a_day_writes_less_than_five_megabytes() {
    let mosquitto = Mosquitto::anonymous();
    let dir = tempfile::tempdir().expect("a directory");
    let mut night =
        Night::first(support::plan_of(WELL_EQUIPPED), mosquitto.port, dir.path(), Time::ZERO);
    night.linked(true).await;
    // A valve that says what it was told.
    let port = mosquitto.port.to_string();
    let ear = Command::new("mosquitto_sub")
        .args(["-p", &port, "-t", "heater/set"])
        .stdout(Stdio::piped())
        .spawn();
    let mut ear = Mouth(ear.expect("mosquitto_sub is installed"));
    let heard = ear.0.stdout.take().expect("its output");
    let mouth = Command::new("mosquitto_pub")
        .args(["-p", &port, "-t", "heater", "-l"])
        .stdin(heard)
        .spawn();
    let mouth = Mouth(mouth.expect("mosquitto_pub is installed"));
    night.hears(&mosquitto, "heater", "17").await;
    let topics = ["zigbee2mqtt/Climate", "zigbee2mqtt/Foot", "air"];
    let mut mouths = topics.map(|topic| Mouth::new(&mosquitto, topic));
    let before = written();
    for (minute, (temperature, humidity)) in winter().into_iter().enumerate() {
        if [30, 200, 210, 520].contains(&minute) {
            let mat = if [30, 210].contains(&minute) { "ON" } else { "OFF" };
            night.hears(&mosquitto, "mat", mat).await;
        }
        let climate = |warmer: f64| {
            let temperature = temperature + warmer;
            format!("{{\"temperature\":{temperature:.2},\"humidity\":{humidity:.2}}}")
        };
        mouths[0].say(climate(0.0));
        mouths[1].say(climate(9.0));
        mouths[2].say(format!("{{\"co2\":{}}}", 500 + minute % 700));
        night.heard += 3;
        let quiet = timeout(PATIENCE, night.hand.quiet(night.heard)).await;
        quiet.expect("in time").expect("it runs");
        night.pass(Span::minutes(1), false).await;
        // What a minute leaves to the threads that write, and to the kernel.
        tokio::time::sleep(Duration::from_millis(4)).await;
        write_back(dir.path());
    }
    night.stop().await;
    let written = written() - before;
    drop((ear, mouth));
    let size = |name: &str| fs::metadata(dir.path().join(name)).expect("a file").len();
    println!(
        "written in a day: {:.2} MB; history.sqlite {} KB, state.sqlite {} KB",
        f64::from(u32::try_from(written / 1000).expect("few")) / 1000.0,
        size("history.sqlite") / 1000,
        size("state.sqlite") / 1000
    );
    assert!(size("history.sqlite") > 20_000, "a day was kept");
    assert!(written <= MOST, "{written} bytes");
}

//! Three winter nights of the recorded bedroom, live and by the engine alone: the two
//! decide the same.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use uncramp::daemon::Settings;
use uncramp::daemon::tls::Tls;
use uncramp::model::{Span, Time};
use uncramp::plan::Plan;

use crate::devices::{Device, Plug, Valve};
use crate::mosquitto::{Mosquitto, free_port};
use crate::night::{Decided, Line, Night, anonymous, on_stage};
use crate::nights::{self, END, INTERVAL, clock};
use crate::world::{Door, World};

/// What the device says of itself, and that its timer was seen to work, before anything
/// else.
fn script(device: &Device, evening: NaiveDate) -> Vec<Line> {
    let mut lines =
        vec![Line { at: Time(1000), topic: device.topic().to_owned(), payload: device.report() }];
    if matches!(device, Device::Plug(_)) {
        lines.push(Line {
            at: Time(2000),
            topic: "uncramp/bedroom/timer/set".to_owned(),
            payload: "{\"actuator\":\"heater\",\"works\":true}".to_owned(),
        });
    }
    lines.extend(nights::lines(&nights::recorded(), evening));
    lines
}

fn evening(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2016, month, day).expect("a date")
}

fn homes() -> [(&'static str, Plan, Device); 2] {
    [
        ("switch", nights::switched(), Device::Plug(Plug::default())),
        ("valve", nights::valve(), Device::Valve(Valve { setpoint: 16.0 })),
    ]
}

/// A whole night, undisturbed.
async fn spend(settings: Settings, world: World, plan: &Plan, device: Device, on: NaiveDate) {
    let lines = script(&device, on);
    let staged = on_stage(plan, nights::wall(on), &lines, END);
    let mut night = Night::begin(plan.clone(), settings, nights::wall(on), world, device);
    night.linked(true).await;
    night.play(&lines, END).await;
    tell(on, &night.decided, &staged);
    assert_same(&night.decided, &staged);
    assert_eq!(night.repeated, 0, "nothing is said twice");
    night.stop().await;
}

fn assert_same(live: &[Decided], staged: &[Decided]) {
    let told = |d: &Decided| (d.switch.clone(), d.number, d.again, d.text.clone());
    let (live_told, staged_told): (Vec<_>, Vec<_>) =
        (live.iter().map(told).collect(), staged.iter().map(told).collect());
    assert_eq!(live_told, staged_told);
    assert!(farthest(live, staged) <= INTERVAL);
}

fn farthest(live: &[Decided], staged: &[Decided]) -> Span {
    let apart = live.iter().zip(staged).map(|(a, b)| Span((a.at - b.at).0.abs()));
    apart.max().unwrap_or(Span::ZERO)
}

fn changes(decided: &[Decided]) -> Vec<Decided> {
    decided.iter().filter(|one| !one.again).cloned().collect()
}

/// One line of the table, and one for each decision.
fn tell(on: NaiveDate, live: &[Decided], staged: &[Decided]) {
    let (new, staged_new) = (changes(live), changes(staged));
    println!(
        "\nnight of {on}: live {} decisions and {} renewals or repetitions; by the engine alone {} \
         and {}; farthest apart {} ms",
        new.len(),
        live.len() - new.len(),
        staged_new.len(),
        staged.len() - staged_new.len(),
        farthest(&new, &staged_new).0,
    );
    for one in new {
        let number = one.number.map_or_else(String::new, |number| format!(" {number}"));
        println!("  {}  {}{number}: {}", clock(one.at), one.switch, one.text);
    }
}

#[tokio::test]
async fn a_night_cold_from_the_evening_on_with_a_broker_that_restarts() {
    let on = evening(1, 23);
    for (_, plan, device) in homes() {
        let mut mosquitto = Mosquitto::anonymous();
        let door = Door::before(mosquitto.port).await;
        let world = World::join(mosquitto.port, None).await;
        let lines = script(&device, on);
        let wall = nights::wall(on);
        let staged = on_stage(&plan, wall, &lines, END);
        let mut night = Night::begin(plan.clone(), anonymous(door.port, None), wall, world, device);
        night.linked(true).await;
        // The broker is away from 23:11 to 23:16, over a decision, and no reading is due.
        let (away, back) = (Time::ZERO + Span::minutes(371), Time::ZERO + Span::minutes(376));
        let (before, after): (Vec<_>, Vec<_>) = lines.iter().cloned().partition(|l| l.at < away);
        night.play(&before, away).await;
        door.set_open(false);
        mosquitto.kill();
        night.linked(false).await;
        door.knocked().await;
        night.pass_without_broker(back).await;
        mosquitto.run();
        night.join(World::join(mosquitto.port, None).await);
        door.set_open(true);
        night.linked(true).await;
        night.play(&after, END).await;
        tell(on, &night.decided, &staged);
        assert_same(&changes(&night.decided), &changes(&staged));
        night.stop().await;
    }
}

#[tokio::test]
async fn a_night_that_is_warmed_to_bedtime_behind_a_password() {
    for (_, plan, device) in homes() {
        let mosquitto = Mosquitto::start(|dir| with_user(dir, "correct horse"));
        let login = ("anna", "correct horse");
        let settings = Settings {
            username: Some(login.0.to_owned()),
            password: Some(login.1.to_owned().into()),
            ..anonymous(mosquitto.port, None)
        };
        let world = World::join(mosquitto.port, Some(login)).await;
        spend(settings, world, &plan, device, evening(2, 13)).await;
    }
}

#[tokio::test]
async fn a_night_that_is_warmed_before_dawn_over_tls() {
    for (_, plan, device) in homes() {
        let plainly = free_port();
        let (mosquitto, ca) = encrypted(plainly);
        let tls = Some(Tls { ca: Some(ca), insecure_skip_verify: false });
        let settings = Settings { tls, ..anonymous(mosquitto.port, None) };
        let world = World::join(plainly, None).await;
        spend(settings, world, &plan, device, evening(2, 17)).await;
    }
}

/// Lets in only `anna`.
pub(crate) fn with_user(dir: &Path, password: &str) -> String {
    let file = dir.join("passwords");
    let made = std::process::Command::new("mosquitto_passwd")
        .args(["-b", "-c"])
        .arg(&file)
        .args(["anna", password])
        .status();
    assert!(made.expect("mosquitto_passwd is installed").success());
    format!("allow_anonymous false\npassword_file {}", file.display())
}

/// An encrypted listener for the daemon, and a plain one for the devices.
fn encrypted(plainly: u16) -> (Mosquitto, PathBuf) {
    let mut ca = CertificateParams::new(Vec::new()).expect("parameters");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name.push(rcgen::DnType::CommonName, "home");
    let ca_key = KeyPair::generate().expect("a key");
    let authority = ca.self_signed(&ca_key).expect("a certificate").pem();
    let key = KeyPair::generate().expect("a key");
    let server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
    let server = server.signed_by(&key, &Issuer::new(ca, ca_key)).expect("a certificate").pem();
    let mosquitto = Mosquitto::start(|dir| {
        let put = |name: &str, text: &str| {
            std::fs::write(dir.join(name), text).expect("a file");
            dir.join(name).display().to_string()
        };
        let (server, key) = (put("server.crt", &server), put("server.key", &key.serialize_pem()));
        put("home-ca.crt", &authority);
        format!(
            "allow_anonymous true\ncertfile {server}\nkeyfile {key}\nlistener {plainly} 127.0.0.1"
        )
    });
    let ca = mosquitto.dir.path().join("home-ca.crt");
    (mosquitto, ca)
}

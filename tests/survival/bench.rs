//! One bedroom on the bench: a broker, a wire to it, the daemon, and all that is around it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fastrand::Rng;
use rustix::process::Signal;
use serde_json::Value;

use crate::devices::{Dialect, Ms};
use crate::mosquitto::Mosquitto;
use crate::process::{Begin, Process};
use crate::proxy::Proxy;
use crate::scene::{Inner, Scene};

/// What a trial came to: its figures in a line, or what was not as it must be.
pub(crate) type Outcome = Result<String, String>;

/// Generous: a slow machine fails nothing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(75);

/// How long an "on" holds, in milliseconds: the shortest lease that a configuration takes.
pub(crate) const LEASE: Ms = 120_000;

/// A device's own timer may be late by this, in milliseconds.
pub(crate) const SLACK: Ms = 2_000;

/// What the household had set on the valve.
pub(crate) const BASELINE: f64 = 16.0;

/// The client id of the daemon on its broker.
pub(crate) const CLIENT: &str = "uncramp-survival";

/// Cold enough for heat, warm enough for none, and in between; near enough to each other that
/// nothing is taken for a jump.
pub(crate) const COLD: &str = "16.6";
pub(crate) const WARM: &str = "19.4";
pub(crate) const MILD: &str = "18.1";

/// How a bench is set up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup {
    pub(crate) dialect: Dialect,
    /// The plug's timer was seen to work.
    pub(crate) proven: bool,
    pub(crate) stepped: bool,
    /// The rooms' thermometers measure the humidity too, which never moves.
    pub(crate) humid: bool,
    /// The time zone, and by how many hours it is ahead of UTC at first.
    pub(crate) zone: (&'static str, i64),
    /// What the clock shows at first, in Unix seconds; else it is now, or [`EVENING`].
    pub(crate) wall: Option<i64>,
    /// More lines of the broker's configuration.
    pub(crate) broker: &'static str,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            dialect: Dialect::Zigbee2mqtt,
            proven: true,
            stepped: false,
            humid: false,
            zone: ("UTC", 0),
            wall: None,
            broker: "",
        }
    }
}

impl Setup {
    /// What the clock shows at first, in Unix seconds.
    fn begins(&self) -> i64 {
        let now = || if self.stepped { EVENING } else { unix_now() };
        self.wall.unwrap_or_else(now)
    }
}

/// The real time, in Unix seconds.
pub(crate) fn unix_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.expect("after 1970").as_secs()).expect("a date")
}

/// Everything.
pub(crate) struct Bench {
    pub(crate) dir: PathBuf,
    pub(crate) rng: Rng,
    pub(crate) mosquitto: Mosquitto,
    pub(crate) proxy: Proxy,
    pub(crate) scene: Scene,
    pub(crate) begin: Begin,
    pub(crate) setup: Setup,
    process: Option<Process>,
    /// Where a stepped clock stands, in seconds.
    pub(crate) at: i64,
    /// By so many seconds it is moved at once; sensors speak each time.
    pub(crate) stride: i64,
    /// The connection is not to break before then, in real milliseconds.
    pub(crate) apart: Ms,
}

impl Bench {
    /// A bench with everything on it but a running daemon.
    pub(crate) async fn new(dir: &Path, seed: u64, setup: Setup) -> Self {
        let mosquitto = Mosquitto::start(|_| format!("allow_anonymous true\n{}", setup.broker));
        let proxy = Proxy::before(mosquitto.port).await;
        let scene = Scene::join(mosquitto.port, &setup);
        let stepped = setup.stepped.then_some((0, setup.begins()));
        let bench = Self {
            dir: dir.to_owned(),
            rng: Rng::with_seed(seed),
            mosquitto,
            proxy,
            scene,
            begin: Begin { stepped, ..Begin::default() },
            setup,
            process: None,
            at: 0,
            stride: 5,
            apart: 0,
        };
        bench.configure(&bench.configuration());
        bench
    }

    /// A bench in the moment *idle*: linked, everything known, nothing to do.
    pub(crate) async fn idle(dir: &Path, seed: u64, setup: Setup) -> Result<Self, String> {
        let mut bench = Self::new(dir, seed, setup).await;
        bench.until("the scene listens", |it| it.listening).await?;
        bench.start();
        bench.settle().await?;
        Ok(bench)
    }

    pub(crate) fn configuration(&self) -> String {
        configuration(&self.setup, self.proxy.port, &self.store())
    }

    pub(crate) fn configure(&self, text: &str) {
        std::fs::write(self.dir.join("uncramp.yaml"), text).expect("a configuration");
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.dir.join("store")
    }

    pub(crate) fn start(&mut self) {
        let log = self.dir.join("uncramp.log");
        if let Some((at, _)) = &mut self.begin.stepped {
            *at = self.at;
        }
        let mark = format!("--- started at {} ms\n", self.scene.now());
        let before = std::fs::read_to_string(&log).unwrap_or_default();
        std::fs::write(&log, before + &mark).expect("a log");
        self.process = Some(Process::begin(&self.dir.join("uncramp.yaml"), &log, &self.begin));
    }

    pub(crate) fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("it runs")
    }

    /// `kill -9`, at once.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    pub(crate) fn signal(&mut self, signal: Signal) {
        self.process().signal(signal);
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.dir.join("uncramp.log")).unwrap_or_default()
    }

    /// Waits for something; how long that took, in milliseconds.
    pub(crate) async fn until(
        &self,
        what: &str,
        mut come: impl FnMut(&Inner) -> bool,
    ) -> Result<Ms, String> {
        self.within(PATIENCE, what, &mut come).await
    }

    pub(crate) async fn within(
        &self,
        patience: Duration,
        what: &str,
        mut come: impl FnMut(&Inner) -> bool,
    ) -> Result<Ms, String> {
        let begun = Instant::now();
        loop {
            if come(&self.scene.look()) {
                return Ok(Ms::try_from(begun.elapsed().as_millis()).unwrap_or(Ms::MAX));
            }
            if begun.elapsed() > patience {
                return Err(format!("{what}: not within {} s", patience.as_secs()));
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// Waits until the log says something that it had not said `before` (its length then).
    pub(crate) async fn logged(&self, before: usize, words: &str) -> Result<Ms, String> {
        let begun = Instant::now();
        while !self.log().get(before..).unwrap_or_default().contains(words) {
            if begun.elapsed() > PATIENCE {
                return Err(format!("the log does not say “{words}”"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(Ms::try_from(begun.elapsed().as_millis()).unwrap_or(Ms::MAX))
    }

    /// Waits until the daemon knows what is to be known, and everything is off.
    pub(crate) async fn settle(&mut self) -> Result<(), String> {
        let from = self.scene.now();
        self.linked(from).await?;
        self.furnish().await
    }

    /// The same of who is linked already.
    pub(crate) async fn furnish(&mut self) -> Result<(), String> {
        let works = self.setup.proven.to_string();
        let wish = format!("{{\"actuator\":\"heater\",\"works\":{works}}}");
        self.scene.ask("uncramp/bedroom/timer/set", &wish);
        self.rest().await
    }

    /// The same of who knows already what `uncramp try` saw.
    pub(crate) async fn rest(&mut self) -> Result<(), String> {
        for (topic, value) in ROOMS {
            self.scene.feel(topic, value);
        }
        self.scene.report();
        let (proven, begun) = (self.setup.proven, Instant::now());
        loop {
            for bedroom in ["bedroom", "attic", "study"] {
                self.live(bedroom).await?;
            }
            let it = self.scene.look();
            if it.view("bedroom", "/actuators/0/state") == "off"
                && it.view("bedroom", "/actuators/0/timer_works") == proven
                && it.view("bedroom", "/air/temperature").is_number()
                && it.view("attic", "/actuators/0/set_point").as_f64() == Some(BASELINE)
                && it.view("study", "/actuators/0/state") == "off"
                && !it.plug.on
            {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                return Err("it does not come to rest".to_owned());
            }
        }
    }

    /// Whoever connected after that instant has said so, and listens.
    pub(crate) async fn linked(&mut self, from: Ms) -> Result<Ms, String> {
        let begun = Instant::now();
        let come = |it: &Inner| {
            let seen = it.views.get("bedroom").is_some_and(|(at, _)| *at >= from);
            seen && it.status.as_ref().is_some_and(|(at, word)| *at >= from && word == "online")
        };
        while self.within(Duration::from_millis(500), "linked", come).await.is_err() {
            self.runs()?;
            if begun.elapsed() > PATIENCE {
                return Err("it is not linked".to_owned());
            }
        }
        Ok(Ms::try_from(begun.elapsed().as_millis()).unwrap_or(Ms::MAX))
    }

    fn runs(&mut self) -> Result<(), String> {
        match self.process().ended() {
            Some(code) => Err(format!("the daemon has ended with {code}")),
            None => Ok(()),
        }
    }

    /// The daemon follows what it is asked: its pictures are of now.
    pub(crate) async fn live(&mut self, bedroom: &str) -> Result<Ms, String> {
        let mark = format!("nonsense {}", self.rng.u64(..));
        let (wish, event) =
            (format!("uncramp/{bedroom}/mode/set"), format!("uncramp/{bedroom}/event"));
        let begun = Instant::now();
        loop {
            let from = self.scene.now();
            // A wish that nobody follows is answered.
            self.scene.ask(&wish, &mark);
            let answered = |it: &Inner| it.since(from, &event).any(|h| h.payload.contains(&mark));
            let shown = |it: &Inner| it.views.get(bedroom).is_some_and(|(at, _)| *at >= from);
            let half = Duration::from_millis(500);
            let heard = self.within(half, "an answer", |it| answered(it) && shown(it)).await;
            if heard.is_ok() {
                return Ok(Ms::try_from(begun.elapsed().as_millis()).unwrap_or(Ms::MAX));
            }
            self.runs()?;
            if begun.elapsed() > PATIENCE {
                return Err("it answers nobody".to_owned());
            }
        }
    }

    /// Heat is called for and given.
    pub(crate) async fn heat(&mut self) -> Result<Ms, String> {
        self.scene.feel("home/room", COLD);
        self.scene.feel("home/attic", COLD);
        self.until("the heater goes on", |it| it.plug.on && it.valve.set_point > BASELINE).await
    }

    /// Passes real time.
    pub(crate) async fn wait(&self, ms: Ms) {
        tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
    }

    /// Moves a stepped clock by so many seconds. `away`: the broker is not there.
    pub(crate) async fn pass(&mut self, seconds: i64, away: bool) -> Result<(), String> {
        let end = self.at + seconds;
        while self.at < end {
            let next = (self.at + self.stride).min(end);
            self.process().tell(&format!("{next}{}", if away { "!" } else { "" }));
            let (begun, answer) = (Instant::now(), format!("at {next}"));
            while self.process().answer() != answer {
                if begun.elapsed() > PATIENCE {
                    return Err(format!("the stepped clock does not come to {next} s"));
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            self.at = next;
            self.scene.step(next * 1000);
        }
        Ok(())
    }

    /// The plug is off by now, or within so long.
    pub(crate) async fn off(&self, within: Ms) -> Result<Ms, String> {
        let patience = Duration::from_millis(u64::try_from(within).unwrap_or(0));
        self.within(patience, "the heater goes off", |it| !it.plug.on).await
    }

    /// Nothing was on for longer than its lease without being told so again, and the room with
    /// the valve was kept as warm as the household wants it.
    pub(crate) fn within_limits(&self) -> Result<Ms, String> {
        self.never_below()?;
        let it = self.scene.look();
        let longest = it.plug.longest_unrenewed(it.now());
        if longest > LEASE + SLACK {
            return Err(format!("on for {longest} ms without a renewal"));
        }
        Ok(longest)
    }

    /// The household's set-point was never undercut.
    fn never_below(&self) -> Result<(), String> {
        let it = self.scene.look();
        match it.valve.told.iter().find(|(_, told)| *told < BASELINE) {
            Some((at, told)) => Err(format!("the valve was told {told} °C at {at} ms")),
            None => Ok(()),
        }
    }

    /// What is recorded of a kind.
    pub(crate) fn recorded(&self, table: &str, column: &str) -> Result<Vec<i64>, String> {
        let path = self.store().join("state.sqlite");
        let said = |e: rusqlite::Error| e.to_string();
        let file = rusqlite::Connection::open(path).map_err(said)?;
        let query = format!("SELECT {column} FROM {table} ORDER BY number");
        let mut statement = file.prepare(&query).map_err(said)?;
        let rows = statement.query_map([], |row| row.get(0)).map_err(said)?;
        rows.collect::<Result<_, _>>().map_err(said)
    }

    /// Edits where time stood when nobody runs.
    pub(crate) fn restand(&self, edit: impl Fn(&mut Value)) -> Result<(), String> {
        let path = self.store().join("state.sqlite");
        let said = |e: rusqlite::Error| e.to_string();
        let file = rusqlite::Connection::open(path).map_err(said)?;
        let edited = |text: String| {
            let mut stand: Value = serde_json::from_str(&text).unwrap_or_default();
            edit(&mut stand);
            stand.to_string()
        };
        let query = "SELECT value FROM meta WHERE key = 'stand'";
        let text: String = file.query_row(query, [], |row| row.get(0)).map_err(said)?;
        file.execute("UPDATE meta SET value = ? WHERE key = 'stand'", [edited(text)])
            .map_err(said)?;
        Ok(())
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::write(self.dir.join("mosquitto.log"), self.mosquitto.log());
        let it = self.scene.look();
        let heard: Vec<String> = it
            .heard
            .iter()
            .map(|h| {
                format!(
                    "{} {}{} {}",
                    h.at,
                    if h.retained { "kept " } else { "" },
                    h.topic,
                    h.payload
                )
            })
            .collect();
        let _ = std::fs::write(self.dir.join("heard.log"), heard.join("\n"));
        let last = format!("{:?}\n{:?}\n{:#?}", it.plug, it.valve, it.views);
        let _ = std::fs::write(self.dir.join("last.log"), last);
    }
}

/// What the rooms' sensors say at first.
const ROOMS: [(&str, &str); 6] = [
    ("home/room", MILD),
    ("home/attic", MILD),
    ("home/study", "20.4"),
    ("home/study_bed", "24.0"),
    ("home/mat", "ON"),
    ("home/study_mat", "OFF"),
];

/// 2026-01-10T22:45 UTC, where a stepped clock begins.
pub(crate) const EVENING: i64 = 1_768_085_100;

/// Three rooms: one with the plug, where it is night; one with a valve; one where it is day,
/// that speaks and has a blanket.
fn configuration(setup: &Setup, port: u16, store: &Path) -> String {
    let (zone, ahead) = setup.zone;
    let hour = setup.begins() / 3600 + ahead;
    let clock = |from: i64, to: i64| {
        format!("{:02}:00-{:02}:00", (hour + from).rem_euclid(24), (hour + to).rem_euclid(24))
    };
    let (night, day) = (clock(-2, 9), clock(8, 17));
    let plug = setup.dialect.keys();
    let plug = plug.replace(", ", "\n      ");
    let store = store.display();
    let paths = ", temperature: { path: t }, humidity: { path: h }";
    let humid = if setup.humid { paths } else { "" };
    format!(
        "timezone: {zone}
store: {store}
mqtt: {{ host: 127.0.0.1, port: {port}, client_id: {CLIENT} }}
bedrooms:
  bedroom:
    sleep: {night}
    sleepers: {{ anna: {{}} }}
    sensors:
      room: {{ topic: home/room{humid} }}
      in_bed: {{ topic: home/mat }}
    heater:
      {plug}
      kind: panel
      fixed: true
      min_on: off
      min_off: off
      lease: 2m
      confirm: 2s
    cold_exposure:
      thermostat: {{ start_below: 17, stop_above: 19 }}
      prewarm: off
      ramp: off
      window_guess: off
    occupancy: {{ in_after: off, out_after: off }}
    readings: {{ least_silence: 2m, most_silence: 15m, heated_silence: 5m }}
  attic:
    sleep: {night}
    sensors:
      room: {{ topic: home/attic{humid} }}
    heater:
      zigbee2mqtt: {{ device: valve, setpoint: occupied_heating_setpoint }}
      kind: radiator
      audible: false
    cold_exposure:
      thermostat: {{ start_below: 17, stop_above: 19 }}
      prewarm: off
      ramp: off
      window_guess: off
    readings: {{ least_silence: 2m, most_silence: 15m, heated_silence: 5m }}
  study:
    sleep: {day}
    sleepers: {{ ben: {{}} }}
    sensors:
      room: {{ topic: home/study }}
      bed: {{ topic: home/study_bed }}
      in_bed: {{ topic: home/study_mat }}
    heater: {{ command: home/blanket/set, state: home/blanket, kind: blanket }}
    occupancy: {{ in_after: off, out_after: off }}
    readings: {{ jump: off }}
"
    )
}

//! The only place that reads clocks.
//!
//! [`Time`] is counted by `CLOCK_BOOTTIME`, which goes on while the machine sleeps
//! (`std`'s `Instant` does not on Linux) and is never set, and is continued over
//! restarts from what the store remembers. The wall clock is only ever an offset to it.
//!
//! A [`Clock`] is real, or is stepped from outside by a demo or a test.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::model::{Span, Time, Wall};

/// How long the real clock sleeps at most: `tokio` does not count a suspend, so that a
/// sleep must not outlast what a suspend may hide, and the watchdog wants to be fed.
pub const HEARTBEAT: Duration = Duration::from_secs(10);

/// A change of the wall clock is told to the engine from here on.
pub const NOTICEABLE: Span = Span(500);

/// A wall clock that shows less was never set: 2026-01-01 in Unix milliseconds.
pub(super) const SANE_MS: i64 = 1_767_225_600_000;

/// How far a hardware clock may be from the wall clock and still be what set it: it may
/// run in local time.
const RTC_TOLERANCE_MS: i64 = 26 * 3_600_000;

/// Where `systemd-timesyncd` says that the clock is right. The unit's `ProtectClock`
/// forbids asking the kernel.
const TIMESYNC: &str = "/run/systemd/timesync/synchronized";

/// What the hardware clock shows, in Unix seconds.
const RTC: &str = "/sys/class/rtc/rtc0/since_epoch";

/// Where time stood when it was last recorded, to be continued from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// The instant.
    pub time: Time,
    /// Milliseconds since boot.
    pub uptime: i64,
    /// The wall clock, in Unix milliseconds.
    pub wall: i64,
    /// Which boot it was; empty if the machine does not tell.
    pub boot: String,
    /// The wall clock was known to be right: it stays so for the rest of that boot.
    #[serde(default)]
    pub synchronised: bool,
    /// It comes from a backup: nobody watched since, whichever boot it was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restored: bool,
}

/// A source of time.
#[derive(Debug)]
pub enum Clock {
    /// The machine's clocks.
    Real(Real),
    /// Moved from outside.
    Stepped(Stepped),
}

impl Clock {
    /// The machine's clocks; [`Time`] begins at zero until [`Clock::go_on`].
    #[must_use]
    pub fn real() -> Self {
        Self::Real(Real {
            base: Time::ZERO,
            since: uptime(),
            boot: boot_id(),
            first_offset: wall_ms() - uptime(),
            known_right: false,
            assured: Assurance::default(),
        })
    }

    /// For who knows from elsewhere that the wall clock is right; none for a stepped clock.
    #[must_use]
    pub fn assurance(&self) -> Option<Assurance> {
        match self {
            Self::Real(real) => Some(real.assured.clone()),
            Self::Stepped(_) => None,
        }
    }

    /// A clock that stands still until its [`Hand`] moves it.
    #[must_use]
    pub fn stepped(now: Time, wall: Wall) -> (Self, Hand) {
        let (set, face) = watch::channel(Face { now, wall });
        let (report, reports) = watch::channel(Progress::default());
        let seen = Mutex::new(Face { now, wall });
        (Self::Stepped(Stepped { face, seen, report }), Hand { set, reports })
    }

    /// Continues the time that was recorded. Returns whether the boot is the same, that
    /// is, whether the time that passed since is known and nothing was restarted or restored.
    pub fn go_on(&mut self, from: &Stand) -> bool {
        let same = match self {
            Self::Real(real) => real.go_on(from, wall_ms()),
            Self::Stepped(_) => from.boot == Stepped::BOOT,
        };
        same && !from.restored
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Time {
        match self {
            Self::Real(real) => real.base + Span(uptime() - real.since),
            Self::Stepped(stepped) => stepped.look(|seen, face| seen.now = face.now).now,
        }
    }

    /// The wall clock, and whether it is known to be right.
    ///
    /// It is if it was when the time was recorded that goes on in the same boot; if
    /// timesyncd says so; if a hardware clock shows the same (a Pi without a battery
    /// shows 1970 there); if something moved it by more than a minute since the start; or by
    /// an [`Assurance`]; each only if the year is sane.
    #[must_use]
    pub fn wall(&self) -> Wall {
        match self {
            Self::Real(real) => {
                let wall = wall_ms();
                let moved = (wall - uptime() - real.first_offset).abs() > 60_000;
                let set = real.known_right
                    || real.assured.given()
                    || moved
                    || Path::new(TIMESYNC).exists()
                    || hardware_agrees(wall);
                Wall { offset: wall - self.now().0, synchronised: set && wall >= SANE_MS }
            }
            Self::Stepped(stepped) => stepped.look(|seen, face| seen.wall = face.wall).wall,
        }
    }

    /// Where time stands, to be recorded.
    #[must_use]
    pub fn stand(&self) -> Stand {
        match self {
            Self::Real(real) => {
                let time = self.now();
                let Wall { synchronised, .. } = self.wall();
                let (uptime, wall, boot) = (uptime(), wall_ms(), real.boot.clone());
                Stand { time, uptime, wall, boot, synchronised, restored: false }
            }
            Self::Stepped(stepped) => {
                let Face { now, wall } = *stepped.face.borrow();
                let boot = Stepped::BOOT.to_owned();
                let (uptime, synchronised) = (now.0, wall.synchronised);
                let wall = wall.unix_ms(now);
                Stand { time: now, uptime, wall, boot, synchronised, restored: false }
            }
        }
    }

    /// Sleeps until then, but no longer than a heartbeat, or until a stepped clock is
    /// moved; the caller looks at the clock again.
    pub async fn sleep_until(&self, at: Option<Time>) {
        match self {
            Self::Real(_) => {
                let left = at.map_or(i64::MAX, |at| at.since(self.now()).0);
                let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
                tokio::time::sleep(left.min(HEARTBEAT)).await;
            }
            Self::Stepped(stepped) => {
                let seen = *stepped.seen.lock().unwrap_or_else(PoisonError::into_inner);
                let due = at.is_some_and(|at| at <= seen.now);
                let mut face = stepped.face.clone();
                if !due && face.wait_for(|face| *face != seen).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    /// Tells the hand of a stepped clock how far the daemon has come.
    pub fn report(&self, progress: Progress) {
        if let Self::Stepped(stepped) = self {
            stepped.report.send_replace(progress);
        }
    }
}

/// The machine's clocks.
#[derive(Debug)]
pub struct Real {
    base: Time,
    since: i64,
    boot: String,
    first_offset: i64,
    /// The clock was right earlier in this boot.
    known_right: bool,
    assured: Assurance,
}

/// Somebody else's word that the wall clock is right: in a container nothing else tells.
#[derive(Debug, Clone, Default)]
pub struct Assurance(Arc<AtomicBool>);

impl Assurance {
    /// It is right, and stays so for the rest of this boot.
    pub fn give(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn given(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Real {
    /// Another boot is bridged by the wall clock, but by no less than the time since
    /// that boot: without a hardware clock the wall clock may have gone back.
    fn go_on(&mut self, from: &Stand, wall: i64) -> bool {
        let same = !self.boot.is_empty() && self.boot == from.boot && self.since >= from.uptime;
        let passed = if same {
            self.since - from.uptime
        } else {
            (wall - (uptime() - self.since) - from.wall).max(self.since).max(0)
        };
        self.base = from.time + Span(passed);
        self.known_right = same && from.synchronised;
        same
    }
}

/// A clock moved from outside.
#[derive(Debug)]
pub struct Stepped {
    face: watch::Receiver<Face>,
    /// What the daemon last saw: it sleeps until the clock shows something else.
    seen: Mutex<Face>,
    report: watch::Sender<Progress>,
}

impl Stepped {
    const BOOT: &str = "stepped";

    fn look(&self, note: impl FnOnce(&mut Face, Face)) -> Face {
        let face = *self.face.borrow();
        note(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner), face);
        face
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Face {
    now: Time,
    wall: Wall,
}

/// How far the daemon has come, for whoever moves its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Everything due until then is done.
    pub at: Time,
    /// Messages received from the broker so far.
    pub received: u64,
    /// Messages handed to the broker so far.
    pub sent: u64,
    /// What has not been written to the broker yet.
    pub unsent: usize,
    /// The connection stands and its subscriptions are confirmed.
    pub linked: bool,
    /// When the engine wants to be called next.
    pub wake: Option<Time>,
}

/// Moves a stepped clock.
#[derive(Debug)]
pub struct Hand {
    set: watch::Sender<Face>,
    reports: watch::Receiver<Progress>,
}

impl Hand {
    /// Moves the clock forward to this instant.
    pub fn set(&self, now: Time) {
        self.set.send_modify(|face| face.now = face.now.max(now));
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Time {
        self.set.borrow().now
    }

    /// Sets the wall clock.
    pub fn set_wall(&self, wall: Wall) {
        self.set.send_modify(|face| face.wall = wall);
    }

    /// How far the daemon has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        *self.reports.borrow()
    }

    /// Waits until the daemon has come so far. Returns `None` if it has ended.
    pub async fn until(&mut self, come: impl FnMut(&Progress) -> bool) -> Option<Progress> {
        self.reports.wait_for(come).await.ok().map(|progress| *progress)
    }

    /// Waits until the daemon has done everything due at the clock's time, has received
    /// at least so many messages, and has written all it had to say. Returns `None` if
    /// it has ended.
    pub async fn quiet(&mut self, received: u64) -> Option<Progress> {
        let now = self.set.borrow().now;
        self.until(|p| {
            p.at >= now
                && p.received >= received
                && p.unsent == 0
                && p.wake.is_none_or(|wake| wake > now)
        })
        .await
    }
}

/// Milliseconds since boot, suspends included.
#[expect(clippy::disallowed_methods, reason = "this file is where clocks are read")]
#[must_use]
pub fn uptime() -> i64 {
    let since = clock_gettime(ClockId::Boottime);
    since.tv_sec * 1000 + since.tv_nsec / 1_000_000
}

/// Milliseconds that the machine was awake since boot: what sleeps by a timer sleeps by it.
#[must_use]
pub fn awake() -> i64 {
    awake_us() / 1000
}

/// The same in microseconds, as the service manager counts.
#[expect(clippy::disallowed_methods, reason = "this file is where clocks are read")]
#[must_use]
pub fn awake_us() -> i64 {
    let since = clock_gettime(ClockId::Monotonic);
    since.tv_sec * 1_000_000 + since.tv_nsec / 1000
}

/// The wall clock in Unix milliseconds.
#[expect(clippy::disallowed_methods, reason = "this file is where clocks are read")]
#[must_use]
pub fn wall_ms() -> i64 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    }
}

fn boot_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|id| id.trim().to_owned())
        .unwrap_or_default()
}

fn hardware_agrees(wall: i64) -> bool {
    std::fs::read_to_string(RTC)
        .ok()
        .and_then(|seconds| seconds.trim().parse::<i64>().ok())
        .is_some_and(|seconds| (seconds * 1000 - wall).abs() < RTC_TOLERANCE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(since: i64, boot: &str) -> Real {
        let (boot, assured) = (boot.to_owned(), Assurance::default());
        Real { base: Time::ZERO, since, boot, first_offset: 0, known_right: false, assured }
    }

    fn stand(uptime: i64, wall: i64, boot: &str) -> Stand {
        let (time, boot) = (Time(1_000_000), boot.to_owned());
        Stand { time, uptime, wall, boot, synchronised: true, restored: false }
    }

    #[test]
    fn within_a_boot_time_goes_on_by_the_uptime_whatever_the_wall_clock_says() {
        let mut clock = real(65_000, "a");
        assert!(clock.go_on(&stand(60_000, 5_000_000, "a"), 1));
        assert_eq!(clock.base, Time(1_005_000));
    }

    #[test]
    fn after_another_boot_time_goes_on_by_the_wall_clock() {
        let since = uptime();
        let mut clock = real(since, "b");
        let before = since + 7_200_000;
        assert!(!clock.go_on(&stand(1, 0, "a"), before));
        let passed = clock.base - Time(1_000_000);
        assert!((7_190_000 + since..=7_200_000 + since).contains(&passed.0), "{passed:?}");
    }

    #[test]
    fn after_another_boot_time_never_goes_back_with_the_wall_clock() {
        let mut clock = real(20_000, "b");
        assert!(!clock.go_on(&stand(1, i64::MAX / 2, "a"), 0));
        assert_eq!(clock.base, Time(1_020_000));
    }

    #[test]
    fn what_was_restored_is_of_another_boot_and_time_goes_on_as_it_did() {
        let mut clock = Clock::real();
        let Clock::Real(real) = &clock else { panic!("it is") };
        let (uptime, boot) = (real.since, real.boot.clone());
        let from = Stand { uptime, boot, restored: true, ..stand(0, 0, "") };
        assert!(!clock.go_on(&from) && clock.now() < Time(1_060_000));
        assert!(serde_json::to_string(&clock.stand()).is_ok_and(|it| !it.contains("restored")));
    }

    #[test]
    fn a_machine_without_boot_id_is_always_another_boot() {
        assert!(!real(65_000, "").go_on(&stand(60_000, 0, ""), 0));
    }

    #[test]
    fn a_clock_that_was_right_is_right_for_the_rest_of_the_boot_only() {
        let right = |from: &Stand| {
            let mut clock = real(65_000, "a");
            clock.go_on(from, wall_ms());
            clock.known_right
        };
        assert!(right(&stand(60_000, 0, "a")));
        assert!(!right(&stand(60_000, 0, "b")));
        assert!(!right(&Stand { synchronised: false, ..stand(60_000, 0, "a") }));
        let now = wall_ms();
        let mut clock = Clock::Real(Real { first_offset: now - uptime(), ..real(0, "a") });
        clock.go_on(&Stand { uptime: 0, ..stand(0, now, "a") });
        assert!(clock.wall().synchronised);
        assert!(clock.stand().synchronised, "and so for the next start");
        let old = r#"{"time":1,"uptime":1,"wall":1,"boot":"a"}"#;
        assert!(!serde_json::from_str::<Stand>(old).expect("an earlier record").synchronised);
    }

    #[test]
    fn a_clock_is_right_where_somebody_assures_it() {
        let clock = Clock::Real(Real { first_offset: wall_ms() - uptime(), ..real(uptime(), "") });
        // This machine may know by itself; then it goes on knowing.
        clock.assurance().expect("a real clock").give();
        assert!(clock.wall().synchronised);
    }

    #[test]
    fn a_real_clock_continues_and_does_not_stand() {
        let mut clock = Clock::real();
        let stand = Stand { time: Time(5_000), ..clock.stand() };
        clock.go_on(&stand);
        assert!(clock.now() >= Time(5_000));
        let wall = clock.wall();
        assert!((wall.unix_ms(clock.now()) - wall_ms()).abs() < 1_000);
    }

    #[tokio::test]
    async fn a_stepped_clock_wakes_when_moved() {
        let (clock, hand) = Clock::stepped(Time(10), Wall::default());
        clock.sleep_until(Some(Time(10))).await;
        let (slept, ()) = tokio::join!(clock.sleep_until(Some(Time(20))), async {
            hand.set(Time(15));
        });
        assert_eq!((slept, clock.now()), ((), Time(15)));
    }
}

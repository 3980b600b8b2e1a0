//! Disks that are full, read-only, slow, or broken.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::Row;
use crate::bench::{BASELINE, Bench, Outcome, Setup};
use crate::devices::Ms;
use crate::matrix::{Moment, bring, drinks, drinks_kept, recover, warm};
use crate::scene::Inner;

/// An off waits for no disk: it is far sooner than a disk that takes ten seconds. On an idle
/// machine it takes well below 100 ms; here many trials share the processor.
const OFF_WITHIN: Ms = 2_000;

/// What somebody set in Home Assistant before, in °C.
const TOO_COLD: f64 = 17.5;

fn set(it: &Inner) -> bool {
    it.view("study", "/settings/too_cold").as_f64() == Some(TOO_COLD)
}

/// Whether file systems can be mounted here.
pub(super) fn mounts() -> bool {
    let dir = std::env::temp_dir().join(format!("uncramp-mount-{}", std::process::id()));
    let made = std::fs::create_dir_all(&dir).is_ok() && mount(&dir);
    if made {
        unmount(&dir);
    }
    let _ = std::fs::remove_dir(&dir);
    made
}

/// Whether strace is here, and may be used.
pub(super) fn strace() -> bool {
    quietly(Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]))
}

fn quietly(command: &mut Command) -> bool {
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn mount(dir: &Path) -> bool {
    let options = ["-t", "tmpfs", "-o", "size=1m", "tmpfs"];
    quietly(Command::new("mount").args(options).arg(dir))
}

fn unmount(dir: &Path) {
    quietly(Command::new("umount").arg("-l").arg(dir));
}

/// What troubles the disk of a running daemon.
enum Trouble {
    /// A small file system that is full.
    Full(PathBuf),
    /// A tracer that makes system calls fail, or late, while it is there.
    Traced(&'static str, Option<Child>),
}

impl Trouble {
    fn of(row: Row, bench: &Bench) -> Result<Self, String> {
        let calls = match row {
            Row::Full => {
                let dir = bench.store();
                std::fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
                return if mount(&dir) { Ok(Self::Full(dir)) } else { Err("no mount".to_owned()) };
            }
            Row::ReadOnly => "pwrite64,ftruncate,fallocate,unlink:error=EROFS",
            Row::Slow => "fdatasync,fsync:delay_enter=10000000",
            _ => "fdatasync,fsync,pwrite64:error=EIO:when=3+",
        };
        Ok(Self::Traced(calls, None))
    }

    /// What is put before the program so that it is troubled from its start on.
    fn words(&self) -> Vec<String> {
        match self {
            Self::Full(_) => Vec::new(),
            Self::Traced(calls, _) => {
                let words = ["strace", "-f", "-qq", "-o", "/dev/null"];
                words.into_iter().map(str::to_owned).chain(inject(calls)).collect()
            }
        }
    }

    async fn begin(&mut self, bench: &mut Bench) -> Result<(), String> {
        match self {
            Self::Full(dir) => {
                // As much as there is, to the last page.
                let _ = std::fs::write(dir.join("filler"), vec![1; 1 << 20]);
            }
            Self::Traced(calls, tracer) => {
                let pid = bench.process().pid();
                let mut command = Command::new("strace");
                command.args(["-f", "-qq", "-o", "/dev/null", "-p", &pid.to_string()]);
                *tracer = Some(command.args(inject(calls)).spawn().map_err(|e| e.to_string())?);
                for _ in 0..500 {
                    if traced(pid) {
                        return Ok(());
                    }
                    bench.wait(10).await;
                }
                return Err("it cannot be traced".to_owned());
            }
        }
        Ok(())
    }

    fn end(&mut self) {
        match self {
            Self::Full(dir) => {
                let _ = std::fs::remove_file(dir.join("filler"));
            }
            Self::Traced(_, tracer) => {
                if let Some(mut tracer) = tracer.take() {
                    // It lets go of what it traces.
                    let _ = Command::new("kill").arg(tracer.id().to_string()).status();
                    let _ = tracer.wait();
                }
            }
        }
    }
}

impl Drop for Trouble {
    fn drop(&mut self) {
        self.end();
        if let Self::Full(dir) = self {
            unmount(dir);
        }
    }
}

fn inject(calls: &str) -> Vec<String> {
    let traced = calls.split(':').next().unwrap_or_default();
    ["-e".to_owned(), format!("trace={traced}"), "-e".to_owned(), format!("inject={calls}")].into()
}

/// Whether every thread of a process is traced.
fn traced(pid: u32) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    threads.into_iter().all(|thread| {
        let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        status.lines().any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0"))
    })
}

pub(super) async fn cell(dir: &Path, seed: u64, moment: Moment, row: Row) -> Outcome {
    let mut bench = Bench::new(dir, seed, Setup::default()).await;
    bench.until("the scene listens", |it| it.listening).await?;
    let mut trouble = Trouble::of(row, &bench)?;
    let beginning = moment == Moment::Beginning;
    bench.start();
    bench.settle().await?;
    let mut started = String::new();
    if beginning {
        let wish = format!("{{\"setting\":\"too_cold\",\"value\":{TOO_COLD}}}");
        bench.scene.ask("uncramp/study/setting/set", &wish);
        bench.until("the setting holds", set).await?;
        bench.kill();
        bench.begin.by = trouble.words();
        if row == Row::Full {
            trouble.begin(&mut bench).await?;
        }
        let from = bench.scene.now();
        bench.start();
        started = format!("linked {} ms after the start; ", bench.linked(from).await?);
        // What is known of the plug's timer and of the valve is awaited here.
        bench.rest().await?;
        if !set(&bench.scene.look()) {
            return Err("the setting is forgotten".to_owned());
        }
        let baseline = bench.scene.look().view("attic", "/actuators/0/baseline").as_f64();
        if baseline != Some(BASELINE) {
            return Err(format!("the household's set-point is {baseline:?}"));
        }
    }
    if moment == Moment::Off {
        bench.heat().await?;
        bench.wait(300).await;
    }
    if !beginning {
        trouble.begin(&mut bench).await?;
    }
    let figures = match moment {
        Moment::Commit => diary(&mut bench, row, &mut trouble).await?,
        Moment::Off => {
            // The disk is at it.
            drinks(&mut bench).await;
            warm(&bench);
            let off = bench.off(5_000).await?;
            if off > OFF_WITHIN {
                return Err(format!("off only after {off} ms"));
            }
            format!("off {off} ms after the reading")
        }
        Moment::Beginning => {
            bench.heat().await?;
            recover(&mut bench, moment).await?
        }
        Moment::Idle | Moment::Heating | Moment::Reconnecting => {
            bring(&mut bench, moment).await?;
            recover(&mut bench, moment).await?
        }
    };
    let shown = shown(&mut bench, row).await?;
    trouble.end();
    bench.within_limits()?;
    bench.kill();
    Ok(format!("{started}{figures}; {shown}"))
}

/// What the disk does not take is said.
async fn shown(bench: &mut Bench, row: Row) -> Outcome {
    if row == Row::Slow {
        return Ok("nothing to show".to_owned());
    }
    bench.scene.ask("uncramp/study/drink/set", "{\"sleeper\":\"ben\",\"ml\":150}");
    let words = ["could not be recorded", "nothing can be recorded", "no disk to record"];
    for _ in 0..400 {
        let log = bench.log();
        if let Some(words) = words.into_iter().find(|words| log.contains(words)) {
            return Ok(format!("the log says “{words}”"));
        }
        bench.wait(50).await;
    }
    Err("nobody says that nothing is recorded".to_owned())
}

/// What was logged on a disk that takes nothing is there once it takes something.
async fn diary(bench: &mut Bench, row: Row, trouble: &mut Trouble) -> Outcome {
    drinks(bench).await;
    bench.live("study").await?;
    let drunk = |it: &crate::scene::Inner| {
        it.view("study", "/sleepers/0/drunk_ml").as_i64().unwrap_or(0) > 0
    };
    bench.until("they count", drunk).await?;
    bench.wait(if row == Row::Slow { 12_000 } else { 1_000 }).await;
    // Nobody may have been answered for what is not recorded, where it can be.
    let early = if row == Row::Slow { drinks_kept(bench)? } else { 0 };
    trouble.end();
    bench.scene.ask("uncramp/study/drink/set", "{\"sleeper\":\"ben\",\"ml\":151}");
    for _ in 0..300 {
        if bench.recorded("drink", "ml").is_ok_and(|all| all.len() == 13) {
            let answered = drinks_kept(bench)?;
            return Ok(format!(
                "13 drinks, all recorded once the disk was well; {answered} answered, {early} of \
                 them before"
            ));
        }
        bench.wait(100).await;
    }
    let all = bench.recorded("drink", "ml")?.len();
    Err(format!("{all} of 13 drinks are recorded 30 s after the disk was well"))
}

//! The daemon as a process.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::net::UnixDatagram;
use tokio::task::JoinHandle;

/// How it is begun.
#[derive(Debug, Clone, Default)]
pub(crate) struct Begin {
    /// Before the program: its name and arguments.
    pub(crate) by: Vec<String>,
    /// In its environment.
    pub(crate) with: Vec<(String, String)>,
    /// On a clock moved from outside: its seconds, and the wall clock at its beginning.
    pub(crate) stepped: Option<(i64, i64)>,
}

/// A running daemon, killed when dropped.
pub(crate) struct Process {
    child: Child,
    /// `None` if it runs behind another program that must be asked for it.
    log: PathBuf,
    stdin: Option<ChildStdin>,
}

impl Process {
    pub(crate) fn begin(config: &Path, log: &Path, begin: &Begin) -> Self {
        let out = File::options().create(true).append(true).open(log).expect("a log");
        let mut words = begin.by.clone();
        if let Some((at, wall)) = begin.stepped {
            words.push(std::env::current_exe().expect("this").display().to_string());
            words.push("--stepped".to_owned());
            words.push(config.display().to_string());
            words.extend([wall.to_string(), at.to_string()]);
        } else {
            words.push(env!("CARGO_BIN_EXE_uncramp").to_owned());
            words.extend(["run".to_owned(), config.display().to_string()]);
        }
        let stdout = log.with_extension("stepped");
        let stdin = if begin.stepped.is_some() { Stdio::piped() } else { Stdio::null() };
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .env("UNCRAMP_LOG", "debug,mqtt5=warn,rumqttc=info")
            .envs(begin.with.iter().cloned())
            .stdin(stdin)
            .stdout(File::create(stdout).expect("a file"))
            .stderr(out)
            .spawn()
            .expect("a process");
        let stdin = child.stdin.take();
        Self { child, log: log.to_owned(), stdin }
    }

    /// The daemon's own number, also behind another program.
    pub(crate) fn pid(&self) -> u32 {
        let own = self.child.id();
        let children = format!("/proc/{own}/task/{own}/children");
        let children = std::fs::read_to_string(children).unwrap_or_default();
        let name = std::fs::read_to_string(format!("/proc/{own}/comm")).unwrap_or_default();
        let behind = children.split_whitespace().next().and_then(|pid| pid.parse().ok());
        if name.trim() == "strace" { behind.unwrap_or(own) } else { own }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw).expect("its number");
        let _ = kill_process(pid, signal);
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.signal(Signal::KILL);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Its exit code, if it has ended by itself.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        self.child.try_wait().ok().flatten().map(|status| status.code().unwrap_or(-1))
    }

    /// Resident memory in kB, threads, and open files.
    pub(crate) fn size(&self) -> (u64, u64, u64) {
        let pid = self.pid();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let number = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
            line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0)
        };
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count);
        (number("VmRSS:"), number("Threads:"), files as u64)
    }

    /// Tells a stepped clock something.
    pub(crate) fn tell(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("a stepped clock");
        let _ = writeln!(stdin, "{line}").and_then(|()| stdin.flush());
    }

    /// What a stepped clock answered last. Of a day's answers only the end is read.
    pub(crate) fn answer(&self) -> String {
        const LONGEST: i64 = 64;
        let mut end = String::new();
        if let Ok(mut answers) = File::open(self.log.with_extension("stepped")) {
            let _ = answers.seek(SeekFrom::End(-LONGEST)).or_else(|_| answers.rewind().map(|()| 0));
            let _ = answers.read_to_string(&mut end);
        }
        end.lines().last().unwrap_or_default().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Does what systemd does for the unit: `WatchdogSec=30`, a restart after 2 s.
pub(crate) struct Watchdog {
    path: PathBuf,
    fed: Arc<Mutex<Instant>>,
    task: JoinHandle<()>,
}

/// The unit's own.
const WATCHDOG: Duration = Duration::from_secs(30);

impl Watchdog {
    pub(crate) fn at(directory: &Path) -> Self {
        let path = directory.join("notify");
        let socket = UnixDatagram::bind(&path).expect("a socket");
        let fed = Arc::new(Mutex::new(Instant::now()));
        let last = Arc::clone(&fed);
        let task = tokio::spawn(async move {
            let mut buffer = [0; 1024];
            while let Ok(count) = socket.recv(&mut buffer).await {
                if buffer[..count].windows(10).any(|w| w == b"WATCHDOG=1") {
                    *last.lock().expect("whole") = Instant::now();
                }
            }
        });
        Self { path, fed, task }
    }

    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        vec![
            ("NOTIFY_SOCKET".to_owned(), self.path.display().to_string()),
            ("WATCHDOG_USEC".to_owned(), WATCHDOG.as_micros().to_string()),
        ]
    }

    /// Waits until nobody has fed it for its time; whether that came to be.
    pub(crate) async fn starves(&self, patience: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            if self.fed.lock().expect("whole").elapsed() >= WATCHDOG {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.task.abort();
    }
}

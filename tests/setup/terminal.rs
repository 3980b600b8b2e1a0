//! The binary in a terminal of its own.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// A terminal with `uncramp` in it, killed when dropped.
pub(crate) struct Terminal {
    keys: File,
    screen: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    child: Child,
    /// How much of the screen was read.
    seen: usize,
    /// How often Enter was pressed.
    pub(crate) answers: usize,
}

impl Terminal {
    pub(crate) fn open(directory: &Path, arguments: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("granted");
        unlockpt(&master).expect("unlocked");
        let name = ptsname(&master, Vec::new()).expect("its name");
        let name = name.to_str().expect("a path").to_owned();
        let slave = OpenOptions::new().read(true).write(true).open(name).expect("its other end");
        let end = || Stdio::from(slave.try_clone().expect("one more"));
        let child = Command::new(env!("CARGO_BIN_EXE_uncramp"))
            .args(arguments)
            .current_dir(directory)
            .env("TERM", "dumb")
            .env("LC_ALL", "C")
            .env("TZ", "Europe/Brussels")
            .env("STATE_DIRECTORY", directory.join("state"))
            .env_remove("SUPERVISOR_TOKEN")
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .expect("it starts");
        drop(slave);
        let keys = File::from(master);
        let mut reading = keys.try_clone().expect("one more");
        let screen = Arc::new(Mutex::new(String::new()));
        let shown = Arc::clone(&screen);
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The other end gone is an error of this one.
            while let Ok(count @ 1..) = reading.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..count]).replace('\r', "");
                shown.lock().expect("the screen").push_str(&text);
            }
        });
        Self { keys, screen, reader: Some(reader), child, seen: 0, answers: 0 }
    }

    /// Everything that was shown.
    pub(crate) fn screen(&self) -> String {
        self.screen.lock().expect("the screen").clone()
    }

    /// Waits until something is shown behind what was waited for before.
    pub(crate) fn sees(&mut self, text: &str) {
        loop {
            let screen = self.screen();
            if let Some(at) = screen[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            let ended = self.child.try_wait().expect("its state");
            assert!(
                ended.is_none() || self.reader.as_ref().is_some_and(|it| !it.is_finished()),
                "it ended and never showed “{text}”:\n{screen}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Answers with a line.
    pub(crate) fn types(&mut self, line: &str) {
        self.answers += 1;
        self.keys.write_all(format!("{line}\n").as_bytes()).expect("typed");
    }

    /// Waits for its end: the exit code.
    pub(crate) fn ends(mut self) -> (i32, String) {
        let code = self.child.wait().expect("it ends").code().expect("a code");
        self.reader.take().expect("a reader").join().expect("read to the end");
        (code, self.screen())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

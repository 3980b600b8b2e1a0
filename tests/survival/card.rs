//! A memory card that loses its power: what was not flushed by then is lost, piece by piece.
//!
//! It is one file, answered for by this process through FUSE. An ext4 is on it, as on a Pi's
//! card, behind a loop device.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use fastrand::Rng;

/// How much it holds, in bytes.
const SIZE: usize = 32 << 20;

/// A card writes pieces of either size whole, in bytes.
const PIECES: [usize; 2] = [512, 4096];

/// How long the kernel may take to let go of a card.
const PATIENCE: Duration = Duration::from_secs(20);

/// A card in its slot; taken out when dropped.
pub(crate) struct Card {
    image: PathBuf,
    directory: PathBuf,
    chip: Arc<Mutex<Chip>>,
}

/// What happened to a card.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Figures {
    /// How often the power went.
    pub(crate) cuts: usize,
    pub(crate) flushes: usize,
    /// Flushes that it said to have done, and had not.
    pub(crate) lies: usize,
    /// Pieces that had been written and not flushed when the power went.
    pub(crate) kept: usize,
    pub(crate) lost: usize,
}

impl Card {
    /// Why there can be none here, if so.
    pub(crate) fn why_not() -> Option<String> {
        static TRIED: OnceLock<Option<String>> = OnceLock::new();
        let tried = TRIED.get_or_init(|| {
            let dir = std::env::temp_dir().join(format!("uncramp-card-{}", std::process::id()));
            let why = std::fs::create_dir_all(&dir).map_err(|e| e.to_string());
            let why = why.and_then(|()| Self::insert(&dir, 0, 0.0)).err();
            let _ = std::fs::remove_dir_all(&dir);
            why.map(|why| format!("a card that loses its power: {why}"))
        });
        tried.clone()
    }

    /// A new card, used as the directory `store` below that one. It lies about such a share of
    /// the flushes.
    pub(crate) fn insert(dir: &Path, seed: u64, lies: f64) -> Result<Self, String> {
        let (image, directory) = (dir.join("card"), dir.join("store"));
        File::create(&image).map_err(|e| format!("{}: {e}", image.display()))?;
        std::fs::create_dir_all(&directory).map_err(|e| format!("{}: {e}", directory.display()))?;
        let device = File::options().read(true).write(true).open("/dev/fuse");
        let device = device.map_err(|e| format!("/dev/fuse: {e}"))?;
        let theirs = device.try_clone().map_err(|e| e.to_string())?;
        let mut mount = Command::new("mount");
        mount.args(["-i", "-t", "fuse", "-o", "fd=0,rootmode=100600,user_id=0,group_id=0", "card"]);
        run(mount.arg(&image).stdin(theirs))?;
        let chip = Arc::new(Mutex::new(Chip::new(seed, lies)));
        let answering = Arc::clone(&chip);
        std::thread::spawn(move || serve(device, &answering));
        let card = Self { image, directory, chip };
        card.format()?;
        card.mount()?;
        Ok(card)
    }

    /// The power is to go once so much more was written or flushed; `end` ends whoever writes.
    pub(crate) fn arm(&self, after: usize, end: impl FnOnce() + Send + 'static) {
        self.chip().cut = Some((after, Box::new(end)));
    }

    /// It goes now, if it has not yet.
    pub(crate) fn cut(&self) {
        self.chip().lose_power();
    }

    /// The power is back, and nothing is mounted yet.
    pub(crate) fn power(&self) -> Result<(), String> {
        self.unmount()?;
        self.chip().gain_power();
        Ok(())
    }

    /// Puts the card to use, and its journal in order.
    pub(crate) fn mount(&self) -> Result<(), String> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "ext4", "-o", "loop,noatime"]);
        run(mount.arg(&self.image).arg(&self.directory))
    }

    /// What a start does for a file system that is out of order.
    pub(crate) fn repair(&self) -> Result<(), String> {
        run(Command::new("fsck.ext4").args(["-f", "-y"]).arg(&self.image))
    }

    /// Makes a new file system.
    pub(crate) fn format(&self) -> Result<(), String> {
        let at_once = "lazy_itable_init=0,lazy_journal_init=0";
        let mut format = Command::new("mkfs.ext4");
        format.args(["-q", "-F", "-b", "4096", "-E", at_once]);
        run(format.arg(&self.image))?;
        self.chip().flush();
        Ok(())
    }

    pub(crate) fn figures(&self) -> Figures {
        self.chip().figures
    }

    /// Waits until nobody has the card open any more: what the kernel remembers of it is gone.
    fn unmount(&self) -> Result<(), String> {
        let begun = Instant::now();
        let mut unmounted = run(Command::new("umount").arg(&self.directory));
        while unmounted.is_err() || self.chip().open > 0 {
            if begun.elapsed() > PATIENCE {
                return Err(format!("the card is still in use: {unmounted:?}"));
            }
            std::thread::sleep(Duration::from_millis(5));
            if unmounted.is_err() {
                unmounted = run(Command::new("umount").arg(&self.directory));
            }
        }
        Ok(())
    }

    fn chip(&self) -> MutexGuard<'_, Chip> {
        lock(&self.chip)
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        for place in [&self.directory, &self.image] {
            let _ = run(Command::new("umount").arg("-l").arg(place));
        }
    }
}

/// What is in a card.
struct Chip {
    rng: Rng,
    lies: f64,
    /// What is read from it.
    seen: Vec<u8>,
    /// What outlives the loss of power.
    safe: Vec<u8>,
    /// What was written since the last flush, in order, and to where.
    loose: Vec<(usize, Vec<u8>)>,
    powered: bool,
    /// After how much more the power goes, and what happens then.
    cut: Option<(usize, Box<dyn FnOnce() + Send>)>,
    /// How many have it open.
    open: usize,
    figures: Figures,
}

impl Chip {
    fn new(seed: u64, lies: f64) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            lies,
            seen: vec![0; SIZE],
            safe: vec![0; SIZE],
            loose: Vec::new(),
            powered: true,
            cut: None,
            open: 0,
            figures: Figures::default(),
        }
    }

    fn read(&self, at: usize, length: usize) -> &[u8] {
        let at = at.min(SIZE);
        &self.seen[at..(at + length).min(SIZE)]
    }

    fn write(&mut self, at: usize, data: &[u8]) {
        self.seen[at..at + data.len()].copy_from_slice(data);
        if self.powered {
            self.loose.push((at, data.to_vec()));
        }
        self.count_down();
    }

    fn flush(&mut self) {
        for (at, data) in self.loose.drain(..) {
            self.safe[at..at + data.len()].copy_from_slice(&data);
        }
    }

    /// It is asked to flush.
    fn asked_to_flush(&mut self) {
        self.count_down();
        self.figures.flushes += 1;
        if self.rng.f64() < self.lies {
            self.figures.lies += 1;
        } else {
            self.flush();
        }
    }

    fn count_down(&mut self) {
        match &mut self.cut {
            Some((0, _)) => self.lose_power(),
            Some((left, _)) => *left -= 1,
            None => {}
        }
    }

    fn lose_power(&mut self) {
        let Some((_, end)) = self.cut.take() else { return };
        // Whoever waits for the card is ended before it is answered.
        end();
        self.powered = false;
        self.figures.cuts += 1;
        let (piece, share) = (PIECES[self.rng.usize(..PIECES.len())], self.rng.f64());
        for (at, data) in std::mem::take(&mut self.loose) {
            for (at, data) in (at..).step_by(piece).zip(data.chunks(piece)) {
                if self.rng.f64() < share {
                    self.safe[at..at + data.len()].copy_from_slice(data);
                    self.figures.kept += 1;
                } else {
                    self.figures.lost += 1;
                }
            }
        }
    }

    fn gain_power(&mut self) {
        self.seen.copy_from_slice(&self.safe);
        self.powered = true;
    }

    /// Answers one request of the kernel: an error, or bytes. None where it wants no answer.
    ///
    /// The numbers and the layout are those of `linux/fuse.h`, version 7.31.
    fn answer(&mut self, request: &Request<'_>) -> Option<Result<Vec<u8>, i32>> {
        const NOT_KNOWN: i32 = -38;
        let answer = match request.operation {
            // INIT: the version, and the most that is written at once.
            26 => words(&[7, 31, 0, 0, 0, MOST_AT_ONCE, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            // GETATTR, SETATTR: a file of that size.
            3 | 4 => {
                let (size, mode) = (SIZE as u64, 0o100_600);
                let mut answer: Vec<u8> = [3600, 0, 1, size, size / 512, 0, 0, 0]
                    .into_iter()
                    .flat_map(u64::to_ne_bytes)
                    .collect();
                answer.extend(words(&[0, 0, 0, mode, 1, 0, 0, 0, 4096, 0]));
                answer
            }
            // OPEN: past the kernel's memory of files.
            14 => {
                self.open += 1;
                words(&[0, 0, 1, 0])
            }
            // READ
            15 => self.read(request.at()?, request.length()?).to_vec(),
            // WRITE
            16 => {
                self.write(request.at()?, request.body.get(40..)?);
                words(&[u32::try_from(request.length()?).ok()?, 0])
            }
            // RELEASE
            18 => {
                self.open -= 1;
                Vec::new()
            }
            // FSYNC
            20 => {
                self.asked_to_flush();
                Vec::new()
            }
            // FLUSH, which is what close() is called there.
            25 => Vec::new(),
            // FORGET, INTERRUPT, BATCH_FORGET
            2 | 36 | 42 => return None,
            _ => return Some(Err(NOT_KNOWN)),
        };
        Some(Ok(answer))
    }
}

/// The most that the kernel writes at once, in bytes.
const MOST_AT_ONCE: u32 = 128 << 10;

/// What the kernel asks.
struct Request<'a> {
    operation: u32,
    unique: [u8; 8],
    body: &'a [u8],
}

impl<'a> Request<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let operation = u32::from_ne_bytes(bytes.get(4..8)?.try_into().ok()?);
        let unique = bytes.get(8..16)?.try_into().ok()?;
        Some(Self { operation, unique, body: bytes.get(40..)? })
    }

    /// Where is read or written.
    fn at(&self) -> Option<usize> {
        usize::try_from(u64::from_ne_bytes(self.body.get(8..16)?.try_into().ok()?)).ok()
    }

    /// How much is read or written.
    fn length(&self) -> Option<usize> {
        usize::try_from(u32::from_ne_bytes(self.body.get(16..20)?.try_into().ok()?)).ok()
    }
}

/// Answers the kernel until the card is taken out.
fn serve(mut device: File, chip: &Mutex<Chip>) {
    let mut buffer = vec![0; MOST_AT_ONCE as usize + 4096];
    loop {
        let length = match device.read(&mut buffer) {
            Ok(length) => length,
            // Whoever asked has given up.
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::Interrupted) => continue,
            Err(_) => return,
        };
        let Some(request) = Request::of(&buffer[..length]) else { continue };
        let Some(answer) = lock(chip).answer(&request) else { continue };
        let (error, bytes) = answer.map_or_else(|e| (e, Vec::new()), |bytes| (0, bytes));
        let length = u32::try_from(16 + bytes.len()).unwrap_or(0).to_ne_bytes();
        let header = [&length[..], &error.to_ne_bytes()[..], &request.unique[..]].concat();
        let _ = device.write_all(&[header, bytes].concat());
    }
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

fn lock(chip: &Mutex<Chip>) -> MutexGuard<'_, Chip> {
    chip.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a command; what it said if it failed.
fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdout(Stdio::null()).output().map_err(|e| format!("{name}: {e}"))?;
    // Code 1 of a repair says that something was repaired.
    if output.status.success() || name.starts_with("fsck") && output.status.code() == Some(1) {
        return Ok(());
    }
    Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

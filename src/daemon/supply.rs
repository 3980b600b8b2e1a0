//! What a Raspberry Pi's kernel tells of its power supply.

use std::path::{Path, PathBuf};

/// Where the kernel tells what it measures of the machine.
pub(super) const MEASURED: &str = "/sys/class/hwmon";

/// The supply of this machine, if it is one that measures it.
#[derive(Debug, Default)]
pub(super) struct Supply(Option<PathBuf>);

impl Supply {
    /// The supply, where what is measured of the machine is listed in that directory.
    pub(super) fn below(directory: &Path) -> Self {
        let all = std::fs::read_dir(directory).into_iter().flatten().flatten();
        let mut chips = all.map(|entry| entry.path());
        let pi = chips.find(|chip| says(&chip.join("name"), "rpi_volt"));
        Self(pi.map(|chip| chip.join("in0_lcrit_alarm")))
    }

    /// The voltage is too low, or was within the last seconds.
    pub(super) fn is_weak(&self) -> bool {
        self.0.as_ref().is_some_and(|alarm| says(alarm, "1"))
    }
}

fn says(file: &Path, word: &str) -> bool {
    std::fs::read_to_string(file).is_ok_and(|text| text.trim() == word)
}

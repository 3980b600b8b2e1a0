//! This machine and how uncramp runs on it, for whoever is to find a fault from afar.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What service managers keep of the unit.
const ASKED: &str = "LoadState,ActiveState,SubState,Result,NRestarts";

/// What can be told of the machine, each with what it is; nothing of it names the house.
#[must_use]
pub fn machine() -> Vec<(&'static str, String)> {
    let read = |path: &str| {
        let text = fs::read_to_string(path).ok()?;
        Some(text.trim_matches(['\0', '\n', ' ']).to_owned()).filter(|text| !text.is_empty())
    };
    let system = read("/etc/os-release").and_then(|text| value(&text, "PRETTY_NAME="));
    let memory = read("/proc/meminfo").map(|text| {
        let of = |name: &str| value(&text, name).unwrap_or_else(|| "not known".to_owned());
        format!("{}, of which {} are available", of("MemTotal:"), of("MemAvailable:"))
    });
    let all = [
        ("model", read("/proc/device-tree/model")),
        ("processor", Some(std::env::consts::ARCH.to_owned())),
        ("system", system),
        ("kernel", read("/proc/sys/kernel/osrelease")),
        ("memory", memory),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// How systemd sees the service; none where there is no systemd.
#[must_use]
pub fn service() -> Option<String> {
    if !Path::new("/run/systemd/system").exists() {
        return None;
    }
    let arguments = ["show", "uncramp.service", "--property", ASKED];
    let said = Command::new("systemctl").args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    Some(text.split_whitespace().collect::<Vec<_>>().join(", "))
}

/// What stands behind a name at the beginning of a line.
fn value(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().trim_matches('"').to_owned())
}

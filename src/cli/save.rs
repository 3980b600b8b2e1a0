//! Writing a configuration: nothing that was there is lost.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Writes a file whole or not at all. One that was there and says something else is kept
/// beside it; returns where.
pub(super) fn write(path: &Path, text: &str, mode: u32) -> io::Result<Option<PathBuf>> {
    if fs::read_to_string(path).is_ok_and(|before| before == text) {
        return Ok(None);
    }
    if let Some(directory) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
        fs::create_dir_all(directory)?;
    }
    let new = beside(path, "new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let kept = match fs::symlink_metadata(path) {
        Ok(_) => Some(keep(path)?),
        Err(_) => None,
    };
    fs::rename(&new, path)?;
    Ok(kept)
}

/// Keeps a file under the first number that is free.
fn keep(path: &Path) -> io::Result<PathBuf> {
    let kept = (1..10_000).map(|n: u32| beside(path, &n.to_string())).find(|it| !it.exists());
    let kept = kept.ok_or_else(|| io::Error::other("no name is free to keep it"))?;
    fs::copy(path, &kept)?;
    Ok(kept)
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(end);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_there_is_lost() {
        let folder = tempfile::tempdir().expect("a directory");
        let path = folder.path().join("deep/uncramp.yaml");
        assert_eq!(write(&path, "one", 0o644).expect("written"), None);
        assert_eq!(write(&path, "one", 0o644).expect("nothing to do"), None);
        let kept = write(&path, "two", 0o644).expect("written").expect("kept");
        assert_eq!(kept, folder.path().join("deep/uncramp.yaml.1"));
        assert_eq!(fs::read_to_string(&kept).expect("it"), "one");
        let kept = write(&path, "three", 0o644).expect("written").expect("kept");
        assert_eq!(fs::read_to_string(kept).expect("it"), "two");
        assert_eq!(fs::read_to_string(&path).expect("it"), "three");
        assert_eq!(fs::read_dir(folder.path().join("deep")).expect("listed").count(), 3);
    }
}

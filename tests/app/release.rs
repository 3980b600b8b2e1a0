//! What a release pins, and what the image is built from.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{app, text};

fn ran(script: &str, arguments: &[&str]) -> Output {
    Command::new(app(script)).args(arguments).output().expect("it runs")
}

fn fetched(pins: &Path, version: &str, arch: &str, to: &Path) -> Result<(), String> {
    let done = ran("fetch", &[path(pins), version, arch, path(to)]);
    let why = String::from_utf8_lossy(&done.stderr).into_owned();
    if done.status.success() { Ok(()) } else { Err(why) }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path")
}

#[test]
fn only_what_was_pinned_is_fetched() {
    let version = env!("CARGO_PKG_VERSION");
    let folder = tempfile::tempdir().expect("a directory");
    let [binary, upload, pins] = ["binary", "upload", "pins"].map(|it| folder.path().join(it));
    fs::write(&binary, "#!/bin/sh\necho here\n").expect("a binary");
    let address = format!("file://{}", upload.display());
    let released =
        ran("pin", &[path(&binary), path(&binary), path(&upload), &address, path(&pins)]);
    assert!(released.status.success(), "{}", String::from_utf8_lossy(&released.stderr));
    let first = fs::read_to_string(&pins).expect("pinned");

    for arch in ["amd64", "arm64"] {
        let to = folder.path().join(arch);
        assert_eq!(fetched(&pins, version, arch, &to), Ok(()));
        let mut names: Vec<_> = fs::read_dir(&to)
            .expect("fetched")
            .map(|it| it.expect("a file").file_name().into_string().expect("a name"))
            .collect();
        names.sort();
        assert_eq!(names, ["LICENSE", "uncramp", "uncramp.schema.json", "uncramp.yaml"]);
        let said = Command::new(to.join("uncramp")).output().expect("it runs");
        assert_eq!(said.stdout, b"here\n");
    }
    ran("pin", &[path(&binary), path(&binary), path(&upload), &address, path(&pins)]);
    assert_eq!(fs::read_to_string(&pins).expect("pinned"), first, "the same again");

    let to = folder.path().join("wrong");
    let why = fetched(&pins, version, "armhf", &to).expect_err("32 bits");
    assert!(why.contains("is not released for armhf"), "{why}");
    let why = fetched(&pins, "9.9.9", "amd64", &to).expect_err("of another version");
    assert!(why.contains("There is no checksum for uncramp-9.9.9-amd64.tar.gz"), "{why}");
    fs::write(&binary, "#!/bin/sh\necho somebody else\n").expect("another binary");
    let elsewhere = folder.path().join("elsewhere");
    ran("pin", &[path(&binary), path(&binary), path(&upload), &address, path(&elsewhere)]);
    let why = fetched(&pins, version, "amd64", &to).expect_err("other bytes");
    assert!(why.contains("is not what was released"), "{why}");
    assert_eq!(fs::read_dir(&to).expect("it").count(), 0, "nothing is left of it");
}

/// Until there is a release nothing is pinned, and nothing is built; a release pins both
/// architectures of the version that the app names.
#[test]
fn what_is_committed_is_a_whole_release_or_none() {
    let pins = text("release.sha256");
    let rows: Vec<&str> = pins.lines().filter(|line| !line.starts_with('#')).collect();
    if rows.is_empty() {
        let to = tempfile::tempdir().expect("a directory");
        let why = fetched(&app("release.sha256"), env!("CARGO_PKG_VERSION"), "amd64", to.path());
        let why = why.expect_err("nothing to fetch");
        assert!(why.contains("Nothing is built without one."), "{why}");
        return;
    }
    assert_eq!(rows.len(), 2, "{pins}");
    for (row, arch) in rows.iter().zip(["aarch64", "amd64"]) {
        let name = format!("  uncramp-{}-{arch}.tar.gz", env!("CARGO_PKG_VERSION"));
        assert!(row.ends_with(&name) && row.len() == 64 + name.len(), "{row}");
    }
    assert!(pins.contains("\n# from https://"), "{pins}");
}

//! What the Debian package is made of: it is all there, it is that of the code, and its
//! scripts and its unit do what they say. `UPDATE=1 cargo test --test package` writes the
//! man pages and completions anew.

#[path = "package/manual.rs"]
mod manual;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const UNIT: &str = include_str!("../systemd/uncramp.service");

#[test]
fn man_pages_and_completions_are_those_of_the_code() {
    let update = std::env::var_os("UPDATE").is_some();
    let files = manual::files();
    for (name, text) in &files {
        let path = Path::new("packaging").join(name);
        if update {
            fs::create_dir_all(path.parent().expect("a directory")).expect("made");
            fs::write(&path, text).expect("written");
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(there == *text, "{} is stale; UPDATE=1 writes it anew", path.display());
    }
    for folder in ["man", "completions"] {
        for entry in fs::read_dir(Path::new("packaging").join(folder)).expect("a directory") {
            let name = entry.expect("an entry").file_name();
            let name = format!("{folder}/{}", name.to_string_lossy());
            assert!(files.contains_key(&name), "nothing makes packaging/{name}");
        }
    }
}

#[test]
fn man_pages_are_read_without_a_complaint() {
    for name in manual::files().into_keys().filter(|name| name.starts_with("man/")) {
        let page = Path::new("packaging").join(&name);
        let formatted = Command::new("groff")
            .args(["-man", "-Kutf8", "-Tutf8", "-ww", "-z"])
            .arg(&page)
            .output();
        let Ok(formatted) = formatted else { return eprintln!("not looked at: there is no groff") };
        let complaints = String::from_utf8_lossy(&formatted.stderr);
        assert!(formatted.status.success() && complaints.is_empty(), "{name}: {complaints}");
    }
}

#[test]
fn bash_completes_every_command() {
    let script = "source packaging/completions/uncramp.bash\n\
                  COMP_WORDS=(uncramp '') COMP_CWORD=1; _uncramp uncramp '' uncramp; \
                  echo \"${COMPREPLY[@]}\"";
    let said = Command::new("bash").args(["--norc", "-c", script]).output().expect("bash");
    let words = String::from_utf8_lossy(&said.stdout).into_owned();
    for command in uncramp::cli::command().get_subcommands() {
        assert!(words.contains(command.get_name()), "{}: {words}", command.get_name());
    }
}

/// Whatever `cargo deb` is to put into the package is there.
#[test]
fn everything_to_be_packed_is_there() {
    let text = include_str!("../Cargo.toml");
    let (_, assets) = text.split_once("\nassets = [\n").expect("assets");
    let mut sources = 0;
    for line in assets.lines().take_while(|line| line.starts_with("    [")) {
        let source = line.split('"').nth(1).expect("a source");
        let place = source.split('*').next().unwrap_or(source);
        let built = source == "target/release/uncramp";
        assert!(built || Path::new(place).exists(), "{source} is not there");
        sources += 1;
    }
    assert!(sources > 10, "{sources} sources");
    let changelog = include_str!("../packaging/debian/changelog");
    let version = concat!("uncramp (", env!("CARGO_PKG_VERSION"), "-1) ");
    assert!(changelog.starts_with(version), "{changelog}");
    // Else the example would be started on a machine that it does not fit.
    assert!(!assets.contains("etc/uncramp/uncramp.yaml"));
}

/// A machine made up for the maintainers' scripts: their paths are below a directory.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().expect("a directory"));
        for folder in ["bin", "etc/uncramp", "var/lib/private/uncramp"] {
            fs::create_dir_all(machine.at(folder)).expect("made");
        }
        let told = machine.at("told");
        let script = format!("#!/bin/sh\necho \"$*\" >> {}\nexit 1\n", told.display());
        let program = machine.at("bin/uncramp");
        fs::write(&program, script).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("runnable");
        machine
    }

    fn at(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    fn with(self, path: &str) -> Self {
        fs::write(self.at(path), "x").expect("written");
        self
    }

    fn run(&self, script: &str, arguments: &[&str]) -> Output {
        let text = fs::read_to_string(Path::new("packaging/debian").join(script)).expect("text");
        let root = self.0.path().display();
        let text = text.replace("/etc/", &format!("{root}/etc/"));
        let text = text.replace("/var/", &format!("{root}/var/"));
        let path = format!("{root}/bin:/usr/bin:/bin");
        let mut command = Command::new("sh");
        command.arg("-c").arg(text).arg(script).args(arguments).env("PATH", path);
        command.output().expect("sh")
    }

    fn told(&self) -> String {
        fs::read_to_string(self.at("told")).unwrap_or_default()
    }
}

#[test]
fn removing_leaves_and_upgrading_does_not() {
    let machine = Machine::new().with("etc/uncramp/uncramp.yaml");
    for arguments in [&["upgrade", "0.2.0-1"][..], &["failed-upgrade", "0.1.0-1"]] {
        assert!(machine.run("prerm", arguments).status.success());
        assert_eq!(machine.told(), "", "{arguments:?}");
    }
    let removed = machine.run("prerm", &["remove"]);
    assert!(removed.status.success(), "whatever leaving came to, the package goes");
    let config = machine.at("etc/uncramp/uncramp.yaml");
    assert_eq!(machine.told(), format!("leave --config {}\n", config.display()));

    let bare = Machine::new();
    assert!(bare.run("prerm", &["remove"]).status.success());
    assert_eq!(bare.told(), "", "who was never set up has nothing to leave");
}

#[test]
fn installing_without_a_configuration_says_what_comes_next() {
    let said = Machine::new().run("postinst", &["configure"]);
    assert!(said.status.success());
    assert!(String::from_utf8_lossy(&said.stdout).contains("sudo uncramp setup"));
    let again =
        Machine::new().with("etc/uncramp/uncramp.yaml").run("postinst", &["configure", "1"]);
    assert!(again.status.success() && again.stdout.is_empty());
}

#[test]
fn removing_keeps_and_purging_deletes_what_uncramp_wrote_and_nothing_else() {
    let mine =
        ["etc/uncramp/uncramp.yaml", "etc/uncramp/uncramp.yaml.1", "var/lib/private/uncramp/s"];
    let machine = mine.iter().fold(Machine::new(), |machine, file| machine.with(file));
    assert!(machine.run("postrm", &["remove"]).status.success());
    assert!(mine.iter().all(|file| machine.at(file).exists()));
    assert!(machine.run("postrm", &["purge"]).status.success());
    assert!(!machine.at("etc/uncramp").exists() && !machine.at("var/lib/private/uncramp").exists());
    assert!(machine.run("postrm", &["purge"]).status.success(), "twice is as good");

    let place = "etc/credstore/mqtt-password";
    let machine = Machine::new();
    fs::create_dir_all(machine.at("etc/credstore")).expect("made");
    let machine = machine.with(place).with("etc/credstore/mqtt-password.1");
    let purged = machine.run("postrm", &["purge"]);
    assert!(purged.status.success() && machine.at(place).exists(), "others may use it");
    let said = String::from_utf8_lossy(&purged.stdout).into_owned();
    let named = |at: &str| said.contains(&format!("stays in {};", machine.at(at).display()));
    assert!(named(place) && named("etc/credstore/mqtt-password.1"), "{said}");

    let machine = Machine::new().with("etc/uncramp/ca.pem").with("etc/uncramp/uncramp.yaml.txt");
    assert!(machine.run("postrm", &["purge"]).status.success());
    assert!(machine.at("etc/uncramp/ca.pem").exists(), "its owner put it there");
    assert!(machine.at("etc/uncramp/uncramp.yaml.txt").exists(), "likewise");
}

/// Looks at the unit with the systemd that is here, if it is one that can.
fn analyze(arguments: &[&str]) -> Option<Output> {
    let folder = tempfile::tempdir().expect("a directory");
    let unit = folder.path().join("uncramp.service");
    let text = UNIT.replace("/usr/bin/uncramp", env!("CARGO_BIN_EXE_uncramp"));
    fs::write(&unit, text).expect("written");
    Command::new("systemd-analyze").args(arguments).arg(&unit).output().ok()
}

#[test]
fn systemd_understands_the_unit() {
    let Some(said) = analyze(&["verify", "--man=no"]) else {
        return eprintln!("not looked at: there is no systemd-analyze");
    };
    let complaints = String::from_utf8_lossy(&said.stderr).into_owned();
    // Others' units of this machine are looked at as well. What systemd knows only since 254 an
    // older one leaves out with a warning.
    let unknown = |line: &&str| {
        ["'RestartSteps'", "'RestartMaxDelaySec'"].iter().any(|key| line.contains(key))
    };
    let ours = complaints.lines().filter(|line| line.contains("uncramp"));
    let ours: Vec<_> = ours.filter(|line| !(is_before_254() && unknown(line))).collect();
    assert!(said.status.success() && ours.is_empty(), "{complaints}");
}

fn is_before_254() -> bool {
    let said = Command::new("systemd-analyze").arg("--version").output().expect("it is here");
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let version = said.split_whitespace().nth(1).and_then(|word| word.parse::<u32>().ok());
    version.is_some_and(|version| version < 254)
}

#[test]
fn the_unit_exposes_next_to_nothing() {
    let Some(said) = analyze(&["security", "--offline=true", "--no-pager", "--threshold=11"])
    else {
        return eprintln!("not looked at: there is no systemd-analyze");
    };
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let errors = String::from_utf8_lossy(&said.stderr);
    if errors.contains("unrecognized option") {
        return eprintln!("not looked at: this systemd-analyze is too old");
    }
    let score = text.lines().last().unwrap_or_default();
    assert!(said.status.success(), "above 1.1: {score} {errors}");
}

/// The first start is quick, since an off may be waiting. What nobody mends fills no journal, and
/// still comes back well within a heater's lease.
#[test]
fn the_unit_is_started_again_quickly_and_then_less_often() {
    let number = |key: &str| {
        let line = UNIT.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.and_then(|text| text.parse::<u32>().ok()).unwrap_or_else(|| panic!("no {key}"))
    };
    assert_eq!(number("RestartSec"), 2);
    assert!((1..=10).contains(&number("RestartSteps")));
    assert!((30..=60).contains(&number("RestartMaxDelaySec")), "a day has 86,400 seconds");
}

/// What no tool checks: traps of systemd that each cost a night.
#[test]
fn the_unit_never_gives_up_but_on_a_wrong_configuration() {
    let (head, service) = UNIT.split_once("\n[Service]\n").expect("two sections");
    let is_set = |section: &str, line: &str| section.lines().any(|it| it == line);
    assert!(is_set(head, "StartLimitIntervalSec=0"), "in [Service] it would be ignored");
    assert!(is_set(head, "ConditionPathExists=/etc/uncramp/uncramp.yaml"));
    for line in [
        "Type=notify",
        "Restart=always",
        "RestartPreventExitStatus=78",
        "LoadCredential=mqtt-password",
        "DynamicUser=yes",
    ] {
        assert!(is_set(service, line), "{line}");
    }
    for line in head.lines().filter(|line| !line.starts_with('#')) {
        for word in ["Requires", "BindsTo", "network-online", "time-sync"] {
            assert!(!line.contains(word), "{line} would keep it from starting");
        }
    }
}

//! The files that the Supervisor and Docker read.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{app, text};

/// A YAML file as the Supervisor reads it.
fn yaml(text: &str) -> BTreeMap<String, Value> {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What is wrong with a `config.yaml`, by `SCHEMA_APP_CONFIG` of the Supervisor's
/// `supervisor/apps/validate.py` and <https://developers.home-assistant.io/docs/apps/configuration>.
/// The keys are those that an app without devices, ports and privileges may need.
fn faults(config: &BTreeMap<String, Value>) -> Vec<String> {
    let word = |key: &str, value: &Value, words: &[&str]| {
        let fits = value.as_str().is_some_and(|word| words.contains(&word));
        (!fits).then(|| format!("{key} is none of {words:?}"))
    };
    let mut faults = Vec::new();
    for key in ["name", "version", "slug", "description", "arch"] {
        if !config.contains_key(key) {
            faults.push(format!("{key} is missing"));
        }
    }
    for (key, value) in config {
        let fault = match key.as_str() {
            "name" | "description" | "version" | "homeassistant" | "url" => {
                (!value.is_string()).then(|| format!("{key} is no text"))
            }
            "slug" => {
                let fits = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
                let slug = value.as_str().unwrap_or_default();
                (slug.is_empty() || !slug.chars().all(fits)).then(|| "slug is none".to_owned())
            }
            "arch" => list(value).iter().find_map(|it| word(key, it, &["aarch64", "amd64"])),
            "stage" => word(key, value, &["stable", "experimental", "deprecated"]),
            "startup" => {
                word(key, value, &["initialize", "system", "services", "application", "once"])
            }
            "boot" => word(key, value, &["auto", "manual", "manual_only"]),
            "backup" => word(key, value, &["hot", "cold"]),
            "hassio_role" => word(key, value, &["default"]),
            "init" | "apparmor" | "hassio_api" => {
                (!value.is_boolean()).then(|| format!("{key} is no yes or no"))
            }
            "timeout" => {
                let fits = value.as_i64().is_some_and(|seconds| (10..=300).contains(&seconds));
                (!fits).then(|| "timeout is not from 10 to 300".to_owned())
            }
            "services" => list(value)
                .iter()
                .find_map(|it| word(key, it, &["mqtt:provide", "mqtt:want", "mqtt:need"])),
            "map" => {
                list(value).iter().find_map(|it| word("map's type", &it["type"], &["app_config"]))
            }
            "options" | "schema" => (!value.is_object()).then(|| format!("{key} is no map")),
            _ => Some(format!("{key} is unknown, or nothing that uncramp needs")),
        };
        faults.extend(fault);
    }
    faults
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| vec![Value::Null])
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

#[test]
fn the_supervisor_takes_the_configuration() {
    let config = yaml(&text("config.yaml"));
    assert_eq!(faults(&config), [""; 0]);
    assert_eq!(config["version"], env!("CARGO_PKG_VERSION"), "the app is the release it fetches");
    let changes = text("CHANGELOG.md");
    assert!(changes.contains(&format!("\n## {}\n", env!("CARGO_PKG_VERSION"))), "{changes}");
    let repository = std::fs::read_to_string("repository.yaml").expect("at the top, or no store");
    assert!(yaml(&repository)["name"].is_string());
}

#[test]
fn the_schema_sees_what_is_wrong() {
    let right = text("config.yaml");
    for (from, to, fault) in [
        ("slug: uncramp", "slug: un cramp", "slug is none"),
        ("name: uncramp", "title: uncramp", "name is missing"),
        ("- amd64", "- armv7", "arch is none of"),
        ("init: true", "init: perhaps", "init is no yes or no"),
        ("timeout: 20", "timeout: 5", "timeout is not from 10 to 300"),
        ("- mqtt:want", "- mqtt:please", "services is none of"),
        ("type: app_config", "type: everything", "map's type is none of"),
        ("apparmor: true", "apparmor: true\nhost_network: true", "host_network is unknown"),
        ("apparmor: true", "apparmor: true\nfull_access: true", "full_access is unknown"),
    ] {
        assert!(right.contains(from), "{from}");
        let found = faults(&yaml(&right.replacen(from, to, 1))).join(", ");
        assert!(found.contains(fault), "{to}: {found}");
    }
}

#[test]
fn every_option_is_a_choice_and_is_explained_in_every_language() {
    let config = yaml(&text("config.yaml"));
    assert_eq!(names(&config["options"]), names(&config["schema"]));
    for (option, choice) in config["schema"].as_object().expect("a map") {
        let words = choice.as_str().and_then(|it| it.strip_prefix("list(")?.strip_suffix(')'));
        let default = config["options"][option].as_str().expect("a word");
        assert!(words.expect("a list").split('|').any(|word| word == default), "{option}");
        for language in ["en", "de"] {
            let said = yaml(&text(&format!("translations/{language}.yaml")));
            assert_eq!(names(&said["configuration"]), names(&config["schema"]), "{language}");
            for key in ["name", "description"] {
                let words = said["configuration"][option][key].as_str().unwrap_or_default();
                assert!(words.len() > 2, "{language}: {option} lacks its {key}");
            }
        }
    }
}

#[test]
fn its_languages_are_those_of_uncramp() {
    let schema: Value =
        serde_json::from_str(include_str!("../../config/uncramp.schema.json")).expect("the schema");
    let languages = list(&schema["properties"]["language"]["enum"]);
    let languages: Vec<_> = languages.iter().filter_map(Value::as_str).collect();
    let config = yaml(&text("config.yaml"));
    let offered = format!("list({})", languages.join("|"));
    assert_eq!(config["schema"]["language"], *offered, "the app offers other languages");
}

/// What is wrong with a Dockerfile: what is not pinned, or leaves more behind than it needs.
fn careless(dockerfile: &str) -> Vec<String> {
    let joined = dockerfile.replace("\\\n", " ");
    let mut faults = Vec::new();
    for line in joined.lines() {
        let digest = line.split_once("@sha256:").map(|(_, rest)| rest);
        let pinned =
            digest.is_some_and(|it| it.bytes().take_while(u8::is_ascii_hexdigit).count() == 64);
        let fault = match line.split(' ').next().unwrap_or_default() {
            "FROM" if !pinned => "an image without its digest",
            "ADD" => "ADD, which also unpacks and fetches; COPY does not",
            "RUN"
                if line.contains("apt-get install")
                    && !line.contains("--no-install-recommends") =>
            {
                "packages that nobody asked for"
            }
            "RUN" if line.contains("apt-get") && !line.contains("rm -rf /var/lib/apt/lists") => {
                "the lists of packages are left behind"
            }
            "RUN" if line.contains("curl ") && line.contains("http") => {
                "fetched without a checksum"
            }
            "CMD" | "ENTRYPOINT" if !line.contains('[') => "a shell between the init and uncramp",
            _ => continue,
        };
        faults.push(format!("{fault}: {line}"));
    }
    faults
}

#[test]
fn the_image_is_pinned() {
    let dockerfile = text("Dockerfile");
    assert_eq!(careless(&dockerfile), [""; 0]);
    for file in ["fetch", "release.sha256", "run"] {
        assert!(dockerfile.contains(file) && app(file).is_file(), "{file}");
    }
    let from = dockerfile.lines().filter_map(|line| line.strip_prefix("FROM "));
    let images: BTreeSet<_> = from.filter_map(|it| it.split(' ').next()).collect();
    assert_eq!(images.len(), 1, "one base: {images:?}");
    for wrong in [
        "FROM debian:trixie-slim",
        "ADD https://example.com/x /x",
        "RUN apt-get install -y jq && rm -rf /var/lib/apt/lists/*",
        "RUN apt-get install -y --no-install-recommends jq",
        "RUN curl -O https://example.com/x",
        "CMD /run",
    ] {
        assert_eq!(careless(wrong).len(), 1, "{wrong}");
    }
}

#[test]
fn the_profile_parses() {
    let profile = text("apparmor.txt");
    // The Supervisor finds it by `^profile NAME`, and puts the installed app's name there.
    assert_eq!(profile.matches("\nprofile uncramp ").count(), 1);
    assert_eq!(profile.matches("peer=uncramp").count(), 0, "its name will be another one");
    let parser = Command::new("apparmor_parser")
        .env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin")
        .args(["--skip-kernel-load", "--skip-cache", "--quiet"])
        .arg(app("apparmor.txt"))
        .stderr(Stdio::piped())
        .output();
    match parser {
        Ok(done) => {
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        Err(_) => eprintln!("not parsed: apparmor_parser is not installed (Debian: apparmor)"),
    }
}

#[test]
fn the_pictures_have_the_size_of_the_store() {
    for (name, size) in [("icon.png", (128, 128)), ("logo.png", (250, 100))] {
        let bytes = std::fs::read(app(name)).expect("a picture");
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four"));
        assert_eq!((number(16), number(20)), size, "{name}");
    }
}

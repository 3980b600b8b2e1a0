//! Where what is to be read lies: where the Debian package put it, else in uncramp's source.

use std::path::Path;

use crate::model::words;
use crate::plan::Language;

/// A configuration with every key.
pub(super) fn example(language: Language) -> String {
    page("/usr/share/doc/uncramp/examples/uncramp.yaml", "config/uncramp.yaml", language)
}

/// What Home Assistant is given, and how.
pub(super) fn home_assistant(language: Language) -> String {
    page("/usr/share/doc/uncramp/home-assistant", "config/home-assistant", language)
}

fn page(installed: &str, source: &str, language: Language) -> String {
    if Path::new(installed).exists() {
        return installed.to_owned();
    }
    words!(language, "{source} in uncramp's source", "{source} in uncramps Quelltext")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_named_before_the_source() {
        let folder = tempfile::tempdir().expect("a directory");
        let installed = folder.path().to_str().expect("a path");
        assert_eq!(page(installed, "config/a", Language::English), installed);
        let missing = format!("{installed}/b");
        let source = "config/b in uncramp's source";
        assert_eq!(page(&missing, "config/b", Language::English), source);
    }
}

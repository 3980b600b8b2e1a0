//! The configuration: the example, every complaint as people see it, and what never
//! happens to any text.

mod support {
    //! An outside made up for tests.

    use uncramp::model::Zone;
    use uncramp::plan::Outside;

    /// Knows one zone, one file, one variable; the clock says November 2026.
    pub(crate) struct Made;

    impl Outside for Made {
        fn zone(&self, name: &str) -> Option<Zone> {
            ["Europe/Brussels", "UTC"].contains(&name).then(|| Zone {
                name: name.to_owned(),
                first: 3600,
                changes: Vec::new(),
            })
        }
        fn system_zone(&self) -> Option<Zone> {
            Some(Zone::utc())
        }
        fn secret_file(&self, path: &str) -> Result<String, String> {
            match path {
                "/etc/uncramp/mqtt-password" => Ok("from-file\n".to_owned()),
                _ => Err("no such file".to_owned()),
            }
        }
        fn env(&self, name: &str) -> Option<String> {
            (name == "UNCRAMP_MQTT_PASSWORD").then(|| "from-env".to_owned())
        }
        fn credential(&self, name: &str) -> Option<String> {
            (name == "mqtt-password").then(|| "from-credential\n".to_owned())
        }
        fn month(&self) -> Option<(i32, u32)> {
            Some((2026, 11))
        }
    }
}

use support::Made;
use uncramp::plan::{complaint, parse};

const EXAMPLE: &str = include_str!("../config/uncramp.yaml");

#[test]
fn the_example_is_read_without_a_word() {
    match parse(EXAMPLE, &Made) {
        Ok(parsed) => {
            assert_eq!(parsed.warnings, []);
        }
        Err(complaints) => {
            panic!("{}", complaint::render(&complaints, "uncramp.yaml", EXAMPLE, false))
        }
    }
}

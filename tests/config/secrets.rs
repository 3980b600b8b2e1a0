//! Secrets: where they come from, and that they are never shown.

use std::fs;

use uncramp::plan::mqtt::Server;
use uncramp::plan::{Complaint, MqttSettings, complaint};

use super::{bedroom, read, root, said};

#[test]
fn secrets_come_from_file_environment_and_credential_and_are_never_shown() {
    use secrecy::ExposeSecret as _;
    for (line, warned) in [
        ("password_file: /etc/uncramp/mqtt-password", 0),
        ("password: ${UNCRAMP_MQTT_PASSWORD}", 0),
        ("client_id: a", 0),
        ("password: hunter2", 1),
        ("password: \"hunter2\"", 1),
    ] {
        let text = format!("mqtt:\n  username: me\n  {line}\n{}", bedroom(""));
        let parsed = read(&text);
        assert_eq!(parsed.warnings.len(), warned, "{line}");
        let shown = format!("{parsed:?}") + &complaint::render(&parsed.warnings, "f", &text, true);
        assert!(!shown.contains("hunter2"), "{shown}");
        let MqttSettings::External(Server { password: Some(password), .. }) = parsed.mqtt else {
            panic!("{line}: no password")
        };
        assert_eq!(password.expose_secret(), "hunter2");
    }
    for entry in fs::read_dir(root().join("tests/config")).expect("the directory") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|ext| ext == "txt") {
            let shown = fs::read_to_string(&path).expect("a text");
            assert!(!shown.contains("hunter2"), "{}", path.display());
        }
    }
}

/// Wherever a complaint points, and however the secret was written.
#[test]
fn a_secret_is_masked_on_whichever_line_is_shown() {
    for text in [
        "mqtt:\n  password: hunter2\n",
        "mqtt: { username: me, password: hunter2, port: x }\n",
        "mqtt:\n  password : hunter2\n",
        "mqtt:\n  \"password\": 'hunter2'\n",
        "mqtt:\n  PASSWORD: hunter2\n",
        "mqtt:\n  pasword: hunter2\n",
        "mqtt:\n  passwrd: hunter2\n",
        "mqtt:\n  mqtt_password: hunter2\n",
        "mqtt:\n  api_token: hunter2\n",
        "mqtt:\n  password: |\n      a\n    hunter2\n      hunter2\n  port: 1\n",
        "mqtt:\n  password:\n\n    hunter2\n",
        "mqtt: {\n  password:\n  hunter2 }\n",
        "mqtt:\n  password: &p hunter2\n",
        "mqtt:\n  password: \"\n    hunter2\"\n",
        "mqtt:\n  password: !hunter2 x\n",
        "mqtt:\n  password: !hunter2\n",
        "mqtt:\n  password: *hunter2\n",
        "mqtt:\n  password: [hunter2]\n",
        "mqtt:\n  password: { hunter2: 1 }\n",
        "mqtt:\n  password: \"hunter2\n",
        "mqtt:\n  password: !!int hunter2\n",
        "mqtt:\n  password: hunter2: x\n",
        "mqtt:\n  host: mqtt://me:hunter2@pi\n",
        "url: tcp://me:hunter2@pi\n",
    ] {
        for line in 1..=text.lines().count() {
            let complaint = Complaint {
                line,
                column: 3,
                length: 1,
                path: String::new(),
                what: String::new(),
                hint: None,
                warning: false,
            };
            let shown = complaint::render(&[complaint], "f", text, false);
            assert!(!shown.contains("hunter2"), "{text}{shown}");
        }
        let shown = complaint::render(&said(text), "f", text, false);
        assert!(!shown.contains("hunter2"), "{text}{shown}");
    }
}

/// Also where it stands in what a complaint quotes, which the journal, the status of the unit and
/// a report to strangers take over without the line of the file.
#[test]
fn no_complaint_quotes_what_may_be_a_secret() {
    for text in [
        "mqtt: mqtt://me:hunter2@10.0.0.5:1883\n",
        "mqtt: mqtt://me:hunter2@10.0.0.5?and-so-on-for-more-than-forty-characters@x\n",
        "mqtt: mqtt://me:hunter2-which-goes-on-for-more-than-forty-characters@10.0.0.5\n",
        "mqtt: mqtt://me:hunter2\n",
        "mqtt: mqtt://pi?password=hunter2\n",
        "mqtt: \"mqtt://me:h@ hunter2@pi\"\n",
        "mqtt: me:hunter2@pi\n",
        "mqtt: [ mqtt://me:hunter2@pi ]\n",
        "mqtt: { me:hunter2@pi }\n",
        "mqtt: { me:hunter2@pi, me:hunter2@pi }\n",
        "mqtt: !me:hunter2@pi x\n",
        "mqtt:\n  mqtt://me:hunter2@pi\n",
        "mqtt:\n  me:hunter2@pi: 1883\n",
        "mqtt:\n  host: me:hunter2@pi\n",
        "mqtt:\n  port: me:hunter2@pi\n",
        "mqtt:\n  tls: mqtts://me:hunter2@pi\n",
        "mqtt:\n  username: me\n  password_file: hunter2\n",
        "mqtt:\n  username: me\n  password: ${hunter2}\n",
        "mqtt:\n  embedded: { listen: mqtt://me:hunter2@0.0.0.0:1883 }\n",
        "mqtt://me:hunter2@pi\n",
        "mqtt://me:hunter2@pi: 1\n",
        "timezone: mqtt://me:hunter2@pi\n",
        "units: mqtt://me:hunter2@pi\n",
    ] {
        let said = said(text);
        assert!(!said.is_empty(), "{text}");
        for Complaint { what, hint, path, .. } in &said {
            let shown = format!("{what}\n{hint:?}\n{path}");
            assert!(!shown.contains("hunter2"), "{text}{shown}");
        }
        let shown = complaint::render(&said, "f", text, false);
        assert!(!shown.contains("hunter2"), "{text}{shown}");
    }
}

#[test]
fn what_of_the_broker_has_changed_is_named_and_not_shown() {
    let mqtt = |lines: &str| read(&(format!("mqtt: {lines}\n") + &bedroom(""))).mqtt;
    let before = mqtt("{ host: a, username: u, password: secret }");
    assert!(before.changed(&before).is_empty());
    let other = mqtt("{ host: b, port: 1884, username: u, password: other }");
    assert_eq!(other.changed(&before), ["host", "port", "password"]);
    let inside = mqtt("embedded");
    assert!(inside.changed(&inside).is_empty());
    assert_eq!(inside.changed(&before), ["mqtt"]);
}

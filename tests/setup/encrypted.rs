//! A broker that encrypts, with a certificate that people made at home.

use std::fs;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::mosquitto::Mosquitto;
use super::pure::announcements;
use super::terminal::Terminal;

#[test]
fn the_signer_of_its_certificate_is_asked_for_and_written() {
    let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(rcgen::DnType::CommonName, "home");
    let authority_key = KeyPair::generate().expect("a key");
    let own = authority.self_signed(&authority_key).expect("a certificate");
    let key = KeyPair::generate().expect("a key");
    let server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
    let server = server.signed_by(&key, &Issuer::new(authority, authority_key));
    let broker = Mosquitto::start(|folder| {
        let put = |name: &str, text: &str| {
            fs::write(folder.join(name), text).expect("a file");
            folder.join(name).display().to_string()
        };
        let server = put("server.crt", &server.expect("a certificate").pem());
        let key = put("server.key", &key.serialize_pem());
        put("home-ca.crt", &own.pem());
        format!("allow_anonymous true\ncertfile {server}\nkeyfile {key}")
    });
    let ca = broker.dir.path().join("home-ca.crt");
    let (ca, port) = (ca.to_str().expect("a path"), broker.port.to_string());
    let folder = tempfile::tempdir().expect("a directory");
    let mut terminal = Terminal::open(
        folder.path(),
        &["--config", "my.yaml", "setup", "--tls", "--port", &port, "--host", "127.0.0.1"],
    );
    terminal.sees("No broker for us");
    terminal.sees("Where is the broker?");
    terminal.types("");
    terminal.sees("Its certificate's signer");
    terminal.types("nowhere.pem");
    terminal.sees("nowhere.pem cannot be read");
    terminal.types(ca);
    terminal.sees("As whom to sign in?");
    terminal.types("");
    terminal.sees("answers.");
    for (topic, payload) in announcements("tasmota").into_iter().take(2) {
        let said = std::process::Command::new("mosquitto_pub")
            .args(["-h", "127.0.0.1", "-p", &port, "--cafile", ca, "-r", "-t", &topic, "-m"])
            .arg(payload)
            .status();
        assert!(said.expect("mosquitto_pub is installed").success());
    }
    terminal.sees("Numbers of those in the bedroom");
    terminal.types("1");
    terminal.sees("somebody is in bed?");
    terminal.types("none");
    terminal.sees("Usual hours");
    terminal.types("");
    terminal.sees("Who sleeps there");
    terminal.types("");
    terminal.sees("too cold (1)");
    terminal.types("2");
    terminal.sees("Enter writes it");
    terminal.types("");
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    let text = fs::read_to_string(folder.path().join("my.yaml")).expect("written");
    assert!(text.contains(&format!("  tls: {{ ca_file: \"{ca}\" }}\n")), "{text}");
    assert!(text.contains(&format!("  port: {port}\n")), "{text}");
}

//! Encrypted connections, with the certificates that people make at home.

use std::path::{Path, PathBuf};
use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use uncramp::daemon::tls::Tls;

use super::mosquitto::Mosquitto;
use super::{Settings, open, settings, subscribed, unreachable};

/// What mosquitto needs, and what clients need.
struct Certificates {
    server: String,
    key: String,
    ca: String,
}

fn authority(name: &str) -> (CertificateParams, KeyPair) {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    (params, KeyPair::generate().expect("a key"))
}

fn good(names: &[&str]) -> Certificates {
    let (ca, ca_key) = authority("home");
    let own = ca.self_signed(&ca_key).expect("a certificate");
    let key = KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let params = CertificateParams::new(names).expect("parameters");
    let server = params.signed_by(&key, &Issuer::new(ca, ca_key)).expect("a certificate");
    Certificates { server: server.pem(), key: key.serialize_pem(), ca: own.pem() }
}

/// An authority that shows its own certificate.
fn authority_as_server() -> Certificates {
    let (mut params, key) = authority("home");
    let address = "127.0.0.1".parse().expect("an address");
    params.subject_alt_names = vec![rcgen::SanType::IpAddress(address)];
    let own = params.self_signed(&key).expect("a certificate").pem();
    Certificates { server: own.clone(), key: key.serialize_pem(), ca: own }
}

/// What `openssl x509 -req` makes without an extension file.
fn version_one(dir: &Path) -> Certificates {
    let run = |args: &str| {
        let output = Command::new("openssl").args(args.split(' ')).current_dir(dir).output();
        let output = output.expect("openssl is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj /CN=home -days 9");
    run("req -newkey rsa:2048 -nodes -keyout own.key -out own.csr -subj /CN=127.0.0.1");
    run("x509 -req -in own.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out own.crt -days 9");
    let read = |name| std::fs::read_to_string(dir.join(name)).expect("a file");
    Certificates { server: read("own.crt"), key: read("own.key"), ca: read("ca.crt") }
}

fn start(certificates: &Certificates) -> (Mosquitto, PathBuf) {
    let mosquitto = Mosquitto::start(|dir| {
        let put = |name: &str, text: &str| {
            std::fs::write(dir.join(name), text).expect("a file");
            dir.join(name).display().to_string()
        };
        let (server, key) =
            (put("server.crt", &certificates.server), put("server.key", &certificates.key));
        put("home-ca.crt", &certificates.ca);
        format!("allow_anonymous true\ncertfile {server}\nkeyfile {key}")
    });
    let ca = mosquitto.dir.path().join("home-ca.crt");
    (mosquitto, ca)
}

fn encrypted(port: u16, tls: Tls) -> Settings {
    Settings { tls: Some(tls), ..settings(port) }
}

fn trusting(ca: &Path) -> Tls {
    Tls { ca: Some(ca.to_owned()), insecure_skip_verify: false }
}

async fn fault(port: u16, tls: Tls) -> String {
    unreachable(&mut open(encrypted(port, tls)).0).await
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_for_an_address() {
    let (mosquitto, ca) = start(&good(&["127.0.0.1", "broker.lan"]));
    subscribed(&mut open(encrypted(mosquitto.port, trusting(&ca))).0).await;
}

#[tokio::test]
async fn a_stranger_is_not_trusted_and_another_name_is_said() {
    let (mosquitto, ca) = start(&good(&["broker.lan"]));
    let text = fault(mosquitto.port, trusting(&ca)).await;
    assert!(text.contains("the broker's certificate is for another name"), "{text}");
    let other = mosquitto.dir.path().join("other.crt");
    std::fs::write(&other, good(&["127.0.0.1"]).ca).expect("a file");
    let text = fault(mosquitto.port, trusting(&other)).await;
    assert!(text.contains("nobody trusted signed") || text.contains("BadSignature"), "{text}");
}

#[tokio::test]
async fn trap_15_a_version_one_certificate_is_explained() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mosquitto, ca) = start(&version_one(dir.path()));
    let text = fault(mosquitto.port, trusting(&ca)).await;
    assert!(text.contains("X.509 version 1"), "{text}");
    let anybody = Tls { ca: None, insecure_skip_verify: true };
    subscribed(&mut open(encrypted(mosquitto.port, anybody)).0).await;
}

#[tokio::test]
async fn trap_15_an_authority_as_server_is_explained() {
    let (mosquitto, ca) = start(&authority_as_server());
    let text = fault(mosquitto.port, trusting(&ca)).await;
    assert!(text.contains("shows the certificate of an authority itself"), "{text}");
}

#[tokio::test]
async fn trap_15_a_port_without_encryption_is_explained() {
    let mosquitto = Mosquitto::anonymous();
    let anybody = Tls { ca: None, insecure_skip_verify: true };
    let text = fault(mosquitto.port, anybody).await;
    assert!(text.contains("usually 8883"), "{text}");
}

#[tokio::test]
async fn a_port_with_encryption_is_not_taken_for_one_without() {
    let (mosquitto, _) = start(&good(&["127.0.0.1"]));
    let text = unreachable(&mut open(settings(mosquitto.port)).0).await;
    assert!(text.contains("without encryption"), "{text}");
}

//! Encrypted connections to the broker, and advice when they fail.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

/// How the connection to the broker is encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// A file of certificates (PEM) that are trusted besides the system's own.
    pub ca: Option<PathBuf>,
    /// Accept any certificate. Whoever is on the network can then read and send.
    pub insecure_skip_verify: bool,
}

/// The configuration for rustls, made of one provider that is named here.
///
/// # Errors
/// A sentence that says what is wrong with the certificates.
pub(super) fn client_config(tls: &Tls) -> Result<Arc<ClientConfig>, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| format!("cannot set up TLS: {e}"))?;
    if tls.insecure_skip_verify {
        tracing::warn!(
            "the broker's certificate is NOT checked (insecure_skip_verify): anybody on the \
             network can pose as the broker, read everything and switch everything. Name the \
             certificate's file with `ca` instead"
        );
        let verifier = Arc::new(Anybody(provider));
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        return Ok(Arc::new(builder.with_no_client_auth()));
    }
    let builder = builder.with_root_certificates(roots(tls.ca.as_deref())?);
    Ok(Arc::new(builder.with_no_client_auth()))
}

/// The certificates that are trusted. Odd ones in the system's store are skipped; odd
/// ones in a file that was named are a fault.
fn roots(ca: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca {
        let shown = path.display();
        let pem = std::fs::read(path)
            .map_err(|e| format!("cannot read the broker's CA certificate {shown}: {e}"))?;
        let certificates = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| format!("{shown} is no PEM file of certificates: {e}"))?;
        let (_, refused) = roots.add_parsable_certificates(certificates);
        if roots.is_empty() || refused > 0 {
            return Err(format!(
                "{shown} holds no valid CA certificate: it must begin with `-----BEGIN \
                 CERTIFICATE-----` and be the authority that signed the broker's certificate"
            ));
        }
        return Ok(roots);
    }
    let native = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(native.certs);
    if roots.is_empty() {
        return Err("this machine knows no certificate authorities: install ca-certificates, or \
                    name the broker's own with `ca`"
            .to_owned());
    }
    Ok(roots)
}

/// What a person can do about a failed connection, if its text is a known one; the
/// faults that home-made certificates and listeners have.
#[must_use]
pub fn advice(fault: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 8] = [
        (
            "UnsupportedCertVersion",
            "the broker's certificate is of X.509 version 1, which `openssl x509 -req` makes \
             without an extension file: make it again with `-extfile` and a line \
             `subjectAltName=DNS:<name>,IP:<address>`",
        ),
        (
            "CaUsedAsEndEntity",
            "the broker shows the certificate of an authority itself: let that authority sign a \
             second certificate for the broker (`basicConstraints=CA:FALSE`)",
        ),
        (
            "UnknownIssuer",
            "nobody trusted signed the broker's certificate: name the authority that did with `ca`",
        ),
        (
            "not valid for name",
            "the broker's certificate is for another name: write that name as `host`, or put this \
             one into its subjectAltName",
        ),
        (
            "certificate expired",
            "the broker's certificate has expired, or this machine's clock is wrong",
        ),
        (
            "not valid yet",
            "the broker's certificate is not valid yet, or this machine's clock is wrong",
        ),
        (
            "corrupt message",
            "what answers there does not speak TLS: brokers take TLS on another port, usually 8883",
        ),
        (
            "No valid CA certificate",
            "the file named with `ca` holds no certificate of an authority",
        ),
    ];
    KNOWN.iter().find(|(sign, _)| fault.contains(sign)).map(|(_, advice)| *advice)
}

/// The advice for a connection that the other side closed during the TLS handshake.
pub(super) const CLOSED_DURING_HANDSHAKE: &str = "if the connection is closed at once every time, \
     the port does not speak TLS: brokers take TLS on another port, usually 8883";

/// Accepts any certificate, readable or not.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_ca(text: &str) -> Result<Arc<ClientConfig>, String> {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("ca.pem");
        std::fs::write(&path, text).expect("a file");
        client_config(&Tls { ca: Some(path), insecure_skip_verify: false })
    }

    #[test]
    fn trap_15_a_garbage_ca_is_named_before_any_connection() {
        for text in
            ["", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            assert!(with_ca(text).expect_err(text).contains("ca.pem"), "{text}");
        }
        let nowhere = Tls { ca: Some("/nowhere/ca.pem".into()), insecure_skip_verify: false };
        assert!(client_config(&nowhere).expect_err("no file").contains("cannot read"));
    }

    #[test]
    fn trap_12_odd_certificates_of_the_system_do_not_panic() {
        let mut roots = RootCertStore::empty();
        let odd = CertificateDer::from(vec![1, 2, 3]);
        assert_eq!(roots.add_parsable_certificates([odd]), (0, 1));
    }

    #[test]
    fn trap_14_one_provider_is_in_the_tree() {
        let lock = include_str!("../../Cargo.lock");
        assert!(lock.contains("name = \"ring\"") && !lock.contains("name = \"aws-lc-rs\""));
    }
}

//! The broker, and where its password comes from.

use std::net::SocketAddr;

use secrecy::{ExposeSecret as _, SecretString};

use super::Site;
use crate::plan::complaint::{names_a_variable, quotable};
use crate::plan::mqtt::{MqttSettings, Server, Tls};
use crate::plan::section::Section;
use crate::plan::users::{self, User};

impl Site<'_> {
    pub(super) fn broker(&mut self, house: &Section) -> MqttSettings {
        match house.word("mqtt") {
            Some("embedded") => {
                return MqttSettings::Embedded { listen: loopback(), users: None };
            }
            Some("supervisor") => return self.supervisor(house),
            _ => {}
        }
        let Some(mqtt) = house.block("mqtt") else { return MqttSettings::default() };
        if let Some(embedded) = mqtt.block("embedded") {
            for key in ["host", "port", "username", "password", "password_file", "tls"] {
                if mqtt.has(key) {
                    let what = format!("`{key}` and `embedded` exclude each other");
                    let hint = "keep `embedded` for the broker inside uncramp, the other keys \
                                for another one";
                    self.ledger.fault(mqtt.at(key), &mqtt.path_of(key), what, hint);
                }
            }
            return self.embedded(embedded);
        }
        let tls = self.tls(mqtt);
        let port = mqtt.number("port").and_then(|n| u16::try_from(n).ok());
        let username = mqtt.text("username");
        let password = self.password(mqtt, username.is_some());
        MqttSettings::External(Server {
            host: self.host(mqtt),
            port: port.unwrap_or(if tls.is_some() { 8883 } else { 1883 }),
            tls,
            username,
            password,
            client_id: mqtt.text("client_id"),
        })
    }

    fn supervisor(&mut self, house: &Section) -> MqttSettings {
        if self.outside.env("SUPERVISOR_TOKEN").is_none() {
            let what = "no Supervisor is here to name the broker";
            let hint = "`mqtt: supervisor` is for uncramp as an app of Home Assistant; elsewhere \
                        write `mqtt:` with `host:`";
            self.ledger.fault(house.at("mqtt"), &house.path_of("mqtt"), what, hint);
        }
        MqttSettings::Supervisor
    }

    fn host(&mut self, mqtt: &Section) -> String {
        let host = mqtt.text("host").unwrap_or_default();
        if host.contains("://") || host.contains(['/', ' ', '@']) {
            let hint = "write the name alone, such as `localhost`; port, user and encryption \
                        have keys of their own";
            let what = "`host` is more than a name or an address";
            self.ledger.fault(mqtt.at("host"), &mqtt.path_of("host"), what, hint);
        }
        host
    }

    fn embedded(&mut self, embedded: &Section) -> MqttSettings {
        let written = embedded.text("listen").unwrap_or_default();
        let listen = written.parse::<SocketAddr>().unwrap_or_else(|_| {
            let what = format!("`listen` is `{}`, not an address and a port", quotable(&written));
            let hint = "write it like `127.0.0.1:1883` or `[::1]:1883`";
            self.ledger.fault(embedded.at("listen"), &embedded.path_of("listen"), what, hint);
            loopback()
        });
        let password_file = embedded.text("password_file");
        if !listen.ip().is_loopback() && !embedded.has("password_file") {
            let what = format!(
                "`listen` is `{written}`: anybody on the network could switch the \
                                heater"
            );
            let hint = "add `password_file:`, or listen on `127.0.0.1:1883`";
            self.ledger.fault(embedded.at("listen"), &embedded.path_of("listen"), what, hint);
        }
        let users = password_file.map(|file| self.users(embedded, &file));
        MqttSettings::Embedded { listen, users }
    }

    /// Whom the broker inside admits; a line that cannot be read is said with its number.
    fn users(&mut self, embedded: &Section, file: &str) -> Vec<User> {
        let Some(text) = self.file(embedded, "password_file", file) else { return Vec::new() };
        let (spot, path) = (embedded.at("password_file"), embedded.path_of("password_file"));
        let hint = format!(
            "a line is a name, `:` and a password, best as `mosquitto_passwd {file} NAME` writes it"
        );
        match users::read(text.expose_secret()) {
            Ok(users) => {
                if users.is_empty() {
                    self.ledger.fault(spot, &path, format!("`{file}` names nobody"), &hint);
                }
                users
            }
            Err(wrong) => {
                for (line, what) in wrong {
                    let what = format!("`{file}`, line {line}: {what}");
                    self.ledger.fault(spot, &path, what, &hint);
                }
                Vec::new()
            }
        }
    }

    fn tls(&mut self, mqtt: &Section) -> Option<Tls> {
        if let Some(on) = mqtt.flag("tls").filter(|_| mqtt.block("tls").is_none()) {
            return on.then(Tls::default);
        }
        let tls = mqtt.block("tls")?;
        let insecure_skip_verify = tls.flag("insecure_skip_verify").unwrap_or(false);
        if insecure_skip_verify {
            let what = "the broker's certificate is not checked: whoever is on the network can \
                        read the password and switch the heater";
            let hint = "name the certificate of whoever signed it with `ca_file:`";
            let key = "insecure_skip_verify";
            self.ledger.warn(tls.at(key), &tls.path_of(key), what, hint);
        }
        Some(Tls { ca_file: tls.text("ca_file").map(Into::into), insecure_skip_verify })
    }

    /// From `password`, `password_file` or the systemd credential.
    fn password(&mut self, mqtt: &Section, user: bool) -> Option<SecretString> {
        let written = ["password", "password_file"].into_iter().find(|key| mqtt.has(key));
        if let Some(key) = written
            && !mqtt.has("username")
        {
            let what = "a password without a user name";
            self.ledger.fault(mqtt.at(key), &mqtt.path_of(key), what, "add `username:`");
        }
        if mqtt.has("password") && mqtt.has("password_file") {
            let what = "`password` and `password_file` exclude each other";
            let path = mqtt.path_of("password");
            self.ledger.fault(mqtt.at("password"), &path, what, "keep `password_file`");
        }
        if let Some(file) = mqtt.text("password_file") {
            return self.file(mqtt, "password_file", &file);
        }
        if let Some(text) = mqtt.text("password") {
            return self.inline(mqtt, &text);
        }
        let credential = user.then(|| self.outside.credential("mqtt-password")).flatten();
        credential.map(|text| text.trim_end_matches(['\r', '\n']).into())
    }

    fn inline(&mut self, mqtt: &Section, text: &str) -> Option<SecretString> {
        let path = mqtt.path_of("password");
        let spot = mqtt.at("password");
        let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let Some(name) = name else {
            let what = "the password stands in this file";
            let hint = "whoever reads the file knows it: move it to a file of its own and name \
                        that with `password_file:`";
            self.ledger.warn(spot, &path, what, hint);
            return Some(text.into());
        };
        let found = self.outside.env(name).filter(|text| !text.is_empty());
        if found.is_none() {
            let name = if names_a_variable(name) { name } else { "***" };
            let what = format!("`{name}` is not set in the environment");
            let hint = "set it where uncramp is started, or use `password_file:`";
            self.ledger.fault(spot, &path, what, hint);
        }
        found.map(Into::into)
    }

    fn file(&mut self, section: &Section, key: &str, file: &str) -> Option<SecretString> {
        let wrong = match self.outside.secret_file(file) {
            Ok(text) => {
                let text = text.trim_end_matches(['\r', '\n']);
                if !text.is_empty() {
                    return Some(text.into());
                }
                "it is empty".to_owned()
            }
            Err(wrong) => wrong,
        };
        // Without a `/` it may be the password that was meant to stand in a file.
        let file = if file.contains('/') { file } else { "***" };
        let what = format!("`{file}` could not be read: {wrong}");
        let instead = if section.name() == "embedded" {
            "what `mosquitto_passwd` writes holds no password, so that others may read it: chmod 644"
        } else {
            "under systemd leave it out, and put the password into /etc/credstore/mqtt-password, \
             which only root need read"
        };
        let hint = format!(
            "the file must exist and be readable for the user that uncramp runs as; {instead}"
        );
        self.ledger.fault(section.at(key), &section.path_of(key), what, &hint);
        None
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 1883))
}

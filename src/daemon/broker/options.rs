//! Our settings as rumqttc's options.

use std::net::Ipv6Addr;
use std::time::Duration;

use rumqttc::{LastWill, MqttOptions, TlsConfiguration, Transport};
use secrecy::ExposeSecret;

use super::{INFLIGHT, MOST_PACKET, Settings, qos};
use crate::daemon::tls;

/// rumqttc's options panic on what is refused here with a sentence. Their `Debug` prints
/// the password, so they are never printed.
pub(super) fn options(settings: Settings) -> Result<MqttOptions, String> {
    if settings.client_id.is_empty() || settings.client_id.starts_with(' ') {
        return Err("the MQTT client id must not be empty or begin with a space".to_owned());
    }
    if settings.keep_alive < Duration::from_secs(1) || settings.keep_alive.as_secs() > 65_535 {
        return Err("the MQTT keep-alive must be from 1 to 65535 seconds".to_owned());
    }
    let mut host = settings.host;
    if host.parse::<Ipv6Addr>().is_ok() && settings.tls.is_none() {
        host = format!("[{host}]");
    }
    let mut options = MqttOptions::new(settings.client_id, host, settings.port);
    options.set_keep_alive(settings.keep_alive);
    options.set_clean_session(true);
    options.set_max_packet_size(MOST_PACKET, MOST_PACKET);
    options.set_inflight(INFLIGHT);
    options.set_pending_throttle(Duration::ZERO);
    let will = settings.will;
    let last = LastWill::new(will.topic, will.payload, qos(will.confirmed), will.retain);
    options.set_last_will(last);
    if let Some(username) = settings.username {
        let password = settings.password.as_ref().map_or("", |p| p.expose_secret());
        options.set_credentials(username, password);
    } else if settings.password.is_some() {
        return Err("a password for the broker needs a user name as well".to_owned());
    }
    if let Some(tls) = &settings.tls {
        let config = TlsConfiguration::Rustls(tls::client_config(tls)?);
        options.set_transport(Transport::tls_with_config(config));
    }
    Ok(options)
}

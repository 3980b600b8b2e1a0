//! Finding the broker: what was said, what the Supervisor says, this machine, or by asking.

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use super::inside::{self, Inside};
use super::talk::Talk;
use super::{Arguments, Stop};
use crate::daemon::broker::{Settings, Subscription};
use crate::daemon::line::{Line, Note};
use crate::daemon::outside::Machine;
use crate::daemon::supervisor::Supervisor;
use crate::daemon::tls;
use crate::model::words;
use crate::plan::mqtt::Server;
use crate::plan::{Language, Outside as _};
use crate::survey::{FILTERS, Survey};
use crate::wire::Message;

/// Where the broker is, and as whom to sign in.
#[derive(Debug)]
pub(super) struct Broker {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Option<tls::Tls>,
    pub(super) username: Option<String>,
    pub(super) password: Option<SecretString>,
    /// The file in which the password was found.
    pub(super) password_file: Option<String>,
    /// Whether Home Assistant's Supervisor names it, today and at every start.
    pub(super) supervised: bool,
    /// It is the one inside uncramp.
    pub(super) inside: Option<Inside>,
}

impl Broker {
    /// The file with the certificate of whoever signed the broker's.
    pub(super) fn ca_file(&self) -> Option<String> {
        let ca = self.tls.as_ref()?.ca.as_ref()?;
        Some(ca.to_string_lossy().into_owned())
    }
}

/// A line to the broker, on which devices announce themselves.
pub(super) async fn reach(arguments: &Arguments, talk: &mut Talk) -> Result<(Broker, Line), Stop> {
    let mut broker = first(arguments, talk).await?;
    let line = line(&mut broker, talk).await?;
    Ok((broker, line))
}

/// Asks for another broker, and a line to it.
pub(super) async fn elsewhere(broker: &mut Broker, talk: &mut Talk) -> Result<Line, Stop> {
    ask(broker, talk).await?;
    line(broker, talk).await
}

/// Tries until it answers; whoever is asked may name another.
async fn line(broker: &mut Broker, talk: &mut Talk) -> Result<Line, Stop> {
    loop {
        if broker.host == inside::NAME && !brought(broker, talk).await? {
            continue;
        }
        let place = format!("{}:{}", broker.host, broker.port);
        match connected(broker).await {
            Ok(line) => {
                talk.say(&words!(
                    talk.language(),
                    "The broker at {place} answers.",
                    "Der Broker unter {place} antwortet."
                ));
                return Ok(line);
            }
            Err(Failure::Refused) if talk.is_asked() => {
                let why = refusal(broker, talk.language());
                talk.say(&words!(
                    talk.language(),
                    "The broker at {place} answers, and {why}.",
                    "Der Broker unter {place} antwortet und {why}."
                ));
                sign_in(broker, talk).await?;
            }
            Err(Failure::Refused) => {
                let why = refusal(broker, talk.language());
                return Err(Stop::No(words!(
                    talk.language(),
                    "the broker at {place} answers, and {why}: give --username and --password-file",
                    "der Broker unter {place} antwortet und {why}: bitte --username und \
                     --password-file angeben"
                )));
            }
            Err(Failure::Unreachable(why)) if talk.is_asked() => {
                talk.say(&words!(
                    talk.language(),
                    "No broker for us at {place}: {why}",
                    "Kein Broker für uncramp unter {place}. Auf Englisch: {why}"
                ));
                ask(broker, talk).await?;
            }
            Err(Failure::Unreachable(why)) => {
                return Err(Stop::No(words!(
                    talk.language(),
                    "no broker at {place}: {why}",
                    "kein Broker unter {place}. Auf Englisch: {why}"
                )));
            }
        }
    }
}

/// Starts the broker inside, or asks for another one. Returns whether it runs.
async fn brought(broker: &mut Broker, talk: &mut Talk) -> Result<bool, Stop> {
    if !inside::OFFERED {
        return Err(Stop::Input(inside::left_out(talk.language())));
    }
    match Inside::start(broker.port, talk.language()).await {
        Ok(inside) => {
            let port = broker.port;
            talk.say(&words!(
                talk.language(),
                "The broker inside uncramp is started. Let Zigbee2MQTT, or whatever else on this machine\n\
                 speaks for the devices, connect to localhost:{port} now.",
                "Der Broker in uncramp läuft. Jetzt Zigbee2MQTT, oder was auf diesem Rechner sonst für die\n\
                 Geräte spricht, mit localhost:{port} verbinden."
            ));
            (broker.host, broker.inside) = ("127.0.0.1".to_owned(), Some(inside));
            Ok(true)
        }
        Err(why) => {
            let why = words!(
                talk.language(),
                "{why}",
                "Der Broker in uncramp läuft nicht. Auf Englisch: {why}"
            );
            if !talk.is_asked() {
                return Err(Stop::No(why));
            }
            talk.say(&why);
            ask(broker, talk).await?;
            Ok(false)
        }
    }
}

/// Why there is no connection.
enum Failure {
    /// It is not there, or not as we look for it.
    Unreachable(String),
    /// It is, and does not let us in.
    Refused,
}

/// What a broker makes of our user name and password.
fn refusal(broker: &Broker, language: Language) -> String {
    match (&broker.username, &broker.password) {
        (None, _) => words!(
            language,
            "lets nobody in without a user name and password",
            "lässt niemanden ohne Namen und Passwort ein"
        ),
        (Some(name), None) => words!(
            language,
            "does not let “{name}” in without a password",
            "lässt „{name}“ nicht ohne Passwort ein"
        ),
        (Some(name), Some(_)) => words!(
            language,
            "does not take this password of “{name}”",
            "nimmt dieses Passwort von „{name}“ nicht an"
        ),
    }
}

/// Where to look first.
async fn first(arguments: &Arguments, talk: &Talk) -> Result<Broker, Stop> {
    let supervisor = Supervisor::of(|name| Machine.env(name)).filter(|_| arguments.host.is_none());
    if let Some(supervisor) = supervisor {
        match supervisor.broker().await {
            Ok(service) => {
                talk.say(&words!(
                    talk.language(),
                    "Home Assistant's Supervisor names the broker.",
                    "Der Supervisor von Home Assistant nennt den Broker."
                ));
                let Server { host, port, tls, username, password, .. } = service.server();
                let (password_file, supervised) = (None, true);
                return Ok(Broker {
                    host,
                    port,
                    tls: tls.map(|_| tls::Tls::default()),
                    username,
                    password,
                    password_file,
                    supervised,
                    inside: None,
                });
            }
            Err(why) => talk.say(&words!(
                talk.language(),
                "{why}",
                "Der Supervisor von Home Assistant nennt keinen Broker. Auf Englisch: {why}"
            )),
        }
    }
    let (password, password_file) = match &arguments.password_file {
        Some(file) => {
            let shown = file.display();
            let text = Machine.secret_file(&file.to_string_lossy()).map_err(|why| {
                Stop::Input(words!(
                    talk.language(),
                    "{shown} cannot be read: {why}",
                    "{shown} ist nicht lesbar: {why}"
                ))
            })?;
            let whole = std::path::absolute(file)?;
            (Some(text.trim_end().to_owned()), Some(whole.to_string_lossy().into_owned()))
        }
        None => (Machine.env("UNCRAMP_MQTT_PASSWORD"), None),
    };
    let ca = arguments.ca.as_deref().map(std::path::absolute).transpose()?;
    let encrypted = arguments.tls || ca.is_some();
    Ok(Broker {
        host: arguments.host.clone().unwrap_or_else(|| "localhost".to_owned()),
        port: arguments.port.unwrap_or(if encrypted { 8883 } else { 1883 }),
        tls: encrypted.then_some(tls::Tls { ca, insecure_skip_verify: false }),
        username: arguments.username.clone(),
        password: password.filter(|_| arguments.username.is_some()).map(SecretString::from),
        password_file,
        supervised: false,
        inside: None,
    })
}

async fn ask(broker: &mut Broker, talk: &mut Talk) -> Result<(), Stop> {
    let language = talk.language();
    if inside::OFFERED {
        talk.say(&words!(
            language,
            "There is none yet? `embedded` is one inside uncramp, for programs on this machine.",
            "Es gibt noch keinen? `embedded` ist einer in uncramp, für Programme auf diesem Rechner."
        ));
    }
    let host = broker.inside.take().map_or(broker.host.as_str(), |_| inside::NAME);
    let proposed = format!("{host}:{}", broker.port);
    let place = |text: &str| {
        let (host, port) = text.rsplit_once(':').unwrap_or((text, "1883"));
        if host == inside::NAME && !inside::OFFERED {
            return Err(inside::left_out(language));
        }
        let wrong = |_| words!(language, "“{port}” is no port", "„{port}“ ist kein Port");
        let port = port.parse().map_err(wrong)?;
        Ok((host.to_owned(), port))
    };
    let question = words!(
        language,
        "Where is the broker? Its name or address, and :port",
        "Wo ist der Broker? Name oder Adresse, und :Port"
    );
    (broker.host, broker.port) = talk.ask(&question, &proposed, place).await?;
    let before = broker.tls.take();
    if broker.host == inside::NAME {
        (broker.supervised, broker.username) = (false, None);
        (broker.password, broker.password_file) = (None, None);
        return Ok(());
    }
    // 1883 is where a broker speaks openly.
    if broker.port == 8883 || (before.is_some() && broker.port != 1883) {
        let before = before.and_then(|tls| tls.ca);
        let named = before.map(|ca| ca.to_string_lossy().into_owned()).unwrap_or_default();
        let question = words!(
            language,
            "Its certificate's signer, as a PEM file? Enter if this machine knows it",
            "Wer sein Zertifikat unterschrieben hat, als PEM-Datei? Enter, wenn dieser Rechner ihn \
             kennt"
        );
        let ca = talk.ask(&question, &named, |text| ca(text, language)).await?;
        broker.tls = Some(tls::Tls { ca, insecure_skip_verify: false });
    }
    sign_in(broker, talk).await
}

/// Asks as whom.
async fn sign_in(broker: &mut Broker, talk: &mut Talk) -> Result<(), Stop> {
    broker.supervised = false;
    let named = broker.username.clone().unwrap_or_default();
    let user = |text: &str| Ok(Some(text.to_owned()).filter(|text| !text.is_empty()));
    let question = words!(
        talk.language(),
        "As whom to sign in? Enter for nobody",
        "Als wer anmelden? Enter für niemand"
    );
    broker.username = talk.ask(&question, &named, user).await?;
    broker.password_file = None;
    broker.password = None;
    if broker.username.is_some() {
        let question = words!(
            talk.language(),
            "The password, which is not shown",
            "Das Passwort, das nicht angezeigt wird"
        );
        broker.password = talk.secret(&question).await?.map(Into::into);
    }
    Ok(())
}

/// A file of certificates, or none.
fn ca(text: &str, language: Language) -> Result<Option<PathBuf>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let path = std::path::absolute(text).map_err(|why| why.to_string())?;
    match std::fs::File::open(&path) {
        Ok(_) => Ok(Some(path)),
        Err(why) => {
            let shown = path.display();
            Err(words!(
                language,
                "{shown} cannot be read: {why}",
                "{shown} ist nicht lesbar: {why}"
            ))
        }
    }
}

async fn connected(broker: &Broker) -> Result<Line, Failure> {
    let open = Line::open(settings(broker), everything()).await;
    let mut line = open.map_err(Failure::Unreachable)?;
    loop {
        match line.next().await {
            Some(Note::Ready) => break,
            Some(Note::Broken(why)) => return Err(Failure::Unreachable(why)),
            Some(Note::Refused(_)) => return Err(Failure::Refused),
            Some(Note::Message(_) | Note::Acknowledged(_)) => {}
            None | Some(Note::Closed) => {
                let why = "the connection has ended".to_owned();
                return Err(Failure::Unreachable(why));
            }
        }
    }
    for question in Survey::questions() {
        line.say(question);
    }
    Ok(line)
}

/// The topics on which devices announce themselves.
pub(super) fn everything() -> Subscription {
    let topics = FILTERS.map(|topic| (topic.to_owned(), false)).to_vec();
    Subscription { name: "announcements".to_owned(), topics }
}

fn settings(broker: &Broker) -> Settings {
    let status = |word: &str| Message {
        topic: "uncramp-setup/status".to_owned(),
        payload: word.as_bytes().to_vec(),
        retain: false,
        confirmed: false,
    };
    Settings {
        host: broker.host.clone(),
        port: broker.port,
        tls: broker.tls.clone(),
        username: broker.username.clone(),
        password: broker.password.clone(),
        client_id: format!("uncramp-setup-{:08x}", fastrand::u32(..)),
        keep_alive: Duration::from_secs(10),
        birth: status("online"),
        will: status("offline"),
    }
}

/// Where the password is kept: where systemd's unit takes it, or beside the configuration.
pub(super) fn password_place(config: &Path) -> (PathBuf, bool) {
    if config.starts_with("/etc/uncramp") {
        return (Path::new(crate::daemon::outside::CREDENTIALS).join("mqtt-password"), true);
    }
    (config.with_file_name("mqtt-password"), false)
}

//! `uncramp setup`: from a broker with devices to a configuration that passes `check`.

mod ask;
mod confirm;
mod flags;
mod hear;
mod inside;
mod pages;
mod people;
mod reach;
mod roles;
mod talk;

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;

use super::colour::Paint;
use super::{Common, End, check, save, try_out};
use crate::daemon::outside::Machine;
use crate::model::words;
use crate::plan::{Language, complaint, parse};
use crate::survey::answers::{self, Answers};
use crate::survey::configuration;

use inside::Inside;
use reach::Broker;
use talk::Talk;

/// Where systemd's unit looks for the configuration.
const SYSTEM: &str = "/etc/uncramp/uncramp.yaml";

/// Where it goes for those who may not write there.
const HERE: &str = "uncramp.yaml";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Ask nothing: what the flags do not say is guessed, and what cannot be is left out.
    #[arg(long)]
    yes: bool,
    /// Replace a configuration that is there; it is kept beside the new one.
    #[arg(long)]
    replace: bool,
    /// The broker; else the Supervisor's, else this machine's. `embedded` is one inside uncramp.
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// Its port.
    #[arg(long)]
    port: Option<u16>,
    /// Encrypt the connection.
    #[arg(long)]
    tls: bool,
    /// The certificate of whoever signed the broker's, as a PEM file; encrypts, too.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// As whom to sign in. The password: --password-file, or `UNCRAMP_MQTT_PASSWORD`.
    #[arg(long, value_name = "USER")]
    username: Option<String>,
    /// The file in which the password stands alone.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// How long to listen for announcements, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 4)]
    listen: u16,
    /// What people call the bedroom; its name in topics is made of that. Else `bedroom`.
    #[arg(long, value_name = "NAME")]
    bedroom: Option<String>,
    /// Use a device, by its name or address, as room, bed, outdoors, `in_bed`, window, co2,
    /// radiator, `heat_pump`, panel, blanket, portable or fan. May be given several times; then
    /// these are all that is used, and none is guessed.
    #[arg(long = "use", value_name = "DEVICE=ROLE")]
    used: Vec<String>,
    /// The language of words, en or de; else the terminal's, if uncramp speaks it.
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// Metric (°C, mL) or imperial (°F, fluid ounces); else by where the house is, or by what its
    /// devices speak.
    #[arg(long, value_name = "UNITS")]
    units: Option<String>,
    /// The house's time zone, such as Europe/Berlin; else this machine's.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// The usual hours.
    #[arg(long, value_name = "HOURS")]
    sleep: Option<String>,
    /// Who sleeps there: "Anna 1955, Ben 1950, baby".
    #[arg(long, value_name = "PEOPLE")]
    sleepers: Option<String>,
    /// Whose side of the bed a sensor is on: "Left mat=Anna". May be given several times.
    #[arg(long = "side", value_name = "DEVICE=NAME")]
    sides: Vec<String>,
    /// What holds for somebody: Anna=diabetes,wounds or Anna=none. May be given several
    /// times.
    #[arg(long, value_name = "NAME=LIST")]
    conditions: Vec<String>,
    /// How the room is at night: cold, right or warm.
    #[arg(long, value_name = "WORD")]
    room_is: Option<String>,
    /// Try heaters, fans and the voice at the end; what obeys is then run, not watched.
    #[arg(long = "try")]
    trial: bool,
}

/// Why it ended before the end.
#[derive(Debug)]
enum Stop {
    /// Whoever was asked went away.
    Left,
    /// The answer is no.
    No(String),
    /// Wrong usage or input.
    Input(String),
    /// The connection to the broker is gone, by the broker's words.
    Broke(String),
    /// The terminal cannot be written to.
    Output(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// What was written.
struct Done {
    path: PathBuf,
    answers: Answers,
    trial: bool,
    /// The broker inside runs until all is tried.
    inside: Option<Inside>,
}

/// Asks, writes, checks, tries. 0 it is written; 1 no broker, or no device of use; 2 wrong
/// usage.
pub(super) fn setup(common: &Common, arguments: &Arguments) -> io::Result<End> {
    let asked = !arguments.yes;
    if asked && !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        eprintln!(
            "uncramp setup asks questions, and there is no terminal to ask them in. Give --yes, \
             and flags for what it should not guess: uncramp setup --help"
        );
        return Ok(End::Input);
    }
    let language = match flags::language(arguments) {
        Ok(word) => word.as_deref().and_then(Language::of_tag).unwrap_or_default(),
        Err(Stop::Input(why) | Stop::No(why) | Stop::Broke(why)) => {
            eprintln!("uncramp setup: {why}");
            return Ok(End::Input);
        }
        Err(Stop::Output(error)) => return Err(error),
        Err(Stop::Left) => return Ok(End::Input),
    };
    let mut talk = Talk::new(asked, Paint::on(common.color, &io::stdout()), language);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(written(common, arguments, &mut talk));
    drop(runtime);
    match done {
        Ok(done) => finish(common, &talk, done),
        Err(Stop::Output(error)) => Err(error),
        Err(Stop::Left) => {
            let left =
                words!(language, "left; nothing was written", "abgebrochen; nichts geschrieben");
            eprintln!("\nuncramp setup: {left}");
            Ok(End::Input)
        }
        Err(Stop::No(why)) => {
            eprintln!("uncramp setup: {why}");
            Ok(End::No)
        }
        Err(Stop::Broke(why)) => {
            let broke = words!(
                language,
                "the connection to the broker broke: {why}",
                "die Verbindung zum Broker ist abgerissen. Auf Englisch: {why}"
            );
            eprintln!("\nuncramp setup: {broke}");
            Ok(End::No)
        }
        Err(Stop::Input(why)) => {
            eprintln!("uncramp setup: {why}");
            Ok(End::Input)
        }
    }
}

/// Everything up to a configuration on the disk.
async fn written(common: &Common, arguments: &Arguments, talk: &mut Talk) -> Result<Done, Stop> {
    let path = place(common);
    may_replace(&path, arguments, talk).await?;
    let (broker, ears) = hear::devices(arguments, talk).await?;
    let mut answers = ask::answers(arguments, ears, talk).await?;
    let (password, in_credstore) = reach::password_place(&path);
    answers.broker = answers::Broker {
        supervised: broker.supervised,
        embedded: broker.inside.is_some(),
        host: broker.host.clone(),
        port: broker.port,
        tls: broker.tls.is_some(),
        ca_file: broker.ca_file(),
        username: broker.username.clone(),
        password_file: broker.password_file.clone().or_else(|| {
            let whole = std::path::absolute(&password).ok()?;
            let needed = broker.password.is_some() && !in_credstore;
            needed.then(|| whole.to_string_lossy().into_owned())
        }),
    };
    let trial = confirm::confirmed(&mut answers, arguments.trial, talk).await?;
    // Who has nothing to switch has nothing to try, and need not wait for it to be spoken to. Where
    // nobody was asked, nobody has said that anything may begin.
    answers.watch = !talk.is_asked() || answers.used.iter().any(|it| it.role.acts());
    keep_password(&broker, &password, talk)?;
    save(&path, &answers, talk)?;
    Ok(Done { path, answers, trial, inside: broker.inside })
}

/// Where the configuration goes: where it was said to, else where systemd's unit looks, if
/// that may be written.
fn place(common: &Common) -> PathBuf {
    if let Some(path) = &common.config {
        return path.clone();
    }
    let root = rustix::process::geteuid().is_root();
    PathBuf::from(if root { SYSTEM } else { HERE })
}

async fn may_replace(path: &Path, arguments: &Arguments, talk: &mut Talk) -> Result<(), Stop> {
    if !path.exists() || arguments.replace {
        return Ok(());
    }
    let shown = path.display();
    if !talk.is_asked() {
        return Err(Stop::Input(words!(
            talk.language(),
            "{shown} is there already. Give --replace, and it is kept beside the new one; or \
             another --config",
            "{shown} gibt es schon. Mit --replace bleibt es neben dem neuen liegen; oder ein anderes \
             --config angeben"
        )));
    }
    talk.say(&words!(
        talk.language(),
        "{shown} is there already. It would be kept beside the new one.",
        "{shown} gibt es schon. Es würde neben der neuen Datei aufgehoben."
    ));
    if talk.agree(&words!(talk.language(), "Write a new one?", "Eine neue schreiben?")).await? {
        return Ok(());
    }
    Err(Stop::No(words!(talk.language(), "{shown} stays as it is", "{shown} bleibt, wie es ist")))
}

/// Puts a password that was typed, or that the Supervisor told, into a file of its own.
fn keep_password(broker: &Broker, place: &Path, talk: &Talk) -> Result<(), Stop> {
    let Some(password) = &broker.password else { return Ok(()) };
    if broker.password_file.is_some() || broker.supervised {
        return Ok(());
    }
    let shown = place.display().to_string();
    save::write(place, password.expose_secret(), 0o600)
        .map_err(|error| Stop::No(unwritable(&shown, &error, talk.language())))?;
    talk.say(&words!(
        talk.language(),
        "The password is in {shown}, for its owner's eyes only.",
        "Das Passwort steht in {shown}, nur für dessen Besitzer lesbar."
    ));
    Ok(())
}

/// Writes the configuration once it is known to be taken.
fn save(path: &Path, answers: &Answers, talk: &Talk) -> Result<(), Stop> {
    let text = configuration(answers);
    let shown = path.display().to_string();
    if let Err(complaints) = parse(&text, &Machine) {
        let faults = complaint::render(&complaints, &shown, &text, false);
        return Err(Stop::Input(words!(
            talk.language(),
            "what would be written is wrong:\n{faults}",
            "was geschrieben würde, ist falsch:\n{faults}"
        )));
    }
    let kept = save::write(path, &text, 0o644)
        .map_err(|error| Stop::No(unwritable(&shown, &error, talk.language())))?;
    talk.say(&words!(
        talk.language(),
        "\nWritten, and checked: {shown}",
        "\nGeschrieben und geprüft: {shown}"
    ));
    if let Some(kept) = kept {
        let kept = kept.display();
        talk.say(&words!(
            talk.language(),
            "What was there is kept as {kept}",
            "Was dort stand, ist aufgehoben als {kept}"
        ));
    }
    Ok(())
}

fn unwritable(shown: &str, error: &io::Error, language: Language) -> String {
    words!(
        language,
        "{shown} cannot be written: {error}",
        "{shown} lässt sich nicht schreiben: {error}"
    )
}

/// Tries what acts, checks the file, and says what comes next.
fn finish(common: &Common, talk: &Talk, mut done: Done) -> io::Result<End> {
    let common = Common { config: Some(done.path.clone()), color: common.color };
    if done.trial && tried(&common, &done, talk)? {
        done.answers.watch = false;
        let text = configuration(&done.answers);
        if let Err(error) = std::fs::write(&done.path, text) {
            let shown = done.path.display().to_string();
            eprintln!("uncramp setup: {}", unwritable(&shown, &error, talk.language()));
            return Ok(End::No);
        }
    }
    // What is tried is reached by it; `uncramp run` brings its own.
    drop(done.inside.take());
    let language = talk.language();
    talk.heading(&words!(language, "What this bedroom can do", "Was dieses Schlafzimmer kann"));
    let checked = check::check(&common, &check::Arguments::default())?;
    talk.heading(&words!(language, "What comes next", "Wie es weitergeht"));
    if done.answers.watch {
        talk.say(&words!(
            language,
            "- uncramp only watches: it switches nothing on, and each morning says what it would have\n  \
             done. Once `uncramp try` has shown that the devices obey: in Home Assistant choose “auto” as\n  \
             the Mode of the bedroom's device, elsewhere remove `mode: watch` from the file. It asks\n  \
             about cramps in the morning all the same: `ask_in_the_morning: off` stops that.",
            "- uncramp beobachtet nur: Es schaltet nichts ein und sagt jeden Morgen, was es getan hätte.\n  \
             Sobald `uncramp try` gezeigt hat, dass die Geräte gehorchen: in Home Assistant am Gerät des\n  \
             Schlafzimmers den Modus „automatisch“ wählen, anderswo `mode: watch` aus der Datei nehmen.\n  \
             Morgens fragt es trotzdem nach Krämpfen: `ask_in_the_morning: off` stellt das ab."
        ));
    } else if done.answers.used.iter().any(|it| it.role.acts()) {
        talk.say(&words!(
            language,
            "- The devices obey: uncramp acts from the start.",
            "- Die Geräte gehorchen: uncramp handelt von Anfang an."
        ));
    } else {
        talk.say(&words!(
            language,
            "- There is nothing to switch yet: uncramp answers, reminds and keeps the diary. With a\n  \
             thermometer and a valve or plug, call `uncramp setup --replace`.",
            "- Zu schalten gibt es noch nichts: uncramp antwortet, erinnert und führt das Tagebuch. Mit\n  \
             Thermometer und Ventil oder Stecker dann `uncramp setup --replace` aufrufen."
        ));
    }
    let page = pages::home_assistant(language);
    talk.say(&words!(
        language,
        "- In Home Assistant the bedroom appears by itself. To speak and to listen there, uncramp needs\n  \
         its blueprints `announce.yaml` and `say.yaml`, and tells how:\n  {page}",
        "- In Home Assistant erscheint das Schlafzimmer von selbst. Zum Sprechen und Zuhören braucht\n  \
         uncramp dort seine Blueprints `announce.yaml` und `say.yaml`; wie, steht hier:\n  {page}"
    ));
    if done.path == Path::new(SYSTEM) {
        talk.say(&words!(
            language,
            "- Start it: sudo systemctl enable --now uncramp",
            "- Starten: sudo systemctl enable --now uncramp"
        ));
    } else {
        let shown = done.path.display();
        talk.say(&words!(
            language,
            "- Start it: uncramp run --config {shown}",
            "- Starten: uncramp run --config {shown}"
        ));
    }
    Ok(checked)
}

/// Tries each heater and fan, and then the voice. Whether all that act obeyed.
fn tried(common: &Common, done: &Done, talk: &Talk) -> io::Result<bool> {
    let Ok(text) = std::fs::read_to_string(&done.path) else { return Ok(false) };
    let Ok(parsed) = parse(&text, &Machine) else { return Ok(false) };
    if talk.language() == Language::German {
        talk.say("\nWas beim Erproben geschieht, wird auf Englisch berichtet.");
    }
    let mut well = true;
    for actuator in parsed.plan.bedrooms.iter().flat_map(|bedroom| &bedroom.actuators) {
        let end = try_out::try_out(common, &try_out::Arguments::of(&actuator.name))?;
        well &= end == End::Well;
    }
    // Words are a help and no condition: many bedrooms have no voice.
    let spoken = try_out::try_out(common, &try_out::Arguments::of("voice"))?;
    if spoken != End::Well {
        talk.say(&words!(
            talk.language(),
            "  No voice answered: uncramp will show its words, and nobody will speak them.",
            "  Keine Stimme hat geantwortet: uncramp zeigt seine Worte, und niemand spricht sie."
        ));
    }
    Ok(well)
}

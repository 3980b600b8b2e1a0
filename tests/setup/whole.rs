//! The whole of it against a real broker: in a terminal, and by flags.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use super::mosquitto::{Mosquitto, free_port};
use super::pure::{FAMILIES, announcements};
use super::terminal::Terminal;

/// A broker on which all devices of the test data have announced themselves.
pub(crate) fn announced() -> Mosquitto {
    let broker = Mosquitto::anonymous();
    for (topic, payload) in FAMILIES.iter().flat_map(|family| announcements(family)) {
        if !topic.starts_with("uncramp-setup-") {
            broker.say(&topic, payload, true);
        }
    }
    broker.say("tele/tasmota_B3A1C2/SENSOR", r#"{"AHT2X":{"Temperature":18.7}}"#, true);
    broker
}

/// The number by which a device is listed.
pub(crate) fn number(screen: &str, name: &str) -> String {
    let row = screen.lines().find(|row| row.contains(&format!("  {name} ")));
    let row = row.unwrap_or_else(|| panic!("{name} is not listed:\n{screen}"));
    row.split_whitespace().next().expect("a number").to_owned()
}

#[test]
fn from_an_empty_disk_to_a_running_bedroom_in_ten_answers() {
    let broker = announced();
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("uncramp.yaml");
    let asked = broker.ear("shellyplus1pm-7c87ce65bd9c/rpc", 2);
    let port = broker.port.to_string();
    let mut terminal = Terminal::open(
        folder.path(),
        &["--config", path(&file), "setup", "--port", &port, "--host", "127.0.0.1"],
    );
    assert!(asked.hear().contains("Shelly.GetStatus"));
    for (topic, payload) in announcements("shelly") {
        if topic.starts_with("uncramp-setup-") {
            broker.say(&topic, payload, false);
        }
    }

    terminal.sees("Numbers of those in the bedroom");
    let screen = terminal.screen();
    // One says what it measures, and the Shelly was asked.
    has_all(&screen, &["18.7 °C", "Wall panel"]);
    assert!(!screen.contains('\u{1b}'), "plain on a terminal that is dumb");
    broker.say("zigbee2mqtt/Bed mat", r#"{"contact":true}"#, false);
    terminal.sees("closed");
    terminal.sees("Numbers of those in the bedroom");
    let names = ["Bedroom climate", "Foot of the bed", "Bed mat", "Bedroom window"];
    let acting = ["Bedroom valve", "Bedroom plug"];
    let numbers: Vec<_> = names.iter().chain(&acting).map(|name| number(&screen, name)).collect();
    terminal.types(&numbers.join(" "));
    terminal.sees("lies in the bed");
    terminal.types("");
    terminal.sees("somebody is in bed?");
    terminal.types("");
    questions_of_the_night(&mut terminal);
    terminal.sees("What is to be written");
    terminal.sees("Enter writes it, t writes it and tries the devices");
    terminal.types("");
    assert!(terminal.answers <= 10, "{} answers", terminal.answers);
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    has_all(
        &screen,
        &[
            "What is here makes possible:",
            "One more would add:",
            "configures one bedroom",
            "uncramp only watches",
            "the Mode of the bedroom's device",
            "`announce.yaml`",
            "  in bed      Bed mat",
            "  fan         Bedroom plug",
            "   2  in bed      22:30-06:45",
            "   3  who         Anna, born 1955, no conditions",
            "   4  at night    too cold",
            "   5  units       °C, mL",
            "   6  bedroom     bedroom",
        ],
    );

    let text = fs::read_to_string(&file).expect("written");
    has_all(
        &text,
        &[
            "    mode: watch\n",
            "      # Bedroom climate: Aqara WSDCGQ11LM, Zigbee 0x00158d0004a1b2c3\n",
            "      room: { zigbee2mqtt: \"0x00158d0004a1b2c3\" }\n",
            "      bed: { zigbee2mqtt: \"0x00124b002a3b4c5d\" }\n",
            "      in_bed: { zigbee2mqtt: \"0x54ef4410001a2b3c\", read: contact }\n",
            "      window: { zigbee2mqtt: \"0x00158d00067a8b9c\", read: contact }\n",
            "      zigbee2mqtt: { device: \"0xa4c138aabbccddee\", model: sonoff-trvzb }\n",
            "    fan:\n      zigbee2mqtt: \"0x60a423fffe112233\"\n",
        ],
    );

    runs_and_is_discovered(&broker, &file);
}

/// What the devices are for, and who sleeps there: the rest of the answers.
fn questions_of_the_night(terminal: &mut Terminal) {
    terminal.sees("“Bedroom valve” switches:");
    terminal.types("");
    terminal.sees("“Bedroom plug” switches:");
    terminal.types("5");
    terminal.sees("Usual hours");
    terminal.types("10:30 pm to 6:45 am");
    terminal.sees("Who sleeps there");
    terminal.types("Anna 1955");
    terminal.sees("What holds for Anna?");
    terminal.types("none");
    terminal.sees("too cold (1)");
    terminal.types("1");
}

fn runs_and_is_discovered(broker: &Mosquitto, file: &Path) {
    let _running = Running::start(file.parent().expect("a directory"), file);
    let state = broker.hear("uncramp/bedroom/state");
    assert!(state.contains(r#""mode":"watch""#), "{state}");
    let discovered = broker.hear("homeassistant/device/uncramp_bedroom/config");
    assert!(discovered.contains(r#""climate""#), "{discovered}");
}

fn with_a_password() -> Mosquitto {
    Mosquitto::start(|directory| {
        let users = directory.join("users");
        let made = Command::new("mosquitto_passwd")
            .args(["-b", "-c", path(&users), "uncramp", "geheim"])
            .env("PATH", "/usr/bin:/usr/local/bin:/opt/homebrew/bin")
            .status();
        assert!(made.expect("mosquitto_passwd is installed").success());
        format!("allow_anonymous false\npassword_file {}", users.display())
    })
}

#[test]
fn a_broker_that_wants_a_password_is_signed_in_to() {
    let broker = with_a_password();
    let folder = tempfile::tempdir().expect("a directory");
    let port = broker.port.to_string();
    let mut terminal = Terminal::open(
        folder.path(),
        &["--config", "my.yaml", "setup", "--port", &port, "--host", "127.0.0.1", "--listen", "1"],
    );
    let device = announcements("tasmota").into_iter().take(2);
    for (topic, payload) in device {
        let said = Command::new("mosquitto_pub")
            .args(["-p", &port, "-u", "uncramp", "-P", "geheim", "-r", "-t", &topic, "-m"])
            .arg(payload)
            .status();
        assert!(said.expect("mosquitto_pub is installed").success());
    }
    terminal.sees("answers, and lets nobody in without a user name and password.");
    terminal.sees("As whom to sign in?");
    terminal.types("uncramp");
    terminal.sees("The password");
    terminal.types("wrong");
    terminal.sees("answers, and does not take this password of “uncramp”.");
    terminal.sees("As whom to sign in?");
    terminal.types("");
    terminal.sees("The password");
    terminal.types("geheim");
    terminal.sees("answers.");
    terminal.sees("Numbers of those in the bedroom");
    terminal.types("1");
    terminal.sees("somebody is in bed?");
    terminal.types("none");
    terminal.sees("Usual hours");
    terminal.types("late");
    terminal.sees("Usual hours");
    terminal.types("");
    terminal.sees("Who sleeps there");
    terminal.types("");
    terminal.sees("too cold (1)");
    terminal.types("1");
    every_line_is_changed(&mut terminal);
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("geheim"), "{screen}");
    assert!(!screen.contains("button"), "there is none before the blueprints: {screen}");
    let secret = folder.path().join("mqtt-password");
    assert_eq!(fs::read_to_string(&secret).expect("kept"), "geheim");
    assert_eq!(fs::metadata(&secret).expect("it").permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(folder.path().join("my.yaml")).expect("written");
    assert!(text.contains("username: uncramp") && text.contains("reference: usual"), "{text}");
    has_all(
        &text,
        &["timezone: Europe/Brussels\n", "sleep: 23:00-07:00\n", "Ben: {}\n", "units: imperial "],
    );
    has_all(
        &text,
        &["  chambre_a_coucher:    # its name in topics", "    name: Chambre à coucher    #"],
    );
    assert!(text.contains(&format!("port: {port}")) && !text.contains("geheim"), "{text}");
}

/// What was answered is read back, and each line of it answered anew, before it is written.
fn every_line_is_changed(terminal: &mut Terminal) {
    for (line, question, answer) in [
        ("1", "The house's time zone", "Europe/Brussels"),
        ("2", "Usual hours", "23:00-07:00"),
        ("3", "Who sleeps there", "Ben"),
        ("4", "too cold (1)", "2"),
        ("5", "°C and mL (metric), or °F and fluid ounces (imperial)?", "imperial"),
        ("6", "What do you call the bedroom?", "Chambre à coucher"),
    ] {
        terminal.sees("Enter writes it, a number changes that line, n leaves");
        terminal.types(line);
        terminal.sees(question);
        terminal.types(answer);
        if line == "3" {
            terminal.sees("What holds for Ben?");
            terminal.types("");
        }
    }
    terminal.sees("   1  time zone   Europe/Brussels");
    terminal.sees("Enter writes it");
    terminal.types("99");
    terminal.sees("Enter, a number from 1 to ");
    terminal.sees("Enter writes it");
    terminal.types("");
}

/// Whoever speaks German is asked, answered and shown what was found in German.
#[test]
fn german_is_spoken_from_start_to_end() {
    let broker = announced();
    let folder = tempfile::tempdir().expect("a directory");
    let port = broker.port.to_string();
    let place = ["--config", "uncramp.yaml", "setup", "--port", &port, "--host", "127.0.0.1"];
    let german = ["--language", "de", "--listen", "1"];
    let mut terminal = Terminal::open(folder.path(), &[&place[..], &german].concat());
    terminal.sees("Zahlen derer, die im Schlafzimmer sind");
    let screen = terminal.screen();
    let named = |name| number(&screen, name);
    let chosen = ["Bedroom climate", "Foot of the bed", "Bed mat", "Bedroom plug"].map(named);
    terminal.types(&chosen.join(" "));
    // What is asked for by its number is shown with it.
    terminal.sees(&format!("{:>4}  Foot of the bed", chosen[1]));
    terminal.sees("liegt im Bett, nahe den Füßen? Oder keine");
    terminal.types("keiner");
    terminal.sees("Sagt „Bed mat“, dass jemand im Bett liegt? [J/n]");
    terminal.types("vielleicht");
    terminal.sees("j oder n");
    terminal.types("");
    terminal.sees("„Bedroom plug“ schaltet:");
    terminal.types("5");
    for (question, answer) in [
        ("Wann meist im Bett", "spät"),
        ("sind keine 3 bis 14 Stunden", "22.30 bis 6.45 Uhr"),
        ("Wer schläft dort", "Anna 1955"),
        ("Was trifft auf Anna zu?", "nichts"),
        ("zu kalt (1)", "kalt"),
        ("   9  Ventilator  Bedroom plug", "9"),
        ("„Bedroom plug“ ist:", "6"),
        ("Enter schreibt es, eine Zahl ändert die Zeile, n bricht ab", ""),
    ] {
        terminal.sees(question);
        terminal.types(answer);
    }
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    has_all(
        &screen,
        &["Was da ist, macht möglich:", "Was mehr brächte:", " richtet ein Schlafzimmer ein"],
    );
    has_all(&screen, &["Zu schalten gibt es noch nichts:", "`announce.yaml`"]);
    let screen = screen.replace("Foot of the bed", "");
    for english in [" the ", " is ", " of ", " and ", "nothing", "Number", " writes ", "note:"] {
        assert!(!screen.contains(english), "“{english}” in {screen}");
    }
    let text = fs::read_to_string(folder.path().join("uncramp.yaml")).expect("written");
    assert!(text.contains("language: de\n") && !text.contains("fan:"), "{text}");
}

pub(crate) fn has_all(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "{line} in {text}");
    }
}

/// Flags that are refused, and why.
const WRONG: &[(&[&str], &str)] = &[
    (&["--use", "Attic=room"], "no such device announced itself; there is "),
    (&["--use", "Bedroom plug=room"], "offers nothing that makes it that"),
    (&["--use", "Bed mat=pillow"], "is none of room, bed,"),
    (&["--sleep", "late"], "“late” is not 3 to 14 hours like 22:30-06:45 or 11pm-7am"),
    (&["--sleepers", "Anna 55"], "is no year of birth"),
    (&["--conditions", "Zoe=none"], "nobody is called “Zoe”"),
    (&["--room-is", "damp"], "is none of cold, right, warm"),
    (&["--bedroom", ""], "`name` must not be empty"),
    (&["--side", "Bed mat"], "write it like “Left mat=Anna”"),
    (&["--side", "Attic=Anna"], "“Attic” is not used as in_bed"),
    (&["--side", "Bed mat=Anna"], "nobody is called “Anna”"),
    (&["--language", "tlh"], "uncramp does not speak it"),
    (&["--units", "kelvin"], "is neither metric (°C, mL) nor imperial"),
    (&["--timezone", "Mars/Olympus"], "this machine knows no zone “Mars/Olympus”"),
    (&["--sleepers", "We two and the cat"], "write a comma between two people"),
];

#[test]
fn flags_answer_where_nobody_is_asked() {
    let broker = announced();
    let folder = tempfile::tempdir().expect("a directory");
    let port = broker.port.to_string();
    let by_flags = |more: &[&str]| {
        let always = ["--config", "uncramp.yaml", "setup", "--yes", "--host", "127.0.0.1"];
        let listening = ["--port", &port, "--listen", "1"];
        uncramp(folder.path(), &[&always[..], &listening, more].concat())
    };
    let done = by_flags(&[
        "--use",
        "Bedside thermometer=room",
        "--use",
        "0x60a423fffe112233=panel",
        "--sleep",
        "23:00-07:00",
        "--sleepers",
        "Anna 1955, Ben",
        "--conditions",
        "Anna=diabetes",
        "--room-is",
        "warm",
        "--language",
        "de",
        "--timezone",
        "Europe/Vienna",
        "--units",
        "imperial",
    ]);
    assert_eq!(code(&done), 0, "{}", err(&done));
    let read_back = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(read_back.contains("   1  Zeitzone    Europe/Vienna"), "{read_back}");
    let file = folder.path().join("uncramp.yaml");
    let text = fs::read_to_string(&file).expect("written");
    has_all(
        &text,
        &[
            "sleep: 23:00-07:00",
            "conditions: [diabetes]",
            "fixed: true",
            "mode: watch",
            "language: de\n",
            "timezone: Europe/Vienna\n",
            "units: imperial ",
            "reference: 64.4 °F\n",
            "  bedroom:    # its name",
            "    name: Schlafzimmer    # what people call it",
        ],
    );
    assert_eq!(code(&uncramp(folder.path(), &["check", "uncramp.yaml"])), 0);

    let again = by_flags(&[]);
    assert_eq!(code(&again), 2);
    assert!(err(&again).contains("is there already. Give --replace"), "{}", err(&again));
    assert_eq!(fs::read_to_string(&file).expect("it"), text, "untouched");

    let guessed = by_flags(&["--replace"]);
    assert_eq!(code(&guessed), 0, "{}", err(&guessed));
    let kept = folder.path().join("uncramp.yaml.1");
    assert_eq!(fs::read_to_string(kept).expect("kept"), text);
    let text = fs::read_to_string(&file).expect("written");
    assert!(text.contains("- { zigbee2mqtt: \"0x54ef4410001a2b3c\", read: contact }"), "{text}");
    assert_eq!(text.matches("kind: radiator").count(), 1, "only what has a valve: {text}");
    assert!(!text.contains("Bedroom plug"), "nobody said what hangs on it: {text}");

    for (flags, why) in WRONG {
        let wrong = by_flags(&[&["--replace"], *flags].concat());
        assert_eq!(code(&wrong), 2, "{flags:?}: {}", err(&wrong));
        assert!(err(&wrong).contains(why), "{flags:?}: {}", err(&wrong));
    }
    assert_eq!(fs::read_to_string(&file).expect("it"), text, "untouched");
}

#[test]
fn without_a_terminal_or_a_broker_it_says_so() {
    let folder = tempfile::tempdir().expect("a directory");
    let asked = uncramp(folder.path(), &["setup"]);
    assert_eq!(code(&asked), 2);
    assert!(err(&asked).contains("there is no terminal to ask them in. Give --yes"));
    let port = free_port().to_string();
    let alone = ["--config", "x.yaml", "setup", "--yes", "--host", "127.0.0.1", "--port", &port];
    let alone = uncramp(folder.path(), &alone);
    assert_eq!(code(&alone), 1);
    assert!(err(&alone).contains("no broker at 127.0.0.1"), "{}", err(&alone));
    let other = Mosquitto::anonymous();
    let (port, taken) = (port.as_str(), other.port.to_string());
    for (host, port, why) in [
        ("127.0.0.1", port, "kein Broker unter 127.0.0.1:"),
        #[cfg(feature = "embedded-broker")]
        ("embedded", &taken, "Der Broker in uncramp läuft nicht. Auf Englisch: "),
    ] {
        let german = ["--config", "x.yaml", "setup", "--yes", "--language", "de"];
        let german = [&german[..], &["--host", host, "--port", port]].concat();
        let german = uncramp(folder.path(), &german);
        assert_eq!(code(&german), 1);
        assert!(err(&german).contains(why), "{}", err(&german));
    }
    let broker = Mosquitto::anonymous();
    let port = broker.port.to_string();
    let empty = ["--config", "x.yaml", "setup", "--yes", "--host", "127.0.0.1", "--listen", "1"];
    let empty = uncramp(folder.path(), &[&empty[..], &["--port", &port]].concat());
    assert_eq!(code(&empty), 1);
    assert!(err(&empty).contains("no device announced itself"), "{}", err(&empty));
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 0, "nothing was written");
}

/// `uncramp run`, killed when dropped.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(directory: &Path, config: &Path) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_uncramp"))
            .args(["run", path(config)])
            .env("STATE_DIRECTORY", directory.join("state"))
            .stderr(Stdio::null())
            .spawn();
        Self(child.expect("it starts"))
    }

    /// Stops it as systemd does.
    pub(crate) fn stops(mut self) {
        let stopped = Command::new("kill").arg(self.0.id().to_string()).status();
        assert!(stopped.expect("kill").success());
        self.0.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

pub(crate) fn uncramp(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uncramp"));
    command.args(arguments).current_dir(directory).stdin(Stdio::null());
    command.env_remove("SUPERVISOR_TOKEN").env("LC_ALL", "C").output().expect("it runs")
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("a code")
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path")
}

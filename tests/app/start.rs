//! From installed to a bedroom in Home Assistant, without a container around it.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::app;
use super::mosquitto::{Mosquitto, PATIENCE};

/// Where a shell, `jq` and `setpriv` are.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin:/opt/homebrew/bin";

const PASSWORD: &str = "kept-by-the-supervisor";

/// A Supervisor that names a broker to whoever has the token, for as long as the tests run.
fn supervisor(port: u16) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for mut guest in listener.incoming().flatten() {
            let mut request = String::new();
            let mut lines = BufReader::new(guest.try_clone().expect("one more")).lines();
            while let Some(Ok(line)) = lines.next()
                && !line.is_empty()
            {
                request += &(line + "\n");
            }
            let right = request.contains("Authorization: Bearer a-token\n");
            let answer = if right && request.starts_with("GET /host/info HTTP/1.") {
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"result\":\"ok\",\
                 \"data\":{\"kernel\":\"6.12\",\"dt_synchronized\":true}}"
                    .to_owned()
            } else if right && request.starts_with("GET /services/mqtt HTTP/1.") {
                format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{{\"result\":\"ok\",\
                     \"data\":{{\"app\":\"core_mosquitto\",\"host\":\"127.0.0.1\",\"port\":{port},\
                     \"ssl\":false,\"protocol\":\"3.1.1\",\"username\":\"addons\",\
                     \"password\":\"{PASSWORD}\"}}}}"
                )
            } else {
                "HTTP/1.1 401 Unauthorized\r\n\r\n".to_owned()
            };
            guest.write_all(answer.as_bytes()).ok();
        }
    });
    format!("http://{address}")
}

/// Home Assistant's own broker: it wants a name and a password.
fn broker() -> Mosquitto {
    Mosquitto::start(|directory| {
        let users = directory.join("users");
        let made = Command::new("mosquitto_passwd")
            .args(["-b", "-c"])
            .arg(&users)
            .args(["addons", PASSWORD])
            .env("PATH", "/usr/bin:/usr/local/bin:/opt/homebrew/bin")
            .status();
        assert!(made.expect("mosquitto_passwd is installed").success());
        format!("allow_anonymous false\npassword_file {}", users.display())
    })
}

fn client(command: &str, broker: &Mosquitto) -> Command {
    let mut client = Command::new(command);
    client.args(["-p", &broker.port.to_string(), "-u", "addons", "-P", PASSWORD]);
    client
}

/// Zigbee2MQTT's devices, as it announces them.
fn devices(broker: &Mosquitto) {
    let text = fs::read_to_string("tests/data/announcements/zigbee2mqtt.txt").expect("it");
    for (topic, payload) in text.lines().filter_map(|row| row.split_once('\t')) {
        let said =
            client("mosquitto_pub", broker).args(["-r", "-t", topic, "-m", payload]).status();
        assert!(said.expect("mosquitto_pub is installed").success());
    }
}

/// Waits for a message on a topic.
fn heard(broker: &Mosquitto, topic: &str) -> String {
    let patience = PATIENCE.as_secs().to_string();
    let ear =
        client("mosquitto_sub", broker).args(["-C", "1", "-W", &patience, "-t", topic]).output();
    let ear = ear.expect("mosquitto_sub is installed");
    assert!(ear.status.success(), "nothing on {topic}");
    String::from_utf8_lossy(&ear.stdout).into_owned()
}

/// The container's directories, and what runs in it.
struct Container {
    folder: TempDir,
    child: Option<Child>,
}

impl Container {
    fn new(options: &str) -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        for name in ["data", "config", "share", "bin"] {
            fs::create_dir(folder.path().join(name)).expect("a directory");
        }
        let container = Self { folder, child: None };
        fs::write(container.path("data/options.json"), options).expect("options");
        fs::copy("config/uncramp.yaml", container.path("share/uncramp.yaml")).expect("an example");
        let binary = container.path("bin/uncramp");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_uncramp"), binary).expect("a binary");
        container
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn starts(&mut self, supervisor: &str) {
        let log = fs::File::create(self.path("log")).expect("a log");
        let child = Command::new(app("run"))
            .env("PATH", format!("{}:{PATH}", self.path("bin").display()))
            .env("UNCRAMP_DATA", self.path("data"))
            .env("UNCRAMP_CONFIG", self.path("config"))
            .env("UNCRAMP_SHARE", self.path("share"))
            .env("UNCRAMP_USER", rustix::process::geteuid().as_raw().to_string())
            .env("UNCRAMP_AGAIN", "1")
            .env("UNCRAMP_LISTEN", "1")
            .env("SUPERVISOR_API", supervisor)
            .env("SUPERVISOR_TOKEN", "a-token")
            .env("TZ", "America/Chicago")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("one more"))
            .stderr(log)
            .spawn();
        self.child = Some(child.expect("it starts"));
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    fn logs(&self, words: &str) {
        let look = Duration::from_millis(20);
        for _ in 0..PATIENCE.as_millis() / look.as_millis() {
            if self.log().contains(words) {
                return;
            }
            std::thread::sleep(look);
        }
        panic!("“{words}” is not in:\n{}", self.log());
    }

    /// Stops it as the Supervisor does.
    fn stops(&mut self) -> Option<i32> {
        let mut child = self.child.take().expect("it runs");
        let stopped = Command::new("kill").arg(child.id().to_string()).status();
        assert!(stopped.expect("kill").success());
        child.wait().expect("it ends").code()
    }

    fn ends(&mut self) -> Option<i32> {
        self.child.take().expect("it runs").wait().expect("it ends").code()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

#[test]
fn installed_and_a_minute_later_the_bedroom_is_there() {
    let broker = broker();
    let supervisor = supervisor(broker.port);
    let mut container = Container::new(r#"{"language":"de","log_level":"info"}"#);
    let switched = client("mosquitto_sub", &broker)
        .args(["-v", "-t", "zigbee2mqtt/+/set"])
        .stdout(Stdio::piped())
        .spawn();
    let mut switched = switched.expect("mosquitto_sub is installed");

    container.starts(&supervisor);
    container.logs("No bedroom was found.");
    assert!(container.path("config/uncramp.example.yaml").is_file());
    assert!(!container.path("config/uncramp.yaml").exists(), "nothing was guessed of nothing");
    devices(&broker);
    let discovery = heard(&broker, "homeassistant/device/uncramp_bedroom/config");
    assert!(discovery.contains("\"cmps\""), "{discovery}");
    assert!(discovery.contains("\"name\":\"Uncramp Schlafzimmer\""), "{discovery}");
    let state = heard(&broker, "uncramp/bedroom/state");
    assert!(state.contains(r#""mode":"watch""#), "{state}");

    let file = container.path("config/uncramp.yaml");
    let written = fs::read_to_string(&file).expect("written");
    for line in [
        "\nmqtt: supervisor\n",
        "timezone: America/Chicago\n",
        "language: de\n",
        "\nunits: imperial ",
        "    name: Schlafzimmer ",
        "    mode: watch\n",
        "kind: radiator",
    ] {
        assert!(written.contains(line), "{line} in {written}");
    }
    for name in ["log", "config/uncramp.yaml"] {
        let text = fs::read_to_string(container.path(name)).expect("text");
        assert!(!text.contains(PASSWORD) && !text.contains("a-token"), "{name} tells a secret");
    }
    assert_eq!(container.stops(), Some(0), "{}", container.log());
    assert_eq!(heard(&broker, "uncramp/status").trim(), "offline");
    assert!(container.path("data/uncramp").read_dir().expect("its state").next().is_some());

    container.starts(&supervisor);
    container.logs("connected");
    assert!(!container.log().contains("looking for the bedroom"), "the file is kept");
    assert_eq!(fs::read_to_string(&file).expect("it"), written);
    assert_eq!(container.stops(), Some(0), "{}", container.log());
    switched.kill().expect("killed");
    let commands = switched.wait_with_output().expect("its output").stdout;
    assert_eq!(String::from_utf8_lossy(&commands), "", "nothing was switched unasked");
}

#[test]
fn a_wrong_file_stops_it_with_its_place() {
    let mut container = Container::new("{}");
    fs::write(container.path("config/uncramp.yaml"), "mqtt: supervisor\nbedroms: {}\n")
        .expect("written");
    container.starts("http://127.0.0.1:9");
    assert_eq!(container.ends(), Some(78));
    assert!(container.log().contains("uncramp.yaml:2:1"), "{}", container.log());
}

#[test]
fn a_broker_that_comes_later_is_waited_for() {
    let mut container = Container::new(r#"{"log_level":"warn"}"#);
    fs::write(
        container.path("config/uncramp.yaml"),
        "mqtt: supervisor\nbedrooms: { bedroom: { sleep: 22:30-06:45 } }\n",
    )
    .expect("written");
    container.starts("http://127.0.0.1:9");
    container.logs("names no broker");
    container.logs("asks again");
    assert_eq!(container.stops(), None, "ended by the signal itself: nothing was switched yet");
}

#[test]
fn its_scripts_can_be_run() {
    for name in ["run", "fetch", "pin"] {
        let mode = fs::metadata(Path::new(&app(name))).expect("it").permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{name}");
    }
}

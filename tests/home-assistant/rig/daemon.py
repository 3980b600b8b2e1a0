"""uncramp itself, as it runs beside Home Assistant: on the machine's clock, or on one that we move.

The binaries are those that `UNCRAMP` and `UNCRAMP_STEPPED` name, else what cargo built here last.
"""
import atexit
import os
import shutil
import subprocess
import tempfile
import time
from datetime import datetime, timedelta, timezone

from checks import ROOT, eventually

HEAD = """
timezone: UTC
{about}mqtt: {{ host: localhost, port: {port} }}
store: {store}
bedrooms:
"""


def built(name):
    """What cargo built here last."""
    kinds = [os.path.join(ROOT, "target", kind, name) for kind in ("release", "debug")]
    found = [path for path in kinds if os.path.exists(path)]
    assert found, f"{name} is not built; cargo build --bins --examples"
    return max(found, key=os.path.getmtime)


def hours_from_now(hours):
    """A time of day, as the configuration has it."""
    return (datetime.now(timezone.utc) + timedelta(hours=hours)).strftime("%H:%M")


def tomorrow_at(hour):
    """A clock that begins then says nothing that is too late for Home Assistant."""
    noon = datetime.now(timezone.utc).replace(hour=12, minute=0, second=0, microsecond=0)
    return noon + timedelta(days=1, hours=hour - 12)


def sleeping_now():
    """Hours of sleep that have begun two hours ago."""
    return f"{hours_from_now(-2)}-{hours_from_now(6)}"


class Uncramp:
    """The daemon, with a configuration and a state of its own."""

    def __init__(self, port, language=None, units=None):
        self.port, self.language, self.units, self.process = port, language, units, None
        self.place = tempfile.mkdtemp()
        self.config, self.store = (os.path.join(self.place, name) for name in ("uncramp.yaml", "state"))
        self.log = open(os.path.join(self.place, "log"), "w", encoding="utf-8")

    def write(self, bedrooms):
        """The bedrooms, in YAML, below what every configuration here begins with."""
        about = "".join(f"{key}: {value}\n" for key, value in
                        (("language", self.language), ("units", self.units)) if value)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(HEAD.format(about=about, port=self.port, store=self.store) + bedrooms)

    def start(self, bedrooms=None):
        if bedrooms is not None:
            self.write(bedrooms)
        self.process = subprocess.Popen(self.command(), stdout=self.log, stderr=self.log)
        atexit.register(self.process.kill)

    def command(self, what="run"):
        own = os.environ.get("UNCRAMP") or built("uncramp")
        # A machine whose clock nobody keeps right: to this program it is said to be right.
        right = ("mkdir -p /run/systemd/timesync && mount -t tmpfs none /run/systemd/timesync && "
                 "touch /run/systemd/timesync/synchronized && exec \"$@\"")
        return ["unshare", "-m", "sh", "-c", right, "sh", own, what, self.config]

    def check(self):
        """What `uncramp check` says of the configuration."""
        return self.said("check")

    def said(self, what):
        """What a command prints of the configuration."""
        return subprocess.run(self.command(what), capture_output=True, text=True, check=False).stdout

    def logged(self):
        with open(self.log.name, encoding="utf-8") as file:
            return file.read()

    def stop(self):
        self.process.terminate()
        self.process.wait(15)

    def leave(self):
        if self.process.poll() is None:
            self.stop()
        self.log.close()
        shutil.rmtree(self.place)


class Stepped(Uncramp):
    """The daemon on a clock that goes only where it is told. Its wall clock begins at `start`."""

    def __init__(self, port, start, language=None, units=None):
        super().__init__(port, language, units)
        self.begin, self.seconds = start, 0

    def command(self):
        own = os.environ.get("UNCRAMP_STEPPED") or built(os.path.join("examples", "stepped"))
        return [own, self.config, str(int(self.begin.timestamp())), str(self.seconds)]

    def start(self, bedrooms=None):
        if bedrooms is not None:
            self.write(bedrooms)
        self.process = subprocess.Popen(self.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True)
        atexit.register(self.process.kill)

    def now(self):
        return self.begin + timedelta(seconds=self.seconds)

    def go(self, **time_passing):
        """Lets time pass: what is due by then is done, and said."""
        self.seconds += int(timedelta(**time_passing).total_seconds())
        self.process.stdin.write(f"{self.seconds}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer == f"at {self.seconds}", f"{answer!r}: {self.logged()[-2000:]}"

    def stop(self):
        self.process.stdin.close()
        self.process.wait(15)
        self.process.stdout.close()


class Sensors:
    """Sensors that speak without a new process for each word, and say when it has arrived."""

    def __init__(self, broker):
        self.broker, self.mouths = broker, {}

    def say(self, topic, payload):
        mouth = self.mouths.get(topic)
        if mouth is None:
            command = ["mosquitto_pub", "-p", str(self.broker.port), "-q", "1", "-t", topic, "-l"]
            mouth = self.mouths[topic] = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
        mark = self.broker.mark()
        mouth.stdin.write(payload + "\n")
        mouth.stdin.flush()
        eventually(lambda: any(m["topic"] == topic for m in self.broker.messages[mark:]), what=topic)

    def close(self):
        for mouth in self.mouths.values():
            mouth.stdin.close()
            mouth.wait(5)


def settled(condition, seconds=0.5):
    """The condition holds, and goes on to."""
    since = None
    end = time.monotonic() + 15
    while time.monotonic() < end:
        since = (since or time.monotonic()) if condition() else None
        if since and time.monotonic() - since > seconds:
            return True
        time.sleep(0.05)
    return False

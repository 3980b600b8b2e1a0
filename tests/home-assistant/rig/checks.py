"""What the check files have in common: the far ends, and how a check is written and counted.

A check is a function whose docstring says what holds; it raises if it does not:

    from checks import check, main

    @check
    def speaks(rig):
        "what is announced is spoken by the satellite"
        ...

    if __name__ == "__main__":
        main(__file__)

Waits end as soon as the condition holds. Names given on the command line select checks.
"""
import json
import os
import subprocess
import sys
import threading
import time
import traceback

from ha import HA, MQTT_PORT, HAError

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
LEFT, RIGHT = "assist_satellite.bedside_left", "assist_satellite.bedside_right"
SPEAKER, PHONE, VOICE = "media_player.fake_speaker", "notify.fake_phone", "tts.fake_voice"

_checks, _prepare = [], []


def check(function):
    """Registers a check."""
    _checks.append(function)
    return function


def prepare(function):
    """Registers what is done once, before the first check of the file."""
    _prepare.append(function)
    return function


def eventually(condition, timeout=10, what=None):
    """The first true value of the condition."""
    end = time.monotonic() + timeout
    while True:
        if value := condition():
            return value
        if time.monotonic() > end:
            raise AssertionError(f"never came: {what() if callable(what) else what or condition}")
        time.sleep(0.05)


class Broker:
    """All that passes the broker, and what is published to it; by mosquitto's own clients."""

    def __init__(self, port=MQTT_PORT):
        self.port, self.messages, self._answers, self._devices = port, [], {}, {}
        self._listener = subprocess.Popen(
            ["mosquitto_sub", "-p", str(port), "-q", "1", "-t", "#", "-F", "%j"],
            stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._listen, daemon=True).start()
        eventually(lambda: self._ping() or self.seen("checks/ping"), what="the broker's answer")

    def _ping(self):
        self.publish("checks/ping", "1")

    def _listen(self):
        for line in self._listener.stdout:
            message = json.loads(line)
            self.messages.append(message)
            if answer := self._answers.get(message["topic"]):
                self.publish(answer[0], answer[1](decoded(message["payload"])))
            if device := self._devices.get(message["topic"]):
                for topic, said in device(decoded(message["payload"])).items():
                    self.publish(topic, said, retain=True)

    def answer(self, topic, to, what):
        """A device: what comes on a topic is answered on another."""
        self._answers[topic] = (to, what)

    def device(self, topic, what):
        """A device whose states the broker keeps: what comes on a topic becomes these, by topic."""
        self._devices[topic] = what

    def kept(self, pattern):
        """The topics on which the broker keeps a message."""
        command = ["mosquitto_sub", "-p", str(self.port), "-t", pattern, "--retained-only", "-W", "1", "-F", "%t"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()

    def close(self):
        self._listener.terminate()
        self._listener.wait()

    def publish(self, topic, payload="", retain=False):
        if not isinstance(payload, str):
            payload = json.dumps(payload, ensure_ascii=False)
        command = ["mosquitto_pub", "-p", str(self.port), "-q", "1", "-t", topic, "-m", payload]
        subprocess.run(command + (["-r"] if retain else []), check=True)

    def mark(self):
        """A place in the stream, for `since`."""
        return len(self.messages)

    def seen(self, topic, since=0):
        """The payloads on a topic, decoded where they are JSON."""
        return [decoded(m["payload"]) for m in self.messages[since:] if m["topic"] == topic]

    def wait(self, topic, want=lambda payload: True, timeout=10, since=0):
        """The first payload on a topic that fits."""
        fits = want if callable(want) else lambda payload: payload == want

        def found():
            return [(payload,) for payload in self.seen(topic, since) if fits(payload)]

        there = lambda: f"{topic}: {want}; there is {self.seen(topic, since)}"
        return eventually(found, timeout, there)[0][0]


def within(tree, key):
    """Every value of a key, anywhere in a configuration."""
    if isinstance(tree, dict):
        found = [tree[key]] if key in tree else []
        return found + [one for branch in tree.values() for one in within(branch, key)]
    if isinstance(tree, list):
        return [one for branch in tree for one in within(branch, key)]
    return []


def decoded(payload):
    try:
        return json.loads(payload)
    except (TypeError, ValueError):
        return payload


class Rig:
    """Home Assistant, its broker and its make-believe people."""

    def __init__(self):
        self.begin()

    def begin(self):
        """Once it has said that it is there: what a gateway says within a minute of that may be old,
        and is left out."""
        self.ha, self.broker = HA(), Broker()
        self.ha.wait_birth()

    def reset(self):
        """Every device in order, nothing said yet, the volume at half."""
        self.ha.close()  # Home Assistant ends a WebSocket that does not answer its pings
        self.ha._events.clear()
        for entity in (LEFT, RIGHT):
            self.ha.voice(entity_id=entity, mode="ok", play_seconds=1.6, answers=[], answer_delay=0.05)
        for entity in (SPEAKER, PHONE):
            self.ha.voice(entity_id=entity, mode="ok", play_seconds=1.2 if entity == SPEAKER else 0)
        self.ha.voice(entity_id=SPEAKER, blocks=True, shows_after=0.2, volume_hangs=False, starts_after=0)
        self.ha.call("media_player.media_stop", {"entity_id": SPEAKER})
        self.ha.call("media_player.volume_set", {"entity_id": SPEAKER, "volume_level": 0.5})
        self.ha.wait_state(SPEAKER, lambda state: state["attributes"]["volume_level"] == 0.5)
        for entity in (LEFT, RIGHT):
            self.ha.wait_state(entity, "idle")
        self.ha.spoken(clear=True)

    def move(self, **settings):
        """Another home, with nothing in it yet: HA_UNITS, HA_LANGUAGE …"""
        self.broker.close()
        self.ha.close()
        up = os.path.join(os.path.dirname(os.path.abspath(__file__)), "up.sh")
        began = subprocess.run([up, "--fresh"], env={**os.environ, **settings}, capture_output=True,
                               text=True, check=False)
        assert began.returncode == 0, began.stderr[-2000:]
        self.begin()

    def blueprint(self, ident, path, **inputs):
        """An automation of one of our blueprints."""
        self.ha.put_automation(ident, {
            "alias": ident, "use_blueprint": {"path": f"uncramp/{path}", "input": inputs}})
        entity = eventually(
            lambda: next((s["entity_id"] for s in self.ha.states("automation.*")
                          if s["attributes"].get("id") == ident), None),
            what=f"the automation {ident}")
        state = self.ha.state(entity)["state"]
        assert state == "on", f"{entity} is {state}: {self.complaints(entity)}"
        return entity

    def complaints(self, entity):
        return [entry["message"] for entry in self.ha.log() if entity in str(entry)]

    def dashboard(self, path="uncramp-bedroom"):
        """Our page, as Home Assistant has read it."""
        return self.ha.ws("lovelace/config", url_path=path)

    def said(self, entity=None):
        """What people heard or read: (device, words), oldest first."""
        return [(e["entity_id"], e.get("spoken") or e.get("message")) for e in self.ha.spoken(entity)
                if e.get("outcome") == "played"]


def main(path):
    """Runs the checks of a file; the last line says how many passed."""
    # A file may borrow from another; that one's checks are its own.
    mine = [c for c in _checks if c.__module__ == "__main__"]
    chosen = [c for c in mine if not sys.argv[1:] or c.__name__ in sys.argv[1:]]
    rig, failed = Rig(), 0
    try:
        for step in [p for p in _prepare if p.__module__ == "__main__"]:
            step(rig)
        for one in chosen:
            rig.reset()
            began = time.monotonic()
            try:
                one(rig)
            except (AssertionError, HAError, OSError, KeyError, IndexError, TypeError) as err:
                failed += 1
                print(f"FAILED  {one.__name__}: {one.__doc__}\n        {type(err).__name__}: {str(err)[:3000]}")
                if not isinstance(err, (AssertionError, HAError)):
                    traceback.print_exc(file=sys.stdout)
            else:
                print(f"ok      {one.__name__}: {one.__doc__} ({time.monotonic() - began:.1f} s)")
            sys.stdout.flush()
    finally:
        rig.broker.close()
    print(f"{os.path.basename(path)}: {len(chosen) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)

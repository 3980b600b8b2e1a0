#!/usr/bin/env python3
"""A running uncramp as Home Assistant shows it: every entity, every touch, every removal.

The binary is taken from UNCRAMP, else target/release or target/debug of this repository.
"""
import os
import shutil
import subprocess
import tempfile

from checks import ROOT, check, eventually, main, prepare

CONFIG = """
timezone: UTC
mqtt: {{ host: localhost, port: {port} }}
store: {store}
bedrooms:
  bedroom:
    sleep: 22:30-06:45
    sleepers:
      anna: {{ born: 1980, conditions: [] }}
    sensors:
      room: {{ zigbee2mqtt: Room }}
      in_bed: {{ zigbee2mqtt: Mat }}
    heater: {{ kind: radiator, hot_water: true, control: switch, zigbee2mqtt: Plug }}
    fan: {{ zigbee2mqtt: Fan, levels: [low, medium, high] }}
"""
NURSERY = """
  nursery:
    sleep: 19:30-06:30
    sensors: {{ room: {{ zigbee2mqtt: Nursery }} }}
"""
WARMTH, MODE, HOUSE = (f"{domain}.uncramp_bedroom_{key}" for domain, key in
                       (("climate", "warmth"), ("select", "mode"), ("select", "house")))


class Uncramp:
    """The daemon, with a configuration of its own."""

    def __init__(self, port):
        built = [os.path.join(ROOT, "target", kind, "uncramp") for kind in ("release", "debug")]
        self.binary = os.environ.get("UNCRAMP") or next(path for path in built if os.path.exists(path))
        self.place, self.port, self.process = tempfile.mkdtemp(), port, None
        self.log = open(os.path.join(self.place, "log"), "w", encoding="utf-8")

    def start(self, config=CONFIG):
        path = os.path.join(self.place, "uncramp.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(config.format(port=self.port, store=os.path.join(self.place, "state")))
        self.process = subprocess.Popen([self.binary, "run", path], stdout=self.log, stderr=self.log)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def leave(self):
        self.stop()
        self.log.close()
        shutil.rmtree(self.place)


daemon = None


@prepare
def begin(rig):
    global daemon
    daemon = Uncramp(rig.broker.port)
    daemon.start()
    rig.ha.wait_device("uncramp_bedroom")
    rig.broker.publish("zigbee2mqtt/Room", {"temperature": 16.5, "humidity": 50})
    rig.broker.publish("zigbee2mqtt/Mat", {"occupancy": True})
    rig.broker.publish("zigbee2mqtt/Plug", {"state": "OFF"})
    rig.broker.publish("zigbee2mqtt/Fan", {"fan_mode": "off"})


@check
def shows(rig):
    "every enabled entity has a state, at most twelve of them, and none is complained about"
    device = rig.ha.wait_device("uncramp_bedroom")
    enabled = [e["entity_id"] for e in device["entities"] if not e["disabled"]]
    assert 8 <= len(enabled) <= 12, enabled
    for entity in enabled:
        eventually(lambda: rig.ha.state(entity)["state"] != "unavailable", what=entity)
    said = [e["message"] for e in rig.ha.log() if "uncramp" in str(e["message"])]
    assert not said, said


@check
def chooses(rig):
    "a select is followed and answers"
    for value in ("watch", "off", "auto"):
        rig.ha.call("select.select_option", {"entity_id": MODE, "option": value})
        rig.ha.wait_state(MODE, value)
    rig.ha.call("select.select_option", {"entity_id": HOUSE, "option": "guest"})
    rig.ha.wait_state(HOUSE, "guest")
    rig.ha.call("select.select_option", {"entity_id": HOUSE, "option": "home"})
    rig.ha.wait_state(HOUSE, "home")


def target(rig):
    return rig.ha.state(WARMTH)["attributes"].get("temperature")


@check
def warms(rig):
    "a target set in Home Assistant holds over a restart of uncramp"
    rig.ha.call("climate.set_temperature", {"entity_id": WARMTH, "temperature": 20})
    eventually(lambda: target(rig) == 20, what="20 °C")
    daemon.stop()
    rig.ha.wait_state(MODE, "unavailable")
    daemon.start()
    eventually(lambda: target(rig) == 20, 15, what="20 °C again")
    rig.ha.wait_state(MODE, "auto", 15)


@check
def refuses(rig):
    "a value out of range is refused with a reason, and the old one shown"
    mark = rig.broker.mark()
    rig.broker.publish("uncramp/bedroom/setting/set", {"setting": "too_cold", "value": 99})
    said = rig.broker.wait("uncramp/bedroom/event", lambda it: it["event_type"] == "refused", since=mark)
    assert "99" in said["text"], said
    assert target(rig) == 20


@check
def presses(rig):
    "a pressed button is an event, and what was drunk adds up"
    mark = rig.broker.mark()
    rig.ha.press("button.uncramp_bedroom_cramp", "button.uncramp_bedroom_drank_anna")
    for kind in ("cramp", "drink"):
        rig.broker.wait("uncramp/bedroom/event", lambda it: it["event_type"] == kind, since=mark)
    rig.ha.wait_state("sensor.uncramp_bedroom_drunk_anna", "200")


@check
def comes_back(rig):
    "after a restart of Home Assistant everything is there within fifteen seconds"
    rig.ha.restart()
    rig.ha.wait_state(MODE, "auto", 15)
    eventually(lambda: target(rig) == 20, 15, what="20 °C")


@check
def leaves(rig):
    "a bedroom that left the configuration leaves Home Assistant"
    daemon.stop()
    daemon.start(CONFIG + NURSERY)
    rig.ha.wait_device("uncramp_nursery", 15)
    daemon.stop()
    daemon.start()
    there = lambda: [d for d in rig.ha.devices() if "uncramp_nursery" in str(d.get("identifiers"))]
    eventually(lambda: not there(), 15, what="the nursery's end")


@check
def ends(rig):
    "a stopped uncramp is shown as unavailable"
    daemon.leave()
    rig.ha.wait_state(MODE, "unavailable")


if __name__ == "__main__":
    main(__file__)

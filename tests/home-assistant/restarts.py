#!/usr/bin/env python3
"""Home Assistant, the broker and uncramp, restarted alone and in every order: fifteen seconds after
all are up everything is available and right.

The broker keeps nothing over a restart, as one whose disk was lost.
"""
import itertools
import os
import subprocess
import time
from dataclasses import replace

from bedroom import (ROWS, Near, bedroom, degrees, differences, enable_everything, furnish,
                     identifier, known)
from blueprints import bedrooms, listening
from checks import LEFT, PHONE, check, eventually, main, prepare
from daemon import Sensors, Stepped, Uncramp, tomorrow_at

RIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rig")
ALL_UP = 15
# What the table of the bedroom shows here.
AS_IT_WAS = []
daemon = None


@prepare
def begin(rig):
    global daemon
    furnish(rig.broker)
    daemon = Uncramp(rig.broker.port)
    daemon.start(bedroom())
    rig.ha.wait_device("uncramp_bedroom")
    known(rig)
    enable_everything(rig, "uncramp_bedroom")
    # Something that no file says and every part must remember.
    rig.ha.call("number.set_value", {"entity_id": "number.uncramp_bedroom_too_warm", "value": 27})
    rig.ha.press("button.uncramp_bedroom_drank_anna")
    rig.ha.wait_state("sensor.uncramp_bedroom_drunk_anna", "200")
    rig.ha.press("button.uncramp_bedroom_cramp")
    rig.ha.wait_state("sensor.uncramp_bedroom_last_cramp", lambda it: it["state"].startswith("20"))
    rig.ha.wait_state("event.uncramp_bedroom_log", lambda it: it["attributes"].get("event_type") == "cramp")
    AS_IT_WAS.extend(remembered(rig, row) for row in ROWS)
    assert not (wrong := differences(rig, rows=AS_IT_WAS)), "\n        ".join(wrong)


def remembered(rig, row):
    """The table's row, or what it shows since the touches above: what the table does not know is a time."""
    touched = {"number.too_warm": degrees(27), "sensor.drunk_anna": Near(200)}
    if row.shows == "unknown":
        touched[row.entity] = rig.ha.state(identifier(row))["state"]
    return replace(row, shows=touched.get(row.entity, row.shows))


def script(name, *arguments, **environment):
    """One of the rig's scripts, begun."""
    return subprocess.Popen([os.path.join(RIG, name), *arguments], env={**os.environ, **environment},
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class HomeAssistant:
    name = "Home Assistant"

    def __init__(self, rig):
        self.rig, self.starting = rig, None

    def stop(self):
        assert script("down.sh", "--ha").wait(90) == 0

    def start(self):
        """Until it runs, with a broker or without."""
        self.starting = script("up.sh", MQTT_EXTERNAL="1")
        self.rig.ha.close()
        self.rig.ha.wait_running()

    def up(self):
        """Until its MQTT client answers: it looks for a broker that it missed every ten seconds."""
        if self.starting:
            assert self.starting.wait(90) == 0, "up.sh failed"
            self.starting = None


class Mosquitto:
    name = "mosquitto"

    def stop(self):
        assert script("broker.sh", "stop").wait(20) == 0

    def start(self):
        assert script("broker.sh", "start").wait(20) == 0

    def up(self):
        pass


class Daemon:
    name = "uncramp"

    def stop(self):
        daemon.stop()

    def start(self):
        daemon.start()

    def up(self):
        pass


def right(rig, since):
    """Everything is available and as it was, fifteen seconds after all were up at the latest."""
    while left := differences(rig, rows=AS_IT_WAS):
        waited = time.monotonic() - since
        assert waited < ALL_UP, f"after {waited:.0f} s: {left}"
        time.sleep(0.2)
    took = time.monotonic() - since
    works(rig)
    return took


def works(rig):
    """A touch goes all the way, and comes back."""
    for mode in ("watch", "auto"):
        rig.ha.call("select.select_option", {"entity_id": "select.uncramp_bedroom_mode", "option": mode})
        rig.ha.wait_state("select.uncramp_bedroom_mode", mode)


def all_three(rig):
    return HomeAssistant(rig), Mosquitto(), Daemon()


def alone(index):
    def one(rig):
        it = all_three(rig)[index]
        it.stop()
        it.start()
        since = time.monotonic()
        it.up()
        print(f"        {right(rig, since):.1f} s")
    name = ("Home Assistant", "mosquitto", "uncramp")[index]
    one.__name__ = f"alone_{name.split()[0].lower()}"
    one.__doc__ = f"{name} alone restarted: everything is available and right within {ALL_UP} s"
    return check(one)


def in_order(order):
    def one(rig):
        three = all_three(rig)
        for it in three:
            it.stop()
        for index in order:
            three[index].start()
        since = time.monotonic()
        for it in three:
            it.up()
        print(f"        {right(rig, since):.1f} s")
    names = [("Home Assistant", "mosquitto", "uncramp")[index] for index in order]
    one.__name__ = "then_".join(name.split()[0].lower() + "_" for name in names).rstrip("_")
    one.__doc__ = f"all stopped, then {', '.join(names)}: everything is available and right within {ALL_UP} s"
    return check(one)


for _index in range(3):
    alone(_index)
for _order in itertools.permutations(range(3)):
    in_order(_order)


@check
def danger(rig):
    "a heater does not go off while Home Assistant is down: once it is up, satellite and phone say so, once"
    daemon.stop()
    bedrooms(rig, {"warm": {"satellites": [LEFT], "keeper": PHONE, "patience": 2}})
    home_assistant, sensors = HomeAssistant(rig), Sensors(rig.broker)
    stepped = Stepped(rig.broker.port, tomorrow_at(23))
    stepped.start(bedroom("warm", sleep="22:30-06:45"))

    def pass_(temperature, minutes):
        for minute in range(minutes):
            sensors.say("zigbee2mqtt/Room", '{"temperature": %.2f, "humidity": 50}' % (temperature + minute % 3 / 100))
            sensors.say("zigbee2mqtt/Left", '{"occupancy": true}')
            stepped.go(minutes=1)
        # What uncramp said by now comes before that.
        sensors.say("checks/passed", "1")

    rig.ha.wait_device("uncramp_warm")
    mark = rig.broker.mark()
    pass_(15, 20)
    rig.broker.wait("zigbee2mqtt/Plug/set", lambda told: told["state"] == "ON", since=mark)
    home_assistant.stop()
    rig.broker.answer("zigbee2mqtt/Plug/set", "zigbee2mqtt/Plug", lambda told: {"state": "ON"})
    pass_(22, 20)
    announced = lambda: rig.broker.seen("uncramp/warm/announce", mark)
    alarms = {it["audience"]: it for it in announced() if it["urgency"] == "alarm"}
    assert alarms.keys() == {"sleeper", "keeper"}, announced()
    ids = {it["id"] for it in alarms.values()}
    acknowledged = lambda: [it for it in rig.broker.seen("uncramp/warm/announce/ack", mark) if it["id"] in ids]
    assert not acknowledged(), acknowledged()
    mark = rig.broker.mark()
    home_assistant.start()
    home_assistant.up()
    rig.broker.wait("homeassistant/status", "online", 30, mark)
    listening(rig, "warm")
    # It introduces itself, and then gives its listeners ten seconds.
    for _ in range(2):
        stepped.go(seconds=15)
    well = lambda: {ack["id"] for ack in acknowledged() if ack["outcome"] == "spoken"}
    eventually(lambda: well() == ids, 20,
               lambda: f"{alarms}; said again {announced()}, acknowledged {acknowledged()}; {stepped.logged()[-3000:]}")
    heard = [(LEFT, alarms["sleeper"]["text"]), (PHONE, alarms["keeper"]["text"])]
    assert sorted(rig.said()) == sorted(heard), rig.said()
    # What was heard is not said again under its number.
    mark = rig.broker.mark()
    pass_(22, 60)
    assert not [it for it in announced() if it["id"] in ids], announced()
    sensors.close()
    stepped.leave()


@check
def ends(rig):
    "nothing of it is complained about by Home Assistant"
    said = [entry["message"] for entry in rig.ha.log() if "uncramp_bedroom" in str(entry["message"])]
    assert not said, said
    daemon.leave()


if __name__ == "__main__":
    main(__file__)

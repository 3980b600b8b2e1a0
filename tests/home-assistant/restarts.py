#!/usr/bin/env python3
"""Home Assistant, the broker and uncramp, restarted alone and in every order: fifteen seconds after
all are up everything is available and right.

The broker keeps nothing over a restart, as one whose disk was lost.
"""
import itertools
import os
import subprocess
import time

from bedroom import ROWS, bedroom, enable_everything, furnish, identifier, known
from checks import check, main, prepare
from daemon import Uncramp

RIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rig")
ALL_UP = 15
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

    def wrong():
        said = []
        there = {state["entity_id"]: state["state"] for state in rig.ha.states("*.uncramp_bedroom_*")}
        for row in ROWS:
            state = there.get(identifier(row))
            if state in (None, "unavailable") or (state == "unknown" and row.shows != "unknown"):
                said.append(f"{identifier(row)} is {state}")
        return said

    while left := wrong():
        waited = time.monotonic() - since
        assert waited < ALL_UP, f"after {waited:.0f} s: {left}"
        time.sleep(0.2)
    took = time.monotonic() - since
    for entity, state in (("number.uncramp_bedroom_too_warm", "27.0"), ("select.uncramp_bedroom_mode", "auto"),
                          ("sensor.uncramp_bedroom_drunk_anna", "200")):
        rig.ha.wait_state(entity, state, ALL_UP - took)
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
def ends(rig):
    "nothing of it is complained about by Home Assistant"
    said = [entry["message"] for entry in rig.ha.log() if "uncramp_bedroom" in str(entry["message"])]
    assert not said, said
    daemon.leave()


if __name__ == "__main__":
    main(__file__)

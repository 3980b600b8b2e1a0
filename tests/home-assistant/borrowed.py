#!/usr/bin/env python3
"""A bedroom whose sensors and devices only Home Assistant knows, lent by the blueprint `devices`:
uncramp warms and moves the air through it, also after Home Assistant was restarted."""
from blueprints_home import FAN, MAT, SENSOR, VALVE, introduce_devices, now_reading
from checks import check, main, prepare
from daemon import Uncramp, sleeping_now

BEDROOM = f"""
  bedroom:
    sleep: {sleeping_now()}
    sensors:
      room: {{ home_assistant: {SENSOR} }}
      in_bed: {{ home_assistant: {MAT} }}
    heater: {{ kind: radiator, home_assistant: {VALVE}, audible: false }}
    fan: {{ home_assistant: {FAN}, levels: 3, audible: false, min_on: off, min_off: off }}
    # At once, since these checks go by the real clock.
    cold_exposure: {{ thermostat: {{ start_below: 18 °C, stop_above: 20 °C }}, ramp: off, window_guess: off }}
    occupancy: {{ in_after: off, out_after: off }}
    readings: {{ jump: off }}
"""
HOUSEHOLD = 19.0
daemon = None


@prepare
def begin(rig):
    global daemon
    introduce_devices(rig)
    # They do as they are told, and the broker keeps what they say.
    rig.broker.device("rig/valve/set", lambda told: {"rig/valve": told})
    rig.broker.device("rig/fan/percent/set", lambda told: {"rig/fan/percent": told, "rig/fan": "ON"})
    rig.broker.device("rig/fan/set", lambda told: {"rig/fan": told})
    rig.broker.publish("rig/mat", "ON", retain=True)
    rig.blueprint("devices", "devices.yaml", sensors=[SENSOR, MAT], devices=[FAN, VALVE])
    now_reading(rig)
    daemon = Uncramp(rig.broker.port)
    daemon.start(BEDROOM)
    rig.ha.wait_device("uncramp_bedroom")
    # The valve's own value is the household's before anything is asked of it.
    shown(rig, lambda said: actuator(said, "heater").get("baseline") == HOUSEHOLD)


def actuator(said, name):
    return next(one for one in said["actuators"] if one["name"] == name)


def shown(rig, want, since=0):
    """uncramp's picture, once it fits; a change without a decision is shown every 30 s."""
    return rig.broker.wait("uncramp/bedroom/state", want, timeout=45, since=since)


def room(rig, celsius):
    """The room is that warm; where to look for what follows."""
    mark = rig.broker.mark()
    rig.broker.publish("rig/temperature", str(celsius), retain=True)
    return mark


def unconfirmed(rig):
    """What uncramp holds against its devices."""
    return rig.broker.seen("uncramp/bedroom/state")[-1]["faults"]


@check
def warms(rig):
    "a cold room: the climate is raised, and its echo confirms it"
    mark = room(rig, 16.0)
    told = rig.broker.wait("rig/valve/set", lambda told: told > HOUSEHOLD, timeout=45, since=mark)
    rig.ha.wait_state(VALVE, lambda state: state["attributes"]["temperature"] == told)
    said = shown(rig, lambda said: actuator(said, "heater")["state"] == "raised", mark)
    assert actuator(said, "heater")["set_point"] == told, said
    assert "heat" in actuator(said, "heater")["text"], said
    assert not unconfirmed(rig), unconfirmed(rig)


@check
def goes_on(rig):
    "Home Assistant restarted meanwhile: while its sensor is gone the valve is back, and then warms on"
    mark = rig.broker.mark()
    rig.ha.restart()
    said = shown(rig, lambda said: said["air"]["temperature"] is None, mark)
    assert actuator(said, "heater")["state"] != "raised", said
    now_reading(rig)
    mark = room(rig, 16.2)
    said = shown(rig, lambda said: actuator(said, "heater")["state"] == "raised", mark)
    assert said["air"]["temperature"] == 16.2, said
    raised = actuator(said, "heater")["set_point"]
    rig.ha.wait_state(VALVE, lambda state: state["attributes"].get("temperature") == raised > HOUSEHOLD)
    mark = room(rig, 27.0)
    rig.broker.wait("rig/valve/set", HOUSEHOLD, timeout=45, since=mark)
    rig.ha.wait_state(VALVE, lambda state: state["attributes"]["temperature"] == HOUSEHOLD)
    said = shown(rig, lambda said: actuator(said, "heater")["state"] == "baseline", mark)
    assert not unconfirmed(rig), unconfirmed(rig)


@check
def moves_the_air(rig):
    "a warm room with somebody in bed: the fan runs at its lowest, and stops when it is cool or empty"
    mark = room(rig, 27.4)
    said = shown(rig, lambda said: actuator(said, "fan")["state"] == "on", mark)
    assert actuator(said, "fan")["level"] == 1, said
    rig.ha.wait_state(FAN, lambda state: state["state"] == "on" and state["attributes"]["percentage"] == 33)
    rig.ha.wait_state("fan.uncramp_bedroom_airflow", "on", 45)
    mark = rig.broker.mark()
    rig.broker.publish("rig/mat", "OFF", retain=True)
    rig.broker.wait("rig/fan/set", "OFF", timeout=45, since=mark)
    rig.ha.wait_state(FAN, "off")
    rig.ha.wait_state("fan.uncramp_bedroom_airflow", "off", 45)
    assert not unconfirmed(rig), unconfirmed(rig)


@check
def by_hand(rig):
    "a hand on the thermostat in Home Assistant is obeyed: it is the household's new value"
    mark = rig.broker.mark()
    rig.ha.call("climate.set_temperature", {"entity_id": VALVE, "temperature": 17.5})
    shown(rig, lambda said: actuator(said, "heater").get("baseline") == 17.5, mark)
    told = rig.broker.seen("rig/valve/set", mark)
    assert told == [17.5], told


@check
def ends(rig):
    "stopped, it leaves the climate at the household's value, and the fan off"
    daemon.leave()
    rig.ha.wait_state(VALVE, lambda state: state["attributes"]["temperature"] == 17.5)
    rig.ha.wait_state(FAN, "off")
    said = [entry["message"] for entry in rig.ha.log() if "uncramp" in str(entry["message"])]
    assert not said, said


if __name__ == "__main__":
    main(__file__)

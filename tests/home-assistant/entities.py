#!/usr/bin/env python3
"""A running uncramp as Home Assistant shows it: every entity, every touch, every removal."""
from bedroom import (AIR, ROWS, bedroom, differences, enable_everything, fits, furnish, identifier,
                     known, measure)
from checks import check, eventually, main, prepare, within
from daemon import Uncramp
from ha import HAError

NURSERY = """
  nursery:
    sleep: 19:30-06:30
    mode: watch
    sensors: { room: { zigbee2mqtt: Nursery } }
    heater: { kind: radiator, hot_water: true, control: switch, zigbee2mqtt: Silent plug }
    fan: { zigbee2mqtt: Silent fan, levels: [low, high] }
"""
ENTITY = {row.entity: identifier(row) for row in ROWS}
WARMTH, AIRFLOW, MODE, HOUSE = (
    ENTITY[key] for key in ("climate.warmth", "fan.airflow", "select.mode", "select.house"))
# What is touched, how, and what it then shows; the last of each is as it was.
TOUCHES = {
    "switch": [("turn_off", {}, "off"), ("turn_on", {}, "on")],
    "select.mode": [("select_option", {"option": mode}, mode) for mode in ("watch", "off", "auto")],
    "select.house": [("select_option", {"option": house}, house) for house in ("away", "guest", "home")],
    "number.away_for": [("set_value", {"value": days}, str(float(days))) for days in (2, 0)],
    "number.too_cold": [("set_value", {"value": value}, str(value)) for value in (17.5, 18.0)],
    "number.ceiling": [("set_value", {"value": value}, str(value)) for value in (23.5, 24.0)],
    "number.too_warm": [("set_value", {"value": value}, str(value)) for value in (27.0, 26.0)],
    "number.dose_limit": [("set_value", {"value": value}, str(value)) for value in (1.5, 1.0)],
    "number.stuffy_from": [("set_value", {"value": value}, str(float(value))) for value in (70, 65)],
}
# Touched in checks of their own, the buttons in effects.py, too.
TOUCHED = {"climate.warmth", "fan.airflow", "button.cramp", "button.drank_anna", "button.drank_ben",
           "button.pause", "button.done", "button.snooze", "notify.say"}
TOUCHABLE = {"switch", "select", "number", "button", "climate", "fan", "notify", "text", "time"}
daemon = None


@prepare
def begin(rig):
    global daemon
    furnish(rig.broker)
    daemon = Uncramp(rig.broker.port)
    daemon.start(bedroom())
    rig.ha.wait_device("uncramp_bedroom")
    known(rig)


@check
def few_at_first(rig):
    "the entities that are enabled from the start are the ones meant to be, twelve at most"
    rows = rig.ha.wait_device("uncramp_bedroom")["entities"]
    enabled = {row["entity_id"] for row in rows if not row["disabled"]}
    meant = {identifier(row) for row in ROWS if row.enabled}
    assert enabled == meant and len(enabled) <= 12, (enabled - meant, meant - enabled)
    for entity in enabled:
        eventually(lambda: rig.ha.state(entity)["state"] != "unavailable", what=entity)


@check
def shows(rig):
    "every entity has the right state, name, class, unit and category"
    enable_everything(rig, "uncramp_bedroom")
    assert not differences(rig), "\n        ".join(differences(rig))


@check
def attributes(rig):
    "the climate, the fan and the reason tell what else they know"
    climate = rig.ha.state(WARMTH)["attributes"]
    assert climate["current_temperature"] == AIR["temperature"], climate
    assert climate["temperature"] == 19 and climate["max_temp"] == 24, climate
    assert set(climate["hvac_modes"]) == {"auto", "heat", "off"}, climate
    assert climate["hvac_action"] in ("idle", "heating") and climate["preset_mode"] == "none", climate
    fan = rig.ha.state(AIRFLOW)["attributes"]
    assert fan["percentage"] in (0, None) and fan["preset_mode"] == "auto", fan
    reason = rig.ha.state(ENTITY["sensor.reason"])["attributes"]
    assert reason["why"]["by"] == "cold_exposure" and len(reason["actuators"]) == 2, reason


@check
def touches(rig):
    "each switch, number and select is heard, and the echo returns; effects.py sees what they do"
    touched = set(TOUCHED)
    for row in ROWS:
        domain = row.entity.split(".")[0]
        steps = TOUCHES.get(row.entity) or TOUCHES.get(domain, [])
        for service, data, becomes in steps:
            rig.ha.call(f"{domain}.{service}", {"entity_id": ENTITY[row.entity], **data})
            rig.ha.wait_state(ENTITY[row.entity], becomes)
            touched.add(row.entity)
    left = {row.entity for row in ROWS if row.entity.split(".")[0] in TOUCHABLE} - touched
    assert not left, f"nothing touches {left}"


@check
def refuses(rig):
    "a value out of range is refused by Home Assistant, and by uncramp with a reason; the old one is shown"
    try:
        rig.ha.call("number.set_value", {"entity_id": ENTITY["number.too_cold"], "value": 99})
    except HAError:
        pass
    mark = rig.broker.mark()
    rig.broker.publish("uncramp/bedroom/setting/set", {"setting": "too_cold", "value": 99})
    said = rig.broker.wait("uncramp/bedroom/event", lambda it: it["event_type"] == "refused", since=mark)
    assert "99" in said["text"], said
    rig.ha.wait_state(ENTITY["event.log"], lambda state: state["attributes"].get("event_type") == "refused")
    assert rig.ha.state(ENTITY["number.too_cold"])["state"] == "18.0"


@check
def thermostat(rig):
    "the climate: on by a person heats at once, off stops it, the rules come back, away is the house's"
    for mode, plug in (("heat", "ON"), ("off", "OFF"), ("auto", None)):
        mark = rig.broker.mark()
        rig.ha.call("climate.set_hvac_mode", {"entity_id": WARMTH, "hvac_mode": mode})
        rig.ha.wait_state(WARMTH, mode)
        if plug:
            rig.broker.wait("zigbee2mqtt/Plug/set", lambda told: told["state"] == plug, since=mark)
            action = {"ON": "heating", "OFF": ("idle", "off")}[plug]
            rig.ha.wait_state(WARMTH, lambda state: state["attributes"]["hvac_action"] in action)
        if mode == "heat":
            rig.ha.wait_state(ENTITY["binary_sensor.heating"], "on")
    for preset, house in (("away", "away"), ("none", "home")):
        rig.ha.call("climate.set_preset_mode", {"entity_id": WARMTH, "preset_mode": preset})
        rig.ha.wait_state(HOUSE, house)
        rig.ha.wait_state(WARMTH, lambda state: state["attributes"]["preset_mode"] == preset)


@check
def fan(rig):
    "the fan: each of its levels, off, and back to the rules"
    for level, name in ((66, "medium"), (100, "high"), (33, "low")):
        mark = rig.broker.mark()
        rig.ha.call("fan.set_percentage", {"entity_id": AIRFLOW, "percentage": level})
        told = rig.broker.wait("zigbee2mqtt/Fan/set", since=mark)
        assert name in str(told), told
        rig.ha.wait_state(AIRFLOW, lambda state: state["state"] == "on"
                          and state["attributes"]["percentage"] == level)
    rig.ha.call("fan.turn_off", {"entity_id": AIRFLOW})
    rig.ha.wait_state(AIRFLOW, "off")
    rig.ha.call("fan.set_preset_mode", {"entity_id": AIRFLOW, "preset_mode": "auto"})
    rig.ha.wait_state(AIRFLOW, lambda state: state["attributes"]["preset_mode"] == "auto")


@check
def presses(rig):
    "a pressed button is an event, and what was drunk adds up, each sleeper's own"
    log = ENTITY["event.log"]
    rig.ha.press(ENTITY["button.cramp"])
    rig.ha.wait_state(log, lambda state: state["attributes"].get("event_type") == "cramp")
    rig.ha.wait_state(ENTITY["sensor.last_cramp"], lambda state: state["state"].startswith("20"))
    for name, glasses in (("anna", 1), ("ben", 2)):
        for _ in range(glasses):
            rig.ha.press(ENTITY[f"button.drank_{name}"])
        rig.ha.wait_state(ENTITY[f"sensor.drunk_{name}"], str(glasses * 200))
    rig.ha.wait_state(log, lambda state: state["attributes"].get("event_type") == "drink")
    mark = rig.broker.mark()
    rig.ha.press(ENTITY["button.pause"])
    rig.broker.wait("uncramp/bedroom/state", lambda said: said.get("paused_until"), since=mark)
    rig.broker.publish("uncramp/bedroom/pause/set", "off")


@check
def says(rig):
    "words of Home Assistant's own are refused beside a sleeper, and Home Assistant learns why"
    mark = rig.broker.mark()
    rig.ha.call("notify.send_message", {"entity_id": ENTITY["notify.say"], "message": "Tea is ready."})
    said = rig.broker.wait("uncramp/bedroom/event", lambda it: "say/set" in it.get("text", ""), since=mark)
    assert said["event_type"] == "refused" and "say/set: not said" in said["text"], said


def target(rig):
    return rig.ha.state(WARMTH)["attributes"].get("temperature")


@check
def lasts(rig):
    "a value set in Home Assistant holds over a restart, stands in `uncramp check`, and yields to the file"
    rig.ha.call("climate.set_temperature", {"entity_id": WARMTH, "temperature": 20})
    eventually(lambda: target(rig) == 20, what="20 °C")
    daemon.stop()
    rig.ha.wait_state(MODE, "unavailable")
    daemon.start()
    rig.ha.wait_state(MODE, "auto", 15)
    eventually(lambda: target(rig) == 20, 15, what="20 °C again")
    assert "too_cold` 19" in daemon.check() or "too_cold 19" in daemon.check(), daemon.check()
    daemon.stop()
    before = len(daemon.logged())
    daemon.start(bedroom() + "    cold_exposure: { reference: 17.5 }\n")
    eventually(lambda: target(rig) == 18.5, 15, what="the file's value")
    logged = daemon.logged()[before:]
    yields = "cold_exposure.reference was set to 19 °C from Home Assistant; the file has been edited since"
    assert yields in logged, logged
    daemon.stop()
    daemon.start(bedroom())
    eventually(lambda: target(rig) == 19, 15, what="the first value")
    measure(rig.broker)


@check
def moments(rig):
    "no command is kept by the broker, and one that was given while uncramp was away is not followed later"
    daemon.stop()
    rig.ha.wait_state(MODE, "unavailable")
    rig.broker.publish("uncramp/bedroom/cramp/set", "{}")
    rig.broker.publish("uncramp/bedroom/mode/set", "off")
    mark = rig.broker.mark()
    daemon.start()
    said = rig.broker.wait("uncramp/bedroom/state", since=mark)
    assert said["mode"] == "auto", said["mode"]
    assert not rig.broker.seen("uncramp/bedroom/event", mark)
    kept = [topic for topic in rig.broker.kept("uncramp/#") if topic.endswith("/set")]
    assert not kept, kept


@check
def page(rig):
    "every entity of our dashboard is there, and has a state"
    page = [one for one in within(rig.dashboard(), "entity") + within(rig.dashboard(), "entity_id")]
    assert page
    missing = [one for one in page if (rig.ha.state(one) or {"state": "unavailable"})["state"] == "unavailable"]
    assert not missing, missing


@check
def not_known(rig):
    "what never said how it is, is shown as unknown and not as off"
    daemon.stop()
    daemon.start(bedroom() + NURSERY)
    rig.ha.wait_device("uncramp_nursery", 15)
    enable_everything(rig, "uncramp_nursery")
    for entity in ("fan.uncramp_nursery_airflow", "binary_sensor.uncramp_nursery_heating"):
        rig.ha.wait_state(entity, "unknown")
    fan = rig.ha.state("fan.uncramp_nursery_airflow")["attributes"]
    assert fan["percentage"] is None, fan
    climate = rig.ha.state("climate.uncramp_nursery_warmth")["attributes"]
    assert climate.get("hvac_action") is None, climate
    rig.broker.publish("zigbee2mqtt/Silent plug", {"state": "OFF"})
    rig.broker.publish("zigbee2mqtt/Silent fan", {"fan_mode": "low"})
    rig.ha.wait_state("binary_sensor.uncramp_nursery_heating", "off", 40)
    rig.ha.wait_state("fan.uncramp_nursery_airflow", "on", 40)


@check
def leaves(rig):
    "a bedroom that left the configuration leaves Home Assistant"
    rig.ha.wait_device("uncramp_nursery", 15)
    daemon.stop()
    daemon.start(bedroom())
    there = lambda: [d for d in rig.ha.devices() if "uncramp_nursery" in str(d.get("identifiers"))]
    eventually(lambda: not there(), 15, what="the nursery's end")
    assert not [entity for entity in rig.ha.entities("*uncramp_nursery*")]


@check
def quiet(rig):
    "Home Assistant has nothing to complain of"
    said = [entry["message"] for entry in rig.ha.log() if "uncramp" in str(entry["message"])]
    said = [one for one in said if "99" not in str(one)]
    assert not said, said


@check
def ends(rig):
    "a stopped uncramp is shown as unavailable"
    daemon.leave()
    for row in ROWS:
        rig.ha.wait_state(ENTITY[row.entity], "unavailable")


if __name__ == "__main__":
    main(__file__)

#!/usr/bin/env python3
"""Other homes: one in °F, and a German one with an umlaut in it."""
import os

from bedroom import (AIR, ROWS, bedroom, differences, enable_everything, furnish, identifier, known,
                     rows_with)
from checks import check, main, within
from daemon import Uncramp

ENTITY = {row.entity: row for row in ROWS}
ROOM = "schlafzimmer"


def home(rig, name, second="ben", called=None, language=None, units=None, **settings):
    """A home with a furnished bedroom, a page for it, and uncramp in it."""
    daemon = Uncramp(rig.broker.port, language, units)
    daemon.write(bedroom(name, second, called))
    with open(os.path.join(os.environ["HA_EXTRA_CONFIG"], "german.yaml"), "w", encoding="utf-8") as file:
        file.write(daemon.said("dashboard"))
    rig.move(**settings)
    furnish(rig.broker)
    daemon.start()
    rig.ha.wait_device(f"uncramp_{name}")
    known(rig, name)
    enable_everything(rig, f"uncramp_{name}")
    return daemon


@check
def fahrenheit(rig):
    "in a °F home every entity and every text is in °F, and set-points arrive as they were meant"
    daemon = home(rig, "bedroom", units="imperial", HA_UNITS="us_customary")
    said = differences(rig, fahrenheit=True)
    assert not said, "\n        ".join(said)
    warmth, least = (identifier(ENTITY[key]) for key in ("climate.warmth", "number.too_cold"))
    climate = rig.ha.state(warmth)["attributes"]
    assert abs(climate["current_temperature"] - (AIR["temperature"] * 1.8 + 32)) <= 0.5, climate
    mark = rig.broker.mark()
    rig.ha.call("climate.set_temperature", {"entity_id": warmth, "temperature": 68})
    told = rig.broker.wait("uncramp/bedroom/setting/set", since=mark)
    assert told["setting"] == "too_cold" and abs(told["value"] - 19) < 0.05, told
    rig.ha.wait_state(warmth, lambda state: state["attributes"]["temperature"] == 68)
    rig.ha.wait_state(least, lambda state: abs(float(state["state"]) - 66.2) < 0.05)
    mark = rig.broker.mark()
    rig.ha.call("number.set_value", {"entity_id": least, "value": 64.4})
    told = rig.broker.wait("uncramp/bedroom/setting/set", since=mark)
    assert abs(told["value"] - 18) < 0.05, told
    rig.ha.wait_state(least, lambda state: abs(float(state["state"]) - 64.4) < 0.05)
    limit = identifier(ENTITY["number.dose_limit"])
    mark = rig.broker.mark()
    rig.ha.call("number.set_value", {"entity_id": limit, "value": 2.7})
    told = rig.broker.wait("uncramp/bedroom/setting/set", since=mark)
    assert told == {"setting": "dose_limit", "value": 1.5}, told
    rig.ha.wait_state(limit, "2.7")
    in_words(rig)
    daemon.leave()


def in_words(rig):
    """What is read and heard is in °F, too."""
    reason = rig.ha.state(identifier(ENTITY["sensor.reason"]))
    texts = [reason["state"], reason["attributes"]["warmth"]]
    assert all("°F" in text for text in texts), texts
    mark = rig.broker.mark()
    rig.ha.call("climate.set_hvac_mode", {"entity_id": identifier(ENTITY["climate.warmth"]), "hvac_mode": "heat"})
    texts += [rig.broker.wait("uncramp/bedroom/action", since=mark)["text"]]
    for _ in range(4):
        rig.broker.publish("zigbee2mqtt/Room", '{"temperature": "warm", "humidity": 50}')
    announced = rig.broker.wait("uncramp/bedroom/announce", since=mark)
    texts += announced["texts"].values()
    texts += rig.ha.wait_state(identifier(ENTITY["binary_sensor.problem"]), "on")["attributes"]["problems"]
    assert not [text for text in texts if text and ("°C" in text or "K·h" in text or " K" in text)], texts
    print("        " + "\n        ".join(texts))


@check
def german(rig):
    "in a German home the names and choices are German, also where somebody has an umlaut; touches go all the way"
    daemon = home(rig, ROOM, "jürgen", "Schlafzimmer Süd", "de", HA_LANGUAGE="de")
    names = [one["name"] for one in rig.ha.devices() if f"uncramp_{ROOM}" in str(one["identifiers"])]
    assert names == ["Uncramp Schlafzimmer Süd"], names
    said = differences(rig, ROOM, language="german", rows=rows_with("jürgen"))
    assert not said, "\n        ".join(said)
    reason = rig.ha.state(identifier(ENTITY["sensor.reason"], ROOM))["state"]
    assert reason.startswith("aus:"), reason
    for key, words in (("mode", (("nur beobachten", "watch"), ("aus", "off"), ("automatisch", "auto"))),
                       ("house", (("mit Gast", "guest"), ("fort", "away"), ("zu Hause", "home")))):
        entity = identifier(ENTITY[f"select.{key}"], ROOM)
        for shown, word in words:
            mark = rig.broker.mark()
            rig.ha.call("select.select_option", {"entity_id": entity, "option": shown})
            rig.broker.wait(f"uncramp/{ROOM}/{key}/set", word, since=mark)
            rig.broker.wait(f"uncramp/{ROOM}/state", lambda said: said[key] == word, since=mark)
            rig.ha.wait_state(entity, shown)
    page(rig)
    rig.ha.press(f"button.uncramp_{ROOM}_drank_j_rgen")
    rig.ha.wait_state(f"sensor.uncramp_{ROOM}_drunk_j_rgen", "200")
    said = [entry["message"] for entry in rig.ha.log() if "uncramp" in str(entry["message"])]
    assert not said, said
    daemon.leave()


def page(rig):
    """The page that `uncramp dashboard` made of this home is all German, and has both sleepers."""
    page = rig.dashboard("uncramp-german")
    shown = within(page, "entity") + within(page, "entity_id")
    missing = [one for one in shown if (rig.ha.state(one) or {"state": "unavailable"})["state"] == "unavailable"]
    assert not missing, missing
    for one in ("button.{}_drank_anna", "button.{}_drank_j_rgen", "sensor.{}_drunk_j_rgen"):
        assert one.format(f"uncramp_{ROOM}") in shown, shown
    words = within(page, "title") + within(page, "heading") + within(page, "name")
    assert "Schlafzimmer Süd" in words and "Glas getrunken (jürgen)" in words, words
    english = {row.english for row in ROWS} - {row.german for row in ROWS}
    assert not english & set(words), words


if __name__ == "__main__":
    main(__file__)

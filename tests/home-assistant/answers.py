#!/usr/bin/env python3
"""What is said to a running uncramp, and what it answers: two sleepers, another base topic, a bedroom
with a hyphen in its name, nothing else known to Home Assistant."""
import uuid

from checks import LEFT, RIGHT, check, eventually, main, prepare
from daemon import Uncramp, sleeping_now

BASE = "home/uncramp"
HOUSE = """
  guest-room:
    sleep: {sleep}
    sleepers:
      anna: {{ born: 1980, conditions: [], conditions_confirmed: 2026-11 }}
      ben: {{ born: 1980, conditions: [], conditions_confirmed: 2026-11 }}
    sensors:
      room: {{ zigbee2mqtt: Room }}
    heater: {{ kind: radiator, hot_water: true, control: switch, zigbee2mqtt: Plug, min_off: off }}
base_topic: home/uncramp
"""
ROOM = f"{BASE}/guest-room"
daemon = None


@prepare
def begin(rig):
    global daemon
    rig.blueprint("say", "say.yaml", bedroom="guest-room", base_topic=BASE, satellites=[LEFT, RIGHT],
                  sleepers=["anna", "ben"])
    daemon = Uncramp(rig.broker.port)
    daemon.start(HOUSE.format(sleep=sleeping_now()))
    rig.broker.wait(f"{ROOM}/state", timeout=20)
    # A new subscription is deaf at first.
    eventually(lambda: heard(rig, "start again") == "I am here again.", 30, "an answer")


def heard(rig, sentence, satellite=LEFT):
    return rig.ha.hear(satellite, sentence)["response"]


def expect(got, wanted):
    assert got == wanted, f"{got!r}, not {wanted!r}"


@check
def drinks(rig):
    "each side's drink is noted as its sleeper's, with the sum of the day"
    expect(heard(rig, "I drank a glass"), "Noted, one glass for anna. That makes 0.2 litres today.")
    expect(heard(rig, "I drank a glass", RIGHT), "Noted, one glass for ben. That makes 0.2 litres today.")
    expect(heard(rig, "I drank a glass"), "Noted, one glass for anna. That makes 0.4 litres today.")


@check
def who(rig):
    "two sleep here: who does not say who drank is asked to, aloud, and may then say it"
    mark = rig.broker.mark()
    expect(rig.ha.say("I drank a glass", "en")["speech"],
           "More than one person sleeps here. Say who it was, such as: anna has drunk a glass.")
    refused = rig.broker.wait(f"{ROOM}/event", lambda it: it["event_type"] == "refused", since=mark)
    assert '{"sleeper": "anna", "ml": 250}' in refused["text"], refused
    expect(rig.ha.say("Ben has drunk a glass", "en")["speech"],
           "Noted, one glass for ben. That makes 0.4 litres today.")
    expect(rig.ha.say("a glass of water for Dora", "en")["speech"], "Nobody by that name sleeps here.")


@check
def as_warm_as_it_may(rig):
    "“I'm too cold” is answered by what came of it: nothing, more warmth, or the end of it"
    expect(heard(rig, "I'm too cold"),
           "Noted: half a degree more tonight. But I do not know how warm it is here, so I do not heat.")
    mark = rig.broker.mark()
    # The first word after Home Assistant's start may be an old one.
    for celsius in 12.0, 12.1:
        rig.broker.publish("zigbee2mqtt/Room", {"temperature": celsius, "humidity": 50})
    rig.broker.wait(f"{ROOM}/state", lambda it: it["air"]["temperature"], since=mark)
    for _ in range(3):
        expect(heard(rig, "I'm too cold"), "Half a degree warmer tonight.")
    expect(heard(rig, "I'm too cold"), "It is already as warm as I may make it tonight.")
    expect(heard(rig, "I'm too warm"), "I heat half a degree less tonight.")


@check
def cramps(rig):
    "a cramp is noted as it was said: now, or in the middle of last night"
    mark = rig.broker.mark()
    expect(heard(rig, "I have a cramp"), "I have noted the cramp for anna.")
    expect(heard(rig, "I had no cramp"), "I have noted a night without a cramp for anna.")
    expect(rig.ha.say("Ben has a cramp", "en")["speech"], "I have noted the cramp for ben.")
    expect(heard(rig, "I had a cramp last night", RIGHT), "I have noted a cramp last night for ben.")
    noted = rig.broker.wait(f"{ROOM}/event", lambda it: it["event_type"] == "cramp" and it["ago_min"], since=mark)
    # These hours of sleep began two hours ago, and their middle comes in two: it is last night's.
    assert noted["sleeper"] == "ben" and 21 * 60 < noted["ago_min"] < 23 * 60, noted


@check
def peace(rig):
    "not tonight, stop, and start again: answered by what holds then"
    answer = heard(rig, "not tonight")
    assert answer.startswith("I leave you alone until "), answer
    expect(heard(rig, "I'm too cold").split(". ")[1][:18], "But I do nothing u")
    expect(heard(rig, "start again"), "I am here again.")
    expect(heard(rig, "stop"), "I have stopped. To begin again, say: start again.")
    expect(heard(rig, "start again"), "I am here again.")


@check
def german(rig):
    "who speaks German is answered in German, in a house that does not"
    expect(rig.ha.say("anna hat ein Glas Wasser getrunken", "de")["speech"],
           "Notiert, ein Glas für anna. Das macht heute 0,6 Liter.")
    expect(rig.ha.say("ich habe ein Glas getrunken", "de")["speech"],
           "Hier schläft mehr als eine Person. Bitte mit Namen sagen, etwa: anna hat ein Glas getrunken.")
    expect(rig.ha.say("stopp uncramp", "de")["speech"], "Ich habe aufgehört. Weiter geht es mit: mach weiter.")
    expect(rig.ha.say("mach weiter", "de")["speech"], "Ich bin wieder da.")


@check
def once(rig):
    "what comes twice under one id is done once and answered twice, alike"
    mark, ident = rig.broker.mark(), str(uuid.uuid4())
    for _ in range(2):
        rig.broker.publish(f"{ROOM}/tell/set", {"id": ident, "control": "drink",
                                               "payload": {"sleeper": "anna", "ml": 200}})
    mine = lambda: [it for it in rig.broker.seen(f"{ROOM}/reply", mark) if it["id"] == ident]
    eventually(lambda: len(mine()) == 2, what=mine)
    expect(mine()[0], mine()[1])
    expect(mine()[0]["text"], "Noted, one glass for anna. That makes 0.8 litres today.")
    expect(len([it for it in rig.broker.seen(f"{ROOM}/event", mark) if it["event_type"] == "drink"]), 1)


@check
def gone(rig):
    "while uncramp does not run, nobody claims that anything was noted; afterwards nothing was"
    daemon.stop()
    expect(heard(rig, "I drank a glass"), "Uncramp did not answer. I cannot say whether that was noted.")
    expect(rig.ha.say("mir ist zu kalt", "de")["speech"],
           "Uncramp hat nicht geantwortet. Ob das notiert ist, weiß ich nicht.")
    mark = rig.broker.mark()
    daemon.start()
    rig.broker.wait(f"{ROOM}/state", since=mark, timeout=20)
    eventually(lambda: heard(rig, "start again") == "I am here again.", 30, "an answer")
    expect(heard(rig, "I drank a glass"), "Noted, one glass for anna. That makes 1.0 litres today.")


@check
def ends(rig):
    "the bedroom goes"
    daemon.leave()


if __name__ == "__main__":
    main(__file__)

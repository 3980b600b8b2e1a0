#!/usr/bin/env python3
"""The morning's question by the daemon itself, on a clock that we move: asked at the bed, answered by
voice and by the phone, put off, and noted for the night that was.

The clock begins at the next noon, so that nothing that uncramp says is too late for Home Assistant.
"""
from datetime import datetime, timedelta, timezone

from blueprints import listening
from checks import LEFT, RIGHT, check, eventually, main, prepare
from daemon import Sensors, Stepped
from phone import Phone

BEDROOM = """
  bedroom:
    sleep: 22:30-06:45
    sleepers: { anna: { born: 1980 }, ben: { born: 1980 } }
    sensors:
      in_bed: [{ zigbee2mqtt: Left, sleeper: anna }, { zigbee2mqtt: Right, sleeper: ben }]
"""
EVENTS = "uncramp/bedroom/event"
ANNA, BEN = "anna, any cramp last night?", "ben, any cramp last night?"
daemon = sensors = phone = None


@prepare
def begin(rig):
    global daemon, sensors, phone
    phone = Phone(rig.ha, "Sleepers phone")
    rig.blueprint("announce_bedroom", "announce.yaml", bedroom="bedroom", satellites=[LEFT, RIGHT],
                  sleepers=["anna", "ben"], phone=phone.entity, patience=2)
    listening(rig, "bedroom")
    now = datetime.now(timezone.utc)
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    sensors = Sensors(rig.broker)
    daemon = Stepped(rig.broker.port, noon)
    daemon.start(BEDROOM)
    rig.ha.wait_device("uncramp_bedroom")
    # Who speaks is said on the first evening, and heard before the first night.
    daemon.go(hours=9)
    rig.broker.wait("uncramp/bedroom/announce/ack", lambda ack: ack["outcome"] == "spoken", 20)


def in_bed(side, somebody):
    sensors.say(f"zigbee2mqtt/{side}", '{"occupancy": %s}' % str(somebody).lower())


def night(rig, answers_left=(), answers_right=()):
    """Both sleep from half past ten until ten to seven. Returns the night's name, and a place in the
    stream before anybody is asked."""
    to = daemon.now().replace(hour=22, minute=20)
    daemon.go(seconds=(to - daemon.now()).total_seconds() % 86400)
    for side in ("Left", "Right"):
        in_bed(side, True)
    evening = daemon.now().strftime("%Y-%m-%d")
    daemon.go(hours=8, minutes=30)
    rig.ha.voice(entity_id=LEFT, answers=list(answers_left))
    rig.ha.voice(entity_id=RIGHT, answers=list(answers_right))
    phone.clear()
    in_bed("Left", False)
    assert not rig.said(), rig.said()
    mark = rig.broker.mark()
    nobody_in_bed("Right")
    return evening, mark


def nobody_in_bed(last):
    """Who gets up last leaves the bed empty for as long as it takes to believe that."""
    in_bed(last, False)
    daemon.go(minutes=2, seconds=5)


def said_to_whom(rig, satellite, *words):
    """What one satellite says, as it comes."""
    there = lambda: [text for _, text in rig.said(satellite)]
    eventually(lambda: there()[-len(words):] == list(words), 20, lambda: f"{words}; there is {there()}")


@check
def yes_and_no(rig):
    "both are asked, each at the own side once nobody lies in bed; a cramp and none are noted for that night"
    evening, mark = night(rig, ["yes I had a cramp"], ["no"])
    cramp = rig.broker.wait(EVENTS, lambda event: event["event_type"] == "cramp", 20, mark)
    assert cramp["sleeper"] == "anna", cramp
    said_to_whom(rig, LEFT, ANNA, "Noted.")
    assert not rig.said(RIGHT), "one after the other"
    daemon.go(minutes=3)
    none = rig.broker.wait(EVENTS, lambda event: event["event_type"] == "no_cramp", 20, mark)
    assert none == {"event_type": "no_cramp", "sleeper": "ben", "night": evening}, none
    said_to_whom(rig, RIGHT, BEN, "Good.")
    # When in the night it was nobody knows: the middle stands for it.
    last = rig.broker.wait("uncramp/bedroom/state", lambda state: state["last_cramp"], 10, mark)["last_cramp"]
    middle = datetime.fromisoformat(f"{evening}T02:37:30+00:00") + timedelta(days=1)
    assert datetime.fromisoformat(last) == middle, last


@check
def later(rig):
    "“later” is asked again half an hour later, also if Home Assistant and uncramp were restarted between"
    evening, mark = night(rig, ["ask me later"], ["no"])
    rig.broker.wait(EVENTS, lambda event: event["event_type"] == "later", 20, mark)
    said_to_whom(rig, LEFT, ANNA, "I will ask again in half an hour.")
    daemon.go(minutes=3)
    rig.broker.wait(EVENTS, lambda event: event["event_type"] == "no_cramp", 20, mark)
    said_to_whom(rig, RIGHT, BEN, "Good.")
    daemon.stop()
    rig.ha.restart()
    daemon.start()
    rig.ha.wait_state("automation.announce_bedroom", "on")
    daemon.go(minutes=20)
    assert not phone.texts(), phone.texts()
    daemon.go(minutes=10)
    # Nobody has been in the bedroom for long: the phone asks, with buttons.
    eventually(lambda: phone.texts() == [ANNA], 20, lambda: f"{ANNA}; there is {phone.texts()}")
    mark = rig.broker.mark()
    phone.press("No cramp")
    none = rig.broker.wait(EVENTS, lambda event: event["event_type"] == "no_cramp", 20, mark)
    assert none == {"event_type": "no_cramp", "sleeper": "anna", "night": evening}, none


@check
def told_already(rig):
    "who has told of the night is not asked; the others are"
    to = daemon.now().replace(hour=22, minute=20)
    daemon.go(seconds=(to - daemon.now()).total_seconds() % 86400)
    for side in ("Left", "Right"):
        in_bed(side, True)
    daemon.go(hours=5)
    rig.broker.publish("uncramp/bedroom/cramp/set", {"sleeper": "anna"})
    evening, mark = night_ends(rig, ["no"])
    none = rig.broker.wait(EVENTS, lambda event: event["event_type"] == "no_cramp", 20, mark)
    assert none == {"event_type": "no_cramp", "sleeper": "ben", "night": evening}, none
    daemon.go(hours=4)
    assert not rig.said(LEFT), rig.said(LEFT)


def night_ends(rig, answers_right):
    evening = (daemon.now() - timedelta(hours=12)).strftime("%Y-%m-%d")
    daemon.go(hours=3, minutes=30)
    rig.ha.voice(entity_id=RIGHT, answers=answers_right)
    mark = rig.broker.mark()
    in_bed("Left", False)
    nobody_in_bed("Right")
    return evening, mark


@check
def ends(rig):
    "the clock's hand lets go"
    sensors.close()
    daemon.leave()
    phone.close()


if __name__ == "__main__":
    main(__file__)

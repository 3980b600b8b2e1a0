#!/usr/bin/env python3
"""The question after what uncramp wants said, and what becomes of each answer."""
import time

from blueprints import HOUSE, WATER, acks, announce, bedrooms, expect, outcome
from checks import LEFT, RIGHT, check, eventually, main, prepare

BEDROOMS = {
    "house": HOUSE,
    "later": {**HOUSE, "ask_after": 0.05},
    "unasked": {**HOUSE, "ask": False},
}


@prepare
def set_up(rig):
    bedrooms(rig, BEDROOMS)


def asked(rig, answers, bedroom="house", satellite=LEFT, wanted="answered", reply="Noted.", **fields):
    """An announcement that is answered; its number, once the reply to the answer was heard."""
    rig.ha.voice(entity_id=satellite, answers=answers)
    number = announce(rig, bedroom, ask=True, **fields)
    eventually(lambda: wanted in acks(rig, number, bedroom), 30,
               lambda: f"{wanted}; there is {acks(rig, number, bedroom)}")
    if reply:
        rig.ha.wait_spoken(reply)
    return number


@check
def yes(rig):
    "“did you drink it?”, yes: a glass is noted for that sleeper, and the announcement is answered"
    mark = rig.broker.mark()
    asked(rig, ["yes I did"], sleeper="anna")
    expect(rig.broker.wait("uncramp/house/drink/set", since=mark), {"sleeper": "anna", "ml": 200})
    expect(rig.said()[0], (LEFT, f"{WATER} Did you drink it?"))


@check
def yes_at_the_right(rig):
    "the other sleeper is asked at the other side; the amount is uncramp's"
    mark = rig.broker.mark()
    asked(rig, ["I drank a glass of water"], satellite=RIGHT, sleeper="ben", ml=150)
    expect(rig.broker.wait("uncramp/house/drink/set", since=mark), {"sleeper": "ben", "ml": 150})


@check
def answers_in_german(rig):
    "German words are asked and answered in German"
    mark = rig.broker.mark()
    asked(rig, ["ja habe ich"], reply="Notiert.", language="de", text="Ein Glas Wasser wäre gut.")
    rig.broker.wait("uncramp/house/drink/set", since=mark)
    rig.ha.wait_spoken("Hast du es getrunken?")


@check
def no(rig):
    "no: nothing is noted, but somebody answered"
    mark = rig.broker.mark()
    asked(rig, ["no"], reply="All right.")
    expect(rig.broker.seen("uncramp/house/drink/set", mark), [])


@check
def later(rig):
    "later: uncramp is told so"
    mark = rig.broker.mark()
    asked(rig, ["not yet"], reply="I will ask again later.")
    rig.broker.wait("uncramp/house/snooze/set", {}, since=mark)
    expect(rig.broker.seen("uncramp/house/drink/set", mark), [])


@check
def silence(rig):
    "silence after the question: it was spoken, nobody answered, nothing is noted or said again"
    mark = rig.broker.mark()
    number = asked(rig, [None], wanted="spoken", reply=None)
    expect(acks(rig, number), ["spoken"])
    expect(rig.said(), [(LEFT, f"{WATER} Did you drink it?")])
    expect(rig.broker.seen("uncramp/house/drink/set", mark), [])


@check
def no_match(rig):
    "an answer that is none: how to say it is said, nothing is noted"
    mark = rig.broker.mark()
    number = asked(rig, ["the moon is made of cheese"], wanted="spoken", reply="say: I drank a glass")
    expect(acks(rig, number), ["spoken"])
    expect(rig.broker.seen("uncramp/house/drink/set", mark), [])


@check
def question_fails(rig):
    "a question that cannot be asked is asked by the other satellite"
    for mode in ("fail", "drop", "hang", "unavailable"):
        rig.reset()
        rig.ha.voice(entity_id=LEFT, mode=mode)
        mark = rig.broker.mark()
        asked(rig, ["yes"], satellite=RIGHT)
        rig.broker.wait("uncramp/house/drink/set", since=mark)
        expect(rig.said()[0], (RIGHT, f"{WATER} Did you drink it?"))


@check
def asked_later(rig):
    "with time to drink, the words come first and the question later"
    mark = rig.broker.mark()
    number = asked(rig, ["yes"], bedroom="later", sleeper="anna")
    expect(acks(rig, number, "later"), ["spoken", "answered"])
    expect(rig.said()[:2], [(LEFT, WATER), (LEFT, "Did you drink it?")])
    rig.broker.wait("uncramp/later/drink/set", {"sleeper": "anna", "ml": 200}, since=mark)


@check
def not_asked_after_drinking(rig):
    "who drank meanwhile is not asked"
    number = announce(rig, "later", ask=True)
    expect(outcome(rig, number, "later"), "spoken")
    # Repeated, for a new subscription is deaf at first.
    for _ in range(4):
        rig.broker.publish("uncramp/later/event", {"event_type": "drink"})
        time.sleep(0.2)
    time.sleep(4)
    expect(rig.said(), [(LEFT, WATER)])


@check
def not_asked(rig):
    "where no question is wanted none is asked"
    expect(outcome(rig, announce(rig, "unasked", ask=True), "unasked"), "spoken")
    expect([entry["kind"] for entry in rig.ha.spoken(LEFT)], ["announce"])


if __name__ == "__main__":
    main(__file__)

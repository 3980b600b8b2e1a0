#!/usr/bin/env python3
"""The questions among what uncramp wants said, and what becomes of each answer."""
from datetime import datetime, timedelta, timezone

from blueprints import (
    HOUSE, SATELLITES, WATER, acks, announce, asked_about, bedrooms, expect, offered, outcome, uncramp_hears)
from checks import LEFT, PHONE, RIGHT, SPEAKER, check, eventually, main, prepare

BEDROOMS = {
    "house": HOUSE,
    "later": {**HOUSE, "ask_after": 0.05},
    "unasked": {**HOUSE, "ask": False},
    "deaf": HOUSE,
    "mute": {**SATELLITES, "speaker": HOUSE["speaker"], "voice": HOUSE["voice"], "patience": 2},
}
QUESTION, FRAGE = "Anna, any cramp last night?", "Anna, gab es letzte Nacht einen Krampf?"


@prepare
def set_up(rig):
    bedrooms(rig, BEDROOMS)
    for bedroom in ("house", "later"):
        uncramp_hears(rig, bedroom)


def asked(rig, answers, bedroom="house", satellite=LEFT, wanted="answered", reply="Noted.", **fields):
    """An announcement that is answered; its number, once the reply to the answer was heard."""
    rig.ha.voice(entity_id=satellite, answers=answers)
    number = announce(rig, bedroom, **{"ask": offered, **fields})
    eventually(lambda: wanted in acks(rig, number, bedroom), 30,
               lambda: f"{wanted}; there is {acks(rig, number, bedroom)}")
    if reply:
        rig.ha.wait_spoken(reply)
    return number


def night(rig, answers, **fields):
    """The morning's question."""
    return asked(rig, answers, **{"ask": asked_about, "text": QUESTION, "sleeper": "anna", **fields})


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
    asked(rig, ["I drank a glass of water"], satellite=RIGHT, sleeper="ben",
          ask=lambda *of, **who: offered(*of, **who, ml=150))
    expect(rig.broker.wait("uncramp/house/drink/set", since=mark), {"sleeper": "ben", "ml": 150})


@check
def answers_in_german(rig):
    "German words are asked and answered in German"
    mark = rig.broker.mark()
    asked(rig, ["ja habe ich"], reply="Notiert.", language="de", text="Ein Glas Wasser wäre gut.")
    rig.broker.wait("uncramp/house/drink/set", since=mark)
    rig.ha.wait_spoken("Schon getrunken?")


@check
def no(rig):
    "no: nothing is noted, but somebody answered"
    mark = rig.broker.mark()
    asked(rig, ["no"], reply="All right.")
    expect(rig.broker.seen("uncramp/house/drink/set", mark), [])


@check
def later(rig):
    "later: uncramp is told so, by the number of what was said"
    mark = rig.broker.mark()
    number = asked(rig, ["not yet"], reply="All right, later.")
    rig.broker.wait("uncramp/house/snooze/set", {"id": number}, since=mark)
    expect(rig.broker.seen("uncramp/house/drink/set", mark), [])


@check
def nobody_has_it(rig):
    "an answer that uncramp does not confirm is not said to be noted"
    mark = rig.broker.mark()
    asked(rig, ["yes"], bedroom="deaf", reply="I could not pass that on.")
    rig.broker.wait("uncramp/deaf/drink/set", since=mark)
    assert not [text for _, text in rig.said() if "Noted" in text], rig.said()


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


def soon(seconds):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).isoformat()


@check
def asked_while_it_may_be(rig):
    "words that may no longer be said may be asked about, until uncramp says that nobody is"
    until = lambda seconds: lambda *of, **who: {**offered(*of, **who), "until": soon(seconds)}
    rig.ha.voice(entity_id=LEFT, answers=["yes"])
    # The words take 1.6 s, and the question comes 3 s after them.
    number = announce(rig, "later", ask=until(60), valid_until=soon(4))
    eventually(lambda: "answered" in acks(rig, number, "later"), 30, lambda: acks(rig, number, "later"))
    rig.ha.wait_spoken("Noted.")
    rig.reset()
    number = announce(rig, "later", ask=until(4), valid_until=soon(4))
    expect(outcome(rig, number, "later"), "spoken")
    only_the_next_is_asked(rig)


def only_the_next_is_asked(rig):
    """After words at the left: other words are asked about, which comes later than these would be."""
    asked(rig, ["yes"], bedroom="later")
    expect(rig.said(), [(LEFT, WATER), (LEFT, WATER), (LEFT, "Did you drink it?"), (LEFT, "Noted.")])


@check
def not_asked_after_drinking(rig):
    "who drank meanwhile is not asked"
    number = announce(rig, "later", ask=offered)
    expect(outcome(rig, number, "later"), "spoken")
    rig.broker.publish("uncramp/later/event", {"event_type": "drink"})
    only_the_next_is_asked(rig)


@check
def asked_after_anothers_glass(rig):
    "a glass of the other sleeper's settles nothing: who was reminded is asked"
    rig.ha.voice(entity_id=LEFT, answers=["yes"])
    number = announce(rig, "later", ask=offered, sleeper="anna")
    expect(outcome(rig, number, "later"), "spoken")
    rig.broker.publish("uncramp/later/event", {"event_type": "drink", "sleeper": "ben"})
    eventually(lambda: "answered" in acks(rig, number, "later"), 15, lambda: acks(rig, number, "later"))
    rig.ha.wait_spoken("Noted.")
    rig.reset()
    number = announce(rig, "later", ask=offered, sleeper="anna")
    expect(outcome(rig, number, "later"), "spoken")
    rig.broker.publish("uncramp/later/event", {"event_type": "drink", "sleeper": "anna"})
    only_the_next_is_asked(rig)


@check
def not_asked(rig):
    "where no question is wanted none is asked"
    expect(outcome(rig, announce(rig, "unasked", ask=offered), "unasked"), "spoken")
    expect([entry["kind"] for entry in rig.ha.spoken(LEFT)], ["announce"])


@check
def night_yes_and_no(rig):
    "the morning's question is asked at once; a cramp and none are noted for that sleeper and that night"
    mark = rig.broker.mark()
    night(rig, ["yes I had a cramp"], bedroom="later")
    told = {"sleeper": "anna", "night": "2026-11-21"}
    expect(rig.broker.wait("uncramp/later/cramp/set", since=mark), told)
    expect(rig.said()[:2], [(LEFT, QUESTION), (LEFT, "Noted.")])
    night(rig, ["no"], satellite=RIGHT, reply="Good.", text="Ben, any cramp last night?", sleeper="ben")
    expect(rig.broker.wait("uncramp/house/cramp/set", since=mark), {**told, "sleeper": "ben", "cramp": False})


@check
def night_later(rig):
    "later: uncramp is told; who says it once more than that is promised nothing"
    mark = rig.broker.mark()
    number = night(rig, ["ask me later"], reply="I will ask again in half an hour.")
    rig.broker.wait("uncramp/house/snooze/set", {"id": number}, since=mark)
    mark = rig.broker.mark()
    night(rig, ["later"], reply="All right.", ask=lambda *of, **who: asked_about(*of, **who, later=False))
    expect(rig.broker.seen("uncramp/house/snooze/set", mark), [])


@check
def night_in_german(rig):
    "the morning's question in German"
    night(rig, ["ja hatte ich"], reply="Notiert.", text=FRAGE, language="de")
    expect(rig.said()[0], (LEFT, FRAGE))


@check
def night_silence(rig):
    "who says nothing to the morning's question can answer by the phone; nothing is noted"
    mark = rig.broker.mark()
    night(rig, [None], wanted="spoken", reply=None)
    expect(rig.said(), [(LEFT, QUESTION), (PHONE, QUESTION)])
    expect(rig.broker.seen("uncramp/house/cramp/set", mark), [])


@check
def night_unclear(rig):
    "words that are no answer: how to say it is said"
    night(rig, ["the moon is made of cheese"], wanted="spoken", reply="I did not understand")


@check
def night_fails(rig):
    "where no satellite can ask, the phone does, before any voice that cannot be answered"
    for mode in ("fail", "unavailable"):
        rig.reset()
        for satellite in (LEFT, RIGHT):
            rig.ha.voice(entity_id=satellite, mode=mode)
        expect(outcome(rig, announce(rig, text=QUESTION, ask=asked_about, sleeper="anna")), "spoken")
        expect(rig.said(), [(PHONE, QUESTION)])


@check
def night_elsewhere(rig):
    "who is up for long is asked by the phone, without one by a satellite, and last by a speaker, which hears nothing"
    fields = {"text": QUESTION, "ask": asked_about, "sleeper": "anna", "place": "home"}
    expect(outcome(rig, announce(rig, **fields)), "spoken")
    expect(outcome(rig, announce(rig, "mute", **fields), "mute"), "spoken")
    expect(rig.said(), [(PHONE, QUESTION), (LEFT, QUESTION)])
    rig.reset()
    for satellite in (LEFT, RIGHT):
        rig.ha.voice(entity_id=satellite, mode="unavailable")
    expect(outcome(rig, announce(rig, "mute", **fields), "mute"), "spoken")
    expect(rig.said(), [(SPEAKER, QUESTION)])


if __name__ == "__main__":
    main(__file__)

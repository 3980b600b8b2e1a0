#!/usr/bin/env python3
"""Two bedrooms, each with its satellite and sleeper, and with the settings that the form begins with."""
from blueprints import expect, ids
from blueprints_home import PHRASES, WISHES
from checks import LEFT, RIGHT, check, eventually, main, prepare

BEDS = {"parents": (LEFT, "anna"), "child": (RIGHT, "kid")}
# The automation of each.
named = {room: f"say_{room}" for room in BEDS}
WHICH = "I cannot tell which bedroom that is for. Say it at a satellite that is set up for one."


@prepare
def set_up(rig):
    for room in BEDS:
        introduce(rig, room)
    for room, (satellite, sleeper) in BEDS.items():
        rig.blueprint(named[room], "say.yaml", bedroom=room, satellites=[satellite], sleepers=[sleeper])
        rig.broker.answer(f"uncramp/{room}/tell/set", f"uncramp/{room}/reply",
                          lambda told, room=room: {"id": told["id"], "done": True, "text": f"The {room}.",
                                                   "language": "en"})
    # A new subscription is deaf at first.
    for room, (satellite, _) in BEDS.items():
        eventually(lambda: rig.ha.hear(satellite, "start again")["response"] == f"The {room}.", 30, room)


def silence(rig, room):
    """The end of its automation; a sentence that one hears at its end is never answered."""
    rig.ha.del_automation(named[room])
    eventually(lambda: not [state for state in rig.ha.states("automation.*")
                            if state["attributes"].get("id") == named[room]], what="the end of an automation")


def introduce(rig, room):
    """A bedroom as uncramp introduces it to Home Assistant."""
    device = f"uncramp_{room}"
    rig.broker.publish(f"homeassistant/device/{device}/config", {
        "dev": {"ids": [device], "name": f"Uncramp {room}", "mf": "uncramp", "mdl": "Bedroom"}, "o": {"name": "uncramp"},
        "cmps": {"air": {"p": "sensor", "uniq_id": f"{device}_air", "name": "Air", "stat_t": f"checks/{room}/air"}}},
        retain=True)
    rig.ha.wait_device(device)


def listens(rig, room, **inputs):
    """A bedroom's automation with other settings, once it is heard; "stop uncramp" is for all."""
    silence(rig, room)
    named[room] = f"say_{room}_{next(ids)}"
    automation = rig.blueprint(named[room], "say.yaml", bedroom=room, **inputs)
    mark = rig.broker.mark()

    def heard():
        rig.ha.say("stop uncramp", "en")
        return rig.broker.seen(f"uncramp/{room}/tell/set", mark)

    eventually(heard, 30, room)
    # Of the first one it may still hear no reply.
    rig.ha.wait_state(automation, lambda state: state["attributes"]["current"] == 0)


def told(rig, words, hear):
    """What is answered, and how often each bedroom was told."""
    mark = rig.broker.mark()
    answer = hear(words)
    return answer, [len(rig.broker.seen(f"uncramp/{room}/tell/set", mark)) for room in BEDS]


@check
def one_bedroom_each(rig):
    "what is said at one bed is that bedroom's, and the other knows nothing of it"
    for words, control in (("I have a cramp", "cramp"), ("I'm too cold", "shift"), ("not tonight", "pause"),
                           ("start again", "mode"), ("I drank a glass", "drink"), ("stop", "mode")):
        for room, (satellite, sleeper) in BEDS.items():
            mark = rig.broker.mark()
            expect((words, rig.ha.hear(satellite, words)["response"]), (words, f"The {room}."))
            told = [(room, it["control"], it["payload"].get("sleeper", sleeper) if isinstance(it["payload"], dict)
                     else sleeper) for room in BEDS for it in rig.broker.seen(f"uncramp/{room}/tell/set", mark)]
            expect(told, [(room, control, sleeper)])


@check
def no_words_are_lost(rig):
    "whatever words a cramp has, the bedroom hears them that Home Assistant comes to last"
    rig.ha.voice(entity_id=RIGHT, play_seconds=0.05)
    everything = [sentences for _, _, sleeper, sentences in PHRASES if not sleeper]
    for sentences in everything + [sentences for *_, sentences in WISHES]:
        for words in sentences:
            mark = rig.broker.mark()
            expect((words, rig.ha.hear(RIGHT, words)["response"]), (words, "The child."))
            expect([len(rig.broker.seen(f"uncramp/{room}/tell/set", mark)) for room in BEDS], [0, 1])


@check
def stop_everywhere(rig):
    "“stop uncramp” is for both, wherever it is said"
    for say in (lambda: rig.ha.hear(LEFT, "stop uncramp"), lambda: rig.ha.say("stop uncramp", "en")):
        mark = rig.broker.mark()
        say()
        for room in BEDS:
            rig.broker.wait(f"uncramp/{room}/tell/set", lambda told: told["payload"] == "off", since=mark)


@check
def without_a_satellite(rig):
    "a bedroom for which no satellite is named takes nothing from the other's, nor follows what may be either's"
    listens(rig, "child")
    left, right = (lambda words, at=at: rig.ha.hear(at, words)["response"] for at in (LEFT, RIGHT))
    typed = lambda words: rig.ha.say(words, "en")["speech"]
    expect(told(rig, "I have a cramp", left), ("The parents.", [1, 0]))
    expect(told(rig, "I have a cramp", right), (WHICH, [0, 0]))
    expect(told(rig, "I'm cold", typed), (WHICH, [0, 0]))
    listens(rig, "parents")
    for hear in (left, right, typed):
        expect(told(rig, "I'm cold", hear), (WHICH, [0, 0]))
    # Who chooses so is obeyed.
    listens(rig, "parents", elsewhere="typed")
    listens(rig, "child", elsewhere="nothing")
    expect(told(rig, "I'm cold", typed), ("The parents.", [1, 0]))
    expect(told(rig, "I'm cold", left)[1], [0, 0])
    listens(rig, "child", elsewhere="all")
    expect(told(rig, "I'm cold", left), ("The child.", [0, 1]))


@check
def alone(rig):
    "the only bedroom needs no setting: it follows every satellite and what is typed"
    silence(rig, "child")
    rig.broker.publish("homeassistant/device/uncramp_child/config", "", retain=True)
    eventually(lambda: not rig.ha.device("uncramp_child"), what="the end of a device")
    listens(rig, "parents")
    for hear in (lambda words: rig.ha.hear(RIGHT, words)["response"], lambda words: rig.ha.say(words, "en")["speech"]):
        expect(told(rig, "I have a cramp", hear), ("The parents.", [1, 0]))


if __name__ == "__main__":
    main(__file__)

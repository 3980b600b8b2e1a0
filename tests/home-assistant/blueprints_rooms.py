#!/usr/bin/env python3
"""Two bedrooms, each with its satellite and sleeper, and with the settings that the form begins with."""
from blueprints import expect
from blueprints_home import PHRASES
from checks import LEFT, RIGHT, check, eventually, main, prepare

BEDS = {"parents": (LEFT, "anna"), "child": (RIGHT, "kid")}


@prepare
def set_up(rig):
    for room, (satellite, sleeper) in BEDS.items():
        rig.blueprint(f"say_{room}", "say.yaml", bedroom=room, satellites=[satellite], sleepers=[sleeper])
        rig.broker.answer(f"uncramp/{room}/tell/set", f"uncramp/{room}/reply",
                          lambda told, room=room: {"id": told["id"], "done": True, "text": f"The {room}.",
                                                   "language": "en"})
    # A new subscription is deaf at first.
    for room, (satellite, _) in BEDS.items():
        eventually(lambda: rig.ha.hear(satellite, "start again")["response"] == f"The {room}.", 30, room)


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
    for _, _, sleeper, sentences in PHRASES:
        for words in () if sleeper else sentences:
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


if __name__ == "__main__":
    main(__file__)

#!/usr/bin/env python3
"""What is said to uncramp, its page, and the devices that it borrows."""
import json
import subprocess
import threading
from datetime import datetime, timedelta, timezone

from blueprints import SATELLITES, expect
from checks import LEFT, RIGHT, SPEAKER, VOICE, check, eventually, main, prepare, within
from ha import HA

SENTENCES = ("cramp_now", "cramp_last_night", "cramp_last_night_of", "no_cramp", "no_cramp_of", "drank", "drank_of",
             "too_warm", "too_cold", "not_tonight", "stop_anywhere", "start_again")
SENSOR, MAT = "sensor.rig_temperature", "binary_sensor.rig_mat"
HEATER, FAN, VALVE = "switch.rig_heater", "fan.rig_fan", "climate.rig_valve"


@prepare
def set_up(rig):
    rig.blueprint("say", "say.yaml", bedroom="house", **SATELLITES)
    rig.blueprint("say_elsewhere", "say.yaml", bedroom="attic", satellites=["assist_satellite.none"],
                  elsewhere="nothing", too_cold=["the attic is too cold"], stop=["stop the attic"],
                  stop_anywhere=["stop the whole attic"])
    # Where no satellite is named, a bare "stop" is left to Home Assistant.
    rig.blueprint("say_anywhere", "say.yaml", bedroom="cellar", stop=["halt everything"],
                  **{words: [f"the cellar {words}"] for words in SENTENCES})
    rig.broker.answer("uncramp/house/tell/set", "uncramp/house/reply", replies)
    # A new subscription is deaf at first.
    eventually(lambda: rig.ha.say("start again", "en")["speech"].startswith("Heard"), 30, "an answer")
    introduce_devices(rig)
    rig.blueprint("devices", "devices.yaml", sensors=[SENSOR, MAT], devices=[HEATER, FAN, VALVE])


def rig_now():
    return datetime.now(timezone.utc)


# What is said to uncramp. Here somebody stands in for it; answers.py has the real one.


def replies(told):
    return {"id": told["id"], "done": True, "text": f"Heard {told['control']} in {told['language']}.",
            "language": told["language"]}


def hears(rig, sentence, control, payload, satellite=LEFT, language=None):
    mark = rig.broker.mark()
    if language:
        answer = rig.ha.say(sentence, language)["speech"]
    else:
        answer = rig.ha.hear(satellite, sentence)["response"]
    expect((sentence, answer), (sentence, f"Heard {control} in {language or 'en'}."))
    told, = rig.broker.seen("uncramp/house/tell/set", mark)
    expect((told["control"], told["payload"]), (control, payload))
    expect(rig.broker.seen("uncramp/attic/tell/set", mark), [])
    return told["id"]


@check
def hears_a_cramp(rig):
    "“I have a cramp”, from the left and from the right; each time under an id of its own"
    ids = {hears(rig, "I have a cramp", "cramp", {"sleeper": "anna"}),
           hears(rig, "I have a cramp", "cramp", {"sleeper": "ben"}, RIGHT),
           hears(rig, "I've got a leg cramp", "cramp", {"sleeper": "anna"})}
    assert len(ids) == 3, ids
    hears(rig, "I had a cramp last night", "cramp", {"sleeper": "anna", "when": "last night"})


@check
def hears_the_rest(rig):
    "drinking, too warm, too cold, not tonight, stop, start again"
    hears(rig, "I drank a glass", "drink", {"sleeper": "anna", "ml": 200})
    hears(rig, "a glass of water for ben", "drink", {"sleeper": "ben", "ml": 200})
    hears(rig, "Ben has drunk a glass", "drink", {"sleeper": "Ben", "ml": 200})
    hears(rig, "I already had a glass", "drink", {"sleeper": "anna", "ml": 200})
    hears(rig, "I'm too warm", "shift", "-0.5")
    hears(rig, "I'm too cold", "shift", "0.5")
    hears(rig, "not tonight", "pause", "tonight")
    hears(rig, "stop", "mode", "off")
    hears(rig, "start again", "mode", "resume")


@check
def hears_german(rig):
    "the same in German"
    for sentence, control, payload in (
        ("ich habe einen Wadenkrampf", "cramp", {}),
        ("ich hatte letzte Nacht einen Krampf", "cramp", {"when": "last night"}),
        ("ich habe ein Glas Wasser getrunken", "drink", {"ml": 200}),
        ("Jürgen hat ein Glas Wasser getrunken", "drink", {"sleeper": "Jürgen", "ml": 200}),
        ("mir ist zu warm", "shift", "-0.5"),
        ("mir ist zu kalt", "shift", "0.5"),
        ("heute nicht", "pause", "tonight"),
        ("stopp uncramp", "mode", "off"),
        ("mach weiter", "mode", "resume"),
    ):
        hears(rig, sentence, control, payload, language="de")


# What is said, and of whom.
NOW, NIGHT, NONE = {}, {"when": "last night"}, {"cramp": False}
PHRASES = (
    ("en", NOW, "", ("I have cramps", "cramp", "I have a cramp in my left leg", "a leg cramp", "I've a cramp again",
                     "my calf is cramping", "I'm having another bad cramp in the right calf")),
    ("en", NOW, "Anna", ("Anna has a cramp", "Anna has got cramps")),
    ("en", NIGHT, "", ("I had a cramp", "I had cramps in the night", "cramp last night",
                       "a leg cramp during the night")),
    ("en", NIGHT, "Anna", ("Anna had a cramp last night", "Anna had a cramp")),
    ("en", NONE, "", ("I had no cramp", "I had no cramps last night", "no cramp last night", "no cramp",
                      "I didn't have a cramp", "I did not have any cramps last night")),
    ("en", NONE, "Anna", ("Anna had no cramp last night",)),
    ("de", NOW, "", ("ich hab einen Krampf", "ich habe einen Krampf in der Wade", "Wadenkrampf", "Krampf",
                     "ich habe wieder einen Krampf im linken Bein", "schon wieder ein Krampf", "ich habe Krämpfe")),
    ("de", NOW, "Anna", ("Anna hat einen Krampf", "Anna hat schon wieder einen Wadenkrampf")),
    ("de", NIGHT, "", ("ich hatte einen Krampf in der Nacht", "heute Nacht hatte ich einen Krampf",
                       "ich habe letzte Nacht einen Krampf gehabt", "ich hatte einen Krampf in der Wade")),
    ("de", NIGHT, "Anna", ("Anna hatte einen Krampf", "Anna hatte letzte Nacht einen Krampf")),
    ("de", NONE, "", ("ich hatte keinen Krampf", "ich hatte letzte Nacht keinen Krampf", "keine Krämpfe heute Nacht",
                      "letzte Nacht hatte ich keinen Krampf")),
    ("de", NONE, "Anna", ("Anna hatte keinen Krampf",)),
)


# As somebody says it who is half asleep.
WISHES = (
    ("en", "cramp", {}, ("my leg is cramping", "my leg's cramping", "my left foot is cramping up again", "my leg has a cramp",
                         "my toes are cramping", "ow cramp", "help, a leg cramp", "charley horse", "I've got cramp")),
    ("de", "cramp", {}, ("mein Bein krampft", "meine linke Wade krampft schon wieder", "meine Zehen krampfen",
                         "ich habe einen Krampf im Bein", "mein Bein hat einen Krampf", "es krampft", "aua, Krampf",
                         "hab nen Krampf", "Beinkrampf", "Krampf in der Wade")),
    ("en", "drink", {"ml": 200}, ("I drank some water", "I drank water", "I've drunk my water", "I just drank it",
                                  "I had a drink of water", "drank a glass", "drank some water")),
    ("de", "drink", {"ml": 200}, ("ich habe Wasser getrunken", "hab Wasser getrunken", "ich hab grad was getrunken",
                                  "ich habe getrunken", "ein Glas getrunken", "Wasser getrunken")),
    ("en", "shift", "-0.5", ("I'm hot", "I'm so hot", "it's hot in here", "too hot", "cooler please", "make it a bit cooler",
                             "I'm boiling", "it is too warm")),
    ("de", "shift", "-0.5", ("mir ist heiß", "mir ist so warm", "ist mir heiß", "hier ist es zu warm", "zu heiß", "kühler",
                             "mach es etwas kühler", "ich schwitze")),
    ("en", "shift", "0.5", ("I'm cold", "I am so cold", "I'm freezing", "it's freezing", "so cold", "warmer",
                            "make it a bit warmer please", "I feel cold")),
    ("de", "shift", "0.5", ("mir ist kalt", "mir ist so kalt", "ist mir kalt", "ich friere", "mich friert", "kalt", "wärmer",
                            "mach es etwas wärmer", "hier ist es kalt")),
    ("en", "pause", "tonight", ("leave me alone", "leave me alone tonight", "please leave me alone", "let me sleep")),
    ("de", "pause", "tonight", ("lass mich in Ruhe", "lass mich heute Nacht in Ruhe", "lasst mich in Ruhe", "lass mich schlafen",
                                "heute nicht mehr", "nicht heute Nacht")),
)


@check
def hears_who_is_half_asleep(rig):
    "cramps, water and warmth as somebody says them who is half asleep, in two languages, each once"
    for language, control, payload, sentences in WISHES:
        for sentence in sentences:
            hears(rig, sentence, control, payload, language=language)
    hears(rig, "my leg is cramping", "cramp", {"sleeper": "anna"})
    hears(rig, "my leg has a cramp", "cramp", {"sleeper": "ben"}, RIGHT)


@check
def hears_whatever_it_is_called(rig):
    "a cramp, one last night, and none, in many words of two languages, also of somebody else"
    for language, payload, sleeper, sentences in PHRASES:
        for sentence in sentences:
            whose = {"sleeper": sleeper} if sleeper else {}
            hears(rig, sentence, "cramp", {**whose, **payload}, language=language)
    for language, sentences in (("en", ("Anna drank a glass", "Anna had my glass of water", "Anna has just drunk a glass")),
                                ("de", ("Anna hat gerade ein Glas Wasser getrunken",))):
        for sentence in sentences:
            hears(rig, sentence, "drink", {"sleeper": "Anna", "ml": 200}, language=language)


@check
def leaves_the_rest_alone(rig):
    "what is not for uncramp goes to Home Assistant: a bare “stop”, too, where no satellite is named"
    mark = rig.broker.mark()
    for sentence in ("I had a dream last night", "what is a cramp", "stop the moon", "halt everything"):
        expect((sentence, rig.ha.say(sentence, "en")["matched"]), (sentence, False))
    # Home Assistant's own.
    assert rig.ha.say("jetzt nicht", "de")["matched"]
    rig.ha.say("ist es kalt", "de")
    for bedroom in ("house", "attic", "cellar"):
        expect(rig.broker.seen(f"uncramp/{bedroom}/tell/set", mark), [])


@check
def stop_elsewhere(rig):
    "a bare “stop” that is not said at the bed stops nothing, and says what does"
    mark = rig.broker.mark()
    expect(rig.ha.say("stop", "en")["speech"], "To stop uncramp, say: stop uncramp.")
    expect(rig.ha.say("stopp", "de")["speech"], "Uncramp hört auf mit: stopp uncramp.")
    hears(rig, "stop uncramp", "mode", "off", language="en")
    expect(len(rig.broker.seen("uncramp/house/tell/set", mark)), 1)


@check
def stop_pauses_what_plays(rig):
    "a bare “stop” where something plays pauses it, as Home Assistant's own does"
    area = rig.ha.ws("config/area_registry/create", name="Rig room")["area_id"]
    device = next(it["id"] for it in rig.ha.ws("config/device_registry/list") if it["name"] == "Fake speaker")
    rig.ha.ws("config/device_registry/update", device_id=device, area_id=area)
    rig.ha.voice(entity_id=SPEAKER, play_seconds=8)
    song = {"entity_id": VOICE, "media_player_entity_id": SPEAKER, "message": "A song."}
    # The action ends with the song.
    playing = threading.Thread(target=HA().call, args=("tts.speak", song))
    playing.start()
    rig.ha.wait_state(SPEAKER, "playing")
    mark = rig.broker.mark()
    assert not rig.ha.say("stop", "en", device_id=device)["speech"]
    rig.ha.wait_state(SPEAKER, "paused")
    expect(rig.broker.seen("uncramp/house/tell/set", mark), [])
    playing.join()


@check
def only_at_the_bed(rig):
    "what is said elsewhere, where only the bed is listened to, is not followed, and the answer says so"
    mark = rig.broker.mark()
    expect(rig.ha.say("the attic is too cold", "en")["speech"], "I listen to that at the bed only.")
    expect(rig.ha.say("the attic is too cold", "de")["speech"], "Darauf höre ich nur am Bett.")
    expect(rig.broker.seen("uncramp/attic/tell/set", mark), [])


@check
def stop_from_everywhere(rig):
    "the words that stop uncramp from anywhere are followed also where only the bed is listened to"
    mark = rig.broker.mark()
    expect(rig.ha.say("stop the attic", "en")["speech"], "To stop uncramp, say: stop uncramp.")
    expect(rig.broker.seen("uncramp/attic/tell/set", mark), [])
    rig.ha.say("stop the whole attic", "en")
    told = rig.broker.seen("uncramp/attic/tell/set", mark)[0]
    expect((told["control"], told["payload"]), ("mode", "off"))


@check
def hears_while_nobody_answers(rig):
    "without a reply it is asked once more under the same id, and said that nobody knows; another's is not spoken"
    rig.broker.answer("uncramp/house/tell/set", "uncramp/house/reply",
                      lambda told: {"id": "another", "done": True, "text": "Not for you.", "language": "en"})
    mark = rig.broker.mark()
    try:
        expect(rig.ha.hear(LEFT, "I drank a glass")["response"],
               "Uncramp did not answer. I cannot say whether that was noted.")
        expect(rig.ha.say("stopp uncramp", "de")["speech"],
               "Uncramp hat nicht geantwortet. Ob das notiert ist, weiß ich nicht.")
    finally:
        rig.broker.answer("uncramp/house/tell/set", "uncramp/house/reply", replies)
    told = [one["id"] for one in rig.broker.seen("uncramp/house/tell/set", mark)]
    expect((len(told), len(set(told))), (4, 2))


# The page.


@check
def page(rig):
    "the dashboard is read by Home Assistant, has no cards but its own, and our entities only"
    page = rig.dashboard()
    built_in = {"grid", "sections", "heading", "thermostat", "markdown", "tile", "entity",
                "history-graph", "statistics-graph", "climate-hvac-modes", "toggle", "select-options", "fan-speed"}
    assert set(within(page, "type")) <= built_in, set(within(page, "type")) - built_in
    entities = {one for one in within(page, "entity")}
    strange = [one for one in entities if not one.partition(".")[2].startswith("uncramp_bedroom_")]
    assert entities and not strange, strange


# Sensors and devices of Home Assistant.


def introduce_devices(rig):
    """Devices of Home Assistant's own, as far as uncramp knows."""
    for domain, name, about in (
        ("sensor", "temperature", {"state_topic": "rig/temperature", "device_class": "temperature",
                                   "unit_of_measurement": "°C"}),
        ("binary_sensor", "mat", {"state_topic": "rig/mat", "device_class": "occupancy"}),
        ("switch", "heater", {"command_topic": "rig/heater/set", "state_topic": "rig/heater"}),
        ("fan", "fan", {"command_topic": "rig/fan/set", "state_topic": "rig/fan",
                        "percentage_command_topic": "rig/fan/percent/set",
                        "percentage_state_topic": "rig/fan/percent",
                        "speed_range_min": 1, "speed_range_max": 3}),
        ("climate", "valve", {"modes": ["heat", "off"], "mode_command_topic": "rig/valve/mode/set",
                              "mode_state_topic": "rig/valve/mode", "temperature_unit": "C",
                              "temperature_command_topic": "rig/valve/set",
                              "temperature_state_topic": "rig/valve",
                              "current_temperature_topic": "rig/valve/now",
                              "min_temp": 5, "max_temp": 30, "temp_step": 0.5, "precision": 0.1}),
    ):
        rig.broker.publish(f"homeassistant/{domain}/rig_{name}/config", {
            "unique_id": f"rig_{name}", "default_entity_id": f"{domain}.rig_{name}",
            "name": f"Rig {name}", **about}, retain=True)
    for topic, payload in (("temperature", "19.4"), ("mat", "OFF"), ("heater", "OFF"),
                           ("fan", "OFF"), ("fan/percent", "1"), ("valve/mode", "heat"),
                           ("valve", "19.0"), ("valve/now", "18.5")):
        rig.broker.publish(f"rig/{topic}", payload, retain=True)
    rig.ha.wait_state(SENSOR, "19.4")
    rig.ha.wait_state(VALVE, "heat")
    rig.ha.wait_state(FAN, "off")


def state_of(entity):
    return f"uncramp/home_assistant/{entity}/state"


def tell(rig, entity, **told):
    """A command of uncramp; where to look for what follows."""
    mark = rig.broker.mark()
    rig.broker.publish(f"uncramp/home_assistant/{entity}/set", told)
    return mark


def now_reading(rig):
    """Until the automation's triggers are no longer deaf."""
    def there():
        rig.broker.publish(f"uncramp/home_assistant/{SENSOR}/get", "")
        return rig.broker.seen(state_of(SENSOR))
    eventually(there, what="the sensor's state")


@check
def sensor_is_read(rig):
    "a sensor's value reaches uncramp with unit and time, at once and kept by the broker"
    now_reading(rig)
    mark = rig.broker.mark()
    rig.broker.publish("rig/temperature", "20.3", retain=True)
    said = rig.broker.wait(state_of(SENSOR), lambda said: said["v"] in ("20.3", 20.3), since=mark)
    expect(said["unit"], "°C")
    age = rig_now() - datetime.fromisoformat(said["reported"])
    assert timedelta(0) <= age < timedelta(seconds=5), said
    kept = [m for m in rig.broker.messages[mark:] if m["topic"] == state_of(SENSOR)]
    assert all(m["qos"] == 1 for m in kept), kept
    expect(retained(rig, state_of(SENSOR))["v"], said["v"])


def retained(rig, topic):
    """What the broker kept: asked anew."""
    command = ["mosquitto_sub", "-p", str(rig.broker.port), "-t", topic, "-C", "1", "-W", "5"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@check
def sensor_says_the_same(rig):
    "a value that did not change has a later time when uncramp asks"
    now_reading(rig)
    before = retained(rig, state_of(SENSOR))
    state = rig.ha.state(SENSOR)
    # MQTT entities keep an equal value to themselves; those of other integrations report it.
    rig.ha.http("POST", f"/api/states/{SENSOR}", {k: state[k] for k in ("state", "attributes")})
    mark = rig.broker.mark()
    rig.broker.publish(f"uncramp/home_assistant/{SENSOR}/get", "")
    after = rig.broker.wait(state_of(SENSOR), since=mark)
    expect(after["v"], before["v"])
    assert after["reported"] > before["reported"], (before, after)


@check
def everything_on_start(rig):
    "when uncramp comes, it is told of every entity"
    now_reading(rig)
    mark = rig.broker.mark()
    rig.broker.publish("uncramp/status", "online")
    for entity in (SENSOR, MAT, HEATER, FAN, VALVE):
        rig.broker.wait(state_of(entity), since=mark)
    expect(rig.broker.seen(state_of(VALVE), mark)[0] | {"reported": "", "started": ""},
           {"v": "heat", "unit": "°C", "reported": "", "started": "", "setpoint": 19.0, "current": 18.5})


@check
def switch_is_switched(rig):
    "a switch is switched; the state comes back"
    now_reading(rig)
    for word, state in (("on", "ON"), ("off", "OFF")):
        mark = tell(rig, HEATER, do=word)
        rig.broker.wait("rig/heater/set", state, since=mark)
        rig.broker.publish("rig/heater", state, retain=True)
        rig.broker.wait(state_of(HEATER), lambda said: said["v"] == word, since=mark)


@check
def command_is_repeated_by_state(rig):
    "a command that changes nothing is answered by the state, a second later"
    now_reading(rig)
    mark = tell(rig, HEATER, do="off")
    expect(rig.broker.wait(state_of(HEATER), since=mark, timeout=5)["v"], "off")


@check
def fan_is_set(rig):
    "a fan is set to a percentage and off; the state comes back"
    now_reading(rig)
    mark = tell(rig, FAN, do="percentage", percentage=66)
    rig.broker.wait("rig/fan/percent/set", 2, since=mark)
    rig.broker.publish("rig/fan", "ON", retain=True)
    rig.broker.publish("rig/fan/percent", "2", retain=True)
    rig.broker.wait(state_of(FAN), lambda s: s["v"] == "on" and s["percentage"] == 66, since=mark)
    mark = tell(rig, FAN, do="off")
    rig.broker.wait("rig/fan/set", "OFF", since=mark)
    rig.broker.publish("rig/fan", "OFF", retain=True)
    rig.broker.wait(state_of(FAN), lambda said: said["v"] == "off", since=mark)


@check
def valve_is_set(rig):
    "a climate gets its set-point; the state comes back"
    now_reading(rig)
    mark = tell(rig, VALVE, do="set_temperature", temperature=20.5, unit="°C")
    rig.broker.wait("rig/valve/set", 20.5, since=mark)
    rig.broker.publish("rig/valve", "20.5", retain=True)
    rig.broker.wait(state_of(VALVE), lambda said: said["setpoint"] == 20.5, since=mark)


@check
def valve_in_fahrenheit(rig):
    "in a °F home the climate gets the same temperature, and its state says °F"
    now_reading(rig)
    rig.ha.ws("config/core/update", unit_system="us_customary")
    try:
        show_valve(rig, "18.6")
        rig.ha.wait_state(VALVE, lambda state: state["attributes"]["min_temp"] == 41)
        mark = tell(rig, VALVE, do="set_temperature", temperature=21, unit="°C")
        got = rig.broker.wait("rig/valve/set", since=mark)
        assert abs(got - 21) < 0.3, got
        rig.broker.publish("rig/valve", "21.0", retain=True)
        said = rig.broker.wait(state_of(VALVE), lambda said: said["setpoint"] in (69, 70, 69.8), since=mark)
        expect(said["unit"], "°F")
    finally:
        rig.ha.ws("config/core/update", unit_system="metric")
        show_valve(rig, "18.5")
        rig.ha.wait_state(VALVE, lambda state: state["attributes"]["min_temp"] == 5)


def show_valve(rig, temperature):
    """A climate shows another unit with its next report."""
    rig.broker.publish("rig/valve/now", temperature, retain=True)


@check
def nothing_else(rig):
    "what is no device, no command, or out of range changes nothing"
    now_reading(rig)
    mark = rig.broker.mark()
    for entity, told in ((SENSOR, {"do": "on"}), ("automation.devices", {"do": "off"}),
                         (HEATER, {"do": "explode"}), (HEATER, {"do": "percentage", "percentage": 50}),
                         (FAN, {"do": "percentage", "percentage": 0}),
                         (VALVE, {"do": "set_temperature", "temperature": "hot"}), (VALVE, {"do": "off"}),
                         (HEATER, "on"), (HEATER, "")):
        rig.broker.publish(f"uncramp/home_assistant/{entity}/set", told)
    mark_end = tell(rig, HEATER, do="on")
    rig.broker.wait("rig/heater/set", "ON", since=mark_end)
    commands = [m["topic"] for m in rig.broker.messages[mark:]
                if m["topic"].startswith("rig/") and m["topic"].endswith("/set")]
    expect(commands, ["rig/heater/set"])
    expect(rig.ha.state("automation.devices")["state"], "on")


@check
def gone(rig):
    "an entity that is unavailable is told as such"
    now_reading(rig)
    mark = rig.broker.mark()
    rig.ha.http("POST", f"/api/states/{SENSOR}", {
        "state": "unavailable", "attributes": {"unit_of_measurement": "°C"}})
    rig.broker.wait(state_of(SENSOR), lambda said: said["v"] == "unavailable", since=mark)
    rig.broker.publish("rig/temperature", "18.8", retain=True)
    rig.broker.wait(state_of(SENSOR), lambda said: said["v"] in (18.8, "18.8"), since=mark)


if __name__ == "__main__":
    main(__file__)

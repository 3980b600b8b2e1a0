#!/usr/bin/env python3
"""What each switch, number, select and button in Home Assistant changes in what uncramp does: the same
hours pass twice on a clock that we move, untouched and touched, each time for an uncramp that
remembers nothing. What differs is a command on the broker, or an announcement.
"""
from datetime import timedelta

from bedroom import ROWS, bedroom, enable_everything, furnish
from checks import check, eventually, main, prepare
from daemon import Sensors, Stepped, tomorrow_at

# A bedroom where the morning's question is about one sleeper only.
SINGLE = """
  single:
    sleep: 22:30-06:45
    sleepers: { clara: { born: 1980 } }
    sensors: { in_bed: { zigbee2mqtt: Side } }
"""
BEDROOMS = bedroom(sleep="22:30-06:45") + SINGLE
MODE, HOUSE = "select.uncramp_bedroom_mode", "select.uncramp_bedroom_house"
TOUCHABLE = {"switch", "select", "number", "button"}
# The entities of the bedroom's table that were touched, and the choices.
touched, chosen = set(), set()
sensors = None


@prepare
def begin(rig):
    global sensors
    furnish(rig.broker)
    sensors = Sensors(rig.broker)
    daemon = Stepped(rig.broker.port, tomorrow_at(12))
    daemon.start(BEDROOMS)
    for name in ("bedroom", "single"):
        enable_everything(rig, f"uncramp_{name}")
    daemon.leave()
    rig.ha.wait_state(MODE, "unavailable")


class Hours:
    """Hours with an uncramp of their own, which knows nothing before they begin."""

    def __init__(self, rig, hour, room, bed=None, in_bed=True):
        self.rig, self.mark = rig, rig.broker.mark()
        self.room, self.bed, self.in_bed, self.spoke = room, bed, in_bed, 0
        self.daemon = Stepped(rig.broker.port, tomorrow_at(hour))
        self.daemon.start(BEDROOMS)

    def __enter__(self):
        self.rig.ha.wait_state(MODE, "auto")
        sensors.say("zigbee2mqtt/Plug", '{"state": "OFF"}')
        sensors.say("zigbee2mqtt/Fan", '{"fan_mode": "off"}')
        return self

    def __exit__(self, *_):
        self.daemon.leave()
        self.rig.ha.wait_state(MODE, "unavailable")

    def pass_(self, every=5, **span):
        """Time passes; the sensors speak every so many minutes."""
        end = self.daemon.now() + timedelta(**span)
        while self.daemon.now() < end:
            self.spoke += 1
            self.say("Room", self.room)
            if self.bed:
                self.say("Bed", self.bed)
            for side, somebody in (("Left", self.in_bed), ("Right", False), ("Side", self.in_bed)):
                sensors.say(f"zigbee2mqtt/{side}", '{"occupancy": %s}' % str(somebody).lower())
            self.daemon.go(minutes=every)
        # What uncramp said by now comes before that.
        sensors.say("checks/passed", "1")

    def say(self, device, air):
        """A little more or less every time: what stands still is not believed."""
        wave = 0.01 * (self.spoke % 3)
        sensors.say(f"zigbee2mqtt/{device}", '{"temperature": %.2f, "humidity": %.2f}'
                    % (air[0] + wave, air[1] + wave))

    def touch(self, entity, service, data, name="bedroom"):
        """In Home Assistant, until uncramp has heard it."""
        touched.add(entity)
        chosen.add((entity, data.get("option")))
        domain, key = entity.split(".")
        shown = f"{domain}.uncramp_{name}_{key}"
        # What is touched while it is not available goes nowhere, without a word.
        self.rig.ha.wait_state(shown, lambda it: it["state"] != "unavailable")
        mark = self.rig.broker.mark()
        self.rig.ha.call(f"{domain}.{service}", {"entity_id": shown, **data})
        told = lambda it: it["topic"].startswith(f"uncramp/{name}/") and it["topic"].endswith("/set")
        eventually(lambda: any(told(it) for it in self.rig.broker.messages[mark:]), what=f"{entity}'s command")
        # It hears what it refuses after what it was told before.
        self.rig.broker.publish(f"uncramp/{name}/nothing/set", "1")
        self.rig.broker.wait(f"uncramp/{name}/event", lambda it: "nothing/set" in it.get("text", ""), 10, mark)

    def refused(self):
        said = [it["text"] for it in self.told("uncramp/bedroom/event") if it["event_type"] == "refused"]
        return [text for text in said if "nothing/set" not in text]

    def heats(self):
        return any(told["state"] == "ON" for told in self.told("zigbee2mqtt/Plug/set"))

    def blows(self):
        return any(told.get("fan_mode", "off") != "off" for told in self.told("zigbee2mqtt/Fan/set"))

    def reminds(self, sleeper="anna"):
        """How often."""
        said = [it for it in self.told("uncramp/bedroom/announce") if it["tag"] == f"drink-{sleeper}"]
        return len({it["id"] for it in said})

    def reminds_ben(self):
        return self.reminds("ben")

    def asks_clara(self):
        return any(it["ask"] and it["ask"]["about"] == "cramp" for it in self.told("uncramp/single/announce"))

    def told(self, topic):
        return self.rig.broker.seen(topic, self.mark)


# By night: so cold that heat is called for after ten minutes, a little too cold, warm, and with a
# moist bed.
DEEP = {"hour": 23, "room": (15.5, 50)}
COLD = {"hour": 23, "room": (16.5, 50)}
WARM = {"hour": 23, "room": (25, 30)}
MOIST = {"hour": 23, "room": (23, 50), "bed": (31, 75)}
# By day nobody is in bed, and from a quarter past one both are behind with drinking.
DAY = {"hour": 12, "room": (20, 50), "in_bed": False}


def switched(entity, state):
    return f"switch.{entity}", f"turn_{state}", {}


def number(entity, value):
    return f"number.{entity}", "set_value", {"value": value}


def chooses(entity, option):
    return f"select.{entity}", "select_option", {"option": option}


def pressed(entity):
    return f"button.{entity}", "press", {}


# The hours, what is touched after the first of them, what is looked at, whether it happens untouched, and
# what both times is touched before.
EFFECTS = {
    "automatic": (DEEP, switched("automatic", "off"), Hours.heats, True),
    "warm_the_room": (DEEP, switched("warm_the_room", "off"), Hours.heats, True),
    "move_the_air": (MOIST, switched("move_the_air", "off"), Hours.blows, True),
    "reminders": (DAY, switched("reminders", "off"), Hours.reminds, True),
    "watched": (DEEP, chooses("mode", "watch"), Hours.heats, True),
    "mode_off": (DEEP, chooses("mode", "off"), Hours.heats, True),
    "mode_auto": (DEEP, chooses("mode", "auto"), Hours.heats, False, chooses("mode", "off")),
    "away": (DEEP, chooses("house", "away"), Hours.heats, True),
    "home": (DEEP, chooses("house", "home"), Hours.heats, False, chooses("house", "away")),
    "guest": (DAY, chooses("house", "guest"), Hours.reminds, True),
    "baby": (DEEP, chooses("house", "baby"), Hours.heats, True),
    "away_for": (DEEP, number("away_for", 2), Hours.heats, True),
    "too_cold": (DEEP, number("too_cold", 16), Hours.heats, True),
    "too_warm": (WARM, number("too_warm", 24.5), Hours.blows, False),
    "dose_limit": (COLD, number("dose_limit", 0.4), Hours.heats, False),
    "stuffy_from": (MOIST, number("stuffy_from", 75), Hours.blows, True),
    "drank_anna": (DAY, pressed("drank_anna"), Hours.reminds, True),
    "drank_ben": (DAY, pressed("drank_ben"), Hours.reminds_ben, True),
    "pause": (DEEP, pressed("pause"), Hours.heats, True),
}


def effect(name, where, touch, looks_at, happens, before=None):
    def passed(rig, last):
        with Hours(rig, **where) as hours:
            if before:
                hours.touch(*before)
            # By day the first reminder is still to come; by night nobody counts as in bed.
            if where is DAY:
                hours.pass_(minutes=60)
            if last:
                hours.touch(*last)
            assert not hours.refused(), hours.refused()
            hours.pass_(minutes=30)
            return bool(looks_at(hours))

    def one(rig):
        assert passed(rig, None) == happens, "untouched it is otherwise than it should be"
        assert passed(rig, touch) != happens, "touched it is as if untouched"

    entity, service, data = touch
    said = " ".join([entity, service, *map(str, data.values())])
    verb = looks_at.__name__.replace("_", " ")
    one.__name__ = name
    one.__doc__ = f"{said}: uncramp {verb} {'no more' if happens else 'now'}"
    return check(one)


for _name, _effect in EFFECTS.items():
    effect(_name, *_effect)


@check
def two_days_away(rig):
    "away for two days, the third night is a warm one again"
    with Hours(rig, **DEEP) as hours:
        hours.touch(*number("away_for", 2))
        hours.pass_(hours=47, every=20)
        assert not hours.heats(), "heat while nobody is there"
        rig.ha.wait_state(HOUSE, "away")
        hours.pass_(hours=2)
        assert hours.heats(), "no heat"
        rig.ha.wait_state(HOUSE, "home")


@check
def ceiling(rig):
    "number.ceiling: what somebody wishes for by hand is not heated above it"
    for most in (24, 20):
        with Hours(rig, hour=23, room=(21, 50)) as hours:
            hours.touch(*number("ceiling", most))
            hours.pass_(minutes=10)
            hours.touch("climate.warmth", "set_hvac_mode", {"hvac_mode": "heat"})
            hours.pass_(minutes=10)
            assert hours.heats() == (most == 24), f"the ceiling at {most} °C"


@check
def never_lifted(rig):
    "a baby's lock is never lifted: the wish is refused, and the lock stays shown and in force"
    for option in ("home", "guest"):
        with Hours(rig, **DEEP) as hours:
            hours.touch(*chooses("house", "baby"))
            rig.ha.wait_state(HOUSE, "baby")
            assert not hours.refused(), hours.refused()
            hours.touch(*chooses("house", option))
            assert len(hours.refused()) == 1 and "baby" in hours.refused()[0], (option, hours.refused())
            hours.pass_(minutes=30)
            assert not hours.heats(), "heated as if there were no baby"
            rig.ha.wait_state(HOUSE, "baby")


@check
def cramp(rig):
    "who presses “I have a cramp” is not asked in the morning whether there was one; who does not is"
    for presses in (False, True):
        with Hours(rig, hour=23, room=(20, 50)) as hours:
            hours.pass_(minutes=60)
            if presses:
                hours.touch(*pressed("cramp"), name="single")
                mark = hours.told("uncramp/single/event")
                assert any(it["event_type"] == "cramp" for it in mark), mark
            hours.pass_(hours=7, every=20)
            hours.in_bed = False
            hours.pass_(hours=2, every=20)
            assert hours.asks_clara() != presses, f"pressed: {presses}"


def reminded(hours, presses=None, after=timedelta()):
    """When anna is reminded that afternoon, in minutes from noon; after each a button is pressed."""
    came, due = [], []
    while hours.daemon.now() < tomorrow_at(17):
        hours.pass_(every=15, minutes=15)
        noon = hours.daemon.now() - tomorrow_at(12)
        if hours.reminds() > len(came):
            came.append(noon)
            due.append(noon + after)
        if presses and due and due[0] <= noon:
            due.pop(0)
            hours.touch(*pressed(presses))
    return [int(one.total_seconds() // 60) for one in came]


@check
def done(rig):
    "two reminders that nobody answers are the day's last; “Done” settles them, and more come"
    with Hours(rig, **DAY) as hours:
        alone = reminded(hours)
    with Hours(rig, **DAY) as hours:
        settled = reminded(hours, "done")
    assert len(alone) == 2 and settled[:2] == alone and len(settled) > 2, (alone, settled)


@check
def later(rig):
    "“Later” puts off the reminder that waits: the next comes 75 minutes after it was pressed"
    with Hours(rig, **DAY) as hours:
        alone = reminded(hours)
    with Hours(rig, **DAY) as hours:
        put_off = reminded(hours, "snooze", timedelta(hours=1))
    assert alone[1] - alone[0] == 75 and put_off[1] - put_off[0] == 135, (alone, put_off)


@check
def nothing_left(rig):
    "no switch, number, select or button is left out, and no choice"
    entities = {row.entity for row in ROWS if row.entity.split(".")[0] in TOUCHABLE}
    assert not entities - touched, f"nothing touches {entities - touched}"
    choices = {(row.entity, option) for row in ROWS for option in row.options or []}
    assert not choices - chosen, f"nobody chooses {choices - chosen}"
    sensors.close()


if __name__ == "__main__":
    main(__file__)

//! What there is of each kind of thing that can be said: the compiler sees that no variant is
//! missing here, and the checks that none is missing in a list.

use std::collections::BTreeSet;

use uncramp::engine::{Fault, Hush, Wish, Words};
use uncramp::model::Switch;
use uncramp::rules::{Because, Otherwise};
use uncramp::speech::{Answer, Fits, Idle, Label, Missing, Possible, Refusal};

/// A function that holds a list against all variants of its type.
macro_rules! complete {
    ($check:ident, $kind:ident $(<$life:lifetime>)?: $($variant:ident)*) => {
        pub(crate) fn $check<'a>(list: impl IntoIterator<Item = &'a $kind $(<$life>)?>) {
            let name = |one: &$kind $(<$life>)?| match one {
                $($kind::$variant { .. } => stringify!($variant),)*
            };
            let listed: BTreeSet<&str> = list.into_iter().map(name).collect();
            for variant in [$(stringify!($variant)),*] {
                assert!(listed.contains(variant), "{} is in no list", variant);
            }
        }
    };
}

complete!(because, Because:
    Dose Deep Deadline Below NotYetWarm AtTarget Warm NobodyInBed NobodyCame ByDay Away
    HeatUnavailable TemperatureUnknown TemperatureFrozen Ceiling WindowOpen BedNotEmpty
    Portable Stretch Ramp BeddingLocked BedHot Standby Stuffy WarmRoom Airy Fresh NotDrier ColdGuard
    TooHot Draught BabyInRoom Behind Person WishEnded PersonBlind Audible NotRecorded
    Settling Watching TurnedOff Paused Starting Stopping Gap LeftPlan Feeding Nothing);
complete!(otherwise, Otherwise:
    WouldStart WouldStop NeedsReading Untried);
complete!(words, Words:
    Drink LastNight Air Welcome Watched Said Fault Healed AskedNoMore ConfirmConditions);
complete!(fault, Fault:
    Silent Frozen Garbled Disobeys Unexplained NoHeat BeddingHot Unrecorded
    Sticks Idle ReturnsOn NoRise Disagree Fahrenheit SensorBattery ActuatorBattery UnknownSensor
    UnknownActuator Namesake Disk SetAside WeakSupply ClockNotSet OldConfiguration Untold Left);
complete!(switch, Switch:
    On Off SetPoint Level Feed OwnThermometer);
complete!(label, Label<'static>:
    Device Warmth Airflow Reason Dose Deficit DewPoint BedHumidity InBedTime InBed Side NextReminder Drunk DrunkToday
    LastCramp Cold Stuffy Problem Heating Mode Automatic House AwayFor Cramp Drank Done Snooze DrankIt HadCramp HadNone Pause Say Begin Log Hold
    Setting);
complete!(wish, Wish:
    Override Mode Resume Drink Away House Pause Shift Cramp NoCramp Say Done Snooze Postpone Timer);
complete!(hush, Hush:
    QuietHours Asleep Away Paused Off ClockNotSet);
complete!(answer, Answer:
    Drunk Cramp NoCramp Acts Watches WatchesAgain Stopped Paused Shifted WarmEnough AtTheLimit House Done Later);
complete!(idle, Idle:
    Off Watching Paused Away NotHeating NoHeater NoTemperature Window NoHeat BesideSleeper Fault
    ByHand Rests NotBefore HeardEnough);
complete!(refusal, Refusal:
    NoBedroom NoControl Kept TooLong NoText NoObject OddKey Missing Unfit NoWord WhoOfSeveral
    NobodyNamed NoSleeper NoActuator Drink Level HeaterLevel NeverOn AgoOfNone AgoTwice AgoTooLong Over NoClock
    BabyStays NothingWaits NothingToSay TooMuchToSay NoSetting OutOfRange Forbidden);
complete!(fits, Fits:
    Name Truth Number Duration Time Night LastNight Word WordOrLevel Announcement Text);
complete!(possible, Possible<'static>:
    Raised Switched SwitchedOnceTried OnlyOff BeddingLocked BeddingBefore BeddingAllNight
    WindowMeasured WindowGuessed FanByBed FanByRoom FanByWarmth FreshAir BedMeasured
    BedAssumed Reminded NotReminded);
complete!(missing, Missing<'static>:
    Thermometer Heater Contact Fan Humidity BedClimate CarbonDioxide BedSensor Answers
    Sleepers);

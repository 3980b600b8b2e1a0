//! Was die Geräte möglich machen: what the devices make possible, and what one more would add.

use super::names::named;
use crate::model::{Condition, Window};
use crate::rules::airflow::Advice;
use crate::safety::BED_HOT;
use crate::speech::{Missing, Numbers, Possible};

pub(in crate::speech) const fn advice(advice: Advice) -> &'static str {
    match advice {
        Advice::LiftTheCover => {
            "Das Bett ist stickig. Die Decke eine Minute lang anheben, dann kann es atmen."
        }
        Advice::FreshAir => {
            "Die Luft ist verbraucht. Eine Weile lüften oder die Tür angelehnt lassen hilft."
        }
    }
}

pub(in crate::speech) fn possible(possible: Possible<'_>, numbers: Numbers) -> String {
    match possible {
        Possible::Raised(name) => format!(
            "{} wird höher gestellt, wenn es zu lange kalt war, und danach wieder auf die \
             Einstellung des Haushalts.",
            named(name)
        ),
        Possible::Switched(name) => {
            format!("{} wird eingeschaltet, wenn es zu lange kalt war.", named(name))
        }
        Possible::SwitchedOnceTried(name) => format!(
            "{} wird eingeschaltet, wenn es zu lange kalt war; neben Schlafenden erst, wenn die \
             eigene Zeitschaltung erprobt ist.",
            named(name)
        ),
        Possible::OnlyOff(name) => format!(
            "{} ist tragbar: uncramp schaltet so etwas nie ein, und neben Schlafenden aus.",
            named(name)
        ),
        Possible::BeddingLocked(name) => {
            format!("{} bleibt aus: Wer hier schläft, darf keine Wärme im Bett haben.", named(name))
        }
        Possible::BeddingBefore(name) => format!(
            "{} wärmt das Bett vor der Schlafenszeit und geht aus, sobald sich jemand hinlegt.",
            named(name)
        ),
        Possible::BeddingAllNight(name) => format!(
            "{} wärmt das Bett, auch nachts, solange es dort kälter als {} ist.",
            named(name),
            numbers.whole_degrees(BED_HOT)
        ),
        Possible::WindowMeasured => {
            "Sobald ein Fenster offen ist, wird nicht mehr geheizt.".to_owned()
        }
        Possible::WindowGuessed => {
            "Fällt die Temperatur steil, gilt das als offenes Fenster.".to_owned()
        }
        Possible::FanByBed(name) => format!(
            "{} läuft, wenn das Bett stickig oder feucht ist und der Raum trockener.",
            named(name)
        ),
        Possible::FanByRoom(name) => format!(
            "{} läuft, wenn der Raum warm oder feucht ist oder die Luft lange geatmet wurde.",
            named(name)
        ),
        Possible::FanByWarmth(name) => format!("{} läuft, wenn der Raum warm ist.", named(name)),
        Possible::FreshAir => "Das Kohlendioxid zeigt, wann Lüften hilft.".to_owned(),
        Possible::BedMeasured => {
            "Ob jemand im Bett liegt, wird gemessen: Wärme und Luft sind für den, der da ist."
                .to_owned()
        }
        Possible::BedAssumed(hours) => format!(
            "Von {} gilt das Bett als belegt, und so wird es auch angezeigt.",
            window(hours)
        ),
        Possible::Reminded(name) => format!("{name} wird tagsüber ans Trinken erinnert."),
        Possible::NotReminded(name, why) => format!(
            "{name} wird nicht ans Trinken erinnert, weil angegeben ist: {}.",
            condition(why)
        ),
    }
}

pub(in crate::speech) fn missing(missing: Missing<'_>) -> String {
    let fixed = match missing {
        Missing::Answers(name) => {
            return format!(
                "Mit Antworten unter `conditions:` und `conditions_confirmed:` für {name} dürfte \
                 ans Trinken erinnert werden: Bis dahin schweigt uncramp dazu."
            );
        }
        Missing::Thermometer => {
            "Ein Thermometer im Raum, das Erste, was fehlt: Ohne es wird nicht geheizt."
        }
        Missing::Heater => {
            "Ein Heizkörperventil oder ein fest montiertes Heizgerät hinter einem schaltbaren \
             Stecker würde den Raum nicht auskühlen lassen: Jetzt zählt uncramp die Kälte nur."
        }
        Missing::Contact => "Ein Kontakt am Fenster wüsste es, statt zu raten.",
        Missing::Fan => {
            "Ein Ventilator hinter einem schaltbaren Stecker würde in warmen, feuchten Nächten \
             die Luft bewegen."
        }
        Missing::Humidity => "Die Luftfeuchte im Raum würde zeigen, wann die Luft feucht ist.",
        Missing::BedClimate => {
            "Ein Fühler für Temperatur und Feuchte im Bett, nahe den Füßen, würde ein stickiges \
             Bett zeigen, und kalte Füße im warmen Raum."
        }
        Missing::CarbonDioxide => "Ein Fühler für Kohlendioxid würde sagen, wann zu lüften ist.",
        Missing::BedSensor => {
            "Ein Bettsensor wüsste von späten, frühen und leeren Nächten, und sie zählten in der \
             Statistik."
        }
        Missing::Sleepers => {
            "`sleepers:` mit `conditions:` würde Erinnerungen ans Trinken erlauben, und einen Raum \
             so warm, wie es das Alter braucht."
        }
    };
    fixed.to_owned()
}

pub(in crate::speech) const fn condition(condition: Condition) -> &'static str {
    match condition {
        Condition::KidneyDisease => "eine Nierenkrankheit",
        Condition::Dialysis => "Dialyse",
        Condition::HeartFailure => "Herzschwäche",
        Condition::FluidLimit => "eine begrenzte Trinkmenge",
        Condition::LowSodium => "zu wenig Natrium",
        Condition::Diuretics => "Wassertabletten",
        Condition::Pregnancy => "eine Schwangerschaft",
        Condition::Diabetes => "Diabetes",
        Condition::Neuropathy => "Neuropathie",
        Condition::PoorCirculation => "schlechte Durchblutung",
        Condition::Paralysis => "eine Lähmung",
        Condition::Sedatives => "Beruhigungsmittel",
        Condition::Wounds => "Wunden",
        Condition::Nocturia => "nächtlicher Harndrang",
        Condition::FallRisk => "Sturzgefahr",
        Condition::SuspectedClot => "Verdacht auf ein Blutgerinnsel",
        Condition::ChronicIllness => "eine chronische Krankheit",
        Condition::DontKnow => "nicht bekannt",
    }
}

fn window(hours: Window) -> String {
    hours.to_string().replace('-', " bis ")
}

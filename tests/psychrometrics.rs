//! `air` against two oracles: every point of the reference file that it has a formula
//! for, within the tolerance given there, and the `thermalcomfort` crate.

use serde_json::Value;
use uncramp::air;
use uncramp::model::{Humidity, Temperature};

/// Half of the last digit that the file prints, for columns of four decimals.
const PRINTED: f64 = 5e-5;

fn section(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("data/reference_psychrometrics.json"))
        .expect("the reference file is JSON");
    all[name].clone()
}

fn points(section: &Value) -> &Vec<Value> {
    section["points"].as_array().expect("a section has points")
}

fn number(point: &Value, key: &str) -> f64 {
    point[key].as_f64().unwrap_or_else(|| panic!("no {key} in {point}"))
}

fn celsius(point: &Value, key: &str) -> Temperature {
    Temperature::celsius(number(point, key))
}

fn percent(point: &Value, key: &str) -> Humidity {
    Humidity::percent(number(point, key))
}

fn close(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!((ours - theirs).abs() <= tolerance, "{what}: {ours}, reference {theirs}");
}

/// psychrolib's columns are over ice at and below 0.01 °C, where humidity sensors, and
/// so uncramp, stay over liquid water: up to 33 % apart, and no fault of either. Those
/// rows are held against the file's columns over water instead.
fn over_ice(point: &Value) -> bool {
    number(point, "t_c") <= 0.0
}

#[test]
fn saturation_pressure_agrees_at_every_point() {
    let section = section("saturation_vapour_pressure");
    let tolerance = &section["suggested_tolerance"];
    let same = number(tolerance, "same_formula_rel");
    let other = number(tolerance, "buck_1996_vs_hyland_wexler_rel_0_60C");
    let (mut same_formula, mut hyland_wexler) = (0, 0);
    for point in points(&section) {
        let ours = air::saturation_pressure(celsius(point, "t_c"));
        let buck = number(point, "buck_1996_water_pa");
        close(ours, buck, buck * same + PRINTED, &format!("Buck {point}"));
        same_formula += 1;
        if !over_ice(point) {
            for key in ["hyland_wexler_psychrolib_pa", "iapws_wagner_pruss_2002_water_pa"] {
                let theirs = number(point, key);
                close(ours, theirs, theirs * other, &format!("{key} {point}"));
            }
            hyland_wexler += 1;
        }
    }
    assert_eq!((same_formula, hyland_wexler), (24, 18));
}

#[test]
fn moist_air_agrees_at_every_point() {
    let section = section("moist_air");
    let tolerance = &section["suggested_tolerance"];
    let rel = number(tolerance, "vapour_pressure_rel");
    let mut seen = 0;
    for point in points(&section).iter().filter(|point| !over_ice(point)) {
        let (t, h) = (celsius(point, "t_c"), percent(point, "rh_pct"));
        let e = number(point, "vapour_pressure_pa");
        close(air::vapour_pressure(t, h), e, e * rel, &format!("vapour pressure {point}"));
        let saturated = e + number(point, "vpd_pa");
        let deficit = air::vapour_pressure_deficit(t, h);
        close(deficit, number(point, "vpd_pa"), saturated * rel, &format!("deficit {point}"));
        for key in ["absolute_humidity_g_m3", "absolute_humidity_from_W_over_v_g_m3"] {
            let density = number(point, key);
            let allowed = density * number(tolerance, "absolute_humidity_rel");
            close(air::vapour_density(t, h), density, allowed, &format!("{key} {point}"));
            let hundredths = f64::from(air::absolute_humidity(t, h)) / 100.0;
            close(hundredths, density, allowed + 0.005, &format!("rounded {key} {point}"));
        }
        let referenced = air::skin_referenced(t, h).as_percent();
        close(referenced, number(point, "rh33_pct"), 0.05, &format!("RH33 {point}"));
        seen += 1;
    }
    assert_eq!(seen, 23, "all but the two rows over ice");
}

#[test]
fn dew_points_agree_at_every_point() {
    let section = section("moist_air");
    let allowed = number(&section["suggested_tolerance"], "dew_point_abs_c");
    let mut frost = 0;
    for point in points(&section) {
        let ours = air::dew_point(celsius(point, "t_c"), percent(point, "rh_pct")).as_celsius();
        let buck = number(point, "dew_point_buck96_water_c");
        close(ours, buck, 0.005 + 1e-5, &format!("Buck {point}"));
        // psychrolib states frost points below 0 °C, WMO and uncramp dew points.
        if buck < 0.0 {
            frost += 1;
        } else {
            close(ours, number(point, "dew_point_c"), allowed, &format!("psychrolib {point}"));
        }
    }
    assert_eq!(frost, 3);
}

#[test]
fn beds_agree_at_every_point() {
    let section = section("bed_airflow");
    let tolerance = &section["suggested_tolerance"];
    for point in points(&section) {
        let bed = (celsius(point, "t_bed_c"), percent(point, "rh_bed_pct"));
        let room = (celsius(point, "t_room_c"), percent(point, "rh_room_pct"));
        let rh33 = air::skin_referenced(bed.0, bed.1);
        let drier = air::drier_by(room, bed);
        let excess = air::vapour_density(bed.0, bed.1) - air::vapour_density(room.0, room.1);
        for (ours, key, allowed) in [
            (rh33.as_percent(), "rh33_pct", number(tolerance, "rh33_abs")),
            (f64::from(drier), "delta_e_pa", number(tolerance, "delta_e_abs_pa")),
            (excess, "moisture_excess_g_m3", number(tolerance, "moisture_excess_abs")),
        ] {
            close(ours, number(point, key), allowed, &format!("{key} {point}"));
        }
        assert_eq!(rh33 >= Humidity(6500), point["stuffy_on_ge_65"] == true, "{point}");
        assert_eq!(drier >= 300, point["air_drier_outside_ge_300_pa"] == true, "{point}");
    }
    assert_eq!(points(&section).len(), 14);
}

#[test]
fn draught_and_air_speed_agree_at_every_point() {
    let section = section("draught");
    let allowed = number(&section, "suggested_tolerance_abs_pct");
    for point in points(&section) {
        let speed = whole(number(point, "v_m_s") * 100.0);
        let turbulence = u8::try_from(whole(number(point, "tu_pct"))).expect("a percentage");
        let rate = air::draught_rate(celsius(point, "ta_c"), speed, turbulence);
        close(rate, number(point, "dr_pct"), allowed, &format!("draught {point}"));
    }
    let limits = &section["ashrae55_air_speed_limit_without_occupant_control"];
    for point in points(limits) {
        let ours = f64::from(air::speed_limit(celsius(point, "to_c"))) / 100.0;
        let theirs = number(point, "v_limit_m_s");
        let below = theirs - ours;
        assert!((-PRINTED..0.01 + PRINTED).contains(&below), "rounded down: {ours} {point}");
    }
    assert_eq!((points(&section).len(), points(limits).len()), (15, 14));
}

#[test]
fn thermalcomfort_agrees_over_the_whole_range() {
    use thermalcomfort::psychrometrics::{PsyTaRhOptions, psy_ta_rh};
    for t in (0..=45).map(f64::from) {
        for h in (10..=100).step_by(5).map(f64::from) {
            let theirs = psy_ta_rh(
                thermalcomfort::Temperature::from_celsius(t),
                thermalcomfort::Humidity::from_percent(h),
                PsyTaRhOptions::default(),
            );
            let (ours_t, ours_h) = (Temperature::celsius(t), Humidity::percent(h));
            let what = format!("{t} °C, {h} %");
            let saturated = theirs.p_sat.as_pascals();
            close(air::saturation_pressure(ours_t), saturated, saturated * 0.0006, &what);
            let e = theirs.p_vap.as_pascals();
            close(air::vapour_pressure(ours_t, ours_h), e, e * 0.0006, &what);
            // It solves Magnus's formula, which is within 0.03 K above 0 °C and drifts below.
            let dew_point = air::dew_point(ours_t, ours_h).as_celsius();
            if dew_point >= 0.0 {
                close(dew_point, theirs.t_dp.as_celsius(), 0.05, &what);
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
fn whole(number: f64) -> u16 {
    number.round() as u16
}

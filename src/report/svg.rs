//! One night as an SVG: temperature over the reference, the dose below it, and bars for
//! in bed, heating and fan.
//!
//! Colours follow the reader's light or dark preference, the texts are real text in the
//! system's font, screen readers get a title and a description, and there is no script.

use crate::model::{KelvinHours, Span, Temperature, Time};
use crate::plan::Units;

/// One night to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// What it shows, as its heading.
    pub title: String,
    /// The same night in a sentence or two, for who cannot see it.
    pub description: String,
    /// The left edge.
    pub from: Time,
    /// The right edge.
    pub to: Time,
    /// The unit of the scale.
    pub units: Units,
    /// The room, in order of time.
    pub temperature: Vec<(Time, Temperature)>,
    /// The same room without uncramp, if that is known; else empty.
    pub without: Vec<(Time, Temperature)>,
    /// Below it an occupied bed gathers dose.
    pub reference: Temperature,
    /// What a call heats to.
    pub target: Option<Temperature>,
    /// The acute dose, in order of time.
    pub dose: Vec<(Time, KelvinHours)>,
    /// The dose that calls for heat.
    pub limit: KelvinHours,
    /// When somebody was in bed.
    pub occupied: Vec<(Time, Time)>,
    /// When heat was on.
    pub heat: Vec<(Time, Time)>,
    /// When the fan was on.
    pub fan: Vec<(Time, Time)>,
    /// When the temperature was unknown.
    pub unknown: Vec<(Time, Time)>,
    /// The hours on the axis, as the clock on the wall showed them.
    pub hours: Vec<(Time, String)>,
    /// The words in it.
    pub labels: Labels,
}

/// The words in a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// The line of the room's temperature.
    pub temperature: String,
    /// The line without uncramp.
    pub without: String,
    /// The line of the reference.
    pub reference: String,
    /// The line of the target.
    pub target: String,
    /// The dose.
    pub dose: String,
    /// The bar of somebody in bed.
    pub in_bed: String,
    /// The bar of heat.
    pub heat: String,
    /// The bar of the fan.
    pub fan: String,
    /// The hatching where the temperature is unknown.
    pub unknown: String,
}

impl Default for Labels {
    fn default() -> Self {
        Self {
            temperature: "room".to_owned(),
            without: "without uncramp".to_owned(),
            reference: "cold below".to_owned(),
            target: "heats to".to_owned(),
            dose: "cold dose".to_owned(),
            in_bed: "in bed".to_owned(),
            heat: "heating".to_owned(),
            fan: "fan".to_owned(),
            unknown: "not known".to_owned(),
        }
    }
}

/// Draws a night.
#[must_use]
pub fn draw(picture: &Picture) -> String {
    let sheet = Sheet { picture, scale: Scale::of(picture) };
    let mut parts = vec![sheet.head()];
    parts.extend(sheet.grid());
    parts.extend(sheet.legend());
    parts.extend(sheet.curves());
    parts.extend(sheet.dose());
    parts.extend(sheet.bars());
    parts.push("</svg>\n".to_owned());
    parts.join("\n")
}

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 86.0;
const RIGHT: f64 = 814.0;
/// The temperature's field, from its upper to its lower edge.
const FIELD: (f64, f64) = (84.0, 246.0);
/// The dose's field.
const DOSE: (f64, f64) = (260.0, 306.0);
/// The upper edge of the first bar, its height, and the distance to the next.
const BARS: (f64, f64, f64) = (320.0, 12.0, 21.0);
/// The base line of the hours.
const HOURS: f64 = 402.0;

const STYLE: &str = "<style>
.night{--paper:#fcfbf8;--ink:#28313a;--soft:#6a7580;--grid:#e8e5de;--room:#c14f2c;--cold:#3a6ea8;\
--dose:#7a5aa6;--bed:#93a0ad;--heat:#dd7a2f;--fan:#2f8f85;\
font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}
@media (prefers-color-scheme:dark){.night{--paper:#161b21;--ink:#e7eaed;--soft:#98a4b0;\
--grid:#2a323b;--room:#f38d62;--cold:#7db1ea;--dose:#b698e2;--bed:#647484;--heat:#f0a24e;--fan:#58c3b6}}
.night text{fill:var(--soft);font-size:12px}
.night .title{fill:var(--ink);font-size:18px;font-weight:600}
.night .paper{fill:var(--paper)}
.night .grid{stroke:var(--grid);stroke-width:1}
.night .edge{stroke:var(--soft);stroke-width:1;stroke-opacity:.45}
.night .track{fill:var(--grid);fill-opacity:.6}
.night .line{fill:none;stroke-linejoin:round;stroke-linecap:round}
.night .room{stroke:var(--room);stroke-width:2.4}
.night .without{stroke:var(--soft);stroke-width:1.6;stroke-dasharray:1 4}
.night .reference{stroke:var(--cold);stroke-width:1.4;stroke-dasharray:6 4}
.night .target{stroke:var(--heat);stroke-width:1.4;stroke-dasharray:2 4}
.night .chill{fill:var(--cold);fill-opacity:.2}
.night .dose{fill:var(--dose);fill-opacity:.25}
.night .doseline{stroke:var(--dose);stroke-width:1.6}
.night .limit{stroke:var(--dose);stroke-width:1;stroke-dasharray:3 3}
.night .bed{fill:var(--bed)}.night .heat{fill:var(--heat)}.night .fan{fill:var(--fan)}
.night .hatch{stroke:var(--soft);stroke-width:1.5;stroke-opacity:.4}
.night .end{text-anchor:end}.night .middle{text-anchor:middle}
</style>
<defs>
<pattern id=\"night-unknown\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" \
patternTransform=\"rotate(45)\"><line class=\"hatch\" y2=\"7\"/></pattern>
</defs>";

/// The temperatures from the lower to the upper edge, in degrees of the picture's unit.
struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    fn of(picture: &Picture) -> Self {
        let shown = picture.from..=picture.to;
        let lines = picture.temperature.iter().chain(&picture.without);
        let lines = lines.filter(|(time, _)| shown.contains(time)).map(|(_, t)| *t);
        let all = lines.chain([picture.reference]).chain(picture.target);
        let degrees: Vec<f64> = all.map(|t| degrees(t, picture.units)).collect();
        let low = degrees.iter().copied().fold(f64::INFINITY, f64::min) - 0.4;
        let high = degrees.iter().copied().fold(f64::NEG_INFINITY, f64::max) + 0.4;
        let steps = [1.0, 2.0, 5.0, 10.0, 20.0];
        let step = steps.into_iter().find(|step| (high - low) / step <= 6.0).unwrap_or(50.0);
        let whole = |value: f64| libm::round(value / step) * step;
        let (low, high) = (low.min(whole(low)), high.max(whole(high)));
        Self { low, high: high.max(low + 2.0 * step), step }
    }

    /// The marks from below.
    fn marks(&self) -> Vec<f64> {
        let first = libm::ceil(self.low / self.step) * self.step;
        (0..=8)
            .map(|n| first + f64::from(n) * self.step)
            .filter(|mark| *mark <= self.high)
            .collect()
    }
}

struct Sheet<'a> {
    picture: &'a Picture,
    scale: Scale,
}

impl Sheet<'_> {
    fn head(&self) -> String {
        let (title, description) =
            (escaped(&self.picture.title), escaped(&self.picture.description));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"night\" role=\"img\" \
             aria-label=\"{title}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
             height=\"{HEIGHT}\">\n<title>{title}</title>\n<desc>{description}</desc>\n{STYLE}\n\
             <rect class=\"paper\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"12\"/>\n\
             <text class=\"title\" x=\"24\" y=\"36\">{title}</text>"
        )
    }

    fn grid(&self) -> Vec<String> {
        let unit = match self.picture.units {
            Units::Metric => "°C",
            Units::Imperial => "°F",
        };
        let bottom = BARS.0 + 2.0 * BARS.2 + BARS.1;
        let mut parts = Vec::new();
        for mark in self.scale.marks() {
            let y = self.height(mark);
            parts.push(line("grid", (LEFT, y), (RIGHT, y)));
            parts.push(text("end", LEFT - 10.0, y + 4.0, &format!("{mark:.0} {unit}")));
        }
        for (time, label) in &self.picture.hours {
            let x = self.x(*time);
            parts.push(line("grid", (x, FIELD.0), (x, bottom)));
            parts.push(text("middle", x, HOURS, label));
        }
        parts
    }

    /// What is drawn, right of nothing and left of everything, in one line.
    fn legend(&self) -> Vec<String> {
        let labels = &self.picture.labels;
        let written = |label: &str, temperature| format!("{label} {}", self.stated(temperature));
        let mut entries = vec![("line room", labels.temperature.clone())];
        if !self.picture.without.is_empty() {
            entries.push(("line without", labels.without.clone()));
        }
        entries.push(("line reference", written(&labels.reference, self.picture.reference)));
        if let Some(target) = self.picture.target {
            entries.push(("line target", written(&labels.target, target)));
        }
        let (mut parts, mut x, y) = (Vec::new(), 24.0, 62.0);
        for (class, label) in entries {
            parts.push(line(class, (x, y - 4.0), (x + 22.0, y - 4.0)));
            parts.push(text("", x + 29.0, y, &label));
            x += 29.0 + wide(&label) + 22.0;
        }
        if !self.picture.unknown.is_empty() {
            parts.push(hatched(x, y - 10.0, 22.0, 12.0));
            parts.push(text("", x + 29.0, y, &labels.unknown));
        }
        parts
    }

    fn curves(&self) -> Vec<String> {
        let picture = self.picture;
        let mut parts = Vec::new();
        for (from, to) in self.shown(&picture.unknown) {
            let (from, to) = (self.x(from), self.x(to));
            parts.push(hatched(from, FIELD.0, to - from, FIELD.1 - FIELD.0));
        }
        let reference = self.y(picture.reference);
        let runs = self.known_runs();
        for run in &runs {
            parts.extend(chill(run, reference));
        }
        parts.push(line("line reference", (LEFT, reference), (RIGHT, reference)));
        if let Some(target) = picture.target {
            let y = self.y(target);
            parts.push(line("line target", (LEFT, y), (RIGHT, y)));
        }
        let without: Vec<(f64, f64)> = self.points(&picture.without);
        parts.extend(curve("line without", &without));
        parts.extend(runs.iter().filter_map(|run| curve("line room", run)));
        parts
    }

    fn dose(&self) -> Vec<String> {
        let (top, bottom) = DOSE;
        let picture = self.picture;
        let limit = picture.limit.as_kelvin_hours();
        let doses = picture.dose.iter().map(|(_, dose)| dose.as_kelvin_hours());
        let most = doses.fold(limit * 1.25, f64::max).max(1e-6);
        let y = |dose: f64| bottom - (bottom - top) * dose / most;
        let points: Vec<(f64, f64)> = picture
            .dose
            .iter()
            .filter(|(time, _)| (picture.from..=picture.to).contains(time))
            .map(|(time, dose)| (self.x(*time), y(dose.as_kelvin_hours())))
            .collect();
        let mut parts = vec![
            text("end", LEFT - 10.0, f64::midpoint(top, bottom) + 4.0, &picture.labels.dose),
            line("edge", (LEFT, bottom), (RIGHT, bottom)),
        ];
        if let (Some(first), Some(last)) = (points.first(), points.last()) {
            let ends = format!("L{:.1} {bottom:.1} L{:.1} {bottom:.1} Z", last.0, first.0);
            parts.push(format!("<path class=\"dose\" d=\"{} {ends}\"/>", path(&points)));
        }
        parts.extend(curve("line doseline", &points));
        parts.push(line("limit", (LEFT, y(limit)), (RIGHT, y(limit))));
        let (factor, unit) = match picture.units {
            Units::Metric => (1.0, "K·h"),
            Units::Imperial => (1.8, "°F·h"),
        };
        let label = format!("{:.1} {unit}", limit * factor);
        parts.push(text("", RIGHT + 10.0, y(limit) + 4.0, &label));
        parts
    }

    fn bars(&self) -> Vec<String> {
        let (picture, labels) = (self.picture, &self.picture.labels);
        let rows = [
            ("bed", &labels.in_bed, &picture.occupied),
            ("heat", &labels.heat, &picture.heat),
            ("fan", &labels.fan, &picture.fan),
        ];
        let (mut top, height, next) = BARS;
        let mut parts = Vec::new();
        for (class, label, spans) in rows {
            parts.push(text("end", LEFT - 10.0, top + height - 2.0, label));
            parts.push(bar("track", LEFT, top, RIGHT - LEFT));
            let spans = self.shown(spans);
            for (from, to) in &spans {
                let (from, to) = (self.x(*from), self.x(*to));
                parts.push(bar(class, from, top, (to - from).max(1.5)));
            }
            let total = spans.iter().fold(Span::ZERO, |sum, (from, to)| sum + to.since(*from));
            parts.push(text("", RIGHT + 10.0, top + height - 2.0, &duration(total)));
            top += next;
        }
        parts
    }

    /// What of these spans lies in the picture.
    fn shown(&self, spans: &[(Time, Time)]) -> Vec<(Time, Time)> {
        let (left, right) = (self.picture.from, self.picture.to);
        let clipped = spans.iter().map(|(from, to)| ((*from).max(left), (*to).min(right)));
        clipped.filter(|(from, to)| from < to).collect()
    }

    /// The room's line, broken where the temperature is unknown.
    fn known_runs(&self) -> Vec<Vec<(f64, f64)>> {
        let unknown = &self.picture.unknown;
        let parted = |a: Time, b: Time| unknown.iter().any(|(from, to)| *from < b && a < *to);
        let temperatures = &self.picture.temperature;
        temperatures.chunk_by(|a, b| !parted(a.0, b.0)).map(|run| self.points(run)).collect()
    }

    fn points(&self, line: &[(Time, Temperature)]) -> Vec<(f64, f64)> {
        let shown = self.picture.from..=self.picture.to;
        let inside = line.iter().filter(|(time, _)| shown.contains(time));
        inside.map(|(time, temperature)| (self.x(*time), self.y(*temperature))).collect()
    }

    fn x(&self, time: Time) -> f64 {
        let (from, to) = (self.picture.from, self.picture.to);
        let share = time.since(from).as_hours() / to.since(from).as_hours().max(1e-9);
        LEFT + (RIGHT - LEFT) * share.clamp(0.0, 1.0)
    }

    fn y(&self, temperature: Temperature) -> f64 {
        self.height(degrees(temperature, self.picture.units))
    }

    fn height(&self, degrees: f64) -> f64 {
        let share = (degrees - self.scale.low) / (self.scale.high - self.scale.low);
        FIELD.1 - (FIELD.1 - FIELD.0) * share
    }

    fn stated(&self, temperature: Temperature) -> String {
        let value = degrees(temperature, self.picture.units);
        match self.picture.units {
            Units::Metric => format!("{value:.1} °C"),
            Units::Imperial => format!("{value:.1} °F"),
        }
    }
}

/// What lies between the reference and a line below it.
fn chill(run: &[(f64, f64)], reference: f64) -> Option<String> {
    let (first, last) = (run.first()?, run.last()?);
    // Lower on the sheet is colder; where the room is warmer the area has no height. The
    // crossings are put in, so that the area ends where the lines meet.
    let mut below = Vec::with_capacity(run.len() + 4);
    for pair in run.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        below.push((x0, y0.max(reference)));
        if (y0 < reference) != (y1 < reference) {
            below.push((x0 + (x1 - x0) * (reference - y0) / (y1 - y0), reference));
        }
    }
    below.push((last.0, last.1.max(reference)));
    if below.iter().all(|(_, y)| *y <= reference) {
        return None;
    }
    let ends = format!("L{:.1} {reference:.1} L{:.1} {reference:.1} Z", last.0, first.0);
    Some(format!("<path class=\"chill\" d=\"{} {ends}\"/>", path(&below)))
}

fn curve(class: &str, points: &[(f64, f64)]) -> Option<String> {
    (!points.is_empty()).then(|| format!("<path class=\"{class}\" d=\"{}\"/>", path(points)))
}

fn path(points: &[(f64, f64)]) -> String {
    let steps: Vec<String> = points
        .iter()
        .enumerate()
        .map(|(n, (x, y))| format!("{}{x:.1} {y:.1}", if n == 0 { 'M' } else { 'L' }))
        .collect();
    steps.join(" ")
}

fn line(class: &str, from: (f64, f64), to: (f64, f64)) -> String {
    let ((x1, y1), (x2, y2)) = (from, to);
    format!("<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>")
}

fn bar(class: &str, x: f64, y: f64, width: f64) -> String {
    let (height, round) = (BARS.1, (width / 2.0).min(3.0));
    format!(
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
         height=\"{height:.1}\" rx=\"{round:.1}\"/>"
    )
}

fn hatched(x: f64, y: f64, width: f64, height: f64) -> String {
    format!(
        "<rect fill=\"url(#night-unknown)\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
         height=\"{height:.1}\"/>"
    )
}

fn text(class: &str, x: f64, y: f64, what: &str) -> String {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    format!("<text{class} x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(what))
}

/// About how wide a label of the legend is; fonts differ, so with room to spare.
fn wide(label: &str) -> f64 {
    label.chars().map(|c| if c.is_whitespace() { 3.5 } else { 6.7 }).sum()
}

fn duration(span: Span) -> String {
    let minutes = span.as_minutes();
    match (minutes / 60, minutes % 60) {
        (0, 0) => "–".to_owned(),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes:02}"),
    }
}

fn degrees(temperature: Temperature, units: Units) -> f64 {
    match units {
        Units::Metric => temperature.as_celsius(),
        Units::Imperial => temperature.as_fahrenheit(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;

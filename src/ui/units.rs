//! Numbers as people read them: with a unit, in as few digits as matter. Knows no widgets.

/// "now", "8 s ago", "3 min ago".
#[must_use]
pub fn age(secs: f64) -> String {
    match secs.max(0.0) {
        s if s < 1.5 => "now".into(),
        s if s < 90.0 => format!("{s:.0} s ago"),
        s if s < 5400.0 => format!("{:.0} min ago", s / 60.0),
        s => format!("{:.0} h ago", s / 3600.0),
    }
}

/// "0.4 s", "12 s", "2 min 5 s".
#[must_use]
pub fn seconds(secs: f64) -> String {
    match secs.max(0.0) {
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 60.0 => format!("{s:.0} s"),
        s => format!(
            "{:.0} min {:.0} s",
            (s / 60.0).floor(),
            s.rem_euclid(60.0).floor()
        ),
    }
}

/// "12.4" as "00:12.4": the clock of a log.
#[must_use]
pub fn clock(secs: f64) -> String {
    let tenths = (secs.max(0.0) * 10.0) as u64;
    let (minutes, rest) = (tenths / 600, tenths % 600);
    format!("{minutes:02}:{:02}.{}", rest / 10, rest % 10)
}

/// "812 B", "41.3 MiB", "7.52 GiB".
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let decimals = if value < 10.0 {
        2
    } else {
        usize::from(value < 100.0)
    };
    format!("{value:.decimals$} {}", UNITS[unit])
}

/// "1,204".
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "3.75 B", "86.6 M", "412 k", "37": parameters of a model.
#[must_use]
pub fn parameters(number: u64) -> String {
    let scaled = |by: f64, unit: &str| {
        let value = number as f64 / by;
        let decimals = if value < 10.0 {
            2
        } else {
            usize::from(value < 100.0)
        };
        format!("{value:.decimals$} {unit}")
    };
    match number {
        0..1_000 => number.to_string(),
        1_000..1_000_000 => scaled(1e3, "k"),
        1_000_000..1_000_000_000 => scaled(1e6, "M"),
        _ => scaled(1e9, "B"),
    }
}

/// "93 %", "0.4 %".
#[must_use]
pub fn percent(fraction: f32) -> String {
    let percent = 100.0 * fraction;
    let decimals = usize::from(percent < 9.95);
    format!("{percent:.decimals$} %")
}

/// "1 box", "3 boxes": a number and its noun.
#[must_use]
pub fn many(number: usize, one: &str, more: &str) -> String {
    let noun = if number == 1 { one } else { more };
    format!("{} {noun}", count(number as u64))
}

/// Distances of grid lines, so that about `wanted` fit and numbers are round: 1, 2 or 5 at some power of ten.
#[must_use]
pub fn few((low, high): (f64, f64), wanted: f64, least: f64) -> [f64; 3] {
    let rough = ((high - low).abs() / wanted).max(1e-9);
    let power = 10.0_f64.powf(rough.log10().floor());
    let times = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|times| power * times >= rough * 0.999)
        .unwrap_or(10.0);
    let step = (power * times).max(least);
    [step, step * 10.0, step * 100.0]
}

/// A number in few characters.
#[must_use]
pub fn short(value: f64) -> String {
    match value.abs() {
        v if v < 1e-9 => "0".into(),
        v if v < 0.001 => format!("{value:.0e}"),
        v if v < 0.1 => trimmed(format!("{value:.3}")),
        v if v < 10.0 => trimmed(format!("{value:.2}")),
        _ => format!("{value:.0}"),
    }
}

/// Without zeros that say nothing: "0.5", "1".
fn trimmed(number: String) -> String {
    if !number.contains('.') {
        return number;
    }
    number
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_change_where_digits_would_pile_up() {
        assert_eq!(age(-3.0), "now");
        assert_eq!(age(8.2), "8 s ago");
        assert_eq!(age(200.0), "3 min ago");
        assert_eq!(seconds(0.42), "0.4 s");
        assert_eq!(seconds(125.9), "2 min 5 s");
        assert_eq!(clock(72.46), "01:12.4");
        assert_eq!(bytes(812), "812 B");
        assert_eq!(bytes(1024 * 1024 * 41 + 300_000), "41.3 MiB");
        assert_eq!(bytes(u64::MAX), "16777216 TiB");
        assert_eq!(parameters(3_754_622_976), "3.75 B");
        assert_eq!(parameters(86_580_480), "86.6 M");
        assert_eq!(parameters(37), "37");
        assert_eq!(percent(0.931), "93 %");
        assert_eq!(percent(0.004), "0.4 %");
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_204), "1,204");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(many(1, "box", "boxes"), "1 box");
        assert_eq!(many(1000, "box", "boxes"), "1,000 boxes");
    }

    #[test]
    fn numbers_are_short() {
        let texts: Vec<String> = [0.0, 1.0, -0.5, 0.02, -0.0304, 12.0, 2e-4]
            .map(short)
            .to_vec();
        assert_eq!(texts, ["0", "1", "-0.5", "0.02", "-0.03", "12", "2e-4"]);
    }

    #[test]
    fn grid_lines_are_few_and_round() {
        let near = |a: [f64; 3], b: f64| (a[0] - b).abs() < 1e-9;
        assert!(near(few((-1.0, 1.0), 3.5, 0.0), 1.0));
        assert!(near(few((-0.03, 0.03), 3.5, 0.0), 0.02));
        assert!(near(few((0.0, 15.0), 4.0, 1.0), 5.0));
        assert!(near(few((0.0, 2.0), 4.0, 1.0), 1.0));
        assert!(few((0.0, 0.0), 4.0, 0.0)[0] > 0.0);
    }
}

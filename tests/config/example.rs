//! What stands behind a `#` in the example.

use super::{EXAMPLE, said};

/// Each key behind a `#` is known where it stands: alone, with the blocks around it and the
/// keys below it.
#[test]
fn every_key_offered_in_the_example_is_known_there() {
    let (_, body) = EXAMPLE.split_once("\n\n").expect("keys below the head");
    let lines: Vec<&str> = body.lines().collect();
    let offered: Vec<usize> = (0..lines.len()).filter(|n| key(lines[*n]).is_some()).collect();
    assert!(offered.len() > 100, "{}", offered.len());
    let strange: Vec<String> = offered
        .into_iter()
        .filter_map(|n| {
            let all = said(&uncommented(&lines, n));
            let first = all.into_iter().find(|said| said.what.contains("unknown key"))?;
            Some(format!("{}: {}", lines[n].trim(), first.what))
        })
        .collect();
    assert!(strange.is_empty(), "{}", strange.join("\n"));
}

/// What stands behind a `#`, and how far it is indented without it.
fn behind(line: &str) -> Option<(usize, &str)> {
    let comment = line.trim_start();
    let text = comment.strip_prefix("# ")?;
    let key = text.trim_start();
    Some((line.len() - comment.len() + text.len() - key.len(), key))
}

/// The key that stands behind a `#`, and what it is given.
fn key(line: &str) -> Option<(&str, &str)> {
    let (key, given) = behind(line)?.1.split_once(':')?;
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let given = given.split('#').next().unwrap_or_default().trim();
    (!key.is_empty() && key.chars().all(word)).then_some((key, given))
}

fn uncommented(lines: &[&str], n: usize) -> String {
    let depth = |n: usize| behind(lines[n]).map(|(depth, _)| depth);
    let mut taken = vec![n];
    let mut outer = depth(n);
    for m in (0..n).rev().take_while(|m| depth(*m).is_some()) {
        if key(lines[m]).is_some_and(|(_, given)| given.is_empty()) && depth(m) < outer {
            taken.push(m);
            outer = depth(m);
        }
    }
    taken.extend((n + 1..lines.len()).take_while(|m| depth(*m) > depth(n)));
    let line = |(m, line): (usize, &&str)| {
        let line = if taken.contains(&m) { line.replacen("# ", "", 1) } else { (*line).to_owned() };
        line + "\n"
    };
    lines.iter().enumerate().map(line).collect()
}

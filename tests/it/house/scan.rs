//! Finds the paths that a Rust file names, with `use` groups spelled out. Reads no further than that needs.

/// A path with at least two segments, or `super` where it leaves the room.
#[derive(Debug)]
pub struct Import {
    /// Line, from 1.
    pub line: usize,
    /// Segments joined by `::`.
    pub path: String,
}

/// The paths outside of comments, strings and test code. `depth` is the number of modules from the crate's root.
pub fn imports(text: &str, depth: usize) -> Vec<Import> {
    let tokens = without_tests(&tokens(&blank(text)));
    let mut found = Vec::new();
    let mut prefixes: Vec<Option<String>> = Vec::new();
    let mut path = String::new();
    let mut open = false;
    for (at, (line, token)) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map_or("", |(_, next)| next.as_str());
        match token.as_str() {
            "::" => {
                open = !path.is_empty();
                if open {
                    path += "::";
                }
                continue;
            }
            "{" => prefixes.push(open.then(|| path.clone())),
            "}" => drop(prefixes.pop()),
            word if is_word(word) => {
                if !open {
                    path = prefixes.last().cloned().flatten().unwrap_or_default();
                }
                path += word;
                if next != "::" && path.contains("::") {
                    found.push(import(*line, &path, depth));
                }
                open = false;
                if next == "::" {
                    continue;
                }
            }
            // `use std::time::*` and `Vec::<T>` name what stands before.
            _ if open => found.push(import(*line, path.trim_end_matches("::"), depth)),
            _ => {}
        }
        path.clear();
        open = false;
    }
    found
}

fn import(line: usize, path: &str, depth: usize) -> Import {
    let climbs = path
        .split("::")
        .take_while(|segment| *segment == "super")
        .count();
    let path = if climbs >= depth { "super" } else { path };
    Import {
        line,
        path: path.to_owned(),
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Words, `::` and single characters, each with its line.
fn tokens(code: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (line, text) in code.lines().enumerate() {
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let word = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let length = match word {
                0 if rest.starts_with("::") => 2,
                0 => first.len_utf8(),
                word => word,
            };
            found.push((line + 1, rest[..length].to_owned()));
            rest = rest[length..].trim_start();
        }
    }
    found
}

/// Leaves out each item under `#[cfg(test)]`: up to its closing brace, or its semicolon.
fn without_tests(tokens: &[(usize, String)]) -> Vec<(usize, String)> {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let starts = |(offset, part): (usize, &&str)| {
            tokens.get(at + offset).is_some_and(|(_, t)| t == part)
        };
        if !mark.iter().enumerate().all(starts) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let mut depth = 0_usize;
        for (_, token) in &tokens[at..] {
            at += 1;
            match token.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 && (token == "}" || token == ";") {
                break;
            }
        }
    }
    kept
}

/// Replaces comments and the insides of literals by spaces; lines stay.
fn blank(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    let mut word = false;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest, word);
        word = first.is_alphanumeric() || first == '_';
        if length == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.extend(
                rest[..length]
                    .chars()
                    .map(|c| if c == '\n' { '\n' } else { ' ' }),
            );
            rest = &rest[length..];
            word = false;
        }
    }
    code
}

/// Length of the comment or literal at the start, 0 if there is none. `word`: a name ends just before.
fn skipped(rest: &str, word: bool) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return comment(rest);
    }
    if rest.starts_with('"') {
        return quoted(rest, '"');
    }
    if rest.starts_with('\'') {
        // 'a and 'a' differ by what follows.
        let inside: Vec<char> = rest.chars().take(3).collect();
        let literal = inside.get(1) == Some(&'\\') || inside.get(2) == Some(&'\'');
        return if literal { quoted(rest, '\'') } else { 0 };
    }
    let raw = rest
        .strip_prefix("br")
        .or_else(|| rest.strip_prefix('r'))
        .filter(|_| !word);
    let hashes = raw.map_or(0, |raw| raw.len() - raw.trim_start_matches('#').len());
    match raw.map(|raw| &raw[hashes..]) {
        Some(body) if body.starts_with('"') => {
            let end = format!("\"{}", "#".repeat(hashes));
            let length = body[1..]
                .find(&end)
                .map_or(body.len(), |at| at + 1 + end.len());
            rest.len() - body.len() + length
        }
        _ => 0,
    }
}

fn quoted(rest: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Block comments nest.
fn comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

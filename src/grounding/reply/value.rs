//! A forgiving reader of JSON and Python literals. It never fails: what is broken is mended, cut or read as a word.
//!
//! The stack is explicit and bounded, every byte is read once, and nodes hold ranges of the text, not copies.

use std::ops::Range;

use super::frame::Frame;
use super::number::Number;
use super::warning::Repair;

/// Deepest nesting that is followed. The deepest known reply nests five levels.
pub(super) const MAX_DEPTH: usize = 32;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    /// Its bytes in the text; of a string, those between the quotes.
    pub span: Range<usize>,
    /// What it is.
    pub value: Value,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Value {
    /// A number, finite or not.
    Number(Number),
    /// A string between quotes, escapes untouched.
    Text,
    /// Anything else without brackets: `true`, `null`, a bare word.
    Word,
    /// `[…]` or `(…)`.
    List(Vec<Node>),
    /// `{…}`: the key's bytes and its value.
    Map(Vec<(Range<usize>, Node)>),
}

/// What reading a value came to.
#[derive(Debug)]
pub(super) struct Parsed {
    /// The value; none where nothing of it was complete.
    pub node: Option<Node>,
    /// First byte after it.
    pub end: usize,
    /// Where the incomplete tail begins, if the text ended too early.
    pub cut: Option<usize>,
    /// What was mended.
    pub repairs: Vec<Repair>,
}

/// Reads the value whose opening bracket is at `start`.
pub(super) fn parse(text: &str, start: usize) -> Parsed {
    let mut reader = Reader {
        text,
        at: start,
        open: Vec::new(),
        repairs: Vec::new(),
        broken_string: None,
    };
    let node = reader.run();
    if node.is_some() || reader.at < text.len() {
        return reader.done(node, None);
    }
    let cut = reader.broken_string.unwrap_or(text.len());
    reader.cut(cut)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Frame>,
    repairs: Vec<Repair>,
    broken_string: Option<usize>,
}

impl Reader<'_> {
    /// Reads until the first bracket is closed. None at the end of the text or when nested too deep.
    fn run(&mut self) -> Option<Node> {
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'[' | b'{' | b'(' => self.open(byte)?,
                b']' | b'}' | b')' => {
                    if let Some(node) = self.close(byte) {
                        return Some(node);
                    }
                }
                b'"' | b'\'' => self.string(byte),
                b',' | b';' => self.comma(),
                b':' | b'=' => self.colon(),
                _ if byte.is_ascii_whitespace() => self.at += 1,
                _ => self.word(),
            }
        }
        None
    }

    fn open(&mut self, bracket: u8) -> Option<()> {
        if self.open.len() == MAX_DEPTH {
            return None;
        }
        self.open.push(Frame::new(bracket, self.at));
        self.at += 1;
        Some(())
    }

    /// Closes the innermost bracket of this shape, and those left open inside it. A surplus one is passed over.
    fn close(&mut self, byte: u8) -> Option<Node> {
        self.at += 1;
        let shape = |b: u8| matches!((b, byte), (b'[', b']') | (b'{', b'}') | (b'(', b')'));
        let Some(depth) = self.open.iter().rposition(|frame| shape(frame.bracket)) else {
            self.mend(Repair::Brackets);
            return None;
        };
        if depth + 1 < self.open.len() {
            self.mend(Repair::Brackets);
        }
        while self.open.len() > depth {
            let frame = self.open.pop()?;
            if frame.after_comma && frame.bracket != b'(' {
                self.mend(Repair::TrailingComma);
            }
            let node = frame.into_node(self.at);
            match self.open.last_mut() {
                Some(outer) => outer.add(node),
                None => return Some(node),
            }
        }
        None
    }

    fn comma(&mut self) {
        self.at += 1;
        if let Some(frame) = self.open.last_mut() {
            frame.comma();
        }
    }

    fn colon(&mut self) {
        self.at += 1;
        if let Some(frame) = self.open.last_mut() {
            frame.colon();
        }
    }

    fn string(&mut self, quote: u8) {
        let inner = self.at + 1;
        let Some(end) = string_end(self.text.as_bytes(), inner, quote) else {
            self.broken_string = Some(self.at);
            self.at = self.text.len();
            return;
        };
        if quote == b'\'' {
            self.mend(Repair::Quotes);
        }
        self.at = end + 1;
        self.add(inner..end, Value::Text);
    }

    fn word(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let ends = |b: &u8| b.is_ascii_whitespace() || b",;:=[]{}()\"".contains(b);
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let span = self.at..self.at + length;
        self.at = span.end;
        let value = Number::read(self.text, span.clone()).map_or(Value::Word, Value::Number);
        self.add(span, value);
    }

    fn add(&mut self, span: Range<usize>, value: Value) {
        if let Some(frame) = self.open.last_mut() {
            frame.add(Node { span, value });
        }
    }

    fn mend(&mut self, repair: Repair) {
        if !self.repairs.contains(&repair) {
            self.repairs.push(repair);
        }
    }

    fn done(self, node: Option<Node>, cut: Option<usize>) -> Parsed {
        Parsed {
            node,
            end: self.at,
            cut,
            repairs: self.repairs,
        }
    }

    /// The text ended too early: keeps what is complete, from the inside out.
    fn cut(mut self, mut cut: usize) -> Parsed {
        let mut node = None;
        while let Some(mut frame) = self.open.pop() {
            if let Some(inner) = node.take() {
                frame.add(inner);
            }
            if frame.is_partial() {
                cut = cut.min(frame.start);
            } else {
                node = Some(frame.into_node(cut));
            }
        }
        self.done(node, Some(cut))
    }
}

/// The closing quote. A single one must stand before a comma, colon, bracket or the end: `'it's'` is one string.
fn string_end(bytes: &[u8], from: usize, quote: u8) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b if b == quote && (quote == b'"' || closes(&bytes[at + 1..])) => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn closes(after: &[u8]) -> bool {
    match after.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(next) => b",:;]})".contains(next),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::escape::unescape;
    use super::*;

    /// The value written plainly, to compare by eye.
    fn shown(text: &str, node: &Node) -> String {
        let join = |items: Vec<String>| items.join(" ");
        match &node.value {
            Value::Number(n) => n.value.to_string(),
            Value::Text => format!("'{}'", unescape(&text[node.span.clone()])),
            Value::Word => text[node.span.clone()].to_owned(),
            Value::List(items) => {
                format!("[{}]", join(items.iter().map(|i| shown(text, i)).collect()))
            }
            Value::Map(pairs) => {
                let pair = |(key, node): &(Range<usize>, Node)| {
                    format!("{}={}", &text[key.clone()], shown(text, node))
                };
                format!("{{{}}}", join(pairs.iter().map(pair).collect()))
            }
        }
    }

    fn read(text: &str) -> (String, Vec<Repair>, Option<usize>) {
        let parsed = parse(text, 0);
        let shown = parsed
            .node
            .map_or_else(String::new, |node| shown(text, &node));
        (shown, parsed.repairs, parsed.cut)
    }

    #[test]
    fn clean_json_needs_no_mending() {
        assert_eq!(
            read(r#"[{"bbox_2d": [10.5, -2, 3e1], "label": "a \"b\" \u00e9\ud83d\ude00"}, null]"#),
            (
                "[{bbox_2d=[10.5 -2 30] label='a \"b\" é😀'} null]".to_owned(),
                vec![],
                None
            )
        );
    }

    #[test]
    fn python_is_read() {
        let (shown, repairs, _) = read("{'name': 'bird's eye', 'points': [(1, 2), (3, 4),],}");
        assert_eq!(shown, "{name='bird's eye' points=[[1 2] [3 4]]}");
        assert_eq!(repairs, [Repair::Quotes, Repair::TrailingComma]);
    }

    #[test]
    fn brackets_that_do_not_match_are_mended() {
        for text in [r#"{"b": [1, 2, 3, 4}"#, r#"{"b": [1, 2, 3, 4)]}"#] {
            let (shown, repairs, cut) = read(text);
            assert_eq!((shown.as_str(), cut), ("{b=[1 2 3 4]}", None), "{text}");
            assert_eq!(repairs, [Repair::Brackets]);
        }
    }

    #[test]
    fn a_tail_is_cut_to_the_last_complete_element() {
        for (text, kept, at) in [
            (
                r#"[{"b": [1, 2, 3, 4], "l": "cup"}, {"b": [1, 2"#,
                "[{b=[1 2 3 4] l='cup'}]",
                34,
            ),
            (r#"[{"b": [1, 2, 3, 4], "l": "cu"#, "[{b=[1 2 3 4]}]", 26),
            ("[[1, 2], [3, 4], [5, ", "[[1 2] [3 4]]", 17),
            ("[10, 20, 30, 40", "", 0),
        ] {
            let (shown, _, cut) = read(text);
            assert_eq!((shown.as_str(), cut), (kept, Some(at)), "{text}");
        }
    }

    #[test]
    fn too_deep_is_given_up_without_reading_on() {
        let deep = "[".repeat(100_000);
        let parsed = parse(&deep, 0);
        assert!(parsed.node.is_none() && parsed.cut.is_none());
        assert_eq!(parsed.end, MAX_DEPTH);
    }
}

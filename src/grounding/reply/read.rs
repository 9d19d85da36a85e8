//! Reads JSON values into coordinates: by the names of their keys first, by the shape of their lists else.

use std::ops::Range;

use super::escape::unescape;
use super::number::Number;
use super::stage::{Stage, fits};
use super::value::{self, Node, Parsed, Value};
use super::{ReplyWarning, Rule, fence, markup, section, shape};
use crate::grounding::{GroundingKind, KINDS};

/// Keys that name an object, the most telling first.
const LABELS: &[&str] = &["label", "name", "object", "description", "subtask"];

/// Keys whose value is a step of a task and that say so where nothing else names it.
const STEPS: &[&str] = &["pick", "place"];

/// Keys that say nothing of the object.
const WRAPPERS: &[&str] = &[
    "answer",
    "result",
    "results",
    "output",
    "objects",
    "detections",
    "location",
    "position",
];

/// Keys that give coordinates one by one, in the order of a grounding.
const NAMED: &[(GroundingKind, &[&str])] = &[
    (GroundingKind::Box, &["x1", "y1", "x2", "y2"]),
    (GroundingKind::Box, &["xmin", "ymin", "xmax", "ymax"]),
    (GroundingKind::Box, &["x_min", "y_min", "x_max", "y_max"]),
    (GroundingKind::Box, &["left", "top", "right", "bottom"]),
    (GroundingKind::Point, &["x", "y"]),
];

/// What the JSON of a reply came to.
pub(super) struct Json {
    pub stage: Stage,
    /// A planner's next step.
    pub subtask: Option<String>,
    /// Where it stands.
    pub subtask_span: Option<Range<usize>>,
    /// A planner's words to the person.
    pub response: Option<String>,
    /// Where an incomplete tail begins, else the end of the text.
    pub end: usize,
}

/// Reads fenced blocks, and where they hold no coordinates every value of the text.
pub(super) fn values(text: &str, expected: Option<GroundingKind>) -> Json {
    let mut reader = Reader {
        text,
        expected,
        stage: Stage::default(),
        subtask: None,
        response: None,
        end: text.len(),
    };
    reader.read();
    let string = |span: &Range<usize>| unescape(&text[span.clone()]).trim().to_owned();
    Json {
        subtask: reader.subtask.as_ref().map(string),
        response: reader.response.as_ref().map(string),
        subtask_span: reader.subtask,
        end: reader.end,
        stage: reader.stage,
    }
}

/// One pair of a map.
struct Entry<'a> {
    /// The key in lower case, words joined by underscores.
    name: String,
    /// The key as written.
    key: &'a str,
    node: &'a Node,
}

struct Reader<'a> {
    text: &'a str,
    expected: Option<GroundingKind>,
    stage: Stage,
    subtask: Option<Range<usize>>,
    response: Option<Range<usize>>,
    end: usize,
}

impl<'a> Reader<'a> {
    /// Fenced blocks; else the whole text, if it is values and nothing else; else the values amid other text.
    fn read(&mut self) {
        for block in fence::blocks(self.text) {
            self.all(self.text, block);
        }
        if !self.stage.found.is_empty() {
            self.stage.rule = Some(Rule::Fenced);
            return;
        }
        self.stage = Stage::default();
        if self.all(self.text, 0..self.text.len()) {
            self.stage.rule = Some(Rule::Whole);
            return;
        }
        // Brackets inside a coordinate tag belong to the tag: it may name the object, and they need not match.
        let tokens = markup::tokens(self.text);
        let mut tagged = markup::coordinates(&tokens, self.text.len()).peekable();
        if tagged.peek().is_some() {
            self.stage = Stage::default();
            self.end = self.text.len();
            let plain = section::blank(self.text, tagged);
            self.all(&plain, 0..plain.len());
        }
        self.stage.rule = Some(Rule::Embedded);
    }

    /// Reads every value in `range`. True when nothing stands between them.
    fn all(&mut self, plain: &str, range: Range<usize>) -> bool {
        let part = &plain[..range.end];
        let (mut values, mut whole, mut at) = (Vec::new(), true, range.start);
        while at < range.end {
            match part.as_bytes()[at] {
                b'[' | b'{' => {
                    let parsed = value::parse(part, at);
                    at = parsed.end.max(at + 1);
                    values.push(parsed);
                    continue;
                }
                b',' | b';' => {}
                byte => whole &= byte.is_ascii_whitespace(),
            }
            at += 1;
        }
        self.sequence(&values);
        whole
    }

    /// Several values in a row: pairs are the points of one list, the brackets around which were left out.
    fn sequence(&mut self, values: &[Parsed]) {
        let nodes: Vec<&Node> = values.iter().filter_map(|v| v.node.as_ref()).collect();
        let row = nodes.len() > 1;
        match row.then(|| shape::points(self.text, nodes)).flatten() {
            Some(numbers) => self.list_of_points(&numbers, None, None),
            None => values.iter().for_each(|parsed| self.value(parsed)),
        }
        if let Some(at) = values.iter().find_map(|parsed| parsed.cut) {
            self.end = self.end.min(at);
            self.stage.warn_once(ReplyWarning::TailCut { at });
        }
    }

    /// What had to be mended is worth saying only of a value that says something.
    fn value(&mut self, parsed: &Parsed) {
        let before = self.stage.found.len();
        if let Some(node) = &parsed.node {
            self.node(node, None, None);
        }
        if self.stage.found.len() > before {
            for repair in &parsed.repairs {
                self.stage
                    .warn_once(ReplyWarning::Repaired { repair: *repair });
            }
        }
    }

    /// Recursion is as deep as the nesting, which is bounded.
    fn node(&mut self, node: &Node, hint: Option<GroundingKind>, label: Option<&str>) {
        match &node.value {
            Value::List(items) => self.list(items, hint, label),
            Value::Map(pairs) => self.map(pairs, hint, label),
            _ => {}
        }
    }

    fn list(&mut self, items: &[Node], hint: Option<GroundingKind>, label: Option<&str>) {
        if let Some(numbers) = shape::flat(self.text, items) {
            self.list_of_numbers(&numbers, hint, label);
        } else if let Some(numbers) = shape::points(self.text, items) {
            self.list_of_points(&numbers, hint, label);
        } else {
            for item in items {
                self.node(item, hint, label);
            }
        }
    }

    /// Four numbers are a box whoever says so, unless they are said to be a trace.
    fn list_of_numbers(
        &mut self,
        numbers: &[Number],
        hint: Option<GroundingKind>,
        label: Option<&str>,
    ) {
        let kind = match (hint, numbers.len()) {
            (Some(GroundingKind::Trace), _) => hint,
            (_, 4) => Some(GroundingKind::Box),
            (None, 2) => Some(GroundingKind::Point),
            (None, _) => self.expected,
            (Some(_), _) => hint,
        };
        match kind {
            Some(kind) if fits(kind, numbers.len()) || numbers.len() == 2 => {
                self.stage.add(kind, label, numbers);
            }
            _ => self.stage.wrong_count(numbers),
        }
    }

    fn list_of_points(
        &mut self,
        numbers: &[Number],
        hint: Option<GroundingKind>,
        label: Option<&str>,
    ) {
        let corners = numbers.len().is_multiple_of(4);
        let kind = match (hint, self.expected) {
            (Some(GroundingKind::Trace), _) | (None, Some(GroundingKind::Trace)) => {
                GroundingKind::Trace
            }
            (Some(GroundingKind::Box), _) => GroundingKind::Box,
            (None, Some(GroundingKind::Box)) if corners => GroundingKind::Box,
            _ => GroundingKind::Point,
        };
        self.stage.add(kind, label, numbers);
    }

    fn map(
        &mut self,
        pairs: &[(Range<usize>, Node)],
        hint: Option<GroundingKind>,
        label: Option<&str>,
    ) {
        let entries: Vec<Entry> = pairs
            .iter()
            .map(|(key, node)| self.entry(key, node))
            .collect();
        self.note_plan(&entries);
        let own = self.label(&entries);
        let label = own.as_deref().or(label);
        if let Some((kind, numbers)) = self.named(&entries) {
            self.stage.add(kind, label, &numbers);
        }
        for entry in &entries {
            let kind = KINDS
                .iter()
                .find(|spec| spec.keys.contains(&entry.name.as_str()));
            match kind {
                Some(spec) => self.node(entry.node, Some(spec.kind), label),
                None => self.unknown_key(entry, hint, label),
            }
        }
    }

    /// `{"red cube": [1, 2, 3, 4]}` names the object by its key; other keys lead to more values or to nothing.
    fn unknown_key(&mut self, entry: &Entry, hint: Option<GroundingKind>, label: Option<&str>) {
        let name = entry.name.as_str();
        let key = (!WRAPPERS.contains(&name)).then_some(entry.key);
        let flat = match &entry.node.value {
            Value::List(items) => shape::flat(self.text, items),
            _ => None,
        };
        match (flat, self.expected) {
            (Some(n), None | Some(GroundingKind::Box)) if n.len() == 4 => {
                self.stage.add(GroundingKind::Box, label.or(key), &n);
            }
            (Some(n), Some(GroundingKind::Point)) if n.len() == 2 => {
                self.stage.add(GroundingKind::Point, label.or(key), &n);
            }
            (Some(_), _) => {}
            (None, _) => {
                let step = STEPS.contains(&name).then_some(name);
                self.node(entry.node, hint, label.or(step));
            }
        }
    }

    fn entry<'n>(&self, key: &Range<usize>, node: &'n Node) -> Entry<'n>
    where
        'a: 'n,
    {
        let key = self.text[key.clone()].trim();
        Entry {
            name: key.to_lowercase().replace([' ', '-'], "_"),
            key,
            node,
        }
    }

    fn note_plan(&mut self, entries: &[Entry]) {
        let text = |name| Some(string(entries, name)?.span.clone());
        self.subtask = self.subtask.take().or_else(|| text("subtask"));
        self.response = self.response.take().or_else(|| text("response"));
    }

    fn label(&self, entries: &[Entry]) -> Option<String> {
        let node = LABELS.iter().find_map(|name| string(entries, name))?;
        super::label(&markup::words(&unescape(&self.text[node.span.clone()])))
    }

    /// Coordinates under keys of their own. A position beside a width is a corner and not a point.
    fn named(&self, entries: &[Entry]) -> Option<(GroundingKind, Vec<Number>)> {
        let value =
            |name: &&str| shape::number(self.text, entries.iter().find(|e| e.name == **name)?.node);
        let sized = entries
            .iter()
            .any(|e| matches!(e.name.as_str(), "w" | "width"));
        NAMED
            .iter()
            .filter(|(kind, _)| !(sized && *kind == GroundingKind::Point))
            .find_map(|(kind, names)| {
                let numbers: Option<Vec<Number>> = names.iter().map(value).collect();
                Some((*kind, numbers?))
            })
    }
}

/// The string under a key.
fn string<'n>(entries: &[Entry<'n>], name: &str) -> Option<&'n Node> {
    let found = entries
        .iter()
        .find(|e| e.name == name && matches!(e.node.value, Value::Text));
    found.map(|entry| entry.node)
}

//! A bracket that is open while a value is read, and what was read inside it so far.

use std::ops::Range;

use super::value::{Node, Value};

/// A bracket that is open.
pub(super) struct Frame {
    /// The bracket itself.
    pub bracket: u8,
    /// Where it stands.
    pub start: usize,
    items: Vec<Node>,
    pairs: Vec<(Range<usize>, Node)>,
    key: Option<Range<usize>>,
    after_colon: bool,
    /// Nothing has followed the last comma yet.
    pub after_comma: bool,
}

impl Frame {
    /// A bracket that was just opened.
    pub fn new(bracket: u8, start: usize) -> Self {
        Self {
            bracket,
            start,
            items: Vec::new(),
            pairs: Vec::new(),
            key: None,
            after_colon: false,
            after_comma: false,
        }
    }

    fn is_map(&self) -> bool {
        self.bracket == b'{'
    }

    /// Takes what was read next: an item, or a key and then its value.
    pub fn add(&mut self, node: Node) {
        self.after_comma = false;
        if !self.is_map() {
            self.items.push(node);
        } else if self.after_colon {
            self.after_colon = false;
            if let Some(key) = self.key.take() {
                self.pairs.push((key, node));
            }
        } else {
            self.key = Some(node.span);
        }
    }

    /// Whether what was read so far says nothing without the rest: coordinates are all there or worth nothing.
    pub fn is_partial(&self) -> bool {
        let number = |node: &Node| matches!(node.value, Value::Number(_));
        if self.is_map() {
            self.pairs.is_empty()
        } else {
            self.items.is_empty() || self.items.iter().any(number)
        }
    }

    /// The value, its bracket closed before `end`.
    pub fn into_node(self, end: usize) -> Node {
        Node {
            span: self.start..end,
            value: if self.is_map() {
                Value::Map(self.pairs)
            } else {
                Value::List(self.items)
            },
        }
    }

    /// A comma was read: a key without a value is forgotten.
    pub fn comma(&mut self) {
        self.after_comma = true;
        self.after_colon = false;
        self.key = None;
    }

    /// A colon was read: the value of the key comes next.
    pub fn colon(&mut self) {
        self.after_colon = true;
    }
}

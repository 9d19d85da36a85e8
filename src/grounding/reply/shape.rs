//! What the shape of a value says: numbers, pairs of numbers, or something else.

use super::number::Number;
use super::value::{Node, Value};

/// The numbers of a list that holds nothing else.
pub(super) fn flat(text: &str, items: &[Node]) -> Option<Vec<Number>> {
    let numbers: Option<Vec<Number>> = items.iter().map(|item| number(text, item)).collect();
    numbers.filter(|numbers| !numbers.is_empty())
}

/// The coordinates of a list that holds pairs and nothing else.
pub(super) fn points<'n>(
    text: &str,
    items: impl IntoIterator<Item = &'n Node>,
) -> Option<Vec<Number>> {
    let mut numbers = Vec::new();
    for item in items {
        match &item.value {
            Value::List(pair) if pair.len() == 2 => numbers.extend(flat(text, pair)?),
            _ => return None,
        }
    }
    (!numbers.is_empty()).then_some(numbers)
}

/// A number, also one between quotes.
pub(super) fn number(text: &str, node: &Node) -> Option<Number> {
    match &node.value {
        Value::Number(number) => Some(number.clone()),
        Value::Text => Number::read(text, node.span.clone()),
        _ => None,
    }
}

//! From resized pixels to encoder input.

//! One binary for all tests that look at the crate from outside.

mod ui_base;
mod ui_panels;

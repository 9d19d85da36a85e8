//! The window's base: what a person does to a canvas and the shared controls, and how they look.
//!
//! Interaction is tested through accessible names; pictures are few and small. `SPVLA_GALLERY=folder` also writes the
//! large gallery pages there, for a look by eye.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod canvas;
mod controls;
mod gallery;
mod inspector;
mod look;
mod sample;

use egui::{Theme, Vec2};
use egui_kittest::{Harness, HarnessBuilder};
use spvla::ui::theme;

/// A window of `size` in our theme.
fn harness<State>(size: Vec2, theme: Theme) -> HarnessBuilder<State> {
    Harness::builder()
        .with_size(size)
        .with_theme(theme)
        .with_context_setup(theme::install)
}

//! The window: what is drawn and what a person does to it.
//!
//! Everything here is egui. The room reads plain data, draws it, and hands back what was asked for; it does not know
//! the model, files or threads. Lengths are screen points unless a name says image or physical pixels.
//!
//! [`theme`] holds every colour and size once, [`icons`] the glyphs. [`canvas`] shows one picture through a
//! [`placement`], with [`overlay`] drawing spatial marks over it and [`picture`] keeping its pixels on the graphics
//! card. [`widgets`] are the few shared controls, and [`offscreen`] draws any of it without a window.

pub mod canvas;
pub mod icons;
pub mod offscreen;
pub mod overlay;
pub mod picture;
pub mod placement;
pub mod theme;
pub mod widgets;

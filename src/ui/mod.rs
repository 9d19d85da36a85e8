//! The window: what is drawn and what a person does to it.
//!
//! Everything here is egui. The room reads plain data, draws it, and hands back what was asked for; it does not know
//! the model, files or threads. Lengths are screen points unless a name says image or physical pixels.
//!
//! [`theme`] holds every colour and size once, [`icons`] the glyphs. [`canvas`] shows one picture through a
//! [`placement`], with [`overlay`] drawing spatial marks over it and [`picture`] keeping its pixels on the graphics
//! card. [`widgets`] are the few shared controls, and [`offscreen`] draws any of it without a window.

mod act;
pub mod actions;
pub mod ask;
pub mod canvas;
pub mod datasets;
pub mod eval;
pub mod feed;
pub mod form;
pub mod frame_times;
pub mod generate;
pub mod groundings;
pub mod icons;
pub mod key_sheet;
pub mod keys;
pub mod log;
pub mod message;
pub mod model;
pub mod notices;
pub mod offscreen;
pub mod overlay;
pub mod palette;
pub mod panel;
pub mod picture;
pub mod placement;
pub mod preferences;
pub mod shell;
pub mod simulator;
pub mod sources;
mod stage;
pub mod theme;
pub mod tiles;
pub mod timing;
pub mod topbar;
pub mod train;
pub mod transport;
mod truth;
mod units;
pub mod views;
pub mod widgets;

//! A small world: solids and things made of them, pictures of them, and what is true in those pictures.
//!
//! Knows no files, threads, clocks or windows. Metres, radians, kilograms; the world has z up.

pub mod asset;
pub mod render;
pub mod solid;
pub mod texture;

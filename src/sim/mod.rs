//! A small world: solids and things made of them.
//!
//! Knows no files, threads, clocks or windows. Metres, radians, kilograms; the world has z up.

pub mod solid;

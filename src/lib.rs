//! SP-VLA Workbench.

// Floor 0: ground. No I/O, threads, clocks, Burn or egui.
pub mod geometry;
pub mod grounding;
pub mod job;
pub mod robot;
pub mod vision;

// Floor 5: the window. egui; no Burn, files or threads.
pub mod ui;

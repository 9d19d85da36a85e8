//! SP-VLA Workbench.

// Floor 0: ground. No I/O, threads, clocks, Burn or egui.
pub mod geometry;
pub mod grounding;
pub mod job;
pub mod robot;
pub mod shaders;
pub mod vision;

// Floor 1: rooms. They do not know each other.
pub mod camera;
pub mod model;

// Floor 2: jobs. They know rooms, not each other.
pub mod bench;
pub mod verify;

// Floor 3: the only owner of threads.
pub mod engine;

// Floor 4: the document. Plain data.
pub mod workbench;

// Floor 5: the window. egui; no Burn, files or threads.
pub mod ui;

// Floor 6: the command line. It skips workbench and window.
pub mod cli;

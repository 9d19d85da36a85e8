//! SP-VLA Workbench: a desktop program for spatially guided vision-language-action models (InternVLA-M1, ST4VLA).
//!
//! A planner (Qwen2.5-VL) turns an instruction and pictures into *spatial priors*: boxes, points, traces. A querying
//! transformer and DINOv2 features feed a diffusion action expert that emits a chunk of actions. The workbench opens
//! such a checkpoint, runs it, and shows what it thinks over the pictures.
//!
//! # The house
//!
//! Rooms stand on floors. A room imports only from lower floors; rooms on one floor do not know each other; a module of
//! the ground imports only some of those that `tests/it/house.rs` names for it, which keeps all of this so.
//!
//! | floor | room | what it is | what it may not know |
//! |---|---|---|---|
//! | 8 | `main` | chooses window or command | egui, Burn |
//! | 7 | [`app`] | the window: everything put together | Burn |
//! | 7 | [`cli`] | the commands | egui, Burn, the document |
//! | 6 | [`ui`] | what is drawn, what a person does | jobs and rooms, Burn, files, threads |
//! | 5 | [`workbench`] | the document: open, selected, latest; every act is a [`workbench::Command`] | jobs and rooms, egui, Burn, files, threads, clocks |
//! | 4 | [`engine`] | the only owner of threads | egui, how anything is computed |
//! | 3 | [`verify`], [`mod@bench`] | jobs: run to an end, return a report | egui, channels, threads |
//! | 3 | [`collect`] | a job: the expert's episodes become datasets | egui, channels, threads |
//! | 3 | [`train`] | a job: both stages of training, from a configuration to a run folder | egui, channels, threads |
//! | 3 | [`eval`] | a job: how well a policy grounds and acts, with intervals | egui, channels, threads |
//! | 2 | [`model`] | the network, in Burn; checkpoints; devices | egui, cameras, threads |
//! | 2 | [`camera`] | pictures, folders, videos, live cameras as sources | Burn, egui, threads |
//! | 2 | [`data`] | datasets in and out: episodes and labelled pictures | Burn, egui, threads |
//! | 2 | [`sim`] | a small world with physics: tasks, an expert, pictures and what is true in them | Burn, egui, files, threads |
//! | 1 | [`media`] | codecs: pictures and MP4 video, read and written | Burn, egui, threads |
//! | 0 | [`geometry`] [`vision`] [`grounding`] [`robot`] [`control`] [`metrics`] [`job`] [`shaders`] | plain values and pure functions | I/O, threads, clocks, Burn, egui |
//!
//! # One question, from key to canvas
//!
//! Ctrl+Enter becomes [`workbench::CommandId::Run`]. After drawing, [`workbench::Workbench::apply`] puts the frames in
//! view and the exact prompt into a [`model::answer::Query`] and returns a [`engine::Request`]. The engine leaves it on
//! the desk of the model thread, where a newer question takes the place of one that has not begun.
//! [`model::policy::Vla`] fits the frames ([`vision::Fit`] remembers the way back), runs vision tower and decoder and
//! tells each token as it comes. [`grounding::reply`] reads the reply into groundings in pixels of the original
//! picture, and [`workbench::Workbench::absorb`] puts the answer into the document that the next frame draws.
//!
//! For actions the planner's hidden states and DINOv2 features go through [`model::qformer`] to the diffusion sampler in
//! [`model::action`]. Normalised numbers become metres and radians only through [`robot::ActionStats`].
//!
//! # Device
//!
//! Window and model share one wgpu device (without the feature `spirv`): [`app`] opens it with all the adapter has, the model thread adopts it
//! ([`model::device`]). A picture then crosses the bus once, the kernels in `shaders/` write the encoders' input straight
//! into Burn's buffers, and nothing is read back but tokens and actions. The price is one queue, so long passes are
//! submitted block by block ([`model::pass::Pass`]). The window goes first because an adapter chosen without it may be
//! unable to present (laptops with two GPUs), and because Burn's WGSL path runs on any adopted device.
//!
//! On a software adapter, or none, the model runs on Burn's CPU backend: a software Vulkan driver is an order of
//! magnitude slower than the CPU itself.

// Floor 0: ground. No I/O, threads, clocks, Burn or egui.
pub mod control;
pub mod geometry;
pub mod grounding;
pub mod job;
pub mod metrics;
pub mod robot;
pub mod shaders;
pub mod vision;

// Floor 1: codecs, for several rooms.
pub mod media;

// Floor 2: rooms. They do not know each other.
pub mod camera;
pub mod data;
pub mod model;
pub mod sim;

// Floor 3: jobs. They know rooms, not each other.
pub mod bench;
pub mod collect;
pub mod eval;
pub mod train;
pub mod verify;

// Floor 4: the only owner of threads.
pub mod engine;

// Floor 5: the document. Plain data.
pub mod workbench;

// Floor 6: the window. egui; no Burn, files or threads.
pub mod ui;

// Floor 7: the program, with a window or without.
pub mod app;
pub mod cli;

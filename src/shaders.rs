//! The WGSL kernels, as text: one row per file of `shaders/`. Knows nothing of who compiles or runs them.

/// One file of kernels with the shared text in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shader {
    /// The file's name without its ending.
    pub name: &'static str,
    /// What is compiled.
    pub source: &'static str,
}

/// Kernels `resize_horizontal` and `resize_vertical`: one axis of Pillow's resize each.
pub const RESIZE: Shader = Shader {
    name: "resize",
    source: concat!(
        include_str!("../shaders/common.wgsl"),
        include_str!("../shaders/resize.wgsl")
    ),
};

/// Kernel `patchify`: input of Qwen's vision tower.
pub const PATCHIFY: Shader = Shader {
    name: "patchify",
    source: concat!(
        include_str!("../shaders/common.wgsl"),
        include_str!("../shaders/patchify.wgsl")
    ),
};

/// Kernel `dino_normalize`: input of DINOv2.
pub const DINO_NORMALIZE: Shader = Shader {
    name: "dino_normalize",
    source: concat!(
        include_str!("../shaders/common.wgsl"),
        include_str!("../shaders/dino_normalize.wgsl")
    ),
};

/// Stages `sun_vertex`, `label_vertex`, `label_fragment`, `colour_vertex` and `colour_fragment`: the simulator's world.
pub const SIM_SCENE: Shader = Shader {
    name: "sim_scene",
    source: include_str!("../shaders/sim_scene.wgsl"),
};

/// Every file but the shared one.
pub const SHADERS: &[Shader] = &[RESIZE, PATCHIFY, DINO_NORMALIZE, SIM_SCENE];

/// Output pixels along each side of a workgroup of these kernels.
pub const GROUP_SIDE: u32 = 16;

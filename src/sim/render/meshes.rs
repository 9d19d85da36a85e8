//! Triangles on the device, made once per solid and kept while they are used.

use std::collections::BTreeMap;

use super::gpu;
use crate::sim::solid::{Bounds, Mesh, Solid};

/// Solids kept; when there are more, those unused for longest go.
const KEPT: usize = 768;

/// A corner as the vertex stage reads it.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct Corner {
    position: [f32; 3],
    normal: [f32; 3],
    uv: [f32; 2],
    slot: u32,
}

pub(super) const CORNER_BYTES: u64 = size_of::<Corner>() as u64;

/// One solid on the device.
#[derive(Debug)]
pub(super) struct GpuMesh {
    pub(super) corners: wgpu::Buffer,
    pub(super) indices: wgpu::Buffer,
    pub(super) count: u32,
    pub(super) bounds: Bounds,
    used: u64,
}

/// All solids on the device.
#[derive(Debug, Default)]
pub(super) struct Meshes {
    all: BTreeMap<u64, GpuMesh>,
    round: u64,
}

impl Meshes {
    /// Begins a new picture.
    pub(super) fn begin(&mut self) {
        self.round += 1;
        if self.all.len() > KEPT {
            let mut ages: Vec<u64> = self.all.values().map(|mesh| mesh.used).collect();
            ages.sort_unstable();
            let oldest = ages[ages.len() / 2];
            self.all.retain(|_, mesh| mesh.used > oldest);
        }
    }

    /// Brings a solid to the device, unless it is there, and returns its key.
    pub(super) fn load(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        solid: &Solid,
    ) -> u64 {
        let key = solid.fingerprint();
        let round = self.round;
        let mesh = self
            .all
            .entry(key)
            .or_insert_with(|| upload(device, queue, &solid.mesh()));
        mesh.used = round;
        key
    }

    pub(super) fn mesh(&self, key: u64) -> Option<&GpuMesh> {
        self.all.get(&key)
    }
}

fn upload(device: &wgpu::Device, queue: &wgpu::Queue, mesh: &Mesh) -> GpuMesh {
    let corner = |i: usize| Corner {
        position: mesh.positions[i],
        normal: mesh.normals[i],
        uv: mesh.uvs[i],
        slot: u32::from(mesh.slots[i]),
    };
    let corners: Vec<Corner> = (0..mesh.positions.len()).map(corner).collect();
    let filled = |bytes: &[u8], usage: wgpu::BufferUsages| {
        let usage = usage | wgpu::BufferUsages::COPY_DST;
        let buffer = gpu::buffer(device, "simulator mesh", bytes.len() as u64, usage);
        queue.write_buffer(&buffer, 0, bytes);
        buffer
    };
    GpuMesh {
        corners: filled(bytemuck::cast_slice(&corners), wgpu::BufferUsages::VERTEX),
        indices: filled(
            bytemuck::cast_slice(&mesh.indices),
            wgpu::BufferUsages::INDEX,
        ),
        count: mesh.indices.len() as u32,
        bounds: mesh.bounds(),
        used: 0,
    }
}

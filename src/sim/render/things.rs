//! What shaders are told: cameras, things and materials, laid out as `sim_scene.wgsl` reads them.

use super::matrix::{clip, columns};
use super::{Camera, Drawing, Item, Light};
use crate::sim::asset::Material;

/// Bytes from one camera to the next: the alignment that every device grants.
pub(super) const CAMERA_STRIDE: u64 = 512;

#[derive(Debug, Clone, Copy, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct GpuLight {
    direction: [f32; 4],
    colour: [f32; 4],
}

#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct GpuCamera {
    clip: [[f32; 4]; 4],
    sun: [[f32; 4]; 4],
    eye: [f32; 4],
    lights: [GpuLight; 3],
    sky: [f32; 4],
    ground: [f32; 4],
}

pub(super) const CAMERA_BYTES: u64 = size_of::<GpuCamera>() as u64;

#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct GpuThing {
    rows: [[f32; 4]; 3],
    id: u32,
    material: u32,
    last_slot: u32,
    spare: u32,
}

#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct GpuMaterial {
    albedo: [f32; 3],
    roughness: f32,
    metallic: f32,
    tiles_per_metre: f32,
    layer: u32,
    spare: u32,
}

/// Bytes of all cameras, each at its stride.
pub(super) fn cameras(
    cameras: &[Camera],
    drawing: &Drawing,
    (sun, step): ([[f32; 4]; 4], f64),
) -> Vec<u8> {
    let mut bytes = vec![0; cameras.len() * CAMERA_STRIDE as usize];
    for (camera, place) in cameras
        .iter()
        .zip(bytes.chunks_exact_mut(CAMERA_STRIDE as usize))
    {
        let [eye_x, eye_y, eye_z] = camera.pose.position.map(|x| x as f32);
        let [sky, ground] = drawing.ambient;
        let gpu = GpuCamera {
            clip: columns(&clip(camera)),
            sun,
            eye: [eye_x, eye_y, eye_z, 1.0],
            lights: lights(&drawing.lights),
            sky: [sky[0], sky[1], sky[2], camera.post.gain()],
            ground: [ground[0], ground[1], ground[2], step as f32],
        };
        place[..CAMERA_BYTES as usize].copy_from_slice(bytemuck::bytes_of(&gpu));
    }
    bytes
}

fn lights(lights: &[Light]) -> [GpuLight; 3] {
    std::array::from_fn(|i| {
        let Some(light) = lights.get(i) else {
            return GpuLight::default();
        };
        let away = nalgebra::Vector3::from(light.direction);
        let towards = -away
            .try_normalize(1e-9)
            .unwrap_or_else(|| -nalgebra::Vector3::z());
        let [r, g, b] = light.colour;
        GpuLight {
            direction: [towards.x as f32, towards.y as f32, towards.z as f32, 0.0],
            colour: [r, g, b, 1.0],
        }
    })
}

/// Bytes of all things and of their materials.
pub(super) fn things(items: &[Item]) -> (Vec<u8>, Vec<u8>) {
    let mut things: Vec<GpuThing> = Vec::with_capacity(items.len());
    let mut materials: Vec<GpuMaterial> = Vec::new();
    for item in items {
        let matrix = item.pose.isometry().to_homogeneous();
        things.push(GpuThing {
            rows: std::array::from_fn(|r| std::array::from_fn(|c| matrix[(r, c)] as f32)),
            id: item.id,
            material: materials.len() as u32,
            last_slot: item.materials.len().saturating_sub(1) as u32,
            spare: 0,
        });
        materials.extend(item.materials.iter().map(gpu_material));
        if item.materials.is_empty() {
            materials.push(gpu_material(&Material::plain([0.5; 3], 0.6)));
        }
    }
    let bytes = |list: &[u8]| list.to_vec();
    (
        bytes(bytemuck::cast_slice(&things)),
        bytes(bytemuck::cast_slice(&materials)),
    )
}

fn gpu_material(material: &Material) -> GpuMaterial {
    GpuMaterial {
        albedo: material.albedo,
        roughness: material.roughness,
        metallic: material.metallic,
        tiles_per_metre: 1.0 / material.tile.max(1e-3),
        layer: material.texture.index() as u32,
        spare: 0,
    }
}

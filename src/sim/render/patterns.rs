//! Patterns on the device: one texture with a layer per pattern, painted when it is first worn.
//!
//! Stored as square roots of light, which a shader undoes with one product.

use crate::sim::texture::{PATTERNS, SIDE, TextureId};

/// All patterns.
#[derive(Debug)]
pub(super) struct Patterns {
    texture: wgpu::Texture,
    loaded: Vec<bool>,
}

impl Patterns {
    pub(super) fn new(device: &wgpu::Device) -> Self {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("simulator patterns"),
            size: wgpu::Extent3d {
                width: SIDE as u32,
                height: SIDE as u32,
                depth_or_array_layers: PATTERNS.len() as u32,
            },
            mip_level_count: SIDE.ilog2() + 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8Unorm,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        Self {
            texture,
            loaded: vec![false; PATTERNS.len()],
        }
    }

    pub(super) fn view(&self) -> wgpu::TextureView {
        self.texture.create_view(&wgpu::TextureViewDescriptor {
            dimension: Some(wgpu::TextureViewDimension::D2Array),
            ..wgpu::TextureViewDescriptor::default()
        })
    }

    /// Paints a pattern unless it is there.
    pub(super) fn load(&mut self, queue: &wgpu::Queue, id: TextureId) {
        let layer = id.index();
        if std::mem::replace(&mut self.loaded[layer], true) {
            return;
        }
        let mut pixels = rooted(id.pixels());
        let mut side = SIDE;
        for level in 0..self.texture.mip_level_count() {
            if level > 0 {
                pixels = halved(&pixels, side);
                side /= 2;
            }
            self.write(queue, layer as u32, level, (&pixels, side as u32));
        }
    }

    fn write(&self, queue: &wgpu::Queue, layer: u32, level: u32, (pixels, side): (&[u8], u32)) {
        let place = wgpu::TexelCopyTextureInfo {
            texture: &self.texture,
            mip_level: level,
            origin: wgpu::Origin3d {
                x: 0,
                y: 0,
                z: layer,
            },
            aspect: wgpu::TextureAspect::All,
        };
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(side * 4),
            rows_per_image: None,
        };
        let size = wgpu::Extent3d {
            width: side,
            height: side,
            depth_or_array_layers: 1,
        };
        queue.write_texture(place, pixels, layout, size);
    }
}

/// sRGB levels as square roots of light.
fn rooted(mut pixels: Vec<u8>) -> Vec<u8> {
    let table: [u8; 256] = std::array::from_fn(|level| {
        let [light, ..] = crate::sim::asset::linear([level as u8; 3]);
        (light.sqrt() * 255.0).round() as u8
    });
    for pixel in pixels.chunks_exact_mut(4) {
        for level in &mut pixel[..3] {
            *level = table[usize::from(*level)];
        }
    }
    pixels
}

/// Means of the light of two by two pixels.
fn halved(pixels: &[u8], side: usize) -> Vec<u8> {
    let half = side / 2;
    let at = |x: usize, y: usize, k: usize| u32::from(pixels[(y * side + x) * 4 + k]);
    let mut smaller = Vec::with_capacity(half * half * 4);
    for y in 0..half {
        for x in 0..half {
            for k in 0..4 {
                let (x, y) = (2 * x, 2 * y);
                let four = [
                    at(x, y, k),
                    at(x + 1, y, k),
                    at(x, y + 1, k),
                    at(x + 1, y + 1, k),
                ];
                let square: u32 = four.iter().map(|level| level * level).sum();
                smaller.push(f64::from(square / 4).sqrt().round() as u8);
            }
        }
    }
    smaller
}

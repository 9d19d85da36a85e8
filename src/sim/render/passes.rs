//! The passes of one picture: the sun's map, colours, labels.

use super::meshes::Meshes;
use super::pipelines::Pipelines;
use super::readback::Target;
use super::{Camera, Drawing, Item, matrix};
use crate::sim::solid::Bounds;

/// One thing as a pass draws it: its place in the buffer and its mesh.
pub(super) type Draw = (u32, u64);

/// What the passes of one camera need.
pub(super) struct Passes<'a> {
    pub(super) pipelines: &'a Pipelines,
    pub(super) meshes: &'a Meshes,
    pub(super) world: &'a wgpu::BindGroup,
    pub(super) light: &'a wgpu::BindGroup,
    pub(super) offset: u32,
}

impl Passes<'_> {
    pub(super) fn colour(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        target: &Target,
        order: &[Draw],
    ) {
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("simulator colour"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: target.samples.as_ref().unwrap_or(&target.resolved_view),
                depth_slice: None,
                resolve_target: target.samples.as_ref().map(|_| &target.resolved_view),
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color {
                        r: 0.36,
                        g: 0.38,
                        b: 0.4,
                        a: 1.0,
                    }),
                    store: if target.samples.is_some() {
                        wgpu::StoreOp::Discard
                    } else {
                        wgpu::StoreOp::Store
                    },
                },
            })],
            depth_stencil_attachment: Some(depth(&target.colour_depth, 0.0)),
            ..wgpu::RenderPassDescriptor::default()
        });
        pass.set_pipeline(&self.pipelines.colour);
        pass.set_bind_group(0, self.world, &[self.offset]);
        pass.set_bind_group(1, self.light, &[]);
        for item in order {
            draw(&mut pass, self.meshes, *item);
        }
    }

    pub(super) fn label(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        target: &Target,
        order: &[Draw],
    ) {
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("simulator labels"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &target.label_view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                    store: wgpu::StoreOp::Store,
                },
            })],
            depth_stencil_attachment: Some(depth(&target.label_depth, 0.0)),
            ..wgpu::RenderPassDescriptor::default()
        });
        pass.set_pipeline(&self.pipelines.label);
        pass.set_bind_group(0, self.world, &[self.offset]);
        for item in order {
            draw(&mut pass, self.meshes, *item);
        }
    }
}

/// What the camera may see, nearest first, so that what is hidden is not shaded; what throws no shadow (the room) comes
/// last.
pub(super) fn order(
    drawing: &Drawing,
    keys: &[u64],
    meshes: &Meshes,
    camera: &Camera,
) -> Vec<Draw> {
    let clip = matrix::clip(camera);
    let eye = nalgebra::Vector3::from(camera.pose.position);
    let far = |item: &Item| (nalgebra::Vector3::from(item.pose.position) - eye).norm();
    let seen = |item: &Item, key: u64| {
        let mesh = meshes.mesh(key)?;
        matrix::may_see(&clip, &placed(&mesh.bounds, item)).then(|| (!item.casts, far(item)))
    };
    let mut order: Vec<((bool, f64), Draw)> = drawing
        .items
        .iter()
        .zip(keys)
        .enumerate()
        .filter_map(|(index, (item, key))| Some((seen(item, *key)?, (index as u32, *key))))
        .collect();
    order.sort_by(|a, b| a.0.0.cmp(&b.0.0).then(a.0.1.total_cmp(&b.0.1)));
    order.into_iter().map(|(_, draw)| draw).collect()
}

/// The box around a thing's box where it stands.
pub(super) fn placed(bounds: &Bounds, item: &Item) -> Bounds {
    let corners = bounds.corners();
    Bounds::around(corners.map(|corner| item.pose.apply(corner)))
}

pub(super) fn draw(pass: &mut wgpu::RenderPass<'_>, meshes: &Meshes, (index, key): Draw) {
    if let Some(mesh) = meshes.mesh(key).filter(|mesh| mesh.count > 0) {
        pass.set_vertex_buffer(0, mesh.corners.slice(..));
        pass.set_index_buffer(mesh.indices.slice(..), wgpu::IndexFormat::Uint32);
        pass.draw_indexed(0..mesh.count, 0, index..index + 1);
    }
}

pub(super) fn depth(
    view: &wgpu::TextureView,
    clear: f32,
) -> wgpu::RenderPassDepthStencilAttachment<'_> {
    wgpu::RenderPassDepthStencilAttachment {
        view,
        depth_ops: Some(wgpu::Operations {
            load: wgpu::LoadOp::Clear(clear),
            store: wgpu::StoreOp::Store,
        }),
        stencil_ops: None,
    }
}

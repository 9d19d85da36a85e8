//! The kernels are sound, listed, and give what their plain twins give: every value equal, on whatever device there is.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is missing"
)]

use std::collections::BTreeSet;
use std::fs;
use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use naga::valid::{Capabilities, ValidationFlags, Validator};
use proptest::prelude::*;
use spvla::geometry::ImageSize;
use spvla::model::preprocess::{
    GpuFrame, PreprocessError, Preprocessor, dino_bytes, planner_bytes,
};
use spvla::shaders::SHADERS;
use spvla::vision::normalize::{PatchLayout, dino_pixels, patchify};
use spvla::vision::resample::{Filter, resize};
use spvla::vision::{Fit, Frame};

#[test]
fn the_table_lists_the_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/shaders");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "common.wgsl")
        .collect();
    let table: BTreeSet<String> = SHADERS.iter().map(|s| format!("{}.wgsl", s.name)).collect();
    assert_eq!(files, table);
}

#[test]
fn every_kernel_is_valid() {
    for shader in SHADERS {
        let module = naga::front::wgsl::parse_str(shader.source)
            .unwrap_or_else(|e| panic!("{}: {}", shader.name, e.emit_to_string(shader.source)));
        let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
        let checked = validator.validate(&module);
        assert!(checked.is_ok(), "{}: {:?}", shader.name, checked.err());
        assert!(
            !module.entry_points.is_empty(),
            "{} does nothing",
            shader.name
        );
    }
}

/// Adapter and device answers are there when asked, on native devices.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a native device answers at once"),
    }
}

struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
    preprocessor: Preprocessor,
}

fn device(limits: impl Fn(wgpu::Limits) -> wgpu::Limits) -> Option<(wgpu::Device, wgpu::Queue)> {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    let instance = wgpu::Instance::new(descriptor);
    let adapter = now(instance.request_adapter(&wgpu::RequestAdapterOptions::default())).ok()?;
    let flags = adapter.get_downlevel_capabilities().flags;
    if !flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS) {
        return None;
    }
    eprintln!("pixel kernels run on {:?}", adapter.get_info().name);
    let device = now(adapter.request_device(&wgpu::DeviceDescriptor {
        required_limits: limits(adapter.limits()),
        ..wgpu::DeviceDescriptor::default()
    }));
    Some(device.expect("the adapter grants its own limits"))
}

/// One device for all tests, or none: then each says aloud that it was skipped.
fn gpu() -> Option<&'static Gpu> {
    static GPU: OnceLock<Option<Gpu>> = OnceLock::new();
    let gpu = GPU.get_or_init(|| {
        let (device, queue) = device(|limits| limits)?;
        let preprocessor = Preprocessor::new(&device, &queue).unwrap();
        Some(Gpu {
            device,
            queue,
            preprocessor,
        })
    });
    if gpu.is_none() {
        eprintln!(
            "SKIPPED: no graphics adapter with compute shaders; the pixel kernels were NOT compared"
        );
    }
    gpu.as_ref()
}

fn noise(size: ImageSize, seed: u32) -> Frame {
    let mut state = seed | 1;
    let rgb: Vec<u8> = (0..size.pixels() * 3)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            // Extremes make the cubic overshoot.
            match state >> 30 {
                0 => 0,
                1 => 255,
                _ => (state >> 8) as u8,
            }
        })
        .collect();
    Frame::from_rgb("noise", size, &rgb).unwrap()
}

fn pixels(gpu: &Gpu, frame: &GpuFrame) -> Vec<u8> {
    let binding = frame.buffer().as_entire_buffer_binding();
    gpu.preprocessor.read_back(&binding).unwrap()
}

fn values(gpu: &Gpu, buffer: &wgpu::Buffer) -> Vec<f32> {
    let bytes = gpu
        .preprocessor
        .read_back(&buffer.as_entire_buffer_binding());
    bytemuck::pod_collect_to_vec(&bytes.unwrap())
}

fn differing<T: PartialEq>(found: &[T], expected: &[T]) -> usize {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).filter(|(a, b)| a != b).count()
}

fn resize_differs(gpu: &Gpu, frame: &Frame, target: ImageSize, filter: Filter) -> usize {
    let uploaded = gpu.preprocessor.upload(frame).unwrap();
    let resized = gpu.preprocessor.resize(&uploaded, target, filter).unwrap();
    differing(&pixels(gpu, &resized), resize(frame, target, filter).rgba())
}

fn planner_differs(gpu: &Gpu, frame: &Frame, target: ImageSize) -> usize {
    let fit = Fit::stretch(frame.size(), target);
    let layout = PatchLayout::default();
    let uploaded = gpu.preprocessor.upload(frame).unwrap();
    let output = gpu
        .preprocessor
        .allocate(planner_bytes(fit, layout).unwrap())
        .unwrap();
    let binding = output.as_entire_buffer_binding();
    let grid = gpu
        .preprocessor
        .planner_pixels(&uploaded, fit, layout, &binding)
        .unwrap();
    let plain = patchify(&[resize(frame, target, Filter::Bicubic)], layout).unwrap();
    assert_eq!(vec![grid], plain.grids);
    differing(&values(gpu, &output), &plain.values)
}

fn dino_differs(gpu: &Gpu, frame: &Frame, target: ImageSize) -> usize {
    let fit = Fit::stretch(frame.size(), target);
    let uploaded = gpu.preprocessor.upload(frame).unwrap();
    let output = gpu.preprocessor.allocate(dino_bytes(fit)).unwrap();
    let binding = output.as_entire_buffer_binding();
    let size = gpu
        .preprocessor
        .dino_pixels(&uploaded, fit, &binding)
        .unwrap();
    assert_eq!(size, target);
    let plain = dino_pixels(&resize(frame, target, Filter::Bilinear));
    differing(&values(gpu, &output), &plain.values)
}

fn sides(most: u32) -> impl Strategy<Value = ImageSize> {
    (1..=most, 1..=most).prop_map(|(width, height)| ImageSize::new(width, height))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn kernels_equal_their_twins_at_any_size(
        (source, target, cells) in (sides(150), sides(150), sides(4)),
        bicubic in any::<bool>(),
        seed in any::<u32>(),
    ) {
        if let Some(gpu) = gpu() {
            let frame = noise(source, seed);
            let filter = if bicubic { Filter::Bicubic } else { Filter::Bilinear };
            prop_assert_eq!(resize_differs(gpu, &frame, target, filter), 0);
            let cells = ImageSize::new(cells.width * 28, cells.height * 28);
            prop_assert_eq!(planner_differs(gpu, &frame, cells), 0);
            prop_assert_eq!(dino_differs(gpu, &frame, target), 0);
        }
    }
}

#[test]
fn a_camera_frame_equals_the_twin() {
    if let Some(gpu) = gpu() {
        let frame = noise(ImageSize::new(640, 480), 3);
        assert_eq!(planner_differs(gpu, &frame, ImageSize::new(644, 476)), 0);
        assert_eq!(dino_differs(gpu, &frame, ImageSize::new(298, 224)), 0);
    }
}

#[test]
fn views_share_one_output_at_any_offset() {
    let Some(gpu) = gpu() else { return };
    let layout = PatchLayout::default();
    let frames = [(28, 28), (56, 28)].map(|(w, h)| noise(ImageSize::new(w, h), w));
    let fits = frames.each_ref().map(|f| Fit::stretch(f.size(), f.size()));
    let lengths = fits.map(|fit| planner_bytes(fit, layout).unwrap());
    assert_ne!(
        lengths[0] % 256,
        0,
        "the second view begins at an odd place"
    );
    let output = gpu.preprocessor.allocate(lengths.iter().sum()).unwrap();
    for ((frame, fit), offset) in frames.iter().zip(fits).zip([0, lengths[0]]) {
        let uploaded = gpu.preprocessor.upload(frame).unwrap();
        let binding = wgpu::BufferBinding {
            buffer: &output,
            offset,
            size: None,
        };
        gpu.preprocessor
            .planner_pixels(&uploaded, fit, layout, &binding)
            .unwrap();
    }
    let plain = patchify(&frames, layout).unwrap();
    assert_eq!(differing(&values(gpu, &output), &plain.values), 0);
}

#[test]
fn a_texture_is_read_where_it_lies() {
    let Some(gpu) = gpu() else { return };
    let frame = noise(ImageSize::new(50, 21), 9);
    let size = wgpu::Extent3d {
        width: 50,
        height: 21,
        depth_or_array_layers: 1,
    };
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: None,
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8UnormSrgb,
        usage: wgpu::TextureUsages::COPY_SRC | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(200),
        rows_per_image: None,
    };
    gpu.queue
        .write_texture(texture.as_image_copy(), frame.rgba(), layout, size);
    let imported = gpu.preprocessor.import(&texture).unwrap();
    for target in [ImageSize::new(30, 40), ImageSize::new(50, 40)] {
        let resized = gpu
            .preprocessor
            .resize(&imported, target, Filter::Bicubic)
            .unwrap();
        let plain = resize(&frame, target, Filter::Bicubic);
        assert_eq!(differing(&pixels(gpu, &resized), plain.rgba()), 0);
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let Some(gpu) = gpu() else { return };
    let frame = gpu
        .preprocessor
        .upload(&noise(ImageSize::new(40, 30), 1))
        .unwrap();
    let output = gpu.preprocessor.allocate(64).unwrap();
    let output = output.as_entire_buffer_binding();
    let target = ImageSize::new(28, 28);
    let layout = PatchLayout::default();
    let small = gpu.preprocessor.planner_pixels(
        &frame,
        Fit::stretch(frame.size(), target),
        layout,
        &output,
    );
    assert!(
        matches!(small, Err(PreprocessError::Length { found: 64, .. })),
        "{small:?}"
    );
    let other = gpu
        .preprocessor
        .dino_pixels(&frame, Fit::stretch(target, target), &output);
    assert!(
        matches!(other, Err(PreprocessError::Source { .. })),
        "{other:?}"
    );
    let ragged = Fit::stretch(frame.size(), frame.size());
    let ragged = gpu
        .preprocessor
        .planner_pixels(&frame, ragged, layout, &output);
    assert!(
        matches!(ragged, Err(PreprocessError::Patches(_))),
        "{ragged:?}"
    );
    let unreadable = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 64,
        usage: wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    });
    let refused = gpu
        .preprocessor
        .read_back(&unreadable.as_entire_buffer_binding());
    assert!(
        matches!(refused, Err(PreprocessError::Device { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_picture_beyond_the_device_is_refused_before_it_is_copied() {
    let small = |limits| wgpu::Limits {
        max_storage_buffer_binding_size: 1 << 16,
        ..limits
    };
    let Some((device, queue)) = device(small) else {
        eprintln!("SKIPPED: no graphics adapter with compute shaders; limits were NOT tested");
        return;
    };
    let preprocessor = Preprocessor::new(&device, &queue).unwrap();
    let large = preprocessor.upload(&noise(ImageSize::new(200, 100), 1));
    assert!(matches!(
        large,
        Err(PreprocessError::TooLarge { limit: 65_536, .. })
    ));
    let frame = preprocessor
        .upload(&noise(ImageSize::new(100, 100), 1))
        .unwrap();
    let grown = preprocessor.resize(&frame, ImageSize::new(100, 200), Filter::Bilinear);
    assert!(matches!(grown, Err(PreprocessError::TooLarge { .. })));
}

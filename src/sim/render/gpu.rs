//! Opening a device, and catching what it complains of.

use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use super::RenderError;

/// A device of its own, on whatever adapter there is.
pub(super) fn open() -> Result<(wgpu::Device, wgpu::Queue), RenderError> {
    let adapter = adapter().map_err(|source| RenderError::Adapter { source })?;
    let wanted = wgpu::DeviceDescriptor {
        label: Some("simulator"),
        ..wgpu::DeviceDescriptor::default()
    };
    wait(adapter.request_device(&wanted)).map_err(|source| RenderError::Open {
        adapter: adapter.get_info().name,
        source,
    })
}

/// The adapter that suits best: of the modern interfaces if there is one, else whatever there is.
fn adapter() -> Result<wgpu::Adapter, wgpu::RequestAdapterError> {
    // Drivers are loaded once and stay loaded: several of them do not survive being opened and closed by several
    // threads at once. Old interfaces are not even looked at where a modern one is there.
    static MODERN: OnceLock<wgpu::Instance> = OnceLock::new();
    static ALL: OnceLock<wgpu::Instance> = OnceLock::new();
    let request = |instance: &wgpu::Instance| {
        wait(instance.request_adapter(&wgpu::RequestAdapterOptions::default()))
    };
    let with = |backends| {
        let mut wanted = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
        wanted.backends &= backends;
        wgpu::Instance::new(wanted)
    };
    request(MODERN.get_or_init(|| with(wgpu::Backends::PRIMARY)))
        .or_else(|_| request(ALL.get_or_init(|| with(wgpu::Backends::all()))))
}

/// Runs a future that is ready at once: wgpu's are, except in a browser.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        std::hint::spin_loop();
    }
}

/// Runs `run` and returns what the device complained of meanwhile, else its result.
pub(super) fn guarded<T>(
    device: &wgpu::Device,
    step: &'static str,
    run: impl FnOnce() -> Result<T, RenderError>,
) -> Result<T, RenderError> {
    use wgpu::ErrorFilter::{Internal, OutOfMemory, Validation};
    let scopes = [OutOfMemory, Internal, Validation].map(|filter| device.push_error_scope(filter));
    let result = run();
    // Popped from the last: what ran out explains what then became invalid.
    let caught = scopes
        .into_iter()
        .rev()
        .filter_map(|scope| wait(scope.pop()))
        .last();
    match caught {
        Some(error) => Err(failed(step, &error)),
        None => result,
    }
}

pub(super) fn failed(step: &'static str, error: &impl ToString) -> RenderError {
    RenderError::Device {
        step,
        message: error.to_string(),
    }
}

/// A buffer with room for `bytes`.
pub(super) fn buffer(
    device: &wgpu::Device,
    label: &str,
    bytes: u64,
    usage: wgpu::BufferUsages,
) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: bytes.next_multiple_of(4).max(16),
        usage,
        mapped_at_creation: false,
    })
}

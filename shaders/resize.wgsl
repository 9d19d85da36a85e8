// Pillow's resize in its own fixed point, one axis per pass: the twin of `vision::resample::resize`, bit for bit.

// 22 binary digits behind the point: `vision::resample::PRECISION_BITS`.
const PRECISION_BITS: u32 = 22u;
const HALF: i32 = 1 << 21;

@group(0) @binding(0) var<uniform> shape: Shape;
// Per output position: first input position, then `taps` weights.
@group(0) @binding(1) var<storage, read> weights: array<i32>;
@group(0) @binding(2) var<storage, read> input: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;

fn weighted(window: u32, first: u32, step: u32) -> u32 {
    var sum = vec3<i32>(HALF);
    var at = first;
    for (var tap = 1u; tap <= shape.taps; tap++) {
        sum += unpack_rgb(input[at]) * weights[window + tap];
        at += step;
    }
    // A right shift of i32 keeps the sign.
    return pack_rgb(sum >> vec3<u32>(PRECISION_BITS));
}

@compute @workgroup_size(16, 16)
fn resize_horizontal(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= shape.width || id.y >= shape.height) {
        return;
    }
    let window = id.x * (shape.taps + 1u);
    let first = id.y * shape.stride + u32(weights[window]);
    output[id.y * shape.width + id.x] = weighted(window, first, 1u);
}

@compute @workgroup_size(16, 16)
fn resize_vertical(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= shape.width || id.y >= shape.height) {
        return;
    }
    let window = id.y * (shape.taps + 1u);
    let first = u32(weights[window]) * shape.stride + id.x;
    output[id.y * shape.width + id.x] = weighted(window, first, shape.stride);
}

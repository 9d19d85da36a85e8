// Normalises and cuts up an image in Qwen's order: the twin of `vision::normalize::patchify`.

@group(0) @binding(0) var<uniform> shape: Shape;
// Normalised value of the 256 levels of red, then of green, then of blue.
@group(0) @binding(1) var<storage, read> levels: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

// Merged cells in reading order, patches within a cell likewise.
fn patch_of(at: vec2<u32>) -> u32 {
    let cell = shape.side * shape.merge;
    let outer = at / cell;
    let inner = (at % cell) / shape.side;
    let first = (outer.y * (shape.width / cell) + outer.x) * shape.merge * shape.merge;
    return first + inner.y * shape.merge + inner.x;
}

@compute @workgroup_size(16, 16)
fn patchify(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= shape.width || id.y >= shape.height) {
        return;
    }
    let pixel = input[id.y * shape.stride + id.x];
    let slice = shape.side * shape.side;
    let within = (id.y % shape.side) * shape.side + id.x % shape.side;
    var at = shape.offset + patch_of(id.xy) * 3u * shape.temporal * slice + within;
    for (var colour = 0u; colour < 3u; colour++) {
        let value = levels[colour * 256u + channel(pixel, colour)];
        for (var step = 0u; step < shape.temporal; step++) {
            output[at] = value;
            at += slice;
        }
    }
}

// Normalises an image into one plane per colour: the twin of `vision::normalize::dino_pixels`.

@group(0) @binding(0) var<uniform> shape: Shape;
// Normalised value of the 256 levels of red, then of green, then of blue.
@group(0) @binding(1) var<storage, read> levels: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(16, 16)
fn dino_normalize(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= shape.width || id.y >= shape.height) {
        return;
    }
    let pixel = input[id.y * shape.stride + id.x];
    let plane = shape.width * shape.height;
    var at = shape.offset + id.y * shape.width + id.x;
    for (var colour = 0u; colour < 3u; colour++) {
        output[at] = levels[colour * 256u + channel(pixel, colour)];
        at += plane;
    }
}

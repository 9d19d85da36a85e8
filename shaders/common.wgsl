// Set in front of every kernel. A pixel is one word: red in the lowest byte, then green, blue, alpha.

// What one dispatch is told. Every kernel runs once per output pixel, 16 x 16 to a group.
struct Shape {
    // Output pixels.
    width: u32,
    height: u32,
    // Words from one input row to the next.
    stride: u32,
    // Weights per output pixel (resizing only).
    taps: u32,
    // Side of a patch in pixels, of a merged cell in patches, and copies along time (patches only).
    side: u32,
    merge: u32,
    temporal: u32,
    // First element of the output that is written.
    offset: u32,
}

fn channel(pixel: u32, index: u32) -> u32 {
    return (pixel >> (8u * index)) & 255u;
}

fn unpack_rgb(pixel: u32) -> vec3<i32> {
    return vec3<i32>(i32(channel(pixel, 0u)), i32(channel(pixel, 1u)), i32(channel(pixel, 2u)));
}

// Levels outside 0 to 255 are clamped; the pixel is opaque.
fn pack_rgb(levels: vec3<i32>) -> u32 {
    let bytes = vec3<u32>(clamp(levels, vec3<i32>(0), vec3<i32>(255)));
    return bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (255u << 24u);
}


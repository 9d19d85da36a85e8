// Draws the simulator's world: a depth map from the sun, the picture, and what each pixel shows.

struct Light {
    // Towards the light; the fourth number is not used.
    direction: vec4<f32>,
    colour: vec4<f32>,
}

struct Camera {
    // World to clip space, and world to the sun's clip space.
    clip: mat4x4<f32>,
    sun: mat4x4<f32>,
    eye: vec4<f32>,
    lights: array<Light, 3>,
    // Light from above and from below; the sky's fourth number is the exposure, the ground's the size of a step of the
    // sun's map.
    sky: vec4<f32>,
    ground: vec4<f32>,
}

struct Thing {
    // Rows of the thing's frame in the world.
    rows: array<vec4<f32>, 3>,
    id: u32,
    material: u32,
    last_slot: u32,
    spare: u32,
}

struct Material {
    albedo: vec3<f32>,
    roughness: f32,
    metallic: f32,
    tiles_per_metre: f32,
    layer: u32,
    spare: u32,
}

@group(0) @binding(0) var<uniform> camera: Camera;
@group(0) @binding(1) var<storage, read> things: array<Thing>;
@group(0) @binding(2) var<storage, read> materials: array<Material>;
@group(1) @binding(0) var patterns: texture_2d_array<f32>;
@group(1) @binding(1) var pattern_sampler: sampler;
@group(1) @binding(2) var sun_map: texture_depth_2d;
@group(1) @binding(3) var sun_sampler: sampler_comparison;

struct Corner {
    @location(0) position: vec3<f32>,
    @location(1) normal: vec3<f32>,
    @location(2) uv: vec2<f32>,
    @location(3) slot: u32,
}

struct Surface {
    @builtin(position) clip: vec4<f32>,
    @location(0) world: vec3<f32>,
    @location(1) normal: vec3<f32>,
    @location(2) uv: vec2<f32>,
    @location(3) @interpolate(flat) material: u32,
    // Fragments that are computed for their neighbours' sake alone read no memory: what tells how fine a pattern is
    // comes from here.
    @location(4) @interpolate(flat) layer: u32,
}

struct Shown {
    @builtin(position) clip: vec4<f32>,
    // Distance along the camera's axis, in metres.
    @location(0) depth: f32,
    @location(1) @interpolate(flat) id: u32,
}

fn placed(thing: u32, position: vec3<f32>) -> vec3<f32> {
    let p = vec4<f32>(position, 1.0);
    return vec3<f32>(dot(things[thing].rows[0], p), dot(things[thing].rows[1], p), dot(things[thing].rows[2], p));
}

fn turned(thing: u32, normal: vec3<f32>) -> vec3<f32> {
    return vec3<f32>(
        dot(things[thing].rows[0].xyz, normal),
        dot(things[thing].rows[1].xyz, normal),
        dot(things[thing].rows[2].xyz, normal),
    );
}

@vertex
fn sun_vertex(@builtin(instance_index) thing: u32, @location(0) position: vec3<f32>) -> @builtin(position) vec4<f32> {
    return camera.sun * vec4<f32>(placed(thing, position), 1.0);
}

@vertex
fn label_vertex(@builtin(instance_index) thing: u32, @location(0) position: vec3<f32>) -> Shown {
    let clip = camera.clip * vec4<f32>(placed(thing, position), 1.0);
    return Shown(clip, clip.w, things[thing].id);
}

@fragment
fn label_fragment(shown: Shown) -> @location(0) vec2<u32> {
    return vec2<u32>(shown.id, bitcast<u32>(shown.depth));
}

@vertex
fn colour_vertex(@builtin(instance_index) thing: u32, corner: Corner) -> Surface {
    let world = placed(thing, corner.position);
    let material = things[thing].material + min(corner.slot, things[thing].last_slot);
    let clip = camera.clip * vec4<f32>(world, 1.0);
    let uv = corner.uv * materials[material].tiles_per_metre;
    return Surface(clip, world, turned(thing, corner.normal), uv, material, materials[material].layer);
}

// Share of the sun's light that arrives: four bilinear comparisons around the place.
fn sunlight(world: vec3<f32>, normal: vec3<f32>) -> f32 {
    let lifted = world + normal * camera.ground.w * 1.5;
    let clip = camera.sun * vec4<f32>(lifted, 1.0);
    let uv = vec2<f32>(clip.x * 0.5 + 0.5, 0.5 - clip.y * 0.5);
    let depth = min(clip.z, 1.0);
    if (uv.x <= 0.0 || uv.y <= 0.0 || uv.x >= 1.0 || uv.y >= 1.0) {
        return 1.0;
    }
    let step = 1.0 / 1024.0;
    var lit = textureSampleCompareLevel(sun_map, sun_sampler, uv + vec2<f32>(-0.6, -1.4) * step, depth);
    lit += textureSampleCompareLevel(sun_map, sun_sampler, uv + vec2<f32>(1.4, -0.6) * step, depth);
    lit += textureSampleCompareLevel(sun_map, sun_sampler, uv + vec2<f32>(0.6, 1.4) * step, depth);
    lit += textureSampleCompareLevel(sun_map, sun_sampler, uv + vec2<f32>(-1.4, 0.6) * step, depth);
    return lit * 0.25;
}

// GGX with Smith's shadowing (after Hammon) and Schlick's Fresnel term, times pi.
fn highlight(n_l: f32, n_v: f32, n_h: f32, v_h: f32, f0: vec3<f32>, alpha: f32) -> vec3<f32> {
    let a2 = alpha * alpha;
    let d = n_h * n_h * (a2 - 1.0) + 1.0;
    let visible = 0.5 / mix(2.0 * n_l * n_v, n_l + n_v, alpha);
    let edge = 1.0 - v_h;
    let edge2 = edge * edge;
    let fresnel = f0 + (1.0 - f0) * edge2 * edge2 * edge;
    return fresnel * (a2 / (d * d) * visible);
}

// What a rough mirror sees of a plain room: light ceiling, darker floor, a bright band where windows would be.
fn surroundings(direction: vec3<f32>, roughness: f32) -> vec3<f32> {
    let soft = 0.12 + roughness;
    let up = smoothstep(-soft, soft, direction.z);
    let room = mix(camera.ground.rgb, camera.sky.rgb, up);
    let band = smoothstep(0.25, 0.45, direction.z) * (1.0 - smoothstep(0.6, 0.85, direction.z));
    let side = smoothstep(-0.3, 0.5, direction.x * 0.6 - direction.y * 0.8);
    return room + camera.sky.rgb * (1.6 * band * side * (1.0 - roughness));
}

// Karis' fit of the share of surrounding light that a surface mirrors.
fn mirrored(f0: vec3<f32>, roughness: f32, n_v: f32) -> vec3<f32> {
    let r = roughness * vec4<f32>(-1.0, -0.0275, -0.572, 0.022) + vec4<f32>(1.0, 0.0425, 1.04, -0.04);
    let a = min(r.x * r.x, exp2(-9.28 * n_v)) * r.x + r.y;
    let ab = vec2<f32>(-1.04, 1.04) * a + r.zw;
    return f0 * ab.x + ab.y;
}

// Narkowicz' fit of the ACES curve, scaled so that mid grey stays.
fn filmic(light: vec3<f32>) -> vec3<f32> {
    let x = light * 0.5;
    return clamp(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), vec3<f32>(0.0), vec3<f32>(1.0));
}

// Linear light to sRGB, after Taylor's fit by square roots: within half a level.
fn srgb(x: vec3<f32>) -> vec3<f32> {
    let a = sqrt(x);
    let b = sqrt(a);
    return 0.662002687 * a + 0.684122060 * b - 0.323583601 * sqrt(b) - 0.0225411470 * x;
}

@fragment
fn colour_fragment(surface: Surface) -> @location(0) vec4<f32> {
    let material = materials[surface.material];
    // Patterns are stored as square roots of light.
    let texel = textureSample(patterns, pattern_sampler, surface.uv, surface.layer);
    let albedo = material.albedo * texel.rgb * texel.rgb;
    let roughness = clamp(material.roughness * texel.a * 2.0, 0.06, 1.0);
    let normal = normalize(surface.normal);
    let view = normalize(camera.eye.xyz - surface.world);
    let n_v = max(dot(normal, view), 1e-3);
    let f0 = mix(vec3<f32>(0.04), albedo, material.metallic);
    let body = albedo * (1.0 - material.metallic);
    let towards = camera.lights[0].direction.xyz;
    let n_l = max(dot(normal, towards), 1e-4);
    let half_way = normalize(towards + view);
    let n_h = max(dot(normal, half_way), 0.0);
    let v_h = max(dot(view, half_way), 0.0);
    let gloss = highlight(n_l, n_v, n_h, v_h, f0, roughness * roughness);
    let sun = camera.lights[0].colour.rgb * (n_l * sunlight(surface.world, normal));
    // Lights without shadows only fill: they make no highlights, either.
    let fill = camera.lights[1].colour.rgb * max(dot(normal, camera.lights[1].direction.xyz), 0.0)
        + camera.lights[2].colour.rgb * max(dot(normal, camera.lights[2].direction.xyz), 0.0)
        + mix(camera.ground.rgb, camera.sky.rgb, normal.z * 0.5 + 0.5);
    let mirror = mirrored(f0, roughness, n_v) * surroundings(reflect(-view, normal), roughness);
    let light = (body + gloss) * sun + body * fill + mirror;
    return vec4<f32>(srgb(filmic(light * camera.sky.w)), 1.0);
}

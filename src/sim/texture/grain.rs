//! Fine grains: metals, papers, crusts, fur and laminates.

use super::Texel;
use super::noise::{cells, fractal, step, value};

pub(super) fn brushed(uv: [f32; 2]) -> Texel {
    let line = fractal(uv, [4, 200], 2, 3);
    Texel::new([0.9 + 0.14 * line; 3], 0.8 + 0.5 * line)
}

pub(super) fn speckle(uv: [f32; 2]) -> Texel {
    Texel::grey(0.93 + 0.09 * fractal(uv, [20, 20], 4, 5))
}

pub(super) fn fibre(uv: [f32; 2]) -> Texel {
    let fibres = fractal(uv, [50, 18], 4, 7);
    Texel::grey(0.9 + 0.13 * fibres)
}

pub(super) fn pores(uv: [f32; 2]) -> Texel {
    let (large, _, size) = cells(uv, 12, 9);
    let (small, _, _) = cells(uv, 34, 10);
    let hole =
        (1.0 - step(0.1, 0.16 + 0.22 * size, large)).max(0.7 * (1.0 - step(0.12, 0.3, small)));
    Texel::grey(1.0 - 0.42 * hole)
}

pub(super) fn fur(uv: [f32; 2]) -> Texel {
    let bend = fractal(uv, [4, 4], 3, 15);
    let hair = fractal([(uv[0] + 0.25 * bend).fract(), uv[1]], [70, 16], 3, 17);
    Texel::grey(0.6 + 0.55 * hair)
}

pub(super) fn crust(uv: [f32; 2]) -> Texel {
    let patch = fractal(uv, [5, 5], 5, 19);
    let dots = cells(uv, 40, 23).0;
    Texel::grey(0.72 + 0.42 * patch - 0.12 * (1.0 - step(0.1, 0.3, dots)))
}

pub(super) fn pebble(uv: [f32; 2]) -> Texel {
    let (near, next, _) = cells(uv, 30, 27);
    Texel::new(
        [0.7 + 0.32 * step(0.0, 0.35, next - near); 3],
        1.2 - 0.3 * step(0.0, 0.4, next - near),
    )
}

pub(super) fn steel(uv: [f32; 2]) -> Texel {
    let line = fractal(uv, [2, 240], 3, 29);
    let smear = fractal(uv, [3, 3], 3, 30);
    Texel::new([0.6, 0.61, 0.63], 0.8 + 0.5 * line).times(0.85 + 0.2 * line + 0.12 * smear)
}

pub(super) fn laminate(uv: [f32; 2]) -> Texel {
    let dots = fractal(uv, [120, 120], 2, 37);
    Texel::new([0.62, 0.63, 0.64], 0.9).times(0.9 + 0.2 * dots)
}

pub(super) fn white(uv: [f32; 2]) -> Texel {
    let dots = value(uv, [180, 180], 39);
    Texel::new([0.9, 0.895, 0.88], 0.8).times(0.96 + 0.05 * dots)
}

pub(super) fn cork(uv: [f32; 2]) -> Texel {
    let (near, next, number) = cells(uv, 26, 43);
    let crumb = Texel::new([0.76, 0.56, 0.36], 1.2).times(0.72 + 0.45 * number);
    let gap = 1.0 - step(0.02, 0.16, next - near);
    crumb
        .mix(Texel::new([0.36, 0.22, 0.12], 1.3), gap * 0.6)
        .times(0.95 + 0.1 * near)
}

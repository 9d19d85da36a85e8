//! Matrices from the world to what is drawn. Clip space: x right, y up, depth from 0 to 1.

use nalgebra::{Matrix4, Vector3, Vector4};

use super::Camera;
use crate::sim::solid::Bounds;

/// Nearest thing that is drawn, in metres.
const NEAR: f64 = 0.01;
/// The sun's map never covers more than this.
const SUN_REACH: f64 = 4.0;

/// World to the camera's clip space; depth is 1 at the near plane and 0 infinitely far away.
pub(super) fn clip(camera: &Camera) -> Matrix4<f64> {
    let lens = &camera.lens;
    let (width, height) = (f64::from(lens.size.width), f64::from(lens.size.height));
    #[rustfmt::skip]
    let projection = Matrix4::new(
        2.0 * lens.fx / width, 0.0, 2.0 * lens.cx / width - 1.0, 0.0,
        0.0, -2.0 * lens.fy / height, 1.0 - 2.0 * lens.cy / height, 0.0,
        0.0, 0.0, 0.0, NEAR,
        0.0, 0.0, 1.0, 0.0,
    );
    projection * camera.pose.isometry().inverse().to_homogeneous()
}

/// Whether a box may reach into the picture: not all of it lies beyond one of the picture's sides, or behind.
pub(super) fn may_see(clip: &Matrix4<f64>, bounds: &Bounds) -> bool {
    let corners = bounds
        .corners()
        .map(|corner| clip * Vector3::from(corner).push(1.0));
    let beyond: [fn(&Vector4<f64>) -> bool; 5] = [
        |p| p.x > p.w,
        |p| p.x < -p.w,
        |p| p.y > p.w,
        |p| p.y < -p.w,
        |p| p.w < NEAR,
    ];
    !beyond.iter().any(|side| corners.iter().all(side))
}

/// World to the sun's clip space around everything in `casters`, and the size in metres of one of its `steps`.
pub(super) fn sun(direction: [f64; 3], casters: &[Bounds], steps: u32) -> (Matrix4<f64>, f64) {
    let forward = Vector3::from(direction)
        .try_normalize(1e-9)
        .unwrap_or_else(|| -Vector3::z());
    let helper = if forward.z.abs() > 0.9 {
        Vector3::x()
    } else {
        Vector3::z()
    };
    let right = forward.cross(&helper).normalize();
    let up = right.cross(&forward);
    let axes = [right, up, forward];
    let mut around = Bounds::EMPTY;
    for bounds in casters {
        for corner in bounds.corners() {
            let point = Vector3::from(corner);
            around.grow(axes.map(|axis| axis.dot(&point)));
        }
    }
    if casters.is_empty() {
        around = Bounds::around([[-1.0; 3], [1.0; 3]]);
    }
    let middle = around.middle();
    let half = around
        .extents()
        .map(|side| (side / 2.0 + 0.01).min(SUN_REACH));
    let reach = half[0].max(half[1]);
    let row = |k: usize, scale: f64| {
        let axis = axes[k] / scale;
        [axis.x, axis.y, axis.z, -middle[k] / scale]
    };
    let ([a, b], mut c) = ([row(0, reach), row(1, reach)], row(2, 2.0 * half[2]));
    c[3] += 0.5;
    #[rustfmt::skip]
    let matrix = Matrix4::new(
        a[0], a[1], a[2], a[3],
        b[0], b[1], b[2], b[3],
        c[0], c[1], c[2], c[3],
        0.0, 0.0, 0.0, 1.0,
    );
    (matrix, 2.0 * reach / f64::from(steps))
}

/// Columns, as shaders want them.
pub(super) fn columns(matrix: &Matrix4<f64>) -> [[f32; 4]; 4] {
    matrix.map(|x| x as f32).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{ImageSize, Pinhole, Pose};
    use crate::sim::render::Post;

    #[test]
    fn clip_space_and_the_pinhole_agree() {
        let lens = Pinhole {
            fx: 623.588,
            fy: 610.0,
            cx: 319.501,
            cy: 239.545,
            size: ImageSize::new(640, 480),
        };
        let pose = Pose::looking_at([0.3, -0.2, 0.7], [0.1, 0.1, 0.0], [0.0, 0.0, 1.0]);
        let camera = Camera {
            pose,
            lens,
            post: Post::default(),
            labels: true,
        };
        let point = [0.05, 0.02, 0.1];
        let pixel = lens.project(pose.inverse().apply(point)).unwrap();
        let at = clip(&camera) * Vector4::new(point[0], point[1], point[2], 1.0);
        let (u, v) = ((at.x / at.w + 1.0) * 320.0, (1.0 - at.y / at.w) * 240.0);
        assert!((u - f64::from(pixel.x)).abs() < 1e-3 && (v - f64::from(pixel.y)).abs() < 1e-3);
        assert!((at.w - pose.inverse().apply(point)[2]).abs() < 1e-12);
    }

    #[test]
    fn what_lies_beside_or_behind_is_not_drawn_and_what_surrounds_the_camera_is() {
        let camera = Camera {
            pose: Pose::looking_at([0.0; 3], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]),
            lens: Pinhole::from_fov(ImageSize::new(64, 48), 1.0),
            post: Post::default(),
            labels: false,
        };
        let clip = clip(&camera);
        let seen = |middle: [f64; 3], half: f64| {
            let bounds = Bounds {
                min: middle.map(|x| x - half),
                max: middle.map(|x| x + half),
            };
            may_see(&clip, &bounds)
        };
        assert!(seen([1.0, 0.0, 0.0], 0.1) && seen([1.0, 0.7, 0.0], 0.1) && seen([0.0; 3], 3.0));
        assert!(
            !seen([-1.0, 0.0, 0.0], 0.1)
                && !seen([1.0, 1.5, 0.0], 0.1)
                && !seen([1.0, 0.0, -1.2], 0.1)
        );
    }

    #[test]
    fn the_sun_sees_all_that_casts() {
        let bounds = Bounds {
            min: [-0.3, 0.1, 0.0],
            max: [0.4, 0.2, 0.5],
        };
        let (matrix, step) = sun([0.3, 0.2, -1.0], &[bounds], 1024);
        for corner in 0..8_usize {
            let p = Vector3::from_fn(|k, _| [bounds.min, bounds.max][corner >> k & 1][k]);
            let at = matrix * p.push(1.0);
            assert!(at.x.abs() <= 1.0 && at.y.abs() <= 1.0 && (0.0..=1.0).contains(&at.z));
        }
        assert!(step > 0.0 && step < 0.002);
    }
}

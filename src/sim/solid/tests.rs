//! Volumes, normals, bounds and pieces of shapes.

use std::f64::consts::PI;

use super::*;

/// Volume inside a closed surface whose triangles face outwards.
fn volume(mesh: &Mesh) -> f64 {
    let corner = |i: u32| nalgebra::Vector3::from(mesh.positions[i as usize].map(f64::from));
    mesh.indices
        .chunks_exact(3)
        .map(|t| corner(t[0]).dot(&corner(t[1]).cross(&corner(t[2]))) / 6.0)
        .sum()
}

fn near(found: f64, expected: f64, share: f64) {
    assert!(
        (found / expected - 1.0).abs() < share,
        "{found} is not {expected}"
    );
}

fn cup() -> Shape {
    Shape::Lathe {
        profile: vec![
            [0.0, 0.0],
            [0.04, 0.0],
            [0.04, 0.1],
            [0.037, 0.1],
            [0.037, 0.004],
            [0.0, 0.004],
        ],
    }
}

fn all() -> Vec<(Shape, f64)> {
    let half = [0.01, 0.02, 0.03];
    vec![
        (Shape::Cuboid { half, round: 0.0 }, 8.0 * 0.01 * 0.02 * 0.03),
        (
            Shape::Cylinder {
                radius: 0.03,
                half_height: 0.05,
            },
            PI * 0.03 * 0.03 * 0.1,
        ),
        (
            Shape::Sphere { radius: 0.03 },
            4.0 / 3.0 * PI * 0.03_f64.powi(3),
        ),
        (
            Shape::Ellipsoid { half },
            4.0 / 3.0 * PI * 0.01 * 0.02 * 0.03,
        ),
        (
            Shape::Capsule {
                radius: 0.02,
                half_height: 0.03,
            },
            PI * 4e-4 * 0.06 + 4.0 / 3.0 * PI * 8e-6,
        ),
        (
            Shape::Cone {
                radius: 0.03,
                half_height: 0.03,
            },
            PI * 9e-4 * 0.06 / 3.0,
        ),
        (cup(), PI * (0.04 * 0.04 * 0.1 - 0.037 * 0.037 * 0.096)),
        (
            Shape::Hull {
                points: corners(half),
            },
            8.0 * 0.01 * 0.02 * 0.03,
        ),
        (
            Shape::Prism {
                // An L: one corner points inwards.
                outline: vec![
                    [0.0, 0.0],
                    [0.04, 0.0],
                    [0.04, 0.02],
                    [0.02, 0.02],
                    [0.02, 0.04],
                    [0.0, 0.04],
                ],
                half_height: 0.01,
                bevel: 0.0,
            },
            0.0012 * 0.02,
        ),
        (
            Shape::Sweep {
                knots: vec![
                    Knot::round([0.0; 3], 0.01),
                    Knot::round([0.1, 0.0, 0.05], 0.01),
                ],
            },
            PI * 1e-4 * 0.1_f64.hypot(0.05),
        ),
        (
            Shape::Blob {
                balls: vec![Ball::new([0.0; 3], 0.03)],
                blend: 0.0,
            },
            4.0 / 3.0 * PI * 0.03_f64.powi(3),
        ),
    ]
}

fn corners(half: [f64; 3]) -> Vec<[f64; 3]> {
    let corner = |bits: usize| {
        std::array::from_fn(|k| {
            if bits >> k & 1 == 1 {
                half[k]
            } else {
                -half[k]
            }
        })
    };
    (0..8).map(corner).collect()
}

#[test]
fn every_shape_has_its_volume_and_faces_outwards() {
    for (shape, expected) in all() {
        let mesh = Solid::of(shape, 0).mesh();
        near(volume(&mesh), expected, 0.05);
        assert!(mesh.triangles() <= 2600, "{} triangles", mesh.triangles());
    }
}

#[test]
fn normals_have_unit_length_and_look_the_way_of_their_triangles() {
    for (shape, _) in all() {
        let mesh = Solid::of(shape.clone(), 0).mesh();
        let at = |list: &[[f32; 3]], i: u32| nalgebra::Vector3::from(list[i as usize]);
        for t in mesh.indices.chunks_exact(3) {
            let [a, b, c] = [t[0], t[1], t[2]].map(|i| at(&mesh.positions, i));
            let face = (b - a).cross(&(c - a));
            for i in t {
                let normal = at(&mesh.normals, *i);
                assert!((normal.norm() - 1.0).abs() < 1e-5);
                assert!(
                    face.norm() < 1e-9 || face.normalize().dot(&normal) > -0.1,
                    "{shape:?} {face:?} {normal:?}"
                );
            }
        }
    }
}

#[test]
fn bounds_are_exact() {
    let solid = Solid::of(
        Shape::Cylinder {
            radius: 0.033,
            half_height: 0.0615,
        },
        0,
    )
    .moved(&Pose::at([1.0, 2.0, 3.0]));
    let extents = solid.bounds().extents();
    for (found, expected) in extents.into_iter().zip([0.066, 0.066, 0.123]) {
        assert!((found - expected).abs() < 1e-6, "{extents:?}");
    }
    assert!(
        solid
            .centred()
            .bounds()
            .middle()
            .iter()
            .all(|x| x.abs() < 1e-6)
    );
}

/// Whether some piece holds a point, for pieces made of points: tested against every plane of its hull.
fn holds(colliders: &[Collider], point: [f64; 3]) -> bool {
    colliders.iter().any(|collider| {
        let p = nalgebra::Vector3::from(collider.pose.inverse().apply(point));
        match &collider.shape {
            ColliderShape::Cylinder {
                radius,
                half_height,
            } => p.xy().norm() <= *radius && p.z.abs() <= *half_height,
            ColliderShape::Hull { points } => {
                let hull = mesh::hull(points);
                let at =
                    |i: u32| nalgebra::Vector3::from(hull.positions[i as usize].map(f64::from));
                hull.triangles() > 0
                    && hull.indices.chunks_exact(3).all(|t| {
                        let normal = (at(t[1]) - at(t[0])).cross(&(at(t[2]) - at(t[0])));
                        normal.dot(&(p - at(t[0]))) <= 1e-9
                    })
            }
            other => panic!("{other:?}"),
        }
    })
}

#[test]
fn a_cup_is_hollow_and_its_wall_and_floor_are_not() {
    let colliders = Solid::of(cup(), 0).colliders();
    assert!(colliders.len() <= 40, "{} pieces", colliders.len());
    assert!(!holds(&colliders, [0.0, 0.0, 0.05]) && !holds(&colliders, [0.03, 0.0, 0.09]));
    assert!(holds(&colliders, [0.0, 0.0, 0.002]) && holds(&colliders, [0.0385, 0.0, 0.05]));
}

#[test]
fn equal_solids_have_equal_fingerprints_and_others_do_not() {
    let prints: std::collections::BTreeSet<u64> = all()
        .into_iter()
        .map(|(shape, _)| Solid::of(shape, 0).fingerprint())
        .collect();
    assert_eq!(prints.len(), all().len());
    assert_eq!(
        Solid::of(cup(), 0).fingerprint(),
        Solid::of(cup(), 0).fingerprint()
    );
    assert_ne!(
        Solid::of(cup(), 0).fingerprint(),
        Solid::of(cup(), 1).fingerprint()
    );
}

//! The library as a whole.

use std::collections::BTreeSet;

use super::*;

fn each() -> impl Iterator<Item = (CategoryId, Asset)> {
    CategoryId::all().map(|id| (id, instance(&AssetSpec::usual(id))))
}

#[test]
fn there_are_sixty_categories_and_fifteen_are_kept_out() {
    assert!(CATEGORIES.len() >= 60, "{}", CATEGORIES.len());
    let unseen = CATEGORIES.iter().filter(|c| c.unseen).count();
    assert!((15..=CATEGORIES.len() / 4).contains(&unseen), "{unseen}");
}

#[test]
fn names_are_single_and_synonyms_many() {
    let mut names = BTreeSet::new();
    for entry in CATEGORIES {
        assert!(names.insert(entry.name), "{} twice", entry.name);
        assert!(entry.synonyms.len() >= 5, "{}", entry.name);
        assert!(
            !entry.colours.is_empty() && !entry.finishes.is_empty(),
            "{}",
            entry.name
        );
    }
    for id in CategoryId::all() {
        assert_eq!(CategoryId::named(id.entry().name), Some(id));
    }
}

#[test]
fn every_thing_is_as_long_as_asked_and_centred() {
    for (id, asset) in each() {
        let name = id.entry().name;
        let longest = asset.extents.into_iter().fold(0.0, f64::max);
        assert!(
            (longest - asset.spec.size).abs() < 1e-6,
            "{name}: {longest}"
        );
        assert!(
            asset.solid.bounds().middle().iter().all(|x| x.abs() < 1e-6),
            "{name}"
        );
    }
}

#[test]
fn every_thing_has_few_triangles_few_pieces_and_a_material_per_slot() {
    for (id, asset) in each() {
        let name = id.entry().name;
        let mesh = asset.solid.mesh();
        assert!(
            (8..=5500).contains(&mesh.triangles()),
            "{name}: {} triangles",
            mesh.triangles()
        );
        assert!(
            (1..=120).contains(&asset.colliders.len()),
            "{name}: {} pieces",
            asset.colliders.len()
        );
        let slots = usize::from(mesh.slots.iter().copied().max().unwrap());
        assert!(
            slots < asset.materials.len(),
            "{name} has no colour for slot {slots}"
        );
        assert!(
            mesh.positions
                .iter()
                .flatten()
                .chain(mesh.normals.as_flattened())
                .all(|x| x.is_finite()),
            "{name}"
        );
    }
}

#[test]
fn what_can_be_taken_has_grasps_that_fit_and_what_holds_has_a_space() {
    for (id, asset) in each() {
        let entry = id.entry();
        assert_eq!(
            entry.uses.graspable,
            !asset.grasps.is_empty(),
            "{}",
            entry.name
        );
        for grasp in &asset.grasps {
            let approach = grasp.pose.rotate([1.0, 0.0, 0.0]);
            let closing = grasp.pose.rotate([0.0, 1.0, 0.0]);
            let square: f64 = approach.iter().zip(closing).map(|(a, b)| a * b).sum();
            assert!(
                square.abs() < 1e-9 && grasp.width > 0.0 && grasp.width < 0.085,
                "{}",
                entry.name
            );
        }
        assert!(
            !(entry.uses.container || entry.uses.support)
                || asset.cavity.is_some()
                || entry.name == "brick"
                || entry.name == "cylinder block",
            "{}",
            entry.name
        );
    }
}

#[test]
fn things_rest_on_the_ground() {
    for (id, asset) in each() {
        let mesh = asset.solid.mesh();
        for rest in &asset.rests {
            let lowest = mesh
                .positions
                .iter()
                .map(|p| rest.apply(p.map(f64::from))[2])
                .fold(f64::INFINITY, f64::min);
            assert!(lowest.abs() < 1e-6, "{}: {lowest}", id.entry().name);
        }
    }
}

#[test]
fn the_things_of_simpler_env_have_its_sizes() {
    let sizes = [
        ("carrot", [0.115, 0.032, 0.038]),
        ("plate", [0.11, 0.11, 0.006]),
        ("spoon", [0.14, 0.035, 0.026]),
        ("towel", [0.1, 0.1, 0.01]),
        ("block", [0.03, 0.03, 0.03]),
        ("eggplant", [0.078, 0.037, 0.038]),
        ("coke can", [0.066, 0.066, 0.123]),
    ];
    for (name, expected) in sizes {
        let asset = instance(&AssetSpec::usual(CategoryId::named(name).unwrap()));
        for (found, expected) in asset.extents.into_iter().zip(expected) {
            assert!(
                (found - expected).abs() < 0.0012,
                "{name}: {:?}",
                asset.extents
            );
        }
    }
}

#[test]
fn a_share_of_pairs_is_held_out() {
    let pairs: Vec<bool> = CategoryId::all()
        .flat_map(|id| Colour::ALL.iter().map(move |colour| held_out(id, *colour)))
        .collect();
    let share = pairs.iter().filter(|held| **held).count() as f64 / pairs.len() as f64;
    assert!((0.06..0.14).contains(&share), "{share}");
}

#[test]
fn a_spec_is_saved_by_its_names() {
    let spec = AssetSpec::usual(CategoryId::named("coke can").unwrap());
    let text = serde_json::to_string(&spec).unwrap();
    assert!(
        text.contains("\"coke can\"") && text.contains("\"red\""),
        "{text}"
    );
    assert_eq!(serde_json::from_str::<AssetSpec>(&text).unwrap(), spec);
    assert!(serde_json::from_str::<AssetSpec>(&text.replace("coke can", "unicorn")).is_err());
}

#[test]
fn a_drawer_fits_into_its_cabinet_and_comes_out() {
    let Cabinet { carcass, drawers } = cabinet();
    let outside = carcass.bounds();
    for drawer in drawers {
        let inside = drawer.solid.clone().moved(&drawer.closed).bounds();
        assert!(
            inside.min[0] > outside.min[0] && inside.max[2] < outside.max[2] && inside.min[2] > 0.0
        );
        assert!(drawer.travel < inside.extents()[0]);
    }
}

//! Tests of the module above.

use super::*;
use crate::geometry::ImagePoint;

#[test]
fn coordinates_say_where_and_how_large() {
    let at = ImagePoint::new;
    let b = Grounding::new(GroundingKind::Box, vec![at(41.2, 52.0), at(210.4, 77.0)]);
    assert_eq!(coordinates(&b), "41, 52  169 × 25");
    let t = Grounding::new(
        GroundingKind::Trace,
        vec![at(1.0, 2.0), at(3.0, 4.0), at(9.0, 9.0)],
    );
    assert_eq!(coordinates(&t), "1, 2 → 9, 9  3 points");
    assert_eq!(
        coordinates(&Grounding::new(GroundingKind::Point, vec![])),
        "nowhere"
    );
}

#[test]
fn only_named_groundings_share_a_hue() {
    let cup = Grounding::new(GroundingKind::Box, vec![]).labelled(" cup ");
    let bare = Grounding::new(GroundingKind::Box, vec![]);
    assert_eq!(hue_name(&cup, 1), hue_name(&cup, 2));
    assert_ne!(hue_name(&bare, 1), hue_name(&bare, 2));
}

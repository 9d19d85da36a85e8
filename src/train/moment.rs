//! One moment of a recorded episode, as it is learnt.

use rand_chacha::ChaCha8Rng;

use super::aim::{self, Places};
use super::pictures::Fitted;
use super::placed::Placed;
use super::shown::ShownMoment;

/// One moment of an episode.
pub(super) struct ActionSample {
    pub instruction: String,
    pub views: Vec<Fitted>,
    pub actions: Vec<f32>,
    pub name: String,
    /// Where the arm is, grips and lets go in the first picture.
    pub places: Places,
}

impl ActionSample {
    /// For whoever watches.
    pub(super) fn shown(&self) -> Option<ShownMoment> {
        Some(ShownMoment {
            name: format!("{}: {}", self.name, self.instruction),
            frame: self.views.first()?.frame.clone(),
            places: self.places,
        })
    }

    /// Moved by up to `most` pixels each way.
    pub(super) fn moved(mut self, most: u32, random: &mut ChaCha8Rng) -> Self {
        let Some(first) = self.views.first().filter(|_| most > 0) else {
            return self;
        };
        let size = first.frame.size();
        let placed = Placed::new(size, size).drawn(most, &[], random);
        self.places = aim::moved(self.places, &placed);
        for view in &mut self.views {
            view.frame = placed.moved(&view.frame);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;
    use crate::geometry::ImageSize;
    use crate::vision::Frame;

    /// A picture whose pixels say where they are, seen by two cameras; the arm grips in the middle of it.
    fn sample() -> ActionSample {
        let size = ImageSize::new(20, 10);
        let pixels: Vec<u8> = (0..10_u8)
            .flat_map(|y| (0..20_u8).flat_map(move |x| [x, y, 0, 255]))
            .collect();
        let frame = Frame::from_rgba("eye", size, pixels).expect("800 bytes");
        let view = Fitted {
            frame,
            stored: size,
        };
        ActionSample {
            instruction: "put".into(),
            views: vec![view.clone(), view],
            actions: vec![0.5; 7],
            name: "one".into(),
            places: [Some([0.02, 0.5]), Some([0.5, 0.5]), None],
        }
    }

    #[test]
    fn views_move_together_and_what_the_arm_aims_at_with_them() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let mut gone = 0;
        for _ in 0..40 {
            let moved = sample().moved(4, &mut random);
            let [first, second] = [0, 1].map(|view: usize| moved.views[view].frame.rgba());
            assert_eq!(first, second);
            let [x, y] = moved.places[1].expect("the middle stays within");
            let at = [x * 20.0, y * 10.0].map(|side| side.round() as usize);
            let pixel = 4 * (at[1] * 20 + at[0]);
            assert_eq!(first[pixel..pixel + 2], [10, 5], "what was in the middle");
            gone += usize::from(moved.places[0].is_none());
        }
        assert!(
            gone > 5 && gone < 35,
            "the edge leaves the picture at times: {gone}"
        );
        let still = sample().moved(0, &mut random);
        assert_eq!(still.places, sample().places);
    }
}

//! A head that helps an action side trained from nothing and is not saved with it: where in the first picture the tool
//! is, where it will grip and where it will let go, told by the condition of the actions. Each is pointed at among the
//! patches of the image encoder, and said as a place.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData, activation};

use super::placed::Placed;
use crate::data::Aims;
use crate::geometry::ImageSize;
use crate::model::checkpoint::{LoadError, Weights};
use crate::model::config::ExpertConfig;
use crate::model::layers::Linear;
use crate::model::pass::{PassError, values};

/// Tool, grip, place.
pub(super) const SPOTS: usize = 3;
/// What a distance of a whole picture counts beside the cross-entropy of pointing.
const DISTANCE: f64 = 4.0;

/// Where things are in a picture, in shares of its width and height.
pub(super) type Places = [Option<[f32; 2]>; SPOTS];

/// The places of a picture of `size`; what lies outside is not there.
pub(super) fn places(aims: Aims, size: ImageSize) -> Places {
    let sides = [f64::from(size.width), f64::from(size.height)];
    [aims.tool, aims.grasp, aims.place].map(|spot| {
        let spot = spot?;
        let share = [0, 1].map(|axis| spot[axis] / sides[axis]);
        let inside = share.iter().all(|share| (0.0..1.0).contains(share));
        inside.then(|| share.map(|share| share as f32))
    })
}

/// The same where the picture is moved; what leaves it is no longer there.
pub(super) fn moved(places: Places, placed: &Placed) -> Places {
    let size = placed.size();
    let sides = [size.width, size.height].map(|side| side as f32);
    places.map(|spot| {
        let spot = spot?;
        let at = [0, 1].map(|axis| {
            placed.coordinate(axis, f64::from(spot[axis] * sides[axis])) as f32 / sides[axis]
        });
        at.iter()
            .all(|share| (0.0..1.0).contains(share))
            .then_some(at)
    })
}

/// How many places are known.
pub(super) fn known(places: &[Places]) -> usize {
    places.iter().flatten().flatten().count()
}

/// The head.
#[derive(Module, Debug)]
pub(super) struct Aim {
    query: Vec<Linear>,
    key: Vec<Linear>,
    place: Vec<Linear>,
}

impl Aim {
    pub(super) fn load(weights: &Weights<'_>, config: &ExpertConfig) -> Result<Self, LoadError> {
        let (width, features) = (config.dit.width, config.dino.embed_dim);
        let at = weights.pp("auxiliary.aim");
        let of = |name: &str, from: usize, to: usize, bias: bool| {
            let load = |spot| Linear::load(&at.pp(format!("{name}.{spot}")), from, to, bias);
            (0..SPOTS).map(load).collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            query: of("query", width, width, false)?,
            key: of("key", features, width, false)?,
            place: of("place", width, 2, true)?,
        })
    }

    /// Where the condition of the first sample says each spot is, in shares of the picture.
    pub(super) fn told(&self, condition: &Tensor<3>) -> Result<Vec<[f32; 2]>, PassError> {
        let queries = condition.dims()[1];
        let first = condition.clone().narrow(0, 0, 1);
        let said = self.place.iter().enumerate().map(|(spot, place)| {
            let told = first.clone().narrow(1, spot.min(queries - 1), 1);
            let place = values(place.forward(told).without_autodiff())?;
            Ok([0, 1].map(|axis| place.get(axis).copied().unwrap_or_default()))
        });
        said.collect()
    }

    /// How far off the condition is: `[1]`, the mean over what is known.
    ///
    /// # Shapes
    /// - `condition`: `[B, Q, D]`; the first queries speak of one spot each
    /// - `patches`: `[B, n, C]` of the first views, `grid` patches high and wide
    pub(super) fn cost(
        &self,
        condition: &Tensor<3>,
        (patches, grid): (&Tensor<3>, [usize; 2]),
        places: &[Places],
    ) -> Tensor<1> {
        let [_, queries, width] = condition.dims();
        let count = known(places).max(1) as f64;
        let device = condition.device().without_autodiff();
        let mut total = Tensor::zeros([1], &device);
        for spot in 0..SPOTS {
            let told = condition.clone().narrow(1, spot.min(queries - 1), 1);
            let own: Vec<Option<[f32; 2]>> = places.iter().map(|all| all[spot]).collect();
            let keys = self.key[spot].forward(patches.clone());
            let query = self.query[spot].forward(told.clone());
            let scores = query.matmul(keys.swap_dims(1, 2)) * (width as f64).sqrt().recip();
            let chance = activation::log_softmax(scores, 2); // [B, 1, n]
            let pointing = -(chance * shares(&own, grid, &device)).sum();
            let (truth, there) = table(&own, &device);
            let apart = (self.place[spot].forward(told) - truth).abs() * there;
            total = total + pointing + apart.sum() * DISTANCE;
        }
        total / count
    }
}

/// The truth `[B, 1, 2]` and one where it is known.
fn table(places: &[Option<[f32; 2]>], device: &Device) -> (Tensor<3>, Tensor<3>) {
    let shape = [places.len(), 1, 2];
    let make = |values: Vec<f32>| Tensor::from_data(TensorData::new(values, shape), device);
    let truth = places.iter().flat_map(|place| place.unwrap_or_default());
    let there = places
        .iter()
        .flat_map(|place| [f32::from(u8::from(place.is_some())); 2]);
    (make(truth.collect()), make(there.collect()))
}

/// One shared out among the four patches around each place: `[B, 1, n]`; nothing where it is not known.
fn shares(places: &[Option<[f32; 2]>], [high, wide]: [usize; 2], device: &Device) -> Tensor<3> {
    let patches = high * wide;
    let mut values = vec![0.0; places.len() * patches];
    for (place, row) in places.iter().zip(values.chunks_exact_mut(patches.max(1))) {
        let Some([x, y]) = *place else { continue };
        for (column, across) in neighbours(x, wide) {
            for (line, down) in neighbours(y, high) {
                row[line * wide + column] += across * down;
            }
        }
    }
    Tensor::from_data(TensorData::new(values, [places.len(), 1, patches]), device)
}

/// The two patches whose middles a share of a side lies between, and how much of it each gets.
fn neighbours(share: f32, patches: usize) -> [(usize, f32); 2] {
    let last = patches.saturating_sub(1);
    let at = (share * patches as f32 - 0.5).clamp(0.0, last as f32);
    let low = at.floor();
    let second = at - low;
    let low = low as usize;
    [(low, 1.0 - second), ((low + 1).min(last), second)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shared_out_among_the_patches_around_it() {
        let device = Device::flex();
        let places = [Some([0.5, 0.25]), None];
        let found = shares(&places, [2, 4], &device);
        let found = crate::model::pass::values(found).unwrap();
        assert_eq!(found[..8], [0.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(found[8..], [0.0; 8]);
        assert_eq!(neighbours(0.999, 4), [(3, 1.0), (3, 0.0)]);
    }

    #[test]
    fn what_lies_outside_is_not_known() {
        let aims = Aims {
            tool: Some([32.0, 12.0]),
            grasp: Some([-1.0, 3.0]),
            place: None,
        };
        let found = places(aims, ImageSize::new(64, 48));
        assert_eq!(found, [Some([0.5, 0.25]), None, None]);
        assert_eq!(known(&[found, found]), 2);
    }
}

//! The fused backward nodes against Burn's own differentiation.

use burn::tensor::{Device, Distribution, Tensor, activation};

use super::*;

fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    Tensor::random(shape, Distribution::Normal(0.0, 1.0), &Device::flex())
}

fn leaf<const D: usize>(x: &Tensor<D>) -> Tensor<D> {
    x.clone().autodiff().require_grad()
}

fn apart<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> f32 {
    (a - b).abs().max().into_scalar::<f32>()
}

/// A way to compute something from leaves.
type Way<'a, const D: usize, const E: usize> = &'a dyn Fn(&[Tensor<D>]) -> Tensor<E>;

/// Values and gradients of two ways to compute the same from the same leaves.
fn same<const D: usize, const E: usize>(leaves: &[Tensor<D>], [fast, slow]: [Way<'_, D, E>; 2]) {
    let run = |of: &dyn Fn(&[Tensor<D>]) -> Tensor<E>| {
        let leaves: Vec<Tensor<D>> = leaves.iter().map(leaf).collect();
        let y = of(&leaves);
        let count: usize = y.dims().iter().product();
        let weights: Vec<f32> = (0..count).map(|i| (i as f32 * 0.7).sin()).collect();
        let weights = Tensor::<1>::from_floats(weights.as_slice(), &Device::flex());
        let gradients = (y.clone() * weights.reshape(y.dims())).sum().backward();
        let found: Vec<Tensor<D>> = leaves.iter().map(|l| l.grad(&gradients).unwrap()).collect();
        (y.inner(), found)
    };
    let ((a, da), (b, db)) = (run(fast), run(slow));
    assert!(apart(a, b) < 2e-5);
    for (number, (a, b)) in da.into_iter().zip(db).enumerate() {
        let size = b.clone().abs().max().into_scalar::<f32>();
        let error = apart(a, b);
        assert!(
            error < 3e-5 * size.max(1.0),
            "gradient {number}: {error} of {size}"
        );
    }
}

#[test]
fn a_linear_layer_is_a_product_and_a_shift() {
    let leaves = [random([37, 20]), random([11, 20])];
    let bias = random([11]);
    same::<2, 2>(
        &leaves,
        [
            &|l| linear(l[0].clone(), l[1].clone(), Some(bias.clone())).unwrap(),
            &|l| l[0].clone().matmul(l[1].clone().transpose()) + bias.clone().unsqueeze(),
        ],
    );
    let x = random([300, 6]);
    let matrix = random([9, 6]);
    same::<1, 2>(
        &[random([9])],
        [
            &|l| linear(x.clone(), matrix.clone(), Some(l[0].clone())).unwrap(),
            &|l| x.clone().matmul(matrix.clone().transpose()) + l[0].clone().unsqueeze(),
        ],
    );
}

#[test]
fn norms_are_their_definitions() {
    let x = random::<2>([150, 24]);
    let by = random::<1>([24]);
    let rms = |x: Tensor<2>, by: Tensor<1>| {
        let scale = (x.clone().powi_scalar(2).mean_dim(1) + 1e-6).sqrt().recip();
        x * scale * by.unsqueeze()
    };
    let layer = |x: Tensor<2>, by: Tensor<1>| {
        let centred = x.clone() - x.mean_dim(1);
        let scale = (centred.clone().powi_scalar(2).mean_dim(1) + 1e-6).sqrt();
        centred / scale * by.clone().unsqueeze() + by.unsqueeze()
    };
    same::<2, 2>(
        std::slice::from_ref(&x),
        [
            &|l| rms_norm(l[0].clone(), by.clone(), 1e-6).unwrap(),
            &|l| rms(l[0].clone(), by.clone()),
        ],
    );
    same::<1, 2>(
        std::slice::from_ref(&by),
        [
            &|l| rms_norm(x.clone(), l[0].clone(), 1e-6).unwrap(),
            &|l| rms(x.clone(), l[0].clone()),
        ],
    );
    same::<2, 2>(
        std::slice::from_ref(&x),
        [
            &|l| layer_norm(l[0].clone(), Some((by.clone(), by.clone())), 1e-6).unwrap(),
            &|l| layer(l[0].clone(), by.clone()),
        ],
    );
    same::<1, 2>(
        std::slice::from_ref(&by),
        [
            &|l| layer_norm(x.clone(), Some((l[0].clone(), l[0].clone())), 1e-6).unwrap(),
            &|l| layer(x.clone(), l[0].clone()),
        ],
    );
}

#[test]
fn nonlinearities_are_their_definitions() {
    let x = random::<2>([70, 90]) * 2.0;
    same::<2, 2>(
        std::slice::from_ref(&x),
        [&|l| gelu(l[0].clone()).unwrap(), &|l| {
            activation::gelu(l[0].clone())
        }],
    );
    same::<2, 2>(
        std::slice::from_ref(&x),
        [&|l| gelu_tanh(l[0].clone()).unwrap(), &|l| {
            activation::gelu_approximate(l[0].clone())
        }],
    );
    same::<2, 2>(
        &[x.clone(), random([70, 90])],
        [&|l| silu_gate(l[0].clone(), l[1].clone()).unwrap(), &|l| {
            activation::silu(l[0].clone()) * l[1].clone()
        }],
    );
}

/// Softmax attention by tensor expressions, key and value heads repeated for their group.
fn attend(q: Tensor<4>, k: Tensor<4>, v: Tensor<4>, bias: Option<Tensor<4>>) -> Tensor<2> {
    let [batch, tokens, heads, width] = q.dims();
    let group = heads / k.dims()[2];
    let [q, k, v] = [q, k, v].map(|x| x.swap_dims(1, 2));
    let repeat = |x: Tensor<4>| {
        let [batch, shared, read, width] = x.dims();
        x.reshape([batch, shared, 1, read * width])
            .repeat_dim(2, group)
            .reshape([batch, heads, read, width])
    };
    let mut scores = q.matmul(repeat(k).transpose()) * 0.4;
    if let Some(bias) = bias {
        scores = scores + bias;
    }
    activation::softmax(scores, 3)
        .matmul(repeat(v))
        .swap_dims(1, 2)
        .reshape([batch * tokens, heads * width])
}

#[test]
fn grouped_attention_with_a_mask_is_its_definition() {
    let (batch, tokens) = (2, 9);
    let leaves = [random([18, 16]), random([18, 8]), random([18, 8])];
    let hidden: Vec<f32> = (0..2 * 81)
        .map(|i| if i % 9 <= i / 9 % 9 { 0.0 } else { f32::MIN })
        .collect();
    let mask = Tensor::<1>::from_floats(hidden.as_slice(), &Device::flex()).reshape([2, 9, 9]);
    let sizes = Heads {
        groups: vec![Group::in_a_row(batch, [tokens; 2])],
        heads: [4, 2],
        width: 4,
    };
    let places = [0, 1, 2].map(|tensor| Place { tensor, start: 0 });
    same::<2, 2>(
        &leaves,
        [
            &|l| {
                let inputs = [l[0].clone(), l[1].clone(), l[2].clone()];
                attention(
                    inputs,
                    (sizes.clone(), places),
                    (None, Some(mask.clone()), 0.4),
                )
                .unwrap()
            },
            &|l| {
                let split = |x: &Tensor<2>, heads| x.clone().reshape([2, 9, heads, 4]);
                let bias = mask.clone().unsqueeze_dim(1);
                attend(
                    split(&l[0], 4),
                    split(&l[1], 2),
                    split(&l[2], 2),
                    Some(bias),
                )
            },
        ],
    );
}

#[test]
fn rotated_attention_of_packed_projections_is_its_definition() {
    let angles = random::<2>([10, 2]);
    let primitive = |x: Tensor<2>| x.try_into_primitive::<Flex>().unwrap();
    let [cos, sin] = [angles.clone().cos(), angles.sin()];
    let turned = Turned {
        cos: primitive(cos.clone()),
        sin: primitive(sin.clone()),
        shared: false,
    };
    let rotate = |x: Tensor<4>| {
        let table = |x: &Tensor<2>| x.clone().reshape([2, 5, 1, 2]);
        let [a, b] = [0, 2].map(|at| x.clone().narrow(3, at, 2));
        let first = a.clone() * table(&cos) - b.clone() * table(&sin);
        Tensor::cat(vec![first, b * table(&cos) + a * table(&sin)], 3)
    };
    let sizes = Heads {
        groups: vec![Group::in_a_row(2, [5; 2])],
        heads: [2; 2],
        width: 4,
    };
    let places = [0, 8, 16].map(|start| Place { tensor: 0, start });
    same::<2, 2>(
        &[random([10, 24])],
        [
            &|l| {
                attention(
                    [l[0].clone()],
                    (sizes.clone(), places),
                    (Some(turned.clone()), None, 0.4),
                )
                .unwrap()
            },
            &|l| {
                let part = |at: usize| l[0].clone().narrow(1, at, 8).reshape([2, 5, 2, 4]);
                attend(rotate(part(0)), rotate(part(8)), part(16), None)
            },
        ],
    );
}

#[test]
fn queries_may_be_fewer_than_keys() {
    let sizes = Heads {
        groups: vec![Group::in_a_row(3, [4, 7])],
        heads: [2; 2],
        width: 4,
    };
    let places = [(0, 0), (1, 0), (1, 8)].map(|(tensor, start)| Place { tensor, start });
    let read = random::<2>([21, 16]);
    same::<2, 2>(
        &[random([12, 8])],
        [
            &|l| {
                attention(
                    [l[0].clone(), read.clone()],
                    (sizes.clone(), places),
                    (None, None, 0.4),
                )
                .unwrap()
            },
            &|l| {
                let q = l[0].clone().reshape([3, 4, 2, 4]);
                let part = |at: usize| read.clone().narrow(1, at, 8).reshape([3, 7, 2, 4]);
                attend(q, part(0), part(8), None)
            },
        ],
    );
}

#[test]
fn sequences_of_different_lengths_do_not_see_each_other() {
    let sizes = Heads {
        groups: vec![
            Group {
                starts: vec![[0; 2], [7; 2]],
                tokens: [4; 2],
            },
            Group {
                starts: vec![[4; 2]],
                tokens: [3; 2],
            },
        ],
        heads: [2; 2],
        width: 4,
    };
    let places = [0, 8, 16].map(|start| Place { tensor: 0, start });
    same::<2, 2>(
        &[random([11, 24])],
        [
            &|l| attention([l[0].clone()], (sizes.clone(), places), (None, None, 0.4)).unwrap(),
            &|l| {
                let parts = [(0, 4), (4, 3), (7, 4)].map(|(row, count)| {
                    let rows = l[0].clone().narrow(0, row, count);
                    let part = |at: usize| rows.clone().narrow(1, at, 8).reshape([1, count, 2, 4]);
                    attend(part(0), part(8), part(16), None)
                });
                Tensor::cat(parts.into(), 0)
            },
        ],
    );
}

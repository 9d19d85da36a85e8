//! What a real camera adds: exposure, blur, noise. Seeded: the same picture and seed give the same pixels.

/// Effects of one camera. The default does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Post {
    /// Stops of over- or underexposure.
    pub exposure: f32,
    /// Standard deviation of the blur, in pixels.
    pub blur: f32,
    /// Standard deviation of the noise, as a share of full scale.
    pub noise: f32,
    /// What the noise is drawn from.
    pub seed: u64,
}

impl Post {
    /// Factor of light.
    pub(super) fn gain(self) -> f32 {
        self.exposure.clamp(-8.0, 8.0).exp2()
    }

    /// Blurs and grains a picture of RGBA rows of `width` pixels.
    pub(super) fn apply(self, rgba: &mut [u8], width: usize) {
        if self.blur > 0.05 {
            blur(rgba, width, self.blur.min(8.0));
        }
        if self.noise > 0.0 {
            grain(rgba, self.noise, self.seed);
        }
    }
}

/// Weights of a Gaussian out to three deviations.
fn weights(deviation: f32) -> Vec<f32> {
    let reach = (deviation * 3.0).ceil() as i32;
    let raw: Vec<f32> = (-reach..=reach)
        .map(|x| (-0.5 * (x as f32 / deviation).powi(2)).exp())
        .collect();
    let sum: f32 = raw.iter().sum();
    raw.iter().map(|w| w / sum).collect()
}

fn blur(rgba: &mut [u8], width: usize, deviation: f32) {
    let weights = weights(deviation);
    let height = rgba.len() / 4 / width;
    let levels: Vec<f32> = rgba.iter().map(|level| f32::from(*level)).collect();
    let across = pass(&levels, [width, height], &weights, true);
    let both = pass(&across, [width, height], &weights, false);
    for (level, value) in rgba.iter_mut().zip(both) {
        *level = value.round() as u8;
    }
}

/// One axis; the picture's edge pixels go on outside it.
fn pass(levels: &[f32], [width, height]: [usize; 2], weights: &[f32], across: bool) -> Vec<f32> {
    let reach = weights.len() / 2;
    let mut result = vec![0.0; levels.len()];
    for y in 0..height {
        for x in 0..width {
            let (at, end) = if across { (x, width) } else { (y, height) };
            let mut sum = [0.0_f32; 4];
            for (i, weight) in weights.iter().enumerate() {
                let near = (at + i).saturating_sub(reach).min(end - 1);
                let (px, py) = if across { (near, y) } else { (x, near) };
                let start = (py * width + px) * 4;
                for k in 0..4 {
                    sum[k] += weight * levels[start + k];
                }
            }
            result[(y * width + x) * 4..][..4].copy_from_slice(&sum);
        }
    }
    result
}

/// Noise as of a sensor: stronger in the light, nearly normal (the sum of four even numbers).
fn grain(rgba: &mut [u8], deviation: f32, seed: u64) {
    // Four even numbers from 0 to 255 have a standard deviation of 147.8.
    let scale = deviation * 255.0 / 147.8;
    for (i, pixel) in rgba.chunks_exact_mut(4).enumerate() {
        let random = mix(seed ^ (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let second = mix(random);
        for (k, level) in pixel[..3].iter_mut().enumerate() {
            let word = if k < 2 { random >> (32 * k) } else { second };
            let four = (word as u32)
                .to_le_bytes()
                .map(i32::from)
                .iter()
                .sum::<i32>()
                - 510;
            let light = 0.6 + 0.4 * f32::from(*level) / 128.0;
            let noisy = f32::from(*level) + four as f32 * scale * light;
            *level = noisy.round().clamp(0.0, 255.0) as u8;
        }
    }
}

/// Splitmix64's finaliser.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey() -> Vec<u8> {
        [128, 128, 128, 255].repeat(64 * 64)
    }

    #[test]
    fn noise_has_its_deviation_and_its_seed() {
        let post = Post {
            noise: 0.02,
            seed: 7,
            ..Post::default()
        };
        let (mut a, mut b, mut c) = (grey(), grey(), grey());
        post.apply(&mut a, 64);
        post.apply(&mut b, 64);
        Post { seed: 8, ..post }.apply(&mut c, 64);
        assert_eq!(a, b);
        assert_ne!(a, c);
        let off = |p: &u8| (f64::from(*p) - 128.0).powi(2);
        let reds: Vec<u8> = a.iter().copied().step_by(4).collect();
        let deviation = (reds.iter().map(off).sum::<f64>() / reds.len() as f64).sqrt();
        assert!(
            (deviation / (0.02 * 255.0) - 1.0).abs() < 0.1,
            "{deviation}"
        );
        assert!(a.iter().skip(3).step_by(4).all(|alpha| *alpha == 255));
    }

    #[test]
    fn blur_spreads_a_point_and_keeps_a_plain_picture() {
        let post = Post {
            blur: 1.0,
            ..Post::default()
        };
        let mut plain = grey();
        post.apply(&mut plain, 64);
        assert_eq!(plain, grey());
        let mut point = [0, 0, 0, 255].repeat(9 * 9);
        point[(4 * 9 + 4) * 4] = 255;
        post.apply(&mut point, 9);
        assert!(point[(4 * 9 + 4) * 4] < 60 && point[(4 * 9 + 5) * 4] > 15);
    }
}

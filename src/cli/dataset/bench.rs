//! `spvla dataset bench`: frames at random, and an episode from end to end.
//!
//! JSON: `{"schema": 1, "camera", "width", "height", "codec", "seeks", "seek_p50_ms", "seek_p95_ms", "played_frames",
//! "played_per_second", "times_real_time"}`.

use std::time::Instant;

use anyhow::ensure;
use rand::{Rng as _, SeedableRng as _};
use serde::Serialize;

use super::super::{Outcome, json, text};
use super::BenchOptions;
use crate::data::Episodes;

/// Most frames that are played.
const MAX_PLAYED: u64 = 600;

#[derive(Serialize)]
struct Speed {
    schema: u32,
    camera: String,
    width: u32,
    height: u32,
    codec: String,
    seeks: u64,
    seek_p50_ms: f64,
    seek_p95_ms: f64,
    played_frames: u64,
    played_per_second: f64,
    times_real_time: f64,
}

pub(super) fn run(options: &BenchOptions) -> anyhow::Result<Outcome> {
    let mut set = super::episodes(&options.path)?;
    let first = set.info().cameras.first().map(|camera| camera.name.clone());
    let wanted = options.camera.clone().or(first).unwrap_or_default();
    let camera = set.camera(&wanted)?.clone();
    let mut times = seek(&mut set, &camera.name, options)?;
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    let (frames, seconds) = play(&options.path, &camera.name)?;
    let speed = Speed {
        schema: 1,
        codec: set.codec(&camera.name)?,
        camera: camera.name,
        width: camera.size.width,
        height: camera.size.height,
        seeks: options.seeks,
        seek_p50_ms: at(0.5),
        seek_p95_ms: at(0.95),
        played_frames: frames,
        played_per_second: frames as f64 / seconds,
        times_real_time: frames as f64 / seconds / set.info().fps,
    };
    if options.json {
        json(&speed)?;
    } else {
        text(&format!(
            "{} {}x{} {}: a frame at random takes {:.1} ms (p50), {:.1} ms (p95); \
             playing gives {:.0} frames a second, {:.1} times real time\n",
            speed.camera,
            speed.width,
            speed.height,
            speed.codec,
            speed.seek_p50_ms,
            speed.seek_p95_ms,
            speed.played_per_second,
            speed.times_real_time
        ))?;
    }
    Ok(Outcome::Good)
}

/// Milliseconds of frames at random, over all episodes.
fn seek(set: &mut Episodes, camera: &str, options: &BenchOptions) -> anyhow::Result<Vec<f64>> {
    let numbers: Vec<u64> = set.numbers().collect();
    ensure!(
        !numbers.is_empty() && options.seeks > 0,
        "there is no frame to look for"
    );
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(options.seed);
    let mut times = Vec::new();
    for _ in 0..options.seeks {
        let episode = numbers[random.random_range(0..numbers.len())];
        let length = set.episode(episode)?.length.max(1);
        let row = random.random_range(0..length);
        let start = Instant::now();
        set.frame(episode, row, camera)?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(times)
}

/// Frames and seconds of playing from the start, with nothing cached.
fn play(path: &std::path::Path, camera: &str) -> anyhow::Result<(u64, f64)> {
    let mut set = super::episodes(path)?;
    let numbers: Vec<u64> = set.numbers().collect();
    let start = Instant::now();
    let mut frames = 0;
    for number in numbers {
        for row in 0..set.episode(number)?.length {
            set.frame(number, row, camera)?;
            frames += 1;
            if frames == MAX_PLAYED {
                return Ok((frames, start.elapsed().as_secs_f64()));
            }
        }
    }
    Ok((frames, start.elapsed().as_secs_f64()))
}

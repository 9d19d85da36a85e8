//! The sample table of an MP4 track: where the bytes of every frame are and when it is shown.
//!
//! ISO/IEC 14496-12 section 8.6 and 8.7. Times are in units of the track's timescale.

use super::VideoFault;
use super::boxes::{Fields, find, need};

/// Most frames a video may have: 38 hours at 30 frames a second.
pub(super) const MAX_SAMPLES: usize = 1 << 22;
/// Most bytes one coded frame may have.
const MAX_SAMPLE_BYTES: u32 = 1 << 26;

/// One coded frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    /// Position in the file, in bytes.
    pub(super) offset: u64,
    /// Length in bytes.
    pub(super) size: u32,
    /// How long it lasts in decoding order.
    pub(super) duration: u32,
    /// When it is shown.
    pub(super) shown: i64,
    /// Whether decoding can start here.
    pub(super) sync: bool,
}

impl Sample {
    /// Refuses lengths that no real frame has.
    pub(super) fn check(self) -> Result<Self, VideoFault> {
        if self.size > MAX_SAMPLE_BYTES {
            return Err(VideoFault::TooMany {
                what: "bytes in one frame",
                found: u64::from(self.size),
                limit: u64::from(MAX_SAMPLE_BYTES),
            });
        }
        Ok(self)
    }
}

/// Refuses more samples than any real video has.
pub(super) fn check_count(count: usize) -> Result<(), VideoFault> {
    if count > MAX_SAMPLES {
        return Err(VideoFault::TooMany {
            what: "frames",
            found: count as u64,
            limit: MAX_SAMPLES as u64,
        });
    }
    Ok(())
}

/// Reads the samples that a `stbl` box lists; empty in fragmented files.
pub(super) fn samples(stbl: &[u8]) -> Result<Vec<Sample>, VideoFault> {
    let sizes = sizes(need(*b"stbl", stbl, *b"stsz")?)?;
    if sizes.is_empty() {
        return Ok(Vec::new());
    }
    let offsets = offsets(stbl, &sizes)?;
    let durations = Runs::read(*b"stts", need(*b"stbl", stbl, *b"stts")?)?;
    let shifts = match find(*b"stbl", stbl, *b"ctts")? {
        Some(body) => Runs::read(*b"ctts", body)?,
        None => Runs::default(),
    };
    let mut samples = Vec::with_capacity(sizes.len());
    let mut decoded = 0_i64;
    let times = durations.values().zip(shifts.values());
    for ((&size, offset), (duration, shift)) in sizes.iter().zip(offsets).zip(times) {
        // Version 0 shifts are unsigned by the standard and signed in the wild.
        let shown = decoded + i64::from(shift.cast_signed());
        decoded += i64::from(duration);
        let sample = Sample {
            offset,
            size,
            duration,
            shown,
            sync: false,
        };
        samples.push(sample.check()?);
    }
    mark_sync(stbl, &mut samples)?;
    Ok(samples)
}

fn sizes(stsz: &[u8]) -> Result<Vec<u32>, VideoFault> {
    let mut fields = Fields::new(*b"stsz", stsz);
    fields.version()?;
    let same = fields.u32()?;
    if same != 0 {
        let count = fields.u32()? as usize;
        check_count(count)?;
        return Ok(vec![same; count]);
    }
    let count = fields.count(4)?;
    check_count(count)?;
    (0..count).map(|_| fields.u32()).collect()
}

/// Where each sample starts: chunks say where, runs of chunks say how many samples each holds.
fn offsets(stbl: &[u8], sizes: &[u32]) -> Result<Vec<u64>, VideoFault> {
    let chunks = chunks(stbl)?;
    let runs = chunk_runs(need(*b"stbl", stbl, *b"stsc")?)?;
    let mut offsets = Vec::with_capacity(sizes.len());
    let mut sizes = sizes.iter();
    for (index, run) in runs.iter().enumerate() {
        let end = runs.get(index + 1).map_or(chunks.len(), |next| next.first);
        let covered = chunks
            .get(run.first..end.min(chunks.len()))
            .unwrap_or_default();
        for &chunk in covered {
            let mut offset = chunk;
            for &size in sizes.by_ref().take(run.samples) {
                offsets.push(offset);
                offset = offset.saturating_add(u64::from(size));
            }
        }
    }
    if sizes.next().is_some() {
        return Err(VideoFault::Inconsistent(
            "its table of chunks (stsc, stco) does not cover all frames",
        ));
    }
    Ok(offsets)
}

fn chunks(stbl: &[u8]) -> Result<Vec<u64>, VideoFault> {
    if let Some(body) = find(*b"stbl", stbl, *b"co64")? {
        let mut fields = Fields::new(*b"co64", body);
        fields.version()?;
        return (0..fields.count(8)?).map(|_| fields.u64()).collect();
    }
    let mut fields = Fields::new(*b"stco", need(*b"stbl", stbl, *b"stco")?);
    fields.version()?;
    let count = fields.count(4)?;
    (0..count).map(|_| fields.u32().map(u64::from)).collect()
}

struct ChunkRun {
    /// Index of its first chunk, from zero.
    first: usize,
    /// Samples in each of its chunks.
    samples: usize,
}

fn chunk_runs(stsc: &[u8]) -> Result<Vec<ChunkRun>, VideoFault> {
    let mut fields = Fields::new(*b"stsc", stsc);
    fields.version()?;
    let count = fields.count(12)?;
    let mut runs = Vec::<ChunkRun>::with_capacity(count);
    for _ in 0..count {
        let (first, samples, _description) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let first = (first as usize).checked_sub(1);
        let previous = runs.last().map(|run| run.first);
        let Some(first) = first.filter(|first| previous.is_none_or(|before| before < *first))
        else {
            return Err(VideoFault::Inconsistent(
                "its runs of chunks (stsc) are out of order",
            ));
        };
        runs.push(ChunkRun {
            first,
            samples: samples as usize,
        });
    }
    Ok(runs)
}

/// A run-length coded list; past its end it repeats its last value, so that a short list costs timing, not frames.
#[derive(Default)]
struct Runs(Vec<(u32, u32)>);

impl Runs {
    fn read(place: [u8; 4], body: &[u8]) -> Result<Self, VideoFault> {
        let mut fields = Fields::new(place, body);
        fields.version()?;
        let count = fields.count(8)?;
        (0..count)
            .map(|_| Ok((fields.u32()?, fields.u32()?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn values(&self) -> impl Iterator<Item = u32> {
        let last = self.0.last().map_or(0, |run| run.1);
        self.0
            .iter()
            .flat_map(|&(count, value)| std::iter::repeat_n(value, count as usize))
            .chain(std::iter::repeat(last))
    }
}

fn mark_sync(stbl: &[u8], samples: &mut [Sample]) -> Result<(), VideoFault> {
    let Some(body) = find(*b"stbl", stbl, *b"stss")? else {
        for sample in samples {
            sample.sync = true;
        }
        return Ok(());
    };
    let mut fields = Fields::new(*b"stss", body);
    fields.version()?;
    for _ in 0..fields.count(4)? {
        let index = (fields.u32()? as usize).wrapping_sub(1);
        if let Some(sample) = samples.get_mut(index) {
            sample.sync = true;
        }
    }
    Ok(())
}

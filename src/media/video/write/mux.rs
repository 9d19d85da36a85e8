//! The box structure of an MP4 file (ISO/IEC 14496-12 and -15) with one video track, index first.
//!
//! Coded frames go to a temporary file while they come; the index is written once all their sizes are known.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::geometry::ImageSize;
use crate::media::yuv::{Colour, Range};
use crate::media::{MediaError, ScratchFile, file_name};

/// Units of the clock in one frame at a whole number of frames per second, as `FFmpeg` chooses them.
const UNITS: u32 = 512;
/// Units of the clock in a second of the movie header, which knows no frames.
const MOVIE_TIMESCALE: u64 = 1000;

/// The clock of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timing {
    /// Units in a second.
    pub(super) timescale: u32,
    /// Units in a frame.
    pub(super) frame_time: u32,
}

impl Timing {
    /// A clock in which frames of this rate take a whole number of units.
    pub(super) fn of(fps: f64) -> Self {
        if fps.fract() == 0.0 {
            return Self {
                timescale: (fps as u32).saturating_mul(UNITS),
                frame_time: UNITS,
            };
        }
        Self {
            timescale: (fps * 1000.0).round() as u32,
            frame_time: 1000,
        }
    }
}

/// What is said about all samples.
pub(super) struct Movie {
    /// Name of the sample entry, such as `avc1`.
    pub(super) entry: [u8; 4],
    /// Name of the configuration record, such as `avcC`.
    pub(super) record: [u8; 4],
    pub(super) config: Vec<u8>,
    pub(super) colour: Option<Colour>,
    pub(super) size: ImageSize,
    pub(super) timescale: u32,
    pub(super) quarter_turns: u8,
}

/// One coded frame in the order of decoding.
struct Entry {
    size: u32,
    duration: u32,
    /// From when it is decoded to when it is shown.
    shift: i32,
    sync: bool,
}

/// Writes samples and then the file around them.
pub(super) struct Muxer {
    target: PathBuf,
    samples: ScratchFile,
    entries: Vec<Entry>,
    bytes: u64,
}

impl Muxer {
    pub(super) fn create(target: &Path) -> Result<Self, MediaError> {
        let spool = target.with_file_name(format!("{}.samples", file_name(target)));
        Ok(Self {
            target: target.to_owned(),
            samples: ScratchFile::create(&spool)?,
            entries: Vec::new(),
            bytes: 0,
        })
    }

    /// Appends a coded frame; times are in units of the track's clock.
    pub(super) fn sample(
        &mut self,
        bytes: &[u8],
        duration: u32,
        shift: i32,
        sync: bool,
    ) -> io::Result<()> {
        self.samples.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        self.entries.push(Entry {
            size: bytes.len() as u32,
            duration,
            shift,
            sync,
        });
        Ok(())
    }

    /// Bytes of all coded frames so far.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes the file and gives it its name.
    pub(super) fn finish(mut self, movie: &Movie) -> Result<(), MediaError> {
        let mut out = ScratchFile::create(&self.target)?;
        self.assemble(movie, &mut out)
            .map_err(|source| MediaError::io("writing the video", &self.target, source))?;
        out.commit()
    }

    fn assemble(&mut self, movie: &Movie, out: &mut ScratchFile) -> io::Result<()> {
        let ftyp = boxed(*b"ftyp", &[b"isom", &[0, 0, 2, 0], b"isomiso2mp41"]);
        // The length of the index does not depend on where the samples start.
        let header = ftyp.len() as u64 + self.index(movie, 0).len() as u64 + 16;
        out.write_all(&ftyp)?;
        out.write_all(&self.index(movie, header))?;
        out.write_all(&1_u32.to_be_bytes())?;
        out.write_all(b"mdat")?;
        out.write_all(&(self.bytes + 16).to_be_bytes())?;
        let spool: &mut File = self.samples.flushed()?;
        spool.seek(SeekFrom::Start(0))?;
        let copied = io::copy(&mut spool.take(self.bytes), out)?;
        if copied == self.bytes {
            Ok(())
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    fn index(&self, movie: &Movie, samples_start: u64) -> Vec<u8> {
        let durations = self.entries.iter().map(|entry| u64::from(entry.duration));
        let duration: u64 = durations.sum();
        let movie_time = duration * MOVIE_TIMESCALE / u64::from(movie.timescale.max(1));
        let movie_time = u32::try_from(movie_time).unwrap_or(u32::MAX);
        let duration = u32::try_from(duration).unwrap_or(u32::MAX);
        let header = media_header(movie.timescale, duration);
        let handler = boxed(*b"hdlr", &[&[0; 8], b"vide", &[0; 12], b"VideoHandler\0"]);
        let place = boxed(*b"url ", &[&[0, 0, 0, 1]]);
        let reference = boxed(*b"dref", &[&[0; 4], &1_u32.to_be_bytes(), &place]);
        let information = boxed(
            *b"minf",
            &[
                &boxed(*b"vmhd", &[&[0, 0, 0, 1], &[0; 8]]),
                &boxed(*b"dinf", &[&reference]),
                &self.sample_table(movie, samples_start),
            ],
        );
        let media = boxed(*b"mdia", &[&header, &handler, &information]);
        let track = track_header(movie, movie_time);
        let track = boxed(*b"trak", &[&track, &self.edit(movie_time), &media]);
        boxed(*b"moov", &[&movie_header(movie_time), &track])
    }

    /// An edit that starts at the first frame shown, where that is not the start of the track.
    fn edit(&self, movie_time: u32) -> Vec<u8> {
        let mut decoded = 0;
        let shown = self.entries.iter().map(|entry| {
            let shown = decoded + i64::from(entry.shift);
            decoded += i64::from(entry.duration);
            shown
        });
        let first = shown.min().unwrap_or(0).max(0);
        if first == 0 {
            return Vec::new();
        }
        let elst = boxed(
            *b"elst",
            &[
                &[0; 4],
                &1_u32.to_be_bytes(),
                &movie_time.to_be_bytes(),
                &(first as u32).to_be_bytes(),
                &[0, 1, 0, 0],
            ],
        );
        boxed(*b"edts", &[&elst])
    }

    fn sample_table(&self, movie: &Movie, samples_start: u64) -> Vec<u8> {
        let count = self.entries.len() as u32;
        let sizes: Vec<u8> = self
            .entries
            .iter()
            .flat_map(|entry| entry.size.to_be_bytes())
            .collect();
        let durations = runs(self.entries.iter().map(|entry| entry.duration));
        let mut tables = vec![
            boxed(
                *b"stsd",
                &[&[0; 4], &1_u32.to_be_bytes(), &sample_entry(movie)],
            ),
            boxed(*b"stts", &[&[0; 4], &durations]),
        ];
        if self.entries.iter().any(|entry| entry.shift != 0) {
            let shifts = runs(self.entries.iter().map(|entry| entry.shift.cast_unsigned()));
            // Version 1: shifts are signed.
            tables.push(boxed(*b"ctts", &[&[1, 0, 0, 0], &shifts]));
        }
        if self.entries.iter().any(|entry| !entry.sync) {
            let sync = (1_u32..).zip(&self.entries).filter(|(_, entry)| entry.sync);
            let numbers: Vec<u32> = sync.map(|(number, _)| number).collect();
            let list: Vec<u8> = numbers
                .iter()
                .flat_map(|number| number.to_be_bytes())
                .collect();
            tables.push(boxed(
                *b"stss",
                &[&[0; 4], &(numbers.len() as u32).to_be_bytes(), &list],
            ));
        }
        // One chunk holds all samples, described by the first entry.
        let one = 1_u32.to_be_bytes();
        tables.push(boxed(
            *b"stsc",
            &[&[0; 4], &one, &one, &count.to_be_bytes(), &one],
        ));
        tables.push(boxed(*b"stsz", &[&[0; 8], &count.to_be_bytes(), &sizes]));
        tables.push(boxed(
            *b"co64",
            &[&[0; 4], &one, &samples_start.to_be_bytes()],
        ));
        boxed(*b"stbl", &[&tables.concat()])
    }
}

/// The movie header; its duration is in thousandths of a second.
fn movie_header(duration: u32) -> Vec<u8> {
    boxed(
        *b"mvhd",
        &[
            &[0; 12],
            &(MOVIE_TIMESCALE as u32).to_be_bytes(),
            &duration.to_be_bytes(),
            // Rate 1, volume 1, reserved.
            &[0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &matrix(0),
            &[0; 24],
            // Number of the next track.
            &2_u32.to_be_bytes(),
        ],
    )
}

/// The header of track 1, enabled and in the movie.
fn track_header(movie: &Movie, duration: u32) -> Vec<u8> {
    boxed(
        *b"tkhd",
        &[
            &[0, 0, 0, 3],
            &[0; 8],
            &1_u32.to_be_bytes(),
            &[0; 4],
            &duration.to_be_bytes(),
            &[0; 16],
            &matrix(movie.quarter_turns),
            &(movie.size.width << 16).to_be_bytes(),
            &(movie.size.height << 16).to_be_bytes(),
        ],
    )
}

/// The clock of the track; its language is "und".
fn media_header(timescale: u32, duration: u32) -> Vec<u8> {
    let times = [timescale.to_be_bytes(), duration.to_be_bytes()].concat();
    boxed(*b"mdhd", &[&[0; 12], &times, &[0x55, 0xc4, 0, 0]])
}

/// The visual sample entry with the decoder's configuration.
fn sample_entry(movie: &Movie) -> Vec<u8> {
    let colour = movie.colour.map_or_else(Vec::new, |colour| {
        let full = if colour.range == Range::Full { 0x80 } else { 0 };
        let [high, low] = colour.matrix.code().to_be_bytes();
        // Primaries and transfer are not specified (2).
        boxed(*b"colr", &[b"nclx", &[0, 2, 0, 2, high, low, full]])
    });
    boxed(
        movie.entry,
        &[
            // Reserved, data reference 1, fields that are always zero.
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &[0; 16],
            &(movie.size.width as u16).to_be_bytes(),
            &(movie.size.height as u16).to_be_bytes(),
            // 72 dots per inch both ways, reserved, one frame a sample, no compressor name, depth 24, no table.
            &[0, 72, 0, 0, 0, 72, 0, 0, 0, 0, 0, 0, 0, 1],
            &[0; 32],
            &[0, 24, 0xff, 0xff],
            &boxed(movie.record, &[&movie.config]),
            &colour,
        ],
    )
}

/// The transformation matrix for quarter turns clockwise.
fn matrix(quarter_turns: u8) -> Vec<u8> {
    let one = 0x1_0000;
    let [a, b, c, d] = match quarter_turns {
        1 => [0, one, -one, 0],
        2 => [-one, 0, 0, -one],
        3 => [0, -one, one, 0],
        _ => [one, 0, 0, one],
    };
    let rows: [i32; 9] = [a, b, 0, c, d, 0, 0, 0, 0x4000_0000];
    rows.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// A run-length coded list behind the number of its runs.
fn runs(values: impl Iterator<Item = u32>) -> Vec<u8> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((count, last)) if *last == value => *count += 1,
            _ => runs.push((1, value)),
        }
    }
    let mut bytes = (runs.len() as u32).to_be_bytes().to_vec();
    for (count, value) in runs {
        bytes.extend(count.to_be_bytes());
        bytes.extend(value.to_be_bytes());
    }
    bytes
}

/// A box around its parts.
fn boxed(name: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut bytes = (body.len() as u32 + 8).to_be_bytes().to_vec();
    bytes.extend(name);
    bytes.extend(body);
    bytes
}

//! The file behind a video: its top-level boxes, and the bytes of one sample at a time.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use super::VideoFault;
use super::boxes::{Name, text};
use super::fragment::{Defaults, Fragments};
use super::table::Sample;
use super::track::Track;

/// Most bytes the index of a video may have.
const MAX_INDEX: u64 = 1 << 28;
/// Most boxes at the top level; every fragment has two or three.
const MAX_BOXES: usize = 1 << 20;
/// Names a file of this family may start with.
const FIRST_BOXES: &[&Name] = &[
    b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp",
];

/// Whether these first bytes belong to an MP4 or `QuickTime` file.
pub(in crate::media) fn recognises(head: &[u8]) -> bool {
    head.get(4..8)
        .is_some_and(|name| FIRST_BOXES.iter().any(|known| known[..] == *name))
}

/// An open video file of known length.
pub(super) struct VideoFile {
    file: File,
    length: u64,
}

/// One box at the top level.
struct TopBox {
    name: Name,
    body: u64,
    end: u64,
}

impl VideoFile {
    pub(super) fn new(file: File) -> Result<Self, VideoFault> {
        let length = file.metadata().map_err(read_failed)?.len();
        Ok(Self { file, length })
    }

    /// Reads the index: the video track with all its samples, those of fragments included.
    pub(super) fn track(&mut self) -> Result<Track, VideoFault> {
        let mut movie: Option<(Track, Fragments)> = None;
        let mut at = 0;
        for count in 0.. {
            let Some(found) = self.top_box(at)? else {
                break;
            };
            if count > MAX_BOXES {
                return Err(VideoFault::TooMany {
                    what: "boxes",
                    found: count as u64,
                    limit: MAX_BOXES as u64,
                });
            }
            match (&found.name, &mut movie) {
                (b"moov", None) => movie = Some(read_movie(&self.body(&found)?)?),
                (b"moof", Some((track, fragments))) if found.end <= self.length => {
                    fragments.append(&self.body(&found)?, at, &mut track.samples)?;
                }
                _ => {}
            }
            at = found.end;
        }
        movie.map(|(track, _)| track).ok_or(VideoFault::NoIndex)
    }

    /// The box that starts there; none at the end of the file.
    fn top_box(&mut self, at: u64) -> Result<Option<TopBox>, VideoFault> {
        if self.length.saturating_sub(at) < 8 {
            return Ok(None);
        }
        let head = self.bytes(at, 8)?;
        let (size, name) = head.split_at(4);
        let size = u64::from(u32::from_be_bytes(four(size)));
        let (header, size) = match size {
            0 => (8, self.length - at),
            1 if self.length - at >= 16 => {
                let wide = self.bytes(at + 8, 8)?;
                let (high, low) = wide.split_at(4);
                let high = u64::from(u32::from_be_bytes(four(high)));
                (16, high << 32 | u64::from(u32::from_be_bytes(four(low))))
            }
            _ => (8, size),
        };
        Ok(Some(TopBox {
            name: four(name),
            body: at + header,
            end: at.saturating_add(size.max(header)),
        }))
    }

    fn body(&mut self, found: &TopBox) -> Result<Vec<u8>, VideoFault> {
        let size = found.end - found.body;
        if size > MAX_INDEX {
            return Err(VideoFault::TooMany {
                what: "bytes in its index",
                found: size,
                limit: MAX_INDEX,
            });
        }
        if found.end > self.length {
            return Err(VideoFault::Short {
                place: text(found.name),
                needed: size,
                left: self.length.saturating_sub(found.body),
            });
        }
        self.bytes(found.body, size as usize)
    }

    /// How many of the samples, in decoding order, lie wholly inside the file.
    pub(super) fn complete(&self, samples: &[Sample]) -> usize {
        samples
            .iter()
            .position(|sample| sample.offset.saturating_add(u64::from(sample.size)) > self.length)
            .unwrap_or(samples.len())
    }

    /// The coded bytes of a sample.
    pub(super) fn sample(&mut self, sample: &Sample) -> Result<Vec<u8>, VideoFault> {
        self.bytes(sample.offset, sample.size as usize)
    }

    fn bytes(&mut self, at: u64, count: usize) -> Result<Vec<u8>, VideoFault> {
        let left = self.length.saturating_sub(at);
        if count as u64 > left {
            return Err(VideoFault::Short {
                place: "mdat".into(),
                needed: count as u64,
                left,
            });
        }
        let mut bytes = vec![0; count];
        self.file
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.file.read_exact(&mut bytes))
            .map_err(read_failed)?;
        Ok(bytes)
    }
}

fn read_movie(moov: &[u8]) -> Result<(Track, Fragments), VideoFault> {
    let track = Track::first_video(moov)?;
    let fragments = Fragments::new(track.id, Defaults::read(moov, track.id)?);
    Ok((track, fragments))
}

fn four(bytes: &[u8]) -> [u8; 4] {
    let mut four = [0; 4];
    four.copy_from_slice(&bytes[..4]);
    four
}

#[expect(clippy::needless_pass_by_value, reason = "used as a map_err function")]
fn read_failed(error: std::io::Error) -> VideoFault {
    VideoFault::Read(error.to_string())
}

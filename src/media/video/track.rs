//! The video track of an MP4 file: codec, size, colour, turn and samples.

use super::VideoFault;
use super::boxes::{Fields, Name, find, need, text};
use super::table::{self, Sample};
use crate::geometry::ImageSize;
use crate::media::yuv::{Colour, Matrix, Range};

/// Longest side of a video frame, in pixels: 8K.
const MAX_SIDE: u32 = 8192;

/// The video track, with the samples of its own table.
pub(super) struct Track {
    /// Its number in the file.
    pub(super) id: u32,
    /// Time units in a second.
    pub(super) timescale: u32,
    /// How it is coded.
    pub(super) entry: SampleEntry,
    /// Frames in decoding order.
    pub(super) samples: Vec<Sample>,
    /// Media time that the edit list starts at; frames before it are only there to decode others.
    pub(super) start: i64,
    /// Quarter turns clockwise that make the picture upright.
    pub(super) quarter_turns: u8,
}

/// How the samples of a track are coded.
#[derive(Debug, Clone)]
pub(super) struct SampleEntry {
    /// Four letters that name the codec.
    pub(super) format: Name,
    /// Claimed size.
    pub(super) size: ImageSize,
    /// The decoder's configuration record.
    pub(super) config: Vec<u8>,
    /// Colour that the container states, where it does.
    pub(super) colour: Option<Colour>,
}

/// Boxes that hold a decoder's configuration.
const CONFIGS: &[&Name] = &[b"avcC", b"av1C"];

impl Track {
    /// Finds the first video track of a `moov` box.
    pub(super) fn first_video(moov: &[u8]) -> Result<Self, VideoFault> {
        let mut others = Vec::new();
        let mut children = Fields::new(*b"moov", moov);
        while let Some((name, trak)) = children.child()? {
            if &name != b"trak" {
                continue;
            }
            let handler = handler(trak)?;
            if &handler == b"vide" {
                return Self::read(trak);
            }
            others.push(text(handler));
        }
        let tracks = if others.is_empty() {
            "no tracks at all".into()
        } else {
            format!("tracks of kind {}", others.join(", "))
        };
        Err(VideoFault::NoVideo { tracks })
    }

    fn read(trak: &[u8]) -> Result<Self, VideoFault> {
        let mdia = need(*b"trak", trak, *b"mdia")?;
        let minf = need(*b"mdia", mdia, *b"minf")?;
        let stbl = need(*b"minf", minf, *b"stbl")?;
        let (id, quarter_turns) = header(need(*b"trak", trak, *b"tkhd")?)?;
        Ok(Self {
            id,
            timescale: timescale(need(*b"mdia", mdia, *b"mdhd")?)?,
            entry: SampleEntry::read(need(*b"stbl", stbl, *b"stsd")?)?,
            samples: table::samples(stbl)?,
            start: start(trak)?,
            quarter_turns,
        })
    }
}

fn handler(trak: &[u8]) -> Result<Name, VideoFault> {
    let mdia = need(*b"trak", trak, *b"mdia")?;
    let mut fields = Fields::new(*b"hdlr", need(*b"mdia", mdia, *b"hdlr")?);
    fields.version()?;
    fields.u32()?;
    fields.name()
}

/// Track number and quarter turns clockwise.
fn header(tkhd: &[u8]) -> Result<(u32, u8), VideoFault> {
    let mut fields = Fields::new(*b"tkhd", tkhd);
    let (version, _) = fields.version()?;
    fields.wide(version)?;
    fields.wide(version)?;
    let id = fields.u32()?;
    fields.u32()?;
    fields.wide(version)?;
    // Reserved, layer, group, volume.
    fields.take(16)?;
    let mut matrix = [0; 9];
    for value in &mut matrix {
        *value = fields.i32()?;
    }
    // Only the signs matter: the standard's matrices for upright, right, upside down and left.
    let [a, b, _, c, d, ..] = matrix.map(i32::signum);
    let turns = match [a, b, c, d] {
        [0, 1, -1, 0] => 1,
        [-1, 0, 0, -1] => 2,
        [0, -1, 1, 0] => 3,
        _ => 0,
    };
    Ok((id, turns))
}

fn timescale(mdhd: &[u8]) -> Result<u32, VideoFault> {
    let mut fields = Fields::new(*b"mdhd", mdhd);
    let (version, _) = fields.version()?;
    fields.wide(version)?;
    fields.wide(version)?;
    match fields.u32()? {
        0 => Err(VideoFault::Inconsistent("its timescale is zero")),
        timescale => Ok(timescale),
    }
}

/// Where the first edit that is not empty starts. Files with several edits play from there without their cuts.
fn start(trak: &[u8]) -> Result<i64, VideoFault> {
    let Some(edts) = find(*b"trak", trak, *b"edts")? else {
        return Ok(i64::MIN);
    };
    let Some(elst) = find(*b"edts", edts, *b"elst")? else {
        return Ok(i64::MIN);
    };
    let mut fields = Fields::new(*b"elst", elst);
    let (version, _) = fields.version()?;
    for _ in 0..fields.count(12)? {
        fields.wide(version)?;
        let time = if version == 1 {
            fields.u64()?.cast_signed()
        } else {
            i64::from(fields.i32()?)
        };
        fields.u32()?;
        if time >= 0 {
            return Ok(time);
        }
    }
    Ok(i64::MIN)
}

impl SampleEntry {
    fn read(stsd: &[u8]) -> Result<Self, VideoFault> {
        let mut fields = Fields::new(*b"stsd", stsd);
        fields.version()?;
        fields.count(8)?;
        let Some((format, body)) = fields.child()? else {
            return Err(VideoFault::MissingBox {
                place: "stsd".into(),
                wanted: "a sample entry".into(),
            });
        };
        let mut fields = Fields::new(format, body);
        // Reserved, data reference, and fields that are always zero.
        fields.take(24)?;
        let size = ImageSize::new(u32::from(fields.u16()?), u32::from(fields.u16()?));
        // Resolution, reserved, frame count, compressor name, depth.
        fields.take(50)?;
        let mut entry = Self {
            format,
            size,
            config: Vec::new(),
            colour: None,
        };
        while let Some((name, body)) = fields.child()? {
            if &name == b"colr" {
                entry.colour = colour(body)?;
            } else if CONFIGS.contains(&&name) {
                entry.config = body.to_vec();
            }
        }
        Ok(entry)
    }
}

fn colour(colr: &[u8]) -> Result<Option<Colour>, VideoFault> {
    let mut fields = Fields::new(*b"colr", colr);
    let kind = fields.name()?;
    if &kind != b"nclx" && &kind != b"nclc" {
        return Ok(None);
    }
    let (_primaries, _transfer, matrix) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let full = &kind == b"nclx" && fields.u8()? & 0x80 != 0;
    Ok(Some(Colour {
        matrix: Matrix::from_code(matrix),
        range: if full { Range::Full } else { Range::Limited },
    }))
}

/// Refuses frames that are empty or too large to decode safely.
pub(super) fn check_size(size: ImageSize) -> Result<ImageSize, VideoFault> {
    if size.is_empty() || size.width > MAX_SIDE || size.height > MAX_SIDE {
        return Err(VideoFault::Size { size });
    }
    Ok(size)
}

//! Makes `OpenH264` return pictures in decoding order.
//!
//! For most profiles `OpenH264` holds pictures back and reorders them by guesses from picture order counts, without a
//! label to tell them apart. For scalable baseline (83) it returns each at once, and decodes everything else alike. So
//! that profile is written into the sequence parameter sets it is given; the container knows the order of presentation.

use std::borrow::Cow;

use super::sps::{Bits, HIGH_PROFILES, unescaped};

const BASELINE: u8 = 66;
const SCALABLE_BASELINE: u8 = 83;
/// What high profiles say and others leave out, as they would say it: chroma 4:2:0 (010), luma and chroma of 8 bits
/// (1, 1), no bypass (0), no scaling matrix (0).
const IMPLIED: [u8; 7] = [0, 1, 0, 1, 1, 0, 0];

/// A sequence parameter set, header byte included, that says the same under the profile that is not reordered.
pub(super) fn in_decoding_order(nal: &[u8]) -> Cow<'_, [u8]> {
    let Some((&header, escaped)) = nal.split_first() else {
        return Cow::Borrowed(nal);
    };
    let mut payload = unescaped(escaped);
    let profile = match payload.first_mut() {
        Some(&mut BASELINE) | None => return Cow::Borrowed(nal),
        Some(profile) => std::mem::replace(profile, SCALABLE_BASELINE),
    };
    if !HIGH_PROFILES.contains(&u32::from(profile)) {
        match with_implied(&payload) {
            Some(longer) => payload = longer,
            None => return Cow::Borrowed(nal),
        }
    }
    let mut rewritten = vec![header];
    escape(&payload, &mut rewritten);
    Cow::Owned(rewritten)
}

/// Inserts what lower profiles leave out behind the number of the set.
fn with_implied(payload: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Bits::new(payload);
    bits.take(24)?;
    bits.unsigned()?;
    let start = bits.at;
    let bit = |at: usize| payload[at / 8] >> (7 - at % 8) & 1;
    let head = (0..start).map(bit);
    let tail = (start..payload.len() * 8).map(bit);
    let all: Vec<u8> = head.chain(IMPLIED).chain(tail).collect();
    let byte = |bits: &[u8]| {
        let value = bits.iter().fold(0, |value, bit| value << 1 | bit);
        value << (8 - bits.len())
    };
    Some(all.chunks(8).map(byte).collect())
}

/// Keeps start codes out of a payload.
fn escape(payload: &[u8], out: &mut Vec<u8>) {
    let mut zeros = 0;
    for &byte in payload {
        if zeros >= 2 && byte <= 3 {
            out.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::video::sps::SequenceParameters;

    /// High profile as x264 writes it.
    const HIGH: [u8; 24] = [
        0x67, 0x64, 0x00, 0x0b, 0xac, 0xd9, 0x42, 0x87, 0xe4, 0x84, 0x00, 0x00, 0x03, 0x00, 0x04,
        0x00, 0x00, 0x03, 0x00, 0x50, 0x3c, 0x50, 0xa6, 0x58,
    ];
    /// Main profile as x264 writes it.
    const MAIN: [u8; 24] = [
        0x67, 0x4d, 0x40, 0x0a, 0xec, 0xa1, 0x42, 0x3f, 0x2c, 0x20, 0x00, 0x00, 0x03, 0x00, 0x20,
        0x00, 0x00, 0x03, 0x02, 0x81, 0xe2, 0x44, 0xb2, 0xc0,
    ];

    #[test]
    fn only_the_profile_changes() {
        for nal in [&HIGH[..], &MAIN] {
            let before = SequenceParameters::read(nal).unwrap();
            let rewritten = in_decoding_order(nal);
            let after = SequenceParameters::read(&rewritten).unwrap();
            assert_eq!(after.profile, SCALABLE_BASELINE);
            let profile = before.profile;
            assert_eq!(SequenceParameters { profile, ..after }, before);
        }
    }

    #[test]
    fn baseline_and_rubbish_stay_as_they_are() {
        let baseline = [0x67, BASELINE, 0xc0, 0x1e, 0xd9];
        for nal in [&baseline[..], &[], &[0x67], &[0x67, 77]] {
            assert_eq!(in_decoding_order(nal), nal);
        }
    }

    #[test]
    fn escaping_is_undone_by_reading() {
        let payload = [0, 0, 1, 0, 0, 0, 0, 0, 3, 7, 0, 0, 2];
        let mut escaped = Vec::new();
        escape(&payload, &mut escaped);
        assert!(
            !escaped
                .windows(3)
                .any(|window| window[..2] == [0, 0] && window[2] < 3)
        );
        assert_eq!(unescaped(&escaped), payload);
    }
}

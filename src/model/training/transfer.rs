//! Numbers from one device to another, in few large messages: every read of a device that is far away costs a journey
//! there and back, and one message may hold a gigabyte at most (`MAX_FRAME_SIZE` of Burn's remote backend).

use burn::tensor::{Device, Tensor, TensorData};

use crate::model::pass::{PassError, values};

/// Numbers in one message: 64 megabytes.
const MESSAGE: usize = 1 << 24;

/// Reads tensors of one device.
///
/// # Errors
/// When the device failed.
pub fn fetch(tensors: &[Tensor<1>]) -> Result<Vec<Vec<f32>>, PassError> {
    fetch_by(tensors, MESSAGE)
}

fn fetch_by(tensors: &[Tensor<1>], message: usize) -> Result<Vec<Vec<f32>>, PassError> {
    let mut found: Vec<Vec<f32>> = tensors
        .iter()
        .map(|tensor| Vec::with_capacity(tensor.dims()[0]))
        .collect();
    // Pieces of the message that is being filled, and whose they are.
    let (mut pieces, mut owners, mut filled) = (Vec::new(), Vec::new(), 0);
    for (owner, tensor) in tensors.iter().enumerate() {
        let [length] = tensor.dims();
        let mut start = 0;
        while start < length {
            let taken = (length - start).min(message - filled);
            pieces.push(tensor.clone().narrow(0, start, taken));
            owners.push((owner, taken));
            filled += taken;
            start += taken;
            if filled == message {
                read(&mut pieces, &mut owners, &mut found)?;
                filled = 0;
            }
        }
    }
    read(&mut pieces, &mut owners, &mut found)?;
    Ok(found)
}

fn read(
    pieces: &mut Vec<Tensor<1>>,
    owners: &mut Vec<(usize, usize)>,
    found: &mut [Vec<f32>],
) -> Result<(), PassError> {
    if pieces.is_empty() {
        return Ok(());
    }
    let numbers = values(Tensor::cat(std::mem::take(pieces), 0))?;
    let mut rest = numbers.as_slice();
    for (owner, count) in owners.drain(..) {
        let (own, others) = rest.split_at(count.min(rest.len()));
        found[owner].extend_from_slice(own);
        rest = others;
    }
    Ok(())
}

/// Puts numbers on a device.
#[must_use]
pub fn put(values: Vec<f32>, device: &Device) -> Tensor<1> {
    put_by(values, device, MESSAGE)
}

fn put_by(values: Vec<f32>, device: &Device, message: usize) -> Tensor<1> {
    let tensor = |values: Vec<f32>| {
        let count = values.len();
        Tensor::from_data(TensorData::new(values, [count]), device)
    };
    if values.len() <= message {
        return tensor(values);
    }
    let pieces = values.chunks(message).map(|piece| tensor(piece.to_vec()));
    Tensor::cat(pieces.collect(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_arrive_whole_however_they_are_packed() {
        let device = Device::flex();
        let lists: Vec<Vec<f32>> = [3, 0, 7, 1, 12]
            .iter()
            .map(|count| (0..*count).map(|at| at as f32 + *count as f32).collect())
            .collect();
        for message in [1, 4, 5, 23, 100] {
            let tensors: Vec<Tensor<1>> = lists
                .iter()
                .map(|list| put_by(list.clone(), &device, message))
                .collect();
            assert_eq!(fetch_by(&tensors, message).unwrap(), lists, "{message}");
        }
    }
}

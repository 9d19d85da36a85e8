//! Pictures of a golden folder, as stored or recomputed from their files, and how they become patches.

use burn::tensor::{Tensor, TensorData};

use super::Fault;
use super::golden::{Golden, PREPROCESS};
use super::models::Model;
use super::numbers::Numbers;
use crate::camera::{Camera as _, Picture};
use crate::geometry::ImageSize;
use crate::model::planner::position::merged_tokens;
use crate::model::planner::{patch_count, patch_width};
use crate::model::policy::DINO_SIDE;
use crate::vision::normalize::{self, Patches};
use crate::vision::resample::{self, Filter};
use crate::vision::{Fit, Frame};

/// Most pictures of one prompt.
const MAX_VIEWS: usize = 64;

/// A picture file by its name without extension.
pub(super) fn picture(golden: &Golden, name: &str) -> Result<Frame, Fault> {
    let file = golden.files.iter().find(|file| {
        let pictures = file.tensors.is_empty()
            && std::path::Path::new(&file.path).extension() != Some("json".as_ref());
        pictures && file.stem() == name
    });
    let file = file.ok_or_else(|| Fault::stored(format!("the folder has no picture {name}")))?;
    let mut picture = Picture::open(&golden.root.join(&file.path))?;
    let frame = picture.frame()?;
    frame.ok_or_else(|| Fault::stored(format!("{name} holds no picture")))
}

/// 8-bit RGB of a stored `[H, W, 3]` tensor.
pub(super) fn frame(numbers: &Numbers) -> Result<Frame, Fault> {
    let [height, width, 3] = numbers.shape[..] else {
        let shape = &numbers.shape;
        return Err(Fault::stored(format!(
            "its shape {shape:?} is not that of a picture"
        )));
    };
    let rgb: Vec<u8> = numbers.values.iter().map(|v| *v as u8).collect();
    Ok(Frame::from_rgb(
        "golden",
        ImageSize::new(width as u32, height as u32),
        &rgb,
    )?)
}

/// RGB of a frame as `[H, W, 3]`.
pub(super) fn numbers(frame: &Frame) -> Numbers {
    let size = frame.size();
    let shape = [size.height as usize, size.width as usize, 3];
    Numbers::bytes(&shape, &frame.to_rgb())
}

/// A scene as the image processor resizes it: as stored, else computed from its file.
pub(super) fn smart(golden: &Golden, model: &Model, name: &str) -> Result<Frame, Fault> {
    stored(golden, name, "smart_resized_u8").unwrap_or_else(|| {
        let original = picture(golden, name)?;
        smart_of(model, &original)
    })
}

/// A frame as the image processor resizes it.
pub(super) fn smart_of(model: &Model, original: &Frame) -> Result<Frame, Fault> {
    let fit = Fit::smart(original.size(), model.layout().cell(), model.limits())?;
    Ok(resample::resize(original, fit.target, Filter::Bicubic))
}

/// A scene at the size that actions are predicted from: as stored, else computed from its file.
pub(super) fn square(golden: &Golden, model: &Model, name: &str) -> Result<Frame, Fault> {
    let size = action_size(golden, model)?;
    let stored = stored(golden, name, &format!("square{}_u8", size.width));
    stored.unwrap_or_else(|| {
        let original = picture(golden, name)?;
        Ok(resample::resize(&original, size, Filter::Bicubic))
    })
}

fn action_size(golden: &Golden, model: &Model) -> Result<ImageSize, Fault> {
    let run = model.run.as_ref().and_then(|run| run.image_size);
    let stated = || {
        let sides: [u32; 2] =
            serde_json::from_value(golden.cases["predict"]["image_resize_wh"].clone()).ok()?;
        sides
            .iter()
            .all(|side| (1..=4096).contains(side))
            .then(|| ImageSize::new(sides[0], sides[1]))
    };
    run.or_else(stated)
        .ok_or_else(|| Fault::case("predict.image_resize_wh"))
}

fn stored(golden: &Golden, name: &str, what: &str) -> Option<Result<Frame, Fault>> {
    let tensor = format!("{name}.{what}");
    golden.entry(PREPROCESS)?.tensor(&tensor)?;
    let numbers = golden.tensor(PREPROCESS, &tensor);
    Some(numbers.and_then(|numbers| frame(&numbers)))
}

/// Patches of frames that were resized already.
pub(super) fn patches(model: &Model, frames: &[Frame]) -> Result<Patches, Fault> {
    if frames.len() > MAX_VIEWS {
        return Err(Fault::stored(
            "there are more pictures than a prompt can hold",
        ));
    }
    Ok(normalize::patchify(frames, model.layout())?)
}

/// Patches as the tensor the vision tower reads, checked against its configuration.
pub(super) fn patch_tensor(model: &Model, patches: &Patches) -> Result<Tensor<2>, Fault> {
    let width = patch_width(&model.config.qwen.vision);
    let count = patch_count(&patches.grids);
    if count == 0 || count * width != patches.values.len() {
        return Err(Fault::stored(format!(
            "{} patch values do not fill {count} patches of {width}",
            patches.values.len()
        )));
    }
    let data = TensorData::new(patches.values.clone(), [count, width]);
    Ok(Tensor::from_data(data, model.planner.device()))
}

/// The smart-resized scenes that a prompt shows, told by how many tokens each picture takes in it.
pub(super) fn shown(golden: &Golden, model: &Model, ids: &[u32]) -> Result<Vec<Frame>, Fault> {
    let image = model.config.qwen.image_token_id;
    let runs = ids.chunk_by(|a, b| (*a == image) == (*b == image));
    let runs: Vec<usize> = runs
        .filter(|run| run[0] == image)
        .map(<[u32]>::len)
        .collect();
    let mut frames = Vec::new();
    let mut scenes = Vec::new();
    if !runs.is_empty() {
        for name in golden.scenes() {
            scenes.push((smart(golden, model, &name)?, false));
        }
    }
    for length in runs {
        frames.push(claim(model, &mut scenes, length)?);
    }
    Ok(frames)
}

/// The first scene of as many tokens that was not shown yet, else the first at all.
fn claim(model: &Model, scenes: &mut [(Frame, bool)], length: usize) -> Result<Frame, Fault> {
    let layout = model.layout();
    let fits = |frame: &Frame| {
        let grid = layout.grid(frame.size());
        grid.is_ok_and(|grid| merged_tokens(grid, layout.merge) == length)
    };
    let fresh = scenes.iter().position(|(frame, used)| !used && fits(frame));
    let any = fresh.or_else(|| scenes.iter().position(|(frame, _)| fits(frame)));
    let at = any.ok_or_else(|| {
        Fault::stored(format!(
            "no scene of cases.json takes {length} image tokens"
        ))
    })?;
    scenes[at].1 = true;
    Ok(scenes[at].0.clone())
}

/// What DINO reads: `[V, 3, H, W]` of views of one size.
pub(super) fn dino_tensor(model: &Model, views: &[Frame]) -> Result<Tensor<4>, Fault> {
    let mut tensors = Vec::with_capacity(views.len());
    let mut first = None;
    for view in views {
        let fitted = dino_frame(view);
        let size = *first.get_or_insert(fitted.size());
        if size != fitted.size() {
            return Err(Fault::stored(
                "the views have different sizes after fitting",
            ));
        }
        let shape = [1, 3, size.height as usize, size.width as usize];
        let data = TensorData::new(normalize::dino_pixels(&fitted).values, shape);
        tensors.push(Tensor::<4>::from_data(data, model.planner.device()));
    }
    if tensors.is_empty() {
        return Err(Fault::stored("there is no view"));
    }
    Ok(Tensor::cat(tensors, 0))
}

/// A frame as DINO's preprocessing resizes it.
pub(super) fn dino_frame(frame: &Frame) -> Frame {
    let fit = Fit::shorter_side(frame.size(), DINO_SIDE);
    resample::resize(frame, fit.target, Filter::Bilinear)
}

//! The image encoder of the action side.

use super::models::{Model, Which};
use super::numbers::Numbers;
use super::pictures;
use super::sheet::Sheet;
use super::{Fault, Workspace};
use crate::geometry::ImageSize;
use crate::model::pass::Pass;
use crate::vision::Frame;
use crate::vision::normalize::dino_pixels;
use crate::vision::resample::{self, Filter};

pub(super) fn stages(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let model = space.models.get(Which::Policy)?;
    square_positions(sheet, &model)?;
    let mut frames = Vec::new();
    for scene in space.golden.scenes() {
        let frame = pictures::square(space.golden, &model, &scene)?;
        view(sheet, &model, &scene, &frame)?;
        frames.push(frame);
    }
    if sheet.has("patch_features") {
        let pixels = pictures::dino_tensor(&model, &frames)?;
        let features = model
            .expert()?
            .dino
            .forward(pixels, &mut Pass::collecting())?;
        sheet.check("patch_features", &Numbers::of(features)?);
    }
    let cases = space.golden.cases["dino"].as_object();
    for (name, case) in cases.into_iter().flatten() {
        let resized = other(space, case);
        let done = resized.and_then(|frame| shape(sheet, &model, name, &frame));
        if let Err(fault) = done {
            let ours = |tensor: &&String| tensor.starts_with(&format!("{name}."));
            for tensor in sheet.names().iter().filter(ours) {
                sheet.fail(tensor, &fault);
            }
        }
    }
    Ok(())
}

/// `pos_embed_224` and the like: the position table for a square of that side.
fn square_positions(sheet: &mut Sheet, model: &Model) -> Result<(), Fault> {
    let patch = patch(model)?;
    for name in sheet.names() {
        let side = name
            .strip_prefix("pos_embed_")
            .and_then(|side| side.parse::<usize>().ok());
        if let Some(side) = side.filter(|side| (patch..=patch * 256).contains(side)) {
            let grid = [side / patch; 2];
            sheet.check(&name, &Numbers::of(model.expert()?.dino.positions(grid))?);
        }
    }
    Ok(())
}

fn patch(model: &Model) -> Result<usize, Fault> {
    let config = model.config.expert.as_ref();
    Ok(config
        .ok_or(Fault::NoModel("action expert"))?
        .dino
        .patch_size
        .max(1))
}

/// Every block for one view.
fn view(sheet: &mut Sheet, model: &Model, scene: &str, frame: &Frame) -> Result<(), Fault> {
    let prefix = format!("{scene}.");
    if !sheet.names().iter().any(|name| name.starts_with(&prefix)) {
        return Ok(());
    }
    let fitted = pictures::dino_frame(frame);
    input_rows(sheet, &prefix, &fitted);
    let pixels = pictures::dino_tensor(model, std::slice::from_ref(frame))?;
    let mut pass = Pass::collecting();
    let features = model.expert()?.dino.forward(pixels, &mut pass)?;
    sheet.check(&format!("{prefix}patch_features"), &Numbers::of(features)?);
    for stage in pass.finish()? {
        let name = stage.name.trim_start_matches("dino.");
        let name = if name == "norm" {
            "norm_with_cls"
        } else {
            name
        };
        let numbers = Numbers::floats(&stage.shape, &stage.values);
        sheet.check(&format!("{prefix}{name}"), &numbers);
    }
    Ok(())
}

/// `dino_input_rows_every14`: some rows of each colour of the normalised input.
fn input_rows(sheet: &mut Sheet, prefix: &str, fitted: &Frame) {
    let start = format!("{prefix}dino_input");
    for name in sheet.names() {
        let Some(rest) = name.strip_prefix(&start) else {
            continue;
        };
        let step = rest
            .strip_prefix("_rows_every")
            .map_or(1, |n| n.parse().unwrap_or(1));
        let pixels = dino_pixels(fitted);
        let [width, height] = [pixels.size.width as usize, pixels.size.height as usize];
        let mut values: Vec<f32> = Vec::new();
        for plane in pixels.values.chunks_exact(width * height) {
            for row in plane.chunks_exact(width).step_by(std::cmp::max(step, 1)) {
                values.extend(row);
            }
        }
        let shape = [3, values.len() / width / 3, width];
        sheet.check(&name, &Numbers::floats(&shape, &values));
    }
}

/// A picture of another shape, brought to its stated size and then to DINO's.
fn other(space: &Workspace, case: &serde_json::Value) -> Result<Frame, Fault> {
    let name = case["image"]
        .as_str()
        .ok_or_else(|| Fault::case("dino image"))?;
    let sides: [u32; 2] = serde_json::from_value(case["pil_bicubic_resized_to_wh"].clone())
        .map_err(|_other_form| Fault::case("dino pil_bicubic_resized_to_wh"))?;
    if !sides.iter().all(|side| (1..=4096).contains(side)) {
        return Err(Fault::case("dino pil_bicubic_resized_to_wh from 1 to 4096"));
    }
    let original = pictures::picture(space.golden, name)?;
    let target = ImageSize::new(sides[0], sides[1]);
    Ok(resample::resize(&original, target, Filter::Bicubic))
}

fn shape(sheet: &mut Sheet, model: &Model, name: &str, frame: &Frame) -> Result<(), Fault> {
    let fitted = pictures::dino_frame(frame);
    sheet.check(&format!("{name}.resized_u8"), &pictures::numbers(&fitted));
    // From the stored pixels, so that an error of the resize does not show up twice.
    let stored = sheet.optional(&format!("{name}.resized_u8"))?;
    let input = stored.as_ref().map_or(Ok(fitted), pictures::frame)?;
    let patch = patch(model)?;
    let size = input.size();
    let [width, height] = [size.width as usize, size.height as usize];
    if width < patch || height < patch || width % patch != 0 || height % patch != 0 {
        return Err(Fault::stored(format!(
            "{size} is no whole number of patches of {patch}"
        )));
    }
    let dino = &model.expert()?.dino;
    let positions = dino.positions([height / patch, width / patch]);
    sheet.check(&format!("{name}.pos_embed"), &Numbers::of(positions)?);
    let pixels = dino_pixels(&input);
    let numbers = Numbers::floats(&[1, 3, height, width], &pixels.values);
    let pixels = numbers.tensor(model.planner.device())?;
    let features = dino.forward(pixels, &mut Pass::collecting())?;
    sheet.check(&format!("{name}.patch_features"), &Numbers::of(features)?);
    Ok(())
}

//! Preprocessing: pictures to resized pixels to patches.

use super::compare::Comparison;
use super::models::Which;
use super::numbers::Numbers;
use super::pictures;
use super::sheet::Sheet;
use super::{Fault, Workspace};
use crate::geometry::ImageSize;
use crate::vision::Frame;
use crate::vision::normalize::Patches;
use crate::vision::resample::{self, Filter};

pub(super) fn stages(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let model = space.models.get(Which::Base)?;
    let golden = space.golden;
    for name in sheet.names() {
        let Some((scene, what)) = name.rsplit_once('.') else {
            continue;
        };
        let resized = || -> Result<Option<Numbers>, Fault> {
            let original = || pictures::picture(golden, scene);
            if what == "smart_resized_u8" {
                let frame = pictures::smart_of(&model, &original()?)?;
                return Ok(Some(pictures::numbers(&frame)));
            }
            let Some(side) = side(what) else {
                return Ok(None);
            };
            let target = ImageSize::new(side, side);
            let frame = resample::resize(&original()?, target, Filter::Bicubic);
            Ok(Some(pictures::numbers(&frame)))
        };
        match resized() {
            Ok(Some(got)) => sheet.check(&name, &got),
            Ok(None) => {}
            Err(fault) => sheet.fail(&name, &fault),
        }
    }
    let smart: Vec<Frame> = golden
        .scenes()
        .iter()
        .map(|name| pictures::smart(golden, &model, name))
        .collect::<Result<_, _>>()?;
    patches(sheet, "", &pictures::patches(&model, &smart)?);
    for prefix in squares(sheet) {
        let side = prefix.trim_start_matches("square");
        let side: u32 = side.parse().map_err(|_no_number| Fault::stored(&prefix))?;
        let mut frames = Vec::new();
        for name in golden.scenes() {
            let stored = format!("{name}.{prefix}_u8");
            let original = pictures::picture(golden, &name);
            frames.push(match sheet.optional(&stored)? {
                Some(numbers) => pictures::frame(&numbers)?,
                None => resample::resize(&original?, ImageSize::new(side, side), Filter::Bicubic),
            });
        }
        // A square that is no multiple of a cell is fitted once more, as in predicting actions.
        let frames: Vec<Frame> = frames
            .iter()
            .map(|frame| pictures::smart_of(&model, frame))
            .collect::<Result<_, _>>()?;
        patches(
            sheet,
            &format!("{prefix}."),
            &pictures::patches(&model, &frames)?,
        );
    }
    Ok(())
}

/// `square224_u8` gives 224.
fn side(what: &str) -> Option<u32> {
    let side = what.strip_prefix("square")?.strip_suffix("_u8")?;
    side.parse().ok().filter(|side| (1..=4096).contains(side))
}

/// Prefixes such as `square224` under which patches are stored.
fn squares(sheet: &Sheet) -> Vec<String> {
    let mut prefixes: Vec<String> = sheet
        .names()
        .iter()
        .filter_map(|name| name.split_once('.'))
        .filter(|(prefix, _)| side(&format!("{prefix}_u8")).is_some())
        .map(|(prefix, _)| prefix.to_owned())
        .collect();
    prefixes.dedup();
    prefixes
}

fn patches(sheet: &mut Sheet, prefix: &str, patches: &Patches) {
    let rows: usize = crate::model::planner::patch_count(&patches.grids).max(1);
    let shape = [rows, patches.values.len() / rows];
    for name in sheet.names() {
        let Some(what) = name.strip_prefix(prefix) else {
            continue;
        };
        if what == "image_grid_thw" {
            sheet.check(&name, &grids(&patches.grids));
        } else if let Some(rest) = what.strip_prefix("pixel_values") {
            let step = rest
                .strip_prefix("_every")
                .map_or(Some(1), |n| n.parse().ok());
            if let Some(step) = step {
                let all = Numbers::floats(&shape, &patches.values);
                sheet.check(&name, &all.every(step));
            }
        }
    }
}

/// Grids as `[images, 3]`.
pub(super) fn grids(grids: &[[u32; 3]]) -> Numbers {
    let values = grids.iter().flatten().map(|side| i64::from(*side));
    Numbers::integers(&[grids.len(), 3], values)
}

/// Resizes of robot clients: tensors that the manifest need not list.
pub(super) fn image_operations(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let path = sheet.file.path.clone();
    for name in space.golden.names(&path)? {
        let computed = operation(space, &name);
        let want = space.golden.tensor(&path, &name);
        match (computed, want) {
            (Ok(Some(got)), Ok(want)) => sheet.table(&name, Comparison::Pixels, &got, &want),
            (Ok(None), _) => sheet.skip(&name, "no resize of this name"),
            (Err(fault), _) | (_, Err(fault)) => sheet.fail(&name, &fault),
        }
    }
    Ok(())
}

/// `SCENE.OPERATION_SIDE`.
fn operation(space: &Workspace, name: &str) -> Result<Option<Numbers>, Fault> {
    let parts = name.split_once('.').and_then(|(scene, rest)| {
        let (operation, side) = rest.rsplit_once('_')?;
        Some((scene, operation, side.parse::<u32>().ok()?))
    });
    let Some((scene, operation, side)) = parts.filter(|(.., side)| (1..=4096).contains(side))
    else {
        return Ok(None);
    };
    let frame = pictures::picture(space.golden, &scene_name(space, scene))?;
    let target = ImageSize::new(side, side);
    let result = match operation {
        "cv2_inter_area" => resample::area(&frame, target),
        "pil_bicubic" => resample::resize(&frame, target, Filter::Bicubic),
        "pil_bilinear" => resample::resize(&frame, target, Filter::Bilinear),
        "resize_with_pad" => resample::pad(&frame, target, Filter::Bilinear),
        _ => return Ok(None),
    };
    Ok(Some(pictures::numbers(&result)))
}

/// Scenes go by their file, by their number (`view2`), or by what they show (`nonsq`).
fn scene_name(space: &Workspace, scene: &str) -> String {
    let number = scene
        .strip_prefix("view")
        .and_then(|n| n.parse::<usize>().ok());
    let numbered = number
        .and_then(|n| n.checked_sub(1))
        .and_then(|n| space.golden.scenes().get(n).cloned());
    let dino = space.golden.cases["dino"].as_object();
    let shown = dino
        .into_iter()
        .flatten()
        .find(|(name, _)| name.starts_with(scene));
    let shown = shown.and_then(|(_, case)| case["image"].as_str());
    numbered
        .or_else(|| shown.map(str::to_owned))
        .unwrap_or_else(|| scene.to_owned())
}

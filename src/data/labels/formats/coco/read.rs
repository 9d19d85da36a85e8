//! Reads a COCO file.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::Value;

use super::schema::{Annotation, CategoryEntry, CocoFile, Picture};
use super::segment;
use crate::data::labels::LabelError;
use crate::data::labels::geometry::{Rect, Shape};
use crate::data::labels::import::{Import, task_of};
use crate::data::labels::record::{Category, Sample, Target};
use crate::data::labels::report::{Outcome, Place, Reason};
use crate::data::labels::text::{self, Lenient, name_of};
use crate::geometry::ImageSize;
use crate::grounding::prompt::Task;

/// Reads a file.
pub(super) fn file(path: &Path, import: &mut Import) -> Result<(), LabelError> {
    let file: CocoFile = text::json(path, "COCO")?;
    import.file();
    import.split = split(path);
    if let (Some(split), Some(above)) = (&import.split, path.parent().and_then(Path::parent)) {
        // Pictures of `annotations/instances_val2017.json` are in `val2017/` beside it.
        let folder = above.join(split);
        import.finder.add(&folder);
    }
    let mut reader = Reader {
        place: Place::file(path),
        categories: categories(file.categories, &Place::file(path), import),
        samples: Vec::new(),
        by_id: HashMap::new(),
        seen: HashSet::new(),
        import,
    };
    for (entry, picture) in file.images.into_iter().enumerate() {
        reader.picture(entry, picture);
    }
    for (entry, annotation) in file.annotations.into_iter().enumerate() {
        reader.annotation(entry, annotation);
    }
    let Reader {
        samples, import, ..
    } = reader;
    for (mut sample, place) in samples {
        if sample.phrase.is_none() {
            sample.task = task_of(&sample.targets);
        }
        import.push(sample, &place);
    }
    Ok(())
}

/// `instances_train2017.json` belongs to `train2017`, `val.json` to `val`.
fn split(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    let last = stem.rsplit_once('_').map_or(stem, |(_, last)| last);
    let known = ["train", "val", "test"]
        .iter()
        .any(|name| last.to_lowercase().starts_with(name));
    known.then(|| last.to_owned())
}

fn categories(
    entries: Vec<Lenient<CategoryEntry>>,
    place: &Place,
    import: &mut Import,
) -> HashMap<String, Category> {
    let mut categories = HashMap::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let entry = match entry {
            Lenient::Good(entry) => entry,
            Lenient::Bad(reason) => {
                import.skip("category", &place.entry(index as u64), Reason::Form(reason));
                continue;
            }
        };
        let category = Category {
            id: entry.id,
            name: entry.name,
            supercategory: entry.supercategory,
            keypoints: entry.keypoints,
        };
        if categories.contains_key(&entry.id.to_string()) {
            let why = Reason::DuplicateId(format!("category {}", entry.id));
            import.skip("category", &place.entry(index as u64), why);
            continue;
        }
        import.category(category.clone());
        categories.insert(entry.id.to_string(), category);
    }
    categories
}

struct Reader<'r, 'o> {
    place: Place,
    categories: HashMap<String, Category>,
    samples: Vec<(Sample, Place)>,
    by_id: HashMap<String, usize>,
    seen: HashSet<String>,
    import: &'r mut Import<'o>,
}

impl Reader<'_, '_> {
    fn picture(&mut self, entry: usize, picture: Lenient<Picture>) {
        let place = self.place.entry(entry as u64);
        let picture = match picture {
            Lenient::Good(picture) => picture,
            Lenient::Bad(reason) => {
                return self.import.skip("picture", &place, Reason::Form(reason));
            }
        };
        let Some(id) = name_of(&picture.id) else {
            let why = Reason::Form("its id is neither a number nor a text".into());
            return self.import.skip("picture", &place, why);
        };
        if self.by_id.contains_key(&id) {
            let why = Reason::DuplicateId(format!("picture {id}"));
            return self.import.skip("picture", &place, why);
        }
        let side = |side: Option<f64>| {
            side.filter(|v| *v >= 1.0 && *v <= f64::from(u32::MAX))
                .map(|v| v as u32)
        };
        let size = side(picture.width).zip(side(picture.height));
        let size = size.map(|(width, height)| ImageSize::new(width, height));
        let image = self.import.image(&picture.file_name, size, &place);
        let sample = Sample {
            id: Some(id.clone()),
            images: vec![image],
            extra: picture.other,
            ..Sample::default()
        };
        self.by_id.insert(id, self.samples.len());
        self.samples.push((sample, place));
    }

    fn annotation(&mut self, entry: usize, annotation: Lenient<Annotation>) {
        let place = self.place.entry(entry as u64);
        let mut annotation = match annotation {
            Lenient::Good(annotation) => annotation,
            Lenient::Bad(reason) => {
                return self.import.skip("annotation", &place, Reason::Form(reason));
            }
        };
        let id = name_of(&annotation.id);
        let what = id
            .as_ref()
            .map_or("annotation".into(), |id| format!("annotation {id}"));
        let image_id = name_of(&annotation.image_id).unwrap_or_default();
        let Some(index) = self.by_id.get(&image_id).copied() else {
            return self
                .import
                .skip(what, &place, Reason::UnknownPicture(image_id));
        };
        if id.as_ref().is_some_and(|id| !self.seen.insert(id.clone())) {
            let why = Reason::DuplicateId(what.clone());
            self.import.defect(what.clone(), &place, why, Outcome::Kept);
        }
        if let Some(caption) = annotation.caption.take() {
            return self.caption(index, id, caption);
        }
        let category = self.category(&annotation, &what, &place);
        match targets(annotation, id, category.as_ref(), entry) {
            Ok(targets) => self.samples[index].0.targets.extend(targets),
            Err(why) => self.import.skip(what, &place, why),
        }
    }

    fn category(&mut self, annotation: &Annotation, what: &str, place: &Place) -> Option<Category> {
        let id = name_of(&annotation.category_id)?;
        let category = self.categories.get(&id).cloned();
        if category.is_none() {
            self.import
                .defect(what, place, Reason::UnknownCategory(id), Outcome::Kept);
        }
        category
    }

    /// Every caption is a sample of its own; the first takes the place of the picture's.
    fn caption(&mut self, index: usize, id: Option<String>, caption: String) {
        let (first, place) = &mut self.samples[index];
        if first.phrase.is_none() && first.targets.is_empty() {
            first.phrase = Some(caption);
            first.task = Task::Chat;
            if let Some(id) = id {
                first.extra.insert("caption_id".into(), id.into());
            }
            return;
        }
        let mut sample = Sample {
            phrase: Some(caption),
            task: Task::Chat,
            targets: Vec::new(),
            ..first.clone()
        };
        if let Some(id) = id {
            sample.extra.insert("caption_id".into(), id.into());
        }
        let place = place.clone();
        self.samples.push((sample, place));
    }
}

/// The targets of an annotation: the object, and its keypoints that are seen.
fn targets(
    mut annotation: Annotation,
    id: Option<String>,
    category: Option<&Category>,
    entry: usize,
) -> Result<Vec<Target>, Reason> {
    let bbox = match annotation.bbox.as_deref() {
        Some([x, y, w, h]) => Some(Rect::from_xywh([*x, *y, *w, *h])),
        Some([]) | None => None,
        Some(_) => return Err(Reason::Form("\"bbox\" is [x, y, width, height]".into())),
    };
    let label = category.map(|c| c.name.clone()).unwrap_or_default();
    let mut points = keypoints(&annotation, category)?;
    let group = id
        .as_ref()
        .and_then(|id| id.parse().ok())
        .unwrap_or(entry as i64);
    let is_loose = points.len() == 1 && bbox.is_none_or(|rect| rect.area() == 0.0);
    for point in &mut points {
        point.group = (!is_loose).then_some(group);
    }
    let (shape, bounds) = match (segment::read(&annotation.segmentation)?, bbox) {
        (Some(shape), bounds) => (shape, bounds),
        (None, Some(rect)) if !is_loose => (Shape::upright(rect), None),
        (None, _) if points.is_empty() => {
            return Err(Reason::Form(
                "it has neither box, outline nor keypoints".into(),
            ));
        }
        (None, _) => {
            points
                .iter_mut()
                .filter(|_| is_loose)
                .for_each(|point| point.id.clone_from(&id));
            return Ok(points);
        }
    };
    let mut target = Target::new(shape).labelled(label);
    target.group = (!points.is_empty()).then_some(group);
    target.id = id;
    target.bounds = bounds;
    target.crowd = annotation.is_crowd();
    target.score = annotation.score;
    target.attributes = annotation.attributes();
    points.insert(0, target);
    Ok(points)
}

/// The keypoints that are seen (`v` above 0), each a point named by the category.
fn keypoints(annotation: &Annotation, category: Option<&Category>) -> Result<Vec<Target>, Reason> {
    let numbers = annotation.keypoints.as_deref().unwrap_or_default();
    if !numbers.len().is_multiple_of(3) {
        return Err(Reason::Form("\"keypoints\" are triples x, y, v".into()));
    }
    let names = category.map(|c| c.keypoints.as_slice()).unwrap_or_default();
    let triples = numbers.as_chunks::<3>().0.iter().enumerate();
    let seen = triples.filter(|(_, [_, _, v])| *v > 0.0);
    let point = |(index, [x, y, v]): (usize, &[f64; 3])| {
        let category = category.map(|c| c.name.clone()).unwrap_or_default();
        let name = names.get(index).filter(|name| *name != super::LOOSE);
        let mut point = Target::new(Shape::Point([*x, *y]));
        if let Some(name) = name {
            point = point.labelled(name.clone());
            point.attributes.insert("category".into(), category.into());
            point.attributes.insert("keypoint".into(), index.into());
            point
                .attributes
                .insert("visibility".into(), Value::from(*v as i64));
        } else {
            point = point.labelled(category);
        }
        point
    };
    Ok(seen.map(point).collect())
}

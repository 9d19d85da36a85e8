//! Whether every row of an episode has its picture of every camera.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Check, Thoroughness};
use crate::data::lerobot::frames::shown_at;
use crate::data::lerobot::index::shown;
use crate::data::{Defect, Episode, Rows, Storage, VideoPlace};
use crate::geometry::ImageSize;
use crate::media::Picture;

impl Check<'_> {
    pub(super) fn video(&mut self, place: &str, episode: &Episode, video: &VideoPlace) {
        let name = shown(self.set.root(), &video.path);
        let stated = self
            .set
            .camera(&video.camera)
            .map(|camera| camera.size)
            .unwrap_or_default();
        let opened = match self.set.videos.open(&video.path) {
            Ok(opened) => opened,
            Err(error) => {
                let what = if video.path.exists() {
                    error.to_string()
                } else {
                    "the video is missing".to_owned()
                };
                let advice = "its frames cannot be shown; copy it again";
                return self.add(Defect::error(format!("{place}: {name}"), what, advice));
            }
        };
        let info = opened.info().clone();
        // Every row must have its frame; in version 2 also every frame its row.
        let lost = (0..episode.length).filter(|row| {
            shown_at(opened, video.start + *row as f64 / self.set.info.about.fps).is_err()
        });
        let (first, count) = lost.fold((None, 0), |(first, count), row| {
            (first.or(Some(row)), count + 1)
        });
        if let Some(first) = first {
            let what =
                format!("{count} rows from {first} on have no frame of {name} at their time");
            let advice = "the video is cut off or of another rate; encode it again";
            self.add(Defect::error(place, what, advice));
        }
        if video.end.is_none() && info.frames > episode.length {
            let what = format!(
                "{name} has {} frames for {} rows",
                info.frames, episode.length
            );
            self.add(Defect::warning(
                place,
                what,
                "the frames behind the last row are not used",
            ));
        }
        if self.told.insert(name.clone()) {
            for note in &info.notes {
                self.add(Defect::warning(&*name, note.clone(), "copy it again"));
            }
            self.size(&name, info.size, stated);
        }
        if self.thoroughness == Thoroughness::EveryFrame {
            self.decode(place, episode, &video.camera);
        }
    }

    fn size(&mut self, place: &str, found: ImageSize, stated: ImageSize) {
        if found != stated {
            self.add(Defect::warning(
                place,
                format!("its frames are {found}, info.json says {stated}"),
                "the size that was found is used; correct the shape",
            ));
        }
    }

    pub(super) fn pictures(&mut self, place: &str, episode: &Episode) {
        for camera in self.set.cameras_of(Storage::Image) {
            if self.thoroughness == Thoroughness::EveryFrame {
                self.decode(place, episode, &camera);
                continue;
            }
            let stated = self
                .set
                .camera(&camera)
                .map(|camera| camera.size)
                .unwrap_or_default();
            match self.set.rows(episode.index, &[&camera]) {
                Ok(rows) => self.encoded(place, &rows, stated),
                Err(error) => self.broken(place, &error),
            }
        }
    }

    /// Encoded pictures: all there, the first readable and of the right size.
    fn encoded(&mut self, place: &str, rows: &Rows, stated: ImageSize) {
        let Some(column) = rows.columns.first() else {
            return;
        };
        let empty = (0..rows.length).filter(|row| column.bytes(*row).is_none_or(<[u8]>::is_empty));
        let count = empty.count();
        if count > 0 {
            let what = format!("{count} rows hold no picture of {:?}", column.name);
            self.add(Defect::error(place, what, "write the table again"));
        }
        let decoded = column
            .bytes(0)
            .map(|bytes| Picture::decode(bytes, Path::new(&column.name)));
        match decoded {
            Some(Ok(picture)) => self.size(place, picture.frame.size(), stated),
            Some(Err(error)) => self.broken(place, &error.into()),
            None => {}
        }
    }

    /// Decodes every frame.
    fn decode(&mut self, place: &str, episode: &Episode, camera: &str) {
        let mut sizes = BTreeSet::new();
        for row in 0..episode.length {
            match self.set.frame(episode.index, row, camera) {
                Ok(frame) => {
                    sizes.insert((frame.size().width, frame.size().height));
                }
                Err(error) => self.broken(&format!("{place} row {row}"), &error),
            }
        }
        if sizes.len() > 1 {
            let what = format!("frames of {camera:?} have {} different sizes", sizes.len());
            self.add(Defect::error(
                place,
                what,
                "training needs one size; scale them",
            ));
        }
    }
}

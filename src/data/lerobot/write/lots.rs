//! Publishing a lot of episodes: files that grow are written anew and renamed, in an order in which the metadata
//! never name what is not there.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::LeRobotWriter;
use super::episodes::{self, EpisodeRow};
use super::meta::{self, CHUNK, Totals};
use super::spec::{DatasetSpec, PictureStorage};
use super::staged::Staged;
use super::tables::{self, Groups};
use crate::data::lerobot::{Episodes, Version};
use crate::data::{DataError, Stats};
use crate::media::{Video, VideoSplice};

/// A file that grows.
#[derive(Debug, Clone, Copy, Default)]
struct Shard {
    file: [u64; 2],
    /// Row groups of a table, or frames of a video, that are published in it.
    units: u64,
    bytes: u64,
}

/// The files that the next episode goes to.
pub(super) struct Shards {
    table: Shard,
    videos: Vec<Shard>,
    episodes: Shard,
}

impl Shard {
    /// The file for this many bytes more: the same one or, when it would grow too large, the next.
    fn room_for(self, bytes: u64, limit: u64) -> Self {
        if self.units == 0 || self.bytes + bytes <= limit {
            return self;
        }
        let [chunk, file] = self.file;
        Self {
            file: if file + 1 < CHUNK {
                [chunk, file + 1]
            } else {
                [chunk + 1, 0]
            },
            units: 0,
            bytes: 0,
        }
    }
}

impl Shards {
    pub(super) fn new(spec: &DatasetSpec) -> Self {
        let videos = if spec.has_videos() {
            spec.cameras.len()
        } else {
            0
        };
        Self {
            table: Shard::default(),
            videos: vec![Shard::default(); videos],
            episodes: Shard::default(),
        }
    }

    /// Those of a dataset whose metadata are on the disk.
    pub(super) fn of(dataset: &Episodes) -> Result<Self, DataError> {
        let last = dataset.last_files();
        let root = dataset.root();
        let shard = |(file, units): ([u64; 2], u64), path: PathBuf| Shard {
            file,
            units,
            bytes: fs::metadata(path).map_or(0, |about| about.len()),
        };
        let videos = last.videos.into_iter().map(|(camera, file, frames)| {
            shard((file, frames), root.join(video_path(&camera, file)))
        });
        let mut shards = Self {
            table: shard(last.table, root.join(table_path("data", last.table.0))),
            videos: videos.collect(),
            episodes: Shard::default(),
        };
        if dataset.version() == Version::V30 && dataset.info().episodes > 0 {
            let (file, groups) = dataset.last_episode_file()?;
            shards.episodes = shard((file, groups), root.join(table_path("meta/episodes", file)));
        }
        Ok(shards)
    }
}

impl DatasetSpec {
    /// Whether cameras are stored as videos.
    pub(super) fn has_videos(&self) -> bool {
        matches!(self.storage, PictureStorage::Video(_)) && !self.cameras.is_empty()
    }
}

impl LeRobotWriter {
    /// Publishes the first `count` episodes that wait.
    pub(super) fn publish_lot(&mut self, count: usize) -> Result<(), DataError> {
        let later = self.staged.split_off(count);
        let mut lot = std::mem::replace(&mut self.staged, later);
        let outcome = match self.spec.version {
            Version::V30 => self.publish_joined(&lot),
            _ => self.publish_single(&lot),
        };
        if let Err(error) = outcome {
            // They are still on the disk.
            lot.append(&mut self.staged);
            self.staged = lot;
            return Err(error);
        }
        for staged in &lot {
            fs::remove_dir_all(&staged.folder).map_err(|source| {
                DataError::io("removing what is published", &staged.folder, source)
            })?;
        }
        Ok(())
    }

    /// Totals and statistics with a lot.
    fn with(&self, lot: &[Staged]) -> (Totals, Vec<(String, Stats)>) {
        let totals = Totals {
            episodes: self.published.episodes + lot.len() as u64,
            frames: self.published.frames + lot.iter().map(|staged| staged.length).sum::<u64>(),
            tasks: self.tasks.len() as u64,
        };
        let names = lot.first().map_or(&[][..], |staged| &staged.stats);
        let stats = names.iter().filter_map(|(name, _)| {
            let old = self
                .stats
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, stats)| stats);
            let new = lot.iter().filter_map(|staged| {
                staged
                    .stats
                    .iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, stats)| stats)
            });
            Some((name.clone(), Stats::merged(old.into_iter().chain(new))?))
        });
        (totals, stats.collect())
    }

    /// Version 3: many episodes in a file.
    fn publish_joined(&mut self, lot: &[Staged]) -> Result<(), DataError> {
        let mut rows: Vec<EpisodeRow> = lot.iter().map(row).collect();
        let mut videos = self.shards.videos.clone();
        for (camera, shard) in self.spec.cameras.iter().zip(&mut videos) {
            self.join_videos(&camera.name, shard, lot, &mut rows)?;
        }
        let mut table = self.shards.table;
        self.join_tables(&mut table, lot, &mut rows)?;
        let (totals, stats) = self.with(lot);
        meta::write_tasks_table(&self.root, &self.tasks)?;
        if self.spec.subtasks {
            meta::write_subtasks_table(&self.root, &self.subtasks)?;
        }
        let episodes = self.join_episodes(&rows)?;
        meta::write_stats(&self.root, &self.spec, &stats)?;
        meta::write_info(&self.root, &self.spec, totals)?;
        self.shards = Shards {
            table,
            videos,
            episodes,
        };
        (self.published, self.stats) = (totals, stats);
        Ok(())
    }

    fn join_videos(
        &self,
        camera: &str,
        shard: &mut Shard,
        lot: &[Staged],
        rows: &mut [EpisodeRow],
    ) -> Result<(), DataError> {
        let limit = u64::from(self.spec.video_megabytes) << 20;
        let fps = f64::from(self.spec.fps);
        let mut open: Option<VideoSplice> = None;
        for (staged, row) in lot.iter().zip(rows) {
            let clip = staged.video(camera);
            let bytes = size_of(&clip)?;
            let next = shard.room_for(bytes, limit);
            if next.file != shard.file {
                open.take().map_or(Ok(()), VideoSplice::finish)?;
                *shard = next;
            }
            let mut splice = match open.take() {
                Some(splice) => splice,
                None => self.reopened(camera, *shard)?,
            };
            let mut video = Video::open(&clip)?;
            if !splice.fits(&video) {
                // Coded unlike those before, as clips of other datasets may be.
                splice.finish()?;
                *shard = shard.room_for(u64::MAX >> 1, limit);
                splice = self.reopened(camera, *shard)?;
            }
            splice.append(&mut video, 0..staged.length)?;
            let times =
                [shard.units, shard.units + staged.length].map(|frames| frames as f64 / fps);
            row.videos.push((camera.to_owned(), shard.file, times));
            shard.units += staged.length;
            shard.bytes += bytes;
            open = Some(splice);
        }
        Ok(open.map_or(Ok(()), VideoSplice::finish)?)
    }

    /// A new file with what is published in the old one of that name.
    fn reopened(&self, camera: &str, shard: Shard) -> Result<VideoSplice, DataError> {
        let path = self.root.join(video_path(camera, shard.file));
        let mut splice = VideoSplice::create(&path)?;
        if shard.units > 0 {
            splice.append(&mut Video::open(&path)?, 0..shard.units)?;
        }
        Ok(splice)
    }

    fn join_tables(
        &self,
        shard: &mut Shard,
        lot: &[Staged],
        rows: &mut [EpisodeRow],
    ) -> Result<(), DataError> {
        let limit = u64::from(self.spec.table_megabytes) << 20;
        let mut start = (*shard, 0);
        for (at, (staged, row)) in lot.iter().zip(rows).enumerate() {
            let bytes = size_of(&staged.table())?;
            let next = shard.room_for(bytes, limit);
            if next.file != shard.file {
                self.write_table(start.0, &lot[start.1..at])?;
                *shard = next;
                start = (next, at);
            }
            row.table = shard.file;
            shard.units += 1;
            shard.bytes += bytes;
        }
        self.write_table(start.0, &lot[start.1..])
    }

    fn write_table(&self, old: Shard, more: &[Staged]) -> Result<(), DataError> {
        if more.is_empty() {
            return Ok(());
        }
        let path = self.root.join(table_path("data", old.file));
        let added: Vec<PathBuf> = more.iter().map(Staged::table).collect();
        join_groups(&path, old.units, &added)
    }

    fn join_episodes(&self, rows: &[EpisodeRow]) -> Result<Shard, DataError> {
        let limit = u64::from(self.spec.table_megabytes) << 20;
        let shard = self.shards.episodes.room_for(0, limit);
        let batch = episodes::episodes_batch(&self.spec, rows, shard.file)?;
        let path = self.root.join(table_path("meta/episodes", shard.file));
        let added = self.root.join(super::WORKSHOP).join("lot.parquet");
        tables::write(&added, &batch.schema(), &[batch])?;
        join_groups(&path, shard.units, std::slice::from_ref(&added))?;
        fs::remove_file(&added)
            .map_err(|source| DataError::io("removing a file", &added, source))?;
        Ok(Shard {
            units: shard.units + 1,
            bytes: size_of(&path)?,
            ..shard
        })
    }

    /// Version 2: files of their own for each episode.
    fn publish_single(&mut self, lot: &[Staged]) -> Result<(), DataError> {
        for staged in lot {
            let (chunk, episode) = (staged.episode / CHUNK, staged.episode);
            let name = format!("data/chunk-{chunk:03}/episode_{episode:06}.parquet");
            link(&staged.table(), &self.root.join(name))?;
            for camera in self.spec.cameras.iter().filter(|_| self.spec.has_videos()) {
                let camera = &camera.name;
                let name = format!("videos/chunk-{chunk:03}/{camera}/episode_{episode:06}.mp4");
                link(&staged.video(camera), &self.root.join(name))?;
            }
        }
        let (totals, stats) = self.with(lot);
        meta::write_task_lines(&self.root, &self.tasks)?;
        let statistics: Vec<_> = lot
            .iter()
            .map(|staged| {
                let stats = meta::stats_json(&self.spec, &staged.stats);
                json!({"episode_index": staged.episode, "stats": stats})
            })
            .collect();
        let kept = self.published.episodes;
        meta::write_lines(
            &self.root.join("meta/episodes_stats.jsonl"),
            kept,
            &statistics,
        )?;
        let episodes: Vec<_> = lot
            .iter()
            .map(|staged| {
                json!({"episode_index": staged.episode, "tasks": staged.tasks, "length": staged.length})
            })
            .collect();
        meta::write_lines(&self.root.join("meta/episodes.jsonl"), kept, &episodes)?;
        meta::write_info(&self.root, &self.spec, totals)?;
        (self.published, self.stats) = (totals, stats);
        Ok(())
    }
}

fn row(staged: &Staged) -> EpisodeRow {
    EpisodeRow {
        episode: staged.episode,
        tasks: staged.tasks.clone(),
        length: staged.length,
        table: [0, 0],
        first_row: staged.first_row,
        videos: Vec::new(),
        stats: staged.stats.clone(),
    }
}

/// The table at `path`: its first row groups as published, then those of other tables.
fn join_groups(path: &Path, published: u64, added: &[PathBuf]) -> Result<(), DataError> {
    let old = (published > 0).then_some(Groups {
        path,
        count: Some(published as usize),
    });
    let added = added.iter().map(|path| Groups { path, count: None });
    let parts: Vec<Groups<'_>> = old.into_iter().chain(added).collect();
    tables::join(path, &parts)
}

fn table_path(folder: &str, [chunk, file]: [u64; 2]) -> String {
    format!("{folder}/chunk-{chunk:03}/file-{file:03}.parquet")
}

fn video_path(camera: &str, [chunk, file]: [u64; 2]) -> String {
    format!("videos/{camera}/chunk-{chunk:03}/file-{file:03}.mp4")
}

fn size_of(path: &Path) -> Result<u64, DataError> {
    let about = fs::metadata(path);
    about
        .map(|about| about.len())
        .map_err(|source| DataError::io("measuring the file", path, source))
}

/// Gives a file a second name, so that both are there until the metadata name the new one.
fn link(from: &Path, to: &Path) -> Result<(), DataError> {
    let failed = |source| DataError::io("publishing the file", to, source);
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    if to.exists() {
        fs::remove_file(to).map_err(failed)?;
    }
    // Some file systems know no links.
    fs::hard_link(from, to)
        .or_else(|_| fs::copy(from, to).map(drop))
        .map_err(failed)
}

//! Which task every slot of every dataset has. A dataset has one robot and one rate, so tasks are grouped by them.

use std::path::{Path, PathBuf};

use super::{CollectError, Config};
use crate::sim::tasks::{Task, chosen};

/// All that is to be collected.
#[derive(Clone)]
pub struct Plan {
    /// One for each dataset.
    pub groups: Vec<Group>,
}

/// What goes into one dataset.
#[derive(Clone)]
pub struct Group {
    /// Its tasks, in the order of the table.
    pub tasks: Vec<&'static Task>,
    /// Places for episodes.
    pub slots: usize,
}

impl Plan {
    /// Shares the episodes out over the tasks that are asked for.
    ///
    /// # Errors
    /// When a name is unknown or nothing is asked for.
    pub fn new(config: &Config) -> Result<Self, CollectError> {
        if config.episodes == 0 {
            return Err(CollectError::Nothing);
        }
        let tasks = chosen(&config.task)?;
        let mut groups: Vec<Group> = Vec::new();
        for (place, task) in tasks.iter().copied().enumerate() {
            // The first tasks take what is left over.
            let share =
                config.episodes / tasks.len() + usize::from(place < config.episodes % tasks.len());
            if share == 0 {
                continue;
            }
            match groups.iter_mut().find(|group| group.takes(task)) {
                Some(group) => group.add(task, share),
                None => groups.push(Group {
                    tasks: vec![task],
                    slots: share,
                }),
            }
        }
        Ok(Self { groups })
    }

    /// Where a group's dataset goes: the folder itself if there is one group.
    #[must_use]
    pub fn folder(&self, out: &Path, group: &Group) -> PathBuf {
        match self.groups.len() {
            1 => out.to_owned(),
            _ => out.join(group.name()),
        }
    }

    /// Episodes in all.
    #[must_use]
    pub fn episodes(&self) -> usize {
        self.groups.iter().map(|group| group.slots).sum()
    }
}

impl Group {
    fn takes(&self, task: &Task) -> bool {
        let first = self.tasks.first();
        first.is_some_and(|own| own.robot == task.robot && own.hz.to_bits() == task.hz.to_bits())
    }

    fn add(&mut self, task: &'static Task, share: usize) {
        self.tasks.push(task);
        self.slots += share;
    }

    /// The robot and its rate: "widowx-5hz".
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}-{}hz", self.robot(), self.hz())
    }

    /// The robot.
    #[must_use]
    pub fn robot(&self) -> &'static str {
        self.tasks.first().map_or("", |task| task.robot)
    }

    /// Control steps a second.
    #[must_use]
    pub fn hz(&self) -> u32 {
        self.tasks.first().map_or(1, |task| task.hz.round() as u32)
    }

    /// The task of a slot: tasks take turns, so that a dataset that was cut short is still balanced.
    #[must_use]
    pub fn task(&self, slot: usize) -> &'static Task {
        self.tasks[slot % self.tasks.len()]
    }
}

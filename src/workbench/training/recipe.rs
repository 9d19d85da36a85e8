//! The recipe being written: one text and what it says, always in step with each other.

use std::path::{Path, PathBuf};

use crate::engine::{
    LabelSource, RecipeProblem, RunConfig, edit_recipe, read_recipe, recipe_at, recipe_obstacle,
    write_recipe,
};

/// The recipe being written.
#[derive(Debug, Clone, PartialEq)]
pub struct RecipeState {
    /// The text, as it would be saved.
    pub text: String,
    /// What it says; the last that could be read while the text is wrong.
    pub config: RunConfig,
    /// What is wrong with the text.
    pub problem: Option<RecipeProblem>,
    /// Why it cannot be trained, as far as is known without opening anything.
    pub obstacle: Option<String>,
    /// The file it came from or went to.
    pub file: Option<PathBuf>,
    /// Whether it differs from that file.
    pub changed: bool,
    /// Why the last file could not be opened.
    pub failure: Option<String>,
}

impl Default for RecipeState {
    fn default() -> Self {
        let config = RunConfig::default();
        Self {
            text: write_recipe(&config),
            problem: None,
            obstacle: recipe_obstacle(&config),
            config,
            file: None,
            changed: false,
            failure: None,
        }
    }
}

impl RecipeState {
    /// A recipe that was read from a file.
    #[must_use]
    pub fn opened(path: PathBuf, text: String) -> Self {
        let mut recipe = Self {
            file: Some(path),
            ..Self::default()
        };
        recipe.write(text);
        recipe.changed = false;
        recipe
    }

    /// Replaces the text.
    pub fn write(&mut self, text: String) {
        match read_recipe(&text) {
            Ok(config) => {
                self.config = config;
                self.problem = None;
            }
            Err(problem) => self.problem = Some(problem),
        }
        self.text = text;
        self.changed = true;
        self.check();
    }

    /// Replaces what it says; the text follows.
    pub fn set(&mut self, config: RunConfig) {
        self.text = match self.problem {
            None => edit_recipe(&self.text, &self.config, &config),
            Some(_) => write_recipe(&config),
        };
        self.config = config;
        self.problem = None;
        self.changed = true;
        self.check();
    }

    /// Adds a source of questions.
    pub(super) fn add_labels(&mut self, path: PathBuf) {
        let mut config = self.config.clone();
        config.labels.push(LabelSource {
            path,
            ..LabelSource::default()
        });
        self.set(config);
    }

    /// The run with its paths as the program sees them: relative ones start at the recipe's folder.
    #[must_use]
    pub fn resolved(&self) -> RunConfig {
        let base = self.file.as_deref().and_then(Path::parent);
        recipe_at(&self.config, base.unwrap_or(Path::new("")))
    }

    /// The text as it may be saved anywhere.
    #[must_use]
    pub fn portable(&self) -> String {
        let resolved = self.resolved();
        if self.problem.is_some() || resolved == self.config {
            return self.text.clone();
        }
        edit_recipe(&self.text, &self.config, &resolved)
    }

    /// Why it cannot be trained now.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        if let Some(problem) = &self.problem {
            let line = problem
                .line
                .map_or_else(String::new, |line| format!("line {line}: "));
            return Some(format!("The recipe cannot be read: {line}{}", problem.text));
        }
        self.obstacle.clone()
    }

    fn check(&mut self) {
        self.obstacle = recipe_obstacle(&self.resolved());
    }
}

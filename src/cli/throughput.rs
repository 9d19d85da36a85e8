//! `spvla bench generate`: how fast episodes become data here, and what bounds it.
//!
//! JSON: `{"schema": 1, "episodes", "episodes_per_hour", "pictures_per_second", "per_core": {"episodes_per_hour",
//! "pictures_per_second"} | null, "adapter", "bound": {"stage", "share", "pictures_per_second"} | null, "effort":
//! {"stages": [{"stage", "seconds"}], "steps", "pictures", "seconds", "processor_seconds"}}`. Per core means per
//! processor second of the whole process, a software graphics driver's threads included.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::progress::ProgressLine;
use super::table::{Flush, Table};
use super::{Outcome, json as write_json, text};
use crate::collect::{Config, Effort, Pictures, Report, run as collect};
use crate::job::{JobContext, Progress};
use crate::sim::render::Renderer;

/// Arguments of `spvla bench generate`.
#[derive(Debug, Args)]
pub struct Options {
    /// Tasks by name or suite, several with commas
    #[arg(
        long,
        value_name = "TASK",
        value_delimiter = ',',
        default_value = "widowx"
    )]
    task: Vec<String>,
    /// Episodes in all
    #[arg(long, value_name = "N", default_value_t = 12)]
    episodes: usize,
    /// What everything random is drawn from
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Cameras to record, with commas; every camera of the scene if none is named
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    views: Vec<String>,
    /// Size of the pictures; each camera's own shape with its longer side at 320 if not said
    #[arg(long, value_name = "WxH", value_parser = crate::collect::picture_size)]
    size: Option<crate::geometry::ImageSize>,
    /// How pictures are stored
    #[arg(long, value_enum, default_value_t)]
    pictures: Pictures,
    /// Episodes worked on at the same time; as many as there are cores if 0
    #[arg(long, value_name = "K", default_value_t = 0)]
    workers: usize,
    /// Where to write; a folder of the system for temporary files if not said. What is written is removed
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// A folder that is removed with all that is in it.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            log::warn!(
                "cannot remove the scratch folder: {error}: {}",
                self.0.display()
            );
        }
    }
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let parent = options.scratch.clone().unwrap_or_else(std::env::temp_dir);
    let scratch = Scratch(parent.join(format!("spvla-bench-{}", std::process::id())));
    std::fs::create_dir_all(&scratch.0)?;
    let report = collected(options, &scratch.0)?;
    drop(scratch);
    let adapter = Renderer::open()?.adapter();
    let rates = Rates::of(&report.effort, report.episodes() - report.gave_up);
    if options.json {
        write_json(&rates.json(&adapter, &report.effort))?;
    } else {
        text(&rates.shown(&adapter, &report))?;
    }
    Ok(Outcome::Good)
}

fn collected(options: &Options, out: &Path) -> anyhow::Result<Report> {
    let config = Config {
        task: options.task.clone(),
        episodes: options.episodes,
        seed: options.seed,
        out: out.to_owned(),
        views: options.views.clone(),
        size: options.size,
        workers: options.workers,
        pictures: options.pictures,
        ..Config::default()
    };
    let line = std::sync::Mutex::new(ProgressLine::new());
    let show = |progress: Progress| {
        if let Ok(mut line) = line.lock() {
            line.show(&progress);
        }
    };
    let context = JobContext {
        progress: &show,
        ..JobContext::silent()
    };
    Ok(collect(&config, &context, &|_| {})?)
}

/// Episodes an hour and pictures a second: on the clock, and per processor second.
struct Rates {
    episodes: u64,
    clock: [f64; 2],
    core: Option<[f64; 2]>,
    /// The stage that takes the most, its share, and the pictures a second if there were nothing else.
    bound: Option<(&'static str, f64, f64)>,
}

impl Rates {
    fn of(effort: &Effort, episodes: u64) -> Self {
        let per = |seconds: f64| {
            let seconds = seconds.max(1e-9);
            [
                episodes as f64 * 3600.0 / seconds,
                effort.pictures as f64 / seconds,
            ]
        };
        let core = effort.processor_seconds.map(per);
        let clock = per(effort.seconds);
        let rate = core.unwrap_or(clock)[1];
        Self {
            episodes,
            clock,
            core,
            bound: effort
                .most()
                .map(|(stage, share)| (stage, share, rate / share)),
        }
    }

    fn json(&self, adapter: &str, effort: &Effort) -> Value {
        let named = |[episodes, pictures]: [f64; 2]| json!({"episodes_per_hour": episodes, "pictures_per_second": pictures});
        let bound = self.bound.map(|(stage, share, ceiling)| {
            json!({"stage": stage, "share": share, "pictures_per_second": ceiling})
        });
        json!({
            "schema": 1,
            "episodes": self.episodes,
            "episodes_per_hour": self.clock[0],
            "pictures_per_second": self.clock[1],
            "per_core": self.core.map(named),
            "adapter": adapter,
            "bound": bound,
            "effort": effort,
        })
    }

    fn shown(&self, adapter: &str, report: &Report) -> String {
        let effort = &report.effort;
        let all: f64 = effort.stages.iter().map(|stage| stage.seconds).sum();
        let mut table = Table::new(&[
            (Flush::Left, "stage"),
            (Flush::Right, "seconds"),
            (Flush::Right, "%"),
            (Flush::Right, "ms a picture"),
        ]);
        for stage in &effort.stages {
            table.row([
                stage.stage.to_owned(),
                format!("{:.2}", stage.seconds),
                format!("{:.1}", 100.0 * stage.seconds / all.max(1e-9)),
                format!("{:.2}", 1e3 * stage.seconds / effort.pictures.max(1) as f64),
            ]);
        }
        let rate = |[episodes, pictures]: [f64; 2]| {
            format!("{episodes:.0} episodes an hour, {pictures:.1} pictures a second")
        };
        let core = self.core.map_or_else(String::new, |core| {
            format!("For each core at work: {}.\n", rate(core))
        });
        let bound = self.bound.map_or_else(String::new, |(stage, share, ceiling)| {
            format!(
                "Bound by \"{stage}\", {:.0} % of the work: alone it would allow {ceiling:.1} pictures a second.\n",
                100.0 * share
            )
        });
        format!(
            "{} episodes, {} steps, {} pictures on {adapter} with {} workers in {:.1} s\n\n{}\n{}.\n{core}{bound}",
            self.episodes,
            effort.steps,
            effort.pictures,
            report.config.workers(),
            effort.seconds,
            table.render(),
            rate(self.clock),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::StageTime;

    #[test]
    fn rates_are_per_processor_second_and_the_bound_is_the_longest_stage() {
        let stage = |stage, seconds| StageTime { stage, seconds };
        let effort = Effort {
            stages: vec![stage("a", 3.0), stage("b", 1.0)],
            steps: 100,
            pictures: 200,
            seconds: 2.0,
            processor_seconds: Some(4.0),
        };
        let rates = Rates::of(&effort, 10);
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(rates.clock[0], 18_000.0);
        near(rates.clock[1], 100.0);
        near(rates.core.unwrap()[0], 9_000.0);
        near(rates.core.unwrap()[1], 50.0);
        let (stage, share, ceiling) = rates.bound.unwrap();
        assert_eq!(stage, "a");
        near(share, 0.75);
        near(ceiling, 50.0 / 0.75);
    }
}

//! `spvla dataset info`.
//!
//! JSON: `{"schema": 1, "format", "version", "robot_type", "episodes", "frames", "fps", "cameras": [{"name", "width",
//! "height", "codec"}], "features": {name: {"dtype", "shape", "names"}}, "tasks": [text], "lengths": [rows of each
//! episode], "statistics": {feature: {"min", "max", "mean", "std", "count", "q01", …}}, "defects": […]}`.
//! Statistics are those of actions and states.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::table::{Flush, Table};
use super::super::{Outcome, json as write_json, text};
use super::InfoOptions;
use crate::data::{self, Dataset, Defect, Episodes, Stats};

/// What the command says, with the keys of its JSON.
#[derive(Serialize)]
struct Info {
    schema: u32,
    format: String,
    version: String,
    robot_type: Option<String>,
    episodes: u64,
    frames: u64,
    fps: Value,
    cameras: Vec<Camera>,
    features: Map<String, Value>,
    tasks: Vec<String>,
    lengths: Vec<u64>,
    statistics: BTreeMap<String, Value>,
    defects: Vec<Defect>,
}

#[derive(Serialize)]
struct Camera {
    name: String,
    width: u32,
    height: u32,
    codec: Option<String>,
}

pub(super) fn run(options: &InfoOptions) -> anyhow::Result<Outcome> {
    let mut set = match data::open(&options.path)? {
        Dataset::Episodes(set) => set,
        Dataset::Labels(set) => return super::labels::info(&set, options.json),
    };
    let info = super::shown(|context| gather(&mut set, options.recompute, context))?;
    if options.json {
        write_json(&info)?;
    } else {
        text(&shown(&info))?;
    }
    Ok(Outcome::Good)
}

fn gather(
    set: &mut Episodes,
    recompute: bool,
    context: &crate::job::JobContext<'_>,
) -> anyhow::Result<Info> {
    let about = set.info().clone();
    let mut defects = set.defects().to_vec();
    let cameras = about.cameras.iter().map(|camera| {
        let codec = set.codec(&camera.name);
        if let Err(error) = &codec {
            let advice = "run `spvla dataset check`";
            defects.push(Defect::error(&*camera.name, error.to_string(), advice));
        }
        Camera {
            name: camera.name.clone(),
            width: camera.size.width,
            height: camera.size.height,
            codec: codec.ok(),
        }
    });
    let cameras = cameras.collect();
    let lengths = set
        .numbers()
        .map(|number| set.episode(number).map_or(0, |episode| episode.length));
    let lengths = lengths.collect();
    let features = about.features.iter().map(|feature| {
        let names = (!feature.names.is_empty()).then_some(&feature.names);
        let value = json!({"dtype": feature.dtype, "shape": feature.shape, "names": names});
        (feature.name.clone(), value)
    });
    let features = features.collect();
    let statistics = statistics(set, recompute, &mut defects, context)?;
    Ok(Info {
        schema: 1,
        format: format!("{} {}", about.format, about.version),
        version: about.version,
        robot_type: about.robot_type,
        episodes: about.episodes,
        frames: about.frames,
        fps: rate(about.fps),
        cameras,
        features,
        tasks: set.tasks().to_vec(),
        lengths,
        statistics,
        defects,
    })
}

/// A whole number where it is one.
fn rate(fps: f64) -> Value {
    if fps.fract() == 0.0 {
        Value::from(fps as u64)
    } else {
        Value::from(fps)
    }
}

/// Statistics of actions and states: stored ones unless there are none or others are wanted.
fn statistics(
    set: &mut Episodes,
    recompute: bool,
    defects: &mut Vec<Defect>,
    context: &crate::job::JobContext<'_>,
) -> anyhow::Result<BTreeMap<String, Value>> {
    let about = |name: &str| {
        let last = name.trim_start_matches("observation.");
        ["action", "state"]
            .iter()
            .any(|part| last == *part || last.starts_with(&format!("{part}.")))
    };
    let features = set.info().features.iter();
    let wanted = features.filter(|feature| feature.is_numeric() && about(&feature.name));
    let wanted: Vec<String> = wanted.map(|feature| feature.name.clone()).collect();
    let stored = match set.statistics() {
        Ok(stored) => stored.clone(),
        Err(error) => {
            let advice = "statistics are computed from the rows instead";
            defects.push(Defect::warning("the statistics", error.to_string(), advice));
            BTreeMap::new()
        }
    };
    let mut statistics = BTreeMap::new();
    for name in wanted {
        let stats: Result<Stats, _> = match stored.get(&name) {
            Some(stats) if !recompute => Ok(stats.clone()),
            _ => set.recompute(&name, context),
        };
        match stats {
            Ok(stats) => {
                statistics.insert(name, stats.to_json(false));
            }
            Err(crate::data::DataError::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(error) => defects.push(Defect::error(name, error.to_string(), "")),
        }
    }
    Ok(statistics)
}

fn shown(info: &Info) -> String {
    let mut out = String::new();
    let robot = info.robot_type.as_deref().unwrap_or("no robot named");
    let seconds = info.frames as f64 / info.fps.as_f64().unwrap_or(1.0);
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(format!("{}, {robot}", info.format));
    line(format!(
        "{} episodes, {} frames at {} per second, {seconds:.1} s",
        info.episodes, info.frames, info.fps
    ));
    for camera in &info.cameras {
        let codec = camera.codec.as_deref().unwrap_or("unreadable");
        line(format!(
            "  {} {}x{} {codec}",
            camera.name, camera.width, camera.height
        ));
    }
    let mut table = Table::new(&[
        (Flush::Left, "feature"),
        (Flush::Left, "type"),
        (Flush::Left, "shape"),
    ]);
    for (name, value) in &info.features {
        let cell = |key: &str| value[key].to_string().replace('"', "");
        table.row([name.clone(), cell("dtype"), cell("shape")]);
    }
    line(format!("\n{}", table.render()));
    for (number, task) in info.tasks.iter().take(20).enumerate() {
        line(format!("task {number}: {task}"));
    }
    if info.tasks.len() > 20 {
        line(format!("and {} more tasks", info.tasks.len() - 20));
    }
    for defect in &info.defects {
        line(defect.to_string());
    }
    out
}

//! What to call the open sources: the file's name, and as much of its folder as tells it from others of that name.

use std::path::{Component, Path};

use super::{SourceState, Workbench};
use crate::engine::{SourceId, SourceSpec};

impl Workbench {
    /// The name of a source, distinct among those that are open.
    #[must_use]
    pub fn source_name(&self, id: SourceId) -> String {
        let Some(source) = self.sources.iter().find(|s| s.id == id) else {
            return String::new();
        };
        let name = source.name();
        let alike = |other: &&SourceState| other.id != id && other.name() == name;
        let others: Vec<&SourceState> = self.sources.iter().filter(alike).collect();
        if others.is_empty() {
            return name;
        }
        let (mine, theirs) = (parents(source), others.iter().map(|s| parents(s)));
        let theirs: Vec<Vec<String>> = theirs.collect();
        if let Some(place) = distinction(&mine, &theirs) {
            return format!("{place}/{name}");
        }
        // The same file twice: told apart by the order in which they were opened.
        let twins = others.iter().filter(|s| parents(s) == mine && s.id < id);
        match twins.count() {
            0 => name,
            earlier => format!("{name} ({})", earlier + 1),
        }
    }
}

/// The folders a source lies in, the nearest first.
fn parents(source: &SourceState) -> Vec<String> {
    let path = match &source.spec {
        SourceSpec::Path(path) => path.as_path(),
        // Two cameras of one make differ in the name that the system gives them.
        SourceSpec::Webcam { device, .. } => return vec![device.clone()],
        SourceSpec::Sample(_) => Path::new(""),
    };
    let folders = path.parent().unwrap_or(Path::new("")).components();
    folders
        .rev()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect()
}

/// The nearest folder in which `mine` differs from each of `theirs` that is not the same place.
fn distinction(mine: &[String], theirs: &[Vec<String>]) -> Option<String> {
    let elsewhere: Vec<&Vec<String>> = theirs.iter().filter(|other| *other != mine).collect();
    if elsewhere.is_empty() {
        return None;
    }
    let differs = |at: usize| elsewhere.iter().all(|other| other.get(at) != mine.get(at));
    let at = (0..mine.len()).find(|at| differs(*at));
    let Some(at) = at else {
        return (!mine.is_empty())
            .then(|| mine.iter().rev().cloned().collect::<Vec<_>>().join("/"));
    };
    let between = if at == 0 { "" } else { "/…" };
    Some(format!("{}{between}", mine[at]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbench::Command;

    fn named(paths: &[&str]) -> Vec<String> {
        let mut workbench = Workbench::default();
        for path in paths {
            drop(workbench.apply(Command::OpenSource(SourceSpec::Path(path.into()))));
        }
        let ids = workbench.sources.iter().map(|s| s.id);
        ids.map(|id| workbench.source_name(id)).collect()
    }

    #[test]
    fn a_folder_is_named_only_where_it_tells_files_apart() {
        assert_eq!(named(&["/a/x.png", "/a/y.png"]), ["x.png", "y.png"]);
        assert_eq!(
            named(&["/a/front/0.png", "/a/wrist/0.png"]),
            ["front/0.png", "wrist/0.png"]
        );
        let deep = ["/run1/rgb/0.png", "/run2/rgb/0.png"];
        assert_eq!(named(&deep), ["run1/…/0.png", "run2/…/0.png"]);
        assert_eq!(
            named(&["/a/0.png", "/a/0.png", "/b/0.png"]),
            ["a/0.png", "a/0.png", "b/0.png"]
        );
        assert_eq!(named(&["/a/0.png", "/a/0.png"]), ["0.png", "0.png (2)"]);
    }

    #[test]
    fn no_folder_differs_alone() {
        let names = named(&["/a/b/0.png", "/a/c/0.png", "/d/b/0.png"]);
        let mut distinct = names.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), 3, "{names:?}");
    }
}

//! Which cameras of a scene are open.

use super::super::{SourceState, Workbench};
use crate::engine::{PlayState, Request, SimulatorCamera, SourceSpec};

/// Cameras that are opened with a scene, and the one that the shipped checkpoint looks through.
const OPENS: usize = 2;
const LOOKS_THROUGH: &str = "shoulder";

impl Workbench {
    pub(super) fn toggle_camera(&mut self, camera: String) -> Vec<Request> {
        let spec = SourceSpec::Simulator(camera);
        let open = self.sources.iter().find(|source| source.spec == spec);
        match open.map(|source| source.id) {
            Some(id) => self.close(id),
            None => self.open_camera(spec),
        }
    }

    fn open_camera(&mut self, spec: SourceSpec) -> Vec<Request> {
        let requests = self.open(spec);
        if let Some(source) = self.sources.last_mut() {
            source.play = PlayState {
                playing: self.simulator.running,
                ..source.play
            };
        }
        requests
    }

    /// The cameras of the simulator that are open.
    pub fn simulated(&self) -> impl Iterator<Item = &SourceState> {
        let is = |source: &&SourceState| matches!(source.spec, SourceSpec::Simulator(_));
        self.sources.iter().filter(is)
    }

    /// Opens the first cameras of a scene, or for `one_view` the shipped checkpoint's alone.
    pub(super) fn show_cameras(
        &mut self,
        cameras: &[SimulatorCamera],
        one_view: bool,
    ) -> Vec<Request> {
        let mut requests = Vec::new();
        let wanted = |name: &str| !one_view || name == LOOKS_THROUGH;
        let shown = cameras.iter().filter(|camera| wanted(&camera.name));
        let shown: Vec<SourceSpec> = shown
            .take(OPENS)
            .map(|camera| SourceSpec::Simulator(camera.name.clone()))
            .collect();
        if one_view {
            let others = self.simulated().filter(|s| !shown.contains(&s.spec));
            for id in others.map(|s| s.id).collect::<Vec<_>>() {
                requests.extend(self.close(id));
            }
        }
        for spec in shown {
            if !self.sources.iter().any(|source| source.spec == spec) {
                requests.extend(self.open_camera(spec));
            }
        }
        let first = self.simulated().next().map(|source| source.id);
        self.selected = first;
        requests
    }
}

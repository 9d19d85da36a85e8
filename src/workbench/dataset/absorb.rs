//! What the engine tells of a dataset changes the document.

use std::sync::Arc;

use super::super::{Command, CommandId, LogLine, Notice, NoticeLevel, SourceState, Workbench};
use super::{DatasetCommand, DatasetStatus, filter};
use crate::engine::{DatasetAbout, DatasetEvent, DatasetId, DatasetKind, Request, Shown, SourceId};
use crate::vision::Frame;

impl Workbench {
    pub(in crate::workbench) fn absorb_dataset(
        &mut self,
        id: DatasetId,
        event: DatasetEvent,
    ) -> Vec<Request> {
        let Some(set) = self.dataset.as_mut().filter(|set| set.id == id) else {
            return Vec::new();
        };
        let shown = set.shown().map(|entry| entry.number);
        match event {
            DatasetEvent::Opened(about) => return self.dataset_opened(about),
            DatasetEvent::Failed(error) => self.dataset_failed(error),
            DatasetEvent::Rows(rows) if shown == Some(rows.episode) => set.rows = Some(rows),
            DatasetEvent::RowsFailed(episode, why) if shown == Some(episode) => {
                set.rows_failure = Some(why);
            }
            DatasetEvent::Thumbnail(number, small) => {
                set.thumbnails.insert(number, small);
            }
            // Of an episode that was left meanwhile.
            DatasetEvent::Rows(_) | DatasetEvent::RowsFailed(..) => {}
        }
        Vec::new()
    }

    fn dataset_opened(&mut self, about: Arc<DatasetAbout>) -> Vec<Request> {
        let mut requests = Vec::new();
        for text in about.texts.iter().take(1000) {
            requests.extend(self.meet(text));
        }
        let Some(set) = &mut self.dataset else {
            return requests;
        };
        set.matches = filter::matches(&about, &set.filter);
        let empty = about.entries.is_empty();
        set.status = DatasetStatus::Open(about);
        if !empty {
            requests.extend(self.show_entry(0));
        }
        requests
    }

    fn dataset_failed(&mut self, error: String) {
        let at_secs = self.now_secs;
        let Some(set) = &mut self.dataset else { return };
        let again = DatasetCommand::Open(set.path.clone());
        set.status = DatasetStatus::Failed(error.clone());
        self.notices.push(Notice {
            level: NoticeLevel::Error,
            text: error,
            action: Some(("Try again".into(), Command::Dataset(again))),
            at_secs,
        });
    }

    /// Takes in what a dataset shows now: all its cameras together, then asks once if auto-run is on.
    pub fn absorb_shown(&mut self, id: DatasetId, shown: Shown) -> Vec<Request> {
        let Some(set) = self.dataset.as_mut().filter(|set| set.id == id) else {
            return Vec::new();
        };
        let Some(about) = set.about().cloned() else {
            return Vec::new();
        };
        let episode = set.shown().map(|entry| entry.number);
        match about.kind {
            // Of an episode that was left meanwhile.
            DatasetKind::Episodes if episode != Some(shown.episode) => return Vec::new(),
            DatasetKind::Episodes => {}
            DatasetKind::Samples => set.entry = Some(shown.index as usize),
        }
        set.at = shown.index;
        set.note = shown.note;
        set.turns = shown.turns;
        set.truth = shown.truth.into_iter().collect();
        let mut ask = false;
        for (source, frame) in shown.frames {
            ask |= self.frame_came(source, frame);
        }
        for (source, why) in shown.troubles {
            self.blank_came(source, why);
        }
        self.ask_again(ask)
    }

    /// A blank picture came in place of one that cannot be read.
    fn blank_came(&mut self, id: SourceId, why: String) {
        let at_secs = self.now_secs;
        let Some(source) = self.sources.iter_mut().find(|source| source.id == id) else {
            return;
        };
        let line = LogLine {
            level: NoticeLevel::Warning,
            target: source.name(),
            text: why.clone(),
            at_secs,
        };
        source.warning = Some(why);
        self.notices.line(line);
    }

    /// Puts a frame into its source; whether it is one that is asked about.
    pub(in crate::workbench) fn frame_came(&mut self, id: SourceId, frame: Frame) -> bool {
        let now = self.now_secs;
        let Some(source) = self.sources.iter_mut().find(|s| s.id == id) else {
            return false;
        };
        source.frame = Some(frame);
        source.frame_secs = now;
        source.warning = None;
        source.in_view
    }

    /// Asks about newer frames, if auto-run is on and nothing waits already.
    pub(in crate::workbench) fn ask_again(&mut self, seen: bool) -> Vec<Request> {
        let ask = self.asking.auto && seen;
        if ask && self.asking.sent.len() < 2 && self.run_obstacle().is_none() {
            self.apply(Command::Plain(CommandId::Run))
        } else {
            Vec::new()
        }
    }
}

impl SourceState {
    /// Whether it is a camera of a dataset, which shares its clock with the others.
    #[must_use]
    pub const fn is_of_dataset(&self) -> bool {
        matches!(self.spec, crate::engine::SourceSpec::DatasetCamera { .. })
    }
}

//! The model thread. It owns every tensor; nothing of Burn leaves it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::worker::{SOON, Sink, guarded};
use super::{Event, Latest, LoadRequest, LoadTarget, QueryId, memory, shipped};
use crate::grounding::prompt::Task;
use crate::job::{CancelToken, JobContext, Progress};
use crate::model::answer::Query;
use crate::model::checkpoint::LoadError;
use crate::model::device::{DeviceChoice, Devices, Precision};
use crate::model::policy::{AnswerError, LoadOptions, Vla};

/// What is to be loaded.
pub(super) enum Load {
    Path(LoadRequest),
    Shipped(DeviceChoice, Precision),
}

/// What waits for the model thread; a newer load or query takes the place of an older one.
#[derive(Default)]
struct Inbox {
    load: Option<Load>,
    unload: bool,
    query: Option<(QueryId, Box<Query>)>,
    quit: bool,
    load_cancel: CancelToken,
    query_cancel: CancelToken,
}

/// The desk between the window and the model thread.
#[derive(Default)]
pub(super) struct Desk {
    inbox: Mutex<Inbox>,
    bell: Condvar,
}

impl Desk {
    fn with<T>(&self, change: impl FnOnce(&mut Inbox) -> T) -> T {
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut inbox);
        self.bell.notify_one();
        result
    }

    pub(super) fn load(&self, load: Load) {
        self.with(|inbox| {
            inbox.load_cancel.cancel();
            inbox.query_cancel.cancel();
            inbox.load = Some(load);
        });
    }

    pub(super) fn cancel_load(&self) {
        self.with(|inbox| inbox.load_cancel.cancel());
    }

    pub(super) fn unload(&self) {
        self.with(|inbox| {
            inbox.query_cancel.cancel();
            inbox.unload = true;
        });
    }

    /// Leaves a query; gives back the one it takes the place of.
    pub(super) fn ask(&self, id: QueryId, query: Box<Query>) -> Option<QueryId> {
        self.with(|inbox| inbox.query.replace((id, query)).map(|(old, _)| old))
    }

    /// Stops the running query; gives back the one that had not begun.
    pub(super) fn cancel_query(&self) -> Option<QueryId> {
        self.with(|inbox| {
            inbox.query_cancel.cancel();
            inbox.query.take().map(|(id, _)| id)
        })
    }

    pub(super) fn quit(&self) {
        self.with(|inbox| {
            inbox.load_cancel.cancel();
            inbox.query_cancel.cancel();
            inbox.quit = true;
        });
    }

    fn next(&self) -> Work {
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if inbox.quit {
                return Work::Quit;
            }
            if std::mem::take(&mut inbox.unload) {
                return Work::Unload;
            }
            if let Some(load) = inbox.load.take() {
                inbox.load_cancel = CancelToken::default();
                return Work::Load(load, inbox.load_cancel.clone());
            }
            if let Some((id, query)) = inbox.query.take() {
                inbox.query_cancel = CancelToken::default();
                return Work::Ask(id, query, inbox.query_cancel.clone());
            }
            inbox = self
                .bell
                .wait(inbox)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

enum Work {
    Load(Load, CancelToken),
    Unload,
    Ask(QueryId, Box<Query>, CancelToken),
    Quit,
}

/// What the model thread works with.
pub(super) struct PolicyThread {
    pub(super) desk: Arc<Desk>,
    pub(super) sink: Sink,
    pub(super) progress: Latest<Progress>,
    pub(super) devices: Devices,
}

impl PolicyThread {
    /// Works until told to quit. A panic costs the model, not the thread.
    pub(super) fn run(self) {
        let mut model: Option<Vla> = None;
        // Whether a reply, and whether actions, were computed since the last load.
        let mut warm = [false; 2];
        loop {
            match self.desk.next() {
                Work::Quit => return,
                Work::Unload => {
                    model = None;
                    self.sink.send(Event::Unloaded);
                }
                Work::Load(load, cancel) => {
                    self.load(&load, &cancel, &mut model);
                    warm = [false; 2];
                }
                Work::Ask(id, query, cancel) => {
                    let work = || self.ask((id, &query), &cancel, model.as_mut(), &mut warm);
                    if guarded(&self.sink, "model", work).is_none() {
                        model = None;
                    }
                }
            }
        }
    }

    fn load(&self, load: &Load, cancel: &CancelToken, model: &mut Option<Vla>) {
        let loaded = guarded(&self.sink, "model", || self.try_load(load, cancel));
        match loaded {
            Some(Ok(vla)) => {
                let report = Box::new(vla.report().clone());
                self.tell_memory(&vla);
                *model = Some(vla);
                self.sink.send(Event::Loaded(report));
            }
            Some(Err(error)) => self.sink.send(Event::LoadFailed {
                target: target(load),
                wants_tokenizer: error
                    .downcast_ref::<LoadError>()
                    .is_some_and(LoadError::wants_tokenizer),
                error: error.to_string(),
                cancelled: cancel.is_cancelled(),
            }),
            None => *model = None,
        }
    }

    fn tell_memory(&self, model: &Vla) {
        if let Some(memory) = memory::in_use(model.device()) {
            self.sink.stream(Event::Memory(memory));
        }
    }

    fn try_load(&self, load: &Load, cancel: &CancelToken) -> anyhow::Result<Vla> {
        let progress = |progress: Progress| {
            self.progress.put(progress);
            (self.sink.wake)(SOON);
        };
        let context = JobContext {
            cancel: cancel.clone(),
            progress: &progress,
        };
        let request = match load {
            Load::Path(request) => request.clone(),
            Load::Shipped(device, precision) => LoadRequest {
                path: shipped::checkpoint()?,
                base_vlm: None,
                device: *device,
                precision: *precision,
            },
        };
        let device = self.devices.open(request.device)?;
        let options = LoadOptions {
            base_vlm: request.base_vlm,
            precision: request.precision,
            shipped: matches!(load, Load::Shipped(..)),
        };
        Ok(Vla::load(&request.path, &options, &device, &context)?)
    }

    fn ask(
        &self,
        (id, query): (QueryId, &Query),
        cancel: &CancelToken,
        model: Option<&mut Vla>,
        warm: &mut [bool; 2],
    ) {
        let Some(model) = model else {
            let text = "no checkpoint is loaded; open one first".into();
            return self.sink.send(Event::QueryFailed(id, text));
        };
        self.sink.stream(Event::QueryStarted(id));
        let warm = &mut warm[usize::from(query.task == Task::Action)];
        if !*warm && model.device().gpu().is_some() {
            let device = model.device().name().to_owned();
            self.sink.send(Event::QueryPreparing(id, device));
        }
        let mut tell = |progress| self.sink.stream(Event::QueryProgress(id, progress));
        match model.answer(query, cancel, &mut tell) {
            Ok(answer) => {
                *warm = true;
                self.tell_memory(model);
                self.sink.send(Event::Answered(id, Box::new(answer)));
            }
            Err(AnswerError::Cancelled(_)) => self.sink.send(Event::QueryCancelled(id)),
            Err(error) => self.sink.send(Event::QueryFailed(id, error.to_string())),
        }
    }
}

fn target(load: &Load) -> LoadTarget {
    match load {
        Load::Path(request) => LoadTarget::Path(request.path.clone()),
        Load::Shipped(..) => LoadTarget::Shipped,
    }
}

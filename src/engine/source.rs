//! One thread for each open source: opens it, keeps its pace, follows orders, publishes the newest frame.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use super::worker::{NOW, Sink, guarded, spawn};
use super::{
    Event, Latest, PlayState, SourceId, SourceInfo, SourceKind, SourceSpec, desk, shipped,
};
use crate::camera::{Camera, CameraInfo, CameraKind};
use crate::vision::Frame;

/// Orders that may wait; scrubbing sends many and only the last one counts.
const ORDERS: usize = 256;

/// Pictures of a folder are shown this long each.
const FOLDER_PACE: Duration = Duration::from_millis(500);

enum Order {
    Play(PlayState),
    Seek(u64),
}

/// The handle of a source's thread; dropping it ends the thread.
pub(super) struct SourceThread {
    orders: SyncSender<Order>,
    frames: Latest<Frame>,
    seen: u64,
}

impl SourceThread {
    pub(super) fn start(id: SourceId, spec: SourceSpec, sink: Sink) -> Self {
        let (orders, inbox) = sync_channel(ORDERS);
        let frames = Latest::default();
        let loop_frames = frames.clone();
        spawn("source", move || {
            let name = format!("source {}", id.0);
            let work = || Playback::run(id, &spec, &sink, &loop_frames, &inbox);
            if guarded(&sink, &name, work).is_none() {
                let text = "reading it failed unexpectedly; open it again".into();
                sink.send(Event::SourceFailed(id, text));
            }
        });
        Self {
            orders,
            frames,
            seen: 0,
        }
    }

    pub(super) fn play(&self, state: PlayState) {
        self.order(Order::Play(state));
    }

    pub(super) fn seek(&self, index: u64) {
        self.order(Order::Seek(index));
    }

    fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            log::warn!("a source does not follow orders; it may be reading a slow file");
        }
    }

    pub(super) fn newer_frame(&mut self) -> Option<Frame> {
        let (seen, frame) = self.frames.newer(self.seen)?;
        self.seen = seen;
        Some(frame)
    }
}

/// A source that is being played.
struct Playback<'a> {
    id: SourceId,
    camera: Box<dyn Camera>,
    sink: &'a Sink,
    frames: &'a Latest<Frame>,
    state: PlayState,
    /// When the frame with the stamp beside it was shown: the clock of playback.
    anchor: (Instant, Duration),
    /// A frame decoded ahead and the time it is due.
    next: Option<(Frame, Instant)>,
    shown: Duration,
}

impl<'a> Playback<'a> {
    fn run(
        id: SourceId,
        spec: &SourceSpec,
        sink: &'a Sink,
        frames: &'a Latest<Frame>,
        inbox: &Receiver<Order>,
    ) {
        let camera = match open(spec) {
            Ok(camera) => camera,
            Err(error) => return sink.send(Event::SourceFailed(id, error.to_string())),
        };
        sink.send(Event::SourceOpened(id, source_info(camera.info())));
        for note in &camera.info().notes {
            sink.send(Event::SourceWarning(id, note.clone()));
        }
        let live = camera.info().kind == CameraKind::Live;
        let mut playback = Self {
            id,
            camera,
            sink,
            frames,
            state: PlayState {
                playing: live,
                looping: false,
                speed: 1.0,
            },
            anchor: (Instant::now(), Duration::ZERO),
            next: None,
            shown: Duration::ZERO,
        };
        if !live && !playback.advance_now() {
            return;
        }
        while playback.turn(inbox) {}
    }

    /// Follows orders, then shows the next frame if one is due. False ends the thread.
    fn turn(&mut self, inbox: &Receiver<Order>) -> bool {
        let Some(orders) = self.orders(inbox) else {
            return false;
        };
        let mut seek = None;
        for order in orders {
            match order {
                Order::Play(state) => self.set_state(state),
                Order::Seek(index) => seek = Some(index),
            }
        }
        if let Some(index) = seek {
            return self.seek(index);
        }
        if !self.state.playing {
            return true;
        }
        if self.camera.info().kind == CameraKind::Live {
            return self.advance_now();
        }
        self.advance_paced()
    }

    /// Waits for orders as long as there is nothing else to do; none once the window let go of the source.
    fn orders(&self, inbox: &Receiver<Order>) -> Option<Vec<Order>> {
        let first = if !self.state.playing {
            Some(inbox.recv().ok()?)
        } else if let Some((_, due)) = &self.next {
            match inbox.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(order) => Some(order),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        } else {
            match inbox.try_recv() {
                Ok(order) => Some(order),
                Err(TryRecvError::Empty) => None,
                Err(TryRecvError::Disconnected) => return None,
            }
        };
        Some(first.into_iter().chain(inbox.try_iter()).collect())
    }

    fn set_state(&mut self, state: PlayState) {
        self.anchor = (Instant::now(), self.shown);
        self.next = None.or_else(|| {
            let (frame, _) = self.next.take()?;
            let due = self.due(&frame, state.speed);
            Some((frame, due))
        });
        self.state = state;
    }

    fn due(&self, frame: &Frame, speed: f32) -> Instant {
        let ahead = match self.camera.info().kind {
            CameraKind::Video => frame.stamp.saturating_sub(self.anchor.1),
            _ => FOLDER_PACE,
        };
        self.anchor.0 + ahead.div_f32(speed.max(0.01))
    }

    /// Shows the frame that is due, and decodes the one behind it.
    fn advance_paced(&mut self) -> bool {
        if let Some((frame, due)) = self.next.take() {
            if Instant::now() < due {
                self.next = Some((frame, due));
                return true;
            }
            self.show(frame);
            if self.camera.info().kind != CameraKind::Video {
                self.anchor = (Instant::now(), self.shown);
            }
        }
        match self.camera.frame() {
            Ok(Some(frame)) => {
                let due = self.due(&frame, self.state.speed);
                self.next = Some((frame, due));
                true
            }
            Ok(None) if self.state.looping => self.rewind(),
            Ok(None) => {
                self.state.playing = false;
                self.sink.send(Event::SourceEnded(self.id));
                true
            }
            Err(error) => self.trouble(&error),
        }
    }

    fn rewind(&mut self) -> bool {
        self.anchor = (Instant::now(), Duration::ZERO);
        self.seek(0)
    }

    /// Reads and shows one frame at once.
    fn advance_now(&mut self) -> bool {
        match self.camera.frame() {
            Ok(Some(frame)) => self.show(frame),
            Ok(None) => {
                self.state.playing = false;
                self.sink.send(Event::SourceEnded(self.id));
            }
            Err(error) => return self.trouble(&error),
        }
        true
    }

    fn seek(&mut self, index: u64) -> bool {
        self.next = None;
        match self.camera.seek(index) {
            Ok(frame) => {
                self.anchor = (Instant::now(), frame.stamp);
                self.show(frame);
                true
            }
            Err(error) => self.trouble(&error),
        }
    }

    fn show(&mut self, frame: Frame) {
        self.shown = frame.stamp;
        self.frames.put(frame);
        (self.sink.wake)(NOW);
    }

    /// A damaged frame costs itself; anything worse ends the source.
    fn trouble(&self, error: &crate::camera::CameraError) -> bool {
        let goes_on = error.is_retryable();
        let event = if goes_on {
            Event::SourceWarning(self.id, error.to_string())
        } else {
            Event::SourceFailed(self.id, error.to_string())
        };
        self.sink.send(event);
        goes_on
    }
}

fn open(spec: &SourceSpec) -> anyhow::Result<Box<dyn Camera>> {
    Ok(match spec {
        SourceSpec::Path(path) => crate::camera::open(path)?,
        SourceSpec::Webcam { device, format } => desk::open_webcam(device, format.as_deref())?,
        SourceSpec::Sample(number) => crate::camera::open(&shipped::sample(*number)?)?,
        SourceSpec::DatasetCamera { dataset, .. } => {
            anyhow::bail!(
                "this camera belongs to a dataset; open that: {}",
                dataset.display()
            )
        }
        SourceSpec::Simulator(camera) => {
            anyhow::bail!("camera {camera} belongs to the simulator; open it there")
        }
    })
}

fn source_info(info: &CameraInfo) -> SourceInfo {
    SourceInfo {
        name: info.name.clone(),
        kind: match info.kind {
            CameraKind::Picture => SourceKind::Picture,
            CameraKind::Folder => SourceKind::Folder,
            CameraKind::Video => SourceKind::Video,
            CameraKind::Live => SourceKind::Camera,
        },
        size: info.size,
        frames: info.frames,
        fps: info.fps,
        duration: info.duration,
        format: info.format.clone(),
    }
}

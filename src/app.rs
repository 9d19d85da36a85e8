//! The program with a window: polls the engine, draws, applies commands, keeps preferences.

mod options;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use egui::{Context, Ui, ViewportCommand};
use egui_wgpu::{WgpuSetup, WgpuSetupCreateNew};
use serde_json::{Value, json};

pub use self::options::AppOptions;
use crate::engine::{self, Engine, LogLevel, Request, SharedGpu, Wake, store};
use crate::grounding::prompt::Task;
use crate::ui::offscreen::Offscreen;
use crate::ui::shell::Shell;
use crate::ui::theme;
use crate::workbench::{
    Command, CommandId, DatasetStatus, FontSearch, LogLine, NoticeLevel, Settings, SimulatorPhase,
    Theme, Workbench,
};

/// Preferences are kept this often while they change.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// Size of the window when it is opened for the first time.
const FIRST_SIZE: [u32; 2] = [1280, 800];

/// Longest wait of a headless picture for loading and asking.
const SETTLE: Duration = Duration::from_mins(2);

/// The program behind the window, without the window.
struct App {
    workbench: Workbench,
    engine: Engine,
    shell: Shell,
    begun: Instant,
    saved: (Value, Instant),
    ask: Option<(Task, String)>,
    painted: bool,
    answered: bool,
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// When there is no display or no graphics adapter.
pub fn run(options: AppOptions) -> Result<()> {
    let begun = Instant::now();
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("SP-VLA Workbench")
            .with_app_id("spvla")
            .with_inner_size(options.size.unwrap_or(FIRST_SIZE).map(|side| side as f32))
            .with_min_inner_size([640.0, 480.0]),
        wgpu_options: egui_wgpu::WgpuConfiguration {
            wgpu_setup: WgpuSetup::CreateNew(setup()),
            ..egui_wgpu::WgpuConfiguration::default()
        },
        ..eframe::NativeOptions::default()
    };
    let create = move |creation: &eframe::CreationContext<'_>| {
        theme::install(&creation.egui_ctx);
        let context = creation.egui_ctx.clone();
        let wake: Wake = Arc::new(move |within| context.request_repaint_after(within));
        let gpu = creation.wgpu_render_state.as_ref().map(shared);
        let app = App::new(&options, Engine::start(wake, gpu), begun);
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    eframe::run_native("spvla", native, Box::new(create)).map_err(|error| {
        anyhow::anyhow!(
            "cannot open a window: {error}. A display (X11 or Wayland) and a graphics driver are needed (on Debian: \
             mesa-vulkan-drivers, libxkbcommon-x11-0, libxcursor1, libxi6); without them use `spvla predict` or `spvla --screenshot`"
        )
    })
}

/// Draws the window into a file, without a display.
///
/// # Errors
/// When nothing can draw, or the file cannot be written.
pub fn screenshot(options: &AppOptions, file: &std::path::Path) -> Result<()> {
    let size = options.size.unwrap_or(FIRST_SIZE);
    let engine = Engine::start(Arc::new(|_| {}), None);
    let mut app = App::new(options, engine, Instant::now());
    app.settle()?;
    // A still picture has no motion.
    app.workbench.settings.reduce_motion = true;
    let offscreen = Offscreen {
        width: size[0],
        height: size[1],
        theme: match app.workbench.settings.theme {
            Theme::Dark => egui::Theme::Dark,
            Theme::Light => egui::Theme::Light,
        },
        ..Offscreen::default()
    };
    if app.workbench.dataset.is_some() {
        // What is in sight wants small pictures. Textures belong to one drawing, so another window looks first.
        let mut commands = Vec::new();
        let mut scout = Shell::default();
        offscreen.render(|ui| commands.extend(scout.ui(ui, &app.workbench)))?;
        for command in commands {
            app.command(command);
        }
        app.settle()?;
    }
    let picture = offscreen.render(|ui| drop(app.shell.ui(ui, &app.workbench)))?;
    picture
        .save(file)
        .with_context(|| format!("cannot write {}", file.display()))
}

/// The adapter with all it has: the model shares this device, and its weights are larger than wgpu's default limits.
fn setup() -> WgpuSetupCreateNew {
    WgpuSetupCreateNew {
        device_descriptor: Arc::new(|adapter| {
            let software = adapter.get_info().device_type == wgpu::DeviceType::Cpu;
            wgpu::DeviceDescriptor {
                label: Some("spvla"),
                required_features: adapter.features()
                    - wgpu::Features::MAPPABLE_PRIMARY_BUFFERS
                    - wgpu::Features::all_experimental_mask(),
                required_limits: adapter.limits(),
                memory_hints: if software {
                    wgpu::MemoryHints::MemoryUsage
                } else {
                    wgpu::MemoryHints::Performance
                },
                ..wgpu::DeviceDescriptor::default()
            }
        }),
        ..WgpuSetupCreateNew::without_display_handle()
    }
}

fn shared(state: &egui_wgpu::RenderState) -> SharedGpu {
    SharedGpu {
        instance: state.instance.clone(),
        adapter: state.adapter.clone(),
        device: state.device.clone(),
        queue: state.queue.clone(),
    }
}

impl App {
    fn new(options: &AppOptions, engine: Engine, begun: Instant) -> Self {
        let kept = store::load();
        let settings: Settings =
            serde_json::from_value(kept["settings"].clone()).unwrap_or_default();
        let mut app = Self {
            workbench: Workbench::new(settings),
            engine,
            shell: Shell::default(),
            begun,
            saved: (Value::Null, Instant::now()),
            ask: options.ask.clone(),
            painted: false,
            answered: false,
        };
        app.shell.restore_layout(kept["layout"].clone());
        app.open(options);
        app
    }

    fn command(&mut self, command: Command) {
        let requests = self.workbench.apply(command);
        self.send(requests);
    }

    fn send(&mut self, requests: Vec<Request>) {
        for request in requests {
            self.engine.send(request);
        }
    }

    /// Takes in whatever the engine has to tell.
    fn poll(&mut self) {
        self.workbench.now_secs = self.begun.elapsed().as_secs_f64();
        for record in engine::take_log() {
            self.workbench.absorb_log(LogLine {
                level: match record.level {
                    LogLevel::Info => NoticeLevel::Info,
                    LogLevel::Warning => NoticeLevel::Warning,
                    LogLevel::Error => NoticeLevel::Error,
                },
                target: record.target,
                text: record.text,
                at_secs: self.workbench.now_secs,
            });
        }
        while let Some(event) = self.engine.poll() {
            let requests = self.workbench.absorb(event);
            self.send(requests);
        }
        if let Some(progress) = self.engine.poll_progress() {
            self.workbench.absorb_progress(progress);
        }
        if let Some((id, shown)) = self.engine.poll_shown() {
            let requests = self.workbench.absorb_shown(id, shown);
            self.send(requests);
        }
        for (id, frame) in self.engine.poll_frames() {
            let requests = self.workbench.absorb_frame(id, frame);
            self.send(requests);
        }
        if let Some(status) = self.engine.poll_simulator() {
            let requests = self.workbench.absorb_simulator_status(status);
            self.send(requests);
        }
        if let Some(progress) = self.engine.poll_collecting() {
            self.workbench.absorb_collecting(progress);
        }
        if let Some(news) = self.engine.poll_training() {
            self.workbench.absorb_training(news);
        }
        if let Some(progress) = self.engine.poll_evaluating() {
            self.workbench.absorb_evaluating(progress);
        }
        self.ask_once();
    }

    /// Asks what the command line asks, as soon as that is possible.
    fn ask_once(&mut self) {
        if self.ask.is_some() && self.workbench.run_obstacle().is_none() {
            self.ask = None;
            self.command(Command::Plain(CommandId::Run));
        }
    }

    /// Commands that need the window's own means.
    fn window_command(&self, ctx: &Context, command: &Command) {
        match command {
            Command::Copy(text) => ctx.copy_text(text.clone()),
            Command::Plain(CommandId::Quit) => ctx.send_viewport_cmd(ViewportCommand::Close),
            Command::Plain(id) => {
                if let Some(text) = self.workbench.clipboard(*id) {
                    ctx.copy_text(text);
                }
            }
            _ => {}
        }
    }

    fn dropped_files(ctx: &Context) -> Vec<Command> {
        ctx.input(|input| {
            input
                .raw
                .dropped_files
                .iter()
                .map(|file| file.path().to_path_buf())
                .map(Command::OpenDropped)
                .collect()
        })
    }

    fn preferences(&self) -> Value {
        json!({
            "settings": self.workbench.settings,
            "layout": self.shell.save_layout(),
        })
    }

    /// Keeps preferences when they changed, off this thread and not too often.
    fn save(&mut self) {
        if self.saved.1.elapsed() < SAVE_EVERY {
            return;
        }
        let now = self.preferences();
        self.saved.1 = Instant::now();
        if self.saved.0 != now {
            store::save(now.clone());
            self.saved.0 = now;
        }
    }

    /// Logs once how long the window took to its first frame and to its first answer.
    fn note_firsts(&mut self) {
        let ms = self.begun.elapsed().as_millis();
        if !std::mem::replace(&mut self.painted, true) {
            log::info!("first frame {ms} ms after the start");
        }
        let answered = self.workbench.asking.result.is_some();
        if answered && !std::mem::replace(&mut self.answered, true) {
            log::info!("first answer {ms} ms after the start");
        }
    }

    /// When something on screen changes by itself: ages are shown in seconds, then in minutes.
    fn next_change(&self) -> Option<Duration> {
        let asking = &self.workbench.asking;
        let set = self.workbench.dataset.as_ref();
        let opening = set.is_some_and(|set| set.status == DatasetStatus::Opening);
        let training = self.workbench.training.is_running();
        if self.workbench.generate.is_running()
            || training
            || self.workbench.evaluation.is_running()
        {
            return Some(Duration::from_millis(500));
        }
        if opening || !self.workbench.notices.open.is_empty() || asking.running.is_some() {
            return Some(Duration::from_millis(250));
        }
        let age = self.workbench.now_secs - asking.result.as_ref()?.at_secs;
        Some(Duration::from_secs(if age < 60.0 { 1 } else { 30 }))
    }

    /// Runs without a window until nothing is being opened, loaded or asked.
    fn settle(&mut self) -> Result<()> {
        let end = Instant::now() + SETTLE;
        loop {
            self.poll();
            let opening = self.workbench.sources.iter().any(|s| {
                s.status == crate::workbench::SourceStatus::Opening
                    || (s.info().is_some() && s.frame.is_none())
            });
            let failed = self.workbench.model.failure.is_some();
            let asking = !self.workbench.asking.sent.is_empty() || (self.ask.is_some() && !failed);
            let opening =
                opening || matches!(self.workbench.simulator.phase, SimulatorPhase::Starting(_));
            let font = matches!(self.workbench.font, FontSearch::Asked);
            let font = font && self.workbench.notices.open.is_empty();
            let opening = opening || self.workbench.is_reading_dataset();
            if !opening && !font && self.workbench.model.loading.is_none() && !asking {
                return Ok(());
            }
            if Instant::now() > end {
                bail!(
                    "loading and asking took longer than {SETTLE:?}; take the picture without them"
                );
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.poll();
        Shell::prefer(ctx, &self.workbench);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        let mut commands = self.shell.ui(ui, &self.workbench);
        self.note_firsts();
        commands.extend(Self::dropped_files(&ctx));
        for command in commands {
            self.window_command(&ctx, &command);
            self.command(command);
        }
        if let Some(secs) = frame.info().cpu_usage {
            self.shell.frame_times.push(secs * 1e3);
        }
        self.save();
        if let Some(wait) = self.next_change() {
            ctx.request_repaint_after(wait);
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.extreme_bg_color.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self) {
        store::save_now(&self.preferences());
    }
}

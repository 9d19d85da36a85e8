//! Documents made by hand, one for each state a panel can be in, and a stage to draw a panel on.

use std::path::PathBuf;
use std::time::Duration;

use egui::{Frame, Margin, Theme, Ui, Vec2};
use egui_kittest::Harness;
use spvla::engine::{
    ActionAnswer, Answer, LoadReport, LoadTarget, LoadedOn, MisshapenTensor, ModelSize, Part,
    QueryId, ReplyToken, SourceId, SourceSpec, StageTime, StopReason, TensorFindings, TextAnswer,
    Timing,
};
use spvla::geometry::{ImagePoint, ImageSize};
use spvla::grounding::prompt::Task;
use spvla::grounding::reply::{ReplyContext, parse};
use spvla::grounding::{Grounding, GroundingKind};
use spvla::job::Progress;
use spvla::robot::{ActionStats, NormActionChunk};
use spvla::ui::feed::Feeds;
use spvla::ui::frame_times::FrameTimes;
use spvla::ui::notices::notices;
use spvla::ui::overlay::HueBook;
use spvla::ui::panel::{Panel, PanelContext};
use spvla::ui::theme;
use spvla::vision::{Fit, Frame as Picture};
use spvla::workbench::{
    Command, LoadFailure, Loading, LogLine, NoticeLevel, QueryRun, ResultSet, Running, Workbench,
};

/// A panel with everything it is drawn from, and what was done to it.
pub struct Scene {
    pub workbench: Workbench,
    pub panel: Box<dyn Panel>,
    pub pushed: Vec<Command>,
    feeds: Feeds,
    hues: HueBook,
    frame_times: FrameTimes,
    with_notices: bool,
}

impl Scene {
    pub fn new(panel: impl Panel + 'static, workbench: Workbench) -> Self {
        let mut frame_times = FrameTimes::default();
        for at in 0..200_u8 {
            frame_times.push(if at % 37 == 0 {
                14.0
            } else {
                3.0 + f32::from(at % 5) * 0.4
            });
        }
        Self {
            workbench,
            panel: Box::new(panel),
            pushed: Vec::new(),
            feeds: Feeds::default(),
            hues: HueBook::default(),
            frame_times,
            with_notices: false,
        }
    }

    pub fn with_notices(mut self) -> Self {
        self.with_notices = true;
        self
    }

    /// Draws the panel as its tile does, then applies what was done, as the window does.
    pub fn draw(&mut self, ui: &mut Ui) {
        let mut commands = Vec::new();
        self.feeds.update(&self.workbench);
        let mut context = PanelContext {
            workbench: &self.workbench,
            feeds: &mut self.feeds,
            hues: &mut self.hues,
            frame_times: &self.frame_times,
            commands: &mut commands,
        };
        let fill = theme::Palette::of(ui).panel;
        let tile = Frame::NONE
            .fill(fill)
            .inner_margin(Margin::same(theme::SPACE as i8));
        tile.show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            self.panel.ui(ui, &mut context);
        });
        if self.with_notices {
            notices(&ui.ctx().clone(), &mut context);
        }
        for command in commands {
            // Requests go to an engine, of which there is none here.
            drop(self.workbench.apply(command.clone()));
            self.pushed.push(command);
        }
    }

    pub fn harness(self, size: Vec2, theme: Theme) -> Harness<'static, Self> {
        Harness::builder()
            .with_size(size)
            .with_theme(theme)
            .with_step_dt(1.0 / 60.0)
            .allow_missing_glyphs()
            .with_context_setup(theme::install)
            .build_ui_state(|ui, scene: &mut Self| scene.draw(ui), self)
    }
}

pub fn empty() -> Workbench {
    Workbench::default()
}

/// Ready to ask: a checkpoint, a picture and an instruction.
pub fn ready() -> Workbench {
    let mut workbench = empty();
    workbench.now_secs = 100.0;
    workbench.model.report = Some(Box::new(report()));
    workbench.asking.instruction = "put the carrot on the plate".into();
    drop(workbench.apply(Command::OpenSource(SourceSpec::Sample(0))));
    workbench.sources[0].frame = Some(picture());
    workbench
}

pub fn picture() -> Picture {
    let size = ImageSize::new(64, 48);
    Picture::from_rgb("sample.png", size, &[90; 64 * 48 * 3])
        .expect("the right length")
        .stamped(7, Duration::ZERO)
}

pub fn report() -> LoadReport {
    let part = |name, parameters, file_bytes| Part {
        name,
        parameters,
        file_bytes,
    };
    LoadReport {
        path: PathBuf::from("/data/checkpoints/InternVLA-M1-LIBERO-Goal/checkpoints/steps_30000_pytorch_model.pt"),
        shipped: false,
        architecture: "InternVLA-M1 policy: Qwen2.5-VL planner (36 blocks of width 2048, vision tower of 32 blocks of \
                       width 1280), DINOv2 of 24 blocks of width 1024, 64 queries over hidden states 36 to 36, \
                       diffusion expert of 12 blocks of width 768 for 16 actions of 7 axes"
            .into(),
        step: Some(30_000),
        random_weights: true,
        size: ModelSize {
            parts: vec![
                part("Vision tower", 668_700_000, 1_337_000_000),
                part("Language model", 3_085_938_688, 6_171_000_000),
                part("DINOv2", 304_368_640, 1_217_000_000),
                part("Querying transformer", 8_400_000, 33_600_000),
                part("Action expert", 133_000_000, 532_000_000),
            ],
            parameters: 4_200_407_328,
            bytes: 8_700_000_000,
        },
        loaded: LoadedOn {
            device: "NVIDIA H200, Vulkan".into(),
            precision: "f16 weights, f32 residuals".into(),
            seconds: 14.2,
        },
        prompt_wrapper: Some("Your task is {instruction}. Locate the key objects.".into()),
        cameras: Vec::new(),
        statistics: vec!["bridge_orig".into(), "fractal20220817_data".into()],
        training: serde_json::json!({"trainer": {"max_train_steps": 100_000, "lr": 5e-5}, "seed": 42}),
        tensors: TensorFindings {
            missing: (0..1200).map(|n| format!("model.language_model.layers.{n}.self_attn.q_proj.weight")).collect(),
            misshapen: vec![MisshapenTensor {
                name: "action_model.net.x_embedder.weight".into(),
                expected: vec![768, 7],
                found: vec![768, 8],
            }],
            unexpected: Vec::new(),
            overflowed: Vec::new(),
        },
        warnings: vec!["config.yaml says ViT-S, the tensors are those of ViT-L".into()],
    }
}

fn token(text: &str, probability: f32) -> ReplyToken {
    let rest = 1.0 - probability;
    ReplyToken {
        text: text.into(),
        probability,
        alternatives: vec![
            (text.into(), probability),
            ("7".into(), rest * 0.6),
            ("\n".into(), rest * 0.3),
        ],
    }
}

pub fn tokens(text: &str) -> Vec<ReplyToken> {
    let sure = |at: usize| [0.99, 0.97, 0.62, 0.98, 0.31, 0.999][at % 6];
    let mut tokens: Vec<ReplyToken> = Vec::new();
    for (at, word) in text.split_inclusive([' ', ',', '"']).enumerate() {
        tokens.push(token(word, sure(at)));
    }
    tokens
}

pub const BOXES: &str = "```json\n[\n{\"bbox_2d\": [4, 5, 21, 17], \"label\": \"carrot\"},\n{\"bbox_2d\": [30, 9, \
                         60, 40], \"label\": \"plate with a very long name that will not fit\"},\n{\"point_2d\": \
                         [12, 40], \"label\": \"spoon\"},\n{\"bbox_2d\": [1, 2, 9, 8], \"label\": \"carrot\"}\n]\n```";

fn result(task: Task, answer: Answer) -> ResultSet {
    let count = answer
        .text
        .as_ref()
        .map_or(0, |text| text.reply.groundings.len());
    ResultSet {
        run: QueryRun {
            id: QueryId(1),
            task,
            instruction: "put the carrot on the plate".into(),
            views: vec![(SourceId(1), picture())],
            sent_secs: 90.0,
        },
        answer,
        at_secs: 92.0,
        hidden: vec![false; count],
    }
}

fn timing() -> Timing {
    let stage = |stage, ms| StageTime { stage, ms };
    Timing {
        stages: vec![
            stage("preprocess", 3.1),
            stage("vision", 41.7),
            stage("prefill", 88.2),
            stage("decode", 1204.5),
        ],
        total_ms: 1337.5,
        prompt_tokens: 412,
        reply_tokens: 64,
    }
}

/// Answered with this text.
pub fn answered(task: Task, text: &str) -> Workbench {
    let mut workbench = ready();
    let size = ImageSize::new(640, 480);
    let context = ReplyContext::new(Fit::stretch(size, size));
    let mut reply = parse(text, &context);
    for (at, found) in reply.groundings.iter_mut().enumerate() {
        found.grounding.score = [Some(0.93), Some(0.41), None][at % 3];
    }
    let answer = Answer {
        prompt: String::new(),
        text: Some(TextAnswer {
            tokens: tokens(text),
            stop: StopReason::EndOfTurn,
            reply,
        }),
        action: None,
        timing: timing(),
        warnings: Vec::new(),
    };
    workbench.asking.task = task;
    workbench.asking.result = Some(result(task, answer));
    shown(&mut workbench);
    workbench
}

/// The source still shows the picture that was asked about.
fn shown(workbench: &mut Workbench) {
    let (id, frame) = (workbench.sources[0].id, workbench.sources[0].frame.clone());
    let result = workbench.asking.result.as_mut().expect("answered");
    result.run.views = vec![(id, frame.expect("a picture"))];
}

/// A thousand groundings.
pub fn crowded() -> Workbench {
    let mut workbench = answered(Task::Box, BOXES);
    let result = workbench.asking.result.as_mut().expect("answered");
    let text = result.answer.text.as_mut().expect("text");
    let model = text.reply.groundings[0].clone();
    text.reply.groundings = (0..1000_u16)
        .map(|n| {
            let mut found = model.clone();
            let at = |k: u16| ImagePoint::new(f32::from(n * k % 640), f32::from(n * (k + 2) % 480));
            let (kind, points) = match n % 3 {
                0 => (GroundingKind::Box, vec![at(1), at(3)]),
                1 => (GroundingKind::Point, vec![at(1)]),
                _ => (GroundingKind::Trace, (1..9).map(at).collect()),
            };
            found.grounding = Grounding::new(kind, points)
                .labelled(format!("thing {n} ").repeat(1 + n as usize % 40));
            found
        })
        .collect();
    result.hidden = vec![false; 1000];
    workbench
}

/// Answered with actions of this many axes.
pub fn acted(axes: usize, samples: usize, si: bool) -> Workbench {
    let mut workbench = ready();
    let chunk = |sample: usize| {
        let value = |at: usize| {
            let (step, axis) = ((at / axes) as f32, (at % axes) as f32);
            let wobble = 0.08 * ((sample * 7 + at) as f32).sin();
            if at % axes == 6 {
                f32::from(u8::from(step < 9.0))
            } else {
                (step * 0.3 + axis).sin() * 0.7 + wobble
            }
        };
        NormActionChunk::from_rows(&(0..16 * axes).map(value).collect::<Vec<f32>>(), axes)
    };
    let normalized: Vec<NormActionChunk> = (0..samples).map(chunk).collect();
    let stats = ActionStats {
        q01: (0..axes)
            .map(|axis| if axis < 3 { -0.03 } else { -0.12 })
            .collect(),
        q99: (0..axes)
            .map(|axis| if axis < 3 { 0.03 } else { 0.12 })
            .collect(),
        mask: (0..axes).map(|axis| axis != 6).collect(),
    };
    let answer = Answer {
        prompt: String::new(),
        text: None,
        action: Some(ActionAnswer {
            si: si.then(|| {
                normalized
                    .iter()
                    .map(|c| stats.denormalize(c).expect("as many axes"))
                    .collect()
            }),
            normalized,
            statistics: if si {
                Ok("bridge_orig".into())
            } else {
                Err("this checkpoint holds no action statistics".into())
            },
        }),
        timing: timing(),
        warnings: Vec::new(),
    };
    workbench.asking.task = Task::Action;
    workbench.asking.result = Some(result(Task::Action, answer));
    shown(&mut workbench);
    workbench
}

/// Writing a reply for this long.
pub fn writing(secs: f64) -> Workbench {
    let mut workbench = answered(Task::Box, BOXES);
    workbench.asking.running = Some(Running {
        id: QueryId(2),
        stage: "decode",
        preparing: None,
        tokens: tokens("{\"bbox_2d\": [41, 52, 2"),
        since_secs: workbench.now_secs - secs,
    });
    workbench
}

pub fn loading() -> Workbench {
    let mut workbench = empty();
    workbench.now_secs = 12.0;
    workbench.model.loading = Some(Loading {
        target: LoadTarget::Path(
            "/data/checkpoints/InternVLA-M1-LIBERO-Goal/checkpoints/steps_30000_pytorch_model.pt"
                .into(),
        ),
        tokenizer: None,
        progress: Some(Progress {
            stage: "Loading weights".into(),
            done: 412,
            total: 1204,
        }),
        since_secs: 3.0,
    });
    workbench
}

pub fn failed_load() -> Workbench {
    let mut workbench = empty();
    let error = "no tokenizer in this run; choose the Qwen2.5-VL folder the model was made from: /mnt/gone/tokenizer.json";
    workbench.model.failure = Some(LoadFailure {
        target: LoadTarget::Path("/data/run/checkpoints/steps_30000_pytorch_model.pt".into()),
        error: error.into(),
        wants_tokenizer: true,
    });
    workbench.settings.recent_checkpoints = vec![
        "/data/run".into(),
        "/home/me/models/Qwen2.5-VL-3B-Instruct".into(),
        "C:\\models\\m1".into(),
    ];
    workbench
}

pub fn logged(lines: usize) -> Workbench {
    let mut workbench = empty();
    let levels = [
        NoticeLevel::Info,
        NoticeLevel::Info,
        NoticeLevel::Warning,
        NoticeLevel::Error,
    ];
    for at in 0..lines {
        workbench.notices.log.push_back(LogLine {
            level: levels[at % 4],
            target: "spvla::engine".into(),
            text: format!(
                "line {at}: the frame of camera {} came late by 12 ms, its age is shown beside it",
                at % 3
            ),
            at_secs: at as f64 * 0.37,
        });
    }
    workbench
}

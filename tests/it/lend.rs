//! Training on a device that another process lends.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const TOKEN: &str = "a secret of this test";

/// Longer than the transport takes to notice that a process is gone.
const PATIENCE: Duration = Duration::from_secs(120);

fn spvla(token: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spvla"));
    command.env("SPVLA_TOKEN", token);
    command
}

/// A process that lends its CPU.
struct Lender {
    child: Child,
    name: String,
}

impl Lender {
    fn start(folder: &Path) -> Self {
        let mut child = spvla(TOKEN)
            .args([
                "lend",
                "--device",
                "cpu",
                "--address",
                "127.0.0.1:0",
                "--key",
            ])
            .arg(folder.join("lend.key"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let named = lines.map_while(Result::ok).find_map(|line| {
            let name = line.split('"').find(|part| part.starts_with("lent:"))?;
            Some(name.to_owned())
        });
        Self {
            child,
            name: named.expect("it says under which name it lends"),
        }
    }
}

impl Drop for Lender {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Pictures with a square each, and a run on them.
fn run(folder: &Path) -> PathBuf {
    let mut lines = String::new();
    for number in 0..4_u32 {
        let (x, y) = (number * 7, number * 5);
        let inside = |at: u32, start: u32| (start..start + 20).contains(&at);
        let picture = image::RgbImage::from_fn(56, 56, |px, py| {
            let red = inside(px, x) && inside(py, y);
            image::Rgb(if red { [220, 30, 30] } else { [90, 90, 90] })
        });
        picture
            .save(folder.join(format!("{number}.png")))
            .expect("saves");
        let answer = json!([{ "bbox_2d": [x, y, x + 20, y + 20], "label": "red square" }]);
        let line = json!({
            "image": format!("{number}.png"), "width": 56, "height": 56,
            "conversations": [
                { "from": "human", "value": "<image>\nGive the bounding box for the red square." },
                { "from": "gpt", "value": answer.to_string() },
            ],
        });
        lines += &format!("{line}\n");
    }
    fs::write(folder.join("labels.jsonl"), lines).expect("writes");
    let run = r#"
        folder = "run"
        steps = 3
        save_every = 1000
        recipe = "grounding"
        [model.new]
        width = 32
        layers = 2
        heads = 2
        shared_heads = 1
        inner = 64
        vision_width = 32
        vision_layers = 2
        vision_heads = 2
        vision_inner = 64
        [picture]
        size = [56, 56]
        [[labels]]
        path = "labels.jsonl"
        [batch]
        pictures = 4
        questions = 1
        [auxiliary]
        dense = 0.5
        heat = 0.5
        align = 0.25
        [loss]
        number_sigma = 1.0
        number_distance = 3.0
        [optimizer]
        rates = { base = 1e-3 }
        warmup = 1
    "#;
    let path = folder.join("run.toml");
    fs::write(&path, run).expect("writes");
    path
}

fn train(run: &Path, token: &str, devices: &str, steps: u64, resume: bool) -> Output {
    let mut command = spvla(token);
    command.arg("train").arg(run).args(["--devices", devices]);
    command.args(["--steps", &steps.to_string()]);
    if resume {
        command.arg("--resume");
    }
    command.output().expect("it runs")
}

fn metrics(run: &Path) -> Vec<Value> {
    let path = run.with_file_name("run/metrics.jsonl");
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn another_process_helps_and_the_steps_are_the_same() {
    let [alone, together] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let [one, both] = [&alone, &together].map(|folder| run(folder.path()));
    let lender = Lender::start(together.path());
    let output = train(&one, "", "cpu", 3, false);
    assert!(output.status.success(), "{}", said(&output));
    let devices = format!("cpu,{}", lender.name);
    let output = train(&both, TOKEN, &devices, 3, false);
    assert!(output.status.success(), "{}", said(&output));
    let [one, both] = [metrics(&one), metrics(&both)];
    assert_eq!((one.len(), both.len()), (3, 3));
    for (one, both) in one.iter().zip(&both) {
        for key in [
            "/loss",
            "/gradient_norm",
            "/losses/heat",
            "/losses/distance",
        ] {
            let [a, b] = [one, both].map(|step| step.pointer(key).and_then(Value::as_f64));
            let (a, b) = (a.expect("a number"), b.expect("a number"));
            assert!((a - b).abs() < 2e-3 * a.abs(), "{key}: {a} {b}");
        }
    }
}

#[test]
fn a_lent_device_that_is_lost_costs_no_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = run(folder.path());
    let mut lender = Lender::start(folder.path());
    let devices = format!("cpu,{}", lender.name);
    let many = 1_000_000;
    let trainer = {
        let (run, devices) = (run.clone(), devices.clone());
        std::thread::spawn(move || train(&run, TOKEN, &devices, many, false))
    };
    let started = Instant::now();
    while metrics(&run).len() < 3 {
        assert!(started.elapsed() < PATIENCE, "no steps are taken");
        std::thread::sleep(Duration::from_millis(50));
    }
    lender.child.kill().expect("it is killed");
    let output = trainer.join().expect("it ends");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains(&lender.name) && said.contains("was lost in step"),
        "{said}"
    );
    let taken = metrics(&run).len() as u64;
    // Everything is there, and goes on without the other device.
    let output = train(&run, "", "cpu", taken + 2, true);
    assert!(output.status.success(), "{output:?}");
    let steps = metrics(&run).into_iter().filter_map(|m| m["step"].as_u64());
    assert_eq!(
        steps.collect::<Vec<_>>(),
        (1..=taken + 2).collect::<Vec<_>>()
    );
}

#[test]
fn who_cannot_be_reached_or_refuses_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = run(folder.path());
    let lender = Lender::start(folder.path());
    let output = train(
        &run,
        "another secret",
        &format!("cpu,{}", lender.name),
        3,
        false,
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("SPVLA_TOKEN"), "{}", said(&output));
    let nobody = format!(
        "{}@127.0.0.1:1",
        lender.name.split('@').next().expect("a key")
    );
    let output = train(&run, TOKEN, &format!("cpu,{nobody}"), 3, false);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(
        said.contains("127.0.0.1:1") && said.contains("spvla lend"),
        "{said}"
    );
}

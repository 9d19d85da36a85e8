//! The program as somebody runs it: what it writes, and how it ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn spvla(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spvla"))
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("the program runs and writes an object")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("{error}: {text}\n{errors}")
    })
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .expect("the program runs and writes an object")
        .keys()
        .map(String::as_str)
        .collect()
}

const PICTURE: &str = "assets/samples/tabletop.png";
const WRIST: &str = "assets/samples/wrist.png";
const RUN: &str = "tests/golden/run";

#[test]
fn a_reply_is_json_of_the_documented_shape() {
    let output = spvla(&[
        "predict",
        "--checkpoint",
        RUN,
        "--image",
        PICTURE,
        "--instruction",
        "red cube",
        "--task",
        "box",
        "--max-new-tokens",
        "6",
        "--device",
        "cpu",
        "--json",
    ]);
    assert_eq!(output.status.code(), Some(0));
    let found = json(&output);
    assert_eq!(
        keys(&found),
        [
            "schema",
            "checkpoint",
            "device",
            "task",
            "instruction",
            "prompt",
            "views",
            "reply",
            "actions",
            "timing",
            "warnings"
        ]
    );
    assert_eq!(found["schema"], 1);
    assert_eq!(found["task"], "box");
    assert_eq!(found["views"][0]["path"], PICTURE);
    assert!(found["views"][0]["width"].as_u64().unwrap() > 0);
    assert!(found["prompt"].as_str().unwrap().contains("red cube"));
    assert!(found["actions"].is_null());
    assert_eq!(
        keys(&found["reply"]),
        [
            "text",
            "stop",
            "tokens",
            "rule",
            "scale",
            "groundings",
            "warnings",
            "subtask",
            "response"
        ]
    );
    let tokens = found["reply"]["tokens"].as_array().unwrap();
    assert!(!tokens.is_empty() && tokens.len() <= 6);
    let probability = tokens[0]["probability"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&probability));
    assert!(found["timing"]["total_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(found["timing"]["stages"][0]["stage"], "preprocess");
}

#[test]
fn actions_repeat_with_their_seed_and_come_in_both_units() {
    let ask = |seed: &str| {
        json(&spvla(&[
            "predict",
            "--checkpoint",
            RUN,
            "--image",
            PICTURE,
            "--image",
            WRIST,
            "--instruction",
            "put the cube on the plate",
            "--task",
            "action",
            "--seed",
            seed,
            "--samples",
            "2",
            "--steps",
            "5",
            "--device",
            "cpu",
            "--json",
        ]))
    };
    let first = ask("7");
    let actions = &first["actions"];
    assert_eq!(
        keys(actions),
        ["normalized", "si", "statistics_key", "reason"]
    );
    assert_eq!(actions["normalized"].as_array().unwrap().len(), 2);
    assert_eq!(actions["normalized"][0].as_array().unwrap().len(), 16);
    assert_eq!(actions["si"][1][15].as_array().unwrap().len(), 7);
    assert!(actions["reason"].is_null());
    assert!(first["reply"].is_null());
    assert_eq!(first["views"].as_array().unwrap().len(), 2);
    assert_eq!(ask("7")["actions"], *actions);
    assert_ne!(ask("8")["actions"]["normalized"], actions["normalized"]);
}

#[test]
fn text_streams_and_the_annotated_picture_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("annotated.png");
    let output = spvla(&[
        "predict",
        "--checkpoint",
        RUN,
        "--image",
        PICTURE,
        "--instruction",
        "cube",
        "--task",
        "chat",
        "--max-new-tokens",
        "3",
        "--device",
        "cpu",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(" ms: preprocess "), "{text}");
    assert!(
        !text.contains('\u{1b}'),
        "no control codes where nobody watches"
    );
    let written = image::open(&out).unwrap();
    let original = image::open(root().join(PICTURE)).unwrap();
    assert_eq!(written.width(), original.width());
    let left: Vec<PathBuf> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert_eq!(left, [out], "nothing but the picture is left");
}

#[test]
fn without_a_checkpoint_the_shipped_one_answers_and_says_so() {
    let arguments = [
        "predict",
        "--image",
        PICTURE,
        "--instruction",
        "cube",
        "--task",
        "chat",
        "--max-new-tokens",
        "1",
        "--device",
        "cpu",
    ];
    let output = spvla(&arguments);
    assert_eq!(output.status.code(), Some(0));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("shipped"), "{errors}");
}

#[test]
fn what_cannot_be_done_ends_with_one_and_says_what_to_do() {
    let cases: [(&[&str], &str); 5] = [
        (
            &[
                "predict",
                "--checkpoint",
                "nowhere",
                "--image",
                PICTURE,
                "--instruction",
                "x",
                "--task",
                "box",
            ],
            "nowhere",
        ),
        (
            &[
                "predict",
                "--checkpoint",
                RUN,
                "--image",
                "none.png",
                "--instruction",
                "x",
                "--task",
                "box",
            ],
            "none.png",
        ),
        (
            &[
                "predict",
                "--checkpoint",
                RUN,
                "--image",
                PICTURE,
                "--instruction",
                "",
                "--task",
                "box",
            ],
            "instruction",
        ),
        (
            &[
                "predict",
                "--image",
                PICTURE,
                "--instruction",
                "x",
                "--task",
                "box",
                "--preset",
                "nope",
            ],
            "Bounding box",
        ),
        (&["verify", "src"], "manifest.json"),
    ];
    for (arguments, expected) in cases {
        let output = spvla(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {errors}");
        assert!(errors.contains(expected), "{arguments:?}: {errors}");
    }
}

#[test]
fn wrong_usage_ends_with_two() {
    for arguments in [
        &["predict", "--image", PICTURE, "--instruction", "x"][..],
        &[
            "predict",
            "--image",
            PICTURE,
            "--instruction",
            "x",
            "--task",
            "dance",
        ],
        &["devices", "--colour"],
        &["fly"],
    ] {
        assert_eq!(spvla(arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(spvla(&["--help"]).status.code(), Some(0));
}

#[test]
fn inspect_reports_whole_and_broken_checkpoints() {
    let output = spvla(&["inspect", RUN, "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let found = json(&output);
    assert_eq!(keys(&found), ["schema", "complete", "problem", "report"]);
    assert_eq!(found["complete"], true);
    assert!(found["report"]["size"]["parameters"].as_u64().unwrap() > 100_000);
    assert_eq!(
        found["report"]["tensors"]["missing"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    let output = spvla(&["inspect", RUN]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("The checkpoint is whole."));
    assert_eq!(spvla(&["inspect", "src"]).status.code(), Some(1));
}

#[test]
fn devices_name_the_cpu_and_the_choice() {
    let found = json(&spvla(&["devices", "--json"]));
    assert_eq!(keys(&found), ["schema", "adapters", "cores", "auto", "why"]);
    assert!(["cpu", "wgpu"].contains(&found["auto"].as_str().unwrap()));
}

#[test]
fn verify_writes_a_table_and_ends_with_the_count() {
    let output = spvla(&[
        "verify",
        "tests/golden",
        "--device",
        "cpu",
        "--only",
        "dit/",
    ]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let last = text.lines().last().unwrap();
    assert!(last.ends_with(" passed, 0 failed"), "{last}");
    let found = json(&spvla(&[
        "verify",
        "tests/golden",
        "--device",
        "cpu",
        "--only",
        "dit/eps",
        "--json",
    ]));
    assert_eq!(found["schema"], 1);
    assert_eq!(found["failed"], 0);
    assert_eq!(
        keys(&found["report"]["rows"][0]),
        [
            "stage",
            "tensor",
            "max_abs",
            "relative",
            "tolerance",
            "verdict",
            "note"
        ]
    );
}

#[test]
fn bench_measures_every_stage_of_the_tiny_shape() {
    let found = json(&spvla(&[
        "bench", "model", "--shape", "tiny", "--random", "--device", "cpu", "--json",
    ]));
    let rows = found["report"]["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["stage"] == "action query"));
    assert!(rows.iter().any(|row| row["stage"] == "decode"));
}

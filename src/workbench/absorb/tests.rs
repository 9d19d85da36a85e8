//! Facts and what they make of the document.

use super::*;
use crate::engine::{LoadRequest, LoadedOn, ModelSize, TensorFindings};

pub(in crate::workbench) fn report(path: &str) -> Box<LoadReport> {
    Box::new(LoadReport {
        path: path.into(),
        shipped: false,
        architecture: String::new(),
        step: None,
        random_weights: false,
        size: ModelSize {
            parts: Vec::new(),
            parameters: 0,
            bytes: 0,
        },
        loaded: LoadedOn {
            device: String::new(),
            precision: String::new(),
            seconds: 0.0,
        },
        prompt_wrapper: None,
        cameras: Vec::new(),
        statistics: Vec::new(),
        training: serde_json::Value::Null,
        tensors: TensorFindings::default(),
        warnings: Vec::new(),
    })
}

fn failed(target: LoadTarget, wants_tokenizer: bool, cancelled: bool) -> Event {
    Event::LoadFailed {
        target,
        error: "the tokenizer is fine; this is about something else".into(),
        wants_tokenizer,
        cancelled,
    }
}

fn base_vlm(requests: &[Request]) -> Option<PathBuf> {
    match requests {
        [Request::Load(LoadRequest { base_vlm, .. })] => base_vlm.clone(),
        _ => None,
    }
}

#[test]
fn a_chosen_tokenizer_is_remembered_for_a_reload() {
    let mut workbench = Workbench::default();
    let (run, folder) = (PathBuf::from("/run"), PathBuf::from("/qwen"));
    drop(workbench.apply(Command::LoadWithPlanner(run.clone(), folder.clone())));
    drop(workbench.absorb(Event::Loaded(report("/run/checkpoints/a.pt"))));
    for path in ["/run", "/run/checkpoints/a.pt"] {
        let requests = workbench.apply(Command::LoadCheckpoint(path.into()));
        assert_eq!(base_vlm(&requests).as_ref(), Some(&folder), "{path}");
    }
    let requests = workbench.apply(Command::LoadCheckpoint("/other".into()));
    assert_eq!(base_vlm(&requests), None);
}

#[test]
fn what_a_failed_load_offers_comes_from_its_kind_not_its_words() {
    let mut workbench = Workbench::default();
    drop(workbench.apply(Command::Plain(CommandId::OpenDemo)));
    drop(workbench.absorb(failed(LoadTarget::Shipped, false, false)));
    let failure = workbench.model.failure.clone().expect("failed");
    assert_eq!(failure.again(), Command::Plain(CommandId::OpenDemo));
    assert_eq!(failure.choose_tokenizer(), None);

    let run = PathBuf::from("/run");
    drop(workbench.apply(Command::LoadCheckpoint(run.clone())));
    drop(workbench.absorb(failed(LoadTarget::Path(run.clone()), true, false)));
    let failure = workbench.model.failure.clone().expect("failed");
    assert_eq!(
        failure.choose_tokenizer(),
        Some(Command::PickPlanner(run.clone()))
    );
    assert_eq!(failure.again(), Command::LoadCheckpoint(run));
}

#[test]
fn a_load_that_was_replaced_does_not_end_its_successor() {
    let mut workbench = Workbench::default();
    drop(workbench.apply(Command::LoadCheckpoint("/a".into())));
    drop(workbench.apply(Command::LoadCheckpoint("/b".into())));
    drop(workbench.absorb(failed(LoadTarget::Path("/a".into()), false, true)));
    let loading = workbench.model.loading.as_ref().expect("still loading");
    assert_eq!(loading.target, LoadTarget::Path("/b".into()));
    assert!(workbench.is_available(CommandId::CancelLoad));
    drop(workbench.absorb(failed(LoadTarget::Path("/b".into()), false, true)));
    assert!(workbench.model.loading.is_none() && workbench.model.failure.is_none());
    assert!(!workbench.is_available(CommandId::CancelLoad));
}

#[test]
fn a_font_is_looked_for_once_and_only_when_it_is_needed() {
    let mut workbench = Workbench::default();
    let write = |text: &str| Command::SetInstruction(text.into());
    assert!(
        workbench
            .apply(write("carrot \u{e9}\u{3a9}\u{416}"))
            .is_empty()
    );
    let wide = write("\u{628a}\u{80e1}\u{841d}\u{535c}");
    assert!(matches!(
        workbench.apply(wide.clone())[..],
        [Request::FindFont]
    ));
    assert!(workbench.apply(wide).is_empty());
    drop(workbench.absorb(Event::FontSearched(None)));
    assert!(workbench.notices.open[0].text.contains("fonts-noto-cjk"));
}

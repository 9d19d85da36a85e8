//! Generation: prompts, scores after every token, and the replies themselves with and without repetition penalty.

use serde_json::Value;

use super::compare::Comparison;
use super::models::{Model, Which};
use super::numbers::Numbers;
use super::planner::Sequence;
use super::sheet::Sheet;
use super::{Fault, Workspace};
use crate::job::CancelToken;
use crate::model::pass::Pass;
use crate::model::planner::{
    DecoderInput, GenerateOptions, Generation, RopeRounding, TokenEvent, prompt,
};

/// Longest reply that is generated for a comparison.
const MAX_TOKENS: usize = 4096;

pub(super) fn stages(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let cases = space.golden.cases["generate"].as_object();
    let cases = cases.ok_or_else(|| Fault::case("generate"))?;
    for (weights, which) in [("base", Which::Base), ("checkpoint", Which::Policy)] {
        prompts(sheet, space, weights, which)?;
        for (name, case) in cases {
            let Some(rest) = name.strip_prefix(weights).and_then(|r| r.strip_prefix('.')) else {
                continue;
            };
            if let Err(fault) = reply(sheet, space, which, [name, rest], case) {
                sheet.fail(name, &fault);
            }
        }
    }
    Ok(())
}

/// The stored token ids of each prompt against the tokenizer.
fn prompts(
    sheet: &mut Sheet,
    space: &mut Workspace,
    weights: &str,
    which: Which,
) -> Result<(), Fault> {
    for name in sheet.names() {
        let parts = name
            .strip_prefix(weights)
            .and_then(|rest| rest.strip_prefix('.'));
        let Some(of) = parts.and_then(|rest| rest.strip_suffix(".input_ids")) else {
            continue;
        };
        let model = space.models.get(which)?;
        let sequence = Sequence::new(space, &model, sheet.stored(&name)?.counts()?)?;
        let got = text(space, of).and_then(|text| {
            let ids = model.tokenizer.encode(text);
            Ok(prompt::expand(&ids, &sequence.grids, &model.config.qwen)?)
        });
        let got = got.map(|ids| {
            let shape = [1, ids.len()];
            Numbers::integers(&shape, ids.into_iter().map(i64::from))
        });
        sheet.check_result(&name, got);
    }
    Ok(())
}

fn text<'a>(space: &Workspace<'a>, prompt: &str) -> Result<&'a str, Fault> {
    let text = space.golden.cases["generate_prompts"][prompt].as_str();
    text.ok_or_else(|| Fault::case(format!("generate_prompts.{prompt}")))
}

fn reply(
    sheet: &mut Sheet,
    space: &mut Workspace,
    which: Which,
    [name, rest]: [&str; 2],
    case: &Value,
) -> Result<(), Fault> {
    let model = space.models.get(which)?;
    let penalty = penalty(rest, &model);
    let prompt = match rest.split_once('.') {
        Some((prompt, _)) => prompt.to_owned(),
        None => lone_prompt(space)?,
    };
    let sequence = sequence(sheet, space, &model, &prompt)?;
    let mut pass = Pass::collecting();
    let input = DecoderInput {
        embeds: sequence.embed(&model, RopeRounding::F32, &mut pass)?,
        positions: sequence.positions.clone(),
        rope: RopeRounding::F32,
    };
    let ids: Option<Vec<u32>> = serde_json::from_value(case["ids"].clone()).ok();
    let tokens = ids
        .as_ref()
        .map_or_else(|| stated_tokens(space, case), Vec::len);
    let found = generate(&model, (&input, &sequence.ids), penalty, tokens)?;
    if let Some(ids) = &ids {
        check_ids(sheet, name, &found, &expected(&model, ids));
        scores(sheet, &model, &input, (name, ids))?;
    }
    if let Some(text) = case["text"].as_str() {
        let written = model.tokenizer.decode(&found.ids(), true);
        let wrong: Vec<String> = (written != text).then_some(written).into_iter().collect();
        sheet.count(&format!("{name} text"), 1, &wrong);
    }
    Ok(())
}

/// `…greedy_reppen1.05` says its penalty; plain greedy has none; chat takes the published settings.
fn penalty(rest: &str, model: &Model) -> f32 {
    match rest.rsplit_once("reppen") {
        Some((_, number)) => number.parse().unwrap_or(1.0),
        None if rest.contains("greedy") => 1.0,
        None => model.generation.repetition_penalty,
    }
}

/// The prompt of a case that names none: the one with a single picture.
fn lone_prompt(space: &Workspace) -> Result<String, Fault> {
    let prompts = space.golden.cases["generate_prompts"].as_object();
    let single = |text: &Value| {
        let text = text.as_str().unwrap_or_default();
        text.matches("<|image_pad|>").count() == 1
    };
    let found = prompts.into_iter().flatten().find(|(_, text)| single(text));
    let (name, _) = found.ok_or_else(|| Fault::case("generate_prompts with one picture"))?;
    Ok(name.clone())
}

/// The prompt's stored ids, or else the tokenizer's with as many pictures as it has places for.
fn sequence(
    sheet: &Sheet,
    space: &Workspace,
    model: &Model,
    prompt_name: &str,
) -> Result<Sequence, Fault> {
    for weights in ["base", "checkpoint"] {
        if let Some(ids) = sheet.optional(&format!("{weights}.{prompt_name}.input_ids"))? {
            return Sequence::new(space, model, ids.counts()?);
        }
    }
    let ids = model.tokenizer.encode(text(space, prompt_name)?);
    let image = model.config.qwen.image_token_id;
    let views = ids.iter().filter(|id| **id == image).count();
    let mut grids = Vec::new();
    for scene in space.golden.scenes().iter().take(views) {
        let frame = super::pictures::smart(space.golden, model, scene)?;
        grids.push(model.layout().grid(frame.size())?);
    }
    Sequence::new(
        space,
        model,
        prompt::expand(&ids, &grids, &model.config.qwen)?,
    )
}

/// Tokens of a case that stores none: as its note says, else as many as the others have.
fn stated_tokens(space: &Workspace, case: &Value) -> usize {
    let note = case["note"].as_str().unwrap_or_default();
    let before = note.split(" new tokens").next().unwrap_or_default();
    let stated = before.rsplit(' ').next().and_then(|word| word.parse().ok());
    let others = space.golden.cases["generate"]
        .as_object()
        .into_iter()
        .flatten();
    let longest = others
        .filter_map(|(_, case)| case["ids"].as_array().map(Vec::len))
        .max();
    stated.or(longest).unwrap_or(1)
}

fn generate(
    model: &Model,
    (input, prompt): (&DecoderInput, &[u32]),
    repetition_penalty: f32,
    tokens: usize,
) -> Result<Generation, Fault> {
    let options = GenerateOptions {
        max_new_tokens: tokens.min(MAX_TOKENS),
        repetition_penalty,
        stop_ids: model.generation.eos_token_ids.clone(),
        ..GenerateOptions::default()
    };
    let cancel = CancelToken::default();
    let mut deaf = |_: &TokenEvent| {};
    let listener = (&cancel, &mut deaf as &mut dyn FnMut(&TokenEvent));
    Ok(model.planner.generate(input, prompt, &options, listener)?)
}

/// Stored ids without the stop token, which is no part of a reply here.
fn expected(model: &Model, ids: &[u32]) -> Vec<u32> {
    let stop = |id: &u32| model.generation.eos_token_ids.contains(id);
    let end = ids.iter().position(stop).unwrap_or(ids.len());
    ids[..end].to_vec()
}

fn check_ids(sheet: &mut Sheet, name: &str, found: &Generation, expected: &[u32]) {
    let array = |ids: &[u32]| Numbers::integers(&[ids.len()], ids.iter().map(|id| i64::from(*id)));
    let name = format!("{name} ids");
    sheet.table(
        &name,
        Comparison::Exact,
        &array(&found.ids()),
        &array(expected),
    );
}

/// Scores after each stored token, through the cache.
fn scores(
    sheet: &mut Sheet,
    model: &Model,
    input: &DecoderInput,
    (name, ids): (&str, &[u32]),
) -> Result<(), Fault> {
    let name = format!("{name}.logits");
    if !sheet.has(&name) || ids.is_empty() || ids.len() > MAX_TOKENS {
        return Ok(());
    }
    let mut pass = Pass::collecting();
    let reply = &ids[..ids.len() - 1];
    let scores = model.planner.forced_scores(input, reply, &mut pass)?;
    sheet.check(&name, &Numbers::of(scores)?);
    Ok(())
}

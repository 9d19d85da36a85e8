//! The stages of a query in words.

/// A stage while it runs: "Writing the reply".
#[must_use]
pub fn stage_text(stage: &str) -> &str {
    match stage {
        "decode image" => "Decoding the picture",
        "preprocess" => "Preparing the pictures",
        "vision" => "Reading the pictures",
        "prefill" => "Reading the prompt",
        "decode" => "Writing the reply",
        "dino" => "Reading image features",
        "qformer" => "Querying the planner",
        "dit" => "Denoising actions",
        other => other,
    }
}

/// A stage as a row of a table: "Vision tower".
#[must_use]
pub fn stage_name(stage: &str) -> &str {
    match stage {
        "preprocess" => "Preprocess",
        "vision" => "Vision tower",
        "prefill" => "Prefill",
        "decode" => "Decode tokens",
        "dino" => "DINOv2",
        "qformer" => "QFormer",
        "dit" => "DiT",
        other => other,
    }
}

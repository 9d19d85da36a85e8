//! stub
pub fn instruction(_: &super::scene::Scene, _: super::tasks::Family, _: super::tasks::Split, _: &mut rand_chacha::ChaCha8Rng) -> String { String::new() }

//! Chooses between window and subcommand.
fn main() {}

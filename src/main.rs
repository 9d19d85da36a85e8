//! Chooses between window and subcommand.
fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let options = spvla::app::AppOptions { demo: args.iter().any(|a| a == "--demo"), ..Default::default() };
    spvla::engine::install_logger(true);
    if let Some(i) = args.iter().position(|a| a == "--screenshot") {
        return spvla::app::screenshot(&options, std::path::Path::new(&args[i+1]), [1280, 800]);
    }
    spvla::app::run(options)
}

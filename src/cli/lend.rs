//! `spvla lend`: this machine's device for trainings in other processes and on other machines.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::Outcome;
#[cfg(feature = "remote")]
use super::text;
use crate::model::device::{ComputeDevice, DeviceChoice, DevicePlace, Devices, lent};

/// Arguments of `spvla lend`.
///
/// Who borrows may run any operation of the model on the device and fill its memory, but reaches no files and starts no
/// programs. Both sides know each other: the borrower by the key in the printed name, this process by the token in the
/// variable `SPVLA_TOKEN`, which is made up if it is not set. Everything between them is encrypted.
#[derive(Debug, Args)]
#[command(after_help = "\
On the machine that trains, set the same SPVLA_TOKEN and name the device in the run:
  devices = [\"cpu\", \"lent:KEY@HOST:4433\"]     # or: spvla train RUN.toml --devices cpu,lent:KEY@HOST:4433
Without SPVLA_TOKEN a token is made up and printed. Who has it can use the device and fill its memory,
but reaches no files and starts no programs: keep it secret. Everything on the way is encrypted.
Lending ends with Ctrl+C. One process lends one device: for more, start more, with other ports.
Both sides must be of the same version, built with `--features remote`.")]
pub struct Options {
    /// What to lend: `cpu`, `wgpu`, or `wgpu:1` for the second graphics card; the best there is if not given
    #[arg(long, value_name = "DEVICE", value_parser = clap::value_parser!(DevicePlace))]
    device: Option<DevicePlace>,
    /// Where to listen, over UDP; other machines reach it only at an address of theirs, or 0.0.0.0 for all
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4433")]
    address: SocketAddr,
    /// The file of this machine's key, made if it is missing
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let devices = Devices::default();
    let device = match &options.device {
        None => devices.open(DeviceChoice::Auto)?,
        Some(DevicePlace::Lent { .. }) => anyhow::bail!("a borrowed device cannot be lent on"),
        Some(place) => place.open(&devices)?,
    };
    lend(options, &device)
}

#[cfg(not(feature = "remote"))]
fn lend(options: &Options, _device: &ComputeDevice) -> anyhow::Result<Outcome> {
    let Options { address, key, .. } = options;
    log::debug!(
        "cannot lend at {address}, key {key:?}, token in {}",
        lent::TOKEN
    );
    anyhow::bail!("this program was built without `--features remote`, so it lends nothing")
}

#[cfg(feature = "remote")]
fn lend(options: &Options, device: &ComputeDevice) -> anyhow::Result<Outcome> {
    let key = match &options.key {
        Some(key) => key.clone(),
        None => own_key()?,
    };
    let token = std::env::var(lent::TOKEN).ok();
    let known = token.is_some();
    let token = token.unwrap_or_else(made_up);
    let lender = lent::Lender::start(device, options.address, (&key, &token))?;
    let secret = if known {
        String::new()
    } else {
        format!("  export {}={token}\n", lent::TOKEN)
    };
    text(&format!(
        "Lending {}, at {} until Ctrl+C. Where the training runs:\n{secret}  devices = [\"cpu\", \"{}\"]\n",
        device.name(),
        options.address,
        lender.name().replace("0.0.0.0", "HOST")
    ))?;
    lender.wait()?;
    Ok(Outcome::Good)
}

#[cfg(feature = "remote")]
fn own_key() -> anyhow::Result<PathBuf> {
    use anyhow::Context as _;

    let folders = directories::ProjectDirs::from("", "", "spvla");
    let folder = folders.context("there is no home folder; name a file with --key")?;
    let folder = folder.data_dir().to_owned();
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("making the folder of the key: {}", folder.display()))?;
    Ok(folder.join("lend.key"))
}

/// A secret of 128 bits.
#[cfg(feature = "remote")]
fn made_up() -> String {
    format!("{:032x}", rand::random::<u128>())
}

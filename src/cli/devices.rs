//! `spvla devices`: what the model could run on, and what `auto` chooses.
//!
//! JSON: `{"schema": 1, "adapters": [{"name", "backend", "software", "driver"}], "cores", "auto", "why"}`.

use clap::Args;
use serde::Serialize;

use super::table::{Flush, Table};
use super::{Outcome, json, text};
use crate::engine::AdapterSummary;
use crate::model::device::adapters;

/// Arguments of `spvla devices`.
#[derive(Debug, Args)]
pub struct Options {
    /// Write JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Devices {
    schema: u32,
    adapters: Vec<AdapterSummary>,
    cores: usize,
    auto: &'static str,
    why: &'static str,
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let devices = Devices::new(adapters());
    if options.json {
        json(&devices)?;
    } else {
        text(&devices.table())?;
    }
    Ok(Outcome::Good)
}

impl Devices {
    fn new(adapters: Vec<AdapterSummary>) -> Self {
        let (auto, why) = match adapters.first() {
            None => ("cpu", "there is no graphics adapter that Burn takes"),
            Some(first) if first.software => (
                "cpu",
                "the only graphics adapters are programs on the CPU, slower than the CPU backend",
            ),
            Some(_) => ("wgpu", "there is a real graphics adapter"),
        };
        Self {
            schema: 1,
            adapters,
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            auto,
            why,
        }
    }

    fn table(&self) -> String {
        let columns = ["device", "name", "backend", "kind", "driver"];
        let mut table = Table::new(&columns.map(|head| (Flush::Left, head)));
        for adapter in &self.adapters {
            let kind = if adapter.software { "software" } else { "real" };
            let cells = [
                "wgpu",
                &adapter.name,
                &adapter.backend,
                kind,
                &adapter.driver,
            ];
            table.row(cells.map(str::to_owned));
        }
        let cores = format!("{} cores", self.cores);
        table.row(["cpu", &cores, "Burn flex", "real", ""].map(str::to_owned));
        format!(
            "{}\nauto chooses {}: {}\n",
            table.render(),
            self.auto,
            self.why
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(software: bool) -> AdapterSummary {
        AdapterSummary {
            name: "Adapter".into(),
            backend: "Vulkan".into(),
            software,
            driver: String::new(),
        }
    }

    #[test]
    fn auto_chooses_as_the_model_does() {
        assert_eq!(Devices::new(vec![]).auto, "cpu");
        assert_eq!(Devices::new(vec![adapter(true)]).auto, "cpu");
        assert_eq!(
            Devices::new(vec![adapter(false), adapter(true)]).auto,
            "wgpu"
        );
    }

    #[test]
    fn the_table_names_every_adapter_and_the_cpu() {
        let table = Devices::new(vec![adapter(true)]).table();
        assert!(
            table.contains("software") && table.contains("Burn flex"),
            "{table}"
        );
        assert!(table.ends_with("slower than the CPU backend\n"), "{table}");
    }
}

//! Names of devices that share one job: this machine's own, and those that other processes lend.

use std::fmt;
use std::str::FromStr;

use burn::tensor::{Device, DeviceKind};

use super::{ComputeDevice, DeviceChoice, DeviceError, Devices, describe_place};

/// A device by its name, as it stands in a configuration: `cpu`, `wgpu`, `wgpu:1`, `lent:KEY@HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DevicePlace {
    /// The CPU.
    Cpu,
    /// The best graphics adapter.
    Wgpu,
    /// The discrete graphics card of this number.
    Card(usize),
    /// A device that `spvla lend` lends, on this machine or another.
    Lent {
        /// The public key of the process that lends it.
        key: String,
        /// Its host and port.
        address: String,
    },
}

/// Beginning of the name of a device that is lent.
const LENT: &str = "lent:";
/// Beginning of the name of a graphics card.
const CARD: &str = "wgpu:";
/// Digits of a public key.
const KEY_DIGITS: usize = 64;

impl FromStr for DevicePlace {
    type Err = DeviceError;

    fn from_str(name: &str) -> Result<Self, DeviceError> {
        let wrong = |why: &'static str| DeviceError::Name {
            name: name.to_owned(),
            why,
        };
        match name {
            "cpu" => return Ok(Self::Cpu),
            "wgpu" => return Ok(Self::Wgpu),
            _ => {}
        }
        if let Some(number) = name.strip_prefix(CARD) {
            let number = number.parse().map_err(|_| wrong("needs a number"))?;
            return Ok(Self::Card(number));
        }
        let Some(lent) = name.strip_prefix(LENT) else {
            return Err(wrong("is not a kind of device"));
        };
        let Some((key, address)) = lent.split_once('@') else {
            return Err(wrong("needs a key and an address"));
        };
        if key.len() != KEY_DIGITS || !key.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong("has a key that is not 64 hexadecimal digits"));
        }
        let port = address.rsplit_once(':').map(|(_, port)| port);
        if port.is_none_or(|port| port.parse::<u16>().is_err()) {
            return Err(wrong("needs a port behind its host"));
        }
        Ok(Self::Lent {
            key: key.to_owned(),
            address: address.to_owned(),
        })
    }
}

impl fmt::Display for DevicePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Wgpu => f.write_str("wgpu"),
            Self::Card(number) => write!(f, "{CARD}{number}"),
            Self::Lent { key, address } => write!(f, "{LENT}{key}@{address}"),
        }
    }
}

impl DevicePlace {
    /// Opens the device; one that is lent is connected.
    ///
    /// # Errors
    /// When there is no such device, or the process that lends it cannot be reached or refuses.
    pub fn open(&self, devices: &Devices) -> Result<ComputeDevice, DeviceError> {
        match self {
            Self::Cpu => devices.open(DeviceChoice::Cpu),
            Self::Wgpu => devices.open(DeviceChoice::Wgpu),
            Self::Card(number) => card(*number),
            Self::Lent { key, address } => Ok(ComputeDevice {
                device: super::lent::connect(key, address)?,
                name: self.to_string(),
                shared: None,
            }),
        }
    }
}

/// Burn keeps one runtime for each card of a process, so one that runs already is used again.
fn card(number: usize) -> Result<ComputeDevice, DeviceError> {
    let kind = || DeviceKind::DiscreteGpu(number);
    let opened = Device::wgpu_options().device_kind(kind()).init();
    let device = match opened {
        Ok(device) => device,
        Err(burn::tensor::wgpu::WgpuInitError::Registration { .. }) => Device::wgpu(kind()),
        Err(error) => {
            return Err(DeviceError::Unusable {
                name: describe_place(number),
                reason: error.to_string(),
            });
        }
    };
    Ok(ComputeDevice {
        device,
        name: describe_place(number),
        shared: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let key = "0123456789abcdef".repeat(4);
        let lent = format!("lent:{key}@gpu.local:4433");
        for name in ["cpu", "wgpu", "wgpu:1", &lent] {
            assert_eq!(name.parse::<DevicePlace>().unwrap().to_string(), name);
        }
        for name in [
            "",
            "gpu",
            "wgpu:",
            "wgpu:one",
            "lent:",
            "lent:1234@host:1",
            &lent.replace(":4433", ""),
            &lent.replace("4433", "99999"),
        ] {
            let error = name.parse::<DevicePlace>().unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("cpu"), "{error}");
        }
    }
}

//! Why a device cannot be had.

/// Why a device cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// No adapter for wgpu.
    #[error(
        "no graphics adapter was found; install a Vulkan driver (on Debian: mesa-vulkan-drivers), or choose --device cpu"
    )]
    NoAdapter,
    /// Burn could not use the adapter.
    #[error("the adapter {name} cannot run the model: {reason}; choose --device cpu")]
    Unusable {
        /// The adapter.
        name: String,
        /// What Burn says.
        reason: String,
    },
    /// The name of a device is none.
    #[error(
        "{name:?} {why}; devices are `cpu`, `wgpu`, `wgpu:1` and what `spvla lend` prints: `lent:KEY@HOST:PORT`"
    )]
    Name {
        /// What was written.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A device that is lent cannot be reached.
    #[error(
        "the device lent at {address} cannot be reached: {reason}; start `spvla lend` there, and let its UDP port through"
    )]
    Unreachable {
        /// Host and port.
        address: String,
        /// What Burn says.
        reason: String,
    },
    /// Who lends does not know the token.
    #[error(
        "the process that lends at {address} refuses: set SPVLA_TOKEN to the token it was started with"
    )]
    Refused {
        /// Host and port.
        address: String,
    },
    /// This program has no remote devices.
    #[error(
        "the device lent at {address} cannot be used: this program was built without `--features remote`"
    )]
    NotBuilt {
        /// Host and port.
        address: String,
    },
}

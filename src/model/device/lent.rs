//! Devices of other processes and machines, over Burn's remote backend: what lends one, and what borrows it.
//!
//! Both sides are named by keys and everything between them is encrypted; who borrows must know the token of who lends.
//! Only direct connections: nothing goes over relays of third parties. Threads are those of the transport.

/// The variable of the environment that holds the token, on both sides.
pub const TOKEN: &str = "SPVLA_TOKEN";

#[cfg(feature = "remote")]
pub use borrowed::{LendError, Lender};

use burn::tensor::Device;

use super::DeviceError;

/// Borrows the device that the process of a key lends at an address.
#[cfg(feature = "remote")]
pub(super) fn connect(key: &str, address: &str) -> Result<Device, DeviceError> {
    let token = std::env::var(TOKEN).unwrap_or_default();
    borrowed::connect(key, address, &token)
}

#[cfg(not(feature = "remote"))]
pub(super) fn connect(_key: &str, address: &str) -> Result<Device, DeviceError> {
    Err(DeviceError::NotBuilt {
        address: address.to_owned(),
    })
}

#[cfg(feature = "remote")]
mod borrowed {
    use std::net::{SocketAddr, ToSocketAddrs as _};
    use std::path::{Path, PathBuf};

    use burn::remote::{ConnectError, EndpointId, IrohHost, IrohRelays, RemoteHost};
    use burn::server::{BURN_REMOTE_ALPN, IrohIdentity, RemoteServer, TokenAuthorizer};
    use burn::tensor::Device;
    use iroh::endpoint::{QuicTransportConfig, presets};
    use iroh::protocol::Router;
    use iroh::{Endpoint, RelayMode, SecretKey};
    use tokio::runtime::Runtime;

    use super::DeviceError;
    use crate::model::device::ComputeDevice;

    /// Threads that carry messages; the arithmetic has its own.
    const THREADS: usize = 2;

    pub(super) fn connect(key: &str, address: &str, token: &str) -> Result<Device, DeviceError> {
        let failed = |reason: String| DeviceError::Unreachable {
            address: address.to_owned(),
            reason,
        };
        let key: EndpointId = key.parse().map_err(|_| failed("its key is none".into()))?;
        let mut host = IrohHost::new(key).with_relays(IrohRelays::Disabled);
        for found in address
            .to_socket_addrs()
            .map_err(|e| failed(e.to_string()))?
        {
            host = host.with_address(found);
        }
        let host = RemoteHost::iroh(host).with_credential(token);
        Device::remote_options(&host)
            .init()
            .map_err(|error| match error {
                ConnectError::Unauthorized => DeviceError::Refused {
                    address: address.to_owned(),
                },
                other => failed(other.to_string()),
            })
    }

    /// Why a device cannot be lent.
    #[derive(Debug, thiserror::Error)]
    pub enum LendError {
        /// Nobody could prove that they may borrow it.
        #[error("the token is empty; set SPVLA_TOKEN to a secret that both sides know")]
        NoToken,
        /// The key cannot be read or made.
        #[error("the key of this process: {source}: {path}")]
        Key {
            /// What the system says.
            source: std::io::Error,
            /// Its file.
            path: PathBuf,
        },
        /// The address cannot be listened at.
        #[error("cannot listen at {address}: {reason}; choose another --address")]
        Address {
            /// The address.
            address: SocketAddr,
            /// What the system says.
            reason: String,
        },
        /// The device cannot be lent.
        #[error("the device {device} cannot be lent: {reason}")]
        Device {
            /// The device.
            device: String,
            /// What Burn says.
            reason: String,
        },
    }

    /// Lends a device until it is dropped.
    pub struct Lender {
        name: String,
        router: Router,
        runtime: Runtime,
    }

    impl Lender {
        /// Begins to lend. The file `key` says who this process is, and is made if it is missing.
        ///
        /// # Errors
        /// When the key cannot be had, the address is taken, or the device cannot be lent.
        pub fn start(
            device: &ComputeDevice,
            address: SocketAddr,
            (key, token): (&Path, &str),
        ) -> Result<Self, LendError> {
            let authorizer = TokenAuthorizer::new(token).map_err(|_| LendError::NoToken)?;
            let identity = IrohIdentity::load_or_create(key).map_err(|source| LendError::Key {
                source,
                path: key.to_owned(),
            })?;
            let refused = |reason: String| LendError::Address { address, reason };
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(THREADS)
                .enable_all()
                .build()
                .map_err(|error| refused(error.to_string()))?;
            let secret = SecretKey::from_bytes(&identity.to_bytes());
            let endpoint = runtime
                .block_on(listen(secret, address))
                .map_err(&refused)?;
            let bound = endpoint.bound_sockets().first().copied().unwrap_or(address);
            let server = RemoteServer::new([device.handle().clone()]).with_authorizer(authorizer);
            let protocol = server
                .into_protocol(&endpoint)
                .map_err(|error| LendError::Device {
                    device: device.name().to_owned(),
                    reason: error.to_string(),
                })?;
            let name = format!("lent:{}@{bound}", identity.id());
            let router = runtime.block_on(async {
                Router::builder(endpoint)
                    .accept(BURN_REMOTE_ALPN, protocol)
                    .spawn()
            });
            Ok(Self {
                name,
                router,
                runtime,
            })
        }

        /// The name under which a training borrows it.
        #[must_use]
        pub fn name(&self) -> &str {
            &self.name
        }

        /// Lends until somebody interrupts the process.
        ///
        /// # Errors
        /// When the system does not tell of interruptions.
        pub fn wait(&self) -> std::io::Result<()> {
            self.runtime.block_on(interrupted())
        }
    }

    impl Drop for Lender {
        fn drop(&mut self) {
            if let Err(error) = self.runtime.block_on(self.router.shutdown()) {
                log::warn!("lending ended badly: {error}");
            }
        }
    }

    #[cfg(unix)]
    async fn interrupted() -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};

        let mut ended = signal(SignalKind::terminate())?;
        tokio::select! {
            found = tokio::signal::ctrl_c() => found,
            _ = ended.recv() => Ok(()),
        }
    }

    #[cfg(not(unix))]
    async fn interrupted() -> std::io::Result<()> {
        tokio::signal::ctrl_c().await
    }

    async fn listen(secret: SecretKey, address: SocketAddr) -> Result<Endpoint, String> {
        // As Burn's own endpoints: segmentation offload loses packets (iroh issue 4555).
        let transport = QuicTransportConfig::builder()
            .enable_segmentation_offload(false)
            .build();
        Endpoint::builder(presets::Minimal)
            .secret_key(secret)
            .relay_mode(RelayMode::Disabled)
            .transport_config(transport)
            .clear_ip_transports()
            .bind_addr(address)
            .map_err(|error| format!("{error:#}"))?
            .bind()
            .await
            .map_err(|error| format!("{error:#}"))
    }
}

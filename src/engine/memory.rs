//! How much memory the model takes, as far as somebody tells.

use crate::model::device::ComputeDevice;

/// Memory in use, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Held by the model's allocator on a graphics device.
    Device(u64),
    /// Resident memory of the whole program: where the model runs on the CPU it is most of that.
    Process(u64),
}

/// What is known of the memory that a model on `device` takes.
pub(super) fn in_use(device: &ComputeDevice) -> Option<Memory> {
    if device.gpu().is_some() {
        return device.memory_reserved().map(Memory::Device);
    }
    process().map(Memory::Process)
}

/// Resident memory of this process, where the system has Linux's `/proc` (proc(5)). It is told in kibibytes there, so
/// that the size of a page need not be known.
fn process() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    resident(&status)
}

fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read_in_bytes() {
        let status = "Name:\tspvla\nVmPeak:\t  900 kB\nVmRSS:\t    1204 kB\nThreads:\t3\n";
        assert_eq!(resident(status), Some(1204 * 1024));
        assert_eq!(resident("Name:\tspvla\n"), None);
        assert_eq!(resident("VmRSS: 99999999999999999999 kB"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_test_takes_some_memory() {
        assert!(process().expect("Linux tells") > 1 << 20);
    }
}

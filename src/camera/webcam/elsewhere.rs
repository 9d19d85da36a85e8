//! Systems without camera support so far.

use std::path::Path;

use super::{Opened, WebcamChoice, WebcamDevice};
use crate::camera::CameraError;

/// Says that there is no support.
///
/// # Errors
/// Always.
pub fn devices() -> Result<Vec<WebcamDevice>, CameraError> {
    Err(CameraError::NoLiveCameras)
}

pub(super) fn open(_path: &Path, _choice: Option<&WebcamChoice>) -> Result<Opened, CameraError> {
    Err(CameraError::NoLiveCameras)
}

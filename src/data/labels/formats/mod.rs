//! The table of annotation formats. A new format is one file beside this one and one row here.

mod captions;
mod coco;
mod conversation;
mod cvat;
mod label_studio;
mod labelme;
mod pixmo;
mod refcoco;
mod robopoint;
mod yolo;

use super::Format;
pub(super) use labelme::embedded;

/// Every format, the most telling first: the first one that recognises a file reads it.
pub const FORMATS: &[Format] = &[
    robopoint::FORMAT,
    conversation::FORMAT,
    label_studio::FORMAT,
    labelme::FORMAT,
    refcoco::FORMAT,
    coco::FORMAT,
    cvat::FORMAT,
    pixmo::FORMAT,
    yolo::FORMAT,
    captions::FORMAT,
];

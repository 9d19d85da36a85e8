//! Resizing, bit for bit as Pillow does it.

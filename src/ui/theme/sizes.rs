//! Every size, in screen points on a 4-point grid, and the type scale.

/// The grid that spacing and sizes are multiples of.
pub const GRID: f32 = 4.0;
/// Space between things that belong together.
pub const SPACE_SMALL: f32 = 4.0;
/// Space between controls of a row.
pub const SPACE: f32 = 8.0;
/// Space between rows of different meaning, and the margin of panels.
pub const SPACE_WIDE: f32 = 12.0;
/// Space around a group.
pub const SPACE_GROUP: f32 = 16.0;
/// Space between sections.
pub const SPACE_SECTION: f32 = 24.0;
/// Height of buttons, fields and other controls.
pub const CONTROL: f32 = 28.0;
/// Height of a chip.
pub const CHIP: f32 = 20.0;
/// Height of a row in a dense list that is only read.
pub const ROW: f32 = 22.0;
/// Side of the smallest thing that can be clicked, as accessibility guides ask (WCAG 2.2, 2.5.8).
pub const TARGET_MIN: f32 = 24.0;
/// Radius of corners.
pub const RADIUS: u8 = 4;
/// Width of separating lines.
pub const HAIRLINE: f32 = 1.0;
/// Seconds a mark takes to appear.
pub const FADE_SECONDS: f32 = 0.12;

/// Size of body text.
pub const TEXT_BODY: f32 = 13.0;
/// Size of secondary text.
pub const TEXT_SECONDARY: f32 = 12.0;
/// Size of captions, set in capitals with [`CAPTION_SPACING`].
pub const TEXT_CAPTION: f32 = 11.0;
/// Extra space between the letters of a caption.
pub const CAPTION_SPACING: f32 = 0.6;
/// Size of titles.
pub const TEXT_TITLE: f32 = 16.0;
/// Size of numbers, coordinates and tokens.
pub const TEXT_NUMBER: f32 = 12.0;
/// Size of icons in controls.
pub const ICON: f32 = 16.0;
/// Size of the icon of an empty state.
pub const ICON_LARGE: f32 = 32.0;

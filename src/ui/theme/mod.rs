//! Every colour and size, once.
//!
//! Chrome is grey and has one accent; colour belongs to data and to danger. Sizes are screen points on a 4-point grid.
//! Knows nothing of what is drawn with it.

mod fonts;
mod style;

use egui::{Color32, Context, Theme, Ui};

pub use fonts::{icon_family, semibold_family};
pub use style::{body, caption, icon, number, readout, secondary, semibold, title};

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
/// Height of controls while a robot is driven.
pub const CONTROL_DRIVE: f32 = 44.0;
/// Height of the button that stops a robot.
pub const CONTROL_STOP: f32 = 72.0;
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
/// Size of read-outs that are read from five metres.
pub const TEXT_READOUT: f32 = 28.0;
/// Size of numbers, coordinates and tokens.
pub const TEXT_NUMBER: f32 = 12.0;
/// Size of icons in controls.
pub const ICON: f32 = 16.0;
/// Size of the icon of an empty state.
pub const ICON_LARGE: f32 = 32.0;

/// The colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// Which of the two it is.
    pub theme: Theme,
    /// Behind panels, and inside text fields.
    pub background: Color32,
    /// Panels, menus and windows.
    pub panel: Color32,
    /// Controls at rest, and anything that lies on a panel.
    pub raised: Color32,
    /// Controls under the pointer.
    pub hover: Color32,
    /// Around a picture.
    pub canvas: Color32,
    /// Hairlines.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Secondary text.
    pub weak: Color32,
    /// Text of what cannot be used now.
    pub disabled: Color32,
    /// The one accent: what is active, selected or next.
    pub accent: Color32,
    /// The accent under the pointer.
    pub accent_hover: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Done, in order.
    pub good: Color32,
    /// Worth a look.
    pub warn: Color32,
    /// Stop, faults and destructive confirmation; nothing else.
    pub danger: Color32,
    /// Text on danger.
    pub on_danger: Color32,
    /// Under floating things.
    pub shadow: Color32,
}

/// Dark theme.
pub const DARK: Palette = Palette {
    theme: Theme::Dark,
    background: hex(0x10_12_16),
    panel: hex(0x16_19_1F),
    raised: hex(0x1E_22_2A),
    hover: hex(0x27_2C_36),
    canvas: hex(0x0B_0D_10),
    line: hex(0x2A_30_3A),
    text: hex(0xE7_EA_EF),
    weak: hex(0x98_A2_B0),
    disabled: hex(0x5B_65_72),
    accent: hex(0x5A_A2_FF),
    accent_hover: hex(0x7B_B5_FF),
    on_accent: hex(0x0B_12_20),
    good: hex(0x3F_B2_7F),
    warn: hex(0xE0_A6_3A),
    danger: hex(0xF0_52_4F),
    on_danger: hex(0x16_09_0A),
    shadow: Color32::from_black_alpha(110),
};

/// Light theme: the same accents, darkened until text in them reaches 4.5:1 on every surface.
pub const LIGHT: Palette = Palette {
    theme: Theme::Light,
    background: hex(0xF7_F8_FA),
    panel: hex(0xFF_FF_FF),
    raised: hex(0xEE_F0_F3),
    hover: hex(0xE3_E7_EC),
    canvas: hex(0xE6_E9_ED),
    line: hex(0xD9_DE_E5),
    text: hex(0x14_18_1D),
    weak: hex(0x5A_65_72),
    disabled: hex(0x98_A2_B0),
    accent: hex(0x1B_62_C4),
    accent_hover: hex(0x15_52_A8),
    on_accent: hex(0xFF_FF_FF),
    good: hex(0x14_73_4B),
    warn: hex(0x85_57_00),
    danger: hex(0xC0_2E_2B),
    on_danger: hex(0xFF_FF_FF),
    shadow: Color32::from_black_alpha(36),
};

/// Hues of marked objects, safe for colour-blind eyes (Okabe and Ito, 2008), in the order they are given out.
pub const HUES: [Color32; 7] = [
    hex(0xE6_9F_00),
    hex(0x56_B4_E9),
    hex(0x00_9E_73),
    hex(0xF0_E4_42),
    hex(0x00_72_B2),
    hex(0xD5_5E_00),
    hex(0xCC_79_A7),
];

/// Under the line of a mark, so that it shows on any picture.
pub const MARK_CASING: Color32 = hex_alpha(0x0B_0D_10, 0xB8);
/// Truth, and the casing of what is selected.
pub const MARK_WHITE: Color32 = hex(0xFF_FF_FF);
/// Behind text that lies on a picture, in both themes.
pub const ON_PICTURE: Color32 = hex_alpha(0x10_12_16, 0xDC);
/// Text that lies on a picture.
pub const ON_PICTURE_TEXT: Color32 = hex(0xF1_F3_F6);
/// Secondary text that lies on a picture.
pub const ON_PICTURE_WEAK: Color32 = hex(0xB4_BC_C8);
/// Lines between the pixels of a picture that is zoomed far in.
pub const PIXEL_GRID: Color32 = hex_alpha(0x80_80_80, 0x60);
/// Multiplies a picture by one.
pub const UNTINTED: Color32 = Color32::WHITE;

impl Palette {
    /// The palette of `theme`.
    #[must_use]
    pub const fn of_theme(theme: Theme) -> &'static Self {
        match theme {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
        }
    }

    /// The palette that `ui` is drawn with.
    #[must_use]
    pub fn of(ui: &Ui) -> &'static Self {
        if ui.visuals().dark_mode { &DARK } else { &LIGHT }
    }

    /// Behind what is selected on a panel: 18 % accent.
    #[must_use]
    pub fn selection(&self) -> Color32 {
        self.panel.lerp_to_gamma(self.accent, 0.18)
    }

    /// Behind text of `tone` on a panel: a breath of it.
    #[must_use]
    pub fn tint(&self, tone: Color32) -> Color32 {
        self.panel.lerp_to_gamma(tone, 0.14)
    }

    /// Behind a token of this probability: nothing when certain, more of the warning colour the less it is.
    #[must_use]
    pub fn doubt(&self, probability: f32) -> Color32 {
        let doubt = (1.0 - probability).clamp(0.0, 1.0);
        self.warn.gamma_multiply(0.42 * doubt)
    }
}

/// Gives `ctx` the fonts and both themes. Call once, before the first frame.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    for palette in [&DARK, &LIGHT] {
        ctx.set_style_of(palette.theme, style::style(palette));
    }
}

/// The colour of a picture's own pixel, which no theme can name.
#[must_use]
pub const fn pixel_color([r, g, b]: [u8; 3]) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// The colour written `0xRRGGBB`; only this file writes colours down.
const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// `0xRRGGBB` with an opacity of 0 to 255.
const fn hex_alpha(rgb: u32, alpha: u8) -> Color32 {
    Color32::from_rgba_unmultiplied_const((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8, alpha)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of an opaque colour (WCAG 2.2).
    fn luminance(color: Color32) -> f32 {
        let linear = egui::Rgba::from(color);
        0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_reaches_four_and_a_half_to_one() {
        for p in [DARK, LIGHT] {
            let coloured = [p.text, p.weak, p.accent, p.good, p.warn, p.danger];
            for surface in [p.background, p.panel, p.raised] {
                for text in coloured {
                    let ratio = contrast(text, surface);
                    assert!(ratio >= 4.5, "{:?}: {text:?} on {surface:?} {ratio}", p.theme);
                }
            }
            for surface in [p.hover, p.selection(), p.canvas] {
                assert!(contrast(p.text, surface) >= 4.5);
                assert!(contrast(p.weak, surface) >= 4.5);
            }
            for tone in [p.accent, p.good, p.warn, p.danger] {
                let ratio = contrast(p.text, p.tint(tone));
                assert!(ratio >= 4.5, "{:?}: text on {tone:?} {ratio}", p.theme);
            }
            assert!(contrast(p.on_accent, p.accent) >= 4.5);
            assert!(contrast(p.on_accent, p.accent_hover) >= 4.5);
            assert!(contrast(p.on_danger, p.danger) >= 4.5);
        }
    }

    #[test]
    fn text_on_a_picture_is_readable_whatever_the_picture() {
        for picture in [Color32::BLACK, Color32::WHITE, HUES[3], HUES[4]] {
            let behind = picture.blend(ON_PICTURE);
            assert!(contrast(ON_PICTURE_TEXT, behind) >= 4.5);
            assert!(contrast(ON_PICTURE_WEAK, behind) >= 4.5);
        }
    }

    #[test]
    fn a_token_in_doubt_stays_readable() {
        for p in [DARK, LIGHT] {
            for step in 0..=10_u8 {
                let behind = p.panel.blend(p.doubt(f32::from(step) / 10.0));
                assert!(contrast(p.text, behind) >= 4.5, "{:?} {step}", p.theme);
            }
        }
    }
}

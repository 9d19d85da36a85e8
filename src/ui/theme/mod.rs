//! Every colour and size, once.
//!
//! Chrome is grey and has one accent; colour belongs to data and to danger. Sizes are screen points on a 4-point grid.
//! Knows nothing of what is drawn with it.

mod fonts;
mod sizes;
mod style;

use egui::{Color32, Context, Theme, Ui};

pub use fonts::{icon_family, semibold_family};
pub use sizes::*;
pub use style::{body, caption, icon, number, secondary, semibold, title};

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
    background: hex("#101216"),
    panel: hex("#16191F"),
    raised: hex("#1E222A"),
    hover: hex("#272C36"),
    canvas: hex("#0B0D10"),
    line: hex("#2A303A"),
    text: hex("#E7EAEF"),
    weak: hex("#98A2B0"),
    disabled: hex("#5B6572"),
    accent: hex("#5AA2FF"),
    accent_hover: hex("#7BB5FF"),
    on_accent: hex("#0B1220"),
    good: hex("#3FB27F"),
    warn: hex("#E0A63A"),
    danger: hex("#F0524F"),
    on_danger: hex("#16090A"),
    shadow: Color32::from_black_alpha(110),
};

/// Light theme: the same accents, darkened until text in them reaches 4.5:1 on every surface.
pub const LIGHT: Palette = Palette {
    theme: Theme::Light,
    background: hex("#F7F8FA"),
    panel: hex("#FFFFFF"),
    raised: hex("#EEF0F3"),
    hover: hex("#E3E7EC"),
    canvas: hex("#E6E9ED"),
    line: hex("#D9DEE5"),
    text: hex("#14181D"),
    weak: hex("#5A6572"),
    disabled: hex("#98A2B0"),
    accent: hex("#1B62C4"),
    accent_hover: hex("#1552A8"),
    on_accent: hex("#FFFFFF"),
    good: hex("#14734B"),
    warn: hex("#855700"),
    danger: hex("#C02E2B"),
    on_danger: hex("#FFFFFF"),
    shadow: Color32::from_black_alpha(36),
};

/// Hues of marked objects, safe for colour-blind eyes (Okabe and Ito, 2008), in the order they are given out.
pub const HUES: [Color32; 7] = [
    hex("#E69F00"),
    hex("#56B4E9"),
    hex("#009E73"),
    hex("#F0E442"),
    hex("#0072B2"),
    hex("#D55E00"),
    hex("#CC79A7"),
];

/// Under the line of a mark, so that it shows on any picture.
pub const MARK_CASING: Color32 = hex_alpha("#0B0D10", 0xB8);
/// Truth, and the casing of what is selected.
pub const MARK_WHITE: Color32 = hex("#FFFFFF");
/// Behind text that lies on a picture, in both themes.
pub const ON_PICTURE: Color32 = hex_alpha("#101216", 0xDC);
/// Text that lies on a picture.
pub const ON_PICTURE_TEXT: Color32 = hex("#F1F3F6");
/// Secondary text that lies on a picture.
pub const ON_PICTURE_WEAK: Color32 = hex("#B4BCC8");
/// Lines between the pixels of a picture that is zoomed far in.
pub const PIXEL_GRID: Color32 = hex_alpha("#808080", 0x60);
/// Multiplies a picture by one.
pub const UNTINTED: Color32 = Color32::WHITE;

impl Palette {
    /// The palette that `ui` is drawn with.
    #[must_use]
    pub fn of(ui: &Ui) -> &'static Self {
        if ui.visuals().dark_mode {
            &DARK
        } else {
            &LIGHT
        }
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

/// Gives `ctx` one more font, for letters that none of ours holds. `bytes` must be a sound font file.
pub fn add_font(ctx: &Context, bytes: Vec<u8>, index: u32) {
    ctx.add_font(fonts::last_resort(bytes, index));
}

/// The colour of a picture's own pixel, which no theme can name.
#[must_use]
pub const fn pixel_color([r, g, b]: [u8; 3]) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// The colour written `#RRGGBB`; only this file writes colours down.
const fn hex(text: &str) -> Color32 {
    hex_alpha(text, u8::MAX)
}

/// `#RRGGBB` with an opacity of 0 to 255.
const fn hex_alpha(text: &str, alpha: u8) -> Color32 {
    let digits = text.as_bytes();
    assert!(
        digits.len() == 7 && digits[0] == b'#',
        "a colour is written #RRGGBB"
    );
    let r = 16 * digit(digits[1]) + digit(digits[2]);
    let g = 16 * digit(digits[3]) + digit(digits[4]);
    let b = 16 * digit(digits[5]) + digit(digits[6]);
    Color32::from_rgba_unmultiplied_const(r, g, b, alpha)
}

const fn digit(letter: u8) -> u8 {
    match letter {
        b'0'..=b'9' => letter - b'0',
        b'A'..=b'F' => letter - b'A' + 10,
        _ => panic!("a colour's digits are 0-9 and A-F"),
    }
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
                    assert!(
                        ratio >= 4.5,
                        "{:?}: {text:?} on {surface:?} {ratio}",
                        p.theme
                    );
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

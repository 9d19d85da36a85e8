//! The fonts that come with the program, and the order in which they are asked for a glyph.
//!
//! Inter is the text, `JetBrains` Mono the numbers, Phosphor the icons. egui's own fonts stay at the end of every list,
//! and a character that none of them holds is drawn as a box, unless a font of the system is added for it.

use std::sync::Arc;

use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use egui::{FontData, FontDefinitions, FontFamily, FontTweak};

const INTER: &str = "Inter";
const INTER_SEMIBOLD: &str = "Inter SemiBold";
const MONO: &str = "JetBrains Mono";
const ICONS: &str = "Phosphor";

/// Family of titles and of what is emphasised.
#[must_use]
pub fn semibold_family() -> FontFamily {
    FontFamily::Name(INTER_SEMIBOLD.into())
}

/// Family of icons that stand alone.
#[must_use]
pub fn icon_family() -> FontFamily {
    FontFamily::Name(ICONS.into())
}

/// egui's fonts with ours in front.
pub(super) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in faces() {
        let tweak = FontTweak {
            // Phosphor sits on the baseline like a capital; text wants it centred on the x-height.
            y_offset_factor: if name == ICONS { 0.02 } else { 0.0 },
            ..FontTweak::default()
        };
        let data = FontData::from_static(bytes).tweak(tweak);
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    }
    let fallback = |family: FontFamily| fonts.families.get(&family).cloned().unwrap_or_default();
    let text = fallback(FontFamily::Proportional);
    let mono = fallback(FontFamily::Monospace);
    let chain = |first: &[&str], rest: &[String]| -> Vec<String> {
        let first = first.iter().map(|name| (*name).to_owned());
        first.chain(rest.iter().cloned()).collect()
    };
    let families = [
        (
            FontFamily::Proportional,
            chain(&[INTER, ICONS, MONO], &text),
        ),
        (
            semibold_family(),
            chain(&[INTER_SEMIBOLD, ICONS, MONO], &text),
        ),
        (FontFamily::Monospace, chain(&[MONO, ICONS, INTER], &mono)),
        (icon_family(), chain(&[ICONS], &text)),
    ];
    fonts.families.extend(families);
    fonts
}

/// A font of the system as the last one of every family of text.
pub(super) fn last_resort(bytes: Vec<u8>, index: u32) -> FontInsert {
    let mut data = FontData::from_owned(bytes);
    data.index = index;
    let family = |family| InsertFontFamily {
        family,
        priority: FontPriority::Lowest,
    };
    let families = [
        FontFamily::Proportional,
        FontFamily::Monospace,
        semibold_family(),
    ];
    FontInsert::new("System", data, families.map(family).into())
}

/// Name and bytes of each embedded font.
const fn faces() -> [(&'static str, &'static [u8]); 4] {
    [
        (
            INTER,
            include_bytes!("../../../assets/fonts/Inter-Regular.ttf"),
        ),
        (
            INTER_SEMIBOLD,
            include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf"),
        ),
        (
            MONO,
            include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf"),
        ),
        (ICONS, include_bytes!("../../../assets/fonts/Phosphor.ttf")),
    ]
}

#[cfg(test)]
mod tests {
    use egui::{Context, FontId, RawInput};

    use super::*;

    const SAMPLE: &str = "Aß éñ Łódź Ωμέγα Привет → ⇒ ≤ ≥ ≈ × ± ° µ “…” – — • ✓ ■";

    #[test]
    fn text_and_numbers_hold_the_scripts_we_promise() {
        let ctx = Context::default();
        super::super::install(&ctx);
        ctx.run_ui(RawInput::default(), |ui| {
            for family in [
                FontFamily::Proportional,
                FontFamily::Monospace,
                semibold_family(),
            ] {
                let font = FontId::new(13.0, family.clone());
                for glyph in SAMPLE.chars().filter(|c| *c != ' ') {
                    let held = ui.fonts_mut(|fonts| fonts.has_glyph(&font, glyph));
                    assert!(held, "{family:?} lacks {glyph}");
                }
            }
        })
        .drop_without_applying_deltas();
    }

    #[test]
    fn digits_of_the_text_font_are_equally_wide() {
        let ctx = Context::default();
        super::super::install(&ctx);
        ctx.run_ui(RawInput::default(), |ui| {
            let font = FontId::proportional(13.0);
            let width = |digit| ui.fonts_mut(|fonts| fonts.glyph_width(&font, digit));
            for digit in '1'..='9' {
                assert!((width(digit) - width('0')).abs() < 1e-3, "{digit}");
            }
        })
        .drop_without_applying_deltas();
    }

    #[test]
    fn unknown_characters_do_not_stop_the_program() {
        let ctx = Context::default();
        super::super::install(&ctx);
        let text = "把胡萝卜放在盘子上 ニンジン 당근 🥕 \u{10FFFD} \u{202E}abc\u{0}";
        ctx.run_ui(RawInput::default(), |ui| {
            let shown = ui.label(text);
            assert!(shown.rect.width() > 0.0);
        })
        .drop_without_applying_deltas();
    }
}

//! A palette as egui's style, and the type scale as rich text.

use egui::style::{
    Interaction, ScrollStyle, Selection, Spacing, TextCursorStyle, WidgetVisuals, Widgets,
};
use egui::{
    CornerRadius, FontFamily, FontId, Margin, RichText, Shadow, Stroke, Style, TextStyle, Visuals,
    vec2,
};

use super::{
    CAPTION_SPACING, CONTROL, HAIRLINE, ICON, Palette, RADIUS, SPACE, TEXT_BODY, TEXT_CAPTION,
    TEXT_NUMBER, TEXT_SECONDARY, TEXT_TITLE, icon_family, semibold_family,
};

/// Body text.
pub fn body(text: impl Into<String>) -> RichText {
    RichText::new(text).size(TEXT_BODY)
}

/// Emphasised body text.
pub fn semibold(text: impl Into<String>) -> RichText {
    RichText::new(text).font(FontId::new(TEXT_BODY, semibold_family()))
}

/// Secondary text; give it [`Palette::weak`] where it must step back.
pub fn secondary(text: impl Into<String>) -> RichText {
    RichText::new(text).size(TEXT_SECONDARY)
}

/// A caption: small capitals' spacing.
#[must_use]
pub fn caption(text: &str) -> RichText {
    RichText::new(text.to_uppercase())
        .font(FontId::new(TEXT_CAPTION, semibold_family()))
        .extra_letter_spacing(CAPTION_SPACING)
}

/// A title.
pub fn title(text: impl Into<String>) -> RichText {
    RichText::new(text).font(FontId::new(TEXT_TITLE, semibold_family()))
}

/// A number, a coordinate or a token.
pub fn number(text: impl Into<String>) -> RichText {
    RichText::new(text).font(FontId::new(TEXT_NUMBER, FontFamily::Monospace))
}

/// An icon that stands alone.
#[must_use]
pub fn icon(glyph: &str) -> RichText {
    RichText::new(glyph).font(FontId::new(ICON, icon_family()))
}

pub(super) fn style(palette: &Palette) -> Style {
    let mut style = Style {
        spacing: spacing(),
        interaction: Interaction {
            selectable_labels: false,
            tooltip_delay: 0.4,
            ..Interaction::default()
        },
        visuals: visuals(palette),
        animation_time: super::FADE_SECONDS,
        drag_value_text_style: TextStyle::Monospace,
        ..Style::default()
    };
    style.text_styles = [
        (TextStyle::Small, FontId::proportional(TEXT_SECONDARY)),
        (TextStyle::Body, FontId::proportional(TEXT_BODY)),
        (TextStyle::Button, FontId::proportional(TEXT_BODY)),
        (
            TextStyle::Heading,
            FontId::new(TEXT_TITLE, semibold_family()),
        ),
        (TextStyle::Monospace, FontId::monospace(TEXT_NUMBER)),
    ]
    .into();
    style
}

fn spacing() -> Spacing {
    Spacing {
        item_spacing: vec2(SPACE, SPACE),
        window_margin: Margin::same(12),
        menu_margin: Margin::same(8),
        button_padding: vec2(10.0, 4.0),
        indent: 16.0,
        interact_size: vec2(CONTROL, CONTROL),
        slider_width: 160.0,
        slider_rail_height: 4.0,
        icon_width: 16.0,
        icon_width_inner: 8.0,
        icon_spacing: 8.0,
        tooltip_width: 320.0,
        menu_spacing: 4.0,
        scroll: ScrollStyle {
            bar_width: 8.0,
            ..ScrollStyle::floating()
        },
        ..Spacing::default()
    }
}

fn visuals(p: &Palette) -> Visuals {
    let base = match p.theme {
        egui::Theme::Dark => Visuals::dark(),
        egui::Theme::Light => Visuals::light(),
    };
    let shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: p.shadow,
    };
    Visuals {
        weak_text_color: Some(p.weak),
        widgets: widgets(p),
        selection: Selection {
            bg_fill: p.selection(),
            stroke: Stroke::new(HAIRLINE, p.text),
        },
        hyperlink_color: p.accent,
        faint_bg_color: p.panel.lerp_to_gamma(p.raised, 0.5),
        extreme_bg_color: p.background,
        text_edit_bg_color: Some(p.background),
        code_bg_color: p.raised,
        warn_fg_color: p.warn,
        error_fg_color: p.danger,
        window_corner_radius: CornerRadius::same(8),
        window_shadow: shadow,
        window_fill: p.panel,
        window_stroke: Stroke::new(HAIRLINE, p.line),
        window_highlight_topmost: false,
        menu_corner_radius: CornerRadius::same(6),
        panel_fill: p.panel,
        popup_shadow: shadow,
        text_cursor: TextCursorStyle {
            stroke: Stroke::new(2.0, p.accent),
            ..TextCursorStyle::default()
        },
        indent_has_left_vline: false,
        slider_trailing_fill: true,
        handle_shape: egui::style::HandleShape::Circle,
        disabled_alpha: 0.45,
        collapsing_header_frame: false,
        ..base
    }
}

fn widgets(p: &Palette) -> Widgets {
    let rest = WidgetVisuals {
        bg_fill: p.raised,
        weak_bg_fill: p.raised,
        bg_stroke: Stroke::new(HAIRLINE, p.line),
        corner_radius: CornerRadius::same(RADIUS),
        fg_stroke: Stroke::new(HAIRLINE, p.text),
        expansion: 0.0,
    };
    let hovered = WidgetVisuals {
        bg_fill: p.hover,
        weak_bg_fill: p.hover,
        ..rest
    };
    Widgets {
        noninteractive: WidgetVisuals {
            bg_fill: p.panel,
            weak_bg_fill: p.panel,
            ..rest
        },
        inactive: rest,
        hovered,
        // egui also draws what has the keyboard this way, so the accent is the focus ring.
        active: WidgetVisuals {
            bg_stroke: Stroke::new(HAIRLINE, p.accent),
            ..hovered
        },
        open: hovered,
    }
}

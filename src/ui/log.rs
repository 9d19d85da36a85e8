//! The log: every message, filtered and searched.

use egui::{
    Align, FontId, Label, Layout, Margin, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2,
    vec2,
};

use super::panel::{Panel, PanelContext};
use super::theme::{self, CONTROL, Palette, ROW, SPACE_SMALL, TEXT_NUMBER, TEXT_SECONDARY};
use super::widgets::{EmptyState, IconButton, Tone, empty_state, segmented};
use super::{icons, units};
use crate::workbench::{Command, LogLine, NoticeLevel, Workbench};

const CLOCK_WIDTH: f32 = 56.0;
const ICON_WIDTH: f32 = 20.0;
/// Width from which level and search share a line.
const WIDE: f32 = 400.0;
/// Longest line that is laid out; the rest is in the tooltip.
const LINE_CHARS: usize = 400;

/// The panel.
#[derive(Debug)]
pub struct LogPanel {
    least: NoticeLevel,
    search: String,
    follow: bool,
}

impl Default for LogPanel {
    fn default() -> Self {
        Self {
            least: NoticeLevel::Info,
            search: String::new(),
            follow: true,
        }
    }
}

impl Panel for LogPanel {
    fn title(&self) -> &'static str {
        "Log"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let lines = self.matching(context.workbench);
        self.header(ui, context, &lines);
        if lines.is_empty() {
            self.nothing(ui, context.workbench);
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical()
            .id_salt("log")
            .auto_shrink(false)
            .stick_to_bottom(self.follow)
            .show_rows(ui, ROW, lines.len(), |ui, rows| {
                for line in &lines[rows] {
                    row(ui, line);
                }
            });
    }
}

impl LogPanel {
    fn matching<'a>(&self, workbench: &'a Workbench) -> Vec<&'a LogLine> {
        let search = self.search.trim();
        let wanted = |line: &&LogLine| {
            line.level >= self.least
                && (contains(&line.text, search) || contains(&line.target, search))
        };
        workbench.notices.log.iter().filter(wanted).collect()
    }

    fn header(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, lines: &[&LogLine]) {
        const LEVELS: [(NoticeLevel, &str); 3] = [
            (NoticeLevel::Info, "All"),
            (NoticeLevel::Warning, "Warnings"),
            (NoticeLevel::Error, "Errors"),
        ];
        let size = vec2(ui.available_width(), CONTROL);
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        let wide = size.x >= WIDE;
        if wide {
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                segmented(ui, "Level", &mut self.least, &LEVELS);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.tools(ui, context, lines);
                });
            });
        } else {
            segmented(ui, "Level", &mut self.least, &LEVELS);
            ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
                self.tools(ui, context, lines);
            });
        }
    }

    /// From the right: copy, follow, search.
    fn tools(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, lines: &[&LogLine]) {
        ui.spacing_mut().item_spacing.x = 0.0;
        if ui
            .add(IconButton::new(icons::COPY, "Copy shown lines"))
            .clicked()
        {
            context.push(Command::Copy(as_text(lines)));
        }
        let follow = IconButton::new(icons::CARET_DOWN, "Follow new lines").selected(self.follow);
        if ui.add(follow).clicked() {
            self.follow = !self.follow;
        }
        ui.add_space(SPACE_SMALL);
        let field = TextEdit::singleline(&mut self.search)
            .hint_text("Search")
            .margin(Margin::symmetric(8, 4))
            .align(egui::Align2::LEFT_CENTER)
            .desired_width(f32::INFINITY);
        ui.add(field).accessible_name("Search the log");
    }

    fn nothing(&mut self, ui: &mut Ui, workbench: &Workbench) {
        let all = workbench.notices.log.len();
        if all == 0 {
            let shown = EmptyState {
                icon: icons::LOG,
                title: "No messages yet",
                ..EmptyState::default()
            };
            empty_state(ui, &shown);
            return;
        }
        let hint = format!(
            "{} are hidden by the filter.",
            units::many(all, "line", "lines")
        );
        let shown = EmptyState {
            icon: icons::FILTER,
            title: "No line matches",
            hint: &hint,
            action: ("", "Show all", ""),
            ..EmptyState::default()
        };
        if empty_state(ui, &shown).acted {
            self.search.clear();
            self.least = NoticeLevel::Info;
        }
    }
}

/// Whether `text` holds `wanted`, ASCII letters in either case, without allocating: the log is searched each frame.
fn contains(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    wanted.is_empty()
        || text
            .windows(wanted.len())
            .any(|part| part.eq_ignore_ascii_case(wanted))
}

fn as_text(lines: &[&LogLine]) -> String {
    let mut text = String::new();
    for line in lines {
        let (clock, level) = (units::clock(line.at_secs), word(line.level));
        text.push_str(
            &format_args!("{clock} {level} {}: {}\n", line.target, line.text).to_string(),
        );
    }
    text
}

fn row(ui: &mut Ui, line: &LogLine) {
    let p = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let (icon, tone) = mark(line.level);
    response.widget_info(|| {
        WidgetInfo::labeled(
            Role::Row,
            true,
            format!("{}: {}", word(line.level), line.text),
        )
    });
    let color = if tone == Tone::Neutral {
        p.disabled
    } else {
        tone.color(p)
    };
    if response.hovered() {
        ui.painter().rect_filled(rect, 2.0, p.raised);
    }
    let painter = ui.painter_at(rect);
    let middle = rect.center().y;
    let left = |x: f32| pos2(rect.left() + x, middle);
    let clock = FontId::monospace(TEXT_NUMBER);
    let left_centre = egui::Align2::LEFT_CENTER;
    painter.text(
        left(SPACE_SMALL),
        left_centre,
        units::clock(line.at_secs),
        clock,
        p.weak,
    );
    let glyph = FontId::new(14.0, theme::icon_family());
    painter.text(
        left(SPACE_SMALL + CLOCK_WIDTH),
        left_centre,
        icon,
        glyph,
        color,
    );
    let start = SPACE_SMALL + CLOCK_WIDTH + ICON_WIDTH;
    let text: String = line
        .text
        .chars()
        .take(LINE_CHARS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut job = egui::text::LayoutJob::simple_singleline(
        text,
        FontId::proportional(TEXT_SECONDARY),
        p.text,
    );
    job.wrap =
        egui::text::TextWrapping::truncate_at_width((rect.width() - start - SPACE_SMALL).max(20.0));
    let galley = painter.layout_job(job);
    painter.galley(
        left(start) - vec2(0.0, galley.size().y / 2.0),
        galley,
        p.text,
    );
    response.on_hover_ui(|ui| {
        let p = Palette::of(ui);
        ui.add(Label::new(theme::secondary(&line.text)).wrap());
        ui.add(Label::new(theme::number(&line.target).color(p.weak)));
    });
}

const fn mark(level: NoticeLevel) -> (&'static str, Tone) {
    match level {
        NoticeLevel::Info => (icons::INFO, Tone::Neutral),
        NoticeLevel::Warning => (icons::WARNING, Tone::Warn),
        NoticeLevel::Error => (icons::ERROR, Tone::Danger),
    }
}

const fn word(level: NoticeLevel) -> &'static str {
    match level {
        NoticeLevel::Info => "info",
        NoticeLevel::Warning => "warning",
        NoticeLevel::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_ignores_case_and_an_empty_one_finds_all() {
        assert!(contains("Loaded 312 tensors", "TENSORS"));
        assert!(contains("anything", ""));
        assert!(!contains("short", "much longer than that"));
        assert!(contains("größe", "ö"));
    }
}

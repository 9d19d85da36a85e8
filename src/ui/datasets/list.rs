//! The list of episodes or samples: only the rows in sight exist, and only they get pictures.

use egui::{
    Align2, Color32, FontId, Galley, Rect, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2,
    vec2,
};

use super::small::SmallPictures;
use super::words;
use crate::engine::{DatasetAbout, DatasetEntry};
use crate::ui::panel::PanelContext;
use crate::ui::theme::{
    self, ICON, Palette, RADIUS, SPACE, SPACE_SMALL, TEXT_NUMBER, TEXT_SECONDARY, UNTINTED,
};
use crate::ui::widgets::{EmptyState, empty_state};
use crate::ui::{icons, units};
use crate::workbench::{Command, CommandId, DatasetCommand, DatasetState};

/// Height of a row: a small picture and its margin.
const ROW: f32 = 56.0;
/// The small picture.
const PICTURE: egui::Vec2 = vec2(64.0, 48.0);
/// Lines of a task that are shown.
const LINES: usize = 2;

/// The list. What is searched for is the document's; where it is scrolled to is kept here.
#[derive(Default)]
pub(super) struct EpisodeList {
    pictures: SmallPictures,
    /// Whether the search takes the keyboard.
    focus: bool,
    /// The entry that was on show, to scroll to a new one that others chose.
    seen: Option<usize>,
    /// How far it is scrolled.
    offset: f32,
    /// The entries in sight that pictures were asked for.
    asked: Vec<u64>,
}

impl EpisodeList {
    pub(super) fn focus_search(&mut self) {
        self.focus = true;
    }

    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        set: &DatasetState,
        about: &DatasetAbout,
    ) {
        self.pictures.prepare(set);
        self.search(ui, context, set, about);
        if set.matches.is_empty() {
            return nothing(ui, context, about);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut area = ScrollArea::vertical()
            .id_salt("episodes")
            .auto_shrink([false, false]);
        if self.seen != set.entry {
            self.seen = set.entry;
            area = self.follow(ui, area, set);
        }
        let mut in_sight = Vec::new();
        let output = area.show_rows(ui, ROW, set.matches.len(), |ui, rows| {
            for place in rows {
                let Some(&at) = set.matches.get(place) else {
                    continue;
                };
                let Some(entry) = about.entries.get(at as usize) else {
                    continue;
                };
                in_sight.push(entry.number);
                let row = Row {
                    set,
                    about,
                    entry: *entry,
                    chosen: set.entry == Some(at as usize),
                };
                if row.ui(ui, &mut self.pictures) {
                    self.seen = Some(at as usize);
                    context.push(Command::Dataset(DatasetCommand::Show(at as usize)));
                }
            }
        });
        self.offset = output.state.clamped_offset().y;
        self.want(context, set, in_sight);
    }

    fn search(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        set: &DatasetState,
        about: &DatasetAbout,
    ) {
        let mut text = set.filter.clone();
        let hint = format!("{} Search tasks, or 10-19", icons::SEARCH);
        let field = TextEdit::singleline(&mut text)
            .hint_text(hint)
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name("Search episodes");
        if std::mem::take(&mut self.focus) {
            response.request_focus();
        }
        if response.changed() {
            context.push(Command::Dataset(DatasetCommand::Filter(text)));
        }
        if !set.filter.is_empty() {
            let count = format!(
                "{} of {}",
                units::count(set.matches.len() as u64),
                units::count(about.entries.len() as u64)
            );
            ui.label(theme::secondary(count).color(Palette::of(ui).weak));
        }
    }

    /// Scrolls to the entry on show when it is not the one before: keys and the timeline choose entries too.
    fn follow(&self, ui: &Ui, area: ScrollArea, set: &DatasetState) -> ScrollArea {
        let Some(place) = set.place() else {
            return area;
        };
        let now = self.offset;
        let (top, height) = (place as f32 * ROW, ui.available_height());
        if top < now {
            area.vertical_scroll_offset(top)
        } else if top + ROW > now + height {
            area.vertical_scroll_offset(top + ROW - height)
        } else {
            area
        }
    }

    /// Asks for the pictures in sight that are not here, when the sight changed.
    fn want(&mut self, context: &mut PanelContext<'_>, set: &DatasetState, in_sight: Vec<u64>) {
        if self.asked == in_sight {
            return;
        }
        let missing = in_sight.iter().copied();
        let missing: Vec<u64> = missing
            .filter(|number| !set.thumbnails.contains_key(number))
            .collect();
        self.asked = in_sight;
        if !missing.is_empty() {
            context.push(Command::Dataset(DatasetCommand::WantThumbnails(missing)));
        }
    }
}

fn nothing(ui: &mut Ui, context: &mut PanelContext<'_>, about: &DatasetAbout) {
    if about.entries.is_empty() {
        let shown = EmptyState {
            icon: icons::DATA,
            title: "The dataset is empty",
            hint: "It holds no episode and no picture that can be read.",
            ..EmptyState::default()
        };
        empty_state(ui, &shown);
        return;
    }
    let shortcut = context.shortcut(CommandId::FindEpisode);
    let shown = EmptyState {
        icon: icons::SEARCH,
        title: "Nothing matches",
        hint: "Every word must occur in the task; a number finds an episode.",
        action: ("", "Show all", &shortcut),
        ..EmptyState::default()
    };
    if empty_state(ui, &shown).acted {
        context.push(Command::Dataset(DatasetCommand::Filter(String::new())));
    }
}

/// One entry of the list.
struct Row<'a> {
    set: &'a DatasetState,
    about: &'a DatasetAbout,
    entry: DatasetEntry,
    chosen: bool,
}

impl Row<'_> {
    /// Whether it was pressed.
    fn ui(&self, ui: &mut Ui, pictures: &mut SmallPictures) -> bool {
        let p = Palette::of(ui);
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
        let text = self.set.text(self.entry);
        let length = words::length(self.about, self.entry);
        let name = words::name(self.about, self.entry);
        response.widget_info(|| {
            let spoken = format!("{name}, {length}, {text}");
            WidgetInfo::selected(Role::ListItem, true, self.chosen, spoken)
        });
        let fill = match (self.chosen, response.hovered()) {
            (true, _) => p.selection(),
            (false, true) => p.raised,
            (false, false) => Color32::TRANSPARENT,
        };
        ui.painter().rect_filled(rect, f32::from(RADIUS), fill);
        if response.has_focus() {
            let stroke = egui::Stroke::new(1.0, p.accent);
            ui.painter()
                .rect_stroke(rect, f32::from(RADIUS), stroke, egui::StrokeKind::Inside);
        }
        let middle = rect.center().y;
        let room = Rect::from_min_size(
            pos2(rect.left() + SPACE_SMALL, middle - PICTURE.y / 2.0),
            PICTURE,
        );
        self.picture(ui, pictures, room);
        self.text(ui, rect.with_min_x(room.right() + SPACE), &length);
        let pressed = response.clicked();
        if !text.is_empty() {
            response.on_hover_text(text);
        }
        pressed
    }

    fn picture(&self, ui: &Ui, pictures: &mut SmallPictures, room: Rect) {
        let p = Palette::of(ui);
        let number = self.entry.number;
        ui.painter()
            .rect_filled(room, f32::from(RADIUS) / 2.0, p.canvas);
        if let Some((texture, place)) = pictures.fitted(ui.ctx(), (self.set, number), room) {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture, place, whole, UNTINTED);
            return;
        }
        let missing = self.set.thumbnails.contains_key(&number);
        let icon = if missing {
            icons::WARNING
        } else {
            icons::IMAGE
        };
        let font = FontId::new(ICON, theme::icon_family());
        ui.painter()
            .text(room.center(), Align2::CENTER_CENTER, icon, font, p.disabled);
    }

    /// Number and length in one line, the task in up to two below it.
    fn text(&self, ui: &Ui, rect: Rect, length: &str) {
        let p = Palette::of(ui);
        let painter = ui.painter_at(rect);
        let top = rect.top() + SPACE_SMALL;
        let right = rect.right() - SPACE_SMALL;
        let number = FontId::monospace(TEXT_NUMBER);
        let name = self.entry.number.to_string();
        let line = painter.text(
            pos2(rect.left(), top),
            Align2::LEFT_TOP,
            name,
            number.clone(),
            p.text,
        );
        painter.text(pos2(right, top), Align2::RIGHT_TOP, length, number, p.weak);
        let task = lines(ui, self.set.text(self.entry), right - rect.left());
        painter.galley(pos2(rect.left(), line.bottom() + 1.0), task, p.weak);
    }
}

/// A text in as many lines as a row has, cut at its end.
fn lines(ui: &Ui, text: &str, width: f32) -> std::sync::Arc<Galley> {
    let font = FontId::proportional(TEXT_SECONDARY);
    let mut job =
        egui::text::LayoutJob::simple(text.to_owned(), font, Color32::PLACEHOLDER, width.max(1.0));
    job.wrap.max_rows = LINES;
    job.wrap.break_anywhere = false;
    ui.painter().layout_job(job)
}

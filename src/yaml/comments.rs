//! The comments that belong to a document, an entry or an item.

use super::extent::{child_index, child_start};
use super::node::{Content, Span, Stream};
use super::place::{Place, Step};
use super::resolved::MERGE_KEY;
use super::text::{is_blank, previous_line};

impl Stream {
    /// The comments of an entry or item of a resolved document, without `#`: those above it, and the one
    /// on its line.
    pub fn comments(&self, place: &Place) -> Vec<&str> {
        let site = self.site_place(place);
        site.map_or_else(Vec::new, |site| self.comments_at(&site))
    }

    /// The comments of the merge key of a mapping of a resolved document; none without a merge key.
    pub fn merge_key_comments(&self, mapping: &Place) -> Vec<&str> {
        self.holder(mapping).map_or_else(Vec::new, |mapping| {
            self.comments_at(&mapping.child(Step::Key(MERGE_KEY.to_owned())))
        })
    }

    /// The comments of an entry or item at a place in the text.
    fn comments_at(&self, site: &Place) -> Vec<&str> {
        let Some((start, first)) = self.head(site) else {
            return Vec::new();
        };
        let mut found = self.comments_before(start);
        let beside = self.comment_after(first);
        found.extend(beside.map(|span| self.comment_text(&span)));
        found
    }

    /// The comment on the line of an entry or item of a resolved document, with its `#`.
    pub fn comment_beside(&self, place: &Place) -> Option<Span> {
        let site = self.site_place(place)?;
        self.comment_after(self.head(&site)?.1)
    }

    /// All comments, with their `#`, in text order.
    pub fn comment_spans(&self) -> &[Span] {
        &self.comments
    }

    /// The comments on the lines above an entry or item; blank lines can be between them.
    pub fn comments_above(&self, place: &Place) -> Vec<&str> {
        let site = self.site_place(place);
        let head = site.and_then(|site| self.head(&site));
        head.map_or_else(Vec::new, |(start, _)| self.comments_before(start))
    }

    fn comments_before(&self, start: usize) -> Vec<&str> {
        if !self.is_first(start) {
            return Vec::new();
        }
        // A comment that is indented deeper belongs to the lines above it.
        let depth = self.column(start);
        let is_deeper = |comment: &Option<Span>| {
            let comment = comment.as_ref();
            comment.is_some_and(|comment| self.column(comment.start) > depth)
        };
        let above = self.lines_above(start).take_while(|line| !is_deeper(line));
        let mut found: Vec<&str> = above.flatten().map(|c| self.comment_text(&c)).collect();
        found.reverse();
        found
    }

    /// The comments of a whole document, without `#`: those above its `---` and on that line, and those
    /// that a blank line separates from its content.
    pub fn document_comments(&self, index: usize) -> Vec<&str> {
        let Some(document) = self.documents.get(index) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if let Some(marker) = document.marker {
            // An indented comment belongs to the document before.
            let above = self.lines_above(document.span.start).flatten();
            found.extend(above.filter(|comment| self.column(comment.start) == 0));
            found.extend(self.comment_after(marker));
        }
        let start = document.root.start;
        if self.is_first(start) {
            let above = self.lines_above(start);
            found.extend(above.skip_while(Option::is_some).flatten());
        }
        found.iter().map(|span| self.comment_text(span)).collect()
    }

    /// The lines above an offset, upwards, as long as they are blank (`None`) or a comment.
    fn lines_above(&self, at: usize) -> impl Iterator<Item = Option<Span>> {
        let mut at = self.line_start(at);
        std::iter::from_fn(move || {
            let line = previous_line(&self.text, at)?;
            let comment = self.comment_on(line);
            at = line;
            (comment.is_some() || is_blank(&self.text, line)).then_some(comment)
        })
    }

    fn comment_text(&self, span: &Span) -> &str {
        self.text[span.start + 1..span.end].trim()
    }

    /// The start of an entry or item, and an offset on the line with its trailing comment.
    fn head(&self, place: &Place) -> Option<(usize, usize)> {
        let (parent, step) = place.parent()?;
        let parent = self.node(&parent)?;
        let index = child_index(parent, step)?;
        let start = child_start(parent, index)?;
        let value = parent.child(step)?;
        let first = match (value.layout(), &value.content) {
            (Some(_), _) => value.lead,
            (None, Content::Scalar(_)) => value.span.start.max(value.lead),
            (None, _) => value.end(),
        };
        Some((start, first))
    }
}

//! A file of the configuration: its text, its valid parts, and what is wrong with it.

use serde_yaml::Value;

use super::fault::ConfigFault;
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::shape::Fitting;
use super::source::Source;
use crate::domain::{ConfigPlace, ConfigText};

/// A file of the configuration.
#[derive(Debug)]
pub(super) struct Document<'t> {
    source: Source<'t>,
    /// All values; null if there are none.
    pub(super) value: Value,
    /// The valid parts, once the shape was checked.
    pub(super) fitting: Option<Fitting>,
    /// What is wrong with it.
    pub(super) notes: Notes,
}

/// What is wrong with a file, in file order.
pub(super) struct DocumentFaults {
    pub(super) faults: Vec<ConfigFault>,
    pub(super) left_out: usize,
    pub(super) warnings: Vec<ConfigFault>,
    pub(super) unused: Vec<ConfigFault>,
}

impl<'t> Document<'t> {
    /// Parses a text.
    ///
    /// # Errors
    /// When the text is not YAML, exceeds a limit or has a second document.
    pub(super) fn parse(text: ConfigText<'t>) -> Result<Self, Box<ConfigFault>> {
        let source = Source::parse(text.text, text.file)?;
        let value = if source.is_empty() {
            Value::Null
        } else {
            serde_yaml::from_str(source.text())
                .map_err(|e| Box::new(source.place(&Note::at(Pointer::root(), e.to_string()))))?
        };
        Ok(Self {
            source,
            value,
            fitting: None,
            notes: Notes::default(),
        })
    }

    /// Whether a value below a pointer into the valid parts has faults so far.
    pub(super) fn has_faults_in(&self, at: &Pointer) -> bool {
        let at = self.original(at);
        self.notes
            .faults
            .iter()
            .any(|fault| fault.at.is_within(&at))
    }

    /// The note about the valid parts as one about the file.
    pub(super) fn placed(&self, note: Note) -> Note {
        Note {
            at: self.original(&note.at),
            ..note
        }
    }

    /// Where the value at a pointer into the valid parts starts.
    pub(super) fn config_place(&self, at: &Pointer) -> ConfigPlace {
        self.source.config_place(&self.original(at))
    }

    fn original(&self, at: &Pointer) -> Pointer {
        let fitting = self.fitting.as_ref();
        fitting.map_or_else(|| at.clone(), |fitting| fitting.original(at))
    }

    /// What is wrong with it, at most `most` faults and warnings each.
    pub(super) fn into_faults(self, most: usize) -> DocumentFaults {
        let left_out = self.notes.count().saturating_sub(most);
        let placed = |mut notes: Vec<Note>| -> Vec<ConfigFault> {
            notes.sort_by_cached_key(|note| self.source.span(&note.at, note.spot).start);
            let first = notes.iter().take(most);
            first.map(|note| self.source.place(note)).collect()
        };
        DocumentFaults {
            faults: placed(self.notes.faults),
            left_out,
            warnings: placed(self.notes.warnings),
            unused: placed(self.notes.unused),
        }
    }
}

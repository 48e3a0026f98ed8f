//! The fields of a query or a form.

use url::form_urlencoded;

/// The fields of a query or a form, in order; a name may be there several times.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

/// A value that a field cannot have.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct UnknownWord {
    pub field: &'static str,
    pub word: String,
    /// What it can be.
    pub allowed: String,
}

impl UnknownWord {
    pub fn new(field: &'static str, word: &str, allowed: &str) -> Self {
        Self {
            field,
            word: word.to_owned(),
            allowed: allowed.to_owned(),
        }
    }
}

impl Fields {
    /// The fields in a text of the form `name=value&...`.
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first value of a field, if it is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// The same as text of its own.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// All values of a field that are not empty.
    pub fn all(&self, name: &str) -> Vec<String> {
        let named = self
            .0
            .iter()
            .filter(|(key, value)| key == name && !value.is_empty());
        named.map(|(_, value)| value.clone()).collect()
    }

    /// A number from 1.
    pub fn number(&self, name: &'static str) -> Result<Option<usize>, UnknownWord> {
        let parse = |word: &str| match word.parse() {
            Ok(number @ 1..) => Ok(number),
            Ok(_) | Err(_) => Err(UnknownWord::new(name, word, "a number from 1")),
        };
        self.get(name).map(parse).transpose()
    }

    /// The value of a field that can only be one of some words.
    pub fn one_of<T: Copy + ToString>(
        &self,
        name: &'static str,
        all: &[T],
    ) -> Result<Option<T>, UnknownWord> {
        let found = self.get(name).map(|word| one_of(name, word, all));
        found.transpose()
    }

    /// The values of a field that can only be some words.
    pub fn some_of<T: Copy + ToString>(
        &self,
        name: &'static str,
        all: &[T],
    ) -> Result<Vec<T>, UnknownWord> {
        let words = self.all(name);
        words.iter().map(|word| one_of(name, word, all)).collect()
    }
}

/// The value that a word of a field means.
pub(super) fn one_of<T: Copy + ToString>(
    field: &'static str,
    word: &str,
    all: &[T],
) -> Result<T, UnknownWord> {
    let mut values = all.iter();
    let found = values.find(|value| value.to_string() == word);
    found.copied().ok_or_else(|| {
        let words: Vec<String> = all
            .iter()
            .map(|value| format!("`{}`", value.to_string()))
            .collect();
        UnknownWord::new(field, word, &words.join(", "))
    })
}

/// A query of fields.
pub(super) fn query<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_a_field_cannot_have_is_an_error() {
        let fields = Fields::parse(b"page=2&limit=x&zero=0&by=b&by=c&mode=&none");
        assert_eq!(fields.number("page"), Ok(Some(2)));
        assert_eq!(fields.number("mode"), Ok(None));
        for (name, word) in [("limit", "x"), ("zero", "0")] {
            let error = fields.number(name).unwrap_err();
            assert_eq!(error, UnknownWord::new(name, word, "a number from 1"));
        }
        let words = ["a", "b"];
        assert_eq!(fields.one_of("by", &words), Ok(Some("b")));
        assert_eq!(fields.one_of("mode", &words), Ok(None));
        let error = fields.some_of("by", &words).unwrap_err();
        assert_eq!(error, UnknownWord::new("by", "c", "`a`, `b`"));
    }
}

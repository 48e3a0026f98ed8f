//! The filters and functions of message templates, which count the bytes that they handle.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::value::{Kwargs, Rest, ValueOrKwargs};
use minijinja::{Environment, Error, ErrorKind, State, Value, filters, functions, tests};

/// How many bytes all filters of one rendering may read and write.
const MAX_BYTES: usize = 8_000_000;
/// The longest list that a template may make of a text or a range.
const MAX_ITEMS: usize = 1_000;

/// The error of a template that exceeds a limit.
pub(super) fn exceeded(what: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, what)
}

/// The bytes that the filters of one rendering may still handle.
#[derive(Clone)]
struct Budget(Arc<AtomicUsize>);

impl Budget {
    fn take(&self, bytes: usize) -> Result<(), Error> {
        let less = |left: usize| left.checked_sub(bytes);
        match self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
        {
            Ok(_) => Ok(()),
            Err(_) => Err(exceeded("its filters handle more than 8 MB")),
        }
    }

    /// Counts the text of a value.
    fn take_value(&self, value: &Value) -> Result<(), Error> {
        let mut counter = Counter {
            bytes: 0,
            most: MAX_BYTES,
        };
        if write!(counter, "{value}").is_err() {
            return self.take(usize::MAX);
        }
        self.take(counter.bytes)
    }

    /// A filter that first counts its arguments, and what `more` adds for them.
    fn filter(
        &self,
        environment: &mut Environment<'_>,
        name: &'static str,
        function: Value,
        more: fn(&[Value]) -> usize,
    ) {
        let budget = self.clone();
        let counted = move |state: &mut State, arguments: Rest<ValueOrKwargs>| {
            let arguments = arguments.into_values();
            for value in &arguments {
                budget.take_value(value)?;
            }
            budget.take(more(&arguments))?;
            function.call(state, &arguments)
        };
        environment.add_filter(name, counted);
    }
}

/// Counts what is written, up to a limit.
struct Counter {
    bytes: usize,
    most: usize,
}

impl std::fmt::Write for Counter {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.bytes += text.len();
        if self.bytes > self.most {
            return Err(std::fmt::Error);
        }
        Ok(())
    }
}

/// Adds the filters, tests and functions.
pub(super) fn add(environment: &mut Environment<'_>) {
    let budget = Budget(Arc::new(AtomicUsize::new(MAX_BYTES)));
    macro_rules! counted {
        ($more:expr; $($name:literal => $function:path),* $(,)?) => {
            $(budget.filter(environment, $name, Value::from_function($function), $more);)*
        };
    }
    counted!(|_| 0;
        "lower" => filters::lower, "upper" => filters::upper, "title" => filters::title,
        "capitalize" => filters::capitalize, "trim" => filters::trim, "string" => filters::string,
        "safe" => filters::safe, "reverse" => filters::reverse, "sort" => filters::sort,
        "unique" => filters::unique, "min" => filters::min, "max" => filters::max,
        "items" => filters::items, "dictsort" => filters::dictsort, "groupby" => filters::groupby,
        "map" => filters::map,
    );
    counted!(five_times; "escape" => filters::escape, "e" => filters::escape);
    counted!(six_times; "tojson" => json);
    counted!(replaced; "replace" => filters::replace);
    counted!(separators; "join" => filters::join);
    counted!(indented; "indent" => filters::indent);
    counted!(tested;
        "select" => filters::select, "reject" => filters::reject,
        "selectattr" => filters::selectattr, "rejectattr" => filters::rejectattr,
    );
    counted!(pieces;
        "list" => filters::list, "split" => filters::split, "lines" => filters::lines,
    );
    // These neither copy nor read all of their argument.
    environment.add_filter("length", filters::length);
    environment.add_filter("count", filters::length);
    environment.add_filter("default", filters::default);
    environment.add_filter("d", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("last", filters::last);
    environment.add_filter("attr", filters::attr);
    environment.add_filter("abs", filters::abs);
    environment.add_filter("round", filters::round);
    environment.add_filter("int", filters::int);
    environment.add_filter("float", filters::float);
    environment.add_filter("bool", filters::bool);
    add_tests(environment);
    environment.add_function("namespace", functions::namespace);
    environment.add_function("dict", functions::dict);
    environment.add_function("range", range);
}

fn add_tests(environment: &mut Environment<'_>) {
    environment.add_test("defined", tests::is_defined);
    environment.add_test("undefined", tests::is_undefined);
    environment.add_test("none", tests::is_none);
    environment.add_test("boolean", tests::is_boolean);
    environment.add_test("true", tests::is_true);
    environment.add_test("false", tests::is_false);
    environment.add_test("odd", tests::is_odd);
    environment.add_test("even", tests::is_even);
    environment.add_test("divisibleby", tests::is_divisibleby);
    environment.add_test("number", tests::is_number);
    environment.add_test("integer", tests::is_integer);
    environment.add_test("float", tests::is_float);
    environment.add_test("string", tests::is_string);
    environment.add_test("sequence", tests::is_sequence);
    environment.add_test("iterable", tests::is_iterable);
    environment.add_test("mapping", tests::is_mapping);
    environment.add_test("startingwith", tests::is_startingwith);
    environment.add_test("endingwith", tests::is_endingwith);
    environment.add_test("lower", tests::is_lower);
    environment.add_test("upper", tests::is_upper);
    environment.add_test("in", tests::is_in);
    for name in ["eq", "equalto", "=="] {
        environment.add_test(name, tests::is_eq);
    }
    for name in ["ne", "!="] {
        environment.add_test(name, tests::is_ne);
    }
    for name in ["lt", "lessthan", "<"] {
        environment.add_test(name, tests::is_lt);
    }
    for name in ["le", "<="] {
        environment.add_test(name, tests::is_le);
    }
    for name in ["gt", "greaterthan", ">"] {
        environment.add_test(name, tests::is_gt);
    }
    for name in ["ge", ">="] {
        environment.add_test(name, tests::is_ge);
    }
}

/// Integers up to a limit.
fn range(lower: u32, upper: Option<u32>, step: Option<u32>) -> Result<Value, Error> {
    let (start, end) = upper.map_or((0, lower), |upper| (lower, upper));
    let step = usize::try_from(step.unwrap_or(1)).unwrap_or(1).max(1);
    let items: Vec<u32> = (start..end).step_by(step).take(MAX_ITEMS + 1).collect();
    if items.len() > MAX_ITEMS {
        return Err(exceeded("a range has more than 1000 items"));
    }
    Ok(items.into())
}

/// JSON on one line.
fn json(value: &Value) -> Result<Value, Error> {
    filters::tojson(value, None, Kwargs::from_iter([] as [(&str, Value); 0]))
}

/// The number of a value's items, or of a text's characters.
fn len(value: Option<&Value>) -> usize {
    value.map_or(0, |value| {
        value.len().unwrap_or_else(|| value.to_string().len())
    })
}

/// The bytes of a text argument; other values have no size of their own here.
fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

fn five_times(arguments: &[Value]) -> usize {
    len(arguments.first()).saturating_mul(5)
}

/// Escapes such as `\u003c` are the longest that JSON has.
fn six_times(arguments: &[Value]) -> usize {
    let size = arguments.first().map_or(0, |value| value.to_string().len());
    size.saturating_mul(6)
}

fn replaced(arguments: &[Value]) -> usize {
    let [value, from, to, ..] = arguments else {
        return 0;
    };
    let texts = [value, from, to].map(ToString::to_string);
    let [value, from, to] = texts.each_ref().map(String::as_str);
    value.matches(from).count().saturating_mul(to.len())
}

fn separators(arguments: &[Value]) -> usize {
    let separator = arguments.get(1).map_or(0, |s| s.to_string().len());
    len(arguments.first()).saturating_mul(separator)
}

fn indented(arguments: &[Value]) -> usize {
    let width = arguments.get(1).and_then(|w| {
        w.get_attr("width")
            .ok()
            .filter(|w| !w.is_undefined())
            .or_else(|| Some(w.clone()))
    });
    let width = width
        .and_then(|w| usize::try_from(w).ok())
        .unwrap_or(usize::MAX);
    let lines = text(arguments.first()).lines().count() + 1;
    lines.saturating_mul(width)
}

fn tested(arguments: &[Value]) -> usize {
    let size: usize = arguments.iter().skip(1).map(|a| a.to_string().len()).sum();
    len(arguments.first()).saturating_mul(size)
}

fn pieces(arguments: &[Value]) -> usize {
    match arguments.first() {
        Some(value) if value.as_str().is_some() && len(Some(value)) > MAX_ITEMS => usize::MAX,
        _ => 0,
    }
}

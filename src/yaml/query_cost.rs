//! An upper bound of the steps that a JSONPath query takes.
//!
//! # Why
//!
//! The steps of `$..[?$..[?$..*]]` grow with the cube of the document's size, and its evaluation
//! cannot be interrupted. So the steps are bounded before, by the query's structure and the size of
//! the document. Only the text of a query that was parsed is read here.

use serde_json::Value as Json;

/// The size of a document.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    nodes: f64,
    /// How many levels there are.
    depth: f64,
    /// The sum of the levels of all nodes, which is the sum of the sizes of all subtrees.
    levels: f64,
}

impl Size {
    pub(super) fn of(json: &Json) -> Self {
        let mut size = Self::default();
        let mut open = vec![(json, 1.0)];
        while let Some((json, level)) = open.pop() {
            size.nodes += 1.0;
            size.levels += level;
            size.depth = size.depth.max(level);
            match json {
                Json::Array(items) => open.extend(items.iter().map(|item| (item, level + 1.0))),
                Json::Object(entries) => {
                    open.extend(entries.values().map(|value| (value, level + 1.0)));
                }
                _ => {}
            }
        }
        size
    }
}

/// The most steps that a query takes on a document of this size.
pub(super) fn steps(query: &str, size: Size) -> f64 {
    let mut reader = Reader {
        text: query.as_bytes(),
        at: 1,
        size,
        steps: 0.0,
    };
    let nodes = Nodes {
        count: 1.0,
        total: size.nodes,
    };
    reader.query(nodes, 1.0);
    reader.steps
}

/// A bound of the nodes that a part of the query selects.
#[derive(Clone, Copy)]
struct Nodes {
    count: f64,
    /// The sum of the sizes of their subtrees.
    total: f64,
}

struct Reader<'q> {
    text: &'q [u8],
    at: usize,
    size: Size,
    steps: f64,
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// Reads the segments of a query that runs `times` times, over these nodes in all.
    fn query(&mut self, mut nodes: Nodes, times: f64) {
        loop {
            let start = self.at;
            self.skip_blanks();
            match self.peek() {
                b'.' => {
                    self.at += 1;
                    let is_descendant = self.peek() == b'.';
                    self.at += usize::from(is_descendant);
                    let visited = self.visited(nodes, is_descendant);
                    nodes = if self.peek() == b'[' {
                        self.brackets(visited, nodes)
                    } else {
                        let is_wildcard = self.peek() == b'*';
                        self.name();
                        self.selected(visited, nodes, is_wildcard)
                    };
                }
                b'[' => nodes = self.brackets(nodes, nodes),
                _ => {
                    self.at = start;
                    self.steps += times;
                    return;
                }
            }
        }
    }

    /// The nodes whose children a segment selects.
    fn visited(&mut self, nodes: Nodes, is_descendant: bool) -> Nodes {
        if !is_descendant {
            return nodes;
        }
        self.steps += nodes.total;
        let is_whole = nodes.count <= 1.0 && nodes.total <= self.size.nodes;
        let total = if is_whole {
            self.size.levels
        } else {
            nodes.total * self.size.depth
        };
        Nodes {
            count: nodes.total,
            total,
        }
    }

    /// What one selector selects of the children; `before` are the nodes before the segment.
    fn selected(&mut self, visited: Nodes, before: Nodes, is_wildcard: bool) -> Nodes {
        let children = before.total.min(visited.total);
        let count = if is_wildcard { children } else { visited.count };
        // The path of each node is copied.
        self.steps += count * self.size.depth;
        Nodes {
            count,
            total: visited.total,
        }
    }

    fn brackets(&mut self, visited: Nodes, before: Nodes) -> Nodes {
        self.at += 1;
        let mut all = Nodes {
            count: 0.0,
            total: 0.0,
        };
        loop {
            self.skip_blanks();
            let is_single = match self.peek() {
                b'\'' | b'"' => {
                    self.string();
                    true
                }
                b'?' => {
                    self.at += 1;
                    let children = Nodes {
                        count: before.total.min(visited.total),
                        total: visited.total,
                    };
                    self.filter(children);
                    false
                }
                _ => {
                    let start = self.at;
                    while !matches!(self.peek(), b',' | b']' | 0) {
                        self.at += 1;
                    }
                    // An index; a slice or a wildcard selects many.
                    !self.text[start..self.at]
                        .iter()
                        .any(|b| matches!(b, b':' | b'*'))
                }
            };
            let found = self.selected(visited, before, !is_single);
            all.count += found.count;
            all.total += found.total;
            self.skip_blanks();
            let next = self.peek();
            self.at += 1;
            if next != b',' {
                return all;
            }
        }
    }

    /// Reads the expression of a filter that runs for each of the nodes.
    fn filter(&mut self, nodes: Nodes) {
        let mut depth = 0;
        loop {
            match self.peek() {
                0 => return,
                b',' | b']' if depth == 0 => return,
                b'(' => {
                    depth += 1;
                    self.at += 1;
                }
                b')' => {
                    depth -= 1;
                    self.at += 1;
                }
                b'\'' | b'"' => self.string(),
                b'@' => {
                    self.at += 1;
                    self.query(nodes, nodes.count);
                }
                b'$' => {
                    self.at += 1;
                    // The whole document for each node.
                    let all = Nodes {
                        count: nodes.count,
                        total: nodes.count * self.size.nodes,
                    };
                    self.query(all, nodes.count);
                }
                b'a'..=b'z' => {
                    let start = self.at;
                    self.name();
                    if matches!(&self.text[start..self.at], b"match" | b"search") {
                        self.steps += nodes.count * self.regex();
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    /// The steps to compile the regular expression of a function, for each call.
    fn regex(&self) -> f64 {
        /// What compiling takes at least.
        const LEAST: f64 = 300.0;
        let mut ahead = Self {
            text: self.text,
            at: self.at,
            size: self.size,
            steps: 0.0,
        };
        let mut depth = 0;
        let mut literal = None;
        loop {
            match ahead.peek() {
                0 => break,
                b'(' => depth += 1,
                b')' if depth == 1 => break,
                b')' => depth -= 1,
                b'\'' | b'"' => {
                    let start = ahead.at;
                    ahead.string();
                    literal = Some(&ahead.text[start..ahead.at]);
                    continue;
                }
                _ => {}
            }
            ahead.at += 1;
        }
        // A pattern from the document can be as costly as the library allows.
        let Some(literal) = literal else {
            return 1_000_000.0;
        };
        let numbers = literal.split(|b| !b.is_ascii_digit());
        let repeats = numbers.filter_map(|n| std::str::from_utf8(n).ok()?.parse::<u32>().ok());
        let repeated: f64 = if literal.contains(&b'{') {
            repeats.map(|n| f64::from(n.max(1))).product()
        } else {
            1.0
        };
        #[expect(clippy::cast_precision_loss, reason = "a bound needs no precision")]
        let length = literal.len() as f64;
        LEAST + 10.0 * length * repeated
    }

    fn name(&mut self) {
        while matches!(self.peek(), b'*' | b'_' | b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | 0x80..)
        {
            self.at += 1;
        }
    }

    fn string(&mut self) {
        let quote = self.peek();
        self.at += 1;
        while self.peek() != quote && self.at < self.text.len() {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at = self.text.len().min(self.at + 1);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_queries_whose_steps_explode_are_costly() {
        let list: Vec<Json> = (0..3_000)
            .map(|i| json!({"name": format!("n{i}"), "image": {"tag": "1.0"}}))
            .collect();
        let size = Size::of(&json!({"spec": {"containers": list}}));
        for query in [
            "$",
            "$..*",
            "$.spec.containers[?@.name=='n1'].image.tag",
            "$..containers[?@.name=='[?$..*]'].image",
            "$..['spec','image']..tag",
            "$.spec.containers[?search(@.name,'^n1')]",
            "$.spec.containers[0:10].image",
            "$..[?count(@.*) > 2 && @.name != \"]$..*\"].name",
        ] {
            assert!(steps(query, size) < 5e6, "{query}: {}", steps(query, size));
        }
        for query in [
            "$..[?$..*]",
            "$..[?$..[?$..*]]",
            "$..[ ? $ .. * ]",
            "$..*[?count($..*) > 1]",
            "$..[?'x' == 'y' || $..['a']]",
            "$..*..*..*..*..*..*..*..*",
            "$..[*,*,*,*]..[*,*,*,*]..[*,*,*,*]..[*,*,*,*]",
            "$..[?@..[?@..[?@..[?@..[?@..[?@..*]]]]]]",
            "$..[?match(@.name, @.name)]",
            "$..[?search(@.name, $..*)]",
            "$..[?match(@.name, '((a{100}){100}){100}')]",
            &format!("$..[?{}]", "@ || ".repeat(10_000)),
        ] {
            assert!(steps(query, size) > 5e7, "{query}: {}", steps(query, size));
        }
    }

    #[test]
    fn a_query_that_ends_in_the_middle_is_read_to_its_end() {
        let size = Size::of(&json!({"a": 1}));
        for query in [
            "$[",
            "$[?",
            "$[?(@.a",
            "$[?'a",
            "$..[?$..[?@",
            "$[?match(@.a, 'b",
        ] {
            assert!(steps(query, size) < 5e6, "{query}");
        }
    }
}

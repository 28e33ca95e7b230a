//! What stands between two boxes: whether it joins them to one list, to a quotient or a sum, or parts them.

use super::boxed::braced;
use super::several::label;

/// Boxes further apart than this are answers of their own.
const WIDEST: usize = 80;

/// How two boxes belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// Elements of one list: a comma, a conjunction, a line break, a list mark between them.
    List,
    /// Answers to parts of a question: `(a) \boxed{1} (b) \boxed{2}`.
    Part,
    /// Numerator and denominator.
    Fraction,
    /// What an operator makes of them, and whether the second is its braced argument.
    Operator(&'static str, bool),
}

/// How `gap` joins the boxes around it. `inside` says whether they stand in one formula, where a dash is a minus.
pub(super) fn joint(gap: &str, inside: impl FnOnce() -> bool) -> Option<Joint> {
    if gap == "}{" {
        return Some(Joint::Fraction);
    }
    if gap.len() > WIDEST {
        return None;
    }
    operator(gap, inside).or_else(|| Gap::read(gap)?.joint())
}

/// An operator and nothing else.
fn operator(gap: &str, inside: impl FnOnce() -> bool) -> Option<Joint> {
    const OPERATORS: [(&str, &str); 16] = [
        ("/", "/"),
        ("$/$", "/"),
        ("\\div", "/"),
        ("÷", "/"),
        ("+", "+"),
        ("\\pm", "\\pm "),
        ("±", "\\pm "),
        ("\\cdot", "\\cdot "),
        ("\\times", "\\cdot "),
        ("·", "\\cdot "),
        ("×", "\\cdot "),
        ("^", "^"),
        ("^{", "^"),
        ("\\times10^{", "\\cdot 10^"),
        ("\\cdot10^{", "\\cdot 10^"),
        ("\\sqrt{", "\\sqrt"),
    ];
    if gap.contains('\n') {
        return None;
    }
    let mut bare: String = gap.split_whitespace().collect();
    for blank in ["\\,", "\\;", "\\!", "\\:"] {
        bare = bare.replace(blank, "");
    }
    // In prose a dash is no minus, and `Case A: 5` no ratio.
    match bare.as_str() {
        "-" | "−" => return inside().then_some(Joint::Operator("-", false)),
        ":" => return inside().then_some(Joint::Operator(":", false)),
        _ => {}
    }
    OPERATORS
        .iter()
        .find(|(written, _)| *written == bare)
        .map(|(written, sign)| Joint::Operator(sign, written.ends_with('{')))
}

/// Words that take back what was said before.
const CORRECTIONS: &str = "\
    but not no actually instead so thus hence then therefore wait rather correct incorrect wrong mistake \
    error becomes fixed";
/// Words that join, in several languages.
const CONJUNCTIONS: &str = "and or y und oder et ou 和 或 и или";
/// Words that name a further answer beside the first.
const FURTHER: &str = "\
    also alternatively otherwise else additionally likewise plus as well both too even possibly perhaps \
    maybe is are possible valid works";
/// Things that are several, each with its own answer.
const ALTERNATIVES: &str = "case option answer solution possibility scenario value root";
/// Parts of a question.
const PARTS: &str = "part question problem subpart";

/// Commands that only set things apart.
const LAYOUT: &str = "\
    quad qquad enspace thinspace space hfill newline par displaystyle left right \
    big Big item bullet cr hline text textbf mathrm mbox hbox medskip";

/// Whether a word is in a list of words.
pub(super) fn is_among(word: &str, known: &str) -> bool {
    known.split(' ').any(|own| own == word)
}

/// A gap in words and signs.
#[derive(Default)]
struct Gap {
    words: Vec<String>,
    /// A comma, a semicolon, an ampersand or a word for `and` and `or` between formulas.
    comma: bool,
    ampersand: bool,
    /// A full stop, a dash, a bar, a bullet, a number of a list.
    mark: bool,
    blank_line: bool,
    stop: bool,
    /// A colon: what stands before it names the next box.
    colon: bool,
    /// `(b)`.
    part: bool,
    /// Operators, digits, commands that mean something.
    foreign: bool,
}

impl Gap {
    /// `None` where something is taken back.
    fn read(gap: &str) -> Option<Self> {
        let mut read = Self {
            blank_line: gap.contains("\n\n"),
            stop: gap.contains(". "),
            ..Self::default()
        };
        // `x_1 =` labels the next box.
        let labelled = label(gap).and_then(|name| gap.rfind(name));
        let mut rest = labelled.map_or(gap, |at| &gap[..at]);
        while let Some(c) = rest.chars().next() {
            let behind = &rest[c.len_utf8()..];
            rest = match c {
                '\\' => read.command(behind),
                '(' => read.remark(behind),
                c if c.is_alphabetic() => read.word(rest),
                c if c.is_ascii_digit() => read.number(rest),
                c => {
                    read.sign(c);
                    behind
                }
            };
        }
        let corrects = |word: &String| is_among(word, CORRECTIONS);
        (!read.words.iter().any(corrects)).then_some(read)
    }

    fn sign(&mut self, c: char) {
        match c {
            ',' | ';' | '，' | '、' | '；' => self.comma = true,
            '&' => (self.comma, self.ampersand) = (true, true),
            '-' | '–' | '—' | '−' | '•' | '·' | '*' | '|' | '.' | '。' => {
                self.mark = true
            }
            ':' | '：' => self.colon = true,
            '$' | '~' | '{' | '}' | ')' | '[' | ']' | '_' | '`' | '"' | '!' => {}
            '\u{200b}'..='\u{200f}' | '\u{feff}' => {}
            c if c.is_whitespace() => {}
            _ => self.foreign = true,
        }
    }

    fn command<'g>(&mut self, behind: &'g str) -> &'g str {
        let length = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        if length == 0 {
            let c = behind.chars().next();
            self.foreign |= c.is_some_and(|c| !" ,;:!>\\()[]\n$&".contains(c));
            self.comma |= c == Some('&');
            return &behind[c.map_or(0, char::len_utf8)..];
        }
        let (name, rest) = behind.split_at(length);
        match name {
            "lor" | "vee" | "land" | "wedge" | "or" | "and" => self.comma = true,
            // An environment or a length is skipped with its name.
            "begin" | "end" | "hspace" | "vspace" | "phantom" => {
                return braced(rest).map_or(rest, |argument| &rest[argument.len() + 2..]);
            }
            name => self.foreign |= !is_among(name, LAYOUT),
        }
        rest
    }

    /// `(if zero is excluded)` says when, `(b)` which part; what it takes back is taken back.
    fn remark<'g>(&mut self, behind: &'g str) -> &'g str {
        let Some((inside, rest)) = behind.split_once(')') else {
            return behind;
        };
        let words = || {
            inside
                .split(|c: char| !c.is_alphabetic())
                .filter(|word| !word.is_empty())
        };
        let corrects = |word: &str| is_among(&word.to_lowercase(), CORRECTIONS);
        let roman = inside.len() < 5 && inside.bytes().all(|b| b"ivx".contains(&b));
        let letter = inside.chars().count() == 1 && inside.chars().all(char::is_alphanumeric);
        if letter || roman && !inside.is_empty() {
            self.part = true;
        } else if words().any(corrects) {
            self.words.push("but".to_owned());
        } else if words().next().is_none() {
            return behind;
        }
        rest
    }

    fn word<'g>(&mut self, rest: &'g str) -> &'g str {
        let length = rest.find(|c: char| !c.is_alphabetic());
        let (word, rest) = rest.split_at(length.unwrap_or(rest.len()));
        self.words.push(word.to_lowercase());
        rest
    }

    /// `2.` and `2)` begin an element of a list; `Case 2` is a name.
    fn number<'g>(&mut self, rest: &'g str) -> &'g str {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = rest.split_at(length);
        match rest.strip_prefix(['.', ')']) {
            Some(behind) if behind.starts_with([' ', '\n', '$', '\\', '*']) => {
                self.mark = true;
                behind
            }
            _ => {
                self.words.push(digits.to_owned());
                rest
            }
        }
    }

    fn joint(&self) -> Option<Joint> {
        let is = is_among;
        if self.part && self.words.is_empty() && !self.foreign {
            return Some(Joint::Part);
        }
        if let [thing, name] = &self.words[..]
            && self.colon
            && name.chars().count() <= 2
        {
            return match (is(thing, ALTERNATIVES), is(thing, PARTS)) {
                (true, _) => Some(Joint::List),
                (_, true) => Some(Joint::Part),
                _ => None,
            };
        }
        let number = |word: &String| word.starts_with(|c: char| c.is_ascii_digit());
        let words: Vec<&String> = self.words.iter().filter(|word| !number(word)).collect();
        let foreign = self.foreign || words.len() < self.words.len();
        let conjunction = words.iter().any(|word| is(word, CONJUNCTIONS));
        let joins = match words.len() {
            0 if foreign => self.comma && !self.blank_line && !self.stop,
            0 => !self.colon || self.comma,
            _ if !foreign
                && words
                    .iter()
                    .all(|word| is(word, CONJUNCTIONS) || is(word, FURTHER)) =>
            {
                conjunction || self.comma || self.mark || words.len() > 1 || !is(words[0], "is are")
            }
            // `\boxed{1} papers and \boxed{2} bins`
            1..=5 => (conjunction || self.ampersand) && !self.blank_line && !self.stop,
            _ => false,
        };
        joins.then_some(Joint::List)
    }
}

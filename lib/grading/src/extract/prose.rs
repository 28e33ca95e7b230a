//! Prose in tokens: which pieces are mathematics, which may follow one another in it, and which words part or
//! introduce values. Knows nothing about answers.

use std::ops::Range;

use crate::read::units::is_unit_word;

/// What a piece of prose is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `12`, `1,234.5`, `2.4e6`, `17 1/13`.
    Number,
    /// π, ∞, ½.
    Constant,
    /// A letter by itself.
    Name,
    /// A superscript or `%`, `°`, which must touch.
    Postfix,
    /// √, `\sqrt`, `\frac`.
    Root,
    Open,
    Close,
    /// An operator that binds tighter than a sum: `^ * / × :`.
    Tight,
    Sign,
    Equal,
    /// An inequality or membership.
    Order,
    Separator,
    Word,
    Other,
}

/// A piece of prose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    /// The text of it.
    pub(super) fn word<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.end]
    }

    pub(super) fn ends_operand(&self) -> bool {
        matches!(
            self.kind,
            Kind::Number | Kind::Constant | Kind::Name | Kind::Postfix | Kind::Close
        )
    }

    pub(super) fn begins_operand(&self) -> bool {
        matches!(
            self.kind,
            Kind::Number | Kind::Constant | Kind::Name | Kind::Root | Kind::Open
        )
    }
}

/// Whether `b` may follow `a` within one piece of mathematics.
pub(super) fn joins(text: &str, a: &Token, b: &Token, bracketed: bool) -> bool {
    let touching = a.end == b.start;
    if a.ends_operand() {
        return match b.kind {
            Kind::Tight => touching || b.word(text) != "^",
            Kind::Sign | Kind::Equal | Kind::Order | Kind::Close => true,
            Kind::Separator => bracketed,
            Kind::Postfix | Kind::Open | Kind::Name => touching,
            Kind::Number => touching && a.kind != Kind::Number,
            Kind::Constant | Kind::Root => touching || a.kind == Kind::Number,
            Kind::Word | Kind::Other => false,
        };
    }
    match a.kind {
        Kind::Tight | Kind::Equal | Kind::Order | Kind::Open | Kind::Root => {
            b.begins_operand() || b.kind == Kind::Sign
        }
        Kind::Separator => bracketed && (b.begins_operand() || b.kind == Kind::Sign),
        Kind::Sign => b.begins_operand(),
        _ => false,
    }
}

/// The pieces of a part of `text`.
pub(super) fn tokens(text: &str, window: Range<usize>) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = window.start;
    while let Some(c) = text[at..window.end].chars().next() {
        let start = at;
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let rest = &text[start..window.end];
        let (mut kind, length) = token(rest, c);
        if matches!(rest.as_bytes(), [b'x' | b'X' | b':', ..])
            && length == 1
            && tokens.last().is_some_and(|t| t.kind == Kind::Number)
            && is_between(&text[..start], &rest[1..])
        {
            kind = Kind::Tight;
        }
        at += length;
        tokens.push(Token {
            kind,
            start,
            end: at,
        });
    }
    tokens
}

/// Kind and length of the token that `rest` begins with.
fn token(rest: &str, c: char) -> (Kind, usize) {
    if is_digit(c) {
        return (Kind::Number, number(rest));
    }
    if c.is_alphabetic() && c != 'π' {
        return word(rest);
    }
    let kind = match c {
        '\\' => return command(rest),
        '*' if rest.starts_with("**") => Kind::Other,
        '^' | '*' | '/' | '×' | '·' | '⋅' | '∙' | '÷' => Kind::Tight,
        '-' | '–'
            if !rest[c.len_utf8()..].starts_with([' ', '$'])
                && !is_value(&rest[c.len_utf8()..]) =>
        {
            Kind::Other
        }
        '+' | '-' | '−' | '±' | '–' => Kind::Sign,
        '=' | '≈' => Kind::Equal,
        '<' | '>' | '≤' | '≥' | '∈' | '≠' => Kind::Order,
        ',' | ';' => Kind::Separator,
        '(' | '[' | '{' => Kind::Open,
        ')' | ']' | '}' => Kind::Close,
        '%' | '°' | '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' | '⁻' => Kind::Postfix,
        '√' | '∛' => Kind::Root,
        'π' | '∞' | '¼'..='¾' | '⅐'..='⅞' => Kind::Constant,
        _ => Kind::Other,
    };
    (kind, c.len_utf8())
}

/// Whether a value follows a sign.
fn is_value(rest: &str) -> bool {
    rest.starts_with(|c: char| {
        is_digit(c) || matches!(c, '(' | '\\' | 'π' | '√' | '∞' | '.') || c.is_ascii_alphabetic()
    })
}

/// Whether what stands between two numbers joins them: `3 x 10^8`, `3:4`; not `1: 5`, which counts.
fn is_between(before: &str, after: &str) -> bool {
    let spaced = before.ends_with(' ');
    let next = after.trim_start_matches(' ');
    spaced == after.starts_with(' ') && next.starts_with(|c: char| c.is_ascii_digit())
}

/// ASCII digits, and the digits that [`crate::read`] takes for them.
pub(super) fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '\u{ff10}'..='\u{ff19}' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' | '\u{966}'..='\u{96f}')
}

/// Length of the number that `rest` begins with: separators between digits, groups of three parted by blanks, a power
/// of ten, a proper fraction behind a whole number.
fn number(rest: &str) -> usize {
    let mut end = digits(rest);
    let leading = end;
    loop {
        let behind = &rest[end..];
        let Some(separator) = behind
            .chars()
            .next()
            .filter(|c| matches!(c, '.' | ',' | '．' | '٫' | '٬'))
        else {
            break;
        };
        match digits(&behind[separator.len_utf8()..]) {
            0 => break,
            more => end += separator.len_utf8() + more,
        }
    }
    if end == leading && leading <= 3 {
        end = grouped(rest, end);
    }
    let behind = &rest[end..];
    if let Some(power) = behind.strip_prefix(['e', 'E']) {
        let sign = usize::from(power.starts_with(['+', '-']));
        let more = digits(&power[sign..]);
        let alone = !power[sign + more..].starts_with(|c: char| c.is_alphanumeric());
        if more > 0 && alone {
            return end + 1 + sign + more;
        }
    }
    if end == leading {
        mixed(rest, end)
    } else {
        end
    }
}

fn digits(rest: &str) -> usize {
    rest.find(|c: char| !is_digit(c)).unwrap_or(rest.len())
}

/// The end of `1 234 567,8`.
fn grouped(rest: &str, mut end: usize) -> usize {
    loop {
        let behind = &rest[end..];
        let Some(blank) = behind
            .chars()
            .next()
            .filter(|c| matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}'))
        else {
            return end;
        };
        let group = &behind[blank.len_utf8()..];
        if digits(group) != 3 || !group.is_char_boundary(3) {
            return end;
        }
        end += blank.len_utf8() + 3;
        if rest[end..].starts_with([',', '.']) && digits(&rest[end + 1..]) > 0 {
            return end + 1 + digits(&rest[end + 1..]);
        }
    }
}

/// The end of `17 1/13`.
fn mixed(rest: &str, end: usize) -> usize {
    let fraction = || {
        let behind = rest[end..].strip_prefix(' ')?;
        let top = digits(behind);
        let bottom = digits(behind[top..].strip_prefix('/')?);
        let proper =
            behind[..top].parse::<u32>().ok()? < behind[top + 1..top + 1 + bottom].parse().ok()?;
        (top > 0 && proper).then_some(end + 1 + top + 1 + bottom)
    };
    fraction().unwrap_or(end)
}

/// A letter, a word; digits and underscores within it belong to it.
fn word(rest: &str) -> (Kind, usize) {
    let is_part = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’');
    let length = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
    let behind = &rest[length..];
    if rest.is_char_boundary(1) && (rest[..length].is_ascii() || length <= 2) {
        let name = behind
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(behind.len());
        if name > 0 {
            let kind = if length == 1 && behind.starts_with('_') {
                Kind::Name
            } else {
                Kind::Word
            };
            return (kind, length + name);
        }
    }
    let kind = match &rest[..length] {
        "pi" => Kind::Constant,
        "sqrt" => Kind::Root,
        word if word.len() == 1 => Kind::Name,
        _ => Kind::Word,
    };
    (kind, length)
}

/// A LaTeX command outside of a formula.
fn command(rest: &str) -> (Kind, usize) {
    let name = rest[1..]
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len() - 1);
    let kind = match &rest[1..1 + name] {
        "times" | "cdot" | "div" => Kind::Tight,
        "pi" | "infty" => Kind::Constant,
        "frac" | "dfrac" | "tfrac" | "sqrt" => Kind::Root,
        "pm" | "mp" => Kind::Sign,
        "le" | "leq" | "ge" | "geq" | "lt" | "gt" | "in" => Kind::Order,
        "approx" => Kind::Equal,
        "circ" => Kind::Postfix,
        "" => {
            return match rest.as_bytes().get(1) {
                Some(b'{') => (Kind::Open, 2),
                Some(b'}') => (Kind::Close, 2),
                Some(b'%') => (Kind::Postfix, 2),
                _ => (Kind::Other, 1),
            };
        }
        _ => Kind::Other,
    };
    (kind, 1 + name)
}

/// Whether what follows `before` is the exponent of a unit: the 2 of `9.8 m/s^2`.
pub(super) fn is_unit_exponent(before: &str) -> bool {
    let base = before.strip_suffix('{').unwrap_or(before);
    let Some(base) = base.strip_suffix('^') else {
        return false;
    };
    let start = base
        .rfind(|c: char| !c.is_ascii_alphabetic())
        .map_or(0, |at| {
            at + base[at..].chars().next().map_or(1, char::len_utf8)
        });
    let before = base[..start].trim_end_matches(' ');
    is_unit(&base[start..]) && before.ends_with(|c: char| is_digit(c) || matches!(c, '/' | '}'))
}

/// Whether a word before a number says that the number counts it off: `Chapter 2`, `line 7`.
pub(super) fn is_numbered(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    [
        "chapter",
        "section",
        "figure",
        "fig",
        "table",
        "step",
        "theorem",
        "lemma",
        "equation",
        "eq",
        "page",
        "line",
        "problem",
        "exercise",
        "example",
        "note",
        "reference",
        "appendix",
    ]
    .iter()
    .any(|noun| word.eq_ignore_ascii_case(noun))
}

/// Words that are units, and the letters that are behind a number or a slash.
pub(super) fn is_unit(word: &str) -> bool {
    is_unit_word(word) || matches!(word, "m" | "s" | "h")
}

/// Verbs behind which a value stands.
pub(super) fn is_copula(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "be"
            | "was"
            | "were"
            | "equals"
            | "equal"
            | "gives"
            | "yields"
            | "costs"
            | "takes"
            | "est"
            | "sont"
            | "ist"
            | "sind"
            | "es"
            | "son"
            | "è"
            | "sono"
            | "é"
            | "são"
            | "beträgt"
    )
}

/// Words before a list that leaves a choice.
pub(super) fn opens_list(word: &str) -> bool {
    matches!(word, "either" | "both" | "entweder" | "soit")
}

/// Words that join the elements of a list.
pub(super) fn is_conjunction(word: &str) -> bool {
    matches!(
        word,
        "and" | "or" | "y" | "und" | "oder" | "et" | "ou" | "e" | "o" | "и" | "или" | "和" | "或"
    )
}

/// Whether a conjunction stands before a number: `5 or 6 boxes`.
pub(super) fn joins_numbers(text: &str) -> bool {
    let mut words = text.split(' ');
    let mut next = words.clone().skip(1);
    words.any(|word| {
        let number = next.next().is_some_and(|next| next.starts_with(is_digit));
        number && is_conjunction(word)
    })
}

/// Words of at least two letters; LaTeX commands are none.
pub(super) fn words(text: &str) -> usize {
    text.split(' ')
        .map(|word| word.trim_matches(['*', ',', '.', ':', ';', '(', ')']))
        .filter(|word| word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic()))
        .count()
}

/// Words of more than two letters, labels such as `area:` included.
pub(super) fn long_words(text: &str) -> usize {
    text.split(|c: char| c.is_whitespace())
        .map(|word| word.strip_suffix(':').unwrap_or(word))
        .filter(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_alphabetic()))
        .count()
}

/// The last place at or before `at` where `text` may be cut.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

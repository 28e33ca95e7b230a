//! Splits an answer into tokens. Iterative and linear, whatever the input.

use std::borrow::Cow;

use super::code;
use super::numeral::{self, Grouping};
use super::phrases;
use super::repeating;
use super::scripts::{lowered, raised, vulgar};
use super::token::{Bracket, Constant, Function, Lexeme, Sign, Token};
use super::vocabulary::{self, Meaning};

/// Splits `text`. `grouping` says how digits around commas are read at the top level.
pub(crate) fn lex(text: &str, grouping: Grouping) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        text,
        at: 0,
        depth: 0,
        nested: 0,
        rows: false,
        spaced: false,
        grouping,
        imaginary: code::imaginary_letter(text),
        tokens: Vec::with_capacity(text.len() / 2 + 1),
    };
    lexer.run(text.len());
    angle_brackets(&mut lexer.tokens);
    mend(&mut lexer.tokens);
    join_rows(&mut lexer.tokens);
    phrases::translated(lexer.tokens)
}

/// Text commands may stand in one another this deep; deeper ones are skipped.
pub(super) const NESTED: usize = 8;

pub(super) struct Lexer<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// Open visible brackets: inside them `1,234` is two things.
    depth: usize,
    /// Arguments of text commands that are being read inside one another.
    pub(super) nested: usize,
    /// An environment has been opened, where `\\\\` parts rows.
    pub(super) rows: bool,
    pub(super) spaced: bool,
    grouping: Grouping,
    /// The letter of the imaginary unit, where that is not `i`.
    imaginary: Option<char>,
    pub(super) tokens: Vec<Token<'a>>,
}

impl<'a> Lexer<'a> {
    pub(super) fn run(&mut self, end: usize) {
        while self.at < end {
            let Some(c) = self.text[self.at..end].chars().next() else {
                return;
            };
            self.one(c, end);
        }
    }

    pub(super) fn rest(&self, end: usize) -> &'a str {
        &self.text[self.at..end]
    }

    pub(super) fn push(&mut self, lexeme: Lexeme<'a>) {
        match lexeme {
            Lexeme::Open(bracket) if bracket != Bracket::Brace => self.depth += 1,
            Lexeme::Close(bracket) if bracket != Bracket::Brace => {
                self.depth = self.depth.saturating_sub(1)
            }
            _ => {}
        }
        self.tokens.push(Token {
            lexeme,
            spaced: self.spaced,
        });
        self.spaced = false;
    }

    fn one(&mut self, c: char, end: usize) {
        match c {
            '\\' => self.command(end),
            '0'..='9' => self.number(end),
            '.' if numeral::starts_decimals(self.rest(end)) => self.number(end),
            '(' | 'A'..='Z' if self.lettered(end) => {}
            'a'..='z' | 'A'..='Z' => self.word(end),
            '$' | '"' | '`' | '“' | '”' => self.at += c.len_utf8(),
            '~' => self.blank(1),
            _ if c.is_whitespace() => self.blank(c.len_utf8()),
            '*' if self.rest(end).starts_with("**") => self.sign(Sign::Caret, 2),
            '<' if self.rest(end).starts_with("<=") => self.sign(Sign::LessEqual, 2),
            '>' if self.rest(end).starts_with(">=") => self.sign(Sign::GreaterEqual, 2),
            '=' if self.rest(end).starts_with("==") => self.sign(Sign::Equal, 2),
            '!' if self.rest(end).starts_with("!=") => self.sign(Sign::NotEqual, 2),
            '+' if self.rest(end).starts_with("+/-") => self.sign(Sign::PlusMinus, 3),
            '-' if self.rest(end).starts_with("->") => self.sign(Sign::Arrow, 2),
            '.' if self.rest(end).starts_with("...") => self.sign(Sign::Dots, 3),
            _ => self.character(c),
        }
    }

    fn blank(&mut self, length: usize) {
        self.spaced = true;
        self.at += length;
    }

    fn sign(&mut self, sign: Sign, length: usize) {
        self.at += length;
        self.push(Lexeme::Sign(sign));
    }

    fn character(&mut self, c: char) {
        self.at += c.len_utf8();
        if let Some(lexeme) = vocabulary::character(c) {
            self.push(lexeme);
        } else if let Some((top, bottom)) = vulgar(c) {
            self.push(Lexeme::Sign(Sign::Fraction));
            self.push(Lexeme::Number(Cow::Borrowed(top)));
            self.push(Lexeme::Number(Cow::Borrowed(bottom)));
        } else if raised(c).is_some() {
            self.script(c, Sign::Caret, raised);
        } else if lowered(c).is_some() {
            self.script(c, Sign::Underscore, lowered);
        } else if c.is_alphabetic()
            && !matches!(c, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{3ff}' | 'ℓ')
        {
            self.foreign(c);
        } else if c.is_alphabetic() {
            self.push(Lexeme::Letter(c));
        } else {
            self.push(Lexeme::Sign(Sign::Other(c)));
        }
    }

    /// A run of letters that no formula is written in: words of another language.
    fn foreign(&mut self, first: char) {
        let start = self.at - first.len_utf8();
        let length = self.text[self.at..].find(|c: char| c.is_ascii() || !c.is_alphabetic());
        self.at = length.map_or(self.text.len(), |length| self.at + length);
        self.push(Lexeme::Text(&self.text[start..self.at]));
    }

    /// A run of superscript or subscript characters as a braced argument.
    fn script(&mut self, first: char, sign: Sign, plain: fn(char) -> Option<char>) {
        let mut content: String = plain(first).into_iter().collect();
        while let Some((c, digit)) = self.text[self.at..]
            .chars()
            .next()
            .and_then(|c| Some((c, plain(c)?)))
        {
            content.push(digit);
            self.at += c.len_utf8();
        }
        self.push(Lexeme::Sign(sign));
        self.push(Lexeme::Open(Bracket::Brace));
        if let Some(rest) = content.strip_prefix('-') {
            self.push(Lexeme::Sign(Sign::Minus));
            content = rest.to_owned();
        }
        match content.parse::<u64>() {
            Ok(_) => self.push(Lexeme::Number(Cow::Owned(content))),
            Err(_) => content.chars().for_each(|c| self.push(Lexeme::Letter(c))),
        }
        self.push(Lexeme::Close(Bracket::Brace));
    }

    /// Digits and letters before the index of a base, brackets around them or not.
    fn lettered(&mut self, end: usize) -> bool {
        let Some((digits, base, length)) = code::lettered(self.rest(end)) else {
            return false;
        };
        // `2A_{11}+3A_{12}`: numbers times names, when there are several.
        let indexed = |token: &Token<'_>| token.lexeme == Lexeme::Sign(Sign::Underscore);
        let several = self.rest(end)[length..].contains('_') || self.tokens.iter().any(indexed);
        if several && code::may_be_product(digits) {
            return false;
        }
        self.at += length;
        self.push(Lexeme::Based(digits.to_ascii_uppercase().into(), base));
        true
    }

    /// Whether a list without blanks has just gone on: `27,` before `54`.
    fn in_list(&self) -> bool {
        let comma =
            |token: &Token<'_>| !token.spaced && matches!(token.lexeme, Lexeme::Sign(Sign::Comma));
        let number = |token: &Token<'_>| matches!(token.lexeme, Lexeme::Number(_));
        !self.spaced && matches!(self.tokens.as_slice(), [.., a, b] if number(a) && comma(b))
    }

    fn number(&mut self, end: usize) {
        if let Some((length, base)) = code::prefixed(self.rest(end)) {
            let digits = &self.rest(end)[..length];
            self.at += length;
            return self.push(Lexeme::Based(digits.into(), base));
        }
        if self.lettered(end) {
            return;
        }
        let grouping = Grouping {
            comma: self.grouping.comma && self.depth == 0 && !self.in_list(),
            decimal_comma: self.grouping.decimal_comma && self.depth == 0,
            ..self.grouping
        };
        match numeral::scan(self.rest(end), grouping) {
            Some(numeral) => {
                self.at += numeral.length;
                let digits = self.going_on(numeral.digits, end);
                self.push(Lexeme::Number(digits));
            }
            None => self.at += 1,
        }
    }

    /// The digits of a decimal without the dots behind it that say that its block repeats, and with the block marked
    /// where that is asked for.
    fn going_on(&mut self, digits: Cow<'a, str>, end: usize) -> Cow<'a, str> {
        let Some((_, decimals)) = digits.split_once('.') else {
            return digits;
        };
        let Some(dots) = repeating::dots(self.rest(end)) else {
            return digits;
        };
        let plain = decimals.bytes().all(|b| b.is_ascii_digit());
        let Some(block) = repeating::block(decimals).filter(|_| plain) else {
            return digits;
        };
        self.at += dots;
        if self.grouping.repeating {
            Cow::Owned(format!("{digits}~{block}"))
        } else {
            digits
        }
    }

    fn word(&mut self, end: usize) {
        let rest = self.rest(end);
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let word = &rest[..length];
        if code::is_module(word) && rest[length..].starts_with('.') {
            self.at += length + 1;
            return;
        }
        if let Some(length) = code::infinite_float(rest) {
            self.at += length;
            return self.push(Lexeme::Constant(Constant::Infinity));
        }
        let numbered = ["log10", "log2"]
            .into_iter()
            .find(|name| rest.starts_with(name) && rest[name.len()..].starts_with(['(', ' ', '{']));
        let word = numbered.unwrap_or(word);
        self.at += word.len();
        if word.len() == 1 {
            let letter = char::from(word.as_bytes()[0]);
            self.push(if self.imaginary == Some(letter) {
                Lexeme::Constant(Constant::I)
            } else {
                Lexeme::Letter(letter)
            });
        } else if let Some(lexeme) = vocabulary::word(word) {
            self.push(lexeme);
        } else if let Some((function, letter)) = glued(word) {
            self.push(function);
            self.push(Lexeme::Letter(letter));
        } else if rest[word.len()..].starts_with('(')
            && let Some((letter, function)) = multiplied(word)
        {
            self.push(Lexeme::Letter(letter));
            self.push(function);
        } else {
            self.push(Lexeme::Word(word));
        }
    }

    fn command(&mut self, end: usize) {
        let rest = &self.rest(end)[1..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let length = if letters > 0 {
            letters
        } else {
            rest.chars().next().map_or(0, char::len_utf8)
        };
        // JSON turned `\frac` and `\neq` that were escaped once too little into a form feed or a line feed; `\\frac` once too much.
        if rest.starts_with('\\')
            && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic())
            && !self.rows
        {
            self.at += 1;
            return;
        }
        let name = &rest[..length];
        self.at += 1 + length;
        if name == "\\" {
            self.at += row_gap(self.rest(end));
        }
        if name == "not" {
            return self.negated(end);
        }
        match vocabulary::command(name) {
            Meaning::Is(lexeme) => self.push(lexeme),
            Meaning::Nothing if matches!(name, "mathbf" | "boldsymbol" | "bm") => self.bold(end),
            Meaning::Nothing => {}
            Meaning::Blank => self.spaced = true,
            Meaning::Text => self.text_argument(end, false),
            Meaning::Upright => self.text_argument(end, true),
            Meaning::Delimiter => self.delimiter(end),
            Meaning::Blackboard => self.blackboard(end),
            Meaning::Begin => self.environment(end, Lexeme::Begin),
            Meaning::End => self.environment(end, Lexeme::End),
            Meaning::SkipArgument => {
                self.argument(end);
            }
            Meaning::Invisible => self.invisible(end),
        }
    }
}

impl<'a> Lexer<'a> {
    /// `\not=` and `\not\in`; another sign with a stroke through it is none that is known.
    fn negated(&mut self, end: usize) {
        let rest = self.rest(end);
        let trimmed = rest.trim_start();
        let blanks = rest.len() - trimmed.len();
        let (sign, length) = match trimmed {
            sign if sign.starts_with('=') => (Sign::NotEqual, 1),
            sign if sign.starts_with("\\in") => (Sign::NotIn, 3),
            _ => (Sign::Other('\u{338}'), 0),
        };
        self.at += blanks + length;
        self.push(Lexeme::Sign(sign));
    }

    /// `\mathbf{a}` is a vector and `\mathbf{R}` a number set; other bold things are only bold.
    fn bold(&mut self, end: usize) {
        let rest = self.rest(end).as_bytes();
        let [b'{', letter, b'}', ..] = rest else {
            return;
        };
        match letter {
            b'R' | b'Z' | b'Q' | b'N' => {
                let set = vocabulary::blackboard(&self.rest(end)[1..2]);
                self.at += 3;
                self.push(set.map_or(Lexeme::Letter(char::from(*letter)), Lexeme::Constant));
            }
            b'a'..=b'z' => self.push(Lexeme::Accent("vec")),
            _ => {}
        }
    }
}

/// `sinx` is the function and one letter.
fn glued(word: &str) -> Option<(Lexeme<'_>, char)> {
    let (name, letter) = word.split_at(word.len() - 1);
    match vocabulary::word(name)? {
        function @ Lexeme::Function(
            Function::Sin
            | Function::Cos
            | Function::Tan
            | Function::Ln
            | Function::Log
            | Function::Cot
            | Function::Sec
            | Function::Csc,
        ) => Some((function, letter.chars().next()?)),
        _ => None,
    }
}

/// `xsin` before a bracket is a letter and the function.
fn multiplied(word: &str) -> Option<(char, Lexeme<'_>)> {
    let (letter, name) = word.split_at(1);
    let function = matches!(name, "sin" | "cos" | "tan" | "ln" | "log" | "sqrt" | "exp");
    let function = function.then(|| vocabulary::word(name)).flatten()?;
    Some((letter.chars().next()?, function))
}

/// Letters that stand for operators only between certain neighbours.
fn mend(tokens: &mut [Token<'_>]) {
    for at in 1..tokens.len().saturating_sub(1) {
        let (before, after) = (&tokens[at - 1].lexeme, &tokens[at + 1]);
        let replacement = match &tokens[at].lexeme {
            Lexeme::Letter('U')
                if matches!(before, Lexeme::Close(_))
                    && matches!(after.lexeme, Lexeme::Open(_)) =>
            {
                Sign::Union
            }
            Lexeme::Letter('x' | 'X')
                if tokens[at].spaced == after.spaced
                    && matches!(before, Lexeme::Number(_))
                    && matches!(&after.lexeme, Lexeme::Number(n) if tokens[at].spaced || n == "10") =>
            {
                Sign::Times
            }
            _ => continue,
        };
        tokens[at].lexeme = Lexeme::Sign(replacement);
    }
}

/// Outside every environment and bracket, `5 & 15` and `5 \\\\ 15` are lists.
fn join_rows(tokens: &mut [Token<'_>]) {
    let marks = |token: &Token<'_>| {
        matches!(
            token.lexeme,
            Lexeme::Sign(Sign::Ampersand | Sign::NewRow) | Lexeme::Begin(_)
        )
    };
    let framed = |token: &Token<'_>| matches!(token.lexeme, Lexeme::Begin(_));
    if !tokens.iter().any(marks) || tokens.iter().any(framed) {
        return;
    }
    let mut depth = 0usize;
    for at in 0..tokens.len() {
        let apart = tokens[at].spaced && tokens.get(at + 1).is_some_and(|next| next.spaced);
        match tokens[at].lexeme {
            Lexeme::Open(_) => depth += 1,
            Lexeme::Close(_) => depth = depth.saturating_sub(1),
            Lexeme::Sign(Sign::Ampersand) if depth == 0 && apart => {
                tokens[at].lexeme = Lexeme::Sign(Sign::And);
            }
            Lexeme::Sign(Sign::NewRow) if depth == 0 => {
                tokens[at].lexeme = Lexeme::Sign(Sign::Comma);
            }
            _ => {}
        }
    }
}

/// `<3, -2, 7>` in plain signs.
fn angle_brackets(tokens: &mut [Token<'_>]) {
    let order = |token: &Token<'_>| {
        matches!(
            token.lexeme,
            Lexeme::Sign(Sign::Less | Sign::Greater | Sign::LessEqual | Sign::GreaterEqual)
        )
    };
    let [first, between @ .., last] = tokens else {
        return;
    };
    let listed = between
        .iter()
        .any(|token| token.lexeme == Lexeme::Sign(Sign::Comma));
    if listed
        && first.lexeme == Lexeme::Sign(Sign::Less)
        && last.lexeme == Lexeme::Sign(Sign::Greater)
        && !between.iter().any(order)
    {
        first.lexeme = Lexeme::Open(Bracket::Angle);
        last.lexeme = Lexeme::Close(Bracket::Angle);
    }
}

/// Length of the `[4pt]` behind the end of a row.
fn row_gap(rest: &str) -> usize {
    let gap = rest
        .strip_prefix('[')
        .and_then(|inner| inner.split_once(']'))
        .map(|(gap, _)| gap.trim());
    let is_length = |gap: &str| {
        let unit = gap.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
        unit.len() < gap.len() && matches!(unit.trim(), "pt" | "em" | "ex" | "mm" | "cm" | "in")
    };
    match gap.filter(|gap| is_length(gap)) {
        Some(_) => rest.find(']').map_or(0, |at| at + 1),
        None => 0,
    }
}

/// The constant that a single letter stands for where it is no index.
pub(crate) fn letter_constant(letter: char) -> Option<Constant> {
    match letter {
        'e' => Some(Constant::E),
        'i' => Some(Constant::I),
        _ => None,
    }
}

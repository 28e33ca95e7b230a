//! The words of the language that answers are written in, LaTeX and plain text alike.
//!
//! Two spellings of one thing are one token: `\leq`, `\le`, `<=` and `≤` are [`Sign::LessEqual`]. Comparing
//! token streams therefore already forgives spacing, `\left`/`\right`, `\dfrac` and unicode.

use std::borrow::Cow;

/// Operators, relations and punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Sign {
    Plus,
    Minus,
    PlusMinus,
    MinusPlus,
    Times,
    /// `\times`: a product of numbers, the cross product of vectors.
    Cross,
    Slash,
    Caret,
    Underscore,
    Bang,
    Percent,
    Degree,
    Prime,
    /// A currency's sign, by the name of its unit.
    Currency(&'static str),
    Comma,
    Semicolon,
    And,
    Or,
    /// `\land` and `\lor`: between propositions; between relations they are `and` and `or`.
    Conjunction,
    Disjunction,
    Colon,
    Bar,
    Norm,
    Mid,
    Equal,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    NotEqual,
    Approximately,
    Congruent,
    In,
    NotIn,
    Subset,
    Superset,
    Union,
    Intersection,
    Without,
    Arrow,
    Iff,
    Ampersand,
    NewRow,
    Dots,
    Fraction,
    Binomial,
    Over,
    Choose,
    Root,
    Sum,
    ProductOver,
    /// `\bmod`: an operator.
    Modulo,
    /// `\pmod`: names the modulus of a congruence.
    Modulus,
    Dot,
    Other(char),
}

/// Brackets that come in pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Bracket {
    Round,
    Square,
    /// `\{ \}`: a set.
    Curly,
    /// `{ }`: TeX's grouping, invisible.
    Brace,
    Angle,
    Floor,
    Ceiling,
}

/// Functions of one argument (a logarithm may carry a base, written as a subscript).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Function {
    Sin,
    Cos,
    Tan,
    Cot,
    Sec,
    Csc,
    ArcSin,
    ArcCos,
    ArcTan,
    ArcCot,
    ArcSec,
    ArcCsc,
    Sinh,
    Cosh,
    Tanh,
    Coth,
    Sech,
    Csch,
    ArcSinh,
    ArcCosh,
    ArcTanh,
    /// Natural logarithm.
    Ln,
    /// Logarithm that names no base: natural for some writers, decimal for others.
    Log,
    Log2,
    Log10,
    Exp,
    Abs,
    Sqrt,
    Cbrt,
    Floor,
    Ceiling,
    Factorial,
    DoubleFactorial,
    Gcd,
    Lcm,
    Min,
    Max,
    Binomial,
    Re,
    Im,
    Arg,
    Sign,
    Det,
    Norm,
    Conjugate,
    /// `a mod m`.
    Modulo,
    /// `cis x` is `cos x + i sin x`.
    Cis,
}

impl Function {
    /// Functions that an unsolved equation is made of: `\sqrt{x} = 5` does not say 5.
    pub(crate) fn hides_its_argument(self) -> bool {
        matches!(
            self,
            Self::Sqrt
                | Self::Cbrt
                | Self::Ln
                | Self::Log
                | Self::Log2
                | Self::Log10
                | Self::Exp
                | Self::Floor
                | Self::Ceiling
        )
    }

    /// Sine and its kin, without their inverses.
    pub(crate) fn is_trigonometric(self) -> bool {
        matches!(
            self,
            Self::Sin | Self::Cos | Self::Tan | Self::Cot | Self::Sec | Self::Csc
        )
    }
}

/// Fixed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Constant {
    Pi,
    E,
    I,
    Infinity,
    EmptySet,
    Reals,
    Integers,
    Naturals,
    Rationals,
    Complexes,
}

/// Before or after noon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Before,
    After,
}

/// A time of day as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: Option<u32>,
    pub(crate) half: Option<Half>,
}

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) month: u32,
    pub(crate) day: u32,
    pub(crate) year: Option<u32>,
}

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lexeme<'a> {
    /// Digits with at most one `.`, an optional `e` exponent, and an optional repeating part after `~`.
    Number(Cow<'a, str>),
    /// Digits with their base: `2A3_{16}`; with `0x`, `0b` or `0o` they are also a plain number.
    Based(Cow<'a, str>, u32),
    Clock(Clock),
    Date(Date),
    /// A one-letter name, Greek letters included.
    Letter(char),
    /// A run of plain letters that is no known name.
    Word(&'a str),
    /// What `\text{}`, `\mathrm{}` and their kin hold, trimmed.
    Text(&'a str),
    /// A LaTeX command without a meaning here.
    Command(&'a str),
    /// An accent (`\bar`, `\vec`, ...) over the next argument.
    Accent(&'a str),
    Function(Function),
    Constant(Constant),
    Sign(Sign),
    Open(Bracket),
    Close(Bracket),
    Begin(&'a str),
    End(&'a str),
}

/// A word and whether a blank stood before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) lexeme: Lexeme<'a>,
    pub(crate) spaced: bool,
}

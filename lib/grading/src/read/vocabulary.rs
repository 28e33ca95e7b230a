//! Which LaTeX commands, plain words and characters mean what.

use super::token::{Bracket, Constant, Function, Lexeme, Sign};

use Lexeme::{Close, Letter, Open};

/// What to do with a LaTeX command.
pub(crate) enum Meaning<'a> {
    /// It is this word.
    Is(Lexeme<'a>),
    /// Layout only: nothing is meant.
    Nothing,
    /// A blank.
    Blank,
    /// Its argument is text.
    Text,
    /// Its argument is a name set upright: text, or mathematics when it holds no word.
    Upright,
    /// `\left`, `\right`, `\big...`: a delimiter follows.
    Delimiter,
    /// `\mathbb`: its argument names a number set.
    Blackboard,
    Begin,
    End,
    /// Its argument is layout and is skipped (`\hspace{1cm}`).
    SkipArgument,
    /// Its argument is not shown, braced or not (`\phantom -`).
    Invisible,
}

/// The meaning of `\name`.
pub(crate) fn command(name: &str) -> Meaning<'_> {
    use Meaning::{
        Begin, Blackboard, Blank, Delimiter, End, Invisible, Is, Nothing, SkipArgument, Text,
        Upright,
    };
    if let Some(function) = function_command(name) {
        return Is(Lexeme::Function(function));
    }
    if let Some(letter) = greek(name) {
        return Is(Letter(letter));
    }
    if let Some(sign) = sign_command(name) {
        return Is(Lexeme::Sign(sign));
    }
    match name {
        "checkmark" | "blacksquare" | "displaystyle" | "textstyle" | "scriptstyle" | "limits"
        | "nolimits" | "mathbf" | "boldsymbol" | "bm" | "mathit" | "mathsf" | "mathtt"
        | "mathcal" | "mathfrak" | "mathscr" | "boxed" | "fbox" | "!" | "hline" | "nonumber"
        | "notag" | "(" | ")" | "[" | "]" | "rm" | "bf" | "it" | "cal" | "strut" | "centering"
        | "mathstrut" | "mathopen" | "mathclose" | "ensuremath" | "mathrel" | "mathbin" | "ans"
        | "answer" | "newline" | "scriptscriptstyle" | "tiny" | "scriptsize" | "footnotesize"
        | "small" | "normalsize" | "large" | "Large" | "LARGE" | "huge" | "Huge" | "upshape"
        | "bfseries" | "itshape" | "rmfamily" | "sffamily" | "ttfamily" | "normalfont"
        | "mathinner" | "mathord" | "mathpunct" | "smash" => Nothing,
        "," | ";" | ":" | ">" | " " | "quad" | "qquad" | "enspace" | "thinspace" | "space"
        | "/" | "\n" | "\t" => Blank,
        "text" | "textbf" | "textit" | "textrm" | "textsf" | "texttt" | "emph" | "mbox"
        | "hbox" | "textnormal" | "textsc" | "underline" | "textup" | "textstylebf" => Text,
        "mathrm" | "operatorname" | "operatorname*" | "unit" | "si" | "mathop" | "mathnormal" => {
            Upright
        }
        "left" | "right" | "big" | "Big" | "bigg" | "Bigg" | "bigl" | "bigr" | "Bigl" | "Bigr"
        | "biggl" | "biggr" | "Biggl" | "Biggr" | "middle" | "bigm" => Delimiter,
        "mathbb" | "Bbb" | "mathbbm" => Blackboard,
        "begin" => Begin,
        "end" => End,
        "hspace" | "vspace" | "hskip" | "label" | "tag" | "color" | "textcolor" | "colorbox"
        | "phantomsection" | "vskip" | "kern" => SkipArgument,
        "phantom" | "vphantom" | "hphantom" => Invisible,
        "lbrace" | "{" => Is(Open(Bracket::Curly)),
        "rbrace" | "}" => Is(Close(Bracket::Curly)),
        "langle" => Is(Open(Bracket::Angle)),
        "rangle" => Is(Close(Bracket::Angle)),
        "lfloor" => Is(Open(Bracket::Floor)),
        "rfloor" => Is(Close(Bracket::Floor)),
        "lceil" => Is(Open(Bracket::Ceiling)),
        "rceil" => Is(Close(Bracket::Ceiling)),
        "lbrack" => Is(Open(Bracket::Square)),
        "rbrack" => Is(Close(Bracket::Square)),
        "lparen" => Is(Open(Bracket::Round)),
        "rparen" => Is(Close(Bracket::Round)),
        "pi" => Is(Lexeme::Constant(Constant::Pi)),
        "infty" | "infin" => Is(Lexeme::Constant(Constant::Infinity)),
        "emptyset" | "varnothing" | "O" => Is(Lexeme::Constant(Constant::EmptySet)),
        "R" | "Reals" | "reals" => Is(Lexeme::Constant(Constant::Reals)),
        "Z" => Is(Lexeme::Constant(Constant::Integers)),
        "N" => Is(Lexeme::Constant(Constant::Naturals)),
        "Q" => Is(Lexeme::Constant(Constant::Rationals)),
        "C" => Is(Lexeme::Constant(Constant::Complexes)),
        "i" | "imath" => Is(Lexeme::Constant(Constant::I)),
        "jmath" => Is(Letter('j')),
        "top" | "intercal" => Is(Letter('T')),
        "neg" => Is(Lexeme::Command("lnot")),
        "bar" | "overline" | "hat" | "widehat" | "vec" | "overrightarrow" | "tilde"
        | "widetilde" | "dot" | "ddot" | "overleftrightarrow" | "overbar" | "overarc"
        | "stackrel" | "overset" | "underset" | "widearc" => Is(Lexeme::Accent(name)),
        _ => Is(Lexeme::Command(name)),
    }
}

fn sign_command(name: &str) -> Option<Sign> {
    Some(match name {
        "times" => Sign::Cross,
        "cdot" | "ast" | "star" | "cdotp" | "bullet" => Sign::Times,
        "div" => Sign::Slash,
        "pm" => Sign::PlusMinus,
        "mp" => Sign::MinusPlus,
        "le" | "leq" | "leqslant" | "leqq" => Sign::LessEqual,
        "ge" | "geq" | "geqslant" | "geqq" => Sign::GreaterEqual,
        "lt" => Sign::Less,
        "gt" => Sign::Greater,
        "ne" | "neq" => Sign::NotEqual,
        "approx" | "approxeq" | "simeq" | "sim" | "doteq" => Sign::Approximately,
        "equiv" | "cong" => Sign::Congruent,
        "in" | "isin" => Sign::In,
        "notin" => Sign::NotIn,
        "subset" | "subseteq" | "subsetneq" => Sign::Subset,
        "supset" | "supseteq" | "supsetneq" => Sign::Superset,
        "cup" | "bigcup" => Sign::Union,
        "cap" | "bigcap" => Sign::Intersection,
        "setminus" | "backslash" | "smallsetminus" => Sign::Without,
        "to" | "rightarrow" | "Rightarrow" | "implies" | "longrightarrow" | "Longrightarrow"
        | "mapsto" => Sign::Arrow,
        "iff" | "Leftrightarrow" | "leftrightarrow" | "Longleftrightarrow" => Sign::Iff,
        "and" => Sign::And,
        "land" | "wedge" => Sign::Conjunction,
        "or" => Sign::Or,
        "lor" | "vee" => Sign::Disjunction,
        "mid" => Sign::Mid,
        "vert" | "lvert" | "rvert" => Sign::Bar,
        "Vert" | "lVert" | "rVert" | "|" => Sign::Norm,
        "%" => Sign::Percent,
        "circ" | "degree" | "textdegree" => Sign::Degree,
        "prime" => Sign::Prime,
        "$" | "textdollar" => Sign::Currency("dollars"),
        "pounds" | "pound" | "textsterling" => Sign::Currency("pounds"),
        "euro" | "texteuro" => Sign::Currency("euros"),
        "yen" | "textyen" => Sign::Currency("yen"),
        "cent" | "textcent" => Sign::Currency("cents"),
        "&" => Sign::And,
        "\\" | "cr" | "tabularnewline" => Sign::NewRow,
        "ldots" | "cdots" | "dots" | "dotsc" | "dotsb" | "vdots" | "ddots" => Sign::Dots,
        "frac" | "dfrac" | "tfrac" | "cfrac" | "nicefrac" | "sfrac" | "flatfrac" | "xfrac" => {
            Sign::Fraction
        }
        "binom" | "dbinom" | "tbinom" => Sign::Binomial,
        "over" => Sign::Over,
        "choose" => Sign::Choose,
        "sqrt" => Sign::Root,
        "sum" => Sign::Sum,
        "prod" => Sign::ProductOver,
        "bmod" | "mod" => Sign::Modulo,
        "pmod" | "pod" => Sign::Modulus,
        "colon" => Sign::Colon,
        "_" => Sign::Underscore,
        _ => return None,
    })
}

fn function_command(name: &str) -> Option<Function> {
    use Function as F;
    Some(match name {
        "Re" => F::Re,
        "Im" => F::Im,
        "log" => F::Log,
        "abs" => F::Abs,
        _ => {
            return function_word(name)
                .filter(|function| !matches!(function, F::Sqrt | F::Abs | F::Binomial));
        }
    })
}

fn function_word(name: &str) -> Option<Function> {
    use Function as F;
    Some(match name {
        "sin" => F::Sin,
        "cos" => F::Cos,
        "tan" | "tg" => F::Tan,
        "cot" | "ctg" | "cotan" => F::Cot,
        "sec" => F::Sec,
        "csc" | "cosec" => F::Csc,
        "arcsin" | "asin" => F::ArcSin,
        "arccos" | "acos" => F::ArcCos,
        "arctan" | "atan" | "arctg" => F::ArcTan,
        "arccot" | "acot" | "arcctg" => F::ArcCot,
        "arcsec" | "asec" => F::ArcSec,
        "arccsc" | "acsc" => F::ArcCsc,
        "sinh" => F::Sinh,
        "cosh" => F::Cosh,
        "tanh" => F::Tanh,
        "coth" => F::Coth,
        "sech" => F::Sech,
        "csch" => F::Csch,
        "arcsinh" | "asinh" | "arsinh" => F::ArcSinh,
        "arccosh" | "acosh" | "arcosh" => F::ArcCosh,
        "arctanh" | "atanh" | "artanh" => F::ArcTanh,
        "ln" => F::Ln,
        "log" => F::Log,
        "lg" | "log10" => F::Log10,
        "log2" => F::Log2,
        "exp" => F::Exp,
        "abs" | "Abs" => F::Abs,
        "sqrt" => F::Sqrt,
        "cbrt" => F::Cbrt,
        "floor" => F::Floor,
        "ceil" | "ceiling" => F::Ceiling,
        "factorial" => F::Factorial,
        "gcd" => F::Gcd,
        "lcm" => F::Lcm,
        "min" => F::Min,
        "max" => F::Max,
        "binomial" | "binom" | "comb" | "nCr" => F::Binomial,
        "arg" => F::Arg,
        "sgn" | "sign" => F::Sign,
        "det" => F::Det,
        "conj" => F::Conjugate,
        "cis" => F::Cis,
        _ => return None,
    })
}

/// The Greek letter of a command or a plain word (`theta`).
fn greek(name: &str) -> Option<char> {
    Some(match name {
        "alpha" => 'α',
        "beta" => 'β',
        "gamma" => 'γ',
        "delta" => 'δ',
        "epsilon" | "varepsilon" => 'ε',
        "zeta" => 'ζ',
        "eta" => 'η',
        "theta" | "vartheta" => 'θ',
        "iota" => 'ι',
        "kappa" => 'κ',
        "lambda" => 'λ',
        "mu" => 'μ',
        "nu" => 'ν',
        "xi" => 'ξ',
        "rho" | "varrho" => 'ρ',
        "sigma" | "varsigma" => 'σ',
        "tau" => 'τ',
        "upsilon" => 'υ',
        "phi" | "varphi" => 'φ',
        "chi" => 'χ',
        "psi" => 'ψ',
        "omega" => 'ω',
        "Gamma" => 'Γ',
        "Delta" => 'Δ',
        "Theta" => 'Θ',
        "Lambda" => 'Λ',
        "Xi" => 'Ξ',
        "Pi" => 'Π',
        "Sigma" => 'Σ',
        "Phi" => 'Φ',
        "Psi" => 'Ψ',
        "Omega" => 'Ω',
        "ell" => 'ℓ',
        "hbar" => 'ħ',
        "partial" => '∂',
        "nabla" => '∇',
        _ => return None,
    })
}

/// A plain word that is a name: a function, a constant, a Greek letter, a conjunction.
pub(crate) fn word(name: &str) -> Option<Lexeme<'_>> {
    if let Some(function) = function_word(name) {
        return Some(Lexeme::Function(function));
    }
    Some(match name {
        "pi" | "Pi" | "PI" => Lexeme::Constant(Constant::Pi),
        "oo" | "inf" | "infinity" | "Infinity" | "infty" | "Inf" => {
            Lexeme::Constant(Constant::Infinity)
        }
        "emptyset" | "EmptySet" => Lexeme::Constant(Constant::EmptySet),
        "and" | "et" | "und" => Lexeme::Sign(Sign::And),
        "or" | "ou" | "oder" => Lexeme::Sign(Sign::Or),
        "frac" => Lexeme::Sign(Sign::Fraction),
        "cdot" => Lexeme::Sign(Sign::Times),
        "mod" | "modulo" => Lexeme::Sign(Sign::Modulo),
        "U" => Lexeme::Letter('U'),
        // `xi`, `nu` and `mu` are also products of two letters; the rest are no one's product.
        "xi" | "nu" | "mu" | "eta" => return None,
        _ => Lexeme::Letter(greek(name)?),
    })
}

/// Commands that set words in a font.
pub(crate) const TEXT_COMMANDS: [&str; 14] = [
    "text",
    "textbf",
    "textrm",
    "textit",
    "textsf",
    "texttt",
    "mathrm",
    "mathbf",
    "mbox",
    "emph",
    "boldsymbol",
    "bm",
    "bf",
    "rm",
];

/// Commands that set things apart or in another font and say nothing.
pub(crate) fn is_setting(name: &str) -> bool {
    TEXT_COMMANDS.contains(&name)
        || matches!(name, "" | "quad" | "qquad" | "displaystyle" | "textstyle")
}

/// The set that `\mathbb{X}` names.
pub(crate) fn blackboard(name: &str) -> Option<Constant> {
    Some(match name {
        "R" => Constant::Reals,
        "Z" => Constant::Integers,
        "N" => Constant::Naturals,
        "Q" => Constant::Rationals,
        "C" => Constant::Complexes,
        _ => return None,
    })
}

/// The meaning of a character outside letters, digits and TeX's own signs.
pub(crate) fn character(c: char) -> Option<Lexeme<'static>> {
    Some(match c {
        '(' | '（' => Open(Bracket::Round),
        ')' | '）' => Close(Bracket::Round),
        '[' | '［' => Open(Bracket::Square),
        ']' | '］' => Close(Bracket::Square),
        '⟨' | '〈' => Open(Bracket::Angle),
        '⟩' | '〉' => Close(Bracket::Angle),
        '⌊' => Open(Bracket::Floor),
        '⌋' => Close(Bracket::Floor),
        '⌈' => Open(Bracket::Ceiling),
        '⌉' => Close(Bracket::Ceiling),
        '{' => Open(Bracket::Brace),
        '}' => Close(Bracket::Brace),
        // Micro, ohm and ångström signs are letters' twins.
        '\u{b5}' => Letter('μ'),
        '\u{2126}' => Letter('Ω'),
        '\u{212b}' => Letter('Å'),
        '∠' => Lexeme::Command("angle"),
        '△' => Lexeme::Command("triangle"),
        'π' => Lexeme::Constant(Constant::Pi),
        '∞' => Lexeme::Constant(Constant::Infinity),
        '∅' => Lexeme::Constant(Constant::EmptySet),
        'ℝ' => Lexeme::Constant(Constant::Reals),
        'ℤ' => Lexeme::Constant(Constant::Integers),
        'ℕ' => Lexeme::Constant(Constant::Naturals),
        'ℚ' => Lexeme::Constant(Constant::Rationals),
        'ℂ' => Lexeme::Constant(Constant::Complexes),
        '∛' => Lexeme::Function(Function::Cbrt),
        _ => Lexeme::Sign(sign_character(c)?),
    })
}

fn sign_character(c: char) -> Option<Sign> {
    Some(match c {
        '+' | '＋' => Sign::Plus,
        '-' | '−' | '–' | '—' | '‑' | '‐' | '－' | '﹣' => Sign::Minus,
        '±' => Sign::PlusMinus,
        '∓' => Sign::MinusPlus,
        '×' | '✕' => Sign::Cross,
        '*' | '·' | '⋅' | '∙' | '•' | '∗' => Sign::Times,
        '/' | '÷' | '∕' | '⁄' | '／' => Sign::Slash,
        '^' => Sign::Caret,
        '_' => Sign::Underscore,
        '!' | '！' => Sign::Bang,
        '%' | '％' | '٪' => Sign::Percent,
        '°' | '˚' | 'º' => Sign::Degree,
        '\'' | '’' | '′' => Sign::Prime,
        '€' => Sign::Currency("euros"),
        '£' => Sign::Currency("pounds"),
        '¥' | '￥' => Sign::Currency("yen"),
        '₹' => Sign::Currency("rupees"),
        '₽' => Sign::Currency("rubles"),
        '₩' => Sign::Currency("won"),
        '¢' | '￠' => Sign::Currency("cents"),
        ',' | '，' | '、' | '،' => Sign::Comma,
        ';' | '；' => Sign::Semicolon,
        ':' | '：' | '∶' => Sign::Colon,
        '|' | '∣' | '│' => Sign::Bar,
        '‖' | '∥' => Sign::Norm,
        '=' | '＝' => Sign::Equal,
        '<' | '＜' => Sign::Less,
        '>' | '＞' => Sign::Greater,
        '≤' | '⩽' | '≦' => Sign::LessEqual,
        '≥' | '⩾' | '≧' => Sign::GreaterEqual,
        '≠' => Sign::NotEqual,
        '≈' | '≃' | '∼' | '≅' => Sign::Approximately,
        '≡' => Sign::Congruent,
        '∈' => Sign::In,
        '∉' => Sign::NotIn,
        '⊂' | '⊆' | '⊊' => Sign::Subset,
        '⊃' | '⊇' | '⊋' => Sign::Superset,
        '∪' | '⋃' => Sign::Union,
        '∩' | '⋂' => Sign::Intersection,
        '∖' => Sign::Without,
        '→' | '⇒' | '⟹' | '⟶' => Sign::Arrow,
        '⇔' | '↔' | '⟺' => Sign::Iff,
        '∧' => Sign::Conjunction,
        '∨' => Sign::Disjunction,
        '&' => Sign::Ampersand,
        '…' | '⋯' => Sign::Dots,
        '√' => Sign::Root,
        '.' | '。' => Sign::Dot,
        _ => return None,
    })
}

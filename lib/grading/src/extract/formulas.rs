//! The formulas of a text: what stands between math delimiters, in display environments, between bold marks. One pass;
//! knows nothing about answers except which formulas can be none.

use std::borrow::Cow;

use super::prose;

/// A marked passage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Formula<'a> {
    /// Where its delimiter begins.
    pub(super) start: usize,
    /// Where its closing delimiter has ended.
    pub(super) end: usize,
    pub(super) inner: &'a str,
    pub(super) bold: bool,
}

/// Longer passages are no answers.
const LONGEST: usize = 400;
/// Displays may be long: their last row counts.
const LONGEST_DISPLAY: usize = 2000;

/// Marked passages in their order. Passages that hold no mathematics, and dollars that are money, are left out.
pub(super) fn formulas(text: &str) -> Vec<Formula<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(length) = text[at..].find(['$', '\\', '*']) {
        let start = at + length;
        let Some(formula) = opened(text, start) else {
            at = start + unopened(&text[start..]);
            continue;
        };
        // A bold sentence with formulas in it is a sentence.
        if formula.bold && formula.inner.contains(['$', '\\']) && prose::words(formula.inner) > 0 {
            at = start + unopened(&text[start..]);
            continue;
        }
        at = formula.end;
        if is_mathematical(formula.inner) {
            found.push(formula);
        }
    }
    found
}

/// Length of a delimiter that opens nothing: a sign that is escaped and a run of asterisks go with it.
fn unopened(rest: &str) -> usize {
    let mut characters = rest.chars();
    match characters.next() {
        Some('\\') => 1 + characters.next().map_or(0, char::len_utf8),
        Some('*') => rest.len() - rest.trim_start_matches('*').len(),
        _ => 1,
    }
}

/// The passage that the delimiter at `start` opens.
pub(super) fn opened(text: &str, start: usize) -> Option<Formula<'_>> {
    let rest = &text[start..];
    let between = |open: &str, close: &str, longest| {
        let inner = &rest[open.len()..];
        let length = closing(inner, close, longest)?;
        Some((&inner[..length], open.len() + length + close.len()))
    };
    let (inner, length) = if rest.starts_with("$$") {
        between("$$", "$$", LONGEST_DISPLAY)?
    } else if rest.starts_with('$') {
        between("$", "$", LONGEST).filter(|(inner, length)| !is_money(inner, &rest[*length..]))?
    } else if rest.starts_with("**") {
        let open = if rest.starts_with("***") { "***" } else { "**" };
        between(open, "**", LONGEST).filter(|(inner, _)| !inner.contains('\n'))?
    } else if rest.starts_with("\\(") {
        between("\\(", "\\)", LONGEST)?
    } else if rest.starts_with("\\[") {
        between("\\[", "\\]", LONGEST_DISPLAY)?
    } else {
        environment(rest)?
    };
    let inner = inner.trim().trim_matches('$');
    Some(Formula {
        start,
        end: start + length,
        inner: inner.trim_end_matches(['.', ',', ';', ' ', '\n']).trim(),
        bold: rest.starts_with('*'),
    })
}

/// Whether a gap joins two formulas, and whether by a conjunction; formulas on lines of their own are steps.
pub(super) fn joint(gap: &str) -> Option<bool> {
    if gap.contains('\n') {
        return None;
    }
    let gap = gap.trim();
    let word = gap.trim_start_matches([',', ';']).trim();
    if word.is_empty() {
        return (!gap.is_empty()).then_some(false);
    }
    prose::is_conjunction(word).then_some(true)
}

/// Where the closing delimiter stands, if it is near; `\$` is a dollar.
fn closing(inner: &str, close: &str, longest: usize) -> Option<usize> {
    let near = &inner[..prose::floor(inner, longest)];
    near.match_indices(close)
        .map(|(at, _)| at)
        .find(|at| *at > 0 && !near[..*at].ends_with('\\'))
}

/// `$5 and he kept $`: prose between two amounts, or a closing dollar that opens an amount.
fn is_money(inner: &str, behind: &str) -> bool {
    let amount = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let prose = prose::words(inner) > 0 && !inner.contains('\\');
    inner.trim().contains('\n')
        || amount(behind) && (prose || inner.ends_with([' ', '=', '+', '-', '*', '(']))
        || amount(inner) && prose
}

/// Environments that display formulas.
const DISPLAYS: [&str; 7] = [
    "equation", "align", "gather", "multline", "eqnarray", "flalign", "alignat",
];

/// Whether a text begins with a display environment.
pub(super) fn displays(text: &str) -> bool {
    environment(text).is_some()
}

/// `\begin{align*} ... \end{align*}`.
fn environment(rest: &str) -> Option<(&str, usize)> {
    let name = rest.strip_prefix("\\begin{")?;
    let name = &name[..name.find('}').filter(|length| *length <= 12)?];
    if !DISPLAYS.contains(&name.trim_end_matches('*')) {
        return None;
    }
    let body = &rest["\\begin{}".len() + name.len()..];
    let close = closing(body, "\\end{", LONGEST_DISPLAY)?;
    let mut end = close;
    // Inner environments end first.
    while !body[end..].strip_prefix("\\end{")?.starts_with(name) {
        end += 1 + closing(&body[end + 1..], "\\end{", LONGEST_DISPLAY)?;
    }
    let length = rest.len() - body.len() + end + "\\end{}".len() + name.len();
    (length <= rest.len()).then_some((&body[..end], length))
}

/// Digits, or letters of which few stand beside each other, and no prose; not the square that ends a proof.
fn is_mathematical(text: &str) -> bool {
    let marked = text
        .bytes()
        .any(|b| b.is_ascii_digit() || matches!(b, b'\\' | b'=' | b'^'));
    let short = || text.chars().count() <= 3;
    !text.is_empty()
        && (marked || short())
        && (text.contains('\\') || prose::long_words(text) < 2)
        && !ends_proof(text)
}

/// `\square`, `\Box`, `\blacksquare`, `\qed` and the like.
fn ends_proof(text: &str) -> bool {
    let bare = text.trim_matches(['\\', ' ']);
    matches!(
        bare,
        "square" | "Box" | "blacksquare" | "qed" | "qedsymbol" | "□" | "∎" | "■" | "dots" | "ldots"
    )
}

/// What a formula comes down to: itself, or the last row of an aligned calculation.
pub(super) fn conclusion(inner: &str) -> Cow<'_, str> {
    let row = calculation(inner).and_then(last_row);
    match row.filter(|row| row.contains('=')) {
        Some(row) if row.contains('&') => row.replace('&', "").trim().to_owned().into(),
        Some(row) => row.into(),
        None => inner.into(),
    }
}

/// The last row that is not empty; in a text that doubles its backslashes `\\cdot` parts no rows.
fn last_row(body: &str) -> Option<&str> {
    let mut end = body.len();
    loop {
        let cut = body[..end].rfind("\\\\");
        let start = cut.map_or(0, |at| at + 2);
        let row = body[start..end].trim().trim_end_matches(['.', ',', ';']);
        if body[start..].starts_with(|c: char| c.is_ascii_alphabetic()) && cut.is_some() {
            return None;
        }
        if !row.is_empty() {
            return Some(row);
        }
        end = cut?;
    }
}

/// The rows of a formula that is one calculation over several lines.
fn calculation(inner: &str) -> Option<&str> {
    const ALIGNED: [&str; 7] = [
        "aligned",
        "align",
        "align*",
        "split",
        "gathered",
        "array",
        "alignedat",
    ];
    let Some(rest) = inner.strip_prefix("\\begin{") else {
        let nested = inner.contains("\\begin{");
        return (inner.contains("\\\\") && !nested).then_some(inner);
    };
    let (name, rest) = rest.split_once('}')?;
    let body = rest
        .trim_end()
        .strip_suffix('}')?
        .strip_suffix(name)?
        .strip_suffix("\\end{")?;
    let plain = ALIGNED.contains(&name) && !body.contains("\\begin{");
    plain.then_some(())?;
    // The columns of an array.
    match super::braced(body) {
        Some(columns) if matches!(name, "array" | "alignedat") => Some(&body[columns.len() + 2..]),
        _ => Some(body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inner(text: &str) -> Vec<&str> {
        formulas(text).iter().map(|formula| formula.inner).collect()
    }

    #[test]
    fn passages() {
        assert_eq!(inner("so $5x=30$ and $x=6$."), ["5x=30", "x=6"]);
        assert_eq!(inner(r"\[ y = C e^{-3t}. \] **7**"), ["y = C e^{-3t}", "7"]);
        assert_eq!(inner(r"$n = 15$. $\Box$"), ["n = 15"]);
        assert_eq!(
            inner("\\begin{equation*}\nx = 4\n\\end{equation*}"),
            ["x = 4"]
        );
        assert_eq!(inner("***Total = 70***"), ["Total = 70"]);
    }

    #[test]
    fn money_is_none() {
        assert_eq!(inner("$12.75 on books. So he has $17.25"), [""; 0]);
        assert_eq!(inner("how many $? just about 1$"), [""; 0]);
        assert_eq!(inner("it costs $5 so $x=3$"), ["x=3"]);
        assert_eq!(inner(r"costs \$5, $x=3$"), ["x=3"]);
    }

    #[test]
    fn the_last_row() {
        for (formula, row) in [
            (r"\begin{aligned} x &= 2+3 \\ &= 5 \end{aligned}", "= 5"),
            (
                r"\begin{array}{rcl} 2x & = & 10 \\ x & = & 5 \end{array}",
                "x  =  5",
            ),
            (
                r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}",
                r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}",
            ),
            (r"x = 5", "x = 5"),
        ] {
            assert_eq!(conclusion(formula), row);
        }
    }
}

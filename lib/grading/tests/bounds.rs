//! Work is bounded: by steps, not by the value or the length of what is written.

use grading::{Builtin, Options, Rules, equivalent};

#[test]
fn nothing_grows_with_a_value() {
    let options = Options::default();
    for text in [
        "9 trillion trillion trillion trillion",
        "1e3000 million",
        "10^{10^{10}} \\bmod 7",
        "0xffffffffffffffffffffffffffffffffffffffffffffffff",
        "5 m^999999999999",
        "99:99:99",
        "5 mod 0",
        "Mod(5, 0)",
        "99999999999 dozen dozen dozen",
        "1_{(((((",
        "0.\\dot",
        ".\\overline{",
        "\\phantom",
        "5 per per per",
        "A_{A_{A_{A",
        "12 noon noon",
        "7:0",
        "and a half",
    ] {
        for other in ["5", "5 m", "9 a.m.", text] {
            let _ = equivalent(text, other, &options);
            let _ = equivalent(other, text, &options);
        }
    }
}

#[test]
fn repetition_is_bounded() {
    let options = Options::default();
    for piece in [
        "nm^9 ",
        " million",
        " dozen",
        "A1_{",
        "1 ft ",
        "one hundred ",
        "(1A",
        "3 to ",
        "12:30:",
        "\\dot1",
        "5 mod ",
        "\\text{5 ",
        "5\\phantom",
        "a half ",
        "0x1",
        "Answer: ",
        "1.2,3",
        "5% 1/2",
        "A, ",
        "pow(2,",
        "cis ",
        "9 a.m. ",
        "μ m ",
        "the ",
        "June 5 ",
        "11 (one ",
        ",\\!111",
    ] {
        let text = format!("5{}", piece.repeat(4000 / piece.len()));
        for other in ["5", r"5 \text{ m/s}", "9 a.m.", "A, B", text.trim_end()] {
            let _ = equivalent(&text, other, &options);
            let _ = equivalent(other, &text, &options);
        }
    }
}

#[test]
fn random_phrases_do_no_harm() {
    const PIECES: &[&str] = &[
        "5",
        "2.5",
        "-",
        " ",
        " million",
        " and a half",
        "two",
        "-thirds",
        " to ",
        " mod ",
        "(",
        ")",
        "\\text{",
        "}",
        " p.m.",
        ":",
        "30",
        "June ",
        "th",
        "°",
        "C",
        " ft ",
        " in ",
        "/",
        "s",
        "μ",
        "m",
        "^2",
        "_{16}",
        "A",
        "0x",
        "F",
        ",",
        "{,}",
        "\\!",
        "000",
        ".",
        "\\overline{3}",
        "\\dot",
        "$",
        "€",
        "¢",
        "%",
        "\\frac",
        "{1}{2}",
        "‰",
        " base ",
        "negative ",
        "square root of ",
        "squared",
        "pow(",
        "I",
        "*",
        "j",
        "float('inf')",
        "\\pmod",
        "\\bmod",
        " out of ",
        "noon",
        "the ",
        "answer is ",
        " per ",
        "second",
        "x",
        "=",
        "\\pm",
        "\\phantom",
        "~",
        "é",
        "１",
    ];
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut next = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    let options = Options::default();
    for _ in 0..60_000 {
        let mut text = || {
            (0..1 + next(12))
                .map(|_| PIECES[next(PIECES.len())])
                .collect::<String>()
        };
        let (a, b) = (text(), text());
        let decision = equivalent(&a, &b, &options);
        assert!(
            decision.equivalent || decision.detail.is_some(),
            "{a:?} {b:?}"
        );
        if !a.trim().is_empty() {
            assert!(equivalent(&a, &a, &options).equivalent, "{a:?}");
        }
    }
}

/// What is read again after a wrong guess, or grows while it is computed, ends with its steps: without them these
/// would take minutes.
#[test]
fn every_comparison_ends() {
    let nested =
        |open: &str, close: &str, depth| format!("{}x{}", open.repeat(depth), close.repeat(depth));
    let power = |depth| {
        let matrix = r"\begin{pmatrix}1\end{pmatrix}";
        format!("{}{matrix}{}", "(".repeat(depth), "^8)".repeat(depth))
    };
    let names: Vec<String> = ('a'..='z')
        .flat_map(|a| ('a'..='z').map(move |b| format!("{a}_{b}")))
        .collect();
    let sevens = "7".repeat(900);
    for prediction in [
        format!(r"\sum_{{k=1}}^{{n}}x^{{{}}}", names.join("+")),
        format!(r"\sum_{{j=1}}^{{1000}}\gcd({sevens},{sevens}1)"),
        r"e^{\sqrt{2}\cdot 7^{16230}\cdot 7^{16230}}".to_owned(),
        r"(3)^{1/8} 7^{16053}7^{16053}7^{16053}".to_owned(),
        r"\prod_{k=1}^{1000} \sqrt{k}\cdot 7^{16000}".to_owned(),
        power(8),
        power(60),
        r"\begin{pmatrix}a&b\\c&d\end{pmatrix}".repeat(60),
        r"\cup(0,1)".repeat(400),
        "1e-2999,".repeat(500),
        format!("5{}", r" + \frac{1}{1e2999+1}".repeat(200)),
        nested("a(", ")", 40),
        nested("1,2a(", ")", 40),
        nested("\\int ", "", 40),
        nested("5 ft 3^{", "}", 40),
        r"\sum_{k=1}^{1000}\frac{1}{k^{400}+1}".to_owned(),
        r"\log 2+\sum_{k=1}^{1000}\frac{1}{k^{400}+1}".to_owned(),
        "a".repeat(240_000),
        "é".repeat(120_000),
        "1,".repeat(120_000),
        format!("{}6", r"(A)\".repeat(40_000)),
    ] {
        let decision = equivalent(&prediction, "5", &Options::default());
        assert!(!decision.equivalent, "{prediction:.40}");
        let _ = equivalent("5", &prediction, &Options::default());
        let more = format!("{prediction}+1");
        let _ = equivalent(&more, &prediction, &Options::default());
        let _ = Builtin::new(Options::default().with_rules(Rules::ALL)).judge(&prediction, "5");
    }
}

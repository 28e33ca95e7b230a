//! The policy of equality, clause by clause: pairs that must be equal and pairs that must not.

#![allow(clippy::unwrap_used)]

use grading::{Builtin, Options, Reason, Rules, Verdict, equivalent, extract};

fn equal(prediction: &str, reference: &str) -> bool {
    equivalent(prediction, reference, &Options::default()).equivalent
}

fn check(clause: &str, yes: &[(&str, &str)], no: &[(&str, &str)]) {
    for (prediction, reference) in yes {
        let decision = equivalent(prediction, reference, &Options::default());
        assert!(
            decision.equivalent,
            "{clause}: {prediction} should equal {reference}: {decision:?}"
        );
    }
    for (prediction, reference) in no {
        let decision = equivalent(prediction, reference, &Options::default());
        assert!(
            !decision.equivalent,
            "{clause}: {prediction} should differ from {reference}: {decision:?}"
        );
        assert!(
            decision.detail.is_some(),
            "{clause}: {prediction} against {reference} says nothing about what differed"
        );
    }
}

#[test]
fn numbers_in_every_spelling() {
    let half = [
        r"\frac12",
        r"\dfrac{1}{2}",
        r"\tfrac 1 2",
        r"\cfrac{1}{2}",
        r"{1 \over 2}",
        "1/2",
        "0.5",
        ".5",
        "½",
        "50%",
        r"2^{-1}",
        "5e-1",
        r"5\times10^{-1}",
    ];
    for spelling in half {
        assert!(equal(spelling, "1/2"), "{spelling}");
    }
    check(
        "numbers",
        &[
            (r"1\frac{1}{2}", "1.5"),
            ("1 1/2", "3/2"),
            ("2**1009", "2^{1009}"),
            ("1,234", "1234"),
            (r"1{,}234", "1234"),
            (r"1\,234", "1234"),
            ("1 234", "1234"),
            ("1.234.567", "1234567"),
            ("3,14", "3.14"),
            (r"1.77 \times 10^{-6}", "1.77e-6"),
            (r"0.\overline{3}", "1/3"),
            ("forty-two", "42"),
            ("−3", "-3"),
            ("2**10", "1024"),
            ("sqrt(8)/2", r"\sqrt{2}"),
            (r"\binom{5}{2}", "10"),
            ("5!", "120"),
            (r"\sum_{k=1}^{10} k", "55"),
            (r"\log_2 8", "3"),
            (r"\frac{1}{\sqrt{2}-1}", r"1+\sqrt{2}"),
            (r"\sqrt{3+2\sqrt{2}}", r"1+\sqrt{2}"),
            (r"\frac{2023!}{2023}", "2022!"),
        ],
        &[
            (r"6\frac{1}{35}", r"\frac{6}{35}"),
            ("2", "3"),
            (r"\sqrt{116}", "116"),
            ("10", "1"),
            (r"\sqrt[3]{53}", r"\sqrt{53}"),
        ],
    );
}

#[test]
fn rounding() {
    check(
        "rounding",
        &[
            (r"\pi", "3.14159"),
            (r"40\pi", "125.6637"),
            ("3.240162", "3.24"),
            ("0.33333333333333", "1/3"),
        ],
        &[
            ("0.3333", "1/3"),
            (r"7.28", r"\sqrt{53}"),
            ("2.9999", "3"),
            ("12.7127", "12.7"),
            ("99957", "99956"),
            ("1000.5", "1000"),
            ("3.1", "3.14"),
        ],
    );
}

#[test]
fn percent_signs_and_units() {
    check(
        "percent and units",
        &[
            (r"40\%", "2/5"),
            ("25", r"25\%"),
            ("0.25", r"25\%"),
            (r"\$18.90", "18.90"),
            ("5", r"5\text{ inches}"),
            ("30", r"30^\circ"),
            ("17 meters", r"17\text{ meters}"),
            ("100 cm", r"1\text{ m}"),
            (r"144 \mathrm{~m}^3", r"144 \mbox{ m}^3"),
        ],
        &[
            (r"50\%", "50"),
            ("2500", r"25\%"),
            ("50", "0.5"),
            ("2m", "2"),
            ("5 cm", "5 kg"),
            (r"\frac{\pi}{3}", r"60^\circ"),
        ],
    );
}

#[test]
fn collections() {
    check(
        "collections",
        &[
            ("3, 1", "1,3"),
            (r"\{1,2\}", "2,1"),
            ("3 or 5", "5, 3"),
            (r"x=3 \text{ or } x=5", "3,5"),
            (r"1 \pm \sqrt{19}", r"1+\sqrt{19}, 1-\sqrt{19}"),
            (r"(x,y)=(1,2)", "(1,2)"),
            ("x=1, y=2", "(1,2)"),
            (r"\left(\frac12, 3\right)", "(0.5,3)"),
            (
                r"\begin{pmatrix}1\\2\end{pmatrix}",
                r"\begin{bmatrix} 1 \\ 2 \\ \end{bmatrix}",
            ),
            ("2:4", "1:2"),
        ],
        &[
            ("(1,2)", "(2,1)"),
            ("[0,1]", "(0,1)"),
            ("1,2", "1,2,3"),
            ("(1,2,0)", "(1,2)"),
            (r"2\sqrt6", r"\pm 2\sqrt6"),
            (
                r"\begin{pmatrix}1&2\end{pmatrix}",
                r"\begin{pmatrix}1\\2\end{pmatrix}",
            ),
        ],
    );
}

#[test]
fn sets_of_real_numbers() {
    check(
        "real sets",
        &[
            ("x > 3", r"(3,\infty)"),
            (r"a \le x \le b", "[a,b]"),
            (r"b > x \ge a", "[a,b)"),
            (r"-1 \le x \le 0", "[-1,0]"),
            (r"x \in [1,2)", "1 <= x < 2"),
            (r"\{x \mid x \ge 1\}", r"[1,+\infty)"),
            (r"(2,3)\cup(0,1)", r"(0,1)\cup(2,3)"),
            ("3 \\le x", "x \\ge 3"),
            (r"\mathbb{R}\setminus\{0\}", r"(-\infty,0)\cup(0,\infty)"),
            (r"x<-1 \text{ or } x>1", r"(-\infty,-1)\cup(1,\infty)"),
            (r"a \ge -2 \text{ and } a \le 0", "[-2,0]"),
            (r"(0,\sqrt2^2)\cup[2,3)", "(0,3)"),
        ],
        &[
            ("x < 3", "x > 3"),
            (r"x \ge 3", "x > 3"),
            (r"(0,1)\cap(2,3)", r"(0,1)\cup(2,3)"),
            (r"(2,12)", r"(2,12)\cup(12,102)"),
            (r"a > -2 \text{ and } b < 0", "(-2,0)"),
            (r"a > -2 \text{ or } a < 0", "(-2,0)"),
        ],
    );
}

#[test]
fn equations_and_labels() {
    check(
        "equations",
        &[
            ("2x+2y=4", "x+y=2"),
            ("y=3x", "3x-y=0"),
            ("x=5", "5"),
            ("f(x)=2x", "2x"),
            (r"\frac{x^2}{4}+\frac{y^2}{3}=1", "3x^2+4y^2-12=0"),
            ("x = 2+3 = 5", "5"),
            (r"\frac{22}{7} \approx 3.14", r"\frac{22}{7}"),
        ],
        &[
            ("x-5=0", "x=5"),
            ("x-5=0", "5"),
            // Guesses strung together are not approximations of each other.
            (r"1 \approx 2 \approx 3", "1"),
            ("k", "k=2n-1"),
            ("y=3x+1", "y=3x"),
            (r"\log(0.01)=-3", r"\log(0.01)=-2"),
        ],
    );
}

#[test]
fn bases_and_words() {
    check(
        "bases and words",
        &[
            ("1101_{4}", "1101_4"),
            (r"2112_{\text{six}}", "2112_6"),
            ("(E)", r"\text{E}"),
            ("Option D", "D"),
            ("Saturday", r"\text{Saturday}"),
            ("4:30 p.m.", r"4:30\text{ p.m.}"),
        ],
        &[
            ("2516", "2516_8"),
            ("385_{10}", "385_9"),
            (r"\text{seat}", r"\text{east}"),
            ("A", "B"),
        ],
    );
}

#[test]
fn algebra() {
    check(
        "algebra",
        &[
            ("(x+1)^2", "x^2+2x+1"),
            (r"\frac{x^2-1}{x-1}", "x+1"),
            ("2^{n+1}", r"2\cdot 2^n"),
            (r"\sin^2 x+\cos^2 x", "1"),
            (r"e^{ix}", r"\cos x+i\sin x"),
            (r"\ln x^2", r"2\ln x"),
            (r"\cosh(at)", r"\frac{1}{2}(e^{at}+e^{-at})"),
            ("xy", "yx"),
        ],
        &[
            ("x^2", "x^3"),
            (r"\sqrt{x^2}", "x"),
            ("x", "y"),
            ("x+2", "x+2m"),
            (r"2(I(0))", "I(0)"),
        ],
    );
}

#[test]
fn unreadable_references_and_empty_predictions() {
    assert_eq!(
        equivalent("1", " ", &Options::default()).reason,
        Reason::UnreadableReference
    );
    assert!(!equal("", "5"));
    let graded = Builtin::default().judge(r"\boxed{1}", "");
    assert_eq!(graded.verdict, Verdict::BadReference);
    assert_eq!(
        Builtin::default().judge("no box: 5", "5").verdict,
        Verdict::NoAnswer
    );
}

#[test]
fn the_qwen_profile_is_looser() {
    for (prediction, reference) in [
        ("50", "0.5"),
        ("[0,1]", "(0,1)"),
        ("x<3", "x>3"),
        ("0.33333", "1/3"),
    ] {
        assert!(
            equivalent(prediction, reference, &Options::qwen()).equivalent,
            "{prediction} {reference}"
        );
        assert!(!equal(prediction, reference), "{prediction} {reference}");
    }
}

#[test]
fn extraction_rules() {
    let found = |text: &'static str, reference: &'static str| {
        extract(text, Some(reference), Rules::ALL)
            .map(|found| (found.text.into_owned(), found.rule.as_str()))
    };
    for (text, reference, answer, rule) in [
        (r"\boxed{1}, but actually \boxed{2}", "2", "2", "boxed"),
        (r"\boxed{1} and \boxed{2}", "2", "1, 2", "boxes"),
        (r"\boxed{1} and \boxed{2}", "1,2", "1, 2", "boxes"),
        (r"$x = -\boxed{2}$", "-2", "-2", "boxed"),
        ("#### 1,234", "1234", "1,234", "hashes"),
        ("The answer is 5 apples.", "5", "5 apples", "stated"),
        ("I think it's B", "B", "B", "choice"),
        ("so this is true.", "True", "true", "boolean"),
        ("so $x=6$.", "6", "x=6", "formula"),
        ("he has 7 left", "7", "7", "number"),
    ] {
        assert_eq!(
            found(text, reference),
            Some((answer.to_owned(), rule)),
            "{text}"
        );
    }
    assert_eq!(extract("the answer is 5", None, Rules::BOXED), None);
}

/// What is not evaluated is never called different; what differs beside it is.
#[test]
fn unevaluated_is_undecided() {
    for (prediction, reference) in [
        (r"\int_0^1 x\,dx", r"\frac12"),
        (r"\lim_{x \to 0} \frac{\sin x}{x}", "1"),
        (r"1+\int_0^1 x\,dx", r"\int_0^1 2x\,dx"),
        (r"(1, \int_0^1 x\,dx)", r"(1, \frac12)"),
        (r"1, \int_0^1 x\,dx", r"1, \frac12"),
        (r"y = x\int_0^1 t\,dt", r"y = \frac{x}{2}"),
    ] {
        let decision = equivalent(prediction, reference, &Options::default());
        assert_eq!(
            decision.reason,
            Reason::Undecided,
            "{prediction} for {reference}"
        );
    }
    let permuted = [r"\frac12, \int_0^1 x\,dx", r"\int_0^1 x\,dx, \frac12"];
    assert!(equivalent(permuted[0], permuted[1], &Options::default()).equivalent);
    let decision = equivalent(r"(2, \int_0^1 x\,dx)", r"(1, \frac12)", &Options::default());
    assert_eq!(decision.reason, Reason::DifferentElement);
}

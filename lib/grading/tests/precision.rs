//! Agreement is confirmed beyond doubles: near misses differ, identities hold, and neither takes long.

#![allow(clippy::unwrap_used)]

use grading::{Decision, Options, Reason, equivalent};

/// The default policy and the symmetric one.
fn policies() -> [Options; 2] {
    [Options::default(), Options::exact()]
}

fn both_ways(a: &str, b: &str, check: impl Fn(&Decision, &str, &str)) {
    for options in policies() {
        check(&equivalent(a, b, &options), a, b);
        check(&equivalent(b, a, &options), b, a);
    }
}

/// The fractions are convergents computed with mpmath, 1e-21 to 1e-40 away.
const NEAR_MISSES: &[(&str, &str)] = &[
    (r"e^{\pi\sqrt{163}}", "262537412640768744"),
    (r"\pi", r"\frac{21053343141}{6701487259}"),
    (
        r"\pi",
        r"\frac{262452630335382199398}{83541266890691994833}",
    ),
    ("e", r"\frac{28875761731}{10622799089}"),
    (r"\ln 2", r"\frac{6847196937}{9878417065}"),
    (r"\log_{10} 7", r"\frac{7866425054}{9308298779}"),
    (r"\sin 1", r"\frac{18040072352}{21438733691}"),
    (r"\sin 10^\circ", r"\frac{8970221419}{51657446335}"),
    (r"\tan 1", r"\frac{11848774079}{7608010344}"),
    (r"\arctan 2", r"\frac{22156962695}{20012634562}"),
    (r"\arcsin\frac{1}{3}", r"\frac{2075003509}{6105880354}"),
    (r"\cosh 1", r"\frac{14411142348}{9339202387}"),
    (r"\tanh 50", "1"),
    (r"\sqrt[3]{2}", r"\frac{16386707325}{13006138223}"),
    (r"\sqrt{2}+\sqrt{3}", r"\frac{14929529458}{4745160515}"),
    (r"2^{\sqrt{2}}", r"\frac{17284884093}{6485534428}"),
    (r"\arctan(10^{15})", r"\frac{\pi}{2}"),
    (r"\sqrt{10^{30}+1}", "10^{15}"),
    (r"\sqrt{10^{30}+1}-10^{15}", "0"),
    (r"\sqrt[3]{10^{45}+1}", "10^{15}"),
    (r"\sum_{k=0}^{20}\frac{1}{k!}", "e"),
    ("e^{-100}", "0"),
    (r"\cos(10^{-9})", r"1-\frac{1}{2\cdot 10^{18}}"),
    ("x+10^{-20}", "x"),
    ("x^{1+10^{-20}}", "x"),
    (r"\sin(x+10^{-25})", r"\sin x"),
    (r"e^x+10^{-30}\sin x", "e^x"),
    (r"y=\sin x+10^{-20}", r"y=\sin x"),
    (r"2y=2\sin x+10^{-20}", r"y=\sin x"),
    ("(0,\\pi)", r"(0,\frac{21053343141}{6701487259})"),
];

const IDENTITIES: &[(&str, &str)] = &[
    (r"\sqrt{2+\sqrt{3}}", r"\frac{\sqrt{6}+\sqrt{2}}{2}"),
    (r"\sqrt[3]{2+\sqrt{5}}+\sqrt[3]{2-\sqrt{5}}", "1"),
    (r"\sqrt[4]{7+4\sqrt{3}}", r"\frac{\sqrt{6}+\sqrt{2}}{2}"),
    (r"\sqrt{\sin^2 1+\cos^2 1-1}", "0"),
    (r"(\sqrt{2}^{\sqrt{2}})^{\sqrt{2}}", "2"),
    (r"\sin 18^\circ", r"\frac{\sqrt{5}-1}{4}"),
    (r"\cos\frac{\pi}{5}", r"\frac{1+\sqrt{5}}{4}"),
    (r"\tan\frac{\pi}{8}", r"\sqrt{2}-1"),
    (r"\sin 10^\circ\sin 50^\circ\sin 70^\circ", r"\frac{1}{8}"),
    (
        r"\cos\frac{2\pi}{7}+\cos\frac{4\pi}{7}+\cos\frac{6\pi}{7}",
        r"-\frac{1}{2}",
    ),
    (r"\prod_{k=1}^{6}\sin\frac{k\pi}{7}", r"\frac{7}{64}"),
    (r"\sin(10^{22}+\pi)", r"-\sin(10^{22})"),
    (r"16\arctan\frac{1}{5}-4\arctan\frac{1}{239}", r"\pi"),
    (r"\arctan 1+\arctan 2+\arctan 3", r"\pi"),
    (r"\arcsin\frac{3}{5}+\arcsin\frac{4}{5}", r"\frac{\pi}{2}"),
    (r"\arcsin 1", r"\frac{\pi}{2}"),
    (r"\arccos(-1)", r"\pi"),
    (r"\arcsin(\sin\frac{\pi}{2})", r"\frac{\pi}{2}"),
    (r"\arctan x", r"2\arctan\frac{x}{1+\sqrt{1+x^2}}"),
    (r"\ln 6", r"\ln 2+\ln 3"),
    (r"\log_2 3\cdot\log_3 5\cdot\log_5 2", "1"),
    (r"\ln\frac{x}{y}", r"\ln x-\ln y"),
    (r"e^{i\pi/3}", r"\frac{1}{2}+\frac{\sqrt{3}}{2}i"),
    (r"e^{i\pi}+1", "0"),
    ("i^i", r"e^{-\pi/2}"),
    ("e^{ix}", r"\cos x+i\sin x"),
    (r"\sqrt{i}", r"\frac{1+i}{\sqrt{2}}"),
    (
        r"\sum_{k=1}^{10}\sin k",
        r"\frac{\sin 5\sin\frac{11}{2}}{\sin\frac{1}{2}}",
    ),
    (r"\sum_{k=1}^{100}\ln k", r"\ln(100!)"),
    (r"\cosh^2 x-\sinh^2 x", "1"),
    (r"\sinh(\ln 2)", r"\frac{3}{4}"),
    (r"\tanh x", r"\frac{e^{2x}-1}{e^{2x}+1}"),
    (r"\tan(x+y)", r"\frac{\tan x+\tan y}{1-\tan x\tan y}"),
    (r"y=\sin 2x", r"\frac{y}{2}=\sin x\cos x"),
];

#[test]
fn near_misses_differ() {
    for (a, b) in NEAR_MISSES {
        both_ways(a, b, |decision, p, r| {
            assert!(!decision.equivalent, "{p} is not {r}: {decision:?}");
            assert!(
                !matches!(decision.reason, Reason::Undecided | Reason::BudgetSpent),
                "{p} against {r} should be certain: {decision:?}"
            );
        });
    }
}

#[test]
fn identities_hold() {
    for (a, b) in IDENTITIES {
        both_ways(a, b, |decision, p, r| {
            assert!(decision.equivalent, "{p} is {r}: {decision:?}");
        });
    }
}

/// Bounds are doubles, so values beyond their range cannot be told from zero or from each other.
#[test]
fn values_beyond_bounds_are_undecided() {
    for (a, b) in [("e^{-1000}", "0"), (r"\sin(10^{40})", "0")] {
        both_ways(a, b, |decision, p, r| {
            assert!(
                decision.reason == Reason::Undecided && !decision.equivalent,
                "{p} against {r}: {decision:?}"
            );
        });
    }
}

/// The half unit of a long decimal's last digit lies far below what doubles resolve.
#[test]
fn long_decimals_round_to_their_last_digit() {
    let options = Options::default();
    let right = "3.141592653589793238462643383279502884197";
    let wrong = "3.141592653589793238462643383279502884199";
    assert_eq!(
        equivalent(r"\pi", right, &options).reason,
        Reason::RoundsToReference
    );
    assert!(!equivalent(r"\pi", wrong, &options).equivalent);
}

/// None of these would end without the budget: the test is that it does.
#[test]
fn the_budget_bounds_nasty_input() {
    let options = Options::default();
    let nested = |open: &str, close: &str| format!("{}x{}", open.repeat(40), close.repeat(40));
    let long_sum = |term: &str| vec![term; 4000 / (term.len() + 1)].join("+");
    let nasty = [
        "10^{10^{10^{10}}}".to_owned(),
        "e^{e^{e^{e^{e}}}}".to_owned(),
        "x^{x^{x^{x^{x^x}}}}".to_owned(),
        r"\sin(10^{29})".to_owned(),
        r"\sin(10^{300})".to_owned(),
        r"\tan(e^{600})".to_owned(),
        "e^{-10^{9}}".to_owned(),
        "(1+10^{-9})^{999999999}".to_owned(),
        "1.5e-3000".to_owned(),
        r"(170!)^{170!}".to_owned(),
        r"\sum_{k=1}^{1000}\sin k".to_owned(),
        r"\sum_{k=1}^{1000}\sum_{j=1}^{1000}\sin(k^j)".to_owned(),
        r"\prod_{k=1}^{1000}\tan(1+ki)".to_owned(),
        nested(r"\sin(", ")"),
        nested(r"\sqrt{1+", "}"),
        nested("e^{-", "}"),
        long_sum(r"\arctan x"),
        long_sum("x^i"),
    ];
    for a in &nasty {
        for b in [a.clone(), format!("{a}+10^{{-30}}\\sin 1"), "0".to_owned()] {
            let other = format!("\\sin^2 1+\\cos^2 1-1+{a}");
            for (p, r) in [(&other, &b), (&b, &other)] {
                let decision = equivalent(p, r, &options);
                // Whatever was decided was decided for a reason that can be told.
                assert!(
                    !decision.reason.as_str().is_empty(),
                    "{p:.60} against {r:.60}"
                );
            }
        }
    }
}

//! Labels of other suites that contradict the policy. They are listed and not counted.

/// Ids of cases, and the clause of the policy that their label contradicts.
const SET_ASIDE: [(&str, &str); 10] = [
    (
        "eq-cbc7ac3827",
        "blanks between the elements of a list mean nothing",
    ),
    ("eq-76e594caaf", "ten digits agree with the exact reference"),
    ("eq-9f0fbc72f8", "ten digits agree with the exact reference"),
    ("eq-b611be5c52", "equal but unsimplified is right"),
    ("eq-fa59a2b87c", "equal but unsimplified is right"),
    ("eq-6e34ac4b32", "equal but unsimplified is right"),
    ("eq-38f4bbc45d", "p % is p/100"),
    (
        "eq-dead04e91c",
        "an exact prediction that rounds to the reference is right",
    ),
    (
        "eq-4e8d9adda3",
        "an exact prediction that rounds to the reference is right",
    ),
    (
        "eq-e739e21e28",
        "an exact prediction that rounds to the reference is right",
    ),
];

/// Why the label of a case does not count.
pub fn reason(id: &str) -> Option<&'static str> {
    SET_ASIDE
        .iter()
        .find(|(own, _)| *own == id)
        .map(|(_, reason)| *reason)
}

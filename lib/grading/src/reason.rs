//! Why a decision fell: a closed list, so that disagreements can be counted by reason.

use std::fmt;

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
        /// Why a decision fell.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Reason {
            /// Every reason, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code that is printed and counted.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }

            /// One sentence for people.
            pub fn describe(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),+),)+
                }
            }
        }
    };
}

reasons! {
    /// Both sides are the same text.
    SameText = "same_text",
    /// The same tokens in another spelling: spacing, `\left`, unicode, fonts.
    SameTokens = "same_tokens",
    /// Both sides are read as the same tree.
    SameTree = "same_tree",
    /// The same exact rational number.
    SameNumber = "same_number",
    /// The same normal form in exact arithmetic.
    SameForm = "same_form",
    /// No difference at many points, within rigorous error bounds.
    SameValues = "same_values",
    /// The reference is a rounded decimal and the prediction rounds to it.
    RoundsToReference = "rounds_to_reference",
    /// A decimal that agrees with the reference to the digits asked for.
    AgreesInDigits = "agrees_in_digits",
    /// Within the relative tolerance of the profile.
    WithinTolerance = "within_tolerance",
    /// The same elements without regard to order.
    SameElements = "same_elements",
    /// The same elements in the same order.
    SameSequence = "same_sequence",
    /// The same set of real numbers.
    SameRealSet = "same_real_set",
    /// Equations with the same solutions.
    SameEquation = "same_equation",
    /// The same inequality, turned round or rescaled.
    SameRelation = "same_relation",
    /// The same words.
    SameWords = "same_words",
    /// The same choice letter.
    SameChoice = "same_choice",
    /// The same digits in the same number base.
    SameDigits = "same_digits",
    /// The same time of day or date.
    SameTime = "same_time",
    /// The values differ.
    DifferentValue = "different_value",
    /// The reference is exact and the prediction only a rounded value of it.
    OnlyRounded = "only_rounded",
    /// The sides are answers of different kinds.
    DifferentKind = "different_kind",
    /// Another number of elements.
    DifferentLength = "different_length",
    /// An element has no equal on the other side.
    DifferentElement = "different_element",
    /// The same elements between other brackets.
    DifferentBrackets = "different_brackets",
    /// Units of different dimension.
    DifferentUnit = "different_unit",
    /// Another number base, or none.
    DifferentBase = "different_base",
    /// Another set of real numbers.
    DifferentRealSet = "different_real_set",
    /// Neither equation is known to follow from the other: no multiple, no rearrangement, another solution.
    DifferentEquation = "different_equation",
    /// Another relation.
    DifferentRelation = "different_relation",
    /// The reference is solved for a name and the prediction is not.
    NotSolved = "not_solved",
    /// The words differ.
    DifferentWords = "different_words",
    /// Another choice letter.
    DifferentChoice = "different_choice",
    /// The prediction is no mathematics that can be read, and its text differs.
    UnreadablePrediction = "unreadable_prediction",
    /// Neither equality nor difference is certain.
    Undecided = "undecided",
    /// The step budget was spent before a certain answer.
    BudgetSpent = "budget_spent",
    /// The response holds no final answer.
    NothingExtracted = "nothing_extracted",
    /// The reference is empty or cannot be read.
    UnreadableReference = "unreadable_reference",
    /// An external program decided.
    External = "external",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

"""What the phrases of a label come to beside each other: they may join what is not one, or name two things."""

from __future__ import annotations

from collections.abc import Set
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thb_analysis.ingest.words.meanings import Meaning

PEOPLE = {"sex", "age_group"}  #: dimensions whose members may go with somebody
SENDING = frozenset({"institution", "registered_by"})  #: dimensions whose members are senders


def by_law(meanings: tuple[Meaning, ...], articles_of: str) -> bool:
    """Whether an article provides for what a label calls foreseen: it names one, and begins with something else."""
    numbered = any(m.kind in ("article", "subject") or m.name == articles_of != "" for m in meanings)
    said = [meaning.kind for meaning in meanings if meaning.kind != "filler"]
    return numbered and said[0] != "foreseen"


def called_another(meanings: tuple[Meaning, ...], articles_of: str) -> bool:
    """Whether an article's number stands beside the name of another, and nothing joins the two.

    “Section 164 (trafficking)” is one or the other; “Section 164 and trafficking” are both.
    """
    numbered = {meaning.code for meaning in meanings if meaning.kind == "article"}
    at = [n for n, meaning in enumerate(meanings) if meaning.kind == "article"]
    joints = [n for n, meaning in enumerate(meanings) if meaning.kind in ("joint", "plus")]
    for n, meaning in enumerate(meanings):
        named = dict(pairs((meaning,))).get(articles_of)
        if numbered and named is not None and named not in numbered:
            nearest = min(at, key=lambda other: abs(other - n))
            if not any(min(n, nearest) < joint < max(n, nearest) for joint in joints):
                return True
    return False


def are_joined(meanings: tuple[Meaning, ...]) -> bool:
    """Whether “and” joins members of different kinds: “women and children” are not the women who are children.

    Nor are “women / girls” the girls: what one of the two says is no more of both.
    """
    for at, meaning in enumerate(meanings):
        if meaning.kind == "joint":
            before, after = pairs(meanings[:at]), pairs(meanings[at + 1 :])
            apart = not {name for name, _ in before} & {name for name, _ in after}
            if before and after and (apart or before < after or after < before):
                return True
            titled = [
                any(one.kind == "title" for one in side) for side in (meanings[:at], meanings[at + 1 :])
            ]
            alone = (titled == [True, False] and after and not before) or (
                titled == [False, True] and before and not after
            )
            if alone or (all(titled) and before != after):
                return True  # “victims and presumed”, “victims and presumed victims”
            totals = [
                any(one.kind == "total" for one in side) for side in (meanings[:at], meanings[at + 1 :])
            ]
            if (totals[0] and not before and after) or (totals[1] and not after and before):
                return True  # “women / total”
            beside = meanings[max(at - 1, 0) : at + 2]
            names = {one.name for one in beside if one.kind == "name"}
            numbered = any(one.kind == "article" for one in meanings)  # “section” is a part of its number
            if not numbered and any(one.kind == "member" and one.name in names for one in beside):
                return True  # “non-citizens and citizens”
    return False


def accompanied(meanings: tuple[Meaning, ...]) -> bool:
    """Whether “with” stands before people: “victims with children” are no children.

    Nor are suspects with what others lack all of them: “with a place of residence”.
    """
    return any(
        one.kind == "company" and (other.kind == "division" or {name for name, _ in pairs((other,))} & PEOPLE)
        for one, other in pairwise(meanings)
    )


def may_be_another(meanings: tuple[Meaning, ...]) -> bool:
    """Whether a phrase is taken for a member of one dimension only since another phrase is of its other one.

    “From Latvia to Germany” are two countries, and not Germans in Latvia.
    """
    return any(
        one.shared
        and any(name in one.shared for other in meanings if other != one for name, _ in pairs((other,)))
        for one in meanings
    )


def together_with(meanings: tuple[Meaning, ...], joint: Set[tuple[str, str]]) -> bool:
    """Whether “with” makes no total of “together”, and names whose figures others are counted with: neither is told.

    Nor are “checks with the inspectorate” all checks, where they are not called joint ones.
    """
    said = [meaning for meaning in meanings if meaning.kind != "filler"]
    alone = joint.isdisjoint(pairs(meanings))
    return any(
        (other.kind == "company" and one.kind == "total")
        or (one.kind == "company" and (other.name in SENDING or (alone and other.kind == "sender")))
        for one, other in pairwise(said)
    )


def including(meanings: tuple[Meaning, ...]) -> bool:
    """Whether a part follows those whose part it is: “men, including minors” may be all men, or the minors of them.

    So may “total (of which children)” be all, or the children.
    """
    for at, meaning in enumerate(meanings):
        if meaning.kind == "part":
            before, after = meanings[:at], meanings[at + 1 :]
            if all({name for name, _ in pairs(side)} & PEOPLE for side in (before, after)):
                return True
            if any(one.kind == "total" for one in before) and pairs(after):
                return True
    return False


def pairs(meanings: tuple[Meaning, ...]) -> set[tuple[str, str]]:
    """The members that labels give, each with its dimension."""
    said = [meaning for meaning in meanings if meaning.kind in ("member", "composite")]
    own = {(meaning.name, meaning.code) for meaning in said if meaning.name}
    return own | {pair for meaning in said for pair in meaning.implies}

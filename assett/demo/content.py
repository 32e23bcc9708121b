"""What the demonstration is made of, read from the files beside: trades, territories and their structures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assett.core.settings import ROOT
from assett.formats.files import load
from assett.organizations.models import OrganizationKind, WorkforceBand

HERE = Path(__file__).parent
QUESTIONNAIRES = ROOT / "questionnaires"
TERRITORIES = ("grand-poitiers", "mel", "saint-benoit")


@dataclass(frozen=True, slots=True)
class Structure:
    """A fictional organization. `profile` answers what questionnaires may ask about it, by entry.

    `completed` and `running` say how far it is, where the demonstration needs it to be so; otherwise chance does.
    `changed` is what has become different since its last assessment.
    """

    name: str
    kind: OrganizationKind
    activity: str
    naf: str
    workforce: WorkforceBand
    commune: str
    insee_code: str
    profile: Mapping[str, Any]
    presentation: str = ""
    commitments: tuple[str, ...] = ()
    published: bool = False
    completed: int | None = None
    running: bool | None = None
    changed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Territory:
    """A space and what fills it; the trees are as the file has them."""

    slug: str
    authority: Mapping[str, Any]
    space: Mapping[str, Any]
    declared: tuple[str, ...]
    charters: tuple[Mapping[str, Any], ...]
    questionnaire: Mapping[str, Any]
    resources: tuple[dict[str, Any], ...]
    structures: tuple[Structure, ...]


def tree(path: Path) -> Any:
    """The tree of a YAML file, decimals exact."""
    return load(path).tree


def territories() -> list[Territory]:
    trades = tree(HERE / "trades.yaml")
    return [_territory(slug, tree(HERE / "territories" / f"{slug}.yaml"), trades) for slug in TERRITORIES]


def _territory(slug: str, told: Mapping[str, Any], trades: Mapping[str, Mapping[str, Any]]) -> Territory:
    return Territory(
        slug=slug,
        authority=told["authority"],
        space=told["space"],
        declared=tuple(told["declared"]),
        charters=tuple(told["charters"]),
        questionnaire=told["questionnaire"],
        resources=tuple(told.get("resources") or ()),
        structures=tuple(_structure(each, told["communes"], trades) for each in told["structures"]),
    )


_PROFILE = ("sector", "production", "premises", "vehicles", "food", "land")


def _structure(
    told: Mapping[str, Any], communes: Mapping[str, Any], trades: Mapping[str, Mapping[str, Any]]
) -> Structure:
    """A structure: what its trade says, where it does not say otherwise."""
    whole = {**trades[told["trade"]], **told}
    # « Premier pas » asks where people work, and knows fewer kinds.
    simple_kind = whole["kind"] if whole["kind"] in ("company", "association") else "other"
    return Structure(
        name=whole["name"],
        kind=OrganizationKind(whole["kind"]),
        activity=whole["activity"],
        naf=str(whole["naf"]),
        workforce=WorkforceBand(whole["workforce"]),
        commune=whole["commune"],
        insee_code=communes[whole["commune"]],
        profile={
            "kind": (whole["kind"], simple_kind),
            "workforce": (whole["workforce"],),
            "place": (whole.get("place", "own"),),
            **{entry: (whole[entry],) for entry in _PROFILE if entry in whole},
        },
        presentation="\n\n".join(whole.get("presentation") or ()),
        commitments=tuple(whole.get("commitments") or ()),
        published=bool(whole.get("presentation")) and not whole.get("draft", False),
        completed=whole.get("completed"),
        running=whole.get("running"),
        changed={entry: (value,) for entry, value in whole.get("changed", {}).items()},
    )
